"""Source to keep: modules that say what they are for, and run where there is no einc."""

from __future__ import annotations

import pickle
import subprocess
import sys
import typing

import numpy as np
import pytest
from conftest import needs_torch
from hypothesis import given, settings
from numpy.typing import NDArray
from problems import as_torch, problems

import einc

ALONE = """
import sys
sys.modules["einc"] = None  # any import of it fails
import importlib.util
spec = importlib.util.spec_from_file_location("kept", {path!r})
kept = importlib.util.module_from_spec(spec)
spec.loader.exec_module(kept)
import {library} as xp
print(kept.contraction(xp.ones((2, 3)), xp.ones((3, 4)), xp.ones((4, 5))).tolist())
"""


def test_the_module():
    f = einc.compile("ij,jk->ik", (2, 3), (3, 4))
    assert f.source(typed=True) == (
        '"""ij, jk -> ik\n'
        "\n"
        "Made by einc for numpy. `contraction` takes operands of these shapes and types:\n"
        "\n"
        "    x0  i j  2x3  float64\n"
        "    x1  j k  3x4  float64\n"
        "\n"
        "It tests nothing. Other sizes are as right, if axes of size 1 stay where they are, and nowhere else.\n"
        '"""\n'
        "\n"
        "import numpy as np\n"
        "from numpy.typing import NDArray\n"
        "\n"
        "\n"
        "def contraction(x0: NDArray[np.float64], x1: NDArray[np.float64]) -> NDArray[np.float64]:\n"
        '    """ij, jk -> ik"""\n'
        "    t0 = x0.dot(x1)  # i k\n"
        "    return t0\n"
    )


def test_without_types_it_is_the_source_with_a_docstring():
    f = einc.compile("b t (h d) -> b h t d", (2, 3, 8), h=2)
    docstring, _, rest = f.source().partition('\n"""\n\n')
    assert rest == f.source
    assert "with h=2:" in docstring


@pytest.mark.parametrize("library", ["numpy", pytest.param("torch", marks=needs_torch)])
@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("limit", [None, 200])
def test_it_runs_alone(tmp_path, library, typed, limit):
    planner = "auto" if limit is None else einc.Planner(0.01, memory_limit=limit)
    f = einc.compile("ij,jk,kl->il", (2, 3), (3, 4), (4, 5), optimize=planner)
    path = tmp_path / "kept.py"
    path.write_text(f.source(library=library, typed=typed), encoding="utf-8")
    code = ALONE.format(path=str(path), library=library)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == str([[12.0] * 5] * 2)


@settings(max_examples=100)
@given(problem=problems())
def test_it_is_right(problem):
    """The same as the definition, whatever is kept; hints can be evaluated, and tell the types."""
    f = einc.compile(problem.text, *problem.operands)
    names = {}
    exec(f.source(typed=True), names)
    result = names["contraction"](*problem.operands)
    problem.check(result, f.program.results[0].dtype)
    hints = typing.get_type_hints(names["contraction"])
    for value, operand in zip(f.program.operands, problem.operands):
        assert hints[value.name] == NDArray[np.dtype(operand.dtype).type]
    if not isinstance(result, np.ndarray):
        assert type(result) is hints["return"]


@needs_torch
@settings(max_examples=50)
@given(problem=problems(("bool", "int32", "int64", "float32", "float64", "complex64")))
def test_it_is_right_for_another_library(problem):
    f = einc.compile(problem.text, *problem.operands)
    names = {}
    exec(f.source(library="torch", typed=True), names)
    tensors = [as_torch(np.asarray(operand)) for operand in problem.operands]
    if {operand.dtype for operand in problem.operands} != {np.dtype("float64")}:
        kind = f.plan(*tensors).kind
        if kind.dtypes == tuple(operand.dtype.name for operand in problem.operands):
            problem.check(names["contraction"](*tensors).resolve_conj().numpy(), f.program.results[0].dtype)


def test_default_types_stay_default():
    f = einc.compile("i,i->", (3,), (3,))
    assert "x0  i  3  float32" in f.source(library="torch")
    g = einc.compile("i,i->", np.ones(3, "int16"), np.ones(3, "float64"))
    assert "x0  i  3  int16" in g.source(library="torch")
    assert "x1  i  3  float64" in g.source(library="torch")


def test_another_namespace():
    pytest.importorskip("array_api_strict")
    module = einc.compile("ij,jk->ik", (2, 3), (3, 4)).source(library="array_api_strict", typed=True)
    assert (
        "from typing import Any\n\nimport array_api_strict as xp\n\n\ndef contraction(x0: Any, x1: Any) -> Any:"
        in module
    )


def test_a_library_that_is_none():
    with pytest.raises(einc.EincError, match="'cupyx' is no library einc writes for"):
        einc.compile("i->i", (3,)).source(library="cupyx")


def test_source_is_a_text():
    source = einc.compile("ij->ji", (2, 3)).source
    assert isinstance(source, str)
    assert type(pickle.loads(pickle.dumps(source))) is str
    assert pickle.loads(pickle.dumps(source)) == source


def test_many_operands_have_a_line_each():
    f = einc.compile("ab,bc,cd,de->ae", *[(2, 2)] * 4)
    assert "def contraction(\n    x0: NDArray[np.float64],\n    x1" in f.source(typed=True)
