// Runs tests/ir/parser/*.txt. A file holds cases:
//
//   ;;; case NAME
//   ;;; limits 8 1000        (depth and nodes)
//   ;;; text                 (a file; or "expression")
//   ;;; tree                 (its structure)
//   ;;; source               (printed as source; which must parse to the same structure)
//   ;;; tokens
//   ;;; error                (the message with its caret)
#include "ir/parser.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <iterator>

#include "ir/lexer.h"
#include "ir/print_tree.h"
#include "support/text_cases.h"

namespace taper::impl::ir {
namespace {

Ref<const Source> make_source(std::string text, std::string name = "code/m.py") {
  auto source = make_ref<Source>();
  source->name = std::move(name);
  source->text = std::move(text);
  return source;
}

Ref<const SourceTree> parse_text(std::string text) { return parse_source(make_source(std::move(text))); }
Ref<const SourceTree> parse_one(std::string text) { return parse_expression(make_source(std::move(text))); }

// The error's message, or "no error".
template <class Action>
std::string error_of(Action action, ErrorCode expected) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.code() == expected);
    return error.message();
  }
  return "no error";
}

class Case final : public TextCase {
 public:
  bool input(const Section& section) override {
    if (section.kind == "limits") {
      limits.max_depth = uint32_t(std::stoul(section.words.at(0)));
      limits.max_nodes = std::stoul(section.words.at(1));
    } else if (section.kind == "text" || section.kind == "expression") {
      text = section.text;
      expression = section.kind == "expression";
    } else {
      return false;
    }
    return true;
  }
  std::string answer(const Section& section) override { return run(section.kind); }

 private:
  std::string text;
  bool expression = false;
  ParseLimits limits;

  Ref<const SourceTree> parse(std::string source) const {
    return expression ? parse_expression(make_source(std::move(source)), limits)
                      : parse_source(make_source(std::move(source)), limits);
  }

  std::string tokens() const {
    static constexpr const char* kMarks[] = {"<end>", "<newline>\n", "<indent>", "<dedent>"};
    Lexer lexer(make_source(text), 100);
    std::string out;
    for (;;) {
      Token token = lexer.next();
      if (size_t(token.kind) < std::size(kMarks)) {
        out += kMarks[size_t(token.kind)];
      } else {
        std::string_view what = spelling(token.kind);
        out += lexer.text(token);
        if (is_keyword(token.kind)) out += ":keyword";
        else if (what.front() != '\'') out += cat(":", what.substr(2));
      }
      if (token.kind == TokenKind::kEnd) return out + "\n";
      if (out.back() != '\n') out += ' ';
    }
  }

  std::string run(const std::string& kind) const {
    if (kind == "tokens") return tokens();
    std::string out = kind == "tree" ? print_structure(*parse(text)) : "";
    if (kind == "source") {
      out = print_source(*parse(text));
      CHECK(print_structure(*parse(out)) == print_structure(*parse(text)));
      CHECK(print_source(*parse(out)) == out);
    } else if (kind == "error") {
      try {
        parse(text);
        return "no error\n";
      } catch (const Error& error) {
        const char* codes[] = {"", "", "kInvalidFile", "kUnsupported", "", "", "kBudget"};
        out = cat(codes[size_t(error.code())], " ", error.message());
      }
    }
    if (!out.empty() && out.back() != '\n') out += '\n';
    return out;
  }
};

std::string repeat(std::string_view piece, size_t count) {
  std::string out;
  out.reserve(piece.size() * count);
  for (size_t i = 0; i < count; ++i) out += piece;
  return out;
}

}  // namespace

TEST_CASE("parser cases") {
  CHECK(run_cases("tests/ir/parser", [](auto&, auto) { return std::make_unique<Case>(); }) > 100);
}

TEST_CASE("the depth of source is bounded, whatever makes it deep") {
  constexpr size_t kDeep = 100'000;
  std::string body =
      GENERATE_COPY(as<std::string>(),  //
                    "(", "[", "{1:", "f(", "x[", "-", "not ", "~", "a ** ", "a if b else ", "(1, ", "*", "f(a=", "{");
  CAPTURE(body);
  CHECK(error_of([&] { parse_text("def f():\n  return " + repeat(body, kDeep) + "1\n"); },
                 body == "*" ? ErrorCode::kInvalidFile : ErrorCode::kBudget) != "no error");
}

TEST_CASE("the height of a tree is bounded without recursion of the parser") {
  constexpr size_t kDeep = 100'000;
  std::string step = GENERATE_COPY(as<std::string>(), ".a", "()", "[0]", " + a", " and a", " * a", "(b)[0].c");
  CAPTURE(step);
  std::string error =
      error_of([&] { parse_text("def f():\n  return a" + repeat(step, kDeep) + "\n"); }, ErrorCode::kBudget);
  CHECK(error.find("nested more than 256 levels deep") != std::string::npos);
  // Alternating chains and brackets must not multiply.
  std::string mixed = "a";
  for (int i = 0; i < 30; ++i) mixed = "(" + mixed + repeat(step, 20) + ")";
  CHECK(error_of([&] { parse_one(mixed); }, ErrorCode::kBudget) != "no error");
  auto shallow = parse_one("a" + repeat(step, 50));
  CHECK(shallow->expression()->height >= 50);
}

TEST_CASE("the nesting of blocks is bounded") {
  std::string blocks, elifs = "def f():\n  if a:\n    pass\n";
  for (size_t i = 0; i < 2'000; ++i) {
    blocks += std::string(i, ' ') + (i ? "if a:\n" : "def f():\n");
    elifs += "  elif a:\n    pass\n";
  }
  CHECK(error_of([&] { parse_text(blocks); }, ErrorCode::kBudget) != "no error");
  CHECK(error_of([&] { parse_text(elifs); }, ErrorCode::kBudget) != "no error");
}

TEST_CASE("a depth of hundreds is fine") {
  CHECK(parse_one(repeat("(", 200) + "x" + repeat(")", 200))->expression()->kind == ExprKind::kName);
  CHECK(parse_one(repeat("f(", 200) + "x" + repeat(")", 200))->expression()->height == 200);
  CHECK(parse_one("a" + repeat(" + a", 200))->expression()->height == 200);
  ParseLimits limits;
  limits.max_depth = 3000;
  CHECK(parse_expression(make_source(repeat("[", 2000) + repeat("]", 2000)), limits)->expression()->height == 1999);
}

TEST_CASE("long flat source is no deep source") {
  auto tree =
      parse_text("def f():\n" + repeat("  x = [1, 2, 3]\n", 20'000) + "  return [" + repeat("1, ", 20'000) + "]\n");
  auto* f = tree->find_function("f");
  REQUIRE(f);
  CHECK(f->body.size() == 20'001);
  CHECK(f->height == 3);
}

TEST_CASE("line ends, byte order marks and a missing last newline") {
  std::string text = "class A(Module):\n  x : int\n  def f(self):\n    if a:\n      return (1,\n        2)\n";
  std::string expected = print_structure(*parse_text(text));
  std::string carriage;
  for (char c : text) carriage += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(print_structure(*parse_text(carriage)) == expected);
  CHECK(print_structure(*parse_text("\xef\xbb\xbf" + text)) == expected);
  CHECK(print_structure(*parse_text(text.substr(0, text.size() - 1))) == expected);
  CHECK(print_structure(*parse_text(text + "  ")) == expected);
  CHECK(print_structure(*parse_text(text + "# end")) == expected);
  CHECK(print_structure(*parse_one("'a\\\r\nb'")) == "\"ab\"");
}

TEST_CASE("bytes that are no text") {
  using namespace std::string_literals;
  CHECK(error_of([] { parse_text("def f():\0"s); }, ErrorCode::kInvalidFile).find("NUL byte") != std::string::npos);
  CHECK(error_of([] { parse_text("x\ry"); }, ErrorCode::kInvalidFile) != "no error");
  CHECK(error_of([] { parse_text("\x01"); }, ErrorCode::kInvalidFile).find("'\\x01'") != std::string::npos);
  CHECK(error_of([] { parse_text("a = \\"); }, ErrorCode::kInvalidFile) != "no error");
  CHECK(error_of([] { parse_one("'abc\\"); }, ErrorCode::kInvalidFile).find("not closed") != std::string::npos);
  CHECK(error_of([] { parse_one("\"\"\"\""); }, ErrorCode::kInvalidFile).find("not closed") != std::string::npos);
  CHECK(error_of([] { parse_one("(\xef\xbb\xbfx)"); }, ErrorCode::kInvalidFile).find("byte order mark") !=
        std::string::npos);
  CHECK(parse_one("'a\0b'"s)->expression()->as<StringExpr>()->value == "a\0b"s);
}

TEST_CASE("every prefix of a file parses or fails with a place") {
  std::string text =
      "op_version_set = 1\nimport __torch__.a\nclass A(Module):\n  __parameters__ = [\"w\", ]\n  w : Tensor\n"
      "  k : Final[int] = -5\n  __annotations__[\"0\"] = List[int]\n  def f(self: __torch__.A,\n    x: Tensor=1.5e-3) "
      "-> Tensor:\n"
      "    while torch.lt(i, 'a\\n\\x41\\101'):\n      a, (b, c), = {\"k\": (self.m).g(x, )[1:2, ...], }\n"
      "    if not x and y <= 3 or z:\n      pass\n    else:\n      with a as b:\n        del x\n    return 0.+7.4j\n";
  size_t failures = 0;
  for (size_t length = 0; length <= text.size(); ++length) {
    try {
      parse_text(text.substr(0, length));
    } catch (const Error& error) {
      ++failures;
      CHECK((error.code() == ErrorCode::kInvalidFile || error.code() == ErrorCode::kUnsupported));
      CHECK(error.message().find("code/m.py:") == 0);
      CHECK(error.message().find("<--- HERE") != std::string::npos);
    }
  }
  CHECK(failures > 100);
}

TEST_CASE("lookups") {
  auto tree = parse_text(
      "class B(Module):\n  z : int\n  a : int\n  def g(self): pass\n  def f(self): pass\n"
      "def h(): pass\nclass A: pass\ndef h(): return 1\n");
  CHECK(tree->body().size() == 4);
  REQUIRE(tree->find_class("B"));
  const ClassDef& b = *tree->find_class("B");
  CHECK(tree->find_class("A")->name == "A");
  CHECK(tree->find_class("h") == nullptr);
  CHECK(tree->find_function("A") == nullptr);
  CHECK(tree->find_function("h")->body[0]->kind == StmtKind::kReturn);
  CHECK(b.fields[0]->name == "z");
  CHECK(b.find_field("a") == b.fields[1]);
  CHECK(b.find_field("f") == nullptr);
  CHECK(b.methods[0]->name == "g");
  CHECK(b.find_method("f") == b.methods[1]);
  CHECK(b.find_method("h") == nullptr);
  CHECK(b.has_base("Module"));
  CHECK_FALSE(b.has_base("Enum"));
  CHECK_FALSE(tree->op_version_set().has_value());
}

TEST_CASE("places") {
  auto tree = parse_text("def f(x: int):\n  if g(x):\n    y = (self.m).h((1, 2), k=x[0])\n");
  auto text = [&](const SyntaxNode& node) {
    return std::string(tree->source().text.substr(node.start, node.end - node.start));
  };
  const FunctionDef& f = *tree->find_function("f");
  CHECK(text(f) == "def f(x: int)");
  CHECK(text(*f.params[0]) == "x: int");
  auto* branch = f.body[0]->as<IfStmt>();
  REQUIRE(branch);
  CHECK(text(*branch) == "if g(x)");
  auto* assign = branch->then_body[0]->as<AssignStmt>();
  REQUIRE(assign);
  CHECK(text(*assign) == "y = (self.m).h((1, 2), k=x[0])");
  auto* call = assign->value->as<CallExpr>();
  REQUIRE(call);
  CHECK(text(*call->args[0]) == "(1, 2)");
  CHECK(text(*call->keywords[0]) == "k=x[0]");
  CHECK(text(*call->keywords[0]->value) == "x[0]");
  CHECK(tree->range(*call).source.get() == &tree->source());
}

TEST_CASE("complex constants") {
  auto value = [](std::string text) { return complex_constant(*parse_one(std::move(text))->expression()); };
  CHECK(value("2.+3.j") == std::complex<double>(2, 3));
  CHECK(value("-1.-2.5j") == std::complex<double>(-1, -2.5));
  CHECK(value("1.+-2.j") == std::complex<double>(1, -2));
  CHECK(value("3j") == std::complex<double>(0, 3));
  CHECK(value("-3j") == std::complex<double>(-0., -3));
  CHECK(value("-inf+infj") == std::complex<double>(-INFINITY, INFINITY));
  CHECK(value("nan-2.j")->imag() == -2);
  CHECK(std::isnan(value("0.-nanj")->imag()));
  CHECK(std::signbit(value("-0.+1.j")->real()));
  for (const char* other : {"1.", "1.+2.", "x+2.j", "2.j+1.", "1.*2.j", "-x", "inf", "x"}) {
    CAPTURE(other);
    CHECK_FALSE(value(other).has_value());
  }
}

TEST_CASE("a tree outlives its parser and its caller's source") {
  Ref<const SourceTree> tree;
  {
    auto source = make_source("def f():\n  return \"a\\tb\" 'c'\n");
    tree = parse_source(source);
  }
  CHECK(print_structure(*tree) == "(def f ()\n  (return \"a\\tbc\"))\n");
}

}  // namespace taper::impl::ir
