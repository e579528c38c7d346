// Nodes that are statements: branches, loops, assignments, with and what runs beside.

#include <algorithm>

#include "core/error.h"
#include "ir/code_inline.h"
#include "ir/code_printer.h"
#include "ir/compilation_unit.h"
#include "ir/names.h"

namespace taper::impl::ir {
namespace {

// None without an annotation is None alone, whatever a pass knows of it.
const TypePtr& printed_type(const Value* value) {
  const impl::Value* constant = constant_of(value);
  return constant && constant->is_none() ? none_type() : value->type();
}

bool is_joined(const Type& type) { return type.is(TypeKind::kOptional) || type.is(TypeKind::kUnion); }

// Would the result of an if get another type from what its branches give? In the second branch, the first may have said it.
bool needs_type(const Node& node, size_t i, bool said) {
  const TypePtr& type = node.output(i)->type();
  const TypePtr& first = said ? type : printed_type(node.blocks()[0]->returns()[i]);
  TypePtr joined = unify(first, printed_type(node.blocks()[1]->returns()[i]));
  return !joined || !equal(*joined, *type);
}

}  // namespace

void CodePrinter::statements(const Block& block, bool more) {
  bool any = more;
  for (const Node* node = block.first(); node; node = node->next()) {
    if (node->is(Kind::kConstant)) continue;
    any = true;
    statement(*node);
  }
  if (!any) line("pass");
}

void CodePrinter::statement(const Node& node) {
  split(node.inputs());
  switch (node.kind()) {
    case Kind::kIf: return print_if(node);
    case Kind::kLoop: return print_loop(node);
    case Kind::kTupleUnpack:
    case Kind::kListUnpack:
      name(node.outputs());
      return line(cat(node.outputs().empty() ? std::string() : list(node.outputs(), "", ", = "), use(node.input())));
    case Kind::kSetAttr:
      if (!is_identifier(node.text) || is_keyword(node.text))
        fail(ErrorCode::kUnsupported, cat("no code assigns an attribute '", node.text, "'"));
      return line(cat(use(node.input(0)), ".", node.text, " = ", use(node.input(1))));
    case Kind::kFork: return print_fork(node, "__forked_function", "fork");
    case Kind::kAwaitable: return print_fork(node, "__awaitable_function", names_.word("awaitable"));
    case Kind::kEnter: {
      std::string target;
      if (node.output()->is_used()) {
        name(node.outputs());
        target = cat(" as ", use(node.output()));
      }
      line(cat("with ", use(node.input()), target, ":"));
      ++level_;
      return;
    }
    case Kind::kExit:
      if (const Node* last = before(&node); last && last->is(Kind::kEnter)) line("pass");
      --level_;
      return;
    default: break;
  }
  std::string text = expression(node);
  if (inline_.count(&node)) text_[node.output()] = std::move(text);
  else define(node, text);
}

void CodePrinter::define(const Node& node, const std::string& expression) {
  name(node.outputs());
  line(cat(list(node.outputs()), node.outputs().empty() ? "" : " = ", expression));
}

void CodePrinter::split(Values inputs) {
  size_t end = 0;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (is_inline(inputs[i]) && is_long(use(inputs[i]))) end = i + 1;
  for (size_t i = 0; i < end; ++i)
    if (is_inline(inputs[i])) split_at(*inputs[i]);
}

// What is evaluated before the value goes in front of it: arguments to its left, and those to the left of the expression
// that it is part of.
void CodePrinter::split_at(const Value& value) {
  std::vector<const Value*> last_first;
  Value::Use use_of = value.uses()[0];
  int64_t last = use_of.index;
  for (;;) {
    Values inputs = use_of.user ? use_of.user->inputs() : use_of.block->returns();
    for (int64_t i = last; i >= 0; --i)
      if (is_inline(inputs[size_t(i)]) && text_.count(inputs[size_t(i)])) last_first.push_back(inputs[size_t(i)]);
    if (!use_of.user || !inline_.count(use_of.user)) break;
    use_of = use_of.user->output()->uses()[0];
    last = int64_t(use_of.index) - 1;
  }
  for (size_t i = last_first.size(); i-- > 0;) {
    const Node& node = *last_first[i]->node();
    std::string expression = use(last_first[i]);
    define(node, expression);
    inline_.erase(&node);
  }
}

void CodePrinter::assign(Values to, Values from) {
  if (!to.empty()) line(cat(list(to), " = ", list(from)));
}

void CodePrinter::print_if(const Node& node) {
  name(node.outputs());
  line(cat("if ", use(node.input()), ":"));
  print_branch(node, 0);
  line("else:");
  print_branch(node, 1);
}

void CodePrinter::print_branch(const Node& node, size_t i) {
  const Block& block = *node.blocks()[i];
  Values results = node.outputs();
  ++level_;
  statements(block, !results.empty());
  split(block.returns());
  // Only the target of an assignment of its own can have a type.
  bool apart = results.size() == 1;
  for (size_t k = 0; k < results.size(); ++k) apart = apart || needs_type(node, k, annotated_.count(results[k]));
  if (!apart) assign(results, block.returns());
  for (size_t k = 0; apart && k < results.size(); ++k) {
    const TypePtr& type = results[k]->type();
    bool said = annotated_.count(results[k]);
    bool typed = needs_type(node, k, said) || (results.size() == 1 && !said && is_joined(*type));
    if (typed) annotated_.insert(results[k]);
    line(cat(use(results[k]), typed ? cat(" : ", type->annotation()) : std::string(), " = ", use(block.returns()[k])));
  }
  --level_;
}

// A loop with a count and a condition is a while that counts.
void CodePrinter::print_loop(const Node& node) {
  const Block& block = *node.blocks()[0];
  const Value* iteration = block.parameters()[0];
  bool counted = has_count(node), both = has_count_and_condition(node);
  std::string torch = both ? names_.word("torch", "ops.aten") : std::string();
  name(node.outputs());
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    const Value *to = node.output(i), *from = node.input(i + 2);
    text_[block.parameters()[i + 1]] = use(to);
    bool typed = is_joined(*to->type()) || !equal(*to->type(), *printed_type(from));
    line(cat(use(to), typed ? cat(": ", to->type()->annotation()) : std::string(), " = ", use(from)));
  }
  name(block.parameters().first(1));
  std::string index = use(iteration), condition = index;
  if (both) {
    condition = names_.unused("_");
    line(cat(index, " = 0"));
    std::string some = cat(torch, ".gt(", use(node.input(0)), ", 0)");
    line(cat(condition, " = ",
             is_true(node.input(1)) ? some : cat(torch, ".__and__(", some, ", ", use(node.input(1)), ")")));
  } else if (!counted) {
    line(cat(condition, " = ", use(node.input(1))));
  }
  if (counted && !both) line(cat("for ", index, " in ", names_.word("range"), "(", use(node.input(0)), "):"));
  else line(cat("while ", condition, ":"));
  ++level_;
  // A for has no condition to compute.
  Values to = block.parameters().subspan(1), from = block.returns().subspan(1);
  statements(block, !counted || both || !to.empty());
  split(counted && !both ? from : block.returns());
  std::string targets = list(to), values = list(from);
  if (!counted || both) {
    std::string next = use(block.returns()[0]);
    if (both) {
      std::string count = names_.unused("_");
      line(cat(count, " = ", torch, ".add(", index, ", 1)"));
      next = cat(torch, ".__and__(", torch, ".lt(", count, ", ", use(node.input(0)), "), ", next, ")");
      if (is_long(next)) {
        std::string local = names_.unused("_");
        line(cat(local, " = ", next));
        next = std::move(local);
      }
      targets += cat(to.empty() ? "" : ", ", index);
      values += cat(from.empty() ? "" : ", ", count);
    }
    targets = cat(condition, targets.empty() ? "" : ", ", targets);
    values = cat(next, values.empty() ? "" : ", ", values);
  }
  if (!targets.empty()) line(cat(targets, " = ", values));
  --level_;
}

void CodePrinter::print_fork(const Node& node, const char* prefix, const std::string& call) {
  auto* function = dynamic_cast<GraphFunction*>(node.function.get());
  if (!function) fail(ErrorCode::kUnsupported, cat("no code for ", node.name(), " of a host's function"));
  Values inputs = node.inputs();
  if (!function->is_nested()) {
    std::string callee = function->name;
    const Type* self = inputs.empty() ? nullptr : inputs[0]->type().get();
    if (self && self->is(TypeKind::kClass)) {
      std::string_view method = std::string_view(callee).substr(callee.rfind('.') + 1);
      if (as_class(*self).method(method) == function) {
        callee = member(inputs[0], method);
        inputs = inputs.subspan(1);
      }
    }
    return define(node, cat(call, "(", callee, inputs.empty() ? "" : ", ", list(inputs), ")"));
  }
  std::string local = names_.unused(prefix);
  line(cat("def ", local, "():"));
  const Graph& graph = function->graph();
  for (size_t i = 0; i < inputs.size(); ++i) text_[graph.inputs()[i]] = use(inputs[i]);
  body(*graph.top());
  define(node, cat(call, "(", local, ")"));
}

}  // namespace taper::impl::ir
