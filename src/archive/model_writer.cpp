#include "archive/model_writer.h"

#include "archive/archive_entries.h"
#include "archive/bytes.h"
#include "archive/deflate.h"
#include "core/error.h"

namespace taper::impl {
namespace {

void add_pickle(ZipWriter& zip, const char* name, const char* folder, const Value& value, ScriptStates& states) {
  StorageWriter storages(zip, folder);
  PickleWriter pickle(storages, &states);
  pickle.write(value);
  zip.add(name, pickle.finish());
}

// Compressed content is not compressed again, but what is damaged is not passed on.
void copy_entry(ZipWriter& zip, ArchiveEntries& entries, const ZipEntry& entry) {
  std::string_view name = entry.name.substr(entries.top.size());
  std::lock_guard guard(entries.lock);
  std::vector<char> content = entries.zip.read(entry);
  if (entry.is_stored()) return zip.add(name, {content.data(), content.size()});
  std::vector<char> stored = entries.zip.read_stored(entry);
  zip.add_deflated(name, {stored.data(), stored.size()}, content.size(), crc32(content));
}

void copy_folder(ZipWriter& zip, ArchiveEntries& entries, std::string_view folder) {
  for (const ZipEntry* entry : entries.zip.under(entries.top + std::string(folder))) copy_entry(zip, entries, *entry);
}

void add_extra_files(ZipWriter& zip, ArchiveEntries& entries, const ExtraFiles& extra) {
  std::string prefix = entries.top + "extra/";
  for (const ZipEntry* entry : entries.zip.under(prefix))
    if (!extra.contains(std::string(entry->name.substr(prefix.size())))) copy_entry(zip, entries, *entry);
  for (const auto& [name, bytes] : extra) zip.add(cat("extra/", name), bytes);
}

}  // namespace

void write_model(ByteSink& sink, const std::string& top, const ModelContent& content, ScriptStates& states) {
  ArchiveEntries& entries = *content.source.entries_;
  ZipWriter zip(top, sink);
  add_extra_files(zip, entries, content.extra);
  add_pickle(zip, "data.pkl", "data/", content.root, states);
  if (content.source.form == ArchiveForm::kPickled) {
    copy_folder(zip, entries, "code/");
  } else {
    fail(ErrorCode::kUnsupported,
         cat(entries.zip.reader().name,
             ": an archive of the model.json generation (PyTorch 1.0 to 1.2) cannot be written in today's form"));
  }
  auto constants = make_ref<TupleObj>();
  constants->items.assign(content.constants.begin(), content.constants.end());
  add_pickle(zip, "constants.pkl", "constants/", Value(std::move(constants)), states);
  int64_t version = content.source.version;
  zip.add(version >= 6 ? ".data/version" : "version", cat(version, '\n'));
  zip.add("byteorder", native_byte_order());
  zip.close();
}

}  // namespace taper::impl
