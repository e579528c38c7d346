#include "mutations/mutate.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <iterator>
#include <random>

#include "archive/zip.h"
#include "archive/zip_writer.h"
#include "core/error.h"

using namespace taper::impl;

namespace mutations {
namespace {

// Numbers that break what is not checked.
constexpr std::string_view kNumbers[] = {"0",
                                         "1",
                                         "-1",
                                         "7",
                                         "64",
                                         "65",
                                         "255",
                                         "-9",
                                         "1000000",
                                         "2147483647",
                                         "2147483648",
                                         "-2147483648",
                                         "4611686018427387904",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "0.5",
                                         "1e308",
                                         "inf",
                                         "nan",
                                         "True",
                                         "None"};
constexpr std::string_view kKeywords[] = {"def", "return", "if", "else", "elif", "for", "in", "while", "class", "with"};
constexpr unsigned char kBytes[] = {0, 1, 0x7f, 0x80, 0xff, 'K', 'J', 'M', 'R', '(', 't', ']', '}', 'q', 'h', '.'};

class Damage {
 public:
  explicit Damage(uint64_t number) : random_(number * 0x9e3779b97f4a7c15u + 1) {}

  size_t below(size_t count) { return count ? size_t(random_() % count) : 0; }
  template <class List>
  const auto& any(const List& list) {
    return *(std::begin(list) + std::ptrdiff_t(below(std::size(list))));
  }

  template <class Text>
  void flip(Text& text, size_t most) {
    if (text.empty()) return;
    for (size_t i = 0, flips = 1 + below(most); i < flips; ++i)
      text[below(text.size())] = char(below(2) ? any(kBytes) : below(256));
  }

  // Up to eight small changes of a text's tokens.
  std::string shuffle(std::string_view text) {
    std::vector<std::string_view> tokens = split_tokens(text);
    std::vector<size_t> words;  // without blanks
    for (size_t i = 0; i < tokens.size(); ++i)
      if (!std::isspace(static_cast<unsigned char>(tokens[i][0]))) words.push_back(i);
    if (words.empty()) return std::string(text);
    for (size_t i = 0, changes = 1 + below(below(4) ? 1 : 8); i < changes; ++i) change(tokens, words);
    std::string out;
    for (std::string_view token : tokens) out += token;
    return out;
  }

 private:
  enum class Kind { kName, kNumber, kKeyword, kSign };
  static Kind kind_of(std::string_view token) {
    for (std::string_view keyword : kKeywords)
      if (token == keyword) return Kind::kKeyword;
    auto first = static_cast<unsigned char>(token[0]);
    return first == '_' || std::isalpha(first) ? Kind::kName : std::isdigit(first) ? Kind::kNumber : Kind::kSign;
  }

  // Another token of the same kind, most of the time, and often from nearby: what still compiles gets further.
  size_t other_like(const std::vector<std::string_view>& tokens, const std::vector<size_t>& words, size_t at) {
    auto place = size_t(std::lower_bound(words.begin(), words.end(), at) - words.begin());
    size_t begin = place < 40 || below(4) == 0 ? 0 : place - 40,
           end = std::min(words.size(), begin ? place + 40 : SIZE_MAX);
    auto pick = [&] { return words[begin + below(end - begin)]; };
    size_t other = pick();
    for (int tries = 0; tries < 60; ++tries, other = pick())
      if (!tokens[other].empty() && kind_of(tokens[other]) == kind_of(tokens[at]) && tokens[other] != tokens[at]) break;
    return other;
  }

  struct Line {
    size_t begin, end;
    size_t blanks;
  };
  static Line line_of(const std::vector<std::string_view>& tokens, size_t at) {
    Line line{at, at, 0};
    while (line.begin > 0 && tokens[line.begin - 1] != "\n") --line.begin;
    while (line.end < tokens.size() && tokens[line.end] != "\n") ++line.end;
    if (!tokens[line.begin].empty() && tokens[line.begin][0] == ' ') line.blanks = tokens[line.begin].size();
    return line;
  }

  void change(std::vector<std::string_view>& tokens, const std::vector<size_t>& words) {
    size_t at = any(words);
    for (int tries = 0; tries < 30 && (tokens[at].empty() || (below(8) && kind_of(tokens[at]) >= Kind::kKeyword));
         ++tries)
      at = any(words);
    if (tokens[at].empty()) return;
    switch (below(12)) {
      case 0: std::swap(tokens[at], tokens[any(words)]); break;
      case 1: tokens[at] = {}; break;
      case 2:  // a stretch in another order
        for (size_t i = at, end = std::min(tokens.size(), at + 2 + below(6)); i < end; ++i)
          std::swap(tokens[i], tokens[at + below(end - at)]);
        break;
      case 3:
      case 4: std::swap(tokens[at], tokens[other_like(tokens, words, at)]); break;
      case 5:
      case 6:
      case 7: tokens[at] = tokens[other_like(tokens, words, at)]; break;
      case 8:
      case 9: {  // a number for a number
        for (int tries = 0; tries < 100 && (tokens[at].empty() || kind_of(tokens[at]) != Kind::kNumber); ++tries)
          at = any(words);
        tokens[at] = any(kNumbers);
        break;
      }
      default: {  // a line for another one of the same depth, or for nothing
        Line line = line_of(tokens, at), other = line_of(tokens, any(words));
        for (int tries = 0; tries < 30 && other.blanks != line.blanks; ++tries) other = line_of(tokens, any(words));
        std::string text;
        if (below(3))
          for (size_t i = other.begin; i < other.end; ++i) text += tokens[i];
        for (size_t i = line.begin; i < line.end; ++i) tokens[i] = {};
        lines_.push_back(std::move(text));
        tokens[line.begin] = lines_.back();
      }
    }
  }

  std::deque<std::string> lines_;  // what tokens point into besides the text
  std::mt19937_64 random_;
};

bool is_text(const Entry& entry) { return entry.name.ends_with(".py") || entry.name.ends_with(".json"); }
bool is_main_pickle(const Entry& entry) { return entry.name == "data.pkl" || entry.name == "attributes.pkl"; }
bool is_pickle(const Entry& entry) { return entry.name.ends_with(".pkl"); }

std::vector<char> pack(const Archive& archive, const std::vector<Entry>& entries) {
  ZipWriter writer(archive.top);
  for (const Entry& entry : entries) writer.add(entry.name, entry.content);
  return writer.finish();
}

template <class Wanted>
Entry* any_entry(Damage& damage, std::vector<Entry>& entries, Wanted&& wanted) {
  std::vector<Entry*> found;
  for (Entry& entry : entries)
    if (!entry.content.empty() && wanted(entry)) found.push_back(&entry);
  return found.empty() ? nullptr : damage.any(found);
}

}  // namespace

std::vector<std::string_view> split_tokens(std::string_view text) {
  std::vector<std::string_view> tokens;
  auto is_word = [](char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)); };
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    char first = text[at];
    if (is_word(first)) {
      bool number = std::isdigit(static_cast<unsigned char>(first));
      while (end < text.size() && (is_word(text[end]) || (number && text[end] == '.'))) ++end;
    } else if (first == ' ') {
      while (end < text.size() && text[end] == ' ') ++end;
    } else if (first == '"' || first == '\'') {
      while (end < text.size() && text[end] != first && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
      end = std::min(text.size(), end + 1);
    }
    tokens.push_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

Archive read_archive(const std::string& path) {
  Archive archive;
  Ref<Reader> file = open_file(path);
  archive.bytes.resize(size_t(file->size()));
  file->read(0, archive.bytes.data(), archive.bytes.size());
  Zip zip(own_memory(archive.bytes), ZipLimits());
  for (const ZipEntry& entry : zip.entries()) {
    size_t slash = entry.name.find('/');
    if (slash == entry.name.npos) fail(ErrorCode::kInvalidFile, cat(path, ": an entry outside the top folder"));
    archive.top = std::string(entry.name.substr(0, slash));
    archive.entries.push_back({std::string(entry.name.substr(slash + 1)), zip.read_text(entry)});
  }
  return archive;
}

std::vector<char> mutate(const Archive& archive, uint64_t number, std::string* what) {
  Damage damage(number);
  std::string said;
  auto say = [&](auto&&... parts) { said = cat(parts...); };
  std::vector<char> bytes;
  std::vector<Entry> entries = archive.entries;
  Entry* entry = any_entry(damage, entries, [](const Entry&) { return true; });
  size_t kind = damage.below(20);
  if (kind < 2 || !entry) {
    bytes = archive.bytes;
    damage.flip(bytes, 8);
    say("bytes flipped");
  } else if (kind == 2) {
    bytes = archive.bytes;
    bytes.resize(damage.below(bytes.size()));
    say("cut after ", bytes.size(), " bytes");
  } else {
    switch (kind) {
      case 3:
        say("dropped ", entry->name);
        entries.erase(entries.begin() + (entry - entries.data()));
        break;
      case 4:
        entry->content.resize(damage.below(entry->content.size()));
        say("cut ", entry->name);
        break;
      case 5: {
        Entry* other = any_entry(damage, entries, [](const Entry&) { return true; });
        std::swap(entry->content, other->content);
        say("swapped ", entry->name, " and ", other->name);
        break;
      }
      case 6:
      case 7:
      case 8:
      case 9:
      case 10:
        if (Entry* pickle = any_entry(damage, entries, is_pickle)) entry = pickle;
        if (damage.below(4))
          if (Entry* main = any_entry(damage, entries, is_main_pickle)) entry = main;
        damage.flip(entry->content, 3);
        say("bytes flipped in ", entry->name);
        break;
      case 11:
        damage.flip(entry->content, 8);
        say("bytes flipped in ", entry->name);
        break;
      default:
        if (Entry* text = any_entry(damage, entries, is_text)) entry = text;
        entry->content = damage.shuffle(entry->content);
        say("tokens shuffled in ", entry->name);
    }
    bytes = pack(archive, entries);
  }
  if (what) *what = std::move(said);
  return bytes;
}

}  // namespace mutations
