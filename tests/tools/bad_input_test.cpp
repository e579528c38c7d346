// Files that are not what they should be, through the program: one line that says what it is, where it is wrong and
// what to do; exit code 2; nothing on stdout; never a crash.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "archive/zip.h"
#include "archive/zip_writer.h"
#include "core/error.h"
#include "program.h"

using namespace taper::impl;
using Catch::Contains;
using namespace std::string_literals;

namespace {

const std::string kModel = kToolData + "/sample.pt";

std::string bad_path() { return scratch_folder() + "/bad.pt"; }

// The sample with some of its entries replaced.
using Edit = std::function<void(const std::string& name, std::string& content)>;
std::string edited(const Edit& edit) {
  Zip zip(open_file(kModel), ZipLimits());
  ZipWriter writer("sample");
  for (const ZipEntry& entry : zip.entries()) {
    std::string name(entry.name.substr(entry.name.find('/') + 1)), content = zip.read_text(entry);
    edit(name, content);
    writer.add(name, content);
  }
  std::vector<char> bytes = writer.finish();
  return {bytes.begin(), bytes.end()};
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  size_t at = text.find(from);
  REQUIRE(at != text.npos);
  text.replace(at, from.size(), to);
}

Edit in_code(const std::string& from, const std::string& to) {
  return [=](const std::string& name, std::string& content) {
    if (name.ends_with("Sample.py") || name == "code/__torch__.py") replace(content, from, to);
  };
}

int lines(const std::string& text) { return int(std::count(text.begin(), text.end(), '\n')); }

void check_refused(const std::string& what, const std::string& expected) {
  INFO(what);
  for (const char* command : {"run", "inspect", "check", "bench"}) {
    Ran ran = run_taper({command, bad_path()});
    INFO(command << ": " << ran.err);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK(lines(ran.err) == 1);
    CHECK_THAT(ran.err, Contains(expected));
  }
  Ran verify = run_taper({"verify", bad_path(), "sample_calls.pt"});
  CHECK(verify.code == 2);
  CHECK_THAT(verify.err, Contains(expected));
}

}  // namespace

TEST_CASE("files of other kinds are named") {
  std::string encrypted = read_bytes(kModel);
  for (size_t at = 0; (at = encrypted.find("PK\x01\x02"s, at)) != encrypted.npos; ++at)
    encrypted[at + 8] = char(encrypted[at + 8] | 1);
  for (size_t at = 0; (at = encrypted.find("PK\x03\x04"s, at)) != encrypted.npos; ++at)
    encrypted[at + 6] = char(encrypted[at + 6] | 1);
  const std::string archive = std::string(TAPER_SOURCE_DIR) + "/tests/archive/data/";
  struct Row {
    const char* what;
    std::string bytes;
    const char* expected;
  };
  const Row rows[] = {
      {"empty", "", "is empty"},
      {"not a zip", std::string(1000, 'x'), "start with 78 78"},
      {"a state_dict checkpoint", read_bytes(archive + "state_dict.pt"), "state_dict checkpoint"},
      {"a legacy pickle", read_bytes(archive + "state_dict_legacy.pt"), "before PyTorch 1.6"},
      {"an HTML page", "<!DOCTYPE html><html><body>Not found</body></html>", "an HTML page"},
      {"a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12345\n", "git lfs pull"},
      {"safetensors", "\x20\0\0\0\0\0\0\0{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}"s + std::string(16, 'x'),
       "safetensors"},
      {"ONNX",
       "\x08\x07\x12\x07pytorch\x1a\x05"
       "2.0.1:"s,
       "ONNX"},
      {"TensorFlow Lite", "\x1c\0\0\0TFL3\x14\0\0\0\0\0\0\0"s, "TensorFlow Lite"},
      {"a TensorFlow SavedModel", "\x08\x01\x12\xb0\x4d\x0a\x80\x01"s + std::string(20000, 'x'), "TensorFlow"},
      {"ExecuTorch", "\x30\0\0\0ET12\0\0\0\0\0\0\0\0"s, "ExecuTorch"},
      {"an encrypted zip", encrypted, "encrypted"},
  };
  for (const Row& row : rows) {
    write_bytes(bad_path(), row.bytes);
    check_refused(row.what, row.expected);
  }
}

TEST_CASE("a missing file and a folder") {
  Ran ran = run_taper({"run", "/no/such/file.pt"});
  CHECK(ran.code == 2);
  CHECK(ran.err == "taper: cannot open /no/such/file.pt: No such file or directory\n");
  CHECK(run_taper({"run", "/tmp"}).code == 2);
}

TEST_CASE("archives from the future and with foreign classes") {
  write_bytes(bad_path(), edited([](const std::string& name, std::string& content) {
                if (name == "version" || name == ".data/version") content = "99\n";
              }));
  check_refused("a newer version", "version 99, newer than");
  write_bytes(bad_path(), edited([](const std::string& name, std::string& content) {
                if (name == "data.pkl")
                  content =
                      "\x80\x02"
                      "cos\nsystem\nX\x04\0\0\0true\x85R."s;
              }));
  check_refused("a foreign class", "os.system");
}

TEST_CASE("a file cut at any place is refused") {
  std::string whole = read_bytes(kModel);
  for (size_t size = 1; size < whole.size(); size += 1 + whole.size() / 60) {
    write_bytes(bad_path(), whole.substr(0, size));
    Ran ran = run_taper({"run", bad_path(), "--input", "ones(2)"});
    INFO(size << " bytes: " << ran.err);
    CHECK(ran.code == 2);
    CHECK(lines(ran.err) == 1);
  }
}

TEST_CASE("code that does not parse shows line and caret") {
  write_bytes(bad_path(), edited(in_code("return", "retrun")));
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"run", bad_path(), "--input", "ones(2)"}, {"inspect", bad_path(), "--graph"}}) {
    Ran ran = run_taper(command);
    INFO(ran.err);
    CHECK(ran.code == 2);
    CHECK_THAT(ran.err, Contains("retrun") && Contains("~") && Contains("code/__torch__"));
  }
  Ran check = run_taper({"check", bad_path()});
  INFO(check.err << check.out);
  CHECK(check.code != 0);
}

TEST_CASE("a missing operator is named where it is needed") {
  write_bytes(bad_path(), edited(in_code("torch.sum", "torch.summarize_me")));
  Ran run = run_taper({"run", bad_path(), "--method", "describe", "--input", "ones(2)"});
  INFO(run.err);
  CHECK(run.code == 1);
  CHECK_THAT(run.err, Contains("aten::summarize_me(Tensor)") && Contains("not supported"));
  CHECK(run_taper({"run", bad_path(), "--input", "ones(2)"}).code == 0);  // a method that does not need it
  Ran check = run_taper({"check", bad_path()});
  INFO(check.out);
  CHECK(check.code == 1);
  CHECK_THAT(check.out, Contains("aten::summarize_me\n") && Contains("tests/oracle/tool_models.py:") &&
                            Contains("1 missing, in 1 place"));
}

TEST_CASE("wrong arguments show the method's declaration") {
  const char* declaration = "forward(Tensor x, int times=1) -> Tensor";
  for (const std::vector<std::string>& inputs : {std::vector<std::string>{},
                                                 {"--input", "3"},
                                                 {"--input", "ones(2)", "--input", "\"a\""},
                                                 {"--input", "ones(2)", "--input", "1", "--input", "2"}}) {
    std::vector<std::string> command = {"run", kModel};
    command.insert(command.end(), inputs.begin(), inputs.end());
    Ran ran = run_taper(command);
    INFO(ran.err);
    CHECK(ran.code == 2);
    CHECK_THAT(ran.err, Contains(declaration));
  }
  Ran shape = run_taper({"run", kModel, "--input", "ones(3)"});
  INFO(shape.err);
  CHECK(shape.code == 1);
  CHECK_THAT(shape.err,
             Contains("The size of tensor a (3) must match the size of tensor b (2)") && Contains("x * self.weight"));
  Ran method = run_taper({"run", kModel, "--method", "backward"});
  CHECK(method.code == 2);
  CHECK_THAT(method.err, Contains("has no method 'backward'; it has"));
}
