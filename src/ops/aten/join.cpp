#include "ops/aten/join.h"

#include <algorithm>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/index.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"
#include "ops/type_promotion.h"
#include "ops/walk.h"

namespace taper::impl::aten {
namespace {

// A list value for functions that take Tensors.
struct TensorArray {
  Vec<Value> values;
  void push(Tensor t) { values.emplace_back(std::move(t)); }
  operator Tensors() const { return Tensors(std::span<const Value>(values.data(), values.size())); }
};

DType common_dtype(const Context& ctx, Tensors tensors) {
  SmallVec<const Tensor*, 16> list;
  for (size_t i = 0; i < tensors.size(); ++i) list.push_back(&tensors[i]);
  return result_type(ctx, std::span<const Tensor* const>(list.data(), list.size()));
}

// Legacy: an empty 1-d tensor joins anything.
bool skipped(const Tensor& t) { return t.dim() == 1 && t.numel() == 0; }

}  // namespace

Tensor cat(Context& ctx, Tensors tensors, int64_t dim_in) {
  check(!tensors.empty(), "torch.cat(): expected a non-empty list of Tensors");
  const Tensor* model = nullptr;
  for (size_t i = 0; i < tensors.size(); ++i) {
    check(tensors[i].dim() > 0, "zero-dimensional tensor (at position ", i, ") cannot be concatenated");
    if (!skipped(tensors[i]) && !model) model = &tensors[i];
  }
  DType dtype = common_dtype(ctx, tensors);
  if (!model) {
    wrap_dim(dim_in, 1);
    return make_tensor({0}, dtype);
  }
  auto dim = size_t(wrap_dim(dim_in, model->dim()));
  Dims sizes(model->sizes());
  sizes[dim] = 0;
  bool channels_last = true;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& t = tensors[i];
    if (skipped(t)) continue;
    check(t.dim() == model->dim(), "Tensors must have same number of dimensions: got ", model->dim(), " and ", t.dim());
    for (size_t d = 0; d < sizes.size(); ++d)
      check(d == dim || t.sizes()[d] == sizes[d], "Sizes of tensors must match except in dimension ", dim, ". Expected size ", sizes[d], " but got size ",
            t.sizes()[d], " for tensor number ", i, " in the list.");
    check(!__builtin_add_overflow(sizes[dim], t.sizes()[dim], &sizes[dim]), "torch.cat(): the result is too large");
    channels_last = channels_last && t.dim() == 4 && !t.is_contiguous() && t.is_contiguous(MemoryFormat::kChannelsLast);
  }
  Tensor out = channels_last ? make_tensor_strided(sizes, channels_last_strides(sizes), dtype) : make_tensor(sizes, dtype);
  // Contiguous pieces of the result's dtype are copied as blocks.
  bool plain = !channels_last;
  for (size_t i = 0; i < tensors.size() && plain; ++i)
    plain = skipped(tensors[i]) || (tensors[i].dtype() == dtype && tensors[i].is_contiguous() && !tensors[i].is_conj() && !tensors[i].is_neg());
  if (plain) {
    size_t inner = item_size(dtype);
    int64_t outer = 1;
    for (size_t d = 0; d < dim; ++d) outer *= sizes[d];
    for (size_t d = dim + 1; d < sizes.size(); ++d) inner *= size_t(sizes[d]);
    char* data = static_cast<char*>(out.mutable_data());
    size_t row = inner * size_t(sizes[dim]), at = 0;
    for (size_t i = 0; i < tensors.size(); ++i) {
      if (skipped(tensors[i])) continue;
      size_t bytes = inner * size_t(tensors[i].sizes()[dim]);
      const char* source = static_cast<const char*>(tensors[i].data());
      for (int64_t o = 0; bytes > 0 && o < outer; ++o) std::copy_n(source + size_t(o) * bytes, bytes, data + size_t(o) * row + at);
      at += bytes;
    }
    return out;
  }
  int64_t at = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (skipped(tensors[i])) continue;
    int64_t length = tensors[i].sizes()[dim];
    copy_(ctx, slice(ctx, out, int64_t(dim), at, at + length, 1), tensors[i]);
    at += length;
  }
  return out;
}

Tensor stack(Context& ctx, Tensors tensors, int64_t dim_in) {
  check(!tensors.empty(), "stack expects a non-empty TensorList");
  int64_t dim = wrap_dim(dim_in, tensors[0].dim() + 1);
  TensorArray list;
  for (size_t i = 0; i < tensors.size(); ++i) {
    check(same(tensors[i].sizes(), tensors[0].sizes()), "stack expects each tensor to be equal size, but got ", tensors[0].sizes(), " at entry 0 and ",
          tensors[i].sizes(), " at entry ", i);
    list.push(unsqueeze(ctx, tensors[i], dim));
  }
  return aten::cat(ctx, list, dim);
}

Tensor flip(Context&, const Tensor& self, IntView dims) {
  SmallVec<bool, 8> flipped(std::max<size_t>(1, self.sizes().size()), false);
  for (int64_t d : dims) {
    auto at = size_t(wrap_dim(d, self.dim()));
    check(!flipped[at], "dim ", at, " appears multiple times in the list of dims");
    flipped[at] = true;
  }
  Tensor out = empty_like(self, self.dtype());
  out.impl()->conj = self.is_conj();
  out.impl()->neg = self.is_neg();
  if (out.numel() == 0) return out;
  Dims strides(self.strides());
  int64_t base = 0;
  for (size_t d = 0; d < strides.size(); ++d)
    if (flipped[d]) {
      base += (self.sizes()[d] - 1) * strides[d];
      strides[d] = -strides[d];
    }
  visit_size(self.dtype(), [&](auto tag) {
    using T = decltype(tag);
    T* to = out.mutable_data<T>();
    const T* from = self.data<T>() + base;
    walk_rows<2>(self.sizes(), {out.strides(), strides}, [&](const Offsets<2>& at, int64_t n, const Offsets<2>& step) {
      for (int64_t i = 0; i < n; ++i) to[at[0] + i * step[0]] = from[at[1] + i * step[1]];
    });
  });
  return out;
}

Tensor repeat(Context& ctx, const Tensor& self, IntView repeats) {
  check(int64_t(repeats.size()) >= self.dim(), "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
  size_t lead = repeats.size() - self.sizes().size();
  // Repeats become dimensions of their own in front of each dimension.
  Dims sizes, wide, source;
  for (size_t d = 0; d < repeats.size(); ++d) {
    int64_t size = d < lead ? 1 : self.sizes()[d - lead];
    check(repeats[d] >= 0, "Trying to create tensor with negative dimension ", repeats[d]);
    int64_t total;
    check(!__builtin_mul_overflow(size, repeats[d], &total), "repeat: the result is too large");
    sizes.push_back(total);
    wide.push_back(repeats[d]);
    wide.push_back(size);
    source.push_back(1);
    source.push_back(size);
  }
  Tensor out = make_tensor(sizes, self.dtype());
  if (out.numel() == 0) return out;
  Tensor from = expand(ctx, reshape(ctx, self, source), wide);
  Tensor target = out.as_view(wide, contiguous_strides(wide), out.offset());
  copy_(ctx, target, from);
  return out;
}

namespace {

Tensor tile(Context& ctx, const Tensor& self, IntView dims) {
  Dims repeats(dims);
  while (int64_t(repeats.size()) < self.dim()) repeats.insert(0, 1);
  return repeat(ctx, self, repeats);
}
Tensor fliplr(Context& ctx, const Tensor& self) {
  check(self.dim() >= 2, "Input must be >= 2-d.");
  return flip(ctx, self, Dims{1});
}
Tensor flipud(Context& ctx, const Tensor& self) {
  check(self.dim() >= 1, "Input must be >= 1-d.");
  return flip(ctx, self, Dims{0});
}

}  // namespace

Tensor roll(Context& ctx, const Tensor& self, IntView shifts, IntView dims) {
  check(!shifts.empty(), "`shifts` required");
  if (dims.empty()) {
    check(shifts.size() == 1, "shifts and dimensions must align. shifts: ", shifts.size(), ", dims:0");
    Tensor flat = reshape(ctx, self, Dims{-1});
    Dims zero{0};
    return view(ctx, roll(ctx, flat, shifts, zero), self.sizes());
  }
  check(shifts.size() == dims.size(), "shifts and dimensions must align. shifts: ", shifts.size(), ", dims:", dims.size());
  if (self.numel() == 0) return clone(ctx, self);
  Tensor out = self;
  for (size_t i = 0; i < dims.size(); ++i) {
    int64_t dim = wrap_dim(dims[i], self.dim());
    check(self.dim() > 0, "Dimension specified as ", dim, " but tensor has no dimensions");
    int64_t size = self.size(dim), start = ((size - shifts[i] % size) % size + size) % size;
    TensorArray parts;
    parts.push(narrow(ctx, out, dims[i], start, size - start));
    parts.push(narrow(ctx, out, dims[i], 0, start));
    out = aten::cat(ctx, parts, dims[i]);
  }
  return out;
}

namespace {

Tensor rot90(Context& ctx, const Tensor& self, int64_t k, IntView dims) {
  check(dims.size() == 2, "expected total rotation dims == 2, but got dims = ", dims.size());
  check(self.dim() >= 2, "expected total dims >= 2, but got total dims = ", self.dim());
  check(wrap_dim(dims[0], self.dim()) != wrap_dim(dims[1], self.dim()), "expected rotation dims to be different, but got dim0 = ", dims[0],
        " and dim1 = ", dims[1]);
  switch ((k % 4 + 4) % 4) {
    case 1: return transpose(ctx, flip(ctx, self, Dims{dims[1]}), dims[0], dims[1]);
    case 2: return flip(ctx, self, dims);
    case 3: return transpose(ctx, flip(ctx, self, Dims{dims[0]}), dims[0], dims[1]);
    default: return clone(ctx, self, MemoryFormat::kContiguous);
  }
}

Tensor repeat_interleave_tensor(Context&, const Tensor& repeats, std::optional<int64_t> output_size) {
  check(repeats.dim() == 1, "repeat_interleave only accept 1D vector as repeat");
  check(repeats.dtype() == DType::kLong || repeats.dtype() == DType::kInt, "repeats has to be Long or Int tensor");
  Vec<int64_t> out;
  visit_integral(repeats.dtype(), "repeat_interleave", [&](auto tag) {
    const auto* data = repeats.data<decltype(tag)>();
    for (int64_t i = 0; i < repeats.numel(); ++i) {
      auto n = int64_t(data[i * repeats.stride(0)]);
      check(n >= 0, "repeats can not be negative");
      check(n < (int64_t(1) << 40) - int64_t(out.size()), "repeat_interleave: the result is too large");
      out.insert(out.end(), size_t(n), i);
    }
  });
  check(!output_size || *output_size == int64_t(out.size()), "allocated size does not match required size");
  Tensor made = make_tensor({int64_t(out.size())}, DType::kLong);
  std::copy(out.begin(), out.end(), made.mutable_data<int64_t>());
  return made;
}
Tensor repeat_interleave(Context& ctx, const Tensor& self_in, const Tensor& repeats_in, std::optional<int64_t> dim, std::optional<int64_t> output_size) {
  Tensor self = dim ? self_in : reshape(ctx, self_in, Dims{-1});
  if (self.dim() == 0) self = reshape(ctx, self, Dims{1});
  int64_t at = dim.value_or(0);
  Tensor repeats = repeats_in;
  int64_t size = self.size(at);
  if (repeats.dim() == 0 || (repeats.dim() == 1 && repeats.numel() == 1)) repeats = expand(ctx, reshape(ctx, repeats, Dims{1}), Dims{size});
  else
    check(repeats.dim() == 1 && repeats.numel() == size, "repeats must have the same size as input along dim, but got repeats.size(0) = ", repeats.numel(),
          " and input.size(", at, ") = ", size);
  return index_select(ctx, self, at, repeat_interleave_tensor(ctx, contiguous(ctx, repeats), output_size));
}
Tensor repeat_interleave_int(Context& ctx, const Tensor& self, int64_t repeats, std::optional<int64_t> dim, std::optional<int64_t> output_size) {
  check(repeats >= 0, "Repeats must be non-negative");
  // PyTorch gives the elements a dimension behind theirs, for which a 0-dim tensor has no room.
  if (dim && self.dim() == 0) wrap_dim(wrap_dim(*dim, 0) + 1, 0);
  Tensor count = full(ctx, Dims{1}, Scalar(repeats), DType::kLong);
  return repeat_interleave(ctx, self, count, dim, output_size);
}

template <int64_t N>
TensorArray at_least(Context& ctx, Tensors tensors) {
  TensorArray list;
  for (size_t i = 0; i < tensors.size(); ++i) {
    Tensor t = tensors[i];
    if (t.dim() == 0) t = reshape(ctx, t, Dims{1});
    if (N >= 2 && t.dim() == 1) t = unsqueeze(ctx, t, 0);
    if (N >= 3 && t.dim() == 2) t = unsqueeze(ctx, t, 2);
    list.push(t);
  }
  return list;
}
Tensor hstack(Context& ctx, Tensors tensors) {
  check(!tensors.empty(), "hstack expects a non-empty TensorList");
  TensorArray list = at_least<1>(ctx, tensors);
  return aten::cat(ctx, list, Tensors(list)[0].dim() == 1 ? 0 : 1);
}
Tensor vstack(Context& ctx, Tensors tensors) {
  check(!tensors.empty(), "vstack expects a non-empty TensorList");
  return aten::cat(ctx, at_least<2>(ctx, tensors), 0);
}
Tensor dstack(Context& ctx, Tensors tensors) {
  check(!tensors.empty(), "dstack expects a non-empty TensorList");
  return aten::cat(ctx, at_least<3>(ctx, tensors), 2);
}
Tensor column_stack(Context& ctx, Tensors tensors) {
  check(!tensors.empty(), "column_stack expects a non-empty TensorList");
  TensorArray list;
  for (size_t i = 0; i < tensors.size(); ++i) list.push(tensors[i].dim() <= 1 ? reshape(ctx, tensors[i], Dims{tensors[i].numel(), 1}) : tensors[i]);
  return aten::cat(ctx, list, 1);
}
Tensor block_diag(Context& ctx, Tensors tensors) {
  check(!tensors.empty(), "torch.block_diag: expected a non-empty list of tensors");
  int64_t rows = 0, columns = 0;
  TensorArray list;
  for (size_t i = 0; i < tensors.size(); ++i) {
    check(tensors[i].dim() <= 2, "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input ", i, " has ", tensors[i].dim(), " dimensions");
    Tensor t = tensors[i].dim() == 2 ? tensors[i] : reshape(ctx, tensors[i], Dims{1, tensors[i].numel()});
    rows += t.size(0);
    columns += t.size(1);
    list.push(t);
  }
  Tensor out = zeros(ctx, Dims{rows, columns}, common_dtype(ctx, tensors));
  rows = columns = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& t = Tensors(list)[i];
    copy_(ctx, narrow(ctx, narrow(ctx, out, 0, rows, t.size(0)), 1, columns, t.size(1)), t);
    rows += t.size(0);
    columns += t.size(1);
  }
  return out;
}

Vec<Tensor> broadcast_tensors(Context& ctx, Tensors tensors) {
  Dims sizes;
  for (size_t i = 0; i < tensors.size(); ++i) {
    IntView b = tensors[i].sizes();
    while (sizes.size() < b.size()) sizes.insert(0, 1);
    for (size_t k = 1; k <= b.size(); ++k) {
      int64_t& x = sizes[sizes.size() - k];
      int64_t y = b[b.size() - k];
      check(x == y || x == 1 || y == 1, "The size of tensor a (", x, ") must match the size of tensor b (", y, ") at non-singleton dimension ",
            sizes.size() - k);
      if (x == 1) x = y;
    }
  }
  Vec<Tensor> out;
  for (size_t i = 0; i < tensors.size(); ++i) out.push_back(expand(ctx, tensors[i], sizes));
  return out;
}
Vec<Tensor> meshgrid_indexing(Context& ctx, Tensors tensors, std::string_view indexing) {
  check(!tensors.empty(), "meshgrid expects a non-empty TensorList");
  check(indexing == "ij" || indexing == "xy", "torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: ", indexing);
  bool swap = indexing == "xy" && tensors.size() >= 2;
  size_t n = tensors.size();
  Dims shape;
  auto place = [&](size_t i) { return swap && i < 2 ? 1 - i : i; };
  for (size_t i = 0; i < n; ++i) {
    const Tensor& t = tensors[place(i)];
    check(t.dim() <= 1, "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ", t.dim(), "D");
    shape.push_back(t.numel());
  }
  Vec<Tensor> out;
  for (size_t i = 0; i < n; ++i) {
    Dims own(n, 1);
    own[place(i)] = tensors[i].numel();
    out.push_back(expand(ctx, view(ctx, tensors[i].dim() == 0 ? reshape(ctx, tensors[i], Dims{1}) : tensors[i], own), shape));
  }
  return out;
}
Vec<Tensor> meshgrid(Context& ctx, Tensors tensors) { return meshgrid_indexing(ctx, tensors, "ij"); }

// Keeps one side of a diagonal of each matrix.
Tensor triangle(Context& ctx, const Tensor& self, int64_t diagonal, bool upper) {
  check(self.dim() >= 2, upper ? "triu" : "tril", ": input tensor must have at least 2 dimensions");
  Tensor out = clone(ctx, self, MemoryFormat::kContiguous);
  if (out.numel() == 0) return out;
  int64_t rows = out.size(-2), columns = out.size(-1), matrices = out.numel() / (rows * columns);
  auto item = int64_t(out.item_size());
  char* data = static_cast<char*>(out.mutable_data());
  for (int64_t m = 0; m < matrices; ++m)
    for (int64_t i = 0; i < rows; ++i) {
      char* row = data + (m * rows + i) * columns * item;
      // Columns [0, edge) lie below the diagonal.
      int64_t edge = diagonal > columns ? columns : diagonal < -rows ? 0 : std::clamp<int64_t>(i + diagonal + (upper ? 0 : 1), 0, columns);
      if (upper) std::fill_n(row, edge * item, 0);
      else std::fill_n(row + edge * item, (columns - edge) * item, 0);
    }
  return out;
}
Tensor tril(Context& ctx, const Tensor& self, int64_t diagonal) { return triangle(ctx, self, diagonal, false); }
Tensor triu(Context& ctx, const Tensor& self, int64_t diagonal) { return triangle(ctx, self, diagonal, true); }

Tensor diag_embed(Context& ctx, const Tensor& self, int64_t offset, int64_t dim1_in, int64_t dim2_in) {
  int64_t dims = self.dim() + 1;
  int64_t dim1 = wrap_dim(dim1_in, dims), dim2 = wrap_dim(dim2_in, dims);
  check(dim1 != dim2, "diagonal dimensions cannot be identical ", dim1_in, ", ", dim2_in);
  check(self.dim() > 0, "diag_embed expects at least one dimension");
  check(offset > -(int64_t(1) << 31) && offset < (int64_t(1) << 31), "diag_embed: offset ", offset, " is too large");
  int64_t side = self.size(-1) + std::abs(offset);
  Dims sizes(self.sizes());
  sizes.pop_back();
  sizes.insert(size_t(std::min(dim1, dim2)), side);
  sizes.insert(size_t(std::max(dim1, dim2)), side);
  Tensor out = zeros(ctx, sizes, self.dtype());
  copy_(ctx, diagonal(ctx, out, offset, dim1, dim2), self);
  return out;
}
Tensor diag(Context& ctx, const Tensor& self, int64_t offset) {
  check(self.dim() == 1 || self.dim() == 2, "diag(): Supports 1D or 2D tensors. Got ", self.dim(), "D");
  return self.dim() == 1 ? diag_embed(ctx, self, offset, 0, 1) : clone(ctx, diagonal(ctx, self, offset, 0, 1), MemoryFormat::kContiguous);
}
Tensor diagflat(Context& ctx, const Tensor& self, int64_t offset) { return diag_embed(ctx, reshape(ctx, self, Dims{-1}), offset, 0, 1); }

Tensor narrow_copy(Context& ctx, const Tensor& self, int64_t dim, int64_t start, int64_t length) {
  check(self.dim() > 0, "narrow() cannot be applied to a 0-dim tensor.");
  check(dim < self.dim(),
        "Expected dim < static_cast<int64_t>(self_sizes.size()) to be true, but got false.  (Could this error message be improved?  If so, "
        "please report an enhancement request to PyTorch.)");
  int64_t size = self.size(dim);
  check(-size <= start && start <= size, "start out of range (expected to be in range of [", -size, ", ", size, "], but got ", start, ")");
  check(length >= 0, "start (", start < 0 ? start + size : start, ") + length (", length, ") exceeds dimension size (", size, ").");
  return clone(ctx, narrow(ctx, self, dim, start, length), MemoryFormat::kContiguous);
}

constexpr OpDef kRows[] = {
    op("aten::cat(Tensor[] tensors, int dim=0) -> Tensor", TAPER_OP(cat), kPure),
    op_out("aten::cat.out(Tensor[] tensors, int dim=0, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(cat)),
    op("aten::concat(Tensor[] tensors, int dim=0) -> Tensor", TAPER_OP(cat), kPure),
    op_out("aten::concat.out(Tensor[] tensors, int dim=0, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(cat)),
    op("aten::concatenate(Tensor[] tensors, int dim=0) -> Tensor", TAPER_OP(cat), kPure),
    op("aten::stack(Tensor[] tensors, int dim=0) -> Tensor", TAPER_OP(stack), kPure),
    op_out("aten::stack.out(Tensor[] tensors, int dim=0, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(stack)),
    op("aten::hstack(Tensor[] tensors) -> Tensor", TAPER_OP(hstack), kPure),
    op_out("aten::hstack.out(Tensor[] tensors, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hstack)),
    op("aten::vstack(Tensor[] tensors) -> Tensor", TAPER_OP(vstack), kPure),
    op_out("aten::vstack.out(Tensor[] tensors, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(vstack)),
    op("aten::row_stack(Tensor[] tensors) -> Tensor", TAPER_OP(vstack), kPure),
    op("aten::dstack(Tensor[] tensors) -> Tensor", TAPER_OP(dstack), kPure),
    op_out("aten::dstack.out(Tensor[] tensors, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(dstack)),
    op("aten::column_stack(Tensor[] tensors) -> Tensor", TAPER_OP(column_stack), kPure),
    op("aten::block_diag(Tensor[] tensors) -> Tensor", TAPER_OP(block_diag), kPure),
    op("aten::flip(Tensor self, int[] dims) -> Tensor", TAPER_OP(flip), kPure),
    op("aten::fliplr(Tensor self) -> Tensor", TAPER_OP(fliplr), kPure),
    op("aten::flipud(Tensor self) -> Tensor", TAPER_OP(flipud), kPure),
    op("aten::roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor", TAPER_OP(roll), kPure),
    op("aten::rot90(Tensor self, int k=1, int[] dims=[0, 1]) -> Tensor", TAPER_OP(rot90), kPure),
    op("aten::repeat(Tensor self, SymInt[] repeats) -> Tensor", TAPER_OP(repeat), kPure),
    op("aten::tile(Tensor self, SymInt[] dims) -> Tensor", TAPER_OP(tile), kPure),
    op("aten::repeat_interleave.Tensor(Tensor repeats, *, SymInt? output_size=None) -> Tensor", TAPER_OP(repeat_interleave_tensor), kPure | kDataDependent),
    op("aten::repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor", TAPER_OP(repeat_interleave),
       kPure | kDataDependent),
    op("aten::repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor", TAPER_OP(repeat_interleave_int),
       kPure),
    op("aten::broadcast_tensors(Tensor[] tensors) -> Tensor[]", TAPER_OP(broadcast_tensors), kView),
    op("aten::meshgrid(Tensor[] tensors) -> Tensor[]", TAPER_OP(meshgrid), kView),
    op("aten::meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]", TAPER_OP(meshgrid_indexing), kView),
    op("aten::tril(Tensor self, SymInt diagonal=0) -> Tensor", TAPER_OP(tril), kPure),
    op_inplace("aten::tril_(Tensor(a!) self, SymInt diagonal=0) -> Tensor(a!)", TAPER_OP(tril)),
    op_out("aten::tril.out(Tensor self, SymInt diagonal=0, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(tril)),
    op("aten::triu(Tensor self, SymInt diagonal=0) -> Tensor", TAPER_OP(triu), kPure),
    op_inplace("aten::triu_(Tensor(a!) self, SymInt diagonal=0) -> Tensor(a!)", TAPER_OP(triu)),
    op_out("aten::triu.out(Tensor self, SymInt diagonal=0, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(triu)),
    op("aten::diag(Tensor self, int diagonal=0) -> Tensor", TAPER_OP(diag), kPure),
    op_out("aten::diag.out(Tensor self, int diagonal=0, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(diag)),
    op("aten::diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor", TAPER_OP(diag_embed), kPure),
    op("aten::diagflat(Tensor self, int offset=0) -> Tensor", TAPER_OP(diagflat), kPure),
    op("aten::narrow_copy(Tensor self, int dim, SymInt start, SymInt length) -> Tensor", TAPER_OP(narrow_copy), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> join_rows() { return aten::kRows; }
}  // namespace taper::impl
