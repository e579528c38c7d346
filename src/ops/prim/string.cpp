// Python's str methods. Strings are bytes: an index can cut a UTF-8 character, and character classes are ASCII's.
#include <algorithm>
#include <string>

#include "core/boxing.h"
#include "ops/families.h"

namespace taper::impl {
namespace {

using Str = std::string_view;
constexpr Str kBlank = " \t\n\r\f\v";

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return is_lower(c) || is_upper(c); }
bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_print(char c) { return c >= ' ' && c < 127; }
char to_lower(char c) { return is_upper(c) ? char(c + 32) : c; }
char to_upper(char c) { return is_lower(c) ? char(c - 32) : c; }

// A result that could grow past reason is refused before it is made.
void check_length(int64_t length) { check(length <= (int64_t(1) << 32), "resulting string of ", length, " bytes is too long"); }

Value string_list(const Vec<Str>& parts) {
  auto list = make_ref<ListObj>(string_type());
  list->items.reserve(parts.size());
  for (Str part : parts) list->items.emplace_back(part);
  return Value(std::move(list));
}

// [start, end) as find, count, startswith read it: negative counts from the end, where -1 as `end` is the end itself.
struct Range {
  int64_t start, end;
};
Range bounds(Str s, int64_t start, int64_t end) {
  int64_t size = int64_t(s.size());
  if (start < 0) start = std::max<int64_t>(0, start + size);
  if (end < 0) end = std::max<int64_t>(0, end + size + 1);
  return {start, end};
}

std::string add(Context&, Str a, Str b) {
  std::string out;
  out.reserve(a.size() + b.size());
  return out.append(a).append(b);
}

int64_t length(Context&, Str s) { return int64_t(s.size()); }

std::string at(Context&, Str s, int64_t index) {
  int64_t size = int64_t(s.size());
  check(index >= -size && index < size, "string index out of range (basic_string::at: __n (which is ", uint64_t(index < 0 ? index + size : index),
        ") >= this->size() (which is ", size, "))");
  return std::string(1, s[size_t(index < 0 ? index + size : index)]);
}

std::string slice(Context&, Str s, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step) {
  check(step != 0, "List slice should have non-zero step");
  check(step != INT64_MIN, "List slice step is out of bounds");
  int64_t size = int64_t(s.size());
  auto clamp = [&](int64_t i, int64_t low, int64_t high) { return std::clamp(i < 0 ? i + size : i, low, high); };
  std::string out;
  if (step > 0) {
    int64_t from = clamp(start.value_or(0), 0, size), to = clamp(end.value_or(size), 0, size);
    for (int64_t i = from; i<to; i = step> to - i ? to : i + step) out.push_back(s[size_t(i)]);
  } else {
    int64_t from = start ? clamp(*start, -1, size - 1) : size - 1, to = end ? clamp(*end, -1, size - 1) : -1;
    for (int64_t i = from; i > to; i = step < to - i ? to : i + step) out.push_back(s[size_t(i)]);
  }
  return out;
}

Value characters(Context&, Str s) {
  auto list = make_ref<ListObj>(string_type());
  for (char c : s) list->items.emplace_back(Str(&c, 1));
  return Value(std::move(list));
}

int64_t ord(Context&, Str s) {
  check(s.size() == 1, "String for ord() must be 1 character, found ", s.size());
  return int64_t(uint8_t(s[0]));
}

std::string chr(Context&, int64_t i) {
  check(i >= 0 && i < 1114112, "chr() arg not in range(0x110000), found ", i);
  return std::string(1, char(i));
}

std::string in_base(int64_t value, unsigned base, Str prefix) {
  std::string out(value < 0 ? "-" : "");
  out += prefix;
  uint64_t rest = value < 0 ? 0 - uint64_t(value) : uint64_t(value);
  std::string digits;
  do digits.push_back("0123456789abcdef"[rest % base]);
  while (rest /= base);
  return out.append(digits.rbegin(), digits.rend());
}
std::string hex(Context&, int64_t i) { return in_base(i, 16, "0x"); }
std::string oct(Context&, int64_t i) { return in_base(i, 8, "0o"); }
std::string bin(Context&, int64_t i) { return in_base(i, 2, "0b"); }

template <char (*F)(char)>
std::string map(Context&, Str s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), F);
  return out;
}
char swap_case(char c) { return is_lower(c) ? to_upper(c) : to_lower(c); }

std::string capitalize(Context&, Str s) {
  std::string out(s);
  for (size_t i = 0; i < out.size(); ++i) out[i] = i == 0 ? to_upper(out[i]) : to_lower(out[i]);
  return out;
}

std::string title(Context&, Str s) {
  std::string out(s);
  bool inside = false;
  for (char& c : out) {
    c = inside ? to_lower(c) : to_upper(c);
    inside = is_alpha(c);
  }
  return out;
}

template <bool (*F)(char)>
bool all_are(Context&, Str s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), F);
}
bool is_printable(Context&, Str s) { return std::all_of(s.begin(), s.end(), is_print); }

// Cased characters exist and all of them are of the wanted case.
template <bool (*Wanted)(char), bool (*Other)(char)>
bool cased(Context&, Str s) {
  return std::any_of(s.begin(), s.end(), Wanted) && std::none_of(s.begin(), s.end(), Other);
}

bool is_title(Context&, Str s) {
  bool inside = false, found = false;
  for (char c : s) {
    if (is_upper(c) ? inside : is_lower(c) && !inside) return false;
    inside = is_alpha(c);
    found |= inside;
  }
  return found;
}

bool is_identifier(Context&, Str s) {
  if (s.empty() || is_digit(s[0])) return false;
  return std::all_of(s.begin(), s.end(), is_alnum);  // no underscore
}

char fill_of(Str fill) {
  check(fill.size() == 1, "TypeError: The fill character must be exactly one character long");
  return fill[0];
}

std::string center(Context&, Str s, int64_t width, Str fill) {
  char c = fill_of(fill);
  int64_t pad = std::max<int64_t>(width, 0) - int64_t(s.size());
  if (pad <= 0) return std::string(s);
  check_length(width);
  // The odd blank goes left when the width is odd, as CPython does it.
  int64_t left = pad / 2 + (pad & width & 1);
  return std::string(size_t(left), c).append(s).append(size_t(pad - left), c);
}

std::string ljust(Context&, Str s, int64_t width, Str fill) {
  char c = fill_of(fill);
  check_length(width);
  return std::string(s).append(size_t(std::max<int64_t>(0, std::max<int64_t>(width, 0) - int64_t(s.size()))), c);
}

std::string rjust(Context&, Str s, int64_t width, Str fill) {
  char c = fill_of(fill);
  check_length(width);
  return std::string(size_t(std::max<int64_t>(0, std::max<int64_t>(width, 0) - int64_t(s.size()))), c).append(s);
}

// Zeros stand in front of a sign, too.
std::string zfill(Context&, Str s, int64_t width) {
  check_length(width);
  size_t pad = size_t(std::max<int64_t>(0, width - int64_t(s.size())));
  return std::string(pad, '0').append(s);
}

Str strip_left(Str s, Str chars) {
  size_t from = s.find_first_not_of(chars);
  return from == Str::npos ? Str() : s.substr(from);
}
Str strip_right(Str s, Str chars) { return s.substr(0, s.find_last_not_of(chars) + 1); }  // npos + 1 == 0
std::string lstrip(Context&, Str s, Str chars) { return std::string(strip_left(s, chars)); }
std::string rstrip(Context&, Str s, Str chars) { return std::string(strip_right(s, chars)); }
std::string strip(Context&, Str s, Str chars) { return std::string(strip_left(strip_right(s, chars), chars)); }

// A new line does not begin to count anew.
std::string expandtabs(Context&, Str s, int64_t tabsize) {
  std::string out;
  int64_t column = 0;
  for (char c : s) {
    if (c == '\t') {
      if (tabsize > 0) {
        int64_t blanks = tabsize - column % tabsize;
        check_length(int64_t(out.size()) + blanks);
        out.append(size_t(blanks), ' ');
        column += blanks;
      }
    } else {
      out.push_back(c);
      ++column;
    }
  }
  return out;
}

Str window(Str s, Range r) {
  check(r.start <= int64_t(s.size()), "the start is behind the string's end (basic_string::substr: __pos (which is ", r.start, ") > this->size() (which is ",
        s.size(), "))");
  return s.substr(size_t(r.start), size_t(r.end - r.start));  // all the rest when the end is before the start
}

int64_t locate(Str s, Str what, Range r, bool last) {
  if (r.end < r.start) return what.empty() ? r.start : -1;
  Str part = window(s, r);
  size_t at = last ? part.rfind(what) : part.find(what);
  return at == Str::npos ? -1 : r.start + int64_t(at);
}
int64_t find(Context&, Str s, Str what, int64_t start, int64_t end) { return locate(s, what, bounds(s, start, end), false); }
int64_t rfind(Context&, Str s, Str what, int64_t start, int64_t end) { return locate(s, what, bounds(s, start, end), true); }

int64_t index(Context& ctx, Str s, Str what, int64_t start, int64_t end) {
  int64_t at = find(ctx, s, what, start, end);
  check(at >= 0, "ValueError: substring not found");
  return at;
}

int64_t rindex(Context& ctx, Str s, Str what, int64_t start, int64_t end) {
  int64_t at = rfind(ctx, s, what, start, end);
  check(at >= 0, "ValueError: substring not found");
  return at;
}

int64_t count(Context&, Str s, Str what, int64_t start, int64_t end) {
  Range r = bounds(s, start, end);
  if (r.start > std::min(r.end, int64_t(s.size()))) return 0;
  Str part = s.substr(size_t(r.start), size_t(r.end - r.start));
  if (what.empty()) return int64_t(part.size()) + 1;
  int64_t n = 0;
  for (size_t at = part.find(what); at != Str::npos; at = part.find(what, at + what.size())) ++n;
  return n;
}

bool starts_with(Context&, Str s, Str what, int64_t start, int64_t end) { return window(s, bounds(s, start, end)).starts_with(what); }

bool ends_with(Context&, Str s, Str what, int64_t start, int64_t end) { return window(s, bounds(s, start, end)).ends_with(what); }

std::string replace(Context&, Str s, Str old, Str fresh, int64_t max) {
  std::string out;
  if (old.empty()) {  // between all characters
    int64_t left = max < 0 ? INT64_MAX : max;
    for (size_t i = 0; i <= s.size(); ++i) {
      if (left-- > 0) out.append(fresh);
      if (i < s.size()) out.push_back(s[i]);
      check_length(int64_t(out.size()));
    }
    return out;
  }
  size_t from = 0;
  for (int64_t n = 0; max < 0 || n < max; ++n) {
    size_t at = s.find(old, from);
    if (at == Str::npos) break;
    out.append(s.substr(from, at - from)).append(fresh);
    check_length(int64_t(out.size()));
    from = at + old.size();
  }
  return out.append(s.substr(from));
}

std::tuple<std::string, std::string, std::string> partition(Context&, Str s, Str separator) {
  size_t at = s.find(separator);
  if (at == Str::npos) return {std::string(s), "", ""};
  return {std::string(s.substr(0, at)), std::string(separator), std::string(s.substr(at + separator.size()))};
}

std::tuple<std::string, std::string, std::string> rpartition(Context&, Str s, Str separator) {
  size_t at = s.rfind(separator);
  if (at == Str::npos) return {"", "", std::string(s)};
  return {std::string(s.substr(0, at)), std::string(separator), std::string(s.substr(at + separator.size()))};
}

Value split(Context&, Str s, std::optional<Str> separator, int64_t max) {
  Vec<Str> parts;
  if (!separator) {  // runs of white space; how many parts there may be counts for nothing
    for (Str rest = strip_left(s, kBlank); !rest.empty(); rest = strip_left(rest, kBlank)) {
      parts.push_back(rest.substr(0, rest.find_first_of(kBlank)));
      rest.remove_prefix(parts.back().size());
    }
    return string_list(parts);
  }
  check(!separator->empty(), "ValueError: empty separator");
  size_t from = 0;
  while (max < 0 || int64_t(parts.size()) < max) {
    size_t at = s.find(*separator, from);
    if (at == Str::npos) break;
    parts.push_back(s.substr(from, at - from));
    from = at + separator->size();
  }
  parts.push_back(s.substr(from));
  return string_list(parts);
}

Value rsplit(Context&, Str s, Str separator, int64_t max) {
  check(!separator.empty(), "ValueError: empty separator");
  Vec<Str> parts;
  while (max < 0 || int64_t(parts.size()) < max) {
    size_t at = s.rfind(separator);
    if (at == Str::npos) break;
    parts.push_back(s.substr(at + separator.size()));
    s = s.substr(0, at);
  }
  parts.push_back(s);
  std::reverse(parts.begin(), parts.end());
  return string_list(parts);
}

// PyTorch looks for bytes, also those of which U+2028 and U+2029 consist, and keeps the ends as pieces of their own.
Value splitlines(Context&, Str s, bool keepends) {
  constexpr Str kEnds = "\n\r\v\f\x1c\x1d\x1e\x85\xe2\x80\xa8\xa9";
  Vec<Str> lines;
  size_t from = 0;
  for (size_t end; (end = s.find_first_of(kEnds, from)) != Str::npos; from = end + 1) {
    lines.push_back(s.substr(from, end - from));
    if (keepends) lines.push_back(s.substr(end, 1));
  }
  if (from < s.size()) lines.push_back(s.substr(from));
  return string_list(lines);
}

std::string join(Context&, Str s, const ListObj& values) {
  std::string out;
  for (size_t i = 0; i < values.items.size(); ++i) {
    if (i) out.append(s);
    out.append(values.items[i].to_string());
    check_length(int64_t(out.size()));
  }
  return out;
}

constexpr OpDef kRows[] = {
    op("aten::add.str(str a, str b) -> str", TAPER_OP(add), kPure),
    op("aten::len.str(str s) -> int", TAPER_OP(length), kPure),
    op("aten::__getitem__.str(str s, int index) -> str", TAPER_OP(at), kPure),
    op("prim::StringIndex(str string, int index) -> str", TAPER_OP(at), kPure),
    op("aten::slice.str(str string, int? start=None, int? end=None, int step=1) -> str", TAPER_OP(slice), kPure),
    op("aten::list(str t) -> str[]", TAPER_OP(characters)),
    op("aten::ord(str string) -> int", TAPER_OP(ord), kPure),
    op("aten::chr(int i) -> str", TAPER_OP(chr), kPure),
    op("aten::hex(int i) -> str", TAPER_OP(hex), kPure),
    op("aten::oct(int i) -> str", TAPER_OP(oct), kPure),
    op("aten::bin(int i) -> str", TAPER_OP(bin), kPure),
    op("aten::lower(str self) -> str", TAPER_OP(map<to_lower>), kPure),
    op("aten::upper(str self) -> str", TAPER_OP(map<to_upper>), kPure),
    op("aten::swapcase(str self) -> str", TAPER_OP(map<swap_case>), kPure),
    op("aten::capitalize(str self) -> str", TAPER_OP(capitalize), kPure),
    op("aten::title(str self) -> str", TAPER_OP(title), kPure),
    op("aten::isalnum(str self) -> bool", TAPER_OP(all_are<is_alnum>), kPure),
    op("aten::isalpha(str self) -> bool", TAPER_OP(all_are<is_alpha>), kPure),
    op("aten::isdecimal(str self) -> bool", TAPER_OP(all_are<is_digit>), kPure),
    op("aten::isdigit(str self) -> bool", TAPER_OP(all_are<is_digit>), kPure),
    op("aten::isnumeric(str self) -> bool", TAPER_OP(all_are<is_digit>), kPure),
    op("aten::isspace(str self) -> bool", TAPER_OP(all_are<is_space>), kPure),
    op("aten::isprintable(str self) -> bool", TAPER_OP(is_printable), kPure),
    op("aten::islower(str self) -> bool", TAPER_OP(cased<is_lower, is_upper>), kPure),
    op("aten::isupper(str self) -> bool", TAPER_OP(cased<is_upper, is_lower>), kPure),
    op("aten::istitle(str self) -> bool", TAPER_OP(is_title), kPure),
    op("aten::isidentifier(str self) -> bool", TAPER_OP(is_identifier), kPure),
    op("aten::center(str self, int width, str fillchar=\" \") -> str", TAPER_OP(center), kPure),
    op("aten::ljust(str self, int width, str fillchar=\" \") -> str", TAPER_OP(ljust), kPure),
    op("aten::rjust(str self, int width, str fillchar=\" \") -> str", TAPER_OP(rjust), kPure),
    op("aten::zfill(str self, int width) -> str", TAPER_OP(zfill), kPure),
    op("aten::strip(str self, str chars=\" \\n\\t\\f\\v\") -> str", TAPER_OP(strip), kPure),
    op("aten::lstrip(str self, str chars=\" \\n\\t\\f\\v\") -> str", TAPER_OP(lstrip), kPure),
    op("aten::rstrip(str self, str chars=\" \\n\\t\\f\\v\") -> str", TAPER_OP(rstrip), kPure),
    op("aten::expandtabs(str self, int tabsize=8) -> str", TAPER_OP(expandtabs), kPure),
    op("aten::find(str self, str substr, int start=0, int end=-1) -> int", TAPER_OP(find), kPure),
    op("aten::rfind(str self, str substr, int start=0, int end=-1) -> int", TAPER_OP(rfind), kPure),
    op("aten::index.str(str self, str substr, int start=0, int end=-1) -> int", TAPER_OP(index), kPure),
    op("aten::rindex(str self, str substr, int start=0, int end=-1) -> int", TAPER_OP(rindex), kPure),
    op("aten::count(str self, str substr, int start=0, int end=-1) -> int", TAPER_OP(count), kPure),
    op("aten::startswith(str self, str substr, int start=0, int end=-1) -> bool", TAPER_OP(starts_with), kPure),
    op("aten::endswith(str self, str substr, int start=0, int end=-1) -> bool", TAPER_OP(ends_with), kPure),
    op("aten::replace(str self, str old, str new, int max=-1) -> str", TAPER_OP(replace), kPure),
    op("aten::partition(str self, str separator) -> (str, str, str)", TAPER_OP(partition), kPure),
    op("aten::rpartition(str self, str separator) -> (str, str, str)", TAPER_OP(rpartition), kPure),
    op("aten::split.str(str self, str? separator=None, int max=-1) -> str[]", TAPER_OP(split)),
    op("aten::rsplit(str self, str separator=\" \", int max=-1) -> str[]", TAPER_OP(rsplit)),
    op("aten::splitlines(str self, bool keepends=False) -> str[]", TAPER_OP(splitlines)),
    op("aten::join(str self, str[] values) -> str", TAPER_OP(join)),
};

}  // namespace

std::span<const OpDef> string_rows() { return kRows; }

}  // namespace taper::impl
