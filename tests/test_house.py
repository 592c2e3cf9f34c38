"""The laws of the house, so that nobody has to remember them. The plan is in `docs/architecture.md`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from einc.later import PLOT_ROOMS, TORCH_ROOMS

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "einc").rglob("*.py"))

# Imports run one way, from a later layer to an earlier one. A folder is one room; inside it, its
# files may import each other as long as no circle closes.
LAYERS = (
    ("errors", "cache"),
    ("expression", "later"),
    ("parse", "check", "resolve", "tree", "program"),
    ("read", "interleaved", "sizes", "plan", "backends", "stages", "laws"),
    ("operands", "memory", "price"),
    ("emit",),
    ("options", "arithmetic", "load", "guard", "interpret"),
    ("inline", "simplify", "reuse"),
    ("lower",),
    ("corridor",),
    ("shown", "draw"),
    ("report", "keep", "verify"),
    ("doorways",),
    ("compiler",),
    ("explaining", "calibrating", "nn", "traced", "torch", "survey", "turns"),
    ("bench", "diagnosing"),
    ("__init__",),
    ("command",),
    ("__main__",),
)
LAYER = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}
ARRAY_LIBRARIES = {"torch", "cupy", "jax"}
MAY_IMPORT_NUMPY = {"operands", "interleaved", "plan", "calibrating", "draw", "verify", "bench", "diagnosing"}
MAY_IMPORT_TORCH = TORCH_ROOMS  # which nobody imports at the top: `later` loads them when they are asked for
MAY_IMPORT_MATPLOTLIB = PLOT_ROOMS  # as with torch
LONGEST_FUNCTION = 30  # lines, without its docstring
LONGEST_FILE = 300


def room(path: Path) -> str:
    inside = path.relative_to(ROOT / "einc")
    return inside.parts[0].removesuffix(".py")


def module(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def imports(path: Path) -> list[tuple[str, ast.stmt]]:
    """Every module a file imports, as far as names tell, and the statement that does."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            modules = {module(file) for file in FILES}
            found += [(name if name in modules else str(node.module), node) for name in submodules]
    return found


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def for_type_checkers(path: Path) -> list[ast.If]:
    """The blocks at the top that only type checkers read."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return [node for node in body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]


each_file = pytest.mark.parametrize("path", FILES, ids=module)


def test_every_room_has_a_layer():
    assert {room(path) for path in FILES} == set(LAYER)


@each_file
def test_imports_run_one_way(path):
    for name, _ in imports(path):
        if name.split(".")[0] != "einc":
            continue
        other = name.split(".")[1] if "." in name else "__init__"
        assert other == room(path) or LAYER[other] < LAYER[room(path)], f"{module(path)} may not import {name}"


def test_no_circles():
    ways = {module(path): {name for name, _ in imports(path) if name.startswith("einc")} for path in FILES}
    while ways:
        free = [name for name, needed in ways.items() if not needed & set(ways) - {name}]
        assert free, f"a circle among {sorted(ways)}"
        for name in free:
            del ways[name]


@each_file
def test_imports_stand_at_the_top(path):
    hints = {inside for branch in for_type_checkers(path) for inside in ast.walk(branch)}
    places = {(inside.lineno, inside.col_offset) for inside in hints if isinstance(inside, ast.ImportFrom)}
    assert all(place.col_offset == 0 or (place.lineno, place.col_offset) in places for _, place in imports(path))


@each_file
def test_only_what_is_loaded_later_is_imported_for_type_checkers(path):
    """Elsewhere such an import would hide a circle, or a layer."""
    assert not for_type_checkers(path) or room(path) in {"__init__", "doorways"}


@each_file
def test_no_array_library_but_numpy_and_that_at_the_door(path):
    names = {name.split(".")[0] for name, _ in imports(path)}
    assert names & ARRAY_LIBRARIES <= ({"torch"} if room(path) in MAY_IMPORT_TORCH else set())
    assert "numpy" not in names or room(path) in MAY_IMPORT_NUMPY
    assert "matplotlib" not in names or room(path) in MAY_IMPORT_MATPLOTLIB


@each_file
@pytest.mark.parametrize("rooms", [MAY_IMPORT_TORCH, MAY_IMPORT_MATPLOTLIB], ids=["torch", "matplotlib"])
def test_rooms_that_import_heavy_libraries_are_entered_later(path, rooms):
    entered = {name.split(".")[1] for name, _ in imports(path) if name.startswith("einc.")}
    assert room(path) in rooms or not entered & rooms


@each_file
def test_one_sentence_says_what_a_file_is(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    first = docstring.split("\n\n")[0]
    assert len(first.split("\n")) == 1
    assert first.endswith((".", "?"))


@each_file
def test_functions_and_files_stay_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    for function in functions(path):
        body = function.body[1:] if ast.get_docstring(function) else function.body
        lines = (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
        assert lines <= LONGEST_FUNCTION, function.name


@each_file
def test_nothing_is_passed_along_unseen(path):
    """What users call takes sizes by name; nobody else takes names that are not written down."""
    takers = {function.name for function in functions(path) if function.args.kwarg}
    allowed = {"compile", "einsum", "_einsum_in_trace", "explain", "contract_path"}
    assert takers <= allowed | ({"__init__"} if room(path) == "nn" else set())


@each_file
def test_nouns_are_frozen(path):
    """Dataclasses are values. What changes is named here: the callable, caches, what is being written or searched."""
    changing = {
        "Compiled",
        "Shown",
        "Patch",
        "Cache",
        "Store",
        "Line",
        "Merging",
        "Walk",
        "Clock",
        "Spent",
        "EincError",
        "EincTypeError",
    }
    changing |= {"Einsum", "Folds"}  # a layer, and what it keeps
    changing |= {"Doorways"}  # what the callable shows of itself
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            frozen = any(text.startswith("dataclass") and "frozen=True" in text for text in decorators)
            shape = {ast.unparse(base) for base in node.bases} & {"NamedTuple", "Protocol", "str"}
            assert frozen or shape or node.name in changing, node.name


@each_file
def test_a_users_mistake_is_never_an_assertion_nor_our_own_a_valueerror(path):
    """Laws are asserted where primitives and roles are; complaints are made in `errors` alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        assert room(path) in {"laws", "stages", "lower"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Error"):
            assert room(path) == "errors", f"{module(path)}:{node.lineno} words a complaint"


@each_file
def test_only_emission_knows_axis_numbers(path):
    """Between the parser and the printer nobody counts the axes of a value; laws may name the last two."""
    if room(path) in {"lower", "simplify", "guard", "plan", "tree", "explaining"}:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                text = ast.unparse(node)
                assert not re.match(r"enumerate\(.*layout", text), text
                assert not re.match(r".*layout\.index\(", text), text
            assert not (isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith(".layout")), ast.unparse(
                node
            )
