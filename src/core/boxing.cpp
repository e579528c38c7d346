#include "core/boxing.h"

#include "core/schema.h"

namespace taper::impl::boxing {
namespace {

std::string argument_label(const OpDef& op, size_t index) {
  Schema schema = parse_schema(op.schema);
  if (index < schema.arguments.size()) return cat("'", schema.arguments[index].name, "' (position ", index, ")");
  return cat("at position ", index);
}

}  // namespace

void fail_argument(const OpDef& op, size_t index, const Value& value) {
  SchemaName name = schema_name(op.schema);
  fail(ErrorCode::kInvalidArgument, cat(name.name, "(): argument ", argument_label(op, index), " must not be a ",
                                        type_of(value)->annotation(), "; schema: ", op.schema));
}

void fail_count(const OpDef& op, size_t wanted, size_t got) {
  fail(ErrorCode::kInternal, cat(op.schema, ": called with ", got, " arguments, its function takes ", wanted));
}

const Tensor& unbox_tensor(const OpDef& op, size_t i, const Value& v) {
  if (!v.is_tensor()) [[unlikely]]
    fail_argument(op, i, v);
  if (v.tensor().impl()->layout == Layout::kNested && !(op.flags & kTakesNested)) [[unlikely]]
    fail(ErrorCode::kUnsupported, cat(schema_name(op.schema).name, " of a nested tensor is not supported"));
  return v.tensor();
}

int64_t unbox_int(const OpDef& op, size_t i, const Value& v) {
  if (v.is(Tag::kInt)) [[likely]]
    return v.integer();
  fail_argument(op, i, v);
}

double unbox_float(const OpDef& op, size_t i, const Value& v) {
  if (v.is(Tag::kFloat)) [[likely]]
    return v.floating();
  if (v.is(Tag::kInt)) return double(v.integer());
  fail_argument(op, i, v);
}

bool unbox_bool(const OpDef& op, size_t i, const Value& v) {
  if (v.is(Tag::kBool)) [[likely]]
    return v.boolean();
  if (v.is(Tag::kInt)) return v.integer() != 0;
  fail_argument(op, i, v);
}

void unbox_ints(const OpDef& op, size_t i, const Value& v, Dims& out) {
  if (v.is(Tag::kInt)) return out.push_back(v.integer());
  if (!v.is(Tag::kList)) fail_argument(op, i, v);
  const Vec<Value>& items = v.list().items;
  out.resize(items.size());
  for (size_t k = 0; k < items.size(); ++k) out[k] = unbox_int(op, i, items[k]);
}

void unbox_floats(const OpDef& op, size_t i, const Value& v, SmallVec<double, 6>& out) {
  if (v.is(Tag::kFloat) || v.is(Tag::kInt)) return out.push_back(unbox_float(op, i, v));
  if (!v.is(Tag::kList)) fail_argument(op, i, v);
  for (const Value& item : v.list().items) out.push_back(unbox_float(op, i, item));
}

void unbox_bools(const OpDef& op, size_t i, const Value& v, SmallVec<bool, 8>& out) {
  if (v.is(Tag::kBool)) return out.push_back(v.boolean());
  if (!v.is(Tag::kList)) fail_argument(op, i, v);
  for (const Value& item : v.list().items) out.push_back(unbox_bool(op, i, item));
}

std::span<const Value> unbox_tensors(const OpDef& op, size_t i, const Value& v, bool optional) {
  if (!v.is(Tag::kList)) fail_argument(op, i, v);
  const Vec<Value>& items = v.list().items;
  for (const Value& item : items)
    if (item.is_tensor()) unbox_tensor(op, i, item);
    else if (!(optional && item.is_none())) fail_argument(op, i, item);
  return {items.data(), items.size()};
}

DType unbox_dtype(const OpDef& op, size_t i, const Value& v) {
  int64_t number = unbox_int(op, i, v);
  check(is_valid_dtype(number), "unknown dtype number ", number);
  return DType(number);
}

Device unbox_device(const OpDef& op, size_t i, const Value& v) {
  if (v.is(Tag::kDevice)) return v.device();
  if (v.is(Tag::kString)) return parse_device(v.to_string());
  fail_argument(op, i, v);
}

void box(Value& out, Tensor&& result) { out = Value(std::move(result)); }
void box(Value& out, int64_t result) { out.set_int(result); }
void box(Value& out, double result) { out.set_float(result); }
void box(Value& out, bool result) { out.set_bool(result); }
void box(Value& out, std::complex<double> result) { out = Value(result); }
void box(Value& out, std::string&& result) { out = Value(std::move(result)); }
void box(Value& out, const Scalar& result) { out = result.to_value(); }
void box(Value& out, Device result) { out = Value(result); }
void box(Value& out, Value&& result) { out = std::move(result); }
void box(Value& out, const Dims& result) { out = make_int_list(result); }

void box(Value& out, Vec<Tensor>&& result) {
  auto list = make_ref<ListObj>(tensor_type());
  list->items.reserve(result.size());
  for (Tensor& tensor : result) list->items.emplace_back(std::move(tensor));
  out = Value(std::move(list));
}

void box(Value& out, Vec<double>&& result) {
  auto list = make_ref<ListObj>(float_type());
  list->items.assign(result.begin(), result.end());
  out = Value(std::move(list));
}

}  // namespace taper::impl::boxing
