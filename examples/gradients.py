"""Gradients watched: their statistics plotted layer by layer, an alarm where they explode, and one of them clipped.

python examples/gradients.py [--short] [PICTURE]
"""

from __future__ import annotations

import sys
from collections import defaultdict
from functools import partial
from statistics import median

import torch
from matplotlib.figure import Figure
from rich.progress import track
from torch import Tensor, nn

import einc

WIDTH = 32
FACTOR = 20  # times its usual norm, a gradient is said to explode


class Gradients:
    """The norms of the gradients that leave every einc layer of a model, step by step."""

    def __init__(self, model: nn.Module) -> None:
        self.norms: dict[str, list[float]] = defaultdict(list)
        for name, layer in model.named_modules():
            if isinstance(layer, einc.nn.Einsum):
                layer.register_full_backward_hook(partial(self.watch, name))

    def watch(self, name: str, _layer: nn.Module, _into: tuple, out: tuple) -> None:
        norm, before = out[0].norm().item(), self.norms[name]
        if len(before) > 5 and norm > FACTOR * median(before):
            print(
                f"step {len(before)}: the gradient behind layer {name} is {norm / median(before):.0f} times the usual"
            )
        before.append(norm)

    def plot(self, picture: str) -> None:
        figure = Figure(layout="constrained")
        axes = figure.subplots()
        for name, norms in self.norms.items():
            axes.semilogy(norms, label=f"behind layer {name}")
        axes.set(xlabel="step", ylabel="norm of the gradient")
        axes.legend()
        figure.savefig(picture)


def clip(grad: Tensor, most: float = 1.0) -> Tensor:
    """The gradient, no longer than `most`."""
    return grad * (most / grad.norm()).clamp(max=1)


def network(depth: int = 4) -> nn.Module:
    layers = []
    for _ in range(depth):
        layers += [
            einc.nn.Einsum("sample i, i out -> sample out", parameters={1: (WIDTH, WIDTH)}, bias="out"),
            nn.Tanh(),
        ]
    return nn.Sequential(*layers, einc.nn.Einsum("sample i, i -> sample", parameters={1: (WIDTH,)}))


def main(steps: int, picture: str) -> None:
    torch.manual_seed(0)
    model = network()
    gradients = Gradients(model)
    model[-1].weight.register_hook(clip)  # of this tensor alone
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    longest = 0.0
    for step in track(range(steps), "training"):
        x = torch.randn(64, WIDTH, requires_grad=True)  # so that the first layer has a gradient to wait for
        y = x.detach()[:, 0] * (1000 if step == steps // 2 else 1)  # one batch has been measured in other units
        optimizer.zero_grad()
        (model(x) - y).square().mean().backward()
        longest = max(longest, model[-1].weight.grad.norm().item())
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    gradients.plot(picture)
    print(f"the longest gradient of the clipped tensor: {longest:.2f}; the others are in {picture}")


if __name__ == "__main__":
    names = [argument for argument in sys.argv[1:] if argument != "--short"]
    main(steps=30 if "--short" in sys.argv else 300, picture=names[0] if names else "gradients.png")
