#include "runtime/lower.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "runtime/lowerer.h"

namespace taper::impl {

using ir::Block;
using ir::Kind;
using ir::Node;

namespace {

bool fits_immediate(int64_t value) {
  return value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max();
}

bool is_true(const Value* constant) { return constant && constant->is(Tag::kBool) && constant->boolean(); }
bool is_false(const Value* constant) { return constant && constant->is(Tag::kBool) && !constant->boolean(); }

// The jump that a comparison fuses with, for each outcome.
Opcode jump_form(Opcode compare, bool sense) {
  switch (compare) {
    case Opcode::kEqInt: return sense ? Opcode::kJumpEqInt : Opcode::kJumpNeInt;
    case Opcode::kNeInt: return sense ? Opcode::kJumpNeInt : Opcode::kJumpEqInt;
    case Opcode::kLtInt: return Opcode::kJumpLtInt;  // the negation swaps, see jump_compare
    case Opcode::kLeInt: return Opcode::kJumpLeInt;
    case Opcode::kEqFloat: return sense ? Opcode::kJumpEqFloat : Opcode::kJumpNeFloat;
    case Opcode::kNeFloat: return sense ? Opcode::kJumpNeFloat : Opcode::kJumpEqFloat;
    case Opcode::kLtFloat: return sense ? Opcode::kJumpLtFloat : Opcode::kJumpNotLtFloat;
    case Opcode::kLeFloat: return sense ? Opcode::kJumpLeFloat : Opcode::kJumpNotLeFloat;
    default: return Opcode(kOpcodeCount);
  }
}

// a < 3 with the constant on the other side is 3 > a.
Opcode mirrored_immediate(Opcode opcode) {
  switch (opcode) {
    case Opcode::kLtInt: return Opcode::kGtIntI;
    case Opcode::kLeInt: return Opcode::kGeIntI;
    case Opcode::kJumpLtInt: return Opcode::kJumpGtIntI;
    case Opcode::kJumpLeInt: return Opcode::kJumpGeIntI;
    default: return is_commutative(opcode) ? immediate_form(opcode) : Opcode(kOpcodeCount);
  }
}

}  // namespace

Lowerer::Lowerer(const ir::Graph& graph, const Function& function, Linker& linker)
    : graph_(graph),
      linker_(linker),
      code_(make_ref<Code>()),
      out_(*code_),
      places_(place_values(graph)),
      dying_(graph.value_count()) {
  code_->name = function.name;
}

Ref<const Code> Lowerer::run() {
  code_->borrowed = places_.borrowed;
  for (const ir::InlinedCall& call : graph_.inlined_calls())
    code_->inlined.push_back({call.callee ? call.callee->name : code_->name, call.place, call.outer});
  if (code_->inlined.empty()) code_->inlined.push_back({code_->name, {}, 0});
  for (const ir::Value* parameter : graph_.inputs()) {
    const Placement::Place& place = places_.of(parameter);
    code_->parameters.push_back(place.reg == Placement::kNone ? Code::kNoRegister : uint32_t(place.reg));
    code_->parameter_types.push_back(parameter->type());
  }
  if (graph_.outputs().size() > 1) fail(ErrorCode::kInternal, cat("function ", code_->name, " has several results"));
  block(*graph_.top());
  if (graph_.outputs().empty()) {
    code_->result_type = none_type();
    out_.emit(Opcode::kReturn, Operand::of(Operand::kConstant, out_.constant(Value())).raw);
  } else {
    code_->result_type = graph_.outputs()[0]->type();
    mark(block_end(*graph_.top()));
    out_.emit(Opcode::kReturn, take(graph_.outputs()[0]));
  }
  out_.finish(places_.borrowed + places_.allocated);
  verify_code(*code_);
  return code_;
}

// ---- operands ----

int32_t Lowerer::read(const ir::Value* value) {
  const Placement::Place& place = places_.of(value);
  if (place.constant) return Operand::of(Operand::kConstant, out_.constant(*place.constant)).raw;
  return Operand::of(Operand::kRead, uint32_t(place.reg)).raw;
}

int32_t Lowerer::take(const ir::Value* value) {
  const Placement::Place& place = places_.of(value);
  if (place.constant || !dying_[value->id()]) return read(value);
  dying_[value->id()] = false;
  return Operand::of(Operand::kMove, uint32_t(place.reg)).raw;
}

// The last of several uses by one node is the one that moves.
Lowerer::Entries Lowerer::take_all(std::span<ir::Value* const> values) {
  Entries entries(values.size());
  for (size_t i = values.size(); i-- > 0;) entries[i] = take(values[i]);
  return entries;
}

int32_t Lowerer::reg(const ir::Value* value) {
  const Placement::Place& place = places_.of(value);
  if (!place.constant) return place.reg;
  if (place.constant->is_counted())
    fail(ErrorCode::kInternal, cat(code_->name, ": a constant is not of its type ", value->type()->str()));
  if (value->type()->is(TypeKind::kFloat) && place.constant->is(Tag::kInt))
    return out_.kept(Value(double(place.constant->integer())));
  return out_.kept(*place.constant);
}

int32_t Lowerer::target(const ir::Value* value) {
  int32_t at = places_.of(value).reg;
  return at == Placement::kNone ? out_.scratch(0) : at;
}

const Value* Lowerer::constant(const ir::Value* value) const { return places_.of(value).constant; }

void Lowerer::mark(Values values) {
  for (const ir::Value* value : values)
    if (places_.of(value).counted && places_.of(value).reg != Placement::kNone) dying_[value->id()] = true;
}

// Drops what died without being given away.
void Lowerer::clear(Values values) {
  for (const ir::Value* value : values) {
    if (!dying_[value->id()]) continue;
    dying_[value->id()] = false;
    out_.emit(Opcode::kClear, places_.of(value).reg);
  }
}

Lowerer::Values Lowerer::block_end(const Block& block) const {
  auto found = places_.block_deaths.find(&block);
  return found == places_.block_deaths.end() ? Values() : found->second.end;
}

void Lowerer::block(const Block& block) {
  if (auto found = places_.block_deaths.find(&block); found != places_.block_deaths.end()) {
    mark(found->second.start);
    clear(found->second.start);
  }
  for (const Node* each = block.first(); each; each = each->next()) node(*each);
}

// ---- moves of block arguments: all at once, as if every source were read before any target is written ----

std::vector<Lowerer::Transfer> Lowerer::transfers(std::span<ir::Value* const> from,
                                                  std::span<ir::Value* const> to) const {
  std::vector<Transfer> moves;
  for (size_t i = 0; i < from.size(); ++i) {
    const Placement::Place& target = places_.of(to[i]);
    if (target.reg == Placement::kNone || target.deferred) continue;
    moves.push_back({target.reg, from[i]});
  }
  return moves;
}

bool Lowerer::moves_anything(const std::vector<Transfer>& moves, Values ending) const {
  for (const Transfer& move : moves) {
    const Placement::Place& source = places_.of(move.from);
    if (source.constant || source.reg != move.to) return true;
  }
  // A counted value that ends here without being where it is wanted must be dropped.
  return std::any_of(ending.begin(), ending.end(), [&](const ir::Value* value) {
    const Placement::Place& place = places_.of(value);
    return place.counted && place.reg != Placement::kNone &&
           std::none_of(moves.begin(), moves.end(), [&](const Transfer& move) { return move.from == value; });
  });
}

void Lowerer::transfer(const std::vector<Transfer>& moves, Values ending) {
  mark(ending);
  std::vector<Move> pending;
  std::vector<const Transfer*> late;  // constants and borrowed values: their sources are never overwritten
  for (const Transfer& move : moves) {
    const Placement::Place& source = places_.of(move.from);
    if (source.constant || source.borrowed) {
      late.push_back(&move);
    } else if (source.reg == move.to) {
      dying_[move.from->id()] = false;  // stays where it is; others copy it
    }
  }
  for (const Transfer& move : moves) {
    const Placement::Place& source = places_.of(move.from);
    if (source.constant || source.borrowed || source.reg == move.to) continue;
    pending.push_back({move.to, source.reg, source.counted, bool(dying_[move.from->id()])});
  }
  for (const Transfer& move : moves) dying_[move.from->id()] = false;
  move_at_once(pending);
  for (const Transfer* move : late) out_.emit(Opcode::kCopy, move->to, read(move->from));
  clear(ending);
}

void Lowerer::move_at_once(std::vector<Move>& pending) {
  std::unordered_map<int32_t, int> reads;
  auto perform = [&](const Move& move, bool last) {
    if (move.owned && move.counted && last) out_.emit(Opcode::kMove, move.to, move.from);
    else out_.emit(Opcode::kCopy, move.to, Operand::of(Operand::kRead, uint32_t(move.from)).raw);
  };
  if (pending.size() == 1) return perform(pending[0], true);
  for (const Move& move : pending) ++reads[move.from];
  std::vector<size_t> ready;
  std::unordered_map<int32_t, size_t> writer;  // which pending move writes a register
  std::vector<bool> done(pending.size());
  for (size_t i = 0; i < pending.size(); ++i) writer[pending[i].to] = i;
  for (size_t i = 0; i < pending.size(); ++i)
    if (reads[pending[i].to] == 0) ready.push_back(i);
  size_t left = pending.size(), next_cycle = 0;
  while (left > 0) {
    while (!ready.empty()) {
      size_t i = ready.back();
      ready.pop_back();
      done[i] = true;
      --left;
      int32_t freed = pending[i].from;
      perform(pending[i], --reads[freed] == 0);
      auto waiting = writer.find(freed);
      if (reads[freed] == 0 && waiting != writer.end() && !done[waiting->second]) ready.push_back(waiting->second);
    }
    if (left == 0) break;
    // Only cycles are left: put one source aside.
    while (done[next_cycle]) ++next_cycle;
    int32_t aside = out_.scratch(0), source = pending[next_cycle].from;
    bool owned = pending[next_cycle].owned && pending[next_cycle].counted;
    if (owned) out_.emit(Opcode::kMove, aside, source);
    else out_.emit(Opcode::kCopy, aside, Operand::of(Operand::kRead, uint32_t(source)).raw);
    for (size_t i = 0; i < pending.size(); ++i)
      if (!done[i] && pending[i].from == source) {
        pending[i].from = aside;
        pending[i].owned = true;  // the copy aside is ours
      }
    reads[aside] = std::exchange(reads[source], 0);
    if (auto waiting = writer.find(source); waiting != writer.end() && !done[waiting->second])
      ready.push_back(waiting->second);
  }
}

// ---- conditions and jumps ----

bool Lowerer::emits_nothing(const Block& block) const {
  for (const Node* each = block.first(); each; each = each->next())
    if (!each->is(Kind::kConstant) && !each->is(Kind::kUninitialized)) return false;
  auto found = places_.block_deaths.find(&block);
  return found == places_.block_deaths.end() ||
         std::none_of(found->second.start.begin(), found->second.start.end(), [&](const ir::Value* v) {
           return places_.of(v).counted && places_.of(v).reg != Placement::kNone;
         });
}

void Lowerer::jump_if(const ir::Value* condition, bool sense, Assembler::Label label) {
  if (const Value* known = constant(condition)) {
    if (is_true(known) ? sense : !sense) out_.jump(Opcode::kJump, 0, 0, label);
    return;
  }
  if (!places_.of(condition).deferred) {
    out_.jump(sense ? Opcode::kJumpIf : Opcode::kJumpIfNot, places_.of(condition).reg, 0, label);
    return;
  }
  const Node& node = *condition->node();
  if (node.is(Kind::kIf)) return jump_if_either(node, sense, label);
  out_.set_place(node.range(), node.inlined_call());
  const TypedOp& typed = *typed_op(*node.op()->def);
  if (typed.opcode == Opcode::kNotBool) return jump_if(node.input(), !sense, label);
  if (typed.form == TypedForm::kIsNone) {
    const ir::Value* subject =
        constant(node.input(0)) && constant(node.input(0))->is_none() ? node.input(1) : node.input(0);
    bool when_none = (typed.opcode == Opcode::kIsNone) == sense;
    out_.jump(when_none ? Opcode::kJumpIfNone : Opcode::kJumpIfSome, read(subject), 0, label);
    return;
  }
  jump_compare(node, typed, sense, label);
}

void Lowerer::jump_compare(const Node& node, const TypedOp& typed, bool sense, Assembler::Label label) {
  const ir::Value *left = node.input(0), *right = node.input(1);
  if (left == right && !constant(left) && (typed.opcode == Opcode::kEqFloat || typed.opcode == Opcode::kNeFloat)) {
    // PyTorch folds x == x, NaN or not.
    if ((typed.opcode == Opcode::kEqFloat) == sense) out_.jump(Opcode::kJump, 0, 0, label);
    return;
  }
  bool left_int = typed.left_int, right_int = typed.right_int;
  if (typed.swap) {
    std::swap(left, right);
    std::swap(left_int, right_int);
  }
  Opcode op = jump_form(typed.opcode, sense);
  if (!sense && (typed.opcode == Opcode::kLtInt || typed.opcode == Opcode::kLeInt)) {
    std::swap(left, right);  // not a < b is b <= a
    op = typed.opcode == Opcode::kLtInt ? Opcode::kJumpLeInt : Opcode::kJumpLtInt;
  }
  const Value *left_constant = constant(left), *right_constant = constant(right);
  if (right_constant && !left_constant && right_constant->is(Tag::kInt) && fits_immediate(right_constant->integer())) {
    if (Opcode immediate = immediate_form(op); immediate != Opcode(kOpcodeCount))
      return out_.jump(immediate, reg(left), int32_t(right_constant->integer()), label);
  }
  if (left_constant && !right_constant && left_constant->is(Tag::kInt) && fits_immediate(left_constant->integer())) {
    if (Opcode immediate = mirrored_immediate(op); immediate != Opcode(kOpcodeCount))
      return out_.jump(immediate, reg(right), int32_t(left_constant->integer()), label);
  }
  int32_t left_reg = number(left, left_int, 0), right_reg = number(right, right_int, 1);
  out_.jump(op, left_reg, right_reg, label);
}

// An if whose one result is a condition: `and`, `or`, and what they are made of.
void Lowerer::jump_if_either(const Node& node, bool sense, Assembler::Label label) {
  const Block &yes = *node.blocks()[0], &no = *node.blocks()[1];
  const Value *known_yes = constant(yes.returns()[0]), *known_no = constant(no.returns()[0]);
  Assembler::Label end = out_.new_label();
  if (known_no && emits_nothing(no)) {
    jump_if(node.input(), false, is_true(known_no) == sense ? label : end);
    block(yes);
    jump_if(yes.returns()[0], sense, label);
  } else if (known_yes && emits_nothing(yes)) {
    jump_if(node.input(), true, is_true(known_yes) == sense ? label : end);
    block(no);
    jump_if(no.returns()[0], sense, label);
  } else {
    Assembler::Label otherwise = out_.new_label();
    jump_if(node.input(), false, otherwise);
    block(yes);
    jump_if(yes.returns()[0], sense, label);
    out_.jump(Opcode::kJump, 0, 0, end);
    out_.bind(otherwise);
    block(no);
    jump_if(no.returns()[0], sense, label);
  }
  out_.bind(end);
}

void Lowerer::if_node(const Node& node) {
  if (node.outputs().size() == 1 && places_.of(node.output()).deferred) return;  // at its jump
  const Block &yes = *node.blocks()[0], &no = *node.blocks()[1];
  std::vector<Transfer> yes_moves = transfers(yes.returns(), node.outputs()),
                        no_moves = transfers(no.returns(), node.outputs());
  bool yes_empty = emits_nothing(yes) && !moves_anything(yes_moves, block_end(yes));
  bool no_empty = emits_nothing(no) && !moves_anything(no_moves, block_end(no));
  if (yes_empty && no_empty) return;
  Assembler::Label end = out_.new_label();
  if (yes_empty || no_empty) {
    jump_if(node.input(), yes_empty, end);
    block(yes_empty ? no : yes);
    transfer(yes_empty ? no_moves : yes_moves, block_end(yes_empty ? no : yes));
  } else {
    Assembler::Label otherwise = out_.new_label();
    jump_if(node.input(), false, otherwise);
    block(yes);
    transfer(yes_moves, block_end(yes));
    out_.jump(Opcode::kJump, 0, 0, end);
    out_.bind(otherwise);
    block(no);
    transfer(no_moves, block_end(no));
  }
  out_.bind(end);
}

void Lowerer::loop_node(const Node& node) {
  const Block& body = *node.blocks()[0];
  auto entered_last = places_.loop_entry_deaths.find(&node);
  Values given = entered_last == places_.loop_entry_deaths.end() ? Values() : entered_last->second;
  std::vector<Transfer> first = transfers(node.inputs().subspan(2), body.parameters().subspan(1));
  Assembler::Label start = out_.new_label(), end = out_.new_label();
  auto counter = places_.counters.find(&node);
  bool counts = counter != places_.counters.end(), limited = !is_unlimited(node);
  const Value* entered = constant(node.input(1));

  if (is_false(entered)) {
    transfer(first, given);
  } else {
    Assembler::Label skip = end;
    if (!entered && moves_anything(first, given)) skip = out_.new_label();
    if (!entered) jump_if(node.input(1), false, skip);
    transfer(first, given);
    out_.set_place(node.range(), node.inlined_call());
    if (limited) out_.jump(Opcode::kLoopEnter, counter->second, reg(node.input(0)), end);
    else if (counts) out_.emit(Opcode::kLoadInt, counter->second, 0);
    out_.bind(start);
    block(body);
    bool falls = loop_end(node, start, end);
    if (skip.id != end.id) {
      if (falls) out_.jump(Opcode::kJump, 0, 0, end);
      out_.bind(skip);
      transfer(first, given);
    }
  }
  out_.bind(end);
  mark(places_.deaths(node));
  clear(places_.deaths(node));
  for (const ir::Value* output : node.outputs())
    if (!output->is_used() && places_.of(output).counted) out_.emit(Opcode::kClear, places_.of(output).reg);
}

// The end of a loop's body: carries values over and goes back. Does control fall through behind it?
bool Lowerer::loop_end(const Node& node, Assembler::Label start, Assembler::Label end) {
  const Block& body = *node.blocks()[0];
  Values ending = block_end(body);
  std::vector<Transfer> moves = transfers(body.returns().subspan(1), body.parameters().subspan(1));
  const ir::Value* condition = body.returns()[0];
  const Value* again = constant(condition);
  bool limited = !is_unlimited(node);
  auto counter = places_.counters.find(&node);
  if (is_false(again)) {
    transfer(moves, ending);
    return true;
  }
  Assembler::Label leave = end;
  if (!again) {
    if (moves_anything(moves, ending)) leave = out_.new_label();
    jump_if(condition, false, leave);
  }
  transfer(moves, ending);
  out_.set_place(node.range(), node.inlined_call());
  if (limited) {
    out_.jump(Opcode::kLoopNext, counter->second, reg(node.input(0)), start);
  } else {
    if (counter != places_.counters.end()) out_.emit(Opcode::kAddIntI, counter->second, counter->second, 1);
    out_.jump(Opcode::kJumpBack, 0, 0, start);
  }
  if (leave.id == end.id) return limited;
  if (limited) out_.jump(Opcode::kJump, 0, 0, end);
  out_.bind(leave);
  transfer(moves, ending);
  return true;
}

// ---- numbers ----

// A register with the operand, converted to float if it is an int.
int32_t Lowerer::number(const ir::Value* value, bool is_int, int scratch) {
  if (!is_int) return reg(value);
  if (const Value* known = constant(value); known && known->is(Tag::kInt))
    return out_.kept(Value(double(known->integer())));
  int32_t converted = out_.scratch(scratch);
  out_.emit(Opcode::kIntToFloat, converted, reg(value));
  return converted;
}

void Lowerer::binary(const Node& node, const TypedOp& typed) {
  const ir::Value *left = node.input(0), *right = node.input(1);
  int32_t to = target(node.output());
  if (left == right && !constant(left) && (typed.opcode == Opcode::kEqFloat || typed.opcode == Opcode::kNeFloat)) {
    Operand known = Operand::of(Operand::kConstant, out_.constant(Value(typed.opcode == Opcode::kEqFloat)));
    return out_.emit(Opcode::kCopy, to, known.raw);
  }
  bool left_int = typed.left_int, right_int = typed.right_int;
  if (typed.swap) {
    std::swap(left, right);
    std::swap(left_int, right_int);
  }
  const Value *left_constant = constant(left), *right_constant = constant(right);
  if (right_constant && right_constant->is(Tag::kInt) && !right_int &&
      binary_immediate(typed.opcode, to, left, right_constant->integer()))
    return;
  if (left_constant && left_constant->is(Tag::kInt) && !left_int && fits_immediate(left_constant->integer())) {
    Opcode immediate = mirrored_immediate(typed.opcode);
    if (immediate != Opcode(kOpcodeCount))
      return out_.emit(immediate, to, reg(right), int32_t(left_constant->integer()));
  }
  int32_t left_reg = number(left, left_int, 0), right_reg = number(right, right_int, 1);
  out_.emit(typed.opcode, to, left_reg, right_reg);
}

bool Lowerer::binary_immediate(Opcode opcode, int32_t to, const ir::Value* left, int64_t right) {
  if (opcode == Opcode::kSubInt && fits_immediate(right) && fits_immediate(-right)) {
    out_.emit(Opcode::kAddIntI, to, reg(left), int32_t(-right));
    return true;
  }
  Opcode immediate = immediate_form(opcode);
  if (immediate == Opcode(kOpcodeCount) || !fits_immediate(right)) return false;
  int32_t value = int32_t(right);
  if (opcode == Opcode::kFloorDivInt || opcode == Opcode::kRemainderInt) {
    if (right == 0 || right == -1) return false;
    if (right > 0 && (right & (right - 1)) == 0) {  // floors for negative numbers too
      bool divides = opcode == Opcode::kFloorDivInt;
      immediate = divides ? Opcode::kShiftRightIntI : Opcode::kAndIntI;
      value = int32_t(divides ? std::countr_zero(uint64_t(right)) : right - 1);
    }
  }
  out_.emit(immediate, to, reg(left), value);
  return true;
}

void Lowerer::derive_index(const Node& node) {
  const ir::Value *index = node.input(0), *start = node.input(1), *step = node.input(2);
  int32_t to = target(node.output());
  const Value *known_step = constant(step), *known_start = constant(start);
  int32_t scaled = reg(index);
  if (known_step && known_step->is(Tag::kInt) && fits_immediate(known_step->integer())) {
    if (known_step->integer() != 1) {
      scaled = out_.scratch(0);
      out_.emit(Opcode::kMulIntI, scaled, reg(index), int32_t(known_step->integer()));
    }
  } else {
    scaled = out_.scratch(0);
    out_.emit(Opcode::kMulInt, scaled, reg(index), reg(step));
  }
  if (known_start && known_start->is(Tag::kInt) && fits_immediate(known_start->integer()))
    out_.emit(Opcode::kAddIntI, to, scaled, int32_t(known_start->integer()));
  else out_.emit(Opcode::kAddInt, to, scaled, reg(start));
}

Ref<const Code> lower(const ir::Graph& graph, const Function& function, Linker& linker) {
  return Lowerer(graph, function, linker).run();
}

}  // namespace taper::impl
