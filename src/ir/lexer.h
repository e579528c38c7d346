// The lexer of the code that archives hold: the part of Python's lexical grammar that TorchScript is written in.
//
//   Lexer lexer(source, limits);
//   for (Token token = lexer.next(); token.kind != TokenKind::kEnd; token = lexer.next()) ...
//
// Tokens are made on demand and carry only a kind and byte offsets, so lexing allocates nothing; text(token) is a view
// into the source. Lines, indentation and brackets follow Python: a logical line ends in kNewline, a deeper line is
// preceded by kIndent, a shallower one by as many kDedent as blocks it closes; inside brackets line ends mean nothing.
// Malformed text is Error(kInvalidFile) with line and caret.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/source.h"

namespace taper::impl::ir {

enum class TokenKind : uint8_t {
  kEnd,
  kNewline,
  kIndent,
  kDedent,
  kName,
  kInt,
  kFloat,
  kImaginary,  // 2.5j
  kString,     // one literal with its quotes; adjacent ones are joined by the parser

  // Punctuation.
  kOpenParen,
  kCloseParen,
  kOpenBracket,
  kCloseBracket,
  kOpenBrace,
  kCloseBrace,
  kComma,
  kColon,
  kSemicolon,
  kDot,
  kEllipsis,
  kArrow,
  kAt,
  kAssign,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kDoubleSlash,
  kPercent,
  kDoubleStar,
  kAmpersand,
  kPipe,
  kCaret,
  kTilde,
  kShiftLeft,
  kShiftRight,
  kLess,
  kGreater,
  kLessEqual,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kColonEqual,
  kPlusAssign,
  kMinusAssign,
  kStarAssign,
  kSlashAssign,
  kDoubleSlashAssign,
  kPercentAssign,
  kDoubleStarAssign,
  kAtAssign,
  kAmpersandAssign,
  kPipeAssign,
  kCaretAssign,
  kShiftLeftAssign,
  kShiftRightAssign,

  // Keywords, kFirstKeyword to kLastKeyword. Attributes, fields and keyword arguments may be named like them.
  kAnd,
  kAs,
  kAssert,
  kBreak,
  kClass,
  kContinue,
  kDef,
  kDel,
  kElif,
  kElse,
  kFalse,
  kFor,
  kFrom,
  kIf,
  kImport,
  kIn,
  kIs,
  kNone,
  kNot,
  kOr,
  kPass,
  kRaise,
  kReturn,
  kTrue,
  kWhile,
  kWith,
  kReserved,  // Python's other keywords (lambda, try, yield, ...): no name, and no construct of TorchScript either

  kFirstKeyword = kAnd,
  kLastKeyword = kReserved,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t start = 0;
  uint32_t end = 0;
};

inline bool is_keyword(TokenKind kind) { return kind >= TokenKind::kFirstKeyword && kind <= TokenKind::kLastKeyword; }

// How a kind is spelt in messages: "')'", "'if'", "a name", "end of line".
std::string_view spelling(TokenKind kind);

class Lexer {
 public:
  // `max_indents` bounds the nesting of blocks: more is Error(kBudget). The source may have up to 4 GiB - 2 bytes.
  Lexer(const Ref<const Source>& source, uint32_t max_indents);

  Token next();
  std::string_view text(const Token& token) const noexcept {
    return std::string_view(text_ + token.start, token.end - token.start);
  }
  SourceRange range(uint32_t start, uint32_t end) const { return {source_, start, end}; }
  [[noreturn]] void fail_token(uint32_t start, uint32_t end, std::string_view message) const;

 private:
  bool start_line(Token& token);  // true: the token is kIndent
  Token finish();
  Token name(uint32_t start);
  Token number(uint32_t start);
  Token string(uint32_t start);
  Token punctuation(uint32_t start);
  Token make(TokenKind kind, uint32_t start) const noexcept { return {kind, start, at_}; }

  Ref<const Source> source_;
  const char* text_;  // ends in a NUL at size_, which is what stops the scanning loops
  uint32_t size_;
  uint32_t at_ = 0;
  uint32_t brackets_ = 0;         // open brackets, whose kinds the parser matches
  uint32_t pending_dedents_ = 0;  // to hand out before the token at at_
  uint32_t max_indents_;
  bool line_start_ = true;
  bool line_has_tokens_ = false;   // a logical line is open: the end of the file closes it
  std::vector<uint32_t> indents_;  // columns of the open blocks, outermost first; without the module's 0
};

// A string literal's value is its inside when it has no escapes. Otherwise append_unescaped resolves them as Python
// does (an unknown escape keeps its backslash), except that `\303` and `\xc3` mean a byte, as TorchScript's printer
// means them.
bool string_has_escapes(std::string_view literal) noexcept;
std::string_view string_inside(std::string_view literal) noexcept;
void append_unescaped(const Lexer& lexer, const Token& literal, std::string& out);

}  // namespace taper::impl::ir
