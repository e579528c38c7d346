"""Families of calls for nn_ops.py: operators that resample, pad, pool or rearrange."""

import torch

from nn_calls import F16, BF16, F32, F64, C64, I32, I64, BOOL, family


@family
def upsample(t, wide):
    for last in [None, "last"]:
        x = lambda *shape, dtype=F32: t(*shape, dtype=dtype, layout=last if len(shape) > 3 else "sliced" if last else None)
        for size in [[7], [4], [2], [8], [1]]:
            yield "upsample_nearest1d", x(2, 2, 4), size
            yield "_upsample_nearest_exact1d", x(2, 2, 4), size
            yield "upsample_linear1d", x(2, 2, 4), size, False
            yield "upsample_linear1d", x(2, 2, 4), size, True
        for size in [[7, 5], [4, 6], [2, 3], [8, 12], [1, 1], [1, 5]]:
            yield "upsample_nearest2d", x(2, 3, 4, 6), size
            yield "_upsample_nearest_exact2d", x(2, 3, 4, 6), size
            for align in [False, True]:
                for op in ["upsample_bilinear2d", "upsample_bicubic2d", "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa"]:
                    yield op, x(1, 3, 4, 6), size, align
            yield "_upsample_lanczos2d_aa", x(1, 2, 4, 6), size, False
        for size in [[3, 4, 5], [2, 2, 2], [1, 1, 1], [4, 6, 6]]:
            yield "upsample_nearest3d", x(1, 2, 2, 3, 3), size
            yield "_upsample_nearest_exact3d", x(1, 2, 2, 3, 3), size
            yield "upsample_trilinear3d", x(1, 2, 2, 3, 3), size, False
            yield "upsample_trilinear3d", x(1, 2, 2, 3, 3), size, True
        for scale in [2.0, 1.7, 0.6, 3.3]:
            yield "upsample_nearest1d.vec", x(2, 2, 4), None, [scale]
            yield "upsample_nearest2d.vec", x(1, 2, 4, 5), None, [scale, 1.5]
            yield "_upsample_nearest_exact2d.vec", x(1, 2, 4, 5), None, [scale, 1.5]
            yield "upsample_nearest3d.vec", x(1, 1, 2, 3, 3), None, [scale, 1.5, 2.0]
            yield "upsample_bilinear2d.vec", x(1, 2, 4, 5), None, False, [scale, 1.5]
            yield "upsample_bilinear2d.vec", x(1, 2, 4, 5), None, True, [scale, 1.5]
            yield "upsample_bicubic2d.vec", x(1, 2, 4, 5), None, False, [scale, 1.5]
            yield "upsample_trilinear3d.vec", x(1, 2, 2, 3, 3), None, False, [scale, 1.5, 2.0]
            yield "upsample_linear1d.vec", x(1, 2, 4), None, False, [scale]
            yield "_upsample_bilinear2d_aa.vec", x(1, 2, 4, 5), None, False, [scale, 1.5]
        yield "upsample_bilinear2d.vec", x(1, 2, 4, 5), [6, 7], False, None
        yield "upsample_bilinear2d", x(1, 2, 4, 5), [6, 7], False, 1.3, 1.4
        yield "upsample_nearest2d", x(1, 2, 4, 5), [6, 7], 1.3, 1.4
    for dtype in [F64, F16, BF16, torch.uint8]:
        for op in ["upsample_bilinear2d", "upsample_bicubic2d", "_upsample_bilinear2d_aa"]:
            if dtype != torch.uint8:
                yield op, t(1, 2, 3, 4, dtype=dtype), [5, 7], False
        yield "upsample_nearest2d", t(1, 2, 3, 4, dtype=dtype), [5, 7]
    yield "upsample_nearest2d", t(1, 2, 3, 4, dtype=I64), [5, 7]
    yield "upsample_nearest2d", t(1, 2, 3), [5, 7]
    yield "upsample_nearest2d", t(1, 2, 3, 4), [5]
    yield "upsample_nearest2d", t(1, 2, 3, 4), [0, 7]
    yield "upsample_nearest2d", t(1, 2, 3, 4), [-1, 7]
    yield "upsample_nearest2d", t(0, 2, 3, 4), [3, 7]
    yield "upsample_nearest2d", t(1, 0, 3, 4), [3, 7]
    yield "upsample_bilinear2d", t(1, 2, 0, 4), [3, 7], False
    yield "upsample_bilinear2d.vec", t(1, 2, 3, 4), None, False, None
    yield "upsample_bilinear2d.vec", t(1, 2, 3, 4), [3, 4], False, [1.0, 1.0]
    yield "upsample_bilinear2d.out", t(1, 2, 3, 4), [2, 2], False, None, None, t(0)


@family
def grid(t, wide):
    def points(*shape, dtype=F32):
        return (t.draw(shape) * 0.7 + 0.003 * t.real(*shape)).to(dtype)

    for mode in [0, 1, 2]:
        for padding in [0, 1, 2]:
            for align in [False, True]:
                yield "grid_sampler", t(2, 2, 4, 3), points(2, 2, 5, 2), mode, padding, align
                yield "grid_sampler_2d", t(1, 2, 1, 3), points(1, 2, 5, 2, dtype=F32), mode, padding, align
                yield "grid_sampler_2d", t(1, 2, 4, 3, layout="last"), points(1, 2, 5, 2), mode, padding, align
                yield "grid_sampler", t(1, 2, 4, 3, dtype=F64), points(1, 2, 5, 2, dtype=F64), mode, padding, align
                yield "grid_sampler", t(1, 2, 2, 4, 3), points(1, 2, 3, 2, 3), mode, padding, align
    yield "grid_sampler", t(2, 2, 4, 3), points(1, 2, 5, 2), 0, 0, False
    yield "grid_sampler", t(2, 2, 4, 3), points(2, 2, 5, 3), 0, 0, False
    yield "grid_sampler", t(2, 2, 4, 3), points(2, 2, 5, 2, dtype=F64), 0, 0, False
    yield "grid_sampler", t(2, 2, 0, 3), points(2, 2, 5, 2), 0, 0, False
    yield "grid_sampler", t(2, 2, 3), points(2, 5, 2), 0, 0, False
    yield "grid_sampler", t(2, 2, 3, 3), points(2, 0, 2, 2), 0, 0, False
    for align in [False, True]:
        yield "affine_grid_generator", t(2, 2, 3), [2, 3, 4, 5], align
        yield "affine_grid_generator", t(2, 3, 4), [2, 3, 2, 3, 4], align
        yield "affine_grid_generator", t(1, 2, 3, dtype=F64), [1, 3, 1, 5], align
    yield "affine_grid_generator", t(2, 2, 3), [2, 3, 4], False


@family
def shuffle(t, wide):
    for layout in [None, "last"]:
        yield "pixel_shuffle", t(2, 8, 3, 2, layout=layout), 2
        yield "pixel_unshuffle", t(2, 2, 4, 6, layout=layout), 2
        yield "channel_shuffle", t(2, 6, 3, 2, layout=layout), 3
        yield "native_channel_shuffle", t(2, 6, 3, 2, layout=layout), 2
    yield "pixel_shuffle", t(9, 3, 2, dtype=I64), 3
    yield "pixel_shuffle", t(2, 0, 4, 1, 1), 2
    yield "pixel_shuffle", t(2, 2, 4, 1, 1), 2
    yield "pixel_shuffle", t(3, 2, 2), 2
    yield "pixel_shuffle", t(3, 2), 2
    yield "pixel_shuffle", t(4, 2, 2), 0
    yield "pixel_shuffle", t(4, 2, 2), 1 << 40
    yield "pixel_unshuffle", t(4, 3, 2), 2
    yield "pixel_unshuffle", t(4, 2, 3), 2
    yield "pixel_unshuffle", t(4, 2, 2), -1
    yield "channel_shuffle", t(2, 6, 3), 4
    yield "channel_shuffle", t(2, 6, 3), 0
    yield "channel_shuffle", t(2, 6), 2
    yield "channel_shuffle", t(2, 6, 2, 2, 2), 2
    for dtype in [F32, F16, C64, I64, BOOL]:
        yield "im2col", t(2, 3, 4, 5, dtype=dtype), [2, 3], [1, 1], [1, 0], [2, 1]
        yield "col2im", t(1, 8, 9, dtype=dtype), [4, 4], [2, 2], [1, 1], [0, 0], [1, 1]
    yield "im2col", t(3, 4, 5, layout="transposed"), [2, 2], [2, 1], [0, 1], [1, 2]
    yield "im2col", t(3, 3, 3), [5, 5], [1, 1], [0, 0], [1, 1]
    yield "im2col", t(3, 3, 3), [0, 5], [1, 1], [0, 0], [1, 1]
    yield "im2col", t(3, 3, 3), [2, 2], [1, 1], [0, 0], [0, 1]
    yield "im2col", t(3, 3, 3), [2, 2], [1, 1], [-1, 0], [1, 1]
    yield "im2col", t(3, 3, 3), [2, 2], [0, 1], [0, 0], [1, 1]
    yield "im2col", t(3, 3), [2, 2], [1, 1], [0, 0], [1, 1]
    yield "im2col", t(0, 3, 3, 3), [2, 2], [1, 1], [0, 0], [1, 1]
    yield "col2im", t(8, 9), [4, 4], [2, 2], [1, 1], [0, 0], [1, 1]
    yield "col2im", t(2, 12, 6), [4, 5], [2, 3], [1, 1], [1, 0], [2, 2]
    yield "col2im", t(8, 5), [4, 4], [2, 2], [1, 1], [0, 0], [1, 1]
    yield "col2im", t(7, 9), [4, 4], [2, 2], [1, 1], [0, 0], [1, 1]


@family
def pad(t, wide):
    for dtype in [F32, I64, F16, C64, BOOL]:
        yield "constant_pad_nd", t(2, 3, dtype=dtype), [1, 2]
        yield "constant_pad_nd", t(2, 3, dtype=dtype), [1, -1, 0, 2], 1
        yield "reflection_pad1d", t(2, 4, dtype=dtype), [2, 1]
        yield "replication_pad2d", t(1, 2, 3, 4, dtype=dtype), [2, 1, 0, 3]
    for mode in ["constant", "reflect", "replicate", "circular", "other"]:
        yield "pad", t(1, 2, 5), [1, 2], mode
        yield "pad", t(2, 5), [1, 2], mode
        yield "pad", t(1, 2, 5, 4), [1, 2, 2, 1], mode
        yield "pad", t(1, 2, 5, 4, layout="last"), [1, 2, 2, 1], mode
        yield "pad", t(1, 2, 3, 4, 5), [1, 2, 2, 1, 0, 1], mode
        yield "pad", t(1, 2, 5), [1, 2, 1, 1], mode
        yield "pad", t(1, 2, 5), [5, 0], mode
        yield "pad", t(1, 2, 5), [-1, 2], mode
        yield "pad", t(1, 2, 5), [-1, -3], mode
        yield "pad", t(1, 2, 5), [1, 2], mode, 3.5
        yield "pad", t(1, 2, 0), [1, 1], mode
        yield "pad", t(0, 2, 4), [1, 1], mode
        yield "pad", t(1, 2, 5), [1, 2, 3], mode
        yield "pad", t(1, 2, 5), [], mode
        yield "pad", t(1, 2, 5), [-3, -3], mode
    yield "pad", t(3), [1, 1, 1, 1]
    yield "constant_pad_nd", t(3), [0, 0]
    yield "constant_pad_nd", t(2, 3, dtype=I64), [1, 1], 1.7
    yield "constant_pad_nd", t(2, 3, 4, 5, layout="last"), [1, 1]
    yield "constant_pad_nd", t(2, 3), [1 << 40, 1 << 40, 1 << 40, 1 << 40]
    yield "reflection_pad2d", t(2, 3, 4), [1, 1, 1, 1]
    yield "reflection_pad2d", t(2, 3, 4), [4, 1, 1, 1]
    yield "reflection_pad3d", t(1, 2, 3, 4), [1, 1, 1, 1, 2, 1]
    yield "reflection_pad3d", t(1, 1, 2, 3, 4), [1, 1, 1, 1, 2, 1]
    yield "replication_pad1d", t(2, 3), [1, 4]
    yield "replication_pad3d", t(1, 2, 2, 3), [1, 2, 1, 1, 2, 1]
    yield "replication_pad1d", t(3), [1, 4]
    yield "reflection_pad1d", t(2, 3, 4), [1]
    yield "_pad_circular", t(1, 2, 5), [1, 2]
    yield "_pad_enum", t(1, 2, 5), [1, 2], 0, 2.0
    yield "_pad_enum", t(1, 2, 5), [1, 2], 1
    yield "_pad_enum", t(1, 2, 5), [1, 2], 2
    yield "_pad_enum", t(1, 2, 5), [1, 2], 3
    yield "reflection_pad1d.out", t(2, 4), [2, 1], t(0)
    for first in [False, True]:
        for side in ["right", "left"]:
            yield "pad_sequence", [t(3, 2), t(1, 2), t(2, 2)], first, 0.5, side
    yield "pad_sequence", [t(3), t(4)]
    yield "pad_sequence", [t(3, 2), t(4, 3)]
    yield "pad_sequence", []


@family
def pool(t, wide):
    draws = 200 if wide else 50
    for _ in range(draws):
        rng = t.rng
        dims = rng.choice([1, 2, 2, 3])
        kernel = [rng.choice([1, 2, 3, 3, 4]) for _ in range(dims)]
        stride = rng.choice([[], [rng.choice([1, 2, 3]) for _ in range(dims)]])
        padding = [rng.randint(0, k // 2) for k in kernel]
        dilation = [rng.choice([1, 1, 2]) for _ in range(dims)]
        size = [rng.choice([1, 4, 5, 8, 13]) + (k - 1) * d for k, d in zip(kernel, dilation)]
        ceil = rng.random() < 0.4
        dtype = rng.choice([F32] * 5 + [F64, F16, BF16])
        layout = rng.choice([None, None, "last", "sliced"]) if dims == 2 else None
        shape = [rng.choice([1, 2]), rng.choice([1, 3])] if rng.random() < 0.8 else [2]
        x = t(*shape, *size, dtype=dtype, layout=layout if len(shape) == 2 else None)
        if rng.random() < 0.1 and dtype != F16:
            x[..., 0] = float("nan")
        yield f"max_pool{dims}d", x, kernel, stride, padding, dilation, ceil
        yield f"max_pool{dims}d_with_indices", x, kernel, stride, padding, dilation, ceil
        include = rng.random() < 0.5
        if dims == 1:
            yield "avg_pool1d", x, kernel, stride, padding, ceil, include
        else:
            yield f"avg_pool{dims}d", x, kernel, stride, padding, ceil, include, rng.choice([None, None, 3, -2])
        out = [rng.choice([1, 2, 3, 5]) for _ in range(dims)]
        yield f"adaptive_avg_pool{dims}d", x, out
        yield f"adaptive_max_pool{dims}d", x, out
    for size in [40, 75]:
        yield "max_pool2d", t.real(1, 2, 9, size), [3, 3], [2, 2], [1, 1]
        yield "max_pool2d", t.real(1, 2, 9, size), [2, 2], [1, 3], [0, 1]
        yield "max_pool2d", t.real(1, 2, 9, size), [3, 2], [1, 1], [1, 0], [1, 2], True
        yield "avg_pool2d", t.real(1, 2, 9, size), [3, 3], [2, 2], [1, 1]
        yield "avg_pool2d", t.real(1, 2, 9, size), [2, 2], [1, 3], [0, 1], True, False
        yield "adaptive_avg_pool2d", t.real(1, 2, 9, size), [2, 7]
    for dtype in [I64, I32, torch.uint8, BOOL]:
        yield "max_pool2d", t(1, 2, 4, 4, dtype=dtype), [2, 2]
        yield "max_pool1d", t(1, 2, 4, dtype=dtype), [2]
        yield "avg_pool2d", t(1, 2, 4, 4, dtype=dtype), [2, 2]
        yield "avg_pool1d", t(1, 2, 4, dtype=dtype), [2]
        yield "adaptive_avg_pool2d", t(1, 2, 4, 4, dtype=dtype), [2, 2]
        yield "adaptive_max_pool2d", t(1, 2, 4, 4, dtype=dtype), [2, 2]
    x = t(2, 3, 5, 6)
    yield "max_pool2d", x, [0, 2]
    yield "max_pool2d", x, [2, 2], [0, 1]
    yield "max_pool2d", x, [2, 2], [], [-1, 0]
    yield "max_pool2d", x, [2, 2], [], [2, 2]
    yield "max_pool2d", x, [2, 2], [], [0, 0], [0, 1]
    yield "max_pool2d", x, [7, 2]
    yield "max_pool2d", x, [2, 2, 2]
    yield "max_pool2d", x, [3]
    yield "max_pool2d", t(5, 6), [2, 2]
    yield "max_pool2d", t(2, 0, 5, 6), [2, 2]
    yield "max_pool2d", t(0, 2, 5, 6), [2, 2]
    yield "max_pool2d", t(2, 2, 0, 6), [2, 2]
    yield "avg_pool2d", x, [2, 2], [], [2, 2]
    yield "avg_pool2d", x, [2, 2], [], [0, 0], False, True, 0
    yield "avg_pool2d", x, [9, 2]
    yield "avg_pool2d", t(5, 6), [2, 2]
    yield "avg_pool1d", t(2, 3, 4), [2, 2]
    yield "max_pool1d", t(2, 3, 4), [5]
    yield "max_pool1d", t(4), [2]
    yield "max_pool3d", t(2, 3, 4), [2]
    yield "adaptive_avg_pool2d", x, [0, 2]
    yield "adaptive_avg_pool2d", x, [-1, 2]
    yield "adaptive_avg_pool2d", t(5, 6), [2, 2]
    yield "adaptive_avg_pool1d", t(2, 3, 4), [1]
    yield "_adaptive_avg_pool2d", x, [2, 2]
    yield "_adaptive_avg_pool3d", t(1, 2, 3, 4, 5), [2, 2, 3]
    yield "adaptive_max_pool2d", x, [0, 2]
    yield "adaptive_max_pool2d", t(2, 3, 0, 2), [1, 2]
    yield "max_pool2d_with_indices.out", x, [2, 2], [], [0, 0], [1, 1], False, t(0), t.index(2, 0)
    yield "avg_pool2d.out", x, [2, 2], [], [0, 0], False, True, None, t(0)
    for dims in [2, 3]:
        small = t.real(1, 2, *[4] * dims)
        pooled, index = getattr(torch.ops.aten, f"max_pool{dims}d_with_indices")(small, [2] * dims)
        extra = [] if dims == 2 else [[2] * dims, [0] * dims]
        yield f"max_unpool{dims}d", pooled, index, [4] * dims, *extra
        yield f"max_unpool{dims}d", pooled[0], index[0], [4] * dims, *extra
        yield f"max_unpool{dims}d", pooled, index + 1000, [4] * dims, *extra
        yield f"max_unpool{dims}d", pooled, index[0], [4] * dims, *extra
        yield f"max_unpool{dims}d", pooled, index.int(), [4] * dims, *extra
        yield f"fractional_max_pool{dims}d", t(1, 2, *[6] * dims), [2] * dims, [3] * dims, torch.rand(1, 2, dims, generator=t.torch)
        yield f"fractional_max_pool{dims}d", t(2, *[6] * dims), [3] * dims, [2] * dims, torch.rand(1, 2, dims, generator=t.torch)
        yield f"fractional_max_pool{dims}d", t(1, 2, *[6] * dims), [2] * dims, [6] * dims, torch.rand(1, 2, dims, generator=t.torch)
