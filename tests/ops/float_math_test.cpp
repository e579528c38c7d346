// The vector kernels against the C library in double, at every CPU level: accuracy over their ranges, every tail length,
// in place, NaN, infinities, zeros and subnormals.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "ops/kernels/float_math.h"

using namespace taper::impl;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kPi = 3.14159265358979323846;

struct Unary {
  const char* name;
  Kernel FloatMath::*f32;
  Kernel DoubleMath::*f64;
  double (*reference)(double);
  double low, high;     // the range of random inputs
  double relative;      // largest relative error, in units of the type's epsilon
  double absolute = 0;  // or this error, for functions that cancel
  Params params = {};
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return x * 2 > 20 ? x : std::log1p(std::exp(x * 2)) / 2; }
double identity_six(double x) { return x < 0 ? 0 : x > 6 ? 6 : x; }
double hardswish(double x) {
  double product = x * identity_six(x + 3);  // overflows in float, PyTorch's too
  return product > std::numeric_limits<float>::max() ? kInf : product / 6;
}
Params reals(double a, double b = 0, double c = 0) {
  Params p;
  p.real[0] = a;
  p.real[1] = b;
  p.real[2] = c;
  return p;
}

const Unary kUnary[] = {
    {"exp", &FloatMath::exp, &DoubleMath::exp, [](double x) { return std::exp(x); }, -100, 88, 2},
    {"expm1", &FloatMath::expm1, nullptr, [](double x) { return std::expm1(x); }, -20, 20, 3},
    {"log", &FloatMath::log, &DoubleMath::log, [](double x) { return std::log(x); }, 1e-30, 100, 2, 1e-10},
    {"sigmoid", &FloatMath::sigmoid, &DoubleMath::sigmoid, sigmoid, -80, 80, 3},
    {"tanh", &FloatMath::tanh, &DoubleMath::tanh, [](double x) { return std::tanh(x); }, -12, 12, 3},
    {"sin", &FloatMath::sin, &DoubleMath::sin, [](double x) { return std::sin(x); }, -3000, 3000, 2, 1e-16},
    {"cos", &FloatMath::cos, &DoubleMath::cos, [](double x) { return std::cos(x); }, -3000, 3000, 2, 1e-16},
    {"erf", &FloatMath::erf, nullptr, [](double x) { return std::erf(x); }, -5, 5, 5},
    {"sqrt", &FloatMath::sqrt, &DoubleMath::sqrt, [](double x) { return std::sqrt(x); }, 0, 100, 0.51},
    {"rsqrt", &FloatMath::rsqrt, nullptr, [](double x) { return 1 / std::sqrt(x); }, 1e-10, 100, 1.1},
    {"reciprocal", &FloatMath::reciprocal, nullptr, [](double x) { return 1 / x; }, -100, 100, 0.51},
    {"square", &FloatMath::square, nullptr, [](double x) { return x * x; }, -100, 100, 0.51},
    {"neg", &FloatMath::neg, nullptr, [](double x) { return -x; }, -100, 100, 0},
    {"abs", &FloatMath::abs, nullptr, [](double x) { return std::fabs(x); }, -100, 100, 0},
    {"floor", &FloatMath::floor, nullptr, [](double x) { return std::floor(x); }, -100, 100, 0},
    {"ceil", &FloatMath::ceil, nullptr, [](double x) { return std::ceil(x); }, -100, 100, 0},
    {"trunc", &FloatMath::trunc, nullptr, [](double x) { return std::trunc(x); }, -100, 100, 0},
    {"round", &FloatMath::round, nullptr, [](double x) { return std::nearbyint(x); }, -100, 100, 0},
    {"relu", &FloatMath::relu, nullptr, [](double x) { return x < 0 ? 0 : x; }, -100, 100, 0},
    {"silu", &FloatMath::silu, &DoubleMath::silu, [](double x) { return x * sigmoid(x); }, -80, 80, 4},
    {"gelu", &FloatMath::gelu, nullptr, [](double x) { return x * 0.5 * (1 + std::erf(x * 0.70710678118654752440)); }, -8, 8, 4, 1.5e-6},
    {"gelu_tanh", &FloatMath::gelu_tanh, nullptr, [](double x) { return 0.5 * x * (1 + std::tanh(0.79788456080286535588 * (x + 0.044715 * x * x * x))); }, -8,
     8, 4, 1e-6},
    {"hardswish", &FloatMath::hardswish, nullptr, hardswish, -8, 8, 4, 5e-7},
    {"hardsigmoid", &FloatMath::hardsigmoid, nullptr, [](double x) { return identity_six(x + 3) / 6; }, -8, 8, 4, 1e-7},
    {"log_sigmoid", &FloatMath::log_sigmoid, nullptr, [](double x) { return std::min(x, 0.0) - std::log1p(std::exp(-std::fabs(x))); }, -80, 80, 4},
    {"mish", &FloatMath::mish, nullptr, [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }, -60, 40, 5},
    {"leaky_relu", &FloatMath::leaky_relu, nullptr, [](double x) { return x > 0 ? x : x * 0.125; }, -100, 100, 0.51, 0, reals(0.125)},
    {"elu", &FloatMath::elu, nullptr, [](double x) { return x < 0 ? std::expm1(x * 0.75) * 1.5 : x * 2; }, -30, 30, 4, 0, reals(1.5, 2, 0.75)},
    {"softplus", &FloatMath::softplus, nullptr, softplus, -30, 30, 4, 0, reals(2, 20)},
    {"clamp", &FloatMath::clamp, nullptr, [](double x) { return x < -1  ? -1
                                                                : x > 2 ? 2
                                                                        : x; }, -8, 8, 0, 0, reals(-1, 2)},
};

template <class T>
void check_unary(const Unary& row, Kernel kernel, const char* level) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> spread(row.low, row.high);
  std::vector<T> in(5000), out(5000);
  for (size_t i = 0; i < in.size(); ++i) in[i] = T(i % 3 ? spread(random) : spread(random) * 1e-3);
  const void* rows[] = {in.data()};
  kernel(rows, out.data(), int64_t(in.size()), row.params);
  double epsilon = std::numeric_limits<T>::epsilon();
  for (size_t i = 0; i < in.size(); ++i) {
    double want = row.reference(double(in[i])), got = double(out[i]);
    double slack = std::max(row.relative * epsilon * std::fabs(want), row.absolute * (sizeof(T) == 4 ? 1 : 1e-9)) + 1e-45;
    if (std::fabs(want) < std::numeric_limits<T>::min()) slack = std::max(slack, double(std::numeric_limits<T>::min()));
    if (std::fabs(got - want) <= slack) continue;
    FAIL_CHECK(row.name << " at " << level << ": f(" << double(in[i]) << ") = " << got << ", wanted " << want);
    return;
  }
  // Tails, and the same in place.
  for (int64_t n = 0; n <= 70; ++n) {
    std::vector<T> some(in.begin() + 100, in.begin() + 100 + n + 1), result(size_t(n) + 1, T(42));
    const void* short_rows[] = {some.data()};
    kernel(short_rows, result.data(), n, row.params);
    bool same = result[size_t(n)] == T(42);
    for (int64_t i = 0; i < n; ++i) same = same && result[size_t(i)] == out[size_t(100 + i)];
    T beyond = some[size_t(n)];
    kernel(short_rows, some.data(), n, row.params);
    for (int64_t i = 0; i < n; ++i) same = same && some[size_t(i)] == result[size_t(i)];
    same = same && some[size_t(n)] == beyond;
    if (!same) FAIL_CHECK(row.name << " at " << level << " with a row of " << n);
  }
  // Where the reference is NaN or infinite, so is the kernel.
  constexpr double kTiny = std::numeric_limits<T>::denorm_min();
  std::vector<T> special = {T(kInf),
                            T(-kInf),
                            std::numeric_limits<T>::quiet_NaN(),
                            T(0),
                            T(-0.0),
                            T(kTiny),
                            T(-kTiny),
                            std::numeric_limits<T>::max(),
                            std::numeric_limits<T>::lowest(),
                            T(1e30),
                            T(-1e30),
                            T(100000 * kPi),
                            T(1.0),
                            T(-1.0),
                            T(0.5),
                            T(-0.5)};
  std::vector<T> answers(special.size());
  const void* special_rows[] = {special.data()};
  kernel(special_rows, answers.data(), int64_t(special.size()), row.params);
  for (size_t i = 0; i < special.size(); ++i) {
    double got = double(answers[i]);
    T want = T(row.reference(double(special[i])));
    INFO(row.name << " at " << level << ": f(" << double(special[i]) << ") = " << got << ", wanted " << double(want));
    if (std::isnan(want)) CHECK(std::isnan(got));
    else if (std::isinf(want)) CHECK(got == double(want));
    else CHECK(std::fabs(got - double(want)) <= 8 * epsilon * std::fabs(double(want)) + std::max(row.absolute, double(std::numeric_limits<T>::min())));
  }
}

}  // namespace

TEST_CASE("vector kernels of one input are as exact as they say", "[float_math]") {
  for (CpuLevel level : {CpuLevel::kBaseline, CpuLevel::kAvx2, CpuLevel::kAvx512}) {
    if (usable_cpu_level(level) != level) continue;
    for (const Unary& row : kUnary) {
      check_unary<float>(row, float_math(level).*row.f32, cpu_level_name(level));
      if (row.f64) check_unary<double>(row, double_math(level).*row.f64, cpu_level_name(level));
    }
  }
}

TEST_CASE("vector kernels of two inputs equal plain arithmetic", "[float_math]") {
  struct Binary {
    const char* name;
    Kernel FloatMath::*kernel;
    float (*plain)(float, float, float);
  };
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const Binary kBinary[] = {
      {"add", &FloatMath::add, [](float a, float b, float s) { return a + s * b; }},
      {"sub", &FloatMath::sub, [](float a, float b, float s) { return a - s * b; }},
      {"mul", &FloatMath::mul, [](float a, float b, float) { return a * b; }},
      {"div", &FloatMath::div, [](float a, float b, float) { return a / b; }},
      {"maximum", &FloatMath::maximum, [](float a, float b, float) { return a != a || b != b ? kNan
                                                                            : a > b          ? a
                                                                                             : b; }},
      {"minimum", &FloatMath::minimum, [](float a, float b, float) { return a != a || b != b ? kNan
                                                                            : a < b          ? a
                                                                                             : b; }},
  };
  std::mt19937 random(3);
  std::normal_distribution<float> spread(0, 10);
  std::vector<float> a(200), b(200);
  for (size_t i = 0; i < a.size(); ++i)
    a[i] = i % 17 == 3 ? kNan : i % 23 == 5 ? float(kInf) : spread(random), b[i] = i % 19 == 2 ? kNan : i % 7 ? spread(random) : 0;
  for (CpuLevel level : {CpuLevel::kBaseline, CpuLevel::kAvx2, CpuLevel::kAvx512}) {
    if (usable_cpu_level(level) != level) continue;
    for (const Binary& row : kBinary)
      for (float scale : {1.0f, -0.3f})
        for (int64_t n = 0; n < 70; ++n)
          for (bool in_place : {false, true}) {
            std::vector<float> x(a.begin() + 3, a.begin() + 3 + n), out(size_t(n) + 1, 42.0f);
            const void* rows[] = {x.data(), b.data()};
            float* to = in_place ? x.data() : out.data();
            std::vector<float> kept = x;
            (float_math(level).*row.kernel)(rows, to, n, reals(double(scale)));
            bool good = out[size_t(n)] == 42.0f;
            for (int64_t i = 0; i < n; ++i) {
              float want = row.plain(kept[size_t(i)], b[size_t(i)], scale);
              good = good && (to[i] == want || (to[i] != to[i] && want != want));
            }
            if (!good) FAIL_CHECK(row.name << " at " << cpu_level_name(level) << ", " << n << " elements, in place " << in_place);
          }
  }
}
