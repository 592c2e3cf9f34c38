"""Trees to start a search from, a few milliseconds each; none is the best for every network."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from importlib import import_module
from importlib.util import find_spec
from typing import TypeAlias

from opt_einsum.paths import ssa_greedy_optimize

from einc.plan.merging import Merging
from einc.plan.network import Network, Pairs, Weigh, bits, weigher
from einc.plan.orders import averaging, folded, smoothed, swept, vibration

Start: TypeAlias = Callable[[], Pairs]


def starts(network: Network) -> Iterator[Start]:
    """Ways to a first tree of a connected network, the quickest and most telling first."""
    yield lambda: folded(range(len(network.tensors)))
    sweep = swept(network)
    average = averaging(network)
    yield lambda: folded(vibration(average, sweep, 40))
    yield lambda: greedy(network)
    yield lambda: eliminated(network)
    yield lambda: folded(sweep)
    for rounds in (300, 100, 1000):
        yield lambda rounds=rounds: folded(smoothed(average, sweep, rounds))  # type: ignore[misc]
    yield lambda: folded(vibration(average, sweep, 16))


def greedy(network: Network, seed: int = 0, temperature: float = 0.0) -> Pairs:
    """The pair that shrinks the most, again and again (Smith and Gray, 2018), by cotengrust if it is installed."""
    if find_spec("cotengrust") is None:
        inputs = [frozenset(map(str, bits(mask))) for mask in network.tensors]
        sizes = {str(1 << bit): size for bit, size in enumerate(network.sizes)}
        path = ssa_greedy_optimize(inputs, frozenset(map(str, bits(network.output))), sizes)
    else:
        names = {1 << bit: chr(bit) for bit in range(len(network.sizes))}
        path = import_module("cotengrust").optimize_greedy(
            [[names[bit] for bit in bits(mask)] for mask in network.tensors],
            [names[bit] for bit in bits(network.output)],
            {names[1 << bit]: float(size) for bit, size in enumerate(network.sizes)},
            **{"temperature": temperature, "seed": seed, "simplify": False, "use_ssa": True},
        )
    return [(left, right) for left, right in path]


def eliminated(network: Network, generator: random.Random | None = None, noise: float = 0.0) -> Pairs:
    """Index after index summed, the one whose tensors span the fewest points next.

    This is variable elimination by minimum weight, as in probabilistic inference (Kjærulff, 1990). With
    `noise`, weights are disturbed by up to as many bits.
    """
    weigh = weigher(network)
    merging = Merging(network)
    current: dict[int, float] = {}
    heap: list[tuple[float, int]] = []

    def offer(bit: int) -> None:
        current[bit] = _spanned(merging, bit, weigh) + (generator.random() * noise if generator else 0.0)
        heappush(heap, (current[bit], bit))

    for bit, nodes in merging.holders.items():
        if len(nodes) > 1 and not bit & network.output:
            offer(bit)
    while heap:
        weight, bit = heappop(heap)
        if current.get(bit) != weight:
            continue
        del current[bit]
        if not merging.holders[bit]:  # summed along with another
            continue
        joined = merging.merge_all([*merging.holders[bit]], weigh)
        for changed in bits(merging.sets[joined]):
            if changed in current:
                offer(changed)
    merging.merge_all([*merging.live], weigh)
    return merging.pairs


def _spanned(merging: Merging, bit: int, weigh: Weigh) -> float:
    """The weight of all indices of the nodes that have one."""
    span = 0
    for node in merging.holders[bit]:
        span |= merging.sets[node]
    return weigh(span)
