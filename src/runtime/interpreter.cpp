#include "runtime/interpreter.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
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
constexpr int64_t kSlice = 1024;  // fuel is taken in slices, which also bounds how late a cancellation is seen

// A register that is about to be written holds nothing counted.
Value* dead(Value* target) noexcept {
  assert(!target->is_counted());
  return target;
}

// Without counting: of unboxed values, or into borrowed registers.
void copy_bits(Value* to, const Value* from, size_t count) noexcept {
  std::memcpy(static_cast<void*>(to), static_cast<const void*>(from), count * sizeof(Value));
}

}  // namespace

using Interpreter = Execution::Interpreter;

Interpreter::Interpreter(Context& context) : context_(context) {}
Interpreter::~Interpreter() = default;

// Makes a program current, and gives unused fuel back at the end.
class Interpreter::Scope {
 public:
  Scope(Interpreter& interpreter, CodeSource* source)
      : interpreter_(interpreter), source_(interpreter.source_), script_(interpreter.context_.script), memory_(interpreter.context_) {
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

Interpreter::Frame& Interpreter::top_frame() noexcept { return frames_[(depth_ - 1) / kFrameBlock][(depth_ - 1) % kFrameBlock]; }

Interpreter::Frame& Interpreter::push_frame(const Code& code, size_t argument_count) {
  if (context_.call_depth >= context_.budget.max_call_depth)
    fail(ErrorCode::kBudget, cat("maximum recursion depth of ", context_.budget.max_call_depth, " exceeded in a call of ", code.name));
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
    if (error && (innermost - depth_ < kShownFrames || depth_ - base <= kShownFrames)) {
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
  try {
    Frame& frame = push_frame(code, arguments.size());
    for (size_t i = 0; i < arguments.size(); ++i) {
      uint32_t to = code.parameters[i];
      if (to == Code::kNoRegister) continue;
      if (arguments[i].is_counted() && !type_is_counted(*code.parameter_types[i])) fail_counted(arguments[i]);
      if (to < code.borrowed)
        copy_bits(&frame.registers[to], &arguments[i], 1);
      else
        new (&frame.registers[to]) Value(std::move(arguments[i]));
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
    pointers[i] = operand.is_constant() ? const_cast<Value*>(&code.constants[operand.index()]) : registers + operand.index();
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
    Value& from = operand.is_constant() ? const_cast<Value&>(constants[operand.index()]) : caller.registers[operand.index()];
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

const Code& Interpreter::method_code(const Code& code, const CallSite& site, const Value* registers, const Value& object) {
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

// Runs at once; a failure waits in the future. What the host decided (budget, cancellation) does not wait.
Value Interpreter::fork(const Code& code, const CallSite& site, Value* registers, const TypePtr& type) {
  auto future = make_ref<FutureObj>(type->elements().empty() ? any_type() : type->element());
  const int32_t* list = code.lists.data() + site.arguments;
  Vec<Value> arguments(static_cast<size_t>(list[0]));
  for (size_t i = 0; i < arguments.size(); ++i) arguments[i] = take_operand({list[i + 1]}, registers, code.constants.data());
  const Code* callee = site.target->code.load(std::memory_order_acquire);
  if (!callee) callee = &source_->load(*site.target);
  try {
    future->value = execute(*callee, arguments);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kBudget || error.code() == ErrorCode::kCancelled || error.code() == ErrorCode::kOutOfMemory) throw;
    future->error = std::make_exception_ptr(Error(error));
  }
  return future;
}

// Rules of the loop:
//  1. `put` writes a register whose old content is dead and uncounted: no release.
//  2. An instruction that may throw stores `pc` first (KEEP), so that the error knows its line.
//  3. No object with a destructor is alive at a NEXT or GOTO: a computed goto would not run it.
//  4. After anything that pushes or pops a frame, ENTER reloads what the loop keeps of it.
Value Interpreter::loop(Frame* frame, size_t base) {
  static const void* const kLabels[] = {
#define X(NAME, OPERANDS, TEXT) &&L_##NAME,
#include "runtime/bytecode.def"
#undef X
  };
  const Code* code;
  const Instruction* first;
  const Instruction* pc;
  Value* registers;
  const Value* constants;
  const int32_t* lists;

#define ENTER()                          \
  do {                                   \
    code = frame->code;                  \
    first = code->instructions.data();   \
    pc = frame->pc;                      \
    registers = frame->registers;        \
    constants = code->constants.data();  \
    lists = code->lists.data();          \
  } while (0)
#define DISPATCH() goto* kLabels[size_t(pc->op)]
#define NEXT() \
  do {         \
    ++pc;      \
    DISPATCH(); \
  } while (0)
#define GOTO(TARGET)         \
  do {                       \
    pc = first + (TARGET);   \
    DISPATCH();              \
  } while (0)
#define JUMP_WHEN(CONDITION)   \
  do {                         \
    if (CONDITION) GOTO(pc->c); \
    NEXT();                    \
  } while (0)
#define KEEP() (frame->pc = pc)
#define REG(FIELD) registers[pc->FIELD]
#define INT(FIELD) registers[pc->FIELD].integer()
#define FLOAT(FIELD) registers[pc->FIELD].floating()
#define BOOL(FIELD) registers[pc->FIELD].boolean()
#define REF(FIELD) (pc->FIELD & Operand::kConstant ? constants[uint32_t(pc->FIELD) >> 2] : registers[uint32_t(pc->FIELD) >> 2])
#define PUT(EXPRESSION) new (dead(&registers[pc->a])) Value(EXPRESSION)
// Behind what reads a value out of something: its static type may be a lie.
#define PLAIN_IF_SAID()                                   \
  if (pc->extra && REG(a).is_counted()) [[unlikely]] {    \
    KEEP();                                               \
    fail_counted(REG(a));                                 \
  }
#define BINARY(NAME, EXPRESSION) \
  L_##NAME : PUT(EXPRESSION);    \
  NEXT();
#define JUMP(NAME, CONDITION) L_##NAME : JUMP_WHEN(CONDITION);
#define EXPECT(VALUE, TAG, NAME)              \
  if (!(VALUE).is(Tag::TAG)) [[unlikely]] {   \
    KEEP();                                   \
    fail_not(NAME, VALUE);                    \
  }

  ENTER();
  DISPATCH();

L_Move : {
  Value& from = REG(b);
  PUT(std::move(from));
  NEXT();
}
L_Copy:
  PUT(REF(b));
  NEXT();
L_LoadInt:
  PUT(int64_t(pc->b));
  NEXT();
L_Clear:
  REG(a).reset();
  NEXT();
L_Cast:
  KEEP();
  {
    Value value = take_operand({pc->b}, registers, constants);
    const Type& type = *code->types[size_t(pc->c)];
    if (!(type.is(TypeKind::kTensor) && value.is_tensor()) && !tag_fits(value, type)) [[unlikely]]
      fail_cast(value, type);
    PUT(std::move(value));
  }
  NEXT();

  BINARY(AddInt, int64_t(uint64_t(INT(b)) + uint64_t(INT(c))))
  BINARY(SubInt, int64_t(uint64_t(INT(b)) - uint64_t(INT(c))))
  BINARY(MulInt, int64_t(uint64_t(INT(b)) * uint64_t(INT(c))))
  BINARY(AndInt, INT(b) & INT(c))
  BINARY(OrInt, INT(b) | INT(c))
  BINARY(XorInt, INT(b) ^ INT(c))
  BINARY(MinInt, std::min(INT(b), INT(c)))
  BINARY(MaxInt, std::max(INT(b), INT(c)))
  BINARY(NegInt, int64_t(0 - uint64_t(INT(b))))
  BINARY(AddIntI, int64_t(uint64_t(INT(b)) + uint64_t(int64_t(pc->c))))
  BINARY(MulIntI, int64_t(uint64_t(INT(b)) * uint64_t(int64_t(pc->c))))
  BINARY(ShiftRightIntI, INT(b) >> pc->c)
  BINARY(AndIntI, INT(b) & int64_t(pc->c))
L_FloorDivInt:
L_FloorDivIntI : {
  int64_t divisor = pc->op == Opcode::kFloorDivIntI ? int64_t(pc->c) : INT(c);
  KEEP();
  PUT(floor_divide(INT(b), divisor));
  NEXT();
}
L_RemainderInt:
L_RemainderIntI : {
  int64_t divisor = pc->op == Opcode::kRemainderIntI ? int64_t(pc->c) : INT(c);
  KEEP();
  PUT(floor_remainder(INT(b), divisor));
  NEXT();
}
  BINARY(EqInt, INT(b) == INT(c))
  BINARY(NeInt, INT(b) != INT(c))
  BINARY(LtInt, INT(b) < INT(c))
  BINARY(LeInt, INT(b) <= INT(c))
  BINARY(EqIntI, INT(b) == pc->c)
  BINARY(NeIntI, INT(b) != pc->c)
  BINARY(LtIntI, INT(b) < pc->c)
  BINARY(LeIntI, INT(b) <= pc->c)
  BINARY(GtIntI, INT(b) > pc->c)
  BINARY(GeIntI, INT(b) >= pc->c)

  BINARY(AddFloat, FLOAT(b) + FLOAT(c))
  BINARY(SubFloat, FLOAT(b) - FLOAT(c))
  BINARY(MulFloat, FLOAT(b) * FLOAT(c))
  BINARY(DivFloat, FLOAT(b) / FLOAT(c))
  BINARY(FloorDivFloat, std::floor(FLOAT(b) / FLOAT(c)))
  BINARY(RemainderFloat, float_remainder(FLOAT(b), FLOAT(c)))
  BINARY(NegFloat, -FLOAT(b))
  BINARY(EqFloat, FLOAT(b) == FLOAT(c))
  BINARY(NeFloat, FLOAT(b) != FLOAT(c))
  BINARY(LtFloat, FLOAT(b) < FLOAT(c))
  BINARY(LeFloat, FLOAT(b) <= FLOAT(c))

  BINARY(NotBool, !BOOL(b))
  BINARY(AndBool, bool(BOOL(b) & BOOL(c)))
  BINARY(OrBool, bool(BOOL(b) | BOOL(c)))
  BINARY(EqBool, BOOL(b) == BOOL(c))
  BINARY(NeBool, BOOL(b) != BOOL(c))

  BINARY(IntToFloat, double(INT(b)))
  BINARY(FloatToInt, float_to_int(FLOAT(b)))
  BINARY(BoolToInt, int64_t(BOOL(b)))
  BINARY(BoolToFloat, double(BOOL(b)))
  BINARY(FloatToBool, FLOAT(b) != 0)
  BINARY(IsNone, REF(b).is_none())
  BINARY(IsSome, !REF(b).is_none())

L_Jump:
  GOTO(pc->c);
L_JumpBack:
  if (--ticks_ < 0) [[unlikely]] {
    KEEP();
    refill();
  }
  GOTO(pc->c);
  JUMP(JumpIf, BOOL(a))
  JUMP(JumpIfNot, !BOOL(a))
  JUMP(JumpIfNone, REF(a).is_none())
  JUMP(JumpIfSome, !REF(a).is_none())
  JUMP(JumpEqInt, INT(a) == INT(b))
  JUMP(JumpNeInt, INT(a) != INT(b))
  JUMP(JumpLtInt, INT(a) < INT(b))
  JUMP(JumpLeInt, INT(a) <= INT(b))
  JUMP(JumpEqIntI, INT(a) == pc->b)
  JUMP(JumpNeIntI, INT(a) != pc->b)
  JUMP(JumpLtIntI, INT(a) < pc->b)
  JUMP(JumpLeIntI, INT(a) <= pc->b)
  JUMP(JumpGtIntI, INT(a) > pc->b)
  JUMP(JumpGeIntI, INT(a) >= pc->b)
  JUMP(JumpEqFloat, FLOAT(a) == FLOAT(b))
  JUMP(JumpNeFloat, FLOAT(a) != FLOAT(b))
  JUMP(JumpLtFloat, FLOAT(a) < FLOAT(b))
  JUMP(JumpLeFloat, FLOAT(a) <= FLOAT(b))
  JUMP(JumpNotLtFloat, !(FLOAT(a) < FLOAT(b)))
  JUMP(JumpNotLeFloat, !(FLOAT(a) <= FLOAT(b)))
L_LoopEnter:
  PUT(int64_t(0));
  JUMP_WHEN(INT(b) <= 0);
L_LoopNext : {
  int64_t next = INT(a) + 1;
  PUT(next);
  if (next < INT(b)) {
    if (--ticks_ < 0) [[unlikely]] {
      KEEP();
      refill();
    }
    GOTO(pc->c);
  }
  NEXT();
}
L_Return:
  {
    Value result = take_operand({pc->a}, registers, constants);
    int32_t to = frame->result;
    pop_frame();
    if (depth_ == base) return result;
    frame = &top_frame();
    new (dead(&frame->registers[to])) Value(std::move(result));
  }
  ENTER();
  PLAIN_IF_SAID()
  NEXT();
L_Raise:
  KEEP();
  fail_raise(REF(a), REF(b));
L_Unsupported:
  KEEP();
  fail(ErrorCode::kUnsupported, code->texts[size_t(pc->a)] + " is not supported");

L_ListLen : {
  const Value& list = REF(b);
  EXPECT(list, kList, "List")
  PUT(int64_t(list.list().items.size()));
  NEXT();
}
L_ListGet : {
  const Value& list = REF(b);
  EXPECT(list, kList, "List")
  const Vec<Value>& items = list.list().items;
  int64_t index = INT(c);
  if (index < 0) index += int64_t(items.size());
  if (uint64_t(index) >= items.size()) [[unlikely]] {
    KEEP();
    fail_runtime("list index out of range");
  }
  PUT(items[size_t(index)]);
  PLAIN_IF_SAID()
  NEXT();
}
L_ListSet : {
  const Value& list = REF(a);
  EXPECT(list, kList, "List")
  Vec<Value>& items = list.list().items;
  int64_t index = INT(b);
  if (index < 0) index += int64_t(items.size());
  if (uint64_t(index) >= items.size()) [[unlikely]] {
    KEEP();
    fail_runtime("list index out of range");
  }
  items[size_t(index)] = take_operand({pc->c}, registers, constants);
  NEXT();
}
L_ListAppend : {
  const Value& list = REF(a);
  EXPECT(list, kList, "List")
  KEEP();
  list.list().items.push_back(take_operand({pc->b}, registers, constants));
  NEXT();
}
L_ListNew:
  KEEP();
  PUT(new_list(lists + pc->b, registers, constants, *code->types[size_t(pc->c)]));
  NEXT();
L_ListUnpack : {
  const Value& list = REF(a);
  EXPECT(list, kList, "List")
  KEEP();
  unpack(list.list().items, lists + pc->b, registers);
  NEXT();
}
L_TupleNew:
  KEEP();
  PUT(new_tuple(lists + pc->b, registers, constants, code->types[size_t(pc->c)]));
  NEXT();
L_TupleGet:
  KEEP();
  PUT(tuple_item(REF(b), pc->c));
  PLAIN_IF_SAID()
  NEXT();
L_TupleGetAt:
  KEEP();
  PUT(tuple_item(REF(b), INT(c)));
  PLAIN_IF_SAID()
  NEXT();
L_TupleUnpack : {
  const Value& tuple = REF(a);
  EXPECT(tuple, kTuple, "Tuple")
  KEEP();
  unpack(tuple.tuple().items, lists + pc->b, registers);
  NEXT();
}
L_TupleSlice:
  KEEP();
  PUT(slice_tuple(REF(b), lists[pc->c + 1], lists[pc->c + 2]));
  NEXT();
L_DictNew:
  KEEP();
  PUT(new_dict(lists + pc->b, registers, constants, *code->types[size_t(pc->c)]));
  NEXT();
L_EnumName : {
  const Value& item = REF(b);
  EXPECT(item, kEnum, "Enum")
  KEEP();
  PUT(item.enumeration().name);
  NEXT();
}
L_EnumValue : {
  const Value& item = REF(b);
  EXPECT(item, kEnum, "Enum")
  PUT(item.enumeration().value);
  PLAIN_IF_SAID()
  NEXT();
}
L_IsInstance : {
  KEEP();
  const Value& value = REF(b);
  bool is = false;
  for (int i = 0; i < pc->extra && !is; ++i) is = value_has_type(value, *code->types[size_t(pc->c + i)]);
  PUT(is);
  NEXT();
}

L_NewObject:
  KEEP();
  PUT(make_ref<Object>(Ref<const ClassType>(&as_class(*code->types[size_t(pc->b)]))));
  NEXT();
L_LoadAttr : {
  const Value& object = REF(b);
  EXPECT(object, kObject, "an object")
  const Vec<Value>& slots = object.object().slots;
  if (size_t(pc->c) >= slots.size()) [[unlikely]] {
    KEEP();
    fail_runtime(object.object().type->name, " lacks an attribute");
  }
  PUT(slots[size_t(pc->c)]);
  PLAIN_IF_SAID()
  NEXT();
}
L_BorrowAttr : {
  const Value& object = REF(b);
  EXPECT(object, kObject, "an object")
  const Vec<Value>& slots = object.object().slots;
  if (size_t(pc->c) >= slots.size()) [[unlikely]] {
    KEEP();
    fail_runtime(object.object().type->name, " lacks an attribute");
  }
  copy_bits(&registers[pc->a], &slots[size_t(pc->c)], 1);
  NEXT();
}
L_StoreAttr : {
  const Value& object = REF(a);
  EXPECT(object, kObject, "an object")
  Vec<Value>& slots = object.object().slots;
  if (size_t(pc->b) >= slots.size()) [[unlikely]] {
    KEEP();
    fail_runtime(object.object().type->name, " lacks an attribute");
  }
  slots[size_t(pc->b)] = take_operand({pc->c}, registers, constants);
  NEXT();
}

L_CallOp:
  KEEP();
  PUT();
  call_operator(code->sites[size_t(pc->b)], registers, *code, &registers[pc->a]);
  PLAIN_IF_SAID()
  NEXT();
L_CallOpNone:
  KEEP();
  {
    const CallSite& site = code->sites[size_t(pc->b)];
    Value few[4];
    Vec<Value> many;
    if (site.results > 4) [[unlikely]]
      many.resize(site.results);
    call_operator(site, registers, *code, many.empty() ? few : many.data());
  }
  NEXT();
L_CallOpMany:
  KEEP();
  {
    const int32_t* targets = lists + pc->a;
    Vec<Value> results(static_cast<size_t>(targets[0]));
    call_operator(code->sites[size_t(pc->b)], registers, *code, results.data());
    for (size_t i = 0; i < results.size(); ++i) {
      int32_t target = targets[i + 1];
      if (target < 0) continue;
      if (target & 1 && results[i].is_counted()) [[unlikely]]
        fail_counted(results[i]);
      new (dead(&registers[target / 2])) Value(std::move(results[i]));
    }
  }
  NEXT();
L_Call : {
  KEEP();
  const CallSite& site = code->sites[size_t(pc->b)];
  const Code* callee = site.target->code.load(std::memory_order_acquire);
  if (!callee) [[unlikely]]
    callee = &source_->load(*site.target);
  enter_function(*callee, site, *frame, pc->a);
  frame = &top_frame();
  ENTER();
  DISPATCH();
}
L_CallMethod : {
  KEEP();
  const CallSite& site = code->sites[size_t(pc->b)];
  Operand receiver{lists[site.arguments + 1]};
  const Value& object = receiver.is_constant() ? constants[receiver.index()] : registers[receiver.index()];
  const Code& callee = method_code(*code, site, registers, object);
  enter_function(callee, site, *frame, pc->a);
  frame = &top_frame();
  ENTER();
  DISPATCH();
}
L_Fork:
  KEEP();
  PUT(fork(*code, code->sites[size_t(pc->b)], registers, code->types[size_t(pc->c)]));
  NEXT();
L_Wait:
  KEEP();
  PUT(wait_for(REF(b)));
  PLAIN_IF_SAID()
  NEXT();
L_Enter:
  KEEP();
  entered_.push_back({REF(a), code->sites[size_t(pc->b)].target});
  NEXT();
L_Exit:
  if (!entered_.empty()) entered_.pop_back();
  NEXT();

#undef EXPECT
#undef PLAIN_IF_SAID
#undef JUMP
#undef BINARY
#undef PUT
#undef REF
#undef BOOL
#undef FLOAT
#undef INT
#undef REG
#undef KEEP
#undef JUMP_WHEN
#undef GOTO
#undef NEXT
#undef DISPATCH
#undef ENTER
}

}  // namespace taper::impl
