// Python's math module, abs, neg, round and the number conversions.
#include <charconv>
#include <cmath>
#include <complex>

#include "core/boxing.h"
#include "ops/families.h"

namespace taper::impl {
namespace {

using Complex = std::complex<double>;
constexpr double kPi = 3.14159265358979323846;

#define TAPER_MATH(NAME, FN)                                   \
  struct NAME {                                                \
    static double of(double x) { return std::FN(x); }          \
    static Complex of(const Complex& x) { return std::FN(x); } \
  };
TAPER_MATH(Acos, acos)
TAPER_MATH(Acosh, acosh)
TAPER_MATH(Asin, asin)
TAPER_MATH(Asinh, asinh)
TAPER_MATH(Atan, atan)
TAPER_MATH(Atanh, atanh)
TAPER_MATH(Cos, cos)
TAPER_MATH(Cosh, cosh)
TAPER_MATH(Sin, sin)
TAPER_MATH(Sinh, sinh)
TAPER_MATH(Tan, tan)
TAPER_MATH(Tanh, tanh)
TAPER_MATH(Exp, exp)
TAPER_MATH(Log, log)
TAPER_MATH(Log10, log10)
TAPER_MATH(Sqrt, sqrt)
#undef TAPER_MATH
#define TAPER_REAL(NAME, EXPR)                  \
  struct NAME {                                 \
    static double of(double x) { return EXPR; } \
  };
TAPER_REAL(Expm1, std::expm1(x))
TAPER_REAL(Log1p, std::log1p(x))
TAPER_REAL(Erf, std::erf(x))
TAPER_REAL(Erfc, std::erfc(x))
TAPER_REAL(Gamma, std::tgamma(x))
TAPER_REAL(Degrees, x * 180.0 / kPi)
TAPER_REAL(Radians, x* kPi / 180.0)
TAPER_REAL(Fabs, std::fabs(x))
TAPER_REAL(Ceil, std::ceil(x))
TAPER_REAL(Floor, std::floor(x))
#undef TAPER_REAL
// The reentrant form: lgamma writes a global.
struct Lgamma {
  static double of(double x) {
    int sign;
    return ::lgamma_r(x, &sign);
  }
};

bool is_integer(const Value& v) { return v.is(Tag::kInt) || v.is(Tag::kBool); }
int64_t integer(const Value& v) { return v.is(Tag::kBool) ? int64_t(v.boolean()) : v.to_int(); }

// C's conversion where it is defined; outside, and for NaN, what x86 gives: the lowest int.
int64_t truncate(double x) { return x >= -0x1p63 && x < 0x1p63 ? int64_t(x) : INT64_MIN; }

template <class Op>
void math(const OpDef&, Context&, Arguments a, Value* out) {
  if (a[0].is(Tag::kComplex)) *out = Value(Op::of(a[0].to_complex()));
  else out->set_float(Op::of(a[0].to_number()));
}

template <class Op>
void real_math(const OpDef&, Context&, Arguments a, Value* out) {
  out->set_float(Op::of(a[0].to_number()));
}

void log_base(const OpDef&, Context&, Arguments a, Value* out) {
  if (a[0].is(Tag::kComplex) || a[1].is(Tag::kComplex)) *out = Value(std::log(a[0].to_complex()) / std::log(a[1].to_complex()));
  else out->set_float(std::log(a[0].to_number()) / std::log(a[1].to_number()));
}

template <class Op>
void rounding(const OpDef&, Context&, Arguments a, Value* out) {
  if (is_integer(a[0])) return out->set_int(integer(a[0]));
  double x = a[0].to_number();
  check(Op::of(x) >= -0x1p63 && Op::of(x) < 0x1p63, "Cannot convert float ", std::to_string(x), " to integer");
  out->set_int(int64_t(Op::of(x)));
}

// round(2.5) is 2.: a float, halves to even.
void round_half_even(const OpDef&, Context&, Arguments a, Value* out) {
  double x = a[0].to_number();
  double rounded = std::round(x);
  if (std::fabs(x - std::trunc(x)) == 0.5) rounded = 2.0 * std::round(x / 2.0);
  out->set_float(rounded);
}

void negate(const OpDef&, Context&, Arguments a, Value* out) {
  if (is_integer(a[0])) out->set_int(int64_t(0 - uint64_t(integer(a[0]))));
  else if (a[0].is(Tag::kComplex)) *out = Value(-a[0].to_complex());
  else out->set_float(-a[0].to_number());
}

void absolute(const OpDef&, Context&, Arguments a, Value* out) {
  if (is_integer(a[0])) {
    int64_t x = integer(a[0]);
    out->set_int(x < 0 ? int64_t(0 - uint64_t(x)) : x);
  } else if (a[0].is(Tag::kComplex)) {
    out->set_float(std::abs(a[0].to_complex()));
  } else {
    out->set_float(std::fabs(a[0].to_number()));
  }
}

void angle(const OpDef&, Context&, Arguments a, Value* out) {
  if (a[0].is(Tag::kComplex)) return out->set_float(std::arg(a[0].to_complex()));
  double x = a[0].to_number();
  out->set_float(std::isnan(x) ? x : x < 0 ? kPi : 0.0);
}

void factorial(const OpDef&, Context&, Arguments a, Value* out) {
  int64_t n = integer(a[0]);
  check(n >= 0, "factorial() not defined for negative values");
  uint64_t product = 1;
  for (int64_t i = 2; i <= n && product != 0; ++i) product *= uint64_t(i);  // wraps; 0 from 66 on
  out->set_int(int64_t(product));
}

struct IsNan {
  static bool of(double x) { return std::isnan(x); }
  static bool of(const Complex& x) { return std::isnan(x.real()) || std::isnan(x.imag()); }
};
struct IsInf {
  static bool of(double x) { return std::isinf(x); }
  static bool of(const Complex& x) { return std::isinf(x.real()) || std::isinf(x.imag()); }
};
struct IsFinite {
  static bool of(double x) { return std::isfinite(x); }
  static bool of(const Complex& x) { return std::isfinite(x.real()) && std::isfinite(x.imag()); }
};

template <class Op>
void classify(const OpDef&, Context&, Arguments a, Value* out) {
  out->set_bool(a[0].is(Tag::kComplex) ? Op::of(a[0].to_complex()) : Op::of(a[0].to_number()));
}

void to_bool(const OpDef&, Context&, Arguments a, Value* out) { out->set_bool(Scalar(a[0]).to_bool()); }

void to_float(const OpDef&, Context&, Arguments a, Value* out) { out->set_float(Scalar(a[0]).to_double()); }

void to_int(const OpDef&, Context&, Arguments a, Value* out) { out->set_int(is_integer(a[0]) ? integer(a[0]) : truncate(Scalar(a[0]).to_double())); }

void to_complex(const OpDef&, Context&, Arguments a, Value* out) {
  if (a.count == 1) *out = Value(a[0].to_complex());
  else *out = Value(Complex(a[0].to_number(), a[1].to_number()));
}

// Blanks in front are skipped, behind the number nothing may stand.
std::string_view skip_blanks(std::string_view text) { return text.substr(std::min(text.size(), text.find_first_not_of(" \t\n\r\f\v"))); }

// float("abc") fails with the name of the C++ function that PyTorch calls.
double parse_float(Context&, std::string_view text) {
  std::string_view body = skip_blanks(text);
  bool plus = !body.empty() && body[0] == '+';
  double value = 0;
  auto [end, error] = std::from_chars(body.data() + plus, body.data() + body.size(), value);
  check(error != std::errc::invalid_argument, "stod: could not convert string to float: '", text, "'");
  if (error == std::errc::result_out_of_range) fail_runtime("stod: out of range: '", text, "'");
  check(end == body.data() + body.size(), "could not convert string to float: '", text, "'");
  return value;
}

int64_t parse_int(Context&, std::string_view text) {
  std::string_view body = skip_blanks(text);
  bool plus = !body.empty() && body[0] == '+';
  int64_t value = 0;
  auto [end, error] = std::from_chars(body.data() + plus, body.data() + body.size(), value);
  if (error == std::errc::result_out_of_range) fail_runtime("stoll: out of range: '", text, "'");
  check(error != std::errc::invalid_argument, "stoll: invalid literal for int() with base 10: '", text, "'");
  check(end == body.data() + body.size(), "invalid literal for int() with base 10: '", text, "'");
  return value;
}

constexpr OpDef kRows[] = {
    op_boxed("aten::acos.Scalar(Scalar a) -> Scalar", math<Acos>, kPure),
    op_boxed("aten::acos.complex(complex a) -> complex", math<Acos>, kPure),
    op_boxed("aten::acos.float(float a) -> float", math<Acos>, kPure),
    op_boxed("aten::acos.int(int a) -> float", math<Acos>, kPure),
    op_boxed("aten::acosh.Scalar(Scalar a) -> Scalar", math<Acosh>, kPure),
    op_boxed("aten::acosh.complex(complex a) -> complex", math<Acosh>, kPure),
    op_boxed("aten::acosh.float(float a) -> float", math<Acosh>, kPure),
    op_boxed("aten::acosh.int(int a) -> float", math<Acosh>, kPure),
    op_boxed("aten::angle.Scalar(Scalar a) -> Scalar", angle, kPure),
    op_boxed("aten::angle.complex(complex a) -> float", angle, kPure),
    op_boxed("aten::angle.float(float a) -> float", angle, kPure),
    op_boxed("aten::angle.int(int a) -> float", angle, kPure),
    op_boxed("aten::asin.Scalar(Scalar a) -> Scalar", math<Asin>, kPure),
    op_boxed("aten::asin.complex(complex a) -> complex", math<Asin>, kPure),
    op_boxed("aten::asin.float(float a) -> float", math<Asin>, kPure),
    op_boxed("aten::asin.int(int a) -> float", math<Asin>, kPure),
    op_boxed("aten::asinh.Scalar(Scalar a) -> Scalar", math<Asinh>, kPure),
    op_boxed("aten::asinh.complex(complex a) -> complex", math<Asinh>, kPure),
    op_boxed("aten::asinh.float(float a) -> float", math<Asinh>, kPure),
    op_boxed("aten::asinh.int(int a) -> float", math<Asinh>, kPure),
    op_boxed("aten::atan.Scalar(Scalar a) -> Scalar", math<Atan>, kPure),
    op_boxed("aten::atan.complex(complex a) -> complex", math<Atan>, kPure),
    op_boxed("aten::atan.float(float a) -> float", math<Atan>, kPure),
    op_boxed("aten::atan.int(int a) -> float", math<Atan>, kPure),
    op_boxed("aten::atanh.Scalar(Scalar a) -> Scalar", math<Atanh>, kPure),
    op_boxed("aten::atanh.complex(complex a) -> complex", math<Atanh>, kPure),
    op_boxed("aten::atanh.float(float a) -> float", math<Atanh>, kPure),
    op_boxed("aten::atanh.int(int a) -> float", math<Atanh>, kPure),
    op_boxed("aten::ceil.Scalar(Scalar a) -> Scalar", rounding<Ceil>, kPure),
    op_boxed("aten::ceil.float(float a) -> int", rounding<Ceil>, kPure),
    op_boxed("aten::ceil.int(int a) -> int", rounding<Ceil>, kPure),
    op_boxed("aten::cos.Scalar(Scalar a) -> Scalar", math<Cos>, kPure),
    op_boxed("aten::cos.complex(complex a) -> complex", math<Cos>, kPure),
    op_boxed("aten::cos.float(float a) -> float", math<Cos>, kPure),
    op_boxed("aten::cos.int(int a) -> float", math<Cos>, kPure),
    op_boxed("aten::cosh.Scalar(Scalar a) -> Scalar", math<Cosh>, kPure),
    op_boxed("aten::cosh.complex(complex a) -> complex", math<Cosh>, kPure),
    op_boxed("aten::cosh.float(float a) -> float", math<Cosh>, kPure),
    op_boxed("aten::cosh.int(int a) -> float", math<Cosh>, kPure),
    op_boxed("aten::degrees.Scalar(Scalar a) -> Scalar", real_math<Degrees>, kPure),
    op_boxed("aten::degrees.float(float a) -> float", real_math<Degrees>, kPure),
    op_boxed("aten::degrees.int(int a) -> float", real_math<Degrees>, kPure),
    op_boxed("aten::erf.Scalar(Scalar a) -> Scalar", real_math<Erf>, kPure),
    op_boxed("aten::erf.float(float a) -> float", real_math<Erf>, kPure),
    op_boxed("aten::erf.int(int a) -> float", real_math<Erf>, kPure),
    op_boxed("aten::erfc.Scalar(Scalar a) -> Scalar", real_math<Erfc>, kPure),
    op_boxed("aten::erfc.float(float a) -> float", real_math<Erfc>, kPure),
    op_boxed("aten::erfc.int(int a) -> float", real_math<Erfc>, kPure),
    op_boxed("aten::exp.Scalar(Scalar a) -> Scalar", math<Exp>, kPure),
    op_boxed("aten::exp.complex(complex a) -> complex", math<Exp>, kPure),
    op_boxed("aten::exp.float(float a) -> float", math<Exp>, kPure),
    op_boxed("aten::exp.int(int a) -> float", math<Exp>, kPure),
    op_boxed("aten::expm1.Scalar(Scalar a) -> Scalar", real_math<Expm1>, kPure),
    op_boxed("aten::expm1.float(float a) -> float", real_math<Expm1>, kPure),
    op_boxed("aten::expm1.int(int a) -> float", real_math<Expm1>, kPure),
    op_boxed("aten::fabs.Scalar(Scalar a) -> Scalar", real_math<Fabs>, kPure),
    op_boxed("aten::fabs.float(float a) -> float", real_math<Fabs>, kPure),
    op_boxed("aten::fabs.int(int a) -> float", real_math<Fabs>, kPure),
    op_boxed("aten::factorial.int(int a) -> int", factorial, kPure),
    op_boxed("aten::floor.Scalar(Scalar a) -> Scalar", rounding<Floor>, kPure),
    op_boxed("aten::floor.float(float a) -> int", rounding<Floor>, kPure),
    op_boxed("aten::floor.int(int a) -> int", rounding<Floor>, kPure),
    op_boxed("aten::gamma.Scalar(Scalar a) -> Scalar", real_math<Gamma>, kPure),
    op_boxed("aten::gamma.float(float a) -> float", real_math<Gamma>, kPure),
    op_boxed("aten::gamma.int(int a) -> float", real_math<Gamma>, kPure),
    op_boxed("aten::isfinite.complex(complex a) -> bool", classify<IsFinite>, kPure),
    op_boxed("aten::isfinite.float(float a) -> bool", classify<IsFinite>, kPure),
    op_boxed("aten::isinf.complex(complex a) -> bool", classify<IsInf>, kPure),
    op_boxed("aten::isinf.float(float a) -> bool", classify<IsInf>, kPure),
    op_boxed("aten::isnan.complex(complex a) -> bool", classify<IsNan>, kPure),
    op_boxed("aten::isnan.float(float a) -> bool", classify<IsNan>, kPure),
    op_boxed("aten::lgamma.Scalar(Scalar a) -> Scalar", real_math<Lgamma>, kPure),
    op_boxed("aten::lgamma.float(float a) -> float", real_math<Lgamma>, kPure),
    op_boxed("aten::lgamma.int(int a) -> float", real_math<Lgamma>, kPure),
    op_boxed("aten::log.Scalar(Scalar a) -> Scalar", math<Log>, kPure),
    op_boxed("aten::log.Scalar_Scalar(Scalar a, Scalar b) -> float", log_base, kPure),
    op_boxed("aten::log.complex(complex a) -> complex", math<Log>, kPure),
    op_boxed("aten::log.complex_complex(complex a, complex b) -> complex", log_base, kPure),
    op_boxed("aten::log.complex_float(complex a, float b) -> complex", log_base, kPure),
    op_boxed("aten::log.complex_int(complex a, int b) -> complex", log_base, kPure),
    op_boxed("aten::log.float(float a) -> float", math<Log>, kPure),
    op_boxed("aten::log.float_complex(float a, complex b) -> complex", log_base, kPure),
    op_boxed("aten::log.float_float(float a, float b) -> float", log_base, kPure),
    op_boxed("aten::log.float_int(float a, int b) -> float", log_base, kPure),
    op_boxed("aten::log.int(int a) -> float", math<Log>, kPure),
    op_boxed("aten::log.int_complex(int a, complex b) -> complex", log_base, kPure),
    op_boxed("aten::log.int_float(int a, float b) -> float", log_base, kPure),
    op_boxed("aten::log.int_int(int a, int b) -> float", log_base, kPure),
    op_boxed("aten::log10.Scalar(Scalar a) -> Scalar", math<Log10>, kPure),
    op_boxed("aten::log10.complex(complex a) -> complex", math<Log10>, kPure),
    op_boxed("aten::log10.float(float a) -> float", math<Log10>, kPure),
    op_boxed("aten::log10.int(int a) -> float", math<Log10>, kPure),
    op_boxed("aten::log1p.Scalar(Scalar a) -> Scalar", real_math<Log1p>, kPure),
    op_boxed("aten::log1p.float(float a) -> float", real_math<Log1p>, kPure),
    op_boxed("aten::log1p.int(int a) -> float", real_math<Log1p>, kPure),
    op_boxed("aten::neg.Scalar(Scalar a) -> Scalar", negate, kPure),
    op_boxed("aten::neg.complex(complex a) -> complex", negate, kPure),
    op_boxed("aten::neg.float(float a) -> float", negate, kPure),
    op_boxed("aten::neg.int(int a) -> int", negate, kPure),
    op_boxed("aten::radians.Scalar(Scalar a) -> Scalar", real_math<Radians>, kPure),
    op_boxed("aten::radians.float(float a) -> float", real_math<Radians>, kPure),
    op_boxed("aten::radians.int(int a) -> float", real_math<Radians>, kPure),
    op_boxed("aten::round.Scalar(Scalar a) -> Scalar", round_half_even, kPure),
    op_boxed("aten::round.float(float a) -> float", round_half_even, kPure),
    op_boxed("aten::round.int(int a) -> float", round_half_even, kPure),
    op_boxed("aten::sin.Scalar(Scalar a) -> Scalar", math<Sin>, kPure),
    op_boxed("aten::sin.complex(complex a) -> complex", math<Sin>, kPure),
    op_boxed("aten::sin.float(float a) -> float", math<Sin>, kPure),
    op_boxed("aten::sin.int(int a) -> float", math<Sin>, kPure),
    op_boxed("aten::sinh.Scalar(Scalar a) -> Scalar", math<Sinh>, kPure),
    op_boxed("aten::sinh.complex(complex a) -> complex", math<Sinh>, kPure),
    op_boxed("aten::sinh.float(float a) -> float", math<Sinh>, kPure),
    op_boxed("aten::sinh.int(int a) -> float", math<Sinh>, kPure),
    op_boxed("aten::sqrt.Scalar(Scalar a) -> Scalar", math<Sqrt>, kPure),
    op_boxed("aten::sqrt.complex(complex a) -> complex", math<Sqrt>, kPure),
    op_boxed("aten::sqrt.float(float a) -> float", math<Sqrt>, kPure),
    op_boxed("aten::sqrt.int(int a) -> float", math<Sqrt>, kPure),
    op_boxed("aten::tan.Scalar(Scalar a) -> Scalar", math<Tan>, kPure),
    op_boxed("aten::tan.complex(complex a) -> complex", math<Tan>, kPure),
    op_boxed("aten::tan.float(float a) -> float", math<Tan>, kPure),
    op_boxed("aten::tan.int(int a) -> float", math<Tan>, kPure),
    op_boxed("aten::tanh.Scalar(Scalar a) -> Scalar", math<Tanh>, kPure),
    op_boxed("aten::tanh.complex(complex a) -> complex", math<Tanh>, kPure),
    op_boxed("aten::tanh.float(float a) -> float", math<Tanh>, kPure),
    op_boxed("aten::tanh.int(int a) -> float", math<Tanh>, kPure),
    op_boxed("prim::abs.Scalar(Scalar a) -> Scalar", absolute, kPure),
    op_boxed("prim::abs.complex(complex a) -> float", absolute, kPure),
    op_boxed("prim::abs.float(float a) -> float", absolute, kPure),
    op_boxed("prim::abs.int(int a) -> int", absolute, kPure),
    op_boxed("aten::Bool.float(float a) -> bool", to_bool, kPure),
    op_boxed("aten::Bool.int(int a) -> bool", to_bool, kPure),
    op_boxed("aten::Complex.Scalar(Scalar a) -> complex", to_complex, kPure),
    op_boxed("aten::Complex.bool_bool(bool x, bool y) -> complex", to_complex, kPure),
    op_boxed("aten::Complex.bool_float(bool x, float y) -> complex", to_complex, kPure),
    op_boxed("aten::Complex.bool_int(bool x, int y) -> complex", to_complex, kPure),
    op_boxed("aten::Complex.float_bool(float x, bool y) -> complex", to_complex, kPure),
    op_boxed("aten::Complex.float_float(float x, float y) -> complex", to_complex, kPure),
    op_boxed("aten::Complex.float_int(float x, int y) -> complex", to_complex, kPure),
    op_boxed("aten::Complex.int_bool(int x, bool y) -> complex", to_complex, kPure),
    op_boxed("aten::Complex.int_float(int x, float y) -> complex", to_complex, kPure),
    op_boxed("aten::Complex.int_int(int x, int y) -> complex", to_complex, kPure),
    op_boxed("aten::Float.Scalar(Scalar a) -> float", to_float, kPure),
    op_boxed("aten::Float.bool(bool a) -> float", to_float, kPure),
    op_boxed("aten::Float.int(int a) -> float", to_float, kPure),
    op_boxed("aten::Int.Scalar(Scalar a) -> int", to_int, kPure),
    op_boxed("aten::Int.bool(bool a) -> int", to_int, kPure),
    op_boxed("aten::Int.float(float a) -> int", to_int, kPure),
    op("aten::Float.str(str a) -> float", TAPER_OP(parse_float), kPure),
    op("aten::Int.str(str a) -> int", TAPER_OP(parse_int), kPure),
};

}  // namespace

std::span<const OpDef> scalar_math_rows() { return kRows; }

}  // namespace taper::impl
