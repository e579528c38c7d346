#include "archive/model_writer.h"

#include "archive/compare.h"
#include "archive/helpers.h"
#include "archive/zip.h"
#include "core/class_type.h"

using namespace archive_test;
using Catch::Contains;
using namespace std::string_literals;

namespace {

class NoStates final : public ScriptStates {
 public:
  std::optional<Value> state(const Value&) override { return std::nullopt; }
};

std::vector<char> write(const ModelFile& file, const Value& root, const ExtraFiles& extra = {}) {
  MemorySink sink;
  NoStates states;
  write_model(sink, "top", {file, root, file.constants, extra}, states);
  return std::move(sink.bytes);
}

Value object_of(const Ref<ClassType>& type, Value slot) {
  auto object = make_ref<Object>(type);
  object->slots[0] = std::move(slot);
  return object;
}

Ref<ClassType> one_attribute() {
  auto type = make_ref<ClassType>("__torch__.Model", true);
  type->attributes.push_back({"kept", any_type()});
  return type;
}

// What a module with one attribute reads back as.
Value round_trip(const Value& value) {
  ModelFile file = read_model(open_file(data_path("model.pt")), {});
  ModelFile again = read_model(own_memory(write(file, object_of(one_attribute(), value))), {});
  REQUIRE(again.root.raw_object().class_name == "__torch__.Model");
  Value* kept = again.root.raw_object().state.to_dict().find(Value("kept"));
  REQUIRE(kept);
  return *kept;
}

std::string refusal(const Value& value) {
  ModelFile file = read_model(open_file(data_path("model.pt")), {});
  return error_of([&] { write(file, object_of(one_attribute(), value)); });
}

}  // namespace

TEST_CASE("a written archive has PyTorch's layout") {
  ModelFile file = read_model(open_file(data_path("model.pt")), {});
  std::vector<char> bytes = write(file, file.root, {{"notes", "new"}, {"a/b", ""}});
  Zip zip(own_memory(bytes), ZipLimits());
  Zip old(open_file(data_path("model.pt")), ZipLimits());
  for (const ZipEntry& entry : zip.entries()) {
    INFO(entry.name);
    CHECK(entry.name.starts_with("top/"));
    zip.read(entry);  // the checksum
    if (const char* data = zip.in_place(entry)) CHECK((data - zip.reader().data()) % 64 == 0);
  }
  CHECK(zip.read_text(*zip.find("top/byteorder")) == "little");
  CHECK(zip.read_text(*zip.find("top/version")) == cat(file.version, '\n'));
  CHECK(zip.read_text(*zip.find("top/extra/notes")) == "new");
  CHECK(zip.read_text(*zip.find("top/extra/a/b")).empty());
  // Code is carried over, compressed as it was.
  std::vector<const ZipEntry*> code = old.under("archive/code/");
  REQUIRE_FALSE(code.empty());
  CHECK(zip.under("top/code/").size() == code.size());
  for (const ZipEntry* entry : code) {
    const ZipEntry* copy = zip.find("top/" + std::string(entry->name.substr(8)));
    REQUIRE(copy);
    CHECK(copy->method == entry->method);
    CHECK(zip.read(*copy) == old.read(*entry));
  }
}

TEST_CASE("a name that an archive must not hold is refused") {
  ModelFile file = read_model(open_file(data_path("model.pt")), {});
  for (const char* name : {"", "../up", "a//b", "a\\b"})
    CHECK_THAT(error_of([&] { write(file, file.root, {{name, "x"}}); }), Contains("cannot be called"));
}

TEST_CASE("a module's values read back equal, types and aliases included") {
  Tensor base = make_tensor({6}, DType::kFloat);
  for (int i = 0; i < 6; ++i) base.mutable_data<float>()[i] = float(i);
  Tensor view = make_tensor_on(base.impl()->storage, Dims{2, 2}, Dims{1, 3}, 1, DType::kFloat);
  Tensor bits = base.with_dtype(DType::kInt);
  Tensor small = make_tensor({3}, DType::kFloat8E4M3FN), none = make_tensor({0, 2}, DType::kDouble);
  Tensor conjugate = make_tensor({1}, DType::kComplexFloat);
  conjugate.mutable_data<ComplexFloat>()[0] = {1, 2};
  conjugate.impl()->conj = true;
  Value list = make_list(tensor_type(), {base, view, small, none, conjugate, base});
  Value dict = make_dict(string_type(), list_of(float_type()));
  dict.dict().set("a", make_list(float_type(), {0.5}));
  Value words = make_list(string_type(), {"x", "\xff", "x"});
  Value all = make_tuple_value({list, dict, words, make_int_list(Dims{1, -300, int64_t(1) << 40}),
                                make_list(bool_type(), {true}), make_list(any_type(), {1, Value(), 2.5}),
                                std::complex<double>(1, 2), Device(), make_tuple_value({}), words});
  Value read = round_trip(all);
  CHECK(first_difference(all, read).empty());
  CHECK(read.tuple().items[2].is_same(read.tuple().items[9]));
  CHECK(read.tuple().items[0].list().items[0].is_same(read.tuple().items[0].list().items[5]));
  // Another element type on the same bytes.
  Value two = round_trip(make_list(tensor_type(), {base, bits}));
  CHECK(two.list().items[1].tensor().dtype() == DType::kInt);
  CHECK(&two.list().items[0].tensor().storage() == &two.list().items[1].tensor().storage());
}

TEST_CASE("enums and unknown classes are written as archives have them") {
  auto color = make_ref<EnumType>("__torch__.Color", int_type());
  Value red(make_ref<EnumObj>(color, "RED", Value(1)));
  Value read = round_trip(make_tuple_value({red, red}));
  REQUIRE(read.tuple().items[0].is(Tag::kRawObject));
  const RawObject& entry = read.tuple().items[0].raw_object();
  CHECK(entry.class_name == "__torch__.Color");
  CHECK(entry.reduced);
  CHECK(entry.args.to_int() == 1);
  CHECK(read.tuple().items[0].is_same(read.tuple().items[1]));
  auto packed = make_ref<RawObject>();
  packed->class_name = "__torch__.torch.classes.host.Packed";
  packed->args = Value(make_ref<TupleObj>());
  packed->state = make_tuple_value({"weights", make_int_list(Dims{4})});
  CHECK(first_difference(packed, round_trip(packed)).empty());
}

TEST_CASE("what has no form in an archive is refused with its place") {
  Value loop = make_list(any_type());
  loop.list().items.push_back(make_tuple_value({loop}));
  CHECK(refusal(loop) == "attribute kept: a value that contains itself cannot be saved");
  loop.list().items.clear();
  CHECK(refusal(Value::capsule(make_ref<StringObj>("x"))) ==
        "attribute kept: an object of a class of the host's cannot be saved");
  auto foreign = make_ref<RawObject>();
  foreign->class_name = "builtins.set";
  CHECK_THAT(refusal(foreign), Contains("an object of builtins.set cannot be saved"));
  Value deep = make_list(any_type());
  for (int i = 0; i < 2000; ++i) deep = make_list(any_type(), {deep});
  CHECK_THAT(refusal(deep), Contains("nested deeper"));
  Tensor odd = make_tensor({3}, DType::kShort);
  Tensor wide = make_tensor_on(odd.impl()->storage, Dims{1}, Dims{1}, 0, DType::kInt);
  CHECK_THAT(refusal(make_list(tensor_type(), {odd, wide})), Contains("two element types"));
}
