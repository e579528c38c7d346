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

bool overlap(const Tensor& a, const Tensor& b) {
  if (a.numel() == 0 || b.numel() == 0) return false;
  Span x = span_of(a), y = span_of(b);
  return x.begin < y.end && y.begin < x.end;
}

// Writing `dest` elementwise disturbs `input` unless they are apart or exactly the same.
bool disturbs(const Tensor& dest, const Tensor& input) { return overlap(dest, input) && !same_view(dest, input); }

// Elements of one tensor that share memory (an expanded destination).
bool self_overlaps(const Tensor& t) {
  for (size_t d = 0; d < t.sizes().size(); ++d)
    if (t.sizes()[d] > 1 && t.strides()[d] == 0) return true;
  return false;
}

bool fits(const Tensor& dest, IntView sizes, DType dtype) {
  return dest.defined() && dest.dtype() == dtype && same(dest.sizes(), sizes) && !dest.is_conj() && !dest.is_neg() && !self_overlaps(dest);
}

bool dies(const Context& ctx, const Tensor& t) {
  for (uint32_t mask = ctx.movable_arguments; mask; mask &= mask - 1)
    if (&ctx.argument_values[__builtin_ctz(mask)]->tensor() == &t) return true;
  return false;
}

struct DestScope {
  Context& ctx;
  DestScope(Context& context, const Tensor& dest) : ctx(context) { ctx.dest = dest; }
  ~DestScope() { ctx.dest = Tensor(); }
  DestScope(const DestScope&) = delete;
  DestScope& operator=(const DestScope&) = delete;
};

void check_exact(const Tensor& result, const Tensor& dest) {
  check(result.dtype() == dest.dtype(), "Expected out tensor to have dtype ", cpp_type_name(result.dtype()), ", but got ", cpp_type_name(dest.dtype()),
        " instead");
}

void write_result(Context& ctx, const Tensor& dest, const Tensor& result) {
  if (result == dest) return;
  check_castable(result.dtype(), dest.dtype());
  aten::copy_(ctx, dest, result);
}

}  // namespace

Tensor output(Context& ctx, IntView sizes, DType dtype, std::initializer_list<const Tensor*> inputs, bool elementwise) {
  Tensor dest = std::exchange(ctx.dest, Tensor());
  ctx.movable_arguments = 0;
  if (!fits(dest, sizes, dtype) || !dest.is_contiguous()) return make_tensor(sizes, dtype);
  for (const Tensor* input : inputs)
    if (elementwise ? disturbs(dest, *input) : overlap(dest, *input)) return make_tensor(sizes, dtype);
  return dest;
}

Tensor elementwise_destination(Context& ctx, IntView sizes, DType dtype, std::span<const Tensor* const> inputs) {
  Tensor dest = std::exchange(ctx.dest, Tensor());
  ctx.movable_arguments = 0;
  if (!dest.defined() || !same(dest.sizes(), sizes)) return Tensor();
  bool apart = true;
  for (const Tensor* input : inputs) {
    if (!disturbs(dest, *input)) continue;
    apart = false;
    // What is not dense may interleave without sharing an element: that is computed aside.
    check(!dest.is_non_overlapping_and_dense() || !input->is_non_overlapping_and_dense(),
          "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the "
          "tensor before performing the operation.");
  }
  return apart && fits(dest, sizes, dtype) ? dest : Tensor();
}

Tensor dying_input(Context& ctx, IntView sizes, IntView strides, DType dtype, std::span<const Tensor* const> inputs) {
  if (!ctx.movable_arguments) return Tensor();
  for (const Tensor* t : inputs) {
    if (!dies(ctx, *t)) continue;
    const TensorImpl& impl = *t->impl();
    Storage& storage = *impl.storage;
    if (impl.use_count() != 1 || storage.use_count() != 1 || !storage.is_owned() || impl.dtype != dtype || impl.conj || impl.neg || impl.requires_grad ||
        impl.wrapped_number || impl.meta || !same(impl.sizes, sizes))
      continue;
    if (strides.empty() ? !impl.contiguous : !same(impl.strides, strides)) continue;
    if (storage.bytes() / 2 > size_t(impl.numel) * t->item_size()) continue;  // a small view would keep a large storage alive
    ctx.movable_arguments = 0;
    return *t;
  }
  ctx.movable_arguments = 0;
  return Tensor();
}

Tensor Destination::make(IntView sizes, DType dtype, std::initializer_list<const Tensor*> apart, const Tensor* accumulated) {
  Tensor dest = std::move(dest_);
  if (!fits(dest, sizes, dtype)) return make_tensor(sizes, dtype);
  for (const Tensor* input : apart)
    if (overlap(dest, *input)) return make_tensor(sizes, dtype);
  if (accumulated && disturbs(dest, *accumulated)) return make_tensor(sizes, dtype);
  return dest;
}

void write_results(Context& ctx, const char* name, Tensors outs, const Vec<Tensor>& results, bool exact) {
  check(outs.size() == results.size(), name, " expected an out= argument of size ", results.size(), ", got size ", outs.size());
  for (size_t i = 0; i < results.size(); ++i) {
    if (exact) {
      check_exact(results[i], outs[i]);
      if (!same(outs[i].sizes(), results[i].sizes())) resize_tensor(outs[i], results[i].sizes());
    }
    aten::copy_(ctx, outs[i], results[i]);
  }
}

void check_castable(DType from, DType to) {
  check(can_cast(from, to), "result type ", scalar_type_name(from), " can't be cast to the desired output type ", scalar_type_name(to));
}

std::string_view cpp_type_name(DType dtype) noexcept {
  switch (dtype) {
    case DType::kByte: return "unsigned char";
    case DType::kChar: return "signed char";
    case DType::kShort: return "short int";
    case DType::kInt: return "int";
    case DType::kLong: return "long int";
    case DType::kHalf: return "c10::Half";
    case DType::kFloat: return "float";
    case DType::kDouble: return "double";
    case DType::kComplexHalf: return "c10::complex<c10::Half>";
    case DType::kComplexFloat: return "c10::complex<float>";
    case DType::kComplexDouble: return "c10::complex<double>";
    case DType::kBool: return "bool";
    case DType::kBFloat16: return "c10::BFloat16";
    default: return dtype_name(dtype);
  }
}

void check_writable(const Tensor& self) {
  check(!self_overlaps(self) || self.numel() <= 1,
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before "
        "performing the operation.");
}

namespace boxing {

void call_inplace(const OpDef& op, Boxed functional, Context& ctx, Arguments a, Value* results) {
  Tensor self = unbox_tensor(op, 0, a[0]);
  check_writable(self);
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
      if (op.flags & (kExactOut | kSameOut)) check_exact(result, dest);
      check_castable(result.dtype(), dest.dtype());
      if (!same(result.sizes(), dest.sizes())) {
        resize_tensor(dest, result.sizes());
        // A resized destination takes the layout that a fresh result has.
        if (!(op.flags & kExactOut) && !result.is_contiguous() && result.is_non_overlapping_and_dense())
          set_sizes(dest, result.sizes(), result.strides(), dest.offset());
      }
      check_writable(dest);
      write_result(ctx, dest, result);
    }
    results[i] = Value(std::move(dest));
  }
}

}  // namespace boxing
}  // namespace taper::impl
