"""The expressions of the call benchmarks, with tiny operands, and who computes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import opt_einsum
import torch

import einc

Call = Callable[[], Any]


@dataclass(frozen=True)
class Case:
    """An expression on 4-long axes, and the calls a person would write for it."""

    expression: str
    numpy: Callable[..., Any]
    torch: Callable[..., Any]

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Of the operands."""
        return [(4,) * len(term) for term in self.expression.split("->")[0].split(",")]


def cases() -> list[Case]:
    """The eleven textbook forms, and chains of three and five matrices."""
    return [
        Case("ij->ji", lambda x: x.T, lambda x: x.t()),
        Case("ii->i", lambda x: x.diagonal(), lambda x: x.diagonal()),
        Case("ii->", lambda x: x.trace(), lambda x: x.trace()),
        Case("ij->", lambda x: x.sum(), lambda x: x.sum()),
        Case("ij->i", lambda x: x.sum(1), lambda x: x.sum(1)),
        Case("i,i->", np.dot, torch.dot),
        Case("i,i->i", np.multiply, torch.mul),
        Case("ij,ij->", np.vdot, lambda x, y: torch.dot(x.view(-1), y.view(-1))),
        Case("ij,j->i", np.matmul, torch.mv),
        Case("ik,kj->ij", np.matmul, torch.mm),
        Case("bik,bkj->bij", np.matmul, torch.bmm),
        Case(
            "ij,jk,kl->il",
            lambda a, b, c: np.matmul(np.matmul(a, b), c),
            lambda a, b, c: torch.mm(torch.mm(a, b), c),
        ),
        Case(
            "ij,jk,kl,lm,mn->in",
            lambda a, b, c, d, e: np.matmul(np.matmul(np.matmul(np.matmul(a, b), c), d), e),
            lambda a, b, c, d, e: torch.mm(torch.mm(torch.mm(torch.mm(a, b), c), d), e),
        ),
    ]


def competitors(case: Case, library: str) -> dict[str, Call]:
    """Everyone who computes the case in a library, einc first."""
    generator = np.random.default_rng(0)
    arrays: list[Any] = [generator.standard_normal(shape).astype("float32") for shape in case.shapes]
    module, einsum, hand = "np", np.einsum, case.numpy
    if library == "torch":
        arrays = [torch.from_numpy(array) for array in arrays]
        module, einsum, hand = "torch", torch.einsum, case.torch
    text = case.expression
    compiled = einc.compile(text)
    expression = opt_einsum.contract_expression(text, *case.shapes)
    return {
        "einc": lambda: compiled(*arrays),
        "einc.einsum": lambda: einc.einsum(text, *arrays),
        f"{module}.einsum": lambda: einsum(text, *arrays),
        "opt_einsum": lambda: expression(*arrays),
        "by hand": lambda: hand(*arrays),
    }
