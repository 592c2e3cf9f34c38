"""Who computes a case: torch.einsum, opt_einsum, torch.compile, a person, and einc in three ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import opt_einsum
import torch

import einc
from benchmarks.cuda.cases import Case
from benchmarks.cuda.device import CUDA
from benchmarks.cuda.timing import Call
from einc import bench

Function = Callable[..., Any]
Sets = Sequence[Sequence[torch.Tensor]]
Shapes = Sequence[tuple[int, ...]]

EINSUM, HAND = "torch.einsum", "by hand"
EINC, GRAPH = "einc", "einc, in a graph"
COMPILED = {CUDA: "inductor", "cpu": "eager"}  # backends of torch.compile; code for a CPU would take minutes


@dataclass(frozen=True)
class Contender:
    """Someone ready to run.

    Attributes:
        call: with a number that chooses the set of operands.
        runs: how often it computes the case in one call.
        result: what it finds for the first set, as that is now.
    """

    call: Call
    runs: int
    result: Callable[[], Any]


def functions(case: Case, shapes: Shapes, device: str, compiles: bool) -> dict[str, Function | None]:
    """From operands to the result, by name; None for who has no way of their own.

    Args:
        case: what is computed.
        shapes: of the operands.
        device: for which torch.compile writes.
        compiles: whether it takes part.
    """
    text = case.expression
    return {
        EINSUM: partial(torch.einsum, text),
        "opt_einsum": opt_einsum.contract_expression(text, *shapes),
        "torch.compile": _compiled(partial(torch.einsum, text), device) if compiles else None,
        HAND: case.by_hand,
        EINC: einc.compile(text),
        "einc, compiled": _compiled(einc.compile(text), device) if compiles else None,
    }


def contender(function: Function, sets: Sets) -> Contender:
    """A function that takes one set of operands after the other."""
    return Contender(lambda number: function(*sets[number % len(sets)]), 1, lambda: function(*sets[0]))


def replayed(function: Function, sets: Sets) -> Contender:
    """A function captured in a CUDA graph, once for every set; what is replayed waits for no host."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # what is done at first calls cannot be captured
        for _ in range(2):
            function(*sets[0])
    torch.cuda.current_stream().wait_stream(side)
    graph, found = torch.cuda.CUDAGraph(), []
    with torch.cuda.graph(graph):
        found.append(function(*sets[0]))
        for operands in sets[1:]:
            function(*operands)

    def result() -> Any:
        graph.replay()
        return found[0]

    return Contender(lambda _: graph.replay(), len(sets), result)


def ready(case: Case, sets: Sets, device: str, compiles: bool) -> tuple[dict[str, Contender], dict[str, str]]:
    """Everyone who can run, each called once, and why others cannot."""
    entered: dict[str, Contender] = {}
    refused: dict[str, str] = {}
    shapes = [tuple(operand.shape) for operand in sets[0]]
    makers: dict[str, Callable[[], Contender]] = {
        name: partial(contender, function, sets)
        for name, function in functions(case, shapes, device, compiles).items()
        if function is not None
    }
    if device == CUDA:
        makers[GRAPH] = partial(replayed, einc.compile(case.expression), sets)
    for name, make in makers.items():
        try:
            made = make()
            made.call(0)
            entered[name] = made
        except Exception as problem:  # whatever stops one, others go on
            refused[name] = why(problem)
    return entered, refused


def why(problem: Exception) -> str:
    """What stopped someone, in a line."""
    return "out of memory" if isinstance(problem, torch.OutOfMemoryError) else bench.why(problem)


def names() -> Mapping[str, str]:
    """Everyone, by the words that stand over their column."""
    return {
        EINSUM: "einsum",
        "opt_einsum": "opt_einsum",
        "torch.compile": "compiled",
        HAND: "by hand",
        EINC: "einc",
        "einc, compiled": "einc, compiled",
        GRAPH: "einc, graph",
    }


def _compiled(function: Function, device: str) -> Function:
    def called(*operands: torch.Tensor) -> Any:
        return function(*operands)

    return torch.compile(called, backend=COMPILED[device], dynamic=False)
