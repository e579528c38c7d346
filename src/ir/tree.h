// The syntax tree of a source file. Nodes live in an arena that the Tree owns; children are arrays in it; names and text
// point into the source. Types are parsed as expressions: List[int] is a subscript of a name.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/source.h"
#include "ir/lexer.h"

namespace taper::impl::ir {

enum class ExprKind : uint8_t {
  kNone, kTrue, kFalse, kEllipsis,
  kInt,        // integer
  kFloat,      // number
  kComplex,    // number: the imaginary part
  kString,     // text: unescaped bytes
  kName,       // text
  kAttribute,  // children[0].text
  kCall,       // children[0](children[1..], keywords)
  kSubscript,  // children[0][children[1..]]
  kSlice,      // children: start, stop, step; null where left out
  kList, kTuple,
  kDict,       // children: key, value, key, value...
  kUnary,      // op children[0]; op: kMinus, kPlus, kTilde, kNot
  kBinary,     // children[0] op children[1]; arithmetic, comparison, kAnd, kOr, kIn, kIs; negated for not in, is not
  kTernary,    // children[1] if children[0] else children[2]
  kStarred,    // *children[0]
  kListComp,   // [children[0] for children[1] in children[2] if children[3..]]
};

struct Expr;
struct Keyword {
  std::string_view name;
  const Expr* value;
};

struct Expr {
  ExprKind kind;
  TokenKind op = TokenKind::kEnd;
  bool negated = false;
  bool parenthesized = false;
  uint32_t start = 0, end = 0;
  std::string_view text;
  union {
    int64_t integer = 0;
    double number;
  };
  std::span<const Expr* const> children;
  std::span<const Keyword> keywords;

  const Expr* child(size_t i = 0) const { return children[i]; }
};

enum class StmtKind : uint8_t {
  kExpr,      // value
  kAssign,    // targets = value; annotation may be set; value null for a bare "x : T"
  kAugmented, // targets[0] op= value; op is the arithmetic token
  kIf,        // value; body, orelse
  kWhile,     // value; body
  kFor,       // targets in value; body
  kReturn,    // value or null
  kRaise,     // value or null
  kAssert,    // value, message (may be null)
  kWith,      // items; body
  kDelete,    // targets
  kPass, kBreak, kContinue,
  kDef,       // function
};

struct Def;
struct Stmt;
struct WithItem {
  const Expr* context;
  const Expr* target;  // null without "as"
};

struct Stmt {
  StmtKind kind;
  TokenKind op = TokenKind::kEnd;
  uint32_t start = 0, end = 0;
  const Expr* value = nullptr;
  const Expr* annotation = nullptr;
  const Expr* message = nullptr;
  // kAssign: one entry per "=" chain member; a tuple of targets is one kTuple expression.
  std::span<const Expr* const> targets;
  std::span<const Stmt* const> body;
  std::span<const Stmt* const> orelse;
  std::span<const WithItem> items;
  const Def* function = nullptr;
};

struct Parameter {
  std::string_view name;
  const Expr* annotation = nullptr;     // null: Tensor, or self
  const Expr* default_value = nullptr;
  bool keyword_only = false;
  uint32_t start = 0, end = 0;
};

struct Def {
  std::string_view name;
  uint32_t start = 0, end = 0;          // of the header line
  std::span<const Parameter> parameters;
  const Expr* returns = nullptr;        // null without "->"
  std::span<const Stmt* const> body;
};

struct ClassDef {
  std::string_view name;
  uint32_t start = 0, end = 0;
  std::span<const Expr* const> bases;
  std::span<const Stmt* const> statements;  // assignments, annotations, pass; in order
  std::span<const Def* const> methods;      // in order
};

class Tree {
 public:
  Tree(Ref<const Source> text) : source(std::move(text)) {}
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  const Ref<const Source> source;
  int64_t op_version_set = -1;               // "op_version_set = N"; -1: the line is absent
  std::vector<std::string_view> imports;     // "__torch__.a.b"
  std::vector<const ClassDef*> classes;
  std::vector<const Def*> functions;
  std::vector<const Stmt*> statements;       // other top-level assignments

  const ClassDef* find_class(std::string_view name) const noexcept;
  const Def* find_function(std::string_view name) const noexcept;
  SourceRange range(uint32_t start, uint32_t end) const { return {source, start, end}; }
  template <class Node>
  SourceRange range(const Node& node) const {
    return {source, node.start, node.end};
  }

  // Arena: memory for trivially destructible nodes, freed with the tree.
  void* allocate(size_t bytes);
  template <class T>
  T* make() {
    return new (allocate(sizeof(T))) T();
  }
  template <class T>
  std::span<const T> copy(const std::vector<T>& items) {
    if (items.empty()) return {};
    T* out = static_cast<T*>(allocate(items.size() * sizeof(T)));
    std::uninitialized_copy(items.begin(), items.end(), out);
    return {out, items.size()};
  }

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace taper::impl::ir
