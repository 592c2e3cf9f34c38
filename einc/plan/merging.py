"""A network while its tensors are merged, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence

from einc.plan.network import Network, Pairs, Weigh, bits


class Merging:
    """Which nodes are left, which indices each keeps, and which nodes hold each index."""

    def __init__(self, network: Network) -> None:
        self.output = network.output
        self.pairs: Pairs = []
        self.sets: list[int] = []
        self.live: dict[int, None] = {}
        self.holders: dict[int, set[int]] = {}
        for tensor, mask in enumerate(network.tensors):
            self.sets.append(mask)
            self.live[tensor] = None
            for bit in bits(mask):
                self.holders.setdefault(bit, set()).add(tensor)
        for bit, nodes in self.holders.items():
            if len(nodes) == 1 and not bit & self.output:
                self.sets[next(iter(nodes))] ^= bit

    def merge(self, left: int, right: int) -> int:
        """Contract two nodes, and return the new one."""
        node = len(self.sets)
        shared = self.sets[left] & self.sets[right]
        kept = self.sets[left] | self.sets[right]
        del self.live[left], self.live[right]
        for bit in bits(kept):
            nodes = self.holders[bit]
            nodes.discard(left)
            nodes.discard(right)
            if bit & shared and not nodes and not bit & self.output:
                kept ^= bit
            else:
                nodes.add(node)
        self.sets.append(kept)
        self.live[node] = None
        self.pairs.append((left, right))
        return node

    def merge_all(self, nodes: Sequence[int], weigh: Weigh) -> int:
        """Contract several nodes, those that span the fewest points first, and return the last one made."""
        joined, *others = sorted(nodes, key=lambda node: (weigh(self.sets[node]), node))
        for node in others:
            joined = self.merge(joined, node)
        return joined

    def neighbours(self, node: int) -> set[int]:
        """The other nodes that share an index with one."""
        return {other for bit in bits(self.sets[node]) for other in self.holders[bit]} - {node}
