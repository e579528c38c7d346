// The syntax tree of one code file of an archive.
//
//   Ref<const SourceTree> file = parse_source(source);                 // parser.h
//   const ClassDef* net = file->find_class("Net");                     // binary search
//   const FunctionDef* forward = net->find_method("forward");
//   for (const Stmt* stmt : forward->body)
//     if (auto* ret = stmt->as<ReturnStmt>()) ... file->range(*ret->value) ...
//
// Nodes are plain immutable structs in the arena of their SourceTree: they, and the views and lists in them, live as
// long as it does. A node knows its kind, its bytes in the source and its height, the number of levels below it. The
// parser bounds the height (ParseLimits::max_depth), so recursion over a tree is safe without further counting.
//
// Types are expressions: `List[int]` is a subscript. A negative number is one literal, but `0.+2.j` is the sum of two
// (complex_constant() adds them up).
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/source.h"
#include "ir/arena.h"

namespace taper::impl::ir {

template <class T>
using NodeList = std::span<const T* const>;
using NameList = std::span<const std::string_view>;

struct SyntaxNode {
  uint32_t start = 0;  // bytes [start, end) of the source; of a compound statement: its header without the body
  uint32_t end = 0;
  uint16_t height = 0;
};

// ---- expressions

enum class ExprKind : uint8_t {
  kName,
  kInt,
  kFloat,
  kImaginary,
  kString,
  kTrue,
  kFalse,
  kNone,
  kEllipsis,
  kAttribute,
  kCall,
  kSubscript,
  kSlice,
  kTuple,
  kList,
  kDict,
  kStarred,
  kUnary,
  kBinary,
  kConditional,
};

struct Expr : SyntaxNode {
  const ExprKind kind;
  explicit Expr(ExprKind expr_kind) : kind(expr_kind) {}
  template <class T>
  const T* as() const noexcept {
    return kind == T::kKind ? static_cast<const T*>(this) : nullptr;
  }
};

template <ExprKind kExprKind>
struct ExprOf : Expr {
  static constexpr ExprKind kKind = kExprKind;
  ExprOf() : Expr(kExprKind) {}
};

struct NameExpr : ExprOf<ExprKind::kName> {
  std::string_view name;
};
struct IntExpr : ExprOf<ExprKind::kInt> {
  int64_t value = 0;
};
struct FloatExpr : ExprOf<ExprKind::kFloat> {
  double value = 0;
};
struct ImaginaryExpr : ExprOf<ExprKind::kImaginary> {
  double value = 0;
};
struct StringExpr : ExprOf<ExprKind::kString> {
  std::string_view value;  // unescaped bytes
};
struct TrueExpr : ExprOf<ExprKind::kTrue> {};
struct FalseExpr : ExprOf<ExprKind::kFalse> {};
struct NoneExpr : ExprOf<ExprKind::kNone> {};
struct EllipsisExpr : ExprOf<ExprKind::kEllipsis> {};

struct AttributeExpr : ExprOf<ExprKind::kAttribute> {
  const Expr* base = nullptr;
  std::string_view name;
};

struct Keyword : SyntaxNode {
  std::string_view name;
  const Expr* value = nullptr;
};
struct CallExpr : ExprOf<ExprKind::kCall> {
  const Expr* callee = nullptr;
  NodeList<Expr> args;
  NodeList<Keyword> keywords;
};

struct SubscriptExpr : ExprOf<ExprKind::kSubscript> {
  const Expr* base = nullptr;
  NodeList<Expr> items;         // x[a, b] has two; x[()] one, an empty tuple
  bool trailing_comma = false;  // x[a,]: the index is a tuple of one
};
struct SliceExpr : ExprOf<ExprKind::kSlice> {  // only as a subscript's item
  const Expr* lower = nullptr;                 // each may be null
  const Expr* upper = nullptr;
  const Expr* step = nullptr;
};

struct TupleExpr : ExprOf<ExprKind::kTuple> {
  NodeList<Expr> elements;
};
struct ListExpr : ExprOf<ExprKind::kList> {
  NodeList<Expr> elements;
};
struct DictExpr : ExprOf<ExprKind::kDict> {
  NodeList<Expr> keys;
  NodeList<Expr> values;
};
struct StarredExpr : ExprOf<ExprKind::kStarred> {  // *x as an argument, element or target
  const Expr* value = nullptr;
};

enum class UnaryOp : uint8_t { kNegate, kPlus, kInvert, kNot };
struct UnaryExpr : ExprOf<ExprKind::kUnary> {
  UnaryOp op = UnaryOp::kNegate;
  const Expr* operand = nullptr;
};

enum class BinaryOp : uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kFloorDiv,
  kMod,
  kPow,
  kMatmul,
  kBitAnd,
  kBitOr,
  kBitXor,
  kShiftLeft,
  kShiftRight,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kNotIn,
  kIs,
  kIsNot,
  kAnd,
  kOr,
};
std::string_view spelling(BinaryOp op);
std::string_view spelling(UnaryOp op);
struct BinaryExpr : ExprOf<ExprKind::kBinary> {
  BinaryOp op = BinaryOp::kAdd;
  const Expr* left = nullptr;
  const Expr* right = nullptr;
};

struct ConditionalExpr : ExprOf<ExprKind::kConditional> {  // value if condition else other
  const Expr* condition = nullptr;
  const Expr* value = nullptr;
  const Expr* other = nullptr;
};

// The value of `2.+3.j`, `-1.-2.j`, `3.j` or `0.-nanj`; nothing for any other expression, real literals included.
std::optional<std::complex<double>> complex_constant(const Expr& expr);

// ---- statements

enum class StmtKind : uint8_t {
  kExpr,
  kAssign,
  kReturn,
  kRaise,
  kAssert,
  kPass,
  kBreak,
  kContinue,
  kDelete,
  kIf,
  kWhile,
  kFor,
  kWith,
  kFunction,
  kClass,
};

struct Stmt : SyntaxNode {
  const StmtKind kind;
  explicit Stmt(StmtKind stmt_kind) : kind(stmt_kind) {}
  template <class T>
  const T* as() const noexcept {
    return kind == T::kKind ? static_cast<const T*>(this) : nullptr;
  }
};

template <StmtKind kStmtKind>
struct StmtOf : Stmt {
  static constexpr StmtKind kKind = kStmtKind;
  StmtOf() : Stmt(kStmtKind) {}
};

struct ExprStmt : StmtOf<StmtKind::kExpr> {
  const Expr* value = nullptr;
};
// The target is a name, an attribute, a subscript, or a tuple or list of targets, one of which may be starred.
struct AssignStmt : StmtOf<StmtKind::kAssign> {
  const Expr* target = nullptr;
  const Expr* type = nullptr;              // `x : T = e`; only for a name, an attribute or a subscript
  const Expr* value = nullptr;             // null: a declaration `x : T`
  std::optional<BinaryOp> augmented = {};  // `x += e`
};
struct ReturnStmt : StmtOf<StmtKind::kReturn> {
  const Expr* value = nullptr;  // null: none
};
struct RaiseStmt : StmtOf<StmtKind::kRaise> {
  const Expr* value = nullptr;  // null: none
};
struct AssertStmt : StmtOf<StmtKind::kAssert> {
  const Expr* condition = nullptr;
  const Expr* message = nullptr;  // null: none
};
struct PassStmt : StmtOf<StmtKind::kPass> {};
struct BreakStmt : StmtOf<StmtKind::kBreak> {};
struct ContinueStmt : StmtOf<StmtKind::kContinue> {};
struct DeleteStmt : StmtOf<StmtKind::kDelete> {
  NodeList<Expr> targets;
};
struct IfStmt : StmtOf<StmtKind::kIf> {
  const Expr* condition = nullptr;
  NodeList<Stmt> then_body;
  NodeList<Stmt> else_body;  // `elif` is one IfStmt in here
};
struct WhileStmt : StmtOf<StmtKind::kWhile> {
  const Expr* condition = nullptr;
  NodeList<Stmt> body;
};
struct ForStmt : StmtOf<StmtKind::kFor> {
  const Expr* target = nullptr;
  const Expr* iterable = nullptr;
  NodeList<Stmt> body;
};
struct WithItem : SyntaxNode {
  const Expr* context = nullptr;
  const Expr* target = nullptr;  // null: no `as`
};
struct WithStmt : StmtOf<StmtKind::kWith> {
  NodeList<WithItem> items;
  NodeList<Stmt> body;
};

struct Param : SyntaxNode {
  std::string_view name;
  const Expr* type = nullptr;           // null: not annotated
  const Expr* default_value = nullptr;  // null: none
  bool keyword_only = false;
};
// A free function, a method, or a function nested in one (whose body may use the outer one's locals).
struct FunctionDef : StmtOf<StmtKind::kFunction> {
  std::string_view name;
  NodeList<Param> params;  // of a method: self as well
  const Expr* return_type = nullptr;
  NodeList<Stmt> body;
};

// `name : Type`, `name : Final[int] = 5`, `RED = 1`, `__annotations__["0"] = Type`, in their order.
struct Field : SyntaxNode {
  std::string_view name;
  const Expr* type = nullptr;   // null: only a value
  const Expr* value = nullptr;  // null: only a type
};

struct ClassDef : StmtOf<StmtKind::kClass> {
  std::string_view name;
  NodeList<Expr> bases;
  NodeList<Stmt> body;  // as written; what follows is taken from it
  NodeList<Field> fields;
  NodeList<FunctionDef> methods;
  // The names in `__parameters__ = ["weight", ]` and its like; empty when there is no such line.
  NameList parameters;
  NameList buffers;
  NameList constants;
  NameList forward_hooks;
  NameList forward_pre_hooks;

  const FunctionDef* find_method(std::string_view method_name) const noexcept;
  const Field* find_field(std::string_view field_name) const noexcept;
  bool has_base(std::string_view base_name) const noexcept;  // "Module", "NamedTuple", "Enum", ...

  std::span<const FunctionDef* const> methods_by_name;
  std::span<const Field* const> fields_by_name;
};

// ---- a file

class SourceTree final : public RefCounted {
 public:
  const Source& source() const noexcept { return *source_; }
  const Ref<const Source>& source_ref() const noexcept { return source_; }
  SourceRange range(const SyntaxNode& node) const { return {source_, node.start, node.end}; }

  std::optional<int64_t> op_version_set() const noexcept { return op_version_set_; }
  NameList imports() const noexcept { return imports_; }  // "__torch__.a.b" for `import __torch__.a.b`
  NodeList<Stmt> body() const noexcept { return body_; }  // classes and functions in their order
  // The expression of parse_expression(); null for a file.
  const Expr* expression() const noexcept { return expression_; }
  // The last definition of that name, as in Python; null when there is none.
  const ClassDef* find_class(std::string_view name) const noexcept;
  const FunctionDef* find_function(std::string_view name) const noexcept;
  size_t arena_bytes() const noexcept { return arena_.bytes(); }

 private:
  friend class Parser;
  explicit SourceTree(Ref<const Source> source) : source_(std::move(source)) {}

  Ref<const Source> source_;
  Arena arena_;
  NodeList<Stmt> body_;
  NameList imports_;
  std::optional<int64_t> op_version_set_;
  const Expr* expression_ = nullptr;
  NodeList<ClassDef> classes_by_name_;
  NodeList<FunctionDef> functions_by_name_;
};

}  // namespace taper::impl::ir
