"""One case in one mode, measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch

import einc
from benchmarks.cuda.cases import DTYPES, Case
from benchmarks.cuda.checking import error, truth, wrong
from benchmarks.cuda.contenders import Contender, ready, why
from benchmarks.cuda.device import CPU, cached_bytes, forget, precision
from benchmarks.cuda.floors import Ceilings, floor, work
from benchmarks.cuda.timing import Timing, turns
from einc.price import Setting, seconds

ROTATED = 4  # times what the last cache holds, in sets of operands
FEWEST, MOST = 2, 64  # sets


@dataclass(frozen=True)
class Row:
    """What was found.

    Attributes:
        name, family, expression, sizes, mode: of the case.
        flops: operations of the best order; `bytes`, of every operand and the result, once.
        floor: microseconds that it takes at least, `bound` by launch, flops or bytes.
        predicted: microseconds by which einc chose its calls, for tensors of this type on the device.
        timings: of a call, by contender.
        errors: relative to float64, by contender.
        wrong: contenders whose error is too large.
        refused: why others are missing.
    """

    name: str
    family: str
    expression: str
    sizes: str
    mode: str
    flops: int
    bytes: int
    floor: float
    bound: str
    predicted: float
    timings: Mapping[str, Timing] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)

    def times(self, name: str, over: str) -> float | None:
        """How many times as long as another a contender takes, if both were timed."""
        if name not in self.timings or over not in self.timings:
            return None
        return self.timings[name].microseconds / self.timings[over].microseconds

    def of_floor(self, name: str) -> float | None:
        """The fraction of a contender's time that the floor is, if it was timed."""
        return self.floor / self.timings[name].microseconds if name in self.timings else None


def measure(case: Case, mode: str, device: str, ceilings: Ceilings, compiles: bool) -> Row:
    """A row: everyone checked against float64 on operands drawn anew, and timed in turns.

    Args:
        case: what is computed.
        mode: in which type.
        device: where; without a GPU, all sizes are small.
        ceilings: of the device.
        compiles: whether torch.compile takes part.
    """
    sizes = case.long(smoke=device == CPU)
    own = work(case, sizes, DTYPES[mode].itemsize)
    least = floor(own, ceilings, mode)
    told = " ".join(f"{index}={size}" for index, size in sizes.items())
    heading = (case.name, case.family, case.expression, told, mode, own.flops, own.bytes)
    shapes = case.shapes(sizes)
    row = Row(*heading, least.seconds * 1e6, least.bound, predicted(case, shapes, mode, device))
    try:
        with precision(mode):
            return _run(row, case, shapes, device, compiles)
    except torch.OutOfMemoryError as problem:
        return replace(row, refused={"all": why(problem)})
    finally:
        forget(device)


def predicted(case: Case, shapes: Sequence[tuple[int, ...]], mode: str, device: str) -> float:
    """The microseconds that einc expects of its own calls."""
    dtype = str(DTYPES[mode]).removeprefix("torch.")
    plan = einc.compile(case.expression).plan_for(shapes, [dtype] * len(shapes), device)
    return seconds(plan.program, Setting(plan.sizes, plan.kind.backend, plan.kind.strided)) * 1e6


def sets(row: Row, device: str) -> int:
    """How many sets of operands to take turns with: more than the last cache holds, as far as that is possible."""
    return min(MOST, max(FEWEST, math.ceil(ROTATED * cached_bytes(device) / row.bytes)))


def drawn(shapes: Sequence[tuple[int, ...]], mode: str, device: str) -> list[torch.Tensor]:
    """One set of operands: normal, so that sums of many products stay within every type."""
    return [torch.randn(shape, dtype=DTYPES[mode], device=device) for shape in shapes]


def _run(row: Row, case: Case, shapes: Sequence[tuple[int, ...]], device: str, compiles: bool) -> Row:
    operands = [drawn(shapes, row.mode, device) for _ in range(sets(row, device))]
    entered, refused = ready(case, operands, device, compiles)
    for old, new in zip(operands[0], drawn(shapes, row.mode, device)):
        old.copy_(new)  # what anyone kept from before is of no use
    errors = _errors(case, entered, operands[0])
    runs = {name: one.runs for name, one in entered.items()}
    timings = {
        name: Timing(*(part / runs[name] for part in (found.microseconds, found.low, found.high)))
        for name, found in turns({name: one.call for name, one in entered.items()}, device).items()
    }
    return replace(row, timings=timings, errors=errors, wrong=wrong(errors, row.mode), refused=refused)


def _errors(case: Case, entered: Mapping[str, Contender], operands: Sequence[torch.Tensor]) -> dict[str, float]:
    exact, size = truth(case.expression, operands)
    return {name: error(one.result(), exact, size) for name, one in entered.items()}
