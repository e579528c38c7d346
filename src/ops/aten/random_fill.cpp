#include <cmath>
#include <limits>
#include <numbers>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/random.h"
#include "ops/aten/view.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

template <class T>
constexpr bool kReduced = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
// What a dtype's draws are computed in.
template <class T>
using Wide = std::conditional_t<std::is_same_v<T, double>, double, float>;

template <class W>
W unit(Generator& g) {
  if constexpr (std::is_same_v<W, double>) return unit_double(g);
  else return unit_float(g);
}

// What a double becomes in a dtype, for integers by way of int64.
template <class T>
T narrowed(double x) {
  if constexpr (std::is_floating_point_v<T>) return T(x);
  else if constexpr (kReduced<T>) return T(float(x));
  else if (x >= 0x1p63) return T(INT64_MAX);
  else return T(int64_t(x));
}

// Runs `fill` on memory in one piece: self's, or a copy's in the same order.
template <class Fill>
void dense(Context& ctx, const Tensor& self, Fill&& fill) {
  ctx.spend(self.numel() / 100 + 1);
  if (self.is_contiguous() || self.is_non_overlapping_and_dense()) return fill(self);
  Tensor copy = empty_like(self, self.dtype());
  fill(copy);
  copy_(ctx, self, copy);
}

// A draw an element.
template <class T, class Draw>
void each(const Tensor& self, Draw&& draw) {
  T* data = self.mutable_data<T>();
  for (int64_t i = 0, n = self.numel(); i < n; ++i) data[i] = draw();
}

void each_floating(Context& ctx, const Tensor& self, const char* name, FunctionRef<double()> draw) {
  visit_floating(self.dtype(), name, [&](auto zero) {
    using T = decltype(zero);
    dense(ctx, self, [&](const Tensor& t) { each<T>(t, [&] { return narrowed<T>(draw()); }); });
  });
}

constexpr int64_t kNormalBlock = 16;

// Eight pairs of draws: the first half are radii, the second angles.
template <class W>
void transform_block(W* data, W mean, W deviation) {
  for (int64_t j = 0; j < kNormalBlock / 2; ++j) {
    W radius = std::sqrt(W(-2) * std::log(W(1) - data[j])), angle = W(kTwoPi) * data[j + kNormalBlock / 2];
    data[j] = radius * std::cos(angle) * deviation + mean;
    data[j + kNormalBlock / 2] = radius * std::sin(angle) * deviation + mean;
  }
}

// From 16 elements on PyTorch draws all uniform numbers first and transforms blocks of 16; the last block, when it is not
// whole, is drawn again for the last 16 elements. Half types draw by the block, so never twice for the last.
template <class T, class W>
void fill_normal_blocks(W* data, int64_t n, W mean, W deviation, Generator& g) {
  for (int64_t i = 0, drawn = kReduced<T> ? n - n % kNormalBlock : n; i < drawn; ++i) data[i] = unit<W>(g);
  for (int64_t i = 0; i + kNormalBlock <= n; i += kNormalBlock) transform_block(data + i, mean, deviation);
  if (n % kNormalBlock == 0) return;
  W* last = data + n - kNormalBlock;
  for (int64_t j = 0; j < kNormalBlock; ++j) last[j] = unit<W>(g);
  transform_block(last, mean, deviation);
}

template <class T>
constexpr int kDigits = std::numeric_limits<T>::digits;
template <>
constexpr int kDigits<Half> = 11;
template <>
constexpr int kDigits<BFloat16> = 8;

// The neighbours of a bound that a floating type can hold, as PyTorch moves it: from up, to down.
template <class T>
int64_t step_at(int64_t bound) {
  int exponent = 63 - __builtin_clzll(uint64_t(std::abs(bound)) | 1);
  return int64_t(1) << std::max(0, exponent - kDigits<T> + 1);
}
bool is_int64(double x) { return x > -0x1p63 && x < 0x1p63; }

template <class T>
int64_t representable_from(int64_t from) {
  double next = double(narrowed<T>(double(from) + 1));
  return is_int64(next) && next < double(from) ? int64_t(next) + step_at<T>(from + 1) : from;
}
template <class T>
int64_t representable_to(int64_t to) {
  double last = double(narrowed<T>(double(to) - 1));
  return is_int64(last) && last >= double(to) ? int64_t(last) - step_at<T>(to - 1) : to;
}

// range 0 stands for 2^64. Small ranges take 32 bits a draw.
template <class T>
void fill_range(Context& ctx, const Tensor& self, uint64_t range, int64_t base, Generator& g) {
  bool narrow = range != 0 && range < (uint64_t(1) << 28);
  dense(ctx, self, [&](const Tensor& t) {
    each<T>(t, [&] {
      uint64_t x = narrow ? g.random() : g.random64();
      auto value = int64_t((range ? x % range : x) + uint64_t(base));
      if constexpr (kReduced<T>) return T(float(value));
      else return T(value);
    });
  });
}

template <class T>
void check_bound(int64_t value, const char* name, DType dtype) {
  bool fits = true;
  if constexpr (std::is_same_v<T, Half>) fits = std::abs(double(value)) <= 65504;
  else if constexpr (std::is_same_v<T, bool>) fits = value == 0 || value == 1;
  else if constexpr (std::is_integral_v<T>) fits = value >= int64_t(std::numeric_limits<T>::min()) && value <= int64_t(std::numeric_limits<T>::max());
  check(fits, name, " is out of bounds for ", cpp_type_name(dtype));
}

template <class Fn>
void visit_drawable(DType dtype, Fn&& fn) {
  check(!is_complex(dtype), "check_random_bounds handles only integral, floating-point and boolean types");
  visit_real_bool(dtype, "random_from_to", fn);
}

}  // namespace

double normal_double(Generator& g) {
  if (g.next_double_normal) return *std::exchange(g.next_double_normal, std::nullopt);
  double angle = kTwoPi * unit_double(g), radius = std::sqrt(-2 * std::log1p(-unit_double(g)));
  g.next_double_normal = radius * std::sin(angle);
  return radius * std::cos(angle);
}

void fill_uniform(Context& ctx, const Tensor& self, double from, double to, Generator& g) {
  if (self.is_complex()) return fill_uniform(ctx, view_as_real(ctx, self), from, to, g);
  visit_floating(self.dtype(), "check_uniform_bounds", [&](auto zero) {
    using T = decltype(zero);
    using W = Wide<T>;
    double largest = std::is_same_v<T, Half> ? 65504 : double(std::numeric_limits<W>::max());
    check(from >= -largest && from <= largest, "from is out of bounds for ", cpp_type_name(self.dtype()));
    check(to >= -largest && to <= largest, "to is out of bounds for ", cpp_type_name(self.dtype()));
    check(from <= to, "uniform_ expects to return a [from, to) range, but found from=", from, " > to=", to);
    check(to - from <= largest, "uniform_ expects to-from <= std::numeric_limits<", scalar_type_name(self.dtype()), ">::max(), but found to=", to,
          " and from=", from, " which result in to-from to exceed the limit");
    W low = W(from), span = W(to) - W(from);
    T first = T(low), end = T(W(to));
    dense(ctx, self, [&](const Tensor& t) {
      each<T>(t, [&] {
        T x = T(unit<W>(g) * span + low);
        return W(x) == W(end) ? first : x;  // what rounds up to the end starts over
      });
    });
  });
}

void fill_normal(Context& ctx, const Tensor& self, double mean, double deviation, Generator& g) {
  check(deviation >= 0, "normal expects std >= 0.0, but found std ", deviation);
  // Each part takes half of the variance.
  if (self.is_complex()) return fill_normal(ctx, view_as_real(ctx, self), mean, deviation / std::sqrt(2.0), g);
  if (self.numel() < kNormalBlock || !self.is_contiguous())
    return each_floating(ctx, self, "normal_kernel_cpu", [&] { return normal_double(g) * deviation + mean; });
  ctx.spend(self.numel() / 100 + 1);
  visit_floating(self.dtype(), "normal_kernel_cpu", [&](auto zero) {
    using T = decltype(zero);
    using W = Wide<T>;
    T* data = self.mutable_data<T>();
    int64_t n = self.numel();
    if constexpr (!kReduced<T>) return fill_normal_blocks<T, W>(data, n, W(mean), W(deviation), g);
    Vec<W> wide(static_cast<size_t>(n));
    fill_normal_blocks<T, W>(wide.data(), n, W(mean), W(deviation), g);
    for (int64_t i = 0; i < n; ++i) data[i] = T(wide[size_t(i)]);
  });
}

void fill_log_normal(Context& ctx, const Tensor& self, double mean, double deviation, Generator& g) {
  check(deviation > 0, "log_normal_ expects std > 0.0, but found std=", deviation);
  each_floating(ctx, self, "log_normal_cpu", [&] { return std::exp(normal_double(g) * deviation + mean); });
}

void fill_exponential(Context& ctx, const Tensor& self, double rate, Generator& g) {
  check(is_floating(self.dtype()), "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified ",
        scalar_type_name(self.dtype()));
  check(rate > 0, "exponential_ expects lambda > 0.0, but found lambda=", rate);
  each_floating(ctx, self, "exponential", [&] { return -std::log1p(-unit_double(g)) / rate; });
}

void fill_cauchy(Context& ctx, const Tensor& self, double median, double sigma, Generator& g) {
  check(sigma > 0, "cauchy_ expects sigma > 0.0, but found sigma=", sigma);
  check(is_floating(self.dtype()), "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you specified ",
        cpp_type_name(self.dtype()));
  each_floating(ctx, self, "cauchy", [&] { return median + sigma * std::tan(std::numbers::pi * (unit_double(g) - 0.5)); });
}

void fill_geometric(Context& ctx, const Tensor& self, double p, Generator& g) {
  check(p > 0 && p < 1, "geometric_ expects p to be in (0, 1), but got p=", p);
  visit_real(self.dtype(), "geometric_cpu", [&](auto zero) {
    using T = decltype(zero);
    dense(ctx, self, [&](const Tensor& t) { each<T>(t, [&] { return narrowed<T>(std::ceil(std::log(unit_double(g)) / std::log1p(-p))); }); });
  });
}

void fill_bernoulli(Context& ctx, const Tensor& self, double p, Generator& g) {
  check(p >= 0 && p <= 1, "bernoulli_ expects p to be in [0, 1], but got p=", p);
  visit_real_bool(self.dtype(), "bernoulli_scalar_cpu_", [&](auto zero) {
    using T = decltype(zero);
    dense(ctx, self, [&](const Tensor& t) { each<T>(t, [&] { return T(unit_double(g) < p ? 1.0f : 0.0f); }); });
  });
}

void fill_bernoulli(Context& ctx, const Tensor& self, const Tensor& p, Generator& g) {
  visit_real_bool(self.dtype(), "bernoulli_tensor_cpu_self_", [&](auto zero) {
    using T = decltype(zero);
    visit_floating(p.dtype(), "bernoulli_tensor_cpu_p_", [&](auto zero_p) {
      using P = decltype(zero_p);
      const P* chance = p.data<P>();
      dense(ctx, self, [&](const Tensor& t) {
        each<T>(t, [&] {
          double wanted = double(*chance++);
          check(
              wanted >= 0 && wanted <= 1,
              "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)");
          return T(unit<Wide<P>>(g) < Wide<P>(wanted) ? 1.0f : 0.0f);
        });
      });
    });
  });
}

void fill_integers(Context& ctx, const Tensor& self, Generator& g) {
  visit_real_bool(self.dtype(), "random_kernel_cpu", [&](auto zero) {
    using T = decltype(zero);
    dense(ctx, self, [&](const Tensor& t) {
      each<T>(t, [&] {
        if constexpr (std::is_same_v<T, bool>) return bool(g.random() & 1);
        else if constexpr (std::is_same_v<T, double>) return double(g.random64() % ((uint64_t(1) << 53) + 1));
        else if constexpr (std::is_same_v<T, int64_t>) return int64_t(g.random64() % (uint64_t(1) << 63));
        else if constexpr (std::is_integral_v<T>) return T(g.random() % (uint32_t(std::numeric_limits<T>::max()) + 1));
        else return T(float(g.random() % ((uint32_t(1) << kDigits<T>)+1)));
      });
    });
  });
}

void fill_integers(Context& ctx, const Tensor& self, int64_t from, int64_t to, Generator& g) {
  check(from < to, "random_ expects 'from' to be less than 'to', but got from=", from, " >= to=", to);
  visit_drawable(self.dtype(), [&](auto zero) {
    using T = decltype(zero);
    int64_t low = from, high = to;
    if constexpr (!std::is_integral_v<T>) {
      low = representable_from<T>(from), high = representable_to<T>(to);
      check(low < high, "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from=", low, " >= to=", high);
    }
    check_bound<T>(low, "from", self.dtype());
    check_bound<T>(high - 1, "to - 1", self.dtype());
    fill_range<T>(ctx, self, uint64_t(high) - uint64_t(low), low, g);
  });
}

void fill_integers_from(Context& ctx, const Tensor& self, int64_t from, Generator& g) {
  visit_drawable(self.dtype(), [&](auto zero) {
    using T = decltype(zero);
    int64_t low = from, last = 0;
    if constexpr (!std::is_integral_v<T>) {
      last = int64_t(1) << kDigits<T>;
      low = representable_from<T>(from);
      check(low < last, "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, but got from=", low, " > to_inc=", last);
    } else {
      last = int64_t(std::numeric_limits<T>::max());
    }
    check_bound<T>(low, "from", self.dtype());
    fill_range<T>(ctx, self, uint64_t(last) - uint64_t(low) + 1, low, g);
  });
}

}  // namespace taper::impl::aten
