// What the processor can do, as the few levels that kernels are written for.
//
// A kernel family has one .cpp per level, compiled with that level's flags, and picks by CpuLevel at run time. The
// level is an argument everywhere (a Context carries it, kernels receive it): nothing here reads the environment, so a
// test or the program's --cpu option forces a lower level by passing another value. usable_cpu_level() guards against
// the other direction.
//
// A level stands for every instruction set that its files are compiled with:
//   kBaseline  x86-64 as it began (SSE2); on other processors whatever the compiler's default target is (NEON on ARM)
//   kAvx2      x86-64-v3 (AVX2, FMA, F16C, BMI1, BMI2, LZCNT, MOVBE) plus AES and PCLMUL
//   kAvx512    kAvx2 and AVX-512 F, BW, CD, DQ, VL (Skylake server, Zen 4 and later)
// Levels of one processor family are ordered: a higher one includes the lower. A level for another family gets a value
// of 16 or more.
#pragma once

#include <cstdint>
#include <string_view>

namespace taper::impl {

enum class CpuLevel : uint8_t { kBaseline = 0, kAvx2 = 1, kAvx512 = 2 };

// True where the kernel files of the x86 levels are part of the build.
#if defined(__x86_64__)
inline constexpr bool kCpuIsX86 = true;
#else
inline constexpr bool kCpuIsX86 = false;
#endif

// The highest level that this processor and its operating system support. Asked once, then remembered.
CpuLevel detected_cpu_level() noexcept;

// The wanted level where the machine has it, else the highest that it has.
CpuLevel usable_cpu_level(CpuLevel wanted) noexcept;

// "baseline", "avx2", "avx512".
const char* cpu_level_name(CpuLevel level) noexcept;

// The inverse of cpu_level_name; false (and `level` untouched) for a name that is none.
[[nodiscard]] bool parse_cpu_level(std::string_view name, CpuLevel& level) noexcept;

}  // namespace taper::impl
