#include "ir/print_code.h"

#include <utility>

#include "core/error.h"
#include "ir/code_inline.h"
#include "ir/code_printer.h"
#include "ir/compilation_unit.h"

namespace taper::impl::ir {
namespace {

// Equal ones may be one object.
bool is_shareable(const impl::Value& value) { return !value.is(Tag::kList) && !value.is(Tag::kDict); }

}  // namespace

void CodePrinter::function(const Graph& graph, std::string_view name, const Schema& schema, bool first_type) {
  if (schema.arguments.size() != graph.inputs().size())
    fail(ErrorCode::kInternal,
         cat(name, " has ", schema.arguments.size(), " arguments and ", graph.inputs().size(), " inputs"));
  std::string head = cat("def ", name, "(");
  for (size_t i = 0; i < graph.inputs().size(); ++i) {
    const Argument& argument = schema.arguments[i];
    std::string local = names_.for_argument(argument.name);
    if (i) head += cat(",\n    ", std::string(size_t(level_) * 2, ' '));
    head += local;
    if (i || first_type) head += cat(": ", argument.type->annotation());
    if (argument.has_default) head += cat("=", literal(argument.default_value, argument.type.get()));
    text_[graph.inputs()[i]] = std::move(local);
  }
  bool declared = !schema.returns.empty() && !schema.returns[0].type->is(TypeKind::kUnknown);
  TypePtr result = declared                  ? schema.returns[0].type
                   : graph.outputs().empty() ? none_type()
                                             : graph.outputs()[0]->type();
  line(cat(head, ") -> ", result->annotation(), ":"));
  body(*graph.top());
}

void CodePrinter::body(const Block& block) {
  ++level_;
  auto outer = std::exchange(literals_, {});
  find_inline(block, inline_);
  long_literals(block);
  statements(block, !block.returns().empty());
  if (!block.returns().empty()) {
    split(block.returns());
    line(cat("return ", list(block.returns())));
  }
  literals_ = std::move(outer);
  --level_;
}

// Long literals and names of functions stand in front, in the order of their first use.
void CodePrinter::long_literals(const Block& block) {
  auto look = [&](Values values) {
    for (const Value* value : values) {
      const impl::Value* constant = constant_of(value);
      if (!constant || text_.count(value)) continue;
      std::string text = literal(*constant, value->type().get());
      if (is_long(text) && !value->name().empty()) {
        std::string local = names_.for_value(*value);
        line(cat(local, " = ", text));
        text_[value] = std::move(local);
      } else {
        text_[value] = shortened(std::move(text), is_shareable(*constant));
      }
    }
  };
  for (const Node* node = block.first(); node; node = node->next()) {
    if (node->is(Kind::kCallFunction)) callees_[node] = shortened(node->function->name, true);
    look(node->inputs());
    for (const Block* inner : node->blocks()) long_literals(*inner);
  }
  look(block.returns());
}

std::string CodePrinter::literal(const impl::Value& value, const Type* type) {
  std::string text = code_literal(value, constants_, type);
  for (std::string_view word : {"annotate", "torch"})
    if (text.find(word) != text.npos) names_.word(word);
  return text;
}

std::string CodePrinter::shortened(std::string text, bool shared) {
  if (!is_long(text)) return text;
  auto known = literals_.find(text);
  if (shared && known != literals_.end()) return known->second;
  std::string local = names_.unused("_");
  line(cat(local, " = ", text));
  if (shared) literals_.emplace(std::move(text), local);
  return local;
}

const std::string& CodePrinter::use(const Value* value) {
  auto found = text_.find(value);
  if (found != text_.end()) return found->second;
  const impl::Value* constant = constant_of(value);
  if (!constant) fail(ErrorCode::kInternal, "code uses a value that is not defined before");
  return text_[value] = literal(*constant, value->type().get());
}

void CodePrinter::name(Values values) {
  for (const Value* value : values) text_[value] = names_.for_value(*value);
}

void CodePrinter::line(std::string_view text) {
  out_.append(size_t(level_) * 2, ' ');
  out_ += text;
  out_ += '\n';
}

std::string print_code(const Graph& graph, std::string_view name, const Schema& schema, CodeConstants& constants,
                       const CodeOptions& options) {
  CodeNames::Words taken;
  for (;;) {
    CodePrinter printer(constants, options.level, taken);
    printer.function(graph, name, schema, options.first_argument_type);
    CodeNames::Words clashes = printer.clashes();
    if (clashes.empty()) return printer.take();
    taken.merge(clashes);
  }
}

std::string print_code(GraphFunction& function, CodeConstants& constants, const CodeOptions& options) {
  std::string_view name = function.name;
  return print_code(function.graph(), name.substr(name.rfind('.') + 1), function.schema, constants, options);
}

}  // namespace taper::impl::ir
