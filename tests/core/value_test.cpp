#include "core/value.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/class_type.h"
#include "core/error.h"
#include "core/generator.h"

using namespace taper::impl;

namespace {
Ref<ClassType> node_class() {
  auto cls = make_ref<ClassType>("__torch__.Node", false);
  cls->attributes.push_back({"next", any_type(), false, false});
  cls->attributes.push_back({"n", int_type(), false, false});
  return cls;
}
}  // namespace

TEST_CASE("values carry their tag and payload", "[value]") {
  CHECK(Value().is_none());
  CHECK(Value(Tensor()).is_none());
  CHECK(Value(Ref<ListObj>()).is_none());
  CHECK(Value(true).to_bool());
  CHECK(Value(int64_t(1) << 62).to_int() == int64_t(1) << 62);
  CHECK(Value(2.5).to_float() == 2.5);
  CHECK(Value("text").to_string() == "text");
  CHECK(Value(std::string("a\0b", 3)).to_string().size() == 3);
  CHECK(Value(std::complex<double>(1, -2)).to_complex() == std::complex<double>(1, -2));
  for (Device device :
       {Device{}, Device{DeviceType::kCuda, 3}, Device{DeviceType::kMeta, -1}, Device{DeviceType(-1), 300}})
    CHECK(Value(device).to_device() == device);
  Tensor t = make_tensor({2}, DType::kFloat);
  Value v = t;
  CHECK(v.to_tensor() == t);
  CHECK(v.tensor().numel() == 2);
  CHECK(t.impl()->use_count() == 2);
  CHECK(make_list(int_type(), {1, 2}).to_list().items.size() == 2);
  CHECK(make_tuple_value({1, "a"}).to_tuple().items[1].to_string() == "a");
  CHECK(Value(make_ref<Generator>()).is(Tag::kGenerator));
  CHECK(Value::capsule(make_ref<ListObj>(int_type())).is(Tag::kCapsule));
}

TEST_CASE("a value of another kind is an error that names both", "[value]") {
  CHECK_THROWS_WITH(Value(1).to_tensor(), "Expected a value of type 'Tensor' but got 'int'");
  CHECK_THROWS_WITH(Value("x").to_int(), "Expected a value of type 'int' but got 'str'");
  CHECK_THROWS_WITH(Value().to_list(), "Expected a value of type 'List' but got 'NoneType'");
  CHECK_THROWS_WITH(Value("x").to_number(), "Expected a value of type 'number' but got 'str'");
  CHECK_THROWS_WITH(Value(make_ref<Object>(node_class())).to_float(),
                    "Expected a value of type 'float' but got '__torch__.Node'");
  CHECK_THROWS_AS(Value(true).to_int(), Error);
  CHECK_THROWS_AS(Value(1).to_bool(), Error);
  CHECK_THROWS_AS(Value(1).to_float(), Error);
  CHECK(Value(true).to_number() == 1);
  CHECK(Value(3).to_number() == 3);
}

TEST_CASE("copies count, moves do not", "[value]") {
  Value list = make_list(int_type());
  RefCounted* object = list.pointer();
  CHECK(object->use_count() == 1);
  {
    Value copy = list;
    CHECK(object->use_count() == 2);
    CHECK(copy.is_same(list));
    Value moved = std::move(copy);
    CHECK(copy.is_none());
    CHECK(object->use_count() == 2);
    Value& self = moved;
    moved = self;
    CHECK(object->use_count() == 2);
    moved = std::move(self);
    CHECK(object->use_count() == 2);
    moved.set_int(4);
    CHECK(moved.to_int() == 4);
    CHECK(object->use_count() == 1);
  }
  list.list().items.push_back(list);  // a cycle: broken by hand
  CHECK(object->use_count() == 2);
  list.list().items.clear();
  list.reset();
  CHECK(list.is_none());
}

TEST_CASE("assigning a part of a container to its holder is safe", "[value]") {
  Value holder = make_list(any_type(), {make_list(int_type(), {7})});
  holder = holder.list().items[0];
  CHECK(holder.list().items[0].to_int() == 7);
  Value again = make_list(any_type(), {make_list(int_type(), {8})});
  again = std::move(again.list().items[0]);
  CHECK(again.list().items[0].to_int() == 8);
}

TEST_CASE("the dynamic type of values", "[value]") {
  CHECK(type_of(Value())->annotation() == "NoneType");
  CHECK(type_of(make_list(optional_of(int_type())))->annotation() == "List[Optional[int]]");
  CHECK(type_of(make_dict(string_type(), tensor_type()))->annotation() == "Dict[str, Tensor]");
  CHECK(type_of(make_tuple_value({1, 2.5, Value()}))->annotation() == "Tuple[int, float, NoneType]");
  auto cls = node_class();
  CHECK(type_of(make_ref<Object>(cls)).get() == cls.get());
  auto tuple = make_ref<TupleObj>();
  tuple->type =
      make_ref<const TupleType>(std::vector<TypePtr>{int_type()}, "__torch__.P", std::vector<std::string>{"x"});
  tuple->items.push_back(1);
  CHECK(type_of(tuple)->annotation() == "__torch__.P");
}

TEST_CASE("isinstance at run time", "[value]") {
  auto is = [](const Value& value, std::string_view type) { return value_has_type(value, *parse_schema_type(type)); };
  CHECK(is(1, "int"));
  CHECK(is(1, "Scalar"));
  CHECK(!is(1, "float"));
  CHECK(!is(true, "int"));
  CHECK(!is(true, "Scalar"));
  CHECK(is(1, "Union(int, str)"));
  CHECK(!is(1.5, "Union(int, str)"));
  CHECK(is(Value(), "Tensor?"));
  CHECK(is(Value(), "NoneType"));
  CHECK(!is(Value(), "Tensor"));
  CHECK(is("s", "Any"));
  Value ints = make_list(int_type());
  CHECK(is(ints, "int[]"));  // empty: its recorded type counts
  CHECK(!is(ints, "str[]"));
  CHECK(!is(ints, "Scalar[]"));
  CHECK(is(ints, "list"));
  CHECK(!is(ints, "tuple"));
  CHECK(is(make_dict(string_type(), int_type()), "Dict(str, int)"));
  CHECK(!is(make_dict(string_type(), int_type()), "Dict(str, float)"));
  Value tuple = make_tuple_value({1, ints});
  CHECK(is(tuple, "(int, int[])"));
  CHECK(is(tuple, "(Scalar, int[]?)"));
  CHECK(!is(tuple, "(int)"));
  CHECK(is(tuple, "tuple"));
  auto color = make_ref<EnumType>("__torch__.Color", int_type());
  Value red = make_ref<EnumObj>(color, "RED", 1);
  CHECK(is(red, "AnyEnumType"));
  CHECK(value_has_type(red, *color));
  CHECK(!value_has_type(red, *make_ref<EnumType>("__torch__.Other", int_type())));
  CHECK(is(Value::capsule(make_ref<ListObj>(int_type())), "Capsule"));
}

TEST_CASE("scalars convert as PyTorch's do", "[value]") {
  CHECK(Scalar(Value(3)).is_int());
  CHECK(Scalar(Value(true)).is_bool());
  CHECK(Scalar(Value(true)).to_int() == 1);
  CHECK(Scalar(2.9).to_int() == 2);
  CHECK(Scalar(-2.9).to_int() == -2);
  CHECK(Scalar(-0x1p63).to_int() == INT64_MIN);
  const char* overflow = "value cannot be converted to type int64_t without overflow";
  for (double value : {0x1p63, -0x1.8p63, 1e300, -1e300, double(INFINITY), double(NAN)})
    CHECK_THROWS_WITH(Scalar(value).to_int(), overflow);
  CHECK_THROWS_WITH(Scalar(std::complex<double>(1, 1)).to_int(), overflow);
  CHECK_THROWS_WITH(Scalar(std::complex<double>(1, 1)).to_double(),
                    "value cannot be converted to type double without overflow");
  CHECK(Scalar(std::complex<double>(1, 0)).to_double() == 1);
  CHECK_THROWS_AS(Scalar(Value("x")), Error);
  CHECK(Scalar(1).dtype() == DType::kLong);
  CHECK(Scalar(1.).dtype() == DType::kDouble);
  CHECK(Scalar(true).dtype() == DType::kBool);
  CHECK(Scalar(300).to<uint8_t>() == 44);
  CHECK(Scalar(2.5).to<float>() == 2.5f);
  CHECK(Scalar(int64_t(1) << 53).to<float>() == 0x1p53f);
  CHECK(float(Scalar(0.1).to<Half>()) == float(Half(0.1f)));
  for (const Value& value : {Value(3), Value(2.5), Value(true)}) CHECK(Scalar(value).to_value().is_same(value));
}

TEST_CASE("long chains of values die without recursion", "[value]") {
  constexpr int kLength = 300000;
  auto cls = node_class();
  Value objects, lists, tuples, dicts, raws;
  for (int i = 0; i < kLength; ++i) {
    auto object = make_ref<Object>(cls);
    object->slots[0] = std::move(objects);
    objects = Value(std::move(object));
    lists = make_list(any_type(), {1, lists});
    tuples = make_tuple_value({tuples});
    Value dict = make_dict(int_type(), any_type());
    dict.dict().set(1, dicts);
    dicts = dict;
    auto raw = make_ref<RawObject>();
    raw->state = std::move(raws);
    raws = Value(std::move(raw));
  }
  objects.reset();
  lists.reset();
  tuples.reset();
  dicts.reset();
  raws.reset();
  CHECK(cls->use_count() == 1);
}

TEST_CASE("the type of a value that is too deep is an error", "[value]") {
  Value tuple = make_tuple_value({});
  for (int i = 0; i < 100000; ++i) tuple = make_tuple_value({tuple});
  CHECK_THROWS_AS(type_of(tuple), Error);
  Value doubled = make_tuple_value({1});
  for (int i = 0; i < 100; ++i) doubled = make_tuple_value({doubled, doubled});
  CHECK_THROWS_AS(type_of(doubled), Error);
  CHECK(value_has_type(tuple, *parse_schema_type("tuple")));
}
