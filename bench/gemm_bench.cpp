// Matrix products against what the processor can do.
//
//   gemm_bench [--cpu baseline|avx2|avx512] [--filter TEXT] [--seconds S] [--shape M,N,K[,t][,p]]...
//
// Shapes given replace the table; t stores B along k (as linear's weights are), p packs it beforehand.
//
// First the peak: independent multiply-adds in registers, measured on this machine at this moment. Then, for every
// shape, the built-in product (weights packed beforehand where the line says so) and OpenBLAS where it is built in.
// One thread. Figures are the median of the runs and, in brackets, the best: on a shared machine the best is the
// steadier of the two, and percentages are best against best.
#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "core/platform/cpu.h"
#include "ops/kernels/gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

using namespace taper::impl;

double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

struct Timing {
  double median, best;  // seconds a call
};

// Runs f in bursts of about a hundredth of the given time.
template <class F>
Timing measure(double seconds, F&& f) {
  f();
  int64_t burst = 1;
  for (;;) {
    const double start = now();
    for (int64_t i = 0; i < burst; ++i) f();
    const double took = now() - start;
    if (took > seconds / 100 || burst > (int64_t{1} << 30)) break;
    burst *= 2;
  }
  std::vector<double> times;
  const double end = now() + seconds;
  while (now() < end || times.size() < 5) {
    const double start = now();
    for (int64_t i = 0; i < burst; ++i) f();
    times.push_back((now() - start) / double(burst));
  }
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times.front()};
}

constexpr int kPeakRounds = 10000;

#if defined(__x86_64__)
// 12 sums hide the latency of any processor of today. Multiply-adds per call: rounds * 12 * lanes.
__attribute__((target("avx512f"), noinline)) float spin_avx512_float() {
  __m512 s[12], x = _mm512_set1_ps(0.999f), y = _mm512_set1_ps(0.001f);
#pragma GCC unroll 12
  for (int i = 0; i < 12; ++i) s[i] = _mm512_set1_ps(float(i));
  for (int r = 0; r < kPeakRounds; ++r)
#pragma GCC unroll 12
    for (int i = 0; i < 12; ++i) {
      s[i] = _mm512_fmadd_ps(s[i], x, y);
      __asm__ volatile("" : "+v"(s[i]));
    }
  float out[16];
#pragma GCC unroll 12
  for (int i = 1; i < 12; ++i) s[0] = _mm512_add_ps(s[0], s[i]);
  _mm512_storeu_ps(out, s[0]);
  return out[0];
}
__attribute__((target("avx2,fma"), noinline)) float spin_avx2_float() {
  __m256 s[12], x = _mm256_set1_ps(0.999f), y = _mm256_set1_ps(0.001f);
#pragma GCC unroll 12
  for (int i = 0; i < 12; ++i) s[i] = _mm256_set1_ps(float(i));
  for (int r = 0; r < kPeakRounds; ++r)
#pragma GCC unroll 12
    for (int i = 0; i < 12; ++i) {
      s[i] = _mm256_fmadd_ps(s[i], x, y);
      __asm__ volatile("" : "+x"(s[i]));
    }
  float out[8];
#pragma GCC unroll 12
  for (int i = 1; i < 12; ++i) s[0] = _mm256_add_ps(s[0], s[i]);
  _mm256_storeu_ps(out, s[0]);
  return out[0];
}
// No fused form: as many multiplications as additions, independent of each other.
__attribute__((noinline)) float spin_sse_float() {
  __m128 s[6], t[6], x = _mm_set1_ps(0.999f), y = _mm_set1_ps(0.001f);
#pragma GCC unroll 6
  for (int i = 0; i < 6; ++i) s[i] = t[i] = _mm_set1_ps(float(i));
  for (int r = 0; r < 2 * kPeakRounds; ++r)
#pragma GCC unroll 6
    for (int i = 0; i < 6; ++i) {
      s[i] = _mm_mul_ps(s[i], x);
      t[i] = _mm_add_ps(t[i], y);
      __asm__ volatile("" : "+x"(s[i]), "+x"(t[i]));
    }
  float out[4];
#pragma GCC unroll 6
  for (int i = 0; i < 6; ++i) s[0] = _mm_add_ps(s[0], _mm_add_ps(s[i], t[i]));
  _mm_storeu_ps(out, s[0]);
  return out[0];
}
#endif

volatile float sink;

// Floating-point operations a second, single precision (double has half of it). 0 where it cannot be measured.
double measure_peak(CpuLevel level, double seconds) {
#if defined(__x86_64__)
  float (*spin)() = level == CpuLevel::kAvx512 ? spin_avx512_float
                    : level == CpuLevel::kAvx2 ? spin_avx2_float
                                               : spin_sse_float;
  const int lanes = level == CpuLevel::kAvx512 ? 16 : level == CpuLevel::kAvx2 ? 8 : 4;
  const Timing t = measure(seconds, [&] { sink = spin(); });
  return 2.0 * kPeakRounds * 12 * lanes / t.best;
#else
  (void)level, (void)seconds;
  return 0;
#endif
}

struct Shape {
  int64_t m, n, k;
  bool b_along_k;  // B is stored [n, k], as linear's weights are
  bool packed;
};

const Shape kShapes[] = {
    {512, 512, 512, false, false},   {1024, 1024, 1024, false, false}, {512, 512, 512, true, false},
    {1024, 1024, 1024, true, false}, {512, 512, 512, true, true},      {1024, 1024, 1024, true, true},
    {256, 256, 256, false, false},   {128, 128, 128, false, false},    {96, 96, 96, false, false},
    {64, 64, 64, false, false},      {64, 64, 64, true, false},        {32, 32, 32, false, false},
    {16, 16, 16, false, false},      {16, 16, 16, true, false},        {8, 8, 8, false, false},
    {4, 4, 4, false, false},         {1, 512, 48, false, false},       {1, 512, 48, true, false},
    {1, 512, 48, true, true},        {1, 512, 512, false, false},      {1, 512, 512, true, false},
    {1, 512, 512, true, true},       {1, 4096, 4096, false, false},    {1, 4096, 4096, true, false},
    {1, 4096, 4096, true, true},     {4, 512, 512, true, false},       {4, 512, 512, true, true},
    {8, 512, 512, false, false},     {8, 512, 512, true, false},       {8, 512, 512, true, true},
    {16, 512, 512, false, false},    {16, 512, 512, true, false},      {16, 512, 512, true, true},
    {32, 512, 512, false, false},    {32, 512, 512, true, false},      {32, 512, 512, true, true},
    {64, 512, 512, false, false},    {64, 512, 512, true, false},      {64, 512, 512, true, true},
    {128, 768, 768, true, true},     {64, 3136, 576, false, false},    {512, 49, 4608, false, false},
    {3136, 64, 64, false, false},    {512, 1, 512, false, false},      {1000, 3, 64, false, false},
    {100, 10, 512, true, false},     {1000, 10, 512, false, false},    {2000, 2000, 2000, false, false},
};

template <class T>
void bench_shape(const Shape& s, const char* type, CpuLevel level, double peak, double seconds,
                 const std::string& filter) {
  char name[128];
  std::snprintf(name, sizeof name, "%s %" PRId64 "x%" PRId64 "x%" PRId64 "%s%s", type, s.m, s.n, s.k,
                s.b_along_k ? " B^T" : "", s.packed ? " packed" : "");
  if (std::string(name).find(filter) == std::string::npos) return;
  std::vector<T> a(size_t(s.m * s.k)), b(size_t(s.n * s.k)), c(size_t(s.m * s.n));
  for (size_t i = 0; i < a.size(); ++i) a[i] = T(i % 17) - T(8);
  for (size_t i = 0; i < b.size(); ++i) b[i] = T(i % 13) - T(6);
  GemmArgs<T> g;
  g.m = s.m, g.n = s.n, g.k = s.k;
  g.a = a.data(), g.a_row = s.k;
  g.b = b.data(), g.b_row = s.b_along_k ? 1 : s.n, g.b_col = s.b_along_k ? s.k : 1;
  g.c = c.data(), g.c_row = s.n;
  g.cpu_level = level;
  T* packed = nullptr;
  if (s.packed) {
    packed = static_cast<T*>(std::aligned_alloc(64, packed_b_bytes<T>(s.k, s.n)));
    pack_b(s.k, s.n, g.b, g.b_row, g.b_col, packed);
    g.packed_b = packed;
  }
  g.builtin_only = true;
  const size_t bytes = (gemm_workspace_bytes(g) + 63) / 64 * 64;
  void* workspace = bytes ? std::aligned_alloc(64, bytes) : nullptr;
  g.workspace = workspace, g.workspace_bytes = bytes;
  const double flops = 2.0 * double(s.m) * double(s.n) * double(s.k);
  const Timing t = measure(seconds, [&] { gemm(g); });
  std::printf("%-32s %8.1f (%7.1f) GFLOP/s %5.1f %%  %10.0f ns", name, flops / t.median / 1e9, flops / t.best / 1e9,
              peak > 0 ? 100 * flops / t.best / peak : 0, t.median * 1e9);
  if (!s.packed && !gemm_gains_from_packing()) {
    g.builtin_only = false;
    const Timing o = measure(seconds, [&] { gemm(g); });
    std::printf("   OpenBLAS %8.1f (%7.1f)", flops / o.median / 1e9, flops / o.best / 1e9);
  }
  std::printf("\n");
  std::fflush(stdout);
  std::free(workspace);
  std::free(packed);
}

}  // namespace

int main(int argc, char** argv) {
  CpuLevel level = detected_cpu_level();
  std::string filter;
  double seconds = 0.3;
  std::vector<Shape> shapes;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!std::strcmp(argv[i], "--cpu")) {
      if (!parse_cpu_level(argv[i + 1], level)) return 2;
    } else if (!std::strcmp(argv[i], "--filter")) {
      filter = argv[i + 1];
    } else if (!std::strcmp(argv[i], "--seconds")) {
      seconds = std::atof(argv[i + 1]);
    } else if (!std::strcmp(argv[i], "--shape")) {
      Shape s{};
      if (std::sscanf(argv[i + 1], "%" SCNd64 ",%" SCNd64 ",%" SCNd64, &s.m, &s.n, &s.k) != 3) return 2;
      s.b_along_k = std::strchr(argv[i + 1], 't');
      s.packed = std::strchr(argv[i + 1], 'p');
      shapes.push_back(s);
    } else {
      return 2;
    }
  }
  level = usable_cpu_level(level);
  const double peak = measure_peak(level, seconds);
  std::printf("level %s, peak %.1f GFLOP/s float, %.1f double\n", cpu_level_name(level), peak / 1e9, peak / 2e9);
  if (shapes.empty()) shapes.assign(std::begin(kShapes), std::end(kShapes));
  for (const Shape& s : shapes) bench_shape<float>(s, "float", level, peak, seconds, filter);
  for (const Shape& s : shapes) bench_shape<double>(s, "double", level, peak / 2, seconds, filter);
}
