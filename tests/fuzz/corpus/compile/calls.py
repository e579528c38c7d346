def f(x: Tensor) -> Tensor:
  _0 = __torch__.lib.ops.twice
  a = _0(x, )
  b = _0(x, 3, )
  return __torch__.lib.ops.twice(torch.add(a, b), k=4, )

class M(Module):
  w : Tensor
  def forward(self: __torch__.m.M,
    x: Tensor,
    k: int) -> Tensor:
    def __forked_function():
      return torch.mul(torch.add(x, self.w), k)
    f = fork(__forked_function)
    g = fork(self.half, x)
    return torch.add(torch.wait(f), torch.wait(g))
  def half(self: __torch__.m.M,
    x: Tensor) -> Tensor:
    return torch.div(x, 2)

def f(x: Tensor) -> Tensor:
  def __awaitable_function():
    return torch.relu(x)
  a = awaitable(__awaitable_function)
  b = ops.prim.awaitable_nowait(x)
  return torch.add(ops.prim.awaitable_wait(a), ops.prim.awaitable_wait(b))

def f(x: Any,
    y: Union[int, List[int]],
    z: int) -> Tuple[bool, bool, bool]:
  a = isinstance(x, List[Dict[str, int]])
  b = isinstance(y, (int, float))
  c = isinstance(z, int)
  return (a, b, c)

def f(x: Optional[Tensor],
    c: bool) -> Tensor:
  if c:
    y = unchecked_cast(Tensor, x)
  else:
    y = uninitialized(Tensor)
  z = ops.prim.unchecked_unwrap_optional(x)
  return torch.add(y, z)

def f(x: Tensor) -> List[List[float]]:
  return annotate(List[List[float]], (x).tolist())

def f(x: Tensor) -> Tuple[int, List[int], Tensor, int]:
  return (x.dtype, x.shape, x.relu().sum(1), x.size(0))
