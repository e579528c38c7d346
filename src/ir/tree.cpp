#include "ir/tree.h"

namespace taper::impl::ir {

void* Tree::allocate(size_t bytes) {
  bytes = (bytes + 15) / 16 * 16;
  if (size_t(end_ - at_) < bytes) {
    size_t size = std::max<size_t>(bytes, blocks_.empty() ? 4096 : 65536);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size + 16));
    at_ = blocks_.back().get();
    at_ += (16 - reinterpret_cast<uintptr_t>(at_) % 16) % 16;
    end_ = at_ + size;
  }
  void* memory = at_;
  at_ += bytes;
  return memory;
}

const ClassDef* Tree::find_class(std::string_view name) const noexcept {
  for (const ClassDef* each : classes)
    if (each->name == name) return each;
  return nullptr;
}

const Def* Tree::find_function(std::string_view name) const noexcept {
  for (const Def* each : functions)
    if (each->name == name) return each;
  return nullptr;
}

}  // namespace taper::impl::ir
