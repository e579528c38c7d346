// Tokens of TorchScript source: Python's lexical rules as archives use them. A token is a kind and a byte range; nothing
// is copied, so lexing costs one pass over the text.
//
// Indentation becomes kIndent / kDedent, line ends become kNewline; inside brackets both are ignored. Tabs count to the
// next multiple of eight, as in Python.
#pragma once

#include <string_view>
#include <vector>

#include "core/source.h"

namespace taper::impl::ir {

enum class TokenKind : uint8_t {
  kEnd, kNewline, kIndent, kDedent,
  kName, kInt, kFloat, kComplex, kString,
  // Keywords
  kAnd, kAs, kAssert, kBreak, kClass, kContinue, kDef, kDel, kElif, kElse, kFalse, kFor, kFrom, kGlobal, kIf, kImport, kIn,
  kIs, kLambda, kNone, kNonlocal, kNot, kOr, kPass, kRaise, kReturn, kTrue, kTry, kWhile, kWith, kYield,
  // Operators and punctuation
  kPlus, kMinus, kStar, kStarStar, kSlash, kSlashSlash, kPercent, kAt, kAmpersand, kPipe, kCaret, kTilde, kShiftLeft, kShiftRight,
  kLess, kLessEqual, kGreater, kGreaterEqual, kEqualEqual, kNotEqual,
  kAssign, kPlusAssign, kMinusAssign, kStarAssign, kSlashAssign, kSlashSlashAssign, kPercentAssign, kStarStarAssign,
  kAmpersandAssign, kPipeAssign, kCaretAssign, kShiftLeftAssign, kShiftRightAssign, kAtAssign,
  kLeftParen, kRightParen, kLeftBracket, kRightBracket, kLeftBrace, kRightBrace,
  kComma, kColon, kSemicolon, kDot, kArrow, kEllipsis,
};

// As an error message names it: "'('", "a name", "end of line".
std::string_view token_text(TokenKind kind) noexcept;

struct Token {
  TokenKind kind;
  uint32_t start;
  uint32_t end;
};

// Error(kInvalidFile) with line and caret on what is no token; Error(kBudget) on more than max_tokens.
std::vector<Token> tokenize(const Ref<const Source>& source, size_t max_tokens);

[[noreturn]] void fail_syntax(const Ref<const Source>& source, uint32_t start, uint32_t end, std::string message);

}  // namespace taper::impl::ir
