// Matrix product kernels for AVX-512: 32 registers hold tiles of 14 rows by 2 vectors.
#include <immintrin.h>

#include "ops/kernels/gemm_kernels.h"

namespace taper::impl {
namespace {

struct VFloat {
  using T = float;
  using Chains = float __attribute__((vector_size(16)));
  using Vec = __m512;
  using Mask = __mmask16;
  static constexpr int kLanes = 16;
  static inline Vec zero() { return _mm512_setzero_ps(); }
  static inline Vec load(const T* p) { return _mm512_loadu_ps(p); }
  static inline void store(T* p, Vec x) { _mm512_storeu_ps(p, x); }
  static inline Mask mask(int n) { return Mask((1u << n) - 1); }
  static inline Vec load(const T* p, Mask m) { return _mm512_maskz_loadu_ps(m, p); }
  static inline void store(T* p, Vec x, Mask m) { _mm512_mask_storeu_ps(p, m, x); }
  static inline Vec broadcast(const T* p) { return _mm512_set1_ps(*p); }
  static inline Vec multiply_add(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
  static inline Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
  static inline Vec multiply(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
  static inline __m128 quarter(Vec x) {
    // The intrinsics for halves of a vector warn about uninitialized values under GCC 12.
    const __m256 h = _mm256_add_ps(__builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7), __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15));
    return _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  }
  static inline void sums4(const Vec* x, T* out) {
    __m128 a = quarter(x[0]), b = quarter(x[1]), c = quarter(x[2]), d = quarter(x[3]);
    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(out, _mm_add_ps(_mm_add_ps(a, b), _mm_add_ps(c, d)));
  }
};

struct VDouble {
  using T = double;
  using Chains = double __attribute__((vector_size(16)));
  using Vec = __m512d;
  using Mask = __mmask8;
  static constexpr int kLanes = 8;
  static inline Vec zero() { return _mm512_setzero_pd(); }
  static inline Vec load(const T* p) { return _mm512_loadu_pd(p); }
  static inline void store(T* p, Vec x) { _mm512_storeu_pd(p, x); }
  static inline Mask mask(int n) { return Mask((1u << n) - 1); }
  static inline Vec load(const T* p, Mask m) { return _mm512_maskz_loadu_pd(m, p); }
  static inline void store(T* p, Vec x, Mask m) { _mm512_mask_storeu_pd(p, m, x); }
  static inline Vec broadcast(const T* p) { return _mm512_set1_pd(*p); }
  static inline Vec multiply_add(Vec a, Vec b, Vec c) { return _mm512_fmadd_pd(a, b, c); }
  static inline Vec add(Vec a, Vec b) { return _mm512_add_pd(a, b); }
  static inline Vec multiply(Vec a, Vec b) { return _mm512_mul_pd(a, b); }
  static inline __m128d quarter(Vec x) {
    const __m256d h = _mm256_add_pd(__builtin_shufflevector(x, x, 0, 1, 2, 3), __builtin_shufflevector(x, x, 4, 5, 6, 7));
    return _mm_add_pd(_mm256_castpd256_pd128(h), _mm256_extractf128_pd(h, 1));
  }
  static inline void sums4(const Vec* x, T* out) {
    const __m128d a = quarter(x[0]), b = quarter(x[1]), c = quarter(x[2]), d = quarter(x[3]);
    _mm_storeu_pd(out, _mm_add_pd(_mm_unpacklo_pd(a, b), _mm_unpackhi_pd(a, b)));
    _mm_storeu_pd(out + 2, _mm_add_pd(_mm_unpacklo_pd(c, d), _mm_unpackhi_pd(c, d)));
  }
};

#include "ops/kernels/gemm_kernel_body.inc"

template <class V>
constexpr GemmKernels<typename V::T> table() {
  return {
      V::kLanes,
      14,
      8,
      4,
      48,
      256 * 256 * 256,
      {{tile<V, 1, 1>, tile<V, 1, 2>},
       {tile<V, 2, 1>, tile<V, 2, 2>},
       {tile<V, 3, 1>, tile<V, 3, 2>},
       {tile<V, 4, 1>, tile<V, 4, 2>},
       {tile<V, 5, 1>, tile<V, 5, 2>},
       {tile<V, 6, 1>, tile<V, 6, 2>},
       {tile<V, 7, 1>, tile<V, 7, 2>},
       {tile<V, 8, 1>, tile<V, 8, 2>},
       {tile<V, 9, 1>, tile<V, 9, 2>},
       {tile<V, 10, 1>, tile<V, 10, 2>},
       {tile<V, 11, 1>, tile<V, 11, 2>},
       {tile<V, 12, 1>, tile<V, 12, 2>},
       {tile<V, 13, 1>, tile<V, 13, 2>},
       {tile<V, 14, 1>, tile<V, 14, 2>}},
      {{direct<V, 1, 1>, direct<V, 1, 2>, direct<V, 1, 4>},
       {direct<V, 2, 1>, direct<V, 2, 2>, direct<V, 2, 4>},
       {direct<V, 3, 1>, direct<V, 3, 2>, direct<V, 3, 4>},
       {direct<V, 4, 1>, direct<V, 4, 2>, direct<V, 4, 4>},
       {direct<V, 5, 1>, direct<V, 5, 2>, nullptr},
       {direct<V, 6, 1>, direct<V, 6, 2>, nullptr},
       {direct<V, 7, 1>, direct<V, 7, 2>, nullptr},
       {direct<V, 8, 1>, direct<V, 8, 2>, nullptr}},
      {dot<V, 1, 2>, dot<V, 2, 1>, dot<V, 3, 1>, dot<V, 4, 1>},
      dot_row<V>,
      stream<V>,
      store<V>,
  };
}

}  // namespace

constinit const GemmKernels<float> kGemmAvx512Float = table<VFloat>();
constinit const GemmKernels<double> kGemmAvx512Double = table<VDouble>();

}  // namespace taper::impl
