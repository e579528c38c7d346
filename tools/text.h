// Small texts for people: sizes, times, lines that fit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taper::impl {

std::string bytes_text(uint64_t bytes);    // "4.2 MB"
std::string seconds_text(double seconds);  // "1.234 ms"
// The last line that is not empty: of an error's text, the message itself.
std::string last_line(std::string_view text);
std::string first_line(std::string_view text);
// What an error's text says in one line: without the script stack and what explains it. The first line after the last
// "RuntimeError: ", or else the last line.
std::string brief_message(std::string_view text);
// At most `width` bytes, with "..." where something is missing; line breaks become spaces.
std::string shortened(std::string_view text, size_t width);
std::vector<std::string> split(std::string_view text, char at);
// Shell patterns: * and ?.
bool matches_glob(std::string_view pattern, std::string_view text);
// The length of the well-formed UTF-8 sequence that the text begins with; 0 when there is none.
size_t utf8_size(std::string_view text) noexcept;

}  // namespace taper::impl
