// Opening a model's file, for the sub-commands.
#pragma once

#include <string>

#include "archive/model_file.h"

namespace taper::impl {

// What cannot be read is Error(kInvalidFile) or Error(kIo), also when taper only lacks the file's version or kind.
ModelFile open_model(const std::string& path);

}  // namespace taper::impl
