// Recurrent layers: lstm, gru and plain rnn, over padded sequences or packed ones, and their single cells.
//
// A layer first multiplies the whole sequence by the input weights, then steps: gates = projected[t] + h W_hh^T + b_hh.
#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/dropout.h"
#include "ops/aten/factory.h"
#include "ops/aten/join.h"
#include "ops/aten/matmul.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/kernels/float_math.h"
#include "ops/kernels/gemm.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

enum class Cell { kLstm, kGru, kTanh, kRelu };
int64_t gates_of(Cell cell) { return cell == Cell::kLstm ? 4 : cell == Cell::kGru ? 3 : 1; }

struct Weights {
  Tensor w_ih, w_hh, b_ih, b_hh, w_hr;  // b and w_hr may be undefined
};

template <class T>
void sigmoid_row(Context& ctx, T* x, int64_t n) {
  if constexpr (std::is_same_v<T, float>) {
    const void* in[] = {x};
    float_math(ctx.cpu_level).sigmoid(in, x, n, Params());
  } else {
    for (int64_t i = 0; i < n; ++i) x[i] = T(1) / (T(1) + std::exp(-x[i]));
  }
}
template <class T>
void tanh_row(Context& ctx, T* x, int64_t n) {
  if constexpr (std::is_same_v<T, float>) {
    const void* in[] = {x};
    float_math(ctx.cpu_level).tanh(in, x, n, Params());
  } else {
    for (int64_t i = 0; i < n; ++i) x[i] = std::tanh(x[i]);
  }
}

// out[rows, n] = h[rows, k] w[n, k]^T (+ add per row with its own stride)
template <class T>
void product(Context& ctx, const T* h, int64_t rows, int64_t k, const T* w, int64_t n, const T* bias, T* out) {
  GemmArgs<T> g;
  g.m = rows, g.n = n, g.k = k;
  g.a = h, g.a_row = k, g.a_col = 1;
  g.b = w, g.b_row = 1, g.b_col = k;
  g.c = out, g.c_row = n;
  if (bias) g.add_bias_per_column(bias);
  g.cpu_level = ctx.cpu_level;
  g.parallel = ctx.parallel;
  gemm(g);
}

// One step for `rows` sequences. x: projected input gates [rows, G * hidden]; scratch: the same size.
// h [rows, out] and c [rows, hidden] are updated in place.
template <class T>
void step(Context& ctx, Cell cell, const T* x, int64_t rows, int64_t hidden, int64_t out, const Weights& w, T* h, T* c, T* scratch, T* cell_out) {
  int64_t width = gates_of(cell) * hidden;
  const T* b_hh = w.b_hh.defined() ? w.b_hh.data<T>() : nullptr;
  product(ctx, h, rows, out, w.w_hh.data<T>(), width, b_hh, scratch);
  for (int64_t r = 0; r < rows; ++r) {
    const T* in = x + r * width;
    T* g = scratch + r * width;
    T* state = h + r * out;
    switch (cell) {
      case Cell::kLstm: {
        for (int64_t i = 0; i < width; ++i) g[i] += in[i];
        sigmoid_row(ctx, g, 2 * hidden);           // input, forget
        tanh_row(ctx, g + 2 * hidden, hidden);     // candidate
        sigmoid_row(ctx, g + 3 * hidden, hidden);  // output
        T* memory = c + r * hidden;
        T* result = w.w_hr.defined() ? cell_out + r * hidden : state;
        for (int64_t i = 0; i < hidden; ++i) {
          memory[i] = g[hidden + i] * memory[i] + g[i] * g[2 * hidden + i];
          result[i] = memory[i];
        }
        tanh_row(ctx, result, hidden);
        for (int64_t i = 0; i < hidden; ++i) result[i] *= g[3 * hidden + i];
        break;
      }
      case Cell::kGru: {
        for (int64_t i = 0; i < 2 * hidden; ++i) g[i] += in[i];
        sigmoid_row(ctx, g, 2 * hidden);  // reset, update
        for (int64_t i = 0; i < hidden; ++i) g[2 * hidden + i] = in[2 * hidden + i] + g[i] * g[2 * hidden + i];
        tanh_row(ctx, g + 2 * hidden, hidden);
        for (int64_t i = 0; i < hidden; ++i) state[i] = g[2 * hidden + i] + g[hidden + i] * (state[i] - g[2 * hidden + i]);
        break;
      }
      case Cell::kTanh:
        for (int64_t i = 0; i < hidden; ++i) state[i] = g[i] + in[i];
        tanh_row(ctx, state, hidden);
        break;
      case Cell::kRelu:
        for (int64_t i = 0; i < hidden; ++i) {
          T v = g[i] + in[i];
          state[i] = v < 0 ? T(0) : v;
        }
        break;
    }
  }
  if (cell == Cell::kLstm && w.w_hr.defined()) product(ctx, cell_out, rows, hidden, w.w_hr.data<T>(), out, static_cast<const T*>(nullptr), h);
}

// Half types round after each operation, as PyTorch's composition of operators does.
Tensor mapped(Context& ctx, const Tensor& x, Kernel kernel) {
  Tensor wide = to_dtype(ctx, x, DType::kFloat, true);
  wide = contiguous(ctx, wide);
  float* data = wide.mutable_data<float>();
  const void* in[] = {data};
  kernel(in, data, wide.numel(), Params());
  return to_dtype(ctx, wide, x.dtype());
}
void step_half(Context& ctx, Cell cell, const Tensor& x, int64_t hidden, const Weights& w, const Tensor& h, const Tensor& c) {
  const FloatMath& math = float_math(ctx.cpu_level);
  Tensor own = linear(ctx, h, w.w_hh, w.b_hh);
  auto gate = [&](const Tensor& t, int64_t i) { return narrow(ctx, t, 1, i * hidden, hidden); };
  auto both = [&](int64_t i) { return add(ctx, gate(own, i), gate(x, i)); };
  switch (cell) {
    case Cell::kLstm: {
      Tensor in = mapped(ctx, both(0), math.sigmoid), forget = mapped(ctx, both(1), math.sigmoid), candidate = mapped(ctx, both(2), math.tanh);
      Tensor out = mapped(ctx, both(3), math.sigmoid);
      copy_(ctx, c, add(ctx, mul(ctx, forget, c), mul(ctx, in, candidate)));
      Tensor result = mul(ctx, out, mapped(ctx, c, math.tanh));
      copy_(ctx, h, w.w_hr.defined() ? linear(ctx, result, w.w_hr, {}) : result);
      break;
    }
    case Cell::kGru: {
      Tensor reset = mapped(ctx, both(0), math.sigmoid), update = mapped(ctx, both(1), math.sigmoid);
      Tensor fresh = mapped(ctx, add(ctx, gate(x, 2), mul(ctx, gate(own, 2), reset)), math.tanh);
      copy_(ctx, h, add(ctx, mul(ctx, sub(ctx, h, fresh), update), fresh));
      break;
    }
    case Cell::kTanh: copy_(ctx, h, mapped(ctx, both(0), math.tanh)); break;
    case Cell::kRelu: copy_(ctx, h, mapped(ctx, both(0), math.relu)); break;
  }
}

void check_weights(const Weights& w, Cell cell, int64_t input, int64_t hidden, int64_t out) {
  int64_t width = gates_of(cell) * hidden;
  check(w.w_ih.dim() == 2 && w.w_ih.size(0) == width && w.w_ih.size(1) == input, "rnn: input weight of size ", w.w_ih.sizes(), " does not fit an input of ",
        input, " features and ", hidden, " hidden units");
  check(w.w_hh.dim() == 2 && w.w_hh.size(0) == width && w.w_hh.size(1) == out, "rnn: hidden weight of size ", w.w_hh.sizes(), " does not fit ", out,
        " state features");
  check(!w.b_ih.defined() || w.b_ih.numel() == width, "rnn: input bias has ", w.b_ih.defined() ? w.b_ih.numel() : 0, " elements, expected ", width);
  check(!w.b_hh.defined() || w.b_hh.numel() == width, "rnn: hidden bias has ", w.b_hh.defined() ? w.b_hh.numel() : 0, " elements, expected ", width);
  check(!w.w_hr.defined() || (w.w_hr.dim() == 2 && w.w_hr.size(0) == out && w.w_hr.size(1) == hidden), "rnn: projection of wrong size");
}

// Steps over time through one direction of one layer. x [total, G * hidden] holds the projected input, time after time;
// batches[t] sequences are alive at time t (non-increasing). y [total, out].
void run_direction(Context& ctx, Cell cell, const Tensor& x, std::span<const int64_t> batches, bool reverse, const Weights& w, const Tensor& h, const Tensor& c,
                   const Tensor& y, int64_t y_step) {
  int64_t hidden = w.w_hh.size(0) / gates_of(cell), out = h.size(1), width = gates_of(cell) * hidden, most = h.size(0);
  auto times = int64_t(batches.size());
  if (x.dtype() == DType::kHalf || x.dtype() == DType::kBFloat16) {
    for (int64_t i = 0, first = reverse ? x.size(0) : 0; i < times; ++i) {
      int64_t rows = batches[size_t(reverse ? times - 1 - i : i)];
      if (reverse) first -= rows;
      ctx.spend(1 + rows * width / 1024);
      Tensor alive = narrow(ctx, h, 0, 0, rows);
      step_half(ctx, cell, narrow(ctx, x, 0, first, rows), hidden, w, alive, c.defined() ? narrow(ctx, c, 0, 0, rows) : c);
      copy_(ctx, narrow(ctx, y, 0, first, rows), alive);
      if (!reverse) first += rows;
    }
    return;
  }
  visit_float(x.dtype(), "rnn", [&](auto tag) {
    using T = decltype(tag);
    const T* gates = x.data<T>();
    T* state = h.mutable_data<T>();
    T* memory = c.defined() ? c.mutable_data<T>() : nullptr;
    T* to = y.mutable_data<T>();
    Vec<T> scratch(static_cast<size_t>(most * width)), cell_out(w.w_hr.defined() ? size_t(most * hidden) : 0);
    Vec<int64_t> first(static_cast<size_t>(times + 1), 0);
    for (int64_t t = 0; t < times; ++t) first[size_t(t + 1)] = first[size_t(t)] + batches[size_t(t)];
    for (int64_t i = 0; i < times; ++i) {
      int64_t t = reverse ? times - 1 - i : i, rows = batches[size_t(t)];
      ctx.spend(1 + rows * width / 4096);
      step(ctx, cell, gates + first[size_t(t)] * width, rows, hidden, out, w, state, memory, scratch.data(), cell_out.data());
      for (int64_t r = 0; r < rows; ++r) std::copy_n(state + r * out, out, to + (first[size_t(t)] + r) * y_step);
    }
  });
}

struct State {
  Tensor y, h, c;  // c only for lstm
};

// data [total, features] time by time. h0, c0 [layers * directions, batch, out].
State run_layers(Context& ctx, Cell cell, const Tensor& data_in, std::span<const int64_t> batches, const Tensor& h0, const Tensor& c0, Tensors params,
                 bool biases, int64_t layers, double dropout, bool train, bool bidirectional) {
  check(!(train && dropout != 0) || (dropout >= 0 && dropout <= 1), "dropout probability has to be between 0 and 1, but got ", dropout);
  int64_t directions = bidirectional ? 2 : 1;
  check(layers > 0 && layers < 10000, "num_layers must be positive, got ", layers);
  check(h0.dim() == 3 && h0.size(0) == layers * directions, "Expected hidden size (", layers * directions, ", ", batches.empty() ? 0 : batches[0], ", *), got ",
        h0.sizes());
  int64_t most = batches.empty() ? 0 : batches[0];
  check(h0.size(1) == most, "Expected hidden[0] size (", layers * directions, ", ", most, ", ", h0.size(2), "), got ", h0.sizes());
  bool projection = cell == Cell::kLstm && c0.defined() && c0.size(2) != h0.size(2);
  size_t per = 2 + (biases ? 2 : 0) + (projection ? 1 : 0);
  check(params.size() == per * size_t(layers * directions), "rnn: expected ", per * size_t(layers * directions), " parameter tensors, got ", params.size());
  DType dtype = data_in.dtype();
  check(is_floating(dtype), "rnn: input must be floating point, got ", scalar_type_name(dtype));
  auto prepared = [&](const Tensor& t) {
    check(t.dtype() == dtype, "rnn: input has dtype ", scalar_type_name(dtype), " and a parameter or state has ", scalar_type_name(t.dtype()));
    return contiguous(ctx, t);
  };
  Tensor data = prepared(data_in);
  Tensor h = clone(ctx, prepared(h0), MemoryFormat::kContiguous), c = c0.defined() ? clone(ctx, prepared(c0), MemoryFormat::kContiguous) : Tensor();
  check(!c0.defined() || (c0.dim() == 3 && c0.size(0) == h0.size(0) && c0.size(1) == h0.size(1)),
        "Expected hidden[1] of the same layers and batch as hidden[0], got ", c0.defined() ? c0.sizes() : IntView());
  int64_t out = h.size(2), total = data.size(0), hidden = c.defined() ? c.size(2) : out;
  for (int64_t layer = 0; layer < layers; ++layer) {
    Tensor y = make_tensor({total, directions * out}, dtype);
    for (int64_t d = 0; d < directions; ++d) {
      size_t base = size_t(layer * directions + d) * per;
      Weights w;
      w.w_ih = prepared(params[base]);
      w.w_hh = prepared(params[base + 1]);
      if (biases) w.b_ih = prepared(params[base + 2]), w.b_hh = prepared(params[base + 3]);
      if (projection) w.w_hr = prepared(params[base + per - 1]);
      check_weights(w, cell, data.size(1), hidden, out);
      Tensor x = linear(ctx, data, w.w_ih, w.b_ih);
      Tensor own_h = select(ctx, h, 0, layer * directions + d), own_c = c.defined() ? select(ctx, c, 0, layer * directions + d) : Tensor();
      run_direction(ctx, cell, x, batches, d == 1, w, own_h, own_c, narrow(ctx, y, 1, d * out, out), directions * out);
    }
    data = y;
    if (train && dropout != 0 && layer + 1 < layers) data = aten::dropout(ctx, data, dropout, true);
  }
  return {data, h, c};
}

State run_padded(Context& ctx, Cell cell, const Tensor& input, const Tensor& h0, const Tensor& c0, Tensors params, bool biases, int64_t layers, double dropout,
                 bool train, bool bidirectional, bool batch_first) {
  check(input.dim() == 3, "input must have 3 dimensions, got ", input.dim());
  Tensor x = batch_first ? transpose(ctx, input, 0, 1) : input;
  int64_t times = x.size(0), batch = x.size(1);
  check(times > 0, "Expected sequence length to be larger than 0 in RNN");
  Vec<int64_t> batches(static_cast<size_t>(times), batch);
  State s = run_layers(ctx, cell, reshape(ctx, x, Dims{times * batch, x.size(2)}), {batches.data(), batches.size()}, h0, c0, params, biases, layers, dropout,
                       train, bidirectional);
  s.y = view(ctx, s.y, Dims{times, batch, s.y.size(1)});
  if (batch_first) s.y = transpose(ctx, s.y, 0, 1);
  return s;
}

State run_packed(Context& ctx, Cell cell, const Tensor& data, const Tensor& batch_sizes, const Tensor& h0, const Tensor& c0, Tensors params, bool biases,
                 int64_t layers, double dropout, bool train, bool bidirectional) {
  check(batch_sizes.dtype() == DType::kLong && batch_sizes.dim() == 1 && batch_sizes.numel() > 0, "batch_sizes should be a non-empty 1D int64 tensor");
  check(data.dim() == 2, "packed data must have 2 dimensions, got ", data.dim());
  Vec<int64_t> batches;
  int64_t total = 0;
  for (int64_t t = 0; t < batch_sizes.numel(); ++t) {
    int64_t n = batch_sizes.data<int64_t>()[t * batch_sizes.stride(0)];
    check(n > 0 && (t == 0 || n <= batches.back()) && n <= data.size(0), "batch_sizes must be positive and non-increasing");
    batches.push_back(n);
    total += n;
  }
  check(total == data.size(0), "batch_sizes sum to ", total, " but the packed data has ", data.size(0), " rows");
  return run_layers(ctx, cell, data, {batches.data(), batches.size()}, h0, c0, params, biases, layers, dropout, train, bidirectional);
}

std::tuple<Tensor, Tensor, Tensor> lstm_input(Context& ctx, const Tensor& input, Tensors hx, Tensors params, bool biases, int64_t layers, double dropout,
                                              bool train, bool bidirectional, bool batch_first) {
  check(hx.size() == 2, "lstm expects two hidden states");
  State s = run_padded(ctx, Cell::kLstm, input, hx[0], hx[1], params, biases, layers, dropout, train, bidirectional, batch_first);
  return {s.y, s.h, s.c};
}
std::tuple<Tensor, Tensor, Tensor> lstm_data(Context& ctx, const Tensor& data, const Tensor& batch_sizes, Tensors hx, Tensors params, bool biases,
                                             int64_t layers, double dropout, bool train, bool bidirectional) {
  check(hx.size() == 2, "lstm expects two hidden states");
  State s = run_packed(ctx, Cell::kLstm, data, batch_sizes, hx[0], hx[1], params, biases, layers, dropout, train, bidirectional);
  return {s.y, s.h, s.c};
}
template <Cell C>
std::tuple<Tensor, Tensor> rnn_input(Context& ctx, const Tensor& input, const Tensor& hx, Tensors params, bool biases, int64_t layers, double dropout,
                                     bool train, bool bidirectional, bool batch_first) {
  State s = run_padded(ctx, C, input, hx, Tensor(), params, biases, layers, dropout, train, bidirectional, batch_first);
  return {s.y, s.h};
}
template <Cell C>
std::tuple<Tensor, Tensor> rnn_data(Context& ctx, const Tensor& data, const Tensor& batch_sizes, const Tensor& hx, Tensors params, bool biases, int64_t layers,
                                    double dropout, bool train, bool bidirectional) {
  State s = run_packed(ctx, C, data, batch_sizes, hx, Tensor(), params, biases, layers, dropout, train, bidirectional);
  return {s.y, s.h};
}

// One step of one layer.
State run_cell(Context& ctx, Cell cell, const Tensor& input, const Tensor& h0, const Tensor& c0, const Tensor& w_ih, const Tensor& w_hh,
               const MaybeTensor& b_ih, const MaybeTensor& b_hh) {
  check(input.size(1) == w_ih.size(1), "input has inconsistent input_size: got ", input.size(1), " expected ", w_ih.size(1));
  int64_t hidden = w_hh.size(1), gates = gates_of(cell), batch = input.size(0);
  auto check_hidden = [&](const Tensor& state, int number) {
    check(state.size(0) == batch, "Input batch size ", batch, " doesn't match hidden", number, " batch size ", state.size(0));
    check(state.size(1) == hidden, "hidden", number, " has inconsistent hidden_size: got ", state.size(1), ", expected ", hidden);
  };
  check_hidden(h0, 0);
  if (c0.defined()) check_hidden(c0, 1);
  check(w_ih.size(0) == gates * hidden, "weight_ih first dim must be ", gates, " * hidden_size = ", gates * hidden, ", but got ", w_ih.size(0));
  check(input.dim() == 2 && h0.dim() == 2 && (!c0.defined() || c0.dim() == 2), "rnn cell: input and state must have 2 dimensions");
  DType dtype = input.dtype();
  check(is_floating(dtype), "rnn cell: input must be floating point, got ", scalar_type_name(dtype));
  auto prepared = [&](const Tensor& t) {
    check(t.dtype() == dtype, "expected m1 and m2 to have the same dtype, but got: ", cpp_type_name(dtype), " != ", cpp_type_name(t.dtype()));
    return contiguous(ctx, t);
  };
  Weights w{prepared(w_ih), prepared(w_hh), b_ih ? prepared(*b_ih) : Tensor(), b_hh ? prepared(*b_hh) : Tensor(), Tensor()};
  check_weights(w, cell, input.size(1), hidden, hidden);
  Tensor h = clone(ctx, prepared(h0), MemoryFormat::kContiguous), c = c0.defined() ? clone(ctx, prepared(c0), MemoryFormat::kContiguous) : Tensor();
  if (batch > 0) {
    Tensor y = make_tensor({batch, hidden}, dtype);
    run_direction(ctx, cell, linear(ctx, prepared(input), w.w_ih, w.b_ih), {&batch, 1}, false, w, h, c, y, hidden);
  }
  return {Tensor(), h, c};
}
std::tuple<Tensor, Tensor> lstm_cell(Context& ctx, const Tensor& input, Tensors hx, const Tensor& w_ih, const Tensor& w_hh, const MaybeTensor& b_ih,
                                     const MaybeTensor& b_hh) {
  check(hx.size() == 2, "lstm_cell expects two hidden states");
  State s = run_cell(ctx, Cell::kLstm, input, hx[0], hx[1], w_ih, w_hh, b_ih, b_hh);
  return {s.h, s.c};
}
template <Cell C>
Tensor rnn_cell(Context& ctx, const Tensor& input, const Tensor& hx, const Tensor& w_ih, const Tensor& w_hh, const MaybeTensor& b_ih, const MaybeTensor& b_hh) {
  return run_cell(ctx, C, input, hx, Tensor(), w_ih, w_hh, b_ih, b_hh).h;
}

void check_lengths(const Tensor& lengths) {
  check(lengths.dtype() == DType::kLong && lengths.dim() == 1, "'lengths' argument should be a 1D CPU int64 tensor, but got ", lengths.dim(), "D cpu ",
        scalar_type_name(lengths.dtype()), " tensor");
}

// Sequences sorted by length, longest first, as rows time by time.
std::tuple<Tensor, Tensor> pack_padded(Context& ctx, const Tensor& input_in, const Tensor& lengths, bool batch_first) {
  Tensor input = batch_first ? transpose(ctx, input_in, 0, 1) : input_in;
  check_lengths(lengths);
  check(input.dim() >= 2 && input.numel() > 0, "Cannot pack empty tensors.");
  int64_t batch = input.size(1), times = input.size(0);
  check(lengths.numel() == batch, "Expected `len(lengths)` to be equal to batch_size, but got ", lengths.numel(), " (batch_size=", batch, ")");
  Vec<int64_t> n;
  for (int64_t i = 0; i < batch; ++i) {
    n.push_back(lengths.data<int64_t>()[i * lengths.stride(0)]);
    check(n.back() > 0, "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0");
    check(n.back() <= times, "Expected sequence length to be at most ", times, ", got ", n.back());
    check(i == 0 || n[size_t(i)] <= n[size_t(i - 1)],
          "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
          "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.");
  }
  Vec<Value> rows;
  Tensor sizes = make_tensor({n[0]}, DType::kLong);
  for (int64_t t = 0; t < n[0]; ++t) {
    int64_t alive = std::count_if(n.begin(), n.end(), [&](int64_t length) { return length > t; });
    sizes.mutable_data<int64_t>()[t] = alive;
    rows.emplace_back(narrow(ctx, select(ctx, input, 0, t), 0, 0, alive));
  }
  return {aten::cat(ctx, Tensors(std::span<const Value>(rows.data(), rows.size())), 0), sizes};
}
std::tuple<Tensor, Tensor> pad_packed(Context& ctx, const Tensor& data, const Tensor& batch_sizes, bool batch_first, const Scalar& value,
                                      int64_t total_length) {
  check_lengths(batch_sizes);
  check(batch_sizes.numel() > 0, "batch_sizes can not be empty");
  check(data.dim() >= 1, "packed data must have at least one dimension");
  int64_t times = batch_sizes.numel(), step_size = batch_sizes.stride(0);
  const auto* alive = batch_sizes.data<int64_t>();
  int64_t batch = alive[0], padded = times;
  if (total_length > 0) {
    check(total_length >= times, "Expected total_length to be at least the length of the longest sequence in input, but got total_length=", total_length,
          " and max sequence length being ", times);
    padded = total_length;
  }
  check(batch > 0 && batch <= data.size(0), "batch_sizes do not fit the packed data");
  Dims sizes{padded, batch};
  for (int64_t d = 1; d < data.dim(); ++d) sizes.push_back(data.size(d));
  Tensor out = full(ctx, sizes, value, data.dtype()), lengths = zeros(ctx, Dims{batch}, DType::kLong);
  int64_t at = 0;
  for (int64_t t = 0; t < times; ++t) {
    int64_t n = alive[t * step_size];
    check(n > 0 && n <= batch && n <= data.size(0) - at, "batch_sizes do not fit the packed data");
    copy_(ctx, narrow(ctx, select(ctx, out, 0, t), 0, 0, n), narrow(ctx, data, 0, at, n));
    for (int64_t i = 0; i < n; ++i) lengths.mutable_data<int64_t>()[i] = t + 1;
    at += n;
  }
  return {batch_first ? transpose(ctx, out, 0, 1) : out, lengths};
}

constexpr OpDef kRows[] = {
    op("aten::lstm.input(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool "
       "batch_first) -> (Tensor, Tensor, Tensor)",
       TAPER_OP(lstm_input), kRandom),
    op("aten::lstm.data(Tensor data, Tensor batch_sizes, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool "
       "bidirectional) -> (Tensor, Tensor, Tensor)",
       TAPER_OP(lstm_data), kRandom),
    op("aten::gru.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool "
       "batch_first) -> (Tensor, Tensor)",
       TAPER_OP(rnn_input<Cell::kGru>), kRandom),
    op("aten::gru.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool "
       "bidirectional) -> (Tensor, Tensor)",
       TAPER_OP(rnn_data<Cell::kGru>), kRandom),
    op("aten::rnn_tanh.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool "
       "batch_first) -> (Tensor, Tensor)",
       TAPER_OP(rnn_input<Cell::kTanh>), kRandom),
    op("aten::rnn_tanh.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool "
       "bidirectional) -> (Tensor, Tensor)",
       TAPER_OP(rnn_data<Cell::kTanh>), kRandom),
    op("aten::rnn_relu.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool "
       "batch_first) -> (Tensor, Tensor)",
       TAPER_OP(rnn_input<Cell::kRelu>), kRandom),
    op("aten::rnn_relu.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool "
       "bidirectional) -> (Tensor, Tensor)",
       TAPER_OP(rnn_data<Cell::kRelu>), kRandom),
    op("aten::lstm_cell(Tensor input, Tensor[] hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> (Tensor, Tensor)", TAPER_OP(lstm_cell),
       kPure),
    op("aten::gru_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor", TAPER_OP(rnn_cell<Cell::kGru>),
       kPure),
    op("aten::rnn_tanh_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor",
       TAPER_OP(rnn_cell<Cell::kTanh>), kPure),
    op("aten::rnn_relu_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor",
       TAPER_OP(rnn_cell<Cell::kRelu>), kPure),
    op("aten::_pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first) -> (Tensor, Tensor)", TAPER_OP(pack_padded), kPure),
    op_out<2>(
        "aten::_pack_padded_sequence.out(Tensor input, Tensor lengths, bool batch_first, *, Tensor(a!) out0, Tensor(b!) out1) -> (Tensor(a!), Tensor(b!))",
        TAPER_OP(pack_padded)),
    op("aten::_pad_packed_sequence(Tensor data, Tensor batch_sizes, bool batch_first, Scalar padding_value, int total_length) -> (Tensor, Tensor)",
       TAPER_OP(pad_packed), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> rnn_rows() { return aten::kRows; }
}  // namespace taper::impl
