// LU, Cholesky, QR and LDL factorizations and triangular systems (dense.h).
#include <cmath>
#include <limits>

#include "ops/kernels/dense.h"

namespace taper::impl::dense {
namespace {

// y += alpha * x
template <class T>
void add_scaled(int64_t n, T alpha, const T* x, int64_t x_step, T* y, int64_t y_step) {
  if (x_step == 1 && y_step == 1)
    for (int64_t i = 0; i < n; ++i) y[i] += times(alpha, x[i]);
  else
    for (int64_t i = 0; i < n; ++i) y[i * y_step] += times(alpha, x[i * x_step]);
}
template <class T>
T dot(int64_t n, const T* x, int64_t x_step, const T* y, int64_t y_step) {
  T total = 0;
  for (int64_t i = 0; i < n; ++i) total += times(x[i * x_step], y[i * y_step]);
  return total;
}
// x^H y
template <class T>
T dot_conj(int64_t n, const T* x, int64_t x_step, const T* y, int64_t y_step) {
  T total = 0;
  for (int64_t i = 0; i < n; ++i) total += times(conj_of(x[i * x_step]), y[i * y_step]);
  return total;
}
template <class T>
void exchange(int64_t n, T* x, int64_t x_step, T* y, int64_t y_step) {
  for (int64_t i = 0; i < n; ++i) std::swap(x[i * x_step], y[i * y_step]);
}
// The 2-norm, safe against overflow and underflow.
template <class T>
double length(int64_t n, const T* x, int64_t step) {
  double greatest = 0;
  for (int64_t i = 0; i < n; ++i) {
    double size = size_of(x[i * step]);
    if (!(size <= greatest)) greatest = size;
  }
  if (!(greatest > 0) || std::isinf(greatest)) return greatest;
  double total = 0;
  for (int64_t i = 0; i < n; ++i) {
    double re = real_of(x[i * step]) / greatest, im = imag_of(x[i * step]) / greatest;
    total += re * re + im * im;
  }
  return greatest * std::sqrt(total);
}
int64_t work(int64_t rows, int64_t cols) { return int64_t(double(rows) * double(cols) / 100) + 1; }

}  // namespace

template <class T>
bool all_finite(const Matrix<T>& a) {
  for (int64_t j = 0; j < a.cols; ++j)
    for (int64_t i = 0; i < a.rows; ++i)
      if (!std::isfinite(real_of(a(i, j))) || !std::isfinite(imag_of(a(i, j)))) return false;
  return true;
}

template <class T>
int64_t lu(Context& ctx, const Matrix<T>& a, int32_t* pivots, bool pivot) {
  int64_t info = 0, steps = std::min(a.rows, a.cols);
  for (int64_t j = 0; j < steps; ++j) {
    int64_t at = j;
    if (pivot) {
      double best = size_of(a(j, j));
      for (int64_t i = j + 1; i < a.rows; ++i)
        if (double size = size_of(a(i, j)); size > best) best = size, at = i;
    }
    pivots[j] = int32_t(at + 1);
    if (a(at, j) == T(0)) {
      if (info == 0) info = j + 1;
      continue;
    }
    if (at != j) exchange(a.cols, &a(j, 0), a.col_step, &a(at, 0), a.col_step);
    int64_t below = a.rows - j - 1;
    T inverse = T(1) / a(j, j);
    bool safe = size_of(a(j, j)) > std::numeric_limits<double>::min();
    for (int64_t i = j + 1; i < a.rows; ++i) a(i, j) = safe ? times(a(i, j), inverse) : a(i, j) / a(j, j);
    for (int64_t k = j + 1; k < a.cols; ++k)
      if (T top = a(j, k); top != T(0)) add_scaled(below, -top, &a(j, j) + a.row_step, a.row_step, &a(j, k) + a.row_step, a.row_step);
    ctx.spend(work(below, a.cols - j));
  }
  return info;
}

template <class T>
void exchange_rows(const Matrix<T>& b, const int32_t* pivots, int64_t count, bool back) {
  for (int64_t k = 0; k < count; ++k) {
    int64_t i = back ? count - 1 - k : k, other = pivots[i] - 1;
    if (other != i) exchange(b.cols, &b(i, 0), b.col_step, &b(other, 0), b.col_step);
  }
}

template <class T>
void solve_triangular(Context& ctx, const Matrix<T>& a, const Matrix<T>& b, bool upper, bool unit) {
  int64_t n = a.rows;
  for (int64_t c = 0; c < b.cols; ++c) {
    for (int64_t k = 0; k < n; ++k) {
      int64_t i = upper ? n - 1 - k : k;
      T* x = &b(i, c);
      if (a.row_step != 1 && k > 0) {  // dense rows: a product with what is known
        int64_t first = upper ? i + 1 : 0;
        *x -= dot(k, &a(i, first), a.col_step, &b(first, c), b.row_step);
      }
      if (!unit) *x /= a(i, i);
      if (a.row_step == 1 && *x != T(0)) {  // dense columns: subtract from what is not
        int64_t first = upper ? 0 : i + 1;
        if (n - 1 - k > 0) add_scaled(n - 1 - k, -*x, &a(first, i), a.row_step, &b(first, c), b.row_step);
      }
    }
    ctx.spend(work(n, n));
  }
}

template <class T>
int64_t cholesky(Context& ctx, const Matrix<T>& a) {
  int64_t n = a.rows;
  for (int64_t j = 0; j < n; ++j) {
    double pivot = real_of(a(j, j));
    if (!(pivot > 0)) return j + 1;
    pivot = std::sqrt(pivot);
    a(j, j) = pivot;
    for (int64_t i = j + 1; i < n; ++i) a(i, j) /= pivot;
    for (int64_t k = j + 1; k < n; ++k) add_scaled(n - k, -conj_of(a(k, j)), &a(k, j), a.row_step, &a(k, k), a.row_step);
    ctx.spend(work(n - j, n - j));
  }
  return 0;
}

template <class T>
T make_reflector(int64_t n, T* x, int64_t step) {
  if (n <= 0) return T(0);
  T alpha = x[0];
  double tail = length(n - 1, x + step, step);
  if (tail == 0 && imag_of(alpha) == 0) return T(0);
  double beta = -std::copysign(std::hypot(std::abs(alpha), tail), real_of(alpha));
  T tau = (beta - alpha) / beta, scale = T(1) / (alpha - beta);
  for (int64_t i = 1; i < n; ++i) x[i * step] = times(x[i * step], scale);
  x[0] = beta;
  return tau;
}

template <class T>
void reflect_left(const T* v, int64_t step, T tau, const Matrix<T>& c) {
  if (tau == T(0)) return;
  for (int64_t j = 0; j < c.cols; ++j) {
    T* x = &c(0, j);
    int64_t rest = c.rows - 1;
    T factor = times(tau, *x + dot_conj(rest, v + step, step, x + c.row_step, c.row_step));
    *x -= factor;
    add_scaled(rest, -factor, v + step, step, x + c.row_step, c.row_step);
  }
}

template <class T>
void reflect_right(const T* v, int64_t step, T tau, const Matrix<T>& c, T* scratch) {
  if (tau == T(0) || c.rows == 0) return;
  for (int64_t i = 0; i < c.rows; ++i) scratch[i] = c(i, 0);
  for (int64_t j = 1; j < c.cols; ++j) add_scaled(c.rows, v[j * step], &c(0, j), c.row_step, scratch, int64_t(1));
  for (int64_t j = 0; j < c.cols; ++j) {
    T factor = j == 0 ? -tau : -times(tau, conj_of(v[j * step]));
    add_scaled(c.rows, factor, scratch, int64_t(1), &c(0, j), c.row_step);
  }
}

template <class T>
void qr(Context& ctx, const Matrix<T>& a, T* tau) {
  for (int64_t k = 0; k < std::min(a.rows, a.cols); ++k) {
    tau[k] = make_reflector(a.rows - k, &a(k, k), a.row_step);
    if (k + 1 < a.cols) reflect_left(&a(k, k), a.row_step, conj_of(tau[k]), a.from(k, k + 1));
    ctx.spend(work(a.rows - k, a.cols - k));
  }
}

template <class T>
void make_q(Context& ctx, const Matrix<T>& q, const T* tau, int64_t count) {
  for (int64_t j = count; j < q.cols; ++j)
    for (int64_t i = 0; i < q.rows; ++i) q(i, j) = i == j ? 1 : 0;
  for (int64_t k = count - 1; k >= 0; --k) {
    if (k + 1 < q.cols) reflect_left(&q(k, k), q.row_step, tau[k], q.from(k, k + 1));
    for (int64_t i = 0; i < k; ++i) q(i, k) = 0;
    q(k, k) = T(1) - tau[k];
    for (int64_t i = k + 1; i < q.rows; ++i) q(i, k) = -times(tau[k], q(i, k));
    ctx.spend(work(q.rows - k, q.cols - k));
  }
}

template <class T>
void apply_q(Context& ctx, const Matrix<T>& a, const T* tau, int64_t count, const Matrix<T>& c, bool adjoint) {
  for (int64_t s = 0; s < count; ++s) {
    int64_t k = adjoint ? s : count - 1 - s;
    reflect_left(&a(k, k), a.row_step, adjoint ? conj_of(tau[k]) : tau[k], c.from(k, 0));
    ctx.spend(work(c.rows - k, c.cols));
  }
}

template <class T>
int64_t ldl(Context& ctx, const Matrix<T>& a, int32_t* pivots, bool hermitian) {
  int64_t n = a.rows, info = 0;
  const double threshold = (1 + std::sqrt(17.0)) / 8;
  auto twin = [&](T x) { return hermitian ? conj_of(x) : x; };
  auto clean = [&](int64_t i) {
    if (hermitian) a(i, i) = real_of(a(i, i));
  };
  for (int64_t k = 0; k < n;) {
    int64_t width = 1, chosen = k, far = k;
    double diagonal = hermitian ? size_of(real_of(a(k, k))) : size_of(a(k, k)), off = 0;
    for (int64_t i = k + 1; i < n; ++i)
      if (double size = size_of(a(i, k)); size > off) off = size, far = i;
    if (!(std::max(diagonal, off) > 0)) {
      if (info == 0) info = k + 1;
      clean(k);
    } else {
      if (diagonal < threshold * off) {
        double row = 0;  // the greatest off the diagonal in row and column `far`
        for (int64_t j = k; j < far; ++j) row = std::max(row, size_of(a(far, j)));
        for (int64_t i = far + 1; i < n; ++i) row = std::max(row, size_of(a(i, far)));
        double there = hermitian ? size_of(real_of(a(far, far))) : size_of(a(far, far));
        if (diagonal >= threshold * off * (off / row)) chosen = k;
        else if (there >= threshold * row) chosen = far;
        else chosen = far, width = 2;
      }
      int64_t target = k + width - 1;
      if (chosen != target) {
        exchange(n - chosen - 1, &a(target, target) + (chosen - target + 1) * a.row_step, a.row_step, &a(chosen, chosen) + a.row_step, a.row_step);
        for (int64_t j = target + 1; j < chosen; ++j) {
          T x = twin(a(j, target));
          a(j, target) = twin(a(chosen, j));
          a(chosen, j) = x;
        }
        a(chosen, target) = twin(a(chosen, target));
        std::swap(a(target, target), a(chosen, chosen));
        if (width == 2) std::swap(a(k + 1, k), a(chosen, k));
      }
      clean(k);
      clean(target);
      clean(chosen);
      if (width == 1) {
        T pivot = a(k, k);
        for (int64_t j = k + 1; j < n; ++j) {
          T factor = twin(a(j, k)) / pivot;
          add_scaled(n - j, -factor, &a(j, k), a.row_step, &a(j, j), a.row_step);
          clean(j);
        }
        for (int64_t i = k + 1; i < n; ++i) a(i, k) /= pivot;
      } else if (k + 2 < n) {
        // The block [[d1, d21^*], [d21, d2]], scaled by its off-diagonal entry.
        T d21 = a(k + 1, k), d11 = a(k + 1, k + 1) / d21, d22 = a(k, k) / twin(d21);
        T scale = T(1) / (times(d11, d22) - T(1));
        for (int64_t j = k + 2; j < n; ++j) {
          T w0 = times(scale, (times(d11, a(j, k)) - a(j, k + 1))) / twin(d21);
          T w1 = times(scale, (times(d22, a(j, k + 1)) - a(j, k))) / d21;
          for (int64_t i = j; i < n; ++i) a(i, j) -= times(a(i, k), twin(w0)) + times(a(i, k + 1), twin(w1));
          a(j, k) = w0;
          a(j, k + 1) = w1;
          clean(j);
        }
      }
    }
    int32_t stored = int32_t(chosen + 1);
    pivots[k] = width == 1 ? stored : -stored;
    if (width == 2) pivots[k + 1] = -stored;
    k += width;
    ctx.spend(work(n - k + 1, n - k + 1));
  }
  return info;
}

template <class T>
void ldl_solve(Context& ctx, const Matrix<T>& a, const int32_t* pivots, const Matrix<T>& b, bool hermitian) {
  int64_t n = a.rows;
  auto twin = [&](T x) { return hermitian ? conj_of(x) : x; };
  auto swap_rows = [&](int64_t i, int64_t j) {
    if (i != j) exchange(b.cols, &b(i, 0), b.col_step, &b(j, 0), b.col_step);
  };
  auto is_pair = [&](int64_t k) { return pivots[k] < 0 && k + 1 < n; };
  auto place = [&](int64_t k) { return std::abs(int64_t(pivots[k])) - 1; };
  for (int64_t k = 0; k < n;) {  // L D
    bool pair = is_pair(k);
    swap_rows(pair ? k + 1 : k, place(k));
    int64_t width = pair ? 2 : 1;
    for (int64_t c = 0; c < b.cols; ++c) {
      for (int64_t w = 0; w < width; ++w)
        if (int64_t rest = n - k - width; rest > 0) add_scaled(rest, -b(k + w, c), &a(k + width, k + w), a.row_step, &b(k + width, c), b.row_step);
      if (!pair) {
        b(k, c) /= hermitian ? T(real_of(a(k, k))) : a(k, k);
      } else {
        T d21 = a(k + 1, k), d11 = a(k, k) / twin(d21), d22 = a(k + 1, k + 1) / d21;
        T denominator = times(d11, d22) - T(1), x = b(k, c) / twin(d21), y = b(k + 1, c) / d21;
        b(k, c) = (times(d22, x) - y) / denominator;
        b(k + 1, c) = (times(d11, y) - x) / denominator;
      }
    }
    k += width;
    ctx.spend(work(n - k + 1, b.cols));
  }
  for (int64_t k = n - 1; k >= 0;) {  // L^T or L^H; a pair is met at its second entry
    bool pair = k > 0 && pivots[k] < 0;
    int64_t first = pair ? k - 1 : k;
    for (int64_t c = 0; c < b.cols; ++c)
      for (int64_t j = first; j <= k; ++j) {
        int64_t rest = n - k - 1;
        if (rest <= 0) continue;
        const T* below = &a(k + 1, j);
        b(j, c) -= hermitian ? dot_conj(rest, below, a.row_step, &b(k + 1, c), b.row_step) : dot(rest, below, a.row_step, &b(k + 1, c), b.row_step);
      }
    swap_rows(k, place(k));
    k = first - 1;
    ctx.spend(work(n - k, b.cols));
  }
}

#define TAPER_INSTANCES(T)                                                                      \
  template bool all_finite(const Matrix<T>&);                                                   \
  template int64_t lu(Context&, const Matrix<T>&, int32_t*, bool);                              \
  template void exchange_rows(const Matrix<T>&, const int32_t*, int64_t, bool);                 \
  template void solve_triangular(Context&, const Matrix<T>&, const Matrix<T>&, bool, bool);     \
  template int64_t cholesky(Context&, const Matrix<T>&);                                        \
  template void qr(Context&, const Matrix<T>&, T*);                                             \
  template void make_q(Context&, const Matrix<T>&, const T*, int64_t);                          \
  template void apply_q(Context&, const Matrix<T>&, const T*, int64_t, const Matrix<T>&, bool); \
  template T make_reflector(int64_t, T*, int64_t);                                              \
  template void reflect_left(const T*, int64_t, T, const Matrix<T>&);                           \
  template void reflect_right(const T*, int64_t, T, const Matrix<T>&, T*);                      \
  template int64_t ldl(Context&, const Matrix<T>&, int32_t*, bool);                             \
  template void ldl_solve(Context&, const Matrix<T>&, const int32_t*, const Matrix<T>&, bool);
TAPER_INSTANCES(double)
TAPER_INSTANCES(ComplexDouble)
#undef TAPER_INSTANCES

}  // namespace taper::impl::dense
