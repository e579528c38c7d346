// Matrix product kernels for the compiler's default target, on 16-byte vectors of the GCC and Clang vector extension
// (SSE2 on x86-64, NEON on ARM). There is no fused multiply-add here: SSE2 has none.
#include "ops/kernels/gemm_kernels.h"

namespace taper::impl {
namespace {

template <class Number, class Vector>
struct VBase {
  using T = Number;
  using Vec = Vector;
  using Chains = Vector;
  using Mask = int;
  static constexpr int kLanes = int(sizeof(Vec) / sizeof(T));
  static inline Vec zero() { return Vec{}; }
  static inline Vec load(const T* p) {
    Vec x;
    __builtin_memcpy(&x, p, sizeof x);
    return x;
  }
  static inline void store(T* p, Vec x) { __builtin_memcpy(p, &x, sizeof x); }
  static inline Mask mask(int n) { return n; }
  static inline Vec load(const T* p, Mask n) {
    if (n == kLanes) return load(p);
    Vec x{};
    for (int i = 0; i < kLanes - 1; ++i)
      if (i < n) x[i] = p[i];
    return x;
  }
  static inline void store(T* p, Vec x, Mask n) {
    for (int i = 0; i < kLanes; ++i)
      if (i < n) p[i] = x[i];
  }
  static inline Vec multiply_add(Vec a, Vec b, Vec c) { return a * b + c; }
  static inline Vec add(Vec a, Vec b) { return a + b; }
  static inline Vec multiply(Vec a, Vec b) { return a * b; }
};

using Float4 = float __attribute__((vector_size(16)));
using Double2 = double __attribute__((vector_size(16)));

struct VFloat : VBase<float, Float4> {
  static inline Vec broadcast(const T* p) { return Vec{*p, *p, *p, *p}; }
  static inline void sums4(const Vec* x, T* out) {
    const Vec ab_low = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5);
    const Vec ab_high = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
    const Vec cd_low = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
    const Vec cd_high = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
    const Vec first = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    const Vec second = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    const Vec third = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    const Vec fourth = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
    store(out, (first + second) + (third + fourth));
  }
};

struct VDouble : VBase<double, Double2> {
  static inline Vec broadcast(const T* p) { return Vec{*p, *p}; }
  static inline void sums4(const Vec* x, T* out) {
    for (int i = 0; i < 4; ++i) out[i] = x[i][0] + x[i][1];
  }
};

#include "ops/kernels/gemm_kernel_body.inc"

template <class V>
constexpr GemmKernels<typename V::T> table() {
  return {
      V::kLanes,
      4,
      4,
      1,
      8,
      64 * 64 * 64,
      {{tile<V, 1, 1>, tile<V, 1, 2>}, {tile<V, 2, 1>, tile<V, 2, 2>}, {tile<V, 3, 1>, tile<V, 3, 2>}, {tile<V, 4, 1>, tile<V, 4, 2>}},
      {{direct<V, 1, 1>, direct<V, 1, 2>, nullptr},
       {direct<V, 2, 1>, direct<V, 2, 2>, direct<V, 2, 4>},
       {direct<V, 3, 1>, direct<V, 3, 2>, nullptr},
       {direct<V, 4, 1>, direct<V, 4, 2>, nullptr}},
      {dot<V, 1, 2>},
      dot_row<V>,
      stream<V>,
      store<V>,
  };
}

}  // namespace

constinit const GemmKernels<float> kGemmBaselineFloat = table<VFloat>();
constinit const GemmKernels<double> kGemmBaselineDouble = table<VDouble>();

}  // namespace taper::impl
