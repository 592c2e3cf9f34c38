"""What a call costs beyond the library's own calls: operands so small that nothing hides it."""

from __future__ import annotations

import pytest

from benchmarks.calls import cases, competitors
from benchmarks.rows import Key

QUICK = {"ij->ji", "ij,ij->", "ik,kj->ij", "bik,bkj->bij", "ij,jk,kl,lm,mn->in"}
CASES = [
    pytest.param(case, id=case.expression, marks=[pytest.mark.quick] if case.expression in QUICK else [])
    for case in cases()
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_call(race, library, case):
    race(Key("calls", case.expression, library, "float32"), "calls", competitors(case, library), tolerance=1e-5)
