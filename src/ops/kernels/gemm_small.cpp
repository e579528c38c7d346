// Products with few rows or little work: the operands are read where they lie, so nothing is paid before the first
// multiply-add.
#include "ops/kernels/gemm_internal.h"

namespace taper::impl {
namespace {

constexpr int64_t kMinTaskWork = 64 << 10;  // multiply-adds that are worth another task
constexpr int64_t kDotBlockK = 4096;        // longer sums are cut, for their rounding errors' sake
constexpr int64_t kStreamCols = 2048;

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// How many pieces `units` of columns are cut into for the lent threads.
int64_t count_tasks(ParallelFor* parallel, int64_t work, int64_t units) {
  const int64_t width = gemm_width(parallel);
  if (width == 1) return 1;
  const int64_t tasks = least(least(work / kMinTaskWork, width), units);
  return tasks < 1 ? 1 : tasks;
}

// Where piece `task` of `units` begins. No division for the one task of a small product.
int64_t task_start(int64_t units, int64_t task, int64_t tasks) { return tasks == 1 ? units * task : units * task / tasks; }

int lanes_log2(int64_t lanes) { return __builtin_ctzll(uint64_t(lanes)); }

// B packed, or (packed_b null) where it lies, contiguous along n.
template <class T>
void gemm_in_place(const GemmProblem<T>& problem, const T* packed_b) {
  const GemmArgs<T>& g = problem.g;
  const GemmKernels<T>& kernels = *problem.kernels;
  constexpr int64_t kPanel = kGemmPanel<T>;
  const int64_t lanes = kernels.lanes;
  // A lone row is summed in PyTorch's order (gemm_kernel_body.inc), which does not cut k.
  const int64_t block_k = g.m == 1 ? g.k : KBlocks(g.k).size;
  int64_t height = g.m;
  if (height > kernels.direct_rows) height = divide_up(g.m, divide_up(g.m, kernels.direct_rows));
  int widest = 2;
  while (!kernels.direct[height - 1][widest]) --widest;
  const int64_t b_row = packed_b ? kPanel : g.b_row;
  const int64_t panel_stride = packed_b ? g.k * kPanel : kPanel;
  const bool plain = !g.add && g.alpha == T(1) && g.c_col == 1;
  const int64_t widest_cols = lanes << widest;
  const int64_t strips = (g.n + widest_cols - 1) >> (lanes_log2(lanes) + widest);
  const int64_t tasks = count_tasks(g.parallel, gemm_product(g.m, g.n, g.k), strips);
  gemm_tasks(g.parallel, tasks, [&](int64_t task) {
    alignas(64) T sums[kMaxTileBytes / sizeof(T)];
    const int64_t end = least(task_start(strips, task + 1, tasks) * widest_cols, g.n);
    int wide = widest;
    for (int64_t j = task_start(strips, task, tasks) * widest_cols; j < end;) {
      // The widest kernel whose vectors all have a column.
      while (wide > 0 && end - j <= (lanes << wide) - lanes) --wide;
      const int64_t cols = least(lanes << wide, end - j);
      const int last = int(cols - ((lanes << wide) - lanes));
      const T* b = packed_b ? packed_b + j / kPanel * panel_stride + j % kPanel : g.b + j;
      for (int64_t i = 0, rows = 0; i < g.m; i += rows) {
        rows = least(height, g.m - i);
        if (g.m - i - rows == 1) --rows;  // never a lone row among others
        const auto kernel = kernels.direct[rows - 1][wide];
        for (int64_t depth = 0; depth < g.k; depth += block_k) {
          const int64_t k = least(block_k, g.k - depth);
          const T* a_at = g.a + i * g.a_row + depth * g.a_col;
          const T* b_at = b + depth * b_row;
          if (plain && depth == 0) {
            kernel(k, a_at, g.a_row, g.a_col, b_at, b_row, panel_stride, last, g.c + i * g.c_row + j, g.c_row);
          } else {
            kernel(k, a_at, g.a_row, g.a_col, b_at, b_row, panel_stride, last, sums, lanes << wide);
            kernels.store(sums, lanes << wide, rows, cols, gemm_store_at(g, depth, i, j));
          }
        }
      }
      gemm_finish(problem, 0, g.m, j, cols);
      j += cols;
    }
  });
}

}  // namespace

template <class T>
size_t gemm_dot_bytes(const GemmProblem<T>& problem) {
  const GemmArgs<T>& g = problem.g;
  return g.a_col == 1 ? 0 : size_t(gemm_product(g.m, g.k)) * sizeof(T);
}

template <class T>
void gemm_dot(const GemmProblem<T>& problem) {
  const GemmArgs<T>& g = problem.g;
  const GemmKernels<T>& kernels = *problem.kernels;
  const GemmScratch scratch(g.workspace, g.workspace_bytes, gemm_dot_bytes(problem));
  const T* a = g.a;
  int64_t a_row = g.a_row;
  if (g.a_col != 1) {
    T* copy = scratch.template as<T>();
    for (int64_t i = 0; i < g.m; ++i)
      for (int64_t p = 0; p < g.k; ++p) copy[i * g.k + p] = g.a[i * g.a_row + p * g.a_col];
    a = copy;
    a_row = g.k;
  }
  const int64_t block_k = g.m == 1 ? g.k : kDotBlockK;
  const int64_t groups = divide_up(g.n, kDotCols);
  const int64_t tasks = count_tasks(g.parallel, gemm_product(g.m, g.n, g.k), groups);
  gemm_tasks(g.parallel, tasks, [&](int64_t task) {
    T sums[kMaxDotRows * kDotCols];
    const int64_t begin = task_start(groups, task, tasks) * kDotCols;
    const int64_t end = least(task_start(groups, task + 1, tasks) * kDotCols, g.n);
    for (int64_t j = begin; j < end; j += kDotCols) {
      const int64_t cols = least(kDotCols, end - j);
      for (int64_t i = 0; i < g.m; i += kernels.dot_rows) {
        const int64_t rows = least(kernels.dot_rows, g.m - i);
        for (int64_t depth = 0; depth < g.k; depth += block_k) {
          const int64_t k = least(block_k, g.k - depth);
          (g.m == 1 ? kernels.dot_row : kernels.dot[rows - 1])(k, a + i * a_row + depth, a_row, g.b + j * g.b_col + depth, g.b_col, cols, sums);
          kernels.store(sums, kDotCols, rows, cols, gemm_store_at(g, depth, i, j));
        }
      }
    }
    if (begin < end) gemm_finish(problem, 0, g.m, begin, end - begin);
  });
}

template <class T>
size_t gemm_stream_bytes(const GemmProblem<T>& problem) {
  return size_t(problem.g.n) * sizeof(T);
}

template <class T>
void gemm_stream(const GemmProblem<T>& problem) {
  const GemmArgs<T>& g = problem.g;
  const GemmKernels<T>& kernels = *problem.kernels;
  const GemmScratch scratch(g.workspace, g.workspace_bytes, gemm_stream_bytes(problem));
  T* const sums = scratch.template as<T>();
  const int64_t block_k = KBlocks(g.k).size;
  const int64_t panels = divide_up(g.n, kGemmPanel<T>);
  const int64_t tasks = count_tasks(g.parallel, gemm_product(g.n, g.k), panels);
  gemm_tasks(g.parallel, tasks, [&](int64_t task) {
    const int64_t begin = task_start(panels, task, tasks) * kGemmPanel<T>;
    const int64_t end = least(task_start(panels, task + 1, tasks) * kGemmPanel<T>, g.n);
    for (int64_t j = begin; j < end; j += kStreamCols) {
      const int64_t cols = least(kStreamCols, end - j);
      for (int64_t depth = 0; depth < g.k; depth += block_k) {
        for (int64_t c = 0; c < cols; ++c) sums[j + c] = T(0);
        const int64_t end_depth = least(depth + block_k, g.k);
        for (int64_t p = depth; p < end_depth; p += kStreamRows)
          kernels.stream(least(kStreamRows, end_depth - p), g.a + p * g.a_col, g.a_col, g.b + p * g.b_row + j, g.b_row, cols, sums + j);
        kernels.store(sums + j, cols, 1, cols, gemm_store_at(g, depth, 0, j));
      }
      gemm_finish(problem, 0, 1, j, cols);
    }
  });
}

template <class T>
size_t gemm_direct_bytes(const GemmProblem<T>& problem) {
  const GemmArgs<T>& g = problem.g;
  return g.packed_b || (!g.fill_b && g.b_col == 1) ? 0 : packed_b_bytes<T>(g.k, g.n);
}

template <class T>
void gemm_direct(const GemmProblem<T>& problem) {
  const size_t bytes = gemm_direct_bytes(problem);
  if (bytes == 0) return gemm_in_place(problem, problem.g.packed_b);
  const GemmArgs<T>& g = problem.g;
  const GemmScratch scratch(g.workspace, g.workspace_bytes, bytes);
  T* const packed = scratch.template as<T>();
  if (g.fill_b)
    for (int64_t j = 0; j < g.n; j += kGemmPanel<T>) g.fill_b(g.fill_b_self, 0, g.k, j, least(kGemmPanel<T>, g.n - j), packed + j * g.k);
  else pack_b_panels(g.k, g.n, g.b, g.b_row, g.b_col, packed);
  gemm_in_place(problem, packed);
}

template size_t gemm_dot_bytes(const GemmProblem<float>&);
template size_t gemm_dot_bytes(const GemmProblem<double>&);
template void gemm_dot(const GemmProblem<float>&);
template void gemm_dot(const GemmProblem<double>&);
template size_t gemm_stream_bytes(const GemmProblem<float>&);
template size_t gemm_stream_bytes(const GemmProblem<double>&);
template void gemm_stream(const GemmProblem<float>&);
template void gemm_stream(const GemmProblem<double>&);
template size_t gemm_direct_bytes(const GemmProblem<float>&);
template size_t gemm_direct_bytes(const GemmProblem<double>&);
template void gemm_direct(const GemmProblem<float>&);
template void gemm_direct(const GemmProblem<double>&);

}  // namespace taper::impl
