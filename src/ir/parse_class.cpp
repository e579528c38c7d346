// Classes, what their bodies declare, and the file around them.
#include <algorithm>

#include "ir/parser_impl.h"

namespace taper::impl::ir {
namespace {

template <class T>
std::span<const T* const> sort_by_name(Arena& arena, NodeList<T> nodes, const T** repeated) {
  std::vector<const T*> sorted(nodes.begin(), nodes.end());
  std::sort(sorted.begin(), sorted.end(), [](const T* a, const T* b) {
    int order = a->name.compare(b->name);
    return order != 0 ? order < 0 : a->start < b->start;
  });
  size_t count = 0;
  for (const T* node : sorted) {
    bool again = count > 0 && sorted[count - 1]->name == node->name;
    if (again) *repeated = node;
    sorted[again ? count - 1 : count++] = node;
  }
  return arena.copy(std::span<const T* const>(sorted.data(), count));
}

// The list of ClassDef that `__parameters__ = [...]` and its like fill; null for another name.
NameList* special_list(ClassDef& definition, std::string_view name) {
  if (!name.starts_with("__")) return nullptr;
  if (name == "__parameters__") return &definition.parameters;
  if (name == "__buffers__") return &definition.buffers;
  if (name == "__constants__") return &definition.constants;
  if (name == "__forward_hooks__") return &definition.forward_hooks;
  if (name == "__forward_pre_hooks__") return &definition.forward_pre_hooks;
  return nullptr;
}

}  // namespace

ClassDef* Parser::class_definition() {
  DepthGuard guard(*this);
  auto* node = make<ClassDef>(token_.start);
  advance();
  node->name = expect_name("the class's name");
  if (at(TokenKind::kOpenParen)) {
    Token open = token_;
    advance();
    size_t mark = scratch_.size();
    while (!at(TokenKind::kCloseParen)) {
      scratch_.push_back(expression());
      if (!accept(TokenKind::kComma)) break;
    }
    node->bases = take<Expr>(mark, *node);
    expect_close(TokenKind::kCloseParen, open);
  }
  finish(node);
  node->body = block(*node, &Parser::class_statement);
  take_members(*node);
  return node;
}

Stmt* Parser::class_statement() {
  // A field may be named like a keyword: `in : Tensor`.
  if (is_keyword(token_.kind) && peek().kind == TokenKind::kColon) {
    auto* name = make<NameExpr>(token_.start);
    name->name = text();
    advance();
    finish(name);
    auto* node = make<AssignStmt>(name->start);
    node->target = name;
    advance();
    node->type = expression();
    if (accept(TokenKind::kAssign)) node->value = expression();
    cover(*node, node->target);
    cover(*node, node->type);
    cover(*node, node->value);
    finish(node);
    if (!accept(TokenKind::kNewline)) fail_expected("the end of the line");
    return node;
  }
  Token first = token_;
  Stmt* node = statement();
  switch (node->kind) {
    case StmtKind::kAssign:
    case StmtKind::kFunction:
    case StmtKind::kPass: return node;
    case StmtKind::kExpr:
      if (static_cast<ExprStmt*>(node)->value->kind == ExprKind::kString) return node;  // a comment in quotes
      [[fallthrough]];
    default: lexer_.fail_token(first.start, first.end, "a class holds only fields, methods and 'pass'");
  }
}

void Parser::take_members(ClassDef& definition) {
  // Fields and methods are told apart in two walks, because each list must be contiguous on scratch_.
  size_t mark = scratch_.size();
  for (const Stmt* stmt : definition.body)
    if (auto* method = stmt->as<FunctionDef>()) scratch_.push_back(method);
  definition.methods = take<FunctionDef>(mark, definition);
  for (const Stmt* stmt : definition.body)
    if (auto* assign = stmt->as<AssignStmt>()) take_assignment(definition, *assign);
  definition.fields = take<Field>(mark, definition);

  const FunctionDef* method_again = nullptr;
  definition.methods_by_name = sort_by_name(tree_->arena_, definition.methods, &method_again);
  if (method_again) fail_node(*method_again, cat("method '", quotable(method_again->name), "' is defined twice"));
  const Field* field_again = nullptr;
  definition.fields_by_name = sort_by_name(tree_->arena_, definition.fields, &field_again);
  if (field_again) fail_node(*field_again, cat("field '", quotable(field_again->name), "' is declared twice"));
}

// Puts the declared field on scratch_, or fills one of the class's name lists.
void Parser::take_assignment(ClassDef& definition, const AssignStmt& assign) {
  if (assign.augmented) fail_node(assign, "a class's field cannot be updated");
  auto* field = make<Field>(assign.start);
  field->end = assign.end;
  if (auto* name = assign.target->as<NameExpr>()) {
    if (NameList* list = assign.type ? nullptr : special_list(definition, name->name)) {
      *list = name_list(assign, name->name);
      return;
    }
    if (!assign.type && name->name == "__annotations__") {  // `__annotations__ = []` opens some classes' annotations
      if (!name_list(assign, name->name).empty()) fail_node(*assign.value, "__annotations__ must start empty");
      return;
    }
    field->name = name->name;
    field->type = assign.type;
    field->value = assign.value;
  } else {
    auto* subscript = assign.target->as<SubscriptExpr>();
    auto* base = subscript ? subscript->base->as<NameExpr>() : nullptr;
    bool fits = base && base->name == "__annotations__" && subscript->items.size() == 1 && !subscript->trailing_comma;
    auto* key = fits ? subscript->items[0]->as<StringExpr>() : nullptr;
    if (!key || assign.type) fail_node(*assign.target, "a class's field is a name or __annotations__[\"name\"]");
    field->name = key->value;
    field->type = assign.value;
  }
  cover(*field, field->type);
  cover(*field, field->value);
  scratch_.push_back(field);
}

NameList Parser::name_list(const AssignStmt& assign, std::string_view name) {
  auto* list = assign.value->as<ListExpr>();
  if (!list) fail_node(*assign.value, cat(name, " must be a list of strings"));
  std::vector<std::string_view> names;
  names.reserve(list->elements.size());
  for (const Expr* element : list->elements) {
    auto* text = element->as<StringExpr>();
    if (!text) fail_node(*element, cat(name, " must be a list of strings"));
    names.push_back(text->value);
  }
  return tree_->arena_.copy(std::span<const std::string_view>(names));
}

void Parser::import_line(std::vector<std::string_view>& imports) {
  advance();
  text_buffer_.clear();
  do {
    if (!text_buffer_.empty()) text_buffer_ += '.';
    if (!at(TokenKind::kName) && !is_keyword(token_.kind)) fail_expected("a module's name");
    text_buffer_ += text();
    advance();
  } while (accept(TokenKind::kDot));
  if (at(TokenKind::kAs)) fail_unsupported(token_, "'import ... as'");
  if (at(TokenKind::kComma)) fail_unsupported(token_, "an import of several modules");
  imports.push_back(tree_->arena_.copy(std::string_view(text_buffer_)));
  if (!accept(TokenKind::kNewline)) fail_expected("the end of the line");
}

void Parser::version_line() {
  if (text() != "op_version_set") fail_expected("'class', 'def', 'import' or 'op_version_set'");
  advance();
  expect(TokenKind::kAssign, "and the version of the operators");
  if (!at(TokenKind::kInt)) fail_expected("the version of the operators");
  tree_->op_version_set_ = number(token_.start, false)->as<IntExpr>()->value;
  if (!accept(TokenKind::kNewline)) fail_expected("the end of the line");
}

Ref<const SourceTree> Parser::parse_file() {
  std::vector<const Stmt*> body;
  std::vector<std::string_view> imports;
  std::vector<const ClassDef*> classes;
  std::vector<const FunctionDef*> functions;
  while (!at(TokenKind::kEnd)) {
    switch (token_.kind) {
      case TokenKind::kClass:
        classes.push_back(class_definition());
        body.push_back(classes.back());
        break;
      case TokenKind::kDef: {
        DepthGuard guard(*this);
        functions.push_back(function());
        body.push_back(functions.back());
        break;
      }
      case TokenKind::kImport: import_line(imports); break;
      case TokenKind::kName: version_line(); break;
      case TokenKind::kFrom: fail_unsupported(token_, "'from ... import'");
      case TokenKind::kAt: fail_unsupported(token_, "a decorator");
      default: fail_expected("'class', 'def' or 'import' at the start of a line");
    }
  }
  Arena& arena = tree_->arena_;
  tree_->body_ = arena.copy(std::span<const Stmt* const>(body));
  tree_->imports_ = arena.copy(std::span<const std::string_view>(imports));
  // 1.2 writes some classes twice, word for word: a later definition replaces an earlier one, as in Python.
  const ClassDef* class_again = nullptr;
  const FunctionDef* function_again = nullptr;
  tree_->classes_by_name_ = sort_by_name(arena, NodeList<ClassDef>(classes), &class_again);
  tree_->functions_by_name_ = sort_by_name(arena, NodeList<FunctionDef>(functions), &function_again);
  return tree_;
}

}  // namespace taper::impl::ir
