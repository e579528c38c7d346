// The inside of the parser, private to parse_*.cpp: recursive descent with one token of lookahead over Lexer's tokens.
//
// 1. Every function that can reach itself again holds a DepthGuard, so the stack is bounded for any input.
// 2. Trees also grow deep without recursion of the parser (`a.b.c`, `a + b + c`): cover() bounds the height.
// 3. make() counts nodes; lists are collected on scratch_ and moved to the arena by take().
// 4. A function is entered with token_ on the first token of its construct and leaves it on the first one behind it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ir/diagnostic.h"
#include "ir/lexer.h"
#include "ir/parser.h"
#include "ir/tree.h"

namespace taper::impl::ir {

class Parser {
 public:
  Parser(Ref<const Source> source, const ParseLimits& limits);

  Ref<const SourceTree> parse_file();
  Ref<const SourceTree> parse_single_expression();

 private:
  class DepthGuard {
   public:
    explicit DepthGuard(Parser& parser) : parser_(parser) {
      if (++parser.depth_ > parser.max_depth_) parser.fail_depth(parser.token_.start, parser.token_.end);
    }
    ~DepthGuard() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  // ---- tokens (parser.cpp)
  void advance() {
    previous_end_ = token_.end;
    if (has_ahead_) {
      token_ = ahead_;
      has_ahead_ = false;
    } else {
      token_ = lexer_.next();
    }
  }
  const Token& peek() {
    if (!has_ahead_) {
      ahead_ = lexer_.next();
      has_ahead_ = true;
    }
    return ahead_;
  }
  bool at(TokenKind kind) const noexcept { return token_.kind == kind; }
  bool accept(TokenKind kind) {
    if (token_.kind != kind) return false;
    advance();
    return true;
  }
  std::string_view text() const noexcept { return lexer_.text(token_); }
  std::string found() const;  // the token at hand, quoted for a message
  [[noreturn]] void fail_expected(std::string_view what) const;
  [[noreturn]] void fail_unsupported(const Token& where, std::string_view what) const;
  [[noreturn]] void fail_node(const SyntaxNode& node, std::string_view message) const;
  [[noreturn]] void fail_depth(uint32_t start, uint32_t end) const;
  [[noreturn]] void fail_nodes() const;
  void expect(TokenKind kind, std::string_view context);
  // The closing bracket of `open`, after an element: complains about a missing comma or a bracket never closed.
  void expect_close(TokenKind kind, const Token& open);
  std::string_view expect_name(std::string_view what);

  // ---- nodes
  template <class T>
  T* make(uint32_t start) {
    if (++nodes_ > max_nodes_) fail_nodes();
    T* node = tree_->arena_.make<T>();
    node->start = start;
    return node;
  }
  template <class T>
  T* finish(T* node) {
    node->end = previous_end_;
    return node;
  }
  void cover(SyntaxNode& parent, const SyntaxNode* child) const {
    if (child == nullptr || child->height < parent.height) return;
    if (child->height + 1u >= max_depth_) fail_depth(parent.start, child->end);
    parent.height = uint16_t(child->height + 1);
  }
  template <class T>
  NodeList<T> take(size_t mark, SyntaxNode& parent) {
    size_t count = scratch_.size() - mark;
    if (count == 0) return {};
    auto** items = static_cast<const T**>(tree_->arena_.allocate(count * sizeof(const T*)));
    for (size_t i = 0; i < count; ++i) {
      items[i] = static_cast<const T*>(scratch_[mark + i]);
      cover(parent, items[i]);
    }
    scratch_.resize(mark);
    return {items, count};
  }

  // ---- expressions (parse_expression.cpp)
  Expr* expression();
  Expr* expression_list();  // `a` or the tuple `a, b` or `a,`
  Expr* starred_or_expression();
  Expr* binary(int least_precedence);
  Expr* unary();
  Expr* postfix();
  Expr* atom();
  Expr* parenthesized();
  Expr* list_display();
  Expr* dict_display();
  Expr* call(Expr* callee);
  Expr* subscript(Expr* base);
  Expr* subscript_item();
  Expr* number(uint32_t start, bool negative);
  Expr* string();
  Expr* target();  // of `for` and `with`: no operator below `|`, so that `in` is not taken
  Expr* target_list();
  void check_target(const Expr& target) const;
  void refuse_comprehension() const;

  // ---- statements (parse_statement.cpp)
  Stmt* statement();
  Stmt* simple_statement();
  Stmt* assignment_or_expression();
  Stmt* if_statement();
  Stmt* while_statement();
  Stmt* for_statement();
  Stmt* with_statement();
  Stmt* delete_statement();
  FunctionDef* function();
  void parameters(FunctionDef& function);
  void refuse_loop_else() const;
  NodeList<Stmt> block(SyntaxNode& parent, Stmt* (Parser::*parse_statement)());  // from the colon on

  // ---- classes and the file (parse_class.cpp)
  ClassDef* class_definition();
  Stmt* class_statement();
  void take_members(ClassDef& definition);
  void take_assignment(ClassDef& definition, const AssignStmt& assign);
  NameList name_list(const AssignStmt& assign, std::string_view name);
  void import_line(std::vector<std::string_view>& imports);
  void version_line();

  Ref<SourceTree> tree_;
  Lexer lexer_;
  Token token_;
  Token ahead_;
  bool has_ahead_ = false;
  uint32_t previous_end_ = 0;
  uint32_t depth_ = 0;
  uint32_t max_depth_;
  uint64_t nodes_ = 0;
  uint64_t max_nodes_;
  std::vector<const SyntaxNode*> scratch_;
  std::string text_buffer_;
};

}  // namespace taper::impl::ir
