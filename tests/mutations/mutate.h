// Damages archives, reproducibly: the same bytes and the same number give the same damage on every machine.
//
//   std::vector<char> bytes = mutate(archive, 17);
//
// Raw bytes are flipped or cut in some; in most an entry is dropped, cut, swapped, its bytes flipped or its code's tokens
// shuffled, and the archive is packed again with the right checksums, so that the damage reaches what lies behind the zip.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mutations {

struct Entry {
  std::string name;  // below the top folder
  std::string content;
};

struct Archive {
  std::vector<char> bytes;
  std::string top;
  std::vector<Entry> entries;
};

Archive read_archive(const std::string& path);

// What `number` does to the archive; `what`, when given, says it in a few words.
std::vector<char> mutate(const Archive& archive, uint64_t number, std::string* what = nullptr);

// Names, numbers, strings, blanks and signs; joined they are the text.
std::vector<std::string_view> split_tokens(std::string_view text);

}  // namespace mutations
