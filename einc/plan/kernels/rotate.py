"""Local rotations, compiled."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from einc.plan.kernels.tree import log2_sum, ones, price, random_bits


@njit(cache=True, fastmath=True)
def anneal(nodes, space, model, schedule, state):
    """As `plan.rotations.Walk.anneal`."""
    left, right, sets, weights, costs = nodes
    hot, cold, moves = schedule
    tensors = (len(left) + 1) // 2
    pairs = np.uint64(tensors - 1)
    fresh = np.empty(len(space.scale), np.uint64)
    for move in range(moves):
        draw = random_bits(state)
        p = tensors + np.int64((draw >> np.uint64(33)) * pairs >> np.uint64(31))
        c, d = left[p], right[p]
        if c < tensors or (d >= tensors and draw & np.uint64(1)):
            c, d = d, c
        if c < tensors:
            continue
        a, b = left[c], right[c]
        if draw & np.uint64(2):
            a, b = b, a
        inner, outer, weight = _rotated(sets, space, (a, b, d, p), fresh)
        inner = price(model, inner, weights[a], weights[d], weight)
        outer = price(model, outer, weight, weights[b], weights[p])
        change = log2_sum(inner, outer) - log2_sum(costs[c], costs[p])
        beta = hot + (cold - hot) * move / moves
        if change <= 0 or (random_bits(state) >> np.uint64(11)) * 2.0**-53 < math.exp(-beta * change):
            sets[c], weights[c] = fresh, weight
            costs[c], costs[p] = inner, outer
            left[c], right[c], left[p], right[p] = a, d, c, b


@njit(cache=True, inline="always")
def _rotated(sets, space, numbers, fresh):
    """The points that `(a d)` and then `((a d) b)` touch, and those that the former keeps; it is filled in."""
    a, b, d, p = numbers
    inner, outer, weight = 0.0, 0.0, 0.0
    for k in range(len(fresh)):
        scale, free = space.scale[k], space.free[k]
        both = sets[a, k] | sets[d, k]
        kept = both & (sets[b, k] | sets[p, k])
        fresh[k] = kept
        inner += ones(both & free) * scale
        outer += ones((kept | sets[b, k]) & free) * scale
        weight += ones(kept & free) * scale
    return inner, outer, weight
