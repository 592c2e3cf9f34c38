"""einc inside torch: every transformation, for one operand to five, for fixed sizes and for all."""

from __future__ import annotations

import pytest

import einc

torch = pytest.importorskip("torch")

from transformations import BATCHES, CASES, CHECKS, Case, compiled_once, cuda_graph, same  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")  # which torch itself uses
each_case = pytest.mark.parametrize("operands", list(CASES))
fixed_or_any = pytest.mark.parametrize("dynamic", [False, True], ids=["static", "dynamic"])


def met_others(case: Case) -> einc.Compiled:
    """The compiled expression, after calls with plain tensors: of these sizes, and of others."""
    f = einc.compile(case.text)
    for batch in (*BATCHES, BATCHES[0]):
        f(*case.operands(batch))
    return f


@pytest.mark.parametrize("check", list(CHECKS))
@each_case
@fixed_or_any
def test_transformation(check, operands, dynamic):
    CHECKS[check](met_others(CASES[operands]), CASES[operands], dynamic)
