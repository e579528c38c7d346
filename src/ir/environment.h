// What names mean while a function is emitted. Python has one scope a function; frames are opened for the branches of
// an if and the body of a loop, so that afterwards it is known which variables they changed and how to join them.
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/class_type.h"
#include "ir/graph.h"

namespace taper::impl::ir {

// Names that are called but are no operators.
enum class Special : uint8_t {
  kAnnotate,
  kUninitialized,
  kUncheckedCast,
  kIsInstance,
  kGetAttr,
  kHasAttr,
  kFork,
  kAwaitable,
  kRange,
  kPrint,
  kTuple,
  kList,
  kDict,
  kEnumerate,
  kZip,
  kNew,        // T.__new__
  kSuperInit,  // nothing: object.__init__ of old archives
};

// What an expression stands for: a value, or something that is not a value by itself. Small and trivially copied; texts
// live in the syntax tree or in the environment (keep()), types and functions in the compilation unit.
struct Binding {
  enum class Kind : uint8_t {
    kUnbound,  // why says what became of the name
    kValue,
    kTorch,      // the namespace torch: its members are aten:: operators
    kOps,        // the namespace ops: its members are namespaces of operators
    kOpsOf,      // ops.X; text is X
    kConstants,  // CONSTANTS
    kNamespace,  // __torch__.a.b; text
    kType,       // a class, NamedTuple, enum or interface as a value; type
    kFunction,   // a script function; function
    kOperator,   // text is its name ("aten::add"), value the receiver if it is called as a method
    kMethod,     // value is the receiver, text the name
    kSpecial,
    kCast,     // int, float...: text is the operator, type the result
    kClosure,  // a nested def; definition is its syntax tree
    kRangeOf,  // range(...) as what a for loop runs over; members: the bounds
    kItems,    // zip or enumerate (text) of members
  };
  enum class Why : uint8_t { kNothing, kMissingInTrue, kMissingInFalse, kDeleted, kMismatch };

  Kind kind = Kind::kUnbound;
  Special special = Special::kAnnotate;
  Why why = Why::kNothing;
  bool is_variable = false;  // read from a variable: another one that is set to it gives the value no name
  Value* value = nullptr;
  const Type* type = nullptr;
  Function* function = nullptr;
  const void* definition = nullptr;
  std::string_view text;
  std::string_view magic;  // kCast, kOperator: the method that a script class may define instead ("__len__")
  const std::vector<Binding>* members = nullptr;

  static Binding of(Value* value) {
    Binding binding;
    binding.kind = Kind::kValue;
    binding.value = value;
    return binding;
  }
  static Binding unbound(Why why, std::string_view text = {}) {
    Binding binding;
    binding.why = why;
    binding.text = text;
    return binding;
  }
  bool is(Kind wanted) const noexcept { return kind == wanted; }
};

class Environment {
 public:
  // What a frame set, in the order of the names. Names refer to the syntax tree's text and live as long.
  using Frame = std::vector<std::pair<std::string_view, Binding>>;

  Environment() : frames_(1) {}
  void push() { frames_.emplace_back(); }
  void push(const Frame& frame) {
    push();
    for (const auto& [name, binding] : frame) set(name, binding);
  }
  void drop() {
    for (Slot* slot : frames_.back()) slot->stack.pop_back();
    frames_.pop_back();
  }
  Frame pop() {
    Frame frame;
    std::vector<Slot*>& set = frames_.back();
    std::sort(set.begin(), set.end(), [](const Slot* a, const Slot* b) { return a->name < b->name; });
    frame.reserve(set.size());
    for (Slot* slot : set) {
      frame.emplace_back(slot->name, slot->stack.back().binding);
      slot->stack.pop_back();
    }
    frames_.pop_back();
    return frame;
  }

  // Pointers are good until the next set().
  const Binding* find(std::string_view name) const noexcept {
    auto found = slots_.find(name);
    return found == slots_.end() || found->second.stack.empty() ? nullptr : &found->second.stack.back().binding;
  }
  // In an enclosing frame, not the top one.
  const Binding* find_outside(std::string_view name) const noexcept {
    auto found = slots_.find(name);
    if (found == slots_.end()) return nullptr;
    const auto& stack = found->second.stack;
    for (size_t i = stack.size(); i-- > 0;)
      if (stack[i].depth + 1 < frames_.size()) return &stack[i].binding;
    return nullptr;
  }
  void set(std::string_view name, const Binding& binding) {
    Slot& slot = slots_[name];
    if (slot.name.empty()) slot.name = name;
    uint32_t depth = uint32_t(frames_.size() - 1);
    if (!slot.stack.empty() && slot.stack.back().depth == depth) {
      slot.stack.back().binding = binding;
      return;
    }
    slot.stack.push_back({depth, binding});
    frames_.back().push_back(&slot);
  }
  void set(std::string_view name, Value* value) { set(name, Binding::of(value)); }
  // For a name that no frame knows.
  const Binding* set_outermost(std::string_view name, const Binding& binding) {
    Slot& slot = slots_[name];
    if (slot.name.empty()) slot.name = name;
    slot.stack.insert(slot.stack.begin(), Entry{0, binding});
    frames_.front().push_back(&slot);
    return &slot.stack.front().binding;
  }

  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  std::vector<Binding>& make_members() { return members_.emplace_back(); }

 private:
  struct Entry {
    uint32_t depth;
    Binding binding;
  };
  struct Slot {
    std::string_view name;
    std::vector<Entry> stack;  // innermost last
  };
  std::unordered_map<std::string_view, Slot> slots_;  // nodes do not move
  std::vector<std::vector<Slot*>> frames_;            // what each frame set
  std::deque<std::string> texts_;
  std::deque<std::vector<Binding>> members_;
};

}  // namespace taper::impl::ir
