// A restricted pickle machine. It knows the opcodes of protocols 2 to 5 and a closed table of globals: what PyTorch's
// own writers emit. Anything else is an error that names it; nothing is ever imported or called.
//
//   PickleBudget budget;
//   PickleOptions options{.where = "model.pt: data.pkl", .script_classes = true};
//   Value value = read_pickle(bytes, options, budget, &tensors);
//
// Results are finite trees of values in which objects may be shared but never contain themselves; their depth and their
// size, shared parts counted at every use, are inside the budget. So everything after the reader may recurse.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/dtype.h"
#include "core/value.h"

namespace taper::impl {

struct PickleBudget {
  size_t values = 50'000'000;  // left over all pickles that share the budget
  size_t max_depth = 1000;
};

struct PickleOptions {
  std::string where;              // for messages: file and entry
  bool script_classes = false;    // instances of __torch__ classes become RawObjects; else they are an error
  bool signed_bytes = false;      // BININT1 is signed: the writers of PyTorch 1.1 and 1.2
  bool infer_types = false;       // containers without a recorded type get the type that their items share
  bool numbered_tensors = false;  // persistent ids are numbers of tensors (PyTorch 0.1)
  bool type_names = false;        // names below `torch` are strings: what is between the raw bytes of those files
  // Type tags that name classes, by container (ModelFile::type_tags). Null: such tags are dropped.
  std::unordered_map<const RefCounted*, std::string>* type_tags = nullptr;
};

// What a pickle says of a storage: BINPERSID's tuple, decoded.
struct StorageId {
  std::string key;
  std::string location;  // "cpu", "cuda:0"
  DType dtype = DType::kByte;
  bool untyped = false;  // the count is in bytes
  int64_t numel = 0;
};

// Where the machine gets what is outside the pickle.
class PickleSource {
 public:
  virtual ~PickleSource() = default;
  // The bytes of a storage; the same Storage for the same key.
  virtual Ref<Storage> storage(const StorageId& id) = 0;
  // Entry of the tensor table of a model.json archive.
  virtual Tensor tensor(int64_t index) = 0;
};

// The pickle names a class or function that is not in the table.
class ForeignGlobal final : public Error {
 public:
  ForeignGlobal(std::string message, std::string global)
      : Error(ErrorCode::kInvalidFile, std::move(message)), name(std::move(global)) {}
  const std::string name;  // "models.net.Net"
};

// Error(kInvalidFile) or Error(kBudget) with the place. `used`: the bytes up to STOP; null: the pickle must end there.
Value read_pickle(std::span<const char> bytes, const PickleOptions& options, PickleBudget& budget, PickleSource* source,
                  size_t* used = nullptr);

}  // namespace taper::impl
