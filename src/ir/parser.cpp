#include "ir/parser.h"

#include <charconv>
#include <limits>

namespace taper::impl::ir {
namespace {

class Parser {
 public:
  Parser(Tree& tree, const ParseLimits& limits)
      : tree_(tree), text_(tree.source->text), tokens_(tokenize(tree.source, limits.max_tokens)), max_depth_(limits.max_depth) {}

  void file() {
    while (!at(TokenKind::kEnd)) {
      if (accept(TokenKind::kNewline) || accept(TokenKind::kSemicolon)) continue;
      if (at(TokenKind::kClass)) {
        tree_.classes.push_back(class_def());
      } else if (at(TokenKind::kDef)) {
        tree_.functions.push_back(def());
      } else if (accept(TokenKind::kImport)) {
        tree_.imports.push_back(dotted_name());
        line_end();
      } else {
        const Stmt* line = statement();
        if (line->kind == StmtKind::kAssign && line->targets.size() == 1 && line->targets[0]->kind == ExprKind::kName &&
            line->targets[0]->text == "op_version_set" && line->value && line->value->kind == ExprKind::kInt)
          tree_.op_version_set = line->value->integer;
        else
          tree_.statements.push_back(line);
      }
    }
  }

  const Expr* whole_expression() {
    const Expr* e = expression_list();
    accept(TokenKind::kNewline);
    if (!at(TokenKind::kEnd)) unexpected("the end of the text");
    return e;
  }

 private:
  class Deeper {
   public:
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > parser_.max_depth_) {
        const Token& t = parser_.now();
        SourceRange range = parser_.tree_.range(t.start, t.end);
        fail(ErrorCode::kBudget, cat(parser_.tree_.source->name, ", line ", line_column(range).line, ": code nested deeper than ", parser_.max_depth_, " levels"));
      }
    }
    ~Deeper() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  const Token& now() const { return tokens_[at_]; }
  const Token& ahead(size_t n = 1) const { return tokens_[std::min(at_ + n, tokens_.size() - 1)]; }
  bool at(TokenKind kind) const { return now().kind == kind; }
  std::string_view text(const Token& t) const { return text_.substr(t.start, t.end - t.start); }
  const Token& next() {
    const Token& t = tokens_[at_];
    if (t.kind != TokenKind::kEnd) ++at_;
    return t;
  }
  bool accept(TokenKind kind) {
    if (!at(kind)) return false;
    next();
    return true;
  }
  [[noreturn]] void unexpected(std::string_view wanted) {
    const Token& t = now();
    bool literal = t.kind >= TokenKind::kName && t.end > t.start;
    std::string found = literal ? cat("'", text(t).substr(0, 40), "'") : std::string(token_text(t.kind));
    fail_syntax(tree_.source, t.start, t.end, cat("expected ", wanted, " but found ", found));
  }
  const Token& expect(TokenKind kind) {
    if (!at(kind)) {
      bool literal = kind >= TokenKind::kAnd;
      unexpected(literal ? cat("'", token_text(kind), "'") : std::string(token_text(kind)));
    }
    return next();
  }
  void line_end() {
    if (accept(TokenKind::kSemicolon)) {
      accept(TokenKind::kNewline);
      return;
    }
    if (!at(TokenKind::kEnd) && !at(TokenKind::kDedent)) expect(TokenKind::kNewline);
  }
  std::string_view name() { return text(expect(TokenKind::kName)); }
  std::string_view dotted_name() {
    uint32_t start = now().start;
    name();
    while (accept(TokenKind::kDot)) name();
    return text_.substr(start, tokens_[at_ - 1].end - start);
  }
  uint32_t last_end() const { return tokens_[at_ ? at_ - 1 : 0].end; }

  Expr* make(ExprKind kind, uint32_t start) {
    Expr* e = tree_.make<Expr>();
    e->kind = kind;
    e->start = start;
    e->end = last_end();
    return e;
  }
  Expr* make(ExprKind kind, uint32_t start, std::initializer_list<const Expr*> children) {
    Expr* e = make(kind, start);
    e->children = tree_.copy(std::vector<const Expr*>(children));
    return e;
  }

  // ---- definitions

  const ClassDef* class_def() {
    Deeper deeper(*this);
    ClassDef* c = tree_.make<ClassDef>();
    c->start = expect(TokenKind::kClass).start;
    c->name = name();
    std::vector<const Expr*> bases;
    if (accept(TokenKind::kLeftParen)) {
      while (!at(TokenKind::kRightParen)) {
        bases.push_back(expression());
        if (!accept(TokenKind::kComma)) break;
      }
      expect(TokenKind::kRightParen);
    }
    c->bases = tree_.copy(bases);
    c->end = expect(TokenKind::kColon).end;
    std::vector<const Stmt*> statements;
    std::vector<const Def*> methods;
    expect(TokenKind::kNewline);
    if (!at(TokenKind::kIndent)) {  // an empty class: archives write the header alone
      return c;
    }
    next();
    while (!accept(TokenKind::kDedent)) {
      if (at(TokenKind::kEnd)) break;
      if (accept(TokenKind::kNewline)) continue;
      if (at(TokenKind::kDef) || at(TokenKind::kAt)) {
        skip_decorators();
        methods.push_back(def());
      } else {
        statements.push_back(statement());
      }
    }
    c->statements = tree_.copy(statements);
    c->methods = tree_.copy(methods);
    return c;
  }

  void skip_decorators() {
    while (accept(TokenKind::kAt)) {
      expression();
      expect(TokenKind::kNewline);
    }
  }

  const Def* def() {
    Deeper deeper(*this);
    Def* d = tree_.make<Def>();
    d->start = expect(TokenKind::kDef).start;
    d->name = name();
    expect(TokenKind::kLeftParen);
    std::vector<Parameter> parameters;
    bool keyword_only = false;
    while (!at(TokenKind::kRightParen)) {
      if (accept(TokenKind::kStar)) {
        keyword_only = true;
        if (!accept(TokenKind::kComma)) unexpected("','");
        continue;
      }
      Parameter p;
      const Token& t = expect(TokenKind::kName);
      p.name = text(t);
      p.start = t.start;
      p.keyword_only = keyword_only;
      if (accept(TokenKind::kColon)) p.annotation = expression();
      if (accept(TokenKind::kAssign)) p.default_value = expression();
      p.end = last_end();
      parameters.push_back(p);
      if (!accept(TokenKind::kComma)) break;
    }
    expect(TokenKind::kRightParen);
    d->parameters = tree_.copy(parameters);
    if (accept(TokenKind::kArrow)) d->returns = expression_list();
    d->end = expect(TokenKind::kColon).end;
    d->body = block();
    return d;
  }

  std::span<const Stmt* const> block() {
    Deeper deeper(*this);
    std::vector<const Stmt*> body;
    if (!at(TokenKind::kNewline)) {  // on the header's line
      body.push_back(statement());
      return tree_.copy(body);
    }
    next();
    if (!at(TokenKind::kIndent)) return {};  // nothing but comments: an empty body
    next();
    while (!accept(TokenKind::kDedent)) {
      if (at(TokenKind::kEnd)) break;
      if (accept(TokenKind::kNewline)) continue;
      body.push_back(statement());
    }
    return tree_.copy(body);
  }

  // ---- statements

  Stmt* make_statement(StmtKind kind, uint32_t start) {
    Stmt* s = tree_.make<Stmt>();
    s->kind = kind;
    s->start = start;
    return s;
  }

  const Stmt* statement() {
    Deeper deeper(*this);
    uint32_t start = now().start;
    Stmt* s;
    switch (now().kind) {
      case TokenKind::kIf: return if_statement();
      case TokenKind::kWhile:
        next();
        s = make_statement(StmtKind::kWhile, start);
        s->value = expression();
        s->end = expect(TokenKind::kColon).end;
        s->body = block();
        return s;
      case TokenKind::kFor:
        next();
        s = make_statement(StmtKind::kFor, start);
        s->targets = tree_.copy(std::vector<const Expr*>{target_list()});
        expect(TokenKind::kIn);
        s->value = expression_list();
        s->end = expect(TokenKind::kColon).end;
        s->body = block();
        return s;
      case TokenKind::kWith: return with_statement();
      case TokenKind::kDef:
        s = make_statement(StmtKind::kDef, start);
        s->function = def();
        s->end = s->function->end;
        return s;
      default: break;
    }
    s = simple_statement(start);
    s->end = last_end();
    line_end();
    return s;
  }

  const Stmt* if_statement() {
    Deeper deeper(*this);
    uint32_t start = next().start;  // if or elif
    Stmt* s = make_statement(StmtKind::kIf, start);
    s->value = expression();
    s->end = expect(TokenKind::kColon).end;
    s->body = block();
    if (at(TokenKind::kElif)) {
      s->orelse = tree_.copy(std::vector<const Stmt*>{if_statement()});
    } else if (accept(TokenKind::kElse)) {
      expect(TokenKind::kColon);
      s->orelse = block();
    }
    return s;
  }

  const Stmt* with_statement() {
    uint32_t start = next().start;
    Stmt* s = make_statement(StmtKind::kWith, start);
    std::vector<WithItem> items;
    do {
      WithItem item{expression(), nullptr};
      if (accept(TokenKind::kAs)) item.target = postfix();
      items.push_back(item);
    } while (accept(TokenKind::kComma));
    s->items = tree_.copy(items);
    s->end = expect(TokenKind::kColon).end;
    s->body = block();
    return s;
  }

  bool ends_line() const { return at(TokenKind::kNewline) || at(TokenKind::kSemicolon) || at(TokenKind::kEnd) || at(TokenKind::kDedent); }

  Stmt* simple_statement(uint32_t start) {
    switch (now().kind) {
      case TokenKind::kReturn: {
        next();
        Stmt* s = make_statement(StmtKind::kReturn, start);
        if (!ends_line()) s->value = expression_list();
        return s;
      }
      case TokenKind::kRaise: {
        next();
        Stmt* s = make_statement(StmtKind::kRaise, start);
        if (!ends_line()) s->value = expression_list();
        return s;
      }
      case TokenKind::kAssert: {
        next();
        Stmt* s = make_statement(StmtKind::kAssert, start);
        s->value = expression();
        if (accept(TokenKind::kComma)) s->message = expression();
        return s;
      }
      case TokenKind::kDel: {
        next();
        Stmt* s = make_statement(StmtKind::kDelete, start);
        std::vector<const Expr*> targets;
        do targets.push_back(postfix());
        while (accept(TokenKind::kComma) && !ends_line());
        s->targets = tree_.copy(targets);
        return s;
      }
      case TokenKind::kPass: return next(), make_statement(StmtKind::kPass, start);
      case TokenKind::kBreak: return next(), make_statement(StmtKind::kBreak, start);
      case TokenKind::kContinue: return next(), make_statement(StmtKind::kContinue, start);
      default: break;
    }
    const Expr* first = expression_list();
    if (accept(TokenKind::kColon)) {  // x : T [= value]
      Stmt* s = make_statement(StmtKind::kAssign, start);
      check_target(*first);
      s->targets = tree_.copy(std::vector<const Expr*>{first});
      s->annotation = expression_list();
      if (accept(TokenKind::kAssign)) s->value = expression_list();
      return s;
    }
    if (TokenKind op = augmented(now().kind); op != TokenKind::kEnd) {
      next();
      Stmt* s = make_statement(StmtKind::kAugmented, start);
      check_target(*first);
      s->op = op;
      s->targets = tree_.copy(std::vector<const Expr*>{first});
      s->value = expression_list();
      return s;
    }
    if (!at(TokenKind::kAssign)) {
      Stmt* s = make_statement(StmtKind::kExpr, start);
      s->value = first;
      return s;
    }
    std::vector<const Expr*> chain{first};
    while (accept(TokenKind::kAssign)) chain.push_back(expression_list());
    Stmt* s = make_statement(StmtKind::kAssign, start);
    s->value = chain.back();
    chain.pop_back();
    for (const Expr* target : chain) check_target(*target);
    s->targets = tree_.copy(chain);
    return s;
  }

  static TokenKind augmented(TokenKind kind) {
    switch (kind) {
      case TokenKind::kPlusAssign: return TokenKind::kPlus;
      case TokenKind::kMinusAssign: return TokenKind::kMinus;
      case TokenKind::kStarAssign: return TokenKind::kStar;
      case TokenKind::kSlashAssign: return TokenKind::kSlash;
      case TokenKind::kSlashSlashAssign: return TokenKind::kSlashSlash;
      case TokenKind::kPercentAssign: return TokenKind::kPercent;
      case TokenKind::kStarStarAssign: return TokenKind::kStarStar;
      case TokenKind::kAmpersandAssign: return TokenKind::kAmpersand;
      case TokenKind::kPipeAssign: return TokenKind::kPipe;
      case TokenKind::kCaretAssign: return TokenKind::kCaret;
      case TokenKind::kShiftLeftAssign: return TokenKind::kShiftLeft;
      case TokenKind::kShiftRightAssign: return TokenKind::kShiftRight;
      case TokenKind::kAtAssign: return TokenKind::kAt;
      default: return TokenKind::kEnd;
    }
  }

  void check_target(const Expr& target) {
    switch (target.kind) {
      case ExprKind::kName:
      case ExprKind::kAttribute:
      case ExprKind::kSubscript: return;
      case ExprKind::kStarred: return check_target(*target.child());
      case ExprKind::kTuple:
      case ExprKind::kList:
        for (const Expr* each : target.children) check_target(*each);
        return;
      default: fail_syntax(tree_.source, target.start, target.end, "this cannot be assigned to");
    }
  }

  // The targets of a for: names, tuples; no "in" operator inside.
  const Expr* target_list() {
    uint32_t start = now().start;
    std::vector<const Expr*> items;
    bool tuple = false;
    do {
      if (at(TokenKind::kIn)) break;
      items.push_back(postfix());
    } while (accept(TokenKind::kComma) && (tuple = true));
    if (items.empty()) unexpected("a name");
    for (const Expr* each : items) check_target(*each);
    if (!tuple) return items[0];
    Expr* e = make(ExprKind::kTuple, start);
    e->children = tree_.copy(items);
    return e;
  }

  // ---- expressions, from loose to tight

  // a, b, c: a tuple when there is a comma.
  const Expr* expression_list() {
    uint32_t start = now().start;
    const Expr* first = starred_expression();
    if (!at(TokenKind::kComma)) return first;
    std::vector<const Expr*> items{first};
    while (accept(TokenKind::kComma)) {
      if (ends_line() || at(TokenKind::kAssign) || at(TokenKind::kColon) || at(TokenKind::kRightParen) || at(TokenKind::kRightBracket)) break;
      items.push_back(starred_expression());
    }
    Expr* e = make(ExprKind::kTuple, start);
    e->children = tree_.copy(items);
    return e;
  }

  const Expr* starred_expression() {
    uint32_t start = now().start;
    if (!accept(TokenKind::kStar)) return expression();
    const Expr* inner = expression();
    return make(ExprKind::kStarred, start, {inner});
  }

  const Expr* expression() {
    Deeper deeper(*this);
    uint32_t start = now().start;
    const Expr* value = or_expression();
    if (!accept(TokenKind::kIf)) return value;
    const Expr* condition = or_expression();
    expect(TokenKind::kElse);
    const Expr* otherwise = expression();
    return make(ExprKind::kTernary, start, {condition, value, otherwise});
  }

  Expr* binary(TokenKind op, const Expr* left, const Expr* right, bool negated = false) {
    Expr* e = make(ExprKind::kBinary, left->start, {left, right});
    e->op = op;
    e->negated = negated;
    return e;
  }

  const Expr* or_expression() {
    const Expr* left = and_expression();
    while (accept(TokenKind::kOr)) left = binary(TokenKind::kOr, left, and_expression());
    return left;
  }

  const Expr* and_expression() {
    const Expr* left = not_expression();
    while (accept(TokenKind::kAnd)) left = binary(TokenKind::kAnd, left, not_expression());
    return left;
  }

  const Expr* not_expression() {
    if (!at(TokenKind::kNot)) return comparison();
    Deeper deeper(*this);
    uint32_t start = next().start;
    const Expr* inner = not_expression();
    Expr* e = make(ExprKind::kUnary, start, {inner});
    e->op = TokenKind::kNot;
    return e;
  }

  const Expr* comparison() {
    const Expr* left = arithmetic(0);
    while (true) {
      TokenKind op = now().kind;
      switch (op) {
        case TokenKind::kLess:
        case TokenKind::kLessEqual:
        case TokenKind::kGreater:
        case TokenKind::kGreaterEqual:
        case TokenKind::kEqualEqual:
        case TokenKind::kNotEqual:
        case TokenKind::kIn:
          next();
          left = binary(op, left, arithmetic(0));
          break;
        case TokenKind::kIs: {
          next();
          bool negated = accept(TokenKind::kNot);
          left = binary(op, left, arithmetic(0), negated);
          break;
        }
        case TokenKind::kNot:
          if (ahead().kind != TokenKind::kIn) return left;
          next();
          next();
          left = binary(TokenKind::kIn, left, arithmetic(0), true);
          break;
        default: return left;
      }
    }
  }

  static int level_of(TokenKind kind) {
    switch (kind) {
      case TokenKind::kPipe: return 0;
      case TokenKind::kCaret: return 1;
      case TokenKind::kAmpersand: return 2;
      case TokenKind::kShiftLeft:
      case TokenKind::kShiftRight: return 3;
      case TokenKind::kPlus:
      case TokenKind::kMinus: return 4;
      case TokenKind::kStar:
      case TokenKind::kSlash:
      case TokenKind::kSlashSlash:
      case TokenKind::kPercent:
      case TokenKind::kAt: return 5;
      default: return -1;
    }
  }

  // Precedence climbing over | ^ & shifts, sums and products, all left-associative.
  const Expr* arithmetic(int level) {
    const Expr* left = unary();
    while (true) {
      TokenKind op = now().kind;
      int own = level_of(op);
      if (own < level) return left;
      next();
      Deeper deeper(*this);
      left = binary(op, left, arithmetic(own + 1));
    }
  }

  const Expr* unary() {
    TokenKind op = now().kind;
    if (op != TokenKind::kMinus && op != TokenKind::kPlus && op != TokenKind::kTilde) return power();
    Deeper deeper(*this);
    uint32_t start = next().start;
    // The most negative int is written with a minus in front of what alone would overflow.
    if (op == TokenKind::kMinus && at(TokenKind::kInt) && text(now()) == "9223372036854775808") {
      next();
      Expr* e = make(ExprKind::kInt, start);
      e->integer = INT64_MIN;
      return e;
    }
    const Expr* inner = unary();
    Expr* e = make(ExprKind::kUnary, start, {inner});
    e->op = op;
    return e;
  }

  const Expr* power() {
    const Expr* base = postfix();
    if (!accept(TokenKind::kStarStar)) return base;
    Deeper deeper(*this);
    return binary(TokenKind::kStarStar, base, unary());
  }

  const Expr* postfix() {
    const Expr* e = atom();
    while (true) {
      uint32_t start = e->start;
      if (accept(TokenKind::kDot)) {
        const Token& t = now();
        // Attribute names may be keywords in Python's eyes ("ops.prim.None" does not occur, "x.is" might).
        if (t.kind != TokenKind::kName && !(t.kind >= TokenKind::kAnd && t.kind <= TokenKind::kYield)) unexpected("a name");
        next();
        Expr* attribute = make(ExprKind::kAttribute, start, {e});
        attribute->text = text(t);
        e = attribute;
      } else if (at(TokenKind::kLeftParen)) {
        e = call(e);
      } else if (at(TokenKind::kLeftBracket)) {
        e = subscript(e);
      } else {
        return e;
      }
    }
  }

  const Expr* call(const Expr* callee) {
    Deeper deeper(*this);
    expect(TokenKind::kLeftParen);
    std::vector<const Expr*> children{callee};
    std::vector<Keyword> keywords;
    while (!at(TokenKind::kRightParen)) {
      if (at(TokenKind::kName) && ahead().kind == TokenKind::kAssign) {
        std::string_view key = name();
        next();
        keywords.push_back({key, expression()});
      } else {
        children.push_back(starred_expression());
      }
      if (!accept(TokenKind::kComma)) break;
    }
    expect(TokenKind::kRightParen);
    Expr* e = make(ExprKind::kCall, callee->start);
    e->children = tree_.copy(children);
    e->keywords = tree_.copy(keywords);
    return e;
  }

  const Expr* subscript(const Expr* base) {
    Deeper deeper(*this);
    expect(TokenKind::kLeftBracket);
    std::vector<const Expr*> children{base};
    while (!at(TokenKind::kRightBracket)) {
      children.push_back(index());
      if (!accept(TokenKind::kComma)) break;
    }
    expect(TokenKind::kRightBracket);
    if (children.size() == 1) fail_syntax(tree_.source, base->start, last_end(), "a subscript needs an index");
    Expr* e = make(ExprKind::kSubscript, base->start);
    e->children = tree_.copy(children);
    return e;
  }

  const Expr* index() {
    uint32_t start = now().start;
    const Expr* parts[3] = {};
    if (!at(TokenKind::kColon)) {
      parts[0] = expression();
      if (!at(TokenKind::kColon)) return parts[0];
    }
    next();
    if (!at(TokenKind::kColon) && !at(TokenKind::kComma) && !at(TokenKind::kRightBracket)) parts[1] = expression();
    if (accept(TokenKind::kColon) && !at(TokenKind::kComma) && !at(TokenKind::kRightBracket)) parts[2] = expression();
    return make(ExprKind::kSlice, start, {parts[0], parts[1], parts[2]});
  }

  const Expr* atom() {
    Deeper deeper(*this);
    const Token& t = now();
    switch (t.kind) {
      case TokenKind::kName: {
        next();
        Expr* e = make(ExprKind::kName, t.start);
        e->text = text(t);
        return e;
      }
      case TokenKind::kInt: return integer();
      case TokenKind::kFloat: return real(ExprKind::kFloat);
      case TokenKind::kComplex: return real(ExprKind::kComplex);
      case TokenKind::kString: return string();
      case TokenKind::kNone: return next(), make(ExprKind::kNone, t.start);
      case TokenKind::kTrue: return next(), make(ExprKind::kTrue, t.start);
      case TokenKind::kFalse: return next(), make(ExprKind::kFalse, t.start);
      case TokenKind::kEllipsis: return next(), make(ExprKind::kEllipsis, t.start);
      case TokenKind::kLeftParen: return parenthesized();
      case TokenKind::kLeftBracket: return list();
      case TokenKind::kLeftBrace: return dict();
      default: unexpected("an expression");
    }
  }

  const Expr* integer() {
    const Token& t = next();
    std::string digits;
    for (char c : text(t))
      if (c != '_') digits += c;
    bool hex = digits.size() > 2 && (digits[1] == 'x' || digits[1] == 'X');
    Expr* e = make(ExprKind::kInt, t.start);
    int64_t value = 0;
    auto [end, error] = std::from_chars(digits.data() + (hex ? 2 : 0), digits.data() + digits.size(), value, hex ? 16 : 10);
    if (error == std::errc::result_out_of_range) fail_syntax(tree_.source, t.start, t.end, "the integer does not fit into 64 bits");
    if (error != std::errc() || end != digits.data() + digits.size()) fail_syntax(tree_.source, t.start, t.end, "invalid integer");
    e->integer = value;
    return e;
  }

  const Expr* real(ExprKind kind) {
    const Token& t = next();
    std::string_view body = text(t);
    if (kind == ExprKind::kComplex) body.remove_suffix(1);
    Expr* e = make(kind, t.start);
    double value = 0;
    auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value);
    if (error == std::errc::result_out_of_range) value = out_of_range(body);
    else if (error != std::errc() || end != body.data() + body.size()) fail_syntax(tree_.source, t.start, t.end, "invalid number");
    e->number = value;
    return e;
  }

  // from_chars leaves the value alone on overflow and underflow: Python gives infinity and zero.
  static double out_of_range(std::string_view body) {
    size_t e = body.find_first_of("eE");
    return e != std::string_view::npos && e + 1 < body.size() && body[e + 1] == '-' ? 0.0 : std::numeric_limits<double>::infinity();
  }

  // Adjacent literals are one string.
  const Expr* string() {
    uint32_t start = now().start;
    std::vector<char> bytes;
    while (at(TokenKind::kString)) unescape(next(), bytes);
    Expr* e = make(ExprKind::kString, start);
    std::span<const char> kept = tree_.copy(bytes);
    e->text = {kept.data(), kept.size()};
    return e;
  }

  void unescape(const Token& t, std::vector<char>& out) {
    std::string_view body = text(t);
    bool triple = body.size() >= 6 && body[1] == body[0] && body[2] == body[0];
    body = body.substr(triple ? 3 : 1, body.size() - (triple ? 6 : 2));
    for (size_t i = 0; i < body.size(); ++i) {
      char c = body[i];
      if (c != '\\' || i + 1 == body.size()) {
        out.push_back(c);
        continue;
      }
      c = body[++i];
      switch (c) {
        case 'n': out.push_back('\n'); break;
        case 't': out.push_back('\t'); break;
        case 'r': out.push_back('\r'); break;
        case 'a': out.push_back('\a'); break;
        case 'b': out.push_back('\b'); break;
        case 'f': out.push_back('\f'); break;
        case 'v': out.push_back('\v'); break;
        case '\\':
        case '\'':
        case '"': out.push_back(c); break;
        case '\n': break;
        case 'x': {
          unsigned value = 0;
          auto [end, error] = std::from_chars(body.data() + i + 1, body.data() + std::min(i + 3, body.size()), value, 16);
          if (error != std::errc() || end != body.data() + i + 3) fail_syntax(tree_.source, t.start, t.end, "\\x wants two hexadecimal digits");
          out.push_back(char(value));
          i += 2;
          break;
        }
        default:
          if (c >= '0' && c <= '7') {
            unsigned value = 0;
            size_t digits = 0;
            while (digits < 3 && i + digits < body.size() && body[i + digits] >= '0' && body[i + digits] <= '7') value = value * 8 + unsigned(body[i + digits++] - '0');
            out.push_back(char(value));
            i += digits - 1;
          } else {
            out.push_back('\\');
            out.push_back(c);
          }
      }
    }
  }

  const Expr* parenthesized() {
    uint32_t start = next().start;
    if (accept(TokenKind::kRightParen)) return make(ExprKind::kTuple, start);
    const Expr* inner = expression_list();
    expect(TokenKind::kRightParen);
    auto* copy = tree_.make<Expr>();
    *copy = *inner;
    copy->parenthesized = true;
    copy->start = start;
    copy->end = last_end();
    return copy;
  }

  const Expr* list() {
    uint32_t start = next().start;
    std::vector<const Expr*> items;
    while (!at(TokenKind::kRightBracket)) {
      items.push_back(starred_expression());
      if (items.size() == 1 && at(TokenKind::kFor)) return comprehension(start, items[0]);
      if (!accept(TokenKind::kComma)) break;
    }
    expect(TokenKind::kRightBracket);
    Expr* e = make(ExprKind::kList, start);
    e->children = tree_.copy(items);
    return e;
  }

  const Expr* comprehension(uint32_t start, const Expr* element) {
    expect(TokenKind::kFor);
    std::vector<const Expr*> children{element, target_list()};
    expect(TokenKind::kIn);
    children.push_back(or_expression());
    while (accept(TokenKind::kIf)) children.push_back(or_expression());
    expect(TokenKind::kRightBracket);
    Expr* e = make(ExprKind::kListComp, start);
    e->children = tree_.copy(children);
    return e;
  }

  const Expr* dict() {
    uint32_t start = next().start;
    std::vector<const Expr*> items;
    while (!at(TokenKind::kRightBrace)) {
      items.push_back(expression());
      expect(TokenKind::kColon);
      items.push_back(expression());
      if (!accept(TokenKind::kComma)) break;
    }
    expect(TokenKind::kRightBrace);
    Expr* e = make(ExprKind::kDict, start);
    e->children = tree_.copy(items);
    return e;
  }

  Tree& tree_;
  std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  size_t depth_ = 0;
  size_t max_depth_;
};

}  // namespace

std::unique_ptr<Tree> parse(Ref<const Source> source, const ParseLimits& limits) {
  auto tree = std::make_unique<Tree>(std::move(source));
  Parser(*tree, limits).file();
  return tree;
}

std::unique_ptr<Tree> parse_expression(Ref<const Source> source, const Expr*& expression, const ParseLimits& limits) {
  auto tree = std::make_unique<Tree>(std::move(source));
  expression = Parser(*tree, limits).whole_expression();
  return tree;
}

}  // namespace taper::impl::ir
