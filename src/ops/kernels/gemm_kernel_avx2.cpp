// Matrix product kernels for AVX2 and FMA: 16 registers hold tiles of 6 rows by 2 vectors.
#include <immintrin.h>

#include "ops/kernels/gemm_kernels.h"

namespace taper::impl {
namespace {

struct VFloat {
  using T = float;
  using Chains = float __attribute__((vector_size(16)));
  using Vec = __m256;
  struct Mask {
    __m256i bits;
    int lanes;
  };
  static constexpr int kLanes = 8;
  static inline Vec zero() { return _mm256_setzero_ps(); }
  static inline Vec load(const T* p) { return _mm256_loadu_ps(p); }
  static inline void store(T* p, Vec x) { _mm256_storeu_ps(p, x); }
  static inline Mask mask(int n) { return {_mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)), n}; }
  static inline Vec load(const T* p, Mask m) { return _mm256_maskload_ps(p, m.bits); }
  // By halves: a masked store takes tens of cycles on AMD's processors.
  static inline void store(T* p, Vec x, Mask m) {
    if (m.lanes == kLanes) return store(p, x);
    __m128 rest = _mm256_castps256_ps128(x);
    if (m.lanes & 4) {
      _mm_storeu_ps(p, rest);
      p += 4;
      rest = _mm256_extractf128_ps(x, 1);
    }
    if (m.lanes & 2) {
      _mm_storel_pi(reinterpret_cast<__m64*>(p), rest);
      p += 2;
      rest = _mm_movehl_ps(rest, rest);
    }
    if (m.lanes & 1) _mm_store_ss(p, rest);
  }
  static inline Vec broadcast(const T* p) { return _mm256_broadcast_ss(p); }
  static inline Vec multiply_add(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
  static inline Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
  static inline Vec multiply(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
  static inline __m128 half(Vec x) { return _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1)); }
  static inline void sums4(const Vec* x, T* out) {
    __m128 a = half(x[0]), b = half(x[1]), c = half(x[2]), d = half(x[3]);
    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(out, _mm_add_ps(_mm_add_ps(a, b), _mm_add_ps(c, d)));
  }
};

struct VDouble {
  using T = double;
  using Chains = double __attribute__((vector_size(16)));
  using Vec = __m256d;
  struct Mask {
    __m256i bits;
    int lanes;
  };
  static constexpr int kLanes = 4;
  static inline Vec zero() { return _mm256_setzero_pd(); }
  static inline Vec load(const T* p) { return _mm256_loadu_pd(p); }
  static inline void store(T* p, Vec x) { _mm256_storeu_pd(p, x); }
  static inline Mask mask(int n) { return {_mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3)), n}; }
  static inline Vec load(const T* p, Mask m) { return _mm256_maskload_pd(p, m.bits); }
  static inline void store(T* p, Vec x, Mask m) {
    if (m.lanes == kLanes) return store(p, x);
    __m128d rest = _mm256_castpd256_pd128(x);
    if (m.lanes & 2) {
      _mm_storeu_pd(p, rest);
      p += 2;
      rest = _mm256_extractf128_pd(x, 1);
    }
    if (m.lanes & 1) _mm_store_sd(p, rest);
  }
  static inline Vec broadcast(const T* p) { return _mm256_broadcast_sd(p); }
  static inline Vec multiply_add(Vec a, Vec b, Vec c) { return _mm256_fmadd_pd(a, b, c); }
  static inline Vec add(Vec a, Vec b) { return _mm256_add_pd(a, b); }
  static inline Vec multiply(Vec a, Vec b) { return _mm256_mul_pd(a, b); }
  static inline __m128d half(Vec x) { return _mm_add_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1)); }
  static inline void sums4(const Vec* x, T* out) {
    const __m128d a = half(x[0]), b = half(x[1]), c = half(x[2]), d = half(x[3]);
    _mm_storeu_pd(out, _mm_add_pd(_mm_unpacklo_pd(a, b), _mm_unpackhi_pd(a, b)));
    _mm_storeu_pd(out + 2, _mm_add_pd(_mm_unpacklo_pd(c, d), _mm_unpackhi_pd(c, d)));
  }
};

#include "ops/kernels/gemm_kernel_body.inc"

template <class V>
constexpr GemmKernels<typename V::T> table() {
  return {
      V::kLanes,
      6,
      6,
      2,
      8,
      128 * 128 * 128,
      {{tile<V, 1, 1>, tile<V, 1, 2>},
       {tile<V, 2, 1>, tile<V, 2, 2>},
       {tile<V, 3, 1>, tile<V, 3, 2>},
       {tile<V, 4, 1>, tile<V, 4, 2>},
       {tile<V, 5, 1>, tile<V, 5, 2>},
       {tile<V, 6, 1>, tile<V, 6, 2>}},
      {{direct<V, 1, 1>, direct<V, 1, 2>, nullptr},
       {direct<V, 2, 1>, direct<V, 2, 2>, direct<V, 2, 4>},
       {direct<V, 3, 1>, direct<V, 3, 2>, nullptr},
       {direct<V, 4, 1>, direct<V, 4, 2>, nullptr},
       {direct<V, 5, 1>, direct<V, 5, 2>, nullptr},
       {direct<V, 6, 1>, direct<V, 6, 2>, nullptr}},
      {dot<V, 1, 2>, dot<V, 2, 1>},
      dot_row<V>,
      stream<V>,
      store<V>,
  };
}

}  // namespace

constinit const GemmKernels<float> kGemmAvx2Float = table<VFloat>();
constinit const GemmKernels<double> kGemmAvx2Double = table<VDouble>();

}  // namespace taper::impl
