"""The expression that was typed, compiled."""

from __future__ import annotations

import argparse
from typing import Any

from einc.compiler import Compiled, compile


def compiled(options: argparse.Namespace, optimize: Any) -> Compiled:
    """The expression, without shapes."""
    sizes = dict(options.size)
    return compile(options.expression, optimize=optimize, notation=options.notation, sizes=sizes)


def planned(options: argparse.Namespace, optimize: Any, library: str) -> Compiled:
    """The expression, planned for the shapes."""
    made = compiled(options, optimize)
    made.plan(*options.shapes, library=library)
    return made
