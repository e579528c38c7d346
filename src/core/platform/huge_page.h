// Memory in one piece that the processor maps by one entry, where the system has such pages to give: touching it for the
// first time costs one page fault instead of hundreds. Elsewhere it is memory like any other.
#pragma once

#include <cstddef>

namespace taper::impl {

inline constexpr size_t kHugePage = size_t(2) << 20;

// kHugePage bytes, so aligned, for std::free; null when there are none.
void* allocate_huge_page() noexcept;

}  // namespace taper::impl
