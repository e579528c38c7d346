"""Makes the small files of tests/archive/data that the archive tests read, and from them the seeds of the fuzz targets:

    pip install torch==2.13.0
    python make_archives.py

The tests say what is in each file, so a change here needs one there.
"""

import collections
import io
import pathlib
import zipfile
from typing import Any, Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

import portable_sources  # noqa: F401

TESTS = pathlib.Path(__file__).resolve().parent.parent
FOLDER = TESTS / "archive" / "data"
CORPUS = TESTS / "fuzz" / "corpus"


class Inner(nn.Module):
    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.register_buffer("count", torch.tensor(3))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight


@torch.jit.script
class Pair:
    def __init__(self, left: int, right: str) -> None:
        self.left = left
        self.right = right


class Model(nn.Module):
    ints: List[int]
    words: Dict[str, List[float]]
    maybe: Optional[Tensor]
    pairs: Dict[str, Pair]
    anything: List[Tuple[int, str]]
    flags: List[bool]

    def __init__(self) -> None:
        super().__init__()
        base = torch.arange(24, dtype=torch.float32)
        self.first = Inner(base[:6].view(2, 3))
        self.second = Inner(base[6:12].view(3, 2).t())
        self.items = nn.ModuleList([self.first])
        self.ints = [1, -2, 1 << 40]
        self.words = {"a": [0.5], "b": []}
        self.maybe = None
        self.pairs = {"p": Pair(1, "one")}
        self.anything = [(1, "x")]
        self.flags = [True, False]
        self.name = "n\u00e4me"
        self.z = 1 + 2j
        self.device = torch.device("cpu")
        self.register_buffer("float16", torch.tensor([1.5, -2], dtype=torch.float16))
        self.register_buffer("brain", torch.tensor([1.5, -2], dtype=torch.bfloat16))
        self.register_buffer("uint8", torch.tensor([0, 255], dtype=torch.uint8))
        self.register_buffer("truth", torch.tensor([True, False]))
        self.register_buffer("complex128", torch.tensor([1 + 2j], dtype=torch.complex128))
        self.register_buffer("conjugate", torch.tensor([1 + 2j], dtype=torch.complex64).conj())
        self.register_buffer("no_rows", torch.empty(0, 3))
        self.register_buffer("scalar", torch.tensor(7, dtype=torch.int16))
        self.register_buffer("quantized", torch.quantize_per_tensor(torch.tensor([0.5, 1.0]), 0.5, 10, torch.quint8))

    def forward(self, x: Tensor) -> Tensor:
        y = self.first(x) + 1
        if self.maybe is not None:
            raise ValueError("no")
        return self.second(y)


class Plain(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x) + 1


def values() -> Dict[str, Any]:
    base = torch.arange(12, dtype=torch.float32)
    return {
        "tensor": base.view(3, 4),
        "view": base.view(3, 4)[1:, ::2],
        "int": -5,
        "big": 1 << 62,
        "float": 0.1,
        "bool": True,
        "none": None,
        "str": "h\u00e9llo",
        "complex": 1 - 2j,
        "ints": [1, 2, 300, 70000],
        "mixed": [1, "two", 3.0],
        "tuple": (1, (2, "three"), ()),
        "nested": {"a": [torch.ones(2, dtype=torch.float64)], "b": []},
        "keys": {1: "one", 2: "two"},
        "size": torch.Size([2, 3]),
        "dtype": torch.int64,
        "device": torch.device("cpu"),
    }


def containers() -> Dict[str, Any]:
    counter = collections.Counter("abca")
    factory = collections.defaultdict(list)
    factory["k"].append(1)
    ordered = collections.OrderedDict([("z", 1), ("a", 2)])
    return {"ordered": ordered, "counter": counter, "default": factory, "deque": collections.deque([1, 2, 3]), "set": {5}}


def zip_with(source: bytes, change: Any) -> bytes:
    """The same entries, each passed through change(name, content) -> (name, content) or None."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as archive, zipfile.ZipFile(out, "w") as made:
        for name in archive.namelist():
            kept = change(name, archive.read(name))
            if kept:
                made.writestr(zipfile.ZipInfo(kept[0]), kept[1])
    return out.getvalue()


def swap_bytes(name: str, content: bytes) -> Tuple[str, bytes]:
    """Two float32 tensors and an int64 one, as a big-endian machine would write them."""
    if name.endswith("byteorder"):
        return name, b"big"
    if "/data/" in name:
        width = 8 if name.endswith("/1") else 4
        return name, b"".join(content[i : i + width][::-1] for i in range(0, len(content), width))
    return name, content


def save(value: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    torch.save(value, out, **options)
    return out.getvalue()


def save_model(model: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    torch.jit.save(model, out, **options)
    return out.getvalue()


def write_seeds(files: Dict[str, bytes]) -> None:
    for kind in ("zip", "pickle"):
        (CORPUS / kind).mkdir(parents=True, exist_ok=True)
    for name in ("plain.pt", "plain.ptl", "values_protocol4.pt", "values_legacy.pt"):
        (CORPUS / "zip" / name).write_bytes(files[name])
    for name in ("model.pt", "values.pt", "values_protocol4.pt", "containers.pt", "module.pt"):
        with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
            for entry in archive.namelist():
                if entry.endswith("pkl") and "container.py" not in entry:
                    seed = f"{pathlib.Path(name).stem}_{pathlib.Path(entry).name}"
                    (CORPUS / "pickle" / seed).write_bytes(archive.read(entry))


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    model = torch.jit.script(Model())
    plain = torch.jit.script(Plain())
    state = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)).state_dict()
    files = {
        "model.pt": save_model(model, _extra_files={"notes.txt": "hello", "sub/labels": "a,b"}),
        "plain.pt": save_model(plain),
        "traced.pt": save_model(torch.jit.trace(lambda x: x + torch.tensor([1.0, 2.0, 3.0]), torch.zeros(3))),
        "plain.ptl": plain._save_to_buffer_for_lite_interpreter(),
        "flat.ptl": plain._save_to_buffer_for_lite_interpreter(_use_flatbuffer=True),
        "values.pt": save(values()),
        "values_legacy.pt": save(values(), _use_new_zipfile_serialization=False),
        "values_protocol4.pt": save(values(), pickle_protocol=4),
        "containers.pt": save(containers()),
        "big_endian.pt": zip_with(save([torch.tensor([1.0, -2.5]), torch.tensor([1 << 40]), torch.tensor([1 + 2j])]), swap_bytes),
        "state_dict.pt": save(state),
        "state_dict_legacy.pt": save(state, _use_new_zipfile_serialization=False),
        "module.pt": save(nn.Linear(2, 2)),
    }
    exported = io.BytesIO()
    torch.export.save(torch.export.export(Plain(), (torch.ones(2),)), exported)
    files["exported.pt2"] = exported.getvalue()
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)
        print(f"{len(content):8} {name}")
    write_seeds(files)


if __name__ == "__main__":
    main()
