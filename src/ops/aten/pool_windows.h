// Windows of pooling: which input elements an output element sees, along each spatial dimension.
#pragma once

#include "core/context.h"

namespace taper::impl::aten {

// Elements start, start + step ... before end; `size` counts the window with the padding that it reaches.
struct Window {
  int64_t start, end, step, size;
};

// Up to three spatial dimensions; missing ones come first, with one window of one element.
struct Windows {
  int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1};
  Vec<Window> places[3];
  int64_t in_area() const noexcept { return in[0] * in[1] * in[2]; }
  int64_t out_area() const noexcept { return out[0] * out[1] * out[2]; }
};

// Calls fn(place, window of each dimension) for every output place of a plane.
template <class Fn>
void for_places(const Windows& w, Fn&& fn) {
  int64_t place = 0;
  for (const Window& a : w.places[0])
    for (const Window& b : w.places[1])
      for (const Window& c : w.places[2]) fn(place++, a, b, c);
}

// What pooling needs to know of a call: spatial dimensions count 2 or 3 (1-d pooling is 2-d with a height of 1).
struct PoolShape {
  size_t dims = 2;
  Dims kernel, stride, padding, dilation;
  bool ceil = false;
};

// The windows of a sliding pool over input's last dimensions, after PyTorch's checks with its texts. `check_input` comes
// between the checks of the parameters and those of the result.
Windows sliding_windows(const Tensor& input, const PoolShape& shape, FunctionRef<void()> check_input);

// [o * in / out, ceil((o + 1) * in / out)) for each o; `output` has `dims` entries.
Windows adaptive_windows(const Tensor& input, IntView output);

// The result's sizes: input's leading dimensions and the places.
Dims pooled_sizes(const Tensor& input, const Windows& w, size_t dims);

}  // namespace taper::impl::aten
