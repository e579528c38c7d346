// The random generator: PyTorch's CPU generator, mt19937 with its own seeding, so that torch.manual_seed(n) gives the
// same stream. The distributions' transforms live with the random operators; the cached second normal lives here, as in
// PyTorch, because it is part of the state.
#pragma once

#include <cstdint>
#include <optional>

#include "core/ref.h"

namespace taper::impl {

class Generator final : public RefCounted {
 public:
  static constexpr uint64_t kDefaultSeed = 67280421310721;  // c10's default_rng_seed_val
  explicit Generator(uint64_t seed = kDefaultSeed) { set_seed(seed); }

  void set_seed(uint64_t seed) noexcept;  // torch.manual_seed
  uint64_t seed() const noexcept { return seed_; }
  uint32_t random() noexcept;    // 32 bits
  uint64_t random64() noexcept;  // two draws: the first is the high word

  std::optional<float> next_float_normal;
  std::optional<double> next_double_normal;

 private:
  void refill() noexcept;
  static constexpr int kWords = 624;
  uint64_t seed_ = 0;
  uint32_t state_[kWords];
  int at_ = kWords;
};

}  // namespace taper::impl
