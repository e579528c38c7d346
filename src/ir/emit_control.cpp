// If, loops, and how control leaves them early.
//
// A name that a branch of an if sets becomes a result of the if; a name that a loop's body sets is carried around it.
// What turns out not to be used goes when the function is done. Where a branch has left (return, break, continue), the
// values it would have given are uninitialized: nothing reads them, because what follows is skipped.

#include <algorithm>
#include <limits>
#include <set>

#include "core/error.h"
#include "ir/emitter.h"
#include "ir/names.h"

namespace taper::impl::ir {
namespace {

constexpr std::string_view kExit = "$exit", kBreak = "$break", kReturn = "$return", kResult = "$result";

struct BodyUse {
  std::set<std::string_view> assigned;
  bool breaks = false, returns = false;
};

void collect_target(const Expr& target, BodyUse& use) {
  switch (target.kind) {
    case ExprKind::kName: use.assigned.insert(target.as<NameExpr>()->name); break;
    case ExprKind::kTuple:
      for (const Expr* element : target.as<TupleExpr>()->elements) collect_target(*element, use);
      break;
    case ExprKind::kList:
      for (const Expr* element : target.as<ListExpr>()->elements) collect_target(*element, use);
      break;
    case ExprKind::kStarred: collect_target(*target.as<StarredExpr>()->value, use); break;
    default: break;
  }
}

// Names that statements assign, and whether they leave their loop. `nested`: within an inner loop, whose breaks are its
// own.
void collect(NodeList<Stmt> statements, BodyUse& use, bool nested) {
  for (const Stmt* statement : statements) {
    switch (statement->kind) {
      case StmtKind::kAssign: collect_target(*statement->as<AssignStmt>()->target, use); break;
      case StmtKind::kDelete:
        for (const Expr* target : statement->as<DeleteStmt>()->targets) collect_target(*target, use);
        break;
      case StmtKind::kBreak: use.breaks |= !nested; break;
      case StmtKind::kRaise:
      case StmtKind::kReturn: use.returns = true; break;
      case StmtKind::kIf:
        collect(statement->as<IfStmt>()->then_body, use, nested);
        collect(statement->as<IfStmt>()->else_body, use, nested);
        break;
      case StmtKind::kWhile: collect(statement->as<WhileStmt>()->body, use, true); break;
      case StmtKind::kFor:
        collect_target(*statement->as<ForStmt>()->target, use);
        collect(statement->as<ForStmt>()->body, use, true);
        break;
      case StmtKind::kWith:
        for (const WithItem* item : statement->as<WithStmt>()->items)
          if (item->target) collect_target(*item->target, use);
        collect(statement->as<WithStmt>()->body, use, nested);
        break;
      default: break;
    }
  }
}

}  // namespace

Emitter::Nested::Nested(Emitter& emitter) : emitter_(emitter) {
  size_t limit = 2 * emitter.unit_.options().max_depth;
  if (++emitter.nesting_ > limit) {
    --emitter.nesting_;
    impl::fail(ErrorCode::kBudget, cat(emitter.qualified_, " nests blocks deeper than ", limit, " levels"));
  }
}

Value* Emitter::flag(std::string_view name) {
  const Binding* found = env_.find(name);
  return found && found->is(Binding::Kind::kValue) ? found->value : builder_.boolean(false);
}

void Emitter::set_flag(std::string_view name, bool value) { env_.set(name, builder_.boolean(value)); }

void Emitter::refine(std::span<const Refinement> refinements) {
  for (const Refinement& refinement : refinements) {
    const Binding* found = env_.find(refinement.name);
    if (!found) found = captured(refinement.name);
    if (found && found->is(Binding::Kind::kValue)) {
      Value* cast = builder_.unchecked_cast(found->value, refinement.type);
      name_value(*cast, refinement.name);
      env_.set(refinement.name, cast);
    }
  }
}

Emitter::Branch Emitter::emit_branch(Block* block, Statements statements, std::span<const Refinement> refinements) {
  Nested nested(*this);
  Branch branch{block, {}, Flow::kNext};
  builder_.set_block(block);
  env_.push();
  refine(refinements);
  branch.flow = emit_statements(statements);
  branch.frame = env_.pop();
  return branch;
}

Emitter::Flow Emitter::emit_if(const IfStmt& statement, Statements rest, bool& consumed) {
  Condition condition = emit_condition(*statement.condition);
  if (condition.known) {
    refine(*condition.known ? condition.if_true : condition.if_false);
    return emit_statements(*condition.known ? statement.then_body : statement.else_body);
  }
  builder_.set_range(range(statement));
  Node* node = builder_.insert(Kind::kIf, {&condition.value, 1});
  Block *outside = builder_.block(), *first = node->add_block(), *second = node->add_block();
  Branch yes = emit_branch(first, statement.then_body, condition.if_true);
  Branch no = emit_branch(second, statement.else_body, condition.if_false);
  // Where one branch has left, what follows the if belongs to the other.
  if (!rest.empty() && (yes.flow == Flow::kExits) != (no.flow == Flow::kExits)) {
    Branch& other = yes.flow == Flow::kExits ? no : yes;
    if (other.flow == Flow::kNext) {
      Nested nested(*this);
      builder_.set_block(other.block);
      env_.push(other.frame);
      other.flow = emit_statements(rest);
      other.frame = env_.pop();
      consumed = true;
    }
  }
  builder_.set_block(outside);
  return join(node, yes, no);
}

// The rest of a body after statements that left it on some paths.
Emitter::Flow Emitter::emit_guarded(Value* exited, Statements rest) {
  Node* node = builder_.insert(Kind::kIf, {&exited, 1});
  Block *outside = builder_.block(), *first = node->add_block(), *second = node->add_block();
  Branch yes{first, {}, Flow::kExits};
  Branch no = emit_branch(second, rest, {});
  builder_.set_block(outside);
  return join(node, yes, no);
}

Emitter::Flow Emitter::join(Node* node, Branch& yes, Branch& no) {
  Flow flow = yes.flow == no.flow && yes.flow != Flow::kMayExit ? yes.flow : Flow::kMayExit;
  // Both frames are sorted: walk them together.
  size_t i = 0, j = 0;
  bool exit_seen = false;
  while (i < yes.frame.size() || j < no.frame.size()) {
    const auto* a = i < yes.frame.size() ? &yes.frame[i] : nullptr;
    const auto* b = j < no.frame.size() ? &no.frame[j] : nullptr;
    std::string_view name = !b || (a && a->first < b->first) ? a->first : b->first;
    const Binding* first = a && a->first == name ? (++i, &a->second) : nullptr;
    const Binding* second = b && b->first == name ? (++j, &b->second) : nullptr;
    if (name == kExit && flow != Flow::kMayExit) continue;
    exit_seen |= name == kExit;
    join_variable(node, name, yes, first, no, second);
  }
  if (flow == Flow::kMayExit && !exit_seen) join_variable(node, kExit, yes, nullptr, no, nullptr);
  return flow;
}

void Emitter::join_variable(Node* node, std::string_view name, const Branch& yes, const Binding* in_yes,
                            const Branch& no, const Binding* in_no) {
  const Binding* outer = env_.find(name);
  bool special = name.starts_with('$');
  const Branch* branches[2] = {&yes, &no};
  const Binding* bindings[2] = {in_yes ? in_yes : outer, in_no ? in_no : outer};
  bool gone[2] = {yes.flow == Flow::kExits, no.flow == Flow::kExits};
  if (!special && gone[0] && gone[1]) return;
  Value* values[2] = {};
  for (int i = 0; i < 2; ++i) {
    if (name == kExit && branches[i]->flow != Flow::kMayExit) {
      values[i] = builder_.boolean(gone[i]);
      continue;
    }
    if (gone[i] && !special) continue;  // nobody reads it
    const Binding* binding = bindings[i];
    if (!binding || binding->is(Binding::Kind::kUnbound)) {
      if (name == kBreak || name == kReturn) values[i] = builder_.boolean(false);
      if (special) continue;
      // Unknown on this path: a use afterwards is an error.
      auto missing = i ? Binding::Why::kMissingInFalse : Binding::Why::kMissingInTrue;
      env_.set(name, binding && binding->why != Binding::Why::kNothing ? *binding : Binding::unbound(missing));
      return;
    }
    values[i] = binding->is(Binding::Kind::kValue) ? binding->value : nullptr;
  }
  // Functions and the like: the same on all living paths, or nothing.
  if (!special && ((!gone[0] && !values[0]) || (!gone[1] && !values[1]))) {
    const Binding* a = gone[0] ? bindings[1] : bindings[0];
    const Binding* b = gone[1] ? a : bindings[1];
    bool same = a->kind == b->kind && a->text == b->text && a->function == b->function && a->value == b->value;
    env_.set(name, same ? *a : Binding());
    return;
  }
  if (!values[0] && !values[1]) return;
  const TypePtr none;
  const TypePtr &type0 = values[0] ? values[0]->type() : none, &type1 = values[1] ? values[1]->type() : none;
  TypePtr joined = !type0 ? type1 : !type1 || type0.get() == type1.get() ? type0 : unify(type0, type1);
  if (!joined && outer && outer->is(Binding::Kind::kValue)) {
    const TypePtr& declared = outer->value->type();
    if (declared->is(TypeKind::kUnion) || declared->is(TypeKind::kAny)) joined = union_of({type0, type1});
  }
  if (!joined && special) joined = union_of({type0, type1});
  if (!joined) {
    std::string text = cat("Type mismatch: ", name, " is set to type ", type0->annotation(),
                           " in the true branch and type ", type1->annotation(), " in the false branch");
    env_.set(name, Binding::unbound(Binding::Why::kMismatch, env_.keep(std::move(text))));
    return;
  }
  Block* outside = builder_.block();
  for (int i = 0; i < 2; ++i) {
    if (!values[i]) {
      builder_.set_block(branches[i]->block);
      values[i] = builder_.uninitialized(joined);
    }
    branches[i]->block->add_return(values[i]);
  }
  builder_.set_block(outside);
  Value* output = node->add_output(std::move(joined));
  if (is_meaningful(name)) output->set_name(name);
  env_.set(name, output);
}

Emitter::Flow Emitter::emit_unrolled(const ForStmt& statement, std::span<const Binding> items) {
  BodyUse use;
  collect(statement.body, use, false);
  if (use.breaks || use.returns) fail(*statement.iterable, "break and return are not taken in a loop over a tuple");
  for (const Binding& item : items) {
    assign(*statement.target, item, nullptr);
    if (Flow flow = emit_statements(statement.body); flow != Flow::kNext)
      fail(*statement.iterable, "continue is not taken in a loop over a tuple");
  }
  return Flow::kNext;
}

Emitter::Flow Emitter::emit_loop(const Stmt& statement) {
  auto* for_loop = statement.as<ForStmt>();
  auto* while_loop = statement.as<WhileStmt>();
  bool is_for = for_loop != nullptr;
  Nested nested(*this);
  NodeList<Stmt> statements = is_for ? for_loop->body : while_loop->body;
  SourceRange place = range(statement);
  Binding iterable;
  Value *count, *first;
  if (is_for) {
    iterable = emit(*for_loop->iterable);
    if (iterable.is(Binding::Kind::kValue) && iterable.value->type()->is(TypeKind::kTuple)) {
      std::vector<Binding> items;
      for (Value* item : builder_.unpack_tuple(iterable.value)) items.push_back(Binding::of(item));
      return emit_unrolled(*for_loop, items);
    }
    builder_.set_range(place);
    count = iterable_length(iterable);
    if (!count) fail(*for_loop->iterable, "this cannot be iterated over");
    first = builder_.boolean(true);
  } else {
    count = builder_.literal(impl::Value(std::numeric_limits<int64_t>::max()));
    first = emit_condition(*while_loop->condition).value;
  }
  BodyUse use;
  if (is_for) collect_target(*for_loop->target, use);
  collect(statements, use, false);
  if (use.returns && !declared_return_)
    fail_at(place, "a return in a loop needs the function's return type to be declared");

  struct Carried {
    std::string_view name;
    Value* value;
  };
  std::vector<Carried> carried;
  for (std::string_view name : use.assigned) {
    const Binding* found = env_.find(name);
    if (!found) found = captured(name);
    if (found && found->is(Binding::Kind::kValue)) carried.push_back({name, found->value});
  }
  if (use.returns) {
    carried.push_back({kReturn, flag(kReturn)});
    const Binding* result = env_.find(kResult);
    carried.push_back({kResult, result ? result->value : builder_.uninitialized(declared_return_)});
  }
  builder_.set_range(place);
  std::vector<Value*> inputs{count, first};
  for (const Carried& variable : carried) inputs.push_back(variable.value);
  Node* loop = builder_.insert(Kind::kLoop, inputs);
  Block *outside = builder_.block(), *body = loop->add_block();
  Value* index = body->add_parameter(int_type());

  builder_.set_block(body);
  env_.push();
  ++loops_;
  for (const Carried& variable : carried) {
    const TypePtr& type = variable.name == kResult ? declared_return_ : variable.value->type();
    Value* parameter = body->add_parameter(type, is_meaningful(variable.name) ? variable.name : std::string_view());
    env_.set(variable.name, parameter);
  }
  env_.push();  // so that what the body sets is checked against what is carried
  env_.set(kExit, Binding());
  env_.set(kBreak, Binding());
  if (is_for) assign(*for_loop->target, iterable_item(iterable, index), nullptr);
  emit_statements(statements);

  builder_.set_range(place);
  Value* next;
  if (use.breaks || use.returns) {
    Value* broken = flag(kBreak);
    Node* choice = builder_.insert(Kind::kIf, {&broken, 1});
    Block *stop = choice->add_block(), *go = choice->add_block();
    stop->add_return(builder_.boolean(false));
    builder_.set_block(go);
    env_.push();
    go->add_return(is_for ? builder_.boolean(true) : emit_condition(*while_loop->condition).value);
    env_.drop();
    builder_.set_block(body);
    next = choice->add_output(bool_type());
  } else {
    next = is_for ? builder_.boolean(true) : emit_condition(*while_loop->condition).value;
  }
  body->add_return(next);
  for (size_t i = 0; i < carried.size(); ++i) {
    const Binding* found = env_.find(carried[i].name);
    Value* parameter = body->parameters()[i + 1];
    body->add_return(found && found->is(Binding::Kind::kValue) ? found->value : parameter);
  }
  env_.drop();
  env_.drop();
  --loops_;
  builder_.set_block(outside);
  for (size_t i = 0; i < carried.size(); ++i) {
    Value* output = loop->add_output(body->parameters()[i + 1]->type());
    if (is_meaningful(carried[i].name)) output->set_name(carried[i].name);
    env_.set(carried[i].name, output);
  }
  if (!use.returns) return Flow::kNext;
  Value* returned = flag(kReturn);
  env_.set(kExit, returned);
  if (loops_ > 0) env_.set(kBreak, returned);
  return Flow::kMayExit;
}

Value* Emitter::iterable_length(const Binding& iterable) {
  switch (iterable.kind) {
    case Binding::Kind::kRangeOf: {
      const auto& bounds = *iterable.members;
      if (bounds.size() == 1) return bounds[0].value;
      Value* step = bounds.size() == 3 ? bounds[2].value : builder_.integer(1);
      return builder_.op("aten::__range_length", {bounds[0].value, bounds[1].value, step});
    }
    case Binding::Kind::kItems: {
      if (iterable.text == "enumerate") return iterable_length((*iterable.members)[0]);
      std::vector<Value*> lengths;
      for (const Binding& member : *iterable.members) {
        Value* length = iterable_length(member);
        if (!length) return nullptr;
        lengths.push_back(length);
      }
      if (lengths.size() == 1) return lengths[0];
      return builder_.op("prim::min", {builder_.list(int_type(), lengths)});
    }
    case Binding::Kind::kValue:
      switch (iterable.value->type()->kind()) {
        case TypeKind::kList:
        case TypeKind::kString:
        case TypeKind::kTensor:
        case TypeKind::kDict: return builder_.op("aten::len", {iterable.value});
        case TypeKind::kUnknown: return builder_.op("aten::len", {iterable.value});
        default: return nullptr;
      }
    default: return nullptr;
  }
}

Binding Emitter::iterable_item(const Binding& iterable, Value* index) {
  switch (iterable.kind) {
    case Binding::Kind::kRangeOf: {
      const auto& bounds = *iterable.members;
      if (bounds.size() == 1) return Binding::of(index);
      Value* step = bounds.size() == 3 ? bounds[2].value : builder_.integer(1);
      return Binding::of(builder_.op("aten::__derive_index", {index, bounds[0].value, step}));
    }
    case Binding::Kind::kItems: {
      std::vector<Value*> items;
      if (iterable.text == "enumerate") {
        Value* number = index;
        if (iterable.members->size() > 1) number = builder_.op("aten::add", {index, (*iterable.members)[1].value});
        items = {number, iterable_item((*iterable.members)[0], index).value};
      } else {
        for (const Binding& member : *iterable.members) items.push_back(iterable_item(member, index).value);
      }
      return Binding::of(builder_.tuple(items));
    }
    default: {
      Value* value = iterable.value;
      if (value->type()->is(TypeKind::kTensor))
        return Binding::of(builder_.op("aten::select", {value, builder_.integer(0), index}));
      if (value->type()->is(TypeKind::kDict)) value = builder_.op("aten::keys", {value});
      return Binding::of(builder_.op("aten::__getitem__", {value, index}));
    }
  }
}

Value* Emitter::to_bool(Value* value) {
  if (value->type()->is(TypeKind::kBool)) return value;
  return emit_operator("aten::Bool", "__bool__", {&value, 1});
}

Emitter::Condition Emitter::emit_condition(const Expr& expression) {
  Condition out;
  switch (expression.kind) {
    case ExprKind::kTrue:
    case ExprKind::kFalse:
      out.known = expression.kind == ExprKind::kTrue;
      out.value = builder_.boolean(*out.known);
      return out;
    case ExprKind::kUnary: {
      const UnaryExpr& unary = *expression.as<UnaryExpr>();
      if (unary.op != UnaryOp::kNot) break;
      out = emit_condition(*unary.operand);
      std::swap(out.if_true, out.if_false);
      builder_.set_range(range(expression));
      if (out.known) {
        out.known = !*out.known;
        out.value = builder_.boolean(*out.known);
      } else {
        out.value = builder_.op("aten::__not__", {out.value});
      }
      return out;
    }
    case ExprKind::kBinary: {
      const BinaryExpr& binary = *expression.as<BinaryExpr>();
      if (binary.op == BinaryOp::kAnd || binary.op == BinaryOp::kOr)
        return emit_logical(binary, binary.op == BinaryOp::kOr);
      if (binary.op == BinaryOp::kIs || binary.op == BinaryOp::kIsNot) return emit_identity(binary);
      break;
    }
    case ExprKind::kCall: {
      const CallExpr& call = *expression.as<CallExpr>();
      auto* callee = call.callee->as<NameExpr>();
      if (callee && callee->name == "isinstance" && !env_.find(callee->name)) {
        builder_.set_range(range(expression));
        return emit_isinstance(call);
      }
      break;
    }
    default: break;
  }
  Value* value = emit_value(expression);
  builder_.set_range(range(expression));
  out.value = to_bool(value);
  // A constant attribute decides as a literal does; a variable that happens to hold a constant does not.
  if (expression.kind != ExprKind::kName)
    if (const impl::Value* constant = as_constant(out.value); constant && constant->is(Tag::kBool))
      out.known = constant->boolean();
  return out;
}

Emitter::Condition Emitter::emit_identity(const BinaryExpr& expression) {
  Condition out;
  bool negated = expression.op == BinaryOp::kIsNot;
  Value *left = emit_value(*expression.left), *right = emit_value(*expression.right);
  builder_.set_range(range(expression));
  out.value = builder_.op(negated ? "aten::__isnot__" : "aten::__is__", {left, right});
  // x is None
  const Expr* subject = expression.right->kind == ExprKind::kNone  ? expression.left
                        : expression.left->kind == ExprKind::kNone ? expression.right
                                                                   : nullptr;
  if (!subject) return out;
  const TypePtr& type = (subject == expression.left ? left : right)->type();
  switch (type->kind()) {
    case TypeKind::kNone: out.known = !negated; break;
    case TypeKind::kOptional:
      if (auto* name = subject->as<NameExpr>()) {
        out.if_false.push_back({name->name, type->element()});
        out.if_true.push_back({name->name, none_type()});
        if (negated) std::swap(out.if_true, out.if_false);
      }
      break;
    case TypeKind::kAny:
    case TypeKind::kUnion:
    case TypeKind::kUnknown: break;
    default: out.known = negated;
  }
  return out;
}

Emitter::Condition Emitter::emit_logical(const BinaryExpr& expression, bool is_or) {
  Condition left = emit_condition(*expression.left);
  if (left.known) {
    if (*left.known == is_or) return left;
    return emit_condition(*expression.right);
  }
  builder_.set_range(range(expression));
  Node* node = builder_.insert(Kind::kIf, {&left.value, 1});
  Block *outside = builder_.block(), *yes = node->add_block(), *no = node->add_block();
  Block *stop = is_or ? yes : no, *go = is_or ? no : yes;
  auto stop_with = [&] { stop->add_return(builder_.boolean(is_or)); };
  if (is_or) stop_with();  // constants in the order of PyTorch's blocks
  builder_.set_block(go);
  env_.push();
  refine(is_or ? left.if_false : left.if_true);
  Condition right = emit_condition(*expression.right);
  env_.drop();
  go->add_return(right.value);
  builder_.set_block(outside);
  if (!is_or) stop_with();
  Condition out;
  out.value = node->add_output(bool_type());
  // Both hold where the whole of an "and" is true; both fail where the whole of an "or" is false.
  auto& both = is_or ? out.if_false : out.if_true;
  both = is_or ? left.if_false : left.if_true;
  const auto& more = is_or ? right.if_false : right.if_true;
  both.insert(both.end(), more.begin(), more.end());
  if (right.known && *right.known == is_or) {
    out.known = is_or;
    out.value = builder_.boolean(is_or);
  }
  return out;
}

Value* Emitter::emit_choice(const Condition& condition, const Expr& yes, const Expr& no, const TypePtr& hint) {
  Value* test = condition.value;
  Node* node = builder_.insert(Kind::kIf, {&test, 1});
  Block *outside = builder_.block(), *first = node->add_block(), *second = node->add_block();
  Value* values[2];
  for (int i = 0; i < 2; ++i) {
    builder_.set_block(i ? second : first);
    env_.push();
    refine(i ? condition.if_false : condition.if_true);
    values[i] = emit_value(i ? no : yes, hint);
    env_.drop();
    node->blocks()[size_t(i)]->add_return(values[i]);
  }
  builder_.set_block(outside);
  TypePtr type = unify(values[0]->type(), values[1]->type());
  if (!type && hint) type = union_of({values[0]->type(), values[1]->type()});
  if (!type)
    fail(yes, cat("the branches of an if-expression have types ", values[0]->type()->annotation(), " and ",
                  values[1]->type()->annotation()));
  return node->add_output(std::move(type));
}

}  // namespace taper::impl::ir
