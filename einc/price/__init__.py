"""How long primitives take, predicted: enough to choose between ways of doing the same work."""

from __future__ import annotations

from dataclasses import dataclass

from einc.backends.spelling import Backend, Rates, category, itemsize
from einc.expression import Group, Sizes, flat
from einc.price.lie import Memory, memory
from einc.price.matrices import READING, product_seconds
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
    Program,
    Regroup,
    Slice,
    Sum,
    Trace,
    Value,
    Vecdot,
)

__all__ = ["Pricing", "seconds"]

WARM = 2**20  # elements of an array whose memory is taken from what was used before
CACHED = 2**14  # elements that may be read in any order
AXIS = 5e-8  # seconds for each index of a loop
SUMMING = 2.0  # times as long takes it to begin a run of products that are summed


def seconds(program: Program, sizes: Sizes, backend: Backend) -> float:
    """What a program is predicted to take; a loop over slices counts once."""
    pricing = Pricing(memory(sizes), backend, program.results[0].dtype)
    return sum(pricing.note(step.op, step.value) for step in program.steps)


@dataclass(frozen=True, slots=True)
class Pricing:
    """Prices by the rates of a library; it notes how values lie."""

    memory: Memory
    backend: Backend
    dtype: str  # of the program's result

    @property
    def rates(self) -> Rates:
        """Those of the library."""
        return self.backend.rates

    def note(self, op: Primitive, result: Value) -> float:
        """The seconds that a primitive takes; its result is remembered to lie as it will."""
        price, order = self._priced(op, result)
        self.memory.note(result, order)
        return price

    def _priced(self, op: Primitive, result: Value) -> tuple[float, Group]:
        rates, lies = self.rates, flat(result.layout)
        match op:
            case Permute(x) | Diagonal(x) | Slice(x):
                kept = frozenset(result.indices)
                return rates.view, tuple(dict.fromkeys(index for index in self.memory.order(x) if index in kept))
            case Regroup(x, to) if self.memory.is_view(x, to):
                return rates.view, self.memory.order(x)
            case Regroup(x) | Contiguous(x):
                return rates.view + self._copy(x, lies), lies
            case Multiply(x, y):
                return self._elementwise(x, y, lies), lies
            case Matmul(x, y):
                return product_seconds(x, y, self.memory, self.backend, self._macs(x)), lies
            case Vecdot(x, y):
                return self._vecdot(x, y), lies
            case Loop(operands):
                return self._loop(operands, lies), lies
            case Sum(x) | Trace(x):
                return rates.summing + self.memory.points(x.indices) / rates.near / READING, lies
            case Cast():
                long = max(1, itemsize(result.dtype) // 4)  # rates are those of four bytes
                return rates.call + long * self._near(self.memory.points(result.indices)), lies
            case Copy() | Embed() | Collect():
                return rates.call + self.memory.points(result.indices) / rates.near, lies

    def _near(self, elements: int) -> float:
        """An element after the other, read and written anew."""
        return elements / self.rates.near / (READING if elements < WARM else 1.0)

    def _macs(self, x: Value) -> float:
        """Multiply-adds a second of a matrix product, which compete with others only where integers are multiplied."""
        if category(self.dtype) == "inexact":
            return self.rates.macs
        return self.rates.macs_of.get(x.dtype, self.rates.macs)

    def _copy(self, x: Value, to: Group) -> float:
        run = self.memory.run(to, (self.memory.order(x),))
        return self.rates.call + self.memory.points(to) * (1 / self.rates.near + 1 / run / self.rates.far)

    def _elementwise(self, x: Value, y: Value, lies: Group) -> float:
        """A product element by element: as long as its result is, longer for short runs and strides."""
        elements = self.memory.points(lies)
        orders = self.memory.order(x), self.memory.order(y)
        price = self._near(elements) + elements / self.memory.run(lies, orders) * self.rates.run
        for order in orders:
            if self.memory.points(order) > CACHED and self.memory.run(lies, (order,)) == 1:
                price += elements / self.rates.far / 2
        return self.rates.call + price

    def _vecdot(self, x: Value, y: Value) -> float:
        elements = self.memory.points(x.indices)
        turned = sum(not {*self.memory.innermost(side)} <= {*side.layout[-1]} for side in (x, y))
        return self.rates.summing + elements / self.rates.near + turned * elements / self.rates.far / 2

    def _loop(self, operands: tuple[Value, ...], lies: Group) -> float:
        """One loop: as long as its points are many, longer for short runs."""
        if len(operands) == 1:
            return self.rates.summing + self.memory.points(operands[0].indices) / self.rates.near / READING
        every = tuple(dict.fromkeys(index for x in operands for index in x.indices))
        points = self.memory.points(every)
        orders = tuple(self.memory.order(x) for x in operands)
        longest_first = sorted(orders, key=self.memory.points, reverse=True)
        tried = longest_first[:1] if category(self.dtype) == "inexact" else longest_first  # as it was measured
        runs = {order: self.memory.run(order, (*orders, lies)) for order in tried}
        order = max(runs, key=runs.__getitem__)
        start = self.rates.run * (1.0 if {*self.memory.told(order)[-1:]} <= {*lies} else SUMMING)
        call = self.rates.summing + AXIS * len(every)
        rate = self.rates.loop_of.get(operands[0].dtype, self.rates.loop)
        return call + points / rate + points / runs[order] * start
