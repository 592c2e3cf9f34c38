"""Layouts follow how operands lie in memory; what is computed does not depend on it."""

from __future__ import annotations

from itertools import permutations

import definition
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einc
from einc.backends import BACKENDS
from einc.expression import apart
from einc.operands import Kind, kind_of
from einc.price import Setting, priced
from einc.price.lie import memory
from einc.program import Loop, Value

SIZES = dict(zip("abcd", (2, 3, 4, 5)))
ORDERS = [*permutations(range(3))]
A, B = np.random.default_rng(0).standard_normal((2, 6, 6, 6))


def turned(x, axes):
    """The same elements, laid out in memory with the axes in another order."""
    return np.ascontiguousarray(x.transpose(axes)).transpose(np.argsort(axes))


@pytest.mark.parametrize("axes", ORDERS)
def test_strides_are_told_by_kind(axes):
    kind = kind_of([turned(A, axes), B])
    assert kind.strided == (() if axes == (0, 1, 2) else (axes, (0, 1, 2)))
    assert kind.shapes == (A.shape, B.shape)


@pytest.mark.parametrize("x", [A[::-1], np.broadcast_to(A[0], A.shape), A[:, :1], A[:0]])
def test_other_strides_tell_nothing(x):
    """Reversed axes, repeated elements, and axes along which nothing lies."""
    assert kind_of([x]).strided == ()


@pytest.mark.parametrize("library", BACKENDS)
@pytest.mark.parametrize("text", ["abc,cbd->ad", "abc,cad->bd", "abc,abd->cd", "abc->ca", "abc,cba->b"])
@pytest.mark.parametrize("axes", ORDERS)
def test_results_are_the_same(library, text, axes):
    """For every layout in turn, with one compiled expression."""
    torch = pytest.importorskip("torch") if library == "torch" else None
    f = einc.compile(text)
    inputs, output = text.split("->")
    for one, other in ((axes, (0, 1, 2)), ((0, 1, 2), axes), (axes, axes)):
        arrays = [turned(A, one), turned(B, other)][: len(inputs.split(","))]
        wanted = definition.einsum(tuple(map(tuple, inputs.split(","))), tuple(output), arrays, np.float64)
        made = f(*(arrays if torch is None else map(torch.from_numpy, arrays)))
        np.testing.assert_allclose(np.asarray(made), wanted)


def test_no_copy_where_a_view_will_do():
    """Of `ijk` in memory as `ikj`, all the matrices of `i` are there to be read."""
    x, y = np.ones((64, 64, 64)), np.ones((64, 64))
    f = einc.compile("ijk,kl->ijl")
    f(turned(x, (0, 2, 1)), y)
    assert "reshape" not in f.source
    g = einc.compile("ijk,kl->ijl", x, y)
    assert "reshape(x0.shape[0] * x0.shape[1], x0.shape[2])" in g.source


@pytest.mark.parametrize("library", ["numpy", "torch"])
@given(st.permutations("abcd"), st.sets(st.sampled_from("abcd")), st.booleans())
def test_products_lie_as_their_factors_do(library, order, missing, swapped):
    torch = pytest.importorskip("torch") if library == "torch" else None
    orders = [tuple(order), tuple(index for index in order if index not in missing)]
    orders = orders[::-1] if swapped else orders
    x, y = (laid(own) if torch is None else torch.from_numpy(laid(own)) for own in orders)
    made = np.multiply(x, y) if torch is None else x * y
    assert memory(SIZES).of_product(tuple("abcd"), orders) == order_of(np.asarray(made))


@pytest.mark.parametrize("library", ["numpy", "torch"])
@given(st.permutations("abcd"), st.permutations("abcd"), st.sets(st.sampled_from("abcd")))
def test_where_factors_lie_in_different_orders_the_axes_decide_or_the_first_factor(library, one, other, missing):
    """The axes do so with NumPy; torch goes by the first factor."""
    torch = pytest.importorskip("torch") if library == "torch" else None
    orders = [tuple(one), tuple(index for index in other if index not in missing)]
    x, y = (laid(own) if torch is None else torch.from_numpy(laid(own)) for own in orders)
    made = np.multiply(x, y) if torch is None else x * y
    lies = memory(SIZES, first_factor=Kind(library, (), ()).backend.first_factor)
    assert lies.of_product(tuple("abcd"), orders) == order_of(np.asarray(made))


@given(st.permutations("abcd"), st.permutations("abcd"), st.sets(st.sampled_from("abcd")), st.permutations("abcd"))
def test_what_a_loop_makes_lies_as_its_operands_do(one, other, missing, to):
    """NumPy puts the axes of the result in the order in which it goes over them."""
    other, to = (tuple(index for index in own if index not in missing) for own in (other, to))
    values = [Value(name, apart(order), "float64") for name, order in zip("xy", (one, other))]
    loop, lies = Loop(tuple(values), to), memory(SIZES, values)
    arrays = [np.ones([SIZES[index] for index in order]) for order in (one, other)]
    made = np.einsum(f"{''.join(one)},{''.join(other)}->{''.join(to)}", *arrays)
    in_memory = sorted(to, key=lambda index: -made.strides[to.index(index)])
    assert [index for index in lies.of_loop(loop) if index in to] == in_memory


def test_indices_that_lie_side_by_side_in_all_operands_are_one_loop():
    lies = memory({**SIZES, "e": 1})
    assert lies.nested(tuple("abcd"), [tuple("abcd"), tuple("cd")]) == [("d", "c"), ("b", "a")]
    assert lies.nested(tuple("abcd"), [tuple("abdc"), tuple("cd")]) == [("d",), ("c",), ("b", "a")]
    assert lies.nested(tuple("abced"), [tuple("abecd"), tuple("cd")]) == [("d", "c"), ("b", "a")]
    assert lies.nested((), [(), ()]) == []


def test_a_loop_takes_longer_where_a_sum_ends_after_each_short_run():
    """With many loops around, NumPy prepares each block of runs anew."""
    sizes = dict.fromkeys("abcdefgh", 4)
    x, y = Value("x", apart("abcdefgh"), "float64"), Value("y", apart("abdcfehg"), "float64")
    pricing = priced((x, y), Setting(sizes, Kind("numpy", (), ()).backend))
    kept, summed, neither = (pricing.loop(Loop((x, y), tuple(to))) for to in ("abcdefgh", "abcdef", "abcdefg"))
    assert neither > 2 * max(kept, summed)


def laid(order):
    """An array with axes `abcd`, of size one for what the order lacks, that lies in this order."""
    array = np.ones([SIZES[index] for index in order]).transpose([order.index(i) for i in "abcd" if i in order])
    return array[tuple(slice(None) if index in order else None for index in "abcd")]


def order_of(array):
    """The axes `abcd` of an array as they lie, outermost first."""
    return tuple(sorted("abcd", key=lambda index: -array.strides["abcd".index(index)]))
