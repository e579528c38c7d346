// Modules from the repository's own cases: instances, aliases, copies, errors, threads.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "archive/model_file.h"
#include "core/error.h"
#include "ops/registry.h"
#include "runtime/convert.h"
#include "runtime/module.h"
#include "runtime/parallel.h"
#include "runtime/script.h"

namespace taper::impl {
namespace {

Ref<Module> load_case(const std::string& name, ModuleOptions options = {}) {
  return load_module(read_model(open_file(cat(TAPER_SOURCE_DIR, "/tests/cases/", name, "/model.pt")), {}),
                     operator_table(), options);
}

template <class F>
Error error_of(F&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::kOk, "no error");
}

bool contains(std::string_view text, std::string_view piece) { return text.find(piece) != text.npos; }

Schema schema(const char* text) { return parse_schema(text); }

}  // namespace

TEST_CASE("arguments are bound by position, name and default") {
  Schema declared = schema("m::f(Tensor x, int n=2, *, float scale=0.5, str[] words=[]) -> Tensor");
  Value x = make_tensor({2}, DType::kFloat);
  Vec<Value> bound = bind_arguments(declared, "f", {x}, {});
  REQUIRE(bound.size() == 4);
  CHECK(bound[1].to_int() == 2);
  CHECK(bound[2].to_float() == 0.5);
  bound = bind_arguments(declared, "f", {x, true}, {{"scale", 3}, {"words", make_tuple_value({"a"})}});
  CHECK(bound[1].to_int() == 1);
  CHECK(bound[2].to_float() == 3.0);
  CHECK(bound[3].to_list().element->is(TypeKind::kString));

  auto text = [&](Vec<Value> values, Vec<Keyword> keywords) {
    Error error = error_of([&] { bind_arguments(declared, "f", std::move(values), std::move(keywords)); });
    CHECK(error.code() == ErrorCode::kInvalidArgument);
    CHECK(contains(error.message(), "Declaration: f(Tensor x, int n=2, *, float scale=0.5, str[] words=[]) -> Tensor"));
    return error.message();
  };
  CHECK(contains(text({}, {}), "f() is missing value for argument 'x'."));
  CHECK(contains(text({x, 1, 2.0}, {}), "f() expected at most 2 argument(s) but received 3 argument(s)."));
  CHECK(
      contains(text({1}, {}), "f() Expected a value of type 'Tensor' for argument 'x' but instead found type 'int'."));
  CHECK(contains(text({x}, {{"y", 1}}), "unknown keyword argument 'y'"));
  CHECK(contains(text({x}, {{"x", x}}), "multiple values for argument 'x'"));
}

TEST_CASE("values are converted to declared types") {
  auto convert = [](Value value, const char* type) {
    return convert_to_type(value, *parse_schema_type(type)) ? Script::text(value) : std::string("refused");
  };
  CHECK(convert(1, "float") == "1.");
  CHECK(convert(1.5, "int") == "refused");
  CHECK(convert(true, "int") == "1");
  CHECK(convert(make_int_list(Dims{1, 2}), "float[]") == "[1., 2.]");
  CHECK(convert(make_tuple_value({1, 2}), "int[]") == "[1, 2]");
  CHECK(convert(3, "int[]") == "refused");
  CHECK(convert(Value(), "int[]?") == "None");
  CHECK(convert("cpu", "Device") == "cpu");
  CHECK(convert(make_tuple_value({1, 2}), "(float, int)") == "(1., 2)");
  CHECK(convert(make_tuple_value({1, 2}), "(float, int, int)") == "refused");
  Value dict = make_dict(int_type(), int_type());
  dict.dict().set(1, 2);
  CHECK(convert(dict, "Dict(float, float)") == "{1.: 2.}");
  CHECK(dict.dict().find(1.0));
  CHECK(convert("x", "Scalar") == "refused");
}

TEST_CASE("instances share weights and not state") {
  Ref<Module> module = load_case("module_state");
  Ref<Instance> one = module->instantiate(), two = module->instantiate();
  const ClassType& type = one->type();
  size_t tensors = 0;
  for (size_t i = 0; i < type.attributes.size(); ++i) {
    const Value &a = one->object().slots[i], &b = two->object().slots[i];
    if (!a.is_tensor()) continue;
    ++tensors;
    CHECK(a.tensor().impl() != b.tensor().impl());
    CHECK(a.tensor().data() == b.tensor().data());
  }
  for (size_t i = 0; i < type.attributes.size(); ++i) {
    const Value &a = one->object().slots[i], &b = two->object().slots[i];
    if (!a.is_tensor() || a.tensor().numel() == 0) continue;
    a.tensor().mutable_data();
    CHECK(a.tensor().data() != b.tensor().data());
  }
  CHECK(tensors > 0);
  Ref<Instance> three = one->clone();
  CHECK(three->object().slots[0].is_same(one->object().slots[0]) == !one->object().slots[0].is_counted());
}

TEST_CASE("methods, schemas and attributes of an instance") {
  Ref<Instance> instance = load_case("module_state")->instantiate();
  std::vector<std::string> methods = instance->methods();
  CHECK(std::find(methods.begin(), methods.end(), "forward") != methods.end());
  CHECK(contains(instance->schema_text("forward"), "forward("));
  CHECK_FALSE(contains(instance->schema_text("forward"), "self"));
  CHECK(error_of([&] { instance->schema_text("nothing"); }).code() == ErrorCode::kInvalidArgument);
  CHECK(error_of([&] { instance->get("nothing"); }).code() == ErrorCode::kInvalidArgument);
  CHECK(error_of([&] { instance->set("training", Value("yes")); }).code() == ErrorCode::kInvalidArgument);
  instance->train(false);
  CHECK_FALSE(instance->get("training").to_bool());
  instance->train(true);
  CHECK(instance->get("training").to_bool());
}

TEST_CASE("a second call into a running instance is an error") {
  struct Reenter final : HostCallbacks {
    Instance* instance = nullptr;
    Execution other;
    std::string seen;
    void print(std::string_view) override {
      Error error = error_of([&] { instance->get("training"); });
      seen = error.message();
    }
    void warn(std::string_view, std::string_view) override {}
  } callbacks;
  Ref<Instance> instance = load_case("printing")->instantiate();
  callbacks.instance = instance.get();
  Execution execution;
  execution.context().callbacks = &callbacks;
  Value calls = read_values(open_file(TAPER_SOURCE_DIR "/tests/cases/printing/calls.pt"));
  Value arguments = *calls.to_list().items[0].to_dict().find("args");
  instance->call(execution, "forward", {arguments.to_list().items.begin(), arguments.to_list().items.end()});
  CHECK(contains(callbacks.seen, "in use by another call"));
}

TEST_CASE("two executions on one module in two threads") {
  Ref<Module> module = load_case("script_class");
  Value calls = read_values(open_file(TAPER_SOURCE_DIR "/tests/cases/script_class/calls.pt"));
  std::atomic<int> failures{0};
  auto work = [&] {
    try {
      Ref<Instance> instance = module->instantiate();
      Execution execution;
      for (int i = 0; i < 50; ++i)
        for (const Value& record : calls.to_list().items) {
          Value arguments = deep_copy(*record.dict().find("args"));
          Value answer = instance->clone()->call(execution, "forward",
                                                 {arguments.list().items.begin(), arguments.list().items.end()});
          if (Script::text(answer) != Script::text(*record.dict().find("expected"))) ++failures;
        }
    } catch (const Error& error) {
      ++failures;
    }
  };
  std::thread one(work), two(work);
  one.join();
  two.join();
  CHECK(failures == 0);
}

TEST_CASE("a run can be cancelled and limited") {
  Script script(Script::Sources{
      {"__torch__.m", "def f(n: int) -> int:\n  s = 0\n  for i in range(n):\n    s = torch.add(s, i)\n  return s\n"}});
  Execution execution;
  std::atomic<bool> cancel{true};
  execution.context().budget.cancelled = &cancel;
  CHECK(error_of([&] { script.run(execution, "__torch__.m.f", {1000000}); }).code() == ErrorCode::kCancelled);
  cancel = false;
  CHECK(script.run(execution, "__torch__.m.f", {10}).to_int() == 45);
  execution.context().budget.fuel = 100;
  CHECK(script.run(execution, "__torch__.m.f", {50}).to_int() == 1225);
  CHECK(execution.context().budget.fuel == 51);
  CHECK(error_of([&] { script.run(execution, "__torch__.m.f", {60}); }).code() == ErrorCode::kBudget);
}

TEST_CASE("runs within runs are limited") {
  Script script(Script::Sources{{"__torch__.m",
                                 "def deeper(n: int) -> int:\n"
                                 "  def __forked_function():\n    return __torch__.m.deeper(torch.add(n, 1), )\n"
                                 "  f = fork(__forked_function)\n  return 0\n"}});
  Execution execution;
  Error error = error_of([&] { script.run(execution, "__torch__.m.deeper", {0}); });
  CHECK(error.code() == ErrorCode::kBudget);
  CHECK(contains(error.message(), "runs within runs"));
  CHECK(error.stack().size() <= 60);
}

TEST_CASE("a steady call takes nothing from the heap") {
  Script script(Script::Sources{
      {"__torch__.m",
       "def g(x: int) -> List[int]:\n  return [x, torch.add(x, 1)]\n"
       "def f(n: int) -> int:\n  s = 0\n  for i in range(n):\n    l = __torch__.m.g(i)\n    s = torch.add(s, torch.len(l))\n  return s\n"}});
  Execution execution;
  script.run(execution, "__torch__.m.f", {10});
  uint64_t pooled = pool_stats(execution.context().pool()).heap_allocations, loose = unpooled_allocations();
  CHECK(script.run(execution, "__torch__.m.f", {1000}).to_int() == 2000);
  CHECK(pool_stats(execution.context().pool()).heap_allocations == pooled);
  CHECK(unpooled_allocations() == loose);
  CHECK(pool_stats(execution.context().pool()).used_bytes == 0);
}

TEST_CASE("a thread pool covers every index once") {
  CHECK(make_thread_pool(1) == nullptr);
  std::unique_ptr<ParallelFor> pool = make_thread_pool(3);
  for (int64_t count : {0, 1, 7, 1000, 65537}) {
    std::vector<std::atomic<int>> hits(static_cast<size_t>(count));
    pool->run(count, 16, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) ++hits[size_t(i)];
    });
    CHECK(std::all_of(hits.begin(), hits.end(), [](const std::atomic<int>& n) { return n == 1; }));
  }
  CHECK(error_of([&] {
          pool->run(1000, 1, [](int64_t begin, int64_t) {
            if (begin > 0) fail_runtime("inside");
          });
        }).message() == "inside");
  // A body that asks again runs inline.
  std::atomic<int64_t> sum{0};
  pool->run(100, 1, [&](int64_t begin, int64_t end) {
    pool->run(end - begin, 1, [&](int64_t a, int64_t b) { sum += b - a; });
  });
  CHECK(sum == 100);
}

}  // namespace taper::impl
