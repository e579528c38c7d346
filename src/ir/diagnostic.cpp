#include "ir/diagnostic.h"

namespace taper::impl::ir {

std::string locate(const SourceRange& range, std::string_view message) {
  if (!range.source) return std::string(message);
  LineColumn place = line_column(range);
  std::string out = cat(range.source->name, ":", place.line, ":", place.column, ": ", message, "\n", highlight(range));
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

void fail_at(ErrorCode code, const SourceRange& range, std::string_view message) { fail(code, locate(range, message)); }

std::string quotable(std::string_view text, size_t limit) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (char c : text) {
    if (out.size() >= limit) return out + "...";
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace taper::impl::ir
