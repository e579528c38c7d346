"""Makes those files of tests/archive/data that stand for what Python programs saved with torch.save, other than models,
and the seeds of the fuzz targets from them:

    pip install torch==2.13.0 numpy
    python make_checkpoints.py
"""

import collections
import io
import pickle
import struct
import tarfile
import tempfile
import zipfile
from typing import Any, Dict

import numpy as np
import torch
from make_archives import CORPUS, FOLDER, save
from torch import nn


def numpy_values() -> Dict[str, Any]:
    counts: Dict[str, int] = collections.defaultdict(int)
    counts["a"] += np.int64(3)
    return {
        "int64": np.int64(-5),
        "uint8": np.uint8(255),
        "bool": np.bool_(True),
        "float16": np.float16(0.5),
        "float32": np.float32(1.5),
        "complex64": np.complex64(1 + 2j),
        "rows": np.arange(6).reshape(2, 3),
        "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "bytes": b"ab\xff",
        "no bytes": b"",
        "bytearray": bytearray(b"x"),
        "counts": counts,
    }


def tar_checkpoint() -> bytes:
    """What torch.save of PyTorch 0.1.10 wrote, by the description that 2.13's reader of it gives: two tensors and a view,
    on a storage of six floats and a stretch of it, and one on a storage of three int64."""
    storages = pickle.dumps(2, 2)
    for key, kind, numbers in ((101, torch.FloatStorage, "<q6f"), (102, torch.LongStorage, "<q3q")):
        storages += pickle.dumps((key, "cpu", kind), 2)
        count = int(numbers[2])
        storages += struct.pack(numbers, count, *range(count))
    storages += pickle.dumps([(103, 101, 2, 4)], 2)
    tensors = pickle.dumps(4, 2)
    for key, storage, kind, sizes, strides, offset in (
        (1, 101, torch.FloatTensor, (2, 3), (3, 1), 0),
        (2, 103, torch.FloatTensor, (2, 2), (1, 2), 0),
        (3, 103, torch.FloatTensor, (2,), (1,), 1),
        (4, 102, torch.LongTensor, (3,), (1,), 0),
    ):
        tensors += pickle.dumps((key, storage, kind), 2)
        tensors += struct.pack(f"<ii{2 * len(sizes) + 1}q", len(sizes), 0, *sizes, *strides, offset)

    class Pickler(pickle.Pickler):
        def persistent_id(self, value: Any) -> Any:
            return str(value[0]) if isinstance(value, bytes) else None

    out = io.BytesIO()
    # Stand-ins of a type that is nowhere else in the object.
    state = [("weight", b"1"), ("view", b"2"), ("part", b"3"), ("steps", b"4")]
    named = {name: bytes([int(number)]) for name, number in state}
    Pickler(out, 2).dump(collections.OrderedDict([*named.items(), ("rate", 0.5), ("weight again", named["weight"])]))
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:", format=tarfile.PAX_FORMAT) as archive:
        for name, content in (("storages", storages), ("tensors", tensors), ("pickle", out.getvalue())):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    with tempfile.NamedTemporaryFile() as file:  # that reader wants a real file
        file.write(tar.getvalue())
        file.flush()
        loaded = torch.load(file.name, weights_only=False)
    assert loaded["view"].tolist() == [[2, 4], [3, 5]] and loaded["part"].tolist() == [3, 4]
    assert loaded["steps"].tolist() == [0, 1, 2] and loaded["rate"] == 0.5
    return tar.getvalue()


def main() -> None:
    files = {
        "module_legacy.pt": save(nn.Linear(2, 2), _use_new_zipfile_serialization=False),
        "numpy.pt": save(numpy_values()),
        "numpy_protocol5.pt": save(numpy_values(), pickle_protocol=5),
        "tar.pt": tar_checkpoint(),
    }
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)
    (CORPUS / "zip" / "tar.pt").write_bytes(files["tar.pt"])
    for name in ("numpy", "numpy_protocol5"):
        with zipfile.ZipFile(io.BytesIO(files[name + ".pt"])) as archive:
            (CORPUS / "pickle" / (name + "_data.pkl")).write_bytes(archive.read("archive/data.pkl"))


if __name__ == "__main__":
    main()
