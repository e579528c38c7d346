#include "archive/legacy_checkpoint.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "archive/bytes.h"
#include "archive/pickle.h"
#include "archive/storages.h"
#include "core/error.h"

namespace taper::impl {
namespace {

// The number 0x1950a86a20f9469cfc6c as LONG1, and STOP.
constexpr std::string_view kMagic("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 13);
constexpr int64_t kProtocol = 1001;

// Storages are made when the object names them and filled when their bytes come, at the file's end.
class PendingStorages final : public PickleSource {
 public:
  PendingStorages(const Reader& reader, const ReadOptions& options)
      : reader_(reader), options_(options), left_(reader.size()) {}

  Ref<Storage> storage(const StorageId& id) override {
    check_location(id, reader_.name);
    uint64_t size;
    if (__builtin_mul_overflow(uint64_t(id.numel), uint64_t(item_size(id.dtype)), &size)) fail_size(id.key);
    auto found = pending_.find(id.key);
    if (found == pending_.end()) {
      // Together they cannot hold more than the file does.
      if (size > left_ || size > options_.max_bytes) fail_size(id.key);
      left_ -= size;
      found = pending_.emplace(id.key, Pending{Storage::make(size_t(size)), id.dtype, false}).first;
    }
    if (found->second.storage->bytes() != size || found->second.dtype != id.dtype)
      fail(ErrorCode::kInvalidFile, cat(reader_.name, ": storage ", id.key, " is used with two different sizes"));
    return found->second.storage;
  }
  Tensor tensor(int64_t) override {
    fail(ErrorCode::kInvalidFile, cat(reader_.name, ": a tensor of a table that is not there"));
  }

  // Reads one storage; returns the bytes it took.
  size_t fill(const std::string& key, std::span<const char> rest, bool swapped) {
    auto found = pending_.find(key);
    if (found == pending_.end() || found->second.filled)
      fail(ErrorCode::kInvalidFile, cat(reader_.name, ": storage ", key, " is not part of the object"));
    Pending& pending = found->second;
    size_t size = pending.storage->bytes(), item = item_size(pending.dtype);
    if (rest.size() < 8 || rest.size() - 8 < size)
      fail(ErrorCode::kInvalidFile, cat(reader_.name, ": truncated: storage ", key, " of ", size,
                                        " bytes is not complete; fetch or save the file again"));
    char count_bytes[8];
    std::memcpy(count_bytes, rest.data(), 8);
    if (swapped != (std::endian::native == std::endian::big)) swap_items(count_bytes, 8);
    if (load_little<uint64_t>(count_bytes) != size / item)
      fail(ErrorCode::kInvalidFile, cat(reader_.name, ": storage ", key, " has another size than the object says"));
    auto* data = static_cast<char*>(pending.storage->mutable_data());
    if (size) std::memcpy(data, rest.data() + 8, size);
    if (swapped) swap_items({data, size}, is_complex(pending.dtype) ? item / 2 : item);
    pending.filled = true;
    return size + 8;
  }

  void check_filled() const {
    for (const auto& [key, pending] : pending_)
      if (!pending.filled && pending.storage->bytes() > 0)
        fail(ErrorCode::kInvalidFile, cat(reader_.name, ": the bytes of storage ", key, " are missing"));
  }

 private:
  [[noreturn]] void fail_size(const std::string& key) const {
    fail(ErrorCode::kInvalidFile, cat(reader_.name, ": storage ", key, " claims more bytes than the file has"));
  }
  struct Pending {
    Ref<Storage> storage;
    DType dtype;
    bool filled;
  };
  const Reader& reader_;
  const ReadOptions& options_;
  uint64_t left_;
  std::unordered_map<std::string, Pending> pending_;
};

bool is_swapped(const Value& machine) {
  constexpr bool kLittle = std::endian::native == std::endian::little;
  bool little = true;
  if (machine.is(Tag::kDict))
    if (Value* flag = machine.dict().find(Value("little_endian")); flag && flag->is(Tag::kBool))
      little = flag->boolean();
  return little != kLittle;
}

}  // namespace

uint64_t legacy_checkpoint_start(const Reader& reader) {
  char head[32] = {};
  size_t size = size_t(std::min<uint64_t>(reader.size(), sizeof(head)));
  reader.read(0, head, size);
  std::string_view text(head, size);
  // PROTO, with a FRAME after it from protocol 4 on.
  for (size_t at : {2, 11})
    if (text.starts_with('\x80') && text.size() > at && text.substr(at).starts_with(kMagic)) return at + kMagic.size();
  return 0;
}

Value read_legacy_checkpoint(const Reader& reader, uint64_t start, const ReadOptions& options) {
  std::vector<char> copy;
  const char* bytes = reader.data();
  if (!bytes) {
    if (reader.size() > options.max_bytes)
      fail(ErrorCode::kBudget, cat(reader.name, ": more bytes than the limit of ", options.max_bytes));
    copy.resize(size_t(reader.size()));
    reader.read(0, copy.data(), copy.size());
    bytes = copy.data();
  }
  std::span<const char> rest(bytes + start, size_t(reader.size() - start));
  PickleBudget budget{.values = options.max_values, .max_depth = options.max_depth};
  PendingStorages storages(reader, options);
  auto next = [&](const char* what, PickleSource* source) {
    size_t used = 0;
    PickleOptions pickle_options;
    pickle_options.where = cat(reader.name, ": ", what);
    pickle_options.infer_types = true;
    Value value = read_pickle(rest, pickle_options, budget, source, &used);
    rest = rest.subspan(used);
    return value;
  };
  Value protocol = next("protocol", nullptr);
  if (!protocol.is(Tag::kInt) || protocol.integer() != kProtocol)
    fail(ErrorCode::kUnsupported, cat(reader.name, ": a torch.save checkpoint of an unknown protocol"));
  bool swapped = is_swapped(next("system", nullptr));
  Value root = next("object", &storages);
  Value keys = next("storage keys", nullptr);
  if (!keys.is(Tag::kList)) fail(ErrorCode::kInvalidFile, cat(reader.name, ": the list of storages is missing"));
  for (const Value& key : keys.list().items) {
    if (!key.is(Tag::kString)) fail(ErrorCode::kInvalidFile, cat(reader.name, ": a storage's key is not a string"));
    rest = rest.subspan(storages.fill(key.string(), rest, swapped));
  }
  storages.check_filled();
  return root;
}

}  // namespace taper::impl
