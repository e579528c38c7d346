// taper check: what a model needs that taper lacks, found without running it.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "archive/model_file.h"
#include "ops/registry.h"
#include "runtime/module.h"
#include "tools/commands.h"

namespace taper::impl {

void add_check(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("check", "List every operator, class and construct that taper lacks for a model");
  auto model = std::make_shared<std::string>();
  command->add_option("model", *model, "TorchScript archive")->required();
  command->callback([model, &exit_code] {
    Ref<Module> module = load_module(read_model(open_file(*model), {}), operator_table(), {});
    std::vector<MissingPiece> missing = module->missing();
    for (const MissingPiece& piece : missing) {
      SourceRange place = original_range(piece.range);
      std::printf("%s\n  in %s, %s line %d\n%s", piece.what.c_str(), piece.method.c_str(), place.source ? place.source->name.c_str() : "unknown source",
                  line_column(place).line, highlight(place).c_str());
    }
    std::printf(missing.empty() ? "nothing is missing\n" : "%zu places need what taper lacks\n", missing.size());
    exit_code = missing.empty() ? 0 : 1;
  });
}

}  // namespace taper::impl
