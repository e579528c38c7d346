// What a host adds to taper: operators and opaque classes, collected before modules are loaded with them.
#pragma once

#include "runtime/capi.h"

struct taper_registry {
  mutable std::mutex lock;
  std::vector<std::shared_ptr<const taper::impl::HostTable::Operator>> operators;
  std::unordered_map<std::string, taper::impl::HostTable::Class> classes;

  taper::impl::Ref<const taper::impl::HostTable> snapshot() const;
};

namespace taper::impl {

// A host's object as a value.
struct HostObject final : RefCounted {
  HostObject(std::string name, void* made, const HostTable::Class& made_by)
      : class_name(std::move(name)), object(made), release_object(made_by.release), user(made_by.user) {}
  ~HostObject() override;
  const std::string class_name;
  void* const object;
  void (*const release_object)(void* user, void* object);
  void* const user;
};

// The object in a capsule, or null when the value is something else.
const HostObject* host_object(const Value& value) noexcept;

}  // namespace taper::impl
