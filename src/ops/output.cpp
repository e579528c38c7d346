#include "ops/output.h"

#include "core/schema.h"
#include "ops/aten/copy.h"

namespace taper::impl {
namespace {

// The byte range that a tensor's elements span.
struct Span {
  const char* begin;
  const char* end;
};
Span span_of(const Tensor& t) {
  const char* first = static_cast<const char*>(t.data());
  int64_t low = 0, high = 0;
  for (size_t d = 0; d < t.sizes().size(); ++d) {
    int64_t reach = (t.sizes()[d] - 1) * t.strides()[d];
    (reach < 0 ? low : high) += reach;
  }
  auto item = int64_t(t.item_size());
  return {first + low * item, first + (high + 1) * item};
}

bool same_view(const Tensor& a, const Tensor& b) {
  return a.data() == b.data() && a.dtype() == b.dtype() && same(a.sizes(), b.sizes()) && same(a.strides(), b.strides());
}

// Writing `dest` elementwise disturbs `input` unless they are apart or exactly the same.
bool disturbs(const Tensor& dest, const Tensor& input) {
  if (input.numel() == 0 || dest.numel() == 0 || &dest.storage() != &input.storage()) {
    // Different storages may still borrow the same host memory.
    if (input.numel() == 0 || dest.numel() == 0) return false;
  }
  if (same_view(dest, input)) return false;
  Span a = span_of(dest), b = span_of(input);
  return a.begin < b.end && b.begin < a.end;
}

// Elements of one tensor that share memory (an expanded destination).
bool self_overlaps(const Tensor& t) {
  for (size_t d = 0; d < t.sizes().size(); ++d)
    if (t.sizes()[d] > 1 && t.strides()[d] == 0) return true;
  return false;
}

struct DestScope {
  Context& ctx;
  DestScope(Context& context, const Tensor& dest) : ctx(context) { ctx.dest = dest; }
  ~DestScope() { ctx.dest = Tensor(); }
};

void write_result(Context& ctx, const Tensor& dest, const Tensor& result) {
  if (result == dest) return;
  check_castable(result.dtype(), dest.dtype());
  aten::copy_(ctx, dest, result);
}

}  // namespace

Tensor output(Context& ctx, IntView sizes, DType dtype, std::initializer_list<const Tensor*> inputs) {
  Tensor dest = std::exchange(ctx.dest, Tensor());
  if (!dest.defined() || dest.dtype() != dtype || !same(dest.sizes(), sizes) || dest.is_conj() || dest.is_neg() || self_overlaps(dest))
    return make_tensor(sizes, dtype);
  for (const Tensor* input : inputs)
    if (disturbs(dest, *input)) return make_tensor(sizes, dtype);
  return dest;
}

Tensor Destination::make(IntView sizes, DType dtype, std::initializer_list<const Tensor*> apart, const Tensor* accumulated) {
  Tensor dest = std::move(dest_);
  if (!dest.defined() || dest.dtype() != dtype || !same(dest.sizes(), sizes) || dest.is_conj() || dest.is_neg() || self_overlaps(dest))
    return make_tensor(sizes, dtype);
  for (const Tensor* input : apart)
    if (same_view(dest, *input) || disturbs(dest, *input)) return make_tensor(sizes, dtype);
  if (accumulated && disturbs(dest, *accumulated)) return make_tensor(sizes, dtype);
  return dest;
}

void check_castable(DType from, DType to) {
  check(can_cast(from, to), "result type ", scalar_type_name(from), " can't be cast to the desired output type ", scalar_type_name(to));
}

namespace boxing {

void call_inplace(const OpDef& op, Boxed functional, Context& ctx, Arguments a, Value* results) {
  Tensor self = unbox_tensor(op, 0, a[0]);
  check(!self_overlaps(self) || self.numel() <= 1,
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before "
        "performing the operation.");
  {
    DestScope scope(ctx, op.flags & kUsesDest ? self : Tensor());
    functional(op, ctx, a, results);
  }
  Tensor result = results->to_tensor();
  if (result != self) {
    check(same(result.sizes(), self.sizes()), "output with shape ", self.sizes(), " doesn't match the broadcast shape ", result.sizes());
    write_result(ctx, self, result);
  }
  *results = Value(std::move(self));
}

void call_out(const OpDef& op, Boxed functional, uint32_t outs, Context& ctx, Arguments a, Value* results) {
  check(a.count >= outs, op.schema, ": the out arguments are missing");
  Arguments inputs{a.values, a.count - outs};
  {
    bool direct = outs == 1 && (op.flags & kUsesDest);
    DestScope scope(ctx, direct ? unbox_tensor(op, inputs.count, a[inputs.count]) : Tensor());
    functional(op, ctx, inputs, results);
  }
  for (uint32_t i = 0; i < outs; ++i) {
    Tensor dest = unbox_tensor(op, inputs.count + i, a[inputs.count + i]);
    Tensor result = results[i].to_tensor();
    if (result != dest) {
      check_castable(result.dtype(), dest.dtype());
      if (!same(result.sizes(), dest.sizes())) resize_tensor(dest, result.sizes());
      write_result(ctx, dest, result);
    }
    results[i] = Value(std::move(dest));
  }
}

}  // namespace boxing
}  // namespace taper::impl
