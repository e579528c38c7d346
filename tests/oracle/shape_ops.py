"""Random calls of reductions, views, indexing and convolutions with PyTorch's answers (format: tests/ops/replay.h).

    python shape_ops.py --family reduction --draws 100 --seed 1 > /tmp/reduction.txt
    TAPER_OP_CASES=/tmp/reduction.txt build/tests/ops/ops_tests "[replay]"
    python shape_ops.py --committed          # rewrites tests/ops/data/{reduction,view,indexing,convolution}.txt

Each operator draws its arguments by a function of its own; random_ops.py covers what takes broadcasting tensors. Floats are
multiples of 1/8, so that sums do not depend on their order, now and then infinite, NaN or a negative zero.
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

FLOATS = [torch.float32, torch.float32, torch.float32, torch.float64, torch.float16, torch.bfloat16]
FAMILIES = {"reduction": {}, "view": {}, "indexing": {}, "convolution": {}}


class Draw(random_ops.Draw):
    def __init__(self, rng, op=""):
        super().__init__(rng, op)
        self.special = rng.random() < 0.2

    def element(self, dtype):
        if dtype.is_floating_point:
            if self.special and self.rng.random() < 0.2:
                return self.rng.choice([math.inf, -math.inf, math.nan, -0.0])
            return self.rng.randint(-16, 16) / 8
        return super().element(dtype) if dtype.is_complex or dtype == torch.bool else self.rng.randint(0 if dtype == torch.uint8 else -6, 6)

    def self(self, dtype=None, written=False):
        return self.tensor(self.shape, dtype or self.dtype, written)

    def floats(self):
        return self.tensor(self.shape, self.rng.choice(FLOATS))

    def at_least(self, dims):
        while len(self.shape) < dims:
            self.shape.append(self.rng.choice([1, 2, 3]))
        return self

    def unexpanded(self):
        """PyTorch's median.dim reads beyond the storage of lines whose elements are one and the same."""
        x = self.self()
        return x.contiguous() if any(stride == 0 and size > 1 for size, stride in zip(x.shape, x.stride())) else x

    def dim(self):
        n = max(1, len(self.shape))
        return self.rng.randint(-n, n - 1) if self.rng.random() < 0.97 else n + 1

    def dims(self):
        n = len(self.shape)
        return sorted(self.rng.sample(range(n), self.rng.randint(0, n))) if self.rng.random() < 0.95 else [0, 0]

    def flag(self):
        return self.rng.random() < 0.5

    def maybe_dtype(self):
        # What NaN becomes as an integer is undefined.
        return self.rng.choice([None, None, None, torch.float32, torch.float64, None if self.special else torch.int64])

    def size(self, dim):
        return self.shape[dim] if self.shape and -len(self.shape) <= dim < len(self.shape) else 1

    def index(self, size, shape):
        """Indices below size, sometimes negative, rarely out of range."""
        low = -size if self.rng.random() < 0.2 else 0
        high = size if self.rng.random() < 0.97 else size + 1
        return self.tensor_of([self.rng.randint(low, max(low, high - 1)) for _ in range(math.prod(shape))], shape, torch.int64)

    def tensor_of(self, values, shape, dtype):
        return torch.tensor(values, dtype=dtype).reshape(shape)


def draws(family, *names):
    def add(fn):
        for name in names:
            FAMILIES[family][name] = fn
        return fn

    return add


# ---- reductions -------------------------------------------------------------

draws("reduction", "sum", "mean", "prod", "nansum")(lambda d: [d.self()])
draws("reduction", "max", "min", "all", "any", "std", "var", "count_nonzero", "median", "nanmedian",
      "std_mean", "var_mean", "norm.Scalar")(lambda d: [d.self()])
draws("reduction", "sum.dim_IntList", "mean.dim", "nansum")(lambda d: [d.self(), d.dims(), d.flag(), d.maybe_dtype()])
draws("reduction", "prod.dim_int")(lambda d: [d.self(), d.dim(), d.flag(), d.maybe_dtype()])
draws("reduction", "amax", "amin", "logsumexp")(lambda d: [d.self(), d.dims(), d.flag()])
draws("reduction", "aminmax")(lambda d: [d.self(), d.rng.choice([None, d.dim()]), d.flag()])
draws("reduction", "max.dim", "min.dim", "all.dim", "any.dim", "argmax", "argmin")(lambda d: [d.self(), d.dim(), d.flag()])
draws("reduction", "median.dim", "nanmedian.dim")(lambda d: [d.unexpanded(), d.dim(), d.flag()])


@draws("reduction", "mode")
def _(d):
    # Lines of more than 16 elements that hold a NaN are sorted by an order that is none: what comes out is undefined.
    d.special = d.special and max(d.shape, default=0) <= 16
    return [d.self(), d.dim(), d.flag()]
draws("reduction", "all.dims", "any.dims")(lambda d: [d.self(), d.rng.choice([None, d.dims()]), d.flag()])
draws("reduction", "std.dim", "var.dim", "std_mean.dim", "var_mean.dim")(lambda d: [d.floats(), d.rng.choice([None, d.dims()]), d.flag(), d.flag()])
draws("reduction", "std.correction", "var.correction", "var_mean.correction")(
    lambda d: [d.floats(), d.rng.choice([None, d.dims()]), d.rng.choice([None, 0, 1, 2, 0.5]), d.flag()])
draws("reduction", "norm.ScalarOpt_dim")(lambda d: [d.floats(), d.rng.choice([None, 0, 1, 2, 3, math.inf, -math.inf, 0.5]), d.dims(), d.flag()])
draws("reduction", "linalg_vector_norm")(
    lambda d: [d.floats(), d.rng.choice([0, 1, 2, 3, math.inf, -math.inf, 0.5]), d.rng.choice([None, d.dims()]), d.flag(), None])
draws("reduction", "kthvalue")(lambda d: [d.self(), d.rng.randint(1, 3), d.dim(), d.flag()])
draws("reduction", "cumsum", "cumprod")(lambda d: [d.self(), d.dim(), d.maybe_dtype()])
draws("reduction", "cummax", "cummin", "logcumsumexp")(lambda d: [d.self(), d.dim()])
draws("reduction", "count_nonzero.dim_IntList")(lambda d: [d.self(), d.dims()])
draws("reduction", "softmax.int", "log_softmax.int")(lambda d: [d.floats(), d.dim(), d.rng.choice([None, None, torch.float64])])
draws("reduction", "quantile", "nanquantile")(
    lambda d: [d.tensor(d.shape, torch.float32), torch.tensor([0.0, 0.25, 0.6]), d.rng.choice([None, d.dim()]), d.flag()])

# ---- views and shapes -------------------------------------------------------


def other_shape(d):
    """Another shape of as many elements."""
    count = math.prod(d.shape)
    sizes = []
    while count > 1 and d.rng.random() < 0.7:
        factor = d.rng.choice([f for f in range(1, count + 1) if count % f == 0])
        sizes.append(factor)
        count //= factor
    sizes.append(count)
    if sizes and d.rng.random() < 0.3 and math.prod(sizes) > 0:
        sizes[d.rng.randrange(len(sizes))] = -1
    return sizes


@draws("view", "view", "reshape")
def _(d):
    return [d.self(), other_shape(d)]


@draws("view", "permute")
def _(d):
    order = list(range(len(d.shape)))
    d.rng.shuffle(order)
    return [d.self(), [i - len(order) if d.rng.random() < 0.2 else i for i in order]]


draws("view", "transpose.int", "swapaxes", "movedim.int")(lambda d: [d.self(), d.dim(), d.dim()])
draws("view", "t", "squeeze", "atleast_1d", "atleast_2d", "atleast_3d", "ravel", "contiguous", "numel", "trace", "fliplr", "flipud")(lambda d: [d.self()])
draws("view", "squeeze.dim", "unbind.int")(lambda d: [d.self(), d.dim()])
draws("view", "squeeze.dims", "flip")(lambda d: [d.self(), d.dims()])
draws("view", "unsqueeze")(lambda d: [d.self(), d.rng.randint(-len(d.shape) - 1, len(d.shape))])


@draws("view", "expand")
def _(d):
    x = d.tensor(d.smaller(), d.dtype)
    shape = [2] * d.rng.randint(0, 1) + d.shape
    # In front of the tensor's own dimensions a -1 gives a tensor of size -1.
    return [x, [-1 if i >= len(shape) - x.dim() and d.rng.random() < 0.1 else n for i, n in enumerate(shape)], False]


draws("view", "broadcast_to")(lambda d: [d.tensor(d.smaller(), d.dtype), d.shape])
draws("view", "flatten.using_ints")(lambda d: [d.self(), d.dim(), d.dim()])
draws("view", "diagonal")(lambda d: [d.at_least(2).self(), d.rng.randint(-2, 2), d.dim(), d.dim()])
draws("view", "tril", "triu", "diag")(lambda d: [d.at_least(2).self(), d.rng.randint(-2, 2)])
draws("view", "diag_embed")(lambda d: [d.self(), d.rng.randint(-2, 2), -2, -1])
draws("view", "roll")(lambda d: [d.self(), *(lambda dims: ([d.rng.randint(-4, 4) for _ in dims], dims))(d.dims() or [0])])
draws("view", "rot90")(lambda d: [d.at_least(2).self(), d.rng.randint(-3, 5), [0, 1]])
draws("view", "repeat", "tile")(lambda d: [d.self(), [d.rng.choice([0, 1, 1, 2, 3]) for _ in range(d.rng.randint(0, 1) + len(d.shape))]])
draws("view", "repeat_interleave.self_int")(lambda d: [d.self(), d.rng.randint(0, 3), d.rng.choice([None, d.dim()]), None])
draws("view", "constant_pad_nd")(lambda d: [d.self(), [d.rng.randint(-1, 2) for _ in range(2 * d.rng.randint(0, len(d.shape)))], d.rng.choice([0, 1])])


@draws("view", "narrow")
def _(d):
    dim = d.dim()
    size = d.size(dim)
    start = d.rng.randint(-size, size)
    return [d.self(), dim, start, d.rng.randint(0, max(0, size - (start if start >= 0 else start + size)))]


@draws("view", "select.int")
def _(d):
    dim = d.dim()
    return [d.at_least(1).self(), dim, d.rng.randint(-d.size(dim), max(0, d.size(dim) - 1))]


@draws("view", "slice.Tensor")
def _(d):
    edge = lambda: d.rng.choice([None, d.rng.randint(-6, 6), 9223372036854775807])
    return [d.at_least(1).self(), d.dim(), edge(), edge(), d.rng.choice([1, 1, 2, 3])]


@draws("view", "unfold")
def _(d):
    dim = d.dim()
    return [d.self(), dim, d.rng.randint(0, d.size(dim) + 1), d.rng.randint(1, 3)]


@draws("view", "unflatten.int")
def _(d):
    dim = d.dim()
    size = d.size(dim)
    factor = d.rng.choice([f for f in range(1, size + 1) if size % f == 0] or [1])
    return [d.at_least(1).self(), dim, [factor, -1 if size and d.flag() else size // factor]]


@draws("view", "chunk", "tensor_split.sections")
def _(d):
    return [d.at_least(1).self(), d.rng.randint(1, 4), d.dim()]


draws("view", "split.Tensor")(lambda d: [d.at_least(1).self(), d.rng.randint(0, 4), d.dim()])


@draws("view", "split_with_sizes")
def _(d):
    dim = d.at_least(1).dim()
    size = d.size(dim)
    first = d.rng.randint(0, size)
    return [d.self(), [first, size - first] if d.rng.random() < 0.95 else [size + 1], dim]


@draws("view", "as_strided")
def _(d):
    x = d.self()
    room = x.untyped_storage().nbytes() // x.element_size()
    sizes = [d.rng.randint(0, 3) for _ in range(d.rng.randint(0, 3))]
    return [x, sizes, [d.rng.randint(0, max(0, room // 6)) for _ in sizes], d.rng.choice([None, 0, 1])]


@draws("view", "cat")
def _(d):
    dim = d.at_least(1).dim()
    at = dim % len(d.shape) if -len(d.shape) <= dim < len(d.shape) else 0
    dtypes = [d.rng.choice(random_ops.NUMBERS) if d.mixed else d.dtype for _ in range(3)]
    return [[d.tensor([d.rng.randint(0, 3) if i == at else n for i, n in enumerate(d.shape)], dtype) for dtype in dtypes], dim]


draws("view", "stack")(lambda d: [[d.self(), d.self()], d.dim()])
draws("view", "hstack", "vstack", "dstack", "block_diag", "column_stack")(lambda d: [[d.self(), d.self()]])
draws("view", "meshgrid.indexing")(lambda d: [[d.tensor([2], d.dtype), d.tensor([3], d.dtype)], d.rng.choice(["ij", "xy"])])

# ---- indexing ---------------------------------------------------------------


def index_list(d):
    """Indices for x[...]: tensors that broadcast, masks, gaps."""
    shape, items = d.rng.choice([[2], [3], [2, 3], [1, 3], []]), []
    for size in d.shape[: d.rng.randint(1, len(d.shape))]:
        draw = d.rng.random()
        if draw < 0.3:
            items.append(None)
        elif draw < 0.4 and len(shape) == 1:
            items.append(torch.tensor([i < shape[0] for i in range(size)], dtype=torch.bool))
        else:
            items.append(d.index(size, shape if d.rng.random() < 0.8 else [1] * len(shape)))
    return items if any(i is not None for i in items) else [d.index(d.shape[0], shape)]


def picked(d, x, items):
    try:
        return list(torch.ops.aten.index.Tensor(x, items).shape)
    except Exception:
        return [1]


draws("indexing", "index.Tensor")(lambda d: [d.at_least(1).self(), index_list(d)])


@draws("indexing", "index_put", "index_put_")
def _(d):
    d.at_least(1)
    x, items = d.self(written=True), index_list(d)
    shape = picked(d, x, items)
    values = d.tensor(shape if d.flag() else [1] * d.rng.randint(0, len(shape)), d.dtype)
    return [x, items, values, d.flag()]


@draws("indexing", "index_select")
def _(d):
    dim = d.dim()
    return [d.self(), dim, d.index(d.size(dim), [d.rng.randint(0, 4)])]


@draws("indexing", "index_fill.int_Scalar", "index_fill_.int_Scalar")
def _(d):
    dim = d.dim()
    return [d.self(written=True), dim, d.index(d.size(dim), [d.rng.randint(0, 4)]), d.rng.randint(0, 3)]


def parts(d, dim, count):
    at = dim % len(d.shape) if d.shape and -len(d.shape) <= dim < len(d.shape) else 0
    return d.tensor([count if i == at else n for i, n in enumerate(d.shape)], d.dtype)


@draws("indexing", "index_add", "index_add_")
def _(d):
    dim, count = d.dim(), d.rng.randint(0, 4)
    return [d.self(written=True), dim, d.index(d.size(dim), [count if d.shape else 1]), parts(d, dim, count), d.rng.choice([1, 2])]


@draws("indexing", "index_copy", "index_copy_")
def _(d):
    dim = d.dim()
    size = max(1, d.size(dim))
    order = list(range(size))
    d.rng.shuffle(order)
    order = order[: d.rng.randint(0, size)] if d.shape else [0]
    return [d.self(written=True), dim, torch.tensor(order, dtype=torch.int64), parts(d, dim, len(order))]


@draws("indexing", "index_reduce", "index_reduce_")
def _(d):
    dim, count = d.dim(), d.rng.randint(0, 4)
    d.dtype = d.rng.choice(FLOATS)
    return [d.self(written=True), dim, d.index(d.size(dim), [count if d.shape else 1]), parts(d, dim, count),
            d.rng.choice(["prod", "mean", "amax", "amin"]), d.flag()]


def smaller_index(d, dim):
    at = dim % len(d.shape) if d.shape and -len(d.shape) <= dim < len(d.shape) else 0
    shape = [d.rng.randint(0, 3) if i == at else d.rng.randint(min(1, n), n) for i, n in enumerate(d.shape)]
    size = d.size(dim)
    return torch.tensor([d.rng.randint(0, max(0, size - 1)) for _ in range(math.prod(shape))], dtype=torch.int64).reshape(shape)


draws("indexing", "gather")(lambda d: (lambda dim: [d.self(), dim, smaller_index(d, dim)])(d.dim()))
draws("indexing", "take_along_dim")(lambda d: (lambda dim: [d.self(), d.self(torch.int64).abs() % max(1, d.size(dim)), dim])(d.dim()))
draws("indexing", "scatter.value", "scatter_.value")(lambda d: (lambda dim: [d.self(written=True), dim, smaller_index(d, dim), d.rng.randint(0, 3)])(d.dim()))


@draws("indexing", "scatter_add", "scatter_add_")
def _(d):
    dim = d.dim()
    return [d.self(written=True), dim, smaller_index(d, dim), d.tensor([n + 3 for n in d.shape], d.dtype)]


@draws("indexing", "scatter.src", "scatter_.src")
def _(d):
    dim = d.dim()
    at = dim % len(d.shape) if d.shape and -len(d.shape) <= dim < len(d.shape) else 0
    # Each place is written once: which of several writes stays is open.
    index = torch.zeros([min(1, n) if i == at else n for i, n in enumerate(d.shape)], dtype=torch.int64)
    return [d.self(written=True), dim, index, d.tensor(list(index.shape), d.dtype)]


@draws("indexing", "scatter.reduce", "scatter_.reduce")
def _(d):
    dim = d.dim()
    return [d.self(written=True), dim, smaller_index(d, dim), d.tensor([n + 3 for n in d.shape], d.dtype), d.rng.choice(["add", "multiply"])]


@draws("indexing", "scatter_reduce.two")
def _(d):
    dim = d.dim()
    return [d.self(written=True), dim, smaller_index(d, dim), d.tensor([n + 3 for n in d.shape], d.dtype),
            d.rng.choice(["sum", "prod", "mean", "amax", "amin"]), d.flag()]


draws("indexing", "take")(lambda d: [d.self(), d.index(math.prod(d.shape), [d.rng.randint(0, 3), 2])])
draws("indexing", "put", "put_")(lambda d: (lambda n: [d.self(written=True), d.index(math.prod(d.shape), [n]), d.tensor([n], d.dtype), True])(d.rng.randint(0, 4)))
draws("indexing", "masked_select")(lambda d: [d.self(), d.tensor(d.smaller(), torch.bool)])
draws("indexing", "masked_fill.Scalar", "masked_fill_.Scalar")(lambda d: [d.self(written=True), d.tensor(d.smaller(), torch.bool), d.rng.randint(0, 3)])
draws("indexing", "masked_scatter", "masked_scatter_")(lambda d: [d.self(written=True), d.tensor(d.smaller(), torch.bool), d.tensor([math.prod(d.shape) + 1], d.dtype)])
draws("indexing", "nonzero", "argwhere")(lambda d: [d.self()])
draws("indexing", "where.self")(lambda d: [d.tensor(d.smaller(), torch.bool), d.self(), d.tensor(d.smaller(), d.rng.choice(random_ops.NUMBERS) if d.mixed else d.dtype)])
draws("indexing", "nonzero_numpy")(lambda d: [d.self()])


@draws("indexing", "argsort")
def _(d):
    # Equal elements keep their order in short lines only.
    d.shape = [min(n, 16) for n in d.shape]
    return [d.self()]


draws("indexing", "topk")(lambda d: (lambda dim: [torch.randperm(math.prod(d.shape), generator=torch.Generator().manual_seed(d.rng.randint(0, 99))).reshape(d.shape).to(
    torch.float32), d.rng.randint(0, d.size(dim)), dim, d.flag(), True])(d.dim()))


@draws("indexing", "_unique2")
def _(d):
    # Each NaN is a value of its own; which comes first among many depends on the sort that the CPU is given.
    d.special = d.special and math.prod(d.shape) <= 16
    return [d.self(), True, d.flag(), d.flag()]


draws("indexing", "unique_consecutive")(lambda d: [d.self(), d.flag(), d.flag(), d.rng.choice([None, d.dim()])])
draws("indexing", "searchsorted.Tensor")(lambda d: [torch.arange(5, dtype=torch.float32) / 2, d.tensor(d.shape, torch.float32), d.flag(), d.flag()])
draws("indexing", "bucketize.Tensor")(lambda d: [d.tensor(d.shape, torch.float32), torch.arange(5, dtype=torch.float32) / 2, d.flag(), d.flag()])
draws("indexing", "bincount")(lambda d: [d.tensor([5], torch.int64).abs(), d.rng.choice([None, d.tensor([5], torch.float32)]), d.rng.randint(0, 8)])
draws("indexing", "isin.Tensor_Tensor")(lambda d: [d.self(), d.tensor([3], d.dtype)])
draws("indexing", "one_hot")(lambda d: [d.self(torch.int64).abs(), d.rng.choice([-1, 7])])

# ---- convolutions -----------------------------------------------------------


def convolution(dims, transposed):
    def arguments(d):
        rng = d.rng
        dtype, groups = rng.choice(FLOATS), rng.choice([1, 1, 2, 3])
        batch, channels, results = rng.randint(0, 2), groups * rng.randint(1, 3), groups * rng.randint(1, 3)
        kernel = [rng.randint(1, 3) for _ in range(dims)]
        per = lambda low, high: [rng.randint(low, high) for _ in range(dims)]
        # oneDNN's bfloat16 kernels also multiply infinite neighbours by zero.
        d.special = d.special and dtype != torch.bfloat16
        x = d.tensor(([batch] if rng.random() < 0.85 else []) + [channels] + [rng.randint(1, 7) for _ in range(dims)], dtype)
        if x.dim() == 4 and rng.random() < 0.3:
            x = x.contiguous(memory_format=torch.channels_last)
        if transposed and groups > 1:  # oneDNN confuses the groups of what lies channels last
            x = x.contiguous()
        # A tap in the padding times an infinite weight is nothing in one algorithm and NaN in another; PyTorch has several.
        d.special = False
        weight = d.tensor(([channels, results // groups] if transposed else [results, channels // groups]) + kernel, dtype)
        bias = d.tensor([results], dtype) if d.flag() else None
        stride, padding, dilation = per(1, 3), per(0, 2), per(1, 2)
        if transposed:
            return [x, weight, bias, stride, padding, per(0, 1), groups, dilation]
        return [x, weight, bias, stride, padding, dilation, groups]

    return arguments


for n in (1, 2, 3):
    FAMILIES["convolution"][f"conv{n}d"] = convolution(n, False)
    FAMILIES["convolution"][f"conv_transpose{n}d.input" if n > 1 else "conv_transpose1d"] = convolution(n, True)
for n in (1, 2, 3):
    FAMILIES["convolution"][f"conv{n}d.padding"] = lambda d, n=n: (lambda a: [a[0], a[1], a[2], [1] * n, d.rng.choice(["same", "valid"]), a[5], a[6]])(
        convolution(n, False)(d))


def family_text(family, count, seed, only=None):
    for name, arguments in FAMILIES[family].items():
        if only and name not in only:
            continue
        rng = random.Random(f"{seed}/{name}")
        for _ in range(count):
            text = list(nn_calls.call_text(name, arguments(Draw(rng))))
            if not any("INTERNAL ASSERT FAILED" in line for line in text):  # an error of PyTorch's own
                yield from text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=sorted(FAMILIES))
    parser.add_argument("--op", action="append", help="only these operators of the family")
    parser.add_argument("--draws", type=int, default=100, help="calls an operator")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--committed", action="store_true")
    args = parser.parse_args()
    if args.committed:
        folder = pathlib.Path(__file__).resolve().parent.parent / "ops" / "data"
        for family in FAMILIES:
            (folder / f"{family}.txt").write_text("\n".join(family_text(family, 5, "committed")) + "\n")
        return
    for text in family_text(args.family, args.draws, args.seed, args.op):
        print(text)


if __name__ == "__main__":
    main()
