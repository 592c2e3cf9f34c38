"""How long primitives take, predicted: enough to choose between ways of doing the same work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from einc.backends.spelling import Backend, Rates, rates_in
from einc.expression import Group, Sizes, flat
from einc.laws import own_names
from einc.price.lie import Memory, Strided, memory
from einc.price.loops import least_loop, least_sum, loop_seconds
from einc.price.matrices import STAYING, product_seconds
from einc.price.runs import copy_seconds, walked_seconds, written_seconds
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
FAR = 2.0  # times as long take products of vectors that no cache holds


@dataclass(frozen=True, slots=True)
class Setting:
    """For what a program is made: the sizes of indices, the library, and how operands lie, if not as written."""

    sizes: Sizes
    backend: Backend
    strided: Strided = ()


def seconds(program: Program, setting: Setting) -> float:
    """What a program is predicted to take; a loop over slices counts once."""
    pricing = priced(program.operands, setting)
    return sum(pricing.note(step.op, step.value) for step in program.steps)


def priced(operands: Sequence[Value], setting: Setting) -> Pricing:
    """The prices in a setting, before there are any steps."""
    backend = setting.backend
    return Pricing(memory(setting.sizes, operands, setting.strided, backend.first_factor), backend)


@dataclass(frozen=True, slots=True)
class Pricing:
    """Prices by the rates of a library; it notes how values lie."""

    memory: Memory
    backend: Backend

    @property
    def rates(self) -> Rates:
        """Those of the library."""
        return self.backend.rates

    def rates_in(self, dtype: str) -> Rates:
        """Those of the library in a dtype."""
        return rates_in(self.backend.rates, dtype)

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
        rates, lies = self.rates_in(result.dtype), result.indices
        match op:
            case Matmul(x, y):
                return product_seconds(x, y, self.memory, self.backend)
            case Regroup(x) | Contiguous(x):
                return rates.view + copy_seconds(x, lies, self.memory, rates)
            case Multiply(x, y):
                return self._elementwise(x, y, self.memory.order(result))
            case Vecdot(x, y):
                return self._vecdot(x, y)
            case Loop():
                return self.loop(op)
            case Sum(x) | Trace(x):
                return least_sum(self.memory.points(x.indices), self.rates_in(x.dtype))
            case Cast():
                return self.least_elementwise(self.memory.points(result.indices), result.dtype)
            case Call(routine):
                own = {index: self.memory.sizes[name] for index, name in own_names(op).items()}
                return seconds(routine, Setting(own, self.backend))
            case Copy() | Embed() | Collect():
                return rates.call + self.memory.points(result.indices) / rates.near
            case Permute() | Diagonal() | Slice():
                return rates.view

    def least_loop(self, indices: Group, dtype: str) -> float:
        """The seconds of one loop over some indices, if its runs are long."""
        return least_loop(indices, self.memory, self.rates_in(dtype))

    def _elementwise(self, x: Value, y: Value, lies: Group) -> float:
        """A product element by element: as long as its result is, longer for short runs and strides."""
        orders = self.memory.order(x), self.memory.order(y), lies
        own = walked_seconds(lies, orders, self.memory, self.rates.multiplying)
        return self.least_elementwise(self.memory.points(lies), x.dtype) + own

    def least_elementwise(self, elements: int, dtype: str) -> float:
        """The seconds of a product element by element of what lies well."""
        return self.rates.call + written_seconds(elements, self.rates_in(dtype))

    def least_sum(self, elements: int, dtype: str) -> float:
        """The seconds of a sum of what lies well."""
        return least_sum(elements, self.rates_in(dtype))

    def turned(self, lies: Group, other: Group, dtype: str) -> float:
        """The seconds that an elementwise product takes longer if the shared indices of its factors lie so, and so."""
        lies, other = self.memory.told(lies), self.memory.told(other)
        order = tuple([index for index in lies if index in other])
        if order == tuple([index for index in other if index in order]):
            return 0.0
        elements = self.memory.points(lies)
        price = self.rates.view + elements / self.rates_in(dtype).near
        if elements > CACHED:
            price += walked_seconds(lies, (lies, other), self.memory, self.rates.multiplying)
        return price

    def _vecdot(self, x: Value, y: Value) -> float:
        elements, vectors = self.memory.points(x.indices), self.memory.points(flat(x.layout[:-1]))
        apart = sum(not self.memory.ends_in(side, side.layout[-1]) for side in (x, y))
        return self.least_vecdot(vectors, elements, x.dtype) + apart * elements * self.rates.dotting.strided

    def least_vecdot(self, vectors: int, elements: int, dtype: str) -> float:
        """The seconds of products of so many vectors, of so many elements together, that lie well."""
        rates = self.rates_in(dtype)
        seconds = rates.vectors + vectors * rates.dotting.run
        return seconds + elements / rates.vecdot * (1.0 if elements < STAYING * rates.warm / 2 else FAR)

    def loop(self, loop: Loop) -> float:
        """The seconds of one loop."""
        return loop_seconds(loop, self.memory, self.rates_in(loop.operands[0].dtype))
