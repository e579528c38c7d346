"""Importing this makes archives that TorchScript saves free of where they were made: the source files that their debug
records name are relative to the repository or to site-packages."""

import pathlib
from typing import Any, List, Optional, Tuple

import torch
import torch._sources
import torch.jit.frontend

_original = torch._sources.get_source_lines_and_file
_ROOTS = (pathlib.Path(torch.__file__).resolve().parent.parent, pathlib.Path(__file__).resolve().parent.parent.parent)


def _relative(obj: Any, error_msg: Optional[str] = None) -> Tuple[List[str], int, Optional[str]]:
    lines, first, name = _original(obj, error_msg)
    for root in _ROOTS:
        if name is not None and pathlib.Path(name).resolve().is_relative_to(root):
            name = str(pathlib.Path(name).resolve().relative_to(root))
    return lines, first, name


torch._sources.get_source_lines_and_file = _relative
torch.jit.frontend.get_source_lines_and_file = _relative
