// Differences, covariances, integrals and derivatives of samples: compositions of elementwise operators.
#include <algorithm>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/join.h"
#include "ops/aten/matmul.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"
#include "ops/type_promotion.h"

namespace taper::impl::aten {
namespace {

using OptInt = std::optional<int64_t>;

Tensor number(const Scalar& value) { return wrapped_number(value); }
Tensor head(Context& ctx, const Tensor& t, int64_t dim) { return slice(ctx, t, dim, 0, -1, 1); }
Tensor tail(Context& ctx, const Tensor& t, int64_t dim) { return slice(ctx, t, dim, 1, std::nullopt, 1); }
Tensor joined(Context& ctx, std::initializer_list<Tensor> parts, int64_t dim) {
  Vec<Value> values;
  for (const Tensor& part : parts) values.emplace_back(part);
  return cat(ctx, Tensors(std::span<const Value>(values)), dim);
}

void check_joins(const Tensor& self, const MaybeTensor& other, int64_t dim) {
  if (!other) return;
  check(other->dim() == self.dim(), "diff expects prepend or append to be the same dimension as input");
  for (int64_t d = 0; d < self.dim(); ++d)
    check(d == dim || other->size(d) == self.size(d),
          "diff expects the shape of tensor to prepend or append to match that of input except along the "
          "differencing dimension; input.size(",
          d, ") = ", self.size(d), ", but got tensor.size(", d, ") = ", other->size(d));
}

Tensor diff(Context& ctx, const Tensor& self, int64_t n, int64_t dim_in, const MaybeTensor& prepend, const MaybeTensor& append) {
  check(self.dim() >= 1, "diff expects input to be at least one-dimensional");
  check(n >= 0, "order must be non-negative but got ", n);
  int64_t dim = wrap_dim(dim_in, self.dim());
  check_joins(self, prepend, dim);
  check_joins(self, append, dim);
  if (n == 0) return clone(ctx, self);
  Tensor x = self;
  if (prepend) x = joined(ctx, {*prepend, x}, dim);
  if (append) x = joined(ctx, {x, *append}, dim);
  bool flags = x.dtype() == DType::kBool;
  for (n = std::min(n, x.size(dim)); n > 0; --n) {
    ctx.spend(x.numel() / 100 + 1);
    if (flags) x = to_dtype(ctx, x, DType::kByte);
    x = sub(ctx, tail(ctx, x, dim), head(ctx, x, dim));
    if (flags) x = to_dtype(ctx, x, DType::kBool);
  }
  return x;
}

// A vector of weights of the observations, checked.
Tensor weights_of(Context& ctx, const Tensor& given, const char* name, bool integral, int64_t count) {
  check(given.dim() <= 1, "cov(): expected ", name, " to have one or fewer dimensions but got ", name, " with ", given.dim(), " dimensions");
  check(integral ? is_integral(given.dtype()) : given.is_floating(), "cov(): expected ", name, " to have ", integral ? "integral" : "floating point",
        " dtype but got ", name, " with ", scalar_type_name(given.dtype()), " dtype");
  check(given.numel() == count, "cov(): expected ", name, " to have the same numel as there are observations in the input but got ", given.numel(),
        " != ", count);
  if (count > 0) {
    Tensor wide = contiguous(ctx, to_dtype(ctx, given, DType::kDouble));
    const auto* data = wide.data<double>();
    for (int64_t i = 0; i < count; ++i) check(data[i] >= 0, "cov(): ", name, " cannot be negative");
  }
  return given;
}

Tensor cov(Context& ctx, const Tensor& self, int64_t correction, const MaybeTensor& fweights, const MaybeTensor& aweights) {
  check(self.dim() <= 2, "cov(): expected input to have two or fewer dimensions but got an input with ", self.dim(), " dimensions");
  check(self.dtype() != DType::kBool, "cov(): bool dtype is not supported for input");
  Tensor x = self.dim() < 2 ? reshape(ctx, self, Dims{1, self.numel()}) : self;
  int64_t count = x.size(1);
  Tensor w, w_sum;
  if (fweights) w = weights_of(ctx, *fweights, "fweights", true, count);
  if (aweights) {
    Tensor a = weights_of(ctx, *aweights, "aweights", false, count);
    w = w.defined() ? mul(ctx, w, a) : a;
  }
  if (w.defined()) {
    w_sum = sum(ctx, w, std::nullopt, false);
    check(item(w_sum).to_double() != 0, "cov(): weights sum to zero, can't be normalized");
  } else {
    w_sum = scalar_tensor(ctx, Scalar(count), DType::kLong);
  }
  Tensor average = div(ctx, sum(ctx, w.defined() ? mul(ctx, x, w) : x, Dims{1}, false), w_sum);
  Tensor norm = w_sum;
  if (w.defined() && aweights && correction != 0)
    norm = sub(ctx, w_sum, div(ctx, mul(ctx, sum(ctx, mul(ctx, w, *aweights), std::nullopt, false), number(Scalar(correction))), w_sum));
  else norm = sub(ctx, w_sum, number(Scalar(correction)));
  if (!(item(norm).to_double() > 0)) norm = scalar_tensor(ctx, Scalar(0), norm.dtype());
  x = sub(ctx, x, unsqueeze(ctx, average, 1));
  Tensor c = mm(ctx, x, resolved(ctx, conj(ctx, t(ctx, w.defined() ? mul(ctx, x, w) : x))));
  return squeeze(ctx, div(ctx, c, norm));
}

Tensor corrcoef(Context& ctx, const Tensor& self) {
  check(self.dim() <= 2, "corrcoef(): expected input to have two or fewer dimensions but got an input with ", self.dim(), " dimensions");
  Tensor c = cov(ctx, self, 1, {}, {});
  if (c.dim() == 0) return div(ctx, c, c);
  Tensor deviation = pow(ctx, real(ctx, diagonal(ctx, c, 0, 0, 1)), number(Scalar(0.5)));
  c = div(ctx, c, unsqueeze(ctx, deviation, 1));
  c = div(ctx, c, unsqueeze(ctx, deviation, 0));
  auto clipped = [&](const Tensor& x) { return minimum(ctx, maximum(ctx, x, number(Scalar(-1.0))), number(Scalar(1.0))); };
  if (!c.is_complex()) return clipped(c);
  return view_as_complex(ctx, joined(ctx, {unsqueeze(ctx, clipped(real(ctx, c)), -1), unsqueeze(ctx, clipped(imag(ctx, c)), -1)}, -1));
}

// --- integrals ---

int64_t sampled_dim(const Tensor& y, int64_t dim) {
  check(y.dim() > 0, "Dimension specified as ", dim, " but tensor has no dimensions");
  return wrap_dim(dim, y.dim());
}
Tensor zeros_without(Context& ctx, const Tensor& y, int64_t dim) {
  Dims sizes(y.sizes());
  sizes.erase(size_t(dim));
  return zeros(ctx, sizes, y.dtype());
}
// The distances between samples, shaped to broadcast over y.
Tensor distances(Context& ctx, const Tensor& y, const Tensor& x, int64_t dim, const char* name) {
  check(y.dtype() != DType::kBool && x.dtype() != DType::kBool, name, ": received a bool input for `x` or `y`, but bool is not supported");
  Tensor place = x;
  if (x.dim() == 1) {
    check(x.size(0) == y.size(dim), name, ": There must be one `x` value for each sample point");
    Dims sizes(size_t(y.dim()), 1);
    sizes[size_t(dim)] = x.size(0);
    place = reshape(ctx, x, sizes);
  } else {
    while (place.dim() < y.dim()) place = unsqueeze(ctx, place, 0);
  }
  return sub(ctx, tail(ctx, place, dim), head(ctx, place, dim));
}
double distance(const Tensor& y, const Scalar& dx, const char* name) {
  check(y.dtype() != DType::kBool, name, ": received a bool input for `y`, but bool is not supported");
  check(!dx.is_complex() && !dx.is_bool(), name, ": Currently, we only support dx as a real number.");
  return dx.to_double();
}
Tensor pair_sums(Context& ctx, const Tensor& y, int64_t dim) { return add(ctx, tail(ctx, y, dim), head(ctx, y, dim)); }

Tensor trapezoid_x(Context& ctx, const Tensor& y, const Tensor& x, int64_t dim_in) {
  int64_t dim = sampled_dim(y, dim_in);
  if (y.size(dim) == 0) return zeros_without(ctx, y, dim);
  Tensor area = mul(ctx, pair_sums(ctx, y, dim), distances(ctx, y, x, dim, "trapezoid"));
  return div(ctx, sum(ctx, area, Dims{dim}, false), number(Scalar(2.0)));
}
Tensor trapezoid_dx(Context& ctx, const Tensor& y, const Scalar& dx, int64_t dim_in) {
  int64_t dim = sampled_dim(y, dim_in);
  if (y.size(dim) == 0) return zeros_without(ctx, y, dim);
  double step = distance(y, dx, "trapezoid");
  Tensor ends = mul(ctx, add(ctx, select(ctx, y, dim, 0), select(ctx, y, dim, -1)), number(Scalar(0.5)));
  return mul(ctx, sub(ctx, sum(ctx, y, Dims{dim}, false), ends), number(Scalar(step)));
}
Tensor trapz_dx(Context& ctx, const Tensor& y, double dx, int64_t dim) { return trapezoid_dx(ctx, y, Scalar(dx), dim); }

Tensor cumulative_x(Context& ctx, const Tensor& y, const Tensor& x, int64_t dim_in) {
  int64_t dim = wrap_dim(dim_in, y.dim());
  Tensor dx = distances(ctx, y, x, dim, "cumulative_trapezoid");
  return div(ctx, cumsum(ctx, mul(ctx, dx, pair_sums(ctx, y, dim)), dim), number(Scalar(2.0)));
}
Tensor cumulative_dx(Context& ctx, const Tensor& y, const Scalar& dx, int64_t dim_in) {
  int64_t dim = wrap_dim(dim_in, y.dim());
  double step = distance(y, dx, "cumulative_trapezoid");
  return cumsum(ctx, mul(ctx, pair_sums(ctx, y, dim), number(Scalar(step / 2))), dim);
}

// --- derivatives ---

// The dimensions to derive along: those given, or all; each has enough samples.
Dims derived_dims(const Tensor& self, std::optional<IntView> given, OptInt spacings, int64_t edge_order) {
  check(self.dtype() != DType::kByte, "torch.gradient does not support uint8 input.");
  if (spacings && given)
    check(*spacings == int64_t(given->size()),
          "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the "
          "same length, but got a spacing argument of length ",
          *spacings, " and a dim argument of length ", given->size(), ".");
  else if (spacings)
    check(*spacings == self.dim(), "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() = ", self.dim(),
          "', since dim argument was not given, but got a list of length ", *spacings);
  check(edge_order == 1 || edge_order == 2, "torch.gradient only supports edge_order=1 and edge_order=2.");
  Dims dims;
  if (given) {
    for (int64_t d : *given) {
      int64_t at = wrap_dim(d, self.dim());
      check(std::find(dims.begin(), dims.end(), at) == dims.end(), "dim ", at, " appears multiple times in the list of dims");
      dims.push_back(at);
    }
  } else {
    for (int64_t d = 0; d < self.dim(); ++d) dims.push_back(d);
  }
  for (int64_t d : dims)
    check((self.dim() == 0 ? 1 : self.size(d)) >= edge_order + 1, "torch.gradient expected each dimension size to be at least edge_order+1");
  return dims;
}

struct Samples {
  Context& ctx;
  const Tensor& self;
  int64_t dim;
  // One sample from the front, or from the back (-1 is the last).
  Tensor at(int64_t i) const { return slice(ctx, self, dim, i, i == -1 ? OptInt() : OptInt(i + 1), 1); }
  Tensor from(int64_t start, OptInt end) const { return slice(ctx, self, dim, start, end, 1); }
  Tensor times(const Tensor& x, double by) const { return mul(ctx, x, number(Scalar(by))); }
};

// Along one dimension with samples `h` apart.
Tensor even_derivative(const Samples& s, const Tensor& h, int64_t edge_order) {
  Context& ctx = s.ctx;
  Tensor first, last;
  if (edge_order == 1) {
    first = sub(ctx, s.at(1), s.at(0));
    last = sub(ctx, s.at(-1), s.at(-2));
  } else {
    first = add(ctx, sub(ctx, s.times(s.at(1), 2.0), s.times(s.at(0), 1.5)), s.times(s.at(2), -0.5));
    last = add(ctx, sub(ctx, s.times(s.at(-3), 0.5), s.times(s.at(-2), 2.0)), s.times(s.at(-1), 1.5));
  }
  Tensor inner = div(ctx, div(ctx, sub(ctx, s.from(2, std::nullopt), s.from(0, -2)), h), number(Scalar(2.0)));
  return joined(ctx, {div(ctx, first, h), inner, div(ctx, last, h)}, s.dim);
}

// Along one dimension with samples at the given coordinates: the slope of the parabola through three of them.
Tensor uneven_derivative(const Samples& s, const Tensor& coordinates, int64_t edge_order) {
  Context& ctx = s.ctx;
  auto plus = [&](const Tensor& a, const Tensor& b) { return add(ctx, a, b); };
  auto minus = [&](const Tensor& a, const Tensor& b) { return sub(ctx, a, b); };
  auto by = [&](const Tensor& a, const Tensor& b) { return mul(ctx, a, b); };
  auto over = [&](const Tensor& a, const Tensor& b) { return div(ctx, a, b); };
  Tensor steps = minus(tail(ctx, coordinates, 0), head(ctx, coordinates, 0));
  Dims sizes(size_t(s.self.dim()), 1);
  sizes[size_t(s.dim)] = -1;
  auto shaped = [&](const Tensor& t) { return reshape(ctx, t, sizes); };
  Tensor h1 = head(ctx, steps, 0), h2 = tail(ctx, steps, 0), both = plus(h1, h2);
  Tensor a = shaped(s.times(over(h2, by(h1, both)), -1)), b = shaped(over(minus(h2, h1), by(h1, h2))), c = shaped(over(h1, by(h2, both)));
  Tensor inner = plus(plus(by(a, s.from(0, -2)), by(b, s.from(1, -1))), by(c, s.from(2, std::nullopt)));
  // The slope at an end whose nearest steps are h (next to it) and g.
  auto at_end = [&](const Tensor& h, const Tensor& g, int64_t end, int64_t next, int64_t third, double sign) {
    if (edge_order == 1) return over(s.times(minus(s.at(next), s.at(end)), sign), h);
    Tensor sum_hg = plus(h, g);
    Tensor x = by(over(plus(s.times(h, 2.0), g), by(h, sum_hg)), s.at(end));
    Tensor y = by(over(sum_hg, by(h, g)), s.at(next));
    Tensor z = by(over(h, by(g, sum_hg)), s.at(third));
    return sign > 0 ? minus(minus(y, x), z) : plus(minus(z, y), x);
  };
  auto step = [&](int64_t i) { return select(ctx, steps, 0, i); };
  int64_t near = edge_order == 1 ? 0 : 1, far = edge_order == 1 ? -1 : -2;
  return joined(ctx, {at_end(step(0), step(near), 0, 1, 2, 1), inner, at_end(step(-1), step(far), -1, -2, -3, -1)}, s.dim);
}

Vec<Tensor> even_gradient(Context& ctx, const Tensor& self, const Dims& dims, const Vec<Scalar>& spacing, int64_t edge_order) {
  Vec<Tensor> out;
  for (size_t i = 0; i < dims.size(); ++i)
    out.push_back(even_derivative({ctx, self, dims[i]}, number(spacing.empty() ? Scalar(1.0) : spacing[std::min(i, spacing.size() - 1)]), edge_order));
  return out;
}
Vec<Scalar> scalars(const ListObj& list) {
  Vec<Scalar> out;
  for (const Value& value : list.items) out.push_back(Scalar(value));
  return out;
}
std::optional<IntView> one_dim(const OptInt& dim) { return dim ? std::optional<IntView>(IntView(&*dim, 1)) : std::nullopt; }

Vec<Tensor> gradient_scalar(Context& ctx, const Tensor& self, const std::optional<Scalar> spacing, OptInt dim, int64_t edge_order) {
  return even_gradient(ctx, self, derived_dims(self, one_dim(dim), std::nullopt, edge_order), spacing ? Vec<Scalar>{*spacing} : Vec<Scalar>(), edge_order);
}
Vec<Tensor> gradient_scalar_dims(Context& ctx, const Tensor& self, const Scalar& spacing, IntView dims, int64_t edge_order) {
  return even_gradient(ctx, self, derived_dims(self, dims, std::nullopt, edge_order), {spacing}, edge_order);
}
Vec<Tensor> gradient_dims(Context& ctx, const Tensor& self, IntView dims, int64_t edge_order) {
  return even_gradient(ctx, self, derived_dims(self, dims, std::nullopt, edge_order), {}, edge_order);
}
Vec<Tensor> gradient_list(Context& ctx, const Tensor& self, const ListObj& spacing, OptInt dim, int64_t edge_order) {
  return even_gradient(ctx, self, derived_dims(self, one_dim(dim), int64_t(spacing.items.size()), edge_order), scalars(spacing), edge_order);
}
Vec<Tensor> gradient_list_dims(Context& ctx, const Tensor& self, const ListObj& spacing, IntView dims, int64_t edge_order) {
  return even_gradient(ctx, self, derived_dims(self, dims, int64_t(spacing.items.size()), edge_order), scalars(spacing), edge_order);
}
Vec<Tensor> uneven_gradient(Context& ctx, const Tensor& self, Tensors spacing, std::optional<IntView> given, int64_t edge_order) {
  Dims dims = derived_dims(self, given, int64_t(spacing.size()), edge_order);
  for (size_t i = 0; i < spacing.size(); ++i)
    check(spacing[i].dim() == 1, "torch.gradient expected each element of spacing to have one dimension, but got an element with ", spacing[i].dim(),
          " dimensions!");
  Vec<Tensor> out;
  for (size_t i = 0; i < dims.size(); ++i) {
    check(spacing[i].numel() > edge_order, "torch.gradient expected each element of spacing to have at least edge_order+1 coordinates");
    out.push_back(uneven_derivative({ctx, self, dims[i]}, spacing[i], edge_order));
  }
  return out;
}
Vec<Tensor> gradient_tensors(Context& ctx, const Tensor& self, Tensors spacing, OptInt dim, int64_t edge_order) {
  return uneven_gradient(ctx, self, spacing, one_dim(dim), edge_order);
}
Vec<Tensor> gradient_tensors_dims(Context& ctx, const Tensor& self, Tensors spacing, IntView dims, int64_t edge_order) {
  return uneven_gradient(ctx, self, spacing, dims, edge_order);
}

constexpr OpDef kRows[] = {
    op("aten::diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor", TAPER_OP(diff), kPure),
    op_out("aten::diff.out(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(diff)),
    op("aten::cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor", TAPER_OP(cov), kPure),
    op("aten::corrcoef(Tensor self) -> Tensor", TAPER_OP(corrcoef), kPure),
    op("aten::trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor", TAPER_OP(trapezoid_x), kPure),
    op("aten::trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor", TAPER_OP(trapezoid_dx), kPure),
    op("aten::trapz.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor", TAPER_OP(trapezoid_x), kPure),
    op("aten::trapz.dx(Tensor y, *, float dx=1., int dim=-1) -> Tensor", TAPER_OP(trapz_dx), kPure),
    op("aten::cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor", TAPER_OP(cumulative_x), kPure),
    op("aten::cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor", TAPER_OP(cumulative_dx), kPure),
    op("aten::gradient.scalarint(Tensor self, *, Scalar? spacing=None, int? dim=None, int edge_order=1) -> Tensor[]", TAPER_OP(gradient_scalar), kPure),
    op("aten::gradient.scalararray(Tensor self, *, Scalar spacing, int[] dim, int edge_order=1) -> Tensor[]", TAPER_OP(gradient_scalar_dims), kPure),
    op("aten::gradient.array(Tensor self, *, int[] dim, int edge_order=1) -> Tensor[]", TAPER_OP(gradient_dims), kPure),
    op("aten::gradient.scalarrayint(Tensor self, *, Scalar[] spacing, int? dim=None, int edge_order=1) -> Tensor[]", TAPER_OP(gradient_list), kPure),
    op("aten::gradient.scalarrayarray(Tensor self, *, Scalar[] spacing, int[] dim, int edge_order=1) -> Tensor[]", TAPER_OP(gradient_list_dims), kPure),
    op("aten::gradient.tensorarrayint(Tensor self, *, Tensor[] spacing, int? dim=None, int edge_order=1) -> Tensor[]", TAPER_OP(gradient_tensors), kPure),
    op("aten::gradient.tensorarray(Tensor self, *, Tensor[] spacing, int[] dim, int edge_order=1) -> Tensor[]", TAPER_OP(gradient_tensors_dims), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> statistics_rows() { return aten::kRows; }
}  // namespace taper::impl
