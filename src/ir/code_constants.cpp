// Literals of printed code, and the values that have none.

#include <algorithm>
#include <cstring>

#include "core/class_type.h"
#include "core/error.h"
#include "ir/print.h"
#include "ir/print_code.h"

namespace taper::impl::ir {
namespace {

constexpr int kMaxDepth = 200;

bool same_tensor(const Tensor& a, const Tensor& b) {
  const TensorImpl &x = *a.impl(), &y = *b.impl();
  if (&x == &y) return true;
  if (x.dtype != y.dtype || x.layout != y.layout || x.device != y.device || x.sizes != y.sizes ||
      x.strides != y.strides || x.requires_grad != y.requires_grad || x.conj != y.conj || x.neg != y.neg || x.meta ||
      y.meta || !x.storage || !y.storage)
    return false;
  if (x.storage.get() == y.storage.get() && x.offset == y.offset) return true;
  if (!x.contiguous || x.device.type == DeviceType::kMeta) return false;
  return x.numel == 0 || std::memcmp(a.data(), b.data(), size_t(x.numel) * a.item_size()) == 0;
}

uint64_t mix(uint64_t hash, uint64_t value) { return (hash ^ value) * 0x9E3779B97F4A7C15u + (hash >> 29); }

uint64_t hash_of(const impl::Value& value) {
  if (value.is(Tag::kString)) return std::hash<std::string_view>()(value.string());
  if (!value.is_tensor()) return reinterpret_cast<uintptr_t>(value.pointer());
  const TensorImpl& tensor = *value.tensor().impl();
  uint64_t hash = mix(uint64_t(tensor.dtype), tensor.sizes.size());
  for (int64_t size : tensor.sizes) hash = mix(hash, uint64_t(size));
  if (!tensor.contiguous || !tensor.storage || tensor.numel == 0 || tensor.device.type == DeviceType::kMeta)
    return hash;
  size_t bytes = std::min<size_t>(size_t(tensor.numel) * item_size(tensor.dtype), 64);
  return mix(hash, std::hash<std::string_view>()({static_cast<const char*>(value.tensor().data()), bytes}));
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return uint8_t(c) < 128; });
}

// What an element's type is cannot always be seen from the elements.
bool is_evident(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kOptional:
    case TypeKind::kUnion:
    case TypeKind::kNumber:
    case TypeKind::kInterface:
    case TypeKind::kAny: return false;
    default: return true;
  }
}

class LiteralPrinter {
 public:
  LiteralPrinter(std::string& out, CodeConstants& constants) : out_(out), constants_(constants) {}

  // `type`: what the value is known to be, or null.
  void print(const impl::Value& value, const Type* type, int depth) {
    if (depth > kMaxDepth) fail(ErrorCode::kBudget, "a constant nests too deep to be written as code");
    switch (value.tag()) {
      case Tag::kNone:
        // A list of Optionals says itself what its items are, a tuple does not.
        if (in_tuple_ && type && type->is(TypeKind::kOptional)) out_ += cat("annotate(", type->annotation(), ", None)");
        else out_ += "None";
        break;
      case Tag::kBool: out_ += value.boolean() ? "True" : "False"; break;
      case Tag::kInt:
      case Tag::kFloat:
      case Tag::kComplex: out_ += constant_text(value); break;
      case Tag::kString: is_ascii(value.string()) ? void(out_ += constant_text(value)) : print_constant(value); break;
      case Tag::kDevice: out_ += cat("torch.device(\"", device_name(value.device()), "\")"); break;
      case Tag::kEnum: out_ += cat(value.enumeration().type->name, ".", value.enumeration().name); break;
      case Tag::kFunction: out_ += value.function().name; break;
      case Tag::kList: {
        const ListObj& list = value.list();
        bool annotated = list.items.empty() || !is_evident(*list.element);
        if (annotated) out_ += cat("annotate(List[", list.element->annotation(), "], ");
        out_ += '[';
        items(
            list.items, [&](size_t) { return list.element.get(); }, depth);
        out_ += annotated ? "])" : "]";
        break;
      }
      case Tag::kTuple:
        if (value.tuple().type) out_ += value.tuple().type->annotation();
        out_ += '(';
        items(
            value.tuple().items, [&](size_t i) { return part(type, i); }, depth, true);
        out_ += value.tuple().items.size() == 1 ? ",)" : ")";
        break;
      case Tag::kDict: {
        const DictObj& dict = value.dict();
        bool annotated = dict.size() == 0 || !is_evident(*dict.key) || !is_evident(*dict.value);
        if (annotated) out_ += cat("annotate(Dict[", dict.key->annotation(), ", ", dict.value->annotation(), "], ");
        out_ += '{';
        bool first = true;
        for (const DictObj::Entry& entry : dict.entries()) {
          if (!std::exchange(first, false)) out_ += ", ";
          in_tuple_ = false;
          print(entry.key, dict.key.get(), depth + 1);
          out_ += ": ";
          in_tuple_ = false;
          print(entry.value, dict.value.get(), depth + 1);
        }
        out_ += annotated ? "})" : "}";
        break;
      }
      case Tag::kFuture: fail(ErrorCode::kUnsupported, "a future cannot be written as code");
      case Tag::kTensor:
      case Tag::kObject:
      case Tag::kGenerator:
      case Tag::kCapsule:
      case Tag::kRawObject: print_constant(value); break;
    }
  }

 private:
  static const Type* part(const Type* type, size_t i) {
    return type && type->is(TypeKind::kTuple) && i < type->elements().size() ? type->element(i).get() : nullptr;
  }
  void items(const Vec<impl::Value>& values, auto type_of_item, int depth, bool in_tuple = false) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (i) out_ += ", ";
      in_tuple_ = in_tuple;
      print(values[i], type_of_item(i), depth + 1);
    }
  }
  void print_constant(const impl::Value& value) { out_ += cat("CONSTANTS.c", constants_.index_of(value)); }

  std::string& out_;
  CodeConstants& constants_;
  bool in_tuple_ = false;
};

}  // namespace

size_t CodeConstants::index_of(const impl::Value& value) {
  uint64_t hash = hash_of(value);
  auto [begin, end] = known_.equal_range(hash);
  for (auto each = begin; each != end; ++each) {
    const impl::Value& other = values_[each->second];
    if (other.tag() != value.tag()) continue;
    bool same = value.is_tensor()        ? same_tensor(other.tensor(), value.tensor())
                : value.is(Tag::kString) ? other.string() == value.string()
                                         : other.is_same(value);
    if (same) return each->second;
  }
  known_.emplace(hash, values_.size());
  values_.push_back(value);
  return values_.size() - 1;
}

std::string code_literal(const impl::Value& value, CodeConstants& constants, const Type* type) {
  std::string out;
  LiteralPrinter(out, constants).print(value, type, 0);
  return out;
}

}  // namespace taper::impl::ir
