"""Makes cases of whole architectures with random weights, to compare by hand: they are too large to be committed.

    pip install torch==2.13.0 timm transformers && pip install --no-deps torchvision==0.28.0 && pip install pillow
    python zoo_models.py OUT [NAME...]
    taper verify --suite OUT

torchvision's detectors and segmenters scripted, audio models and timm's classifiers traced. One call each; the
tolerance is that of deep float networks, 1e-3 relative and 1e-4 and a hundred-thousandth of the largest value absolute. Where torchvision's compiled operators do not load beside a
CPU build of torch, those that the detectors call are defined here in Python.
"""

import argparse
import pathlib
import sys
import warnings
from typing import Any, Callable, Dict, List, Tuple

import torch
from torch import Tensor, nn

warnings.simplefilter("ignore")
torch.set_num_threads(1)


ROIS = "Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width"
BACK = "Tensor grad, Tensor rois, {}float spatial_scale, SymInt pooled_height, SymInt pooled_width, {}SymInt batch_size, SymInt channels, SymInt height, SymInt width"
DEFORM = ("Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt stride_w, SymInt pad_h, SymInt pad_w, "
          "SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask")
SCHEMAS = [
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "box_iou_rotated(Tensor boxes1, Tensor boxes2) -> Tensor",
    f"roi_align({ROIS}, int sampling_ratio, bool aligned) -> Tensor",
    f"roi_pool({ROIS}) -> (Tensor, Tensor)",
    f"ps_roi_align({ROIS}, int sampling_ratio) -> (Tensor, Tensor)",
    f"ps_roi_pool({ROIS}) -> (Tensor, Tensor)",
    f"deform_conv2d({DEFORM}) -> Tensor",
    f"_deform_conv2d_backward(Tensor grad, {DEFORM}) -> (Tensor, Tensor, Tensor, Tensor, Tensor)",
    f"_roi_align_backward({BACK.format('', '')}, int sampling_ratio, bool aligned) -> Tensor",
    f"_roi_pool_backward({BACK.format('Tensor argmax, ', '')}) -> Tensor",
    f"_ps_roi_align_backward({BACK.format('Tensor channel_mapping, ', 'int sampling_ratio, ')}) -> Tensor",
    f"_ps_roi_pool_backward({BACK.format('Tensor channel_mapping, ', '')}) -> Tensor",
]
LIBRARY = torch.library.Library("torchvision", "FRAGMENT")


def nms(boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
    """Keeps boxes by falling score that no kept box overlaps by more than the threshold."""
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    order, kept = torch.sort(scores, stable=True, descending=True)[1], []
    while order.numel() > 0:
        best, order = order[0], order[1:]
        kept.append(best)
        size = (torch.minimum(boxes[best, 2:], boxes[order, 2:]) - torch.maximum(boxes[best, :2], boxes[order, :2])).clamp(min=0)
        shared = size[:, 0] * size[:, 1]
        order = order[~(shared / (area[best] + area[order] - shared) > threshold)]
    return torch.stack(kept) if kept else torch.empty(0, dtype=torch.int64)


def has_operators() -> bool:
    return True


def import_torchvision() -> None:
    try:
        import torchvision

        torch.ops.torchvision.nms
        return
    except (AttributeError, RuntimeError, ImportError):
        for name in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[name]
    for schema in SCHEMAS:
        LIBRARY.define(schema)
    import torchvision
    from torchvision.ops.roi_align import _roi_align

    torchvision.extension._has_ops = has_operators
    LIBRARY.impl("nms", nms, "CPU")
    LIBRARY.impl("roi_align", _roi_align, "CPU")


class Detector(nn.Module):
    """A scripted detector answers losses and detections: in eval mode the detections count."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> List[Dict[str, Tensor]]:
        return self.model([image])[1]


class First(nn.Module):
    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)[0]


def detector(name: str, **options: Any) -> Callable[[], Tuple[torch.jit.ScriptModule, List[Any]]]:
    def make():
        import torchvision.models.detection as detection

        model = getattr(detection, name)(weights=None, weights_backbone=None, **options).eval()
        if "ssd" in name:  # its own start makes all scores equal, and then any order of boxes is right
            for module in model.modules():
                if isinstance(module, nn.Conv2d):
                    nn.init.kaiming_normal_(module.weight)
        return torch.jit.script(Detector(model)), [torch.rand(3, 160, 200)]

    return make


def segmenter(name: str):
    def make():
        import torchvision.models.segmentation as segmentation

        model = getattr(segmentation, name)(weights=None, weights_backbone=None).eval()
        return torch.jit.script(model), [torch.randn(1, 3, 96, 128)]

    return make


def audio(name: str, **options: Any):
    def make():
        import transformers

        config = getattr(transformers, name + "Config")(torchscript=True, num_hidden_layers=3, **options)
        model = First(getattr(transformers, name + "Model")(config).eval())
        x = torch.randn(1, 8000)
        return torch.jit.trace(model, (x,), check_trace=False), [x]

    return make


def classifier(name: str, size: int = 224):
    def make():
        import timm

        model = timm.create_model(name, pretrained=False).eval()
        x = torch.randn(1, 3, size, size)
        return torch.jit.trace(model, (x,), check_trace=False), [x]

    return make


MODELS = {
    "fasterrcnn_mobilenet": detector("fasterrcnn_mobilenet_v3_large_320_fpn"),
    "fasterrcnn_resnet50": detector("fasterrcnn_resnet50_fpn"),
    "maskrcnn_resnet50": detector("maskrcnn_resnet50_fpn"),
    "retinanet_resnet50": detector("retinanet_resnet50_fpn"),
    "keypointrcnn_resnet50": detector("keypointrcnn_resnet50_fpn"),
    "ssdlite_mobilenet": detector("ssdlite320_mobilenet_v3_large"),
    "deeplabv3_mobilenet": segmenter("deeplabv3_mobilenet_v3_large"),
    "deeplabv3_resnet50": segmenter("deeplabv3_resnet50"),
    "wav2vec2": audio("Wav2Vec2"),
    "wav2vec2_conformer": audio("Wav2Vec2Conformer", position_embeddings_type="relative"),
    "hubert": audio("Hubert"),
    **{"timm_" + name.replace(".", "_"): classifier(name, size) for name, size in [
        ("resnet26d", 128), ("efficientnetv2_rw_t", 128), ("mobilenetv4_conv_small", 128), ("convnextv2_atto", 128), ("deit_tiny_patch16_224", 224),
        ("swin_tiny_patch4_window7_224", 224), ("mixer_s32_224", 224), ("levit_128s", 224), ("regnetx_002", 128), ("xcit_nano_12_p16_224", 224),
        ("coat_tiny", 224), ("poolformer_s12", 128), ("edgenext_xx_small", 128), ("mobilevit_xxs", 128), ("ghostnet_100", 128), ("dla34", 128)]},
}


def largest(value: Any) -> float:
    if isinstance(value, Tensor):
        return float(value.abs().max()) if value.is_floating_point() and value.numel() > 0 else 0.0
    items = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else []
    return max([0.0] + [largest(item) for item in items])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("names", nargs="*", help="default: " + " ".join(MODELS))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    import_torchvision()
    for name in args.names or MODELS:
        folder = args.out / name
        torch.manual_seed(0)
        try:
            with torch.no_grad():
                model, inputs = MODELS[name]()
                folder.mkdir(exist_ok=True)
                model.save(str(folder / "model.pt"))
                expected = torch.jit.load(str(folder / "model.pt"))(*inputs)
        except Exception as why:  # a package that lacks the model: the others still count
            print(f"{name}: {str(why).strip().splitlines()[-1] if str(why).strip() else type(why).__name__}", flush=True)
            continue
        expected = dict(expected) if isinstance(expected, dict) else expected
        torch.save([{"method": "forward", "args": inputs, "kwargs": {}, "expected": expected, "rtol": 1e-3,
                     "atol": 1e-4 + 1e-5 * largest(expected), "error": None}],
                   folder / "calls.pt")
        print(f"{name}: {(folder / 'model.pt').stat().st_size / 1e6:.1f} MB", flush=True)
    made = sorted(path.parent.name for path in args.out.glob("*/calls.pt"))
    (args.out / "index.tsv").write_text("".join(f"{name}\ttests/oracle/zoo_models.py\twhole\n" for name in made))


if __name__ == "__main__":
    main()
