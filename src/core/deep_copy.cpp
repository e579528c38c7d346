#include <unordered_map>

#include "core/class_type.h"
#include "core/error.h"
#include "core/value.h"

namespace taper::impl {
namespace {

// Copies without recursion: first an empty shell, then, from a list of work, its parts. So depth costs no stack, and
// cycles end, because every original has its one copy in the memo.
class Copier {
 public:
  explicit Copier(StorageCopy storages) : storages_mode_(storages) {}

  Value run(const Value& root) {
    Value copied = copy(root);
    while (!work_.empty()) {
      Work item = std::move(work_.back());
      work_.pop_back();
      fill(item.from, item.to);
    }
    return copied;
  }

 private:
  struct Work {
    Value from, to;
  };

  Value copy(const Value& value) {
    switch (value.tag()) {
      case Tag::kTensor: return copy_tensor(value);
      case Tag::kList:
      case Tag::kDict:
      case Tag::kTuple:
      case Tag::kObject:
      case Tag::kRawObject: return copy_container(value);
      case Tag::kFuture: fail_runtime("Can't deepcopy a Future");
      default: return value;
    }
  }

  Value copy_container(const Value& value) {
    auto [at, is_new] = done_.try_emplace(value.pointer());
    if (!is_new) return at->second;
    at->second = shell(value);
    Value made = at->second;
    work_.push_back({value, made});
    return made;
  }

  static Value shell(const Value& value) {
    switch (value.tag()) {
      case Tag::kList: return make_ref<ListObj>(value.list().element);
      case Tag::kDict: return make_ref<DictObj>(value.dict().key, value.dict().value);
      case Tag::kObject: return make_ref<Object>(value.object().type);
      case Tag::kRawObject: {
        auto raw = make_ref<RawObject>();
        raw->class_name = value.raw_object().class_name;
        raw->reduced = value.raw_object().reduced;
        return raw;
      }
      default: {
        auto tuple = make_ref<TupleObj>();
        tuple->type = value.tuple().type;
        return tuple;
      }
    }
  }

  void fill(const Value& from, const Value& to) {
    switch (from.tag()) {
      case Tag::kList: return fill_items(from.list().items, to.list().items);
      case Tag::kTuple: return fill_items(from.tuple().items, to.tuple().items);
      case Tag::kObject: return fill_items(from.object().slots, to.object().slots);
      case Tag::kDict:  // keys are values without parts (or tensors), so they are complete when they are hashed
        for (const DictObj::Entry& entry : from.dict().entries()) to.dict().set(copy(entry.key), copy(entry.value));
        return;
      default:
        to.raw_object().args = copy(from.raw_object().args);
        to.raw_object().state = copy(from.raw_object().state);
    }
  }

  void fill_items(const Vec<Value>& from, Vec<Value>& to) {
    to.clear();
    to.reserve(from.size());
    for (const Value& item : from) to.push_back(copy(item));
  }

  Value copy_tensor(const Value& value) {
    auto [at, is_new] = done_.try_emplace(value.pointer());
    if (!is_new) return at->second;
    const Tensor& tensor = value.tensor();
    if (tensor.impl()->layout != Layout::kStrided)
      fail(ErrorCode::kUnsupported, "deep copy of a tensor that is not strided");
    Tensor made = tensor.alias();
    TensorImpl& impl = *made.impl();
    impl.requires_grad = tensor.impl()->requires_grad;
    impl.wrapped_number = tensor.impl()->wrapped_number;
    if (impl.storage) impl.storage = copy_storage(impl.storage);
    at->second = Value(std::move(made));
    return at->second;
  }

  Ref<Storage> copy_storage(const Ref<Storage>& storage) {
    Ref<Storage>& made = storages_[storage.get()];
    if (made) return made;
    if (storages_mode_ == StorageCopy::kShare) {
      made = storage->share();
    } else {
      made = Storage::make(storage->bytes());
      if (storage->bytes()) std::memcpy(made->mutable_data(), storage->data(), storage->bytes());
    }
    return made;
  }

  const StorageCopy storages_mode_;
  std::unordered_map<const RefCounted*, Value> done_;
  std::unordered_map<const Storage*, Ref<Storage>> storages_;
  std::vector<Work> work_;
};

}  // namespace

Value deep_copy(const Value& value, StorageCopy storages) { return Copier(storages).run(value); }

}  // namespace taper::impl
