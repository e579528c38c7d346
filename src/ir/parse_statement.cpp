// Statements and functions.
#include <algorithm>

#include "ir/parser_impl.h"

namespace taper::impl::ir {
namespace {

std::optional<BinaryOp> augmented_operator(TokenKind kind) {
  switch (kind) {
    case TokenKind::kPlusAssign: return BinaryOp::kAdd;
    case TokenKind::kMinusAssign: return BinaryOp::kSub;
    case TokenKind::kStarAssign: return BinaryOp::kMul;
    case TokenKind::kSlashAssign: return BinaryOp::kDiv;
    case TokenKind::kDoubleSlashAssign: return BinaryOp::kFloorDiv;
    case TokenKind::kPercentAssign: return BinaryOp::kMod;
    case TokenKind::kDoubleStarAssign: return BinaryOp::kPow;
    case TokenKind::kAtAssign: return BinaryOp::kMatmul;
    case TokenKind::kAmpersandAssign: return BinaryOp::kBitAnd;
    case TokenKind::kPipeAssign: return BinaryOp::kBitOr;
    case TokenKind::kCaretAssign: return BinaryOp::kBitXor;
    case TokenKind::kShiftLeftAssign: return BinaryOp::kShiftLeft;
    case TokenKind::kShiftRightAssign: return BinaryOp::kShiftRight;
    default: return {};
  }
}

bool starts_compound(TokenKind kind) {
  return kind == TokenKind::kIf || kind == TokenKind::kWhile || kind == TokenKind::kFor || kind == TokenKind::kWith ||
         kind == TokenKind::kDef;
}

// The second of two parameters with one name; null when the names differ.
const Param* repeated(NodeList<Param> params) {
  if (params.size() <= 16) {
    for (size_t i = 1; i < params.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        if (params[i]->name == params[j]->name) return params[i];
    return nullptr;
  }
  std::vector<const Param*> sorted(params.begin(), params.end());
  std::sort(sorted.begin(), sorted.end(), [](const Param* a, const Param* b) {
    int order = a->name.compare(b->name);
    return order != 0 ? order < 0 : a->start < b->start;
  });
  for (size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i]->name == sorted[i - 1]->name) return sorted[i];
  return nullptr;
}

}  // namespace

NodeList<Stmt> Parser::block(SyntaxNode& parent, Stmt* (Parser::*parse_statement)()) {
  expect(TokenKind::kColon, "and a block");
  size_t mark = scratch_.size();
  if (!accept(TokenKind::kNewline)) {
    if (starts_compound(token_.kind)) fail_expected("a simple statement or the end of the line");
    scratch_.push_back((this->*parse_statement)());
    return take<Stmt>(mark, parent);
  }
  if (!accept(TokenKind::kIndent)) fail_expected("an indented block");
  while (!accept(TokenKind::kDedent)) scratch_.push_back((this->*parse_statement)());
  return take<Stmt>(mark, parent);
}

Stmt* Parser::statement() {
  DepthGuard guard(*this);
  switch (token_.kind) {
    case TokenKind::kIf: return if_statement();
    case TokenKind::kWhile: return while_statement();
    case TokenKind::kFor: return for_statement();
    case TokenKind::kWith: return with_statement();
    case TokenKind::kDef: return function();
    case TokenKind::kClass: fail_unsupported(token_, "a class inside a function");
    case TokenKind::kAt: fail_unsupported(token_, "a decorator");
    case TokenKind::kIndent: fail_expected("a statement of this block");
    default: return simple_statement();
  }
}

Stmt* Parser::simple_statement() {
  uint32_t start = token_.start;
  Stmt* node = nullptr;
  switch (token_.kind) {
    case TokenKind::kReturn: {
      auto* ret = make<ReturnStmt>(start);
      advance();
      if (!at(TokenKind::kNewline)) ret->value = expression_list();
      cover(*ret, ret->value);
      node = ret;
      break;
    }
    case TokenKind::kRaise: {
      auto* raise = make<RaiseStmt>(start);
      advance();
      if (!at(TokenKind::kNewline)) raise->value = expression();
      if (at(TokenKind::kFrom)) fail_unsupported(token_, "'raise ... from'");
      cover(*raise, raise->value);
      node = raise;
      break;
    }
    case TokenKind::kAssert: {
      auto* assertion = make<AssertStmt>(start);
      advance();
      assertion->condition = expression();
      if (accept(TokenKind::kComma)) assertion->message = expression();
      cover(*assertion, assertion->condition);
      cover(*assertion, assertion->message);
      node = assertion;
      break;
    }
    case TokenKind::kPass:
      node = make<PassStmt>(start);
      advance();
      break;
    case TokenKind::kBreak:
      node = make<BreakStmt>(start);
      advance();
      break;
    case TokenKind::kContinue:
      node = make<ContinueStmt>(start);
      advance();
      break;
    case TokenKind::kDel: node = delete_statement(); break;
    case TokenKind::kImport:
    case TokenKind::kFrom: fail_unsupported(token_, "an import inside a block");
    default: node = assignment_or_expression();
  }
  finish(node);
  if (at(TokenKind::kSemicolon)) fail_unsupported(token_, "';'");
  if (!accept(TokenKind::kNewline)) fail_expected("the end of the line");
  return node;
}

Stmt* Parser::assignment_or_expression() {
  uint32_t start = token_.start;
  Expr* first = expression_list();
  auto augmented = augmented_operator(token_.kind);
  if (!at(TokenKind::kAssign) && !at(TokenKind::kColon) && !augmented) {
    auto* node = make<ExprStmt>(start);
    node->value = first;
    cover(*node, first);
    return node;
  }
  auto* node = make<AssignStmt>(start);
  check_target(*first);
  node->target = first;
  bool single = first->kind != ExprKind::kTuple && first->kind != ExprKind::kList;
  if (at(TokenKind::kColon)) {
    if (!single) fail_node(*first, "only a single target can have a type");
    advance();
    node->type = expression();
    if (accept(TokenKind::kAssign)) node->value = expression_list();
  } else {
    if (augmented && !single) fail_node(*first, "an augmented assignment needs a single target");
    node->augmented = augmented;
    advance();
    node->value = expression_list();
  }
  if (at(TokenKind::kAssign)) fail_unsupported(token_, "a chained assignment");
  cover(*node, node->target);
  cover(*node, node->type);
  cover(*node, node->value);
  return node;
}

Stmt* Parser::delete_statement() {
  auto* node = make<DeleteStmt>(token_.start);
  advance();
  size_t mark = scratch_.size();
  do {
    Expr* deleted = expression();
    check_target(*deleted);
    scratch_.push_back(deleted);
  } while (accept(TokenKind::kComma) && !at(TokenKind::kNewline));
  node->targets = take<Expr>(mark, *node);
  return node;
}

Stmt* Parser::if_statement() {
  auto* node = make<IfStmt>(token_.start);
  advance();
  node->condition = expression();
  cover(*node, node->condition);
  finish(node);
  node->then_body = block(*node, &Parser::statement);
  if (at(TokenKind::kElif)) {
    DepthGuard guard(*this);
    size_t mark = scratch_.size();
    scratch_.push_back(if_statement());
    node->else_body = take<Stmt>(mark, *node);
  } else if (accept(TokenKind::kElse)) {
    node->else_body = block(*node, &Parser::statement);
  }
  return node;
}

void Parser::refuse_loop_else() const {
  if (at(TokenKind::kElse)) fail_unsupported(token_, "'else' after a loop");
}

Stmt* Parser::while_statement() {
  auto* node = make<WhileStmt>(token_.start);
  advance();
  node->condition = expression();
  cover(*node, node->condition);
  finish(node);
  node->body = block(*node, &Parser::statement);
  refuse_loop_else();
  return node;
}

Stmt* Parser::for_statement() {
  auto* node = make<ForStmt>(token_.start);
  advance();
  node->target = target_list();
  expect(TokenKind::kIn, "after the loop's target");
  node->iterable = expression_list();
  cover(*node, node->target);
  cover(*node, node->iterable);
  finish(node);
  node->body = block(*node, &Parser::statement);
  refuse_loop_else();
  return node;
}

Stmt* Parser::with_statement() {
  auto* node = make<WithStmt>(token_.start);
  advance();
  size_t mark = scratch_.size();
  do {
    auto* item = make<WithItem>(token_.start);
    item->context = expression();
    if (accept(TokenKind::kAs)) item->target = target();
    cover(*item, item->context);
    cover(*item, item->target);
    scratch_.push_back(finish(item));
  } while (accept(TokenKind::kComma));
  node->items = take<WithItem>(mark, *node);
  finish(node);
  node->body = block(*node, &Parser::statement);
  return node;
}

FunctionDef* Parser::function() {
  auto* node = make<FunctionDef>(token_.start);
  advance();
  node->name = expect_name("the function's name");
  parameters(*node);
  if (accept(TokenKind::kArrow)) node->return_type = expression();
  cover(*node, node->return_type);
  finish(node);
  node->body = block(*node, &Parser::statement);
  return node;
}

void Parser::parameters(FunctionDef& function) {
  Token open = token_;
  expect(TokenKind::kOpenParen, "and the parameters");
  size_t mark = scratch_.size();
  bool keyword_only = false;
  while (!at(TokenKind::kCloseParen)) {
    if (at(TokenKind::kDoubleStar)) fail_unsupported(token_, "a '**' parameter");
    if (at(TokenKind::kSlash)) fail_unsupported(token_, "'/' among the parameters");
    if (at(TokenKind::kStar)) {
      if (peek().kind != TokenKind::kComma || keyword_only) fail_unsupported(token_, "a '*' parameter");
      keyword_only = true;
      advance();
      advance();
      continue;
    }
    auto* param = make<Param>(token_.start);
    param->name = expect_name("a parameter's name");
    param->keyword_only = keyword_only;
    if (accept(TokenKind::kColon)) param->type = expression();
    if (accept(TokenKind::kAssign)) param->default_value = expression();
    cover(*param, param->type);
    cover(*param, param->default_value);
    scratch_.push_back(finish(param));
    if (!accept(TokenKind::kComma)) break;
  }
  function.params = take<Param>(mark, function);
  expect_close(TokenKind::kCloseParen, open);
  if (const Param* second = repeated(function.params))
    fail_node(*second, cat("parameter '", quotable(second->name), "' appears twice"));
}

}  // namespace taper::impl::ir
