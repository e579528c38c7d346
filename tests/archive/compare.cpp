#include "archive/compare.h"

#include <cstring>
#include <unordered_map>

#include "core/error.h"
#include "core/quantizer.h"

using namespace taper::impl;

namespace {

struct Comparer {
  std::unordered_map<const Storage*, const Storage*> storages;
  std::unordered_map<const RefCounted*, const RefCounted*> objects;

  std::string compare(const Value& a, const Value& b, const std::string& at) {
    if (a.tag() != b.tag()) return cat(at, ": ", tag_name(a.tag()), " and ", tag_name(b.tag()));
    if (a.is_counted() && !a.is(Tag::kComplex) && !a.is(Tag::kString)) {  // those two cannot be changed
      auto [known, fresh] = objects.emplace(a.pointer(), b.pointer());
      if (!fresh) return known->second == b.pointer() ? "" : cat(at, ": an object is no longer shared");
    }
    switch (a.tag()) {
      case Tag::kTensor: return tensors(a.tensor(), b.tensor(), at);
      case Tag::kComplex: {
        std::complex<double> x = a.to_complex(), y = b.to_complex();
        return std::memcmp(&x, &y, sizeof(x)) == 0 ? "" : at;
      }
      case Tag::kString: return a.string() == b.string() ? "" : at;
      case Tag::kList: {
        const ListObj &x = a.list(), &y = b.list();
        if (x.items.size() != y.items.size()) return cat(at, ": length");
        if (!equal(*x.element, *y.element))
          return cat(at, ": element type ", x.element->annotation(), " and ", y.element->annotation());
        for (size_t i = 0; i < x.items.size(); ++i)
          if (auto d = compare(x.items[i], y.items[i], cat(at, '[', i, ']')); !d.empty()) return d;
        return "";
      }
      case Tag::kTuple: {
        const TupleObj &x = a.tuple(), &y = b.tuple();
        if (x.items.size() != y.items.size()) return cat(at, ": length");
        for (size_t i = 0; i < x.items.size(); ++i)
          if (auto d = compare(x.items[i], y.items[i], cat(at, '[', i, ']')); !d.empty()) return d;
        return "";
      }
      case Tag::kDict: {
        const DictObj &x = a.dict(), &y = b.dict();
        if (x.size() != y.size()) return cat(at, ": length");
        if (!equal(*x.key, *y.key) || !equal(*x.value, *y.value)) return cat(at, ": element types");
        for (size_t i = 0; i < x.size(); ++i) {
          if (auto d = compare(x.entries()[i].key, y.entries()[i].key, cat(at, ".key", i)); !d.empty()) return d;
          if (auto d = compare(x.entries()[i].value, y.entries()[i].value, cat(at, "{", i, "}")); !d.empty()) return d;
        }
        return "";
      }
      case Tag::kRawObject:
        if (a.raw_object().class_name != b.raw_object().class_name) return cat(at, ": class");
        if (auto d = compare(a.raw_object().args, b.raw_object().args, at + ".args"); !d.empty()) return d;
        return compare(a.raw_object().state, b.raw_object().state, at + ".state");
      case Tag::kFloat: {
        double x = a.floating(), y = b.floating();
        return std::memcmp(&x, &y, sizeof(x)) == 0 ? "" : at;
      }
      default: return a.is_same(b) ? "" : at;
    }
  }

  std::string tensors(const Tensor& a, const Tensor& b, const std::string& at) {
    if (a.dtype() != b.dtype()) return cat(at, ": dtype");
    if (!same(a.sizes(), b.sizes())) return cat(at, ": sizes");
    if (!same(a.strides(), b.strides())) return cat(at, ": strides");
    if (a.offset() != b.offset()) return cat(at, ": offset");
    if (a.is_conj() != b.is_conj() || a.is_neg() != b.is_neg()) return cat(at, ": conj or neg");
    if (a.impl()->requires_grad != b.impl()->requires_grad) return cat(at, ": requires_grad");
    if (bool(a.impl()->meta) != bool(b.impl()->meta)) return cat(at, ": quantizer");
    if (a.impl()->meta) {
      const auto& x = static_cast<const QuantizerMeta&>(*a.impl()->meta);
      const auto& y = static_cast<const QuantizerMeta&>(*b.impl()->meta);
      if (x.scheme != y.scheme || x.scale != y.scale || x.zero_point != y.zero_point || x.axis != y.axis)
        return cat(at, ": quantizer");
    }
    auto [known, fresh] = storages.emplace(&a.storage(), &b.storage());
    if (!fresh) return known->second == &b.storage() ? "" : cat(at, ": a storage is no longer shared");
    if (a.storage().bytes() != b.storage().bytes()) return cat(at, ": storage size");
    if (a.storage().bytes() && std::memcmp(a.storage().data(), b.storage().data(), a.storage().bytes()) != 0)
      return cat(at, ": bytes");
    return "";
  }
};

}  // namespace

std::string first_difference(const Value& a, const Value& b) { return Comparer().compare(a, b, "value"); }
