#include "archive/tar_checkpoint.h"

#include <algorithm>
#include <bit>

#include "archive/bytes.h"
#include "archive/pickle.h"
#include "archive/pickle_globals.h"
#include "archive/storages.h"
#include "core/error.h"

namespace taper::impl {
namespace {

constexpr uint64_t kBlock = 512;
constexpr uint64_t kMaxEntries = 4096;  // three are wanted; folders and attributes may stand between them
constexpr int32_t kMaxDims = 128;

struct Record {
  uint64_t place = 0, size = 0;
  bool found = false;
};
struct Records {
  Record storages, tensors, object;
};

// A header's number: octal digits, or big-endian bytes after a first bit that is set. False when it is neither.
bool read_number(std::string_view field, uint64_t& number) {
  number = 0;
  if (!field.empty() && (field[0] & '\x80')) {
    for (size_t i = 0; i < field.size(); ++i) {
      auto byte = static_cast<unsigned char>(field[i]);
      if (number >> 56) return false;
      number = (number << 8) | (i == 0 ? byte & 0x7f : byte);
    }
    return true;
  }
  field.remove_prefix(std::min(field.size(), field.find_first_not_of(' ')));
  for (char c : field) {
    if (c == ' ' || c == '\0') break;
    if (c < '0' || c > '7' || number >> 60) return false;
    number = number * 8 + uint64_t(c - '0');
  }
  return true;
}

bool is_tar_header(const char* header) {
  if (std::string_view(header + 257, 5) != "ustar") return false;
  uint64_t sum = 0, written;
  for (size_t i = 0; i < kBlock; ++i) sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
  return read_number({header + 148, 8}, written) && written == sum;
}

// The places of the three records; they lie inside the file when they are found.
Records find_records(const Reader& reader) {
  Records records;
  char header[kBlock];
  uint64_t at = 0;
  for (uint64_t i = 0; i < kMaxEntries && reader.size() - at >= kBlock; ++i) {
    reader.read(at, header, kBlock);
    uint64_t size;
    if (!is_tar_header(header) || !read_number({header + 124, 12}, size)) break;
    at += kBlock;
    if (size > reader.size() - at) break;
    std::string_view name(header, 100);
    name = name.substr(0, name.find('\0'));
    if (name.starts_with("./")) name.remove_prefix(2);
    char type = header[156];
    Record* record = name == "storages"  ? &records.storages
                     : name == "tensors" ? &records.tensors
                     : name == "pickle"  ? &records.object
                                         : nullptr;
    if (record && (type == '0' || type == '\0') && !record->found) *record = {at, size, true};
    uint64_t padded = (size + kBlock - 1) / kBlock * kBlock;
    if (padded > reader.size() - at) break;
    at += padded;
  }
  return records;
}

class TarCheckpoint final : public PickleSource {
 public:
  TarCheckpoint(const Reader& reader, const ReadOptions& options)
      : reader_(reader),
        options_(options),
        budget_{.values = options.max_values, .max_depth = options.max_depth},
        left_(options.max_bytes) {}

  Value read() {
    Records records = find_records(reader_);
    read_storages(records.storages);
    read_tensors(records.tensors);
    start(records.object, "pickle");
    PickleOptions pickle_options;
    pickle_options.where = where_;
    pickle_options.infer_types = true;
    pickle_options.numbered_tensors = true;
    size_t used;
    return read_pickle(rest_, pickle_options, budget_, this, &used);
  }

  Ref<Storage> storage(const StorageId& id) override {
    fail_here(cat("storage ", id.key, " is named where a number should be"));
  }
  Tensor tensor(int64_t key) override {
    auto found = tensors_.find(key);
    if (found == tensors_.end()) fail_here(cat("tensor ", key, " is missing"));
    return found->second;
  }

 private:
  // A storage, or a stretch of one.
  struct Stretch {
    Ref<Storage> storage;
    DType dtype;
    uint64_t begin, count;
  };

  [[noreturn]] void fail_here(std::string_view what) const {
    fail(ErrorCode::kInvalidFile, cat(where_, ": ", what, "; fetch or save the file again"));
  }

  void start(const Record& record, const char* name) {
    where_ = cat(reader_.name, ": ", name);
    if (!record.found) fail_here("the record is missing");
    if (const char* data = reader_.data()) {
      rest_ = {data + record.place, size_t(record.size)};
      return;
    }
    spend(record.size);
    copy_.resize(size_t(record.size));
    reader_.read(record.place, copy_.data(), copy_.size());
    rest_ = copy_;
  }
  void spend(uint64_t size) {
    if (size > left_)
      fail(ErrorCode::kBudget, cat(reader_.name, ": more bytes than the limit of ", options_.max_bytes));
    left_ -= size;
  }
  const char* take(uint64_t size) {
    if (size > rest_.size()) fail_here("it breaks off");
    const char* at = rest_.data();
    rest_ = rest_.subspan(size_t(size));
    return at;
  }
  int64_t take_number() { return load_little<int64_t>(take(8)); }

  Value next() {
    PickleOptions pickle_options;
    pickle_options.where = where_;
    pickle_options.type_names = true;
    size_t used = 0;
    Value value = read_pickle(rest_, pickle_options, budget_, nullptr, &used);
    rest_ = rest_.subspan(used);
    return value;
  }
  int64_t next_count() {
    Value count = next();
    if (!count.is(Tag::kInt) || count.integer() < 0) fail_here("a count that is no number");
    return count.integer();
  }
  // A tuple of at least `least` items.
  const Vec<Value>& items_of(const Value& value, size_t least) const {
    if (!value.is(Tag::kTuple) || value.tuple().items.size() < least) fail_here("a record of unknown form");
    return value.tuple().items;
  }
  int64_t integer(const Value& value) const {
    if (!value.is(Tag::kInt)) fail_here("a record of unknown form");
    return value.integer();
  }
  const Stretch& stretch(const Value& key) const {
    auto found = stretches_.find(integer(key));
    if (found == stretches_.end()) fail_here(cat("storage ", key.integer(), " is missing"));
    return found->second;
  }

  void read_storages(const Record& record) {
    start(record, "storages");
    for (int64_t i = 0, count = next_count(); i < count; ++i) {
      Value head = next();  // (key, location, type)
      const auto& items = items_of(head, 3);
      if (!items[1].is(Tag::kString) || !items[2].is(Tag::kString)) fail_here("a record of unknown form");
      check_location({.key = cat(integer(items[0])), .location = items[1].string()}, where_);
      std::string_view type = items[2].string();
      type.remove_prefix(std::min(type.size(), type.rfind('.') + 1));
      Global global = find_global("torch", type);
      if (global.kind != GlobalKind::kStorageType || global.untyped) fail_here("a storage of unknown type");
      DType dtype = DType(global.number);
      int64_t elements = take_number();
      uint64_t size;
      if (elements < 0 || __builtin_mul_overflow(uint64_t(elements), uint64_t(item_size(dtype)), &size) ||
          size > rest_.size())
        fail_here(cat("storage ", integer(items[0]), " claims more bytes than the file has"));
      spend(size);
      Ref<Storage> storage = Storage::make(size_t(size));
      const char* bytes = take(size);
      std::copy(bytes, bytes + size, static_cast<char*>(storage->mutable_data()));
      if (std::endian::native == std::endian::big)
        swap_items({static_cast<char*>(storage->mutable_data()), size_t(size)},
                   is_complex(dtype) ? item_size(dtype) / 2 : item_size(dtype));
      stretches_[integer(items[0])] = {std::move(storage), dtype, 0, uint64_t(elements)};
    }
    Value views = next();  // [(key, key of the whole, begin, count), ...]
    if (!views.is(Tag::kList)) fail_here("the list of storage views is missing");
    for (const Value& view : views.list().items) {
      const auto& items = items_of(view, 4);
      Stretch part = stretch(items[1]);
      int64_t begin = integer(items[2]), count = integer(items[3]);
      if (begin < 0 || count < 0 || uint64_t(begin) > part.count || uint64_t(count) > part.count - uint64_t(begin))
        fail_here("a view outside of its storage");
      part.begin += uint64_t(begin);
      part.count = uint64_t(count);
      stretches_[integer(items[0])] = std::move(part);
    }
  }

  void read_tensors(const Record& record) {
    start(record, "tensors");
    for (int64_t i = 0, count = next_count(); i < count; ++i) {
      Value head = next();  // (key, storage, type)
      const auto& items = items_of(head, 3);
      const Stretch& part = stretch(items[1]);
      int32_t dims = load_little<int32_t>(take(8));
      if (dims < 0 || dims > kMaxDims) fail_here(cat("a tensor of ", dims, " dimensions"));
      Dims sizes, strides;
      for (int32_t d = 0; d < dims; ++d) sizes.push_back(take_number());
      for (int32_t d = 0; d < dims; ++d) strides.push_back(take_number());
      int64_t offset = take_number();
      if (offset < 0 || uint64_t(offset) > part.count) fail_here("a tensor outside of its storage");
      try {
        Tensor tensor = make_tensor_on(part.storage, sizes, strides, offset + int64_t(part.begin), part.dtype);
        // PyTorch of that time had no tensors of no dimensions: these were empty.
        tensors_[integer(items[0])] = dims == 0 ? make_tensor({0}, part.dtype) : std::move(tensor);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kRuntime) throw;
        fail_here(cat("a tensor that does not fit its storage: ", error.message()));
      }
    }
  }

  const Reader& reader_;
  const ReadOptions& options_;
  PickleBudget budget_;
  uint64_t left_;
  std::string where_;
  std::vector<char> copy_;
  std::span<const char> rest_;
  std::unordered_map<int64_t, Stretch> stretches_;
  std::unordered_map<int64_t, Tensor> tensors_;
};

}  // namespace

bool is_tar_checkpoint(const Reader& reader) {
  Records records = find_records(reader);
  return records.storages.found && records.tensors.found && records.object.found;
}

Value read_tar_checkpoint(const Reader& reader, const ReadOptions& options) {
  return TarCheckpoint(reader, options).read();
}

}  // namespace taper::impl
