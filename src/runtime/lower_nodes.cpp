#include <algorithm>

#include "core/error.h"
#include "runtime/lowerer.h"

namespace taper::impl {

using ir::Kind;
using ir::Node;

int32_t Lowerer::add_site(CallSite site, std::span<const int32_t> arguments) {
  site.arguments = uint32_t(out_.list(arguments));
  code_->sites.push_back(site);
  return int32_t(code_->sites.size() - 1);
}

int32_t Lowerer::outputs_list(const Node& node) {
  Entries registers;
  for (const ir::Value* output : node.outputs())
    registers.push_back(output->is_used() ? places_.of(output).reg * 2 + plain(output) : -1);
  return out_.list(registers);
}

void Lowerer::node(const Node& node) {
  if (node.is(Kind::kConstant) || node.is(Kind::kUninitialized)) return;
  if (node.outputs().size() == 1 && places_.of(node.output()).deferred) return;
  out_.set_place(node.range(), node.inlined_call());
  if (node.is(Kind::kIf)) return if_node(node);
  if (node.is(Kind::kLoop)) return loop_node(node);
  Values deaths = places_.deaths(node);
  mark(deaths);
  plain_node(node);
  clear(deaths);
}

void Lowerer::plain_node(const Node& node) {
  auto unused = [&](const ir::Value* output) {
    if (!output->is_used() && places_.of(output).counted && places_.of(output).reg != Placement::kNone)
      out_.emit(Opcode::kClear, places_.of(output).reg);
  };
  switch (node.kind()) {
    case Kind::kOperator: operator_node(node); break;
    case Kind::kPrint: {
      const OpDef* print = linker_.find_operator("prim::Print");
      if (print) call_operator(node, *print);
      else out_.emit(Opcode::kUnsupported, out_.text("operator prim::Print"));
      break;
    }
    case Kind::kGetAttr:
    case Kind::kSetAttr: attribute(node); break;
    case Kind::kCallMethod: call(node, node.function ? Opcode::kCall : Opcode::kCallMethod, node.function.get()); break;
    case Kind::kCallFunction: call(node, Opcode::kCall, node.function.get()); break;
    case Kind::kFork:
    case Kind::kAwaitable: fork(node); break;
    case Kind::kWait:
    case Kind::kAwaitableWait:
      out_.emit(Opcode::kWait, target(node.output()), read(node.input()), 0, plain(node.output()));
      break;
    case Kind::kEnter: enter(node); break;
    case Kind::kExit: exit(node); break;
    case Kind::kCreateObject:
      out_.emit(Opcode::kNewObject, target(node.output()), out_.type(node.output()->type()));
      break;
    case Kind::kTupleConstruct:
      out_.emit(Opcode::kTupleNew, target(node.output()), out_.list(take_all(node.inputs())),
                out_.type(node.output()->type()));
      break;
    case Kind::kTupleUnpack: out_.emit(Opcode::kTupleUnpack, read(node.input()), outputs_list(node)); return;
    case Kind::kListUnpack: out_.emit(Opcode::kListUnpack, read(node.input()), outputs_list(node)); return;
    case Kind::kTupleIndex:
      if (node.number >= 0)
        out_.emit(Opcode::kTupleGet, target(node.output()), read(node.input()), int32_t(node.number),
                  plain(node.output()));
      else
        out_.emit(Opcode::kTupleGetAt, target(node.output()), read(node.input()), reg(node.input(1)),
                  plain(node.output()));
      break;
    case Kind::kTupleSlice:
      out_.emit(Opcode::kTupleSlice, target(node.output()), read(node.input()),
                out_.list(Entries{int32_t(node.number), int32_t(node.number2)}));
      break;
    case Kind::kListConstruct:
      out_.emit(Opcode::kListNew, target(node.output()), out_.list(take_all(node.inputs())),
                out_.type(node.output()->type()));
      break;
    case Kind::kDictConstruct:
      out_.emit(Opcode::kDictNew, target(node.output()), out_.list(take_all(node.inputs())),
                out_.type(node.output()->type()));
      break;
    case Kind::kIsInstance:
      if (node.types.size() > UINT16_MAX) fail(ErrorCode::kBudget, "isinstance with too many types");
      out_.emit(Opcode::kIsInstance, target(node.output()), read(node.input()), out_.types(node.types),
                uint16_t(node.types.size()));
      break;
    case Kind::kUncheckedCast:
      out_.emit(Opcode::kCast, target(node.output()), take(node.input()), out_.type(node.output()->type()));
      break;
    case Kind::kRaiseException: out_.emit(Opcode::kRaise, read(node.input(0)), read(node.input(1))); break;
    case Kind::kEnumName: out_.emit(Opcode::kEnumName, target(node.output()), read(node.input())); break;
    case Kind::kEnumValue:
      out_.emit(Opcode::kEnumValue, target(node.output()), read(node.input()), 0, plain(node.output()));
      break;
    case Kind::kUnsupported: out_.emit(Opcode::kUnsupported, out_.text(node.text)); return;
    case Kind::kFusion: out_.emit(Opcode::kUnsupported, out_.text("prim::FusionGroup")); return;
    case Kind::kConstant:
    case Kind::kUninitialized:
    case Kind::kIf:
    case Kind::kLoop: break;
  }
  for (const ir::Value* output : node.outputs()) unused(output);
}

void Lowerer::operator_node(const Node& node) {
  const OpDef& op = *node.op()->def;
  const TypedOp* typed = typed_op(op);
  if (typed && typed_node(node, *typed)) return;
  call_operator(node, op);
}

// False: the opcode does not apply here, call the operator.
bool Lowerer::typed_node(const Node& node, const TypedOp& typed) {
  const ir::Value* output = node.outputs().empty() ? nullptr : node.output();
  switch (typed.form) {
    case TypedForm::kUnary: out_.emit(typed.opcode, target(output), reg(node.input())); return true;
    case TypedForm::kBinary:
    case TypedForm::kCompare: binary(node, typed); return true;
    case TypedForm::kDeriveIndex: derive_index(node); return true;
    case TypedForm::kIsNone: {
      const Value *left = constant(node.input(0)), *right = constant(node.input(1));
      if ((!left || !left->is_none()) && (!right || !right->is_none())) return false;
      out_.emit(typed.opcode, target(output), read(node.input(left && left->is_none() ? 1 : 0)));
      return true;
    }
    case TypedForm::kTensorSize:
      out_.emit(typed.opcode, target(output), read(node.input(0)), reg(node.input(1)));
      return true;
    case TypedForm::kTensorDim:
    case TypedForm::kListLen: out_.emit(typed.opcode, target(output), read(node.input())); return true;
    case TypedForm::kListGet:
      if (!output->is_used()) return false;
      out_.emit(typed.opcode, target(output), read(node.input(0)), reg(node.input(1)), plain(output));
      return true;
    case TypedForm::kListSet:
    case TypedForm::kListAppend: {
      // The list itself is the result; as nobody uses it, it is not copied.
      if (output && output->is_used()) return false;
      if (typed.form == TypedForm::kListSet) {
        int32_t value = take(node.input(2));
        out_.emit(typed.opcode, read(node.input(0)), reg(node.input(1)), value);
      } else {
        int32_t value = take(node.input(1));
        out_.emit(typed.opcode, read(node.input(0)), value);
      }
      return true;
    }
    case TypedForm::kNonZero: out_.emit(typed.opcode, target(output), reg(node.input()), 0); return true;
    case TypedForm::kNumber: {
      Opcode conversion = number_conversion(typed, node.input()->type()->kind());
      if (conversion == Opcode(kOpcodeCount)) return false;
      out_.emit(conversion, target(output), conversion == Opcode::kCopy ? read(node.input()) : reg(node.input()));
      return true;
    }
  }
  return false;
}

void Lowerer::call_operator(const Node& node, const OpDef& op) {
  std::span<ir::Value* const> inputs = node.inputs();
  CallSite site;
  site.op = &op;
  site.results = uint32_t(node.outputs().size());
  Entries arguments = take_all(inputs);
  for (size_t i = 0; i < inputs.size() && i < 32; ++i) {
    bool once = std::count(inputs.begin(), inputs.end(), inputs[i]) == 1;
    if (Operand{arguments[i]}.is_move() && once) site.movable |= uint32_t(1) << i;
  }
  site.gives = std::any_of(arguments.begin(), arguments.end(), [](int32_t raw) { return Operand{raw}.is_move(); });
  int32_t at = add_site(site, arguments);
  size_t used = size_t(
      std::count_if(node.outputs().begin(), node.outputs().end(), [](const ir::Value* v) { return v->is_used(); }));
  if (used == 0) out_.emit(Opcode::kCallOpNone, 0, at);
  else if (node.outputs().size() == 1)
    out_.emit(Opcode::kCallOp, places_.of(node.output()).reg, at, 0, plain(node.output()));
  else out_.emit(Opcode::kCallOpMany, outputs_list(node), at);
}

void Lowerer::attribute(const Node& node) {
  const Type& type = *node.input()->type();
  int slot = type.is(TypeKind::kClass) ? as_class(type).slot(node.text) : -1;
  if (slot < 0) fail(ErrorCode::kInternal, cat(code_->name, ": ", type.str(), " has no attribute ", node.text));
  if (node.is(Kind::kSetAttr)) {
    int32_t value = take(node.input(1));
    out_.emit(Opcode::kStoreAttr, read(node.input()), slot, value);
  } else {
    Opcode opcode = places_.of(node.output()).borrowed ? Opcode::kBorrowAttr : Opcode::kLoadAttr;
    out_.emit(opcode, target(node.output()), read(node.input()), slot, plain(node.output()));
  }
}

void Lowerer::call(const Node& node, Opcode opcode, Function* function) {
  CallSite site;
  if (function) site.target = &linker_.slot(*function);
  else site.text = uint32_t(out_.text(node.text));
  // The receiver's object is borrowed by the callee, so it must not die before the call is over.
  Entries arguments(node.inputs().size());
  for (size_t i = node.inputs().size(); i-- > 0;) {
    bool object = i == 0 && (!function || node.input(i)->type()->is(TypeKind::kClass) ||
                             function->schema.arguments[i].type->is(TypeKind::kClass));
    arguments[i] = object ? read(node.input(i)) : take(node.input(i));
  }
  int32_t at = add_site(site, arguments);
  if (node.outputs().empty()) out_.emit(opcode, out_.scratch(0), at, 0, 1);
  else out_.emit(opcode, target(node.output()), at, 0, plain(node.output()));
}

void Lowerer::fork(const Node& node) {
  CallSite site;
  site.target = &linker_.slot(*node.function);
  Entries arguments(node.inputs().size());
  for (size_t i = 0; i < arguments.size(); ++i) arguments[i] = read(node.input(i));
  int32_t at = add_site(site, arguments);
  out_.emit(node.is(Kind::kFork) ? Opcode::kFork : Opcode::kAwait, target(node.output()), at,
            out_.type(node.output()->type()));
}

void Lowerer::enter(const Node& node) {
  const ir::Value* object = node.input();
  Function* leave = object->type()->is(TypeKind::kClass) ? as_class(*object->type()).method("__exit__") : nullptr;
  if (!leave || !node.function)
    return out_.emit(Opcode::kUnsupported, out_.text("with-statement on this kind of object"));
  CallSite exit;
  exit.target = &linker_.slot(*leave);
  out_.emit(Opcode::kEnter, read(object), add_site(exit, {}));
  call(node, Opcode::kCall, node.function.get());
}

void Lowerer::exit(const Node& node) {
  out_.emit(Opcode::kExit);
  CallSite site;
  site.target = &linker_.slot(*node.function);
  Entries arguments(node.function->schema.arguments.size(),
                    Operand::of(Operand::kConstant, out_.constant(Value())).raw);
  if (arguments.empty()) return out_.emit(Opcode::kUnsupported, out_.text("__exit__ without arguments"));
  arguments[0] = read(node.input());
  int32_t at = add_site(site, arguments);
  const ir::Value* output = node.outputs().empty() ? nullptr : node.output();
  int32_t to = output && output->is_used() ? target(output) : out_.scratch(0);
  out_.emit(Opcode::kCall, to, at);
  if (!output || !output->is_used()) out_.emit(Opcode::kClear, to);
}

}  // namespace taper::impl
