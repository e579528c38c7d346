// Nominal types of a compilation unit: script and module classes, interfaces, enums; and the functions they hold.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/schema.h"
#include "core/type.h"
#include "core/value.h"

namespace taper::impl {

// A script function or method. The ir folder compiles it (GraphFunction), the runtime lowers and runs it.
class Function : public RefCounted {
 public:
  Function(std::string qualified, Schema function_schema)
      : name(std::move(qualified)), schema(std::move(function_schema)) {}
  const std::string name;  // "__torch__.m.Net.forward"
  const Schema schema;     // methods have self as the first argument
  Ref<RefCounted> code;    // the runtime's bytecode once lowered; guarded by the runtime

  // How many nodes were made that call it: whether its graph will be needed again.
  void note_call() noexcept { calls_.fetch_add(1, std::memory_order_relaxed); }
  uint32_t calls() const noexcept { return calls_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint32_t> calls_{0};
};

struct Attribute {
  std::string name;
  TypePtr type;
  bool is_parameter = false;
  bool is_buffer = false;
};

struct ClassConstant {
  std::string name;
  TypePtr type;
  Value value;
};

// Attributes live in slots of an Object, in this order. Filled by the compilation unit, immutable afterwards.
// A class may refer to itself through its attributes: clear() breaks the cycle when the unit goes.
class ClassType final : public Type {
 public:
  ClassType(std::string qualified, bool module)
      : Type(TypeKind::kClass), name(std::move(qualified)), is_module(module) {}

  const std::string name;  // "__torch__.m.Net"
  const bool is_module;
  std::vector<Attribute> attributes;
  std::vector<ClassConstant> constants;  // Final attributes: their values live in code
  std::vector<std::pair<std::string, Ref<Function>>> methods;
  std::vector<std::pair<std::string, Ref<Function>>> static_methods;
  std::vector<Ref<Function>> forward_hooks;
  std::vector<Ref<Function>> forward_pre_hooks;
  bool opaque = false;  // a host's class (torch.classes.*): no attributes known

  int slot(std::string_view attribute) const noexcept;  // -1: none
  Function* method(std::string_view method_name) const noexcept;
  const ClassConstant* constant(std::string_view constant_name) const noexcept;
  // Its objects are saved as what __getstate__ returns and restored by __setstate__: with both methods only.
  bool has_state_methods() const noexcept { return method("__getstate__") && method("__setstate__"); }
  // Makes slot() fast for a class of many attributes, once they are all there.
  void index_attributes();
  void clear();

 private:
  std::vector<uint32_t> slots_by_name_;
};

class InterfaceType final : public Type {
 public:
  InterfaceType(std::string qualified, bool module)
      : Type(TypeKind::kInterface), name(std::move(qualified)), is_module(module) {}
  const std::string name;
  const bool is_module;
  std::vector<std::pair<std::string, Schema>> methods;
  const Schema* method(std::string_view method_name) const noexcept;
};

class EnumType final : public Type {
 public:
  EnumType(std::string qualified, TypePtr value_type)
      : Type(TypeKind::kEnum, {std::move(value_type)}), name(std::move(qualified)) {}
  const std::string name;
  std::vector<std::pair<std::string, Value>> entries;
  const TypePtr& value_type() const { return element(0); }
};

inline const ClassType& as_class(const Type& type) { return static_cast<const ClassType&>(type); }
inline const InterfaceType& as_interface(const Type& type) { return static_cast<const InterfaceType&>(type); }
inline const EnumType& as_enum(const Type& type) { return static_cast<const EnumType&>(type); }
inline const TupleType& as_tuple(const Type& type) { return static_cast<const TupleType&>(type); }

}  // namespace taper::impl
