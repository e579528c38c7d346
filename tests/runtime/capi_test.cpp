// The C ABI: modules, instances, calls, errors.
#include <fstream>
#include <iterator>
#include <set>

#include "runtime/capi_support.h"

using namespace capi_test;
using Catch::Contains;

namespace {

std::vector<char> file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("the version") {
  CHECK(taper_abi_version() == TAPER_ABI_VERSION);
  CHECK(std::string(taper_version()).find('.') != std::string::npos);
}

TEST_CASE("a model is called by position, keyword and default") {
  Host host;
  Value x = make_floats({1, 2});
  CHECK(printed(host.call("forward", {x})) == "tensor([10.5000, 22.0000])");
  Value two = make_int(2);
  CHECK(printed(host.call("forward", {x, two})) == "tensor([15.2500, 42.0000])");
  const char* names[] = {"times", "x"};
  taper_value* values[] = {two, x};
  Value result;
  ok(taper_call(host.instance, host.context, "forward", nullptr, 0, names, values, 2, result.out()));
  CHECK(printed(result) == "tensor([15.2500, 42.0000])");
  CHECK(printed(host.call("__call__", {x})) == "tensor([10.5000, 22.0000])");
}

TEST_CASE("errors say what, where and what of the script") {
  Host host;
  Value x = make_floats({1, 2});
  taper_value* result = nullptr;
  Failure raised(host.try_call("refuse", {x}, &result));
  REQUIRE(raised);
  CHECK(taper_error_get_code(raised) == TAPER_ERROR_SCRIPT);
  CHECK(std::string(taper_error_python_class(raised)) == "builtins.ValueError");
  CHECK(std::string(taper_error_message(raised)) == "expected two dimensions, got 1");
  REQUIRE(taper_error_frame_count(raised) == 1);
  CHECK(std::string(taper_error_frame_function(raised, 0)) == "__torch__.Sample.refuse");
  CHECK(std::string(taper_error_frame_file(raised, 0)) == "tests/oracle/tool_models.py");
  CHECK(taper_error_frame_line(raised, 0) > 0);
  CHECK(std::string(taper_error_frame_function(raised, 7)).empty());
  CHECK_THAT(taper_error_text(raised), Contains("raise ValueError") && Contains("expected two dimensions, got 1"));

  Value three = make_floats({1, 2, 3});
  Refused shape = host.fail("forward", {three});
  CHECK(shape.code == TAPER_ERROR_RUNTIME);
  CHECK_THAT(shape.message, Contains("The size of tensor a (3) must match the size of tensor b (2)"));
  Refused type = host.fail("forward", {make_text("a")});
  CHECK(type.code == TAPER_ERROR_INVALID_ARGUMENT);
  CHECK_THAT(type.message,
             Contains("Expected a value of type 'Tensor'") && Contains("forward(Tensor x, int times=1) -> Tensor"));
  CHECK_THAT(host.fail("nothing", {}).message, Contains("has no method 'nothing'"));
  CHECK(refused(taper_load_file("/no/such/file.pt", nullptr, host.module.out())).code == TAPER_ERROR_IO);
  CHECK(refused(taper_load_file((kData + "vector.pt").c_str(), nullptr, host.module.out())).code ==
        TAPER_ERROR_INVALID_FILE);
}

TEST_CASE("no error is no trouble") {
  CHECK(taper_error_get_code(nullptr) == TAPER_OK);
  CHECK(std::string(taper_error_text(nullptr)).empty());
  CHECK(std::string(taper_error_message(nullptr)).empty());
  CHECK(taper_error_frame_count(nullptr) == 0);
  taper_error_free(nullptr);
  Failure made(taper_error_create(TAPER_ERROR_BUDGET, "enough"));
  CHECK(taper_error_get_code(made) == TAPER_ERROR_BUDGET);
  CHECK(std::string(taper_error_text(made)) == "enough");
  Failure odd(taper_error_create(taper_error_code(99), nullptr));
  CHECK(taper_error_get_code(odd) == TAPER_ERROR_RUNTIME);
}

TEST_CASE("modules load from memory, borrowed or copied") {
  std::vector<char> bytes = file_bytes(kSample);
  Value x = make_floats({1, 2});
  for (int copy : {0, 1}) {
    taper_load_options options{};
    options.struct_size = sizeof options;
    options.copy = copy;
    std::vector<char> given = bytes;
    Host host;
    ok(taper_load_memory(given.data(), given.size(), &options, host.module.out()));
    ok(taper_instance_create(host.module, host.instance.out()));
    if (copy) std::fill(given.begin(), given.end(), 'x');
    CHECK(printed(host.call("forward", {x})) == "tensor([10.5000, 22.0000])");
    const void* text = nullptr;
    size_t size = 0;
    ok(taper_module_extra(host.module, "notes.txt", &text, &size));
    CHECK(std::string(static_cast<const char*>(text), size) == "kept beside the model\n");
  }
  Module none;
  CHECK(refused(taper_load_memory("", 0, nullptr, none.out())).code == TAPER_ERROR_INVALID_FILE);
  CHECK(refused(taper_load_memory(nullptr, 5, nullptr, none.out())).code == TAPER_ERROR_INVALID_ARGUMENT);
}

TEST_CASE("modules load from a host's reader, which is not used afterwards") {
  struct Source {
    std::vector<char> bytes;
    bool open = true;
    bool broken = false;
  } source{file_bytes(kSample)};
  taper_reader reader{};
  reader.struct_size = sizeof reader;
  reader.user = &source;
  reader.size = source.bytes.size();
  reader.read = [](void* user, uint64_t offset, void* buffer, size_t size) -> taper_error* {
    auto& from = *static_cast<Source*>(user);
    if (from.broken) return taper_error_create(TAPER_ERROR_IO, "the line is dead");
    if (!from.open) return taper_error_create(TAPER_ERROR_INTERNAL, "read after the load");
    if (offset + size > from.bytes.size()) return taper_error_create(TAPER_ERROR_INTERNAL, "read outside");
    std::copy_n(from.bytes.data() + offset, size, static_cast<char*>(buffer));
    return nullptr;
  };
  Host host;
  ok(taper_load_reader(&reader, nullptr, host.module.out()));
  ok(taper_instance_create(host.module, host.instance.out()));
  source.open = false;
  CHECK(printed(host.call("forward", {make_floats({1, 2})})) == "tensor([10.5000, 22.0000])");
  host.fail("refuse", {make_floats({1})});  // debug records are read late
  taper_instance_prepare(host.instance, "numbers");

  source.broken = true;
  Module none;
  Refused why = refused(taper_load_reader(&reader, nullptr, none.out()));
  CHECK(why.code == TAPER_ERROR_IO);
  CHECK(why.message == "the line is dead");
  reader.size = uint64_t(1) << 60;
  CHECK(refused(taper_load_reader(&reader, nullptr, none.out())).code == TAPER_ERROR_BUDGET);
  reader.read = nullptr;
  CHECK(refused(taper_load_reader(&reader, nullptr, none.out())).code == TAPER_ERROR_INVALID_ARGUMENT);
}

TEST_CASE("extra files") {
  Host host;
  REQUIRE(taper_module_extra_count(host.module) == 2);
  std::set<std::string> names{taper_module_extra_name(host.module, 0), taper_module_extra_name(host.module, 1)};
  CHECK(names == std::set<std::string>{"labels.json", "notes.txt"});
  CHECK(std::string(taper_module_extra_name(host.module, 9)).empty());
  const void* bytes = nullptr;
  size_t size = 0;
  ok(taper_module_extra(host.module, "labels.json", &bytes, &size));
  CHECK(std::string(static_cast<const char*>(bytes), size) == "[\"a\", \"b\"]");
  CHECK_THAT(refused(taper_module_extra(host.module, "none", &bytes, &size)).message, Contains("no extra file 'none'"));
}

TEST_CASE("attributes: names, types, kinds, values") {
  Host host;
  std::string all;
  for (size_t i = 0; i < taper_instance_attribute_count(host.instance); ++i)
    all += std::string(taper_instance_attribute_name(host.instance, i)) + ": " +
           taper_instance_attribute_type(host.instance, i) + " " +
           std::to_string(taper_instance_attribute_get_kind(host.instance, i)) + "\n";
  CHECK_THAT(
      all, Contains("offset: Tensor 2\n") && Contains("names: List[str] 0\n") && Contains("table: Dict[str, int] 0\n"));
  CHECK_THAT(all, Contains("inner: __torch__.Inner 3\n") && Contains("calls: int 0\n") && Contains("limit: int 0\n"));
  CHECK(std::string(taper_instance_class_name(host.instance)) == "__torch__.Sample");

  Value value;
  ok(taper_instance_get(host.instance, "names", value.out()));
  CHECK(printed(value) == "['a', 'b']");
  ok(taper_instance_get(host.instance, "limit", value.out()));
  CHECK(integer(value) == 7);
  CHECK_THAT(refused(taper_instance_get(host.instance, "gone", value.out())).message,
             Contains("has no attribute 'gone'"));

  Value x = make_floats({1, 2});
  host.call("forward", {x});
  ok(taper_instance_get(host.instance, "calls", value.out()));
  CHECK(integer(value) == 1);
  ok(taper_instance_set(host.instance, "calls", make_int(41)));
  host.call("forward", {x});
  ok(taper_instance_get(host.instance, "calls", value.out()));
  CHECK(integer(value) == 42);
  ok(taper_instance_set(host.instance, "offset", make_floats({0, 0})));
  CHECK(printed(host.call("forward", {x})) == "tensor([0.5000, 2.0000])");
  CHECK_THAT(refused(taper_instance_set(host.instance, "calls", make_text("a"))).message,
             Contains("is a int, not a str"));
  CHECK_THAT(refused(taper_instance_set(host.instance, "limit", make_int(1))).message,
             Contains("'limit' is a constant"));
}

TEST_CASE("submodules share the state, clones do not") {
  Host host;
  Instance inner, copy;
  ok(taper_instance_submodule(host.instance, "inner", inner.out()));
  CHECK(std::string(taper_instance_class_name(inner)) == "__torch__.Inner");
  ok(taper_instance_clone(host.instance, copy.out()));

  auto weight_of = [](taper_instance* instance) {
    Instance part;
    ok(taper_instance_submodule(instance, "inner", part.out()));
    Value weight;
    ok(taper_instance_get(part, "weight", weight.out()));
    return weight;
  };
  CHECK(floats(weight_of(host.instance)) == floats(weight_of(copy)));  // not copied until someone writes
  Value three;
  ok(taper_float(3, three.out()));
  host.call("set_weight", {three});
  CHECK(printed(weight_of(host.instance)) == "tensor([3., 3.], requires_grad=True)");
  CHECK(printed(weight_of(copy)) == "tensor([1., 2.], requires_grad=True)");
  Value seen;
  ok(taper_instance_get(inner, "weight", seen.out()));
  CHECK(printed(seen) == "tensor([3., 3.], requires_grad=True)");

  // Through a handle of the host's too.
  Value weight = weight_of(copy);
  void* data = nullptr;
  ok(taper_tensor_mutable_data(weight, &data));
  static_cast<float*>(data)[0] = 9;
  CHECK(printed(weight_of(copy)) == "tensor([9., 2.], requires_grad=True)");
  Instance fresh;
  ok(taper_instance_create(host.module, fresh.out()));
  CHECK(printed(weight_of(fresh)) == "tensor([1., 2.], requires_grad=True)");
  CHECK_THAT(refused(taper_instance_submodule(host.instance, "inner.weight", inner.out())).message,
             Contains("is no module"));
}

TEST_CASE("train mode") {
  Host host(std::string(kData) + "suite/as_saved/model.pt");
  CHECK(printed(host.call("mode", {})) == "True");
  ok(taper_instance_train(host.instance, 0));
  CHECK(printed(host.call("mode", {})) == "False");
  ok(taper_instance_train(host.instance, 1));
  CHECK(printed(host.call("mode", {})) == "True");
}

TEST_CASE("methods and their schemas") {
  Host host;
  std::string all;
  for (size_t i = 0; i < taper_instance_method_count(host.instance); ++i)
    all += std::string(taper_instance_method_name(host.instance, i)) + " = " +
           taper_instance_method_schema(host.instance, i) + "\n";
  CHECK_THAT(all, Contains("forward = forward(Tensor x, int times=1) -> Tensor\n"));
  CHECK_THAT(all, Contains("describe = describe(Tensor x, str label=\"x\", bool flag=False) -> "));
  CHECK(std::string(taper_instance_method_name(host.instance, 99)).empty());
  CHECK(std::string(taper_instance_method_schema(host.instance, 99)).empty());
  ok(taper_instance_prepare(host.instance, "describe"));
  CHECK_THAT(refused(taper_instance_prepare(host.instance, "none")).message, Contains("has no method 'none'"));
}

TEST_CASE("handles go in any order") {
  Value object;
  {
    Host host;
    ok(taper_instance_get(host.instance, "inner", object.out()));
    Value names;
    ok(taper_instance_get(host.instance, "names", names.out()));
    host.context.reset();
    host.module.reset();
    host.instance.reset();
    CHECK(printed(names) == "['a', 'b']");
  }
  CHECK(taper_value_kind(object) == TAPER_OBJECT);
  Value scale, type;
  ok(taper_attribute(object, "scale", scale.out()));
  CHECK(printed(scale) == "0.5");
  ok(taper_value_type(object, type.out()));
  CHECK(printed(type) == "__torch__.Inner");
  CHECK_THAT(refused(taper_attribute(object, "none", scale.out())).message, Contains("has no attribute 'none'"));

  Host host;
  Value result = host.call("forward", {make_floats({1, 2})});
  host.context.reset();
  CHECK(printed(result) == "tensor([10.5000, 22.0000])");
}

TEST_CASE("a null where something is needed is an error, where it may be none it is fine") {
  Host host;
  taper_value* out = nullptr;
  CHECK(refused(taper_load_file(nullptr, nullptr, host.module.out())).code == TAPER_ERROR_INVALID_ARGUMENT);
  CHECK_THAT(refused(taper_load_file(kSample.c_str(), nullptr, nullptr)).message, Contains("module is NULL"));
  CHECK_THAT(refused(taper_instance_create(nullptr, host.instance.out())).message, Contains("module is NULL"));
  CHECK_THAT(refused(taper_call(nullptr, host.context, "forward", nullptr, 0, nullptr, nullptr, 0, &out)).message,
             Contains("instance is NULL"));
  Host other;
  CHECK_THAT(refused(taper_call(other.instance, nullptr, "forward", nullptr, 0, nullptr, nullptr, 0, &out)).message,
             Contains("context is NULL"));
  taper_value* nothing[] = {nullptr};
  CHECK_THAT(
      refused(taper_call(other.instance, other.context, "forward", nothing, 1, nullptr, nullptr, 0, &out)).message,
      Contains("arguments[0] is NULL"));
  CHECK_THAT(
      refused(taper_call(other.instance, other.context, "forward", nullptr, 1, nullptr, nullptr, 0, &out)).message,
      Contains("arguments is NULL"));
  CHECK_THAT(refused(taper_value_print(nullptr, &out)).message, Contains("value is NULL"));
  CHECK_THAT(refused(taper_int(1, nullptr)).message, Contains("value is NULL"));
  taper_module_free(nullptr);
  taper_instance_free(nullptr);
  taper_context_free(nullptr);
  taper_value_free(nullptr);
  taper_registry_free(nullptr);
  CHECK(taper_value_retain(nullptr) == nullptr);
  CHECK(taper_instance_attribute_count(nullptr) == 0);
  CHECK(std::string(taper_instance_class_name(nullptr)).empty());
  CHECK(taper_module_extra_count(nullptr) == 0);
}

TEST_CASE("option structs of an older host are read, unset ones refused") {
  taper_load_options options{};
  options.struct_size = offsetof(taper_load_options, device_to_cpu);  // the first fields only
  options.max_bytes = 1;                                              // lies behind what the host knows
  Module module;
  ok(taper_load_file(kSample.c_str(), &options, module.out()));
  options.struct_size = 0;
  CHECK_THAT(refused(taper_load_file(kSample.c_str(), &options, module.out())).message, Contains("TAPER_INIT"));
  Host host;
  taper_memory_stats stats{};
  stats.struct_size = offsetof(taper_memory_stats, used_bytes);
  stats.used_bytes = 12345;
  ok(taper_context_memory(host.context, &stats));
  CHECK(stats.used_bytes == 12345);
}

TEST_CASE("an object of one module does not get into another") {
  Host one, two;
  Value inner, list, any;
  ok(taper_instance_get(one.instance, "inner", inner.out()));
  taper_value* items[] = {inner};
  ok(taper_list(items, 1, list.out()));
  CHECK_THAT(two.fail("echo", {inner}).message, Contains("an object of another module"));
  CHECK_THAT(two.fail("echo", {list}).message, Contains("an object of another module"));
  CHECK_THAT(refused(taper_instance_set(two.instance, "inner", inner)).message,
             Contains("an object of another module"));
  CHECK(taper_value_kind(one.call("echo", {inner})) == TAPER_OBJECT);
  Value names = one.call("echo", {make_text("plain")});
  CHECK(printed(two.call("echo", {names})) == "plain");
}

TEST_CASE("loading is under limits") {
  taper_load_options options{};
  options.struct_size = sizeof options;
  options.max_bytes = 100;
  options.copy = 1;
  Module module;
  CHECK(refused(taper_load_file(kSample.c_str(), &options, module.out())).code == TAPER_ERROR_BUDGET);
  options.max_bytes = 0;
  options.fuel = 1;
  ok(taper_load_file(kSample.c_str(), &options, module.out()));  // it has no __setstate__
}
