"""Which real networks are run from end to end, and on which operands."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from string import ascii_letters
from typing import Any

import numpy as np

from benchmarks.instances import Instance, log10_macs
from einc import Planner
from einc.plan.network import largest, network_of
from einc.plan.path import from_path

MOST_MACS = 10.3  # as a base-10 logarithm: some seconds on one core
MOST_ELEMENTS = 27.0  # as a binary logarithm: a gigabyte in float64, of which a few live at once in eight
GLANCE = 0.1  # seconds, for an order that tells both
FIRST_LETTER = 0x4E00  # of twenty thousand in a row


def runnable(instances: Iterable[Instance]) -> Iterator[Instance]:
    """Those that run within seconds and 8 GB, in an order that is quick to find."""
    for instance in instances:
        path = Planner(GLANCE)(instance.inputs, instance.output, instance.sizes)
        if log10_macs(instance, path) <= MOST_MACS and _log2_largest(instance, path) <= MOST_ELEMENTS:
            yield instance


def _log2_largest(instance: Instance, path: Sequence[Sequence[int]]) -> float:
    """The binary logarithm of the elements of the largest array, operands included."""
    network = network_of(instance.inputs, instance.output, instance.sizes)
    made = largest(network, [*from_path(path, len(instance.inputs)).pairs])
    return max(made, *(math.log2(math.prod(instance.sizes[index] for index in term)) for term in instance.inputs))


def text(instance: Instance) -> str:
    """The network as an expression in letters, beyond the Latin ones where these do not suffice."""
    letter = {
        index: ascii_letters[n] if n < len(ascii_letters) else chr(FIRST_LETTER + n)
        for n, index in enumerate(instance.sizes)
    }
    inputs, output = (
        ["".join(letter[index] for index in term) for term in terms] for terms in (instance.terms, [instance.result])
    )
    return f"{','.join(inputs)}->{output[0]}"


def operands(instance: Instance) -> list[Any]:
    """NumPy arrays in float64, positive, so that no sum cancels, and scaled so that none grows or vanishes.

    A tensor bears a root of the size of each of its summed indices, which all tensors of the index together
    make the mean of its sum.
    """
    generator = np.random.default_rng(0)
    holders = Counter(index for term in instance.inputs for index in term)
    arrays = []
    for term, own in zip(instance.terms, instance.inputs):
        scale = math.prod(instance.sizes[i] ** (-1 / holders[i]) for i in own - instance.output)
        arrays.append(scale * generator.uniform(0.5, 1.5, [instance.sizes[index] for index in term]))
    return arrays
