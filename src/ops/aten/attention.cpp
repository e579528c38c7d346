// Attention: scaled dot products, and the fused layers that PyTorch's transformer modules call in evaluation.
#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/dropout.h"
#include "ops/aten/factory.h"
#include "ops/aten/join.h"
#include "ops/aten/matmul.h"
#include "ops/aten/norm.h"
#include "ops/aten/reductions.h"
#include "ops/aten/softmax.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/kernels/float_math.h"
#include "ops/kernels/gemm.h"
#include "ops/loop.h"
#include "ops/output.h"
#include "ops/type_promotion.h"

namespace taper::impl::aten {
namespace {

constexpr int64_t kScoreElements = 1 << 16;  // of one block of rows: what stays in the cache between the two products

// Scores of one row become unnormalized probabilities; gives their sum, 0 for a row that sees nothing.
template <class T>
T exponentials(T* x, int64_t n, Kernel fast_exp, T& high) {
  constexpr T kNone = -std::numeric_limits<T>::infinity();
  high = kNone;
  bool nan = false;
  for (int64_t i = 0; i < n; ++i) {
    nan |= x[i] != x[i];
    high = x[i] > high ? x[i] : high;
  }
  if (high == kNone && !nan) {
    std::fill(x, x + n, T(0));
    return 0;
  }
  for (int64_t i = 0; i < n; ++i) x[i] -= high;
  if constexpr (std::is_same_v<T, float>) {
    const void* in[] = {x};
    fast_exp(in, x, n, Params());
  } else {
    for (int64_t i = 0; i < n; ++i) x[i] = std::exp(x[i]);
  }
  double total = 0;
  for (int64_t i = 0; i < n; ++i) total += double(x[i]);
  return T(total);
}

// The mask's part of a block of scores.
template <class T>
void add_mask(T* scores, int64_t rows, int64_t cols, const Tensor& mask, int64_t offset, int64_t row_step, int64_t col_step) {
  constexpr T kNone = -std::numeric_limits<T>::infinity();
  if (mask.dtype() == DType::kBool) {
    const bool* keep = mask.data<bool>() + offset;
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < cols; ++j)
        if (!keep[i * row_step + j * col_step]) scores[i * cols + j] = kNone;
  } else {
    const T* add = mask.data<T>() + offset;
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < cols; ++j) scores[i * cols + j] += add[i * row_step + j * col_step];
  }
}

struct Sdpa {
  Tensor query, key, value, mask;  // the mask is expanded to [batch..., rows, cols], or undefined
  bool causal;
  double scale;
  DType rounded = DType::kFloat;  // a half type: what probabilities are rounded to before the second product
};

// Where PyTorch takes its blocked kernel instead of matrices: its results lie as the query does, it takes a
// mask together with `causal`, and it rounds probabilities of half types.
bool is_blocked(const Tensor& query, const Tensor& key, const Tensor& value, const MaybeTensor& mask) {
  if (query.dim() != 4 || key.dim() != 4 || value.dim() != 4) return false;
  int64_t width = query.sizes()[3];
  for (const Tensor* t : {&query, &key, &value})
    if (t->numel() == 0 || t->sizes()[3] != width || t->strides()[3] != 1 || t->sizes()[0] != query.sizes()[0]) return false;
  return !mask || mask->dim() == 2 || mask->dim() == 4;
}

template <class R, class T>
void round_row(T* x, int64_t n) {
  for (int64_t i = 0; i < n; ++i) x[i] = T(float(R(float(x[i]))));
}

// Batch dimensions of q [.., L, E], k [.., S, E], v [.., S, V] agree already. Gives [.., L, V] and the logarithms of the
// rows' sums.
template <class T>
void attend(Context& ctx, const Sdpa& a, const Tensor& out, const Tensor* sums) {  // out's last dimension is dense
  size_t lead = a.query.sizes().size() - 2;
  IntView batch_sizes = a.query.sizes().first(lead);
  int64_t rows = a.query.size(-2), width = a.query.size(-1), cols = a.key.size(-2), result = a.value.size(-1);
  int64_t batch = checked_numel(batch_sizes);
  if (batch == 0 || rows == 0 || (result == 0 && !sums)) return;
  int64_t block = std::clamp<int64_t>(kScoreElements / std::max<int64_t>(cols, 1), 1, std::min<int64_t>(rows, 128));
  int64_t blocks = (rows + block - 1) / block;
  T* to = out.mutable_data<T>();
  const T* q = a.query.data<T>();
  const T* k = a.key.data<T>();
  const T* v = a.value.data<T>();
  Kernel fast_exp = float_math(ctx.cpu_level).exp;
  double work = double(batch) * double(rows) * double(cols) * double(width + result);
  if (work > 1e5) ctx.spend(int64_t(std::min(work / 1000, 1e15)));
  auto offset_of = [&](const Tensor& t, int64_t index) {
    int64_t offset = 0;
    for (size_t d = lead; d-- > 0;) {
      offset += index % batch_sizes[d] * t.strides()[d];
      index /= batch_sizes[d];
    }
    return offset;
  };
  T* logsumexp = sums ? sums->mutable_data<T>() : nullptr;
  int64_t sum_step = sums ? sums->stride(-1) : 0;
  ctx.parallel_for(batch * blocks, 1, [&](int64_t begin, int64_t end) {
    Vec<T> scores(size_t(block * cols));
    for (int64_t at = begin; at < end; ++at) {
      int64_t b = at / blocks, first = at % blocks * block, count = std::min(block, rows - first);
      // Rows see the columns up to their own index.
      int64_t seen = a.causal ? std::min(cols, first + count) : cols;
      int64_t out_step = out.stride(-2);
      T* to_rows = to + offset_of(out, b) + first * out_step;
      GemmArgs<T> g;
      g.cpu_level = ctx.cpu_level;
      g.m = count, g.n = seen, g.k = width;
      g.alpha = T(a.scale);
      g.a = q + offset_of(a.query, b) + first * a.query.stride(-2), g.a_row = a.query.stride(-2), g.a_col = a.query.stride(-1);
      g.b = k + offset_of(a.key, b), g.b_row = a.key.stride(-1), g.b_col = a.key.stride(-2);
      g.c = scores.data(), g.c_row = seen;
      gemm(g);
      if (a.mask.defined())
        add_mask(scores.data(), count, seen, a.mask, offset_of(a.mask, b) + first * a.mask.stride(-2), a.mask.stride(-2), a.mask.stride(-1));
      T inverse[128];
      for (int64_t i = 0; i < count; ++i) {
        T* row = scores.data() + i * seen;
        if (a.causal)
          for (int64_t j = first + i + 1; j < seen; ++j) row[j] = -std::numeric_limits<T>::infinity();
        T high;
        T total = exponentials(row, seen, fast_exp, high);
        inverse[i] = total == 0 ? T(0) : T(1) / total;
        if (a.rounded == DType::kHalf) round_row<Half>(row, seen);
        else if (a.rounded == DType::kBFloat16) round_row<BFloat16>(row, seen);
        if (logsumexp) logsumexp[offset_of(*sums, b) + (first + i) * sum_step] = high + std::log(total);
      }
      GemmArgs<T> h;
      h.cpu_level = ctx.cpu_level;
      h.m = count, h.n = result, h.k = seen;
      h.a = scores.data(), h.a_row = seen;
      h.b = v + offset_of(a.value, b), h.b_row = a.value.stride(-2), h.b_col = a.value.stride(-1);
      h.c = to_rows, h.c_row = out_step;
      if (result > 0) gemm(h);
      for (int64_t i = 0; i < count; ++i)
        for (int64_t j = 0; j < result; ++j) to_rows[i * out_step + j] *= inverse[i];
    }
  });
}

void check_attention(const Tensor& query, const Tensor& key, const Tensor& value, const MaybeTensor& mask, bool causal, bool blocked = false) {
  check(query.dtype() == key.dtype() && query.dtype() == value.dtype(),
        "Expected query, key, and value to have the same dtype, but got query.dtype: ", cpp_type_name(query.dtype()),
        " key.dtype: ", cpp_type_name(key.dtype()), " and value.dtype: ", cpp_type_name(value.dtype()), " instead.");
  check(query.dim() >= 2 && key.dim() >= 2 && value.dim() >= 2,
        "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: ", query.dim(), " key.dim: ", key.dim(),
        " and value.dim: ", value.dim(), " instead.");
  if (mask) {
    check(mask->dtype() == DType::kBool || mask->dtype() == query.dtype() || mask->dtype() == DType::kFloat,
          "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: ", cpp_type_name(mask->dtype()),
          " and  query.dtype: ", cpp_type_name(query.dtype()), " instead.");
    check(query.dim() >= 1, "attention needs dimensions");
  }
  check(!(causal && mask) || blocked, "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True");
  if (query.size(-1) != key.size(-1)) {
    int64_t batch = checked_numel(query.sizes().first(query.sizes().size() - 2));
    check(query.dim() > 2, "mat1 and mat2 shapes cannot be multiplied (", query.size(-2), "x", query.size(-1), " and ", key.size(-1), "x", key.size(-2), ")");
    fail_runtime("Expected size for first two dimensions of batch2 tensor to be: [", batch, ", ", query.size(-1), "] but got: [", batch, ", ", key.size(-1),
                 "].");
  }
  check(key.size(-2) == value.size(-2), "Expected key and value to have the same sequence length, but got ", key.size(-2), " and ", value.size(-2));
  check(query.is_floating(), "expected scalar type Float but found ", scalar_type_name(query.dtype()));
}

// Splits the heads of a query so that groups of them can share one head of the key.
Tensor split_heads(const Tensor& t, int64_t heads) {
  Dims sizes(t.sizes()), strides(t.strides());
  size_t at = sizes.size() - 3;
  int64_t share = sizes[at] / heads, step = strides[at];
  sizes[at] = heads;
  strides[at] = step * share;
  sizes.insert(at + 1, share);
  strides.insert(at + 1, step);
  return t.as_view(sizes, strides, t.offset());
}

Tensor attention(Context& ctx, const Tensor& query_in, const Tensor& key_in, const Tensor& value_in, const MaybeTensor& mask_in, bool causal,
                 std::optional<double> scale, bool grouped, Tensor* logsumexp) {
  bool blocked = is_blocked(query_in, key_in, value_in, mask_in);
  check_attention(query_in, key_in, value_in, mask_in, causal, blocked);
  DType dtype = query_in.dtype(), wide = dtype == DType::kDouble ? DType::kDouble : DType::kFloat;
  Sdpa a;
  a.query = to_dtype(ctx, query_in, wide), a.key = to_dtype(ctx, key_in, wide), a.value = to_dtype(ctx, value_in, wide);
  a.causal = causal;
  if (blocked) a.rounded = dtype;
  a.scale = scale.value_or(1 / std::sqrt(double(std::max<int64_t>(query_in.size(-1), 1))));
  if (mask_in) a.mask = mask_in->dtype() == DType::kBool ? *mask_in : to_dtype(ctx, *mask_in, wide);
  int64_t rows = a.query.size(-2), cols = a.key.size(-2);
  bool split = grouped && a.query.dim() >= 3 && a.query.size(-3) != a.key.size(-3);
  if (split) {
    int64_t heads = a.key.size(-3);
    check(heads > 0 && a.value.size(-3) == heads && a.query.size(-3) % heads == 0,
          "Number of heads in key and value must divide the number of heads in query, but got query ", a.query.sizes(), ", key ", a.key.sizes(), ", value ",
          a.value.sizes());
    if (a.mask.defined() && a.mask.dim() >= 3)
      a.mask = a.mask.size(-3) == 1
                   ? unsqueeze(ctx, a.mask, -3)
                   : (check(a.mask.size(-3) == a.query.size(-3), "The attention mask's heads do not fit: ", a.mask.sizes(), " for query ", a.query.sizes()),
                      split_heads(a.mask, heads));
    a.query = split_heads(a.query, heads);
    a.key = unsqueeze(ctx, a.key, -3);
    a.value = unsqueeze(ctx, a.value, -3);
  }
  auto lead = [](const Tensor& t) { return t.sizes().first(t.sizes().size() - 2); };
  Dims batch = broadcast_sizes(broadcast_sizes(lead(a.query), lead(a.key)), lead(a.value));
  auto spread = [&](const Tensor& t) {
    Dims sizes(batch);
    sizes.push_back(t.size(-2));
    sizes.push_back(t.size(-1));
    return same(t.sizes(), sizes) ? t : expand(ctx, t, sizes);
  };
  a.query = spread(a.query), a.key = spread(a.key), a.value = spread(a.value);
  if (a.mask.defined()) {
    Dims sizes(batch);
    sizes.push_back(rows);
    sizes.push_back(cols);
    broadcast_sizes(sizes, a.mask.sizes());
    a.mask = expand(ctx, a.mask, sizes);
  }
  Dims sizes(batch), sum_sizes(batch);
  sizes.push_back(rows);
  sizes.push_back(a.value.size(-1));
  sum_sizes.push_back(rows);
  Dims strides = contiguous_strides(sizes);
  if (blocked) {
    strides = strides_like(query_in, MemoryFormat::kPreserve);
    if (split) {
      strides.insert(2, strides[1]);
      strides[1] *= sizes[2];
    }
  }
  Tensor out = make_tensor_strided(sizes, strides, wide);
  if (logsumexp) {
    Dims sum_strides = contiguous_strides(sum_sizes);
    if (sum_sizes.size() == 3) sum_strides[1] = 1, sum_strides[2] = sum_sizes[1];
    *logsumexp = make_tensor_strided(sum_sizes, sum_strides, wide);
  }
  visit_float(wide, "scaled_dot_product_attention", [&](auto zero) {
    using T = decltype(zero);
    attend<T>(ctx, a, out, logsumexp);
  });
  if (split) {
    Dims joined(query_in.sizes().first(query_in.sizes().size() - 1));
    joined.push_back(sizes.back());
    // The batch may have been broadcast.
    for (size_t d = 0; d + 4 < sizes.size(); ++d) joined[d] = sizes[d];
    out = view(ctx, out, joined);
  }
  return to_dtype(ctx, out, dtype);
}

// Matrices of all probabilities at once: for dropout, and where they are asked for. Half types are computed in float.
std::tuple<Tensor, Tensor> attention_math(Context& ctx, const Tensor& query_in, const Tensor& key_in, const Tensor& value_in, const MaybeTensor& mask_in,
                                          double dropout_p, bool causal, const MaybeTensor& dropout_mask, std::optional<double> scale, bool grouped) {
  check_attention(query_in, key_in, value_in, mask_in, causal);
  DType dtype = query_in.dtype(), wide = dtype == DType::kDouble ? DType::kDouble : DType::kFloat;
  Tensor query = to_dtype(ctx, query_in, wide), key = to_dtype(ctx, key_in, wide), value = to_dtype(ctx, value_in, wide);
  if (grouped && query.dim() >= 3 && query.size(-3) != key.size(-3)) {
    int64_t heads = key.size(-3), share = heads > 0 ? query.size(-3) / heads : 0;
    check(heads > 0 && value.size(-3) == heads && share * heads == query.size(-3), "Number of heads in key and value must divide the number of heads in query");
    auto repeat_heads = [&](const Tensor& t) {
      Dims sizes(t.sizes()), joined(t.sizes());
      sizes.insert(sizes.size() - 2, share);
      joined[joined.size() - 3] *= share;
      return reshape(ctx, expand(ctx, unsqueeze(ctx, t, -3), sizes), joined);
    };
    key = repeat_heads(key);
    value = repeat_heads(value);
  }
  double factor = scale.value_or(1 / std::sqrt(double(std::max<int64_t>(query.size(-1), 1))));
  Tensor scores = mul(ctx, matmul(ctx, query, mT(ctx, key)), wrapped_number(Scalar(factor)));
  Tensor none = full(ctx, {}, Scalar(-HUGE_VAL), scores.dtype());
  Tensor mask = mask_in.or_undefined();
  if (causal) {
    int64_t sizes[2] = {query.size(-2), key.size(-2)};
    mask = make_tensor(sizes, DType::kBool);
    bool* keep = mask.mutable_data<bool>();
    for (int64_t i = 0; i < sizes[0]; ++i)
      for (int64_t j = 0; j < sizes[1]; ++j) keep[i * sizes[1] + j] = j <= i;
  }
  if (causal) scores = where(ctx, mask, scores, none);
  else if (mask.defined()) scores = add(ctx, scores, to_dtype(ctx, mask, scores.dtype()));  // a bool mask adds ones here, as in PyTorch
  Tensor weights = softmax(ctx, scores, -1, std::nullopt);
  if (mask.defined() && scores.numel() > 0) {
    // A row that sees nothing gives zeros instead of NaN.
    const int64_t last[1] = {-1};
    Tensor high = amax(ctx, scores, last, true);
    Tensor empty = make_tensor(high.sizes(), DType::kBool);
    Tensor highs = contiguous(ctx, to_dtype(ctx, high, DType::kDouble));
    for (int64_t i = 0, n = highs.numel(); i < n; ++i) empty.mutable_data<bool>()[i] = highs.data<double>()[i] == -HUGE_VAL;
    weights = where(ctx, empty, full(ctx, {}, Scalar(0.0), weights.dtype()), weights);
  }
  Tensor kept = weights;
  if (dropout_p > 0) {
    if (dropout_mask) {
      kept = mul(ctx, weights, to_dtype(ctx, *dropout_mask, weights.dtype()));
      value = mul(ctx, value, wrapped_number(Scalar(1 / (1 - dropout_p))));
    } else {
      kept = dropout(ctx, weights, dropout_p, true);
    }
  }
  return {to_dtype(ctx, matmul(ctx, kept, value), dtype), to_dtype(ctx, kept, dtype)};
}

Tensor scaled_dot_product_attention(Context& ctx, const Tensor& query, const Tensor& key, const Tensor& value, const MaybeTensor& mask, double dropout_p,
                                    bool causal, std::optional<double> scale, bool grouped) {
  check(dropout_p >= 0, "scaled_dot_product_attention_flash_attention: Currently do not support dropout > 0");
  if (dropout_p > 0) {
    check_attention(query, key, value, mask, causal);
    Tensor added = mask.or_undefined();
    if (mask && mask->dtype() == DType::kBool)
      added = where(ctx, *mask, full(ctx, {}, Scalar(0.0), query.dtype()), full(ctx, {}, Scalar(-HUGE_VAL), query.dtype()));
    return std::get<0>(attention_math(ctx, query, key, value, added, dropout_p, causal, {}, scale, grouped));
  }
  return attention(ctx, query, key, value, mask, causal, scale, grouped, nullptr);
}

std::tuple<Tensor, Tensor> flash_attention(Context& ctx, const Tensor& query, const Tensor& key, const Tensor& value, double dropout_p, bool causal,
                                           const MaybeTensor& mask, std::optional<double> scale) {
  constexpr const char* kName = "scaled_dot_product_attention_flash_attention: ";
  check(query.is_floating(), kName, "Expected data type in FP64, FP32, BF16, FP16, but got ", scalar_type_name(query.dtype()), " instead.");
  check(query.dim() == 4 && key.dim() == 4 && value.dim() == 4, kName, "Accept only 4 dims inputs shape of {B, H, T, K}");
  check(dropout_p == 0, kName, "Currently do not support dropout > 0");
  check(query.size(3) == value.size(3) && key.size(3) == value.size(3), kName, "Q/K/V should have the same head size");
  check(!mask || mask->dtype() == query.dtype(), kName, "Attention mask is the same data type as query");
  check(!mask || mask->dim() == 2 || mask->dim() == 4, kName, "Attention mask dim in {2, 4}");
  Tensor sums;
  Tensor out = attention(ctx, query, key, value, mask, causal, scale, false, &sums);
  return {out, sums};
}

int64_t fused_sdp_choice(Context&, const Tensor&, const Tensor&, const Tensor&, const MaybeTensor&, double, bool, std::optional<double>, bool) {
  return 0;  // the plain way
}

// softmax over the last dimension of scores [batch, heads, rows, cols], without what the bool mask marks.
// mask_type 0: [rows, cols], 1: [batch, cols], 2: the scores' own shape.
Tensor masked_softmax(Context& ctx, const Tensor& self, const Tensor& mask, std::optional<int64_t> dim_in, std::optional<int64_t> type) {
  check(mask.dtype() == DType::kBool, "Mask should be a boolean tensor");
  int64_t dim = wrap_dim(dim_in.value_or(self.dim() - 1), self.dim());
  Tensor spread = mask;
  if (type && *type != 2 && self.dim() == 4 && mask.dim() == 2) {
    if (*type == 0) check(mask.sizes()[0] == self.sizes()[2] && mask.sizes()[1] == self.sizes()[2], "For mask_type == 0 mask shape should be (L, L)");
    else check(mask.sizes()[0] == self.sizes()[0] && mask.sizes()[1] == self.sizes()[2], "For mask_type == 1 mask shape should be (B, L)");
    spread = *type == 0 ? view(ctx, contiguous(ctx, mask), Dims{1, 1, mask.sizes()[0], mask.sizes()[1]})
                        : view(ctx, contiguous(ctx, mask), Dims{mask.sizes()[0], 1, 1, mask.sizes()[1]});
  }
  spread = expand(ctx, spread, self.sizes());
  Tensor scores = where(ctx, spread, full(ctx, {}, Scalar(-HUGE_VAL), self.dtype()), self);
  return softmax(ctx, scores, dim, std::nullopt);
}

Tensor heads_of(Context& ctx, const Tensor& x, int64_t heads) {  // [B, T, D] to [B, H, T, D / H]
  return transpose(ctx, view(ctx, x, Dims{x.sizes()[0], x.sizes()[1], heads, x.sizes()[2] / heads}), 1, 2);
}

std::tuple<Tensor, Tensor> multi_head(Context& ctx, const Tensor& query, const Tensor& key, const Tensor& value, int64_t embed_dim, int64_t heads,
                                      const Tensor& qkv_weight, const Tensor& qkv_bias, const Tensor& proj_weight, const Tensor& proj_bias,
                                      const MaybeTensor& mask, bool need_weights, bool average, std::optional<int64_t> mask_type) {
  check(query.dim() == 3, "expected 3-D `query`, got ", query.dim(), "-D tensor");
  check(query.sizes()[2] == embed_dim, "passed-in embed_dim ", embed_dim, " didn't match last dim of query ", query.sizes()[2]);
  check(key.dim() == 3 && value.dim() == 3, "expected 3-D `key` and `value`");
  check(qkv_weight.dim() == 2 && qkv_weight.sizes()[0] == 3 * embed_dim && qkv_weight.sizes()[1] == embed_dim,
        "expected `qkv_weight` to be 3x as many rows as embed_dim, got ", qkv_weight.sizes());
  check(qkv_bias.dim() == 1 && qkv_bias.sizes()[0] == 3 * embed_dim, "expected `qkv_bias` first dim and first dim of query to be equal");
  check(heads > 0 && embed_dim % heads == 0, "`embed_dim` must divide evenly by `num_heads`");
  check(same(query.sizes().first(1), key.sizes().first(1)) && same(key.sizes().first(2), value.sizes().first(2)) && key.sizes()[2] == embed_dim &&
            value.sizes()[2] == embed_dim,
        "_native_multi_head_attention: query, key and value do not fit: ", query.sizes(), ", ", key.sizes(), ", ", value.sizes());
  Tensor q, k, v;
  if (query == key && key == value) {
    Tensor all = linear(ctx, query, qkv_weight, qkv_bias);
    q = narrow(ctx, all, 2, 0, embed_dim), k = narrow(ctx, all, 2, embed_dim, embed_dim), v = narrow(ctx, all, 2, 2 * embed_dim, embed_dim);
  } else {
    auto project = [&](const Tensor& x, int64_t part) {
      return linear(ctx, x, narrow(ctx, qkv_weight, 0, part * embed_dim, embed_dim), narrow(ctx, qkv_bias, 0, part * embed_dim, embed_dim));
    };
    q = project(query, 0), k = project(key, 1), v = project(value, 2);
  }
  q = heads_of(ctx, q, heads), k = heads_of(ctx, k, heads), v = heads_of(ctx, v, heads);
  int64_t batch = query.sizes()[0], rows = query.sizes()[1];
  Tensor out, weights;
  if (!need_weights && !mask) {
    out = attention(ctx, q, k, v, {}, false, std::nullopt, false, nullptr);
  } else {
    Tensor scores = mul(ctx, matmul(ctx, q, mT(ctx, k)), wrapped_number(Scalar(1 / std::sqrt(double(embed_dim / heads)))));
    if (mask) {
      check(mask_type.has_value(), "_native_multi_head_attention: a mask needs its mask_type");
      weights = masked_softmax(ctx, scores, to_dtype(ctx, *mask, DType::kBool), 3, mask_type);
    } else {
      weights = softmax(ctx, scores, 3, std::nullopt);
    }
    out = matmul(ctx, weights, v);
  }
  out = reshape(ctx, transpose(ctx, out, 1, 2), Dims{batch, rows, embed_dim});
  out = linear(ctx, out, proj_weight, proj_bias);
  if (!need_weights) return {out, Tensor()};
  const int64_t head_dim[1] = {1};
  if (average) weights = mean(ctx, weights, IntView(head_dim), false);
  return {out, weights};
}

// gelu or relu between the two linear layers.
Tensor activate(Context& ctx, const Tensor& x, bool gelu) {
  DType dtype = x.dtype();
  Tensor wide = to_dtype(ctx, x, dtype == DType::kDouble ? DType::kDouble : DType::kFloat);
  visit_float(wide.dtype(), "_transformer_encoder_layer_fwd", [&](auto zero) {
    using T = decltype(zero);
    T* data = wide.mutable_data<T>();
    if constexpr (std::is_same_v<T, float>) {
      const void* in[] = {data};
      Kernel kernel = gelu ? float_math(ctx.cpu_level).gelu : float_math(ctx.cpu_level).relu;
      kernel(in, data, wide.numel(), Params());
    } else {
      for (int64_t i = 0, n = wide.numel(); i < n; ++i)
        data[i] = gelu ? data[i] * T(0.5) * (1 + std::erf(data[i] * T(0.70710678118654752440))) : data[i] < 0 ? T(0) : data[i];
    }
  });
  return to_dtype(ctx, wide, dtype);
}

// Sequences of different lengths travel padded: an encoder's layers keep them apart by a mask of what is padding.
Tensor as_nested(const Tensor& padded, Dims lengths) {
  Tensor out = padded.alias();
  out.impl()->layout = Layout::kNested;
  out.impl()->meta = make_ref<NestedMeta>(std::move(lengths));
  return out;
}
const Dims& lengths_of(const Tensor& nested) {
  const auto* meta = dynamic_cast<const NestedMeta*>(nested.impl()->meta.get());
  check(meta && int64_t(meta->lengths.size()) == nested.size(0), "a nested tensor without its lengths");
  return meta->lengths;
}
Tensor padded_of(const Tensor& nested) {
  Tensor out = nested.alias();
  out.impl()->layout = Layout::kStrided;
  out.impl()->meta = nullptr;
  return out;
}
Tensor padding_mask(const Tensor& nested) {
  Tensor mask = make_tensor({nested.size(0), nested.size(1)}, DType::kBool);
  bool* data = mask.mutable_data<bool>();
  for (int64_t i = 0; i < mask.size(0); ++i)
    for (int64_t j = 0; j < mask.size(1); ++j) *data++ = j >= lengths_of(nested)[size_t(i)];
  return mask;
}

Tensor encoder_layer(Context& ctx, const Tensor& src, int64_t embed_dim, int64_t heads, const Tensor& qkv_weight, const Tensor& qkv_bias,
                     const Tensor& proj_weight, const Tensor& proj_bias, bool use_gelu, bool norm_first, double eps, const Tensor& norm_weight_1,
                     const Tensor& norm_bias_1, const Tensor& norm_weight_2, const Tensor& norm_bias_2, const Tensor& ffn_weight_1, const Tensor& ffn_bias_1,
                     const Tensor& ffn_weight_2, const Tensor& ffn_bias_2, const MaybeTensor& mask, std::optional<int64_t> mask_type) {
  check(src.is_floating(), "_transformer_encoder_layer_fwd: expected a floating point src, got ", scalar_type_name(src.dtype()));
  if (src.impl()->layout == Layout::kNested) {
    check(!mask, "_transformer_encoder_layer_fwd: a nested src takes no mask");
    Tensor out = encoder_layer(ctx, padded_of(src), embed_dim, heads, qkv_weight, qkv_bias, proj_weight, proj_bias, use_gelu, norm_first, eps, norm_weight_1,
                               norm_bias_1, norm_weight_2, norm_bias_2, ffn_weight_1, ffn_bias_1, ffn_weight_2, ffn_bias_2, padding_mask(src), 1);
    return as_nested(out, lengths_of(src));
  }
  IntView width(&embed_dim, 1);
  auto norm = [&](const Tensor& x, const Tensor& weight, const Tensor& bias) { return std::get<0>(native_layer_norm(ctx, x, width, weight, bias, eps)); };
  Tensor x = norm_first ? norm(src, norm_weight_1, norm_bias_1) : src;
  x = std::get<0>(multi_head(ctx, x, x, x, embed_dim, heads, qkv_weight, qkv_bias, proj_weight, proj_bias, mask, false, false, mask_type));
  x = add(ctx, x, src);
  if (!norm_first) x = norm(x, norm_weight_1, norm_bias_1);
  Tensor before = x;
  if (norm_first) x = norm(x, norm_weight_2, norm_bias_2);
  x = activate(ctx, linear(ctx, x, ffn_weight_1, ffn_bias_1), use_gelu);
  x = add(ctx, linear(ctx, x, ffn_weight_2, ffn_bias_2), before);
  return norm_first ? x : norm(x, norm_weight_2, norm_bias_2);
}

std::tuple<Tensor, Tensor, Tensor> transform_bias_rescale_qkv(Context& ctx, const Tensor& qkv, const Tensor& qkv_bias, int64_t heads) {
  check(qkv.dim() == 3 && heads > 0 && qkv.sizes()[2] % 3 == 0, "_transform_bias_rescale_qkv: an input of size ", qkv.sizes(), " does not fit ", heads,
        " heads");
  check(qkv.sizes()[2] / 3 % heads == 0,
        "Expected D % num_head == 0 to be true, but got false.  (Could this error message be improved?  If so, please report an "
        "enhancement request to PyTorch.)");
  Tensor all = add(ctx, qkv, qkv_bias);
  int64_t width = qkv.sizes()[2] / 3;
  auto part = [&](int64_t i) { return contiguous(ctx, heads_of(ctx, contiguous(ctx, narrow(ctx, all, 2, i * width, width)), heads)); };
  Tensor q = mul(ctx, part(0), wrapped_number(Scalar(1 / std::sqrt(double(width / heads)))));
  return {q, part(1), part(2)};
}

// Every row of the mask is some ones and then zeros.
bool mask_left_aligned(Context& ctx, const Tensor& t, const Tensor& mask_in) {
  check(mask_in.dtype() == DType::kBool, "Expected mask to be of ScalarType Bool, but got ", scalar_type_name(mask_in.dtype()), " instead.");
  check(mask_in.dim() == 2, "Padding mask should be 2D");
  check(t.dim() == 3, "Input should be a 3D tensor, N * L * D");
  check(t.size(0) == mask_in.size(0) && t.size(1) == mask_in.size(1), "Mask size should match input size");
  Tensor mask = contiguous(ctx, mask_in);
  const bool* data = mask.data<bool>();
  for (int64_t i = 0, n = mask.size(1); i < mask.numel(); ++i)
    if (i % n != 0 && data[i] && !data[i - 1]) return false;
  return true;
}

Tensor nested_from_mask(Context& ctx, const Tensor& t, const Tensor& mask, bool mask_check) {
  bool aligned = mask_left_aligned(ctx, t, mask);
  check(!mask_check || aligned, "Mask must be left-aligned without gaps");
  Tensor flags = contiguous(ctx, mask);
  Dims lengths;
  int64_t longest = 0;
  for (int64_t i = 0; i < mask.size(0); ++i) {
    const bool* row = flags.data<bool>() + i * mask.size(1);
    lengths.push_back(std::count(row, row + mask.size(1), true));
    longest = std::max(longest, lengths.back());
  }
  return as_nested(narrow(ctx, t, 1, 0, longest), std::move(lengths));
}
Tensor to_padded(Context& ctx, const Tensor& self, double padding, std::optional<IntView> size) {
  check(self.impl()->layout == Layout::kNested, "to_padded_tensor is only implemented for nested tensors");
  Tensor from = padded_of(self);
  Dims sizes = size ? Dims(*size) : Dims(from.sizes());
  check(sizes.size() == 3, "Length of output_size does not match NestedTensor dims. Broadcasting is not supported.");
  for (size_t d = 0; d < 3; ++d) check(sizes[d] >= from.sizes()[d], "Value in output_size is less than NestedTensor padded size. Truncation is not supported.");
  Tensor out = full(ctx, sizes, Scalar(padding), self.dtype());
  for (int64_t i = 0; i < from.size(0); ++i) {
    int64_t n = lengths_of(self)[size_t(i)];
    Tensor place = narrow(ctx, narrow(ctx, select(ctx, out, 0, i), 0, 0, n), 1, 0, from.size(2));
    copy_(ctx, place, narrow(ctx, select(ctx, from, 0, i), 0, 0, n));
  }
  return out;
}

constexpr OpDef kRows[] = {
    op("aten::_nested_tensor_from_mask(Tensor t, Tensor mask, bool mask_check=True) -> Tensor", TAPER_OP(nested_from_mask), kPure),
    op("aten::to_padded_tensor(Tensor self, float padding, SymInt[]? output_size=None) -> Tensor", TAPER_OP(to_padded), kPure | kTakesNested),
    op("aten::nested_to_padded_tensor(Tensor self, float padding, int[]? output_size=None) -> Tensor", TAPER_OP(to_padded), kPure | kTakesNested),
    op("aten::_nested_tensor_from_mask_left_aligned(Tensor t, Tensor mask) -> bool", TAPER_OP(mask_left_aligned), kPure),
    op("aten::scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, *, "
       "float? scale=None, bool enable_gqa=False) -> Tensor",
       TAPER_OP(scaled_dot_product_attention), kRandom),
    op("aten::_scaled_dot_product_attention_math(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool "
       "is_causal=False, Tensor? dropout_mask=None, *, float? scale=None, bool enable_gqa=False) -> (Tensor, Tensor)",
       TAPER_OP(attention_math), kRandom),
    op("aten::_scaled_dot_product_flash_attention_for_cpu(Tensor query, Tensor key, Tensor value, float dropout_p=0., bool is_causal=False, *, Tensor? "
       "attn_mask=None, float? scale=None) -> (Tensor output, Tensor logsumexp)",
       TAPER_OP(flash_attention), kPure),
    op("aten::_fused_sdp_choice(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, *, float? "
       "scale=None, bool enable_gqa=False) -> int",
       TAPER_OP(fused_sdp_choice), kPure),
    op("aten::_masked_softmax(Tensor self, Tensor mask, int? dim=None, int? mask_type=None) -> Tensor", TAPER_OP(masked_softmax), kPure),
    op_out("aten::_masked_softmax.out(Tensor self, Tensor mask, int? dim=None, int? mask_type=None, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(masked_softmax)),
    op("aten::_native_multi_head_attention(Tensor query, Tensor key, Tensor value, int embed_dim, int num_head, Tensor qkv_weight, Tensor qkv_bias, "
       "Tensor proj_weight, Tensor proj_bias, Tensor? mask=None, bool need_weights=True, bool average_attn_weights=True, int? mask_type=None) -> "
       "(Tensor, Tensor)",
       TAPER_OP(multi_head), kPure),
    op("aten::_transformer_encoder_layer_fwd(Tensor src, int embed_dim, int num_heads, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor "
       "proj_bias, bool use_gelu, bool norm_first, float eps, Tensor norm_weight_1, Tensor norm_bias_1, Tensor norm_weight_2, Tensor norm_bias_2, Tensor "
       "ffn_weight_1, Tensor ffn_bias_1, Tensor ffn_weight_2, Tensor ffn_bias_2, Tensor? mask=None, int? mask_type=None) -> Tensor",
       TAPER_OP(encoder_layer), kPure | kTakesNested),
    op_out("aten::_transformer_encoder_layer_fwd.out(Tensor src, int embed_dim, int num_heads, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, "
           "Tensor proj_bias, bool use_gelu, bool norm_first, float eps, Tensor norm_weight_1, Tensor norm_bias_1, Tensor norm_weight_2, Tensor "
           "norm_bias_2, Tensor ffn_weight_1, Tensor ffn_bias_1, Tensor ffn_weight_2, Tensor ffn_bias_2, Tensor? mask=None, int? mask_type=None, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(encoder_layer)),
    op("aten::_transform_bias_rescale_qkv(Tensor qkv, Tensor qkv_bias, int num_heads) -> (Tensor, Tensor, Tensor)", TAPER_OP(transform_bias_rescale_qkv),
       kPure),
    op_out<3>("aten::_transform_bias_rescale_qkv.out(Tensor qkv, Tensor qkv_bias, int num_heads, *, Tensor(a!) out0, Tensor(b!) out1, Tensor(c!) out2) -> "
              "(Tensor(a!), Tensor(b!), Tensor(c!))",
              TAPER_OP(transform_bias_rescale_qkv)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> attention_rows() { return aten::kRows; }
}  // namespace taper::impl
