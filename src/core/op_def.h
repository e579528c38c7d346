// An operator is one row: its schema exactly as PyTorch prints it and one typed function whose first parameter is
// Context&. Tables of rows are constexpr; nothing registers itself.
//
//   Tensor hardswish(Context& ctx, const Tensor& self);
//   constexpr OpDef kRows[] = {
//       op("aten::hardswish(Tensor self) -> Tensor", TAPER_OP(hardswish), kPure | kUsesDest),
//       op_inplace("aten::hardswish_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(hardswish), kUsesDest),
//       op_out("aten::hardswish.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hardswish), kUsesDest),
//   };
//
// The in-place and out= rows derive from the functional one (ops/output.h): they compute into the destination when the
// function is marked kUsesDest, and compute then copy (with PyTorch's cast and shape rules) otherwise.
#pragma once

#include <cstdint>

#include "core/context.h"
#include "core/value.h"

namespace taper::impl {

// The boxed convention: pointers to argument values, room for the results (None on entry). A kernel may read arguments
// in place and must not keep the pointers. Trailing defaults are already filled in by the caller.
struct Arguments {
  Value* const* values;
  uint32_t count;
  Value& operator[](size_t i) const noexcept { return *values[i]; }
};
using Boxed = void (*)(const OpDef& op, Context& ctx, Arguments arguments, Value* results);

enum OpFlags : uint32_t {
  kPure = 1,             // no side effect, result depends on the arguments alone: may be folded, merged, removed
  kView = 2,             // the result shares its argument's storage
  kRandom = 4,           // draws from the generator
  kUsesDest = 8,         // allocates its result through output() (ops machinery), so it can write into a destination
  kInplace = 16,         // derived: writes the first argument
  kOut = 32,             // derived: writes its trailing out arguments
  kSideEffect = 64,      // must run, in order (print, warn, raise, set)
  kDataDependent = 128,  // the result's shape depends on values: no meta function can exist
  kSameOut = 512,        // derived out= rows: the destination must have the result's dtype
  kTakesNested = 1024,   // may be called with Layout::kNested
  kExactOut = 256,       // derived out= rows: the destination must have the result's dtype (PyTorch made the row, too)
};

struct OpDef {
  const char* schema;
  const void* function;  // address of a constant that holds the typed function pointer; `boxed` knows its type
  Boxed boxed;
  uint32_t flags = 0;
  const void* meta = nullptr;      // reserved: shapes of the results without computing them
  const char* backward = nullptr;  // reserved: derivative formula
  void call(Context& ctx, Arguments arguments, Value* results) const { boxed(*this, ctx, arguments, results); }
};

// All overloads of one operator name, in PyTorch's overload order. The ops folder implements it; registration of custom
// operators wraps it.
class OpTable {
 public:
  virtual ~OpTable() = default;
  // "aten::add": empty when there is none.
  virtual std::span<const OpDef* const> find(std::string_view name) const = 0;
};

// Lets passes in ir run an operator without knowing ops.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  virtual void run(const OpDef& op, std::span<Value> arguments, std::span<Value> results) = 0;
};

}  // namespace taper::impl
