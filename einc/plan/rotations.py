"""A contraction tree under local rotations: simulated annealing, and the best order of small subtrees."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from copy import copy

from einc.plan.cost import FITS, Cost, log2_sum
from einc.plan.network import Network, Pairs, bits, in_order, node_sets, weigher
from einc.plan.subsets import best_splits, kept_by_subsets

MOVES_AT_ONE_TEMPERATURE = 256
ROTATIONS = 4  # of every pair, between two changes of what is sliced


class Walk:
    """A tree that is being rotated, in plain Python.

    A rotation makes `((a d) b)` of `((a b) d)`. What the inner pair keeps afterwards is what `b`, or anyone
    outside, still needs of `a` and `d`; no other node changes. A rotation is taken if it lowers the cost of its
    two pairs, and else with probability `exp(-beta · change)`, the change being in bits (Kirkpatrick, Gelatt and
    Vecchi, 1983; for contraction trees Kalachev, Panteleev and Yung, 2021).

    Nodes keep their numbers while the tree changes around them; the last is the root. Their sets keep the
    indices that are sliced, which weigh nothing.
    """

    def __init__(self, network: Network, pairs: Pairs, cost: Cost, seed: int) -> None:
        self.tensors = len(network.tensors)
        self.model = cost
        self.sizes = network.sizes
        self.price = cost.pricing()
        self.weigh_whole = weigher(network)
        self.free = -1  # a zero for every index that is sliced
        self.slicing = False
        self.sets = node_sets(network, pairs)
        self.left = [*[-1] * self.tensors, *(left for left, _ in pairs)]
        self.right = [*[-1] * self.tensors, *(right for _, right in pairs)]
        self.generator = random.Random(seed)
        self._weigh_all()

    def again(self, seed: int) -> Walk:
        """A copy that takes other chances."""
        walk = copy(self)
        walk.left, walk.right, walk.sets = [*self.left], [*self.right], [*self.sets]
        walk.weights, walk.costs = [*self.weights], [*self.costs]
        walk.generator = random.Random(seed)
        return walk

    def weigh(self, mask: int) -> float:
        """The binary logarithm of the points that indices span which are not sliced."""
        return self.weigh_whole(mask & self.free)

    def _weigh_all(self) -> None:
        self.weights = [self.weigh(mask) for mask in self.sets]
        self.costs = [*[-math.inf] * self.tensors]
        inner = range(self.tensors, len(self.sets))
        self.costs += [self._priced(self.left[node], self.right[node], node) for node in inner]

    def _priced(self, left: int, right: int, node: int) -> float:
        touched = self.weigh(self.sets[left] | self.sets[right])
        return self.price(touched, self.weights[left], self.weights[right], self.weights[node])

    def anneal(self, hot: float, cold: float, moves: int) -> None:
        """Try so many rotations, beta rising from `hot` to `cold`."""
        stretch = ROTATIONS * (self.tensors - 1) if self.slicing else MOVES_AT_ONE_TEMPERATURE
        for done in range(0, moves, stretch):
            beta = hot + (cold - hot) * done / moves
            if self.slicing:
                self._reslice(beta)
            self._anneal(beta, min(stretch, moves - done))

    def slice(self, indices: int) -> None:
        """Slice these indices, and from now on look for others."""
        self.slicing = True
        self.free = ~indices
        self._weigh_all()

    def sliced(self) -> int:
        """The indices that are sliced, as a bit set."""
        return ~self.free

    def _reslice(self, beta: float) -> None:
        """Slice an index of a node over the limit, give one back, or both, by the same chances as a rotation."""
        draw = self.generator.random
        kind = draw()
        given_back = 0 if kind < 0.375 else self._any_bit(self.sliced())
        taken = 0 if kind >= 0.75 else self._any_bit(self.sets[self._too_large()] & self.free)
        before = self.total() + self.weigh_whole(self.sliced()), self.free, self.weights, self.costs
        self.free ^= given_back | taken
        self._weigh_all()
        change = self.total() + self.weigh_whole(self.sliced()) - before[0]
        if change > 0 and draw() >= math.exp(-beta * change):
            _, self.free, self.weights, self.costs = before

    def _too_large(self) -> int:
        """Any node over the limit, or else the largest."""
        inner = range(self.tensors, len(self.sets))
        over = [node for node in inner if self.weights[node] > self.model.most + FITS]
        return self.generator.choice(over) if over else max(inner, key=self.weights.__getitem__)

    def _any_bit(self, mask: int) -> int:
        """One bit of an index set, of indices larger than one; no bit if there is none."""
        found = [bit for bit in bits(mask) if self.sizes[bit] > 1]
        return 1 << self.generator.choice(found) if found else 0

    def _anneal(self, beta: float, moves: int) -> None:
        draw, left, right, sets, costs = self.generator.random, self.left, self.right, self.sets, self.costs
        weigh, weights, price, tensors = self.weigh_whole, self.weights, self.price, self.tensors
        free = self.free
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
            weight = weigh(kept & free)
            inner = price(weigh(both & free), weights[a], weights[d], weight)
            outer = price(weigh((kept | sets[b]) & free), weight, weights[b], weights[p])
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
