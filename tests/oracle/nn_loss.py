"""Families of calls for nn_ops.py: losses."""

import torch

from nn_calls import F16, BF16, F32, F64, C64, C128, I32, I64, family


@family
def loss(t, wide):
    for dtype in [F32, F64, F16, BF16]:
        for reduction in [0, 1, 2]:
            a, b = t(3, 4, dtype=dtype), t(3, 4, dtype=dtype)
            yield "mse_loss", a, b, reduction
            yield "l1_loss", a, b, reduction
            yield "smooth_l1_loss", a, b, reduction, 0.5
            yield "huber_loss", a, b, reduction, 0.7
            yield "soft_margin_loss", a, b.sign(), reduction
            yield "hinge_embedding_loss", a, b.sign(), 1.5, reduction
            yield "margin_ranking_loss", a, b, t(3, 4, dtype=dtype).sign(), 0.3, reduction
            yield "kl_div", a, b.abs(), reduction
            yield "kl_div", a, b, reduction, True
            probability = t.torch and torch.rand(3, 4, generator=t.torch).to(dtype)
            yield "binary_cross_entropy", probability, (b > 0).to(dtype), None, reduction
            yield "binary_cross_entropy", probability, probability.flip(0), t(4, dtype=dtype), reduction
            yield "binary_cross_entropy_with_logits", a, (b > 0).to(dtype), None, None, reduction
            yield "binary_cross_entropy_with_logits", a, (b > 0).to(dtype), t(3, 1, dtype=dtype), t(4, dtype=dtype).abs(), reduction
            yield "poisson_nll_loss", a, b.abs(), True, False, 1e-8, reduction
            yield "poisson_nll_loss", a.abs(), b.abs() * 2, False, True, 1e-8, reduction
    yield "mse_loss", t(3, 4), t(4)
    yield "mse_loss", t(3, 4), t(3, 4, dtype=F64)
    yield "mse_loss", t(3, 4), t(3, 3)
    yield "mse_loss", t(3, 4, dtype=I64), t(3, 4, dtype=I64), 0
    yield "mse_loss", t(0), t(0)
    yield "mse_loss.out", t(2, 3), t(2, 3), 1, t()
    yield "l1_loss", t(3, 4, dtype=C64), t(3, 4, dtype=C64)
    yield "l1_loss", t(3, 4, dtype=C128), t(3, 4, dtype=C128), 0
    yield "l1_loss", t(3, 4, dtype=I64), t(3, 4, dtype=I64), 0
    yield "smooth_l1_loss", t(3, 4), t(3, 4), 0, 0.0
    yield "smooth_l1_loss", t(3, 4), t(3, 4), 0, -1.0
    yield "huber_loss", t(3, 4), t(3, 4), 0, 0.0
    yield "binary_cross_entropy", t(3, 4), t(3, 4).abs()
    yield "binary_cross_entropy", t(3, 4).abs().clamp(max=1), t(3).abs()
    yield "binary_cross_entropy", torch.tensor([0.0, 1.0, 0.0, 1.0]), torch.tensor([0.0, 1.0, 1.0, 0.0]), None, 0
    yield "kl_div", torch.tensor([0.0, -1.0, -2.0]), torch.tensor([0.0, 1.0, 0.5]), 0
    yield "kl_div", t(3, dtype=I64), t(3)


@family
def loss_class(t, wide):
    for dtype in [F32, F64, F16, BF16]:
        for reduction in [0, 1, 2]:
            x, y = t(4, 5, dtype=dtype), t.index(5, 4)
            skip = y.clone()
            skip[1] = -100
            weight = t(5, dtype=dtype).abs()
            yield "nll_loss", x, y, None, reduction
            yield "nll_loss", x, skip, weight, reduction
            yield "nll_loss", x[0], y[0], None, reduction
            yield "nll_loss", x, y, weight, reduction, 2
            yield "nll_loss_forward", x, skip, weight, reduction, -100
            image, labels = t(2, 5, 2, 3, dtype=dtype), t.index(5, 2, 2, 3)
            yield "nll_loss2d", image, labels, weight, reduction
            yield "nll_loss2d_forward", image, labels, None, reduction, 1
            yield "nll_loss_nd", image, labels, None, reduction
            yield "nll_loss_nd", t(2, 5, 3, dtype=dtype), t.index(5, 2, 3), weight, reduction
            yield "nll_loss_nd", t(2, 5, 2, 1, 2, dtype=dtype), t.index(5, 2, 2, 1, 2), None, reduction
            yield "cross_entropy_loss", x, skip, weight, reduction
            yield "cross_entropy_loss", x, skip, None, reduction, -100, 0.1
            if dtype != F16:  # one step of rounding apart
                yield "cross_entropy_loss", x, skip, weight, reduction, -100, 0.3
            yield "cross_entropy_loss", image, labels, weight, reduction, 2, 0.3
            yield "cross_entropy_loss", x[0], y[0], None, reduction
            yield "cross_entropy_loss", x, t(4, 5, dtype=dtype).abs(), None, reduction
            yield "cross_entropy_loss", x, t(4, 5, dtype=dtype).abs(), weight, reduction, -100, 0.2
            yield "cross_entropy_loss", image, t(2, 5, 2, 3, dtype=dtype).abs(), weight, reduction
            if dtype in (F32, F64):
                yield "multi_margin_loss", x, y, 1, 1, None, reduction
                yield "multi_margin_loss", x, y, 2, 0.5, weight, reduction
                yield "multi_margin_loss", x[0], y[0], 1, 1, None, reduction
                labels = torch.tensor([[1, 0, -1, 2, 2], [0, -1, 0, 0, 0], [-1, 1, 1, 1, 1], [4, 3, 2, 1, 0]])
                yield "multilabel_margin_loss", x, labels, reduction
                yield "multilabel_margin_loss", x[0], labels[0], reduction
                yield "multilabel_margin_loss_forward", x, labels, reduction
    x = t(4, 5)
    yield "nll_loss", x, t.index(5, 4, dtype=torch.uint8)
    yield "nll_loss", x, t.index(5, 4, dtype=I32)
    yield "nll_loss", x, t.index(5, 3)
    yield "nll_loss", x, t.index(5, 4, 1)
    yield "nll_loss", x, torch.tensor([0, 5, 1, 1])
    yield "nll_loss", x, torch.tensor([0, -1, 1, 1])
    yield "nll_loss", x, t.index(5, 4), t(4)
    yield "nll_loss", t(4, 5, 2), t.index(5, 4)
    yield "nll_loss", t(0, 5), t.index(5, 0)
    yield "nll_loss", t(0, 5), t.index(5, 0), None, 2
    yield "nll_loss2d", t(2, 5, 2), t.index(5, 2, 2)
    yield "nll_loss2d", t(2, 5, 2, 2), t.index(5, 2, 2)
    yield "nll_loss2d", t(2, 5, 2, 2), t.index(5, 2, 2, 3)
    yield "nll_loss_nd", t(2, 5, 3), t.index(5, 2, 4)
    yield "nll_loss_nd", t(2, 5), t.index(5, 3)
    yield "nll_loss_nd", t(), t.index(5, 3)
    yield "cross_entropy_loss", x, t.index(5, 4, 5)
    yield "cross_entropy_loss", x, t(4, 5), None, 1, 3
    yield "cross_entropy_loss", x, t.index(5, 4), None, 1, -100, 1.5
    yield "multi_margin_loss", x, t.index(5, 3)
    yield "multi_margin_loss", x, torch.tensor([0, 5, 1, 1])
    yield "multi_margin_loss", x, t.index(5, 4), 3
    yield "multilabel_margin_loss", x, t.index(5, 4)
    yield "multilabel_margin_loss", x, torch.full((4, 5), 7)
