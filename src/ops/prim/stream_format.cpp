#include "ops/prim/stream_format.h"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/class_type.h"
#include "ops/prim/ordering.h"

namespace taper::impl {
namespace {

constexpr int kLineWidth = 80;

struct Format {
  double scale = 1;
  int width = 0;
  enum { kDefault, kFixed, kScientific } style = kDefault;
};

std::string number(double value, const Format& format, int width) {
  char buffer[400];
  const char* pattern = format.style == Format::kFixed ? "%*.4f" : format.style == Format::kScientific ? "%*.4e" : "%*.6g";
  int size = std::snprintf(buffer, sizeof buffer, pattern, width, value);
  return std::string(buffer, size_t(std::min<int>(size, int(sizeof buffer) - 1)));
}

// A 0-dim tensor's element: the shortest text that reads back equal, plain from 1e-4 up to 1e16.
std::string shortest(double value) {
  if (std::isnan(value)) return std::signbit(value) ? "-nan" : "nan";
  double magnitude = std::fabs(value);
  bool plain = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16) || std::isinf(value);
  char buffer[64];
  auto result = std::to_chars(buffer, buffer + sizeof buffer, value, plain ? std::chars_format::fixed : std::chars_format::scientific);
  return std::string(buffer, result.ptr);
}

double element(const Tensor& tensor, int64_t offset) { return single_element(tensor.as_view({}, {}, offset)).d; }

template <class Fn>
void for_each(const Tensor& tensor, Fn&& fn, size_t level, int64_t offset) {
  if (level == tensor.sizes().size()) return fn(element(tensor, offset));
  for (int64_t i = 0; i < tensor.sizes()[level]; ++i) for_each(tensor, fn, level + 1, offset + i * tensor.strides()[level]);
}

// The common width, scale and style of all elements, from the smallest and largest finite magnitude.
Format format_of(const Tensor& tensor) {
  Format format;
  if (tensor.numel() == 0) return format;
  bool integers = true, found = false;
  double low = 0, high = 0;
  for_each(
      tensor,
      [&](double x) {
        if (!std::isfinite(x)) return;
        if (std::ceil(x) != x) integers = false;
        double magnitude = std::fabs(x);
        low = found ? std::min(low, magnitude) : magnitude;
        high = found ? std::max(high, magnitude) : magnitude;
        found = true;
      },
      0, tensor.offset());
  auto exponent = [](double x) { return x != 0 ? int(std::floor(std::log10(x))) + 1 : 1; };
  int least = exponent(low), most = exponent(high);
  if (integers) {
    if (most > 9) {
      format.width = 11;
      format.style = Format::kScientific;
    } else {
      format.width = most + 1;
    }
  } else if (most - least > 4) {
    format.width = std::abs(most) > 99 || std::abs(least) > 99 ? 12 : 11;
    format.style = Format::kScientific;
  } else if (most > 5 || most < 0) {
    format.width = 7;
    format.scale = std::pow(10, most - 1);
    format.style = Format::kFixed;
  } else {
    format.width = most == 0 ? 7 : most + 6;
    format.style = Format::kFixed;
  }
  return format;
}

void append_scale(std::string& out, double scale) {
  out += number(scale, Format(), 0);
  out += " *\n";
}

// A matrix in column groups that fit the line.
void append_matrix(std::string& out, const Tensor& matrix, int indent) {
  Format format = format_of(matrix);
  int64_t rows = matrix.size(0), columns = matrix.size(1);
  int64_t per_line = std::max<int64_t>(1, (kLineWidth - indent) / (format.width + 1));
  for (int64_t first = 0; first < columns; first += per_line) {
    int64_t last = std::min(columns, first + per_line) - 1;
    if (per_line < columns) {
      if (first != 0) out += '\n';
      append(out, cat("Columns ", first + 1, " to ", last + 1));
      out.append(size_t(indent), ' ');
    }
    if (format.scale != 1) {
      append_scale(out, format.scale);
      out.append(size_t(indent), ' ');
    }
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column = first; column <= last; ++column) {
        double x = element(matrix, matrix.offset() + row * matrix.stride(0) + column * matrix.stride(1));
        out += number(x / format.scale, format, format.width);
        if (column != last) out += ' ';
      }
      out += '\n';
      if (row != rows - 1) out.append(size_t(indent) + (format.scale != 1), ' ');
    }
  }
}

// Slices of the leading dimensions, each a matrix under its index.
void append_slices(std::string& out, const Tensor& tensor) {
  size_t lead = tensor.sizes().size() - 2;
  Dims index(lead, 0);
  for (int64_t size : tensor.sizes().first(lead))
    if (size == 0) return;
  bool first = true;
  while (true) {
    if (!first) out += '\n';
    first = false;
    int64_t offset = tensor.offset();
    out += '(';
    for (size_t d = 0; d < lead; ++d) {
      append(out, cat(index[d] + 1, ','));
      offset += index[d] * tensor.strides()[d];
    }
    out += ".,.) = \n";
    append_matrix(out, tensor.as_view(tensor.sizes().subspan(lead), tensor.strides().subspan(lead), offset), 1);
    size_t d = 0;
    for (; d < lead; ++d) {
      if (++index[d] < tensor.sizes()[d]) break;
      index[d] = 0;
    }
    if (d == lead) break;
  }
}

}  // namespace

void append_tensor(std::string& out, const Tensor& tensor) {
  check(!tensor.impl()->meta, "printing this kind of tensor is not supported");
  if (tensor.dim() == 0) {
    out += shortest(element(tensor, tensor.offset()));
    out += '\n';
  } else if (tensor.dim() == 1) {
    if (tensor.numel() > 0) {
      Format format = format_of(tensor);
      if (format.scale != 1) append_scale(out, format.scale);
      for (int64_t i = 0; i < tensor.numel(); ++i) {
        out += number(element(tensor, tensor.offset() + i * tensor.stride(0)) / format.scale, format, format.width);
        out += '\n';
      }
    }
  } else if (tensor.dim() == 2) {
    if (tensor.numel() > 0) append_matrix(out, tensor, 0);
  } else if (tensor.numel() > 0) {
    append_slices(out, tensor);
  }
  append(out, cat("[ CPU", scalar_type_name(tensor.dtype()), "Type{"));
  for (int64_t d = 0; d < tensor.dim(); ++d) append(out, cat(d ? "," : "", tensor.size(d)));
  out += "} ]";
}

void append_float(std::string& out, double value) {
  constexpr double kTop = 9223372036854775808.0;  // whole numbers that an int holds are written as one; -0. has no sign
  if (value >= -kTop && value < kTop && value == std::trunc(value)) {
    append(out, cat(int64_t(value), '.'));
    return;
  }
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.17g", value);
  out += buffer;
}

void append_value(std::string& out, const Value& value) {
  auto join = [&](const Vec<Value>& items) {
    for (size_t i = 0; i < items.size(); ++i) {
      if (i) out += ", ";
      append_value(out, items[i]);
    }
  };
  switch (value.tag()) {
    case Tag::kNone: out += "None"; break;
    case Tag::kBool: out += value.boolean() ? "True" : "False"; break;
    case Tag::kInt: append(out, value.integer()); break;
    case Tag::kFloat: append_float(out, value.floating()); break;
    case Tag::kComplex: {
      std::complex<double> c = value.to_complex();
      append_float(out, c.real());
      out += c.imag() >= 0 ? '+' : '-';
      append_float(out, std::fabs(c.imag()));
      out += 'j';
      break;
    }
    case Tag::kDevice: out += device_name(value.device()); break;
    case Tag::kString: out += value.string(); break;
    case Tag::kTensor: append_tensor(out, value.tensor()); break;
    case Tag::kList:
      out += '[';
      join(value.list().items);
      out += ']';
      break;
    case Tag::kTuple:
      out += '(';
      join(value.tuple().items);
      out += value.tuple().items.size() == 1 ? ",)" : ")";
      break;
    case Tag::kDict: {
      out += '{';
      bool first = true;
      for (const DictObj::Entry& entry : value.dict().entries()) {
        if (!first) out += ", ";
        first = false;
        append_value(out, entry.key);
        out += ": ";
        append_value(out, entry.value);
      }
      out += '}';
      break;
    }
    case Tag::kEnum: {
      std::string_view name = value.enumeration().type->name;
      append(out, cat("Enum<", name.substr(name.rfind('.') + 1), ".", value.enumeration().name, ">"));
      break;
    }
    case Tag::kObject: append(out, cat("<", value.object().type->name, " object>")); break;
    default: append(out, cat("<", tag_name(value.tag()), ">")); break;
  }
}

}  // namespace taper::impl
