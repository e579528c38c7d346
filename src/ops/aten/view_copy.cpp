// The *_copy twins of views: the view's elements in memory of their own, dense and row-major.
#include "ops/aten/copy.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

template <auto F>
struct Copied;
template <class... Ps, Tensor (*F)(Context&, const Tensor&, Ps...)>
struct Copied<F> {
  static Tensor of(Context& ctx, const Tensor& self, Ps... ps) { return clone(ctx, F(ctx, self, static_cast<Ps>(ps)...), MemoryFormat::kContiguous); }
};
template <class... Ps, Vec<Tensor> (*F)(Context&, const Tensor&, Ps...)>
struct Copied<F> {
  static Vec<Tensor> of(Context& ctx, const Tensor& self, Ps... ps) {
    Vec<Tensor> parts = F(ctx, self, static_cast<Ps>(ps)...);
    for (Tensor& part : parts) part = clone(ctx, part, MemoryFormat::kContiguous);
    return parts;
  }
};

Tensor itself(Context&, const Tensor& self) { return self; }
Tensor negated(Context&, const Tensor& self) {
  if (self.dtype() == DType::kBool) fail_dtype("neg_cpu", self.dtype());
  Tensor out = self.alias();
  out.impl()->neg = !self.is_neg();
  return out;
}
Tensor reinterpreted(Context& ctx, const Tensor& self, DType dtype) { return view_dtype(ctx, resolved(ctx, self), dtype); }
Tensor as_real(Context& ctx, const Tensor& self) { return view_as_real(ctx, resolved(ctx, self)); }
Tensor as_complex(Context& ctx, const Tensor& self) {
  bool pairs = self.dim() > 0 && self.size(-1) == 2 && self.stride(-1) == 1;
  return view_as_complex(ctx, pairs ? contiguous(ctx, self) : self);
}
Tensor restrided(Context&, const Tensor& self, IntView size, IntView stride) { return self.as_view(size, stride, self.offset()); }

void split_into(Context& ctx, const Tensor& self, int64_t size, int64_t dim, Tensors out) {
  write_results(ctx, "split_copy_Tensor_out()", out, Copied<&split>::of(ctx, self, size, dim), false);
}
void split_sizes_into(Context& ctx, const Tensor& self, IntView sizes, int64_t dim, Tensors out) {
  write_results(ctx, "split_with_sizes_copy_out", out, Copied<&split_with_sizes>::of(ctx, self, sizes, dim), true);
}
void unbind_into(Context& ctx, const Tensor& self, int64_t dim, Tensors out) {
  write_results(ctx, "unbind_copy_int_out", out, Copied<&unbind>::of(ctx, self, dim), false);
}

#define COPY_NAMED(NAME, OUT, ARGUMENTS, FN)                                       \
  op("aten::" NAME "(" ARGUMENTS ") -> Tensor", TAPER_OP(Copied<&FN>::of), kPure), \
      op_out("aten::" OUT "(" ARGUMENTS ", *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(Copied<&FN>::of), kExactOut)
#define COPY(NAME, ARGUMENTS, FN) COPY_NAMED(NAME, NAME ".out", ARGUMENTS, FN)

constexpr OpDef kRows[] = {
    COPY("alias_copy", "Tensor self", itself),
    COPY("detach_copy", "Tensor self", itself),
    COPY("lift_fresh_copy", "Tensor self", itself),
    COPY("_conj_copy", "Tensor self", conj),
    COPY("_neg_view_copy", "Tensor self", negated),
    COPY("view_copy", "Tensor self, SymInt[] size", reshape),
    op("aten::_reshape_copy(Tensor self, SymInt[] size) -> Tensor", TAPER_OP(Copied<&reshape>::of), kPure),
    COPY_NAMED("view_copy.dtype", "view_copy.dtype_out", "Tensor self, ScalarType dtype", reinterpreted),
    COPY("_reshape_alias_copy", "Tensor self, SymInt[] size, SymInt[] stride", restrided),
    COPY("as_strided_copy", "Tensor self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None", as_strided),
    COPY("diagonal_copy", "Tensor self, int offset=0, int dim1=0, int dim2=1", diagonal),
    op("aten::expand_copy(Tensor self, SymInt[] size, *, bool implicit=False) -> Tensor", TAPER_OP(Copied<&expand>::of), kPure),
    op_out("aten::expand_copy.out(Tensor self, SymInt[] size, *, bool implicit=False, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(Copied<&expand>::of), kExactOut),
    COPY("permute_copy", "Tensor self, int[] dims", permute),
    COPY_NAMED("select_copy.int", "select_copy.int_out", "Tensor self, int dim, SymInt index", select),
    COPY_NAMED("slice_copy.Tensor", "slice_copy.Tensor_out", "Tensor self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1", slice),
    COPY("squeeze_copy", "Tensor self", squeeze),
    COPY_NAMED("squeeze_copy.dim", "squeeze_copy.dim_out", "Tensor self, int dim", squeeze_dim),
    COPY_NAMED("squeeze_copy.dims", "squeeze_copy.dims_out", "Tensor self, int[] dim", squeeze_dims),
    COPY("t_copy", "Tensor self", t),
    COPY_NAMED("transpose_copy.int", "transpose_copy.int_out", "Tensor self, int dim0, int dim1", transpose),
    COPY("unfold_copy", "Tensor self, int dimension, int size, int step", unfold),
    COPY("unsqueeze_copy", "Tensor self, int dim", unsqueeze),
    COPY("view_as_complex_copy", "Tensor self", as_complex),
    COPY("view_as_real_copy", "Tensor self", as_real),
    op("aten::split_copy.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]", TAPER_OP(Copied<&split>::of), kPure),
    op("aten::split_copy.Tensor_out(Tensor self, SymInt split_size, int dim=0, *, Tensor(a!)[] out) -> ()", TAPER_OP(split_into)),
    op("aten::split_with_sizes_copy(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]", TAPER_OP(Copied<&split_with_sizes>::of), kPure),
    op("aten::split_with_sizes_copy.out(Tensor self, SymInt[] split_sizes, int dim=0, *, Tensor(a!)[] out) -> ()", TAPER_OP(split_sizes_into)),
    op("aten::unbind_copy.int(Tensor self, int dim=0) -> Tensor[]", TAPER_OP(Copied<&unbind>::of), kPure),
    op("aten::unbind_copy.int_out(Tensor self, int dim=0, *, Tensor(a!)[] out) -> ()", TAPER_OP(unbind_into)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> view_copy_rows() { return aten::kRows; }
}  // namespace taper::impl
