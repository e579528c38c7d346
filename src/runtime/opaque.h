// Classes of the host's own (torch.classes.*): the archive holds their pickled state, the host makes the objects.
#pragma once

#include <string_view>

#include "core/value.h"

namespace taper::impl {

class OpaqueClasses {
 public:
  virtual ~OpaqueClasses() = default;
  // "__torch__.torch.classes.ns.Name"
  virtual bool knows(std::string_view class_name) const = 0;
  // A capsule, made from what the archive saved of the object.
  virtual Value restore(std::string_view class_name, const Value& state) const = 0;
};

}  // namespace taper::impl
