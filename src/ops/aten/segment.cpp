// Reductions over runs of elements: segments of given lengths or between given offsets; and the exclusive-or of a tensor's bits.
#include <algorithm>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/reduce.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

enum class By { kMax, kMean, kMin, kSum, kProd };
By by_name(std::string_view name) {
  if (name == "max" || name == "amax") return By::kMax;
  if (name == "min" || name == "amin") return By::kMin;
  if (name == "mean") return By::kMean;
  if (name == "sum") return By::kSum;
  check(name == "prod", "reduce argument must be either sum, prod, mean, amax or amin, got ", name);
  return By::kProd;
}

double start_of(By by) { return by == By::kMax ? -INFINITY : by == By::kMin ? INFINITY : by == By::kProd ? 1 : 0; }
double step(By by, double total, double x) {
  switch (by) {
    case By::kMax: return std::isnan(x) || std::isnan(total) ? NAN : std::max(total, x);
    case By::kMin: return std::isnan(x) || std::isnan(total) ? NAN : std::min(total, x);
    case By::kProd: return total * x;
    default: return total + x;
  }
}

double rounded(double x, DType dtype) {
  switch (dtype) {
    case DType::kHalf: return double(float(Half(float(x))));
    case DType::kBFloat16: return double(float(BFloat16(float(x))));
    case DType::kFloat: return double(float(x));
    default: return x;
  }
}

// The runs of one line of segments as begins and ends, checked against the axis.
struct Runs {
  Vec<int64_t> ends;  // 2 a segment
  int64_t count = 0;
};
Runs runs_of_lengths(Context& ctx, const Tensor& lengths_in, int64_t size, bool unsafe) {
  Tensor lengths = contiguous(ctx, to_dtype(ctx, lengths_in, DType::kLong));
  const auto* data = lengths.data<int64_t>();
  Runs runs;
  runs.count = lengths.size(-1);
  if (!unsafe) {
    check(lengths.numel() > 0, "min(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.");
    check(std::all_of(data, data + lengths.numel(), [](int64_t n) { return n >= 0; }), "lengths contains negative value!");
  }
  int64_t at = 0;
  for (int64_t i = 0; i < lengths.numel(); ++i) {
    if (i % runs.count == 0) at = 0;
    check(data[i] >= 0,
          "Expected segment_length >= 0 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement "
          "request to PyTorch.)");
    bool whole = data[i] <= size - at && (unsafe || (i + 1) % runs.count != 0 || at + data[i] == size);
    check(whole, "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe.");
    runs.ends.push_back(at);
    runs.ends.push_back(at += data[i]);
  }
  return runs;
}
Runs runs_of_offsets(Context& ctx, const Tensor& offsets_in, int64_t size) {
  Tensor offsets = contiguous(ctx, to_dtype(ctx, offsets_in, DType::kLong));
  const auto* data = offsets.data<int64_t>();
  int64_t width = offsets.size(-1);
  Runs runs;
  runs.count = width - 1;
  check(width > 0, "Trying to create tensor with negative dimension -1");
  for (int64_t row = 0; row < offsets.numel(); row += width)
    for (int64_t i = row; i + 1 < row + width; ++i) {
      check(data[i] <= data[i + 1],
            "Expected segment_length >= 0 to be true, but got false.  (Could this error message be improved?  If so, please report an "
            "enhancement request to PyTorch.)");
      check(data[i] >= 0 && data[i + 1] <= size, "segment_reduce(): offsets from ", data[i], " to ", data[i + 1], " are out of range for an axis of size ",
            size);
      runs.ends.push_back(data[i]);
      runs.ends.push_back(data[i + 1]);
    }
  return runs;
}

Tensor segment_reduce(Context& ctx, const Tensor& data, std::string_view reduce, const MaybeTensor& lengths, const MaybeTensor& indices,
                      const MaybeTensor& offsets, int64_t axis_in, bool unsafe, const std::optional<Scalar> initial) {
  int64_t axis = wrap_dim(axis_in, data.dim());
  check(lengths || offsets,
        indices ? "segment_reduce(): indices based reduction is not supported yet." : "segment_reduce(): Either lengths or offsets must be defined.");
  By by = by_name(reduce);
  check(!indices, "segment_reduce(): indices based reduction is not supported yet.");
  const Tensor& given = offsets ? *offsets : *lengths;
  const char* name = offsets ? "offsets" : "lengths";
  check(data.dim() >= given.dim() && data.dim() > 0, "Expected data.dim() >= ", name,
        "_value.dim() to be true, but got false.  (Could this error message be "
        "improved?  If so, please report an enhancement request to PyTorch.)");
  check(axis == given.dim() - 1, "segment_reduce(): Expected axis to be the last dimension of ", name, " but got ", axis, ".");
  check(given.dtype() == DType::kLong || given.dtype() == DType::kInt, "\"_segment_reduce_", name, "_cpu_kernel1\" not implemented for '",
        scalar_type_name(given.dtype()), "'");
  check(is_floating(data.dtype()), "\"_segment_reduce_cpu\" not implemented for '", scalar_type_name(data.dtype()), "'");
  int64_t outer = 1, inner = 1, size = data.size(axis);
  for (int64_t d = 0; d < data.dim(); ++d) {
    if (d < axis) {
      check(given.size(d) == data.size(d), "segment_reduce(): Expected all dimensions of ", name, " before the axis to match data's, but got ", given.sizes(),
            " for ", data.sizes());
      outer *= data.size(d);
    }
    if (d > axis) inner *= data.size(d);
  }
  Runs runs = offsets ? runs_of_offsets(ctx, given, size) : runs_of_lengths(ctx, given, size, unsafe);
  Dims sizes(data.sizes());
  sizes[size_t(axis)] = runs.count;
  Tensor from = contiguous(ctx, to_dtype(ctx, data, DType::kDouble)), out = make_tensor(sizes, DType::kDouble);
  ctx.spend((from.numel() + out.numel()) / 50 + 1);
  double first = rounded(initial ? initial->to_double() : start_of(by), data.dtype());
  const auto* x = from.data<double>();
  auto* to = out.mutable_data<double>();
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t s = 0; s < runs.count; ++s) {
      const int64_t* run = &runs.ends[size_t(2 * (o * runs.count + s))];
      int64_t length = run[1] - run[0];
      for (int64_t i = 0; i < inner; ++i) {
        double total = first;
        for (int64_t at = run[0]; at < run[1]; ++at) total = rounded(step(by, total, x[(o * size + at) * inner + i]), data.dtype());
        if (by == By::kMean && length == 0 && !initial) total = NAN;
        if (by == By::kMean && length > 0) total /= double(length);
        *to++ = total;
      }
    }
  return to_dtype(ctx, out, data.dtype());
}

struct ExclusiveOr {
  int64_t total = 0;
  void add(int64_t x) { total ^= x; }
  int64_t result() const { return total; }
};

Tensor hash_tensor(Context& ctx, const Tensor& self, IntView dims, bool keepdim, int64_t mode) {
  check(mode == 0, "Unknown hash_tensor mode: ", mode);
  ReducePlan plan = plan_reduction(self, dims, keepdim);
  check(!self.is_complex(), "\"xor_sum_cpu\" not implemented for '", scalar_type_name(self.dtype()), "'");
  if (self.numel() == 0) {
    check(!dims.empty(), "hash_tensor: Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.");
    for (int64_t d : dims) check(self.size(d) != 0, "hash_tensor: Expected reduction dim ", wrap_dim(d, self.dim()), " to have non-zero size.");
  }
  ctx.spend(self.numel() / 100 + 1);
  // Floats count by the bits of their doubles, integers by those of their int64.
  Tensor bits = contiguous(ctx, to_dtype(ctx, self, is_floating(self.dtype()) ? DType::kDouble : DType::kLong)).with_dtype(DType::kLong);
  plan = plan_reduction(bits, dims, keepdim);
  Tensor out = make_tensor(plan.result_sizes, DType::kUInt64);
  if (out.numel() == 0) return out;
  auto* to = out.mutable_data<uint64_t>();
  reduce_each<int64_t>(bits, plan, ExclusiveOr(), [&](int64_t i, int64_t value) { to[i] = uint64_t(value); });
  return out;
}

#define RUNS "Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None"

constexpr OpDef kRows[] = {
    op("aten::segment_reduce(Tensor data, str reduce, *, " RUNS ") -> Tensor", TAPER_OP(segment_reduce), kPure),
    op_out("aten::segment_reduce.out(Tensor data, str reduce, *, " RUNS ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(segment_reduce), kExactOut),
    op("aten::hash_tensor(Tensor self, int[1] dim=[], *, bool keepdim=False, int mode=0) -> Tensor", TAPER_OP(hash_tensor), kPure),
    op_out("aten::hash_tensor.out(Tensor self, int[1] dim=[], *, bool keepdim=False, int mode=0, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hash_tensor)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> segment_rows() { return aten::kRows; }
}  // namespace taper::impl
