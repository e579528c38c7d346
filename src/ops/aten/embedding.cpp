// Embedding tables, one-hot codes and dropout.
#include <algorithm>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/index.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

Tensor embedding(Context& ctx, const Tensor& weight, const Tensor& indices, int64_t, bool, bool) {
  check(weight.dim() == 2, "'weight' must be 2-D");
  check(indices.dtype() == DType::kLong || indices.dtype() == DType::kInt,
        "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
        "Long, Int; but got torch.",
        scalar_type_name(indices.dtype()), "Tensor instead (while checking arguments for embedding)");
  Dims sizes(indices.sizes());
  sizes.push_back(weight.size(1));
  Tensor flat = reshape(ctx, indices, Dims{-1});
  int64_t rows = weight.size(0);
  visit_integral(flat.dtype(), "embedding", [&](auto tag) {
    const auto* data = flat.data<decltype(tag)>();
    int64_t step = flat.stride(0);
    for (int64_t i = 0; i < flat.numel(); ++i)
      if (data[i * step] < 0 || int64_t(data[i * step]) >= rows) fail_runtime("index out of range in self");
  });
  return view(ctx, index_select(ctx, weight, 0, flat), sizes);
}

Tensor one_hot(Context& ctx, const Tensor& self, int64_t classes) {
  check(self.dtype() == DType::kLong, "one_hot is only applicable to index tensor of type LongTensor.");
  Tensor dense = contiguous(ctx, self);
  const auto* data = dense.data<int64_t>();
  int64_t n = dense.numel(), high = -1;
  if (n == 0) check(classes > 0, "Can not infer total number of classes from empty tensor.");
  for (int64_t i = 0; i < n; ++i) {
    check(data[i] >= 0, "Class values must be non-negative.");
    high = std::max(high, data[i]);
  }
  if (classes == -1) classes = high + 1;
  else check(n == 0 || classes > high, "Class values must be smaller than num_classes.");
  Dims sizes(self.sizes());
  sizes.push_back(classes);
  Tensor out = zeros(ctx, sizes, DType::kLong);
  auto* to = out.mutable_data<int64_t>();
  for (int64_t i = 0; i < n; ++i) to[i * classes + data[i]] = 1;
  return out;
}

constexpr OpDef kRows[] = {
    op("aten::embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor", TAPER_OP(embedding),
       kPure),
    op("aten::one_hot(Tensor self, int num_classes=-1) -> Tensor", TAPER_OP(one_hot), kPure | kDataDependent),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> embedding_rows() { return aten::kRows; }
}  // namespace taper::impl
