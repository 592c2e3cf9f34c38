"""What einc says when something is wrong: the exact words, and the caret."""

from __future__ import annotations

import decimal

import numpy as np
import pytest
from conftest import needs_torch

import einc
from einc import corridor


def complaint(text, *operands, **options):
    with pytest.raises(einc.EincError) as caught:
        einc.compile(text, *operands, **options)
    return str(caught.value)


TEXTS = [
    ("i%,j->ij", "'%' is not a letter; an index is one letter\n  i%,j->ij\n   ^"),
    ("a0->a", "'0' is no index; the only number is 1, an axis of size one\n  a0->a\n   ^"),
    ("a²->a", "U+00B2 (SUPERSCRIPT TWO) is not a letter; an index is one letter\n  a²->a\n   ^"),
    ("i→j", "U+2192 (RIGHTWARDS ARROW) is not a letter; an index is one letter\n  i→j\n   ^"),
    ("漢%->漢", "'%' is not a letter; an index is one letter\n  漢%->漢\n    ^"),
    ("i\x00j", "U+0000 (no name) is not a letter; an index is one letter\n  i\ufffdj\n   ^"),
    ("i\ud800j", "U+D800 (no name) is not a letter; an index is one letter\n  i\ufffdj\n   ^"),
    ("i..", "an ellipsis is three dots, '...'\n  i..\n   ^"),
    ("ij - > ji", "an arrow is '->', with nothing between\n  ij - > ji\n     ^"),
    ("ij>ji", "an arrow is '->', with nothing between\n  ij>ji\n    ^"),
    ("i->->i", "a second '->': an expression has one output\n  i->->i\n     ^^"),
    ("ij->i,j", "a ',' after '->': an expression has one output\n  ij->i,j\n       ^"),
    ("...i...", "a second '...' in one term\n  ...i...\n      ^^^"),
    ("i->...i...", "a second '...' in one term\n  i->...i...\n         ^^^"),
    ("ij,jk->iz", "output index 'z' is in no operand\n  ij,jk->iz\n          ^"),
    ("->\tz", "output index 'z' is in no operand\n  -> z\n     ^"),
    ("a(bc->a", "this '(' is never closed\n  a(bc->a\n   ^"),
    ("a(b,c)->a", "this '(' is never closed\n  a(b,c)->a\n   ^"),
    ("ab)->a", "a ')' that closes nothing\n  ab)->a\n    ^"),
    ("a(b(c))->a", "a group inside a group\n  a(b(c))->a\n     ^"),
    ("a(b%)->a", "'%' is not a letter; an index is one letter\n  a(b%)->a\n     ^"),
    ("a(bb)->ba", "index 'b' is repeated in one group\n  a(bb)->ba\n    ^^"),
    ("ab->aB", "output index 'B' is in no operand; did you mean 'b'?\n  ab->aB\n       ^"),
    ("xe->xé", "output index 'é' is in no operand; did you mean 'e'?\n  xe->xé\n       ^"),
    (
        "(...)a->a",
        "an ellipsis inside a group of an operand: its axes could not be told apart\n  (...)a->a\n   ^^^",
    ),
    ("row $, row -> row", "'$' cannot stand in an index; an index is a word\n  row $, row -> row\n      ^"),
    ("row 2 -> row", "'2' is no index; the only number is 1, an axis of size one\n  row 2 -> row\n      ^"),
    (
        "d_model d_out -> d_mode",
        "output index 'd_mode' is in no operand; did you mean 'd_model'?\n"
        "  d_model d_out -> d_mode\n                   ^^^^^^",
    ),
    (
        "[row] col -> row",
        "index 'row' is marked as summed, but is in the output\n  [row] col -> row\n               ^^^",
    ),
    ("b_t row, row", "words need a '->' and an output\n  b_t row, row\n              ^"),
    (
        "bik, b kj -> bij",
        "output index 'bij' is in no operand; did you mean 'bik'?\n  bik, b kj -> bij\n               ^^^\n"
        "it was read as words, since a term has white space inside, and there is a word longer than one letter; "
        "as letters it is legal: notation='letters' reads it so",
    ),
    (
        "d_k,d_k->d_k",
        "'_' is not a letter; an index is one letter\n  d_k,d_k->d_k\n   ^\n"
        "it was read as letters, since no term has white space inside beside a longer word; "
        "as words it is legal: notation='words' reads it so",
    ),
    (
        "ij, i j -> i j",
        "this is legal as letters and as words, and means different things; "
        "it was read as words, since a term has white space inside, and there is a word longer than one letter\n"
        "  ij, i j -> i j\nnotation='words' or notation='letters' says which",
    ),
]


SEVERAL = [
    (
        "i%$j,k0%->i",
        [],
        "3 mistakes:\n"
        "'%' is not a letter; an index is one letter\n  i%$j,k0%->i\n   ^\n"
        "'$' is not a letter; an index is one letter\n  i%$j,k0%->i\n    ^\n"
        "'0' is no index; the only number is 1, an axis of size one\n  i%$j,k0%->i\n        ^",
    ),
    (
        "i->->i,j..",
        [],
        "3 mistakes:\n"
        "a second '->': an expression has one output\n  i->->i,j..\n     ^^\n"
        "a ',' after '->': an expression has one output\n  i->->i,j..\n        ^\n"
        "an ellipsis is three dots, '...'\n  i->->i,j..\n          ^",
    ),
    (
        "a(bb)->z",
        [],
        "2 mistakes:\n"
        "index 'b' is repeated in one group\n  a(bb)->z\n    ^^\n"
        "output index 'z' is in no operand\n  a(bb)->z\n         ^",
    ),
    (
        "²³",
        [],
        "2 mistakes:\n"
        "U+00B2 (SUPERSCRIPT TWO) is not a letter; an index is one letter\n  ²³\n  ^\n"
        "U+00B3 (SUPERSCRIPT THREE) is not a letter; an index is one letter\n  ²³\n   ^",
    ),
    (
        "ij,jk,kl->il",
        [(2, 3), (4, 5, 6), (7,)],
        "2 mistakes:\n"
        "operand 1 is written with 2 axes, but has 3: its shape is (4, 5, 6)\n  ij,jk,kl->il\n     ^^\n"
        "operand 2 is written with 2 axes, but has 1: its shape is (7,)\n  ij,jk,kl->il\n        ^^",
    ),
    (
        "ij,jk,kk->ik",
        [(2, 3), (4, 5), (5, 6)],
        "2 mistakes:\n"
        "index 'k' is repeated in operand 2, with sizes 5 and 6: a diagonal needs equal sizes\n"
        "  ij,jk,kk->ik\n        ^^\n"
        "index 'j' has size 3 in operand 0 and size 4 in operand 1\n  ij,jk,kk->ik\n   ^ ^",
    ),
    (
        "i,i,i",
        [(2,), (3,), (4,)],
        "index 'i' has size 2 in operand 0, size 3 in operand 1 and size 4 in operand 2\n  i,i,i\n  ^ ^ ^",
    ),
    (
        ",".join("i" * 9),
        [(n,) for n in range(2, 11)],
        "index 'i' has size 2 in operand 0, size 3 in operand 1, size 4 in operand 2, size 5 in operand 3, "
        "size 6 in operand 4 and 4 others\n  i,i,i,i,i,i,i,i,i\n  ^ ^ ^ ^ ^",
    ),
]


@pytest.mark.parametrize(("text", "shapes", "message"), SEVERAL)
def test_all_mistakes_are_told_at_once(text, shapes, message):
    assert complaint(text, *shapes) == message


def test_of_many_mistakes_the_first_are_told():
    message = complaint(f"a->{''.join(map(chr, range(0x4E00, 0x5E00)))}")
    assert message.startswith("more than 5 mistakes:\n")
    assert message.count("is in no operand") == 5


def test_mistakes_in_kinds_of_arguments_stay_type_errors():
    with pytest.raises(einc.EincTypeError, match=r"^2 mistakes:\na size is given for 'p'"):
        einc.compile("ab->a", (2, 3), p=2, q=3)
    with pytest.raises(einc.EincError) as caught:
        einc.compile("ab->a", (2, 3), a=3, q=3)
    assert not isinstance(caught.value, TypeError)


@pytest.mark.parametrize(("text", "message"), TEXTS)
def test_what_is_wrong_with_a_text(text, message):
    assert complaint(text) == message


SHAPES = [
    ("ij,jk", [(2, 3)], "the expression has 2 operands, but 1 was given\n  ij,jk"),
    ("i", [(2,), (2,)], "the expression has 1 operand, but 2 were given\n  i"),
    ("ij,jk", [(2, 3), (3,)], "operand 1 is written with 2 axes, but has 1: its shape is (3,)\n  ij,jk\n     ^^"),
    (" i , jk", [(2, 3), (3, 3)], "operand 0 is written with 1 axis, but has 2: its shape is (2, 3)\n   i , jk\n   ^"),
    ("i...j", [(2,)], "operand 0 is written with at least 2 axes, but has 1: its shape is (2,)\n  i...j\n  ^^^^^"),
    (",i->i", [(2,), (2,)], "operand 0 is written with 0 axes, but has 1: its shape is (2,)\n  ,i->i"),
    (
        "bik,bkj->bij",
        [(8, 64, 32), (8, 16, 32)],
        "index 'k' has size 32 in operand 0 and size 16 in operand 1\n  bik,bkj->bij\n    ^  ^",
    ),
    (
        "i,i,i",
        [(1,), (0,), (3,)],
        "index 'i' has size 0 in operand 1 and size 3 in operand 2\n  i,i,i\n    ^ ^",
    ),
    (
        "...i,i...",
        [(2, 3), (3, 4)],
        "axis 0 of '...' has size 2 in operand 0 and size 4 in operand 1\n  ...i,i...\n  ^^^   ^^^",
    ),
    (
        "ij,iki->j",
        [(5, 2), (5, 3, 4)],
        "index 'i' is repeated in operand 1, with sizes 5 and 4: a diagonal needs equal sizes\n  ij,iki->j\n     ^ ^",
    ),
    (
        "ii",
        [(1, 3)],
        "index 'i' is repeated in operand 0, with sizes 1 and 3: a diagonal needs equal sizes\n  ii\n  ^^",
    ),
]


GROUPS = [
    (
        "b (h d) -> b h d",
        [(2, 33)],
        {"h": 8},
        "the axis of this group in operand 0 has size 33, which does not go with h=8\n  b (h d) -> b h d\n     ^ ^",
    ),
    (
        "b (h d) -> b h d",
        [(2, 32)],
        {},
        "the sizes of 'h' and 'd' cannot be told from their product, 32: give one, as in h=2\n"
        "  b (h d) -> b h d\n     ^ ^",
    ),
    (
        "a 1 -> a",
        [(2, 3)],
        {},
        "the axis of this group in operand 0 has size 3, which does not go with the literal 1\n  a 1 -> a\n    ^",
    ),
    ("ab->a", [(2, 3)], {"b": 4}, "index 'b' has size 4 as given and size 3 in operand 0\n  ab->a\n   ^"),
    ("ab->a", [(2, 3)], {"c": 4}, "a size is given for 'c', which is in no operand\n  ab->a"),
    (
        "row col -> row",
        [(2, 3)],
        {"cols": 4},
        "a size is given for 'cols', which is in no operand; did you mean 'col'?\n  row col -> row",
    ),
    ("ab->a", [(2, 3)], {"b": 1.5}, "the size given for 'b' is 1.5, not an integer from 0 to 2**63-1"),
    ("ab->a", [(2, 3)], {"b": -1}, "the size given for 'b' is -1, not an integer from 0 to 2**63-1"),
]


@pytest.mark.parametrize(("text", "shapes", "sizes", "message"), GROUPS)
def test_what_is_wrong_with_groups_and_sizes(text, shapes, sizes, message):
    assert complaint(text, *shapes, **sizes) == message
    assert complaint(text, *shapes, sizes=sizes) == message


def test_choices_that_are_none():
    assert complaint("i", notation="verse") == "notation='verse' is none: choose 'letters' or 'words'"
    assert complaint("i", notation=["words"]) == "notation=['words'] is none: choose 'letters' or 'words'"
    assert complaint("i", broadcast="maybe") == "broadcast='maybe' is none: choose 'always' or 'never'"


def test_broadcasting_can_be_refused():
    message = "index 'i' has size 1 in operand 0 and size 3 in operand 1\n  i,i\n  ^ ^"
    assert complaint("i,i", (1,), (3,), broadcast="never") == message
    assert einc.compile("i,i", (3,), (3,), broadcast="never")([1, 2, 3], [1, 1, 1]) == 6


@pytest.mark.parametrize(("text", "shapes", "message"), SHAPES)
def test_what_is_wrong_with_operands_at_compile_time(text, shapes, message):
    assert complaint(text, *shapes) == message


@pytest.mark.parametrize(("text", "shapes", "message"), SHAPES)
def test_what_is_wrong_with_operands_at_the_call(text, shapes, message, array):
    compiled = einc.compile(text)
    with pytest.raises(einc.EincError) as caught:
        compiled(*(array(np.zeros(shape)) for shape in shapes))
    assert str(caught.value) == message
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None  # no traceback from inside


def test_a_long_text_is_cut_around_the_caret():
    text = ",".join(["ab"] * 5000) + ",a%," + ",".join(["ab"] * 5000)
    reason, shown, caret = complaint(text).split("\n")
    assert reason == "'%' is not a letter; an index is one letter"
    assert len(shown) < 80
    assert shown.startswith("  …")
    assert shown.endswith("…")
    assert shown[caret.index("^")] == "%"


def test_places_far_apart_have_a_picture_each():
    text = "ij," + ",".join(["k"] * 100) + ",jk"
    shapes = [(2, 3), *[(4,)] * 100, (5, 4)]
    _, first, first_caret, second, second_caret = complaint(text, *shapes).split("\n")
    assert first[first_caret.index("^")] == "j"
    assert second[second_caret.index("^")] == "j"
    assert second.endswith(",jk")


def test_kinds_that_make_no_sense():
    for text, operands, message in [
        (
            "i->i",
            [decimal.Decimal(2)],
            "operand 0 is a value of type 'Decimal': an operand is an array of NumPy, torch or the array API",
        ),
        (
            "ij",
            [[[1, 2], [3]]],
            "operand 0 is a value of type 'list': an operand is an array of NumPy, torch or the array API",
        ),
        (
            ",i",
            [1, None],
            "operand 1 is a value of type 'NoneType': an operand is an array of NumPy, torch or the array API",
        ),
        ("i", [np.ma.array([1])], "operand 0 is masked: einc contracts dense operands"),
        ("i->", [np.array(["a"])], "operand 0 has the type str32, which has no sums and products here"),
    ]:
        with pytest.raises(einc.EincTypeError) as caught:
            einc.einsum(text, *operands)
        assert str(caught.value) == message
        assert isinstance(caught.value, TypeError)
        assert isinstance(caught.value, ValueError)


def test_arguments_that_make_no_sense():
    for call, message in [
        (lambda: einc.compile(b"i->i"), "an expression is a str such as 'ij,jk->ik', not a value of type 'bytes'"),
        (
            einc.einsum,
            "an expression is a str such as 'ij,jk->ik', not a value of type 'NoneType'",
        ),
        (
            lambda: einc.compile("i", (-1,)),
            "operand 0 is described by a value of type 'tuple': give a shape (a tuple of sizes from 0 to 2**63-1) "
            "or an array that has one",
        ),
        (
            lambda: einc.compile("i", 3),
            "operand 0 is described by a value of type 'int': give a shape (a tuple of sizes from 0 to 2**63-1) "
            "or an array that has one",
        ),
        (
            lambda: einc.compile("i", optimize="best"),
            "optimize='best' is neither a path, nor an optimizer that can be called, nor one of "
            "'auto', 'exact', 'greedy', 'optimal'",
        ),
    ]:
        with pytest.raises(einc.EincTypeError) as caught:
            call()
        assert str(caught.value) == message


ONES = np.ones(2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: einc.einsum("i->", ONES, dtype="floaty"), "dtype='floaty' is no dtype"),
        (
            lambda: einc.einsum("i->", ONES, dtype="float32"),
            "operand 0 has the type float64, which casting='safe' does not allow to become float32",
        ),
        (lambda: einc.einsum("i->", ONES, dtype="U3"), "numpy has no sums and products in str96"),
        (
            lambda: einc.einsum("i->", ONES, casting="wild"),
            "casting='wild' is none: choose 'safe' or 'same_kind' or 'unsafe' or 'equiv' or 'no'",
        ),
        (
            lambda: einc.einsum("i->", ONES, order="F"),
            "order='F' is none: choose 'K' or 'C' or 'A' or 'k' or 'c' or 'a'",
        ),
        (
            lambda: einc.einsum("i->", ONES, memory_limit=4),
            "memory_limit=4 is none: choose None or -1",
        ),
        (
            lambda: einc.einsum("i->i", ONES, out=[1, 2]),
            "out=[1, 2] is no NumPy array of shape (2,) that can hold float64",
        ),
        (lambda: einc.einsum([0]), "an expression is a str such as 'ij,jk->ik', not a value of type 'list'"),
        (
            lambda: einc.einsum(ONES, 3),
            "the labels of operand 0 are a value of type 'int': give a list, as in einsum(a, [0, 1], b, [1, 2])",
        ),
        (
            lambda: einc.einsum(ONES, [0], ONES),
            "the labels of the output are a value of type 'ndarray': give a list, as in einsum(a, [0, 1], b, [1, 2])",
        ),
        (lambda: einc.einsum(ONES, [[]]), "a label of operand 0 is a value of type 'list', which cannot be hashed"),
        (lambda: einc.einsum(ONES, [0], [1]), "output index '1' is in no operand\n  [0] -> [1]\n          ^"),
        (
            lambda: einc.einsum(ONES, ["row", "col"]),
            "operand 0 is written with 2 axes, but has 1: its shape is (2,)\n  [row, col]\n  ^^^^^^^^^^",
        ),
        (
            lambda: einc.einsum(ONES, [10], np.ones(3), [10]),
            "index '10' has size 2 in operand 0 and size 3 in operand 1\n  [10], [10]\n   ^^    ^^",
        ),
    ],
)
def test_choices_and_lists_that_make_no_sense(call, message):
    with pytest.raises(einc.EincError) as caught:
        call()
    assert str(caught.value) == message


def test_too_many_axes_are_told_before_anything_is_lowered(monkeypatch):
    """As lowering steps of hundreds of indices takes minutes."""
    monkeypatch.setattr(corridor, "lower", None)
    terms = [f"a{k} b{k}" for k in range(99)]
    with pytest.raises(einc.EincError) as caught:
        einc.compile(", ".join(terms) + " -> " + " ".join(f"a{k}" for k in range(99)), *[(2, 2)] * 99)
    assert str(caught.value) == "this takes an array of 99 axes, and those of numpy have at most 64"


def test_what_is_too_large():
    huge = np.broadcast_to(np.float32(1), (2**40,))
    for call, message in [
        (
            lambda: einc.einsum("i,j->ij", huge, huge),
            "this takes an array of 1.21e+24 elements, more than memory can address",
        ),
        (
            lambda: einc.compile("a" * 65 + "->a", (1,) * 65),
            "this takes an array of 65 axes, and those of numpy have at most 64",
        ),
    ]:
        with pytest.raises(einc.EincError) as caught:
            call()
        assert str(caught.value) == message


@needs_torch
def test_torch_operands_that_make_no_sense():
    import torch

    with pytest.raises(einc.EincTypeError) as caught:
        einc.einsum("i->", torch.ones(2), out=torch.ones(()))
    assert str(caught.value) == "out= is for NumPy arrays; those of other libraries have no such argument"

    dense = torch.ones(2, 2)
    for operands, message in [
        (
            [np.ones((2, 2)), dense],
            "operand 0 is a NumPy array and operand 1 a torch tensor: give all operands in one library",
        ),
        ([dense, dense.to_sparse()], "operand 1 is sparse: einc contracts dense operands"),
        (
            [torch.nested.nested_tensor([*dense], layout=torch.jagged), dense],
            "operand 0 is nested: einc contracts dense operands",
        ),
        ([dense, dense.to("meta")], "operand 0 is on cpu and operand 1 on meta: move them to one device"),
        (
            [dense, [1.0]],
            "operand 1 is a value of type 'list': an operand is an array of NumPy, torch or the array API",
        ),
        (
            [dense.to(torch.float8_e4m3fn), dense],
            "operand 0 has the type float8_e4m3fn, which has no sums and products here",
        ),
    ]:
        with pytest.raises(einc.EincTypeError) as caught:
            einc.einsum("ij,jk->ik", *operands)
        assert str(caught.value) == message


def test_paths_that_do_not_fit():
    for path, message in [
        ([(0, 3)], "the contraction path does not fit: step 0, (0, 3), has position 3, but only 3 are left"),
        ([(0, 0)], "the contraction path does not fit: step 0, (0, 0), names no operand or names one twice"),
        ([(0, 1)], "the contraction path does not fit: it leaves 2 results of 3 operands"),
        ([()], "the contraction path does not fit: step 0, (), names no operand or names one twice"),
    ]:
        assert complaint("i,i,i", (2,), (2,), (2,), optimize=path) == message


def test_too_many_operands_for_the_exact_planner():
    message = "the exact planner takes up to 16 operands, not 20: leave optimize='auto'"
    assert complaint(",".join(["ij"] * 20), *[(2, 2)] * 20, optimize="exact") == message


def test_a_library_einc_does_not_write_for():
    with pytest.raises(einc.EincError) as caught:
        einc.explain("i", (2,), library="cupy")
    assert (
        str(caught.value)
        == "'cupy' is no library einc writes for: choose 'numpy', 'torch' or a namespace of the array API"
    )


def test_nothing_planned_yet():
    with pytest.raises(einc.EincError) as caught:
        _ = einc.compile("ij,jk").source
    message = "nothing is planned yet: call it with operands, or give shapes to einc.compile or .plan\n  ij,jk"
    assert str(caught.value) == message


def test_messages_survive_pickling():
    import pickle

    with pytest.raises(einc.EincError) as caught:
        einc.compile("i%")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


LAYERS = [
    (
        "b i, i o -> b o",
        {"parameters": {2: (3, 4)}},
        "there is no operand 2 to be a parameter: the expression has 2 operands, counted from 0\n  b i, i o -> b o",
    ),
    (
        "b -> b",
        {"buffers": {"b": None}},
        "there is no operand 'b' to be a buffer: the expression has 1 operand, counted from 0\n  b -> b",
    ),
    (
        "b i, i o -> b o",
        {"parameters": {-1: (3, 4), True: (3, 4)}},
        "2 mistakes:\n"
        "there is no operand -1 to be a parameter: the expression has 2 operands, counted from 0\n  b i, i o -> b o\n"
        "there is no operand True to be a parameter: the expression has 2 operands, counted from 0\n  b i, i o -> b o",
    ),
    ("i->i", {"parameters": [(3,)]}, "parameters=[(3,)] is no mapping: give each by its position, from 0"),
    (
        "b i, i o -> b o",
        {"parameters": {1: (3, 4)}, "buffers": {1: None}},
        "operand 1 is given as a parameter and as a buffer\n  b i, i o -> b o\n       ^^^",
    ),
    (
        "b i, i o -> b o",
        {"parameters": {0: (2, 3), 1: (3, 4)}},
        "all operands are parameters or buffers: leave one to be the input\n  b i, i o -> b o\n  ^^^  ^^^",
    ),
    (
        "b i, i o -> b o",
        {"parameters": {1: (3,)}},
        "operand 1 is written with 2 axes, but has 1: its shape is (3,)\n  b i, i o -> b o\n       ^^^",
    ),
    (
        "b i, i r, r o -> b o",
        {"parameters": {1: (3, 4), 2: (5, 6)}},
        "index 'r' has size 4 in operand 1 and size 5 in operand 2\n  b i, i r, r o -> b o\n         ^  ^",
    ),
    (
        "b i, i o -> b o",
        {"parameters": {1: (3, 4)}, "i": 5},
        "index 'i' has size 5 as given and size 3 in operand 1\n  b i, i o -> b o\n       ^",
    ),
    (
        "batch row, row col -> batch col",
        {"parameters": {1: (3, 4)}, "cols": 5},
        "a size is given for 'cols', which is in no operand; did you mean 'col'?\n  batch row, row col -> batch col",
    ),
    (
        "b i, (i j) o -> b j o",
        {"parameters": {1: (12, 4)}},
        "the sizes of 'i' and 'j' cannot be told from their product, 12: give one, as in i=2\n"
        "  b i, (i j) o -> b j o\n        ^ ^",
    ),
    (
        "i,i->i",
        {"parameters": {1: 3}},
        "operand 1 is described by a value of type 'int': give a shape (a tuple of sizes from 0 to 2**63-1) "
        "or an array that has one",
    ),
    (
        "b i, i o -> b o",
        {"buffers": {1: [[1.0]]}},
        "operand 1 is to be a buffer, and is a value of type 'list': give a torch tensor\n"
        "  b i, i o -> b o\n       ^^^",
    ),
    (
        "b i, i o -> b o",
        {"parameters": {1: (3, 4)}, "bias": True},
        "a bias is a str of output indices such as 'out', or None, not a value of type 'bool'",
    ),
    (
        "batch row, row col -> batch col",
        {"parameters": {1: (3, 4)}, "bias": "cols"},
        "bias index 'cols' is not in the output; did you mean 'col'?\n  cols\n  ^^^^",
    ),
    ("bi,io->bo", {"parameters": {1: (3, 4)}, "bias": "oi"}, "bias index 'i' is not in the output\n  oi\n   ^"),
    ("bi,io->bo", {"parameters": {1: (3, 4)}, "bias": "oo"}, "index 'o' is repeated in the bias\n  oo\n  ^^"),
    (
        "bi,io->bo",
        {"parameters": {1: (3, 4)}, "bias": "...o"},
        "a bias is written as indices of the output, and nothing else\n  ...o\n  ^^^",
    ),
    (
        "b i, i o -> b o",
        {"parameters": {1: (3, 4)}, "bias": "o, o"},
        "a bias is written as indices of the output, and nothing else\n  o, o\n   ^",
    ),
    (
        "bi,io->bo",
        {"parameters": {1: (3, 4)}, "bias": "o%"},
        "'%' is not a letter; an index is one letter\n  o%\n   ^",
    ),
    (
        "bi,io->bo",
        {"parameters": {1: (3, 4)}, "bias": "bo"},
        "no parameter or buffer tells the size of bias index 'b': give it, as in b=2\n  bo\n  ^",
    ),
    (
        "b i, i -> i i",
        {"parameters": {1: (3,)}, "bias": "i"},
        "bias index 'i' is repeated in the output: it names no single axis there\n  b i, i -> i i\n            ^ ^",
    ),
    (
        "b i, i o p -> b (o p)",
        {"parameters": {1: (3, 4, 5)}, "bias": "p"},
        "the output merges bias index 'p' with others: a bias has all indices of a group, or none\n"
        "  b i, i o p -> b (o p)\n                   ^ ^",
    ),
    (
        "... i, i o -> (... o)",
        {"parameters": {1: (3, 4)}, "bias": "o"},
        "the output merges bias index 'o' with others: a bias has all indices of a group, or none\n"
        "  ... i, i o -> (... o)\n                 ^^^ ^",
    ),
    (b"i->i", {}, "an expression is a str such as 'ij,jk->ik', not a value of type 'bytes'"),
]


@needs_torch
@pytest.mark.parametrize(("text", "arguments", "message"), LAYERS)
def test_what_is_wrong_with_a_layer(text, arguments, message):
    with pytest.raises(einc.EincError) as caught:
        einc.nn.Einsum(text, **arguments)
    assert str(caught.value) == message


@needs_torch
def test_what_is_wrong_with_the_inputs_of_a_layer():
    import torch

    layer = einc.nn.Einsum("b i, i o, b o -> b o", parameters={1: (3, 4)})
    x, y = torch.rand(2, 3), torch.rand(2, 4)
    for inputs, message in [
        (
            [x],
            "this layer takes 2 inputs (operands 0, 2), but 1 was given\n  b i, i o, b o -> b o\n  ^^^       ^^^",
        ),
        (
            [x, x, y],
            "this layer takes 2 inputs (operands 0, 2), but 3 were given\n  b i, i o, b o -> b o\n  ^^^       ^^^",
        ),
        (
            [x, x],
            "index 'o' has size 4 in operand 1 and size 3 in operand 2\n  b i, i o, b o -> b o\n         ^    ^",
        ),
        (
            [x, y[0]],
            "operand 2 is written with 2 axes, but has 1: its shape is (4,)\n  b i, i o, b o -> b o\n            ^^^",
        ),
        (
            [x.numpy(), y],
            "operand 0 is a NumPy array and operand 1 a torch tensor: give all operands in one library",
        ),
    ]:
        with pytest.raises(einc.EincError) as caught:
            layer(*inputs)
        assert str(caught.value) == message
    with pytest.raises(einc.EincError) as caught:
        einc.nn.Einsum("b i, i o -> b o", parameters={1: (3, 4)})(x, x)
    assert str(caught.value).startswith("this layer takes 1 input (operand 0), but 2 were given\n")
    with pytest.raises(
        einc.EincTypeError, match=r"^operand 1 is to be a parameter, and is a value .*: give its shape\n"
    ):
        einc.nn.Einsum("b i, i o -> b o", parameters={1: torch.rand(3, 4)})
