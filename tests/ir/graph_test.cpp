#include "ir/graph.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "ir/graph_parser.h"
#include "ir/print.h"
#include "ir/test_unit.h"
#include "ir/verify.h"

namespace taper::impl::ir {
namespace {

TEST_CASE("uses follow every change") {
  Graph graph;
  Value* a = graph.top()->add_parameter(int_type(), "a");
  Value* b = graph.top()->add_parameter(int_type(), "b");
  Value* inputs[] = {a, b, a};
  Node* list = graph.create(Kind::kListConstruct, inputs);
  list->add_output(list_of(int_type()));
  list->append_to(graph.top());
  graph.top()->add_return(list->output());
  graph.top()->add_return(a);
  CHECK(a->uses().size() == 3);
  CHECK(find_malformation(graph) == "");

  list->remove_input(0);
  CHECK(a->uses().size() == 2);
  CHECK(list->input(0) == b);
  CHECK(find_malformation(graph) == "");
  list->set_input(0, a);
  CHECK(b->uses().empty());
  a->replace_all_uses_with(b);
  CHECK(a->uses().empty());
  CHECK(b->uses().size() == 3);
  CHECK(graph.outputs()[1] == b);
  graph.top()->remove_return(1);
  CHECK(b->uses().size() == 2);
  CHECK(find_malformation(graph) == "");
}

TEST_CASE("nodes move between blocks and go with what they hold") {
  auto unit = make_unit({});
  auto graph = parse_graph(
      "graph(%x : Tensor, %c : bool):\n"
      "  %y : Tensor = prim::If(%c)\n"
      "    block0():\n"
      "      %1 : Tensor = aten::relu(%x)\n"
      "      -> (%1)\n"
      "    block1():\n"
      "      -> (%x)\n"
      "  return (%y)\n",
      *unit);
  Value* x = graph->inputs()[0];
  Node* choice = graph->top()->first();
  Node* relu = choice->blocks()[0]->first();
  CHECK(x->uses().size() == 2);
  relu->move_before(choice);
  CHECK(relu->block() == graph->top());
  CHECK(relu->output()->block() == graph->top());
  CHECK(find_malformation(*graph) == "");
  choice->output()->replace_all_uses_with(relu->output());
  choice->destroy();
  CHECK(x->uses().size() == 1);
  CHECK(find_malformation(*graph) == "");
  CHECK(to_text(*graph) == "graph(%x : Tensor,\n      %c : bool):\n  %0 : Tensor = aten::relu(%x)\n  return (%0)\n");
}

TEST_CASE("results of loops can be permuted") {
  auto unit = make_unit({});
  auto graph = parse_graph(
      "graph(%n : int, %c : bool, %a : int, %b : str):\n"
      "  %x : int, %y : str = prim::Loop(%n, %c, %a, %b)\n"
      "    block0(%i : int, %p : int, %q : str):\n"
      "      -> (%c, %i, %q)\n"
      "  return (%x, %y)\n",
      *unit);
  size_t order[] = {1, 0};
  graph->top()->first()->permute_results(order);
  CHECK(find_malformation(*graph) == "");
  CHECK(to_text(*graph) ==
        "graph(%n : int,\n      %c : bool,\n      %a : int,\n      %b : str):\n"
        "  %y : str, %x : int = prim::Loop(%n, %c, %b, %a)\n"
        "    block0(%i : int, %q : str, %p : int):\n"
        "      -> (%c, %q, %i)\n"
        "  return (%x, %y)\n");
}

TEST_CASE("the verifier names what is wrong") {
  auto unit = make_unit({});
  const char* kText =
      "graph(%x : Tensor, %n : int, %c : bool):\n"
      "  %1 : int = prim::Constant[value=1]()\n"
      "  %y : Tensor = aten::add(%x, %x, %1)\n"
      "  return (%y)\n";
  auto broken = [&](auto change) {
    auto graph = parse_graph(kText, *unit);
    change(*graph);
    return find_malformation(*graph);
  };
  auto contains = [](const std::string& text, std::string_view part) { return text.find(part) != text.npos; };
  CHECK(broken([](Graph&) {}) == "");
  CHECK(contains(broken([](Graph& g) { g.top()->last()->set_input(0, g.inputs()[1]); }), "input 0 is int"));
  CHECK(contains(broken([](Graph& g) { g.top()->last()->remove_input(2); }), "2 inputs for aten::add"));
  CHECK(contains(broken([](Graph& g) {
                   g.top()->first()->move_before(g.top()->first()), g.top()->last()->move_before(g.top()->first());
                 }),
                 "before or outside"));
  CHECK(contains(broken([](Graph& g) {
                   Value* condition = g.inputs()[1];
                   Node* choice = g.create(Kind::kIf, {&condition, 1});
                   choice->add_block();
                   choice->add_block();
                   choice->append_to(g.top());
                 }),
                 "the condition is int"));
  CHECK(contains(broken([](Graph& g) {
                   Value* condition = g.inputs()[2];
                   Node* choice = g.create(Kind::kIf, {&condition, 1});
                   choice->add_block();
                   choice->append_to(g.top());
                 }),
                 "wrong number of blocks"));
  CHECK(contains(broken([](Graph& g) {
                   Value* inputs[] = {g.inputs()[1], g.inputs()[2], g.inputs()[0]};
                   Node* loop = g.create(Kind::kLoop, inputs);
                   loop->add_block()->add_parameter(int_type());
                   loop->append_to(g.top());
                 }),
                 "its inputs do not match its outputs"));
  auto graph = parse_graph(kText, *unit);
  graph->top()->last()->set_input(0, graph->inputs()[1]);
  CHECK_THROWS_AS(verify(*graph, "a test"), Error);
}

TEST_CASE("inlined nodes know their calls") {
  auto unit = make_unit({{"__torch__.m",
                          "def inner(x: Tensor) -> Tensor:\n  return torch.relu(x)\n"
                          "def outer(x: Tensor) -> Tensor:\n  return __torch__.m.inner(x, )\n"
                          "def top(x: Tensor) -> Tensor:\n  return __torch__.m.outer(x, )\n"}});
  GraphFunction &inner = find_function(*unit, "__torch__.m.inner"), &outer = find_function(*unit, "__torch__.m.outer");
  auto graph = find_function(*unit, "__torch__.m.top").graph().clone();
  for (Function* callee : {static_cast<Function*>(&outer), static_cast<Function*>(&inner)}) {
    Node* call = graph->top()->last();
    REQUIRE(call->is(Kind::kCallFunction));
    CHECK(call->function.get() == callee);
    InlinedCall record{call->function, call->range(), call->inlined_call()};
    auto results =
        graph->splice(static_cast<GraphFunction*>(callee)->graph(), call->inputs(), graph->top(), call, &record);
    call->output()->replace_all_uses_with(results[0]);
    call->destroy();
  }
  Node* relu = graph->top()->last();
  REQUIRE(relu->is_op("aten::relu"));
  const InlinedCall& last = graph->inlined_calls()[relu->inlined_call()];
  CHECK(last.callee.get() == &inner);
  CHECK(line_column(last.place).line == 4);
  CHECK(graph->inlined_calls()[last.outer].callee.get() == &outer);
  CHECK(graph->inlined_calls()[last.outer].outer == 0);
  CHECK(line_column(relu->range()).line == 2);
}

TEST_CASE("places are printed on request") {
  auto unit = make_unit({{"__torch__.m", "def f(x: Tensor) -> Tensor:\n  return torch.relu(x)\n"}});
  PrintOptions options;
  options.places = true;
  std::string text = to_text(find_function(*unit, "__torch__.m.f").graph(), options);
  CHECK(text.find("aten::relu(%x) # code/__torch__.m:2:9\n") != text.npos);
}

}  // namespace
}  // namespace taper::impl::ir
