"""A contraction tree under local rotations: simulated annealing, and the best order of small subtrees."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from copy import copy

from einc.plan.cost import Cost, log2_sum
from einc.plan.network import Network, Pairs, in_order, node_sets, weigher
from einc.plan.subsets import best_splits, kept_by_subsets

MOVES_AT_ONE_TEMPERATURE = 256


class Walk:
    """A tree that is being rotated, in plain Python.

    A rotation makes `((a d) b)` of `((a b) d)`. What the inner pair keeps afterwards is what `b`, or anyone
    outside, still needs of `a` and `d`; no other node changes. A rotation is taken if it lowers the cost of its
    two pairs, and else with probability `exp(-beta · change)`, the change being in bits (Kirkpatrick, Gelatt and
    Vecchi, 1983; for contraction trees Kalachev, Panteleev and Yung, 2021).

    Nodes keep their numbers while the tree changes around them; the last is the root.
    """

    def __init__(self, network: Network, pairs: Pairs, cost: Cost, seed: int) -> None:
        self.tensors = len(network.tensors)
        self.model = cost
        self.price = cost.pricing()
        self.weigh = weigher(network)
        self.sets = node_sets(network, pairs)
        self.left = [*[-1] * self.tensors, *(left for left, _ in pairs)]
        self.right = [*[-1] * self.tensors, *(right for _, right in pairs)]
        self.weights = [self.weigh(mask) for mask in self.sets]
        self.costs = [*[-math.inf] * self.tensors]
        self.costs += [self._priced(left, right, node) for node, (left, right) in enumerate(pairs, self.tensors)]
        self.generator = random.Random(seed)

    def again(self, seed: int) -> Walk:
        """A copy that takes other chances."""
        walk = copy(self)
        walk.left, walk.right, walk.sets = [*self.left], [*self.right], [*self.sets]
        walk.weights, walk.costs = [*self.weights], [*self.costs]
        walk.generator = random.Random(seed)
        return walk

    def _priced(self, left: int, right: int, node: int) -> float:
        touched = self.weigh(self.sets[left] | self.sets[right])
        return self.price(touched, self.weights[left], self.weights[right], self.weights[node])

    def anneal(self, hot: float, cold: float, moves: int) -> None:
        """Try so many rotations, beta rising from `hot` to `cold`."""
        for done in range(0, moves, MOVES_AT_ONE_TEMPERATURE):
            beta = hot + (cold - hot) * done / moves
            self._anneal(beta, min(MOVES_AT_ONE_TEMPERATURE, moves - done))

    def _anneal(self, beta: float, moves: int) -> None:
        draw, left, right, sets, costs = self.generator.random, self.left, self.right, self.sets, self.costs
        weigh, weights, price, tensors = self.weigh, self.weights, self.price, self.tensors
        pairs = tensors - 1
        for _ in range(moves):
            chosen = draw() * pairs
            p = tensors + int(chosen)
            chosen %= 1.0
            c, d = left[p], right[p]
            if c < tensors or (d >= tensors and chosen < 0.5):
                c, d = d, c
            if c < tensors:
                continue
            a, b = left[c], right[c]
            if 0.25 < chosen < 0.75:
                a, b = b, a
            both = sets[a] | sets[d]
            kept = both & (sets[b] | sets[p])
            weight = weigh(kept)
            inner = price(weigh(both), weights[a], weights[d], weight)
            outer = price(weigh(kept | sets[b]), weight, weights[b], weights[p])
            before = costs[c], costs[p]
            if max(inner, outer) > max(before) or min(inner, outer) > min(before):
                change = log2_sum((inner, outer)) - log2_sum(before)
                if change > 0 and draw() > math.exp(-beta * change):
                    continue
            sets[c], weights[c] = kept, weight
            costs[c], costs[p] = inner, outer
            left[c], right[c], left[p], right[p] = a, d, c, b

    def polish(self, leaves: int, most: int) -> None:
        """Bring subtrees of so many leaves into their best order: the root's, and those of the `most` dearest pairs."""
        inner = range(self.tensors, len(self.sets))
        dearest = sorted(inner, key=self.costs.__getitem__, reverse=True)[:most]
        for root in (len(self.sets) - 1, *dearest):
            frontier, nodes = self._subtree(root, leaves)
            if len(frontier) > 2:
                self._reorder(frontier, nodes)

    def _subtree(self, root: int, leaves: int) -> tuple[list[int], list[int]]:
        """The dearest nodes under a root, itself first, and what they stand on."""
        frontier, nodes = [root], []
        while len(frontier) < leaves:
            dearest = max(frontier, key=self.costs.__getitem__)
            if dearest < self.tensors:
                break
            frontier.remove(dearest)
            frontier += (self.left[dearest], self.right[dearest])
            nodes.append(dearest)
        return frontier, nodes

    def _reorder(self, frontier: Sequence[int], nodes: Sequence[int]) -> None:
        kept = kept_by_subsets([self.sets[node] for node in frontier], self.sets[nodes[0]])
        bound = self.model.of_tree([self.costs[node] for node in nodes])
        splits = best_splits(kept, self.weigh, self.model, bound - 1e-9)
        if not splits:
            return
        free = iter(nodes[1:])
        waiting = [(len(kept) - 1, nodes[0])]
        while waiting:
            subset, node = waiting.pop()
            children = []
            for side in (splits[subset], subset ^ splits[subset]):
                alone = side.bit_count() == 1
                child = frontier[side.bit_length() - 1] if alone else next(free)
                children.append(child)
                if not alone:
                    self.sets[child], self.weights[child] = kept[side], self.weigh(kept[side])
                    waiting.append((side, child))
            self.left[node], self.right[node] = children
            self.costs[node] = self._priced(children[0], children[1], node)

    def total(self) -> float:
        """The binary logarithm of what the tree costs."""
        return self.model.of_tree(self.costs[self.tensors :])

    def pairs(self) -> Pairs:
        """The tree."""
        return in_order(self.tensors, self.left, self.right)
