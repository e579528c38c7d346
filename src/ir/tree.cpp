#include "ir/tree.h"

#include <algorithm>
#include <limits>

namespace taper::impl::ir {
namespace {

// `sorted` is ordered by name.
template <class T>
const T* find_by_name(NodeList<T> sorted, std::string_view name) {
  auto at = std::lower_bound(sorted.begin(), sorted.end(), name,
                             [](const T* node, std::string_view wanted) { return node->name < wanted; });
  return at != sorted.end() && (*at)->name == name ? *at : nullptr;
}

std::optional<double> imaginary_part(const Expr& expr) {
  if (auto* imaginary = expr.as<ImaginaryExpr>()) return imaginary->value;
  if (auto* name = expr.as<NameExpr>()) {
    if (name->name == "infj") return std::numeric_limits<double>::infinity();
    if (name->name == "nanj") return std::numeric_limits<double>::quiet_NaN();
  }
  return {};
}

std::optional<double> real_part(const Expr& expr) {
  if (auto* number = expr.as<FloatExpr>()) return number->value;
  if (auto* number = expr.as<IntExpr>()) return double(number->value);
  if (auto* name = expr.as<NameExpr>()) {
    if (name->name == "inf") return std::numeric_limits<double>::infinity();
    if (name->name == "nan") return std::numeric_limits<double>::quiet_NaN();
  }
  if (auto* unary = expr.as<UnaryExpr>(); unary && unary->op == UnaryOp::kNegate && unary->operand->as<NameExpr>()) {
    if (auto value = real_part(*unary->operand)) return -*value;
  }
  return {};
}

}  // namespace

std::string_view spelling(UnaryOp op) {
  switch (op) {
    case UnaryOp::kNegate: return "-";
    case UnaryOp::kPlus: return "+";
    case UnaryOp::kInvert: return "~";
    case UnaryOp::kNot: return "not";
  }
  return "?";
}

std::string_view spelling(BinaryOp op) {
  switch (op) {
    case BinaryOp::kAdd: return "+";
    case BinaryOp::kSub: return "-";
    case BinaryOp::kMul: return "*";
    case BinaryOp::kDiv: return "/";
    case BinaryOp::kFloorDiv: return "//";
    case BinaryOp::kMod: return "%";
    case BinaryOp::kPow: return "**";
    case BinaryOp::kMatmul: return "@";
    case BinaryOp::kBitAnd: return "&";
    case BinaryOp::kBitOr: return "|";
    case BinaryOp::kBitXor: return "^";
    case BinaryOp::kShiftLeft: return "<<";
    case BinaryOp::kShiftRight: return ">>";
    case BinaryOp::kEqual: return "==";
    case BinaryOp::kNotEqual: return "!=";
    case BinaryOp::kLess: return "<";
    case BinaryOp::kLessEqual: return "<=";
    case BinaryOp::kGreater: return ">";
    case BinaryOp::kGreaterEqual: return ">=";
    case BinaryOp::kIn: return "in";
    case BinaryOp::kNotIn: return "not in";
    case BinaryOp::kIs: return "is";
    case BinaryOp::kIsNot: return "is not";
    case BinaryOp::kAnd: return "and";
    case BinaryOp::kOr: return "or";
  }
  return "?";
}

std::optional<std::complex<double>> complex_constant(const Expr& expr) {
  if (auto imaginary = imaginary_part(expr)) return std::complex<double>(0, *imaginary);
  if (auto* unary = expr.as<UnaryExpr>(); unary && unary->op == UnaryOp::kNegate) {
    if (auto imaginary = imaginary_part(*unary->operand)) return std::complex<double>(-0., -*imaginary);
    return {};
  }
  auto* sum = expr.as<BinaryExpr>();
  if (!sum || (sum->op != BinaryOp::kAdd && sum->op != BinaryOp::kSub)) return {};
  auto real = real_part(*sum->left);
  auto* negated = sum->right->as<UnaryExpr>();
  bool minus = negated && negated->op == UnaryOp::kNegate;  // `1.+-2.j`
  auto imaginary = imaginary_part(minus ? *negated->operand : *sum->right);
  if (!real || !imaginary) return {};
  if (minus != (sum->op == BinaryOp::kSub)) imaginary = -*imaginary;
  return std::complex<double>(*real, *imaginary);
}

const FunctionDef* ClassDef::find_method(std::string_view method_name) const noexcept {
  return find_by_name(methods_by_name, method_name);
}

const Field* ClassDef::find_field(std::string_view field_name) const noexcept {
  return find_by_name(fields_by_name, field_name);
}

bool ClassDef::has_base(std::string_view base_name) const noexcept {
  for (const Expr* base : bases) {
    auto* name = base->as<NameExpr>();
    if (name && name->name == base_name) return true;
  }
  return false;
}

const ClassDef* SourceTree::find_class(std::string_view name) const noexcept {
  return find_by_name(classes_by_name_, name);
}

const FunctionDef* SourceTree::find_function(std::string_view name) const noexcept {
  return find_by_name(functions_by_name_, name);
}

}  // namespace taper::impl::ir
