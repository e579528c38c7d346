#include "ir/print.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "core/error.h"
#include "ir/compilation_unit.h"

namespace taper::impl::ir {
namespace {

void print_float(std::string& out, double number) {
  char buffer[40];
  if (number != number) {
    out += std::signbit(number) ? "-nan" : "nan";
    return;
  }
  auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::general, 17).ptr;
  std::string_view text(buffer, size_t(end - buffer));
  out += text;
  if (text.find_first_of(".en") == text.npos) out += '.';
}

void print_string(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    switch (c) {
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      case '\f': out += "\\f"; break;
      case '\v': out += "\\v"; break;
      case '\a': out += "\\a"; break;
      case '\b': out += "\\b"; break;
      case '\\': out += "\\\\"; break;
      case '\'': out += "\\'"; break;
      case '"': out += "\\\""; break;
      default:
        if (uint8_t byte = uint8_t(c); byte >= 32 && byte < 127) {
          out += c;
        } else {
          out += '\\';
          out += char('0' + (byte >> 6));
          out += char('0' + ((byte >> 3) & 7));
          out += char('0' + (byte & 7));
        }
    }
  }
  out += '"';
}

// How PyTorch's graphs spell types, which is another way within tuples, dicts and the like.
void print_type(std::string& out, const Type& type, bool nested = false) {
  auto parts = [&](std::string_view open, std::string_view close) {
    out += open;
    for (size_t i = 0; i < type.elements().size(); ++i) {
      if (i) out += ", ";
      print_type(out, *type.element(i), type.kind() != TypeKind::kFuture);
    }
    out += close;
  };
  switch (type.kind()) {
    case TypeKind::kOptional:
      if (type.element()->is(TypeKind::kUnion)) {
        print_type(out, *type.element());
        out.replace(out.size() - 1, 1, ", NoneType)");
        break;
      }
      [[fallthrough]];
    case TypeKind::kList:
      print_type(out, *type.element(), nested);
      out += type.is(TypeKind::kList) ? "[]" : "?";
      break;
    case TypeKind::kDict: parts("Dict(", ")"); break;
    case TypeKind::kUnion: parts("Union(", ")"); break;
    case TypeKind::kFuture: nested ? parts("Future(", ")") : parts("Future[", "]"); break;
    case TypeKind::kAwait: parts("Await(", ")"); break;
    case TypeKind::kTuple: {
      const TupleType& tuple = as_tuple(type);
      if (tuple.name.empty()) return parts("(", ")");
      out += "NamedTuple(";
      for (size_t i = 0; i < tuple.elements().size(); ++i) {
        if (i) out += ", ";
        if (i < tuple.fields.size()) out += cat(tuple.fields[i], " : ");
        print_type(out, *tuple.element(i), true);
      }
      out += ')';
      break;
    }
    case TypeKind::kInterface: {
      const std::string& name = as_interface(type).name;
      out += cat("InterfaceType<", name.substr(name.rfind('.') + 1), '>');
      break;
    }
    default: out += type.str();
  }
}

// `python`: within a tuple, list or dict PyTorch spells items as Python does.
void print_constant(std::string& out, const impl::Value& value, int depth, bool python = false) {
  if (depth > 100) {
    out += "...";
    return;
  }
  auto items = [&](const Vec<impl::Value>& values) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (i) out += ", ";
      print_constant(out, values[i], depth + 1, python);
    }
  };
  switch (value.tag()) {
    case Tag::kNone: out += "None"; break;
    case Tag::kBool:
      if (python && depth > 0) out += value.boolean() ? "True" : "False";
      else out += value.boolean() ? "1" : "0";
      break;
    case Tag::kInt: append(out, (long long)value.integer()); break;
    case Tag::kFloat: print_float(out, value.floating()); break;
    case Tag::kString: print_string(out, value.string()); break;
    case Tag::kComplex: {
      std::complex<double> number = value.to_complex();
      print_float(out, number.real());
      if (!std::signbit(number.imag())) out += '+';
      print_float(out, number.imag());
      out += 'j';
      break;
    }
    case Tag::kDevice:
      if (python && depth > 0) out += "torch.device(";
      print_string(out, device_name(value.device()));
      if (python && depth > 0) out += ')';
      break;
    case Tag::kTensor: out += "<Tensor>"; break;
    case Tag::kList: {
      bool bare = python && value.list().items.empty();
      if (bare) out += cat("annotate(List[", value.list().element->annotation(), "], ");
      out += '[';
      items(value.list().items);
      out += bare ? "])" : "]";
      break;
    }
    case Tag::kTuple:
      out += '(';
      items(value.tuple().items);
      if (value.tuple().items.size() == 1) out += ',';
      out += ')';
      break;
    case Tag::kDict: {
      out += '{';
      bool first = true;
      for (const auto& entry : value.dict().entries()) {
        if (!std::exchange(first, false)) out += ", ";
        print_constant(out, entry.key, depth + 1, python);
        out += ": ";
        print_constant(out, entry.value, depth + 1, python);
      }
      out += '}';
      break;
    }
    case Tag::kEnum: append(out, value.enumeration().type->name + "." + value.enumeration().name); break;
    case Tag::kFunction: append(out, value.function().name); break;
    default:
      out += '<';
      out += tag_name(value.tag());
      out += '>';
  }
}

class Printer {
 public:
  Printer(const Graph& graph, const PrintOptions& options) : options_(options), names_(graph.value_count()) {
    out_ += "graph(";
    for (size_t i = 0; i < graph.inputs().size(); ++i) {
      if (i) out_ += ",\n      ";
      define(graph.inputs()[i]);
    }
    out_ += "):\n";
    if (options_.pytorch) print_constants(*graph.top());
    print_nodes(*graph.top(), 1);
    out_ += "  return (";
    print_uses(graph.outputs());
    out_ += ")\n";
    for (const auto& [name, function] : subgraphs_)
      if (auto* compiled = dynamic_cast<GraphFunction*>(function.get()))
        out_ += cat("with ", name, " = ", to_text(compiled->graph(), options_));
  }
  std::string take() { return std::move(out_); }

 private:
  void indent(int depth) { out_.append(size_t(depth) * 2, ' '); }

  std::string free_number() {
    std::string name;
    do name = cat(next_++);
    while (!taken_.insert(name).second);
    return name;
  }

  void define(const Value* value) {
    std::string name(value->name());
    if (name.empty()) {
      name = free_number();
    } else if (!taken_.insert(name).second) {
      int& suffix = suffixes_[name];
      std::string_view base = value->name();
      do name = cat(base, '.', ++suffix);
      while (!taken_.insert(name).second);
    }
    out_ += '%';
    out_ += name;
    names_[value->id()] = std::move(name);
    out_ += " : ";
    if (!value->type()) out_ += "<no type>";
    else if (options_.pytorch && value->node() && value->node()->is(Kind::kExit)) out_ += "Tensor";  // never set there
    else if (options_.pytorch) print_type(out_, *value->type());
    else out_ += value->type()->str();
  }

  void print_uses(std::span<Value* const> values) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (i) out_ += ", ";
      out_ += '%';
      const std::string& name = names_[values[i]->id()];
      out_ += name.empty() ? "<undefined>" : name;
    }
  }

  void print_attributes(const Node& node) {
    auto number = [&](const char* key, int64_t value) { out_ += cat(key, '=', (long long)value); };
    auto text = [&](const char* key, std::string_view value) {
      out_ += key;
      out_ += '=';
      print_string(out_, value);
    };
    switch (node.kind()) {
      case Kind::kConstant:
        if (node.value.is_none()) return;
        out_ += "[value=";
        print_constant(out_, node.value, 0, options_.pytorch);
        break;
      case Kind::kGetAttr:
      case Kind::kSetAttr:
      case Kind::kCallMethod: out_ += '[', text("name", node.text); break;
      case Kind::kUnsupported: out_ += '[', text("missing", node.text); break;
      case Kind::kCallFunction:
      case Kind::kFork:
      case Kind::kAwaitable:
        out_ += '[', text("function", node.function ? std::string_view(node.function->name) : "");
        break;
      case Kind::kTupleIndex:
        if (options_.pytorch) return;
        out_ += '[', number("index", node.number);
        break;
      case Kind::kTupleSlice: out_ += '[', number("beg", node.number), out_ += ", ", number("end", node.number2); break;
      case Kind::kIsInstance:
        out_ += "[types=[";
        for (size_t i = 0; i < node.types.size(); ++i) {
          if (i) out_ += ", ";
          if (options_.pytorch) print_type(out_, *node.types[i]);
          else out_ += node.types[i]->str();
        }
        out_ += ']';
        break;
      default: return;
    }
    out_ += ']';
  }

  void print_place(const Node& node) {
    if (!options_.places || !node.range().source) return;
    SourceRange place = original_range(node.range());
    LineColumn at = line_column(place);
    out_ += cat(" # ", place.source->name, ':', at.line, ':', at.column - 1);
  }

  void print_nodes(const Block& block, int depth) {
    for (const Node* node = block.first(); node; node = node->next()) {
      if (options_.pytorch && node->is(Kind::kConstant)) continue;  // all of them stand in front
      std::string callee;
      if (options_.pytorch && node->is(Kind::kCallFunction)) callee = cat('%', functions_[node->function.get()]);
      indent(depth);
      for (size_t i = 0; i < node->outputs().size(); ++i) {
        if (i) out_ += ", ";
        define(node->output(i));
      }
      out_ += " = ";
      out_ += options_.pytorch && node->is(Kind::kUncheckedCast) && !node->text.empty() ? node->text : node->name();
      if (options_.pytorch && (node->is(Kind::kFork) || node->is(Kind::kAwaitable))) print_subgraph(*node);
      else if (callee.empty()) print_attributes(*node);
      out_ += '(';
      if (!callee.empty()) out_ += callee + (node->inputs().empty() ? "" : ", ");
      print_uses(node->inputs());
      out_ += ')';
      print_place(*node);
      out_ += '\n';
      for (size_t i = 0; i < node->blocks().size(); ++i) print_block(*node->blocks()[i], i, depth + 1);
    }
  }

  // PyTorch puts literal numbers in front of the graph, each before the one before it, and leaves other constants where
  // they are used. Then it walks over the nodes and moves every constant that it has not seen yet to the front. So the
  // others come last first, and then literals in their order. A called function is a constant as well.
  void print_constants(const Block& top) {
    std::vector<FrontConstant> constants;
    collect_constants(top, constants);
    std::stable_sort(constants.begin(), constants.end(), [](const FrontConstant& a, const FrontConstant& b) {
      return a.literal != b.literal ? a.literal > b.literal : a.place < b.place;
    });
    std::unordered_map<std::string, size_t> known;  // by type and text
    std::vector<size_t> first(constants.size());
    for (size_t i = 0; i < constants.size(); ++i) {
      const Node& node = *constants[i].node;
      std::string text;
      if (node.is(Kind::kCallFunction)) text = cat("function ", node.function->name);
      else print_type(text, *node.output()->type()), text += '=', print_constant(text, node.value, 0);
      bool opaque = text.find('<') != text.npos;
      first[i] = opaque ? i : known.emplace(std::move(text), i).first->second;
    }
    auto print = [&](size_t i) {
      const Node& node = *constants[i].node;
      if (first[i] != i) return;
      indent(1);
      if (node.is(Kind::kCallFunction)) {
        std::string& name = functions_[node.function.get()];
        name = free_number();
        out_ += cat('%', name, " : Function = prim::Constant[name=");
        print_string(out_, std::string_view(node.function->name).substr(node.function->name.rfind('.') + 1));
        out_ += "]()\n";
        return;
      }
      define(node.output());
      out_ += " = prim::Constant";
      print_attributes(node);
      out_ += "()";
      print_place(node);
      out_ += '\n';
    };
    size_t literals = 0;
    while (literals < constants.size() && constants[literals].literal) ++literals;
    for (size_t i = constants.size(); i-- > literals;) print(i);
    for (size_t i = 0; i < literals; ++i) print(i);
    for (size_t i = 0; i < constants.size(); ++i)
      if (first[i] != i && constants[i].node->is(Kind::kConstant))
        names_[constants[i].node->output()->id()] = names_[constants[first[i]].node->output()->id()];
  }

  struct FrontConstant {
    const Node* node;  // a constant or a call of a function
    bool literal;
    int64_t place;
  };

  static void collect_constants(const Block& block, std::vector<FrontConstant>& out) {
    for (const Node* node = block.first(); node; node = node->next()) {
      if (node->is(Kind::kConstant) && node->number > 0) out.push_back({node, true, node->number});
      else if (node->is(Kind::kConstant)) out.push_back({node, false, node->number2 ? node->number2 : node->id()});
      else if (node->is(Kind::kCallFunction)) out.push_back({node, false, node->id()});
      for (const Block* inner : node->blocks()) collect_constants(*inner, out);
    }
  }

  // prim::fork_0, with the graph printed behind this one.
  void print_subgraph(const Node& node) {
    size_t number = 0;
    for (const auto& known : subgraphs_) number += known.first.starts_with(node.name());
    std::string name = cat(node.name(), '_', number);
    out_ += cat('_', number);
    subgraphs_.emplace_back(std::move(name), node.function);
  }

  void print_block(const Block& block, size_t index, int depth) {
    indent(depth);
    out_ += cat("block", index, '(');
    for (size_t i = 0; i < block.parameters().size(); ++i) {
      if (i) out_ += ", ";
      define(block.parameters()[i]);
    }
    out_ += "):\n";
    print_nodes(block, depth + 1);
    indent(depth + 1);
    out_ += "-> (";
    print_uses(block.returns());
    out_ += ")\n";
  }

  const PrintOptions& options_;
  std::string out_;
  std::vector<std::string> names_;
  std::unordered_set<std::string> taken_;
  std::unordered_map<const Function*, std::string> functions_;  // called ones, and their constants' names
  std::unordered_map<std::string, int> suffixes_;               // the last one given to a repeated name
  int next_ = 0;
  std::vector<std::pair<std::string, Ref<Function>>> subgraphs_;
};

}  // namespace

std::string to_text(const Graph& graph, const PrintOptions& options) { return Printer(graph, options).take(); }

std::string constant_text(const impl::Value& value) {
  std::string out;
  print_constant(out, value, 0);
  return out;
}

}  // namespace taper::impl::ir
