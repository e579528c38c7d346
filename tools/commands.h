// The sub-commands of the program: each adds itself to the command line and runs when it was given.
// Exit codes: 0 good, 1 a mismatch or a failed check, 2 bad use or an unreadable file.
#pragma once

namespace CLI {
class App;
}

namespace taper::impl {

void add_verify(CLI::App& app, int& exit_code);
void add_run(CLI::App& app, int& exit_code);
void add_inspect(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);

}  // namespace taper::impl
