#include "runtime/typed_ops.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace taper::impl {
namespace {

using enum TypedForm;

constexpr TypedOp kRows[] = {
    {"aten::add.int(int a, int b) -> int", Opcode::kAddInt, kBinary},
    {"aten::sub.int(int a, int b) -> int", Opcode::kSubInt, kBinary},
    {"aten::mul.int(int a, int b) -> int", Opcode::kMulInt, kBinary},
    {"aten::floordiv.int(int a, int b) -> int", Opcode::kFloorDivInt, kBinary},
    {"aten::remainder.int(int a, int b) -> int", Opcode::kRemainderInt, kBinary},
    {"aten::neg.int(int a) -> int", Opcode::kNegInt, kUnary},
    {"aten::__and__.int(int a, int b) -> int", Opcode::kAndInt, kBinary},
    {"aten::__or__.int(int a, int b) -> int", Opcode::kOrInt, kBinary},
    {"aten::__xor__.int(int a, int b) -> int", Opcode::kXorInt, kBinary},
    {"prim::min.int(int a, int b) -> int", Opcode::kMinInt, kBinary},
    {"prim::max.int(int a, int b) -> int", Opcode::kMaxInt, kBinary},
    {"aten::eq.int(int a, int b) -> bool", Opcode::kEqInt, kCompare},
    {"aten::ne.int(int a, int b) -> bool", Opcode::kNeInt, kCompare},
    {"aten::lt.int(int a, int b) -> bool", Opcode::kLtInt, kCompare},
    {"aten::le.int(int a, int b) -> bool", Opcode::kLeInt, kCompare},
    {"aten::gt.int(int a, int b) -> bool", Opcode::kLtInt, kCompare, true},
    {"aten::ge.int(int a, int b) -> bool", Opcode::kLeInt, kCompare, true},

    {"aten::add.float(float a, float b) -> float", Opcode::kAddFloat, kBinary},
    {"aten::sub.float(float a, float b) -> float", Opcode::kSubFloat, kBinary},
    {"aten::mul.float(float a, float b) -> float", Opcode::kMulFloat, kBinary},
    {"aten::div.float(float a, float b) -> float", Opcode::kDivFloat, kBinary},
    {"aten::floordiv.float(float a, float b) -> float", Opcode::kFloorDivFloat, kBinary},
    {"aten::remainder.float(float a, float b) -> float", Opcode::kRemainderFloat, kBinary},
    {"aten::neg.float(float a) -> float", Opcode::kNegFloat, kUnary},
    {"aten::eq.float(float a, float b) -> bool", Opcode::kEqFloat, kCompare},
    {"aten::ne.float(float a, float b) -> bool", Opcode::kNeFloat, kCompare},
    {"aten::lt.float(float a, float b) -> bool", Opcode::kLtFloat, kCompare},
    {"aten::le.float(float a, float b) -> bool", Opcode::kLeFloat, kCompare},
    {"aten::gt.float(float a, float b) -> bool", Opcode::kLtFloat, kCompare, true},
    {"aten::ge.float(float a, float b) -> bool", Opcode::kLeFloat, kCompare, true},

    {"aten::div.int(int a, int b) -> float", Opcode::kDivFloat, kBinary, false, true, true},
    {"aten::add.int_float(int a, float b) -> float", Opcode::kAddFloat, kBinary, false, true, false},
    {"aten::add.float_int(float a, int b) -> float", Opcode::kAddFloat, kBinary, false, false, true},
    {"aten::sub.int_float(int a, float b) -> float", Opcode::kSubFloat, kBinary, false, true, false},
    {"aten::sub.float_int(float a, int b) -> float", Opcode::kSubFloat, kBinary, false, false, true},
    {"aten::mul.int_float(int a, float b) -> float", Opcode::kMulFloat, kBinary, false, true, false},
    {"aten::mul.float_int(float a, int b) -> float", Opcode::kMulFloat, kBinary, false, false, true},
    {"aten::lt.int_float(int a, float b) -> bool", Opcode::kLtFloat, kCompare, false, true, false},
    {"aten::lt.float_int(float a, int b) -> bool", Opcode::kLtFloat, kCompare, false, false, true},
    {"aten::le.int_float(int a, float b) -> bool", Opcode::kLeFloat, kCompare, false, true, false},
    {"aten::le.float_int(float a, int b) -> bool", Opcode::kLeFloat, kCompare, false, false, true},
    {"aten::gt.int_float(int a, float b) -> bool", Opcode::kLtFloat, kCompare, true, true, false},
    {"aten::gt.float_int(float a, int b) -> bool", Opcode::kLtFloat, kCompare, true, false, true},
    {"aten::ge.int_float(int a, float b) -> bool", Opcode::kLeFloat, kCompare, true, true, false},
    {"aten::ge.float_int(float a, int b) -> bool", Opcode::kLeFloat, kCompare, true, false, true},
    {"aten::eq.int_float(int a, float b) -> bool", Opcode::kEqFloat, kCompare, false, true, false},
    {"aten::eq.float_int(float a, int b) -> bool", Opcode::kEqFloat, kCompare, false, false, true},
    {"aten::ne.int_float(int a, float b) -> bool", Opcode::kNeFloat, kCompare, false, true, false},
    {"aten::ne.float_int(float a, int b) -> bool", Opcode::kNeFloat, kCompare, false, false, true},

    {"aten::__not__(bool self) -> bool", Opcode::kNotBool, kUnary},
    {"aten::__and__.bool(bool a, bool b) -> bool", Opcode::kAndBool, kBinary},
    {"aten::__or__.bool(bool a, bool b) -> bool", Opcode::kOrBool, kBinary},
    {"aten::__xor__.bool(bool a, bool b) -> bool", Opcode::kNeBool, kBinary},
    {"aten::eq.bool(bool a, bool b) -> bool", Opcode::kEqBool, kBinary},
    {"aten::ne.bool(bool a, bool b) -> bool", Opcode::kNeBool, kBinary},

    {"aten::Float.Scalar(Scalar a) -> float", Opcode::kIntToFloat, kNumber},
    {"aten::Int.Scalar(Scalar a) -> int", Opcode::kFloatToInt, kNumber},
    {"aten::Bool.int(int a) -> bool", Opcode::kNeIntI, kNonZero},
    {"aten::Float.int(int a) -> float", Opcode::kIntToFloat, kUnary},
    {"aten::Float.bool(bool a) -> float", Opcode::kBoolToFloat, kUnary},
    {"aten::Int.float(float a) -> int", Opcode::kFloatToInt, kUnary},
    {"aten::Int.bool(bool a) -> int", Opcode::kBoolToInt, kUnary},
    {"aten::Bool.float(float a) -> bool", Opcode::kFloatToBool, kUnary},

    {"aten::__is__(t1 self, t2 obj) -> bool", Opcode::kIsNone, kIsNone},
    {"aten::__isnot__(t1 self, t2 obj) -> bool", Opcode::kIsSome, kIsNone},

    {"aten::__derive_index(int index, int start, int step) -> int", Opcode::kAddInt, kDeriveIndex},
    {"aten::dim(Tensor self) -> int", Opcode::kTensorDim, kTensorDim},
    {"aten::size.int(Tensor self, int dim) -> int", Opcode::kTensorSize, kTensorSize},
    {"aten::len.t(t[] a) -> int", Opcode::kListLen, kListLen},
    {"aten::__getitem__.t(t[](a) list, int idx) -> t(*)", Opcode::kListGet, kListGet},
    {"aten::_set_item.t(t[](a!) l, int idx, t(b -> *) el) -> t[](a!)", Opcode::kListSet, kListSet},
    {"aten::append.t(t[](a!) self, t(c -> *) el) -> t[](a!)", Opcode::kListAppend, kListAppend},
};

constexpr size_t kSlots = 256;
static_assert(std::size(kRows) * 2 <= kSlots);

// Names differ in their first letters behind the namespace, overloads in the schema's length.
constexpr uint32_t hash(std::string_view text) {
  uint32_t h = uint32_t(text.size());
  for (size_t i = 6; i < std::min<size_t>(text.size(), 16); ++i) h = (h ^ uint8_t(text[i])) * 16777619u;
  return h ^ h >> 15;
}

// Open addressing, filled by the compiler: no static constructor.
struct Index {
  uint8_t rows[kSlots] = {};  // row + 1, 0 free
};
constexpr Index make_index() {
  Index index;
  for (size_t row = 0; row < std::size(kRows); ++row) {
    size_t slot = hash(kRows[row].schema) % kSlots;
    while (index.rows[slot]) slot = (slot + 1) % kSlots;
    index.rows[slot] = uint8_t(row + 1);
  }
  return index;
}
constexpr Index kIndex = make_index();

}  // namespace

const TypedOp* typed_op(const OpDef& op) noexcept {
  std::string_view schema = op.schema;
  for (size_t slot = hash(op.schema) % kSlots; kIndex.rows[slot]; slot = (slot + 1) % kSlots) {
    const TypedOp& row = kRows[kIndex.rows[slot] - 1];
    if (schema == row.schema) return &row;
  }
  return nullptr;
}

Opcode number_conversion(const TypedOp& typed, TypeKind from) noexcept {
  bool to_float = typed.opcode == Opcode::kIntToFloat;
  switch (from) {
    case TypeKind::kInt: return to_float ? Opcode::kIntToFloat : Opcode::kCopy;
    case TypeKind::kFloat: return to_float ? Opcode::kCopy : Opcode::kFloatToInt;
    case TypeKind::kBool: return to_float ? Opcode::kBoolToFloat : Opcode::kBoolToInt;
    default: return Opcode(kOpcodeCount);
  }
}

std::span<const TypedOp> all_typed_ops() noexcept { return kRows; }

Opcode immediate_form(Opcode opcode) noexcept {
  switch (opcode) {
    case Opcode::kAddInt: return Opcode::kAddIntI;
    case Opcode::kMulInt: return Opcode::kMulIntI;
    case Opcode::kFloorDivInt: return Opcode::kFloorDivIntI;
    case Opcode::kRemainderInt: return Opcode::kRemainderIntI;
    case Opcode::kAndInt: return Opcode::kAndIntI;
    case Opcode::kEqInt: return Opcode::kEqIntI;
    case Opcode::kNeInt: return Opcode::kNeIntI;
    case Opcode::kLtInt: return Opcode::kLtIntI;
    case Opcode::kLeInt: return Opcode::kLeIntI;
    case Opcode::kJumpEqInt: return Opcode::kJumpEqIntI;
    case Opcode::kJumpNeInt: return Opcode::kJumpNeIntI;
    case Opcode::kJumpLtInt: return Opcode::kJumpLtIntI;
    case Opcode::kJumpLeInt: return Opcode::kJumpLeIntI;
    default: return Opcode(kOpcodeCount);
  }
}

bool is_commutative(Opcode opcode) noexcept {
  switch (opcode) {
    case Opcode::kAddInt:
    case Opcode::kMulInt:
    case Opcode::kAndInt:
    case Opcode::kEqInt:
    case Opcode::kNeInt:
    case Opcode::kJumpEqInt:
    case Opcode::kJumpNeInt: return true;
    default: return false;
  }
}

}  // namespace taper::impl
