#include "core/generator.h"

#include <catch2/catch.hpp>
#include <random>

using namespace taper::impl;

TEST_CASE("the generator is mt19937", "[generator]") {
  for (uint64_t seed : {uint64_t(0), uint64_t(1), uint64_t(42), Generator::kDefaultSeed, uint64_t(1) << 40}) {
    auto ours = make_ref<Generator>(seed);
    std::mt19937 reference{uint32_t(seed)};
    for (int i = 0; i < 2000; ++i) REQUIRE(ours->random() == reference());
    uint64_t high = reference();
    uint64_t low = reference();
    CHECK(ours->random64() == (high << 32 | low));
    CHECK(ours->seed() == seed);
  }
}

TEST_CASE("seeding forgets cached normals", "[generator]") {
  auto generator = make_ref<Generator>();
  generator->next_double_normal = 1.5;
  generator->next_float_normal = 1.5f;
  generator->set_seed(3);
  CHECK(!generator->next_double_normal);
  CHECK(!generator->next_float_normal);
}
