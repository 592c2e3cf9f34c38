"""The least time that a contraction can take on a device, by rates that were measured there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import prod

import torch

import einc
from benchmarks.cuda.cases import DTYPES, Case
from benchmarks.cuda.device import CPU, precision
from benchmarks.cuda.timing import turns
from einc.expression import flat
from einc.tree import contractions, points, terms

LAUNCH, FLOPS, BYTES = "launch", "flops", "bytes"
COPIED = 2**28  # elements of float32, far more than caches hold
SIDE = 8192  # of the matrices whose product tells the rate of matrix units
SMOKE = 64  # of both, where nothing is measured


@dataclass(frozen=True)
class Ceilings:
    """What a device can do at most: bytes a second, operations a second by mode, and seconds of the least kernel.

    A complex multiply-add counts as two operations, as a real one does, here and in the work that is compared.
    """

    bandwidth: float
    flops: Mapping[str, float]
    launch: float


@dataclass(frozen=True)
class Work:
    """What has to be done: operations, and bytes to be read and written."""

    flops: int
    bytes: int


@dataclass(frozen=True)
class Floor:
    """The least seconds that some work takes, and what bounds it."""

    seconds: float
    bound: str


def floor(work: Work, ceilings: Ceilings, mode: str) -> Floor:
    """The longest of: its operations by matrix units, its bytes at the full bandwidth, one launch."""
    bounds = {
        FLOPS: work.flops / ceilings.flops[mode],
        BYTES: work.bytes / ceilings.bandwidth,
        LAUNCH: ceilings.launch,
    }
    bound = max(bounds, key=bounds.__getitem__)
    return Floor(bounds[bound], bound)


def work(case: Case, sizes: Mapping[str, int], itemsize: int) -> Work:
    """Of a case with elements of so many bytes: operations of the best order, and every operand and the result once."""
    arrays = (*case.terms, case.output)
    elements = sum(prod(sizes[index] for index in {*term}) for term in arrays)
    return Work(_flops(case.expression, tuple(case.shapes(sizes))), elements * itemsize)


@cache
def _flops(expression: str, shapes: tuple[tuple[int, ...], ...]) -> int:
    """Of the order with the fewest multiply-adds of all, which einc's exact planner finds.

    A step that multiplies and sums takes two operations for each point of its indices, one that does either takes one.
    """
    plan = einc.compile(expression, optimize="exact").plan(*shapes, library="torch")
    total = 0
    for layout, kept in zip(plan.expression.operands, terms(plan.expression)):
        own = frozenset(flat(layout))
        total += points(own, plan.sizes) if kept < own else 0
    for step in contractions(plan.tree, plan.expression):
        total += points(step.touched, plan.sizes) * (1 if step.kept == step.touched else 2)
    return total


def measured(device: str) -> Ceilings:
    """The ceilings of a device, measured now."""
    elements, side = (SMOKE, SMOKE) if device == CPU else (COPIED, SIDE)
    one = torch.zeros(1, device=device)
    launch = turns({"add": lambda _: one.add_(1)}, device)["add"].microseconds / 1e6
    rates = {mode: _matrix_rate(mode, device, side) for mode in DTYPES}
    return Ceilings(_bandwidth(device, elements), rates, launch)


def _bandwidth(device: str, elements: int) -> float:
    """Bytes a second, read and written, of a copy."""
    source, target = torch.zeros((2, elements), device=device)
    timing = turns({"copy": lambda _: target.copy_(source)}, device)["copy"]
    return 2 * source.nbytes / timing.microseconds * 1e6


def _matrix_rate(mode: str, device: str, side: int) -> float:
    """Operations a second of a large product, in one mode."""
    left, right = (torch.randn(side, side, device=device, dtype=DTYPES[mode]) for _ in range(2))
    with precision(mode):
        timing = turns({"mm": lambda _: left.mm(right)}, device)["mm"]
    return 2 * side**3 / timing.microseconds * 1e6
