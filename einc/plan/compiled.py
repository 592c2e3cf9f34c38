"""The walk of `plan.rotations`, its loops compiled."""

from __future__ import annotations

from copy import copy

import numpy as np

from einc.plan import kernels
from einc.plan.cost import FLOPS, Cost
from einc.plan.kernels import Nodes, Space
from einc.plan.network import WORD, Network, Pairs, in_order, network_of
from einc.plan.rotations import ROTATIONS
from einc.plan.words import rows_of, scale_of


class Walk:
    """A tree that is being rotated; what `plan.rotations.Walk` says holds here too.

    A word of a node's index set holds indices of one size, so that it weighs its number of ones times the
    logarithm of that size, `scale`.
    """

    def __init__(self, network: Network, pairs: Pairs, cost: Cost, seed: int) -> None:
        self.tensors = len(network.tensors)
        scale = scale_of(network)
        self.space = Space(scale, np.full(len(scale), 2**WORD - 1, np.uint64))
        tree = np.array([*[(-1, -1)] * self.tensors, *pairs], np.int32).reshape(-1, 2)
        self.nodes = Nodes(
            tree[:, 0].copy(),
            tree[:, 1].copy(),
            np.zeros((len(tree), len(scale)), np.uint64),
            np.zeros(len(tree)),
            np.zeros(len(tree)),
        )
        self.nodes.sets[: self.tensors] = rows_of(network.tensors, scale)
        self.model = kernels.model_of(cost)
        self.slicing = False
        self.state = np.array([2 * seed + 1], np.uint64)
        kernels.fill(self.nodes, rows_of([network.output], scale)[0])
        kernels.weigh_all(self.nodes, self.space, self.model, self.tensors)

    def again(self, seed: int) -> Walk:
        """A copy that takes other chances."""
        walk = copy(self)
        walk.nodes = Nodes(*map(np.copy, self.nodes))
        walk.space = Space(self.space.scale, self.space.free.copy())
        walk.state = np.array([2 * seed + 1], np.uint64)
        return walk

    def anneal(self, hot: float, cold: float, moves: int) -> None:
        """Try so many rotations, beta rising from `hot` to `cold`."""
        if self.slicing:
            schedule = (hot, cold, moves, ROTATIONS * (self.tensors - 1))
            kernels.anneal_and_slice(self.nodes, self.space, self.model, schedule, self.state)
        else:
            kernels.anneal(self.nodes, self.space, self.model, (hot, cold, moves), self.state)

    def slice(self, indices: int) -> None:
        """Slice these indices, and from now on look for others."""
        self.slicing = True
        self.space.free[:] = ~rows_of([indices], self.space.scale)[0]
        kernels.weigh_all(self.nodes, self.space, self.model, self.tensors)

    def sliced(self) -> int:
        """The indices that are sliced, as a bit set."""
        return int.from_bytes((~self.space.free).tobytes(), "little")

    def polish(self, leaves: int, most: int) -> None:
        """Bring subtrees of so many leaves into their best order: the root's, and those of the `most` dearest pairs."""
        kernels.polish(self.nodes, self.space, self.model, leaves, most)

    def total(self) -> float:
        """The binary logarithm of what the tree costs."""
        return float(kernels.total(self.nodes.cost[self.tensors :], self.model.dearest))

    def pairs(self) -> Pairs:
        """The tree."""
        return in_order(self.tensors, self.nodes.left.tolist(), self.nodes.right.tolist())


def prepare() -> None:
    """Run every kernel once, so that it is compiled, or loaded from disk."""
    network = network_of(["ab", "bc", "cd", "da"], "", dict.fromkeys("abcd", 2))
    walk = Walk(network, [(0, 1), (2, 3), (4, 5)], FLOPS, 0)
    walk.anneal(1.0, 2.0, 10)
    walk.polish(4, 1)
    walk.slice(0)
    walk.anneal(1.0, 2.0, 10)
    walk.total()
