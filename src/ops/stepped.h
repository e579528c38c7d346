// Half arithmetic as PyTorch's plain kernels do it: in float, but every operation rounds its result to the half type. An
// operator that is a template over its number type gives PyTorch's exact half results with Stepped<Half>.
#pragma once

#include <compare>
#include <type_traits>

#include "core/dtype.h"

namespace taper::impl {

template <class R>
struct Stepped {
  float v = 0;
  Stepped() = default;
  template <class N>
    requires std::is_arithmetic_v<N>
  Stepped(N x) : v(float(R(float(x)))) {}
  explicit operator int64_t() const { return int64_t(v); }
  explicit operator float() const { return v; }
  friend Stepped operator+(Stepped a, Stepped b) { return a.v + b.v; }
  friend Stepped operator-(Stepped a, Stepped b) { return a.v - b.v; }
  friend Stepped operator*(Stepped a, Stepped b) { return a.v * b.v; }
  friend Stepped operator/(Stepped a, Stepped b) { return a.v / b.v; }
  Stepped& operator+=(Stepped b) { return *this = *this + b; }
  Stepped& operator*=(Stepped b) { return *this = *this * b; }
  friend auto operator<=>(Stepped a, Stepped b) { return a.v <=> b.v; }
  friend bool operator==(Stepped a, Stepped b) { return a.v == b.v; }
};

// What a tensor of such numbers holds while an operator works on it.
template <class T>
using StoredAs = std::conditional_t<std::is_same_v<T, double>, double, float>;

inline float plain(float x) { return x; }
inline double plain(double x) { return x; }
template <class R>
float plain(Stepped<R> x) {
  return x.v;
}

}  // namespace taper::impl
