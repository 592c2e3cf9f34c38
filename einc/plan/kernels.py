"""The loops of `plan.compiled`, compiled by numba, which is imported only here, and kept on disk by it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from einc.plan.network import WORD

ONLY_MACS, ONLY_KEPT, ANY = range(3)
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


@intrinsic
def _ones(_context: Any, word: Any) -> Any:
    """The number of ones in a word, as one instruction."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(word), generate


@intrinsic
def _zeros(_context: Any, word: Any) -> Any:
    """The number of zeros below the lowest one of a word that has one."""

    def generate(context: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))

    return types.uint64(word), generate


@njit(cache=True, inline="always")
def _sum(x, y):
    top, low = max(x, y), min(x, y)
    return top + math.log2(1.0 + math.exp2(low - top)) if low > NOTHING else top


@njit(cache=True, inline="always")
def _price(model, touched, left, right, kept):
    """As `Cost.pricing`."""
    if model.kind == ONLY_MACS:
        return touched
    if model.kind == ONLY_KEPT:
        return kept
    elements = _sum(_sum(left, right), kept)
    return _sum(_sum(max(model.macs + touched, model.moved + elements), model.kept + kept), model.step)


@njit(cache=True)
def _weight(row, scale):
    total = 0.0
    for k in range(len(scale)):
        total += _ones(row[k]) * scale[k]
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
                uses[k, _zeros(word)] += 1
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
                bit = _zeros(shared)
                uses[k, bit] -= np.int32(node >= tensors)
                if uses[k, bit] == 1 and not lowest & output[k]:
                    kept ^= lowest
                shared ^= lowest
            nodes.sets[node, k] = kept


@njit(cache=True)
def weigh_all(nodes, scale, model, tensors):
    """Fill in what all nodes keep, and what their pairs cost."""
    for node in range(len(nodes.left)):
        nodes.weight[node] = _weight(nodes.sets[node], scale)
    for node in range(tensors, len(nodes.left)):
        left, right = nodes.left[node], nodes.right[node]
        touched = _weight(nodes.sets[left] | nodes.sets[right], scale)
        nodes.cost[node] = _price(model, touched, nodes.weight[left], nodes.weight[right], nodes.weight[node])


@njit(cache=True)
def total(costs, dearest):
    """As `Cost.of_tree`."""
    largest = costs.max()
    return largest if dearest else largest + math.log2(np.exp2(costs - largest).sum())


@njit(cache=True, inline="always")
def _random(state):
    """64 random bits, by xorshift (Marsaglia, 2003) times a constant (Vigna, 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return x * np.uint64(2685821657736338717)


@njit(cache=True, fastmath=True)
def anneal(nodes, scale, model, schedule, state):
    """As `plan.rotations.Walk.anneal`."""
    left, right, sets, weights, costs = nodes
    hot, cold, moves = schedule
    tensors = (len(left) + 1) // 2
    pairs = np.uint64(tensors - 1)
    fresh = np.empty(len(scale), np.uint64)
    for move in range(moves):
        draw = _random(state)
        p = tensors + np.int64((draw >> np.uint64(33)) * pairs >> np.uint64(31))
        c, d = left[p], right[p]
        if c < tensors or (d >= tensors and draw & np.uint64(1)):
            c, d = d, c
        if c < tensors:
            continue
        a, b = left[c], right[c]
        if draw & np.uint64(2):
            a, b = b, a
        inner, outer, weight = _rotated(sets, scale, (a, b, d, p), fresh)
        inner = _price(model, inner, weights[a], weights[d], weight)
        outer = _price(model, outer, weight, weights[b], weights[p])
        change = _sum(inner, outer) - _sum(costs[c], costs[p])
        beta = hot + (cold - hot) * move / moves
        if change <= 0 or (_random(state) >> np.uint64(11)) * 2.0**-53 < math.exp(-beta * change):
            sets[c], weights[c] = fresh, weight
            costs[c], costs[p] = inner, outer
            left[c], right[c], left[p], right[p] = a, d, c, b


@njit(cache=True, inline="always")
def _rotated(sets, scale, numbers, fresh):
    """The points that `(a d)` and then `((a d) b)` touch, and those that the former keeps; it is filled in."""
    a, b, d, p = numbers
    inner, outer, weight = 0.0, 0.0, 0.0
    for k in range(len(scale)):
        both = sets[a, k] | sets[d, k]
        kept = both & (sets[b, k] | sets[p, k])
        fresh[k] = kept
        inner += _ones(both) * scale[k]
        outer += _ones(kept | sets[b, k]) * scale[k]
        weight += _ones(kept) * scale[k]
    return inner, outer, weight


@njit(cache=True)
def polish(nodes, scale, model, leaves, most):
    """As `plan.rotations.Walk.polish`."""
    tensors = (len(nodes.left) + 1) // 2
    frontier, inner = np.empty(leaves, np.int64), np.empty(leaves, np.int64)
    kept = np.empty((1 << leaves, len(scale)), np.uint64)
    dearest = np.argsort(-nodes.cost[tensors:])[:most] + tensors
    for number in range(-1, len(dearest)):
        root = len(nodes.left) - 1 if number < 0 else dearest[number]
        used = _subtree(nodes, root, frontier, inner)
        if used > 2:
            _keep(nodes.sets, frontier[:used], nodes.sets[root], kept)
            bound = total(nodes.cost[inner[: used - 1]], model.dearest)
            better, splits = _best_splits(kept[: 1 << used], scale, model, bound)
            if better:
                _rebuild(nodes, scale, model, (frontier, inner), (kept, splits))


@njit(cache=True)
def _subtree(nodes, root, frontier, inner):
    """Fill in the dearest nodes under a root, and what they stand on; the number of the latter."""
    tensors = (len(nodes.left) + 1) // 2
    frontier[0], used = root, 1
    while used < len(frontier):
        dearest = -1
        for n in range(used):
            node = frontier[n]
            if node >= tensors and (dearest < 0 or nodes.cost[node] > nodes.cost[frontier[dearest]]):
                dearest = n
        if dearest < 0:
            break
        inner[used - 1] = frontier[dearest]
        frontier[used] = nodes.right[frontier[dearest]]
        frontier[dearest] = nodes.left[frontier[dearest]]
        used += 1
    return used


@njit(cache=True)
def _keep(sets, frontier, output, kept):
    """For each subset of the frontier, what its contraction keeps."""
    kept[0], full = 0, (1 << len(frontier)) - 1
    for subset in range(1, full + 1):
        lowest = 0
        while not subset >> lowest & 1:
            lowest += 1
        kept[subset] = kept[subset & (subset - 1)] | sets[frontier[lowest]]
    for subset in range(1, (full + 1) // 2):
        inside, outside = kept[subset].copy(), kept[full ^ subset].copy()
        kept[subset] = inside & (outside | output)
        kept[full ^ subset] = outside & (inside | output)
    kept[full] = output


@njit(cache=True)
def _best_splits(kept, scale, model, bound):
    """The splits of the cheapest order, and whether it costs less than the bound, which is the unit of prices."""
    price, weight = np.full(len(kept), np.inf), np.empty(len(kept))
    splits = np.zeros(len(kept), np.int64)
    for subset in range(1, len(kept)):
        weight[subset] = _weight(kept[subset], scale)
        lowest = subset & -subset
        others = rest = subset ^ lowest
        if rest == 0:
            price[subset] = 0.0
        while others:
            others = (others - 1) & rest
            one, two = lowest | others, rest ^ others
            below = max(price[one], price[two]) if model.dearest else price[one] + price[two]
            if below >= price[subset] or below >= 1.0:
                continue
            touched = 0.0
            for k in range(len(scale)):
                touched += _ones(kept[one, k] | kept[two, k]) * scale[k]
            step = math.exp2(_price(model, touched, weight[one], weight[two], weight[subset]) - bound)
            total = max(below, step) if model.dearest else below + step
            if total < price[subset]:
                price[subset], splits[subset] = total, one
    return price[-1] < 1 - 1e-9, splits


@njit(cache=True)
def _rebuild(nodes, scale, model, numbers, found):
    """Give a subtree the order that was found, its inner nodes in any order but the root first."""
    frontier, inner = numbers
    kept, splits = found
    subsets = np.empty(len(inner), np.int64)
    subsets[0] = len(splits) - 1
    used = 1
    for n in range(len(inner)):
        if n == used:
            break
        node, sides = inner[n], (splits[subsets[n]], subsets[n] ^ splits[subsets[n]])
        for number in range(2):
            side = sides[number]
            if side & (side - 1):
                child = inner[used]
                subsets[used] = side
                used += 1
                nodes.sets[child] = kept[side]
                nodes.weight[child] = _weight(kept[side], scale)
            else:
                leaf = 0
                while side >> leaf != 1:
                    leaf += 1
                child = frontier[leaf]
            if number == 0:
                nodes.left[node] = child
            else:
                nodes.right[node] = child
        left, right = nodes.left[node], nodes.right[node]
        touched = _weight(nodes.sets[left] | nodes.sets[right], scale)
        nodes.cost[node] = _price(model, touched, nodes.weight[left], nodes.weight[right], nodes.weight[node])
