"""einc, an einsum expression compiler and optimizer."""

from importlib import import_module
from types import ModuleType

from einc import errors
from einc.calibrate import calibrate
from einc.compiler import Compiled, compile, einsum
from einc.errors import EincError, EincTypeError
from einc.explain import contract_path, explain
from einc.plan import Cost, Planner

__all__ = [
    "Compiled",
    "Cost",
    "EincError",
    "EincTypeError",
    "Planner",
    "calibrate",
    "compile",
    "contract_path",
    "einsum",
    "explain",
]

__version__ = "0.1.0"

ON_DEMAND = frozenset({"nn"})  # rooms that need torch, imported when they are first named


def __getattr__(name: str) -> ModuleType:
    if name in ON_DEMAND:
        return import_module(f"einc.{name}")
    raise errors.no_such_name(name)
