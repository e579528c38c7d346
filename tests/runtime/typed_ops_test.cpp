// Every opcode that stands for an operator gives what the operator gives: in registers, with a constant on either side, and
// fused with a jump.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "ir/graph_parser.h"
#include "ops/registry.h"
#include "runtime/lower.h"
#include "runtime/script.h"
#include "runtime/typed_ops.h"

namespace taper::impl {
namespace {

std::vector<Value> samples(const Type& type) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  constexpr int64_t least = std::numeric_limits<int64_t>::min(), most = std::numeric_limits<int64_t>::max();
  switch (type.kind()) {
    case TypeKind::kInt: return {0, 1, -1, 2, -2, 3, -7, 8, 100, int64_t(1) << 31, -(int64_t(1) << 31), (int64_t(1) << 31) - 1, (int64_t(1) << 40) + 5, least, most};
    case TypeKind::kFloat: return {0.0, -0.0, 1.0, -1.5, 2.0, 3.25, -7.5, 1e300, -1e19, inf, -inf, std::nan("")};
    case TypeKind::kBool: return {true, false};
    default: return {};
  }
}

bool same_value(const Value& a, const Value& b) {
  if (a.is(Tag::kFloat) && b.is(Tag::kFloat)) {
    double x = a.floating(), y = b.floating();
    return (std::isnan(x) && std::isnan(y)) || (x == y && std::signbit(x) == std::signbit(y));
  }
  return a.is_same(b);
}

struct Outcome {
  Value value;
  std::string error;
};

bool same_outcome(const Outcome& a, const Outcome& b) { return a.error == b.error && (!a.error.empty() || same_value(a.value, b.value)); }

Outcome call(const OpDef& op, std::vector<Value> arguments) {
  Outcome out;
  std::vector<Value*> pointers;
  for (Value& argument : arguments) pointers.push_back(&argument);
  Context context;
  try {
    op.call(context, {pointers.data(), uint32_t(pointers.size())}, &out.value);
  } catch (const Error& error) {
    out.error = error.message();
  }
  return out;
}

// Runs graphs that no function of a unit has.
class Runner final : public CodeSource, public Linker {
 public:
  CodeSlot& slot(Function& function) override {
    slot_ = make_ref<CodeSlot>(function);
    slot_->code = code_.get();
    return *slot_;
  }
  const Code& load(CodeSlot&) override { return *code_; }
  const OpDef* find_operator(std::string_view) override { return nullptr; }

  const Code& lower_text(const std::string& text, ir::CompilationUnit& unit) {
    std::unique_ptr<ir::Graph> graph = ir::parse_graph(text, unit);
    code_ = lower(*graph, function_, *this);
    return *code_;
  }
  Outcome run(std::vector<Value> arguments) {
    Outcome out;
    try {
      out.value = execution_.interpreter().run(*this, function_, arguments);
    } catch (const Error& error) {
      out.error = error.message();
    }
    return out;
  }

 private:
  Function function_{"test", Schema()};
  Ref<CodeSlot> slot_;
  Ref<const Code> code_;
  Execution execution_;
};

std::string literal(const Value& value) {
  if (value.is(Tag::kBool)) return value.boolean() ? "1" : "0";
  if (value.is(Tag::kInt)) return std::to_string(value.integer());
  char text[64];
  std::snprintf(text, sizeof text, "%.17g", value.floating());
  return std::string(text).find_first_of(".en") == std::string::npos ? std::string(text) + "." : text;
}

bool has_opcode(const Code& code, Opcode op) {
  for (const Instruction& instruction : code.instructions)
    if (instruction.op == op) return true;
  return false;
}

bool calls_operator(const Code& code) { return has_opcode(code, Opcode::kCallOp) || has_opcode(code, Opcode::kCallOpNone); }

}  // namespace

TEST_CASE("typed opcodes equal their operators") {
  Script script(Script::Sources{});
  Runner runner;
  int rows = 0, checks = 0;
  for (const TypedOp& typed : all_typed_ops()) {
    Schema schema = parse_schema(typed.schema);
    const OpDef* op = nullptr;
    for (const OpDef* each : operator_table().find(schema.name))
      if (std::string_view(each->schema) == typed.schema) op = each;
    INFO(typed.schema);
    REQUIRE(op);
    CHECK(typed_op(*op) == &typed);
    if (typed.form != TypedForm::kUnary && typed.form != TypedForm::kBinary && typed.form != TypedForm::kCompare) continue;
    ++rows;
    std::string result = schema.returns[0].type->str();
    if (typed.form == TypedForm::kUnary) {
      std::string type = schema.arguments[0].type->str();
      const Code& code = runner.lower_text(cat("graph(%a : ", type, "):\n  %r : ", result, " = ", schema.name, "(%a)\n  return (%r)\n"), script.unit());
      CHECK_FALSE(calls_operator(code));
      for (const Value& a : samples(*schema.arguments[0].type)) {
        ++checks;
        if (!same_outcome(runner.run({a}), call(*op, {a}))) FAIL_CHECK("a = " << literal(a));
      }
      continue;
    }
    std::string left = schema.arguments[0].type->str(), right = schema.arguments[1].type->str();
    auto compare = [&](const Value& a, const Value& b, std::vector<Value> given, bool truth = false) {
      ++checks;
      Outcome expected = call(*op, {a, b});
      if (truth && expected.error.empty()) expected.value = Value(int64_t(expected.value.boolean() ? 1 : 2));
      Outcome found = runner.run(std::move(given));
      if (!same_outcome(found, expected))
        FAIL_CHECK("a = " << literal(a) << ", b = " << literal(b) << ": " << Script::text(found.value) << found.error << " instead of "
                          << Script::text(expected.value) << expected.error);
    };
    std::string apply = cat("  %r : ", result, " = ", schema.name, "(%a, %b)\n");
    std::string a_first = cat("graph(%a : ", left, ",\n      %b : ", right, "):\n");
    std::string branch = "  %one : int = prim::Constant[value=1]()\n  %two : int = prim::Constant[value=2]()\n" + apply +
                         "  %x : int = prim::If(%r)\n    block0():\n      -> (%one)\n    block1():\n      -> (%two)\n  return (%x)\n";
    CHECK_FALSE(calls_operator(runner.lower_text(a_first + apply + "  return (%r)\n", script.unit())));
    for (const Value& a : samples(*schema.arguments[0].type))
      for (const Value& b : samples(*schema.arguments[1].type)) compare(a, b, {a, b});
    bool fused = typed.form == TypedForm::kCompare;
    if (fused) {
      const Code& code = runner.lower_text(a_first + branch, script.unit());
      CHECK_FALSE(has_opcode(code, Opcode::kJumpIf));
      CHECK_FALSE(has_opcode(code, Opcode::kJumpIfNot));
      for (const Value& a : samples(*schema.arguments[0].type))
        for (const Value& b : samples(*schema.arguments[1].type)) compare(a, b, {a, b}, true);
    }
    for (const Value& b : samples(*schema.arguments[1].type)) {
      if (b.is(Tag::kBool) || (b.is(Tag::kFloat) && !std::isfinite(b.floating()))) continue;
      std::string head = cat("graph(%a : ", left, "):\n  %b : ", right, " = prim::Constant[value=", literal(b), "]()\n");
      runner.lower_text(head + apply + "  return (%r)\n", script.unit());
      for (const Value& a : samples(*schema.arguments[0].type)) compare(a, b, {a});
      if (!fused) continue;
      runner.lower_text(head + branch, script.unit());
      for (const Value& a : samples(*schema.arguments[0].type)) compare(a, b, {a}, true);
    }
    for (const Value& a : samples(*schema.arguments[0].type)) {
      if (a.is(Tag::kBool) || (a.is(Tag::kFloat) && !std::isfinite(a.floating()))) continue;
      std::string head = cat("graph(%b : ", right, "):\n  %a : ", left, " = prim::Constant[value=", literal(a), "]()\n");
      runner.lower_text(head + apply + "  return (%r)\n", script.unit());
      for (const Value& b : samples(*schema.arguments[1].type)) compare(a, b, {b});
      if (!fused) continue;
      runner.lower_text(head + branch, script.unit());
      for (const Value& b : samples(*schema.arguments[1].type)) compare(a, b, {b}, true);
    }
  }
  CHECK(rows > 50);
  CHECK(checks > 20000);
}

}  // namespace taper::impl
