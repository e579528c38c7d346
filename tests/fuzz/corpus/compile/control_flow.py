def f(x: Tensor,
    c: bool) -> Tensor:
  if c:
    y, k = torch.relu(x), 1
  else:
    y, k = torch.tanh(x), 2
  z = torch.add(y, k)
  return z
def optional(x: Tensor,
    c: bool) -> Optional[Tensor]:
  if c:
    y = x
  else:
    y = None
  return y
def nested(a: bool,
    b: bool) -> int:
  n = 0
  if a:
    if b:
      n = 1
    else:
      pass
  else:
    n = 2
  return n
def only_in_one(c: bool) -> int:
  if c:
    t = 1
  else:
    u = 2
  return 3

class M(Module):
  training : bool
  deep : Final[bool] = False
  def forward(self: __torch__.m.M,
    x: Tensor) -> Tensor:
    if self.deep:
      y = torch.no_such_operator(x)
    else:
      y = x
    if True:
      z = y
    else:
      z = torch.no_such_operator(y)
    if torch.is_scripting():
      w = z
    else:
      w = torch.no_such_operator(z)
    return w

def f(n: int) -> int:
  i = 0
  _0 = torch.lt(i, n)
  i0 = i
  while _0:
    i1 = torch.add(i0, 2)
    _0, i0 = torch.lt(i1, n), i1
  return i0

def over_range(n: int) -> int:
  total = 0
  for i in range(n):
    total = torch.add(total, i)
  return total
def over_steps(n: int) -> int:
  total = 0
  for i in range(1, n, 2):
    total = total + i
  return total
def over_list(xs: List[str]) -> str:
  s = ""
  for x in xs:
    s = s + x
  return s
def over_pairs(xs: List[int],
    ys: List[str]) -> int:
  n = 0
  for i, (x, y) in enumerate(zip(xs, ys)):
    n = n + i * x + len(y)
  return n
def over_tuple(t: Tuple[int, float]) -> float:
  s = 0.
  for v in t:
    s = s + float(v)
  return s
def over_dict(d: Dict[str, int]) -> int:
  n = 0
  for k in d:
    n = n + d[k]
  return n
def over_tensor(x: Tensor) -> Tensor:
  y = x[0]
  for row in x:
    y = y + row
  return y

def first(x: int) -> int:
  if x > 3:
    return 1
  return x
def both(x: int) -> int:
  if x > 3:
    return 1
  else:
    return 2
def deep(x: int) -> int:
  if x > 3:
    if x > 5:
      return 5
  x = x + 1
  return x
def in_loop(xs: List[int]) -> int:
  for x in xs:
    if x > 3:
      return x
  return 0
def in_nested_loops(n: int) -> int:
  for i in range(n):
    for j in range(i):
      if i * j == 12:
        return i
  return -1

def f(xs: List[int]) -> int:
  n = 0
  for x in xs:
    if x == 0:
      continue
    if x < 0:
      break
    n = n + x
  return n
def g(n: int) -> int:
  while True:
    n = n - 1
    if n < 0:
      break
  return n

def f(x: Optional[int]) -> int:
  if x is None:
    y = 0
  else:
    y = x + 1
  return y
def g(x: Optional[int],
    y: Optional[int]) -> int:
  if x is not None and y is not None:
    return x + y
  return 0
def h(x: Any) -> int:
  if isinstance(x, int):
    return x + 1
  return 0
def unions(x: Union[int, str]) -> int:
  if isinstance(x, str):
    n = len(x)
  else:
    n = x
  return n
def asserted(x: Optional[int]) -> int:
  assert x is not None
  return x

def f(a: bool,
    b: bool,
    x: Tensor) -> bool:
  return a and not b or x
def g(c: bool,
    x: int) -> int:
  return x if c else 2
