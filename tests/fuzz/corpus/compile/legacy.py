def tensors(x: Tensor,
    y: Tensor) -> Tensor:
  return torch.div(x, y)
def by_float(x: Tensor) -> Tensor:
  return torch.div(x, 2.)
def filled() -> Tensor:
  return torch.full([2], 1)

def tensors(x: Tensor,
    y: Tensor) -> Tensor:
  return torch.div(x, y)

def f() -> Tensor:
  return torch.linspace(0, 1)

op_version_set = 0
def f(x: Tensor,
    n: Optional[int]) -> Tensor:
  k = ops.prim.unchecked_unwrap_optional(n)
  s = ops.prim.shape(x)
  t = torch.floordiv(x, 2)
  return torch.view(t, s)
