#include <algorithm>
#include <cmath>
#include <new>

#include "core/error.h"
#include "runtime/interpreter.h"
#include "runtime/interpreter_values.h"

namespace taper::impl {

using Interpreter = Execution::Interpreter;

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

#define ENTER()                         \
  do {                                  \
    code = frame->code;                 \
    first = code->instructions.data();  \
    pc = frame->pc;                     \
    registers = frame->registers;       \
    constants = code->constants.data(); \
    lists = code->lists.data();         \
  } while (0)
#define DISPATCH() goto* kLabels[size_t(pc->op)]
#define NEXT()  \
  do {          \
    ++pc;       \
    DISPATCH(); \
  } while (0)
#define GOTO(TARGET)       \
  do {                     \
    pc = first + (TARGET); \
    DISPATCH();            \
  } while (0)
#define JUMP_WHEN(CONDITION)    \
  do {                          \
    if (CONDITION) GOTO(pc->c); \
    NEXT();                     \
  } while (0)
#define KEEP() (frame->pc = pc)
#define REG(FIELD) registers[pc->FIELD]
#define INT(FIELD) registers[pc->FIELD].integer()
#define FLOAT(FIELD) registers[pc->FIELD].floating()
// By the whole payload: with a lie about the type it may be no bool.
#define BOOL(FIELD) (registers[pc->FIELD].integer() != 0)
#define REF(FIELD) \
  (pc->FIELD & Operand::kConstant ? constants[uint32_t(pc->FIELD) >> 2] : registers[uint32_t(pc->FIELD) >> 2])
// The value may be made in its register: a function that can fail keeps its result in no Value of a name.
#define PUT(EXPRESSION) new (dead(&registers[pc->a])) Value(EXPRESSION)
// Behind what reads a value out of something: its static type may be a lie.
#define PLAIN_IF_SAID()                                \
  if (pc->extra && REG(a).is_counted()) [[unlikely]] { \
    KEEP();                                            \
    fail_counted(REG(a));                              \
  }
#define BINARY(NAME, EXPRESSION) \
  L_##NAME : PUT(EXPRESSION);    \
  NEXT();
#define JUMP(NAME, CONDITION) L_##NAME : JUMP_WHEN(CONDITION);
#define EXPECT(VALUE, TAG, NAME)            \
  if (!(VALUE).is(Tag::TAG)) [[unlikely]] { \
    KEEP();                                 \
    fail_not(NAME, VALUE);                  \
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
  BINARY(AndBool, (INT(b) & INT(c)) != 0)
  BINARY(OrBool, (INT(b) | INT(c)) != 0)
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
L_Return : {
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

L_TensorDim : {
  const Value& tensor = REF(b);
  EXPECT(tensor, kTensor, "Tensor")
  PUT(tensor.tensor().dim());
  NEXT();
}
L_TensorSize : {
  const Value& tensor = REF(b);
  EXPECT(tensor, kTensor, "Tensor")
  IntView sizes = tensor.tensor().sizes();
  int64_t index = INT(c);
  if (index < 0) index += int64_t(sizes.size());
  if (uint64_t(index) >= sizes.size()) [[unlikely]] {
    KEEP();
    fail_dimension(tensor.tensor(), INT(c));
  }
  PUT(sizes[size_t(index)]);
  NEXT();
}

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
  for (int i = 0; i < pc->extra && !is; ++i) is = value_has_type(value, *code->types[size_t(pc->c) + size_t(i)]);
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
L_Await:
  KEEP();
  PUT(awaitable(*code, code->sites[size_t(pc->b)], registers, code->types[size_t(pc->c)]));
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
