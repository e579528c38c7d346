def f(x: Tensor) -> Tensor:
  return y
def half(c: bool) -> int:
  if c:
    t = 1
  else:
    pass
  return t
def deleted(x: int) -> int:
  del x
  return x

def returns(x: int) -> float:
  return x
def declared(x: Tensor) -> int:
  y : int = x
  return y
def branches(c: bool) -> int:
  if c:
    t = 1
  else:
    t = "one"
  return t
def loops(n: int) -> int:
  x = 1
  for i in range(n):
    x = "s"
  return x
def annotated() -> int:
  x : int = "s"
  return x
def unpacked(t: Tuple[int, int]) -> int:
  a, b, c, = t
  return a
def indexed(t: Tuple[int, str],
    i: int) -> int:
  return t[i]
def beyond(t: Tuple[int, str]) -> int:
  return (t)[2]
def unknown(x: Foo) -> int:
  return 1
def no_return(x: int) -> int:
  y = x

class C:
  a : int
  def m(self: __torch__.m.C,
    x: int) -> int:
    return x
def callee(x: Tensor,
    k: int) -> Tensor:
  return x
def few(x: Tensor) -> Tensor:
  return __torch__.m.callee(x, )
def wrong(x: Tensor) -> Tensor:
  return __torch__.m.callee(x, "k", )
def keyword(x: Tensor) -> Tensor:
  return __torch__.m.callee(x, 1, z=2)
def attribute(c: __torch__.m.C) -> int:
  return c.b
def method(c: __torch__.m.C) -> int:
  return (c).m("s", )
def assigned(c: __torch__.m.C) -> int:
  (c).a = "s"
  return 1
def constant() -> Tensor:
  return CONSTANTS.c5

def f(x: Tensor) -> Tensor:
  return torch.add(x,
