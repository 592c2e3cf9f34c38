"""Huge pages, which one competitor switches off for its whole process, as it is loaded.

With small pages an array of tens of megabytes takes several times as long to be written for the first time as with huge
ones, which NumPy asks for. Whether a process gets them is a setting of Linux's; elsewhere nothing is done here.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

SET, GET = 41, 42  # PR_SET_THP_DISABLE and PR_GET_THP_DISABLE of linux/prctl.h


@contextmanager
def huge_pages_as_they_were() -> Iterator[None]:
    """Whatever is done to the setting inside is undone at the end."""
    disabled = _control(GET)
    try:
        yield
    finally:
        _control(SET, disabled)


@contextmanager
def small_pages() -> Iterator[None]:
    """No huge pages inside."""
    with huge_pages_as_they_were():
        _control(SET, 1)
        yield


def _control(what: int, value: int = 0) -> int:
    return int(_library().prctl(what, value, 0, 0, 0)) if sys.platform == "linux" else 0


@cache
def _library() -> Any:
    return ctypes.CDLL(None)
