// Any bytes as a pickle, with storages that have any size; what loads is written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "archive/debug_records.h"
#include "archive/model_file.h"
#include "archive/pickle.h"
#include "core/error.h"

using namespace taper::impl;

namespace {

class AnyStorage final : public PickleSource {
 public:
  Ref<Storage> storage(const StorageId& id) override {
    uint64_t size;
    if (__builtin_mul_overflow(uint64_t(id.numel), uint64_t(item_size(id.dtype)), &size) || size > 4096)
      fail(ErrorCode::kInvalidFile, "too large");
    Ref<Storage> made = Storage::make(size_t(size));
    auto* bytes = static_cast<unsigned char*>(made->mutable_data());
    for (size_t i = 0; i < size; ++i) bytes[i] = 0;
    return made;
  }
  Tensor tensor(int64_t) override { return make_tensor({0}, DType::kFloat); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::span<const char> bytes(reinterpret_cast<const char*>(data), size);
  parse_debug_records(bytes);
  for (bool classes : {false, true}) {
    AnyStorage storages;
    std::unordered_map<const RefCounted*, std::string> tags;
    PickleOptions options;
    options.where = "fuzz";
    options.script_classes = classes;
    options.infer_types = !classes;
    options.type_tags = &tags;
    PickleBudget budget{.values = 100'000, .max_depth = 200};
    std::vector<char> written;
    try {
      Value value = read_pickle(bytes, options, budget, &storages);
      written = write_values(value);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kInternal) std::abort();
      continue;
    }
    read_values(own_memory(written));  // what was written must load: an Error from here is a bug
  }
  return 0;
}
