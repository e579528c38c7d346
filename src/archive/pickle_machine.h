// The machine behind read_pickle: a stack, marks and a memo. Private to the pickle_*.cpp files.
//
// Invariants:
//  1. Every container that is made is also held by made_, so that no value dies before the end: destroying a hostile,
//     deep chain by recursion is impossible until finish() has proved the result shallow and emptied the rest.
//  2. A container with an element type is finished: its items were checked against the type and nothing is added.
//  3. Capsules on the stack are PickleObjects; none is left in the result.
#pragma once

#include <unordered_map>
#include <vector>

#include "archive/pickle.h"
#include "archive/pickle_globals.h"

namespace taper::impl {

// What has no Value: the target of a GLOBAL, a storage, a numpy dtype.
struct PickleObject final : RefCounted {
  enum class Kind : uint8_t { kGlobal, kStorage, kNumpyDType } kind = Kind::kGlobal;
  Global global;                    // kGlobal
  std::string name;                 // kGlobal: "torch._utils._rebuild_tensor_v2"
  Ref<Storage> storage;             // kStorage
  int64_t begin = 0;                // kStorage: where the part starts that it stands for
  DType dtype = DType::kUndefined;  // kStorage, kNumpyDType; undefined: an untyped storage
  bool swapped = false;             // kNumpyDType: not this machine's byte order
};

class PickleMachine {
 public:
  PickleMachine(std::span<const char> bytes, const PickleOptions& options, PickleBudget& budget, PickleSource* source);
  ~PickleMachine();
  PickleMachine(const PickleMachine&) = delete;
  PickleMachine& operator=(const PickleMachine&) = delete;

  Value run();
  size_t used() const noexcept { return at_; }

 private:
  [[noreturn]] void fail_here(std::string_view what) const;
  [[noreturn]] void fail_foreign(std::string_view name) const;

  // Input
  const char* take(uint64_t count);
  std::string_view take_text(uint64_t count) { return {take(count), size_t(count)}; }
  std::string_view take_line();
  template <class T>
  T take_number();
  int64_t take_long(uint64_t count);

  // Stack
  void push(Value value);
  Value pop();
  Value& top();
  size_t pop_mark();
  void spend(size_t count);
  void put(uint64_t slot);
  void get(uint64_t slot);
  template <class T>
  Ref<T> make_container(Ref<T> object);
  void push_tuple(size_t from);

  // Opcodes
  bool step(uint8_t opcode);  // false: STOP
  void append_items(size_t from);
  void set_items(size_t from);
  void add_to_set(size_t from);
  void push_global(std::string_view module, std::string_view name);
  void new_object(const Value& type, Value arguments);
  void build(Value state);
  void persistent(const Value& id);

  // REDUCE, in pickle_calls.cpp
  Value reduce(const Value& function, const Value& arguments);
  Value make_dict_from(const Value& pairs);
  Value build_typed_list(const Value& argument, const TypePtr& element);
  Value restore_type_tag(const Value& value, const Value& tag);
  Value decode_bytes(std::span<const Value> arguments);
  Value make_set(const Value& items);
  Value make_complex(std::span<const Value> arguments);
  Value make_raw(const std::string& class_name, Value arguments, bool reduced);

  // Tensors, in pickle_tensors.cpp
  Value rebuild_tensor(std::span<const Value> arguments, DType dtype, size_t metadata);
  Value rebuild_parameter(std::span<const Value> arguments);
  Value rebuild_from_type(std::span<const Value> arguments);
  Value rebuild_qtensor(std::span<const Value> arguments);
  Ref<TensorMeta> make_quantizer(const Tensor& tensor, const Value& parameters);
  Tensor make_strided(const Value& storage, const Value& offset, const Value& sizes, const Value& strides, DType dtype);
  Dims to_dims(const Value& value, std::string_view what) const;
  Value numpy_dtype(std::span<const Value> arguments);
  Value numpy_scalar(std::span<const Value> arguments);
  void fill_numpy_array(const Tensor& tensor, const Value& state);

  PickleObject* pickle_object(const Value& value, PickleObject::Kind kind) const noexcept;
  int64_t to_integer(const Value& value, std::string_view what) const;

  // The end, in pickle_finish.cpp
  void finish(Value& root);
  void infer_type(const Value& container) const;
  // How deep a finished container is, and how many values it holds; shared parts count at each use.
  struct Extent {
    uint32_t depth = 0;
    uint64_t count = 0;
  };
  using Reached = std::unordered_map<const RefCounted*, Extent>;
  void clear_unreached(const Reached* reached) noexcept;
  void forget(const Value& container) noexcept;
  void drop_spent() noexcept;

  std::span<const char> bytes_;
  const PickleOptions& options_;
  PickleBudget& budget_;
  PickleSource* source_;
  size_t at_ = 0;
  size_t opcode_at_ = 0;
  std::vector<Value> stack_;
  std::vector<size_t> marks_;
  std::vector<Value> memo_;  // free slots hold a null capsule
  size_t memo_count_ = 0;
  std::vector<Value> made_;
  // Annotations parsed so far, by the identity of their text (memoized strings repeat).
  std::unordered_map<const RefCounted*, TypePtr> annotations_;
  std::vector<Value> annotation_texts_;                   // keeps the keys above alive
  std::unordered_map<const RefCounted*, bool> unfilled_;  // numpy arrays, IntLists and OrderedDicts: may get a BUILD
};

}  // namespace taper::impl
