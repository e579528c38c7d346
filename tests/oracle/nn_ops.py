"""Calls of neural-network operators with PyTorch's answers, as text for the operator tests (format: tests/ops/replay.h).

    python nn_ops.py --family pool > /tmp/pool.txt
    TAPER_OP_CASES=/tmp/pool.txt build/tests/ops/ops_tests "[replay]"
    python nn_ops.py --committed          # rewrites tests/ops/data/nn_*.txt

A family is a function that yields ("operator.overload", arguments...) for calls that show what its operators do: shapes, options,
dtypes, layouts and errors. --wide repeats each with more draws.
"""

import argparse
import pathlib

import nn_image  # noqa: F401 (registers its families)
import nn_layers  # noqa: F401
import nn_loss  # noqa: F401
import nn_matrix  # noqa: F401
from nn_calls import FAMILIES, Maker, call_text


def family_text(name, wide):
    yield f"# {name}"
    for values in FAMILIES[name](Maker(7), wide):
        yield from call_text(values[0], values[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=sorted(FAMILIES))
    parser.add_argument("--wide", action="store_true", help="more and larger calls than are committed")
    parser.add_argument("--committed", action="store_true")
    args = parser.parse_args()
    if args.committed:
        folder = pathlib.Path(__file__).resolve().parent.parent / "ops" / "data"
        for name in FAMILIES:
            (folder / f"nn_{name}.txt").write_text("\n".join(family_text(name, False)) + "\n")
        return
    for text in family_text(args.family, args.wide):
        print(text)


if __name__ == "__main__":
    main()
