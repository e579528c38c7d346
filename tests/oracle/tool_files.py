"""Writes tests/tools/data/files: pictures and arrays of every kind, beside what is in them.

    python tests/oracle/tool_files.py

NAME.png goes with NAME.npy (float32 [height, width, channels], 0 to 255); arrays.pt is a dict from an array's file name to
its tensor; resized_*.npy is what torchvision's antialiased bilinear resize gives.
"""

import pathlib
import struct
import zlib

import numpy as np
import torch

DATA = pathlib.Path(__file__).resolve().parents[1] / "tools" / "data" / "files"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def pack_row(row, depth):
    """row: [width, samples] of integers."""
    flat = row.reshape(-1)
    if depth == 8:
        return bytes(flat.astype(np.uint8))
    if depth == 16:
        return flat.astype(">u2").tobytes()
    bits = "".join(format(int(value), f"0{depth}b") for value in flat)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def paeth(a, b, c):
    p = a + b - c
    near = sorted([(abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c)])
    return near[0][2]


def filtered(rows, pixel):
    """Each row with another of the five filters."""
    out, above = b"", bytes(len(rows[0])) if rows else b""
    for y, row in enumerate(rows):
        kind = (y + 1) % 5
        line = bytearray()
        for i, value in enumerate(row):
            a = row[i - pixel] if i >= pixel else 0
            b = above[i]
            c = above[i - pixel] if i >= pixel else 0
            guess = [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]
            line.append((value - guess) % 256)
        out += bytes([kind]) + bytes(line)
        above = row
    return out


def png(pixels, colour, depth, interlaced, palette=None):
    height, width, _ = pixels.shape
    pixel = max(1, SAMPLES[colour] * depth // 8)
    data = b""
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    for row, column, down, right in passes:
        part = pixels[row::down, column::right]
        if part.shape[0] and part.shape[1]:
            data += filtered([pack_row(line, depth) for line in part], pixel)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    if palette is not None:
        out += chunk(b"PLTE", bytes(palette.astype(np.uint8).reshape(-1)))
    packed = zlib.compress(data)
    half = len(packed) // 2
    return out + chunk(b"tEXt", b"a\0b") + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) + chunk(b"IEND", b"")


def pictures():
    random = np.random.default_rng(5)
    for colour, depths in [(GREY, [1, 2, 4, 8, 16]), (RGB, [8, 16]), (PALETTE, [1, 2, 4, 8]), (GREY_ALPHA, [8, 16]), (RGBA, [8, 16])]:
        for depth in depths:
            for interlaced in [False, True]:
                height, width = (11, 13) if interlaced else (6, 9)
                pixels = random.integers(0, 2**depth, (height, width, SAMPLES[colour]))
                palette = None
                if colour == PALETTE:
                    palette = random.integers(0, 256, (min(2**depth, 40), 3))
                    pixels = pixels % len(palette)
                    values = palette[pixels[:, :, 0]].astype(np.float32)
                else:
                    values = pixels.astype(np.float32) * np.float32(255) / np.float32(2**depth - 1)
                name = f"colour{colour}_depth{depth}" + ("_interlaced" if interlaced else "")
                (DATA / f"{name}.png").write_bytes(png(pixels, colour, depth, interlaced, palette))
                np.save(DATA / f"{name}.npy", values.astype(np.float32))
    (DATA / "pixel.png").write_bytes(png(np.array([[[7, 8, 9]]]), RGB, 8, True))
    np.save(DATA / "pixel.npy", np.array([[[7, 8, 9]]], dtype=np.float32))


def resizes():
    source = torch.from_numpy(np.load(DATA / "colour2_depth8_interlaced.npy")).permute(2, 0, 1)[None]
    for height, width in [(4, 5), (22, 26), (11, 4), (1, 1)]:
        made = torch.nn.functional.interpolate(source, (height, width), mode="bilinear", align_corners=False, antialias=True)
        np.save(DATA / f"resized_{height}x{width}.npy", made[0].permute(1, 2, 0).contiguous().numpy())


def arrays():
    made = {}
    for code in ["?", "i1", "u1", "<i2", ">i2", "<u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8", "<f2", "<f4", ">f4", "<f8", ">f8", "<c8", "<c16", ">c16"]:
        array = (np.arange(6).reshape(2, 3) * 7 % 5).astype(code)
        if "c" in code:
            array = array + np.array(1j, dtype=array.dtype)
        name = "array_" + code.replace("<", "little_").replace(">", "big_").replace("?", "bool") + ".npy"
        np.save(DATA / name, array.astype(code))
        made[name] = torch.from_numpy(array.astype(array.dtype.newbyteorder("=")))
    for name, array in [("scalar", np.float64(2.5)), ("empty", np.zeros((0, 3), np.float32)), ("vector", np.arange(4)), ("fortran", np.asfortranarray(np.arange(6.0).reshape(2, 3)))]:
        np.save(DATA / f"array_{name}.npy", array)
        made[f"array_{name}.npy"] = torch.from_numpy(np.ascontiguousarray(array)) if name != "scalar" else torch.tensor(2.5, dtype=torch.float64)
    torch.save(made, DATA / "arrays.pt")
    np.save(DATA / "text.npy", np.array(["a", "b"]))
    np.save(DATA / "record.npy", np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]))


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    pictures()
    resizes()
    arrays()


main()
