"""An expression beside its peers: who takes part, and that all find the same."""

from __future__ import annotations

import json

import numpy as np
import pytest
from conftest import needs_torch

import einc
from einc import bench as room
from einc.bench import REFERENCE_AGAIN, bench
from einc.turns import compare


def test_numpy():
    found = bench(einc.compile("ij,jk->ik"), "ij,jk->ik", [(3, 4), (4, 5)], "numpy", rounds=3)
    assert [*found.timings][:3] == ["einc", "np.einsum", "np.einsum, optimize=True"]
    assert "opt_einsum" in found.timings
    assert found.timings["einc"].ratio == 1
    assert REFERENCE_AGAIN in found.timings
    assert json.loads(json.dumps(found.as_dict()))["library"] == "numpy"
    lines = str(found).split("\n")
    assert lines[0] == "ij,jk->ik    numpy, 3x4, 4x5"
    assert len(lines) == 3 + len(found.timings) + len(found.refused)


@needs_torch
def test_torch():
    found = bench(einc.compile("ij,jk->ik"), "ij,jk->ik", [(3, 4), (4, 5)], "torch", rounds=3)
    assert [*found.timings][:2] == ["einc", "torch.einsum"]


def test_peers_that_cannot_read_it():
    text = "batch (head dim), head dim -> batch"
    found = bench(einc.compile(text), text, [(2, 6), (2, 3)], "numpy", rounds=3)
    assert [*found.timings] == ["einc", REFERENCE_AGAIN]
    assert {"np.einsum", "opt_einsum"} <= set(found.refused)
    assert "np.einsum: " in str(found)


def test_peers_that_find_something_else(monkeypatch):
    monkeypatch.setattr(room, "_peers", lambda library: {"wrong": lambda text, operands: lambda: np.zeros((3, 5))})
    found = bench(einc.compile("ij,jk->ik"), "ij,jk->ik", [(3, 4), (4, 5)], "numpy", rounds=3)
    assert found.refused == {"wrong": "another result"}


def test_turns():
    """The slower of two is found to be slower, and the reference beside itself about as quick."""
    small, large = np.ones(10), np.ones(10**6)
    timings = compare({"small": small.sum, "large": large.sum}, rounds=9, block=1e-4)
    assert timings["small"].ratio == 1
    assert timings["large"].ratio > 2
    assert timings["large"].low <= timings["large"].ratio <= timings["large"].high


def test_quartiles_are_among_what_was_measured():
    """Of two rounds, too; none is guessed to be beyond them."""
    for timing in compare({"a": int, "b": sum_of_some, "c": int}, rounds=2, block=1e-6).values():
        assert 0 < timing.low <= timing.ratio <= timing.high


def sum_of_some():
    return sum(range(9))


def test_a_library_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(room, "find_spec", lambda name: None)
    with pytest.raises(einc.EincError, match=r"^torch is not installed$"):
        bench(einc.compile("i->"), "i->", [(3,)], "torch")
