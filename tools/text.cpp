#include "tools/text.h"

#include <cstdio>

namespace taper::impl {

std::string bytes_text(uint64_t bytes) {
  char text[40];
  if (bytes < 1000) std::snprintf(text, sizeof text, "%llu B", static_cast<unsigned long long>(bytes));
  else if (bytes < 1000 * 1000) std::snprintf(text, sizeof text, "%.1f KB", double(bytes) / 1e3);
  else if (bytes < 1000 * 1000 * 1000) std::snprintf(text, sizeof text, "%.1f MB", double(bytes) / 1e6);
  else std::snprintf(text, sizeof text, "%.2f GB", double(bytes) / 1e9);
  return text;
}

std::string seconds_text(double seconds) {
  char text[40];
  if (seconds < 1e-3) std::snprintf(text, sizeof text, "%.2f us", seconds * 1e6);
  else if (seconds < 1) std::snprintf(text, sizeof text, "%.3f ms", seconds * 1e3);
  else std::snprintf(text, sizeof text, "%.3f s", seconds);
  return text;
}

std::string last_line(std::string_view text) {
  size_t end = text.find_last_not_of("\n ");
  if (end == text.npos) return {};
  size_t start = text.rfind('\n', end);
  return std::string(text.substr(start == text.npos ? 0 : start + 1, end - (start == text.npos ? 0 : start + 1) + 1));
}

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

std::string brief_message(std::string_view text) {
  constexpr std::string_view kMark = "RuntimeError: ";
  size_t at = text.rfind(kMark);
  return at == text.npos ? last_line(text) : first_line(text.substr(at + kMark.size()));
}

std::string shortened(std::string_view text, size_t width) {
  std::string out;
  for (char c : text) {
    if (out.size() + 3 >= width && text.size() > width) return out + "...";
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (;;) {
    size_t end = text.find(at);
    if (end > 0 && !text.empty()) parts.emplace_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool matches_glob(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = pattern.npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] == text[t] && pattern[p] != '*'))) {
      ++p;
      ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

size_t utf8_size(std::string_view text) noexcept {
  auto byte = [&](size_t i) { return uint8_t(text[i]); };
  if (text.empty()) return 0;
  if (byte(0) < 0x80) return 1;
  size_t size = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < size) return 0;
  uint32_t code = byte(0) & (0xffu >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  return code < kLeast[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : size;
}

}  // namespace taper::impl
