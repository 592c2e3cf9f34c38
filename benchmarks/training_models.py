"""Small models whose every contraction is an einsum; whose einsum, they are told."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

Einsum = Callable[..., Tensor]
Maker = Callable[[str], Einsum]  # of a function of tensors, from a text


def weights(*shape: int, inputs: int) -> nn.Parameter:
    """Random weights, of which so many are summed."""
    return nn.Parameter(torch.randn(shape) / inputs**0.5)


class Attention(nn.Module):
    """Attention with several heads: no contraction of more than two operands."""

    def __init__(self, einsum: Maker, width: int, heads: int) -> None:
        super().__init__()
        depth = width // heads
        self.projected = einsum("btw,cwhd->cbhtd")
        self.scored = einsum("bhqd,bhkd->bhqk")
        self.mixed = einsum("bhqk,bhkd->bqhd")
        self.merged = einsum("bqhd,hdw->bqw")
        self.projection = weights(3, width, heads, depth, inputs=width)
        self.merging = weights(heads, depth, width, inputs=width)

    def forward(self, x: Tensor) -> Tensor:
        """Every place attends to every place."""
        q, k, v = self.projected(x, self.projection)
        scores = self.scored(q, k) / q.shape[-1] ** 0.5
        return self.merged(self.mixed(scores.softmax(-1), v), self.merging)


class Perceptron(nn.Module):
    """Two layers, wider in between."""

    def __init__(self, einsum: Maker, width: int, factor: int = 4) -> None:
        super().__init__()
        self.up, self.down = einsum("btw,wh->bth"), einsum("bth,hw->btw")
        self.raising = weights(width, factor * width, inputs=width)
        self.lowering = weights(factor * width, width, inputs=factor * width)

    def forward(self, x: Tensor) -> Tensor:
        """Up and down."""
        return self.down(functional.gelu(self.up(x, self.raising)), self.lowering)


class Mixing(nn.Module):
    """One product of low rank over all places, one over all channels: contractions of three operands."""

    def __init__(self, einsum: Maker, places: int, width: int, rank: int) -> None:
        super().__init__()
        self.over_places, self.over_channels = einsum("btw,tr,rs->bsw"), einsum("btw,wr,rv->btv")
        self.places = nn.ParameterList([weights(places, rank, inputs=places), weights(rank, places, inputs=rank)])
        self.channels = nn.ParameterList([weights(width, rank, inputs=width), weights(rank, width, inputs=rank)])

    def forward(self, x: Tensor) -> Tensor:
        """Over places, then over channels."""
        x = functional.gelu(self.over_places(x, *self.places))
        return self.over_channels(x, *self.channels)


class Train(nn.Module):
    """A layer whose weights are a tensor train of two cores: a contraction of three operands."""

    def __init__(self, einsum: Maker, side: int, rank: int) -> None:
        super().__init__()
        self.side = side
        self.applied = einsum("bij,ikr,rjl->bkl")
        self.first = weights(side, side, rank, inputs=side)
        self.second = weights(rank, side, side, inputs=side * rank)

    def forward(self, x: Tensor) -> Tensor:
        """The weights are never made."""
        return functional.gelu(self.applied(x, self.first, self.second))


class Residual(nn.Module):
    """What a layer adds."""

    def __init__(self, layer: nn.Module, *normalised: int) -> None:
        super().__init__()
        self.layer, self.norm = layer, nn.LayerNorm(normalised)

    def forward(self, x: Tensor) -> Tensor:
        """The sum."""
        return x + self.layer(self.norm(x))


def transformer(einsum: Maker) -> tuple[nn.Module, Tensor]:
    """Two blocks, and what they are given."""
    width = 64
    layers = [layer for _ in range(2) for layer in (Attention(einsum, width, 4), Perceptron(einsum, width))]
    return nn.Sequential(*(Residual(layer, width) for layer in layers)), torch.randn(4, 32, width)


def mixer(einsum: Maker) -> tuple[nn.Module, Tensor]:
    """Four mixing layers, and what they are given."""
    layers = [Residual(Mixing(einsum, 32, 64, 16), 64) for _ in range(4)]
    return nn.Sequential(*layers), torch.randn(8, 32, 64)


def tensor_train(einsum: Maker) -> tuple[nn.Module, Tensor]:
    """Four layers, and what they are given."""
    layers = [Residual(Train(einsum, 16, 4), 16, 16) for _ in range(4)]
    return nn.Sequential(*layers), torch.randn(64, 16, 16)


MODELS = {"transformer": transformer, "mixer of low rank": mixer, "tensor train": tensor_train}
