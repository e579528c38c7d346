// Expressions, by precedence climbing.
#include <charconv>

#include "ir/parser_impl.h"

namespace taper::impl::ir {
namespace {

// Python's levels, loosest first. `not` binds below the comparisons, the signs above the products, `**` above the
// signs.
enum Precedence : int {
  kNoOperator = 0,
  kOrLevel,
  kAndLevel,
  kNotLevel,
  kComparisonLevel,
  kBitOrLevel,
  kBitXorLevel,
  kBitAndLevel,
  kShiftLevel,
  kSumLevel,
  kProductLevel,
};

struct Operator {
  int precedence;
  BinaryOp op;
};

// `is` and `in` stand for themselves here; binary() looks at the `not` besides them.
Operator binary_operator(TokenKind kind) {
  switch (kind) {
    case TokenKind::kOr: return {kOrLevel, BinaryOp::kOr};
    case TokenKind::kAnd: return {kAndLevel, BinaryOp::kAnd};
    case TokenKind::kNot: return {kComparisonLevel, BinaryOp::kNotIn};
    case TokenKind::kIn: return {kComparisonLevel, BinaryOp::kIn};
    case TokenKind::kIs: return {kComparisonLevel, BinaryOp::kIs};
    case TokenKind::kEqual: return {kComparisonLevel, BinaryOp::kEqual};
    case TokenKind::kNotEqual: return {kComparisonLevel, BinaryOp::kNotEqual};
    case TokenKind::kLess: return {kComparisonLevel, BinaryOp::kLess};
    case TokenKind::kLessEqual: return {kComparisonLevel, BinaryOp::kLessEqual};
    case TokenKind::kGreater: return {kComparisonLevel, BinaryOp::kGreater};
    case TokenKind::kGreaterEqual: return {kComparisonLevel, BinaryOp::kGreaterEqual};
    case TokenKind::kPipe: return {kBitOrLevel, BinaryOp::kBitOr};
    case TokenKind::kCaret: return {kBitXorLevel, BinaryOp::kBitXor};
    case TokenKind::kAmpersand: return {kBitAndLevel, BinaryOp::kBitAnd};
    case TokenKind::kShiftLeft: return {kShiftLevel, BinaryOp::kShiftLeft};
    case TokenKind::kShiftRight: return {kShiftLevel, BinaryOp::kShiftRight};
    case TokenKind::kPlus: return {kSumLevel, BinaryOp::kAdd};
    case TokenKind::kMinus: return {kSumLevel, BinaryOp::kSub};
    case TokenKind::kStar: return {kProductLevel, BinaryOp::kMul};
    case TokenKind::kSlash: return {kProductLevel, BinaryOp::kDiv};
    case TokenKind::kDoubleSlash: return {kProductLevel, BinaryOp::kFloorDiv};
    case TokenKind::kPercent: return {kProductLevel, BinaryOp::kMod};
    case TokenKind::kAt: return {kProductLevel, BinaryOp::kMatmul};
    default: return {kNoOperator, BinaryOp::kAdd};
  }
}

bool starts_expression(TokenKind kind) {
  switch (kind) {
    case TokenKind::kName:
    case TokenKind::kInt:
    case TokenKind::kFloat:
    case TokenKind::kImaginary:
    case TokenKind::kString:
    case TokenKind::kTrue:
    case TokenKind::kFalse:
    case TokenKind::kNone:
    case TokenKind::kEllipsis:
    case TokenKind::kOpenParen:
    case TokenKind::kOpenBracket:
    case TokenKind::kOpenBrace:
    case TokenKind::kMinus:
    case TokenKind::kPlus:
    case TokenKind::kTilde:
    case TokenKind::kNot:
    case TokenKind::kStar: return true;
    default: return false;
  }
}

}  // namespace

Expr* Parser::expression() {
  DepthGuard guard(*this);
  Expr* value = binary(kOrLevel);
  if (!at(TokenKind::kIf)) return value;
  auto* node = make<ConditionalExpr>(value->start);
  advance();
  node->value = value;
  node->condition = binary(kOrLevel);
  expect(TokenKind::kElse, "of the conditional expression");
  node->other = expression();
  cover(*node, node->value);
  cover(*node, node->condition);
  cover(*node, node->other);
  return finish(node);
}

Expr* Parser::starred_or_expression() {
  if (!at(TokenKind::kStar)) return expression();
  auto* node = make<StarredExpr>(token_.start);
  advance();
  node->value = expression();
  cover(*node, node->value);
  return finish(node);
}

Expr* Parser::expression_list() {
  Expr* first = starred_or_expression();
  if (!at(TokenKind::kComma)) {
    if (first->as<StarredExpr>()) fail_node(*first, "a starred expression stands only in a list, a tuple or a call");
    return first;
  }
  auto* tuple = make<TupleExpr>(first->start);
  size_t mark = scratch_.size();
  scratch_.push_back(first);
  while (accept(TokenKind::kComma) && starts_expression(token_.kind)) scratch_.push_back(starred_or_expression());
  tuple->elements = take<Expr>(mark, *tuple);
  return finish(tuple);
}

Expr* Parser::binary(int least_precedence) {
  Expr* left = unary();
  for (bool compared = false;;) {
    Operator next = binary_operator(token_.kind);
    if (next.precedence < least_precedence || next.precedence == kNoOperator) return left;
    Token token = token_;
    if (next.op == BinaryOp::kNotIn && peek().kind != TokenKind::kIn) return left;
    advance();
    if (next.op == BinaryOp::kNotIn) advance();
    if (next.op == BinaryOp::kIs && accept(TokenKind::kNot)) next.op = BinaryOp::kIsNot;
    if (next.precedence == kComparisonLevel) {
      if (compared) fail_unsupported(token, "a chained comparison");
      compared = true;
    }
    auto* node = make<BinaryExpr>(left->start);
    node->op = next.op;
    node->left = left;
    node->right = binary(next.precedence + 1);
    cover(*node, node->left);
    cover(*node, node->right);
    left = finish(node);
  }
}

Expr* Parser::unary() {
  UnaryOp op;
  switch (token_.kind) {
    case TokenKind::kMinus: op = UnaryOp::kNegate; break;
    case TokenKind::kPlus: op = UnaryOp::kPlus; break;
    case TokenKind::kTilde: op = UnaryOp::kInvert; break;
    case TokenKind::kNot: op = UnaryOp::kNot; break;
    default: {
      Expr* base = postfix();
      if (!at(TokenKind::kDoubleStar)) return base;
      DepthGuard guard(*this);
      advance();
      auto* power = make<BinaryExpr>(base->start);
      power->op = BinaryOp::kPow;
      power->left = base;
      power->right = unary();
      cover(*power, power->left);
      cover(*power, power->right);
      return finish(power);
    }
  }
  DepthGuard guard(*this);
  uint32_t start = token_.start;
  advance();
  if (op == UnaryOp::kNegate && (at(TokenKind::kInt) || at(TokenKind::kFloat))) {
    TokenKind after = peek().kind;
    if (after != TokenKind::kDoubleStar && after != TokenKind::kDot && after != TokenKind::kOpenBracket &&
        after != TokenKind::kOpenParen)
      return number(start, true);
  }
  auto* node = make<UnaryExpr>(start);
  node->op = op;
  node->operand = op == UnaryOp::kNot ? binary(kNotLevel + 1) : unary();
  cover(*node, node->operand);
  return finish(node);
}

Expr* Parser::postfix() {
  Expr* base = atom();
  for (;;) {
    switch (token_.kind) {
      case TokenKind::kDot: {
        auto* node = make<AttributeExpr>(base->start);
        advance();
        if (!at(TokenKind::kName) && !is_keyword(token_.kind)) fail_expected("an attribute's name after '.'");
        node->base = base;
        node->name = text();
        advance();
        cover(*node, base);
        base = finish(node);
        break;
      }
      case TokenKind::kOpenParen: base = call(base); break;
      case TokenKind::kOpenBracket: base = subscript(base); break;
      default: return base;
    }
  }
}

Expr* Parser::call(Expr* callee) {
  auto* node = make<CallExpr>(callee->start);
  Token open = token_;
  advance();
  node->callee = callee;
  size_t mark = scratch_.size();
  // Keywords follow the positional arguments: the first keyword closes the list of those.
  bool in_keywords = false;
  while (!at(TokenKind::kCloseParen)) {
    bool named = (at(TokenKind::kName) || is_keyword(token_.kind)) && peek().kind == TokenKind::kAssign;
    if (named) {
      if (!in_keywords) node->args = take<Expr>(mark, *node);
      in_keywords = true;
      auto* keyword = make<Keyword>(token_.start);
      keyword->name = text();
      advance();
      advance();
      keyword->value = expression();
      cover(*keyword, keyword->value);
      scratch_.push_back(finish(keyword));
    } else {
      if (at(TokenKind::kDoubleStar)) fail_unsupported(token_, "'**' in a call");
      if (in_keywords) fail_expected("a keyword argument: positional arguments go first");
      scratch_.push_back(starred_or_expression());
      refuse_comprehension();
    }
    if (!accept(TokenKind::kComma)) break;
  }
  if (in_keywords) node->keywords = take<Keyword>(mark, *node);
  else node->args = take<Expr>(mark, *node);
  cover(*node, callee);
  expect_close(TokenKind::kCloseParen, open);
  return finish(node);
}

Expr* Parser::subscript(Expr* base) {
  auto* node = make<SubscriptExpr>(base->start);
  Token open = token_;
  advance();
  node->base = base;
  size_t mark = scratch_.size();
  for (;;) {
    scratch_.push_back(subscript_item());
    node->trailing_comma = accept(TokenKind::kComma);
    if (!node->trailing_comma || at(TokenKind::kCloseBracket)) break;
  }
  node->items = take<Expr>(mark, *node);
  cover(*node, base);
  expect_close(TokenKind::kCloseBracket, open);
  return finish(node);
}

Expr* Parser::subscript_item() {
  uint32_t start = token_.start;
  Expr* lower = at(TokenKind::kColon) ? nullptr : expression();
  if (!at(TokenKind::kColon)) return lower;
  auto ends = [&] { return at(TokenKind::kColon) || at(TokenKind::kComma) || at(TokenKind::kCloseBracket); };
  auto* slice = make<SliceExpr>(start);
  advance();
  slice->lower = lower;
  if (!ends()) slice->upper = expression();
  if (accept(TokenKind::kColon) && !ends()) slice->step = expression();
  cover(*slice, slice->lower);
  cover(*slice, slice->upper);
  cover(*slice, slice->step);
  return finish(slice);
}

Expr* Parser::atom() {
  uint32_t start = token_.start;
  auto constant = [&](Expr* node) {
    advance();
    return finish(node);
  };
  switch (token_.kind) {
    case TokenKind::kName: {
      auto* node = make<NameExpr>(start);
      node->name = text();
      return constant(node);
    }
    case TokenKind::kInt:
    case TokenKind::kFloat:
    case TokenKind::kImaginary: return number(start, false);
    case TokenKind::kString: return string();
    case TokenKind::kTrue: return constant(make<TrueExpr>(start));
    case TokenKind::kFalse: return constant(make<FalseExpr>(start));
    case TokenKind::kNone: return constant(make<NoneExpr>(start));
    case TokenKind::kEllipsis: return constant(make<EllipsisExpr>(start));
    case TokenKind::kOpenParen: return parenthesized();
    case TokenKind::kOpenBracket: return list_display();
    case TokenKind::kOpenBrace: return dict_display();
    default: fail_expected("an expression");
  }
}

Expr* Parser::parenthesized() {
  Token open = token_;
  advance();
  if (accept(TokenKind::kCloseParen)) return finish(make<TupleExpr>(open.start));
  Expr* inside = expression_list();
  refuse_comprehension();
  expect_close(TokenKind::kCloseParen, open);
  if (inside->kind == ExprKind::kTuple) {  // a tuple's place includes its parentheses
    inside->start = open.start;
    finish(inside);
  }
  return inside;
}

Expr* Parser::list_display() {
  Token open = token_;
  auto* node = make<ListExpr>(open.start);
  advance();
  size_t mark = scratch_.size();
  while (!at(TokenKind::kCloseBracket)) {
    scratch_.push_back(starred_or_expression());
    refuse_comprehension();
    if (!accept(TokenKind::kComma)) break;
  }
  node->elements = take<Expr>(mark, *node);
  expect_close(TokenKind::kCloseBracket, open);
  return finish(node);
}

Expr* Parser::dict_display() {
  Token open = token_;
  auto* node = make<DictExpr>(open.start);
  advance();
  size_t mark = scratch_.size();
  while (!at(TokenKind::kCloseBrace)) {
    if (at(TokenKind::kDoubleStar)) fail_unsupported(token_, "'**' in a dict display");
    scratch_.push_back(expression());
    if (at(TokenKind::kComma) || at(TokenKind::kCloseBrace)) fail_unsupported(open, "a set display");
    expect(TokenKind::kColon, "between a dict's key and value");
    scratch_.push_back(expression());
    refuse_comprehension();
    if (!accept(TokenKind::kComma)) break;
  }
  // Keys and values alternate on scratch_: keys move to the front of the second half's copy.
  size_t count = (scratch_.size() - mark) / 2;
  for (size_t i = 0; i < count; ++i) scratch_.push_back(scratch_[mark + 2 * i + 1]);
  node->values = take<Expr>(mark + 2 * count, *node);
  for (size_t i = 0; i < count; ++i) scratch_[mark + i] = scratch_[mark + 2 * i];
  scratch_.resize(mark + count);
  node->keys = take<Expr>(mark, *node);
  expect_close(TokenKind::kCloseBrace, open);
  return finish(node);
}

Expr* Parser::number(uint32_t start, bool negative) {
  std::string_view digits = text();
  if (at(TokenKind::kInt)) {
    auto* node = make<IntExpr>(start);
    int base = 10;
    if (digits.size() > 2 && (digits[1] == 'x' || digits[1] == 'X')) {
      base = 16;
      digits.remove_prefix(2);
    }
    uint64_t magnitude = 0;
    auto result = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
    uint64_t limit = uint64_t(INT64_MAX) + (negative ? 1 : 0);
    if (result.ec != std::errc() || magnitude > limit)
      lexer_.fail_token(start, token_.end, "integer literal does not fit 64 bits");
    node->value = int64_t(negative ? 0 - magnitude : magnitude);
    advance();
    return finish(node);
  }
  bool imaginary = at(TokenKind::kImaginary);
  if (imaginary) digits.remove_suffix(1);
  double value = 0;
  auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc() || result.ptr != digits.data() + digits.size())
    lexer_.fail_token(start, token_.end, "number does not fit a 64-bit float");
  if (negative) value = -value;
  if (imaginary) {
    auto* node = make<ImaginaryExpr>(start);
    node->value = value;
    advance();
    return finish(node);
  }
  auto* node = make<FloatExpr>(start);
  node->value = value;
  advance();
  return finish(node);
}

Expr* Parser::string() {
  auto* node = make<StringExpr>(token_.start);
  Token first = token_;
  advance();
  if (!at(TokenKind::kString) && !string_has_escapes(lexer_.text(first))) {
    node->value = string_inside(lexer_.text(first));
    return finish(node);
  }
  text_buffer_.clear();
  append_unescaped(lexer_, first, text_buffer_);
  for (; at(TokenKind::kString); advance()) append_unescaped(lexer_, token_, text_buffer_);
  node->value = tree_->arena_.copy(std::string_view(text_buffer_));
  return finish(node);
}

Expr* Parser::target() {
  Expr* target = binary(kBitOrLevel);
  check_target(*target);
  return target;
}

Expr* Parser::target_list() {
  Expr* first = target();
  if (at(TokenKind::kComma)) {
    auto* tuple = make<TupleExpr>(first->start);
    size_t mark = scratch_.size();
    scratch_.push_back(first);
    while (accept(TokenKind::kComma) && starts_expression(token_.kind)) scratch_.push_back(target());
    tuple->elements = take<Expr>(mark, *tuple);
    first = finish(tuple);
  }
  return first;
}

void Parser::check_target(const Expr& target) const {
  NodeList<Expr> elements;
  switch (target.kind) {
    case ExprKind::kName:
    case ExprKind::kAttribute:
    case ExprKind::kSubscript: return;
    case ExprKind::kTuple: elements = target.as<TupleExpr>()->elements; break;
    case ExprKind::kList: elements = target.as<ListExpr>()->elements; break;
    default: fail_node(target, "this cannot be assigned to");
  }
  bool starred = false;
  for (const Expr* element : elements) {
    if (auto* star = element->as<StarredExpr>()) {
      if (starred) fail_node(*star, "only one target of an assignment can be starred");
      starred = true;
      element = star->value;
    }
    check_target(*element);
  }
}

void Parser::refuse_comprehension() const {
  if (at(TokenKind::kFor)) fail_unsupported(token_, "a comprehension");
}

}  // namespace taper::impl::ir
