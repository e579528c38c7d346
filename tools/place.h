// Where something stands in a model's source, for people and for JSON.
#pragma once

#include <string>

#include "core/source.h"

namespace taper::impl {

struct Place {
  std::string file;  // the original Python file where the archive knows it, else the archive's code; empty: unknown
  int line = 0;
  std::string text;  // the lines with carets, indented
};
Place place_of(const SourceRange& range);

}  // namespace taper::impl
