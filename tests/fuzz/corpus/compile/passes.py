class Inner(Module):
  w : Tensor
  def forward(self: __torch__.m.Inner,
    x: Tensor) -> Tensor:
    return torch.mul(x, self.w)
class Outer(Module):
  a : __torch__.m.Inner
  def forward(self: __torch__.m.Outer,
    x: Tensor,
    c: bool) -> Tensor:
    if c:
      y = (self.a).forward(x, )
    else:
      y = __torch__.m.helper(x, )
    return y
def helper(x: Tensor) -> Tensor:
  return torch.relu(torch.relu(x))
def forever(n: int) -> int:
  return __torch__.m.forever(n, )

def pure(x: Tensor) -> Tensor:
  a = torch.relu(x)
  b = torch.relu(x)
  return torch.add(a, b)
def in_branches(x: Tensor,
    c: bool) -> Tensor:
  a = torch.relu(x)
  if c:
    b = torch.relu(x)
  else:
    b = torch.tanh(torch.relu(x))
  return torch.add(a, b)
def written(x: Tensor) -> Tensor:
  a = torch.relu(x)
  _0 = torch.add_(x, 1)
  b = torch.relu(x)
  return torch.add(a, b)
def fresh_and_returned(x: Tensor) -> Tuple[Tensor, Tensor]:
  a = torch.relu(x)
  b = torch.relu(x)
  return (a, b)
def fresh_and_written(x: Tensor) -> Tensor:
  a = torch.relu(x)
  b = torch.relu(x)
  _0 = torch.add_(a, 1)
  return torch.add(a, b)
def views(x: Tensor) -> Tensor:
  a = torch.t(x)
  b = torch.t(x)
  return torch.matmul(a, b)
def returned_views(x: Tensor) -> Tuple[Tensor, Tensor]:
  a = torch.t(x)
  b = torch.t(x)
  return (a, b)
def random() -> Tensor:
  return torch.add(torch.rand([2]), torch.rand([2]))
def lists() -> Tuple[List[int], List[int]]:
  a = [1, 2]
  b = [1, 2]
  return (a, b)

def unused(x: Tensor,
    n: int) -> Tensor:
  for i in range(n):
    y = torch.relu(x)
  return x
def local_write(x: Tensor) -> Tensor:
  a = torch.relu(x)
  b = torch.add_(a, 1)
  return x
def seen_write(x: Tensor) -> Tensor:
  a = torch.relu(x)
  v = torch.view(a, [1])
  b = torch.add_(a, 1)
  return v
def list_write(x: Tensor) -> int:
  xs = [x]
  _0 = torch.append(xs, x)
  ys = [x]
  _1 = torch.append(ys, x)
  return torch.len(xs)
def effects(x: Tensor) -> Tensor:
  print(x)
  torch.warn("careful")
  torch.zero_(x)
  return x

def numbers(x: Tensor) -> Tensor:
  k = torch.mul(torch.add(2, 3), 4)
  if torch.gt(k, 10):
    y = torch.add(x, k)
  else:
    y = x
  return y
def loops(x: Tensor) -> Tensor:
  y = x
  for i in range(torch.mul(0, 3)):
    y = torch.relu(y)
  z = y
  for j in range(3):
    z = z
  return z
def raises(x: Tensor) -> int:
  return torch.floordiv(1, 0)
def tensors(x: Tensor) -> Tensor:
  return torch.add(x, torch.relu(CONSTANTS.c0))
def returned() -> Tensor:
  return torch.relu(CONSTANTS.c0)
def changed(x: Tensor) -> Tensor:
  y = torch.relu(CONSTANTS.c0)
  _0 = torch.add_(y, x)
  return x
