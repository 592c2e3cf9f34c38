"""Every code block of the README and the documentation runs, and prints what is said to be printed."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)]
HAS_TORCH = find_spec("torch") is not None
NOT_EVERYWHERE = "torch|jax|torchinfo|einops|cotengra"  # libraries without which a page is skipped
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix().removeprefix("docs/")
)


@each_document
def test_python_blocks(document, tmp_path, monkeypatch):
    """In order, in one namespace; a `text` block after one is what it prints, in lines of any length."""
    monkeypatch.delenv("COLUMNS", raising=False)
    text = document.read_text(encoding="utf-8")
    code = re.sub(r"```text.*?```", "", text, flags=re.DOTALL)
    for library in re.findall(rf"^import ({NOT_EVERYWHERE})$", code, re.MULTILINE):
        pytest.importorskip(library)
    if ".draw(" in code:
        pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)  # where pictures are drawn
    names: dict[str, object] = {"__name__": document.stem}
    printed = ""
    for language, body in BLOCK.findall(text):
        if language == "python" and (HAS_TORCH or "einc.nn" not in body):
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(compile(body, f"{document.name}", "exec"), names)
            printed = output.getvalue()
        elif language == "text":
            assert printed.rstrip() == body.rstrip()


@each_document
def test_commands(document):
    """Of the `console` blocks, those that run einc print what follows them."""
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    for language, body in BLOCK.findall(document.read_text(encoding="utf-8")):
        command, _, printed = body.removeprefix("$ ").partition("\n")
        if language == "console" and command.startswith("python -m einc"):
            arguments = [sys.executable, *shlex.split(command)[1:]]
            done = subprocess.run(arguments, check=True, capture_output=True, text=True, env=environment)
            assert done.stdout == printed


def test_links_lead_somewhere():
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        targets = re.findall(r"\]\(([^)#]+)[^)]*\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
        for target in targets:
            assert "://" in target or (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_demo_runs():
    demo = subprocess.run([sys.executable, ROOT / "examples" / "demo.py"], check=True, capture_output=True, text=True)
    assert "This is what ran:" in demo.stdout
    assert "index 'd' has size 32 in operand 0 and size 16 in operand 1" in demo.stdout


def test_the_tutorial_is_the_same_in_every_language():
    """The same blocks, in the same order; only the words differ, those of comments too."""

    def blocks(path: Path) -> list[tuple[str, str]]:
        text = path.read_text(encoding="utf-8")
        return [(language, re.sub(r" *#.*", "", body)) for language, body in BLOCK.findall(text)]

    assert blocks(ROOT / "docs" / "ko" / "tutorial.md") == blocks(ROOT / "docs" / "tutorial.md")


def test_the_pictures_are_all_drawn_by_one_script(tmp_path):
    pytest.importorskip("matplotlib")
    script = ROOT / "docs" / "tables" / "pictures.py"
    subprocess.run([sys.executable, script, tmp_path], check=True)
    drawn = {path.name for path in tmp_path.iterdir()}
    assert drawn == {path.name for path in (ROOT / "docs" / "pictures").iterdir()}
    pages = "".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    assert all(f"pictures/{name}" in pages for name in drawn)
