// Values: making, reading, counting.
#include "runtime/capi.h"
#include "runtime/capi_registry.h"
#include "runtime/print_value.h"

using namespace taper::impl;

namespace taper::impl {
namespace {

// Types that mean something only while their module lives.
bool lives_in_module(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kTuple:
      if (!as_tuple(type).name.empty()) return true;
      break;
    case TypeKind::kAny:
    case TypeKind::kAnyList:
    case TypeKind::kAnyTuple:
    case TypeKind::kAnyClass:
    case TypeKind::kAnyEnum:
    case TypeKind::kFunction:
    case TypeKind::kClass:
    case TypeKind::kInterface:
    case TypeKind::kEnum: return true;
    default: break;
  }
  for (const TypePtr& element : type.elements())
    if (lives_in_module(*element)) return true;
  return false;
}

bool needs_owner(const Value& value) {
  switch (value.tag()) {
    case Tag::kList: return lives_in_module(*value.list().element);
    case Tag::kDict: return lives_in_module(*value.dict().key) || lives_in_module(*value.dict().value);
    case Tag::kTuple:
      if (value.tuple().type) return true;
      for (const Value& item : value.tuple().items)
        if (needs_owner(item)) return true;
      return false;
    case Tag::kObject:
    case Tag::kEnum:
    case Tag::kFunction:
    case Tag::kFuture:
    case Tag::kCapsule:
    case Tag::kRawObject: return true;
    default: return false;
  }
}

struct TwoOwners final : RefCounted {
  TwoOwners(Ref<const RefCounted> a, Ref<const RefCounted> b) : first(std::move(a)), second(std::move(b)) {}
  const Ref<const RefCounted> first, second;
};

// What the host reads in place of bits that are to be negated while they are read.
Value resolved(const Tensor& tensor) {
  Tensor plain = make_tensor(tensor.sizes(), tensor.dtype());
  const TensorImpl& from = *tensor.impl();
  Dims index(from.sizes.size());
  const char* base = static_cast<const char*>(tensor.data());
  auto fill = [&](auto* out) {
    using T = std::remove_pointer_t<decltype(out)>;
    int64_t at = 0;
    for (int64_t i = 0; i < from.numel; ++i) {
      const T* parts = reinterpret_cast<const T*>(base + at * int64_t(tensor.item_size()));
      *out++ = from.neg ? T(-parts[0]) : parts[0];
      if (tensor.is_complex()) *out++ = from.neg != from.conj ? T(-parts[1]) : parts[1];
      for (size_t d = index.size(); d-- > 0;) {
        at += from.strides[d];
        if (++index[d] < from.sizes[d]) break;
        at -= index[d] * from.strides[d];
        index[d] = 0;
      }
    }
  };
  switch (tensor.dtype()) {
    case DType::kFloat:
    case DType::kComplexFloat: fill(static_cast<float*>(plain.mutable_data())); break;
    case DType::kDouble:
    case DType::kComplexDouble: fill(static_cast<double*>(plain.mutable_data())); break;
    default: return Value();  // no other dtype has such bits
  }
  return plain;
}

}  // namespace

Ref<const RefCounted> join_owners(const Ref<const RefCounted>& a, const Ref<const RefCounted>& b) {
  if (!b || a == b) return a;
  if (!a) return b;
  return make_ref<TwoOwners>(a, b);
}

taper_value* box(Value value, const Ref<const RefCounted>& owner) {
  auto made = make_ref<taper_value>();
  if (owner && needs_owner(value)) made->owner = owner;
  if (value.is(Tag::kDevice)) made->plain = Value(device_name(value.device()));
  if (value.is_tensor() && (value.tensor().is_conj() || value.tensor().is_neg()))
    made->plain = resolved(value.tensor());
  made->value = std::move(value);
  return made.detach();
}

namespace {

[[noreturn]] void fail_kind(const char* wanted, const Value& value) {
  fail(ErrorCode::kInvalidArgument, cat("expected ", wanted, ", got a ", type_of(value)->annotation()));
}

// The type that items have in common; Any when there is none.
TypePtr common_type(const Vec<Value>& items) {
  TypePtr common;
  for (const Value& item : items) {
    TypePtr type = type_of(item);
    common = common ? unify(common, type) : type;
    if (!common) break;
  }
  return common ? common : any_type();
}

Vec<Value> take(taper_value* const* items, size_t count, const char* what, Ref<const RefCounted>& owner) {
  Vec<Value> values;
  if (count) need(items, what);
  values.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    if (!items[i]) fail(ErrorCode::kInvalidArgument, cat(what, "[", i, "] is NULL"));
    values.push_back(items[i]->value);
    owner = join_owners(owner, items[i]->owner);
  }
  return values;
}

taper_value* box_owned(Value value, const Ref<const RefCounted>& owner) {
  taper_value* made = box(std::move(value));
  made->owner = owner;
  return made;
}

size_t size_of(const Value& value) {
  switch (value.tag()) {
    case Tag::kList: return value.list().items.size();
    case Tag::kTuple: return value.tuple().items.size();
    case Tag::kDict: return value.dict().size();
    default: fail_kind("a list, tuple or dict", value);
  }
}

void check_index(const Value& value, size_t index) {
  size_t size = size_of(value);
  if (index >= size)
    fail(ErrorCode::kInvalidArgument, cat("index ", index, " is out of range: there are ", size, " items"));
}

void check_key(const Value& key) {
  if (!is_hashable(key))
    fail(ErrorCode::kInvalidArgument, cat("a ", type_of(key)->annotation(), " cannot be a dict's key"));
}

template <class T>
taper_error* make(taper_value** out, T&& value) {
  return guarded([&] { give(out, "value", [&] { return box(Value(std::forward<T>(value))); }); });
}

}  // namespace
}  // namespace taper::impl

taper_value* taper_value_retain(taper_value* value) {
  if (value) value->retain();
  return value;
}

void taper_value_free(taper_value* value) {
  if (value) value->release();
}

taper_kind taper_value_kind(const taper_value* value) {
  if (!value) return TAPER_NONE;
  switch (value->value.tag()) {
    case Tag::kNone: return TAPER_NONE;
    case Tag::kBool: return TAPER_BOOL;
    case Tag::kInt: return TAPER_INT;
    case Tag::kFloat: return TAPER_FLOAT;
    case Tag::kComplex: return TAPER_COMPLEX;
    case Tag::kString: return TAPER_STRING;
    case Tag::kTensor: return TAPER_TENSOR;
    case Tag::kList: return TAPER_LIST;
    case Tag::kTuple: return TAPER_TUPLE;
    case Tag::kDict: return TAPER_DICT;
    case Tag::kObject: return TAPER_OBJECT;
    case Tag::kDevice: return TAPER_DEVICE;
    case Tag::kEnum: return TAPER_ENUM;
    default: return TAPER_OTHER;
  }
}

taper_error* taper_value_type(const taper_value* value, taper_value** text) {
  return guarded([&] {
    const Value& of = need(value, "value").value;
    const HostObject* object = host_object(of);
    std::string name = object                   ? object->class_name
                       : of.is(Tag::kRawObject) ? of.raw_object().class_name
                                                : type_of(of)->annotation();
    give(text, "text", [&] { return box(Value(std::move(name))); });
  });
}

taper_error* taper_value_print(const taper_value* value, taper_value** text) {
  return guarded([&] { give(text, "text", [&] { return box(Value(print_value(need(value, "value").value))); }); });
}

taper_error* taper_none(taper_value** value) { return make(value, Value()); }
taper_error* taper_bool(int v, taper_value** value) { return make(value, v != 0); }
taper_error* taper_int(int64_t v, taper_value** value) { return make(value, v); }
taper_error* taper_float(double v, taper_value** value) { return make(value, v); }
taper_error* taper_complex(double real, double imaginary, taper_value** value) {
  return guarded([&] { give(value, "value", [&] { return box(Value(std::complex<double>(real, imaginary))); }); });
}

taper_error* taper_string(const char* bytes, size_t size, taper_value** value) {
  return guarded([&] {
    if (size) need(bytes, "bytes");
    give(value, "value", [&] { return box(Value(std::string_view(size ? bytes : "", size))); });
  });
}

taper_error* taper_device(const char* name, taper_value** value) {
  return guarded([&] { give(value, "value", [&] { return box(Value(parse_device(&need(name, "name")))); }); });
}

taper_error* taper_list(taper_value* const* items, size_t count, taper_value** value) {
  return guarded([&] {
    need(value, "value");
    Ref<const RefCounted> owner;
    Vec<Value> values = take(items, count, "items", owner);
    auto list = make_ref<ListObj>(common_type(values));
    list->items = std::move(values);
    *value = box_owned(Value(std::move(list)), owner);
  });
}

taper_error* taper_tuple(taper_value* const* items, size_t count, taper_value** value) {
  return guarded([&] {
    need(value, "value");
    Ref<const RefCounted> owner;
    auto tuple = make_ref<TupleObj>();
    tuple->items = take(items, count, "items", owner);
    *value = box_owned(Value(std::move(tuple)), owner);
  });
}

taper_error* taper_dict(taper_value* const* keys, taper_value* const* values, size_t count, taper_value** value) {
  return guarded([&] {
    need(value, "value");
    Ref<const RefCounted> owner;
    Vec<Value> each_key = take(keys, count, "keys", owner), each_value = take(values, count, "values", owner);
    for (const Value& key : each_key) check_key(key);
    auto dict = make_ref<DictObj>(common_type(each_key), common_type(each_value));
    for (size_t i = 0; i < count; ++i) dict->set(each_key[i], std::move(each_value[i]));
    *value = box_owned(Value(std::move(dict)), owner);
  });
}

taper_error* taper_get_bool(const taper_value* value, int* v) {
  return guarded([&] {
    const Value& from = need(value, "value").value;
    if (!from.is(Tag::kBool)) fail_kind("a bool", from);
    need(v, "v") = from.boolean() ? 1 : 0;
  });
}

taper_error* taper_get_int(const taper_value* value, int64_t* v) {
  return guarded([&] {
    const Value& from = need(value, "value").value;
    if (!from.is(Tag::kInt)) fail_kind("an int", from);
    need(v, "v") = from.integer();
  });
}

taper_error* taper_get_float(const taper_value* value, double* v) {
  return guarded([&] {
    const Value& from = need(value, "value").value;
    if (!from.is(Tag::kFloat) && !from.is(Tag::kInt)) fail_kind("a float", from);
    need(v, "v") = from.to_number();
  });
}

taper_error* taper_get_complex(const taper_value* value, double* real, double* imaginary) {
  return guarded([&] {
    const Value& from = need(value, "value").value;
    if (!from.is(Tag::kComplex) && !from.is(Tag::kFloat) && !from.is(Tag::kInt)) fail_kind("a complex", from);
    need(imaginary, "imaginary");
    std::complex<double> number = from.to_complex();
    need(real, "real") = number.real();
    *imaginary = number.imag();
  });
}

taper_error* taper_get_string(const taper_value* value, const char** bytes, size_t* size) {
  return guarded([&] {
    const taper_value& from = need(value, "value");
    const std::string* text = nullptr;
    if (from.value.is(Tag::kString)) text = &from.value.string();
    if (from.value.is(Tag::kDevice)) text = &from.plain.string();
    if (from.value.is(Tag::kEnum)) text = &from.value.enumeration().name;
    if (!text) fail_kind("a str", from.value);
    need(size, "size");
    need(bytes, "bytes") = text->data();
    *size = text->size();
  });
}

taper_error* taper_size(const taper_value* value, size_t* size) {
  return guarded([&] { need(size, "size") = size_of(need(value, "value").value); });
}

taper_error* taper_item(const taper_value* value, size_t index, taper_value** item) {
  return guarded([&] {
    const taper_value& from = need(value, "value");
    need(item, "item");
    check_index(from.value, index);
    const Value& found = from.value.is(Tag::kList)    ? from.value.list().items[index]
                         : from.value.is(Tag::kTuple) ? from.value.tuple().items[index]
                                                      : from.value.dict().entries()[index].value;
    *item = box(found, from.owner);
  });
}

taper_error* taper_key(const taper_value* value, size_t index, taper_value** key) {
  return guarded([&] {
    const taper_value& from = need(value, "value");
    if (!from.value.is(Tag::kDict)) fail_kind("a dict", from.value);
    check_index(from.value, index);
    give(key, "key", [&] { return box(from.value.dict().entries()[index].key, from.owner); });
  });
}

taper_error* taper_find(const taper_value* dict, const taper_value* key, taper_value** item) {
  return guarded([&] {
    const taper_value& from = need(dict, "dict");
    if (!from.value.is(Tag::kDict)) fail_kind("a dict", from.value);
    const Value& wanted = need(key, "key").value;
    check_key(wanted);
    Value* found = from.value.dict().find(wanted);
    give(item, "item", [&] { return found ? box(*found, from.owner) : nullptr; });
  });
}

taper_error* taper_append(taper_value* list, const taper_value* item) {
  return guarded([&] {
    taper_value& to = need(list, "list");
    if (!to.value.is(Tag::kList)) fail_kind("a list", to.value);
    ListObj& target = to.value.list();
    const taper_value& from = need(item, "item");
    Value added = from.value;
    if (target.items.empty() && target.element->is(TypeKind::kAny)) {
      target.element = type_of(added);
    } else if (!convert_to_type(added, *target.element)) {
      fail(ErrorCode::kInvalidArgument,
           cat("a ", type_of(added)->annotation(), " does not fit into a ", type_of(to.value)->annotation()));
    }
    Ref<const RefCounted> owner = join_owners(to.owner, from.owner);
    target.items.push_back(std::move(added));
    to.owner = std::move(owner);
  });
}

taper_error* taper_attribute(const taper_value* object, const char* name, taper_value** item) {
  return guarded([&] {
    const taper_value& from = need(object, "object");
    if (!from.value.is(Tag::kObject)) fail_kind("an object", from.value);
    const Object& found = from.value.object();
    int slot = found.type->slot(&need(name, "name"));
    if (slot < 0) fail(ErrorCode::kInvalidArgument, cat(found.type->name, " has no attribute '", name, "'"));
    give(item, "item", [&] { return box(found.slots[size_t(slot)], from.owner); });
  });
}
