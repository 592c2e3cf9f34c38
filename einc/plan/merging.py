"""A network while its tensors are merged, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence

from einc.plan.network import Network, Pairs, Weigh, bits


class Merging:
    """What is left of the tensors: what each keeps, and which of them hold each index.

    A contraction is numbered as the one of its two tensors that has more indices, so that only the other's
    are told of it; `node` has its number in `pairs`.
    """

    def __init__(self, network: Network) -> None:
        self.output = frozenset(bits(network.output))
        self.pairs: Pairs = []
        self.sets = [*network.tensors]
        self.node = [*range(len(self.sets))]
        self.live = dict.fromkeys(self.node)
        self.holders: dict[int, set[int]] = {}
        for tensor, mask in enumerate(self.sets):
            for bit in bits(mask):
                self.holders.setdefault(bit, set()).add(tensor)
        for bit, tensors in self.holders.items():
            if len(tensors) == 1 and bit not in self.output:
                self.sets[next(iter(tensors))] ^= 1 << bit

    def merge(self, one: int, other: int) -> int:
        """Contract two tensors, and return the one that stands for both."""
        large, small = sorted((one, other), key=lambda tensor: (-self.sets[tensor].bit_count(), tensor))
        kept = self.sets[large] | self.sets[small]
        for bit in bits(self.sets[small]):
            tensors = self.holders[bit]
            tensors.discard(small)
            if len(tensors) == 1 and large in tensors and bit not in self.output:
                tensors.clear()
                kept ^= 1 << bit
            else:
                tensors.add(large)
        self.pairs.append((self.node[one], self.node[other]))
        self.sets[large], self.sets[small] = kept, 0
        self.node[large] = len(self.node) + len(self.pairs) - 1
        del self.live[small]
        return large

    def merge_all(self, tensors: Sequence[int], weigh: Weigh) -> int:
        """Contract several tensors, those that span the fewest points first, and return the one left."""
        joined, *others = sorted(tensors, key=lambda tensor: (weigh(self.sets[tensor]), tensor))
        for tensor in others:
            joined = self.merge(joined, tensor)
        return joined
