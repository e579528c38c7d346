// Files that appear whole or not at all.
#pragma once

#include <span>
#include <string>

namespace taper::impl {

// Writes beside `path` and renames: tensors that are mapped from the old file stay valid. Error(kIo) with the system's
// reason.
void write_file(const std::string& path, std::span<const char> bytes);

}  // namespace taper::impl
