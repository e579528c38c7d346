// Histograms of one and several dimensions. Points are rows; each column has its own bins, whose edges are given or spread
// evenly over a range. The last bin includes its right edge; what lies outside or is NaN is not counted.
#include <algorithm>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

using OptFloats = std::optional<FloatView>;
using Edges = Vec<Tensor>;

// N points of D coordinates as dense doubles: every float32 is one, so no comparison changes.
struct Points {
  Tensor values, weights;
  int64_t n, dims;
  const double* at(int64_t point) const { return values.data<double>() + point * dims; }
  double weight(int64_t point) const { return weights.defined() ? weights.data<double>()[point] : 1.0; }
};

void check_input(const Tensor& self, const Edges& edges, const MaybeTensor& weight) {
  check(self.dim() >= 2, "torch.histogramdd: input tensor should have at least 2 dimensions");
  int64_t dims = self.size(-1);
  check(int64_t(edges.size()) == dims, "torch.histogramdd: expected ", dims, " sequences of bin edges for a ", dims, "-dimensional histogram but got ",
        edges.size());
  for (int64_t d = 0; d < dims; ++d) {
    const Tensor& e = edges[size_t(d)];
    check(e.dtype() == self.dtype(), "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with dtype ",
          cpp_type_name(self.dtype()), " and bins for dimension ", d, " with dtype ", cpp_type_name(e.dtype()));
    check(e.dim() == 1, "torch.histogramdd: bins tensor should have one dimension, but got ", e.dim(), " dimensions in the bins tensor for dimension ", d);
    check(e.numel() > 0, "torch.histogramdd: bins tensor should have at least 1 element, but got ", e.numel(), " elements in the bins tensor for dimension ",
          d);
  }
  if (!weight) return;
  check(weight->dtype() == self.dtype(),
        "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype, but got "
        "input(",
        cpp_type_name(self.dtype()), "), and weight(", cpp_type_name(weight->dtype()), ")");
  check(same(weight->sizes(), self.sizes().first(self.sizes().size() - 1)),
        "torch.histogramdd: if weight tensor is provided it should have the same shape as "
        "the input tensor excluding its innermost dimension, but got input with shape ",
        self.sizes(), " and weight with shape ", weight->sizes());
}

Points points_of(Context& ctx, const Tensor& self, const MaybeTensor& weight) {
  check(self.dtype() == DType::kFloat || self.dtype() == DType::kDouble, "\"histogramdd\" not implemented for '", scalar_type_name(self.dtype()), "'");
  Points p;
  p.values = contiguous(ctx, to_dtype(ctx, self, DType::kDouble));
  if (weight) p.weights = contiguous(ctx, to_dtype(ctx, *weight, DType::kDouble));
  p.dims = self.size(-1);
  p.n = 1;
  for (size_t d = 0; d + 1 < self.sizes().size(); ++d) p.n *= self.sizes()[d];
  return p;
}

// Evenly spread from both ends in the input's own arithmetic, as linspace does it.
template <class T>
void spread(T* out, int64_t count, T first, T last) {
  T step = (last - first) / T(count - 1);
  for (int64_t i = 0; i < count; ++i) out[i] = i < count / 2 ? first + step * T(i) : last - step * T(count - 1 - i);
  if (count == 1) out[0] = first;
}

void check_counts(IntView counts) {
  for (size_t d = 0; d < counts.size(); ++d) check(counts[d] > 0, "torch.histogram(): bins must be > 0, but got ", counts[d], " for dimension ", d);
}

std::string plain(double x) {
  return std::isnan(x) ? "nan" : std::isinf(x) ? x > 0 ? "inf" : "-inf" : x == std::floor(x) && std::abs(x) < 1e6 ? cat(int64_t(x)) : cat(x);
}

Edges even_edges(Context& ctx, const Tensor& self, IntView counts, OptFloats range, const MaybeTensor& weight) {
  check(self.dim() >= 2, "torch.histogramdd: input tensor should have at least 2 dimensions");
  check(int64_t(counts.size()) == self.size(-1), "histogramdd: The size of bins must be equal to the innermost dimension of the input.");
  Edges edges;
  for (int64_t count : counts) edges.push_back(make_tensor({std::max<int64_t>(-1, std::min(count, INT64_MAX - 1)) + 1}, self.dtype()));
  check_input(self, edges, weight);
  int64_t dims = self.size(-1);
  if (range) {
    check(int64_t(range->size()) == 2 * dims, "torch.histogramdd: for a ", dims, "-dimensional histogram range should have ", 2 * dims, " elements, but got ",
          range->size());
  }
  Points p = points_of(ctx, self, {});
  ctx.spend(p.n * dims / 100 + 1);
  for (int64_t d = 0; d < dims; ++d) {
    double low = 0, high = 1;
    if (range) {
      low = (*range)[size_t(2 * d)];
      high = (*range)[size_t(2 * d + 1)];
    } else if (p.n > 0) {
      low = INFINITY;
      high = -INFINITY;
      for (int64_t i = 0; i < p.n; ++i) {
        double x = p.at(i)[d];
        if (std::isnan(x)) {
          low = high = x;
          break;
        }
        low = std::min(low, x);
        high = std::max(high, x);
      }
    }
    check(std::isfinite(low) && std::isfinite(high), "torch.histogramdd: dimension ", d, "'s range [", plain(low), ", ", plain(high), "] is not finite");
    check(low <= high, "torch.histogramdd: min should not exceed max, but got min ", plain(low), " max ", plain(high), " for dimension ", d);
    if (low == high) {
      low -= 0.5;
      high += 0.5;
    }
    const Tensor& e = edges[size_t(d)];
    ctx.spend(e.numel() / 100 + 1);
    visit_float(self.dtype(), "histogramdd", [&](auto tag) {
      using T = decltype(tag);
      spread(e.mutable_data<T>(), e.numel(), T(low), T(high));
    });
  }
  return edges;
}

// Given edges have to be searched; even ones as well, which also places a value that equals an edge as PyTorch does.
Tensor counted(Context& ctx, const Tensor& self, const Edges& edges, const MaybeTensor& weight, bool density) {
  Dims counts;
  for (const Tensor& e : edges) counts.push_back(e.numel() - 1);
  check_counts(counts);
  Points p = points_of(ctx, self, weight);
  Tensor hist = zeros(ctx, counts, DType::kDouble);
  auto* bins = hist.mutable_data<double>();
  Vec<Tensor> wide;
  for (const Tensor& e : edges) wide.push_back(contiguous(ctx, to_dtype(ctx, e, DType::kDouble)));
  ctx.spend(p.n * (p.dims + 1) / 20 + 1);
  double total = 0;
  for (int64_t i = 0; i < p.n; ++i) {
    const double* x = p.at(i);
    int64_t place = 0;
    bool inside = true;
    for (int64_t d = 0; d < p.dims && inside; ++d) {
      const auto* e = wide[size_t(d)].data<double>();
      int64_t n = counts[size_t(d)];
      inside = x[d] >= e[0] && x[d] <= e[n];
      if (inside) place = place * n + std::clamp<int64_t>(std::upper_bound(e, e + n + 1, x[d]) - e - 1, 0, n - 1);
    }
    if (inside) bins[place] += p.weight(i);
  }
  if (density) {
    for (int64_t i = 0; i < hist.numel(); ++i) total += bins[i];
    int64_t step = hist.numel();
    for (size_t d = 0; d < edges.size(); ++d) {
      int64_t n = counts[d];
      const auto* e = wide[d].data<double>();
      step /= n;
      for (int64_t i = 0; i < hist.numel(); ++i) {
        int64_t at = i / step % n;
        bins[i] /= (d == 0 ? total : 1.0) * (e[at + 1] - e[at]);
      }
    }
    if (edges.empty() && hist.numel() > 0) bins[0] /= total;
  }
  return to_dtype(ctx, hist, self.dtype());
}

Edges checked_edges(const Tensor& self, Tensors bins, const MaybeTensor& weight) {
  Edges edges;
  for (size_t i = 0; i < bins.size(); ++i) edges.push_back(bins[i]);
  check_input(self, edges, weight);
  return edges;
}

using Binned = std::tuple<Tensor, Vec<Tensor>>;
Binned histogramdd(Context& ctx, const Tensor& self, IntView bins, OptFloats range, const MaybeTensor& weight, bool density) {
  Edges edges = even_edges(ctx, self, bins, range, weight);
  Tensor hist = counted(ctx, self, edges, weight, density);
  return {hist, std::move(edges)};
}
Binned histogramdd_int(Context& ctx, const Tensor& self, int64_t bins, OptFloats range, const MaybeTensor& weight, bool density) {
  check(self.dim() >= 2, "torch.histogramdd: input tensor should have at least 2 dimensions");
  check(self.size(-1) <= 64, "torch.histogramdd: histograms of ", self.size(-1), " dimensions are not supported");
  Dims counts(size_t(self.size(-1)), bins);
  return histogramdd(ctx, self, counts, range, weight, density);
}
Binned histogramdd_edges(Context& ctx, const Tensor& self, Tensors bins, OptFloats, const MaybeTensor& weight, bool density) {
  Edges edges = checked_edges(self, bins, weight);
  Tensor hist = counted(ctx, self, edges, weight, density);
  for (Tensor& e : edges) e = clone(ctx, e);
  return {hist, std::move(edges)};
}
Vec<Tensor> edges_of(Context& ctx, const Tensor& self, IntView bins, OptFloats range, const MaybeTensor& weight, bool) {
  Edges edges = even_edges(ctx, self, bins, range, weight);
  check_counts(bins);
  return edges;
}
void edges_into(Context& ctx, const Tensor& self, IntView bins, OptFloats range, const MaybeTensor& weight, bool density, Tensors out) {
  write_results(ctx, "_histogramdd_bin_edges_out", out, edges_of(ctx, self, bins, range, weight, density), true);
}
Tensor counts_of(Context& ctx, const Tensor& self, IntView bins, OptFloats range, const MaybeTensor& weight, bool density) {
  return std::get<0>(histogramdd(ctx, self, bins, range, weight, density));
}
Tensor counts_between(Context& ctx, const Tensor& self, Tensors bins, const MaybeTensor& weight, bool density) {
  return counted(ctx, self, checked_edges(self, bins, weight), weight, density);
}

// One dimension: every element is a point.
using Pair = std::tuple<Tensor, Tensor>;
Pair histogram(Context& ctx, const Tensor& self, int64_t bins, OptFloats range, const MaybeTensor& weight, bool density) {
  Tensor flat = weight ? reshape(ctx, *weight, Dims{-1}) : Tensor();
  auto [hist, edges] = histogramdd(ctx, reshape(ctx, self, Dims{self.numel(), 1}), Dims{bins}, range, flat, density);
  return {hist, edges[0]};
}
Pair histogram_edges(Context& ctx, const Tensor& self, const Tensor& bins, const MaybeTensor& weight, bool density) {
  Tensor flat = weight ? reshape(ctx, *weight, Dims{-1}) : Tensor();
  Value list(bins);
  auto [hist, edges] = histogramdd_edges(ctx, reshape(ctx, self, Dims{self.numel(), 1}), Tensors(std::span<const Value>(&list, 1)), {}, flat, density);
  return {hist, edges[0]};
}

#define WEIGHTED "Tensor? weight=None, bool density=False"
#define BINS_OUT ", Tensor(a!) hist, Tensor(b!) bin_edges) -> (Tensor(a!) hist, Tensor(b!) bin_edges)"

constexpr OpDef kRows[] = {
    op("aten::histogram.bins_tensor(Tensor self, Tensor bins, *, " WEIGHTED ") -> (Tensor hist, Tensor bin_edges)", TAPER_OP(histogram_edges), kPure),
    op_out<2>("aten::histogram.bins_tensor_out(Tensor self, Tensor bins, *, " WEIGHTED BINS_OUT, TAPER_OP(histogram_edges), kExactOut),
    op("aten::histogram.bin_ct(Tensor self, int bins=100, *, float[]? range=None, " WEIGHTED ") -> (Tensor hist, Tensor bin_edges)", TAPER_OP(histogram),
       kPure),
    op_out<2>("aten::histogram.bin_ct_out(Tensor self, int bins=100, *, float[]? range=None, " WEIGHTED BINS_OUT, TAPER_OP(histogram), kExactOut),
    op("aten::histogramdd(Tensor self, int[] bins, float[]? range=None, " WEIGHTED ") -> (Tensor hist, Tensor[] bin_edges)", TAPER_OP(histogramdd), kPure),
    op("aten::histogramdd.int_bins(Tensor self, int bins, float[]? range=None, " WEIGHTED ") -> (Tensor hist, Tensor[] bin_edges)", TAPER_OP(histogramdd_int),
       kPure),
    op("aten::histogramdd.TensorList_bins(Tensor self, Tensor[] bins, float[]? range=None, " WEIGHTED ") -> (Tensor hist, Tensor[] bin_edges)",
       TAPER_OP(histogramdd_edges), kPure),
    op("aten::_histogramdd_bin_edges(Tensor self, int[] bins, *, float[]? range=None, " WEIGHTED ") -> Tensor[]", TAPER_OP(edges_of), kPure),
    op("aten::_histogramdd_bin_edges.out(Tensor self, int[] bins, *, float[]? range=None, " WEIGHTED ", Tensor(a!)[] out) -> ()", TAPER_OP(edges_into)),
    op("aten::_histogramdd_from_bin_cts(Tensor self, int[] bins, *, float[]? range=None, " WEIGHTED ") -> Tensor", TAPER_OP(counts_of), kPure),
    op_out("aten::_histogramdd_from_bin_cts.out(Tensor self, int[] bins, *, float[]? range=None, " WEIGHTED ", Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(counts_of), kExactOut),
    op("aten::_histogramdd_from_bin_tensors(Tensor self, Tensor[] bins, *, " WEIGHTED ") -> Tensor", TAPER_OP(counts_between), kPure),
    op_out("aten::_histogramdd_from_bin_tensors.out(Tensor self, Tensor[] bins, *, " WEIGHTED ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(counts_between),
           kExactOut),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> histogram_rows() { return aten::kRows; }
}  // namespace taper::impl
