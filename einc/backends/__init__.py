"""How array libraries spell the primitives: one table of facts per library."""

from __future__ import annotations

from collections.abc import Mapping

from einc.backends.array_api import array_api
from einc.backends.numpy import NUMPY
from einc.backends.spelling import Backend
from einc.backends.torch import TORCH

__all__ = ["BACKENDS", "NUMPY", "TORCH", "Backend", "array_api", "backend"]

BACKENDS: Mapping[str, Backend] = {table.name: table for table in (NUMPY, TORCH)}


def backend(name: str) -> Backend:
    """The table of the library called `name`: its own, or that of all which follow the array API standard."""
    return BACKENDS[name] if name in BACKENDS else array_api(name)
