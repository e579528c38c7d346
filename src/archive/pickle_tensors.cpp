// Tensors in pickles: sizes, strides and offsets are checked against the storage by make_tensor_on.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "archive/bytes.h"
#include "archive/pickle_machine.h"
#include "core/error.h"

namespace taper::impl {
namespace {

constexpr size_t kMaxDims = 128;

// The bits of a tensor's `metadata` argument: {'conj': True}.
bool has_flag(const Value& metadata, std::string_view name) {
  if (!metadata.is(Tag::kDict)) return false;
  Value* found = metadata.dict().find(Value(name));
  return found && found->is(Tag::kBool) && found->boolean();
}

DType numpy_type(std::string_view name) {
  struct Row {
    std::string_view name;
    DType dtype;
  };
  constexpr Row kRows[] = {
      {"b1", DType::kBool},         {"i1", DType::kChar},           {"i2", DType::kShort},  {"i4", DType::kInt},
      {"i8", DType::kLong},         {"u1", DType::kByte},           {"u2", DType::kUInt16}, {"u4", DType::kUInt32},
      {"u8", DType::kUInt64},       {"f2", DType::kHalf},           {"f4", DType::kFloat},  {"f8", DType::kDouble},
      {"c8", DType::kComplexFloat}, {"c16", DType::kComplexDouble},
  };
  for (const Row& row : kRows)
    if (row.name == name) return row.dtype;
  return DType::kUndefined;
}

size_t swap_width(DType dtype) { return is_complex(dtype) ? item_size(dtype) / 2 : item_size(dtype); }

}  // namespace

Dims PickleMachine::to_dims(const Value& value, std::string_view what) const {
  bool is_list = value.is(Tag::kList);
  if (!is_list && !value.is(Tag::kTuple)) fail_here(cat(what, " are of type ", tag_name(value.tag())));
  const auto& items = is_list ? value.list().items : value.tuple().items;
  if (items.size() > kMaxDims) fail_here(cat("a tensor of ", items.size(), " dimensions"));
  Dims dims;
  for (const Value& item : items) dims.push_back(to_integer(item, what));
  return dims;
}

Tensor PickleMachine::make_strided(const Value& storage, const Value& offset, const Value& sizes, const Value& strides,
                                   DType dtype) {
  PickleObject* object = pickle_object(storage, PickleObject::Kind::kStorage);
  if (!object) fail_here("a tensor without a storage");
  if (dtype == DType::kUndefined) dtype = object->dtype;
  if (dtype == DType::kUndefined) fail_here("a tensor without a dtype");
  int64_t begin = to_integer(offset, "a tensor's offset");
  if (begin < 0 || __builtin_add_overflow(begin, object->begin, &begin)) fail_here("a tensor outside of its storage");
  try {
    return make_tensor_on(object->storage, to_dims(sizes, "a tensor's sizes"), to_dims(strides, "a tensor's strides"),
                          begin, dtype);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kRuntime) throw;
    fail_here(cat("a tensor that does not fit its storage: ", error.message()));
  }
}

// (storage, offset, sizes, strides[, requires_grad, hooks[, dtype]][, metadata])
Value PickleMachine::rebuild_tensor(std::span<const Value> arguments, DType dtype, size_t metadata) {
  Tensor tensor = make_strided(arguments[0], arguments[1], arguments[2], arguments[3], dtype);
  TensorImpl& impl = *tensor.impl();
  if (arguments.size() > 4) {
    if (!arguments[4].is(Tag::kBool)) fail_here("a tensor's requires_grad is no bool");
    impl.requires_grad = arguments[4].boolean() && (tensor.is_floating() || tensor.is_complex());
  }
  if (arguments.size() > metadata) {
    impl.conj = has_flag(arguments[metadata], "conj");
    impl.neg = has_flag(arguments[metadata], "neg");
    if (impl.conj && !tensor.is_complex()) fail_here("a conjugate bit on a tensor that is not complex");
    if (impl.neg && is_integral_or_bool(tensor.dtype()) && !is_signed(tensor.dtype()))
      fail_here("a negative bit on an unsigned tensor");
  }
  return tensor;
}

// (tensor, requires_grad, hooks[, state])
Value PickleMachine::rebuild_parameter(std::span<const Value> arguments) {
  if (!arguments[0].is_tensor()) return arguments[0];  // a parameter of a kind that stays a RawObject
  if (!arguments[1].is(Tag::kBool)) fail_here("a parameter's requires_grad is no bool");
  Tensor tensor = arguments[0].tensor().alias();
  tensor.impl()->requires_grad = arguments[1].boolean() && (tensor.is_floating() || tensor.is_complex());
  return tensor;
}

// (function, class, arguments, state): a tensor with Python attributes, which are dropped.
Value PickleMachine::rebuild_from_type(std::span<const Value> arguments) {
  PickleObject* type = pickle_object(arguments[1], PickleObject::Kind::kGlobal);
  if (!type || type->global.kind != GlobalKind::kTensorType) fail_here("a tensor subclass of unknown kind");
  PickleObject* function = pickle_object(arguments[0], PickleObject::Kind::kGlobal);
  // Not itself again: the nesting would be without a bound.
  if (!function || function->global.kind == GlobalKind::kRebuildFromType)
    fail_here("a tensor subclass without its function");
  return reduce(arguments[0], arguments[2]);
}

// (storage, offset, sizes, strides, quantizer, requires_grad, hooks)
Value PickleMachine::rebuild_qtensor(std::span<const Value> arguments) {
  Tensor tensor = make_strided(arguments[0], arguments[1], arguments[2], arguments[3], DType::kUndefined);
  if (!is_quantized(tensor.dtype())) fail_here(cat("a quantized tensor of dtype ", dtype_name(tensor.dtype())));
  tensor.impl()->meta = make_quantizer(tensor, arguments[4]);
  return tensor;
}

Ref<TensorMeta> PickleMachine::make_quantizer(const Tensor& tensor, const Value& parameters) {
  if (!parameters.is(Tag::kTuple) || parameters.tuple().items.empty()) fail_here("a quantizer that is not a tuple");
  const auto& items = parameters.tuple().items;
  auto meta = make_ref<QuantizerMeta>();
  int64_t scheme = to_integer(items[0], "a quantizer's scheme");
  if (scheme < 0 || scheme > int64_t(QScheme::kPerChannelAffineFloatQParams)) fail_here("an unknown quantizer");
  meta->scheme = QScheme(scheme);
  if (meta->scheme == QScheme::kPerTensorAffine || meta->scheme == QScheme::kPerTensorSymmetric) {
    if (items.size() != 3 || !items[1].is(Tag::kFloat)) fail_here("a quantizer without scale and zero point");
    meta->scale = items[1].floating();
    meta->zero_point = to_integer(items[2], "a quantizer's zero point");
    if (!(meta->scale > 0) || std::isinf(meta->scale)) fail_here("a quantizer whose scale is not positive");
    return meta;
  }
  if (items.size() != 4) fail_here("a quantizer without scales, zero points and axis");
  meta->axis = to_integer(items[3], "a quantizer's axis");
  if (meta->axis < 0 || meta->axis >= tensor.dim())
    fail_here(cat("a quantizer's axis ", meta->axis, " of ", tensor.dim(), " dimensions"));
  // Tensors, or, up to PyTorch 1.4, lists.
  auto to_vector = [&](const Value& value, DType dtype) -> Tensor {
    Tensor vector;
    if (value.is_tensor()) {
      vector = value.tensor();
    } else if (value.is(Tag::kList)) {
      const auto& numbers = value.list().items;
      spend(numbers.size());
      vector = make_tensor({int64_t(numbers.size())}, dtype);
      void* data = vector.mutable_data();
      for (size_t i = 0; i < numbers.size(); ++i) {
        if (!numbers[i].is(Tag::kFloat) && !numbers[i].is(Tag::kInt)) fail_here("a quantizer's parameter is no number");
        if (dtype == DType::kDouble) static_cast<double*>(data)[i] = numbers[i].to_number();
        else static_cast<int64_t*>(data)[i] = to_integer(numbers[i], "a quantizer's zero point");
      }
    } else {
      fail_here("a quantizer's parameters are no tensor");
    }
    if (vector.dim() != 1 || vector.size(0) != tensor.size(meta->axis))
      fail_here("a quantizer whose parameters do not fit its axis");
    return vector;
  };
  meta->scales = to_vector(items[1], DType::kDouble);
  meta->zero_points = to_vector(items[2], DType::kLong);
  if (!meta->scales.is_floating()) fail_here("a quantizer's scales are no floats");
  return meta;
}

// numpy.dtype('f8', False, True); the byte order comes with BUILD.
Value PickleMachine::numpy_dtype(std::span<const Value> arguments) {
  if (arguments.empty() || !arguments[0].is(Tag::kString)) fail_here("a numpy dtype without a name");
  DType dtype = numpy_type(arguments[0].string());
  if (dtype == DType::kUndefined)
    fail(ErrorCode::kUnsupported,
         cat(options_.where, ": the numpy dtype '", arguments[0].string(), "' is not supported"));
  auto object = make_ref<PickleObject>();
  object->kind = PickleObject::Kind::kNumpyDType;
  object->dtype = dtype;
  return Value::capsule(std::move(object));
}

Value PickleMachine::numpy_scalar(std::span<const Value> arguments) {
  PickleObject* dtype = arguments.size() == 2 ? pickle_object(arguments[0], PickleObject::Kind::kNumpyDType) : nullptr;
  if (!dtype || !arguments[1].is(Tag::kString)) fail_here("a numpy scalar without dtype and bytes");
  std::string bytes = arguments[1].string();
  if (bytes.size() != item_size(dtype->dtype)) fail_here("a numpy scalar of the wrong size");
  if (dtype->swapped) swap_items(bytes, swap_width(dtype->dtype));
  auto as = [&](auto zero) {
    std::memcpy(&zero, bytes.data(), sizeof(zero));
    return zero;
  };
  switch (dtype->dtype) {
    case DType::kBool: return bytes[0] != 0;
    case DType::kChar: return int64_t(as(int8_t()));
    case DType::kShort: return int64_t(as(int16_t()));
    case DType::kInt: return int64_t(as(int32_t()));
    case DType::kLong: return as(int64_t());
    case DType::kByte: return int64_t(as(uint8_t()));
    case DType::kUInt16: return int64_t(as(uint16_t()));
    case DType::kUInt32: return int64_t(as(uint32_t()));
    case DType::kUInt64: {
      uint64_t number = as(uint64_t());
      if (number > uint64_t(INT64_MAX)) fail_here("an integer of more than 64 bits");
      return int64_t(number);
    }
    case DType::kHalf: return double(half_to_float(as(uint16_t())));
    case DType::kFloat: return double(as(float()));
    case DType::kDouble: return as(double());
    case DType::kComplexFloat: return ComplexDouble(as(ComplexFloat()));
    default: return as(ComplexDouble());
  }
}

// BUILD of an ndarray: (version, shape, dtype, is_fortran, bytes). It becomes a tensor.
void PickleMachine::fill_numpy_array(const Tensor& tensor, const Value& state) {
  if (!state.is(Tag::kTuple) || state.tuple().items.size() != 5) fail_here("a numpy array of unknown form");
  const auto& items = state.tuple().items;
  PickleObject* dtype = pickle_object(items[2], PickleObject::Kind::kNumpyDType);
  if (!dtype || !items[3].is(Tag::kBool) || !items[4].is(Tag::kString)) fail_here("a numpy array of unknown form");
  Dims sizes = to_dims(items[1], "a tensor's sizes");
  Dims strides = contiguous_strides(sizes);
  if (items[3].boolean()) {
    Dims reversed;
    for (size_t i = sizes.size(); i-- > 0;) reversed.push_back(sizes[i]);
    reversed = contiguous_strides(reversed);
    for (size_t i = 0; i < sizes.size(); ++i) strides[i] = reversed[sizes.size() - 1 - i];
  }
  const std::string& bytes = items[4].string();
  spend(bytes.size() / 16);
  Ref<Storage> storage = Storage::make(bytes.size());
  auto* data = static_cast<char*>(storage->mutable_data());
  std::copy(bytes.begin(), bytes.end(), data);
  if (dtype->swapped) swap_items({data, bytes.size()}, swap_width(dtype->dtype));
  try {
    Tensor filled = make_tensor_on(std::move(storage), sizes, strides, 0, dtype->dtype);
    if (uint64_t(filled.numel()) * filled.item_size() != bytes.size()) fail_here("a numpy array of the wrong size");
    tensor.impl()->storage = filled.impl()->storage;
    tensor.impl()->dtype = dtype->dtype;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kRuntime) throw;
    fail_here(cat("a numpy array of the wrong size: ", error.message()));
  }
  set_sizes(tensor, sizes, strides, 0);
}

}  // namespace taper::impl
