// Little-endian integers at unaligned places.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace taper::impl {

template <class T>
T load_little(const char* at) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    T value;
    std::memcpy(&value, at, sizeof(T));
    return value;
  } else {
    T value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) value |= T(T(static_cast<unsigned char>(at[i])) << (8 * i));
    return value;
  }
}

template <class T>
void store_little(char* at, T value) noexcept {
  for (size_t i = 0; i < sizeof(T); ++i) at[i] = char(static_cast<unsigned char>(uint64_t(value) >> (8 * i)));
}

// As archives spell it.
inline std::string_view native_byte_order() noexcept {
  return std::endian::native == std::endian::little ? "little" : "big";
}

// Reverses the bytes of each item of `width` bytes.
inline void swap_items(std::span<char> bytes, size_t width) noexcept {
  if (width < 2) return;
  for (size_t at = 0; at + width <= bytes.size(); at += width)
    for (size_t i = 0; i < width / 2; ++i) std::swap(bytes[at + i], bytes[at + width - 1 - i]);
}

}  // namespace taper::impl
