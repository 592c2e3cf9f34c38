"""The corridor from a text that was read to a plan: through every room, for one kind of operands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from einc import errors
from einc.arithmetic import Arithmetic, arithmetic
from einc.check import check_ranks
from einc.emit import emit
from einc.expression import Expression, Shape, Sizes, Written
from einc.guard import guarded_source
from einc.inline import inlined
from einc.laws import verify
from einc.load import Function, load
from einc.lower import Others, at_once, contiguous, has_routines, lower, quickest
from einc.memory import most_axes, peak
from einc.operands import Kind
from einc.options import Options
from einc.plan import CLOSE, Planner, alternatives, planner
from einc.price import Setting
from einc.program import Program
from einc.resolve import broadcast, resolve
from einc.reuse import overwriting
from einc.simplify import APART, RULES, simplify
from einc.sizes import check_sizes
from einc.tree import Contraction, Tree, contractions, points, terms

TRY = 5e-5  # seconds of each pair that are worth a look at one more order
ADDRESSES = 2**63  # elements, fewer of which every array has
TRIES = 8  # at smaller and smaller intermediates


@dataclass(frozen=True, slots=True)
class Order:
    """What is planned for some shapes, whatever the library and the dtypes."""

    expression: Expression
    sizes: Sizes
    tree: Tree


@dataclass(frozen=True)
class Plan:
    """What is planned for one kind of operands: the product of every room."""

    kind: Kind
    expression: Expression
    sizes: Sizes
    tree: Tree
    types: Arithmetic
    contiguous: bool = False  # whether the result has to be
    typed: bool = False  # whether the user chose the type
    lowered: Program | None = field(default=None, repr=False)  # if that was not left for later

    @cached_property
    def steps(self) -> tuple[Contraction, ...]:
        """The pairs of the tree."""
        return contractions(self.tree, self.expression)

    @cached_property
    def outlined(self) -> Program:
        """How it is run: of many pairs, those that are small and alike are calls of one routine."""
        lowered = self.lowered or lower(self.expression, self.tree, self.types, _setting(self.sizes, self.kind))
        program = verify(simplify(verify(lowered), APART if self.is_long else RULES))
        if self.contiguous:
            program = verify(contiguous(program))
        return verify(overwriting(program)) if self.kind.backend.multiply_over else program

    @cached_property
    def program(self) -> Program:
        """Every step, those of routines at the place of each call."""
        return inlined(self.outlined)

    @cached_property
    def source(self) -> str:
        """The program as a module to read and to keep."""
        return emit(self.outlined, self.kind.backend)

    @cached_property
    def function(self) -> Function:
        """The function that the source defines; it tests nothing."""
        return load(self.source)

    @cached_property
    def is_long(self) -> bool:
        """Whether it has so many pairs that to run them once takes less time than to write a program."""
        rates = self.kind.backend.rates
        if self.tree.sliced or self.contiguous or not has_routines(len(self.tree.pairs), self.types, rates):
            return False
        return max(len(step.touched) for step in self.steps) < self.kind.backend.most_axes

    def at_once(self, *operands: Any) -> Any:
        """What the function returns, without a function."""
        setting = _setting(self.sizes, self.kind)
        return at_once(self.expression, self.steps, self.types, setting, operands)

    @cached_property
    def largest(self) -> int:
        """Elements of the largest value, operands aside."""
        if self.is_long:
            return max(points(step.kept, self.sizes) for step in self.steps)
        return max(points(step.value.indices, self.sizes) for step in self.outlined.steps)

    @cached_property
    def guarded(self) -> Function:
        """The function, behind tests that its operands are of the kind planned for; None where they are not."""
        return load(guarded_source(self.outlined, self.kind, self.sizes, self.typed))


def make_order(text: Written, shapes: tuple[Shape, ...], options: Options) -> Order:
    """Resolve a text for operands of these shapes, check that they fit, and plan."""
    check_ranks(text, shapes)
    as_written = replace(resolve(text, [len(shape) for shape in shapes]), given=options.sizes)
    sizes = check_sizes(text, as_written, shapes, broadcasts=options.broadcast == "always")
    expression = broadcast(as_written, shapes, sizes)
    return Order(expression, sizes, planner(options.optimize)(expression, sizes))


def make_plan(order: Order, kind: Kind, options: Options) -> Plan:
    """Lower an order for a kind of operands, hold the program to the laws, and emit it.

    Where the planner has a memory limit, and the plan does not keep it, another order is asked for.
    """
    plan = _lowered(order, kind, options, partial(_others, order, options))
    if isinstance(options.optimize, Planner) and options.optimize.memory_limit is not None:
        return _within_limit(plan, options.optimize, options)
    return plan


def _others(order: Order, options: Options, seconds: float) -> Iterable[Tree]:
    """Other orders that cost about as little, of which one may take less time than what takes so many seconds.

    By default, only as many are looked at as that takes little time beside a few calls.
    """
    if order.tree.sliced or not 2 < order.tree.operands <= CLOSE:
        return ()
    tries = None if isinstance(options.optimize, Planner) else int(seconds / TRY / len(order.tree.pairs))
    if tries == 0:
        return ()
    trees = alternatives(options.optimize, order.expression, order.sizes, order.tree)
    return [tree for tree in trees if tree != order.tree][:tries]


def _in_order(plan: Plan, tree: Tree, options: Options) -> Plan:
    """A plan for the same in another order."""
    return _lowered(Order(plan.expression, plan.sizes, tree), plan.kind, options)


def _setting(sizes: Sizes, kind: Kind) -> Setting:
    return Setting(sizes, kind.backend, kind.strided)


def _within_limit(plan: Plan, planner: Planner, options: Options) -> Plan:
    """The plan, or one with smaller intermediates, until they keep the planner's limit together."""
    limit = planner.memory_limit or 0
    if peak(plan.program, plan.sizes) <= limit:
        return plan

    everything = sorted(frozenset[str]().union(*terms(plan.expression)))
    sliced = tuple(index for index in everything if plan.sizes[index] > 1)
    finest = _in_order(plan, replace(plan.tree, sliced=sliced), options)
    if (least := peak(finest.program, plan.sizes)) > limit:
        raise errors.memory_limit_too_small(limit, least)
    most = float(plan.largest)
    again = replace(planner, budget=planner.budget / 4)
    for _ in range(TRIES):
        if (bytes_taken := peak(plan.program, plan.sizes)) <= limit:
            return plan
        most *= limit / bytes_taken
        plan = _in_order(plan, again.sliced_tree(plan.expression, plan.sizes, most), options)
    return finest


def _lowered(order: Order, kind: Kind, options: Options, others: Others = lambda _: ()) -> Plan:
    """The plan for an order, or for one of others that is predicted to take less time."""
    _check_axes(max(map(len, kind.shapes), default=0), kind)
    if order.tree.sliced and not kind.backend.slices:
        raise errors.no_slices(kind.library)
    types = arithmetic(order.expression, kind, options.dtype, options.casting)
    long = Plan(kind, order.expression, order.sizes, order.tree, types, options.order == "C", options.dtype is not None)
    _check_steps(long)
    if long.is_long:
        return long
    tree, program = quickest(order.expression, order.tree, types, _setting(order.sizes, kind), others)
    plan = replace(long, tree=tree, lowered=program)
    _check_axes(most_axes(plan.outlined), kind)
    return plan


def _check_steps(plan: Plan) -> None:
    """Refuse at once what no array can hold: lowering it takes minutes, and ends in a program that is refused."""
    if len(plan.sizes) <= plan.kind.backend.most_axes:
        return
    made = [step.kept.difference(plan.tree.sliced) for step in plan.steps]
    _check_axes(max((len(kept) for kept in made if points(kept, plan.sizes) >= ADDRESSES), default=0), plan.kind)


def _check_axes(axes: int, kind: Kind) -> None:
    if axes > kind.backend.most_axes:
        raise errors.too_many_axes(axes, kind.backend.most_axes, kind.library)
