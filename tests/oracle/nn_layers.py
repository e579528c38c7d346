"""Families of calls for nn_ops.py: layers: convolution, normalization, attention, embedding, recurrence."""

import torch

from nn_calls import F16, BF16, F32, F64, C64, I32, I64, BOOL, family


@family
def conv(t, wide):
    draws = 160 if wide else 40
    for _ in range(draws):
        rng = t.rng
        dims = rng.choice([1, 2, 2, 2, 3])
        groups = rng.choice([1, 1, 1, 2, 3])
        inner, outer = rng.choice([1, 1, 2, 4]), rng.choice([1, 2, 3])
        kernel = [rng.choice([1, 2, 3, 3]) for _ in range(dims)]
        size = [rng.choice([1, 4, 5, 7, 9]) + k for k in kernel]
        stride = [rng.choice([1, 1, 2, 3]) for _ in range(dims)]
        padding = [rng.choice([0, 0, 1, 2]) for _ in range(dims)]
        dilation = [rng.choice([1, 1, 1, 2]) for _ in range(dims)]
        size = [n + (k - 1) * (d - 1) for n, k, d in zip(size, kernel, dilation)]
        dtype = rng.choice([F32] * 6 + [F64, C64, I64])
        layout = rng.choice([None, None, "last", "transposed", "sliced"])
        if layout == "last" and dims != 2:
            layout = None
        batch = rng.choice([1, 2])
        bias = t(groups * outer, dtype=dtype) if rng.random() < 0.5 else None
        if rng.random() < 0.6:
            weight = t(groups * outer, inner, *kernel, dtype=dtype)
            yield f"conv{dims}d", t(batch, groups * inner, *size, dtype=dtype, layout=layout), weight, bias, stride, padding, dilation, groups
        else:
            weight = t(groups * inner, outer, *kernel, dtype=dtype)
            extra = [rng.choice([0, max(a, b) - 1]) for a, b in zip(stride, dilation)]
            name = "conv_transpose1d" if dims == 1 else f"conv_transpose{dims}d.input"
            yield name, t(batch, groups * inner, *size, dtype=dtype, layout=layout), weight, bias, stride, padding, extra, groups, dilation
    for dtype in [F16, BF16]:
        yield "conv2d", t(1, 2, 4, 4, dtype=dtype), t(3, 2, 3, 3, dtype=dtype), t(3, dtype=dtype)
    # Depthwise, of rows longer than a register, with every stride of its own path.
    for stride in [1, 2, 3]:
        yield "conv2d", t(1, 4, 5, 150), t(4, 1, 3, 3), t(4), [stride, stride], [1, 1], [1, 1], 4
        yield "conv2d", t(1, 2, 3, 40), t(4, 1, 3, 5), None, [1, stride], [0, 2], [1, 2], 2
        yield "conv1d", t(2, 2, 70), t(2, 1, 4), t(2), [stride], [2], [1], 2
    yield "conv2d", t(1, 2, 4, 4, layout="last"), t(3, 2, 1, 1), t(3)
    yield "conv2d", t(2, 3, 4, 4), t(4, 3, 3, 3, layout="last")
    yield "conv3d", t(2, 2, 3, 4, 4, layout="last"), t(3, 2, 3, 3, 3), t(3)
    yield "conv2d", t(2, 1, 4, 4, layout="last"), t(3, 1, 2, 2)
    yield "conv2d", t(1, 2, 1, 1, layout="last"), t(3, 2, 1, 1)
    yield "conv2d", t(2, 4, 4), t(3, 2, 3, 3), t(3)
    yield "conv_transpose2d.input", t(2, 4, 4), t(2, 3, 3, 3), t(3)
    yield "conv2d", t(0, 2, 4, 4), t(3, 2, 3, 3), t(3)
    yield "conv2d", t(1, 0, 4, 4), t(3, 0, 3, 3), t(3)
    for mode in ["same", "valid", "other"]:
        yield "conv1d.padding", t(1, 2, 6), t(3, 2, 4), t(3), [1], mode
        yield "conv2d.padding", t(1, 2, 5, 6), t(3, 2, 3, 2), None, [1, 1], mode, [2, 1]
        yield "conv3d.padding", t(1, 2, 3, 3, 3), t(3, 2, 2, 3, 1), None, [1, 1, 1], mode
        yield "_convolution_mode", t(1, 2, 5, 6), t(3, 2, 3, 2), None, [1, 1], mode, [1, 1], 1
    yield "conv2d.padding", t(1, 2, 5, 6), t(3, 2, 3, 2), None, [2, 1], "same"
    yield "convolution", t(1, 2, 5, 5), t(3, 2, 3, 3), None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1
    yield "convolution", t(1, 2, 5, 5), t(2, 3, 3, 3), None, [2, 2], [1, 1], [1, 1], True, [1, 1], 1
    yield "_convolution", t(1, 2, 5, 5), t(3, 2, 3, 3), t(3), [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, False, True, True
    yield "_convolution.deprecated", t(1, 2, 5, 5), t(3, 2, 3, 3), t(3), [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, False, True
    yield "thnn_conv2d", t(1, 2, 5, 5), t(3, 2, 3, 3), [3, 3], t(3)
    yield "slow_conv3d", t(1, 2, 3, 3, 3), t(3, 2, 2, 2, 2), [2, 2, 2]
    yield "slow_conv_dilated2d", t(1, 2, 5, 5), t(3, 2, 2, 2), [2, 2], None, [1, 1], [0, 0], [2, 2]
    yield "slow_conv_transpose2d", t(1, 2, 5, 5), t(2, 3, 2, 2), [2, 2]
    yield "mkldnn_convolution", t(1, 2, 5, 5), t(3, 2, 3, 3), None, [1, 1], [2, 2], [1, 1], 1
    yield "conv_tbc", t(5, 2, 3), t(3, 3, 4), t(4), 1
    x, w = t(1, 4, 5, 5), t(4, 4, 3, 3)
    yield "conv2d", t(1, 2, 5, 5), w
    yield "conv2d", t(5, 5), w
    yield "conv2d", t(1, 1, 4, 5, 5), w
    yield "conv1d", t(1, 3, 5), t(4, 3)
    yield "conv2d", x, w, t(3)
    yield "conv2d", x, w, t(4, 1)
    yield "conv2d", x, t(3, 2, 3, 3), None, [1, 1], [0, 0], [1, 1], 2
    yield "conv2d", x, t(1, 2, 3, 3), None, [1, 1], [0, 0], [1, 1], 2
    yield "conv2d", x, w, None, [1, 1], [0, 0], [1, 1], 0
    yield "conv2d", x, w, None, [0, 1]
    yield "conv2d", x, w, None, [-1, 1]
    yield "conv2d", x, w, None, [1, 1], [-1, 0]
    yield "conv2d", x, w, None, [1, 1], [0, 0], [0, 1]
    yield "conv2d", x, t(4, 4, 7, 3)
    yield "conv2d", t(1, 4, 0, 5), t(4, 4, 1, 1)
    yield "convolution", x, w, None, [1, 1], [0, 0, 0], [1, 1], False, [0, 0], 1
    yield "conv2d", x, w, t(4, dtype=F64)
    yield "conv2d", t(1, 4, 5, 5, dtype=BOOL), t(4, 4, 3, 3, dtype=BOOL)
    yield "conv_transpose2d.input", t(1, 2, 5, 5), w
    yield "conv_transpose2d.input", x, w, t(3)
    yield "conv_transpose2d.input", x, t(4, 3, 3, 3), None, [1, 1], [0, 0], [0, 0], 3
    yield "conv_transpose2d.input", t(1, 4, 1, 1), w, None, [1, 1], [2, 2]
    yield "conv_transpose2d.input", t(1, 4, 1, 1), w, None, [1, 1], [0, 0], [-1, 0]
    yield "conv_transpose2d.input", x, w, None, [1, 1], [0, 0], [1, 1]


@family
def norm(t, wide):
    for dtype in [F32, F64, F16, BF16]:
        x = t(3, 4, 5, dtype=dtype)
        w, b = t(5, dtype=dtype), t(5, dtype=dtype)
        yield "layer_norm", x, [5], w, b
        yield "layer_norm", x, [4, 5], None, None, 1e-3
        yield "layer_norm", x, [5], w, None
        yield "layer_norm", x, [5], None, b
        yield "native_layer_norm", x, [5], w, b, 1e-5
        yield "rms_norm", x, [5], w
        yield "rms_norm", x, [4, 5], None, 1e-3
        c, d = t(4, dtype=dtype), t(4, dtype=dtype)
        yield "group_norm", x, 2, c, d
        yield "group_norm", x, 4
        yield "group_norm", t(2, 4, 3, 2, dtype=dtype), 2, c, None
        yield "native_group_norm", x, c, d, 3, 4, 5, 2, 1e-5
        for training in [False, True]:
            mean, var = t(4, dtype=dtype), t(4, dtype=dtype).abs() + 0.5
            yield "batch_norm", t(3, 4, 5, dtype=dtype), c, d, mean.clone(), var.clone(), training, 0.1, 1e-5, True
            yield "batch_norm", t(3, 4, dtype=dtype), None, None, mean.clone(), var.clone(), training, 0.3, 1e-5, True
            if dtype in (F32, F64):  # for a few channels last of half types PyTorch rounds between its steps
                yield "batch_norm", t(2, 4, 3, 3, dtype=dtype, layout="last"), c, d, mean.clone(), var.clone(), training, 0.1, 1e-5, True
            yield "native_batch_norm", t(2, 4, 3, 3, dtype=dtype), c, d, mean.clone(), var.clone(), training, 0.1, 1e-5
            yield "_native_batch_norm_legit", t(2, 4, 3, dtype=dtype), c, d, mean.clone(), var.clone(), training, 0.1, 1e-5
        yield "_native_batch_norm_legit.no_stats", t(2, 4, 3, dtype=dtype), c, d, True, 0.1, 1e-5
        yield "_native_batch_norm_legit_no_training", t(2, 4, 3, dtype=dtype), c, d, mean, var, 0.1, 1e-5
        yield "instance_norm", t(2, 4, 3, 2, dtype=dtype), c, d, None, None, True, 0.1, 1e-5, True
        yield "instance_norm", t(2, 4, 3, dtype=dtype), None, None, mean.clone(), var.clone(), True, 0.1, 1e-5, True
        yield "instance_norm", t(2, 4, 3, dtype=dtype), c, d, mean.clone(), var.clone(), False, 0.1, 1e-5, True
    for size in [17, 64, 1030]:
        yield "layer_norm", t.real(2, size), [size], t.real(size), t.real(size)
        yield "group_norm", t.real(2, 4, size), 2, t.real(4), t.real(4)
        yield "batch_norm", t.real(1, 2, size), t.real(2), t.real(2), t.real(2), t.real(2).abs() + 1, False, 0.1, 1e-5, True
        yield "batch_norm", t.real(3, 2, size), t.real(2), t.real(2), t.real(2), t.real(2).abs() + 1, True, 0.1, 1e-5, True
        yield "rms_norm", t.real(2, size), [size], t.real(size)
    yield "layer_norm", t.real(2, 40) + 10, [40]
    yield "layer_norm", t(3, 5, dtype=BF16), [5], t(5), t(5)
    yield "native_layer_norm", t(3, 5, dtype=BF16), [5], t(5), t(5), 1e-5
    yield "group_norm", t(3, 4, 5, dtype=BF16), 2, t(4), t(4)
    yield "batch_norm", t(3, 4, 5, dtype=BF16), t(4), t(4), t(4), t(4).abs() + 1, False, 0.1, 1e-5, True
    yield "batch_norm", t(3, 4, 5, dtype=BF16), t(4), t(4), t(4), t(4).abs() + 1, True, 0.1, 1e-5, True
    yield "native_batch_norm", t(3, 4, 5, dtype=BF16), t(4), t(4), t(4), t(4).abs() + 1, True, 0.1, 1e-5
    yield "layer_norm", t(3, 5, layout="transposed"), [5], t(5), t(5)
    yield "layer_norm", t(0, 5), [5], t(5), t(5)
    yield "layer_norm", t(3, 0), [0], t(0), t(0)
    yield "layer_norm", t(3, 5), []
    yield "layer_norm", t(3, 5), [4]
    yield "layer_norm", t(3, 5), [5], t(4)
    yield "layer_norm", t(3, 5), [5], t(5), t(4)
    yield "layer_norm", t(3, 5, dtype=I64), [5]
    yield "layer_norm", t(5), [3, 5]
    yield "rms_norm", t(3, 5), [4]
    yield "group_norm", t(3, 4, 5), 3
    yield "group_norm", t(3, 4, 5), 0
    yield "group_norm", t(3, 4, 5), 2, t(3)
    yield "group_norm", t(3), 1
    yield "group_norm", t(0, 4, 5), 2
    yield "batch_norm", t(3), None, None, None, None, True, 0.1, 1e-5, True
    yield "batch_norm", t(3, 4), None, None, None, None, False, 0.1, 1e-5, True
    yield "batch_norm", t(3, 4), t(3), None, None, None, True, 0.1, 1e-5, True
    yield "batch_norm", t(3, 4), None, None, t(3), t(4), False, 0.1, 1e-5, True
    yield "batch_norm", t(0, 4), None, None, t(4), t(4).abs(), False, 0.1, 1e-5, True
    yield "batch_norm", t(3, 4, 2), None, None, t(4), t(4).abs(), False, 0.1, 0.0, True
    yield "instance_norm", t(2, 4, 3), None, None, None, None, False, 0.1, 1e-5, True
    yield "instance_norm", t(2, 4, 1), None, None, None, None, True, 0.1, 1e-5, True
    yield "_batch_norm_impl_index", t(3, 4), None, None, t(4), t(4).abs() + 1, False, 0.1, 1e-5, False
    yield "_batch_norm_no_update", t(3, 4), None, None, t(4), t(4).abs() + 1, 0.1, 1e-5
    yield "_batch_norm_with_update", t(3, 4), None, None, t(4), t(4).abs() + 1, 0.1, 1e-5
    yield "_native_batch_norm_legit_functional", t(3, 4), None, None, t(4), t(4).abs() + 1, True, 0.1, 1e-5
    for dim in [0, 1, -1, 2]:
        g = t(*[n if d == dim % 3 else 1 for d, n in enumerate([3, 4, 2])])
        yield "_weight_norm", t(3, 4, 2), g, dim
        yield "norm_except_dim", t(3, 4, 2), 2, dim
    yield "_weight_norm_interface", t(3, 4, 2), t(3, 1, 1), 0
    yield "_weight_norm_interface", t(3, 4, 2, dtype=BF16), t(1, 1, 2, dtype=BF16), 2
    for p in [1, 2, 0.5, float("inf")]:
        yield "renorm", t(3, 4, 2), p, 1, 1.5
    yield "renorm_", t(3, 4), 2, 0, 0.5
    yield "renorm", t(3, 4, dtype=C64), 2, -1, 0.5
    yield "renorm", t(3, 4), -1, 0, 0.5
    yield "renorm", t(3, 4), 2, 0, -0.5
    yield "renorm", t(3), 2, 0, 0.5


@family
def softmax(t, wide):
    for op in ["softmax.int", "log_softmax.int", "special_softmax", "special_log_softmax", "_safe_softmax"]:
        extra = [None] if op == "special_log_softmax" else []
        for dtype in [F32, F64] + ([] if "special" in op else [F16, BF16]):
            for dim in [0, 1, -1]:
                yield op, t(3, 4, 5, dtype=dtype), dim, *extra
            yield op, t(3, 4, dtype=dtype, layout="transposed"), 1, *extra
        for size in [1, 17, 64, 200]:
            yield op, t.real(2, size) * 5, -1, *extra
            yield op, t.real(2, size, 19) * 5, 1, *extra
        yield op, t(), 0, *extra
        yield op, t(3, 0), 1, *extra
        yield op, t(0, 3), 1, *extra
        yield op, t(3, 4), 2, *extra
        yield op, t(3, 4, dtype=I64), 1, *extra
        yield op, t(3, 4, dtype=I64), 1, F32
        yield op, t(3, 4, dtype=F16), 1, F32
        yield op, t(3, 4), 1, F64
        yield op, torch.tensor([[1.0, float("inf"), 2.0], [float("nan"), 1.0, 2.0], [-float("inf")] * 3]), 1, *extra
        yield op, torch.tensor([[-float("inf"), 1.0, 2.0], [1e30, -1e30, 0.0]]), 1, *extra
        yield op, torch.tensor([[1.0, float("inf")], [float("nan"), 1.0]], dtype=F64), 0, *extra
    yield "_softmax", t(3, 4), 1, False
    yield "_log_softmax", t(3, 4), 1, False
    yield "_softmax", t(3, 4, dtype=F16), 1, True
    yield "softmax.int_out", t(3, 4), 1, None, t(3, 4)
    yield "_softmax.out", t(3, 4), 1, False, t(0)


@family
def embedding(t, wide):
    for dtype in [F32, F64, F16, I64, C64, BOOL]:
        yield "embedding", t(5, 3, dtype=dtype), t.index(5, 2, 3)
    yield "embedding", t(5, 3, layout="transposed"), t.index(5, 4, dtype=I32)
    yield "embedding", t(5, 3), t.index(5)
    yield "embedding", t(5, 3), t.index(5, 0)
    yield "embedding", t(5, 3), t.index(5, 4), 1, True, False
    yield "embedding", t(5, 3), torch.tensor([5])
    yield "embedding", t(5, 3), torch.tensor([-1])
    yield "embedding", t(5, 3), t(2)
    yield "embedding", t(5), t.index(5, 2)
    yield "embedding", t(5, 3, 2), t.index(5, 2)
    yield "embedding.out", t(5, 3), t.index(5, 2), -1, False, False, t(0)
    for classes in [-1, 6, 3]:
        yield "one_hot", t.index(6, 2, 3), classes
    yield "one_hot", t.index(6, 0), 4
    yield "one_hot", t.index(6, 0)
    yield "one_hot", torch.tensor([1, -1]), 4
    yield "one_hot", t(2), 4
    yield "one_hot", torch.tensor(3), -1
    for op in ["embedding_bag", "_embedding_bag", "_embedding_bag_forward_only"]:
        for mode in [0, 1, 2]:
            w = t(6, 4)
            yield op, w, t.index(6, 7), torch.tensor([0, 2, 2, 5]), False, mode
            yield op, w, t.index(6, 7), torch.tensor([0, 2, 5, 7]), False, mode, False, None, True
            yield op, w.double(), t.index(6, 7, dtype=I32), torch.tensor([0, 3], dtype=I32), False, mode
            yield op, t(6, 4, layout="transposed"), t.index(6, 4), torch.tensor([0, 4]), False, mode
            if op != "embedding_bag":
                yield op, w, torch.tensor([0, 1, 2, 2, 1]), torch.tensor([0, 3]), False, mode, False, None, False, 2
            yield op, w, t.index(6, 0), torch.tensor([0, 0]), False, mode
        yield op, w, t.index(6, 7), torch.tensor([0, 2, 2, 5]), False, 0, False, t(7)
        yield op, w.half(), t.index(6, 7), torch.tensor([0, 2, 2, 5]), False, 0
    yield "embedding_bag", w, t.index(6, 7), torch.tensor([0, 2, 2, 5]), False, 1, False, t(7)
    yield "embedding_bag.padding_idx", w, torch.tensor([0, 1, 2, 2, 1]), torch.tensor([0, 3]), False, 1, False, None, False, 2
    yield "embedding_bag.padding_idx", w, torch.tensor([0, 1, 2, 2, 1]), torch.tensor([0, 3]), False, 0, False, None, False, -4
    yield "embedding_bag.padding_idx", w, torch.tensor([0, 1, 2, 2, 1]), torch.tensor([0, 3]), False, 0, False, None, False, 9
    yield "embedding_bag", w, torch.tensor([0, 6]), torch.tensor([0])
    yield "embedding_bag", w, torch.tensor([0, 1]), torch.tensor([1])
    yield "embedding_bag", w, torch.tensor([0, 1]), torch.tensor([0, 3])
    yield "embedding_bag", w, torch.tensor([0, 1]), torch.tensor([0, 2, 1])
    yield "embedding_bag", w, torch.tensor([0, 1]), torch.tensor([[0]])
    for p in [1.0, 2.0, 3.0]:
        yield "embedding_renorm_", t(5, 3), torch.tensor([0, 2, 2]), 1.0, p
    yield "embedding_renorm", t(5, 3), torch.tensor([0, 2, 4]), 1.0, 2.0
    yield "embedding_renorm_", t(5, 3), torch.tensor([0, 5]), 1.0, 2.0


@family
def attention(t, wide):
    for dtype in [F32, F64, F16, BF16]:
        q, k, v = t(2, 3, 4, 8, dtype=dtype), t(2, 3, 5, 8, dtype=dtype), t(2, 3, 5, 6, dtype=dtype)
        yield "scaled_dot_product_attention", q, k, v
        yield "scaled_dot_product_attention", q, k, v, None, 0.0, True
        yield "scaled_dot_product_attention", q, k, v, t(4, 5, dtype=BOOL)
        yield "scaled_dot_product_attention", q, k, v, t(2, 1, 4, 5, dtype=dtype)
        yield "scaled_dot_product_attention", q, k, k, t(1, 1, 1, 5, dtype=dtype), 0.0, False, 0.3
        yield "scaled_dot_product_attention", t(2, 6, 4, 8, dtype=dtype), k, v, None, 0.0, False, None, True
    q, k, v = t(2, 3, 4, 8), t(2, 3, 5, 8), t(2, 3, 5, 8)
    yield "scaled_dot_product_attention", q, k, v, torch.zeros(4, 5, dtype=BOOL)
    mask = t(4, 5, dtype=BOOL)
    mask[1] = False
    yield "scaled_dot_product_attention", q, k, v, mask
    yield "scaled_dot_product_attention", q, k, v, torch.full((4, 5), -float("inf"))
    yield "scaled_dot_product_attention", q[0], k[0], v[0]
    yield "scaled_dot_product_attention", q[0, 0], k[0, 0], v[0, 0]
    yield "scaled_dot_product_attention", q[0, 0, 0], k[0, 0, 0], v[0, 0, 0]
    yield "scaled_dot_product_attention", q.transpose(1, 2).contiguous().transpose(1, 2), k.transpose(1, 2).contiguous().transpose(1, 2), v
    yield "scaled_dot_product_attention", t(1, 1, 40, 16), t(1, 1, 70, 16), t(1, 1, 70, 16), None, 0.0, True
    yield "scaled_dot_product_attention", t(1, 1, 70, 16), t(1, 1, 40, 16), t(1, 1, 40, 16), None, 0.0, True
    yield "scaled_dot_product_attention", t(2, 4, 6, 8), t(2, 2, 5, 8), t(2, 2, 5, 8), t(2, 4, 6, 5), 0.0, False, None, True
    yield "scaled_dot_product_attention", t(2, 4, 6, 8), t(2, 2, 5, 8), t(2, 2, 5, 8), t(6, 5, dtype=BOOL), 0.0, False, None, True
    yield "scaled_dot_product_attention", t(2, 4, 6, 8), t(2, 3, 5, 8), t(2, 3, 5, 8), None, 0.0, False, None, True
    yield "scaled_dot_product_attention", q, k, v, t(4, 5), 0.0, True
    yield "scaled_dot_product_attention", q, k, v.double()
    yield "scaled_dot_product_attention", q, k, v, t(4, 5, dtype=I64)
    yield "scaled_dot_product_attention", q, t(2, 3, 5, 7), v
    yield "scaled_dot_product_attention", q, t(2, 3, 0, 8), t(2, 3, 0, 8)
    yield "scaled_dot_product_attention", t(2, 3, 0, 8), k, v
    yield "_scaled_dot_product_attention_math", q, k, v
    yield "_scaled_dot_product_attention_math", q, k, v, t(4, 5, dtype=BOOL)
    yield "_scaled_dot_product_attention_math", q, k, v, None, 0.0, True
    yield "_scaled_dot_product_flash_attention_for_cpu", q, t(2, 3, 4, 8), t(2, 3, 4, 8)
    yield "_scaled_dot_product_flash_attention_for_cpu", q, t(2, 3, 4, 8), t(2, 3, 4, 8), 0.0, True
    scores, pad = t(2, 3, 4, 4), t(2, 4, dtype=BOOL)
    yield "_masked_softmax", scores, pad, 3, 1
    yield "_masked_softmax", scores, torch.ones(2, 4, dtype=BOOL), 3, 1
    yield "_masked_softmax", scores, t(4, 4, dtype=BOOL), 3, 0
    yield "_masked_softmax", scores, t(2, 3, 4, 4, dtype=BOOL), 3, 2
    yield "_masked_softmax", scores, t(2, 3, 4, 4, dtype=BOOL), 1, 2
    x = t(2, 4, 8)
    weights = [t(24, 8) / 4, t(24) / 4, t(8, 8) / 4, t(8) / 4]
    for need, average in [(False, False), (True, True), (True, False)]:
        yield "_native_multi_head_attention", x, x, x, 8, 2, *weights, None, need, average
        yield "_native_multi_head_attention", x, x, x, 8, 2, *weights, pad, need, average, 1
        yield "_native_multi_head_attention", x, x, x, 8, 2, *weights, t(4, 4, dtype=BOOL), need, average, 0
    yield "_native_multi_head_attention", x, x, x, 8, 3, *weights
    yield "_native_multi_head_attention", x[0], x[0], x[0], 8, 2, *weights
    yield "_native_multi_head_attention", x, x, x, 6, 2, *weights
    rest = [t(8).abs(), t(8), t(8).abs(), t(8), t(16, 8) / 4, t(16) / 4, t(8, 16) / 4, t(8) / 4]
    for gelu in [False, True]:
        for first in [False, True]:
            yield "_transformer_encoder_layer_fwd", x, 8, 2, *weights, gelu, first, 1e-5, *rest
    yield "_transformer_encoder_layer_fwd", x, 8, 2, *weights, True, False, 1e-5, *rest, pad, 1
    yield "_transform_bias_rescale_qkv", t(2, 4, 24), t(24), 2


@family
def dropout(t, wide):
    for op in ["dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"]:
        for train, p in [(False, 0.5), (True, 0.0), (True, 1.0), (True, 2.0), (False, -0.5)]:
            yield op, t(3, 4), p, train
            yield op + "_", t(3, 4), p, train
        yield op, t(0, 4), 0.5, True
    yield "feature_dropout", t(3), 0.5, True
    yield "native_dropout", t(3, 4), 0.5, False
    yield "native_dropout", t(3, 4), 1.0, True
    yield "native_dropout", t(3, 4), 0.0, True
    yield "native_dropout_backward", t(3, 4), t(3, 4, dtype=BOOL), 2.0


@family
def rnn(t, wide):
    def real(*shape, dtype=F32):
        return (t.draw(shape) / 4).to(dtype)

    def params(gates, inputs, hidden, layers, both, biases, proj=0, dtype=F32):
        out = []
        state = proj or hidden
        for layer in range(layers):
            for _ in range(2 if both else 1):
                width = inputs if layer == 0 else state * (2 if both else 1)
                out += [real(gates * hidden, width, dtype=dtype), real(gates * hidden, state, dtype=dtype)]
                if biases:
                    out += [real(gates * hidden, dtype=dtype), real(gates * hidden, dtype=dtype)]
                if proj:
                    out += [real(proj, hidden, dtype=dtype)]
        return out

    for name, gates in [("lstm", 4), ("gru", 3), ("rnn_tanh", 1), ("rnn_relu", 1)]:
        for layers, both, biases, first, proj, dtype in [(1, False, True, False, 0, F32), (1, False, False, True, 0, F32), (2, True, True, True, 0, F32),
                                                         (2, False, True, False, 3, F32), (1, True, True, False, 3, F32), (1, False, True, False, 0, F64),
                                                         (2, True, False, False, 0, F64)]:
            if proj and name != "lstm":
                continue
            inputs, hidden, steps, batch = 5, 4, 3, 2
            x = real(*([batch, steps] if first else [steps, batch]), inputs, dtype=dtype)
            count = layers * (2 if both else 1)
            state = real(count, batch, proj or hidden, dtype=dtype)
            weights = params(gates, inputs, hidden, layers, both, biases, proj, dtype)
            hx = [state, real(count, batch, hidden, dtype=dtype)] if name == "lstm" else state
            yield f"{name}.input", x, hx, weights, biases, layers, 0.0, False, both, first
            packed = real(7, inputs, dtype=dtype)
            state = real(count, 3, proj or hidden, dtype=dtype)
            hx = [state, real(count, 3, hidden, dtype=dtype)] if name == "lstm" else state
            yield f"{name}.data", packed, torch.tensor([3, 2, 1, 1]), hx, weights, biases, layers, 0.0, False, both
        cell = [real(gates * 4, 5), real(gates * 4, 4), real(gates * 4), real(gates * 4)]
        hx = [real(2, 4), real(2, 4)] if name == "lstm" else real(2, 4)
        yield f"{name}_cell", real(2, 5), hx, *cell
        yield f"{name}_cell", real(2, 5), hx, *cell[:2]
        yield f"{name}_cell", real(2, 6), hx, *cell
        yield f"{name}_cell", real(3, 5), hx, *cell
        hx = [real(4), real(4)] if name == "lstm" else real(4)
        yield f"{name}_cell", real(5), hx, *cell
    x, w = real(3, 2, 5), params(4, 5, 4, 1, False, True)
    yield "lstm.input", x, [real(1, 2, 4)], w, True, 1, 0.0, False, False, False
    yield "lstm.input", x, [real(1, 2, 4), real(1, 2, 4)], w[:3], True, 1, 0.0, False, False, False
    yield "lstm.input", real(3, 2, 6), [real(1, 2, 4), real(1, 2, 4)], w, True, 1, 0.0, False, False, False
    yield "lstm.input", real(0, 2, 5), [real(1, 2, 4), real(1, 2, 4)], w, True, 1, 0.0, False, False, False
    long = params(4, 24, 20, 1, False, True)
    yield "lstm.input", real(9, 5, 24), [real(1, 5, 20), real(1, 5, 20)], long, True, 1, 0.0, False, False, False
    yield "_thnn_fused_lstm_cell", real(2, 16), real(2, 16), real(2, 4), real(16), real(16)
    yield "_thnn_fused_gru_cell", real(2, 12), real(2, 12), real(2, 4), real(12), real(12)
    for first in [False, True]:
        x = real(3, 4, 2)
        lengths = torch.tensor([4, 2, 1] if first else [3, 3, 2, 1])
        yield "_pack_padded_sequence", x, lengths, first
        data, sizes = torch.ops.aten._pack_padded_sequence(x, lengths, first)
        yield "_pad_packed_sequence", data, sizes, first, 0.5, 0
        yield "_pad_packed_sequence", data, sizes, first, 0.0, 6
        yield "_pad_packed_sequence", data, sizes, first, 0.0, 2
    yield "_pack_padded_sequence", x, torch.tensor([1, 2, 3]), True
    yield "_pack_padded_sequence", x, torch.tensor([4, 2, 0]), True
    yield "_pack_padded_sequence", x, torch.tensor([4, 2]), True
    yield "_pack_padded_sequence", x, torch.tensor([5, 2, 1]), True
