// Any bytes as a model and as a file of values: everything in it is read.
#include <cstddef>
#include <cstdint>

#include "archive/model_file.h"
#include "core/error.h"

using namespace taper::impl;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ReadOptions options;
  options.max_bytes = 16 << 20;
  options.max_values = 200'000;
  try {
    ModelFile file = read_model(borrow_memory(data, size), options);
    for (const auto& path : file.source_paths()) {
      Ref<const Source> source = file.find_source(path);
      original_range({source, uint32_t(source->text.size() / 2), uint32_t(source->text.size())});
    }
    for (const auto& name : file.extra_files()) file.read_extra(name);
  } catch (const Error&) {}
  try {
    read_values(borrow_memory(data, size), options);
  } catch (const Error&) {}
  return 0;
}
