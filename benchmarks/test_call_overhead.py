"""The call benchmarks under pytest-benchmark: one group per expression and library.

python -m pytest benchmarks --benchmark-columns=median,iqr
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.calls import cases, competitors

NAMES = ("by hand", "einc", "einc.einsum", "einsum", "opt_einsum expression")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.expression)
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_call(benchmark, library, case, name):
    pytest.importorskip(library)
    benchmark.group = f"{case.expression} on {library}"
    calls = competitors(case, library)
    result = benchmark(calls[name])
    np.testing.assert_allclose(np.asarray(result), np.asarray(calls["by hand"]()), rtol=1e-4, atol=1e-5)
