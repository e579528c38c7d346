// Comparisons of Python numbers, strings, devices and enums.
#include <cmath>
#include <complex>

#include "core/boxing.h"
#include "ops/families.h"

namespace taper::impl {
namespace {

struct Eq {
  template <class T>
  static bool of(const T& a, const T& b) {
    return a == b;
  }
};
struct Ne {
  template <class T>
  static bool of(const T& a, const T& b) {
    return a != b;
  }
};
struct Lt {
  template <class T>
  static bool of(const T& a, const T& b) {
    return a < b;
  }
};
struct Le {
  template <class T>
  static bool of(const T& a, const T& b) {
    return a <= b;
  }
};
struct Gt {
  template <class T>
  static bool of(const T& a, const T& b) {
    return a > b;
  }
};
struct Ge {
  template <class T>
  static bool of(const T& a, const T& b) {
    return a >= b;
  }
};

bool is_integer(const Value& v) { return v.is(Tag::kInt) || v.is(Tag::kBool); }
int64_t integer(const Value& v) { return v.is(Tag::kBool) ? int64_t(v.boolean()) : v.to_int(); }

template <class Op>
void compare(const OpDef&, Context&, Arguments a, Value* out) {
  if (is_integer(a[0]) && is_integer(a[1])) return out->set_bool(Op::of(integer(a[0]), integer(a[1])));
  if constexpr (std::is_same_v<Op, Eq> || std::is_same_v<Op, Ne>)
    if (a[0].is(Tag::kComplex) || a[1].is(Tag::kComplex)) return out->set_bool(Op::of(a[0].to_complex(), a[1].to_complex()));
  out->set_bool(Op::of(a[0].to_number(), a[1].to_number()));
}

template <class Op>
void compare_strings(const OpDef&, Context&, Arguments a, Value* out) {
  out->set_bool(Op::of(a[0].to_string(), a[1].to_string()));
}

// Type and index must agree; "cpu" and "cpu:0" differ, as in PyTorch.
template <class Op>
void compare_devices(const OpDef&, Context&, Arguments a, Value* out) {
  out->set_bool(Op::of(a[0].to_device(), a[1].to_device()));
}

template <class Op>
void compare_enums(const OpDef&, Context&, Arguments a, Value* out) {
  out->set_bool(Op::of(keys_equal(a[0], a[1]), true));
}

void logical_not(const OpDef&, Context&, Arguments a, Value* out) { out->set_bool(!a[0].to_bool()); }

// x is y: None is one object; unboxed values never are the same object as another unless they are None.
void is_same(const OpDef&, Context&, Arguments a, Value* out) { out->set_bool(a[0].is_same(a[1])); }
void is_not_same(const OpDef&, Context&, Arguments a, Value* out) { out->set_bool(!a[0].is_same(a[1])); }

constexpr OpDef kRows[] = {
    op_boxed("aten::__not__(bool self) -> bool", logical_not, kPure),
    op_boxed("aten::eq(Scalar a, Scalar b) -> bool", compare<Eq>, kPure),
    op_boxed("aten::eq.bool(bool a, bool b) -> bool", compare<Eq>, kPure),
    op_boxed("aten::eq.complex(complex a, complex b) -> bool", compare<Eq>, kPure),
    op_boxed("aten::eq.complex_float(complex a, float b) -> bool", compare<Eq>, kPure),
    op_boxed("aten::eq.float(float a, float b) -> bool", compare<Eq>, kPure),
    op_boxed("aten::eq.float_complex(float a, complex b) -> bool", compare<Eq>, kPure),
    op_boxed("aten::eq.float_int(float a, int b) -> bool", compare<Eq>, kPure),
    op_boxed("aten::eq.int(int a, int b) -> bool", compare<Eq>, kPure),
    op_boxed("aten::eq.int_float(int a, float b) -> bool", compare<Eq>, kPure),
    op_boxed("aten::ge(Scalar a, Scalar b) -> bool", compare<Ge>, kPure),
    op_boxed("aten::ge.float(float a, float b) -> bool", compare<Ge>, kPure),
    op_boxed("aten::ge.float_int(float a, int b) -> bool", compare<Ge>, kPure),
    op_boxed("aten::ge.int(int a, int b) -> bool", compare<Ge>, kPure),
    op_boxed("aten::ge.int_float(int a, float b) -> bool", compare<Ge>, kPure),
    op_boxed("aten::gt(Scalar a, Scalar b) -> bool", compare<Gt>, kPure),
    op_boxed("aten::gt.float(float a, float b) -> bool", compare<Gt>, kPure),
    op_boxed("aten::gt.float_int(float a, int b) -> bool", compare<Gt>, kPure),
    op_boxed("aten::gt.int(int a, int b) -> bool", compare<Gt>, kPure),
    op_boxed("aten::gt.int_float(int a, float b) -> bool", compare<Gt>, kPure),
    op_boxed("aten::le(Scalar a, Scalar b) -> bool", compare<Le>, kPure),
    op_boxed("aten::le.float(float a, float b) -> bool", compare<Le>, kPure),
    op_boxed("aten::le.float_int(float a, int b) -> bool", compare<Le>, kPure),
    op_boxed("aten::le.int(int a, int b) -> bool", compare<Le>, kPure),
    op_boxed("aten::le.int_float(int a, float b) -> bool", compare<Le>, kPure),
    op_boxed("aten::lt(Scalar a, Scalar b) -> bool", compare<Lt>, kPure),
    op_boxed("aten::lt.float(float a, float b) -> bool", compare<Lt>, kPure),
    op_boxed("aten::lt.float_int(float a, int b) -> bool", compare<Lt>, kPure),
    op_boxed("aten::lt.int(int a, int b) -> bool", compare<Lt>, kPure),
    op_boxed("aten::lt.int_float(int a, float b) -> bool", compare<Lt>, kPure),
    op_boxed("aten::ne(Scalar a, Scalar b) -> bool", compare<Ne>, kPure),
    op_boxed("aten::ne.bool(bool a, bool b) -> bool", compare<Ne>, kPure),
    op_boxed("aten::ne.complex(complex a, complex b) -> bool", compare<Ne>, kPure),
    op_boxed("aten::ne.complex_float(complex a, float b) -> bool", compare<Ne>, kPure),
    op_boxed("aten::ne.float(float a, float b) -> bool", compare<Ne>, kPure),
    op_boxed("aten::ne.float_complex(float a, complex b) -> bool", compare<Ne>, kPure),
    op_boxed("aten::ne.float_int(float a, int b) -> bool", compare<Ne>, kPure),
    op_boxed("aten::ne.int(int a, int b) -> bool", compare<Ne>, kPure),
    op_boxed("aten::ne.int_float(int a, float b) -> bool", compare<Ne>, kPure),
    op_boxed("aten::eq.device(Device a, Device b) -> bool", compare_devices<Eq>, kPure),
    op_boxed("aten::eq.enum(AnyEnumType a, AnyEnumType b) -> bool", compare_enums<Eq>, kPure),
    op_boxed("aten::eq.str(str a, str b) -> bool", compare_strings<Eq>, kPure),
    op_boxed("aten::ne.device(Device a, Device b) -> bool", compare_devices<Ne>, kPure),
    op_boxed("aten::ne.enum(AnyEnumType a, AnyEnumType b) -> bool", compare_enums<Ne>, kPure),
    op_boxed("aten::ne.str(str a, str b) -> bool", compare_strings<Ne>, kPure),
    op_boxed("aten::lt.str(str a, str b) -> bool", compare_strings<Lt>, kPure),
    op_boxed("aten::le.str(str a, str b) -> bool", compare_strings<Le>, kPure),
    op_boxed("aten::gt.str(str a, str b) -> bool", compare_strings<Gt>, kPure),
    op_boxed("aten::ge.str(str a, str b) -> bool", compare_strings<Ge>, kPure),
    op_boxed("aten::__is__(t1 self, t2 obj) -> bool", is_same, kPure),
    op_boxed("aten::__isnot__(t1 self, t2 obj) -> bool", is_not_same, kPure),
};

}  // namespace

std::span<const OpDef> scalar_compare_rows() { return kRows; }

}  // namespace taper::impl
