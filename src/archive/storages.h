// The storages of one folder of an archive: data/N for data.pkl, constants/N for constants.pkl.
#pragma once

#include <string>
#include <unordered_map>

#include "archive/model_file.h"
#include "archive/pickle.h"
#include "archive/zip.h"

namespace taper::impl {

// What may still be copied or inflated; shared by all folders of an archive.
struct ByteBudget {
  uint64_t left;
};

// Tensors that were saved on another device load on the CPU: their numbers are the same. Error(kUnsupported) for the
// 'meta' device, which keeps none.
void check_location(const StorageId& id, const std::string& where);

class ZipStorages final : public PickleSource {
 public:
  // `folder` with its slash: "model/data/".
  ZipStorages(Zip& zip, std::string folder, bool swapped, const ReadOptions& options, ByteBudget& bytes)
      : zip_(zip), folder_(std::move(folder)), swapped_(swapped), options_(options), bytes_(bytes) {}

  Ref<Storage> storage(const StorageId& id) override;
  Tensor tensor(int64_t index) override;

 private:
  Ref<Storage> load(const ZipEntry& entry, const StorageId& id);

  Zip& zip_;
  std::string folder_;
  bool swapped_;  // the file's byte order is not this machine's
  const ReadOptions& options_;
  ByteBudget& bytes_;
  struct Loaded {
    Ref<Storage> storage;
    size_t swap_width;
  };
  std::unordered_map<std::string, Loaded> loaded_;
};

// The entry's bytes as a storage: in place when that is possible and allowed, else copied.
Ref<Storage> load_entry(Zip& zip, const ZipEntry& entry, const ReadOptions& options, ByteBudget& bytes,
                        size_t swap_width);

}  // namespace taper::impl
