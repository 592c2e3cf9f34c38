"""A training step of small models, forward and backward, written with einc and with torch.einsum, as a table of ratios.

    python -m benchmarks.training [--rounds 40]

One thread. The reference is the model with `torch.einsum`, as torch comes: with opt_einsum installed, which it
asks for the order of three operands and more. Ratios below one are quicker.
"""

from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"  # before the libraries are loaded

import argparse
from collections.abc import Callable
from functools import partial

import torch
from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch import Tensor, nn

import einc
import einc.torch
from benchmarks.training_models import MODELS, Maker
from einc.turns import REFERENCE_AGAIN, Timing, compare

BY_TORCH, BY_EINC, PATCHED = "torch.einsum", "einc.compile", "einc.torch.patch"


def by_torch(text: str) -> Callable[..., Tensor]:
    """What torch has, looked up at every call."""
    return lambda *operands: torch.einsum(text, *operands)


def step(model: nn.Module, x: Tensor) -> list[Tensor]:
    """Forward and backward: the loss, and every gradient."""
    for parameter in model.parameters():
        parameter.grad = None
    loss = model(x).square().mean()
    loss.backward()
    return [loss.detach(), *(parameter.grad for parameter in model.parameters() if parameter.grad is not None)]


def patched_step(model: nn.Module, x: Tensor) -> list[Tensor]:
    """The same, einc in the place of torch's einsum."""
    with einc.torch.patch():
        return step(model, x)


def steps(name: str) -> dict[str, Callable[[], list[Tensor]]]:
    """The step of a model by everyone; all compute the same."""

    def made(einsum: Maker) -> tuple[nn.Module, Tensor]:
        torch.manual_seed(0)
        return MODELS[name](einsum)

    calls: dict[str, Callable[[], list[Tensor]]] = {
        BY_TORCH: partial(step, *made(by_torch)),
        BY_EINC: partial(step, *made(einc.compile)),
        PATCHED: partial(patched_step, *made(by_torch)),
    }
    wanted = calls[BY_TORCH]()
    for call in calls.values():
        torch.testing.assert_close(call(), wanted, rtol=1e-3, atol=1e-4)
    return calls


def shown(timing: Timing) -> str:
    """A ratio and its quartiles."""
    return f"{timing.ratio:.2f} ({timing.low:.2f}–{timing.high:.2f})"  # noqa: RUF001


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40, help="how often each competitor is timed")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    columns = (BY_EINC, PATCHED, REFERENCE_AGAIN)
    table = Table("model", "torch.einsum (ms)", *columns, title="times the step with torch.einsum", box=MARKDOWN)
    for name in track(MODELS, description="measuring", transient=True):
        timings = compare(steps(name), rounds, block=2e-2)
        table.add_row(
            name, f"{timings[BY_TORCH].microseconds / 1e3:.2f}", *(shown(timings[column]) for column in columns)
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
