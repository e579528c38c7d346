// What names mean while a function is emitted. Python has one scope a function; frames are opened for the branches of
// an if and the body of a loop, so that afterwards it is known which variables they changed and how to join them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <forward_list>
#include <string_view>
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

  Environment() {
    slots_.reserve(8);
    entries_.reserve(8);
  }
  void push() { starts_.push_back(uint32_t(entries_.size())); }
  void push(const Frame& frame) {
    push();
    for (const auto& [name, binding] : frame) set(name, binding);
  }
  void drop() {
    for (; entries_.size() > starts_.back(); entries_.pop_back())
      slots_[entries_.back().slot].top = entries_.back().shadowed;
    starts_.pop_back();
  }
  Frame pop() {
    Frame frame;
    frame.reserve(entries_.size() - starts_.back());
    for (size_t i = starts_.back(); i < entries_.size(); ++i)
      frame.emplace_back(slots_[entries_[i].slot].name, entries_[i].binding);
    std::sort(frame.begin(), frame.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    drop();
    return frame;
  }

  // Pointers are good until the next set().
  const Binding* find(std::string_view name) const noexcept {
    uint32_t slot = find_slot(name);
    return slot == kNone ? nullptr : at(slots_[slot].top);
  }
  // In an enclosing frame, not the top one.
  const Binding* find_outside(std::string_view name) const noexcept {
    uint32_t slot = find_slot(name);
    if (slot == kNone || starts_.size() == 1) return nullptr;
    uint32_t entry = slots_[slot].top;
    return at(is_in_top_frame(entry) ? entries_[entry].shadowed : entry);
  }
  void set(std::string_view name, const Binding& binding) {
    uint32_t slot = make_slot(name), entry = slots_[slot].top;
    if (is_in_top_frame(entry)) {
      entries_[entry].binding = binding;
      return;
    }
    entries_.push_back({slot, entry, binding});
    slots_[slot].top = uint32_t(entries_.size() - 1);
  }
  void set(std::string_view name, Value* value) { set(name, Binding::of(value)); }
  // For a name that no frame knows: it is known in all of them from now on.
  const Binding* set_outermost(std::string_view name, const Binding& binding) {
    outermost_.push_back(binding);
    slots_[make_slot(name)].top = kOutermost + uint32_t(outermost_.size() - 1);
    return &outermost_.back();
  }

  std::string_view keep(std::string_view text) { return texts_.copy(text); }
  std::string_view keep(std::string_view first, std::string_view second) {
    auto* memory = static_cast<char*>(texts_.allocate(first.size() + second.size()));
    std::copy(first.begin(), first.end(), memory);
    std::copy(second.begin(), second.end(), memory + first.size());
    return {memory, first.size() + second.size()};
  }
  std::vector<Binding>& make_members() { return members_.emplace_front(); }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kOutermost = 1u << 31;  // entries from here on are in outermost_
  static constexpr size_t kFew = 12;                // names are searched one by one
  struct Slot {
    std::string_view name;
    uint32_t top;  // the innermost entry
  };
  struct Entry {
    uint32_t slot;
    uint32_t shadowed;  // the same name's entry in the nearest enclosing frame that has one
    Binding binding;
  };

  const Binding* at(uint32_t entry) const noexcept {
    if (entry == kNone) return nullptr;
    return entry >= kOutermost ? &outermost_[entry - kOutermost] : &entries_[entry].binding;
  }
  bool is_in_top_frame(uint32_t entry) const noexcept { return entry < kOutermost && entry >= starts_.back(); }

  uint32_t find_slot(std::string_view name) const noexcept {
    if (index_.empty()) {
      for (size_t i = 0; i < slots_.size(); ++i)
        if (slots_[i].name == name) return uint32_t(i);
      return kNone;
    }
    return index_[place_of(name)];
  }
  uint32_t make_slot(std::string_view name) {
    uint32_t found = find_slot(name);
    if (found != kNone) return found;
    slots_.push_back({name, kNone});
    if (slots_.size() > kFew) {
      if (slots_.size() * 2 > index_.size()) rehash();
      else index_[place_of(name)] = uint32_t(slots_.size() - 1);
    }
    return uint32_t(slots_.size() - 1);
  }
  size_t place_of(std::string_view name) const noexcept {
    size_t place = std::hash<std::string_view>()(name) & (index_.size() - 1);
    while (index_[place] != kNone && slots_[index_[place]].name != name) place = (place + 1) & (index_.size() - 1);
    return place;
  }
  void rehash() {
    index_.assign(std::bit_ceil(slots_.size() * 4), kNone);
    for (size_t i = 0; i < slots_.size(); ++i) index_[place_of(slots_[i].name)] = uint32_t(i);
  }

  std::vector<Slot> slots_;              // one a name
  std::vector<uint32_t> index_;          // of the slots by name, once they are many: open addressing
  std::vector<Entry> entries_;           // of all open frames, innermost last
  SmallVec<uint32_t, 14> starts_ = {0};  // of each frame's entries
  std::vector<Binding> outermost_;
  alignas(8) std::byte space_[512];
  Arena texts_{space_};
  std::forward_list<std::vector<Binding>> members_;
};

}  // namespace taper::impl::ir
