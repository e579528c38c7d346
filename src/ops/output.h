// How operators allocate their results, and how in-place and out= rows derive from functional ones.
//
// A pointwise, reduction or copying function ends in
//   Tensor out = output(ctx, sizes, dtype);     // meta: the result's geometry
//   compute(ctx, ..., out);                     // fills it
// When the call came through op_inplace() or op_out() and the row says kUsesDest, output() hands out the destination
// itself, if its dtype and sizes fit and writing it early cannot disturb the inputs; otherwise a fresh tensor, which the
// derived row then copies into the destination with PyTorch's cast and shape rules.
#pragma once

#include "core/boxing.h"

namespace taper::impl {

// A contiguous result, or the context's destination where that is contiguous and apart from what is read while the result
// is written: `inputs`, which may be the destination itself only if `elementwise` (each element is read before it is
// written, and no other is read later).
Tensor output(Context& ctx, IntView sizes, DType dtype, std::initializer_list<const Tensor*> inputs, bool elementwise = false);

// For elementwise functions, which take any strides: the destination, or the memory of an input that dies with the call
// when it has these strides (empty: contiguous); undefined when there is neither. Throws PyTorch's text where input and
// destination overlap without being the same.
Tensor elementwise_destination(Context& ctx, IntView sizes, DType dtype, std::span<const Tensor* const> inputs);
Tensor dying_input(Context& ctx, IntView sizes, IntView strides, DType dtype, std::span<const Tensor* const> inputs);

// The context's destination for functions that call other operators before they allocate their result: taken at the
// start, so that nobody else takes it, and handed out only if it is `apart` from what is read while it is written.
class Destination {
 public:
  explicit Destination(Context& ctx) : dest_(std::exchange(ctx.dest, Tensor())) { ctx.movable_arguments = 0; }
  // `accumulated`: may be the destination itself, element by element, or must lie apart from it.
  Tensor make(IntView sizes, DType dtype, std::initializer_list<const Tensor*> apart, const Tensor* accumulated = nullptr);
  // The call is in place on `self`.
  bool is(const Tensor& self) const noexcept { return dest_.defined() && dest_ == self; }

 private:
  Tensor dest_;
};

// Writes results into the destinations of a list; `name` is PyTorch's for the text on lists of unequal length. Exact: the
// destinations must have the dtypes and are resized; else they are broadcast to, as by copy_().
void write_results(Context& ctx, const char* name, Tensors outs, const Vec<Tensor>& results, bool exact);

// PyTorch's texts: "result type Float can't be cast to the desired output type Long" and "output with shape [..] doesn't
// match the broadcast shape [..]".
void check_castable(DType from, DType to);
// Throws PyTorch's text when several elements of self share memory.
void check_writable(const Tensor& self);
// "c10::Half", "long int": how PyTorch's generated code names a dtype in messages.
std::string_view cpp_type_name(DType dtype) noexcept;

namespace boxing {

void call_inplace(const OpDef& op, Boxed functional, Context& ctx, Arguments a, Value* results);
void call_out(const OpDef& op, Boxed functional, uint32_t outs, Context& ctx, Arguments a, Value* results);

template <class Fn>
struct InplaceCaller {
  static void boxed(const OpDef& op, Context& ctx, Arguments a, Value* results) { call_inplace(op, &Caller<Fn>::boxed, ctx, a, results); }
};
template <class Fn, uint32_t Outs>
struct OutCaller {
  static void boxed(const OpDef& op, Context& ctx, Arguments a, Value* results) { call_out(op, &Caller<Fn>::boxed, Outs, ctx, a, results); }
};

}  // namespace boxing

// "aten::relu_(Tensor(a!) self) -> Tensor(a!)" from the functional relu.
template <auto F>
constexpr OpDef op_inplace(const char* schema, OpFunction<F>, uint32_t flags = 0) {
  return {schema, &OpFunction<F>::kAddress, &boxing::InplaceCaller<decltype(F)>::boxed, flags | kInplace};
}
// "aten::relu.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)" from the functional relu; Outs trailing destinations.
template <uint32_t Outs = 1, auto F>
constexpr OpDef op_out(const char* schema, OpFunction<F>, uint32_t flags = 0) {
  return {schema, &OpFunction<F>::kAddress, &boxing::OutCaller<decltype(F), Outs>::boxed, flags | kOut};
}

}  // namespace taper::impl
