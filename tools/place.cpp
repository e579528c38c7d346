#include "tools/place.h"

namespace taper::impl {

Place place_of(const SourceRange& range) {
  SourceRange original = original_range(range);
  if (!original.source) return {};
  return {original.source->name, line_column(original).line, highlight(original)};
}

}  // namespace taper::impl
