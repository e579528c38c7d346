#include "ops/loop.h"

#include <algorithm>
#include <cstring>

#include "ops/aten/factory.h"
#include "ops/output.h"

namespace taper::impl {
namespace {

constexpr size_t kMaxOperands = 5;  // the output and up to four inputs
constexpr int64_t kBufferBytes = 4096;
constexpr int64_t kParallelGrain = 32768;
constexpr int64_t kShortRow = 48;  // shorter rows are gathered, several for one call of the kernel
constexpr int64_t kColumnGrain = 16384;

struct Operand {
  char* data;
  int64_t item;   // bytes between elements in the tensor
  int64_t width;  // and in the kernel's row
  MoveRows move;  // load, or store for the output; set where it may be needed
  bool direct;    // the tensor's elements are the kernel's
  bool conj, neg, narrow;
  bool number;  // no stride at all: one element
};

// Element strides of operand 0 (the output) and the inputs over common sizes, outermost dimension first.
struct Plan {
  SmallVec<int64_t, 8> sizes;
  SmallVec<int64_t, 8 * kMaxOperands> strides;
  const int64_t* of(size_t d) const noexcept { return strides.data() + d * kMaxOperands; }
};

Plan make_plan(const Tensor& out, std::span<const Tensor* const> inputs) {
  Plan plan;
  size_t operands = inputs.size() + 1;
  IntView sizes = out.sizes();
  size_t dims = sizes.size();
  SmallVec<uint8_t, 16> order;
  for (size_t d = 0; d < dims; ++d)
    if (sizes[d] != 1) order.push_back(uint8_t(d));
  // Insertion sort: stable, and mostly sorted already.
  for (size_t i = 1; i < order.size(); ++i)
    for (size_t j = i; j > 0 && out.strides()[order[j - 1]] < out.strides()[order[j]]; --j) std::swap(order[j - 1], order[j]);
  auto stride_of = [&](size_t operand, size_t d) -> int64_t {
    if (operand == 0) return out.strides()[d];
    const Tensor& t = *inputs[operand - 1];
    size_t lead = dims - t.sizes().size();
    return d < lead || t.sizes()[d - lead] == 1 ? 0 : t.strides()[d - lead];
  };
  for (uint8_t d : order) {
    int64_t size = sizes[d];
    int64_t strides[kMaxOperands] = {};
    bool merges = !plan.sizes.empty();
    const int64_t* last = merges ? plan.of(plan.sizes.size() - 1) : nullptr;
    for (size_t k = 0; k < operands; ++k) {
      strides[k] = stride_of(k, d);
      merges = merges && last[k] == strides[k] * size;
    }
    if (merges) {
      plan.sizes.back() *= size;
      std::copy(strides, strides + kMaxOperands, plan.strides.end() - kMaxOperands);
    } else {
      plan.sizes.push_back(size);
      for (int64_t stride : strides) plan.strides.push_back(stride);
    }
  }
  if (plan.sizes.empty()) {
    plan.sizes.push_back(1);
    plan.strides.resize(kMaxOperands, 0);
  }
  return plan;
}

void fill_row(char* row, int64_t width, int64_t n) {
  if (width == 4) {
    uint32_t x;
    std::memcpy(&x, row, 4);
    std::fill_n(reinterpret_cast<uint32_t*>(row), n, x);
  } else if (width == 8) {
    uint64_t x;
    std::memcpy(&x, row, 8);
    std::fill_n(reinterpret_cast<uint64_t*>(row), n, x);
  } else {
    for (int64_t i = 1; i < n; ++i) std::memcpy(row + i * width, row, size_t(width));
  }
}

struct Scratch {
  alignas(64) char rows[kMaxOperands][kBufferBytes];
};

class Engine {
 public:
  Engine(Context& ctx, const Tensor& out, std::span<const Tensor* const> inputs, const LoopSpec& spec)
      : spec_(spec), level_(ctx.cpu_level), count_(inputs.size() + 1) {
    static constexpr Params kNone;
    if (!spec_.params) spec_.params = &kNone;
    // The output first: writing may move it off shared bytes, which an input that is the same tensor must see.
    Operand& o = operands_[0];
    o.data = static_cast<char*>(out.mutable_data());
    o.item = int64_t(out.item_size());
    o.direct = spec_.predicate ? out.dtype() == DType::kBool : is_direct(out.dtype(), spec_.out_compute);
    o.width = spec_.predicate ? 1 : int64_t(compute_size(spec_.out_compute));
    o.move = spec_.predicate ? flag_storer(out.dtype()) : nullptr;
    out_dtype_ = out.dtype();
    int64_t in_width = int64_t(compute_size(spec_.compute));
    widest_ = std::max(o.width, in_width);
    for (size_t k = 1; k < count_; ++k) {
      const Tensor& t = *inputs[k - 1];
      Operand& in = operands_[k];
      in.data = const_cast<char*>(static_cast<const char*>(t.data()));
      in.item = int64_t(t.item_size());
      in.width = in_width;
      in.move = nullptr;
      in.conj = t.is_conj();
      in.neg = t.is_neg();
      in.narrow = spec_.common != DType::kUndefined && t.dtype() != spec_.common && !is_direct(spec_.common, spec_.compute) &&
                  !(spec_.exact_numbers && t.dim() == 0 && is_reduced_float(spec_.common));
      in.direct = is_direct(t.dtype(), spec_.compute) && !in.conj && !in.neg && !in.narrow;
      in.number = t.numel() == 1;
      dtypes_[k] = t.dtype();
    }
  }

  // Everything lies densely in one row.
  void run_flat(Context& ctx, int64_t numel) {
    prepare();
    int64_t step[kMaxOperands], row_step[kMaxOperands] = {};
    for (size_t k = 0; k < count_; ++k) step[k] = k > 0 && operands_[k].number && numel != 1 ? 0 : 1;
    ctx.parallel_for(numel, kParallelGrain, [&](int64_t begin, int64_t end) {
      Scratch scratch;
      fill_numbers(scratch, end - begin);
      int64_t at[kMaxOperands];
      for (size_t k = 0; k < count_; ++k) at[k] = begin * step[k];
      rows(scratch, at, 1, row_step, end - begin, step);
    });
  }

  void run_plan(Context& ctx, const Plan& plan, int64_t numel) {
    prepare();
    size_t dims = plan.sizes.size();
    int64_t n = plan.sizes.back(), count = numel / n;
    // Long rows are split too, where there are few.
    int64_t columns = ctx.width() > 1 && count < 64 ? (n + kColumnGrain - 1) / kColumnGrain : 1;
    int64_t column = (n + columns - 1) / columns;
    const int64_t* step = plan.of(dims - 1);
    int64_t none[kMaxOperands] = {};
    const int64_t* row_step = dims >= 2 ? plan.of(dims - 2) : none;
    int64_t batch = n < kShortRow && dims >= 2 ? std::max<int64_t>(1, chunk() / n) : 1;
    int64_t grain = std::max<int64_t>(1, kParallelGrain / std::min(n, column));
    ctx.parallel_for(count * columns, grain, [&](int64_t begin, int64_t end) {
      Scratch scratch;
      fill_numbers(scratch, n * (end - begin));
      SmallVec<int64_t, 8> index(dims, 0);
      int64_t base[kMaxOperands] = {};
      int64_t row = begin / columns;
      for (size_t d = dims - 1; d-- > 0; row /= plan.sizes[d]) {
        index[d] = row % plan.sizes[d];
        for (size_t k = 0; k < count_; ++k) base[k] += index[d] * plan.of(d)[k];
      }
      for (int64_t task = begin; task < end;) {
        int64_t taken = 1;
        if (columns > 1) {
          int64_t first = task % columns * column, at[kMaxOperands];
          for (size_t k = 0; k < count_; ++k) at[k] = base[k] + first * step[k];
          if (first < n) rows(scratch, at, 1, row_step, std::min(column, n - first), step);
          ++task;
          if (task % columns != 0) continue;
        } else {
          if (batch > 1) taken = std::min({batch, end - task, plan.sizes[dims - 2] - index[dims - 2]});
          rows(scratch, base, taken, row_step, n, step);
          task += taken;
        }
        if (dims == 1) continue;
        size_t d = dims - 2;
        index[d] += taken;
        for (size_t k = 0; k < count_; ++k) base[k] += taken * plan.of(d)[k];
        while (index[d] == plan.sizes[d] && d > 0) {
          for (size_t k = 0; k < count_; ++k) base[k] += plan.of(d - 1)[k] - plan.sizes[d] * plan.of(d)[k];
          index[d] = 0;
          ++index[--d];
        }
      }
    });
  }

 private:
  int64_t chunk() const { return kBufferBytes / widest_; }

  // Conversions for whatever is not passed as it is: by dtype, or because it does not lie densely.
  void prepare() {
    if (!spec_.predicate) operands_[0].move = storer(spec_.out_compute, out_dtype_, level_);
    for (size_t k = 1; k < count_; ++k) operands_[k].move = loader(spec_.compute, dtypes_[k], level_);
    for (size_t k = 1; k < count_; ++k)
      if (operands_[k].narrow) {
        round_store_ = storer(spec_.compute, spec_.common, level_);
        round_load_ = loader(spec_.compute, spec_.common, level_);
      }
  }

  void fill_numbers(Scratch& scratch, int64_t needed) const {
    for (size_t k = 1; k < count_; ++k) {
      if (!operands_[k].number) continue;
      load(k, scratch.rows[k], operands_[k].data, 1, 0, 1, 1);
      fill_row(scratch.rows[k], operands_[k].width, std::min(needed, chunk()));
    }
  }

  void load(size_t k, void* to, const char* from, int64_t rows, int64_t row_step, int64_t n, int64_t step) const {
    const Operand& o = operands_[k];
    o.move(to, from, rows, row_step, n, step);
    int64_t m = rows * n;
    if (o.conj) conjugate(spec_.compute, to, m);
    if (o.neg) negate(spec_.compute, to, m);
    if (o.narrow) {
      alignas(64) char narrowed[kBufferBytes];
      int64_t piece = kBufferBytes / 16;
      for (int64_t i = 0; i < m; i += piece) {
        char* at = static_cast<char*>(to) + i * o.width;
        int64_t some = std::min(piece, m - i);
        round_store_(narrowed, at, 1, 0, some, 1);
        round_load_(at, narrowed, 1, 0, some, 1);
      }
    }
  }

  // `rows` rows of n elements each, row_step apart; several only when they fit the buffers together.
  void rows(Scratch& scratch, const int64_t* at, int64_t rows, const int64_t* row_step, int64_t n, const int64_t* step) const {
    bool dense[kMaxOperands];
    bool buffered = false;
    for (size_t k = 0; k < count_; ++k) {
      dense[k] = operands_[k].direct && step[k] == 1 && (rows == 1 || row_step[k] == n);
      buffered = buffered || !dense[k];
    }
    int64_t piece = buffered && rows == 1 ? std::min(n, chunk()) : n;
    // One element for the whole row.
    if (rows == 1)
      for (size_t k = 1; k < count_; ++k)
        if (step[k] == 0 && !operands_[k].number) {
          load(k, scratch.rows[k], operands_[k].data + at[k] * operands_[k].item, 1, 0, 1, 1);
          fill_row(scratch.rows[k], operands_[k].width, piece);
        }
    for (int64_t first = 0; first < n; first += piece) {
      int64_t m = std::min(piece, n - first);
      const Operand& o = operands_[0];
      char* target = o.data + (at[0] + first * step[0]) * o.item;
      char* result = dense[0] ? target : scratch.rows[0];
      const void* in[kMaxOperands];
      for (size_t k = 1; k < count_; ++k) {
        const Operand& source = operands_[k];
        char* from = source.data + (at[k] + first * step[k]) * source.item;
        if (dense[k]) {
          in[k - 1] = from;
        } else if (source.number || (rows == 1 && step[k] == 0)) {
          in[k - 1] = scratch.rows[k];
        } else {
          char* to = !spec_.kernel && dense[0] ? target : scratch.rows[k];
          load(k, to, from, rows, row_step[k], m, step[k]);
          in[k - 1] = to;
        }
      }
      if (spec_.kernel) spec_.kernel(in, result, rows * m, *spec_.params);
      else if (dense[0] && in[0] == target) continue;
      const void* finished = spec_.kernel ? result : in[0];
      if (!dense[0] || !spec_.kernel) o.move(target, finished, rows, row_step[0], m, step[0]);
    }
  }

  LoopSpec spec_;
  CpuLevel level_;
  size_t count_;
  int64_t widest_;
  DType out_dtype_;
  DType dtypes_[kMaxOperands];
  Operand operands_[kMaxOperands];
  MoveRows round_store_ = nullptr, round_load_ = nullptr;
};

// std::equal calls memcmp; sizes are short.
bool same_sizes(IntView a, IntView b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) return false;
  return true;
}

// Fills a row with a 0-dim tensor's value; false for the dtypes that only the general conversion knows.
bool number_row(const Tensor& t, ComputeType compute, void* row, int64_t n) {
  double value;
  switch (t.dtype()) {
    case DType::kDouble: value = *t.data<double>(); break;
    case DType::kFloat: value = double(*t.data<float>()); break;
    case DType::kLong: {
      int64_t whole = *t.data<int64_t>();
      if (compute == ComputeType::kInt) {
        std::fill_n(static_cast<int64_t*>(row), n, whole);
        return true;
      }
      if (compute == ComputeType::kFloat) {  // rounds once
        std::fill_n(static_cast<float*>(row), n, float(whole));
        return true;
      }
      value = double(whole);
      break;
    }
    default: return false;
  }
  if (compute == ComputeType::kFloat) std::fill_n(static_cast<float*>(row), n, float(value));
  else if (compute == ComputeType::kDouble) std::fill_n(static_cast<double*>(row), n, value);
  else return false;
  return true;
}

// The common case without the engine: dense rows of the compute type, and numbers. False: not that case.
bool run_simple(const Tensor& out, std::span<const Tensor* const> inputs, const LoopSpec& spec, int64_t numel) {
  if (!spec.kernel || numel > kParallelGrain || !out.is_contiguous()) return false;
  if (!(spec.predicate ? out.dtype() == DType::kBool : is_direct(out.dtype(), spec.out_compute))) return false;
  if (spec.common != DType::kUndefined && !is_direct(spec.common, spec.compute)) return false;
  bool number[kMaxOperands], any_number = false;
  for (size_t k = 0; k < inputs.size(); ++k) {
    const Tensor& t = *inputs[k];
    if (t.is_conj() || t.is_neg()) return false;
    number[k] = t.dim() == 0 && out.dim() != 0;
    any_number = any_number || number[k];
    if (!number[k] && !(is_direct(t.dtype(), spec.compute) && t.is_contiguous() && same_sizes(t.sizes(), out.sizes()))) return false;
  }
  static constexpr Params kNone;
  const Params& params = spec.params ? *spec.params : kNone;
  if (!any_number) {
    void* target = out.mutable_data();  // first: see Engine
    const void* in[kMaxOperands];
    for (size_t k = 0; k < inputs.size(); ++k) in[k] = inputs[k]->data();
    spec.kernel(in, target, numel, params);
    return true;
  }
  alignas(64) char rows[2][kBufferBytes];
  int64_t width = int64_t(compute_size(spec.compute)), chunk = std::min(numel, kBufferBytes / width), used = 0;
  const char* in[kMaxOperands];
  for (size_t k = 0; k < inputs.size(); ++k)
    if (number[k]) {
      if (used == 2 || !number_row(*inputs[k], spec.compute, rows[used], chunk)) return false;
      in[k] = rows[used++];
    }
  char* target = static_cast<char*>(out.mutable_data());
  for (size_t k = 0; k < inputs.size(); ++k)
    if (!number[k]) in[k] = static_cast<const char*>(inputs[k]->data());
  int64_t out_width = spec.predicate ? 1 : int64_t(compute_size(spec.out_compute));
  for (int64_t first = 0; first < numel; first += chunk) {
    const void* at[kMaxOperands];
    for (size_t k = 0; k < inputs.size(); ++k) at[k] = number[k] ? in[k] : in[k] + first * width;
    spec.kernel(at, target + first * out_width, std::min(chunk, numel - first), params);
  }
  return true;
}

bool run_flags(Context& ctx, const Tensor& out, std::span<const Tensor* const> inputs, const LoopSpec& spec, int64_t numel) {
  if (out.dtype() != DType::kBool || !out.is_contiguous()) return false;
  for (const Tensor* t : inputs)
    if (t->dtype() != DType::kBool || !t->is_contiguous() || t->is_neg() || !same_sizes(t->sizes(), out.sizes())) return false;
  char* target = static_cast<char*>(out.mutable_data());
  ctx.parallel_for(numel, kParallelGrain * 4, [&](int64_t begin, int64_t end) {
    const void* in[kMaxOperands];
    for (size_t k = 0; k < inputs.size(); ++k) in[k] = static_cast<const char*>(inputs[k]->data()) + begin;
    spec.flags(in, target + begin, end - begin, *spec.params);
  });
  return true;
}

bool channels_last_layout(IntView sizes, IntView strides) {
  Dims expected = channels_last_strides(sizes);
  for (size_t d = 0; d < sizes.size(); ++d)
    if (sizes[d] > 1 && strides[d] != expected[d]) return false;
  return true;
}

}  // namespace

void run_loop(Context& ctx, const Tensor& out, std::span<const Tensor* const> inputs, const LoopSpec& spec) {
  int64_t numel = out.numel();
  if (numel == 0) return;
  check(!out.is_conj() && !out.is_neg(), "writing into a lazily conjugated or negated tensor is not supported");
  check(inputs.size() < kMaxOperands, "the elementwise loop takes at most 4 inputs");
  if (spec.flags && run_flags(ctx, out, inputs, spec, numel)) return;
  if (run_simple(out, inputs, spec, numel)) return;
  bool flat = out.is_contiguous();
  for (const Tensor* t : inputs) flat = flat && (t->numel() == 1 || (t->is_contiguous() && same_sizes(t->sizes(), out.sizes())));
  Engine engine(ctx, out, inputs, spec);
  if (flat) engine.run_flat(ctx, numel);
  else engine.run_plan(ctx, make_plan(out, inputs), numel);
}

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
    if (!same_sizes(out, tensors[i]->sizes())) out = broadcast_sizes(out, tensors[i]->sizes());
  return out;
}

// PyTorch looks at all inputs in order for each pair of dimensions; the first whose strides differ there decides which of
// them is the inner one. Broadcast dimensions do not decide.
Dims result_strides(IntView sizes, std::span<const Tensor* const> inputs, DType common, bool mask_first) {
  bool same_shape = true, contiguous = true, channels_last = sizes.size() == 4, dense = true;
  for (const Tensor* t : inputs) {
    same_shape = same_shape && same_sizes(t->sizes(), sizes);
    contiguous = contiguous && (t->is_contiguous() || t->numel() == 1);
  }
  if (contiguous && (same_shape || sizes.size() <= 1)) return {};
  SmallVec<int64_t, 4 * 6> copies;  // strides of the inputs' copies, where they are cast, one after the other
  SmallVec<size_t, 4> copy_at;
  for (const Tensor* t : inputs) {
    bool mask = mask_first && copy_at.empty();
    bool cast = common != DType::kUndefined && t->dtype() != common && !t->is_contiguous() && !mask;
    copy_at.push_back(cast ? copies.size() : SIZE_MAX);
    if (cast)
      for (int64_t stride : aten::strides_like(*t, MemoryFormat::kPreserve)) copies.push_back(stride);
  }
  auto strides_of = [&](size_t k) { return copy_at[k] == SIZE_MAX ? inputs[k]->strides() : IntView(copies.data() + copy_at[k], inputs[k]->sizes().size()); };
  if (same_shape) {
    for (size_t k = 0; k < inputs.size(); ++k) {
      bool cast = copy_at[k] != SIZE_MAX;
      channels_last = channels_last && (cast ? channels_last_layout(sizes, strides_of(k)) : inputs[k]->is_contiguous(MemoryFormat::kChannelsLast));
      dense = dense && (cast || inputs[k]->is_non_overlapping_and_dense()) && same_sizes(strides_of(k), strides_of(0));
    }
    if (channels_last) return channels_last_strides(sizes);
    if (dense) return Dims(strides_of(0));
  }
  size_t dims = sizes.size();
  auto stride = [&](size_t k, size_t d) -> int64_t {
    const Tensor& t = *inputs[k];
    size_t lead = dims - t.sizes().size();
    return d < lead || (t.sizes()[d - lead] == 1 && sizes[d] != 1) ? 0 : strides_of(k)[d - lead];
  };
  // > 0: a must be further out than b.
  auto compare = [&](size_t a, size_t b) {
    for (size_t k = 0; k < inputs.size(); ++k) {
      int64_t x = stride(k, a), y = stride(k, b);
      if (x == 0 || y == 0) continue;
      if (x != y) return x < y ? -1 : 1;
      if (sizes[a] > sizes[b]) return 1;
    }
    return 0;
  };
  SmallVec<size_t, 8> order(dims);  // innermost first
  for (size_t d = 0; d < dims; ++d) order[d] = dims - 1 - d;
  for (size_t i = 1; i < dims; ++i) {
    size_t at = i;
    for (size_t other = i; other-- > 0;) {
      int what = compare(order[other], order[at]);
      if (what > 0) {
        std::swap(order[other], order[at]);
        at = other;
      } else if (what < 0) {
        break;
      }
    }
  }
  bool natural = true;
  for (size_t d = 0; d < dims; ++d) natural = natural && order[d] == dims - 1 - d;
  if (natural) return {};
  Dims out(dims);
  int64_t next = 1;
  for (size_t d : order) {
    out[d] = next;
    next *= std::max<int64_t>(1, sizes[d]);
  }
  return out;
}

Tensor loop_output(Context& ctx, IntView sizes, DType dtype, std::span<const Tensor* const> inputs, DType common, bool mask_first) {
  if (ctx.dest.defined()) {
    Tensor dest = elementwise_destination(ctx, sizes, dtype, inputs);
    if (dest.defined()) return dest;
  }
  Dims strides = result_strides(sizes, inputs, common, mask_first);
  if (ctx.movable_arguments) {
    Tensor dying = dying_input(ctx, sizes, strides, dtype, inputs);
    if (dying.defined()) return dying;
  }
  return strides.empty() ? make_tensor(sizes, dtype) : make_tensor_strided(sizes, strides, dtype);
}

}  // namespace taper::impl
