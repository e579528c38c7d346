#include "core/schema.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "core/class_type.h"
#include "core/data_lines.h"
#include "core/error.h"

using namespace taper::impl;

namespace {
const Argument& only(const Schema& schema) {
  REQUIRE(schema.arguments.size() == 1);
  return schema.arguments[0];
}
Schema one(const std::string& argument) { return parse_schema("a::b(" + argument + ") -> ()"); }
}  // namespace

TEST_CASE("schemas print as they were written", "[schema]") {
  auto lines = data_lines("schemas.txt");
  REQUIRE(lines.size() > 40);
  for (const std::string& line : lines) CHECK(parse_schema(line).str() == line);
}

TEST_CASE("every schema of PyTorch prints as it was written", "[schema]") {
  const char* path = std::getenv("TAPER_SCHEMAS");
  if (!path) {
    WARN("skipped: TAPER_SCHEMAS names no file of schemas");
    return;
  }
  auto lines = file_lines(path);
  REQUIRE(lines.size() > 4000);
  for (const std::string& line : lines) {
    INFO(line);
    REQUIRE(parse_schema(line).str() == line);
  }
}

TEST_CASE("a schema has its parts", "[schema]") {
  Schema s = parse_schema(
      "aten::max.dim_max(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) max, Tensor(b!) max_values) -> "
      "(Tensor(a!) values, Tensor(b!) indices)");
  CHECK(s.name == "aten::max");
  CHECK(s.overload == "dim_max");
  REQUIRE(s.arguments.size() == 5);
  CHECK(s.argument_index("keepdim") == 2);
  CHECK(s.argument_index("values") == -1);
  CHECK(s.arguments[2].has_default);
  CHECK(s.arguments[2].default_value.to_bool() == false);
  CHECK(!s.arguments[2].kwarg_only);
  CHECK(s.arguments[3].kwarg_only);
  CHECK(s.arguments[3].is_out);
  CHECK(s.arguments[3].alias.before == "a");
  CHECK(s.arguments[3].alias.is_write);
  REQUIRE(s.returns.size() == 2);
  CHECK(s.returns[1].name == "indices");
  CHECK(s.returns[1].alias.before == "b");
}

TEST_CASE("argument types", "[schema]") {
  auto type = [](const std::string& text) { return only(one(text + " x")).type->str(); };
  CHECK(type("SymInt[2]?") == "int[]?");
  CHECK(type("ScalarType?") == "int?");
  CHECK(type("MemoryFormat") == "int");
  CHECK(type("SymBool") == "bool");
  CHECK(type("SymFloat") == "float");
  CHECK(type("__torch__.torch.classes.rnn.CellParamsBase[]") == "Capsule[]");
  CHECK(type("t1") == "t1");
  CHECK(type("Any?") == "Any");
  CHECK(only(one("t x")).type->is(TypeKind::kVar));
  CHECK(only(one("int[3]? x")).fixed_length == 3);
  CHECK(only(one("int[] x")).fixed_length == -1);
  CHECK(one("...").is_vararg);
  CHECK(parse_schema("a::b() -> ...").is_varret);
}

TEST_CASE("alias marks", "[schema]") {
  AliasInfo list = only(one("Tensor[](a!) x")).alias, elements = only(one("Tensor(a!)[] x")).alias;
  CHECK(!list.on_elements);
  CHECK(elements.on_elements);
  CHECK(list.is_write);
  AliasInfo moved = only(one("t(b|c -> *) x")).alias;
  CHECK(moved.before == "b|c");
  CHECK(moved.after == "*");
  CHECK(!moved.is_write);
  CHECK(only(one("t(*) x")).alias.before == "*");
  CHECK(only(one("t(a)? x")).alias.before == "a");
  CHECK(!only(one("Tensor x")).alias.any());
}

TEST_CASE("defaults become values of the argument's type", "[schema]") {
  auto value = [](const std::string& text) { return only(one(text)).default_value; };
  CHECK(value("int x=-5").to_int() == -5);
  CHECK(value("int x=-9223372036854775808").to_int() == INT64_MIN);
  CHECK(value("float x=3").to_float() == 3);
  CHECK(value("float x=-inf").to_float() == -INFINITY);
  CHECK(std::isnan(value("float x=nan").to_float()));
  CHECK(value("Scalar x=1").is(Tag::kInt));
  CHECK(value("Scalar x=1.").is(Tag::kFloat));
  CHECK(value("Scalar x=True").is(Tag::kBool));
  CHECK(value("bool x=1").to_bool());
  CHECK(value("int x=True").to_int() == 1);
  CHECK(value("complex x=1.5-2j").to_complex() == std::complex<double>(1.5, -2));
  CHECK(value("str x='a\\'\\n\\101'").to_string() == "a'\nA");
  CHECK(value("Device x=cuda:1").to_device() == Device{DeviceType::kCuda, 1});
  CHECK(value("Tensor? x=None").is_none());
  CHECK(value("MemoryFormat x=contiguous_format").to_int() == 0);
  CHECK(value("MemoryFormat x=preserve_format").to_int() == 1);
  CHECK(value("ScalarType? x=long").to_int() == 4);
  CHECK(value("Layout x=strided").to_int() == 0);
  CHECK(value("int reduction=Mean").to_int() == 1);
  Value filled = value("int[3] x=7");
  REQUIRE(filled.to_list().items.size() == 3);
  CHECK(filled.to_list().items[2].to_int() == 7);
  Value mixed = value("float[]? x=[0.5, 1]");
  CHECK(mixed.to_list().items[1].to_float() == 1);
  CHECK(equal(*mixed.to_list().element, *float_type()));
}

TEST_CASE("schemas that were not parsed print too", "[schema]") {
  Schema s;
  s.name = "__torch__.m.Net.forward";
  Argument a;
  a.name = "input.1";
  a.type = optional_of(list_of(int_type()));
  a.has_default = true;
  a.default_value = make_int_list(Dims{1, 2});
  s.arguments.push_back(a);
  Argument r;
  r.type = tuple_of({int_type(), tensor_type()});
  s.returns.push_back(r);
  std::string text = "__torch__.m.Net.forward(int[]? input.1=[1, 2]) -> ((int, Tensor))";
  CHECK(s.str() == text);
  Schema again = parse_schema(text);
  CHECK(again.name == s.name);
  CHECK(again.overload.empty());
  CHECK(again.str() == text);
}

TEST_CASE("a resolver gives class types", "[schema]") {
  struct Resolver final : TypeResolver {
    Ref<const ClassType> cls = make_ref<const ClassType>("__torch__.m.Net", true);
    TypePtr resolve(std::string_view name) const override { return name == cls->name ? TypePtr(cls) : nullptr; }
  } resolver;
  Schema s = parse_schema("forward(__torch__.m.Net self, __torch__.Other o) -> __torch__.m.Net[]", &resolver);
  CHECK(s.arguments[0].type.get() == resolver.cls.get());
  CHECK(s.arguments[1].type->is(TypeKind::kCapsule));
  CHECK(s.returns[0].type->element().get() == resolver.cls.get());
}

TEST_CASE("names split without parsing", "[schema]") {
  auto check_name = [](std::string_view text, std::string_view name, std::string_view overload) {
    CHECK(schema_name(text).name == name);
    CHECK(schema_name(text).overload == overload);
  };
  check_name("aten::add.Tensor(Tensor self", "aten::add", "Tensor");
  check_name("aten::relu(", "aten::relu", "");
  check_name("aten::relu", "aten::relu", "");
  check_name("__torch__.a.b(", "__torch__.a.b", "");
  check_name("", "", "");
}

TEST_CASE("malformed schemas are errors with a caret", "[schema]") {
  for (const char* text : {"",
                           "(",
                           "a::b",
                           "a::b(",
                           "a::b(int x) -> ",
                           "a::b(int x) - Tensor",
                           "a::b(int) -> ()",
                           "a::b(int x",
                           "a::b(int x,) -> ()",
                           "a::b(, int x) -> ()",
                           "a::b(Wrong x) -> ()",
                           "a::b(int[ x) -> ()",
                           "a::b(int[99999999999] x) -> ()",
                           "a::b(int[-1] x) -> ()",
                           "a::b(int x=) -> ()",
                           "a::b(int x=1.5) -> ()",
                           "a::b(int x=99999999999999999999) -> ()",
                           "a::b(str x=\"abc) -> ()",
                           "a::b(str x=\"\\x41\") -> ()",
                           "a::b(str x=\"\\777\") -> ()",
                           "a::b(str x=\"\\",
                           "a::b(int[] x=1) -> ()",
                           "a::b(int[2] x=[1) -> ()",
                           "a::b(Tensor x=1) -> ()",
                           "a::b(Dict(int) x) -> ()",
                           "a::b(Future(int, int) x) -> ()",
                           "a::b(Tensor(a x) -> ()",
                           "a::b(Tensor() x) -> ()",
                           "a::b(Tensor(a!|b) x) -> ()",
                           "a::b(int x) -> () trailing",
                           "a::b(*, *, int x) -> ()",
                           "a::b(..., int x) -> ()",
                           "a::b(int x) -> (..., int)",
                           "a::b(bool x=maybe) -> ()",
                           "a::b(float x=1e999) -> ()",
                           "a::b(float x=-) -> ()",
                           "a::b(Tensor(a)[](b) x) -> ()",
                           "a::b(Dict(str, Tensor(a)) x) -> ()",
                           "a::b(int[2][] x) -> ()",
                           "a::b(int x=0x10) -> ()"}) {
    CAPTURE(text);
    try {
      parse_schema(text);
      FAIL("parsed");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kInvalidArgument);
      CHECK(error.message().find("^ here") != std::string::npos);
    }
  }
}

TEST_CASE("depth and length are bounded", "[schema]") {
  std::string deep(5000, '(');
  CHECK_THROWS_AS(parse_schema_type(deep), Error);
  std::string lists = "int";
  for (int i = 0; i < 5000; ++i) lists += "[]";
  CHECK_THROWS_AS(parse_schema_type(lists), Error);
  CHECK_THROWS_AS(parse_schema(std::string(1 << 20, 'a')), Error);
  CHECK(parse_schema_type("int[][][]")->str() == "int[][][]");
}

TEST_CASE("every truncation of a schema is an error, not a crash", "[schema]") {
  for (const std::string& line : data_lines("schemas.txt"))
    for (size_t length = 0; length < line.size(); ++length) {
      try {
        parse_schema(line.substr(0, length));
      } catch (const Error&) {}
    }
}
