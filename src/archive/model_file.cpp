#include "archive/model_file.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "archive/archive_entries.h"
#include "archive/debug_records.h"
#include "archive/diagnose.h"
#include "archive/legacy_checkpoint.h"
#include "archive/tar_checkpoint.h"
#include "core/error.h"

namespace taper::impl {
namespace {

class LazyDebugRecords final : public DebugRecords {
 public:
  LazyDebugRecords(Ref<ArchiveEntries> entries, const ZipEntry& entry) : entries_(std::move(entries)), entry_(entry) {}
  const std::vector<DebugRecord>& get() const noexcept override {
    std::call_once(once_, [this]() noexcept {
      try {
        std::vector<char> bytes;
        {
          std::lock_guard guard(entries_->lock);
          bytes = entries_->zip.read(entry_);
        }
        records_ = parse_debug_records(bytes);
      } catch (const std::exception&) {
        // An error's report must not fail over what only adorns it: without records it shows serialized lines.
      }
    });
    return records_;
  }

 private:
  Ref<ArchiveEntries> entries_;
  const ZipEntry& entry_;
  mutable std::once_flag once_;
  mutable std::vector<DebugRecord> records_;
};

bool is_model_folder(const Zip& zip, const std::string& top) {
  return (zip.find(top + "data.pkl") && zip.find(top + "constants.pkl")) || zip.find(top + "model.json");
}

// PyTorch takes the first entry's folder; archives that were packed again may start with something else.
std::string find_top_folder(const Zip& zip) {
  std::string fallback;
  for (const ZipEntry& entry : zip.entries()) {
    size_t slash = entry.name.find('/');
    if (slash == entry.name.npos) continue;
    std::string top(entry.name.substr(0, slash + 1));
    if (&entry == &zip.entries().front() && is_model_folder(zip, top)) return top;
    std::string_view rest = entry.name.substr(slash + 1);
    if (fallback.empty() && (rest == "data.pkl" || rest == "model.json") && is_model_folder(zip, top)) fallback = top;
  }
  return fallback;
}

Ref<ArchiveEntries> open_archive(Ref<Reader> reader, const ReadOptions& options, Wanted wanted) {
  if (!looks_like_zip(*reader)) fail_not_zip(*reader, wanted);
  auto entries = make_ref<ArchiveEntries>(std::move(reader), ZipLimits());
  entries->options = options;
  entries->bytes.left = options.max_bytes;
  entries->values.values = options.max_values;
  entries->values.max_depth = options.max_depth;
  return entries;
}

int64_t read_version(ArchiveEntries& entries) {
  const ZipEntry* entry = entries.find(".data/version");
  if (!entry) entry = entries.find("version");
  if (!entry)
    fail(ErrorCode::kInvalidFile,
         cat(entries.zip.reader().name, ": archive entry 'version' is missing; save the model again"));
  if (entry->size > 64) entries.zip.fail_entry(*entry, "is no version number");
  std::string text = entries.zip.read_text(*entry);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  int64_t version = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version < 1)
    entries.zip.fail_entry(*entry, "is no version number");
  if (version > kNewestFileVersion)
    fail(ErrorCode::kUnsupported,
         cat(entries.zip.reader().name, ": the archive has file format version ", version, ", newer than the ",
             kNewestFileVersion, " that taper reads: update taper, or save the model with an older PyTorch"));
  return version;
}

void read_byte_order(ArchiveEntries& entries) {
  constexpr bool kLittle = std::endian::native == std::endian::little;
  entries.swapped = !kLittle;
  const ZipEntry* entry = entries.find("byteorder");
  if (!entry) return;
  if (entry->size > 64) entries.zip.fail_entry(*entry, "is neither 'little' nor 'big'");
  std::string order = entries.zip.read_text(*entry);
  if (order != "little" && order != "big") entries.zip.fail_entry(*entry, "is neither 'little' nor 'big'");
  entries.swapped = (order == "little") != kLittle;
}

Value read_entry_pickle(ArchiveEntries& entries, const char* name, const char* folder, PickleOptions options) {
  std::vector<char> bytes = entries.zip.read(entries.need(name));
  ZipStorages storages(entries.zip, entries.top + folder, entries.swapped, entries.options, entries.bytes);
  options.where = entries.where(name);
  return read_pickle(bytes, options, entries.values, &storages);
}

void read_pickled_model(ModelFile& file, ArchiveEntries& entries) {
  index_code(entries, "code/");
  read_byte_order(entries);
  PickleOptions options;
  options.script_classes = true;
  options.type_tags = &file.type_tags;
  Value constants = read_entry_pickle(entries, "constants.pkl", "constants/", options);
  if (!constants.is(Tag::kTuple))
    fail(ErrorCode::kInvalidFile,
         cat(entries.where("constants.pkl"), ": holds a ", tag_name(constants.tag()), " instead of a tuple"));
  const auto& items = constants.tuple().items;
  file.constants.assign(items.begin(), items.end());
  file.root = read_entry_pickle(entries, "data.pkl", "data/", options);
  if (!file.root.is(Tag::kRawObject))
    fail(ErrorCode::kInvalidFile,
         cat(entries.where("data.pkl"), ": holds a ", tag_name(file.root.tag()), " instead of a module"));
}

}  // namespace

const ZipEntry& ArchiveEntries::need(std::string_view name) const {
  const ZipEntry* entry = find(name);
  if (!entry)
    fail(ErrorCode::kInvalidFile,
         cat(zip.reader().name, ": archive entry '", top, name, "' is missing; the archive is not complete"));
  return *entry;
}

std::string ArchiveEntries::where(std::string_view name) const { return cat(zip.reader().name, ": ", name); }

void index_code(ArchiveEntries& entries, std::string_view folder) {
  std::string prefix = entries.top + std::string(folder);
  for (const ZipEntry* entry : entries.zip.under(prefix)) {
    std::string_view path = entry->name.substr(prefix.size());
    if (!path.ends_with(".py")) continue;
    std::string module(path.substr(0, path.size() - 3));
    std::replace(module.begin(), module.end(), '/', '.');
    // a.b.py and a/b.py would both be module a.b.
    if (!entries.code.emplace(module, std::string(entry->name)).second)
      entries.zip.fail_entry(*entry, "a second file of the same module");
  }
}

ModelFile::ModelFile() = default;
ModelFile::ModelFile(ModelFile&&) noexcept = default;
ModelFile& ModelFile::operator=(ModelFile&&) noexcept = default;
ModelFile::~ModelFile() = default;

ModelFile read_model(Ref<Reader> reader, const ReadOptions& options) {
  Ref<ArchiveEntries> entries = open_archive(std::move(reader), options, Wanted::kModel);
  entries->top = find_top_folder(entries->zip);
  if (entries->top.empty()) fail_other_zip(entries->zip, Wanted::kModel);
  ModelFile file;
  file.entries_ = entries;
  file.top_folder = entries->top.substr(0, entries->top.size() - 1);
  file.version = read_version(*entries);
  file.has_bytecode = entries->find("bytecode.pkl") != nullptr;
  if (entries->find("model.json")) {
    file.form = ArchiveForm::kModelJson;
    entries->swapped = std::endian::native == std::endian::big;
    read_model_json(file, *entries, file.sources_);
    file.made_.assign(file.sources_.begin(), file.sources_.end());
    std::sort(file.made_.begin(), file.made_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  } else {
    read_pickled_model(file, *entries);
  }
  return file;
}

Ref<const Source> ModelFile::find_source(std::string_view module_path) {
  std::string path(module_path);
  if (auto found = sources_.find(path); found != sources_.end()) return found->second;
  if (!entries_) return nullptr;
  auto code = entries_->code.find(path);
  if (code == entries_->code.end()) return nullptr;
  const ZipEntry* entry = entries_->zip.find(code->second);
  auto source = make_ref<Source>();
  source->name = code->second.substr(entries_->top.size());
  {
    std::lock_guard guard(entries_->lock);
    source->text = entries_->zip.read_text(*entry);
  }
  if (source->text.size() >= UINT32_MAX) entries_->zip.fail_entry(*entry, "a source file of more than 4 GiB");
  if (const ZipEntry* debug = entries_->zip.find(code->second + ".debug_pkl"))
    source->debug_records = make_ref<LazyDebugRecords>(entries_, *debug);
  sources_.emplace(std::move(path), source);
  return source;
}

std::vector<std::string> ModelFile::source_paths() const {
  std::vector<std::string> paths;
  if (entries_)
    for (const auto& [module, entry] : entries_->code) paths.push_back(module);
  for (const auto& [module, source] : sources_)
    if (source && !entries_->code.contains(module)) paths.push_back(module);
  std::sort(paths.begin(), paths.end());
  return paths;
}

uint64_t ModelFile::archive_size() const noexcept { return entries_ ? entries_->zip.reader().size() : 0; }

std::vector<std::string> ModelFile::extra_files() const {
  std::vector<std::string> names;
  if (!entries_) return names;
  std::string prefix = entries_->top + "extra/";
  for (const ZipEntry* entry : entries_->zip.under(prefix)) names.emplace_back(entry->name.substr(prefix.size()));
  return names;
}

bool ModelFile::has_extra(std::string_view name) const { return entries_ && entries_->find(cat("extra/", name)); }

std::string ModelFile::read_extra(std::string_view name) const {
  const ZipEntry* entry = entries_ ? entries_->find(cat("extra/", name)) : nullptr;
  if (!entry) fail(ErrorCode::kInvalidArgument, cat("the archive has no extra file '", name, "'"));
  std::lock_guard guard(entries_->lock);
  return entries_->zip.read_text(*entry);
}

Value read_values(Ref<Reader> reader, const ReadOptions& options) {
  if (uint64_t start = legacy_checkpoint_start(*reader)) return read_legacy_checkpoint(*reader, start, options);
  if (is_tar_checkpoint(*reader)) return read_tar_checkpoint(*reader, options);
  Ref<ArchiveEntries> entries = open_archive(std::move(reader), options, Wanted::kValues);
  const ZipEntry* pickle = nullptr;
  for (const ZipEntry& entry : entries->zip.entries()) {
    size_t slash = entry.name.find('/');
    if (slash == entry.name.npos || entry.name.substr(slash + 1) != "data.pkl") continue;
    pickle = &entry;
    entries->top = std::string(entry.name.substr(0, slash + 1));
    break;
  }
  if (!pickle || is_model_folder(entries->zip, entries->top)) fail_other_zip(entries->zip, Wanted::kValues);
  (void)read_version(*entries);
  read_byte_order(*entries);
  PickleOptions pickle_options;
  pickle_options.infer_types = true;
  return read_entry_pickle(*entries, "data.pkl", "data/", pickle_options);
}

}  // namespace taper::impl
