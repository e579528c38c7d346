// Every case of the repository answers frozen as it did before. tests/oracle/check_freeze.py holds what comes out against
// PyTorch.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "archive/model_file.h"
#include "program.h"

namespace {

using namespace taper::impl;

const std::string kClassifier = TAPER_SOURCE_DIR "/examples/classifier/digits.pt";

// What the recorded calls name; nothing when one of them wants the model in training mode.
std::set<std::string> methods_of(const std::string& calls) {
  std::set<std::string> methods;
  Value recorded = read_values(open_file(calls));
  for (const Value& call : recorded.to_list().items) {
    DictObj& entries = call.to_dict();
    const Value* mode = entries.find(Value(std::string("mode")));
    if (mode && mode->is(Tag::kString)) return {};
    std::string method(entries.find(Value(std::string("method")))->to_string());
    methods.insert(method == "__call__" ? "forward" : method);
  }
  return methods;
}

}  // namespace

TEST_CASE("frozen cases answer as before") {
  std::string made = scratch_folder() + "/frozen.pt";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TAPER_SOURCE_DIR "/tests/cases")) {
    std::string model = entry.path() / "model.pt", calls = entry.path() / "calls.pt";
    if (!std::filesystem::exists(model)) continue;
    INFO(model);
    std::vector<std::string> command{"freeze", model, made};
    for (const std::string& method : methods_of(calls)) command.insert(command.end(), {"--method", method});
    if (command.size() == 3) continue;
    Ran frozen = run_taper(command);
    CHECK(frozen.err == "");
    REQUIRE(frozen.code == 0);
    Ran verified = run_taper({"verify", made, calls});
    CHECK(verified.out.find(" 0 failed") != std::string::npos);
    CHECK(verified.code == 0);
    ++count;
  }
  CHECK(count > 20);
}

TEST_CASE("a frozen model holds what its methods need") {
  std::string made = scratch_folder() + "/frozen.pt";
  Ran frozen = run_taper({"freeze", kClassifier, made});
  CHECK(frozen.err == "");
  REQUIRE(frozen.code == 0);
  CHECK(std::filesystem::file_size(made) < std::filesystem::file_size(kClassifier));
  std::vector<std::string> input{"--input", "zeros(8, 8, dtype=uint8)"};
  CHECK(run_taper({"run", made, input[0], input[1]}).out == run_taper({"run", kClassifier, input[0], input[1]}).out);
  // One class and one function are left.
  Ran source = run_taper({"inspect", "--source", made});
  CHECK(source.out.find("class ") == source.out.rfind("class "));
  CHECK(source.out.find("def ") == source.out.rfind("def "));
}

TEST_CASE("freeze says what is wrong") {
  std::string made = scratch_folder() + "/none.pt";
  Ran method = run_taper({"freeze", kClassifier, made, "--method", "nothing"});
  CHECK(method.code == 2);
  CHECK(method.err.find("no method 'nothing'") != std::string::npos);
  Ran attribute = run_taper({"freeze", kClassifier, made, "--preserve", "nothing.at"});
  CHECK(attribute.code == 2);
  CHECK(attribute.err.find("no attribute or method 'nothing'") != std::string::npos);
  CHECK(run_taper({"freeze", kClassifier}).code == 2);
  CHECK(!std::filesystem::exists(made));
}
