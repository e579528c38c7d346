// A small JSON reader for model.json: the whole text as a tree, with bounded depth.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taper::impl {

struct Json {
  enum class Kind : unsigned char { kNull, kBool, kNumber, kString, kArray, kObject } kind = Kind::kNull;
  bool boolean = false;
  std::string text;                // a string's content, or a number as written
  std::vector<Json> items;         // of an array, or the values of an object
  std::vector<std::string> names;  // of an object, one for each item

  bool is(Kind wanted) const noexcept { return kind == wanted; }
  const Json* find(std::string_view name) const noexcept;  // null when absent or no object
  // A number, or a string of digits: protobuf writes 64-bit integers as strings.
  std::optional<int64_t> integer() const noexcept;
};

// Error(kInvalidFile) with the place; `where` names the file.
Json parse_json(std::string_view text, const std::string& where);

}  // namespace taper::impl
