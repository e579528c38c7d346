#include "core/platform/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace taper::impl {
namespace {

#if defined(__x86_64__)

struct Registers {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

// All zero for a leaf that the processor does not have.
Registers cpuid(unsigned leaf, unsigned subleaf) {
  Registers r;
  if (!__get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx)) return Registers{};
  return r;
}

bool has_all(unsigned word, unsigned bits) { return (word & bits) == bits; }

constexpr unsigned bit(int n) { return 1u << n; }

// Which register states the operating system saves on a context switch. Legal only when OSXSAVE is set.
uint64_t enabled_states() {
  unsigned low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t{high} << 32) | low;
}

CpuLevel detect() {
  const Registers basic = cpuid(1, 0);
  // FMA 12, MOVBE 22, OSXSAVE 27, AVX 28, F16C 29, PCLMUL 1, AES 25, POPCNT 23, SSE4.2 20.
  const unsigned basic_ecx = bit(12) | bit(22) | bit(27) | bit(28) | bit(29) | bit(1) | bit(25) | bit(23) | bit(20);
  if (!has_all(basic.ecx, basic_ecx)) return CpuLevel::kBaseline;
  const uint64_t states = enabled_states();
  constexpr uint64_t kAvxStates = 0x06;     // SSE and AVX
  constexpr uint64_t kAvx512States = 0xe6;  // and opmask, upper halves of zmm0-15, zmm16-31
  if ((states & kAvxStates) != kAvxStates) return CpuLevel::kBaseline;
  const Registers extended = cpuid(7, 0);
  const Registers amd = cpuid(0x80000001u, 0);
  // BMI1 3, AVX2 5, BMI2 8; LZCNT is bit 5 of the other leaf.
  if (!has_all(extended.ebx, bit(3) | bit(5) | bit(8)) || !has_all(amd.ecx, bit(5))) return CpuLevel::kBaseline;
  if ((states & kAvx512States) != kAvx512States) return CpuLevel::kAvx2;
  // F 16, DQ 17, CD 28, BW 30, VL 31.
  if (!has_all(extended.ebx, bit(16) | bit(17) | bit(28) | bit(30) | bit(31))) return CpuLevel::kAvx2;
  return CpuLevel::kAvx512;
}

#else

CpuLevel detect() { return CpuLevel::kBaseline; }

#endif

}  // namespace

CpuLevel detected_cpu_level() noexcept {
  static const CpuLevel level = detect();
  return level;
}

CpuLevel usable_cpu_level(CpuLevel wanted) noexcept {
  const CpuLevel detected = detected_cpu_level();
  return wanted < detected ? wanted : detected;
}

const char* cpu_level_name(CpuLevel level) noexcept {
  switch (level) {
    case CpuLevel::kBaseline: return "baseline";
    case CpuLevel::kAvx2: return "avx2";
    case CpuLevel::kAvx512: return "avx512";
  }
  return "unknown";
}

bool parse_cpu_level(std::string_view name, CpuLevel& level) noexcept {
  for (CpuLevel candidate : {CpuLevel::kBaseline, CpuLevel::kAvx2, CpuLevel::kAvx512}) {
    if (name == cpu_level_name(candidate)) {
      level = candidate;
      return true;
    }
  }
  return false;
}

}  // namespace taper::impl
