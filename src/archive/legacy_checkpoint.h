// torch.save's format of before PyTorch 1.6: five pickles in a row (a magic number, the protocol, the writer's machine,
// the object, the storages' keys), then each storage as a count and its bytes.
#pragma once

#include "archive/model_file.h"

namespace taper::impl {

// The bytes of the first pickle, which is the magic number; 0: the file has another format.
uint64_t legacy_checkpoint_start(const Reader& reader);

Value read_legacy_checkpoint(const Reader& reader, uint64_t start, const ReadOptions& options);

}  // namespace taper::impl
