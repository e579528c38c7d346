// repr(tensor) as torch gives it with its default options: four digits, lines of 80, more than 1000 elements shortened
// to three at each edge.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "core/error.h"
#include "core/quantizer.h"
#include "runtime/print_value.h"

namespace taper::impl {
namespace {

constexpr int64_t kThreshold = 1000;
constexpr int64_t kEdge = 3;
constexpr int64_t kLineWidth = 80;
constexpr double kWideRange = 1e3, kLarge = 1e8, kSmall = 1e-4;  // beyond these the notation is scientific

float float8_value(DType dtype, uint8_t bits) {
  bool wide = dtype == DType::kFloat8E5M2 || dtype == DType::kFloat8E5M2FNUZ;      // five bits of exponent
  bool fnuz = dtype == DType::kFloat8E5M2FNUZ || dtype == DType::kFloat8E4M3FNUZ;  // one NaN, no inf, no -0
  int mantissa_bits = wide ? 2 : 3, bias = (wide ? 15 : 7) + (fnuz ? 1 : 0);
  int exponent = (bits & 0x7f) >> mantissa_bits, mantissa = bits & ((1 << mantissa_bits) - 1);
  float sign = bits & 0x80 ? -1.0f : 1.0f;
  if (fnuz && bits == 0x80) return NAN;
  if (dtype == DType::kFloat8E5M2 && exponent == 31) return mantissa ? NAN : sign * INFINITY;
  if (dtype == DType::kFloat8E4M3FN && (bits & 0x7f) == 0x7f) return NAN;
  float fraction = float(mantissa) / float(1 << mantissa_bits);
  return sign * (exponent ? std::ldexp(1 + fraction, exponent - bias) : std::ldexp(fraction, 1 - bias));
}

struct Number {
  double real = 0, imaginary = 0;
};

const QuantizerMeta* quantizer_of(const Tensor& tensor) {
  return is_quantized(tensor.dtype()) ? dynamic_cast<const QuantizerMeta*>(tensor.impl()->meta.get()) : nullptr;
}

bool per_channel(const QuantizerMeta& quantizer) {
  return quantizer.scheme != QScheme::kPerTensorAffine && quantizer.scheme != QScheme::kPerTensorSymmetric;
}

double entry(const Tensor& list, int64_t i) {
  if (!list.defined() || list.dim() != 1 || i >= list.numel()) return NAN;
  switch (list.dtype()) {
    case DType::kDouble: return list.data<double>()[i * list.strides()[0]];
    case DType::kFloat: return double(list.data<float>()[i * list.strides()[0]]);
    case DType::kLong: return double(list.data<int64_t>()[i * list.strides()[0]]);
    default: return NAN;
  }
}

double dequantized(const QuantizerMeta& quantizer, double q, int64_t channel) {
  bool channels = per_channel(quantizer);
  double scale = channels ? entry(quantizer.scales, channel) : quantizer.scale;
  double zero = channels ? entry(quantizer.zero_points, channel) : double(quantizer.zero_point);
  bool float_zero = quantizer.scheme == QScheme::kPerChannelAffineFloatQParams;
  return double(float_zero ? float(q * scale + zero) : float(q - zero) * float(scale));
}

void describe(const QuantizerMeta& quantizer, std::vector<std::string>& suffixes) {
  constexpr const char* kNames[] = {"per_tensor_affine", "per_channel_affine", "per_tensor_symmetric",
                                    "per_channel_symmetric", "per_channel_affine_float_qparams"};
  if (auto number = size_t(quantizer.scheme); number < std::size(kNames))
    suffixes.push_back(cat("quantization_scheme=torch.", kNames[number]));
  bool channels = per_channel(quantizer);
  suffixes.push_back(cat("scale=", channels ? repr_value(quantizer.scales) : repr_value(quantizer.scale)));
  suffixes.push_back(
      cat("zero_point=", channels ? repr_value(quantizer.zero_points) : repr_value(quantizer.zero_point)));
  if (channels) suffixes.push_back(cat("axis=", quantizer.axis));
}

// Reads single elements, lazily negated, conjugated and quantized ones included.
class Elements {
 public:
  explicit Elements(const Tensor& tensor)
      : tensor_(tensor),
        dtype_(tensor.dtype()),
        base_(static_cast<const char*>(tensor.data())),
        item_(int64_t(tensor.item_size())) {
    quantizer_ = quantizer_of(tensor);
  }

  Number number(int64_t offset, int64_t channel) const {
    const char* at = base_ + offset * item_;
    Number n = raw(at);
    if (quantizer_) n.real = dequantized(*quantizer_, n.real, channel);
    if (tensor_.is_neg()) n = {-n.real, -n.imaginary};
    if (tensor_.is_conj()) n.imaginary = -n.imaginary;
    return n;
  }

  void append_integer(std::string& out, int64_t offset) const {
    const char* at = base_ + offset * item_;
    switch (dtype_) {
      case DType::kBool: return append(out, load<uint8_t>(at) ? "True" : "False");
      case DType::kByte:
      case DType::kBits8: return append(out, unsigned(load<uint8_t>(at)));
      case DType::kUInt16:
      case DType::kBits16: return append(out, unsigned(load<uint16_t>(at)));
      case DType::kUInt32: return append(out, load<uint32_t>(at));
      case DType::kUInt64: return append(out, load<uint64_t>(at));
      case DType::kChar: return append(out, int(load<int8_t>(at)));
      case DType::kShort: return append(out, int(load<int16_t>(at)));
      case DType::kInt: return append(out, load<int32_t>(at));
      case DType::kLong: return append(out, load<int64_t>(at));
      default: return append(out, unsigned(load<uint8_t>(at)));
    }
  }

 private:
  template <class T>
  static T load(const char* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  Number raw(const char* at) const {
    switch (dtype_) {
      case DType::kFloat: return {double(load<float>(at)), 0};
      case DType::kDouble: return {load<double>(at), 0};
      case DType::kHalf: return {double(float(load<Half>(at))), 0};
      case DType::kBFloat16: return {double(float(load<BFloat16>(at))), 0};
      case DType::kComplexHalf: return {double(float(load<Half>(at))), double(float(load<Half>(at + 2)))};
      case DType::kComplexFloat: return {double(load<float>(at)), double(load<float>(at + 4))};
      case DType::kComplexDouble: return {load<double>(at), load<double>(at + 8)};
      case DType::kQInt8: return {double(load<int8_t>(at)), 0};
      case DType::kQInt32: return {double(load<int32_t>(at)), 0};
      case DType::kQUInt8: return {double(load<uint8_t>(at)), 0};
      default: return {double(float8_value(dtype_, load<uint8_t>(at))), 0};
    }
  }
  const Tensor& tensor_;
  const DType dtype_;
  const char* base_;
  const int64_t item_;
  const QuantizerMeta* quantizer_ = nullptr;
};

std::string printed(const char* format, double value) {
  char text[400];  // the largest double has 309 digits
  int size = std::snprintf(text, sizeof text, format, value);
  if (std::isnan(value)) return "nan";  // C prints a NaN's sign
  return std::string(text, size_t(size));
}

// How all floating-point numbers of a tensor are written: found by looking at those that will be shown.
class FloatStyle {
 public:
  void see(double value) {
    if (value == 0 || !std::isfinite(value)) return;
    double size = std::fabs(value);
    smallest_ = any_ ? std::min(smallest_, size) : size;
    largest_ = any_ ? std::max(largest_, size) : size;
    any_ = true;
    if (value != std::ceil(value)) whole_ = false;
    fixed_ = std::max(fixed_, printed("%.4f", value).size());
    whole_width_ = std::max(whole_width_, printed("%.0f", value).size() + 1);
    scientific_width_ = std::max(scientific_width_, printed("%.4e", value).size());
  }
  size_t width() const { return !any_ ? 1 : scientific() ? scientific_width_ : whole_ ? whole_width_ : fixed_; }
  std::string text(double value) const {
    std::string out = scientific() ? printed("%.4e", value) : whole_ ? printed("%.0f", value) : printed("%.4f", value);
    if (whole_ && !scientific() && std::isfinite(value)) out += '.';
    if (out.size() < width()) out.insert(0, width() - out.size(), ' ');
    return out;
  }

 private:
  bool scientific() const {
    return any_ && (largest_ / smallest_ > kWideRange || largest_ > kLarge || smallest_ < kSmall);
  }
  bool any_ = false, whole_ = true;
  double smallest_ = 0, largest_ = 0;
  size_t fixed_ = 1, whole_width_ = 1, scientific_width_ = 1;
};

class TensorText {
 public:
  explicit TensorText(const Tensor& tensor)
      : tensor_(tensor),
        elements_(tensor),
        shorten_(tensor.numel() > kThreshold),
        complex_(tensor.is_complex()),
        floating_(complex_ || tensor.is_floating() || is_quantized(tensor.dtype())) {
    if (const QuantizerMeta* quantizer = quantizer_of(tensor); quantizer && per_channel(*quantizer))
      channel_axis_ = quantizer->axis;
  }

  std::string text(int64_t indent) {
    see(0, 0, 0);
    show(0, 0, 0, indent);
    return std::move(out_);
  }

 private:
  // Calls body(i) for the indices of a dimension that are shown, gap() where some are left out.
  template <class Body, class Gap>
  void each(int64_t size, Body&& body, Gap&& gap) {
    for (int64_t i = 0; i < size; ++i) {
      if (shorten_ && size > 2 * kEdge && i == kEdge) {
        gap();
        i = size - kEdge;
      }
      body(i);
    }
  }

  void see(int64_t dim, int64_t offset, int64_t channel) {
    if (dim == tensor_.dim()) {
      if (!floating_) {
        scratch_.clear();
        elements_.append_integer(scratch_, offset);
        integer_width_ = std::max(integer_width_, scratch_.size());
        return;
      }
      Number n = elements_.number(offset, channel);
      real_.see(n.real);
      if (complex_) imaginary_.see(n.imaginary);
      return;
    }
    int64_t stride = tensor_.strides()[size_t(dim)];
    each(
        tensor_.sizes()[size_t(dim)],
        [&](int64_t i) { see(dim + 1, offset + i * stride, dim == channel_axis_ ? i : channel); }, [] {});
  }

  void show(int64_t dim, int64_t offset, int64_t channel, int64_t indent) {
    int64_t left = tensor_.dim() - dim;
    if (left == 0) return element(offset, channel);
    int64_t stride = tensor_.strides()[size_t(dim)];
    bool first = true;
    out_ += '[';
    if (left == 1) {
      int64_t per_line = std::max<int64_t>(1, (kLineWidth - indent) / element_width()), on_line = 0;
      auto separate = [&] {
        if (first) {
          first = false;
        } else if (on_line == per_line) {
          out_ += ",\n";
          out_.append(size_t(indent + 1), ' ');
          on_line = 0;
        } else {
          out_ += ", ";
        }
        ++on_line;
      };
      each(
          tensor_.sizes()[size_t(dim)],
          [&](int64_t i) {
            separate();
            element(offset + i * stride, dim == channel_axis_ ? i : channel);
          },
          [&] {
            separate();
            out_ += " ...";
          });
    } else {
      auto separate = [&] {
        if (!first) {
          out_ += ',';
          out_.append(size_t(left - 1), '\n');
          out_.append(size_t(indent + 1), ' ');
        }
        first = false;
      };
      each(
          tensor_.sizes()[size_t(dim)],
          [&](int64_t i) {
            separate();
            show(dim + 1, offset + i * stride, dim == channel_axis_ ? i : channel, indent + 1);
          },
          [&] {
            separate();
            out_ += "...";
          });
    }
    out_ += ']';
  }

  int64_t element_width() const {
    if (!floating_) return int64_t(integer_width_) + 2;
    return int64_t(real_.width()) + 2 + (complex_ ? int64_t(imaginary_.width()) + 1 : 0);
  }

  void element(int64_t offset, int64_t channel) {
    if (!floating_) {
      scratch_.clear();
      elements_.append_integer(scratch_, offset);
      if (scratch_.size() < integer_width_) out_.append(integer_width_ - scratch_.size(), ' ');
      out_ += scratch_;
      return;
    }
    Number n = elements_.number(offset, channel);
    out_ += real_.text(n.real);
    if (!complex_) return;
    std::string imaginary = imaginary_.text(n.imaginary);
    imaginary.erase(0, imaginary.find_first_not_of(' '));
    if (imaginary[0] != '-') out_ += '+';
    out_ += imaginary + "j";
  }

  const Tensor& tensor_;
  const Elements elements_;
  const bool shorten_, complex_, floating_;
  int64_t channel_axis_ = -1;
  size_t integer_width_ = 1;
  FloatStyle real_, imaginary_;
  std::string out_, scratch_;
};

std::string size_suffix(const Tensor& tensor) {
  std::string out = "size=(";
  for (size_t i = 0; i < tensor.sizes().size(); ++i) append(out, cat(i ? ", " : "", tensor.sizes()[i]));
  return out + (tensor.sizes().size() == 1 ? ",)" : ")");
}

}  // namespace

std::string repr_tensor(const Tensor& tensor) {
  constexpr std::string_view kPrefix = "tensor(";
  const TensorImpl& impl = *tensor.impl();
  std::vector<std::string> suffixes;
  std::string text(kPrefix);
  DType dtype = tensor.dtype();
  bool usual =
      dtype == DType::kFloat || dtype == DType::kComplexFloat || dtype == DType::kLong || dtype == DType::kBool;
  auto add_dtype = [&] { suffixes.push_back(cat("dtype=torch.", dtype_name(dtype))); };
  if (impl.device.type != DeviceType::kCpu) suffixes.push_back(cat("device='", device_name(impl.device), "'"));
  if (impl.layout != Layout::kStrided || !impl.storage || impl.device.type == DeviceType::kMeta) {
    text += "...";
    suffixes.push_back(size_suffix(tensor));
    if (dtype != DType::kFloat) add_dtype();
  } else if (is_quantized(dtype)) {
    text += impl.numel ? TensorText(tensor).text(int64_t(kPrefix.size())) : "[]";
    suffixes.push_back(size_suffix(tensor));
    add_dtype();
    if (const QuantizerMeta* quantizer = quantizer_of(tensor)) describe(*quantizer, suffixes);
  } else if (impl.numel == 0) {
    text += "[]";
    if (tensor.dim() != 1) suffixes.push_back(size_suffix(tensor));
    if (dtype != DType::kFloat) add_dtype();
  } else {
    text += TensorText(tensor).text(int64_t(kPrefix.size()));
    if (!usual) add_dtype();
  }
  if (impl.requires_grad) suffixes.push_back("requires_grad=True");

  size_t newline = text.rfind('\n');
  size_t line = newline == std::string::npos ? text.size() + 2 : text.size() - newline + 1;
  for (const std::string& suffix : suffixes) {
    if (line + suffix.size() + 2 > size_t(kLineWidth)) {
      text += ",\n" + std::string(kPrefix.size(), ' ') + suffix;
      line = kPrefix.size() + suffix.size();
    } else {
      text += ", " + suffix;
      line += suffix.size() + 2;
    }
  }
  return text + ")";
}

}  // namespace taper::impl
