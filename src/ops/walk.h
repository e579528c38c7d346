// Walking several strided layouts of one shape in step: the loop under operators that move elements by index.
//
//   walk_rows<2>(sizes, {&out_strides, &in_strides}, [&](const Offsets<2>& at, int64_t n, const Offsets<2>& step) {
//     for (int64_t i = 0; i < n; ++i) out[at[0] + i * step[0]] = in[at[1] + i * step[1]];
//   });
//
// The callback gets rows along the last dimension: offsets of their first elements and the steps between elements, in
// elements. Rows come in row-major order of the shape. A 0-dim shape is one row of one element.
#pragma once

#include <array>

#include "core/context.h"

namespace taper::impl {

template <size_t N>
using Offsets = std::array<int64_t, N>;

// N is 1, 2 or 3 (walk.cpp instantiates these once, so that typed callers hold only their inner loop).
template <size_t N>
void walk_rows(IntView sizes, const std::array<IntView, N>& strides, FunctionRef<void(const Offsets<N>&, int64_t, const Offsets<N>&)> fn);

}  // namespace taper::impl
