// Source text and places in it. Archives may carry debug records that lead from serialized code to the original Python.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/ref.h"

namespace taper::impl {

struct Source;

// A half-open range of bytes in a source. Null source: unknown place.
struct SourceRange {
  Ref<const Source> source;
  uint32_t start = 0;
  uint32_t end = 0;
};

// The serialized code from byte `offset` on (up to the next record) was made from `original`.
struct DebugRecord {
  uint32_t offset;
  SourceRange original;
};

// Records that are read when they are first asked for: errors are rare, debug records larger than the code.
class DebugRecords : public RefCounted {
 public:
  virtual const std::vector<DebugRecord>& get() const noexcept = 0;  // thread-safe
};

struct Source final : RefCounted {
  std::string name;  // "code/__torch__/m.py", or the original Python file
  std::string text;
  int first_line = 1;                     // the number of the text's first line in its file
  std::vector<DebugRecord> debug;         // sorted by offset; empty when there are none
  Ref<const DebugRecords> debug_records;  // instead of `debug`
};

// The original Python range of a serialized one, or the range itself when there is no record.
SourceRange original_range(const SourceRange& range);

// 1-based line and column (bytes) of a range's start.
struct LineColumn {
  int line = 0;
  int column = 0;
};
LineColumn line_column(const SourceRange& range);

// The lines around the range with carets below it, each line indented by four blanks.
std::string highlight(const SourceRange& range, int context_lines = 0);

StackFrame make_frame(std::string function, const SourceRange& range);

}  // namespace taper::impl
