// What an archive holds, as neutral records: code as text, values with class instances still unresolved, constants,
// extra files. Nothing here knows the IR or runs anything.
//
//   ModelFile file = read_model(open_file("model.pt"), {});
//   file.find_source("__torch__.m")           // text of code/__torch__/m.py with its debug records
//   file.root                                  // the top module: a RawObject "__torch__.m.Net" with a dict of
//   attributes
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "archive/byte_sink.h"
#include "archive/reader.h"
#include "core/source.h"
#include "core/value.h"

namespace taper::impl {

struct ReadOptions {
  bool copy = false;                        // copy tensors instead of pointing into the reader's bytes
  bool check_crc = false;                   // check tensor records too
  uint64_t max_bytes = uint64_t(64) << 30;  // copied or inflated in total
  size_t max_values = 50'000'000;           // pickled values
  size_t max_depth = 1000;                  // nesting of pickled values
};

// The newest file format that PyTorch 2.13 writes and reads: today's operators.
inline constexpr int64_t kNewestFileVersion = 10;

// How the archive keeps its module tree.
enum class ArchiveForm : uint8_t {
  kPickled,    // data.pkl: PyTorch 1.3 to today
  kModelJson,  // model.json: PyTorch 1.0 to 1.2
};

struct ArchiveEntries;  // the open zip
struct ModelContent;
class ScriptStates;

class ModelFile {
 public:
  ModelFile();
  ModelFile(ModelFile&&) noexcept;
  ModelFile& operator=(ModelFile&&) noexcept;
  ~ModelFile();

  ArchiveForm form = ArchiveForm::kPickled;
  bool has_bytecode = false;      // a lite archive (.ptl): bytecode.pkl besides the code
  bool is_first_version = false;  // a model.json of PyTorch 1.0 or 1.1, whose code says op_version_set = 0
  int64_t version = 0;  // the number in `version` / `.data/version`; op_version_set counts for code older than 1.5
  std::string top_folder;
  Value root;                    // RawObject
  std::vector<Value> constants;  // CONSTANTS.cN
  // Annotations of restore_type_tag that name classes ("Dict[str, __torch__.m.P]"), by container; tags of built-in
  // types are already in the container's element types.
  std::unordered_map<const RefCounted*, std::string> type_tags;

  // "__torch__.a.b" -> code/__torch__/a/b.py, inflated at first use; null when there is none. Its debug records are
  // read when an error first asks for them. Not thread-safe: the compilation unit calls it under its lock.
  Ref<const Source> find_source(std::string_view module_path);
  std::vector<std::string> source_paths() const;  // all module paths, sorted
  uint64_t archive_size() const noexcept;         // in bytes
  std::vector<std::string> extra_files() const;   // sorted names, without "extra/"
  bool has_extra(std::string_view name) const;
  std::string read_extra(std::string_view name) const;  // Error(kInvalidArgument) when there is none

 private:
  friend ModelFile read_model(Ref<Reader> reader, const ReadOptions& options);
  friend void write_model(ByteSink& sink, const std::string& top, const ModelContent& content, ScriptStates& states);
  Ref<ArchiveEntries> entries_;
  std::unordered_map<std::string, Ref<const Source>> sources_;
  std::vector<std::pair<std::string, Ref<const Source>>> made_;  // by the reader: the classes of a model.json
};

// Error(kInvalidFile) says in one line what the file is, where it is wrong and what to do.
ModelFile read_model(Ref<Reader> reader, const ReadOptions& options);

// A torch.save file of plain values (tensors, containers, numbers, strings), zip or legacy. Lists and dicts whose items
// share a type get it as their element type; what has no plain form (a set, a sparse tensor) is a RawObject.
Value read_values(Ref<Reader> reader, const ReadOptions& options = {});
// A file that torch.load(weights_only=True) reads; Error(kUnsupported) for values that have no plain form.
void write_values(ByteSink& sink, const Value& value);
std::vector<char> write_values(const Value& value);

}  // namespace taper::impl
