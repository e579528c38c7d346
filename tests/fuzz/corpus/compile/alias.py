def f(x: Tensor) -> Tensor:
  a = torch.relu(x)
  v = torch.view(a, [2, 2])
  w = torch.select(v, 0, 1)
  b = torch.tanh(x)
  _0 = torch.add_(w, 1)
  return b
def containers(x: Tensor,
    d: Dict[str, Tensor]) -> List[Tensor]:
  a = torch.relu(x)
  b = torch.relu(x)
  inside = [a]
  apart = [b]
  e = inside[0]
  _0 = torch.add_(e, 1)
  known = d["k"]
  return apart
def stored(x: Tensor) -> int:
  a = torch.relu(x)
  xs = annotate(List[Tensor], [])
  _0 = torch.append(xs, a)
  ys = torch.copy(xs)
  c = ys[0]
  _1 = torch.zero_(c)
  return torch.len(xs)
def joins(x: Tensor,
    c: bool) -> Tensor:
  a = torch.relu(x)
  b = torch.tanh(x)
  if c:
    y = a
  else:
    y = b
  _0 = torch.add_(y, 1)
  return x
def carried(x: Tensor,
    n: int) -> int:
  a = torch.relu(x)
  b = torch.tanh(x)
  y = a
  for i in range(n):
    y = b
  _0 = torch.add_(y, 1)
  return n

class Box:
  t : Tensor
  n : int
class M(Module):
  w : Tensor
  box : __torch__.m.Box
  def forward(self: __torch__.m.M,
    x: Tensor) -> Tensor:
    w = self.w
    fresh = torch.relu(x)
    local = __torch__.m.Box.__new__(__torch__.m.Box)
    (local).t = fresh
    back = local.t
    _0 = torch.add_(back, 1)
    outer = self.box
    known = outer.t
    return x
  def called(self: __torch__.m.M,
    x: Tensor) -> Tensor:
    a = torch.relu(x)
    b = torch.tanh(x)
    y = (self).forward(a, )
    return b
