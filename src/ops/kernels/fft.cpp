#include "ops/kernels/fft.h"

#include <cmath>
#include <numbers>
#include <unsupported/Eigen/FFT>

#include "core/error.h"
#include "core/pool.h"

namespace taper::impl {
namespace {

using Complex = std::complex<double>;
using Transform = Eigen::internal::kissfft_impl<double>;

// Above this prime factor the convolution is cheaper than a butterfly of that radix.
constexpr int64_t kLargestRadix = 50;

int64_t largest_factor(int64_t n) {
  int64_t largest = 1;
  for (int64_t p = 2; p * p <= n; ++p)
    for (; n % p == 0; n /= p) largest = p;
  return std::max(largest, n);
}

// Bluestein: jk = (j^2 + k^2 - (k - j)^2) / 2 makes the transform a convolution with a chirp.
struct Chirp {
  int n, padded;
  Vec<Complex> chirp, kernel, line, spectrum;

  Chirp(Transform& fft, int64_t length, bool forward) : n(int(length)), padded(1) {
    while (padded < 2 * n - 1) padded *= 2;
    chirp.resize(size_t(n));
    kernel.assign(size_t(padded), Complex());
    line.assign(size_t(padded), Complex());
    spectrum.resize(size_t(padded));
    for (int64_t k = 0; k < n; ++k) {
      double angle = std::numbers::pi * double(k * k % (2 * int64_t(n))) / n;
      chirp[size_t(k)] = {std::cos(angle), forward ? -std::sin(angle) : std::sin(angle)};
      line[size_t(k)] = std::conj(chirp[size_t(k)]);
      if (k > 0) line[size_t(padded - k)] = line[size_t(k)];
    }
    fft.fwd(kernel.data(), line.data(), padded);
  }

  void run(Transform& fft, Complex* out, const Complex* in) {
    std::fill(line.begin(), line.end(), Complex());
    for (int k = 0; k < n; ++k) line[size_t(k)] = in[k] * chirp[size_t(k)];
    fft.fwd(spectrum.data(), line.data(), padded);
    for (size_t k = 0; k < spectrum.size(); ++k) spectrum[k] *= kernel[k];
    fft.inv(line.data(), spectrum.data(), padded);
    double scale = 1.0 / padded;
    for (int k = 0; k < n; ++k) out[k] = line[size_t(k)] * chirp[size_t(k)] * scale;
  }
};

}  // namespace

struct FftPlan::State {
  int n;
  bool forward;
  Transform fft;
  std::unique_ptr<Chirp> chirp;
  Vec<Complex> in, out;  // for real lines through the chirp
};

FftPlan::FftPlan(int64_t n, bool forward) {
  check(n >= 1 && n <= kLongest, "Fourier transforms of ", n, " points are not supported");
  state_ = std::make_unique<State>();
  state_->n = int(n);
  state_->forward = forward;
  if (largest_factor(n) > kLargestRadix) state_->chirp = std::make_unique<Chirp>(state_->fft, n, forward);
}
FftPlan::~FftPlan() = default;

void FftPlan::run(Complex* out, const Complex* in) {
  State& s = *state_;
  if (s.n == 1) *out = *in;
  else if (s.chirp) s.chirp->run(s.fft, out, in);
  else if (s.forward) s.fft.fwd(out, in, s.n);
  else s.fft.inv(out, in, s.n);
}

void FftPlan::run_real(Complex* out, const double* in) {
  State& s = *state_;
  if (s.n == 1) {
    *out = *in;
  } else if (s.chirp) {
    s.in.assign(in, in + s.n);
    s.out.resize(s.in.size());
    s.chirp->run(s.fft, s.out.data(), s.in.data());
    std::copy_n(s.out.begin(), s.n / 2 + 1, out);
  } else {
    s.fft.fwd(out, in, s.n);
  }
}

void FftPlan::run_half(double* out, const Complex* in) {
  State& s = *state_;
  if (s.n == 1) {
    *out = in->real();
  } else if (s.chirp) {
    s.in.resize(size_t(s.n));
    s.out.resize(size_t(s.n));
    std::copy_n(in, s.n / 2 + 1, s.in.begin());
    for (int k = 1; k <= (s.n - 1) / 2; ++k) s.in[size_t(s.n - k)] = std::conj(in[k]);
    s.chirp->run(s.fft, s.out.data(), s.in.data());
    for (int k = 0; k < s.n; ++k) out[k] = s.out[size_t(k)].real();
  } else {
    s.fft.inv(out, in, s.n);
  }
}

}  // namespace taper::impl
