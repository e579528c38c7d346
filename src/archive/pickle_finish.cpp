// The end of a pickle: proves that the result is a finite tree of bounded depth, and lets go of the rest safely.
#include <algorithm>

#include "archive/pickle_machine.h"
#include "core/error.h"

namespace taper::impl {
namespace {

bool is_container(const Value& value) noexcept {
  return value.is(Tag::kList) || value.is(Tag::kDict) || value.is(Tag::kTuple) || value.is(Tag::kRawObject);
}

size_t child_count(const Value& value) noexcept {
  switch (value.tag()) {
    case Tag::kList: return value.list().items.size();
    case Tag::kTuple: return value.tuple().items.size();
    case Tag::kDict: return value.dict().size();  // keys are no containers
    case Tag::kRawObject: return 2;
    default: return 0;
  }
}

const Value& child(const Value& value, size_t i) noexcept {
  switch (value.tag()) {
    case Tag::kList: return value.list().items[i];
    case Tag::kTuple: return value.tuple().items[i];
    case Tag::kDict: return value.dict().entries()[i].value;
    default: return i == 0 ? value.raw_object().args : value.raw_object().state;
  }
}

struct Frame {
  const Value* value;
  size_t next = 0;
  uint32_t depth = 1;
  uint64_t count = 1;
};

constexpr uint32_t kOpen = 0;  // the depth of what is on the path from the root to here
constexpr size_t kMaxInferredTuple = 64;

}  // namespace

// What the tables know by its address.
void PickleMachine::forget(const Value& container) noexcept {
  if (options_.type_tags && !options_.type_tags->empty()) options_.type_tags->erase(container.pointer());
  if (!unfilled_.empty()) unfilled_.erase(container.pointer());
}

// Containers that nothing else holds: the arguments of what was just made. Their parts are in made_ as well, so that one
// dies alone (invariant 1); those then hold by nothing else either, and most stand right before it.
void PickleMachine::drop_spent() noexcept {
  for (; !made_.empty() && made_.back().pointer()->use_count() == 1; made_.pop_back()) forget(made_.back());
}

void PickleMachine::clear_unreached(const Reached* reached) noexcept {
  // Every container is also in made_, so clearing one never destroys another.
  for (Value& value : made_) {
    if (reached && reached->contains(value.pointer())) continue;
    forget(value);
    switch (value.tag()) {
      case Tag::kList: value.list().items.clear(); break;
      case Tag::kTuple: value.tuple().items.clear(); break;
      case Tag::kDict: value.dict().clear(); break;
      case Tag::kRawObject:
        value.raw_object().args.reset();
        value.raw_object().state.reset();
        break;
      default: break;
    }
  }
  stack_.clear();
  memo_.clear();
  made_.clear();
}

void PickleMachine::finish(Value& root) {
  auto check_leaf = [&](const Value& value) {
    if (!value.is(Tag::kCapsule)) return;
    auto* object = static_cast<PickleObject*>(value.pointer());
    if (object->kind == PickleObject::Kind::kGlobal) fail_foreign(object->name);
    if (object->kind == PickleObject::Kind::kStorage)
      fail(ErrorCode::kUnsupported, cat(options_.where, ": holds a storage by itself; save a tensor instead"));
    fail_here("a numpy dtype by itself");
  };
  Reached reached;
  reached.reserve(made_.size());
  std::vector<Frame> path;
  uint64_t limit = budget_.values;

  check_leaf(root);
  if (is_container(root)) {
    reached.emplace(root.pointer(), Extent{});
    path.push_back({&root});
  }
  while (!path.empty()) {
    Frame& frame = path.back();
    if (frame.next < child_count(*frame.value)) {
      const Value& item = child(*frame.value, frame.next++);
      ++frame.count;
      if (!is_container(item)) {
        check_leaf(item);
        continue;
      }
      auto [found, fresh] = reached.emplace(item.pointer(), Extent{});
      if (fresh) {
        if (path.size() >= budget_.max_depth)
          fail(ErrorCode::kBudget, cat(options_.where, ": values nested deeper than the limit of ", budget_.max_depth));
        path.push_back({&item});
        continue;
      }
      const Extent& extent = found->second;
      if (extent.depth == kOpen) fail_here("an object that contains itself");
      frame.depth = std::max(frame.depth, extent.depth + 1);
      frame.count += extent.count;
      if (frame.count > limit) fail(ErrorCode::kBudget, cat(options_.where, ": more values than the limit allows"));
      continue;
    }
    if (frame.depth > budget_.max_depth)
      fail(ErrorCode::kBudget, cat(options_.where, ": values nested deeper than the limit of ", budget_.max_depth));
    if (options_.infer_types) infer_type(*frame.value);
    Frame done = frame;
    reached[done.value->pointer()] = {done.depth, done.count};
    path.pop_back();
    if (!path.empty()) {
      path.back().depth = std::max(path.back().depth, done.depth + 1);
      path.back().count += done.count;
      if (path.back().count > limit)
        fail(ErrorCode::kBudget, cat(options_.where, ": more values than the limit allows"));
    }
  }
  clear_unreached(&reached);
}

void PickleMachine::infer_type(const Value& container) const {
  // The type that all of them share; null when there is none, or none worth the work.
  auto shared_type = [](size_t count, auto&& at) -> TypePtr {
    TypePtr type;
    for (size_t i = 0; i < count; ++i) {
      const Value& item = at(i);
      if (item.is(Tag::kRawObject) || (item.is(Tag::kTuple) && item.tuple().items.size() > kMaxInferredTuple))
        return nullptr;
      TypePtr next = type_of(item);
      if (!type) type = next;
      else if (type != next && !equal(*type, *next)) type = unify(type, next);
      if (!type) return nullptr;
    }
    return type;
  };
  try {
    if (container.is(Tag::kList)) {
      ListObj& list = container.list();
      if (!list.element->is(TypeKind::kAny)) return;
      if (TypePtr type = shared_type(list.items.size(), [&](size_t i) -> const Value& { return list.items[i]; }))
        list.element = type;
    } else if (container.is(Tag::kDict)) {
      DictObj& dict = container.dict();
      if (!dict.value->is(TypeKind::kAny)) return;
      TypePtr key = shared_type(dict.size(), [&](size_t i) -> const Value& { return dict.entries()[i].key; });
      TypePtr value = shared_type(dict.size(), [&](size_t i) -> const Value& { return dict.entries()[i].value; });
      if (key && value) {
        dict.key = key;
        dict.value = value;
      }
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kBudget) throw;  // a type too large to spell out stays Any
  }
}

}  // namespace taper::impl
