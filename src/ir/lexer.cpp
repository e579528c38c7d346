#include "ir/lexer.h"

#include <algorithm>

namespace taper::impl::ir {
namespace {

struct Spelling {
  std::string_view text;
  TokenKind kind;
};

// Sorted by text for the binary search.
constexpr Spelling kKeywords[] = {
    {"False", TokenKind::kFalse},   {"None", TokenKind::kNone},       {"True", TokenKind::kTrue},         {"and", TokenKind::kAnd},
    {"as", TokenKind::kAs},         {"assert", TokenKind::kAssert},   {"break", TokenKind::kBreak},       {"class", TokenKind::kClass},
    {"continue", TokenKind::kContinue}, {"def", TokenKind::kDef},     {"del", TokenKind::kDel},           {"elif", TokenKind::kElif},
    {"else", TokenKind::kElse},     {"for", TokenKind::kFor},         {"from", TokenKind::kFrom},         {"global", TokenKind::kGlobal},
    {"if", TokenKind::kIf},         {"import", TokenKind::kImport},   {"in", TokenKind::kIn},             {"is", TokenKind::kIs},
    {"lambda", TokenKind::kLambda}, {"nonlocal", TokenKind::kNonlocal}, {"not", TokenKind::kNot},         {"or", TokenKind::kOr},
    {"pass", TokenKind::kPass},     {"raise", TokenKind::kRaise},     {"return", TokenKind::kReturn},     {"try", TokenKind::kTry},
    {"while", TokenKind::kWhile},   {"with", TokenKind::kWith},       {"yield", TokenKind::kYield},
};

// Longest first within a first character.
constexpr Spelling kOperators[] = {
    {"...", TokenKind::kEllipsis},  {"**=", TokenKind::kStarStarAssign}, {"//=", TokenKind::kSlashSlashAssign},
    {"<<=", TokenKind::kShiftLeftAssign}, {">>=", TokenKind::kShiftRightAssign},
    {"**", TokenKind::kStarStar},   {"//", TokenKind::kSlashSlash},   {"<<", TokenKind::kShiftLeft},      {">>", TokenKind::kShiftRight},
    {"<=", TokenKind::kLessEqual},  {">=", TokenKind::kGreaterEqual}, {"==", TokenKind::kEqualEqual},     {"!=", TokenKind::kNotEqual},
    {"->", TokenKind::kArrow},      {"+=", TokenKind::kPlusAssign},   {"-=", TokenKind::kMinusAssign},    {"*=", TokenKind::kStarAssign},
    {"/=", TokenKind::kSlashAssign}, {"%=", TokenKind::kPercentAssign}, {"&=", TokenKind::kAmpersandAssign}, {"|=", TokenKind::kPipeAssign},
    {"^=", TokenKind::kCaretAssign}, {"@=", TokenKind::kAtAssign},
    {"+", TokenKind::kPlus},        {"-", TokenKind::kMinus},         {"*", TokenKind::kStar},            {"/", TokenKind::kSlash},
    {"%", TokenKind::kPercent},     {"@", TokenKind::kAt},            {"&", TokenKind::kAmpersand},       {"|", TokenKind::kPipe},
    {"^", TokenKind::kCaret},       {"~", TokenKind::kTilde},         {"<", TokenKind::kLess},            {">", TokenKind::kGreater},
    {"=", TokenKind::kAssign},      {"(", TokenKind::kLeftParen},     {")", TokenKind::kRightParen},      {"[", TokenKind::kLeftBracket},
    {"]", TokenKind::kRightBracket}, {"{", TokenKind::kLeftBrace},    {"}", TokenKind::kRightBrace},      {",", TokenKind::kComma},
    {":", TokenKind::kColon},       {";", TokenKind::kSemicolon},     {".", TokenKind::kDot},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80); }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

class Lexer {
 public:
  Lexer(const Ref<const Source>& source, size_t max_tokens) : source_(source), text_(source->text), limit_(max_tokens) {}

  std::vector<Token> run() {
    if (text_.size() >= UINT32_MAX) fail(ErrorCode::kBudget, cat(source_->name, ": source of ", text_.size(), " bytes is too long"));
    tokens_.reserve(text_.size() / 4 + 16);
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    while (at_ < text_.size()) {
      if (line_start_ && depth_ == 0) {
        indentation();
        if (at_ >= text_.size()) break;
      }
      token();
    }
    if (!tokens_.empty() && tokens_.back().kind != TokenKind::kNewline) push(TokenKind::kNewline, text_.size(), text_.size());
    while (indents_.size() > 1) {
      indents_.pop_back();
      push(TokenKind::kDedent, text_.size(), text_.size());
    }
    push(TokenKind::kEnd, text_.size(), text_.size());
    return std::move(tokens_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void push(TokenKind kind, size_t start, size_t end) {
    if (tokens_.size() >= limit_) fail(ErrorCode::kBudget, cat(source_->name, ": more than ", limit_, " tokens of code"));
    tokens_.push_back({kind, uint32_t(start), uint32_t(end)});
  }

  // At the start of a logical line: skips blank lines and comments, then compares the indentation.
  void indentation() {
    while (true) {
      size_t start = at_, column = 0;
      while (peek() == ' ' || peek() == '\t' || peek() == '\f') {
        column = peek() == '\t' ? (column / 8 + 1) * 8 : column + 1;
        ++at_;
      }
      if (peek() == '#')
        while (at_ < text_.size() && peek() != '\n') ++at_;
      if (at_ >= text_.size()) return;
      if (peek() == '\n' || peek() == '\r') {
        ++at_;
        continue;
      }
      line_start_ = false;
      if (column > indents_.back()) {
        indents_.push_back(column);
        push(TokenKind::kIndent, start, at_);
      }
      while (column < indents_.back()) {
        indents_.pop_back();
        push(TokenKind::kDedent, at_, at_);
      }
      if (column != indents_.back()) fail_syntax(source_, uint32_t(start), uint32_t(at_), "unindent does not match any outer indentation level");
      return;
    }
  }

  void token() {
    char c = peek();
    size_t start = at_;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
      ++at_;
    } else if (c == '#') {
      while (at_ < text_.size() && peek() != '\n') ++at_;
    } else if (c == '\n') {
      ++at_;
      if (depth_ == 0) {
        push(TokenKind::kNewline, start, at_);
        line_start_ = true;
      }
    } else if (c == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n'))) {
      at_ += peek(1) == '\n' ? 2 : 3;
    } else if (is_name_start(c)) {
      while (is_name(peek())) ++at_;
      name(start);
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      number();
    } else if (c == '"' || c == '\'') {
      string();
    } else {
      punctuation();
    }
  }

  void name(size_t start) {
    std::string_view word = text_.substr(start, at_ - start);
    // Most names are too long or start with what no keyword starts with.
    char first = word[0];
    if (word.size() > 8 || first == '_' || (first >= 'A' && first <= 'Z' && first != 'F' && first != 'N' && first != 'T'))
      return push(TokenKind::kName, start, at_);
    auto found = std::lower_bound(std::begin(kKeywords), std::end(kKeywords), word,
                                  [](const Spelling& row, std::string_view text) { return row.text < text; });
    bool keyword = found != std::end(kKeywords) && found->text == word;
    push(keyword ? found->kind : TokenKind::kName, start, at_);
  }

  void number() {
    size_t start = at_;
    TokenKind kind = TokenKind::kInt;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      at_ += 2;
      while (is_digit(peek()) || (peek() >= 'a' && peek() <= 'f') || (peek() >= 'A' && peek() <= 'F')) ++at_;
    } else {
      while (is_digit(peek()) || peek() == '_') ++at_;
      if (peek() == '.') {
        kind = TokenKind::kFloat;
        ++at_;
        while (is_digit(peek())) ++at_;
      }
      size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign))) {
        kind = TokenKind::kFloat;
        at_ += sign;
        while (is_digit(peek())) ++at_;
      }
      if (peek() == 'j' || peek() == 'J') {
        kind = TokenKind::kComplex;
        ++at_;
      }
    }
    if (is_name(peek())) fail_syntax(source_, uint32_t(start), uint32_t(at_ + 1), "invalid number");
    push(kind, start, at_);
  }

  void string() {
    size_t start = at_;
    char quote = peek();
    bool triple = peek(1) == quote && peek(2) == quote;
    at_ += triple ? 3 : 1;
    while (true) {
      if (at_ >= text_.size() || (!triple && peek() == '\n')) fail_syntax(source_, uint32_t(start), uint32_t(at_), "the string does not end");
      if (peek() == '\\') {
        at_ = std::min(at_ + 2, text_.size());
      } else if (peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
        at_ += triple ? 3 : 1;
        break;
      } else {
        ++at_;
      }
    }
    push(TokenKind::kString, start, at_);
  }

  void punctuation() {
    std::string_view rest = text_.substr(at_, 3);
    for (const Spelling& row : kOperators) {
      if (row.text[0] != text_[at_]) continue;
      if (!rest.starts_with(row.text)) continue;
      size_t start = at_;
      at_ += row.text.size();
      if (row.kind == TokenKind::kLeftParen || row.kind == TokenKind::kLeftBracket || row.kind == TokenKind::kLeftBrace) ++depth_;
      if (row.kind == TokenKind::kRightParen || row.kind == TokenKind::kRightBracket || row.kind == TokenKind::kRightBrace) {
        if (depth_ == 0) fail_syntax(source_, uint32_t(start), uint32_t(at_), cat("'", row.text, "' closes nothing"));
        --depth_;
      }
      return push(row.kind, start, at_);
    }
    fail_syntax(source_, uint32_t(at_), uint32_t(at_ + 1), "unexpected character");
  }

  const Ref<const Source>& source_;
  std::string_view text_;
  size_t limit_;
  size_t at_ = 0;
  size_t depth_ = 0;  // open brackets
  bool line_start_ = true;
  std::vector<size_t> indents_{0};
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(const Ref<const Source>& source, size_t max_tokens) { return Lexer(source, max_tokens).run(); }

std::string_view token_text(TokenKind kind) noexcept {
  switch (kind) {
    case TokenKind::kEnd: return "end of file";
    case TokenKind::kNewline: return "end of line";
    case TokenKind::kIndent: return "an indented block";
    case TokenKind::kDedent: return "the end of the block";
    case TokenKind::kName: return "a name";
    case TokenKind::kInt: return "an integer";
    case TokenKind::kFloat: return "a float";
    case TokenKind::kComplex: return "a complex number";
    case TokenKind::kString: return "a string";
    default: break;
  }
  for (const Spelling& row : kKeywords)
    if (row.kind == kind) return row.text;
  for (const Spelling& row : kOperators)
    if (row.kind == kind) return row.text;
  return "?";
}

void fail_syntax(const Ref<const Source>& source, uint32_t start, uint32_t end, std::string message) {
  SourceRange range{source, start, std::max(end, start + 1)};
  LineColumn place = line_column(range);
  fail(ErrorCode::kInvalidFile, cat(source->name, ", line ", place.line, ", column ", place.column, ": ", message, "\n", highlight(range)));
}

}  // namespace taper::impl::ir
