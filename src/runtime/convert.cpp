#include "runtime/convert.h"

#include <algorithm>

#include "core/class_type.h"
#include "core/error.h"

namespace taper::impl {
namespace {

bool convert_items(Vec<Value>& items, const Type& type) {
  return std::all_of(items.begin(), items.end(), [&](Value& item) { return convert_to_type(item, type); });
}

bool convert_list(Value& value, const TypePtr& element) {
  if (value.is(Tag::kTuple)) {  // a Python sequence
    auto list = make_ref<ListObj>(element);
    list->items = value.tuple().items;
    value = Value(std::move(list));
  }
  if (!value.is(Tag::kList)) return false;
  ListObj& list = value.list();
  if (!convert_items(list.items, *element)) return false;
  if (!element->is(TypeKind::kAny)) list.element = element;
  return true;
}

bool convert_dict(Value& value, const TypePtr& key_type, const TypePtr& value_type) {
  if (!value.is(Tag::kDict)) return false;
  DictObj& dict = value.dict();
  bool same_keys = true;
  for (DictObj::Entry& entry : dict.entries_mutable()) {
    if (!convert_to_type(entry.value, *value_type)) return false;
    Value key = entry.key;
    if (!convert_to_type(key, *key_type)) return false;
    same_keys &= key.is_same(entry.key);
  }
  if (!same_keys) {  // an int as a float key: the table hashes anew
    Vec<DictObj::Entry> entries = dict.entries();
    dict.clear();
    for (DictObj::Entry& entry : entries) {
      convert_to_type(entry.key, *key_type);
      dict.set(entry.key, std::move(entry.value));
    }
  }
  dict.key = key_type;
  dict.value = value_type;
  return true;
}

bool convert_tuple(Value& value, const Type& type) {
  if (!value.is(Tag::kTuple) || value.tuple().items.size() != type.elements().size()) return false;
  auto made = make_ref<TupleObj>();
  made->items = value.tuple().items;
  for (size_t i = 0; i < made->items.size(); ++i)
    if (!convert_to_type(made->items[i], *type.element(i))) return false;
  if (!as_tuple(type).name.empty()) made->type = Ref<const TupleType>(&as_tuple(type));
  value = Value(std::move(made));
  return true;
}

bool convert_union(Value& value, const Type& type) {
  for (const TypePtr& member : type.elements())
    if (value_has_type(value, *member)) return true;
  for (const TypePtr& member : type.elements())
    if (convert_to_type(value, *member)) return true;
  return false;
}

// Python takes a number from a tensor of one element where a number is wanted.
Value tensor_item(const Tensor& tensor) {
  if (tensor.numel() != 1 || tensor.impl()->layout != Layout::kStrided || tensor.is_conj() || tensor.is_neg())
    return Value();
  switch (tensor.dtype()) {
    case DType::kByte: return Value(int64_t(*tensor.data<uint8_t>()));
    case DType::kChar: return Value(int64_t(*tensor.data<int8_t>()));
    case DType::kShort: return Value(int64_t(*tensor.data<int16_t>()));
    case DType::kInt: return Value(int64_t(*tensor.data<int32_t>()));
    case DType::kLong: return Value(*tensor.data<int64_t>());
    case DType::kBool: return Value(*tensor.data<uint8_t>() != 0);
    case DType::kHalf: return Value(double(float(*tensor.data<Half>())));
    case DType::kBFloat16: return Value(double(float(*tensor.data<BFloat16>())));
    case DType::kFloat: return Value(double(*tensor.data<float>()));
    case DType::kDouble: return Value(*tensor.data<double>());
    default: return Value();
  }
}

// A number that stands for the declared one, or none.
bool convert_number(Value& value, TypeKind kind) {
  Value number = value.is_tensor() ? tensor_item(value.tensor()) : value;
  bool integral = number.is(Tag::kInt) || number.is(Tag::kBool), real = integral || number.is(Tag::kFloat);
  switch (kind) {
    case TypeKind::kInt:
      if (integral) value = Value(number.is(Tag::kBool) ? int64_t(number.boolean()) : number.integer());
      return integral;
    case TypeKind::kFloat:
      if (real) value = Value(number.to_number());
      return real;
    case TypeKind::kBool:
      if (integral || (real && value.is_tensor())) value = Value(number.to_number() != 0);
      return value.is(Tag::kBool);
    default:
      if (real) value = Value(number.to_complex());
      return value.is(Tag::kComplex);
  }
}

}  // namespace

bool convert_to_type(Value& value, const Type& type) {
  switch (type.kind()) {
    case TypeKind::kAny:
    case TypeKind::kUnknown:
    case TypeKind::kVar: return true;
    case TypeKind::kInt: return value.is(Tag::kInt) || convert_number(value, type.kind());
    case TypeKind::kFloat: return value.is(Tag::kFloat) || convert_number(value, type.kind());
    case TypeKind::kBool: return value.is(Tag::kBool) || convert_number(value, type.kind());
    case TypeKind::kComplex: return value.is(Tag::kComplex) || convert_number(value, type.kind());
    case TypeKind::kDevice:
      if (value.is(Tag::kString)) value = Value(parse_device(value.string()));
      return value.is(Tag::kDevice);
    case TypeKind::kOptional: return value.is_none() || convert_to_type(value, *type.element());
    case TypeKind::kUnion: return convert_union(value, type);
    case TypeKind::kList: return convert_list(value, type.element());
    case TypeKind::kDict: return convert_dict(value, type.element(0), type.element(1));
    case TypeKind::kTuple: return convert_tuple(value, type);
    case TypeKind::kClass:
      return value_has_type(value, type) ||
             (as_class(type).opaque && (value.is(Tag::kRawObject) || value.is(Tag::kCapsule)));
    default: return value_has_type(value, type);
  }
}

std::string declaration(const Schema& schema, std::string_view name) {
  Schema shown = schema;
  shown.name = std::string(name);
  shown.overload.clear();
  if (!shown.arguments.empty() && shown.arguments[0].name == "self") shown.arguments.erase(shown.arguments.begin());
  return shown.str();
}

Vec<Value> bind_arguments(const Schema& schema, std::string_view name, Vec<Value> values, Vec<Keyword> keywords) {
  auto wrong = [&](const std::string& what) {
    fail(ErrorCode::kInvalidArgument, cat(name, "() ", what, "\nDeclaration: ", declaration(schema, name)));
  };
  size_t positional = size_t(
      std::count_if(schema.arguments.begin(), schema.arguments.end(), [](const Argument& a) { return !a.kwarg_only; }));
  if (values.size() > positional)
    wrong(cat("expected at most ", positional, " argument(s) but received ", values.size() + keywords.size(),
              " argument(s)."));
  Vec<Value> bound = std::move(values);
  bound.reserve(schema.arguments.size());
  SmallVec<bool, 16> used(keywords.size());
  size_t given = bound.size();
  for (size_t i = 0; i < schema.arguments.size(); ++i) {
    const Argument& argument = schema.arguments[i];
    auto keyword =
        std::find_if(keywords.begin(), keywords.end(), [&](const Keyword& k) { return k.name == argument.name; });
    if (i < given) {
      if (keyword != keywords.end()) wrong(cat("got multiple values for argument '", argument.name, "'."));
    } else if (keyword != keywords.end()) {
      used[size_t(keyword - keywords.begin())] = true;
      bound.push_back(std::move(keyword->value));
    } else if (argument.has_default) {
      const Value& value = argument.default_value;
      bound.push_back(value.is_counted() ? deep_copy(value) : value);  // a default list is not shared between calls
      continue;
    } else {
      wrong(cat("is missing value for argument '", argument.name, "'."));
    }
    Value& value = bound.back();
    Value& target = i < given ? bound[i] : value;
    if (argument.fixed_length > 0 && !target.is(Tag::kList) && argument.type->is(TypeKind::kList)) {
      auto list = make_ref<ListObj>(argument.type->element());
      list->items.assign(size_t(argument.fixed_length), target);
      if (convert_items(list->items, *argument.type->element())) target = Value(std::move(list));
    }
    if (!convert_to_type(target, *argument.type))
      wrong(cat("Expected a value of type '", argument.type->annotation(), "' for argument '", argument.name,
                "' but instead found type '", type_of(target)->annotation(), "'.\nPosition: ", i));
  }
  for (size_t k = 0; k < keywords.size(); ++k)
    if (!used[k] && schema.argument_index(keywords[k].name) < 0)
      wrong(cat("got an unknown keyword argument '", keywords[k].name, "'."));
  return bound;
}

}  // namespace taper::impl
