// Reads handwritten digits with the model of this folder and compares the answers with PyTorch's.
//
//   classify MODEL EXPECTED PICTURE.png...
//
// EXPECTED is a torch.save file: {"0.png": (digit, probabilities, looks), ...}, by file name.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <spng.h>
#include <taper/taper.h>

namespace {

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

struct Picture {
  int64_t height = 0, width = 0;
  std::vector<uint8_t> pixels;
};

Picture read_png(const std::string& path) {
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> png(spng_ctx_new(0), spng_ctx_free);
  spng_ihdr header{};
  size_t size = 0;
  if (!file || !png || spng_set_png_file(png.get(), file.get()) || spng_get_ihdr(png.get(), &header) ||
      spng_decoded_image_size(png.get(), SPNG_FMT_G8, &size))
    throw std::runtime_error(path + ": not a PNG picture");
  Picture picture{header.height, header.width, std::vector<uint8_t>(size)};
  if (spng_decode_image(png.get(), picture.pixels.data(), size, SPNG_FMT_G8, 0))
    throw std::runtime_error(path + ": not a picture in 8 bit grey");
  return picture;
}

std::string file_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

// Pictures side by side, two characters a pixel.
void draw(const std::vector<Picture>& pictures, size_t first, size_t last) {
  const char ink[] = " .:-=+*#%@";
  for (int64_t row = 0; row < pictures[first].height; ++row) {
    for (size_t i = first; i < last; ++i)
      for (int64_t column = 0; column < pictures[i].width && row < pictures[i].height; ++column) {
        char c = ink[pictures[i].pixels[size_t(row * pictures[i].width + column)] * 9 / 255];
        std::printf("%c%c", c, c);
      }
    std::printf("\n");
  }
}

double largest_difference(const taper::Tensor& a, const taper::Tensor& b) {
  if (a.sizes() != b.sizes()) return INFINITY;
  const float *x = a.data_ptr<float>(), *y = b.data_ptr<float>();
  double largest = 0;
  for (int64_t i = 0; i < a.numel(); ++i) {
    double difference = std::fabs(double(x[i]) - double(y[i]));
    if (!(difference <= largest)) largest = difference;  // NaN counts
  }
  return largest;
}

int run(int argc, char** argv) {
  Clock::time_point start = Clock::now();
  taper::Module module = taper::load(argv[1]);
  double load_time = microseconds_since(start);
  taper::Value expected = taper::load_value(argv[2]);

  std::vector<Picture> pictures;
  for (int i = 3; i < argc; ++i) pictures.push_back(read_png(argv[i]));
  for (size_t first = 0; first < pictures.size(); first += 5)
    draw(pictures, first, std::min(first + 5, pictures.size()));

  bool equal = true;
  double largest = 0, first_call = 0, later_calls = 0;
  for (size_t i = 0; i < pictures.size(); ++i) {
    taper::Tensor input =
        taper::from_blob(pictures[i].pixels.data(), {pictures[i].height, pictures[i].width}, taper::kUInt8);
    start = Clock::now();
    taper::Value answer = module.forward({input});
    double time = microseconds_since(start);
    (i == 0 ? first_call : later_calls) += time;

    taper::Value recorded = expected.at(file_name(argv[i + 3]));
    taper::Tensor probabilities = answer[1].to_tensor();
    double difference = largest_difference(probabilities, recorded[1].to_tensor());
    bool same =
        answer[0].to_int() == recorded[0].to_int() && answer[2].to_int() == recorded[2].to_int() && difference <= 1e-5;
    equal = equal && same;
    if (!(difference <= largest)) largest = difference;
    std::printf("%-8s reads %lld  probability %.4f  looks %lld  %8.1f us%s\n", file_name(argv[i + 3]).c_str(),
                static_cast<long long>(answer[0].to_int()), double(probabilities.data_ptr<float>()[answer[0].to_int()]),
                static_cast<long long>(answer[2].to_int()), time, same ? "" : "  DIFFERS FROM PYTORCH");
  }
  std::printf("largest difference from PyTorch's recorded answers: %.2g\n", largest);
  std::printf("load %.0f us, first call %.0f us, later calls %.0f us on average\n", load_time, first_call,
              pictures.size() > 1 ? later_calls / double(pictures.size() - 1) : 0.0);
  return equal ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: classify MODEL EXPECTED PICTURE.png...\n");
    return 2;
  }
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
