// Runs the program in tests/tools/data, as a user would.
#pragma once

#include <string>
#include <vector>

struct Ran {
  int code = -1;  // 128 + signal when it was killed
  std::string out, err;
};

// Arguments as they are; no shell.
Ran run_taper(const std::vector<std::string>& arguments, const std::string& folder = {});
// Splits a line as a shell does: blanks, quotes, backslashes.
std::vector<std::string> split_words(const std::string& line);

inline const std::string kToolData = TAPER_SOURCE_DIR "/tests/tools/data";
// A folder of this test's own below the build folder.
std::string scratch_folder();
void write_bytes(const std::string& path, const std::string& bytes);
std::string read_bytes(const std::string& path);
