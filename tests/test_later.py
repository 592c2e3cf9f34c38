"""What is loaded when it is first asked for: the names are there before, and are what their rooms have."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import einc
from einc import later


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_type_checkers_read_of_the_same_rooms():
    tree = ast.parse(Path(einc.__file__).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    read = {alias.name: f"{line.module}" for line in block.body for alias in line.names}
    assert read == {name: f"einc.{room}" for name, room in einc._ROOMS.items()}
    assert {*einc.__all__} == {*read, "EincError", "EincTypeError"}


@pytest.mark.parametrize("name", einc._ROOMS)
def test_a_name_is_what_its_room_has(name):
    assert getattr(einc, name) is getattr(import_module(f"einc.{einc._ROOMS[name]}"), name)
    assert run(f"import einc; print(einc.{name} is einc.{name}, '{name}' in vars(einc))") == "True True\n"
    assert run(f"from einc import {name}; print({name}.__name__)") == f"{name}\n"


def test_no_room_takes_the_place_of_a_name():
    """As the import of `einc.x` would, which binds `x` in `einc`."""
    rooms = {path.stem for path in Path(einc.__file__).parent.iterdir()}
    assert not rooms & set(einc.__all__)


def test_names_are_listed_before_they_are_loaded():
    assert run("import einc, sys; print({*einc.__all__} <= {*dir(einc)}, 'numpy' in sys.modules)") == "True False\n"
    assert run("from einc import *; print(einsum.__name__)") == "einsum\n"


def test_a_name_that_is_none():
    with pytest.raises(AttributeError, match=r"^module 'einc' has no attribute 'einsam'") as caught:
        einc.einsam  # noqa: B018
    assert caught.value.name == "einsam"
    with pytest.raises(AttributeError, match=r"^module 'einc\.later' has no attribute 'sooner'"):
        later.sooner  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'einsam' from 'einc'"):
        exec("from einc import einsam")
