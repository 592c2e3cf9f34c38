"""One pair of values to their contraction: the ways that a good engineer would consider.

A way's first line states when it applies. Values come in with one axis per index and go out
so, in an order that costs no copy; only the last is brought into the order wanted. Which way
is taken is decided by predicted time, for the whole tree at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import dropwhile
from itertools import product as combinations
from typing import NamedTuple

from einc.backends.spelling import Exact, category
from einc.expression import Group, Layout, apart
from einc.lower.classify import Roles, classify
from einc.lower.least import of_loop, of_matrices, of_products_and_sums, of_vectors
from einc.lower.line import Line
from einc.lower.magnitudes import magnitude
from einc.lower.orders import as_beside, as_it_lies, common_orders, is_turned, lie_together, natural_orders
from einc.lower.unary import arranged, cast, in_order, permuted, regrouped, summed
from einc.price import CACHED
from einc.program import Loop, Matmul, Multiply, Value, Vecdot
from einc.tree import Indices

REREAD = 4  # times at least is a side read in a product for which it is copied first
REAL = ("float32", "float64")  # of others, libraries conjugate one side, or have no such product


class Way(NamedTuple):
    """A way to contract a pair.

    Attributes:
        make: its steps.
        least: the seconds that they take at least.
    """

    make: Callable[[Line], Value]
    least: Callable[[], float] = float


@dataclass(frozen=True)
class Pair:
    """What is to be contracted.

    Attributes:
        x, y: both sides.
        kept: the indices that the result needs.
        wanted: an order of them that would be welcome, or none.
        product: the dtype of matrix products.
        lent: others, for integers of which their products are exact.
        beside: how an array lies by which the result will be multiplied element by element, if that is known.
    """

    x: Value
    y: Value
    kept: Indices
    wanted: Group
    product: str
    lent: tuple[Exact, ...] = ()
    beside: Group = ()

    @cached_property
    def roles(self) -> Roles:
        """What every index is."""
        return classify(self.x, self.y, self.kept)

    @cached_property
    def swapped(self) -> Pair:
        """The same with its sides exchanged."""
        return replace(self, x=self.y, y=self.x)


def ways(line: Line, pair: Pair) -> Iterator[Way]:
    """All that apply, the one that is most often best first."""
    return _summing(line, pair) if pair.roles.summed else _multiplying(line, pair)


def _multiplying(line: Line, pair: Pair) -> Iterator[Way]:
    """Ways of a pair of which nothing is summed."""
    roles = pair.roles
    natural = natural_orders(pair.x, pair.y, roles)
    if pair.beside:
        natural = (*natural, as_beside(natural[0], pair.beside))
    smaller = min(pair.x, pair.y, key=lambda side: line.points(side.indices))
    pays = line.points(natural[0]) >= max(REREAD * line.points(smaller.indices), CACHED)
    for order in dict.fromkeys((pair.wanted or natural[0], *natural)):
        yield Way(partial(multiplied, pair=pair, order=order))
        if pays and is_turned(line, smaller, order):
            yield Way(partial(multiplied, pair=pair, order=order, copied=smaller))
        if roles.left and roles.right and line.may_loop(pair.x, pair.y):
            yield _as_loop(line, pair, order)


def _summing(line: Line, pair: Pair) -> Iterator[Way]:
    """Ways of all others."""
    roles = pair.roles
    loops = line.may_loop(pair.x, pair.y)
    loop = _as_loop(line, pair, pair.wanted or (*roles.batch, *roles.left, *roles.right))
    inner = not roles.left and not roles.right
    if loops and inner and roles.batch:  # any matrix product is one of vectors
        yield loop
    products = pair.product, *exact_products(line, pair)
    first = pair.swapped if _better_swapped(roles, pair.wanted) else pair
    sides = (first,) if loops and inner else (first, first.swapped)
    for side in sides:
        for chosen, product in combinations(dict.fromkeys(matrix_roles(line, side)), products):
            yield _as_matrices(line, side, chosen, product)
    for side in sides if line.minds_copies(pair.x, pair.y) and not (loops and inner) else ():
        for chosen, product in combinations(dict.fromkeys(promoted_roles(line, side)), products):
            yield _as_matrices(line, side, chosen, product)
    if inner and roles.batch:
        yield Way(partial(multiplied_and_summed, pair=pair), partial(of_products_and_sums, line, pair.x))
        if pair.x.dtype in REAL:
            for order in dict.fromkeys(as_it_lies(line, side, roles.summed) for side in (pair.x, pair.y)):
                least = partial(of_vectors, line, pair.x, pair.y, roles.batch, order)
                yield Way(partial(vectors_multiplied, pair=pair, order=order), least)
    if loops and not (inner and roles.batch):
        yield loop


def _as_matrices(line: Line, pair: Pair, roles: Roles, product: str) -> Way:
    least = partial(of_matrices, line, pair.x, pair.y, roles, product, pair.kept)
    return Way(partial(matrix_multiplied, pair=pair, roles=roles, product=product), least)


def _as_loop(line: Line, pair: Pair, order: Group) -> Way:
    loop = Loop((pair.x, pair.y), order)
    return Way(partial(Line.__call__, op=loop), partial(of_loop, line, loop))


def multiplied(line: Line, pair: Pair, order: Group, copied: Value | None = None) -> Value:
    """Nothing is summed: an elementwise product, where an index missing on one side is an axis of size one.

    Where a side lies in another order than the result is to, it may be copied first.
    """
    x, y = (in_order(line, side, order) if side is copied else side for side in (pair.x, pair.y))
    return line(Multiply(_spread(line, x, order), _spread(line, y, order)))


def multiplied_and_summed(line: Line, pair: Pair) -> Value:
    """Both sides have the same indices: an elementwise product, and its sum."""
    order = pair.x.indices
    return summed(line, multiplied(line, pair, order), pair.kept)


def vectors_multiplied(line: Line, pair: Pair, order: Group) -> Value:
    """Both sides have the same indices, and real elements: a batch of products of vectors."""
    to = (*apart(pair.roles.batch), order)
    return line(Vecdot(arranged(line, pair.x, to), arranged(line, pair.y, to)))


def matrix_multiplied(line: Line, pair: Pair, roles: Roles, product: str) -> Value:
    """Something is summed: a matrix product, of vectors where no batch needs its sides as matrices."""
    x, y = cast(line, pair.x, product), cast(line, pair.y, product)
    batch = _batch(line, x, y, roles.batch)
    x = arranged(line, x, (*_own(batch, x), *_side(roles.left, batch), roles.summed))
    one_column = batch and not roles.right
    if one_column and (not roles.left or line.prefers_rows((*roles.left, *roles.summed))):  # of vectors, all are so
        y = arranged(line, y, (*_own(batch, y), (), roles.summed))
        y = permuted(line, y, (*_own(batch, y), roles.summed, ()))
    else:
        y = arranged(line, y, (*_own(batch, y), roles.summed, *_side(roles.right, batch)))
    made = (*roles.batch, *roles.left, *roles.right)
    z = regrouped(line, line(Matmul(x, y, line.is_large(made))), apart(made))
    return cast_back(line, summed(line, z, pair.kept), pair.x.dtype)


def exact_products(line: Line, pair: Pair) -> Iterator[str]:
    """The quickest dtype in which a matrix product of integers is exact, if any; of bool, any is.

    Sums of what is not negative never become zero, however they are rounded.
    """
    if line.magnitudes is None:
        return
    x, y = line.magnitudes.of(pair.x), line.magnitudes.of(pair.y)
    total = x * y * line.points(pair.roles.summed)
    for exact in pair.lent:
        if pair.x.dtype == "bool" or (max(x, y) <= exact.factor and total <= exact.total):
            yield exact.dtype
            return


def cast_back(line: Line, x: Value, to: str) -> Value:
    """The result of a matrix product in the dtype `to`: if it wraps there, by way of integers that hold it."""
    if line.magnitudes is not None and x.dtype != to and category(to) == "integer":
        largest = line.magnitudes.of(x)
        if largest >= magnitude(to):
            x = cast(line, x, "int32" if largest < magnitude("int32") else "int64")
    return cast(line, x, to)


def matrix_roles(line: Line, pair: Pair) -> Iterator[Roles]:
    """The roles as they are, with the summed indices, and those of the batch, in the order of either side."""
    roles = pair.roles
    if not roles.batch and not roles.left and roles.right:
        return  # a matrix comes before a vector
    left, right = as_it_lies(line, pair.x, roles.left), as_it_lies(line, pair.y, roles.right)
    for order, batch in combinations(
        *[common_orders(line, pair.x, pair.y, own) for own in (roles.summed, roles.batch)]
    ):
        yield Roles(batch, left, right, order)
        if pair.beside:
            suits = partial(as_beside, beside=pair.beside)
            yield Roles(suits(batch), suits(left), suits(right), order)


def promoted_roles(line: Line, pair: Pair) -> Iterator[Roles]:
    """Indices of one side become a batch that the other side lacks, or a summed index one that is summed last.

    It needs an operand that would have to be copied otherwise, and none that has to be now.
    """
    roles = pair.roles
    left, right = as_it_lies(line, pair.x, roles.left), as_it_lies(line, pair.y, roles.right)
    for order in dict.fromkeys(as_it_lies(line, side, roles.summed) for side in (pair.x, pair.y)):
        if lie_together(line, pair.x, left, order) and lie_together(line, pair.y, order, right):
            continue
        for late in ((), *((index,) for index in order if len(order) > 1)):
            now = _without(order, late)
            x_fits, y_fits = lie_together(line, pair.x, left, now), lie_together(line, pair.y, now, right)
            for promoted in _promotable(left) if y_fits else ():
                rows = _without(left, promoted)
                if lie_together(line, pair.x, rows, now):
                    yield Roles((*promoted, *roles.batch, *late), rows, right, now)
            for promoted in _promotable(right) if x_fits else ():
                columns = _without(right, promoted)
                if lie_together(line, pair.y, now, columns):
                    yield Roles((*promoted, *roles.batch, *late), left, columns, now)
            if late and x_fits and y_fits:
                yield Roles((*roles.batch, *late), left, right, now)


def _promotable(side: Group) -> Iterator[Group]:
    """Indices of one side: one, all but one, the first few or the last few."""
    ones = [(index,) for index in side]
    most = [_without(side, one) for one in ones]
    parts = [part for at in range(1, len(side)) for part in (side[:at], side[at:])]
    return filter(None, dict.fromkeys((*ones, *most, *parts)))


def _without(group: Group, gone: Group) -> Group:
    return tuple(index for index in group if index not in gone)


def _batch(line: Line, x: Value, y: Value, batch: Group) -> Layout:
    """An axis for each index of the batch, or one for all where they are those of one side alone, in one piece."""
    for side, other in ((x, y), (y, x)) if len(batch) > 1 else ():
        if not {*batch} & {*other.indices} and lie_together(line, side, batch):
            return (batch,)
    return apart(batch)


def _own(batch: Layout, x: Value) -> Layout:
    """The batch axes of one side: of size one for what it lacks."""
    if not batch:
        return ()
    own = frozenset(x.indices)
    return tuple([group if own.issuperset(group) else () for group in batch])


def _side(indices: Group, batch: Layout) -> Layout:
    """The axis for the free indices of one side; without any, an axis of size one where a batch needs a matrix."""
    return (indices,) if indices or batch else ()


def _spread(line: Line, x: Value, order: Group) -> Value:
    """`x` in the order given, with axes of size one for what it lacks (except in front, where none is needed)."""
    own = frozenset(x.indices)
    axes = [(index,) if index in own else () for index in order]
    return arranged(line, x, tuple(dropwhile(lambda group: not group, axes)))


def _better_swapped(roles: Roles, wanted: Group) -> bool:
    """Whether y·x puts the matrix before the vector, or comes out as wanted where x·y does not."""
    if not roles.batch and not roles.left:
        return bool(roles.right)
    straight = (*roles.batch, *roles.left, *roles.right)
    return wanted != straight and wanted == (*roles.batch, *roles.right, *roles.left)
