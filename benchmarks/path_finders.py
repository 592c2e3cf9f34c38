"""Searches for contraction orders, einc's and its peers', each a function of an instance and of seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter
from typing import TypeAlias

import opt_einsum

from benchmarks.instances import Instance, log10_macs
from einc import Planner
from einc.plan.planner import STORE

Path: TypeAlias = list[tuple[int, ...]]
Find: TypeAlias = Callable[[Instance, float], Path]

SMALL = 8  # tensors for which a peer's exact method is taken
MANY = 10**9  # trials: time decides
FIRST_LETTER = 0xC0
SURROGATES = (0xD800, 0x800)  # characters that are none: the first, and how many


def einc_compiled(instance: Instance, seconds: float) -> Path:
    """As einc is with numba."""
    STORE.clear()
    return Planner(seconds, compiled=True)(instance.inputs, instance.output, instance.sizes)


def einc_python(instance: Instance, seconds: float) -> Path:
    """As einc is without numba."""
    STORE.clear()
    return Planner(seconds, compiled=False)(instance.inputs, instance.output, instance.sizes)


def by_opt_einsum(instance: Instance, seconds: float) -> Path:
    """The better of greedy and random-greedy; optimal for few tensors."""
    start = perf_counter()
    network = [*instance.inputs], instance.output, instance.sizes
    if len(instance.inputs) <= SMALL:
        return opt_einsum.paths.optimal(*network)
    path = opt_einsum.paths.greedy(*network)
    left = seconds - (perf_counter() - start)
    if left <= 0:
        return path
    return _better(instance, path, opt_einsum.RandomGreedy(max_time=left, max_repeats=MANY)(*network))


def by_cotengra(instance: Instance, seconds: float) -> Path:
    """Its hyper-optimizer with its own choice of methods, subtrees reconfigured; optimal for few tensors."""
    ctg = import_module("cotengra")
    inputs, output, sizes = _in_letters(instance)
    if len(inputs) <= SMALL:
        return list(ctg.array_contract_path(inputs, output, sizes, optimize="optimal"))
    optimizer = ctg.HyperOptimizer(
        max_time=seconds, max_repeats=10**6, parallel=False, progbar=False, reconf_opts={}, on_trial_error="ignore"
    )
    return list(optimizer(list(map(tuple, inputs)), tuple(output), sizes))


def by_cotengrust(instance: Instance, seconds: float) -> Path:
    """The best of greedy and of random-greedy, repeated while there is time; optimal for few tensors."""
    start = perf_counter()
    ctr = import_module("cotengrust")
    inputs, output, sizes = _in_letters(instance)
    network = inputs, output, {label: float(size) for label, size in sizes.items()}
    if len(inputs) <= SMALL:
        return list(ctr.optimize_optimal(*network, minimize="flops"))
    best, cost, seed = ctr.optimize_greedy(*network), float("inf"), 0
    while perf_counter() - start < seconds:
        path, log10 = ctr.optimize_random_greedy_track_flops(*network, ntrials=1, seed=seed)
        if log10 < cost:
            best, cost = path, log10
        seed += 1
    return list(best)


def by_cgreedy(instance: Instance, seconds: float) -> Path:
    """CGreedy, minimizing flops, for the time given."""
    inputs, output, sizes = _in_letters(instance)
    finder = import_module("cgreedy").CGreedy(minimize="flops", max_repeats=10**6, max_time=seconds, threads=1)
    return list(finder(list(map(frozenset, inputs)), frozenset(output), sizes))


def _in_letters(instance: Instance) -> tuple[list[list[str]], list[str], dict[str, int]]:
    """The network with characters for labels, which all peers take."""
    first, number = SURROGATES
    letters = {index: chr(FIRST_LETTER + index + number * (FIRST_LETTER + index >= first)) for index in instance.sizes}
    inputs = [[letters[index] for index in term] for term in instance.inputs]
    return inputs, [letters[index] for index in instance.output], {letters[i]: n for i, n in instance.sizes.items()}


def _better(instance: Instance, *paths: Path) -> Path:
    return min(paths, key=lambda path: log10_macs(instance, path))


EINC: Mapping[str, Find] = {"einc": einc_compiled, "einc, plain Python": einc_python}
PEERS: Mapping[str, Find] = {
    "opt_einsum": by_opt_einsum,
    **{
        name: find
        for name, find in {"cotengra": by_cotengra, "cotengrust": by_cotengrust, "cgreedy": by_cgreedy}.items()
        if find_spec(name)
    },
}
