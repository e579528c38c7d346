#include "core/tensor.h"

#include <catch2/catch.hpp>
#include <vector>

#include "core/error.h"

using namespace taper::impl;

namespace {
std::vector<int64_t> list(IntView view) { return {view.begin(), view.end()}; }
using List = std::vector<int64_t>;
}  // namespace

TEST_CASE("a new tensor is contiguous", "[tensor]") {
  Tensor t = make_tensor({2, 3, 4}, DType::kFloat);
  CHECK(list(t.strides()) == List{12, 4, 1});
  CHECK(t.numel() == 24);
  CHECK(t.storage().bytes() == 96);
  CHECK(t.is_contiguous());
  CHECK(t.size(-1) == 4);
  CHECK_THROWS_WITH(t.size(3), "Dimension out of range (expected to be in range of [-3, 2], but got 3)");
  Tensor scalar = make_tensor({}, DType::kDouble);
  CHECK(scalar.numel() == 1);
  CHECK(scalar.dim() == 0);
  Tensor empty = make_tensor({3, 0, 2}, DType::kDouble);
  CHECK(empty.numel() == 0);
  CHECK(list(empty.strides()) == List{2, 2, 1});
}

TEST_CASE("sizes that cannot be are errors", "[tensor]") {
  CHECK_THROWS_AS(make_tensor({-1}, DType::kFloat), Error);
  CHECK_THROWS_AS(make_tensor({INT64_MAX, 2}, DType::kFloat), Error);
  CHECK_THROWS_AS(make_tensor({INT64_MAX / 2}, DType::kFloat), Error);
  CHECK_THROWS_AS(make_tensor({int64_t(1) << 32, int64_t(1) << 31, 0, -5}, DType::kFloat), Error);
  CHECK_NOTHROW(make_tensor({int64_t(1) << 40, int64_t(1) << 40, 0}, DType::kFloat));
  CHECK_THROWS_AS(make_tensor(Dims(129, 1), DType::kFloat), Error);
  CHECK_THROWS_AS(checked_numel(Dims{int64_t(1) << 32, int64_t(1) << 32}), Error);
}

TEST_CASE("a view cannot reach outside its storage", "[tensor]") {
  Tensor t = make_tensor({10}, DType::kFloat);
  auto view = [&](Dims sizes, Dims strides, int64_t offset) { return t.as_view(sizes, strides, offset); };
  CHECK_NOTHROW(view({10}, {1}, 0));
  CHECK_NOTHROW(view({5}, {2}, 1));
  CHECK_NOTHROW(view({3, 4}, {3, 1}, 0));
  CHECK_NOTHROW(view({10}, {-1}, 9));
  CHECK_NOTHROW(view({1000, 1000}, {0, 0}, 9));
  CHECK_NOTHROW(view({0}, {1}, 50));  // no element, so none outside
  CHECK_THROWS_AS(view({11}, {1}, 0), Error);
  CHECK_THROWS_AS(view({10}, {1}, 1), Error);
  CHECK_THROWS_AS(view({6}, {2}, 0), Error);
  CHECK_THROWS_AS(view({2}, {-1}, 0), Error);
  CHECK_THROWS_AS(view({1}, {1}, -1), Error);
  CHECK_THROWS_AS(view({1}, {1}, 10), Error);
  CHECK_THROWS_AS(view({2}, {INT64_MAX}, 5), Error);
  CHECK_THROWS_AS(view({2}, {INT64_MIN}, 5), Error);
  CHECK_THROWS_AS(view({3, 3}, {INT64_MAX / 2, INT64_MAX / 2}, 5), Error);
  CHECK_THROWS_AS(view({2, 2}, {INT64_MAX, -INT64_MAX}, 0), Error);
  CHECK_THROWS_AS(view({2}, {1, 1}, 0), Error);
  CHECK_THROWS_AS(view({-2}, {1}, 0), Error);
  CHECK_THROWS_AS(view({1}, {1}, INT64_MAX), Error);
}

TEST_CASE("views share memory and keep the storage alive", "[tensor]") {
  Tensor row;
  {
    Tensor t = make_tensor({2, 3}, DType::kFloat);
    float* p = t.mutable_data<float>();
    for (int i = 0; i < 6; ++i) p[i] = float(i);
    row = t.as_view(Dims{3}, Dims{1}, 3);
    CHECK(&row.storage() == &t.storage());
    p[4] = 40;
  }
  CHECK(row.data<float>()[0] == 3);
  CHECK(row.data<float>()[1] == 40);
}

TEST_CASE("dtype views need the same item size", "[tensor]") {
  Tensor t = make_tensor({4}, DType::kFloat);
  CHECK(t.with_dtype(DType::kInt).dtype() == DType::kInt);
  CHECK_THROWS_AS(t.with_dtype(DType::kLong), Error);
  CHECK_THROWS_AS(make_tensor_on(Storage::make(16), Dims{3}, Dims{1}, 0, DType::kDouble), Error);
  CHECK_NOTHROW(make_tensor_on(Storage::make(17), Dims{2}, Dims{1}, 0, DType::kDouble));
}

TEST_CASE("memory formats are recognized", "[tensor]") {
  Dims sizes{2, 3, 4, 5};
  Tensor t = make_tensor_strided(sizes, channels_last_strides(sizes), DType::kFloat);
  CHECK(list(t.strides()) == List{60, 1, 15, 3});
  CHECK(!t.is_contiguous());
  CHECK(t.is_contiguous(MemoryFormat::kChannelsLast));
  CHECK(t.is_non_overlapping_and_dense());
  CHECK(t.storage().bytes() == 480);
  Tensor spread = make_tensor({4, 4}, DType::kFloat).as_view(Dims{4, 2}, Dims{4, 2}, 0);
  CHECK(!spread.is_non_overlapping_and_dense());
  Tensor repeated = make_tensor({1}, DType::kFloat).as_view(Dims{4}, Dims{0}, 0);
  CHECK(!repeated.is_non_overlapping_and_dense());
  CHECK(make_tensor({1, 3, 1, 1}, DType::kFloat).is_contiguous(MemoryFormat::kChannelsLast));
}

TEST_CASE("resizing grows the storage and keeps what was there", "[tensor]") {
  Tensor t = make_tensor({2}, DType::kLong);
  t.mutable_data<int64_t>()[0] = 11;
  t.mutable_data<int64_t>()[1] = 12;
  resize_tensor(t, Dims{3, 3});
  CHECK(t.numel() == 9);
  CHECK(t.data<int64_t>()[1] == 12);
  size_t grown = t.storage().bytes();
  resize_tensor(t, Dims{1});
  CHECK(t.storage().bytes() == grown);
  CHECK_THROWS_AS(resize_tensor(t, Dims{INT64_MAX}), Error);
  CHECK_THROWS_AS(resize_tensor(t, Dims{-1}), Error);
  CHECK_THROWS_AS(set_sizes(t, Dims{100}, Dims{1}, 0), Error);
  CHECK(t.numel() == 1);  // a failed change leaves the tensor as it was
}

TEST_CASE("devices print and parse", "[tensor]") {
  for (const char* text : {"cpu", "cuda", "cuda:0", "cuda:7", "mps", "meta", "xla:3"})
    CHECK(device_name(parse_device(text)) == text);
  for (const char* text : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:99999999", "cuda:1x", "cpu "}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_device(text), Error);
  }
}
