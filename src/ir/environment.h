// What names mean while a function is emitted. Python has one scope a function; frames are opened for the branches of an
// if and the body of a loop, so that afterwards it is known which variables they changed and how to join them.
#pragma once

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
  kNew,           // T.__new__
  kSuperInit,     // nothing: object.__init__ of old archives
};

// What an expression stands for: a value, or something that is not a value by itself.
struct Binding {
  enum class Kind : uint8_t {
    kUnbound,
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
    kCast,       // int, float...: text is the operator, type the result; text2 the magic method
    kClosure,    // a nested def
    kRangeOf,    // range(...) as what a for loop runs over; values: begin, end, step
    kItems,      // a sequence known by its members (zip, enumerate, tuple in a for loop)
  };
  Kind kind = Kind::kUnbound;
  Special special = Special::kAnnotate;
  Value* value = nullptr;
  TypePtr type;
  Function* function = nullptr;
  const void* definition = nullptr;  // kClosure: its syntax tree
  std::string text;
  std::string_view magic;  // kCast, kOperator: the method that a script class may define instead ("__len__")
  std::vector<Binding> members;

  static Binding of(Value* value) {
    Binding binding;
    binding.kind = Kind::kValue;
    binding.value = value;
    return binding;
  }
  bool is(Kind wanted) const noexcept { return kind == wanted; }
};

class Environment {
 public:
  // Names refer to the syntax tree's text and live as long.
  using Frame = std::unordered_map<std::string_view, Binding>;

  Environment() : frames_(1) {}
  void push() { frames_.emplace_back(); }
  Frame pop() {
    Frame top = std::move(frames_.back());
    frames_.pop_back();
    return top;
  }
  size_t depth() const noexcept { return frames_.size(); }
  Frame& top() noexcept { return frames_.back(); }

  const Binding* find(std::string_view name) const noexcept {
    for (size_t i = frames_.size(); i-- > 0;)
      if (auto found = frames_[i].find(name); found != frames_[i].end()) return &found->second;
    return nullptr;
  }
  // In an enclosing frame, not the top one.
  const Binding* find_outside(std::string_view name) const noexcept {
    for (size_t i = frames_.size() - 1; i-- > 0;)
      if (auto found = frames_[i].find(name); found != frames_[i].end()) return &found->second;
    return nullptr;
  }
  void set(std::string_view name, Binding binding) { frames_.back().insert_or_assign(name, std::move(binding)); }
  void set(std::string_view name, Value* value) { set(name, Binding::of(value)); }
  const Binding* set_outermost(std::string_view name, Binding binding) {
    return &(frames_.front()[name] = std::move(binding));
  }
  void push(Frame frame) { frames_.push_back(std::move(frame)); }

 private:
  std::vector<Frame> frames_;
};

}  // namespace taper::impl::ir
