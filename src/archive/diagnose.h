// Says what a file is that is not what it should be: one line with what it is, where that shows and what to do.
#pragma once

#include <string>

#include "archive/reader.h"
#include "archive/zip.h"

namespace taper::impl {

enum class Wanted : uint8_t { kModel, kValues };

// The bytes are no zip archive. Always throws Error(kInvalidFile).
[[noreturn]] void fail_not_zip(const Reader& reader, Wanted wanted);
// A sound zip archive that does not hold what is wanted.
[[noreturn]] void fail_other_zip(Zip& zip, Wanted wanted);

}  // namespace taper::impl
