// Spectral decompositions (dense.h): reduction to a condensed form by reflectors, then shifted QR iterations.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/kernels/dense.h"

namespace taper::impl::dense {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kTiny = std::numeric_limits<double>::min();

// Iterations for one value before giving up; NaN never gets here.
constexpr int kRounds = 60;

int64_t work(int64_t rows, int64_t cols) { return int64_t(double(rows) * double(cols) / 100) + 1; }

// (x, y) := (c x + s y, c y - s x), elementwise over columns i and j.
template <class T>
void rotate_columns(const Matrix<T>& a, int64_t i, int64_t j, double c, double s) {
  T* x = &a(0, i);
  T* y = &a(0, j);
  for (int64_t k = 0; k < a.rows; ++k, x += a.row_step, y += a.row_step) {
    T p = *x, q = *y;
    *x = c * p + s * q;
    *y = c * q - s * p;
  }
}

// Brings values into order by exchanges, and columns with them.
template <class T, class Before>
void order_values(int64_t n, double* values, Before before, const Matrix<T>* first, const Matrix<T>* second) {
  auto exchange = [&](const Matrix<T>* m, int64_t i, int64_t j) {
    if (!m) return;
    for (int64_t k = 0; k < m->rows; ++k) std::swap((*m)(k, i), (*m)(k, j));
  };
  for (int64_t i = 0; i + 1 < n; ++i) {
    int64_t best = std::max_element(values + i, values + n, [&](double a, double b) { return before(b, a); }) - values;
    if (best == i) continue;
    std::swap(values[i], values[best]);
    exchange(first, i, best);
    exchange(second, i, best);
  }
}

// c, s, r with c f + s g = r and c g - s f = 0. r has f's sign; LAPACK's older rule, which its symmetric solver still
// shows, lets r be positive where g is the greater.
struct Rotation {
  double c, s, r;
};
Rotation rotation(double f, double g, bool old_rule = false) {
  if (g == 0) return {1, 0, f};
  if (f == 0) return {0, 1, g};
  double r = std::hypot(f, g);
  if (f < 0 && !(old_rule && std::abs(f) <= std::abs(g))) r = -r;
  return {f / r, g / r, r};
}

// [[a, b], [b, c]]: the eigenvalues, the greater in size first, and the unit vector (c, s) of the first.
struct SymmetricPair {
  double first, second, c, s;
};
SymmetricPair symmetric_pair(double a, double b, double c) {
  double sum = a + c, apart = a - c, twice = b + b, root = std::hypot(apart, twice);
  double greater = std::abs(a) > std::abs(c) ? a : c, lesser = std::abs(a) > std::abs(c) ? c : a;
  SymmetricPair out;
  bool down = sum < 0;
  if (sum == 0) {
    out.first = 0.5 * root;
    out.second = -0.5 * root;
  } else {
    out.first = 0.5 * (down ? sum - root : sum + root);
    out.second = greater / out.first * lesser - b / out.first * b;
  }
  bool below = apart < 0;
  double cs = below ? apart - root : apart + root;
  if (std::abs(cs) > std::abs(twice)) {
    double t = -twice / cs;
    out.s = 1 / std::sqrt(1 + t * t);
    out.c = t * out.s;
  } else if (twice == 0) {
    out.c = 1;
    out.s = 0;
  } else {
    double t = -cs / twice;
    out.c = 1 / std::sqrt(1 + t * t);
    out.s = t * out.c;
  }
  if (down == below) {
    double t = out.c;
    out.c = -out.s;
    out.s = t;
  }
  return out;
}

// Symmetric tridiagonal: d on the diagonal, e[i] between i and i + 1. Implicit QL, or QR where the greater entries lie at
// the other end; vectors get the signs that LAPACK's steqr gives them.
template <class T>
int64_t tridiagonal(Context& ctx, int64_t n, double* d, double* e, const Matrix<T>* z, double epsilon) {
  auto turn = [&](int64_t i, int64_t j, double c, double s) {
    if (z) rotate_columns(*z, i, j, c, s);
  };
  const double square = epsilon * epsilon;
  int64_t rounds = kRounds * n;
  for (int64_t start = 0; start < n;) {
    int64_t end = start;
    for (; end + 1 < n; ++end)
      if (std::abs(e[end]) <= std::sqrt(std::abs(d[end])) * std::sqrt(std::abs(d[end + 1])) * epsilon) {
        e[end] = 0;
        break;
      }
    int64_t l = start, last = end;
    start = end + 1;
    // step +1: QL from the top; -1: QR from the bottom. off(i) couples i and i + step.
    int64_t step = 1;
    if (std::abs(d[last]) < std::abs(d[l])) std::swap(l, last), step = -1;
    auto off = [&](int64_t i) -> double& { return e[step > 0 ? i : i - 1]; };
    while ((last - l) * step >= 0) {
      int64_t m = l;
      for (; m != last; m += step)
        if (off(m) * off(m) <= square * std::abs(d[m]) * std::abs(d[m + step]) + kTiny) break;
      if (m != last) off(m) = 0;
      if (m == l) {
        l += step;
        continue;
      }
      if (m == l + step) {
        int64_t top = std::min(l, m);
        SymmetricPair pair = symmetric_pair(d[top], e[top], d[top + 1]);
        turn(top, top + 1, pair.c, pair.s);
        d[top] = pair.first;
        d[top + 1] = pair.second;
        e[top] = 0;
        l += 2 * step;
        continue;
      }
      if (rounds-- == 0) return l + 1;
      double g = (d[l + step] - d[l]) / (2 * off(l)), r = std::hypot(g, 1.0), s = 1, c = 1, shift = 0;
      g = d[m] - d[l] + off(l) / (g + std::copysign(r, g));
      for (int64_t i = m - step; (i - l) * step >= 0; i -= step) {
        double f = s * off(i), b = c * off(i);
        Rotation q = rotation(g, f, true);
        c = q.c;
        s = q.s;
        if (i != m - step) off(i + step) = q.r;
        g = d[i + step] - shift;
        r = (d[i] - g) * s + 2 * c * b;
        shift = s * r;
        d[i + step] = g + shift;
        g = c * r - b;
        if (step > 0) turn(i, i + 1, c, -s);
        else turn(i - 1, i, c, s);
      }
      ctx.spend(work(z ? z->rows : 1, std::abs(m - l)));
      d[l] -= shift;
      off(l) = g;
    }
  }
  return 0;
}

// [[f, g], [0, h]] = U^T diag(greater, lesser) V with U = [[cl, sl], [-sl, cl]] and V alike; both values carry signs.
struct TriangularPair {
  double lesser, greater, sr, cr, sl, cl;
};
TriangularPair triangular_pair(double f, double g, double h) {
  bool swapped = std::abs(h) > std::abs(f);
  double ft = swapped ? h : f, ht = swapped ? f : h, fa = std::abs(ft), ha = std::abs(ht), ga = std::abs(g);
  TriangularPair out;
  double cl = 1, cr = 1, sl = 0, sr = 0;
  bool g_leads = ga > fa;
  if (ga == 0) {
    out.lesser = ha;
    out.greater = fa;
  } else if (g_leads && fa / ga < kEpsilon / 2) {
    out.greater = ga;
    out.lesser = ha > 1 ? fa / (ga / ha) : fa / ga * ha;
    sl = ht / g;
    sr = 1;
    cr = ft / g;
  } else {
    double d = fa - ha, l = d == fa ? 1 : d / fa, m = g / ft, t = 2 - l, mm = m * m;
    double s = std::sqrt(t * t + mm), r = l == 0 ? std::abs(m) : std::sqrt(l * l + mm), a = 0.5 * (s + r);
    out.lesser = ha / a;
    out.greater = fa * a;
    if (mm != 0) t = (m / (s + t) + m / (r + l)) * (1 + a);
    else if (l == 0) t = std::copysign(2.0, ft) * std::copysign(1.0, g);
    else t = g / std::copysign(d, ft) + m / t;
    l = std::sqrt(t * t + 4);
    cr = 2 / l;
    sr = t / l;
    cl = (cr + sr * m) / a;
    sl = ht / ft * sr / a;
  }
  if (swapped) out.cl = sr, out.sl = cr, out.cr = sl, out.sr = cl;
  else out.cl = cl, out.sl = sl, out.cr = cr, out.sr = sr;
  auto sign = [](double x) { return std::copysign(1.0, x); };
  double whole = g_leads ? sign(out.sr) * sign(out.cl) * sign(g) : swapped ? sign(out.sr) * sign(out.sl) * sign(h) : sign(out.cr) * sign(out.cl) * sign(f);
  out.greater = std::copysign(out.greater, whole);
  out.lesser = std::copysign(out.lesser, whole * sign(f) * sign(h));
  return out;
}
double least_of_pair(double f, double g, double h) {
  double fa = std::abs(f), ga = std::abs(g), ha = std::abs(h), least = std::min(fa, ha), most = std::max(fa, ha);
  if (least == 0) return 0;
  double up = 1 + least / most, apart = (most - least) / most;
  if (ga < most) {
    double u = ga / most * (ga / most);
    return least * (2 / (std::sqrt(up * up + u) + std::sqrt(apart * apart + u)));
  }
  double u = most / ga;
  if (u == 0) return least * most / ga;
  return least / (std::sqrt(1 + up * u * (up * u)) + std::sqrt(1 + apart * u * (apart * u))) * u * 2;
}

// Upper bidiagonal: d on the diagonal, e[i] right of d[i]. Demmel and Kahan's iteration, which keeps small values accurate;
// vectors get the signs that LAPACK's bdsqr gives them. Values end up positive, in no order.
template <class T>
int64_t bidiagonal(Context& ctx, int64_t n, double* d, double* e, const Matrix<T>* u, const Matrix<T>* v, double epsilon) {
  auto turn = [&](const Matrix<T>* m, int64_t i, double c, double s) {
    if (m) rotate_columns(*m, i, i + 1, c, s);
  };
  const double eps = epsilon / 2, tolerance = std::max(10.0, std::min(100.0, std::pow(eps, -0.125))) * eps;
  double least = std::abs(d[0]), along = least;
  for (int64_t i = 1; i < n && least != 0; ++i) {
    along = std::abs(d[i]) * (along / (along + std::abs(e[i - 1])));
    least = std::min(least, along);
  }
  const double limit = 6.0 * double(n) * double(n);
  const double threshold = std::max(tolerance * (least / std::sqrt(double(n))), limit * kTiny);
  int64_t last_first = -1, last_end = -1, m = n - 1;
  bool down = true;  // the direction in which the bulge is chased
  for (double rounds = 0; m > 0;) {
    double greatest = std::abs(d[m]);
    int64_t l = m;
    for (; l > 0 && std::abs(e[l - 1]) > threshold; --l) greatest = std::max({greatest, std::abs(d[l - 1]), std::abs(e[l - 1])});
    if (l > 0) e[l - 1] = 0;
    if (l == m) {
      --m;
      continue;
    }
    if (l == m - 1) {
      TriangularPair pair = triangular_pair(d[l], e[l], d[m]);
      d[l] = pair.greater;
      d[m] = pair.lesser;
      e[l] = 0;
      turn(v, l, pair.cr, pair.sr);
      turn(u, l, pair.cl, pair.sl);
      m -= 2;
      continue;
    }
    if (l > last_end || m < last_first) down = std::abs(d[l]) >= std::abs(d[m]);
    // Entries that vanish next to what they stand by.
    int64_t first = down ? l : m, end = down ? m : l, step = down ? 1 : -1;
    auto off = [&](int64_t i) -> double& { return e[down ? i : i - 1]; };  // between i and i + step
    double& at_end = e[down ? m - 1 : l];
    if (std::abs(at_end) <= tolerance * std::abs(d[end])) {
      at_end = 0;
      continue;
    }
    double smallest = std::abs(d[first]), mu = smallest;
    bool split = false;
    for (int64_t i = first; i != end && !split; i += step) {
      if (std::abs(off(i)) <= tolerance * mu) {
        off(i) = 0;
        split = true;
      } else {
        mu = std::abs(d[i + step]) * (mu / (mu + std::abs(off(i))));
        smallest = std::min(smallest, mu);
      }
    }
    if (split) continue;
    last_first = l;
    last_end = m;
    double shift = 0;
    if (double(n) * tolerance * (smallest / greatest) > std::max(eps, 0.01 * tolerance)) {
      shift = down ? least_of_pair(d[m - 1], e[m - 1], d[m]) : least_of_pair(d[l], e[l], d[l + 1]);
      double start = std::abs(d[first]);
      if (start > 0 && shift / start * (shift / start) < eps) shift = 0;
    }
    rounds += double(m - l);
    if (rounds > limit) return m + 1;
    // Rotations of columns i and i + step on one side, then on the other. Chasing upwards swaps the sides.
    const Matrix<T>* near = down ? v : u;
    const Matrix<T>* far = down ? u : v;
    auto rotate = [&](const Matrix<T>* side, int64_t i, Rotation q) { turn(side, down ? i : i - 1, q.c, down ? q.s : -q.s); };
    if (shift == 0) {
      double cs = 1, old_c = 1, old_s = 0;
      for (int64_t i = first; i != end; i += step) {
        Rotation a = rotation(d[i] * cs, off(i));
        cs = a.c;
        if (i != first) off(i - step) = old_s * a.r;
        Rotation b = rotation(old_c * a.r, d[i + step] * a.s);
        old_c = b.c;
        old_s = b.s;
        d[i] = b.r;
        rotate(near, i, a);
        rotate(far, i, b);
      }
      double h = d[end] * cs;
      d[end] = h * old_c;
      at_end = h * old_s;
    } else {
      double f = (std::abs(d[first]) - shift) * (std::copysign(1.0, d[first]) + shift / d[first]), g = off(first);
      for (int64_t i = first; i != end; i += step) {
        Rotation a = rotation(f, g);
        if (i != first) off(i - step) = a.r;
        f = a.c * d[i] + a.s * off(i);
        off(i) = a.c * off(i) - a.s * d[i];
        g = a.s * d[i + step];
        d[i + step] *= a.c;
        Rotation b = rotation(f, g);
        d[i] = b.r;
        f = b.c * off(i) + b.s * d[i + step];
        d[i + step] = b.c * d[i + step] - b.s * off(i);
        if (i + step != end) {
          g = b.s * off(i + step);
          off(i + step) *= b.c;
        }
        rotate(near, i, a);
        rotate(far, i, b);
      }
      at_end = f;
    }
    if (std::abs(at_end) <= threshold) at_end = 0;
    ctx.spend(work(v ? v->rows + u->rows : 1, m - l));
  }
  const Matrix<T>* turned = n == 1 ? u : v;
  for (int64_t k = 0; k < n; ++k)
    if (std::signbit(d[k])) {
      d[k] = -d[k];
      if (turned)
        for (int64_t i = 0; i < turned->rows; ++i) (*turned)(i, k) = -(*turned)(i, k);
    }
  return 0;
}

// A power of two that brings the greatest element near 1, so that no square overflows or vanishes; 1 when not needed.
template <class T>
double power_scale(const Matrix<T>& a) {
  double greatest = 0;
  for (int64_t j = 0; j < a.cols; ++j)
    for (int64_t i = 0; i < a.rows; ++i) greatest = std::max(greatest, size_of(a(i, j)));
  if (greatest == 0 || (greatest > 1e-140 && greatest < 1e140)) return 1;
  int exponent;
  std::frexp(greatest, &exponent);
  return std::ldexp(1.0, -exponent);
}
template <class T>
void scale_by(const Matrix<T>& a, double factor) {
  if (factor == 1) return;
  for (int64_t j = 0; j < a.cols; ++j)
    for (int64_t i = 0; i < a.rows; ++i) a(i, j) *= factor;
}

}  // namespace

template <class T>
int64_t eigh(Context& ctx, const Matrix<T>& matrix, double* values, bool upper, bool vectors, double epsilon) {
  int64_t n = matrix.rows;
  if (n == 0) return 0;
  // LAPACK reduces an upper triangle from its lower end: turned around, that is a lower triangle from its upper end.
  Matrix<T> a = upper ? Matrix<T>{&matrix(n - 1, n - 1), n, n, -matrix.row_step, -matrix.col_step} : matrix;
  for (int64_t j = 0; j < n; ++j)  // the whole matrix from its lower triangle
    for (int64_t i = 0; i <= j; ++i) a(i, j) = i == j ? T(real_of(a(i, j))) : conj_of(a(j, i));
  double scale = power_scale(a);
  scale_by(a, scale);
  Vec<double> e(size_t(n), 0.0);
  Vec<T> tau(size_t(n), T(0)), v(static_cast<size_t>(n)), w(static_cast<size_t>(n));
  // What vanishes but for rounding errors does so differently in single precision, and then the iteration takes other
  // steps: the reduction rounds as that precision would.
  bool single = epsilon > kEpsilon;
  auto rounded = [single](T& x) {
    if constexpr (std::is_same_v<T, double>) x = single ? double(float(x)) : x;
    else if (single) x = ComplexDouble(ComplexFloat(x));
  };
  for (int64_t k = 0; k + 1 < n; ++k) {
    int64_t rest = n - k - 1;
    values[k] = real_of(a(k, k));
    T t = make_reflector(rest, &a(k + 1, k), a.row_step);
    rounded(t);
    for (int64_t i = 0; i < rest; ++i) rounded(a(k + 1 + i, k));
    e[size_t(k)] = real_of(a(k + 1, k));
    tau[size_t(k)] = t;
    if (t != T(0)) {
      // B := H^H B H with H = I - t v v^H, as B - v w^H - w v^H.
      Matrix<T> b = a.from(k + 1, k + 1);
      for (int64_t i = 0; i < rest; ++i) v[size_t(i)] = i == 0 ? T(1) : a(k + 1 + i, k), w[size_t(i)] = 0;
      for (int64_t j = 0; j < rest; ++j) {
        T x = times(t, v[size_t(j)]);
        for (int64_t i = 0; i < rest; ++i) w[size_t(i)] += times(b(i, j), x);
      }
      for (int64_t i = 0; i < rest; ++i) rounded(w[size_t(i)]);
      T half = 0;
      for (int64_t i = 0; i < rest; ++i) half += times(conj_of(w[size_t(i)]), v[size_t(i)]);
      half = times(t, half) * -0.5;
      for (int64_t i = 0; i < rest; ++i) w[size_t(i)] += times(half, v[size_t(i)]), rounded(w[size_t(i)]);
      for (int64_t j = 0; j < rest; ++j) {
        T wj = -conj_of(w[size_t(j)]), vj = -conj_of(v[size_t(j)]);
        for (int64_t i = 0; i < rest; ++i) b(i, j) += times(v[size_t(i)], wj) + times(w[size_t(i)], vj), rounded(b(i, j));
      }
    }
    ctx.spend(2 * work(rest, rest));
  }
  values[n - 1] = real_of(a(n - 1, n - 1));
  if (vectors) {  // Q = diag(1, Q') with the reflectors one column to the right
    for (int64_t j = n - 1; j > 0; --j)
      for (int64_t i = 0; i < n; ++i) a(i, j) = i > 0 ? a(i, j - 1) : T(0);
    for (int64_t i = 0; i < n; ++i) a(i, 0) = i == 0 ? 1 : 0;
    make_q(ctx, a.from(1, 1), tau.data(), n - 1);
  }
  if (upper) {
    std::reverse(values, values + n);
    std::reverse(e.begin(), e.end() - 1);
  }
  const Matrix<T>* z = vectors ? &matrix : nullptr;
  int64_t info = tridiagonal(ctx, n, values, e.data(), z, epsilon / 2);
  order_values(
      n, values, [](double x, double y) { return x < y; }, z, static_cast<const Matrix<T>*>(nullptr));
  for (int64_t i = 0; i < n; ++i) values[i] /= scale;
  return info;
}

template <class T>
int64_t svd(Context& ctx, const Matrix<T>& a, double* s, const Matrix<T>* u, const Matrix<T>* v, bool transposed, double epsilon) {
  int64_t m = a.rows, n = a.cols;
  if (n == 0) {
    if (u) make_q(ctx, *u, static_cast<const T*>(nullptr), 0);
    return 0;
  }
  double scale = power_scale(a);
  scale_by(a, scale);
  Vec<double> e(size_t(n), 0.0);
  Vec<T> left(static_cast<size_t>(n)), right(size_t(n), T(0)), row(static_cast<size_t>(n)), scratch(static_cast<size_t>(m));
  for (int64_t k = 0; k < n; ++k) {
    left[size_t(k)] = make_reflector(m - k, &a(k, k), a.row_step);
    s[k] = real_of(a(k, k));
    int64_t rest = n - k - 1;
    if (rest > 0) {
      reflect_left(&a(k, k), a.row_step, conj_of(left[size_t(k)]), a.from(k, k + 1));
      for (int64_t j = 0; j < rest; ++j) row[size_t(j)] = conj_of(a(k, k + 1 + j));
      T t = make_reflector(rest, row.data(), 1);
      e[size_t(k)] = real_of(row[0]);
      right[size_t(k)] = t;
      if (v)
        for (int64_t j = 0; j < rest; ++j) (*v)(k + 1 + j, k + 1) = row[size_t(j)];
      row[0] = 1;
      if (k + 1 < m) reflect_right(row.data(), 1, t, a.from(k + 1, k + 1), scratch.data());
    }
    ctx.spend(2 * work(m - k, n - k));
  }
  if (u) {
    for (int64_t j = 0; j < n; ++j)
      for (int64_t i = 0; i < m; ++i) (*u)(i, j) = a(i, j);
    make_q(ctx, *u, left.data(), n);
    for (int64_t i = 0; i < n; ++i) (*v)(i, 0) = (*v)(0, i) = i == 0 ? 1 : 0;
    if (n > 1) make_q(ctx, v->from(1, 1), right.data(), n - 1);
  }
  if (transposed) {
    std::swap(u, v);
    for (int64_t k = 0; k + 1 < n; ++k) {  // lower to upper bidiagonal
      Rotation q = rotation(s[k], e[size_t(k)]);
      s[k] = q.r;
      e[size_t(k)] = q.s * s[k + 1];
      s[k + 1] *= q.c;
      if (u) rotate_columns(*u, k, k + 1, q.c, q.s);
    }
  }
  int64_t info = bidiagonal(ctx, n, s, e.data(), u, v, epsilon);
  order_values(
      n, s, [](double x, double y) { return x > y; }, u, v);
  for (int64_t i = 0; i < n; ++i) s[i] /= scale;
  return info;
}

namespace {

// Exchanges that bring a matrix which is triangular but for its order closer to triangular (the first half of LAPACK's
// balancing): [first, last) is what is left. places[i] is the row and column that i was exchanged with.
template <class T>
void isolate(const Matrix<T>& a, int64_t& first, int64_t& last, int64_t* places) {
  int64_t n = a.rows;
  first = 0;
  last = n;
  auto exchange = [&](int64_t i, int64_t j) {
    places[j] = i;
    if (i == j) return;
    for (int64_t k = 0; k < n; ++k) std::swap(a(k, i), a(k, j));
    for (int64_t k = 0; k < n; ++k) std::swap(a(i, k), a(j, k));
  };
  auto alone = [&](int64_t i, bool in_row) {
    for (int64_t k = first; k < last; ++k)
      if (k != i && (in_row ? a(i, k) : a(k, i)) != T(0)) return false;
    return true;
  };
  for (bool again = true; again && last > 1;) {
    again = false;
    for (int64_t i = last - 1; i >= 0 && !again; --i)
      if (alone(i, true)) {
        exchange(i, last - 1);
        --last;
        again = true;
      }
  }
  for (bool again = true; again && first + 1 < last;) {
    again = false;
    for (int64_t i = first; i < last && !again; ++i)
      if (alone(i, false)) {
        exchange(i, first);
        ++first;
        again = true;
      }
  }
  for (int64_t i = first; i < last; ++i) places[i] = i;
}

// The second half: powers of two that make rows and columns about equally long.
template <class T>
void balance(const Matrix<T>& a, int64_t first, int64_t last, double* factors) {
  for (int64_t i = 0; i < a.rows; ++i) factors[i] = 1;
  for (int sweep = 0; sweep < 100; ++sweep) {
    bool changed = false;
    for (int64_t i = first; i < last; ++i) {
      double column = 0, row = 0;
      for (int64_t k = first; k < last; ++k) {
        column = std::hypot(column, std::abs(a(k, i)));
        row = std::hypot(row, std::abs(a(i, k)));
      }
      if (column == 0 || row == 0) continue;
      double f = 1, c = column, r = row, sum = column + row;
      while (c < r / 2 && f < 1e150) f *= 2, c *= 2, r /= 2;
      while (c >= r * 2 && f > 1e-150) f /= 2, c /= 2, r *= 2;
      double total = factors[i] * f;
      if (c + r >= 0.95 * sum || total < 1e-250 || total > 1e250) continue;
      factors[i] = total;
      changed = true;
      for (int64_t k = 0; k < a.cols; ++k) a(i, k) /= f;
      for (int64_t k = 0; k < a.rows; ++k) a(k, i) *= f;
    }
    if (!changed) return;
  }
}

// Hessenberg form H of a in place; z, unless null, becomes Q of A = Q H Q^H.
template <class T>
void hessenberg(Context& ctx, const Matrix<T>& a, int64_t first, int64_t last, const Matrix<T>* z) {
  int64_t n = a.rows;
  Vec<T> tau(size_t(n), T(0)), v(static_cast<size_t>(n)), scratch(static_cast<size_t>(n));
  for (int64_t k = first; k + 2 < last; ++k) {
    int64_t rest = last - k - 1;
    T t = make_reflector(rest, &a(k + 1, k), a.row_step);
    tau[size_t(k)] = t;
    for (int64_t i = 1; i < rest; ++i) v[size_t(i)] = a(k + 1 + i, k);
    v[0] = 1;
    reflect_left(v.data(), 1, conj_of(t), a.block(k + 1, k + 1, rest, n - k - 1));
    reflect_right(v.data(), 1, t, a.block(0, k + 1, last, rest), scratch.data());
    ctx.spend(2 * work(n, rest));
  }
  if (z) {
    for (int64_t j = 0; j < n; ++j)
      for (int64_t i = 0; i < n; ++i) (*z)(i, j) = i == j ? 1 : 0;
    int64_t size = last - first - 1;
    if (size > 1) {
      Matrix<T> q = z->block(first + 1, first + 1, size, size);
      for (int64_t j = 0; j + 1 < size; ++j)
        for (int64_t i = j + 1; i < size; ++i) q(i, j) = a(first + 1 + i, first + j);
      make_q(ctx, q, tau.data() + first, size - 1);
    }
  }
  for (int64_t j = 0; j < n; ++j)
    for (int64_t i = j + 2; i < n; ++i) a(i, j) = 0;
}

// The last row l in (first, last] below which nothing couples: the subdiagonal entry left of it is negligible (Ahues and
// Tisseur's test).
template <class T>
int64_t find_split(const Matrix<T>& h, int64_t first, int64_t last, double epsilon) {
  int64_t n = h.rows;
  const double tiny = kTiny * (double(n) / epsilon);
  for (int64_t k = last; k > first; --k) {
    double below = size_of(h(k, k - 1));
    if (below <= tiny) return k;
    double near = size_of(h(k - 1, k - 1)) + size_of(h(k, k));
    if (near == 0) {
      if (k - 2 >= first) near += size_of(h(k - 1, k - 2));
      if (k + 1 <= last) near += size_of(h(k + 1, k));
    }
    if (below > epsilon * near) continue;
    double above = size_of(h(k - 1, k)), here = size_of(h(k, k)), apart = size_of(h(k - 1, k - 1) - h(k, k));
    double ab = std::max(below, above), ba = std::min(below, above), aa = std::max(here, apart), bb = std::min(here, apart);
    double s = aa + ab;
    if (ba * (ab / s) <= std::max(tiny, epsilon * (bb * (aa / s)))) return k;
  }
  return first;
}

// A reflector on rows, and its counterpart on columns, of H from row k on, and on z's columns: n entries in v.
template <class T>
void similarity(const Matrix<T>& h, const Matrix<T>* z, int64_t k, int64_t n, const T* v, T tau, int64_t last, T* scratch) {
  reflect_left(v, 1, conj_of(tau), h.block(k, k, n, h.cols - k));
  reflect_right(v, 1, tau, h.block(0, k, std::min(k + n + 1, last + 1), n), scratch);
  if (z) reflect_right(v, 1, tau, z->block(0, k, z->rows, n), scratch);
}

// Francis' double shifts until H is triangular but for blocks of two. 1-based position of failure, or 0.
int64_t iterate(Context& ctx, const Matrix<double>& h, int64_t first, int64_t end, const Matrix<double>* z, double epsilon) {
  Vec<double> scratch(size_t(h.rows));
  int64_t limit = 30 * std::max<int64_t>(10, end - first);
  for (int64_t i = end - 1; i >= first;) {
    int64_t l = first;
    bool done = false;
    for (int64_t round = 0; round <= limit; ++round) {
      l = find_split(h, l, i, epsilon);
      if (l > first) h(l, l - 1) = 0;
      if (l >= i - 1) {
        done = true;
        break;
      }
      double h11, h21, h12, h22;
      if (round % 20 == 10) {  // exceptional shifts break cycles
        double s = std::abs(h(l + 1, l)) + std::abs(h(l + 2, l + 1));
        h11 = h22 = 0.75 * s + h(l, l), h12 = -0.4375 * s, h21 = s;
      } else if (round % 20 == 0 && round > 0) {
        double s = std::abs(h(i, i - 1)) + std::abs(h(i - 1, i - 2));
        h11 = h22 = 0.75 * s + h(i, i), h12 = -0.4375 * s, h21 = s;
      } else {
        h11 = h(i - 1, i - 1), h21 = h(i, i - 1), h12 = h(i - 1, i), h22 = h(i, i);
      }
      double re1 = 0, re2 = 0, im1 = 0, im2 = 0, s = std::abs(h11) + std::abs(h12) + std::abs(h21) + std::abs(h22);
      if (s != 0) {
        h11 /= s, h21 /= s, h12 /= s, h22 /= s;
        double mean = (h11 + h22) / 2, determinant = (h11 - mean) * (h22 - mean) - h12 * h21, root = std::sqrt(std::abs(determinant));
        if (determinant >= 0) {
          re1 = re2 = mean * s;
          im1 = root * s;
          im2 = -im1;
        } else {  // two real shifts: the one nearer to the corner, twice
          re1 = mean + root, re2 = mean - root;
          re1 = re2 = (std::abs(re1 - h22) <= std::abs(re2 - h22) ? re1 : re2) * s;
        }
      }
      double v[3];
      int64_t m = i - 2;
      for (;; --m) {  // start as low as two small subdiagonal entries allow
        double below = std::abs(h(m + 1, m)), top = h(m, m), total = std::abs(top - re2) + std::abs(im2) + below;
        below = h(m + 1, m) / total;
        v[0] = below * h(m, m + 1) + (top - re1) * ((top - re2) / total) - im1 * (im2 / total);
        v[1] = below * (top + h(m + 1, m + 1) - re1 - re2);
        v[2] = below * h(m + 2, m + 1);
        total = std::abs(v[0]) + std::abs(v[1]) + std::abs(v[2]);
        for (double& x : v) x /= total;
        if (m == l) break;
        double around = std::abs(h(m - 1, m - 1)) + std::abs(top) + std::abs(h(m + 1, m + 1));
        if (std::abs(h(m, m - 1)) * (std::abs(v[1]) + std::abs(v[2])) <= epsilon * std::abs(v[0]) * around) break;
      }
      for (int64_t k = m; k < i; ++k) {
        int64_t n = std::min<int64_t>(3, i - k + 1);
        if (k > m)
          for (int64_t j = 0; j < n; ++j) v[j] = h(k + j, k - 1);
        double tau = make_reflector(n, v, 1);
        if (k > m) {
          h(k, k - 1) = v[0];
          for (int64_t j = 1; j < n; ++j) h(k + j, k - 1) = 0;
        } else if (m > l) {
          h(k, k - 1) *= 1 - tau;
        }
        similarity(h, z, k, n, v, tau, i, scratch.data());
      }
      ctx.spend(work(h.rows, i - m));
    }
    if (!done) return i + 1;
    i = l - 1;
  }
  return 0;
}

// Single shifts until H is triangular.
int64_t iterate(Context& ctx, const Matrix<ComplexDouble>& h, int64_t first, int64_t end, const Matrix<ComplexDouble>* z, double epsilon) {
  Vec<ComplexDouble> scratch(size_t(h.rows));
  int64_t limit = 30 * std::max<int64_t>(10, end - first);
  for (int64_t i = end - 1; i >= first;) {
    int64_t l = first;
    bool done = false;
    for (int64_t round = 0; round <= limit; ++round) {
      l = find_split(h, l, i, epsilon);
      if (l > first) h(l, l - 1) = 0;
      if (l >= i) {
        done = true;
        break;
      }
      ComplexDouble shift = h(i, i);
      if (round % 20 == 10) {
        shift = 0.75 * std::abs(h(l + 1, l).real()) + h(l, l);
      } else if (round % 20 == 0 && round > 0) {
        shift = 0.75 * std::abs(h(i, i - 1).real()) + h(i, i);
      } else {
        ComplexDouble u = std::sqrt(h(i - 1, i)) * std::sqrt(h(i, i - 1));
        if (double s = size_of(u); s != 0) {  // the eigenvalue of the corner's block that is nearer to the corner
          ComplexDouble x = 0.5 * (h(i - 1, i - 1) - shift);
          s = std::max(s, size_of(x));
          ComplexDouble y = s * std::sqrt((x / s) * (x / s) + (u / s) * (u / s));
          if (size_of(x) > 0 && x.real() * y.real() + x.imag() * y.imag() < 0) y = -y;
          shift -= u * (u / (x + y));
        }
      }
      ComplexDouble v[2];
      int64_t m = i - 1;
      for (;; --m) {
        v[0] = h(m, m) - shift;
        v[1] = h(m + 1, m);
        double total = size_of(v[0]) + size_of(v[1]);
        if (total > 0) v[0] /= total, v[1] /= total;
        if (m == l) break;
        if (size_of(h(m, m - 1)) * size_of(v[1]) <= epsilon * size_of(v[0]) * (size_of(h(m, m)) + size_of(h(m + 1, m + 1)))) break;
      }
      for (int64_t k = m; k < i; ++k) {
        if (k > m) v[0] = h(k, k - 1), v[1] = h(k + 1, k - 1);
        ComplexDouble tau = make_reflector(int64_t(2), v, int64_t(1));
        if (k > m) {
          h(k, k - 1) = v[0];
          h(k + 1, k - 1) = 0;
        } else if (m > l) {
          h(k, k - 1) *= 1.0 - std::conj(tau);
        }
        similarity(h, z, k, 2, v, tau, i, scratch.data());
      }
      ctx.spend(work(h.rows, i - m));
    }
    if (!done) return i + 1;
    i = l - 1;
  }
  return 0;
}

// The eigenvalues of [[a, b], [c, d]], the one with the positive imaginary part, or LAPACK's first, first.
void block_values(double a, double b, double c, double d, ComplexDouble* values) {
  double p = 0.5 * (a - d), greater = std::max(std::abs(b), std::abs(c));
  double lesser = std::min(std::abs(b), std::abs(c)) * (std::signbit(b) == std::signbit(c) ? 1 : -1);
  double scale = std::max(std::abs(p), greater);
  if (scale == 0) {
    values[0] = a, values[1] = d;
    return;
  }
  double z = p / scale * p + greater / scale * lesser;
  if (z >= 0) {
    z = p + std::copysign(std::sqrt(scale) * std::sqrt(z), p);
    values[0] = d + z;
    values[1] = z == 0 ? d : d - greater / z * lesser;
  } else {
    double root = std::sqrt(scale) * std::sqrt(-z), mean = d + p;
    values[0] = {mean, root};
    values[1] = {mean, -root};
  }
}

// A real quasi-triangular form as a complex triangular one. turns: what brings a pair's vector, whose own entry in the
// triangular form is 1, to the phase in which LAPACK's trevc computes it.
void complete(const Matrix<double>& t, const Matrix<double>* z, const Matrix<ComplexDouble>& ct, const Matrix<ComplexDouble>& cz, ComplexDouble* values,
              ComplexDouble* turns) {
  int64_t n = t.rows;
  if (z)
    for (int64_t j = 0; j < n; ++j)
      for (int64_t i = 0; i < n; ++i) ct(i, j) = i <= j + 1 ? t(i, j) : 0, cz(i, j) = (*z)(i, j);
  for (int64_t k = 0; k < n; ++k) {
    values[k] = t(k, k);
    if (k + 1 == n || t(k + 1, k) == 0) continue;
    double a = t(k, k), b = t(k, k + 1), c = t(k + 1, k), d = t(k + 1, k + 1);
    block_values(a, b, c, d, values + k);
    if (z) {
      // The unitary [[x, -y*], [y, x*]] whose first column is the eigenvector of the first value.
      ComplexDouble x = values[k] - d, y = c;
      double norm = std::hypot(std::abs(x), std::abs(y));
      x /= norm, y /= norm;
      if (values[k].imag() != 0) {
        // The rotation (cs, sn) that makes the block's diagonal even; trevc sets the second entry to a multiple of i.
        double sigma = b + c, p = 0.5 * (a - d), tau = std::hypot(sigma, a - d);
        double cs = std::sqrt(0.5 * (1 + std::abs(sigma) / tau)), sn = -(p / (tau * cs)) * std::copysign(1.0, sigma);
        double upper = (b * cs + a * -sn) * cs + (d * cs + c * -sn) * sn, lower = -(a * cs + b * sn) * sn + (c * cs + d * sn) * cs;
        ComplexDouble second = cs * y - sn * x;
        ComplexDouble wanted(0, std::abs(upper) >= std::abs(lower) ? std::copysign(1.0, upper) : 1.0);
        turns[k] = wanted * std::conj(second) / std::abs(second);
      }
      auto turn_columns = [&](const Matrix<ComplexDouble>& m, int64_t rows) {
        for (int64_t i = 0; i < rows; ++i) {
          ComplexDouble p = m(i, k), q = m(i, k + 1);
          m(i, k) = times(p, x) + times(q, y);
          m(i, k + 1) = times(q, std::conj(x)) - times(p, std::conj(y));
        }
      };
      turn_columns(ct, k + 2);
      turn_columns(cz, n);
      for (int64_t j = k; j < n; ++j) {
        ComplexDouble p = ct(k, j), q = ct(k + 1, j);
        ct(k, j) = times(std::conj(x), p) + times(std::conj(y), q);
        ct(k + 1, j) = times(x, q) - times(y, p);
      }
      ct(k, k) = values[k], ct(k + 1, k + 1) = values[k + 1], ct(k + 1, k) = 0;
    }
    ++k;
  }
}
void complete(const Matrix<ComplexDouble>& t, const Matrix<ComplexDouble>* z, const Matrix<ComplexDouble>& ct, const Matrix<ComplexDouble>& cz,
              ComplexDouble* values, ComplexDouble*) {
  for (int64_t k = 0; k < t.rows; ++k) values[k] = t(k, k);
  if (!z) return;
  for (int64_t j = 0; j < t.cols; ++j)
    for (int64_t i = 0; i < t.rows; ++i) ct(i, j) = t(i, j), cz(i, j) = (*z)(i, j);
}

}  // namespace

template <class T>
int64_t eig(Context& ctx, const Matrix<T>& a, ComplexDouble* values, const Matrix<ComplexDouble>* vectors, double epsilon) {
  int64_t n = a.rows;
  if (n == 0) return 0;
  double scale = power_scale(a);
  scale_by(a, scale);
  int64_t first, last;
  Vec<int64_t> places(static_cast<size_t>(n));
  Vec<double> factors(static_cast<size_t>(n));
  isolate(a, first, last, places.data());
  balance(a, first, last, factors.data());
  Vec<T> z_data(vectors ? size_t(n) * size_t(n) : 0);
  Matrix<T> z{z_data.data(), n, n, 1, n};
  const Matrix<T>* z_or_null = vectors ? &z : nullptr;
  hessenberg(ctx, a, first, last, z_or_null);
  int64_t info = iterate(ctx, a, first, last, z_or_null, epsilon);
  if (info != 0) return info;
  Vec<ComplexDouble> t_data(z_data.size()), q_data(z_data.size()), x(static_cast<size_t>(n)), turns(size_t(n), ComplexDouble(1));
  Matrix<ComplexDouble> t{t_data.data(), n, n, 1, n}, q{q_data.data(), n, n, 1, n};
  complete(a, z_or_null, t, q, values, turns.data());
  for (int64_t k = 0; vectors && k < n; ++k) {
    constexpr bool kReal = std::is_same_v<T, double>;
    const Matrix<ComplexDouble>& out = *vectors;
    if (kReal && values[k].imag() < 0 && k > 0) {  // the other half of a pair
      for (int64_t i = 0; i < n; ++i) out(i, k) = std::conj(out(i, k - 1));
      continue;
    }
    // (T - value) x = 0 by back substitution, x[k] = 1.
    double least = std::max(kEpsilon * size_of(t(k, k)), kTiny * double(n) / kEpsilon);
    for (int64_t i = 0; i < k; ++i) x[size_t(i)] = -t(i, k);
    x[size_t(k)] = 1;
    for (int64_t j = k - 1; j >= 0; --j) {
      ComplexDouble d = t(j, j) - t(k, k);
      if (size_of(d) < least) d = least;
      ComplexDouble& xj = x[size_t(j)];
      xj /= d;
      if (double size = size_of(xj); size > 1e100)
        for (int64_t i = 0; i <= k; ++i) x[size_t(i)] /= size;
      for (int64_t i = 0; i < j; ++i) x[size_t(i)] -= times(t(i, j), xj);
    }
    for (int64_t i = 0; i < n; ++i) out(i, k) = 0;
    for (int64_t j = 0; j <= k; ++j)
      for (int64_t i = 0; i < n; ++i) out(i, k) += times(q(i, j), x[size_t(j)]);
    // Back through the balancing; then norm 1, and the greatest entry of a complex vector real.
    for (int64_t i = first; i < last; ++i) out(i, k) *= factors[size_t(i)];
    for (int64_t i = first - 1; i >= 0; --i) std::swap(out(i, k), out(places[size_t(i)], k));
    for (int64_t i = last; i < n; ++i) std::swap(out(i, k), out(places[size_t(i)], k));
    double total = 0, greatest = 0;
    int64_t at = 0;
    for (int64_t i = 0; i < n; ++i) {
      double size = std::abs(out(i, k));
      total = std::hypot(total, size);
      if (size > greatest) greatest = size, at = i;
    }
    if (!(total > 0)) continue;
    bool real_vector = kReal && values[k].imag() == 0;
    ComplexDouble turn = real_vector || greatest == 0 ? ComplexDouble(1) : std::conj(out(at, k)) / greatest;
    ComplexDouble top = times(out(at, k), turns[size_t(k)]);
    // LAPACK's rotation to a real entry: the older rule in double precision, the newer in single.
    bool older = epsilon == kEpsilon;
    if (kReal && !real_vector && top.real() < 0 && !(older && std::abs(top.real()) <= std::abs(top.imag()))) turn = -turn;
    for (int64_t i = 0; i < n; ++i) {
      out(i, k) = times(out(i, k), turn) / total;
      if (real_vector || i == at) out(i, k).imag(0);
    }
    ctx.spend(work(n, k));
  }
  for (int64_t i = 0; i < n; ++i) values[i] /= scale;
  return 0;
}

#define TAPER_INSTANCES(T)                                                                                     \
  template int64_t eigh(Context&, const Matrix<T>&, double*, bool, bool, double);                              \
  template int64_t svd(Context&, const Matrix<T>&, double*, const Matrix<T>*, const Matrix<T>*, bool, double); \
  template int64_t eig(Context&, const Matrix<T>&, ComplexDouble*, const Matrix<ComplexDouble>*, double);
TAPER_INSTANCES(double)
TAPER_INSTANCES(ComplexDouble)
#undef TAPER_INSTANCES

}  // namespace taper::impl::dense
