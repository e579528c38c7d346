#include "runtime/assembler.h"

#include <algorithm>
#include <bit>

#include "core/error.h"

namespace taper::impl {
namespace {

// Late registers are negative numbers that finish() replaces: scratch registers from -2 on, kept constants from kKept down.
constexpr int32_t kScratch = -2;
constexpr int32_t kKept = -1000;

uint64_t bits_of(const Value& value) {
  switch (value.tag()) {
    case Tag::kNone: return 0;
    case Tag::kFloat: return std::bit_cast<uint64_t>(value.floating());
    case Tag::kBool: return value.boolean();
    default: return uint64_t(value.integer());
  }
}

}  // namespace

void Assembler::set_place(const SourceRange& range, uint32_t inlined_call) {
  if (!code_.places.empty()) {
    CodePlace& last = code_.places.back();
    if (last.range.source == range.source && last.range.start == range.start && last.range.end == range.end &&
        last.call == inlined_call)
      return;
    if (last.pc == pc()) {
      last.range = range;
      last.call = inlined_call;
      return;
    }
  }
  code_.places.push_back({uint32_t(pc()), inlined_call, range});
}

void Assembler::emit(Opcode op, int32_t a, int32_t b, int32_t c, uint16_t extra) {
  if (pc() >= size_t(1) << 28) fail(ErrorCode::kBudget, cat("the code of ", code_.name, " is too long"));
  code_.instructions.push_back({op, extra, a, b, c});
}

void Assembler::jump(Opcode op, int32_t a, int32_t b, Label target) {
  fixups_.push_back({pc(), target.id});
  emit(op, a, b, 0);
}

Assembler::Label Assembler::new_label() {
  labels_.push_back(-1);
  return {uint32_t(labels_.size() - 1)};
}

void Assembler::bind(Label label) { labels_[label.id] = int32_t(pc()); }

uint32_t Assembler::constant(const Value& value) {
  auto add = [&] {
    code_.constants.push_back(value);
    return uint32_t(code_.constants.size() - 1);
  };
  if (value.is_counted()) {
    auto [at, is_new] = objects_.try_emplace(value.pointer(), 0);
    if (is_new) at->second = add();
    return at->second;
  }
  auto [at, is_new] = constants_[size_t(value.tag())].try_emplace(bits_of(value), 0);
  if (is_new) at->second = add();
  return at->second;
}

int32_t Assembler::kept(const Value& value) {
  auto [at, is_new] = kept_[size_t(value.tag())].try_emplace(bits_of(value), 0);
  if (is_new) {
    at->second = kKept - int32_t(code_.kept.size());
    code_.kept.push_back(value);
  }
  return at->second;
}

int32_t Assembler::scratch(int which) {
  scratch_count_ = std::max(scratch_count_, which + 1);
  return kScratch - which;
}

int32_t Assembler::list(std::span<const int32_t> entries) {
  size_t at = code_.lists.size();
  if (at + entries.size() + 1 > size_t(1) << 30)
    fail(ErrorCode::kBudget, cat("the code of ", code_.name, " is too long"));
  code_.lists.push_back(int32_t(entries.size()));
  code_.lists.insert(code_.lists.end(), entries.begin(), entries.end());
  return int32_t(at);
}

int32_t Assembler::type(const TypePtr& type) {
  auto [at, is_new] = types_.try_emplace(type.get(), int32_t(code_.types.size()));
  if (is_new) code_.types.push_back(type);
  return at->second;
}

int32_t Assembler::types(const std::vector<TypePtr>& types) {
  int32_t at = int32_t(code_.types.size());
  code_.types.insert(code_.types.end(), types.begin(), types.end());
  return at;
}

int32_t Assembler::text(const std::string& text) {
  auto [at, is_new] = texts_.try_emplace(text, int32_t(code_.texts.size()));
  if (is_new) code_.texts.push_back(text);
  return at->second;
}

int32_t Assembler::late_register(int32_t field) const {
  if (field <= kKept) return int32_t(code_.kept_base) + (kKept - field);
  if (field <= kScratch) return int32_t(code_.kept_base + code_.kept.size()) + (kScratch - field);
  return field;
}

void Assembler::finish(uint32_t registers) {
  code_.kept_base = registers;
  code_.registers = registers + uint32_t(code_.kept.size()) + uint32_t(scratch_count_);
  for (Instruction& instruction : code_.instructions) {
    const char* letters = opcode_info(instruction.op).operands;
    int32_t* fields[3] = {&instruction.a, &instruction.b, &instruction.c};
    for (int i = 0; i < 3; ++i) {
      if (letters[i] == 'D' || letters[i] == 'R' || letters[i] == 'U') *fields[i] = late_register(*fields[i]);
      if ((letters[i] == 'O' || letters[i] == 'T') && *fields[i] < 0)
        *fields[i] = Operand::of(Operand{*fields[i]}.kind(), uint32_t(late_register(*fields[i] >> 2))).raw;
    }
  }
  for (const Fixup& fixup : fixups_) code_.instructions[fixup.pc].c = labels_[fixup.label];
}

}  // namespace taper::impl
