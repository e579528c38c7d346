// Deflate and the zip's checksum, behind one file: the library that does it is deflate.cpp's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace taper::impl {

uint32_t crc32(std::span<const char> bytes, uint32_t start = 0) noexcept;
// Fills `out` exactly from a raw deflate stream that is exactly `in`; false when the data is damaged or either length
// does not fit.
bool inflate_exact(std::span<const char> in, std::span<char> out);
// A raw deflate stream.
std::vector<char> deflate(std::span<const char> in);

}  // namespace taper::impl
