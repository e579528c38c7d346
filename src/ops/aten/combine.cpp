// Choosing from and laying together: combinations, products of sets, padded batches, and indexing that a mask guards.
#include <algorithm>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/index.h"
#include "ops/aten/join.h"
#include "ops/aten/pad.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

using OptInt = std::optional<int64_t>;
using OptDevice = std::optional<Device>;

// How many ways there are to choose r of n in order of position; repetitions count as choosing from more.
int64_t choices(int64_t n, int64_t r, bool repeated) {
  if (repeated && n > 0 && __builtin_add_overflow(n, r - 1, &n)) return INT64_MAX;
  if (r > n) return 0;
  __int128 count = 1;
  r = std::min(r, n - r);
  for (int64_t i = 1; i <= r; ++i) {
    count = count * (n - r + i) / i;
    if (count > INT64_MAX / 2) return INT64_MAX;
  }
  return int64_t(count);
}

Tensor combinations(Context& ctx, const Tensor& self, int64_t r, bool repeated) {
  check(self.dim() == 1, "Expect a 1D vector, but got shape ", self.sizes());
  check(r >= 0, "Expect a non-negative number, but got ", r);
  if (r == 0) return make_tensor({0}, self.dtype());
  int64_t n = self.numel(), count = choices(n, r, repeated), total = 0;
  check(count < INT64_MAX && !__builtin_mul_overflow(count, r, &total) && r < (int64_t(1) << 31), "combinations: there are too many combinations of ", r,
        " out of ", n, " elements");
  ctx.spend(total / 50 + 1);
  Tensor places = make_tensor({total}, DType::kLong);
  auto* to = places.mutable_data<int64_t>();
  Vec<int64_t> now(static_cast<size_t>(total > 0 ? r : 0));
  for (size_t i = 0; i < now.size(); ++i) now[i] = repeated ? 0 : int64_t(i);
  for (int64_t c = 0; c < count; ++c) {
    to = std::copy(now.begin(), now.end(), to);
    // The last position that can still move on, and all after it as low as they may be.
    int64_t i = r - 1;
    while (i >= 0 && now[size_t(i)] == (repeated ? n - 1 : n - r + i)) --i;
    if (i < 0) break;
    ++now[size_t(i)];
    for (int64_t k = i + 1; k < r; ++k) now[size_t(k)] = now[size_t(k - 1)] + !repeated;
  }
  return view(ctx, index_select(ctx, self, 0, places), Dims{count, r});
}

Tensor cartesian_prod(Context& ctx, Tensors tensors) {
  Dims sizes;
  for (size_t i = 0; i < tensors.size(); ++i) {
    check(tensors[i].dim() == 1, "Expect a 1D vector, but got shape ", tensors[i].sizes());
    sizes.push_back(tensors[i].size(0));
  }
  if (tensors.size() == 1) return clone(ctx, tensors[0]);
  check(!tensors.empty(), "meshgrid expects a non-empty TensorList");
  Vec<Value> columns;
  for (size_t i = 0; i < tensors.size(); ++i) {
    check(tensors[i].dtype() == tensors[0].dtype(), "meshgrid expects all tensors to have the same dtype");
    Dims shape(sizes.size(), 1);
    shape[i] = sizes[i];
    columns.emplace_back(reshape(ctx, expand(ctx, reshape(ctx, tensors[i], shape), sizes), Dims{checked_numel(sizes)}));
  }
  return stack(ctx, Tensors(std::span<const Value>(columns)), 1);
}

Tensor pad_sequence(Context& ctx, Tensors sequences, bool batch_first, double value, std::string_view side) {
  check(!sequences.empty(), "received an empty list of sequences");
  check(side == "left" || side == "right", "Expected padding_side to be one of left or right, but got ", side, ".");
  const Tensor& model = sequences[0];
  int64_t longest = 0, count = int64_t(sequences.size());
  for (size_t i = 0; i < sequences.size(); ++i) {
    check(sequences[i].dim() > 0, "ArrayRef: invalid slice, N = 1; size = 0");
    longest = std::max(longest, sequences[i].size(0));
  }
  Dims sizes(model.sizes());
  sizes[0] = batch_first ? count : longest;
  sizes.insert(1, batch_first ? longest : count);
  Tensor out = full(ctx, sizes, Scalar(value), model.dtype());
  for (int64_t i = 0; i < count; ++i) {
    const Tensor& one = sequences[size_t(i)];
    int64_t length = one.size(0);
    Tensor place = narrow(ctx, select(ctx, out, batch_first ? 0 : 1, i), 0, side == "left" ? longest - length : 0, length);
    copy_(ctx, place, one);
  }
  return out;
}

// Each tensor in num_chunks pieces along the dimension, padded with zeros, piece by piece beside the other tensors'.
Tensor chunk_cat(Context& ctx, Tensors tensors, int64_t dim_in, int64_t chunks) {
  check(chunks >= 1, "_chunk_cat expects positive num_chunks");
  check(!tensors.empty(), "_chunk_cat expects a non-empty input tensor list");
  const Tensor& first = tensors[0];
  bool alike = true, deep = true;
  for (size_t i = 0; i < tensors.size(); ++i) {
    check(tensors[i].numel() > 0, "_chunk_cat expects non-empty tensor");
    check(tensors[i].dtype() == first.dtype(), "_chunk_cat expects all input tensors with the same dtype");
    alike = alike && tensors[i].dim() == first.dim();
    deep = deep && tensors[i].dim() > dim_in;
  }
  check(alike || dim_in >= 0, "_chunk_cat expects non-negative dim when input tensors have different ndims");
  check(alike || deep, "_chunk_cat expects dim < ndim for all input tensors");
  check(first.dim() > 0, "_chunk_cat expects dim < ndim for all input tensors");
  int64_t dim = wrap_dim(dim_in, first.dim());
  Vec<Value> parts;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& t = tensors[i];
    check(same(t.sizes().first(size_t(dim)), first.sizes().first(size_t(dim))), "_chunk_cat expects same sizes of 0,...,dim-1 dimensions for all tensors");
    int64_t size = t.size(dim), piece = (size - 1) / chunks + 1, padded = 0;
    check(!__builtin_mul_overflow(piece, chunks, &padded), "_chunk_cat: too many chunks");
    Dims amounts(size_t(2 * (t.dim() - dim)), 0);
    amounts.back() = padded - size;
    Dims shape(t.sizes().first(size_t(dim)));
    shape.push_back(chunks);
    shape.push_back(-1);
    parts.emplace_back(reshape(ctx, padded == size ? t : constant_pad(ctx, t, amounts, Scalar(0)), shape));
  }
  return cat(ctx, Tensors(std::span<const Value>(parts)), dim + 1);
}

// Indices that stay inside whatever they say: what the mask hides may be anything.
Vec<Value> clamped(Context& ctx, const Tensor& self, MaybeTensors indices) {
  Vec<Value> out;
  check(int64_t(indices.size()) <= self.dim(), "too many indices for tensor of dimension ", self.dim());
  for (size_t d = 0; d < indices.size(); ++d) {
    MaybeTensor index = indices[d];
    if (!index) {
      out.emplace_back();
      continue;
    }
    check(index->dtype() == DType::kLong || index->dtype() == DType::kInt, "_unsafe_masked_index found unexpected index type ",
          scalar_type_name(index->dtype()));
    Tensor inside = clone(ctx, to_dtype(ctx, *index, DType::kLong), MemoryFormat::kContiguous);
    int64_t size = self.size(int64_t(d));
    for (int64_t& i : std::span(inside.mutable_data<int64_t>(), size_t(inside.numel()))) i = std::clamp(i, -size, std::max<int64_t>(-size, size - 1));
    out.emplace_back(inside);
  }
  return out;
}
Tensor where_mask(Context& ctx, const Tensor& mask, const Tensor& values, const Scalar& otherwise) {
  return where(ctx, to_dtype(ctx, mask, DType::kBool), values, full(ctx, {}, otherwise, values.dtype()));
}
Tensor unsafe_masked_index(Context& ctx, const Tensor& self, const Tensor& mask, MaybeTensors indices, const Scalar& fill) {
  Vec<Value> inside = clamped(ctx, self, indices);
  Tensor picked = index(ctx, self, MaybeTensors(std::span<const Value>(inside)));
  Tensor out = where_mask(ctx, mask, picked, fill);
  check(same(out.sizes(), picked.sizes()), "output with shape ", picked.sizes(), " doesn't match the broadcast shape ", out.sizes());
  return out;
}
Tensor unsafe_masked_index_put_accumulate(Context& ctx, const Tensor& self, const Tensor& mask, MaybeTensors indices, const Tensor& values) {
  Tensor out = clone(ctx, self);
  if (self.numel() == 0) return out;
  Vec<Value> inside = clamped(ctx, self, indices);
  return index_put_(ctx, out, MaybeTensors(std::span<const Value>(inside)), where_mask(ctx, mask, values, Scalar(0)), true);
}

Tensor nonzero_static(Context& ctx, const Tensor& self, int64_t size, int64_t fill) {
  check(size >= 0, "nonzero_static: 'size' must be an non-negative integer");
  Tensor found = nonzero(ctx, self), out = full(ctx, Dims{size, self.dim()}, Scalar(fill), DType::kLong);
  int64_t count = std::min(size, found.size(0));
  copy_(ctx, narrow(ctx, out, 0, 0, count), narrow(ctx, found, 0, 0, count));
  return out;
}
Tensor nonzero_static_out(Context& ctx, const Tensor& self, int64_t size, int64_t fill, const Tensor& out) {
  check(out.dtype() == DType::kLong, "nonzero_static: Expected out tensor to have scalar type Long but got scalar type", scalar_type_name(out.dtype()));
  Tensor result = nonzero_static(ctx, self, size, fill);
  resize_tensor(out, result.sizes());
  return copy_(ctx, out, result);
}

Tensor chalf(Context& ctx, const Tensor& self, OptInt format) {
  Tensor out = to_dtype(ctx, self, DType::kComplexHalf);
  MemoryFormat wanted = memory_format(format);
  return wanted == MemoryFormat::kPreserve ? out : clone(ctx, out, wanted);
}

// Strides of a dense tensor whose dimensions lie in memory in the given order, outermost first.
Dims permuted_strides(IntView size, IntView layout) {
  check(size.size() == layout.size(), "Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = ", size.size(),
        " is not equal to len(physical_layout) = ", layout.size());
  SmallVec<bool, 8> seen(size.size(), false);
  for (size_t i = 0; i < layout.size(); ++i) {
    check(layout[i] >= 0 && layout[i] < int64_t(size.size()), "Dimension out of range (expected to be between 0 and ", int64_t(size.size()) - 1, ", but got ",
          layout[i], " at index ", i, ").  NB: negative dims not currently supported; file an issue if you want it.");
    check(!seen[size_t(layout[i])], "Duplicate dim not allowed");
    seen[size_t(layout[i])] = true;
  }
  checked_numel(size);
  Dims strides(size.size());
  int64_t step = 1;
  for (size_t i = layout.size(); i-- > 0;) {
    strides[size_t(layout[i])] = step;
    check(!__builtin_mul_overflow(step, std::max<int64_t>(1, size[size_t(layout[i])]), &step), "empty_permuted: the sizes ", size, " are too large");
  }
  return strides;
}
Tensor empty_permuted(Context& ctx, IntView size, IntView layout, std::optional<DType> dtype, OptInt kind, OptDevice device, std::optional<bool>) {
  check_factory(ctx, kind, device);
  return make_tensor_strided(size, permuted_strides(size, layout), dtype.value_or(ctx.default_dtype));
}
Tensor empty_permuted_out(Context&, IntView size, IntView layout, const Tensor& out) {
  Dims strides = permuted_strides(size, layout);
  resize_tensor(out, size);
  set_sizes(out, Dims(size), strides, out.offset());
  return out;
}

constexpr OpDef kRows[] = {
    op("aten::combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor", TAPER_OP(combinations), kPure),
    op("aten::cartesian_prod(Tensor[] tensors) -> Tensor", TAPER_OP(cartesian_prod), kPure),
    op("aten::pad_sequence(Tensor[] sequences, bool batch_first=False, float padding_value=0., str padding_side=\"right\") -> Tensor", TAPER_OP(pad_sequence),
       kPure),
    op("aten::_chunk_cat(Tensor[] tensors, int dim, int num_chunks) -> Tensor", TAPER_OP(chunk_cat), kPure),
    op_out("aten::_chunk_cat.out(Tensor[] tensors, int dim, int num_chunks, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chunk_cat), kExactOut),
    op("aten::_unsafe_masked_index(Tensor self, Tensor mask, Tensor?[] indices, Scalar fill) -> Tensor", TAPER_OP(unsafe_masked_index), kPure),
    op("aten::_unsafe_masked_index_put_accumulate(Tensor self, Tensor mask, Tensor?[] indices, Tensor values) -> Tensor",
       TAPER_OP(unsafe_masked_index_put_accumulate), kPure),
    op("aten::nonzero_static(Tensor self, *, SymInt size, int fill_value=-1) -> Tensor", TAPER_OP(nonzero_static), kPure),
    op("aten::nonzero_static.out(Tensor self, *, SymInt size, int fill_value=-1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(nonzero_static_out)),
    op("aten::chalf(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", TAPER_OP(chalf)),
    op("aten::empty_permuted(SymInt[] size, int[] physical_layout, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
       "pin_memory=None) -> Tensor",
       TAPER_OP(empty_permuted)),
    op("aten::empty_permuted.out(SymInt[] size, int[] physical_layout, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(empty_permuted_out)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> combine_rows() { return aten::kRows; }
}  // namespace taper::impl
