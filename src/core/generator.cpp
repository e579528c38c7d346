#include "core/generator.h"

namespace taper::impl {

// mt19937 of Matsumoto and Nishimura (1998), seeded with the low 32 bits of the seed.
void Generator::set_seed(uint64_t seed) noexcept {
  seed_ = seed;
  state_[0] = uint32_t(seed);
  for (uint32_t i = 1; i < kWords; ++i) state_[i] = 1812433253u * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
  at_ = kWords;
  next_float_normal.reset();
  next_double_normal.reset();
}

void Generator::refill() noexcept {
  auto twist = [](uint32_t upper, uint32_t lower) {
    uint32_t mixed = (upper & 0x80000000u) | (lower & 0x7fffffffu);
    return (mixed >> 1) ^ ((lower & 1) ? 0x9908b0dfu : 0u);
  };
  for (int i = 0; i < kWords; ++i) state_[i] = state_[(i + 397) % kWords] ^ twist(state_[i], state_[(i + 1) % kWords]);
  at_ = 0;
}

uint32_t Generator::random() noexcept {
  if (at_ == kWords) refill();
  uint32_t y = state_[at_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

uint64_t Generator::random64() noexcept {
  uint64_t high = random();
  return (high << 32) | random();
}

}  // namespace taper::impl
