#include "tools/png.h"

#include <libdeflate.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "archive/reader.h"
#include "core/error.h"

namespace taper::impl {
namespace {

constexpr unsigned char kMagic[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr uint64_t kMaxPixels = uint64_t(1) << 28;

uint32_t big_endian(const unsigned char* at) {
  return uint32_t(at[0]) << 24 | uint32_t(at[1]) << 16 | uint32_t(at[2]) << 8 | uint32_t(at[3]);
}

enum class Colour : uint8_t { kGrey = 0, kRgb = 2, kPalette = 3, kGreyAlpha = 4, kRgba = 6 };

class Decoder {
 public:
  Decoder(std::vector<unsigned char> bytes, const std::string& path) : bytes_(std::move(bytes)), path_(path) {}

  Picture decode() {
    read_chunks();
    Picture picture;
    picture.height = height_;
    picture.width = width_;
    picture.channels = colour_ == Colour::kPalette ? 3 : samples_;
    picture.values.resize(size_t(height_) * size_t(width_) * size_t(picture.channels));
    std::vector<unsigned char> raw = inflate();
    size_t at = 0;
    if (interlaced_) {
      constexpr int kStart[7][2] = {{0, 0}, {0, 4}, {4, 0}, {0, 2}, {2, 0}, {0, 1}, {1, 0}};  // Adam7: row, column
      constexpr int kStep[7][2] = {{8, 8}, {8, 8}, {8, 4}, {4, 4}, {4, 2}, {2, 2}, {2, 1}};
      for (int pass = 0; pass < 7; ++pass)
        at += read_pass(raw, at, picture, kStart[pass][0], kStart[pass][1], kStep[pass][0], kStep[pass][1]);
    } else {
      read_pass(raw, 0, picture, 0, 0, 1, 1);
    }
    return picture;
  }

 private:
  [[noreturn]] void wrong(const std::string& what) const {
    fail(ErrorCode::kInvalidFile, cat(path_, ": damaged PNG picture: ", what));
  }

  void read_chunks() {
    size_t at = sizeof kMagic;
    for (bool first = true;; first = false) {
      if (bytes_.size() - at < 12) wrong("it ends within a chunk");
      uint64_t size = big_endian(&bytes_[at]);
      std::string_view name(reinterpret_cast<const char*>(&bytes_[at + 4]), 4);
      if (size > bytes_.size() - at - 12) wrong(cat("chunk ", name, " reaches behind the end of the file"));
      const unsigned char* data = bytes_.data() + at + 8;
      if (first != (name == "IHDR")) wrong("the first chunk is not IHDR");
      if (name == "IHDR") read_header(data, size);
      if (name == "PLTE") palette_.assign(data, data + size);
      if (name == "IDAT") packed_.insert(packed_.end(), data, data + size);
      if (name == "IEND") break;
      at += 12 + size_t(size);
    }
    if (packed_.empty()) wrong("there is no picture data");
    if (colour_ == Colour::kPalette && (palette_.empty() || palette_.size() % 3 != 0)) wrong("there is no palette");
  }

  void read_header(const unsigned char* data, uint64_t size) {
    if (size != 13) wrong("IHDR has the wrong size");
    width_ = big_endian(data);
    height_ = big_endian(data + 4);
    depth_ = data[8];
    colour_ = Colour(data[9]);
    interlaced_ = data[12] == 1;
    bool depth_fits =
        depth_ == 8 || (depth_ == 16 && colour_ != Colour::kPalette) ||
        ((depth_ == 1 || depth_ == 2 || depth_ == 4) && (colour_ == Colour::kGrey || colour_ == Colour::kPalette));
    switch (colour_) {
      case Colour::kGrey:
      case Colour::kPalette: samples_ = 1; break;
      case Colour::kGreyAlpha: samples_ = 2; break;
      case Colour::kRgb: samples_ = 3; break;
      case Colour::kRgba: samples_ = 4; break;
      default: wrong(cat("colour type ", int(data[9]), " does not exist"));
    }
    if (!depth_fits) wrong(cat(depth_, " bits a sample do not go with colour type ", int(data[9])));
    if (width_ == 0 || height_ == 0 || uint64_t(width_) * uint64_t(height_) > kMaxPixels)
      wrong(cat("a picture of ", width_, " by ", height_));
    if (data[10] || data[11] || data[12] > 1) wrong("an unknown way of compression, filtering or interlacing");
  }

  size_t line_bytes(int64_t width) const { return (size_t(width) * size_t(samples_) * size_t(depth_) + 7) / 8; }

  static int64_t covered(int64_t size, int start, int step) {
    return size > start ? (size - start + step - 1) / step : 0;
  }

  std::vector<unsigned char> inflate() const {
    size_t wanted = 0;
    if (interlaced_) {
      constexpr int kPasses[7][4] = {{0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4},
                                     {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}};
      for (const auto& [row, column, down, right] : kPasses) {
        int64_t rows = covered(height_, row, down), columns = covered(width_, column, right);
        if (columns > 0) wanted += size_t(rows) * (line_bytes(columns) + 1);
      }
    } else {
      wanted = size_t(height_) * (line_bytes(width_) + 1);
    }
    std::vector<unsigned char> raw(wanted);
    std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
        libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
    if (!inflater) throw std::bad_alloc();
    size_t got = 0;
    if (libdeflate_zlib_decompress(inflater.get(), packed_.data(), packed_.size(), raw.data(), raw.size(), &got) !=
            LIBDEFLATE_SUCCESS ||
        got != wanted)
      wrong("its data does not decompress to the picture's size");
    return raw;
  }

  // Undoes the filters of one pass and spreads its pixels; the bytes that it took.
  size_t read_pass(std::vector<unsigned char>& raw, size_t at, Picture& picture, int row0, int column0, int down,
                   int right) const {
    int64_t rows = covered(height_, row0, down), columns = covered(width_, column0, right);
    if (rows == 0 || columns == 0) return 0;
    size_t line = line_bytes(columns), pixel = std::max<size_t>(1, size_t(samples_) * size_t(depth_) / 8);
    std::vector<unsigned char> none(line);
    const unsigned char* above = none.data();
    for (int64_t r = 0; r < rows; ++r) {
      unsigned char* now = &raw[at + size_t(r) * (line + 1)];
      int filter = *now++;
      if (filter > 4) wrong(cat("filter ", filter, " does not exist"));
      for (size_t i = 0; i < line; ++i) {
        int a = i >= pixel ? now[i - pixel] : 0, b = above[i], c = i >= pixel ? above[i - pixel] : 0;
        int guess = filter == 1 ? a : filter == 2 ? b : filter == 3 ? (a + b) / 2 : filter == 4 ? paeth(a, b, c) : 0;
        now[i] = static_cast<unsigned char>(now[i] + guess);
      }
      above = now;
      float* out =
          &picture.values[(size_t(row0 + r * down) * size_t(width_) + size_t(column0)) * size_t(picture.channels)];
      for (int64_t x = 0; x < columns; ++x, out += right * picture.channels) put_pixel(now, x, out);
    }
    return size_t(rows) * (line + 1);
  }

  static int paeth(int a, int b, int c) {
    int p = a + b - c, to_a = std::abs(p - a), to_b = std::abs(p - b), to_c = std::abs(p - c);
    return to_a <= to_b && to_a <= to_c ? a : to_b <= to_c ? b : c;
  }

  void put_pixel(const unsigned char* line, int64_t x, float* out) const {
    if (depth_ >= 8) {
      for (int s = 0; s < samples_; ++s) {
        size_t i = (size_t(x) * size_t(samples_) + size_t(s)) * size_t(depth_ / 8);
        float value = depth_ == 8 ? float(line[i]) : float(line[i] * 256 + line[i + 1]) / 257.0f;
        if (colour_ == Colour::kPalette) return put_colour(line[i], out);
        out[s] = value;
      }
      return;
    }
    size_t bit = size_t(x) * size_t(depth_);
    unsigned most = (1u << depth_) - 1;
    unsigned value = line[bit / 8] >> (8 - size_t(depth_) - bit % 8) & most;
    if (colour_ == Colour::kPalette) return put_colour(value, out);
    out[0] = float(value) * 255.0f / float(most);
  }

  void put_colour(unsigned index, float* out) const {
    if (index >= palette_.size() / 3) wrong(cat("colour ", index, " is not in the palette"));
    for (size_t s = 0; s < 3; ++s) out[s] = float(palette_[index * 3 + s]);
  }

  const std::vector<unsigned char> bytes_;
  const std::string& path_;
  int64_t width_ = 0, height_ = 0;
  int depth_ = 0, samples_ = 0;
  Colour colour_ = Colour::kGrey;
  bool interlaced_ = false;
  std::vector<unsigned char> palette_, packed_;
};

// Which of n samples make each of m, and how much.
struct Weights {
  int64_t first = 0;
  std::vector<float> shares;
};
std::vector<Weights> weights(int64_t from, int64_t to) {
  double scale = double(from) / double(to), reach = std::max(scale, 1.0);
  std::vector<Weights> all(static_cast<size_t>(to));
  for (int64_t i = 0; i < to; ++i) {
    double centre = (double(i) + 0.5) * scale;
    int64_t first = std::max<int64_t>(0, int64_t(centre - reach + 0.5)),
            last = std::min<int64_t>(from, int64_t(centre + reach + 0.5));
    Weights& w = all[size_t(i)];
    w.first = first;
    double sum = 0;
    for (int64_t j = first; j < last; ++j) {
      double share = std::max(0.0, 1 - std::fabs((double(j) + 0.5 - centre) / reach));
      w.shares.push_back(float(share));
      sum += share;
    }
    for (float& share : w.shares) share = float(double(share) / sum);
  }
  return all;
}

}  // namespace

Picture read_png(const std::string& path) {
  Ref<Reader> reader = open_file(path, false);
  if (reader->size() > (uint64_t(1) << 31)) fail(ErrorCode::kInvalidFile, cat(path, ": too large for a picture"));
  std::vector<unsigned char> bytes(size_t(reader->size()));
  if (!bytes.empty()) reader->read(0, bytes.data(), bytes.size());
  if (bytes.size() < sizeof kMagic || std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0)
    fail(ErrorCode::kInvalidFile, cat(path, ": this is no PNG picture"));
  return Decoder(std::move(bytes), path).decode();
}

Picture resized(const Picture& picture, int64_t height, int64_t width) {
  if (height == picture.height && width == picture.width) return picture;
  size_t channels = size_t(picture.channels);
  Picture wide;  // first the columns
  wide.height = picture.height;
  wide.width = width;
  wide.channels = picture.channels;
  wide.values.resize(size_t(wide.height) * size_t(width) * channels);
  std::vector<Weights> columns = weights(picture.width, width), rows = weights(picture.height, height);
  for (size_t y = 0; y < size_t(picture.height); ++y)
    for (size_t x = 0; x < size_t(width); ++x)
      for (size_t c = 0; c < channels; ++c) {
        float sum = 0;
        for (size_t k = 0; k < columns[x].shares.size(); ++k)
          sum += columns[x].shares[k] *
                 picture.values[(y * size_t(picture.width) + size_t(columns[x].first) + k) * channels + c];
        wide.values[(y * size_t(width) + x) * channels + c] = sum;
      }
  Picture out = wide;
  out.height = height;
  out.values.assign(size_t(height) * size_t(width) * channels, 0);
  size_t line = size_t(width) * channels;
  for (size_t y = 0; y < size_t(height); ++y)
    for (size_t k = 0; k < rows[y].shares.size(); ++k)
      for (size_t i = 0; i < line; ++i)
        out.values[y * line + i] += rows[y].shares[k] * wide.values[(size_t(rows[y].first) + k) * line + i];
  return out;
}

Picture with_channels(const Picture& picture, int channels) {
  if (channels == picture.channels) return picture;
  Picture out;
  out.height = picture.height;
  out.width = picture.width;
  out.channels = channels;
  size_t pixels = size_t(picture.height) * size_t(picture.width), have = size_t(picture.channels);
  out.values.resize(pixels * size_t(channels));
  for (size_t i = 0; i < pixels; ++i) {
    const float* from = &picture.values[i * have];
    float* to = &out.values[i * size_t(channels)];
    bool colours = have >= 3;
    if (channels == 1) {
      to[0] = colours ? 0.299f * from[0] + 0.587f * from[1] + 0.114f * from[2] : from[0];
      continue;
    }
    for (size_t c = 0; c < 3; ++c) to[c] = colours ? from[c] : from[0];
    if (channels == 4) to[3] = have == 2 || have == 4 ? from[have - 1] : 255.0f;
  }
  return out;
}

}  // namespace taper::impl
