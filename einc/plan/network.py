"""What the search works on: tensors as bit sets of indices."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias, TypeVar

from einc.plan.cost import Cost

Pairs: TypeAlias = list[tuple[int, int]]  # node numbers: 0 … n-1 are the tensors, n + k is what pair k makes
Label = TypeVar("Label", bound=Hashable)
Weigh: TypeAlias = Callable[[int], float]

WORD = 64
CALLS = 1024
MOST_BITS = 900  # of a number that still can be squared or summed
FEW = 16  # sizes; of more, no tensor has an index of each


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
    bit, of_bits = numbered(inputs, sizes)
    return Network(
        tuple(sum([bit[label] for label in frozenset(term)]) for term in inputs),
        sum([bit[label] for label in frozenset(output) if label in bit]),
        tuple(of_bits),
    )


def numbered(inputs: Iterable[Iterable[Label]], sizes: Mapping[Label, int]) -> tuple[dict[Label, int], list[int]]:
    """For each label, its bit; and for each place, the size of its label, or that of those before it."""
    by_size: dict[int, list[Label]] = {}
    for label in dict.fromkeys(label for term in inputs for label in term):
        by_size.setdefault(max(sizes[label], 1), []).append(label)  # nothing costs nothing, in any order
    bit: dict[Label, int] = {}
    of_bits: list[int] = []
    for size in sorted(by_size):
        bit.update((label, 1 << n) for n, label in enumerate(by_size[size], len(of_bits)))
        of_bits += [size] * (-(-len(by_size[size]) // WORD) * WORD)
    return bit, of_bits


def per_call(network: Network, constants: Collection[int]) -> Network:
    """The same network as it runs in `CALLS` calls that share some tensors: all others have an index for the call.

    What is made of constants alone lacks it, and so costs as if it ran once for all calls.
    """
    call = 1 << len(network.sizes)
    tensors = [mask if number in constants else mask | call for number, mask in enumerate(network.tensors)]
    return Network(tuple(tensors), network.output | call, (*network.sizes, *[CALLS] * WORD))


def bits(mask: int) -> Iterator[int]:
    """The places of the bits in a bit set, from the lowest."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


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
    if len(classes) <= FEW:
        return lambda mask: sum([(mask & alike).bit_count() * weight for alike, weight in classes])
    weights = [math.log2(size) for size in network.sizes]

    def weigh(mask: int) -> float:  # with no generator, as searches ask for little else
        total = 0.0
        while mask:
            lowest = mask & -mask
            total += weights[lowest.bit_length() - 1]
            mask ^= lowest
        return total

    return weigh


def node_sets(network: Network, pairs: Pairs) -> list[int]:
    """The indices that every node keeps: those that the output, or a tensor elsewhere, still needs."""
    _, twice, often = _uses(network)
    sets = [mask & twice for mask in network.tensors]
    many = often & ~network.output
    count = Counter(bit for mask in sets for bit in bits(mask & many)) if many else Counter[int]()
    ends = twice & ~(many | network.output)  # where two tensors meet that have one of these, it goes
    for left, right in pairs:
        shared = sets[left] & sets[right]
        gone = shared & ends
        for bit in bits(shared & many):
            count[bit] -= 1
            if count[bit] == 1:
                gone |= 1 << bit
        sets.append((sets[left] | sets[right]) ^ gone)
    return sets


def largest(network: Network, pairs: Pairs) -> float:
    """The binary logarithm of the elements of the largest tensor that an order makes."""
    weigh = weigher(network)
    return max(map(weigh, node_sets(network, pairs)[len(network.tensors) :]), default=0.0)


def _uses(network: Network) -> tuple[int, int, int]:
    """The indices of at least one, two and three tensors, the output being one of them."""
    once = twice = often = 0
    for mask in (*network.tensors, network.output):
        often |= twice & mask
        twice |= once & mask
        once |= mask
    return once, twice, often


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
