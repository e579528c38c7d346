// Dense linear algebra on one matrix, in double and complex<double> only: factorizations, triangular systems, spectral
// decompositions. Conventions (reflector signs, pivot rules, what is stored where) are LAPACK's, because PyTorch's answers
// show them. Matrices may lie in any strided way; the loops are fast when columns are dense.
//
// Nothing here allocates results; scratch comes from the pool. Long loops spend fuel as they go. Functions that can fail
// return LAPACK's info: 0, or a 1-based position, or a number of values that did not converge.
#pragma once

#include "core/context.h"

namespace taper::impl::dense {

template <class T>
struct Matrix {
  T* data;
  int64_t rows, cols, row_step, col_step;
  T& operator()(int64_t i, int64_t j) const { return data[i * row_step + j * col_step]; }
  Matrix block(int64_t i, int64_t j, int64_t r, int64_t c) const { return {data + i * row_step + j * col_step, r, c, row_step, col_step}; }
  Matrix from(int64_t i, int64_t j) const { return block(i, j, rows - i, cols - j); }
  Matrix transposed() const { return {data, cols, rows, col_step, row_step}; }
};

inline double conj_of(double x) { return x; }
inline ComplexDouble conj_of(ComplexDouble x) { return std::conj(x); }
inline double real_of(double x) { return x; }
inline double real_of(ComplexDouble x) { return x.real(); }
inline double imag_of(double) { return 0; }
inline double imag_of(ComplexDouble x) { return x.imag(); }
inline double times(double a, double b) { return a * b; }
// Without the NaN repair of operator*, which costs a call.
inline ComplexDouble times(ComplexDouble a, ComplexDouble b) { return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()}; }
// |re| + |im|: LAPACK's measure for pivots.
inline double size_of(double x) { return x < 0 ? -x : x; }
inline double size_of(ComplexDouble x) { return size_of(x.real()) + size_of(x.imag()); }

// True when no element is infinite or NaN.
template <class T>
bool all_finite(const Matrix<T>& a);

// A = P L U in place (getrf). pivots[i] is the 1-based row that row i was exchanged with. info: the first zero of U.
template <class T>
int64_t lu(Context& ctx, const Matrix<T>& a, int32_t* pivots, bool pivot);
// Exchanges rows of b as lu() did (or back).
template <class T>
void exchange_rows(const Matrix<T>& b, const int32_t* pivots, int64_t count, bool back);

// b := A^-1 b for a triangular A; what lies on the other side is not read.
template <class T>
void solve_triangular(Context& ctx, const Matrix<T>& a, const Matrix<T>& b, bool upper, bool unit);

// A = L L^H in the lower triangle (potrf). info: the order of the leading minor that is not positive.
template <class T>
int64_t cholesky(Context& ctx, const Matrix<T>& a);

// A = Q R in place (geqrf): R above, the reflectors' tails below the diagonal; tau has min(rows, cols) entries.
template <class T>
void qr(Context& ctx, const Matrix<T>& a, T* tau);
// The first columns of Q from `count` reflectors in q's own columns (orgqr).
template <class T>
void make_q(Context& ctx, const Matrix<T>& q, const T* tau, int64_t count);
// c := Q c, or Q^H c when `adjoint`, from the reflectors in a's columns.
template <class T>
void apply_q(Context& ctx, const Matrix<T>& a, const T* tau, int64_t count, const Matrix<T>& c, bool adjoint);
// A reflector I - tau v v^H with v[0] = 1 whose adjoint maps x to (beta, 0, ...): x becomes (beta, v[1:]).
template <class T>
T make_reflector(int64_t n, T* x, int64_t step);
// c := (I - tau v v^H) c, and c := c (I - tau v v^H) with `scratch` of c.rows entries.
template <class T>
void reflect_left(const T* v, int64_t step, T tau, const Matrix<T>& c);
template <class T>
void reflect_right(const T* v, int64_t step, T tau, const Matrix<T>& c, T* scratch);

// A = L D L^T or L D L^H in the lower triangle (sytrf, hetrf): Bunch and Kaufman's pivots, negative for blocks of two.
template <class T>
int64_t ldl(Context& ctx, const Matrix<T>& a, int32_t* pivots, bool hermitian);
template <class T>
void ldl_solve(Context& ctx, const Matrix<T>& a, const int32_t* pivots, const Matrix<T>& b, bool hermitian);

// The spectral iterations stop at `epsilon`, the precision of the input's own dtype: they then take the same steps as
// LAPACK's in that precision, on which the order of eigenvalues and the signs of vectors depend.

// Eigenvalues, ascending, of a Hermitian matrix given by its lower or upper triangle; a becomes the eigenvectors if asked.
template <class T>
int64_t eigh(Context& ctx, const Matrix<T>& a, double* values, bool upper, bool vectors, double epsilon);

// A = U diag(s) V^H for rows >= cols; s descends. a is destroyed. u has between cols and rows columns, v is square.
// `transposed`: a is the adjoint of the matrix in question, whose signs are wanted.
template <class T>
int64_t svd(Context& ctx, const Matrix<T>& a, double* s, const Matrix<T>* u, const Matrix<T>* v, bool transposed, double epsilon);

// Eigenvalues and, unless null, right eigenvectors of norm 1 of a square matrix, which is destroyed.
template <class T>
int64_t eig(Context& ctx, const Matrix<T>& a, ComplexDouble* values, const Matrix<ComplexDouble>* vectors, double epsilon);

}  // namespace taper::impl::dense
