// Values as Python's repr and print write them.
#include "runtime/print_value.h"

#include <charconv>
#include <cmath>

#include "core/class_type.h"
#include "core/error.h"

namespace taper::impl {
namespace {

constexpr int kMaxDepth = 200;                  // a list may contain itself
constexpr size_t kMaxText = size_t(256) << 20;  // shared parts are written out each time

// The shortest decimal digits that read back as the number, placed as Python places them.
std::string float_text(double value, bool point) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char text[40];
  auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  std::string_view all(text, size_t(end - text));
  size_t e = all.find('e');
  int exponent = 0;
  std::from_chars(all.data() + e + (all[e + 1] == '+' ? 2 : 1), all.data() + all.size(), exponent);
  std::string digits, out;
  for (char c : all.substr(0, e))
    if (c == '-') out += c;
    else if (c != '.') digits += c;
  if (exponent < -4 || exponent >= 16) {
    out += digits[0];
    if (digits.size() > 1) out += "." + digits.substr(1);
    int size = std::abs(exponent);
    return out + cat(exponent < 0 ? "e-" : "e+", size < 10 ? "0" : "", size);
  }
  if (exponent < 0) return out + "0." + std::string(size_t(-exponent - 1), '0') + digits;
  size_t whole = size_t(exponent) + 1;
  if (digits.size() <= whole) return out + digits + std::string(whole - digits.size(), '0') + (point ? ".0" : "");
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string complex_text(std::complex<double> value) {
  std::string imaginary = float_text(value.imag(), false) + "j";
  if (value.real() == 0 && !std::signbit(value.real())) return imaginary;
  if (imaginary[0] != '-') imaginary.insert(0, "+");
  return "(" + float_text(value.real(), false) + imaginary + ")";
}

// The length of a well-formed UTF-8 sequence and its code point; 0 when the bytes are none.
size_t utf8(std::string_view text, uint32_t& code) {
  auto byte = [&](size_t i) { return uint8_t(text[i]); };
  size_t size = byte(0) < 0x80 ? 1 : byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : byte(0) >= 0xc2 ? 2 : 0;
  if (size == 0 || byte(0) > 0xf4 || text.size() < size) return 0;
  code = size == 1 ? byte(0) : byte(0) & (0xffu >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
  return size;
}

void append_hex(std::string& out, const char* mark, uint32_t code, int digits) {
  out += mark;
  for (int i = digits - 1; i >= 0; --i) out += "0123456789abcdef"[code >> (4 * i) & 15];
}

std::string string_text(std::string_view text) {
  char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  std::string out(1, quote);
  while (!text.empty()) {
    uint32_t code = 0;
    size_t size = utf8(text, code);
    if (size == 0) {
      append_hex(out, "\\x", uint8_t(text[0]), 2);
      size = 1;
    } else if (code == uint32_t(quote) || code == '\\') {
      out += '\\';
      out += char(code);
    } else if (code == '\n' || code == '\r' || code == '\t') {
      out += code == '\n' ? "\\n" : code == '\r' ? "\\r" : "\\t";
    } else if (code < 0x20 || (code >= 0x7f && code <= 0xa0) || code == 0xad) {
      append_hex(out, "\\x", code, 2);
    } else if ((code >= 0x2028 && code <= 0x202e) || (code >= 0x200b && code <= 0x200f) || code == 0xfeff) {
      append_hex(out, "\\u", code, 4);
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return out + quote;
}

std::string last_name(std::string_view qualified) {
  size_t dot = qualified.rfind('.');
  return std::string(dot == qualified.npos ? qualified : qualified.substr(dot + 1));
}

class Printer {
 public:
  void write(const Value& value) {
    if (out.size() > kMaxText) fail(ErrorCode::kBudget, "the value is too large to be printed");
    if (++depth_ > kMaxDepth) {
      out += "...";
    } else {
      visit(value);
    }
    --depth_;
  }
  std::string out;

 private:
  void items(const Vec<Value>& values) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (i) out += ", ";
      write(values[i]);
    }
  }

  void tuple(const TupleObj& tuple) {
    if (tuple.type && !tuple.type->name.empty()) {
      out += last_name(tuple.type->name) + "(";
      for (size_t i = 0; i < tuple.items.size(); ++i) {
        if (i) out += ", ";
        if (i < tuple.type->fields.size()) out += tuple.type->fields[i] + "=";
        write(tuple.items[i]);
      }
      out += ")";
      return;
    }
    out += '(';
    items(tuple.items);
    out += tuple.items.size() == 1 ? ",)" : ")";
  }

  void visit(const Value& value) {
    switch (value.tag()) {
      case Tag::kNone: out += "None"; return;
      case Tag::kBool: out += value.boolean() ? "True" : "False"; return;
      case Tag::kInt: return append(out, value.integer());
      case Tag::kFloat: out += float_text(value.floating(), true); return;
      case Tag::kComplex: out += complex_text(value.to_complex()); return;
      case Tag::kString: out += string_text(value.string()); return;
      case Tag::kTensor: out += repr_tensor(value.tensor()); return;
      case Tag::kList:
        out += '[';
        items(value.list().items);
        out += ']';
        return;
      case Tag::kTuple: return tuple(value.tuple());
      case Tag::kDict: {
        out += '{';
        bool first = true;
        for (const DictObj::Entry& entry : value.dict().entries()) {
          if (!first) out += ", ";
          first = false;
          write(entry.key);
          out += ": ";
          write(entry.value);
        }
        out += '}';
        return;
      }
      case Tag::kDevice: {
        Device device = value.device();
        std::string name = device_name(device);
        out += "device(type='" + name.substr(0, name.find(':')) + "'";
        if (device.index >= 0) append(out, cat(", index=", int(device.index)));
        out += ")";
        return;
      }
      case Tag::kEnum: {
        const EnumObj& member = value.enumeration();
        out += "<" + last_name(member.type->name) + "." + member.name + ": ";
        write(member.value);
        out += ">";
        return;
      }
      case Tag::kObject: out += "<" + value.object().type->name + " object>"; return;
      case Tag::kRawObject: out += "<" + value.raw_object().class_name + " object>"; return;
      default: append(out, cat("<", tag_name(value.tag()), ">")); return;
    }
  }

  int depth_ = 0;
};

}  // namespace

std::string repr_value(const Value& value) {
  Printer printer;
  printer.write(value);
  return std::move(printer.out);
}

std::string print_value(const Value& value) {
  if (value.is(Tag::kString)) return value.string();
  if (value.is(Tag::kDevice)) return device_name(value.device());
  if (value.is(Tag::kEnum)) return last_name(value.enumeration().type->name) + "." + value.enumeration().name;
  return repr_value(value);
}

}  // namespace taper::impl
