"""Ways into the corridor that only tests take."""

from __future__ import annotations

from einc.compiler import Compiled
from einc.operands import Kind
from einc.options import Options
from einc.read import read


def planned(text: str, kind: Kind, options: Options | None = None) -> Compiled:
    """The compiled expression, planned for operands of a kind that need not exist."""
    return Compiled(read(text), options or Options(), kind)
