"""Makes a model of a thousand submodules, each of a class of its own, to measure loading with:

    pip install torch==2.13.0
    python many_modules.py OUT.pt [COUNT]
    taper bench OUT.pt

and prints how long LibTorch takes to load it.
"""

import importlib.util
import pathlib
import sys
import tempfile
import time
from typing import Any

import torch

STEPS = (
    "y = torch.relu(x * self.scale + self.bias)",
    "y = torch.nn.functional.linear(x, self.weight, self.bias)",
    "y = torch.tanh(x @ self.weight.t()) + self.bias * self.factor",
    "y = torch.cat([x[:, :2] * self.factor, x[:, 2:]], dim=1) + self.bias",
    "y = x if self.flag else torch.sigmoid(x)",
)

CLASS = """
class Part{i}(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.eye(4) * {i})
        self.bias = nn.Parameter(torch.zeros(4))
        self.register_buffer("scale", torch.ones(4))
        self.factor = {i}.5
        self.flag = {flag}

    def forward(self, x: Tensor) -> Tensor:
        {step}
        if y.dim() > {i}:
            y = y.sum(0)
        return self.finish(y)

    def finish(self, y: Tensor) -> Tensor:
        return y.clamp(-{i}.0, {i}.0)
"""


def source(count: int) -> str:
    parts = ["import torch", "from torch import Tensor, nn", ""]
    for i in range(count):
        parts.append(CLASS.format(i=i + 2, step=STEPS[i % len(STEPS)], flag=i % 2 == 0))
    parts += ["", "class Whole(nn.Module):", "    def __init__(self) -> None:", "        super().__init__()"]
    parts += [f"        self.part{i} = Part{i + 2}()" for i in range(count)]
    parts += ["", "    def forward(self, x: Tensor) -> Tensor:"]
    parts += [f"        x = self.part{i}(x)" for i in range(count)]
    parts += ["        return x", ""]
    return "\n".join(parts)


def build(count: int) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "many_parts.py"  # torch.jit.script reads the source
        path.write_text(source(count))
        spec = importlib.util.spec_from_file_location("many_parts", path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules["many_parts"] = module
        spec.loader.exec_module(module)
        return torch.jit.script(module.Whole())


def main() -> None:
    out = sys.argv[1]
    build(int(sys.argv[2]) if len(sys.argv) > 2 else 1000).save(out)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        torch.jit.load(out)
        times.append(time.perf_counter() - start)
    print(f"{pathlib.Path(out).stat().st_size} bytes; LibTorch loads it in {min(times) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
