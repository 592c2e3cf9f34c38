"""A tree as arrays: what its nodes keep, and what they cost."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from einc.plan.cost import EXCESS, FLOPS, SIZE, Cost
from einc.plan.network import WORD

ONLY_MACS, ONLY_KEPT, MACS_AND_KEPT, ANY = range(4)
NOTHING = -1e300  # the binary logarithm of what is not there


class Nodes(NamedTuple):
    """A tree as arrays, a row per node: children, words of its index set, its points, and its pair's cost."""

    left: Any
    right: Any
    sets: Any
    weight: Any
    cost: Any


class Model(NamedTuple):
    """A cost model: which of its terms there are, and their binary logarithms."""

    kind: int
    macs: float
    moved: float
    kept: float
    step: float
    dearest: bool
    most: float


class Space(NamedTuple):
    """For each word of an index set: the logarithm of its indices' size, and a one for each that is not sliced."""

    scale: Any
    free: Any


@intrinsic
def ones(_context: Any, word: Any) -> Any:
    """The number of ones in a word, as one instruction."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(word), generate


@intrinsic
def zeros(_context: Any, word: Any) -> Any:
    """The number of zeros below the lowest one of a word that has one."""

    def generate(context: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))

    return types.uint64(word), generate


@njit(cache=True, inline="always")
def log2_sum(x, y):
    """As `cost.log2_sum`, of two."""
    top, low = max(x, y), min(x, y)
    return top + math.log2(1.0 + math.exp2(low - top)) if low > NOTHING else top


@njit(cache=True, inline="always")
def price(model, touched, left, right, kept):
    """As `Cost.pricing`."""
    over = EXCESS * max(0.0, kept - model.most)
    if model.kind == ONLY_MACS:
        return touched + over
    if model.kind == ONLY_KEPT:
        return kept + over
    if model.kind == MACS_AND_KEPT:
        return log2_sum(touched, model.kept + kept) + over
    elements = log2_sum(log2_sum(left, right), kept)
    return log2_sum(log2_sum(max(model.macs + touched, model.moved + elements), model.kept + kept), model.step) + over


def model_of(cost: Cost) -> Model:
    """A cost model for the kernels."""
    both = MACS_AND_KEPT if (cost.macs, cost.moved, cost.step) == (1.0, 0.0, 0.0) else ANY
    kind = {FLOPS: ONLY_MACS, SIZE: ONLY_KEPT}.get(replace(cost, most=math.inf), both)
    terms = [math.log2(term) if term > 0 else NOTHING for term in (cost.macs, cost.moved, cost.kept, cost.step)]
    return Model(kind, terms[0], terms[1], terms[2], terms[3], cost.dearest, float(cost.most))


@njit(cache=True)
def weight_of(row, space):
    """The binary logarithm of the points an index set spans."""
    total = 0.0
    for k in range(len(row)):
        total += ones(row[k] & space.free[k]) * space.scale[k]
    return total


@njit(cache=True)
def fill(nodes, output):
    """Fill in the index sets of all nodes, from those of the tensors: an index goes with its last use."""
    tensors = (len(nodes.left) + 1) // 2
    uses = np.zeros((len(output), WORD), np.int32)
    for node in range(tensors + 1):
        row = nodes.sets[node] if node < tensors else output
        for k in range(len(output)):
            word = row[k]
            while word:
                uses[k, zeros(word)] += 1
                word &= word - np.uint64(1)
    for node in range(len(nodes.left)):
        left, right = nodes.left[node], nodes.right[node]
        for k in range(len(output)):
            if node < tensors:
                shared = kept = nodes.sets[node, k]
            else:
                shared = nodes.sets[left, k] & nodes.sets[right, k]
                kept = nodes.sets[left, k] | nodes.sets[right, k]
            while shared:
                lowest = shared & ~(shared - np.uint64(1))
                bit = zeros(shared)
                uses[k, bit] -= np.int32(node >= tensors)
                if uses[k, bit] == 1 and not lowest & output[k]:
                    kept ^= lowest
                shared ^= lowest
            nodes.sets[node, k] = kept


@njit(cache=True)
def weigh_all(nodes, space, model, tensors):
    """Fill in what all nodes keep, and what their pairs cost."""
    for node in range(len(nodes.left)):
        nodes.weight[node] = weight_of(nodes.sets[node], space)
    for node in range(tensors, len(nodes.left)):
        left, right = nodes.left[node], nodes.right[node]
        touched = weight_of(nodes.sets[left] | nodes.sets[right], space)
        nodes.cost[node] = price(model, touched, nodes.weight[left], nodes.weight[right], nodes.weight[node])


@njit(cache=True)
def total(costs, dearest):
    """As `Cost.of_tree`."""
    largest = costs.max()
    return largest if dearest else largest + math.log2(np.exp2(costs - largest).sum())


@njit(cache=True, inline="always")
def random_bits(state):
    """64 random bits, by xorshift (Marsaglia, 2003) times a constant (Vigna, 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return x * np.uint64(2685821657736338717)
