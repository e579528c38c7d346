// Sets of values: unique, searchsorted, bucketize, isin, bincount, histc, quantile.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/index.h"
#include "ops/aten/reduce.h"
#include "ops/aten/sort.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"
#include "ops/stepped.h"
#include "ops/type_promotion.h"

namespace taper::impl::aten {
namespace {

using Three = std::tuple<Tensor, Tensor, Tensor>;

Tensor long_tensor(IntView sizes, const Vec<int64_t>& values) {
  Tensor out = make_tensor(sizes, DType::kLong);
  std::copy(values.begin(), values.end(), out.mutable_data<int64_t>());
  return out;
}

// All of a real tensor's elements in one accumulation type.
template <class A>
Vec<A> elements(Context& ctx, const Tensor& t) {
  Tensor dense = contiguous(ctx, t);
  Vec<A> out(static_cast<size_t>(dense.numel()));
  if (!out.empty()) load(out.data(), dense, 0, 1, dense.numel());
  return out;
}

// Groups of equal items in the order given: first[i] is item i's group.
struct Groups {
  Vec<int64_t> representative, group_of, count;
};
template <class Less, class Equal>
Groups grouped(int64_t n, bool consecutive, Less less, Equal equal) {
  Groups g;
  Vec<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t(0));
  if (!consecutive) std::stable_sort(order.begin(), order.end(), less);
  g.group_of.resize(size_t(n));
  for (int64_t i = 0; i < n; ++i) {
    int64_t item = order[size_t(i)];
    if (i == 0 || !equal(order[size_t(i - 1)], item)) {
      g.representative.push_back(item);
      g.count.push_back(0);
    }
    ++g.count.back();
    g.group_of[size_t(item)] = int64_t(g.count.size()) - 1;
  }
  return g;
}

Three unique_flat(Context& ctx, const Tensor& self, bool consecutive, bool inverse, bool counts) {
  check(!self.is_complex(), "\"unique\" not implemented for '", scalar_type_name(self.dtype()), "'");
  Tensor flat = reshape(ctx, self, Dims{-1});
  Groups g;
  visit_accumulation(self.dtype(), [&](auto zero) {
    using A = decltype(zero);
    if constexpr (!std::is_same_v<A, ComplexDouble>) {
      Vec<A> x = elements<A>(ctx, flat);
      g = grouped(
          flat.numel(), consecutive,
          [&](int64_t a, int64_t b) { return (x[size_t(a)] == x[size_t(a)] && x[size_t(b)] != x[size_t(b)]) || x[size_t(a)] < x[size_t(b)]; },
          [&](int64_t a, int64_t b) { return x[size_t(a)] == x[size_t(b)]; });
    }
  });
  auto n = int64_t(g.representative.size());
  Tensor values = index_select(ctx, flat, 0, long_tensor(Dims{n}, g.representative));
  return {values, inverse ? long_tensor(self.sizes(), g.group_of) : make_tensor({0}, DType::kLong),
          counts ? long_tensor(Dims{n}, g.count) : make_tensor({0}, DType::kLong)};
}
Three unique2(Context& ctx, const Tensor& self, bool, bool inverse, bool counts) { return unique_flat(ctx, self, false, inverse, counts); }
std::tuple<Tensor, Tensor> unique(Context& ctx, const Tensor& self, bool, bool inverse) {
  auto [values, places, counts] = unique_flat(ctx, self, false, inverse, false);
  return {values, places};
}

// Equal slices along a dimension, compared lexicographically.
Three unique_slices(Context& ctx, const Tensor& self, int64_t dim_in, bool consecutive) {
  if (self.is_complex()) fail_dtype("unique_dim", self.dtype());
  int64_t dim = wrap_dim(dim_in, self.dim());
  check(self.dim() > 0, "Dimension specified as ", dim_in, " but tensor has no dimensions");
  int64_t n = self.size(dim), empty = std::count(self.sizes().begin(), self.sizes().end(), 0);
  if (n == 0) check(empty <= 1, "Number of zero sized dimensions is more than one, so unique cannot be applied ");
  else check(empty == 0, "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
  Groups g;
  Tensor rows = contiguous(ctx, movedim(ctx, self, Dims{dim}, Dims{0}));
  if (n > 0) {
    int64_t width = rows.numel() / n;
    visit_accumulation(self.dtype(), [&](auto zero) {
      using A = decltype(zero);
      if constexpr (!std::is_same_v<A, ComplexDouble>) {
        Vec<A> v = elements<A>(ctx, rows);
        auto row = [&](int64_t i) { return v.data() + i * width; };
        g = grouped(
            n, consecutive, [&](int64_t a, int64_t b) { return std::lexicographical_compare(row(a), row(a) + width, row(b), row(b) + width); },
            [&](int64_t a, int64_t b) { return std::equal(row(a), row(a) + width, row(b)); });
      }
    });
  }
  auto kept = int64_t(g.representative.size());
  Tensor values = movedim(ctx, index_select(ctx, rows, 0, long_tensor(Dims{kept}, g.representative)), Dims{0}, Dims{dim});
  return {values, long_tensor(Dims{n}, g.group_of), long_tensor(Dims{kept}, g.count)};
}
// Along a dimension PyTorch gives all three, asked or not.
Three unique_dim(Context& ctx, const Tensor& self, int64_t dim, bool, bool, bool) { return unique_slices(ctx, self, dim, false); }
Three unique_consecutive(Context& ctx, const Tensor& self, bool inverse, bool counts, std::optional<int64_t> dim) {
  return dim && (*dim != 0 || self.dim() != 1) ? unique_slices(ctx, self, *dim, true) : unique_flat(ctx, self, true, inverse, counts);
}

// The place of each value in its sorted line; right: behind equal ones.
Tensor search(Context& ctx, const Tensor& sequence, const Tensor& values, bool out_int32, bool right, const Tensor& sorter) {
  check(sequence.dim() > 0, "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension");
  check(!sequence.is_complex() && !values.is_complex(), "torch.searchsorted(): complex tensors have no order");
  bool shared = sequence.dim() == 1;
  if (!shared) {
    bool fits = sequence.dim() == values.dim();
    for (int64_t d = 0; fits && d + 1 < sequence.dim(); ++d) fits = sequence.size(d) == values.size(d);
    check(fits,
          "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, "
          "but we got boundaries tensor ",
          sequence.sizes(), " and input value tensor ", values.sizes());
  }
  Tensor out = make_tensor(values.sizes(), out_int32 ? DType::kInt : DType::kLong);
  int64_t n = sequence.size(-1), width = shared ? values.numel() : (values.dim() ? values.size(-1) : 1);
  check(!out_int32 || n < INT32_MAX, "torch.searchsorted(): the size of boundaries' last dimension should be less than ", INT32_MAX);
  DType common = promote(sequence.dtype(), values.dtype());
  visit_accumulation(common, [&](auto zero) {
    using A = decltype(zero);
    if constexpr (!std::is_same_v<A, ComplexDouble>) {
      Vec<A> s = elements<A>(ctx, to_dtype(ctx, sequence, common)), v = elements<A>(ctx, to_dtype(ctx, values, common));
      Vec<int64_t> order = sorter.defined() ? elements<int64_t>(ctx, sorter) : Vec<int64_t>();
      for (int64_t i : order) check(i >= 0 && i < n, "torch.searchsorted(): sorter index out of range");
      auto before = [](A a, A b) { return (a == a && b != b) || a < b; };
      for (int64_t i = 0; i < int64_t(v.size()); ++i) {
        int64_t line = shared || width == 0 ? 0 : i / width;
        int64_t low = 0, high = n;
        while (low < high) {
          int64_t middle = low + (high - low) / 2, at = order.empty() ? middle : order[size_t(line * n + middle)];
          A x = s[size_t(line * n + at)];
          bool go_right = right ? !before(v[size_t(i)], x) : before(x, v[size_t(i)]);
          if (go_right) low = middle + 1;
          else high = middle;
        }
        store(out.mutable_data(), out.dtype(), i, low);
      }
    }
  });
  return out;
}
Tensor searchsorted(Context& ctx, const Tensor& sequence, const Tensor& self, bool out_int32, bool right, std::optional<std::string_view> side,
                    const MaybeTensor& sorter) {
  if (side) {
    check(*side == "left" || *side == "right", "torch.searchsorted(): side can only be 'left' or 'right' but got ", *side);
    check(*side == "right" || !right, "torch.searchsorted(): side and right can't be set to opposites, got side of ", *side, " while right was True");
    right = *side == "right";
  }
  if (sorter) {
    check(same(sorter->sizes(), sequence.sizes()), "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor ",
          sequence.sizes(), "and got sorter tensor ", sorter->sizes());
    check(sorter->dtype() == DType::kLong, "torch.searchsorted(): sorter must be a tensor of long dtype but got dtype ", scalar_type_name(sorter->dtype()));
  }
  return search(ctx, sequence, self, out_int32, right, sorter.or_undefined());
}
Tensor searchsorted_scalar(Context& ctx, const Tensor& sequence, const Scalar& self, bool out_int32, bool right, std::optional<std::string_view> side,
                           const MaybeTensor& sorter) {
  return searchsorted(ctx, sequence,
                      scalar_tensor(ctx, self, self.is_integral() ? promote(DType::kLong, sequence.dtype()) : promote(ctx.default_dtype, sequence.dtype())),
                      out_int32, right, side, sorter);
}
Tensor bucketize(Context& ctx, const Tensor& self, const Tensor& boundaries, bool out_int32, bool right) {
  check(boundaries.dim() == 1, "boundaries tensor must be 1 dimension, but got dim(", boundaries.dim(), ")");
  return search(ctx, boundaries, self, out_int32, right, Tensor());
}
Tensor bucketize_scalar(Context& ctx, const Scalar& self, const Tensor& boundaries, bool out_int32, bool right) {
  return bucketize(ctx,
                   scalar_tensor(ctx, self, self.is_integral() ? promote(DType::kLong, boundaries.dtype()) : promote(ctx.default_dtype, boundaries.dtype())),
                   boundaries, out_int32, right);
}

Tensor isin(Context& ctx, const Tensor& elements_in, const Tensor& test, bool, bool invert) {
  for (DType dtype : {elements_in.dtype(), test.dtype()})
    check(!is_complex(dtype) && dtype != DType::kBool, "Unsupported input type encountered for isin(): ", scalar_type_name(dtype));
  DType common = promote(elements_in.dtype(), test.dtype());
  Tensor out = make_tensor(elements_in.sizes(), DType::kBool);
  bool* flags = out.mutable_data<bool>();
  visit_accumulation(common, [&](auto zero) {
    using A = decltype(zero);
    if constexpr (!std::is_same_v<A, ComplexDouble>) {
      Vec<A> x = elements<A>(ctx, to_dtype(ctx, elements_in, common)), t = elements<A>(ctx, to_dtype(ctx, test, common));
      t.erase(std::remove_if(t.begin(), t.end(), [](A v) { return v != v; }), t.end());
      std::sort(t.begin(), t.end());
      for (size_t i = 0; i < x.size(); ++i) flags[i] = (x[i] == x[i] && std::binary_search(t.begin(), t.end(), x[i])) != invert;
    }
  });
  return out;
}
Tensor isin_scalar(Context& ctx, const Tensor& self, const Scalar& test, bool unique_already, bool invert) {
  return isin(ctx, self, wrapped_number(test), unique_already, invert);
}
Tensor scalar_isin(Context& ctx, const Scalar& self, const Tensor& test, bool unique_already, bool invert) {
  return isin(ctx, wrapped_number(self), test, unique_already, invert);
}

Tensor bincount(Context& ctx, const Tensor& self, const MaybeTensor& weights, int64_t minlength) {
  check(self.dim() == 1 || self.numel() == 0, "bincount only supports 1-d non-negative integral inputs.");
  check(is_integral(self.dtype()), "\"bincount_cpu\" not implemented for '", scalar_type_name(self.dtype()), "'");
  check(minlength >= 0, "minlength should be >= 0");
  Vec<int64_t> x = elements<int64_t>(ctx, self);
  int64_t bins = minlength;
  for (int64_t v : x) {
    check(v >= 0, "bincount only supports 1-d non-negative integral inputs.");
    check(v < (int64_t(1) << 40), "bincount: value ", v, " is too large");
    bins = std::max(bins, v + 1);
  }
  if (!weights) {
    Tensor out = zeros(ctx, Dims{bins}, DType::kLong);
    auto* to = out.mutable_data<int64_t>();
    for (int64_t v : x) ++to[v];
    return out;
  }
  check(weights->dim() == 1 && weights->numel() == self.numel(), "weights should be 1-d and have the same length as input");
  DType dtype = weights->dtype() == DType::kFloat ? DType::kFloat : DType::kDouble;
  Tensor w = contiguous(ctx, to_dtype(ctx, *weights, DType::kDouble)), total = zeros(ctx, Dims{bins}, DType::kDouble);
  auto* to = total.mutable_data<double>();
  for (size_t i = 0; i < x.size(); ++i) to[x[i]] += w.data<double>()[i];
  return to_dtype(ctx, total, dtype);
}

Tensor histc(Context& ctx, const Tensor& self, int64_t bins, const Scalar& low_in, const Scalar& high_in) {
  check(self.is_floating(), "\"histogram_cpu\" not implemented for '", scalar_type_name(self.dtype()), "'");
  check(bins > 0 && bins < (int64_t(1) << 32), "torch.histc(): bins must be > 0, but got ", bins);
  Tensor x = contiguous(ctx, to_dtype(ctx, self, DType::kDouble));
  const auto* data = x.data<double>();
  double low = low_in.to_double(), high = high_in.to_double();
  if (low == high && x.numel() > 0) {
    auto [least, most] = std::minmax_element(data, data + x.numel());
    low = *least;
    high = *most;
  }
  if (low == high) low -= 1, high += 1;
  check(std::isfinite(low) && std::isfinite(high), "torch.histc: range of [", low, ", ", high, "] is not finite");
  check(low < high, "torch.histc: max must be larger than min");
  Vec<int64_t> count(static_cast<size_t>(bins), 0);
  // Which bin a value next to an edge falls into depends on the rounding of the input's own arithmetic.
  auto fill = [&](auto zero) {
    using T = decltype(zero);
    T first = T(low), last = T(high), span = last - first;
    for (int64_t i = 0; i < x.numel(); ++i) {
      T value = T(data[i]);
      if (!(value >= first && value <= last)) continue;
      auto bin = int64_t((value - first) * T(bins) / span);
      ++count[size_t(std::clamp<int64_t>(bin, 0, bins - 1))];
    }
  };
  if (self.dtype() == DType::kDouble) fill(double());
  else if (self.dtype() == DType::kFloat) fill(float());
  else if (self.dtype() == DType::kHalf) fill(Stepped<Half>());
  else fill(Stepped<BFloat16>());
  return to_dtype(ctx, long_tensor(Dims{bins}, count), self.dtype());
}

// Interpolated order statistics along a dimension (or of all elements).
Tensor quantile_of(Context& ctx, const Tensor& self, const Tensor& q, std::optional<int64_t> dim_in, bool keepdim, std::string_view how, bool skip_nan) {
  check(self.dtype() == DType::kFloat || self.dtype() == DType::kDouble, "quantile() input tensor must be either float or double dtype");
  check(q.dim() <= 1, "quantile() q must be a scalar or 1D tensor");
  check(q.dtype() == self.dtype(), "quantile() q tensor must be same dtype as the input tensor");
  check(self.numel() > 0, "quantile() input tensor must be non-empty");
  check(how == "linear" || how == "lower" || how == "higher" || how == "midpoint" || how == "nearest",
        "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got ", how);
  Vec<double> points = elements<double>(ctx, to_dtype(ctx, q, DType::kDouble));
  for (double p : points) check(p >= 0 && p <= 1, "quantile() q values must be in the range [0, 1]");
  Tensor x = dim_in ? movedim(ctx, self, Dims{*dim_in}, Dims{-1}) : reshape(ctx, self, Dims{-1});
  if (x.dim() == 0) x = reshape(ctx, x, Dims{1});
  x = contiguous(ctx, x);
  int64_t n = x.size(-1), lines = n == 0 ? 0 : x.numel() / n;
  Tensor out = make_tensor({lines, int64_t(points.size())}, self.dtype());
  bool single = self.dtype() == DType::kFloat;
  Vec<double> line(static_cast<size_t>(n));
  for (int64_t l = 0; l < lines; ++l) {
    for (int64_t i = 0; i < n; ++i) line[size_t(i)] = single ? double(x.data<float>()[l * n + i]) : x.data<double>()[l * n + i];
    auto last = std::partition(line.begin(), line.end(), [](double v) { return v == v; });
    auto real_count = int64_t(last - line.begin());
    std::sort(line.begin(), last);
    for (size_t p = 0; p < points.size(); ++p) {
      double value = NAN;
      if (real_count > 0 && (skip_nan || real_count == n)) {
        // The rank is computed in the input's own precision.
        double rank = single ? double(float(points[p]) * float(real_count - 1)) : points[p] * double(real_count - 1);
        if (how == "lower") rank = std::floor(rank);
        else if (how == "higher") rank = std::ceil(rank);
        else if (how == "nearest") rank = std::nearbyint(rank);
        auto below = int64_t(rank), above = std::min(int64_t(std::ceil(rank)), real_count - 1);
        value = line[size_t(below)];
        if (how == "linear" || how == "midpoint") {
          // Also between equal values: an infinite one makes a NaN.
          double weight = how == "midpoint" ? 0.5 : rank - double(below), a = value, b = line[size_t(above)];
          double difference = single ? double(float(b - a)) : b - a;
          value = weight < 0.5 ? a + weight * difference : b - difference * (1 - weight);
        }
      }
      store(out.mutable_data(), out.dtype(), l * int64_t(points.size()) + int64_t(p), value);
    }
  }
  Dims sizes;
  if (dim_in && self.dim() > 0) {
    Dims kept(self.sizes());
    auto at = size_t(wrap_dim(*dim_in, self.dim()));
    if (keepdim) kept[at] = 1;
    else kept.erase(at);
    for (int64_t s : kept) sizes.push_back(s);
  } else if (keepdim) {
    for (int64_t d = 0; d < self.dim(); ++d) sizes.push_back(1);
  }
  if (q.dim() == 0) return view(ctx, out, sizes);
  sizes.push_back(q.numel());
  return movedim(ctx, view(ctx, out, sizes), Dims{-1}, Dims{0});
}
template <bool SkipNan>
Tensor quantile(Context& ctx, const Tensor& self, const Tensor& q, std::optional<int64_t> dim, bool keepdim, std::string_view how) {
  return quantile_of(ctx, self, q, dim, keepdim, how, SkipNan);
}
template <bool SkipNan>
Tensor quantile_scalar(Context& ctx, const Tensor& self, double q, std::optional<int64_t> dim, bool keepdim, std::string_view how) {
  check(q >= 0 && q <= 1, "quantile() q must be in the range [0, 1] but got ", q);
  return quantile_of(ctx, self, scalar_tensor(ctx, Scalar(q), self.dtype()), dim, keepdim, how, SkipNan);
}

constexpr OpDef kRows[] = {
    op("aten::_unique(Tensor self, bool sorted=True, bool return_inverse=False) -> (Tensor, Tensor)", TAPER_OP(unique), kPure | kDataDependent),
    op("aten::_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)", TAPER_OP(unique2),
       kPure | kDataDependent),
    op("aten::unique_dim(Tensor self, int dim, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)",
       TAPER_OP(unique_dim), kPure | kDataDependent),
    op("aten::unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor, Tensor)",
       TAPER_OP(unique_consecutive), kPure | kDataDependent),
    op("aten::searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
       TAPER_OP(searchsorted), kPure),
    op_out("aten::searchsorted.Tensor_out(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(searchsorted)),
    op("aten::searchsorted.Scalar(Tensor sorted_sequence, Scalar self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
       TAPER_OP(searchsorted_scalar), kPure),
    op("aten::bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor", TAPER_OP(bucketize), kPure),
    op_out("aten::bucketize.Tensor_out(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(bucketize)),
    op("aten::bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor", TAPER_OP(bucketize_scalar), kPure),
    op("aten::isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor", TAPER_OP(isin), kPure),
    op_out("aten::isin.Tensor_Tensor_out(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(isin)),
    op("aten::isin.Tensor_Scalar(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool invert=False) -> Tensor", TAPER_OP(isin_scalar),
       kPure),
    op_out("aten::isin.Tensor_Scalar_out(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool invert=False, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(isin_scalar)),
    op("aten::isin.Scalar_Tensor(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor", TAPER_OP(scalar_isin),
       kPure),
    op_out("aten::isin.Scalar_Tensor_out(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool invert=False, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(scalar_isin)),
    op("aten::bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor", TAPER_OP(bincount), kPure | kDataDependent),
    op("aten::histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor", TAPER_OP(histc), kPure),
    op_out("aten::histc.out(Tensor self, int bins=100, Scalar min=0, Scalar max=0, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(histc)),
    op("aten::quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor", TAPER_OP(quantile<false>), kPure),
    op_out("aten::quantile.out(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\", Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(quantile<false>)),
    op("aten::quantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor",
       TAPER_OP(quantile_scalar<false>), kPure),
    op_out("aten::quantile.scalar_out(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\", Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(quantile_scalar<false>)),
    op("aten::nanquantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor", TAPER_OP(quantile<true>),
       kPure),
    op_out("aten::nanquantile.out(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\", Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(quantile<true>)),
    op("aten::nanquantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor",
       TAPER_OP(quantile_scalar<true>), kPure),
    op_out(
        "aten::nanquantile.scalar_out(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\", Tensor(a!) out) -> Tensor(a!)",
        TAPER_OP(quantile_scalar<true>)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> unique_rows() { return aten::kRows; }
}  // namespace taper::impl
