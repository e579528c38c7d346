// A def from its parameters to its finished graph; nested defs with what they capture.

#include "core/error.h"
#include "ir/annotations.h"
#include "ir/emitter.h"
#include "ir/finish.h"

namespace taper::impl::ir {

void fail_at(const SourceRange& place, std::string_view message) {
  std::string text(message);
  if (place.source)
    text = cat(text, ":\n  File \"", place.source->name, "\", line ", line_column(place).line, "\n", highlight(place));
  fail(ErrorCode::kInvalidFile, std::move(text));
}

Emitter::Emitter(CompilationUnit& unit, const SourceTree& tree, std::string_view qualified, TypePtr declared_return,
                 Emitter* outer, const Graph* lender)
    : unit_(unit),
      tree_(tree),
      qualified_(qualified),
      declared_return_(std::move(declared_return)),
      outer_(outer),
      graph_(std::make_unique<Graph>(lender)),
      builder_(unit, *graph_) {}

Emitted emit_function(CompilationUnit& unit, const SourceTree& tree, const FunctionDef& def, std::string_view qualified,
                      std::span<const Argument> arguments, TypePtr declared_return, const Graph* lender) {
  return Emitter(unit, tree, qualified, std::move(declared_return), nullptr, lender).run(def, arguments);
}

Emitted Emitter::run(const FunctionDef& def, std::span<const Argument> arguments) {
  builder_.set_range(tree_.range(def));
  for (size_t i = 0; i < arguments.size(); ++i)
    env_.set(def.params[i]->name, graph_->top()->add_parameter(arguments[i].type, std::string(def.params[i]->name)));
  Flow flow = emit_statements(def.body);
  builder_.set_range(tree_.range(def));
  Value* result = result_value(flow, def);
  graph_->top()->add_return(result);
  TypePtr returns = declared_return_ ? declared_return_ : result->type();
  drop_widenings();
  finish_graph(builder_);
  return {std::move(graph_), std::move(returns)};
}

Value* Emitter::result_value(Flow flow, const FunctionDef& def) {
  const Binding* result = env_.find("$result");
  if (flow == Flow::kExits && result) return result->value;
  bool gives_none = !declared_return_ || is_subtype(*none_type(), *declared_return_);
  if (flow == Flow::kExits)  // by raise alone
    return gives_none ? builder_.none() : builder_.uninitialized(declared_return_);
  if (!gives_none)
    fail_at(tree_.range(def),
            cat("Function was not annotated as having type None, but does not return along all paths (",
                declared_return_->annotation(), " is expected)"));
  if (flow == Flow::kNext || !result || result->value->type()->is(TypeKind::kNone)) return builder_.none();
  Value* exited = flag("$exit");
  Node* node = builder_.insert(Kind::kIf, {&exited, 1});
  node->add_block()->add_return(result->value);
  node->add_block()->add_return(builder_.none());
  return node->add_output(optional_of(result->value->type()));
}

// Casts that only remember a variable's declared type: a narrower value fits wherever the wider one did.
void Emitter::drop_widenings() {
  for (Value* value : widenings_) {
    Node* node = value->node();
    if (node->input()->name().empty() && node->input()->block() == value->block() && !as_constant(node->input()))
      node->input()->set_name(value->name());
    value->replace_all_uses_with(node->input());
    node->destroy();
  }
}

Ref<GraphFunction> Emitter::emit_closure(const FunctionDef& def, std::vector<Value*>& captured) {
  std::string name = cat(qualified_, ".", def.name);
  Schema schema = signature(unit_, tree_, def, name, nullptr);
  if (!schema.arguments.empty()) fail_at(tree_.range(def), "a nested def takes no arguments");
  TypePtr declared = schema.returns.empty() ? nullptr : schema.returns[0].type;
  Emitter inner(unit_, tree_, name, std::move(declared), this);
  Emitted emitted = inner.run(def, {});
  for (const Capture& capture : inner.captures_) {
    Argument argument;
    argument.name = capture.name;
    argument.type = capture.outer->type();
    schema.arguments.push_back(std::move(argument));
    captured.push_back(capture.outer);
  }
  schema.returns.clear();
  schema.returns.emplace_back().type = std::move(emitted.returns);
  return unit_.add_function(std::move(name), std::move(schema), std::move(emitted.graph));
}

// A name of the enclosing function: its value becomes an argument of this one.
const Binding* Emitter::captured(std::string_view name) {
  if (!outer_ || name.starts_with('$')) return nullptr;
  const Binding* found = outer_->env_.find(name);
  if (!found) found = outer_->captured(name);
  if (!found || !found->is(Binding::Kind::kValue)) return found;
  Value* parameter = graph_->top()->add_parameter(found->value->type(), std::string(name));
  captures_.push_back({name, found->value});
  return env_.set_outermost(name, Binding::of(parameter));
}

}  // namespace taper::impl::ir
