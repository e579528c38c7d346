// Archives of PyTorch 1.0 to 1.2: model.json holds the module tree and a table of tensors, code/*.py the methods of one
// module each, without a class around them, attributes.pkl the attributes that are no tensors.
//
// They become what today's archives are: for each module a class is spelled out, with its attributes and, indented, its
// methods, as a source of its own; the module tree becomes RawObjects of these classes. Places in the spelled-out text
// lead back to the archive's own file, or to the Python line where debug records know it.
#include <algorithm>
#include <set>

#include "archive/annotation.h"
#include "archive/archive_entries.h"
#include "archive/debug_records.h"
#include "archive/json.h"
#include "core/error.h"

namespace taper::impl {
namespace {

constexpr uint64_t kMaxCode = uint64_t(256) << 20;
// No module of a user's can have this path.
constexpr std::string_view kModulesPath = "__torch__.__modules__";
constexpr std::string_view kKeywords[] = {
    "False", "None",   "True", "and",  "as",    "assert", "break", "class",   "continue", "def",     "del", "elif",
    "else",  "except", "for",  "from", "if",    "import", "in",    "is",      "lambda",   "not",     "or",  "pass",
    "raise", "return", "self", "try",  "while", "with",   "yield", "finally", "global",   "nonlocal"};

DType json_dtype(std::string_view name) {
  struct Row {
    std::string_view name;
    DType dtype;
  };
  constexpr Row kRows[] = {
      {"FLOAT", DType::kFloat}, {"DOUBLE", DType::kDouble},     {"FLOAT16", DType::kHalf}, {"INT8", DType::kChar},
      {"UINT8", DType::kByte},  {"INT16", DType::kShort},       {"INT32", DType::kInt},    {"INT64", DType::kLong},
      {"BOOL", DType::kBool},   {"BFLOAT16", DType::kBFloat16},
  };
  for (const Row& row : kRows)
    if (row.name == name) return row.dtype;
  return DType::kUndefined;
}

bool is_identifier(std::string_view name) {
  auto part = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), part) &&
         std::find(std::begin(kKeywords), std::end(kKeywords), name) == std::end(kKeywords);
}

class TreeReader final : public PickleSource {
 public:
  TreeReader(ModelFile& file, ArchiveEntries& entries, std::unordered_map<std::string, Ref<const Source>>& sources)
      : file_(file), entries_(entries), sources_(sources), where_(entries.where("model.json")) {}

  void read() {
    index_code(entries_, "libs/");
    Json root = parse_json(entries_.zip.read_text(entries_.need("model.json")), where_);
    if (const Json* tensors = root.find("tensors"))
      for (const Json& tensor : tensors->items) file_.constants.push_back(make_tensor_from(tensor));
    read_attributes();
    const Json* main = root.find("mainModule");
    if (!main || !main->is(Json::Kind::kObject)) fail_json("no mainModule");
    file_.root = make_module(*main, "", 0);
  }

  Ref<Storage> storage(const StorageId&) override { fail_json("a storage in attributes.pkl"); }
  Tensor tensor(int64_t index) override {
    if (index < 0 || uint64_t(index) >= file_.constants.size())
      fail_json(cat("tensor number ", index, " of ", file_.constants.size()));
    return file_.constants[size_t(index)].tensor();
  }

 private:
  [[noreturn]] void fail_json(std::string_view what) const { fail(ErrorCode::kInvalidFile, cat(where_, ": ", what)); }

  const std::string& need_text(const Json& object, std::string_view name) const {
    const Json* found = object.find(name);
    if (!found || !found->is(Json::Kind::kString)) fail_json(cat("'", name, "' is missing or no string"));
    return found->text;
  }
  int64_t need_integer(const Json& object, std::string_view name) const {
    const Json* found = object.find(name);
    std::optional<int64_t> number = found ? found->integer() : std::nullopt;
    if (!number) fail_json(cat("'", name, "' is missing or no integer"));
    return *number;
  }
  Dims dims(const Json& object, std::string_view name) const {
    Dims out;
    const Json* found = object.find(name);
    if (!found) return out;  // empty lists are left out
    if (found->items.size() > 64) fail_json(cat("a tensor of ", found->items.size(), " dimensions"));
    for (const Json& item : found->items) {
      std::optional<int64_t> number = item.integer();
      if (!number) fail_json(cat("'", name, "' holds what is no integer"));
      out.push_back(*number);
    }
    return out;
  }

  Tensor make_tensor_from(const Json& json) {
    const std::string& type = need_text(json, "dataType");
    DType dtype = json_dtype(type);
    const Json* quantized = json.find("isQuantized");
    if (dtype == DType::kUndefined || (quantized && quantized->boolean))
      fail(ErrorCode::kUnsupported, cat(where_, ": tensors of type ", type,
                                        quantized && quantized->boolean ? " (quantized)" : "", " are not supported"));
    const Json* data = json.find("data");
    if (!data) fail_json("a tensor without data");
    StorageId id;
    id.key = need_text(*data, "key");
    if (const Json* device = json.find("device")) id.location = device->text;
    check_location(id, entries_.zip.reader().name);
    auto [found, fresh] = storages_.try_emplace(id.key);
    if (fresh) {
      // The format is little-endian, whatever the machine.
      size_t width = entries_.swapped ? item_size(dtype) : 1;
      found->second = load_entry(entries_.zip, entries_.need(id.key), entries_.options, entries_.bytes, width);
    }
    const Json* offset = json.find("offset");
    try {
      Tensor made = make_tensor_on(found->second, dims(json, "dims"), dims(json, "strides"),
                                   offset ? need_integer(json, "offset") : 0, dtype);
      const Json* grad = json.find("requiresGrad");
      made.impl()->requires_grad = grad && grad->boolean && made.is_floating();
      return made;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kRuntime) throw;
      fail_json(cat("a tensor that does not fit '", id.key, "': ", error.message()));
    }
  }

  void read_attributes() {
    const ZipEntry* entry = entries_.find("attributes.pkl");
    if (!entry) return;  // 1.0
    PickleOptions options;
    options.where = entries_.where("attributes.pkl");
    options.script_classes = true;
    // PyTorch 1.1 and 1.2 write -128..127 as one signed byte.
    options.signed_bytes = true;
    options.type_tags = &file_.type_tags;
    std::vector<char> bytes = entries_.zip.read(*entry);
    Value root = read_pickle(bytes, options, entries_.values, this);
    if (!root.is(Tag::kTuple) && !root.is(Tag::kList)) fail_json("attributes.pkl holds no tuple");
    const auto& items = root.is(Tag::kTuple) ? root.tuple().items : root.list().items;
    attributes_.assign(items.begin(), items.end());
  }

  // What a class body and an object are made of.
  struct Parts {
    std::string declarations;
    std::string parameters, buffers;  // quoted, with commas
    Ref<DictObj> state = make_ref<DictObj>(any_type(), any_type());
    std::set<std::string> names;
  };

  static std::string quoted(const std::string& name) { return cat('"', name, "\", "); }

  void declare(Parts& parts, const std::string& name, const std::string& type, Value value) {
    if (name.find_first_of("\"\\\n\r") != name.npos || name.empty()) fail_json("an attribute's name is no name");
    if (type.find('\n') != type.npos) fail_json(cat("the type of '", name, "' is no type"));
    if (!parts.names.insert(name).second) fail_json(cat("two attributes of the name '", name, "'"));
    if (is_identifier(name)) parts.declarations += cat("  ", name, " : ", type, '\n');
    else parts.declarations += cat("  __annotations__[\"", name, "\"] = ", type, '\n');
    parts.state->set(Value(name), std::move(value));
  }

  Value make_module(const Json& module, const std::string& path, size_t depth) {
    if (depth > entries_.values.max_depth || ++modules_ > 1'000'000)
      fail(ErrorCode::kBudget, cat(where_, ": more modules than the limit allows"));
    std::string class_module = cat(kModulesPath, '.', path.empty() ? "top" : cat("sub", path));
    std::string class_name = class_module + ".Module";
    Parts parts;
    if (const Json* parameters = module.find("parameters"))
      for (const Json& parameter : parameters->items) {
        const std::string& name = need_text(parameter, "name");
        const Json* is_buffer = parameter.find("isBuffer");
        (is_buffer && is_buffer->boolean ? parts.buffers : parts.parameters) += quoted(name);
        declare(parts, name, "Tensor", tensor(need_integer(parameter, "tensorId")));
      }
    if (const Json* attributes = module.find("attributes"))
      for (const Json& attribute : attributes->items) {
        const std::string& name = need_text(attribute, "name");
        if (name == "__constants__") continue;  // names of Python attributes that became constants
        int64_t id = need_integer(attribute, "id");
        if (id < 0 || uint64_t(id) >= attributes_.size())
          fail_json(cat("attribute number ", id, " of ", attributes_.size()));
        declare(parts, name, need_text(attribute, "type"), attributes_[size_t(id)]);
      }
    if (const Json* submodules = module.find("submodules"))
      for (size_t i = 0; i < submodules->items.size(); ++i) {
        const Json& submodule = submodules->items[i];
        std::string sub_path = cat(path, '_', i);
        declare(parts, need_text(submodule, "name"), cat(kModulesPath, ".sub", sub_path, ".Module"),
                make_module(submodule, sub_path, depth + 1));
      }
    sources_[class_module] = make_source(module, class_module, parts);
    auto object = make_ref<RawObject>();
    object->class_name = class_name;
    object->args = Value(make_ref<TupleObj>());
    object->state = Value(parts.state);
    return object;
  }

  // The archive's text of the module's methods; null when it has none.
  Ref<Source> module_code(const Json& module) {
    const Json* arena = module.find("torchscriptArena");
    if (!arena) return nullptr;
    auto code = make_ref<Source>();
    code->name = need_text(*arena, "key");
    const ZipEntry& entry = entries_.need(code->name);
    // Modules may name one file again and again.
    if (entry.size > kMaxCode - code_bytes_)
      fail(ErrorCode::kBudget, cat(where_, ": more code than the limit of ", kMaxCode, " bytes"));
    code_bytes_ += entry.size;
    code->text = entries_.zip.read_text(entry);
    return code;
  }

  Ref<const Source> make_source(const Json& module, const std::string& class_module, const Parts& parts) {
    auto made = make_ref<Source>();
    made->name = class_module;
    std::string header = "class Module(Module):\n";
    header +=
        cat("  __parameters__ = [", parts.parameters, "]\n  __buffers__ = [", parts.buffers, "]\n", parts.declarations);
    Ref<Source> code = module_code(module);
    if (!code) {
      made->text = header;
      return made;
    }
    // Indented line by line (a string's line breaks are escaped); the lines before the first def stay in front.
    std::string body;
    std::vector<DebugRecord> lines;                 // of the archive's file
    std::vector<std::pair<size_t, size_t>> shifts;  // where a line starts in the archive's file and in the body
    for (size_t at = 0; at < code->text.size();) {
      size_t end = std::min(code->text.find('\n', at), code->text.size());
      std::string_view line(code->text.data() + at, end - at);
      if (body.empty() && line.starts_with("op_version_set")) {
        made->text += cat(line, '\n');
        file_.is_first_version |= line == "op_version_set = 0";
      } else if (!line.starts_with("import ")) {
        if (!line.empty()) body += "  ";
        shifts.emplace_back(at, body.size());
        body += line;
        body += '\n';
      }
      at = end + 1;
    }
    made->text += header;
    size_t start = made->text.size();
    made->text += body;
    for (auto [from, to] : shifts)
      made->debug.push_back(
          {uint32_t(start + to),
           {code, uint32_t(from), uint32_t(std::min(code->text.find('\n', from), code->text.size()))}});
    if (const Json* arena = module.find("torchscriptDebugArena"))
      use_debug_records(*made, *code, need_text(*arena, "key"), shifts, start);
    return made;
  }

  // Debug records count bytes of the archive's file.
  void use_debug_records(Source& made, const Source& code, const std::string& key,
                         const std::vector<std::pair<size_t, size_t>>& shifts, size_t start) {
    const ZipEntry* entry = entries_.find(key);
    if (!entry || shifts.empty()) return;
    std::vector<DebugRecord> moved;
    for (DebugRecord& record : parse_debug_records(entries_.zip.read(*entry))) {
      if (record.offset > code.text.size()) continue;
      auto line = std::upper_bound(shifts.begin(), shifts.end(), size_t(record.offset),
                                   [](size_t at, const auto& shift) { return at < shift.first; });
      if (line == shifts.begin()) continue;
      --line;
      record.offset = uint32_t(start + line->second + (record.offset - line->first));
      moved.push_back(std::move(record));
    }
    if (!moved.empty()) made.debug = std::move(moved);
  }

  ModelFile& file_;
  ArchiveEntries& entries_;
  std::unordered_map<std::string, Ref<const Source>>& sources_;
  std::string where_;
  std::unordered_map<std::string, Ref<Storage>> storages_;
  std::vector<Value> attributes_;
  size_t modules_ = 0;
  uint64_t code_bytes_ = 0;
};

}  // namespace

void read_model_json(ModelFile& file, ArchiveEntries& entries,
                     std::unordered_map<std::string, Ref<const Source>>& sources) {
  TreeReader(file, entries, sources).read();
}

}  // namespace taper::impl
