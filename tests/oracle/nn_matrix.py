"""Families of calls for nn_ops.py: products, contractions and distances."""

import torch

from nn_calls import F16, BF16, F32, F64, C64, C128, I32, I64, BOOL, family


@family
def matmul(t, wide):
    for dtype in [F32, F64, F16, BF16, C64, C128, I32, I64, torch.uint8, BOOL]:
        yield "mm", t(2, 3, dtype=dtype), t(3, 4, dtype=dtype)
        yield "bmm", t(2, 2, 3, dtype=dtype), t(2, 3, 4, dtype=dtype)
        yield "dot", t(5, dtype=dtype), t(5, dtype=dtype)
        yield "vdot", t(5, dtype=dtype), t(5, dtype=dtype)
        yield "mv", t(3, 5, dtype=dtype), t(5, dtype=dtype)
        yield "addmm", t(4, dtype=dtype), t(2, 3, dtype=dtype), t(3, 4, dtype=dtype), 2, 3
        yield "addmv", t(2, dtype=dtype), t(2, 3, dtype=dtype), t(3, dtype=dtype), 2, -1
        yield "addr", t(2, 3, dtype=dtype), t(2, dtype=dtype), t(3, dtype=dtype), 2, 3
        yield "addbmm", t(2, 4, dtype=dtype), t(3, 2, 3, dtype=dtype), t(3, 3, 4, dtype=dtype), 2, 1
        yield "baddbmm", t(2, 4, dtype=dtype), t(3, 2, 3, dtype=dtype), t(3, 3, 4, dtype=dtype), 2, 3
        yield "outer", t(2, dtype=dtype), t(3, dtype=dtype)
        yield "inner", t(2, 3, dtype=dtype), t(4, 3, dtype=dtype)
        yield "kron", t(2, 3, dtype=dtype), t(2, 2, dtype=dtype)
        yield "linear", t(2, 3, dtype=dtype), t(4, 3, dtype=dtype), t(4, dtype=dtype)
    shapes = [[], [3], [4], [3, 3], [2, 3], [3, 4], [1, 3], [0, 3], [3, 0], [2, 3, 3], [5, 2, 3], [5, 3, 2], [1, 3, 4], [2, 5, 2, 3], [5, 1, 3, 4],
              [2, 1, 1, 3, 3], [0, 2, 3], [2, 0, 3]]
    for a in shapes:
        for b in shapes:
            layouts = [None, "transposed", "sliced", "first"]
            yield "matmul", t(*a, layout=t.rng.choice(layouts)), t(*b, layout=t.rng.choice(layouts))
    yield "matmul", t(2, 3, dtype=C64).conj(), t(3, 2, dtype=C64)
    yield "bmm", t(2, 2, 3, dtype=C64), t(2, 2, 3, dtype=C64).mH
    yield "vdot", t(3, dtype=C64).conj(), t(3, dtype=C64)
    yield "mm", t(2, 3), t(4, 5)
    yield "mm", t(3), t(4, 5)
    yield "mm", t(2, 3), t(3, 5, dtype=F64)
    yield "mm.out", t(2, 3), t(3, 5), t(2, 5, layout="transposed")
    yield "mm.out", t(2, 3), t(3, 5), t(0)
    yield "mm.out", t(2, 3), t(3, 5), t(2, 5, dtype=I64)
    yield "addmm_", t(2, 5), t(2, 3), t(3, 5), 0.5, 2
    yield "addmm_", t(2, 5, layout="sliced"), t(2, 3), t(3, 5), 0, 2
    yield "addmm_", t(5), t(2, 3), t(3, 5)
    yield "addmv_", t(2), t(2, 3), t(3), 1, 1
    yield "addr_", t(2, 3), t(2), t(3), 1, 1
    yield "addbmm_", t(2, 4), t(3, 2, 3), t(3, 3, 4), 2, 1
    yield "baddbmm_", t(3, 2, 4), t(3, 2, 3), t(3, 3, 4), 2, 1
    yield "addmm", t(2, 4) * float("nan"), t(2, 3), t(3, 4), 0, 1
    yield "addmm", t(2, 4), t(2, 0), t(0, 4), 2, 1
    yield "addmm", t(2, 1), t(2, 3), t(3, 4), 1, 1
    yield "addmm", t(), t(2, 3), t(3, 4), 1, 1
    yield "addmm", t(2, 2), t(2, 3), t(3, 4)
    yield "addmm", t(1, 2, 4), t(2, 3), t(3, 4)
    yield "addmm", t(2, 4, dtype=F64), t(2, 3), t(3, 4)
    yield "addmm", t(2, 4, dtype=I64), t(2, 3, dtype=I64), t(3, 4, dtype=I64), 1, 1.5
    yield "addbmm", t(2, 4), t(0, 2, 3), t(0, 3, 4), 2, 1
    yield "addr", t(2, 3, dtype=I64), t(2), t(3, dtype=F64)
    yield "addr", t(2, 3), t(2), t(4)
    yield "_int_mm", t(3, 3, dtype=torch.int8), t(3, 2, dtype=torch.int8)
    yield "_addmm_activation", t(4), t(2, 3), t(3, 4), 1, 1, True
    yield "_addmm_activation", t(4), t(2, 3), t(3, 4), 1, 1, False
    for x, w, b in [([2, 3], [4, 5], None), ([2, 3], [4, 3], [5]), ([2, 2, 3], [4, 3], [4]), ([2, 2, 3], [4, 3], None), ([3], [4, 3], [4]),
                    ([3], [3], []), ([3], [4, 4], [4]), ([2, 3], [3], None), ([2, 3], [3], [1]), ([2, 3], [4, 3], [1, 4]), ([2, 3], [4, 3], [2, 4]),
                    ([2, 3], [4, 3], [1]), ([2, 3], [4, 3], []), ([2, 3], [1, 4, 3], [4]), ([0, 3], [4, 3], [4]), ([2, 0], [4, 0], [4]),
                    ([2, 3], [0, 3], [0]), ([2, 2, 3], [4, 3], [5]), ([2, 2, 3], [4, 3], [1]), ([2, 2, 3], [4, 3], []), ([2, 2, 3], [3], None),
                    ([2, 1, 2, 3], [4, 3], [4])]:
        for layout in [None, "first", "sliced"]:
            yield "linear", t(*x, layout=layout), t(*w, layout="transposed" if layout == "first" else None), None if b is None else t(*b)
    yield "linear", t(2, 3), t(4, 3, dtype=F64), t(4)
    yield "linear.out", t(2, 3), t(4, 3), t(4), t(2, 4)
    yield "linear.out", t(2, 3), t(4, 3), t(4), t(1)


@family
def contract(t, wide):
    for equation, shapes in [
        ("ij,jk->ik", [[2, 3], [3, 4]]), ("ij,jk", [[2, 3], [3, 4]]), ("ij,jk->ki", [[2, 3], [3, 4]]), ("ij->ji", [[2, 3]]), ("ij->", [[2, 3]]),
        ("ij->i", [[2, 3]]), ("ii->i", [[3, 3]]), ("ii", [[3, 3]]), ("iij->j", [[3, 3, 2]]), ("i,j->ij", [[2], [3]]), ("i,j->ji", [[2], [3]]),
        ("i,i->i", [[3], [3]]), ("i,i", [[3], [3]]), ("bij,bjk->bik", [[2, 3, 4], [2, 4, 2]]), ("bhqd,bhkd->bhqk", [[2, 2, 3, 4], [2, 2, 5, 4]]),
        ("bqhd,bkhd->bhqk", [[2, 3, 2, 4], [2, 5, 2, 4]]), ("...ij,...jk->...ik", [[2, 2, 3], [3, 4]]), ("...ij,jk", [[2, 2, 3], [3, 4]]),
        ("i...,i...->...", [[2, 3], [2, 1]]), ("i...j->ij...", [[2, 3, 4]]), ("...ii->...i", [[2, 3, 3]]), ("ij,jk,kl->il", [[2, 3], [3, 4], [4, 2]]),
        ("ij,k->ik", [[2, 3], [4]]), ("ij,jk->", [[2, 3], [3, 4]]), ("abc,cd,ab->d", [[2, 3, 4], [4, 2], [2, 3]]), ("BA->AB", [[2, 3]]), ("bA,Ab", [[2, 3], [3, 2]]), ("zy", [[2, 3]]), ("", [[]]), (",", [[], []]), ("->", [[]]),
        ("ij,", [[2, 3], []]), ("ij,ij->ij", [[2, 3], [1, 3]]), ("ij,jk->ik", [[2, 1], [3, 4]]), ("ij,jk->ik", [[0, 3], [3, 4]]),
        ("ij,jk->ik", [[2, 0], [0, 4]]), ("ij->...", [[2, 3]]), ("...->", [[2, 3]]), ("...,...", [[2, 3], [3]]), ("ij,jk->ik", [[2, 3], [4, 5]]),
        ("ij,jk->il", [[2, 3], [3, 5]]), ("ij", [[3, 3], [3, 3]]), ("i", [[3, 3]]), ("ijk", [[3, 3]]), ("ii", [[3, 4]]), ("i..j", [[3, 4]]),
        ("i...j->ij", [[3, 2, 4]]), ("ij->ii", [[3, 4]]), ("i1", [[3, 4]]), ("ij->i->", [[3, 4]]), ("...i...", [[3, 4]]), ("ij->i.", [[3, 2]]),
        ("ij->i$", [[3, 2]]), ("...->...k", [[3, 2]]), ("i...,j...->ij...", [[2, 3], [3, 4]]), ("ij,jk,->ik", [[2, 3], [3, 4]]),
        ("ij...->i", [[3]]), ("ai,bi,ci->abc", [[2, 3], [2, 3], [2, 3]]), ("abcd,efcd->abef", [[1, 2, 2, 3], [2, 1, 2, 3]]),
    ]:
        yield "einsum", equation, [t(*s) for s in shapes]
    for dtype in [F64, F16, BF16, C64, I32, BOOL]:
        yield "einsum", "ij,jk->ik", [t(2, 3, dtype=dtype), t(3, 2, dtype=dtype)]
        yield "einsum", "ij,k->ik", [t(2, 3, dtype=dtype), t(2, dtype=dtype)]
        yield "einsum", "ij->i", [t(2, 3, dtype=dtype)]
        yield "tensordot", t(2, 3, 4, dtype=dtype), t(3, 4, 2, dtype=dtype), [1, 2], [0, 1]
    yield "einsum", "ij,jk", [t(2, 3, dtype=C64).conj(), t(3, 2, dtype=C64)]
    yield "einsum", "ij,jk", [t(2, 3), t(3, 2, dtype=F64)]
    yield "einsum", "ij,jk,kl->il", [t(2, 3), t(3, 4), t(4, 5)], [1, 2, 0, 1]
    yield "einsum", "ij,jk,kl->il", [t(2, 3), t(3, 4), t(4, 5)], [0, 2, 0, 1]
    yield "einsum", "ij,jk,kl->il", [t(2, 3), t(3, 4), t(4, 5)], [0, 1]
    yield "einsum", "ij,jk,kl->il", [t(2, 3), t(3, 4), t(4, 5)], [0, 5, 0, 1]
    yield "tensordot", t(2, 3), t(4, 5), [1], [0]
    yield "tensordot", t(2, 3), t(3, 5), [1], [0]
    yield "tensordot", t(2, 3), t(3, 5), [-1], [0]
    yield "tensordot", t(2, 3), t(3, 5), [], []
    yield "tensordot", t(2, 1), t(3, 5), [1], [0]
    yield "tensordot", t(3, 3), t(3, 3), [1, 1], [0, 1]
    yield "tensordot", t(3, 1, dtype=I32), t(3, 4, dtype=I32), [1, 0], [1, 0]
    yield "inner", t(2, 3), t(2, 4)
    yield "inner", t(), t(2, 4)
    yield "inner", t(3), t(2, 3)
    yield "inner", t(2, 3), t(2, 3, dtype=F64)
    yield "kron", t(2), t(2, 3, 2)
    yield "kron", t(), t(2, 3)
    yield "kron", t(2, 2, dtype=I64), t(2, 1)
    yield "linalg_vecdot", t(2, 3, dtype=C64), t(2, 3, dtype=C64)
    yield "linalg_vecdot", t(2, 3), t(3)
    yield "linalg_vecdot", t(2, 3), t(2, 1), 0
    yield "linalg_vecdot", t(3), t(4)
    yield "linalg_vecdot", t(3), t(3, dtype=F64)
    yield "chain_matmul", [t(2, 3), t(3, 4), t(4, 1)]
    yield "chain_matmul", [t(2, 3)]
    yield "linalg_multi_dot", [t(2, 3), t(3, 4), t(4, 1), t(1, 5)]
    yield "linalg_multi_dot", [t(3), t(3, 4), t(4)]
    yield "linalg_multi_dot", [t(3), t(3, 4)]
    yield "linalg_multi_dot", [t(2, 3), t(3)]
    yield "linalg_multi_dot", [t(2, 3), t(4, 4)]
    yield "linalg_multi_dot", [t(2, 3)]
    yield "linalg_multi_dot", [t(2, 3), t(3), t(4)]
    yield "bilinear", t(2, 3), t(2, 4), t(5, 3, 4), t(5)
    yield "bilinear", t(2, 2, 3), t(2, 2, 4), t(5, 3, 4), None
    yield "bilinear", t(3), t(4), t(5, 3, 4), t(5)
    yield "bilinear", t(2, 3, dtype=F64), t(2, 4, dtype=F64), t(5, 3, 4, dtype=F64), t(5, dtype=F64)
    yield "bilinear", t(0, 3), t(0, 4), t(5, 3, 4), t(5)
    yield "bilinear", t(2, 3), t(2, 4), t(5, 3, 5), None
    yield "bilinear", t(2, 3), t(3, 4), t(5, 3, 4), None
    yield "bilinear", t(2, 3), t(2, 4), t(5, 3, 4), t(3)
    yield "_trilinear", t(2, 3), t(3, 4), t(2, 4), [2], [0], [1], [1]


@family
def distance(t, wide):
    for p in [0.0, 0.5, 1.0, 2.0, 3.0, float("inf")]:
        yield "cdist", t(3, 4), t(5, 4), p
        yield "cdist", t(2, 3, 11, dtype=F64), t(1, 2, 11, dtype=F64), p
        yield "pdist", t(4, 5), p
        yield "_pdist_forward", t(4, 5, dtype=F64), p
        yield "pairwise_distance", t(3, 4), t(3, 4), p
        yield "dist", t(3, 4), t(4), p
    yield "cdist", t(30, 4), t(28, 4), 2.0
    yield "cdist", t(3, 4), t(5, 4), 2.0, 1
    yield "cdist", t(3, 4), t(5, 4), 2.0, 2
    yield "cdist", t(3, 4), t(5, 4), 2.0, 3
    yield "cdist", t(3, 0), t(5, 0)
    yield "cdist", t(0, 4), t(5, 4)
    yield "cdist", t(3, 4), t(5, 3)
    yield "cdist", t(4), t(5, 4)
    yield "cdist", t(3, 4), t(5, 4), -1.0
    yield "cdist", t(3, 4, dtype=I64), t(5, 4)
    yield "cdist", t(3, 4, dtype=F16), t(5, 4, dtype=F16)
    yield "cdist", t(2, 3, 4), t(3, 5, 4)
    yield "_euclidean_dist", t(3, 4), t(5, 4)
    yield "pdist", t(3, 4, 2)
    yield "pdist", t(3, 4, dtype=I64)
    yield "pdist", t(1, 4)
    yield "pdist", t(3, 4), -1.0
    for dtype in [F32, F64, F16, BF16]:
        yield "pairwise_distance", t(3, 4, dtype=dtype), t(3, 4, dtype=dtype)
        yield "pairwise_distance", t(3, 4, dtype=dtype), t(4, dtype=dtype), 2.0, 1e-3, True
        yield "cosine_similarity", t(3, 4, dtype=dtype), t(3, 4, dtype=dtype)
        yield "cosine_similarity", t(3, 4, dtype=dtype), t(1, 4, dtype=dtype), 0
        yield "cosine_embedding_loss", t(3, 4, dtype=dtype), t(3, 4, dtype=dtype), torch.tensor([1, -1, 0]), 0.2
        for reduction in [0, 1, 2]:
            yield "triplet_margin_loss", t(3, 4, dtype=dtype), t(3, 4, dtype=dtype), t(3, 4, dtype=dtype), 1.0, 2.0, 1e-6, reduction == 1, reduction
    yield "cosine_similarity", t(3, 4), t(3, 4), -1
    yield "cosine_similarity", t(3, 4), t(3, 4), 2
    yield "cosine_similarity", t(3, 4) * 0, t(3, 4)
    yield "cosine_similarity", t(3, 4, dtype=I64), t(3, 4, dtype=I64)
    yield "cosine_similarity", t(3, 4), t(3, 4, dtype=F64)
    yield "cosine_similarity", t(3, 4), t(3, 5)
    yield "cosine_embedding_loss", t(4), t(4), torch.tensor(-1), 0.2, 0
    yield "cosine_embedding_loss", t(3, 4), t(3, 4), torch.tensor(1)
    yield "cosine_embedding_loss", t(3, 4), t(3, 4), t(3, 4)
    yield "triplet_margin_loss", t(3, 4), t(3, 4), t(4)
    yield "dist", t(3, 4, dtype=C64), t(3, 4, dtype=C64), 2
