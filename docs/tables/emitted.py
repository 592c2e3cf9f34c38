"""What torch.einsum calls for ten expressions, what einc emits instead, and the ratio of their times, as a page.

    python docs/tables/emitted.py [--output docs/emitted.md]

Times are taken on this machine, on one thread: einc and torch.einsum in turns, medians of ratios.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is loaded

import torch
from torch.utils._python_dispatch import TorchDispatchMode

import einc
from einc.turns import compare

HEAD = """# Ten expressions

What torch.einsum calls for an expression, what einc emits for it, and how much that gains. Time is torch.einsum's over
einc's, float32, one thread, the median of interleaved rounds; {where}.
`python docs/tables/emitted.py` makes this page anew.
"""
# For each, the sizes of its operands' axes, and what there is to see.
EXPRESSIONS: dict[str, tuple[list[tuple[int, ...]], str]] = {
    "bik,bkj->bij": (
        [(32, 128, 128), (32, 128, 128)],
        "The textbook batch. Both make the same product; there is nothing to gain but the way to it.",
    ),
    "bhqd,bhkd->bhqk": (
        [(4, 8, 128, 64), (4, 8, 128, 64)],
        "Attention scores. Both merge two axes to one batch, as views.",
    ),
    "jk,ijkl->il": (
        [(64, 64), (64, 64, 64, 64)],
        "Both summed indices stand between the others: merged as they are, they would cost a copy of the operand. "
        "einc makes one of the others a batch.",
    ),
    "ecbfa,fd->abcde": (
        [(16, 16, 16, 16, 16), (16, 16)],
        "The summed index stands near the end. A batch of small products reads the operand as it lies.",
    ),
    "ij,ij->j": (
        [(4096, 512), (4096, 512)],
        "Columns are multiplied and summed. As a batch of products of vectors, each strides through all of memory.",
    ),
    "bi,bi,i->b": (
        [(2048, 512), (2048, 512), (512,)],
        "All orders cost the same number of multiply-adds. In this one the last step is a product with a vector.",
    ),
    "ijk,jr,kr->ir": (
        [(128, 128, 128), (128, 32), (128, 32)],
        "The product that a CP decomposition lives on (MTTKRP), where orders tie again.",
    ),
    "ij,jk,kl,lm->im": (
        [(256, 16), (16, 256), (256, 16), (16, 256)],
        "A chain whose order matters; torch.einsum looks for one at every call, if opt_einsum is installed.",
    ),
    "ab,cd->acbd": (
        [(40, 40), (40, 40)],
        "An outer product is written along the longest run, and turned as a view.",
    ),
    "aefc,fbed->abcd": (
        [(4, 4, 4, 4), (4, 4, 4, 4)],
        "Tiny operands that have to be copied: what counts is the number of calls.",
    ),
}


VIEWS = frozenset({"permute", "view", "unsqueeze", "squeeze", "expand", "_unsafe_view", "diagonal", "t", "transpose"})


class Calls(TorchDispatchMode):
    """Notes what torch is asked to do, with the shapes of the results."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        self.lines.append((func.overloadpacket.__name__, named(result.shape) or "a scalar"))
        return result


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "emitted.md")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    where = f"torch {torch.__version__.split('+')[0]}, {processor()}, {date.today().isoformat()}"
    arguments.output.write_text("\n".join([HEAD.format(where=where), *sections()]), encoding="utf-8")


def sections() -> Iterator[str]:
    """One for each expression."""
    for text, (shapes, what) in EXPRESSIONS.items():
        operands = [torch.rand(shape) for shape in shapes]
        compiled = einc.compile(text)
        torch.testing.assert_close(compiled(*operands), torch.einsum(text, *operands), rtol=1e-3, atol=1e-3)
        times = compare(
            {"einc": partial(compiled, *operands), "torch": partial(torch.einsum, text, *operands)}, 40, 4e-3
        )
        with Calls() as made:
            torch.einsum(text, *operands)
        yield f"## `{text}`\n"
        yield f"{' and '.join(named(shape) for shape in shapes)}: **{times['torch'].ratio:.2f}** times. {what}\n"
        yield "torch.einsum calls:\n\n```\n" + "\n".join(folded(made.lines)) + "\n```\n"
        yield f"einc:\n\n```python\n{compiled.source}```\n"


def named(shape: tuple[int, ...]) -> str:
    """A shape as a person writes it."""
    return "×".join(map(str, shape))  # noqa: RUF001


def folded(calls: list[tuple[str, str]]) -> Iterator[str]:
    """The calls, one a line; views in a row together."""
    for is_view, group in groupby(calls, key=lambda call: call[0] in VIEWS):
        lines = list(group)
        if is_view:
            yield f"{len(lines)} view{'s' * (len(lines) > 1)}"
        else:
            yield from (f"{name} to {shape}" for name, shape in lines)


def processor() -> str:
    """The processor, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (names or [platform.processor() or "unknown processor"])[0].partition("@")[0].strip()


if __name__ == "__main__":
    main()
