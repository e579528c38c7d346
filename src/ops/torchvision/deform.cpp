// torchvision's deform_conv2d: a convolution whose kernel points are moved by an offset that a tensor gives for each
// position of the result, and weighted by a mask.
#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/matmul.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"
#include "ops/stepped.h"

namespace taper::impl::torchvision {
namespace {

struct Geometry {
  int64_t batch, channels, height, width;  // of the input
  int64_t out_height, out_width, kernel_height, kernel_width;
  int64_t stride[2], pad[2], dilation[2];
  int64_t offset_groups;
  int64_t taps() const { return kernel_height * kernel_width; }
  int64_t points() const { return out_height * out_width; }
};

void expect(bool condition, const char* text) {
  check(condition, "Expected ", text,
        " to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)");
}

int64_t out_size(int64_t size, int64_t pad, int64_t kernel, int64_t dilation, int64_t stride) {
  return (size + 2 * pad - (dilation * (kernel - 1) + 1)) / stride + 1;
}

// The input at (y, x) between pixels; outside there are zeros.
template <class T>
T sample(const StoredAs<T>* plane, int64_t height, int64_t width, T y, T x) {
  if (!(y > T(-1) && y < T(height) && x > T(-1) && x < T(width))) return T(0);
  auto low_y = int64_t(std::floor(plain(y))), low_x = int64_t(std::floor(plain(x)));
  T part_y = y - T(low_y), part_x = x - T(low_x), rest_y = T(1) - part_y, rest_x = T(1) - part_x;
  bool top = low_y >= 0, bottom = low_y + 1 < height, left = low_x >= 0, right = low_x + 1 < width;
  const StoredAs<T>* at = plane + low_y * width + low_x;
  T v1 = top && left ? T(at[0]) : T(0), v2 = top && right ? T(at[1]) : T(0), v3 = bottom && left ? T(at[width]) : T(0),
    v4 = bottom && right ? T(at[width + 1]) : T(0);
  return rest_y * rest_x * v1 + rest_y * part_x * v2 + part_y * rest_x * v3 + part_y * part_x * v4;
}

// One image's columns [channels * taps, points]. offset [groups, taps, 2, points] and mask [groups, taps, points] or null.
template <class T>
void fill_columns(Context& ctx, const Geometry& g, const StoredAs<T>* input, const StoredAs<T>* offset, const StoredAs<T>* mask, StoredAs<T>* columns) {
  int64_t points = g.points(), taps = g.taps(), per_group = g.channels / g.offset_groups;
  ctx.parallel_for(g.channels * taps, std::max<int64_t>(1, 4096 / std::max<int64_t>(points, 1)), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      int64_t channel = row / taps, tap = row % taps, moved = channel / per_group * taps + tap;
      int64_t i = tap / g.kernel_width, j = tap % g.kernel_width;
      const StoredAs<T>* plane = input + channel * g.height * g.width;
      const StoredAs<T>* down = offset + 2 * moved * points;
      const StoredAs<T>* right = down + points;
      for (int64_t p = 0; p < points; ++p) {
        T y = T(p / g.out_width * g.stride[0] - g.pad[0] + i * g.dilation[0]) + T(down[p]);
        T x = T(p % g.out_width * g.stride[1] - g.pad[1] + j * g.dilation[1]) + T(right[p]);
        T value = sample<T>(plane, g.height, g.width, y, x);
        columns[row * points + p] = plain(mask ? T(mask[moved * points + p]) * value : value);
      }
    }
  });
}

Tensor deform_conv2d(Context& ctx, const Tensor& input_in, const Tensor& weight_in, const Tensor& offset_in, const Tensor& mask_in, const Tensor& bias,
                     int64_t stride_h, int64_t stride_w, int64_t pad_h, int64_t pad_w, int64_t dilation_h, int64_t dilation_w, int64_t groups,
                     int64_t offset_groups, bool use_mask) {
  expect(input_in.dim() == 4, "input_c.ndimension() == 4");
  expect(offset_in.dim() == 4, "offset_c.ndimension() == 4");
  expect(!use_mask || mask_in.dim() == 4, "!use_mask || mask_c.ndimension() == 4");
  expect(weight_in.dim() == 4, "weight_c.ndimension() == 4");
  Geometry g{};
  g.batch = input_in.size(0), g.channels = input_in.size(1), g.height = input_in.size(2), g.width = input_in.size(3);
  g.kernel_height = weight_in.size(2), g.kernel_width = weight_in.size(3);
  g.offset_groups = offset_groups;
  int64_t out_channels = weight_in.size(0);
  check(g.kernel_height > 0 && g.kernel_width > 0, "weight_h: ", g.kernel_height, " weight_w: ", g.kernel_width);
  check(stride_h > 0 && stride_w > 0, "stride_h: ", stride_h, " stride_w: ", stride_w);
  check(pad_h >= 0 && pad_w >= 0, "pad_h: ", pad_h, " pad_w: ", pad_w);
  check(dilation_h > 0 && dilation_w > 0, "dilation_h: ", dilation_h, " dilation_w: ", dilation_w);
  for (int64_t size : {stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w, groups, offset_groups, g.kernel_height, g.kernel_width})
    check(size < 1 << 30, "deform_conv2d: ", size, " is too large");
  check(g.kernel_height <= (1 << 30) / g.kernel_width, "deform_conv2d: a kernel of ", g.kernel_height, " x ", g.kernel_width, " is too large");
  g.stride[0] = stride_h, g.stride[1] = stride_w, g.pad[0] = pad_h, g.pad[1] = pad_w, g.dilation[0] = dilation_h, g.dilation[1] = dilation_w;
  expect(groups > 0 && weight_in.size(1) <= g.channels && weight_in.size(1) * groups == g.channels, "weight_c.size(1) * n_weight_grps == input_c.size(1)");
  expect(out_channels % groups == 0, "weight_c.size(0) % n_weight_grps == 0");
  check(offset_in.size(1) == offset_groups * 2 * g.taps(), "offset.shape[1] is not valid: got: ", offset_in.size(1),
        " expected: ", offset_groups * 2 * g.taps());
  check(offset_groups > 0, "deform_conv2d: the offset has no groups");
  expect(g.channels % offset_groups == 0, "input_c.size(1) % n_offset_grps == 0");
  g.out_height = out_size(g.height, pad_h, g.kernel_height, dilation_h, stride_h);
  g.out_width = out_size(g.width, pad_w, g.kernel_width, dilation_w, stride_w);
  check(offset_in.size(0) == g.batch, "invalid batch size of offset");
  check(offset_in.size(2) == g.out_height && offset_in.size(3) == g.out_width, "offset output dims: (", offset_in.size(2), ", ", offset_in.size(3),
        ") - computed output dims: (", g.out_height, ", ", g.out_width, ")");
  if (use_mask) {
    check(mask_in.size(1) == offset_groups * g.taps(), "mask.shape[1] is not valid: got: ", mask_in.size(1), " expected: ", offset_groups * g.taps());
    check(mask_in.size(0) == g.batch, "invalid batch size of mask");
    check(mask_in.size(2) == g.out_height && mask_in.size(3) == g.out_width, "mask output dims: (", mask_in.size(2), ", ", mask_in.size(3),
          ") - computed output dims: (", g.out_height, ", ", g.out_width, ")");
  }
  check(g.out_height > 0 && g.out_width > 0, "Calculated output size too small - out_h: ", g.out_height, " out_w: ", g.out_width);
  check(bias.numel() == out_channels, "shape '[1, ", out_channels, ", 1, 1]' is invalid for input of size ", bias.numel());
  DType dtype = input_in.dtype();
  if (dtype != DType::kFloat && dtype != DType::kDouble && dtype != DType::kHalf) fail_dtype("deformable_im2col", dtype);
  auto same_type = [&](const Tensor& t) {
    check(t.dtype() == dtype, "expected scalar type ", scalar_type_name(dtype), " but found ", scalar_type_name(t.dtype()));
  };
  same_type(offset_in);
  if (use_mask) same_type(mask_in);
  check(weight_in.dtype() == dtype, "mat1 and mat2 must have the same dtype, but got ", scalar_type_name(weight_in.dtype()), " and ", scalar_type_name(dtype));

  DType wide = dtype == DType::kDouble ? DType::kDouble : DType::kFloat;
  auto dense = [&](const Tensor& t) { return aten::contiguous(ctx, aten::to_dtype(ctx, t, wide)); };
  Tensor input = dense(input_in), offset = dense(offset_in), mask = use_mask ? dense(mask_in) : Tensor();
  int64_t points = g.points(), rows = g.channels * g.taps();
  Tensor weight = aten::reshape(ctx, weight_in, Dims{groups, out_channels / groups, weight_in.size(1) * g.taps()});
  Tensor out = make_tensor({g.batch, groups, out_channels / groups, points}, dtype), columns = make_tensor({rows, points}, wide);
  for (int64_t n = 0; n < g.batch; ++n) {
    ctx.spend(columns.numel() / 50 + 1);
    auto fill = [&](auto zero) {
      using T = decltype(zero);
      using E = StoredAs<T>;
      fill_columns<T>(ctx, g, input.data<E>() + n * g.channels * g.height * g.width, offset.data<E>() + n * offset_groups * 2 * g.taps() * points,
                      use_mask ? mask.data<E>() + n * offset_groups * g.taps() * points : nullptr, columns.mutable_data<E>());
    };
    if (dtype == DType::kDouble) fill(double());
    else if (dtype == DType::kFloat) fill(float());
    else fill(Stepped<Half>());
    Tensor own = aten::reshape(ctx, aten::to_dtype(ctx, columns, dtype), Dims{groups, rows / groups, points});
    aten::copy_(ctx, aten::select(ctx, out, 0, n), aten::bmm(ctx, weight, own));
  }
  out = aten::view(ctx, out, Dims{g.batch, out_channels, g.out_height, g.out_width});
  return aten::add(ctx, out, aten::reshape(ctx, bias, Dims{1, out_channels, 1, 1}));
}

constexpr OpDef kRows[] = {
    op("torchvision::deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt stride_w, SymInt pad_h, SymInt "
       "pad_w, SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask) -> Tensor",
       TAPER_OP(deform_conv2d), kPure),
};

}  // namespace
}  // namespace taper::impl::torchvision

namespace taper::impl {
std::span<const OpDef> deform_rows() { return torchvision::kRows; }
}  // namespace taper::impl
