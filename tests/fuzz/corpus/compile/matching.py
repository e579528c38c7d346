def f(x: Tensor,
    i: int,
    d: float,
    s: str,
    xs: List[int]) -> Tuple[Tensor, int, float, str, List[int], Tensor]:
  a = torch.add(x, x)
  b = torch.add(i, i)
  c = torch.add(i, d)
  e = torch.add(s, s)
  g = torch.add(xs, xs)
  h = torch.add(x, i)
  return (a, b, c, e, g, h)

def f(x: Tensor) -> Tensor:
  a = torch.sum(x, [1], True)
  b = torch.sum(x, dtype=6)
  c = torch.zeros([2, 3], dtype=6, layout=0, device=torch.device("cpu"))
  d = torch.add(x, x, alpha=2)
  return torch.cat([a, b, c, d], 1)

def f(x: Tensor,
    w: Tensor) -> Tensor:
  y = torch.conv2d(x, w, None, 2, [1, 1])
  z = torch.sum(y, 1)
  return torch.zeros(2, 3)
def pair(x: BroadcastingList2[int]) -> List[int]:
  return x
def caller() -> List[int]:
  return __torch__.m.pair(3, )

def f(x: Tensor,
    b: bool,
    t: Tuple[int, int]) -> Tensor:
  y = torch.add(x, True)
  z = torch.mul(x, b)
  u = torch.full([2], x)
  v = torch.view(x, t)
  w = torch.select(x, 0, x)
  k = annotate(int, x)
  return torch.to(w, "cpu")

def f(xs: List[Optional[int]],
    d: Dict[str, Tuple[int, Tensor]],
    i: int) -> Tuple[Optional[int], Tensor, List[str]]:
  _0 = torch.append(xs, i)
  _1 = torch.append(xs, None)
  a = xs[0]
  b = d["x"]
  c, e, = b
  return (a, e, torch.list(torch.keys(d)))

def f(x: Tensor) -> Tensor:
  a = 2 * x
  b = 1.5 - a
  c = 1 / b
  d = 3 < c
  return torch.where(d, a, b)

def f(x: Tensor) -> Tensor:
  y = torch.multiply(x, x)
  z = torch.true_divide(y, 2)
  return torch.special_expit(z)

def f(x: Tensor) -> Tensor:
  y = torch.no_such_operator(x, flag=True)
  z = torch.add(y, x)
  a, b, = ops.foreign.op(z)
  w = torch.relu("text")
  return torch.add(a, w)

def f(x: Tensor,
    i: int,
    s: str) -> Tuple[int, float, bool, str, int, complex]:
  return (int(x), float(i), bool(x), str(i), int(i), complex(i))
def more(x: Tensor,
    i: int,
    j: float) -> Tuple[int, float, int, int]:
  a = ops.prim.min(i, 3)
  b = ops.prim.max(j, 2.)
  c = len([i, i])
  d = ord(chr(i))
  return (a, b, c, d)
