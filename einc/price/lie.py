"""How values lie in memory: in which order of their indices, outermost first.

Operands lie as they are written, or as their strides say; what is computed lies as its axes say, or an elementwise
product and what a loop makes as their operands do; views keep the order of what they look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from einc.expression import Group, Index, Layout, Sizes, flat
from einc.program import Loop, Value
from einc.tree import Indices
from einc.tree import points as span

Strided: TypeAlias = Sequence[Sequence[int]]


def memory(sizes: Sizes, operands: Sequence[Value] = (), strided: Strided = (), first_factor: bool = False) -> Memory:
    """Where only operands lie so far: as written, or with their axes in the orders that `strided` has."""
    made = Memory(sizes, frozenset(index for index, size in sizes.items() if size <= 1), first_factor)
    for operand, axes in zip(operands, strided):
        made.note(operand, flat(tuple(operand.layout[axis] for axis in axes)))
    return made


@dataclass(frozen=True, slots=True)
class Memory:
    """The orders that are known, and the sizes of the indices."""

    sizes: Sizes
    ones: Indices  # the indices of size one or none, which tell no elements apart
    first_factor: bool = False  # whether an elementwise product lies as its first factor does, where both differ
    _order: dict[int, tuple[Value, Group]] = field(default_factory=dict)

    def order(self, value: Value) -> Group:
        """The indices of a value as they lie."""
        known = self._order.get(id(value))
        return known[1] if known else value.indices

    def note(self, value: Value, order: Group) -> None:
        """Remember how a value lies."""
        self._order[id(value)] = value, order

    def points(self, indices: Group) -> int:
        """The elements that indices span, one at least."""
        return span(indices, self.sizes) or 1

    def told(self, indices: Group) -> Group:
        """Those of the indices that tell elements apart."""
        if not self.ones or self.ones.isdisjoint(indices):
            return indices
        return tuple(index for index in indices if index not in self.ones)

    def innermost(self, value: Value) -> Group:
        """The index along which a value's elements lie side by side, if any."""
        return self.told(self.order(value))[-1:]

    def of_product(self, axes: Group, orders: Sequence[Group]) -> Group:
        """How an elementwise product lies: its axes in their order, but two that all factors with both have otherwise.

        Libraries sort axes in so, from the last to the first, each as far in as it may. To torch, of the factors with
        both axes the first one tells.
        """
        if all(order == tuple([index for index in axes if index in order]) for order in orders):
            return axes
        lies: list[Index] = []
        for index in reversed(axes):
            at = len(lies)
            for place, other in reversed([*enumerate(lies)]):
                both = [order for order in orders if index in order and other in order]
                if self.first_factor:
                    del both[1:]
                if any(order.index(index) < order.index(other) for order in both):
                    break
                at = place if both else at
            lies.insert(at, index)
        return tuple(reversed(lies))

    def of_loop(self, loop: Loop) -> Group:
        """All indices of a loop, outermost first: its result lies in the order of those that it has."""
        every = dict.fromkeys((*loop.to, *[index for x in loop.operands for index in x.indices]))
        return self.of_product(tuple(every), [self.told(self.order(x)) for x in loop.operands])

    def nested(self, order: Group, orders: Sequence[Group]) -> list[Group]:
        """The loops over an order, the innermost first: those of indices that lie side by side in all `orders` are one.

        Each has its indices from the innermost on.
        """
        loops: list[Group] = []
        told = [self.told(other) for other in orders]
        for index in reversed(self.told(order)):
            if loops and all(_is_before(index, loops[-1][-1], other) for other in told):
                loops[-1] = (*loops[-1], index)
            else:
                loops.append((index,))
        return loops

    def stride(self, order: Group, run: Group) -> int:
        """The elements from one of a run to the next, of what lies in an order; 0 if they are the same."""
        at = order.index(run[0]) if run and run[0] in order else None
        return 0 if at is None else self.points(order[at + 1 :])

    def ends_in(self, value: Value, indices: Group) -> bool:
        """Whether a value's elements lie side by side along one of these indices, if along any."""
        last = self.innermost(value)
        return not last or last[0] in indices

    def is_view(self, x: Value, to: Layout) -> bool:
        """Whether every group of `to` lies side by side, in order."""
        order: Group | None = None
        for group in to:
            if len(group) > 1 and len(merged := self.told(group)) > 1:
                order = self.told(self.order(x)) if order is None else order
                at = order.index(merged[0]) if merged[0] in order else 0
                if order[at : at + len(merged)] != merged:
                    return False
        return True


def _is_before(index: Index, inner: Index, order: Group) -> bool:
    """Whether an index stands right before another in an order, or both are missing."""
    if index not in order or inner not in order:
        return index not in order and inner not in order
    return order.index(index) + 1 == order.index(inner)
