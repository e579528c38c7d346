// taper.h from C++17, as a host uses it.
#include <taper/taper.h>

#include <catch2/catch.hpp>
#include <sstream>
#include <thread>

static_assert(__cplusplus == 201703L, "the header is for C++17");

using Catch::Contains;

namespace {
const std::string kSample = TAPER_SOURCE_DIR "/tests/tools/data/sample.pt";
const std::string kPair = TAPER_SOURCE_DIR "/tests/tools/data/pair.pt";
const std::string kHost = TAPER_SOURCE_DIR "/tests/runtime/data/host.pt";
}  // namespace

TEST_CASE("load and call") {
  taper::Module module = taper::load(kSample);
  taper::Tensor x = taper::tensor<float>({1, 2});
  CHECK(module.forward({x}).to_tensor().str() == "tensor([10.5000, 22.0000])");
  CHECK(module({x, 2}).to_tensor().str() == "tensor([15.2500, 42.0000])");
  CHECK(module.get_method("numbers")({std::vector<double>{1, 2.5}}).to_double() == 3.5);
  CHECK(module.run_method("echo", {"text"}).to_string() == "text");
  taper::Value answer = module.run_method("describe", {x, "name", true});
  CHECK(answer.size() == 4);
  CHECK(answer[0].to_string() == "name!");
  CHECK(answer[1].to_vector<int64_t>() == std::vector<int64_t>{2});
  CHECK(answer[2].at("sum").to_tensor().item<float>() == 3);
  CHECK(answer[3].is_none());
  std::ostringstream out;
  out << answer;
  CHECK(out.str() == "('name!', [2], {'sum': tensor(3.)}, None)");
  taper::Module pair = taper::load(kPair);
  CHECK(pair.forward({x}, {{"b", x}})[0].to_tensor().str() == "tensor([2., 4.])");
}

TEST_CASE("what a module has") {
  taper::Module module = taper::load(kSample);
  CHECK(module.class_name() == "__torch__.Sample");
  CHECK(module.has_method("forward"));
  CHECK_FALSE(module.has_method("backward"));
  CHECK(module.schema("forward") == "forward(Tensor x, int times=1) -> Tensor");
  CHECK(module.has_attr("names"));
  CHECK(module.attr("names").to_vector<std::string>() == std::vector<std::string>{"a", "b"});
  REQUIRE(module.named_parameters().size() == 1);
  CHECK(module.named_parameters()[0].name == "inner.weight");
  CHECK(module.named_parameters(false).empty());
  REQUIRE(module.named_buffers().size() == 1);
  CHECK(module.named_buffers()[0].name == "offset");
  CHECK(module.parameters()[0].numel() == 2);
  CHECK(module.named_children().size() == 1);
  CHECK(module.submodule("inner").attr("scale").to_double() == 0.5);
  module.set_attr("calls", 5);
  CHECK(module.attr("calls").to_int() == 5);
  CHECK(module.extra_file("notes.txt") == "kept beside the model\n");
  CHECK(module.extra_files().size() == 2);
  module.train();
  CHECK(module.attr("training").to_bool());
  module.eval();
  CHECK_FALSE(module.attr("training").to_bool());
}

TEST_CASE("errors are exceptions") {
  taper::Module module = taper::load(kSample);
  try {
    module.run_method("refuse", {taper::ones({3})});
    FAIL("no exception");
  } catch (const taper::Error& error) {
    CHECK(error.code() == TAPER_ERROR_SCRIPT);
    CHECK(error.python_class() == "builtins.ValueError");
    CHECK(error.message() == "expected two dimensions, got 1");
    REQUIRE(error.frames().size() == 1);
    CHECK(error.frames()[0].function == "__torch__.Sample.refuse");
    CHECK_THAT(error.what(), Contains("raise ValueError"));
  }
  CHECK_THROWS_AS(taper::load("/no/such/file.pt"), taper::Error);
  CHECK_THROWS_AS(module.attr("none"), taper::Error);
  CHECK_THROWS_AS(taper::Value("a").to_int(), taper::Error);
  CHECK_THROWS_AS(taper::Value(1).to_tensor(), taper::Error);
  CHECK_THROWS_AS(taper::ones({2}).data_ptr<int64_t>(), taper::Error);
  CHECK_THROWS_AS(taper::ones({2}).size(5), taper::Error);
  CHECK_THROWS_AS(taper::Tensor().sizes(), taper::Error);
}

TEST_CASE("values") {
  CHECK(taper::Value().is_none());
  CHECK(taper::Value(true).to_bool());
  CHECK(taper::Value(3).to_int() == 3);
  CHECK(taper::Value(2.5f).to_double() == 2.5);
  CHECK(taper::Value(std::complex<double>(1, 2)).to_complex() == std::complex<double>(1, 2));
  CHECK(taper::Value(std::optional<int>()).is_none());
  CHECK(taper::Value(std::vector<int>{1, 2}).str() == "[1, 2]");
  CHECK(taper::Value(std::vector<bool>{true}).str() == "[True]");
  CHECK(taper::Value(std::make_tuple(1, "a", 2.0)).str() == "(1, 'a', 2.0)");
  taper::Value dict = taper::Value::dict({{"a", 1}, {"b", std::vector<double>{1}}});
  CHECK(dict.str() == "{'a': 1, 'b': [1.0]}");
  CHECK(dict.at("a").to_int() == 1);
  CHECK_FALSE(dict.find("c"));
  CHECK_THROWS_WITH(dict.at("c"), Contains("KeyError: c"));
  CHECK(dict.key(1).to_string() == "b");
  taper::Value list = std::vector<int>{1};
  list.append(2);
  CHECK(list.to_vector<int>() == std::vector<int>{1, 2});
  CHECK(list.type() == "List[int]");
  CHECK(taper::Value::device("cuda:0").str() == "cuda:0");
}

TEST_CASE("tensors") {
  taper::Tensor t = taper::arange(6).view({2, 3});
  CHECK(t.sizes() == std::vector<int64_t>{2, 3});
  CHECK(t.strides() == std::vector<int64_t>{3, 1});
  CHECK(t.dim() == 2);
  CHECK(t.size(-1) == 3);
  CHECK(t.dtype() == taper::kLong);
  CHECK(t[1].str() == "tensor([3, 4, 5])");
  CHECK(t.slice(1, 1).str() == "tensor([[1, 2],\n        [4, 5]])");
  CHECK(t.slice(0, std::nullopt, 1).numel() == 3);
  CHECK(t.select(1, 0).to(taper::kFloat32).str() == "tensor([0., 3.])");
  CHECK(t.t().is_contiguous() == false);
  CHECK(t.transpose(0, 1).contiguous().is_contiguous());
  CHECK(t.sum().item<int64_t>() == 15);
  CHECK(t.max().item<double>() == 5);
  CHECK(taper::zeros({2}, taper::kFloat64).str() == "tensor([0., 0.], dtype=torch.float64)");
  CHECK(taper::full({2}, 7, taper::kInt64).str() == "tensor([7, 7])");
  CHECK(taper::cat({taper::ones({1}), taper::zeros({1})}).str() == "tensor([1., 0.])");
  CHECK(taper::stack({taper::ones({1}), taper::zeros({1})}).dim() == 2);
  CHECK(taper::ones({2}).unsqueeze(0).squeeze().reshape({1, 2}).flatten().expand({3, 2}).permute({1, 0}).size(0) == 2);
  CHECK(taper::tensor<float>({-1, 1}).abs().mean().item<float>() == 1);
  CHECK(taper::tensor<float>({0, 0}).softmax(0).str() == "tensor([0.5000, 0.5000])");
  CHECK(taper::tensor<float>({0, 3}).argmax(0).item<int>() == 1);
  CHECK(taper::tensor<bool>({true, false}).str() == "tensor([ True, False])");
  CHECK_FALSE(taper::Tensor().defined());
  CHECK(taper::Tensor().str() == "[ Tensor (undefined) ]");
  CHECK(taper::Value(taper::Tensor()).is_none());
  taper::Tensor a = taper::ones({2}), b = a, c = a.clone();
  b.mutable_data_ptr<float>()[0] = 5;
  CHECK(a.data_ptr<float>()[0] == 5);
  CHECK(c.data_ptr<float>()[0] == 1);
  CHECK(c.fill_(3).copy_(a).zero_().str() == "tensor([0., 0.])");
}

TEST_CASE("a host's memory") {
  std::vector<float> memory{1, 2, 3, 4};
  int deleted = 0;
  {
    taper::Tensor t = taper::from_blob(
        memory.data(), {2, 2}, {1, 2}, taper::kFloat32, [](void* user) { ++*static_cast<int*>(user); }, &deleted);
    CHECK(t.data() == memory.data());
    CHECK(t.str() == "tensor([[1., 3.],\n        [2., 4.]])");
    taper::Module module = taper::load(kSample);
    CHECK(module.run_method("echo", {t}).to_tensor().data() == memory.data());
  }
  CHECK(deleted == 1);
  CHECK_THROWS_WITH(taper::from_blob(memory.data(), {2, 2}, {1}), Contains("sizes and strides differ in length"));
}

TEST_CASE("clones run on threads of their own") {
  taper::Module module = taper::load(kSample);
  std::vector<std::string> answers(3);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < answers.size(); ++i)
    threads.emplace_back([&answers, i, own = module.clone()]() mutable {
      own.run_method("set_weight", {double(i)});
      answers[i] = own.forward({taper::ones({2})}).to_tensor().str();
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(answers == std::vector<std::string>{"tensor([10., 20.])", "tensor([10.5000, 20.5000])", "tensor([11., 21.])"});
  CHECK(module.forward({taper::ones({2})}).to_tensor().str() == "tensor([10.5000, 21.0000])");
}

TEST_CASE("contexts limit") {
  taper::Module module = taper::load(kSample);
  taper::ContextOptions options;
  options.fuel = 1000;
  module.set_context(taper::Context(options));
  CHECK_THROWS_AS(module.run_method("spin", {-1}), taper::Error);
  CHECK(module.run_method("spin", {10}).to_int() == 10);
}

TEST_CASE("operators of the host's") {
  taper::Registry registry;
  registry.add_operator(
      "host::scale(Tensor x, float by=2.0, str? note=None) -> Tensor",
      [](void*, taper_context*, taper_value* const* arguments, size_t, taper_value** results, size_t) -> taper_error* {
        taper::Tensor x(taper::Value::adopt(taper_value_retain(arguments[0])));
        taper::Tensor made = x.clone();
        for (int64_t i = 0; i < made.numel(); ++i) made.mutable_data_ptr<float>()[i] *= 10;
        results[0] = taper_value_retain(made.value().raw());
        return nullptr;
      });
  taper::Module module = taper::load(registry, kHost);
  CHECK(module.forward({taper::ones({2})}).to_tensor().str() == "tensor([11., 11.])");
}

TEST_CASE("a module is saved") {
  std::string path = std::string(TAPER_BINARY_DIR) + "/cpp_api_module.pt";
  taper::Module module = taper::load(kSample);
  module.set_attr("calls", 5);
  module.save(path, {{"notes.txt", "new"}, {"more", std::string("\0\1", 2)}});
  {
    taper::Module again = taper::load(path);
    CHECK(again.attr("calls").to_int() == 5);
    CHECK(again.extra_file("notes.txt") == "new");
    CHECK(again.extra_file("more") == std::string("\0\1", 2));
    CHECK(again.extra_files().size() == 3);
    CHECK(again.forward({taper::tensor<float>({1, 2})}).to_tensor().str() == "tensor([10.5000, 22.0000])");
    again.submodule("inner").save(path);
  }
  CHECK(taper::load(path).attr("scale").to_double() == 0.5);
  std::remove(path.c_str());
  CHECK_THROWS_WITH(module.save(std::string(TAPER_BINARY_DIR) + "/none/m.pt"), Contains("cannot write"));
}

TEST_CASE("a module is frozen") {
  std::string path = std::string(TAPER_BINARY_DIR) + "/cpp_api_frozen.pt";
  taper::Module module = taper::load(kSample);
  module.train();
  CHECK_THROWS_WITH(module.freeze(), Contains("call eval()"));
  module.eval();
  taper::Tensor x = taper::tensor<float>({1, 2});
  taper::Module frozen = module.freeze();
  CHECK(frozen.forward({x}).str() == module.clone().forward({x}).str());
  CHECK(!frozen.has_attr("inner"));
  CHECK(frozen.extra_files() == module.extra_files());
  frozen.save(path);
  CHECK(taper::load(path).forward({x}).str() == frozen.clone().forward({x}).str());
  std::remove(path.c_str());
  CHECK(module.freeze({"inner"}).submodule("inner").attr("scale").to_double() == 0.5);
  CHECK(module.freeze({"inner.scale"}).submodule("inner").has_attr("scale"));
  CHECK_THROWS_WITH(module.freeze({"inner.none"}), Contains("'none'"));
}

TEST_CASE("files of values") {
  std::string path = std::string(TAPER_BINARY_DIR) + "/cpp_api.pt";
  taper::save(taper::Value::dict({{"x", taper::ones({2})}, {"n", 3}}), path);
  CHECK(taper::load_value(path).str() == "{'x': tensor([1., 1.]), 'n': 3}");
  std::remove(path.c_str());
}
