"""Holds tests/language/cases against PyTorch.

    check_language.py [BUILD] [FILE...] [--show]

torch.jit.load reads the archives that the program language_tests left in the build folder. Each run must print, warn and
give what the case says, or what it says under "differs" (an error's text may hold more than PyTorch's), or "differs" says why that is not compared; each graph must be PyTorch's up to the names of values. Each case
runs in a process of its own, because some crash or hang. Ends with the counts; exit code 1 if anything differs.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import signal
import sys
import tempfile
import warnings
from typing import Any, Dict, List

import torch

import compare_graphs

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def read_cases(path: pathlib.Path) -> List[Dict[str, Any]]:
    """Cases, each with its sections in order: kind, words and text."""
    cases: List[Dict[str, Any]] = []
    for line in path.read_bytes().decode().split("\n"):
        if line.startswith(";;; "):
            kind, _, words = line[4:].partition(" ")
            if kind == "case":
                cases.append({"title": words, "sections": []})
            section: Dict[str, Any] = {"kind": kind, "words": words, "text": ""}
            if cases:
                cases[-1]["sections"].append(section)
        elif cases:
            section["text"] += line + "\n"
    for case in cases:
        for section in case["sections"]:
            section["text"] = section["text"].rstrip("\n")
    return cases


def message(error: Exception) -> str:
    """Class and message without the script stack."""
    text = str(error).rstrip("\n")
    found = re.search(r"^[\w.]+: ", text.rpartition("<--- HERE\n")[2], re.MULTILINE) if "<--- HERE" in text else None
    return found.string[found.start():] if found else "RuntimeError: " + text


class Printed:
    """What C++ prints meanwhile."""

    def __enter__(self) -> "Printed":
        sys.stdout.flush()
        self.file, self.kept = tempfile.TemporaryFile(), os.dup(1)
        os.dup2(self.file.fileno(), 1)
        return self

    def __exit__(self, *_: Any) -> None:
        os.dup2(self.kept, 1)
        os.close(self.kept)
        self.file.seek(0)
        self.text = self.file.read().decode(errors="replace")


def answer(module: Any, name: str) -> List[str]:
    """Lines in the form of a case's run; what was printed stands before what was warned."""
    with warnings.catch_warnings(record=True) as caught, Printed() as printed:
        warnings.simplefilter("always")
        try:
            last = getattr(module, name)()
        except Exception as error:  # noqa: BLE001
            last = "raises " + message(error)
    lines = ["prints " + line for line in printed.text.split("\n")[:-1]]
    for warning in caught:
        lines += ["warns " + line for line in str(warning.message).split("\n")]
    return lines + last.rstrip("\n").split("\n")


def graph(unit: Any, name: str) -> str:
    found = [function for function in unit.get_functions() if function.qualified_name == name]
    return str(found[0].graph) if found else "not compiled: nothing that runs needs it"


def pytorch(archive: pathlib.Path, sections: List[Dict[str, Any]], report: Any) -> None:
    """Writes what PyTorch gives, a line of JSON for each of the sections, as far as it gets."""
    try:
        unit = torch._C.CompilationUnit()
        torch._C.import_ir_module(unit, str(archive), torch.device("cpu"), {}, False)
        module = torch.jit.load(str(archive))
    except Exception as error:  # noqa: BLE001
        for _ in sections:
            report.write(json.dumps("refuses " + str(error).strip()) + "\n")
        return
    runs = 0
    for section in sections:
        if section["kind"] == "run":
            result = "\n".join(answer(module, f"run{runs}"))
            runs += 1
        else:
            result = graph(unit, section["words"])
        report.write(json.dumps(result) + "\n")
        report.flush()


def in_child(archive: pathlib.Path, sections: List[Dict[str, Any]]) -> List[str]:
    with tempfile.NamedTemporaryFile("w+") as report:
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            try:
                pytorch(archive, sections, report)
                report.flush()
            finally:
                os._exit(0)
        status = os.waitpid(child, 0)[1]
        report.seek(0)
        results = [json.loads(line) for line in report.read().splitlines()]
    if os.WIFSIGNALED(status):
        results.append("dies of " + signal.Signals(os.WTERMSIG(status)).name)
    return results + ["not reached"] * (len(sections) - len(results))


def in_order(text: str) -> List[str]:
    """A run's lines, those that were warned behind those that were printed."""
    lines = text.split("\n")
    count = next((i for i, line in enumerate(lines) if not line.startswith(("prints ", "warns "))), len(lines))
    return sorted(lines[:count], key=lambda line: line.startswith("warns ")) + lines[count:]


def same(kind: str, expected: str, actual: str) -> bool:
    if actual.startswith("refuses ") and expected.startswith("refuses"):
        return expected.removeprefix("refuses").strip() in actual
    if kind == "graph":
        return compare_graphs.normalize(expected) == compare_graphs.normalize(actual)
    expected = "\n".join(in_order(expected))
    if "raises " not in actual:
        return expected == actual
    # An error's text may say more than PyTorch's.
    (before, _, text), (theirs, _, less) = expected.partition("raises "), actual.partition("raises ")
    return before == theirs and text.split(": ", 1)[0] == less.split(": ", 1)[0] and less.split(": ", 1)[-1] in text


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default=ROOT / "build", type=pathlib.Path)
    parser.add_argument("files", nargs="*", help="topics; all without any")
    parser.add_argument("--show", action="store_true", help="print every answer")
    options = parser.parse_args()
    torch.set_num_threads(1)
    counts: Dict[str, int] = collections.Counter()
    for path in sorted((ROOT / "tests/language/cases").glob("*.txt")):
        if options.files and path.stem not in options.files:
            continue
        for number, case in enumerate(read_cases(path)):
            archive = options.build / "tests/language/archives" / f"{path.stem}.{number}.pt"
            wanted = [section for section in case["sections"] if section["kind"] in ("run", "graph")]
            for section, after in zip(case["sections"], case["sections"][1:]):
                if after["kind"] == "differs":
                    section["differs"] = after["text"]
            counts["cases"] += 1
            for section, actual in zip(wanted, in_child(archive, wanted)):
                kind, expected = section["kind"], section.get("differs", section["text"])
                if expected == "" and "differs" in section:
                    counts["not compared"] += 1
                    continue
                right = same(kind, expected, actual)
                counts[kind] += 1
                counts[kind + " equal"] += right
                counts["differs"] += "differs" in section
                if right and not options.show:
                    continue
                print(f"{'same' if right else 'DIFFERS'}  {path.stem}, {case['title']}, {kind} {section['words']}")
                if not right:
                    print(f"--- expected\n{expected}\n--- PyTorch\n{actual}\n---")
    print(f"{counts['cases']} cases; runs: {counts['run equal']} of {counts['run']} as in PyTorch, of which {counts['differs']} say that taper "
          f"differs; graphs: {counts['graph equal']} of {counts['graph']}; {counts['not compared']} not compared")
    return 0 if counts["run equal"] == counts["run"] and counts["graph equal"] == counts["graph"] else 1


if __name__ == "__main__":
    sys.exit(main())
