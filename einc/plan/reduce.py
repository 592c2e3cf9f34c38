"""A network without what needs no search, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import or_

from einc.plan.merging import Merging
from einc.plan.network import Network, Pairs, Weigh, bits, node_sets, weigher

LOOKED_AT = 256  # tensors with an index, to find one that can absorb another


@dataclass(frozen=True, slots=True)
class Part:
    """A connected part that is left to search, and the nodes of the whole network that its tensors are."""

    network: Network
    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reduction:
    """The pairs that need no search, and the parts that do, each independent of the others."""

    pairs: tuple[tuple[int, int], ...]
    parts: tuple[Part, ...]


def stripped(network: Network) -> Network:
    """The network without indices that make no difference to the best order.

    Those of size 1 cost nothing, those of one tensor alone are summed before any pair, and those of all
    tensors multiply the cost of every pair alike.
    """
    everywhere = (1 << len(network.sizes)) - 1
    for tensor in network.tensors:
        everywhere &= tensor
    ones = sum(1 << bit for bit, size in enumerate(network.sizes) if size == 1)
    left = ~(everywhere | ones)
    tensors = node_sets(
        Network(tuple(mask & left for mask in network.tensors), network.output & left, network.sizes), []
    )
    return Network(tuple(tensors), network.output & left, network.sizes)


def reduced(network: Network) -> Reduction:
    """Absorb every tensor whose indices another has too, and split what is left into connected parts.

    Where both have the same indices, some best order begins so. Where one has more, the pair costs at most
    the points of the larger more than the best order does; a search over the whole can repair that later.
    """
    network = stripped(network)
    merging = Merging(network)
    absorb(merging, weigher(network))
    parts = tuple(_part(network, merging, tensors) for tensors in _components(merging))
    return Reduction(tuple(merging.pairs), parts)


def absorbed(network: Network) -> Reduction:
    """The same with all indices and all parts together, for a search that minds more than an order's cost."""
    network = Network(tuple(node_sets(network, [])), network.output, network.sizes)
    merging = Merging(network)
    absorb(merging, weigher(network))
    return Reduction(tuple(merging.pairs), (_part(network, merging, sorted(merging.live)),))


def _part(network: Network, merging: Merging, tensors: Sequence[int]) -> Part:
    kept = tuple(merging.sets[tensor] for tensor in tensors)
    nodes = tuple(merging.node[tensor] for tensor in tensors)
    return Part(Network(kept, network.output & reduce(or_, kept), network.sizes), nodes)


def absorb(merging: Merging, weigh: Weigh) -> None:
    """Merge every tensor into one that has all its indices: into an equal, else into the smallest of some."""
    _merge_equals(merging)
    weights = {tensor: weigh(merging.sets[tensor]) for tensor in merging.live}
    waiting = sorted(merging.live, key=weights.__getitem__, reverse=True)
    while waiting:
        tensor = waiting.pop()
        own = merging.sets[tensor]
        if tensor not in merging.live or not own:
            continue
        rarest = min((merging.holders[bit] for bit in bits(own)), key=len)
        larger = [other for other in islice(rarest, LOOKED_AT) if other != tensor and not own & ~merging.sets[other]]
        if larger:
            joined = merging.merge(min(larger, key=lambda other: (weights[other], other)), tensor)
            weights[joined] = weigh(merging.sets[joined])
            waiting.append(joined)


def _merge_equals(merging: Merging) -> None:
    """Merge tensors of the same indices."""
    first: dict[int, int] = {}
    for tensor, own in enumerate(merging.sets):
        if own:
            equal = first.pop(own, None)
            joined = tensor if equal is None else merging.merge(equal, tensor)
            if merging.sets[joined]:
                first[merging.sets[joined]] = joined


def whole(network: Network, reduction: Reduction, solutions: Iterable[Pairs]) -> Pairs:
    """The order of the whole network, from those of the parts.

    Numbers are multiplied with the smallest tensor there is; what parts keep meets in the end, small ones first.
    """
    weigh = weigher(network)
    pairs = [*reduction.pairs]
    first = len(network.tensors)
    results: list[tuple[float, int]] = []
    for part, solution in zip(reduction.parts, solutions):
        nodes = [*part.nodes]
        for left, right in solution:
            pairs.append((nodes[left], nodes[right]))
            nodes.append(first + len(pairs) - 1)
        results.append((weigh(part.network.output), nodes[-1]))
    results.sort()
    joined = results[0][1]
    for _, node in results[1:]:
        pairs.append((joined, node))
        joined = first + len(pairs) - 1
    return pairs


def _components(merging: Merging) -> list[list[int]]:
    """The tensors left, those connected by indices together, each part in the order they were written."""
    components, reached = [], set[int]()
    for first in merging.live:
        if first in reached:
            continue
        component, seen = [first], 0
        reached.add(first)
        for tensor in component:  # which grows
            fresh = merging.sets[tensor] & ~seen
            seen |= fresh
            near = {other for bit in bits(fresh) for other in merging.holders[bit]} - reached
            component += near
            reached |= near
        components.append(sorted(component))
    return components
