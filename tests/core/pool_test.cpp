#include "core/pool.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstring>
#include <thread>
#include <vector>

#include "core/error.h"

using namespace taper::impl;

namespace {
struct OwnPool {
  Pool* pool = make_pool();
  ~OwnPool() { close_pool(pool); }
};

bool aligned(const void* memory, size_t to) { return reinterpret_cast<uintptr_t>(memory) % to == 0; }
}  // namespace

TEST_CASE("blocks of every size are distinct, writable and aligned", "[pool]") {
  OwnPool own;
  for (Pool* current : {own.pool, static_cast<Pool*>(nullptr)}) {
    PoolScope scope(current);
    std::vector<std::pair<unsigned char*, size_t>> blocks;
    for (size_t bytes = 0; bytes < 5000; bytes += bytes < 300 ? 1 : 37) {
      auto* block = static_cast<unsigned char*>(pool_allocate(bytes));
      REQUIRE(aligned(block, bytes >= 1024 ? 64 : 16));
      std::memset(block, int(bytes % 251), bytes);
      blocks.emplace_back(block, bytes);
    }
    for (auto [block, bytes] : blocks) {
      for (size_t i = 0; i < bytes; ++i) REQUIRE(block[i] == bytes % 251);
      pool_free(block);
    }
  }
}

TEST_CASE("a freed block serves the next request of its size without the heap", "[pool]") {
  OwnPool own;
  PoolScope scope(own.pool);
  for (size_t bytes : {size_t(24), size_t(700), size_t(5000), size_t(1) << 20}) {
    void* first = pool_allocate(bytes);
    pool_free(first);
    uint64_t before = pool_stats(own.pool).heap_allocations;
    void* second = pool_allocate(bytes);
    CHECK(second == first);
    CHECK(pool_stats(own.pool).heap_allocations == before);
    pool_free(second);
  }
  CHECK(pool_stats(own.pool).used_bytes == 0);
  CHECK(pool_stats(own.pool).peak_used_bytes >= size_t(1) << 20);
}

TEST_CASE("the limit is an error and not an allocation", "[pool]") {
  OwnPool own;
  PoolScope scope(own.pool);
  set_pool_limit(own.pool, 1 << 20);
  void* fits = pool_allocate(600 << 10);
  try {
    pool_allocate(600 << 10);
    FAIL("the limit was passed");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kBudget);
    CHECK(error.message().find("memory limit") != std::string::npos);
  }
  pool_free(fits);
  pool_free(pool_allocate(600 << 10));
  CHECK_THROWS_AS(pool_allocate(SIZE_MAX), std::bad_alloc);
  CHECK_THROWS_AS(pool_allocate(SIZE_MAX / 2), std::bad_alloc);
  CHECK_THROWS_AS(PoolAllocator<int64_t>().allocate(SIZE_MAX / 4), std::bad_array_new_length);
}

TEST_CASE("requests beyond the address space fail on the heap too", "[pool]") {
  CHECK_THROWS_AS(pool_allocate(SIZE_MAX), std::bad_alloc);
  CHECK_THROWS_AS(pool_allocate(SIZE_MAX - 100), std::bad_alloc);
}

TEST_CASE("other threads free and the owner gets the blocks back", "[pool]") {
  OwnPool own;
  PoolScope scope(own.pool);
  constexpr int kBlocks = 2000;
  uint64_t heap_after_first = 0;
  for (int round = 0; round < 3; ++round) {
    std::vector<void*> blocks;
    for (int i = 0; i < kBlocks; ++i) {
      blocks.push_back(pool_allocate(size_t(16 + i % 4000)));
      std::memset(blocks.back(), 1, size_t(16 + i % 4000));
    }
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = t; i < kBlocks; i += 4) pool_free(blocks[size_t(i)]);
      });
    for (std::thread& thread : threads) thread.join();
    if (round == 0) heap_after_first = pool_stats(own.pool).heap_allocations;
  }
  CHECK(pool_stats(own.pool).heap_allocations <= heap_after_first + 16);
  trim_pool(own.pool);
  CHECK(pool_stats(own.pool).used_bytes == 0);
}

TEST_CASE("blocks outlive a closed pool, on any thread", "[pool]") {
  for (int round = 0; round < 20; ++round) {
    Pool* pool = make_pool();
    std::vector<char*> blocks;
    {
      PoolScope scope(pool);
      for (int i = 0; i < 400; ++i) {
        blocks.push_back(static_cast<char*>(pool_allocate(size_t(8 + i * 11))));
        std::memset(blocks.back(), i, size_t(8 + i * 11));
      }
    }
    // Half of them race with close, the other half die afterwards.
    std::thread racing([&] {
      for (size_t i = 0; i < 200; ++i) pool_free(blocks[i]);
    });
    close_pool(pool);
    racing.join();
    for (size_t i = 200; i < 400; ++i) {
      REQUIRE(blocks[i][0] == char(i));
      pool_free(blocks[i]);
    }
  }
}

TEST_CASE("scopes nest and restore", "[pool]") {
  OwnPool outer, inner;
  PoolScope first(outer.pool);
  {
    PoolScope second(inner.pool);
    void* block = pool_allocate(100);
    CHECK(pool_stats(inner.pool).used_bytes > 0);
    CHECK(pool_stats(outer.pool).used_bytes == 0);
    {
      PoolScope heap(nullptr);
      uint64_t before = unpooled_allocations();
      pool_free(pool_allocate(100));
      CHECK(unpooled_allocations() == before + 1);
    }
    pool_free(block);
  }
  void* block = pool_allocate(100);
  CHECK(pool_stats(outer.pool).used_bytes > 0);
  pool_free(block);
}

TEST_CASE("trim gives big cached blocks back", "[pool]") {
  OwnPool own;
  PoolScope scope(own.pool);
  pool_free(pool_allocate(8 << 20));
  CHECK(pool_stats(own.pool).heap_bytes >= uint64_t(8 << 20));
  trim_pool(own.pool);
  CHECK(pool_stats(own.pool).heap_bytes < uint64_t(1 << 20));
}
