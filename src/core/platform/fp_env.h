// The floating-point control register around a run.
//
// A host may call with flush-to-zero on (audio code does) or with another rounding mode, and PyTorch's answers assume
// neither. DenormalScope gives a run the environment that its policy asks for (round to nearest, exceptions masked,
// subnormal numbers kept or flushed) and puts the host's back at the end, sticky flags included. The register belongs
// to the thread: every thread that computes for a run needs a scope of its own.
//
//   DenormalScope scope(context.flush_denormals ? DenormalPolicy::kFlush : DenormalPolicy::kKeep);
//
// Where the environment already is the wanted one, a scope costs one read of the register at each end.
#pragma once

#include <cstdint>

namespace taper::impl {

enum class DenormalPolicy : uint8_t {
  kKeep,     // IEEE: subnormals are numbers (PyTorch's default)
  kFlush,    // subnormal results and operands count as zero (torch.set_flush_denormal(True))
  kInherit,  // the host's setting stays; rounding and exception masks are still made standard
};

// The control register as it is: MXCSR on x86, FPCR on ARM, 0 where the processor has none that we know.
uint64_t read_fp_control() noexcept;
void write_fp_control(uint64_t value) noexcept;

class DenormalScope {
 public:
  explicit DenormalScope(DenormalPolicy policy) noexcept;
  ~DenormalScope();
  DenormalScope(const DenormalScope&) = delete;
  DenormalScope& operator=(const DenormalScope&) = delete;

 private:
  uint64_t saved_;
};

// Whether subnormals are flushed on this thread now.
bool denormals_are_flushed() noexcept;

}  // namespace taper::impl
