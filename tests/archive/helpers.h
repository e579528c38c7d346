// What the archive tests share.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "archive/model_file.h"
#include "core/error.h"

namespace archive_test {

using namespace taper::impl;

inline std::string data_path(const std::string& name) {
  return std::string(TAPER_SOURCE_DIR) + "/tests/archive/data/" + name;
}

inline std::vector<char> read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::vector<char> data_bytes(const std::string& name) { return read_bytes(data_path(name)); }

inline Ref<Reader> memory(std::string_view bytes, std::string name = "m.pt") {
  return own_memory(std::vector<char>(bytes.begin(), bytes.end()), std::move(name));
}

// The message of the Error that `run` throws; empty when it throws none.
template <class Run>
std::string error_of(Run&& run) {
  try {
    run();
  } catch (const Error& error) {
    return error.message();
  }
  return {};
}

// What became of a file of values: "read" or the error.
inline std::string read_or_error(std::vector<char> bytes) {
  std::string error = error_of([&] { read_values(own_memory(std::move(bytes))); });
  return error.empty() ? "read" : error;
}

template <class T>
std::vector<T> elements(const Tensor& tensor) {  // contiguous ones
  REQUIRE(tensor.is_contiguous());
  return {tensor.data<T>(), tensor.data<T>() + tensor.numel()};
}

}  // namespace archive_test
