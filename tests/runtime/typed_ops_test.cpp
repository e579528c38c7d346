// Every opcode that stands for an operator gives what the operator gives: in registers, with a constant on either side, and
// fused with a jump.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"
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
    case TypeKind::kInt:
      return {0,
              1,
              -1,
              2,
              -2,
              3,
              -7,
              8,
              100,
              int64_t(1) << 31,
              -(int64_t(1) << 31),
              (int64_t(1) << 31) - 1,
              (int64_t(1) << 40) + 5,
              least,
              most};
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

bool same_outcome(const Outcome& a, const Outcome& b) {
  return a.error == b.error && (!a.error.empty() || same_value(a.value, b.value));
}

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

  // The operator on parameters, or on a constant where one is given; its result, or 1 and 2 for true and false.
  const Code& lower_op(const ir::Operator& op, const std::vector<const Value*>& constants, bool branch) {
    ir::Graph graph;
    std::vector<ir::Value*> inputs;
    for (size_t i = 0; i < constants.size(); ++i) {
      const TypePtr& type = op.schema.arguments[i].type;
      if (constants[i]) {
        ir::Node* constant = graph.create_constant(*constants[i], type);
        constant->append_to(graph.top());
        inputs.push_back(constant->output());
      } else {
        inputs.push_back(graph.top()->add_parameter(type));
      }
    }
    ir::Node* node = graph.create_op(op, inputs);
    ir::Value* result = node->output();
    if (branch) {
      ir::Node* choice = graph.create(ir::Kind::kIf);
      for (int64_t number : {1, 2}) {
        ir::Node* constant = graph.create_constant(Value(number), int_type());
        constant->append_to(graph.top());
        choice->add_block()->add_return(constant->output());
      }
      node->append_to(graph.top());
      choice->add_input(result);
      choice->append_to(graph.top());
      result = choice->add_output(int_type());
    } else {
      node->append_to(graph.top());
    }
    graph.top()->add_return(result);
    code_ = lower(graph, function_, *this);
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

bool calls_operator(const Code& code) {
  return has_opcode(code, Opcode::kCallOp) || has_opcode(code, Opcode::kCallOpNone);
}

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
    if (typed.form != TypedForm::kUnary && typed.form != TypedForm::kBinary && typed.form != TypedForm::kCompare)
      continue;
    ++rows;
    const ir::Operator& resolved = script.unit().resolve(*op);
    if (typed.form == TypedForm::kUnary) {
      CHECK_FALSE(calls_operator(runner.lower_op(resolved, {nullptr}, false)));
      for (const Value& a : samples(*schema.arguments[0].type)) {
        ++checks;
        if (!same_outcome(runner.run({a}), call(*op, {a}))) FAIL_CHECK("a = " << literal(a));
      }
      continue;
    }
    auto compare = [&](const Value& a, const Value& b, std::vector<Value> given, bool branch) {
      ++checks;
      Outcome expected = call(*op, {a, b});
      if (branch && expected.error.empty()) expected.value = Value(int64_t(expected.value.boolean() ? 1 : 2));
      Outcome found = runner.run(std::move(given));
      if (!same_outcome(found, expected))
        FAIL_CHECK("a = " << literal(a) << ", b = " << literal(b) << ": " << Script::text(found.value) << found.error
                          << " instead of " << Script::text(expected.value) << expected.error);
    };
    for (bool branch : {false, true}) {
      if (branch && typed.form != TypedForm::kCompare) continue;
      std::vector<Value> left = samples(*schema.arguments[0].type), right = samples(*schema.arguments[1].type);
      const Code& code = runner.lower_op(resolved, {nullptr, nullptr}, branch);
      CHECK_FALSE(calls_operator(code));
      CHECK_FALSE((branch && (has_opcode(code, Opcode::kJumpIf) || has_opcode(code, Opcode::kJumpIfNot))));
      for (const Value& a : left)
        for (const Value& b : right) compare(a, b, {a, b}, branch);
      for (const Value& b : right) {
        runner.lower_op(resolved, {nullptr, &b}, branch);
        for (const Value& a : left) compare(a, b, {a}, branch);
      }
      for (const Value& a : left) {
        runner.lower_op(resolved, {&a, nullptr}, branch);
        for (const Value& b : right) compare(a, b, {b}, branch);
      }
    }
  }
  CHECK(rows > 50);
  CHECK(checks > 20000);
}

}  // namespace taper::impl
