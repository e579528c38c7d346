// torch.save files of PyTorch up to 0.1.10: a tar archive of three records. `storages` and `tensors` hold pickles with
// raw bytes between them, `pickle` the object, which names tensors by number.
#pragma once

#include "archive/model_file.h"

namespace taper::impl {

// True when the file is a tar archive with those records.
bool is_tar_checkpoint(const Reader& reader);
Value read_tar_checkpoint(const Reader& reader, const ReadOptions& options);

}  // namespace taper::impl
