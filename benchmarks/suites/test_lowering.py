"""What contractions cost: 125 expressions, large enough for memory and arithmetic to decide."""

from __future__ import annotations

import pytest

from benchmarks.lowering import competitors
from benchmarks.lowering_cases import cases
from benchmarks.rows import Key

QUICK = {"jk,ijkl->il", "bi,oij,bj->bo", "bqhd,khd->bhqk", "ijk,jr,kr->ir", "bi,bi->b", "bda,dc->abc", "ij,jk,kl->il"}
SETTINGS = {"float32": ("float32", True, 1e-4), "float64": ("float64", True, 1e-10), "small": ("float32", False, 1e-4)}
CASES = [pytest.param(case, id=case.text, marks=[pytest.mark.quick] if case.text in QUICK else []) for case in cases()]
LARGE = [
    pytest.param("float32", marks=pytest.mark.threads),
    pytest.param("float64", marks=pytest.mark.full),
    pytest.param("small", marks=pytest.mark.full),
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("setting", LARGE)
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_lowering(race, library, setting, case):
    dtype, large, tolerance = SETTINGS[setting]
    calls = competitors(case, library, dtype, large)
    race(Key("lowering", case.name, library, setting), case.family, calls, tolerance)
