def f() -> Tuple[int, float, str, bool, complex, Optional[int], float, complex]:
  return (-3, 0.10000000000000001, "a\n\'\"\\\016\303", True, 2.-3.5j, None, -inf, 0.+1.j)
def lists() -> Tuple[List[int], List[Tensor], List[Optional[int]], Dict[str, List[float]]]:
  a = annotate(List[int], [])
  b = []
  c = annotate(List[Optional[int]], [1, None])
  d = {"x": [1., 2.], "y": annotate(List[float], [])}
  return (a, b, c, d)

def f(a: int,
    b: float,
    x: Tensor,
    s: str) -> Tuple[float, Tensor, bool, str]:
  p = a ** 2 + a % 3 - a // 2 * 4
  q = (b / a) * p
  y = x @ x + 2 * x - 3 / x
  r = a < b and not s == "k"
  t = "b" in s
  u = a in [1, 2]
  return (q, -y, r or t or u, s + "!")

def f(x: Tensor,
    y: Tensor=CONSTANTS.c1) -> Tensor:
  a = torch.add(x, CONSTANTS.c0)
  b = torch.add(a, CONSTANTS.c0)
  return torch.add(b, y)

def f(x: Tensor) -> Tensor:
  y = torch.add(x, -0.)
  return torch.add(y, 0.)
