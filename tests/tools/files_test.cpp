// Pictures and arrays that tests/oracle/tool_files.py made, read back; and damaged ones.
#include <catch2/catch.hpp>
#include <cmath>

#include "archive/model_file.h"
#include "core/error.h"
#include "program.h"
#include "tools/compare.h"
#include "tools/npy.h"
#include "tools/png.h"

using namespace taper::impl;

namespace {

const std::string kFiles = kToolData + "/files/";

void check_picture(const Picture& picture, const Tensor& expected, double tolerance) {
  REQUIRE(expected.dim() == 3);
  REQUIRE(picture.height == expected.size(0));
  REQUIRE(picture.width == expected.size(1));
  REQUIRE(picture.channels == expected.size(2));
  double most = 0;
  for (size_t i = 0; i < picture.values.size(); ++i)
    most = std::max(most, std::fabs(double(picture.values[i]) - double(expected.data<float>()[i])));
  CHECK(most <= tolerance);
}

std::string refusal(const std::string& path, bool picture) {
  try {
    if (picture) read_png(path);
    else read_npy(path);
  } catch (const Error& error) {
    CHECK((error.code() == ErrorCode::kInvalidFile || error.code() == ErrorCode::kUnsupported));
    return error.message();
  }
  return {};
}

}  // namespace

TEST_CASE("pictures of every colour type, depth and interlacing") {
  int count = 0;
  for (int colour : {0, 2, 3, 4, 6})
    for (int depth : {1, 2, 4, 8, 16})
      for (const char* interlaced : {"", "_interlaced"}) {
        std::string name = kFiles + "colour" + std::to_string(colour) + "_depth" + std::to_string(depth) + interlaced;
        if (read_bytes(name + ".png").empty()) continue;
        ++count;
        INFO(name);
        check_picture(read_png(name + ".png"), read_npy(name + ".npy"), 0.01);
      }
  CHECK(count == 30);
  check_picture(read_png(kFiles + "pixel.png"), read_npy(kFiles + "pixel.npy"), 0);
}

TEST_CASE("resizing averages as an antialiased bilinear resize does") {
  Picture picture = read_png(kFiles + "colour2_depth8_interlaced.png");
  for (auto [height, width] : {std::pair<int, int>{4, 5}, {22, 26}, {11, 4}, {1, 1}}) {
    INFO(height << "x" << width);
    check_picture(resized(picture, height, width),
                  read_npy(kFiles + "resized_" + std::to_string(height) + "x" + std::to_string(width) + ".npy"), 0.01);
  }
}

TEST_CASE("a picture's channels") {
  Picture colours = read_png(kFiles + "pixel.png");
  Picture grey = with_channels(colours, 1), opaque = with_channels(colours, 4);
  CHECK(grey.values[0] == Approx(0.299 * 7 + 0.587 * 8 + 0.114 * 9));
  CHECK(opaque.values == std::vector<float>{7, 8, 9, 255});
  CHECK(with_channels(grey, 3).values == std::vector<float>(3, grey.values[0]));
}

TEST_CASE("numpy arrays of every dtype, byte order and memory order") {
  Value made = read_values(open_file(kFiles + "arrays.pt"));
  CHECK(made.to_dict().size() == 24);
  for (const DictObj::Entry& entry : made.to_dict().entries()) {
    std::string name = entry.key.string();
    Difference difference = compare_values(read_npy(kFiles + name), entry.value, {});
    INFO(name << ": " << difference.message);
    CHECK(difference.equal);
  }
  Tensor fortran = read_npy(kFiles + "array_fortran.npy");
  CHECK(fortran.stride(0) == 1);
  CHECK(fortran.stride(1) == 2);
}

TEST_CASE("what is no picture and no array is said so") {
  std::string text = scratch_folder() + "/text.png";
  write_bytes(text, "hello, this is text");
  CHECK(refusal(text, true) == text + ": this is no PNG picture");
  CHECK(refusal(text, false) == text + ": this is no .npy file: it does not begin with \\x93NUMPY");
  CHECK_THAT(refusal(kFiles + "text.npy", false), Catch::Contains("arrays of dtype 'U1' are not tensors"));
  CHECK_THAT(refusal(kFiles + "record.npy", false), Catch::Contains("structured arrays are not tensors"));
}

TEST_CASE("damaged pictures and arrays are refused, never read out of bounds") {
  for (const std::string name :
       {"colour2_depth8_interlaced.png", "colour3_depth4.png", "array_little_f4.npy", "array_fortran.npy"}) {
    std::string whole = read_bytes(kFiles + name), path = scratch_folder() + "/damaged";
    bool picture = name.find(".png") != name.npos;
    REQUIRE(whole.size() > 100);
    for (size_t size = 0; size < whole.size(); size += 1 + size / 40) {
      write_bytes(path, whole.substr(0, size));
      INFO(name << " cut at " << size);
      CHECK_FALSE(refusal(path, picture).empty());
    }
    for (size_t at = 0; at < whole.size(); at += 1 + at / 60)
      for (int bit : {0, 3, 7}) {
        std::string changed = whole;
        changed[at] = char(changed[at] ^ (1 << bit));
        write_bytes(path, changed);
        refusal(path, picture);  // an answer or a refusal; the sanitizers watch
      }
  }
}
