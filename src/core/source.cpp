#include "core/source.h"

#include <algorithm>

namespace taper::impl {

SourceRange original_range(const SourceRange& range) {
  if (!range.source) return range;
  const auto& debug = range.source->debug_records ? range.source->debug_records->get() : range.source->debug;
  auto after = std::upper_bound(debug.begin(), debug.end(), range.start,
                                [](uint32_t offset, const DebugRecord& record) { return offset < record.offset; });
  if (after == debug.begin()) return range;
  const SourceRange& original = std::prev(after)->original;
  return original.source ? original : range;
}

LineColumn line_column(const SourceRange& range) {
  if (!range.source) return {};
  const std::string& text = range.source->text;
  size_t at = std::min<size_t>(range.start, text.size());
  int line = range.source->first_line + int(std::count(text.begin(), text.begin() + long(at), '\n'));
  size_t line_start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;  // npos + 1 == 0
  return {line, int(at - line_start) + 1};
}

std::string highlight(const SourceRange& range, int context_lines) {
  if (!range.source) return {};
  const std::string& text = range.source->text;
  size_t at = std::min<size_t>(range.start, text.size());
  size_t stop = std::clamp<size_t>(range.end, at, text.size());
  size_t line_start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  size_t line_end = std::min(text.find('\n', at), text.size());
  size_t first = line_start, last = line_end;
  for (int i = 0; i < context_lines; ++i) {
    if (first > 0) first = first == 1 ? 0 : text.rfind('\n', first - 2) + 1;
    if (last < text.size()) last = std::min(text.find('\n', last + 1), text.size());
  }
  std::string out;
  auto add_lines = [&](size_t from, size_t to) {
    while (from < to) {
      size_t end = std::min(text.find('\n', from), to);
      out += "    ";
      out.append(text, from, std::min<size_t>(end - from, 400));
      out += '\n';
      from = end + 1;
    }
  };
  add_lines(first, line_start);
  add_lines(line_start, std::max(line_end, line_start));
  if (line_end == line_start) out += "    \n";
  size_t column = std::min<size_t>(at - line_start, 400);
  size_t length = std::max<size_t>(1, std::min(stop, line_end) - at);
  out += "    ";
  out.append(column, ' ');
  out += std::string(std::min<size_t>(length, 400), '~');
  out += " <--- HERE\n";
  add_lines(std::min(line_end + 1, last), last);
  return out;
}

StackFrame make_frame(std::string function, const SourceRange& range) {
  SourceRange original = original_range(range);
  StackFrame frame;
  frame.function = std::move(function);
  if (original.source) {
    frame.file = original.source->name;
    frame.line = line_column(original).line;
    frame.text = highlight(original);
  }
  return frame;
}

}  // namespace taper::impl
