// The suites that run_suite.sh has unpacked.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace taper::impl {

inline std::vector<std::filesystem::path> find_files(const char* folder, auto&& wanted) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && wanted(entry.path())) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

inline bool is_model(const std::filesystem::path& path) { return path.stem() == "model"; }

// Null when there are none.
inline const char* suites() {
  const char* folder = TAPER_BINARY_DIR "/suites";
  for (const char* suite : {"/mission", "/real-open", "/legacy-open", "/jit-open"})
    if (std::filesystem::exists(std::string(folder) + suite)) return folder;
  WARN("skipped: no suites are unpacked in " << folder);
  return nullptr;
}

}  // namespace taper::impl
