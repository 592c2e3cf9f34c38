"""`einc.einsum` in place of others: their own installed tests run against it.

Each miss is a stated difference; `docs/dropin.md` has them with their reasons.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import needs_torch

import einc

NUMPY_DIFFERENCES = {
    "test_einsum_0d_out": "out= obeys casting=, also where it is 0-d",
    "test_subscript_range": "any hashable may be a label, not only 0 to 51",
    "test_output_order": "order='F' is refused",
    "test_path_type_input_invalid": "a path that does not fit is a ValueError",
}


def outcomes(*files: Path) -> tuple[set[str], int]:
    """The names of the tests in `files` that fail with einc in place, and how many pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "dropin_plugin", "-p", "no:cacheprovider", "-c", "/dev/null"]
    command += ["-W", "ignore", "--tb=no", "-rf", *map(str, files)]
    done = subprocess.run(command, check=False, cwd=Path(__file__).parent, capture_output=True, text=True)
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout + done.stderr
    return set(re.findall(r"^FAILED .*::(\w+)", done.stdout, re.MULTILINE)), int(passed.group(1))


def installed(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        pytest.skip(f"{module} is not installed")
    return Path(spec.origin)


def test_numpys_own_tests():
    failed, passed = outcomes(installed("numpy._core.tests.test_einsum"))
    assert failed <= set(NUMPY_DIFFERENCES)
    assert passed >= 60


def test_opt_einsums_own_tests():
    files = [installed(f"opt_einsum.tests.{name}") for name in ("test_contract", "test_edge_cases", "test_input")]
    failed, passed = outcomes(*files)
    assert failed == set()
    assert passed >= 1000


@needs_torch
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128", "float16", "bfloat16"])
def test_torchs_own_samples(dtype):
    torch = pytest.importorskip("torch")
    pytest.importorskip("expecttest")
    from torch.testing._internal.common_methods_invocations import op_db

    (info,) = [op for op in op_db if op.name == "einsum"]
    samples = list(info.sample_inputs("cpu", getattr(torch, dtype), requires_grad=False))
    for sample in samples:
        text = sample.args[0]
        torch.testing.assert_close(einc.einsum(text, *sample.input), torch.einsum(text, *sample.input))
    assert len(samples) >= 10


@pytest.mark.parametrize("optimize", [False, True, "greedy", "optimal", "auto", None])
def test_keywords_that_the_peers_take(optimize):
    a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    result = einc.einsum("ij,jk->ik", a, b, optimize=optimize, out=None, dtype=None, order="K", casting="safe")
    np.testing.assert_array_equal(result, a @ b)
    result = einc.einsum("ij,jk->ik", a, b, optimize=optimize, memory_limit=None, backend="auto", use_blas=True)
    np.testing.assert_array_equal(result, a @ b)
