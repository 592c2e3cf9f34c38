"""Rotations with another kind of move between them: which indices are sliced; compiled."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from einc.plan.cost import FITS
from einc.plan.kernels.rotate import anneal
from einc.plan.kernels.tree import ones, random_bits, total, weigh_all, zeros
from einc.plan.network import WORD

NONE = -1


@njit(cache=True)
def anneal_and_slice(nodes, space, model, schedule, state):
    """As `anneal`, trying another set of sliced indices after every so many rotations, `schedule[3]`."""
    hot, cold, moves, rotations = schedule
    done = 0
    while done < moves:
        some = min(moves - done, rotations)
        begin, end = hot + (cold - hot) * done / moves, hot + (cold - hot) * (done + some) / moves
        _reslice(nodes, space, model, begin, state)
        anneal(nodes, space, model, (begin, end, some), state)
        done += some


@njit(cache=True)
def _reslice(nodes, space, model, beta, state):
    """As `plan.rotations.Walk._reslice`."""
    tensors = (len(nodes.left) + 1) // 2
    kind = random_bits(state) >> np.uint64(61)
    given_back = NONE if kind < 3 else _any_bit(~space.free, space, state)
    taken = NONE if kind >= 6 else _any_bit(nodes.sets[_too_large(nodes, model, state)] & space.free, space, state)
    before = total(nodes.cost[tensors:], model.dearest) + _slices(space)
    weights, costs = nodes.weight.copy(), nodes.cost.copy()
    _toggle(space.free, given_back, taken)
    weigh_all(nodes, space, model, tensors)
    change = total(nodes.cost[tensors:], model.dearest) + _slices(space) - before
    if change > 0 and (random_bits(state) >> np.uint64(11)) * 2.0**-53 >= math.exp(-beta * change):
        _toggle(space.free, given_back, taken)
        nodes.weight[:], nodes.cost[:] = weights, costs


@njit(cache=True)
def _too_large(nodes, model, state):
    """Any node over the limit, or else the largest."""
    chosen, found = len(nodes.left) - 1, 0
    for node in range((len(nodes.left) + 1) // 2, len(nodes.left)):
        if nodes.weight[node] > model.most + FITS:
            found += 1
            if (random_bits(state) >> np.uint64(11)) % np.uint64(found) == 0:
                chosen = node
        elif found == 0 and nodes.weight[node] > nodes.weight[chosen]:
            chosen = node
    return chosen


@njit(cache=True)
def _any_bit(row, space, state):
    """One bit of an index set, of indices larger than one."""
    chosen, found = NONE, 0
    for k in range(len(row)):
        word = row[k] if space.scale[k] > 0 else np.uint64(0)
        while word:
            found += 1
            if (random_bits(state) >> np.uint64(11)) % np.uint64(found) == 0:
                chosen = k * WORD + np.int64(zeros(word))
            word &= word - np.uint64(1)
    return chosen


@njit(cache=True)
def _toggle(free, first, second):
    for bit in (first, second):
        if bit != NONE:
            free[bit // WORD] ^= np.uint64(1) << np.uint64(bit % WORD)


@njit(cache=True)
def _slices(space):
    """The binary logarithm of their number."""
    slices = 0.0
    for k in range(len(space.free)):
        slices += ones(~space.free[k]) * space.scale[k]
    return slices
