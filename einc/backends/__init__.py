"""How array libraries spell the primitives: one table of facts per library."""

from __future__ import annotations

from collections.abc import Mapping

from einc.backends.array_api import array_api
from einc.backends.numpy import NUMPY
from einc.backends.spelling import Backend
from einc.backends.torch import TORCH, TORCH_ELSEWHERE, TORCH_ON_CUDA

__all__ = ["BACKENDS", "ELSEWHERE", "NUMPY", "ON_DEVICES", "TORCH", "Backend", "array_api", "backend"]

BACKENDS: Mapping[str, Backend] = {table.name: table for table in (NUMPY, TORCH)}


ELSEWHERE = "elsewhere"  # on a device of which no more is known
ON_DEVICES: Mapping[tuple[str, str], Backend] = {
    (TORCH.name, "cuda"): TORCH_ON_CUDA,
    (TORCH.name, ELSEWHERE): TORCH_ELSEWHERE,
}


def backend(name: str, device: str = "") -> Backend:
    """The table of the library called `name`: its own, or that of all which follow the array API standard.

    Args:
        name: of the library.
        device: a name in `ON_DEVICES`; none for a CPU.
    """
    if (name, device) in ON_DEVICES:
        return ON_DEVICES[name, device]
    return BACKENDS[name] if name in BACKENDS else array_api(name)
