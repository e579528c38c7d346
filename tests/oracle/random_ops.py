"""Random calls of operators with PyTorch's answers, as text for the operator tests (format: tests/ops/replay.h).

    python random_ops.py --family unary --draws 100 --seed 1 > /tmp/unary.txt
    TAPER_OP_CASES=/tmp/unary.txt build/tests/ops/ops_tests "[replay]"
    python random_ops.py --committed          # rewrites tests/ops/data/*.txt, small draws of every family

A family is a list of operator names; every schema of a name is drawn: functional, in-place and out= alike. Tensors get random
dtypes, broadcasting shapes (with 0 and 1), layouts (transposed, sliced, expanded) and special values.
"""

import argparse
import math
import pathlib
import random
import sys
import warnings

import torch

warnings.simplefilter("ignore")
torch.set_num_threads(1)

UNARY = """abs absolute neg negative exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square sin cos tan asin acos atan sinh cosh
tanh asinh acosh atanh arcsin arccos arctan arcsinh arccosh arctanh sigmoid erf erfc erfinv lgamma digamma reciprocal ceil
floor round trunc fix frac sign sgn signbit isnan isinf isfinite isposinf isneginf logical_not bitwise_not angle conj_physical positive
nan_to_num logit sinc deg2rad rad2deg i0 isreal special_erf special_erfc special_erfinv special_exp2 special_expm1 special_expit
special_log1p special_round special_sinc special_digamma special_gammaln special_i0 special_psi special_logit""".split()
SPECIAL_FUNCTIONS = """special_i0e special_i1 special_i1e special_entr special_ndtr special_ndtri special_log_ndtr special_erfcx
special_bessel_j0 special_bessel_j1 special_bessel_y0 special_bessel_y1 special_modified_bessel_i0 special_modified_bessel_i1
special_modified_bessel_k0 special_modified_bessel_k1 special_scaled_modified_bessel_k0 special_scaled_modified_bessel_k1
special_spherical_bessel_j0 special_airy_ai mvlgamma special_multigammaln polygamma special_polygamma special_xlog1py special_zeta
igamma igammac special_gammainc special_gammaincc special_chebyshev_polynomial_t special_chebyshev_polynomial_u
special_chebyshev_polynomial_v special_chebyshev_polynomial_w special_shifted_chebyshev_polynomial_t
special_shifted_chebyshev_polynomial_u special_shifted_chebyshev_polynomial_v special_shifted_chebyshev_polynomial_w
special_hermite_polynomial_h special_hermite_polynomial_he special_laguerre_polynomial_l special_legendre_polynomial_p""".split()
BINARY = """add sub subtract rsub mul multiply div divide true_divide floor_divide remainder fmod pow float_power atan2 arctan2 hypot
maximum minimum fmax fmin copysign logaddexp logaddexp2 nextafter xlogy gcd lcm heaviside ldexp bitwise_and bitwise_or
bitwise_xor bitwise_left_shift bitwise_right_shift logical_and logical_or logical_xor __and__ __or__ __xor__ __lshift__
__rshift__ special_xlogy""".split()
COMPARE = """eq ne lt le gt ge not_equal less less_equal greater greater_equal isclose allclose equal""".split()
CHOOSE = """where clamp clamp_min clamp_max clip lerp addcmul addcdiv masked_fill complex polar""".split()
ACTIVATION = """relu relu6 leaky_relu elu selu celu gelu silu mish hardtanh hardswish hardsigmoid softplus threshold prelu rrelu
log_sigmoid glu hardshrink softshrink sigmoid""".split()
COPY = """copy_ fill_ fill zero_ clone contiguous to type_as _to_copy conj_physical resolve_conj resolve_neg""".split()
LINALG = """linalg_norm linalg_matrix_norm nuclear_norm linalg_cond linalg_matrix_rank linalg_pinv pinverse linalg_inv linalg_inv_ex
inverse linalg_det det logdet slogdet linalg_slogdet _linalg_det _linalg_slogdet linalg_lu_factor linalg_lu_factor_ex linalg_lu
lu_unpack linalg_cholesky linalg_cholesky_ex cholesky cholesky_inverse cholesky_solve linalg_qr qr geqrf ormqr orgqr
linalg_householder_product linalg_ldl_factor linalg_ldl_factor_ex linalg_ldl_solve linalg_solve linalg_solve_ex _linalg_solve_ex
linalg_lu_solve lu_solve linalg_solve_triangular triangular_solve linalg_lstsq linalg_svd linalg_svdvals _linalg_svd svd linalg_eigh
linalg_eigvalsh _linalg_eigh linalg_eig linalg_eigvals linalg_matrix_power matrix_power linalg_matrix_exp matrix_exp linalg_cross
cross linalg_vander linalg_diagonal linalg_tensorinv linalg_tensorsolve""".split()
FAMILIES = {"linalg": LINALG, "unary": UNARY, "binary": BINARY, "compare": COMPARE, "choose": CHOOSE, "activation": ACTIVATION, "copy": COPY,
            "special": SPECIAL_FUNCTIONS}
INPLACE_DUNDERS = "__iand__ __ior__ __ixor__ __ilshift__ __irshift__".split()

NUMBERS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16, torch.float32,
           torch.float64, torch.bool, torch.complex64, torch.complex128]
USUAL = [torch.float32] * 6 + NUMBERS
SPECIAL = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e30, -2.5, 0.5, 100.0, -100.0]


# The lowest integer by -1 kills PyTorch's process in these.
DIVIDING = "div divide true_divide floor_divide remainder fmod gcd lcm".split()


class Draw:
    def __init__(self, rng, op):
        self.rng = rng
        self.lowest = op not in DIVIDING
        self.nan = True
        dims = rng.choice([0, 1, 1, 2, 2, 2, 3, 3, 4])
        self.shape = [rng.choice([0, 1, 1, 2, 3, 3, 4, 5]) for _ in range(dims)]
        if rng.random() < 0.06:
            self.shape = [rng.choice([17, 33, 70])] + self.shape[:1]
        self.dtype = rng.choice(USUAL)
        self.mixed = rng.random() < 0.2

    def element(self, dtype):
        rng = self.rng
        if dtype == torch.bool:
            return rng.random() < 0.5
        if dtype.is_complex:
            return complex(self.element(torch.float32), self.element(torch.float32))
        if dtype.is_floating_point:
            draw = rng.random()
            if draw < 0.12:
                return rng.choice(SPECIAL if self.nan else [x for x in SPECIAL if x == x])
            if draw < 0.3:
                return float(rng.randint(-4, 4))
            return rng.gauss(0, 1) * rng.choice([0.1, 1, 1, 3, 10])
        info = torch.iinfo(dtype)
        if rng.random() < 0.05:
            return rng.choice([info.min, info.max]) if self.lowest else info.max
        return rng.randint(max(info.min, -6), 6)

    def tensor(self, shape, dtype, written=False):
        """A tensor of one of several layouts over a storage of its own."""
        rng = self.rng
        layout = rng.choice(["plain"] * 4 + ["transposed", "sliced", "offset"] + ([] if written else ["expanded"]))
        full = list(shape)
        if layout == "sliced" and full:
            d = rng.randrange(len(full))
            full[d] = full[d] * 2 + 1
        if layout == "offset" and full:
            full[0] += 1
        expanded = [d for d in range(len(full)) if full[d] > 0] if layout == "expanded" else []
        at = rng.choice(expanded) if expanded else None
        if at is not None:
            full[at] = 1
        order = list(range(len(full)))
        if layout == "transposed":
            rng.shuffle(order)
        count = math.prod(full)
        base = torch.tensor([self.element(dtype) for _ in range(count)], dtype=dtype).reshape([full[d] for d in order])
        t = base.permute([order.index(d) for d in range(len(full))])
        if layout == "sliced" and full:
            t = t.narrow(d, rng.choice([0, 1]), full[d] - 1) if full[d] > 1 else t
            t = t[tuple([slice(None)] * d + [slice(None, None, 2)])]
            t = t.narrow(d, 0, shape[d])
        if layout == "offset" and full:
            t = t.narrow(0, 1, shape[0])
        if at is not None:
            t = t.expand(shape)
        if dtype.is_complex and rng.random() < 0.15 and not written:
            t = t.conj()
        return t

    def smaller(self):
        """A shape that broadcasts to self.shape."""
        rng = self.rng
        if rng.random() < 0.5:
            return list(self.shape)
        shape = [1 if rng.random() < 0.3 else n for n in self.shape]
        return shape[rng.randint(0, len(shape)):] if rng.random() < 0.4 else shape

    def scalar(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.4:
            return rng.randint(-4, 6)
        if kind < 0.85:
            return rng.choice([0.5, 1.5, -2.0, 3.0, 0.0, rng.gauss(0, 2), rng.gauss(0, 2), math.nan if self.nan else 1.0, math.inf])
        if kind < 0.93:
            return rng.random() < 0.5
        return complex(rng.gauss(0, 1), rng.gauss(0, 1))


def argument(draw, op, schema, arg, position):
    rng = draw.rng
    # PyTorch's polynomials leave their result unwritten where x is NaN.
    draw.nan = "polynomial" not in op
    kind = str(arg.type)
    name = arg.name
    written = arg.alias_info is not None and arg.alias_info.is_write
    if kind == "Tensor" or kind == "Optional[Tensor]":
        if kind != "Tensor" and rng.random() < 0.3:
            return None
        dtype = rng.choice(NUMBERS) if draw.mixed else draw.dtype
        if name in ("mask", "condition"):
            dtype = torch.bool if rng.random() < 0.95 else torch.uint8
        shape = list(draw.shape) if written or rng.random() < 0.4 else draw.smaller()
        if op == "prelu" and name == "weight":
            shape = rng.choice([[1], [draw.shape[1] if len(draw.shape) > 1 else 1]])
        if op == "fill" and name == "value":
            shape = []
        if op == "masked_fill" and name == "value":
            shape = []
        if rng.random() < 0.03:
            shape = [rng.choice([2, 3])] + shape
        return draw.tensor(shape, dtype, written)
    if kind in ("number", "Scalar"):
        return draw.scalar()
    if kind == "Optional[number]":
        return None if rng.random() < 0.3 else draw.scalar()
    if kind == "int":
        if name in ("p", "n"):
            return rng.choice([1, 2, 3])
        if name == "decimals":
            return rng.choice([0, 1, 2, -1, 3])
        if name == "dim":
            return rng.choice([-1, 0, 1])
        if name == "dtype":
            return rng.choice([0, 1, 3, 4, 5, 6, 7, 11, 15, 9])
        if name == "memory_format":
            return rng.choice([0, 0, 1, 2])
        return rng.randint(0, 3)
    if kind == "Optional[int]":
        if name == "dtype":
            return rng.choice([None, 4, 5, 6, 7, 11])
        return None
    if kind == "float":
        return arg.default_value if arg.has_default_value() and rng.random() < 0.6 else abs(rng.gauss(0, 0.1))
    if kind == "Optional[float]":
        return None if rng.random() < 0.5 else rng.choice([0.0, 0.1, 1.5, -3.0])
    if kind == "bool":
        return False if name in ("training", "non_blocking") else rng.random() < 0.5
    if kind == "Optional[bool]":
        return None
    if kind == "str":
        return rng.choice(["none", "tanh"])
    if kind == "Optional[str]":
        return rng.choice([None, "floor", "trunc"])
    if kind == "Device":
        return torch.device("cpu")
    if kind in ("Optional[Device]", "Optional[Generator]"):
        return None
    raise NotImplementedError(f"{schema}: argument {name} of type {kind}")


class Matrices:
    """Arguments of a linear algebra operator that fit each other, well away from singular."""

    def __init__(self, draw, op):
        rng = self.rng = draw.rng
        self.draw = draw
        self.dtype = rng.choice([torch.float32] * 4 + [torch.float64] * 2 + [torch.complex64, torch.complex128] * 2)
        if rng.random() < 0.04:
            self.dtype = rng.choice([torch.int64, torch.float16, torch.bool])
        self.n = rng.choice([0, 1, 2, 2, 3, 3, 4, 5, 7])
        self.m = rng.choice([self.n, self.n, 1, 2, 3, 6, 9])
        self.batch = rng.choice([[], [], [], [2], [0], [2, 3], [1, 2]])
        square = op not in """linalg_norm linalg_matrix_norm nuclear_norm linalg_matrix_rank linalg_pinv pinverse linalg_lu_factor linalg_lu linalg_lu_factor_ex
            linalg_qr qr geqrf linalg_lstsq linalg_svd linalg_svdvals _linalg_svd svd""".split()
        self.a = self.matrix(self.n if square else self.m, self.n)
        if square and rng.random() < 0.97 and "exp" not in op and "eig" not in op:
            self.a = self.a + torch.eye(self.n, dtype=torch.float64) * (3 + self.n)
        if "cholesky" in op and self.a.shape[-1] == self.a.shape[-2]:
            self.a = self.a @ self.a.mH + torch.eye(self.n)
        self.side = rng.choice([True, True, False])
        self.b = self.matrix(*((self.a.shape[-2], 2) if self.side else (2, self.n)))
        self.extra = {}
        if op in ("ormqr", "orgqr", "linalg_householder_product"):
            reflectors, tau = torch.geqrf(self.matrix(self.n + rng.choice([0, 1, 3]), self.n))
            other = self.matrix(*((reflectors.shape[-2], 3) if self.side else (3, reflectors.shape[-2])))
            self.extra = dict(self=reflectors, input=reflectors, tau=tau, input2=tau, input3=other)
        elif "lu_" in op and self.a.shape[-1] == self.a.shape[-2]:
            lu, pivots = torch.linalg.lu_factor(self.a)
            self.extra = dict(LU=lu, pivots=pivots, LU_data=lu, LU_pivots=pivots, B=self.b)
            if op in ("lu_solve", "linalg_lu_solve"):
                self.extra["self"] = self.matrix(self.n, 2)
        elif op == "linalg_ldl_solve":
            self.hermitian = rng.random() < 0.5
            ld, pivots = torch.linalg.ldl_factor(self.a + self.a.mT if not self.hermitian else self.a + self.a.mH, hermitian=self.hermitian)
            self.extra = dict(LD=ld, pivots=pivots, B=self.matrix(self.n, 2))
        elif op == "triangular_solve" or op == "cholesky_solve":
            factor = torch.linalg.cholesky(self.a) if op == "cholesky_solve" else self.a
            self.extra = dict(self=self.matrix(self.n, 2), A=self.a, input2=factor)
        elif op == "cholesky_inverse":
            self.extra = dict(self=torch.linalg.cholesky(self.a))
        elif op == "linalg_lstsq":
            self.extra = dict(b=self.matrix(self.a.shape[-2], 2) if self.batch or rng.random() < 0.7 else self.matrix(1, self.a.shape[-2])[0])
        elif op in ("linalg_cross", "cross"):
            shape = self.batch + rng.choice([[3], [2, 3], [3, 3]])
            self.extra = dict(self=self.random(shape), other=self.random([1] * (len(shape) - 1) + [3] if rng.random() < 0.3 else shape))
        elif op == "linalg_vander":
            self.extra = dict(x=self.random(self.batch + [rng.choice([0, 1, 3])]))
        elif op == "linalg_tensorinv":
            self.extra = dict(self=self.random([2, 3, 6] if rng.random() < 0.5 else [6, 3, 2]))
        elif op == "linalg_tensorsolve":
            self.extra = dict(self=self.random([2, 3, 6]), other=self.random([2, 3]))

    def random(self, shape):
        count = math.prod(shape)
        elements = [self.rng.gauss(0, 1) for _ in range(count)]
        if self.dtype.is_complex:
            elements = [complex(x, self.rng.gauss(0, 1)) for x in elements]
        return torch.tensor(elements, dtype=torch.complex128 if self.dtype.is_complex else torch.float64).reshape(shape)

    def matrix(self, rows, cols):
        return self.random(self.batch + [rows, cols])

    def argument(self, arg):
        rng, name, kind = self.rng, arg.name, str(arg.type)
        if kind == "Tensor" and name in ("tol", "rcond"):
            return torch.tensor(rng.choice([0.01, 0.5, 1.0]), dtype=torch.float32)
        if kind == "Optional[Tensor]":
            return None if rng.random() < 0.4 else torch.tensor(rng.choice([0.01, 0.5]), dtype=torch.float32)
        if kind == "Tensor":
            t = self.extra.get(name, self.b if name == "B" else self.a)
            if t.dtype == torch.int32:
                return t
            t = t.to(self.dtype) if self.dtype.is_complex or not t.is_complex() else t.real.to(self.dtype)
            if t.dim() >= 2 and rng.random() < 0.3:
                t = t.mT.contiguous().mT
            if t.dim() >= 1 and rng.random() < 0.2:
                t = torch.cat([t, t], -1)[..., : t.shape[-1]]
            return t
        if name == "left":
            return self.side
        if name == "hermitian":
            return getattr(self, "hermitian", False)
        if name in ("rcond", "tol", "atol", "rtol"):
            return None if "Optional" in kind and rng.random() < 0.4 else rng.choice([0.01, 0.3, 1e-7])
        if name in ("ord", "p"):
            text = ["fro", "nuc"] if kind == "str" else [1, -1, 2, -2, math.inf, -math.inf, 2.0] + ([None] if "Optional" in kind else []) + [0.5]
            return rng.choice(text)
        if name == "dim" and "List" in kind:
            return rng.choice([[-2, -1], [-1, -2], [0, 1]])
        if name == "dim":
            return rng.choice([-1, -1, 0])
        if name == "dims":
            return None
        if name == "ind":
            return rng.choice([1, 2])
        if name == "n":
            return rng.choice([-2, -1, 0, 1, 2, 3, 5])
        if name == "N":
            return rng.choice([None, 2, 4])
        if name == "UPLO":
            return rng.choice("LU")
        if name == "mode":
            return rng.choice(["reduced", "complete", "r"])
        if name == "driver":
            return rng.choice([None, "gels", "gelsy", "gelsd", "gelss"]) if hasattr(self, "a") and "b" in self.extra else None
        if name == "offset":
            return rng.choice([0, 1, -1])
        if name in ("dim1", "dim2"):
            return arg.default_value
        if name == "dtype":
            return rng.choice([None, None, 7])
        if kind == "bool":
            return rng.random() < 0.5
        raise NotImplementedError(f"argument {name} of type {kind}")


def number(x, dtype):
    if dtype.is_complex:
        digits = 9 if dtype == torch.complex64 else 17
        return f"{x.real:.{digits}g};{x.imag:.{digits}g}"
    if dtype == torch.bool:
        return "1" if x else "0"
    if dtype.is_floating_point:
        digits = {torch.float16: 5, torch.bfloat16: 4, torch.float32: 9}.get(dtype, 17)
        return f"{x:.{digits}g}"
    return str(x)


def ints(values):
    return ",".join(map(str, values)) or "-"


def argument_tensor(t):
    mark = ("~conj" if t.is_conj() else "") + ("~neg" if t.is_neg() else "")
    stored = t.untyped_storage().nbytes() // t.element_size()
    plain = torch.empty(0, dtype=t.dtype).set_(t.untyped_storage(), 0, (stored,), (1,))
    elements = " ".join(number(x, t.dtype) for x in plain.tolist())
    return f"T{mark} {str(t.dtype)[6:]} {ints(t.shape)} {ints(t.stride())} {t.storage_offset()} : {elements}".rstrip()


def result_tensor(t):
    mark = ("~conj" if t.is_conj() else "") + ("~neg" if t.is_neg() else "")
    elements = " ".join(number(x, t.dtype) for x in t.resolve_conj().resolve_neg().reshape(-1).tolist())
    return f"T{mark} {str(t.dtype)[6:]} {ints(t.shape)} {ints(t.stride())} 0 : {elements}".rstrip()


def line(x, tensor):
    if x is None:
        return "n"
    if isinstance(x, torch.Tensor):
        return tensor(x)
    if isinstance(x, bool):
        return f"b {int(x)}"
    if isinstance(x, int):
        return f"i {x}"
    if isinstance(x, float):
        return f"f {x!r}"
    if isinstance(x, complex):
        return f"c {x.real!r} {x.imag!r}"
    if isinstance(x, str):
        return f"s {x}"
    if isinstance(x, torch.device):
        return f"d {x}"
    if isinstance(x, (list, tuple)):
        kind = "bools" if x and isinstance(x[0], bool) else "floats" if x and isinstance(x[0], float) else "ints"
        return f"L {kind} {ints(int(v) if isinstance(v, bool) else v for v in x)}"
    raise NotImplementedError(type(x))


DTYPES = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64, torch.complex32,
          torch.complex64, torch.complex128, torch.bool, None, None, None, torch.bfloat16]


def for_python(arg, value):
    """What Python wants where a schema says int but means a dtype or a memory format."""
    if value is None:
        return None
    if arg.name == "dtype" and isinstance(value, int):
        return DTYPES[value]
    if arg.name == "memory_format" and isinstance(value, int):
        return [torch.contiguous_format, torch.preserve_format, torch.channels_last][value]
    return value


def draw_call(rng, op, schema):
    draw = Draw(rng, op)
    arguments = list(schema.arguments)
    outs = [i for i, a in enumerate(arguments) if a.is_out]
    values = []
    matrices = None
    while op in LINALG and not matrices:
        try:
            matrices = Matrices(draw, op)
        except RuntimeError:
            pass
    for i, a in enumerate(arguments):
        values.append(None if a.is_out else matrices.argument(a) if matrices else argument(draw, op, schema, a, i))
    function = getattr(getattr(torch.ops.aten, schema.name[6:]), schema.overload_name or "default")
    if outs:
        # What the functional form answers decides what destinations look like.
        twin = functional_twin(schema)
        try:
            result = call(twin, arguments[: outs[0]], values[: outs[0]])
            made = [(r.dtype, list(r.shape)) for r in (result if isinstance(result, tuple) else [result])]
        except Exception:
            made = [(torch.float32, list(draw.shape))] * len(outs)
        for i, (dtype, shape) in zip(outs, made):
            if rng.random() < 0.2:
                dtype = rng.choice(NUMBERS)
            values[i] = draw.tensor(shape, dtype, written=True) if rng.random() < 0.85 else torch.empty(0, dtype=dtype)
    text = [f"call {schema.name}" + (f".{schema.overload_name}" if schema.overload_name else "")]
    text += ["a " + line(v, argument_tensor) for v in values]
    written = [i for i, a in enumerate(arguments) if a.alias_info is not None and a.alias_info.is_write]
    others = [] if op in LINALG or op in COPY else other_answers(schema, arguments, values)
    try:
        result = call(function, arguments, values)
    except NotImplementedError as why:
        if "Could not run" in str(why):
            return None
        text.append('e "' + first_line(why) + '"')
        return text
    except Exception as why:
        text.append('e "' + first_line(why) + '"')
        return text
    results = result if isinstance(result, tuple) else (result,)
    for r in results:
        same = [i for i, v in enumerate(values) if v is r and isinstance(r, torch.Tensor)]
        text.append(f"same {same[0]}" if same else "r " + line(r, result_tensor))
        if not same and isinstance(r, torch.Tensor) and len(results) == 1:
            text += or_lines(r, others)
    for i in written:
        text.append(f"m {i} " + line(values[i], result_tensor))
        if len(written) == 1:
            text += or_lines(values[i], others)
    return text


WIDE = {torch.float16: torch.float64, torch.bfloat16: torch.float64, torch.float32: torch.float64, torch.complex64: torch.complex128}
TOLERANCE = {torch.float16: 1e-3, torch.bfloat16: 1.6e-2, torch.float32: 1.3e-6, torch.complex64: 1.3e-6}


def spaced(t):
    """The same tensor with gaps between the elements, which PyTorch's vector code does not take."""
    return torch.stack([t, t], -1)[..., 0]


def widened(t):
    return t.to(WIDE.get(t.dtype, t.dtype if t.is_floating_point() or t.is_complex() else torch.float64))


def other_answers(schema, arguments, values):
    """What PyTorch answers in double precision, without its vector code and with nothing but its vector code.

    Its vector code, its scalar code for the last elements and its float arithmetic differ from each other where a
    function is steep, cancels or meets infinities: there none of the answers is more right than another.
    """
    name = schema.name[6:]
    if name.endswith("_") and not name.endswith("__"):
        function = getattr(getattr(torch.ops.aten, name[:-1]), schema.overload_name or "default", None)
        inputs = list(zip(arguments, values))
    else:
        function = functional_twin(schema) if any(a.is_out for a in arguments) else getattr(getattr(torch.ops.aten, name), schema.overload_name or "default")
        inputs = [(a, v) for a, v in zip(arguments, values) if not a.is_out]
    tensors = [v for _, v in inputs if isinstance(v, torch.Tensor)]
    answers = []
    try:
        shape = torch.broadcast_shapes(*(v.shape for v in tensors))
    except RuntimeError:
        return answers

    def padded(t):
        flat = t.broadcast_to(shape).reshape(-1)
        return torch.cat([flat, flat.new_ones(64 + -len(flat) % 64)])

    for change in (widened, spaced, padded):
        try:
            answer = call(function, [a for a, _ in inputs], [change(v.clone()) if isinstance(v, torch.Tensor) else v for _, v in inputs])
            if change is padded:
                answer = answer[: math.prod(shape)].reshape(shape)
            answer.shape
        except Exception:
            continue
        answers.append(answer)
    return answers


def or_lines(result, answers):
    """The other answers as lines, those that are far from the result."""
    lines = []
    for answer in answers:
        if not (result.is_floating_point() or result.is_complex()) or answer.shape != result.shape or (answer.is_complex() and not result.is_complex()):
            continue
        rounded = answer.to(result.dtype)
        tolerance = TOLERANCE.get(result.dtype, 1e-7) / 2
        parts = [torch.view_as_real(t.resolve_conj().resolve_neg()) if t.is_complex() else t for t in (rounded, result)]
        if not torch.allclose(*parts, rtol=tolerance, atol=0, equal_nan=True):
            lines.append("o " + result_tensor(rounded))
    return lines


def first_line(why):
    return str(why).split("\n")[0].replace('"', "'")[:160]


def functional_twin(schema):
    wanted = [(a.name, str(a.type)) for a in schema.arguments if not a.is_out]
    for other in torch._C._jit_get_schemas_for_operator(schema.name):
        if [(a.name, str(a.type)) for a in other.arguments] == wanted:
            return getattr(getattr(torch.ops.aten, schema.name[6:]), other.overload_name or "default")
    raise LookupError(str(schema))


def call(function, arguments, values):
    positional = [for_python(a, v) for a, v in zip(arguments, values) if not a.kwarg_only]
    named = {a.name: for_python(a, v) for a, v in zip(arguments, values) if a.kwarg_only}
    return function(*positional, **named)


def schemas_of(op):
    names = [op] if op.endswith("_") else [op, op + "_"]
    if op.startswith("__"):
        names = [op, "__i" + op[2:]]
    for name in names:
        for schema in torch._C._jit_get_schemas_for_operator("aten::" + name):
            if any(a.name == "self" and str(a.type) == "number" for a in schema.arguments) and not any(
                    "Tensor" in str(a.type) for a in schema.arguments):
                continue
            if not any("Tensor" in str(a.type) for a in schema.arguments) or "prim" in schema.overload_name:
                continue
            if any("List" in str(a.type) for a in schema.arguments) and op not in LINALG or name == "where" and not schema.overload_name:
                continue
            if schema.name == "aten::_to_copy" and schema.overload_name:
                continue
            try:
                getattr(getattr(torch.ops.aten, name), schema.overload_name or "default")
            except AttributeError:
                continue
            yield schema


def family_text(family, draws, seed, only=None):
    for op in FAMILIES[family]:
        if only and op not in only:
            continue
        for schema in schemas_of(op):
            rng = random.Random(f"{seed}/{schema}")
            for _ in range(draws):
                text = draw_call(rng, op if op in LINALG else op.strip("_"), schema)
                if text:
                    yield from text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=sorted(FAMILIES))
    parser.add_argument("--op", action="append", help="only these operators of the family")
    parser.add_argument("--draws", type=int, default=100, help="calls a schema")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--committed", action="store_true")
    args = parser.parse_args()
    if args.committed:
        folder = pathlib.Path(__file__).resolve().parent.parent / "ops" / "data"
        folder.mkdir(exist_ok=True)
        for family in FAMILIES:
            (folder / f"{family}.txt").write_text("\n".join(family_text(family, 2, "committed")) + "\n")
        return
    for text in family_text(args.family, args.draws, args.seed, args.op):
        print(text)


if __name__ == "__main__":
    main()
