// torchvision's boxes: nms.
#include <algorithm>

#include "ops/aten/copy.h"
#include "ops/aten/sort.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::torchvision {
namespace {

// Goes through the boxes from the highest score to the lowest, equal ones in the order given, and keeps those that no kept
// one overlaps by more than the threshold.
template <class T>
Tensor kept_boxes(Context& ctx, const Tensor& boxes_in, const Tensor& order_in, double threshold) {
  Tensor boxes = aten::contiguous(ctx, boxes_in), order_tensor = aten::contiguous(ctx, order_in);
  const T* box = boxes.data<T>();
  const int64_t* order = order_tensor.data<int64_t>();
  int64_t n = boxes.size(0);
  Vec<T> area(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) area[size_t(i)] = (box[4 * i + 2] - box[4 * i]) * (box[4 * i + 3] - box[4 * i + 1]);
  Vec<uint8_t> dropped(static_cast<size_t>(n), 0);
  Vec<int64_t> kept;
  for (int64_t at = 0; at < n; ++at) {
    int64_t i = order[at];
    if (dropped[size_t(i)]) continue;
    kept.push_back(i);
    ctx.spend((n - at) / 100 + 1);
    const T* a = box + 4 * i;
    for (int64_t later = at + 1; later < n; ++later) {
      int64_t j = order[later];
      if (dropped[size_t(j)]) continue;
      const T* b = box + 4 * j;
      T width = std::max(T(0), std::min(a[2], b[2]) - std::max(a[0], b[0]));
      T height = std::max(T(0), std::min(a[3], b[3]) - std::max(a[1], b[1]));
      T both = width * height;
      T overlap = both / (area[size_t(i)] + area[size_t(j)] - both);
      if (double(overlap) > threshold) dropped[size_t(j)] = 1;
    }
  }
  Tensor out = make_tensor({int64_t(kept.size())}, DType::kLong);
  std::copy(kept.begin(), kept.end(), out.mutable_data<int64_t>());
  return out;
}

Tensor nms(Context& ctx, const Tensor& boxes, const Tensor& scores, double threshold) {
  check(boxes.dim() == 2, "boxes should be a 2d tensor, got ", boxes.dim(), "D");
  check(boxes.size(1) == 4, "boxes should have 4 elements in dimension 1, got ", boxes.size(1));
  check(scores.dim() == 1, "scores should be a 1d tensor, got ", scores.dim(), "D");
  check(boxes.size(0) == scores.size(0), "boxes and scores should have same number of elements in dimension 0, got ", boxes.size(0), " and ", scores.size(0));
  check(boxes.dtype() == scores.dtype(), "dets should have the same type as scores");
  if (boxes.numel() == 0 && boxes.is_floating()) return make_tensor({int64_t(0)}, DType::kLong);
  return visit_float(boxes.dtype(), "nms_kernel",
                     [&](auto zero) { return kept_boxes<decltype(zero)>(ctx, boxes, std::get<1>(aten::sort(ctx, scores, 0, true)), threshold); });
}

// A build without CUDA.
int64_t cuda_version(Context&) { return -1; }

constexpr OpDef kRows[] = {
    op("torchvision::nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor", TAPER_OP(nms), kPure | kDataDependent),
    op("torchvision::_cuda_version() -> int _0", TAPER_OP(cuda_version), kPure),
};

}  // namespace
}  // namespace taper::impl::torchvision

namespace taper::impl {
std::span<const OpDef> boxes_rows() { return torchvision::kRows; }
}  // namespace taper::impl
