#include "archive/json.h"

#include <charconv>

#include "core/error.h"

namespace taper::impl {
namespace {

constexpr int kMaxDepth = 400;

class Parser {
 public:
  Parser(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  Json whole() {
    Json root = value(0);
    skip();
    if (at_ != text_.size()) fail_here("text after the end");
    return root;
  }

 private:
  [[noreturn]] void fail_here(std::string_view what) const {
    fail(ErrorCode::kInvalidFile, cat(where_, ": damaged JSON: ", what, " (byte ", at_, ")"));
  }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void need(char c) {
    if (!take(c)) fail_here(cat("'", c, "' expected"));
  }
  bool take_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  Json value(int depth) {
    if (depth > kMaxDepth) fail_here("nested too deeply");
    skip();
    Json json;
    if (at_ >= text_.size()) fail_here("it breaks off");
    switch (text_[at_]) {
      case '{':
        ++at_;
        json.kind = Json::Kind::kObject;
        if (take('}')) return json;
        do {
          skip();
          json.names.push_back(string());
          need(':');
          json.items.push_back(value(depth + 1));
        } while (take(','));
        need('}');
        return json;
      case '[':
        ++at_;
        json.kind = Json::Kind::kArray;
        if (take(']')) return json;
        do json.items.push_back(value(depth + 1));
        while (take(','));
        need(']');
        return json;
      case '"':
        json.kind = Json::Kind::kString;
        json.text = string();
        return json;
      default: break;
    }
    if (take_word("null")) return json;
    if (take_word("true") || take_word("false")) {
      json.kind = Json::Kind::kBool;
      json.boolean = text_[at_ - 2] == 'u';
      return json;
    }
    size_t start = at_;
    while (at_ < text_.size() && std::string_view("+-.eE0123456789").find(text_[at_]) != std::string_view::npos) ++at_;
    if (at_ == start) fail_here("a value expected");
    json.kind = Json::Kind::kNumber;
    json.text = text_.substr(start, at_ - start);
    return json;
  }

  uint32_t code_unit() {
    uint32_t unit = 0;
    if (text_.size() - at_ < 4) fail_here("a string breaks off");
    auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, unit, 16);
    if (error != std::errc() || end != text_.data() + at_ + 4) fail_here("a damaged escape");
    at_ += 4;
    return unit;
  }

  void escape(std::string& out) {
    if (at_ >= text_.size()) fail_here("a string breaks off");
    char c = text_[at_++];
    switch (c) {
      case 'b': out += '\b'; return;
      case 'f': out += '\f'; return;
      case 'n': out += '\n'; return;
      case 'r': out += '\r'; return;
      case 't': out += '\t'; return;
      case 'u': break;
      case '"':
      case '\\':
      case '/': out += c; return;
      default: fail_here("a damaged escape");
    }
    uint32_t code = code_unit();
    if (code >= 0xd800 && code < 0xdc00) {
      if (!take_word("\\u")) fail_here("half a surrogate pair");
      uint32_t low = code_unit();
      if (low < 0xdc00 || low > 0xdfff) fail_here("half a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
      fail_here("half a surrogate pair");
    }
    if (code < 0x80) {
      out += char(code);
    } else if (code < 0x800) {
      out += char(0xc0 | (code >> 6));
      out += char(0x80 | (code & 0x3f));
    } else {
      if (code < 0x10000) {
        out += char(0xe0 | (code >> 12));
      } else {
        out += char(0xf0 | (code >> 18));
        out += char(0x80 | ((code >> 12) & 0x3f));
      }
      out += char(0x80 | ((code >> 6) & 0x3f));
      out += char(0x80 | (code & 0x3f));
    }
  }

  std::string string() {
    if (at_ >= text_.size() || text_[at_] != '"') fail_here("a string expected");
    ++at_;
    std::string out;
    for (;;) {
      if (at_ >= text_.size()) fail_here("a string breaks off");
      char c = text_[at_++];
      if (c == '"') return out;
      if (c == '\\') escape(out);
      else out += c;
    }
  }

  std::string_view text_;
  const std::string& where_;
  size_t at_ = 0;
};

}  // namespace

const Json* Json::find(std::string_view name) const noexcept {
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return &items[i];
  return nullptr;
}

std::optional<int64_t> Json::integer() const noexcept {
  if (kind != Kind::kNumber && kind != Kind::kString) return std::nullopt;
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

Json parse_json(std::string_view text, const std::string& where) { return Parser(text, where).whole(); }

}  // namespace taper::impl
