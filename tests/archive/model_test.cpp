#include "archive/model_file.h"

#include "archive/compare.h"
#include "archive/helpers.h"
#include "archive/pickle_writer.h"
#include "archive/zip_writer.h"
#include "core/quantizer.h"

using namespace archive_test;
using Catch::Contains;
using namespace std::string_literals;

namespace {

Value attribute(const Value& object, const std::string& path) {
  Value at = object;
  for (size_t start = 0; start <= path.size();) {
    size_t end = std::min(path.find('/', start), path.size());
    INFO(path);
    REQUIRE(at.is(Tag::kRawObject));
    Value* found = at.raw_object().state.to_dict().find(Value(path.substr(start, end - start)));
    REQUIRE(found);
    at = *found;
    start = end + 1;
  }
  return at;
}

Tensor tensor_at(const Value& object, const std::string& path) { return attribute(object, path).to_tensor(); }

}  // namespace

TEST_CASE("a module's archive: tree, attributes, aliases") {
  ModelFile file = read_model(open_file(data_path("model.pt")), {});
  CHECK(file.form == ArchiveForm::kPickled);
  CHECK(file.version == 3);
  CHECK(file.top_folder == "archive");
  CHECK_FALSE(file.has_bytecode);
  REQUIRE(file.root.is(Tag::kRawObject));
  CHECK(file.root.raw_object().class_name == "__torch__.Model");
  CHECK(attribute(file.root, "first").raw_object().class_name == "__torch__.Inner");
  // Scripting makes two objects of one module under two names; their parameters stay shared.
  CHECK(&tensor_at(file.root, "items/0/weight").storage() == &tensor_at(file.root, "first/weight").storage());

  Tensor first = tensor_at(file.root, "first/weight"), second = tensor_at(file.root, "second/weight");
  CHECK(first.impl()->requires_grad);
  CHECK(elements<float>(first) == std::vector<float>{0, 1, 2, 3, 4, 5});
  // Two views of one storage; the second transposed, at an offset.
  CHECK(&first.storage() == &second.storage());
  CHECK(second.offset() == 6);
  CHECK(same(second.sizes(), std::vector<int64_t>{2, 3}));
  CHECK(same(second.strides(), std::vector<int64_t>{1, 2}));
  CHECK(tensor_at(file.root, "first/count").dtype() == DType::kLong);

  CHECK(type_of(attribute(file.root, "ints"))->annotation() == "List[int]");
  CHECK(attribute(file.root, "ints").to_list().items[2].to_int() == int64_t(1) << 40);
  CHECK(type_of(attribute(file.root, "words"))->annotation() == "Dict[str, List[float]]");
  CHECK(type_of(attribute(file.root, "flags"))->annotation() == "List[bool]");
  CHECK(type_of(attribute(file.root, "anything"))->annotation() == "List[Tuple[int, str]]");
  CHECK(attribute(file.root, "maybe").is_none());
  CHECK(attribute(file.root, "name").to_string() == "n\xc3\xa4me");
  CHECK(attribute(file.root, "z").to_complex() == std::complex<double>(1, 2));
  CHECK(attribute(file.root, "device").to_device() == Device());
  Value pairs = attribute(file.root, "pairs");
  CHECK(file.type_tags.at(pairs.pointer()) == "Dict[str, __torch__.Pair]");
  CHECK(pairs.to_dict().entries()[0].value.raw_object().class_name == "__torch__.Pair");
}

TEST_CASE("a module's archive: every element type") {
  ModelFile file = read_model(open_file(data_path("model.pt")), {});
  auto dtype = [&](const char* name) { return tensor_at(file.root, name).dtype(); };
  CHECK(dtype("float16") == DType::kHalf);
  CHECK(float(tensor_at(file.root, "float16").data<Half>()[1]) == -2);
  CHECK(dtype("brain") == DType::kBFloat16);
  CHECK(float(tensor_at(file.root, "brain").data<BFloat16>()[0]) == 1.5f);
  CHECK(elements<uint8_t>(tensor_at(file.root, "uint8")) == std::vector<uint8_t>{0, 255});
  CHECK(dtype("truth") == DType::kBool);
  CHECK(tensor_at(file.root, "complex128").data<ComplexDouble>()[0] == ComplexDouble(1, 2));
  CHECK(tensor_at(file.root, "conjugate").is_conj());
  CHECK(tensor_at(file.root, "no_rows").numel() == 0);
  CHECK(same(tensor_at(file.root, "no_rows").sizes(), std::vector<int64_t>{0, 3}));
  CHECK(tensor_at(file.root, "scalar").dim() == 0);
  CHECK(tensor_at(file.root, "scalar").data<int16_t>()[0] == 7);
  Tensor quantized = tensor_at(file.root, "quantized");
  CHECK(quantized.dtype() == DType::kQUInt8);
  const auto& meta = static_cast<const QuantizerMeta&>(*quantized.impl()->meta);
  CHECK(meta.scheme == QScheme::kPerTensorAffine);
  CHECK(meta.scale == 0.5);
  CHECK(meta.zero_point == 10);
  CHECK(static_cast<const uint8_t*>(quantized.data())[1] == 12);
}

TEST_CASE("a module's archive: code, debug records, constants, extra files") {
  ModelFile file = read_model(open_file(data_path("model.pt")), {});
  CHECK(file.source_paths() == std::vector<std::string>{"__torch__", "__torch__.torch.nn.modules.container"});
  Ref<const Source> source = file.find_source("__torch__");
  REQUIRE(source);
  CHECK(source->name == "code/__torch__.py");
  CHECK(source == file.find_source("__torch__"));
  CHECK_FALSE(file.find_source("__torch__.nowhere"));
  // The raise leads back to the line of the Python file.
  size_t raise = source->text.find("ops.prim.RaiseException");
  REQUIRE(raise != std::string::npos);
  SourceRange original = original_range({source, uint32_t(raise), uint32_t(raise + 4)});
  CHECK(original.source->name == "tests/oracle/make_archives.py");
  StackFrame frame = make_frame("f", original);
  CHECK_THAT(frame.text, Contains("raise ValueError(\"no\")"));
  std::ifstream script(std::string(TAPER_SOURCE_DIR) + "/tests/oracle/make_archives.py");
  std::string line;
  for (int i = 0; i < frame.line; ++i) std::getline(script, line);
  CHECK_THAT(line, Contains("raise ValueError(\"no\")"));

  ModelFile traced = read_model(open_file(data_path("traced.pt")), {});
  REQUIRE(traced.constants.size() == 1);
  CHECK(elements<float>(traced.constants[0].to_tensor()) == std::vector<float>{1, 2, 3});
  CHECK(file.extra_files() == std::vector<std::string>{"notes.txt", "sub/labels"});
  CHECK(file.has_extra("notes.txt"));
  CHECK(file.read_extra("sub/labels") == "a,b");
  CHECK_FALSE(file.has_extra("other"));
  CHECK_THAT(error_of([&] { file.read_extra("other"); }), Contains("no extra file 'other'"));
  CHECK(read_model(open_file(data_path("plain.ptl")), {}).has_bytecode);
}

TEST_CASE("tensors point into the mapped file unless asked otherwise") {
  Ref<Reader> reader = open_file(data_path("model.pt"));
  REQUIRE(reader->data());
  Tensor mapped = tensor_at(read_model(reader, {}).root, "first/weight");
  const char* data = static_cast<const char*>(mapped.data());
  CHECK(data >= reader->data());
  CHECK(data < reader->data() + reader->size());
  CHECK(mapped.storage().is_copy_on_write());
  // A write copies; another handle still sees the file.
  Tensor other = tensor_at(read_model(reader, {}).root, "first/weight");
  mapped.mutable_data<float>()[0] = 99;
  CHECK(other.data<float>()[0] == 0);
  // The tensor keeps the mapping alive.
  reader = nullptr;
  CHECK(other.data<float>()[5] == 5);

  ReadOptions copy;
  copy.copy = true;
  Tensor copied = tensor_at(read_model(open_file(data_path("model.pt"), false), copy).root, "first/weight");
  CHECK_FALSE(copied.storage().is_copy_on_write());
  CHECK(elements<float>(copied) == elements<float>(other));
  // Bytes at an odd place are copied.
  std::vector<char> shifted(1, 'x');
  std::vector<char> bytes = data_bytes("model.pt");
  shifted.insert(shifted.end(), bytes.begin(), bytes.end());
  Tensor unaligned = tensor_at(read_model(own_memory(shifted), {}).root, "first/weight");
  CHECK(reinterpret_cast<uintptr_t>(unaligned.data()) % 16 == 0);
  CHECK(elements<float>(unaligned) == elements<float>(other));
}

TEST_CASE("a tensor's checksum is checked on request, code's always") {
  std::vector<char> bytes = data_bytes("model.pt");
  auto flip = [&](std::string_view content) {
    std::vector<char> damaged = bytes;
    auto at = std::search(damaged.begin(), damaged.end(), content.begin(), content.end());
    REQUIRE(at != damaged.end());
    *at ^= 1;
    return damaged;
  };
  float two[] = {2, 3, 4};
  std::vector<char> tensor = flip({reinterpret_cast<char*>(two), sizeof(two)});
  CHECK(error_of([&] { read_model(own_memory(tensor), {}); }).empty());
  ReadOptions check;
  check.check_crc = true;
  CHECK_THAT(error_of([&] { read_model(own_memory(tensor), check); }), Contains("checksum is wrong"));
  CHECK_THAT(error_of([&] { read_model(own_memory(flip("restore_type_tag")), {}); }),
             Contains("data.pkl") && Contains("checksum is wrong"));
}

TEST_CASE("tensors of another device load on the CPU") {
  ZipWriter writer("m");
  writer.add("constants.pkl",
             "\x80\x02(ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0"
             "0X\x06\0\0\0cuda:0K\x01tQK\0K\x01\x85K\x01\x85\x89"
             "ccollections\nOrderedDict\n)RtRt."s);
  writer.add("constants/0", "\0\0\x80\x3f"s);
  writer.add("data.pkl",
             "\x80\x02"
             "c__torch__\nM\n)\x81}b.");
  writer.add("version", "3\n");
  ModelFile file = read_model(own_memory(writer.finish()), {});
  CHECK(file.constants[0].to_tensor().device() == Device());
  CHECK(file.constants[0].to_tensor().data<float>()[0] == 1);
}

TEST_CASE("torch.save files: zip, legacy and protocol 4 hold the same") {
  Value values = read_values(open_file(data_path("values.pt")));
  CHECK(first_difference(values, read_values(open_file(data_path("values_legacy.pt")))).empty());
  CHECK(first_difference(values, read_values(open_file(data_path("values_protocol4.pt")))).empty());
  auto get = [&](const char* name) { return *values.to_dict().find(Value(name)); };
  Tensor tensor = get("tensor").to_tensor(), view = get("view").to_tensor();
  CHECK(&tensor.storage() == &view.storage());
  CHECK(view.offset() == 4);
  CHECK(same(view.strides(), std::vector<int64_t>{4, 2}));
  CHECK(get("int").to_int() == -5);
  CHECK(get("big").to_int() == int64_t(1) << 62);
  CHECK(get("float").to_float() == 0.1);
  CHECK(get("bool").to_bool());
  CHECK(get("none").is_none());
  CHECK(get("str").to_string() == "h\xc3\xa9llo");
  CHECK(get("complex").to_complex() == std::complex<double>(1, -2));
  CHECK(type_of(get("ints"))->annotation() == "List[int]");
  CHECK(type_of(get("mixed"))->annotation() == "List[Any]");
  CHECK(type_of(get("tuple"))->annotation() == "Tuple[int, Tuple[int, str], Tuple[()]]");
  CHECK(type_of(get("keys"))->annotation() == "Dict[int, str]");
  CHECK(get("size").to_tuple().items[1].to_int() == 3);
  CHECK(get("dtype").to_int() == int(DType::kLong));
  CHECK(get("device").to_device() == Device());
}

TEST_CASE("numpy's values and Python's bytes are plain values, in every protocol") {
  for (const char* name : {"numpy.pt", "numpy_protocol5.pt"}) {
    CAPTURE(name);
    Value values = read_values(open_file(data_path(name)));
    auto get = [&](const char* key) { return *values.to_dict().find(Value(key)); };
    CHECK(get("int64").to_int() == -5);
    CHECK(get("uint8").to_int() == 255);
    CHECK(get("bool").to_bool());
    CHECK(get("float16").to_float() == 0.5);
    CHECK(get("float32").to_float() == 1.5);
    CHECK(get("complex64").to_complex() == std::complex<double>(1, 2));
    CHECK(elements<int64_t>(get("rows").to_tensor()) == std::vector<int64_t>{0, 1, 2, 3, 4, 5});
    CHECK(same(get("columns").to_tensor().strides(), std::vector<int64_t>{1, 2}));
    CHECK(get("bytes").to_string() == "ab\xff");
    CHECK(get("no bytes").to_string().empty());
    CHECK(get("bytearray").to_string() == "x");
    CHECK(get("counts").to_dict().find(Value("a"))->to_int() == 3);
  }
}

TEST_CASE("Python's other containers") {
  Value values = read_values(open_file(data_path("containers.pt")));
  auto get = [&](const char* name) { return *values.to_dict().find(Value(name)); };
  CHECK(get("ordered").to_dict().entries()[0].key.to_string() == "z");
  CHECK(get("counter").to_dict().find(Value("a"))->to_int() == 2);
  CHECK(get("default").to_dict().find(Value("k"))->to_list().items[0].to_int() == 1);
  CHECK(get("deque").to_list().items.size() == 3);
  CHECK(get("set").raw_object().class_name == "builtins.set");
  Value state = read_values(open_file(data_path("state_dict.pt")));
  CHECK(state.to_dict().size() == 7);
  CHECK(first_difference(state, read_values(open_file(data_path("state_dict_legacy.pt")))).empty());
}

TEST_CASE("a tar archive of PyTorch 0.1") {
  Value state = read_values(open_file(data_path("tar.pt")));
  auto get = [&](const char* name) { return *state.to_dict().find(Value(name)); };
  CHECK(elements<float>(get("weight").to_tensor()) == std::vector<float>{0, 1, 2, 3, 4, 5});
  Tensor view = get("view").to_tensor();
  CHECK(&view.storage() == &get("weight").to_tensor().storage());
  CHECK(same(view.sizes(), std::vector<int64_t>{2, 2}));
  CHECK(same(view.strides(), std::vector<int64_t>{1, 2}));
  CHECK(view.offset() == 2);
  CHECK(elements<float>(get("part").to_tensor()) == std::vector<float>{3, 4});
  CHECK(elements<int64_t>(get("steps").to_tensor()) == std::vector<int64_t>{0, 1, 2});
  CHECK(get("rate").to_float() == 0.5);
  CHECK(get("weight again").to_tensor().impl() == get("weight").to_tensor().impl());

  // Read through a callback's kind of reader, and cut anywhere.
  std::vector<char> bytes = data_bytes("tar.pt");
  CHECK(first_difference(state, read_values(own_memory(bytes))).empty());
  for (size_t size = 0; size < bytes.size(); size += 7) {
    CAPTURE(size);
    std::vector<char> cut(bytes.begin(), bytes.begin() + std::ptrdiff_t(size));
    // The padding at the end may go.
    if (read_or_error(std::move(cut)) == "read") CHECK(size > 5 * 512);
  }
}

TEST_CASE("a stretch of a storage, as legacy files of PyTorch 0.3 name it") {
  auto text = [](std::string_view bytes) {
    return "X" + std::string{char(bytes.size()), 0, 0, 0} + std::string(bytes);
  };
  auto file = [&](int begin, int count) {
    std::string out("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.", 25);
    out += std::string("\x80\x02") + "ctorch._utils\n_rebuild_tensor\n((" + text("storage") + "ctorch\nFloatStorage\n" +
           text("0") + text("cpu") + "K\x06(" + text("1") + "K" + char(begin) + "K" + char(count) +
           "ttQK\x01K\x02\x85K\x01\x85tR.";
    out += "\x80\x02]" + text("0") + "a.";
    out += std::string("\x06\0\0\0\0\0\0\0", 8);
    float numbers[] = {0, 1, 2, 3, 4, 5};
    return out.append(reinterpret_cast<const char*>(numbers), sizeof numbers);
  };
  CHECK(elements<float>(read_values(memory(file(2, 4))).to_tensor()) == std::vector<float>{3, 4});
  CHECK_THAT(error_of([&] { read_values(memory(file(2, 5))); }), Contains("outside of its storage"));
  CHECK_THAT(error_of([&] { read_values(memory(file(7, 0))); }), Contains("outside of its storage"));
  CHECK_THAT(error_of([&] { read_values(memory(file(5, 1))); }), Contains("does not fit its storage"));
}

TEST_CASE("a class of Python's is named, not loaded") {
  for (const char* name : {"module.pt", "module_legacy.pt"})
    CHECK_THAT(error_of([&] { read_values(open_file(data_path(name))); }),
               Contains("'torch.nn.modules.linear.Linear', which only Python can load") && Contains("state_dict()"));
}

TEST_CASE("a big-endian file is turned around") {
  Value values = read_values(open_file(data_path("big_endian.pt")));
  const auto& items = values.to_list().items;
  CHECK(elements<float>(items[0].to_tensor()) == std::vector<float>{1, -2.5});
  CHECK(elements<int64_t>(items[1].to_tensor()) == std::vector<int64_t>{int64_t(1) << 40});
  CHECK(items[2].to_tensor().data<ComplexFloat>()[0] == ComplexFloat(1, 2));
}

TEST_CASE("what is written reads back equal") {
  for (const char* name : {"values.pt", "state_dict.pt"}) {
    Value values = read_values(open_file(data_path(name)));
    CHECK(first_difference(values, read_values(own_memory(write_values(values)))).empty());
  }
  // Two element types on one storage, bits, an unusual dtype.
  Tensor base = make_tensor({2}, DType::kFloat);
  base.mutable_data<float>()[0] = 1;
  base.mutable_data<float>()[1] = 2;
  Tensor ints = base.with_dtype(DType::kInt);
  Tensor wide = make_tensor({1}, DType::kUInt16);
  wide.mutable_data<uint16_t>()[0] = 65535;
  Tensor conjugate = make_tensor({1}, DType::kComplexFloat);
  conjugate.mutable_data<ComplexFloat>()[0] = {1, 2};
  conjugate.impl()->conj = true;
  Value list = make_list(tensor_type(), {base, ints, wide, conjugate, base});
  CHECK(first_difference(list, read_values(own_memory(write_values(list)))).empty());
  auto object = make_ref<RawObject>();
  object->class_name = "__torch__.X";
  CHECK_THAT(error_of([&] { write_values(object); }), Contains("__torch__.X cannot be saved"));
  CHECK_THAT(error_of([&] { write_values(Value("\xff")); }), Contains("not UTF-8"));
}

TEST_CASE("the model.json generation becomes classes") {
  ZipWriter writer("m");
  float numbers[] = {1, 2, 3, 4, 5, 6};
  writer.add("version", "1\n");
  writer.add("code/m.py",
             "op_version_set = 1\nimport __torch__\ndef forward(self,\n    x: Tensor) -> Tensor:\n  return "
             "torch.matmul(x, self.w)\n");
  writer.add("libs/__torch__.py", "op_version_set = 1\nclass Pair:\n  def f(self) -> int:\n    return 1\n");
  writer.add("attributes.pkl",
             "\x80\x02(K\xfb]K\x02"
             "actorch.jit._pickle\nbuild_tensor_from_id\nK\1\x85R]t."s);
  writer.add("tensors/0", std::string_view(reinterpret_cast<char*>(numbers), sizeof(numbers)));
  writer.add("model.json", R"({"protoVersion":"5","mainModule":{"torchscriptArena":{"key":"code/m.py"},"name":"m",
    "parameters":[{"isBuffer":false,"tensorId":"0","name":"w"},{"isBuffer":true,"tensorId":"1","name":"b"}],
    "attributes":[{"type":"int","name":"i","id":"0"},{"type":"List[int]","name":"l","id":"1"},{"type":"Tensor","name":"t","id":"2"},
                  {"type":"List[str]","name":"__constants__","id":"3"}],
    "submodules":[{"name":"0","parameters":[{"isBuffer":false,"tensorId":"0","name":"p"}]}]},
    "tensors":[{"dims":["2","3"],"offset":"0","strides":["3","1"],"requiresGrad":true,"dataType":"FLOAT","data":{"key":"tensors/0"},"device":"cpu"},
               {"offset":"5","dataType":"FLOAT","data":{"key":"tensors/0"},"device":"cpu"}]})");
  std::vector<char> bytes = writer.finish();
  ModelFile file = read_model(own_memory(bytes), {});
  CHECK(file.form == ArchiveForm::kModelJson);
  CHECK(file.version == 1);
  CHECK(file.constants.size() == 2);
  CHECK(attribute(file.root, "i").to_int() == -5);  // the signed byte
  CHECK(attribute(file.root, "l").to_list().items.size() == 1);
  CHECK(attribute(file.root, "t").is_same(attribute(file.root, "b")));
  CHECK(&tensor_at(file.root, "w").storage() == &tensor_at(file.root, "0/p").storage());
  CHECK(tensor_at(file.root, "b").dim() == 0);
  CHECK(tensor_at(file.root, "b").data<float>()[0] == 6);
  CHECK(file.source_paths() ==
        std::vector<std::string>{"__torch__", "__torch__.__modules__.sub_0", "__torch__.__modules__.top"});
  Ref<const Source> top = file.find_source("__torch__.__modules__.top");
  CHECK(top->text ==
        "op_version_set = 1\nclass Module(Module):\n  __parameters__ = [\"w\", ]\n  __buffers__ = [\"b\", ]\n  w : "
        "Tensor\n  b : Tensor\n"
        "  i : int\n  l : List[int]\n  t : Tensor\n  __annotations__[\"0\"] = __torch__.__modules__.sub_0.Module\n"
        "  def forward(self,\n      x: Tensor) -> Tensor:\n    return torch.matmul(x, self.w)\n");
  CHECK(file.root.raw_object().class_name == "__torch__.__modules__.top.Module");
  size_t call = top->text.find("torch.matmul");
  SourceRange original = original_range({top, uint32_t(call), uint32_t(call + 5)});
  CHECK(original.source->name == "code/m.py");
  CHECK(line_column(original).line == 5);
}
