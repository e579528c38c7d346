// Boxing: from a typed operator function to the boxed convention, by its type.
//
// Parameter types and the schema types they stand for (a test checks every row):
//   const Tensor&            Tensor (an undefined tensor is an error at the call)
//   const MaybeTensor&       Tensor?
//   Tensors                  Tensor[]      MaybeTensors   Tensor?[]
//   int64_t, double, bool    int, float, bool;  std::optional<...> of them for int?, float?, bool?
//   std::complex<double>     complex
//   IntView                  int[]         std::optional<IntView>  int[]?
//   FloatView                float[]       std::optional<FloatView> float[]?
//   BoolView                 bool[]
//   std::string_view         str           std::optional<std::string_view> str?
//   const Scalar&            Scalar        std::optional<Scalar>  Scalar?
//   std::optional<DType>     ScalarType?   (int? in the schema)       DType: ScalarType
//   std::optional<Device>    Device?       Device: Device
//   MaybeGenerator           Generator?
//   const Value&             anything (t, Any, classes)     ListObj&  t[]     DictObj&  Dict(K, V)
// Results: Tensor, int64_t, double, bool, std::complex<double>, std::string, Scalar, Device, Value, void, Dims (int[]),
//   Vec<Tensor> (Tensor[]), Vec<double> (float[]), and std::tuple of these for several results.
// An in-place native function takes `const Tensor& self` and returns it.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "core/op_def.h"

namespace taper::impl {

class MaybeTensor {
 public:
  MaybeTensor() = default;
  MaybeTensor(std::nullopt_t) {}
  MaybeTensor(const Tensor& tensor) : tensor_(tensor.defined() ? &tensor : nullptr) {}
  explicit operator bool() const noexcept { return tensor_ != nullptr; }
  bool defined() const noexcept { return tensor_ != nullptr; }
  const Tensor& operator*() const noexcept { return *tensor_; }
  const Tensor* operator->() const noexcept { return tensor_; }
  Tensor or_undefined() const { return tensor_ ? *tensor_ : Tensor(); }

 private:
  const Tensor* tensor_ = nullptr;
};

// Views over a list's values or over an array of tensors; no copy.
class Tensors {
 public:
  Tensors(std::span<const Value> values) : values_(values) {}
  Tensors(const ListObj& list) : values_(list.items.data(), list.items.size()) {}
  size_t size() const noexcept { return values_.size(); }
  bool empty() const noexcept { return values_.empty(); }
  const Tensor& operator[](size_t i) const noexcept { return values_[i].tensor(); }
  std::span<const Value> values() const noexcept { return values_; }

 private:
  std::span<const Value> values_;
};
class MaybeTensors {
 public:
  MaybeTensors(std::span<const Value> values) : values_(values) {}
  size_t size() const noexcept { return values_.size(); }
  MaybeTensor operator[](size_t i) const noexcept {
    return values_[i].is_tensor() ? MaybeTensor(values_[i].tensor()) : MaybeTensor();
  }

 private:
  std::span<const Value> values_;
};
using FloatView = std::span<const double>;
using BoolView = std::span<const bool>;

struct MaybeGenerator {
  Generator* generator = nullptr;
  // The given generator, or the context's.
  Generator& or_default(Context& ctx) const { return generator ? *generator : ctx.generator(); }
};

namespace boxing {

[[noreturn]] void fail_argument(const OpDef& op, size_t index, const Value& value);

// One Unbox<P> per parameter type: holds what the parameter refers to while the function runs.
template <class P>
struct Unbox;

// Not templates over the operator: shared by all.
const Tensor& unbox_tensor(const OpDef& op, size_t i, const Value& v);
int64_t unbox_int(const OpDef& op, size_t i, const Value& v);
double unbox_float(const OpDef& op, size_t i, const Value& v);
bool unbox_bool(const OpDef& op, size_t i, const Value& v);
void unbox_ints(const OpDef& op, size_t i, const Value& v, Dims& out);  // a bare int gives one entry
void unbox_floats(const OpDef& op, size_t i, const Value& v, SmallVec<double, 6>& out);
void unbox_bools(const OpDef& op, size_t i, const Value& v, SmallVec<bool, 8>& out);
std::span<const Value> unbox_tensors(const OpDef& op, size_t i, const Value& v, bool optional);
DType unbox_dtype(const OpDef& op, size_t i, const Value& v);
Device unbox_device(const OpDef& op, size_t i, const Value& v);

#define TAPER_UNBOX(P, EXPR)                            \
  template <>                                           \
  struct Unbox<P> {                                     \
    static P get(const OpDef& op, size_t i, Value& v) { \
      (void)op, (void)i;                                \
      return EXPR;                                      \
    }                                                   \
  };
TAPER_UNBOX(const Tensor&, unbox_tensor(op, i, v))
TAPER_UNBOX(int64_t, unbox_int(op, i, v))
TAPER_UNBOX(double, unbox_float(op, i, v))
TAPER_UNBOX(bool, unbox_bool(op, i, v))
TAPER_UNBOX(std::complex<double>, v.to_complex())
TAPER_UNBOX(DType, unbox_dtype(op, i, v))
TAPER_UNBOX(Device, unbox_device(op, i, v))
TAPER_UNBOX(std::string_view, v.to_string())
TAPER_UNBOX(const Value&, v)
TAPER_UNBOX(Tensors, Tensors(unbox_tensors(op, i, v, false)))
TAPER_UNBOX(MaybeTensors, MaybeTensors(unbox_tensors(op, i, v, true)))
TAPER_UNBOX(ListObj&, v.to_list())
TAPER_UNBOX(DictObj&, v.to_dict())
TAPER_UNBOX(const ListObj&, v.to_list())
TAPER_UNBOX(std::optional<int64_t>, v.is_none() ? std::nullopt : std::optional<int64_t>(unbox_int(op, i, v)))
TAPER_UNBOX(std::optional<double>, v.is_none() ? std::nullopt : std::optional<double>(unbox_float(op, i, v)))
TAPER_UNBOX(std::optional<bool>, v.is_none() ? std::nullopt : std::optional<bool>(unbox_bool(op, i, v)))
TAPER_UNBOX(std::optional<DType>, v.is_none() ? std::nullopt : std::optional<DType>(unbox_dtype(op, i, v)))
TAPER_UNBOX(std::optional<Device>, v.is_none() ? std::nullopt : std::optional<Device>(unbox_device(op, i, v)))
TAPER_UNBOX(std::optional<Scalar>, v.is_none() ? std::nullopt : std::optional<Scalar>(Scalar(v)))
TAPER_UNBOX(std::optional<std::string_view>,
            v.is_none() ? std::nullopt : std::optional<std::string_view>(v.to_string()))
TAPER_UNBOX(MaybeGenerator, v.is_none() ? MaybeGenerator{} : MaybeGenerator{&v.generator()})
#undef TAPER_UNBOX

// Parameters that need a home of their own during the call: Holder is constructed first, then refers.
template <class P>
struct Holder {
  P value;
  Holder(const OpDef& op, size_t i, Value& v) : value(Unbox<P>::get(op, i, v)) {}
  P get() { return static_cast<P>(value); }
};
template <>
struct Holder<const Scalar&> {
  Scalar value;
  Holder(const OpDef&, size_t, Value& v) : value(v) {}
  const Scalar& get() { return value; }
};
template <>
struct Holder<Scalar> : Holder<const Scalar&> {
  using Holder<const Scalar&>::Holder;
};
template <>
struct Holder<const MaybeTensor&> {
  MaybeTensor value;
  Holder(const OpDef& op, size_t i, Value& v) {
    if (!v.is_none()) value = MaybeTensor(unbox_tensor(op, i, v));
  }
  const MaybeTensor& get() { return value; }
};
template <>
struct Holder<IntView> {
  Dims value;
  Holder(const OpDef& op, size_t i, Value& v) { unbox_ints(op, i, v, value); }
  IntView get() { return value; }
};
template <>
struct Holder<std::optional<IntView>> {
  Dims value;
  bool some;
  Holder(const OpDef& op, size_t i, Value& v) : some(!v.is_none()) {
    if (some) unbox_ints(op, i, v, value);
  }
  std::optional<IntView> get() { return some ? std::optional<IntView>(IntView(value)) : std::nullopt; }
};
template <>
struct Holder<FloatView> {
  SmallVec<double, 6> value;
  Holder(const OpDef& op, size_t i, Value& v) { unbox_floats(op, i, v, value); }
  FloatView get() { return value; }
};
template <>
struct Holder<std::optional<FloatView>> {
  SmallVec<double, 6> value;
  bool some;
  Holder(const OpDef& op, size_t i, Value& v) : some(!v.is_none()) {
    if (some) unbox_floats(op, i, v, value);
  }
  std::optional<FloatView> get() { return some ? std::optional<FloatView>(FloatView(value)) : std::nullopt; }
};
template <>
struct Holder<BoolView> {
  SmallVec<bool, 8> value;
  Holder(const OpDef& op, size_t i, Value& v) { unbox_bools(op, i, v, value); }
  BoolView get() { return value; }
};

void box(Value& out, Tensor&& result);
void box(Value& out, int64_t result);
void box(Value& out, double result);
void box(Value& out, bool result);
void box(Value& out, std::complex<double> result);
void box(Value& out, std::string&& result);
void box(Value& out, const Scalar& result);
void box(Value& out, Device result);
void box(Value& out, Value&& result);
void box(Value& out, const Dims& result);
void box(Value& out, Vec<Tensor>&& result);
void box(Value& out, Vec<double>&& result);

template <class R>
void box_results(Value* out, R&& result) {
  box(*out, std::forward<R>(result));
}
template <class... Rs>
void box_results(Value* out, std::tuple<Rs...>&& result) {
  std::apply([&](Rs&... each) { (box(*out++, std::move(each)), ...); }, result);
}

[[noreturn]] void fail_count(const OpDef& op, size_t wanted, size_t got);

template <class R, class... Ps, size_t... I>
void call(R (*fn)(Context&, Ps...), const OpDef& op, Context& ctx, Arguments a, Value* results,
          std::index_sequence<I...>) {
  if (a.count != sizeof...(Ps)) [[unlikely]]
    fail_count(op, sizeof...(Ps), a.count);
  (void)op, (void)a, (void)results;
  std::tuple<Holder<Ps>...> held{Holder<Ps>(op, I, a[I])...};
  if constexpr (std::is_void_v<R>) fn(ctx, std::get<I>(held).get()...);
  else box_results(results, fn(ctx, std::get<I>(held).get()...));
}

// One instantiation per function type, shared by all operators of that type.
template <class Fn>
struct Caller;
template <class R, class... Ps>
struct Caller<R (*)(Context&, Ps...)> {
  static void boxed(const OpDef& op, Context& ctx, Arguments a, Value* results) {
    auto fn = *static_cast<R (*const*)(Context&, Ps...)>(op.function);
    call(fn, op, ctx, a, results, std::index_sequence_for<Ps...>());
  }
};

}  // namespace boxing

// A function as a constant with an address, so that rows can be constexpr (a function pointer cannot be cast in one).
template <auto F>
struct OpFunction {
  using Type = decltype(F);
  static constexpr Type kAddress = F;
};
#define TAPER_OP(...) (::taper::impl::OpFunction<&__VA_ARGS__>{})

template <auto F>
constexpr OpDef op(const char* schema, OpFunction<F>, uint32_t flags = 0) {
  return {schema, &OpFunction<F>::kAddress, &boxing::Caller<decltype(F)>::boxed, flags};
}
// A row on the boxed convention itself, for varargs and generic results:
//   void format(const OpDef&, Context& ctx, Arguments arguments, Value* results);
constexpr OpDef op_boxed(const char* schema, Boxed fn, uint32_t flags = 0) { return {schema, nullptr, fn, flags}; }

}  // namespace taper::impl
