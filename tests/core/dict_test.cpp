#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "core/class_type.h"
#include "core/error.h"
#include "core/value.h"

using namespace taper::impl;

namespace {

Ref<DictObj> dict(TypePtr key = int_type()) { return make_ref<DictObj>(std::move(key), any_type()); }

// What a dict should be: pairs in order of insertion.
struct Model {
  std::vector<std::pair<int64_t, int64_t>> rows;
  auto find(int64_t key) {
    return std::find_if(rows.begin(), rows.end(), [key](auto& row) { return row.first == key; });
  }
};

void require_equal(DictObj& dict, Model& model) {
  REQUIRE(dict.size() == model.rows.size());
  for (size_t i = 0; i < model.rows.size(); ++i) {
    REQUIRE(dict.entries()[i].key.to_int() == model.rows[i].first);
    REQUIRE(dict.entries()[i].value.to_int() == model.rows[i].second);
  }
}

}  // namespace

TEST_CASE("a dict keeps order through random work", "[dict]") {
  std::mt19937 random(7);
  for (int range : {6, 12, 60, 1000}) {
    auto d = dict();
    Model model;
    for (int step = 0; step < 6000; ++step) {
      int64_t key = int64_t(random() % unsigned(range)) * 1024;  // multiples: bad for a hash without mixing
      auto found = model.find(key);
      switch (random() % 4) {
        case 0:
        case 1:
          if (found == model.rows.end()) model.rows.emplace_back(key, step);
          else found->second = step;
          d->set(key, step);
          break;
        case 2: {
          bool there = found != model.rows.end();
          REQUIRE(d->erase(key) == there);
          if (there) model.rows.erase(found);
          break;
        }
        default: {
          Value* value = d->find(key);
          REQUIRE((value != nullptr) == (found != model.rows.end()));
          if (value) REQUIRE(value->to_int() == found->second);
        }
      }
      if (step % 50 == 0) require_equal(*d, model);
    }
    require_equal(*d, model);
    d->clear();
    CHECK(d->size() == 0);
    d->set(1, 2);
    CHECK(d->find(1)->to_int() == 2);
  }
}

TEST_CASE("a popped key that is set again goes to the end", "[dict]") {
  auto d = dict(string_type());
  for (const char* key : {"a", "b", "c"}) d->set(key, key);
  d->erase("a");
  d->set("a", 1);
  d->set("b", 2);  // an existing key keeps its place
  CHECK(d->entries()[0].key.to_string() == "b");
  CHECK(d->entries()[2].key.to_string() == "a");
}

TEST_CASE("keys of every hashable kind, few and many", "[dict]") {
  auto color = make_ref<EnumType>("__torch__.Color", int_type());
  std::vector<Value> tensors;
  for (int i = 0; i < 40; ++i) tensors.push_back(make_tensor({1}, DType::kFloat));
  auto make_key = [&](int kind, int i) -> Value {
    switch (kind) {
      case 0: return i;
      case 1: return i + 0.5;
      case 2: return "key " + std::to_string(i);
      case 3: return tensors[size_t(i)];
      case 4: return std::complex<double>(i, -i);
      case 5: return Device{DeviceType::kCuda, int16_t(i)};
      default: return make_ref<EnumObj>(color, "E" + std::to_string(i), i);  // a new object for the same entry
    }
  };
  for (int kind = 0; kind < 7; ++kind)
    for (int count : {3, 40}) {
      auto d = dict(any_type());
      for (int i = 0; i < count; ++i) d->set(make_key(kind, i), i);
      for (int i = 0; i < count; ++i) {
        CAPTURE(kind, i);
        REQUIRE(d->find(make_key(kind, i)));
        REQUIRE(d->find(make_key(kind, i))->to_int() == i);
      }
      CHECK(!d->find(Value()));
      CHECK(d->size() == size_t(count));
    }
}

TEST_CASE("equality of keys", "[dict]") {
  CHECK(keys_equal(0., -0.));
  CHECK(hash_key(0.) == hash_key(-0.));
  CHECK(!keys_equal(std::nan(""), std::nan("")));
  CHECK(!keys_equal(1, 1.));
  CHECK(!keys_equal(true, 1));
  CHECK(keys_equal("ab", std::string("ab")));
  CHECK(hash_key("ab") == hash_key(std::string("ab")));
  auto d = dict(float_type());
  for (int i = 0; i < 20; ++i) d->set(std::nan(""), i);  // as in PyTorch: a NaN is never found
  CHECK(d->size() == 20);
  for (int i = 0; i < 20; ++i) d->set(double(i), i);
  CHECK(d->find(7.)->to_int() == 7);
  CHECK(!d->find(std::nan("")));
}

TEST_CASE("what cannot be a key is an error", "[dict]") {
  auto d = dict(any_type());
  CHECK_THROWS_WITH(d->set(make_list(int_type()), 1), "unhashable type: 'List'");
  CHECK_THROWS_AS(d->set(Value(), 1), Error);
  CHECK(d->size() == 0);
  CHECK(is_hashable("a"));
  CHECK(!is_hashable(make_tuple_value({1})));
}

TEST_CASE("a failed growth leaves the dict whole", "[dict]") {
  Pool* pool = make_pool();
  {
    PoolScope scope(pool);
    auto d = dict();
    set_pool_limit(pool, 64 << 10);
    int64_t added = 0;
    try {
      for (;; ++added) d->set(added, added);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kBudget);
    }
    set_pool_limit(pool, 0);
    CHECK(d->size() == size_t(added));
    for (int64_t i = 0; i < added; ++i) REQUIRE(d->find(i)->to_int() == i);
    for (int64_t i = added; i < added + 100; ++i) d->set(i, i);
    CHECK(d->find(added + 50)->to_int() == added + 50);
  }
  close_pool(pool);
}
