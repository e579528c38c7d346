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
    {"Tensor", TypeKind::kTensor},   {"int", TypeKind::kInt},           {"float", TypeKind::kFloat},
    {"bool", TypeKind::kBool},       {"str", TypeKind::kString},        {"NoneType", TypeKind::kNone},
    {"Any", TypeKind::kAny},         {"Device", TypeKind::kDevice},     {"device", TypeKind::kDevice},
    {"complex", TypeKind::kComplex}, {"number", TypeKind::kNumber},     {"Scalar", TypeKind::kNumber},
    {"Generator", TypeKind::kGenerator}, {"Stream", TypeKind::kStream}, {"Storage", TypeKind::kStorage},
    {"Capsule", TypeKind::kCapsule}, {"PyObject", TypeKind::kCapsule},  {"QScheme", TypeKind::kInt},
    {"Layout", TypeKind::kInt},      {"MemoryFormat", TypeKind::kInt},  {"ScalarType", TypeKind::kInt},
    {"dtype", TypeKind::kInt},       {"list", TypeKind::kAnyList},      {"tuple", TypeKind::kAnyTuple},
    {"AnyListType", TypeKind::kAnyList}, {"AnyTupleType", TypeKind::kAnyTuple}, {"AnyClassType", TypeKind::kAnyClass},
    {"AnyEnumType", TypeKind::kAnyEnum}, {"Final", TypeKind::kAny},
};

struct GenericType {
  std::string_view name;
  TypeKind kind;
  size_t parts;  // 0: any number
};
constexpr GenericType kGenerics[] = {
    {"List", TypeKind::kList, 1},     {"list", TypeKind::kList, 1},     {"Optional", TypeKind::kOptional, 1},
    {"Dict", TypeKind::kDict, 2},     {"dict", TypeKind::kDict, 2},     {"Tuple", TypeKind::kTuple, 0},
    {"tuple", TypeKind::kTuple, 0},   {"Union", TypeKind::kUnion, 0},   {"Future", TypeKind::kFuture, 1},
    {"Await", TypeKind::kAwait, 1},   {"RRef", TypeKind::kRRef, 1},     {"Final", TypeKind::kAny, 1},
};

}  // namespace

std::string dotted_text(const Expr& expression) {
  if (expression.kind == ExprKind::kName) return std::string(expression.text);
  if (expression.kind != ExprKind::kAttribute) return {};
  std::vector<std::string_view> parts;
  const Expr* at = &expression;
  for (; at->kind == ExprKind::kAttribute; at = at->child()) parts.push_back(at->text);
  if (at->kind != ExprKind::kName) return {};
  std::string out(at->text);
  while (!parts.empty()) {
    out += '.';
    out += parts.back();
    parts.pop_back();
  }
  return out;
}

TypePtr type_from_expression(CompilationUnit& unit, const Tree& tree, const Expr& expression) {
  auto wrong = [&](std::string_view what) { fail_at(tree.range(expression), what); };
  switch (expression.kind) {
    case ExprKind::kNone: return none_type();
    case ExprKind::kName:
      for (const NamedType& row : kNames)
        if (row.name == expression.text) return simple_type(row.kind);
      if (TypePtr type = unit.type(expression.text)) return type;
      wrong(cat("Unknown type name '", expression.text, "'"));
      break;
    case ExprKind::kAttribute: {
      std::string name = dotted_text(expression);
      if (name == "torch.Tensor") return tensor_type();
      if (name == "torch.device") return simple_type(TypeKind::kDevice);
      if (name.empty()) wrong("this is not a type");
      if (TypePtr type = unit.type(name)) return type;
      if (name.starts_with("__torch__.")) return unit.opaque_class(name);
      wrong(cat("Unknown type name '", name, "'"));
      break;
    }
    case ExprKind::kSubscript: {
      const Expr& head = *expression.child();
      std::string_view name = head.kind == ExprKind::kName || head.kind == ExprKind::kAttribute ? head.text : std::string_view();
      const GenericType* generic = nullptr;
      for (const GenericType& row : kGenerics)
        if (row.name == name) generic = &row;
      if (!generic) wrong(cat("Unknown type constructor ", name.empty() ? "here" : name));
      std::span<const Expr* const> parts = expression.children.subspan(1);
      // Tuple[()]
      if (parts.size() == 1 && parts[0]->kind == ExprKind::kTuple && generic->kind == TypeKind::kTuple) parts = parts[0]->children;
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
    default: wrong("this is not a type");
  }
  return nullptr;
}

TypePtr parameter_type(CompilationUnit& unit, const Tree& tree, const Expr& expression, int32_t& fixed_length) {
  constexpr std::string_view kBroadcasting = "BroadcastingList";
  if (expression.kind == ExprKind::kSubscript && expression.children.size() == 2) {
    const Expr& head = *expression.child();
    bool optional = head.kind == ExprKind::kName && head.text == "Optional";
    if (optional && expression.child(1)->kind == ExprKind::kSubscript)
      return optional_of(parameter_type(unit, tree, *expression.child(1), fixed_length));
    std::string_view length = head.kind == ExprKind::kName && head.text.starts_with(kBroadcasting) ? head.text.substr(kBroadcasting.size()) : "";
    if (length.size() == 1 && length[0] >= '1' && length[0] <= '9') {
      fixed_length = length[0] - '0';
      return list_of(type_from_expression(unit, tree, *expression.child(1)));
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
    case ExprKind::kInt: value = expression.integer; return true;
    case ExprKind::kFloat: value = expression.number; return true;
    case ExprKind::kComplex: value = std::complex<double>(0, expression.number); return true;
    case ExprKind::kString: value = expression.text; return true;
    case ExprKind::kName: {
      constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();
      if (expression.text == "inf") value = kInfinity;
      else if (expression.text == "nan") value = kNan;
      else if (expression.text == "infj") value = std::complex<double>(0, kInfinity);
      else if (expression.text == "nanj") value = std::complex<double>(0, kNan);
      else return false;
      return true;
    }
    case ExprKind::kUnary: {
      if (expression.op != TokenKind::kMinus && expression.op != TokenKind::kPlus) return false;
      impl::Value inner;
      if (!simple_literal(*expression.child(), inner)) return false;
      bool minus = expression.op == TokenKind::kMinus;
      switch (inner.tag()) {
        case Tag::kInt: value = minus ? int64_t(0 - uint64_t(inner.integer())) : inner.integer(); return true;
        case Tag::kFloat: value = minus ? -inner.floating() : inner.floating(); return true;
        case Tag::kComplex: value = minus ? -inner.to_complex() : inner.to_complex(); return true;
        default: return false;
      }
    }
    case ExprKind::kBinary: {  // a complex number: 2.+3.j
      if (expression.op != TokenKind::kPlus && expression.op != TokenKind::kMinus) return false;
      impl::Value left, right;
      if (!simple_literal(*expression.child(0), left) || !simple_literal(*expression.child(1), right)) return false;
      if ((!left.is(Tag::kFloat) && !left.is(Tag::kInt)) || !right.is(Tag::kComplex)) return false;
      double imaginary = right.to_complex().imag();
      value = std::complex<double>(left.to_number(), expression.op == TokenKind::kMinus ? -imaginary : imaginary);
      return true;
    }
    default: return false;
  }
}

impl::Value literal_value(CompilationUnit& unit, const Tree& tree, const Expr& expression, const TypePtr& type) {
  impl::Value value;
  if (simple_literal(expression, value)) {
    if (value.is(Tag::kInt) && type && type->is(TypeKind::kFloat)) return double(value.integer());
    return value;
  }
  TypePtr wanted = type && type->is(TypeKind::kOptional) ? type->element() : type;
  auto part_type = [&](TypeKind kind, size_t i) -> TypePtr {
    if (!wanted || !wanted->is(kind)) return nullptr;
    return wanted->elements().size() > i ? wanted->element(i) : nullptr;
  };
  switch (expression.kind) {
    case ExprKind::kList: {
      std::vector<impl::Value> items;
      for (const Expr* child : expression.children) items.push_back(literal_value(unit, tree, *child, part_type(TypeKind::kList, 0)));
      TypePtr element = part_type(TypeKind::kList, 0);
      if (!element) element = items.empty() ? tensor_type() : type_of(items[0]);
      auto list = make_ref<ListObj>(std::move(element));
      for (impl::Value& item : items) list->items.push_back(std::move(item));
      return list;
    }
    case ExprKind::kTuple: {
      auto tuple = make_ref<TupleObj>();
      for (size_t i = 0; i < expression.children.size(); ++i)
        tuple->items.push_back(literal_value(unit, tree, *expression.child(i), part_type(TypeKind::kTuple, i)));
      return tuple;
    }
    case ExprKind::kDict: {
      TypePtr key_type = part_type(TypeKind::kDict, 0), value_type = part_type(TypeKind::kDict, 1);
      std::vector<std::pair<impl::Value, impl::Value>> entries;
      for (size_t i = 0; i + 1 < expression.children.size(); i += 2)
        entries.emplace_back(literal_value(unit, tree, *expression.child(i), key_type),
                             literal_value(unit, tree, *expression.child(i + 1), value_type));
      if (!key_type) key_type = entries.empty() ? string_type() : type_of(entries[0].first);
      if (!value_type) value_type = entries.empty() ? tensor_type() : type_of(entries[0].second);
      auto dict = make_ref<DictObj>(std::move(key_type), std::move(value_type));
      for (auto& [key, item] : entries) {
        if (!is_hashable(key)) fail_at(tree.range(expression), "this key cannot be hashed");
        dict->set(key, std::move(item));
      }
      return dict;
    }
    case ExprKind::kAttribute: {  // an enum's entry, a constant of the archive
      if (expression.child()->kind == ExprKind::kName && expression.child()->text == "CONSTANTS") {
        size_t index = constant_index(expression.text);
        if (index >= unit.constants().size())
          fail_at(tree.range(expression), cat("the archive has ", unit.constants().size(), " constants"));
        return unit.constants()[index];
      }
      std::string name = dotted_text(*expression.child());
      TypePtr owner = name.empty() ? nullptr : unit.type(name);
      if (owner && owner->is(TypeKind::kEnum))
        for (const auto& [entry, entry_value] : as_enum(*owner).entries)
          if (entry == expression.text) return make_ref<EnumObj>(Ref<const EnumType>(&as_enum(*owner)), entry, entry_value);
      break;
    }
    case ExprKind::kCall: {
      const Expr& callee = *expression.child();
      if (callee.kind == ExprKind::kName && callee.text == "annotate" && expression.children.size() == 3)
        return literal_value(unit, tree, *expression.child(2), type_from_expression(unit, tree, *expression.child(1)));
      if (dotted_text(callee) == "torch.device" && expression.children.size() == 2 && expression.child(1)->kind == ExprKind::kString)
        return parse_device(expression.child(1)->text);
      if (callee.kind == ExprKind::kName && callee.text == "float" && expression.children.size() == 2 &&
          expression.child(1)->kind == ExprKind::kString) {
        std::string_view text = expression.child(1)->text;
        if (text == "inf") return std::numeric_limits<double>::infinity();
        if (text == "-inf") return -std::numeric_limits<double>::infinity();
        if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
      }
      break;
    }
    default: break;
  }
  fail_at(tree.range(expression), "expected a literal here");
}

Schema signature(CompilationUnit& unit, const Tree& tree, const Def& def, std::string_view qualified, const TypePtr& self_type) {
  Schema schema;
  schema.name = qualified;
  schema.arguments.reserve(def.parameters.size());
  for (size_t i = 0; i < def.parameters.size(); ++i) {
    const Parameter& parameter = def.parameters[i];
    Argument argument;
    argument.name = parameter.name;
    argument.kwarg_only = parameter.keyword_only;
    if (i == 0 && self_type)
      argument.type = self_type;
    else if (parameter.annotation)
      argument.type = parameter_type(unit, tree, *parameter.annotation, argument.fixed_length);
    else
      argument.type = tensor_type();
    if (parameter.default_value) {
      argument.has_default = true;
      argument.default_value = literal_value(unit, tree, *parameter.default_value, argument.type);
    }
    schema.arguments.push_back(std::move(argument));
  }
  if (def.returns) {
    Argument result;
    result.type = type_from_expression(unit, tree, *def.returns);
    schema.returns.push_back(std::move(result));
  }
  return schema;
}

}  // namespace taper::impl::ir
