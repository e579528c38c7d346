#include "ir/freeze.h"

#include <algorithm>

#include "core/error.h"
#include "ir/builder.h"

namespace taper::impl::ir {
namespace {

constexpr int kMaxRounds = 16;
constexpr int kMaxDepth = 100;    // of values within values
constexpr int kMaxItems = 64;     // of a container that is spelled out in code; a longer one stays an attribute
constexpr size_t kMaxGrown = 64;  // bytes of a tensor that is computed: code is smaller than what it makes

const void* memory_of(const impl::Value& value) {
  if (value.is_tensor()) {
    const auto& impl = *value.tensor().impl();
    return impl.layout == Layout::kStrided ? static_cast<const void*>(impl.storage.get()) : &impl;
  }
  return value.is_counted() ? value.pointer() : nullptr;
}

// Lists or dicts within a container: whoever has the one can change the other.
bool nests_containers(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kOptional: return nests_containers(*type.element());
    case TypeKind::kList:
    case TypeKind::kDict:
    case TypeKind::kTuple:
      return std::any_of(type.elements().begin(), type.elements().end(),
                         [](const TypePtr& e) { return is_mutable(*e) && !e->is(TypeKind::kTensor); });
    default: return false;
  }
}

}  // namespace

void Freezer::add(GraphFunction& method) { methods_.push_back({&method, method.graph().clone()}); }

const Object* Freezer::known(const Value* value) const {
  auto found = known_.find(value);
  return found == known_.end() ? nullptr : found->second;
}

// Which object a value is, from self along attributes that nobody sets; and calls through interfaces on those.
void Freezer::resolve(Block& block) {
  for (Node* node = block.first(); node; node = node->next()) {
    resolve_node(*node);
    for (Block* inner : node->blocks()) resolve(*inner);
  }
}

void Freezer::resolve_node(Node& node) {
  if (node.is(Kind::kUncheckedCast)) {
    if (const Object* object = known(node.input()); object && equal(*node.output()->type(), *object->type))
      known_[node.output()] = object;
    return;
  }
  if (node.is(Kind::kCallMethod) && !node.function) {
    const TypePtr& type = node.input()->type();
    if (type->is(TypeKind::kClass)) {  // it was an interface before the call around it was inlined
      Function* method = as_class(*type).method(node.text);
      if (method && method->schema.arguments.size() == node.inputs().size()) node.function = Ref<Function>(method);
    } else if (const Object* receiver = known(node.input())) {
      Function* method = receiver->type->method(node.text);
      if (method && method->schema.arguments.size() == node.inputs().size()) {
        Value* same = node.input();
        Node* cast = node.graph().create(Kind::kUncheckedCast, {&same, 1});
        cast->add_output(TypePtr(receiver->type.get()));
        cast->set_range(node.range());
        cast->insert_before(&node);
        known_[cast->output()] = receiver;
        node.set_input(0, cast->output());
        node.function = Ref<Function>(method);
      }
    }
    return;
  }
  if (!node.is(Kind::kGetAttr)) return;
  const Object* owner = known(node.input());
  if (!owner) return;
  int slot = owner->type->slot(node.text);
  if (slot < 0 || size_t(slot) >= owner->slots.size() || !owner->slots[size_t(slot)].is(Tag::kObject)) return;
  const Object& object = owner->slots[size_t(slot)].object();
  if (set_.contains({owner->type.get(), node.text}) || object.type->opaque) return;
  known_[node.output()] = &object;
}

void Freezer::find_sets(const Block& block, std::vector<GraphFunction*>& work) {
  for (const Node* node = block.first(); node; node = node->next()) {
    if (node->is(Kind::kSetAttr) && node->input()->type()->is(TypeKind::kClass))
      set_.emplace(&as_class(*node->input()->type()), node->text);
    if (auto* function = dynamic_cast<GraphFunction*>(node->function.get())) work.push_back(function);
    if (node->is(Kind::kCallMethod) && !node->function)
      for (const Object* object : objects_)
        if (auto* method = dynamic_cast<GraphFunction*>(object->type->method(node->text))) work.push_back(method);
    for (const Block* inner : node->blocks()) find_sets(*inner, work);
  }
}

// Everything that the methods can reach, and what it sets.
void Freezer::find_callees() {
  set_.clear();
  callees_.clear();
  std::vector<GraphFunction*> work;
  std::unordered_set<const GraphFunction*> seen;
  for (const Method& method : methods_) find_sets(*method.graph->top(), work);
  while (!work.empty()) {
    GraphFunction* function = work.back();
    work.pop_back();
    if (!seen.insert(function).second) continue;
    callees_.push_back(function);
    find_sets(*function->graph().top(), work);
  }
}

// What somebody holds whole, with all that it leads to.
void Freezer::keep_whole(const impl::Value& start) {
  std::vector<impl::Value> work{start};
  while (!work.empty()) {
    impl::Value value = std::move(work.back());
    work.pop_back();
    const void* memory = memory_of(value);
    if (!memory || (!outside_.insert(memory).second && !value.is(Tag::kObject))) continue;
    if (value.is(Tag::kList)) {
      work.insert(work.end(), value.list().items.begin(), value.list().items.end());
    } else if (value.is(Tag::kTuple)) {
      work.insert(work.end(), value.tuple().items.begin(), value.tuple().items.end());
    } else if (value.is(Tag::kDict)) {
      for (const auto& entry : value.dict().entries()) work.push_back(entry.key), work.push_back(entry.value);
    } else if (value.is(Tag::kObject)) {
      if (!seen_.insert(memory).second) continue;
      whole_.insert(value.object().type.get());
      work.insert(work.end(), value.object().slots.begin(), value.object().slots.end());
    }
  }
}

void Freezer::find_whole() {
  for (const auto& [value, object] : known_) {
    for (const Value::Use& use : value->uses()) {
      bool reads = use.user && use.index == 0 && (use.user->is(Kind::kGetAttr) || use.user->is(Kind::kSetAttr));
      // A cast to what it is: whoever uses that is looked at there.
      bool cast = use.user && use.user->is(Kind::kUncheckedCast) && known(use.user->output());
      if (reads || cast) continue;
      // Ref counting wants a handle; the tree holds the object.
      keep_whole(impl::Value(Ref<Object>(const_cast<Object*>(object))));
      break;
    }
  }
}

// Memory that does not lead back to one attribute each: what lies in containers, and what attributes that are set hold.
void Freezer::find_memory() {
  objects_.clear();
  std::vector<const Object*> work{&root_.object()};
  std::unordered_set<const Object*> done;
  while (!work.empty()) {
    const Object* object = work.back();
    work.pop_back();
    if (!done.insert(object).second) continue;
    objects_.push_back(object);
    for (size_t i = 0; i < object->slots.size() && i < object->type->attributes.size(); ++i) {
      const impl::Value& value = object->slots[i];
      const Attribute& attribute = object->type->attributes[i];
      if (value.is(Tag::kObject) && !value.object().type->opaque) work.push_back(&value.object());
      bool is_set = set_.contains({object->type.get(), attribute.name});
      if (is_set || preserved_.contains({object->type.get(), attribute.name})) {
        keep_whole(value);
      } else if (value.is(Tag::kList) || value.is(Tag::kTuple)) {
        for (const impl::Value& item : value.is(Tag::kList) ? value.list().items : value.tuple().items)
          keep_whole(item);
      } else if (value.is(Tag::kDict)) {
        for (const auto& entry : value.dict().entries()) keep_whole(entry.key), keep_whole(entry.value);
      }
    }
  }
}

void Freezer::collect_memory(const Block& block, KnownMemory& memory) {
  auto note = [&](const Value* value, const impl::Value& what) {
    const void* at = memory_of(what);
    memory[value] = outside_.contains(at) ? nullptr : at;
  };
  for (const Node* node = block.first(); node; node = node->next()) {
    if (node->is(Kind::kConstant) && node->value.is_tensor()) note(node->output(), node->value);
    if (node->is(Kind::kGetAttr)) {
      const Object* object = known(node->input());
      int slot = object ? object->type->slot(node->text) : -1;
      if (slot >= 0 && size_t(slot) < object->slots.size()) {
        if (set_.contains({object->type.get(), node->text})) memory[node->output()] = nullptr;
        else note(node->output(), object->slots[size_t(slot)]);
      }
    }
    for (const Block* inner : node->blocks()) collect_memory(*inner, memory);
  }
}

void Freezer::judge(const Block& block, const AliasAnalysis& alias) {
  for (const Node* node = block.first(); node; node = node->next()) {
    if (node->is(Kind::kGetAttr)) {
      if (const Object* object = known(node->input())) {
        int slot = object->type->slot(node->text);
        if (slot >= 0 && size_t(slot) < object->slots.size()) {
          const impl::Value& value = object->slots[size_t(slot)];
          bool container = value.is(Tag::kList) || value.is(Tag::kDict);
          bool let_out = nests_containers(*node->output()->type()) ? alias.escapes(node->output())
                                                                   : container && alias.escapes_itself(node->output());
          // What one method returns may be an argument of another.
          if (value.is_tensor() && alias.escapes(node->output())) outside_.insert(memory_of(value));
          if (alias.has_writers(node->output()) || let_out) changed_.insert(memory_of(value));
        }
      }
    }
    for (const Block* inner : node->blocks()) judge(*inner, alias);
  }
}

// Can code spell it?
bool Freezer::is_constant(const impl::Value& value, int& items, int depth) const {
  if (depth > kMaxDepth || ++items > kMaxItems) return false;
  auto all = [&](const Vec<impl::Value>& values) {
    return std::all_of(values.begin(), values.end(),
                       [&](const impl::Value& item) { return is_constant(item, items, depth + 1); });
  };
  switch (value.tag()) {
    case Tag::kNone:
    case Tag::kBool:
    case Tag::kInt:
    case Tag::kFloat:
    case Tag::kComplex:
    case Tag::kString:
    case Tag::kEnum:
    case Tag::kDevice: return true;
    case Tag::kTensor: return value.tensor().impl()->layout == Layout::kStrided && !changed_.contains(memory_of(value));
    case Tag::kTuple: return !changed_.contains(memory_of(value)) && all(value.tuple().items);
    case Tag::kList: return !changed_.contains(memory_of(value)) && all(value.list().items);
    case Tag::kDict:
      return !changed_.contains(memory_of(value)) &&
             std::all_of(value.dict().entries().begin(), value.dict().entries().end(), [&](const auto& entry) {
               return !entry.key.is_tensor() && is_constant(entry.key, items, depth + 1) &&
                      is_constant(entry.value, items, depth + 1);
             });
    default: return false;
  }
}

bool Freezer::may_fold(const Object& object, size_t slot) const {
  Place place{object.type.get(), object.type->attributes[slot].name};
  int items = 0;
  return !set_.contains(place) && !preserved_.contains(place) && !written_.contains(place) &&
         !whole_.contains(object.type.get()) && is_constant(object.slots[slot], items, 0);
}

// A constant has no gradient: PyTorch refuses code with one that wants it.
impl::Value Freezer::without_grad(const impl::Value& value) {
  if (!value.is_tensor() || !value.tensor().impl()->requires_grad) return value;
  impl::Value& plain = without_grad_[value.pointer()];
  if (plain.is_none()) {
    Tensor alias = value.tensor().alias();
    alias.impl()->requires_grad = false;
    plain = impl::Value(alias);
  }
  return plain;
}

Value* Freezer::build(Graph& graph, Node& before, const impl::Value& value, const TypePtr& type) {
  TypePtr own = type;
  if (type->is(TypeKind::kOptional)) own = value.is_none() ? none_type() : type->element();
  auto node_of = [&](Kind kind, const std::vector<Value*>& inputs) {
    Node* node = graph.create(kind, inputs);
    node->add_output(own);
    node->set_range(before.range());
    node->insert_before(&before);
    return node->output();
  };
  std::vector<Value*> parts;
  if (value.is(Tag::kList) && own->is(TypeKind::kList)) {
    for (const impl::Value& item : value.list().items) parts.push_back(build(graph, before, item, own->element()));
    return node_of(Kind::kListConstruct, parts);
  }
  if (value.is(Tag::kTuple) && own->is(TypeKind::kTuple)) {
    size_t i = 0;
    for (const impl::Value& item : value.tuple().items) parts.push_back(build(graph, before, item, own->element(i++)));
    return node_of(Kind::kTupleConstruct, parts);
  }
  if (value.is(Tag::kDict) && own->is(TypeKind::kDict)) {
    for (const auto& entry : value.dict().entries()) {
      parts.push_back(build(graph, before, entry.key, own->element(0)));
      parts.push_back(build(graph, before, entry.value, own->element(1)));
    }
    return node_of(Kind::kDictConstruct, parts);
  }
  Node* constant = graph.create_constant(without_grad(value), own);
  constant->set_range(before.range());
  constant->insert_before(&before);
  return constant->output();
}

bool Freezer::fold(Method& method, Block& block) {
  bool changed = false;
  for (Node *node = block.first(), *next; node; node = next) {
    next = node->next();
    for (Block* inner : node->blocks()) changed |= fold(method, *inner);
    if (node->is(Kind::kUncheckedCast)) {
      // Of what is now a constant and not None.
      const impl::Value* value = as_constant(node->input());
      if (!value || value->is_none() || !value_has_type(*value, *node->output()->type())) continue;
      node->output()->replace_all_uses_with(node->input());
      node->destroy();
      changed = true;
      continue;
    }
    if (!node->is(Kind::kGetAttr)) continue;
    const Object* object = known(node->input());
    if (!object) continue;
    int slot = object->type->slot(node->text);
    if (slot < 0 || size_t(slot) >= object->slots.size() || !may_fold(*object, size_t(slot))) continue;
    TypeKind kind = node->output()->type()->kind();
    if (kind == TypeKind::kAny || kind == TypeKind::kUnion) continue;
    Value* constant = build(*method.graph, *node, object->slots[size_t(slot)], node->output()->type());
    constant->set_name(node->output()->name());
    node->output()->replace_all_uses_with(constant);
    known_.erase(node->output());
    node->destroy();
    changed = true;
  }
  return changed;
}

void Freezer::clean(Graph& graph) {
  for (int round = 0; round < 4; ++round) {
    bool changed = simplify(graph, context_);
    changed |= fold_constants(graph, context_);
    changed |= remove_dropout(graph);
    changed |= eliminate_dead_code(graph);
    if (!changed) break;
  }
}

void Freezer::note_kept(const Block& block) {
  for (const Node* node = block.first(); node; node = node->next()) {
    if ((node->is(Kind::kGetAttr) || node->is(Kind::kSetAttr)) && node->input()->type()->is(TypeKind::kClass))
      kept_.emplace(&as_class(*node->input()->type()), node->text);
    for (const Block* inner : node->blocks()) note_kept(*inner);
  }
}

bool Freezer::keeps(const ClassType& type, std::string_view attribute) const {
  Place place{&type, attribute};
  return is_whole(type) || kept_.contains(place) || preserved_.contains(place);
}

void Freezer::run() {
  size_t limit = std::exchange(context_.max_constant_bytes, kMaxGrown);
  for (int round = 0; round < kMaxRounds; ++round) {
    bool changed = false;
    find_memory();
    find_callees();
    do {  // inlined bodies read attributes of their own
      changed = false;
      known_.clear();
      for (Method& method : methods_) {
        known_[method.graph->inputs()[0]] = &root_.object();
        resolve(*method.graph->top());
        changed |= inline_calls(*method.graph, context_);
      }
      if (changed) find_callees();
    } while (changed);
    outside_.clear(), seen_.clear(), whole_.clear(), changed_.clear();
    find_memory();
    find_whole();
    for (size_t i = 0; i < 2 * methods_.size(); ++i) {  // the second time, with what the first let out
      const Method& method = methods_[i % methods_.size()];
      KnownMemory memory;
      for (const auto& [value, object] : known_) memory[value] = outside_.contains(object) ? nullptr : object;
      collect_memory(*method.graph->top(), memory);
      judge(*method.graph->top(), AliasAnalysis(*method.graph, &memory));
    }
    // An attribute that some object's memory forbids stays for all objects of the class.
    written_.clear();
    for (const Object* object : objects_) {
      for (size_t i = 0; i < object->slots.size() && i < object->type->attributes.size(); ++i) {
        int items = 0;
        if (!object->slots[i].is(Tag::kObject) && !is_constant(object->slots[i], items, 0))
          written_.emplace(object->type.get(), object->type->attributes[i].name);
      }
    }
    for (Method& method : methods_) changed |= fold(method, *method.graph->top());
    known_.clear();
    for (Method& method : methods_) clean(*method.graph);
    if (!changed) break;
  }
  for (Method& method : methods_) {
    run_passes(*method.graph, context_, PassSwitches::all());
    clean(*method.graph);
  }
  find_callees();
  for (const Method& method : methods_) note_kept(*method.graph->top());
  for (GraphFunction* callee : callees_) note_kept(*callee->graph().top());
  context_.max_constant_bytes = limit;
}

}  // namespace taper::impl::ir
