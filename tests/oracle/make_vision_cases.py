"""Makes the conformance cases in tests/cases that need torchvision's operators:

    pip install torch==2.13.0 torchvision==0.28.0
    PYTHONHASHSEED=0 python make_vision_cases.py

They are recorded like those of make_cases.py, which keeps them.
"""

from typing import List, Tuple

import torch
from torch import Tensor, nn
from torchvision import ops

from make_cases import ramp, write_cases
from record import Call


class Detection(nn.Module):
    """What the heads of detectors call: boxes are rows (x1, y1, x2, y2), regions have the image's index in front."""

    def __init__(self) -> None:
        super().__init__()
        self.deform = ops.DeformConv2d(4, 2, 3, padding=1)

    def forward(self, boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
        return ops.nms(boxes, scores, threshold)

    @torch.jit.export
    def batched(self, boxes: Tensor, scores: Tensor, labels: Tensor) -> Tensor:
        return ops.batched_nms(boxes, scores, labels, 0.4)

    @torch.jit.export
    def pool(self, x: Tensor, regions: Tensor, boxes: List[Tensor], ratio: int) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        return (ops.roi_align(x, regions, [3, 2], 0.5, ratio, True), ops.roi_align(x, boxes, 2, 1.0, ratio, False), ops.roi_pool(x, regions, [2, 3], 0.5),
                ops.ps_roi_align(x, regions, 2, 0.5, ratio), ops.ps_roi_pool(x, regions, 2, 0.5))

    @torch.jit.export
    def places(self, x: Tensor, regions: Tensor) -> Tuple[Tensor, Tensor]:
        return torch.ops.torchvision.roi_pool(x, regions, 1.0, 2, 2)[1], torch.ops.torchvision.ps_roi_pool(x, regions, 1.0, 2, 2)[1]

    @torch.jit.export
    def convolve(self, x: Tensor, offset: Tensor, mask: Tensor) -> Tuple[Tensor, Tensor]:
        return self.deform(x, offset), self.deform(x, offset, mask)


def cases():
    boxes = torch.tensor([[0, 0, 4, 4], [1, 0, 5, 4], [0, 0, 4, 4], [10, 10, 12, 13], [10, 10, 12, 12.5], [3, 3, 3, 3]])
    scores = torch.tensor([0.5, 0.9, 0.5, 0.3, 0.8, 0.9])
    regions = torch.tensor([[1, 0.5, 1, 9, 7.5], [0, 2, 2, 2.5, 2.5], [1, -3, -3, 20, 20], [0, 11.5, 3, 12, 6]])
    calls = [Call(boxes, scores, threshold) for threshold in (0.0, 0.5, 0.7, 1.0)] + [Call(boxes[:0], scores[:0], 0.5), Call(boxes.double(), scores.double(), 0.5)]
    calls.append(Call(boxes[0], scores, 0.5, error="boxes should be a 2d tensor, got 1D"))
    calls.append(Call(boxes.half(), scores.half(), 0.5, error="\"nms_kernel\" not implemented for 'Half'"))
    calls.append(Call(boxes, scores, torch.tensor([0, 1, 0, 1, 0, 1]), method="batched"))
    for dtype in (torch.float32, torch.float64, torch.float16):
        x = ramp(2, 4, 6, 7, dtype=dtype)
        lists = [boxes[:2].to(dtype), boxes[:0].to(dtype)]
        calls += [Call(x, regions.to(dtype), lists, ratio, method="pool") for ratio in (-1, 1, 2)]
        calls.append(Call(x.to(memory_format=torch.channels_last), regions[:0].to(dtype), lists, 2, method="pool"))
        calls.append(Call(x, regions.to(dtype), method="places"))
    calls += [Call(ramp(2, 4, 5, 6), ramp(2, 18, 5, 6), ramp(2, 9, 5, 6), method="convolve"),
              Call(ramp(2, 4, 5, 6), ramp(2, 17, 5, 6), ramp(2, 9, 5, 6), method="convolve", error="")]
    return {"detection": (Detection(), calls)}


if __name__ == "__main__":
    write_cases("tests/oracle/make_vision_cases.py", cases())
