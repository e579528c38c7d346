#include "tools/compare.h"

#include <algorithm>
#include <cmath>
#include <complex>

#include "core/class_type.h"
#include "core/error.h"
#include "tools/elements.h"

namespace taper::impl {
namespace {

std::string shape_text(const Tensor& tensor) {
  std::string out = "[";
  for (size_t i = 0; i < tensor.sizes().size(); ++i) append(out, cat(i ? ", " : "", tensor.sizes()[i]));
  return out + "]";
}

std::string number_text(std::complex<double> value, bool complex) {
  return complex ? cat(value.real(), "+", value.imag(), "j") : cat(value.real());
}

class Comparer {
 public:
  explicit Comparer(const Tolerance& tolerance) : tolerance_(tolerance) {}

  Difference result;

  void values(const Value& actual, const Value& expected, const std::string& path) {
    if (actual.is(Tag::kDevice)) return values(Value(device_name(actual.device())), expected, path);
    if (actual.is(Tag::kEnum)) return values(actual.enumeration().value, expected, path);
    if (is_sequence(actual) && is_sequence(expected)) return sequences(items(actual), items(expected), path);
    if (is_float(actual) && is_float(expected))
      return numbers(actual.to_complex(), expected.to_complex(), actual.is(Tag::kComplex), path);
    if (actual.tag() != expected.tag())
      return differ(path,
                    cat("got a ", type_of(actual)->annotation(), ", expected a ", type_of(expected)->annotation()));
    switch (expected.tag()) {
      case Tag::kTensor: return tensors(actual.tensor(), expected.tensor(), path);
      case Tag::kBool:
      case Tag::kInt:
        if (!actual.is_same(expected))
          differ(path, cat("got ", scalar_text(actual), ", expected ", scalar_text(expected)));
        return;
      case Tag::kString:
        if (actual.string() != expected.string())
          differ(path, cat("got \"", clip(actual.string()), "\", expected \"", clip(expected.string()), "\""));
        return;
      case Tag::kDict: return dicts(actual.dict(), expected.dict(), path);
      default: return;
    }
  }

 private:
  static bool is_sequence(const Value& v) { return v.is(Tag::kList) || v.is(Tag::kTuple); }
  static const Vec<Value>& items(const Value& v) { return v.is(Tag::kList) ? v.list().items : v.tuple().items; }
  static bool is_float(const Value& v) { return v.is(Tag::kFloat) || v.is(Tag::kComplex); }
  static std::string scalar_text(const Value& v) { return v.is(Tag::kBool) ? cat(v.boolean()) : cat(v.integer()); }
  static std::string clip(const std::string& text) { return text.size() > 200 ? text.substr(0, 200) + "..." : text; }

  void differ(const std::string& path, const std::string& what) {
    if (result.equal) result.message = path.empty() ? what : path + ": " + what;
    result.equal = false;
  }

  void sequences(const Vec<Value>& actual, const Vec<Value>& expected, const std::string& path) {
    if (actual.size() != expected.size())
      return differ(path, cat("got ", actual.size(), " items, expected ", expected.size()));
    for (size_t i = 0; i < actual.size(); ++i) values(actual[i], expected[i], cat(path, "[", i, "]"));
  }

  void dicts(DictObj& actual, const DictObj& expected, const std::string& path) {
    if (actual.size() != expected.size())
      return differ(path, cat("got ", actual.size(), " entries, expected ", expected.size()));
    for (const DictObj::Entry& entry : expected.entries()) {
      std::string key = entry.key.is(Tag::kString) ? cat("'", entry.key.string(), "'")
                        : is_float(entry.key)      ? cat(entry.key.to_number())
                        : entry.key.is_scalar()    ? scalar_text(entry.key)
                                                   : std::string("key");
      Value* found = is_hashable(entry.key) ? actual.find(entry.key) : nullptr;
      if (!found) return differ(path, cat("key ", key, " is missing"));
      values(*found, entry.value, cat(path, "[", key, "]"));
    }
  }

  void tensors(const Tensor& actual, const Tensor& expected, const std::string& path) {
    if (actual.dtype() != expected.dtype())
      return differ(path, cat("got dtype ", dtype_name(actual.dtype()), ", expected ", dtype_name(expected.dtype())));
    if (!same(actual.sizes(), expected.sizes()))
      return differ(path, cat("got shape ", shape_text(actual), ", expected ", shape_text(expected)));
    if (actual.device().type != expected.device().type)
      return differ(
          path, cat("got a tensor on ", device_name(actual.device()), ", expected ", device_name(expected.device())));
    if (tolerance_.shape_only || expected.numel() == 0) return;
    for (const Tensor* each : {&actual, &expected})
      if (each->impl()->layout != Layout::kStrided || !each->impl()->storage)
        return differ(path, "a tensor that is not dense cannot be compared");
    Elements a(actual), b(expected);
    int64_t wrong = 0;
    std::string first;
    for (int64_t i = 0; i < expected.numel(); ++i, a.next(), b.next()) {
      if (a.is_integral()) {
        if (a.integer() == b.integer()) continue;
        if (wrong++ == 0) first = cat(" at ", b.place(), ": got ", a.integer(), ", expected ", b.integer());
      } else if (!close(a.number(), b.number())) {
        bool complex = actual.is_complex();
        if (wrong++ == 0)
          first = cat(" at ", b.place(), ": got ", number_text(a.number(), complex), ", expected ",
                      number_text(b.number(), complex));
      }
    }
    if (wrong) differ(path, cat(wrong, " of ", expected.numel(), " elements differ, first", first));
  }

  void numbers(std::complex<double> actual, std::complex<double> expected, bool complex, const std::string& path) {
    if (!close(actual, expected))
      differ(path, cat("got ", number_text(actual, complex), ", expected ", number_text(expected, complex)));
  }

  static bool same_part(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }
  bool close(std::complex<double> actual, std::complex<double> expected) {
    if (same_part(actual.real(), expected.real()) && same_part(actual.imag(), expected.imag())) return true;
    double difference = std::abs(actual - expected), size = std::abs(expected);
    if (!std::isfinite(difference) || !std::isfinite(size)) return false;
    result.max_abs = std::max(result.max_abs, difference);
    if (size > 0) result.max_rel = std::max(result.max_rel, difference / size);
    return difference <= tolerance_.atol + tolerance_.rtol * size;
  }

  const Tolerance tolerance_;
};

}  // namespace

Difference compare_values(const Value& actual, const Value& expected, const Tolerance& tolerance) {
  Comparer comparer(tolerance);
  comparer.values(actual, expected, {});
  return comparer.result;
}

}  // namespace taper::impl
