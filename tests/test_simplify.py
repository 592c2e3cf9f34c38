"""Each rule, before and after."""

from __future__ import annotations

import pytest
from test_program import layout_of, value

from einc.laws import verify
from einc.lower.line import Line
from einc.program import Cast, Diagonal, Loop, Multiply, Permute, Program, Regroup, Sum, Trace
from einc.simplify import (
    cast_of_cast,
    idle_regroup,
    loop_of_view,
    permute_of_permute,
    regroup_of_regroup,
    simplify,
    trace,
)


def program(x, *makers):
    """A program over one operand, each maker called with what the one before made."""
    line, result = Line(), x
    for maker in makers:
        result = line(maker(result))
    return Program((x,), tuple(line.steps), (result,))


RULES = [
    (
        trace,
        value("i i", "x0"),
        [lambda v: Diagonal(v, "i"), lambda v: Sum(v, ("i",))],
        [Trace],
    ),
    (
        permute_of_permute,
        value("i j k", "x0"),
        [lambda v: Permute(v, layout_of("k i j")), lambda v: Permute(v, layout_of("j i k"))],
        [lambda v: Permute(v, layout_of("j i k"))],
    ),
    (
        cast_of_cast,
        value("i j", "x0", "int8"),
        [lambda v: Cast(v, "int32"), lambda v: Cast(v, "float32")],
        [lambda v: Cast(v, "float32")],
    ),
    (
        cast_of_cast,
        value("i j", "x0", "bool"),
        [lambda v: Cast(v, "uint8"), lambda v: Cast(v, "float32")],
        [lambda v: Cast(v, "float32")],
    ),
    (
        idle_regroup,
        value("i j", "x0"),
        [lambda v: Regroup(v, layout_of("i j"))],
        [lambda v: Permute(v, layout_of("i j"))],
    ),
    (
        loop_of_view,
        value("i j i", "x0"),
        [lambda v: Permute(v, layout_of("j i i")), lambda v: Diagonal(v, "i"), lambda v: Loop((v,), ("j",))],
        [lambda v: Loop((v,), ("j",))],
    ),
    (
        regroup_of_regroup,
        value("i j", "x0"),
        [lambda v: Regroup(v, layout_of("(i j)")), lambda v: Regroup(v, layout_of("i 1 j"))],
        [lambda v: Regroup(v, layout_of("i 1 j"))],
    ),
]


@pytest.mark.parametrize(("rule", "x", "before", "after"), RULES, ids=lambda v: getattr(v, "__name__", ""))
def test_rules(rule, x, before, after):
    assert verify(simplify(program(x, *before), (rule,))) == program(x, *after)


@pytest.mark.parametrize(
    ("x", "makers"),
    [
        (value("i i", "x0", "int32"), [lambda v: Diagonal(v, "i"), lambda v: Sum(v, ("i",))]),  # traces widen integers
        (value("i i j", "x0"), [lambda v: Diagonal(v, "i"), lambda v: Sum(v, ("i",))]),
        (value("i j", "x0"), [lambda v: Permute(v, layout_of("j i")), lambda v: Sum(v, ("i",))]),
        (value("i", "x0", "int16"), [lambda v: Cast(v, "int8"), lambda v: Cast(v, "int32")]),  # which may wrap
        (value("i", "x0", "int8"), [lambda v: Cast(v, "uint16"), lambda v: Cast(v, "int32")]),
        (value("i", "x0", "uint8"), [lambda v: Cast(v, "int8"), lambda v: Cast(v, "int32")]),
        (value("i", "x0", "int8"), [lambda v: Cast(v, "bool"), lambda v: Cast(v, "int32")]),
        (value("i", "x0", "float64"), [lambda v: Cast(v, "int64"), lambda v: Cast(v, "int8")]),
        (value("i", "x0", "int64"), [lambda v: Cast(v, "float32"), lambda v: Cast(v, "float64")]),
    ],
)
def test_what_is_left_alone(x, makers):
    assert simplify(program(x, *makers)) == program(x, *makers)


def test_what_is_still_needed_stays():
    x = value("i i i", "x0")
    line = Line()
    first = line(Diagonal(x, "i"))
    second = line(Diagonal(first, "i"))
    both = Program((x,), tuple(line.steps), (second, first))
    assert simplify(both) == both
    assert len(simplify(Program((x,), tuple(line.steps), (first,))).steps) == 1


def test_identities_are_dropped_unless_they_are_results():
    x = value("i j", "x0")
    line = Line()
    turned = line(Permute(x, layout_of("j i")))
    back = line(Permute(turned, layout_of("i j")))  # the identity, once the two are one
    result = line(Multiply(back, x))
    steps = tuple(line.steps)
    assert [step.op for step in simplify(Program((x,), steps, (result,))).steps] == [Multiply(x, x)]
    assert [step.op for step in simplify(Program((x,), steps, (back,))).steps] == [Permute(x, x.layout)]


def test_a_grouping_that_changes_nothing_is_an_identity():
    x = value("i 1", "x0")
    before = [lambda v: Regroup(v, layout_of("i")), lambda v: Regroup(v, layout_of("i 1")), lambda v: Multiply(v, v)]
    assert simplify(program(x, *before)) == program(x, lambda v: Multiply(v, v))
