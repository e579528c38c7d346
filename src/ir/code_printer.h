// Prints one function as code. Parts: print_code (the function, what stands in front of a body), code_statements (nodes
// that are statements, blocks), code_expressions (nodes that are expressions, calls of operators).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "ir/code_names.h"
#include "ir/print_code.h"

namespace taper::impl::ir {

class CodePrinter {
 public:
  // `taken`: see CodeNames.
  CodePrinter(CodeConstants& constants, int level, const CodeNames::Words& taken)
      : constants_(constants), level_(level), names_(taken) {}

  void function(const Graph& graph, std::string_view name, const Schema& schema, bool first_type);
  CodeNames::Words clashes() const { return names_.clashes(); }
  std::string take() { return std::move(out_); }

 private:
  using Values = std::span<Value* const>;

  // print_code
  void body(const Block& block);
  void long_literals(const Block& block);
  std::string literal(const impl::Value& value, const Type* type);
  std::string shortened(std::string text, bool shared);

  // code_statements
  void statements(const Block& block, bool more);
  void statement(const Node& node);
  void print_if(const Node& node);
  void print_branch(const Node& node, size_t i);
  void print_loop(const Node& node);
  void print_fork(const Node& node, const char* prefix, const std::string& call);
  void define(const Node& node, const std::string& expression);
  void assign(Values to, Values from);
  // Arguments up to the last long one get lines of their own, so that the order of evaluation stays.
  void split(Values inputs);
  void split_at(const Value& value);

  // code_expressions
  std::string expression(const Node& node);
  std::string tuple_expression(const Node& node);
  std::string list_expression(const Node& node);
  std::string dict_expression(const Node& node);
  std::string operator_expression(const Node& node);
  std::string operator_arguments(const Schema& schema, Values inputs);
  std::string annotated(const Value* value, const std::string& text);
  std::string member(const Value* object, std::string_view name);
  std::string trailing(Values values);
  std::string list(Values values, std::string_view open = {}, std::string_view close = {});

  const std::string& use(const Value* value);
  void name(Values values);
  void line(std::string_view text);
  bool is_long(const std::string& text) const { return text.size() + size_t(level_) * 2 >= 40; }
  bool is_inline(const Value* value) const { return value->node() && inline_.count(value->node()); }

  CodeConstants& constants_;
  int level_;
  CodeNames names_;
  std::string out_;
  std::unordered_map<const Value*, std::string> text_;     // how a value is spelled where it is used
  std::unordered_map<const Node*, std::string> callees_;   // and the function of a call
  std::unordered_map<std::string, std::string> literals_;  // long ones of the body, and their names
  std::unordered_set<const Node*> inline_;                 // nodes without a statement of their own
  std::unordered_set<const Value*> annotated_;             // results of ifs whose type has been said
};

}  // namespace taper::impl::ir
