#include "core/schema.h"

#include <charconv>
#include <limits>

#include "core/error.h"

namespace taper::impl {
namespace {

constexpr int kMaxDepth = 32;
constexpr size_t kMaxText = 1 << 16;
constexpr int32_t kMaxFixedLength = 1024;

struct TypeName {
  std::string_view name;
  TypeKind kind;
  bool respelled = false;  // str() of the type would print another name
};

constexpr TypeName kTypeNames[] = {
    {"Tensor", TypeKind::kTensor},
    {"int", TypeKind::kInt},
    {"bool", TypeKind::kBool},
    {"float", TypeKind::kFloat},
    {"Scalar", TypeKind::kNumber},
    {"SymInt", TypeKind::kInt, true},
    {"str", TypeKind::kString},
    {"ScalarType", TypeKind::kInt, true},
    {"Layout", TypeKind::kInt, true},
    {"Device", TypeKind::kDevice},
    {"MemoryFormat", TypeKind::kInt, true},
    {"complex", TypeKind::kComplex},
    {"Generator", TypeKind::kGenerator},
    {"Any", TypeKind::kAny},
    {"NoneType", TypeKind::kNone},
    {"Stream", TypeKind::kStream},
    {"Storage", TypeKind::kStorage},
    {"QScheme", TypeKind::kInt, true},
    {"Capsule", TypeKind::kCapsule},
    {"PyObject", TypeKind::kCapsule, true},
    {"SymBool", TypeKind::kBool, true},
    {"SymFloat", TypeKind::kFloat, true},
    {"ConstQuantizerPtr", TypeKind::kInt, true},
    {"AnyEnumType", TypeKind::kAnyEnum},
    {"AnyClassType", TypeKind::kAnyClass},
    {"AnyListType", TypeKind::kAnyList, true},
    {"AnyTupleType", TypeKind::kAnyTuple, true},
    {"list", TypeKind::kAnyList},
    {"tuple", TypeKind::kAnyTuple},
    {"number", TypeKind::kNumber, true},
    {"Function", TypeKind::kFunction},
};

struct Constructor {
  std::string_view name;
  TypeKind kind;
  size_t parts;  // 0: any number
};
constexpr Constructor kConstructors[] = {
    {"Dict", TypeKind::kDict, 2}, {"Future", TypeKind::kFuture, 1}, {"Await", TypeKind::kAwait, 1},
    {"RRef", TypeKind::kRRef, 1}, {"Union", TypeKind::kUnion, 0},
};

// Names that stand for ints in defaults.
struct NamedInt {
  std::string_view name;
  int64_t value;
};
constexpr NamedInt kNamedInts[] = {
    {"contiguous_format", 0},
    {"preserve_format", 1},
    {"channels_last", 2},
    {"channels_last_3d", 3},
    {"Mean", 1},
    {"Sum", 2},
    {"strided", 0},
    {"sparse_coo", 1},
    {"uint8", 0},
    {"int8", 1},
    {"int16", 2},
    {"int32", 3},
    {"int64", 4},
    {"float16", 5},
    {"float32", 6},
    {"float64", 7},
    {"short", 2},
    {"int", 3},
    {"long", 4},
    {"half", 5},
    {"float", 6},
    {"double", 7},
    {"complex32", 8},
    {"complex64", 9},
    {"complex128", 10},
    {"bool", 11},
    {"bfloat16", 15},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }

class Parser {
 public:
  Parser(std::string_view text, const TypeResolver* resolver) : text_(text), resolver_(resolver) {
    if (text.size() > kMaxText)
      fail(ErrorCode::kInvalidArgument, cat("a schema of ", text.size(), " bytes is too long"));
  }

  Schema schema() {
    Schema result;
    parse_name(result);
    parse_arguments(result);
    skip_space();
    if (!take("->")) error("expected '->'");
    parse_returns(result);
    expect_end();
    return result;
  }

  TypePtr lone_type() {
    TypePtr type = parse_type().type;
    expect_end();
    return type;
  }

 private:
  struct ParsedType {
    TypePtr type;
    AliasInfo alias;
    int32_t fixed_length = -1;
    bool respelled = false;
  };

  [[noreturn]] void error(std::string_view what) const { error_at(what, at_); }
  [[noreturn]] void error_at(std::string_view what, size_t at) const {
    std::string indent(std::min(at, text_.size()), ' ');
    fail(ErrorCode::kInvalidArgument, cat("malformed schema: ", what, ":\n", text_, '\n', indent, "^ here"));
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }
  bool take_token(std::string_view wanted) {
    skip_space();
    return take(wanted);
  }
  void expect(std::string_view wanted) {
    if (!take_token(wanted)) error(cat("expected '", wanted, "'"));
  }
  void expect_end() {
    skip_space();
    if (at_ != text_.size()) error("unexpected text after the end");
  }
  std::string_view word(bool dots) {
    skip_space();
    size_t start = at_;
    auto joins = [&](size_t at) { return dots && text_[at] == '.' && at + 1 < text_.size() && is_word(text_[at + 1]); };
    while (at_ < text_.size() && (is_word(text_[at_]) || joins(at_))) ++at_;
    return text_.substr(start, at_ - start);
  }

  void parse_name(Schema& result) {
    skip_space();
    size_t start = at_;
    while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == ':' || text_[at_] == '.')) ++at_;
    if (at_ == start) error("expected an operator's name");
    if (peek() != '(') error("expected '('");
    SchemaName name = schema_name(text_.substr(start, at_ - start));
    result.name = name.name;
    result.overload = name.overload;
  }

  void parse_arguments(Schema& result) {
    expect("(");
    if (take_token(")")) return;
    bool keywords = false;
    do {
      skip_space();
      if (result.is_vararg) error("'...' must be the last argument");
      if (take("...")) {
        result.is_vararg = true;
      } else if (take("*")) {
        if (keywords) error("'*' may occur once");
        keywords = true;
      } else {
        parse_argument(result.arguments, keywords);
      }
    } while (take_token(","));
    expect(")");
  }

  void parse_argument(std::vector<Argument>& out, bool keywords) {
    size_t start = at_;
    Argument argument;
    bool respelled = set_type(argument);
    argument.name = word(true);
    if (argument.name.empty()) error("expected the argument's name");
    argument.kwarg_only = keywords;
    if (take_token("=")) {
      skip_space();
      argument.has_default = true;
      argument.default_value = parse_default(*argument.type, argument.fixed_length, respelled);
    }
    argument.is_out = keywords && argument.alias.is_write;
    if (respelled) argument.written = text_.substr(start, at_ - start);
    out.push_back(std::move(argument));
  }

  void parse_returns(Schema& result) {
    skip_space();
    if (take("...")) {
      result.is_varret = true;
      return;
    }
    if (!take("(")) return parse_return(result.returns);
    if (take_token(")")) return;
    do {
      skip_space();
      if (result.is_varret) error("'...' must be the last result");
      if (take("...")) {
        result.is_varret = true;
      } else {
        parse_return(result.returns);
      }
    } while (take_token(","));
    expect(")");
  }

  void parse_return(std::vector<Argument>& out) {
    size_t start = at_;
    Argument result;
    bool respelled = set_type(result);
    size_t end = at_;
    result.name = word(true);
    if (!result.name.empty()) end = at_;
    if (respelled) result.written = text_.substr(start, end - start);
    out.push_back(std::move(result));
  }

  bool set_type(Argument& argument) {
    ParsedType parsed = parse_type();
    argument.type = std::move(parsed.type);
    argument.alias = std::move(parsed.alias);
    argument.fixed_length = parsed.fixed_length;
    return parsed.respelled;
  }

  ParsedType parse_type() {
    if (++depth_ > kMaxDepth) error("types are nested too deeply");
    ParsedType result;
    skip_space();
    if (take("(")) {
      std::vector<TypePtr> elements;
      if (!take_token(")")) {
        parse_parts(elements, result.respelled);
        expect(")");
      }
      result.type = tuple_of(std::move(elements));
    } else {
      parse_named_type(result);
    }
    parse_alias(result.alias);
    int suffixes = 0;
    for (;; ++suffixes) {
      if (suffixes + depth_ > kMaxDepth) error("types are nested too deeply");
      if (take_token("[")) {
        if (result.fixed_length >= 0) error("only the outermost list may have a fixed length");
        result.fixed_length = parse_length();
        if (result.alias.any()) {
          result.alias.on_elements = true;
          if (result.type->is(TypeKind::kOptional)) result.respelled = true;  // the mark stands before the "?"
        }
        result.type = list_of(std::move(result.type));
        bool marked = result.alias.any();
        AliasInfo outer;
        parse_alias(outer);
        if (outer.any() && marked) error("a list and its elements cannot both have alias marks");
        if (outer.any()) result.alias = std::move(outer);
      } else if (take("?")) {
        result.type = optional_of(std::move(result.type));
        // Optional[Any] is Any, and Optional[Optional[T]] is Optional[T]: the mark is gone from the type.
        if (!result.type->is(TypeKind::kOptional)) result.respelled = true;
      } else {
        break;
      }
    }
    --depth_;
    return result;
  }

  int32_t parse_length() {
    if (take_token("]")) return -1;
    int32_t length = 0;
    auto [end, failure] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), length);
    if (failure != std::errc() || length < 0 || length > kMaxFixedLength) error("expected a list's length");
    at_ = size_t(end - text_.data());
    expect("]");
    return length;
  }

  void parse_parts(std::vector<TypePtr>& parts, bool& respelled) {
    do {
      ParsedType part = parse_type();
      if (part.alias.any()) error("alias marks inside a type are not supported");
      if (part.fixed_length >= 0) error("a list inside a type cannot have a fixed length");
      respelled = respelled || part.respelled;
      parts.push_back(std::move(part.type));
    } while (take_token(","));
  }

  void parse_named_type(ParsedType& result) {
    size_t start = at_;
    std::string_view name = word(true);
    if (name.empty()) error("expected a type");
    for (const TypeName& row : kTypeNames) {
      if (row.name != name) continue;
      result.type = simple_type(row.kind);
      result.respelled = row.respelled;
      return;
    }
    for (const Constructor& row : kConstructors) {
      if (row.name != name || peek() != '(') continue;
      std::vector<TypePtr> parts;
      expect("(");
      parse_parts(parts, result.respelled);
      expect(")");
      if (row.parts && parts.size() != row.parts)
        error_at(cat(name, " takes ", row.parts, row.parts == 1 ? " type" : " types"), start);
      if (row.kind == TypeKind::kUnion) {
        result.type = union_of(std::move(parts));
        result.respelled = true;
      } else {
        result.type = make_ref<const Type>(row.kind, std::move(parts));
      }
      return;
    }
    if (resolver_) result.type = resolver_->resolve(name);
    if (result.type) return;
    if (name.find('.') != name.npos) {
      result.type = simple_type(TypeKind::kCapsule);
      result.respelled = true;
    } else if (name[0] >= 'a' && name[0] <= 'z') {
      result.type = make_ref<const VarType>(std::string(name));
    } else {
      error_at(cat("unknown type '", name, "'"), start);
    }
  }

  std::string_view alias_sets() {
    skip_space();
    size_t start = at_, end = at_;
    if (take("*")) return text_.substr(start, 1);
    do {
      if (word(false).empty()) error("expected an alias set");
      end = at_;
    } while (take_token("|"));
    return text_.substr(start, end - start);
  }

  void parse_alias(AliasInfo& alias) {
    if (!take_token("(")) return;
    alias.before = alias_sets();
    alias.is_write = take_token("!");
    if (take_token("->")) alias.after = alias_sets();
    expect(")");
  }

  // Defaults

  Value parse_default(const Type& declared, int32_t fixed_length, bool& respelled) {
    const Type& type = declared.is(TypeKind::kOptional) ? *declared.element() : declared;
    if (take_word("None")) return Value();
    if (type.is(TypeKind::kList)) return parse_list_default(type, fixed_length, respelled);
    return parse_item(type, respelled);
  }

  bool take_word(std::string_view wanted) {
    std::string_view rest = text_.substr(at_);
    if (!rest.starts_with(wanted) || (rest.size() > wanted.size() && is_word(rest[wanted.size()]))) return false;
    at_ += wanted.size();
    return true;
  }

  Value parse_list_default(const Type& type, int32_t fixed_length, bool& respelled) {
    auto list = make_ref<ListObj>(type.element());
    if (take("[")) {
      if (take_token("]")) return list;
      do {
        skip_space();
        list->items.push_back(parse_item(*type.element(), respelled));
      } while (take_token(","));
      expect("]");
      return list;
    }
    if (fixed_length < 0) error("expected a list");
    Value item = parse_item(*type.element(), respelled);
    list->items.assign(size_t(fixed_length), item);
    respelled = true;
    return list;
  }

  Value parse_item(const Type& type, bool& respelled) {
    switch (type.kind()) {
      case TypeKind::kBool:
        if (take_word("True")) return true;
        if (take_word("False")) return false;
        respelled = true;
        return parse_integer() != 0;
      case TypeKind::kInt:
        if (!is_digit(peek()) && peek() != '-') {
          respelled = true;
          return named_int();
        }
        return parse_integer();
      case TypeKind::kFloat: {
        bool whole;
        double value = parse_float(whole);
        respelled = respelled || whole;
        return value;
      }
      case TypeKind::kComplex: return parse_complex(respelled);
      case TypeKind::kNumber: return parse_number();
      case TypeKind::kString: return parse_string();
      case TypeKind::kDevice: return parse_device_default(respelled);
      case TypeKind::kVar:
      case TypeKind::kAny:
        if (peek() == '"' || peek() == '\'') return parse_string();
        return parse_number();
      default: error(cat("a default of type '", type.str(), "' is not supported"));
    }
  }

  int64_t named_int() {
    size_t start = at_;
    std::string_view name = word(false);
    if (name == "True" || name == "False") return name == "True";
    for (const NamedInt& row : kNamedInts)
      if (row.name == name) return row.value;
    error_at("invalid numeric default", start);
  }

  int64_t parse_integer() {
    int64_t value = 0;
    auto [end, failure] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (failure != std::errc()) error("expected an int");
    at_ = size_t(end - text_.data());
    if (peek() == '.' || is_word(peek())) error("expected an int");
    return value;
  }

  double parse_float(bool& whole) {
    size_t start = at_;
    bool negative = take("-");
    whole = false;
    double value;
    if (take_word("inf")) {
      value = std::numeric_limits<double>::infinity();
    } else if (take_word("nan")) {
      value = std::numeric_limits<double>::quiet_NaN();
    } else {
      if (!is_digit(peek()) && peek() != '.') error_at("expected a number", start);
      auto [end, failure] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
      if (failure != std::errc()) error_at("invalid number", start);
      at_ = size_t(end - text_.data());
      whole = text_.substr(start, at_ - start).find_first_of(".eE") == text_.npos;
    }
    return negative ? -value : value;
  }

  Value parse_number() {
    if (take_word("True")) return true;
    if (take_word("False")) return false;
    size_t start = at_;
    bool whole;
    double value = parse_float(whole);
    if (!whole) return value;
    at_ = start;
    return parse_integer();
  }

  Value parse_complex(bool& respelled) {
    bool whole;
    double first = parse_float(whole);
    respelled = true;
    if (take("j")) return std::complex<double>(0, first);
    if (peek() != '+' && peek() != '-') return std::complex<double>(first, 0);
    take("+");
    double second = parse_float(whole);
    if (!take("j")) error("expected 'j'");
    return std::complex<double>(first, second);
  }

  std::string parse_string() {
    char quote = peek();
    if (quote != '"' && quote != '\'') error("expected a string");
    ++at_;
    std::string out;
    while (peek() != quote) {
      if (at_ >= text_.size()) error("a string without an end");
      if (!take("\\")) {
        out += text_[at_++];
        continue;
      }
      out += parse_escape();
    }
    ++at_;
    return out;
  }

  char parse_escape() {
    char c = peek();
    constexpr std::string_view kLetters = "\"'\\ntfvrab";
    constexpr std::string_view kCodes = "\"'\\\n\t\f\v\r\a\b";
    if (size_t known = kLetters.find(c); at_ < text_.size() && known != kLetters.npos) {
      ++at_;
      return kCodes[known];
    }
    int code = 0, digits = 0;
    while (digits < 3 && peek() >= '0' && peek() <= '7') {
      code = code * 8 + (text_[at_++] - '0');
      ++digits;
    }
    if (digits == 0 || code > 255) error("an escape that is not supported");
    return char(code);
  }

  Value parse_device_default(bool& respelled) {
    if (peek() == '"' || peek() == '\'') {
      respelled = true;
      return parse_device(parse_string());
    }
    size_t start = at_;
    while (is_word(peek()) || peek() == ':') ++at_;
    return parse_device(text_.substr(start, at_ - start));
  }

  const std::string_view text_;
  const TypeResolver* resolver_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

int Schema::argument_index(std::string_view wanted) const noexcept {
  for (size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].name == wanted) return int(i);
  return -1;
}

Schema parse_schema(std::string_view text, const TypeResolver* resolver) { return Parser(text, resolver).schema(); }

TypePtr parse_schema_type(std::string_view text, const TypeResolver* resolver) {
  return Parser(text, resolver).lone_type();
}

SchemaName schema_name(std::string_view text) noexcept {
  text = text.substr(0, text.find('('));
  // Only a namespaced name has an overload: the dots of "__torch__.m.Net.forward" are part of it.
  size_t base = text.rfind(':');
  if (base == text.npos || base == 0 || text[base - 1] != ':') return {text, {}};
  size_t dot = text.find('.', base);
  if (dot == text.npos) return {text, {}};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

}  // namespace taper::impl
