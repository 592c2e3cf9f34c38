"""Source to function, visible to tracebacks and to `inspect.getsource`."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeAlias

from einc.cache import Cache
from einc.emit import FUNCTION

Function: TypeAlias = Callable[..., Any]

FUNCTIONS = 4096  # distinct sources remembered


def load(source: str) -> Function:
    """The function that an emitted source defines. One function serves all equal sources."""
    return _functions.get(source, lambda: _load(source))


def forget() -> None:
    """Remember no function, so that each source is loaded anew."""
    _functions.clear()


def _load(source: str) -> Function:
    filename = f"<einc {sha256(source.encode()).hexdigest()[:16]}>"
    names: dict[str, Any] = {}  # without a __name__, as these are of no module that could be imported
    exec(compile(source, filename, "exec"), names)  # einc's own emission: labels reach only its comments
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    function: Function = names[FUNCTION]
    return function


def _forget(function: Function) -> None:
    linecache.cache.pop(function.__code__.co_filename, None)


_functions: Cache[str, Function] = Cache(FUNCTIONS, dropped=_forget)
