#include "core/ref.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace taper::impl;

namespace {
struct Counted : RefCounted {
  explicit Counted(int* alive) : alive_(alive) { ++*alive_; }
  ~Counted() override { --*alive_; }
  int* alive_;
};
struct Derived final : Counted {
  using Counted::Counted;
};
}  // namespace

TEST_CASE("a Ref counts its object", "[ref]") {
  int alive = 0;
  {
    auto a = make_ref<Counted>(&alive);
    CHECK(a->use_count() == 1);
    Ref<Counted> b = a;
    CHECK(a->use_count() == 2);
    Ref<Counted> c = std::move(b);
    CHECK(!b);
    CHECK(c == a);
    CHECK(a->use_count() == 2);
    c = nullptr;
    CHECK(a->use_count() == 1);
    Ref<Counted>& same = a;
    a = same;  // onto itself
    CHECK(a->use_count() == 1);
    Counted* raw = a.detach();
    CHECK(!a);
    CHECK(alive == 1);
    a = Ref<Counted>::adopt(raw);
    CHECK(a->use_count() == 1);
  }
  CHECK(alive == 0);
}

TEST_CASE("a Ref converts to its base and destroys the derived object", "[ref]") {
  int alive = 0;
  {
    Ref<const Counted> base = make_ref<Derived>(&alive);
    CHECK(alive == 1);
  }
  CHECK(alive == 0);
}

TEST_CASE("threads may share an object", "[ref]") {
  int alive = 0;
  {
    auto shared = make_ref<Counted>(&alive);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([shared] {
        for (int i = 0; i < 10000; ++i) Ref<Counted> copy = shared;
      });
    for (std::thread& thread : threads) thread.join();
    threads.clear();
    CHECK(shared->use_count() == 1);
  }
  CHECK(alive == 0);
}
