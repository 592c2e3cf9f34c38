"""Many index sets at once: as rows of words, each of which holds indices of one size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from einc.plan.network import MOST_BITS, WORD, Network

Rows: TypeAlias = Any  # an array of unsigned integers, a row for each set
Vector: TypeAlias = Any  # a float for each word, or for each row


def scale_of(network: Network) -> Vector:
    """For every word, the binary logarithm of the size of its indices."""
    return np.array([math.log2(size) for size in network.sizes[::WORD] or (1,)])  # of sizes beyond any integer, too


def rows_of(masks: Sequence[int], scale: Vector) -> Rows:
    """Bit sets as rows."""
    joined = b"".join([mask.to_bytes(len(scale) * WORD // 8, "little") for mask in masks])
    return np.frombuffer(joined, "<u8").reshape(len(masks), len(scale))


def points(rows: Rows, scale: Vector) -> Vector:
    """The points that the indices of each row span, or about 10²⁷⁰ where they span more."""
    return np.exp2(np.minimum(MOST_BITS, np.bitwise_count(rows) @ scale))
