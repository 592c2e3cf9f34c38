"""Python source to the einsum calls in it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from einc.survey.dialects import LOOSE, Dialect, dialect

EINSUMS = frozenset({"einsum", "einsum_path"})  # of any library
CONTRACTIONS = frozenset({"contract", "contract_path", "contract_expression", "compile", "explain"})  # of some
TERM = r"\s*(?:[^\W\d_]{0,8}|(?:[^\W\d_]{0,4}\.\.\.[^\W\d_]{0,4}))\s*"
LOOKS_LIKE_ONE = re.compile(rf"(?=.*\w)(?:{TERM},)+{TERM}->{TERM}")
LAST = "einops"  # takes the text after the operands


@dataclass(frozen=True, slots=True)
class Call:
    """A call of einsum.

    Attributes:
        dialect: how its library reads the text and runs it.
        text: the node of the text, if that is constant.
        operands: how many are given, where that can be told.
        optimizes: whether the call says how the order is found.
        expected_to_fail: whether it stands where an exception is expected.
        line: on which it starts.
    """

    dialect: Dialect
    text: ast.Constant | None
    operands: int | None
    optimizes: bool
    expected_to_fail: bool
    line: int


def calls(tree: ast.Module) -> Iterator[Call]:
    """All calls of einsum, in the order of the source."""
    names, constants = _imported(tree), _constants(tree)
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    found: list[Call] = []
    while waiting:
        node, expected = waiting.pop()
        if isinstance(node, ast.Call) and (call := _call(node, expected, names, constants)):
            found.append(call)
        expected = expected or _expects_failure(node)
        waiting += [(child, expected) for child in ast.iter_child_nodes(node)]
    return iter(sorted(found, key=lambda call: call.line))


def loose_texts(tree: ast.Module, known: Iterable[Call]) -> Iterator[Call]:
    """Texts that look like expressions but are in no call of einsum, such as those in tables; of no library."""
    seen = {call.text for call in known}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in seen and _looks_like_one(node.value):
            yield Call(LOOSE, node, None, True, False, node.lineno)


def _looks_like_one(text: object) -> bool:
    """Whether a text may be meant as an expression: its output has one letter more than its operands, if any."""
    if not isinstance(text, str) or not LOOKS_LIKE_ONE.fullmatch(text):
        return False
    inputs, _, output = text.partition("->")
    return len({letter for letter in output if letter.isalpha()} - {*inputs}) <= 1


def _call(
    node: ast.Call, expected: bool, names: Mapping[str, str], constants: Mapping[str, ast.Constant]
) -> Call | None:
    path = _dotted(node.func)
    if not path:
        return None
    root, *rest = path.split(".")
    name = path.split(".")[-1] if rest else names.get(root, root).split(".")[-1]
    library = names.get(root, "").split(".")[0]
    if name not in EINSUMS and not (name in CONTRACTIONS and library in ("opt_einsum", "einc", "cotengra")):
        return None
    if not node.args or library == "einx":  # which has a language of its own
        return None
    at = -1 if library == LAST else 0
    text = _constant(node.args[at], constants)
    operands = [argument for argument in node.args if argument is not node.args[at]]
    if text is None and not _may_be_text(node.args[at]):
        return None
    optimize = [word.value for word in node.keywords if word.arg in ("optimize", None)]
    chosen = any(not (isinstance(value, ast.Constant) and value.value is False) for value in optimize)
    return Call(dialect(library), text, _count(operands, library), chosen, expected, node.lineno)


def _imported(tree: ast.Module) -> dict[str, str]:
    """What every imported name stands for."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{'.' * node.level}{node.module or ''}.{alias.name}"
    return names


def _constants(tree: ast.Module) -> dict[str, ast.Constant]:
    """The texts that names stand for, of those that are bound once in the whole file."""
    bound: Counter[str] = Counter()
    texts: dict[str, ast.Constant] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound[node.id] += 1
        elif isinstance(node, ast.arg):
            bound[node.arg] += 1
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                    texts[target.id] = node.value
    return {name: text for name, text in texts.items() if bound[name] == 1}


def _constant(node: ast.expr, constants: Mapping[str, ast.Constant]) -> ast.Constant | None:
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    return node if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _may_be_text(node: ast.expr) -> bool:
    """Whether it may be a text when the program runs, rather than an operand that comes before its labels."""
    return isinstance(node, ast.JoinedStr | ast.BinOp | ast.Name | ast.Attribute | ast.Subscript | ast.Call)


def _count(operands: list[ast.expr], library: str) -> int | None:
    """How many operands a call has, where its library is known and none is unpacked."""
    if not library or any(isinstance(operand, ast.Starred) for operand in operands):
        return None
    if library == "torch" and len(operands) == 1:  # it takes them as a list, too
        (only,) = operands
        if isinstance(only, ast.List | ast.Tuple):
            return None if any(isinstance(operand, ast.Starred) for operand in only.elts) else len(only.elts)
        return None
    return len(operands)


def _dotted(node: ast.expr) -> str:
    """`a.b.c` as it is written; nothing for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    inside = _dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{inside}.{node.attr}" if isinstance(node, ast.Attribute) and inside else ""


def _expects_failure(node: ast.AST) -> bool:
    """Whether what stands inside is expected to raise, as in tests."""
    inside = [item.context_expr for item in node.items] if isinstance(node, ast.With) else [node]
    functions = [expression.func for expression in inside if isinstance(expression, ast.Call)]
    return any("raises" in _dotted(function).split(".")[-1].lower() for function in functions)
