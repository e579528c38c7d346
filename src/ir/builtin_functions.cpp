#include "ir/builtin_functions.h"

#include <algorithm>
#include <iterator>

namespace taper::impl::ir {
namespace {

// Names in the builtin module, sorted.
constexpr std::string_view kBuiltinNames[] = {
    "aten::H",
    "aten::T",
    "aten::__contains__",
    "aten::_assert",
    "aten::_assert_int_or_pair",
    "aten::_pair",
    "aten::_quadruple",
    "aten::_single",
    "aten::_triple",
    "aten::add",
    "aten::device",
    "aten::div",
    "aten::eq",
    "aten::floordiv",
    "aten::frobenius_norm",
    "aten::ge",
    "aten::grid_sampler",
    "aten::gt",
    "aten::le",
    "aten::list_with_default",
    "aten::lt",
    "aten::mH",
    "aten::mT",
    "aten::mul",
    "aten::ndim",
    "aten::ne",
    "aten::shape",
    "aten::sub",
    "aten::type",
};
static_assert(std::is_sorted(std::begin(kBuiltinNames), std::end(kBuiltinNames)));

// A number on the left. Complex numbers have no order.
struct Mirrored {
  std::string_view name, body;
  bool complex;
};
constexpr Mirrored kMirrored[] = {
    {"mul", "torch.mul(b, a)", true},
    {"add", "torch.add(b, a)", true},
    {"sub", "torch.add(torch.neg(b), a)", true},
    {"div", "torch.mul(torch.reciprocal(b), a)", true},
    {"eq", "torch.eq(b, a)", true},
    {"ne", "torch.ne(b, a)", true},
    {"lt", "torch.gt(b, a)", false},
    {"le", "torch.ge(b, a)", false},
    {"gt", "torch.lt(b, a)", false},
    {"ge", "torch.le(b, a)", false},
};

constexpr std::string_view kFixed = R"(
def floordiv(self: Tensor, other: Tensor) -> Tensor:
  return torch.floor_divide(self, other)
def floordiv(self: Tensor, other: number) -> Tensor:
  return torch.floor_divide(self, other)
def ndim(a: Tensor) -> int:
  return torch.dim(a)
def shape(a: Tensor) -> List[int]:
  return torch.size(a)
def T(a: Tensor) -> Tensor:
  return torch.numpy_T(a)
def H(a: Tensor) -> Tensor:
  return torch.matrix_H(a)
def mT(a: Tensor) -> Tensor:
  return torch.mT(a)
def mH(a: Tensor) -> Tensor:
  return torch.mH(a)
def _assert_int_or_pair(vals: List[int], name: str, message: str) -> None:
  return None
def list_with_default(out_size: List[int], defaults: List[int]) -> List[int]:
  if torch.le(torch.len(defaults), torch.len(out_size)):
    ops.prim.RaiseException("AssertionError: ")
  return out_size
def _assert(condition: Tensor, message: str) -> None:
  if torch.__not__(bool(condition)):
    ops.prim.RaiseException(torch.add("AssertionError: ", message))
  return None
def _assert(condition: bool, message: str) -> None:
  if torch.__not__(condition):
    ops.prim.RaiseException(torch.add("AssertionError: ", message))
  return None
def device(type: str) -> Device:
  return torch.device(type)
def type(self: Tensor, dtype: int, non_blocking: bool=False, copy: bool=False) -> Tensor:
  return torch.to(self, dtype, non_blocking, copy)
def frobenius_norm(self: Tensor) -> Tensor:
  return torch.frobenius_norm(self, annotate(List[int], []), False)
def grid_sampler(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int) -> Tensor:
  return torch.grid_sampler(input, grid, interpolation_mode, padding_mode, True)
def __contains__(self: str, key: str) -> bool:
  return torch.ne(torch.find(self, key, 0, torch.len(self)), -1)
)";

// What operators did in older archives. Values in between have no names: where the call was, they would say nothing. stft
// without return_complex answered real numbers, which PyTorch now refuses.
constexpr std::string_view kUpgraders = R"(
def div_Tensor(self: Tensor, other: Tensor) -> Tensor:
  if torch.is_floating_point(self):
    _0 = True
  else:
    _0 = torch.is_floating_point(other)
  if _0:
    _1 = torch.div(self, other)
  else:
    _1 = torch.div(self, other, rounding_mode="trunc")
  return _1
def div_Tensor_mode(self: Tensor, other: Tensor, rounding_mode: Optional[str]=None) -> Tensor:
  return torch.div(self, other, rounding_mode=rounding_mode)
def div_Scalar(self: Tensor, other: number) -> Tensor:
  if torch.is_floating_point(self):
    _0 = True
  else:
    _0 = isinstance(other, float)
  if _0:
    _1 = torch.div(self, other)
  else:
    _1 = torch.div(self, other, rounding_mode="trunc")
  return _1
def div_Scalar_mode(self: Tensor, other: number, rounding_mode: Optional[str]=None) -> Tensor:
  return torch.div(self, other, rounding_mode=rounding_mode)
def div_out(self: Tensor, other: Tensor, out: Tensor) -> Tensor:
  if torch.is_floating_point(self):
    _0 = True
  else:
    _0 = torch.is_floating_point(other)
  if _0:
    _1 = True
  else:
    _1 = torch.is_floating_point(out)
  if _1:
    _2 = torch.div(self, other, out=out)
  else:
    _2 = torch.div(self, other, rounding_mode="trunc", out=out)
  return _2
def div_out_mode(self: Tensor, other: Tensor, rounding_mode: Optional[str], out: Tensor) -> Tensor:
  return torch.div(self, other, rounding_mode=rounding_mode, out=out)
def div__Tensor(self: Tensor, other: Tensor) -> Tensor:
  if torch.is_floating_point(self):
    _0 = True
  else:
    _0 = torch.is_floating_point(other)
  if _0:
    _1 = torch.div_(self, other)
  else:
    _1 = torch.div_(self, other, rounding_mode="trunc")
  return _1
def div__Tensor_mode(self: Tensor, other: Tensor, rounding_mode: Optional[str]=None) -> Tensor:
  return torch.div_(self, other, rounding_mode=rounding_mode)
def div__Scalar(self: Tensor, other: number) -> Tensor:
  if torch.is_floating_point(self):
    _0 = True
  else:
    _0 = isinstance(other, float)
  if _0:
    _1 = torch.div_(self, other)
  else:
    _1 = torch.div_(self, other, rounding_mode="trunc")
  return _1
def div__Scalar_mode(self: Tensor, other: number, rounding_mode: Optional[str]=None) -> Tensor:
  return torch.div_(self, other, rounding_mode=rounding_mode)
def full(size: List[int], fill_value: number, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
  if torch.__is__(dtype, None):
    _1 = torch.full(size, float(fill_value), dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
  else:
    _1 = torch.full(size, fill_value, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
  return _1
def full_out(size: List[int], fill_value: number, out: Tensor) -> Tensor:
  return torch.full(size, fill_value, out=out)
def linspace(start: number, end: number, steps: Optional[int]=None, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
  if torch.__is__(steps, None):
    _0 = 100
  else:
    _0 = unchecked_cast(int, steps)
  return torch.linspace(start, end, _0, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
def linspace_out(start: number, end: number, steps: Optional[int]=None, out: Tensor) -> Tensor:
  if torch.__is__(steps, None):
    _0 = 100
  else:
    _0 = unchecked_cast(int, steps)
  return torch.linspace(start, end, _0, out=out)
def logspace(start: number, end: number, steps: Optional[int]=None, base: float=10.0, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
  if torch.__is__(steps, None):
    _0 = 100
  else:
    _0 = unchecked_cast(int, steps)
  return torch.logspace(start, end, _0, base, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
def logspace_out(start: number, end: number, steps: Optional[int]=None, base: float=10.0, out: Tensor) -> Tensor:
  if torch.__is__(steps, None):
    _0 = 100
  else:
    _0 = unchecked_cast(int, steps)
  return torch.logspace(start, end, _0, base, out=out)
def stft(self: Tensor, n_fft: int, hop_length: Optional[int]=None, win_length: Optional[int]=None, window: Optional[Tensor]=None, normalized: bool=False, onesided: Optional[bool]=None, return_complex: Optional[bool]=None) -> Tensor:
  if torch.__is__(return_complex, None):
    _0 = torch.is_complex(self)
  else:
    _0 = unchecked_cast(bool, return_complex)
  return torch.stft(self, n_fft, hop_length, win_length, window, normalized, onesided, _0)
def gelu(self: Tensor) -> Tensor:
  return torch.gelu(self, approximate="none")
def gelu_out(self: Tensor, out: Tensor) -> Tensor:
  return torch.gelu(self, approximate="none", out=out)
)";

constexpr UpgraderRow kUpgraderRows[] = {
    {"aten::div.Tensor", 4, "div_Tensor"},
    {"aten::div.Tensor_mode", 4, "div_Tensor_mode"},
    {"aten::div.Scalar", 4, "div_Scalar"},
    {"aten::div.Scalar_mode", 4, "div_Scalar_mode"},
    {"aten::div.out", 4, "div_out"},
    {"aten::div.out_mode", 4, "div_out_mode"},
    {"aten::div_.Tensor", 4, "div__Tensor"},
    {"aten::div_.Tensor_mode", 4, "div__Tensor_mode"},
    {"aten::div_.Scalar", 4, "div__Scalar"},
    {"aten::div_.Scalar_mode", 4, "div__Scalar_mode"},
    {"aten::full", 5, "full"},
    {"aten::full.out", 5, "full_out"},
    {"aten::stft", 3, "stft"},
    {"aten::linspace", 8, "linspace"},
    {"aten::linspace.out", 8, "linspace_out"},
    {"aten::logspace", 9, "logspace"},
    {"aten::logspace.out", 9, "logspace_out"},
    {"aten::gelu", 10, "gelu"},
    {"aten::gelu.out", 10, "gelu_out"},
};

struct AliasRow {
  std::string_view alias, name;
};
// Sorted by alias. Established by compiling a call of every operator and looking at the node that came out.
constexpr AliasRow kAliases[] = {
    {"absolute", "abs"},
    {"absolute_", "abs_"},
    {"adjoint", "mH"},
    {"arccos", "acos"},
    {"arccos_", "acos_"},
    {"arccosh", "acosh"},
    {"arccosh_", "acosh_"},
    {"arcsin", "asin"},
    {"arcsin_", "asin_"},
    {"arcsinh", "asinh"},
    {"arcsinh_", "asinh_"},
    {"arctan", "atan"},
    {"arctan2", "atan2"},
    {"arctan2_", "atan2_"},
    {"arctan_", "atan_"},
    {"arctanh", "atanh"},
    {"arctanh_", "atanh_"},
    {"clip", "clamp"},
    {"clip_", "clamp_"},
    {"concat", "cat"},
    {"concatenate", "cat"},
    {"det", "linalg_det"},
    {"divide", "div"},
    {"divide_", "div_"},
    {"fix", "trunc"},
    {"fix_", "trunc_"},
    {"ger", "outer"},
    {"greater", "gt"},
    {"greater_", "gt_"},
    {"greater_equal", "ge"},
    {"greater_equal_", "ge_"},
    {"inverse", "linalg_inv"},
    {"less", "lt"},
    {"less_", "lt_"},
    {"less_equal", "le"},
    {"less_equal_", "le_"},
    {"linalg_matmul", "matmul"},
    {"matrix_exp", "linalg_matrix_exp"},
    {"matrix_power", "linalg_matrix_power"},
    {"moveaxis", "movedim"},
    {"multiply", "mul"},
    {"multiply_", "mul_"},
    {"negative", "neg"},
    {"negative_", "neg_"},
    {"not_equal", "ne"},
    {"not_equal_", "ne_"},
    {"orgqr", "linalg_householder_product"},
    {"row_stack", "vstack"},
    {"special_digamma", "digamma"},
    {"special_erf", "erf"},
    {"special_erfc", "erfc"},
    {"special_erfinv", "erfinv"},
    {"special_exp2", "exp2"},
    {"special_expit", "sigmoid"},
    {"special_expm1", "expm1"},
    {"special_gammainc", "igamma"},
    {"special_gammaincc", "igammac"},
    {"special_gammaln", "lgamma"},
    {"special_i0", "i0"},
    {"special_log1p", "log1p"},
    {"special_log_softmax", "log_softmax"},
    {"special_logit", "logit"},
    {"special_logsumexp", "logsumexp"},
    {"special_multigammaln", "mvlgamma"},
    {"special_polygamma", "polygamma"},
    {"special_psi", "digamma"},
    {"special_round", "round"},
    {"special_sinc", "sinc"},
    {"special_softmax", "softmax"},
    {"special_xlogy", "xlogy"},
    {"subtract", "sub"},
    {"subtract_", "sub_"},
    {"swapaxes", "transpose"},
    {"swapaxes_", "transpose_"},
    {"swapdims", "transpose"},
    {"swapdims_", "transpose_"},
    {"true_divide", "div"},
    {"true_divide_", "div_"},
};
static_assert(std::is_sorted(std::begin(kAliases), std::end(kAliases),
                             [](const AliasRow& a, const AliasRow& b) { return a.alias < b.alias; }));

}  // namespace

bool has_builtin_functions(std::string_view name) noexcept {
  return std::binary_search(std::begin(kBuiltinNames), std::end(kBuiltinNames), name);
}

std::string builtin_source() {
  std::string text;
  for (std::string_view number : {"float", "int", "complex"}) {
    for (const Mirrored& row : kMirrored) {
      if (!row.complex && number == "complex") continue;
      text.append("def ").append(row.name).append("(a: ").append(number).append(", b: Tensor) -> Tensor:\n  return ");
      text.append(row.body).append("\n");
    }
  }
  constexpr std::string_view kTuples[] = {"_single", "_pair", "_triple", "_quadruple"};
  for (size_t i = 0; i < std::size(kTuples); ++i) {
    for (std::string_view number : {"float", "int"}) {
      text.append("def ").append(kTuples[i]).append("(x: BroadcastingList").append(1, char('1' + i)).append("[");
      text.append(number).append("]) -> List[").append(number).append("]:\n  return x\n");
    }
  }
  text.append(kFixed.substr(1));
  return text;
}

std::string upgrader_source() { return std::string(kUpgraders.substr(1)); }

const UpgraderRow* find_upgrader(std::string_view op, std::string_view overload, int64_t version) noexcept {
  if (version >= 10) return nullptr;
  for (const UpgraderRow& row : kUpgraderRows) {
    if (version >= row.below || !row.op.starts_with(op)) continue;
    std::string_view rest = row.op.substr(op.size());
    if (rest.empty() ? overload.empty() : rest[0] == '.' && rest.substr(1) == overload) return &row;
  }
  return nullptr;
}

std::string_view canonical_name(std::string_view name) noexcept {
  constexpr std::string_view kAten = "aten::";
  if (!name.starts_with(kAten)) return {};
  name.remove_prefix(kAten.size());
  auto found = std::lower_bound(std::begin(kAliases), std::end(kAliases), name,
                                [](const AliasRow& row, std::string_view wanted) { return row.alias < wanted; });
  return found == std::end(kAliases) || found->alias != name ? std::string_view() : found->name;
}

}  // namespace taper::impl::ir
