#!/usr/bin/env python3
"""Compares taper with LibTorch and ONNX Runtime, in turn, in one run on one machine:

    bench/peers.py MODELS [NAME...] --libtorch ./libtorch [--onnxruntime python] [--rounds 5] [--seconds 1] [--threads 1]

MODELS holds a folder a model: model.pt, calls.pt (whose first call is made) and perhaps model.onnx. `libtorch` is
bench/peers/libtorch.cpp, `python` one that has torch and onnxruntime. Times are medians over the rounds of each round's
median; a ratio is the peer's time by taper's, LibTorch's being the better of plain and optimized. `start` is what comes
before the steady state, load + first call - median, against LibTorch's plain. Machines differ and are noisy: ratios count.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
from typing import Dict, List, Optional

ROOT = pathlib.Path(__file__).resolve().parent.parent


def measure(command: List[str]) -> Optional[Dict[str, float]]:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        print(f"{' '.join(command[:3])}: {lines[-1] if lines else done.returncode}", file=sys.stderr)
        return None
    return json.loads(done.stdout)


def middle(rounds: List[Dict[str, float]], key: str) -> float:
    return statistics.median(result[key] for result in rounds)


def start(rounds: List[Dict[str, float]]) -> float:
    return statistics.median(max(r["load"] + r["first"] - r["median"], 0) for r in rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--taper", default=str(ROOT / "build" / "taper"))
    parser.add_argument("--libtorch")
    parser.add_argument("--onnxruntime")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    print(f"{'model':20} {'taper ms':>10} {'libtorch':>9} {'ort':>6} {'start ms':>9} {'start x':>8} {'allocs':>7} {'peak MB':>8} {'libtorch':>9}")
    for name in options.names or sorted(path.parent.name for path in options.models.glob("*/model.pt")):
        folder = options.models / name
        model, calls = str(folder / "model.pt"), str(folder / "calls.pt")
        tail = [str(options.threads), str(options.seconds)]
        commands = {"taper": [options.taper, "bench", model, calls, "--json", "--threads", tail[0], "--seconds", tail[1]]}
        if options.libtorch:
            for mode in ("plain", "opt"):
                commands[mode] = [options.libtorch, model, calls, *tail, mode]
        if options.onnxruntime and (folder / "model.onnx").exists():
            commands["ort"] = [options.onnxruntime, str(ROOT / "bench/peers/onnxruntime_bench.py"), str(folder / "model.onnx"), calls, *tail]
        results: Dict[str, List[Dict[str, float]]] = {peer: [] for peer in commands}
        for _ in range(options.rounds):
            for peer, command in commands.items():
                result = measure(command)
                if result:
                    results[peer].append(result)
        if not results["taper"]:
            print(f"{name:20} fails")
            continue
        ours = middle(results["taper"], "median")
        torch_modes = [results[mode] for mode in ("plain", "opt") if results.get(mode)]
        ratio = min(middle(rounds, "median") for rounds in torch_modes) / ours if torch_modes else float("nan")
        ort = middle(results["ort"], "median") / ours if results.get("ort") else float("nan")
        begin = start(results["taper"])
        begin_ratio = start(results["plain"]) / begin if results.get("plain") else float("nan")
        theirs = min(middle(rounds, "peak_memory") for rounds in torch_modes) / 1e6 if torch_modes else float("nan")
        print(f"{name:20} {ours * 1e3:10.4f} {ratio:8.2f}x {ort:5.2f}x {begin * 1e3:9.2f} {begin_ratio:7.1f}x {middle(results['taper'], 'allocations_per_call'):7.0f} "
              f"{middle(results['taper'], 'peak_memory') / 1e6:8.1f} {theirs:9.1f}", flush=True)


if __name__ == "__main__":
    main()
