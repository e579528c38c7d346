#include "runtime/interpreter.h"

#include <algorithm>
#include <new>

#include "core/error.h"
#include "core/source.h"
#include "runtime/interpreter_values.h"
#include "runtime/registers.h"

namespace taper::impl {
namespace {

constexpr uint32_t kChunkValues = 4096;
constexpr size_t kFrameBlock = 32;
constexpr size_t kShownFrames = 20;
constexpr size_t kMostFrames = 60;
constexpr int kMaxNested = 100;   // runs within runs: these take C++ stack
constexpr int64_t kSlice = 1024;  // fuel is taken in slices, which also bounds how late a cancellation is seen

}  // namespace

using Interpreter = Execution::Interpreter;

Interpreter::Interpreter(Context& context) : context_(context) {}
Interpreter::~Interpreter() = default;

// Makes a program current, and gives unused fuel back at the end.
class Interpreter::Scope {
 public:
  Scope(Interpreter& interpreter, CodeSource* source)
      : interpreter_(interpreter),
        source_(interpreter.source_),
        script_(interpreter.context_.script),
        memory_(interpreter.context_) {
    interpreter_.source_ = source;
    interpreter_.context_.script = &interpreter_;
  }
  ~Scope() {
    interpreter_.source_ = source_;
    interpreter_.context_.script = script_;
    if (interpreter_.depth_ == 0) {
      interpreter_.context_.budget.fuel += interpreter_.ticks_;
      interpreter_.ticks_ = 0;
    }
  }

 private:
  Interpreter& interpreter_;
  CodeSource* source_;
  ScriptCaller* script_;
  ContextScope memory_;
};

Value Interpreter::run(CodeSource& source, Function& function, std::span<Value> arguments) {
  Scope scope(*this, &source);
  CodeSlot& slot = source.slot(function);
  const Code* code = slot.code.load(std::memory_order_acquire);
  return execute(code ? *code : source.load(slot), arguments);
}

Value Interpreter::call(Function& function, std::span<const Value> arguments) {
  if (!source_) fail(ErrorCode::kInternal, cat("script function ", function.name, " called outside of a run"));
  Vec<Value> copies(arguments.begin(), arguments.end());
  return run(*source_, function, copies);
}

// The unlikely half of a step of fuel. Slices are small against the whole, so that nested runs see what is left.
void Interpreter::refill() {
  int64_t slice = std::clamp<int64_t>(context_.budget.fuel / 4, 1, kSlice);
  context_.spend(slice);
  ticks_ += slice;
}

Interpreter::Frame& Interpreter::top_frame() noexcept {
  return frames_[(depth_ - 1) / kFrameBlock][(depth_ - 1) % kFrameBlock];
}

Interpreter::Frame& Interpreter::push_frame(const Code& code, size_t argument_count) {
  if (context_.call_depth >= context_.budget.max_call_depth)
    fail(ErrorCode::kBudget,
         cat("maximum recursion depth of ", context_.budget.max_call_depth, " exceeded in a call of ", code.name));
  if (argument_count != code.parameters.size())
    fail_runtime(code.name, " takes ", code.parameters.size(), " arguments, ", argument_count, " were given");
  if (depth_ / kFrameBlock >= frames_.size()) frames_.push_back(std::make_unique<Frame[]>(kFrameBlock));
  Frame& frame = frames_[depth_ / kFrameBlock][depth_ % kFrameBlock];
  frame.chunk = chunk_;
  frame.used = used_;
  if (chunk_ >= chunks_.size() || chunks_[chunk_].size - used_ < code.registers) {
    uint32_t next = chunks_.empty() ? 0 : chunk_ + 1;
    uint32_t size = std::max(kChunkValues, code.registers);
    if (next >= chunks_.size()) chunks_.emplace_back();
    if (chunks_[next].size < code.registers) chunks_[next] = {std::make_unique<Value[]>(size), size};
    chunk_ = next;
    used_ = 0;
  }
  frame.code = &code;
  frame.pc = code.instructions.data();
  frame.registers = chunks_[chunk_].values.get() + used_;
  frame.result = 0;
  used_ += code.registers;
  copy_bits(frame.registers + code.kept_base, code.kept.data(), code.kept.size());
  ++depth_;
  ++context_.call_depth;
  return frame;
}

// The frame's registers hold nothing counted any more, but for the borrowed ones.
void Interpreter::pop_frame() noexcept {
  Frame& frame = top_frame();
#ifndef NDEBUG
  for (uint32_t i = frame.code->borrowed; i < frame.code->registers; ++i) dead(&frame.registers[i]);
#endif
  --depth_;
  --context_.call_depth;
  for (uint32_t i = 0; i < frame.code->borrowed; ++i) new (&frame.registers[i]) Value();
  chunk_ = frame.chunk;
  used_ = frame.used;
}

// Leaves all frames above `base`, noting where each was, and the with-statements entered since.
void Interpreter::unwind(size_t base, size_t entered, Error* error) noexcept {
  const size_t innermost = depth_;
  while (depth_ > base) {
    Frame& frame = top_frame();
    const Code& code = *frame.code;
    // Of a deep recursion both ends are shown.
    if (error && error->stack().size() < kMostFrames &&
        (innermost - depth_ < kShownFrames || depth_ - base <= kShownFrames)) {
      try {
        const CodePlace& place = code.place(size_t(frame.pc - code.instructions.data()));
        uint32_t call = place.call;
        error->add_outer_frame(make_frame(code.inlined[call].function, place.range));
        for (; call != 0; call = code.inlined[call].outer)
          error->add_outer_frame(make_frame(code.inlined[code.inlined[call].outer].function, code.inlined[call].place));
      } catch (...) {  // out of memory: the message without this frame
      }
    }
    for (uint32_t i = 0; i < code.borrowed; ++i) new (&frame.registers[i]) Value();
    for (uint32_t i = code.borrowed; i < code.registers; ++i) frame.registers[i].reset();
    pop_frame();
  }
  while (entered_.size() > entered) {
    Entered item = std::move(entered_.back());
    entered_.pop_back();
    try {
      const Code* code = item.exit->code.load(std::memory_order_acquire);
      if (!code) code = &source_->load(*item.exit);
      Vec<Value> arguments(code->parameters.size());
      if (!arguments.empty()) arguments[0] = item.object;
      execute(*code, arguments);
    } catch (...) {  // the first exception is the one that counts, as in PyTorch
    }
  }
}

Value Interpreter::execute(const Code& code, std::span<Value> arguments) {
  size_t base = depth_, entered = entered_.size();
  struct Nested {
    explicit Nested(int& counter) : count(counter) { ++count; }
    ~Nested() { --count; }
    int& count;
  } nested(nested_);
  try {
    if (nested_ > kMaxNested)
      fail(ErrorCode::kBudget,
           cat("more than ", kMaxNested, " runs within runs, by fork or by operators, in a call of ", code.name));
    Frame& frame = push_frame(code, arguments.size());
    for (size_t i = 0; i < arguments.size(); ++i) {
      uint32_t to = code.parameters[i];
      if (to == Code::kNoRegister) continue;
      if (arguments[i].is_counted() && !type_is_counted(*code.parameter_types[i])) fail_counted(arguments[i]);
      if (to < code.borrowed) copy_bits(&frame.registers[to], &arguments[i], 1);
      else new (&frame.registers[to]) Value(std::move(arguments[i]));
    }
    return loop(&frame, base);
  } catch (Error& error) {
    unwind(base, entered, &error);
    throw;
  } catch (const std::bad_alloc&) {
    Error error(ErrorCode::kOutOfMemory, "out of memory");
    unwind(base, entered, &error);
    throw error;
  } catch (const std::exception& problem) {
    Error error(ErrorCode::kInternal, problem.what());
    unwind(base, entered, &error);
    throw error;
  }
}

namespace {

// Which arguments die with the call, for as long as it lasts.
struct MovableScope {
  Context& context;
  MovableScope(Context& ctx, Value* const* values, uint32_t mask) : context(ctx) {
    context.movable_arguments = mask;
    context.argument_values = values;
  }
  ~MovableScope() { context.movable_arguments = 0; }
  MovableScope(const MovableScope&) = delete;
  MovableScope& operator=(const MovableScope&) = delete;
};

}  // namespace

void Interpreter::call_operator(const CallSite& site, Value* registers, const Code& code, Value* results) {
  constexpr size_t kInline = 16;
  const int32_t* list = code.lists.data() + site.arguments;
  size_t count = size_t(list[0]);
  Value* few[kInline];
  Vec<Value*> many;
  Value** pointers = few;
  if (count > kInline) [[unlikely]] {
    many.resize(count);
    pointers = many.data();
  }
  for (size_t i = 0; i < count; ++i) {
    Operand operand{list[i + 1]};
    pointers[i] =
        operand.is_constant() ? const_cast<Value*>(&code.constants[operand.index()]) : registers + operand.index();
  }
  if (--ticks_ < 0) [[unlikely]]
    refill();
  if (context_.budget.cancelled) [[unlikely]]
    context_.spend(0);
  {
    MovableScope movable(context_, pointers, site.op->flags & kUsesDest ? site.movable : 0);
    site.op->boxed(*site.op, context_, {pointers, uint32_t(count)}, results);
  }
  if (site.gives)
    for (size_t i = 0; i < count; ++i)
      if (Operand operand{list[i + 1]}; operand.is_move()) registers[operand.index()].reset();
}

void Interpreter::enter_function(const Code& callee, const CallSite& site, Frame& caller, int32_t result) {
  const int32_t* list = caller.code->lists.data() + site.arguments;
  if (--ticks_ < 0) [[unlikely]]
    refill();
  Frame& frame = push_frame(callee, size_t(list[0]));
  frame.result = result;
  const Value* constants = caller.code->constants.data();
  for (size_t i = 0; i < size_t(list[0]); ++i) {
    Operand operand{list[i + 1]};
    uint32_t to = callee.parameters[i];
    Value& from =
        operand.is_constant() ? const_cast<Value&>(constants[operand.index()]) : caller.registers[operand.index()];
    if (to == Code::kNoRegister) {
      if (operand.is_move()) from.reset();
    } else if (to < callee.borrowed) {
      copy_bits(&frame.registers[to], &from, 1);
    } else if (operand.is_move()) {
      new (&frame.registers[to]) Value(std::move(from));
    } else {
      new (&frame.registers[to]) Value(from);
    }
  }
}

const Code& Interpreter::method_code(const Code& code, const CallSite& site, const Value* registers,
                                     const Value& object) {
  if (!object.is(Tag::kObject)) fail_not("an object", object);
  const ClassType& type = *object.object().type;
  Function* function = type.method(code.texts[site.text]);
  if (!function) {
    if (type.opaque) fail(ErrorCode::kUnsupported, cat("method ", code.texts[site.text], " of class ", type.name));
    fail_runtime(type.name, " has no method ", code.texts[site.text]);
  }
  CodeSlot& slot = source_->slot(*function);
  const Code* found = slot.code.load(std::memory_order_acquire);
  const Code& callee = found ? *found : source_->load(slot);
  // The caller was compiled against an interface, not against this method.
  const int32_t* list = code.lists.data() + site.arguments;
  for (size_t i = 0; i < size_t(list[0]) && i < callee.parameter_types.size(); ++i) {
    Operand operand{list[i + 1]};
    const Value& argument = operand.is_constant() ? code.constants[operand.index()] : registers[operand.index()];
    if (argument.is_counted() && !type_is_counted(*callee.parameter_types[i])) fail_counted(argument);
  }
  return callee;
}

// What an awaitable will run, kept as its value until somebody waits for it. A tuple holds the arguments, because a chain
// of any length must die without recursion.
struct PendingCall final : RefCounted {
  Ref<Function> function;
  Ref<TupleObj> arguments = make_ref<TupleObj>();
};

Ref<FutureObj> Interpreter::awaitable(const Code& code, const CallSite& site, Value* registers, const TypePtr& type) {
  auto call = make_ref<PendingCall>();
  const int32_t* list = code.lists.data() + site.arguments;
  for (int32_t i = 1; i <= list[0]; ++i)
    call->arguments->items.push_back(take_operand({list[i]}, registers, code.constants.data()));
  call->function = Ref<Function>(site.target->function);
  auto future = make_ref<FutureObj>(type->elements().empty() ? any_type() : type->element());
  future->value = Value::capsule(std::move(call));
  return future;
}

// Runs at once.
Ref<FutureObj> Interpreter::fork(const Code& code, const CallSite& site, Value* registers, const TypePtr& type) {
  Ref<FutureObj> future = awaitable(code, site, registers, type);
  settle(*future);
  return future;
}

// A failure waits in the future. What the host decided (budget, cancellation) does not wait.
void Interpreter::settle(FutureObj& future) {
  if (!future.value.is(Tag::kCapsule)) return;
  Ref<PendingCall> call(dynamic_cast<PendingCall*>(future.value.pointer()));
  if (!call) return;
  future.value = {};
  try {
    future.value = execute(source_->load(source_->slot(*call->function)), call->arguments->items);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kBudget || error.code() == ErrorCode::kCancelled ||
        error.code() == ErrorCode::kOutOfMemory)
      throw;
    future.error = std::make_exception_ptr(Error(error));
  }
}

Value Interpreter::wait_for(const Value& future) {
  if (!future.is(Tag::kFuture)) fail_not("Future", future);
  FutureObj& state = future.future();
  Ref<FutureObj> kept(&state);
  settle(state);
  if (!state.error) return state.value;
  try {
    std::rethrow_exception(state.error);
  } catch (const Error& error) {
    throw Error(error);  // each waiter adds its own frames
  }
}

}  // namespace taper::impl
