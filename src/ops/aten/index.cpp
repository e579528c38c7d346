#include "ops/aten/index.h"

#include <algorithm>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/reduce.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/loop.h"
#include "ops/output.h"
#include "ops/walk.h"

namespace taper::impl::aten {
namespace {

void check_index_dtype(const Tensor& index, const char* name) {
  check(index.dtype() == DType::kLong || index.dtype() == DType::kInt, name, "(): Expected dtype int32/int64 for index, got ", scalar_type_name(index.dtype()));
}

// The numbers in a 1-d (or 0-d) index tensor.
Vec<int64_t> index_list(const Tensor& index, const char* name) {
  check(index.dim() <= 1, name, "(): Index is supposed to be a vector, but got dim: ", index.dim());
  check_index_dtype(index, name);
  Vec<int64_t> out;
  int64_t n = index.numel(), step = index.dim() == 1 ? index.stride(0) : 0;
  out.reserve(size_t(n));
  for (int64_t k = 0; k < n; ++k) out.push_back(index.dtype() == DType::kLong ? index.data<int64_t>()[k * step] : index.data<int32_t>()[k * step]);
  return out;
}

// What index_select, index_add and index_reduce check; negative indices do not count from the end there.
void check_in_range(const Vec<int64_t>& list, int64_t size) {
  for (int64_t i : list) check(i >= 0 && i < size, "index out of range in self");
}
// True when the other dimensions hold elements: else there is nothing to index, and PyTorch looks at no index.
bool has_slices(const Tensor& t, int64_t dim) {
  for (int64_t d = 0; d < t.dim(); ++d)
    if (d != dim && t.size(d) == 0) return false;
  return true;
}

bool bits_pending(const Tensor& t) { return t.is_conj() || t.is_neg(); }
Tensor plain(Context& ctx, const Tensor& t) { return bits_pending(t) ? contiguous(ctx, t) : t; }

Tensor as_1d(Context& ctx, const Tensor& t) { return t.dim() == 0 ? reshape(ctx, t, Dims{1}) : t; }

}  // namespace

Tensor index_select(Context& ctx, const Tensor& self_in, int64_t dim, const Tensor& index) {
  Tensor self = as_1d(ctx, plain(ctx, self_in));
  auto at = size_t(wrap_dim(dim, self.dim()));
  Vec<int64_t> list = index_list(index, "index_select");
  check(self_in.dim() > 0 || list.size() == 1, "index_select(): Index to scalar can have only 1 value, got ", list.size(), " value(s)");
  int64_t length = self.sizes()[at];
  check(self.dim() == 1 || length > 0 || list.empty(), "index_select(): self indexing axis dim should be positive");
  for (int64_t i : list) {
    if (i >= 0 && i < length) continue;
    if (self.dim() > 1 && (at == 1 || self.numel() == 0)) fail_runtime("INDICES element is out of DATA bounds, id=", i, " axis_dim=", length);
    fail_runtime("index out of range in self");
  }
  Dims sizes(self.sizes());
  sizes[at] = int64_t(list.size());
  Tensor out = make_tensor(self_in.dim() == 0 ? IntView() : IntView(sizes), self.dtype());
  visit_size(self.dtype(), [&](auto tag) {
    using T = decltype(tag);
    T* to = out.mutable_data<T>();
    const T* from = self.data<T>();
    int64_t outer = 1, inner = 1;
    for (size_t d = 0; d < at; ++d) outer *= self.sizes()[d];
    for (size_t d = at + 1; d < sizes.size(); ++d) inner *= self.sizes()[d];
    if (self.is_contiguous()) {
      int64_t size = self.sizes()[at];
      for (int64_t o = 0; o < outer; ++o)
        for (int64_t i : list) {
          std::copy_n(from + (o * size + i) * inner, inner, to);
          to += inner;
        }
      return;
    }
    // One slice at a time, each walked in step with its place in the result.
    Dims slice_sizes(self.sizes()), in(self.strides()), dense = contiguous_strides(sizes);
    slice_sizes.erase(at);
    int64_t in_step = in[at], out_step = dense[at];
    in.erase(at);
    dense.erase(at);
    for (size_t k = 0; k < list.size(); ++k)
      walk_rows<2>(slice_sizes, {dense, in}, [&](const Offsets<2>& o, int64_t n, const Offsets<2>& step) {
        T* a = to + int64_t(k) * out_step + o[0];
        const T* b = from + list[k] * in_step + o[1];
        for (int64_t i = 0; i < n; ++i) a[i * step[0]] = b[i * step[1]];
      });
  });
  return out;
}

namespace {

// gather and scatter check: every dimension but `dim` of the index fits the other tensor.
void check_gather_shape(const Tensor& self, int64_t dim, const Tensor& index, const char* name) {
  int64_t own = std::max<int64_t>(1, self.dim()), theirs = std::max<int64_t>(1, index.dim());
  check(own == theirs, "Index tensor must have the same number of dimensions as ", name, " tensor");
  for (int64_t d = 0; d < index.dim(); ++d)
    if (d != dim)
      check(index.size(d) <= (self.dim() == 0 ? 1 : self.size(d)), "Size does not match at dimension ", d, " expected index ", index.sizes(),
            " to be no larger than ", name, " ", self.sizes(), " apart from dimension ", dim);
}

// Up to kChunk places at a time: data[i] is an element offset in the indexed tensor, the other tensor's offsets are
// other + i * step.
struct Places {
  const int64_t* data;
  int64_t n, other, step;
};
constexpr int64_t kChunk = 256;

// Visits data at [.., index, ..] together with other at [.., k, ..] for every element of the index.
void for_each_indexed(const Tensor& data, int64_t dim, const Tensor& index, const Tensor& other, const char* name, FunctionRef<void(const Places&)> fn) {
  int64_t size = data.dim() == 0 ? 1 : data.size(dim);
  int64_t data_step = data.dim() == 0 ? 0 : data.stride(dim);
  Dims data_strides(index.sizes().size(), 0), other_strides(index.sizes().size(), 0);
  for (size_t d = 0; d < index.sizes().size(); ++d) {
    if (int64_t(d) != dim && data.dim() > 0) data_strides[d] = data.strides()[d];
    if (other.dim() > 0) other_strides[d] = other.strides()[d];
  }
  const bool wide = index.dtype() == DType::kLong;
  const auto* i64 = static_cast<const int64_t*>(index.data());
  const auto* i32 = static_cast<const int32_t*>(index.data());
  int64_t offsets[kChunk];
  walk_rows<3>(index.sizes(), {data_strides, other_strides, index.strides()}, [&](const Offsets<3>& at, int64_t n, const Offsets<3>& step) {
    for (int64_t first = 0; first < n; first += kChunk) {
      int64_t count = std::min(kChunk, n - first);
      for (int64_t k = 0; k < count; ++k) {
        int64_t place = at[2] + (first + k) * step[2];
        int64_t i = wide ? i64[place] : i32[place];
        if (i < 0 || i >= size) [[unlikely]]
          fail_runtime(name, "(): Expected index [", i, "] to be within bounds: index ", i, " is out of bounds for dimension ", dim, " with size ", size);
        offsets[k] = at[0] + (first + k) * step[0] + i * data_step;
      }
      fn({offsets, count, at[1] + first * step[1], step[1]});
    }
  });
}

}  // namespace

Tensor gather(Context& ctx, const Tensor& self_in, int64_t dim_in, const Tensor& index, bool) {
  Tensor self = plain(ctx, self_in);
  if (index.numel() > 0) check_index_dtype(index, "gather");
  int64_t dim = wrap_dim(dim_in, self.dim());
  check(index.numel() == 0 || std::max<int64_t>(1, self.dim()) == std::max<int64_t>(1, index.dim()),
        "Index tensor must have the same number of dimensions as input tensor");
  Tensor out = make_tensor(index.sizes(), self.dtype());
  if (index.numel() == 0) return out;
  check_gather_shape(self, dim, index, "self");
  visit_size(self.dtype(), [&](auto tag) {
    using T = decltype(tag);
    T* to = out.mutable_data<T>();
    const T* from = self.data<T>();
    for_each_indexed(self, dim, index, out, "gather", [&](const Places& p) {
      for (int64_t k = 0; k < p.n; ++k) to[p.other + k * p.step] = from[p.data[k]];
    });
  });
  return out;
}

namespace {

enum class Reduce { kAssign, kSum, kProd, kMean, kMax, kMin };

Reduce parse_reduce(std::string_view name, bool reduce_op) {
  if (!reduce_op) {
    check(name == "add" || name == "multiply", "reduce argument must be either add or multiply.");
    return name == "add" ? Reduce::kSum : Reduce::kProd;
  }
  if (name == "sum") return Reduce::kSum;
  if (name == "prod") return Reduce::kProd;
  if (name == "mean") return Reduce::kMean;
  if (name == "amax") return Reduce::kMax;
  if (name == "amin") return Reduce::kMin;
  fail_runtime("reduce argument must be either sum, prod, mean, amax or amin, got ", name);
}

template <class T>
T combine(Reduce reduce, T a, T b) {
  if constexpr (std::is_same_v<T, bool>) {
    return reduce == Reduce::kProd || reduce == Reduce::kMin ? a && b : a || b;
  } else if constexpr (std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>) {
    return reduce == Reduce::kProd ? plain_product(a, b) : a + b;
  } else {
    switch (reduce) {
      case Reduce::kProd: return T(a * b);
      case Reduce::kMax: return b != b || b > a ? b : a;
      case Reduce::kMin: return b != b || b < a ? b : a;
      default: return T(a + b);
    }
  }
}

template <class Fn>
void visit_any(DType dtype, const char* name, Fn&& fn) {  // every dtype that arithmetic knows
  if (dtype == DType::kBool) fn(bool());
  else visit_numeric(dtype, name, fn);
}

// self[index][..] = or op= source along dim, in place. A null source means the scalar.
Tensor scatter_into(Context& ctx, const Tensor& self, int64_t dim_in, const Tensor& index, const Tensor* source_in, const Scalar& value, Reduce reduce,
                    bool include_self, const char* name) {
  check_index_dtype(index, name);
  int64_t dim = wrap_dim(dim_in, self.dim());
  bool any = index.numel() > 0;  // a mean divides also without
  if (!any && reduce != Reduce::kMean) return self;
  if (any) check_gather_shape(self, dim, index, "self");
  Tensor source;
  if (source_in && any) {
    check(source_in->dtype() == self.dtype(), "scatter(): Expected self.dtype to be equal to src.dtype");
    check(std::max<int64_t>(1, source_in->dim()) == std::max<int64_t>(1, index.dim()), "Index tensor must have the same number of dimensions as src tensor");
    for (int64_t d = 0; d < index.dim(); ++d)
      check(index.size(d) <= (source_in->dim() == 0 ? 1 : source_in->size(d)), "Expected index ", index.sizes(), " to be no larger than src ",
            source_in->sizes(), " at dimension ", d);
    source = plain(ctx, *source_in);
    if (&source.storage() == &self.storage()) source = clone(ctx, source);
  }
  if (reduce == Reduce::kAssign && source_in) {
    visit_size(self.dtype(), [&](auto tag) {
      using T = decltype(tag);
      T* to = self.mutable_data<T>();
      const T* from = source.data<T>();
      for_each_indexed(self, dim, index, source, name, [&](const Places& p) {
        for (int64_t k = 0; k < p.n; ++k) to[p.data[k]] = from[p.other + k * p.step];
      });
    });
    return self;
  }
  bool orders = reduce == Reduce::kMax || reduce == Reduce::kMin;
  if (self.is_complex() && orders)
    fail_dtype(reduce == Reduce::kMax ? "scatter_gather_tensor_cpu_reduce_amax" : "scatter_gather_tensor_cpu_reduce_amin", self.dtype());
  if (self.dtype() == DType::kBool && reduce == Reduce::kMean) fail_dtype(any ? "scatter_gather_tensor_cpu_reduce_mean" : "div_floor_cpu", self.dtype());
  Tensor touched;
  if (!include_self || reduce == Reduce::kMean) touched = zeros(ctx, self.sizes(), DType::kLong);
  int64_t* counts = touched.defined() ? touched.mutable_data<int64_t>() : nullptr;
  // Where each visit falls in `touched`, in the order of the visits below.
  Vec<int64_t> places;
  size_t used = 0;
  if (counts && any) for_each_indexed(touched, dim, index, touched, name, [&](const Places& p) { places.insert(places.end(), p.data, p.data + p.n); });
  if (any)
    visit_any(self.dtype(), name, [&](auto tag) {
      using T = decltype(tag);
      T* to = self.mutable_data<T>();
      T one = value.to<T>();
      const T* from = source_in ? source.data<T>() : &one;
      Tensor none = make_tensor(IntView(), self.dtype());
      const Tensor& other = source_in ? source : none;
      for_each_indexed(self, dim, index, other, name, [&](const Places& p) {
        for (int64_t k = 0; k < p.n; ++k) {
          T& x = to[p.data[k]];
          T y = from[p.other + k * p.step];
          bool first = counts && counts[places[used]] == 0;
          if (counts) ++counts[places[used++]];
          x = reduce == Reduce::kAssign || (first && !include_self) ? y : combine(reduce, x, y);
        }
      });
    });
  if (reduce == Reduce::kMean) {
    visit_numeric(self.dtype(), name, [&](auto tag) {
      using T = decltype(tag);
      T* to = self.mutable_data<T>();
      walk_rows<2>(self.sizes(), {self.strides(), touched.strides()}, [&](const Offsets<2>& at, int64_t n, const Offsets<2>& step) {
        for (int64_t i = 0; i < n; ++i) {
          int64_t count = counts[at[1] + i * step[1]] + (include_self ? 1 : 0);
          T& x = to[at[0] + i * step[0]];
          if (count <= 1 && !self.is_complex()) continue;
          if constexpr (std::is_integral_v<T>) {
            auto wide = int64_t(x);
            int64_t q = wide / count;
            x = T((wide % count != 0 && (wide < 0)) ? q - 1 : q);
          } else if constexpr (std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>) {
            // By a complex number: what is not finite in one part spoils the other.
            auto by = typename T::value_type(std::max<int64_t>(1, count)), zero = typename T::value_type(0);
            x = T((x.real() + x.imag() * zero) / by, (x.imag() - x.real() * zero) / by);
          } else {
            x = T(x / T(float(count)));
          }
        }
      });
    });
  }
  return self;
}

Tensor scatter_src_(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src) {
  return scatter_into(ctx, self, dim, index, &src, Scalar(0), Reduce::kAssign, true, "scatter");
}
Tensor scatter_value_(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, const Scalar& value) {
  return scatter_into(ctx, self, dim, index, nullptr, value, Reduce::kAssign, true, "scatter");
}
Tensor scatter_src_reduce_(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src, std::string_view reduce) {
  return scatter_into(ctx, self, dim, index, &src, Scalar(0), parse_reduce(reduce, false), true, "scatter");
}
Tensor scatter_value_reduce_(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, const Scalar& value, std::string_view reduce) {
  return scatter_into(ctx, self, dim, index, nullptr, value, parse_reduce(reduce, false), true, "scatter");
}
Tensor scatter_add_(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src) {
  return scatter_into(ctx, self, dim, index, &src, Scalar(0), Reduce::kSum, true, "scatter_add");
}
Tensor scatter_reduce_(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src, std::string_view reduce, bool include_self) {
  return scatter_into(ctx, self, dim, index, &src, Scalar(0), parse_reduce(reduce, true), include_self, "scatter_reduce");
}

// The functional form of an in-place function: on a copy.
template <auto F, MemoryFormat Format = MemoryFormat::kContiguous>
struct OnCopy;
template <class... Ps, Tensor (*F)(Context&, const Tensor&, Ps...), MemoryFormat Format>
struct OnCopy<F, Format> {
  static Tensor call(Context& ctx, const Tensor& self, Ps... rest) { return F(ctx, clone(ctx, self, Format), rest...); }
};
Tensor index_copy_(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source) {
  check(source.dtype() == self.dtype(), "index_copy_(): self and source expected to have the same dtype, but got (self) ", scalar_type_name(self.dtype()),
        " and (source) ", scalar_type_name(source.dtype()));
  Tensor target = as_1d(ctx, self), from = as_1d(ctx, source);
  int64_t at = wrap_dim(dim, target.dim());
  Vec<int64_t> list = index_list(index, "index_copy_");
  check(from.dim() == target.dim() && from.size(at) == int64_t(list.size()), "index_copy_(): Number of indices (", list.size(),
        ") should be equal to source.size(dim) (", from.dim() == target.dim() ? from.size(at) : 0, ")");
  if (!has_slices(target, at)) return self;
  for (int64_t i : list)
    check(i >= 0 && i < target.size(at), "index_copy_(): index ", i, " is out of bounds for dimension ", at, " with size ", target.size(at));
  if (&from.storage() == &target.storage()) from = clone(ctx, from);
  for (size_t k = 0; k < list.size(); ++k) copy_(ctx, select(ctx, target, at, list[k]), select(ctx, from, at, int64_t(k)));
  return self;
}

Tensor index_add_(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source, const Scalar& alpha) {
  check(source.dtype() == self.dtype(), "index_add_(): self (", scalar_type_name(self.dtype()), ") and source (", scalar_type_name(source.dtype()),
        ") must have the same scalar type");
  Tensor target = as_1d(ctx, self), from = as_1d(ctx, plain(ctx, source));
  int64_t at = wrap_dim(dim, target.dim());
  Vec<int64_t> list = index_list(index, "index_add");
  check(from.dim() == target.dim(), "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = ", self.sizes(),
        " source.shape = ", source.sizes());
  check(from.size(at) == int64_t(list.size()), "index_add_(): Number of indices (", list.size(), ") should be equal to source.size(dim): (", from.size(at),
        "), for dim: ", at);
  for (int64_t d = 0; d < target.dim(); ++d)
    if (d != at)
      check(from.size(d) == target.size(d),
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = ", self.sizes(),
            " source.shape = ", source.sizes());
  if (self.dim() > 1 && self.numel() == 0) return self;
  // Along the first and the last dimension PyTorch calls scatter_add, which has a text of its own and no factor.
  bool plain_sum = alpha.to_double() == 1 && !alpha.is_complex() && self.dim() > 1 && (at == 0 || at == self.dim() - 1);
  if (plain_sum)
    for (int64_t i : list) check(i >= 0 && i < target.size(at), "index ", i, " is out of bounds for dimension ", at, " with size ", target.size(at));
  check_in_range(list, target.size(at));
  if (&from.storage() == &target.storage()) from = clone(ctx, from);
  visit_any(self.dtype(), "index_add_", [&](auto tag) {
    using T = decltype(tag);
    T scale = alpha.to<T>();
    T* to = target.mutable_data<T>();
    const T* data = from.data<T>();
    Dims sizes(target.sizes()), to_strides(target.strides()), from_strides(from.strides());
    int64_t to_step = to_strides[size_t(at)], from_step = from_strides[size_t(at)];
    sizes.erase(size_t(at));
    to_strides.erase(size_t(at));
    from_strides.erase(size_t(at));
    for (size_t k = 0; k < list.size(); ++k)
      walk_rows<2>(sizes, {to_strides, from_strides}, [&](const Offsets<2>& o, int64_t n, const Offsets<2>& step) {
        T* a = to + list[k] * to_step + o[0];
        const T* b = data + int64_t(k) * from_step + o[1];
        for (int64_t i = 0; i < n; ++i) {
          if constexpr (std::is_same_v<T, bool>) a[i * step[0]] = a[i * step[0]] || (b[i * step[1]] && scale);
          else if (plain_sum) a[i * step[0]] = T(a[i * step[0]] + b[i * step[1]]);
          else a[i * step[0]] = T(a[i * step[0]] + plain_product(b[i * step[1]], scale));
        }
      });
  });
  return self;
}

Tensor index_fill_(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, const Scalar& value) {
  Tensor target = as_1d(ctx, self);
  int64_t at = wrap_dim(dim, target.dim());
  Vec<int64_t> list = index_list(index, "index_fill_");
  if (!has_slices(target, at)) return self;
  int64_t size = target.size(at);
  for (int64_t i : list) check(i >= -size && i < size, "index ", i, " is out of bounds for dimension ", at, " with size ", size);
  for (int64_t i : list) fill_(ctx, select(ctx, target, at, i), value);
  return self;
}
Tensor index_fill_tensor_(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, const Tensor& value) {
  check(value.dim() == 0, "index_fill_ only supports a 0-dimensional value tensor, but got tensor with ", value.dim(), " dimension(s).");
  return index_fill_(ctx, self, dim, index, item(value));
}

Tensor index_reduce_(Context& ctx, const Tensor& self, int64_t dim_in, const Tensor& index, const Tensor& source, std::string_view reduce, bool include_self) {
  // scatter_reduce with the index broadcast over the other dimensions.
  Tensor target = as_1d(ctx, self), from = as_1d(ctx, source);
  int64_t dim = wrap_dim(dim_in, target.dim());
  check(index.dim() <= 1 && from.dim() == target.dim(), "index_reduce(): Index is supposed to be a vector");
  Dims shape(from.sizes().size(), 1);
  shape[size_t(dim)] = index.numel();
  Vec<int64_t> list = index_list(index, "index_reduce");
  check_in_range(list, target.size(dim));
  Tensor wrapped = make_tensor({int64_t(list.size())}, DType::kLong);
  std::copy(list.begin(), list.end(), wrapped.mutable_data<int64_t>());
  Tensor wide = expand(ctx, view(ctx, wrapped, shape), from.sizes());
  check(reduce != "sum", "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got sum.");
  scatter_into(ctx, target, dim, wide, &from, Scalar(0), parse_reduce(reduce, true), include_self, "index_reduce");
  return self;
}

// What x[indices] touches: the indexed dimensions moved to the front, the indices broadcast and linearized.
struct Advanced {
  Tensor self;                    // a view with the indexed dimensions first
  Vec<int64_t> offsets;           // element offsets of each index point, relative to self
  Dims points;                    // shape of the broadcast indices
  Vec<Tensor> indices;            // expanded to it
  Dims rest_sizes, rest_strides;  // the dimensions that are not indexed
  size_t place = 0;               // where `points` goes among the rest in the result
};

// Masks become one index tensor per dimension.
void expand_masks(Context& ctx, const Tensor& self, MaybeTensors indices, Vec<Tensor>& out) {
  int64_t at = 0;
  for (size_t i = 0; i < indices.size(); ++i) {
    MaybeTensor index = indices[i];
    if (!index) {
      out.emplace_back();
      ++at;
      continue;
    }
    if (index->dtype() == DType::kBool || index->dtype() == DType::kByte) {
      for (int64_t d = 0; d < index->dim(); ++d)
        check(at + d < self.dim() && index->size(d) == self.size(at + d), "The shape of the mask ", index->sizes(), " at index ", d,
              " does not match the shape of the indexed tensor ", self.sizes(), " at index ", at + d);
      Tensor found = nonzero(ctx, *index);
      for (int64_t d = 0; d < index->dim(); ++d) out.push_back(select(ctx, found, 1, d));
      if (index->dim() == 0) {  // a 0-dim mask adds a dimension of size 0 or 1
        fail_runtime("indexing with a 0-dim mask is not supported");
      }
      at += index->dim();
      continue;
    }
    check(index->dtype() == DType::kLong || index->dtype() == DType::kInt || index->dtype() == DType::kShort || index->dtype() == DType::kChar,
          "tensors used as indices must be long, int, byte or bool tensors");
    out.push_back(index->dtype() == DType::kLong ? *index : to_dtype(ctx, *index, DType::kLong));
    ++at;
  }
}

Advanced prepare(Context& ctx, const Tensor& self, MaybeTensors indices) {
  Vec<Tensor> list;
  expand_masks(ctx, self, indices, list);
  check(int64_t(list.size()) <= self.dim(), "too many indices for tensor of dimension ", self.dim(), " (got ", list.size(), ")");
  Advanced plan;
  plan.self = self;
  // Broadcast shape of the indices.
  bool any = false;
  for (const Tensor& index : list) {
    if (!index.defined()) continue;
    any = true;
    while (plan.points.size() < index.sizes().size()) plan.points.insert(0, 1);
    size_t lead = plan.points.size() - index.sizes().size();
    for (size_t d = 0; d < index.sizes().size(); ++d) {
      int64_t& have = plan.points[lead + d];
      int64_t want = index.sizes()[d];
      if (have != want && have != 1 && want != 1) {
        std::string shapes;
        for (const Tensor& each : list)
          if (each.defined()) shapes += cat(shapes.empty() ? " " : ", ", each.sizes());
        fail_runtime("shape mismatch: indexing tensors could not be broadcast together with shapes", shapes);
      }
      if (have == 1) have = want;
    }
  }
  check(any, "at least one index must be a tensor");
  int64_t count = checked_numel(plan.points);
  // Where the other dimensions hold no element no index is looked at.
  bool looked_at = true;
  for (size_t d = 0; d < self.sizes().size(); ++d) {
    bool indexed = d < list.size() && list[d].defined();
    check(!indexed || count == 0 || self.sizes()[d] > 0, "index is out of bounds for dimension with size 0");
    looked_at = looked_at && (indexed || self.sizes()[d] > 0);
  }
  plan.offsets.assign(size_t(count), 0);
  std::optional<size_t> first, last;
  size_t used = 0;
  for (size_t d = 0; d < self.sizes().size(); ++d) {
    if (d >= list.size() || !list[d].defined()) {
      plan.rest_sizes.push_back(self.sizes()[d]);
      plan.rest_strides.push_back(self.strides()[d]);
      continue;
    }
    if (!first) {
      first = d;
      plan.place = plan.rest_sizes.size();
    }
    last = d;
    ++used;
    if (!looked_at) continue;
    int64_t size = self.sizes()[d], stride = self.strides()[d];
    Tensor wide = expand(ctx, list[d], plan.points);
    plan.indices.push_back(wide);
    const auto* data = wide.data<int64_t>();
    size_t k = 0;
    walk_rows<1>(wide.sizes(), {wide.strides()}, [&](const Offsets<1>& at, int64_t n, const Offsets<1>& step) {
      for (int64_t i = 0; i < n; ++i) {
        int64_t value = data[at[0] + i * step[0]];
        if (value < -size || value >= size) [[unlikely]]
          fail_runtime("index ", value, " is out of bounds for dimension ", used - 1, " with size ", size);
        plan.offsets[k++] += (value < 0 ? value + size : value) * stride;
      }
    });
  }
  // Adjacent indices stay in place; separated ones move to the front.
  if (*last - *first + 1 != used) plan.place = 0;
  return plan;
}

Dims result_sizes(const Advanced& plan) {
  Dims sizes;
  for (size_t i = 0; i < plan.place; ++i) sizes.push_back(plan.rest_sizes[i]);
  for (int64_t size : plan.points) sizes.push_back(size);
  for (size_t i = plan.place; i < plan.rest_sizes.size(); ++i) sizes.push_back(plan.rest_sizes[i]);
  return sizes;
}

// The strides of x[indices]: elementwise over self, which does not move along the points, and the indices, which do not
// move along the rest. Empty: row-major.
Dims result_layout(const Advanced& plan, IntView sizes) {
  bool dense = plan.self.is_contiguous();
  for (const Tensor& index : plan.indices) dense = dense && index.is_contiguous();
  if (dense || checked_numel(sizes) == 0) return Dims();
  Vec<Tensor> moving;
  auto spread = [&](const Tensor& t, IntView rest, IntView points) {
    Dims strides(rest.subspan(0, plan.place));
    for (int64_t s : points) strides.push_back(s);
    for (int64_t s : rest.subspan(plan.place)) strides.push_back(s);
    moving.push_back(t.as_view(sizes, strides, t.offset()));
  };
  spread(plan.self, plan.rest_strides, Dims(plan.points.size(), 0));
  for (const Tensor& index : plan.indices) spread(index, Dims(plan.rest_sizes.size(), 0), index.strides());
  SmallVec<const Tensor*, 8> list;
  for (const Tensor& t : moving) list.push_back(&t);
  return result_strides(sizes, list);
}

// A run of elements of self and of the other tensor.
struct Run {
  int64_t self, other, n, self_step, other_step;
};

// All points and rest positions; other has result_sizes and any strides.
void for_each_point(const Advanced& plan, const Tensor& other, FunctionRef<void(const Run&)> fn) {
  Dims before_sizes, before_self, before_other, after_sizes, after_self, after_other;
  size_t points = plan.points.size();
  for (size_t i = 0; i < plan.rest_sizes.size(); ++i) {
    bool before = i < plan.place;
    (before ? before_sizes : after_sizes).push_back(plan.rest_sizes[i]);
    (before ? before_self : after_self).push_back(plan.rest_strides[i]);
    (before ? before_other : after_other).push_back(other.strides()[before ? i : i + points]);
  }
  walk_rows<2>(before_sizes, {before_self, before_other}, [&](const Offsets<2>& outer, int64_t outer_n, const Offsets<2>& outer_step) {
    for (int64_t o = 0; o < outer_n; ++o) {
      size_t k = 0;
      walk_rows<1>(plan.points, {other.strides().subspan(plan.place, points)}, [&](const Offsets<1>& point, int64_t point_n, const Offsets<1>& point_step) {
        for (int64_t p = 0; p < point_n; ++p) {
          int64_t a = outer[0] + o * outer_step[0] + plan.offsets[k++];
          int64_t b = outer[1] + o * outer_step[1] + point[0] + p * point_step[0];
          walk_rows<2>(after_sizes, {after_self, after_other}, [&](const Offsets<2>& inner, int64_t n, const Offsets<2>& step) {
            fn({a + inner[0], b + inner[1], n, step[0], step[1]});
          });
        }
      });
    }
  });
}

Tensor index_twin(Context& ctx, const Tensor& self, Tensors indices) { return index(ctx, self, MaybeTensors(indices.values())); }

}  // namespace

Tensor index(Context& ctx, const Tensor& self_in, MaybeTensors indices) {
  Tensor self = plain(ctx, self_in);
  Advanced plan = prepare(ctx, self, indices);
  Dims sizes = result_sizes(plan), strides = result_layout(plan, sizes);
  Tensor out = strides.empty() ? make_tensor(sizes, self.dtype()) : make_tensor_strided(sizes, strides, self.dtype());
  visit_size(self.dtype(), [&](auto tag) {
    using T = decltype(tag);
    T* to = out.mutable_data<T>();
    const T* from = self.data<T>();
    for_each_point(plan, out, [&](const Run& r) {
      for (int64_t i = 0; i < r.n; ++i) to[r.other + i * r.other_step] = from[r.self + i * r.self_step];
    });
  });
  return out;
}

Tensor index_put_(Context& ctx, const Tensor& self, MaybeTensors indices, const Tensor& values_in, bool accumulate) {
  check(values_in.dtype() == self.dtype(), "Index put requires the source and destination dtypes match, got ", scalar_type_name(self.dtype()),
        " for the destination and ", scalar_type_name(values_in.dtype()), " for the source.");
  Advanced plan = prepare(ctx, self, indices);
  Dims sizes = result_sizes(plan);
  Tensor values = plain(ctx, values_in);
  if (&values.storage() == &self.storage()) values = clone(ctx, values);
  while (values.dim() > int64_t(sizes.size()) && values.size(0) == 1) values = select(ctx, values, 0, 0);
  check(values.dim() <= int64_t(sizes.size()), "shape mismatch: value tensor of shape ", values_in.sizes(), " cannot be broadcast to indexing result of shape ",
        sizes);
  for (int64_t d = 1; d <= values.dim(); ++d)
    check(values.size(-d) == 1 || values.size(-d) == sizes[sizes.size() - size_t(d)], "shape mismatch: value tensor of shape ", values_in.sizes(),
          " cannot be broadcast to indexing result of shape ", sizes);
  values = expand(ctx, values, sizes);
  if (accumulate) {
    visit_any(self.dtype(), "index_put_", [&](auto tag) {
      using T = decltype(tag);
      T* to = self.mutable_data<T>();
      const T* from = values.data<T>();
      for_each_point(plan, values, [&](const Run& r) {
        for (int64_t i = 0; i < r.n; ++i) {
          T& x = to[r.self + i * r.self_step];
          x = combine(Reduce::kSum, x, from[r.other + i * r.other_step]);
        }
      });
    });
  } else {
    visit_size(self.dtype(), [&](auto tag) {
      using T = decltype(tag);
      T* to = self.mutable_data<T>();
      const T* from = values.data<T>();
      for_each_point(plan, values, [&](const Run& r) {
        for (int64_t i = 0; i < r.n; ++i) to[r.self + i * r.self_step] = from[r.other + i * r.other_step];
      });
    });
  }
  return self;
}

namespace {

Tensor index_put_twin_(Context& ctx, const Tensor& self, Tensors indices, const Tensor& values, bool accumulate) {
  return index_put_(ctx, self, MaybeTensors(indices.values()), values, accumulate);
}
Tensor index_put_impl_(Context& ctx, const Tensor& self, MaybeTensors indices, const Tensor& values, bool accumulate, bool) {
  return index_put_(ctx, self, indices, values, accumulate);
}
Tensor index_put(Context& ctx, const Tensor& self, MaybeTensors indices, const Tensor& values, bool accumulate) {
  return index_put_(ctx, clone(ctx, self), indices, values, accumulate);
}
Tensor index_put_twin(Context& ctx, const Tensor& self, Tensors indices, const Tensor& values, bool accumulate) {
  return index_put(ctx, self, MaybeTensors(indices.values()), values, accumulate);
}

constexpr OpDef kRows[] = {
    op("aten::index_select(Tensor self, int dim, Tensor index) -> Tensor", TAPER_OP(index_select), kPure),
    op_out("aten::index_select.out(Tensor self, int dim, Tensor index, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(index_select)),
    op("aten::gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor", TAPER_OP(gather), kPure),
    op_out("aten::gather.out(Tensor self, int dim, Tensor index, *, bool sparse_grad=False, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(gather), kExactOut),
    op("aten::index.Tensor(Tensor self, Tensor?[] indices) -> Tensor", TAPER_OP(index), kPure | kDataDependent),
    op("aten::index.Tensor_hacked_twin(Tensor self, Tensor[] indices) -> Tensor", TAPER_OP(index_twin), kPure | kDataDependent),
    op_out("aten::index.Tensor_out(Tensor self, Tensor?[] indices, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(index)),
    op("aten::_unsafe_index.Tensor(Tensor self, Tensor?[] indices) -> Tensor", TAPER_OP(index), kPure | kDataDependent),
    op("aten::_unsafe_index.Tensor_hacked_twin(Tensor self, Tensor[] indices) -> Tensor", TAPER_OP(index_twin), kPure | kDataDependent),
    op("aten::index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor", TAPER_OP(index_put), kPure),
    op("aten::index_put.hacked_twin(Tensor self, Tensor[] indices, Tensor values, bool accumulate=False) -> Tensor", TAPER_OP(index_put_twin), kPure),
    op_out("aten::index_put.out(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(index_put)),
    op("aten::index_put_(Tensor(a!) self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor(a!)", TAPER_OP(index_put_)),
    op("aten::index_put_.hacked_twin(Tensor(a!) self, Tensor[] indices, Tensor values, bool accumulate=False) -> Tensor(a!)", TAPER_OP(index_put_twin_)),
    op("aten::_index_put_impl_(Tensor(a!) self, Tensor?[] indices, Tensor values, bool accumulate=False, bool unsafe=False) -> Tensor(a!)",
       TAPER_OP(index_put_impl_)),
    op("aten::scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor", TAPER_OP(OnCopy<&scatter_src_>::call), kPure),
    op("aten::scatter_.src(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)", TAPER_OP(scatter_src_)),
    op_out("aten::scatter.src_out(Tensor self, int dim, Tensor index, Tensor src, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(OnCopy<&scatter_src_>::call)),
    op("aten::scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor", TAPER_OP(OnCopy<&scatter_value_>::call), kPure),
    op("aten::scatter_.value(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)", TAPER_OP(scatter_value_)),
    op_out("aten::scatter.value_out(Tensor self, int dim, Tensor index, Scalar value, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(OnCopy<&scatter_value_>::call)),
    op("aten::scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor", TAPER_OP(OnCopy<&scatter_src_reduce_>::call), kPure),
    op("aten::scatter_.reduce(Tensor(a!) self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor(a!)", TAPER_OP(scatter_src_reduce_)),
    op_out("aten::scatter.reduce_out(Tensor self, int dim, Tensor index, Tensor src, *, str reduce, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(OnCopy<&scatter_src_reduce_>::call)),
    op("aten::scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor", TAPER_OP(OnCopy<&scatter_value_reduce_>::call),
       kPure),
    op("aten::scatter_.value_reduce(Tensor(a!) self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor(a!)", TAPER_OP(scatter_value_reduce_)),
    op_out("aten::scatter.value_reduce_out(Tensor self, int dim, Tensor index, Scalar value, *, str reduce, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(OnCopy<&scatter_value_reduce_>::call)),
    op("aten::scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor", TAPER_OP(OnCopy<&scatter_add_>::call), kPure),
    op("aten::scatter_add_(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)", TAPER_OP(scatter_add_)),
    op_out("aten::scatter_add.out(Tensor self, int dim, Tensor index, Tensor src, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(OnCopy<&scatter_add_>::call)),
    op("aten::scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor",
       TAPER_OP(OnCopy<&scatter_reduce_>::call), kPure),
    op("aten::scatter_reduce_.two(Tensor(a!) self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor(a!)",
       TAPER_OP(scatter_reduce_)),
    op_out("aten::scatter_reduce.two_out(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True, Tensor(a!) out) -> "
           "Tensor(a!)",
           TAPER_OP(OnCopy<&scatter_reduce_>::call)),
    op("aten::index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor", TAPER_OP(OnCopy<&index_add_>::call), kPure),
    op("aten::index_add_(Tensor(a!) self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(index_add_)),
    op_out("aten::index_add.out(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(OnCopy<&index_add_>::call)),
    op("aten::index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor", TAPER_OP(OnCopy<&index_copy_>::call), kPure),
    op("aten::index_copy_(Tensor(a!) self, int dim, Tensor index, Tensor source) -> Tensor(a!)", TAPER_OP(index_copy_)),
    op_out("aten::index_copy.out(Tensor self, int dim, Tensor index, Tensor source, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(OnCopy<&index_copy_>::call)),
    op("aten::index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor", TAPER_OP(OnCopy<&index_fill_, MemoryFormat::kPreserve>::call),
       kPure),
    op("aten::index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor",
       TAPER_OP(OnCopy<&index_fill_tensor_, MemoryFormat::kPreserve>::call), kPure),
    op("aten::index_fill_.int_Scalar(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)", TAPER_OP(index_fill_)),
    op("aten::index_fill_.int_Tensor(Tensor(a!) self, int dim, Tensor index, Tensor value) -> Tensor(a!)", TAPER_OP(index_fill_tensor_)),
    op("aten::index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor",
       TAPER_OP(OnCopy<&index_reduce_>::call), kPure),
    op("aten::index_reduce_(Tensor(a!) self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor(a!)",
       TAPER_OP(index_reduce_)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> index_rows() { return aten::kRows; }
}  // namespace taper::impl
