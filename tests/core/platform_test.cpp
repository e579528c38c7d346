#include <catch2/catch.hpp>

#include <limits>

#include "core/platform/cpu.h"
#include "core/platform/fp_env.h"

using namespace taper::impl;

TEST_CASE("cpu levels have names that read back") {
  for (CpuLevel level : {CpuLevel::kBaseline, CpuLevel::kAvx2, CpuLevel::kAvx512}) {
    CpuLevel read = level == CpuLevel::kBaseline ? CpuLevel::kAvx2 : CpuLevel::kBaseline;
    CHECK(parse_cpu_level(cpu_level_name(level), read));
    CHECK(read == level);
  }
  CpuLevel level = CpuLevel::kAvx2;
  CHECK_FALSE(parse_cpu_level("AVX2", level));
  CHECK_FALSE(parse_cpu_level("", level));
  CHECK(level == CpuLevel::kAvx2);
}

TEST_CASE("a cpu level can be lowered but not raised") {
  const CpuLevel detected = detected_cpu_level();
  CHECK(usable_cpu_level(CpuLevel::kBaseline) == CpuLevel::kBaseline);
  CHECK(usable_cpu_level(CpuLevel::kAvx512) == detected);
  CHECK(usable_cpu_level(detected) == detected);
}

#if defined(__x86_64__)
TEST_CASE("the detected cpu level agrees with the compiler's own look") {
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  CHECK(detected_cpu_level() == (avx512 ? CpuLevel::kAvx512 : avx2 ? CpuLevel::kAvx2 : CpuLevel::kBaseline));
}

namespace {
bool halving_smallest_normal_gives_zero() {
  volatile float x = std::numeric_limits<float>::min();
  x = x * 0.5f;
  return x == 0;
}
}  // namespace

TEST_CASE("DenormalScope sets the policy and puts the host's control word back") {
  const uint64_t before = read_fp_control();
  REQUIRE_FALSE(denormals_are_flushed());
  {
    const DenormalScope scope(DenormalPolicy::kFlush);
    CHECK(denormals_are_flushed());
    CHECK(halving_smallest_normal_gives_zero());
    {
      const DenormalScope inner(DenormalPolicy::kKeep);
      CHECK_FALSE(denormals_are_flushed());
      CHECK_FALSE(halving_smallest_normal_gives_zero());
    }
    CHECK(denormals_are_flushed());
    {
      const DenormalScope inner(DenormalPolicy::kInherit);
      CHECK(denormals_are_flushed());
    }
  }
  CHECK_FALSE(denormals_are_flushed());
  CHECK(read_fp_control() == before);
}

TEST_CASE("DenormalScope rounds to nearest whatever the host set") {
  const uint64_t before = read_fp_control();
  write_fp_control(before | 0x6000);  // toward zero
  volatile float one = 1, x = 1.5f * std::numeric_limits<float>::epsilon() / 2;
  volatile float host = one + x;
  volatile float ours = 0;
  {
    const DenormalScope scope(DenormalPolicy::kKeep);
    ours = one + x;
  }
  volatile float host_again = one + x;
  write_fp_control(before);
  CHECK(host == 1);
  CHECK(ours > 1);
  CHECK(host_again == 1);
}
#endif
