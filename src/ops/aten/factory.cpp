#include "ops/aten/factory.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/aten/copy.h"
#include "ops/families.h"

namespace taper::impl::aten {
namespace {

using OptDType = std::optional<DType>;
using OptInt = std::optional<int64_t>;
using OptDevice = std::optional<Device>;
using OptBool = std::optional<bool>;

DType complex_default(const Context& ctx) { return ctx.default_dtype == DType::kDouble ? DType::kComplexDouble : DType::kComplexFloat; }

// The dtype of a number as torch.full and torch.tensor infer it.
DType inferred(const Context& ctx, const Scalar& value) {
  switch (value.kind) {
    case Scalar::Kind::kBool: return DType::kBool;
    case Scalar::Kind::kInt: return DType::kLong;
    case Scalar::Kind::kComplex: return complex_default(ctx);
    default: return ctx.default_dtype;
  }
}

}  // namespace

void check_device(const Context& ctx, Device device) {
  if (device.type == DeviceType::kCpu || ctx.map_devices_to_cpu) return;
  fail(ErrorCode::kUnsupported, cat("the script wants device '", device_name(device),
                                    "' and taper computes on the CPU only; load with the option that maps devices to the CPU (--map-device) to run it there"));
}

void check_factory(const Context& ctx, OptInt layout, OptDevice device) {
  if (device) check_device(ctx, *device);
  if (layout && *layout != int64_t(Layout::kStrided))
    fail(ErrorCode::kUnsupported, cat("tensors of layout ", *layout, " are not supported, only strided ones"));
}

MemoryFormat memory_format(OptInt number, MemoryFormat otherwise) {
  if (!number) return otherwise;
  check(*number >= 0 && *number <= 3, "unknown memory format ", *number);
  return MemoryFormat(*number);
}

Dims strides_like(const Tensor& self, MemoryFormat format) {
  if (format == MemoryFormat::kChannelsLast) {
    check(self.dim() == 4, "required rank 4 tensor to use channels_last format");
    return channels_last_strides(self.sizes());
  }
  if (format == MemoryFormat::kChannelsLast3d) {
    check(self.dim() == 5, "required rank 5 tensor to use channels_last_3d format");
    return channels_last_strides(self.sizes());
  }
  if (format == MemoryFormat::kContiguous || self.is_contiguous()) return contiguous_strides(self.sizes());
  if (self.is_non_overlapping_and_dense()) return Dims(self.strides());
  // Dense strides in the order of the old ones: the largest stride outermost; ties keep their order.
  size_t dims = self.sizes().size();
  SmallVec<uint8_t, 16> order(dims);
  for (size_t i = 0; i < dims; ++i) order[i] = uint8_t(i);
  std::stable_sort(order.begin(), order.end(), [&](uint8_t a, uint8_t b) {
    int64_t x = self.strides()[a], y = self.strides()[b];
    return x == 0 || y == 0 ? false : x > y;
  });
  Dims strides(dims);
  int64_t step = 1;
  for (size_t i = dims; i-- > 0;) {
    strides[order[i]] = step;
    step *= std::max<int64_t>(1, self.sizes()[order[i]]);
  }
  return strides;
}

Tensor empty_like(const Tensor& self, DType dtype, MemoryFormat format) { return make_tensor_strided(self.sizes(), strides_like(self, format), dtype); }

Tensor full(Context& ctx, IntView size, const Scalar& value, DType dtype) {
  Tensor out = make_tensor(size, dtype);
  fill_(ctx, out, value);
  return out;
}
Tensor zeros(Context& ctx, IntView size, DType dtype) { return full(ctx, size, Scalar(0), dtype); }
Tensor scalar_tensor(Context& ctx, const Scalar& value, DType dtype) { return full(ctx, {}, value, dtype); }

Tensor arange(Context& ctx, const Scalar& start, const Scalar& end, const Scalar& step, DType dtype) {
  bool integers = is_integral(dtype) && start.is_integral() && end.is_integral() && step.is_integral();
  double low = start.to_double(), high = end.to_double(), by = step.to_double();
  check(is_integral(dtype) ? std::trunc(by) != 0 : by != 0, "step must be nonzero");
  check(std::isfinite(low) && std::isfinite(high), "unsupported range: ", low, " -> ", high);
  check((by > 0 && high >= low) || (by < 0 && high <= low), "upper bound and lower bound inconsistent with step sign");
  double count;
  if (integers) {
    int64_t span = end.i - start.i, unit = step.i;
    count = double(span / unit + (span % unit != 0));
  } else {
    count = std::ceil((high - low) / by);
  }
  check(count >= 0 && count <= double(INT64_MAX / 16), "invalid size, possible overflow?");
  auto n = int64_t(count);
  Tensor out = make_tensor({n}, dtype);
  visit_real(dtype, "arange", [&](auto tag) {
    using T = decltype(tag);
    T* data = out.mutable_data<T>();
    if constexpr (std::is_integral_v<T>) {
      auto first = uint64_t(start.to_int()), unit = uint64_t(step.to_int());
      for (int64_t i = 0; i < n; ++i) data[i] = T(first + uint64_t(i) * unit);
    } else {
      for (int64_t i = 0; i < n; ++i) data[i] = T(low + double(i) * by);
    }
  });
  (void)ctx;
  return out;
}

namespace {

DType arange_dtype(const Context& ctx, OptDType dtype, std::initializer_list<const Scalar*> bounds) {
  if (dtype) return *dtype;
  for (const Scalar* bound : bounds)
    if (!bound->is_integral()) return ctx.default_dtype;
  return DType::kLong;
}
Tensor arange_end(Context& ctx, const Scalar& end, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return arange(ctx, Scalar(0), end, Scalar(1), arange_dtype(ctx, dtype, {&end}));
}
Tensor arange_start(Context& ctx, const Scalar& start, const Scalar& end, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return arange(ctx, start, end, Scalar(1), arange_dtype(ctx, dtype, {&start, &end}));
}
Tensor arange_step(Context& ctx, const Scalar& start, const Scalar& end, const Scalar& step, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return arange(ctx, start, end, step, arange_dtype(ctx, dtype, {&start, &end, &step}));
}
// The out= forms take the dtype of out.
Tensor arange_out(Context& ctx, const Scalar& end, const Tensor& out) {
  Tensor made = arange(ctx, Scalar(0), end, Scalar(1), out.dtype());
  if (out.numel() != made.numel()) resize_tensor(out, made.sizes());
  return copy_(ctx, out, made);
}
Tensor arange_start_out(Context& ctx, const Scalar& start, const Scalar& end, const Scalar& step, const Tensor& out) {
  Tensor made = arange(ctx, start, end, step, out.dtype());
  if (out.numel() != made.numel()) resize_tensor(out, made.sizes());
  return copy_(ctx, out, made);
}

// Evenly spaced from both ends, so that the last point is exact.
template <class Point>
Tensor spaced(const Scalar& start, const Scalar& end, int64_t steps, DType dtype, const char* name, Point point) {
  check(steps >= 0, "number of steps must be non-negative");
  Tensor out = make_tensor({steps}, dtype);
  auto fill = [&](auto tag, auto low, auto high) {
    using T = decltype(tag);
    using C = decltype(low);
    T* data = out.mutable_data<T>();
    C unit = steps > 1 ? (high - low) / C(double(steps - 1)) : C(0);
    for (int64_t i = 0; i < steps; ++i) {
      C x = steps == 1 ? low : i < steps / 2 ? low + unit * C(double(i)) : high - unit * C(double(steps - i - 1));
      data[i] = T(point(x));
    }
  };
  if (is_complex(dtype)) visit_complex(dtype, name, [&](auto tag) { fill(tag, start.to_complex(), end.to_complex()); });
  else if (is_integral(dtype)) visit_integral(dtype, name, [&](auto tag) { fill(tag, double(start.to_int()), double(end.to_int())); });
  else
    visit_floating(dtype, name, [&](auto tag) {
      using T = decltype(tag);
      using C = std::conditional_t<std::is_same_v<T, double>, double, float>;
      fill(tag, C(start.to_double()), C(end.to_double()));
    });
  return out;
}
DType spaced_dtype(const Context& ctx, OptDType dtype, const Scalar& start, const Scalar& end) {
  if (dtype) return *dtype;
  return start.is_complex() || end.is_complex() ? complex_default(ctx) : ctx.default_dtype;
}
Tensor linspace(Context& ctx, const Scalar& start, const Scalar& end, int64_t steps, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return spaced(start, end, steps, spaced_dtype(ctx, dtype, start, end), "linspace", [](auto x) { return x; });
}
Tensor logspace(Context& ctx, const Scalar& start, const Scalar& end, int64_t steps, double base, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return spaced(start, end, steps, spaced_dtype(ctx, dtype, start, end), "logspace", [base](auto x) {
    using C = decltype(x);
    if constexpr (std::is_same_v<C, ComplexDouble>) return std::pow(ComplexDouble(base), x);
    else return C(std::pow(base, double(x)));
  });
}

// Ends given as tensors of one element.
Scalar end_of(const Value& value) { return value.is_tensor() ? item(value.tensor()) : Scalar(value); }
void check_ends(const Value& start, const Value& end, const char* name) {
  int64_t dims[2] = {start.is_tensor() ? start.tensor().dim() : 0, end.is_tensor() ? end.tensor().dim() : 0};
  if (dims[0] == 0 && dims[1] == 0) return;
  std::string text = cat(name, " only supports 0-dimensional start and end tensors, but got ");
  if (start.is_tensor()) append(text, cat("start with ", dims[0], " dimension(s)", end.is_tensor() ? " and " : ""));
  if (end.is_tensor()) append(text, cat("end with ", dims[1], " dimension(s)"));
  fail_runtime(text, ".");
}
Tensor linspace_tensor(Context& ctx, const Value& start, const Value& end, int64_t steps, OptDType dtype, OptInt layout, OptDevice device, OptBool pin) {
  check_ends(start, end, "linspace");
  return linspace(ctx, end_of(start), end_of(end), steps, dtype, layout, device, pin);
}
Tensor logspace_tensor(Context& ctx, const Value& start, const Value& end, int64_t steps, double base, OptDType dtype, OptInt layout, OptDevice device,
                       OptBool pin) {
  check_ends(start, end, "logspace");
  return logspace(ctx, end_of(start), end_of(end), steps, base, dtype, layout, device, pin);
}
// The out= forms compute in the dtype of out.
Tensor linspace_out(Context& ctx, const Value& start, const Value& end, int64_t steps, const Tensor& out) {
  Tensor made = linspace_tensor(ctx, start, end, steps, out.dtype(), std::nullopt, std::nullopt, std::nullopt);
  if (!same(out.sizes(), made.sizes())) resize_tensor(out, made.sizes());
  return copy_(ctx, out, made);
}
Tensor logspace_out(Context& ctx, const Value& start, const Value& end, int64_t steps, double base, const Tensor& out) {
  Tensor made = logspace_tensor(ctx, start, end, steps, base, out.dtype(), std::nullopt, std::nullopt, std::nullopt);
  if (!same(out.sizes(), made.sizes())) resize_tensor(out, made.sizes());
  return copy_(ctx, out, made);
}

Tensor eye_m(Context& ctx, int64_t n, int64_t m, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  check(n >= 0, "n must be greater or equal to 0, got ", n);
  check(m >= 0, "m must be greater or equal to 0, got ", m);
  Tensor out = zeros(ctx, Dims{n, m}, dtype.value_or(ctx.default_dtype));
  int64_t length = std::min(n, m);
  if (length > 0) fill_(ctx, out.as_view(Dims{length}, Dims{m + 1}, out.offset()), Scalar(1));
  return out;
}
Tensor eye(Context& ctx, int64_t n, OptDType dtype, OptInt layout, OptDevice device, OptBool pin) { return eye_m(ctx, n, n, dtype, layout, device, pin); }

Tensor empty_op(Context& ctx, IntView size, OptDType dtype, OptInt layout, OptDevice device, OptBool, OptInt format) {
  check_factory(ctx, layout, device);
  DType type = dtype.value_or(ctx.default_dtype);
  MemoryFormat wanted = memory_format(format, MemoryFormat::kContiguous);
  if (wanted == MemoryFormat::kContiguous || wanted == MemoryFormat::kPreserve) return make_tensor(size, type);
  return make_tensor_strided(size, channels_last_strides(size), type);
}
Tensor empty_strided(Context& ctx, IntView size, IntView stride, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return make_tensor_strided(size, stride, dtype.value_or(ctx.default_dtype));
}
Tensor zeros_op(Context& ctx, IntView size, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return full(ctx, size, Scalar(0), dtype.value_or(ctx.default_dtype));
}
Tensor ones_op(Context& ctx, IntView size, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return full(ctx, size, Scalar(1), dtype.value_or(ctx.default_dtype));
}
Tensor full_op(Context& ctx, IntView size, const Scalar& value, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return full(ctx, size, value, dtype ? *dtype : inferred(ctx, value));
}
Tensor scalar_tensor_op(Context& ctx, const Scalar& value, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return full(ctx, {}, value, dtype.value_or(ctx.default_dtype));
}

Tensor empty_like_op(Context& ctx, const Tensor& self, OptDType dtype, OptInt layout, OptDevice device, OptBool, OptInt format) {
  check_factory(ctx, layout, device);
  return empty_like(self, dtype.value_or(self.dtype()), memory_format(format));
}
Tensor filled_like(Context& ctx, const Tensor& self, const Scalar& value, OptDType dtype, OptInt layout, OptDevice device, OptInt format) {
  check_factory(ctx, layout, device);
  Tensor out = empty_like(self, dtype.value_or(self.dtype()), memory_format(format));
  fill_(ctx, out, value);
  return out;
}
Tensor zeros_like(Context& ctx, const Tensor& self, OptDType dtype, OptInt layout, OptDevice device, OptBool, OptInt format) {
  return filled_like(ctx, self, Scalar(0), dtype, layout, device, format);
}
Tensor ones_like(Context& ctx, const Tensor& self, OptDType dtype, OptInt layout, OptDevice device, OptBool, OptInt format) {
  return filled_like(ctx, self, Scalar(1), dtype, layout, device, format);
}
Tensor full_like(Context& ctx, const Tensor& self, const Scalar& value, OptDType dtype, OptInt layout, OptDevice device, OptBool, OptInt format) {
  return filled_like(ctx, self, value, dtype, layout, device, format);
}
Tensor new_empty(Context& ctx, const Tensor& self, IntView size, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return make_tensor(size, dtype.value_or(self.dtype()));
}
Tensor new_empty_strided(Context& ctx, const Tensor& self, IntView size, IntView stride, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return make_tensor_strided(size, stride, dtype.value_or(self.dtype()));
}
Tensor new_full(Context& ctx, const Tensor& self, IntView size, const Scalar& value, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return full(ctx, size, value, dtype.value_or(self.dtype()));
}
Tensor new_zeros(Context& ctx, const Tensor& self, IntView size, OptDType dtype, OptInt layout, OptDevice device, OptBool pin) {
  return new_full(ctx, self, size, Scalar(0), dtype, layout, device, pin);
}
Tensor new_ones(Context& ctx, const Tensor& self, IntView size, OptDType dtype, OptInt layout, OptDevice device, OptBool pin) {
  return new_full(ctx, self, size, Scalar(1), dtype, layout, device, pin);
}

// torch.tensor on numbers and nested lists of them.
Tensor tensor_of(Context& ctx, const Value& data, OptDType dtype, OptDevice device) {
  if (device) check_device(ctx, *device);
  if (data.is_tensor()) return to_dtype(ctx, data.tensor(), dtype.value_or(data.tensor().dtype()), true);
  Dims sizes;
  const Value* level = &data;
  TypePtr element;
  while (level->is(Tag::kList)) {
    check(sizes.size() < 64, "too many dimensions in nested lists");
    const ListObj& list = level->list();
    sizes.push_back(int64_t(list.items.size()));
    element = list.element;
    if (list.items.empty()) {
      while (element->is(TypeKind::kList)) element = element->element();
      break;
    }
    level = &list.items[0];
  }
  DType type = ctx.default_dtype;
  if (level->is_scalar()) type = inferred(ctx, Scalar(*level));
  else if (level->is_tensor()) type = level->tensor().dtype();
  else if (element && element->is(TypeKind::kInt)) type = DType::kLong;
  else if (element && element->is(TypeKind::kBool)) type = DType::kBool;
  else if (element && element->is(TypeKind::kComplex)) type = complex_default(ctx);
  Tensor out = make_tensor(sizes, type);
  visit_all(type, "tensor", [&](auto tag) {
    using T = decltype(tag);
    T* at = out.mutable_data<T>();
    auto store = [&](auto&& again, const Value& value, size_t depth) -> void {
      if (depth == sizes.size()) {
        check(value.is_scalar() || value.is_tensor(), "expected a number in the list, got a ", tag_name(value.tag()));
        *at++ = (value.is_tensor() ? item(value.tensor()) : Scalar(value)).template to<T>();
        return;
      }
      const Vec<Value>& items = value.to_list().items;
      check(int64_t(items.size()) == sizes[depth], "Expected sequence of length ", sizes[depth], " at dim ", depth, " (got ", items.size(), ")");
      for (const Value& item : items) again(again, item, depth + 1);
    };
    if (out.numel() > 0) store(store, data, 0);
  });
  // Through the type that the data has by itself: a double keeps what a float holds.
  return dtype ? to_dtype(ctx, out, *dtype, false) : out;
}
Tensor tensor_op(Context& ctx, const Value& data, OptDType dtype, OptDevice device, bool requires_grad) {
  Tensor out = tensor_of(ctx, data, dtype, device);
  out.impl()->requires_grad = requires_grad;
  return out;
}
Tensor as_tensor_list(Context& ctx, const Value& data, OptDType dtype, OptDevice device) { return tensor_of(ctx, data, dtype, device); }
Tensor as_tensor(Context& ctx, const Tensor& data, OptDType dtype, OptDevice device) {
  if (device) check_device(ctx, *device);
  return to_dtype(ctx, data, dtype.value_or(data.dtype()), false);
}
Tensor number_to_tensor(Context& ctx, const Scalar& value) { return full(ctx, {}, value, value.dtype()); }
Tensor bool_to_tensor(Context& ctx, bool value) { return full(ctx, {}, Scalar(value), DType::kBool); }

// Row and column indices of a triangle, row by row.
Tensor triangle_indices(int64_t rows, int64_t columns, int64_t offset, DType dtype, bool upper) {
  check(rows >= 0, "row must be non-negative, got", rows);
  check(columns >= 0, "col must be non-negative, got", columns);
  offset = std::clamp(offset, -rows - 1, columns + 1);
  auto first = [&](int64_t row) { return upper ? std::clamp<int64_t>(row + offset, 0, columns) : 0; };
  auto last = [&](int64_t row) { return upper ? columns : std::clamp<int64_t>(row + offset + 1, 0, columns); };
  int64_t count = 0;
  for (int64_t row = 0; row < rows; ++row) check(!__builtin_add_overflow(count, last(row) - first(row), &count), "too many indices");
  Tensor out = make_tensor({2, count}, dtype);
  visit_integral(dtype, upper ? "triu_indices" : "tril_indices", [&](auto tag) {
    using T = decltype(tag);
    T* row_out = out.mutable_data<T>();
    T* column_out = row_out + count;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = first(row); column < last(row); ++column) {
        *row_out++ = T(row);
        *column_out++ = T(column);
      }
  });
  return out;
}
Tensor tril_indices(Context& ctx, int64_t rows, int64_t columns, int64_t offset, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return triangle_indices(rows, columns, offset, dtype.value_or(DType::kLong), false);
}
Tensor triu_indices(Context& ctx, int64_t rows, int64_t columns, int64_t offset, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return triangle_indices(rows, columns, offset, dtype.value_or(DType::kLong), true);
}

Tensor resize_(Context&, const Tensor& self, IntView size, OptInt format) {
  MemoryFormat wanted = memory_format(format, MemoryFormat::kContiguous);
  resize_tensor(self, size);
  if (wanted == MemoryFormat::kChannelsLast || wanted == MemoryFormat::kChannelsLast3d) set_sizes(self, Dims(size), channels_last_strides(size), self.offset());
  return self;
}
Tensor resize_as_(Context& ctx, const Tensor& self, const Tensor& like, OptInt format) { return resize_(ctx, self, like.sizes(), format); }

Tensor set_empty(Context&, const Tensor& self) {
  self.impl()->storage = Storage::make(0);
  set_sizes(self, Dims{0}, Dims{1}, 0);
  return self;
}
Tensor set_to(Context&, const Tensor& self, const Tensor& source) {
  check(self.dtype() == source.dtype(), "Could not set tensor of type ", scalar_type_name(source.dtype()), " to a tensor of type ",
        scalar_type_name(self.dtype()));
  Dims sizes(source.sizes()), strides(source.strides());
  int64_t offset = source.offset();
  self.impl()->storage = Ref<Storage>(&source.storage());
  set_sizes(self, sizes, strides, offset);
  return self;
}
void set_data(Context& ctx, const Tensor& self, const Tensor& source) { set_to(ctx, self, source); }

constexpr OpDef kRows[] = {
    op("aten::empty.memory_format(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, "
       "MemoryFormat? memory_format=None) -> Tensor",
       TAPER_OP(empty_op)),
    op("aten::empty_strided(SymInt[] size, SymInt[] stride, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(empty_strided)),
    op("aten::empty_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? "
       "memory_format=None) -> Tensor",
       TAPER_OP(empty_like_op)),
    op("aten::zeros(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor", TAPER_OP(zeros_op)),
    op("aten::zeros_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? "
       "memory_format=None) -> Tensor",
       TAPER_OP(zeros_like)),
    op("aten::ones(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor", TAPER_OP(ones_op)),
    op("aten::ones_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? "
       "memory_format=None) -> Tensor",
       TAPER_OP(ones_like)),
    op("aten::full(SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(full_op)),
    op("aten::full_like(Tensor self, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
       TAPER_OP(full_like)),
    op("aten::scalar_tensor(Scalar s, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
       TAPER_OP(scalar_tensor_op)),
    op("aten::new_empty(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> "
       "Tensor",
       TAPER_OP(new_empty)),
    op("aten::new_empty_strided(Tensor self, SymInt[] size, SymInt[] stride, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
       "bool? pin_memory=None) -> Tensor",
       TAPER_OP(new_empty_strided)),
    op("aten::new_full(Tensor self, SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(new_full)),
    op("aten::new_zeros(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> "
       "Tensor",
       TAPER_OP(new_zeros)),
    op("aten::new_ones(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> "
       "Tensor",
       TAPER_OP(new_ones)),
    op("aten::arange(Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor", TAPER_OP(arange_end)),
    op("aten::arange.start(Scalar start, Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(arange_start)),
    op("aten::arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
       "bool? pin_memory=None) -> Tensor",
       TAPER_OP(arange_step)),
    op("aten::arange.out(Scalar end, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(arange_out)),
    op("aten::arange.start_out(Scalar start, Scalar end, Scalar step=1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(arange_start_out)),
    op("aten::linspace.Tensor_Tensor(Tensor start, Tensor end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(linspace_tensor)),
    op("aten::linspace.Tensor_Tensor_out(Tensor start, Tensor end, int steps, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linspace_out)),
    op("aten::linspace.Tensor_Scalar(Tensor start, Scalar end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(linspace_tensor)),
    op("aten::linspace.Tensor_Scalar_out(Tensor start, Scalar end, int steps, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linspace_out)),
    op("aten::linspace.Scalar_Tensor(Scalar start, Tensor end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(linspace_tensor)),
    op("aten::linspace.Scalar_Tensor_out(Scalar start, Tensor end, int steps, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linspace_out)),
    op("aten::linspace.out(Scalar start, Scalar end, int steps, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linspace_out)),
    op("aten::logspace.Tensor_Tensor(Tensor start, Tensor end, int steps, float base=10., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(logspace_tensor)),
    op("aten::logspace.Tensor_Tensor_out(Tensor start, Tensor end, int steps, float base=10., *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logspace_out)),
    op("aten::logspace.Tensor_Scalar(Tensor start, Scalar end, int steps, float base=10., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(logspace_tensor)),
    op("aten::logspace.Tensor_Scalar_out(Tensor start, Scalar end, int steps, float base=10., *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logspace_out)),
    op("aten::logspace.Scalar_Tensor(Scalar start, Tensor end, int steps, float base=10., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(logspace_tensor)),
    op("aten::logspace.Scalar_Tensor_out(Scalar start, Tensor end, int steps, float base=10., *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logspace_out)),
    op("aten::logspace.out(Scalar start, Scalar end, int steps, float base=10., *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logspace_out)),
    op("aten::linspace(Scalar start, Scalar end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(linspace)),
    op("aten::logspace(Scalar start, Scalar end, int steps, float base=10., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
       "bool? pin_memory=None) -> Tensor",
       TAPER_OP(logspace)),
    op("aten::eye(SymInt n, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor", TAPER_OP(eye)),
    op("aten::eye.m(SymInt n, SymInt m, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
       TAPER_OP(eye_m)),
    op("aten::tril_indices(int row, int col, int offset=0, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(tril_indices)),
    op("aten::triu_indices(int row, int col, int offset=0, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(triu_indices)),
    op("aten::tensor(t[] data, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor", TAPER_OP(tensor_op)),
    op("aten::tensor.float(float t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor", TAPER_OP(tensor_op)),
    op("aten::tensor.int(int t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor", TAPER_OP(tensor_op)),
    op("aten::tensor.bool(bool t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor", TAPER_OP(tensor_op)),
    op("aten::tensor.complex(complex t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor", TAPER_OP(tensor_op)),
    op("aten::as_tensor(Tensor(a) data, *, ScalarType? dtype=None, Device? device=None) -> Tensor(b|a)", TAPER_OP(as_tensor), kView),
    op("aten::as_tensor.float(float t, *, ScalarType? dtype=None, Device? device=None) -> Tensor", TAPER_OP(as_tensor_list)),
    op("aten::as_tensor.int(int t, *, ScalarType? dtype=None, Device? device=None) -> Tensor", TAPER_OP(as_tensor_list)),
    op("aten::as_tensor.bool(bool t, *, ScalarType? dtype=None, Device? device=None) -> Tensor", TAPER_OP(as_tensor_list)),
    op("aten::as_tensor.complex(complex t, *, ScalarType? dtype=None, Device? device=None) -> Tensor", TAPER_OP(as_tensor_list)),
    op("aten::as_tensor.list(t[] data, *, ScalarType? dtype=None, Device? device=None) -> Tensor", TAPER_OP(as_tensor_list)),
    op("prim::NumToTensor.Scalar(Scalar a) -> Tensor", TAPER_OP(number_to_tensor)),
    op("prim::NumToTensor.bool(bool a) -> Tensor", TAPER_OP(bool_to_tensor)),
    op("aten::resize_(Tensor(a!) self, SymInt[] size, *, MemoryFormat? memory_format=None) -> Tensor(a!)", TAPER_OP(resize_)),
    op("aten::resize_as_(Tensor(a!) self, Tensor the_template, *, MemoryFormat? memory_format=None) -> Tensor(a!)", TAPER_OP(resize_as_)),
    op("aten::set_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(set_empty)),
    op("aten::set_.source_Tensor(Tensor(a!) self, Tensor source) -> Tensor(a!)", TAPER_OP(set_to)),
    op("aten::set_data(Tensor(a!) self, Tensor new_data) -> ()", TAPER_OP(set_data)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> factory_rows() { return aten::kRows; }
}  // namespace taper::impl
