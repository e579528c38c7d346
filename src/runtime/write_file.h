// Files that appear whole or not at all.
#pragma once

#include <span>
#include <string>

#include "archive/byte_sink.h"
#include "core/context.h"

namespace taper::impl {

// Writes beside `path` and renames: tensors that are mapped from the old file stay valid. Error(kIo) with the system's
// reason.
void stream_file(const std::string& path, FunctionRef<void(ByteSink&)> body);
void write_file(const std::string& path, std::span<const char> bytes);

}  // namespace taper::impl
