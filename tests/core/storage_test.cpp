#include "core/storage.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>
#include <vector>

#include "core/error.h"

using namespace taper::impl;

namespace {
// Stands for a mapped file.
struct Owner final : RefCounted {
  explicit Owner(bool* gone) : gone_(gone) { std::iota(bytes, bytes + sizeof bytes, 0); }
  ~Owner() override { *gone_ = true; }
  unsigned char bytes[100];
  bool* gone_;
};
}  // namespace

TEST_CASE("a storage is aligned memory", "[storage]") {
  for (size_t bytes : {size_t(0), size_t(1), size_t(64), size_t(100), size_t(1000), size_t(1) << 20}) {
    auto storage = Storage::make(bytes);
    CHECK(storage->bytes() == bytes);
    if (bytes >= 64) CHECK(reinterpret_cast<uintptr_t>(storage->data()) % 64 == 0);
    if (bytes) std::memset(storage->mutable_data(), 7, bytes);
  }
  CHECK_THROWS_AS(Storage::make(SIZE_MAX - 8), std::bad_alloc);
}

TEST_CASE("borrowed bytes are copied before the first write", "[storage]") {
  bool gone = false;
  auto owner = make_ref<Owner>(&gone);
  unsigned char* file = owner->bytes;
  auto first = Storage::borrow(file, sizeof owner->bytes, owner, true);
  auto second = first->share();
  owner = nullptr;
  CHECK(first->data() == file);
  CHECK(second->data() == file);
  CHECK(first->version() == 0);

  auto* mine = static_cast<unsigned char*>(first->mutable_data());
  CHECK(mine != file);
  CHECK(first->version() == 1);
  mine[3] = 200;
  CHECK(file[3] == 3);
  CHECK(static_cast<const unsigned char*>(second->data())[3] == 3);
  CHECK(static_cast<const unsigned char*>(first->data())[99] == 99);
  CHECK(first->mutable_data() == mine);  // copied once
  CHECK(first->version() == 2);

  CHECK(!gone);
  second = nullptr;
  CHECK(gone);
  CHECK(mine[3] == 200);
}

TEST_CASE("bytes that a host lends are written in place", "[storage]") {
  bool gone = false;
  auto owner = make_ref<Owner>(&gone);
  auto storage = Storage::borrow(owner->bytes, 100, owner, false);
  static_cast<unsigned char*>(storage->mutable_data())[5] = 77;
  CHECK(owner->bytes[5] == 77);
  CHECK_THROWS_AS(storage->resize(200), Error);
}

TEST_CASE("sharing owned memory copies it", "[storage]") {
  auto storage = Storage::make(128);
  std::memset(storage->mutable_data(), 1, 128);
  auto other = storage->share();
  static_cast<char*>(other->mutable_data())[0] = 2;
  CHECK(static_cast<const char*>(storage->data())[0] == 1);
}

TEST_CASE("resize keeps the common bytes and counts as a write", "[storage]") {
  bool gone = false;
  auto owner = make_ref<Owner>(&gone);
  auto storage = Storage::borrow(owner->bytes, 100, owner, true);
  uint64_t before = storage->version();
  storage->resize(150);
  CHECK(storage->version() > before);
  CHECK(storage->bytes() == 150);
  CHECK(!storage->is_copy_on_write());
  CHECK(std::memcmp(storage->data(), owner->bytes, 100) == 0);
  storage->resize(10);
  storage->resize(40);
  CHECK(std::memcmp(storage->data(), owner->bytes, 10) == 0);
}
