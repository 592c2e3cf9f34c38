"""A pytest plugin: einsum calls of other libraries' own tests go through einc while each test runs."""

from __future__ import annotations

import numpy as np
import pytest

import einc


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    patch = pytest.MonkeyPatch()
    patch.setattr(np, "einsum", einc.einsum)
    if hasattr(item.module, "contract"):
        patch.setattr(item.module, "contract", einc.einsum)
    try:
        return (yield)
    finally:
        patch.undo()
