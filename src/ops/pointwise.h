// From kernels to operators: the usual shapes of elementwise operators over run_loop.
//
// A functor gives the arithmetic, once per compute type that it has:
//   struct Add { template <class C> static C of(C a, C b, const Params& p) { ... } };
//   constexpr Kernels kAdd = binary_kernels<Add, float, double, int64_t, ComplexDouble>("add_stub");
#pragma once

#include "ops/loop.h"
#include "ops/output.h"
#include "ops/type_promotion.h"

namespace taper::impl {

template <class F, class C, class Out, size_t N>
void functor_row(const void* const* in, void* out, int64_t n, const Params& p) {
  auto* to = static_cast<Out*>(out);
  auto* a = static_cast<const C*>(in[0]);
  if constexpr (N == 1) {
    for (int64_t i = 0; i < n; ++i) to[i] = F::of(a[i], p);
  } else {
    auto* b = static_cast<const C*>(in[1]);
    if constexpr (N == 2) {
      for (int64_t i = 0; i < n; ++i) to[i] = F::of(a[i], b[i], p);
    } else {
      auto* c = static_cast<const C*>(in[2]);
      for (int64_t i = 0; i < n; ++i) to[i] = F::of(a[i], b[i], c[i], p);
    }
  }
}

// The kernels of a functor for the compute types Cs; Out is void for "as the input".
template <class F, size_t N, class Out, class... Cs>
constexpr Kernels functor_kernels(const char* name) {
  Kernels k{name};
  auto set = [&](auto zero) {
    using C = decltype(zero);
    using To = std::conditional_t<std::is_void_v<Out>, C, Out>;
    Kernel kernel = &functor_row<F, C, To, N>;
    if constexpr (std::is_same_v<C, float>) k.f32 = kernel;
    else if constexpr (std::is_same_v<C, double>) k.f64 = kernel;
    else if constexpr (std::is_same_v<C, int64_t>) k.i64 = kernel;
    else k.c128 = kernel;
  };
  (set(Cs()), ...);
  return k;
}

// Half types where PyTorch rounds between the steps of a formula: F<Half>::of rounds through Half.
template <template <class> class F, size_t N>
Kernels with_rounding(Kernels kernels, DType dtype) {
  if (dtype == DType::kHalf) kernels.f32 = &functor_row<F<Half>, float, float, N>;
  if (dtype == DType::kBFloat16) kernels.f32 = &functor_row<F<BFloat16>, float, float, N>;
  return kernels;
}

// The same kernels with another for float: a vector kernel, which also serves the half types.
inline Kernels with_f32(Kernels kernels, Kernel f32) {
  kernels.f32 = f32;
  return kernels;
}

// With a functor over bytes that hold 0 or 1, for dense bool tensors.
template <class F, size_t N>
constexpr Kernels with_flags(Kernels kernels) {
  kernels.flags = &functor_row<F, uint8_t, uint8_t, N>;
  return kernels;
}
constexpr Kernels without_bool(Kernels kernels) {
  kernels.no_bool = true;
  return kernels;
}
constexpr Kernels without_half(Kernels kernels) {
  kernels.no_half = true;
  return kernels;
}
constexpr Kernels with_mask_first(Kernels kernels) {
  kernels.mask_first = true;
  return kernels;
}
constexpr Kernels with_exact_numbers(Kernels kernels) {
  kernels.exact_numbers = true;
  return kernels;
}

// Complex arithmetic term by term, as PyTorch's: the standard library's makes infinities out of NaN.
inline ComplexDouble multiply(ComplexDouble a, ComplexDouble b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}
ComplexDouble divide(ComplexDouble a, ComplexDouble b);

// Throws "value cannot be converted to type float without overflow" for a number that a kernel of this dtype cannot take.
void check_number(const Scalar& value, DType dtype);
// check_number, and the number as a kernel's parameter.
double real_number(const Scalar& value, DType dtype);
// The same for the int64 row of an integer dtype; negative numbers wrap in unsigned ones.
int64_t integer_number(const Scalar& value, DType dtype);

// The kernel for a dtype; PyTorch's text when there is none.
Kernel kernel_for(const Kernels& kernels, DType dtype);

using Inputs = std::initializer_list<const Tensor*>;

// out dtype = common dtype of the inputs.
Tensor pointwise(Context& ctx, const Kernels& kernels, Inputs inputs, const Params& params = {});
// One input; a destination must have its dtype ("Found dtype Long but expected Float").
Tensor pointwise_same(Context& ctx, const Kernels& kernels, const Tensor& self, const Params& params = {});
// Integers compute and answer in the default dtype.
Tensor pointwise_float(Context& ctx, const Kernels& kernels, Inputs inputs, const Params& params = {});
// Computes and answers in `dtype`.
Tensor pointwise_as(Context& ctx, const Kernels& kernels, DType dtype, Inputs inputs, const Params& params = {});
// The kernels write bool.
Tensor predicate(Context& ctx, const Kernels& kernels, Inputs inputs, const Params& params = {});

}  // namespace taper::impl
