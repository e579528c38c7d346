#include "archive/pickle.h"

#include <cmath>

#include "archive/annotation.h"
#include "archive/helpers.h"

using namespace archive_test;
using Catch::Contains;
using namespace std::string_literals;

namespace {

Value load(const std::string& code, bool classes = false, size_t values = 100000, size_t depth = 100) {
  PickleOptions options;
  options.where = "t.pkl";
  options.script_classes = classes;
  PickleBudget budget{.values = values, .max_depth = depth};
  return read_pickle(std::span<const char>(code.data(), code.size()), options, budget, nullptr);
}

std::string load_error(const std::string& code, bool classes = false) {
  return error_of([&] { load(code, classes); });
}

const std::string kProto = "\x80\x02";

}  // namespace

TEST_CASE("plain opcodes give plain values") {
  CHECK(load(kProto + "N.").is_none());
  CHECK(load(kProto + "\x88.").to_bool());
  CHECK(load(kProto + "K\xff.").to_int() == 255);
  CHECK(load(kProto + "M\xff\xff.").to_int() == 65535);
  CHECK(load(kProto + "J\xff\xff\xff\xff.").to_int() == -1);
  CHECK(load(kProto + "\x8a\x00."s).to_int() == 0);
  CHECK(load(kProto + "\x8a\x01\x80."s).to_int() == -128);
  CHECK(load(kProto + "\x8a\x06\x00\x00\x00\x00\x00\x01."s).to_int() == int64_t(1) << 40);
  CHECK(load(kProto + "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f.").to_int() == INT64_MAX);
  CHECK(load(kProto + "\x8a\x09\xff\xff\xff\xff\xff\xff\xff\x7f\x00."s).to_int() == INT64_MAX);
  CHECK(load(kProto + "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80."s).to_int() == INT64_MIN);
  CHECK(load(kProto + "G\x3f\xf8\x00\x00\x00\x00\x00\x00."s).to_float() == 1.5);
  CHECK(load(kProto + "X\x02\x00\x00\x00hi."s).to_string() == "hi");
  CHECK(load(kProto + "].").to_list().items.empty());
  CHECK(load(kProto + "](K\x01K\x02"
                      "e.")
            .to_list()
            .items.size() == 2);
  CHECK(load(kProto + "]K\x07"
                      "a.")
            .to_list()
            .items[0]
            .to_int() == 7);
  CHECK(load(kProto + "}(K\x01K\x02K\x01K\x03u.").to_dict().find(Value(1))->to_int() == 3);
  CHECK(load(kProto + "}K\x01K\x02s.").to_dict().size() == 1);
  CHECK(load(kProto + ").").to_tuple().items.empty());
  CHECK(load(kProto + "K\x01K\x02K\x03\x87.").to_tuple().items[2].to_int() == 3);
  CHECK(load(kProto + "(K\x01K\x02K\x03K\x04t.").to_tuple().items.size() == 4);
  // Protocol 4: frames, short strings, memoize.
  CHECK(load("\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8c\x02hi\x94."s).to_string() == "hi");
  CHECK(load(kProto + "c__builtin__\ncomplex\nG\x3f\xf0\0\0\0\0\0\0G\x40\0\0\0\0\0\0\0\x86R."s).to_complex() ==
        std::complex<double>(1, 2));
  CHECK(load(kProto + "ctorch\ndevice\nX\x06\0\0\0cuda:1\x85R."s).to_device() == Device{DeviceType::kCuda, 1});
  CHECK(load(kProto + "ctorch\nfloat16\n.").to_int() == 5);
  CHECK(load(kProto + "ctorch\nSize\nK\x02K\x03\x86\x85R.").to_tuple().items.size() == 2);
  CHECK(load(kProto + "c_codecs\nencode\nX\x03\0\0\0\x61\xc3\xbfX\x06\0\0\0latin1\x86R."s).to_string() == "a\xff");
  CHECK(load(kProto + "cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nX\x02\0\0\0i2\x89\x88\x87R(K\x03X\x01\0\0\0<"
                      "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
                      "c_codecs\nencode\nX\x02\0\0\0\x05\x01X\x06\0\0\0latin1\x86R\x86R."s)
            .to_int() == 261);
}

TEST_CASE("BININT1 is signed where the writers of 1.1 and 1.2 made it so") {
  PickleOptions options;
  options.signed_bytes = true;
  PickleBudget budget;
  std::string code = kProto + "K\xfb.";
  CHECK(read_pickle(std::span<const char>(code.data(), code.size()), options, budget, nullptr).to_int() == -5);
}

TEST_CASE("memoized objects stay one object") {
  Value value = load(kProto + "]q\x00h\x00\x86."s);
  CHECK(value.to_tuple().items[0].is_same(value.to_tuple().items[1]));
}

TEST_CASE("instances of script classes become raw objects") {
  Value value = load(kProto + "c__torch__.m\nNet\n)\x81}X\x01\0\0\0xK\x05sb."s, true);
  REQUIRE(value.is(Tag::kRawObject));
  CHECK(value.raw_object().class_name == "__torch__.m.Net");
  CHECK_FALSE(value.raw_object().reduced);
  CHECK(value.raw_object().state.to_dict().find(Value("x"))->to_int() == 5);
  // An enum's value stands without a tuple.
  Value enumeration = load(kProto + "c__torch__\nColor\nK\x02R.", true);
  CHECK(enumeration.raw_object().reduced);
  CHECK(enumeration.raw_object().args.to_int() == 2);
  CHECK_THAT(load_error(kProto + "c__torch__.m\nNet\n)\x81."),
             Contains("'__torch__.m.Net', which only Python can load"));
}

TEST_CASE("typed lists and type tags set element types") {
  auto build = [](std::string function, std::string items) {
    return load(kProto + "ctorch.jit._pickle\n" + function + "\n](" + items + "e\x85R.");
  };
  CHECK(equal(*type_of(build("build_intlist", "K\x01K\x02")), *list_of(int_type())));
  CHECK(equal(*type_of(build("build_doublelist", "")), *list_of(float_type())));
  CHECK(equal(*type_of(build("build_boollist", "\x88")), *list_of(bool_type())));
  CHECK(equal(*type_of(build("build_tensorlist", "")), *list_of(tensor_type())));
  CHECK_THAT(error_of([&] { build("build_intlist", "K\x01\x88"); }), Contains("a value of type bool in a list of int"));
  auto tag = [](std::string value, std::string type) {
    return load(kProto + "ctorch.jit._pickle\nrestore_type_tag\n" + value + "X" + char(type.size()) + "\0\0\0"s + type +
                "\x86R.");
  };
  Value nested =
      tag("}X\x01\0\0\0k](]K\x01"
          "aes"s,
          "Dict[str, List[List[int]]]");
  CHECK(type_of(nested)->annotation() == "Dict[str, List[List[int]]]");
  CHECK(type_of(nested.to_dict().entries()[0].value.to_list().items[0])->annotation() == "List[int]");
  CHECK(type_of(tag("](NK\x01"
                    "e",
                    "List[Optional[int]]"))
            ->annotation() == "List[Optional[int]]");
  CHECK(type_of(tag("](K\x01K\x02\x86"
                    "e",
                    "List[Tuple[int, int]]"))
            ->annotation() == "List[Tuple[int, int]]");
  CHECK_THAT(error_of([&] {
               tag("](K\x01"
                   "e",
                   "List[str]");
             }),
             Contains("a value that is no List[str]"));
  CHECK_THAT(error_of([&] {
               tag("](]K\x01"
                   "ae",
                   "List[List[str]]");
             }),
             Contains("a value that is no List[List[str]]"));
  // Two holders of one list must agree.
  CHECK_THAT(
      load_error(kProto +
                 "ctorch.jit._pickle\nbuild_intlist\n]q\0\x85Rctorch.jit._pickle\nbuild_doublelist\nh\0\x85R\x86."s),
      Contains("two element types"));
  CHECK_THAT(load_error(kProto + "ctorch.jit._pickle\nbuild_intlist\n]q\0\x85Rh\0\x88"
                                 "a\x86."s),
             Contains("finished list"));
}

TEST_CASE("type tags that name classes are kept as text") {
  std::unordered_map<const RefCounted*, std::string> tags;
  PickleOptions options;
  options.script_classes = true;
  options.type_tags = &tags;
  PickleBudget budget;
  std::string code = kProto + "ctorch.jit._pickle\nrestore_type_tag\n]X\x11\0\0\0List[__torch__.m.P]\x86R."s;
  code[code.find('X') + 1] = 19;
  Value value = read_pickle(std::span<const char>(code.data(), code.size()), options, budget, nullptr);
  CHECK(tags.at(value.pointer()) == "List[__torch__.m.P]");
  CHECK(value.to_list().element->is(TypeKind::kAny));
}

TEST_CASE("annotations parse, class names do not") {
  for (const char* text : {"int", "List[int]", "Dict[str, Tensor]", "Optional[List[Tuple[int, str]]]", "Tuple[()]",
                           "Union[int, str]", "Future[Tensor]", "Any", "Device", "NoneType"}) {
    CAPTURE(text);
    TypePtr type = parse_annotation(text);
    REQUIRE(type);
    CHECK(equal(*parse_annotation(type->annotation()), *type));
  }
  CHECK(parse_annotation("Dict[str,List[int]]")->annotation() == "Dict[str, List[int]]");
  for (const char* text : {"", "List", "List[", "List[int", "List[int]]", "List[]", "Dict[int]", "__torch__.m.P",
                           "List[__torch__.P]", "Optional[int, str]", "int int"})
    CHECK_FALSE(parse_annotation(text));
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "List[";
  CHECK_FALSE(parse_annotation(deep));
}

TEST_CASE("damaged and hostile pickles are refused") {
  CHECK_THAT(load_error(""), Contains("breaks off"));
  CHECK_THAT(load_error(kProto), Contains("t.pkl: damaged pickle: it breaks off after 2 bytes"));
  CHECK_THAT(load_error("\x80\x09N."), Contains("protocol 9"));
  CHECK_THAT(load_error("I1\n."), Contains("opcode 73"));
  CHECK_THAT(load_error(kProto + "NN."), Contains("2 values on the stack"));
  CHECK_THAT(load_error(kProto + "."), Contains("0 values on the stack"));
  CHECK_THAT(load_error(kProto + "N.N"), Contains("1 bytes after the pickle's end"));
  CHECK_THAT(load_error(kProto + "\x86."), Contains("more values than there are"));
  CHECK_THAT(load_error(kProto + "N(\x85."), Contains("more values than there are"));
  CHECK_THAT(load_error(kProto + "t."), Contains("finds no mark"));
  CHECK_THAT(load_error(kProto + "R."), Contains("stack empty"));
  CHECK_THAT(load_error(kProto + "(e."), Contains("items without a list"));
  CHECK_THAT(load_error(kProto + "a."), Contains("stack empty"));
  CHECK_THAT(load_error(kProto + "K."), Contains("breaks off"));
  CHECK_THAT(load_error(kProto + "}(Nu."), Contains("a key without a value"));
  CHECK_THAT(load_error(kProto + "](NNu."), Contains("items set in a value of type"));
  CHECK_THAT(load_error(kProto + "}(Ne."), Contains("items appended to a value of type"));
  CHECK_THAT(load_error(kProto + "}]Ns."), Contains("keys of type"));
  CHECK_THAT(load_error(kProto + "}G\x7f\xf8\0\0\0\0\0\0Ns."s), Contains("a NaN as the key"));
  CHECK_THAT(load_error(kProto + "h\x05."), Contains("memo slot 5 is empty"));
  CHECK_THAT(load_error(kProto + "Nr\xff\xff\xff\xff."), Contains("memo slot 4294967295 out of order"));
  CHECK_THAT(load_error(kProto + "X\xff\xff\xff\xff"
                                 "a."),
             Contains("breaks off"));
  CHECK_THAT(load_error(kProto + "\x8e\xff\xff\xff\xff\xff\xff\xff\xff"
                                 "a."),
             Contains("breaks off"));
  CHECK_THAT(load_error(kProto + "\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00."s), Contains("more than 64 bits"));
  CHECK_THAT(load_error(kProto + "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."), Contains("more than 64 bits"));
  CHECK_THAT(load_error(kProto + "Nb."), Contains("stack empty"));
  CHECK_THAT(load_error(kProto + "NNb."), Contains("state for a value of type"));
  CHECK_THAT(load_error(kProto + "NNR."), Contains("a call of what is not a function"));
  CHECK_THAT(load_error(kProto + "NQ."), Contains("storage in a pickle that has none"));
  CHECK_THAT(load_error(kProto + "c__torch__\nM\n)\x81NbK\x01"
                                 "bK\x02"
                                 "b.",
                        true),
             Contains("is built twice"));
  CHECK_THAT(load_error(kProto + "ctorch\nFloatStorage\n."), Contains("'torch.FloatStorage'"));
  CHECK_THAT(load_error(kProto + "ctorch._utils\n_rebuild_tensor_v2\nNR."),
             Contains("the arguments of torch._utils._rebuild_tensor_v2 are not a tuple"));
  CHECK_THAT(load_error(kProto + "ctorch._utils\n_rebuild_tensor_v2\n)R."),
             Contains("_rebuild_tensor_v2 with 0 arguments"));
  CHECK_THAT(load_error(kProto + "ctorch._utils\n_rebuild_tensor_v2\n(NK\0))\x89}tR."s),
             Contains("a tensor without a storage"));
}

TEST_CASE("foreign globals are refused by name") {
  for (const char* name : {"os\nsystem", "builtins\neval", "posix\nsystem", "torch\nload", "torch.jit\nload",
                           "subprocess\nPopen", "my.module\nMyClass", "__builtin__\ngetattr", "torch\nFooStorage"}) {
    std::string full = name;
    full[full.find('\n')] = '.';
    CHECK_THAT(load_error(kProto + "c" + name + "\n."), Contains("'" + full + "'"));
    CHECK_THAT(load_error(kProto + "c" + name + "\n.", true), Contains("'" + full + "'"));
  }
  CHECK_THAT(load_error("\x80\x04\x8c\x02os\x8c\x06system\x93."), Contains("'os.system'"));
}

TEST_CASE("cycles, deep values and shared copies are bounded") {
  CHECK_THAT(load_error(kProto + "]q\0h\0a."s), Contains("contains itself"));
  CHECK_THAT(load_error(kProto + "]q\0]q\1h\0a"
                                 "ah\1."s),
             Contains("values on the stack"));
  CHECK_THAT(load_error(kProto + "}q\0K\1h\0s."s), Contains("contains itself"));
  CHECK_THAT(load_error(kProto + "c__torch__\nM\n)\x81q\0h\0\x85"
                                 "b."s,
                        true),
             Contains("contains itself"));
  // Deep chains: built downwards, and upwards through the memo.
  std::string down = kProto + std::string(1000000, ']');
  for (int i = 0; i < 999999; ++i) down += 'a';
  CHECK_THAT(error_of([&] { load(down + ".", false, 10'000'000); }), Contains("nested deeper than the limit of 100"));
  std::string tuples = kProto + ")" + std::string(1000000, '\x85');
  CHECK_THAT(error_of([&] { load(tuples + ".", false, 10'000'000); }), Contains("nested deeper"));
  // Dropped from the stack, never part of the result.
  CHECK(load(tuples + "0N.", false, 10'000'000).is_none());
  CHECK_THAT(error_of([&] { load(tuples, false, 10'000'000); }), Contains("breaks off"));
  // 2^60 values by sharing.
  std::string doubling = kProto + ")";
  for (int i = 0; i < 60; ++i) doubling += "q"s + char(i) + "h"s + char(i) + "\x86";
  CHECK_THAT(error_of([&] { load(doubling + "."); }), Contains("more values than the limit"));
  CHECK_THAT(error_of([&] { load(kProto + "(" + std::string(1000, 'N') + "t.", false, 100); }),
             Contains("more values than the limit"));
}
