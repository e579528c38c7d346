#include "ops/loop.h"

#include <algorithm>
#include <cstring>

#include "ops/aten/factory.h"
#include "ops/output.h"

namespace taper::impl {
namespace {

constexpr int64_t kChunk = 512;
constexpr size_t kMaxOperands = 5;  // the output and up to four inputs
constexpr int64_t kParallelGrain = 32768;

// Element strides of operand 0 (the output) and the inputs over common sizes, outermost dimension first.
struct Plan {
  Dims sizes;
  std::array<Dims, kMaxOperands> strides;
  size_t operands;
};

Plan make_plan(const Tensor& out, std::span<const Tensor* const> inputs) {
  Plan plan;
  plan.operands = inputs.size() + 1;
  IntView sizes = out.sizes();
  size_t dims = sizes.size();
  SmallVec<uint8_t, 16> order;
  for (size_t d = 0; d < dims; ++d)
    if (sizes[d] != 1) order.push_back(uint8_t(d));
  std::stable_sort(order.begin(), order.end(), [&](uint8_t a, uint8_t b) { return out.strides()[a] > out.strides()[b]; });
  auto stride_of = [&](size_t operand, size_t d) -> int64_t {
    if (operand == 0) return out.strides()[d];
    const Tensor& t = *inputs[operand - 1];
    size_t lead = dims - t.sizes().size();
    return d < lead || t.sizes()[d - lead] == 1 ? 0 : t.strides()[d - lead];
  };
  for (uint8_t d : order) {
    int64_t size = sizes[d];
    bool merges = !plan.sizes.empty();
    for (size_t k = 0; k < plan.operands && merges; ++k) merges = plan.strides[k].back() == stride_of(k, d) * size;
    if (merges) {
      plan.sizes.back() *= size;
      for (size_t k = 0; k < plan.operands; ++k) plan.strides[k].back() = stride_of(k, d);
    } else {
      plan.sizes.push_back(size);
      for (size_t k = 0; k < plan.operands; ++k) plan.strides[k].push_back(stride_of(k, d));
    }
  }
  if (plan.sizes.empty()) {
    plan.sizes.push_back(1);
    for (size_t k = 0; k < plan.operands; ++k) plan.strides[k].push_back(0);
  }
  return plan;
}

struct Operand {
  char* data;
  size_t item;
  DType dtype;
  bool conj, neg;
  bool direct;
};

struct Loop {
  Operand operands[kMaxOperands];
  size_t count;
  ComputeType compute, out_compute;
  bool predicate;
  Kernel kernel;
  const Params* params;

  // One row of n elements; offsets and steps in elements.
  void row(const int64_t* at, int64_t n, const int64_t* step) const {
    alignas(64) char buffers[kMaxOperands][kChunk * 16];
    const void* in[kMaxOperands];
    bool any_constant = false;
    for (size_t k = 1; k < count; ++k)
      if (step[k] == 0) {
        fill_constant(k, at[k], std::min(n, kChunk), buffers[k]);
        in[k - 1] = buffers[k];
        any_constant = true;
      }
    bool dense_out = operands[0].direct && step[0] == 1;
    bool all_direct = dense_out && !any_constant;
    for (size_t k = 1; k < count; ++k) all_direct = all_direct && operands[k].direct && step[k] == 1;
    int64_t chunk = all_direct ? n : kChunk;
    for (int64_t first = 0; first < n; first += chunk) {
      int64_t m = std::min(chunk, n - first);
      for (size_t k = 1; k < count; ++k) {
        if (step[k] == 0) continue;
        const Operand& o = operands[k];
        const char* source = o.data + (at[k] + first * step[k]) * int64_t(o.item);
        if (o.direct && step[k] == 1) {
          in[k - 1] = source;
        } else {
          load_elements(compute, buffers[k], o.dtype, source, step[k], m, o.conj, o.neg);
          in[k - 1] = buffers[k];
        }
      }
      const Operand& o = operands[0];
      char* target = o.data + (at[0] + first * step[0]) * int64_t(o.item);
      if (dense_out) {
        kernel(in, target, m, *params);
      } else {
        kernel(in, buffers[0], m, *params);
        if (predicate) store_bools(buffers[0], target, step[0], m);
        else store_elements(out_compute, buffers[0], o.dtype, target, step[0], m);
      }
    }
  }

  void fill_constant(size_t k, int64_t at, int64_t n, char* buffer) const {
    const Operand& o = operands[k];
    load_elements(compute, buffer, o.dtype, o.data + at * int64_t(o.item), 0, n, o.conj, o.neg);
  }

  void store_bools(const char* in, char* target, int64_t step, int64_t n) const {
    if (operands[0].dtype == DType::kBool) {
      for (int64_t i = 0; i < n; ++i) target[i * step] = in[i];
      return;
    }
    int64_t wide[kChunk];
    for (int64_t i = 0; i < n; ++i) wide[i] = in[i];
    store_elements(ComputeType::kInt, wide, operands[0].dtype, target, step, n);
  }
};

// Rows of a part of the outermost dimension.
void run_part(const Plan& plan, const Loop& loop, int64_t begin, int64_t end) {
  size_t dims = plan.sizes.size(), n = plan.operands;
  int64_t at[kMaxOperands], step[kMaxOperands];
  for (size_t k = 0; k < n; ++k) {
    step[k] = plan.strides[k].back();
    at[k] = begin * plan.strides[k][0];
  }
  if (dims == 1) return loop.row(at, end - begin, step);
  Dims index(dims - 1, 0);
  index[0] = begin;
  while (true) {
    loop.row(at, plan.sizes.back(), step);
    size_t d = dims - 1;
    while (true) {
      --d;
      for (size_t k = 0; k < n; ++k) at[k] += plan.strides[k][d];
      if (++index[d] < (d == 0 ? end : plan.sizes[d])) break;
      if (d == 0) return;
      for (size_t k = 0; k < n; ++k) at[k] -= plan.sizes[d] * plan.strides[k][d];
      index[d] = 0;
    }
  }
}

Operand operand_of(const Tensor& t, ComputeType compute, void* data) {
  bool bits = t.is_conj() || t.is_neg();
  return {static_cast<char*>(data), t.item_size(), t.dtype(), t.is_conj(), t.is_neg(), !bits && is_direct(t.dtype(), compute)};
}

void run(Context& ctx, const Tensor& out, ComputeType out_compute, std::span<const Tensor* const> inputs, ComputeType compute, Kernel kernel,
         const Params& params, bool predicate) {
  if (out.numel() == 0) return;
  check(!out.is_conj() && !out.is_neg(), "writing into a lazily conjugated or negated tensor is not supported");
  Loop loop;
  loop.count = inputs.size() + 1;
  loop.compute = compute;
  loop.out_compute = out_compute;
  loop.predicate = predicate;
  loop.kernel = kernel;
  loop.params = &params;
  // The output first: writing may move it off shared bytes, which an input that is the same tensor must see.
  loop.operands[0] = operand_of(out, out_compute, out.mutable_data());
  if (predicate) loop.operands[0].direct = out.dtype() == DType::kBool;
  bool flat = out.is_contiguous();
  for (size_t k = 0; k < inputs.size(); ++k) {
    const Tensor& t = *inputs[k];
    loop.operands[k + 1] = operand_of(t, compute, const_cast<void*>(t.data()));
    flat = flat && t.is_contiguous() && (t.numel() == 1 || same(t.sizes(), out.sizes()));
  }
  int64_t numel = out.numel();
  if (flat) {
    int64_t step[kMaxOperands];
    step[0] = 1;
    for (size_t k = 0; k < inputs.size(); ++k) step[k + 1] = inputs[k]->numel() == 1 && numel != 1 ? 0 : 1;
    ctx.parallel_for(numel, kParallelGrain, [&](int64_t begin, int64_t end) {
      int64_t at[kMaxOperands];
      for (size_t k = 0; k < loop.count; ++k) at[k] = begin * step[k];
      loop.row(at, end - begin, step);
    });
    return;
  }
  Plan plan = make_plan(out, inputs);
  int64_t inner = std::max<int64_t>(1, numel / plan.sizes[0]);
  ctx.parallel_for(plan.sizes[0], std::max<int64_t>(1, kParallelGrain / inner), [&](int64_t begin, int64_t end) { run_part(plan, loop, begin, end); });
}

}  // namespace

Dims broadcast_sizes(IntView a, IntView b) {
  size_t dims = std::max(a.size(), b.size());
  Dims out(dims, 1);
  for (size_t i = 1; i <= dims; ++i) {
    int64_t x = i <= a.size() ? a[a.size() - i] : 1, y = i <= b.size() ? b[b.size() - i] : 1;
    check(x == y || x == 1 || y == 1, "The size of tensor a (", x, ") must match the size of tensor b (", y, ") at non-singleton dimension ", dims - i);
    out[dims - i] = x == 1 ? y : x;
  }
  return out;
}

Dims broadcast_sizes(std::span<const Tensor* const> tensors) {
  Dims out(tensors[0]->sizes());
  for (size_t i = 1; i < tensors.size(); ++i)
    if (!same(out, tensors[i]->sizes())) out = broadcast_sizes(out, tensors[i]->sizes());
  return out;
}

Tensor loop_output(Context& ctx, IntView sizes, DType dtype, std::initializer_list<const Tensor*> inputs) {
  if (ctx.dest.defined()) return output(ctx, sizes, dtype, inputs);
  // The first input that has the full size and a dense permuted layout decides.
  for (const Tensor* t : inputs) {
    if (!same(t->sizes(), sizes)) continue;
    if (t->is_contiguous()) break;
    if (t->is_non_overlapping_and_dense()) return make_tensor_strided(sizes, t->strides(), dtype);
    return make_tensor_strided(sizes, aten::strides_like(*t, MemoryFormat::kPreserve), dtype);
  }
  return make_tensor(sizes, dtype);
}

void run_loop(Context& ctx, const Tensor& out, ComputeType out_compute, std::span<const Tensor* const> inputs, ComputeType compute, Kernel kernel,
              const Params& params) {
  run(ctx, out, out_compute, inputs, compute, kernel, params, false);
}

void run_predicate(Context& ctx, const Tensor& out, std::span<const Tensor* const> inputs, ComputeType compute, Kernel kernel, const Params& params) {
  run(ctx, out, ComputeType::kInt, inputs, compute, kernel, params, true);
}

}  // namespace taper::impl
