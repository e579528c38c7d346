#include "core/type.h"

#include <catch2/catch.hpp>
#include <map>

#include "core/class_type.h"
#include "core/data_lines.h"
#include "core/error.h"

using namespace taper::impl;

namespace {

TypePtr type(std::string_view text) { return parse_schema_type(text); }

Ref<Function> method(const std::string& name, std::vector<Argument> arguments, TypePtr result) {
  Schema schema;
  schema.name = name;
  Argument self;
  self.name = "self";
  self.type = any_type();
  schema.arguments.push_back(self);
  for (Argument& argument : arguments) schema.arguments.push_back(std::move(argument));
  Argument out;
  out.type = std::move(result);
  schema.returns.push_back(out);
  return make_ref<Function>(name, std::move(schema));
}

Argument argument(std::string name, TypePtr type, bool has_default = false) {
  Argument out;
  out.name = std::move(name);
  out.type = std::move(type);
  out.has_default = has_default;
  return out;
}

}  // namespace

TEST_CASE("spelling, subtyping and unification equal PyTorch's", "[type]") {
  std::vector<std::string> names;
  std::map<std::string, std::pair<std::string, std::string>> expected;
  for (const std::string& line : data_lines("types.txt")) {
    auto cells = split(line, " | ");
    if (cells.size() == 2) {
      CHECK(type(cells[0])->str() == cells[0]);
      CHECK(type(cells[0])->annotation() == cells[1]);
      names.push_back(cells[0]);
    } else {
      REQUIRE(cells.size() == 4);
      expected[cells[0] + " | " + cells[1]] = {cells[2], cells[3]};
    }
  }
  REQUIRE(names.size() > 30);
  for (const std::string& a : names)
    for (const std::string& b : names) {
      CAPTURE(a, b);
      auto found = expected.find(a + " | " + b);
      std::pair<std::string, std::string> want =
          found == expected.end() ? std::pair<std::string, std::string>{"no", "-"} : found->second;
      CHECK(is_subtype(*type(a), *type(b)) == (want.first == "yes"));
      TypePtr both = unify(type(a), type(b));
      CHECK((both ? both->annotation() : "-") == want.second);
      CHECK(equal(*type(a), *type(b)) == (a == b));
    }
}

TEST_CASE("simple types are shared", "[type]") {
  CHECK(&simple_type(TypeKind::kInt) == &int_type());
  CHECK(type("int").get() == int_type().get());
  CHECK(simple_type(TypeKind::kNumber)->annotation() == "number");
  CHECK(simple_type(TypeKind::kAnyList)->annotation() == "list");
  CHECK_THROWS_AS(simple_type(TypeKind::kList), Error);
  CHECK_THROWS_AS(simple_type(TypeKind::kClass), Error);
  CHECK(tuple_of({})->annotation() == "Tuple[()]");
  CHECK(tuple_of({})->str() == "()");
}

TEST_CASE("optionals and unions normalize", "[type]") {
  CHECK(optional_of(optional_of(int_type()))->str() == "int?");
  CHECK(optional_of(none_type())->str() == "NoneType");
  CHECK(optional_of(any_type())->str() == "Any");
  CHECK(union_of({int_type(), none_type()})->str() == "int?");
  CHECK(union_of({int_type(), int_type()})->str() == "int");
  CHECK(union_of({})->str() == "NoneType");
  CHECK(union_of({int_type(), string_type(), none_type()})->annotation() == "Optional[Union[int, str]]");
  CHECK(union_of({optional_of(int_type()), string_type()})->annotation() == "Optional[Union[int, str]]");
  CHECK(union_of({union_of({int_type(), string_type()}), tensor_type()})->annotation() == "Union[int, str, Tensor]");
  CHECK(union_of({int_type(), float_type(), simple_type(TypeKind::kComplex)})->str() == "Scalar");
  CHECK(union_of({int_type(), simple_type(TypeKind::kNumber)})->str() == "Scalar");
  CHECK(union_of({int_type(), any_type()})->str() == "Any");
  CHECK(equal(*union_of({int_type(), string_type()}), *union_of({string_type(), int_type()})));
}

TEST_CASE("Unknown fits everywhere", "[type]") {
  TypePtr unknown = simple_type(TypeKind::kUnknown);
  for (const char* text : {"int", "Tensor", "int[]", "(int, str)", "Dict(str, int)?"}) {
    CAPTURE(text);
    CHECK(is_subtype(*unknown, *type(text)));
    CHECK(is_subtype(*type(text), *unknown));
    CHECK(unify(unknown, type(text))->str() == text);
    CHECK(unify(type(text), unknown)->str() == text);
    CHECK(is_subtype(*list_of(unknown), *list_of(type(text))));
  }
}

TEST_CASE("a NamedTuple is a subtype of its plain tuple and of itself alone", "[type]") {
  TypePtr plain = type("(int, Tensor)");
  auto named = [](const char* name) {
    return TypePtr(make_ref<const TupleType>(std::vector<TypePtr>{int_type(), tensor_type()}, name,
                                             std::vector<std::string>{"x", "y"}));
  };
  TypePtr point = named("__torch__.Point");
  CHECK(is_subtype(*point, *plain));
  CHECK(!is_subtype(*plain, *point));
  CHECK(!is_subtype(*point, *named("__torch__.Other")));
  CHECK(equal(*point, *named("__torch__.Point")));
  CHECK(unify(point, plain)->str() == "(int, Tensor)");
  CHECK(unify(point, named("__torch__.Other"))->str() == "(int, Tensor)");
  CHECK(point->annotation() == "__torch__.Point");
  CHECK(!is_subtype(*list_of(point), *list_of(plain)));
  CHECK(is_subtype(*point, *simple_type(TypeKind::kAnyTuple)));
}

TEST_CASE("the Any types of containers", "[type]") {
  CHECK(is_subtype(*type("int[]"), *simple_type(TypeKind::kAnyList)));
  CHECK(!is_subtype(*type("(int, int)"), *simple_type(TypeKind::kAnyList)));
  CHECK(is_subtype(*type("(int, int)"), *simple_type(TypeKind::kAnyTuple)));
  CHECK(is_subtype(*make_ref<const EnumType>("E", int_type()), *simple_type(TypeKind::kAnyEnum)));
  CHECK(is_subtype(*make_ref<const ClassType>("C", false), *simple_type(TypeKind::kAnyClass)));
}

TEST_CASE("classes are nominal, interfaces structural", "[type]") {
  auto a = make_ref<ClassType>("__torch__.A", true);
  auto twin = make_ref<ClassType>("__torch__.A", true);
  CHECK(equal(*a, *a));
  CHECK(!equal(*a, *twin));
  CHECK(!is_subtype(*a, *twin));
  CHECK(!is_subtype(*a, *simple_type(TypeKind::kCapsule)));
  a->opaque = true;
  CHECK(is_subtype(*a, *simple_type(TypeKind::kCapsule)));

  auto interface = make_ref<InterfaceType>("__torch__.I", true);
  interface->methods.emplace_back("one", method("one", {argument("x", int_type())}, type("Tensor?"))->schema);
  auto fits = [&](Ref<Function> candidate, bool module = true) {
    auto cls = make_ref<ClassType>("__torch__.C", module);
    if (candidate) cls->methods.emplace_back("one", candidate);
    return is_subtype(*cls, *interface);
  };
  CHECK(fits(method("one", {argument("x", int_type())}, type("Tensor?"))));
  CHECK(fits(method("one", {argument("x", type("Scalar"))}, tensor_type())));  // wider in, narrower out
  CHECK(fits(method("one", {argument("x", int_type()), argument("more", int_type(), true)}, tensor_type())));
  CHECK(!fits(nullptr));
  CHECK(!fits(method("one", {argument("x", int_type())}, tensor_type()), false));
  CHECK(!fits(method("one", {argument("y", int_type())}, tensor_type())));
  CHECK(!fits(method("one", {argument("x", float_type())}, tensor_type())));
  CHECK(!fits(method("one", {argument("x", int_type())}, int_type())));
  CHECK(!fits(method("one", {}, tensor_type())));
  CHECK(!fits(method("one", {argument("x", int_type()), argument("more", int_type())}, tensor_type())));
}

TEST_CASE("mutually recursive interfaces end", "[type]") {
  auto ia = make_ref<InterfaceType>("I", false), ib = make_ref<InterfaceType>("J", false);
  auto ca = make_ref<ClassType>("A", false), cb = make_ref<ClassType>("B", false);
  ia->methods.emplace_back("other", method("other", {}, ib)->schema);
  ib->methods.emplace_back("other", method("other", {}, ia)->schema);
  ca->methods.emplace_back("other", method("other", {}, cb));
  cb->methods.emplace_back("other", method("other", {}, ca));
  CHECK(is_subtype(*ca, *ia));
  CHECK(is_subtype(*cb, *ib));
  ca->clear();
  cb->clear();
  CHECK(!is_subtype(*ca, *ia));
  ia->methods.clear();
  ib->methods.clear();
}

TEST_CASE("a class finds its members by name", "[type]") {
  ClassType* cls = new ClassType("__torch__.M", true);
  Ref<ClassType> keep(cls);
  cls->attributes = {{"weight", tensor_type(), true, false}, {"n", int_type(), false, false}};
  cls->constants.push_back({"k", int_type(), Value(3)});
  cls->methods.emplace_back("forward", method("forward", {}, tensor_type()));
  CHECK(cls->slot("n") == 1);
  CHECK(cls->slot("m") == -1);
  CHECK(cls->constant("k")->value.to_int() == 3);
  CHECK(cls->constant("n") == nullptr);
  CHECK(cls->method("forward")->name == "forward");
  CHECK(cls->method("backward") == nullptr);
  CHECK(cls->annotation() == "__torch__.M");
}

TEST_CASE("types have a largest size and depth", "[type]") {
  TypePtr doubled = int_type(), deep = int_type();
  auto grow = [&] {
    for (int i = 0; i < 100; ++i) doubled = tuple_of({doubled, doubled});
  };
  CHECK_THROWS_WITH(grow(), Catch::Contains("parts"));
  CHECK(doubled->str().size() < (1 << 20));
  auto deepen = [&] {
    for (int i = 0; i < 1000; ++i) deep = list_of(deep);
  };
  CHECK_THROWS_WITH(deepen(), Catch::Contains("levels"));
}

TEST_CASE("deeply shared types decide quickly", "[type]") {
  TypePtr a = int_type(), b = simple_type(TypeKind::kNumber);
  for (int i = 0; i < 30; ++i) {
    a = future_of(optional_of(a));
    b = future_of(optional_of(b));
  }
  CHECK(is_subtype(*a, *b));
  CHECK(!is_subtype(*b, *a));
  CHECK(unify(b, a)->str() == b->str());
}
