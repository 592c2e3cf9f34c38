"""What is found in source: legal and illegal texts, who runs them, and where."""

from __future__ import annotations

import os
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from einc.errors import EincError
from einc.survey import survey


@pytest.fixture
def found(tmp_path):
    """The findings in a file with this source, as `line:column kind message`, and the whole survey."""

    def found(source, **options):
        path = tmp_path / "case.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        result = survey([path], **options)
        return [f"{one.line}:{one.column} {one.kind} {one.message}" for one in result.findings], result

    return found


IMPORTS = "import numpy as np, torch, jax.numpy as jnp, opt_einsum as oe, einops, einx, einc\n"
RIGHT = [
    'np.einsum("ij,jk->ik", a, b)',
    'np.einsum("ij,jk", a, b)',
    'np.einsum("ij->", a)',
    'np.einsum("ij->i", a)',  # one operand, whose sum is meant
    'np.einsum("ij,jk->", a, b)',  # all is summed
    'np.einsum("...ij,...jk->...ik", a, b)',
    'np.einsum("ij,jk,kl->il", a, b, c, optimize=True)',
    'np.einsum("ij,jk,kl->il", a, b, c, optimize=how)',
    'np.einsum("ij,jk,kl->il", a, b, c, **how)',
    'np.einsum("ij,jk->ik", *operands)',
    "np.einsum(a, [0, 1], b, [1, 2])",
    'np.einsum_path("ij,jk,kl->il", a, b, c, optimize="greedy")',
    'torch.einsum("ij,jk->ik", [a, b])',
    'torch.einsum("ij,jk->ik", operands)',
    'torch.einsum("ij,jk,kl->il", a, b, c)',  # left to right is as good as any
    'jnp.einsum("ij,kl,jk->il", a, b, c)',  # which looks for an order by itself
    'oe.contract("ij,kl,jk->il", a, b, c)',
    'oe.contract_expression("ij,jk->ik", (2, 3), (3, 4))',
    'einc.compile("ij,kl,jk->il")',
    'einc.einsum("batch (head d), head d out -> batch out", a, b)',
    'einops.einsum(a, b, "batch i, i j -> batch j")',
    'einx.einsum("a [b], b... c -> a c", a, b)',
    'contract("this is no expression")',
    'model.contract("i->z")',
    "np.einsum()",
]


@pytest.mark.parametrize("call", RIGHT)
def test_nothing_is_found(found, call):
    findings, _ = found(IMPORTS + call)
    assert findings == []


WRONG = [
    ('np.einsum("ij,jk->iz", a, b)', "2:20 invalid output index 'z' is in no operand"),
    ("np.einsum('ij,j%->i', a, b)", "2:16 invalid '%' is not a letter; an index is one letter"),
    ('torch.einsum("i->i->i", a)', "2:19 invalid a second '->': an expression has one output"),
    ('np.einsum("ij,jk->ik", a)', "2:12 count the expression has 2 operands, but 1 was given"),
    ('torch.einsum("ij,jk->ik", [a, b, c])', "2:15 count the expression has 2 operands, but 3 were given"),
    ('np.einsum("ij,jl->i", a, b)', "2:16 unused nothing meets index 'l' of operand 1: it is only summed"),
    (
        'einops.einsum(a, b, "batch i k, i j -> batch j")',
        "2:30 unused nothing meets index 'k' of operand 0: it is only summed",
    ),
    (
        'np.einsum("aij,jbl->i", a, b)',
        "2:12 unused nothing meets index 'a' of operand 0 and index 'b' of operand 1 and index 'l' of operand 1: "
        "they are only summed",
    ),
    (
        'np.einsum("ij,jk,kl->il", a, b, c)',
        "2:12 order one loop over all indices takes n^4 multiply-adds where every size is n; the best order takes n^3",
    ),
    (
        'np.einsum("ij,jk,kl->il", a, b, c, optimize=False)',
        "2:12 order one loop over all indices takes n^4 multiply-adds where every size is n; the best order takes n^3",
    ),
    (
        'torch.einsum("ij,kl,jk->il", a, b, c)',
        "2:15 order the order from left to right takes n^4 multiply-adds where every size is n; "
        "the best order takes n^3",
    ),
    (
        'something.einsum("ij,kl,jk->il", a, b, c)',
        "2:19 order the order from left to right takes n^4 multiply-adds where every size is n; "
        "the best order takes n^3",
    ),
]


@pytest.mark.parametrize(("call", "told"), WRONG)
def test_findings(found, call, told):
    findings, result = found(IMPORTS + call)
    assert findings == [told]
    assert result.calls == 1


def test_the_picture(found):
    _, result = found('from numpy import einsum\neinsum("ij,jk->iz", a, b)\n')
    (finding,) = result.findings
    assert str(finding) == (
        f"{finding.path}:2:17: invalid: output index 'z' is in no operand\n  ij,jk->iz\n          ^"
    )
    assert str(result).endswith(
        "1 finding in 1 einsum call of 1 file (0 more are not constant, 0 are expected to fail)"
    )


@pytest.mark.parametrize(
    ("call", "picture"),
    [
        ('np.einsum("ij,jl->i", a, b)', "  ij,jl->i\n      ^"),
        ('np.einsum("ij, jl, im -> i", a, b, c)', "  ij, jl, im -> i\n       ^   ^"),
        ('np.einsum("ij,jk,kl->il", a, b, c)', "  ij,jk,kl->il\n  ^^^^^^^^^^^^"),
        ('np.einsum("ij,jk->ik", a)', "  ij,jk->ik"),
    ],
)
def test_carets(found, call, picture):
    _, result = found(IMPORTS + call)
    assert result.findings[0].picture == picture


def test_names_that_are_bound_once(found):
    source = """
        import numpy as np
        TEXT = "ij,jk->iz"
        twice = "ij,jk->iz"
        twice = "ij,jk->ik"
        np.einsum(TEXT, a, b)
        np.einsum(twice, a, b)
        def f(given):
            given2 = "i->i"
            np.einsum(given, a)
        np.einsum(f"{a}->", a)
    """
    findings, result = found(source)
    assert findings == ["3:17 invalid output index 'z' is in no operand"]
    assert (result.calls, result.unknown) == (1, 3)


def test_what_is_expected_to_fail(found):
    source = """
        import numpy as np, pytest
        with pytest.raises(ValueError):
            np.einsum("ij->z", a)
        self.assertRaises(ValueError, lambda: np.einsum("ij->z", a))
        with open("file"):
            np.einsum("ij->z", a)
    """
    findings, result = found(source)
    assert [finding.split()[0] for finding in findings] == ["7:20"]
    assert result.expected == 2


def test_lines_to_skip(found):
    findings, _ = found('import numpy as np\nnp.einsum("ij->z", a)  # einc: skip\nnp.einsum("i->z", a)')
    assert [finding.split()[0] for finding in findings] == ["3:15"]


def test_kinds(found):
    source = 'import numpy as np\nnp.einsum("ij,jk,kl->i", a, b)'
    assert [finding.split()[1] for finding in found(source)[0]] == ["count", "unused", "order"]
    assert [finding.split()[1] for finding in found(source, kinds=["order"])[0]] == ["order"]


def test_literals_that_are_not_as_they_are_written(found):
    """An escape, a text over several lines: the start of the literal is shown."""
    assert found('einsum("\\x69j->z", a)')[0][0].startswith("1:8 invalid")
    assert found('einsum("""ij,\njk->z""", a, b)')[0][0].startswith("1:8 invalid")
    assert found('einsum("ij,"\n    "jk->z", a, b)')[0][0].startswith("1:8 invalid")
    assert found('ü, x = 1, einsum(r"ij->z", a)')[0][0].startswith("1:24 invalid")


def test_texts_in_no_call(found):
    source = """
        CASES = ["ij,jk->iz", "int, str -> bool", "Look, here -> there!", "a->b", ",->.", "...ik, ...j -> ij"]
        MORE = {"ab,bc->ac": 1}
    """
    assert found(source)[0] == []
    assert [finding.split()[:2] for finding in found(source, everywhere=True)[0]] == [
        ["2:19", "invalid"],
        ["2:88", "unused"],
    ]


def test_a_path_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EincError) as caught:
        survey([Path("nowhere")])
    assert str(caught.value) == "there is no file or folder 'nowhere'"


def test_what_cannot_be_read(tmp_path):
    (tmp_path / "old.py").write_text("print 'two'")
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe")
    (tmp_path / "null.py").write_bytes(b"x = '\0'")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "no.py").write_text("einsum('i->z', a)")
    (tmp_path / "escape.py").write_text(r"x = '\d'; einsum('i->z', a)")
    result = survey([tmp_path])
    assert result.files == 4
    assert len(result.unreadable) == 3
    assert len(result.findings) == 1
    assert f"not readable as Python 3.{sys.version_info[1]}: {tmp_path}" in str(result)


def test_the_encoding_that_a_file_declares(tmp_path):
    source = "# -*- coding: latin-1 -*-\nimport numpy as np\nx = 'é'; np.einsum('ij->z', x)\n"
    for name, coding in (("latin.py", "latin-1"), ("mark.py", "utf-8-sig")):
        text = source if coding == "latin-1" else source.replace("latin-1", "utf-8")
        (tmp_path / name).write_bytes(text.encode(coding))
    (tmp_path / "crlf.py").write_bytes(source.replace("latin-1", "utf-8").replace("\n", "\r\n").encode())
    result = survey([tmp_path])
    assert result.unreadable == ()
    assert [(finding.line, finding.column) for finding in result.findings] == [(3, 25)] * 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_is_no_file_is_not_read(tmp_path):
    """A pipe in a folder would wait for somebody to write; one that is named is read, as shells hand these over."""
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    assert survey([tmp_path]).files == 0
    with ThreadPoolExecutor() as pool:
        pool.submit((tmp_path / "pipe.py").write_text, "import numpy as np; np.einsum('ij->z', a)")
        assert len(survey([tmp_path / "pipe.py"]).findings) == 1
