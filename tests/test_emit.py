"""Emission: golden sources for both libraries, and what no label can do to a source.

After a change to the lowering, `python tests/test_emit.py` writes the golden sources anew; read
the difference as carefully as any other code.
"""

from __future__ import annotations

import ast

import numpy as np
import pytest
from golden import OTHERS, TEXTBOOK, Golden
from shortcuts import planned

from einc.arithmetic import Arithmetic
from einc.backends import BACKENDS
from einc.emit import emit
from einc.expression import Expression, apart
from einc.laws import layout
from einc.load import load
from einc.lower import lower
from einc.operands import Kind
from einc.options import Options
from einc.price import Setting
from einc.program import Multiply, Program, Regroup, Step, Value
from einc.tree import Tree

ALL = [*TEXTBOOK, *OTHERS]


def source_of(golden: Golden, library: str) -> str:
    kind = Kind(library, golden.shapes, (golden.dtype,) * len(golden.shapes))
    return planned(golden.text, kind, Options(sizes=golden.sizes)).source


@pytest.mark.parametrize("library", BACKENDS)
@pytest.mark.parametrize("golden", ALL, ids=lambda golden: golden.name)
def test_golden_sources(golden, library):
    assert source_of(golden, library) == golden.path(library).read_text(encoding="utf-8")


@pytest.mark.parametrize("library", BACKENDS)
@pytest.mark.parametrize("golden", ALL, ids=lambda golden: golden.name)
def test_sources_are_straight_lines_without_einc(golden, library):
    module = ast.parse(source_of(golden, library))
    imported, function = module.body
    assert isinstance(imported, ast.Import)
    assert [name.name for name in imported.names] == [library]
    assert isinstance(function, ast.FunctionDef)
    docstring, *assignments, result = function.body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(result, ast.Return)
    assert all(isinstance(line, ast.Assign | ast.Delete) for line in assignments)


HOSTILE = [
    '"""\nimport os; os.abort()\n"""',
    "#\nraise SystemExit",
    "x0",
    "\\",
    "{x}",
    "\x00",
    "\ud800",
    "\u2028",
    "'",
    "%s",
]


@pytest.mark.parametrize("label", HOSTILE)
@pytest.mark.parametrize("library", BACKENDS)
def test_labels_never_become_code(label, library):
    def source(first):
        expression = Expression((apart([first, "j", first]), apart(["j", "k"])), apart([first, "k"]))
        sizes = dict.fromkeys((first, "j", "k"), 4)
        types = Arithmetic(("float64",) * 2, "float64", "float64", "float64")
        return emit(lower(expression, Tree(2, ((0, 1),)), types, Setting(sizes, BACKENDS[library])), BACKENDS[library])

    def code(text):
        module = ast.parse(text)
        module.body[1].body.pop(0)  # the docstring
        return ast.dump(module)

    assert code(source(label)) == code(source("i"))
    assert '"""' not in source(label).replace('    """', "", 1).replace('"""\n', "", 1)


@pytest.mark.parametrize(
    ("old", "new", "shape", "wanted"),
    [
        ((("i",),), (("i",), ()), (3,), (3, 1)),
        ((("i",),), ((), ("i",)), (3,), (1, 3)),
        ((("i",), (), ("j",)), (("i",), ("j",)), (3, 1, 4), (3, 4)),
        (((), ("i",), ()), (("i",),), (1, 3, 1), (3,)),
        (((), ("i",)), (("i",), ()), (1, 3), (3, 1)),
        ((("i",), ("j",)), (("i", "j"),), (3, 4), (12,)),
        ((("i",), ("j",), ("k",)), (("i", "j"), (), ("k",)), (3, 4, 5), (12, 1, 5)),
        ((), ((), ()), (), (1, 1)),
    ],
)
def test_regroup(old, new, shape, wanted):
    x = Value("x0", old, "float64")
    op = Regroup(x, new)
    program = Program((x,), (Step(Value("t0", layout(op), "float64"), op, 0),), (Value("t0", new, "float64"),))
    operand = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    result = load(emit(program, BACKENDS["numpy"]))(operand)
    assert result.shape == wanted
    np.testing.assert_array_equal(result.ravel(), operand.ravel())


def test_a_program_may_have_several_results():
    x = Value("x0", apart("i"), "float64")
    t = Value("t0", apart("i"), "float64")
    program = Program((x,), (Step(t, Multiply(x, x), 0),), (t, x))
    squares, same = load(emit(program, BACKENDS["numpy"]))(np.array([2.0, 3.0]))
    assert squares.tolist() == [4, 9]
    assert same.tolist() == [2, 3]


if __name__ == "__main__":
    for _library in BACKENDS:
        for _golden in ALL:
            _golden.path(_library).parent.mkdir(parents=True, exist_ok=True)
            _golden.path(_library).write_text(source_of(_golden, _library), encoding="utf-8")
