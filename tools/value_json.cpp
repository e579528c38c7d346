#include "tools/value_json.h"

#include <algorithm>

#include "runtime/print_value.h"
#include "tools/elements.h"

namespace taper::impl {
namespace {

void add_number(JsonWriter& json, std::complex<double> value, bool complex) {
  if (!complex) {
    json.value(value.real());
    return;
  }
  json.array([&] { json.value(value.real()).value(value.imag()); });
}

void add_tensor(JsonWriter& json, const Tensor& tensor) {
  json.object([&] {
    json.member("dtype", std::string(dtype_name(tensor.dtype()))).key("shape").array([&] {
      for (int64_t size : tensor.sizes()) json.value(size);
    });
    if (tensor.impl()->layout != Layout::kStrided || !tensor.impl()->storage) return;
    json.key("data").array([&] {
      Elements elements(tensor);
      for (int64_t i = 0; i < tensor.numel(); ++i, elements.next()) {
        if (tensor.dtype() == DType::kBool) json.value(elements.integer() != 0);
        else if (elements.is_integral()) json.value(elements.integer());
        else add_number(json, elements.number(), tensor.is_complex());
      }
    });
  });
}

void add_items(JsonWriter& json, const Vec<Value>& items) {
  json.array([&] {
    for (const Value& item : items) add_value(json, item);
  });
}

void add_dict(JsonWriter& json, const DictObj& dict) {
  bool text_keys = std::all_of(dict.entries().begin(), dict.entries().end(),
                               [](const DictObj::Entry& e) { return e.key.is(Tag::kString); });
  if (text_keys) {
    json.object([&] {
      for (const DictObj::Entry& entry : dict.entries()) add_value(json.key(entry.key.string()), entry.value);
    });
    return;
  }
  json.array([&] {
    for (const DictObj::Entry& entry : dict.entries())
      json.array([&] {
        add_value(json, entry.key);
        add_value(json, entry.value);
      });
  });
}

}  // namespace

void add_value(JsonWriter& json, const Value& value) {
  switch (value.tag()) {
    case Tag::kNone: json.null(); return;
    case Tag::kBool: json.value(value.boolean()); return;
    case Tag::kInt: json.value(value.integer()); return;
    case Tag::kFloat: json.value(value.floating()); return;
    case Tag::kComplex: add_number(json, value.to_complex(), true); return;
    case Tag::kString: json.value(value.string()); return;
    case Tag::kTensor: add_tensor(json, value.tensor()); return;
    case Tag::kList: add_items(json, value.list().items); return;
    case Tag::kTuple: add_items(json, value.tuple().items); return;
    case Tag::kDict: add_dict(json, value.dict()); return;
    default: json.value(print_value(value)); return;
  }
}

}  // namespace taper::impl
