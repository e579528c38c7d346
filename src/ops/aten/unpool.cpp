// The way back from max pooling, and max pooling over windows that random samples place.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/layout.h"
#include "ops/aten/norm_rows.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

std::string in_parentheses(IntView sizes) {  // "(2, 3)"
  std::string text = "(";
  for (size_t d = 0; d < sizes.size(); ++d) text += cat(d ? ", " : "", sizes[d]);
  return text + ")";
}
std::string by(IntView sizes) {  // "2x3"
  std::string text;
  for (size_t d = 0; d < sizes.size(); ++d) text += cat(d ? "x" : "", sizes[d]);
  return text;
}

// Every element goes to the place of its plane that `indices` names; the rest is zero.
Tensor unpool(Context& ctx, const Tensor& self, const Tensor& indices, IntView output_size) {
  size_t dims = output_size.size(), rank = self.sizes().size();
  const char* name = dims == 2 ? "max_unpooling2d" : "max_unpooling3d";
  check(same(self.sizes(), indices.sizes()), "Expected shape of indices to be same as that of the input tensor (", self.sizes(),
        ") but got indices tensor with shape: ", indices.sizes());
  for (size_t d = 1; d < rank; ++d)
    check(self.sizes()[d] > 0, name, "_forward_out_cpu(): Expected input to have non-zero size for non-batch dimensions, but got ", self.sizes(),
          " with dimension ", d, " being empty.");
  bool negative = std::any_of(output_size.begin(), output_size.end(), [](int64_t n) { return n < 0; });
  if (negative) fail_runtime(name, "(): output_size must contain non-negative spatial dimensions, but got output_size=", in_parentheses(output_size));
  Dims sizes(self.sizes().first(rank - dims));
  for (int64_t n : output_size) sizes.push_back(n);
  if (!self.is_floating()) fail_dtype(dims == 2 ? "max_unpool2d" : "max_unpool3d", self.dtype());
  Tensor out = zeros(ctx, sizes, self.dtype()), x = contiguous(ctx, self), places = contiguous(ctx, indices);
  int64_t out_area = checked_numel(output_size), in_area = 1;
  for (size_t d = rank - dims; d < rank; ++d) in_area *= self.sizes()[d];
  const int64_t* at = places.data<int64_t>();
  ctx.spend(x.numel() / 500 + 1);
  visit_size(self.dtype(), [&](auto element) {
    using E = decltype(element);
    const E* from = static_cast<const E*>(x.data());
    E* to = static_cast<E*>(out.mutable_data());
    for (int64_t i = 0, n = x.numel(); i < n; ++i) {
      if (at[i] < 0 || at[i] >= out_area) fail_runtime("Found an invalid max index: ", at[i], " (output volumes are of size ", by(output_size), ")");
      to[i / in_area * out_area + at[i]] = from[i];
    }
  });
  if (dims != 2 || !suggests_channels_last(self)) return out;
  return copy_(ctx, make_image(sizes, self.dtype(), true), out);
}

Tensor max_unpool2d(Context& ctx, const Tensor& self, const Tensor& indices, IntView output_size) {
  check(output_size.size() == 2, "There should be exactly two elements (height, width) in output_size, but got ", output_size.size(), " elements.");
  check(indices.dtype() == DType::kLong, "elements in indices should be type int64 but got: ", scalar_type_name(indices.dtype()));
  check(self.dim() == 3 || self.dim() == 4, "Input to max_unpooling2d should be a 3d or 4d Tensor, but got a tensor with ", self.dim(), " dimensions.");
  return unpool(ctx, self, indices, output_size);
}
Tensor max_unpool3d(Context& ctx, const Tensor& self, const Tensor& indices, IntView output_size, IntView stride, IntView padding) {
  check(output_size.size() == 3, "There should be exactly three elements (depth, height, width) in output_size, but got ", output_size.size(), " elements.");
  check(stride.size() == 3, "There should be exactly three elements (depth, height, width) in stride, but got: ", stride.size(), " elements.");
  check(padding.size() == 3, "There should be exactly three elements (depth, height, width) in padding, but got: ", padding.size(), " elements.");
  check(indices.dtype() == DType::kLong, "elements in indices should be type int64");
  check(self.dim() == 4 || self.dim() == 5, "Input to max_unpooling3d should be a 4d or 5d Tensor, but got a tensor with ", self.dim(), " dimensions.");
  for (int64_t s : stride) check(s > 0, "strides should be greater than zero, but got stride: ", stride);
  return unpool(ctx, self, indices, output_size);
}

// Where the windows of one dimension start: evenly, shifted by the sample.
template <class T>
void intervals(T sample, int64_t in, int64_t out, int64_t pool, int64_t* starts) {
  T alpha = out > 1 ? T(in - pool) / T(out - 1) : T(0);
  auto whole = [](T x) { return x > T(-4e18) && x < T(4e18) ? int64_t(x) : int64_t(0); };
  for (int64_t i = 0; i + 1 < out; ++i) starts[i] = std::clamp<int64_t>(whole((T(i) + sample) * alpha) - whole(sample * alpha), 0, in - pool);
  if (out > 0) starts[out - 1] = in - pool;
}

std::tuple<Tensor, Tensor> fractional(Context& ctx, const Tensor& self, IntView kernel, IntView output, const Tensor& samples_in) {
  size_t dims = kernel.size(), rank = self.sizes().size();
  const char* name = dims == 2 ? "fractional_max_pool2d()" : "fractional_max_pool3d_out()";
  check(rank == dims + 1 || rank == dims + 2, name, ": Expected ", dims + 1, "D or ", dims + 2, "D tensor, but got: ", self.sizes());
  for (size_t d = rank - dims - 1; d < rank; ++d)
    check(self.sizes()[d] > 0, name, ": Expected input to have non-zero size for non-batch dimensions, but got", self.sizes(), " with dimension ", d,
          " being empty.");
  static constexpr const char* kNames[2][3] = {{"height", "width", ""}, {"time", "height", "width"}};
  IntView in = self.sizes().last(dims);
  for (size_t d = 0; d < dims; ++d) {
    check(kernel[d] > 0 && output[d] > 0, name, ": kernel and output sizes must be greater than zero, but got ", kernel, " and ", output);
    int64_t reach;
    bool fits = !__builtin_add_overflow(output[d], kernel[d] - 1, &reach) && reach <= in[d];
    check(fits, name, ": pool ", kNames[dims - 2][d], " ", kernel[d], " too large relative to input ", kNames[dims - 2][d], " ", in[d]);
  }
  int64_t batch = rank == dims + 2 ? self.sizes()[0] : 1, channels = self.sizes()[rank - dims - 1];
  check(samples_in.dtype() == self.dtype(), "Expect _random_samples to have the same dtype as input");
  check(samples_in.dim() == 3, "Expect _random_samples to have 3 dimensions, got ", samples_in.dim());
  check(samples_in.sizes()[0] >= batch, "Expect _random_samples.size(0) no less then input batch size.");
  check(samples_in.sizes()[1] == channels, "Expect _random_samples.size(1) equals to input channel size.");
  check(samples_in.sizes()[2] == int64_t(dims), "Expect _random_samples.size(2) equals to ", dims, "; got ", samples_in.sizes()[2], ".");
  if (!self.is_floating()) fail_dtype("fractional_max_pool", self.dtype());
  DType dtype = self.dtype(), wide = wide_float(dtype);
  Tensor x = contiguous(ctx, to_dtype(ctx, self, wide)), samples = contiguous(ctx, to_dtype(ctx, samples_in, wide));
  Dims sizes(self.sizes().first(rank - dims));
  for (int64_t n : output) sizes.push_back(n);
  Tensor out = make_tensor(sizes, wide), indices = make_tensor(sizes, DType::kLong);
  ctx.spend(x.numel() / 200 + out.numel() / 100 + 1);
  int64_t size[3] = {1, 1, 1}, pool[3] = {1, 1, 1}, count[3] = {1, 1, 1};
  for (size_t d = 0; d < dims; ++d) size[3 - dims + d] = in[d], pool[3 - dims + d] = kernel[d], count[3 - dims + d] = output[d];
  visit_float(wide, "fractional_max_pool", [&](auto zero) {
    using T = decltype(zero);
    T* to = out.mutable_data<T>();
    int64_t* at = indices.mutable_data<int64_t>();
    Vec<int64_t> starts[3];
    for (size_t d = 0; d < 3; ++d) starts[d].assign(size_t(count[d]), 0);
    for (int64_t p = 0; p < batch * channels; ++p) {
      const T* plane = x.data<T>() + p * size[0] * size[1] * size[2];
      // In two dimensions the first sample belongs to the width.
      for (size_t d = 0; d < dims; ++d) {
        size_t axis = 3 - dims + d, which = dims == 2 ? 1 - d : d;
        intervals(samples.data<T>()[p * int64_t(dims) + int64_t(which)], size[axis], count[axis], pool[axis], starts[axis].data());
      }
      for (int64_t a : starts[0])
        for (int64_t b : starts[1])
          for (int64_t c : starts[2]) {
            T high = -std::numeric_limits<T>::infinity();
            int64_t best = (a * size[1] + b) * size[2] + c;
            for (int64_t i = a; i < a + pool[0]; ++i)
              for (int64_t j = b; j < b + pool[1]; ++j)
                for (int64_t k = c; k < c + pool[2]; ++k) {
                  int64_t place = (i * size[1] + j) * size[2] + k;
                  if (plane[place] > high || plane[place] != plane[place]) high = plane[place], best = place;
                }
            *to++ = high;
            *at++ = best;
          }
    }
  });
  return {to_dtype(ctx, out, dtype), indices};
}

Dims fractional_list(IntView list, size_t dims, const char* name, const char* what) {
  check(list.size() == 1 || list.size() == dims, name, ": ", what, " must either be a single Int or tuple of ", dims == 3 ? "three " : "", "Ints");
  Dims out(list);
  while (out.size() < dims) out.push_back(list[0]);
  return out;
}
template <size_t N>
std::tuple<Tensor, Tensor> fractional_max_pool(Context& ctx, const Tensor& self, IntView kernel, IntView output, const Tensor& samples) {
  const char* name = N == 2 ? "fractional_max_pool2d" : "fractional_max_pool3d";
  return fractional(ctx, self, fractional_list(kernel, N, name, "kernel_size"), fractional_list(output, N, name, "output_size"), samples);
}

constexpr OpDef kRows[] = {
    op("aten::max_unpool2d(Tensor self, Tensor indices, SymInt[2] output_size) -> Tensor", TAPER_OP(max_unpool2d), kPure),
    op_out("aten::max_unpool2d.out(Tensor self, Tensor indices, SymInt[2] output_size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(max_unpool2d)),
    op("aten::max_unpool3d(Tensor self, Tensor indices, SymInt[3] output_size, int[3] stride, int[3] padding) -> Tensor", TAPER_OP(max_unpool3d), kPure),
    op_out("aten::max_unpool3d.out(Tensor self, Tensor indices, SymInt[3] output_size, int[3] stride, int[3] padding, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(max_unpool3d)),
    op("aten::fractional_max_pool2d(Tensor self, int[2] kernel_size, int[2] output_size, Tensor random_samples) -> (Tensor, Tensor)",
       TAPER_OP(fractional_max_pool<2>), kPure),
    op_out<2>("aten::fractional_max_pool2d.output(Tensor self, int[2] kernel_size, int[2] output_size, Tensor random_samples, *, Tensor(a!) output, "
              "Tensor(b!) indices) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(fractional_max_pool<2>)),
    op("aten::fractional_max_pool3d(Tensor self, int[3] kernel_size, int[3] output_size, Tensor random_samples) -> (Tensor, Tensor)",
       TAPER_OP(fractional_max_pool<3>), kPure),
    op_out<2>("aten::fractional_max_pool3d.output(Tensor self, int[3] kernel_size, int[3] output_size, Tensor random_samples, *, Tensor(a!) output, "
              "Tensor(b!) indices) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(fractional_max_pool<3>)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> unpool_rows() { return aten::kRows; }
}  // namespace taper::impl
