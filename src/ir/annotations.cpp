#include "ir/annotations.h"

#include <charconv>
#include <iterator>
#include <limits>

#include "core/error.h"
#include "ir/emitter.h"

namespace taper::impl::ir {
namespace {

struct NamedType {
  std::string_view name;
  TypeKind kind;
};
constexpr NamedType kNames[] = {
    {"Tensor", TypeKind::kTensor},
    {"int", TypeKind::kInt},
    {"float", TypeKind::kFloat},
    {"bool", TypeKind::kBool},
    {"str", TypeKind::kString},
    {"NoneType", TypeKind::kNone},
    {"Any", TypeKind::kAny},
    {"Device", TypeKind::kDevice},
    {"device", TypeKind::kDevice},
    {"complex", TypeKind::kComplex},
    {"number", TypeKind::kNumber},
    {"Scalar", TypeKind::kNumber},
    {"Generator", TypeKind::kGenerator},
    {"Stream", TypeKind::kStream},
    {"Storage", TypeKind::kStorage},
    {"Capsule", TypeKind::kCapsule},
    {"PyObject", TypeKind::kCapsule},
    {"QScheme", TypeKind::kInt},
    {"Layout", TypeKind::kInt},
    {"MemoryFormat", TypeKind::kInt},
    {"ScalarType", TypeKind::kInt},
    {"dtype", TypeKind::kInt},
    {"list", TypeKind::kAnyList},
    {"tuple", TypeKind::kAnyTuple},
    {"AnyListType", TypeKind::kAnyList},
    {"AnyTupleType", TypeKind::kAnyTuple},
    {"AnyClassType", TypeKind::kAnyClass},
    {"AnyEnumType", TypeKind::kAnyEnum},
    {"Final", TypeKind::kAny},
};

struct GenericType {
  std::string_view name;
  TypeKind kind;
  size_t parts;  // 0: any number
};
constexpr GenericType kGenerics[] = {
    {"List", TypeKind::kList, 1},   {"list", TypeKind::kList, 1},   {"Optional", TypeKind::kOptional, 1},
    {"Dict", TypeKind::kDict, 2},   {"dict", TypeKind::kDict, 2},   {"Tuple", TypeKind::kTuple, 0},
    {"tuple", TypeKind::kTuple, 0}, {"Union", TypeKind::kUnion, 0}, {"Future", TypeKind::kFuture, 1},
    {"Await", TypeKind::kAwait, 1}, {"RRef", TypeKind::kRRef, 1},   {"Final", TypeKind::kAny, 1},
};

}  // namespace

std::string dotted_text(const Expr& expression) {
  std::vector<std::string_view> parts;
  const Expr* at = &expression;
  for (; at->as<AttributeExpr>(); at = at->as<AttributeExpr>()->base) parts.push_back(at->as<AttributeExpr>()->name);
  auto* root = at->as<NameExpr>();
  if (!root) return {};
  std::string out(root->name);
  while (!parts.empty()) {
    out += '.';
    out += parts.back();
    parts.pop_back();
  }
  return out;
}

namespace {

// The name of a plain name, or the last one of a chain.
std::string_view last_name(const Expr& expression) {
  if (auto* name = expression.as<NameExpr>()) return name->name;
  if (auto* attribute = expression.as<AttributeExpr>()) return attribute->name;
  return {};
}

TypePtr generic_type(CompilationUnit& unit, const SourceTree& tree, const SubscriptExpr& expression) {
  auto wrong = [&](std::string_view what) { fail_at(tree.range(expression), what); };
  std::string_view name = last_name(*expression.base);
  const GenericType* generic = nullptr;
  for (const GenericType& row : kGenerics)
    if (row.name == name) generic = &row;
  if (!generic) {
    wrong(cat("Unknown type constructor ", name.empty() ? "here" : name));
    return nullptr;
  }
  NodeList<Expr> parts = expression.items;
  // Tuple[()]
  if (generic->kind == TypeKind::kTuple && parts.size() == 1)
    if (auto* tuple = parts[0]->as<TupleExpr>()) parts = tuple->elements;
  if (generic->parts && parts.size() != generic->parts) wrong(cat(name, " takes ", generic->parts, " types"));
  std::vector<TypePtr> elements;
  elements.reserve(parts.size());
  for (const Expr* part : parts) elements.push_back(type_from_expression(unit, tree, *part));
  switch (generic->kind) {
    case TypeKind::kAny: return elements[0];
    case TypeKind::kList: return list_of(std::move(elements[0]));
    case TypeKind::kOptional: return optional_of(std::move(elements[0]));
    case TypeKind::kDict: return dict_of(std::move(elements[0]), std::move(elements[1]));
    case TypeKind::kTuple: return tuple_of(std::move(elements));
    case TypeKind::kUnion: return union_of(std::move(elements));
    default: return make_ref<const Type>(generic->kind, std::move(elements));
  }
}

}  // namespace

TypePtr type_from_expression(CompilationUnit& unit, const SourceTree& tree, const Expr& expression) {
  switch (expression.kind) {
    case ExprKind::kNone: return none_type();
    case ExprKind::kName: {
      std::string_view name = expression.as<NameExpr>()->name;
      for (const NamedType& row : kNames)
        if (row.name == name) return simple_type(row.kind);
      if (TypePtr type = unit.type(name)) return type;
      fail_at(tree.range(expression), cat("Unknown type name '", name, "'"));
    }
    case ExprKind::kAttribute: {
      std::string name = dotted_text(expression);
      if (name == "torch.Tensor") return tensor_type();
      if (name == "torch.device") return simple_type(TypeKind::kDevice);
      if (name.empty()) break;
      if (TypePtr type = unit.type(name)) return type;
      if (name.starts_with("__torch__.")) return unit.opaque_class(name);
      fail_at(tree.range(expression), cat("Unknown type name '", name, "'"));
    }
    case ExprKind::kSubscript: return generic_type(unit, tree, *expression.as<SubscriptExpr>());
    default: break;
  }
  fail_at(tree.range(expression), "this is not a type");
}

TypePtr parameter_type(CompilationUnit& unit, const SourceTree& tree, const Expr& expression, int32_t& fixed_length) {
  constexpr std::string_view kBroadcasting = "BroadcastingList";
  auto* subscript = expression.as<SubscriptExpr>();
  auto* head = subscript && subscript->items.size() == 1 ? subscript->base->as<NameExpr>() : nullptr;
  if (head) {
    if (head->name == "Optional" && subscript->items[0]->as<SubscriptExpr>())
      return optional_of(parameter_type(unit, tree, *subscript->items[0], fixed_length));
    std::string_view length = head->name.starts_with(kBroadcasting) ? head->name.substr(kBroadcasting.size()) : "";
    if (length.size() == 1 && length[0] >= '1' && length[0] <= '9') {
      fixed_length = length[0] - '0';
      return list_of(type_from_expression(unit, tree, *subscript->items[0]));
    }
  }
  return type_from_expression(unit, tree, expression);
}

size_t constant_index(std::string_view name) noexcept {
  size_t index = 0;
  const char *start = name.data() + 1, *end = name.data() + name.size();
  bool good = name.size() > 1 && name[0] == 'c' && std::from_chars(start, end, index).ptr == end;
  return good ? index : size_t(-1);
}

bool simple_literal(const Expr& expression, impl::Value& value) {
  switch (expression.kind) {
    case ExprKind::kNone: value = {}; return true;
    case ExprKind::kTrue: value = true; return true;
    case ExprKind::kFalse: value = false; return true;
    case ExprKind::kInt: value = expression.as<IntExpr>()->value; return true;
    case ExprKind::kFloat: value = expression.as<FloatExpr>()->value; return true;
    case ExprKind::kString: value = expression.as<StringExpr>()->value; return true;
    case ExprKind::kName: {
      std::string_view name = expression.as<NameExpr>()->name;
      if (name == "inf") return value = std::numeric_limits<double>::infinity(), true;
      if (name == "nan") return value = std::numeric_limits<double>::quiet_NaN(), true;
      break;
    }
    case ExprKind::kUnary: {
      const UnaryExpr& unary = *expression.as<UnaryExpr>();
      impl::Value inner;
      if (unary.op != UnaryOp::kNegate && unary.op != UnaryOp::kPlus) return false;
      if (simple_literal(*unary.operand, inner) && (inner.is(Tag::kInt) || inner.is(Tag::kFloat))) {
        bool minus = unary.op == UnaryOp::kNegate;
        if (inner.is(Tag::kInt)) value = minus ? int64_t(0 - uint64_t(inner.integer())) : inner.integer();
        else value = minus ? -inner.floating() : inner.floating();
        return true;
      }
      break;
    }
    default: break;
  }
  if (auto number = complex_constant(expression)) return value = *number, true;
  return false;
}

namespace {

class LiteralReader {
 public:
  LiteralReader(CompilationUnit& unit, const SourceTree& tree) : unit_(unit), tree_(tree) {}

  impl::Value read(const Expr& expression, const TypePtr& type) {
    impl::Value value;
    if (simple_literal(expression, value)) {
      if (value.is(Tag::kInt) && type && type->is(TypeKind::kFloat)) return double(value.integer());
      return value;
    }
    TypePtr wanted = type && type->is(TypeKind::kOptional) ? type->element() : type;
    switch (expression.kind) {
      case ExprKind::kList: return list(*expression.as<ListExpr>(), wanted);
      case ExprKind::kTuple: return tuple(*expression.as<TupleExpr>(), wanted);
      case ExprKind::kDict: return dict(*expression.as<DictExpr>(), wanted);
      case ExprKind::kAttribute: return member(*expression.as<AttributeExpr>());
      case ExprKind::kCall: return call(*expression.as<CallExpr>());
      default: wrong(expression);
    }
  }

 private:
  [[noreturn]] void wrong(const Expr& expression) { fail_at(tree_.range(expression), "expected a literal here"); }

  static TypePtr part(const TypePtr& wanted, TypeKind kind, size_t i) {
    return wanted && wanted->is(kind) && wanted->elements().size() > i ? wanted->element(i) : nullptr;
  }

  impl::Value list(const ListExpr& expression, const TypePtr& wanted) {
    TypePtr element = part(wanted, TypeKind::kList, 0);
    std::vector<impl::Value> items;
    for (const Expr* item : expression.elements) items.push_back(read(*item, element));
    if (!element) element = items.empty() ? tensor_type() : type_of(items[0]);
    auto list = make_ref<ListObj>(std::move(element));
    for (impl::Value& item : items) list->items.push_back(std::move(item));
    return list;
  }

  impl::Value tuple(const TupleExpr& expression, const TypePtr& wanted) {
    auto tuple = make_ref<TupleObj>();
    for (size_t i = 0; i < expression.elements.size(); ++i)
      tuple->items.push_back(read(*expression.elements[i], part(wanted, TypeKind::kTuple, i)));
    return tuple;
  }

  impl::Value dict(const DictExpr& expression, const TypePtr& wanted) {
    TypePtr key_type = part(wanted, TypeKind::kDict, 0), value_type = part(wanted, TypeKind::kDict, 1);
    std::vector<std::pair<impl::Value, impl::Value>> entries;
    for (size_t i = 0; i < expression.keys.size(); ++i)
      entries.emplace_back(read(*expression.keys[i], key_type), read(*expression.values[i], value_type));
    if (!key_type) key_type = entries.empty() ? string_type() : type_of(entries[0].first);
    if (!value_type) value_type = entries.empty() ? tensor_type() : type_of(entries[0].second);
    auto dict = make_ref<DictObj>(std::move(key_type), std::move(value_type));
    for (auto& [key, item] : entries) {
      if (!is_hashable(key)) fail_at(tree_.range(expression), "this key cannot be hashed");
      dict->set(key, std::move(item));
    }
    return dict;
  }

  // CONSTANTS.c0, an enum's entry.
  impl::Value member(const AttributeExpr& expression) {
    std::string owner_name = dotted_text(*expression.base);
    if (owner_name == "CONSTANTS") {
      size_t index = constant_index(expression.name);
      if (index >= unit_.constants().size())
        fail_at(tree_.range(expression), cat("the archive has ", unit_.constants().size(), " constants"));
      return unit_.constants()[index];
    }
    TypePtr owner = owner_name.empty() ? nullptr : unit_.type(owner_name);
    if (owner && owner->is(TypeKind::kEnum))
      for (const auto& [entry, value] : as_enum(*owner).entries)
        if (entry == expression.name) return make_ref<EnumObj>(Ref<const EnumType>(&as_enum(*owner)), entry, value);
    wrong(expression);
  }

  // annotate(List[int], []), torch.device("cpu"), float("inf")
  impl::Value call(const CallExpr& expression) {
    std::string callee = dotted_text(*expression.callee);
    if (callee == "annotate" && expression.args.size() == 2)
      return read(*expression.args[1], type_from_expression(unit_, tree_, *expression.args[0]));
    auto* text = expression.args.size() == 1 ? expression.args[0]->as<StringExpr>() : nullptr;
    if (text && callee == "torch.device") return parse_device(text->value);
    if (text && callee == "float") {
      if (text->value == "inf") return std::numeric_limits<double>::infinity();
      if (text->value == "-inf") return -std::numeric_limits<double>::infinity();
      if (text->value == "nan") return std::numeric_limits<double>::quiet_NaN();
    }
    wrong(expression);
  }

  CompilationUnit& unit_;
  const SourceTree& tree_;
};

}  // namespace

impl::Value literal_value(CompilationUnit& unit, const SourceTree& tree, const Expr& expression, const TypePtr& type) {
  return LiteralReader(unit, tree).read(expression, type);
}

Schema signature(CompilationUnit& unit, const SourceTree& tree, const FunctionDef& def, std::string_view qualified,
                 const TypePtr& self_type) {
  Schema schema;
  schema.name = qualified;
  schema.arguments.reserve(def.params.size());
  for (size_t i = 0; i < def.params.size(); ++i) {
    const Param& parameter = *def.params[i];
    Argument argument;
    argument.name = parameter.name;
    argument.kwarg_only = parameter.keyword_only;
    if (i == 0 && self_type) argument.type = self_type;
    else if (parameter.type) argument.type = parameter_type(unit, tree, *parameter.type, argument.fixed_length);
    else argument.type = tensor_type();
    if (parameter.default_value) {
      argument.has_default = true;
      argument.default_value = literal_value(unit, tree, *parameter.default_value, argument.type);
    }
    schema.arguments.push_back(std::move(argument));
  }
  if (def.return_type) {
    Argument result;
    result.type = type_from_expression(unit, tree, *def.return_type);
    schema.returns.push_back(std::move(result));
  }
  return schema;
}

}  // namespace taper::impl::ir
