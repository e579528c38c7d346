// PNG pictures: all colour types and depths, interlaced ones too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace taper::impl {

struct Picture {
  int64_t height = 0, width = 0;
  int channels = 0;           // 1 grey, 2 grey and alpha, 3 colours, 4 colours and alpha
  std::vector<float> values;  // 0 to 255, row by row, channels together
};

// Error(kInvalidFile) that says what is wrong. Palettes become colours, transparent colours are not looked at.
Picture read_png(const std::string& path);

// Bilinear, averaging over the covered area when shrinking, as torchvision and PIL do.
Picture resized(const Picture& picture, int64_t height, int64_t width);
// The channels that are wanted: 1 (0.299 R + 0.587 G + 0.114 B), 3 or 4.
Picture with_channels(const Picture& picture, int channels);

}  // namespace taper::impl
