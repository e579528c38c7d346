// Products over chosen dimensions: einsum, tensordot, inner, kron, bilinear forms and chains of matrices.
#include <algorithm>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/matmul.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/loop.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

Tensor sum_dim(Context& ctx, const Tensor& t, int64_t dim, std::optional<DType> dtype = std::nullopt) { return sum(ctx, t, IntView(&dim, 1), true, dtype); }

// The product of two tensors of one rank whose dimensions are equal or 1, summed over the marked ones (which stay as 1).
Tensor contract_pair(Context& ctx, Tensor a, Tensor b, std::span<const bool> summed) {
  size_t dims = a.sizes().size();
  Dims batch, left, right, inner;
  for (size_t d = 0; d < dims; ++d) {
    int64_t x = a.sizes()[d], y = b.sizes()[d], at = int64_t(d);
    if (summed[d]) {
      if (x != 1 && y != 1) inner.push_back(at);
      else batch.push_back(at);
      if (x != 1 && y == 1) a = sum_dim(ctx, a, at);
      if (x == 1 && y != 1) b = sum_dim(ctx, b, at);
    } else if (x != 1 && y == 1) {
      left.push_back(at);
    } else if (y != 1 && x == 1) {
      right.push_back(at);
    } else {
      batch.push_back(at);
    }
  }
  if (inner.empty()) return mul(ctx, a, b);
  if (!left.empty() && !right.empty() && right[0] < left[0]) {  // the result's rows then come first
    std::swap(a, b);
    std::swap(left, right);
  }
  check(a.dtype() == b.dtype(), "expected scalar type ", scalar_type_name(a.dtype()), " but found ", scalar_type_name(b.dtype()));
  // a becomes [batch..., left, inner] and b [batch..., inner, right]; the dimensions that neither has move to the end first.
  auto arrange = [&](const Tensor& t, const Dims& rows, const Dims& cols) {
    Dims sizes, strides;
    auto take = [&](const Dims& group) {
      for (int64_t d : group) sizes.push_back(t.sizes()[size_t(d)]), strides.push_back(t.strides()[size_t(d)]);
    };
    take(batch);
    take(rows);
    take(cols);
    Tensor moved = t.as_view(sizes, strides, t.offset());
    moved.impl()->conj = t.is_conj();
    moved.impl()->neg = t.is_neg();
    Dims merged(batch.size());
    for (size_t d = 0; d < batch.size(); ++d) merged[d] = sizes[d];
    auto count = [&](const Dims& group) {
      int64_t n = 1;
      for (int64_t d : group) check(!__builtin_mul_overflow(n, t.sizes()[size_t(d)], &n), "einsum(): the operands are too large");
      return n;
    };
    merged.push_back(count(rows));
    merged.push_back(count(cols));
    return reshape(ctx, resolved(ctx, moved), merged);
  };
  Tensor x = arrange(a, left, inner), y = arrange(b, inner, right);
  Dims sizes, order(dims, 0);
  for (size_t d = 0; d < batch.size(); ++d) sizes.push_back(std::max(x.sizes()[d], y.sizes()[d]) == 1 ? 1 : x.sizes()[d] == 1 ? y.sizes()[d] : x.sizes()[d]);
  sizes.push_back(x.sizes()[batch.size()]);
  sizes.push_back(y.sizes()[batch.size() + 1]);
  Tensor out = make_tensor(sizes, x.dtype());
  multiply_into(ctx, out, x, y, Scalar(1), Scalar(0), Tensor(), "bmm");
  // Back to the full rank in [batch, left, right, inner] order, then in the order of the dimensions.
  Dims full;
  int64_t at = 0;
  auto put = [&](const Dims& group, const Tensor* t) {
    for (int64_t d : group) {
      full.push_back(t ? t->sizes()[size_t(d)] : 1);
      order[size_t(d)] = at++;
    }
  };
  for (size_t d = 0; d < batch.size(); ++d) {
    full.push_back(sizes[d]);
    order[size_t(batch[d])] = at++;
  }
  put(left, &a);
  put(right, &b);
  put(inner, nullptr);
  return permute(ctx, view(ctx, out, full), order);
}

// One operand's subscripts: a letter's number, or kEllipsis.
constexpr int8_t kEllipsis = -1;
constexpr size_t kLetters = 52;
using Subscripts = SmallVec<int8_t, 16>;

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
int8_t number_of(char c) { return int8_t(c >= 'a' ? c - 'a' + 26 : c - 'A'); }
char letter_of(int8_t number) { return char(number >= 26 ? 'a' + number - 26 : 'A' + number); }
std::string text_of(char c) { return std::string(1, c); }

bool takes_ellipsis(std::string_view text, size_t i) { return i + 2 < text.size() && text[i + 1] == '.' && text[i + 2] == '.'; }

struct Equation {
  Vec<Subscripts> operands;
  Subscripts output;
  bool has_output = false;
};

Equation parse_equation(std::string_view text, size_t operands) {
  size_t arrow = text.find("->");
  std::string_view left = text.substr(0, arrow);
  Equation out;
  out.operands.resize(operands);
  size_t at = 0;
  bool ellipsis = false;
  for (size_t i = 0; i < left.size(); ++i) {
    char c = left[i];
    if (c == ' ') continue;
    if (c == '.') {
      check(!ellipsis, "einsum(): found '.' for operand ", at, " for which an ellipsis was already found");
      check(takes_ellipsis(left, i), "einsum(): found '.' for operand ", at, " that is not part of any ellipsis");
      i += 2;
      ellipsis = true;
      out.operands[at].push_back(kEllipsis);
    } else if (c == ',') {
      ++at;
      check(at < operands, "einsum(): fewer operands were provided than specified in the equation");
      ellipsis = false;
    } else {
      check(is_letter(c), "einsum(): invalid subscript given at index ", i, " in the equation string, subscripts must be in [a-zA-Z]");
      out.operands[at].push_back(number_of(c));
    }
  }
  check(at + 1 == operands, "einsum(): more operands were provided than specified in the equation");
  if (arrow == std::string_view::npos) return out;
  out.has_output = true;
  std::string_view right = text.substr(arrow + 2);
  ellipsis = false;
  bool seen[kLetters] = {}, known[kLetters] = {};
  for (const Subscripts& s : out.operands)
    for (int8_t label : s)
      if (label != kEllipsis) known[size_t(label)] = true;
  for (size_t i = 0; i < right.size(); ++i) {
    char c = right[i];
    if (c == ' ') continue;
    if (c == '.') {
      check(!ellipsis, "einsum(): found '.' for output but an ellipsis (...) was already found");
      check(takes_ellipsis(right, i), "einsum(): found '.' for output that is not part of any ellipsis (...)");
      i += 2;
      ellipsis = true;
      out.output.push_back(kEllipsis);
      continue;
    }
    check(is_letter(c), "einsum(): invalid subscript given at index ", arrow + 2 + i, " in the equation string, subscripts must be in [a-zA-Z]");
    auto label = size_t(number_of(c));
    if (seen[label]) fail_runtime("einsum(): output subscript ", text_of(c), " appears more than once in the output");
    if (!known[label]) fail_runtime("einsum(): output subscript ", text_of(c), " does not appear in the equation for any input operand");
    seen[label] = true;
    out.output.push_back(int8_t(label));
  }
  return out;
}

}  // namespace

Tensor einsum(Context& ctx, std::string_view text, Tensors tensors, std::optional<IntView> path) {
  check(!tensors.empty(), "einsum(): must provide at least one operand");
  size_t count = tensors.size();
  Equation equation = parse_equation(text, count);
  // How many dimensions an ellipsis stands for: the most that any operand gives it.
  size_t covered = 0;
  for (size_t i = 0; i < count; ++i) {
    const Subscripts& s = equation.operands[i];
    bool ellipsis = std::find(s.begin(), s.end(), kEllipsis) != s.end();
    int64_t labels = int64_t(s.size()) - ellipsis, dims = tensors[i].dim();
    if (!ellipsis)
      check(labels == dims, "einsum(): the number of subscripts in the equation (", labels, ") does not match the number of dimensions (", dims,
            ") for operand ", i, " and no ellipsis was given");
    else
      check(labels <= dims, "einsum(): the number of subscripts in the equation (", labels, ") is more than the number of dimensions (", dims, ") for operand ",
            i);
    if (ellipsis) covered = std::max(covered, size_t(dims - labels));
  }
  // The place of every label in the common order: the output's, then what is summed.
  int uses[kLetters] = {};
  for (const Subscripts& s : equation.operands)
    for (int8_t label : s)
      if (label != kEllipsis) ++uses[size_t(label)];
  if (!equation.has_output) {
    equation.output.push_back(kEllipsis);
    for (size_t label = 0; label < kLetters; ++label)
      if (uses[label] == 1) equation.output.push_back(int8_t(label));
  }
  int64_t place[kLetters], ellipsis_place = -1;
  std::fill(place, place + kLetters, int64_t(-1));
  size_t dims = 0;
  for (int8_t label : equation.output) {
    if (label == kEllipsis) ellipsis_place = int64_t(dims), dims += covered;
    else place[size_t(label)] = int64_t(dims++);
  }
  size_t kept = dims;
  if (ellipsis_place < 0) ellipsis_place = int64_t(dims), dims += covered;
  for (size_t label = 0; label < kLetters; ++label)
    if (uses[label] > 0 && place[label] < 0) place[label] = int64_t(dims++);

  // Every operand in the common order, with size 1 where it lacks a label; equal labels are its diagonal.
  Vec<Tensor> operands;
  Dims common(dims, 1);
  for (size_t i = 0; i < count; ++i) {
    const Tensor& t = tensors[i];
    const Subscripts& s = equation.operands[i];
    Dims sizes(dims, 1), strides(dims, 0);
    SmallVec<bool, 64> has(dims, false);
    size_t from = 0;
    for (int8_t label : s) {
      if (label == kEllipsis) {
        size_t own = t.sizes().size() - (s.size() - 1);
        for (size_t d = 0; d < own; ++d, ++from) {
          size_t at = size_t(ellipsis_place) + covered - own + d;
          sizes[at] = t.sizes()[from], strides[at] = t.strides()[from];
          check(sizes[at] == 1 || common[at] == 1 || sizes[at] == common[at], "einsum(): dimension ", from, " covered by ellipsis in operand ", i, "has size ",
                sizes[at], " which does not broadcast with previously seen ellipsis with size ", common[at], " for the respective dimension");
          if (sizes[at] != 1) common[at] = sizes[at];
        }
        continue;
      }
      auto at = size_t(place[size_t(label)]);
      int64_t size = t.sizes()[from];
      if (has[at]) {
        if (sizes[at] != size)
          fail_runtime("einsum(): subscript ", text_of(letter_of(label)), " is repeated for operand ", i, " but the sizes don't match, ", size,
                       " != ", sizes[at]);
        strides[at] += t.strides()[from];
      } else {
        has[at] = true;
        sizes[at] = size, strides[at] = t.strides()[from];
        if (size != 1 && common[at] != 1 && size != common[at])
          fail_runtime("einsum(): subscript ", text_of(letter_of(label)), " has size ", size, " for operand ", i,
                       " which does not broadcast with previously seen size ", common[at]);
        if (size != 1) common[at] = size;
      }
      ++from;
    }
    Tensor ordered = t.as_view(sizes, strides, t.offset());
    ordered.impl()->conj = t.is_conj();
    ordered.impl()->neg = t.is_neg();
    operands.push_back(std::move(ordered));
  }

  size_t steps = count - 1;
  if (path)
    check(path->size() == (count == 1 ? 1 : 2 * steps), "einsum(): expected contraction path given in path parameter to have size ",
          count == 1 ? size_t(1) : 2 * steps, " but got ", path->size());
  SmallVec<bool, 64> summed(dims, false);
  for (size_t step = 0; step < steps; ++step) {
    size_t i = 0, j = 1;
    if (path) {
      int64_t x = (*path)[2 * step], y = (*path)[2 * step + 1], n = int64_t(operands.size());
      check(x >= 0 && x < n && y >= 0 && y < n, "einsum(): invalid contraction (", x, ", ", y, ") operand index is out of bounds");
      check(x != y, "einsum(): invalid contraction (", x, ", ", y, ") cannot contract an operand with itself");
      i = size_t(std::min(x, y)), j = size_t(std::max(x, y));
    }
    // A dimension is summed as soon as nobody else has it.
    for (size_t d = 0; d < dims; ++d) {
      summed[d] = d >= kept;
      for (size_t k = 0; k < operands.size() && summed[d]; ++k)
        if (k != i && k != j && operands[k].sizes()[d] != 1) summed[d] = false;
    }
    Tensor product = contract_pair(ctx, std::move(operands[i]), std::move(operands[j]), {summed.data(), dims});
    operands.erase(operands.begin() + int64_t(j));
    operands.erase(operands.begin() + int64_t(i));
    if (path) operands.push_back(std::move(product));
    else operands.insert(operands.begin(), std::move(product));
  }
  Tensor out = std::move(operands[0]);
  if (kept < dims) {
    Dims rest;
    bool any = false;
    for (size_t d = kept; d < dims; ++d) {
      rest.push_back(int64_t(d));
      any |= out.sizes()[d] != 1;
    }
    out = any ? sum(ctx, out, IntView(rest), false) : squeeze_dims(ctx, out, rest);
  }
  return out;
}

Tensor tensordot(Context& ctx, const Tensor& self, const Tensor& other, IntView dims_self, IntView dims_other) {
  check(dims_self.size() == dims_other.size(), "both dimension lists should have same length");
  check(self.dtype() == other.dtype(), "both inputs should have same dtype");
  Tensor a = self, b = other;
  SmallVec<bool, 16> a_summed(a.sizes().size(), false), b_summed(b.sizes().size(), false);
  Dims a_dims, b_dims;
  for (size_t i = 0; i < dims_self.size(); ++i) {
    int64_t x = wrap_dim(dims_self[i], self.dim()), y = wrap_dim(dims_other[i], other.dim());
    check(size_t(x) < a_summed.size() && size_t(y) < b_summed.size(), "tensordot expects dimensions of its operands");
    check(!a_summed[size_t(x)], "dim ", x, " appears multiple times in the list of dims");
    check(!b_summed[size_t(y)], "dim ", y, " appears multiple times in the list of dims");
    a_summed[size_t(x)] = b_summed[size_t(y)] = true;
    a_dims.push_back(x);
    b_dims.push_back(y);
    int64_t s = a.sizes()[size_t(x)], t = b.sizes()[size_t(y)];
    if (t == 1) a = sum_dim(ctx, a, x, a.dtype());
    else if (s == 1) b = sum_dim(ctx, b, y, b.dtype());
    else
      check(s == t, "contracted dimensions need to match, but first has size ", s, " in dim ", dims_self[i], " and second has size ", t, " in dim ",
            dims_other[i]);
  }
  Dims sizes, a_order, b_order(b_dims);
  int64_t rows = 1, inner = 1, cols = 1;
  for (size_t d = 0; d < a_summed.size(); ++d)
    if (!a_summed[d]) a_order.push_back(int64_t(d)), sizes.push_back(a.sizes()[d]), rows *= a.sizes()[d];
  for (int64_t d : a_dims) a_order.push_back(d), inner *= a.sizes()[size_t(d)];
  for (size_t d = 0; d < b_summed.size(); ++d)
    if (!b_summed[d]) b_order.push_back(int64_t(d)), sizes.push_back(b.sizes()[d]), cols *= b.sizes()[d];
  int64_t left[2] = {rows, inner}, right[2] = {inner, cols};
  Tensor product = mm(ctx, reshape(ctx, permute(ctx, a, a_order), left), reshape(ctx, permute(ctx, b, b_order), right));
  return reshape(ctx, product, sizes);
}

namespace {

Tensor inner(Context& ctx, const Tensor& self, const Tensor& other) {
  if (self.dim() == 0 || other.dim() == 0) return mul(ctx, self, other);
  check(self.size(-1) == other.size(-1), "inner() the last dimension must match on both input tensors but got shapes ", self.sizes(), " and ", other.sizes());
  const int64_t last[1] = {-1};
  return tensordot(ctx, self, other, last, last);
}

Tensor kron(Context& ctx, const Tensor& self, const Tensor& other) {
  size_t dims = std::max(self.sizes().size(), other.sizes().size());
  Dims a(2 * dims, 1), b(2 * dims, 1), sizes(dims, 1);
  for (size_t d = 0; d < dims; ++d) {
    auto size_of = [&](const Tensor& t) {
      size_t lead = dims - t.sizes().size();
      return d < lead ? int64_t(1) : t.sizes()[d - lead];
    };
    a[2 * d] = size_of(self);
    b[2 * d + 1] = size_of(other);
    check(!__builtin_mul_overflow(a[2 * d], b[2 * d + 1], &sizes[d]), "kron(): the result is too large");
  }
  return reshape(ctx, mul(ctx, reshape(ctx, self, a), reshape(ctx, other, b)), sizes);
}

Tensor linalg_vecdot(Context& ctx, const Tensor& x, const Tensor& y, int64_t dim) {
  check(x.is_floating() || x.is_complex(), "linalg.vecdot: Expected a floating point or complex tensor as input. Got ", scalar_type_name(x.dtype()));
  check(x.dtype() == y.dtype(), "linalg.vecdot: Expected x and y to have the same dtype, but found x of type ", scalar_type_name(x.dtype()), " and y of type ",
        scalar_type_name(y.dtype()), " instead");
  if (x.dim() == 1 && y.dim() == 1)
    check(x.numel() == y.numel(), "inconsistent tensor size, expected tensor ", x.sizes(), " and src ", y.sizes(),
          " to have the same number of elements, but got ", x.numel(), " and ", y.numel(), " elements respectively");
  Tensor product = mul(ctx, x.is_complex() ? conj(ctx, x) : x, y);
  return sum(ctx, product, IntView(&dim, 1), false);
}

// The shapes of a chain, checked; vectors at the ends count as matrices.
Dims chain_shapes(Tensors tensors) {
  Dims shapes;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& t = tensors[i];
    shapes.push_back(t.sizes()[0]);
    if (i + 1 == tensors.size()) shapes.push_back(t.sizes()[1]);
    if (i > 0) {
      const Tensor& before = tensors[i - 1];
      check(before.sizes()[1] == t.sizes()[0], "multi_dot(): tensors ", i - 1, " and ", i, " with shapes ", before.sizes(), " and ", t.sizes(),
            " cannot be multiplied");
    }
  }
  return shapes;
}

// The cheapest order of a chain's products (the textbook dynamic program). Long chains go from left to right.
constexpr size_t kLongestPlan = 64;

Tensor multiply_chain(Context& ctx, Tensors matrices, const int8_t (*split)[kLongestPlan], size_t i, size_t j) {
  if (i == j) return matrices[i];
  auto at = size_t(split[i][j]);
  return mm(ctx, multiply_chain(ctx, matrices, split, i, at), multiply_chain(ctx, matrices, split, at + 1, j));
}

Tensor chain(Context& ctx, Tensors matrices) {
  Dims p = chain_shapes(matrices);
  size_t n = matrices.size();
  if (n > kLongestPlan) {
    Tensor out = matrices[0];
    for (size_t i = 1; i < n; ++i) out = mm(ctx, out, matrices[i]);
    return out;
  }
  Vec<double> cost(n * n, 0.0);
  int8_t split[kLongestPlan][kLongestPlan] = {};
  for (size_t length = 1; length < n; ++length) {
    for (size_t i = 0; i + length < n; ++i) {
      size_t j = i + length;
      double best = -1;
      for (size_t k = i; k < j; ++k) {
        double total = cost[i * n + k] + cost[(k + 1) * n + j] + double(p[i]) * double(p[k + 1]) * double(p[j + 1]);
        if (best < 0 || total < best) best = total, split[i][j] = int8_t(k);
      }
      cost[i * n + j] = best;
    }
  }
  return multiply_chain(ctx, matrices, split, 0, n - 1);
}

Tensor chain_matmul(Context& ctx, Tensors matrices) {
  check(!matrices.empty(), "chain_matmul(): Expected one or more matrices");
  for (size_t i = 0; i < matrices.size(); ++i) check(matrices[i].dim() == 2, "Tensor dimension is ", matrices[i].dim(), ", expected 2 instead.");
  if (matrices.size() == 1) return clone(ctx, matrices[0]);
  return chain(ctx, matrices);
}

Tensor linalg_multi_dot(Context& ctx, Tensors tensors) {
  size_t n = tensors.size();
  check(n >= 2, "multi_dot(): expected at least 2 tensors but got ", n);
  int64_t first = tensors[0].dim(), last = tensors[n - 1].dim();
  check(first == 1 || first == 2, "multi_dot(): the first tensor must be 1D or 2D but got ", first, "D");
  check(last == 1 || last == 2, "multi_dot(): the last tensor must be 1D or 2D but got ", last, "D");
  Vec<Value> list;
  for (size_t i = 0; i < n; ++i) {
    const Tensor& t = tensors[i];
    check(i == 0 || i + 1 == n || t.dim() == 2, "multi_dot(): tensor ", i, " must be 2D but got ", t.dim(), "D");
    if (t.dtype() != tensors[0].dtype())
      fail_runtime("multi_dot(): all tensors must have be the same dtype but tensor 0 is ", dtype_name(tensors[0].dtype()), " and tensor ", i, " ",
                   dtype_name(t.dtype()));
    Tensor matrix = t.dim() == 2 ? t : unsqueeze(ctx, t, i == 0 ? 0 : 1);
    list.emplace_back(std::move(matrix));
  }
  Tensor out = chain(ctx, Tensors(std::span<const Value>(list.data(), list.size())));
  Dims sizes;
  if (first == 2) sizes.push_back(out.sizes()[0]);
  if (last == 2) sizes.push_back(out.sizes()[1]);
  return view(ctx, out, sizes);
}

Tensor bilinear(Context& ctx, const Tensor& input1, const Tensor& input2, const Tensor& weight, const MaybeTensor& bias) {
  check(input1.dim() == input2.dim(), "bilinear(): input dimensions do not match: got ", input1.dim(), " and ", input2.dim());
  check(input1.dim() > 0, "bilinear(): expected inputs with a dimension");
  auto batch = size_t(input1.dim() - 1);
  Dims sizes(input1.sizes());
  sizes.pop_back();
  for (size_t d = 0; d < batch; ++d)
    check(input1.sizes()[d] == input2.sizes()[d], "bilinear(): input batch dimensions do not match at dim ", d, ": got ", input1.sizes()[d], " and ",
          input2.sizes()[d]);
  check(weight.dim() == 3, "Dimension out of range (expected to be in range of [-", weight.dim(), ", ", weight.dim() - 1, "], but got ", weight.dim(), ")");
  int64_t features = weight.sizes()[0], left = weight.sizes()[1], right = weight.sizes()[2];
  check(input1.size(-1) == left, "bilinear(): input1 size does not match weight size: got ", input1.size(-1), " but expected ", left);
  check(input2.size(-1) == right, "bilinear(): input2 size does not match weight size: got ", input2.size(-1), " but expected ", right);
  check(!bias || (bias->dim() == 1 && bias->numel() == features), "bilinear(): bias size does not match weight size: got ",
        bias && bias->dim() > 0 ? bias->sizes()[0] : int64_t(1), " but expected ", features);
  check(input1.dtype() == input2.dtype() && input1.dtype() == weight.dtype() && (!bias || bias->dtype() == weight.dtype()),
        "All tensors must have the same dtype");
  int64_t rows = checked_numel(sizes);
  sizes.push_back(features);
  int64_t left_sizes[2] = {rows, left}, right_sizes[3] = {rows, right, 1};
  Tensor a = reshape(ctx, input1, left_sizes), b = resolved(ctx, reshape(ctx, input2, right_sizes)), w = resolved(ctx, weight);
  a = resolved(ctx, a);
  int64_t flat[2] = {rows, features};
  Tensor out = make_tensor(flat, a.dtype());
  // One feature at a time, so that what lies between the two products stays small.
  int64_t between[2] = {rows, right}, dot_sizes[3] = {rows, 1, 1};
  Tensor product = make_tensor(between, a.dtype());
  int64_t product_sizes[3] = {rows, 1, right};
  for (int64_t f = 0; f < features && rows > 0; ++f) {
    multiply_into(ctx, product, a, select(ctx, w, 0, f), Scalar(1), Scalar(0), Tensor(), "bilinear");
    int64_t strides[3] = {features, 1, 1};
    multiply_into(ctx, out.as_view(dot_sizes, strides, out.offset() + f), view(ctx, product, product_sizes), b, Scalar(1), Scalar(0), Tensor(), "bilinear");
  }
  out = view(ctx, out, sizes);
  return bias ? add(ctx, out, *bias) : out;
}

Tensor trilinear(Context& ctx, const Tensor& i1, const Tensor& i2, const Tensor& i3, IntView expand1, IntView expand2, IntView expand3, IntView sumdim,
                 int64_t unroll) {
  int64_t dims = i1.dim() + int64_t(expand1.size());
  check(unroll >= 0 && unroll < dims, "unroll_dim must be in [0,", dims - 1, "]");
  check(i2.dim() + int64_t(expand2.size()) == dims && i3.dim() + int64_t(expand3.size()) == dims, "_trilinear: the expanded inputs differ in rank");
  auto expanded = [&](const Tensor& t, IntView where) {
    Tensor out = t;
    for (int64_t d = 0; d < dims; ++d)
      if (std::find(where.begin(), where.end(), d) != where.end()) out = unsqueeze(ctx, out, d);
    check(out.dim() == dims, "_trilinear: the dimensions to expand are out of range");
    return out;
  };
  Tensor product = mul(ctx, mul(ctx, expanded(i1, expand1), expanded(i2, expand2)), expanded(i3, expand3));
  return sumdim.empty() ? product : sum(ctx, product, sumdim, false);
}

constexpr OpDef kRows[] = {
    op("aten::einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor", TAPER_OP(einsum), kPure),
    op("aten::tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor", TAPER_OP(tensordot), kPure),
    op_out("aten::tensordot.out(Tensor self, Tensor other, int[] dims_self, int[] dims_other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(tensordot)),
    op("aten::inner(Tensor self, Tensor other) -> Tensor", TAPER_OP(inner), kPure),
    op_out("aten::inner.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(inner)),
    op("aten::kron(Tensor self, Tensor other) -> Tensor", TAPER_OP(kron), kPure),
    op_out("aten::kron.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(kron)),
    op("aten::linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor", TAPER_OP(linalg_vecdot), kPure),
    op_out("aten::linalg_vecdot.out(Tensor x, Tensor y, *, int dim=-1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_vecdot)),
    op("aten::chain_matmul(Tensor[] matrices) -> Tensor", TAPER_OP(chain_matmul), kPure),
    op_out("aten::chain_matmul.out(Tensor[] matrices, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chain_matmul)),
    op("aten::linalg_multi_dot(Tensor[] tensors) -> Tensor", TAPER_OP(linalg_multi_dot), kPure),
    op_out("aten::linalg_multi_dot.out(Tensor[] tensors, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_multi_dot)),
    op("aten::bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor", TAPER_OP(bilinear), kPure),
    op("aten::_trilinear(Tensor i1, Tensor i2, Tensor i3, int[] expand1, int[] expand2, int[] expand3, int[] sumdim, int unroll_dim=1) -> Tensor",
       TAPER_OP(trilinear), kPure),
    op_out("aten::_trilinear.out(Tensor i1, Tensor i2, Tensor i3, int[] expand1, int[] expand2, int[] expand3, int[] sumdim, int unroll_dim=1, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(trilinear)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> contract_rows() { return aten::kRows; }
}  // namespace taper::impl
