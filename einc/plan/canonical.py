"""Networks up to the names of their indices and the order of their tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from einc.plan.network import Network, Pairs, bits

ROUNDS = 4  # of telling indices and tensors apart by what they touch


@dataclass(frozen=True, slots=True)
class Canonical:
    """A network in a form of its own.

    Networks of one form are the same but for names and order. The other way round it may fail, where
    tensors cannot be told apart in `ROUNDS` rounds: then a network counts as new.

    Attributes:
        form: all that matters, as text.
        order: the tensors, as the form has them.
    """

    form: str
    order: tuple[int, ...]


def canonical(network: Network) -> Canonical:
    """The form of a network, by refining colours as Weisfeiler and Leman (1968) do for graphs."""
    terms = [[*bits(mask)] for mask in network.tensors]
    output = {*bits(network.output)}
    holders: dict[int, list[int]] = {}
    for tensor, term in enumerate(terms):
        for index in term:
            holders.setdefault(index, []).append(tensor)
    tensors = [0] * len(terms)
    indices = {index: hash((network.sizes[index], index in output)) for index in holders}
    for _ in range(ROUNDS):
        tensors = [hash((colour, *sorted([indices[index] for index in term]))) for colour, term in zip(tensors, terms)]
        indices = {
            index: hash((colour, *sorted([tensors[tensor] for tensor in holders[index]])))
            for index, colour in indices.items()
        }
    order = sorted(range(len(terms)), key=lambda tensor: (tensors[tensor], tensor))
    number: dict[int, int] = {}
    for tensor in order:
        for index in sorted(terms[tensor], key=lambda index: (indices[index], index)):
            number.setdefault(index, len(number))
    form = (
        [sorted(number[index] for index in terms[tensor]) for tensor in order],
        sorted(number[index] for index in output),
        [network.sizes[index] for index in number],
    )
    return Canonical(repr(form), tuple(order))


def renumbered(pairs: Sequence[tuple[int, int]], order: Sequence[int]) -> Pairs:
    """The pairs with the tensor `order[k]` wherever they have tensor k."""
    tensors = len(order)

    def number(node: int) -> int:
        return order[node] if node < tensors else node

    return [(number(left), number(right)) for left, right in pairs]
