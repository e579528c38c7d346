#include "archive/archive_entries.h"
#include "core/error.h"

namespace taper::impl {

void read_model_json(ModelFile&, ArchiveEntries& entries) {
  fail(ErrorCode::kUnsupported, cat(entries.zip.reader().name, ": archives of PyTorch 1.0 to 1.2 (model.json) are not supported"));
}

}  // namespace taper::impl
