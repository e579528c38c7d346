// Values as JSON.
#pragma once

#include "core/value.h"
#include "tools/json.h"

namespace taper::impl {

// Numbers, strings, bools and None as JSON has them; lists and tuples as arrays; a dict with text keys as an object,
// any other as an array of pairs; a tensor as {"dtype", "shape", "data"} with its numbers in order; everything else as
// the text that print shows. Numbers that JSON lacks (inf, nan) are null.
void add_value(JsonWriter& json, const Value& value);

}  // namespace taper::impl
