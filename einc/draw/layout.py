"""Where the vertices of a graph go, so that those far apart in it are far apart on paper."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Line = tuple[int, int]

PIVOTS, MORE = 50, 100  # vertices whose distances to all others give the first places; of very many, more
ROUNDS, FEWER, LIGHT = 150, 30, 80  # that improve places; of many vertices, the first places are good ones
MANY = 400
SMALL = 1200  # vertices, up to which places are improved with regard to all pairs
TOUCHING = 1e-6  # steps between vertices that pull each other in no direction
APART = 1.5  # steps between parts that are not connected
GOLDEN = 2.399963  # an angle that never comes back to where it was


def spread(vertices: int, lines: Sequence[Line]) -> Points:
    """Places at most 1 wide, about a half, and 1 high, from 0.

    The first places are those of a few vertices' distances (pivot MDS); then every vertex moves to
    where the distances on paper come nearest to those in the graph (stress majorization); of very many
    vertices, those to its neighbours and to the few vertices only, which stand for what is around them.
    """
    near: list[list[int]] = [[] for _ in range(vertices)]
    for one, other in lines:
        near[one].append(other)
        near[other].append(one)
    from_pivots = _from_pivots(near)
    places = _first(from_pivots)
    if vertices > SMALL:
        places = _lightly_majorized(places, from_pivots, np.array(lines, dtype=int).reshape(-1, 2))
    elif vertices > 2:
        places = _majorized(places, np.array([_distances(near, vertex) for vertex in range(vertices)]))
    return _lying(places)


def _distances(near: Sequence[Sequence[int]], start: int) -> list[float]:
    """Steps from a vertex to all others; to those that none leads to, somewhat more than the most."""
    steps = {start: 0.0}
    waiting = deque([start])
    while waiting:
        vertex = waiting.popleft()
        for other in near[vertex]:
            if other not in steps:
                steps[other] = steps[vertex] + 1
                waiting.append(other)
    far = max(steps.values()) + APART
    return [steps.get(vertex, far) for vertex in range(len(near))]


def _from_pivots(near: Sequence[Sequence[int]]) -> Points:
    """The distances of a few vertices, each far from those before it, to all."""
    rows, pivot = [], 0
    for _ in range(min(PIVOTS if len(near) <= SMALL else MORE, len(near))):
        rows.append(_distances(near, pivot))
        pivot = int(np.min(rows, axis=0).argmax())
    return np.array(rows)


def _first(from_pivots: Points) -> Points:
    """Along the two directions in which the distances to the pivots vary most; a spiral keeps twins apart."""
    count = from_pivots.shape[1]
    turns = np.arange(count)
    spiral = np.sqrt(turns + 1)[:, None] * np.stack([np.cos(GOLDEN * turns), np.sin(GOLDEN * turns)], axis=1)
    if count < 3:
        return np.stack([turns.astype(float), np.zeros(count)], axis=1)
    squares = from_pivots.T**2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1, keepdims=True) + squares.mean()
    _, _, directions = np.linalg.svd(centred.T @ centred)
    two = centred @ directions[:2].T
    signs = np.sign(two[np.abs(two).argmax(axis=0), [0, 1]])
    return np.asarray(two * signs / (np.abs(two).max() or 1.0) * np.sqrt(count) + 0.05 * spiral / np.sqrt(count))


def _majorized(places: Points, wanted: Points) -> Points:
    count = len(places)
    np.fill_diagonal(wanted, 1.0)
    wanted = np.minimum(wanted, wanted.T)
    weights = wanted**-2.0
    np.fill_diagonal(weights, 0.0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    solve = np.linalg.inv(laplacian + 1.0 / count)  # which keeps the middle where it is
    pull = weights * wanted
    for _ in range(ROUNDS if count <= MANY else FEWER):
        squares = (places**2).sum(axis=1)
        length = np.sqrt(np.maximum(squares[:, None] + squares - 2 * (places @ places.T), 0.0))
        near = np.divide(pull, length, out=np.zeros_like(pull), where=length > TOUCHING)
        places = solve @ (near.sum(axis=1)[:, None] * places - near @ places)
    return places


def _lightly_majorized(places: Points, from_pivots: Points, lines: NDArray[np.int_]) -> Points:
    """The sparse stress model: a pivot weighs as much as there are vertices near it, seen from where a vertex is."""
    ones, others = np.concatenate([lines, lines[:, ::-1]]).T
    pivots = from_pivots.argmin(axis=1)
    wanted = np.ascontiguousarray(from_pivots.T)
    weights = _seen(from_pivots) / np.maximum(wanted, 1.0) ** 2
    whole = weights.sum(axis=1) + np.bincount(ones, minlength=len(places))
    x = places.T * _unit(places, pivots, from_pivots, weights)
    for _ in range(LIGHT):
        between = x[:, :, None] - x[:, None, pivots]
        moves = np.einsum("dvp,vp->dv", between, weights * _missing(between, wanted))
        lengthwise = x[:, ones] - x[:, others]
        lengthwise *= _missing(lengthwise, 1.0)
        moves += np.stack([np.bincount(ones, along, len(places)) for along in lengthwise])
        x = x + 0.5 * moves / np.maximum(whole, 1.0)  # half the way, as all move at once
    return np.ascontiguousarray(x.T)


def _seen(from_pivots: Points) -> Points:
    """How many vertices are next to each pivot, and at most half as far from it as the vertex that looks."""
    owners = from_pivots.argmin(axis=0)
    rows = [
        np.searchsorted(np.sort(row[owners == pivot]), row / 2, side="right") for pivot, row in enumerate(from_pivots)
    ]
    return np.array(rows, dtype=float).T * (from_pivots.T > 0)


def _unit(places: Points, pivots: NDArray[np.int_], from_pivots: Points, weights: Points) -> float:
    """By what places are multiplied, so that distances on paper are those in the graph."""
    lengths = np.sqrt(((places[:, None] - places[pivots]) ** 2).sum(axis=2))
    return float((weights * lengths * from_pivots.T).sum() / max((weights * lengths**2).sum(), TOUCHING))


def _missing(between: Points, wanted: Points | float) -> Points:
    """By how many times themselves vectors are too short."""
    lengths = np.maximum(np.sqrt(np.einsum("d...,d...->...", between, between)), TOUCHING)
    return np.asarray(wanted / lengths - 1.0)


def _lying(places: Points) -> Points:
    """Turned so that the longer side lies along the paper's, in the middle, from 0 to 1."""
    centred = places - places.mean(axis=0)
    if len(places) > 2:
        _, axes = np.linalg.eigh(centred.T @ centred)
        turned = centred @ axes[:, ::-1]
        centred = turned * np.where(turned[0] > 0, -1.0, 1.0)
    placed = (centred - centred.min(axis=0)) / max(np.ptp(centred, axis=0).max(), 1e-9)
    return np.asarray(placed + np.array([(1 - placed[:, 0].max()) / 2, 0.0]))
