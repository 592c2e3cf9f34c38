"""What the search works on: tensors as bit sets of indices."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias, TypeVar

from einc.plan.cost import Cost

Pairs: TypeAlias = list[tuple[int, int]]  # node numbers: 0 … n-1 are the tensors, n + k is what pair k makes
Label = TypeVar("Label", bound=Hashable)
Weigh: TypeAlias = Callable[[int], float]

WORD = 64


@dataclass(frozen=True, slots=True)
class Network:
    """Tensors and output as bit sets; bit k stands for an index of size `sizes[k]`.

    Sizes ascend, and each begins on a word of its own, so that a word holds bits of one size only: some
    bits stand for nothing.
    """

    tensors: tuple[int, ...]
    output: int
    sizes: tuple[int, ...]


def network_of(inputs: Sequence[Collection[Label]], output: Collection[Label], sizes: Mapping[Label, int]) -> Network:
    """The network of tensors given as collections of labels; a repeated label is a diagonal."""
    by_size: dict[int, list[Label]] = {}
    for label in dict.fromkeys(label for term in inputs for label in term):
        by_size.setdefault(max(sizes[label], 1), []).append(label)  # nothing costs nothing, in any order
    bit: dict[Label, int] = {}
    of_bits: list[int] = []
    for size in sorted(by_size):
        bit.update((label, 1 << n) for n, label in enumerate(by_size[size], len(of_bits)))
        of_bits += [size] * (-(-len(by_size[size]) // WORD) * WORD)
    return Network(
        tuple(sum([bit[label] for label in frozenset(term)]) for term in inputs),
        sum([bit[label] for label in frozenset(output) if label in bit]),
        tuple(of_bits),
    )


def bits(mask: int) -> Iterator[int]:
    """The single bits of a bit set, from the lowest."""
    while mask:
        yield mask & -mask
        mask &= mask - 1


def size_classes(network: Network) -> list[tuple[int, float]]:
    """For every size, the bit set of the indices that have it, and its binary logarithm."""
    classes, low = [], 0
    for size, alike in groupby(network.sizes):
        high = low + len(list(alike))
        classes.append(((1 << high) - (1 << low), math.log2(size)))
        low = high
    return classes


def weigher(network: Network) -> Weigh:
    """The function from a bit set to the binary logarithm of the points its indices span."""
    classes = size_classes(network)
    if len(classes) == 1:
        weight = classes[0][1]
        return lambda mask: mask.bit_count() * weight
    return lambda mask: sum([(mask & alike).bit_count() * weight for alike, weight in classes])


def uses(network: Network) -> dict[int, int]:
    """For every bit, how many tensors have it; the output counts as one more."""
    count: dict[int, int] = {}
    for mask in (*network.tensors, network.output):
        for bit in bits(mask):
            count[bit] = count.get(bit, 0) + 1
    return count


def node_sets(network: Network, pairs: Pairs) -> list[int]:
    """The indices that every node keeps: those that the output, or a tensor elsewhere, still needs."""
    count = uses(network)
    simple = sum(bit for bit, times in count.items() if times == 2 and not bit & network.output)
    sets = [mask & ~sum(bit for bit in bits(mask & ~network.output) if count[bit] == 1) for mask in network.tensors]
    for left, right in pairs:
        shared = sets[left] & sets[right]
        gone = shared & simple
        for bit in bits(shared ^ gone):
            count[bit] -= 1
            if count[bit] == 1 and not bit & network.output:
                gone |= bit
        sets.append((sets[left] | sets[right]) ^ gone)
    return sets


def step_costs(network: Network, pairs: Pairs, cost: Cost) -> list[float]:
    """The binary logarithm of what every pair costs."""
    weigh = weigher(network)
    sets = node_sets(network, pairs)
    price = cost.pricing()
    return [
        price(weigh(sets[left] | sets[right]), weigh(sets[left]), weigh(sets[right]), weigh(kept))
        for (left, right), kept in zip(pairs, sets[len(network.tensors) :])
    ]


def in_order(tensors: int, left: Sequence[int], right: Sequence[int]) -> Pairs:
    """The pairs of a tree, each after those it needs, from the children of every node; the last node is the root."""
    nodes, waiting = [], [len(left) - 1]
    while waiting:
        node = waiting.pop()
        if node >= tensors:
            nodes.append(node)
            waiting += (left[node], right[node])
    nodes.reverse()
    number = {node: tensors + k for k, node in enumerate(nodes)}
    return [(number.get(left[node], left[node]), number.get(right[node], right[node])) for node in nodes]
