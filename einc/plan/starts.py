"""Trees to start a search from, a few milliseconds each; none is the best for every network."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, reduce
from heapq import heappop, heappush
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from operator import or_
from random import Random
from typing import Any, TypeAlias

from opt_einsum.paths import ssa_greedy_optimize

from einc.plan.merging import Merging
from einc.plan.network import Network, Pairs, Weigh, bits, weigher
from einc.plan.orders import averaging, folded, smoothed, swept, vibration

Start: TypeAlias = Callable[[], Pairs | None]
GiveUp: TypeAlias = Callable[[], bool]

NOISY = 3  # starts of chance, of two kinds
NOISE = 1.0  # bits
MOST_NOISY = 2000  # tensors: on some networks of many more, cotengrust takes all memory with noise
CROWD = 2  # tensors for each index
LARGE = 1000  # tensors, of more of which the second way takes as long as a short search has
FIRST_SURROGATE, SURROGATES = 0xD800, 0x800  # characters that are none


def starts(network: Network, give_up: GiveUp, eliminating: bool = False) -> Iterator[Start]:
    """Ways to a first tree of a connected network, the quickest first, or elimination if that is to be."""
    first: list[Start] = [lambda: greedy(network), lambda: eliminated(network, give_up)]
    if eliminating or not has_cotengrust():
        first.reverse()
    slow = first.pop() if len(network.tensors) > LARGE else None
    yield from first
    sweep = swept(network)
    average = averaging(network)
    yield lambda: folded(vibration(average, sweep, 40))
    if slow is not None:
        yield slow
    yield lambda: folded(sweep)
    for rounds in (300, 100, 1000):
        yield lambda rounds=rounds: folded(smoothed(average, sweep, rounds))  # type: ignore[misc]
    yield lambda: folded(vibration(average, sweep, 16))
    for seed in range(NOISY):
        yield lambda seed=seed: eliminated(network, give_up, Random(seed), NOISE)  # type: ignore[misc]
        if len(network.tensors) <= MOST_NOISY:
            yield lambda seed=seed: greedy(network, seed, NOISE)  # type: ignore[misc]


def is_crowded(network: Network) -> bool:
    """Whether tensors far outnumber indices, so that many share each; then elimination mostly is better than greed."""
    return len(network.tensors) > CROWD * reduce(or_, network.tensors).bit_count()


def greedy(network: Network, seed: int = 0, temperature: float = 0.0) -> Pairs:
    """`greedy_order` of a network."""
    inputs = [[*bits(mask)] for mask in network.tensors]
    return greedy_order(inputs, [*bits(network.output)], network.sizes, seed, temperature)


def greedy_order(
    inputs: Sequence[Collection[Any]],
    output: Collection[Any],
    sizes: Mapping[Any, int] | Sequence[int],
    seed: int = 0,
    temperature: float = 0.0,
    shuns: float = 1.0,
) -> Pairs:
    """The pair that shrinks the most, again and again (Smith and Gray, 2018), by cotengrust if it is installed.

    With cotengrust, a pair's result counts `shuns` squared times as much as its sides.
    """
    labels = dict.fromkeys(chain.from_iterable(inputs))
    if not has_cotengrust():
        name = {label: str(number) for number, label in enumerate(labels)}
        own = [frozenset([name[label] for label in term]) for term in inputs]
        kept = frozenset([name[label] for label in output])
        path = ssa_greedy_optimize(own, kept, {name[label]: max(1, sizes[label]) for label in labels})
    else:
        name = {label: chr(n + SURROGATES * (n >= FIRST_SURROGATE)) for n, label in enumerate(labels)}
        path = import_module("cotengrust").optimize_greedy(
            [[name[label] for label in term] for term in inputs],
            [name[label] for label in output],
            {name[label]: float(max(1, sizes[label])) for label in labels},
            costmod=1 / shuns,
            temperature=temperature,
            seed=seed,
            simplify=False,
            use_ssa=True,
        )
    return [(left, right) for left, right in path]


@cache
def has_cotengrust() -> bool:
    """Whether greedy orders are quick to have."""
    return find_spec("cotengrust") is not None


def eliminated(network: Network, give_up: GiveUp, generator: Random | None = None, noise: float = 0.0) -> Pairs | None:
    """Index after index summed, the one whose tensors span the fewest points next; nothing, after giving up.

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
        if len(nodes) > 1 and bit not in merging.output:
            offer(bit)
    while heap:
        weight, bit = heappop(heap)
        if current.get(bit) != weight:
            continue
        del current[bit]
        if give_up():
            return None
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
