// Values as Python and PyTorch print them: the texts come from tests/oracle/print_values.py.
#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include "archive/model_file.h"
#include "core/class_type.h"
#include "runtime/print_value.h"

using namespace taper::impl;

namespace {

const std::string kData = TAPER_SOURCE_DIR "/tests/runtime/data/";

std::vector<std::string> expected_texts() {
  std::ifstream file(kData + "printing.txt");
  std::stringstream all;
  all << file.rdbuf();
  std::string text = all.str();
  if (!text.empty()) text.pop_back();  // the file's last line break
  const std::string separator = "\n----\n";
  std::vector<std::string> texts;
  for (size_t at = 0;;) {
    size_t end = text.find(separator, at);
    texts.push_back(text.substr(at, end == text.npos ? end : end - at));
    if (end == text.npos) return texts;
    at = end + separator.size();
  }
}

}  // namespace

TEST_CASE("values print as Python's repr") {
  Value list = read_values(open_file(kData + "printing.pt"));
  std::vector<std::string> texts = expected_texts();
  const Vec<Value>& values = list.to_list().items;
  REQUIRE(values.size() == texts.size());
  for (size_t i = 0; i < values.size(); ++i) {
    INFO("value " << i);
    CHECK(repr_value(values[i]) == texts[i]);
  }
}

TEST_CASE("print shows text, devices and enums bare") {
  CHECK(print_value("it's") == "it's");
  CHECK(repr_value("it's") == "\"it's\"");
  CHECK(print_value(Device{DeviceType::kCuda, 1}) == "cuda:1");
  CHECK(repr_value(Device{DeviceType::kCuda, 1}) == "device(type='cuda', index=1)");
  CHECK(repr_value(Device{}) == "device(type='cpu')");
  auto colour = make_ref<EnumType>("__torch__.m.Colour", int_type());
  Value red = make_ref<EnumObj>(colour, "RED", Value(1));
  CHECK(print_value(red) == "Colour.RED");
  CHECK(repr_value(red) == "<Colour.RED: 1>");
}

TEST_CASE("a named tuple prints its fields") {
  auto tuple = make_ref<TupleObj>();
  tuple->type = make_ref<TupleType>(std::vector<TypePtr>{int_type(), string_type()}, "__torch__.m.Point",
                                    std::vector<std::string>{"x", "label"});
  tuple->items.push_back(Value(3));
  tuple->items.push_back(Value("a"));
  CHECK(repr_value(Value(tuple)) == "Point(x=3, label='a')");
}

TEST_CASE("lazily conjugated and negated tensors print as they read") {
  Tensor tensor = make_tensor({2}, DType::kComplexFloat);
  auto* data = tensor.mutable_data<ComplexFloat>();
  data[0] = {1, 2};
  data[1] = {-0.5f, 0};
  Tensor conjugate = tensor.alias();
  conjugate.impl()->conj = true;
  CHECK(repr_tensor(conjugate) == "tensor([ 1.0000-2.j, -0.5000-0.j])");
  Tensor negative = tensor.alias();
  negative.impl()->neg = true;
  CHECK(repr_tensor(negative) == "tensor([-1.0000-2.j,  0.5000-0.j])");
}

TEST_CASE("requires_grad and other devices are named") {
  Tensor tensor = make_tensor({1}, DType::kFloat);
  *tensor.mutable_data<float>() = 1;
  tensor.impl()->requires_grad = true;
  CHECK(repr_tensor(tensor) == "tensor([1.], requires_grad=True)");
  tensor.impl()->requires_grad = false;
  tensor.impl()->device = {DeviceType::kCuda, 0};
  CHECK(repr_tensor(tensor) == "tensor([1.], device='cuda:0')");
}

TEST_CASE("a list that holds itself, and shared lists of lists, end") {
  Value cycle = make_list(any_type());
  cycle.list().items.push_back(cycle);
  CHECK(repr_value(cycle).find("...") != std::string::npos);
  cycle.list().items.clear();
  Value doubled = make_list(any_type(), {Value(1), Value(1)});
  for (int i = 0; i < 60; ++i) {
    Value outer = make_list(any_type(), {doubled, doubled});
    doubled = outer;
  }
  CHECK_THROWS_WITH(repr_value(doubled), "the value is too large to be printed");
}
