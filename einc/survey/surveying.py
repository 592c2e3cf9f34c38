"""Files and folders to findings."""

from __future__ import annotations

import ast
import io
import re
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from tokenize import detect_encoding

from einc import errors
from einc.survey.calls import Call, calls, loose_texts
from einc.survey.findings import Finding, Survey
from einc.survey.judging import KINDS, judgements

SKIP = re.compile(r"#\s*einc:\s*skip\b")  # at the end of a line whose calls are not judged
QUOTE = re.compile(r"[rRuU]?('''|\"\"\"|'|\")")


def survey(paths: Iterable[Path], kinds: Collection[str] = KINDS, everywhere: bool = False) -> Survey:
    """Judge every call of einsum whose text is constant.

    Args:
        paths: Python files, and folders of them.
        kinds: of findings to report.
        everywhere: whether to judge texts, too, that look like expressions but are in no call.

    Raises:
        EincError: for a path that is not there.
    """
    findings: list[Finding] = []
    counted: Counter[str] = Counter()
    unreadable = []
    for path in (file for given in paths for file in _files(given)):
        counted["files"] += 1
        try:
            source = _decoded(path.read_bytes())
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of escapes, about which others complain
                tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, OSError):
            unreadable.append(str(path))
            continue
        lines = source.split("\n")
        known = list(calls(tree))
        loose = loose_texts(tree, known) if everywhere else ()
        for call in sorted((*known, *loose), key=attrgetter("line")):
            counted["expected" if call.expected_to_fail else "unknown" if call.text is None else "calls"] += 1
            findings += (found for found in _found(path, call, lines) if found.kind in kinds)
    return Survey(
        findings=tuple(findings),
        files=counted["files"],
        calls=counted["calls"],
        unknown=counted["unknown"],
        expected=counted["expected"],
        unreadable=tuple(unreadable),
    )


def _decoded(source: bytes) -> str:
    """Python source in the encoding that it declares."""
    encoding, _ = detect_encoding(io.BytesIO(source).readline)
    return io.TextIOWrapper(io.BytesIO(source), encoding).read()


def _files(given: Path) -> Iterator[Path]:
    """The file itself, or the Python files of a folder, but of those inside that are hidden."""
    if given.is_dir():
        for path in sorted(given.rglob("*.py")):
            hidden = any(part.startswith(".") for part in path.relative_to(given).parts)
            if not hidden and path.is_file():  # and no pipe, that would keep its reader waiting
                yield path
    elif given.exists():
        yield given
    else:
        raise errors.no_such_path(given)


def _found(path: Path, call: Call, lines: list[str]) -> Iterator[Finding]:
    if call.text is None or call.expected_to_fail or SKIP.search(lines[call.line - 1]):
        return
    text = str(call.text.value)
    for kind, complaint in judgements(text, call.dialect, call.operands, call.optimizes):
        message, _, picture = str(complaint).partition("\n")
        line, column = _place(call.text, text, _caret(picture, text), lines)
        yield Finding(str(path), line, column, kind, message, picture)


def _caret(picture: str, text: str) -> int:
    """Where in the text the first caret points."""
    shown, _, carets = picture.partition("\n")
    exact = shown == f"  {text}" and carets.strip().startswith("^")
    return len(carets.split("\n")[0]) - len(carets.split("\n")[0].lstrip()) - 2 if exact else 0


def _place(node: ast.Constant, text: str, offset: int, lines: list[str]) -> tuple[int, int]:
    """The line and column of a place in the text; the start of the literal, where it is not written as it is."""
    line = lines[node.lineno - 1]
    start = len(line.encode()[: node.col_offset].decode())
    quote = QUOTE.match(line, start)
    if quote and line.startswith(text, quote.end()):
        return node.lineno, quote.end() + offset + 1
    return node.lineno, start + 1
