#include "ir/lexer.h"

#include <array>

#include "ir/diagnostic.h"

namespace taper::impl::ir {
namespace {

enum CharClass : uint8_t { kNameStart = 1, kNamePart = 2, kDigit = 4, kHexDigit = 8 };

constexpr std::array<uint8_t, 256> make_char_classes() {
  std::array<uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;  // UTF-8 names pass through
    bool digit = c >= '0' && c <= '9';
    if (letter) classes[size_t(c)] |= kNameStart | kNamePart;
    if (digit) classes[size_t(c)] |= kDigit | kHexDigit | kNamePart;
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) classes[size_t(c)] |= kHexDigit;
  }
  return classes;
}

constexpr std::array<uint8_t, 256> kCharClasses = make_char_classes();

inline bool has_class(char c, uint8_t mask) { return (kCharClasses[static_cast<unsigned char>(c)] & mask) != 0; }

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// A word of up to eight bytes as one number, so that keywords are told by integer comparisons.
constexpr uint64_t pack(std::string_view word) {
  uint64_t packed = 0;
  for (char c : word) packed = packed << 8 | static_cast<unsigned char>(c);
  return packed;
}

TokenKind keyword_or_name(const char* text, size_t length) {
  if (length < 2 || length > 8) return TokenKind::kName;
  switch (pack({text, length})) {
    case pack("and"): return TokenKind::kAnd;
    case pack("as"): return TokenKind::kAs;
    case pack("assert"): return TokenKind::kAssert;
    case pack("break"): return TokenKind::kBreak;
    case pack("class"): return TokenKind::kClass;
    case pack("continue"): return TokenKind::kContinue;
    case pack("def"): return TokenKind::kDef;
    case pack("del"): return TokenKind::kDel;
    case pack("elif"): return TokenKind::kElif;
    case pack("else"): return TokenKind::kElse;
    case pack("False"): return TokenKind::kFalse;
    case pack("for"): return TokenKind::kFor;
    case pack("from"): return TokenKind::kFrom;
    case pack("if"): return TokenKind::kIf;
    case pack("import"): return TokenKind::kImport;
    case pack("in"): return TokenKind::kIn;
    case pack("is"): return TokenKind::kIs;
    case pack("None"): return TokenKind::kNone;
    case pack("not"): return TokenKind::kNot;
    case pack("or"): return TokenKind::kOr;
    case pack("pass"): return TokenKind::kPass;
    case pack("raise"): return TokenKind::kRaise;
    case pack("return"): return TokenKind::kReturn;
    case pack("True"): return TokenKind::kTrue;
    case pack("while"): return TokenKind::kWhile;
    case pack("with"): return TokenKind::kWith;
    case pack("async"):
    case pack("await"):
    case pack("except"):
    case pack("finally"):
    case pack("global"):
    case pack("lambda"):
    case pack("nonlocal"):
    case pack("try"):
    case pack("yield"): return TokenKind::kReserved;
    default: return TokenKind::kName;
  }
}

}  // namespace

std::string_view spelling(TokenKind kind) {
  using enum TokenKind;
  switch (kind) {
    case kEnd: return "end of file";
    case kNewline: return "end of line";
    case kIndent: return "an indented block";
    case kDedent: return "end of block";
    case kName: return "a name";
    case kInt:
    case kFloat:
    case kImaginary: return "a number";
    case kString: return "a string";
    case kOpenParen: return "'('";
    case kCloseParen: return "')'";
    case kOpenBracket: return "'['";
    case kCloseBracket: return "']'";
    case kOpenBrace: return "'{'";
    case kCloseBrace: return "'}'";
    case kComma: return "','";
    case kColon: return "':'";
    case kSemicolon: return "';'";
    case kDot: return "'.'";
    case kEllipsis: return "'...'";
    case kArrow: return "'->'";
    case kAt: return "'@'";
    case kAssign: return "'='";
    case kPlus: return "'+'";
    case kMinus: return "'-'";
    case kStar: return "'*'";
    case kSlash: return "'/'";
    case kDoubleSlash: return "'//'";
    case kPercent: return "'%'";
    case kDoubleStar: return "'**'";
    case kAmpersand: return "'&'";
    case kPipe: return "'|'";
    case kCaret: return "'^'";
    case kTilde: return "'~'";
    case kShiftLeft: return "'<<'";
    case kShiftRight: return "'>>'";
    case kLess: return "'<'";
    case kGreater: return "'>'";
    case kLessEqual: return "'<='";
    case kGreaterEqual: return "'>='";
    case kEqual: return "'=='";
    case kNotEqual: return "'!='";
    case kColonEqual: return "':='";
    case kPlusAssign: return "'+='";
    case kMinusAssign: return "'-='";
    case kStarAssign: return "'*='";
    case kSlashAssign: return "'/='";
    case kDoubleSlashAssign: return "'//='";
    case kPercentAssign: return "'%='";
    case kDoubleStarAssign: return "'**='";
    case kAtAssign: return "'@='";
    case kAmpersandAssign: return "'&='";
    case kPipeAssign: return "'|='";
    case kCaretAssign: return "'^='";
    case kShiftLeftAssign: return "'<<='";
    case kShiftRightAssign: return "'>>='";
    case kAnd: return "'and'";
    case kAs: return "'as'";
    case kAssert: return "'assert'";
    case kBreak: return "'break'";
    case kClass: return "'class'";
    case kContinue: return "'continue'";
    case kDef: return "'def'";
    case kDel: return "'del'";
    case kElif: return "'elif'";
    case kElse: return "'else'";
    case kFalse: return "'False'";
    case kFor: return "'for'";
    case kFrom: return "'from'";
    case kIf: return "'if'";
    case kImport: return "'import'";
    case kIn: return "'in'";
    case kIs: return "'is'";
    case kNone: return "'None'";
    case kNot: return "'not'";
    case kOr: return "'or'";
    case kPass: return "'pass'";
    case kRaise: return "'raise'";
    case kReturn: return "'return'";
    case kTrue: return "'True'";
    case kWhile: return "'while'";
    case kWith: return "'with'";
    case kReserved: return "a reserved word";
  }
  return "a token";
}

Lexer::Lexer(const Ref<const Source>& source, uint32_t max_indents)
    : source_(source), text_(source->text.c_str()), size_(0), max_indents_(max_indents) {
  if (source->text.size() > UINT32_MAX - 1)
    fail(ErrorCode::kBudget, cat(source->name, ": source of ", source->text.size(), " bytes; at most 4 GiB are read"));
  size_ = uint32_t(source->text.size());
  if (source->text.starts_with(kByteOrderMark)) at_ = 3;
}

void Lexer::fail_token(uint32_t start, uint32_t end, std::string_view message) const {
  fail_at(ErrorCode::kInvalidFile, range(start, end), message);
}

// Skips blank and comment lines and compares the next line's column with the open blocks.
bool Lexer::start_line(Token& token) {
  uint32_t column = 0, line = at_;
  for (;; ++at_) {
    char c = text_[at_];
    if (c == ' ') {
      ++column;
    } else if (c == '\t') {
      column = (column / 8 + 1) * 8;
    } else if (c == '\f') {
      column = 0;
    } else if (c == '\n' || (c == '\r' && text_[at_ + 1] == '\n')) {
      if (c == '\r') ++at_;
      column = 0;
      line = at_ + 1;
    } else if (c == '#') {
      while (text_[at_] != '\n' && at_ < size_) ++at_;
      if (at_ == size_) break;
      column = 0;
      line = at_ + 1;
    } else {
      break;
    }
  }
  line_start_ = false;
  if (at_ == size_) return false;  // finish() closes the blocks
  uint32_t current = indents_.empty() ? 0 : indents_.back();
  if (column > current) {
    if (indents_.size() >= max_indents_)
      fail_at(ErrorCode::kBudget, range(line, at_), cat("blocks are nested more than ", max_indents_, " deep"));
    indents_.push_back(column);
    token = {TokenKind::kIndent, at_, at_};
    return true;
  }
  while (column < current) {
    indents_.pop_back();
    ++pending_dedents_;
    current = indents_.empty() ? 0 : indents_.back();
  }
  if (column != current) fail_token(line, at_, "indentation matches no enclosing block");
  return false;
}

// The tokens at the end of the text: the last line's end, the open blocks' ends, and then kEnd for ever.
Token Lexer::finish() {
  if (line_has_tokens_) {
    line_has_tokens_ = false;
    return {TokenKind::kNewline, size_, size_};
  }
  if (!indents_.empty()) {
    indents_.pop_back();
    return {TokenKind::kDedent, size_, size_};
  }
  return {TokenKind::kEnd, size_, size_};
}

Token Lexer::next() {
  if (line_start_) {
    Token token;
    if (start_line(token)) return token;
  }
  if (pending_dedents_ > 0) {
    --pending_dedents_;
    return {TokenKind::kDedent, at_, at_};
  }
  for (;;) {
    char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\f') {
      ++at_;
      continue;
    }
    uint32_t start = at_;
    if (has_class(c, kNameStart)) return name(start);
    if (has_class(c, kDigit) || (c == '.' && has_class(text_[at_ + 1], kDigit))) return number(start);
    switch (c) {
      case '\r':
        if (text_[at_ + 1] != '\n') fail_token(start, start + 1, "stray carriage return");
        ++at_;
        continue;
      case '\n':
        ++at_;
        if (brackets_ > 0) continue;
        line_start_ = true;
        line_has_tokens_ = false;
        return {TokenKind::kNewline, start, start + 1};
      case '#':
        while (text_[at_] != '\n' && at_ < size_) ++at_;
        continue;
      case '\\': {
        uint32_t after = at_ + 1;
        if (text_[after] == '\r') ++after;
        if (text_[after] != '\n') fail_token(start, start + 1, "a backslash outside a string must end its line");
        at_ = after + 1;
        continue;
      }
      case '\'':
      case '"': return string(start);
      case '\0':
        if (at_ == size_) return finish();
        fail_token(start, start + 1, "NUL byte in the source");
      default: return punctuation(start);
    }
  }
}

Token Lexer::name(uint32_t start) {
  if (text_[start] == kByteOrderMark[0] && std::string_view(text_ + start, size_ - start).starts_with(kByteOrderMark))
    fail_token(start, start + 3, "byte order mark inside the source");
  const char* end = text_ + start + 1;
  while (has_class(*end, kNamePart)) ++end;
  at_ = uint32_t(end - text_);
  line_has_tokens_ = true;
  return make(keyword_or_name(text_ + start, at_ - start), start);
}

Token Lexer::number(uint32_t start) {
  line_has_tokens_ = true;
  TokenKind kind = TokenKind::kInt;
  auto digits = [&] {
    while (has_class(text_[at_], kDigit)) ++at_;
  };
  if (text_[at_] == '0' && (text_[at_ + 1] == 'x' || text_[at_ + 1] == 'X')) {
    at_ += 2;
    while (has_class(text_[at_], kHexDigit)) ++at_;
  } else {
    digits();
    if (text_[at_] == '.') {
      kind = TokenKind::kFloat;
      ++at_;
      digits();
    }
    if (text_[at_] == 'e' || text_[at_] == 'E') {
      uint32_t exponent = at_ + 1;
      if (text_[exponent] == '+' || text_[exponent] == '-') ++exponent;
      if (has_class(text_[exponent], kDigit)) {
        kind = TokenKind::kFloat;
        at_ = exponent;
        digits();
      }
    }
    if (text_[at_] == 'j' || text_[at_] == 'J') {
      kind = TokenKind::kImaginary;
      ++at_;
    }
  }
  if (has_class(text_[at_], kNamePart) || (at_ - start == 2 && (text_[start + 1] | 0x20) == 'x')) {
    while (has_class(text_[at_], kNamePart)) ++at_;
    fail_token(start, at_, cat("malformed number '", quotable(text({kind, start, at_})), "'"));
  }
  return make(kind, start);
}

Token Lexer::string(uint32_t start) {
  line_has_tokens_ = true;
  char quote = text_[start];
  bool triple = text_[start + 1] == quote && text_[start + 2] == quote;
  at_ = start + (triple ? 3 : 1);
  for (;; ++at_) {
    char c = text_[at_];
    if (c == quote) {
      if (!triple) {
        ++at_;
        return make(TokenKind::kString, start);
      }
      if (text_[at_ + 1] == quote && text_[at_ + 2] == quote) {
        at_ += 3;
        return make(TokenKind::kString, start);
      }
    } else if (c == '\\') {
      if (at_ + 1 < size_) ++at_;
      if (text_[at_] == '\r' && text_[at_ + 1] == '\n') ++at_;
    } else if ((c == '\n' && !triple) || (c == '\0' && at_ == size_)) {
      fail_token(start, start + (triple ? 3 : 1), "string is not closed");
    }
  }
}

Token Lexer::punctuation(uint32_t start) {
  using enum TokenKind;
  line_has_tokens_ = true;
  const char* text = text_ + start;
  auto token = [&](TokenKind kind, uint32_t length) {
    at_ = start + length;
    return Token{kind, start, at_};
  };
  // x, x=, xx, xx=
  auto doubled = [&](char c, TokenKind single, TokenKind assign, TokenKind twice, TokenKind twice_assign) {
    if (text[1] == c) return text[2] == '=' ? token(twice_assign, 3) : token(twice, 2);
    return text[1] == '=' ? token(assign, 2) : token(single, 1);
  };
  auto with_assign = [&](TokenKind plain, TokenKind assign) {
    return text[1] == '=' ? token(assign, 2) : token(plain, 1);
  };
  switch (text[0]) {
    case '(': ++brackets_; return token(kOpenParen, 1);
    case '[': ++brackets_; return token(kOpenBracket, 1);
    case '{': ++brackets_; return token(kOpenBrace, 1);
    case ')': brackets_ -= brackets_ > 0; return token(kCloseParen, 1);
    case ']': brackets_ -= brackets_ > 0; return token(kCloseBracket, 1);
    case '}': brackets_ -= brackets_ > 0; return token(kCloseBrace, 1);
    case ',': return token(kComma, 1);
    case ';': return token(kSemicolon, 1);
    case ':': return with_assign(kColon, kColonEqual);
    case '.': return text[1] == '.' && text[2] == '.' ? token(kEllipsis, 3) : token(kDot, 1);
    case '-': return text[1] == '>' ? token(kArrow, 2) : with_assign(kMinus, kMinusAssign);
    case '+': return with_assign(kPlus, kPlusAssign);
    case '*': return doubled('*', kStar, kStarAssign, kDoubleStar, kDoubleStarAssign);
    case '/': return doubled('/', kSlash, kSlashAssign, kDoubleSlash, kDoubleSlashAssign);
    case '<': return doubled('<', kLess, kLessEqual, kShiftLeft, kShiftLeftAssign);
    case '>': return doubled('>', kGreater, kGreaterEqual, kShiftRight, kShiftRightAssign);
    case '%': return with_assign(kPercent, kPercentAssign);
    case '@': return with_assign(kAt, kAtAssign);
    case '&': return with_assign(kAmpersand, kAmpersandAssign);
    case '|': return with_assign(kPipe, kPipeAssign);
    case '^': return with_assign(kCaret, kCaretAssign);
    case '=': return with_assign(kAssign, kEqual);
    case '~': return token(kTilde, 1);
    case '!':
      if (text[1] == '=') return token(kNotEqual, 2);
      break;
    default: break;
  }
  fail_token(start, start + 1, cat("unexpected character '", quotable({text, 1}), "'"));
}

bool string_has_escapes(std::string_view literal) noexcept { return literal.find('\\') != std::string_view::npos; }

std::string_view string_inside(std::string_view literal) noexcept {
  size_t quotes = literal.size() >= 6 && literal[1] == literal[0] && literal[2] == literal[0] ? 3 : 1;
  return literal.substr(quotes, literal.size() - 2 * quotes);
}

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += char(code);
  } else if (code < 0x800) {
    out += char(0xc0 | code >> 6);
    out += char(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += char(0xe0 | code >> 12);
    out += char(0x80 | (code >> 6 & 0x3f));
    out += char(0x80 | (code & 0x3f));
  } else {
    out += char(0xf0 | code >> 18);
    out += char(0x80 | (code >> 12 & 0x3f));
    out += char(0x80 | (code >> 6 & 0x3f));
    out += char(0x80 | (code & 0x3f));
  }
}

}  // namespace

void append_unescaped(const Lexer& lexer, const Token& literal, std::string& out) {
  std::string_view inside = string_inside(lexer.text(literal));
  uint32_t origin = uint32_t(inside.data() - lexer.text(literal).data()) + literal.start;
  auto bad_escape = [&](size_t from, size_t to, std::string_view message) {
    lexer.fail_token(origin + uint32_t(from), origin + uint32_t(to), message);
  };
  size_t i = 0;
  auto hex = [&](size_t from, size_t count) {
    uint32_t value = 0;
    for (size_t k = 0; k < count; ++k) {
      int digit = i + k < inside.size() ? hex_value(inside[i + k]) : -1;
      if (digit < 0) bad_escape(from, i + k, cat("escape needs ", count, " hexadecimal digits"));
      value = value << 4 | uint32_t(digit);
    }
    i += count;
    return value;
  };
  while (i < inside.size()) {
    size_t escape = inside.find('\\', i);
    if (escape == std::string_view::npos || escape + 1 >= inside.size()) escape = inside.size();
    out.append(inside, i, escape - i);
    if (escape == inside.size()) return;
    char c = inside[escape + 1];
    i = escape + 2;
    switch (c) {
      case '\n': break;
      case '\r':
        if (i < inside.size() && inside[i] == '\n') ++i;
        break;
      case '\\':
      case '\'':
      case '"': out += c; break;
      case 'a': out += '\a'; break;
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'v': out += '\v'; break;
      case 'x': out += char(hex(escape, 2)); break;
      case 'u':
      case 'U': {
        uint32_t code = hex(escape, c == 'u' ? 4 : 8);
        if (code > 0x10ffff) bad_escape(escape, i, "escape is no Unicode character");
        append_utf8(out, code);
        break;
      }
      default:
        if (c >= '0' && c <= '7') {
          uint32_t value = uint32_t(c - '0');
          for (int k = 0; k < 2 && i < inside.size() && inside[i] >= '0' && inside[i] <= '7'; ++k)
            value = value * 8 + uint32_t(inside[i++] - '0');
          if (value > 255) bad_escape(escape, i, "octal escape is larger than \\377");
          out += char(value);
        } else {
          out += '\\';
          out += c;
        }
    }
  }
}

}  // namespace taper::impl::ir
