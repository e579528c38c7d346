// Register bytecode: what graphs are lowered to (lower.h) and what the interpreter runs (interpreter.h).
//
// A function has a frame of registers, 16-byte Values:
//
//   [ borrowed | parameters, temporaries | constants kept in registers | scratch ]
//
// Invariants, on which the interpreter's speed and safety rest:
//  1. A register outside the life of its value holds nothing counted (an old int at most). So writes need no release, and
//     entering and leaving a frame costs nothing per register.
//  2. Borrowed registers hold a copy of an attribute's bits without a count of their own. The attribute cannot be set
//     while they live (lower.cpp proves it). They are wiped when the frame goes.
//  3. An exception wipes borrowed registers and releases whatever else its frames hold.
//
// Instructions have a fixed size and name operands by index; constants are read in place.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "core/class_type.h"
#include "core/op_def.h"
#include "core/source.h"
#include "core/value.h"

namespace taper::impl {

enum class Opcode : uint16_t {
#define X(NAME, OPERANDS, TEXT) k##NAME,
#include "runtime/bytecode.def"
#undef X
};
inline constexpr size_t kOpcodeCount = 0
#define X(NAME, OPERANDS, TEXT) +1
#include "runtime/bytecode.def"
#undef X
    ;

struct OpcodeInfo {
  const char* name;
  const char* operands;  // three letters, see bytecode.def
};
const OpcodeInfo& opcode_info(Opcode opcode) noexcept;

struct Instruction {
  Opcode op;
  uint16_t extra = 0;
  int32_t a = 0, b = 0, c = 0;
};
static_assert(sizeof(Instruction) == 16);

// A register or constant as an operand, and whether its register gives its value away.
struct Operand {
  enum Kind : int32_t { kRead = 0, kMove = 1, kConstant = 2 };
  int32_t raw;
  static Operand of(Kind kind, uint32_t index) noexcept { return {int32_t(index << 2 | uint32_t(kind))}; }
  Kind kind() const noexcept { return Kind(raw & 3); }
  uint32_t index() const noexcept { return uint32_t(raw) >> 2; }
  bool is_constant() const noexcept { return raw & 2; }
  bool is_move() const noexcept { return raw & 1; }
};

class Code;

// The place of one function's bytecode, shared by all call sites. Made under the program's lock; `code` is null until the
// function is lowered.
struct CodeSlot final : RefCounted {
  explicit CodeSlot(Function& target) : function(&target) {}
  Function* const function;
  std::atomic<const Code*> code{nullptr};
  Ref<const RefCounted> owner;  // keeps *code
};

struct CallSite {
  const OpDef* op = nullptr;   // CallOp...
  CodeSlot* target = nullptr;  // Call, Fork, Enter
  uint32_t arguments = 0;      // an operand list
  uint32_t movable = 0;        // Context::movable_arguments
  uint32_t text = 0;           // CallMethod: the method's name
  uint32_t results = 1;        // CallOp...: how many the operator writes
  bool gives = false;          // CallOp...: an argument dies with the call
};

// Where an instruction came from. `call` is an index into Code::inlined, 0 for the function's own code.
struct CodePlace {
  uint32_t pc;  // from here on
  uint32_t call;
  SourceRange range;
};
struct CodeInlined {
  std::string function;
  SourceRange place;  // of the call
  uint32_t outer;
};

class Code final : public RefCounted {
 public:
  std::string name;  // the function's
  std::vector<Instruction> instructions;
  std::vector<Value> constants;
  std::vector<Value> kept;     // unboxed constants, copied into registers [kept_base, ...) at entry
  std::vector<int32_t> lists;  // operand and register lists, each with its length first
  std::vector<CallSite> sites;
  std::vector<TypePtr> types;
  std::vector<std::string> texts;
  std::vector<CodePlace> places;     // by pc
  std::vector<CodeInlined> inlined;  // entry 0 stands for the function itself
  std::vector<uint32_t> parameters;  // the register of each parameter, or kNoRegister for one that nobody reads
  std::vector<TypePtr> parameter_types;
  TypePtr result_type;
  uint32_t borrowed = 0;  // registers [0, borrowed)
  uint32_t kept_base = 0;
  uint32_t registers = 0;  // all of them

  static constexpr uint32_t kNoRegister = ~0u;
  const CodePlace& place(size_t pc) const noexcept;
};

// One line per instruction:
//   0003  AddInt        r2, r1, r0
std::string disassemble(const Code& code);

// Every index within bounds, every jump inside the code, every path ended by a return, raise or jump; registers of the
// right class written. Error(kInternal) naming the instruction. Run on all code that is lowered.
void verify_code(const Code& code);

}  // namespace taper::impl
