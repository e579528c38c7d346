#include "ir/print_tree.h"

#include <charconv>

namespace taper::impl::ir {
namespace {

// The levels at which an expression stands without parentheses, loosest first; as in parse_expression.cpp.
enum Level : int {
  kList,  // `a, b` without parentheses
  kConditional,
  kOr,
  kAnd,
  kNot,
  kComparison,
  kBitOr,
  kBitXor,
  kBitAnd,
  kShift,
  kSum,
  kProduct,
  kSign,
  kPower,
  kAtom,
};

Level level(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr: return kOr;
    case BinaryOp::kAnd: return kAnd;
    case BinaryOp::kBitOr: return kBitOr;
    case BinaryOp::kBitXor: return kBitXor;
    case BinaryOp::kBitAnd: return kBitAnd;
    case BinaryOp::kShiftLeft:
    case BinaryOp::kShiftRight: return kShift;
    case BinaryOp::kAdd:
    case BinaryOp::kSub: return kSum;
    case BinaryOp::kMul:
    case BinaryOp::kDiv:
    case BinaryOp::kFloorDiv:
    case BinaryOp::kMod:
    case BinaryOp::kMatmul: return kProduct;
    case BinaryOp::kPow: return kPower;
    default: return kComparison;
  }
}

Level level(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kConditional: return kConditional;
    case ExprKind::kBinary: return level(expr.as<BinaryExpr>()->op);
    case ExprKind::kUnary: return expr.as<UnaryExpr>()->op == UnaryOp::kNot ? kNot : kSign;
    case ExprKind::kInt: return expr.as<IntExpr>()->value < 0 ? kSign : kPower;  // `3.real` needs parentheses
    case ExprKind::kFloat: {
      double value = expr.as<FloatExpr>()->value;
      return value < 0 || (value == 0 && 1 / value < 0) ? kSign : kPower;
    }
    case ExprKind::kImaginary: return kPower;
    default: return kAtom;
  }
}

void append_float(std::string& out, double value) {
  char buffer[40];
  auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  std::string_view text(buffer, size_t(result.ptr - buffer));
  out += text;
  if (text.find_first_not_of("-0123456789") == std::string_view::npos) out += '.';
}

void append_string(std::string& out, std::string_view value) {
  out += '"';
  for (char c : value) {
    auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '"': out += "\\\""; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      default:
        if (byte < 0x20 || byte == 0x7f) {
          out += '\\';
          out += char('0' + (byte >> 6));
          out += char('0' + (byte >> 3 & 7));
          out += char('0' + (byte & 7));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// Literals look alike in both forms. False: `expr` is none.
bool append_literal(std::string& out, const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kName: out += expr.as<NameExpr>()->name; return true;
    case ExprKind::kInt: append(out, (long long)(expr.as<IntExpr>()->value)); return true;
    case ExprKind::kFloat: append_float(out, expr.as<FloatExpr>()->value); return true;
    case ExprKind::kImaginary:
      append_float(out, expr.as<ImaginaryExpr>()->value);
      out += 'j';
      return true;
    case ExprKind::kString: append_string(out, expr.as<StringExpr>()->value); return true;
    case ExprKind::kTrue: out += "True"; return true;
    case ExprKind::kFalse: out += "False"; return true;
    case ExprKind::kNone: out += "None"; return true;
    case ExprKind::kEllipsis: out += "..."; return true;
    default: return false;
  }
}

class SourcePrinter {
 public:
  explicit SourcePrinter(std::string& out) : out_(out) {}

  void expr(const Expr& node, Level least) {
    if (append_literal_at(node, least)) return;
    bool parenthesize = node.kind != ExprKind::kTuple && level(node) < least;
    if (parenthesize) out_ += '(';
    bare(node);
    if (parenthesize) out_ += ')';
  }

  void block(NodeList<Stmt> body) {
    ++depth_;
    for (const Stmt* node : body) stmt(*node);
    --depth_;
  }

  void stmt(const Stmt& node) {
    indent();
    switch (node.kind) {
      case StmtKind::kExpr: expr(*node.as<ExprStmt>()->value, kList); break;
      case StmtKind::kAssign: assign(*node.as<AssignStmt>()); break;
      case StmtKind::kReturn: word("return", node.as<ReturnStmt>()->value); break;
      case StmtKind::kRaise: word("raise", node.as<RaiseStmt>()->value); break;
      case StmtKind::kAssert: {
        auto* assertion = node.as<AssertStmt>();
        word("assert", assertion->condition);
        if (assertion->message) {
          out_ += ", ";
          expr(*assertion->message, kConditional);
        }
        break;
      }
      case StmtKind::kPass: out_ += "pass"; break;
      case StmtKind::kBreak: out_ += "break"; break;
      case StmtKind::kContinue: out_ += "continue"; break;
      case StmtKind::kDelete:
        out_ += "del ";
        commas(node.as<DeleteStmt>()->targets);
        break;
      case StmtKind::kIf: if_stmt(*node.as<IfStmt>()); return;
      case StmtKind::kWhile:
        word("while", node.as<WhileStmt>()->condition);
        out_ += ":\n";
        block(node.as<WhileStmt>()->body);
        return;
      case StmtKind::kFor: {
        auto* loop = node.as<ForStmt>();
        word("for", loop->target);
        out_ += " in ";
        expr(*loop->iterable, kList);
        out_ += ":\n";
        block(loop->body);
        return;
      }
      case StmtKind::kWith: {
        auto* with = node.as<WithStmt>();
        out_ += "with ";
        for (const WithItem* item : with->items) {
          if (item != with->items.front()) out_ += ", ";
          expr(*item->context, kConditional);
          if (!item->target) continue;
          out_ += " as ";
          expr(*item->target, kBitOr);
        }
        out_ += ":\n";
        block(with->body);
        return;
      }
      case StmtKind::kFunction: function(*node.as<FunctionDef>()); return;
      case StmtKind::kClass: class_def(*node.as<ClassDef>()); return;
    }
    out_ += '\n';
  }

 private:
  void indent() { out_.append(2 * depth_, ' '); }

  bool append_literal_at(const Expr& node, Level least) {
    bool parenthesize = level(node) < least;
    size_t before = out_.size();
    if (parenthesize) out_ += '(';
    if (!append_literal(out_, node)) {
      out_.resize(before);
      return false;
    }
    if (parenthesize) out_ += ')';
    return true;
  }

  void commas(NodeList<Expr> nodes) {
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (i > 0) out_ += ", ";
      expr(*nodes[i], kConditional);
    }
  }

  void bare(const Expr& node) {
    switch (node.kind) {
      case ExprKind::kAttribute:
        expr(*node.as<AttributeExpr>()->base, kAtom);
        out_ += '.';
        out_ += node.as<AttributeExpr>()->name;
        break;
      case ExprKind::kCall: {
        auto* call = node.as<CallExpr>();
        expr(*call->callee, kAtom);
        out_ += '(';
        commas(call->args);
        for (size_t i = 0; i < call->keywords.size(); ++i) {
          if (i + call->args.size() > 0) out_ += ", ";
          out_ += call->keywords[i]->name;
          out_ += '=';
          expr(*call->keywords[i]->value, kConditional);
        }
        out_ += ')';
        break;
      }
      case ExprKind::kSubscript: {
        auto* subscript = node.as<SubscriptExpr>();
        expr(*subscript->base, kAtom);
        out_ += '[';
        commas(subscript->items);
        out_ += subscript->trailing_comma ? ",]" : "]";
        break;
      }
      case ExprKind::kSlice: {
        auto* slice = node.as<SliceExpr>();
        if (slice->lower) expr(*slice->lower, kConditional);
        out_ += ':';
        if (slice->upper) expr(*slice->upper, kConditional);
        if (!slice->step) break;
        out_ += ':';
        expr(*slice->step, kConditional);
        break;
      }
      case ExprKind::kTuple: {
        auto elements = node.as<TupleExpr>()->elements;
        out_ += '(';
        commas(elements);
        out_ += elements.size() == 1 ? ",)" : ")";
        break;
      }
      case ExprKind::kList:
        out_ += '[';
        commas(node.as<ListExpr>()->elements);
        out_ += ']';
        break;
      case ExprKind::kDict: {
        auto* dict = node.as<DictExpr>();
        out_ += '{';
        for (size_t i = 0; i < dict->keys.size(); ++i) {
          if (i > 0) out_ += ", ";
          expr(*dict->keys[i], kConditional);
          out_ += ": ";
          expr(*dict->values[i], kConditional);
        }
        out_ += '}';
        break;
      }
      case ExprKind::kStarred:
        out_ += '*';
        expr(*node.as<StarredExpr>()->value, kConditional);
        break;
      case ExprKind::kUnary: {
        auto* unary = node.as<UnaryExpr>();
        out_ += spelling(unary->op);
        if (unary->op == UnaryOp::kNot) out_ += ' ';
        // `-(3)` is the negation of a literal and `-3` a literal: the parentheses keep them apart.
        bool number = unary->operand->kind == ExprKind::kInt || unary->operand->kind == ExprKind::kFloat;
        bool apart = unary->op == UnaryOp::kNegate && number && level(*unary->operand) == kPower;
        expr(*unary->operand, unary->op == UnaryOp::kNot ? kNot : apart ? kAtom : kSign);
        break;
      }
      case ExprKind::kBinary: {
        auto* binary = node.as<BinaryExpr>();
        Level own = level(binary->op);
        // `**` groups to the right, the others to the left, and comparisons not at all.
        bool power_of_power = own == kPower && binary->left->kind == ExprKind::kBinary;
        expr(*binary->left, power_of_power ? kAtom : own == kComparison ? kBitOr : own);
        out_ += ' ';
        out_ += spelling(binary->op);
        out_ += ' ';
        expr(*binary->right, own == kPower ? kSign : Level(own + 1));
        break;
      }
      case ExprKind::kConditional: {
        auto* choice = node.as<ConditionalExpr>();
        expr(*choice->value, kOr);
        out_ += " if ";
        expr(*choice->condition, kOr);
        out_ += " else ";
        expr(*choice->other, kConditional);
        break;
      }
      default: break;  // literals are done
    }
  }

  void word(std::string_view keyword, const Expr* value) {
    out_ += keyword;
    if (!value) return;
    out_ += ' ';
    expr(*value, kList);
  }

  void assign(const AssignStmt& node) {
    expr(*node.target, kList);
    if (node.type) {
      out_ += " : ";
      expr(*node.type, kConditional);
    }
    if (!node.value) return;
    out_ += ' ';
    if (node.augmented) out_ += spelling(*node.augmented);
    out_ += "= ";
    expr(*node.value, kList);
  }

  void if_stmt(const IfStmt& node) {
    word("if", node.condition);
    out_ += ":\n";
    block(node.then_body);
    if (node.else_body.empty()) return;
    indent();
    out_ += "else:\n";
    block(node.else_body);
  }

  void function(const FunctionDef& node) {
    out_ += "def ";
    out_ += node.name;
    out_ += '(';
    bool keyword_only = false;
    for (const Param* param : node.params) {
      if (param != node.params.front()) out_ += ", ";
      if (param->keyword_only && !keyword_only) out_ += "*, ";
      keyword_only = param->keyword_only;
      out_ += param->name;
      if (param->type) {
        out_ += ": ";
        expr(*param->type, kConditional);
      }
      if (param->default_value) {
        out_ += '=';
        expr(*param->default_value, kConditional);
      }
    }
    out_ += ')';
    if (node.return_type) {
      out_ += " -> ";
      expr(*node.return_type, kConditional);
    }
    out_ += ":\n";
    block(node.body);
  }

  void class_def(const ClassDef& node) {
    out_ += "class ";
    out_ += node.name;
    if (!node.bases.empty()) {
      out_ += '(';
      commas(node.bases);
      out_ += ')';
    }
    out_ += ":\n";
    block(node.body);
  }

  std::string& out_;
  size_t depth_ = 0;
};

class StructurePrinter {
 public:
  explicit StructurePrinter(std::string& out) : out_(out) {}

  void expr(const Expr* node) {
    if (!node) {
      out_ += '_';
      return;
    }
    if (append_literal(out_, *node)) return;
    out_ += '(';
    switch (node->kind) {
      case ExprKind::kAttribute:
        out_ += ". ";
        expr(node->as<AttributeExpr>()->base);
        out_ += ' ';
        out_ += node->as<AttributeExpr>()->name;
        break;
      case ExprKind::kCall: {
        auto* call = node->as<CallExpr>();
        out_ += "call ";
        expr(call->callee);
        rest(call->args);
        for (const Keyword* keyword : call->keywords) {
          out_ += ' ';
          out_ += keyword->name;
          out_ += '=';
          expr(keyword->value);
        }
        break;
      }
      case ExprKind::kSubscript: {
        auto* subscript = node->as<SubscriptExpr>();
        out_ += subscript->trailing_comma ? "index, " : "index ";
        expr(subscript->base);
        rest(subscript->items);
        break;
      }
      case ExprKind::kSlice: {
        auto* slice = node->as<SliceExpr>();
        out_ += "slice ";
        expr(slice->lower);
        out_ += ' ';
        expr(slice->upper);
        out_ += ' ';
        expr(slice->step);
        break;
      }
      case ExprKind::kTuple:
        out_ += "tuple";
        rest(node->as<TupleExpr>()->elements);
        break;
      case ExprKind::kList:
        out_ += "list";
        rest(node->as<ListExpr>()->elements);
        break;
      case ExprKind::kDict: {
        auto* dict = node->as<DictExpr>();
        out_ += "dict";
        for (size_t i = 0; i < dict->keys.size(); ++i) {
          out_ += ' ';
          expr(dict->keys[i]);
          out_ += ':';
          expr(dict->values[i]);
        }
        break;
      }
      case ExprKind::kStarred:
        out_ += "star ";
        expr(node->as<StarredExpr>()->value);
        break;
      case ExprKind::kUnary:
        out_ += spelling(node->as<UnaryExpr>()->op);
        out_ += ' ';
        expr(node->as<UnaryExpr>()->operand);
        break;
      case ExprKind::kBinary:
        out_ += spelling(node->as<BinaryExpr>()->op);
        out_ += ' ';
        expr(node->as<BinaryExpr>()->left);
        out_ += ' ';
        expr(node->as<BinaryExpr>()->right);
        break;
      case ExprKind::kConditional:
        out_ += "if ";
        expr(node->as<ConditionalExpr>()->condition);
        out_ += ' ';
        expr(node->as<ConditionalExpr>()->value);
        out_ += ' ';
        expr(node->as<ConditionalExpr>()->other);
        break;
      default: break;  // literals are done
    }
    out_ += ')';
  }

  void stmt(const Stmt& node) {
    out_ += '(';
    switch (node.kind) {
      case StmtKind::kExpr: expr(node.as<ExprStmt>()->value); break;
      case StmtKind::kAssign: {
        auto* assign = node.as<AssignStmt>();
        if (assign->augmented) out_ += spelling(*assign->augmented);
        out_ += "= ";
        expr(assign->target);
        if (assign->type) {
          out_ += " : ";
          expr(assign->type);
        }
        if (assign->value) {
          out_ += ' ';
          expr(assign->value);
        }
        break;
      }
      case StmtKind::kReturn: word("return", node.as<ReturnStmt>()->value); break;
      case StmtKind::kRaise: word("raise", node.as<RaiseStmt>()->value); break;
      case StmtKind::kAssert:
        word("assert", node.as<AssertStmt>()->condition);
        if (node.as<AssertStmt>()->message) word("", node.as<AssertStmt>()->message);
        break;
      case StmtKind::kPass: out_ += "pass"; break;
      case StmtKind::kBreak: out_ += "break"; break;
      case StmtKind::kContinue: out_ += "continue"; break;
      case StmtKind::kDelete:
        out_ += "del";
        rest(node.as<DeleteStmt>()->targets);
        break;
      case StmtKind::kIf:
        word("if", node.as<IfStmt>()->condition);
        block(node.as<IfStmt>()->then_body);
        if (!node.as<IfStmt>()->else_body.empty()) {
          line();
          out_ += "else";
          block(node.as<IfStmt>()->else_body);
        }
        break;
      case StmtKind::kWhile:
        word("while", node.as<WhileStmt>()->condition);
        block(node.as<WhileStmt>()->body);
        break;
      case StmtKind::kFor:
        word("for", node.as<ForStmt>()->target);
        word("", node.as<ForStmt>()->iterable);
        block(node.as<ForStmt>()->body);
        break;
      case StmtKind::kWith:
        out_ += "with";
        for (const WithItem* item : node.as<WithStmt>()->items) {
          word("", item->context);
          if (item->target) word(" as", item->target);
        }
        block(node.as<WithStmt>()->body);
        break;
      case StmtKind::kFunction: function(*node.as<FunctionDef>()); break;
      case StmtKind::kClass: class_def(*node.as<ClassDef>()); break;
    }
    out_ += ')';
  }

 private:
  void line() {
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  void rest(NodeList<Expr> nodes) {
    for (const Expr* node : nodes) {
      out_ += ' ';
      expr(node);
    }
  }

  void word(std::string_view keyword, const Expr* value) {
    out_ += keyword;
    if (!value) return;
    out_ += ' ';
    expr(value);
  }

  void block(NodeList<Stmt> body) {
    ++depth_;
    for (const Stmt* node : body) {
      line();
      stmt(*node);
    }
    --depth_;
  }

  void function(const FunctionDef& node) {
    out_ += "def ";
    out_ += node.name;
    out_ += " (";
    for (const Param* param : node.params) {
      if (param != node.params.front()) out_ += ' ';
      out_ += param->keyword_only ? "(* " : "(";
      out_ += param->name;
      if (param->type) word("", param->type);
      if (param->default_value) word(" =", param->default_value);
      out_ += ')';
    }
    out_ += ')';
    if (node.return_type) word(" ->", node.return_type);
    block(node.body);
  }

  void names(std::string_view title, NameList list) {
    if (list.empty()) return;
    line();
    out_ += '(';
    out_ += title;
    for (std::string_view name : list) {
      out_ += ' ';
      append_string(out_, name);
    }
    out_ += ')';
  }

  // What the class declares, not how its body spells it.
  void class_def(const ClassDef& node) {
    out_ += "class ";
    out_ += node.name;
    rest(node.bases);
    ++depth_;
    names("parameters", node.parameters);
    names("buffers", node.buffers);
    names("constants", node.constants);
    names("forward_hooks", node.forward_hooks);
    names("forward_pre_hooks", node.forward_pre_hooks);
    for (const Field* field : node.fields) {
      line();
      out_ += "(field ";
      append_string(out_, field->name);
      if (field->type) word(" :", field->type);
      if (field->value) word(" =", field->value);
      out_ += ')';
    }
    for (const FunctionDef* method : node.methods) {
      line();
      stmt(*method);
    }
    --depth_;
  }

  std::string& out_;
  size_t depth_ = 0;
};

}  // namespace

std::string print_source(const Expr& expr) {
  std::string out;
  SourcePrinter(out).expr(expr, kList);
  return out;
}

std::string print_source(const Stmt& stmt) {
  std::string out;
  SourcePrinter(out).stmt(stmt);
  return out;
}

std::string print_source(const SourceTree& tree) {
  if (tree.expression()) return print_source(*tree.expression());
  std::string out;
  if (tree.op_version_set()) out += cat("op_version_set = ", (long long)(*tree.op_version_set()), "\n");
  for (std::string_view name : tree.imports()) out += cat("import ", name, "\n");
  for (const Stmt* stmt : tree.body()) SourcePrinter(out).stmt(*stmt);
  return out;
}

std::string print_structure(const Expr& expr) {
  std::string out;
  StructurePrinter(out).expr(&expr);
  return out;
}

std::string print_structure(const Stmt& stmt) {
  std::string out;
  StructurePrinter(out).stmt(stmt);
  return out;
}

std::string print_structure(const SourceTree& tree) {
  if (tree.expression()) return print_structure(*tree.expression());
  std::string out;
  if (tree.op_version_set()) out += cat("(version ", (long long)(*tree.op_version_set()), ")\n");
  for (std::string_view name : tree.imports()) out += cat("(import ", name, ")\n");
  for (const Stmt* stmt : tree.body()) {
    StructurePrinter(out).stmt(*stmt);
    out += '\n';
  }
  return out;
}

}  // namespace taper::impl::ir
