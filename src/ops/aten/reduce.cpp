#include "ops/aten/reduce.h"

#include <algorithm>

namespace taper::impl::aten {

ReducePlan plan_reduction(const Tensor& self, std::optional<IntView> dims, bool keepdim, bool empty_means_all) {
  ReducePlan plan;
  auto own = size_t(self.dim());
  SmallVec<bool, 8> reduced(std::max<size_t>(1, own), !dims || (dims->empty() && empty_means_all));
  check(own <= 64 || (dims ? dims->empty() : true), "only tensors with up to 64 dims are supported");
  if (dims)
    for (int64_t d : *dims) {
      auto at = size_t(wrap_dim(d, self.dim()));
      check(!reduced[at], "dim ", at, " appears multiple times in the list of dims");
      reduced[at] = true;
    }
  for (size_t d = 0; d < own; ++d) {
    int64_t size = self.sizes()[d], stride = self.strides()[d];
    if (reduced[d]) {
      plan.count *= size;
      if (keepdim) plan.result_sizes.push_back(1);
      // Neighbours that lie evenly in memory become one dimension.
      if (!plan.reduced_sizes.empty() && plan.reduced_strides.back() == size * stride && reduced[d - 1]) {
        plan.reduced_sizes.back() *= size;
        plan.reduced_strides.back() = stride;
      } else {
        plan.reduced_sizes.push_back(size);
        plan.reduced_strides.push_back(stride);
      }
    } else {
      plan.kept_sizes.push_back(size);
      plan.kept_strides.push_back(stride);
      plan.result_sizes.push_back(size);
    }
  }
  return plan;
}

namespace {

template <class A, class T>
A widen(T x) {
  if constexpr (std::is_same_v<A, ComplexDouble>) {
    if constexpr (std::is_same_v<T, ComplexHalf>) return ComplexDouble(ComplexFloat(x));
    else if constexpr (std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>) return ComplexDouble(x);
    else return ComplexDouble(double(x));
  } else if constexpr (std::is_same_v<T, ComplexHalf> || std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>) {
    return A();
  } else {
    return A(x);
  }
}

template <class A>
bool loads_directly(const Tensor& self) {
  if (self.is_conj() || self.is_neg()) return false;
  if constexpr (std::is_same_v<A, int64_t>) return self.dtype() == DType::kLong;
  else return self.dtype() == dtype_of<A>;
}

}  // namespace

template <class A>
void load(A* out, const Tensor& self, int64_t offset, int64_t step, int64_t n) {
  auto copy = [&](auto tag) {
    using T = decltype(tag);
    const T* data = self.data<T>() + offset;
    if (step == 1)
      for (int64_t i = 0; i < n; ++i) out[i] = widen<A>(data[i]);
    else
      for (int64_t i = 0; i < n; ++i) out[i] = widen<A>(data[i * step]);
  };
  if constexpr (std::is_same_v<A, ComplexDouble>) {
    visit_complex(self.dtype(), "reduction", copy);
    if (self.is_conj())
      for (int64_t i = 0; i < n; ++i) out[i] = std::conj(out[i]);
  } else if constexpr (std::is_same_v<A, double>) {
    copy(double());
  } else if constexpr (std::is_same_v<A, float>) {
    switch (self.dtype()) {
      case DType::kFloat: copy(float()); break;
      case DType::kHalf: copy(Half()); break;
      case DType::kBFloat16: copy(BFloat16()); break;
      default: fail_dtype("reduction", self.dtype());
    }
  } else {
    visit_integral_bool(self.dtype(), "reduction", copy);
  }
  if (self.is_neg())
    for (int64_t i = 0; i < n; ++i) out[i] = -out[i];
}

namespace {

template <class T, class A>
void convert_into(T& place, A value) {
  if constexpr (std::is_same_v<A, ComplexDouble>) {
    if constexpr (std::is_same_v<T, ComplexHalf>) place = ComplexHalf(ComplexFloat(value));
    else if constexpr (std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>) place = T(value);
    else if constexpr (std::is_same_v<T, bool>) place = value != A();
  } else if constexpr (std::is_same_v<T, bool>) {
    place = value != A();
  } else if constexpr (std::is_same_v<T, ComplexHalf>) {
    place = ComplexHalf(ComplexFloat(float(value)));
  } else if constexpr (std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>) {
    place = T(typename T::value_type(value));
  } else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
    place = T(float(value));
  } else {
    place = T(value);
  }
}

}  // namespace

template <class A>
void store_row(void* out, DType dtype, int64_t index, int64_t step, const A* values, int64_t n) {
  visit_all(dtype, "reduction", [&](auto tag) {
    using T = decltype(tag);
    T* to = static_cast<T*>(out) + index;
    for (int64_t i = 0; i < n; ++i) convert_into(to[i * step], values[i]);
  });
}

template <class A>
void store(void* out, DType dtype, int64_t index, A value) {
  // The usual ones without the table.
  if (dtype == DType::kFloat) convert_into(static_cast<float*>(out)[index], value);
  else if (dtype == DType::kLong) convert_into(static_cast<int64_t*>(out)[index], value);
  else if (dtype == DType::kBool) convert_into(static_cast<bool*>(out)[index], value);
  else {
    const std::conditional_t<std::is_same_v<A, bool>, int64_t, A> plain = value;
    store_row(out, dtype, index, 1, &plain, 1);
  }
}

namespace detail {

template <class A>
void for_each_chunk(const Tensor& self, const ReducePlan& plan, int64_t offset, FunctionRef<void(const A*, int64_t)> fn) {
  bool direct = loads_directly<A>(self);
  A buffer[kReduceChunk];
  walk_rows<1>(plan.reduced_sizes, {plan.reduced_strides}, [&](const Offsets<1>& at, int64_t n, const Offsets<1>& step) {
    if (direct && step[0] == 1) return fn(static_cast<const A*>(self.data()) + offset + at[0], n);
    for (int64_t first = 0; first < n; first += kReduceChunk) {
      int64_t count = std::min(kReduceChunk, n - first);
      load(buffer, self, offset + at[0] + first * step[0], step[0], count);
      fn(buffer, count);
    }
  });
}

bool reduces_outer(const Tensor&, const ReducePlan& plan) {
  if (plan.kept_sizes.empty() || plan.reduced_sizes.empty() || plan.kept_sizes.back() < 4) return false;
  return plan.kept_strides.back() == 1 && plan.reduced_strides.back() != 1;
}

template void for_each_chunk<float>(const Tensor&, const ReducePlan&, int64_t, FunctionRef<void(const float*, int64_t)>);
template void for_each_chunk<double>(const Tensor&, const ReducePlan&, int64_t, FunctionRef<void(const double*, int64_t)>);
template void for_each_chunk<int64_t>(const Tensor&, const ReducePlan&, int64_t, FunctionRef<void(const int64_t*, int64_t)>);
template void for_each_chunk<ComplexDouble>(const Tensor&, const ReducePlan&, int64_t, FunctionRef<void(const ComplexDouble*, int64_t)>);

}  // namespace detail

template void load<float>(float*, const Tensor&, int64_t, int64_t, int64_t);
template void load<double>(double*, const Tensor&, int64_t, int64_t, int64_t);
template void load<int64_t>(int64_t*, const Tensor&, int64_t, int64_t, int64_t);
template void load<ComplexDouble>(ComplexDouble*, const Tensor&, int64_t, int64_t, int64_t);
template void store<float>(void*, DType, int64_t, float);
template void store<double>(void*, DType, int64_t, double);
template void store<int64_t>(void*, DType, int64_t, int64_t);
template void store_row<double>(void*, DType, int64_t, int64_t, const double*, int64_t);
template void store_row<float>(void*, DType, int64_t, int64_t, const float*, int64_t);
template void store_row<int64_t>(void*, DType, int64_t, int64_t, const int64_t*, int64_t);
template void store_row<ComplexDouble>(void*, DType, int64_t, int64_t, const ComplexDouble*, int64_t);
template void store<bool>(void*, DType, int64_t, bool);
template void store<ComplexDouble>(void*, DType, int64_t, ComplexDouble);

}  // namespace taper::impl::aten
