"""Tree to result, at once: what a program would compute, without one, as writing it takes longer than to run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from math import prod
from operator import attrgetter
from typing import Any, NamedTuple

from einc.arithmetic import Arithmetic
from einc.backends.spelling import Backend, Ranks
from einc.expression import Expression, Group, Layout, Sizes, apart, flat
from einc.interpret import interpreted, line_of
from einc.laws import own_names
from einc.lower.alike import Likeness, likeness
from einc.lower.direct import Form, form
from einc.lower.ends import finished, operands_alone
from einc.lower.line import Line
from einc.lower.many import bits_of, is_small, lying_beside
from einc.lower.pair import Pair
from einc.lower.routine import Choice, choice, whole
from einc.price import Pricing, Setting, priced
from einc.program import Call, Value
from einc.reuse import overwriting, owned
from einc.tree import Contraction, Indices, readers, terms


class Calls(NamedTuple):
    """Those that small pairs need: of an array and its new axes, or its new shape; and products."""

    permute: Callable[[Any, Sequence[int]], Any]
    reshape: Callable[[Any, Sequence[int]], Any]
    multiply: Callable[[Any, Any], Any]
    matmul: Mapping[Ranks, Callable[[Any, Any], Any]]


class Node(NamedTuple):
    """An array that knows its indices.

    Attributes:
        array: with one axis for each index.
        indices: in the order of its axes.
        lies: in the order in which they are thought to lie in memory.
        ours: whether it was made here, so that it may be written over.
    """

    array: Any
    indices: Group
    lies: Group
    ours: bool = True


GONE = Node(None, (), ())
LIBRARIES = 16  # whose calls are remembered
RANKS = tuple((one, other) for one in range(1, 4) for other in range(1, 4))


def at_once(
    expression: Expression, steps: Sequence[Contraction], types: Arithmetic, setting: Setting, operands: Sequence[Any]
) -> Any:
    """The result of an expression, bit by bit that of the program which `lower` makes of many pairs, none sliced.

    Small pairs are contracted as they come; for others, the lines that a program has for them are run.
    """
    nodes = _operands(expression, types, setting, operands)
    bits, calls = bits_of(setting.sizes), calls_of(setting.backend)
    pricing = priced((), Setting(setting.sizes, setting.backend))
    known: dict[Likeness, Choice] = {}
    reading = readers(steps)
    for step in steps:
        x, y = nodes[step.left], nodes[step.right]
        nodes[step.left] = nodes[step.right] = GONE
        if is_small(step, bits):
            made = _product(x, y, form(x.indices, y.indices, step.kept), setting.sizes, calls)
        else:
            wanted = tuple(dict.fromkeys(flat(expression.output))) if step is steps[-1] else ()
            beside = lying_beside(step, nodes, reading, bits, attrgetter("lies"))
            made = _run((x, y), step.kept, (wanted, beside), types, pricing, known)
        nodes.append(made)
    return _finished(nodes[-1], expression, types, setting)


def calls_of(backend: Backend) -> Calls:
    """Those of a library, as its table spells them."""
    products = [backend.matmul.get(ranks, backend.matmul_any).format(x="x", y="y") for ranks in RANKS]
    return _calls(
        backend.imports,
        backend.permute.format(x="x", axes="*axes,"),
        backend.reshape.format(x="x", sizes="*sizes"),
        backend.multiply.format(x="x", y="y"),
        tuple(products),
    )


@lru_cache(LIBRARIES)
def _calls(imports: str, permute: str, reshape: str, multiply: str, products: tuple[str, ...]) -> Calls:
    return Calls(
        line_of(imports, "x, axes", permute),
        line_of(imports, "x, sizes", reshape),
        line_of(imports, "x, y", multiply),
        {ranks: line_of(imports, "x, y", text) for ranks, text in zip(RANKS, products)},
    )


def _product(x: Node, y: Node, by: Form, sizes: Sizes, calls: Calls) -> Node:
    """What a pair makes in its form."""
    first, second = (y, x) if by.swapped else (x, y)
    one = _arranged(first, by.first, sizes, calls)
    other = _arranged(second, by.second, sizes, calls)
    indices = flat(by.out)
    if not by.sums:
        return Node(calls.multiply(one, other), indices, indices)
    made = calls.matmul[len(by.first), len(by.second)](one, other)
    if len(indices) != len(by.out) or () in by.out:
        made = calls.reshape(made, list(map(sizes.__getitem__, indices)))
    return Node(made, indices, indices)


def _arranged(x: Node, to: Layout, sizes: Sizes, calls: Calls) -> Any:
    """An array in a layout."""
    array, order = x.array, flat(to)
    if order != x.indices:
        array = calls.permute(array, list(map(x.indices.index, order)))
    if len(order) != len(to) or () in to:
        size = sizes.__getitem__
        array = calls.reshape(array, [size(group[0]) if len(group) == 1 else prod(map(size, group)) for group in to])
    return array


def _run(
    sides: tuple[Node, Node],
    kept: Indices,
    orders: tuple[Group, Group],
    types: Arithmetic,
    pricing: Pricing,
    known: dict[Likeness, Choice],
) -> Node:
    """What a pair makes by the lines that are quickest."""
    x, y = (Value(name, apart(side.indices), types.compute) for name, side in zip("xy", sides))
    for value, side in zip((x, y), sides):
        pricing.memory.note(value, side.lies)
    wanted, beside = orders
    alike = likeness(Line(pricing), Pair(x, y, kept, wanted, types.product, beside=beside))
    found = known.get(alike) or known.setdefault(alike, choice(alike, pricing, types))
    called = own_names(Call(found.program, (x, y)))
    sizes = {index: pricing.memory.sizes[name] for index, name in called.items()}
    program = found.program
    if pricing.backend.multiply_over:
        program = overwriting(program, [value for value, side in zip(program.operands, sides) if side.ours])
    (array,) = interpreted(program, pricing.backend, sizes, [side.array for side in sides])
    made = found.program.results[0].indices
    return Node(array, tuple([called[index] for index in made]), tuple([called[index] for index in found.lies]))


def _operands(expression: Expression, types: Arithmetic, setting: Setting, arrays: Sequence[Any]) -> list[Node]:
    """The operands, those reduced on their own that have to be."""
    nodes: list[Node] = []
    left: list[tuple[int, Value, Indices]] = []
    orders = setting.strided or repeat(())
    for number, (layout, kept, order, array) in enumerate(zip(expression.operands, terms(expression), orders, arrays)):
        indices = lies = flat(layout)
        if not len(kept) == len(indices) == len(layout) or () in layout or types.operands[number] != types.compute:
            left.append((number, Value(f"x{number}", layout, types.operands[number]), kept))
        elif order:
            lies = tuple([indices[axis] for axis in order])
        nodes.append(Node(array, indices, lies, ours=False))
    for (number, *_), node in zip(left, _alone(left, types, setting, arrays)):
        nodes[number] = node
    return nodes


def _alone(
    operands: Sequence[tuple[int, Value, Indices]], types: Arithmetic, setting: Setting, arrays: Sequence[Any]
) -> Iterator[Node]:
    """Operands, told by their numbers among all arrays, reduced on their own."""
    numbers, values = [number for number, *_ in operands], tuple([value for _, value, _ in operands])
    strided = [setting.strided[number] for number in numbers] if setting.strided else ()
    line = Line(priced(values, Setting(setting.sizes, setting.backend, strided)))
    made = operands_alone(line, operands, (), types.compute)
    program = whole(values, line, made)
    ours = owned(program)
    results = interpreted(program, setting.backend, setting.sizes, [arrays[number] for number in numbers])
    for value, kept, array in zip(made, program.results, results):
        yield Node(array, value.indices, line.order(value), kept in ours)


def _finished(node: Node, expression: Expression, types: Arithmetic, setting: Setting) -> Any:
    """The result, from that of the last pair."""
    last = Value("x", apart(node.indices), types.compute)
    line = Line(priced((last,), Setting(setting.sizes, setting.backend)))
    result = finished(line, last, expression, (), types)
    if not line.steps:
        return node.array
    return interpreted(whole((last,), line, (result,)), setting.backend, setting.sizes, (node.array,))[0]
