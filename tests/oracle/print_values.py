"""Writes tests/runtime/data/printing.pt, a list of values, and printing.txt: what Python's repr says of each.

    python tests/oracle/print_values.py
"""

import pathlib

import torch

import portable_sources  # noqa: F401

DATA = pathlib.Path(__file__).resolve().parents[1] / "runtime" / "data"
SEPARATOR = "\n----\n"


def values():
    inf, nan = float("inf"), float("nan")
    generator = torch.Generator().manual_seed(7)

    def randn(*sizes):
        return torch.randn(*sizes, generator=generator)

    # Python's own values.
    yield from [None, True, False, 0, -7, 2**62, 0.0, -0.0, 1.0, 0.1, -2.5, 1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5, 1.5e300, 5e-324]
    yield from [inf, -inf, nan, 1 / 3, 100.0, 1e22, 12345.678]
    yield from [1j, 1 + 2j, -1.5 - 0.25j, complex(0, -1), complex(-0.0, 1), complex(nan, inf), 1e20 + 1e-7j, 3 + 0j]
    yield from ["", "text", "it's", 'say "it"', "it's \"both\"", "tab\t, line\n, return\r, back\\slash", "nul\0, bell\a, del\x7f", "héllo, 漢字, 😀", "\u200b\u2028"]
    yield from [[], [1, 2], ["a", None], (), (1,), (1, 2.0, "x"), {}, {"a": 1, "b": [True]}, {1: (2,), 2: ()}, [[1], [2, [3]]]]

    # Tensors: every notation.
    yield torch.tensor(3.5)
    yield torch.tensor(7)
    yield torch.tensor(True)
    yield torch.tensor([1.0, 2.0, 3.0])
    yield torch.tensor([1.5, -2.25, 1000.125])
    yield torch.tensor([0.0, 0.0])
    yield torch.tensor([0.0, -0.0, nan])
    yield torch.tensor([inf, -inf, nan])
    yield torch.tensor([1.0, inf, -inf, nan])
    yield torch.tensor([1.5, inf, -inf, nan])
    yield torch.tensor([1e-5, 1.0])
    yield torch.tensor([1e-5, inf, nan, -0.0])
    yield torch.tensor([1e9, 1.0])
    yield torch.tensor([1e8, 1.0])
    yield torch.tensor([100000.0, 1.0])
    yield torch.tensor([1000.0, 1.0])
    yield torch.tensor([1001.0, 1.0])
    yield torch.tensor([12345678.0])
    yield torch.tensor([1e20, -1e20])
    yield torch.tensor([0.0001, 0.00011])
    yield torch.tensor([0.00009, 0.0001])
    yield torch.tensor([1e-30])
    yield torch.tensor([3.4e38, 1e-45])
    yield torch.tensor([0.99999, 0.5])
    yield torch.tensor([1, 20, -300])
    yield torch.tensor([[1, 2], [-3, 4]])
    yield torch.tensor([True, False])
    yield torch.tensor([[True], [False]])
    for dtype in [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16, torch.uint32, torch.uint64]:
        yield torch.tensor([1, 100], dtype=dtype)
    for dtype in [torch.float16, torch.bfloat16, torch.float32, torch.float64]:
        yield torch.tensor([0.1, 2.0, -3.75], dtype=dtype)
        yield torch.tensor(0.1, dtype=dtype)
    yield torch.tensor([2**63 + 5, 1], dtype=torch.uint64)
    yield torch.tensor([60000.0, 1e-7], dtype=torch.float16)
    yield torch.tensor([1 / 3], dtype=torch.float64)
    for dtype in [torch.float8_e5m2, torch.float8_e4m3fn, torch.float8_e5m2fnuz, torch.float8_e4m3fnuz]:
        yield torch.tensor([0.5, -1.75, 12.0]).to(dtype)
        yield torch.arange(0, 256, dtype=torch.int32).to(torch.uint8).view(dtype)
    for dtype in [torch.complex32, torch.complex64, torch.complex128]:
        yield torch.tensor([1 + 2j, -0.5 - 1j, 0j]).to(dtype)
    yield torch.tensor(1 - 2j)
    yield torch.tensor([complex(nan, inf), complex(-inf, -0.0)])
    yield torch.tensor([1e-6 + 1j, 1e6 - 1e-3j])
    yield torch.randn(3, 4, dtype=torch.complex64, generator=generator)

    # Shapes.
    yield randn(2, 3)
    yield randn(2, 3, 4)
    yield randn(2, 2, 2, 3)
    yield randn(2, 1, 2, 1, 2)
    yield randn(1, 1)
    yield randn(30)
    yield randn(3, 30)
    count = torch.arange(6000)
    yield count[:25]
    yield count[:1000]
    yield count[:1001]
    yield count[:5000].reshape(50, 100)
    yield count[:5000].reshape(1000, 5)
    yield count[:5000].reshape(5, 1000)
    yield count.reshape(10, 20, 30)
    yield count.reshape(2, 3, 1000)
    yield count[: 7 * 7 * 49].reshape(7, 7, 49)
    yield randn(40, 40)
    yield randn(1100) * 1e-6
    yield torch.ones(1200)
    yield torch.cat([torch.zeros(600), torch.tensor([1e10]), torch.zeros(600)])
    yield torch.zeros(1001, dtype=torch.bool)
    yield torch.zeros(1001, dtype=torch.complex64)
    yield torch.tensor([1.0] * 20, dtype=torch.float64)
    yield torch.tensor([1.25] * 11, dtype=torch.float64)
    yield torch.arange(16, dtype=torch.int32)
    yield torch.arange(17, dtype=torch.int32)
    yield torch.arange(18, dtype=torch.int16)
    for dtype in [torch.float32, torch.int64, torch.float64, torch.bool]:
        for sizes in [(0,), (0, 3), (2, 0), (1, 0, 2)]:
            yield torch.empty(*sizes, dtype=dtype)

    # Views.
    base = torch.arange(24).reshape(4, 6)
    yield base.t()
    yield base[1:3, ::2]
    yield base.flip(0)[:, 3]
    yield torch.arange(3.0).expand(2, 3)
    yield torch.tensor(1.5).expand(2, 2)

    # Containers of tensors.
    yield [torch.tensor([1.0, 2.0]), torch.tensor(3)]
    yield (torch.ones(2, 2), {"a": torch.zeros(1)})

    # Quantized.
    yield torch.quantize_per_tensor(torch.tensor([0.1, 0.5, -1.0]), 0.1, 3, torch.quint8)
    yield torch.quantize_per_tensor(torch.tensor([[0.1], [0.5]]), 0.25, 0, torch.qint8)
    yield torch.quantize_per_channel(torch.tensor([[0.1, 0.5], [-1.0, 2.0]]), torch.tensor([0.1, 0.05]), torch.tensor([0, 1]), 0, torch.qint8)


def main():
    torch.manual_seed(0)
    made = list(values())
    DATA.mkdir(exist_ok=True)
    torch.save(made, DATA / "printing.pt")
    texts = [repr(value) for value in made]
    assert not any(SEPARATOR.strip() in text for text in texts)
    (DATA / "printing.txt").write_text(SEPARATOR.join(texts) + "\n", encoding="utf-8")
    print(len(made), "values")


main()
