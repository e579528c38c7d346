#include "ir/graph_parser.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <unordered_map>

#include "core/error.h"
#include "ir/type_match.h"

namespace taper::impl::ir {
namespace {

class Parser {
 public:
  Parser(std::string_view text, CompilationUnit& unit) : text_(text), unit_(unit), graph_(std::make_unique<Graph>()) {}

  std::unique_ptr<Graph> run() {
    expect("graph");
    parameters(graph_->top());
    expect(":");
    nodes(graph_->top());
    expect("return");
    for (Value* value : values()) graph_->top()->add_return(value);
    if (!at_end()) wrong("text after the graph");
    return std::move(graph_);
  }

 private:
  [[noreturn]] void wrong(std::string_view what) {
    int line = 1 + int(std::count(text_.begin(), text_.begin() + long(at_), '\n'));
    fail(ErrorCode::kInvalidArgument, cat("graph text, line ", line, ": ", what, " at '", text_.substr(at_, 30), "'"));
  }

  void skip_space() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      else if (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t') ++at_;
      else break;
    }
  }
  bool at_end() { return skip_space(), at_ >= text_.size(); }
  bool peek(std::string_view token) { return skip_space(), text_.substr(at_).starts_with(token); }
  bool accept(std::string_view token) {
    if (!peek(token)) return false;
    at_ += token.size();
    return true;
  }
  void expect(std::string_view token) {
    if (!accept(token)) wrong(cat("expected '", token, "'"));
  }

  static bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; }
  std::string_view word() {
    skip_space();
    size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    if (at_ == start) wrong("expected a name");
    return text_.substr(start, at_ - start);
  }

  // Up to `stop` characters outside brackets.
  TypePtr type(std::string_view stop) {
    skip_space();
    size_t start = at_;
    for (int depth = 0; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (depth == 0 && stop.find(c) != stop.npos) break;
      if (c == '(' || c == '[' || c == '<') ++depth;
      if (c == ')' || c == ']' || c == '>') --depth;
    }
    std::string_view name = text_.substr(start, at_ - start);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name == "Unknown") return simple_type(TypeKind::kUnknown);
    return parse_schema_type(name, &resolver_);
  }

  Value* value() {
    expect("%");
    std::string_view name = word();
    auto found = values_.find(std::string(name));
    if (found == values_.end()) wrong(cat("unknown value %", name));
    return found->second;
  }
  std::vector<Value*> values() {
    std::vector<Value*> out;
    expect("(");
    while (!accept(")")) {
      out.push_back(value());
      if (!peek(")")) expect(",");
    }
    return out;
  }

  void name_value(Value* value, std::string_view name) {
    values_[std::string(name)] = value;
    bool numbered = std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!numbered) value->set_name(name);
  }

  void parameters(Block* block) {
    expect("(");
    while (!accept(")")) {
      expect("%");
      std::string_view name = word();
      expect(":");
      name_value(block->add_parameter(type(",)")), name);
      if (!peek(")")) expect(",");
    }
  }

  void nodes(Block* block) {
    while (peek("%") || peek("=")) node(block);
  }

  impl::Value constant(const TypePtr& type) {
    if (accept("None")) return {};
    if (accept("\"")) {
      std::string out;
      while (at_ < text_.size() && text_[at_] != '"') {
        char c = text_[at_++];
        if (c == '\\' && at_ < text_.size()) {
          c = text_[at_++];
          if (c == 'n') c = '\n';
          else if (c == 't') c = '\t';
          else if (c == 'r') c = '\r';
          else if (c == 'f') c = '\f';
          else if (c == 'v') c = '\v';
          else if (c == 'a') c = '\a';
          else if (c == 'b') c = '\b';
          else if (c >= '0' && c <= '3' && at_ + 2 <= text_.size()) {
            c = char((c - '0') * 64 + (text_[at_] - '0') * 8 + (text_[at_ + 1] - '0'));
            at_ += 2;
          }
        }
        out += c;
      }
      expect("\"");
      if (type && type->is(TypeKind::kDevice)) return parse_device(out);
      return out;
    }
    if (accept("[")) {
      TypePtr element = type && type->is(TypeKind::kList) ? type->element() : int_type();
      impl::Value list = make_list(element);
      while (!accept("]")) {
        list.list().items.push_back(constant(element));
        if (!peek("]")) expect(",");
      }
      return list;
    }
    if (accept("(")) {
      auto tuple = make_ref<TupleObj>();
      for (size_t i = 0; !accept(")"); ++i) {
        bool typed = type && type->is(TypeKind::kTuple) && i < type->elements().size();
        tuple->items.push_back(constant(typed ? type->element(i) : nullptr));
        if (!peek(")")) expect(",");
      }
      return tuple;
    }
    skip_space();
    size_t start = at_;
    while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '-' || text_[at_] == '+')) ++at_;
    std::string_view number = text_.substr(start, at_ - start);
    if (type && type->is(TypeKind::kBool)) return number == "1" || number == "True";
    if (number.ends_with('j')) {
      number.remove_suffix(1);
      size_t split = number.size();
      while (split-- > 1)
        if ((number[split] == '+' || number[split] == '-') && number[split - 1] != 'e') break;
      if (split == size_t(-1) || split == 0) wrong("expected a complex number");
      std::string_view imaginary = number.substr(split);
      if (imaginary.starts_with('+')) imaginary.remove_prefix(1);
      return std::complex<double>(this->number(number.substr(0, split)), this->number(imaginary));
    }
    std::string_view magnitude = number.starts_with('-') ? number.substr(1) : number;
    if (magnitude == "inf" || magnitude == "nan" || number.find_first_of(".e") != number.npos)
      return this->number(number);
    int64_t integer = 0;
    const char* end = number.data() + number.size();
    if (std::from_chars(number.data(), end, integer).ptr != end || number.empty()) wrong("expected a constant");
    return integer;
  }

  double number(std::string_view text) {
    bool negative = text.starts_with('-');
    std::string_view magnitude = text.substr(negative);
    if (magnitude == "inf" || magnitude == "nan") {
      double special =
          magnitude == "inf" ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
      return negative ? -special : special;
    }
    if (text.ends_with('.')) text.remove_suffix(1);
    double value = 0;
    const char* end = text.data() + text.size();
    if (std::from_chars(text.data(), end, value).ptr != end || text.empty()) wrong("expected a number");
    return value;
  }

  std::string text_attribute() { return std::string(constant(string_type()).to_string()); }

  Ref<Function> function() {
    std::string name = text_attribute();
    Function* found = unit_.function(name);
    if (!found) wrong(cat("unknown function ", name));
    return found;
  }

  void attributes(Node& node, const TypePtr& type) {
    switch (node.kind()) {
      case Kind::kConstant:
        expect("value=");
        node.value = constant(type);
        break;
      case Kind::kGetAttr:
      case Kind::kSetAttr:
      case Kind::kCallMethod:
        expect("name=");
        node.text = text_attribute();
        break;
      case Kind::kUnsupported:
        expect("missing=");
        node.text = text_attribute();
        break;
      case Kind::kCallFunction:
      case Kind::kFork:
      case Kind::kAwaitable:
        expect("function=");
        node.function = function();
        break;
      case Kind::kTupleIndex:
        expect("index=");
        node.number = constant(int_type()).to_int();
        break;
      case Kind::kTupleSlice:
        expect("beg=");
        node.number = constant(int_type()).to_int();
        expect(",");
        expect("end=");
        node.number2 = constant(int_type()).to_int();
        break;
      case Kind::kIsInstance:
        expect("types=[");
        while (!accept("]")) {
          node.types.push_back(this->type(",]"));
          if (!peek("]")) expect(",");
        }
        break;
      default: wrong("this kind of node has no attributes");
    }
    expect("]");
  }

  static const Kind* structural(std::string_view name) {
    static constexpr Kind kKinds[] = {
#define TAPER_IR_KIND(K, NAME) Kind::K,
        TAPER_IR_KINDS(TAPER_IR_KIND)
#undef TAPER_IR_KIND
    };
    for (const Kind& kind : kKinds)
      if (!name.empty() && kind_name(kind) == name) return &kind;
    return nullptr;
  }

  const Operator* find_operator(std::string_view name, std::span<Value* const> inputs) {
    for (const Operator* op : unit_.overloads(name)) {
      const Schema& schema = op->schema;
      if (schema.is_vararg ? inputs.size() < schema.arguments.size() : inputs.size() != schema.arguments.size())
        continue;
      TypeBindings bindings;
      bool good = true;
      for (size_t i = 0; good && i < schema.arguments.size(); ++i)
        good = fits(inputs[i]->type(), schema.arguments[i].type, bindings);
      if (good) return op;
    }
    return nullptr;
  }

  void node(Block* block) {
    std::vector<std::pair<std::string_view, TypePtr>> outputs;
    while (!accept("=")) {
      expect("%");
      std::string_view name = word();
      expect(":");
      outputs.emplace_back(name, type(",="));
      if (!peek("=")) expect(",");
    }
    skip_space();
    size_t start = at_;
    while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == ':')) ++at_;
    std::string_view name = text_.substr(start, at_ - start);
    if (const Kind* kind = structural(name)) {
      Node* made = graph_->create(*kind);
      if (accept("[")) attributes(*made, outputs.empty() ? nullptr : outputs[0].second);
      for (Value* input : values()) made->add_input(input);
      finish(made, block, outputs);
      for (size_t i = 0; peek("block"); ++i) {
        expect(cat("block", i));
        Block* inner = made->add_block();
        parameters(inner);
        expect(":");
        nodes(inner);
        expect("->");
        for (Value* result : values()) inner->add_return(result);
      }
      if (made->is(Kind::kCallMethod) && !made->inputs().empty() && made->input()->type()->is(TypeKind::kClass))
        made->function = as_class(*made->input()->type()).method(made->text);
      return;
    }
    std::vector<Value*> inputs = values();
    const Operator* op = find_operator(name, inputs);
    if (!op) wrong(cat("no operator ", name, " takes these inputs"));
    Node* made = graph_->create_op(*op, inputs);
    while (!made->outputs().empty()) made->remove_output(made->outputs().size() - 1);
    finish(made, block, outputs);
  }

  void finish(Node* made, Block* block, const std::vector<std::pair<std::string_view, TypePtr>>& outputs) {
    for (const auto& [name, type] : outputs) name_value(made->add_output(type), name);
    made->append_to(block);
  }

  struct Resolver final : TypeResolver {
    CompilationUnit* unit;
    TypePtr resolve(std::string_view name) const override { return unit->type(name); }
  };

  std::string_view text_;
  CompilationUnit& unit_;
  std::unique_ptr<Graph> graph_;
  size_t at_ = 0;
  std::unordered_map<std::string, Value*> values_;
  Resolver resolver_ = make_resolver(unit_);
  static Resolver make_resolver(CompilationUnit& unit) {
    Resolver resolver;
    resolver.unit = &unit;
    return resolver;
  }
};

}  // namespace

std::unique_ptr<Graph> parse_graph(std::string_view text, CompilationUnit& unit) { return Parser(text, unit).run(); }

}  // namespace taper::impl::ir
