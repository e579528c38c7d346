#include "ops/walk.h"

namespace taper::impl {

template <size_t N>
void walk_rows(IntView sizes, const std::array<IntView, N>& strides, FunctionRef<void(const Offsets<N>&, int64_t, const Offsets<N>&)> fn) {
  for (int64_t size : sizes)
    if (size == 0) return;
  Offsets<N> at{}, step{};
  size_t dims = sizes.size();
  if (dims == 0) return fn(at, 1, step);
  for (size_t k = 0; k < N; ++k) step[k] = strides[k][dims - 1];
  Dims index(dims - 1, 0);
  while (true) {
    fn(at, sizes[dims - 1], step);
    size_t d = dims - 1;
    while (true) {
      if (d == 0) return;
      --d;
      for (size_t k = 0; k < N; ++k) at[k] += strides[k][d];
      if (++index[d] < sizes[d]) break;
      for (size_t k = 0; k < N; ++k) at[k] -= sizes[d] * strides[k][d];
      index[d] = 0;
    }
  }
}

template void walk_rows<1>(IntView, const std::array<IntView, 1>&, FunctionRef<void(const Offsets<1>&, int64_t, const Offsets<1>&)>);
template void walk_rows<2>(IntView, const std::array<IntView, 2>&, FunctionRef<void(const Offsets<2>&, int64_t, const Offsets<2>&)>);
template void walk_rows<3>(IntView, const std::array<IntView, 3>&, FunctionRef<void(const Offsets<3>&, int64_t, const Offsets<3>&)>);

}  // namespace taper::impl
