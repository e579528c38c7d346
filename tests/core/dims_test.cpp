#include "core/dims.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace taper::impl;

namespace {
std::vector<int64_t> items(const Dims& dims) { return {dims.begin(), dims.end()}; }
}  // namespace

TEST_CASE("dims behave as a vector across the inline limit", "[dims]") {
  Dims dims;
  std::vector<int64_t> expected;
  for (int64_t i = 0; i < 40; ++i) {
    dims.push_back(i * i);
    expected.push_back(i * i);
    REQUIRE(items(dims) == expected);
    REQUIRE(dims.back() == i * i);
  }
  for (size_t at : {size_t(0), size_t(5), size_t(42)}) {
    dims.insert(at, -7);
    expected.insert(expected.begin() + long(at), -7);
    REQUIRE(items(dims) == expected);
  }
  for (size_t at : {size_t(42), size_t(5), size_t(0)}) {
    dims.erase(at);
    expected.erase(expected.begin() + long(at));
    REQUIRE(items(dims) == expected);
  }
  dims.resize(3);
  dims.resize(5, 9);
  CHECK(items(dims) == std::vector<int64_t>{0, 1, 4, 9, 9});
}

TEST_CASE("dims copy and move, inline and not", "[dims]") {
  for (size_t count : {size_t(0), size_t(3), size_t(6), size_t(7), size_t(100)}) {
    Dims original(count, 5);
    if (count) original[count - 1] = 8;
    Dims copy = original;
    CHECK(copy == original);
    Dims moved = std::move(copy);
    CHECK(moved == original);
    CHECK(copy.empty());
    copy.push_back(1);  // a moved-from value is empty and usable
    CHECK(items(copy) == std::vector<int64_t>{1});
    copy = moved;
    CHECK(copy == original);
    Dims& self = copy;
    copy = self;
    CHECK(copy == original);
    copy = Dims{1, 2};
    CHECK(items(copy) == std::vector<int64_t>{1, 2});
    CHECK(!(copy == original));
  }
}

TEST_CASE("an item of the vector itself may be pushed while it grows", "[dims]") {
  Dims dims(6, 3);
  dims[0] = 42;
  dims.push_back(dims[0]);
  CHECK(dims.back() == 42);
}
