// The closed table of globals that a pickle may name.
#pragma once

#include <string_view>

#include "core/dtype.h"
#include "core/quantizer.h"

namespace taper::impl {

enum class GlobalKind : uint8_t {
  kNone,         // not in the table
  kScriptClass,  // __torch__.*
  // Values by themselves.
  kDType,
  kQScheme,
  kLayout,
  // Types that stand as arguments only.
  kStorageType,
  kTensorType,  // torch.Tensor, torch.nn.Parameter
  kPlainType,   // list, dict, int...: a defaultdict's factory
  // Functions.
  kRebuildTensor,
  kRebuildTensorV2,
  kRebuildTensorV3,
  kRebuildParameter,
  kRebuildFromType,
  kRebuildQTensor,
  kRebuildOther,  // sparse and other tensors that stay RawObjects
  kOrderedDict,
  kDefaultDict,
  kCounter,
  kDeque,
  kSet,  // set and frozenset
  kSize,
  kDevice,
  kGetLayout,
  kComplex,
  kEncode,  // _codecs.encode, bytearray: how protocol 2 spells bytes
  kNumpyDType,
  kNumpyScalar,
  kNumpyArray,
  kNumpyFromBuffer,
  kIntListClass,  // __main__.IntList: how a PyTorch between 1.0 and 1.1 spelled build_intlist
  kBuildIntList,
  kBuildDoubleList,
  kBuildBoolList,
  kBuildTensorList,
  kBuildTensorFromId,
  kRestoreTypeTag,
};

struct Global {
  GlobalKind kind = GlobalKind::kNone;
  int64_t number = 0;    // the dtype, scheme or layout
  bool untyped = false;  // a storage type without a dtype
};

Global find_global(std::string_view module, std::string_view name) noexcept;

// "torch.strided" -> its number; -1: none.
int64_t layout_number(std::string_view name) noexcept;

}  // namespace taper::impl
