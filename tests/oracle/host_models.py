"""Writes tests/runtime/data/host.pt: a model that needs operators and a class of its host.

    python tests/oracle/host_models.py

The class stands in for torch.classes.host.Counter: PyTorch lets only C++ define such classes, so the archive is written with
one of PyTorch's own, whose name is replaced.
"""

import pathlib
import zipfile
from typing import List, Tuple

import torch
from torch import Tensor

import portable_sources  # noqa: F401

DATA = pathlib.Path(__file__).resolve().parents[1] / "runtime" / "data"
ORIGINAL = "__torch__.torch.classes.quantized.LinearPackedParamsBase"

library = torch.library.Library("host", "DEF")
library.define("scale(Tensor x, float by=2.0, str? note=None) -> Tensor")
library.define("pair(Tensor[] xs, int[2] n) -> (Tensor, int)")
library.define("same(Tensor x) -> Tensor")
library.define("fail(str why) -> int")
library.define("call_back() -> int")
library.define(f"count({ORIGINAL} counter, int by) -> int")
library.impl("scale", lambda x, by=2.0, note=None: x * by, "CompositeExplicitAutograd")


class NeedsHost(torch.nn.Module):
    def __init__(self):
        super().__init__()
        weight = torch.quantize_per_tensor(torch.ones(1, 1), 1.0, 0, torch.qint8)
        self.counter = torch.ops.quantized.linear_prepack(weight, None)

    def forward(self, x: Tensor) -> Tensor:
        return torch.ops.host.scale(x, 3.0) + 1

    @torch.jit.export
    def defaults(self, x: Tensor) -> Tensor:
        return torch.ops.host.scale(x)

    @torch.jit.export
    def several(self, x: Tensor) -> Tuple[Tensor, int]:
        return torch.ops.host.pair([x, x + 1], [4, 5])

    @torch.jit.export
    def same(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        y = torch.ops.host.same(x)
        y.add_(1)
        return x, y

    @torch.jit.export
    def fails(self, why: str) -> int:
        return torch.ops.host.fail(why)

    @torch.jit.export
    def reenter(self) -> int:
        return torch.ops.host.call_back()

    @torch.jit.export
    def count(self, by: int) -> int:
        return torch.ops.host.count(self.counter, by) + torch.ops.host.count(self.counter, by)


def rename(source: pathlib.Path, target: pathlib.Path) -> None:
    """Stored entries, as PyTorch writes them; tensors need no alignment to be read."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for entry in old.infolist():
            if entry.filename.endswith(".debug_pkl"):
                continue
            content = old.read(entry)
            content = content.replace(ORIGINAL.encode(), b"__torch__.torch.classes.host.Counter")
            content = content.replace(b"__torch__.torch.classes.quantized\nLinearPackedParamsBase\n", b"__torch__.torch.classes.host\nCounter\n")
            info = zipfile.ZipInfo(entry.filename, (1980, 0, 0, 0, 0, 0))
            info.date_time = (1980, 1, 1, 0, 0, 0)
            new.writestr(info, content)


def main() -> None:
    DATA.mkdir(exist_ok=True)
    made = DATA / "host.tmp"
    torch.jit.script(NeedsHost().eval()).save(str(made))
    rename(made, DATA / "host.pt")
    made.unlink()


main()
