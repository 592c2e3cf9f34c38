"""Source to function, visible to tracebacks and to `inspect.getsource`."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeAlias

from einc.cache import Cache

Function: TypeAlias = Callable[..., Any]

FUNCTIONS = 4096  # distinct sources remembered


def load(source: str, name: str = "contraction") -> Function:
    """The function called `name` that `source` defines. One function serves all equal sources."""
    return _functions.get((source, name), lambda: _load(source, name))


def run(source: str, filename: str, names: dict[str, Any]) -> dict[str, Any]:
    """The names in which `source` leaves its definitions; they have no `__name__`, as they are of no module."""
    exec(compile(source, filename, "exec"), names)  # einc's own emission: labels reach only its comments
    return names


def _load(source: str, name: str) -> Function:
    filename = f"<einc {sha256(source.encode()).hexdigest()[:16]}>"
    function: Function = run(source, filename, {})[name]
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return function


def _forget(function: Function) -> None:
    linecache.cache.pop(function.__code__.co_filename, None)


_functions: Cache[tuple[str, str], Function] = Cache(FUNCTIONS, dropped=_forget)
