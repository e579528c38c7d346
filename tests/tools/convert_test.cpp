// Every case of the repository is converted, and its new archive answers as the old one does.
#include <catch2/catch.hpp>
#include <filesystem>

#include "program.h"

TEST_CASE("converted cases answer as before") {
  std::string made = scratch_folder() + "/made.pt";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TAPER_SOURCE_DIR "/tests/cases")) {
    std::string model = entry.path() / "model.pt", calls = entry.path() / "calls.pt";
    if (!std::filesystem::exists(model)) continue;
    INFO(model);
    Ran converted = run_taper({"convert", model, made});
    CHECK(converted.err.empty());
    REQUIRE(converted.code == 0);
    Ran verified = run_taper({"verify", made, calls});
    CHECK(verified.out.find(" 0 failed") != std::string::npos);
    CHECK(verified.code == 0);
    // What a converted archive becomes is itself.
    std::string again = scratch_folder() + "/again/made.pt";
    std::filesystem::create_directories(scratch_folder() + "/again");
    REQUIRE(run_taper({"convert", made, again}).code == 0);
    CHECK(read_bytes(made) == read_bytes(again));
    ++count;
  }
  CHECK(count > 20);
}

TEST_CASE("convert says what is wrong") {
  std::string sample = kToolData + "/sample.pt";
  Ran unwritable = run_taper({"convert", sample, scratch_folder() + "/none/made.pt"});
  CHECK(unwritable.code == 2);
  CHECK(unwritable.err.find("cannot write") != std::string::npos);
  CHECK(run_taper({"convert", sample}).code == 2);
  CHECK(run_taper({"convert", kToolData + "/vector.pt", scratch_folder() + "/made.pt"}).code == 2);
}
