#include "tools/open_model.h"

#include "core/error.h"

namespace taper::impl {

ModelFile open_model(const std::string& path) {
  try {
    return read_model(open_file(path), {});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUnsupported) throw;
    fail(ErrorCode::kInvalidFile, error.message());
  }
}

}  // namespace taper::impl
