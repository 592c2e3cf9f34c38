"""What all tests share: the libraries that are there, and how many problems Hypothesis draws."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

HAS_TORCH = importlib.util.find_spec("torch") is not None

settings.register_profile(
    "default", deadline=None, suppress_health_check=list(HealthCheck), max_examples=100, report_multiple_bugs=False
)
settings.load_profile("default")

PROBLEMS = int(os.environ.get("EINC_PROBLEMS", "10000"))  # random problems, in all, per library

needs_torch = pytest.mark.skipif(not HAS_TORCH, reason="torch is not installed")


@pytest.fixture(params=["numpy", pytest.param("torch", marks=needs_torch)])
def library(request: pytest.FixtureRequest) -> str:
    """Each library in turn."""
    return str(request.param)


@pytest.fixture
def array(library: str) -> Any:
    """What makes an array of the library from a NumPy array."""
    from problems import as_torch

    return as_torch if library == "torch" else lambda x: x
