// taper inspect: what an archive holds. Nothing of it is executed.
#include <cstdio>
#include <map>
#include <unordered_set>

#include "archive/model_file.h"
#include "core/error.h"
#include "ir/print.h"
#include "ir/print_code.h"
#include "ops/registry.h"
#include "runtime/convert.h"
#include "runtime/print_value.h"
#include "runtime/survey.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/open_model.h"
#include "tools/text.h"

namespace taper::impl {
namespace {

constexpr int kMaxDepth = 500;

std::string tensor_text(const Tensor& tensor) {
  std::string out = cat("Tensor ", dtype_name(tensor.dtype()), " ");
  append(out, tensor.sizes());
  return out;
}

// One line for a value of a pickle.
std::string short_text(const Value& value) {
  switch (value.tag()) {
    case Tag::kTensor: return tensor_text(value.tensor());
    case Tag::kRawObject: return value.raw_object().class_name;
    case Tag::kList: return cat("list of ", value.list().items.size());
    case Tag::kDict: return cat("dict of ", value.dict().size());
    case Tag::kTuple:
      if (value.tuple().items.size() > 8) return cat("tuple of ", value.tuple().items.size());
      [[fallthrough]];
    default: return shortened(repr_value(value), 100);
  }
}

const DictObj* state_of(const Value& value) {
  return value.is(Tag::kRawObject) && value.raw_object().state.is(Tag::kDict) ? &value.raw_object().state.dict()
                                                                              : nullptr;
}

// Counts of the tensors in the saved state, storages once.
struct Totals {
  size_t modules = 0, tensors = 0;
  int64_t numbers = 0;
  uint64_t bytes = 0;
  std::unordered_set<const void*> seen;

  void add(const Value& value, int depth = 0) {
    if (!value.is_counted() || depth > kMaxDepth) return;
    if (value.is_tensor()) {
      if (!seen.insert(value.pointer()).second) return;
      const Tensor& tensor = value.tensor();
      ++tensors;
      numbers += tensor.numel();
      if (tensor.impl()->storage && seen.insert(tensor.storage().data()).second) bytes += tensor.storage().bytes();
      return;
    }
    if (!seen.insert(value.pointer()).second) return;
    if (value.is(Tag::kRawObject)) {
      ++modules;
      add(value.raw_object().state, depth + 1);
    } else if (value.is(Tag::kDict)) {
      for (const DictObj::Entry& entry : value.dict().entries()) add(entry.value, depth + 1);
    } else if (value.is(Tag::kList)) {
      for (const Value& item : value.list().items) add(item, depth + 1);
    } else if (value.is(Tag::kTuple)) {
      for (const Value& item : value.tuple().items) add(item, depth + 1);
    }
  }
};

class TreeWriter {
 public:
  void print(const Value& value, const std::string& name, int depth) {
    std::printf("%*s%s: %s", depth * 2, "", name.c_str(), short_text(value).c_str());
    const DictObj* state = state_of(value);
    if (!state || depth > kMaxDepth) {
      std::printf("\n");
      return;
    }
    if (!seen_.insert(value.pointer()).second) {
      std::printf(" (as above)\n");
      return;
    }
    std::printf("\n");
    for (const DictObj::Entry& entry : state->entries()) print(entry.value, name_of(entry.key), depth + 1);
  }

  void json(JsonWriter& json, const Value& value, int depth) {
    json.object([&] {
      if (value.is_tensor()) {
        json.member("dtype", std::string(dtype_name(value.tensor().dtype()))).key("sizes").array([&] {
          for (int64_t size : value.tensor().sizes()) json.value(size);
        });
        return;
      }
      if (!value.is(Tag::kRawObject)) {
        json.member("value", short_text(value));
        return;
      }
      json.member("class", value.raw_object().class_name);
      const DictObj* state = state_of(value);
      if (!state || depth > kMaxDepth || !seen_.insert(value.pointer()).second) return;
      json.key("attributes").object([&] {
        for (const DictObj::Entry& entry : state->entries()) {
          json.key(name_of(entry.key));
          this->json(json, entry.value, depth + 1);
        }
      });
    });
  }

 private:
  static std::string name_of(const Value& key) { return key.is(Tag::kString) ? key.string() : repr_value(key); }
  std::unordered_set<const RefCounted*> seen_;
};

// Operators by full name, how often code calls them, and whether taper has them.
struct UsedOperators {
  struct Use {
    size_t count = 0;
    bool supported = true;
  };
  std::map<std::string, Use> uses;

  void read(const ir::Block& block) {
    for (const ir::Node* node = block.first(); node; node = node->next()) {
      if (node->is(ir::Kind::kOperator)) {
        const Schema& schema = node->op()->schema;
        ++uses[schema.overload.empty() ? schema.name : cat(schema.name, ".", schema.overload)].count;
      } else if (node->is(ir::Kind::kUnsupported)) {
        Use& use = uses[first_line(node->text)];
        ++use.count;
        use.supported = false;
      } else if (std::string_view name = node->name(); name.starts_with("aten::") || node->is(ir::Kind::kPrint)) {
        ++uses[std::string(name)].count;
      }
      for (const ir::Block* inner : node->blocks()) read(*inner);
    }
  }
};

ir::GraphFunction& method_of(Survey& survey, const std::string& name) {
  Function* found = survey.root_type().method(name.empty() ? "forward" : name);
  if (!found) {
    std::string known;
    for (const auto& [each, function] : survey.root_type().methods) append(known, cat(known.empty() ? "" : ", ", each));
    fail(ErrorCode::kInvalidArgument, cat("the model has no method '", name.empty() ? "forward" : name, "'; it has ",
                                          known.empty() ? "none" : known));
  }
  return static_cast<ir::GraphFunction&>(*found);
}

bool is_method(const Function& function) {
  const auto& arguments = function.schema.arguments;
  return !arguments.empty() && arguments[0].type->is(TypeKind::kClass) &&
         function.name.starts_with(as_class(*arguments[0].type).name + ".");
}

const char* form_name(const ModelFile& file) {
  if (file.form == ArchiveForm::kModelJson) return "model.json (PyTorch 1.0 to 1.2)";
  return file.has_bytecode ? "data.pkl, with lite bytecode" : "data.pkl";
}

void print_summary(Survey& survey) {
  ModelFile& file = survey.file();
  Totals totals;
  totals.add(file.root);
  for (const Value& constant : file.constants) totals.add(constant);
  std::printf("class      %s\nversion    %lld, %s\n", survey.root_type().name.c_str(),
              static_cast<long long>(file.version), form_name(file));
  std::printf("state      %zu objects, %zu tensors, %lld numbers, %s\n", totals.modules, totals.tensors,
              static_cast<long long>(totals.numbers), bytes_text(totals.bytes).c_str());
  std::printf("code       %zu files, %zu functions, %zu constants\n", file.source_paths().size(),
              survey.functions().size(), file.constants.size());
  for (const std::string& name : file.extra_files())
    std::printf("extra      %s, %s\n", name.c_str(), bytes_text(file.read_extra(name).size()).c_str());
  for (const auto& [name, function] : survey.root_type().methods)
    std::printf("method     %s\n", declaration(function->schema, name).c_str());
}

void add_summary(JsonWriter& json, Survey& survey) {
  ModelFile& file = survey.file();
  Totals totals;
  totals.add(file.root);
  for (const Value& constant : file.constants) totals.add(constant);
  json.member("class", survey.root_type().name).member("version", file.version).member("form", form_name(file));
  json.member("objects", uint64_t(totals.modules))
      .member("tensors", uint64_t(totals.tensors))
      .member("numbers", totals.numbers);
  json.member("bytes", totals.bytes)
      .member("functions", uint64_t(survey.functions().size()))
      .member("constants", uint64_t(file.constants.size()));
  json.key("extra").array([&] {
    for (const std::string& name : file.extra_files()) json.value(name);
  });
  json.key("methods").object([&] {
    for (const auto& [name, function] : survey.root_type().methods)
      json.member(name, declaration(function->schema, name));
  });
}

// A function that does not compile is one line among the others.
template <typename Make>
std::string text_or_error(Make make) {
  try {
    return make();
  } catch (const Error& error) {
    return cat("error: ", error.what(), "\n");
  }
}

}  // namespace

int inspect_command(const InspectOptions& options) {
  Survey survey(open_model(options.model), operator_table());
  ModelFile& file = survey.file();
  bool graph = options.graph || options.optimized;
  bool summary = !graph && !options.code && !options.source && !options.ops && !options.tree && !options.constants;
  JsonWriter json;
  auto graph_text = [&](ir::GraphFunction& function) {
    if (options.optimized) return ir::to_text(*survey.optimized(function));
    ir::PrintOptions form;
    form.pytorch = true;
    return ir::to_text(function.graph(), form);
  };
  auto code_text = [&](ir::GraphFunction& function) {
    ir::CodeConstants constants;  // each function counts from c0, as PyTorch's .code does
    ir::CodeOptions form;
    form.first_argument_type = !is_method(function);
    return ir::print_code(function, constants, form);
  };
  auto used = [&] {
    UsedOperators operators;
    if (options.method.empty())
      for (ir::GraphFunction* function : survey.functions()) operators.read(*function->graph().top());
    else operators.read(*method_of(survey, options.method).graph().top());
    return operators;
  };
  if (options.json) {
    json.object([&] {
      if (summary) add_summary(json, survey);
      if (graph && options.all)
        json.key("graphs").object([&] {
          for (ir::GraphFunction* function : survey.functions())
            json.member(function->name, text_or_error([&] { return graph_text(*function); }));
        });
      else if (graph) json.member("graph", graph_text(method_of(survey, options.method)));
      if (options.code && options.all)
        json.key("codes").object([&] {
          for (ir::GraphFunction* function : survey.functions())
            json.member(function->name, text_or_error([&] { return code_text(*function); }));
        });
      else if (options.code) json.member("code", code_text(method_of(survey, options.method)));
      if (options.source)
        json.key("source").object([&] {
          for (const std::string& path : file.source_paths())
            if (Ref<const Source> source = file.find_source(path)) json.member(source->name, source->text);
        });
      if (options.ops)
        json.key("operators").object([&] {
          for (const auto& [name, use] : used().uses)
            json.key(name).object(
                [&] { json.member("count", uint64_t(use.count)).member("supported", use.supported); });
        });
      if (options.tree) {
        json.key("tree");
        TreeWriter().json(json, file.root, 0);
      }
      if (options.constants)
        json.key("constants").array([&] {
          for (const Value& constant : file.constants) json.value(repr_value(constant));
        });
    });
    std::printf("%s\n", json.text().c_str());
    return 0;
  }
  if (summary) print_summary(survey);
  if (graph && options.all)
    for (ir::GraphFunction* function : survey.functions())
      std::printf("# %s\n%s", function->name.c_str(), text_or_error([&] { return graph_text(*function); }).c_str());
  else if (graph) std::fputs(graph_text(method_of(survey, options.method)).c_str(), stdout);
  if (options.code && options.all)
    for (ir::GraphFunction* function : survey.functions())
      std::printf("# %s\n%s", function->name.c_str(), text_or_error([&] { return code_text(*function); }).c_str());
  else if (options.code) std::fputs(code_text(method_of(survey, options.method)).c_str(), stdout);
  if (options.source)
    for (const std::string& path : file.source_paths())
      if (Ref<const Source> source = file.find_source(path))
        std::printf("# %s\n%s", source->name.c_str(), source->text.c_str());
  if (options.ops)
    for (const auto& [name, use] : used().uses)
      std::printf("%6zu  %s%s\n", use.count, name.c_str(), use.supported ? "" : "  (not supported)");
  if (options.tree) TreeWriter().print(file.root, "model", 0);
  if (options.constants)
    for (size_t i = 0; i < file.constants.size(); ++i)
      std::printf("c%zu = %s\n", i, repr_value(file.constants[i]).c_str());
  return 0;
}

}  // namespace taper::impl
