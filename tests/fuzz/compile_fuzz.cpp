// Any bytes as a code file: all of its classes and functions are compiled, verified, optimized and verified again.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/error.h"
#include "ir/compilation_unit.h"
#include "ir/parser.h"
#include "ir/passes/pass.h"
#include "ir/print.h"
#include "ir/verify.h"

using namespace taper::impl;

namespace {

// Enough operators that most of the seeds' calls find one; what is not here is prim::Unsupported.
constexpr const char* kSchemas[] = {
    "aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
    "aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
    "aten::add.t(t[] a, t[] b) -> t[]",
    "aten::add.str(str a, str b) -> str",
    "aten::add.int(int a, int b) -> int",
    "aten::add.float(float a, float b) -> float",
    "aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)",
    "aten::mul.Tensor(Tensor self, Tensor other) -> Tensor",
    "aten::mul.Scalar(Tensor self, Scalar other) -> Tensor",
    "aten::mul.int(int a, int b) -> int",
    "aten::div.Tensor(Tensor self, Tensor other) -> Tensor",
    "aten::div.Scalar(Tensor self, Scalar other) -> Tensor",
    "aten::div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor",
    "aten::is_floating_point(Tensor self) -> bool",
    "aten::relu(Tensor self) -> Tensor",
    "aten::view(Tensor(a) self, int[] size) -> Tensor(a)",
    "aten::select.int(Tensor(a) self, int dim, int index) -> Tensor(a)",
    "aten::slice.Tensor(Tensor(a) self, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor(a)",
    "aten::slice.t(t[] l, int? start=None, int? end=None, int step=1) -> t[]",
    "aten::sum(Tensor self, *, ScalarType? dtype=None) -> Tensor",
    "aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
    "aten::cat(Tensor[] tensors, int dim=0) -> Tensor",
    "aten::unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]",
    "aten::append.t(t[](a!) self, t(c -> *) el) -> t[](a!)",
    "aten::__getitem__.t(t[](a) list, int idx) -> t(*)",
    "aten::__getitem__.Dict_str(Dict(str, t) self, str key) -> t(*)",
    "aten::_set_item.t(t[](a!) l, int idx, t(b -> *) el) -> t[](a!)",
    "aten::keys.str(Dict(str, t) self) -> str[](*)",
    "aten::len.t(t[] a) -> int",
    "aten::len.str(str s) -> int",
    "aten::lt.int(int a, int b) -> bool",
    "aten::gt.int(int a, int b) -> bool",
    "aten::eq.int(int a, int b) -> bool",
    "aten::eq.str(str a, str b) -> bool",
    "aten::__is__(t1 self, t2 obj) -> bool",
    "aten::__isnot__(t1 self, t2 obj) -> bool",
    "aten::__not__(bool self) -> bool",
    "aten::__and__.bool(bool a, bool b) -> bool",
    "aten::Int.Tensor(Tensor a) -> int",
    "aten::Int.bool(bool a) -> int",
    "aten::Float.int(int a) -> float",
    "aten::Bool.Tensor(Tensor a) -> bool",
    "aten::Bool.int(int a) -> bool",
    "aten::IntImplicit(Tensor a) -> int",
    "aten::str(t elem) -> str",
    "aten::format(str self, ...) -> str",
    "aten::__range_length(int lo, int hi, int step) -> int",
    "aten::__derive_index(int index, int start, int step) -> int",
    "prim::NumToTensor.Scalar(Scalar a) -> Tensor",
    "prim::dtype(Tensor a) -> int",
    "prim::device(Tensor a) -> Device",
    "prim::tolist(...) -> ...",
};

class Table final : public OpTable {
 public:
  Table() {
    for (size_t i = 0; i < std::size(kSchemas); ++i) {
      rows_[i].schema = kSchemas[i];
      std::string_view schema = kSchemas[i];
      if (schema.find('!') == schema.npos) rows_[i].flags = kPure;
      by_name_[std::string(schema_name(schema).name)].push_back(&rows_[i]);
    }
  }
  std::span<const OpDef* const> find(std::string_view name) const override {
    auto found = by_name_.find(std::string(name));
    return found == by_name_.end() ? std::span<const OpDef* const>() : found->second;
  }

 private:
  OpDef rows_[std::size(kSchemas)] = {};
  std::unordered_map<std::string, std::vector<const OpDef*>> by_name_;
};

class Provider final : public ir::SourceProvider {
 public:
  explicit Provider(Ref<const Source> source) : source_(std::move(source)) {}
  Ref<const Source> find(std::string_view path) override { return path == "__torch__.m" ? source_ : nullptr; }

 private:
  Ref<const Source> source_;
};

void check_well_formed(const ir::Graph& graph, const char* when) {
  std::string problem = ir::find_malformation(graph);
  if (problem.empty()) return;
  std::fprintf(stderr, "malformed %s: %s\n%s", when, problem.c_str(), ir::to_text(graph).c_str());
  std::abort();
}

void compile(ir::CompilationUnit& unit, ir::GraphFunction& function) {
  try {
    const ir::Graph& graph = function.graph();
    check_well_formed(graph, "as emitted");
    auto copy = graph.clone();
    ir::PassContext context{unit};
    context.max_nodes = 20'000;
    for (const ir::Pass& pass : ir::all_passes()) {
      pass.run(*copy, context);
      check_well_formed(*copy, pass.name.data());
    }
  } catch (const Error&) {}
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Table table;
  auto source = make_ref<Source>();
  source->name = "code/__torch__/m.py";
  source->text.assign(reinterpret_cast<const char*>(data), size);
  ir::CompileOptions options;
  options.max_nodes = 100'000;
  options.max_depth = 64;
  std::vector<Value> constants{Value(make_tensor({2}, DType::kFloat)), Value(int64_t(3))};
  auto unit = make_ref<ir::CompilationUnit>(table, std::make_unique<Provider>(source), std::move(constants), options);
  Ref<const ir::SourceTree> tree;
  try {
    tree = ir::parse_source(source);
  } catch (const Error&) {
    return 0;
  }
  for (const ir::Stmt* statement : tree->body()) {
    try {
      if (auto* cls = statement->as<ir::ClassDef>()) {
        TypePtr type = unit->type(cat("__torch__.m.", cls->name));
        if (!type || !type->is(TypeKind::kClass)) continue;
        for (const auto& [name, method] : as_class(*type).methods)
          compile(*unit, static_cast<ir::GraphFunction&>(*method));
        for (const auto& [name, method] : as_class(*type).static_methods)
          compile(*unit, static_cast<ir::GraphFunction&>(*method));
      } else if (auto* def = statement->as<ir::FunctionDef>()) {
        if (Function* function = unit->function(cat("__torch__.m.", def->name)))
          compile(*unit, static_cast<ir::GraphFunction&>(*function));
      }
    } catch (const Error&) {}
  }
  return 0;
}
