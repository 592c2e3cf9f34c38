"""`einc`, also as `python -m einc`: what each command prints, and its exit status."""

from __future__ import annotations

import io
import itertools
import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from conftest import needs_torch

import einc
from einc import later
from einc.__main__ import main
from einc.command.commands import COMMANDS
from einc.command.completion import SHELLS
from einc.command.draw import PICTURES

ROOT = Path(__file__).parent.parent
PRODUCT = ["bik,bkj->bij", "8x64x32", "8x32x16"]
HEAVY = ["torch", "rich", "matplotlib", "numba", "jax", "cotengra", "scipy", "importlib.metadata", "email"]


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch):
    """Lines may have any length, whatever runs the tests."""
    monkeypatch.delenv("COLUMNS", raising=False)


def printed(capsys, *arguments, status=0):
    assert main(arguments) == status
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def run(*arguments, **environment):
    command = [sys.executable, "-m", "einc", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=False)


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
        "copies: 0 made, 0 avoided; predicted: 14.4 µs\n"
        "\n"
        "step  contraction         MACs    bytes    live  time  copies  result   calls\n"
        "   0  bik, bkj -> bij  262,144  229,376  65,536  100%     0/0  8x64x16  np.matmul(x0, x1)\n"
        "      total            262,144  229,376  65,536  100%     0/0           1 call\n"
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
    assert "x0.bmm(x1)" in capsys.readouterr().out


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


def test_explain(capsys):
    explanation = str(einc.explain(PRODUCT[0], (8, 64, 32), (8, 32, 16)))
    assert printed(capsys, "explain", *PRODUCT) == f"{explanation}\n"
    assert printed(capsys, "explain", *PRODUCT, "--source") == printed(capsys, *PRODUCT)
    assert printed(capsys, "explain", *PRODUCT, "--html").startswith('<div class="einc">')
    facts = json.loads(printed(capsys, "explain", *PRODUCT, "--json"))
    assert facts["macs"] == 8 * 64 * 32 * 16
    assert facts["steps"][0]["calls"] == ["np.matmul(x0, x1)"]


def test_options_may_stand_anywhere(capsys):
    text = "b t (h d) -> b h t d"
    assert "h=2" in printed(capsys, "explain", "--size", "h=2", text, "--notation", "words", "2x3x8")
    wanted = printed(capsys, "explain", "ij,jk,kl->il", "8x4", "4x8", "8x2")
    assert printed(capsys, "explain", "--optimize", "greedy", "ij,jk,kl->il", "8x4", "4x8", "8x2") != wanted
    assert printed(capsys, "explain", "ij,jk,kl->il", "8x4", "--optimize", "auto", "4x8", "8x2") == wanted


@pytest.mark.parametrize("command", ["explain", "path"])
def test_a_terminal_that_is_narrow(command):
    told = run(command, *PRODUCT, COLUMNS="40").stdout
    assert max(map(len, told.split("\n"))) <= 40
    assert ("float64" in told) == (command == "explain")  # an order is of no type


@pytest.mark.parametrize(("environment", "bold"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours(monkeypatch, capsys, environment, bold):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    assert main(["explain", *PRODUCT]) == 0
    assert ("\033[" in terminal.getvalue()) == bold


def test_path(capsys):
    chain = ["ij,jk,kl,lm->im", "8x512", "512x4", "4x256", "256x8"]
    told = printed(capsys, "path", *chain, "--budget", "0.05")
    assert told.startswith("ij, jk, kl, lm -> im\n")
    shapes = [tuple(map(int, shape.split("x"))) for shape in chain[1:]]
    path, _ = einc.contract_path(chain[0], *shapes, optimize="exact")
    assert told.endswith(f"\n{path}\n")
    facts = json.loads(printed(capsys, "path", *chain, "--json", "--minimize", "size", "--seed", "3"))
    assert facts["optimal"]
    assert [tuple(step) for step in facts["path"]] == path
    assert json.loads(printed(capsys, "path", *chain, "--json", "--minimize", "cuda-time"))["path"]
    assert json.loads(printed(capsys, "path", *chain, "--json", "--memory-limit", "9" * 500))["path"]
    limited = json.loads(printed(capsys, "path", *chain[:3], *chain[3:], "--memory-limit", "1KB", "--json"))
    assert limited["peak"] <= 1000


def test_progress(capsys, tmp_path):
    pytest.importorskip("rich")
    letters = [chr(0x4E00 + n) for n in range(13)]
    ring = ",".join(a + b for a, b in zip(letters, letters[1:] + letters[:1]))
    shapes = ["3x3"] * 13
    assert main(["path", f"{ring}->", *shapes, "--budget", "0.2", "--progress", "--cache", str(tmp_path)]) == 0
    assert "contraction order" in capsys.readouterr().err
    assert main(["path", f"{ring}->", *shapes, "--budget", "0.2", "--json", "--seed", "1"]) == 0
    assert capsys.readouterr().err == ""


def test_emit(capsys, tmp_path):
    module = printed(capsys, "emit", *PRODUCT, "--typed")
    assert module == einc.compile(PRODUCT[0], (8, 64, 32), (8, 32, 16)).source(typed=True)
    path = tmp_path / "product.py"
    assert printed(capsys, "emit", *PRODUCT, "--typed", "-o", str(path)) == ""
    contraction = runpy.run_path(str(path))["contraction"]
    assert contraction(np.ones((8, 64, 32)), np.ones((8, 32, 16))).shape == (8, 64, 16)
    assert json.loads(printed(capsys, "emit", *PRODUCT, "--typed", "--json"))["source"] == module
    assert main(["emit", *PRODUCT, "-o", str(tmp_path / "no" / "folder.py")]) == 2
    assert capsys.readouterr().err == f"einc: {tmp_path / 'no' / 'folder.py'}: No such file or directory\n"


@needs_torch
def test_emit_for_torch(capsys):
    assert "def contraction(x0: torch.Tensor" in printed(capsys, "emit", *PRODUCT, "--typed", "--library", "torch")


def test_bench(capsys):
    assert "np.einsum" in printed(capsys, "bench", "ij,jk->ik", "2x3", "3x4", "--rounds", "2")
    facts = json.loads(printed(capsys, "bench", "ij,jk->ik", "2x3", "3x4", "--rounds", "2", "--json"))
    assert facts["timings"]["einc"]["ratio"] == 1


def test_check(capsys, tmp_path):
    path = tmp_path / "case.py"
    path.write_text('import numpy as np\nnp.einsum("ij,jk->iz", a, b)\n')
    told = printed(capsys, "check", str(path), status=1)
    assert told == (
        f"{path}:2:20: invalid: output index 'z' is in no operand\n"
        "  ij,jk->iz\n"
        "          ^\n"
        "1 finding in 1 einsum call of 1 file (0 more are not constant, 0 are expected to fail)\n"
    )
    (finding,) = json.loads(printed(capsys, "check", str(tmp_path), "--json", status=1))["findings"]
    assert (finding["line"], finding["column"], finding["kind"]) == (2, 20, "invalid")
    assert printed(capsys, "check", str(path), "--select", "order", "--select", "count").startswith("0 findings")
    path.write_text('CASES = ["ij,jk->iz"]')
    assert printed(capsys, "check", str(path)).startswith("0 findings")
    assert printed(capsys, "check", str(path), "--everywhere", status=1)
    assert main(["check", str(tmp_path / "nowhere")]) == 2
    assert "there is no file or folder" in capsys.readouterr().err


def test_check_of_what_cannot_be_read(capsys, tmp_path):
    """In a folder it is told; what was named itself is a mistake."""
    path = tmp_path / "broken.py"
    path.write_text("def f(:")
    assert f"not readable as Python 3.{sys.version_info[1]}: {path}\n" in printed(capsys, "check", str(tmp_path))
    assert json.loads(printed(capsys, "check", str(path), "--json", status=2))["unreadable"] == [str(path)]


def test_draw(capsys, tmp_path):
    pytest.importorskip("matplotlib")
    chain = ["ij,jk,kl->il", "8x512", "512x4", "4x256"]
    for name, begins in (("tree.svg", b"<?xml"), ("tree.png", b"\x89PNG"), ("tree.pdf", b"%PDF")):
        assert printed(capsys, "draw", *chain, "-o", str(tmp_path / name)) == ""
        assert (tmp_path / name).read_bytes().startswith(begins)
    tree, other = tmp_path / "tree.svg", tmp_path / "other.svg"
    for choice in (["--kind", "network"], ["--kind", "memory"], ["--dark"]):
        told = json.loads(printed(capsys, "draw", *chain, "-o", str(other), *choice, "--json"))
        kind = choice[1] if len(choice) > 1 else "tree"
        assert told == {"expression": "ij, jk, kl -> il", "kind": kind, "file": str(other)}
        assert other.read_bytes() != tree.read_bytes()
    assert main(["draw", *chain, "-o", str(tmp_path / "no" / "tree.svg")]) == 2
    assert capsys.readouterr().err == f"einc: {tmp_path / 'no' / 'tree.svg'}: No such file or directory\n"
    assert main(["draw", *chain, "-o", str(tmp_path / "tree.gif")]) == 2
    assert "end it in .svg or .png or .pdf" in capsys.readouterr().err


def test_kinds_of_pictures():
    """They are written twice, so that help does not load matplotlib."""
    pytest.importorskip("matplotlib")
    assert (*later.draw.KINDS,) == PICTURES


def test_draw_without_matplotlib(tmp_path):
    arguments = ["draw", *PRODUCT, "-o", str(tmp_path / "tree.svg")]
    code = f"import sys; sys.modules['matplotlib'] = None; from einc.command import main; sys.exit(main({arguments}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'einc: pictures need matplotlib, which is not installed: pip install "einc[plot]"\n'


def test_verify(capsys, monkeypatch):
    assert printed(capsys, "verify", "ij,jk->ik", "-n", "6").startswith("ij,jk->ik: 6 results")
    assert json.loads(printed(capsys, "verify", "ij,jk->ik", "-n", "6", "--json"))["failures"] == []
    monkeypatch.setattr(einc.Compiled, "__call__", lambda self, *operands: operands[0] * 0)
    assert "WRONG" in printed(capsys, "verify", "ij,jk->ik", "-n", "6", status=1)
    assert json.loads(printed(capsys, "verify", "ij,jk->ik", "-n", "6", "--json", status=1))["failures"]


def test_doctor(capsys):
    assert printed(capsys, "doctor").startswith("Python ")
    assert json.loads(printed(capsys, "doctor", "--json"))["packages"]["numpy"] == np.__version__


def test_help(capsys):
    overview = printed(capsys, "--help")
    assert overview == printed(capsys)
    assert all(f"  {name} " in overview for name in (*COMMANDS, "completion"))
    assert printed(capsys, "--version") == f"einc {einc.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples(name, capsys):
    with pytest.raises(SystemExit) as stop:
        main([name, "--help"])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert f"usage: einc {name}" in told
    assert f"examples:\n  einc {name}" in told
    assert all(len(line) <= 100 for line in told.split("\n"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["explain", "i", "--size", "h"], "'h' is no size; write an index and its size, such as h=8"),
        (["path", "i", "3", "--memory-limit", "much"], "'much' is no number of bytes; write it such as 4GiB or 500MB"),
        (["explain"], "the following arguments are required: EXPRESSION"),
        (["check"], "the following arguments are required: PATH"),
        (["explain", "ij", "2x-3"], "'2x-3' is no shape; write sizes with x between, such as 8x64x32"),
        (["explain", "ij", "9223372036854775808"], "'9223372036854775808' is no shape"),
        (["bench", "ij", "2x3", "--rounds", "1"], "'1' is no number of rounds; write 2 or more"),
        (["draw", "ij", "2x3"], "the following arguments are required: --output/-o"),
        (["draw", "ij", "2x3", "-o", "x.svg", "--kind", "pie"], "invalid choice: 'pie'"),
        (["completion", "tcsh"], "invalid choice: 'tcsh'"),
        (["explain", "i", "3", "--libary", "torch"], "unrecognized arguments: --libary"),
    ],
)
def test_what_is_typed_wrongly(arguments, told, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", "ij->z", "2x3"],
        ["explain", "ij,jk"],
        ["explain", "i", "3", "--optimize", "best"],
        ["path", "i", "3", "--budget", "-1"],
        ["emit", "ij,jk", "2x3", "4x5"],
        ["path", "i", "3", "--memory-limit", "0"],
        ["bench", "ij", "2"],
        ["verify", "ij,jk->ik", "-n", "0"],
        ["verify", "ij,jk->ik", "--seed", "-5"],
        ["verify", "b (h d) -> b h d"],
        ["b (h d) -> b h d", "2x6"],
    ],
)
def test_complaints(arguments, capsys):
    """On the other stream, with the status of a mistake."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("einc: ")
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (["explian", "ij,jk->ik", "2x3", "3x4"], "; did you mean 'explain'?"),
        (["completions"], "; did you mean 'completion'?"),
        (["frobnicate"], "; `einc --help` lists them"),
    ],
)
def test_no_such_command(arguments, near, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"einc: there is no command {arguments[0]!r}{near}\n"


def test_a_word_may_be_an_expression(capsys):
    assert "x0[...]" in printed(capsys, "ij", "2x3")
    assert "x0[...]" in printed(capsys, "ij", "--library", "torch", "2x3")
    assert main(["ij,jk"]) == 2
    assert "the expression has 2 operands" in capsys.readouterr().err


def test_too_little_memory(monkeypatch, capsys):
    def filled(*_, **__):
        raise MemoryError("Unable to allocate 74.5 GiB")

    monkeypatch.setattr("einc.command.bench.bench", filled)
    assert main(["bench", "ij", "2x3"]) == 2
    assert capsys.readouterr().err == "einc: not enough memory: Unable to allocate 74.5 GiB\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("where", [">&-", "2>&-"])
def test_streams_that_are_closed(where):
    command = f"'{sys.executable}' -m einc explain ij 2x3 {where}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_device_that_is_full():
    command = f"'{sys.executable}' -m einc --help > /dev/full"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "einc: No space left on device\n")


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_interrupting_a_search_keeps_what_was_found():
    pytest.importorskip("rich")
    letters = [chr(0x4E00 + n) for n in range(40)]
    terms = [letters[n] + letters[(7 * n + 1) % 40] + letters[(3 * n + 5) % 40] for n in range(40)]
    command = [sys.executable, "-m", "einc", "path", ",".join(terms) + "->", *["3x3x3"] * 40, "--budget", "60"]
    wide = {**os.environ, "COLUMNS": "1000"}
    with subprocess.Popen(
        [*command, "--progress"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=wide
    ) as process:
        shown = b""
        while b"best cost so far" not in shown:
            shown += process.stderr.read(1)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=300)  # where kernels are not compiled yet, they are until the end
    assert process.returncode == 0
    assert told.decode().startswith(f"{', '.join(terms)} ->\n")
    assert told.decode().split("\n")[-2].startswith("[(")


def test_whatever_happens_there_is_no_traceback(monkeypatch, capsys):
    def broken(*_, **__):
        raise KeyError("x")

    monkeypatch.setattr("einc.command.check.survey", broken)
    assert main(["check", "."]) == 70
    assert capsys.readouterr().err == "einc: a mistake of einc's own; please report it: KeyError: 'x'\n"

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("einc.command.check.survey", interrupted)
    assert main(["check", "."]) == 130


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_a_pipe_that_closes():
    letters = [chr(0x4E00 + n) for n in range(300)]
    chain = ",".join(a + b for a, b in itertools.pairwise(letters))
    shapes = " ".join(["2x2"] * 299)
    command = f"'{sys.executable}' -m einc explain '{chain}' {shapes} --optimize greedy --json | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout == "{\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (["--help"], ["numpy", "lark", "einc.plan", "einc.command.explain"]),
        (["--version"], ["numpy", "lark", "einc.plan"]),
        (["explain", *PRODUCT], ["einc.survey", "einc.bench", "einc.verify", "einc.diagnosing", "statistics"]),
        (["check", __file__], ["einc.bench", "einc.compiler", "einc.report", "einc.diagnosing", "statistics"]),
    ],
)
def test_commands_load_what_they_need(arguments, unneeded):
    code = f"import sys; from einc.command import main; main({arguments})\n"
    code += f"print([name for name in {HEAVY + unneeded} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_the_script():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"einc": "einc.command:console"}


@pytest.mark.parametrize("shell", SHELLS)
def test_completion(shell, capsys):
    """Every command and every option is there, and the shell, where it is installed, takes the script."""
    script = printed(capsys, "completion", shell)
    assert all(name in script for name in COMMANDS)
    assert all(option in script for option in ("memory-limit", "everywhere", "typed", "no-progress", "dark", "rounds"))
    if shutil.which(shell):
        check = ["-n"] if shell != "fish" else ["--no-execute"]
        subprocess.run([shell, *check], input=script, text=True, check=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["einc", "ex"], ["explain"]),
        (["einc", "emit", "--ty"], ["--typed"]),
        (["einc", "explain", "--library", "to"], ["torch"]),
        (["einc", "path", "--minimize", "cuda"], ["cuda-time"]),
        (["einc", "draw", "--kind", ""], [*PICTURES]),
        (["einc", "dr"], ["draw"]),
        (["einc", "draw", "-o", ""], ["picture.svg"]),
        (["einc", "path", "--cache", "pi"], ["picture.svg"]),
        (["einc", "check", "pi"], ["picture.svg"]),
        (["einc", "completion", ""], [*SHELLS]),
    ],
)
def test_bash_completes(words, wanted, capsys, monkeypatch, tmp_path):
    (tmp_path / "picture.svg").touch()
    monkeypatch.chdir(tmp_path)
    script = printed(capsys, "completion", "bash")
    listed = " ".join(f"'{word}'" for word in words)
    script += f"COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}; _einc; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:-1] == wanted
