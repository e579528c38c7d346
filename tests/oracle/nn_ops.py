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
        items = "\n".join(("a " if tensor is random_ops.argument_tensor else "") + line(t, tensor) for t in x)
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
