"""Source to function: shared, forgotten in time, and visible to whoever looks for it."""

from __future__ import annotations

import inspect
import linecache
import traceback

import pytest

from einc import load as load_room
from einc.load import load

SOURCE = "import numpy as np\n\n\ndef contraction(x0):\n    return np.linalg.inv(x0)\n"


def test_equal_sources_share_a_function():
    assert load(SOURCE) is load(str(SOURCE))


def test_people_can_see_it():
    function = load(SOURCE)
    assert inspect.getsource(function) == SOURCE.split("\n\n\n")[1]
    with pytest.raises(Exception, match="0-dimensional array given") as caught:
        function(1.0)
    assert "return np.linalg.inv(x0)" in "".join(traceback.format_exception(caught.value))


def test_it_belongs_to_no_module():
    """torch's compiler imports the module that a function's globals name."""
    assert "__name__" not in load(SOURCE).__globals__


def test_what_is_forgotten_leaves_no_lines_behind(monkeypatch):
    monkeypatch.setattr(load_room._functions, "bound", 3)
    names = []
    for n in range(5):
        names.append(load(f"import math\n\n\ndef contraction():\n    return {n}\n").__code__.co_filename)
    assert [name in linecache.cache for name in names] == [False, False, True, True, True]
    linecache.checkcache()
    assert names[-1] in linecache.cache
