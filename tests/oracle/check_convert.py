"""Converts models with `taper convert` and holds the new archives against the old ones, in PyTorch and in taper.

    check_convert.py build/taper FOLDER...

Every model.pt below the folders is converted; torch.jit.load reads both archives, and each recorded call of the calls.pt
beside it is made on both: the answers (and the tensors of the state afterwards) must be equal to the bit, errors must
have the same text. Where they are not, the answers of PyTorch's own re-saved archive count: a __getstate__ need not be the
inverse of __setstate__. Archives that PyTorch refuses as they are (1.0 to 1.2) must give recorded answers. `taper verify`
must pass for the new archive where it passes for the old one. Each model is tried in a process of its own. Ends with the
counts; exit code 1 if anything differs.
"""

import collections
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings
from typing import Any, List, Tuple

import torch

import portable_sources  # noqa: F401

TIMEOUT = 600


def shown(value: Any) -> Any:
    """What two answers are compared by."""
    if isinstance(value, torch.Tensor):
        if value.is_quantized:
            value = value.dequantize()
        if value.layout != torch.strided:
            value = value.to_dense()
        value = value.detach().resolve_conj().resolve_neg().contiguous()
        return (str(value.dtype), tuple(value.shape), value.reshape(-1).view(torch.uint8).numpy().tobytes() if value.numel() else b"")
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return [(shown(key), shown(item)) for key, item in value.items()]
    return repr(value) if not isinstance(value, torch.jit.RecursiveScriptModule) else value.original_name


def same(a: Any, b: Any) -> bool:
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return a == b


def answer(module: Any, call: dict, index: int) -> Any:
    torch.manual_seed(call.get("seed") or index)
    function = module if call["method"] == "__call__" else getattr(module, call["method"])
    try:
        return shown(function(*call["args"], **call["kwargs"]))
    except Exception as error:  # noqa: BLE001
        lines = [line for line in str(error).splitlines() if line.strip()]
        return "raised " + re.sub("0x[0-9a-f]+", "ADDRESS", lines[-1] if lines else "")


def run(model: pathlib.Path, calls_file: pathlib.Path) -> Tuple[Any, List[Any]]:
    module = torch.jit.load(str(model), map_location="cpu")
    calls = torch.load(calls_file, weights_only=True) if calls_file.exists() else []
    if not any(call.get("mode") == "as_saved" for call in calls):
        module.eval()
    answers = [answer(module, call, index) for index, call in enumerate(calls)]
    return shown(dict(module.state_dict())), answers


def close(value: Any, expected: Any, call: dict) -> bool:
    if isinstance(expected, torch.Tensor):
        if not isinstance(value, torch.Tensor) or value.dtype != expected.dtype or value.shape != expected.shape:
            return False
        if value.is_quantized:
            value, expected = value.dequantize(), expected.dequantize()
        return torch.allclose(value, expected, rtol=call.get("rtol", 0), atol=call.get("atol", 0), equal_nan=True) if value.dtype != torch.bool else torch.equal(value, expected)
    if isinstance(expected, (list, tuple)):
        return isinstance(value, (list, tuple)) and len(value) == len(expected) and all(close(a, b, call) for a, b in zip(value, expected))
    if isinstance(expected, dict):
        return isinstance(value, dict) and list(value) == list(expected) and all(close(value[key], expected[key], call) for key in value)
    if isinstance(expected, float) and isinstance(value, float):
        return close(torch.tensor(value, dtype=torch.float64), torch.tensor(expected, dtype=torch.float64), call)
    return type(value) is type(expected) and value == expected


def as_recorded(converted: pathlib.Path, folder: pathlib.Path) -> str:
    """An archive that PyTorch reads only since it was converted: its calls must give one of the recorded answers."""
    files = [folder / name for name in ("calls.pt", "writer_calls.pt", "calls_1.6.0.pt") if (folder / name).exists()]
    records = [torch.load(file, weights_only=True) for file in files]
    try:
        module = torch.jit.load(str(converted), map_location="cpu").eval()
    except Exception as error:  # noqa: BLE001
        return "READABLE BY TAPER ALONE: PyTorch does not load it: " + " | ".join(str(error).strip().splitlines()[:2])[:300]
    for index, calls in enumerate(zip(*records)):
        call = calls[0]
        torch.manual_seed(call.get("seed") or index)
        try:
            value, raised = (module if call["method"] == "__call__" else getattr(module, call["method"]))(*call["args"], **call["kwargs"]), None
        except Exception as error:  # noqa: BLE001
            value, raised = None, str(error)
        if not any(raised is not None if each["error"] is not None else raised is None and close(value, each["expected"], each) for each in calls):
            return f"OTHER ANSWER: call {index} ({call['method']}) gives none of the recorded answers: {(raised or str(value)).strip().splitlines()[-1][:120]}"
    return "readable now, answers as recorded" if records else "readable now, no answers recorded"


def compare(model: pathlib.Path, converted: pathlib.Path) -> str:
    calls = model.parent / "calls.pt"
    try:
        state, answers = run(model, calls)
    except Exception as error:  # noqa: BLE001
        if "Legacy model format" in str(error):
            return as_recorded(converted, model.parent)
        return "PyTorch does not load the original: " + str(error).strip().splitlines()[0][:100]
    try:
        new_state, new_answers = run(converted, calls)
    except Exception as error:  # noqa: BLE001
        return "DIFFERS: PyTorch does not load it: " + " | ".join(str(error).strip().splitlines()[:6])[:400]
    if not same([state, answers], [new_state, new_answers]):
        resaved = converted.with_name("resaved.pt")
        torch.jit.load(str(model), map_location="cpu").save(str(resaved))
        if same(list(run(resaved, calls)), [new_state, new_answers]):
            return "as PyTorch saves it, which is not as it was"
    if not same(state, new_state):
        return "DIFFERS: state_dict"
    for index, (old, new) in enumerate(zip(answers, new_answers)):
        if not same(old, new):
            return f"DIFFERS: call {index}: {str(old)[:80]} != {str(new)[:80]}"
    return "equal"


def verify(taper: str, model: pathlib.Path, calls: pathlib.Path) -> bool:
    return subprocess.run([taper, "verify", str(model), str(calls)], capture_output=True, timeout=TIMEOUT).returncode == 0


def check(taper: str, model: pathlib.Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        converted = pathlib.Path(folder) / "converted.pt"
        made = subprocess.run([taper, "convert", str(model), str(converted)], capture_output=True, timeout=TIMEOUT)
        if made.returncode != 0:
            return "not converted: " + made.stderr.decode(errors="replace").strip().splitlines()[0].replace(str(model), "FILE")[:160]
        result = compare(model, converted)
        calls = model.parent / "calls.pt"
        if result.startswith("as PyTorch"):
            return result
        if calls.exists() and verify(taper, model, calls) and not verify(taper, converted, calls):
            return "DIFFERS: taper verify fails; " + result
        return result


def isolated(taper: str, model: pathlib.Path) -> str:
    """check() in a forked process: a model may crash PyTorch."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        sys.stdout = io.StringIO()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        try:
            result = check(taper, model)
        except Exception as error:  # noqa: BLE001
            result = "FAILED: " + repr(error)[:200]
        os.write(write, result.encode()[:4000])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        text = pipe.read().decode(errors="replace")
    os.waitpid(child, 0)
    return text or "PyTorch crashed"


def main() -> int:
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    taper, folders = sys.argv[1], sys.argv[2:]
    counts: collections.Counter = collections.Counter()
    for folder in folders:
        for model in sorted(pathlib.Path(folder).rglob("model.pt")):
            result = isolated(taper, model)
            kind = result.split(":")[0]
            counts[kind] += 1
            if result != "equal" and not result.startswith("readable now"):
                print(f"{model.parent}: {result}", flush=True)
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    return 1 if any(kind in ("DIFFERS", "FAILED", "PyTorch crashed") for kind in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
