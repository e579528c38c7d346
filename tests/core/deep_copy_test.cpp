#include <catch2/catch.hpp>

#include "core/class_type.h"
#include "core/error.h"
#include "core/value.h"

using namespace taper::impl;

TEST_CASE("a deep copy keeps aliases and shares nothing mutable", "[deep_copy]") {
  Tensor base = make_tensor({4}, DType::kFloat);
  for (int i = 0; i < 4; ++i) base.mutable_data<float>()[i] = float(i);
  Tensor view = base.as_view(Dims{2}, Dims{1}, 2);
  base.impl()->requires_grad = true;
  Value inner = make_list(int_type(), {1, 2});
  Value root = make_tuple_value({base, view, base, inner, inner, "text"});

  Value copy = deep_copy(root);
  const Vec<Value>& parts = copy.to_tuple().items;
  REQUIRE(parts.size() == 6);
  CHECK(!parts[0].is_same(root.tuple().items[0]));
  CHECK(parts[0].is_same(parts[2]));
  CHECK(&parts[0].tensor().storage() == &parts[1].tensor().storage());
  CHECK(&parts[0].tensor().storage() != &base.storage());
  CHECK(parts[0].tensor().impl()->requires_grad);
  CHECK(parts[1].tensor().data<float>()[1] == 3);
  CHECK(parts[3].is_same(parts[4]));
  CHECK(!parts[3].is_same(inner));
  CHECK(parts[5].to_string() == "text");

  parts[0].tensor().mutable_data<float>()[3] = 50;
  CHECK(parts[1].tensor().data<float>()[1] == 50);
  CHECK(view.data<float>()[1] == 3);
  parts[3].list().items.push_back(3);
  CHECK(inner.list().items.size() == 2);
}

TEST_CASE("objects, dicts and cycles", "[deep_copy]") {
  auto cls = make_ref<ClassType>("__torch__.Node", false);
  cls->attributes.push_back({"self", any_type(), false, false});
  cls->attributes.push_back({"table", any_type(), false, false});
  auto object = make_ref<Object>(cls);
  Value table = make_dict(string_type(), any_type());
  for (int i = 0; i < 20; ++i) table.dict().set("k" + std::to_string(i), i);
  object->slots[0] = object;
  object->slots[1] = table;

  Value copy = deep_copy(object);
  CHECK(copy.object().slots[0].is_same(copy));
  DictObj& copied = copy.object().slots[1].to_dict();
  CHECK(copied.size() == 20);
  CHECK(copied.entries()[19].key.to_string() == "k19");
  CHECK(copied.find("k7")->to_int() == 7);
  copied.set("k7", 8);
  CHECK(table.dict().find("k7")->to_int() == 7);
  object->slots[0].reset();
  copy.object().slots[0].reset();
}

TEST_CASE("depth costs no stack", "[deep_copy]") {
  Value chain;
  for (int i = 0; i < 300000; ++i) chain = make_list(any_type(), {i, chain});
  Value copy = deep_copy(chain);
  CHECK(copy.list().items[0].to_int() == 299999);
  int length = 0;
  for (Value at = copy; at.is(Tag::kList); ++length) {
    Value next = at.list().items[1];
    at = next;
  }
  CHECK(length == 300000);
}

TEST_CASE("sharing storages copies at the first write", "[deep_copy]") {
  struct File final : RefCounted {
    float bytes[4] = {1, 2, 3, 4};
  };
  auto file = make_ref<File>();
  auto storage = Storage::borrow(file->bytes, 16, file, true);
  Tensor all = make_tensor_on(storage, Dims{4}, Dims{1}, 0, DType::kFloat);
  Tensor part = all.as_view(Dims{1}, Dims{1}, 3);
  Value copy = deep_copy(make_tuple_value({all, part}), StorageCopy::kShare);
  const Tensor& mine = copy.tuple().items[0].tensor();
  CHECK(mine.data() == file->bytes);
  mine.mutable_data<float>()[3] = 9;
  CHECK(copy.tuple().items[1].tensor().data<float>()[0] == 9);  // aliases within the copy
  CHECK(part.data<float>()[0] == 4);
  CHECK(file->bytes[3] == 4);
}

TEST_CASE("a future cannot be copied", "[deep_copy]") {
  CHECK_THROWS_WITH(deep_copy(make_list(any_type(), {Value(make_ref<FutureObj>(int_type()))})),
                    "Can't deepcopy a Future");
}
