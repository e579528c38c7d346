"""Freezes archives with taper and holds what comes out against PyTorch.

    python check_freeze.py build/taper FOLDER... [--no-numerics] [--no-bench]

Every model.pt below the folders is frozen with the methods that its calls.pt names. PyTorch loads both archives, makes the
calls on both and compares bit by bit, else within the calls' tolerances; `taper verify` replays them on the frozen one. The
last lines count the outcomes and add up bytes, load and run times of the archives that are equal or close, in PyTorch and
in taper. Archives that PyTorch loads only since they are frozen (1.0 to 1.2) must give recorded answers. Each case runs in a
process of its own.
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings
from typing import Any, Dict, List, Tuple

import torch

import check_convert
import zoo_models
from check_convert import TIMEOUT, answer, close, same, verify


def last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def methods_of(calls: List[dict]) -> List[str]:
    return sorted({"forward" if call["method"] == "__call__" else call["method"] for call in calls})


def load_calls(file: pathlib.Path) -> List[dict]:
    return torch.load(file, weights_only=True) if file.exists() else []


def plain(value: Any) -> Any:
    """An answer as the recorded ones have it: objects and named tuples without their classes."""
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def make_calls(model: pathlib.Path, calls_file: pathlib.Path) -> Tuple[List[Any], List[Any], float, float]:
    """Answers as comparable text and as they are; processor seconds to load, and of the calls, each the second time."""
    calls = load_calls(calls_file)
    load = 1e9
    for _ in range(3):  # the first pays for what PyTorch sets up once in a process
        start = time.process_time()
        module = torch.jit.load(str(model), map_location="cpu")
        load = min(load, time.process_time() - start)
    module.eval()
    shown, raw, run = [], [], 0.0
    for index, call in enumerate(calls):
        shown.append(answer(module, call, index))
    calls = load_calls(calls_file)  # a call may change its arguments
    module = torch.jit.load(str(model), map_location="cpu")
    module.eval()
    for index, call in enumerate(calls):
        torch.manual_seed(call.get("seed") or index)
        function = module if call["method"] == "__call__" else getattr(module, call["method"])
        start = time.process_time()
        try:
            raw.append(plain(function(*call["args"], **call["kwargs"])))
        except Exception as error:  # noqa: BLE001
            raw.append(error)
        run += time.process_time() - start
    return shown, raw, load, run


def near(old: Any, new: Any, call: dict) -> bool:
    if isinstance(old, Exception):
        return isinstance(new, Exception)
    try:
        return close(new, old, call)
    except Exception:  # noqa: BLE001
        return False


def bench(taper: str, model: pathlib.Path, calls: pathlib.Path) -> Dict[str, float]:
    ran = subprocess.run([taper, "bench", str(model), str(calls), "--seconds", "0.2", "--json"], capture_output=True, timeout=TIMEOUT)
    return json.loads(ran.stdout) if ran.returncode == 0 else {}


def check(taper: str, model: pathlib.Path) -> str:
    calls_file = model.parent / "calls.pt"
    calls = load_calls(calls_file)
    if any(call.get("mode") == "as_saved" for call in calls):
        return "in training mode"
    with tempfile.TemporaryDirectory() as folder:
        frozen = pathlib.Path(folder) / "frozen.pt"
        command = [taper, "freeze", str(model), str(frozen), "--no-numerics"] if "--no-numerics" in sys.argv else [taper, "freeze", str(model), str(frozen)]
        recorded = [call for file in sorted(model.parent.glob("*calls*.pt")) for call in load_calls(file)]
        for name in methods_of(recorded):
            command += ["--method", name]
        made = subprocess.run(command, capture_output=True, timeout=TIMEOUT)
        if made.returncode != 0:
            return ("not frozen: " if made.returncode in (1, 2) else f"CRASHED: {made.returncode} ") + last_line(made.stderr.decode(errors="replace")).replace(str(model), "FILE")
        before = calls_file.exists() and verify(taper, model, calls_file)
        if before and not verify(taper, frozen, calls_file):
            said = subprocess.run([taper, "verify", str(frozen), str(calls_file)], capture_output=True, timeout=TIMEOUT)
            return "TAPER DIFFERS: " + last_line(said.stdout.decode(errors="replace"))
        try:
            shown, raw, load, run = make_calls(model, calls_file)
        except Exception as error:  # noqa: BLE001
            if "Legacy model format" in str(error):
                return check_convert.as_recorded(frozen, model.parent)
            return "PyTorch does not load the original, taper answers as before: " + last_line(str(error))
        try:
            new_shown, new_raw, new_load, new_run = make_calls(frozen, calls_file)
        except Exception as error:  # noqa: BLE001
            return "NOT LOADED: " + " | ".join(str(error).strip().splitlines()[:6])[:400]
        result = "equal"
        for index, call in enumerate(calls):
            if same(shown[index], new_shown[index]):
                continue
            others = [file for file in (load_calls(path) for path in model.parent.glob("*calls*.pt")) if len(file) > index]
            if isinstance(raw[index], Exception) and any(file[index]["error"] is None and near(file[index]["expected"], new_raw[index], file[index]) for file in others):
                return "as its writer answered, where PyTorch fails with the original"
            if not near(raw[index], new_raw[index], call):
                return f"DIFFERS: call {index}: {str(raw[index])[:120]} != {str(new_raw[index])[:120]}".replace("\n", " ")
            result = "close"
        numbers = {"bytes": [model.stat().st_size, frozen.stat().st_size], "PyTorch load": [load, new_load], "PyTorch run": [run, new_run]}
        if before and "--no-bench" not in sys.argv:
            old, new = bench(taper, model, calls_file), bench(taper, frozen, calls_file)
            if old and new:
                numbers["taper load"] = [old["load"], new["load"]]
                numbers["taper run"] = [old["median"], new["median"]]
        return result + " " + json.dumps(numbers)


def main() -> int:
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    check_convert.check = check
    try:
        zoo_models.import_torchvision()
    except ImportError:
        pass  # detectors then cannot be loaded by PyTorch
    taper, folders = sys.argv[1], [name for name in sys.argv[2:] if not name.startswith("--")]
    counts: collections.Counter = collections.Counter()
    sums: Dict[str, List[float]] = {}
    for folder in folders:
        for model in sorted(pathlib.Path(folder).rglob("model.pt")):
            result = check_convert.isolated(taper, model)
            if result.startswith(("equal ", "close ")):
                kind, numbers = result.split(" ", 1)
                for name, pair in json.loads(numbers).items():
                    total = sums.setdefault(name, [0, 0])
                    total[0] += pair[0]
                    total[1] += pair[1]
            else:
                kind = result.split(":")[0]
                if not kind.startswith(("readable now", "as its writer")):
                    print(f"{model.parent}: {result}", flush=True)
            counts[kind] += 1
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    for name, (old, new) in sums.items():
        print(f"{name}: {old:.6g} -> {new:.6g}, {old / max(new, 1e-12):.3f} times")
    return 1 if any(kind.isupper() or kind.split()[0].isupper() for kind in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
