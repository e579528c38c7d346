#include "ops/kernels/gemm.h"

#include <utility>

#include "ops/kernels/gemm_internal.h"

namespace taper::impl {
namespace {

// Where one way overtakes another, found by measuring with bench/gemm_bench.cpp.
constexpr int64_t kDotRows = 8;
constexpr int64_t kDotK = 16;
constexpr int64_t kLongK = 256;
constexpr int64_t kDirectRows = 16;
constexpr int64_t kDirectCols = 32;
constexpr int64_t kSmallB = 16 << 10;
constexpr int64_t kStreamBytes = 1 << 20;
constexpr int64_t kConflictBytes = 8192;

enum class Path { kDot, kStream, kDirect, kBlocked };

// The tables of the x86 levels exist on x86 only, so they are named inside functions that other builds never call.
template <class T>
struct Tables;
template <>
struct Tables<float> {
  static const GemmKernels<float>* baseline() { return &kGemmBaselineFloat; }
  static const GemmKernels<float>* avx2() { return &kGemmAvx2Float; }
  static const GemmKernels<float>* avx512() { return &kGemmAvx512Float; }
};
template <>
struct Tables<double> {
  static const GemmKernels<double>* baseline() { return &kGemmBaselineDouble; }
  static const GemmKernels<double>* avx2() { return &kGemmAvx2Double; }
  static const GemmKernels<double>* avx512() { return &kGemmAvx512Double; }
};

template <class T>
const GemmKernels<T>* kernels_for(CpuLevel wanted) {
  if constexpr (kCpuIsX86) {
    switch (usable_cpu_level(wanted)) {
      case CpuLevel::kAvx512: return Tables<T>::avx512();
      case CpuLevel::kAvx2: return Tables<T>::avx2();
      case CpuLevel::kBaseline: break;
    }
  }
  return Tables<T>::baseline();
}

// C^T = B^T A^T.
template <class T>
void transpose(GemmProblem<T>& problem) {
  GemmArgs<T>& g = problem.g;
  const GemmArgs<T> old = g;
  g.m = old.n, g.n = old.m;
  g.a = old.b, g.a_row = old.b_col, g.a_col = old.b_row;
  g.b = old.a, g.b_row = old.a_col, g.b_col = old.a_row;
  g.c_row = old.c_col, g.c_col = old.c_row;
  g.add_row = old.add_col, g.add_col = old.add_row;
  problem.transposed = true;
}

// Brings a call into the form that the paths want and says which one it takes.
template <class T>
Path plan(GemmProblem<T>& problem) {
  GemmArgs<T>& g = problem.g;
  problem.kernels = kernels_for<T>(g.cpu_level);
  problem.transposed = false;
  if (g.beta == T(0)) {
    g.add = nullptr;
  } else if (!g.add) {
    g.add = g.c;
    g.add_row = g.c_row;
    g.add_col = g.c_col;
  }
  // The stride of a dimension of one element means nothing: give it the value that suits.
  if (g.k == 1) g.a_col = 1, g.b_row = 1;
  if (g.n == 1) g.c_col = 1, g.add_col = 1;
  const bool plain_b = !g.packed_b && !g.fill_b;
  if (plain_b) {
    const int64_t dot_rows = g.k >= kLongK ? problem.kernels->long_dot_rows : kDotRows;
    const bool narrow = g.n == 1 || (g.a_col == 1 && g.n <= kDotRows && g.m > dot_rows && g.k >= kDotK);
    if (g.m > 1 && (narrow || (g.c_col != 1 && g.c_row == 1))) transpose(problem);
    if (g.b_row == 1 && g.m <= dot_rows && (g.b_col != 1 || g.n == 1)) return Path::kDot;
  }
  const int64_t work = gemm_product(g.m, g.n, g.k);
  if (g.packed_b || (plain_b && g.b_col == 1)) {
    // Rows of B that lie together can be read in place; packing pays when many rows of A use them, or when the rows'
    // distance maps them all to the same few sets of the caches.
    const int64_t b_row_bytes = g.b_row * int64_t(sizeof(T));
    if (!g.packed_b && g.m == 1 && g.k > kStreamRows && work >= kStreamBytes / int64_t(sizeof(T))) return Path::kStream;
    const bool conflicts = !g.packed_b && g.m > 3 && g.k > 64 && b_row_bytes % kConflictBytes == 0;
    if (!conflicts && (g.m <= kDirectRows || g.n <= kDirectCols || work <= problem.kernels->direct_work)) return Path::kDirect;
  } else if (gemm_product(g.n, g.k) <= kSmallB && work <= problem.kernels->direct_work) {
    return Path::kDirect;
  }
  // Vectors run along n: where that leaves many lanes empty and m would not, take the transpose.
  const int64_t lanes = problem.kernels->lanes;
  auto padded = [&](int64_t x) { return (x + lanes - 1) / lanes * lanes; };
  if (plain_b && g.n < 4 * lanes && padded(g.n) * 5 > g.n * 6 && padded(g.m) * 10 < g.m * 11) transpose(problem);
  return Path::kBlocked;
}

template <class T>
constexpr bool kHasKernels = std::is_same_v<T, float> || std::is_same_v<T, double>;

template <class T>
constexpr bool kIsHalf = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;

template <class T>
bool has_product(const GemmArgs<T>& g) {
  return g.m > 0 && g.n > 0 && g.k > 0 && g.alpha != typename GemmArgs<T>::Scalar(0);
}

template <class T>
size_t scratch_bytes(const GemmProblem<T>& problem, Path path) {
  switch (path) {
    case Path::kDot: return gemm_dot_bytes(problem);
    case Path::kStream: return gemm_stream_bytes(problem);
    case Path::kDirect: return gemm_direct_bytes(problem);
    case Path::kBlocked: return gemm_blocked_bytes(problem);
  }
  return 0;
}

template <class T>
void run(const GemmProblem<T>& problem, Path path) {
  switch (path) {
    case Path::kDot: return gemm_dot(problem);
    case Path::kStream: return gemm_stream(problem);
    case Path::kDirect: return gemm_direct(problem);
    case Path::kBlocked: return gemm_blocked(problem);
  }
}

// Where matrix `index` of a batch lies, relative to the first.
GemmBatchDim offsets_of(const GemmBatchDim* dims, int rank, int64_t index) {
  GemmBatchDim at;
  for (int d = rank - 1; d >= 0; --d) {
    const int64_t i = index % dims[d].count;
    index /= dims[d].count;
    at.a += i * dims[d].a;
    at.b += i * dims[d].b;
    at.c += i * dims[d].c;
    at.add += i * dims[d].add;
  }
  return at;
}

template <class T>
void move_to(GemmArgs<T>& g, const GemmBatchDim& at) {
  if (g.a) g.a += at.a;
  if (g.b) g.b += at.b;
  if (g.add) g.add += at.add;
  g.c += at.c;
}

// Matrices [begin, end) of a batch, one after another.
template <class T>
void run_range(const GemmArgs<T>& args, const GemmBatchDim* dims, int rank, int64_t begin, int64_t end) {
  if constexpr (kHasKernels<T>) {
    if (has_product(args) && !gemm_blas_takes(args)) {
      GemmProblem<T> first{args, nullptr, false};
      const Path path = plan(first);
      for (int64_t i = begin; i < end; ++i) {
        GemmBatchDim at = offsets_of(dims, rank, i);
        if (!args.add) at.add = at.c;
        if (first.transposed) std::swap(at.a, at.b);
        GemmProblem<T> problem = first;
        move_to(problem.g, at);
        run(problem, path);
      }
      return;
    }
  }
  for (int64_t i = begin; i < end; ++i) {
    GemmArgs<T> g = args;
    move_to(g, offsets_of(dims, rank, i));
    gemm(g);
  }
}

}  // namespace

template <class T>
void gemm(const GemmArgs<T>& args) {
  if (args.m <= 0 || args.n <= 0) return;
  if constexpr (kHasKernels<T>) {
    if (has_product(args)) {
      if (gemm_blas_takes(args)) return gemm_blas(args);
      GemmProblem<T> problem{args, nullptr, false};
      return run(problem, plan(problem));
    }
  } else if constexpr (kIsHalf<T>) {
    if (has_product(args)) return gemm_half(args);
  }
  gemm_plain(args);
}

template <class T>
size_t gemm_workspace_bytes(const GemmArgs<T>& args) {
  if constexpr (kHasKernels<T>) {
    if (has_product(args) && !gemm_blas_takes(args)) {
      GemmProblem<T> problem{args, nullptr, false};
      return scratch_bytes(problem, plan(problem));
    }
  } else if constexpr (kIsHalf<T>) {
    if (has_product(args)) return gemm_half_bytes(args);
  }
  return 0;
}

template <class T>
void gemm_batched(const GemmArgs<T>& args, const GemmBatchDim* dims, int rank) {
  int64_t count = args.m > 0 && args.n > 0 ? 1 : 0;
  for (int d = 0; d < rank; ++d) count *= dims[d].count;
  if (count <= 0) return;
  // Whole matrices are shared out when there are enough to keep every thread busy, else each matrix is.
  const int64_t width = gemm_width(args.parallel);
  const int64_t slots = count >= width ? width : 1;
  GemmArgs<T> single = args;
  if (slots > 1) single.parallel = nullptr;
  const size_t each = (gemm_workspace_bytes(single) + 63) / 64 * 64;
  const GemmScratch scratch(args.workspace, args.workspace_bytes, each * size_t(slots));
  gemm_tasks(slots > 1 ? args.parallel : nullptr, slots, [&](int64_t slot) {
    GemmArgs<T> mine = single;
    mine.workspace = scratch.template as<char>() + size_t(slot) * each;
    mine.workspace_bytes = each;
    run_range(mine, dims, rank, count * slot / slots, count * (slot + 1) / slots);
  });
}

bool gemm_gains_from_packing() noexcept { return !kGemmHasBlas; }

#define TAPER_GEMM_INSTANCE(T)                                 \
  template void gemm<T>(const GemmArgs<T>&);                   \
  template size_t gemm_workspace_bytes<T>(const GemmArgs<T>&); \
  template void gemm_batched<T>(const GemmArgs<T>&, const GemmBatchDim*, int);
TAPER_GEMM_INSTANCE(float)
TAPER_GEMM_INSTANCE(double)
TAPER_GEMM_INSTANCE(Half)
TAPER_GEMM_INSTANCE(BFloat16)
TAPER_GEMM_INSTANCE(ComplexFloat)
TAPER_GEMM_INSTANCE(ComplexDouble)
TAPER_GEMM_INSTANCE(uint8_t)
TAPER_GEMM_INSTANCE(int8_t)
TAPER_GEMM_INSTANCE(int16_t)
TAPER_GEMM_INSTANCE(int32_t)
TAPER_GEMM_INSTANCE(int64_t)
#undef TAPER_GEMM_INSTANCE

}  // namespace taper::impl
