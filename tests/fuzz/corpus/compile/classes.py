class Pair:
  a : int
  b : Tensor
  def __init__(self: __torch__.m.Pair,
    a: int,
    b: Tensor) -> NoneType:
    self.a = a
    self.b = b
    return None
  def __add__(self: __torch__.m.Pair,
    other: __torch__.m.Pair) -> __torch__.m.Pair:
    p = __torch__.m.Pair.__new__(__torch__.m.Pair)
    _0 = (p).__init__(torch.add(self.a, other.a), self.b, )
    return p
  def __len__(self: __torch__.m.Pair) -> int:
    return 2
  def twice(x: int) -> int:
    return torch.mul(x, 2)
def f(x: Tensor) -> int:
  p = __torch__.m.Pair(1, x)
  q = p + p
  return len(q) + __torch__.m.Pair.twice(q.a)

def f(x: Tensor) -> __torch__.a.b.Point:
  p = __torch__.a.b.Point(x, 3)
  q = (p)[1]
  return __torch__.a.b.Point(p.x, q)
def g(p: __torch__.a.b.Point) -> int:
  return p.y

class Color(Enum):
  RED = 1
  BLUE = 2
def f(c: __torch__.m.Color) -> Tuple[str, int, bool]:
  return (c.name, c.value, torch.eq(c, __torch__.m.Color.RED))

class Shape(Interface):
  def area(self,
    scale: float) -> Tensor:
    pass
class Square:
  side : Tensor
  def area(self: __torch__.m.Square,
    scale: float) -> Tensor:
    return torch.mul(self.side, scale)
class Block(ModuleInterface):
  def forward(self,
    x: Tensor) -> Tensor:
    pass
class Impl(Module):
  def forward(self: __torch__.m.Impl,
    x: Tensor) -> Tensor:
    return x
class Net(Module):
  block : __torch__.m.Block
  def forward(self: __torch__.m.Net,
    x: Tensor) -> Tensor:
    return (self.block).forward(x, )
class List(Module):
  __annotations__["0"] = __torch__.m.Impl
  __annotations__["1"] = __torch__.m.Impl
class Holder(Module):
  mods : __torch__.m.List
  def forward(self: __torch__.m.Holder,
    x: Tensor,
    i: int) -> Tensor:
    value : __torch__.m.Block = self.mods[i]
    return (value).forward(x, )
def f(s: __torch__.m.Square) -> Tensor:
  shape : __torch__.m.Shape = s
  return (shape).area(2., )

class Inner(Module):
  __parameters__ = []
  __forward_pre_hooks__ = ["before", ]
  __forward_hooks__ = ["after", ]
  def forward(self: __torch__.m.Inner,
    x: Tensor) -> Tensor:
    return x
  def before(self: __torch__.m.Inner,
    input: Tuple[Tensor]) -> Tuple[Tensor]:
    return input
  def after(self: __torch__.m.Inner,
    input: Tuple[Tensor],
    output: Tensor) -> Tensor:
    return output
class Outer(Module):
  inner : __torch__.m.Inner
  def forward(self: __torch__.m.Outer,
    x: Tensor) -> Tensor:
    _0 = __torch__.m.Inner.before
    _1 = __torch__.m.Inner.after
    inner = self.inner
    y, = _0(inner, (x,), )
    return _1(inner, (y,), (inner).forward(y, ), )

class Node:
  next : Optional[__torch__.m.Node]
  other : Optional[__torch__.n.Other]
  value : int

class Q(Module):
  packed : __torch__.torch.classes.quantized.LinearPackedParamsBase
  foreign : __torch__.torch.classes.mine.Thing
  def forward(self: __torch__.m.Q,
    x: Tensor) -> Tensor:
    w, b, = (self.packed).unpack()
    y = (self.foreign).run(w)
    return torch.add(y, x)

op_version_set = 1
class Pair:
  def __init__(self: __torch__.m.Pair,
    a: Tensor,
    n: int) -> None:
    self.a = a
    self.n = n
    return None
  def total(self: __torch__.m.Pair) -> Tensor:
    return torch.mul(self.a, self.n)
