"""How long primitives take, predicted: enough to choose between ways of doing the same work.

A value lies in memory in an order of its indices, outermost first. Operands are taken to lie as they are
written; what is computed lies as its axes say; views keep the order of what they look at.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from einc.backends.spelling import Backend, Rates
from einc.expression import Group, Layout, Sizes, flat
from einc.program import (
    Cast,
    Collect,
    Contiguous,
    Copy,
    Diagonal,
    Embed,
    Loop,
    Matmul,
    Multiply,
    Permute,
    Primitive,
    Regroup,
    Slice,
    Sum,
    Trace,
    Value,
    Vecdot,
)
from einc.tree import points as span

RUN = 16  # elements side by side that make a copy quick
READING = 3.0  # times as quick as copying
UNALIGNED = 0.02  # of the speed of a matrix product, where neither axis of a matrix lies innermost
HALF_SPEED = 6.0  # size of a matrix's side at which its product runs at half speed
COLUMN = 3.0  # times as slow is a batch of matrices times one column each


@dataclass(frozen=True, slots=True)
class Pricing:
    """Prices for operands of some sizes, by the rates of a library; it notes how values lie."""

    sizes: Sizes
    backend: Backend
    _order: dict[int, tuple[Value, Group]] = field(default_factory=dict)

    @property
    def rates(self) -> Rates:
        """Those of the library."""
        return self.backend.rates

    def order(self, value: Value) -> Group:
        """The indices of a value as they lie in memory."""
        return self._order[id(value)][1] if id(value) in self._order else flat(value.layout)

    def note(self, op: Primitive, result: Value) -> float:
        """The seconds that a primitive takes; its result is remembered to lie as it will."""
        seconds, order = self._priced(op, result)
        self._order[id(result)] = result, order
        return seconds

    def _priced(self, op: Primitive, result: Value) -> tuple[float, Group]:
        rates, elements = self.rates, self.points(result.indices)
        lies = flat(result.layout)
        match op:
            case Permute(x) | Diagonal(x) | Slice(x):
                kept = frozenset(result.indices)
                return rates.view, tuple(dict.fromkeys(index for index in self.order(x) if index in kept))
            case Regroup(x, to) if self.is_view(x, to):
                return rates.view, self.order(x)
            case Regroup(x) | Contiguous(x):
                return rates.view + self._copy(self.order(x), lies), lies
            case Multiply(x, y):
                seconds = rates.call + elements / rates.near
                for side in (x, y):
                    if self.points(side.indices) > RUN and not self._near(self.order(side), lies):
                        seconds += elements / rates.far
                return seconds, lies
            case Matmul(x, y):
                return self._product(x, y), lies
            case Vecdot(x, y):
                ready = sum(self._made_ready(side, self.points(x.indices)) for side in (x, y))
                return rates.call + self.points(x.indices) / rates.near + ready, lies
            case Loop(operands):
                return self._loop(operands, lies), lies
            case Sum(x) | Trace(x):
                return rates.call + self.points(x.indices) / rates.near / READING, lies
            case Cast() | Copy() | Embed() | Collect():
                return rates.call + elements / rates.near, lies

    def points(self, indices: Group) -> int:
        """The elements that indices span, one at least."""
        return max(1, span(indices, self.sizes))

    def is_view(self, x: Value, to: Layout) -> bool:
        """Whether every group of `to` lies side by side in memory, in order."""
        order = [index for index in self.order(x) if self.sizes[index] > 1]
        for group in to:
            merged = [index for index in group if self.sizes[index] > 1]
            if len(merged) > 1:
                at = order.index(merged[0]) if merged[0] in order else 0
                if order[at : at + len(merged)] != merged:
                    return False
        return True

    def _near(self, order: Group, other: Group) -> bool:
        """Whether both end alike: elements side by side stay so."""
        run = 1
        for one, two in zip(reversed(order), reversed(other)):
            if one != two:
                break
            run *= self.sizes[one]
        return run >= RUN

    def _copy(self, order: Group, to: Group) -> float:
        rate = self.rates.near if self._near(order, to) else self.rates.far
        return self.rates.call + self.points(to) / rate

    def _product(self, x: Value, y: Value) -> float:
        rates = self.rates
        *batch, rows, summed = x.layout if len(x.layout) > 1 else ((), *x.layout)
        columns = y.layout[-1] if len(y.layout) > 1 else ()
        matrices = self.points(tuple(dict.fromkeys((*flat(tuple(batch)), *flat(y.layout[:-2])))))
        m, k, n = self.points(rows), self.points(summed), self.points(columns)
        work = m * k * n / rates.macs
        for side in (m, n):
            work *= 1 + HALF_SPEED / side if side > 1 else 1
        work *= 1 + HALF_SPEED / k
        traffic = (m * k + k * n + m * n) / rates.near / READING
        if matrices > 1 and n == 1:
            traffic *= COLUMN
        seconds = rates.call + matrices * (max(work, traffic) + rates.matrix * (matrices > 1))
        if rates.copies_operands and len(x.layout) > 3:
            repeated = (side for side in (x, y) if () in side.layout[:-2])
            seconds += sum(matrices * self.points(flat(side.layout[-2:])) / rates.near for side in repeated)
        return seconds + sum(self._made_ready(side, matrices * m * k * n) for side in (x, y))

    def _made_ready(self, x: Value, macs: int) -> float:
        """What it takes that an operand lies badly: not at all, where one axis of the matrix lies innermost."""
        *batch, one, other = ((), *x.layout) if len(x.layout) < 2 else x.layout
        if self.rates.copies_operands and len(batch) > 1 and not self.is_view(x, (flat(tuple(batch)), one, other)):
            return self._copy(self.order(x), flat(x.layout))
        own = frozenset((*one, *other))
        order = [index for index in self.order(x) if self.sizes[index] > 1]
        if not order or order[-1] in own or not own.intersection(order):
            return 0.0
        if self.rates.copies_operands:
            return self._copy(self.order(x), flat(x.layout))
        return macs / (UNALIGNED * self.rates.macs)

    def _loop(self, operands: tuple[Value, ...], lies: Group) -> float:
        if len(operands) == 1:
            return self.rates.call + self.points(operands[0].indices) / self.rates.near / READING
        every = tuple(dict.fromkeys(index for x in operands for index in x.indices))
        last = [self.order(x)[-1:] for x in operands]
        slow = 1 if len({*last}) == 1 or lies[-1:] in last else 3
        return 2 * self.rates.call + slow * self.points(every) / self.rates.loop
