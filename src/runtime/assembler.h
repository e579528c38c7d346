// Puts a function's bytecode together: instructions with labels, constants, lists, source places.
#pragma once

#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/bytecode.h"

namespace taper::impl {

class Assembler {
 public:
  // A place in the code that jumps can name before it is known.
  struct Label {
    uint32_t id;
  };

  explicit Assembler(Code& code) : code_(code) {}

  // Instructions from now on come from this place.
  void set_place(const SourceRange& range, uint32_t inlined_call);
  void emit(Opcode op, int32_t a = 0, int32_t b = 0, int32_t c = 0, uint16_t extra = 0);
  void jump(Opcode op, int32_t a, int32_t b, Label target);
  Label new_label();
  void bind(Label label);
  bool is_bound(Label label) const { return labels_[label.id] >= 0; }
  size_t pc() const { return code_.instructions.size(); }

  uint32_t constant(const Value& value);  // equal unboxed values are one
  int32_t kept(const Value& value);       // the register of an unboxed constant: negative until finish()
  int32_t scratch(int which);             // registers for use within one node: negative until finish()
  int32_t list(std::span<const int32_t> entries);
  int32_t type(const TypePtr& type);
  int32_t types(const std::vector<TypePtr>& types);
  int32_t text(const std::string& text);

  // Patches jumps and late registers. `registers` are taken already.
  void finish(uint32_t registers);

 private:
  int32_t late_register(int32_t field) const;
  Code& code_;
  std::vector<int32_t> labels_;
  struct Fixup {
    size_t pc;
    uint32_t label;
  };
  std::vector<Fixup> fixups_;
  std::unordered_map<uint64_t, uint32_t> constants_[5];  // by tag, of unboxed values
  std::unordered_map<const RefCounted*, uint32_t> objects_;
  std::unordered_map<const Type*, int32_t> types_;
  std::map<std::string, int32_t> texts_;
  std::unordered_map<uint64_t, int32_t> kept_[5];
  int scratch_count_ = 0;
};

}  // namespace taper::impl
