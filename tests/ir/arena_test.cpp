// Arenas: what they hand out is theirs alone, also past the size from which they take huge pages.

#include "ir/arena.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>
#include <string>

namespace taper::impl::ir {
namespace {

// Fills `count` pieces of growing and shrinking sizes with their own number.
std::vector<std::span<unsigned char>> fill(Arena& arena, size_t count, unsigned char first) {
  std::vector<std::span<unsigned char>> pieces;
  for (size_t i = 0; i < count; ++i) {
    size_t bytes = 1 + i * 7919 % 1500 + (i % 1000 == 999 ? 500'000 : 0);
    pieces.emplace_back(static_cast<unsigned char*>(arena.allocate(bytes)), bytes);
    std::memset(pieces.back().data(), first + int(i % 100), bytes);
  }
  return pieces;
}

bool intact(const std::vector<std::span<unsigned char>>& pieces, unsigned char first) {
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (reinterpret_cast<uintptr_t>(pieces[i].data()) % 8 != 0) return false;
    for (unsigned char byte : pieces[i])
      if (byte != first + i % 100) return false;
  }
  return true;
}

TEST_CASE("an arena of many megabytes keeps its pieces apart") {
  Arena arena;
  auto pieces = fill(arena, 20'000, 1);
  size_t used = std::accumulate(pieces.begin(), pieces.end(), size_t(0),
                                [](size_t sum, std::span<unsigned char> piece) { return sum + piece.size(); });
  CHECK(intact(pieces, 1));
  CHECK(arena.bytes() >= used);
  CHECK(arena.bytes() < used + used / 4);
}

TEST_CASE("an arena adopts one that went on where it stood, and one that did not") {
  Arena arena;
  auto before = fill(arena, 50, 1);
  {
    Arena dropped(&arena);
    fill(dropped, 10, 7);
  }
  Arena next(&arena), other;
  auto within = fill(next, 300, 50), apart = fill(other, 300, 90);
  CHECK(next.bytes() > arena.bytes());
  size_t held = next.bytes() + other.bytes();
  arena.adopt(std::move(next), true);
  arena.adopt(std::move(other), false);
  CHECK(arena.bytes() == held);
  auto after = fill(arena, 300, 130);
  CHECK(intact(before, 1));
  CHECK(intact(within, 50));
  CHECK(intact(apart, 90));
  CHECK(intact(after, 130));
}

TEST_CASE("an arena may begin in its owner's memory") {
  alignas(8) std::byte space[64];
  Arena arena(space);
  CHECK(arena.allocate(24) == space);
  CHECK(arena.allocate(20) == space + 24);
  CHECK(arena.allocate(16) == space + 48);
  CHECK(arena.bytes() == 0);
  CHECK(arena.copy(std::string_view("outside")) == "outside");
  CHECK(arena.bytes() > 0);
}

}  // namespace
}  // namespace taper::impl::ir
