// Runs tests/language/cases/*.txt: what TorchScript is, construct by construct. A file is a topic and holds cases:
//
//   ;;; topic TITLE                 (of the file)
//   ;;; case CONSTRUCT              (a row of docs/language.md)
//   ;;; source __torch__.m          (a code file of the archive; several may follow each other)
//   ;;; model CLASS EXPRESSION      (the object that runs know as self.model)
//   ;;; attribute PATH EXPRESSION   (of that object, where code cannot assign it)
//   ;;; constants EXPRESSION        (a tuple: what the code calls CONSTANTS.c0 and so on)
//   ;;; graph __torch__.m.f         (the function's graph as it is compiled, in PyTorch's form)
//   ;;; bytecode __torch__.m.f      (what the interpreter runs, after all passes)
//   ;;; run EXPRESSION              (what is printed and warned on the way, and the value as str() shows it, or the error)
//   ;;; differs WHY                 (after a run or graph: what PyTorch gives instead, or nothing)
//   ;;; frozen N [numerics]         (the code that freezing the model's run N leaves)
//
// Each case becomes an archive, is loaded, and runs in order with one state, with and without passes, again from an archive
// whose code is printed from the graphs, and frozen. The archives stay in the build folder, where
// tests/oracle/check_language.py finds them. With TAPER_REBASE set, expectations are rewritten.

#include <catch2/catch.hpp>
#include <cstdlib>

#include "archive/model_file.h"
#include "core/error.h"
#include "ir/print.h"
#include "language/archive.h"
#include "language/support_table.h"
#include "ops/registry.h"
#include "runtime/program.h"
#include "support/find_function.h"
#include "support/text_cases.h"

namespace taper::impl {
namespace {

constexpr std::string_view kFolder = "tests/language/cases";
constexpr const char* kArchives = TAPER_BINARY_DIR "/tests/language/archives";

// Every line after the word that says what it is.
class Heard final : public HostCallbacks {
 public:
  void print(std::string_view text) override { add("prints", text); }
  void warn(std::string_view text, std::string_view) override { add("warns", text); }
  std::string text;

 private:
  void add(std::string_view what, std::string_view lines) {
    if (lines.ends_with('\n')) lines.remove_suffix(1);
    for (size_t end = 0; end != lines.npos; lines.remove_prefix(end == lines.npos ? 0 : end + 1)) {
      end = lines.find('\n');
      append(text, cat(what, " ", lines.substr(0, end), "\n"));
    }
  }
};

// "raises" and the class, as Python shows it; "lacks" for what taper does not have; "refuses" where code does not compile.
std::string describe(const Error& error) {
  if (error.code() == ErrorCode::kUnsupported) return cat("lacks ", error.message());
  if (error.code() == ErrorCode::kInvalidFile) return cat("refuses ", error.message());
  return cat("raises ", error.python_class().empty() ? "RuntimeError" : error.python_class(), ": ", error.message());
}

class Case final : public TextCase {
 public:
  Case(const std::filesystem::path& file, size_t number, std::span<const Section> sections)
      : path_(cat(kArchives, "/", file.stem().string(), ".", number, ".pt")) {
    for (const Section& section : sections) {
      if (section.kind == "source") content_.sources.emplace_back(section.words.at(0), section.text);
      if (section.kind == "run") content_.runs.push_back(section.title());
      if (section.kind == "constants") content_.constants = section.title();
      if (section.kind != "model" && section.kind != "attribute") continue;
      std::string first = section.words.at(0), expression = section.title().substr(first.size() + 1);
      if (section.kind == "attribute") content_.attributes.emplace_back(first, expression);
      else content_.model_type = first, content_.model = expression;
    }
  }

  bool input(const Section& section) override {
    return section.kind == "source" || section.kind == "model" || section.kind == "attribute" ||
           section.kind == "constants" || section.kind == "differs";
  }

  std::string answer(const Section& section) override {
    if (section.kind == "run") {
      std::string method = cat("run", next_run_++), plain = run(kPlain, method);
      CHECK(run(kOptimized, method) == plain);
      if (can_print()) CHECK(run(kPrinted, method) == plain);
      if (Instance* instance = frozen()) CHECK(run(*instance, method) == plain);
      return plain;
    }
    try {
      return code(section);
    } catch (const Error& error) {
      return describe(error) + "\n";
    }
  }

 private:
  enum Form { kPlain, kOptimized, kPrinted };

  std::string code(const Section& section) {
    if (section.kind == "frozen") {
      FreezeOptions options;
      options.methods = {"run" + section.words.at(0)};
      options.optimize_numerics = section.words.size() > 1;
      return sources(load(kOptimized).freeze(options)->file());
    }
    Instance& instance = load(kOptimized);
    ir::GraphFunction& function = find_function(instance.module().unit(), section.words.at(0));
    if (section.kind == "bytecode") return disassemble(instance.module().program().code(function));
    if (section.kind != "graph") FAIL("unknown section " << section.kind);
    ir::PrintOptions form;
    form.pytorch = true;
    return ir::to_text(function.graph(), form);
  }

  Instance& load(Form form) {
    if (!std::exchange(written_, true)) write_archive(path_, content_);
    if (!instances_[form]) {
      ModuleOptions options;
      options.optimize = form == kOptimized;
      Ref<Reader> reader = form == kPrinted ? own_memory(std::move(printed_)) : open_file(path_);
      instances_[form] = load_module(read_model(std::move(reader), {}), operator_table(), options)->instantiate();
    }
    return *instances_[form];
  }

  // What taper lacks has no code.
  bool can_print() {
    if (printable_) return *printable_;
    printable_ = false;
    for (const auto& [module, text] : content_.sources)
      if (text.find("__getstate__") != text.npos) return false;  // writing again calls it once more
    try {
      printed_ = printed_archive(*load_module(read_model(open_file(path_), {}), operator_table(), {})->instantiate());
      printable_ = true;
    } catch (const Error& error) {
      INFO(error.message());
      CHECK(error.code() == ErrorCode::kUnsupported);
    }
    return *printable_;
  }

  // Null where something is missing.
  Instance* frozen() {
    if (!std::exchange(tried_to_freeze_, true)) {
      FreezeOptions options;
      for (size_t i = 0; i < content_.runs.size(); ++i) options.methods.push_back(cat("run", i));
      try {
        frozen_ = load_module(read_model(open_file(path_), {}), operator_table(), {})->instantiate()->freeze(options);
        frozen_instance_ = frozen_->instantiate();
        ++frozen_cases;
      } catch (const Error& error) {
        INFO(error.what());
        CHECK((error.code() == ErrorCode::kUnsupported || error.code() == ErrorCode::kInvalidFile));
      }
    }
    return frozen_instance_.get();
  }

  static std::string sources(ModelFile& file) {
    std::string out;
    for (const std::string& module : file.source_paths())
      append(out, cat("# ", module, "\n", file.find_source(module)->text));
    return out;
  }

  std::string run(Form form, const std::string& method) { return run(load(form), method); }
  static std::string run(Instance& instance, const std::string& method) {
    Execution execution;
    Heard heard;
    execution.context().callbacks = &heard;
    execution.context().grad_mode = true;  // as in PyTorch
    try {
      heard.text += instance.call(execution, method, {}).to_string();
    } catch (const Error& error) {
      heard.text += describe(error);
    }
    return heard.text.ends_with('\n') ? heard.text : heard.text + "\n";
  }

  std::string path_;
  ArchiveContent content_;
  bool written_ = false;
  size_t next_run_ = 0;
  std::vector<char> printed_;
  std::optional<bool> printable_;
  Ref<Instance> instances_[3];
  bool tried_to_freeze_ = false;
  Ref<Module> frozen_;
  Ref<Instance> frozen_instance_;

 public:
  static inline size_t frozen_cases = 0;
};

void run_folder(std::string_view folder) {
  std::filesystem::path now;
  size_t number = 0;
  auto make = [&](const std::filesystem::path& file, std::span<const Section> sections) {
    if (std::exchange(now, file) != file) number = 0;
    return std::make_unique<Case>(file, number++, sections);
  };
  CHECK(run_cases(folder, make) > 0);
}

}  // namespace

TEST_CASE("language cases") {
  std::filesystem::remove_all(kArchives);
  std::filesystem::create_directories(kArchives);
  run_folder(kFolder);
  run_folder("tests/language/frozen");
  CHECK(Case::frozen_cases > 2);
}

TEST_CASE("docs/language.md is the table of the cases") {
  const std::filesystem::path page = TAPER_SOURCE_DIR "/docs/language.md";
  std::string table = support_table(kFolder);
  if (std::getenv("TAPER_REBASE")) write_text(page, table);
  INFO("./dev docs writes the page");
  CHECK(read_text(page) == table);
}

}  // namespace taper::impl
