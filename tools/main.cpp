// The program's command line. What the sub-commands do is in files of their own.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <new>

#include "core/error.h"
#include "taper/taper.c.h"
#include "tools/commands.h"
#include "tools/input_spec.h"

// Without it, a model that asks for too much memory ends the process instead of getting an error.
#if defined(__SANITIZE_ADDRESS__)
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
#elif defined(__SANITIZE_THREAD__)
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_options() {
  return "allocator_may_return_null=1";
}
#endif

namespace {

using namespace taper::impl;

constexpr const char* kJson = "print JSON";

void add_run_settings(CLI::App& command, RunSettings& run) {
  command.add_option("--threads", run.threads, "threads that compute; 1 creates none")->check(CLI::Range(1, 1024));
  command.add_flag("--no-optimize", run.no_optimize, "run the code as written");
  command.add_flag("--map-device", run.map_device, "run on the CPU what names another device");
  command
      .add_option_function<std::string>(
          "--cpu",
          [&run](const std::string& name) {
            CpuLevel level{};
            if (!parse_cpu_level(name, level))
              throw CLI::ValidationError("--cpu", "'" + name + "' is none of baseline, avx2, avx512");
            run.cpu = level;
          },
          "use no instructions above this level: baseline, avx2, avx512")
      ->type_name("LEVEL");
}

void add_inputs(CLI::App& command, std::vector<std::string>& inputs) {
  command.add_option("--input", inputs, kInputHelp)
      ->type_name("SPEC")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
}

CLI::Option* add_model(CLI::App& command, std::string& model) {
  return command.add_option("model", model, "a file that torch.jit.save wrote")->type_name("MODEL")->required();
}

void add_run(CLI::App& app, int& code) {
  static RunOptions options;
  CLI::App* command = app.add_subcommand("run", "Call a method of a model and print its answer as PyTorch would");
  add_model(*command, options.model);
  command->add_option("--method", options.method, "the method; __call__ is forward with the model's hooks")
      ->type_name("NAME");
  add_inputs(*command, options.inputs);
  command->add_option("--output", options.output, "also write the answer, for torch.load")->type_name("FILE.pt");
  CLI::Option* seed =
      command->add_option("--seed", options.seed, "torch.manual_seed before everything else")->type_name("N");
  command->add_flag("--as-saved", options.as_saved,
                    "keep the model's own train or eval mode instead of calling eval()");
  command->add_flag("--json", options.json, kJson);
  add_run_settings(*command, options.run);
  command->callback([seed, &code] {
    options.has_seed = seed->count() > 0;
    code = run_command(options);
  });
}

void add_verify(CLI::App& app, int& code) {
  static VerifyOptions options;
  CLI::App* command = app.add_subcommand("verify", "Replay recorded calls and compare the answers with PyTorch's");
  command->add_option("model", options.model, "a model, or a folder of a model and its calls")->type_name("MODEL");
  command->add_option("calls", options.calls, "the recorded calls: a list of dicts that torch.save wrote")
      ->type_name("CALLS");
  CLI::Option* suite =
      command->add_option("--suite", options.suite, "a folder of cases with an index.tsv")->type_name("DIR");
  command->add_option("--filter", options.filter, "only cases whose name matches, as the shell does")
      ->type_name("GLOB")
      ->needs(suite);
  command->add_option("--tags", options.tags, "only cases with any of these tags, separated by commas")
      ->type_name("A,B")
      ->needs(suite);
  command->add_option("--not-tags", options.not_tags, "no case with any of these tags")->type_name("A,B")->needs(suite);
  command->add_option("--jobs", options.jobs, "worker processes; default: one a processor")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  command->add_option("--timeout", options.timeout, "seconds that a case may take; default 30")
      ->type_name("S")
      ->check(CLI::Range(0.01, 1e6));
  command->add_option("--memory", options.memory_mb, "megabytes that a worker may use; default 4096")
      ->type_name("MB")
      ->check(CLI::Range(16, 1 << 24));
  command->add_option("--json", options.json, "write all results as JSON; - prints them")->type_name("FILE");
  command->add_flag("--verbose", options.verbose, "print passing cases too");
  command->add_flag("--summary", options.summary, "at the end, what fails most often");
  add_run_settings(*command, options.run);
  command->callback([&code] { code = verify_command(options); });
}

void add_inspect(CLI::App& app, int& code) {
  static InspectOptions options;
  CLI::App* command = app.add_subcommand("inspect", "Show what a model file holds; nothing of it is executed");
  add_model(*command, options.model);
  command->add_flag("--graph", options.graph, "a method's graph, as PyTorch's .graph prints it");
  command->add_flag("--optimized", options.optimized, "a method's graph after taper's passes");
  command->add_flag("--code", options.code, "a method as code, printed from its graph as PyTorch's .code is");
  command->add_flag("--source", options.source, "the source of all code, as it stands in the archive");
  command->add_flag("--ops", options.ops, "the operators that the code calls, and how often it does");
  command->add_flag("--tree", options.tree, "the saved objects with their attributes");
  command->add_flag("--constants", options.constants, "the constants that the code refers to");
  command
      ->add_option("--method", options.method,
                   "for --graph, --code, --optimized and --ops; default: forward, and all code for --ops")
      ->type_name("NAME");
  command->add_flag("--all", options.all, "--graph and --optimized for every function that the model can reach");
  command->add_flag("--json", options.json, kJson);
  command->callback([&code] { code = inspect_command(options); });
}

void add_check(CLI::App& app, int& code) {
  static CheckOptions options;
  CLI::App* command = app.add_subcommand(
      "check", "List every operator, class and construct that taper lacks for a model; exit code 0 if none");
  add_model(*command, options.model);
  command->add_flag("--json", options.json, kJson);
  command->callback([&code] { code = check_command(options); });
}

void add_output(CLI::App& command, std::string& output) {
  command.add_option("output", output, "the new archive; may be the same file")->type_name("OUT.pt")->required();
}

void add_convert(CLI::App& app, int& code) {
  static ConvertOptions options;
  CLI::App* command =
      app.add_subcommand("convert", "Write a model again as an archive that today's torch.jit.load reads");
  add_model(*command, options.model);
  add_output(*command, options.output);
  command->callback([&code] { code = convert_command(options); });
}

void add_freeze(CLI::App& app, int& code) {
  static FreezeCommandOptions options;
  CLI::App* command =
      app.add_subcommand("freeze", "Write a model inlined, with its weights as constants, for eval mode alone");
  add_model(*command, options.model);
  add_output(*command, options.output);
  command->add_option("--method", options.freeze.methods, "a method that stays; default: forward")
      ->type_name("NAME")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  command
      ->add_option("--preserve", options.freeze.preserved,
                   "an attribute, by path, or a further method that stays, as torch.jit.freeze's preserved_attrs")
      ->type_name("NAME")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  command->add_flag_callback(
      "--no-numerics", [] { options.freeze.optimize_numerics = false; },
      "no rewrites that round differently: batch norms stay beside the weights before them");
  command->callback([&code] { code = freeze_command(options); });
}

void add_operators(CLI::App& app, int& code) {
  static OperatorsOptions options;
  CLI::App* command = app.add_subcommand("operators", "List the operators that taper has; exit code 1 if none matches");
  command->add_option("pattern", options.pattern, "only names that match, as the shell does")->type_name("GLOB");
  command->add_flag("--markdown", options.markdown, "the documentation's table");
  command->add_flag("--json", options.json, kJson);
  command->callback([&code] { code = operators_command(options); });
}

void add_bench(CLI::App& app, int& code) {
  static BenchOptions options;
  CLI::App* command = app.add_subcommand("bench", "Measure load, calls, heap allocations and memory");
  add_model(*command, options.model);
  command->add_option("calls", options.calls, "recorded calls, of which the first is made")->type_name("CALLS");
  command->add_option("--method", options.method, "the method, for --input")->type_name("NAME");
  add_inputs(*command, options.inputs);
  command->add_option("--seconds", options.seconds, "how long to repeat the call; default 2")
      ->type_name("S")
      ->check(CLI::Range(0.0, 1e6));
  command->add_flag("--as-saved", options.as_saved,
                    "keep the model's own train or eval mode instead of calling eval()");
  command->add_flag("--json", options.json, "print JSON; times in seconds");
  add_run_settings(*command, options.run);
  command->callback([&code] { code = bench_command(options); });
}

}  // namespace

int main(int argc, char** argv) {
  int code = 0;
  try {
    CLI::App app(
        "taper runs TorchScript models without LibTorch.\nExit codes: 0 good, 1 a mismatch or a failed check, 2 bad "
        "use or an unreadable file.",
        "taper");
    app.set_version_flag("--version", std::string("taper ") + taper_version());
    app.require_subcommand(1);
    app.get_formatter()->column_width(24);
    add_run(app, code);
    add_verify(app, code);
    add_inspect(app, code);
    add_check(app, code);
    add_bench(app, code);
    add_convert(app, code);
    add_freeze(app, code);
    add_operators(app, code);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? 0 : 2;
    }
  } catch (const taper::impl::Error& error) {
    std::fprintf(stderr, "taper: %s\n", error.what());
    switch (error.code()) {
      case ErrorCode::kInvalidArgument:
      case ErrorCode::kInvalidFile:
      case ErrorCode::kIo: return 2;
      default: return 1;  // the model was read and called, and failed
    }
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "taper: out of memory\n");
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "taper: %s\n", error.what());
    return 2;
  }
  return code;
}
