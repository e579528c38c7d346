// taper run: call one method of a model and print its answer.
#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>

#include "archive/model_file.h"
#include "ops/registry.h"
#include "runtime/module.h"
#include "runtime/print_value.h"
#include "tools/commands.h"

namespace taper::impl {
namespace {

// "ones(2,3)", "zeros(1)", "randn(1,3,8,8)" call the operator of that name; otherwise a torch.save file or a number,
// text in quotes, True, False, None.
Value parse_input(Context& ctx, const std::string& spec) {
  size_t open = spec.find('(');
  if (open != std::string::npos && spec.back() == ')') {
    std::string name = spec.substr(0, open);
    if (name != "ones" && name != "zeros" && name != "randn" && name != "rand")
      fail(ErrorCode::kInvalidArgument, cat("input '", spec, "': expected ones(...), zeros(...), rand(...) or randn(...)"));
    Dims sizes;
    const char* at = spec.data() + open + 1;
    const char* end = spec.data() + spec.size() - 1;
    while (at < end) {
      int64_t size = 0;
      auto [next, error] = std::from_chars(at, end, size);
      if (error != std::errc()) fail(ErrorCode::kInvalidArgument, cat("input '", spec, "': sizes are integers separated by commas"));
      sizes.push_back(size);
      at = next < end && *next == ',' ? next + 1 : next;
      if (next < end && *next != ',') fail(ErrorCode::kInvalidArgument, cat("input '", spec, "': sizes are integers separated by commas"));
    }
    std::span<const OpDef* const> rows = operator_table().find("aten::" + name);
    if (rows.empty()) fail(ErrorCode::kUnsupported, cat("operator aten::", name, " is not supported"));
    Value list = make_int_list(sizes), none[4], result;
    Value* arguments[] = {&list, &none[0], &none[1], &none[2], &none[3]};
    rows[0]->call(ctx, {arguments, 5}, &result);
    return result;
  }
  if (spec == "None") return Value();
  if (spec == "True" || spec == "False") return Value(spec == "True");
  if (spec.size() >= 2 && (spec[0] == '"' || spec[0] == '\'') && spec.back() == spec[0]) return Value(spec.substr(1, spec.size() - 2));
  int64_t integer = 0;
  auto whole = std::from_chars(spec.data(), spec.data() + spec.size(), integer);
  if (whole.ec == std::errc() && whole.ptr == spec.data() + spec.size()) return Value(integer);
  double number = 0;
  auto real = std::from_chars(spec.data(), spec.data() + spec.size(), number);
  if (real.ec == std::errc() && real.ptr == spec.data() + spec.size()) return Value(number);
  return read_values(open_file(spec));
}

class Printer final : public HostCallbacks {
 public:
  void print(std::string_view text) override { std::fwrite(text.data(), 1, text.size(), stdout); }
  void warn(std::string_view text, std::string_view) override { std::fprintf(stderr, "warning: %.*s\n", int(text.size()), text.data()); }
};

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("run", "Call a method and print its answer as PyTorch would");
  struct Options {
    std::string model, method = "forward", output;
    std::vector<std::string> inputs;
    bool no_optimize = false, map_device = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("model", o->model, "TorchScript archive")->required();
  command->add_option("--method", o->method, "method to call");
  command->add_option("--input", o->inputs, "an argument: file.pt, ones(2,3), zeros(...), rand(...), randn(...), 3, 2.5, \"text\", True, None; once for each argument")
      ->expected(1)->take_all();
  command->add_option("--output", o->output, "also save the answer as a torch.save file");
  command->add_flag("--no-optimize", o->no_optimize, "run the code as written");
  command->add_flag("--map-device", o->map_device, "run on the CPU what names another device");
  command->callback([o, &exit_code] {
    (void)exit_code;
    Ref<Module> module = load_module(read_model(open_file(o->model), {}), operator_table(), {!o->no_optimize, o->map_device});
    Ref<Instance> instance = module->instantiate();
    instance->train(false);
    Printer printer;
    Execution execution;
    execution.context().callbacks = &printer;
    execution.context().map_devices_to_cpu = o->map_device;
    ContextScope scope(execution.context());
    std::vector<Value> arguments;
    for (const std::string& spec : o->inputs) arguments.push_back(parse_input(execution.context(), spec));
    Value answer = instance->call(execution, o->method, std::move(arguments));
    std::printf("%s\n", print_value(answer).c_str());
    if (!o->output.empty()) {
      std::vector<char> bytes = write_values(answer);
      std::FILE* file = std::fopen(o->output.c_str(), "wb");
      bool written = file && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
      if (file && std::fclose(file) != 0) written = false;
      if (!written) fail(ErrorCode::kIo, cat("cannot write ", o->output));
    }
  });
}

}  // namespace taper::impl
