#include <catch2/catch.hpp>

#include <cmath>

#include "core/class_type.h"
#include "tools/compare.h"

using namespace taper::impl;

namespace {

Tensor floats(std::initializer_list<float> items) {
  Tensor tensor = make_tensor({int64_t(items.size())}, DType::kFloat);
  std::copy(items.begin(), items.end(), tensor.mutable_data<float>());
  return tensor;
}
Tensor longs(std::initializer_list<int64_t> items) {
  Tensor tensor = make_tensor({int64_t(items.size())}, DType::kLong);
  std::copy(items.begin(), items.end(), tensor.mutable_data<int64_t>());
  return tensor;
}
std::string difference(const Value& actual, const Value& expected, const Tolerance& tolerance = {}) {
  Difference found = compare_values(actual, expected, tolerance);
  CHECK(found.equal == found.message.empty());
  return found.message;
}

}  // namespace

TEST_CASE("floats differ within atol + rtol * |expected|") {
  CHECK(difference(floats({1, 2}), floats({1, 2})).empty());
  CHECK(difference(floats({1.05f}), floats({1}), {0.1, 0}).empty());
  CHECK(difference(floats({1.05f}), floats({1}), {0, 0.06}).empty());
  CHECK(difference(floats({1, 2.5f}), floats({1, 2}), {0.1, 0}) ==
        "1 of 2 elements differ, first at [1]: got 2.5, expected 2");
  CHECK(difference(Value(1.5), Value(1.25)) == "got 1.5, expected 1.25");
  Difference measured = compare_values(floats({1, 2.5f}), floats({1, 2}), {1, 0});
  CHECK(measured.equal);
  CHECK(measured.max_abs == 0.5);
  CHECK(measured.max_rel == 0.25);
}

TEST_CASE("NaN equals NaN, infinities equal themselves") {
  CHECK(difference(floats({NAN, INFINITY, -INFINITY}), floats({NAN, INFINITY, -INFINITY})).empty());
  CHECK_FALSE(difference(floats({INFINITY}), floats({-INFINITY}), {1, 1}).empty());
  CHECK_FALSE(difference(floats({INFINITY}), floats({1e30f}), {1e9, 1e9}).empty());
  CHECK_FALSE(difference(floats({NAN}), floats({0}), {1e9, 1e9}).empty());
}

TEST_CASE("dtype, shape and device of tensors count, strides do not") {
  CHECK(difference(longs({1}), floats({1})) == "got dtype int64, expected float32");
  CHECK(difference(floats({1, 2}), floats({1})) == "got shape [2], expected [1]");
  Tensor other = floats({1});
  other.impl()->device = {DeviceType::kCuda, 0};
  CHECK(difference(floats({1}), other) == "got a tensor on cpu, expected cuda:0");
  Tensor backwards = make_tensor_strided(IntView(std::initializer_list<int64_t>{2, 2}),
                                         IntView(std::initializer_list<int64_t>{1, 2}), DType::kFloat);
  Tensor plain = make_tensor({2, 2}, DType::kFloat);
  for (int i = 0; i < 4; ++i) {
    plain.mutable_data<float>()[i] = float(i);
    backwards.mutable_data<float>()[i / 2 + i % 2 * 2] = float(i);
  }
  CHECK(difference(backwards, plain).empty());
  CHECK(difference(floats({1}), floats({2}), {0, 0, true}).empty());
  CHECK_FALSE(difference(floats({1}), floats({1, 2}), {0, 0, true}).empty());
}

TEST_CASE("integers, bools and text are exact") {
  Tolerance loose{1, 100};
  CHECK_FALSE(difference(Value(1), Value(2), loose).empty());
  CHECK_FALSE(difference(longs({1}), longs({2}), loose).empty());
  CHECK(difference(Value(true), Value(1)) == "got a bool, expected a int");
  CHECK(difference(Value("a"), Value("b")) == "got \"a\", expected \"b\"");
  CHECK(difference(Value(), Value()).empty());
  CHECK_FALSE(difference(Value(), Value(0)).empty());
}

TEST_CASE("containers compare part by part") {
  Value list = make_list(int_type(), {1, 2}), tuple = make_tuple_value({1, 2});
  CHECK(difference(list, tuple).empty());
  CHECK(difference(make_list(int_type(), {1}), list) == "got 1 items, expected 2");
  CHECK(difference(make_tuple_value({1, 3}), tuple) == "[1]: got 3, expected 2");
  Value a = make_dict(string_type(), int_type()), b = make_dict(string_type(), int_type());
  a.dict().set("x", 1);
  a.dict().set("y", 2);
  b.dict().set("y", 2);
  b.dict().set("x", 1);
  CHECK(difference(a, b).empty());
  b.dict().set("x", 5);
  CHECK(difference(a, b) == "['x']: got 1, expected 5");
  b.dict().erase("x");
  b.dict().set("z", 1);
  CHECK(difference(a, b) == "key 'z' is missing");
  CHECK(difference(Value(Device{DeviceType::kCuda, 0}), Value("cuda:0")).empty());
}
