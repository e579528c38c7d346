// Which operators have opcodes of their own, by schema text: one table, so that lowering, the interpreter and tests agree.
#pragma once

#include "core/op_def.h"
#include "runtime/bytecode.h"

namespace taper::impl {

// How an operator's inputs become an opcode's operands.
enum class TypedForm : uint8_t {
  kUnary,        // D R
  kBinary,       // D R R
  kCompare,      // D R R with a bool result; fuses with a jump
  kNonZero,      // D R 0
  kNumber,       // of a Scalar whose static type says which number it is: converts, or copies
  kIsNone,       // (x, None): a test for None when one side is a constant None
  kDeriveIndex,  // start + index * step: the items of range(start, stop, step)
  kTensorDim,
  kTensorSize,
  kListLen,
  kListGet,
  kListSet,
  kListAppend,
};

struct TypedOp {
  const char* schema;
  Opcode opcode;
  TypedForm form;
  bool swap = false;      // operands change places: a > b is b < a
  bool left_int = false;  // the left operand is an int that becomes a float first
  bool right_int = false;
};

// Null: the operator is called.
const TypedOp* typed_op(const OpDef& op) noexcept;
// kNumber: the conversion of a value of the static type; kCopy when there is none to do, kOpcodeCount when it is not known.
Opcode number_conversion(const TypedOp& typed, TypeKind from) noexcept;
std::span<const TypedOp> all_typed_ops() noexcept;

// The opcode with an immediate right operand, or kOpcodeCount when there is none.
Opcode immediate_form(Opcode opcode) noexcept;
bool is_commutative(Opcode opcode) noexcept;

}  // namespace taper::impl
