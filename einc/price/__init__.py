"""How long primitives take, predicted: enough to choose between ways of doing the same work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from einc.backends.spelling import Backend, Rates, category, itemsize
from einc.expression import Group, Sizes
from einc.laws import own_names
from einc.price.copies import WARM, copy_seconds
from einc.price.lie import Memory, Strided, memory
from einc.price.loops import least_loop, least_sum, loop_seconds
from einc.price.matrices import READING, product_seconds
from einc.program import (
    Call,
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

__all__ = ["Pricing", "Setting", "priced", "seconds"]

CACHED = 2**14  # elements that may be read in any order
LINE = 8  # elements that are read from memory at once


@dataclass(frozen=True, slots=True)
class Setting:
    """For what a program is made: the sizes of indices, the library, and how operands lie, if not as written."""

    sizes: Sizes
    backend: Backend
    strided: Strided = ()


def seconds(program: Program, setting: Setting) -> float:
    """What a program is predicted to take; a loop over slices counts once."""
    pricing = priced(program.operands, setting, program.results[0].dtype)
    return sum(pricing.note(step.op, step.value) for step in program.steps)


def priced(operands: Sequence[Value], setting: Setting, dtype: str) -> Pricing:
    """The prices in a setting, before there are any steps, for a result of this dtype."""
    return Pricing(memory(setting.sizes, operands, setting.strided), setting.backend, dtype)


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
        return self.rates.view if self.place(op, result) else self._price(op, result)

    def place(self, op: Primitive, result: Value) -> bool:
        """Whether a primitive only looks at what is there; then its result is remembered to lie likewise.

        So is that of an elementwise product, or of a loop. All others lie as their axes say.
        """
        match op:
            case Permute(x):
                self.memory.note(result, self.memory.order(x))
            case Regroup(x, to):
                if not self.memory.is_view(x, to):
                    return False
                self.memory.note(result, self.memory.order(x))
            case Diagonal(x) | Slice(x):
                kept = frozenset(result.indices)
                self.memory.note(result, tuple(dict.fromkeys(i for i in self.memory.order(x) if i in kept)))
            case Multiply(x, y):
                orders = self.memory.order(x), self.memory.order(y)
                self.memory.note(result, self.memory.of_product(result.indices, orders))
                return False
            case Loop():
                lies = self.memory.of_loop(op)
                self.memory.note(result, tuple([index for index in lies if index in op.to]))
                return False
            case _:
                return False
        return True

    def _price(self, op: Primitive, result: Value) -> float:
        """Of what makes new elements."""
        rates, lies = self.rates, result.indices
        match op:
            case Matmul(x, y):
                return product_seconds(x, y, self.memory, self.backend, self.macs(x.dtype))
            case Regroup(x) | Contiguous(x):
                return rates.view + copy_seconds(x, lies, self.memory, rates)
            case Multiply(x, y):
                return self._elementwise(x, y, self.memory.order(result))
            case Vecdot(x, y):
                return self._vecdot(x, y)
            case Loop():
                return self.loop(op)
            case Sum(x) | Trace(x):
                return self.least_sum(self.memory.points(x.indices))
            case Cast():
                long = max(1, itemsize(result.dtype) // 4)  # rates are those of four bytes
                return rates.call + long * self._near(self.memory.points(result.indices))
            case Call(routine):
                own = {index: self.memory.sizes[name] for index, name in own_names(op).items()}
                return seconds(routine, Setting(own, self.backend))
            case Copy() | Embed() | Collect():
                return rates.call + self.memory.points(result.indices) / rates.near
            case Permute() | Diagonal() | Slice():
                return rates.view

    def _near(self, elements: int) -> float:
        """An element after the other, read and written anew."""
        return elements / self.rates.near / (READING if elements < WARM else 1.0)

    def macs(self, dtype: str) -> float:
        """Multiply-adds a second of a matrix product, which compete with others only where integers are multiplied."""
        if category(self.dtype) == "inexact":
            return self.rates.macs_in.get(dtype, self.rates.macs)
        return self.rates.macs_of.get(dtype, self.rates.macs)

    def least_loop(self, indices: Group, dtype: str) -> float:
        """The seconds of one loop over some indices, if its runs are long."""
        return least_loop(indices, self.memory, self.rates, dtype)

    def _elementwise(self, x: Value, y: Value, lies: Group) -> float:
        """A product element by element: as long as its result is, longer for short runs and strides."""
        elements = self.memory.points(lies)
        orders = self.memory.order(x), self.memory.order(y)
        run = self.memory.inner(lies, orders)
        price = elements / run * self.rates.run
        for order in orders:
            if self.memory.points(order) > CACHED and self.memory.run(lies, (order,)) == 1:
                price += elements / self.rates.far / 2
        return self.least_elementwise(elements) + price

    def least_elementwise(self, elements: int) -> float:
        """The seconds of a product element by element of what lies well."""
        return self.rates.call + self._near(elements)

    def least_sum(self, elements: int) -> float:
        """The seconds of a sum of what lies well."""
        return least_sum(elements, self.rates)

    def turned(self, lies: Group, other: Group) -> float:
        """The seconds that an elementwise product takes longer if the shared indices of its factors lie so, and so."""
        lies, other = self.memory.told(lies), self.memory.told(other)
        order = tuple([index for index in lies if index in other])
        if order == tuple([index for index in other if index in order]):
            return 0.0
        elements = self.memory.points(lies)
        price = self.rates.view + elements / self.rates.near
        if elements > CACHED:
            price += elements / self.memory.run(order, (other,)) * self.rates.run
            if not {*self.memory.last(other, LINE)} <= {*self.memory.last(order, CACHED)}:
                price += elements / self.rates.far / 2  # each line is read more than once
        return price

    def _vecdot(self, x: Value, y: Value) -> float:
        elements = self.memory.points(x.indices)
        turned = sum(not self.memory.ends_in(side, side.layout[-1]) for side in (x, y))
        return self.least_vecdot(elements) + turned * elements / self.rates.far / 2

    def least_vecdot(self, elements: int) -> float:
        """The seconds of products of vectors of so many elements that lie well."""
        return self.rates.vectors + elements / self.rates.vecdot

    def loop(self, loop: Loop) -> float:
        """The seconds of one loop."""
        return loop_seconds(loop, self.memory, self.rates)
