"""Rooms that stand on a library not everybody has, or waits for: each is loaded when it is first asked for."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from einc import errors

TORCH_ROOMS = frozenset({"nn", "torch", "traced"})
PLOT_ROOMS = frozenset({"draw"})  # which import matplotlib


@dataclass(frozen=True, slots=True)
class Later:
    """What stands for a room until it is loaded, when the import puts the room itself in its place."""

    room: str

    def __getattr__(self, name: str) -> Any:
        special = name.startswith("__")  # as copying, pickling and printing ask for
        return object.__getattribute__(self, name) if special else getattr(import_module(f"einc.{self.room}"), name)


def __getattr__(name: str) -> Any:
    """A room as an attribute of this module; unlike a call of a function, torch.compile only looks it up."""
    if name in PLOT_ROOMS:
        return _pictures(name)
    known = name in TORCH_ROOMS
    return import_module(f"einc.{name}") if known else object.__getattribute__(sys.modules[__name__], name)


def _pictures(name: str) -> Any:
    try:
        return import_module(f"einc.{name}")
    except ModuleNotFoundError as missing:
        if missing.name != "matplotlib":
            raise
        raise errors.no_matplotlib() from None
