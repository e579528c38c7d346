// Arithmetic on Python numbers. All overloads of an operator share one kernel that looks at the values' tags: int with
// int stays int, anything complex is complex, the rest is float. The interpreter has opcodes of its own for the hot ones.
#include <algorithm>
#include <cmath>
#include <complex>

#include "core/boxing.h"
#include "ops/families.h"

namespace taper::impl {
namespace {

using Complex = std::complex<double>;

bool is_complex(const Value& v) { return v.is(Tag::kComplex); }
bool is_integer(const Value& v) { return v.is(Tag::kInt) || v.is(Tag::kBool); }
int64_t integer(const Value& v) { return v.is(Tag::kBool) ? int64_t(v.boolean()) : v.to_int(); }

// Python's int is unbounded; TorchScript's wraps.
int64_t wrap_add(int64_t a, int64_t b) { return int64_t(uint64_t(a) + uint64_t(b)); }
int64_t wrap_sub(int64_t a, int64_t b) { return int64_t(uint64_t(a) - uint64_t(b)); }
int64_t wrap_mul(int64_t a, int64_t b) { return int64_t(uint64_t(a) * uint64_t(b)); }

int64_t floor_div(int64_t a, int64_t b) {
  check(b != 0, "division by 0");
  if (b == -1) return wrap_sub(0, a);  // INT64_MIN / -1 traps
  int64_t quotient = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? quotient - 1 : quotient;
}
int64_t floor_mod(int64_t a, int64_t b) {
  check(b != 0, "integer modulo by zero");
  if (b == -1) return 0;
  int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

struct Add {
  static int64_t of(int64_t a, int64_t b) { return wrap_add(a, b); }
  template <class T>
  static T of(T a, T b) {
    return a + b;
  }
};
struct Sub {
  static int64_t of(int64_t a, int64_t b) { return wrap_sub(a, b); }
  template <class T>
  static T of(T a, T b) {
    return a - b;
  }
};
struct Mul {
  static int64_t of(int64_t a, int64_t b) { return wrap_mul(a, b); }
  template <class T>
  static T of(T a, T b) {
    return a * b;
  }
};
struct FloorDiv {
  static int64_t of(int64_t a, int64_t b) { return floor_div(a, b); }
  static double of(double a, double b) { return std::floor(a / b); }
};
struct Remainder {
  static int64_t of(int64_t a, int64_t b) { return floor_mod(a, b); }
  static double of(double a, double b) { return std::fmod(b + std::fmod(a, b), b); }
};
struct Min {
  template <class T>
  static T of(T a, T b) {
    return a < b ? a : b;
  }
};
struct Max {
  template <class T>
  static T of(T a, T b) {
    return a > b ? a : b;
  }
};
struct Div {
  template <class T>
  static T of(T a, T b) {
    return a / b;
  }
};
struct Pow {
  template <class T>
  static T of(T a, T b) {
    if constexpr (std::is_same_v<T, double>) check(a != 0 || !(b < 0), "0.0 cannot be raised to a negative power");
    return std::pow(a, b);
  }
};
struct Fmod {
  static double of(double a, double b) { return std::fmod(a, b); }
};
struct IeeeRemainder {
  static double of(double a, double b) { return std::remainder(a, b); }
};
struct Atan2 {
  static double of(double a, double b) { return std::atan2(a, b); }
};
struct Copysign {
  static double of(double a, double b) { return std::copysign(a, b); }
};
struct Gcd {
  static int64_t of(int64_t a, int64_t b) {
    auto x = a < 0 ? 0 - uint64_t(a) : uint64_t(a), y = b < 0 ? 0 - uint64_t(b) : uint64_t(b);
    while (y) {
      uint64_t rest = x % y;
      x = y;
      y = rest;
    }
    return int64_t(x);
  }
};
struct And {
  template <class T>
  static T of(T a, T b) {
    return T(a & b);
  }
};
struct Or {
  template <class T>
  static T of(T a, T b) {
    return T(a | b);
  }
};
struct Xor {
  template <class T>
  static T of(T a, T b) {
    return T(a ^ b);
  }
};
struct ShiftLeft {
  static int64_t of(int64_t a, int64_t b) {
    check(b >= 0, "negative shift count");
    return b > 63 ? 0 : int64_t(uint64_t(a) << b);
  }
};
struct ShiftRight {
  static int64_t of(int64_t a, int64_t b) {
    check(b >= 0, "negative shift count");
    return a >> (b > 63 ? 63 : b);
  }
};
struct TruncDiv {
  static int64_t of(int64_t a, int64_t b) {
    check(b != 0, "division by 0");
    return b == -1 ? wrap_sub(0, a) : a / b;
  }
};

template <class Op>
void binary(const OpDef&, Context&, Arguments a, Value* out) {
  if (is_integer(a[0]) && is_integer(a[1])) return out->set_int(Op::of(integer(a[0]), integer(a[1])));
  if constexpr (std::is_same_v<Op, Add> || std::is_same_v<Op, Sub> || std::is_same_v<Op, Mul>) {
    if (is_complex(a[0]) || is_complex(a[1])) {
      *out = Value(Op::of(a[0].to_complex(), a[1].to_complex()));
      return;
    }
  }
  out->set_float(Op::of(a[0].to_number(), a[1].to_number()));
}

// The result is a float (or complex) even for two ints.
template <class Op>
void float_binary(const OpDef&, Context&, Arguments a, Value* out) {
  if constexpr (std::is_same_v<Op, Div> || std::is_same_v<Op, Pow>) {
    if (is_complex(a[0]) || is_complex(a[1])) {
      *out = Value(Op::of(a[0].to_complex(), a[1].to_complex()));
      return;
    }
  }
  out->set_float(Op::of(a[0].to_number(), a[1].to_number()));
}

template <class Op>
void integer_binary(const OpDef&, Context&, Arguments a, Value* out) {
  out->set_int(Op::of(integer(a[0]), integer(a[1])));
}

template <class Op>
void logical(const OpDef&, Context&, Arguments a, Value* out) {
  out->set_bool(Op::of(a[0].to_bool(), a[1].to_bool()));
}

void pow_int_to_int(const OpDef&, Context&, Arguments a, Value* out) { out->set_int(int64_t(Pow::of(double(integer(a[0])), double(integer(a[1]))))); }

void polar(const OpDef&, Context&, Arguments a, Value* out) { *out = Value(std::polar(a[0].to_number(), a[1].to_number())); }

void divmod(const OpDef&, Context&, Arguments a, Value* out) {
  if (is_integer(a[0]) && is_integer(a[1])) {
    check(integer(a[1]) != 0, "ZeroDivisionError: integer division or modulo by zero");
    out[0].set_int(floor_div(integer(a[0]), integer(a[1])));
    out[1].set_int(floor_mod(integer(a[0]), integer(a[1])));
    return;
  }
  double x = a[0].to_number(), y = a[1].to_number();
  check(y != 0, "ZeroDivisionError: float divmod()");
  double rest = std::fmod(x, y);
  if (rest != 0 && (rest < 0) != (y < 0)) rest += y;
  out[0].set_float((x - rest) / y);
  out[1].set_float(rest);
}

// range(start, ..., step)[index] and len(range(lo, hi, step)) as the compiler writes them.
void derive_index(const OpDef&, Context&, Arguments a, Value* out) { out->set_int(wrap_add(integer(a[1]), wrap_mul(integer(a[0]), integer(a[2])))); }

void range_length(const OpDef&, Context&, Arguments a, Value* out) {
  int64_t low = integer(a[0]), high = integer(a[1]), step = integer(a[2]);
  check(step != 0, "range() arg 3 must not be zero");
  uint64_t length = 0;
  if (step > 0 && low < high) length = 1 + (uint64_t(high) - 1 - uint64_t(low)) / uint64_t(step);
  else if (step < 0 && low > high) length = 1 + (uint64_t(low) - 1 - uint64_t(high)) / (0 - uint64_t(step));
  out->set_int(int64_t(length));
}

void ldexp(const OpDef&, Context&, Arguments a, Value* out) {
  int64_t power = integer(a[1]);
  out->set_float(std::ldexp(a[0].to_number(), int(std::clamp<int64_t>(power, -100000, 100000))));
}

void frexp(const OpDef&, Context&, Arguments a, Value* out) {
  int exponent = 0;
  out[0].set_float(std::frexp(a[0].to_number(), &exponent));
  out[1].set_int(exponent);
}

void modf(const OpDef&, Context&, Arguments a, Value* out) {
  double whole = 0;
  out[0].set_float(std::modf(a[0].to_number(), &whole));
  out[1].set_float(whole);
}

constexpr OpDef kRows[] = {
    op_boxed("aten::__and__.bool(bool a, bool b) -> bool", logical<And>, kPure),
    op_boxed("aten::__and__.int(int a, int b) -> int", integer_binary<And>, kPure),
    op_boxed("aten::__derive_index(int index, int start, int step) -> int", derive_index, kPure),
    op_boxed("aten::__lshift__.int(int a, int b) -> int", integer_binary<ShiftLeft>, kPure),
    op_boxed("aten::__or__.bool(bool a, bool b) -> bool", logical<Or>, kPure),
    op_boxed("aten::__or__.int(int a, int b) -> int", integer_binary<Or>, kPure),
    op_boxed("aten::__range_length(int lo, int hi, int step) -> int", range_length, kPure),
    op_boxed("aten::__round_to_zero_floordiv.int(int a, int b) -> int", integer_binary<TruncDiv>, kPure),
    op_boxed("aten::__rshift__.int(int a, int b) -> int", integer_binary<ShiftRight>, kPure),
    op_boxed("aten::__xor__.bool(bool a, bool b) -> bool", logical<Xor>, kPure),
    op_boxed("aten::__xor__.int(int a, int b) -> int", integer_binary<Xor>, kPure),
    op_boxed("aten::add(Scalar a, Scalar b) -> Scalar", binary<Add>, kPure),
    op_boxed("aten::add.complex(complex a, complex b) -> complex", binary<Add>, kPure),
    op_boxed("aten::add.complex_float(complex a, float b) -> complex", binary<Add>, kPure),
    op_boxed("aten::add.complex_int(complex a, int b) -> complex", binary<Add>, kPure),
    op_boxed("aten::add.float(float a, float b) -> float", binary<Add>, kPure),
    op_boxed("aten::add.float_complex(float a, complex b) -> complex", binary<Add>, kPure),
    op_boxed("aten::add.float_int(float a, int b) -> float", binary<Add>, kPure),
    op_boxed("aten::add.int(int a, int b) -> int", binary<Add>, kPure),
    op_boxed("aten::add.int_complex(int a, complex b) -> complex", binary<Add>, kPure),
    op_boxed("aten::add.int_float(int a, float b) -> float", binary<Add>, kPure),
    op_boxed("aten::atan2.Scalar_Scalar(Scalar a, Scalar b) -> float", float_binary<Atan2>, kPure),
    op_boxed("aten::atan2.float(float a, float b) -> float", float_binary<Atan2>, kPure),
    op_boxed("aten::atan2.float_int(float a, int b) -> float", float_binary<Atan2>, kPure),
    op_boxed("aten::atan2.int(int a, int b) -> float", float_binary<Atan2>, kPure),
    op_boxed("aten::atan2.int_float(int a, float b) -> float", float_binary<Atan2>, kPure),
    op_boxed("aten::copysign(Scalar a, Scalar b) -> float", float_binary<Copysign>, kPure),
    op_boxed("aten::copysign.float(float a, float b) -> float", float_binary<Copysign>, kPure),
    op_boxed("aten::copysign.float_int(float a, int b) -> float", float_binary<Copysign>, kPure),
    op_boxed("aten::copysign.int(int a, int b) -> float", float_binary<Copysign>, kPure),
    op_boxed("aten::copysign.int_float(int a, float b) -> float", float_binary<Copysign>, kPure),
    op_boxed("aten::div(Scalar a, Scalar b) -> float", float_binary<Div>, kPure),
    op_boxed("aten::div.complex(complex a, complex b) -> complex", float_binary<Div>, kPure),
    op_boxed("aten::div.float(float a, float b) -> float", float_binary<Div>, kPure),
    op_boxed("aten::div.int(int a, int b) -> float", float_binary<Div>, kPure),
    op_boxed("aten::divmod.float(float x, float y) -> (float, float)", divmod, kPure),
    op_boxed("aten::divmod.float_int(float x, int y) -> (float, float)", divmod, kPure),
    op_boxed("aten::divmod.int(int x, int y) -> (int, int)", divmod, kPure),
    op_boxed("aten::divmod.int_float(int x, float y) -> (float, float)", divmod, kPure),
    op_boxed("aten::floordiv(Scalar a, Scalar b) -> Scalar", binary<FloorDiv>, kPure),
    op_boxed("aten::floordiv.float(float a, float b) -> float", binary<FloorDiv>, kPure),
    op_boxed("aten::floordiv.float_int(float a, int b) -> float", binary<FloorDiv>, kPure),
    op_boxed("aten::floordiv.int(int a, int b) -> int", binary<FloorDiv>, kPure),
    op_boxed("aten::floordiv.int_float(int a, float b) -> float", binary<FloorDiv>, kPure),
    op_boxed("aten::fmod(Scalar a, Scalar b) -> float", float_binary<Fmod>, kPure),
    op_boxed("aten::fmod.float(float a, float b) -> float", float_binary<Fmod>, kPure),
    op_boxed("aten::fmod.float_int(float a, int b) -> float", float_binary<Fmod>, kPure),
    op_boxed("aten::fmod.int(int a, int b) -> float", float_binary<Fmod>, kPure),
    op_boxed("aten::fmod.int_float(int a, float b) -> float", float_binary<Fmod>, kPure),
    op_boxed("aten::frexp(float a) -> (float, int)", frexp, kPure),
    op_boxed("aten::gcd.int(int a, int b) -> int", integer_binary<Gcd>, kPure),
    op_boxed("aten::ldexp(float x, int i) -> float", ldexp, kPure),
    op_boxed("aten::mathremainder(Scalar a, Scalar b) -> float", float_binary<IeeeRemainder>, kPure),
    op_boxed("aten::mathremainder.float(float a, float b) -> float", float_binary<IeeeRemainder>, kPure),
    op_boxed("aten::mathremainder.float_int(float a, int b) -> float", float_binary<IeeeRemainder>, kPure),
    op_boxed("aten::mathremainder.int(int a, int b) -> float", float_binary<IeeeRemainder>, kPure),
    op_boxed("aten::mathremainder.int_float(int a, float b) -> float", float_binary<IeeeRemainder>, kPure),
    op_boxed("aten::modf(float a) -> (float, float)", modf, kPure),
    op_boxed("aten::mul(Scalar a, Scalar b) -> Scalar", binary<Mul>, kPure),
    op_boxed("aten::mul.complex(complex a, complex b) -> complex", binary<Mul>, kPure),
    op_boxed("aten::mul.complex_float(complex a, float b) -> complex", binary<Mul>, kPure),
    op_boxed("aten::mul.complex_int(complex a, int b) -> complex", binary<Mul>, kPure),
    op_boxed("aten::mul.float(float a, float b) -> float", binary<Mul>, kPure),
    op_boxed("aten::mul.float_complex(float a, complex b) -> complex", binary<Mul>, kPure),
    op_boxed("aten::mul.float_int(float a, int b) -> float", binary<Mul>, kPure),
    op_boxed("aten::mul.int(int a, int b) -> int", binary<Mul>, kPure),
    op_boxed("aten::mul.int_complex(int a, complex b) -> complex", binary<Mul>, kPure),
    op_boxed("aten::mul.int_float(int a, float b) -> float", binary<Mul>, kPure),
    op_boxed("aten::polar.Scalar_Scalar(Scalar a, Scalar b) -> Scalar", polar, kPure),
    op_boxed("aten::polar.float(float a, float b) -> complex", polar, kPure),
    op_boxed("aten::polar.float_int(float a, int b) -> complex", polar, kPure),
    op_boxed("aten::polar.int(int a, int b) -> complex", polar, kPure),
    op_boxed("aten::polar.int_float(int a, float b) -> complex", polar, kPure),
    op_boxed("aten::pow.Scalar_Scalar(Scalar a, Scalar b) -> float", float_binary<Pow>, kPure),
    op_boxed("aten::pow.complex(complex a, complex b) -> complex", float_binary<Pow>, kPure),
    op_boxed("aten::pow.complex_float(complex a, float b) -> complex", float_binary<Pow>, kPure),
    op_boxed("aten::pow.float(float a, float b) -> float", float_binary<Pow>, kPure),
    op_boxed("aten::pow.float_complex(float a, complex b) -> complex", float_binary<Pow>, kPure),
    op_boxed("aten::pow.float_int(float a, int b) -> float", float_binary<Pow>, kPure),
    op_boxed("aten::pow.int(int a, int b) -> float", float_binary<Pow>, kPure),
    op_boxed("aten::pow.int_float(int a, float b) -> float", float_binary<Pow>, kPure),
    op_boxed("aten::pow.int_to_int(int a, int b) -> int", pow_int_to_int, kPure),
    op_boxed("aten::remainder(Scalar a, Scalar b) -> Scalar", binary<Remainder>, kPure),
    op_boxed("aten::remainder.float(float a, float b) -> float", binary<Remainder>, kPure),
    op_boxed("aten::remainder.float_int(float a, int b) -> float", binary<Remainder>, kPure),
    op_boxed("aten::remainder.int(int a, int b) -> int", binary<Remainder>, kPure),
    op_boxed("aten::remainder.int_float(int a, float b) -> float", binary<Remainder>, kPure),
    op_boxed("aten::sub(Scalar a, Scalar b) -> Scalar", binary<Sub>, kPure),
    op_boxed("aten::sub.complex(complex a, complex b) -> complex", binary<Sub>, kPure),
    op_boxed("aten::sub.complex_float(complex a, float b) -> complex", binary<Sub>, kPure),
    op_boxed("aten::sub.complex_int(complex a, int b) -> complex", binary<Sub>, kPure),
    op_boxed("aten::sub.float(float a, float b) -> float", binary<Sub>, kPure),
    op_boxed("aten::sub.float_complex(float a, complex b) -> complex", binary<Sub>, kPure),
    op_boxed("aten::sub.float_int(float a, int b) -> float", binary<Sub>, kPure),
    op_boxed("aten::sub.int(int a, int b) -> int", binary<Sub>, kPure),
    op_boxed("aten::sub.int_complex(int a, complex b) -> complex", binary<Sub>, kPure),
    op_boxed("aten::sub.int_float(int a, float b) -> float", binary<Sub>, kPure),
    op_boxed("prim::max(Scalar a, Scalar b) -> Scalar", binary<Max>, kPure),
    op_boxed("prim::max.float(float a, float b) -> float", binary<Max>, kPure),
    op_boxed("prim::max.float_int(float a, int b) -> float", binary<Max>, kPure),
    op_boxed("prim::max.int(int a, int b) -> int", binary<Max>, kPure),
    op_boxed("prim::max.int_float(int a, float b) -> float", binary<Max>, kPure),
    op_boxed("prim::min(Scalar a, Scalar b) -> Scalar", binary<Min>, kPure),
    op_boxed("prim::min.float(float a, float b) -> float", binary<Min>, kPure),
    op_boxed("prim::min.float_int(float a, int b) -> float", binary<Min>, kPure),
    op_boxed("prim::min.int(int a, int b) -> int", binary<Min>, kPure),
    op_boxed("prim::min.int_float(int a, float b) -> float", binary<Min>, kPure),
};

}  // namespace

std::span<const OpDef> scalar_arithmetic_rows() { return kRows; }

}  // namespace taper::impl
