// Fourier transforms of single lines in double precision. A plan belongs to one length and direction and is reused for
// all lines of a call; it holds scratch, so a thread needs its own.
//
//   FftPlan plan(n, true);
//   plan.run(out, in);                // out[k] = sum over j of in[j] exp(-2 pi i j k / n); not scaled, also backwards
//   plan.run_real(half, real_line);   // the first n / 2 + 1 of them, for a real line (forward plans)
//   plan.run_half(real_line, half);   // the real line that such a half stands for (backward plans)
//
// Lengths with a large prime factor go through a convolution of a power of two, so that every length costs n log n.
#pragma once

#include <complex>
#include <cstdint>
#include <memory>

namespace taper::impl {

class FftPlan {
 public:
  static constexpr int64_t kLongest = int64_t(1) << 28;

  FftPlan(int64_t n, bool forward);
  ~FftPlan();
  FftPlan(const FftPlan&) = delete;
  FftPlan& operator=(const FftPlan&) = delete;

  // The lines of a call must not overlap.
  void run(std::complex<double>* out, const std::complex<double>* in);
  void run_real(std::complex<double>* out, const double* in);
  void run_half(double* out, const std::complex<double>* in);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace taper::impl
