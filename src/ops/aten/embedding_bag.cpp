// Bags of embeddings: rows of a table, summed, averaged or maximized over runs of an index list; and renormalization of
// the rows that a lookup is about to read.
#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"
#include "ops/type_promotion.h"

namespace taper::impl::aten {
namespace {

enum BagMode : int64_t { kSum = 0, kMean = 1, kMax = 2 };
using Four = std::tuple<Tensor, Tensor, Tensor, Tensor>;

constexpr const char* kImprove = "  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)";

std::string type_text(const Tensor& t) {
  return t.is_complex() ? cat("CPU", scalar_type_name(t.dtype()), "Type") : cat("torch.", scalar_type_name(t.dtype()), "Tensor");
}
bool is_index(const Tensor& t) { return t.dtype() == DType::kLong || t.dtype() == DType::kInt; }
void check_index(const Tensor& t, const char* name, const char* where) {
  check(is_index(t), "Expected tensor for argument #1 '", name, "' to have one of the following scalar types: Long, Int; but got ", type_text(t),
        " instead (while checking arguments for ", where, ")");
}

// One call's arguments: indices and offsets as dense int64.
struct Bags {
  Tensor weight, indices, offsets, scale;
  int64_t mode, padding, bags, width, rows;
  bool last_offset;
  const int64_t* index;
  const int64_t* offset;
  int64_t count() const { return indices.numel(); }

  // PyTorch sums such tables bag by bag in float; others index by index in the table's own dtype. The two differ in where
  // a last offset ends its bag.
  bool by_bag() const {
    return mode != kMax && padding < 0 && weight.dtype() != DType::kDouble && (weight.stride(1) == 1) && (!scale.defined() || scale.stride(0) == 1);
  }
};

int64_t checked_row(const Bags& b, int64_t at) {
  int64_t row = b.index[at];
  if (row >= 0 && row < b.rows) return row;
  if (!b.by_bag()) fail_runtime("embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be ", row);
  check(row >= 0, "Index ", at, " of input takes value ", row, " which is not in the valid range [0, ", b.rows, ")");
  fail_runtime("Expected i < index_size to be true, but got false.", kImprove);
}

Bags checked(Context& ctx, const Tensor& weight, const Tensor& indices, const Tensor& offsets, int64_t mode, const MaybeTensor& scale, bool last_offset,
             int64_t padding) {
  check(indices.dim() == 1 || indices.dim() == 2, "input has to be a 1D or 2D Tensor, but got Tensor of dimension ", indices.dim());
  check(offsets.dim() == 1, "offsets has to be a 1D Tensor, but got Tensor of dimension ", offsets.dim());
  check(weight.dim() == 2, "weight has to be a 2D Tensor, but got Tensor of dimension ", weight.dim());
  check_index(indices, "indices", "embedding_bag");
  check_index(offsets, "offsets", "embedding_bag");
  check(is_floating(weight.dtype()) && weight.dtype() <= DType::kBFloat16,
        "Expected tensor for argument #1 'weight' to have one of the following scalar types: Half, BFloat16, Float, Double; but got ", type_text(weight),
        " instead (while checking arguments for embedding_bag)");
  Bags b{weight,
         contiguous(ctx, to_dtype(ctx, indices, DType::kLong)),
         contiguous(ctx, to_dtype(ctx, offsets, DType::kLong)),
         scale.or_undefined(),
         mode,
         padding,
         offsets.size(0),
         weight.size(1),
         weight.size(0),
         last_offset,
         nullptr,
         nullptr};
  b.index = b.indices.data<int64_t>();
  b.offset = b.offsets.data<int64_t>();
  if (b.bags > 0) {
    check(b.offset[0] == 0, "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got ", b.offset[0]);
    check(b.offset[b.bags - 1] <= indices.size(0), "offsets[-1] can not be greater than input's length ", indices.size(0), " but got offsets[-1] of ",
          b.offset[b.bags - 1]);
  }
  check(mode >= kSum && mode <= kMax, "`mode` must be sum, mean, or max.");
  if (scale) {
    check(mode == kSum, "embedding_bag: per_sample_weights only supported with mode='sum'");
    check(scale->dtype() == weight.dtype(),
          "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 "
          "'per_sample_weights'; but type ",
          type_text(weight), " does not equal ", type_text(*scale), " (while checking arguments for embedding_bag)");
    check(scale->dim() == 1, "Expected per_sample_weights.value().dim() == 1 to be true, but got false.", kImprove);
    check(scale->numel() == indices.numel(), "Expected per_sample_weights.value().numel() == indices.numel() to be true, but got false.", kImprove);
  }
  if (last_offset) {
    check(b.bags >= 1, "include_last_offset: number of offset should be at least 1");
    --b.bags;
  }
  for (int64_t i = 0; i < b.offsets.numel(); ++i)
    check(b.offset[i] >= 0 && b.offset[i] <= b.count(), "Expected i < index_size to be true, but got false.", kImprove);
  ctx.spend((b.count() + b.bags) * std::max<int64_t>(1, b.width) / 100 + 1);
  return b;
}

// The bag of each index: as many as there are offsets up to it, less one.
Vec<int64_t> bag_of_each(const Bags& b) {
  Vec<int64_t> bag(size_t(b.count()) + 1, 0);
  for (int64_t i = 0; i < b.bags; ++i) ++bag[size_t(b.offset[i])];
  int64_t sum = -1;
  for (int64_t& x : bag) x = sum += x;
  return bag;
}
Vec<int64_t> sizes_of_bags(const Bags& b) {
  Vec<int64_t> sizes(static_cast<size_t>(b.bags));
  for (int64_t i = 0; i < b.bags; ++i) sizes[size_t(i)] = (i + 1 < b.bags ? b.offset[i + 1] : b.count()) - b.offset[i];
  return sizes;
}

template <class T>
constexpr bool kHalved = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
template <class T>
using Sum = std::conditional_t<kHalved<T>, float, T>;

template <class T>
void sum_by_bag(const Bags& b, T* out) {
  using A = Sum<T>;
  const T* table = b.weight.data<T>();
  const T* scale = b.scale.defined() ? b.scale.data<T>() : nullptr;
  Vec<A> total(static_cast<size_t>(b.width));
  for (int64_t bag = 0; bag < b.bags; ++bag, out += b.width) {
    std::fill(total.begin(), total.end(), A(0));
    int64_t end = b.last_offset || bag + 1 < b.bags ? b.offset[bag + 1] : b.count();
    check(b.offset[bag] <= end, "Expected i < index_size to be true, but got false.", kImprove);
    for (int64_t i = b.offset[bag]; i < end; ++i) {
      const T* row = table + checked_row(b, i) * b.weight.stride(0);
      A factor = scale ? A(scale[i]) : A(1);
      for (int64_t d = 0; d < b.width; ++d) total[size_t(d)] += factor * A(row[d]);
    }
    for (int64_t d = 0; d < b.width; ++d) out[d] = T(total[size_t(d)]);
  }
}

template <class T>
void sum_by_index(const Bags& b, T* out, const Vec<int64_t>& bag, Vec<int64_t>& sizes) {
  using A = Sum<T>;
  const T* table = b.weight.data<T>();
  const T* scale = b.scale.defined() ? b.scale.data<T>() : nullptr;
  Vec<A> total(static_cast<size_t>(b.bags * b.width), A(0));
  for (int64_t i = 0; i < b.count(); ++i) {
    int64_t row = checked_row(b, i), to = bag[size_t(i)];
    if (row == b.padding) {
      --sizes[size_t(to)];
      continue;
    }
    A factor = scale ? A(scale[i * b.scale.stride(0)]) : A(1);
    for (int64_t d = 0; d < b.width; ++d) total[size_t(to * b.width + d)] += A(table[row * b.weight.stride(0) + d * b.weight.stride(1)]) * factor;
  }
  for (A x : total) *out++ = T(x);
}

template <class T>
void max_by_index(const Bags& b, T* out, int64_t* places, const Vec<int64_t>& bag, Vec<int64_t>& sizes) {
  const T* table = b.weight.data<T>();
  Vec<uint8_t> filled(static_cast<size_t>(b.bags), 0);
  for (int64_t i = 0; i < b.count(); ++i) {
    int64_t row = checked_row(b, i), to = bag[size_t(i)];
    if (row == b.padding) {
      --sizes[size_t(to)];
      continue;
    }
    for (int64_t d = 0; d < b.width; ++d) {
      T x = table[row * b.weight.stride(0) + d * b.weight.stride(1)];
      T& best = out[to * b.width + d];
      if (filled[size_t(to)] && !(x > best)) continue;
      best = x;
      places[to * b.width + d] = row;
    }
    filled[size_t(to)] = 1;
  }
}

template <class T>
void mean_of_sums(const Bags& b, T* out, const Vec<int64_t>& sizes) {
  using A = Sum<T>;
  for (int64_t bag = 0; bag < b.bags; ++bag)
    for (int64_t d = 0; d < b.width; ++d, ++out) *out = T(A(*out) / A(T(A(std::max<int64_t>(1, sizes[size_t(bag)])))));
}

Tensor int_tensor(Context& ctx, IntView sizes, const int64_t* values, DType dtype) {
  Tensor out = make_tensor(sizes, DType::kLong);
  std::copy_n(values, out.numel(), out.mutable_data<int64_t>());
  return to_dtype(ctx, out, dtype);
}

// The result, the bag of each index (where it was needed), the bags' sizes, and where the maxima came from. In sum mode
// the last two have no meaning.
Four run(Context& ctx, const Bags& b, DType dtype, bool all_offsets) {
  Tensor out = zeros(ctx, Dims{b.bags, b.width}, b.weight.dtype());
  Vec<int64_t> bag, sizes = sizes_of_bags(b);
  bool by_index = b.mode != kSum || !b.by_bag();
  if (by_index) bag = bag_of_each(b);
  if (b.bags == 0 && !b.by_bag()) check(b.count() == 0, "index out of range in self");
  Tensor places = zeros(ctx, Dims{b.mode == kMax ? b.bags * b.width : 0}, DType::kLong);
  visit_floating(b.weight.dtype(), "embedding_bag", [&](auto zero) {
    using T = decltype(zero);
    T* to = out.mutable_data<T>();
    if (b.mode == kMax) max_by_index(b, to, places.mutable_data<int64_t>(), bag, sizes);
    else if (b.by_bag()) sum_by_bag(b, to);
    else sum_by_index(b, to, bag, sizes);
    if (b.mode == kMean) mean_of_sums(b, to, sizes);
  });
  Tensor each = by_index ? int_tensor(ctx, Dims{b.count()}, bag.data(), dtype) : make_tensor({0}, dtype);
  if (b.mode == kSum) {
    Tensor unused = zeros(ctx, Dims{all_offsets ? b.offsets.numel() : b.bags}, dtype);
    return {out, each, unused, clone(ctx, unused)};
  }
  Tensor counts = int_tensor(ctx, Dims{b.bags}, sizes.data(), dtype);
  if (b.mode == kMean) return {out, each, counts, clone(ctx, counts)};
  return {out, each, counts, int_tensor(ctx, Dims{b.bags, b.width}, places.data<int64_t>(), dtype)};
}

DType common_index(const Tensor& indices, const Tensor& offsets) { return indices.dtype() == offsets.dtype() ? indices.dtype() : DType::kLong; }

template <bool ForwardOnly>
Four embedding_bag_raw(Context& ctx, const Tensor& weight, const Tensor& indices, const Tensor& offsets, bool, int64_t mode, bool, const MaybeTensor& scale,
                       bool last_offset, int64_t padding) {
  Bags b = checked(ctx, weight, indices, offsets, mode, scale, last_offset, padding);
  return run(ctx, b, common_index(indices, offsets), ForwardOnly);
}

Four embedding_bag_padded(Context& ctx, const Tensor& weight, const Tensor& indices, const Tensor& offsets, bool, int64_t mode, bool, const MaybeTensor& scale,
                          bool last_offset, std::optional<int64_t> padding) {
  int64_t rows = weight.dim() > 0 ? weight.size(0) : 0, skipped = padding.value_or(-1);
  if (padding) {
    check(skipped >= -rows && skipped < rows, "padding_idx must be within the number of embeddings, -", rows, " through ", rows - 1, ", but got ", skipped);
    if (skipped < 0) skipped += rows;
  }
  return embedding_bag_raw<true>(ctx, weight, indices, offsets, false, mode, false, scale, last_offset, skipped);
}

Four embedding_bag(Context& ctx, const Tensor& weight, const Tensor& indices, const Tensor& offsets, bool, int64_t mode, bool, const MaybeTensor& scale,
                   bool last_offset) {
  return embedding_bag_raw<true>(ctx, weight, indices, offsets, false, mode, false, scale, last_offset, -1);
}

Tensor embedding_renorm_(Context& ctx, const Tensor& self, const Tensor& indices, double max_norm, double norm_type) {
  check(self.dim() == 2, "Expected 2-dimensional tensor, but got ", self.dim(),
        "-dimensional tensor for argument #1 'self' (while checking arguments for "
        "embedding_renorm_)");
  check_index(indices, "indices", "embedding_renorm_");
  Tensor flat = contiguous(ctx, to_dtype(ctx, indices, DType::kLong));
  Vec<int64_t> rows(flat.data<int64_t>(), flat.data<int64_t>() + flat.numel());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  for (int64_t row : rows) {
    Tensor at = select(ctx, self, 0, row);
    double norm = item(vector_norm(ctx, at, norm_type, std::nullopt, false)).to_double();
    ctx.spend(self.size(1) / 100 + 1);
    if (norm > max_norm) copy_(ctx, at, mul(ctx, at, wrapped_number(ctx, Scalar(max_norm / (norm + 1e-7)))));
  }
  return self;
}
Tensor embedding_renorm(Context& ctx, const Tensor& self, const Tensor& indices, double max_norm, double norm_type) {
  return embedding_renorm_(ctx, clone(ctx, self), indices, max_norm, norm_type);
}

#define BAG_ARGUMENTS                                                                                                     \
  "Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? " \
  "per_sample_weights=None, bool include_last_offset=False"
#define BAG_OUT \
  ", int padding_idx=-1, *, Tensor(a!) out0, Tensor(b!) out1, Tensor(c!) out2, Tensor(d!) out3) -> (Tensor(a!), Tensor(b!), Tensor(c!), Tensor(d!))"

constexpr OpDef kRows[] = {
    op("aten::embedding_bag(" BAG_ARGUMENTS ") -> (Tensor, Tensor, Tensor, Tensor)", TAPER_OP(embedding_bag), kPure),
    op("aten::embedding_bag.padding_idx(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int mode, bool sparse, Tensor? "
       "per_sample_weights, bool include_last_offset, int? padding_idx) -> (Tensor, Tensor, Tensor, Tensor)",
       TAPER_OP(embedding_bag_padded), kPure),
    op("aten::_embedding_bag(" BAG_ARGUMENTS ", int padding_idx=-1) -> (Tensor, Tensor, Tensor, Tensor)", TAPER_OP(embedding_bag_raw<false>), kPure),
    op_out<4>("aten::_embedding_bag.out(" BAG_ARGUMENTS BAG_OUT, TAPER_OP(embedding_bag_raw<false>), kExactOut),
    op("aten::_embedding_bag_forward_only(" BAG_ARGUMENTS ", int padding_idx=-1) -> (Tensor, Tensor, Tensor, Tensor)", TAPER_OP(embedding_bag_raw<true>),
       kPure),
    op_out<4>("aten::_embedding_bag_forward_only.out(" BAG_ARGUMENTS BAG_OUT, TAPER_OP(embedding_bag_raw<true>), kExactOut),
    op("aten::embedding_renorm(Tensor self, Tensor indices, float max_norm, float norm_type) -> Tensor", TAPER_OP(embedding_renorm), kPure),
    op_out("aten::embedding_renorm.out(Tensor self, Tensor indices, float max_norm, float norm_type, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(embedding_renorm), kExactOut),
    op("aten::embedding_renorm_(Tensor(a!) self, Tensor indices, float max_norm, float norm_type) -> Tensor(a!)", TAPER_OP(embedding_renorm_)),
    op("aten::_no_grad_embedding_renorm_(Tensor weight, Tensor input, float max_norm, float norm_type) -> Tensor", TAPER_OP(embedding_renorm_), kSideEffect),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> embedding_bag_rows() { return aten::kRows; }
}  // namespace taper::impl
