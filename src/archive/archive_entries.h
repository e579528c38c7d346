// The open archive behind a ModelFile.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "archive/model_file.h"
#include "archive/storages.h"
#include "archive/zip.h"

namespace taper::impl {

struct ArchiveEntries final : RefCounted {
  ArchiveEntries(Ref<Reader> reader, ZipLimits limits) : zip(std::move(reader), limits) {}

  Zip zip;
  std::string top;  // with its slash
  ReadOptions options;
  ByteBudget bytes{0};
  PickleBudget values;
  bool swapped = false;                     // the archive's byte order is not this machine's
  std::map<std::string, std::string> code;  // module path -> name of the entry
  std::mutex lock;                          // guards `zip`: debug records are read from any thread

  const ZipEntry* find(std::string_view name) const { return zip.find(top + std::string(name)); }
  // Error(kInvalidFile) when it is missing.
  const ZipEntry& need(std::string_view name) const;
  std::string where(std::string_view name) const;  // "model.pt: data.pkl"
};

// The code entries below `folder` ("code/"): "code/__torch__/a/b.py" is module "__torch__.a.b".
void index_code(ArchiveEntries& entries, std::string_view folder);

// Fills in what an archive of the model.json generation holds; the classes that it spells out go to `sources`.
void read_model_json(ModelFile& file, ArchiveEntries& entries,
                     std::unordered_map<std::string, Ref<const Source>>& sources);

}  // namespace taper::impl
