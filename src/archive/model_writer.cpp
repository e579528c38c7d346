#include "archive/model_writer.h"

#include <algorithm>
#include <charconv>

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

// The numbers N of CONSTANTS.cN in a text.
void find_constants(std::string_view text, std::vector<bool>& used) {
  constexpr std::string_view kName = "CONSTANTS.c";
  for (size_t at = text.find(kName); at != text.npos; at = text.find(kName, at)) {
    at += kName.size();
    size_t number = SIZE_MAX;
    std::from_chars(text.data() + at, text.data() + text.size(), number);
    if (number < used.size()) used[number] = true;
  }
}

std::string code_path(std::string module) {
  std::replace(module.begin(), module.end(), '.', '/');
  return cat("code/", module, ".py");
}

// Archives of the model.json generation: what the reader made of it are classes as today's archives spell them, beside those
// of libs/. Their table of tensors serves attributes and constants alike: `used` says which are constants.
void add_made_code(ZipWriter& zip, ArchiveEntries& entries,
                   const std::vector<std::pair<std::string, Ref<const Source>>>& made, std::vector<bool>& used) {
  auto add = [&](const std::string& module, std::string_view text) {
    find_constants(text, used);
    zip.add(code_path(module), text);
  };
  for (const auto& [module, source] : made) add(module, source->text);
  for (const auto& [module, name] : entries.code) {
    // What the reader made, sorted by name, goes first.
    auto at =
        std::lower_bound(made.begin(), made.end(), module, [](const auto& a, const auto& b) { return a.first < b; });
    if (at != made.end() && at->first == module) continue;
    std::lock_guard guard(entries.lock);
    add(module, entries.zip.read_text(*entries.zip.find(name)));
  }
}

}  // namespace

void write_model(ByteSink& sink, const std::string& top, const ModelContent& content, ScriptStates& states) {
  ArchiveEntries& entries = *content.source.entries_;
  ZipWriter zip(top, sink);
  add_extra_files(zip, entries, content.extra);
  add_pickle(zip, "data.pkl", "data/", content.root, states);
  bool made = !content.code && content.source.form == ArchiveForm::kModelJson;
  std::vector<bool> used(content.constants.size(), !made);
  if (made) add_made_code(zip, entries, content.source.made_, used);
  else if (!content.code) copy_folder(zip, entries, "code/");
  else
    for (const auto& [module, text] : *content.code) zip.add(code_path(module), text);
  auto constants = make_ref<TupleObj>();
  for (size_t i = 0; i < used.size(); ++i) constants->items.push_back(used[i] ? content.constants[i] : Value());
  add_pickle(zip, "constants.pkl", "constants/", Value(std::move(constants)), states);
  int64_t version = content.code ? kNewestFileVersion : content.source.version;
  zip.add(version >= 6 ? ".data/version" : "version", cat(version, '\n'));
  zip.add("byteorder", native_byte_order());
  zip.close();
}

}  // namespace taper::impl
