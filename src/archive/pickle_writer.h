// Writes values as pickles of protocol 2: plain values for torch.load(weights_only=True), and with ScriptStates the objects
// of a module for torch.jit.load, which wants typed containers and knows no Python class.
//
//   StorageWriter storages(zip, "data/");
//   PickleWriter pickle(storages);
//   pickle.write(value);
//   zip.add("data.pkl", pickle.finish());
//
// Objects and strings that occur twice are written once and stay one object.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "archive/storage_writer.h"

namespace taper::impl {

// Deeper values are refused.
inline constexpr int kMaxPickleDepth = 1000;

// What a script object is saved as.
class ScriptStates {
 public:
  virtual ~ScriptStates() = default;
  // The answer of its __getstate__; nothing for an object that is saved by its attributes.
  virtual std::optional<Value> state(const Value& object) = 0;
  // Of an object that is saved by its attributes: does this one belong to it?
  virtual bool saves(const ClassType&, std::string_view /*attribute*/) { return true; }
};

class PickleWriter {
 public:
  // `scripts`: a pickle for torch.jit.load; null: one for torch.load.
  explicit PickleWriter(StorageWriter& storages, ScriptStates* scripts = nullptr);
  // Error(kUnsupported) for values that have no form in the pickle, naming it and its place.
  void write(const Value& value);
  std::string finish();

 private:
  void write_value(const Value& value, int depth);
  void write_int(int64_t value);
  void write_float(double value);
  void write_text(std::string_view text);
  void write_string(const Value& value);
  void write_global(std::string_view module_and_name);  // "torch device"
  void write_complex(std::complex<double> value);
  void write_items(const Value& list, int depth);
  void write_entries(const Value& dict, int depth);
  void write_tuple(const Value& tuple, int depth);
  void write_tensor(const Tensor& tensor);
  void write_quantizer(const Tensor& tensor, int depth);
  void write_storage(const Tensor& tensor, bool untyped);
  void write_storage_id(const Tensor& tensor, bool untyped);
  void write_dims(IntView dims);
  // Of modules alone, in pickle_script.cpp.
  void write_script_value(const Value& value, int depth);
  void write_object(const Value& value, int depth);
  void write_raw_object(const Value& value, int depth);
  void write_class(std::string_view qualified);
  void write_tagged_list(const Value& value, int depth);
  void write_tagged_dict(const Value& value, int depth);
  void write_type_tag(const Value& value);
  void write_name(const std::string& name);

  bool write_known(const RefCounted* object);
  void remember(const Value& value);
  void put(uint32_t slot);
  void get(uint32_t slot);
  void op(char code) { out_ += code; }
  void u32(uint32_t value);
  [[noreturn]] void fail_value(std::string_view what) const;

  StorageWriter& storages_;
  ScriptStates* scripts_;
  std::string out_;
  std::unordered_map<const RefCounted*, uint32_t> memo_;
  std::unordered_map<std::string, uint32_t> globals_, names_;
  std::map<std::pair<const Storage*, DType>, uint32_t> storage_ids_;
  std::vector<Value> held_;                       // what memo_ knows by address
  std::unordered_set<const RefCounted*> inside_;  // of which objects the parts are being written
  std::string path_;                              // of the attribute, for messages
  uint32_t slots_ = 0;
};

}  // namespace taper::impl
