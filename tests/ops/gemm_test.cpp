// Every path of the matrix product against three plain loops. Inputs are small integers, so float and double results
// are exact and compared for equality, whatever order a kernel sums in; order itself is looked at by the tests that
// compare runs with each other bit by bit.
#include "ops/kernels/gemm.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/context.h"

using namespace taper::impl;

namespace {

const CpuLevel kLevels[] = {CpuLevel::kBaseline, CpuLevel::kAvx2, CpuLevel::kAvx512};

using Random = std::mt19937;

int64_t pick(Random& random, int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); }

// A matrix in memory of its own, exactly as long as its strides need, so that a sanitizer sees every step outside.
template <class T>
struct Matrix {
  int64_t rows, cols, row_stride, col_stride;
  std::vector<T> data;

  enum Layout { kRows, kCols, kPaddedRows, kStrided, kRepeatedRow, kRepeatedCol };
  Matrix(int64_t r, int64_t c, Layout layout) : rows(r), cols(c) {
    switch (layout) {
      case kRows: row_stride = c, col_stride = 1; break;
      case kCols: row_stride = 1, col_stride = r; break;
      case kPaddedRows: row_stride = c + 5, col_stride = 1; break;
      case kStrided: row_stride = 3 * c + 2, col_stride = 3; break;
      case kRepeatedRow: row_stride = 0, col_stride = 1; break;
      case kRepeatedCol: row_stride = 1, col_stride = 0; break;
    }
    const int64_t last = r > 0 && c > 0 ? (r - 1) * row_stride + (c - 1) * col_stride + 1 : 0;
    data.resize(size_t(last));
  }
  T& at(int64_t i, int64_t j) { return data[size_t(i * row_stride + j * col_stride)]; }
  const T& at(int64_t i, int64_t j) const { return data[size_t(i * row_stride + j * col_stride)]; }
  void fill(Random& random, int64_t low, int64_t high) {
    for (T& x : data) x = T(float(pick(random, low, high)));
  }
  void fill(T value) {
    for (T& x : data) x = value;
  }
};

template <class T>
struct Case {
  Matrix<T> a, b, c;
  GemmArgs<T> args;
  Case(int64_t m, int64_t n, int64_t k, typename Matrix<T>::Layout la, typename Matrix<T>::Layout lb, typename Matrix<T>::Layout lc)
      : a(m, k, la), b(k, n, lb), c(m, n, lc) {
    args.m = m, args.n = n, args.k = k;
    args.a = a.data.data(), args.a_row = a.row_stride, args.a_col = a.col_stride;
    args.b = b.data.data(), args.b_row = b.row_stride, args.b_col = b.col_stride;
    args.c = c.data.data(), args.c_row = c.row_stride, args.c_col = c.col_stride;
  }
};

// What C must become, from C as it is; elements between the strides stay.
template <class T>
Matrix<T> expected(const Case<T>& x) {
  const GemmArgs<T>& g = x.args;
  Matrix<T> out = x.c;
  for (int64_t i = 0; i < g.m; ++i)
    for (int64_t j = 0; j < g.n; ++j) {
      double sum = 0;
      for (int64_t p = 0; p < g.k; ++p) sum += double(x.a.at(i, p)) * double(x.b.at(p, j));
      double r = double(g.alpha) * sum;
      if (g.beta != 0) r += double(g.beta) * double(g.add ? g.add[i * g.add_row + j * g.add_col] : x.c.at(i, j));
      out.at(i, j) = T(r);
    }
  return out;
}

// Equal, NaN to NaN.
template <class T>
void check_equal(const Matrix<T>& got, const Matrix<T>& want) {
  REQUIRE(got.data.size() == want.data.size());
  for (size_t i = 0; i < got.data.size(); ++i) {
    const double g = double(got.data[i]), w = double(want.data[i]);
    if (g == w || (std::isnan(g) && std::isnan(w))) continue;
    INFO("element " << i << " got " << g << " want " << w);
    REQUIRE(g == w);
  }
}

// Runs the case in both providers.
template <class T>
void check_case(Case<T>& x) {
  const Matrix<T> want = expected(x), before = x.c;
  for (bool builtin : {true, false}) {
    std::memcpy(x.c.data.data(), before.data.data(), before.data.size() * sizeof(T));
    x.args.builtin_only = builtin;
    INFO(cpu_level_name(x.args.cpu_level) << (builtin ? " built-in " : " provider ") << x.args.m << "x" << x.args.n << "x" << x.args.k << " strides a "
                                          << x.args.a_row << "," << x.args.a_col << " b " << x.args.b_row << "," << x.args.b_col << " c " << x.args.c_row << ","
                                          << x.args.c_col);
    gemm(x.args);
    check_equal(x.c, want);
  }
}

template <class T>
void check_random_shapes(CpuLevel level, int count, int64_t largest) {
  Random random(unsigned(level) * 7 + unsigned(sizeof(T)) + unsigned(largest));
  using M = Matrix<T>;
  const typename M::Layout sources[] = {M::kRows, M::kCols, M::kPaddedRows, M::kStrided, M::kRepeatedRow, M::kRepeatedCol};
  const typename M::Layout targets[] = {M::kRows, M::kPaddedRows, M::kCols, M::kStrided};
  for (int i = 0; i < count; ++i) {
    // One dimension in four is 1, where the paths for vectors are.
    auto size = [&] { return pick(random, 0, 3) == 0 ? 1 : pick(random, 1, largest); };
    const int64_t m = size(), n = size(), k = size();
    Case<T> x(m, n, k, sources[pick(random, 0, 5)], sources[pick(random, 0, 5)], targets[pick(random, 0, 3)]);
    x.args.cpu_level = level;
    x.a.fill(random, -8, 8);
    x.b.fill(random, -8, 8);
    x.c.fill(std::numeric_limits<T>::quiet_NaN());
    if (pick(random, 0, 2) == 0) x.args.alpha = T(-0.5);
    Matrix<T> add(m, n, M::kStrided);
    std::vector<T> bias(size_t(std::max(m, n)));
    add.fill(random, -8, 8);
    for (T& v : bias) v = T(pick(random, -8, 8));
    switch (pick(random, 0, 5)) {
      case 0: break;
      case 1: x.args.add_bias_per_column(bias.data()); break;
      case 2: x.args.add_bias_per_row(bias.data()); break;
      case 3:
        x.args.beta = T(2);
        x.args.add = add.data.data(), x.args.add_row = add.row_stride, x.args.add_col = add.col_stride;
        break;
      case 4:
        x.args.beta = T(-1);
        x.c.fill(random, -8, 8);
        break;
      case 5:
        x.args.beta = T(3);
        x.c.fill(random, -8, 8);
        x.args.add = x.args.c, x.args.add_row = x.args.c_row, x.args.add_col = x.args.c_col;
        break;
    }
    check_case(x);
  }
}

// Lends threads: ranges of one go to `width` threads, or (serial) run one after another from the last to the first.
class Threads : public ParallelFor {
 public:
  Threads(int width, bool serial) : width_(width), serial_(serial) {}
  int width() const noexcept override { return width_; }
  void run(int64_t count, int64_t, FunctionRef<void(int64_t, int64_t)> body) override {
    ++runs;
    if (serial_) {
      for (int64_t i = count - 1; i >= 0; --i) body(i, i + 1);
      return;
    }
    std::vector<std::thread> threads;
    for (int t = 0; t < width_; ++t)
      threads.emplace_back([=, this] {
        for (int64_t i = t; i < count; i += width_) body(i, i + 1);
      });
    for (std::thread& t : threads) t.join();
  }
  int runs = 0;

 private:
  int width_;
  bool serial_;
};

template <class T>
void fill_uniform(Random& random, std::vector<T>& data) {
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (T& x : data) x = T(uniform(random));
}

}  // namespace

TEST_CASE("gemm equals plain loops on random shapes and strides") {
  for (CpuLevel level : kLevels) {
    check_random_shapes<float>(level, 500, 70);
    check_random_shapes<double>(level, 300, 70);
  }
}

TEST_CASE("gemm equals plain loops where blocks are many") {
  for (CpuLevel level : kLevels) {
    check_random_shapes<float>(level, 20, 400);
    check_random_shapes<double>(level, 10, 400);
    Random random(1);
    // Taller than a block of A, wider than a block of B, deeper than a block of k.
    const int64_t shapes[][3] = {{700, 70, 600}, {300, 2300, 270}, {3, 40, 9000}, {30, 300, 1100}, {600, 3, 5000}};
    for (const auto& s : shapes) {
      Case<float> x(s[0], s[1], s[2], Matrix<float>::kRows, Matrix<float>::kCols, Matrix<float>::kPaddedRows);
      x.args.cpu_level = level;
      x.a.fill(random, -3, 3);
      x.b.fill(random, -3, 3);
      x.c.fill(random, -3, 3);
      x.args.beta = 2;
      check_case(x);
    }
  }
}

TEST_CASE("gemm rounds like the sum of its blocks") {
  // Random reals: within the bound of a sum of k products.
  Random random(3);
  for (CpuLevel level : kLevels)
    for (int64_t k : {1, 17, 300, 3000}) {
      for (int64_t m : {1, 5, 90}) {
        Case<float> x(m, 45, k, Matrix<float>::kRows, Matrix<float>::kCols, Matrix<float>::kRows);
        fill_uniform(random, x.a.data);
        fill_uniform(random, x.b.data);
        x.args.cpu_level = level;
        gemm(x.args);
        bool within = true;
        for (int64_t i = 0; i < m; ++i)
          for (int64_t j = 0; j < 45; ++j) {
            double sum = 0, size = 0;
            for (int64_t p = 0; p < k; ++p) {
              const double term = double(x.a.at(i, p)) * double(x.b.at(p, j));
              sum += term;
              size += std::fabs(term);
            }
            const double terms = double(std::min<int64_t>(k, kGemmBlockK) + k / kGemmBlockK + 2);
            within &= std::fabs(double(x.c.at(i, j)) - sum) <= terms * 6e-8 * size;
          }
        REQUIRE(within);
      }
    }
}

TEST_CASE("gemm does not read what the contract says it leaves alone") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (int64_t m : {0, 1, 7, 40})
    for (int64_t n : {0, 1, 9, 300})
      for (int64_t k : {0, 1, 20}) {
        Case<float> x(m, n, k, Matrix<float>::kRows, Matrix<float>::kRows, Matrix<float>::kRows);
        x.a.fill(nan);
        x.b.fill(nan);
        x.c.fill(nan);
        x.args.alpha = 0;
        Matrix<float> zero = x.c;
        zero.fill(0);
        gemm(x.args);
        check_equal(x.c, zero);

        std::vector<float> bias(size_t(n), 3.f);
        x.args.add_bias_per_column(bias.data());
        x.args.beta = 2;
        Matrix<float> six = x.c;
        six.fill(6);
        gemm(x.args);
        check_equal(x.c, six);
      }
}

TEST_CASE("gemm carries NaN and infinities to the elements that they belong to") {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  for (CpuLevel level : kLevels)
    for (int64_t m : {1, 3, 6, 20, 75})
      for (int64_t n : {1, 3, 18, 75})
        for (auto layout : {Matrix<float>::kRows, Matrix<float>::kCols}) {
          const int64_t k = 67;
          Random random(5);
          Case<float> x(m, n, k, layout, layout, Matrix<float>::kRows);
          x.args.cpu_level = level;
          x.a.fill(random, 1, 5);
          x.b.fill(random, 1, 5);
          x.a.at(m / 2, 60) = nan;
          x.a.at(m - 1, 3) = inf;
          x.b.at(5, n / 2) = -inf;
          x.b.at(66, 0) = 0;
          x.a.at(0, 66) = inf;  // times zero
          check_case(x);
        }
}

TEST_CASE("gemm with packed or computed B equals gemm with plain B, bit for bit") {
  Random random(11);
  for (CpuLevel level : kLevels)
    for (int i = 0; i < 60; ++i) {
      const int64_t m = pick(random, 1, i % 5 == 0 ? 300 : 40), n = pick(random, 1, 90);
      const int64_t k = pick(random, 1, i % 7 == 0 ? 700 : 90);
      Case<float> x(m, n, k, Matrix<float>::kRows, i % 2 ? Matrix<float>::kRows : Matrix<float>::kCols, Matrix<float>::kRows);
      fill_uniform(random, x.a.data);
      fill_uniform(random, x.b.data);
      x.args.cpu_level = level;
      x.args.builtin_only = true;

      Matrix<float> packed(1, int64_t(packed_b_bytes<float>(k, n) / sizeof(float)), Matrix<float>::kRows);
      pack_b(k, n, x.args.b, x.args.b_row, x.args.b_col, packed.data.data());
      GemmArgs<float> with_packed = x.args;
      with_packed.b = nullptr;
      with_packed.packed_b = packed.data.data();
      gemm(with_packed);
      const Matrix<float> first = x.c;

      x.c.fill(-1);
      GemmArgs<float> with_fill = x.args;
      with_fill.b = nullptr;
      with_fill.fill_b = [](void* self, int64_t row, int64_t rows, int64_t col, int64_t cols, float* out) {
        const auto& b = *static_cast<const Matrix<float>*>(self);
        for (int64_t p = 0; p < rows; ++p)
          for (int64_t j = 0; j < kGemmPanel<float>; ++j) out[p * kGemmPanel<float> + j] = j < cols ? b.at(row + p, col + j) : 0.f;
      };
      with_fill.fill_b_self = &x.b;
      gemm(with_fill);
      check_equal(x.c, first);

      // Plain B sums in the same order unless it runs along k and A has few rows (or, k long, some more).
      if (m > 8 && n > 8 && (x.args.b_col == 1 || m > 48 || k < 256)) {
        x.c.fill(-1);
        gemm(x.args);
        check_equal(x.c, first);
      }
    }
}

// PyTorch's sum of one row times one column: four chains for float and two for double, the first of them begun by the
// terms that do not fill a group (ops/kernels/gemm_kernel_body.inc). torch.mv gives these bits on x86-64.
template <class T>
T sum_in_chains(const Case<T>& x, int64_t column) {
  constexpr int64_t kChains = 16 / int64_t(sizeof(T));
  T chain[kChains] = {};
  const int64_t head = (x.args.k - 1) % kChains + 1;
  for (int64_t p = 0; p < x.args.k; ++p) {
    const volatile T term = x.a.at(0, p) * x.b.at(p, column);  // rounded, whatever the compiler may fuse
    chain[p < head ? 0 : (p - head) % kChains] += term;
  }
  for (int64_t half = kChains / 2; half > 0; half /= 2)
    for (int64_t s = 0; s < half; ++s) chain[s] += chain[s + half];
  return chain[0];
}

TEMPLATE_TEST_CASE("gemm sums a row times a matrix in PyTorch's order", "", float, double) {
  Random random(23);
  for (CpuLevel level : kLevels)
    for (int64_t n : {4, 12, 72, 132})
      for (int64_t k : {1, 2, 3, 4, 5, 45, 128, 611})
        for (bool packed : {false, true}) {
          Case<TestType> x(1, n, k, Matrix<TestType>::kRows, Matrix<TestType>::kCols, Matrix<TestType>::kRows);
          fill_uniform(random, x.a.data);
          fill_uniform(random, x.b.data);
          x.args.cpu_level = level;
          x.args.builtin_only = true;
          Matrix<TestType> panels(1, int64_t(packed_b_bytes<TestType>(k, n) / sizeof(TestType)), Matrix<TestType>::kRows);
          if (packed) {
            pack_b(k, n, x.args.b, x.args.b_row, x.args.b_col, panels.data.data());
            x.args.packed_b = panels.data.data();
            x.args.b = nullptr;
          }
          gemm(x.args);
          Matrix<TestType> want = x.c;
          for (int64_t j = 0; j < n; ++j) want.at(0, j) = sum_in_chains(x, j);
          INFO("n " << n << " k " << k << (packed ? " packed" : ""));
          check_equal(x.c, want);
        }
}

TEST_CASE("gemm gives the same bits at any width") {
  Random random(17);
  const int64_t shapes[][3] = {{1, 3000, 400}, {3, 700, 300}, {40, 900, 300}, {150, 1000, 300}, {700, 90, 600},
                               {500, 500, 70}, {20, 20, 20},  {300, 40, 900}, {1000, 3, 500},   {250, 2500, 260}};
  for (CpuLevel level : kLevels)
    for (const auto& s : shapes)
      for (auto layout : {Matrix<float>::kRows, Matrix<float>::kCols}) {
        Case<float> x(s[0], s[1], s[2], Matrix<float>::kRows, layout, Matrix<float>::kRows);
        fill_uniform(random, x.a.data);
        fill_uniform(random, x.b.data);
        x.args.cpu_level = level;
        gemm(x.args);
        const Matrix<float> want = x.c;
        for (int width : {2, 3, 16}) {
          x.c.fill(-1);
          Threads threads(width, width != 3);
          x.args.parallel = &threads;
          INFO("width " << width << " shape " << s[0] << "x" << s[1] << "x" << s[2]);
          gemm(x.args);
          check_equal(x.c, want);
          if (gemm_gains_from_packing() && s[0] * s[1] * s[2] > 1000000) CHECK(threads.runs > 0);
        }
      }
}

TEST_CASE("gemm takes its scratch from the workspace and keeps within it") {
  Random random(19);
  Pool* const pool = make_pool();
  {
    const PoolScope scope(pool);
    for (CpuLevel level : kLevels)
      for (int i = 0; i < 30; ++i) {
        Case<float> x(pick(random, 1, 300), pick(random, 1, 300), pick(random, 1, 300), Matrix<float>::kCols, Matrix<float>::kCols, Matrix<float>::kRows);
        x.a.fill(random, -4, 4);
        x.b.fill(random, -4, 4);
        x.args.cpu_level = level;
        Threads threads(int(pick(random, 1, 4)), true);
        x.args.parallel = &threads;
        const Matrix<float> want = expected(x);
        const size_t bytes = gemm_workspace_bytes(x.args);
        std::vector<char> memory(bytes + 64 + 16, 0x55);
        char* const begin = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64;
        x.args.workspace = begin;
        x.args.workspace_bytes = bytes;
        const uint64_t before = pool_stats(pool).heap_allocations;
        gemm(x.args);
        CHECK(pool_stats(pool).heap_allocations == before);
        REQUIRE(std::string(begin + bytes, 16) == std::string(16, 0x55));
        check_equal(x.c, want);
      }
  }
  close_pool(pool);
}

namespace {
struct LimitedPool {
  Pool* const pool = make_pool();
  PoolScope scope{pool};
  LimitedPool() { set_pool_limit(pool, 1 << 20); }
  ~LimitedPool() { close_pool(pool); }
};
}  // namespace

TEST_CASE("gemm refuses scratch that sizes without memory ask for") {
  // Expanded operands: one element, any size.
  const float one[2] = {1, 1};
  float c[8] = {};
  const Half half_one{1.f};
  Half half_c{0.f};
  const int64_t huge = int64_t{1} << 61;
  LimitedPool pool;
  GemmArgs<float> g;
  g.m = 2, g.n = 1, g.k = huge;
  g.a = one, g.a_row = 0, g.a_col = 0;
  g.b = one, g.b_row = 0, g.b_col = 0;
  g.c = c, g.c_row = 1;
  g.builtin_only = true;
  CHECK(gemm_workspace_bytes(g) <= size_t{1} << 62);
  g.m = 1, g.b_row = 1;  // the path that copies A
  CHECK(gemm_workspace_bytes(g) >= size_t{1} << 58);
  CHECK_THROWS(gemm(g));
  CHECK(packed_b_bytes<float>(huge, huge) >= size_t{1} << 58);
  GemmArgs<Half> h;
  h.m = 1, h.n = 1, h.k = huge;
  h.a = &half_one, h.a_row = 0, h.a_col = 0;
  h.b = &half_one, h.b_row = 0, h.b_col = 0;
  h.c = &half_c, h.c_row = 1;
  CHECK_THROWS(gemm(h));
}

TEST_CASE("gemm calls finish once for every element, with its final value") {
  Random random(23);
  struct Seen {
    const GemmArgs<float>* args;
    std::vector<int> count;
    bool placed = true;
  };
  for (CpuLevel level : kLevels)
    for (bool builtin : {true, false})
      for (int i = 0; i < 60; ++i) {
        const int64_t m = pick(random, 1, i % 4 ? 20 : 250), n = pick(random, 1, i % 4 ? 60 : 250);
        const int64_t k = pick(random, 0, i % 3 ? 50 : 600);
        Case<float> x(m, n, k, Matrix<float>::kRows, i % 2 ? Matrix<float>::kRows : Matrix<float>::kCols,
                      i % 5 ? Matrix<float>::kPaddedRows : Matrix<float>::kCols);
        x.a.fill(random, -4, 4);
        x.b.fill(random, -4, 4);
        x.args.cpu_level = level;
        x.args.builtin_only = builtin;
        Matrix<float> want = expected(x);
        for (int64_t r = 0; r < m; ++r)
          for (int64_t c = 0; c < n; ++c) want.at(r, c) += 100;
        Seen seen{&x.args, std::vector<int>(size_t(m * n))};
        x.args.finish_self = &seen;
        x.args.finish = [](void* self, const GemmBlock<float>& block) {
          Seen& s = *static_cast<Seen*>(self);
          for (int64_t r = 0; r < block.rows; ++r)
            for (int64_t c = 0; c < block.cols; ++c) {
              float* at = block.c + r * block.row_stride + c * block.col_stride;
              *at += 100;
              const int64_t row = block.first_row + r, col = block.first_col + c;
              s.placed &= at == s.args->c + row * s.args->c_row + col * s.args->c_col;
              ++s.count[size_t(row * s.args->n + col)];
            }
        };
        gemm(x.args);
        REQUIRE(seen.placed);
        REQUIRE(seen.count == std::vector<int>(seen.count.size(), 1));
        check_equal(x.c, want);
      }
}

TEST_CASE("gemm_batched equals a loop over gemm") {
  Random random(29);
  for (CpuLevel level : kLevels)
    for (int width : {1, 2, 5})
      for (int i = 0; i < 20; ++i) {
        const int64_t m = pick(random, 1, i % 4 ? 30 : 200), n = pick(random, 1, 40), k = pick(random, 0, 40);
        const int64_t outer = pick(random, 1, 3), inner = pick(random, 1, 4);
        // [outer, rows, inner, cols], as attention's heads lie; B is shared along the outer dimension.
        std::vector<float> a(size_t(outer * m * inner * k)), b(size_t(inner * k * n)), c(size_t(outer * inner * m * n));
        for (float& v : a) v = float(pick(random, -4, 4));
        for (float& v : b) v = float(pick(random, -4, 4));
        for (float& v : c) v = float(pick(random, -4, 4));
        GemmArgs<float> g;
        g.m = m, g.n = n, g.k = k;
        g.a = a.data(), g.a_row = inner * k;
        g.b = b.data(), g.b_row = n;
        g.c = c.data(), g.c_row = n;
        g.beta = float(i % 2);
        g.cpu_level = level;
        const GemmBatchDim dims[2] = {{outer, m * inner * k, 0, inner * m * n, 0}, {inner, k, k * n, m * n, 0}};
        std::vector<float> want = c;
        for (int64_t o = 0; o < outer; ++o)
          for (int64_t h = 0; h < inner; ++h) {
            GemmArgs<float> one = g;
            one.a += o * dims[0].a + h * dims[1].a;
            one.b += h * dims[1].b;
            one.c = want.data() + o * dims[0].c + h * dims[1].c;
            gemm(one);
          }
        Threads threads(width, true);
        if (width > 1) g.parallel = &threads;
        gemm_batched(g, dims, 2);
        REQUIRE(c == want);
      }
  GemmArgs<float> empty;
  const GemmBatchDim none[1] = {{0, 0, 0, 0, 0}};
  gemm_batched(empty, none, 1);
}

TEST_CASE("gemm of integers wraps") {
  auto run = [](auto tag) {
    using T = decltype(tag);
    Random random(31);
    for (int i = 0; i < 60; ++i) {
      const int64_t m = pick(random, 1, 20), n = pick(random, 1, i % 3 ? 20 : 600), k = pick(random, 0, 20);
      Matrix<T> a(m, k, i % 2 ? Matrix<T>::kRows : Matrix<T>::kCols);
      Matrix<T> b(k, n, i % 3 ? Matrix<T>::kRows : Matrix<T>::kCols);
      Matrix<T> c(m, n, i % 4 ? Matrix<T>::kRows : Matrix<T>::kStrided);
      for (auto* matrix : {&a, &b, &c})
        for (T& x : matrix->data) x = T(random());
      GemmArgs<T> g;
      g.m = m, g.n = n, g.k = k;
      g.a = a.data.data(), g.a_row = a.row_stride, g.a_col = a.col_stride;
      g.b = b.data.data(), g.b_row = b.row_stride, g.b_col = b.col_stride;
      g.c = c.data.data(), g.c_row = c.row_stride, g.c_col = c.col_stride;
      g.alpha = T(3), g.beta = T(i % 2 ? 5 : 0);
      Matrix<T> want = c;
      for (int64_t r = 0; r < m; ++r)
        for (int64_t s = 0; s < n; ++s) {
          uint64_t sum = 0;
          for (int64_t p = 0; p < k; ++p) sum += uint64_t(a.at(r, p)) * uint64_t(b.at(p, s));
          want.at(r, s) = T(3 * sum + uint64_t(g.beta) * uint64_t(c.at(r, s)));
        }
      gemm(g);
      REQUIRE(c.data == want.data);
    }
  };
  run(uint8_t());
  run(int8_t());
  run(int16_t());
  run(int32_t());
  run(int64_t());
}

TEST_CASE("gemm of half precision sums in float and rounds once") {
  auto run = [](auto tag) {
    using T = decltype(tag);
    Random random(37);
    for (int i = 0; i < 30; ++i) {
      const int64_t m = pick(random, 1, i % 10 ? 20 : 600), n = pick(random, 1, 40), k = pick(random, 0, 40);
      Case<T> x(m, n, k, i % 3 ? Matrix<T>::kRows : Matrix<T>::kCols, i % 2 ? Matrix<T>::kRows : Matrix<T>::kStrided,
                i % 5 ? Matrix<T>::kRows : Matrix<T>::kCols);
      x.a.fill(random, -20, 20);
      x.b.fill(random, -20, 20);
      x.c.fill(random, -20, 20);
      x.args.alpha = 0.5f, x.args.beta = 2;
      // Sums below 2^24 are exact in float, so one rounding of the exact value is the answer.
      Matrix<T> want = x.c;
      for (int64_t r = 0; r < m; ++r)
        for (int64_t c = 0; c < n; ++c) {
          float sum = 0;
          for (int64_t p = 0; p < k; ++p) sum += float(x.a.at(r, p)) * float(x.b.at(p, c));
          want.at(r, c) = T(0.5f * sum + 2 * float(x.c.at(r, c)));
        }
      gemm(x.args);
      for (size_t e = 0; e < want.data.size(); ++e) REQUIRE(x.c.data[e].bits == want.data[e].bits);
    }
  };
  run(Half());
  run(BFloat16());
}

TEST_CASE("gemm of complex numbers") {
  auto run = [](auto tag) {
    using T = decltype(tag);
    using R = typename T::value_type;
    Random random(41);
    for (int i = 0; i < 20; ++i) {
      const int64_t m = pick(random, 1, 20), n = pick(random, 1, 20), k = pick(random, 0, 20);
      std::vector<T> a(size_t(m * k)), b(size_t(k * n)), c(size_t(m * n));
      for (auto* v : {&a, &b, &c})
        for (T& x : *v) x = T(R(pick(random, -9, 9)), R(pick(random, -9, 9)));
      GemmArgs<T> g;
      g.m = m, g.n = n, g.k = k;
      g.a = a.data(), g.a_row = 1, g.a_col = m;
      g.b = b.data(), g.b_row = n;
      g.c = c.data(), g.c_row = n;
      g.alpha = T(0, 1), g.beta = T(2, -1);
      std::vector<T> want = c;
      for (int64_t r = 0; r < m; ++r)
        for (int64_t s = 0; s < n; ++s) {
          T sum = 0;
          for (int64_t p = 0; p < k; ++p) sum += a[size_t(r + p * m)] * b[size_t(p * n + s)];
          want[size_t(r * n + s)] = g.alpha * sum + g.beta * c[size_t(r * n + s)];
        }
      gemm(g);
      REQUIRE(c == want);
    }
  };
  run(ComplexFloat());
  run(ComplexDouble());
}
