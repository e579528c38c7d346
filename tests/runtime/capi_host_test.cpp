// The C ABI: what a host adds (operators, classes) and what it limits (budgets, callbacks, threads).
#include <atomic>
#include <chrono>
#include <thread>

#include "runtime/capi_support.h"

using namespace capi_test;
using Catch::Contains;

namespace {

// What the operators below saw.
struct Seen {
  int calls = 0;
  std::string arguments;
  taper_value* kept = nullptr;
  Host* host = nullptr;
  taper_error_code reentered = TAPER_OK;
  int restored = 0, released = 0;
};

taper_error* scale(void* user, taper_context* context, taper_value* const* arguments, size_t count,
                   taper_value** results, size_t) {
  auto& seen = *static_cast<Seen*>(user);
  ++seen.calls;
  seen.arguments.clear();
  for (size_t i = 0; i < count; ++i) seen.arguments += printed(arguments[i]) + ";";
  size_t made = 0;
  return taper_op(context, "aten::mul.Scalar", arguments, 2, results, 1, &made);
}

taper_error* pair(void*, taper_context*, taper_value* const* arguments, size_t, taper_value** results, size_t count) {
  if (count != 2) return taper_error_create(TAPER_ERROR_INTERNAL, "two results");
  if (taper_error* error = taper_item(arguments[0], 1, &results[0])) return error;
  return taper_item(arguments[1], 0, &results[1]);
}

taper_error* same(void* user, taper_context*, taper_value* const* arguments, size_t, taper_value** results, size_t) {
  results[0] = taper_value_retain(arguments[0]);
  static_cast<Seen*>(user)->kept = taper_value_retain(arguments[0]);
  return nullptr;
}

taper_error* fail(void*, taper_context*, taper_value* const* arguments, size_t, taper_value** results, size_t) {
  std::string why = printed(arguments[0]);
  if (why == "nothing") return nullptr;  // forgets its result
  results[0] = nullptr;
  return taper_error_create(TAPER_ERROR_RUNTIME, why.c_str());
}

taper_error* call_back(void* user, taper_context* context, taper_value* const*, size_t, taper_value** results, size_t) {
  auto& seen = *static_cast<Seen*>(user);
  taper_value* result = nullptr;
  seen.reentered =
      refused(taper_call(seen.host->instance, context, "reenter", nullptr, 0, nullptr, nullptr, 0, &result)).code;
  Host other;  // another instance may be called, even in the same context
  Value x = make_floats({1, 2}), answer;
  taper_value* arguments[] = {x};
  ok(taper_call(other.instance, context, "forward", arguments, 1, nullptr, nullptr, 0, answer.out()));
  return taper_int(int64_t(floats(answer)[0] * 10), results);
}

taper_error* count(void* user, taper_context*, taper_value* const* arguments, size_t, taper_value** results, size_t) {
  void* object = nullptr;
  if (taper_error* error = taper_capsule_get(arguments[0], "__torch__.torch.classes.host.Counter", &object))
    return error;
  CHECK(refused(taper_capsule_get(arguments[0], "__torch__.torch.classes.host.Other", &object)).code ==
        TAPER_ERROR_INVALID_ARGUMENT);
  CHECK(refused(taper_capsule_get(arguments[1], "__torch__.torch.classes.host.Counter", &object)).code ==
        TAPER_ERROR_INVALID_ARGUMENT);
  CHECK(taper_value_kind(arguments[0]) == TAPER_OTHER);
  static_cast<Seen*>(user)->calls++;
  auto& total = *static_cast<int64_t*>(object);
  total += integer(arguments[1]);
  return taper_int(total, results);
}

void add_operators(taper_registry* registry, Seen& seen) {
  ok(taper_registry_operator(registry, "host::scale(Tensor x, float by=2.0, str? note=None) -> Tensor", scale, &seen));
  ok(taper_registry_operator(registry, "host::pair(Tensor[] xs, int[2] n) -> (Tensor, int)", pair, &seen));
  ok(taper_registry_operator(registry, "host::same(Tensor x) -> Tensor", same, &seen));
  ok(taper_registry_operator(registry, "host::fail(str why) -> int", fail, &seen));
  ok(taper_registry_operator(registry, "host::call_back() -> int", call_back, &seen));
  ok(taper_registry_operator(registry, "host::count(__torch__.torch.classes.host.Counter counter, int by) -> int",
                             count, &seen));
  ok(taper_registry_class(
      registry, "__torch__.torch.classes.host.Counter",
      [](void* user, const taper_value* state, void** object) -> taper_error* {
        static_cast<Seen*>(user)->restored++;
        size_t size = 0;
        if (taper_error* error = taper_size(state, &size)) return error;
        *object = new int64_t(int64_t(size) * 100);
        return nullptr;
      },
      [](void* user, void* object) {
        static_cast<Seen*>(user)->released++;
        delete static_cast<int64_t*>(object);
      },
      &seen));
}

Context make_context(taper_context_options options) {
  options.struct_size = sizeof options;
  Context context;
  ok(taper_context_create(&options, context.out()));
  return context;
}

}  // namespace

TEST_CASE("operators of the host's") {
  Seen seen;
  Registry registry;
  ok(taper_registry_create(registry.out()));
  add_operators(registry, seen);
  Host host(kHost, registry);
  registry.reset();  // the module keeps what it needs
  seen.host = &host;
  Value x = make_floats({1, 2});
  CHECK(printed(host.call("forward", {x})) == "tensor([4., 7.])");
  CHECK(seen.arguments == "tensor([1., 2.]);3.0;None;");
  CHECK(printed(host.call("defaults", {x})) == "tensor([2., 4.])");
  CHECK(seen.arguments == "tensor([1., 2.]);2.0;None;");
  CHECK(seen.calls == 2);
  CHECK(printed(host.call("several", {x})) == "(tensor([2., 3.]), 4)");

  // A fresh result that is the argument in truth is copied: the schema promised that nobody else sees it.
  CHECK(printed(host.call("same", {x})) == "(tensor([1., 2.]), tensor([2., 3.]))");
  CHECK(printed(seen.kept) == "tensor([1., 2.])");
  taper_value_free(seen.kept);

  Refused why = host.fail("fails", {make_text("the host says no")});
  CHECK(why.code == TAPER_ERROR_RUNTIME);
  CHECK(why.message == "the host says no");
  CHECK_THAT(host.fail("fails", {make_text("nothing")}).message,
             Contains("host::fail: the host's operator left result 0 unset"));

  CHECK(integer(host.call("reenter", {})) == 105);
  CHECK(seen.reentered == TAPER_ERROR_INVALID_ARGUMENT);  // the instance is in use
}

TEST_CASE("an operator's error has the script's stack") {
  Seen seen;
  Registry registry;
  ok(taper_registry_create(registry.out()));
  add_operators(registry, seen);
  Host host(kHost, registry);
  taper_value* result = nullptr;
  Value text = make_text("no");
  Failure error(host.try_call("fails", {text}, &result));
  REQUIRE(error);
  CHECK(taper_error_frame_count(error) == 1);
  CHECK_THAT(taper_error_text(error), Contains("ops.host.fail(why)"));
}

TEST_CASE("an object that nobody restored is saved as it was") {
  const char* path = TAPER_BINARY_DIR "/capi_host_kept.pt";
  Host plain(kHost);
  ok(taper_instance_save(plain.instance, path, nullptr));
  {
    Seen seen;
    Registry registry;
    ok(taper_registry_create(registry.out()));
    add_operators(registry, seen);
    Host host(path, registry);
    CHECK(seen.restored == 1);
    CHECK(integer(host.call("count", {make_int(1)})) == 201 + 202);
  }
  std::remove(path);
}

TEST_CASE("opaque objects are restored, used and released") {
  Seen seen;
  {
    Registry registry;
    ok(taper_registry_create(registry.out()));
    add_operators(registry, seen);
    Host host(kHost, registry);
    CHECK(seen.restored == 1);
    CHECK(integer(host.call("count", {make_int(1)})) == 201 + 202);  // its state was a pair
    Value object, type;
    ok(taper_instance_get(host.instance, "counter", object.out()));
    ok(taper_value_type(object, type.out()));
    CHECK(printed(type) == "__torch__.torch.classes.host.Counter");
    Failure refused(taper_instance_save(host.instance, TAPER_BINARY_DIR "/capi_host.pt", nullptr));
    REQUIRE(refused);
    CHECK(taper_error_get_code(refused) == TAPER_ERROR_UNSUPPORTED);
    CHECK_THAT(taper_error_message(refused), Contains("counter: an object of a class of the host's cannot be saved"));
    host = Host();
    CHECK(seen.released == 0);  // the value keeps it
    object.reset();
    CHECK(seen.released == 1);
  }
  CHECK(seen.released == 1);
}

TEST_CASE("what a host must not register") {
  Registry registry;
  ok(taper_registry_create(registry.out()));
  auto add = [&](const char* schema) {
    return refused(taper_registry_operator(registry, schema, pair, nullptr)).message;
  };
  CHECK_THAT(add("aten::relu(Tensor self) -> Tensor"), Contains("taper has aten::relu itself"));
  CHECK_THAT(add("scale(Tensor x) -> Tensor"), Contains("needs a namespace"));
  CHECK_THAT(add("my::f(Tensor x"), Contains("my::f(Tensor x"));
  CHECK_THAT(add("my::f(...) -> Tensor"), Contains("cannot have '...'"));
  ok(taper_registry_operator(registry, "my::f(Tensor x) -> Tensor", pair, nullptr));
  CHECK_THAT(add("my::f(Tensor x, int n) -> Tensor"), Contains("registered already"));
  ok(taper_registry_operator(registry, "my::f.other(Tensor x, int n) -> Tensor", pair, nullptr));
  CHECK(refused(taper_registry_operator(registry, "my::g(Tensor x) -> Tensor", nullptr, nullptr)).code ==
        TAPER_ERROR_INVALID_ARGUMENT);
  auto restore = [](void*, const taper_value*, void**) -> taper_error* { return nullptr; };
  CHECK_THAT(refused(taper_registry_class(registry, "my.Class", restore, nullptr, nullptr)).message,
             Contains("no class of a host"));
}

TEST_CASE("without its operators the model says what it lacks") {
  Host host(kHost);
  Refused why = host.fail("forward", {make_floats({1})});
  CHECK(why.code == TAPER_ERROR_UNSUPPORTED);
  CHECK_THAT(why.message, Contains("host::scale(Tensor, float)"));
}

TEST_CASE("fuel, depth and memory end a call") {
  Host host;
  taper_context_options options{};
  options.fuel = 10000;
  host.context = make_context(options);
  CHECK(integer(host.call("spin", {make_int(100)})) == 100);
  Refused why = host.fail("spin", {make_int(-1)});
  CHECK(why.code == TAPER_ERROR_BUDGET);
  CHECK_THAT(why.message, Contains("fuel") || Contains("steps"));
  for (int i = 0; i < 50; ++i) CHECK(integer(host.call("spin", {make_int(1000)})) == 1000);  // each call has its own

  options = {};
  options.memory = 32 << 20;
  host.context = make_context(options);
  CHECK(host.call("fill", {make_int(2)}) != nullptr);
  why = host.fail("fill", {make_int(100)});
  CHECK(why.code == TAPER_ERROR_BUDGET);
  CHECK_THAT(why.message, Contains("memory limit"));
  for (int i = 0; i < 20; ++i) CHECK(host.call("fill", {make_int(2)}) != nullptr);  // what was freed counts no more
}

TEST_CASE("a call is cancelled from another thread") {
  Host host;
  std::atomic<bool> done{false};
  taper_context* context = host.context;
  std::thread other([&] {
    while (!done) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      taper_context_cancel(context);
    }
  });
  Refused why = host.fail("spin", {make_int(-1)});
  done = true;
  other.join();
  CHECK(why.code == TAPER_ERROR_CANCELLED);
  CHECK(integer(host.call("spin", {make_int(10)})) == 10);  // the next call begins anew
}

TEST_CASE("print goes to the host, whose error ends the call") {
  struct Listener {
    std::string text;
    bool refuse = false;
  } listener;
  taper_context_options options{};
  options.callback_user = &listener;
  options.print = [](void* user, const char* text, size_t size) -> taper_error* {
    auto& to = *static_cast<Listener*>(user);
    to.text.append(text, size);
    return to.refuse ? taper_error_create(TAPER_ERROR_IO, "disk full") : nullptr;
  };
  Host host;
  host.context = make_context(options);
  Value x = make_floats({1}), label = make_text("hello");
  host.call("describe", {x, label});
  CHECK(listener.text == "hello False\n");
  listener.refuse = true;
  Refused why = host.fail("describe", {x, label});
  CHECK(why.code == TAPER_ERROR_IO);
  CHECK(why.message == "disk full");
  host.context = make_context({});
  host.call("describe", {x, label});  // nobody listens
}

TEST_CASE("seeds") {
  Host host;
  Value size = make_int(3), list;
  taper_value* items[] = {size};
  ok(taper_list(items, 1, list.out()));
  auto draw = [&] {
    size_t count = 0;
    taper_value* out = nullptr;
    taper_value* arguments[] = {list};
    ok(taper_op(host.context, "aten::randn", arguments, 1, &out, 1, &count));
    Value value(out);
    return printed(value);
  };
  taper_context_seed(host.context, 1);
  std::string first = draw(), second = draw();
  CHECK(first == "tensor([0.6614, 0.2669, 0.0617])");  // torch.manual_seed(1); torch.randn(3)
  CHECK(first != second);
  taper_context_seed(host.context, 1);
  CHECK(draw() == first);
}

TEST_CASE("options that cannot be are refused") {
  auto code = [](taper_context_options options) {
    options.struct_size = sizeof options;
    taper_context* context = nullptr;
    return refused(taper_context_create(&options, &context)).code;
  };
  taper_context_options options{};
  options.threads = -1;
  CHECK(code(options) == TAPER_ERROR_INVALID_ARGUMENT);
  options = {};
  options.cpu_level = 9;
  CHECK(code(options) == TAPER_ERROR_INVALID_ARGUMENT);
  options = {};
  options.flush_denormals = 5;
  CHECK(code(options) == TAPER_ERROR_INVALID_ARGUMENT);
}

TEST_CASE("two threads with an instance and a context each") {
  Host host;
  std::vector<std::string> answers(4);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < answers.size(); ++t)
    threads.emplace_back([&, t] {
      Instance instance;
      Context context;
      ok(taper_instance_create(host.module, instance.out()));
      ok(taper_context_create(nullptr, context.out()));
      Value x = make_floats({1, 2}), weight, answer;
      ok(taper_float(double(t), weight.out()));
      taper_value* value[] = {weight};
      taper_value* arguments[] = {x};
      ok(taper_call(instance, context, "set_weight", value, 1, nullptr, nullptr, 0, answer.out()));
      for (int i = 0; i < 200; ++i)
        ok(taper_call(instance, context, "forward", arguments, 1, nullptr, nullptr, 0, answer.out()));
      answers[t] = printed(answer);
      const void* bytes = nullptr;
      size_t size = 0;
      ok(taper_module_extra(host.module, "notes.txt", &bytes, &size));
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(answers == std::vector<std::string>{"tensor([10., 20.])", "tensor([10.5000, 21.0000])", "tensor([11., 22.])",
                                            "tensor([11.5000, 23.0000])"});
  CHECK(printed(host.call("forward", {make_floats({1, 2})})) == "tensor([10.5000, 22.0000])");
}

TEST_CASE("a second thread in an instance or a context is an error") {
  Host host;
  Context other = make_context({});
  taper_error_code end = TAPER_OK;
  std::thread busy([&] {
    taper_value* none = nullptr;
    Value forever = make_int(-1);
    do {  // the other thread may be in first
      Failure error(host.try_call("spin", {forever}, &none));
      end = taper_error_get_code(error);
    } while (end == TAPER_ERROR_INVALID_ARGUMENT);
  });
  Value x = make_floats({1, 2});
  taper_value* arguments[] = {x};
  taper_value* result = nullptr;
  // The first call may still be on its way in.
  auto until_refused = [&](taper_instance* instance, taper_context* context) {
    for (;;) {
      Failure error(taper_call(instance, context, "forward", arguments, 1, nullptr, nullptr, 0, &result));
      if (error) return std::string(taper_error_message(error));
      taper_value_free(result);
      std::this_thread::yield();
    }
  };
  CHECK_THAT(until_refused(host.instance, other), Contains("in use by another call"));
  Instance second;
  ok(taper_instance_create(host.module, second.out()));
  CHECK_THAT(until_refused(second, host.context), Contains("in use on another thread"));
  taper_context_cancel(host.context);
  busy.join();
  CHECK(end == TAPER_ERROR_CANCELLED);
}

TEST_CASE("wider contexts: an own pool, and the host's") {
  struct Pool {
    std::atomic<int> calls{0};
  } pool;
  Host host;
  int64_t sizes[2] = {512, 2048};
  Value large;
  ok(taper_tensor_empty(sizes, 2, TAPER_FLOAT32, large.out()));
  void* data = nullptr;
  ok(taper_tensor_mutable_data(large, &data));
  for (int i = 0; i < 512 * 2048; ++i) static_cast<float*>(data)[i] = float(i % 1000) / 7;
  auto sum = [&](taper_context* context) {
    taper_value* results[1] = {};
    size_t count = 0;
    taper_value* arguments[] = {large};
    ok(taper_op(context, "aten::exp", arguments, 1, results, 1, &count));
    Value exponentials(results[0]);
    taper_value* again[] = {exponentials};
    ok(taper_op(context, "aten::sum", again, 1, results, 1, &count));
    Value total(results[0]);
    return floats(total)[0];
  };
  float alone = sum(host.context);
  taper_context_options options{};
  options.threads = 2;
  CHECK(sum(make_context(options)) == alone);
  options.parallel_user = &pool;
  options.parallel_for = [](void* user, int64_t count, int64_t grain, void (*body)(void*, int64_t, int64_t),
                            void* body_user) -> taper_error* {
    static_cast<Pool*>(user)->calls++;
    int64_t half = count / 2;
    (void)grain;
    std::thread other([&] { body(body_user, half, count); });
    body(body_user, 0, half);
    other.join();
    return nullptr;
  };
  Context wide = make_context(options);
  CHECK(sum(wide) == alone);
  CHECK(pool.calls > 0);
  options.parallel_for = [](void*, int64_t, int64_t, void (*)(void*, int64_t, int64_t), void*) -> taper_error* {
    return taper_error_create(TAPER_ERROR_RUNTIME, "no threads today");
  };
  Context broken = make_context(options);
  taper_value* results[1] = {};
  size_t count = 0;
  taper_value* arguments[] = {large};
  CHECK(refused(taper_op(broken, "aten::exp", arguments, 1, results, 1, &count)).message == "no threads today");
}

TEST_CASE("denormal numbers: flushed or kept as the context says, the thread's own setting restored") {
  Host host;
  Value tiny = make_floats({1e-39f, 1});
  auto doubled = [&](int policy) {
    taper_context_options options{};
    options.flush_denormals = policy;
    Context context = make_context(options);
    taper_value* results[1] = {};
    size_t count = 0;
    taper_value* arguments[] = {tiny, tiny};
    ok(taper_op(context, "aten::add.Tensor", arguments, 2, results, 1, &count));
    Value sum(results[0]);
    return floats(sum)[0];
  };
  CHECK(doubled(0) > 0);
  CHECK(doubled(2) > 0);
#if defined(__x86_64__)
  CHECK(doubled(1) == 0);
#endif
  volatile float small = 1e-39f;
  CHECK(small * 1.0f != 0);
}

TEST_CASE("a context counts what it takes from the heap") {
  Host host;
  Value x = make_floats({1, 2});
  for (int i = 0; i < 10; ++i) host.call("forward", {x});
  taper_memory_stats before{}, after{};
  before.struct_size = after.struct_size = sizeof before;
  ok(taper_context_memory(host.context, &before));
  for (int i = 0; i < 100; ++i) host.call("forward", {x});
  ok(taper_context_memory(host.context, &after));
  CHECK(after.heap_allocations == before.heap_allocations);
  CHECK(before.heap_allocations > 0);
  taper_context_trim(host.context);
  CHECK(printed(host.call("forward", {x})) == "tensor([10.5000, 22.0000])");
}
