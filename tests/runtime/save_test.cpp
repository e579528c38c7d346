// Instances saved and loaded again. tests/oracle/check_convert.py holds the same archives against PyTorch.
#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "archive/model_file.h"
#include "archive/zip_writer.h"
#include "core/error.h"
#include "ops/registry.h"
#include "runtime/module.h"
#include "runtime/print_value.h"

using namespace std::string_literals;

namespace taper::impl {
namespace {

Ref<Instance> load(const std::string& path) {
  return load_module(read_model(open_file(path), {}), operator_table(), {})->instantiate();
}

Ref<Instance> load(std::vector<char> bytes) {
  return load_module(read_model(own_memory(std::move(bytes)), {}), operator_table(), {})->instantiate();
}

// A file of this test's own, gone at its end.
struct Scratch {
  explicit Scratch(const char* name) : path(cat(TAPER_BINARY_DIR, "/save_test_", name)) {}
  ~Scratch() { std::remove(path.c_str()); }
  const std::string path;
};

const std::string kModel = cat(TAPER_SOURCE_DIR, "/tests/archive/data/model.pt");

Tensor tensor_at(const Ref<Instance>& instance, std::string_view owner, std::string_view name) {
  return instance->submodule(owner)->get(name).to_tensor();
}

template <class F>
Error error_of(F&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::kOk, "no error");
}

}  // namespace

TEST_CASE("save keeps attributes, types and shared storages") {
  Scratch file("model.pt");
  Ref<Instance> first = load(kModel);
  first->save(file.path);
  Ref<Instance> second = load(file.path);
  REQUIRE(first->type().attributes.size() == second->type().attributes.size());
  for (const Attribute& attribute : first->type().attributes) {
    Value before = first->get(attribute.name), after = second->get(attribute.name);
    INFO(attribute.name);
    CHECK(type_of(before)->annotation() == type_of(after)->annotation());
    if (!before.is(Tag::kObject) && attribute.name != "pairs") CHECK(print_value(before) == print_value(after));
  }
  CHECK(second->get("pairs").to_dict().entries()[0].value.is(Tag::kObject));
  Tensor weight = tensor_at(second, "first", "weight"), other = tensor_at(second, "second", "weight");
  CHECK(&weight.storage() == &other.storage());
  CHECK(&weight.storage() == &tensor_at(second, "items.0", "weight").storage());
  CHECK(other.offset() == 6);
  CHECK(other.strides()[1] == 2);
  CHECK(weight.impl()->requires_grad);
  CHECK(second->module().file().top_folder == "save_test_model");
  CHECK(second->module().file().version == first->module().file().version);
}

TEST_CASE("what a host changed is saved, and the loaded file may be written over") {
  Scratch file("changed.pt");
  load(kModel)->save(file.path);
  Ref<Instance> instance = load(file.path);
  instance->set("maybe", make_tensor({2, 5}, DType::kBool));
  instance->set("ints", make_int_list(Dims{9}));
  instance->train(false);
  Tensor weight = tensor_at(instance, "first", "weight");
  weight.mutable_data<float>()[0] = 42;
  instance->save(file.path, {{"note", "kept"}});
  Ref<Instance> again = load(file.path);
  CHECK(again->get("maybe").to_tensor().size(1) == 5);
  CHECK(print_value(again->get("ints")) == "[9]");
  CHECK_FALSE(again->get("training").to_bool());
  CHECK(tensor_at(again, "items.0", "weight").data<float>()[0] == 42);
  CHECK(again->module().file().read_extra("note") == "kept");
  // The mapping of the old file lives on.
  CHECK(tensor_at(instance, "second", "weight").data<float>()[6] ==
        tensor_at(again, "second", "weight").data<float>()[6]);
  again->save(file.path, {{"note", "new"}});
  CHECK(load(file.path)->module().file().read_extra("note") == "new");
}

TEST_CASE("a submodule is saved alone") {
  Scratch file("part.pt");
  load(kModel)->submodule("items.0")->save(file.path);
  Ref<Instance> part = load(file.path);
  CHECK(part->type().name == "__torch__.Inner");
  CHECK(part->get("weight").to_tensor().size(1) == 3);
}

TEST_CASE("__getstate__ says what is saved") {
  ZipWriter zip("m");
  zip.add("code/__torch__.py", R"(class Counter:
  n : int
  twice : int
  def __getstate__(self: __torch__.Counter) -> Tuple[int, str]:
    return (torch.add(self.n, 1), "saved")
  def __setstate__(self: __torch__.Counter, state: Tuple[int, str]) -> NoneType:
    n, text, = state
    self.n = n
    self.twice = torch.mul(n, 2)
    return None
class M(Module):
  __parameters__ = []
  __buffers__ = []
  counter : __torch__.Counter
  same : __torch__.Counter
  def forward(self: __torch__.M) -> int:
    return self.counter.twice
)");
  zip.add("constants.pkl", "\x80\x02).");
  zip.add("data.pkl",
          "\x80\x02"
          "c__torch__\nM\n)\x81}(X\x07\0\0\0counterc__torch__\nCounter\n)\x81K\x05X\x01\0\0\0a\x86"
          "bq\x01X\x04\0\0\0sameh\x01ub."s);
  zip.add("version", "3\n");
  Ref<Instance> first = load(zip.finish());
  Execution execution;
  REQUIRE(first->call(execution, "forward", {}).to_int() == 10);
  Scratch file("state.pt");
  first->save(file.path);
  Ref<Instance> second = load(file.path);
  CHECK(second->call(execution, "forward", {}).to_int() == 12);
  CHECK(second->get("counter").is_same(second->get("same")));
}

TEST_CASE("an archive of the model.json generation becomes one of today's") {
  ZipWriter zip("m");
  float numbers[] = {1, 2, 3, 4, 5, 6};
  zip.add("version", "1\n");
  zip.add("code/m.py",
          "op_version_set = 1\nimport __torch__\ndef forward(self,\n    x: Tensor) -> Tensor:\n"
          "  p = __torch__.Pair.__new__(__torch__.Pair)\n  p.n = self.i\n"
          "  return torch.add(torch.matmul(x, getattr(self, \"0\").p), CONSTANTS.c1, alpha=(p).twice())\n");
  zip.add("libs/__torch__.py",
          "op_version_set = 1\nclass Pair:\n  n : int\n  def twice(self) -> int:\n    return torch.mul(self.n, 2)\n");
  zip.add("attributes.pkl", "\x80\x02K\x02\x85."s);
  zip.add("tensors/0", std::string_view(reinterpret_cast<char*>(numbers), sizeof(numbers)));
  zip.add("extra/note", "kept");
  zip.add("model.json",
          R"({"protoVersion":"5","mainModule":{"torchscriptArena":{"key":"code/m.py"},"name":"m",
    "attributes":[{"type":"int","name":"i","id":"0"}],
    "submodules":[{"name":"0","parameters":[{"isBuffer":false,"tensorId":"0","name":"p"}]}]},
    "tensors":[{"dims":["2","3"],"offset":"0","strides":["3","1"],"requiresGrad":true,"dataType":"FLOAT","data":{"key":"tensors/0"},"device":"cpu"},
               {"offset":"5","dataType":"FLOAT","data":{"key":"tensors/0"},"device":"cpu"}]})");
  Ref<Instance> first = load(zip.finish());
  Tensor x = make_tensor({1, 2}, DType::kFloat);
  x.mutable_data<float>()[0] = 1;
  x.mutable_data<float>()[1] = 10;
  Execution execution;
  std::string answer = print_value(first->call(execution, "forward", {x}));
  CHECK(answer == "tensor([[65., 76., 87.]])");
  Scratch file("json.pt");
  first->save(file.path);
  Ref<Instance> second = load(file.path);
  CHECK(second->module().file().form == ArchiveForm::kPickled);
  CHECK(second->module().file().version == 1);
  CHECK(print_value(second->call(execution, "forward", {x})) == answer);
  CHECK(second->module().file().read_extra("note") == "kept");
  // The old table of tensors held the weights too; only what code names is a constant now.
  CHECK(second->module().file().constants[0].is_none());
  CHECK(second->module().file().constants[1].is_tensor());
}

TEST_CASE("errors of a 1.0 archive end as its interpreter ended them") {
  for (std::string version : {"0", "1"}) {
    ZipWriter zip("m");
    zip.add("version", "1\n");
    zip.add("code/m.py", cat("op_version_set = ", version,
                             "\ndef forward(self,\n    x: Tensor) -> int:\n  return annotate(int, x)\n"));
    zip.add("model.json", R"({"protoVersion":"5","mainModule":{"torchscriptArena":{"key":"code/m.py"},"name":"m"}})");
    Ref<Instance> model = load(zip.finish());
    Execution execution;
    Error error = error_of([&] { model->call(execution, "forward", {make_tensor({2}, DType::kLong)}); });
    CHECK(std::string(error.what())
              .find("RuntimeError: Cannot input a tensor of dimension other than 0 as a scalar argument") !=
          std::string::npos);
    CHECK((error.message().find("argument:\noperation failed in interpreter") != std::string::npos) ==
          (version == "0"));
  }
}

TEST_CASE("a file that cannot be written is an error, and leaves nothing behind") {
  Ref<Instance> instance = load(kModel);
  Error error = error_of([&] { instance->save(cat(TAPER_BINARY_DIR, "/no/such/folder/m.pt")); });
  CHECK(error.code() == ErrorCode::kIo);
  CHECK(error.message().find("cannot write") != std::string::npos);
  // A refused attribute: the old file stays as it was.
  Scratch file("refused.pt");
  std::ofstream(file.path) << "old";
  CHECK(error_of([&] { instance->save(file.path, {{"../up", ""}}); }).code() == ErrorCode::kInvalidArgument);
  std::ifstream in(file.path);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "old");
  CHECK_FALSE(std::ifstream(file.path + ".0.tmp").good());
}

}  // namespace taper::impl
