#include "core/class_type.h"

namespace taper::impl {
namespace {

// Classes have few members: a scan beats a map that every class would carry.
template <class Row>
const Row* by_name(const std::vector<Row>& rows, std::string_view name) noexcept {
  for (const Row& row : rows)
    if (row.name == name) return &row;
  return nullptr;
}

template <class Second>
const Second* by_name(const std::vector<std::pair<std::string, Second>>& rows, std::string_view name) noexcept {
  for (const auto& [key, value] : rows)
    if (key == name) return &value;
  return nullptr;
}

}  // namespace

int ClassType::slot(std::string_view attribute) const noexcept {
  const Attribute* found = by_name(attributes, attribute);
  return found ? int(found - attributes.data()) : -1;
}

Function* ClassType::method(std::string_view method_name) const noexcept {
  const Ref<Function>* found = by_name(methods, method_name);
  return found ? found->get() : nullptr;
}

const ClassConstant* ClassType::constant(std::string_view constant_name) const noexcept {
  return by_name(constants, constant_name);
}

void ClassType::clear() {
  attributes.clear();
  constants.clear();
  methods.clear();
  static_methods.clear();
  forward_hooks.clear();
  forward_pre_hooks.clear();
}

const Schema* InterfaceType::method(std::string_view method_name) const noexcept {
  return by_name(methods, method_name);
}

}  // namespace taper::impl
