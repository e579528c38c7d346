// The interpreter: runs bytecode with one loop for all script frames, so a call of a script function costs no C++ stack.
// C++ recursion happens only where an operator calls back into script code, at fork, and at a with-statement that an
// exception leaves; the context's call depth bounds all of it.
#pragma once

#include <memory>
#include <vector>

#include "core/context.h"
#include "runtime/bytecode.h"
#include "runtime/module.h"

namespace taper::impl {

// Gives functions their bytecode, lowering them at first use. Implemented by the program of a module.
class CodeSource {
 public:
  virtual ~CodeSource() = default;
  virtual const Code& load(CodeSlot& slot) = 0;
  virtual CodeSlot& slot(Function& function) = 0;
};

class Execution::Interpreter final : public ScriptCaller {
 public:
  explicit Interpreter(Context& context);
  ~Interpreter() override;

  // Runs a function of `source`; takes the arguments' values.
  Value run(CodeSource& source, Function& function, std::span<Value> arguments);
  // During a run: a function of the same program.
  Value call(Function& function, std::span<const Value> arguments) override;

 private:
  struct Frame {
    const Code* code;
    const Instruction* pc;  // of the instruction being run, kept where something may throw
    Value* registers;
    int32_t result;        // register of the caller; unused in the outermost frame of a run
    uint32_t chunk, used;  // of the stack before this frame
  };
  struct Chunk {
    std::unique_ptr<Value[]> values;
    uint32_t size = 0;
  };
  struct Entered {
    Value object;
    CodeSlot* exit;
  };
  class Scope;

  Value execute(const Code& code, std::span<Value> arguments);
  Value loop(Frame* frame, size_t base);
  Frame& push_frame(const Code& code, size_t argument_count);
  Frame& top_frame() noexcept;
  void pop_frame() noexcept;
  void call_operator(const CallSite& site, Value* registers, const Code& code, Value* results);
  void enter_function(const Code& callee, const CallSite& site, Frame& caller, int32_t result);
  Ref<FutureObj> fork(const Code& code, const CallSite& site, Value* registers, const TypePtr& type);
  Ref<FutureObj> awaitable(const Code& code, const CallSite& site, Value* registers, const TypePtr& type);
  void settle(FutureObj& future);
  Value wait_for(const Value& future);
  const Code& method_code(const Code& code, const CallSite& site, const Value* registers, const Value& object);
  void unwind(size_t base, size_t entered, Error* error) noexcept;
  void refill();

  Context& context_;
  CodeSource* source_ = nullptr;
  std::vector<std::unique_ptr<Frame[]>> frames_;  // in blocks, so that frames stay where they are
  size_t depth_ = 0;
  int nested_ = 0;  // calls of execute() that are going on
  std::vector<Chunk> chunks_;
  uint32_t chunk_ = 0, used_ = 0;
  int64_t ticks_ = 0;  // steps of fuel taken from the budget and not used yet
  std::vector<Entered> entered_;
};

}  // namespace taper::impl
