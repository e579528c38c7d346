#include "archive/deflate.h"

#include <libdeflate.h>

#include <memory>
#include <new>

namespace taper::impl {
namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* d) const noexcept { libdeflate_free_decompressor(d); }
};
struct FreeCompressor {
  void operator()(libdeflate_compressor* c) const noexcept { libdeflate_free_compressor(c); }
};

}  // namespace

uint32_t crc32(std::span<const char> bytes, uint32_t start) noexcept {
  return libdeflate_crc32(start, bytes.data(), bytes.size());
}

bool inflate_exact(std::span<const char> in, std::span<char> out) {
  std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(libdeflate_alloc_decompressor());
  if (!decompressor) throw std::bad_alloc();
  size_t used = 0, made = 0;
  // A null output is no pointer that libdeflate takes, even for zero bytes.
  char none = 0;
  libdeflate_result result = libdeflate_deflate_decompress_ex(
      decompressor.get(), in.data(), in.size(), out.empty() ? &none : out.data(), out.size(), &used, &made);
  return result == LIBDEFLATE_SUCCESS && used == in.size() && made == out.size();
}

std::vector<char> deflate(std::span<const char> in) {
  std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(libdeflate_alloc_compressor(6));
  if (!compressor) throw std::bad_alloc();
  std::vector<char> out(libdeflate_deflate_compress_bound(compressor.get(), in.size()));
  out.resize(libdeflate_deflate_compress(compressor.get(), in.data(), in.size(), out.data(), out.size()));
  return out;
}

}  // namespace taper::impl
