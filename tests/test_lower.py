"""Tree to Program: the laws hold, roles are told apart, and views stand where copies need not."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest
from counted import networks
from hypothesis import given, settings
from problems import problems
from shortcuts import planned

from einc.arithmetic import Arithmetic
from einc.backends import BACKENDS
from einc.expression import Expression, apart
from einc.laws import verify
from einc.lower import lower
from einc.lower.ahead import hindrance
from einc.lower.alike import Likeness, likeness
from einc.lower.classify import Roles, classify
from einc.lower.floor import floor
from einc.lower.line import Line
from einc.lower.pair import Pair, ways
from einc.operands import Kind
from einc.options import Options
from einc.price import Setting, priced, seconds
from einc.program import Cast, Matmul, Permute, Regroup, Value
from einc.tree import Contraction, Tree


def lowered(text, *pairs, types=("float64", "float64", "float64")):
    inputs, output = text.split("->")
    terms = inputs.split(",")
    expression = Expression(tuple(map(apart, terms)), apart(output))
    compute, product, result = types
    return verify(
        lower(
            expression,
            Tree(len(terms), pairs),
            Arithmetic((result,) * len(terms), compute, product, result),
            Setting(dict.fromkeys("".join(terms), 64), BACKENDS["torch"]),
        )
    )


def ops(program):
    return [type(step.op).__name__ for step in program.steps]


def test_large_networks_are_lowered_without_a_look_at_all_that_is_left(monkeypatch):
    """Of the first of a hundred pairs as of the last, the lie of its own two sides is asked for."""
    asked = []
    order = Line.order
    monkeypatch.setattr(Line, "order", lambda line, value: asked.append(value) or order(line, value))
    for many in (100, 400):
        before = len(asked)
        letters = [chr(0x4E00 + k) for k in range(many + 1)]
        text = ",".join(map("".join, pairwise(letters))) + f"->{letters[0]}{letters[-1]}"
        lowered(text, (0, 1), *[(many + k - 2, k) for k in range(2, many)])
        assert len(asked) - before <= 20 * many


def test_roles():
    x, y = Value("x", apart("bcik"), "float64"), Value("y", apart("kcbj"), "float64")
    assert classify(x, y, frozenset("bcij")) == Roles(("b", "c"), ("i",), ("j",), ("k",))
    with pytest.raises(AssertionError):
        classify(x, y, frozenset("bcj"))


@settings(max_examples=300)
@given(problem=problems())
def test_the_laws_hold(problem):
    """The compiler verifies every program it makes; this is that check over many, on both libraries."""
    for library in BACKENDS:
        kind = Kind(library, tuple(x.shape for x in problem.operands), ("float32",) * len(problem.operands))
        program = planned(problem.text, kind).program
        assert verify(program).results[0].dtype == "float32"
        names = [step.value.name for step in program.steps]
        assert names == [f"t{n}" for n in range(len(names))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ik,kj->ij", ["Matmul"]),
        ("ki,jk->ij", ["Matmul", "Permute"]),
        ("ij,jk->ki", ["Matmul", "Permute"]),
        ("ij,i->j", ["Permute", "Matmul"]),  # the matrix comes first
        ("i,ij->j", ["Permute", "Matmul"]),
        ("i,i->i", ["Multiply"]),
        ("ij,ji->ij", ["Permute", "Multiply"]),
        ("abi,ij->abj", ["Regroup", "Matmul", "Regroup"]),
        ("abk,abk->", ["Regroup", "Regroup", "Matmul"]),
        ("abij,abjk->abik", ["Matmul"]),  # a batch is not merged
        ("bi,bi->b", ["Vecdot"]),
        ("ijx,jk->ik", ["Sum", "Matmul"]),  # what one operand alone holds is summed first
    ],
)
def test_what_pairs_become(text, expected):
    assert ops(lowered(text, (0, 1))) == expected


def test_summed_axes_are_ordered_so_that_the_fewest_copies_are_made():
    """`k j` lies side by side in both operands, `j k` in neither."""
    program = lowered("ikj,kjl->il", (0, 1))
    assert ops(program) == ["Regroup", "Regroup", "Matmul"]


def test_an_identity_is_a_view_not_the_operand():
    program = lowered("ij->ij")
    assert ops(program) == ["Permute"]


def test_casts_stand_before_the_first_and_after_the_last():
    program = lowered("ij,jk->i", (0, 1), types=("float32", "float32", "float16"))
    assert ops(program) == ["Cast", "Cast", "Sum", "Matmul", "Cast"]
    assert program.results[0].dtype == "float16"


def test_matrix_products_in_a_lent_type_are_cast_back_each():
    program = lowered("ij,jk,kl->il", (0, 1), (3, 2), types=("bool", "float32", "bool"))
    products = [step.value for step in program.steps if isinstance(step.op, Matmul)]
    casts = [step.op for step in program.steps if isinstance(step.op, Cast)]
    assert [value.dtype for value in products] == ["float32", "float32"]
    assert [op.to for op in casts if op.x in products] == ["bool", "bool"]


def test_every_step_knows_the_tree_node_it_serves():
    program = lowered("iij,jk,kl->il", (0, 1), (3, 2))
    assert [step.node for step in program.steps] == [0, 3, 3, 4]
    assert isinstance(program.steps[1].op, Permute)


def test_unit_axes_are_dropped_first():
    expression = Expression(((("i",), ()), apart("ij")), apart("ij"))
    program = lower(
        expression,
        Tree(2, ((0, 1),)),
        Arithmetic(("float64",) * 2, *["float64"] * 3),
        Setting({"i": 3, "j": 4}, BACKENDS["torch"]),
    )
    assert isinstance(program.steps[0].op, Regroup)
    assert program.steps[0].value.layout == apart("i")


@pytest.mark.parametrize("library", BACKENDS)
@pytest.mark.parametrize("name", sorted(networks()))
def test_pairs_of_one_form_are_lowered_as_each_would_be(name, library, monkeypatch):
    kept = networks()[name]
    options = Options(optimize=tuple(map(tuple, kept["path"])))
    kind = Kind(library, tuple(map(tuple, kept["shapes"])), ("float64",) * len(kept["shapes"]))
    quick = planned(kept["text"], kind, options).program

    class Unlike(Likeness):
        __eq__ = object.__eq__
        __hash__ = object.__hash__

    # each looks at all its ways
    monkeypatch.setattr("einc.lower.many.likeness", lambda line, pair: Unlike(*likeness(line, pair)))
    assert planned(kept["text"], kind, options).program == quick


@pytest.mark.parametrize(
    ("library", "text"),
    [
        ("numpy", "dab,eb,a,ec->ecab"),
        ("numpy", "ae,eca,beac->cb"),
        ("numpy", "dce,cd,aedc,ed->adc"),
        ("torch", "dbca,c,ecdb,eac->ecb"),
        ("torch", "a,bdca,ae,abec->d"),
        ("torch", "ca,dcea,eab,ebd->cb"),
    ],
)
def test_limits_of_what_is_followed_up_lose_nothing(text, library, monkeypatch):
    """A few ways followed up lead to what is quicker than the one way of the first pass, with limits as without."""
    kind = Kind(library, tuple((64,) * len(term) for term in text.split("->")[0].split(",")), ("float64",) * 4)

    def predicted():
        return seconds(planned(text, kind).program, Setting(dict.fromkeys("abcde", 64), kind.backend))

    limited = predicted()
    monkeypatch.setattr("einc.lower._limits", lambda found, steps, types: ([inf] * len(steps), inf))
    assert limited == predicted()
    monkeypatch.setattr("einc.lower.PAIR", inf)
    assert limited < predicted()


def a_line(*values, library="torch"):
    sizes = dict.fromkeys("abcdefijk", 32)
    return Line(priced(values, Setting(sizes, BACKENDS[library])))


@pytest.mark.parametrize("library", ["numpy", "torch"])
@pytest.mark.parametrize("text", ["ij,jk->ik", "ija,jk->aik", "aij,ajk->aik", "ia,ja->ij", "ai,ai->a", "aij,aij->a"])
def test_no_way_takes_less_than_the_floor(text, library):
    """So a way that takes as long is the best."""
    (x, y), output = text.split("->")[0].split(","), text.split("->")[1]
    operands = Value("x", apart(x), "float64"), Value("y", apart(y), "float64")
    line = a_line(*operands, library=library)
    pair = Pair(*operands, frozenset(output), tuple(output), "float64")
    every = [line.branch(2) for _ in ways(line, pair)]
    for longer, way in zip(every, ways(line, pair)):
        way.make(longer)
    assert 0 < floor(line, pair) <= min(longer.seconds for longer in every)


@pytest.mark.parametrize(
    ("lies", "copied"),
    [("aij", False), ("iaj", False), ("aji", False), ("ijab", True), ("ajib", True), ("aicjb", True)],
)
def test_what_lies_badly_for_its_reader_is_a_hindrance(lies, copied):
    """The reader sums over `j`, `a` and `b` being of both sides: innermost, a batch is scattered."""
    value = Value("z", apart(lies), "float64")
    step = Contraction(0, 1, frozenset(lies), frozenset("jabk"), frozenset(lies) - {"j"} | {*"abk"})
    assert (hindrance(a_line(value), value, step, None) > 0) == copied
