// Puts the storages of a pickle's tensors into an archive: each once, under a number.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "archive/zip_writer.h"
#include "core/value.h"

namespace taper::impl {

class StorageWriter {
 public:
  StorageWriter(ZipWriter& zip, std::string folder) : zip_(zip), folder_(std::move(folder)) {}
  // torch.load wants storages that are seen as two element types untyped: call for all values before writing them.
  void scan(const Value& value);
  bool is_untyped(const Tensor& tensor) const;
  // The key; the entry holds the first `bytes` bytes.
  std::string key(const Ref<Storage>& storage, size_t bytes);

 private:
  void scan(const Value& value, int depth);
  ZipWriter& zip_;
  std::string folder_;
  struct Use {
    DType dtype;
    bool mixed = false;
  };
  std::unordered_map<const Storage*, Use> uses_;
  struct Written {
    std::string key;
    size_t bytes;
  };
  std::unordered_map<const Storage*, Written> written_;
  std::unordered_map<const RefCounted*, bool> scanned_;
  std::vector<Ref<Storage>> held_;
};

}  // namespace taper::impl
