"""Makes the repository's own conformance cases in tests/cases:

    pip install torch==2.13.0
    PYTHONHASHSEED=0 python make_cases.py

Each class below is a model, each entry of CASES a case. Run it again after a change and look at what changes: archives are
reproducible, so only new and changed cases should.
"""

import pathlib
import shutil
from enum import Enum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn

from record import Call, record

CASES_FOLDER = pathlib.Path(__file__).resolve().parent.parent / "cases"


def ramp(*sizes: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Distinct small numbers of both signs, without a generator."""
    count = 1
    for size in sizes:
        count *= size
    i = torch.arange(count, dtype=torch.float64)
    x = ((i * 7919 % 101) - 50) / 25
    return (x if dtype.is_floating_point else x * 10).to(dtype).reshape(sizes)


# ---- modules ----------------------------------------------------------------


class Tree(nn.Module):
    """Submodules by attribute, in lists and dicts, one of them twice."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.layers = nn.ModuleList([nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)])
        self.named = nn.ModuleDict({"left": nn.Linear(4, 2), "right": nn.Linear(4, 2)})
        self.shared = self.first
        self.chain = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        for layer in self.layers:
            x = layer(x) + x
        total = torch.zeros([1, 2])
        for name, module in self.named.items():
            total = total + module(x)
        return self.chain(total) + self.shared(x).sum()


class Counter(nn.Module):
    """State that calls change: numbers, tensors in place, lists."""

    seen: List[float]

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.seen = []
        self.register_buffer("mean", torch.zeros(3))
        self.alias = self.mean

    def forward(self, x: Tensor) -> Tuple[int, Tensor, Tensor, List[float]]:
        self.calls += 1
        self.mean.mul_(0.5).add_(x, alpha=0.5)
        self.seen.append(float(x.sum()))
        return self.calls, self.mean.clone(), self.alias.clone(), self.seen[-2:]

    @torch.jit.export
    def reset(self) -> int:
        before = self.calls
        self.calls = 0
        self.seen.clear()
        self.mean = torch.ones(3)
        return before


class Hooked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)


def double_input(self: Any, input: Tuple[Tensor]) -> Tuple[Tensor]:
    return (input[0] * 2,)


def add_one(self: Any, input: Tuple[Tensor], output: Tensor) -> Tensor:
    return output + 1


def hooked() -> nn.Module:
    model = Hooked()
    model.register_forward_pre_hook(double_input)
    model.register_forward_hook(add_one)
    return model


# ---- the language -----------------------------------------------------------


class Loops(nn.Module):
    def forward(self, n: int, limit: int) -> Tuple[int, List[int], float]:
        steps = 0
        while n != 1 and steps < limit:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps += 1
        squares: List[int] = []
        total = 0.0
        for i in range(10, 0, -2):
            if i == 4:
                continue
            squares.append(i * i)
            for j in range(i):
                if j > 3:
                    break
                total += i / (j + 1)
        return steps, squares, total


class Returns(nn.Module):
    def forward(self, x: int) -> str:
        for i in range(x):
            if i == 3:
                return "three"
            if i > x - 2 and x > 1:
                return "end"
        if x < 0:
            raise ValueError("negative: {}".format(x))
        assert x != 7, "seven is not allowed"
        return "none"


class Optionals(nn.Module):
    def forward(self, x: Optional[Tensor], scale: Optional[float] = None, names: Optional[List[str]] = None) -> Tuple[Tensor, int]:
        if x is None:
            x = torch.ones([2])
        if scale is not None:
            x = x * scale
        count = 0 if names is None else len(names)
        return x, count


class Containers(nn.Module):
    def forward(self, words: List[str], numbers: List[int]) -> Tuple[Dict[str, int], List[Tuple[str, int]], List[int]]:
        counts: Dict[str, int] = {}
        for word in words:
            if word not in counts:
                counts[word] = 0
            counts[word] += 1
        pairs = [(key, value) for key, value in counts.items()]
        counts["total"] = sum([value for value in counts.values()])
        alias = numbers
        alias += [100]
        numbers.insert(1, -1)
        numbers.sort()
        numbers.reverse()
        if counts.pop("absent", -5) == -5:
            numbers.append(numbers.pop(0))
        return counts, pairs, numbers[1:-1] + numbers[::2]


class Strings(nn.Module):
    def forward(self, text: str, x: float, n: int) -> List[str]:
        parts = text.split(",")
        out = [part.strip().upper() for part in parts]
        out.append("-".join(out))
        out.append("{} and {} {}".format(x, n, True))
        out.append(text[1:-1] + text[::-1])
        out.append(str(text.find("b")) + str(text.startswith("a")) + str(n > 3))
        out.append("%d %s %f" % (n, text, x))
        out.append(text.replace("b", "bb").rjust(12, "."))
        return out


class Numbers(nn.Module):
    def forward(self, a: int, b: int, x: float, y: float) -> Tuple[List[int], List[float], List[bool]]:
        ints = [a + b, a - b, a * b, a // b, a % b, a & b, a | b, a ^ b, abs(a), min(a, b), max(a, b), int(x), round_int(x), a << 2]
        floats = [x + y, x - y, x * y, x / y, x // y, x % y, x**y, a / b, float(a), abs(x), min(x, y), a * x, float(a**b), round(x)]
        return ints, floats, [a < b, x <= y, a == b, x != y, a > x, not (a < b and x < y), bool(a)]


def round_int(x: float) -> int:
    return int(round(x) * 10)


class Point(NamedTuple):
    x: Tensor
    label: str


class Named(nn.Module):
    def forward(self, p: Tensor) -> Tuple[Point, str]:
        point = Point(p * 2, "twice")
        return point, point.label + str(len(point.label))


class Colour(Enum):
    RED = 1
    GREEN = 2


class Enums(nn.Module):
    def forward(self, pick: int) -> Tuple[int, str, bool]:
        colour = Colour.RED if pick == 1 else Colour.GREEN
        return colour.value, colour.name, colour == Colour.GREEN


@torch.jit.script
class Accumulator:
    def __init__(self, start: int):
        self.total = start
        self.log: List[int] = []

    def add(self, n: int) -> "Accumulator":
        self.total += n
        self.log.append(n)
        return self

    def __len__(self) -> int:
        return len(self.log)


class Classes(nn.Module):
    def forward(self, items: List[int]) -> Tuple[int, int, List[int]]:
        a = Accumulator(10)
        b = a
        for item in items:
            b.add(item).add(1)
        return a.total, len(a), b.log


@torch.jit.interface
class Shape(object):
    def area(self, scale: float) -> float:
        pass


@torch.jit.script
class Square(object):
    def __init__(self, side: float):
        self.side = side

    def area(self, scale: float) -> float:
        return self.side * self.side * scale


@torch.jit.script
class Circle(object):
    def __init__(self, radius: float):
        self.radius = radius

    def area(self, scale: float) -> float:
        return 3.0 * self.radius * self.radius * scale


def measure(shape: Shape, scale: float) -> float:
    return shape.area(scale)


class Interfaces(nn.Module):
    def forward(self, round_one: bool, size: float) -> float:
        if round_one:
            return measure(Circle(size), 2.0)
        return measure(Square(size), 2.0)


class AnyTypes(nn.Module):
    def kind(self, x: Any) -> str:
        if isinstance(x, int):
            return "int " + str(x + 1)
        elif isinstance(x, List[str]):
            return "strings " + x[0]
        elif isinstance(x, Tensor):
            return "tensor " + str(x.dim())
        return "other"

    def forward(self, x: Tensor) -> List[str]:
        return [self.kind(3), self.kind(["a", "b"]), self.kind(x), self.kind(2.5), self.kind((1, 2))]


class Printing(nn.Module):
    def forward(self, x: Tensor, n: int) -> int:
        print("n is", n, 0.1, True, [1, 2], {"a": 1.0}, (1, "x"))
        print(x)
        print(x.sum(), x.shape, None)
        return n + 1


class Keywords(nn.Module):
    def forward(self, x: Tensor, times: int = 2, shift: float = 0.5) -> Tensor:
        return x * times + shift


# ---- tensors ----------------------------------------------------------------


class Promotion(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> List[Tensor]:
        return [a + b, a * 2, a * 2.5, a / 3, a > b, a + True, b - a.to(torch.int64), torch.where(a > b, a, b), a == 1]


class Pointwise(nn.Module):
    def forward(self, x: Tensor) -> List[Tensor]:
        return [x.exp(), x.abs().sqrt(), x.sigmoid(), x.tanh(), x.relu(), torch.nn.functional.gelu(x.clamp(max=50.0)), torch.nn.functional.silu(x),
                x.clamp(-1.0, 0.5), x.neg(), x.abs(), x.sin(), x.cos(), x.floor(), x.ceil(), x.round(), x.reciprocal(), x.pow(2),
                torch.nn.functional.leaky_relu(x, 0.1), torch.nn.functional.elu(x), x.sign(), torch.log1p(x.abs()), torch.erf(x)]


class Reductions(nn.Module):
    def forward(self, x: Tensor) -> List[Tensor]:
        values, indices = x.max(1)
        low, where = torch.min(x, 0, keepdim=True)
        return [x.sum(), x.sum(0), x.mean(1, keepdim=True), x.mean(), x.max(), x.min(), values, indices, low, where, x.argmax(1),
                (x > 0).any(), (x > 0).all(1), x.cumsum(0), x.std(), x.var(1), x.norm(), x.prod(1)]


class Views(nn.Module):
    def forward(self, x: Tensor) -> List[Tensor]:
        y = x.view(2, 3, 4)
        y[0] += 10  # x is changed
        y[:, 1, ::2] = -1
        t = y.transpose(0, 2)
        t[0, 0].fill_(7)
        return [y.permute(2, 0, 1), t.reshape(-1), x.unsqueeze(1)[2:5], y.flatten(1), y.select(1, 2), x.expand(2, 24), y.narrow(2, 1, 2),
                t.contiguous(), y.squeeze(), torch.chunk(x, 5)[4], torch.split(x, [4, 20])[1]]


class Indexing(nn.Module):
    def forward(self, x: Tensor, i: Tensor) -> List[Tensor]:
        mask = x > 0
        y = x.clone()
        y[mask] = 0
        z = x.clone()
        z[i] = 5
        return [x[i], x[:, 1], x[mask], y, z, x[-1], x[None, ..., 0], x.index_select(1, i % 3), x.gather(1, torch.abs(i[:, None]) % 2), x[1:, i],
                torch.masked_fill(x, mask, -3.0)]


class Joining(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> List[Tensor]:
        return [torch.cat([a, b]), torch.cat([a, b, a], -1), torch.stack([a, b], 1), torch.cat([a, torch.empty([0])]), a.repeat(2, 1)]


class Creation(nn.Module):
    def forward(self, n: int) -> List[Tensor]:
        return [torch.zeros(n, 2), torch.ones([n], dtype=torch.int64), torch.full([2], 2.5), torch.arange(n), torch.arange(1, n, 2.0), torch.eye(n),
                torch.linspace(0, 1, n), torch.tensor([1, 2, n]), torch.tensor([[1.5], [n * 1.0]]), torch.zeros_like(torch.ones([n, n]))]


class Products(nn.Module):
    def forward(self, a: Tensor, b: Tensor, v: Tensor) -> List[Tensor]:
        batch = torch.stack([a, a * 2])
        return [a @ b, torch.mm(a, b), a @ v, batch @ b, torch.bmm(batch, torch.stack([b, b])), torch.addmm(torch.ones(3, 2), a, b, beta=0.5),
                v.dot(v), b.t() @ a.t(), torch.einsum("ij,jk->ki", a, b)]


class Convolutions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.plain = nn.Conv2d(3, 4, 3)
        self.strided = nn.Conv2d(4, 4, (3, 1), stride=2, padding=(1, 0), dilation=(1, 2), bias=False)
        self.grouped = nn.Conv2d(4, 8, 1, groups=2)
        self.norm = nn.BatchNorm2d(8)
        self.norm.running_mean = ramp(8) / 4
        self.norm.running_var = ramp(8).abs() + 0.5
        self.pool = nn.MaxPool2d(2, ceil_mode=True)
        self.average = nn.AvgPool2d(2, padding=1)
        self.head = nn.AdaptiveAvgPool2d(1)

    def forward(self, x: Tensor) -> List[Tensor]:
        a = self.plain(x)
        b = self.strided(a)
        c = torch.relu(self.norm(self.grouped(b)))
        return [a, b, c, self.pool(c), self.average(c), self.head(c).flatten(1)]


class Packed(nn.Module):
    """Recurrent layers with several layers, directions, projections; packed sequences; dropout between layers."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2, bidirectional=True, proj_size=2)
        self.gru = nn.GRU(3, 4, bias=False, batch_first=True)
        self.rnn = nn.RNN(3, 4, num_layers=2, nonlinearity="relu")
        self.cell = nn.GRUCell(3, 4)

    def forward(self, x: Tensor, lengths: Tensor, ordered: bool) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=ordered)
        y, (h, c) = self.lstm(packed)
        padded, n = nn.utils.rnn.pad_packed_sequence(y, padding_value=-1.0)
        return padded, n, h, c

    @torch.jit.export
    def plain(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        y, h = self.gru(x)
        z, k = self.rnn(x)
        return y, h, z, k, self.cell(x[0])

    @torch.jit.export
    def dropped(self, x: Tensor, h: Tensor, weights: List[Tensor], p: float) -> Tuple[Tensor, Tensor]:
        return torch.rnn_tanh(x, h, weights, False, 2, p, True, False, False)

    @torch.jit.export
    def step(self, x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        y, c = torch.lstm_cell(x, [h, h], w_ih, w_hh)
        return y, c, nn.utils.rnn.pad_sequence([x, x[:1]], True, 2.0)


class Aligned(nn.Module):
    """ctc_loss with lengths as lists and as tensors, and order among equals."""

    def forward(self, scores: Tensor, labels: Tensor, inputs: List[int], targets: List[int], reduction: int, zero: bool) -> Tuple[Tensor, Tensor]:
        return (torch.ctc_loss(scores, labels, inputs, targets, 0, reduction, zero),
                torch.ctc_loss(scores, labels, torch.tensor(inputs), torch.tensor(targets), 0, reduction, zero))

    @torch.jit.export
    def ties(self, x: Tensor, k: int) -> Tuple[Tuple[Tensor, Tensor], Tuple[Tensor, Tensor], Tuple[Tensor, Tensor], Tuple[Tensor, Tensor]]:
        return torch.topk(x, k, 1), torch.topk(x, k, 1, largest=False), torch.kthvalue(x, k, 1), torch.mode(x, 1)


class PaddedEncoder(nn.Module):
    """The fast path of encoders: nested tensors between layers, masks of bools and of floats."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 2)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor, mask: Optional[Tensor], padding: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
        y, weights = self.attention(x, x, x, padding, True, mask)
        return self.encoder(x, mask, padding), y

    @torch.jit.export
    def dropped(self, q: Tensor, mask: Tensor, p: float) -> Tensor:
        return nn.functional.scaled_dot_product_attention(q, q, q, mask, p)


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(11, 8, padding_idx=0)
        self.norm = nn.LayerNorm(8)
        self.query, self.key, self.value = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.norm(self.embed(tokens))
        q, k, v = [y.view(1, -1, 2, 4).transpose(1, 2) for y in [self.query(x), self.key(x), self.value(x)]]
        weights = torch.softmax(q @ k.transpose(-2, -1) / 2.0, -1)
        return torch.log_softmax((weights @ v).transpose(1, 2).reshape(1, -1, 8), -1)


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(8, 5)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        y, (h, c) = self.lstm(x)
        z, g = self.gru(y)
        return y, h, c, z, g


class Mutation(nn.Module):
    """Arguments that a call changes."""

    def forward(self, x: Tensor, log: List[Tensor], table: Dict[str, Tensor]) -> Tensor:
        x.add_(1)
        x[0].mul_(2)
        log.append(x[1].clone())
        table["last"] = x.sum()
        return x.t()


class Shapes(nn.Module):
    """Errors of operators, with PyTorch's texts."""

    def forward(self, a: Tensor, b: Tensor, which: int) -> Tensor:
        if which == 0:
            return a + b
        elif which == 1:
            return a @ b
        elif which == 2:
            return a.view(5)
        return a[which]


class Draws(nn.Module):
    """Fresh random tensors; n decides which of PyTorch's two ways makes normal numbers."""

    def forward(self, dtype: int, n: int) -> List[Tensor]:
        made = [torch.rand(n, dtype=dtype), torch.randn(n, dtype=dtype), torch.randn(n, 3, dtype=dtype).t(), torch.randn(3, dtype=torch.complex64),
                torch.rand(2, dtype=torch.complex128), torch.randint(7, [n], dtype=dtype), torch.randint(-3, 1099511627776, [n]), torch.randperm(n),
                torch.normal(1.0, 2.0, [n], dtype=dtype)]
        x = made[2]
        return made + [torch.rand_like(x), torch.randn_like(x), torch.randint_like(x, 4, 9), torch.normal(x, 0.5), torch.normal(2.0, x.abs()),
                       torch.normal(x, x.abs())]


class Distributions(nn.Module):
    def forward(self, x: Tensor) -> List[Tensor]:
        drawn = [x.clone().uniform_(2.0, 5.0), x.clone().normal_(1.0, 3.0), x.clone().log_normal_(1.0, 0.5), x.clone().exponential_(2.0), x.clone().cauchy_(1.0, 2.0),
                 x.clone().geometric_(0.3), x.clone().bernoulli_(0.4), x.clone().random_(), x.clone().random_(1, 300), x.clone().random_(5)]
        chances = x.abs() / x.abs().max()
        strided = torch.zeros(x.size(0), 2 * x.size(1), dtype=x.dtype)
        strided[:, ::2].normal_()
        return drawn + [torch.bernoulli(chances), x.clone().bernoulli_(chances), torch.multinomial(chances, 2), torch.multinomial(chances[0], 9, True),
                        torch.nn.functional.dropout(x, 0.3, True), strided,
                        torch.zeros(4, dtype=torch.uint8).random_(), torch.zeros(4, dtype=torch.bool).random_(), torch.zeros(4, dtype=torch.long).random_(3, None)]

    @torch.jit.export
    def leak(self, x: Tensor) -> Tensor:
        return torch.nn.functional.rrelu(x, 0.1, 0.3, True)

    @torch.jit.export
    def integers(self, low: int, high: int, dtype: int) -> Tensor:
        return torch.zeros(2, dtype=dtype).random_(low, high)

    @torch.jit.export
    def choose(self, weights: Tensor, samples: int, replacement: bool) -> Tensor:
        return torch.multinomial(weights, samples, replacement)


def cases() -> Dict[str, Tuple[nn.Module, List[Call]]]:
    f, i = ramp, torch.int64
    return {
        "module_tree": (Tree(), [Call(f(1, 4)), Call(f(1, 4) * 2)]),
        "module_state": (Counter(), [Call(f(3)), Call(f(3) + 1), Call(method="reset"), Call(f(3) - 1)]),
        "module_hooks": (hooked(), [Call(f(1, 2), method="__call__"), Call(f(1, 2))]),
        "loops": (Loops(), [Call(27, 1000), Call(27, 5), Call(1, 1)]),
        "early_returns": (Returns(), [Call(5), Call(2), Call(1), Call(0), Call(-3, error="negative: -3"), Call(1)]),
        "optionals": (Optionals(), [Call(f(2)), Call(None, 2.5), Call(f(2), None, ["a", "b"]), Call(None, names=["c"])]),
        "containers": (Containers(), [Call(["a", "b", "a"], [3, 1, 2]), Call([], [5])]),
        "strings": (Strings(), [Call("ab, cd ,b", 0.1, 7), Call("", -2.0, -1)]),
        "numbers": (Numbers(), [Call(7, 2, 7.5, 2.0), Call(-7, 2, -7.5, 2.0), Call(7, -3, 2.5, -1.5), Call(5, 0, 1.0, 2.0, error="")]),
        "named_tuple": (Named(), [Call(f(2))]),
        "enums": (Enums(), [Call(1), Call(2)]),
        "script_class": (Classes(), [Call([1, 2, 3]), Call([])]),
        "interface": (Interfaces(), [Call(True, 2.0), Call(False, 2.0)]),
        "any_type": (AnyTypes(), [Call(f(2, 2))]),
        "printing": (Printing(), [Call(f(2, 2), 3)]),
        "keywords": (Keywords(), [Call(f(3)), Call(f(3), times=3), Call(f(3), shift=1.0, times=0)]),
        "promotion": (Promotion(), [Call(f(2, 3), f(3, dtype=i)), Call(f(3, dtype=torch.int32), f(1, 3, dtype=torch.float64)),
                                    Call(f(3, dtype=torch.uint8), f(3, dtype=torch.float16))]),
        # PyTorch's gelu of infinity is infinity for one element and nan for several: the model leaves that out.
        "pointwise": (Pointwise(), [Call(f(4, 9)), Call(f(37, dtype=torch.float64)), Call(f(6, 6).t()[::2]),
                                    Call(torch.tensor([0.0, -0.0, float("inf"), float("-inf"), float("nan")]))]),
        "reductions": (Reductions(), [Call(f(5, 7)), Call(f(7, 5).t()), Call(f(3, 4, dtype=torch.float64))]),
        "views": (Views(), [Call(f(24)), Call(f(24, dtype=i))]),
        "indexing": (Indexing(), [Call(f(3, 4), torch.tensor([0, 2, 1])), Call(f(3, 4), torch.tensor([-1, -2, 0]))]),
        "joining": (Joining(), [Call(f(2, 3), f(2, 3) + 1), Call(f(2, 3), f(2, 3, dtype=i))]),
        "creation": (Creation(), [Call(3), Call(0, error=""), Call(1)]),
        "draws": (Draws(), [Call(dtype, n, seed=n) for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16) for n in (3, 16, 37)]),
        "distributions": (Distributions(), [Call(f(3, 7, dtype=dtype), seed=5) for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16)]
                          + [Call(f(7, 3).t(), seed=1), Call(f(7, 3).t(), method="leak", seed=3), Call(f(9, dtype=torch.float64), method="leak", seed=3), Call(5, 2, torch.float32, method="integers", seed=1, error="random_ expects 'from' to be less than 'to'"),
                             Call(0, 300, torch.uint8, method="integers", seed=1, error="to - 1 is out of bounds for unsigned char"),
                             Call(f(3).abs(), 4, False, method="choose", seed=1, error="cannot sample n_sample > prob_dist.size(-1) samples"),
                             Call(-f(3).abs(), 1, False, method="choose", seed=1, error="probability tensor contains either"),
                             Call(f(3) * 0, 2, True, method="choose", seed=1, error="sum of probabilities <= 0"),
                             Call(f(3, dtype=i), 1, False, method="choose", seed=1, error="multinomial only supports floating-point dtypes")]),
        "products": (Products(), [Call(f(3, 4), f(4, 2), f(4)), Call(f(3, 4, dtype=torch.float64), f(2, 4, dtype=torch.float64).t(), f(4, dtype=torch.float64), error="")]),
        "convolutions": (Convolutions(), [Call(f(2, 3, 11, 12)), Call(f(1, 3, 12, 11).permute(0, 1, 3, 2)),
                                          Call(f(2, 3, 11, 12).to(memory_format=torch.channels_last))]),
        "transformer": (Transformer(), [Call(torch.tensor([[1, 5, 0, 10, 3]])), Call(torch.tensor([[2]])), Call(torch.tensor([[11]]), error="index out of range")]),
        "recurrent": (Recurrent(), [Call(f(2, 6, 3)), Call(f(1, 1, 3))]),
        "packed": (Packed(), [Call(f(5, 3, 3), torch.tensor([5, 3, 1]), True), Call(f(5, 3, 3), torch.tensor([2, 4, 1]), False),
                              Call(f(5, 3, 3), torch.tensor([2, 4, 1]), True, error="must be sorted in decreasing order"), Call(f(3, 4, 3), method="plain"),
                              Call(f(4, 2, 3), f(2, 2, 5), [f(5, 3), f(5, 5), f(5, 5) / 2, f(5, 5)], 0.4, method="dropped", seed=3)]
                   + [Call(f(2, 3, dtype=dtype), f(2, 4, dtype=dtype), f(16, 3, dtype=dtype), f(16, 4, dtype=dtype), method="step")
                      for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16)]
                   + [Call(f(2, 3), f(3, 4), f(16, 3), f(16, 4), method="step", error="Input batch size 2 doesn't match hidden0 batch size 3")]),
        "aligned": (Aligned(), [Call(f(6, 2, 4).log_softmax(2), torch.tensor([[1, 2, 1], [3, 3, 1]]), [6, 5], [3, length], reduction, zero)
                                for length in (0, 2) for reduction in (0, 1, 2) for zero in (False, True)]
                    + [Call(f(3, 2, 4).log_softmax(2), torch.tensor([1, 1, 1, 3]), [3, 3], [3, 1], 1, True),
                       Call(f(3, 1, 4).log_softmax(2), torch.tensor([[1]]), [4], [1], 1, False, error="Expected input_lengths to have value at most 3")]
                    + [Call(f(3, 90, dtype=i) // 10, k, method="ties") for k in (1, 2, 40, 90)]),
        "padded_encoder": (PaddedEncoder(), [Call(f(2, 4, 8), mask, padding) for mask in (None, torch.ones(4, 4).triu(1).bool(), f(4, 4))
                                             for padding in (None, torch.tensor([[False, False, True, True], [False, False, False, False]]),
                                                             torch.tensor([[False, True, False, False], [False, False, False, True]]))]
                           + [Call(f(2, 2, 3, 4), f(3, 3), 0.3, method="dropped", seed=2)]),
        "mutated_arguments": (Mutation(), [Call(f(2, 3), [], {"first": f(1)}), Call(f(3, 2).t(), [f(1)], {})]),
        "operator_errors": (Shapes(), [Call(f(2, 3), f(4), 0, error="must match the size of tensor b"), Call(f(2, 3), f(2, 3), 1, error="shapes cannot be multiplied"),
                                       Call(f(2, 3), f(4), 2, error="is invalid for input of size 6"), Call(f(2, 3), f(3), 9, error="out of range"), Call(f(2, 3), f(3), 0)]),
    }


def write_cases(script: str, models: Dict[str, Tuple[nn.Module, List[Call]]]) -> None:
    """Replaces the cases that this script made before; index.tsv says which."""
    torch.set_num_threads(1)
    index_file = CASES_FOLDER / "index.tsv"
    rows = [line.split("\t") for line in index_file.read_text().splitlines()] if index_file.exists() else []
    for name, maker, _ in rows:
        if maker == script:
            shutil.rmtree(CASES_FOLDER / name, ignore_errors=True)
    rows = [row for row in rows if row[1] != script]
    for name, (model, calls) in models.items():
        with torch.no_grad():
            for parameter in model.parameters():  # not random, so that a new case leaves the others as they are
                parameter.copy_(ramp(*parameter.shape) / max(1, parameter[0].numel()) ** 0.5)
        record(CASES_FOLDER / name, model, calls)
        rows.append([name, script, "own"])
    index_file.write_text("".join("\t".join(row) + "\n" for row in sorted(rows)))
    size = sum(path.stat().st_size for path in CASES_FOLDER.rglob("*") if path.is_file())
    print(f"{len(rows)} cases, {size} bytes")


if __name__ == "__main__":
    write_cases("tests/oracle/make_cases.py", cases())
