#include "ops/aten/copy.h"

#include <cstring>

#include "ops/aten/factory.h"
#include "ops/aten/view.h"
#include "ops/convert.h"
#include "ops/families.h"
#include "ops/loop.h"
#include "ops/pointwise.h"
#include "ops/prim/ordering.h"
#include "ops/walk.h"

namespace taper::impl::aten {
namespace {

// The compute type that holds every value of both sides that the conversion keeps.
ComputeType between(DType from, DType to) {
  if (is_complex(from) && is_complex(to)) return ComputeType::kComplex;
  if (is_integral_or_bool(from)) return ComputeType::kInt;
  if (is_complex(from)) return to == DType::kBool ? ComputeType::kComplex : ComputeType::kDouble;
  if (to == DType::kDouble || from == DType::kDouble || !is_floating(to)) return ComputeType::kDouble;
  return ComputeType::kFloat;
}

// The strides of both tensors over common sizes, the destination's largest stride outermost, neighbours merged.
struct CopyPlan {
  Dims sizes, to, from;
};
CopyPlan copy_plan(const Tensor& to, const Tensor& from) {
  size_t dims = to.sizes().size(), lead = dims - from.sizes().size();
  SmallVec<uint8_t, 16> order;
  for (size_t d = 0; d < dims; ++d)
    if (to.sizes()[d] != 1) order.push_back(uint8_t(d));
  std::stable_sort(order.begin(), order.end(), [&](uint8_t a, uint8_t b) { return to.strides()[a] > to.strides()[b]; });
  CopyPlan plan;
  for (uint8_t d : order) {
    int64_t size = to.sizes()[d], x = to.strides()[d];
    int64_t y = d < lead || from.sizes()[d - lead] == 1 ? 0 : from.strides()[d - lead];
    if (!plan.sizes.empty() && plan.to.back() == x * size && plan.from.back() == y * size) {
      plan.sizes.back() *= size;
      plan.to.back() = x;
      plan.from.back() = y;
    } else {
      plan.sizes.push_back(size);
      plan.to.push_back(x);
      plan.from.push_back(y);
    }
  }
  return plan;
}

// Elements of equal dtype move without conversion, whatever they mean: viewed as a plain type of their size.
void move_elements(const Tensor& to, const Tensor& from_in) {
  Tensor from = from_in;
  visit_size(to.dtype(), [&](auto tag) {
    using T = decltype(tag);
    T* out = to.mutable_data<T>();
    const T* in = from.data<T>();
    if (to.is_contiguous() && from.is_contiguous() && to.numel() == from.numel()) {
      std::memmove(out, in, size_t(to.numel()) * sizeof(T));
      return;
    }
    const CopyPlan plan = copy_plan(to, from);
    const Dims &sizes = plan.sizes, &a = plan.to, &b = plan.from;
    auto row = [&](int64_t at, int64_t from_at, int64_t n, int64_t step, int64_t from_step) {
      if (step == 1 && from_step == 1) std::memmove(out + at, in + from_at, size_t(n) * sizeof(T));
      else
        for (int64_t i = 0; i < n; ++i) out[at + i * step] = in[from_at + i * from_step];
    };
    // A transposition: blocks of both inner dimensions stay in the cache.
    size_t k = sizes.size();
    if (k >= 2 && a[k - 1] == 1 && b[k - 2] == 1 && sizes[k - 1] >= 16 && sizes[k - 2] >= 16) {
      // Through a tile: each source row is read once, whatever its distance to the next does to the cache.
      constexpr int64_t kBlock = 32;
      IntView outer(sizes.data(), k - 2), oa(a.data(), k - 2), ob(b.data(), k - 2);
      int64_t rows = sizes[k - 2], columns = sizes[k - 1], out_row = a[k - 2], in_column = b[k - 1];
      walk_rows<2>(outer, {oa, ob}, [&](const Offsets<2>& at, int64_t n, const Offsets<2>& step) {
        T tile[kBlock][kBlock];
        for (int64_t o = 0; o < n; ++o)
          for (int64_t j0 = 0; j0 < columns; j0 += kBlock)
            for (int64_t i0 = 0; i0 < rows; i0 += kBlock) {
              int64_t height = std::min(kBlock, rows - i0), width = std::min(kBlock, columns - j0);
              const T* source = in + at[1] + o * step[1] + i0 + j0 * in_column;
              T* target = out + at[0] + o * step[0] + i0 * out_row + j0;
              for (int64_t j = 0; j < width; ++j) std::memcpy(tile[j], source + j * in_column, size_t(height) * sizeof(T));
              for (int64_t i = 0; i < height; ++i)
                for (int64_t j = 0; j < width; ++j) target[i * out_row + j] = tile[j][i];
            }
      });
      return;
    }
    walk_rows<2>(sizes, {a, b}, [&](const Offsets<2>& at, int64_t n, const Offsets<2>& step) { row(at[0], at[1], n, step[0], step[1]); });
  });
}

bool may_overlap(const Tensor& a, const Tensor& b) {
  if (&a.storage() != &b.storage()) return false;
  return a.data() != b.data() || !same(a.strides(), b.strides()) || !same(a.sizes(), b.sizes());
}

}  // namespace

Tensor copy_(Context& ctx, const Tensor& self, const Tensor& src_in) {
  if (self == src_in) return self;
  Dims sizes = broadcast_sizes(self.sizes(), src_in.sizes());
  check(same(sizes, self.sizes()), "output with shape ", self.sizes(), " doesn't match the broadcast shape ", sizes);
  if (self.numel() == 0) return self;
  Tensor src = same(src_in.sizes(), self.sizes()) ? src_in : expand(ctx, src_in, self.sizes());
  if (may_overlap(self, src)) src = clone(ctx, src, MemoryFormat::kContiguous);
  bool plain = src.is_conj() == self.is_conj() && src.is_neg() == self.is_neg();
  if (src.dtype() == self.dtype() && plain) {
    move_elements(self, src);
    return self;
  }
  Tensor target = self;
  if (self.is_conj() || self.is_neg()) {  // write through the bits: what is stored is the conjugate or negative
    target = self.alias();
    target.impl()->conj = target.impl()->neg = false;
    src = src.alias();
    if (self.is_conj()) src.impl()->conj = !src.is_conj();
    if (self.is_neg()) src.impl()->neg = !src.is_neg();
    if (!src.is_complex()) src.impl()->conj = false;
  }
  ComputeType type = between(src.dtype(), target.dtype());
  const Tensor* inputs[] = {&src};
  run_loop(ctx, target, inputs, {.compute = type, .out_compute = type});
  return self;
}

Tensor fill_(Context&, const Tensor& self, const Scalar& value_in) {
  check_number(value_in, self.dtype());
  if (self.numel() == 0) return self;
  Scalar value = value_in;
  if (self.is_neg()) value = Scalar(-value.to_complex());
  if (self.is_conj()) value = Scalar(std::conj(value.to_complex()));
  visit_all(self.dtype(), "fill_", [&](auto tag) {
    using T = decltype(tag);
    T x = value.to<T>();
    T* data = self.mutable_data<T>();
    if (self.is_non_overlapping_and_dense()) {
      std::fill_n(data, self.numel(), x);
      return;
    }
    walk_rows<1>(self.sizes(), {self.strides()}, [&](const Offsets<1>& at, int64_t n, const Offsets<1>& step) {
      for (int64_t i = 0; i < n; ++i) data[at[0] + i * step[0]] = x;
    });
  });
  return self;
}

Tensor clone(Context& ctx, const Tensor& self, MemoryFormat format) {
  Tensor out = empty_like(self, self.dtype(), format);
  copy_(ctx, out, self);
  return out;
}

Tensor contiguous(Context& ctx, const Tensor& self) {
  if (self.is_contiguous() && !self.is_conj() && !self.is_neg()) return self;
  return clone(ctx, self, MemoryFormat::kContiguous);
}

Tensor to_dtype(Context& ctx, const Tensor& self, DType dtype, bool copy) {
  if (self.dtype() == dtype && !copy) return self;
  Tensor out = empty_like(self, dtype);
  copy_(ctx, out, self);
  return out;
}

Tensor resolved(Context& ctx, const Tensor& self) { return self.is_conj() || self.is_neg() ? clone(ctx, self) : self; }

Scalar item(const Tensor& self) {
  check(self.numel() == 1, "a Tensor with ", self.numel(), " elements cannot be converted to Scalar");
  return single_element(self);
}

namespace {

using OptInt = std::optional<int64_t>;
using OptDType = std::optional<DType>;
using OptDevice = std::optional<Device>;

Tensor copy_op(Context& ctx, const Tensor& self, const Tensor& src, bool) { return copy_(ctx, self, src); }
Tensor copy_tensor(Context& ctx, const Tensor& self, const Tensor& src) { return copy_(ctx, self, src); }
Tensor copy_number(Context& ctx, const Tensor& self, const Scalar& value) { return fill_(ctx, self, value); }
Tensor copy_int(Context& ctx, const Tensor& self, int64_t value) { return fill_(ctx, self, Scalar(value)); }
Tensor copy_float(Context& ctx, const Tensor& self, double value) { return fill_(ctx, self, Scalar(value)); }
Tensor fill_tensor_(Context& ctx, const Tensor& self, const Tensor& value) {
  check(value.dim() == 0, "fill_ only supports 0-dimension value tensor but got tensor with ", value.dim(), " dimensions.");
  return copy_(ctx, self, value);
}
Tensor fill(Context& ctx, const Tensor& self, const Scalar& value) { return fill_(ctx, empty_like(self, self.dtype()), value); }
Tensor fill_tensor(Context& ctx, const Tensor& self, const Tensor& value) { return fill_tensor_(ctx, empty_like(self, self.dtype()), value); }
Tensor zero_(Context& ctx, const Tensor& self) { return fill_(ctx, self, Scalar(0)); }
Tensor zero(Context& ctx, const Tensor& self) { return zero_(ctx, empty_like(self, self.dtype())); }
Tensor copy(Context& ctx, const Tensor& self, const Tensor& src, bool) { return copy_(ctx, empty_like(self, self.dtype()), src); }

Tensor clone_op(Context& ctx, const Tensor& self, OptInt format) { return clone(ctx, self, memory_format(format)); }

Tensor contiguous_op(Context& ctx, const Tensor& self, int64_t format) {
  MemoryFormat wanted = memory_format(format);
  if (self.is_contiguous(wanted)) return self;
  check(wanted != MemoryFormat::kPreserve, "preserve memory format is unsupported by the contiguous operator");
  return clone(ctx, self, wanted);
}

Tensor converted(Context& ctx, const Tensor& self, DType dtype, bool copy, OptInt format_in) {
  MemoryFormat format = memory_format(format_in);
  bool layout_fits = format == MemoryFormat::kPreserve || self.is_contiguous(format);
  if (self.dtype() == dtype && layout_fits && !copy) return self;
  Tensor out = empty_like(self, dtype, format);
  copy_(ctx, out, self);
  return out;
}
Tensor to_dtype_op(Context& ctx, const Tensor& self, DType dtype, bool, bool copy, OptInt format) { return converted(ctx, self, dtype, copy, format); }
Tensor to_device(Context& ctx, const Tensor& self, Device device, DType dtype, bool, bool copy, OptInt format) {
  check_device(ctx, device);
  return converted(ctx, self, dtype, copy, format);
}
Tensor to_other(Context& ctx, const Tensor& self, const Tensor& other, bool, bool copy, OptInt format) {
  return converted(ctx, self, other.dtype(), copy, format);
}
Tensor to_layout(Context& ctx, const Tensor& self, OptDType dtype, OptInt layout, OptDevice device, std::optional<bool>, bool, bool copy, OptInt format) {
  check_factory(ctx, layout, device);
  return converted(ctx, self, dtype.value_or(self.dtype()), copy, format);
}
Tensor to_prim_device(Context& ctx, const Tensor& self, OptDevice device, OptDType dtype, bool, bool copy) {
  if (device) check_device(ctx, *device);
  return converted(ctx, self, dtype.value_or(self.dtype()), copy, std::nullopt);
}
Tensor to_prim_dtype(Context& ctx, const Tensor& self, OptDType dtype, bool, bool copy) {
  return converted(ctx, self, dtype.value_or(self.dtype()), copy, std::nullopt);
}
Tensor to_prim_other(Context& ctx, const Tensor& self, bool, bool copy) { return converted(ctx, self, self.dtype(), copy, std::nullopt); }
Tensor to_copy(Context& ctx, const Tensor& self, OptDType dtype, OptInt layout, OptDevice device, std::optional<bool>, bool, OptInt format) {
  check_factory(ctx, layout, device);
  return converted(ctx, self, dtype.value_or(self.dtype()), true, format);
}
// Only the one bit; a copy resolves both, which nobody can tell.
Tensor resolve_conj(Context& ctx, const Tensor& self) { return self.is_conj() ? clone(ctx, self) : self; }
Tensor resolve_neg(Context& ctx, const Tensor& self) { return self.is_neg() ? clone(ctx, self) : self; }
Tensor type_as(Context& ctx, const Tensor& self, const Tensor& other) { return to_dtype(ctx, self, other.dtype()); }
Tensor cpu(Context&, const Tensor& self) { return self; }
Tensor cuda(Context& ctx, const Tensor& self) {
  check_device(ctx, {DeviceType::kCuda, -1});
  return self;
}
template <DType To>
Tensor cast(Context& ctx, const Tensor& self, bool) {
  return to_dtype(ctx, self, To);
}
Tensor conj_physical(Context& ctx, const Tensor& self) {
  if (ctx.dest.defined())
    check(ctx.dest.dtype() == self.dtype(), "Found dtype ", scalar_type_name(ctx.dest.dtype()), " but expected ", scalar_type_name(self.dtype()));
  if (!self.is_complex()) return self;
  return clone(ctx, conj(ctx, self));
}
Tensor conj_physical_(Context& ctx, const Tensor& self) { return copy_(ctx, self, conj_physical(ctx, self)); }

constexpr OpDef kRows[] = {
    op("aten::copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)", TAPER_OP(copy_op)),
    op("aten::copy_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(copy_tensor)),
    op("aten::copy_.int(Tensor(a!) self, int other) -> Tensor(a!)", TAPER_OP(copy_int)),
    op("aten::copy_.float(Tensor(a!) self, float other) -> Tensor(a!)", TAPER_OP(copy_float)),
    op("aten::fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)", TAPER_OP(copy_number)),
    op("aten::fill_.Tensor(Tensor(a!) self, Tensor value) -> Tensor(a!)", TAPER_OP(fill_tensor_)),
    op("aten::fill.Scalar(Tensor self, Scalar value) -> Tensor", TAPER_OP(fill), kPure),
    op_out("aten::fill.Scalar_out(Tensor self, Scalar value, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(fill), kExactOut),
    op_out("aten::fill.Tensor_out(Tensor self, Tensor value, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(fill_tensor), kExactOut),
    op("aten::fill.Tensor(Tensor self, Tensor value) -> Tensor", TAPER_OP(fill_tensor), kPure),
    op("aten::copy(Tensor self, Tensor src, bool non_blocking=False) -> Tensor", TAPER_OP(copy), kPure),
    op_out("aten::copy.out(Tensor self, Tensor src, bool non_blocking=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(copy), kExactOut),
    op("aten::zero(Tensor self) -> Tensor", TAPER_OP(zero), kPure),
    op_out("aten::zero.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(zero), kExactOut),
    op("aten::zero_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(zero_)),
    op("aten::clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", TAPER_OP(clone_op)),
    op_out("aten::clone.out(Tensor self, *, MemoryFormat? memory_format=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(clone_op), kExactOut),
    op("aten::contiguous(Tensor(a) self, *, MemoryFormat memory_format=0) -> Tensor(a)", TAPER_OP(contiguous_op), kView),
    op("aten::to.device(Tensor(a) self, Device device, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? "
       "memory_format=None) -> Tensor(a)",
       TAPER_OP(to_device), kView),
    op("aten::to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)",
       TAPER_OP(to_dtype_op), kView),
    op("aten::to.other(Tensor(a) self, Tensor other, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)",
       TAPER_OP(to_other), kView),
    op("aten::to.dtype_layout(Tensor(a) self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool "
       "non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)",
       TAPER_OP(to_layout), kView),
    op("aten::to.prim_Device(Tensor(a) self, Device? device, int? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor(b|a)",
       TAPER_OP(to_prim_device), kView),
    op("aten::to.prim_dtype(Tensor(a) self, int? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor(b|a)", TAPER_OP(to_prim_dtype), kView),
    op("aten::to.prim_other(Tensor(a) self, bool non_blocking=False, bool copy=False) -> Tensor(b|a)", TAPER_OP(to_prim_other), kView),
    op("aten::_to_copy(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool "
       "non_blocking=False, MemoryFormat? memory_format=None) -> Tensor",
       TAPER_OP(to_copy)),
    op("aten::type_as(Tensor self, Tensor other) -> Tensor", TAPER_OP(type_as), kView),
    op("aten::cpu(Tensor(a) self) -> Tensor(b|a)", TAPER_OP(cpu), kView),
    op("aten::cuda(Tensor(a) self) -> Tensor(b|a)", TAPER_OP(cuda), kView),
    op("aten::resolve_conj(Tensor(a) self) -> Tensor(a)", TAPER_OP(resolve_conj), kView),
    op("aten::resolve_neg(Tensor(a) self) -> Tensor(a)", TAPER_OP(resolve_neg), kView),
    op("aten::conj_physical(Tensor self) -> Tensor", TAPER_OP(conj_physical), kPure),
    op_out("aten::conj_physical.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(conj_physical), kUsesDest),
    op("aten::conj_physical_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(conj_physical_)),
    op("aten::_cast_Byte(Tensor self, bool non_blocking=False) -> Tensor", TAPER_OP(cast<DType::kByte>), kView),
    op("aten::_cast_Char(Tensor self, bool non_blocking=False) -> Tensor", TAPER_OP(cast<DType::kChar>), kView),
    op("aten::_cast_Double(Tensor self, bool non_blocking=False) -> Tensor", TAPER_OP(cast<DType::kDouble>), kView),
    op("aten::_cast_Float(Tensor self, bool non_blocking=False) -> Tensor", TAPER_OP(cast<DType::kFloat>), kView),
    op("aten::_cast_Int(Tensor self, bool non_blocking=False) -> Tensor", TAPER_OP(cast<DType::kInt>), kView),
    op("aten::_cast_Long(Tensor self, bool non_blocking=False) -> Tensor", TAPER_OP(cast<DType::kLong>), kView),
    op("aten::_cast_Short(Tensor self, bool non_blocking=False) -> Tensor", TAPER_OP(cast<DType::kShort>), kView),
    op("aten::_cast_Half(Tensor self, bool non_blocking=False) -> Tensor", TAPER_OP(cast<DType::kHalf>), kView),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> copy_rows() { return aten::kRows; }
}  // namespace taper::impl
