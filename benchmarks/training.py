"""A training step of small models, forward and backward, written with einc and with torch.einsum.

torch.einsum is as torch comes: with opt_einsum installed, which it asks for the order of three operands and more.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

import einc
import einc.torch
from benchmarks.training_models import MODELS, Maker


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
        "einc": partial(step, *made(einc.compile)),
        "torch.einsum": partial(step, *made(by_torch)),
        "einc.torch.patch": partial(patched_step, *made(by_torch)),
    }
    wanted = calls["torch.einsum"]()
    for call in calls.values():
        torch.testing.assert_close(call(), wanted, rtol=1e-3, atol=1e-4)
    return calls
