#include <CLI/CLI.hpp>
#include <cstdio>

#include "core/error.h"
#include "taper/taper.c.h"
#include "tools/commands.h"

int main(int argc, char** argv) {
  CLI::App app("taper runs TorchScript models without LibTorch");
  app.set_version_flag("--version", std::string("taper ") + taper_version());
  app.require_subcommand(1);
  int exit_code = 0;
  taper::impl::add_run(app, exit_code);
  taper::impl::add_verify(app, exit_code);
  taper::impl::add_inspect(app, exit_code);
  taper::impl::add_check(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const taper::impl::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  return exit_code;
}
