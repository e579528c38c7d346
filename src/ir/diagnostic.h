// Errors that point into source text: "file:line:column: message", then the line with carets below it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/source.h"

namespace taper::impl::ir {

std::string locate(const SourceRange& range, std::string_view message);

[[noreturn]] void fail_at(ErrorCode code, const SourceRange& range, std::string_view message);

// Up to `limit` bytes of a text as one printable line, for quoting hostile input in a message.
std::string quotable(std::string_view text, size_t limit = 40);

}  // namespace taper::impl::ir
