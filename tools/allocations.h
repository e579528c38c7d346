// Counts what the program's C++ code takes from the heap.
#pragma once

#include <cstdint>

namespace taper::impl {

// Calls of operator new since the program started; 0 in sanitizer builds, which have their own.
uint64_t new_calls() noexcept;

}  // namespace taper::impl
