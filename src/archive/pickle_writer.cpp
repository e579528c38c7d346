#include "archive/pickle_writer.h"

#include <bit>

#include "archive/bytes.h"
#include "archive/model_file.h"
#include "core/error.h"
#include "core/quantizer.h"

namespace taper::impl {
namespace {

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto first = static_cast<unsigned char>(text[i]);
    size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    auto second = length > 2 ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
      return false;
    i += length;
  }
  return true;
}

std::string_view scheme_name(QScheme scheme) {
  switch (scheme) {
    case QScheme::kPerTensorAffine: return "torch per_tensor_affine";
    case QScheme::kPerChannelAffine: return "torch per_channel_affine";
    case QScheme::kPerTensorSymmetric: return "torch per_tensor_symmetric";
    case QScheme::kPerChannelSymmetric: return "torch per_channel_symmetric";
    case QScheme::kPerChannelAffineFloatQParams: return "torch per_channel_affine_float_qparams";
  }
  return {};
}

}  // namespace

PickleWriter::PickleWriter(StorageWriter& storages, ScriptStates* scripts) : storages_(storages), scripts_(scripts) {
  out_ = "\x80\x02";
}

void PickleWriter::write(const Value& value) { write_value(value, 0); }

std::string PickleWriter::finish() {
  op('.');
  return std::move(out_);
}

void PickleWriter::u32(uint32_t value) {
  char bytes[4];
  store_little(bytes, value);
  out_.append(bytes, 4);
}

void PickleWriter::put(uint32_t slot) {
  if (slot < 256) {
    op('q');
    op(char(slot));
  } else {
    op('r');
    u32(slot);
  }
}

void PickleWriter::remember(const Value& value) {
  memo_.emplace(value.pointer(), slots_);
  held_.push_back(value);
  put(slots_++);
}

void PickleWriter::get(uint32_t slot) {
  if (slot < 256) {
    op('h');
    op(char(slot));
  } else {
    op('j');
    u32(slot);
  }
}

bool PickleWriter::write_known(const RefCounted* object) {
  auto found = memo_.find(object);
  if (found == memo_.end()) return false;
  get(found->second);
  return true;
}

void PickleWriter::fail_value(std::string_view what) const {
  fail(ErrorCode::kUnsupported, cat(path_.empty() ? "" : "attribute ", path_, path_.empty() ? "" : ": ", what));
}

void PickleWriter::write_int(int64_t value) {
  if (value >= 0 && value < 256) {
    op('K');
    op(char(value));
  } else if (value >= 0 && value < 65536) {
    op('M');
    op(char(value));
    op(char(value >> 8));
  } else if (value == int32_t(value)) {
    op('J');
    u32(uint32_t(int32_t(value)));
  } else {
    op('\x8a');
    op(8);
    u32(uint32_t(uint64_t(value)));
    u32(uint32_t(uint64_t(value) >> 32));
  }
}

void PickleWriter::write_float(double value) {
  op('G');
  auto bits = std::bit_cast<uint64_t>(value);
  for (int shift = 56; shift >= 0; shift -= 8) op(char(bits >> shift));
}

void PickleWriter::write_text(std::string_view text) {
  op('X');
  u32(uint32_t(text.size()));
  out_ += text;
}

void PickleWriter::write_string(const Value& value) {
  const std::string& text = value.string();
  // TorchScript's strings are bytes, and its reader takes them.
  if (!scripts_ && !is_utf8(text)) fail_value("a str that is not UTF-8 cannot be saved");
  if (text.size() > UINT32_MAX) fail_value("a str of 4 GiB or more cannot be saved");
  write_text(text);
}

void PickleWriter::write_global(std::string_view module_and_name) {
  auto [found, fresh] = globals_.try_emplace(std::string(module_and_name), slots_);
  if (!fresh) return get(found->second);
  size_t blank = module_and_name.find(' ');
  op('c');
  out_ += module_and_name.substr(0, blank);
  op('\n');
  out_ += module_and_name.substr(blank + 1);
  op('\n');
  put(slots_++);
}

void PickleWriter::write_complex(std::complex<double> value) {
  write_global(scripts_ ? "builtins complex" : "__builtin__ complex");
  write_float(value.real());
  write_float(value.imag());
  op('\x86');
  op('R');
}

void PickleWriter::write_items(const Value& list, int depth) {
  op('(');
  for (const Value& item : list.list().items) write_value(item, depth + 1);
  op('e');
}

void PickleWriter::write_entries(const Value& dict, int depth) {
  op('(');
  for (const DictObj::Entry& entry : dict.dict().entries()) {
    write_value(entry.key, depth + 1);
    write_value(entry.value, depth + 1);
  }
  op('u');
}

void PickleWriter::write_tuple(const Value& tuple, int depth) {
  const auto& items = tuple.tuple().items;
  if (items.empty()) return op(')');
  if (items.size() > 3) op('(');
  for (const Value& item : items) write_value(item, depth + 1);
  op(items.size() > 3 ? 't' : char('\x84' + int(items.size())));
  remember(tuple);
}

void PickleWriter::write_value(const Value& value, int depth) {
  if (depth > kMaxPickleDepth) fail_value(cat("values nested deeper than ", kMaxPickleDepth, " cannot be saved"));
  if (value.is_counted() && write_known(value.pointer())) return;
  switch (value.tag()) {
    case Tag::kNone: return op('N');
    case Tag::kBool: return op(value.boolean() ? '\x88' : '\x89');
    case Tag::kInt: return write_int(value.integer());
    case Tag::kFloat: return write_float(value.floating());
    case Tag::kComplex: return write_complex(value.to_complex());
    case Tag::kDevice:
      write_global("torch device");
      write_text(device_name(value.device()));
      op('\x85');
      return op('R');
    case Tag::kString: write_string(value); return remember(value);
    case Tag::kTensor: write_tensor(value.tensor()); return remember(value);
    default: break;
  }
  if (scripts_) return write_script_value(value, depth);
  switch (value.tag()) {
    case Tag::kList:
      op(']');
      remember(value);
      return write_items(value, depth);
    case Tag::kDict:
      op('}');
      remember(value);
      return write_entries(value, depth);
    case Tag::kTuple: return write_tuple(value, depth);
    case Tag::kRawObject:
      fail_value(cat("an object of ", value.raw_object().class_name, " cannot be saved as a plain value"));
    case Tag::kObject:
      fail_value(cat("an object of ", type_of(value)->annotation(), " cannot be saved as a plain value"));
    case Tag::kEnum: fail_value("an enum cannot be saved as a plain value");
    default: fail_value(cat("a ", tag_name(value.tag()), " cannot be saved as a plain value"));
  }
}

void PickleWriter::write_dims(IntView dims) {
  op('(');
  for (int64_t dim : dims) write_int(dim);
  op('t');
}

// torch.jit.load shares a storage between the uses of one object, torch.load between those of one key.
void PickleWriter::write_storage(const Tensor& tensor, bool untyped) {
  if (!scripts_) return write_storage_id(tensor, untyped);
  auto known = storage_ids_.find({&tensor.storage(), tensor.dtype()});
  if (known != storage_ids_.end()) return get(known->second);
  write_storage_id(tensor, untyped);
  storage_ids_.emplace(std::pair(&tensor.storage(), tensor.dtype()), slots_);
  put(slots_++);
}

// BINPERSID of ('storage', class, key, 'cpu', elements).
void PickleWriter::write_storage_id(const Tensor& tensor, bool untyped) {
  const Ref<Storage>& storage = tensor.impl()->storage;
  size_t item = untyped ? 1 : tensor.item_size();
  size_t numel = storage->bytes() / item;
  op('(');
  write_text("storage");
  if (untyped) write_global("torch.storage UntypedStorage");
  else write_global(cat("torch ", scalar_type_name(tensor.dtype()), "Storage"));
  write_text(storages_.key(storage, numel * item));
  write_text("cpu");
  write_int(int64_t(numel));
  op('t');
  op('Q');
}

void PickleWriter::write_quantizer(const Tensor& tensor, int depth) {
  const auto* meta = static_cast<const QuantizerMeta*>(tensor.impl()->meta.get());
  if (!meta) fail_value("a quantized tensor without a quantizer cannot be saved");
  op('(');
  write_global(scheme_name(meta->scheme));
  if (meta->scales.defined()) {
    write_value(meta->scales, depth + 1);
    write_value(meta->zero_points, depth + 1);
    write_int(meta->axis);
  } else {
    write_float(meta->scale);
    write_int(meta->zero_point);
  }
  op('t');
}

void PickleWriter::write_tensor(const Tensor& tensor) {
  const TensorImpl& impl = *tensor.impl();
  if (impl.layout != Layout::kStrided) fail_value("a sparse tensor cannot be saved");
  bool quantized = is_quantized(tensor.dtype());
  bool untyped = !scripts_ && storages_.is_untyped(tensor);
  if (quantized && untyped)
    fail_value(
        cat("a tensor of ", dtype_name(tensor.dtype()), " that shares its storage with another type cannot be saved"));
  write_global(quantized ? "torch._utils _rebuild_qtensor"
               : untyped ? "torch._utils _rebuild_tensor_v3"
                         : "torch._utils _rebuild_tensor_v2");
  op('(');
  write_storage(tensor, untyped);
  write_int(tensor.offset());
  write_dims(tensor.sizes());
  write_dims(tensor.strides());
  if (quantized) write_quantizer(tensor, 0);
  op(impl.requires_grad ? '\x88' : '\x89');
  write_global("collections OrderedDict");  // hooks: there are none
  op(')');
  op('R');
  if (untyped) write_global(cat("torch ", dtype_name(tensor.dtype())));
  if (impl.conj || impl.neg) {
    if (scripts_) write_global("torch.jit._pickle restore_type_tag");
    op('}');
    op('(');
    if (impl.conj) {
      write_text("conj");
      op('\x88');
    }
    if (impl.neg) {
      write_text("neg");
      op('\x88');
    }
    op('u');
    if (scripts_) {
      write_text("Dict[str, bool]");
      op('\x86');
      op('R');
    }
  }
  op('t');
  op('R');
}

void write_values(ByteSink& sink, const Value& value) {
  ZipWriter zip("archive", sink);
  StorageWriter storages(zip, "data/");
  storages.scan(value);
  PickleWriter pickle(storages);
  pickle.write(value);
  zip.add("data.pkl", pickle.finish());
  zip.add("byteorder", native_byte_order());
  zip.add("version", "3\n");
  zip.close();
}

std::vector<char> write_values(const Value& value) {
  MemorySink sink;
  write_values(sink, value);
  return std::move(sink.bytes);
}

}  // namespace taper::impl
