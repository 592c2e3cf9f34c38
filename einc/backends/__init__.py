"""How array libraries spell the primitives: one table of facts per library."""

from __future__ import annotations

from collections.abc import Mapping

from einc.backends.array_api import array_api
from einc.backends.numpy import NUMPY
from einc.backends.spelling import Backend
from einc.backends.torch import TORCH, TORCH_ON_CUDA

__all__ = ["BACKENDS", "NUMPY", "ON_DEVICES", "TORCH", "Backend", "array_api", "backend"]

BACKENDS: Mapping[str, Backend] = {table.name: table for table in (NUMPY, TORCH)}


ON_DEVICES: Mapping[tuple[str, str], Backend] = {(TORCH.name, "cuda"): TORCH_ON_CUDA}


def backend(name: str, device: str = "") -> Backend:
    """The table of the library called `name`: its own, or that of all which follow the array API standard.

    Args:
        name: of the library.
        device: on which its calls take other times than on a CPU, if `ON_DEVICES` has it.
    """
    if (name, device) in ON_DEVICES:
        return ON_DEVICES[name, device]
    return BACKENDS[name] if name in BACKENDS else array_api(name)
