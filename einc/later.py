"""Rooms loaded when they are first asked for, as not everybody needs them, or has the library that they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from einc import errors

TORCH_ROOMS = frozenset({"nn", "torch", "traced"})
PLOT_ROOMS = frozenset({"draw"})  # which import matplotlib
DOORWAYS = frozenset({"report", "verify"})  # which nobody needs to call what was compiled


@dataclass(frozen=True, slots=True)
class Later:
    """What stands for a room until it is loaded, when the import puts the room itself in its place."""

    room: str

    def __getattr__(self, name: str) -> Any:
        special = name.startswith("__")  # as copying, pickling and printing ask for
        return object.__getattribute__(self, name) if special else getattr(import_module(f"einc.{self.room}"), name)


def attribute(module: str, rooms: Mapping[str, str], name: str) -> Any:
    """What a module offers from the room that `rooms` has for the name.

    Raises:
        AttributeError: for a name that it does not have.
    """
    if name not in rooms:
        raise errors.no_attribute(module, name)
    return getattr(import_module(f"einc.{rooms[name]}"), name)


def __getattr__(name: str) -> Any:
    """A room as an attribute of this module; unlike a call of a function, torch.compile only looks it up."""
    if name in PLOT_ROOMS:
        return _pictures(name)
    if name in TORCH_ROOMS | DOORWAYS:
        return import_module(f"einc.{name}")
    raise errors.no_attribute(__name__, name)


def _pictures(name: str) -> Any:
    try:
        return import_module(f"einc.{name}")
    except ModuleNotFoundError as missing:
        if missing.name != "matplotlib":
            raise
        raise errors.no_matplotlib() from None
