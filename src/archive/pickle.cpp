#include "archive/pickle.h"

#include <bit>
#include <charconv>
#include <cmath>

#include "archive/bytes.h"
#include "archive/pickle_machine.h"
#include "core/error.h"

namespace taper::impl {
namespace {

// Slots are given out in order by every writer; a few may be skipped.
constexpr uint64_t kMemoSlack = 65536;
constexpr size_t kMaxName = 4096;

// The opcodes that PyTorch's and Python's binary protocols use.
enum Op : uint8_t {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kBinFloat = 'G',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kNone = 'N',
  kBinPersId = 'Q',
  kReduce = 'R',
  kBinString = 'T',
  kShortBinString = 'U',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kDict = 'd',
  kEmptyDict = '}',
  kAppends = 'e',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kList = 'l',
  kEmptyList = ']',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kEmptyTuple = ')',
  kSetItems = 'u',
  kProto = 0x80,
  kNewObj = 0x81,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
  kLong4 = 0x8b,
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d,
  kBinBytes8 = 0x8e,
  kEmptySet = 0x8f,
  kAddItems = 0x90,
  kFrozenSet = 0x91,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
  kByteArray8 = 0x96,
};

}  // namespace

Value read_pickle(std::span<const char> bytes, const PickleOptions& options, PickleBudget& budget, PickleSource* source,
                  size_t* used) {
  PickleMachine machine(bytes, options, budget, source);
  Value value = machine.run();
  if (used) *used = machine.used();
  else if (machine.used() != bytes.size())
    fail(ErrorCode::kInvalidFile,
         cat(options.where, ": ", bytes.size() - machine.used(), " bytes after the pickle's end"));
  return value;
}

PickleMachine::PickleMachine(std::span<const char> bytes, const PickleOptions& options, PickleBudget& budget,
                             PickleSource* source)
    : bytes_(bytes), options_(options), budget_(budget), source_(source) {}

PickleMachine::~PickleMachine() { clear_unreached(nullptr); }

void PickleMachine::fail_here(std::string_view what) const {
  fail(ErrorCode::kInvalidFile, cat(options_.where, ": damaged pickle: ", what, " (byte ", opcode_at_, ")"));
}

void PickleMachine::fail_foreign(std::string_view name) const {
  throw ForeignGlobal(
      cat(options_.where, ": holds an object of the Python class or function '", name,
          "', which only Python can load; ",
          options_.script_classes
              ? "save the model with torch.jit.save"
              : "save tensors, numbers, strings, lists, tuples and dicts instead: in Python, load the file "
                "with torch.load, take them out of the object (a module's state_dict()) and "
                "torch.save those"),
      std::string(name));
}

const char* PickleMachine::take(uint64_t count) {
  if (count > bytes_.size() - at_) fail_here(cat("it breaks off after ", bytes_.size(), " bytes"));
  const char* start = bytes_.data() + at_;
  at_ += size_t(count);
  return start;
}

std::string_view PickleMachine::take_line() {
  std::string_view rest(bytes_.data() + at_, std::min(bytes_.size() - at_, kMaxName));
  size_t end = rest.find('\n');
  if (end == rest.npos) fail_here("a name without an end");
  at_ += end + 1;
  return rest.substr(0, end);
}

template <class T>
T PickleMachine::take_number() {
  return load_little<T>(take(sizeof(T)));
}

int64_t PickleMachine::take_long(uint64_t count) {
  const char* digits = take(count);
  if (count == 0) return 0;
  bool negative = digits[count - 1] < 0;
  uint64_t value = 0;
  for (uint64_t i = 0; i < count; ++i) {
    auto digit = static_cast<unsigned char>(digits[i]);
    if (i < 8) value |= uint64_t(digit) << (8 * i);
    else if (digit != (negative ? 0xff : 0)) fail_here("an integer of more than 64 bits");
  }
  if (count < 8 && negative) value |= ~uint64_t(0) << (8 * count);
  if (count > 8 && (int64_t(value) < 0) != negative) fail_here("an integer of more than 64 bits");
  return int64_t(value);
}

void PickleMachine::spend(size_t count) {
  if (count > budget_.values) fail(ErrorCode::kBudget, cat(options_.where, ": more values than the limit allows"));
  budget_.values -= count;
}

void PickleMachine::push(Value value) {
  spend(1);
  stack_.push_back(std::move(value));
}

Value& PickleMachine::top() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail_here("an opcode finds the stack empty");
  return stack_.back();
}

Value PickleMachine::pop() {
  Value value = std::move(top());
  stack_.pop_back();
  return value;
}

size_t PickleMachine::pop_mark() {
  if (marks_.empty()) fail_here("an opcode finds no mark");
  size_t from = marks_.back();
  marks_.pop_back();
  return from;
}

template <class T>
Ref<T> PickleMachine::make_container(Ref<T> object) {
  made_.push_back(Value(object));
  return object;
}

void PickleMachine::put(uint64_t slot) {
  if (slot > memo_count_ + kMemoSlack) fail_here(cat("memo slot ", slot, " out of order"));
  if (slot >= memo_.size()) memo_.resize(std::max<size_t>(size_t(slot) + 1, memo_.size() * 2), Value::capsule(nullptr));
  memo_[size_t(slot)] = top();
  ++memo_count_;
}

void PickleMachine::get(uint64_t slot) {
  if (slot >= memo_.size() || (memo_[size_t(slot)].is(Tag::kCapsule) && !memo_[size_t(slot)].pointer()))
    fail_here(cat("memo slot ", slot, " is empty"));
  push(memo_[size_t(slot)]);
}

void PickleMachine::push_tuple(size_t from) {
  auto tuple = make_container(make_ref<TupleObj>());
  tuple->items.assign(std::make_move_iterator(stack_.begin() + ptrdiff_t(from)), std::make_move_iterator(stack_.end()));
  stack_.resize(from);
  push(std::move(tuple));
}

void PickleMachine::append_items(size_t from) {
  size_t count = stack_.size() - from;
  if (from == 0 || (!marks_.empty() && from <= marks_.back())) fail_here("items without a list");
  const Value& target = stack_[from - 1];
  if (target.is(Tag::kRawObject)) return add_to_set(from);
  if (!target.is(Tag::kList)) fail_here(cat("items appended to a value of type ", tag_name(target.tag())));
  ListObj& list = target.list();
  if (count && !list.element->is(TypeKind::kAny)) fail_here("items appended to a finished list");
  list.items.insert(list.items.end(), std::make_move_iterator(stack_.begin() + ptrdiff_t(from)),
                    std::make_move_iterator(stack_.end()));
  stack_.resize(from);
}

void PickleMachine::set_items(size_t from) {
  size_t count = stack_.size() - from;
  if (from == 0 || (!marks_.empty() && from <= marks_.back())) fail_here("items without a dict");
  if (count % 2) fail_here("a key without a value");
  const Value& target = stack_[from - 1];
  if (!target.is(Tag::kDict)) fail_here(cat("items set in a value of type ", tag_name(target.tag())));
  DictObj& dict = target.dict();
  if (count && (!dict.key->is(TypeKind::kAny) || !dict.value->is(TypeKind::kAny)))
    fail_here("items set in a finished dict");
  for (size_t i = from; i < stack_.size(); i += 2) {
    const Value& key = stack_[i];
    if (!is_hashable(key))
      fail(ErrorCode::kUnsupported,
           cat(options_.where, ": a dict with keys of type ", tag_name(key.tag()), " is not supported"));
    // NaNs are never equal: a dict of them has no bound on its search.
    if (key.is(Tag::kFloat) && std::isnan(key.floating())) fail_here("a NaN as the key of a dict");
    dict.set(key, std::move(stack_[i + 1]));
  }
  stack_.resize(from);
}

void PickleMachine::add_to_set(size_t from) {
  RawObject& set = stack_[from - 1].raw_object();
  if (set.class_name != "builtins.set" || !set.args.is(Tag::kList))
    fail_here("items added to an object that is no set");
  auto& items = set.args.list().items;
  items.insert(items.end(), std::make_move_iterator(stack_.begin() + ptrdiff_t(from)),
               std::make_move_iterator(stack_.end()));
  stack_.resize(from);
}

void PickleMachine::push_global(std::string_view module, std::string_view name) {
  Global global = find_global(module, name);
  std::string full = cat(module, '.', name);
  if (options_.type_names && (module == "torch" || module.starts_with("torch."))) return push(std::move(full));
  if (global.kind == GlobalKind::kNone || (global.kind == GlobalKind::kScriptClass && !options_.script_classes))
    fail_foreign(full);
  if (global.kind == GlobalKind::kDType || global.kind == GlobalKind::kQScheme) return push(global.number);
  auto object = make_ref<PickleObject>();
  object->global = global;
  object->name = std::move(full);
  push(Value::capsule(std::move(object)));
}

PickleObject* PickleMachine::pickle_object(const Value& value, PickleObject::Kind kind) const noexcept {
  if (!value.is(Tag::kCapsule)) return nullptr;
  auto* object = static_cast<PickleObject*>(value.pointer());
  return object && object->kind == kind ? object : nullptr;
}

int64_t PickleMachine::to_integer(const Value& value, std::string_view what) const {
  if (!value.is(Tag::kInt)) fail_here(cat(what, " is of type ", tag_name(value.tag()), ", not int"));
  return value.integer();
}

void PickleMachine::new_object(const Value& type, Value arguments) {
  PickleObject* global = pickle_object(type, PickleObject::Kind::kGlobal);
  if (!global) fail_here("an instance of what is not a class");
  if (!arguments.is(Tag::kTuple)) fail_here("constructor arguments are not a tuple");
  if (global->global.kind == GlobalKind::kScriptClass) return push(make_raw(global->name, std::move(arguments), false));
  push(reduce(type, arguments));
}

void PickleMachine::build(Value state) {
  Value& target = top();
  if (target.is(Tag::kRawObject)) {
    RawObject& object = target.raw_object();
    if (!object.state.is_none() || object.reduced)
      fail_here(cat("an instance of ", object.class_name, " is built twice"));
    object.state = std::move(state);
    return;
  }
  if (PickleObject* dtype = pickle_object(target, PickleObject::Kind::kNumpyDType)) {
    // (3, '<', ...): the byte order.
    if (state.is(Tag::kTuple) && state.tuple().items.size() > 1 && state.tuple().items[1].is(Tag::kString))
      dtype->swapped = state.tuple().items[1].string() == (std::endian::native == std::endian::little ? ">" : "<");
    return;
  }
  auto found = target.is_counted() ? unfilled_.find(target.pointer()) : unfilled_.end();
  if (found == unfilled_.end()) fail_here(cat("state for a value of type ", tag_name(target.tag())));
  if (target.is_tensor()) {
    fill_numpy_array(target.tensor(), state);
    unfilled_.erase(found);
  } else if (target.is(Tag::kList)) {
    if (!state.is(Tag::kList)) fail_here("an IntList of what is not a list");
    spend(state.list().items.size());
    target.list().items = state.list().items;
    build_typed_list(target, int_type());
    unfilled_.erase(found);
  }
  // An OrderedDict's own attributes (a state_dict's _metadata) say nothing about its items.
}

void PickleMachine::persistent(const Value& id) {
  if (!source_) fail_here("a storage in a pickle that has none");
  if (options_.numbered_tensors) {
    int64_t number = 0;
    if (id.is(Tag::kString)) {
      const std::string& digits = id.string();
      auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (error != std::errc() || end != digits.data() + digits.size()) fail_here("a tensor's number is none");
    } else {
      number = to_integer(id, "a tensor's number");
    }
    return push(source_->tensor(number));
  }
  if (!id.is(Tag::kTuple)) fail_here("a persistent id that is not a tuple");
  const auto& items = id.tuple().items;
  if (items.size() < 5 || !items[0].is(Tag::kString) || items[0].string() != "storage")
    fail_here("a persistent id that is not a storage");
  PickleObject* type = pickle_object(items[1], PickleObject::Kind::kGlobal);
  if (!type || type->global.kind != GlobalKind::kStorageType) fail_here("a storage of unknown type");
  StorageId storage;
  if (items[2].is(Tag::kString)) storage.key = items[2].string();
  else storage.key = cat(to_integer(items[2], "a storage's key"));
  if (!items[3].is(Tag::kString)) fail_here("a storage's location is not a string");
  storage.location = items[3].string();
  storage.untyped = type->global.untyped;
  storage.dtype = storage.untyped ? DType::kByte : DType(type->global.number);
  storage.numel = to_integer(items[4], "a storage's size");
  if (storage.numel < 0) fail_here("a storage of negative size");
  auto object = make_ref<PickleObject>();
  if (items.size() > 5 && !items[5].is_none()) {  // (key, begin, count): a stretch of it, up to PyTorch 0.3
    if (!items[5].is(Tag::kTuple) || items[5].tuple().items.size() != 3 || storage.untyped)
      fail_here("a view of a storage of unknown form");
    const auto& view = items[5].tuple().items;
    object->begin = to_integer(view[1], "a storage view's begin");
    int64_t count = to_integer(view[2], "a storage view's size");
    if (object->begin < 0 || object->begin > storage.numel || count < 0 || count > storage.numel - object->begin)
      fail_here("a view outside of its storage");
  }
  object->kind = PickleObject::Kind::kStorage;
  object->storage = source_->storage(storage);
  object->dtype = storage.untyped ? DType::kUndefined : storage.dtype;
  push(Value::capsule(std::move(object)));
}

Value PickleMachine::run() {
  for (;;) {
    opcode_at_ = at_;
    auto opcode = static_cast<uint8_t>(*take(1));
    if (!step(opcode)) break;
  }
  if (stack_.size() != 1 || !marks_.empty()) fail_here(cat("it ends with ", stack_.size(), " values on the stack"));
  Value root = std::move(stack_.back());
  stack_.clear();
  finish(root);
  return root;
}

bool PickleMachine::step(uint8_t opcode) {
  switch (opcode) {
    case kProto: {
      int version = static_cast<uint8_t>(*take(1));
      if (version < 2 || version > 5) fail_here(cat("protocol ", version, ", taper reads 2 to 5"));
      break;
    }
    case kFrame: take(8); break;
    case kStop: return false;
    case kMark:
      spend(1);
      marks_.push_back(stack_.size());
      break;
    case kPop:
      if (!marks_.empty() && marks_.back() == stack_.size()) marks_.pop_back();
      else pop();
      break;
    case kPopMark: stack_.resize(pop_mark()); break;
    case kDup: push(Value(top())); break;

    case kNone: push(Value()); break;
    case kNewTrue: push(true); break;
    case kNewFalse: push(false); break;
    case kBinInt: push(int64_t(take_number<int32_t>())); break;
    case kBinInt1: {
      auto byte = take_number<uint8_t>();
      push(options_.signed_bytes ? int64_t(int8_t(byte)) : int64_t(byte));
      break;
    }
    case kBinInt2: push(int64_t(take_number<uint16_t>())); break;
    case kLong1: push(take_long(take_number<uint8_t>())); break;
    case kLong4: push(take_long(take_number<uint32_t>())); break;
    case kBinFloat: {
      const char* digits = take(8);
      uint64_t bits = 0;
      for (int i = 0; i < 8; ++i) bits = (bits << 8) | static_cast<unsigned char>(digits[i]);
      push(std::bit_cast<double>(bits));
      break;
    }
    case kShortBinUnicode:
    case kShortBinBytes:
    case kShortBinString: push(take_text(take_number<uint8_t>())); break;
    case kBinUnicode:
    case kBinBytes:
    case kBinString: push(take_text(take_number<uint32_t>())); break;
    case kBinUnicode8:
    case kBinBytes8:
    case kByteArray8: push(take_text(take_number<uint64_t>())); break;

    case kEmptyList: push(make_container(make_ref<ListObj>(any_type()))); break;
    case kEmptyDict: push(make_container(make_ref<DictObj>(any_type(), any_type()))); break;
    case kEmptyTuple: push_tuple(stack_.size()); break;
    case kTuple1:
    case kTuple2:
    case kTuple3: {
      size_t count = opcode - kTuple1 + 1;
      size_t floor = marks_.empty() ? 0 : marks_.back();
      if (stack_.size() - floor < count) fail_here("a tuple of more values than there are");
      push_tuple(stack_.size() - count);
      break;
    }
    case kTuple: push_tuple(pop_mark()); break;
    case kList:
    case kDict: {
      size_t from = pop_mark();
      spend(1);
      Value container = opcode == kList ? Value(make_container(make_ref<ListObj>(any_type())))
                                        : Value(make_container(make_ref<DictObj>(any_type(), any_type())));
      stack_.insert(stack_.begin() + ptrdiff_t(from), std::move(container));
      if (opcode == kList) append_items(from + 1);
      else set_items(from + 1);
      break;
    }
    case kAppend: {
      top();
      append_items(stack_.size() - 1);
      break;
    }
    case kAppends: append_items(pop_mark()); break;
    case kSetItem:
      if (stack_.size() < 2) fail_here("an opcode finds the stack empty");
      set_items(stack_.size() - 2);
      break;
    case kSetItems: set_items(pop_mark()); break;
    case kEmptySet: push(make_set(Value())); break;
    case kAddItems: append_items(pop_mark()); break;
    case kFrozenSet: {
      size_t from = pop_mark();
      push_tuple(from);
      Value items = pop();
      push(make_set(items));
      break;
    }

    case kBinPut: put(take_number<uint8_t>()); break;
    case kLongBinPut: put(take_number<uint32_t>()); break;
    case kMemoize: put(memo_count_); break;
    case kBinGet: get(take_number<uint8_t>()); break;
    case kLongBinGet: get(take_number<uint32_t>()); break;

    case kGlobal: {
      std::string_view module = take_line();
      std::string_view name = take_line();
      push_global(module, name);
      break;
    }
    case kStackGlobal: {
      Value name = pop(), module = pop();
      if (!name.is(Tag::kString) || !module.is(Tag::kString)) fail_here("a global whose name is not a string");
      push_global(module.string(), name.string());
      break;
    }
    case kNewObj: {
      Value arguments = pop(), type = pop();
      new_object(type, std::move(arguments));
      break;
    }
    case kReduce: {
      {
        Value arguments = pop(), function = pop();
        push(reduce(function, arguments));
      }
      drop_spent();
      break;
    }
    case kBuild: {
      Value state = pop();
      build(std::move(state));
      break;
    }
    case kBinPersId:
      persistent(pop());
      drop_spent();
      break;
    default: fail_here(cat("opcode ", int(opcode), " is not one that PyTorch writes"));
  }
  return true;
}

}  // namespace taper::impl
