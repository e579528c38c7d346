#include "tools/json.h"

#include <cmath>

#include "core/error.h"
#include "tools/text.h"

namespace taper::impl {

void JsonWriter::newline() {
  if (indent_ == 0) return;
  out_ += '\n';
  out_.append(size_t(indent_ * depth_), ' ');
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += ',';
  if (depth_ > 0) newline();
  first_ = false;
}

void JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  ++depth_;
  first_ = true;
}

JsonWriter& JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) newline();
  first_ = false;
  out_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view text) {
  separate();
  out_ += text;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  value(name);
  out_ += indent_ ? ": " : ":";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(int64_t v) { return raw(cat(v)); }
JsonWriter& JsonWriter::value(uint64_t v) { return raw(cat(v)); }
JsonWriter& JsonWriter::value(double v) { return std::isfinite(v) ? raw(cat(v)) : null(); }

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  out_ += '"';
  while (!text.empty()) {
    unsigned char c = static_cast<unsigned char>(text[0]);
    size_t size = utf8_size(text);
    if (size == 0) {
      out_ += "\\ufffd";  // JSON is UTF-8, a script's strings are bytes
      size = 1;
    } else if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += char(c);
    } else if (c == '\n') {
      out_ += "\\n";
    } else if (c == '\t') {
      out_ += "\\t";
    } else if (c < 0x20 || c == 0x7f) {
      out_ += "\\u00";
      out_ += "0123456789abcdef"[c >> 4];
      out_ += "0123456789abcdef"[c & 15];
    } else {
      out_ += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  out_ += '"';
  return *this;
}

}  // namespace taper::impl
