// An argument of a model, as the command line spells it.
//
//   file.pt  file.npy  picture.png:size=224x224:mean=0.485,0.456,0.406:std=0.229,0.224,0.225
//   3  2.5  True  None  "text"  [1, 2]  (1, "a")  {"a": 1}  1+2j
//   randn(1,3,224,224)  rand(...)  ones(2,3,dtype=int64)  zeros(...)  full((2,3), 7)  arange(10)  randint(0, 10, (2,3))
//   load("file")  within a list, tuple or dict
#pragma once

#include <string_view>

#include "core/context.h"
#include "core/value.h"

namespace taper::impl {

// What --help says of it.
extern const char* const kInputHelp;

// Error(kInvalidArgument) that says what is expected and where; errors of a file as they are.
Value parse_input(Context& context, std::string_view spec);
// Calls an operator by its name without an overload: keywords by name, defaults filled in.
Value call_operator(Context& context, std::string_view name, Vec<Value> arguments,
                    std::vector<std::pair<std::string_view, Value>> keywords = {});

}  // namespace taper::impl
