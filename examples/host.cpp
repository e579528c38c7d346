// A host in C++: the same as host.c, and what errors and threads look like.
//
//   c++ -std=c++17 host.cpp $(pkg-config --cflags --libs taper) -o host && ./host classifier/digits.pt
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <thread>
#include <vector>

#include <taper/taper.h>

namespace {

// A vertical stroke in the middle of a picture of 8 by 8 bytes.
std::vector<uint8_t> stroke(int width) {
  std::vector<uint8_t> pixels(64);
  for (int row = 0; row < 8; ++row)
    for (int column = 4 - width; column < 4 + width - 1; ++column) pixels[size_t(row * 8 + column)] = 255;
  return pixels;
}

int64_t read(taper::Module& module, std::vector<uint8_t> pixels) {
  taper::Tensor picture = taper::from_blob(pixels.data(), {8, 8}, taper::kUInt8);
  return module.forward({picture})[0].to_int();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: host MODEL\n";
    return 2;
  }
  try {
    taper::Module module = taper::load(argv[1]);
    std::cout << module.class_name() << ": " << module.schema("forward") << "\n";
    int64_t weights = 0;
    for (const taper::Tensor& parameter : module.parameters()) weights += parameter.numel();
    std::cout << weights << " weights\n";

    std::vector<uint8_t> pixels = stroke(1);
    taper::Tensor picture = taper::from_blob(pixels.data(), {8, 8}, taper::kUInt8);
    taper::Value answer = module.forward({picture});
    std::cout << "reads " << answer[0].to_int() << "\n" << answer[1].to_tensor() << "\n";

    // One module per thread; they share the weights.
    std::vector<int64_t> digits(2);
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i)
      threads.emplace_back(
          [&digits, i, own = module.clone()]() mutable { digits[size_t(i)] = read(own, stroke(i + 1)); });
    for (std::thread& thread : threads) thread.join();
    std::cout << "two threads read " << digits[0] << " and " << digits[1] << "\n";

    // What the script refuses arrives as an exception with the Python line.
    try {
      module.forward({taper::zeros({1, 1, 8, 8}, taper::kUInt8)});
    } catch (const taper::Error& error) {
      std::cout << "refused (" << error.python_class() << "): " << error.what() << "\n";
    }
  } catch (const taper::Error& error) {
    std::cerr << argv[1] << ": " << error.what() << "\n";
    return 1;
  }
  return 0;
}
