// The reduction engine. A reducer sees elements in an accumulation type (float for float and half types, double, int64
// for integers and bool, complex<double>), so that an operator instantiates four loops instead of one per dtype.
//
//   template <class A> struct Sum {            // A: accumulation type
//     A total = 0;
//     void add(A x) { total += x; }
//     A result() const { return total; }
//   };
//   Tensor y = reduce(self, plan, out_dtype, [](auto a) { return Sum<decltype(a)>(); });
//
// Order of the elements: row-major over the reduced dimensions; the result does not depend on threads.
#pragma once

#include <cmath>

#include "core/context.h"
#include "ops/walk.h"

namespace taper::impl::aten {

// Which dimensions go, and the geometry of what stays.
struct ReducePlan {
  Dims kept_sizes, kept_strides;  // of the input
  Dims reduced_sizes, reduced_strides;
  Dims result_sizes;  // with 1s for reduced dimensions when keepdim
  int64_t count = 1;  // elements a result is made of
};

// dims empty (or nothing): all. Errors on duplicates and out-of-range dimensions with PyTorch's texts.
ReducePlan plan_reduction(const Tensor& self, std::optional<IntView> dims, bool keepdim, bool empty_means_all = true);

// The accumulation type of a dtype.
template <class Fn>
decltype(auto) visit_accumulation(DType dtype, Fn&& fn) {
  if (is_complex(dtype)) return fn(ComplexDouble());
  if (dtype == DType::kDouble) return fn(double());
  if (is_floating(dtype)) return fn(float());
  return fn(int64_t());
}

// Copies n elements of `dtype` at data[i * step] into accumulation type. conj and neg bits are applied.
template <class A>
void load(A* out, const Tensor& self, int64_t offset, int64_t step, int64_t n);
// Writes results as `dtype`, converting: one, or n at every step-th place.
template <class A>
void store(void* out, DType dtype, int64_t index, A value);
template <class A>
void store_row(void* out, DType dtype, int64_t index, int64_t step, const A* values, int64_t n);

constexpr int64_t kReduceChunk = 256;

// PyTorch's product, which of complex numbers is the plain one: without C's care for infinities.
template <class T>
T plain_product(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>)
    return T(a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real());
  else return T(a * b);
}

namespace detail {
template <class A>
struct Row {
  const A* data;
  int64_t n;
};
// Calls fn with the chunks of one result's elements, in order.
template <class A>
void for_each_chunk(const Tensor& self, const ReducePlan& plan, int64_t offset, FunctionRef<void(const A*, int64_t)> fn);
// True when results lie next to each other in memory while their elements do not: then whole rows of results are reduced
// side by side.
bool reduces_outer(const Tensor& self, const ReducePlan& plan);
}  // namespace detail

// Calls each(index of the result, value) for all results in row-major order of the kept dimensions.
template <class A, class R, class Each>
void reduce_each(const Tensor& self, const ReducePlan& plan, const R& start, Each&& each) {
  if (detail::reduces_outer(self, plan)) {
    constexpr int64_t kWide = 32;
    int64_t done = 0;
    walk_rows<1>(plan.kept_sizes, {plan.kept_strides}, [&](const Offsets<1>& at, int64_t n, const Offsets<1>& step) {
      for (int64_t first = 0; first < n; first += kWide) {
        int64_t width = std::min(kWide, n - first);
        R state[kWide];
        A row[kWide];
        for (int64_t i = 0; i < width; ++i) state[i] = start;
        walk_rows<1>(plan.reduced_sizes, {plan.reduced_strides}, [&](const Offsets<1>& down, int64_t rows, const Offsets<1>& down_step) {
          for (int64_t r = 0; r < rows; ++r) {
            load(row, self, at[0] + first * step[0] + down[0] + r * down_step[0], step[0], width);
            for (int64_t i = 0; i < width; ++i) state[i].add(row[i]);
          }
        });
        for (int64_t i = 0; i < width; ++i) each(done++, state[i].result());
      }
    });
    return;
  }
  int64_t done = 0;
  walk_rows<1>(plan.kept_sizes, {plan.kept_strides}, [&](const Offsets<1>& at, int64_t n, const Offsets<1>& step) {
    for (int64_t k = 0; k < n; ++k) {
      R state = start;
      detail::for_each_chunk<A>(self, plan, at[0] + k * step[0], [&](const A* x, int64_t count) {
        if constexpr (requires { state.add_row(x, count); }) state.add_row(x, count);
        else
          for (int64_t i = 0; i < count; ++i) state.add(x[i]);
      });
      each(done++, state.result());
    }
  });
}

// make(A()) gives the reducer's initial state for accumulation type A.
template <class Make>
Tensor reduce(const Tensor& self, const ReducePlan& plan, DType out_dtype, Make&& make) {
  Tensor out = make_tensor(plan.result_sizes, out_dtype);
  if (out.numel() == 0) return out;
  void* data = out.mutable_data();
  visit_accumulation(self.dtype(), [&](auto zero) {
    using A = decltype(zero);
    auto start = make(zero);
    reduce_each<A>(self, plan, start, [&](int64_t i, auto value) { store(data, out_dtype, i, value); });
  });
  return out;
}

}  // namespace taper::impl::aten
