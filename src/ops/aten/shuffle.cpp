// Moving pixels between space and channels: pixel and channel shuffles, sliding blocks (im2col) and their sum (col2im).
#include <algorithm>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

// A result of these sizes laid out as `like`: channels last where that is.
Tensor lay_out(Context& ctx, const Tensor& arranged, IntView sizes, const Tensor& like) {
  bool last = like.dim() == 4 && !like.is_contiguous() && like.is_contiguous(MemoryFormat::kChannelsLast);
  Tensor out = last ? make_tensor_strided(sizes, channels_last_strides(sizes), like.dtype()) : make_tensor(sizes, like.dtype());
  if (!last) return copy_(ctx, view(ctx, out, arranged.sizes()), arranged), out;
  return copy_(ctx, out, reshape(ctx, arranged, sizes));
}

Tensor pixel_shuffle(Context& ctx, const Tensor& self, int64_t factor) {
  check(self.dim() >= 3, "pixel_shuffle expects input to have at least 3 dimensions, but got input with ", self.dim(), " dimension(s)");
  check(factor > 0, "pixel_shuffle expects a positive upscale_factor, but got ", factor);
  int64_t square, c = self.size(-3), h = self.size(-2), w = self.size(-1), high, wide;
  check(!__builtin_mul_overflow(factor, factor, &square), "upscale factor is too large, (upscale_factor)^2 overflowed: upscale_factor=", factor);
  check(c % square == 0, "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=", c,
        " is not divisible by ", square);
  check(!__builtin_mul_overflow(h, factor, &high) && !__builtin_mul_overflow(w, factor, &wide), "pixel_shuffle: the result is too large");
  size_t lead = self.sizes().size() - 3;
  Dims split(self.sizes().data(), lead), order, sizes(self.sizes().data(), lead);
  for (size_t d = 0; d < lead; ++d) order.push_back(int64_t(d));
  for (int64_t s : {c / square, factor, factor, h, w}) split.push_back(s);
  auto n = int64_t(lead);
  for (int64_t d : {n, n + 3, n + 1, n + 4, n + 2}) order.push_back(d);
  for (int64_t s : {c / square, high, wide}) sizes.push_back(s);
  return lay_out(ctx, permute(ctx, reshape(ctx, self, split), order), sizes, self);
}

Tensor pixel_unshuffle(Context& ctx, const Tensor& self, int64_t factor) {
  check(self.dim() >= 3, "pixel_unshuffle expects input to have at least 3 dimensions, but got input with ", self.dim(), " dimension(s)");
  check(factor > 0, "pixel_unshuffle expects a positive downscale_factor, but got ", factor);
  int64_t c = self.size(-3), h = self.size(-2), w = self.size(-1), square, channels;
  check(h % factor == 0, "pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)=", h, " is not divisible by ", factor);
  check(w % factor == 0, "pixel_unshuffle expects width to be divisible by downscale_factor, but input.size(-1)=", w, " is not divisible by ", factor);
  check(!__builtin_mul_overflow(factor, factor, &square) && !__builtin_mul_overflow(c, square, &channels),
        "downscale factor is too large, (downscale_factor)^2 overflowed: downscale_factor=", factor);
  size_t lead = self.sizes().size() - 3;
  Dims split(self.sizes().data(), lead), order, sizes(self.sizes().data(), lead);
  for (size_t d = 0; d < lead; ++d) order.push_back(int64_t(d));
  for (int64_t s : {c, h / factor, factor, w / factor, factor}) split.push_back(s);
  auto n = int64_t(lead);
  for (int64_t d : {n, n + 2, n + 4, n + 1, n + 3}) order.push_back(d);
  for (int64_t s : {channels, h / factor, w / factor}) sizes.push_back(s);
  return lay_out(ctx, permute(ctx, reshape(ctx, self, split), order), sizes, self);
}

Tensor channel_shuffle(Context& ctx, const Tensor& self, int64_t groups) {
  check(self.dim() > 2, "channel_shuffle expects input with > 2 dims, but got input with sizes ", self.sizes());
  int64_t c = self.sizes()[1];
  check(groups > 0, "Number of groups to divide channels in must be positive. Value of groups:", groups);
  check(c % groups == 0, "Number of channels must be divisible by groups. Got ", c, " channels and ", groups, " groups.");
  Dims split{self.sizes()[0], groups, c / groups}, order{0, 2, 1};
  for (size_t d = 2; d < self.sizes().size(); ++d) {
    split.push_back(self.sizes()[d]);
    order.push_back(int64_t(d) + 1);
  }
  return lay_out(ctx, permute(ctx, reshape(ctx, self, split), order), self.sizes(), self);
}

// Sliding blocks over an image of `high` by `wide`.
struct Blocks {
  int64_t kernel[2], dilation[2], padding[2], stride[2], image[2], count[2];
};

void check_pair(IntView list, const char* name) {
  check(list.size() == 2 || list.size() == 1, "It is expected ", name, " equals to 2, but got size ", list.size());
}

Blocks make_blocks(IntView kernel, IntView dilation, IntView padding, IntView stride) {
  Blocks b;
  check_pair(kernel, "kernel_size");
  check_pair(dilation, "dilation");
  check_pair(padding, "padding");
  check_pair(stride, "stride");
  for (size_t d = 0; d < 2; ++d) {
    b.kernel[d] = kernel[std::min(d, kernel.size() - 1)];
    b.dilation[d] = dilation[std::min(d, dilation.size() - 1)];
    b.padding[d] = padding[std::min(d, padding.size() - 1)];
    b.stride[d] = stride[std::min(d, stride.size() - 1)];
  }
  check(b.kernel[0] > 0 && b.kernel[1] > 0, "kernel size should be greater than zero, but got kernel_height: ", b.kernel[0], " kernel_width: ", b.kernel[1]);
  check(b.dilation[0] > 0 && b.dilation[1] > 0, "dilation should be greater than zero, but got dilation_height: ", b.dilation[0],
        " dilation_width: ", b.dilation[1]);
  check(b.padding[0] >= 0 && b.padding[1] >= 0, "padding should be non-negative, but got pad_height: ", b.padding[0], " pad_width: ", b.padding[1]);
  check(b.stride[0] > 0 && b.stride[1] > 0, "stride should be greater than zero, but got stride_height: ", b.stride[0], " stride_width: ", b.stride[1]);
  return b;
}

// How many blocks fit; overflow counts as none.
void count_blocks(Blocks& b) {
  for (size_t d = 0; d < 2; ++d) {
    int64_t reach, room;
    bool good = !__builtin_mul_overflow(b.dilation[d], b.kernel[d] - 1, &reach) && !__builtin_mul_overflow(b.padding[d], int64_t(2), &room) &&
                !__builtin_add_overflow(room, b.image[d], &room) && !__builtin_sub_overflow(room, reach, &room);
    check(good, "the sliding blocks are too large");
    b.count[d] = room >= 1 ? (room - 1) / b.stride[d] + 1 : (room - 1 - (b.stride[d] - 1)) / b.stride[d] + 1;
  }
}

// Calls fn(block row's first output offset, kernel row offset, image row or -1) for every row of blocks of one kernel element.
template <class Fn>
void for_block_rows(const Blocks& b, Fn&& fn) {
  for (int64_t ky = 0; ky < b.kernel[0]; ++ky)
    for (int64_t kx = 0; kx < b.kernel[1]; ++kx)
      for (int64_t y = 0; y < b.count[0]; ++y) {
        int64_t row = y * b.stride[0] - b.padding[0] + ky * b.dilation[0];
        int64_t at = ((ky * b.kernel[1] + kx) * b.count[0] + y) * b.count[1];
        fn(at, row >= 0 && row < b.image[0] ? row : int64_t(-1), kx * b.dilation[1] - b.padding[1]);
      }
}

Tensor im2col(Context& ctx, const Tensor& self, IntView kernel, IntView dilation, IntView padding, IntView stride) {
  Blocks b = make_blocks(kernel, dilation, padding, stride);
  int64_t dims = self.dim();
  bool valid = (dims == 3 || dims == 4) && self.size(-1) != 0 && self.size(-2) != 0 && self.size(-3) != 0;
  check(valid, "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: ", self.sizes());
  if (!self.is_floating() && !self.is_complex() && self.dtype() != DType::kBool) fail_dtype("im2col_out_cpu", self.dtype());
  b.image[0] = self.size(-2), b.image[1] = self.size(-1);
  count_blocks(b);
  check(b.count[0] >= 1 && b.count[1] >= 1, "Given input with spatial size (", b.image[0], ", ", b.image[1], "), kernel_size=(", b.kernel[0], ", ", b.kernel[1],
        "), dilation=(", b.dilation[0], ", ", b.dilation[1], "), padding=(", b.padding[0], ", ", b.padding[1],
        "), calculated shape of the array of sliding blocks as (", b.count[0], ", ", b.count[1], "), but its components must be at least one.");
  int64_t batch = dims == 4 ? self.sizes()[0] : 1, channels = self.size(-3);
  int64_t area = checked_numel(IntView(b.kernel, 2)), blocks = checked_numel(IntView(b.count, 2)), rows = checked_numel(Dims{channels, area});
  Tensor input = contiguous(ctx, self);
  Tensor out = dims == 4 ? make_tensor({batch, rows, blocks}, self.dtype()) : make_tensor({rows, blocks}, self.dtype());
  ctx.spend(out.numel() / 1000 + 1);
  visit_size(self.dtype(), [&](auto element) {
    using E = decltype(element);
    const E* from = static_cast<const E*>(input.data());
    E* to = static_cast<E*>(out.mutable_data());
    ctx.parallel_for(batch * channels, std::max<int64_t>(1, 16384 / (area * blocks)), [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        const E* image = from + c * b.image[0] * b.image[1];
        E* block = to + c * area * blocks;
        for_block_rows(b, [&](int64_t at, int64_t row, int64_t first) {
          for (int64_t x = 0; x < b.count[1]; ++x) {
            int64_t col = first + x * b.stride[1];
            block[at + x] = row >= 0 && col >= 0 && col < b.image[1] ? image[row * b.image[1] + col] : E(0);
          }
        });
      }
    });
  });
  return out;
}

Tensor col2im(Context& ctx, const Tensor& self, IntView output_size, IntView kernel, IntView dilation, IntView padding, IntView stride) {
  check_pair(output_size, "output_size");
  Blocks b = make_blocks(kernel, dilation, padding, stride);
  b.image[0] = output_size[0], b.image[1] = output_size[output_size.size() - 1];
  check(b.image[0] > 0 && b.image[1] > 0, "output size should be greater than zero, but got output_height: ", b.image[0], " output_width: ", b.image[1]);
  int64_t dims = self.dim();
  check((dims == 2 || dims == 3) && self.size(-1) != 0 && self.size(-2) != 0,
        "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: ", self.sizes());
  int64_t area = checked_numel(IntView(b.kernel, 2)), rows = self.size(-2), given = self.size(-1);
  check(rows % area == 0, "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=", rows,
        " and kernel_size=(", b.kernel[0], ", ", b.kernel[1], ").");
  count_blocks(b);
  int64_t blocks = b.count[0] > 0 && b.count[1] > 0 ? checked_numel(IntView(b.count, 2)) : b.count[0] * b.count[1];
  check(b.count[0] >= 1 && b.count[1] >= 1 && blocks == given, "Given output_size=(", b.image[0], ", ", b.image[1], "), kernel_size=(", b.kernel[0], ", ",
        b.kernel[1], "), dilation=(", b.dilation[0], ", ", b.dilation[1], "), padding=(", b.padding[0], ", ", b.padding[1], "), stride=(", b.stride[0], ", ",
        b.stride[1], "), expected size of input's dimension 2 to match the calculated number of sliding blocks ", b.count[0], " * ", b.count[1], " = ", blocks,
        ", but got input.size(2)=", given, ".");
  int64_t batch = dims == 3 ? self.sizes()[0] : 1, channels = rows / area;
  Tensor input = contiguous(ctx, self);
  Tensor out =
      dims == 3 ? zeros(ctx, Dims{batch, channels, b.image[0], b.image[1]}, self.dtype()) : zeros(ctx, Dims{channels, b.image[0], b.image[1]}, self.dtype());
  ctx.spend(self.numel() / 1000 + 1);
  auto add_blocks = [&](auto zero) {
    using T = decltype(zero);
    const T* from = input.data<T>();
    T* to = out.mutable_data<T>();
    ctx.parallel_for(batch * channels, std::max<int64_t>(1, 16384 / (area * blocks)), [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        T* image = to + c * b.image[0] * b.image[1];
        const T* block = from + c * area * blocks;
        for_block_rows(b, [&](int64_t at, int64_t row, int64_t first) {
          if (row < 0) return;
          for (int64_t x = 0; x < b.count[1]; ++x) {
            int64_t col = first + x * b.stride[1];
            if (col >= 0 && col < b.image[1]) image[row * b.image[1] + col] = T(image[row * b.image[1] + col] + block[at + x]);
          }
        });
      }
    });
  };
  if (self.is_complex()) visit_complex(self.dtype(), "col2im_out_cpu", add_blocks);
  else if (self.dtype() == DType::kBool) add_blocks(bool());
  else visit_floating(self.dtype(), "col2im_out_cpu", add_blocks);
  return out;
}

constexpr OpDef kRows[] = {
    op("aten::pixel_shuffle(Tensor self, int upscale_factor) -> Tensor", TAPER_OP(pixel_shuffle), kPure),
    op_out("aten::pixel_shuffle.out(Tensor self, int upscale_factor, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(pixel_shuffle)),
    op("aten::pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor", TAPER_OP(pixel_unshuffle), kPure),
    op_out("aten::pixel_unshuffle.out(Tensor self, int downscale_factor, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(pixel_unshuffle)),
    op("aten::channel_shuffle(Tensor self, SymInt groups) -> Tensor", TAPER_OP(channel_shuffle), kPure),
    op_out("aten::channel_shuffle.out(Tensor self, SymInt groups, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(channel_shuffle)),
    op("aten::native_channel_shuffle(Tensor self, SymInt groups) -> Tensor", TAPER_OP(channel_shuffle), kPure),
    op("aten::im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor", TAPER_OP(im2col), kPure),
    op_out("aten::im2col.out(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(im2col)),
    op("aten::col2im(Tensor self, SymInt[2] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor", TAPER_OP(col2im),
       kPure),
    op_out("aten::col2im.out(Tensor self, SymInt[2] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride, *, Tensor(a!) out) -> "
           "Tensor(a!)",
           TAPER_OP(col2im)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> shuffle_rows() { return aten::kRows; }
}  // namespace taper::impl
