"""Records a conformance case: a scripted model, calls on it and what PyTorch answers after loading the archive again.

A case is a folder with model.pt and calls.pt; calls.pt is a torch.save list of dicts: method, args, kwargs, expected, rtol,
atol, error (a piece of the message, or None), and where they apply args_after, stdout, seed.
"""

import copy
import os
import pathlib
import tempfile
from typing import Any, Dict, List, Optional

import torch

import portable_sources  # noqa: F401

TOLERANCE = {torch.float16: (1e-3, 1e-5), torch.bfloat16: (1.6e-2, 1e-5), torch.float32: (1.3e-6, 1e-5), torch.float64: (1e-7, 1e-7)}


class Call:
    def __init__(self, *args: Any, method: str = "forward", error: Optional[str] = None, seed: Optional[int] = None, **kwargs: Any):
        self.args, self.kwargs, self.method, self.error, self.seed = list(args), kwargs, method, error, seed


def plain(value: Any) -> Any:
    """As calls.pt stores it: a dtype is its number, a device its name, a NamedTuple a tuple."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, torch.device):
        return str(value)
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    return value


def tensors(value: Any) -> List[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for item in value for t in tensors(item)] if isinstance(value, (list, tuple)) else []


def equal(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor):
        return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(equal(a[key], b[key]) for key in a)
    return a == b


class Stdout:
    """What is written to file descriptor 1: scripts print from C++."""

    def __enter__(self) -> "Stdout":
        self.file = tempfile.TemporaryFile()
        self.saved = os.dup(1)
        os.dup2(self.file.fileno(), 1)
        return self

    def __exit__(self, *_: Any) -> None:
        os.dup2(self.saved, 1)
        os.close(self.saved)
        self.file.seek(0)
        self.text = self.file.read().decode()


def record(folder: pathlib.Path, model: torch.nn.Module, calls: List[Call]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    torch.jit.save(torch.jit.script(model), str(folder / "model.pt"))
    loaded = torch.jit.load(str(folder / "model.pt"))
    loaded.eval()
    recorded: List[Dict[str, Any]] = []
    for call in calls:
        entry: Dict[str, Any] = {"method": call.method, "args": plain(call.args), "kwargs": plain(call.kwargs), "expected": None,
                                 "rtol": 0.0, "atol": 0.0, "error": None}
        args, kwargs = copy.deepcopy(call.args), copy.deepcopy(call.kwargs)
        if call.seed is not None:
            torch.manual_seed(call.seed)
            entry["seed"] = call.seed
        with torch.no_grad(), Stdout() as out:
            try:
                answer = loaded(*args, **kwargs) if call.method == "__call__" else getattr(loaded, call.method)(*args, **kwargs)
                assert call.error is None, f"{folder.name}: expected an error with '{call.error}'"
                entry["expected"] = plain(answer)
            except Exception as error:
                if call.error is None or call.error not in str(error):
                    raise
                entry["error"] = call.error
        if out.text:
            entry["stdout"] = out.text
        if not equal(entry["args"], plain(args)):
            entry["args_after"] = plain(args)
        found = [TOLERANCE[t.dtype] for t in tensors([entry["expected"], entry.get("args_after")]) if t.dtype in TOLERANCE]
        if found or isinstance(entry["expected"], float):
            entry["rtol"], entry["atol"] = max(found or [TOLERANCE[torch.float64]])
        recorded.append(entry)
    torch.save(recorded, folder / "calls.pt")
