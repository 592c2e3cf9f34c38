"""Where the vertices of a graph go, so that those far apart in it are far apart on paper."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Line = tuple[int, int]

PIVOTS = 50  # vertices whose distances to all others give the first places
ROUNDS, FEWER = 150, 30  # that improve places; of many vertices, the first places are good ones
MANY = 400
SMALL = 1200  # vertices, up to which places are improved with regard to all pairs
TOUCHING = 1e-6  # steps between vertices that pull each other in no direction
APART = 1.5  # steps between parts that are not connected
GOLDEN = 2.399963  # an angle that never comes back to where it was


def spread(vertices: int, lines: Sequence[Line]) -> Points:
    """Places at most 1 wide, about a half, and 1 high, from 0.

    The first places are those of a few vertices' distances (pivot MDS); then every vertex moves to
    where the distances on paper come nearest to those in the graph (stress majorization).
    """
    near: list[list[int]] = [[] for _ in range(vertices)]
    for one, other in lines:
        near[one].append(other)
        near[other].append(one)
    places = _first(near)
    if 2 < vertices <= SMALL:
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


def _first(near: Sequence[Sequence[int]]) -> Points:
    """Along the two directions in which the distances to the pivots vary most; a spiral keeps twins apart."""
    count = len(near)
    turns = np.arange(count)
    spiral = np.sqrt(turns + 1)[:, None] * np.stack([np.cos(GOLDEN * turns), np.sin(GOLDEN * turns)], axis=1)
    if count < 3:
        return np.stack([turns.astype(float), np.zeros(count)], axis=1)
    rows, pivot = [], 0
    for _ in range(min(PIVOTS, count)):
        rows.append(_distances(near, pivot))
        pivot = int(np.min(rows, axis=0).argmax())  # the one farthest from all before
    squares = np.array(rows).T ** 2
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


def _lying(places: Points) -> Points:
    """Turned so that the longer side lies along the paper's, in the middle, from 0 to 1."""
    centred = places - places.mean(axis=0)
    if len(places) > 2:
        _, axes = np.linalg.eigh(centred.T @ centred)
        turned = centred @ axes[:, ::-1]
        centred = turned * np.where(turned[0] > 0, -1.0, 1.0)
    placed = (centred - centred.min(axis=0)) / max(np.ptp(centred, axis=0).max(), 1e-9)
    return np.asarray(placed + np.array([(1 - placed[:, 0].max()) / 2, 0.0]))
