"""Writes the small models that the tests of the program and of the C ABI use.

    python tests/oracle/tool_models.py
"""

import pathlib
from typing import Any, Dict, List, Optional, Tuple

import torch
from torch import Tensor

import portable_sources  # noqa: F401

TESTS = pathlib.Path(__file__).resolve().parents[1]
DATA = TESTS / "tools" / "data"


class Inner(torch.nn.Module):
    scale: float

    def __init__(self):
        super().__init__()
        self.scale = 0.5
        self.weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight * self.scale


class Sample(torch.nn.Module):
    """A bit of everything that a host asks a module for."""

    names: List[str]
    table: Dict[str, int]
    limit: torch.jit.Final[int]

    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.register_buffer("offset", torch.tensor([10.0, 20.0]))
        self.names = ["a", "b"]
        self.table = {"one": 1}
        self.calls = 0
        self.limit = 7

    def forward(self, x: Tensor, times: int = 1) -> Tensor:
        for _ in range(times):
            x = self.inner(x) + self.offset
        self.calls += 1
        return x

    @torch.jit.export
    def echo(self, value: Any) -> Any:
        return value

    @torch.jit.export
    def describe(self, x: Tensor, label: str = "x", flag: bool = False) -> Tuple[str, List[int], Dict[str, Tensor], Optional[int]]:
        print(label, flag)
        return label + "!", x.shape, {"sum": x.sum()}, None

    @torch.jit.export
    def numbers(self, values: List[float]) -> float:
        total = 0.0
        for value in values:
            total += value
        return total

    @torch.jit.export
    def append(self, values: List[int]) -> int:
        values.append(len(values))
        return len(values)

    @torch.jit.export
    def refuse(self, x: Tensor) -> Tensor:
        if x.dim() != 2:
            raise ValueError("expected two dimensions, got {}".format(x.dim()))
        return x

    @torch.jit.export
    def spin(self, steps: int) -> int:
        n = 0
        while n != steps:
            n += 1
        return n

    @torch.jit.export
    def fill(self, n: int) -> Tensor:
        parts: List[Tensor] = []
        for i in range(n):
            parts.append(torch.zeros([1 << 20]))
        return torch.cat(parts)

    @torch.jit.export
    def set_weight(self, value: float) -> Tensor:
        with torch.no_grad():
            self.inner.weight.fill_(value)
        return self.inner.weight

    @torch.jit.export
    def deep(self, n: int) -> int:
        return deeper(self, n)


class Pair(torch.nn.Module):
    """Two results and keyword arguments."""

    def forward(self, a: Tensor, b: Optional[Tensor] = None) -> Tuple[Tensor, bool]:
        return (a, False) if b is None else (a + b, True)


def deeper(module: Any, n: int) -> int:
    return n


def calls(entries: List[Dict[str, Any]], path: pathlib.Path) -> None:
    filled = []
    for entry in entries:
        call = {"method": "forward", "args": [], "kwargs": {}, "expected": None, "rtol": 1.3e-6, "atol": 1e-5, "error": None}
        call.update(entry)
        filled.append(call)
    torch.save(filled, path)


def case(name: str, module: torch.nn.Module, entries: List[Dict[str, Any]], tags: str = "") -> str:
    folder = DATA / "suite" / name
    folder.mkdir(parents=True, exist_ok=True)
    torch.jit.script(module).save(str(folder / "model.pt"))
    calls(entries, folder / "calls.pt")
    return f"{name}\tmade by tests/oracle/tool_models.py\t{tags}\n"


class Hang(torch.nn.Module):
    def forward(self, n: int) -> int:
        while True:
            n = n + 1 if n < 10 else 0
        return n


class Hungry(torch.nn.Module):
    def forward(self) -> Tensor:
        parts: List[Tensor] = []
        for _ in range(1000):
            parts.append(torch.ones([1 << 24]))
        return torch.cat(parts)


class Stateful(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.total = 0

    def forward(self, n: int) -> int:
        self.total += n
        return self.total


class Rules(torch.nn.Module):
    """One method for each optional key of a recorded call."""

    def forward(self, x: Tensor) -> Tensor:
        return x + 1

    @torch.jit.export
    def mode(self) -> bool:
        return self.training

    @torch.jit.export
    def grow(self, values: List[int], x: Tensor) -> int:
        values.append(5)
        x.add_(1)
        return len(values)

    @torch.jit.export
    def say(self, text: str) -> None:
        print(text, 1)

    @torch.jit.export
    def fail(self, text: str) -> int:
        raise ValueError(text)

    @torch.jit.export
    def noise(self) -> Tensor:
        return torch.rand([3])

    @torch.jit.export
    def count(self, n: int) -> int:
        return n


def make_suite() -> None:
    one, two = torch.tensor([1.0, 2.0]), torch.tensor([2.0, 3.0])
    index = ""
    index += case("passes", Rules(), [{"args": [one], "expected": two}, {"args": [one + 1], "expected": two + 1}], "good,float32")
    index += case("state", Stateful(), [{"args": [2], "expected": 2}, {"args": [3], "expected": 5}], "good")
    torch.manual_seed(3)
    noise = torch.rand([3])
    index += case("optional_keys", Rules(), [
        {"method": "mode", "expected": False},
        {"method": "say", "args": ["hello"], "stdout": "hello 1\n"},
        {"method": "fail", "args": ["no such thing"], "error": "no such thing"},
        {"method": "fail", "args": ["any"], "error": ""},
        {"method": "count", "args": ["text"], "error": "Expected a value of type 'int'", "argerror": True},
        {"method": "noise", "seed": 3, "expected": noise},
        {"method": "noise", "shape_only": True, "expected": torch.zeros(3)},
        {"args": [one], "expected": torch.zeros(2), "expected_qnnpack": two, "atol_exact": 1e-5, "atol": 0.5},
        {"method": "grow", "args": [[1, 2], one.clone()], "expected": 3, "args_after": [[1, 2], two]},
        {"args": [], "kwargs": {"x": one}, "expected": two},
    ], "good,keys")
    index += case("as_saved", Rules(), [{"method": "mode", "expected": True, "mode": "as_saved"}], "good")
    index += case("differs", Rules(), [{"args": [one], "expected": two}, {"args": [one], "expected": two + torch.tensor([0.0, 0.125])}], "bad")
    index += case("wrong_dtype", Rules(), [{"args": [one], "expected": two.double()}], "bad")
    index += case("wrong_shape", Rules(), [{"args": [one], "expected": two[:1]}], "bad")
    index += case("wrong_print", Rules(), [{"method": "say", "args": ["a"], "stdout": "b 1\n"}], "bad")
    index += case("wrong_after", Rules(), [{"method": "grow", "args": [[1], one.clone()], "expected": 2, "args_after": [[1], one]}], "bad")
    index += case("wrong_error", Rules(), [{"method": "fail", "args": ["this"], "error": "that"}], "bad")
    index += case("no_error", Rules(), [{"method": "count", "args": [1], "error": "something"}], "bad")
    index += case("raises", Rules(), [{"method": "fail", "args": ["boo"], "expected": 1}], "bad")
    index += case("quantized_too_far", Rules(), [{"args": [one], "expected": two + 0.25, "expected_qnnpack": two - 0.25, "atol_exact": 1e-5, "atol": 0.5}], "bad")
    index += case("hangs", Hang(), [{"args": [1], "expected": 1}], "bad,slow")
    index += case("hungry", Hungry(), [{"expected": torch.ones(1)}], "bad,memory")
    index += case("unanswered", Rules(), [], "open")
    (DATA / "suite" / "unanswered" / "calls.pt").unlink()
    index += case("older_answer", Rules(), [{"args": [one], "expected": one}], "good")
    calls([{"args": [one], "expected": two}], DATA / "suite" / "older_answer" / "writer_calls.pt")
    (DATA / "suite" / "index.tsv").write_text(index)


def main() -> None:
    torch.manual_seed(0)
    DATA.mkdir(parents=True, exist_ok=True)
    sample = torch.jit.script(Sample().eval())
    torch.jit.save(sample, str(DATA / "sample.pt"), _extra_files={"notes.txt": "kept beside the model\n", "labels.json": '["a", "b"]'})
    torch.jit.script(Pair()).save(str(DATA / "pair.pt"))
    torch.save(torch.tensor([3.0, 4.0]), DATA / "vector.pt")
    calls([{"args": [torch.tensor([1.0, 2.0])], "expected": torch.tensor([10.5, 22.0])}], DATA / "sample_calls.pt")
    make_suite()


main()
