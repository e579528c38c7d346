#include "archive/annotation.h"

namespace taper::impl {
namespace {

constexpr int kMaxDepth = 64;

struct NamedKind {
  std::string_view name;
  TypeKind kind;
};
constexpr NamedKind kSimple[] = {
    {"Tensor", TypeKind::kTensor},       {"int", TypeKind::kInt},
    {"float", TypeKind::kFloat},         {"bool", TypeKind::kBool},
    {"str", TypeKind::kString},          {"complex", TypeKind::kComplex},
    {"Device", TypeKind::kDevice},       {"NoneType", TypeKind::kNone},
    {"None", TypeKind::kNone},           {"Any", TypeKind::kAny},
    {"number", TypeKind::kNumber},       {"Scalar", TypeKind::kNumber},
    {"Generator", TypeKind::kGenerator}, {"Stream", TypeKind::kStream},
    {"Storage", TypeKind::kStorage},
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}
  TypePtr whole() {
    TypePtr type = parse(0);
    return at_ == text_.size() ? type : nullptr;
  }

 private:
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    skip();
    return true;
  }
  std::string_view word() {
    skip();
    size_t start = at_;
    auto part = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    };
    while (at_ < text_.size() && part(text_[at_])) ++at_;
    std::string_view found = text_.substr(start, at_ - start);
    skip();
    return found;
  }

  TypePtr parse(int depth) {
    if (depth > kMaxDepth) return nullptr;
    std::string_view name = word();
    for (const NamedKind& row : kSimple)
      if (row.name == name) return simple_type(row.kind);
    // torch.device is how newer writers spell Device.
    if (name == "torch.device") return simple_type(TypeKind::kDevice);
    if (name != "List" && name != "Dict" && name != "Optional" && name != "Tuple" && name != "Union" &&
        name != "Future")
      return nullptr;
    if (!take('[')) return nullptr;
    std::vector<TypePtr> inner;
    if (name == "Tuple" && take('(')) {  // Tuple[()]
      if (!take(')') || !take(']')) return nullptr;
      return tuple_of({});
    }
    if (take(']')) return name == "Tuple" ? tuple_of({}) : nullptr;
    do {
      TypePtr element = parse(depth + 1);
      if (!element) return nullptr;
      inner.push_back(std::move(element));
    } while (take(','));
    if (!take(']')) return nullptr;
    size_t count = inner.size();
    if (name == "List") return count == 1 ? list_of(inner[0]) : nullptr;
    if (name == "Optional") return count == 1 ? optional_of(inner[0]) : nullptr;
    if (name == "Future") return count == 1 ? future_of(inner[0]) : nullptr;
    if (name == "Dict") return count == 2 ? dict_of(inner[0], inner[1]) : nullptr;
    if (name == "Union") return union_of(std::move(inner));
    return tuple_of(std::move(inner));
  }

  std::string_view text_;
  size_t at_ = 0;
};

// May a container recorded with `old_type` be given `new_type`? Two holders of one list must agree on what is in it.
bool retype(TypePtr& element, const TypePtr& wanted) {
  if (!element->is(TypeKind::kAny) && !equal(*element, *wanted)) return false;
  element = wanted;
  return true;
}

}  // namespace

TypePtr parse_annotation(std::string_view text) { return Parser(text).whole(); }

bool apply_type(const Value& value, const Type& type, size_t& steps) {
  if (steps == 0) return false;
  --steps;
  switch (type.kind()) {
    case TypeKind::kAny: return true;
    case TypeKind::kOptional: return value.is_none() || apply_type(value, *type.element(), steps);
    case TypeKind::kList: {
      if (!value.is(Tag::kList)) return false;
      for (const Value& item : value.list().items)
        if (!apply_type(item, *type.element(), steps)) return false;
      return retype(value.list().element, type.element());
    }
    case TypeKind::kDict: {
      if (!value.is(Tag::kDict)) return false;
      for (const DictObj::Entry& entry : value.dict().entries())
        if (!apply_type(entry.key, *type.element(0), steps) || !apply_type(entry.value, *type.element(1), steps))
          return false;
      return retype(value.dict().key, type.element(0)) && retype(value.dict().value, type.element(1));
    }
    case TypeKind::kTuple: {
      if (!value.is(Tag::kTuple) || value.tuple().items.size() != type.elements().size()) return false;
      for (size_t i = 0; i < type.elements().size(); ++i)
        if (!apply_type(value.tuple().items[i], *type.element(i), steps)) return false;
      return true;
    }
    case TypeKind::kUnion:
      for (const TypePtr& member : type.elements())
        if (value_has_type(value, *member)) return true;
      // Containers carry no types yet: the first member that their items fit.
      for (const TypePtr& member : type.elements())
        if (apply_type(value, *member, steps)) return true;
      return false;
    default: return value_has_type(value, type);
  }
}

}  // namespace taper::impl
