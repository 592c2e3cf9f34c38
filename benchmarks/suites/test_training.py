"""Training steps, forward and backward, of models whose every contraction is an einsum."""

from __future__ import annotations

import pytest

from benchmarks.rows import Key
from benchmarks.training import steps
from benchmarks.training_models import MODELS

CASES = [pytest.param(name, marks=[pytest.mark.quick] if name == "tensor train" else []) for name in MODELS]


@pytest.mark.threads
@pytest.mark.parametrize("name", CASES)
def test_training(race, name):
    race(Key("training", name, "torch", "float32"), "training", steps(name))
