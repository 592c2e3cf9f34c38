"""Pictures: what is in them, that nothing overlaps, and that they are always the same."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from base64 import b64decode
from functools import cache
from itertools import combinations
from random import Random

import numpy as np
import pytest

import einc

matplotlib = pytest.importorskip("matplotlib")

from matplotlib.collections import LineCollection, PathCollection  # noqa: E402
from matplotlib.text import Text  # noqa: E402

from einc.draw import KINDS, draw, svg  # noqa: E402
from einc.draw.canvas import DARK, LIGHT, SETTINGS, drawable, short  # noqa: E402
from einc.draw.labels import NOTHING, crowd, free  # noqa: E402
from einc.draw.layout import spread  # noqa: E402
from einc.draw.networks import graph  # noqa: E402
from einc.draw.trees import positions  # noqa: E402
from einc.memory import live, peak, spans  # noqa: E402

NAMES = ("first_dimension", "second_dimension", "latent_channels", "heads_of_attention", "query_positions", "rows")
LETTERS = [chr(code) for code in range(ord("a"), 2000) if chr(code).isalpha()]


def plan_of(operands: int, seed: int = 0):
    """A connected random network with a few open ends, planned quickly."""
    random = Random(seed)
    terms: list[list[str]] = [[] for _ in range(operands)]
    ends = [(k, random.randrange(max(0, k - 8), k)) for k in range(1, operands)]
    ends += [tuple(sorted(random.sample(range(operands), 2))) for _ in range(operands // 2)]
    for letter, (one, other) in zip(LETTERS, ends):
        terms[one].append(letter)
        terms[other].append(letter)
    for term in terms[:3]:
        term.append(LETTERS[len(ends)])  # an index of three
    output = LETTERS[len(ends) + 1]
    terms[-1].append(output)
    sizes = {letter: random.choice([2, 3, 4]) for letter in LETTERS[: len(ends) + 2]}
    text = ",".join(map("".join, terms)) + "->" + output
    f = einc.compile(text, notation="letters", optimize="greedy")
    return f.plan(*([sizes[letter] for letter in term] for term in terms))


PLANS = {
    "one": einc.compile("ij->ji").plan((2, 3)),
    "scalar": einc.compile("->").plan(()),
    "sum": einc.compile("ij->i").plan((2, 3)),
    "empty": einc.compile("ij,jk->ik").plan((2, 0), (0, 3)),
    "huge": einc.compile("i,j->").plan((2**40,), (2**60,)),
    "words": einc.compile("batch (head dim), head dim out -> batch out").plan((2, 32), (8, 4, 16)),
    "4": einc.compile("bij,bjk,kl,bl->bi").plan((16, 64, 128), (16, 128, 32), (32, 256), (16, 256)),
    "sliced": einc.compile("bij,bjk,bki->b", optimize=einc.Planner(0.1, memory_limit=10**5)).plan(*[(8, 64, 64)] * 3),
    "long": einc.compile(
        "batch query_positions (heads head_dimension), heads head_dimension projected_features_of_the_output, "
        "batch query_positions attention_weights -> batch attention_weights projected_features_of_the_output"
    ).plan((4, 32, 64), (8, 8, 48), (4, 32, 16)),
    "chain": einc.compile(
        ", ".join(f"{NAMES[k % 6]}_{k} {NAMES[(k + 1) % 6]}_{k + 1}" for k in range(10))
        + " -> first_dimension_0 query_positions_10"
    ).plan(*[(4, 4)] * 10),
    "repeated": einc.compile("iij,jkk,kl,,->il").plan((8, 8, 4), (4, 6, 6), (6, 5), (), ()),
    "20": plan_of(20),
    "200": plan_of(200),
}
each_kind = pytest.mark.parametrize("kind", KINDS)
each_plan = pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)


def figure_of(plan, kind, theme=LIGHT):
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        figure = KINDS[kind](plan, theme)
        figure.canvas.draw()
    return figure


def texts(figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


@each_kind
@each_plan
def test_no_label_touches_another_or_leaves_the_paper(plan, kind):
    figure = figure_of(plan, kind)
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure)]
    for (one, box), (other, second) in combinations(boxes, 2):
        apart = box.x1 <= second.x0 or second.x1 <= box.x0 or box.y1 <= second.y0 or second.y1 <= box.y0
        assert apart, (one, other)
    for text, box in boxes:
        assert min(box.x0, box.y0) >= 0, text
        assert box.x1 <= figure.bbox.x1, text
        assert box.y1 <= figure.bbox.y1, text


@pytest.mark.parametrize("name", ["4", "words", "20", "long", "chain", "repeated"])
def test_every_operand_has_its_label(name):
    """With its shape or without, broken into lines or upright; where it is long, its beginning."""
    plan = PLANS[name]
    for kind in ("tree", "network"):
        words = [" ".join(text.get_text().split()) for text in texts(figure_of(plan, kind))]
        terms = [term.strip() or "scalar" for term in str(plan.expression).split(" -> ")[0].split(",")]
        for term in terms:
            found = [word for word in words if word.startswith(term[:20])]
            assert len(found) >= terms.count(term), (kind, term)


@each_plan
def test_heavy_discs_do_not_hide_each_other(plan):
    axes = figure_of(plan, "tree").axes[0]
    discs = [found for found in axes.collections if isinstance(found, PathCollection)]
    places = axes.transData.transform(np.concatenate([found.get_offsets() for found in discs])) * 72 / axes.figure.dpi
    sizes = [found.get_sizes() for found in discs]
    radii = np.sqrt(np.concatenate(sizes)) / 2
    shape = {tuple(place): radius for place, radius in zip(places.round(3).tolist(), radii)}
    at = (axes.transData.transform(positions(plan.tree)) * 72 / axes.figure.dpi).round(3).tolist()
    for node, pair in enumerate(plan.tree.pairs, plan.tree.operands):
        for child in pair:
            together = shape[tuple(at[node])] + shape[tuple(at[child])]
            apart = np.hypot(*np.subtract(at[node], at[child]))
            assert apart >= together or min(shape[tuple(at[node])], shape[tuple(at[child])]) < 0.45 * radii.max()


@each_plan
def test_a_tree_has_a_disc_for_every_node_and_areas_by_cost(plan):
    axes = figure_of(plan, "tree").axes[0]
    discs = [found for found in axes.collections if isinstance(found, PathCollection)]
    assert sum(len(found.get_offsets()) for found in discs) == 2 * plan.tree.operands - 1
    (lines,) = [found for found in axes.collections if isinstance(found, LineCollection)]
    assert len(lines.get_segments()) == len(plan.tree.pairs)


def test_areas_of_discs_are_shares():
    discs = figure_of(PLANS["4"], "tree").axes[0].collections[2]
    most, second, least = sorted(discs.get_sizes(), reverse=True)
    assert most == pytest.approx(second)
    assert most / least == pytest.approx(2)  # 131,072 multiply-adds twice, and 65,536


@each_plan
def test_nodes_of_a_tree_lie_apart_and_above_what_they_are_made_of(plan):
    places = positions(plan.tree)
    assert len({tuple(place) for place in places.round(6).tolist()}) == len(places)
    for node, pair in enumerate(plan.tree.pairs, plan.tree.operands):
        assert all(places[node, 1] > places[child, 1] for child in pair)


def test_a_network_has_what_operands_share():
    net = graph(PLANS["4"])
    assert net.hubs == ("b", "i")
    assert net.ends == {"b", "i"}
    assert net.lines[0, 1] == ("j",)
    assert net.lines == {(0, 1): ("j",), (1, 2): ("k",), (2, 3): ("l",), (0, 4): ("b",), (1, 4): ("b",)} | {
        (3, 4): ("b",),
        (0, 5): ("i",),
    }
    axes = figure_of(PLANS["4"], "network").axes[0]
    assert sum(len(found.get_offsets()) for found in axes.collections if isinstance(found, PathCollection)) == 6


def test_vertices_lie_as_far_apart_as_in_the_graph():
    ring = spread(6, [(k, (k + 1) % 6) for k in range(6)])
    sides = [((ring[k] - ring[(k + 1) % 6]) ** 2).sum() ** 0.5 for k in range(6)]
    assert max(sides) < 1.01 * min(sides)
    chain = spread(5, [(k, k + 1) for k in range(4)])
    assert sorted(chain[:, 0]) == pytest.approx([0, 0.25, 0.5, 0.75, 1], abs=1e-3)
    for vertices, lines in [(1, []), (2, [(0, 1)]), (2, []), (7, []), (1500, [(k, k + 1) for k in range(1400)])]:
        places = spread(vertices, lines)
        assert len({tuple(place) for place in places.tolist()}) == vertices


def test_very_many_vertices_lie_as_far_apart_as_in_the_graph():
    """2,500 vertices in rows and columns, and a chain of 2,000: all lines are about as long as each other."""
    side = 50
    grid = [(k, k + 1) for k in range(side**2) if k % side < side - 1] + [(k, k + side) for k in range(side**2 - side)]
    for vertices, lines in [(side**2, grid), (2000, [(k, k + 1) for k in range(1999)])]:
        places = spread(vertices, lines)
        ones, others = np.array(lines).T
        lengths = np.hypot(*(places[ones] - places[others]).T)
        assert np.percentile(lengths, 95) < 1.3 * np.percentile(lengths, 5)
        assert np.isfinite(places).all()
        assert places.min() >= 0
        assert places.max() <= 1


@cache
def chain_of(many: int):
    """Contracted from one end, so that its tree is as deep as can be."""
    terms = (f"i{k} i{k + 1}" for k in range(many))
    path = [(0, 1), *[(0, many - 1 - k) for k in range(1, many - 1)]]
    return einc.compile(", ".join(terms) + f" -> i0 i{many}", optimize=path).plan(*[(2, 2)] * many)


@each_kind
def test_very_many_operands(kind):
    many = 4000
    figure = figure_of(chain_of(many), kind)
    if kind != "memory":
        discs = [found for found in figure.axes[0].collections if isinstance(found, PathCollection)]
        drawn = sum(len(found.get_offsets()) for found in discs)
        assert drawn == (2 * many - 1 if kind == "tree" else many + 2)
    boxes = [text.get_window_extent() for text in texts(figure)]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_labels_look_at_what_is_near_only():
    """Of many boxes, those that begin where a label can touch them."""
    random = np.random.default_rng(0)
    corners = random.uniform(0, 1000, (4000, 2))
    boxes = np.concatenate([corners, corners + random.uniform(0, 9, (4000, 2))], axis=1)
    crowded = crowd(boxes)
    assert crowded.widest == pytest.approx((boxes[:, 2] - boxes[:, 0]).max())
    for low in random.uniform(0, 1000, (300, 2)):
        top = low + random.uniform(0, 20, 2)
        touched = ((boxes[:, :2] < top) & (boxes[:, 2:] > low)).all(axis=1).any()
        assert free(low, top, crowded) == (not touched)
    assert free(np.zeros(2), np.ones(2), NOTHING)


@each_plan
def test_the_profile_of_memory_ends_in_the_peak(plan):
    order, lives = spans(plan.program)
    taken = live(plan.program, plan.sizes)
    assert list(taken) == [step.value for step in order]
    assert set(taken) == {step.value for step in plan.program.steps}
    assert max(taken.values()) == peak(plan.program, plan.sizes)
    assert all(first <= last < len(order) for first, last in lives.values())


@each_kind
def test_pictures_are_always_the_same(kind, tmp_path):
    first = svg(PLANS["20"], kind)
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "red"}):
        assert svg(PLANS["20"], kind) == first
        assert matplotlib.rcParams["font.size"] == 20
    assert svg(PLANS["20"], kind, dark=True) != first
    for form, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("PDF", b"%PDF")):
        one, other = tmp_path / f"one.{form}", tmp_path / f"other.{form}"
        draw(PLANS["20"], one, kind)
        draw(PLANS["20"], str(other), kind)
        assert one.read_bytes() == other.read_bytes()
        assert one.read_bytes().startswith(start)


@each_kind
def test_grounds_are_light_and_dark(kind):
    for theme in (LIGHT, DARK):
        figure = figure_of(PLANS["20"], kind, theme)
        assert matplotlib.colors.to_hex(figure.get_facecolor()) == theme.paper
        assert {text.get_color() for text in texts(figure)} <= {theme.ink, theme.quiet, *theme.bands}
        for colour in (theme.ink, theme.quiet):
            assert _contrast(colour, theme.paper) >= 4.5


def _contrast(one: str, other: str) -> float:
    """As the accessibility guidelines for the web define it."""
    lights = []
    for colour in (one, other):
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in matplotlib.colors.to_rgb(colour)]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_letters_that_no_font_has(tmp_path):
    assert drawable("ij\N{CUNEIFORM SIGN A}") == "ij?"
    einc.compile("\N{CUNEIFORM SIGN A}j->j", (2, 3)).draw(tmp_path / "tree.svg")


def test_counts_are_short():
    assert [short(n) for n in (0, 9_999, 10_000, 999_400, 999_600, 10**18, 123 * 10**30)] == [
        *("0", "9,999", "10 k", "999 k", "1 M", "1.0e18", "1.2e32")
    ]
    assert [short(n, "B") for n in (512, 24_576, 10**20)] == ["512 B", "24.6 kB", "1.0e20 B"]


def test_notebooks():
    f = einc.compile("ij,jk->ik")
    assert f._repr_html_() is None
    assert f._repr_svg_() is None
    f.plan((2, 3), (3, 4))
    assert ET.fromstring(f._repr_svg_()).tag.endswith("svg")
    html = f._repr_html_()
    assert ">ij,jk-&gt;ik</code>" in html
    assert "<pre>import numpy as np\n" in html
    source, image = ET.fromstring(html).find("picture")
    assert source.get("media") == "(prefers-color-scheme: dark)"
    for address, dark in ((image.get("src"), False), (source.get("srcset"), True)):
        start, coded = address.split(",")
        assert start == "data:image/svg+xml;base64"
        assert b64decode(coded).decode() == svg(f.plan((2, 3), (3, 4)), dark=dark)


def test_a_long_text_is_cut_in_notebooks():
    f = einc.compile(",".join(["ij"] * 200) + "->j", *[(2, 3)] * 200)
    assert len(ET.fromstring(f._repr_html_()).find("code").text) < 300


def test_without_matplotlib():
    """Everything else works, a notebook has the source, and a picture says what to install."""
    code = """
import sys
sys.modules["matplotlib"] = None
import einc
f = einc.compile("ij,jk->ik", (2, 3), (3, 4))
assert f._repr_svg_() is None and "<img" not in f._repr_html_() and "import numpy" in f._repr_html_()
try:
    f.draw("tree.svg")
except einc.EincError as complaint:
    print(complaint)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == 'pictures need matplotlib, which is not installed: pip install "einc[plot]"\n'


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tree.gif",), "file='tree.gif' does not tell the format: end it in .svg or .png or .pdf"),
        (("tree",), "file='tree' does not tell the format: end it in .svg or .png or .pdf"),
        (("tree.svg", "pie"), "kind='pie' is none: choose 'tree' or 'network' or 'memory'"),
    ],
)
def test_what_is_wrong_with_a_picture(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(einc.EincError) as caught:
        einc.compile("ij->i", (2, 3)).draw(*arguments)
    assert str(caught.value) == message
    assert not list(tmp_path.iterdir())


def test_nothing_to_draw_yet():
    with pytest.raises(einc.EincError) as caught:
        einc.compile("ij->i").draw("tree.svg")
    reason = "nothing is planned yet: call it with operands, or give shapes to einc.compile or .plan"
    assert str(caught.value) == f"{reason}\n  ij->i"
