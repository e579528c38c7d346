// The packed product, in one of two orders. In both, the k block is outermost but one, row tiles are cut from m alone
// and no two tasks share an element of C, so the sums of an element are the same however the tasks are shared out.
//
// Flat: all rows of A fit one packed block (second cache). B is read once, so it is packed unit by unit just before
// its use and never leaves the first cache:
//
//   k by kGemmBlockK                  packed A, shared by all
//     tasks: columns of C by units      packed B unit, two panels
//       strips of two vectors
//         tiles of rows                   sums in registers
//
// Tall: B is used by many row blocks, so a block of it is packed for all of them:
//
//   columns of C by kBlockBytesB      packed B block, in the last-level or second cache, shared by all
//     k by kGemmBlockK
//       tasks: rows of C by kBlockBytesA (where these are too few: columns as well)
//         strips, tiles                     packed A block, in the second cache
#include "ops/kernels/gemm_internal.h"

namespace taper::impl {
namespace {

constexpr int64_t kBlockBytesA = 192 << 10;
constexpr int64_t kBlockBytesB = 2 << 20;
constexpr int64_t kMinTaskWork = 64 << 10;  // multiply-adds that are worth another task
constexpr int64_t kUnitPanels = 4;

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

// Rows in tiles of nearly equal height.
struct RowTiles {
  int64_t count, height, taller;  // the first `taller` tiles have height + 1 rows
  RowTiles(int64_t rows, int64_t highest) {
    count = divide_up(rows, highest);
    height = rows / count;
    taller = rows % count;
  }
  int64_t start(int64_t tile) const { return tile * height + least(tile, taller); }
  int64_t rows(int64_t tile) const { return height + (tile < taller ? 1 : 0); }
};

template <class T>
struct Plan {
  static constexpr int64_t kPanel = kGemmPanel<T>;
  static constexpr int64_t kUnit = kUnitPanels * kPanel;
  RowTiles tiles;
  int64_t strip;    // columns of a kernel call
  int64_t block_k;  // largest k block
  int64_t slots;    // tasks that may run at a time
  bool flat;
  int64_t block_n;      // tall: columns of a B block
  int64_t block_tiles;  // tall: row tiles of a task
  int64_t row_tasks;    // tall
  int64_t shared;       // elements of scratch for all, then for each slot
  int64_t per_slot;

  explicit Plan(const GemmProblem<T>& problem) : tiles(problem.g.m, problem.kernels->tile_rows) {
    const GemmArgs<T>& g = problem.g;
    strip = 2 * problem.kernels->lanes;
    block_k = KBlocks(g.k).size;
    slots = gemm_width(g.parallel);
    const int64_t units = divide_up(g.n, kUnit);
    const int64_t row_bytes = block_k * int64_t(sizeof(T));
    flat = g.m * row_bytes <= kBlockBytesA && units >= slots;
    if (flat) {
      block_n = g.n, block_tiles = tiles.count, row_tasks = 1;
      shared = aligned(g.m * block_k);
      per_slot = g.packed_b ? 0 : kUnit * block_k;
      return;
    }
    int64_t block_units = units;
    if (!g.packed_b) {
      const int64_t fit = most(1, kBlockBytesB / (kUnit * row_bytes));
      block_units = divide_up(units, divide_up(units, fit));
    }
    block_n = block_units * kUnit;
    const int64_t fit = most(1, kBlockBytesA / (problem.kernels->tile_rows * row_bytes));
    row_tasks = divide_up(tiles.count, fit);
    if (slots > 1) row_tasks = least(divide_up(row_tasks, slots) * slots, tiles.count);
    block_tiles = divide_up(tiles.count, row_tasks);
    row_tasks = divide_up(tiles.count, block_tiles);
    shared = g.packed_b ? 0 : block_n * block_k;
    per_slot = aligned(block_tiles * (tiles.height + (tiles.taller ? 1 : 0)) * block_k);
  }

  static int64_t aligned(int64_t elements) { return divide_up(elements, kPanel) * kPanel; }
  size_t bytes() const { return size_t(shared + slots * per_slot) * sizeof(T); }
};

template <class T>
struct Driver {
  static constexpr int64_t kPanel = kGemmPanel<T>;
  static constexpr int64_t kUnit = Plan<T>::kUnit;
  const GemmProblem<T>& problem;
  const GemmArgs<T>& g;
  const GemmKernels<T>& kernels;
  const Plan<T>& plan;
  int64_t depth = 0, k = 0;  // the k block at work

  void pack_b_at(int64_t col, int64_t cols, T* out) const {
    if (!g.fill_b) {
      pack_b_panels(k, cols, g.b + depth * g.b_row + col * g.b_col, g.b_row, g.b_col, out);
      return;
    }
    for (int64_t j = 0; j < cols; j += kPanel) g.fill_b(g.fill_b_self, depth, k, col + j, least(kPanel, cols - j), out + j * k);
  }

  void pack_a_at(int64_t tile, T* out) const {
    const int64_t row = plan.tiles.start(tile);
    pack_a_tile(k, g.a + row * g.a_row + depth * g.a_col, g.a_row, g.a_col, plan.tiles.rows(tile), out);
  }

  // Columns [col, end_col) for tiles [first_tile, end_tile). `a` is the packed first tile, `b` the panel that col
  // begins.
  void multiply(int64_t first_tile, int64_t end_tile, const T* a, int64_t col, int64_t end_col, const T* b, int64_t panel_stride) const {
    const int64_t first_row = plan.tiles.start(first_tile);
    const bool plain = depth == 0 && !g.add && g.alpha == T(1) && g.c_col == 1;
    const bool last_block = depth + k == g.k;
    alignas(64) T sums[kMaxTileBytes / sizeof(T)];
    for (int64_t j = col; j < end_col; j += plan.strip) {
      const int64_t cols = least(end_col - j, plan.strip);
      const int vecs = cols > kernels.lanes ? 2 : 1;
      const T* b_at = b + (j - col) / kPanel * panel_stride + (j - col) % kPanel;
      const bool to_c = plain && cols == vecs * kernels.lanes;
      for (int64_t tile = first_tile; tile < end_tile; ++tile) {
        const int64_t row = plan.tiles.start(tile), rows = plan.tiles.rows(tile);
        const T* a_at = a + (row - first_row) * k;
        const auto kernel = kernels.tile[rows - 1][vecs - 1];
        T* c = g.c + row * g.c_row + j * g.c_col;
        if (to_c) {
          kernel(k, a_at, b_at, panel_stride, c, g.c_row);
          continue;
        }
        if (depth > 0)
          for (int64_t i = 0; i < rows; ++i) {
            __builtin_prefetch(c + i * g.c_row);
            __builtin_prefetch(c + i * g.c_row + (cols - 1) * g.c_col);
          }
        kernel(k, a_at, b_at, panel_stride, sums, vecs * kernels.lanes);
        kernels.store(sums, vecs * kernels.lanes, rows, cols, gemm_store_at(g, depth, row, j));
      }
      if (last_block) gemm_finish(problem, first_row, plan.tiles.start(end_tile) - first_row, j, cols);
    }
  }

  void flat(T* a, T* slot_memory) {
    const int64_t units = divide_up(g.n, kUnit);
    for (depth = 0; depth < g.k; depth += plan.block_k) {
      k = least(plan.block_k, g.k - depth);
      ParallelFor* packers = g.m * k >= kMinTaskWork ? g.parallel : nullptr;
      gemm_tasks(packers, plan.tiles.count, [&](int64_t tile) { pack_a_at(tile, a + plan.tiles.start(tile) * k); });
      const int64_t tasks = most(1, least(plan.slots, g.m * g.n * k / kMinTaskWork));
      gemm_tasks(g.parallel, tasks, [&](int64_t task) {
        T* const packed = slot_memory + task * plan.per_slot;
        for (int64_t unit = units * task / tasks, end = units * (task + 1) / tasks; unit < end; ++unit) {
          const int64_t col = unit * kUnit, end_col = least(col + kUnit, g.n);
          if (g.packed_b) {
            multiply(0, plan.tiles.count, a, col, end_col, g.packed_b + col * g.k + depth * kPanel, g.k * kPanel);
            continue;
          }
          pack_b_at(col, end_col - col, packed);
          multiply(0, plan.tiles.count, a, col, end_col, packed, k * kPanel);
        }
      });
    }
  }

  void tall(T* b_block, T* slot_memory) {
    for (int64_t block_col = 0; block_col < g.n; block_col += plan.block_n) {
      const int64_t cols = least(g.n - block_col, plan.block_n);
      for (depth = 0; depth < g.k; depth += plan.block_k) {
        k = least(plan.block_k, g.k - depth);
        const T* b = g.packed_b ? g.packed_b + block_col * g.k + depth * kPanel : b_block;
        const int64_t panel_stride = kPanel * (g.packed_b ? g.k : k);
        if (!g.packed_b) {
          ParallelFor* packers = cols * k >= kMinTaskWork ? g.parallel : nullptr;
          gemm_tasks(packers, divide_up(cols, kUnit), [&](int64_t unit) {
            const int64_t j = unit * kUnit;
            pack_b_at(block_col + j, least(kUnit, cols - j), b_block + j * k);
          });
        }
        row_and_column_tasks(block_col, cols, b, panel_stride, slot_memory);
      }
    }
  }

  void row_and_column_tasks(int64_t block_col, int64_t cols, const T* b, int64_t panel_stride, T* slot_memory) {
    const int64_t units = divide_up(cols, kUnit);
    const int64_t worth = most(1, g.m * cols * k / kMinTaskWork);
    const int64_t wanted = plan.row_tasks < plan.slots ? divide_up(plan.slots, plan.row_tasks) : 1;
    const int64_t col_tasks = least(least(wanted, units), most(1, worth / plan.row_tasks));
    const int64_t tasks = plan.row_tasks * col_tasks;
    const int64_t workers = least(least(tasks, plan.slots), worth);
    gemm_tasks(g.parallel, workers, [&](int64_t slot) {
      T* const packed = slot_memory + slot * plan.per_slot;
      for (int64_t task = slot; task < tasks; task += workers) {
        const int64_t first_tile = task / col_tasks * plan.block_tiles;
        const int64_t end_tile = least(first_tile + plan.block_tiles, plan.tiles.count);
        const int64_t part = task % col_tasks;
        const int64_t begin = units * part / col_tasks * kUnit;
        const int64_t end = least(units * (part + 1) / col_tasks * kUnit, cols);
        const int64_t first_row = plan.tiles.start(first_tile);
        for (int64_t tile = first_tile; tile < end_tile; ++tile) pack_a_at(tile, packed + (plan.tiles.start(tile) - first_row) * k);
        multiply(first_tile, end_tile, packed, block_col + begin, block_col + end, b + begin / kPanel * panel_stride, panel_stride);
      }
    });
  }
};

}  // namespace

template <class T>
size_t gemm_blocked_bytes(const GemmProblem<T>& problem) {
  return Plan<T>(problem).bytes();
}

template <class T>
void gemm_blocked(const GemmProblem<T>& problem) {
  const Plan<T> plan(problem);
  const GemmScratch scratch(problem.g.workspace, problem.g.workspace_bytes, plan.bytes());
  T* const memory = scratch.template as<T>();
  Driver<T> driver{problem, problem.g, *problem.kernels, plan};
  if (plan.flat) driver.flat(memory, memory + plan.shared);
  else driver.tall(memory, memory + plan.shared);
}

template size_t gemm_blocked_bytes(const GemmProblem<float>&);
template size_t gemm_blocked_bytes(const GemmProblem<double>&);
template void gemm_blocked(const GemmProblem<float>&);
template void gemm_blocked(const GemmProblem<double>&);

}  // namespace taper::impl
