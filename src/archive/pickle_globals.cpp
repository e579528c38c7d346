#include "archive/pickle_globals.h"

namespace taper::impl {
namespace {

struct Row {
  std::string_view module, name;
  GlobalKind kind;
  int64_t number = 0;
};

using K = GlobalKind;
constexpr Row kRows[] = {
    {"torch._utils", "_rebuild_tensor_v2", K::kRebuildTensorV2},
    {"torch._utils", "_rebuild_tensor_v3", K::kRebuildTensorV3},
    {"torch._utils", "_rebuild_tensor", K::kRebuildTensor},
    {"torch._utils", "_rebuild_parameter", K::kRebuildParameter},
    {"torch._utils", "_rebuild_parameter_with_state", K::kRebuildParameter},
    {"torch._tensor", "_rebuild_from_type_v2", K::kRebuildFromType},
    {"torch._utils", "_rebuild_qtensor", K::kRebuildQTensor},
    {"torch._utils", "_rebuild_sparse_tensor", K::kRebuildOther},
    {"torch._utils", "_rebuild_sparse_csr_tensor", K::kRebuildOther},
    {"torch._utils", "_rebuild_nested_tensor", K::kRebuildOther},
    {"torch._utils", "_rebuild_meta_tensor_no_storage", K::kRebuildOther},
    {"torch.jit._pickle", "restore_type_tag", K::kRestoreTypeTag},
    {"torch.jit._pickle", "build_intlist", K::kBuildIntList},
    {"torch.jit._pickle", "build_doublelist", K::kBuildDoubleList},
    {"torch.jit._pickle", "build_boollist", K::kBuildBoolList},
    {"torch.jit._pickle", "build_tensorlist", K::kBuildTensorList},
    {"torch.jit._pickle", "build_tensor_from_id", K::kBuildTensorFromId},
    {"__main__", "IntList", K::kIntListClass},
    {"collections", "OrderedDict", K::kOrderedDict},
    {"collections", "defaultdict", K::kDefaultDict},
    {"collections", "Counter", K::kCounter},
    {"collections", "deque", K::kDeque},
    {"torch", "Size", K::kSize},
    {"torch", "device", K::kDevice},
    {"torch", "Tensor", K::kTensorType},
    {"torch.nn.parameter", "Parameter", K::kTensorType},
    {"torch.nn.parameter", "Buffer", K::kTensorType},
    {"torch.serialization", "_get_layout", K::kGetLayout},
    {"torch", "per_tensor_affine", K::kQScheme, int64_t(QScheme::kPerTensorAffine)},
    {"torch", "per_channel_affine", K::kQScheme, int64_t(QScheme::kPerChannelAffine)},
    {"torch", "per_tensor_symmetric", K::kQScheme, int64_t(QScheme::kPerTensorSymmetric)},
    {"torch", "per_channel_symmetric", K::kQScheme, int64_t(QScheme::kPerChannelSymmetric)},
    {"torch", "per_channel_affine_float_qparams", K::kQScheme, int64_t(QScheme::kPerChannelAffineFloatQParams)},
    {"torch.storage", "UntypedStorage", K::kStorageType, -1},
    {"torch", "UntypedStorage", K::kStorageType, -1},
    {"_codecs", "encode", K::kEncode},
    {"numpy", "dtype", K::kNumpyDType},
    {"numpy.core.multiarray", "scalar", K::kNumpyScalar},
    {"numpy._core.multiarray", "scalar", K::kNumpyScalar},
    {"numpy.core.multiarray", "_reconstruct", K::kNumpyArray},
    {"numpy._core.multiarray", "_reconstruct", K::kNumpyArray},
    {"numpy.core.numeric", "_frombuffer", K::kNumpyFromBuffer},
    {"numpy._core.numeric", "_frombuffer", K::kNumpyFromBuffer},
    {"numpy", "ndarray", K::kPlainType},
};

constexpr Row kBuiltins[] = {
    {"", "complex", K::kComplex},  {"", "set", K::kSet},        {"", "frozenset", K::kSet},
    {"", "list", K::kPlainType},   {"", "dict", K::kPlainType}, {"", "int", K::kPlainType},
    {"", "float", K::kPlainType},  {"", "str", K::kPlainType},  {"", "bool", K::kPlainType},
    {"", "tuple", K::kPlainType},  {"", "long", K::kPlainType}, {"", "bytes", K::kEncode},
    {"", "bytearray", K::kEncode},
};

constexpr std::string_view kLayouts[] = {"strided", "sparse_coo", "sparse_csr", "_mkldnn"};

}  // namespace

int64_t layout_number(std::string_view name) noexcept {
  if (name.starts_with("torch.")) name.remove_prefix(6);
  for (size_t i = 0; i < std::size(kLayouts); ++i)
    if (kLayouts[i] == name) return int64_t(i);
  return -1;
}

Global find_global(std::string_view module, std::string_view name) noexcept {
  if (module == "__torch__" || module.starts_with("__torch__.")) return {K::kScriptClass};
  if (module == "builtins" || module == "__builtin__")
    for (const Row& row : kBuiltins)
      if (row.name == name) return {row.kind};
  for (const Row& row : kRows)
    if (row.name == name && row.module == module) return {row.kind, row.number, row.kind == K::kStorageType};
  if (module == "torch" || module == "torch.cuda") {
    bool storage = name.ends_with("Storage");
    std::string_view type = storage ? name.substr(0, name.size() - 7) : name;
    for (int64_t number = 0; is_valid_dtype(number); ++number) {
      if (storage && scalar_type_name(DType(number)) == type) return {K::kStorageType, number};
      if (!storage && module == "torch" && dtype_name(DType(number)) == type) return {K::kDType, number};
    }
  }
  return {};
}

}  // namespace taper::impl
