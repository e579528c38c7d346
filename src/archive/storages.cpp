#include "archive/storages.h"

#include "archive/bytes.h"
#include "core/error.h"

namespace taper::impl {
namespace {

// What the widest element type wants; files align records to 64.
constexpr size_t kAlignment = 16;

}  // namespace

void check_location(const StorageId& id, const std::string& where) {
  if (id.location == "meta")
    fail(ErrorCode::kUnsupported, cat(where, ": storage ", id.key,
                                      " is on the 'meta' device, which keeps no numbers; save the "
                                      "model with real weights"));
}

Ref<Storage> load_entry(Zip& zip, const ZipEntry& entry, const ReadOptions& options, ByteBudget& bytes,
                        size_t swap_width) {
  if (entry.size == 0) return Storage::make(0);
  bool swap = swap_width > 1;
  if (!options.copy && !swap) {
    const char* data = zip.in_place(entry);
    if (data && reinterpret_cast<uintptr_t>(data) % kAlignment == 0) {
      if (options.check_crc) zip.check_crc(entry, {data, size_t(entry.size)});
      return Storage::borrow(const_cast<char*>(data), size_t(entry.size), zip.reader_ref(), true);
    }
  }
  if (entry.size > bytes.left)
    fail(ErrorCode::kBudget, cat(zip.reader().name, ": tensors of more bytes than the limit of ", options.max_bytes));
  bytes.left -= entry.size;
  Ref<Storage> storage = Storage::make(size_t(entry.size));
  std::span<char> out(static_cast<char*>(storage->mutable_data()), size_t(entry.size));
  zip.read(entry, out, options.check_crc || !entry.is_stored());
  if (swap) swap_items(out, swap_width);
  return storage;
}

Ref<Storage> ZipStorages::storage(const StorageId& id) {
  const std::string& file = zip_.reader().name;
  check_location(id, file);
  size_t item = item_size(id.dtype);
  size_t width = !swapped_ ? 1 : is_complex(id.dtype) ? item / 2 : item;
  if (swapped_ && id.untyped)
    fail(ErrorCode::kUnsupported, cat(file, ": untyped storages of the other byte order are not supported"));
  uint64_t size;
  if (__builtin_mul_overflow(uint64_t(id.numel), uint64_t(item), &size))
    fail(ErrorCode::kInvalidFile, cat(file, ": storage ", id.key, " of ", id.numel, " elements is too large"));

  auto found = loaded_.find(id.key);
  if (found == loaded_.end()) {
    const ZipEntry* entry = zip_.find(folder_ + id.key);
    if (!entry) {
      if (size == 0) return Storage::make(0);
      fail(ErrorCode::kInvalidFile,
           cat(file, ": archive entry '", folder_, id.key, "' is missing; the archive is not complete"));
    }
    if (entry->size != size)
      zip_.fail_entry(
          *entry, cat("has ", entry->size, " bytes where the pickle says ", id.numel, " elements of ", item, " bytes"));
    found = loaded_.emplace(id.key, Loaded{load_entry(zip_, *entry, options_, bytes_, width), width}).first;
  }
  if (found->second.storage->bytes() != size)
    fail(ErrorCode::kInvalidFile, cat(file, ": storage ", id.key, " is used with two different sizes"));
  if (found->second.swap_width != width)
    fail(ErrorCode::kUnsupported,
         cat(file, ": storage ", id.key, " of the other byte order is used with two element types"));
  return found->second.storage;
}

Tensor ZipStorages::tensor(int64_t index) {
  fail(ErrorCode::kInvalidFile,
       cat(zip_.reader().name, ": tensor number ", index, " in an archive without a tensor table"));
}

}  // namespace taper::impl
