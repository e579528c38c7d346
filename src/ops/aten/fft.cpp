// torch.fft: transforms along one or several dimensions, complex, real or Hermitian, and their helpers.
//
// Everything is computed in double; float results are rounded once at the end.
#include "ops/aten/fft.h"

#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/join.h"
#include "ops/aten/pad.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/kernels/fft.h"
#include "ops/output.h"
#include "ops/type_promotion.h"

namespace taper::impl::aten {
namespace {

using OptInt = std::optional<int64_t>;
using OptInts = std::optional<IntView>;
using OptText = std::optional<std::string_view>;

void check_supported(DType dtype) {
  check(dtype != DType::kHalf && dtype != DType::kBFloat16 && dtype != DType::kComplexHalf,
        "MKL FFT doesn't support tensors of type: ", scalar_type_name(to_real(dtype)));
}
void spend_on(Context& ctx, int64_t elements, int64_t n) {
  int64_t steps = 4;
  for (; n > 1; n /= 2) ++steps;
  ctx.spend(elements / 100 * steps + 1);
}
double factor(const Tensor& t, IntView dims, FftScale scale) {
  if (scale == FftScale::kNone) return 1;
  double n = 1;
  for (int64_t d : dims) n *= double(t.size(d));
  return scale == FftScale::kRoot ? 1 / std::sqrt(n) : 1 / n;
}
Dims wrapped(IntView dims, const Tensor& self) {
  Dims out;
  for (int64_t d : dims) {
    check(self.dim() > 0, "Dimension specified as ", d, " but tensor has no dimensions");
    out.push_back(wrap_dim(d, self.dim()));
  }
  return out;
}
FftScale scale_of(int64_t number) { return number == 0 ? FftScale::kNone : number == 1 ? FftScale::kRoot : FftScale::kWhole; }

// A dense complex<double> copy that may be written.
Tensor complex_copy(Context& ctx, const Tensor& self) { return clone(ctx, to_dtype(ctx, self, DType::kComplexDouble), MemoryFormat::kContiguous); }

// x is dense; each line along the dimension becomes its transform.
void transform_in_place(Context& ctx, const Tensor& x, int64_t dim, bool forward) {
  if (x.numel() == 0) return;
  int64_t n = x.size(dim), step = x.stride(dim), block = n * step;
  spend_on(ctx, x.numel(), n);
  FftPlan plan(n, forward);
  Vec<ComplexDouble> in(static_cast<size_t>(n)), out(static_cast<size_t>(n));
  auto* data = x.mutable_data<ComplexDouble>();
  for (int64_t first = 0; first < x.numel(); first += block)
    for (int64_t line = first; line < first + step; ++line) {
      for (int64_t k = 0; k < n; ++k) in[size_t(k)] = data[line + k * step];
      plan.run(out.data(), in.data());
      for (int64_t k = 0; k < n; ++k) data[line + k * step] = out[size_t(k)];
    }
}

Tensor scaled(Context& ctx, const Tensor& x, double by, DType dtype) {
  if (by != 1 && x.numel() > 0) {
    int64_t n = x.numel() * (x.is_complex() ? 2 : 1);
    auto* data = static_cast<double*>(x.mutable_data());
    for (int64_t i = 0; i < n; ++i) data[i] *= by;
  }
  return to_dtype(ctx, x, dtype);
}

}  // namespace

Tensor fft_c2c(Context& ctx, const Tensor& self, IntView dims_in, FftScale scale, bool forward) {
  check(self.is_complex(), "Only supports complex dtypes, but found: ", scalar_type_name(self.dtype()));
  if (dims_in.empty()) return clone(ctx, self);
  check_supported(self.dtype());
  Dims dims = wrapped(dims_in, self);
  if (self.dim() == 0) return clone(ctx, self);
  Tensor x = complex_copy(ctx, self);
  for (size_t i = dims.size(); i-- > 0;)
    if (std::find(dims.begin(), dims.begin() + i, dims[i]) == dims.begin() + i) transform_in_place(ctx, x, dims[i], forward);
  return scaled(ctx, x, factor(self, dims, scale), self.dtype());
}

Tensor fft_r2c(Context& ctx, const Tensor& self, IntView dims_in, FftScale scale, bool onesided) {
  check(is_floating(self.dtype()), "Only supports floating-point dtypes, but found: ", scalar_type_name(self.dtype()));
  check_supported(self.dtype());
  check(!dims_in.empty() && self.dim() > 0, "_fft_r2c: at least one dimension must be transformed");
  DType dtype = to_complex(self.dtype());
  if (!onesided) return to_dtype(ctx, fft_c2c(ctx, to_dtype(ctx, self, DType::kComplexDouble), dims_in, scale, true), dtype);
  Dims dims = wrapped(dims_in, self);
  int64_t last = dims.back(), n = self.size(last);
  Tensor lines = contiguous(ctx, movedim(ctx, to_dtype(ctx, self, DType::kDouble), Dims{last}, Dims{-1}));
  Dims sizes(lines.sizes());
  sizes.back() = n / 2 + 1;
  Tensor out = make_tensor(sizes, DType::kComplexDouble);
  if (lines.numel() > 0) {
    spend_on(ctx, lines.numel(), n);
    FftPlan plan(n, true);
    const auto* in = lines.data<double>();
    auto* to = out.mutable_data<ComplexDouble>();
    for (int64_t i = 0, count = lines.numel() / n; i < count; ++i) plan.run_real(to + i * sizes.back(), in + i * n);
  }
  out = contiguous(ctx, movedim(ctx, out, Dims{-1}, Dims{last}));
  double by = factor(self, dims, scale);
  dims.pop_back();
  if (!dims.empty()) out = fft_c2c(ctx, out, dims, FftScale::kNone, true);
  return scaled(ctx, out, by, dtype);
}

Tensor fft_c2r(Context& ctx, const Tensor& self, IntView dims_in, FftScale scale, int64_t n) {
  check(self.is_complex(), "Only supports complex dtypes, but found: ", scalar_type_name(self.dtype()));
  check_supported(self.dtype());
  check(!dims_in.empty() && self.dim() > 0, "_fft_c2r: at least one dimension must be transformed");
  check(n >= 1, "Invalid number of data points (", n, ") specified");
  Dims dims = wrapped(dims_in, self);
  int64_t last = dims.back(), half = n / 2 + 1;
  check(self.size(last) >= half, "_fft_c2r: ", n, " points need ", half, " entries along dimension ", last, ", but got ", self.size(last));
  dims.pop_back();
  Tensor x = to_dtype(ctx, narrow(ctx, self, last, 0, half), DType::kComplexDouble);
  if (!dims.empty()) x = fft_c2c(ctx, x, dims, FftScale::kNone, false);
  Tensor lines = contiguous(ctx, movedim(ctx, x, Dims{last}, Dims{-1}));
  Dims sizes(lines.sizes());
  sizes.back() = n;
  Tensor out = make_tensor(sizes, DType::kDouble);
  if (out.numel() > 0) {
    spend_on(ctx, out.numel(), n);
    FftPlan plan(n, false);
    const auto* in = lines.data<ComplexDouble>();
    auto* to = out.mutable_data<double>();
    for (int64_t i = 0, count = out.numel() / n; i < count; ++i) plan.run_half(to + i * n, in + i * half);
  }
  out = contiguous(ctx, movedim(ctx, out, Dims{-1}, Dims{last}));
  double by = factor(out, Dims{last}, scale) * factor(self, dims, scale);
  return scaled(ctx, out, by, to_real(self.dtype()));
}

namespace {

// An out= argument is looked at before anything is computed.
void check_out(Context& ctx, const char* name, bool complex) {
  Tensor dest = std::exchange(ctx.dest, Tensor());
  ctx.movable_arguments = 0;
  if (!dest.defined()) return;
  if (complex) check(dest.is_complex(), name, " expects a complex output tensor, but got ", scalar_type_name(dest.dtype()));
  else check(dest.is_floating(), name, " expects a floating point output tensor, but got ", scalar_type_name(dest.dtype()));
}

Tensor promoted(Context& ctx, const Tensor& self, bool complex) {
  DType dtype = float_result(ctx, self.dtype());
  check(dtype != DType::kHalf && dtype != DType::kBFloat16, "Unsupported dtype ", scalar_type_name(dtype));
  return to_dtype(ctx, self, complex ? to_complex(dtype) : dtype);
}

FftScale norm_mode(OptText norm, bool forward) {
  if (!norm || *norm == "backward") return forward ? FftScale::kNone : FftScale::kWhole;
  if (*norm == "forward") return forward ? FftScale::kWhole : FftScale::kNone;
  check(*norm == "ortho", "Invalid normalization mode: \"", *norm, "\"");
  return FftScale::kRoot;
}

int64_t transformed_dim(const Tensor& self, int64_t dim) {
  check(self.dim() > 0, "Dimension specified as ", dim, " but tensor has no dimensions");
  return wrap_dim(dim, self.dim());
}

// Cut or padded with zeros to `size` along the dimension; -1 leaves it.
Tensor resized(Context& ctx, const Tensor& self, int64_t dim, int64_t size) {
  int64_t now = self.size(dim);
  if (size == -1 || now == size) return self;
  check(size >= 1, "Invalid number of data points (", size, ") specified");
  if (now > size) return narrow(ctx, self, dim, 0, size);
  Dims amounts(size_t(2 * (self.dim() - dim)), 0);
  amounts.back() = size - now;
  return constant_pad(ctx, self, amounts, Scalar(0));
}

Tensor complex_line(Context& ctx, const Tensor& self, OptInt n, int64_t dim_in, OptText norm, bool forward) {
  Tensor x = promoted(ctx, self, true);
  int64_t dim = transformed_dim(x, dim_in), points = n.value_or(x.size(dim));
  check(points >= 1, "Invalid number of data points (", points, ") specified");
  if (n) x = resized(ctx, x, dim, *n);
  return fft_c2c(ctx, x, Dims{dim}, norm_mode(norm, forward), forward);
}

Tensor line_to_half(Context& ctx, const char* name, const Tensor& self, OptInt n, int64_t dim_in, OptText norm, bool forward) {
  check_out(ctx, name, true);
  check(!self.is_complex(), name, " expects a real input tensor, but got ", scalar_type_name(self.dtype()));
  Tensor x = promoted(ctx, self, false);
  int64_t dim = transformed_dim(x, dim_in), points = n.value_or(x.size(dim));
  check(points >= 1, "Invalid number of data points (", points, ") specified");
  if (n) x = resized(ctx, x, dim, *n);
  Tensor out = fft_r2c(ctx, x, Dims{dim}, norm_mode(norm, forward), true);
  return forward ? out : resolved(ctx, conj(ctx, out));
}

Tensor half_to_line(Context& ctx, const char* name, const Tensor& self, OptInt n, int64_t dim_in, OptText norm, bool forward) {
  check_out(ctx, name, false);
  Tensor x = promoted(ctx, self, true);
  int64_t dim = transformed_dim(x, dim_in), points = n.value_or(2 * (x.size(dim) - 1));
  check(points >= 1, "Invalid number of data points (", points, ") specified");
  if (n) x = resized(ctx, x, dim, points / 2 + 1);
  return fft_c2r(ctx, forward ? conj(ctx, x) : x, Dims{dim}, norm_mode(norm, forward), points);
}

// The dimensions to transform and their lengths.
struct Extent {
  Dims dims, sizes;
};
Extent extent_of(const Tensor& self, OptInts s, OptInts dim) {
  Extent e;
  if (dim) {
    e.dims = wrapped(*dim, self);
    Dims sorted = e.dims;
    std::sort(sorted.begin(), sorted.end());
    check(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(), "FFT dims must be unique");
  }
  if (s) {
    check(!dim || dim->size() == s->size(), "When given, dim and shape arguments must have the same length");
    auto count = int64_t(s->size());
    check(count <= self.dim(), "Got shape with ", count, " values but input tensor only has ", self.dim(), " dimensions.");
    if (!dim)
      for (int64_t d = self.dim() - count; d < self.dim(); ++d) e.dims.push_back(d);
    for (size_t i = 0; i < s->size(); ++i) e.sizes.push_back((*s)[i] == -1 ? self.size(e.dims[i]) : (*s)[i]);
  } else {
    if (!dim)
      for (int64_t d = 0; d < self.dim(); ++d) e.dims.push_back(d);
    for (int64_t d : e.dims) e.sizes.push_back(self.size(d));
  }
  for (int64_t size : e.sizes) check(size > 0, "Invalid number of data points (", size, ") specified");
  return e;
}
Tensor resized_to(Context& ctx, const Tensor& self, const Extent& e) {
  Tensor x = self;
  for (size_t i = 0; i < e.dims.size(); ++i) x = resized(ctx, x, e.dims[i], e.sizes[i]);
  return x;
}

template <bool Forward>
Tensor complex_grid(Context& ctx, const Tensor& self, OptInts s, OptInts dim, OptText norm) {
  check_out(ctx, Forward ? "fftn" : "ifftn", true);
  Extent e = extent_of(self, s, dim);
  Tensor x = resized_to(ctx, promoted(ctx, self, true), e);
  return fft_c2c(ctx, x, e.dims, norm_mode(norm, Forward), Forward);
}

// Forward rfftn; else ihfftn, the conjugate of it with the scale of an inverse.
template <bool Forward>
Tensor grid_to_half(Context& ctx, const Tensor& self, OptInts s, OptInts dim, OptText norm) {
  const char* name = Forward ? "rfftn" : "ihfftn";
  check_out(ctx, name, true);
  if (Forward) check(!self.is_complex(), "rfftn expects a real-valued input tensor, but got ", scalar_type_name(self.dtype()));
  else check(!self.is_complex(), "Only supports floating-point dtypes, but found: ", scalar_type_name(self.dtype()));
  Extent e = extent_of(self, s, dim);
  check(!e.dims.empty(), name, " must transform at least one axis");
  Tensor x = resized_to(ctx, promoted(ctx, self, false), e);
  Tensor out = fft_r2c(ctx, x, e.dims, norm_mode(norm, Forward), true);
  return Forward ? out : resolved(ctx, conj(ctx, out));
}

// irfftn; forward: hfftn.
template <bool Forward>
Tensor half_to_grid(Context& ctx, const Tensor& self, OptInts s, OptInts dim, OptText norm) {
  const char* name = Forward ? "hfftn" : "irfftn";
  check_out(ctx, name, false);
  Extent e = extent_of(self, s, dim);
  check(!e.dims.empty(), name, " must transform at least one axis");
  int64_t last = s && s->back() != -1 ? e.sizes.back() : 2 * (self.size(e.dims.back()) - 1);
  check(last >= 1, "Invalid number of data points (", last, ") specified");
  e.sizes.back() = last / 2 + 1;
  Tensor x = resized_to(ctx, promoted(ctx, self, true), e);
  return fft_c2r(ctx, Forward ? conj(ctx, x) : x, e.dims, norm_mode(norm, Forward), last);
}

Tensor fft(Context& ctx, const Tensor& self, OptInt n, int64_t dim, OptText norm) {
  check_out(ctx, "fft", true);
  return complex_line(ctx, self, n, dim, norm, true);
}
Tensor ifft(Context& ctx, const Tensor& self, OptInt n, int64_t dim, OptText norm) {
  check_out(ctx, "ifft", true);
  return complex_line(ctx, self, n, dim, norm, false);
}
Tensor rfft(Context& ctx, const Tensor& self, OptInt n, int64_t dim, OptText norm) { return line_to_half(ctx, "rfft", self, n, dim, norm, true); }
Tensor irfft(Context& ctx, const Tensor& self, OptInt n, int64_t dim, OptText norm) { return half_to_line(ctx, "irfft", self, n, dim, norm, false); }
Tensor hfft(Context& ctx, const Tensor& self, OptInt n, int64_t dim, OptText norm) { return half_to_line(ctx, "hfft", self, n, dim, norm, true); }
Tensor ihfft(Context& ctx, const Tensor& self, OptInt n, int64_t dim, OptText norm) { return line_to_half(ctx, "ihfft", self, n, dim, norm, false); }

using Grid = Tensor (*)(Context&, const Tensor&, OptInts, OptInts, OptText);
template <Grid grid>
Tensor plane(Context& ctx, const Tensor& self, OptInts s, IntView dim, OptText norm) {
  return grid(ctx, self, s, dim, norm);
}

Tensor raw_r2c(Context& ctx, const Tensor& self, IntView dim, int64_t norm, bool onesided) { return fft_r2c(ctx, self, dim, scale_of(norm), onesided); }
Tensor raw_c2r(Context& ctx, const Tensor& self, IntView dim, int64_t norm, int64_t last) { return fft_c2r(ctx, self, dim, scale_of(norm), last); }
Tensor raw_c2c(Context& ctx, const Tensor& self, IntView dim, int64_t norm, bool forward) { return fft_c2c(ctx, self, dim, scale_of(norm), forward); }

Tensor shifted(Context& ctx, const Tensor& self, OptInts dim_in, int64_t extra) {
  Dims dims, shifts;
  if (dim_in) dims = wrapped(*dim_in, self);
  else
    for (int64_t d = 0; d < self.dim(); ++d) dims.push_back(d);
  for (int64_t d : dims) shifts.push_back((self.size(d) + extra) / 2);
  return roll(ctx, self, shifts, dims);
}
Tensor fftshift(Context& ctx, const Tensor& self, OptInts dim) { return shifted(ctx, self, dim, 0); }
Tensor ifftshift(Context& ctx, const Tensor& self, OptInts dim) { return shifted(ctx, self, dim, 1); }

// 0, 1, ... and for all of them the negative half, over n d.
Tensor frequencies(Context& ctx, int64_t n, double d, bool half, DType dtype) {
  const char* name = half ? "rfftfreq" : "fftfreq";
  check(is_floating(dtype) || is_complex(dtype), name, " requires a floating point or complex dtype");
  int64_t count = half ? n / 2 + 1 : n;
  check(n > INT64_MIN / 2 && count >= 0, "Trying to create tensor with negative dimension ", count, ": [", count, "]");
  Tensor steps = arange(ctx, Scalar(0), Scalar(count), Scalar(1), dtype);
  if (!half && n > 1) {
    Tensor upper = narrow(ctx, steps, 0, (n + 1) / 2, n / 2);
    copy_(ctx, upper, arange(ctx, Scalar(-(n / 2)), Scalar(0), Scalar(1), dtype));
  }
  return mul(ctx, steps, wrapped_number(ctx, Scalar(1.0 / (double(n) * d))));
}
template <bool Half>
Tensor freq(Context& ctx, int64_t n, double d, std::optional<DType> dtype, OptInt layout, std::optional<Device> device, std::optional<bool>) {
  check_factory(ctx, layout, device);
  return frequencies(ctx, n, d, Half, dtype.value_or(ctx.default_dtype));
}
template <bool Half>
Tensor freq_out(Context& ctx, int64_t n, double d, const Tensor& out) {
  Tensor result = frequencies(ctx, n, d, Half, out.dtype());
  resize_tensor(out, result.sizes());
  return copy_(ctx, out, result);
}

#define LINE(NAME, FN)                                                                                              \
  op("aten::fft_" NAME "(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", TAPER_OP(FN), kPure), \
      op_out("aten::fft_" NAME ".out(Tensor self, SymInt? n=None, int dim=-1, str? norm=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(FN), kUsesDest)
#define PLANE(NAME, FN)                                                                                                                                  \
  op("aten::fft_" NAME "2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor", TAPER_OP(plane<FN>), kPure),                  \
      op_out("aten::fft_" NAME "2.out(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None, *, Tensor(a!) out) -> Tensor(a!)",            \
             TAPER_OP(plane<FN>), kUsesDest),                                                                                                            \
      op("aten::fft_" NAME "n(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", TAPER_OP(FN), kPure),                        \
      op_out("aten::fft_" NAME "n.out(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(FN), \
             kUsesDest)
#define FREQ(NAME, HALF)                                                                               \
  op("aten::fft_" NAME                                                                                 \
     "(int n, float d=1., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? " \
     "pin_memory=None) -> Tensor",                                                                     \
     TAPER_OP(freq<HALF>)),                                                                            \
      op("aten::fft_" NAME ".out(int n, float d=1., *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(freq_out<HALF>))

constexpr OpDef kRows[] = {
    LINE("fft", fft),
    LINE("ifft", ifft),
    LINE("rfft", rfft),
    LINE("irfft", irfft),
    LINE("hfft", hfft),
    LINE("ihfft", ihfft),
    PLANE("fft", complex_grid<true>),
    PLANE("ifft", complex_grid<false>),
    PLANE("rfft", grid_to_half<true>),
    PLANE("irfft", half_to_grid<false>),
    PLANE("hfft", half_to_grid<true>),
    PLANE("ihfft", grid_to_half<false>),
    op("aten::fft_fftshift(Tensor self, int[1]? dim=None) -> Tensor", TAPER_OP(fftshift), kPure),
    op("aten::fft_ifftshift(Tensor self, int[1]? dim=None) -> Tensor", TAPER_OP(ifftshift), kPure),
    FREQ("fftfreq", false),
    FREQ("rfftfreq", true),
    op("aten::_fft_r2c(Tensor self, int[] dim, int normalization, bool onesided) -> Tensor", TAPER_OP(raw_r2c), kPure),
    op_out("aten::_fft_r2c.out(Tensor self, int[] dim, int normalization, bool onesided, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(raw_r2c)),
    op("aten::_fft_c2r(Tensor self, int[] dim, int normalization, SymInt last_dim_size) -> Tensor", TAPER_OP(raw_c2r), kPure),
    op_out("aten::_fft_c2r.out(Tensor self, int[] dim, int normalization, SymInt last_dim_size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(raw_c2r)),
    op("aten::_fft_c2c(Tensor self, SymInt[] dim, int normalization, bool forward) -> Tensor", TAPER_OP(raw_c2c), kPure),
    op_out("aten::_fft_c2c.out(Tensor self, SymInt[] dim, int normalization, bool forward, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(raw_c2c)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> fft_rows() { return aten::kRows; }
}  // namespace taper::impl
