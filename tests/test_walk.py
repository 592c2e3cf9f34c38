"""The walk in the documentation passes every room there is; that its blocks are true, `test_documents` tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import einc
from einc import corridor

ROOT = Path(__file__).parent.parent
WALK = (ROOT / "docs" / "walk.md").read_text(encoding="utf-8")
PLAN = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS = sorted(
    path.relative_to(ROOT).as_posix() + "/" * path.is_dir()
    for path in (ROOT / "einc").iterdir()
    if (path.suffix == ".py" or path.is_dir()) and path.name not in {"__init__.py", "__pycache__"}
)


def test_no_room_is_passed_by():
    for room in ROOMS:
        assert f"`{room}`" in WALK, f"docs/walk.md does not enter {room}"


def test_the_plan_of_the_house_has_every_room():
    for room in ROOMS:
        name = room.removesuffix("/")
        assert re.search(rf"`{re.escape(name)}(/|\.py)?`", PLAN), f"docs/architecture.md does not have {room}"


def test_rooms_that_are_named_are_there():
    for page in (WALK, PLAN):
        for room in re.findall(r"`(einc/[\w/]+(?:\.py|/))`", page):
            assert (ROOT / room).exists(), room


@pytest.mark.parametrize("stage", ["written", "expression", "sizes", "tree", "types", "program", "source"])
def test_the_corridor_makes_what_the_walk_makes(stage, monkeypatch):
    """Each product of the page, as the corridor makes it on the way of a real call."""
    names: dict[str, object] = {"__name__": "walk"}
    for block in re.findall(r"^```python\n(.*?)^```$", WALK, re.MULTILINE | re.DOTALL)[:-3]:
        exec(compile(block, "walk.md", "exec"), names)
    made: dict[str, object] = {}

    def watched(room):
        function = getattr(corridor, room)

        def call(*arguments, **choices):
            made[room] = arguments, function(*arguments, **choices)
            return made[room][1]

        monkeypatch.setattr(corridor, room, call)

    rooms = {"sizes": "check_sizes", "types": "arithmetic", "source": "emit", "program": "emit", "tree": "emit"}
    for room in {*rooms.values(), "broadcast"}:
        watched(room)
    f = einc.compile(names["text"])
    f(*names["operands"])
    assert f.source  # emitted when it is asked for
    got = {
        "written": lambda: made["check_sizes"][0][0],
        "expression": lambda: made["broadcast"][1],
        "sizes": lambda: made["check_sizes"][1],
        "tree": lambda: f.tree,
        "types": lambda: made["arithmetic"][1],
        "program": lambda: made["emit"][0][0],
        "source": lambda: made["emit"][1],
    }
    assert got[stage]() == names[stage]
