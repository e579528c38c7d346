#include <catch2/catch.hpp>

#include <cmath>

#include "tools/json.h"
#include "tools/text.h"

using namespace taper::impl;

TEST_CASE("JSON is written as it is built") {
  JsonWriter json(0);
  json.object([&] {
    json.member("a", 1).member("b", "x\"\\\n\t\x01");
    json.key("c").array([&] { json.value(1.5).value(true).null().value(uint64_t(7)); });
    json.key("d").object([] {});
    json.key("e").array([] {});
  });
  CHECK(json.text() == R"({"a":1,"b":"x\"\\\n\t\u0001","c":[1.5,true,null,7],"d":{},"e":[]})");
}

TEST_CASE("JSON has no infinite numbers and no broken UTF-8") {
  JsonWriter json(0);
  json.array([&] { json.value(INFINITY).value(NAN).value("\xff\xc3\xa9\xed\xa0\x80"); });
  CHECK(json.text() == "[null,null,\"\\ufffd\xc3\xa9\\ufffd\\ufffd\\ufffd\"]");
}

TEST_CASE("JSON with lines") {
  JsonWriter json(2);
  json.object([&] { json.key("a").array([&] { json.value(1).value(2); }); });
  CHECK(json.text() == "{\n  \"a\": [\n    1,\n    2\n  ]\n}");
}

TEST_CASE("shell patterns") {
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("a*c", "abbc"));
  CHECK(matches_glob("*_test.?", "x_test.0"));
  CHECK_FALSE(matches_glob("a*c", "abd"));
  CHECK_FALSE(matches_glob("a", "ab"));
  CHECK(matches_glob("*a*b*", "xxaxxbxx"));
}

TEST_CASE("texts for people") {
  CHECK(bytes_text(999) == "999 B");
  CHECK(bytes_text(4200000) == "4.2 MB");
  CHECK(seconds_text(0.0000025) == "2.50 us");
  CHECK(seconds_text(0.25) == "250.000 ms");
  CHECK(last_line("a\nb\n\n") == "b");
  CHECK(brief_message("Traceback\n  x\nRuntimeError: aten::f(int)\nbecause") == "aten::f(int)");
  CHECK(brief_message("Traceback\n  x\nbuiltins.ValueError: boo") == "builtins.ValueError: boo");
  CHECK(shortened("abcdef", 6) == "abcdef");
  CHECK(shortened("abcdefg", 6) == "abc...");
  CHECK(split("a,b,,c", ',') == std::vector<std::string>{"a", "b", "c"});
  CHECK(split("", ',').empty());
}
