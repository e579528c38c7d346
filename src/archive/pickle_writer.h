// Writes values as the pickles that torch.load(weights_only=True) and torch.jit.load read (protocol 2).
//
//   StorageWriter storages(zip, "data/");
//   PickleWriter pickle(storages);
//   pickle.write(value);
//   zip.add("data.pkl", pickle.finish());
//
// Objects and strings that occur twice are written once and stay one object.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "archive/zip_writer.h"
#include "core/value.h"

namespace taper::impl {

// Puts each storage into the archive once, under a number.
class StorageWriter {
 public:
  StorageWriter(ZipWriter& zip, std::string folder) : zip_(zip), folder_(std::move(folder)) {}
  // Storages seen as two element types must be written untyped: call for all values before writing them.
  void scan(const Value& value);
  bool is_untyped(const Tensor& tensor) const;
  // The key; the entry holds the first `bytes` bytes.
  std::string key(const Ref<Storage>& storage, size_t bytes);

 private:
  void scan(const Value& value, int depth);
  ZipWriter& zip_;
  std::string folder_;
  struct Use {
    DType dtype;
    bool mixed = false;
  };
  std::unordered_map<const Storage*, Use> uses_;
  std::unordered_map<const Storage*, std::string> keys_;
  std::unordered_map<const RefCounted*, bool> scanned_;
  std::vector<Ref<Storage>> held_;
};

class PickleWriter {
 public:
  explicit PickleWriter(StorageWriter& storages);
  // Error(kUnsupported) for values that have no plain form, naming it.
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
  void write_tensor(const Tensor& tensor);
  void write_quantizer(const Tensor& tensor, int depth);
  void write_storage(const Tensor& tensor, bool untyped);
  void write_dims(IntView dims);
  bool write_known(const RefCounted* object);
  void remember(const Value& value);
  void put(uint32_t slot);
  void op(char code) { out_ += code; }
  void u32(uint32_t value);

  StorageWriter& storages_;
  std::string out_;
  std::unordered_map<const RefCounted*, uint32_t> memo_;
  std::unordered_map<std::string, uint32_t> globals_;
  std::vector<Value> held_;  // what memo_ knows by address
  uint32_t slots_ = 0;
};

}  // namespace taper::impl
