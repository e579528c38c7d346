#include "core/error.h"

#include <catch2/catch.hpp>

#include "core/source.h"

using namespace taper::impl;

TEST_CASE("cat joins pieces of many types", "[error]") {
  CHECK(cat("a", 'b', 1, std::string("c"), int64_t(-5), uint64_t(7), true, 0.1) == "ab1c-57true0.1");
}

TEST_CASE("an error tells message and script stack, outermost first", "[error]") {
  Error error(ErrorCode::kScript, "boo 3");
  CHECK(std::string(error.what()) == "boo 3");
  error.set_python_class("builtins.ValueError");
  CHECK(std::string(error.what()) == "builtins.ValueError: boo 3");
  error.add_outer_frame({"inner", "a.py", 2, "    x\n    ~ <--- HERE\n"});
  error.add_outer_frame({"outer", "b.py", 5, ""});
  std::string text = error.what();
  CHECK(text.find("outer") < text.find("inner"));
  CHECK(text.find("line 5") < text.find("line 2"));
  CHECK(text.ends_with("builtins.ValueError: boo 3"));
  CHECK(error.message() == "boo 3");
}

TEST_CASE("check composes its message only on failure", "[error]") {
  CHECK_NOTHROW(check(true, "no"));
  CHECK_THROWS_WITH(check(false, "expected ", 3, " got ", 4), "expected 3 got 4");
}

TEST_CASE("a range is shown with carets and found in the original file", "[source]") {
  auto original = make_ref<Source>();
  original->name = "net.py";
  original->first_line = 10;
  original->text = "def f(x):\n    y = x + 1\n    return y\n";
  auto code = make_ref<Source>();
  code->name = "code/__torch__.py";
  code->text = "def f(x: Tensor) -> Tensor:\n  y = torch.add(x, 1)\n  return y\n";
  uint32_t at = uint32_t(code->text.find("torch.add"));
  code->debug = {{at, {original, 18, 23}}};

  SourceRange serialized{code, at, at + 9};
  CHECK(line_column(serialized).line == 2);
  CHECK(line_column(serialized).column == 7);
  CHECK(highlight(serialized) == "      y = torch.add(x, 1)\n          ~~~~~~~~~ <--- HERE\n");
  StackFrame frame = make_frame("f", serialized);
  CHECK(frame.file == "net.py");
  CHECK(frame.line == 11);
  CHECK(frame.text == "        y = x + 1\n            ~~~~~ <--- HERE\n");
  // In front of the first record there is only the serialized code.
  CHECK(make_frame("f", {code, 0, 3}).file == "code/__torch__.py");
}

TEST_CASE("ranges beyond the text do no harm", "[source]") {
  auto source = make_ref<Source>();
  source->text = "ab\ncd";
  for (uint32_t start : {0u, 2u, 3u, 5u, 100u})
    for (uint32_t end : {0u, 3u, 5u, 4000000000u}) {
      CHECK(!highlight({source, start, end}, 3).empty());
      CHECK(line_column({source, start, end}).line >= 1);
    }
  CHECK(highlight({}).empty());
}
