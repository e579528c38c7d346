#include "ops/aten/view.h"

#include <algorithm>

#include "ops/aten/copy.h"
#include "ops/families.h"

namespace taper::impl::aten {

Dims infer_size(IntView sizes, int64_t numel) {
  Dims out(sizes);
  int64_t known = 1;
  std::optional<size_t> open;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1) {
      check(!open, "only one dimension can be inferred");
      open = i;
    } else {
      check(sizes[i] >= 0, "invalid shape dimension ", sizes[i], " at index ", i, " of shape ", sizes);
      check(!__builtin_mul_overflow(known, sizes[i], &known), "shape '", sizes, "' is too large");
    }
  }
  if (open) {
    check(known != 0 || numel == 0, "shape '", sizes, "' is invalid for input of size ", numel);
    check(known != 0, "cannot reshape tensor of ", numel, " elements into shape ", sizes,
          " because the unspecified dimension size -1 can be any value and is ambiguous");
    check(numel % known == 0, "shape '", sizes, "' is invalid for input of size ", numel);
    out[*open] = numel / known;
  } else {
    check(known == numel, "shape '", sizes, "' is invalid for input of size ", numel);
  }
  return out;
}

std::optional<Dims> view_strides(const Tensor& self, IntView sizes) {
  if (self.numel() == 0) {
    if (same(self.sizes(), sizes)) return Dims(self.strides());
    return contiguous_strides(sizes);
  }
  Dims strides(sizes.size());
  IntView old_sizes = self.sizes(), old_strides = self.strides();
  // Walk both shapes from the back; each run of old dimensions that lie evenly in memory must be covered by new ones.
  int64_t at = int64_t(sizes.size()) - 1;
  int64_t base = old_sizes.empty() ? 1 : old_strides.back();
  int64_t old_count = 1, new_count = 1;
  for (int64_t d = int64_t(old_sizes.size()) - 1; d >= 0; --d) {
    old_count *= old_sizes[size_t(d)];
    bool run_ends = d == 0 || (old_sizes[size_t(d - 1)] != 1 && old_strides[size_t(d - 1)] != old_count * base);
    if (!run_ends) continue;
    while (at >= 0 && (new_count < old_count || sizes[size_t(at)] == 1)) {
      strides[size_t(at)] = new_count * base;
      new_count *= sizes[size_t(at)];
      --at;
    }
    if (new_count != old_count) return std::nullopt;
    if (d > 0) {
      base = old_strides[size_t(d - 1)];
      old_count = new_count = 1;
    }
  }
  for (; at >= 0; --at) strides[size_t(at)] = new_count * base;  // a 0-dim tensor viewed as [1, 1...]
  if (at != -1) return std::nullopt;
  return strides;
}

Tensor view(Context&, const Tensor& self, IntView size) {
  Dims sizes = infer_size(size, self.numel());
  std::optional<Dims> strides = view_strides(self, sizes);
  check(strides.has_value(),
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous "
        "subspaces). Use .reshape(...) instead.");
  return self.as_view(sizes, *strides, self.offset());
}

Tensor reshape(Context& ctx, const Tensor& self, IntView shape) {
  Dims sizes = infer_size(shape, self.numel());
  if (std::optional<Dims> strides = view_strides(self, sizes)) return self.as_view(sizes, *strides, self.offset());
  Tensor copied = contiguous(ctx, self);
  return copied.as_view(sizes, contiguous_strides(sizes), copied.offset());
}

Tensor permute(Context&, const Tensor& self, IntView dims) {
  check(int64_t(dims.size()) == self.dim(),
        "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
        "desired ordering of dimensions i.e. input.dim() = ",
        self.dim(), " is not equal to len(dims) = ", dims.size());
  Dims sizes(dims.size()), strides(dims.size());
  SmallVec<bool, 8> seen(dims.size(), false);
  for (size_t i = 0; i < dims.size(); ++i) {
    auto d = size_t(wrap_dim(dims[i], self.dim()));
    check(!seen[d], "permute(): duplicate dims are not allowed.");
    seen[d] = true;
    sizes[i] = self.sizes()[d];
    strides[i] = self.strides()[d];
  }
  return self.as_view(sizes, strides, self.offset());
}

Tensor transpose(Context&, const Tensor& self, int64_t dim0, int64_t dim1) {
  auto a = size_t(wrap_dim(dim0, self.dim())), b = size_t(wrap_dim(dim1, self.dim()));
  if (a == b) return self.alias();
  Dims sizes(self.sizes()), strides(self.strides());
  std::swap(sizes[a], sizes[b]);
  std::swap(strides[a], strides[b]);
  return self.as_view(sizes, strides, self.offset());
}

Tensor t(Context& ctx, const Tensor& self) {
  check(self.dim() <= 2, "t() expects a tensor with <= 2 dimensions, but self is ", self.dim(), "D");
  return self.dim() < 2 ? self.alias() : transpose(ctx, self, 0, 1);
}

// Keeps the dimensions for which keep(d) holds.
template <class Keep>
static Tensor squeezed(const Tensor& self, Keep keep) {
  Dims sizes, strides;
  for (size_t d = 0; d < self.sizes().size(); ++d) {
    if (!keep(d)) continue;
    sizes.push_back(self.sizes()[d]);
    strides.push_back(self.strides()[d]);
  }
  return self.as_view(sizes, strides, self.offset());
}

Tensor squeeze(Context&, const Tensor& self) {
  return squeezed(self, [&](size_t d) { return self.sizes()[d] != 1; });
}

Tensor squeeze_dim(Context&, const Tensor& self, int64_t dim) {
  auto at = size_t(wrap_dim(dim, self.dim()));
  return squeezed(self, [&](size_t d) { return d != at || self.sizes()[d] != 1; });
}

Tensor squeeze_dims(Context&, const Tensor& self, IntView dims) {
  SmallVec<bool, 8> drop(size_t(std::max<int64_t>(1, self.dim())), false);
  for (int64_t d : dims) {
    auto at = size_t(wrap_dim(d, self.dim()));
    check(!drop[at], "dim ", at, " appears multiple times in the list of dims");
    drop[at] = true;
  }
  return squeezed(self, [&](size_t d) { return !drop[d] || self.sizes()[d] != 1; });
}

Tensor unsqueeze(Context&, const Tensor& self, int64_t dim) {
  auto at = size_t(wrap_dim(dim, self.dim() + 1));
  Dims sizes(self.sizes()), strides(self.strides());
  int64_t step = at < sizes.size() ? sizes[at] * strides[at] : 1;
  sizes.insert(at, 1);
  strides.insert(at, step);
  return self.as_view(sizes, strides, self.offset());
}

Tensor expand(Context&, const Tensor& self, IntView size, bool) {
  size_t dims = size.size(), own = self.sizes().size();
  check(dims >= own, "expand(torch.", scalar_type_name(self.dtype()), "Tensor{", self.sizes(), "}, size=", size, "): the number of sizes provided (", dims,
        ") must be greater or equal to the number of dimensions in the tensor (", own, ")");
  Dims sizes(dims), strides(dims);
  for (size_t i = dims; i-- > 0;) {
    size_t lead = dims - own;
    bool exists = i >= lead;
    int64_t have = exists ? self.sizes()[i - lead] : 1;
    int64_t want = size[i];
    if (want == -1) {
      check(exists, "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ", i);
      want = have;
    }
    check(want >= 0, "The expanded size of the tensor (", want, ") isn't allowed");
    check(have == want || have == 1, "The expanded size of the tensor (", want, ") must match the existing size (", have, ") at non-singleton dimension ", i,
          ".  Target sizes: ", size, ".  Tensor sizes: ", self.sizes());
    sizes[i] = want;
    if (exists && have == want) strides[i] = self.strides()[i - lead];
    else strides[i] = 0;
  }
  return self.as_view(sizes, strides, self.offset());
}

Tensor select(Context&, const Tensor& self, int64_t dim, int64_t index) {
  check(self.dim() > 0, "select() cannot be applied to a 0-dim tensor.");
  auto at = size_t(wrap_dim(dim, self.dim()));
  int64_t size = self.sizes()[at];
  if (index < -size || index >= size) fail_runtime("select(): index ", index, " out of range for tensor of size ", self.sizes(), " at dimension ", at);
  if (index < 0) index += size;
  Dims sizes(self.sizes()), strides(self.strides());
  int64_t offset = self.offset() + index * strides[at];
  sizes.erase(at);
  strides.erase(at);
  return self.as_view(sizes, strides, offset);
}

Tensor slice(Context&, const Tensor& self, int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step) {
  check(self.dim() > 0, "slice() cannot be applied to a 0-dim tensor.");
  auto at = size_t(wrap_dim(dim, self.dim()));
  check(step > 0, "slice step must be positive");
  int64_t size = self.sizes()[at];
  auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + size : i, 0, size); };
  int64_t from = clamp(start.value_or(0)), to = std::max(from, clamp(end.value_or(size)));
  Dims sizes(self.sizes()), strides(self.strides());
  int64_t count = to - from;
  sizes[at] = count == 0 ? 0 : (count - 1) / step + 1;
  int64_t offset = self.offset() + from * strides[at];
  int64_t stride;
  strides[at] = __builtin_mul_overflow(strides[at], step, &stride) ? strides[at] : stride;
  return self.as_view(sizes, strides, offset);
}

Tensor narrow(Context& ctx, const Tensor& self, int64_t dim, int64_t start, int64_t length) {
  check(self.dim() > 0, "narrow() cannot be applied to a 0-dim tensor.");
  check(length >= 0, "narrow(): length must be non-negative.");
  int64_t size = self.size(dim);
  check(-size <= start && start <= size, "start out of range (expected to be in range of [", -size, ", ", size, "], but got ", start, ")");
  if (start < 0) start += size;
  check(length <= size - start, "start (", start, ") + length (", length, ") exceeds dimension size (", size, ").");
  return slice(ctx, self, dim, start, start + length, 1);
}

static Tensor narrow_tensor(Context& ctx, const Tensor& self, int64_t dim, const Tensor& start, int64_t length) {
  check(start.dim() == 0 && is_integral(start.dtype()), "start must be an 0-dim integral Tensor.");
  int64_t at = visit_integral(start.dtype(), "narrow", [&](auto tag) { return int64_t(*start.data<decltype(tag)>()); });
  return narrow(ctx, self, dim, at, length);
}

Vec<Tensor> split(Context& ctx, const Tensor& self, int64_t size, int64_t dim) {
  check(self.dim() != 0, "split expects at least a 1-dimensional tensor");
  check(size >= 0, "split expects split_size be non-negative, but got split_size=", size);
  int64_t length = self.size(dim);
  check(size > 0 || length == 0, "split_size can only be 0 if dimension size is 0, but got dimension size of ", length);
  int64_t count = size == 0 ? 1 : std::max<int64_t>(1, length / size + (length % size != 0));
  Vec<Tensor> parts;
  parts.reserve(size_t(count));
  for (int64_t i = 0; i < count; ++i) parts.push_back(narrow(ctx, self, dim, i * size, std::min(size, length - i * size)));
  return parts;
}

Vec<Tensor> split_with_sizes(Context& ctx, const Tensor& self, IntView sizes, int64_t dim) {
  check(self.dim() != 0, "split expects at least a 1-dimensional tensor");
  int64_t length = self.size(dim), at = 0;
  Vec<Tensor> parts;
  for (int64_t size : sizes) {
    check(size >= 0, "split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=", sizes);
    check(size <= length - at, "split_with_sizes expects split_sizes to sum exactly to ", length, " (input tensor's size at dimension ", dim,
          "), but got split_sizes=", sizes);
    parts.push_back(narrow(ctx, self, dim, at, size));
    at += size;
  }
  check(at == length, "split_with_sizes expects split_sizes to sum exactly to ", length, " (input tensor's size at dimension ", dim,
        "), but got split_sizes=", sizes);
  return parts;
}

Vec<Tensor> chunk(Context& ctx, const Tensor& self, int64_t chunks, int64_t dim) {
  check(self.dim() > 0, "chunk expects at least a 1-dimensional tensor");
  check(chunks > 0, "chunk expects `chunks` to be greater than 0, got: ", chunks);
  int64_t length = self.size(dim);
  int64_t size = length / chunks + (length % chunks != 0);
  if (size == 0) {  // an empty dimension gives that many empty chunks
    check(chunks <= 1'000'000, "chunk: ", chunks, " chunks of an empty dimension are too many");
    Dims sizes(size_t(chunks), 0);
    return split_with_sizes(ctx, self, sizes, dim);
  }
  return split(ctx, self, size, dim);
}

Vec<Tensor> unbind(Context& ctx, const Tensor& self, int64_t dim) {
  if (self.dim() == 0) fail_runtime("Dimension specified as ", wrap_dim(dim, 0), " but tensor has no dimensions");
  int64_t length = self.size(dim);
  Vec<Tensor> parts;
  parts.reserve(size_t(length));
  for (int64_t i = 0; i < length; ++i) parts.push_back(select(ctx, self, dim, i));
  return parts;
}

Tensor flatten(Context& ctx, const Tensor& self, int64_t start, int64_t end) {
  int64_t from = wrap_dim(start, self.dim()), to = wrap_dim(end, self.dim());
  check(from <= to, "flatten() has invalid args: start_dim cannot come after end_dim");
  if (self.dim() == 0) return reshape(ctx, self, Dims{1});
  if (from == to) return self;
  Dims sizes;
  for (int64_t d = 0; d < self.dim(); ++d) {
    if (d > from && d <= to) sizes.back() *= self.sizes()[size_t(d)];
    else sizes.push_back(self.sizes()[size_t(d)]);
  }
  return reshape(ctx, self, sizes);
}

static Tensor unflatten(Context& ctx, const Tensor& self, int64_t dim, IntView sizes) {
  auto at = size_t(wrap_dim(dim, self.dim()));
  check(!sizes.empty(), "unflatten: sizes must be non-empty");
  check(self.dim() > 0, "unflatten: a 0-dim tensor has no dimension to unflatten");
  int64_t known = 1;
  for (int64_t size : sizes)
    if (size != -1) check(!__builtin_mul_overflow(known, size, &known), "unflatten: sizes are too large");
  int64_t open = std::count(sizes.begin(), sizes.end(), -1);
  bool fits = open == 0 ? known == self.sizes()[at] : open == 1 && known > 0 && self.sizes()[at] % known == 0;
  check(fits, "unflatten: Provided sizes ", sizes, " don't multiply up to the size of dim ", at, " (", self.sizes()[at], ") in the input tensor");
  Dims out;
  for (size_t d = 0; d < self.sizes().size(); ++d) {
    if (d != at) out.push_back(self.sizes()[d]);
    else
      for (int64_t size : infer_size(sizes, self.sizes()[at])) out.push_back(size);
  }
  return view(ctx, self, out);
}

static Tensor ravel(Context& ctx, const Tensor& self) { return reshape(ctx, contiguous(ctx, self), Dims{-1}); }

Tensor diagonal(Context&, const Tensor& self, int64_t offset, int64_t dim1, int64_t dim2) {
  auto a = size_t(wrap_dim(dim1, self.dim())), b = size_t(wrap_dim(dim2, self.dim()));
  check(a != b, "diagonal dimensions cannot be identical ", dim1, ", ", dim2);
  int64_t rows = self.sizes()[a], columns = self.sizes()[b], length;
  int64_t at = self.offset();
  if (offset >= 0) {
    length = std::max<int64_t>(0, std::min(rows, offset > columns ? 0 : columns - offset));
    if (length > 0) at += offset * self.strides()[b];
  } else {
    length = std::max<int64_t>(0, std::min(offset < -rows ? 0 : rows + offset, columns));
    if (length > 0) at -= offset * self.strides()[a];
  }
  Dims sizes(self.sizes()), strides(self.strides());
  int64_t step = strides[a] + strides[b];
  sizes.erase(std::max(a, b));
  strides.erase(std::max(a, b));
  sizes.erase(std::min(a, b));
  strides.erase(std::min(a, b));
  sizes.push_back(length);
  strides.push_back(step);
  return self.as_view(sizes, strides, at);
}

Tensor as_strided(Context&, const Tensor& self, IntView size, IntView stride, std::optional<int64_t> offset) {
  for (int64_t step : stride) check(step >= 0, "as_strided: Negative strides are not supported at the moment, got strides: ", stride);
  return self.as_view(size, stride, offset.value_or(self.offset()));
}

Tensor unfold(Context&, const Tensor& self, int64_t dim, int64_t size, int64_t step) {
  auto at = size_t(wrap_dim(dim, self.dim()));
  int64_t length = self.dim() == 0 ? 1 : self.sizes()[at];
  check(size >= 0 && size <= length, "maximum size for tensor at dimension ", at, " is ", length, " but size is ", size);
  check(step > 0, "step is ", step, " but must be > 0");
  Dims sizes(self.sizes()), strides(self.strides());
  int64_t inner = self.dim() == 0 ? 1 : strides[at];
  if (self.dim() > 0) {
    sizes[at] = (length - size) / step + 1;
    int64_t stride;
    strides[at] = __builtin_mul_overflow(strides[at], step, &stride) ? strides[at] : stride;
  }
  sizes.push_back(size);
  strides.push_back(inner);
  return self.as_view(sizes, strides, self.offset());
}

Tensor movedim(Context& ctx, const Tensor& self, IntView source, IntView destination) {
  check(source.size() == destination.size(), "movedim: Invalid source or destination dims: source (", source,
        " dims) should contain the same number of dims as destination (", destination, " dims)");
  auto dims = size_t(self.dim());
  Dims order(dims, -1);
  SmallVec<bool, 8> moved(dims, false);
  for (size_t i = 0; i < source.size(); ++i) {
    auto from = size_t(wrap_dim(source[i], self.dim())), to = size_t(wrap_dim(destination[i], self.dim()));
    if (dims == 0) return self.alias();
    check(!moved[from], "movedim: repeated dim in `source` (", source, ")");
    check(order[to] == -1, "movedim: repeated dim in `destination` (", destination, ")");
    moved[from] = true;
    order[to] = int64_t(from);
  }
  size_t next = 0;
  for (int64_t& d : order) {
    if (d != -1) continue;
    while (moved[next]) ++next;
    d = int64_t(next++);
  }
  return permute(ctx, self, order);
}
static Tensor movedim_int(Context& ctx, const Tensor& self, int64_t source, int64_t destination) { return movedim(ctx, self, Dims{source}, Dims{destination}); }

// Same memory, another dtype, with the last dimension and all strides scaled by the ratio of the item sizes.
static Tensor reinterpret(const Tensor& self, DType dtype, IntView sizes, IntView strides, int64_t offset) {
  Tensor out = make_tensor_on(Ref<Storage>(&self.storage()), sizes, strides, offset, dtype);
  return out;
}

Tensor view_as_real(Context&, const Tensor& self) {
  check(self.is_complex(), "view_as_real is only supported for complex tensors");
  check(!self.is_conj(),
        "view_as_real doesn't work on unresolved conjugated tensors.  To resolve the conjugate tensor so you can view it "
        "as real, use self.resolve_conj(); however, be warned that the resulting tensor will NOT alias the original.");
  Dims sizes(self.sizes()), strides(self.strides());
  for (int64_t& stride : strides) stride *= 2;
  sizes.push_back(2);
  strides.push_back(1);
  return reinterpret(self, to_real(self.dtype()), sizes, strides, self.offset() * 2);
}

Tensor view_as_complex(Context&, const Tensor& self) {
  check(self.dtype() == DType::kFloat || self.dtype() == DType::kDouble || self.dtype() == DType::kHalf,
        "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: ", scalar_type_name(self.dtype()));
  check(self.dim() > 0, "Input tensor must have one or more dimensions");
  check(self.size(-1) == 2, "Tensor must have a last dimension of size 2");
  check(self.stride(-1) == 1, "Tensor must have a last dimension with stride 1");
  Dims sizes(self.sizes()), strides(self.strides());
  sizes.pop_back();
  strides.pop_back();
  for (int64_t& stride : strides) {
    check(stride % 2 == 0, "Tensor must have a stride divisible by 2 for all but last dimension");
    stride /= 2;
  }
  check(self.offset() % 2 == 0, "Tensor must have a storage_offset divisible by 2");
  return reinterpret(self, to_complex(self.dtype()), sizes, strides, self.offset() / 2);
}

Tensor conj(Context&, const Tensor& self) {
  if (!self.is_complex()) return self;
  Tensor out = self.alias();
  out.impl()->conj = !self.is_conj();
  return out;
}

static Tensor neg_view(Context&, const Tensor& self) {
  Tensor out = self.alias();
  out.impl()->neg = !self.is_neg();
  return out;
}

// The real or imaginary parts of a complex tensor that may carry a conj bit: conjugation negates the imaginary view.
static Tensor part(Context& ctx, const Tensor& self, int64_t which) {
  Tensor plain = self.alias();
  plain.impl()->conj = false;
  Tensor out = select(ctx, view_as_real(ctx, plain), -1, which);
  if (which == 1 && self.is_conj()) out.impl()->neg = !out.is_neg();
  return out;
}

Tensor real(Context& ctx, const Tensor& self) { return self.is_complex() ? part(ctx, self, 0) : self; }

Tensor imag(Context& ctx, const Tensor& self) {
  check(self.is_complex(), "imag is not implemented for tensors with non-complex dtypes.");
  return part(ctx, self, 1);
}

Tensor view_dtype(Context&, const Tensor& self, DType dtype) {
  if (dtype == self.dtype()) return self.alias();
  check(!self.is_conj() && !self.is_neg(), "torch.Tensor.view is not supported for conjugate or negative view tensors when converting to a different dtype.");
  auto from = int64_t(self.item_size()), to = int64_t(item_size(dtype));
  Dims sizes(self.sizes()), strides(self.strides());
  int64_t offset = self.offset();
  if (from != to) {
    check(self.dim() != 0, "self.dim() cannot be 0 to view ", scalar_type_name(self.dtype()), " as ", scalar_type_name(dtype), " (different element sizes)");
    check(strides.back() == 1, "self.stride(-1) must be 1 to view ", scalar_type_name(self.dtype()), " as ", scalar_type_name(dtype),
          " (different element sizes), but got ", strides.back());
    if (from > to) {
      int64_t ratio = from / to;
      for (size_t i = 0; i + 1 < strides.size(); ++i) strides[i] *= ratio;
      sizes.back() *= ratio;
      offset *= ratio;
    } else {
      int64_t ratio = to / from;
      check(sizes.back() % ratio == 0, "self.size(-1) must be divisible by ", ratio, " to view ", scalar_type_name(self.dtype()), " as ",
            scalar_type_name(dtype), " (different element sizes), but got ", sizes.back());
      check(offset % ratio == 0, "self.storage_offset() must be divisible by ", ratio, " to view ", scalar_type_name(self.dtype()), " as ",
            scalar_type_name(dtype), " (different element sizes), but got ", offset);
      for (size_t i = 0; i + 1 < strides.size(); ++i) {
        check(strides[i] % ratio == 0, "self.stride(", i, ") must be divisible by ", ratio, " to view ", scalar_type_name(self.dtype()), " as ",
              scalar_type_name(dtype), " (different element sizes), but got ", strides[i]);
        strides[i] /= ratio;
      }
      sizes.back() /= ratio;
      offset /= ratio;
    }
  }
  return reinterpret(self, dtype, sizes, strides, offset);
}

static Tensor view_as(Context& ctx, const Tensor& self, const Tensor& other) { return view(ctx, self, other.sizes()); }
static Tensor reshape_as(Context& ctx, const Tensor& self, const Tensor& other) { return reshape(ctx, self, other.sizes()); }
static Tensor expand_as(Context& ctx, const Tensor& self, const Tensor& other) { return expand(ctx, self, other.sizes()); }
static Tensor broadcast_to(Context& ctx, const Tensor& self, IntView size) { return expand(ctx, self, size); }
static Tensor reshape_alias(Context&, const Tensor& self, IntView size, IntView stride) { return self.as_view(size, stride, self.offset()); }
static Tensor alias(Context&, const Tensor& self) { return self.alias(); }
static Tensor same_tensor(Context&, const Tensor& self) { return self; }

Tensor mT(Context& ctx, const Tensor& self) {
  check(self.dim() >= 2, "tensor.mT is only supported on matrices or batches of matrices. Got ", self.dim(), "-D tensor.");
  return transpose(ctx, self, -2, -1);
}
static Tensor reverse_dims(Context& ctx, const Tensor& self) {
  Dims order;
  for (int64_t d = self.dim(); d-- > 0;) order.push_back(d);
  return permute(ctx, self, order);
}
static Tensor matrix_H(Context& ctx, const Tensor& self) {
  check(self.dim() == 2 || self.dim() == 0, "tensor.H is only supported on matrices (2-D tensors). Got ", self.dim(), "-D tensor.");
  return self.dim() == 0 ? conj(ctx, self) : conj(ctx, transpose(ctx, self, 0, 1));
}
static Tensor adjoint(Context& ctx, const Tensor& self) {
  check(self.dim() != 1, "tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.");
  return self.dim() == 0 ? conj(ctx, self) : conj(ctx, transpose(ctx, self, -2, -1));
}

static Vec<Tensor> tensor_split(Context& ctx, const Tensor& self, int64_t sections, int64_t dim) {
  check(self.dim() > 0, "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
  check(sections > 0, "number of sections must be larger than 0, got ", sections);
  check(sections <= 1'000'000, "tensor_split: too many sections: ", sections);
  int64_t length = self.size(dim), at = 0;
  Vec<Tensor> parts;
  for (int64_t i = 0; i < sections; ++i) {
    int64_t size = length / sections + (i < length % sections);
    parts.push_back(slice(ctx, self, dim, at, at + size, 1));
    at += size;
  }
  return parts;
}
static Vec<Tensor> tensor_split_at(Context& ctx, const Tensor& self, IntView indices, int64_t dim) {
  check(self.dim() > 0, "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
  Vec<Tensor> parts;
  int64_t from = 0;
  for (int64_t to : indices) {
    parts.push_back(slice(ctx, self, dim, from, to, 1));
    from = to;
  }
  parts.push_back(slice(ctx, self, dim, from, self.size(dim), 1));
  return parts;
}
static Vec<Tensor> tensor_split_tensor(Context& ctx, const Tensor& self, const Tensor& by, int64_t dim) {
  check(by.dtype() == DType::kLong, "tensor_split expected tensor_indices_or_sections to have dtype of long, but got ", scalar_type_name(by.dtype()));
  check(by.dim() <= 1, "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with ", by.dim(),
        " dims");
  if (by.dim() == 0) return tensor_split(ctx, self, *by.data<int64_t>(), dim);
  Dims indices;
  for (int64_t i = 0; i < by.numel(); ++i) indices.push_back(by.data<int64_t>()[i * by.stride(0)]);
  return tensor_split_at(ctx, self, indices, dim);
}
// hsplit, vsplit, dsplit: tensor_split along a fixed axis whose size the number of sections must divide.
static Vec<Tensor> axis_split(Context& ctx, const Tensor& self, int64_t sections, int64_t dim, const char* name, int64_t least) {
  check(self.dim() >= least, "torch.", name, " requires a tensor with at least ", least, " dimension, but got a tensor with ", self.dim(), " dimensions!");
  check(sections != 0 && self.size(dim) % sections == 0, "torch.", name, " attempted to split along dimension ", dim, ", but the size of the dimension ",
        self.size(dim), " is not divisible by the split_size ", sections, "!");
  return tensor_split(ctx, self, sections, dim);
}
static Vec<Tensor> hsplit(Context& ctx, const Tensor& self, int64_t n) { return axis_split(ctx, self, n, self.dim() == 1 ? 0 : 1, "hsplit", 1); }
static Vec<Tensor> vsplit(Context& ctx, const Tensor& self, int64_t n) { return axis_split(ctx, self, n, 0, "vsplit", 2); }
static Vec<Tensor> dsplit(Context& ctx, const Tensor& self, int64_t n) { return axis_split(ctx, self, n, 2, "dsplit", 3); }
static Vec<Tensor> hsplit_at(Context& ctx, const Tensor& self, IntView indices) {
  check(self.dim() >= 1, "torch.hsplit requires a tensor with at least 1 dimension, but got a tensor with 0 dimensions!");
  return tensor_split_at(ctx, self, indices, self.dim() == 1 ? 0 : 1);
}
static Vec<Tensor> vsplit_at(Context& ctx, const Tensor& self, IntView indices) {
  check(self.dim() >= 2, "torch.vsplit requires a tensor with at least 2 dimension, but got a tensor with ", self.dim(), " dimensions!");
  return tensor_split_at(ctx, self, indices, 0);
}
static Vec<Tensor> dsplit_at(Context& ctx, const Tensor& self, IntView indices) {
  check(self.dim() >= 3, "torch.dsplit requires a tensor with at least 3 dimension, but got a tensor with ", self.dim(), " dimensions!");
  return tensor_split_at(ctx, self, indices, 2);
}

static Tensor atleast(Context& ctx, const Tensor& self, int64_t dims) {
  if (self.dim() >= dims) return self;
  if (dims == 1) return reshape(ctx, self, Dims{1});
  if (dims == 2) return self.dim() == 0 ? reshape(ctx, self, Dims{1, 1}) : unsqueeze(ctx, self, 0);
  if (self.dim() == 0) return reshape(ctx, self, Dims{1, 1, 1});
  if (self.dim() == 1) return unsqueeze(ctx, unsqueeze(ctx, self, 0), -1);
  return unsqueeze(ctx, self, -1);
}
template <int64_t N>
static Tensor atleast_nd(Context& ctx, const Tensor& self) {
  return atleast(ctx, self, N);
}
template <int64_t N>
static Vec<Tensor> atleast_nd_each(Context& ctx, Tensors tensors) {
  Vec<Tensor> out;
  for (size_t i = 0; i < tensors.size(); ++i) out.push_back(atleast(ctx, tensors[i], N));
  return out;
}

// The in-place views change the tensor's own sizes and strides.
static Tensor become(const Tensor& self, const Tensor& shape) {
  set_sizes(self, Dims(shape.sizes()), Dims(shape.strides()), shape.offset());
  return self;
}
static Tensor transpose_(Context& ctx, const Tensor& self, int64_t a, int64_t b) { return become(self, transpose(ctx, self, a, b)); }
static Tensor t_(Context& ctx, const Tensor& self) { return become(self, t(ctx, self)); }
static Tensor squeeze_(Context& ctx, const Tensor& self) { return become(self, squeeze(ctx, self)); }
static Tensor squeeze_dim_(Context& ctx, const Tensor& self, int64_t dim) { return become(self, squeeze_dim(ctx, self, dim)); }
static Tensor squeeze_dims_(Context& ctx, const Tensor& self, IntView dims) { return become(self, squeeze_dims(ctx, self, dims)); }
static Tensor unsqueeze_(Context& ctx, const Tensor& self, int64_t dim) { return become(self, unsqueeze(ctx, self, dim)); }
static Tensor as_strided_(Context& ctx, const Tensor& self, IntView size, IntView stride, std::optional<int64_t> offset) {
  return become(self, as_strided(ctx, self, size, stride, offset));
}

static constexpr OpDef kRows[] = {
    op("aten::view(Tensor(a) self, SymInt[] size) -> Tensor(a)", TAPER_OP(view), kView),
    op("aten::view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)", TAPER_OP(view_dtype), kView),
    op("aten::_unsafe_view(Tensor self, SymInt[] size) -> Tensor", TAPER_OP(view), kView),
    op("aten::view_as(Tensor(a) self, Tensor other) -> Tensor(a)", TAPER_OP(view_as), kView),
    op("aten::reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)", TAPER_OP(reshape), kView),
    op("aten::reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)", TAPER_OP(reshape_as), kView),
    op("aten::_reshape_alias(Tensor(a) self, SymInt[] size, SymInt[] stride) -> Tensor(a)", TAPER_OP(reshape_alias), kView),
    op("aten::permute(Tensor(a) self, int[] dims) -> Tensor(a)", TAPER_OP(permute), kView),
    op("aten::transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)", TAPER_OP(transpose), kView),
    op("aten::swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)", TAPER_OP(transpose), kView),
    op("aten::swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)", TAPER_OP(transpose), kView),
    op("aten::t(Tensor(a) self) -> Tensor(a)", TAPER_OP(t), kView),
    op("aten::mT(Tensor(a) self) -> Tensor(a)", TAPER_OP(mT), kView),
    op("aten::mT.a(Tensor(a) self) -> Tensor(a)", TAPER_OP(mT), kView),
    op("aten::numpy_T(Tensor(a) self) -> Tensor(a)", TAPER_OP(reverse_dims), kView),
    op("aten::numpy_T.a(Tensor(a) self) -> Tensor(a)", TAPER_OP(reverse_dims), kView),
    op("aten::matrix_H(Tensor(a) self) -> Tensor(a)", TAPER_OP(matrix_H), kView),
    op("aten::matrix_H.a(Tensor(a) self) -> Tensor(a)", TAPER_OP(matrix_H), kView),
    op("aten::mH(Tensor(a) self) -> Tensor(a)", TAPER_OP(adjoint), kView),
    op("aten::mH.a(Tensor(a) self) -> Tensor(a)", TAPER_OP(adjoint), kView),
    op("aten::adjoint(Tensor(a) self) -> Tensor(a)", TAPER_OP(adjoint), kView),
    op("aten::squeeze(Tensor(a) self) -> Tensor(a)", TAPER_OP(squeeze), kView),
    op("aten::squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)", TAPER_OP(squeeze_dim), kView),
    op("aten::squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)", TAPER_OP(squeeze_dims), kView),
    op("aten::unsqueeze(Tensor(a) self, int dim) -> Tensor(a)", TAPER_OP(unsqueeze), kView),
    op("aten::expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)", TAPER_OP(expand), kView),
    op("aten::expand_as(Tensor(a) self, Tensor other) -> Tensor(a)", TAPER_OP(expand_as), kView),
    op("aten::broadcast_to(Tensor(a) self, SymInt[] size) -> Tensor(a)", TAPER_OP(broadcast_to), kView),
    op("aten::select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)", TAPER_OP(select), kView),
    op("aten::slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)", TAPER_OP(slice), kView),
    op("aten::narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)", TAPER_OP(narrow), kView),
    op("aten::narrow.Tensor(Tensor(a) self, int dim, Tensor start, SymInt length) -> Tensor(a)", TAPER_OP(narrow_tensor), kView | kDataDependent),
    op("aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]", TAPER_OP(split), kView),
    op("aten::split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]", TAPER_OP(split_with_sizes), kView),
    op("aten::split(Tensor(a -> *) self, int[] split_sizes, int dim=0) -> Tensor(a)[]", TAPER_OP(split_with_sizes), kView),
    op("aten::split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]", TAPER_OP(split_with_sizes), kView),
    op("aten::unsafe_split.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]", TAPER_OP(split), kView),
    op("aten::unsafe_split_with_sizes(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]", TAPER_OP(split_with_sizes), kView),
    op("aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]", TAPER_OP(chunk), kView),
    op("aten::unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]", TAPER_OP(chunk), kView),
    op("aten::tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]", TAPER_OP(tensor_split), kView),
    op("aten::tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]", TAPER_OP(tensor_split_at), kView),
    op("aten::tensor_split.tensor_indices_or_sections(Tensor(a -> *) self, Tensor tensor_indices_or_sections, int dim=0) -> Tensor(a)[]",
       TAPER_OP(tensor_split_tensor), kView | kDataDependent),
    op("aten::hsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]", TAPER_OP(hsplit), kView),
    op("aten::hsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]", TAPER_OP(hsplit_at), kView),
    op("aten::vsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]", TAPER_OP(vsplit), kView),
    op("aten::vsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]", TAPER_OP(vsplit_at), kView),
    op("aten::dsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]", TAPER_OP(dsplit), kView),
    op("aten::dsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]", TAPER_OP(dsplit_at), kView),
    op("aten::unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]", TAPER_OP(unbind), kView),
    op("aten::flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)", TAPER_OP(flatten), kView),
    op("aten::unflatten.int(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)", TAPER_OP(unflatten), kView),
    op("aten::ravel(Tensor(a) self) -> Tensor(a)", TAPER_OP(ravel), kView),
    op("aten::diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)", TAPER_OP(diagonal), kView),
    op("aten::as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)", TAPER_OP(as_strided), kView),
    op("aten::unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)", TAPER_OP(unfold), kView),
    op("aten::movedim.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)", TAPER_OP(movedim), kView),
    op("aten::movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)", TAPER_OP(movedim_int), kView),
    op("aten::moveaxis.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)", TAPER_OP(movedim), kView),
    op("aten::moveaxis.int(Tensor(a) self, int source, int destination) -> Tensor(a)", TAPER_OP(movedim_int), kView),
    op("aten::view_as_real(Tensor(a) self) -> Tensor(a)", TAPER_OP(view_as_real), kView),
    op("aten::view_as_complex(Tensor(a) self) -> Tensor(a)", TAPER_OP(view_as_complex), kView),
    op("aten::conj(Tensor(a) self) -> Tensor(a)", TAPER_OP(conj), kView),
    op("aten::_conj(Tensor(a) self) -> Tensor(a)", TAPER_OP(conj), kView),
    op("aten::_neg_view(Tensor(a) self) -> Tensor(a)", TAPER_OP(neg_view), kView),
    op("aten::real(Tensor(a) self) -> Tensor(a)", TAPER_OP(real), kView),
    op("aten::imag(Tensor(a) self) -> Tensor(a)", TAPER_OP(imag), kView),
    op("aten::detach(Tensor(a) self) -> Tensor(a)", TAPER_OP(alias), kView),
    op("aten::detach_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(same_tensor)),
    op("aten::alias(Tensor(a) self) -> Tensor(a)", TAPER_OP(alias), kView),
    op("aten::lift_fresh(Tensor(a) self) -> Tensor(a)", TAPER_OP(same_tensor), kView),
    op("prim::data(Tensor(a) a) -> Tensor(a)", TAPER_OP(alias), kView),
    op("aten::atleast_1d(Tensor self) -> Tensor", TAPER_OP(atleast_nd<1>), kView),
    op("aten::atleast_1d.Sequence(Tensor[] tensors) -> Tensor[]", TAPER_OP(atleast_nd_each<1>), kView),
    op("aten::atleast_2d(Tensor self) -> Tensor", TAPER_OP(atleast_nd<2>), kView),
    op("aten::atleast_2d.Sequence(Tensor[] tensors) -> Tensor[]", TAPER_OP(atleast_nd_each<2>), kView),
    op("aten::atleast_3d(Tensor self) -> Tensor", TAPER_OP(atleast_nd<3>), kView),
    op("aten::atleast_3d.Sequence(Tensor[] tensors) -> Tensor[]", TAPER_OP(atleast_nd_each<3>), kView),
    op("aten::transpose_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)", TAPER_OP(transpose_)),
    op("aten::swapaxes_(Tensor(a!) self, int axis0, int axis1) -> Tensor(a!)", TAPER_OP(transpose_)),
    op("aten::swapdims_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)", TAPER_OP(transpose_)),
    op("aten::t_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(t_)),
    op("aten::squeeze_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(squeeze_)),
    op("aten::squeeze_.dim(Tensor(a!) self, int dim) -> Tensor(a!)", TAPER_OP(squeeze_dim_)),
    op("aten::squeeze_.dims(Tensor(a!) self, int[] dim) -> Tensor(a!)", TAPER_OP(squeeze_dims_)),
    op("aten::unsqueeze_(Tensor(a!) self, int dim) -> Tensor(a!)", TAPER_OP(unsqueeze_)),
    op("aten::as_strided_(Tensor(a!) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a!)", TAPER_OP(as_strided_)),
};

}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> view_rows() { return aten::kRows; }
}  // namespace taper::impl
