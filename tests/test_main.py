"""`python -m einc`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from einc.__main__ import main


def test_the_tree_and_the_source(capsys):
    assert main(["bik,bkj->bij", "8x64x32", "8x32x16"]) == 0
    printed = capsys.readouterr().out
    assert printed == (
        "bik, bkj -> bij    numpy, float64\n"
        "sizes: b=8  i=64  k=32  j=16\n"
        "naive: 262,144 MACs; in this order: 262,144 MACs\n"
        "left to right: 262,144 MACs; order: the only one\n"
        "largest intermediate: 8,192 elements; 229,376 bytes moved, 2.3 flops a byte\n"
        "at most 65,536 bytes at once\n"
        "copies: 0 made, 0 avoided; predicted: 7.68 µs\n"
        "\n"
        "step  contraction         MACs    bytes    live  time  copies  result   calls\n"
        "   0  bik, bkj -> bij  262,144  229,376  65,536  100%       0  8x64x16  np.matmul(x0, x1)\n"
        "      total            262,144  229,376  65,536  100%       0           1 call\n"
        "\n"
        "import numpy as np\n"
        "\n"
        "\n"
        "def contraction(x0, x1):\n"
        '    """bik, bkj -> bij"""\n'
        "    t0 = np.matmul(x0, x1)  # b i j\n"
        "    return t0\n"
    )


def test_for_torch(capsys):
    assert main(["bik,bkj->bij", "8x64x32", "8x32x16", "--library", "torch"]) == 0
    assert "torch.bmm(x0, x1)" in capsys.readouterr().out


def test_scalars(capsys):
    assert main([",i->i", "", "3"]) == 0
    assert "np.multiply(x0, x1)" in capsys.readouterr().out


def test_a_mistake_is_a_complaint(capsys):
    assert main(["bik,bkj->bij", "8x64x32", "8x16x32"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "einc: index 'k' has size 32 in operand 0 and size 16 in operand 1\n  bik,bkj->bij\n    ^  ^\n"
    )


@pytest.mark.parametrize("shape", ["8y64", "x", "8xx4"])
def test_a_shape_that_is_none(shape, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["i", shape])
    assert stop.value.code == 2
    assert f"{shape!r} is no shape; write sizes with x between, such as 8x64x32" in capsys.readouterr().err


def test_as_a_command():
    command = [sys.executable, "-m", "einc", "ij->ji", "2x3"]
    assert "x0.T" in subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_an_expression_may_begin_with_an_arrow(capsys):
    assert main(["->", ""]) == 0
    assert "x0[...]" in capsys.readouterr().out


def test_letters_that_the_terminal_does_not_have():
    command = [sys.executable, "-m", "einc", "αβ->βα", "2x3"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    assert "\\u03b1\\u03b2" in printed
