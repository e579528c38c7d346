// Builtins about the run itself: print and warn (through the host), seeds, grad mode, devices, dtypes as values.
#include <algorithm>
#include <chrono>

#include "core/boxing.h"
#include "ops/families.h"
#include "ops/prim/stream_format.h"

namespace taper::impl {
namespace {

void print(const OpDef&, Context& ctx, Arguments a, Value*) {
  std::string line;
  for (size_t i = 0; i < a.count; ++i) {
    if (i) line += ' ';
    append_value(line, a[i]);
  }
  line += '\n';
  if (ctx.callbacks) ctx.callbacks->print(line);
}

void print_text(Context& ctx, std::string_view text) {
  if (ctx.callbacks) ctx.callbacks->print(cat(text, '\n'));
}

void warn(Context& ctx, std::string_view message, int64_t) {
  if (ctx.callbacks) ctx.callbacks->warn(message, "UserWarning");
}

void assert_scalar(Context&, const Scalar& self, std::string_view message) { check(self.to_bool(), message); }

void manual_seed(Context& ctx, int64_t seed) { ctx.generator().set_seed(uint64_t(seed)); }
Value seed_generator(Context&, const Value& self, int64_t seed) {
  check(self.is(Tag::kGenerator), "manual_seed expects a Generator");
  self.generator().set_seed(uint64_t(seed));
  return self;
}
// A script has no source of entropy: a fresh seed continues the context's stream.
int64_t reseed_generator(Context& ctx, const Value& self) {
  check(self.is(Tag::kGenerator), "seed expects a Generator");
  uint64_t fresh = ctx.generator().random64() >> 1;
  self.generator().set_seed(fresh);
  return int64_t(fresh);
}
int64_t initial_seed(Context&, const Value& self) {
  check(self.is(Tag::kGenerator), "initial_seed expects a Generator");
  return int64_t(self.generator().seed());
}
Value make_generator(Context&, std::optional<Device> device, std::optional<int64_t> seed) {
  check(!device || device->type == DeviceType::kCpu, "only CPU generators exist here, got ", device ? device_name(*device) : "");
  return Value(make_ref<Generator>(seed ? uint64_t(*seed) : Generator::kDefaultSeed));
}

bool is_grad_enabled(Context& ctx) { return ctx.grad_mode; }
void set_grad_enabled(Context& ctx, bool on) { ctx.grad_mode = on; }
bool is_scripting(Context&) { return true; }
bool no(Context&) { return false; }
int64_t autocast_dtype(Context&, std::string_view) { return int64_t(DType::kBFloat16); }
std::string cpu_capability(Context& ctx) { return ctx.cpu_level == CpuLevel::kAvx512 ? "AVX512" : ctx.cpu_level == CpuLevel::kAvx2 ? "AVX2" : "DEFAULT"; }

Device device(Context&, std::string_view text) { return parse_device(text); }
Device device_with_index(Context&, std::string_view type, int64_t index) {
  check(index >= 0 && index < 32768, "Device index must be non-negative, got ", index);
  return parse_device(cat(type, ':', index));
}
std::optional<int64_t> index_of(Device device) { return device.index < 0 ? std::nullopt : std::optional<int64_t>(device.index); }
Value device_index(Context&, Device device) {
  auto index = index_of(device);
  return index ? Value(*index) : Value();
}
std::string device_type(Context&, Device device) { return device_name({device.type, -1}); }

bool can_cast_types(Context&, DType from, DType to) { return can_cast(from, to); }
int64_t promote_types(Context&, DType a, DType b) { return int64_t(promote(a, b)); }

Dims broadcast(Context&, IntView a, IntView b) {
  size_t dims = std::max(a.size(), b.size());
  Dims out(dims, 1);
  for (size_t i = 0; i < dims; ++i) {  // from the last dimension
    int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1, y = i < b.size() ? b[b.size() - 1 - i] : 1;
    check(x == y || x == 1 || y == 1, "The size of tensor a (", x, ") must match the size of tensor b (", y, ") at non-singleton dimension ", dims - 1 - i);
    out[dims - 1 - i] = x == 1 ? y : x;
  }
  return out;
}

Value size_if_not_equal(Context&, IntView self, IntView other) { return same(self, other) ? Value() : make_int_list(self); }
Dims sizes(Context&, IntView sizes) { return Dims(sizes); }

Value unwrap_optional(Context&, const Value& v) {
  check(!v.is_none(), "Unwrapping null optional");
  return v;
}

int64_t identity(Context&, const Value& v) { return v.is_counted() ? int64_t(reinterpret_cast<uintptr_t>(v.pointer())) : 0; }

Value awaitable_nowait(Context&, const Value& v) {
  auto awaitable = make_ref<FutureObj>(type_of(v));
  awaitable->value = v;
  return awaitable;
}

// Nanoseconds since some point; statistics and profiler scopes go nowhere.
int64_t time_point(Context&) { return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
void add_stat_value(Context&, std::string_view, int64_t) {}
Tensor record_enter(Context&, std::string_view, std::optional<std::string_view>) { return make_tensor({1}, DType::kDouble); }
Value record_enter_new(Context&, std::string_view name, std::optional<std::string_view>) { return Value::capsule(make_ref<StringObj>(std::string(name))); }
void record_exit(Context&, const Tensor&) {}
void record_exit_new(Context&, const Value&) {}

constexpr OpDef kRows[] = {
    op_boxed("prim::Print(...) -> ()", print, kSideEffect),
    op("aten::_print(str s) -> ()", TAPER_OP(print_text), kSideEffect),
    op("aten::warn(str message, int stacklevel=2) -> ()", TAPER_OP(warn), kSideEffect),
    op("aten::_assert_scalar(Scalar self, str assert_msg) -> ()", TAPER_OP(assert_scalar), kSideEffect),
    op("aten::manual_seed(int seed) -> ()", TAPER_OP(manual_seed), kSideEffect),
    op("aten::manual_seed.generator(Generator(a!) self, int seed) -> Generator(a!)", TAPER_OP(seed_generator), kSideEffect),
    op("aten::seed(Generator(a!) self) -> int", TAPER_OP(reseed_generator), kSideEffect),
    op("aten::initial_seed(Generator self) -> int", TAPER_OP(initial_seed)),
    op("aten::Generator(*, Device? device=None, int? seed=None) -> Generator", TAPER_OP(make_generator)),
    op("aten::is_grad_enabled() -> bool", TAPER_OP(is_grad_enabled), kSideEffect),
    op("aten::set_grad_enabled(bool val) -> ()", TAPER_OP(set_grad_enabled), kSideEffect),
    op("aten::is_scripting() -> bool", TAPER_OP(is_scripting), kPure),
    op("aten::is_autocast_enabled() -> bool", TAPER_OP(no), kPure),
    op("aten::is_autocast_cpu_enabled() -> bool", TAPER_OP(no), kPure),
    op("aten::_get_tracing_state() -> bool", TAPER_OP(no), kPure),
    op("aten::is_vulkan_available() -> bool", TAPER_OP(no), kPure),
    op("aten::_nnpack_available() -> bool", TAPER_OP(no), kPure),
    op("aten::get_autocast_dtype(str device_type) -> ScalarType", TAPER_OP(autocast_dtype), kPure),
    op("aten::_get_cpu_capability() -> str", TAPER_OP(cpu_capability)),
    op("aten::device(str a) -> Device", TAPER_OP(device), kPure),
    op("aten::device.with_index(str type, int index) -> Device", TAPER_OP(device_with_index), kPure),
    op("prim::index(Device self) -> int?", TAPER_OP(device_index), kPure),
    op("prim::type(Device self) -> str", TAPER_OP(device_type), kPure),
    op("aten::can_cast(ScalarType from_, ScalarType to) -> bool", TAPER_OP(can_cast_types), kPure),
    op("aten::promote_types(ScalarType type1, ScalarType type2) -> ScalarType", TAPER_OP(promote_types), kPure),
    op("aten::broadcast_shapes(int[] a, int[] b) -> int[]", TAPER_OP(broadcast)),
    op("aten::_infer_size(int[] a, int[] b) -> int[]", TAPER_OP(broadcast)),
    op("aten::_size_if_not_equal(int[] self_size, int[] other_size) -> int[]?", TAPER_OP(size_if_not_equal)),
    op("aten::Size(int[] sizes) -> int[]", TAPER_OP(sizes)),
    op("aten::_unwrap_optional(t(a)? optional) -> t(a)", TAPER_OP(unwrap_optional)),
    op("prim::unchecked_unwrap_optional(t(a)? optional) -> t(a)", TAPER_OP(unwrap_optional)),
    op("prim::id(AnyClassType? x) -> int", TAPER_OP(identity)),
    op("prim::awaitable_nowait(t self) -> Await(t)", TAPER_OP(awaitable_nowait)),
    op("prim::TimePoint() -> int", TAPER_OP(time_point), kSideEffect),
    op("prim::AddStatValue(str key, int val) -> ()", TAPER_OP(add_stat_value), kSideEffect),
    op("profiler::_record_function_enter(str name, str? args=None) -> Tensor", TAPER_OP(record_enter), kSideEffect),
    op("profiler::_record_function_enter_new(str name, str? args=None) -> __torch__.torch.classes.profiler._RecordFunction", TAPER_OP(record_enter_new),
       kSideEffect),
    op("profiler::_record_function_exit(Tensor handle) -> ()", TAPER_OP(record_exit), kSideEffect),
    op("profiler::_record_function_exit._RecordFunction(__torch__.torch.classes.profiler._RecordFunction record) -> ()", TAPER_OP(record_exit_new),
       kSideEffect),
};

}  // namespace

std::span<const OpDef> host_rows() { return kRows; }

}  // namespace taper::impl
