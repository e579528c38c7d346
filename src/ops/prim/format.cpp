// str(), "{}".format() and "%d" % x, and hash().
#include <cmath>
#include <cstdio>
#include <functional>

#include "core/boxing.h"
#include "ops/families.h"
#include "ops/prim/stream_format.h"

namespace taper::impl {
namespace {

std::string to_str(Context&, const Value& v) {
  std::string out;
  append_value(out, v);
  return out;
}

// Only "{}" is replaced; "{:.3f}" stays as it is, as in TorchScript.
void format(const OpDef&, Context&, Arguments a, Value* result) {
  check(a.count >= 1, "format() needs a format string");
  std::string_view pattern = a[0].to_string();
  std::string out;
  size_t used = 1;
  while (true) {
    size_t at = pattern.find("{}");
    if (at == std::string_view::npos) break;
    out += pattern.substr(0, at);
    if (used >= a.count) fail_runtime("Too few arguments for format string: ", a[0].to_string());
    append_value(out, a[used++]);
    pattern.remove_prefix(at + 2);
  }
  out += pattern;
  *result = Value(std::move(out));
}

// How PyTorch names a value's kind in these messages.
std::string_view kind_of(const Value& v) {
  switch (v.tag()) {
    case Tag::kString: return "String";
    case Tag::kTensor: return "Tensor";
    case Tag::kNone: return "None";
    case Tag::kList: return "GenericList";
    case Tag::kDict: return "GenericDict";
    case Tag::kTuple: return "Tuple";
    case Tag::kObject: return "Object";
    case Tag::kDevice: return "Device";
    default: return tag_name(v.tag());
  }
}

void append_directive(std::string& out, char key, const Value& v) {
  char buffer[400];
  switch (key) {
    case 'd':
    case 'i':
      check(v.is_scalar(), "%", key, " requires a number for formatting, but got ", kind_of(v));
      return append(out, v.is(Tag::kFloat) ? int64_t(v.floating()) : Scalar(v).i);
    case 'e':
    case 'E':
    case 'f':
    case 'F': {
      check(v.is_scalar(), "%", key, " requires a number for formatting, but got ", kind_of(v));
      const char pattern[] = {'%', key, 0};
      std::snprintf(buffer, sizeof buffer, pattern, v.to_number());
      out += buffer;
      return;
    }
    case 'c':
      check(v.is(Tag::kInt) || (v.is(Tag::kString) && v.string().size() == 1), "%", key, " requires an int or char for formatting, but got ", kind_of(v));
      if (v.is(Tag::kInt)) out += char(v.integer());
      else out += v.string();
      return;
    case 's': return append_value(out, v);
    default: fail_runtime("The specifier %", key, " is not supported in TorchScript format strings");
  }
}

void percent_format(const OpDef&, Context&, Arguments a, Value* result) {
  check(a.count >= 1, "% needs a format string");
  std::string_view pattern = a[0].to_string();
  // A tuple on the right is spread.
  std::vector<Value> arguments;
  if (a.count == 2 && a[1].is(Tag::kTuple)) arguments.assign(a[1].tuple().items.begin(), a[1].tuple().items.end());
  else
    for (size_t i = 1; i < a.count; ++i) arguments.push_back(a[i]);
  std::string out;
  size_t used = 0;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      out += pattern[i];
      continue;
    }
    check(++i < pattern.size(), "Incomplete format specifier");
    if (pattern[i] == '%') {
      out += '%';
      continue;
    }
    check(used < arguments.size(), "Too few arguments for format string");
    append_directive(out, pattern[i], arguments[used++]);
  }
  check(used == arguments.size(), "Too many arguments for format string");
  *result = Value(std::move(out));
}

// PyTorch's hash is the C++ library's: not portable, and not the same in every build.
int64_t hash(Context&, const Value& v) {
  switch (v.tag()) {
    case Tag::kInt: return int64_t(std::hash<int64_t>()(v.integer()));
    case Tag::kBool: return int64_t(std::hash<bool>()(v.boolean()));
    case Tag::kFloat: return int64_t(std::hash<double>()(v.floating()));
    case Tag::kString: return int64_t(std::hash<std::string>()(v.string()));
    default: return int64_t(hash_key(v));
  }
}

constexpr OpDef kRows[] = {
    op("aten::str(t elem) -> str", TAPER_OP(to_str)),
    op_boxed("aten::format(str self, ...) -> str", format),
    op_boxed("aten::percentFormat(str self, ...) -> str", percent_format),
    op("aten::hash.generic(t value) -> int", TAPER_OP(hash)),
};

}  // namespace

std::span<const OpDef> format_rows() { return kRows; }

}  // namespace taper::impl
