// The compilation unit itself: laziness, types, budgets, threads.

#include <catch2/catch.hpp>
#include <thread>

#include "core/error.h"
#include "ir/isinstance.h"
#include "ir/passes/pass.h"
#include "ir/print.h"
#include "ir/test_unit.h"
#include "ir/verify.h"

namespace taper::impl::ir {
namespace {

TEST_CASE("classes load without their bodies") {
  auto unit = make_unit({{"__torch__.m",
                          "class A(Module):\n"
                          "  __parameters__ = [\"w\", ]\n"
                          "  __buffers__ = [\"b\", ]\n"
                          "  w : Tensor\n"
                          "  b : Tensor\n"
                          "  k : Final[Tuple[int, float]] = (2, 0.5)\n"
                          "  def forward(self: __torch__.m.A,\n"
                          "    x: Tensor,\n"
                          "    n: int=3) -> Tensor:\n"
                          "    return undefined_name\n"}});
  TypePtr type = unit->type("__torch__.m.A");
  REQUIRE(type);
  const ClassType& a = as_class(*type);
  CHECK(a.is_module);
  REQUIRE(a.attributes.size() == 2);
  CHECK(a.attributes[0].is_parameter);
  CHECK(a.attributes[1].is_buffer);
  REQUIRE(a.constant("k"));
  CHECK(a.constant("k")->type->annotation() == "Tuple[int, float]");
  CHECK(a.constant("k")->value.to_tuple().items[1].to_float() == 0.5);
  Function* forward = a.method("forward");
  REQUIRE(forward);
  CHECK(forward->schema.str() == "__torch__.m.A.forward(__torch__.m.A self, Tensor x, int n=3) -> Tensor");
  CHECK(unit->type("__torch__.m.A") == type);
  CHECK_FALSE(unit->type("__torch__.m.B"));
  CHECK_FALSE(unit->type("__torch__.n.A"));
  CHECK_FALSE(unit->function("__torch__.m.f"));
  CHECK_THROWS_AS(static_cast<GraphFunction*>(forward)->graph(), Error);
  CHECK_THROWS_AS(static_cast<GraphFunction*>(forward)->graph(), Error);
}

TEST_CASE("annotations as in pickles") {
  auto unit = make_unit({{"__torch__.m", "class A:\n  x : int\n"}});
  CHECK(unit->parse_annotation("List[Dict[str, Optional[Tensor]]]")->annotation() ==
        "List[Dict[str, Optional[Tensor]]]");
  CHECK(unit->parse_annotation("__torch__.m.A") == unit->type("__torch__.m.A"));
  CHECK(unit->parse_annotation("Tuple[()]")->elements().empty());
  CHECK(as_class(*unit->parse_annotation("__torch__.torch.classes.q.C")).opaque);
  for (const char* bad : {"", "List[", "List[int, int]", "Foo", "__torch__.m.B", "1 + 2", "List[int] x"}) {
    INFO(bad);
    CHECK_THROWS_AS(unit->parse_annotation(bad), Error);
  }
}

TEST_CASE("static isinstance") {
  auto unit = make_unit({});
  auto ask = [&](const char* have, const char* type) {
    return static_isinstance(unit->parse_annotation(have), {unit->parse_annotation(type)});
  };
  CHECK(ask("int", "int") == true);
  CHECK(ask("int", "str") == false);
  CHECK(ask("Optional[int]", "int") == std::nullopt);
  CHECK(ask("Optional[int]", "str") == false);
  CHECK(ask("Any", "List[int]") == std::nullopt);
  CHECK(ask("Union[int, str]", "Union[int, str]") == true);
  CHECK(ask("List[int]", "list") == true);
  CHECK(ask("Tuple[int, Any]", "Tuple[int, str]") == std::nullopt);
  CHECK(ask("number", "float") == std::nullopt);
  CHECK(ask("None", "NoneType") == true);
  TypePtr refined =
      refined_type(unit->parse_annotation("Union[int, str, List[int]]"), {unit->parse_annotation("str")}, false);
  CHECK(refined->annotation() == "Union[int, List[int]]");
}

TEST_CASE("a chain of classes needs no stack") {
  Sources sources;
  constexpr int kCount = 20'000;
  std::string text;
  for (int i = 0; i < kCount; ++i) {
    text = "class C(Module):\n  next : __torch__.m" + std::to_string((i + 1) % kCount) + ".C\n";
    sources["__torch__.m" + std::to_string(i)] = text;
  }
  auto unit = make_unit(std::move(sources));
  const Type* type = unit->type("__torch__.m0.C").get();
  for (int i = 0; i < kCount; ++i) type = as_class(*type).attributes[0].type.get();
  CHECK(type == unit->type("__torch__.m0.C").get());
}

TEST_CASE("NamedTuples within themselves are refused") {
  auto unit = make_unit({{"__torch__.m", "class P(NamedTuple):\n  p : List[__torch__.m.P]\n"}});
  CHECK_THROWS_AS(unit->type("__torch__.m.P"), Error);
}

TEST_CASE("budgets") {
  std::string deep = "def f(x: int) -> int:\n  return " + std::string(5000, '(') + "x" + std::string(5000, ')') + "\n";
  auto unit = make_unit({{"__torch__.m", deep}});
  try {
    unit->function("__torch__.m.f");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kBudget);
  }
  std::string wide = "def f(x: Tensor) -> Tensor:\n";
  for (int i = 0; i < 300; ++i) wide += "  x = torch.relu(x)\n";
  wide += "  return x\n";
  CompileOptions options;
  options.max_nodes = 100;
  auto small = make_unit({{"__torch__.m", wide}}, options);
  try {
    find_function(*small, "__torch__.m.f").graph();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kBudget);
  }
  CHECK(find_function(*make_unit({{"__torch__.m", wide}}), "__torch__.m.f").graph().node_count() == 300);
}

TEST_CASE("early exits cannot nest without bound") {
  std::string text = "def f(n: int) -> int:\n";
  for (int i = 0; i < 20'000; ++i) text += "  if n == " + std::to_string(i) + ":\n    return 1\n";
  text += "  return 0\n";
  auto unit = make_unit({{"__torch__.m", text}});
  try {
    find_function(*unit, "__torch__.m.f").graph();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kBudget);
  }
}

TEST_CASE("inlining cannot nest without bound") {
  constexpr int kFunctions = 100, kLevels = 60;
  std::string text;
  for (int i = 0; i < kFunctions; ++i) {
    text += "def f" + std::to_string(i) + "(c: bool) -> int:\n  n = 0\n";
    std::string indent = "  ";
    for (int level = 0; level < kLevels; ++level, indent += "  ") text += indent + "if c:\n";
    text += indent + (i + 1 < kFunctions ? "n = __torch__.m.f" + std::to_string(i + 1) + "(c, )\n" : "n = 1\n") +
            "  return n\n";
  }
  auto unit = make_unit({{"__torch__.m", text}});
  auto graph = find_function(*unit, "__torch__.m.f0").graph().clone();
  PassContext context{*unit};
  CHECK(inline_calls(*graph, context));
  CHECK(find_malformation(*graph) == "");
}

TEST_CASE("a function's graph goes to its only caller") {
  const char* text =
      "def last(x: Tensor, y: Tensor, unused: int) -> Tensor:\n  return y\n"
      "def inner(x: Tensor, c: bool) -> Tensor:\n"
      "  if c:\n    z = torch.relu(x)\n  else:\n    z = __torch__.m.last(x, x, 3)\n  return torch.add(z, x)\n"
      "def twice(x: Tensor) -> Tensor:\n  return torch.neg(x)\n"
      "def top(x: Tensor, c: bool) -> Tensor:\n"
      "  y = __torch__.m.inner(__torch__.m.twice(x), c)\n  return __torch__.m.twice(y)\n";
  const char* names[] = {"last", "inner", "twice", "top"};
  auto unit = make_unit({{"__torch__.m", text}}), copying = make_unit({{"__torch__.m", text}});
  auto function = [](CompilationUnit& of, std::string_view name) -> GraphFunction& {
    return find_function(of, cat("__torch__.m.", name));
  };
  for (std::string_view name : names) function(*copying, name).graph();
  CHECK(!function(*copying, "top").take_graph(0));
  auto copied = function(*copying, "top").graph().clone();
  auto taken = function(*unit, "top").take_graph(0);
  REQUIRE(taken);
  CHECK(!function(*unit, "twice").take_graph(1));
  PassContext context{*unit}, copying_context{*copying};
  CHECK(inline_calls(*taken, context));
  CHECK(inline_calls(*copied, copying_context));
  CHECK(find_malformation(*taken) == "");
  CHECK(to_text(*taken) == to_text(*copied));
  for (size_t i = 0; i < taken->inlined_calls().size(); ++i)
    CHECK(taken->inlined_calls()[i].outer == copied->inlined_calls()[i].outer);
  for (std::string_view name : names)
    CHECK(to_text(function(*unit, name).graph()) == to_text(function(*copying, name).graph()));
}

TEST_CASE("threads may share a unit") {
  std::string text = "class M(Module):\n  w : Tensor\n";
  for (int i = 0; i < 40; ++i)
    text += "  def f" + std::to_string(i) +
            "(self: __torch__.m.M,\n    x: Tensor) -> Tensor:\n    return torch.add(x, self.w)\n";
  auto unit = make_unit({{"__torch__.m", text}});
  std::vector<std::thread> threads;
  std::vector<const Graph*> first(4);
  for (size_t t = 0; t < first.size(); ++t)
    threads.emplace_back([&, t] {
      TypePtr type = unit->type("__torch__.m.M");
      for (const auto& [name, method] : as_class(*type).methods) {
        const Graph& graph = static_cast<GraphFunction*>(method.get())->graph();
        if (name == "f0") first[t] = &graph;
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const Graph* graph : first) CHECK(graph == first[0]);
}

TEST_CASE("overloads are parsed once") {
  auto unit = make_unit({});
  CHECK(unit->overloads("aten::add").size() > 10);
  CHECK(unit->overloads("aten::nothing").empty());
  const Operator& relu = *unit->overloads("aten::relu")[0];
  CHECK(&unit->resolve(*relu.def) == &relu);
}

TEST_CASE("pass switches") {
  PassSwitches switches = PassSwitches::all();
  CHECK(switches.set("no-merge"));
  CHECK_FALSE(switches.set("merge-all"));
  for (size_t i = 0; i < all_passes().size(); ++i) CHECK(switches.has(i) == (all_passes()[i].name != "merge"));
  CHECK(switches.set("merge"));
  for (size_t i = 0; i < all_passes().size(); ++i) CHECK(switches.has(i));
}

}  // namespace
}  // namespace taper::impl::ir
