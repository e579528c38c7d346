"""How calls of operators are made and written with PyTorch's answers; the families of nn_*.py register here."""


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
