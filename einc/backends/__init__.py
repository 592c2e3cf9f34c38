"""How array libraries spell the primitives: one table of facts per library."""

from __future__ import annotations

from collections.abc import Mapping

from einc import errors
from einc.backends.numpy import NUMPY
from einc.backends.spelling import Backend
from einc.backends.torch import TORCH

__all__ = ["BACKENDS", "NUMPY", "TORCH", "Backend", "backend"]

BACKENDS: Mapping[str, Backend] = {table.name: table for table in (NUMPY, TORCH)}


def backend(name: str) -> Backend:
    """The table of the library called `name`.

    Raises:
        EincError: where there is none.
    """
    if name not in BACKENDS:
        raise errors.unknown_library(name)
    return BACKENDS[name]
