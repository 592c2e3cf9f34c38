"""The best order of small subtrees, compiled."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from einc.plan.kernels.tree import ones, price, total, weight_of


@njit(cache=True)
def polish(nodes, space, model, leaves, most):
    """As `plan.rotations.Walk.polish`."""
    tensors = (len(nodes.left) + 1) // 2
    frontier, inner = np.empty(leaves, np.int64), np.empty(leaves, np.int64)
    kept = np.empty((1 << leaves, len(space.scale)), np.uint64)
    dearest = np.argsort(-nodes.cost[tensors:])[:most] + tensors
    for number in range(-1, len(dearest)):
        root = len(nodes.left) - 1 if number < 0 else dearest[number]
        used = _subtree(nodes, root, frontier, inner)
        if used > 2:
            _keep(nodes.sets, frontier[:used], nodes.sets[root], kept)
            bound = total(nodes.cost[inner[: used - 1]], model.dearest)
            better, splits = _best_splits(kept[: 1 << used], space, model, bound)
            if better:
                _rebuild(nodes, space, model, (frontier, inner), (kept, splits))


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
def _best_splits(kept, space, model, bound):
    """The splits of the cheapest order, and whether it costs less than the bound, which is the unit of prices."""
    best, weight = np.full(len(kept), np.inf), np.empty(len(kept))
    splits = np.zeros(len(kept), np.int64)
    for subset in range(1, len(kept)):
        weight[subset] = weight_of(kept[subset], space)
        lowest = subset & -subset
        others = rest = subset ^ lowest
        if rest == 0:
            best[subset] = 0.0
        while others:
            others = (others - 1) & rest
            one, two = lowest | others, rest ^ others
            below = max(best[one], best[two]) if model.dearest else best[one] + best[two]
            if below >= best[subset] or below >= 1.0:
                continue
            touched = 0.0
            for k in range(len(space.scale)):
                touched += ones((kept[one, k] | kept[two, k]) & space.free[k]) * space.scale[k]
            step = math.exp2(price(model, touched, weight[one], weight[two], weight[subset]) - bound)
            total = max(below, step) if model.dearest else below + step
            if total < best[subset]:
                best[subset], splits[subset] = total, one
    return best[-1] < 1 - 1e-9, splits


@njit(cache=True)
def _rebuild(nodes, space, model, numbers, found):
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
                nodes.weight[child] = weight_of(kept[side], space)
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
        touched = weight_of(nodes.sets[left] | nodes.sets[right], space)
        nodes.cost[node] = price(model, touched, nodes.weight[left], nodes.weight[right], nodes.weight[node])
