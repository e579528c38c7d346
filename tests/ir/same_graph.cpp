#include "ir/same_graph.h"

#include <functional>
#include <sstream>
#include <unordered_map>

#include "core/error.h"
#include "ir/compilation_unit.h"
#include "ir/print.h"

namespace taper::impl::ir {
namespace {

// A graph as text in which values are numbered as they are defined and constants stand where they are used.
class Canonical {
 public:
  explicit Canonical(const Graph& graph) {
    define(graph.inputs());
    nodes(*graph.top());
  }
  std::string take() { return std::move(out_); }

 private:
  void define(std::span<Value* const> values) {
    for (const Value* value : values) {
      std::string& name = names_[value];
      name = cat('%', names_.size() - 1);
      out_ += cat(name, " : ", value->type() ? value->type()->str() : "<no type>", ' ');
    }
  }
  void use(std::span<Value* const> values) {
    for (const Value* value : values) {
      if (value->node() && value->node()->is(Kind::kConstant)) constant(value->node()->value);
      else out_ += names_.at(value);
      out_ += ' ';
    }
  }
  void constant(const impl::Value& value) {
    if (!value.is_tensor()) {
      out_ += constant_text(value);
      return;
    }
    const TensorImpl& tensor = *value.tensor().impl();
    out_ += cat("<", dtype_name(tensor.dtype));
    for (int64_t size : tensor.sizes) out_ += cat(' ', size);
    if (tensor.storage && tensor.contiguous && tensor.device.type != DeviceType::kMeta && tensor.numel > 0) {
      const char* bytes = static_cast<const char*>(value.tensor().data());
      std::string_view content(bytes, size_t(tensor.numel) * item_size(tensor.dtype));
      out_ += cat(' ', std::hash<std::string_view>()(content));
    }
    out_ += '>';
  }
  void nodes(const Block& block) {
    for (const Node* node = block.first(); node; node = node->next()) {
      if (node->is(Kind::kConstant)) continue;
      out_.append(size_t(depth_) * 2, ' ');
      define(node->outputs());
      out_ += cat("= ", node->op() ? node->op()->schema.str() : std::string(node->name()), ' ');
      if (!node->is(Kind::kUncheckedCast)) out_ += cat(node->text, ' ');  // how an old archive spelled it
      for (const TypePtr& type : node->types) out_ += cat(type->str(), ' ');
      if (node->is(Kind::kTupleIndex) || node->is(Kind::kTupleSlice))
        out_ += cat(node->number, ' ', node->number2, ' ');
      auto* nested = dynamic_cast<const GraphFunction*>(node->function.get());
      if (node->function && !(nested && nested->is_nested())) out_ += cat(node->function->name, ' ');
      use(node->inputs());
      out_ += '\n';
      ++depth_;
      if (nested && nested->is_nested()) out_ += Canonical(const_cast<GraphFunction*>(nested)->graph()).take();
      for (const Block* inner : node->blocks()) {
        out_.append(size_t(depth_) * 2 - 1, ' ');
        out_ += "block ";
        define(inner->parameters());
        out_ += '\n';
        nodes(*inner);
      }
      --depth_;
    }
    out_.append(size_t(depth_) * 2, ' ');
    out_ += "-> ";
    use(block.returns());
    out_ += '\n';
  }

  std::string out_;
  int depth_ = 0;
  std::unordered_map<const Value*, std::string> names_;
};

}  // namespace

std::string first_difference(const Graph& a, const Graph& b) {
  std::istringstream left(Canonical(a).take()), right(Canonical(b).take());
  for (std::string x, y;;) {
    bool more = bool(std::getline(left, x)), others = bool(std::getline(right, y));
    if (!more && !others) return {};
    if (!more) x = "(end)";
    if (!others) y = "(end)";
    if (x != y) return cat(x, '\n', y, '\n');
  }
}

}  // namespace taper::impl::ir
