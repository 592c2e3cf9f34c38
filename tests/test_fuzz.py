"""Any text with any shapes and sizes: a result or a complaint, and nothing else.

`make fuzz` draws many more of them.
"""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

import einc

EXAMPLES = int(os.environ.get("EINC_FUZZ", "1000"))

PIECES = st.sampled_from(
    [
        *("abcijk"),
        *("A", "β", "row", "col", "k_1", "1", "2", "_", "...", "..", ".", ",", ",", "->", "->", "-", ">", " ", " "),
        *(
            "(",
            ")",
            "(",
            ")",
            "[",
            "]",
            "()",
            "(ab)",
            "(row col)",
            "\t",
            "\n",
            "%",
            "'",
            '"',
            "\\",
            "\x00",
            "\ud800",
            "²",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=8)
SIZES = st.sampled_from([0, 1, 2, 2, 3, 4, 6, 12, 2**62, 2**63, -1])
SHAPES = st.lists(st.lists(SIZES, max_size=4), max_size=4)
CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "notation": st.sampled_from(["letters", "words", "verse"]),
        "broadcast": st.sampled_from(["always", "never", "maybe"]),
        "a": SIZES,
        "sizes": st.dictionaries(st.sampled_from(["a", "b", "row", "k_1", "z"]), SIZES, max_size=3),
        "optimize": st.sampled_from(["auto", "greedy", "exact", [(0, 1)], [(0,)], [()], [(1, 0), (0, 1)], 3]),
    },
)


@settings(max_examples=EXAMPLES)
@given(text=TEXTS, shapes=SHAPES, choices=CHOICES)
def test_a_result_or_a_complaint(text, shapes, choices):
    try:
        explained = einc.explain(text, *shapes, **choices)
    except einc.EincError as complaint:
        assert 0 < len(str(complaint)) < 2000
        return
    assert str(explained)
    assert len(explained.path) >= 1
    compile(explained.source, "emitted", "exec")


LABELS = st.sampled_from([0, 1, "a", None, ..., (1, 2), -1])


@settings(max_examples=EXAMPLES)
@given(lists=st.lists(st.lists(LABELS, max_size=4), max_size=4), shapes=SHAPES)
def test_lists_likewise(lists, shapes):
    pairs = [part for shape, labels in zip(shapes, lists) for part in (_Shaped(shape), labels)]
    try:
        einc.einsum(*pairs, *lists[len(shapes) :][:1])
    except einc.EincError as complaint:
        assert 0 < len(str(complaint)) < 2000
    else:
        raise AssertionError("an operand that is no array was taken")


class _Shaped:
    """No array, but what looks like one."""

    def __init__(self, shape):
        self.shape = tuple(shape)
