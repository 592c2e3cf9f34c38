"""A first call anew: nothing that einc or a peer remembers of any expression."""

from __future__ import annotations

import sys
from importlib import import_module

from einc import compiler, load
from einc.interleaved import written
from einc.interpret import line_of
from einc.parse import parse
from einc.plan.default import order_of
from einc.plan.planner import STORE
from einc.read import read


def forget() -> None:
    """Leave nothing in memory of any text, order or function; modules stay loaded, and einc's search compiled."""
    for cached in (compiler._remembered, compiler._remembered_lists, parse, read, written, order_of, line_of):
        cached.cache_clear()
    STORE.clear()
    load.forget()
    if "cotengra" in sys.modules:
        interface = import_module("cotengra.interface")
        interface._PATH_CACHE.clear()
        interface._CONTRACT_EXPR_CACHE.clear()
        import_module("cotengra.presets").get_auto_optimizer.cache_clear()
    if "jax" in sys.modules:
        import_module("jax").clear_caches()
