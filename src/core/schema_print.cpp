#include <cmath>
#include <cstdio>

#include "core/error.h"
#include "core/schema.h"

namespace taper::impl {
namespace {

// Whole numbers that fit an int64 print their digits and a dot, others with 17 significant digits.
void print_float(std::string& out, double value) {
  char buffer[40];
  if (value >= -0x1p63 && value < 0x1p63 && value == std::trunc(value))
    std::snprintf(buffer, sizeof buffer, "%lld.", static_cast<long long>(value));
  else std::snprintf(buffer, sizeof buffer, "%.17g", value);
  out += buffer;
}

void print_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kCodes = "\"'\\\n\t\f\v\r\a\b";
  constexpr std::string_view kLetters = "\"'\\ntfvrab";
  out += '"';
  for (char c : text) {
    size_t known = kCodes.find(c);
    auto byte = static_cast<unsigned char>(c);
    if (known != kCodes.npos) {
      out += '\\';
      out += kLetters[known];
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += '\\';
      for (int shift = 6; shift >= 0; shift -= 3) out += char('0' + ((byte >> shift) & 7));
    } else {
      out += c;
    }
  }
  out += '"';
}

void print_default(std::string& out, const Value& value) {
  switch (value.tag()) {
    case Tag::kNone: out += "None"; break;
    case Tag::kBool: out += value.boolean() ? "True" : "False"; break;
    case Tag::kInt: append(out, (long long)(value.integer())); break;
    case Tag::kFloat: print_float(out, value.floating()); break;
    case Tag::kComplex: {
      std::complex<double> number = value.to_complex();
      print_float(out, number.real());
      if (!std::signbit(number.imag())) out += '+';
      print_float(out, number.imag());
      out += 'j';
      break;
    }
    case Tag::kString: print_quoted(out, value.string()); break;
    case Tag::kDevice: out += device_name(value.device()); break;
    case Tag::kList: {
      out += '[';
      const Vec<Value>& items = value.list().items;
      for (size_t i = 0; i < items.size(); ++i) {
        if (i) out += ", ";
        print_default(out, items[i]);
      }
      out += ']';
      break;
    }
    default: out += cat('<', tag_name(value.tag()), '>');
  }
}

void print_alias(std::string& out, const AliasInfo& alias) {
  if (!alias.any()) return;
  out += '(';
  out += alias.before;
  if (alias.is_write) out += '!';
  if (!alias.after.empty()) out += cat(" -> ", alias.after);
  out += ')';
}

void print_type(std::string& out, const Argument& argument) {
  const Type* type = argument.type.get();
  bool optional = type->is(TypeKind::kOptional);
  if (optional) type = type->element().get();
  if (type->is(TypeKind::kList) && (argument.fixed_length >= 0 || argument.alias.on_elements)) {
    out += type->element()->str();
    if (argument.alias.on_elements) print_alias(out, argument.alias);
    out += '[';
    if (argument.fixed_length >= 0) append(out, argument.fixed_length);
    out += ']';
    if (!argument.alias.on_elements) print_alias(out, argument.alias);
  } else {
    out += type->str();
    print_alias(out, argument.alias);
  }
  if (optional) out += '?';
}

void print_argument(std::string& out, const Argument& argument) {
  if (!argument.written.empty()) {
    out += argument.written;
    return;
  }
  print_type(out, argument);
  if (argument.name.empty()) return;
  out += ' ';
  out += argument.name;
  if (!argument.has_default) return;
  out += '=';
  print_default(out, argument.default_value);
}

}  // namespace

std::string Schema::str() const {
  std::string out = name;
  if (!overload.empty()) out += cat('.', overload);
  out += '(';
  bool first = true, keywords = false;
  auto separate = [&] {
    if (!first) out += ", ";
    first = false;
  };
  for (const Argument& argument : arguments) {
    separate();
    if (argument.kwarg_only && !keywords) {
      out += "*, ";
      keywords = true;
    }
    print_argument(out, argument);
  }
  if (is_vararg) {
    separate();
    out += "...";
  }
  out += ") -> ";
  if (returns.empty()) return out + (is_varret ? "..." : "()");
  std::string results;
  for (const Argument& result : returns) {
    if (!results.empty()) results += ", ";
    print_argument(results, result);
  }
  if (is_varret) results += ", ...";
  // A single type that opens with a parenthesis would read as a list of results.
  bool bare = returns.size() == 1 && !is_varret && results.front() != '(';
  return out + (bare ? results : cat('(', results, ')'));
}

}  // namespace taper::impl
