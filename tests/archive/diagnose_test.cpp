// Files that are not what they should be: each gets one line that says what it is and what to do.
#include "archive/diagnose.h"

#include "archive/helpers.h"
#include "archive/zip_writer.h"

using namespace archive_test;
using Catch::Contains;

namespace {

std::string model_error(std::string_view bytes) {
  return error_of([&] { read_model(memory(bytes), {}); });
}

std::string model_error(const std::vector<char>& bytes) {
  return model_error(std::string_view(bytes.data(), bytes.size()));
}

std::string values_error(std::string_view bytes) {
  return error_of([&] { read_values(memory(bytes)); });
}

std::string file_error(const std::string& name) { return model_error(data_bytes(name)); }

std::string zip_of(std::initializer_list<std::string> names, std::string top = "m") {
  ZipWriter writer(std::move(top));
  for (const std::string& name : names) writer.add(name, "content");
  std::vector<char> bytes = writer.finish();
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("files that cannot be opened") {
  auto open = [](const std::string& path) { return error_of([&] { open_file(path); }); };
  CHECK_THAT(open("/no/such/model.pt"), Contains("cannot open /no/such/model.pt: No such file or directory"));
  CHECK_THAT(open("/tmp"), Contains("/tmp") && Contains("folder"));
  CHECK_THAT(open("/dev/null"), Contains("not a regular file"));
}

TEST_CASE("files that are no archive") {
  using namespace std::string_literals;
  struct Row {
    std::string bytes;
    std::string expected;
  };
  const Row rows[] = {
      {"", "is empty (0 bytes)"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
       "a Git LFS pointer, not the file itself (which has 12345 bytes): run `git lfs pull`"},
      {"\n <!DOCTYPE HTML><html><body>404</body></html>", "an HTML page"},
      {"<html lang=en>", "an HTML page"},
      {"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "an XML document"},
      {"\x20\0\0\0\0\0\0\0{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}"s + std::string(16, 'x'), "a safetensors file"},
      {"\x08\x07\x12\x07pytorch\x1a\x05"
       "2.0.1:"s,
       "an ONNX model"},
      {"\x08\x08\x12\x0c"
       "skl2onnx....",
       "an ONNX model"},
      {"\x08\x01\x12\xb0\x4d\x0a\x80\x01"s + std::string(20000, 'x'), "a TensorFlow SavedModel"},
      {"\x0a\x24\x0a\x05input\x12\x0bPlaceholder*\x10"s + std::string(64, 'x'), "a TensorFlow graph"},
      {"\x1c\0\0\0TFL3\x14\0"s, "a TensorFlow Lite model"},
      {"\x30\0\0\0ET12\0\0"s, "an ExecuTorch program (.pte)"},
      {"\x1f\x8b\x08\0\0"s, "a gzip archive: unpack it first"},
      {"BZh91AY", "a bzip2 archive"},
      {"\xfd\x37zXZ\0\0"s, "an xz archive"},
      {"\x28\xb5\x2f\xfd\x04", "a Zstandard archive"},
      {"7z\xbc\xaf\x27\x1c\0"s, "a 7-Zip archive"},
      {"Rar!\x1a\x07", "a RAR archive"},
      {"GGUF\x03\0\0\0"s, "a GGUF file"},
      {"\x93NUMPY\x01\0"s, "a NumPy array"},
      {"\x89HDF\r\n\x1a\n\0"s, "an HDF5 file"},
      {"\x89PNG\r\n\x1a\n", "a PNG picture"},
      {"%PDF-1.4", "a PDF document"},
      {"\x7f"
       "ELF\x02",
       "a program or library (ELF)"},
      {"\x80\x04\x95\x05\0\0\0\0\0\0\0\x8c\x01x\x94."s, "a Python pickle that torch.save did not write"},
      {"{\"layers\": []}", "a JSON document"},
      {"just some text, nothing else", "start with 6a 75 73 74 20 73 6f 6d"},
      {std::string(257, 'a') + "ustar" + std::string(300, 0),
       "a tar archive, perhaps a torch.save checkpoint of PyTorch 0.1"},
  };
  for (const Row& row : rows) {
    std::string message = model_error(row.bytes);
    CAPTURE(row.expected);
    CHECK_THAT(message, Contains(row.expected));
    CHECK_THAT(message, Contains("m.pt"));
    CHECK(message.find('\n') == std::string::npos);
    // Values are asked for with the same care.
    CHECK_FALSE(values_error(row.bytes).empty());
  }
}

TEST_CASE("archives of other things") {
  CHECK_THAT(
      file_error("state_dict.pt"),
      Contains("a state_dict checkpoint of 7 tensors ('0.weight', ...), without code") && Contains("torch.jit.script"));
  CHECK_THAT(file_error("state_dict_legacy.pt"),
             Contains("a torch.save checkpoint in the format of before PyTorch 1.6") && Contains("load_state_dict"));
  CHECK_THAT(file_error("module.pt"), Contains("an object of the Python class 'torch.nn.modules.linear.Linear'"));
  CHECK_THAT(file_error("values.pt"), Contains("a state_dict checkpoint") || Contains("a torch.save"));
  CHECK_THAT(file_error("exported.pt2"), Contains("a torch.export archive (.pt2)"));
  CHECK_THAT(file_error("flat.ptl"), Contains("flatbuffer"));
  CHECK_THAT(model_error(zip_of({"a.npy", "b.npy"})), Contains("a NumPy archive (.npz)"));
  CHECK_THAT(model_error(zip_of({"saved_model.pb", "variables/x"})), Contains("SavedModel"));
  CHECK_THAT(model_error(zip_of({"config.json", "model.weights.h5"})), Contains("Keras"));
  CHECK_THAT(model_error(zip_of({"MAR-INF/MANIFEST.json", "net.pt"})), Contains("'m/net.pt' inside: unpack it first"));
  CHECK_THAT(model_error(zip_of({"readme.txt"})), Contains("a zip archive of other things ('m/readme.txt', ...)"));
  CHECK_THAT(model_error(zip_of({"x/data.pkl", "x/constants.pkl"})), Contains("not in one folder"));
  CHECK_THAT(model_error(zip_of({"data.pkl", "code/__torch__.py"})), Contains("constants.pkl is missing"));
  CHECK_THAT(model_error(zip_of({})), Contains("empty zip archive"));
  std::vector<char> model = data_bytes("plain.pt");
  CHECK_THAT(values_error({model.data(), model.size()}),
             Contains("a TorchScript archive: a model with code, not a file of values"));
  std::vector<char> module = data_bytes("module.pt");
  CHECK_THAT(values_error({module.data(), module.size()}),
             Contains("'torch.nn.modules.linear.Linear', which only Python can load") && Contains("state_dict()"));
}

TEST_CASE("an archive's version is checked") {
  auto with_version = [](std::string text, std::string name = "version") {
    ZipWriter writer("m");
    writer.add("constants.pkl", "\x80\x02).");
    writer.add("data.pkl",
               "\x80\x02"
               "c__torch__\nM\n)\x81}b.");
    if (!name.empty()) writer.add(name, text);
    return model_error(writer.finish());
  };
  CHECK(with_version("3\n").empty());
  CHECK(with_version("10\n", ".data/version").empty());
  CHECK_THAT(with_version("11\n"), Contains("file format version 11, newer than the 10 that taper reads"));
  CHECK_THAT(with_version("0"), Contains("is no version number"));
  CHECK_THAT(with_version("3x"), Contains("is no version number"));
  CHECK_THAT(with_version(""), Contains("is no version number"));
  CHECK_THAT(with_version(std::string(100, '1')), Contains("is no version number"));
  CHECK_THAT(with_version("", ""), Contains("'version' is missing"));
}

TEST_CASE("an archive that breaks off anywhere is an error") {
  for (const char* name : {"plain.pt", "plain.ptl"}) {
    std::vector<char> whole = data_bytes(name);
    for (size_t size = 0; size < whole.size(); ++size) {
      std::string message = model_error(std::string_view(whole.data(), size));
      if (message.empty() || message.find('\n') != std::string::npos)
        FAIL_CHECK(name << " of " << size << " bytes: '" << message << "'");
      if (size >= 4 && message.find("truncated") == std::string::npos &&
          message.find("end record") == std::string::npos)
        FAIL_CHECK(size << ": " << message);
    }
  }
  for (const char* name : {"values_legacy.pt", "values.pt"}) {
    std::vector<char> whole = data_bytes(name);
    for (size_t size = 0; size < whole.size(); ++size)
      if (values_error(std::string_view(whole.data(), size)).empty())
        FAIL_CHECK(name << " of " << size << " bytes loads");
  }
}
