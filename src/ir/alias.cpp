#include "ir/alias.h"

#include <algorithm>

namespace taper::impl::ir {
namespace {

bool is_open(TypeKind kind) {
  return kind == TypeKind::kAny || kind == TypeKind::kUnknown || kind == TypeKind::kUnion ||
         kind == TypeKind::kOptional || kind == TypeKind::kInterface || kind == TypeKind::kAnyClass ||
         kind == TypeKind::kAnyList || kind == TypeKind::kAnyTuple || kind == TypeKind::kVar;
}

bool is_nominal(TypeKind kind) {
  return kind == TypeKind::kClass || kind == TypeKind::kInterface || kind == TypeKind::kAnyClass;
}

// Names of alias sets, "a|b": calls f on each.
template <class F>
void each_set(const std::string& names, F f) {
  size_t at = 0;
  while (at < names.size()) {
    size_t end = std::min(names.find('|', at), names.size());
    f(std::string_view(names).substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace

bool is_mutable(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNone:
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kBool:
    case TypeKind::kComplex:
    case TypeKind::kNumber:
    case TypeKind::kString:
    case TypeKind::kDevice:
    case TypeKind::kFunction:
    case TypeKind::kEnum:
    case TypeKind::kAnyEnum: return false;
    case TypeKind::kOptional:
    case TypeKind::kUnion:
    case TypeKind::kTuple:
      return std::any_of(type.elements().begin(), type.elements().end(),
                         [](const TypePtr& e) { return is_mutable(*e); });
    default: return true;
  }
}

bool types_may_alias(const Type& a, const Type& b) {
  if (!is_mutable(a) || !is_mutable(b)) return false;
  if (&a == &b) return true;
  TypeKind ka = a.kind(), kb = b.kind();
  if (ka == TypeKind::kOptional) return types_may_alias(*a.element(), b);
  if (kb == TypeKind::kOptional) return types_may_alias(a, *b.element());
  if (ka == TypeKind::kUnion)
    return std::any_of(a.elements().begin(), a.elements().end(),
                       [&](const TypePtr& e) { return types_may_alias(*e, b); });
  if (kb == TypeKind::kUnion) return types_may_alias(b, a);
  if (is_nominal(ka) && is_nominal(kb))
    return ka != TypeKind::kClass || kb != TypeKind::kClass;  // same class: same pointer
  if (is_open(ka) || is_open(kb)) {
    auto list = [](TypeKind k) { return k == TypeKind::kAnyList || k == TypeKind::kList; };
    auto tuple = [](TypeKind k) { return k == TypeKind::kAnyTuple || k == TypeKind::kTuple; };
    if (ka == TypeKind::kAnyList || kb == TypeKind::kAnyList)
      return (list(ka) && list(kb)) || (is_open(ka) && is_open(kb));
    if (ka == TypeKind::kAnyTuple || kb == TypeKind::kAnyTuple)
      return (tuple(ka) && tuple(kb)) || (is_open(ka) && is_open(kb));
    if (is_nominal(ka) || is_nominal(kb)) return is_open(ka) && is_open(kb);
    return true;
  }
  if (ka != kb) return false;
  switch (ka) {
    case TypeKind::kList:
    case TypeKind::kDict:
    case TypeKind::kTuple:
      if (a.elements().size() != b.elements().size()) return false;
      for (size_t i = 0; i < a.elements().size(); ++i) {
        const Type &x = *a.element(i), &y = *b.element(i);
        if (!is_mutable(x) && !is_mutable(y) ? !unify(a.element(i), b.element(i)) : !types_may_alias(x, y))
          return false;
      }
      return true;
    default: return true;
  }
}

bool has_side_effects(const Node& node) {
  switch (node.kind()) {
    case Kind::kOperator: {
      if (node.op()->def->flags & kPure) return false;
      if (node.op()->def->flags & kSideEffect) return true;
      const Schema& schema = node.op()->schema;
      // Nothing in, nothing out: it is run for what it does.
      return schema.returns.empty() && std::none_of(schema.arguments.begin(), schema.arguments.end(),
                                                    [](const Argument& argument) { return argument.alias.is_write; });
    }
    case Kind::kSetAttr:
    case Kind::kCallMethod:
    case Kind::kCallFunction:
    case Kind::kRaiseException:
    case Kind::kFork:
    case Kind::kWait:
    case Kind::kAwaitable:
    case Kind::kAwaitableWait:
    case Kind::kEnter:
    case Kind::kExit:
    case Kind::kPrint:
    case Kind::kUnsupported: return true;
    case Kind::kIf:
    case Kind::kLoop:
    case Kind::kFusion:
      for (const Block* block : node.blocks())
        for (const Node* inner = block->first(); inner; inner = inner->next())
          if (has_side_effects(*inner)) return true;
      return false;
    default: return false;
  }
}

namespace {

// A container of what has memory of its own.
bool holds_mutable(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kOptional: return holds_mutable(*type.element());
    case TypeKind::kList:
    case TypeKind::kDict:
    case TypeKind::kTuple:
      return std::any_of(type.elements().begin(), type.elements().end(),
                         [](const TypePtr& e) { return is_mutable(*e); });
    default: return is_open(type.kind());
  }
}

// x is y, id(x). A test against None compares nothing.
bool compares_identity(const Node& node) {
  if (node.is_op("prim::id")) return true;
  if (!node.is_op("aten::__is__") && !node.is_op("aten::__isnot__")) return false;
  return !node.input(0)->type()->is(TypeKind::kNone) && !node.input(1)->type()->is(TypeKind::kNone);
}

}  // namespace

bool is_deterministic(const Node& node) {
  switch (node.kind()) {
    case Kind::kOperator: return node.op()->def->flags & kPure;
    case Kind::kTupleConstruct:
    case Kind::kTupleIndex:
    case Kind::kTupleSlice:
    case Kind::kTupleUnpack:
    case Kind::kListConstruct:
    case Kind::kDictConstruct:
    case Kind::kIsInstance:
    case Kind::kEnumName:
    case Kind::kEnumValue:
    case Kind::kConstant:
    case Kind::kGetAttr:  // of an object that nobody writes
    case Kind::kUncheckedCast: return true;
    default: return false;
  }
}

AliasAnalysis::AliasAnalysis(const Graph& graph, const KnownMemory* known)
    : cells_(graph.value_count(), kNoCell), known_(known) {
  data_.reserve(64);
  new_cell();  // the world
  data_[kWorld].escapes = true;
  for (const Value* argument : graph.inputs())
    if (!define_known(argument)) make_world(argument);
  visit(*graph.top());
  for (const Value* result : graph.outputs())
    if (Cell cell = cell_of(result); cell != kNoCell) mark_escaping(cell);
  if (known_) let_out_known();
}

bool AliasAnalysis::define_known(const Value* v) {
  if (!known_ || !is_mutable(*v->type())) return false;
  auto found = known_->find(v);
  if (found == known_->end()) return false;
  if (!found->second) {
    make_world(v);
    return true;
  }
  auto [entry, is_new] = known_cells_.try_emplace(found->second, kNoCell);
  if (is_new) entry->second = new_cell();
  if (is_new && holds_mutable(*v->type())) data_[entry->second].held.emplace_back("", kWorld);
  cells_[v->id()] = find(entry->second);
  return true;
}

// What one call returns may be an argument of the next.
void AliasAnalysis::let_out_known() {
  for (const auto& entry : known_cells_)
    if (data_[find(entry.second)].escapes) make_world(entry.second);
}

AliasAnalysis::Cell AliasAnalysis::find(Cell cell) const {
  while (data_[cell].parent != cell) cell = data_[cell].parent = data_[data_[cell].parent].parent;
  return cell;
}

AliasAnalysis::Cell AliasAnalysis::new_cell() {
  Cell cell = Cell(data_.size());
  data_.push_back({cell, false, false, {}, {}});
  return cell;
}

// Held cells of both are united too; a worklist, because lists of lists of... nest as deep as a file likes.
void AliasAnalysis::unite(Cell first, Cell second) {
  pending_.emplace_back(first, second);
  while (!pending_.empty()) {
    auto [a, b] = pending_.back();
    pending_.pop_back();
    a = find(a), b = find(b);
    if (a == b) continue;
    Cell world = find(kWorld);
    if (b == world) std::swap(a, b);
    CellData gone = std::move(data_[b]);
    data_[b] = {a, false, false, {}, {}};
    CellData& kept = data_[a];
    kept.escapes |= gone.escapes;
    kept.compared |= gone.compared;
    kept.writes.insert(kept.writes.end(), gone.writes.begin(), gone.writes.end());
    for (auto& [field, cell] : gone.held) {
      if (a == world) {  // what the world holds is the world
        pending_.emplace_back(a, cell);
        continue;
      }
      auto same =
          std::find_if(kept.held.begin(), kept.held.end(), [&](const auto& entry) { return entry.first == field; });
      if (same == kept.held.end()) kept.held.emplace_back(std::move(field), cell);
      else pending_.emplace_back(same->second, cell);
    }
  }
}

AliasAnalysis::Cell AliasAnalysis::held(Cell holder, std::string_view field, const Type& type) {
  if (!is_mutable(type)) return kNoCell;
  holder = find(holder);
  if (holder == find(kWorld)) return holder;
  for (const auto& [name, cell] : data_[holder].held)
    if (name == field) return find(cell);
  Cell cell = new_cell();
  data_[holder].held.emplace_back(field, cell);
  return cell;
}

AliasAnalysis::Cell AliasAnalysis::define(const Value* v) {
  if (!is_mutable(*v->type())) return kNoCell;
  return cells_[v->id()] = new_cell();
}

void AliasAnalysis::make_world(Cell cell) {
  if (cell != kNoCell) unite(find(kWorld), cell);
}

void AliasAnalysis::make_world(const Value* v) {
  if (!is_mutable(*v->type())) return;
  if (cells_[v->id()] == kNoCell) cells_[v->id()] = find(kWorld);
  else make_world(cells_[v->id()]);
}

void AliasAnalysis::write(const Node& node, Cell cell, const Type& type) {
  if (cell == kNoCell) return;
  data_[find(cell)].writes.push_back({&node, &type});
  writes_of_[&node].emplace_back(cell, &type);
}

void AliasAnalysis::mark_escaping(Cell start) {
  std::vector<Cell> work{start};
  while (!work.empty()) {
    Cell cell = find(work.back());
    work.pop_back();
    if (std::exchange(data_[cell].escapes, true) && cell != find(start)) continue;
    for (const auto& entry : data_[cell].held)
      if (!data_[find(entry.second)].escapes) work.push_back(entry.second);
  }
}

// `container` may hold `item`, or whatever `item` holds, as an element.
void AliasAnalysis::holds_all(const Value* container, const Value* item) {
  Cell outer = cell_of(container), inner = cell_of(item);
  if (outer == kNoCell || inner == kNoCell) return;
  for (const TypePtr& element : container->type()->elements()) {
    Cell slot = held(outer, "", *element);
    if (slot == kNoCell) continue;
    if (types_may_alias(*element, *item->type())) unite(slot, inner);
    for (const TypePtr& part : item->type()->elements())
      if (types_may_alias(*element, *part)) unite(slot, held(cell_of(item), "", *part));
  }
}

void AliasAnalysis::visit(const Block& block) {
  for (const Node* node = block.first(); node; node = node->next()) visit(*node);
}

void AliasAnalysis::visit_call(const Node& node) {
  for (const Value* input : node.inputs()) {
    make_world(input);
    write(node, cell_of(input), *input->type());
  }
  // A callee reaches what its arguments hold, of whatever type.
  write(node, find(kWorld), *any_type());
  for (const Value* output : node.outputs()) make_world(output);
}

void AliasAnalysis::visit_operator(const Node& node) {
  if (compares_identity(node))
    for (const Value* input : node.inputs())
      if (Cell cell = cell_of(input); cell != kNoCell) data_[find(cell)].compared = true;
  const Schema& schema = node.op()->schema;
  std::vector<std::pair<std::string_view, Cell>> sets;
  auto set_cell = [&](std::string_view name) -> Cell& {
    for (auto& entry : sets)
      if (entry.first == name) return entry.second;
    return sets.emplace_back(name, kNoCell).second;
  };
  auto join = [&](std::string_view set, Cell cell) {
    Cell& known = set_cell(set);
    if (known == kNoCell) known = cell;
    else unite(known, cell);
  };
  const Value* written_container = nullptr;
  for (size_t i = 0; i < schema.arguments.size() && i < node.inputs().size(); ++i) {
    const Argument& formal = schema.arguments[i];
    const Value* input = node.input(i);
    Cell cell = cell_of(input);
    if (cell == kNoCell || !formal.alias.any()) continue;
    const Type* type = input->type().get();
    if (formal.alias.on_elements && !type->elements().empty()) {
      type = type->element().get();
      cell = held(cell, "", *type);
      if (cell == kNoCell) continue;
    }
    each_set(formal.alias.before, [&](std::string_view set) {
      if (set != "*") join(set, cell);
    });
    if (formal.alias.is_write) {
      write(node, cell, *type);
      if (!written_container && !type->elements().empty()) written_container = input;
    }
  }
  // "-> *": the argument is stored somewhere. In a container that this node writes, if there is one.
  for (size_t i = 0; i < schema.arguments.size() && i < node.inputs().size(); ++i) {
    const Value* input = node.input(i);
    if (schema.arguments[i].alias.after != "*" || cell_of(input) == kNoCell) continue;
    bool only_views =
        !schema.arguments[i].alias.is_write && !schema.returns.empty() && schema.returns[0].alias.on_elements;
    if (only_views) continue;
    if (written_container && written_container != input) holds_all(written_container, input);
    else if (written_container != input) make_world(input);
  }
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    const Value* output = node.output(i);
    Cell cell = define(output);
    if (cell == kNoCell) continue;
    const AliasInfo* alias = i < schema.returns.size() ? &schema.returns[i].alias : nullptr;
    bool known = false;
    if (alias && alias->any()) {
      Cell target = cell;
      if (alias->on_elements && !output->type()->elements().empty())
        target = held(cell, "", *output->type()->element());
      each_set(alias->before, [&](std::string_view set) {
        if (target == kNoCell) return;
        Cell member = set == "*" ? kNoCell : set_cell(set);
        if (member == kNoCell) return;
        known = true;
        unite(target, member);
      });
    }
    if (known && alias && !alias->on_elements) continue;
    // A result without a mark is fresh memory, but what a container holds may come from any argument; and "(*)" is an
    // element of one.
    bool wildcard = alias && alias->before == "*";
    if (!wildcard && output->type()->is(TypeKind::kTensor)) continue;
    bool found = false;
    for (const Value* input : node.inputs()) {
      Cell from = cell_of(input);
      if (from == kNoCell) continue;
      holds_all(output, input);
      if (!wildcard) continue;
      if (types_may_alias(*output->type(), *input->type())) found = true, unite(cell, from);
      for (const TypePtr& part : input->type()->elements()) {
        if (!types_may_alias(*output->type(), *part)) continue;
        Cell slot = held(cell_of(input), "", *part);
        if (slot != kNoCell) found = true, unite(cell, slot);
      }
    }
    if (wildcard && !found && !output->type()->is(TypeKind::kList) && !output->type()->is(TypeKind::kDict))
      make_world(output);
  }
  if (schema.is_vararg)
    for (size_t i = schema.arguments.size(); i < node.inputs().size(); ++i) make_world(node.input(i));
}

void AliasAnalysis::visit(const Node& node) {
  auto same = [&](const Value* a, const Value* b) {
    Cell ca = cell_of(a), cb = cell_of(b);
    if (ca != kNoCell && cb != kNoCell) unite(ca, cb);
  };
  switch (node.kind()) {
    case Kind::kOperator: return visit_operator(node);
    case Kind::kConstant:
      if (define_known(node.output())) break;
      // Constants of a file may share storage with each other and with attributes.
      if (node.value.is_tensor() || node.value.is_counted()) make_world(node.output());
      break;
    case Kind::kIf:
      for (const Value* output : node.outputs()) define(output);
      for (const Block* block : node.blocks()) {
        visit(*block);
        for (size_t i = 0; i < node.outputs().size(); ++i) same(node.output(i), block->returns()[i]);
      }
      break;
    case Kind::kLoop: {
      const Block& body = *node.blocks()[0];
      for (const Value* parameter : body.parameters()) define(parameter);
      for (const Value* output : node.outputs()) define(output);
      for (size_t i = 0; i < node.outputs().size(); ++i) {
        same(body.parameters()[i + 1], node.input(i + 2));
        same(node.output(i), node.input(i + 2));
      }
      visit(body);
      for (size_t i = 0; i < node.outputs().size(); ++i) same(node.output(i), body.returns()[i + 1]);
      break;
    }
    case Kind::kGetAttr: {
      if (define_known(node.output())) break;
      Cell object = cell_of(node.input());
      Cell cell = object == kNoCell ? kNoCell : held(object, node.text, *node.output()->type());
      if (cell == kNoCell) make_world(node.output());
      else cells_[node.output()->id()] = cell;
      break;
    }
    case Kind::kSetAttr: {
      Cell object = cell_of(node.input());
      if (object == kNoCell) break;
      if (known_) make_world(node.input(1));  // who reads it may be another method
      if (Cell value = cell_of(node.input(1)); value != kNoCell)
        unite(held(object, node.text, *node.input(1)->type()), value);
      write(node, find(object), *node.input()->type());
      break;
    }
    case Kind::kTupleConstruct: {
      Cell tuple = define(node.output());
      for (size_t i = 0; tuple != kNoCell && i < node.inputs().size(); ++i)
        if (Cell item = cell_of(node.input(i)); item != kNoCell) unite(held(tuple, "", *node.input(i)->type()), item);
      break;
    }
    case Kind::kListConstruct:
    case Kind::kDictConstruct: {
      define(node.output());
      for (const Value* input : node.inputs()) {
        Cell list = cell_of(node.output());
        if (Cell item = cell_of(input); item != kNoCell && list != kNoCell) unite(held(list, "", *input->type()), item);
      }
      break;
    }
    case Kind::kTupleUnpack:
    case Kind::kListUnpack:
    case Kind::kTupleIndex:
      for (const Value* output : node.outputs()) {
        Cell tuple = cell_of(node.input());
        Cell cell = tuple == kNoCell ? kNoCell : held(tuple, "", *output->type());
        if (cell == kNoCell) make_world(output);
        else cells_[output->id()] = cell;
      }
      break;
    case Kind::kTupleSlice:
    case Kind::kUncheckedCast:
      define(node.output());
      same(node.output(), node.input());
      if (cell_of(node.input()) == kNoCell) make_world(node.output());
      break;
    case Kind::kCreateObject:
    case Kind::kUninitialized: define(node.output()); break;
    case Kind::kCallMethod:
    case Kind::kCallFunction:
    case Kind::kFork:
    case Kind::kWait:
    case Kind::kAwaitable:
    case Kind::kAwaitableWait:
    case Kind::kEnter:
    case Kind::kExit:
    case Kind::kUnsupported: visit_call(node); break;
    case Kind::kFusion:
      for (const Value* output : node.outputs()) define(output);
      break;
    case Kind::kIsInstance:
    case Kind::kRaiseException:
    case Kind::kPrint:
    case Kind::kEnumName: break;
    case Kind::kEnumValue:
      for (const Value* output : node.outputs()) make_world(output);
      break;
  }
}

bool AliasAnalysis::may_alias(const Value* a, const Value* b) const {
  if (a == b) return is_mutable(*a->type());
  Cell ca = cell_of(a), cb = cell_of(b);
  return ca != kNoCell && ca == cb && types_may_alias(*a->type(), *b->type());
}

bool AliasAnalysis::written_itself(Cell root, const Type& type) const {
  // The world's parts are of all types: what the value holds there is not known apart from it.
  bool world = root == find(kWorld);
  for (const Write& write : data_[root].writes)
    if (types_may_alias(*write.type, type) || (world && !type.is(TypeKind::kTensor))) return true;
  return false;
}

bool AliasAnalysis::written(Cell cell, const Type& type, std::vector<bool>& seen) const {
  cell = find(cell);
  if (seen[cell]) return false;
  seen[cell] = true;
  if (written_itself(cell, type)) return true;
  for (const auto& entry : data_[cell].held)
    if (written(entry.second, *any_type(), seen)) return true;
  return false;
}

bool AliasAnalysis::has_writers(const Value* v) const {
  Cell cell = cell_of(v);
  if (cell == kNoCell) return false;
  // Most hold nothing: no need to remember where one was, in as many bits as there are cells.
  if (Cell root = find(cell); data_[root].held.empty()) return written_itself(root, *v->type());
  std::vector<bool> seen(data_.size());
  return written(cell, *v->type(), seen);
}

bool AliasAnalysis::has_writers(const Node& node) const {
  for (const Value* input : node.inputs())
    if (has_writers(input)) return true;
  for (const Value* output : node.outputs())
    if (has_writers(output)) return true;
  return false;
}

bool AliasAnalysis::writes(const Node& node) const {
  if (writes_of_.count(&node)) return true;
  for (const Block* block : node.blocks())
    for (const Node* inner = block->first(); inner; inner = inner->next())
      if (writes(*inner)) return true;
  return false;
}

void AliasAnalysis::mark_reached(const Value* v, std::vector<bool>& reached) const {
  Cell cell = cell_of(v);
  if (cell == kNoCell) return;
  reached.resize(data_.size());
  std::vector<Cell> work{cell};
  while (!work.empty()) {
    Cell at = find(work.back());
    work.pop_back();
    if (reached[at]) continue;
    reached[at] = true;
    for (const auto& entry : data_[at].held) work.push_back(entry.second);
  }
}

bool AliasAnalysis::writes_reached(const Node& node, const std::vector<bool>& reached) const {
  auto found = writes_of_.find(&node);
  return found != writes_of_.end() && std::any_of(found->second.begin(), found->second.end(), [&](const auto& entry) {
           Cell cell = find(entry.first);
           return cell < reached.size() && reached[cell];
         });
}

bool AliasAnalysis::writes_to(const Node& node, const Value* v) const {
  Cell cell = cell_of(v);
  if (cell == kNoCell) return false;
  if (auto found = writes_of_.find(&node); found != writes_of_.end()) {
    std::vector<bool> reached;
    mark_reached(v, reached);
    for (auto [target, type] : found->second) {
      Cell at = find(target);
      if (!reached[at]) continue;
      bool direct = at == cell && at != find(kWorld);
      if (!direct && at == find(kWorld) && v->type()->is(TypeKind::kTensor)) direct = true;
      if (!direct || types_may_alias(*type, *v->type())) return true;
    }
  }
  for (const Block* block : node.blocks())
    for (const Node* inner = block->first(); inner; inner = inner->next())
      if (writes_to(*inner, v)) return true;
  return false;
}

bool AliasAnalysis::escapes(Cell cell, std::vector<bool>& seen) const {
  cell = find(cell);
  if (seen[cell]) return false;
  seen[cell] = true;
  if (data_[cell].escapes) return true;
  for (const auto& entry : data_[cell].held)
    if (escapes(entry.second, seen)) return true;
  return false;
}

bool AliasAnalysis::escapes(const Value* v) const {
  Cell cell = cell_of(v);
  if (cell == kNoCell) return false;
  std::vector<bool> seen(data_.size());
  return escapes(cell, seen);
}

bool AliasAnalysis::escapes_itself(const Value* v) const {
  Cell cell = cell_of(v);
  return cell != kNoCell && data_[cell].escapes;
}

bool AliasAnalysis::writes_escape(const Node& node) const {
  auto found = writes_of_.find(&node);
  if (found == writes_of_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(),
                     [&](const auto& entry) { return data_[find(entry.first)].escapes; });
}

namespace {

// Is the value kept by somebody: returned, stored, passed to a call, written?
bool is_kept(const Value& value) {
  for (const Value::Use& use : value.uses()) {
    if (!use.user || !use.user->op()) return true;
    const auto& arguments = use.user->op()->schema.arguments;
    if (use.index >= arguments.size()) return true;
    const AliasInfo& alias = arguments[use.index].alias;
    if (alias.is_write || alias.after == "*") return true;
  }
  return false;
}

enum class Origin : uint8_t { kSame, kView, kFresh };

// What equal nodes give: the same object, two handles on one memory, or two memories.
Origin origin(const Node& node, size_t output) {
  switch (node.kind()) {
    case Kind::kTupleConstruct:  // cannot be changed; its parts are the same
    case Kind::kTupleIndex:
    case Kind::kTupleSlice:
    case Kind::kTupleUnpack:
    case Kind::kListUnpack:
    case Kind::kGetAttr:
    case Kind::kUncheckedCast: return Origin::kSame;
    case Kind::kOperator: {
      const auto& returns = node.op()->schema.returns;
      if (output >= returns.size()) return Origin::kFresh;
      const AliasInfo& alias = returns[output].alias;
      return alias.any() && alias.before != "*" && !alias.on_elements ? Origin::kView : Origin::kFresh;
    }
    default: return Origin::kFresh;
  }
}

}  // namespace

bool AliasAnalysis::is_compared(const Value* v) const {
  Cell cell = cell_of(v);
  return cell != kNoCell && data_[cell].compared;
}

bool AliasAnalysis::may_merge(const Node& node, const Node& earlier) const {
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    const Value *mine = node.output(i), *theirs = earlier.output(i);
    if (!is_mutable(*mine->type())) continue;
    Origin from = origin(node, i);
    if (from == Origin::kSame) continue;
    if (has_writers(mine) || has_writers(theirs)) return false;
    if (from == Origin::kFresh && (is_compared(mine) || is_compared(theirs))) return false;
    // Nobody writes within the graph; afterwards only the owner of what escaped can.
    if (from == Origin::kView ? is_kept(*mine) : escapes(mine)) return false;
  }
  return true;
}

}  // namespace taper::impl::ir
