"""Random calls of signal, statistics and copying operators with PyTorch's answers (format: tests/ops/replay.h).

    python signal_ops.py --family fft --draws 60 --seed 1 > /tmp/fft.txt
    TAPER_OP_CASES=/tmp/fft.txt build/tests/ops/ops_tests "[replay]"
    python signal_ops.py --committed          # rewrites tests/ops/data/signal_*.txt

A family is a function that yields ("operator.overload", arguments...) for one draw. The family `sample` starts from the
generator's default seed and is only right as a whole.
"""

import argparse
import math
import pathlib
import random
import warnings

import torch

import nn_calls
import random_ops

warnings.simplefilter("ignore")
torch.set_num_threads(1)

HALF, BF16, F32, F64, C64, C128 = torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128
REAL = [HALF, BF16, F32, F32, F64]
FAMILIES = {}
CONTIGUOUS = ["fft"]  # PyTorch's strides here depend on the library behind it


def family(fn):
    FAMILIES[fn.__name__] = fn
    return fn


class Mild(random_ops.Draw):
    """Values without infinities and NaN."""

    def element(self, dtype):
        if dtype == torch.bool:
            return self.rng.random() < 0.5
        if dtype.is_complex:
            return complex(self.rng.gauss(0, 1), self.rng.gauss(0, 1))
        if dtype.is_floating_point:
            return self.rng.gauss(0, 1)
        return self.rng.randint(0 if dtype == torch.uint8 else -3, 3)


class Maker:
    def __init__(self, rng):
        self.rng = rng
        self.pick = rng.choice
        self.chance = lambda p: rng.random() < p
        self.mild = Mild(rng, "").tensor
        self.wild = random_ops.Draw(rng, "").tensor

    def shape(self, dims=None, sizes=(1, 2, 3, 4), empty=0.05):
        dims = self.pick([1, 2, 2, 3]) if dims is None else dims
        return [0 if self.chance(empty) else self.pick(sizes) for _ in range(dims)]

    def dim(self, shape):
        return self.rng.randint(-len(shape), len(shape) - 1)

    def some_dims(self, shape):
        return self.rng.sample(range(len(shape)), self.rng.randint(1, len(shape)))

    def dtype(self):
        return self.pick(random_ops.NUMBERS + [F32] * 4)

    def uniform(self, shape, dtype):
        return torch.tensor([self.rng.random() for _ in range(math.prod(shape))], dtype=dtype).reshape(shape)

    def ints(self, low, high, count, dtype=torch.int64):
        return torch.tensor([self.rng.randint(low, high) for _ in range(count)], dtype=dtype)


@family
def bag(m):
    rows, width, n = m.pick([1, 2, 5]), m.pick([0, 1, 3]), m.pick([0, 1, 4, 7])
    weight = m.mild([rows, width], m.pick(REAL)) if m.chance(0.7) else m.wild([rows, width], F32)
    if m.chance(0.04):
        weight = weight.to(m.dtype())
    bags = m.pick([1, 2, 4])
    offsets = [0] + sorted(m.rng.randint(0, n) for _ in range(bags - 1))
    kind = m.pick([torch.int64, torch.int64, torch.int32])
    indices, offsets = m.ints(0, rows - 1, n, kind), torch.tensor(offsets, dtype=kind)
    mode = m.pick([0, 0, 1, 2])
    scale = m.mild([n], weight.dtype) if mode == 0 and m.chance(0.5) else None
    last = m.chance(0.4) and (bags > 1 or n == 0)
    pad = m.pick([None, 0, -1, rows - 1, rows])
    yield "embedding_bag.padding_idx", weight, indices, offsets, False, mode, False, scale, last, pad
    yield "embedding_bag", weight, indices, offsets, False, mode, False, scale, last
    raw = m.pick(["_embedding_bag", "_embedding_bag_forward_only"])
    yield raw, weight, indices, offsets, False, mode, False, scale, last, -1 if pad in (None, rows) else pad
    table = m.mild([rows, 3], m.pick(REAL + [C64]))
    norm, kind = m.pick([0.5, 1.0, 0.0]), m.pick([1.0, 2.0, 0.0, math.inf, 3.0])
    yield "embedding_renorm", table, indices, norm, kind
    yield "embedding_renorm_", table.clone(), indices, norm, kind


@family
def fft(m):
    shape = m.shape(sizes=[1, 2, 3, 4, 5, 6, 8], empty=0)
    shape[0] = m.pick([1, 2, 3, 5, 8, 12, 53, 101]) if len(shape) == 1 else shape[0]
    for name in ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]:
        x = m.mild(shape, m.pick([F32, F32, F64, C64, C128, torch.int32, torch.bool]))
        norm = m.pick([None, "ortho", "forward", "backward"])
        n = m.pick([None, None, 1, 3, 8, 13, 0, -1])
        yield "fft_" + name, x, n, m.dim(shape), norm
        count = m.pick([1, 2])
        dims = m.pick([None, [m.dim(shape) for _ in range(count)]])
        sizes = m.pick([None, None, [m.pick([1, 2, 5, 7, -1]) for _ in range(count)]])
        yield f"fft_{name}n", x, sizes, dims, norm
        yield f"fft_{name}2", x, sizes, dims or [-2, -1], norm
    x, dims = m.mild(shape, m.pick([C64, C128])), m.some_dims(shape)
    yield "_fft_c2c", x, dims, m.pick([0, 1, 2]), m.chance(0.5)
    yield "_fft_r2c", m.mild(shape, m.pick([F32, F64])), dims, m.pick([0, 1, 2]), m.chance(0.6)
    last = 2 * x.size(dims[-1]) - m.pick([1, 2])
    if last > 0:
        yield "_fft_c2r", x, dims, m.pick([0, 1, 2]), last
    yield "fft_fftshift", m.wild(shape, m.dtype()), m.pick([None, [0], dims])
    yield "fft_ifftshift", m.wild(shape, m.dtype()), m.pick([None, [0], dims])
    for name in ["fft_fftfreq", "fft_rfftfreq"]:
        yield name, m.pick([0, 1, 2, 3, 8]), m.pick([1.0, 0.5, -2.0]), m.pick([None, HALF, F32, F64, BF16, torch.int32])


@family
def stft(m):
    one, batch, size = m.chance(0.4), m.pick([1, 2]), m.pick([5, 10, 33])
    x = m.mild([size] if one else [batch, size], m.pick([F32, F32, F64, C64])).contiguous()
    n = m.pick([1, 2, 4, 7, 8, 16])
    hop, length = m.pick([None, 1, 2, 3, n]), m.pick([None, n, max(1, n - 2), n + 1])
    window = m.mild([length or n], m.pick([F32, F64])) if m.chance(0.6) else None
    center, normalized, onesided = m.chance(0.6), m.chance(0.3), m.pick([None, None, True, False])
    return_complex = m.pick([True, True, True, False, None])
    align = None if center else m.pick([None, True, False])
    mode = m.pick(["reflect", "constant", "replicate", "circular"])
    yield "stft.center", x, n, hop, length, window, center, mode, normalized, onesided, return_complex, align
    yield "stft", x, n, hop, length, window, normalized, onesided, return_complex, align
    full = m.chance(0.4)
    y = m.mild(([batch] if m.chance(0.6) else []) + [n if full else n // 2 + 1, m.pick([1, 2, 5])], m.pick([C64, C128]))
    window = m.uniform([length or n], m.pick([F32, F64])) + 0.2 if m.chance(0.6) else None
    yield ("istft", y, n, hop, length, window, m.chance(0.7), normalized, m.pick([None, None, True, False]), m.pick([None, None, 5, 20]), m.chance(0.3))


@family
def window(m):
    n, dtype = m.pick([0, 1, 2, 3, 8, 17, -1]), m.pick([None, HALF, F32, F64, BF16, C64])
    for name in ["hann", "hamming", "blackman", "bartlett", "kaiser"]:
        yield name + "_window", n, dtype
        yield name + "_window.periodic", n, m.chance(0.5), dtype
        yield name + "_window.periodic_out", n, m.chance(0.5), torch.empty(0, dtype=m.pick([F32, F64]))
    yield "hamming_window.periodic_alpha", n, True, 0.3, dtype
    yield "hamming_window.periodic_alpha_beta", n, False, 0.3, 0.7, dtype
    yield "kaiser_window.beta", n, False, 3.5, dtype


@family
def statistics(m):
    shape = m.shape()
    x, dim = m.mild(shape, m.dtype()), m.dim(shape)

    def more():
        extra = list(shape)
        extra[dim] = m.pick([0, 1, 2])
        return None if m.chance(0.6) else m.mild(extra, x.dtype)

    yield "diff", x, m.pick([0, 1, 1, 2, 9, -1]), dim, more(), more()
    places = m.mild(m.pick([shape, [shape[dim]]]), m.dtype())
    for name in ["trapezoid", "trapz", "cumulative_trapezoid"]:
        yield name + ".x", x, places, dim
        yield name + ".dx", x, 0.5 if name == "trapz" else m.pick([1, 0.5, True]), dim
    table = m.mild([m.pick([0, 1, 2, 3]), m.pick([1, 2, 4, 6])], m.dtype())
    count = table.size(1)
    fweights = None if m.chance(0.6) else m.ints(0, 3, count)
    aweights = None if m.chance(0.6) else m.uniform([count], m.pick([F32, F64, HALF]))
    yield "cov", table, m.pick([0, 1, 1, 2]), fweights, aweights
    yield "corrcoef", table
    shape = m.shape(sizes=[2, 3, 4], empty=0)
    x, order, dims, step = m.mild(shape, m.dtype()), m.pick([1, 1, 2]), m.some_dims(shape), m.pick([1, 0.5, 2, -1.5])
    coordinates = [(m.uniform([shape[d]], F64) + 0.3).cumsum(0).to(m.pick([F32, F64])) for d in range(len(shape))]
    yield "gradient.scalarint", x, m.pick([None, step]), m.pick([None, m.dim(shape)]), order
    yield "gradient.scalararray", x, step, dims, order
    yield "gradient.array", x, dims, order
    yield "gradient.scalarrayint", x, [0.5] * len(shape), None, order
    yield "gradient.scalarrayarray", x, [1.5] * len(dims), dims, order
    yield "gradient.tensorarray", x, [coordinates[d] for d in dims], dims, order
    yield "gradient.tensorarrayint", x, coordinates, None, order


@family
def histogram(m):
    dtype = m.pick([F32, F64])
    shape = [m.pick([0, 1, 5, 20])]
    x = m.mild(shape, dtype)
    if m.chance(0.3):
        x = (x * 2).round() / 2
    weight, density = m.pick([None, m.mild(shape, dtype)]), m.chance(0.4)
    limits = m.pick([None, [-1.0, 1.0], [0.0, 0.0], [2.0, 1.0]])
    yield "histogram.bin_ct", x, m.pick([1, 2, 5, 0]), limits, weight, density
    edges = torch.tensor([-1.0, -0.5, 0.0, 0.5, 2.0], dtype=dtype)
    yield "histogram.bins_tensor", x, edges, weight, density
    dims = m.pick([1, 2, 3])
    points = m.mild([m.pick([0, 4, 12]), dims], dtype)
    weight = None if m.chance(0.5) else m.uniform([points.size(0)], dtype)
    bins, limits = [m.pick([1, 2, 3]) for _ in range(dims)], m.pick([None, [-1.0, 1.0] * dims])
    yield "histogramdd", points, bins, limits, weight, density
    yield "histogramdd.int_bins", points, 2, limits, weight, density
    yield "histogramdd.TensorList_bins", points, [edges] * dims, None, weight, density
    yield "_histogramdd_bin_edges", points, bins, limits, weight, density
    yield "_histogramdd_from_bin_cts", points, bins, limits, weight, density
    yield "_histogramdd_from_bin_tensors", points, [edges] * dims, weight, density
    axis = m.pick([0, 0, 1])
    shape = m.shape(axis, (1, 2), 0) + [m.pick([0, 1, 4, 6])] + m.shape(m.pick([0, 1]), (1, 3), 0)
    data, segments = m.mild(shape, m.pick(REAL)), m.pick([1, 2, 3])
    cuts = [[0] + sorted(m.rng.randint(0, shape[axis]) for _ in range(segments - 1)) + [shape[axis]] for _ in range(math.prod(shape[:axis]))]
    offsets = torch.tensor(cuts).reshape(shape[:axis] + [segments + 1])
    kind, initial = m.pick(["sum", "mean", "max", "min", "prod"]), m.pick([None, None, 1.5])
    yield "segment_reduce", data, kind, offsets.diff(), None, None, axis, m.chance(0.3), initial
    yield "segment_reduce", data, kind, None, None, offsets, axis, False, initial


@family
def combine(m):
    shape = m.shape(m.pick([0, 1, 2, 3]))
    x = m.wild(shape, m.dtype())
    yield "hash_tensor", x, m.pick([[], [0], list(range(len(shape)))]), m.chance(0.5), 0
    yield "nonzero_static", x, m.pick([0, 1, 20, -1]), -1
    line = m.wild([m.pick([0, 1, 2, 5])], x.dtype)
    yield "combinations", line, m.pick([0, 1, 2, 3, -1]), m.chance(0.5)
    yield "cartesian_prod", [line, m.wild([m.pick([0, 1, 3])], x.dtype)]
    tail = m.shape(m.pick([0, 1, 2]), (1, 2), 0)
    sequences = [m.mild([m.pick([0, 1, 2, 3])] + tail, x.dtype) for _ in range(m.pick([1, 2, 3]))]
    yield "pad_sequence", sequences, m.chance(0.5), m.pick([0.0, 1.5]), m.pick(["left", "right"])
    dim = m.pick([0, 1])
    lead = m.shape(dim, (1, 2), 0)
    yield "_chunk_cat", [m.mild(lead + [m.pick([1, 2, 5])] + m.shape(m.pick([0, 1]), (1, 2), 0), x.dtype) for _ in range(2)], dim, m.pick([1, 2, 4, 0])
    if shape and x.numel():
        mask = torch.tensor([m.chance(0.6) for _ in range(3)])
        indices = [torch.tensor([m.rng.randrange(n) if keep else m.pick([99, -99]) for keep in mask.tolist()]) for n in shape]
        yield "_unsafe_masked_index", x, mask, indices, 1
        yield "_unsafe_masked_index_put_accumulate", m.mild(shape, x.dtype).clone(), mask, indices, m.mild([3], x.dtype)
    if shape:
        grad, dim = m.mild(shape, m.pick(REAL)), m.dim(shape)
        for name in ["_softmax_backward_data", "_log_softmax_backward_data"]:
            yield name, grad, m.mild(shape, grad.dtype), dim, random_ops.DTYPES.index(grad.dtype)
    image = m.mild(m.shape(m.pick([1, 2]), (1, 2), 0) + [m.pick([4, 5]), 4], m.pick(REAL))
    if image.dim() == 4 and m.chance(0.4):
        image = image.contiguous(memory_format=torch.channels_last)
    pool = m.pick([[2, 2], [3, 2]]), m.pick([[], [1, 1], [2]]), m.pick([[0, 0], [1, 1]]), [1, 1], m.chance(0.5)
    pooled, places = torch.ops.aten.max_pool2d_with_indices(image, *pool)
    yield "max_pool2d_with_indices_backward", m.mild(list(pooled.shape), image.dtype), image, *pool, places


@family
def view_copy(m):
    shape = m.shape(m.pick([0, 1, 2, 3]))
    x, n = m.wild(shape, m.dtype()), max(1, len(shape))
    a, b = m.rng.randint(-n, n - 1), m.rng.randint(-n, n - 1)
    out = lambda: torch.empty(0, dtype=x.dtype if m.chance(0.8) else F64)
    for name in ["alias_copy", "detach_copy", "lift_fresh_copy", "t_copy", "squeeze_copy"]:
        yield name, x
        yield name + ".out", x, out()
    yield "squeeze_copy.dim", x, a
    yield "squeeze_copy.dims", x, [a]
    yield "unsqueeze_copy", x, a
    yield "transpose_copy.int", x, a, b
    yield "transpose_copy.int_out", x, a, b, out()
    yield "view_copy", x, [-1]
    yield "view_copy.dtype", x, m.pick([0, 5, 6, 7])
    yield "permute_copy", x, m.rng.sample(range(len(shape)), len(shape))
    yield "expand_copy", x, [2] + shape
    yield "select_copy.int", x, a, m.pick([0, 1, -1])
    yield "slice_copy.Tensor", x, a, m.pick([None, 1]), m.pick([None, -1]), m.pick([1, 2])
    yield "diagonal_copy", x, m.pick([0, 1, -1]), a, b
    yield "unfold_copy", x, a, m.pick([1, 2]), 1
    yield "as_strided_copy", x, [1], [1]
    yield "split_copy.Tensor", x, m.pick([1, 2]), a
    yield "split_with_sizes_copy", x, [1, (shape[a] if shape else 2) - 1], a
    yield "unbind_copy.int", x, a
    yield ("view_as_real_copy" if x.is_complex() else "view_as_complex_copy"), x


@family
def archived(m):
    shape, dtype = m.shape(m.pick([0, 1, 2, 3])), m.dtype()
    x = m.wild(shape, dtype)
    matrix = torch.zeros(m.pick([[3, 3], [7, 2], [2, 5], [3, 3, 3], [9, 3], [4], [2, 3, 2]]), dtype=dtype)
    yield "fill_diagonal_", matrix, 1, m.chance(0.5)
    yield "_shape_as_tensor", x
    kind = m.pick([None, torch.int64, HALF, F32, F64])
    yield "range.step", m.pick([0, 1, -1.5, 2]), m.pick([5, 3.5, 0, 1]), m.pick([1, 2, -1]), kind
    yield "range", 0, m.pick([3, 2.5, -1]), kind
    yield "vander", m.mild([m.pick([0, 1, 3])], dtype), m.pick([None, 0, 1, 4, -1]), m.chance(0.5)
    image = m.mild([2, 3, 4], m.pick([F32, torch.int64]))
    yield "_pad_circular", image, m.pick([[1, 1], [0, 2]])
    yield "_pad_enum", image, [1, 1], m.pick([0, 1, 2, 3]), None
    yield "_is_all_true", m.wild(shape, torch.bool)
    yield "_is_any_true", m.wild(shape, torch.bool)
    yield "_stack", [x, x], 0
    yield "_conj_physical", x
    yield "_no_grad_fill_", torch.zeros(shape), 0.5
    yield "_no_grad_zero_", torch.ones(shape)


@family
def sample(m):
    shape, dtype = m.shape(m.pick([0, 1, 2]), (1, 2, 5)), m.pick([F32, F64])
    numbers = lambda values, kind: torch.tensor([m.pick(values) for _ in range(math.prod(shape))], dtype=kind).reshape(shape)
    yield "poisson", numbers([0, 0.1, 1, 5, 9.99, 10, 50, 1e3, 6e4], m.pick(REAL))
    alpha = numbers([0.01, 0.5, 0.99, 1, 2, 10, 1e3], dtype)
    yield "_standard_gamma", alpha
    if alpha.numel():
        yield "_sample_dirichlet", alpha
    count = numbers([0, 1, 5, 10, 25, 100, 1e4, 1e6], dtype)
    yield "binomial", count, m.pick([numbers([0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.99, 1], dtype), torch.tensor(0.4, dtype=dtype)])


def contiguous(line):
    """The line of a result with the strides of a dense tensor."""
    words = line.split(" ")
    if len(words) > 4 and words[1].startswith("T") and words[3] != "-":
        sizes, step, strides = [int(n) for n in words[3].split(",")], 1, []
        for size in reversed(sizes):
            strides.insert(0, step)
            step *= max(size, 1)
        words[4] = ",".join(map(str, strides))
    return " ".join(words)


def family_text(name, draws, seed):
    rng = random.Random(f"{seed}/{name}")
    torch.manual_seed(67280421310721)
    for _ in range(draws):
        for values in FAMILIES[name](Maker(rng)):
            for text in nn_calls.call_text(values[0], values[1:]):
                yield contiguous(text) if name in CONTIGUOUS and text.startswith("r ") else text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=sorted(FAMILIES))
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--committed", action="store_true")
    args = parser.parse_args()
    if args.committed:
        folder = pathlib.Path(__file__).resolve().parent.parent / "ops" / "data"
        for name in FAMILIES:
            (folder / f"signal_{name}.txt").write_text("\n".join(family_text(name, 2 if name == "fft" else 8, "committed")) + "\n")
        return
    for text in family_text(args.family, args.draws, args.seed):
        print(text)


if __name__ == "__main__":
    main()
