#include "core/platform/fp_env.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace taper::impl {
namespace {

#if defined(__x86_64__)
constexpr uint64_t kFlushBits = 0x8040;     // FTZ (results) and DAZ (operands)
constexpr uint64_t kStandardBits = 0x1f80;  // every exception masked, round to nearest
constexpr uint64_t kControlBits = 0xffc0;   // all but the sticky exception flags
#elif defined(__aarch64__)
constexpr uint64_t kFlushBits = uint64_t{1} << 24;
constexpr uint64_t kStandardBits = 0;  // no trap enabled, round to nearest, default NaN off
constexpr uint64_t kControlBits = (uint64_t{0x7f} << 19) | (uint64_t{0x9f} << 8);
#else
constexpr uint64_t kFlushBits = 0;
constexpr uint64_t kStandardBits = 0;
constexpr uint64_t kControlBits = 0;
#endif

uint64_t wanted_control(uint64_t now, DenormalPolicy policy) {
  uint64_t control = (now & ~kControlBits) | kStandardBits;
  if (policy == DenormalPolicy::kFlush) control |= kFlushBits;
  if (policy == DenormalPolicy::kInherit) control |= now & kFlushBits;
  return control;
}

}  // namespace

uint64_t read_fp_control() noexcept {
#if defined(__x86_64__)
  return _mm_getcsr();
#elif defined(__aarch64__)
  uint64_t value;
  __asm__ volatile("mrs %0, fpcr" : "=r"(value));
  return value;
#else
  return 0;
#endif
}

void write_fp_control([[maybe_unused]] uint64_t value) noexcept {
#if defined(__x86_64__)
  _mm_setcsr(static_cast<unsigned>(value));
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(value));
#endif
}

DenormalScope::DenormalScope(DenormalPolicy policy) noexcept : saved_(read_fp_control()) {
  const uint64_t wanted = wanted_control(saved_, policy);
  if (wanted != saved_) write_fp_control(wanted);
}

DenormalScope::~DenormalScope() {
  if (read_fp_control() != saved_) write_fp_control(saved_);
}

bool denormals_are_flushed() noexcept { return kFlushBits != 0 && (read_fp_control() & kFlushBits) == kFlushBits; }

}  // namespace taper::impl
