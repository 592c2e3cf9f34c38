"""The tensors of a network in a row, so that few indices reach across any place; nearly as good as trees, and quick."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from einc.plan.network import Network, Pairs, bits
from einc.tree import Tree

Vector: TypeAlias = Any  # a float for every tensor
Order: TypeAlias = Sequence[int]


def folded(order: Order) -> Pairs:
    """One tensor after the other joined to what the ones before made."""
    pairs, joined = [], order[0]
    for tensor in order[1:]:
        pairs.append((joined, tensor))
        joined = len(order) + len(pairs) - 1
    return pairs


def left_to_right(operands: int) -> Tree:
    """The operands taken as they are written."""
    return Tree(operands, tuple(folded(range(operands))))


def holders(network: Network) -> dict[int, list[int]]:
    """For every index, the tensors that have it."""
    tensors_of: dict[int, list[int]] = {}
    for tensor, mask in enumerate(network.tensors):
        for bit in bits(mask):
            tensors_of.setdefault(bit, []).append(tensor)
    return tensors_of


def swept(network: Network) -> list[int]:
    """The tensors of a connected network by distance from one end, as Cuthill and McKee (1969) number matrices."""
    tensors_of = holders(network)
    end = _by_distance(network, tensors_of, 0)[-1]
    return _by_distance(network, tensors_of, end)


def _by_distance(network: Network, tensors_of: dict[int, list[int]], first: int) -> list[int]:
    tensors = network.tensors
    order, reached, seen = [first], {first}, 0
    for tensor in order:  # which grows
        fresh = tensors[tensor] & ~seen
        seen |= fresh
        near = {other for bit in bits(fresh) for other in tensors_of[bit]} - reached
        order += sorted(near, key=lambda other: (tensors[other].bit_count(), other))
        reached |= near
    return order


@dataclass(frozen=True, slots=True)
class Averaging:
    """The symmetric matrix that averages over neighbours, eigenvalues 0 to 1, in a basis scaled by `root`.

    Neighbours share indices; large ones tie closer, and an index of many tensors is one neighbour in their
    midst. For every place where a tensor has an index, `tensor` and `joint` say which.
    """

    tensor: Vector
    joint: Vector
    into: Vector
    out: Vector
    root: Vector

    def __call__(self, x: Vector) -> Vector:
        """The matrix times a vector."""
        around = np.bincount(self.joint, x[self.tensor] * self.into)
        return np.bincount(self.tensor, around[self.joint] * self.out, len(x))


def averaging(network: Network) -> Averaging:
    """The averaging over a connected network of two tensors or more."""
    joints = list(holders(network).items())
    tensor = np.array([node for _, nodes in joints for node in nodes])
    joint = np.array([number for number, (_, nodes) in enumerate(joints) for _ in nodes])
    tie = np.array([math.log2(network.sizes[bit]) for bit, _ in joints])
    many = np.array([len(nodes) for _, nodes in joints])
    root = np.sqrt(np.bincount(tensor, tie[joint], len(network.tensors)))
    return Averaging(tensor, joint, 1 / root[tensor], (tie / many)[joint] / root[tensor], root)


def vibration(average: Averaging, order: Order, steps: int) -> list[int]:
    """The tensors along the network's slowest vibration, its Fiedler vector (1973).

    It is found by Lanczos' iteration (1950), from the places in an order as first guess; fewer steps leave
    more of that.
    """
    steps = min(steps, len(order) - 1)
    basis = np.empty((steps + 1, len(order)))
    basis[0] = average.root / np.linalg.norm(average.root)  # standing still, which is no vibration
    inside, between = [], []
    x = _places(order) * average.root
    for step in range(1, steps + 1):
        for _ in range(2):  # once would leave rounding
            x -= basis[:step].T @ (basis[:step] @ x)
        norm = np.linalg.norm(x)
        if norm < 1e-6:
            break
        between.append(norm)
        basis[step] = x / norm
        x = average(basis[step])
        inside.append(basis[step] @ x)
    beside = np.diag(between[1:], 1)
    _, vectors = np.linalg.eigh(np.diag(inside) + beside + beside.T)
    return _along(basis[1 : len(inside) + 1].T @ vectors[:, -1] / average.root)


def smoothed(average: Averaging, order: Order, rounds: int) -> list[int]:
    """The tensors of an order after so many rounds in which each moves half-way to the midst of its neighbours."""
    still = average.root / np.linalg.norm(average.root)
    x = _places(order) * average.root
    for _ in range(rounds):
        x -= still * (still @ x)
        x = (x + average(x)) / 2
    return _along(x / average.root)


def _places(order: Order) -> Vector:
    places = np.empty(len(order))
    places[[*order]] = np.arange(len(order)) / len(order) - 0.5
    return places


def _along(x: Vector) -> list[int]:
    return [int(tensor) for tensor in np.argsort(x, kind="stable")]
