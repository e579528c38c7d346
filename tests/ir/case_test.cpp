// Runs tests/ir/cases/*.txt. A file holds cases:
//
//   ;;; case NAME
//   ;;; source __torch__.m            (text of a module; several may follow each other)
//   ;;; version 2                     (of the archive)
//   ;;; constants 3                   (so many tensors as CONSTANTS)
//   ;;; graph __torch__.m.f           (what the function compiles to)
//   ;;; pytorch __torch__.m.f         (the same, as PyTorch prints it)
//   ;;; code __torch__.m.f            (as code, printed from the graph; compiled, it is the same graph or the same code again)
//   ;;; passes __torch__.m.f inline dead   (the graph after these passes)
//   ;;; freeze __torch__.m.Net forward  (what freezing an object of the class leaves of the method; "keep" and names after
//                                     it: attributes of that class that stay)
//   ;;; input graph                   (instead of a function: a graph as text, named "graph")
//   ;;; alias graph                   (writers, escapes and aliases of its named values)
//   ;;; error __torch__.m.f           (a part of the message)
#include <catch2/catch.hpp>

#include "core/error.h"
#include "ir/alias.h"
#include "ir/code_round_trip.h"
#include "ir/freeze.h"
#include "ir/graph_parser.h"
#include "ir/passes/pass.h"
#include "ir/print.h"
#include "ir/print_code.h"
#include "ir/test_unit.h"
#include "ir/verify.h"
#include "support/text_cases.h"

namespace taper::impl::ir {
namespace {

class Case final : public TextCase {
 public:
  bool input(const Section& section) override {
    if (section.kind == "source") {
      sources_[section.words.at(0)] = section.text;
    } else if (section.kind == "version") {
      options_.file_version = std::stoll(section.words.at(0));
    } else if (section.kind == "constants") {
      for (int i = 0; i < std::stoi(section.words.at(0)); ++i) {
        Tensor tensor = make_tensor({2}, DType::kFloat);
        std::fill_n(static_cast<float*>(tensor.mutable_data()), 2, float(i));
        constants_.emplace_back(std::move(tensor));
      }
    } else if (section.kind == "input") {
      input_ = section.text;
    } else {
      return false;
    }
    return true;
  }

  CompilationUnit* unit() {
    if (!unit_) unit_ = make_unit(sources_, options_, constants_);
    return unit_.get();
  }

  std::string answer(const Section& section) override {
    if (section.kind == "error") {
      try {
        graph_of(section.words.at(0));
      } catch (const Error& error) {
        return error.message() + (error.message().ends_with('\n') ? "" : "\n");
      }
      return "no error\n";
    }
    if (section.kind == "freeze") return freeze(section);
    const Graph& source = graph_of(section.words.at(0));
    verify(source, "test");
    if (section.kind == "graph") return to_text(source);
    if (section.kind == "pytorch") {
      PrintOptions form;
      form.pytorch = true;
      return to_text(source, form);
    }
    if (section.kind == "code") {
      GraphFunction& function = find_function(*unit_, section.words.at(0));
      Printable functions[] = {{&function, &source}};
      RoundTrip result = round_trip(functions, test_table(), make_provider(sources_), nullptr)[0];
      CodeConstants constants;
      std::string code = print_code(function, constants);
      if (!result.error.empty()) code += cat("but: ", result.error, "\n");
      // A loop that counts is another graph than one that is counted; its code then says all.
      if (result.again != (result.difference.empty() ? "" : result.code)) code += cat("but:\n", result.difference);
      return code;
    }
    if (section.kind == "alias") return describe_aliases(source);
    auto graph = source.clone();
    TestEvaluator evaluator;
    PassContext context{*unit_, &evaluator};
    for (size_t i = 1; i < section.words.size(); ++i) {
      for (const Pass& pass : all_passes())
        if (pass.name == section.words[i]) pass.run(*graph, context);
      verify(*graph, section.words[i]);
    }
    return to_text(*graph);
  }

 private:
  const Graph& graph_of(const std::string& name) {
    unit();
    if (name != "graph") return find_function(*unit_, name).graph();
    if (!parsed_) parsed_ = parse_graph(input_, *unit_);
    return *parsed_;
  }

  // A value of the type that tells apart what can be told apart; flags are False.
  impl::Value make_value(const Type& type) {
    switch (type.kind()) {
      case TypeKind::kBool: return false;
      case TypeKind::kInt: return 7;
      case TypeKind::kFloat: return 0.5;
      case TypeKind::kString: return "text";
      case TypeKind::kTensor: return make_tensor({2}, DType::kFloat);
      case TypeKind::kList: return make_list(type.element(), {make_value(*type.element())});
      case TypeKind::kTuple: {
        auto tuple = make_ref<TupleObj>();
        for (const TypePtr& element : type.elements()) tuple->items.push_back(make_value(*element));
        return impl::Value(std::move(tuple));
      }
      case TypeKind::kInterface: {  // the class of the same file that is called like it
        const std::string& name = as_interface(type).name;
        return make_value(*unit()->type(name.substr(0, name.rfind('.')) + ".Part"));
      }
      case TypeKind::kClass: {
        const auto& class_type = as_class(type);
        auto object = make_ref<Object>(Ref<const ClassType>(&class_type));
        for (size_t i = 0; i < class_type.attributes.size(); ++i)
          object->slots[i] = make_value(*class_type.attributes[i].type);
        return impl::Value(std::move(object));
      }
      default: return {};
    }
  }

  std::string freeze(const Section& section) {
    TypePtr type = unit()->type(section.words.at(0));
    if (!type) fail(ErrorCode::kInternal, "there is no such class");
    impl::Value root = make_value(*type);
    TestEvaluator evaluator;
    PassContext context{*unit_, &evaluator};
    Freezer freezer(context, root);
    bool keep = false;
    for (size_t i = 1; i < section.words.size(); ++i) {
      const std::string& word = section.words[i];
      if (word == "keep") keep = true;
      else if (keep) freezer.preserve(as_class(*type), word);
      else freezer.add(find_function(*unit_, cat(section.words[0], ".", word)));
    }
    freezer.run();
    std::string out;
    for (const Freezer::Method& method : freezer.methods()) {
      verify(*method.graph, "freeze");
      out += to_text(*method.graph);
    }
    for (const Attribute& attribute : as_class(*type).attributes)
      if (freezer.keeps(as_class(*type), attribute.name)) out += cat("keeps ", attribute.name, "\n");
    return out;
  }

  static std::string describe_aliases(const Graph& graph) {
    AliasAnalysis alias(graph);
    std::vector<const Value*> named;
    collect(*graph.top(), named);
    std::string out;
    for (const Value* a : named) {
      if (!is_mutable(*a->type())) continue;
      out += cat(a->name(), ":", alias.has_writers(a) ? " written" : "", alias.escapes(a) ? " escapes" : "");
      for (const Value* b : named)
        if (a != b && alias.may_alias(a, b)) out += cat(" =", b->name());
      out += '\n';
    }
    return out;
  }
  static void collect(const Block& block, std::vector<const Value*>& out) {
    auto add = [&](const Value* value) {
      if (!value->name().empty()) out.push_back(value);
    };
    for (const Value* parameter : block.parameters()) add(parameter);
    for (const Node* node = block.first(); node; node = node->next()) {
      for (const Block* inner : node->blocks()) collect(*inner, out);
      for (const Value* output : node->outputs()) add(output);
    }
  }

  Sources sources_;
  CompileOptions options_;
  std::vector<impl::Value> constants_;
  std::string input_;
  Ref<CompilationUnit> unit_;
  std::unique_ptr<Graph> parsed_;
};

constexpr std::string_view kFolder = "tests/ir/cases";

}  // namespace

TEST_CASE("compiler cases") {
  CHECK(run_cases(kFolder, [](auto&, auto) { return std::make_unique<Case>(); }) > 150);
}

// What is printed reads back as the same graph.
TEST_CASE("graph text round trip") {
  int seen = 0;
  for (const auto& path : case_files(kFolder)) {
    std::unique_ptr<Case> now;
    for (Section& section : read_sections(path)) {
      if (section.kind == "case") now = std::make_unique<Case>();
      else now->input(section);
      if (section.kind != "graph" || section.text.find("<Tensor>") != std::string::npos) continue;
      if (section.text.find("Enum") != std::string::npos || section.text.find("Interface") != std::string::npos)
        continue;
      if (section.text.find("prim::fork") != std::string::npos ||
          section.text.find("prim::awaitable[") != std::string::npos)
        continue;
      INFO(path.filename().string() << " " << section.words[0]);
      auto unit = now->unit();
      auto graph = parse_graph(section.text, *unit);
      CHECK(find_malformation(*graph) == "");
      CHECK(to_text(*graph) == section.text);
      CHECK(to_text(*graph->clone()) == section.text);
      ++seen;
    }
  }
  CHECK(seen > 20);
}

}  // namespace taper::impl::ir
