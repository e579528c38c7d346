// Products of vectors, matrices and batches of matrices.
#include "ops/aten/matmul.h"

#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/kernels/gemm.h"
#include "ops/loop.h"
#include "ops/output.h"
#include "ops/type_promotion.h"

namespace taper::impl::aten {
namespace {

template <class Fn>
void visit_product(DType dtype, std::string_view name, Fn&& fn) {
  switch (dtype) {
    case DType::kFloat: return fn(float());
    case DType::kDouble: return fn(double());
    case DType::kHalf: return fn(Half());
    case DType::kBFloat16: return fn(BFloat16());
    case DType::kComplexFloat: return fn(ComplexFloat());
    case DType::kComplexDouble: return fn(ComplexDouble());
    case DType::kByte: return fn(uint8_t());
    case DType::kChar: return fn(int8_t());
    case DType::kShort: return fn(int16_t());
    case DType::kInt: return fn(int32_t());
    case DType::kLong: return fn(int64_t());
    default: fail_dtype(name, dtype);
  }
}

// The step of a dimension that repeats when it has one element.
int64_t step(const Tensor& t, size_t d) { return t.sizes()[d] == 1 ? 0 : t.strides()[d]; }

void check_same_dtype(const Tensor& a, const Tensor& b) {
  check(a.dtype() == b.dtype(), "expected m1 and m2 to have the same dtype, but got: ", cpp_type_name(a.dtype()), " != ", cpp_type_name(b.dtype()));
}
void check_scalar_type(const Tensor& a, const Tensor& b) {
  check(a.dtype() == b.dtype(), "expected scalar type ", scalar_type_name(a.dtype()), " but found ", scalar_type_name(b.dtype()));
}

// `self` is undefined for products without an addend.
Tensor matrix_product(Context& ctx, Destination& dest, const Tensor& self, const Tensor& mat1, const Tensor& mat2, const Scalar& beta, const Scalar& alpha) {
  IntView a_sizes = mat1.sizes(), b_sizes = mat2.sizes();
  check(a_sizes[1] == b_sizes[0], "mat1 and mat2 shapes cannot be multiplied (", a_sizes[0], "x", a_sizes[1], " and ", b_sizes[0], "x", b_sizes[1], ")");
  int64_t sizes[2] = {a_sizes[0], b_sizes[1]};
  Tensor add;
  if (self.defined()) {
    check(!dest.is(self) || same(self.sizes(), sizes), "Bad in-place call: input tensor size ", self.sizes(), " and output tensor size ", IntView(sizes),
          " should match");
    add = same(self.sizes(), sizes) ? self : expand(ctx, self, sizes);
    check(self.dtype() == mat2.dtype(), "self and mat2 must have the same dtype, but got ", scalar_type_name(self.dtype()), " and ",
          scalar_type_name(mat2.dtype()));
    add = resolved(ctx, add);
  }
  check_same_dtype(mat1, mat2);
  Tensor a = resolved(ctx, mat1), b = resolved(ctx, mat2);
  Tensor out = dest.make(sizes, a.dtype(), {&a, &b}, add.defined() ? &add : nullptr);
  multiply_into(ctx, out, a, b, alpha, add.defined() ? beta : Scalar(0), add, "addmm_impl_cpu_");
  return out;
}

Tensor batch_product(Context& ctx, Destination& dest, const Tensor& self, const Tensor& batch1, const Tensor& batch2, const Scalar& beta, const Scalar& alpha,
                     const char* name) {
  check(batch1.dim() == 3, "batch1 must be a 3D tensor");
  check(batch2.dim() == 3, "batch2 must be a 3D tensor");
  IntView x = batch1.sizes(), y = batch2.sizes();
  check(y[0] == x[0] && y[1] == x[2], "Expected size for first two dimensions of batch2 tensor to be: [", x[0], ", ", x[2], "] but got: [", y[0], ", ", y[1],
        "].");
  int64_t sizes[3] = {x[0], x[1], y[2]};
  Tensor add;
  if (self.defined()) {
    check(!dest.is(self) || same(self.sizes(), sizes), "Bad in-place call: input tensor size ", self.sizes(), " and output tensor size ", IntView(sizes),
          " should match");
    add = expand(ctx, self, sizes);
    check(self.dtype() == batch1.dtype(), "Input dtypes must be the same, got: input ", cpp_type_name(self.dtype()),
          ", batch1: ", cpp_type_name(batch1.dtype()), ", batch2: ", cpp_type_name(batch2.dtype()));
    add = resolved(ctx, add);
  }
  check_scalar_type(batch1, batch2);
  Tensor a = resolved(ctx, batch1), b = resolved(ctx, batch2);
  Tensor out = dest.make(sizes, a.dtype(), {&a, &b}, add.defined() ? &add : nullptr);
  multiply_into(ctx, out, a, b, alpha, add.defined() ? beta : Scalar(0), add, name);
  return out;
}

Tensor vector_product(Context& ctx, Destination& dest, const Tensor& self, const Tensor& mat, const Tensor& vec, const Scalar& beta, const Scalar& alpha) {
  check(mat.dim() == 2 && vec.dim() == 1 && (!self.defined() || self.dim() <= 1), "vector + matrix @ vector expected, got ",
        self.defined() ? self.dim() : int64_t(1), ", ", mat.dim(), ", ", vec.dim());
  int64_t rows = mat.sizes()[0], inner = mat.sizes()[1], own = self.defined() && self.dim() == 1 ? self.sizes()[0] : self.defined() ? 1 : rows;
  check(inner == vec.sizes()[0] && (own == rows || own == 1), "size mismatch, got input (", own, "), mat (", rows, "x", inner, "), vec (", vec.sizes()[0], ")");
  DType own_dtype = self.defined() ? self.dtype() : vec.dtype();
  check(mat.dtype() == vec.dtype() && own_dtype == vec.dtype(), "addmv input tensors must have the same dtype, but got ", scalar_type_name(own_dtype), ", ",
        scalar_type_name(mat.dtype()), ", and ", scalar_type_name(vec.dtype()));
  Tensor a = resolved(ctx, mat), x = resolved(ctx, vec), add;
  if (self.defined()) add = resolved(ctx, expand(ctx, self, IntView(&rows, 1)));
  Tensor out = dest.make(IntView(&rows, 1), a.dtype(), {&a, &x}, add.defined() ? &add : nullptr);
  multiply_into(ctx, unsqueeze(ctx, out, 1), a, unsqueeze(ctx, x, 1), alpha, add.defined() ? beta : Scalar(0),
                add.defined() ? unsqueeze(ctx, add, 1) : Tensor(), "addmv_impl_cpu");
  return out;
}

Tensor addmv(Context& ctx, const Tensor& self, const Tensor& mat, const Tensor& vec, const Scalar& beta, const Scalar& alpha) {
  Destination dest(ctx);
  return vector_product(ctx, dest, self, mat, vec, beta, alpha);
}
Tensor mv(Context& ctx, const Tensor& self, const Tensor& vec) {
  Destination dest(ctx);
  return vector_product(ctx, dest, Tensor(), self, vec, Scalar(0), Scalar(1));
}

Tensor inner_product(Context& ctx, Destination& dest, const Tensor& x, const Tensor& y) {
  check(x.dim() == 1 && y.dim() == 1, "1D tensors expected, but got ", x.dim(), "D and ", y.dim(), "D tensors");
  check(x.dtype() == y.dtype(), "dot : expected both vectors to have same dtype, but found ", scalar_type_name(x.dtype()), " and ",
        scalar_type_name(y.dtype()));
  check(x.numel() == y.numel(), "inconsistent tensor size, expected tensor ", x.sizes(), " and src ", y.sizes(),
        " to have the same number of elements, but got ", x.numel(), " and ", y.numel(), " elements respectively");
  Tensor a = resolved(ctx, x), b = resolved(ctx, y);
  Tensor out = dest.make({}, a.dtype(), {&a, &b});
  const int64_t one[2] = {1, 1}, none[2] = {0, 0};
  multiply_into(ctx, out.as_view(one, none, out.offset()), unsqueeze(ctx, a, 0), unsqueeze(ctx, b, 1), Scalar(1), Scalar(0), Tensor(), "dot");
  return out;
}
Tensor dot(Context& ctx, const Tensor& self, const Tensor& tensor) {
  Destination dest(ctx);
  return inner_product(ctx, dest, self, tensor);
}
Tensor vdot(Context& ctx, const Tensor& self, const Tensor& other) {
  Destination dest(ctx);
  return inner_product(ctx, dest, self.is_complex() ? conj(ctx, self) : self, other);
}

// Leading dimensions that lie evenly in memory and can be counted by one index.
bool folds(const Tensor& t) {
  if (t.numel() == 0) return true;
  for (size_t d = 0; d + 2 < t.sizes().size(); ++d)
    if (t.strides()[d] != t.strides()[d + 1] * t.sizes()[d + 1]) return false;
  return true;
}

Tensor fold(const Tensor& t) {
  size_t dims = t.sizes().size();
  int64_t rows = 1;
  for (size_t d = 0; d + 1 < dims; ++d) rows *= t.sizes()[d];
  int64_t sizes[2] = {rows, t.sizes()[dims - 1]}, strides[2] = {t.strides()[dims - 2], t.strides()[dims - 1]};
  return t.as_view(sizes, strides, t.offset());
}

Tensor with_leading_ones(const Tensor& t, size_t dims) {
  Dims sizes(dims, 1), strides(dims, 0);
  size_t lead = dims - t.sizes().size();
  for (size_t d = 0; d < t.sizes().size(); ++d) sizes[lead + d] = t.sizes()[d], strides[lead + d] = t.strides()[d];
  return t.as_view(sizes, strides, t.offset());
}

// Both have two dimensions or more, one of them more.
Tensor broadcast_product(Context& ctx, Destination& dest, const Tensor& x, const Tensor& y) {
  size_t dims = std::max(x.sizes().size(), y.sizes().size());
  IntView x_batch = x.sizes().first(x.sizes().size() - 2), y_batch = y.sizes().first(y.sizes().size() - 2);
  Dims sizes = broadcast_sizes(x_batch, y_batch);
  IntView x_sizes = x.sizes(), y_sizes = y.sizes();
  int64_t rows = x_sizes[x_sizes.size() - 2], inner = x_sizes.back(), cols = y_sizes.back(), other = y_sizes[y_sizes.size() - 2];
  if (inner != other) {
    int64_t batch = checked_numel(sizes);
    fail_runtime("Expected size for first two dimensions of batch2 tensor to be: [", batch, ", ", inner, "] but got: [", batch, ", ", other, "].");
  }
  check_scalar_type(x, y);
  sizes.push_back(rows);
  sizes.push_back(cols);
  Tensor a = resolved(ctx, x), b = resolved(ctx, y);
  Tensor out = dest.make(sizes, a.dtype(), {&a, &b});
  multiply_into(ctx, out, with_leading_ones(a, dims), with_leading_ones(b, dims), Scalar(1), Scalar(0), Tensor(), "bmm");
  return out;
}

Tensor addr(Context& ctx, const Tensor& self, const Tensor& vec1, const Tensor& vec2, const Scalar& beta, const Scalar& alpha) {
  Destination dest(ctx);
  check(vec1.dim() == 1, "addr: Expected 1-D argument vec1, but got ", vec1.dim(), "-D");
  check(vec2.dim() == 1, "addr: Expected 1-D argument vec2, but got ", vec2.dim(), "-D");
  int64_t sizes[2] = {vec1.numel(), vec2.numel()};
  Tensor add = expand(ctx, self, sizes);
  DType dtype = result_type(ctx, {&self, &vec1, &vec2});
  check(!is_integral_or_bool(dtype) || (alpha.is_integral() && beta.is_integral()),
        "For integral input tensors, argument alpha must not be a floating "
        "point number.");
  check(dtype == DType::kBool || (!alpha.is_bool() && !beta.is_bool()), "Boolean alpha only supported for Boolean results.");
  auto scaled = [&](const Tensor& t, const Scalar& by) {
    Tensor typed = to_dtype(ctx, t, dtype);
    return by.is_int() && by.i == 1 ? typed : mul(ctx, typed, full(ctx, {}, dtype == DType::kBool ? Scalar(by.to_bool()) : by, dtype));
  };
  Tensor product = mul(ctx, unsqueeze(ctx, scaled(vec1, alpha), 1), unsqueeze(ctx, to_dtype(ctx, vec2, dtype), 0));
  Tensor sum = beta.to_bool() ? aten::add(ctx, scaled(add, beta), product) : product;
  return sum;
}

Tensor outer(Context& ctx, const Tensor& self, const Tensor& vec2) {
  check(self.dim() == 1, "outer: Expected 1-D argument self, but got ", self.dim(), "-D");
  check(vec2.dim() == 1, "outer: Expected 1-D argument vec2, but got ", vec2.dim(), "-D");
  return mul(ctx, unsqueeze(ctx, self, 1), unsqueeze(ctx, vec2, 0));
}

Tensor addbmm(Context& ctx, const Tensor& self, const Tensor& batch1, const Tensor& batch2, const Scalar& beta, const Scalar& alpha) {
  Destination dest(ctx);
  check(batch1.dim() == 3, "batch1 must be a 3D tensor");
  check(batch2.dim() == 3, "batch2 must be a 3D tensor");
  IntView x = batch1.sizes(), y = batch2.sizes();
  check(x[0] == y[0], "batch1 and batch2 must have same number of batches, got ", x[0], " and ", y[0]);
  check(x[2] == y[1], "Incompatible matrix sizes for bmm (", x[1], "x", x[2], " and ", y[1], "x", y[2], ")");
  int64_t sizes[2] = {x[1], y[2]};
  Tensor add = expand(ctx, self, sizes);
  check(self.dtype() == batch2.dtype(), "self and mat2 must have the same dtype, but got ", scalar_type_name(self.dtype()), " and ",
        scalar_type_name(batch2.dtype()));
  check_same_dtype(batch1, batch2);
  // Batches are summed, so they are one long inner dimension; one matrix at a time keeps their strides.
  Tensor a = resolved(ctx, batch1), b = resolved(ctx, batch2);
  add = resolved(ctx, add);
  Tensor out = dest.make(sizes, a.dtype(), {&a, &b}, &add);
  Scalar factor = beta;
  for (int64_t i = 0; i < x[0]; ++i) {
    multiply_into(ctx, out, select(ctx, a, 0, i), select(ctx, b, 0, i), alpha, factor, add, "addmm_impl_cpu_");
    add = out;
    factor = Scalar(1);
  }
  if (x[0] == 0) {
    if (beta.to_bool()) copy_(ctx, out, mul(ctx, add, full(ctx, {}, beta, out.dtype())));
    else fill_(ctx, out, Scalar(0));
  }
  return out;
}

Tensor int_mm(Context& ctx, const Tensor& self, const Tensor& mat2) {
  auto narrow_int = [](DType d) { return d == DType::kChar || d == DType::kByte; };
  check(self.dim() == 2, "Expected self to be of dimension 2 but got ", self.dim());
  check(mat2.dim() == 2, "Expected mat2 to be of dimension 2 but got ", mat2.dim());
  check(self.sizes()[1] == mat2.sizes()[0], "self.size(1) needs to match mat2.size(0) but got ", self.sizes()[1], " and ", mat2.sizes()[0]);
  check(narrow_int(self.dtype()), "int_mm_out_cpu: Expected self dtype to be int8 or uint8 but got ", cpp_type_name(self.dtype()));
  check(narrow_int(mat2.dtype()), "int_mm_out_cpu: Expected mat2 dtype to be int8 or uint8 but got ", cpp_type_name(mat2.dtype()));
  return mm(ctx, to_dtype(ctx, self, DType::kInt), to_dtype(ctx, mat2, DType::kInt));
}

Tensor addmm_activation(Context& ctx, const Tensor& self, const Tensor& mat1, const Tensor& mat2, const Scalar& beta, const Scalar& alpha, bool gelu) {
  ctx.dest = Tensor();
  Tensor sum = addmm(ctx, self, mat1, mat2, beta, alpha);
  check(sum.is_floating(), "_addmm_activation: expected a floating point result, got ", scalar_type_name(sum.dtype()));
  Tensor wide = to_dtype(ctx, sum, sum.dtype() == DType::kDouble ? DType::kDouble : DType::kFloat);
  visit_float(wide.dtype(), "_addmm_activation", [&](auto zero) {
    using T = decltype(zero);
    T* data = wide.mutable_data<T>();
    for (int64_t i = 0, n = wide.numel(); i < n; ++i)
      data[i] = gelu ? T(data[i] * 0.5 * (1 + std::erf(data[i] * 0.70710678118654752440))) : data[i] < 0 ? T(0) : data[i];
  });
  return to_dtype(ctx, wide, sum.dtype());
}

}  // namespace

void multiply_into(Context& ctx, const Tensor& c, const Tensor& a, const Tensor& b, const Scalar& alpha, const Scalar& beta, const Tensor& add,
                   std::string_view name) {
  size_t dims = c.sizes().size(), row = dims - 2, col = dims - 1;
  int64_t m = c.sizes()[row], n = c.sizes()[col], k = a.sizes()[col];
  visit_product(c.dtype(), name, [&](auto zero) {
    using T = decltype(zero);
    using S = typename GemmArgs<T>::Scalar;
    if (c.numel() == 0) return;
    GemmArgs<T> g;
    g.m = m, g.n = n, g.k = k;
    g.alpha = alpha.template to<S>();
    g.beta = beta.template to<S>();
    g.c = c.template mutable_data<T>(), g.c_row = c.strides()[row], g.c_col = c.strides()[col];
    g.a = a.template data<T>(), g.a_row = a.strides()[row], g.a_col = a.strides()[col];
    g.b = b.template data<T>(), g.b_row = b.strides()[row], g.b_col = b.strides()[col];
    bool added = add.defined() && !(add == c);
    size_t lead = 0;
    if (added) {
      lead = dims - add.sizes().size();
      auto add_step = [&](size_t d) { return d < lead ? 0 : step(add, d - lead); };
      g.add = add.template data<T>(), g.add_row = add_step(row), g.add_col = add_step(col);
    }
    g.cpu_level = ctx.cpu_level;
    g.parallel = ctx.parallel;
    double work = double(c.numel()) * double(std::max<int64_t>(k, 1));
    if (work > 1e5) ctx.spend(int64_t(std::min(work / 1000, 1e15)));
    if (dims == 2) return gemm(g);
    SmallVec<GemmBatchDim, 4> batch;
    for (size_t d = 0; d < row; ++d) {
      if (c.sizes()[d] == 1) continue;
      GemmBatchDim dim{c.sizes()[d], step(a, d), step(b, d), c.strides()[d], 0};
      if (added) dim.add = d < lead ? 0 : step(add, d - lead);
      else if (add.defined()) dim.add = dim.c;
      if (!batch.empty()) {
        GemmBatchDim& last = batch.back();
        if (last.a == dim.a * dim.count && last.b == dim.b * dim.count && last.c == dim.c * dim.count && last.add == dim.add * dim.count) {
          dim.count *= last.count;
          last = dim;
          continue;
        }
      }
      batch.push_back(dim);
    }
    gemm_batched(g, batch.data(), int(batch.size()));
  });
}

Tensor mm(Context& ctx, const Tensor& self, const Tensor& mat2) {
  Destination dest(ctx);
  check(self.dim() == 2, "self must be a matrix");
  check(mat2.dim() == 2, "mat2 must be a matrix");
  return matrix_product(ctx, dest, Tensor(), self, mat2, Scalar(0), Scalar(1));
}

Tensor bmm(Context& ctx, const Tensor& self, const Tensor& mat2) {
  Destination dest(ctx);
  return batch_product(ctx, dest, Tensor(), self, mat2, Scalar(0), Scalar(1), "bmm");
}

Tensor addmm(Context& ctx, const Tensor& self, const Tensor& mat1, const Tensor& mat2, const Scalar& beta, const Scalar& alpha) {
  Destination dest(ctx);
  check(mat1.dim() == 2, "mat1 must be a matrix, got ", mat1.dim(), "-D tensor");
  check(mat2.dim() == 2, "mat2 must be a matrix, got ", mat2.dim(), "-D tensor");
  return matrix_product(ctx, dest, self, mat1, mat2, beta, alpha);
}

Tensor baddbmm(Context& ctx, const Tensor& self, const Tensor& batch1, const Tensor& batch2, const Scalar& beta, const Scalar& alpha) {
  Destination dest(ctx);
  return batch_product(ctx, dest, self, batch1, batch2, beta, alpha, "baddbmm");
}

Tensor matmul(Context& ctx, const Tensor& self, const Tensor& other) {
  Destination dest(ctx);
  int64_t x_dims = self.dim(), y_dims = other.dim();
  check(x_dims != 0 && y_dims != 0, "both arguments to matmul need to be at least 1D, but they are ", x_dims, "D and ", y_dims, "D");
  if (x_dims == 2 && y_dims == 2) return matrix_product(ctx, dest, Tensor(), self, other, Scalar(0), Scalar(1));
  if (x_dims == 1 && y_dims == 1) return inner_product(ctx, dest, self, other);
  if (x_dims == 2 && y_dims == 1) return vector_product(ctx, dest, Tensor(), self, other, Scalar(0), Scalar(1));
  if (x_dims == 1) {  // a row: its dimension goes again
    Destination none(ctx);
    if (y_dims > 2 && self.numel() != other.size(-2) && folds(mT(ctx, other))) {  // for PyTorch a vector by one tall matrix
      int64_t inner = other.size(-2), rows = other.numel() / std::max<int64_t>(inner, 1);
      fail_runtime("size mismatch, got input (", rows, "), mat (", rows, "x", inner, "), vec (", self.numel(), ")");
    }
    Tensor row = unsqueeze(ctx, self, 0);
    Tensor y = y_dims == 2 ? matrix_product(ctx, none, Tensor(), row, other, Scalar(0), Scalar(1)) : broadcast_product(ctx, none, row, other);
    return squeeze_dim(ctx, y, -2);
  }
  if (y_dims <= 2 && folds(self)) {
    Dims sizes(self.sizes());
    sizes.pop_back();
    Tensor rows = fold(self), y;
    Destination none(ctx);
    if (y_dims == 2) {
      sizes.push_back(other.sizes()[1]);
      y = matrix_product(ctx, none, Tensor(), rows, other, Scalar(0), Scalar(1));
    } else {
      y = vector_product(ctx, none, Tensor(), rows, other, Scalar(0), Scalar(1));
    }
    return view(ctx, y, sizes);
  }
  if (y_dims == 1) {
    Destination none(ctx);
    return squeeze_dim(ctx, broadcast_product(ctx, none, self, unsqueeze(ctx, other, 1)), -1);
  }
  return broadcast_product(ctx, dest, self, other);
}

Tensor linear(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias) {
  Destination dest(ctx);
  int64_t dims = input.dim();
  // The usual call: rows times a transposed weight plus a bias, all float and plain.
  if (dims >= 2 && weight.dim() == 2 && input.is_contiguous() && input.dtype() == DType::kFloat && weight.dtype() == DType::kFloat &&
      input.sizes()[size_t(dims - 1)] == weight.sizes()[1] &&
      (!bias || (bias->dim() == 1 && bias->dtype() == DType::kFloat && bias->sizes()[0] == weight.sizes()[0]))) {
    int64_t n = weight.sizes()[0], k = weight.sizes()[1];
    Dims sizes(input.sizes());
    sizes[size_t(dims - 1)] = n;
    Tensor out = dest.make(sizes, DType::kFloat, {&input, &weight}, bias ? &*bias : nullptr);
    if (out.is_contiguous() && out.numel() > 0) {
      GemmArgs<float> g;
      g.m = out.numel() / n, g.n = n, g.k = k;
      g.c = out.mutable_data<float>(), g.c_row = n;
      g.a = input.data<float>(), g.a_row = k;
      g.b = weight.data<float>(), g.b_row = weight.strides()[1], g.b_col = weight.strides()[0];
      if (bias) g.add = bias->data<float>(), g.add_row = 0, g.add_col = bias->strides()[0], g.beta = 1;
      g.cpu_level = ctx.cpu_level, g.parallel = ctx.parallel;
      double work = double(out.numel()) * double(k);
      if (work > 1e5) ctx.spend(int64_t(std::min(work / 1000, 1e15)));
      gemm(g);
      return out;
    }
    if (out.numel() == 0) return out;
  }
  ctx.dest = Tensor();
  check(weight.dim() <= 2, "t() expects a tensor with <= 2 dimensions, but self is ", weight.dim(), "D");
  Tensor w = t(ctx, weight);
  if (!bias) return matmul(ctx, input, w);
  if (dims == 2) return addmm(ctx, *bias, input, w, Scalar(1), Scalar(1));
  if (dims == 0 || weight.dim() != 2 || bias->dim() > 1) {
    Tensor product = matmul(ctx, input, w);
    return add(ctx, product, *bias);
  }
  Dims sizes(input.sizes());
  sizes.pop_back();
  int64_t rows = checked_numel(sizes);
  sizes.push_back(weight.sizes()[0]);
  int64_t flat[2] = {rows, input.sizes()[size_t(dims - 1)]};
  return view(ctx, addmm(ctx, *bias, reshape(ctx, input, flat), w, Scalar(1), Scalar(1)), sizes);
}

namespace {

constexpr OpDef kRows[] = {
    op("aten::mm(Tensor self, Tensor mat2) -> Tensor", TAPER_OP(mm), kPure | kUsesDest),
    op_out("aten::mm.out(Tensor self, Tensor mat2, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mm), kUsesDest),
    op("aten::bmm(Tensor self, Tensor mat2) -> Tensor", TAPER_OP(bmm), kPure | kUsesDest),
    op_out("aten::bmm.out(Tensor self, Tensor mat2, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bmm), kUsesDest),
    op("aten::matmul(Tensor self, Tensor other) -> Tensor", TAPER_OP(matmul), kPure | kUsesDest),
    op_out("aten::matmul.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(matmul), kUsesDest),
    op("aten::linalg_matmul(Tensor self, Tensor other) -> Tensor", TAPER_OP(matmul), kPure | kUsesDest),
    op_out("aten::linalg_matmul.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(matmul), kUsesDest),
    op("aten::mv(Tensor self, Tensor vec) -> Tensor", TAPER_OP(mv), kPure | kUsesDest),
    op_out("aten::mv.out(Tensor self, Tensor vec, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mv), kUsesDest),
    op("aten::dot(Tensor self, Tensor tensor) -> Tensor", TAPER_OP(dot), kPure | kUsesDest),
    op_out("aten::dot.out(Tensor self, Tensor tensor, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(dot), kUsesDest),
    op("aten::vdot(Tensor self, Tensor other) -> Tensor", TAPER_OP(vdot), kPure | kUsesDest),
    op_out("aten::vdot.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(vdot), kUsesDest),
    op("aten::addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", TAPER_OP(addmm), kPure | kUsesDest),
    op_inplace("aten::addmm_(Tensor(a!) self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(addmm), kUsesDest),
    op_out("aten::addmm.out(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(addmm),
           kUsesDest),
    op("aten::_addmm_activation(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, bool use_gelu=False) -> Tensor",
       TAPER_OP(addmm_activation), kPure),
    op_out("aten::_addmm_activation.out(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, bool use_gelu=False, Tensor(a!) out) -> "
           "Tensor(a!)",
           TAPER_OP(addmm_activation)),
    op("aten::addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor", TAPER_OP(addmv), kPure | kUsesDest),
    op_inplace("aten::addmv_(Tensor(a!) self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(addmv), kUsesDest),
    op_out("aten::addmv.out(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(addmv), kUsesDest),
    op("aten::addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", TAPER_OP(addbmm), kPure | kUsesDest),
    op_inplace("aten::addbmm_(Tensor(a!) self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(addbmm), kUsesDest),
    op_out("aten::addbmm.out(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(addbmm),
           kUsesDest),
    op("aten::baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", TAPER_OP(baddbmm), kPure | kUsesDest),
    op_inplace("aten::baddbmm_(Tensor(a!) self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(baddbmm), kUsesDest),
    op_out("aten::baddbmm.out(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(baddbmm),
           kUsesDest),
    op("aten::addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", TAPER_OP(addr), kPure),
    op_inplace("aten::addr_(Tensor(a!) self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(addr)),
    op_out("aten::addr.out(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(addr)),
    op("aten::outer(Tensor self, Tensor vec2) -> Tensor", TAPER_OP(outer), kPure),
    op_out("aten::outer.out(Tensor self, Tensor vec2, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(outer)),
    op("aten::ger(Tensor self, Tensor vec2) -> Tensor", TAPER_OP(outer), kPure),
    op_out("aten::ger.out(Tensor self, Tensor vec2, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(outer)),
    op("aten::_int_mm(Tensor self, Tensor mat2) -> Tensor", TAPER_OP(int_mm), kPure),
    op_out("aten::_int_mm.out(Tensor self, Tensor mat2, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(int_mm)),
    op("aten::linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor", TAPER_OP(linear), kPure | kUsesDest),
    op_out("aten::linear.out(Tensor input, Tensor weight, Tensor? bias=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linear), kUsesDest),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> matmul_rows() { return aten::kRows; }
}  // namespace taper::impl
