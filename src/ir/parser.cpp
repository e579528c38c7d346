#include "ir/parser.h"

#include <algorithm>

#include "ir/parser_impl.h"

namespace taper::impl::ir {

Ref<const SourceTree> parse_source(Ref<const Source> source, const ParseLimits& limits) {
  return Parser(std::move(source), limits).parse_file();
}

Ref<const SourceTree> parse_expression(Ref<const Source> source, const ParseLimits& limits) {
  return Parser(std::move(source), limits).parse_single_expression();
}

Parser::Parser(Ref<const Source> source, const ParseLimits& limits)
    : tree_(new SourceTree(std::move(source))),
      lexer_(tree_->source_, std::min<uint32_t>(limits.max_depth, UINT16_MAX)),
      max_depth_(std::min<uint32_t>(limits.max_depth, UINT16_MAX)),
      max_nodes_(limits.max_nodes) {
  token_ = lexer_.next();
}

Ref<const SourceTree> Parser::parse_single_expression() {
  if (at(TokenKind::kIndent)) advance();  // leading blanks
  tree_->expression_ = expression();
  while (at(TokenKind::kNewline) || at(TokenKind::kDedent)) advance();
  if (!at(TokenKind::kEnd)) fail_expected("the end of the expression");
  return tree_;
}

std::string Parser::found() const {
  switch (token_.kind) {
    case TokenKind::kName:
    case TokenKind::kInt:
    case TokenKind::kFloat:
    case TokenKind::kImaginary:
    case TokenKind::kReserved: return cat("'", quotable(text()), "'");
    case TokenKind::kString: return cat("the string ", quotable(text()));
    default: return std::string(spelling(token_.kind));
  }
}

void Parser::fail_expected(std::string_view what) const {
  if (at(TokenKind::kReserved)) fail_unsupported(token_, cat("'", text(), "'"));
  lexer_.fail_token(token_.start, token_.end, cat("expected ", what, ", found ", found()));
}

void Parser::fail_unsupported(const Token& where, std::string_view what) const {
  fail_at(ErrorCode::kUnsupported, lexer_.range(where.start, where.end),
          cat(what, " is not supported in archived code"));
}

void Parser::fail_node(const SyntaxNode& node, std::string_view message) const {
  lexer_.fail_token(node.start, node.end, message);
}

void Parser::fail_depth(uint32_t start, uint32_t end) const {
  fail_at(ErrorCode::kBudget, lexer_.range(start, end), cat("code is nested more than ", max_depth_, " levels deep"));
}

void Parser::fail_nodes() const {
  fail_at(ErrorCode::kBudget, lexer_.range(token_.start, token_.end),
          cat("code has more than ", max_nodes_, " syntax tree nodes"));
}

void Parser::expect(TokenKind kind, std::string_view context) {
  if (token_.kind != kind) fail_expected(cat(spelling(kind), " ", context));
  advance();
}

void Parser::expect_close(TokenKind kind, const Token& open) {
  if (token_.kind == kind) {
    advance();
    return;
  }
  if (at(TokenKind::kEnd) || at(TokenKind::kNewline))  // inside brackets lines do not end: this is the end of the file
    lexer_.fail_token(open.start, open.end, cat(spelling(open.kind), " is never closed"));
  fail_expected(cat("',' or ", spelling(kind)));
}

std::string_view Parser::expect_name(std::string_view what) {
  if (!at(TokenKind::kName)) fail_expected(what);
  std::string_view name = text();
  advance();
  return name;
}

}  // namespace taper::impl::ir
