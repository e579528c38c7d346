// Reading and writing where masks are true, at positions of the whole tensor, and where views are.
#include <algorithm>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/index.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/loop.h"
#include "ops/output.h"
#include "ops/walk.h"

namespace taper::impl::aten {
namespace {

Tensor plain(Context& ctx, const Tensor& t) { return t.is_conj() || t.is_neg() ? contiguous(ctx, t) : t; }

template <class T>
bool is_true(const T& x) {
  if constexpr (std::is_same_v<T, ComplexHalf>) return float(x.real) != 0 || float(x.imag) != 0;
  else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) return float(x) != 0;
  else return x != T();
}

}  // namespace

// One row of memory a dimension, seen as one row a position.
Tensor nonzero(Context& ctx, const Tensor& self) {
  Vec<int64_t> found;  // row-major positions
  visit_all(self.dtype(), "nonzero", [&](auto tag) {
    using T = decltype(tag);
    const T* data = self.data<T>();
    int64_t position = 0;
    walk_rows<1>(self.sizes(), {self.strides()}, [&](const Offsets<1>& at, int64_t n, const Offsets<1>& step) {
      for (int64_t i = 0; i < n; ++i, ++position)
        if (is_true(data[at[0] + i * step[0]])) found.push_back(position);
    });
  });
  auto count = int64_t(found.size());
  Tensor out = make_tensor({self.dim(), count}, DType::kLong);
  auto* to = out.mutable_data<int64_t>();
  for (int64_t d = self.dim(); d-- > 0;) {
    int64_t size = self.sizes()[size_t(d)];
    for (int64_t k = 0; k < count; ++k) {
      int64_t& position = found[size_t(k)];
      to[d * count + k] = position % size;
      position /= size;
    }
  }
  return transpose(ctx, out, 0, 1);
}

namespace {
Vec<Tensor> nonzero_numpy(Context& ctx, const Tensor& self) {
  Tensor found = nonzero(ctx, self.dim() == 0 ? unsqueeze(ctx, self, 0) : self);
  return unbind(ctx, found, 1);
}
Tensor argwhere(Context& ctx, const Tensor& self) { return nonzero(ctx, self); }

// The elements of self at these offsets, as `out`.
void gather_into(const Tensor& out, const Tensor& self, const Vec<int64_t>& offsets) {
  visit_size(self.dtype(), [&](auto tag) {
    using T = decltype(tag);
    T* to = out.mutable_data<T>();
    const T* from = self.data<T>();
    for (size_t k = 0; k < offsets.size(); ++k) to[k] = from[offsets[k]];
  });
}
void check_mask(const Tensor& mask, const char* name) {
  check(mask.dtype() == DType::kBool, name, " only supports boolean masks, but got mask with dtype ", scalar_type_name(mask.dtype()));
}
}  // namespace

Tensor masked_select(Context& ctx, const Tensor& self_in, const Tensor& mask_in) {
  check(mask_in.dtype() == DType::kBool || mask_in.dtype() == DType::kByte, "masked_select: expected BoolTensor for mask");
  Tensor self = plain(ctx, self_in);
  Dims sizes = broadcast_sizes(self.sizes(), mask_in.sizes());
  self = expand(ctx, self, sizes);
  Tensor mask = expand(ctx, mask_in, sizes);
  Vec<int64_t> offsets;
  const auto* flags = mask.data<uint8_t>();
  walk_rows<2>(sizes, {self.strides(), mask.strides()}, [&](const Offsets<2>& at, int64_t n, const Offsets<2>& step) {
    for (int64_t i = 0; i < n; ++i)
      if (flags[at[1] + i * step[1]]) offsets.push_back(at[0] + i * step[0]);
  });
  Tensor out = make_tensor({int64_t(offsets.size())}, self.dtype());
  gather_into(out, self, offsets);
  return out;
}

namespace {

Tensor masked_scatter_(Context& ctx, const Tensor& self, const Tensor& mask_in, const Tensor& source_in) {
  check_mask(mask_in, "masked_scatter_");
  check(self.dtype() == source_in.dtype(), "masked_scatter_: expected self and source to have same dtypes but got ", scalar_type_name(self.dtype()), " and ",
        scalar_type_name(source_in.dtype()));
  Tensor mask = expand(ctx, mask_in, self.sizes()), source = contiguous(ctx, source_in);
  if (&source.storage() == &self.storage()) source = clone(ctx, source);
  visit_size(self.dtype(), [&](auto tag) {
    using T = decltype(tag);
    T* to = self.mutable_data<T>();
    const T* from = source.data<T>();
    const auto* flags = mask.data<uint8_t>();
    int64_t used = 0, available = source.numel();
    walk_rows<2>(self.sizes(), {self.strides(), mask.strides()}, [&](const Offsets<2>& at, int64_t n, const Offsets<2>& step) {
      for (int64_t i = 0; i < n; ++i) {
        if (!flags[at[1] + i * step[1]]) continue;
        check(used < available, "Number of elements of source < number of ones in mask");
        to[at[0] + i * step[0]] = from[used++];
      }
    });
  });
  return self;
}
Tensor masked_scatter(Context& ctx, const Tensor& self, const Tensor& mask, const Tensor& source) {
  return masked_scatter_(ctx, clone(ctx, expand(ctx, self, broadcast_sizes(self.sizes(), mask.sizes())), MemoryFormat::kContiguous), mask, source);
}

// The element of `data` at a linear (row-major) position.
int64_t offset_of(const Tensor& data, int64_t position) {
  if (data.is_contiguous()) return position;
  int64_t offset = 0;
  for (int64_t d = data.dim(); d-- > 0;) {
    offset += position % data.sizes()[size_t(d)] * data.strides()[size_t(d)];
    position /= data.sizes()[size_t(d)];
  }
  return offset;
}

// The element offset of every index, in order.
Vec<int64_t> taken_offsets(const Tensor& self, const Tensor& index, const char* name, const char* empty_text) {
  Vec<int64_t> offsets;
  offsets.reserve(size_t(index.numel()));
  check(index.dtype() == DType::kLong, name, "(): Expected a long tensor for index, but got ", scalar_type_name(index.dtype()));
  check(self.numel() > 0 || index.numel() == 0, empty_text);
  const auto* data = index.data<int64_t>();
  int64_t size = self.numel();
  walk_rows<1>(index.sizes(), {index.strides()}, [&](const Offsets<1>& at, int64_t n, const Offsets<1>& step) {
    for (int64_t i = 0; i < n; ++i) {
      int64_t value = data[at[0] + i * step[0]];
      if (value < -size || value >= size) fail_runtime("out of range: tried to access index ", value, " on a tensor of ", size, " elements.");
      offsets.push_back(offset_of(self, value < 0 ? value + size : value));
    }
  });
  return offsets;
}

}  // namespace

Tensor take(Context& ctx, const Tensor& self_in, const Tensor& index) {
  Tensor self = plain(ctx, self_in);
  Tensor out = make_tensor(index.sizes(), self.dtype());
  Vec<int64_t> offsets = taken_offsets(self, index, "take", "take(): tried to take from an empty tensor");
  gather_into(out, self, offsets);
  return out;
}

namespace {

Tensor put_(Context& ctx, const Tensor& self, const Tensor& index, const Tensor& source_in, bool accumulate) {
  check(self.dtype() == source_in.dtype(), "put_(): self and source expected to have the same dtype, but got self.dtype = ", scalar_type_name(self.dtype()),
        " and source.dtype = ", scalar_type_name(source_in.dtype()));
  check(index.numel() == source_in.numel(),
        "put_(): Expected source and index to have the same number of elements, but got source.numel() = ", source_in.numel(),
        ", index.numel() = ", index.numel());
  Tensor source = contiguous(ctx, source_in);
  if (&source.storage() == &self.storage()) source = clone(ctx, source);
  Vec<int64_t> offsets = taken_offsets(self, index, "put_", "put_(): Tried to put elements into an empty tensor");
  auto write = [&](auto tag) {
    using T = decltype(tag);
    T* to = self.mutable_data<T>();
    const T* from = source.data<T>();
    for (size_t k = 0; k < offsets.size(); ++k) {
      T& x = to[offsets[k]];
      if constexpr (std::is_same_v<T, bool>) x = (accumulate && x) || from[k];
      else x = accumulate ? T(x + from[k]) : from[k];
    }
  };
  if (self.dtype() == DType::kBool) write(bool());
  else visit_numeric(self.dtype(), "put_", write);
  return self;
}

Tensor put(Context& ctx, const Tensor& self, const Tensor& index, const Tensor& source, bool accumulate) {
  return put_(ctx, clone(ctx, self), index, source, accumulate);
}

Tensor take_along_dim(Context& ctx, const Tensor& self, const Tensor& indices, std::optional<int64_t> dim_in) {
  check(indices.dtype() == DType::kLong, "torch.take_along_dim(): dtype of indices should be Long but got ", scalar_type_name(indices.dtype()));
  if (!dim_in) return gather(ctx, reshape(ctx, self, Dims{-1}), 0, reshape(ctx, indices, Dims{-1}));
  check(self.dim() == indices.dim(), "torch.take_along_dim(): input and indices should have the same number of dimensions, but got ", self.dim(),
        " dimensions for input, and ", indices.dim(), " dimensions for indices");
  int64_t dim = wrap_dim(*dim_in, self.dim());
  check(self.dim() > 0, "Dimension specified as ", dim, " but tensor has no dimensions");
  Dims self_sizes(self.sizes()), index_sizes(indices.sizes());
  self_sizes[size_t(dim)] = index_sizes[size_t(dim)] = 1;
  self_sizes = broadcast_sizes(self_sizes, index_sizes);
  index_sizes = self_sizes;
  self_sizes[size_t(dim)] = self.size(dim);
  index_sizes[size_t(dim)] = indices.size(dim);
  // Along a dimension, unlike over all elements, indices count around.
  Tensor around = self.size(dim) > 0 ? aten::remainder(ctx, indices, full(ctx, {}, Scalar(self.size(dim)), DType::kLong)) : indices;
  return gather(ctx, expand(ctx, self, self_sizes), dim, expand(ctx, around, index_sizes));
}

// x with src written where the view is.
template <class View>
Tensor written(Context& ctx, const Tensor& self, const Tensor& src, View view_of) {
  Tensor out = clone(ctx, self, MemoryFormat::kContiguous);
  Tensor place = view_of(out);
  check(same(place.sizes(), src.sizes()), "expected src to have a size equal to the slice of self. src size = ", src.sizes(), ", slice size = ", place.sizes());
  copy_(ctx, place, src);
  return out;
}
Tensor select_scatter(Context& ctx, const Tensor& self, const Tensor& src, int64_t dim, int64_t i) {
  return written(ctx, self, src, [&](const Tensor& t) { return select(ctx, t, dim, i); });
}
Tensor slice_scatter(Context& ctx, const Tensor& self, const Tensor& src, int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step) {
  return written(ctx, self, src, [&](const Tensor& t) { return slice(ctx, t, dim, start, end, step); });
}
Tensor diagonal_scatter(Context& ctx, const Tensor& self, const Tensor& src, int64_t offset, int64_t dim1, int64_t dim2) {
  return written(ctx, self, src, [&](const Tensor& t) { return diagonal(ctx, t, offset, dim1, dim2); });
}
Tensor as_strided_scatter(Context& ctx, const Tensor& self, const Tensor& src, IntView size, IntView stride, std::optional<int64_t> offset) {
  return written(ctx, self, src, [&](const Tensor& t) { return as_strided(ctx, t, size, stride, offset); });
}

constexpr OpDef kRows[] = {
    op("aten::nonzero(Tensor self) -> Tensor", TAPER_OP(nonzero), kPure | kDataDependent),
    op_out("aten::nonzero.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(nonzero)),
    op("aten::nonzero_numpy(Tensor self) -> Tensor[]", TAPER_OP(nonzero_numpy), kDataDependent),
    op("aten::where(Tensor condition) -> Tensor[]", TAPER_OP(nonzero_numpy), kDataDependent),
    op("aten::argwhere(Tensor self) -> Tensor", TAPER_OP(argwhere), kPure | kDataDependent),
    op("aten::masked_select(Tensor self, Tensor mask) -> Tensor", TAPER_OP(masked_select), kPure | kDataDependent),
    op_out("aten::masked_select.out(Tensor self, Tensor mask, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(masked_select)),
    op("aten::masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor", TAPER_OP(masked_scatter), kPure),
    op("aten::masked_scatter_(Tensor(a!) self, Tensor mask, Tensor source) -> Tensor(a!)", TAPER_OP(masked_scatter_)),
    op("aten::take(Tensor self, Tensor index) -> Tensor", TAPER_OP(take), kPure),
    op_out("aten::take.out(Tensor self, Tensor index, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(take)),
    op("aten::put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor", TAPER_OP(put), kPure),
    op("aten::put_(Tensor(a!) self, Tensor index, Tensor source, bool accumulate=False) -> Tensor(a!)", TAPER_OP(put_)),
    op("aten::take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor", TAPER_OP(take_along_dim), kPure),
    op_out("aten::take_along_dim.out(Tensor self, Tensor indices, int? dim=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(take_along_dim)),
    op("aten::select_scatter(Tensor self, Tensor src, int dim, SymInt index) -> Tensor", TAPER_OP(select_scatter), kPure),
    op("aten::slice_scatter(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor", TAPER_OP(slice_scatter),
       kPure),
    op("aten::diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor", TAPER_OP(diagonal_scatter), kPure),
    op("aten::as_strided_scatter(Tensor self, Tensor src, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor", TAPER_OP(as_strided_scatter),
       kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> masked_rows() { return aten::kRows; }
}  // namespace taper::impl
