#include "runtime/bytecode.h"

#include <algorithm>

#include "ir/print.h"

namespace taper::impl {
namespace {

constexpr OpcodeInfo kOpcodes[] = {
#define X(NAME, OPERANDS, TEXT) {#NAME, OPERANDS},
#include "runtime/bytecode.def"
#undef X
};

class Printer {
 public:
  explicit Printer(const Code& code) : code_(code) {}

  std::string run() {
    append(out_, cat(code_.name, "("));
    for (size_t i = 0; i < code_.parameters.size(); ++i) {
      if (i) out_ += ", ";
      out_ += code_.parameters[i] == Code::kNoRegister ? "_" : register_text(int32_t(code_.parameters[i]));
    }
    append(out_, cat(") ", code_.registers, " registers"));
    out_ += '\n';
    for (size_t pc = 0; pc < code_.instructions.size(); ++pc) line(pc);
    return std::move(out_);
  }

 private:
  void line(size_t pc) {
    const Instruction& instruction = code_.instructions[pc];
    const OpcodeInfo& info = opcode_info(instruction.op);
    std::string number = std::to_string(pc);
    out_ += std::string(number.size() < 4 ? 4 - number.size() : 0, '0') + number + "  " + info.name;
    std::string operands;
    const int32_t fields[3] = {instruction.a, instruction.b, instruction.c};
    for (int i = 0; i < 3; ++i) {
      if (info.operands[i] == '-') continue;
      if (!operands.empty()) operands += ", ";
      operands += field(info.operands[i], fields[i], instruction);
    }
    if (!operands.empty()) {
      size_t width = std::string_view(info.name).size();
      out_ += std::string(width < 15 ? 15 - width : 1, ' ') + operands;
    }
    out_ += '\n';
  }

  std::string register_text(int32_t index) const {
    if (index < 0) return "_";
    if (uint32_t(index) < code_.borrowed) return cat("b", index);
    size_t kept = size_t(index) - code_.kept_base;
    if (uint32_t(index) >= code_.kept_base && kept < code_.kept.size())
      return cat("=", ir::constant_text(code_.kept[kept]));
    return cat("r", index - int32_t(code_.borrowed));
  }

  std::string operand_text(Operand operand) const {
    if (operand.is_constant()) return constant(operand.index());
    std::string text = register_text(int32_t(operand.index()));
    return operand.is_move() ? text + "!" : text;
  }

  std::string constant(uint32_t index) const {
    const Value& value = code_.constants[index];
    switch (value.tag()) {
      case Tag::kTensor: return "<tensor>";
      case Tag::kObject:
      case Tag::kGenerator:
      case Tag::kCapsule:
      case Tag::kRawObject: return cat("<", tag_name(value.tag()), ">");
      default: return ir::constant_text(value);
    }
  }

  std::string list_text(int32_t at, bool registers, bool plain = false) const {
    std::string text = "[";
    int32_t count = code_.lists[size_t(at)];
    for (int32_t i = 1; i <= count; ++i) {
      if (i > 1) text += ", ";
      int32_t entry = code_.lists[size_t(at + i)];
      text += plain       ? std::to_string(entry)
              : registers ? register_text(entry < 0 ? -1 : entry / 2)
                          : operand_text(Operand{entry});
    }
    return text + "]";
  }

  std::string field(char letter, int32_t value, const Instruction& instruction) const {
    switch (letter) {
      case 'D':
      case 'R':
      case 'U': return register_text(value);
      case 'O':
      case 'T': return operand_text(Operand{value});
      case 'I': return std::to_string(value);
      case 'J': return cat("->", value);
      case 'L': return list_text(value, false);
      case 'W': return list_text(value, true);
      case 'P': return list_text(value, true, true);
      case 'S': return cat("slot ", value);
      case 'N': return cat("\"", code_.texts[size_t(value)], "\"");
      case 'Y': {
        std::string text = code_.types[size_t(value)]->str();
        for (int i = 1; instruction.op == Opcode::kIsInstance && i < instruction.extra; ++i)
          append(text, cat("|", code_.types[size_t(value + i)]->str()));
        return text;
      }
      case 'K': {
        const CallSite& site = code_.sites[size_t(value)];
        SchemaName name = schema_name(site.op->schema);
        return cat(name.name, name.overload.empty() ? "" : ".", name.overload,
                   list_text(int32_t(site.arguments), false));
      }
      case 'F': {
        const CallSite& site = code_.sites[size_t(value)];
        return cat(site.target ? site.target->function->name : "." + code_.texts[site.text],
                   list_text(int32_t(site.arguments), false));
      }
      default: return "?";
    }
  }

  const Code& code_;
  std::string out_;
};

class Verifier {
 public:
  explicit Verifier(const Code& code) : code_(code) {}

  void run() {
    require(code_.borrowed <= code_.registers, "borrowed registers outside the frame");
    require(code_.kept_base <= code_.registers && code_.kept.size() <= code_.registers - code_.kept_base,
            "kept constants outside the frame");
    for (const Value& value : code_.kept) require(!value.is_counted(), "a kept constant is counted");
    for (uint32_t parameter : code_.parameters)
      if (parameter != Code::kNoRegister) read_register(int64_t(parameter));
    require(!code_.instructions.empty(), "no instructions");
    for (pc_ = 0; pc_ < code_.instructions.size(); ++pc_) visit(code_.instructions[pc_]);
    --pc_;
    switch (code_.instructions.back().op) {
      case Opcode::kReturn:
      case Opcode::kRaise:
      case Opcode::kUnsupported:
      case Opcode::kJump: break;
      default: wrong("control runs off the end");
    }
  }

 private:
  [[noreturn]] void wrong(std::string_view what) const {
    std::string text = cat("malformed bytecode of ", code_.name, " at ", pc_, ": ", what);
    if (pc_ < code_.instructions.size() && size_t(code_.instructions[pc_].op) < kOpcodeCount) {
      const Instruction& at = code_.instructions[pc_];
      append(text, cat(" (", opcode_info(at.op).name, " ", at.a, ", ", at.b, ", ", at.c, ")"));
    }
    fail(ErrorCode::kInternal, std::move(text));
  }
  void require(bool condition, std::string_view what) const {
    if (!condition) wrong(what);
  }
  template <class T>
  void index(int64_t value, const std::vector<T>& table, std::string_view what) const {
    require(value >= 0 && size_t(value) < table.size(), what);
  }

  void read_register(int64_t index) const {
    require(index >= 0 && index < int64_t(code_.registers), "register out of range");
  }
  void write_register(int64_t index, bool borrowed) const {
    read_register(index);
    require((index < int64_t(code_.borrowed)) == borrowed, "write to a register of the wrong class");
    bool kept = index >= int64_t(code_.kept_base) && index < int64_t(code_.kept_base + code_.kept.size());
    require(!kept, "write to a constant's register");
  }
  void operand(Operand value, bool may_move) const {
    require(value.raw >= 0 && (value.raw & 3) != 3, "malformed operand");
    if (value.is_constant()) return index(int64_t(value.index()), code_.constants, "constant out of range");
    read_register(int64_t(value.index()));
    if (value.is_move()) {
      require(may_move, "an operand that is only read gives its value away");
      write_register(int64_t(value.index()), false);
    }
  }
  template <class F>
  void list(int64_t at, F&& each) const {
    index(at, code_.lists, "list out of range");
    int32_t count = code_.lists[size_t(at)];
    require(count >= 0 && size_t(count) < code_.lists.size() - size_t(at), "list out of range");
    for (int32_t i = 1; i <= count; ++i) each(code_.lists[size_t(at + i)]);
  }
  void operand_list(int64_t at) const {
    list(at, [&](int32_t raw) { operand(Operand{raw}, true); });
  }

  void visit(const Instruction& instruction) const {
    require(size_t(instruction.op) < kOpcodeCount, "unknown opcode");
    const char* letters = opcode_info(instruction.op).operands;
    const int32_t fields[3] = {instruction.a, instruction.b, instruction.c};
    for (int i = 0; i < 3; ++i) field(letters[i], fields[i], instruction);
    if (instruction.op == Opcode::kFloorDivIntI || instruction.op == Opcode::kRemainderIntI)
      require(instruction.c != 0 && instruction.c != -1, "immediate divisor");
    if (instruction.op == Opcode::kShiftRightIntI) require(instruction.c >= 0 && instruction.c < 64, "immediate shift");
    if (instruction.op == Opcode::kDictNew)
      require(code_.lists[size_t(instruction.b)] % 2 == 0, "a key without a value");
    if (instruction.op == Opcode::kTupleSlice)
      require(code_.lists[size_t(instruction.c)] == 2, "a slice has two bounds");
    if (instruction.op == Opcode::kJumpBack || instruction.op == Opcode::kLoopNext)
      require(instruction.c <= int32_t(pc_), "a jump back goes forward");
  }

  void field(char letter, int32_t value, const Instruction& instruction) const {
    switch (letter) {
      case '-': return;
      case 'D': return write_register(value, instruction.op == Opcode::kBorrowAttr);
      case 'R':
        if (instruction.op == Opcode::kMove || instruction.op == Opcode::kClear) write_register(value, false);
        return read_register(value);
      case 'U': return write_register(value, false);
      case 'O': return operand(Operand{value}, false);
      case 'T': return operand(Operand{value}, true);
      case 'I': return;
      case 'J': return index(value, code_.instructions, "jump out of the code");
      case 'L': return operand_list(value);
      case 'W':
        return list(value, [&](int32_t target) {
          if (target != -1) write_register(target / 2, false);
        });
      case 'P': return list(value, [](int32_t) {});
      case 'S': return require(value >= 0, "negative slot");
      case 'N': return index(value, code_.texts, "text out of range");
      case 'Y': {
        size_t count = instruction.op == Opcode::kIsInstance ? instruction.extra : 1;
        require(value >= 0 && size_t(value) + count <= code_.types.size(), "type out of range");
        return;
      }
      case 'K':
        index(value, code_.sites, "call site out of range");
        require(code_.sites[size_t(value)].op != nullptr, "call site without operator");
        return operand_list(code_.sites[size_t(value)].arguments);
      case 'F': {
        index(value, code_.sites, "call site out of range");
        const CallSite& site = code_.sites[size_t(value)];
        if (instruction.op == Opcode::kCallMethod) {
          index(site.text, code_.texts, "text out of range");
          require(code_.lists[site.arguments] >= 1, "a method without a receiver");
        } else {
          require(site.target != nullptr, "call site without function");
        }
        return operand_list(site.arguments);
      }
      default: wrong("unknown operand letter");
    }
  }

  const Code& code_;
  size_t pc_ = 0;
};

}  // namespace

const OpcodeInfo& opcode_info(Opcode opcode) noexcept { return kOpcodes[size_t(opcode)]; }

const CodePlace& Code::place(size_t pc) const noexcept {
  static const CodePlace kNowhere{};
  auto after = std::upper_bound(places.begin(), places.end(), pc,
                                [](size_t at, const CodePlace& entry) { return at < entry.pc; });
  return after == places.begin() ? kNowhere : *std::prev(after);
}

std::string disassemble(const Code& code) { return Printer(code).run(); }
void verify_code(const Code& code) { Verifier(code).run(); }

}  // namespace taper::impl
