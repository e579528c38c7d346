#include "ir/print_code.h"

#include <algorithm>
#include <limits>
#include <unordered_set>
#include <utility>

#include "core/error.h"
#include "ir/compilation_unit.h"

namespace taper::impl::ir {
namespace {

// Names that a value never gets: keywords, and what printed code calls by them.
constexpr std::string_view kReserved[] = {
    "_",
    "as",
    "aten",
    "attribute",
    "CONSTANTS",
    "fork",
    "getattr",
    "inf",
    "nan",
    "infj",
    "nanj",
    "ops",
    "__torch__",
    "and",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "False",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "None",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "True",
    "try",
    "with",
    "while",
    "yield",
    "uninitialized",
    "unchecked_cast",
};

// "_", "_12" and what the compiler made up say nothing.
bool is_meaningful(std::string_view name) {
  if (name.empty() || name[0] == '$') return false;
  return name[0] != '_' || name.find_first_not_of("0123456789", 1) != name.npos;
}

const impl::Value* constant_of(const Value* value) {
  return value->node() && value->node()->is(Kind::kConstant) ? &value->node()->value : nullptr;
}

bool is_true(const Value* value) {
  const impl::Value* constant = constant_of(value);
  return constant && constant->is(Tag::kBool) && constant->boolean();
}

bool same_scalar(const impl::Value& a, const impl::Value& b) {
  if (a.tag() != b.tag()) return false;
  switch (a.tag()) {
    case Tag::kNone:
    case Tag::kBool:
    case Tag::kInt:
    case Tag::kFloat:
    case Tag::kDevice: return a.is_same(b);
    case Tag::kString: return a.string() == b.string();
    default: return false;
  }
}

class CodePrinter {
 public:
  CodePrinter(CodeConstants& constants, int level, const std::unordered_set<std::string>& more_reserved)
      : constants_(constants), level_(level), reserved_(more_reserved) {
    for (std::string_view name : kReserved) reserved_.emplace(name);
  }

  void function(const Graph& graph, std::string_view name, const Schema& schema, bool first_type) {
    if (schema.arguments.size() != graph.inputs().size())
      fail(ErrorCode::kInternal,
           cat(name, " has ", schema.arguments.size(), " arguments and ", graph.inputs().size(), " inputs"));
    indent();
    out_ += cat("def ", name, "(");
    for (size_t i = 0; i < graph.inputs().size(); ++i) {
      const Argument& argument = schema.arguments[i];
      std::string local = free_name(argument.name);
      if (i) {
        out_ += ",\n    ";
        indent();
      }
      out_ += local;
      if (i || first_type) out_ += cat(": ", argument.type->annotation());
      if (argument.has_default) out_ += cat("=", code_literal(argument.default_value, constants_));
      text_[graph.inputs()[i]] = std::move(local);
    }
    TypePtr result = !schema.returns.empty()   ? schema.returns[0].type
                     : graph.outputs().empty() ? none_type()
                                               : graph.outputs()[0]->type();
    out_ += cat(") -> ", result->annotation(), ":\n");
    body(*graph.top());
  }

  // Of the words that have a meaning by themselves, those that were printed and are the name of a value as well.
  std::unordered_set<std::string> clashes() const {
    std::unordered_set<std::string> found;
    for (const std::string& word : words_)
      if (used_.count(word)) found.insert(word);
    return found;
  }
  std::string take() { return std::move(out_); }

 private:
  void indent() { out_.append(size_t(level_) * 2, ' '); }
  std::string word(std::string_view text) { return *words_.emplace(text).first; }

  std::string free_name(const std::string& candidate) {
    std::string name = candidate;
    while (used_.count(name) || reserved_.count(name)) name = cat(candidate, next_[name]++);
    used_.insert(name);
    return name;
  }

  std::string name_for(const Value* value) {
    if (!is_meaningful(value->name())) return free_name("_");
    std::string base(value->name());
    if (size_t dot = base.rfind('.');
        dot != base.npos && dot > 0 && base.find_first_not_of("0123456789", dot + 1) == base.npos)
      base.resize(dot);
    std::string valid;
    if (base[0] >= '0' && base[0] <= '9') valid += '_';
    for (char c : base) valid += is_identifier(std::string_view(&c, 1)) || (c >= '0' && c <= '9') ? c : '_';
    return free_name(valid);
  }
  void name(std::span<Value* const> values) {
    for (const Value* value : values) text_[value] = name_for(value);
  }

  const std::string& use(const Value* value) {
    auto found = text_.find(value);
    if (found != text_.end()) return found->second;
    const impl::Value* constant = constant_of(value);
    if (!constant) fail(ErrorCode::kInternal, "code uses a value that is not defined before");
    return text_[value] = code_literal(*constant, constants_);
  }
  std::string list(std::span<Value* const> values, std::string_view open = {}, std::string_view close = {}) {
    std::string out(open);
    for (size_t i = 0; i < values.size(); ++i) {
      if (i) out += ", ";
      out += use(values[i]);
    }
    out += close;
    return out;
  }

  // What stands where it is used: nodes in the order in which the expressions that they become are evaluated.

  static const Node* before(const Node* node) {
    do node = node->previous();
    while (node && node->is(Kind::kConstant));
    return node;
  }
  static const Node* last_of(const Block& block) {
    const Node* node = block.last();
    return node && node->is(Kind::kConstant) ? before(node) : node;
  }

  static bool can_inline(const Node& node) {
    if (node.outputs().size() != 1 || !node.blocks().empty()) return false;
    switch (node.kind()) {
      case Kind::kTupleUnpack:
      case Kind::kListUnpack:
      case Kind::kEnter:
      case Kind::kExit:
      case Kind::kFork:
      case Kind::kAwaitable:
      case Kind::kIsInstance: return false;  // within a condition it would say again what is known already
      default: break;
    }
    const Value* value = node.output();
    if (value->uses().size() != 1) return false;
    const Value::Use& use = value->uses()[0];
    if (!use.user) return true;
    if (is_meaningful(value->name())) return false;
    if (use.user->is(Kind::kFork) || use.user->is(Kind::kAwaitable)) return false;
    return !use.user->is(Kind::kLoop) || use.index < 2;
  }

  // Walks backwards over what `inputs` are computed from; `point` is the node that would have to be next.
  void scan_inputs(std::span<Value* const> top_inputs, const Node* point) {
    struct Frame {
      std::span<Value* const> inputs;
      size_t left;
    };
    std::vector<Frame> stack{{top_inputs, top_inputs.size()}};
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.left == 0) {
        stack.pop_back();
        continue;
      }
      const Node* node = frame.inputs[--frame.left]->node();
      if (!node || node != point || !can_inline(*node)) continue;
      inline_.insert(node);
      point = before(node);
      stack.push_back({node->inputs(), node->inputs().size()});
    }
  }
  void scan(const Block& block) {
    scan_inputs(block.returns(), last_of(block));
    for (const Node* node = block.last(); node; node = node->previous()) {
      if (node->is(Kind::kConstant) || inline_.count(node)) continue;
      for (const Block* inner : node->blocks()) scan(*inner);
      scan_inputs(node->inputs(), before(node));
    }
  }

  bool is_long(const std::string& text) const { return text.size() + size_t(level_) * 2 >= 40; }

  // Arguments up to the last long one get lines of their own, so that the order of evaluation stays.
  void split(std::span<Value* const> inputs) {
    size_t end = 0;
    for (size_t i = 0; i < inputs.size(); ++i)
      if (is_inline(inputs[i]) && is_long(use(inputs[i]))) end = i + 1;
    for (size_t i = 0; i < end; ++i)
      if (is_inline(inputs[i]) && inputs[i]->node()->kind() != Kind::kConstant) {
        std::string expression = use(inputs[i]);
        define(*inputs[i]->node(), expression);
        inline_.erase(inputs[i]->node());
      }
  }
  bool is_inline(const Value* value) const { return value->node() && inline_.count(value->node()); }

  void define(const Node& node, const std::string& expression) {
    name(node.outputs());
    indent();
    if (!node.outputs().empty()) out_ += list(node.outputs()) + " = ";
    out_ += expression + "\n";
  }

  void assign(std::span<Value* const> to, std::span<Value* const> from) {
    if (to.empty()) return;
    indent();
    out_ += list(to);
    if (to.size() == 1 && !equal(*to[0]->type(), *from[0]->type())) out_ += cat(" : ", to[0]->type()->annotation());
    out_ += cat(" = ", list(from), "\n");
  }

  // Long literals and names of functions stand in front, in the order of their first use.
  void long_literals(const Block& block) {
    auto look = [&](std::span<Value* const> values) {
      for (const Value* value : values) {
        const impl::Value* constant = constant_of(value);
        if (!constant || text_.count(value)) continue;
        text_[value] = shortened(code_literal(*constant, constants_));
      }
    };
    for (const Node* node = block.first(); node; node = node->next()) {
      if (node->is(Kind::kCallFunction)) callees_[node] = shortened(node->function->name);
      look(node->inputs());
      for (const Block* inner : node->blocks()) long_literals(*inner);
    }
    look(block.returns());
  }
  std::string shortened(std::string text) {
    if (!is_long(text)) return text;
    auto [known, fresh] = literals_.emplace(text, std::string());
    if (fresh) {
      known->second = free_name("_");
      indent();
      out_ += cat(known->second, " = ", text, "\n");
    }
    return known->second;
  }

  void body(const Block& block) {
    ++level_;
    auto outer = std::exchange(literals_, {});
    scan(block);
    long_literals(block);
    statements(block, !block.returns().empty());
    if (!block.returns().empty()) {
      split(block.returns());
      indent();
      out_ += cat("return ", list(block.returns()), "\n");
    }
    literals_ = std::move(outer);
    --level_;
  }

  void statements(const Block& block, bool more) {
    bool any = more;
    for (const Node* node = block.first(); node; node = node->next()) {
      if (node->is(Kind::kConstant)) continue;
      any = true;
      statement(*node);
    }
    if (!any) {
      indent();
      out_ += "pass\n";
    }
  }

  void statement(const Node& node) {
    split(node.inputs());
    switch (node.kind()) {
      case Kind::kIf: return print_if(node);
      case Kind::kLoop: return print_loop(node);
      case Kind::kTupleUnpack:
      case Kind::kListUnpack:
        name(node.outputs());
        indent();
        if (!node.outputs().empty()) out_ += list(node.outputs(), "", ", = ");
        out_ += use(node.input()) + "\n";
        return;
      case Kind::kSetAttr:
        if (!is_identifier(node.text))
          fail(ErrorCode::kUnsupported, cat("no code assigns an attribute '", node.text, "'"));
        indent();
        out_ += cat(use(node.input(0)), ".", node.text, " = ", use(node.input(1)), "\n");
        return;
      case Kind::kFork: return print_fork(node, "__forked_function", "fork");
      case Kind::kAwaitable: return print_fork(node, "__awaitable_function", word("awaitable"));
      case Kind::kEnter:
        indent();
        out_ += cat("with ", use(node.input()));
        if (node.output()->is_used()) {
          name(node.outputs());
          out_ += cat(" as ", use(node.output()));
        }
        out_ += ":\n";
        ++level_;
        return;
      case Kind::kExit:
        if (const Node* last = before(&node); last && last->is(Kind::kEnter)) {
          indent();
          out_ += "pass\n";
        }
        --level_;
        return;
      default: break;
    }
    std::string expression = print_expression(node);
    if (inline_.count(&node)) text_[node.output()] = std::move(expression);
    else define(node, expression);
  }

  void print_if(const Node& node) {
    name(node.outputs());
    for (size_t i = 0; i < 2; ++i) {
      indent();
      out_ += i ? "else:\n" : cat("if ", use(node.input()), ":\n");
      ++level_;
      statements(*node.blocks()[i], !node.outputs().empty());
      assign(node.outputs(), node.blocks()[i]->returns());
      --level_;
    }
  }

  void print_loop(const Node& node) {
    const Block& block = *node.blocks()[0];
    const Value* iteration = block.parameters()[0];
    const impl::Value* count = constant_of(node.input(0));
    bool counted = !count || !count->is(Tag::kInt) || count->integer() != std::numeric_limits<int64_t>::max() ||
                   iteration->is_used();
    bool endless = is_true(node.input(1)) && is_true(block.returns()[0]);
    if (counted && !endless)
      fail(ErrorCode::kUnsupported, "a loop with a count and a condition cannot be written as code");
    name(node.outputs());
    for (size_t i = 0; i < node.outputs().size(); ++i) text_[block.parameters()[i + 1]] = use(node.output(i));
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      const Value *to = node.output(i), *from = node.input(i + 2);
      indent();
      out_ += use(to);
      if (!equal(*to->type(), *from->type())) out_ += cat(": ", to->type()->annotation());
      out_ += cat(" = ", use(from), "\n");
    }
    name(block.parameters().first(1));
    indent();
    if (counted) {
      out_ += cat("for ", use(iteration), " in ", word("range"), "(", use(node.input(0)), "):\n");
    } else {
      out_ += cat(use(iteration), " = ", use(node.input(1)), "\n");
      indent();
      out_ += cat("while ", use(iteration), ":\n");
    }
    ++level_;
    size_t skip = counted ? 1 : 0;
    statements(block, block.parameters().size() > skip);
    if (block.parameters().size() > skip) {
      indent();
      out_ += cat(list(block.parameters().subspan(skip)), " = ", list(block.returns().subspan(skip)), "\n");
    }
    --level_;
  }

  void print_fork(const Node& node, const char* prefix, const std::string& call) {
    std::string local = free_name(prefix);
    indent();
    out_ += cat("def ", local, "():\n");
    auto* function = dynamic_cast<GraphFunction*>(node.function.get());
    if (function && function->is_nested()) {
      const Graph& graph = function->graph();
      for (size_t i = 0; i < node.inputs().size(); ++i) text_[graph.inputs()[i]] = use(node.input(i));
      body(*graph.top());
    } else if (node.function) {
      ++level_;
      indent();
      out_ += cat("return ", node.function->name, "(", trailing(node.inputs()), ")\n");
      --level_;
    }
    define(node, cat(call, "(", local, ")"));
  }

  std::string trailing(std::span<Value* const> values) {
    std::string out;
    for (const Value* value : values) out += use(value) + ", ";
    return out;
  }

  std::string annotated(const Value* value, const std::string& text) {
    return cat(word("annotate"), "(", value->type()->annotation(), ", ", text, ")");
  }

  static bool is_evident(const Type& type) {
    return !type.is(TypeKind::kOptional) && !type.is(TypeKind::kUnion) && !type.is(TypeKind::kNumber) &&
           !type.is(TypeKind::kInterface) && !type.is(TypeKind::kAny);
  }

  std::string print_expression(const Node& node) {
    auto inputs = node.inputs();
    switch (node.kind()) {
      case Kind::kOperator: return print_operator(node);
      case Kind::kUninitialized: return cat("uninitialized(", node.output()->type()->annotation(), ")");
      case Kind::kPrint: return word("print") + list(inputs, "(", ")");
      case Kind::kRaiseException: {
        bool plain = inputs.size() > 1 && constant_of(inputs[1]) && constant_of(inputs[1])->is_none();
        return "ops.prim.RaiseException" + list(plain ? inputs.first(1) : inputs, "(", ")");
      }
      case Kind::kTupleConstruct: {
        const TupleType& type = as_tuple(*node.output()->type());
        return type.name + list(inputs, "(", inputs.size() == 1 ? ",)" : ")");
      }
      case Kind::kTupleIndex: return cat("(", use(inputs[0]), ")[", use(inputs[1]), "]");
      case Kind::kTupleSlice: return cat("(", use(inputs[0]), ")[", node.number, ":", node.number2, "]");
      case Kind::kListConstruct: {
        std::string text = list(inputs, "[", "]");
        bool plain = !inputs.empty() && is_evident(*node.output()->type()->element());
        return plain ? text : annotated(node.output(), text);
      }
      case Kind::kDictConstruct: {
        std::string text = "{";
        for (size_t i = 0; i + 1 < inputs.size(); i += 2)
          text += cat(i ? ", " : "", use(inputs[i]), ": ", use(inputs[i + 1]));
        text += '}';
        const Type& type = *node.output()->type();
        bool usual = type.element(0)->is(TypeKind::kString) && type.element(1)->is(TypeKind::kTensor);
        bool plain = inputs.empty() ? usual : is_evident(*type.element(0)) && is_evident(*type.element(1));
        return plain ? text : annotated(node.output(), text);
      }
      case Kind::kCreateObject: {
        std::string type = node.output()->type()->annotation();
        return cat(type, ".__new__(", type, ")");
      }
      case Kind::kGetAttr:
        if (is_identifier(node.text)) return cat(use(inputs[0]), ".", node.text);
        return cat("getattr(", use(inputs[0]), ", ", code_literal(impl::Value(node.text), constants_), ")");
      case Kind::kCallFunction: return cat(callees_.at(&node), "(", trailing(inputs), ")");
      case Kind::kCallMethod: return cat("(", use(inputs[0]), ").", node.text, "(", trailing(inputs.subspan(1)), ")");
      case Kind::kUncheckedCast:
        return cat("unchecked_cast(", node.output()->type()->annotation(), ", ", use(inputs[0]), ")");
      case Kind::kIsInstance: {
        std::string types;
        for (const TypePtr& type : node.types) types += cat(types.empty() ? "" : ", ", type->annotation());
        if (node.types.size() != 1) types = cat("(", types, ")");
        return cat(word("isinstance"), "(", use(inputs[0]), ", ", types, ")");
      }
      case Kind::kWait: return word("torch") + list(inputs, ".wait(", ")");
      case Kind::kAwaitableWait: return list(inputs, "ops.prim.awaitable_wait(", ")");
      case Kind::kEnumName: return cat("(", use(inputs[0]), ").name");
      case Kind::kEnumValue: return cat("(", use(inputs[0]), ").value");
      case Kind::kUnsupported: fail(ErrorCode::kUnsupported, cat("no code for what is missing: ", node.text));
      default: fail(ErrorCode::kUnsupported, cat("no code for ", node.name()));
    }
  }

  std::string print_operator(const Node& node) {
    auto inputs = node.inputs();
    const Schema& schema = node.op()->schema;
    std::string_view name = schema.name;
    struct Cast {
      std::string_view op, word;
    };
    static constexpr Cast kCasts[] = {{"aten::Int", "int"}, {"aten::Float", "float"},   {"aten::Bool", "bool"},
                                      {"aten::str", "str"}, {"aten::sorted", "sorted"}, {"aten::Complex", "complex"}};
    for (const Cast& cast : kCasts)
      if (cast.op == name) return word(cast.word) + list(inputs, "(", ")");
    if (name == "aten::ScalarImplicit" || name == "aten::FloatImplicit" || name == "aten::IntImplicit")
      return annotated(node.output(), use(inputs[0]));
    if (name == "aten::__getitem__" && inputs.size() == 2) return cat(use(inputs[0]), "[", use(inputs[1]), "]");
    if (name == "prim::tolist") return annotated(node.output(), use(inputs[0]) + ".tolist()");
    size_t colons = name.find("::");
    std::string out;
    if (name == "aten::backward" || name == "aten::grad") out = cat(word("torch"), ".autograd.", name.substr(6));
    else if (name.starts_with("aten::")) out = cat(word("torch"), ".", name.substr(6));
    else out = cat("ops.", name.substr(0, colons), ".", name.substr(colons + 2));
    if (name == "aten::_unwrap_optional" && inputs[0]->type()->is(TypeKind::kNone))
      return cat(out, "(", word("annotate"), "(", optional_of(node.output()->type())->annotation(), ", ",
                 use(inputs[0]), "))");
    return out + print_arguments(schema, inputs);
  }

  std::string print_arguments(const Schema& schema, std::span<Value* const> inputs) {
    size_t count = schema.arguments.size(), outs = 0;
    while (outs < count && schema.arguments[count - 1 - outs].is_out) ++outs;
    size_t needed = inputs.size();
    if (inputs.size() <= count) {
      needed = std::min(inputs.size(), count - outs);
      // Trailing arguments that are the defaults are left out.
      while (inputs.size() == count && needed > 0 && schema.arguments[needed - 1].has_default) {
        const impl::Value* constant = constant_of(inputs[needed - 1]);
        if (!constant || !same_scalar(*constant, schema.arguments[needed - 1].default_value)) break;
        --needed;
      }
    }
    std::string out = "(";
    for (size_t i = 0; i < needed; ++i) {
      if (i) out += ", ";
      if (i < count && schema.arguments[i].kwarg_only) out += cat(schema.arguments[i].name, "=");
      out += use(inputs[i]);
    }
    for (size_t i = count - outs; outs && inputs.size() == count && i < count; ++i)
      out += cat(out.size() > 1 ? ", " : "", schema.arguments[i].name, "=", use(inputs[i]));
    return out + ")";
  }

  CodeConstants& constants_;
  int level_;
  std::string out_;
  std::unordered_set<std::string> reserved_, used_, words_;
  std::unordered_map<std::string, int> next_;  // the number that a taken name gets next
  std::unordered_map<const Value*, std::string> text_;
  std::unordered_map<const Node*, std::string> callees_;
  std::unordered_map<std::string, std::string> literals_;  // long ones of the body, and their names
  std::unordered_set<const Node*> inline_;
};

}  // namespace

std::string print_code(const Graph& graph, std::string_view name, const Schema& schema, CodeConstants& constants,
                       const CodeOptions& options) {
  std::unordered_set<std::string> reserved;
  for (;;) {
    CodePrinter printer(constants, options.level, reserved);
    printer.function(graph, name, schema, options.first_argument_type);
    auto clashes = printer.clashes();
    if (clashes.empty()) return printer.take();
    reserved.merge(clashes);
  }
}

std::string print_code(GraphFunction& function, CodeConstants& constants, const CodeOptions& options) {
  std::string_view name = function.name;
  return print_code(function.graph(), name.substr(name.rfind('.') + 1), function.schema, constants, options);
}

}  // namespace taper::impl::ir
