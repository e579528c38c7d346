#include "archive/storage_writer.h"

#include "archive/pickle_writer.h"
#include "core/error.h"

namespace taper::impl {
namespace {

// PyTorch has a typed storage class for these element types; the others go through an untyped storage.
bool has_typed_storage(DType dtype) {
  return (dtype <= DType::kDouble || dtype == DType::kComplexFloat || dtype == DType::kComplexDouble ||
          dtype == DType::kBool || dtype == DType::kBFloat16 || (dtype >= DType::kQInt8 && dtype <= DType::kQInt32));
}

}  // namespace

void StorageWriter::scan(const Value& value) { scan(value, 0); }

void StorageWriter::scan(const Value& value, int depth) {
  if (depth > kMaxPickleDepth) return;  // write() says so
  if (value.is_counted() && !scanned_.emplace(value.pointer(), true).second) return;
  switch (value.tag()) {
    case Tag::kTensor: {
      const Tensor& tensor = value.tensor();
      auto [use, fresh] = uses_.try_emplace(&tensor.storage(), Use{tensor.dtype()});
      if (!fresh && use->second.dtype != tensor.dtype()) use->second.mixed = true;
      break;
    }
    case Tag::kList:
      for (const Value& item : value.list().items) scan(item, depth + 1);
      break;
    case Tag::kTuple:
      for (const Value& item : value.tuple().items) scan(item, depth + 1);
      break;
    case Tag::kDict:
      for (const DictObj::Entry& entry : value.dict().entries()) {
        scan(entry.key, depth + 1);
        scan(entry.value, depth + 1);
      }
      break;
    default: break;
  }
}

bool StorageWriter::is_untyped(const Tensor& tensor) const {
  auto use = uses_.find(&tensor.storage());
  return !has_typed_storage(tensor.dtype()) || (use != uses_.end() && use->second.mixed);
}

std::string StorageWriter::key(const Ref<Storage>& storage, size_t bytes) {
  auto [found, fresh] = written_.try_emplace(storage.get());
  if (fresh) {
    found->second = {cat(written_.size() - 1), bytes};
    held_.push_back(storage);
    zip_.add(folder_ + found->second.key, std::string_view(static_cast<const char*>(storage->data()), bytes));
  }
  if (found->second.bytes != bytes)
    fail(ErrorCode::kUnsupported, cat("a storage of ", storage->bytes(),
                                      " bytes cannot be saved as two element types that do not both divide it"));
  return found->second.key;
}

}  // namespace taper::impl
