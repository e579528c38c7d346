// The elementwise loop: the same answers however the work is split, memory of dying inputs, overlapping destinations.
#include <catch2/catch.hpp>

#include <cstring>

#include "core/op_def.h"
#include "core/schema.h"
#include "ops/aten/binary.h"
#include "ops/registry.h"

using namespace taper::impl;

namespace {

// Splits as unevenly as it likes, one part after the other.
class UnevenSplit final : public ParallelFor {
 public:
  int width() const noexcept override { return 3; }
  void run(int64_t count, int64_t, FunctionRef<void(int64_t, int64_t)> body) override {
    ++runs;
    int64_t first = count / 7, second = count / 2 + 1;
    if (first) body(0, first);
    body(first, second);
    if (second < count) body(second, count);
  }
  int runs = 0;
};

Tensor ramp(std::initializer_list<int64_t> sizes, DType dtype) {
  Tensor t = make_tensor(sizes, dtype);
  visit_real(dtype, "ramp", [&](auto zero) {
    using T = decltype(zero);
    T* data = t.mutable_data<T>();
    for (int64_t i = 0; i < t.numel(); ++i) data[i] = T(float(i * 7919 % 251 - 125));
  });
  return t;
}

Tensor transposed(const Tensor& t) {
  Dims sizes(t.sizes()), strides(t.strides());
  size_t n = sizes.size();
  std::swap(sizes[n - 1], sizes[n - 2]);
  std::swap(strides[n - 1], strides[n - 2]);
  return t.as_view(sizes, strides, t.offset());
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && same(a.sizes(), b.sizes()) && same(a.strides(), b.strides()) && a.storage().bytes() == b.storage().bytes() &&
         std::memcmp(a.storage().data(), b.storage().data(), a.storage().bytes()) == 0;
}

const OpDef& row(std::string_view name, std::string_view overload) {
  for (const OpDef* op : operator_table().find(name))
    if (schema_name(op->schema).overload == overload) return *op;
  throw std::runtime_error("no such operator");
}

// Calls with argument 0 dying, as the interpreter does for a register's last use.
Value call_dying(Context& ctx, const OpDef& op, std::vector<Value>& arguments) {
  std::vector<Value*> pointers;
  for (Value& value : arguments) pointers.push_back(&value);
  Value result;
  ctx.argument_values = pointers.data();
  ctx.movable_arguments = 1;
  op.call(ctx, {pointers.data(), uint32_t(pointers.size())}, &result);
  CHECK(ctx.movable_arguments == 0);
  return result;
}

}  // namespace

TEST_CASE("elementwise answers do not depend on how the work is split", "[loop]") {
  struct Pair {
    Tensor a, b;
  };
  const Pair pairs[] = {
      {ramp({3, 50000}, DType::kFloat), ramp({3, 50000}, DType::kFloat)},
      {ramp({3, 50000}, DType::kFloat), ramp({50000}, DType::kFloat)},
      {ramp({3, 50000}, DType::kFloat), ramp({3, 1}, DType::kFloat)},
      {ramp({40000, 3}, DType::kFloat), ramp({3}, DType::kFloat)},
      {ramp({40000, 3}, DType::kFloat), ramp({40000, 1}, DType::kFloat)},
      {ramp({40000, 3}, DType::kInt), ramp({3}, DType::kHalf)},
      {transposed(ramp({300, 200}, DType::kFloat)), ramp({200, 300}, DType::kFloat)},
      {transposed(ramp({300, 200}, DType::kFloat)), transposed(ramp({300, 200}, DType::kByte))},
      {transposed(ramp({70, 3, 500}, DType::kDouble)), ramp({70, 500, 3}, DType::kFloat)},
      {ramp({2, 100000}, DType::kLong), ramp({1}, DType::kFloat)},
      {ramp({5, 1, 70, 90}, DType::kHalf), ramp({7, 1, 90}, DType::kBFloat16)},
  };
  for (const Pair& pair : pairs) {
    Context plain, split;
    UnevenSplit parts;
    split.parallel = &parts;
    Tensor one = aten::add(plain, pair.a, pair.b, Scalar(2)), other = aten::add(split, pair.a, pair.b, Scalar(2));
    INFO("sizes " << cat(pair.a.sizes()) << " and " << cat(pair.b.sizes()));
    CHECK(parts.runs == 1);
    CHECK(same_bytes(one, other));
  }
}

TEST_CASE("the memory of a dying input becomes the result's", "[loop]") {
  Context ctx;
  ContextScope scope(ctx);
  const OpDef& add = row("aten::add", "Tensor");
  Tensor other = ramp({4, 5}, DType::kFloat);

  SECTION("when nobody else sees it") {
    std::vector<Value> arguments = {Value(ramp({4, 5}, DType::kFloat)), Value(other), Value(1)};
    const void* memory = arguments[0].tensor().data();
    Value result = call_dying(ctx, add, arguments);
    CHECK(result.tensor().data() == memory);
    CHECK(result.tensor().data<float>()[7] == 2 * other.data<float>()[7]);
  }
  SECTION("not when another handle holds it") {
    Tensor kept = ramp({4, 5}, DType::kFloat);
    std::vector<Value> arguments = {Value(kept), Value(other), Value(1)};
    Value result = call_dying(ctx, add, arguments);
    CHECK(result.tensor().data() != kept.data());
    CHECK(kept.data<float>()[7] == other.data<float>()[7]);
  }
  SECTION("not when a view shares its storage") {
    Tensor base = ramp({4, 5}, DType::kFloat);
    std::vector<Value> arguments = {Value(base.alias()), Value(other), Value(1)};
    const void* memory = base.data();
    CHECK(call_dying(ctx, add, arguments).tensor().data() != memory);
  }
  SECTION("not when the result is larger or of another type") {
    std::vector<Value> small = {Value(ramp({5}, DType::kFloat)), Value(other), Value(1)};
    CHECK(call_dying(ctx, add, small).tensor().numel() == 20);
    std::vector<Value> whole = {Value(ramp({4, 5}, DType::kInt)), Value(other), Value(1)};
    CHECK(call_dying(ctx, add, whole).tensor().dtype() == DType::kFloat);
  }
  SECTION("not when the bytes are a host's") {
    float bytes[20] = {};
    Tensor borrowed = make_tensor_on(Storage::borrow(bytes, sizeof bytes, make_ref<TupleObj>(), false), Dims{4, 5}, Dims{5, 1}, 0, DType::kFloat);
    std::vector<Value> arguments = {Value(std::move(borrowed)), Value(other), Value(1)};
    Value result = call_dying(ctx, add, arguments);
    CHECK(result.tensor().data() != bytes);
    CHECK(bytes[7] == 0);
  }
}

TEST_CASE("a destination that overlaps an input", "[loop]") {
  Context ctx;
  ContextScope scope(ctx);
  Tensor base = ramp({12}, DType::kFloat);
  Tensor low = base.as_view(Dims{8}, Dims{1}, 0), high = base.as_view(Dims{8}, Dims{1}, 4);
  auto call = [&](const Tensor& self, const Tensor& other) {
    std::vector<Value> arguments = {Value(self), Value(other), Value(1)};
    std::vector<Value*> pointers = {&arguments[0], &arguments[1], &arguments[2]};
    Value result;
    row("aten::add_", "Tensor").call(ctx, {pointers.data(), 3}, &result);
  };
  CHECK_THROWS_WITH(call(low, high), Catch::Contains("some elements of the input tensor and the written-to tensor refer to a single memory location"));
  // Interleaved views share no element, and the same view is computed in place.
  Tensor even = base.as_view(Dims{6}, Dims{2}, 0), odd = base.as_view(Dims{6}, Dims{2}, 1);
  float fourth = base.data<float>()[4], ninth = base.data<float>()[9];
  call(even, odd);
  CHECK(base.data<float>()[4] == fourth + base.data<float>()[5]);
  call(base, base);
  CHECK(base.data<float>()[9] == 2 * ninth);
  Tensor expanded = make_tensor({1}, DType::kFloat).as_view(Dims{3}, Dims{0}, 0);
  CHECK_THROWS_WITH(call(expanded, ramp({3}, DType::kFloat)), Catch::Contains("more than one element of the written-to tensor"));
}
