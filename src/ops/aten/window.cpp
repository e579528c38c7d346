// Window functions. PyTorch makes them of elementwise operators in the window's dtype, so half types round after each step.
#include <cmath>
#include <numbers>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/kernels/special_functions.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

using OptDType = std::optional<DType>;
using OptInt = std::optional<int64_t>;
using OptDevice = std::optional<Device>;
using OptBool = std::optional<bool>;

// A number of a dtype; each step rounds, and so do the numbers that take part.
template <class T>
struct Rounded {
  using W = std::conditional_t<std::is_same_v<T, double>, double, float>;
  T value;
  explicit Rounded(W x) : value(T(x)) {}
  W wide() const { return W(value); }
  Rounded operator*(double by) const { return Rounded(wide() * Rounded(W(by)).wide()); }
  Rounded operator+(double by) const { return Rounded(wide() + Rounded(W(by)).wide()); }
  Rounded operator-(Rounded other) const { return Rounded(wide() - other.wide()); }
  Rounded cosine() const { return Rounded(std::cos(wide())); }
};

enum class Shape { kHamming, kBlackman, kBartlett, kKaiser };
struct Window {
  Shape shape;
  const char* name;
  double alpha = 0, beta = 0;
};

template <class T>
Rounded<T> value_at(const Window& w, int64_t i, int64_t length) {
  using R = Rounded<T>;
  using W = typename R::W;
  R at{W(i)};
  double last = double(length - 1);
  switch (w.shape) {
    case Shape::kHamming: return (at * (2 * std::numbers::pi / last)).cosine() * -w.beta + w.alpha;
    case Shape::kBlackman: {
      R x = at * (std::numbers::pi / last);
      return (x * 4).cosine() * 0.08 - (x * 2).cosine() * 0.5 + 0.42;
    }
    case Shape::kBartlett: {
      R x = at * (2 / last);
      return i < (length - 1) / 2 + 1 ? x : x * -1 + 2;
    }
    default: {
      double x = 2 * double(i) / last - 1;
      return R(W(bessel_i0(w.beta * std::sqrt(std::max(0.0, 1 - x * x))) / bessel_i0(w.beta)));
    }
  }
}

Tensor make_window(Context& ctx, const Window& w, int64_t length, bool periodic, DType dtype) {
  check(is_floating(dtype) || is_complex(dtype), w.name, " expects floating point dtypes, got: TensorOptions(dtype=", scalar_type_name(dtype), ")");
  check(length >= 0, w.name, " requires non-negative window_length, got window_length=", length);
  ctx.spend(length / 100 + 1);
  if (length == 1) return full(ctx, Dims{1}, Scalar(1), dtype);
  Tensor out = make_tensor({length}, dtype);
  if (length == 0) return out;
  visit_floating(dtype, "arange_cpu", [&](auto zero) {
    using T = decltype(zero);
    T* to = out.mutable_data<T>();
    for (int64_t i = 0; i < length; ++i) to[i] = value_at<T>(w, i, length + periodic).value;
  });
  return out;
}

constexpr Window kHann{Shape::kHamming, "hann_window", 0.5, 0.5};
constexpr Window kHamming{Shape::kHamming, "hamming_window", 0.54, 0.46};
constexpr Window kBlackman{Shape::kBlackman, "blackman_window"};
constexpr Window kBartlett{Shape::kBartlett, "bartlett_window"};
constexpr Window kKaiser{Shape::kKaiser, "kaiser_window", 0, 12};

// The forms that all windows have, and those with one or two parameters.
Tensor fresh(Context& ctx, const Window& w, int64_t length, bool periodic, OptDType dtype, OptInt layout, OptDevice device) {
  check_factory(ctx, layout, device);
  return make_window(ctx, w, length, periodic, dtype.value_or(ctx.default_dtype));
}
Tensor into(Context& ctx, const Window& w, int64_t length, bool periodic, const Tensor& out) {
  Tensor made = make_window(ctx, w, length, periodic, out.dtype());
  resize_tensor(out, made.sizes());
  return copy_(ctx, out, made);
}
Window with_parameters(const Window& w, std::initializer_list<double> given) {
  Window out = w;
  const double* p = given.begin();
  if (w.shape == Shape::kKaiser) out.beta = p[0];
  else out.alpha = p[0];
  if (given.size() > 1) out.beta = p[1];
  return out;
}

template <const Window& w>
struct Forms {
  static Tensor plain(Context& c, int64_t n, OptDType t, OptInt l, OptDevice d, OptBool) { return fresh(c, w, n, true, t, l, d); }
  static Tensor periodic(Context& c, int64_t n, bool p, OptDType t, OptInt l, OptDevice d, OptBool) { return fresh(c, w, n, p, t, l, d); }
  static Tensor one(Context& c, int64_t n, bool p, double a, OptDType t, OptInt l, OptDevice d, OptBool) {
    return fresh(c, with_parameters(w, {a}), n, p, t, l, d);
  }
  static Tensor two(Context& c, int64_t n, bool p, double a, double b, OptDType t, OptInt l, OptDevice d, OptBool) {
    return fresh(c, with_parameters(w, {a, b}), n, p, t, l, d);
  }
  static Tensor plain_out(Context& c, int64_t n, const Tensor& out) { return into(c, w, n, true, out); }
  static Tensor periodic_out(Context& c, int64_t n, bool p, const Tensor& out) { return into(c, w, n, p, out); }
  static Tensor one_out(Context& c, int64_t n, bool p, double a, const Tensor& out) { return into(c, with_parameters(w, {a}), n, p, out); }
  static Tensor two_out(Context& c, int64_t n, bool p, double a, double b, const Tensor& out) { return into(c, with_parameters(w, {a, b}), n, p, out); }
};

#define FACTORY ", *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"
#define INTO ", *, Tensor(a!) out) -> Tensor(a!)"
#define WINDOW(NAME, W)                                                                                     \
  op("aten::" NAME "(int window_length" FACTORY, TAPER_OP(Forms<W>::plain)),                                \
      op("aten::" NAME ".periodic(int window_length, bool periodic" FACTORY, TAPER_OP(Forms<W>::periodic)), \
      op("aten::" NAME ".out(int window_length" INTO, TAPER_OP(Forms<W>::plain_out)),                       \
      op("aten::" NAME ".periodic_out(int window_length, bool periodic" INTO, TAPER_OP(Forms<W>::periodic_out))

constexpr OpDef kRows[] = {
    WINDOW("hann_window", kHann),
    WINDOW("hamming_window", kHamming),
    WINDOW("blackman_window", kBlackman),
    WINDOW("bartlett_window", kBartlett),
    WINDOW("kaiser_window", kKaiser),
    op("aten::hamming_window.periodic_alpha(int window_length, bool periodic, float alpha" FACTORY, TAPER_OP(Forms<kHamming>::one)),
    op("aten::hamming_window.periodic_alpha_beta(int window_length, bool periodic, float alpha, float beta" FACTORY, TAPER_OP(Forms<kHamming>::two)),
    op("aten::hamming_window.periodic_alpha_out(int window_length, bool periodic, float alpha" INTO, TAPER_OP(Forms<kHamming>::one_out)),
    op("aten::hamming_window.periodic_alpha_beta_out(int window_length, bool periodic, float alpha, float beta" INTO, TAPER_OP(Forms<kHamming>::two_out)),
    op("aten::kaiser_window.beta(int window_length, bool periodic, float beta" FACTORY, TAPER_OP(Forms<kKaiser>::one)),
    op("aten::kaiser_window.beta_out(int window_length, bool periodic, float beta" INTO, TAPER_OP(Forms<kKaiser>::one_out)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> window_rows() { return aten::kRows; }
}  // namespace taper::impl
