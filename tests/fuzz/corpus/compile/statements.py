def swap(a: int,
    b: int) -> Tuple[int, int]:
  c, d = a, b
  d, c = c, d
  return (c, d)
def unpack(t: Tuple[int, Tuple[str]]) -> str:
  n, inner, = t
  s, = inner
  return s
def unpack_list(x: Tensor) -> Tensor:
  a, b, = torch.unbind(x)
  return torch.add(a, b)

def f(x: Tensor,
    flag: bool) -> Optional[Tensor]:
  a : Optional[Tensor] = x
  b : Optional[List[int]] = [1, 2]
  c : Optional[Tensor] = None
  _0 = torch.len(unchecked_cast(List[int], b))
  if flag:
    c0 = a
  else:
    c0 = c
  return c0

class Counter(Module):
  __parameters__ = ["w", ]
  __buffers__ = ["n", ]
  w : Tensor
  n : Tensor
  total : int
  scale : Final[int] = 3
  __annotations__["0"] = __torch__.m.Counter
  def forward(self: __torch__.m.Counter,
    x: Tensor) -> Tensor:
    self.total = torch.add(self.total, 1)
    inner = getattr(self, "0")
    n = inner.n
    (inner).total = self.scale
    return torch.add(torch.mul(x, self.w), n)

def f(xs: List[int],
    d: Dict[str, int],
    t: Tuple[int, str],
    i: int) -> int:
  xs[0] = i
  d["k"] = xs[1]
  a = (t)[0]
  b = (t)[0:1]
  c = xs[1:3]
  e, = b
  del d["k"]
  return torch.add(a, torch.len(c))
def dynamic(t: Tuple[int, int],
    i: int) -> int:
  return t[i]
def tensors(x: Tensor,
    m: Tensor,
    i: int) -> Tensor:
  x[0, i] = 1.5
  x[m] = m
  return x[i, 1:, None, m]
def ellipsis(x: Tensor) -> Tensor:
  return x[..., 0, 1:2]

def f(x: Tensor,
    xs: List[int],
    n: int) -> int:
  x += 1
  x %= 2
  xs += [n]
  n += 2
  n //= 3
  x[0] += 1
  return n

class Scope:
  depth : int
  def __enter__(self: __torch__.m.Scope) -> int:
    self.depth = torch.add(self.depth, 1)
    return self.depth
  def __exit__(self: __torch__.m.Scope,
    type: Any,
    value: Any,
    tb: Any) -> NoneType:
    self.depth = torch.sub(self.depth, 1)
    return None
def f(s: __torch__.m.Scope,
    x: Tensor) -> Tensor:
  with s as depth:
    y = torch.add(x, depth)
  return y

def f(x: int) -> int:
  if torch.gt(x, 3):
    ops.prim.RaiseException("too large", "builtins.ValueError")
    _0 = uninitialized(int)
  else:
    _0 = x
  return _0
def g(x: int) -> int:
  assert x > 0, "positive, please"
  if x == 7:
    raise ValueError("seven")
  return x

def f(x: Tensor,
    xs: List[Tensor]) -> NoneType:
  print("x", x, 1, None)
  _0 = torch.append(xs, x)
  torch.zero_(x)
  torch.relu(x)
  return None
