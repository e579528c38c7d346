#include "archive/diagnose.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "archive/bytes.h"
#include "archive/legacy_checkpoint.h"
#include "archive/pickle.h"
#include "core/error.h"

namespace taper::impl {
namespace {

constexpr size_t kHead = 1024;
constexpr std::string_view kSaveAgain =
    "in Python, build the model, load_state_dict() it, and save it with torch.jit.script(model).save(...) or "
    "torch.jit.trace";

std::string read_head(const Reader& reader) {
  std::string head(size_t(std::min<uint64_t>(reader.size(), kHead)), '\0');
  if (!head.empty()) reader.read(0, head.data(), head.size());
  return head;
}

bool starts_without_case(std::string_view text, std::string_view start) {
  if (text.size() < start.size()) return false;
  for (size_t i = 0; i < start.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(text[i])) != start[i]) return false;
  return true;
}

std::string_view skip_blank(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  return text;
}

bool is_identifier_text(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 32 && c < 127; });
}

// A protobuf varint; false when it breaks off.
bool varint(std::string_view& rest, uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= uint64_t(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// ONNX and TensorFlow are protobufs without a mark of their own: told by their first fields.
const char* describe_protobuf(std::string_view head, uint64_t file_size) {
  std::string_view rest = head;
  uint64_t number, length;
  if (rest.starts_with('\x08')) {  // field 1, an integer: ONNX's ir_version or SavedModel's schema version
    rest.remove_prefix(1);
    if (!varint(rest, number) || number == 0 || number > 64 || rest.empty()) return nullptr;
    char tag = rest.front();
    rest.remove_prefix(1);
    if (!varint(rest, length) || length > file_size) return nullptr;
    if (tag == '\x12' && number == 1 && length > 64 && rest.starts_with('\x0a'))
      return "a TensorFlow SavedModel; only PyTorch's torch.jit.save writes what taper runs: export the PyTorch model "
             "instead";
    // producer_name, producer_version, domain, doc_string, graph or opset
    if (tag == '\x12' || tag == '\x1a' || tag == '\x22' || tag == '\x32' || tag == '\x3a' || tag == '\x42')
      return "an ONNX model, which ONNX Runtime runs; for taper save the PyTorch model with torch.jit.save";
    return nullptr;
  }
  if (rest.starts_with('\x0a')) {  // field 1, a message: GraphDef's first node {name, op}
    rest.remove_prefix(1);
    if (!varint(rest, length) || length > file_size || !rest.starts_with('\x0a')) return nullptr;
    rest.remove_prefix(1);
    if (!varint(rest, length) || length >= rest.size() || !is_identifier_text(rest.substr(0, length))) return nullptr;
    rest.remove_prefix(length);
    if (!rest.starts_with('\x12')) return nullptr;
    rest.remove_prefix(1);
    if (!varint(rest, length) || length > rest.size() || !is_identifier_text(rest.substr(0, length))) return nullptr;
    return "a TensorFlow graph; only PyTorch's torch.jit.save writes what taper runs: export the PyTorch model instead";
  }
  return nullptr;
}

struct Mark {
  size_t at;
  std::string_view bytes;
  const char* what;
};

constexpr const char* kUnpack = "unpack it first: taper reads the file inside";

const char* describe_mark(std::string_view head) {
  static constexpr Mark kMarks[] = {
      {4, "TFL3",
       "a TensorFlow Lite model; only PyTorch's torch.jit.save writes what taper runs: export the PyTorch model "
       "instead"},
      {4, "ET",
       "an ExecuTorch program (.pte), compiled for that runtime; for taper save the PyTorch model with torch.jit.save"},
      {4, "PTMF",
       "a mobile model in flatbuffer form (.ptl/.ff); save it with torch.jit.save, or _save_for_lite_interpreter "
       "without flatbuffer"},
      {0, std::string_view("\x89HDF\r\n\x1a\n", 8),
       "an HDF5 file (Keras?); only PyTorch's torch.jit.save writes what taper runs"},
      {0, "GGUF", "a GGUF file of weights for llama.cpp: it has no TorchScript code"},
      {0, "\x93NUMPY", "a NumPy array (.npy): it has no TorchScript code"},
      {0, std::string_view("\x1f\x8b", 2), "a gzip archive: unpack it first (gunzip); taper reads the file inside"},
      {0, "BZh", "a bzip2 archive: unpack it first (bunzip2); taper reads the file inside"},
      {0, std::string_view("\xfd\x37zXZ\0", 6), "an xz archive: unpack it first (unxz); taper reads the file inside"},
      {0, std::string_view("\x28\xb5\x2f\xfd", 4),
       "a Zstandard archive: unpack it first (unzstd); taper reads the file inside"},
      {0, std::string_view("7z\xbc\xaf\x27\x1c", 6), "a 7-Zip archive: unpack it first; taper reads the file inside"},
      {0, "Rar!", "a RAR archive: unpack it first; taper reads the file inside"},
      {0, "%PDF", "a PDF document, not a model"},
      {0, "\x89PNG", "a PNG picture, not a model"},
      {0, "\xff\xd8\xff", "a JPEG picture, not a model"},
      {0,
       "\x7f"
       "ELF",
       "a program or library (ELF), perhaps an ahead-of-time compiled model; for taper save the PyTorch model with "
       "torch.jit.save"},
  };
  for (const Mark& mark : kMarks) {
    if (head.size() < mark.at + mark.bytes.size() || head.substr(mark.at, mark.bytes.size()) != mark.bytes) continue;
    // ExecuTorch numbers its format: ET12.
    if (mark.bytes == "ET" && (head.size() < 8 || !std::isdigit(static_cast<unsigned char>(head[6])) ||
                               !std::isdigit(static_cast<unsigned char>(head[7]))))
      continue;
    return mark.what;
  }
  return nullptr;
}

bool is_safetensors(std::string_view head, uint64_t size) {
  if (head.size() < 10) return false;
  uint64_t header = load_little<uint64_t>(head.data());
  return header >= 2 && header <= size - 8 && head[8] == '{';
}

// The line "key value" of a Git LFS pointer.
std::string pointer_line(std::string_view head, std::string_view key) {
  size_t at = head.find(key);
  if (at == head.npos) return {};
  at += key.size();
  return std::string(head.substr(at, std::min(head.find_first_of("\r\n", at), head.size()) - at));
}

std::string describe(std::string_view head, uint64_t size, bool legacy_checkpoint, Wanted wanted) {
  std::string_view text = skip_blank(head);
  if (head.starts_with("version https://git-lfs.github.com/spec/"))
    return cat("a Git LFS pointer, not the file itself (which has ", pointer_line(head, "size "),
               " bytes): run `git lfs pull`");
  if (starts_without_case(text, "<!doctype html") || starts_without_case(text, "<html"))
    return "an HTML page, perhaps an error or login page that was saved in place of the download: fetch the file "
           "itself";
  if (text.starts_with("<?xml") || text.starts_with("<Error>"))
    return "an XML document, perhaps a server's error message that was saved in place of the download: fetch the file "
           "itself";
  if (legacy_checkpoint)
    return wanted == Wanted::kModel
               ? cat("a torch.save checkpoint in the format of before PyTorch 1.6, with weights but without code: ",
                     kSaveAgain)
               : std::string("a damaged torch.save checkpoint");
  if (head.size() > 262 && head.substr(257, 5) == "ustar")
    return wanted == Wanted::kModel ? cat("a tar archive, perhaps a torch.save checkpoint of PyTorch 0.1: ", kSaveAgain)
                                    : cat("a tar archive of other things: ", kUnpack);
  if (is_safetensors(head, size)) return cat("a safetensors file, with weights but without code: ", kSaveAgain);
  if (const char* what = describe_mark(head)) return what;
  if (head.size() > 1 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5)
    return cat("a Python pickle that torch.save did not write: ",
               wanted == Wanted::kModel ? kSaveAgain : "save the values with torch.save");
  if (const char* what = describe_protobuf(head, size)) return what;
  if (text.starts_with('{')) return "a JSON document, not a model";
  return {};
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    if (!out.empty()) out += ' ';
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

// Storages that have a size and no bytes: enough to see what a checkpoint holds.
class NoBytes final : public PickleSource {
 public:
  Ref<Storage> storage(const StorageId& id) override {
    uint64_t size;
    if (__builtin_mul_overflow(uint64_t(id.numel), uint64_t(item_size(id.dtype)), &size) || size > SIZE_MAX / 2)
      fail(ErrorCode::kInvalidFile, "a storage that is too large");
    return Storage::borrow(nullptr, size_t(size), nullptr, true);
  }
  Tensor tensor(int64_t) override { fail(ErrorCode::kInvalidFile, "no tensor table"); }
};

std::string describe_checkpoint(Zip& zip, const ZipEntry& entry) {
  NoBytes storages;
  PickleBudget budget;
  try {
    std::vector<char> bytes = zip.read(entry);
    Value root = read_pickle(bytes, {.where = "data.pkl"}, budget, &storages);
    if (root.is_tensor()) return "a torch.save file of one tensor";
    if (!root.is(Tag::kDict)) return cat("a torch.save file of a ", tag_name(root.tag()));
    size_t tensors = 0;
    std::string first;
    for (const DictObj::Entry& item : root.dict().entries()) {
      if (!item.value.is_tensor()) continue;
      if (tensors++ == 0 && item.key.is(Tag::kString)) first = item.key.string().substr(0, 80);
    }
    if (tensors == 0) return "a torch.save checkpoint";
    return cat("a state_dict checkpoint of ", tensors, " tensors ('", first, tensors > 1 ? "', ...)" : "')");
  } catch (const ForeignGlobal& foreign) {
    return cat("a torch.save checkpoint of an object of the Python class '", foreign.name, "'");
  } catch (const Error&) {
    return "a torch.save checkpoint";
  }
}

bool ends_with_any(const Zip& zip, std::string_view suffix) {
  return std::any_of(zip.entries().begin(), zip.entries().end(),
                     [&](const ZipEntry& e) { return e.name.ends_with(suffix); });
}

}  // namespace

void fail_not_zip(const Reader& reader, Wanted wanted) {
  const char* wish = wanted == Wanted::kModel ? "TorchScript archive" : "torch.save file";
  if (reader.size() == 0)
    fail(ErrorCode::kInvalidFile, cat(reader.name, " is empty (0 bytes): its download or copy failed; fetch it again"));
  std::string head = read_head(reader);
  std::string what = describe(head, reader.size(), legacy_checkpoint_start(reader) != 0, wanted);
  if (!what.empty()) fail(ErrorCode::kInvalidFile, cat(reader.name, " is no ", wish, " but ", what));
  fail(ErrorCode::kInvalidFile,
       cat(reader.name, " is no ", wish, ": its ", reader.size(), " bytes start with ",
           hex(std::string_view(head).substr(0, 8)),
           " (no format that taper knows) and no zip archive ends it; fetch or save it again"));
}

void fail_other_zip(Zip& zip, Wanted wanted) {
  const std::string& file = zip.reader().name;
  auto say = [&](std::string_view what) {
    fail(ErrorCode::kInvalidFile,
         cat(file, " is no ", wanted == Wanted::kModel ? "TorchScript archive" : "torch.save file", " but ", what));
  };
  const ZipEntry* pickle = nullptr;
  bool code = false;
  for (const ZipEntry& entry : zip.entries()) {
    if (entry.name.substr(entry.name.find('/') + 1) == "data.pkl") pickle = &entry;
    if (entry.name.find("/code/") != entry.name.npos && entry.name.ends_with(".py")) code = true;
  }
  if (zip.entries().empty()) say("an empty zip archive: save the model again");
  if (ends_with_any(zip, "/archive_format") || ends_with_any(zip, "serialized_exported_program.json") ||
      ends_with_any(zip, "models/model.json"))
    say("a torch.export archive (.pt2): save the model with torch.jit.save for taper");
  if (wanted == Wanted::kValues && (code || ends_with_any(zip, "/constants.pkl") || ends_with_any(zip, "/model.json")))
    say("a TorchScript archive: a model with code, not a file of values");
  if (wanted == Wanted::kModel && pickle && !code)
    say(cat(describe_checkpoint(zip, *pickle), ", without code: ", kSaveAgain));
  if (pickle && code) say("an incomplete TorchScript archive (constants.pkl is missing): save the model again");
  for (const ZipEntry& entry : zip.entries()) {
    std::string_view name = entry.name;
    if (name.ends_with(".npy")) say("a NumPy archive (.npz): it has no TorchScript code");
    if (name == "saved_model.pb" || name.ends_with("/saved_model.pb"))
      say("a zipped TensorFlow SavedModel; only PyTorch's torch.jit.save writes what taper runs");
    if (name.ends_with("model.weights.h5")) say("a Keras model; only PyTorch's torch.jit.save writes what taper runs");
  }
  for (const ZipEntry& entry : zip.entries())
    for (std::string_view suffix : {".pt", ".pth", ".ptl", ".jit"})
      if (entry.name.ends_with(suffix))
        say(cat("a zip archive with '", entry.name.substr(0, 120),
                "' inside: unpack it first; taper reads the file inside"));
  if (ends_with_any(zip, "data.pkl"))
    say("an archive whose entries are not in one folder ('name/data.pkl'), perhaps packed again by hand: pack it with "
        "that folder");
  say(cat("a zip archive of other things ('", zip.entries().front().name.substr(0, 120), "', ...)"));
  fail(ErrorCode::kInternal, "unreachable");
}

}  // namespace taper::impl
