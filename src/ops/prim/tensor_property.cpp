// What a script can ask of a tensor without computing: sizes, strides, dtype, flags; and its only element as a number.
#include "core/boxing.h"
#include "ops/families.h"
#include "ops/prim/ordering.h"

namespace taper::impl {
namespace {

Dims size(Context&, const Tensor& self) { return Dims(self.sizes()); }
int64_t size_of(Context&, const Tensor& self, int64_t dim) {
  check(self.dim() > 0, "Dimension specified as ", dim, " but tensor has no dimensions");
  return self.size(dim);
}
Dims stride(Context&, const Tensor& self) { return Dims(self.strides()); }
int64_t stride_of(Context&, const Tensor& self, int64_t dim) {
  check(self.dim() > 0, "Dimension specified as ", dim, " but tensor has no dimensions");
  return self.stride(dim);
}
int64_t dim(Context&, const Tensor& self) { return self.dim(); }
int64_t numel(Context&, const Tensor& self) { return self.numel(); }
int64_t storage_offset(Context&, const Tensor& self) { return self.offset(); }
int64_t element_size(Context&, const Tensor& self) { return int64_t(self.item_size()); }
int64_t nbytes(Context&, const Tensor& self) { return self.numel() * int64_t(self.item_size()); }
int64_t length(Context&, const Tensor& self) {
  check(self.dim() > 0, "len() of a 0-d tensor");
  return self.size(0);
}
int64_t version(Context&, const Tensor& self) { return int64_t(self.storage().version()); }
int64_t output_nr(Context&, const Tensor&) { return 0; }
int64_t get_device(Context&, const Tensor& self) { return self.device().index; }

int64_t dtype(Context&, const Tensor& self) { return int64_t(self.dtype()); }
int64_t layout(Context&, const Tensor& self) { return int64_t(self.impl()->layout); }
Device device(Context&, const Tensor& self) { return self.device(); }

bool is_floating_point(Context&, const Tensor& self) { return self.is_floating(); }
bool is_complex_tensor(Context&, const Tensor& self) { return self.is_complex(); }
bool is_signed_tensor(Context&, const Tensor& self) { return is_signed(self.dtype()); }
bool is_quantized_tensor(Context&, const Tensor& self) { return is_quantized(self.dtype()); }
bool is_conj(Context&, const Tensor& self) { return self.is_conj(); }
bool is_neg(Context&, const Tensor& self) { return self.is_neg(); }
bool is_contiguous(Context&, const Tensor& self) { return self.is_contiguous(); }
bool is_contiguous_in(Context&, const Tensor& self, int64_t format) {
  check(format >= 0 && format <= 3, "unknown memory format ", format);
  return self.is_contiguous(MemoryFormat(format));
}
bool is_same_size(Context&, const Tensor& self, const Tensor& other) { return same(self.sizes(), other.sizes()); }
bool is_sparse(Context&, const Tensor& self) { return self.impl()->layout == Layout::kSparse; }
bool is_sparse_csr(Context&, const Tensor& self) { return self.impl()->layout == Layout::kSparseCsr; }
bool is_mkldnn(Context&, const Tensor& self) { return self.impl()->layout == Layout::kMkldnn; }
template <DeviceType Type>
bool is_on(Context&, const Tensor& self) {
  return self.device().type == Type;
}
bool is_nested(Context&, const Tensor& self) { return self.impl()->layout == Layout::kNested; }
bool always_false(Context&, const Tensor&) { return false; }
bool always_true(Context&, const Tensor&) { return true; }
bool is_pinned(Context&, const Tensor&, std::optional<Device>) { return false; }
bool requires_grad(Context&, const Tensor& self) { return self.impl()->requires_grad; }
Tensor set_requires_grad(Context&, const Tensor& self, bool on) {
  check(!on || self.is_floating() || self.is_complex(), "only Tensors of floating point and complex dtype can require gradients");
  self.impl()->requires_grad = on;
  return self;
}
bool is_leaf(Context&, const Tensor& self) { return !self.impl()->requires_grad || !self.impl()->meta; }
Value name(Context&, const Tensor&) { return Value(); }
Value grad(Context&, const Tensor&) { return Value(); }

Scalar element(const Tensor& self) {
  check(self.numel() == 1, "a Tensor with ", self.numel(), " elements cannot be converted to Scalar");
  return single_element(self);
}
Scalar item(Context&, const Tensor& self) { return element(self); }
bool to_bool(Context&, const Tensor& self) { return single_element(self).to_bool(); }
int64_t to_int(Context&, const Tensor& self) { return element(self).to_int(); }
double to_float(Context&, const Tensor& self) { return element(self).to_double(); }
std::complex<double> complex_of(Context&, const Tensor& real, const Tensor& imaginary) { return {element(real).to_double(), element(imaginary).to_double()}; }
std::complex<double> complex_with(Context&, const Tensor& real, const Scalar& imaginary) { return {element(real).to_double(), imaginary.to_double()}; }
std::complex<double> complex_with_bool(Context& ctx, const Tensor& real, bool imaginary) { return complex_with(ctx, real, Scalar(imaginary)); }
std::complex<double> complex_with_float(Context& ctx, const Tensor& real, double imaginary) { return complex_with(ctx, real, Scalar(imaginary)); }
std::complex<double> complex_with_int(Context& ctx, const Tensor& real, int64_t imaginary) { return complex_with(ctx, real, Scalar(imaginary)); }

// An implicit conversion, where a script passes a tensor for a number.
void check_implicit(const Tensor& self, std::string_view what) {
  check(!self.impl()->requires_grad, "Cannot input a tensor that requires grad as a scalar argument");
  check(self.dim() == 0, "Cannot input a tensor of dimension other than 0 as a scalar argument");
  if (what == "int") check(is_integral_or_bool(self.dtype()), "Cannot input a tensor of type ", scalar_type_name(self.dtype()), " as an integral argument");
}
int64_t int_implicit(Context&, const Tensor& self) {
  check_implicit(self, "int");
  return element(self).to_int();
}
double float_implicit(Context&, const Tensor& self) {
  check_implicit(self, "float");
  check(!self.is_complex(), "Cannot input a complex tensor as a float argument");
  return element(self).to_double();
}
std::complex<double> complex_implicit(Context&, const Tensor& self) {
  check_implicit(self, "complex");
  return element(self).to_complex();
}
Scalar scalar_implicit(Context&, const Tensor& self) {
  check_implicit(self, "Scalar");
  return element(self);
}

// x.tolist() for the nesting and element type that the annotation says.
void tolist(const OpDef&, Context& ctx, Arguments a, Value* out) {
  check(a.count == 3, "prim::tolist takes a tensor, the list's depth and the element type");
  const Tensor self = a[0].to_tensor();
  int64_t depth = a[1].to_int(), kind = a[2].to_int();
  check(depth == self.dim(), "Output annotation list dimension and runtime tensor dimension must match for tolist()");
  check(!self.is_conj() && !self.is_neg(), "tolist() of a lazily conjugated tensor");
  TypePtr element_type = kind == 0 ? int_type() : kind == 1 ? float_type() : kind == 2 ? simple_type(TypeKind::kComplex) : bool_type();
  bool fits = kind == 0 ? is_integral(self.dtype()) : kind == 1 ? self.is_floating() : kind == 2 ? self.is_complex() : self.dtype() == DType::kBool;
  constexpr DType kKinds[] = {DType::kLong, DType::kFloat, DType::kComplexFloat};
  check(fits, "Output annotation element type and runtime tensor element type must match for tolist(): ",
        scalar_type_name(kind >= 0 && kind < 3 ? kKinds[kind] : DType::kBool), " vs ", scalar_type_name(self.dtype()));
  if (depth == 0) {
    *out = single_element(self).to_value();
    return;
  }
  auto build = [&](auto&& again, int64_t level, int64_t offset) -> Value {
    TypePtr inner = element_type;
    for (int64_t i = level + 1; i < depth; ++i) inner = list_of(inner);
    auto list = make_ref<ListObj>(inner);
    for (int64_t i = 0; i < self.size(level); ++i) {
      int64_t at = offset + i * self.stride(level);
      if (level + 1 == depth) list->items.push_back(single_element(self.as_view({}, {}, at)).to_value());
      else list->items.push_back(again(again, level + 1, at));
    }
    ctx.spend(self.size(level));
    return Value(std::move(list));
  };
  *out = build(build, 0, self.offset());
}

constexpr OpDef kRows[] = {
    op("aten::size(Tensor self) -> int[]", TAPER_OP(size)),
    op("aten::size.int(Tensor self, int dim) -> int", TAPER_OP(size_of)),
    op("aten::sym_size(Tensor self) -> SymInt[]", TAPER_OP(size)),
    op("aten::sym_size.int(Tensor self, int dim) -> SymInt", TAPER_OP(size_of)),
    op("aten::stride(Tensor self) -> int[]", TAPER_OP(stride)),
    op("aten::stride.int(Tensor self, int dim) -> int", TAPER_OP(stride_of)),
    op("aten::sym_stride(Tensor self) -> SymInt[]", TAPER_OP(stride)),
    op("aten::sym_stride.int(Tensor self, int dim) -> SymInt", TAPER_OP(stride_of)),
    op("aten::dim(Tensor self) -> int", TAPER_OP(dim), kTakesNested),
    op("aten::numel(Tensor self) -> int", TAPER_OP(numel)),
    op("aten::sym_numel(Tensor self) -> SymInt", TAPER_OP(numel)),
    op("aten::storage_offset(Tensor self) -> int", TAPER_OP(storage_offset)),
    op("aten::sym_storage_offset(Tensor self) -> SymInt", TAPER_OP(storage_offset)),
    op("aten::element_size(Tensor self) -> int", TAPER_OP(element_size)),
    op("prim::itemsize(Tensor a) -> int", TAPER_OP(element_size)),
    op("prim::nbytes(Tensor a) -> int", TAPER_OP(nbytes)),
    op("aten::len.Tensor(Tensor t) -> int", TAPER_OP(length)),
    op("aten::_version(Tensor self) -> int", TAPER_OP(version)),
    op("aten::output_nr(Tensor self) -> int", TAPER_OP(output_nr)),
    op("aten::get_device(Tensor self) -> int", TAPER_OP(get_device)),
    op("prim::dtype(Tensor a) -> int", TAPER_OP(dtype), kTakesNested),
    op("prim::layout(Tensor a) -> Layout", TAPER_OP(layout)),
    op("prim::device(Tensor a) -> Device", TAPER_OP(device), kTakesNested),
    op("prim::name(Tensor a) -> str?", TAPER_OP(name)),
    op("prim::grad(Tensor a) -> Tensor(*)", TAPER_OP(grad)),
    op("prim::requires_grad(Tensor a) -> bool", TAPER_OP(requires_grad), kTakesNested),
    op("aten::requires_grad_(Tensor(a!) self, bool requires_grad=True) -> Tensor(a!)", TAPER_OP(set_requires_grad)),
    op("aten::is_leaf(Tensor self) -> bool", TAPER_OP(is_leaf)),
    op("aten::is_floating_point(Tensor self) -> bool", TAPER_OP(is_floating_point)),
    op("aten::is_complex(Tensor self) -> bool", TAPER_OP(is_complex_tensor)),
    op("aten::is_signed(Tensor self) -> bool", TAPER_OP(is_signed_tensor)),
    op("aten::is_conj(Tensor self) -> bool", TAPER_OP(is_conj)),
    op("aten::is_neg(Tensor self) -> bool", TAPER_OP(is_neg)),
    op("aten::is_contiguous(Tensor self) -> bool", TAPER_OP(is_contiguous)),
    op("aten::is_contiguous.memory_format(Tensor self, MemoryFormat memory_format) -> bool", TAPER_OP(is_contiguous_in)),
    op("aten::is_same_size(Tensor self, Tensor other) -> bool", TAPER_OP(is_same_size)),
    op("aten::is_nonzero(Tensor self) -> bool", TAPER_OP(to_bool)),
    op("aten::is_pinned(Tensor self, Device? device=None) -> bool", TAPER_OP(is_pinned)),
    op("aten::is_inference(Tensor self) -> bool", TAPER_OP(always_true)),
    op("aten::is_distributed(Tensor self) -> bool", TAPER_OP(always_false)),
    op("aten::_is_zerotensor(Tensor self) -> bool", TAPER_OP(always_false)),
    op("prim::is_cpu(Tensor a) -> bool", TAPER_OP(is_on<DeviceType::kCpu>)),
    op("prim::is_cuda(Tensor a) -> bool", TAPER_OP(is_on<DeviceType::kCuda>)),
    op("prim::is_xla(Tensor a) -> bool", TAPER_OP(is_on<DeviceType::kXla>)),
    op("prim::is_xpu(Tensor a) -> bool", TAPER_OP(is_on<DeviceType::kXpu>)),
    op("prim::is_mps(Tensor a) -> bool", TAPER_OP(is_on<DeviceType::kMps>)),
    op("prim::is_vulkan(Tensor a) -> bool", TAPER_OP(is_on<DeviceType::kVulkan>)),
    op("prim::is_meta(Tensor a) -> bool", TAPER_OP(is_on<DeviceType::kMeta>)),
    op("prim::is_ipu(Tensor a) -> bool", TAPER_OP(always_false)),
    op("prim::is_maia(Tensor a) -> bool", TAPER_OP(always_false)),
    op("prim::is_mtia(Tensor a) -> bool", TAPER_OP(always_false)),
    op("prim::is_nested(Tensor a) -> bool", TAPER_OP(is_nested), kTakesNested),
    op("prim::is_sparse(Tensor a) -> bool", TAPER_OP(is_sparse)),
    op("prim::is_sparse_csr(Tensor a) -> bool", TAPER_OP(is_sparse_csr)),
    op("prim::is_mkldnn(Tensor a) -> bool", TAPER_OP(is_mkldnn)),
    op("prim::is_quantized(Tensor a) -> bool", TAPER_OP(is_quantized_tensor)),
    op("aten::item(Tensor self) -> Scalar", TAPER_OP(item)),
    op("aten::Bool.Tensor(Tensor a) -> bool", TAPER_OP(to_bool)),
    op("aten::Int.Tensor(Tensor a) -> int", TAPER_OP(to_int)),
    op("aten::Float.Tensor(Tensor a) -> float", TAPER_OP(to_float)),
    op("aten::Complex.Tensor_Tensor(Tensor a, Tensor b) -> complex", TAPER_OP(complex_of)),
    op("aten::Complex.Tensor_bool(Tensor x, bool y) -> complex", TAPER_OP(complex_with_bool)),
    op("aten::Complex.Tensor_float(Tensor x, float y) -> complex", TAPER_OP(complex_with_float)),
    op("aten::Complex.Tensor_int(Tensor x, int y) -> complex", TAPER_OP(complex_with_int)),
    op("aten::IntImplicit(Tensor a) -> int", TAPER_OP(int_implicit)),
    op("aten::FloatImplicit(Tensor a) -> float", TAPER_OP(float_implicit)),
    op("aten::ComplexImplicit(Tensor a) -> complex", TAPER_OP(complex_implicit)),
    op("aten::ScalarImplicit(Tensor a) -> Scalar", TAPER_OP(scalar_implicit)),
    op_boxed("prim::tolist(...) -> ...", tolist),
};

}  // namespace

std::span<const OpDef> tensor_property_rows() { return kRows; }

}  // namespace taper::impl
