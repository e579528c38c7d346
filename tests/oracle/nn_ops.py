"""Calls of neural-network operators with PyTorch's answers, as text for the operator tests (format: tests/ops/replay.h).

    python nn_ops.py --family pool > /tmp/pool.txt
    TAPER_OP_CASES=/tmp/pool.txt build/tests/ops/ops_tests "[replay]"
    python nn_ops.py --committed          # rewrites tests/ops/data/nn_*.txt

A family is a function that yields ("operator.overload", arguments...) for calls that show what its operators do: shapes, options,
dtypes, layouts and errors. --wide repeats each with more draws.
"""

import argparse
import pathlib
import random
import warnings

import torch

import random_ops

warnings.simplefilter("ignore")
torch.set_num_threads(1)

F16, BF16, F32, F64 = torch.float16, torch.bfloat16, torch.float32, torch.float64
C64, C128, I32, I64, BOOL = torch.complex64, torch.complex128, torch.int32, torch.int64, torch.bool
FAMILIES = {}


def family(fn):
    FAMILIES[fn.__name__] = fn
    return fn


class Maker:
    """Tensors of small values, so that PyTorch's rounding and ours stay within a dtype's tolerance."""

    def __init__(self, seed):
        self.torch = torch.Generator().manual_seed(seed)
        self.rng = random.Random(seed)

    def __call__(self, *shape, dtype=F32, layout=None):
        full = list(shape)
        if layout == "sliced" and full:
            full[-1] = full[-1] * 2 + 1
        if dtype == BOOL:
            t = torch.rand(full, generator=self.torch) < 0.5
        elif dtype.is_complex:
            t = torch.complex(self.draw(full), self.draw(full)).to(dtype)
        elif dtype.is_floating_point:
            t = self.draw(full).to(dtype)
        else:
            t = torch.randint(0 if dtype == torch.uint8 else -4, 5, full, generator=self.torch).to(dtype)
        if layout == "sliced" and full:
            t = t[..., 1::2]
        if layout == "transposed" and len(full) > 1:
            t = t.transpose(-1, -2).contiguous().transpose(-1, -2)
        if layout == "first" and len(full) > 1:
            t = t.transpose(0, 1).contiguous().transpose(0, 1)
        if layout == "last":
            t = t.contiguous(memory_format=torch.channels_last if t.dim() == 4 else torch.channels_last_3d)
        return t

    def draw(self, full):
        # Multiples of 1/8: sums are exact in float, and nearly so in half.
        return torch.randint(-16, 17, full, generator=self.torch).to(F32) / 8

    def real(self, *shape, dtype=F32):
        return torch.randn(shape, generator=self.torch).to(dtype)

    def index(self, high, *shape, dtype=I64):
        return torch.randint(0, high, shape, generator=self.torch).to(dtype)


def line(x, tensor):
    if isinstance(x, (list, tuple)) and x and (isinstance(x[0], torch.Tensor) or x[0] is None):
        items = "\n".join(("a " if tensor is random_ops.argument_tensor else "t ") + line(t, tensor) for t in x)
        return f"L tensors {len(x)}\n{items}"
    if isinstance(x, torch.dtype):
        return f"i {random_ops.DTYPES.index(x)}"
    return random_ops.line(x, tensor)


def call_text(name, values):
    packet, _, overload = name.partition(".")
    function = getattr(getattr(torch.ops.aten, packet), overload or "default")
    schema = function._schema
    arguments = list(schema.arguments)
    values = list(values) + [a.default_value for a in arguments[len(values):] if a.has_default_value()]
    assert len(values) == len(arguments), f"{schema}: {len(values)} values"
    text = [f"call {schema.name}" + (f".{overload}" if overload else "")]
    text += ["a " + line(v, random_ops.argument_tensor) for v in values]
    written = [i for i, a in enumerate(arguments) if a.alias_info is not None and a.alias_info.is_write]
    positional = [v for a, v in zip(arguments, values) if not a.kwarg_only]
    named = {a.name: v for a, v in zip(arguments, values) if a.kwarg_only}
    try:
        result = function(*positional, **named)
    except Exception as why:
        text.append('e "' + random_ops.first_line(why) + '"')
        return text
    results = result if isinstance(result, tuple) else (result,)
    for r in results:
        same = [i for i, v in enumerate(values) if v is r and isinstance(r, torch.Tensor)]
        text.append(f"same {same[0]}" if same else "r " + line(r, random_ops.result_tensor))
    text += [f"m {i} " + line(values[i], random_ops.result_tensor) for i in written]
    return text


@family
def matmul(t, wide):
    for dtype in [F32, F64, F16, BF16, C64, C128, I32, I64, torch.uint8, BOOL]:
        yield "mm", t(2, 3, dtype=dtype), t(3, 4, dtype=dtype)
        yield "bmm", t(2, 2, 3, dtype=dtype), t(2, 3, 4, dtype=dtype)
        yield "dot", t(5, dtype=dtype), t(5, dtype=dtype)
        yield "vdot", t(5, dtype=dtype), t(5, dtype=dtype)
        yield "mv", t(3, 5, dtype=dtype), t(5, dtype=dtype)
        yield "addmm", t(4, dtype=dtype), t(2, 3, dtype=dtype), t(3, 4, dtype=dtype), 2, 3
        yield "addmv", t(2, dtype=dtype), t(2, 3, dtype=dtype), t(3, dtype=dtype), 2, -1
        yield "addr", t(2, 3, dtype=dtype), t(2, dtype=dtype), t(3, dtype=dtype), 2, 3
        yield "addbmm", t(2, 4, dtype=dtype), t(3, 2, 3, dtype=dtype), t(3, 3, 4, dtype=dtype), 2, 1
        yield "baddbmm", t(2, 4, dtype=dtype), t(3, 2, 3, dtype=dtype), t(3, 3, 4, dtype=dtype), 2, 3
        yield "outer", t(2, dtype=dtype), t(3, dtype=dtype)
        yield "inner", t(2, 3, dtype=dtype), t(4, 3, dtype=dtype)
        yield "kron", t(2, 3, dtype=dtype), t(2, 2, dtype=dtype)
        yield "linear", t(2, 3, dtype=dtype), t(4, 3, dtype=dtype), t(4, dtype=dtype)
    shapes = [[], [3], [4], [3, 3], [2, 3], [3, 4], [1, 3], [0, 3], [3, 0], [2, 3, 3], [5, 2, 3], [5, 3, 2], [1, 3, 4], [2, 5, 2, 3], [5, 1, 3, 4],
              [2, 1, 1, 3, 3], [0, 2, 3], [2, 0, 3]]
    for a in shapes:
        for b in shapes:
            layouts = [None, "transposed", "sliced", "first"]
            yield "matmul", t(*a, layout=t.rng.choice(layouts)), t(*b, layout=t.rng.choice(layouts))
    yield "matmul", t(2, 3, dtype=C64).conj(), t(3, 2, dtype=C64)
    yield "bmm", t(2, 2, 3, dtype=C64), t(2, 2, 3, dtype=C64).mH
    yield "vdot", t(3, dtype=C64).conj(), t(3, dtype=C64)
    yield "mm", t(2, 3), t(4, 5)
    yield "mm", t(3), t(4, 5)
    yield "mm", t(2, 3), t(3, 5, dtype=F64)
    yield "mm.out", t(2, 3), t(3, 5), t(2, 5, layout="transposed")
    yield "mm.out", t(2, 3), t(3, 5), t(0)
    yield "mm.out", t(2, 3), t(3, 5), t(2, 5, dtype=I64)
    yield "addmm_", t(2, 5), t(2, 3), t(3, 5), 0.5, 2
    yield "addmm_", t(2, 5, layout="sliced"), t(2, 3), t(3, 5), 0, 2
    yield "addmm_", t(5), t(2, 3), t(3, 5)
    yield "addmv_", t(2), t(2, 3), t(3), 1, 1
    yield "addr_", t(2, 3), t(2), t(3), 1, 1
    yield "addbmm_", t(2, 4), t(3, 2, 3), t(3, 3, 4), 2, 1
    yield "baddbmm_", t(3, 2, 4), t(3, 2, 3), t(3, 3, 4), 2, 1
    yield "addmm", t(2, 4) * float("nan"), t(2, 3), t(3, 4), 0, 1
    yield "addmm", t(2, 4), t(2, 0), t(0, 4), 2, 1
    yield "addmm", t(2, 1), t(2, 3), t(3, 4), 1, 1
    yield "addmm", t(), t(2, 3), t(3, 4), 1, 1
    yield "addmm", t(2, 2), t(2, 3), t(3, 4)
    yield "addmm", t(1, 2, 4), t(2, 3), t(3, 4)
    yield "addmm", t(2, 4, dtype=F64), t(2, 3), t(3, 4)
    yield "addmm", t(2, 4, dtype=I64), t(2, 3, dtype=I64), t(3, 4, dtype=I64), 1, 1.5
    yield "addbmm", t(2, 4), t(0, 2, 3), t(0, 3, 4), 2, 1
    yield "addr", t(2, 3, dtype=I64), t(2), t(3, dtype=F64)
    yield "addr", t(2, 3), t(2), t(4)
    yield "_int_mm", t(3, 3, dtype=torch.int8), t(3, 2, dtype=torch.int8)
    yield "_addmm_activation", t(4), t(2, 3), t(3, 4), 1, 1, True
    yield "_addmm_activation", t(4), t(2, 3), t(3, 4), 1, 1, False
    for x, w, b in [([2, 3], [4, 5], None), ([2, 3], [4, 3], [5]), ([2, 2, 3], [4, 3], [4]), ([2, 2, 3], [4, 3], None), ([3], [4, 3], [4]),
                    ([3], [3], []), ([3], [4, 4], [4]), ([2, 3], [3], None), ([2, 3], [3], [1]), ([2, 3], [4, 3], [1, 4]), ([2, 3], [4, 3], [2, 4]),
                    ([2, 3], [4, 3], [1]), ([2, 3], [4, 3], []), ([2, 3], [1, 4, 3], [4]), ([0, 3], [4, 3], [4]), ([2, 0], [4, 0], [4]),
                    ([2, 3], [0, 3], [0]), ([2, 2, 3], [4, 3], [5]), ([2, 2, 3], [4, 3], [1]), ([2, 2, 3], [4, 3], []), ([2, 2, 3], [3], None),
                    ([2, 1, 2, 3], [4, 3], [4])]:
        for layout in [None, "first", "sliced"]:
            yield "linear", t(*x, layout=layout), t(*w, layout="transposed" if layout == "first" else None), None if b is None else t(*b)
    yield "linear", t(2, 3), t(4, 3, dtype=F64), t(4)
    yield "linear.out", t(2, 3), t(4, 3), t(4), t(2, 4)
    yield "linear.out", t(2, 3), t(4, 3), t(4), t(1)


@family
def contract(t, wide):
    for equation, shapes in [
        ("ij,jk->ik", [[2, 3], [3, 4]]), ("ij,jk", [[2, 3], [3, 4]]), ("ij,jk->ki", [[2, 3], [3, 4]]), ("ij->ji", [[2, 3]]), ("ij->", [[2, 3]]),
        ("ij->i", [[2, 3]]), ("ii->i", [[3, 3]]), ("ii", [[3, 3]]), ("iij->j", [[3, 3, 2]]), ("i,j->ij", [[2], [3]]), ("i,j->ji", [[2], [3]]),
        ("i,i->i", [[3], [3]]), ("i,i", [[3], [3]]), ("bij,bjk->bik", [[2, 3, 4], [2, 4, 2]]), ("bhqd,bhkd->bhqk", [[2, 2, 3, 4], [2, 2, 5, 4]]),
        ("bqhd,bkhd->bhqk", [[2, 3, 2, 4], [2, 5, 2, 4]]), ("...ij,...jk->...ik", [[2, 2, 3], [3, 4]]), ("...ij,jk", [[2, 2, 3], [3, 4]]),
        ("i...,i...->...", [[2, 3], [2, 1]]), ("i...j->ij...", [[2, 3, 4]]), ("...ii->...i", [[2, 3, 3]]), ("ij,jk,kl->il", [[2, 3], [3, 4], [4, 2]]),
        ("ij,k->ik", [[2, 3], [4]]), ("ij,jk->", [[2, 3], [3, 4]]), ("abc,cd,ab->d", [[2, 3, 4], [4, 2], [2, 3]]), ("BA->AB", [[2, 3]]), ("bA,Ab", [[2, 3], [3, 2]]), ("zy", [[2, 3]]), ("", [[]]), (",", [[], []]), ("->", [[]]),
        ("ij,", [[2, 3], []]), ("ij,ij->ij", [[2, 3], [1, 3]]), ("ij,jk->ik", [[2, 1], [3, 4]]), ("ij,jk->ik", [[0, 3], [3, 4]]),
        ("ij,jk->ik", [[2, 0], [0, 4]]), ("ij->...", [[2, 3]]), ("...->", [[2, 3]]), ("...,...", [[2, 3], [3]]), ("ij,jk->ik", [[2, 3], [4, 5]]),
        ("ij,jk->il", [[2, 3], [3, 5]]), ("ij", [[3, 3], [3, 3]]), ("i", [[3, 3]]), ("ijk", [[3, 3]]), ("ii", [[3, 4]]), ("i..j", [[3, 4]]),
        ("i...j->ij", [[3, 2, 4]]), ("ij->ii", [[3, 4]]), ("i1", [[3, 4]]), ("ij->i->", [[3, 4]]), ("...i...", [[3, 4]]), ("ij->i.", [[3, 2]]),
        ("ij->i$", [[3, 2]]), ("...->...k", [[3, 2]]), ("i...,j...->ij...", [[2, 3], [3, 4]]), ("ij,jk,->ik", [[2, 3], [3, 4]]),
        ("ij...->i", [[3]]), ("ai,bi,ci->abc", [[2, 3], [2, 3], [2, 3]]), ("abcd,efcd->abef", [[1, 2, 2, 3], [2, 1, 2, 3]]),
    ]:
        yield "einsum", equation, [t(*s) for s in shapes]
    for dtype in [F64, F16, BF16, C64, I32, BOOL]:
        yield "einsum", "ij,jk->ik", [t(2, 3, dtype=dtype), t(3, 2, dtype=dtype)]
        yield "einsum", "ij,k->ik", [t(2, 3, dtype=dtype), t(2, dtype=dtype)]
        yield "einsum", "ij->i", [t(2, 3, dtype=dtype)]
        yield "tensordot", t(2, 3, 4, dtype=dtype), t(3, 4, 2, dtype=dtype), [1, 2], [0, 1]
    yield "einsum", "ij,jk", [t(2, 3, dtype=C64).conj(), t(3, 2, dtype=C64)]
    yield "einsum", "ij,jk", [t(2, 3), t(3, 2, dtype=F64)]
    yield "einsum", "ij,jk,kl->il", [t(2, 3), t(3, 4), t(4, 5)], [1, 2, 0, 1]
    yield "einsum", "ij,jk,kl->il", [t(2, 3), t(3, 4), t(4, 5)], [0, 2, 0, 1]
    yield "einsum", "ij,jk,kl->il", [t(2, 3), t(3, 4), t(4, 5)], [0, 1]
    yield "einsum", "ij,jk,kl->il", [t(2, 3), t(3, 4), t(4, 5)], [0, 5, 0, 1]
    yield "tensordot", t(2, 3), t(4, 5), [1], [0]
    yield "tensordot", t(2, 3), t(3, 5), [1], [0]
    yield "tensordot", t(2, 3), t(3, 5), [-1], [0]
    yield "tensordot", t(2, 3), t(3, 5), [], []
    yield "tensordot", t(2, 1), t(3, 5), [1], [0]
    yield "tensordot", t(3, 3), t(3, 3), [1, 1], [0, 1]
    yield "tensordot", t(3, 1, dtype=I32), t(3, 4, dtype=I32), [1, 0], [1, 0]
    yield "inner", t(2, 3), t(2, 4)
    yield "inner", t(), t(2, 4)
    yield "inner", t(3), t(2, 3)
    yield "inner", t(2, 3), t(2, 3, dtype=F64)
    yield "kron", t(2), t(2, 3, 2)
    yield "kron", t(), t(2, 3)
    yield "kron", t(2, 2, dtype=I64), t(2, 1)
    yield "linalg_vecdot", t(2, 3, dtype=C64), t(2, 3, dtype=C64)
    yield "linalg_vecdot", t(2, 3), t(3)
    yield "linalg_vecdot", t(2, 3), t(2, 1), 0
    yield "linalg_vecdot", t(3), t(4)
    yield "linalg_vecdot", t(3), t(3, dtype=F64)
    yield "chain_matmul", [t(2, 3), t(3, 4), t(4, 1)]
    yield "chain_matmul", [t(2, 3)]
    yield "linalg_multi_dot", [t(2, 3), t(3, 4), t(4, 1), t(1, 5)]
    yield "linalg_multi_dot", [t(3), t(3, 4), t(4)]
    yield "linalg_multi_dot", [t(3), t(3, 4)]
    yield "linalg_multi_dot", [t(2, 3), t(3)]
    yield "linalg_multi_dot", [t(2, 3), t(4, 4)]
    yield "linalg_multi_dot", [t(2, 3)]
    yield "linalg_multi_dot", [t(2, 3), t(3), t(4)]
    yield "bilinear", t(2, 3), t(2, 4), t(5, 3, 4), t(5)
    yield "bilinear", t(2, 2, 3), t(2, 2, 4), t(5, 3, 4), None
    yield "bilinear", t(3), t(4), t(5, 3, 4), t(5)
    yield "bilinear", t(2, 3, dtype=F64), t(2, 4, dtype=F64), t(5, 3, 4, dtype=F64), t(5, dtype=F64)
    yield "bilinear", t(0, 3), t(0, 4), t(5, 3, 4), t(5)
    yield "bilinear", t(2, 3), t(2, 4), t(5, 3, 5), None
    yield "bilinear", t(2, 3), t(3, 4), t(5, 3, 4), None
    yield "bilinear", t(2, 3), t(2, 4), t(5, 3, 4), t(3)
    yield "_trilinear", t(2, 3), t(3, 4), t(2, 4), [2], [0], [1], [1]


@family
def upsample(t, wide):
    for last in [None, "last"]:
        x = lambda *shape, dtype=F32: t(*shape, dtype=dtype, layout=last if len(shape) > 3 else "sliced" if last else None)
        for size in [[7], [4], [2], [8], [1]]:
            yield "upsample_nearest1d", x(2, 2, 4), size
            yield "_upsample_nearest_exact1d", x(2, 2, 4), size
            yield "upsample_linear1d", x(2, 2, 4), size, False
            yield "upsample_linear1d", x(2, 2, 4), size, True
        for size in [[7, 5], [4, 6], [2, 3], [8, 12], [1, 1], [1, 5]]:
            yield "upsample_nearest2d", x(2, 3, 4, 6), size
            yield "_upsample_nearest_exact2d", x(2, 3, 4, 6), size
            for align in [False, True]:
                for op in ["upsample_bilinear2d", "upsample_bicubic2d", "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa"]:
                    yield op, x(1, 3, 4, 6), size, align
            yield "_upsample_lanczos2d_aa", x(1, 2, 4, 6), size, False
        for size in [[3, 4, 5], [2, 2, 2], [1, 1, 1], [4, 6, 6]]:
            yield "upsample_nearest3d", x(1, 2, 2, 3, 3), size
            yield "_upsample_nearest_exact3d", x(1, 2, 2, 3, 3), size
            yield "upsample_trilinear3d", x(1, 2, 2, 3, 3), size, False
            yield "upsample_trilinear3d", x(1, 2, 2, 3, 3), size, True
        for scale in [2.0, 1.7, 0.6, 3.3]:
            yield "upsample_nearest1d.vec", x(2, 2, 4), None, [scale]
            yield "upsample_nearest2d.vec", x(1, 2, 4, 5), None, [scale, 1.5]
            yield "_upsample_nearest_exact2d.vec", x(1, 2, 4, 5), None, [scale, 1.5]
            yield "upsample_nearest3d.vec", x(1, 1, 2, 3, 3), None, [scale, 1.5, 2.0]
            yield "upsample_bilinear2d.vec", x(1, 2, 4, 5), None, False, [scale, 1.5]
            yield "upsample_bilinear2d.vec", x(1, 2, 4, 5), None, True, [scale, 1.5]
            yield "upsample_bicubic2d.vec", x(1, 2, 4, 5), None, False, [scale, 1.5]
            yield "upsample_trilinear3d.vec", x(1, 2, 2, 3, 3), None, False, [scale, 1.5, 2.0]
            yield "upsample_linear1d.vec", x(1, 2, 4), None, False, [scale]
            yield "_upsample_bilinear2d_aa.vec", x(1, 2, 4, 5), None, False, [scale, 1.5]
        yield "upsample_bilinear2d.vec", x(1, 2, 4, 5), [6, 7], False, None
        yield "upsample_bilinear2d", x(1, 2, 4, 5), [6, 7], False, 1.3, 1.4
        yield "upsample_nearest2d", x(1, 2, 4, 5), [6, 7], 1.3, 1.4
    for dtype in [F64, F16, BF16, torch.uint8]:
        for op in ["upsample_bilinear2d", "upsample_bicubic2d", "_upsample_bilinear2d_aa"]:
            if dtype != torch.uint8:
                yield op, t(1, 2, 3, 4, dtype=dtype), [5, 7], False
        yield "upsample_nearest2d", t(1, 2, 3, 4, dtype=dtype), [5, 7]
    yield "upsample_nearest2d", t(1, 2, 3, 4, dtype=I64), [5, 7]
    yield "upsample_nearest2d", t(1, 2, 3), [5, 7]
    yield "upsample_nearest2d", t(1, 2, 3, 4), [5]
    yield "upsample_nearest2d", t(1, 2, 3, 4), [0, 7]
    yield "upsample_nearest2d", t(1, 2, 3, 4), [-1, 7]
    yield "upsample_nearest2d", t(0, 2, 3, 4), [3, 7]
    yield "upsample_nearest2d", t(1, 0, 3, 4), [3, 7]
    yield "upsample_bilinear2d", t(1, 2, 0, 4), [3, 7], False
    yield "upsample_bilinear2d.vec", t(1, 2, 3, 4), None, False, None
    yield "upsample_bilinear2d.vec", t(1, 2, 3, 4), [3, 4], False, [1.0, 1.0]
    yield "upsample_bilinear2d.out", t(1, 2, 3, 4), [2, 2], False, None, None, t(0)


@family
def grid(t, wide):
    def points(*shape, dtype=F32):
        return (t.draw(shape) * 0.7 + 0.003 * t.real(*shape)).to(dtype)

    for mode in [0, 1, 2]:
        for padding in [0, 1, 2]:
            for align in [False, True]:
                yield "grid_sampler", t(2, 2, 4, 3), points(2, 2, 5, 2), mode, padding, align
                yield "grid_sampler_2d", t(1, 2, 1, 3), points(1, 2, 5, 2, dtype=F32), mode, padding, align
                yield "grid_sampler_2d", t(1, 2, 4, 3, layout="last"), points(1, 2, 5, 2), mode, padding, align
                yield "grid_sampler", t(1, 2, 4, 3, dtype=F64), points(1, 2, 5, 2, dtype=F64), mode, padding, align
                yield "grid_sampler", t(1, 2, 2, 4, 3), points(1, 2, 3, 2, 3), mode, padding, align
    yield "grid_sampler", t(2, 2, 4, 3), points(1, 2, 5, 2), 0, 0, False
    yield "grid_sampler", t(2, 2, 4, 3), points(2, 2, 5, 3), 0, 0, False
    yield "grid_sampler", t(2, 2, 4, 3), points(2, 2, 5, 2, dtype=F64), 0, 0, False
    yield "grid_sampler", t(2, 2, 0, 3), points(2, 2, 5, 2), 0, 0, False
    yield "grid_sampler", t(2, 2, 3), points(2, 5, 2), 0, 0, False
    yield "grid_sampler", t(2, 2, 3, 3), points(2, 0, 2, 2), 0, 0, False
    for align in [False, True]:
        yield "affine_grid_generator", t(2, 2, 3), [2, 3, 4, 5], align
        yield "affine_grid_generator", t(2, 3, 4), [2, 3, 2, 3, 4], align
        yield "affine_grid_generator", t(1, 2, 3, dtype=F64), [1, 3, 1, 5], align
    yield "affine_grid_generator", t(2, 2, 3), [2, 3, 4], False


@family
def shuffle(t, wide):
    for layout in [None, "last"]:
        yield "pixel_shuffle", t(2, 8, 3, 2, layout=layout), 2
        yield "pixel_unshuffle", t(2, 2, 4, 6, layout=layout), 2
        yield "channel_shuffle", t(2, 6, 3, 2, layout=layout), 3
        yield "native_channel_shuffle", t(2, 6, 3, 2, layout=layout), 2
    yield "pixel_shuffle", t(9, 3, 2, dtype=I64), 3
    yield "pixel_shuffle", t(2, 0, 4, 1, 1), 2
    yield "pixel_shuffle", t(2, 2, 4, 1, 1), 2
    yield "pixel_shuffle", t(3, 2, 2), 2
    yield "pixel_shuffle", t(3, 2), 2
    yield "pixel_shuffle", t(4, 2, 2), 0
    yield "pixel_shuffle", t(4, 2, 2), 1 << 40
    yield "pixel_unshuffle", t(4, 3, 2), 2
    yield "pixel_unshuffle", t(4, 2, 3), 2
    yield "pixel_unshuffle", t(4, 2, 2), -1
    yield "channel_shuffle", t(2, 6, 3), 4
    yield "channel_shuffle", t(2, 6, 3), 0
    yield "channel_shuffle", t(2, 6), 2
    yield "channel_shuffle", t(2, 6, 2, 2, 2), 2
    for dtype in [F32, F16, C64, I64, BOOL]:
        yield "im2col", t(2, 3, 4, 5, dtype=dtype), [2, 3], [1, 1], [1, 0], [2, 1]
        yield "col2im", t(1, 8, 9, dtype=dtype), [4, 4], [2, 2], [1, 1], [0, 0], [1, 1]
    yield "im2col", t(3, 4, 5, layout="transposed"), [2, 2], [2, 1], [0, 1], [1, 2]
    yield "im2col", t(3, 3, 3), [5, 5], [1, 1], [0, 0], [1, 1]
    yield "im2col", t(3, 3, 3), [0, 5], [1, 1], [0, 0], [1, 1]
    yield "im2col", t(3, 3, 3), [2, 2], [1, 1], [0, 0], [0, 1]
    yield "im2col", t(3, 3, 3), [2, 2], [1, 1], [-1, 0], [1, 1]
    yield "im2col", t(3, 3, 3), [2, 2], [0, 1], [0, 0], [1, 1]
    yield "im2col", t(3, 3), [2, 2], [1, 1], [0, 0], [1, 1]
    yield "im2col", t(0, 3, 3, 3), [2, 2], [1, 1], [0, 0], [1, 1]
    yield "col2im", t(8, 9), [4, 4], [2, 2], [1, 1], [0, 0], [1, 1]
    yield "col2im", t(2, 12, 6), [4, 5], [2, 3], [1, 1], [1, 0], [2, 2]
    yield "col2im", t(8, 5), [4, 4], [2, 2], [1, 1], [0, 0], [1, 1]
    yield "col2im", t(7, 9), [4, 4], [2, 2], [1, 1], [0, 0], [1, 1]


@family
def loss(t, wide):
    for dtype in [F32, F64, F16, BF16]:
        for reduction in [0, 1, 2]:
            a, b = t(3, 4, dtype=dtype), t(3, 4, dtype=dtype)
            yield "mse_loss", a, b, reduction
            yield "l1_loss", a, b, reduction
            yield "smooth_l1_loss", a, b, reduction, 0.5
            yield "huber_loss", a, b, reduction, 0.7
            yield "soft_margin_loss", a, b.sign(), reduction
            yield "hinge_embedding_loss", a, b.sign(), 1.5, reduction
            yield "margin_ranking_loss", a, b, t(3, 4, dtype=dtype).sign(), 0.3, reduction
            yield "kl_div", a, b.abs(), reduction
            yield "kl_div", a, b, reduction, True
            probability = t.torch and torch.rand(3, 4, generator=t.torch).to(dtype)
            yield "binary_cross_entropy", probability, (b > 0).to(dtype), None, reduction
            yield "binary_cross_entropy", probability, probability.flip(0), t(4, dtype=dtype), reduction
            yield "binary_cross_entropy_with_logits", a, (b > 0).to(dtype), None, None, reduction
            yield "binary_cross_entropy_with_logits", a, (b > 0).to(dtype), t(3, 1, dtype=dtype), t(4, dtype=dtype).abs(), reduction
            yield "poisson_nll_loss", a, b.abs(), True, False, 1e-8, reduction
            yield "poisson_nll_loss", a.abs(), b.abs() * 2, False, True, 1e-8, reduction
    yield "mse_loss", t(3, 4), t(4)
    yield "mse_loss", t(3, 4), t(3, 4, dtype=F64)
    yield "mse_loss", t(3, 4), t(3, 3)
    yield "mse_loss", t(3, 4, dtype=I64), t(3, 4, dtype=I64), 0
    yield "mse_loss", t(0), t(0)
    yield "mse_loss.out", t(2, 3), t(2, 3), 1, t()
    yield "l1_loss", t(3, 4, dtype=C64), t(3, 4, dtype=C64)
    yield "l1_loss", t(3, 4, dtype=C128), t(3, 4, dtype=C128), 0
    yield "l1_loss", t(3, 4, dtype=I64), t(3, 4, dtype=I64), 0
    yield "smooth_l1_loss", t(3, 4), t(3, 4), 0, 0.0
    yield "smooth_l1_loss", t(3, 4), t(3, 4), 0, -1.0
    yield "huber_loss", t(3, 4), t(3, 4), 0, 0.0
    yield "binary_cross_entropy", t(3, 4), t(3, 4).abs()
    yield "binary_cross_entropy", t(3, 4).abs().clamp(max=1), t(3).abs()
    yield "binary_cross_entropy", torch.tensor([0.0, 1.0, 0.0, 1.0]), torch.tensor([0.0, 1.0, 1.0, 0.0]), None, 0
    yield "kl_div", torch.tensor([0.0, -1.0, -2.0]), torch.tensor([0.0, 1.0, 0.5]), 0
    yield "kl_div", t(3, dtype=I64), t(3)


@family
def loss_class(t, wide):
    for dtype in [F32, F64, F16, BF16]:
        for reduction in [0, 1, 2]:
            x, y = t(4, 5, dtype=dtype), t.index(5, 4)
            skip = y.clone()
            skip[1] = -100
            weight = t(5, dtype=dtype).abs()
            yield "nll_loss", x, y, None, reduction
            yield "nll_loss", x, skip, weight, reduction
            yield "nll_loss", x[0], y[0], None, reduction
            yield "nll_loss", x, y, weight, reduction, 2
            yield "nll_loss_forward", x, skip, weight, reduction, -100
            image, labels = t(2, 5, 2, 3, dtype=dtype), t.index(5, 2, 2, 3)
            yield "nll_loss2d", image, labels, weight, reduction
            yield "nll_loss2d_forward", image, labels, None, reduction, 1
            yield "nll_loss_nd", image, labels, None, reduction
            yield "nll_loss_nd", t(2, 5, 3, dtype=dtype), t.index(5, 2, 3), weight, reduction
            yield "nll_loss_nd", t(2, 5, 2, 1, 2, dtype=dtype), t.index(5, 2, 2, 1, 2), None, reduction
            yield "cross_entropy_loss", x, skip, weight, reduction
            yield "cross_entropy_loss", x, skip, None, reduction, -100, 0.1
            if dtype != F16:  # one step of rounding apart
                yield "cross_entropy_loss", x, skip, weight, reduction, -100, 0.3
            yield "cross_entropy_loss", image, labels, weight, reduction, 2, 0.3
            yield "cross_entropy_loss", x[0], y[0], None, reduction
            yield "cross_entropy_loss", x, t(4, 5, dtype=dtype).abs(), None, reduction
            yield "cross_entropy_loss", x, t(4, 5, dtype=dtype).abs(), weight, reduction, -100, 0.2
            yield "cross_entropy_loss", image, t(2, 5, 2, 3, dtype=dtype).abs(), weight, reduction
            if dtype in (F32, F64):
                yield "multi_margin_loss", x, y, 1, 1, None, reduction
                yield "multi_margin_loss", x, y, 2, 0.5, weight, reduction
                yield "multi_margin_loss", x[0], y[0], 1, 1, None, reduction
                labels = torch.tensor([[1, 0, -1, 2, 2], [0, -1, 0, 0, 0], [-1, 1, 1, 1, 1], [4, 3, 2, 1, 0]])
                yield "multilabel_margin_loss", x, labels, reduction
                yield "multilabel_margin_loss", x[0], labels[0], reduction
                yield "multilabel_margin_loss_forward", x, labels, reduction
    x = t(4, 5)
    yield "nll_loss", x, t.index(5, 4, dtype=torch.uint8)
    yield "nll_loss", x, t.index(5, 4, dtype=I32)
    yield "nll_loss", x, t.index(5, 3)
    yield "nll_loss", x, t.index(5, 4, 1)
    yield "nll_loss", x, torch.tensor([0, 5, 1, 1])
    yield "nll_loss", x, torch.tensor([0, -1, 1, 1])
    yield "nll_loss", x, t.index(5, 4), t(4)
    yield "nll_loss", t(4, 5, 2), t.index(5, 4)
    yield "nll_loss", t(0, 5), t.index(5, 0)
    yield "nll_loss", t(0, 5), t.index(5, 0), None, 2
    yield "nll_loss2d", t(2, 5, 2), t.index(5, 2, 2)
    yield "nll_loss2d", t(2, 5, 2, 2), t.index(5, 2, 2)
    yield "nll_loss2d", t(2, 5, 2, 2), t.index(5, 2, 2, 3)
    yield "nll_loss_nd", t(2, 5, 3), t.index(5, 2, 4)
    yield "nll_loss_nd", t(2, 5), t.index(5, 3)
    yield "nll_loss_nd", t(), t.index(5, 3)
    yield "cross_entropy_loss", x, t.index(5, 4, 5)
    yield "cross_entropy_loss", x, t(4, 5), None, 1, 3
    yield "cross_entropy_loss", x, t.index(5, 4), None, 1, -100, 1.5
    yield "multi_margin_loss", x, t.index(5, 3)
    yield "multi_margin_loss", x, torch.tensor([0, 5, 1, 1])
    yield "multi_margin_loss", x, t.index(5, 4), 3
    yield "multilabel_margin_loss", x, t.index(5, 4)
    yield "multilabel_margin_loss", x, torch.full((4, 5), 7)


@family
def distance(t, wide):
    for p in [0.0, 0.5, 1.0, 2.0, 3.0, float("inf")]:
        yield "cdist", t(3, 4), t(5, 4), p
        yield "cdist", t(2, 3, 11, dtype=F64), t(1, 2, 11, dtype=F64), p
        yield "pdist", t(4, 5), p
        yield "_pdist_forward", t(4, 5, dtype=F64), p
        yield "pairwise_distance", t(3, 4), t(3, 4), p
        yield "dist", t(3, 4), t(4), p
    yield "cdist", t(30, 4), t(28, 4), 2.0
    yield "cdist", t(3, 4), t(5, 4), 2.0, 1
    yield "cdist", t(3, 4), t(5, 4), 2.0, 2
    yield "cdist", t(3, 4), t(5, 4), 2.0, 3
    yield "cdist", t(3, 0), t(5, 0)
    yield "cdist", t(0, 4), t(5, 4)
    yield "cdist", t(3, 4), t(5, 3)
    yield "cdist", t(4), t(5, 4)
    yield "cdist", t(3, 4), t(5, 4), -1.0
    yield "cdist", t(3, 4, dtype=I64), t(5, 4)
    yield "cdist", t(3, 4, dtype=F16), t(5, 4, dtype=F16)
    yield "cdist", t(2, 3, 4), t(3, 5, 4)
    yield "_euclidean_dist", t(3, 4), t(5, 4)
    yield "pdist", t(3, 4, 2)
    yield "pdist", t(3, 4, dtype=I64)
    yield "pdist", t(1, 4)
    yield "pdist", t(3, 4), -1.0
    for dtype in [F32, F64, F16, BF16]:
        yield "pairwise_distance", t(3, 4, dtype=dtype), t(3, 4, dtype=dtype)
        yield "pairwise_distance", t(3, 4, dtype=dtype), t(4, dtype=dtype), 2.0, 1e-3, True
        yield "cosine_similarity", t(3, 4, dtype=dtype), t(3, 4, dtype=dtype)
        yield "cosine_similarity", t(3, 4, dtype=dtype), t(1, 4, dtype=dtype), 0
        yield "cosine_embedding_loss", t(3, 4, dtype=dtype), t(3, 4, dtype=dtype), torch.tensor([1, -1, 0]), 0.2
        for reduction in [0, 1, 2]:
            yield "triplet_margin_loss", t(3, 4, dtype=dtype), t(3, 4, dtype=dtype), t(3, 4, dtype=dtype), 1.0, 2.0, 1e-6, reduction == 1, reduction
    yield "cosine_similarity", t(3, 4), t(3, 4), -1
    yield "cosine_similarity", t(3, 4), t(3, 4), 2
    yield "cosine_similarity", t(3, 4) * 0, t(3, 4)
    yield "cosine_similarity", t(3, 4, dtype=I64), t(3, 4, dtype=I64)
    yield "cosine_similarity", t(3, 4), t(3, 4, dtype=F64)
    yield "cosine_similarity", t(3, 4), t(3, 5)
    yield "cosine_embedding_loss", t(4), t(4), torch.tensor(-1), 0.2, 0
    yield "cosine_embedding_loss", t(3, 4), t(3, 4), torch.tensor(1)
    yield "cosine_embedding_loss", t(3, 4), t(3, 4), t(3, 4)
    yield "triplet_margin_loss", t(3, 4), t(3, 4), t(4)
    yield "dist", t(3, 4, dtype=C64), t(3, 4, dtype=C64), 2


@family
def dropout(t, wide):
    for op in ["dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"]:
        for train, p in [(False, 0.5), (True, 0.0), (True, 1.0), (True, 2.0), (False, -0.5)]:
            yield op, t(3, 4), p, train
            yield op + "_", t(3, 4), p, train
        yield op, t(0, 4), 0.5, True
    yield "feature_dropout", t(3), 0.5, True
    yield "native_dropout", t(3, 4), 0.5, False
    yield "native_dropout", t(3, 4), 1.0, True
    yield "native_dropout", t(3, 4), 0.0, True
    yield "native_dropout_backward", t(3, 4), t(3, 4, dtype=BOOL), 2.0


@family
def attention(t, wide):
    for dtype in [F32, F64, F16, BF16]:
        q, k, v = t(2, 3, 4, 8, dtype=dtype), t(2, 3, 5, 8, dtype=dtype), t(2, 3, 5, 6, dtype=dtype)
        yield "scaled_dot_product_attention", q, k, v
        yield "scaled_dot_product_attention", q, k, v, None, 0.0, True
        yield "scaled_dot_product_attention", q, k, v, t(4, 5, dtype=BOOL)
        yield "scaled_dot_product_attention", q, k, v, t(2, 1, 4, 5, dtype=dtype)
        yield "scaled_dot_product_attention", q, k, k, t(1, 1, 1, 5, dtype=dtype), 0.0, False, 0.3
        yield "scaled_dot_product_attention", t(2, 6, 4, 8, dtype=dtype), k, v, None, 0.0, False, None, True
    q, k, v = t(2, 3, 4, 8), t(2, 3, 5, 8), t(2, 3, 5, 8)
    yield "scaled_dot_product_attention", q, k, v, torch.zeros(4, 5, dtype=BOOL)
    mask = t(4, 5, dtype=BOOL)
    mask[1] = False
    yield "scaled_dot_product_attention", q, k, v, mask
    yield "scaled_dot_product_attention", q, k, v, torch.full((4, 5), -float("inf"))
    yield "scaled_dot_product_attention", q[0], k[0], v[0]
    yield "scaled_dot_product_attention", q[0, 0], k[0, 0], v[0, 0]
    yield "scaled_dot_product_attention", q[0, 0, 0], k[0, 0, 0], v[0, 0, 0]
    yield "scaled_dot_product_attention", q.transpose(1, 2).contiguous().transpose(1, 2), k.transpose(1, 2).contiguous().transpose(1, 2), v
    yield "scaled_dot_product_attention", t(1, 1, 40, 16), t(1, 1, 70, 16), t(1, 1, 70, 16), None, 0.0, True
    yield "scaled_dot_product_attention", t(1, 1, 70, 16), t(1, 1, 40, 16), t(1, 1, 40, 16), None, 0.0, True
    yield "scaled_dot_product_attention", t(2, 4, 6, 8), t(2, 2, 5, 8), t(2, 2, 5, 8), t(2, 4, 6, 5), 0.0, False, None, True
    yield "scaled_dot_product_attention", t(2, 4, 6, 8), t(2, 2, 5, 8), t(2, 2, 5, 8), t(6, 5, dtype=BOOL), 0.0, False, None, True
    yield "scaled_dot_product_attention", t(2, 4, 6, 8), t(2, 3, 5, 8), t(2, 3, 5, 8), None, 0.0, False, None, True
    yield "scaled_dot_product_attention", q, k, v, t(4, 5), 0.0, True
    yield "scaled_dot_product_attention", q, k, v.double()
    yield "scaled_dot_product_attention", q, k, v, t(4, 5, dtype=I64)
    yield "scaled_dot_product_attention", q, t(2, 3, 5, 7), v
    yield "scaled_dot_product_attention", q, t(2, 3, 0, 8), t(2, 3, 0, 8)
    yield "scaled_dot_product_attention", t(2, 3, 0, 8), k, v
    yield "_scaled_dot_product_attention_math", q, k, v
    yield "_scaled_dot_product_attention_math", q, k, v, t(4, 5, dtype=BOOL)
    yield "_scaled_dot_product_attention_math", q, k, v, None, 0.0, True
    yield "_scaled_dot_product_flash_attention_for_cpu", q, t(2, 3, 4, 8), t(2, 3, 4, 8)
    yield "_scaled_dot_product_flash_attention_for_cpu", q, t(2, 3, 4, 8), t(2, 3, 4, 8), 0.0, True
    scores, pad = t(2, 3, 4, 4), t(2, 4, dtype=BOOL)
    yield "_masked_softmax", scores, pad, 3, 1
    yield "_masked_softmax", scores, torch.ones(2, 4, dtype=BOOL), 3, 1
    yield "_masked_softmax", scores, t(4, 4, dtype=BOOL), 3, 0
    yield "_masked_softmax", scores, t(2, 3, 4, 4, dtype=BOOL), 3, 2
    yield "_masked_softmax", scores, t(2, 3, 4, 4, dtype=BOOL), 1, 2
    x = t(2, 4, 8)
    weights = [t(24, 8) / 4, t(24) / 4, t(8, 8) / 4, t(8) / 4]
    for need, average in [(False, False), (True, True), (True, False)]:
        yield "_native_multi_head_attention", x, x, x, 8, 2, *weights, None, need, average
        yield "_native_multi_head_attention", x, x, x, 8, 2, *weights, pad, need, average, 1
        yield "_native_multi_head_attention", x, x, x, 8, 2, *weights, t(4, 4, dtype=BOOL), need, average, 0
    yield "_native_multi_head_attention", x, x, x, 8, 3, *weights
    yield "_native_multi_head_attention", x[0], x[0], x[0], 8, 2, *weights
    yield "_native_multi_head_attention", x, x, x, 6, 2, *weights
    rest = [t(8).abs(), t(8), t(8).abs(), t(8), t(16, 8) / 4, t(16) / 4, t(8, 16) / 4, t(8) / 4]
    for gelu in [False, True]:
        for first in [False, True]:
            yield "_transformer_encoder_layer_fwd", x, 8, 2, *weights, gelu, first, 1e-5, *rest
    yield "_transformer_encoder_layer_fwd", x, 8, 2, *weights, True, False, 1e-5, *rest, pad, 1
    yield "_transform_bias_rescale_qkv", t(2, 4, 24), t(24), 2


@family
def conv(t, wide):
    draws = 160 if wide else 40
    for _ in range(draws):
        rng = t.rng
        dims = rng.choice([1, 2, 2, 2, 3])
        groups = rng.choice([1, 1, 1, 2, 3])
        inner, outer = rng.choice([1, 1, 2, 4]), rng.choice([1, 2, 3])
        kernel = [rng.choice([1, 2, 3, 3]) for _ in range(dims)]
        size = [rng.choice([1, 4, 5, 7, 9]) + k for k in kernel]
        stride = [rng.choice([1, 1, 2, 3]) for _ in range(dims)]
        padding = [rng.choice([0, 0, 1, 2]) for _ in range(dims)]
        dilation = [rng.choice([1, 1, 1, 2]) for _ in range(dims)]
        size = [n + (k - 1) * (d - 1) for n, k, d in zip(size, kernel, dilation)]
        dtype = rng.choice([F32] * 6 + [F64, C64, I64])
        layout = rng.choice([None, None, "last", "transposed", "sliced"])
        if layout == "last" and dims != 2:
            layout = None
        batch = rng.choice([1, 2])
        bias = t(groups * outer, dtype=dtype) if rng.random() < 0.5 else None
        if rng.random() < 0.6:
            weight = t(groups * outer, inner, *kernel, dtype=dtype)
            yield f"conv{dims}d", t(batch, groups * inner, *size, dtype=dtype, layout=layout), weight, bias, stride, padding, dilation, groups
        else:
            weight = t(groups * inner, outer, *kernel, dtype=dtype)
            extra = [rng.choice([0, max(a, b) - 1]) for a, b in zip(stride, dilation)]
            name = "conv_transpose1d" if dims == 1 else f"conv_transpose{dims}d.input"
            yield name, t(batch, groups * inner, *size, dtype=dtype, layout=layout), weight, bias, stride, padding, extra, groups, dilation
    for dtype in [F16, BF16]:
        yield "conv2d", t(1, 2, 4, 4, dtype=dtype), t(3, 2, 3, 3, dtype=dtype), t(3, dtype=dtype)
    # Depthwise, of rows longer than a register, with every stride of its own path.
    for stride in [1, 2, 3]:
        yield "conv2d", t(1, 4, 5, 150), t(4, 1, 3, 3), t(4), [stride, stride], [1, 1], [1, 1], 4
        yield "conv2d", t(1, 2, 3, 40), t(4, 1, 3, 5), None, [1, stride], [0, 2], [1, 2], 2
        yield "conv1d", t(2, 2, 70), t(2, 1, 4), t(2), [stride], [2], [1], 2
    yield "conv2d", t(1, 2, 4, 4, layout="last"), t(3, 2, 1, 1), t(3)
    yield "conv2d", t(2, 3, 4, 4), t(4, 3, 3, 3, layout="last")
    yield "conv3d", t(2, 2, 3, 4, 4, layout="last"), t(3, 2, 3, 3, 3), t(3)
    yield "conv2d", t(2, 1, 4, 4, layout="last"), t(3, 1, 2, 2)
    yield "conv2d", t(1, 2, 1, 1, layout="last"), t(3, 2, 1, 1)
    yield "conv2d", t(2, 4, 4), t(3, 2, 3, 3), t(3)
    yield "conv_transpose2d.input", t(2, 4, 4), t(2, 3, 3, 3), t(3)
    yield "conv2d", t(0, 2, 4, 4), t(3, 2, 3, 3), t(3)
    yield "conv2d", t(1, 0, 4, 4), t(3, 0, 3, 3), t(3)
    for mode in ["same", "valid", "other"]:
        yield "conv1d.padding", t(1, 2, 6), t(3, 2, 4), t(3), [1], mode
        yield "conv2d.padding", t(1, 2, 5, 6), t(3, 2, 3, 2), None, [1, 1], mode, [2, 1]
        yield "conv3d.padding", t(1, 2, 3, 3, 3), t(3, 2, 2, 3, 1), None, [1, 1, 1], mode
        yield "_convolution_mode", t(1, 2, 5, 6), t(3, 2, 3, 2), None, [1, 1], mode, [1, 1], 1
    yield "conv2d.padding", t(1, 2, 5, 6), t(3, 2, 3, 2), None, [2, 1], "same"
    yield "convolution", t(1, 2, 5, 5), t(3, 2, 3, 3), None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1
    yield "convolution", t(1, 2, 5, 5), t(2, 3, 3, 3), None, [2, 2], [1, 1], [1, 1], True, [1, 1], 1
    yield "_convolution", t(1, 2, 5, 5), t(3, 2, 3, 3), t(3), [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, False, True, True
    yield "_convolution.deprecated", t(1, 2, 5, 5), t(3, 2, 3, 3), t(3), [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, False, True
    yield "thnn_conv2d", t(1, 2, 5, 5), t(3, 2, 3, 3), [3, 3], t(3)
    yield "slow_conv3d", t(1, 2, 3, 3, 3), t(3, 2, 2, 2, 2), [2, 2, 2]
    yield "slow_conv_dilated2d", t(1, 2, 5, 5), t(3, 2, 2, 2), [2, 2], None, [1, 1], [0, 0], [2, 2]
    yield "slow_conv_transpose2d", t(1, 2, 5, 5), t(2, 3, 2, 2), [2, 2]
    yield "mkldnn_convolution", t(1, 2, 5, 5), t(3, 2, 3, 3), None, [1, 1], [2, 2], [1, 1], 1
    yield "conv_tbc", t(5, 2, 3), t(3, 3, 4), t(4), 1
    x, w = t(1, 4, 5, 5), t(4, 4, 3, 3)
    yield "conv2d", t(1, 2, 5, 5), w
    yield "conv2d", t(5, 5), w
    yield "conv2d", t(1, 1, 4, 5, 5), w
    yield "conv1d", t(1, 3, 5), t(4, 3)
    yield "conv2d", x, w, t(3)
    yield "conv2d", x, w, t(4, 1)
    yield "conv2d", x, t(3, 2, 3, 3), None, [1, 1], [0, 0], [1, 1], 2
    yield "conv2d", x, t(1, 2, 3, 3), None, [1, 1], [0, 0], [1, 1], 2
    yield "conv2d", x, w, None, [1, 1], [0, 0], [1, 1], 0
    yield "conv2d", x, w, None, [0, 1]
    yield "conv2d", x, w, None, [-1, 1]
    yield "conv2d", x, w, None, [1, 1], [-1, 0]
    yield "conv2d", x, w, None, [1, 1], [0, 0], [0, 1]
    yield "conv2d", x, t(4, 4, 7, 3)
    yield "conv2d", t(1, 4, 0, 5), t(4, 4, 1, 1)
    yield "convolution", x, w, None, [1, 1], [0, 0, 0], [1, 1], False, [0, 0], 1
    yield "conv2d", x, w, t(4, dtype=F64)
    yield "conv2d", t(1, 4, 5, 5, dtype=BOOL), t(4, 4, 3, 3, dtype=BOOL)
    yield "conv_transpose2d.input", t(1, 2, 5, 5), w
    yield "conv_transpose2d.input", x, w, t(3)
    yield "conv_transpose2d.input", x, t(4, 3, 3, 3), None, [1, 1], [0, 0], [0, 0], 3
    yield "conv_transpose2d.input", t(1, 4, 1, 1), w, None, [1, 1], [2, 2]
    yield "conv_transpose2d.input", t(1, 4, 1, 1), w, None, [1, 1], [0, 0], [-1, 0]
    yield "conv_transpose2d.input", x, w, None, [1, 1], [0, 0], [1, 1]


@family
def norm(t, wide):
    for dtype in [F32, F64, F16, BF16]:
        x = t(3, 4, 5, dtype=dtype)
        w, b = t(5, dtype=dtype), t(5, dtype=dtype)
        yield "layer_norm", x, [5], w, b
        yield "layer_norm", x, [4, 5], None, None, 1e-3
        yield "layer_norm", x, [5], w, None
        yield "layer_norm", x, [5], None, b
        yield "native_layer_norm", x, [5], w, b, 1e-5
        yield "rms_norm", x, [5], w
        yield "rms_norm", x, [4, 5], None, 1e-3
        c, d = t(4, dtype=dtype), t(4, dtype=dtype)
        yield "group_norm", x, 2, c, d
        yield "group_norm", x, 4
        yield "group_norm", t(2, 4, 3, 2, dtype=dtype), 2, c, None
        yield "native_group_norm", x, c, d, 3, 4, 5, 2, 1e-5
        for training in [False, True]:
            mean, var = t(4, dtype=dtype), t(4, dtype=dtype).abs() + 0.5
            yield "batch_norm", t(3, 4, 5, dtype=dtype), c, d, mean.clone(), var.clone(), training, 0.1, 1e-5, True
            yield "batch_norm", t(3, 4, dtype=dtype), None, None, mean.clone(), var.clone(), training, 0.3, 1e-5, True
            if dtype in (F32, F64):  # for a few channels last of half types PyTorch rounds between its steps
                yield "batch_norm", t(2, 4, 3, 3, dtype=dtype, layout="last"), c, d, mean.clone(), var.clone(), training, 0.1, 1e-5, True
            yield "native_batch_norm", t(2, 4, 3, 3, dtype=dtype), c, d, mean.clone(), var.clone(), training, 0.1, 1e-5
            yield "_native_batch_norm_legit", t(2, 4, 3, dtype=dtype), c, d, mean.clone(), var.clone(), training, 0.1, 1e-5
        yield "_native_batch_norm_legit.no_stats", t(2, 4, 3, dtype=dtype), c, d, True, 0.1, 1e-5
        yield "_native_batch_norm_legit_no_training", t(2, 4, 3, dtype=dtype), c, d, mean, var, 0.1, 1e-5
        yield "instance_norm", t(2, 4, 3, 2, dtype=dtype), c, d, None, None, True, 0.1, 1e-5, True
        yield "instance_norm", t(2, 4, 3, dtype=dtype), None, None, mean.clone(), var.clone(), True, 0.1, 1e-5, True
        yield "instance_norm", t(2, 4, 3, dtype=dtype), c, d, mean.clone(), var.clone(), False, 0.1, 1e-5, True
    for size in [17, 64, 1030]:
        yield "layer_norm", t.real(2, size), [size], t.real(size), t.real(size)
        yield "group_norm", t.real(2, 4, size), 2, t.real(4), t.real(4)
        yield "batch_norm", t.real(1, 2, size), t.real(2), t.real(2), t.real(2), t.real(2).abs() + 1, False, 0.1, 1e-5, True
        yield "batch_norm", t.real(3, 2, size), t.real(2), t.real(2), t.real(2), t.real(2).abs() + 1, True, 0.1, 1e-5, True
        yield "rms_norm", t.real(2, size), [size], t.real(size)
    yield "layer_norm", t.real(2, 40) + 10, [40]
    yield "layer_norm", t(3, 5, dtype=BF16), [5], t(5), t(5)
    yield "native_layer_norm", t(3, 5, dtype=BF16), [5], t(5), t(5), 1e-5
    yield "group_norm", t(3, 4, 5, dtype=BF16), 2, t(4), t(4)
    yield "batch_norm", t(3, 4, 5, dtype=BF16), t(4), t(4), t(4), t(4).abs() + 1, False, 0.1, 1e-5, True
    yield "batch_norm", t(3, 4, 5, dtype=BF16), t(4), t(4), t(4), t(4).abs() + 1, True, 0.1, 1e-5, True
    yield "native_batch_norm", t(3, 4, 5, dtype=BF16), t(4), t(4), t(4), t(4).abs() + 1, True, 0.1, 1e-5
    yield "layer_norm", t(3, 5, layout="transposed"), [5], t(5), t(5)
    yield "layer_norm", t(0, 5), [5], t(5), t(5)
    yield "layer_norm", t(3, 0), [0], t(0), t(0)
    yield "layer_norm", t(3, 5), []
    yield "layer_norm", t(3, 5), [4]
    yield "layer_norm", t(3, 5), [5], t(4)
    yield "layer_norm", t(3, 5), [5], t(5), t(4)
    yield "layer_norm", t(3, 5, dtype=I64), [5]
    yield "layer_norm", t(5), [3, 5]
    yield "rms_norm", t(3, 5), [4]
    yield "group_norm", t(3, 4, 5), 3
    yield "group_norm", t(3, 4, 5), 0
    yield "group_norm", t(3, 4, 5), 2, t(3)
    yield "group_norm", t(3), 1
    yield "group_norm", t(0, 4, 5), 2
    yield "batch_norm", t(3), None, None, None, None, True, 0.1, 1e-5, True
    yield "batch_norm", t(3, 4), None, None, None, None, False, 0.1, 1e-5, True
    yield "batch_norm", t(3, 4), t(3), None, None, None, True, 0.1, 1e-5, True
    yield "batch_norm", t(3, 4), None, None, t(3), t(4), False, 0.1, 1e-5, True
    yield "batch_norm", t(0, 4), None, None, t(4), t(4).abs(), False, 0.1, 1e-5, True
    yield "batch_norm", t(3, 4, 2), None, None, t(4), t(4).abs(), False, 0.1, 0.0, True
    yield "instance_norm", t(2, 4, 3), None, None, None, None, False, 0.1, 1e-5, True
    yield "instance_norm", t(2, 4, 1), None, None, None, None, True, 0.1, 1e-5, True
    yield "_batch_norm_impl_index", t(3, 4), None, None, t(4), t(4).abs() + 1, False, 0.1, 1e-5, False
    yield "_batch_norm_no_update", t(3, 4), None, None, t(4), t(4).abs() + 1, 0.1, 1e-5
    yield "_batch_norm_with_update", t(3, 4), None, None, t(4), t(4).abs() + 1, 0.1, 1e-5
    yield "_native_batch_norm_legit_functional", t(3, 4), None, None, t(4), t(4).abs() + 1, True, 0.1, 1e-5
    for dim in [0, 1, -1, 2]:
        g = t(*[n if d == dim % 3 else 1 for d, n in enumerate([3, 4, 2])])
        yield "_weight_norm", t(3, 4, 2), g, dim
        yield "norm_except_dim", t(3, 4, 2), 2, dim
    yield "_weight_norm_interface", t(3, 4, 2), t(3, 1, 1), 0
    yield "_weight_norm_interface", t(3, 4, 2, dtype=BF16), t(1, 1, 2, dtype=BF16), 2
    for p in [1, 2, 0.5, float("inf")]:
        yield "renorm", t(3, 4, 2), p, 1, 1.5
    yield "renorm_", t(3, 4), 2, 0, 0.5
    yield "renorm", t(3, 4, dtype=C64), 2, -1, 0.5
    yield "renorm", t(3, 4), -1, 0, 0.5
    yield "renorm", t(3, 4), 2, 0, -0.5
    yield "renorm", t(3), 2, 0, 0.5


@family
def softmax(t, wide):
    for op in ["softmax.int", "log_softmax.int", "special_softmax", "special_log_softmax", "_safe_softmax"]:
        extra = [None] if op == "special_log_softmax" else []
        for dtype in [F32, F64] + ([] if "special" in op else [F16, BF16]):
            for dim in [0, 1, -1]:
                yield op, t(3, 4, 5, dtype=dtype), dim, *extra
            yield op, t(3, 4, dtype=dtype, layout="transposed"), 1, *extra
        for size in [1, 17, 64, 200]:
            yield op, t.real(2, size) * 5, -1, *extra
            yield op, t.real(2, size, 19) * 5, 1, *extra
        yield op, t(), 0, *extra
        yield op, t(3, 0), 1, *extra
        yield op, t(0, 3), 1, *extra
        yield op, t(3, 4), 2, *extra
        yield op, t(3, 4, dtype=I64), 1, *extra
        yield op, t(3, 4, dtype=I64), 1, F32
        yield op, t(3, 4, dtype=F16), 1, F32
        yield op, t(3, 4), 1, F64
        yield op, torch.tensor([[1.0, float("inf"), 2.0], [float("nan"), 1.0, 2.0], [-float("inf")] * 3]), 1, *extra
        yield op, torch.tensor([[-float("inf"), 1.0, 2.0], [1e30, -1e30, 0.0]]), 1, *extra
        yield op, torch.tensor([[1.0, float("inf")], [float("nan"), 1.0]], dtype=F64), 0, *extra
    yield "_softmax", t(3, 4), 1, False
    yield "_log_softmax", t(3, 4), 1, False
    yield "_softmax", t(3, 4, dtype=F16), 1, True
    yield "softmax.int_out", t(3, 4), 1, None, t(3, 4)
    yield "_softmax.out", t(3, 4), 1, False, t(0)


@family
def embedding(t, wide):
    for dtype in [F32, F64, F16, I64, C64, BOOL]:
        yield "embedding", t(5, 3, dtype=dtype), t.index(5, 2, 3)
    yield "embedding", t(5, 3, layout="transposed"), t.index(5, 4, dtype=I32)
    yield "embedding", t(5, 3), t.index(5)
    yield "embedding", t(5, 3), t.index(5, 0)
    yield "embedding", t(5, 3), t.index(5, 4), 1, True, False
    yield "embedding", t(5, 3), torch.tensor([5])
    yield "embedding", t(5, 3), torch.tensor([-1])
    yield "embedding", t(5, 3), t(2)
    yield "embedding", t(5), t.index(5, 2)
    yield "embedding", t(5, 3, 2), t.index(5, 2)
    yield "embedding.out", t(5, 3), t.index(5, 2), -1, False, False, t(0)
    for classes in [-1, 6, 3]:
        yield "one_hot", t.index(6, 2, 3), classes
    yield "one_hot", t.index(6, 0), 4
    yield "one_hot", t.index(6, 0)
    yield "one_hot", torch.tensor([1, -1]), 4
    yield "one_hot", t(2), 4
    yield "one_hot", torch.tensor(3), -1
    for op in ["embedding_bag", "_embedding_bag", "_embedding_bag_forward_only"]:
        for mode in [0, 1, 2]:
            w = t(6, 4)
            yield op, w, t.index(6, 7), torch.tensor([0, 2, 2, 5]), False, mode
            yield op, w, t.index(6, 7), torch.tensor([0, 2, 5, 7]), False, mode, False, None, True
            yield op, w.double(), t.index(6, 7, dtype=I32), torch.tensor([0, 3], dtype=I32), False, mode
            yield op, t(6, 4, layout="transposed"), t.index(6, 4), torch.tensor([0, 4]), False, mode
            if op != "embedding_bag":
                yield op, w, torch.tensor([0, 1, 2, 2, 1]), torch.tensor([0, 3]), False, mode, False, None, False, 2
            yield op, w, t.index(6, 0), torch.tensor([0, 0]), False, mode
        yield op, w, t.index(6, 7), torch.tensor([0, 2, 2, 5]), False, 0, False, t(7)
        yield op, w.half(), t.index(6, 7), torch.tensor([0, 2, 2, 5]), False, 0
    yield "embedding_bag", w, t.index(6, 7), torch.tensor([0, 2, 2, 5]), False, 1, False, t(7)
    yield "embedding_bag.padding_idx", w, torch.tensor([0, 1, 2, 2, 1]), torch.tensor([0, 3]), False, 1, False, None, False, 2
    yield "embedding_bag.padding_idx", w, torch.tensor([0, 1, 2, 2, 1]), torch.tensor([0, 3]), False, 0, False, None, False, -4
    yield "embedding_bag.padding_idx", w, torch.tensor([0, 1, 2, 2, 1]), torch.tensor([0, 3]), False, 0, False, None, False, 9
    yield "embedding_bag", w, torch.tensor([0, 6]), torch.tensor([0])
    yield "embedding_bag", w, torch.tensor([0, 1]), torch.tensor([1])
    yield "embedding_bag", w, torch.tensor([0, 1]), torch.tensor([0, 3])
    yield "embedding_bag", w, torch.tensor([0, 1]), torch.tensor([0, 2, 1])
    yield "embedding_bag", w, torch.tensor([0, 1]), torch.tensor([[0]])
    for p in [1.0, 2.0, 3.0]:
        yield "embedding_renorm_", t(5, 3), torch.tensor([0, 2, 2]), 1.0, p
    yield "embedding_renorm", t(5, 3), torch.tensor([0, 2, 4]), 1.0, 2.0
    yield "embedding_renorm_", t(5, 3), torch.tensor([0, 5]), 1.0, 2.0


@family
def pad(t, wide):
    for dtype in [F32, I64, F16, C64, BOOL]:
        yield "constant_pad_nd", t(2, 3, dtype=dtype), [1, 2]
        yield "constant_pad_nd", t(2, 3, dtype=dtype), [1, -1, 0, 2], 1
        yield "reflection_pad1d", t(2, 4, dtype=dtype), [2, 1]
        yield "replication_pad2d", t(1, 2, 3, 4, dtype=dtype), [2, 1, 0, 3]
    for mode in ["constant", "reflect", "replicate", "circular", "other"]:
        yield "pad", t(1, 2, 5), [1, 2], mode
        yield "pad", t(2, 5), [1, 2], mode
        yield "pad", t(1, 2, 5, 4), [1, 2, 2, 1], mode
        yield "pad", t(1, 2, 5, 4, layout="last"), [1, 2, 2, 1], mode
        yield "pad", t(1, 2, 3, 4, 5), [1, 2, 2, 1, 0, 1], mode
        yield "pad", t(1, 2, 5), [1, 2, 1, 1], mode
        yield "pad", t(1, 2, 5), [5, 0], mode
        yield "pad", t(1, 2, 5), [-1, 2], mode
        yield "pad", t(1, 2, 5), [-1, -3], mode
        yield "pad", t(1, 2, 5), [1, 2], mode, 3.5
        yield "pad", t(1, 2, 0), [1, 1], mode
        yield "pad", t(0, 2, 4), [1, 1], mode
        yield "pad", t(1, 2, 5), [1, 2, 3], mode
        yield "pad", t(1, 2, 5), [], mode
        yield "pad", t(1, 2, 5), [-3, -3], mode
    yield "pad", t(3), [1, 1, 1, 1]
    yield "constant_pad_nd", t(3), [0, 0]
    yield "constant_pad_nd", t(2, 3, dtype=I64), [1, 1], 1.7
    yield "constant_pad_nd", t(2, 3, 4, 5, layout="last"), [1, 1]
    yield "constant_pad_nd", t(2, 3), [1 << 40, 1 << 40, 1 << 40, 1 << 40]
    yield "reflection_pad2d", t(2, 3, 4), [1, 1, 1, 1]
    yield "reflection_pad2d", t(2, 3, 4), [4, 1, 1, 1]
    yield "reflection_pad3d", t(1, 2, 3, 4), [1, 1, 1, 1, 2, 1]
    yield "reflection_pad3d", t(1, 1, 2, 3, 4), [1, 1, 1, 1, 2, 1]
    yield "replication_pad1d", t(2, 3), [1, 4]
    yield "replication_pad3d", t(1, 2, 2, 3), [1, 2, 1, 1, 2, 1]
    yield "replication_pad1d", t(3), [1, 4]
    yield "reflection_pad1d", t(2, 3, 4), [1]
    yield "_pad_circular", t(1, 2, 5), [1, 2]
    yield "_pad_enum", t(1, 2, 5), [1, 2], 0, 2.0
    yield "_pad_enum", t(1, 2, 5), [1, 2], 1
    yield "_pad_enum", t(1, 2, 5), [1, 2], 2
    yield "_pad_enum", t(1, 2, 5), [1, 2], 3
    yield "reflection_pad1d.out", t(2, 4), [2, 1], t(0)
    for first in [False, True]:
        for side in ["right", "left"]:
            yield "pad_sequence", [t(3, 2), t(1, 2), t(2, 2)], first, 0.5, side
    yield "pad_sequence", [t(3), t(4)]
    yield "pad_sequence", [t(3, 2), t(4, 3)]
    yield "pad_sequence", []


@family
def pool(t, wide):
    draws = 200 if wide else 50
    for _ in range(draws):
        rng = t.rng
        dims = rng.choice([1, 2, 2, 3])
        kernel = [rng.choice([1, 2, 3, 3, 4]) for _ in range(dims)]
        stride = rng.choice([[], [rng.choice([1, 2, 3]) for _ in range(dims)]])
        padding = [rng.randint(0, k // 2) for k in kernel]
        dilation = [rng.choice([1, 1, 2]) for _ in range(dims)]
        size = [rng.choice([1, 4, 5, 8, 13]) + (k - 1) * d for k, d in zip(kernel, dilation)]
        ceil = rng.random() < 0.4
        dtype = rng.choice([F32] * 5 + [F64, F16, BF16])
        layout = rng.choice([None, None, "last", "sliced"]) if dims == 2 else None
        shape = [rng.choice([1, 2]), rng.choice([1, 3])] if rng.random() < 0.8 else [2]
        x = t(*shape, *size, dtype=dtype, layout=layout if len(shape) == 2 else None)
        if rng.random() < 0.1 and dtype != F16:
            x[..., 0] = float("nan")
        yield f"max_pool{dims}d", x, kernel, stride, padding, dilation, ceil
        yield f"max_pool{dims}d_with_indices", x, kernel, stride, padding, dilation, ceil
        include = rng.random() < 0.5
        if dims == 1:
            yield "avg_pool1d", x, kernel, stride, padding, ceil, include
        else:
            yield f"avg_pool{dims}d", x, kernel, stride, padding, ceil, include, rng.choice([None, None, 3, -2])
        out = [rng.choice([1, 2, 3, 5]) for _ in range(dims)]
        yield f"adaptive_avg_pool{dims}d", x, out
        yield f"adaptive_max_pool{dims}d", x, out
    for size in [40, 75]:
        yield "max_pool2d", t.real(1, 2, 9, size), [3, 3], [2, 2], [1, 1]
        yield "max_pool2d", t.real(1, 2, 9, size), [2, 2], [1, 3], [0, 1]
        yield "max_pool2d", t.real(1, 2, 9, size), [3, 2], [1, 1], [1, 0], [1, 2], True
        yield "avg_pool2d", t.real(1, 2, 9, size), [3, 3], [2, 2], [1, 1]
        yield "avg_pool2d", t.real(1, 2, 9, size), [2, 2], [1, 3], [0, 1], True, False
        yield "adaptive_avg_pool2d", t.real(1, 2, 9, size), [2, 7]
    for dtype in [I64, I32, torch.uint8, BOOL]:
        yield "max_pool2d", t(1, 2, 4, 4, dtype=dtype), [2, 2]
        yield "max_pool1d", t(1, 2, 4, dtype=dtype), [2]
        yield "avg_pool2d", t(1, 2, 4, 4, dtype=dtype), [2, 2]
        yield "avg_pool1d", t(1, 2, 4, dtype=dtype), [2]
        yield "adaptive_avg_pool2d", t(1, 2, 4, 4, dtype=dtype), [2, 2]
        yield "adaptive_max_pool2d", t(1, 2, 4, 4, dtype=dtype), [2, 2]
    x = t(2, 3, 5, 6)
    yield "max_pool2d", x, [0, 2]
    yield "max_pool2d", x, [2, 2], [0, 1]
    yield "max_pool2d", x, [2, 2], [], [-1, 0]
    yield "max_pool2d", x, [2, 2], [], [2, 2]
    yield "max_pool2d", x, [2, 2], [], [0, 0], [0, 1]
    yield "max_pool2d", x, [7, 2]
    yield "max_pool2d", x, [2, 2, 2]
    yield "max_pool2d", x, [3]
    yield "max_pool2d", t(5, 6), [2, 2]
    yield "max_pool2d", t(2, 0, 5, 6), [2, 2]
    yield "max_pool2d", t(0, 2, 5, 6), [2, 2]
    yield "max_pool2d", t(2, 2, 0, 6), [2, 2]
    yield "avg_pool2d", x, [2, 2], [], [2, 2]
    yield "avg_pool2d", x, [2, 2], [], [0, 0], False, True, 0
    yield "avg_pool2d", x, [9, 2]
    yield "avg_pool2d", t(5, 6), [2, 2]
    yield "avg_pool1d", t(2, 3, 4), [2, 2]
    yield "max_pool1d", t(2, 3, 4), [5]
    yield "max_pool1d", t(4), [2]
    yield "max_pool3d", t(2, 3, 4), [2]
    yield "adaptive_avg_pool2d", x, [0, 2]
    yield "adaptive_avg_pool2d", x, [-1, 2]
    yield "adaptive_avg_pool2d", t(5, 6), [2, 2]
    yield "adaptive_avg_pool1d", t(2, 3, 4), [1]
    yield "_adaptive_avg_pool2d", x, [2, 2]
    yield "_adaptive_avg_pool3d", t(1, 2, 3, 4, 5), [2, 2, 3]
    yield "adaptive_max_pool2d", x, [0, 2]
    yield "adaptive_max_pool2d", t(2, 3, 0, 2), [1, 2]
    yield "max_pool2d_with_indices.out", x, [2, 2], [], [0, 0], [1, 1], False, t(0), t.index(2, 0)
    yield "avg_pool2d.out", x, [2, 2], [], [0, 0], False, True, None, t(0)
    for dims in [2, 3]:
        small = t.real(1, 2, *[4] * dims)
        pooled, index = getattr(torch.ops.aten, f"max_pool{dims}d_with_indices")(small, [2] * dims)
        extra = [] if dims == 2 else [[2] * dims, [0] * dims]
        yield f"max_unpool{dims}d", pooled, index, [4] * dims, *extra
        yield f"max_unpool{dims}d", pooled[0], index[0], [4] * dims, *extra
        yield f"max_unpool{dims}d", pooled, index + 1000, [4] * dims, *extra
        yield f"max_unpool{dims}d", pooled, index[0], [4] * dims, *extra
        yield f"max_unpool{dims}d", pooled, index.int(), [4] * dims, *extra
        yield f"fractional_max_pool{dims}d", t(1, 2, *[6] * dims), [2] * dims, [3] * dims, torch.rand(1, 2, dims, generator=t.torch)
        yield f"fractional_max_pool{dims}d", t(2, *[6] * dims), [3] * dims, [2] * dims, torch.rand(1, 2, dims, generator=t.torch)
        yield f"fractional_max_pool{dims}d", t(1, 2, *[6] * dims), [2] * dims, [6] * dims, torch.rand(1, 2, dims, generator=t.torch)


@family
def rnn(t, wide):
    def real(*shape, dtype=F32):
        return (t.draw(shape) / 4).to(dtype)

    def params(gates, inputs, hidden, layers, both, biases, proj=0, dtype=F32):
        out = []
        state = proj or hidden
        for layer in range(layers):
            for _ in range(2 if both else 1):
                width = inputs if layer == 0 else state * (2 if both else 1)
                out += [real(gates * hidden, width, dtype=dtype), real(gates * hidden, state, dtype=dtype)]
                if biases:
                    out += [real(gates * hidden, dtype=dtype), real(gates * hidden, dtype=dtype)]
                if proj:
                    out += [real(proj, hidden, dtype=dtype)]
        return out

    for name, gates in [("lstm", 4), ("gru", 3), ("rnn_tanh", 1), ("rnn_relu", 1)]:
        for layers, both, biases, first, proj, dtype in [(1, False, True, False, 0, F32), (1, False, False, True, 0, F32), (2, True, True, True, 0, F32),
                                                         (2, False, True, False, 3, F32), (1, True, True, False, 3, F32), (1, False, True, False, 0, F64),
                                                         (2, True, False, False, 0, F64)]:
            if proj and name != "lstm":
                continue
            inputs, hidden, steps, batch = 5, 4, 3, 2
            x = real(*([batch, steps] if first else [steps, batch]), inputs, dtype=dtype)
            count = layers * (2 if both else 1)
            state = real(count, batch, proj or hidden, dtype=dtype)
            weights = params(gates, inputs, hidden, layers, both, biases, proj, dtype)
            hx = [state, real(count, batch, hidden, dtype=dtype)] if name == "lstm" else state
            yield f"{name}.input", x, hx, weights, biases, layers, 0.0, False, both, first
            packed = real(7, inputs, dtype=dtype)
            state = real(count, 3, proj or hidden, dtype=dtype)
            hx = [state, real(count, 3, hidden, dtype=dtype)] if name == "lstm" else state
            yield f"{name}.data", packed, torch.tensor([3, 2, 1, 1]), hx, weights, biases, layers, 0.0, False, both
        cell = [real(gates * 4, 5), real(gates * 4, 4), real(gates * 4), real(gates * 4)]
        hx = [real(2, 4), real(2, 4)] if name == "lstm" else real(2, 4)
        yield f"{name}_cell", real(2, 5), hx, *cell
        yield f"{name}_cell", real(2, 5), hx, *cell[:2]
        yield f"{name}_cell", real(2, 6), hx, *cell
        yield f"{name}_cell", real(3, 5), hx, *cell
        hx = [real(4), real(4)] if name == "lstm" else real(4)
        yield f"{name}_cell", real(5), hx, *cell
    x, w = real(3, 2, 5), params(4, 5, 4, 1, False, True)
    yield "lstm.input", x, [real(1, 2, 4)], w, True, 1, 0.0, False, False, False
    yield "lstm.input", x, [real(1, 2, 4), real(1, 2, 4)], w[:3], True, 1, 0.0, False, False, False
    yield "lstm.input", real(3, 2, 6), [real(1, 2, 4), real(1, 2, 4)], w, True, 1, 0.0, False, False, False
    yield "lstm.input", real(0, 2, 5), [real(1, 2, 4), real(1, 2, 4)], w, True, 1, 0.0, False, False, False
    long = params(4, 24, 20, 1, False, True)
    yield "lstm.input", real(9, 5, 24), [real(1, 5, 20), real(1, 5, 20)], long, True, 1, 0.0, False, False, False
    yield "_thnn_fused_lstm_cell", real(2, 16), real(2, 16), real(2, 4), real(16), real(16)
    yield "_thnn_fused_gru_cell", real(2, 12), real(2, 12), real(2, 4), real(12), real(12)
    for first in [False, True]:
        x = real(3, 4, 2)
        lengths = torch.tensor([4, 2, 1] if first else [3, 3, 2, 1])
        yield "_pack_padded_sequence", x, lengths, first
        data, sizes = torch.ops.aten._pack_padded_sequence(x, lengths, first)
        yield "_pad_packed_sequence", data, sizes, first, 0.5, 0
        yield "_pad_packed_sequence", data, sizes, first, 0.0, 6
        yield "_pad_packed_sequence", data, sizes, first, 0.0, 2
    yield "_pack_padded_sequence", x, torch.tensor([1, 2, 3]), True
    yield "_pack_padded_sequence", x, torch.tensor([4, 2, 0]), True
    yield "_pack_padded_sequence", x, torch.tensor([4, 2]), True
    yield "_pack_padded_sequence", x, torch.tensor([5, 2, 1]), True


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
