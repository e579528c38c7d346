#include "core/class_type.h"

#include <algorithm>
#include <numeric>

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
  if (!slots_by_name_.empty() && slots_by_name_.size() == attributes.size()) {
    auto found = std::lower_bound(slots_by_name_.begin(), slots_by_name_.end(), attribute,
                                  [&](uint32_t slot, std::string_view name) { return attributes[slot].name < name; });
    return found != slots_by_name_.end() && attributes[*found].name == attribute ? int(*found) : -1;
  }
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

void ClassType::index_attributes() {
  constexpr size_t kFew = 16;  // are scanned as fast
  if (attributes.size() <= kFew) return;
  slots_by_name_.resize(attributes.size());
  std::iota(slots_by_name_.begin(), slots_by_name_.end(), 0u);
  std::stable_sort(slots_by_name_.begin(), slots_by_name_.end(),
                   [&](uint32_t a, uint32_t b) { return attributes[a].name < attributes[b].name; });
}

void ClassType::clear() {
  slots_by_name_.clear();
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
