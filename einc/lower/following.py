"""Many ways to lower all pairs at once: the best few so far are followed up."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

from einc.arithmetic import Arithmetic
from einc.expression import Group
from einc.lower.ahead import hindrance
from einc.lower.floor import floor
from einc.lower.growing import Grown, grown
from einc.lower.line import Line
from einc.lower.pair import Pair, ways
from einc.program import Value
from einc.tree import Contraction

HARDLY = 1.1  # times as long takes a matrix product at most that is taken without a look at other ways
VIEWS = 2  # and as many views longer

Aim: TypeAlias = tuple[Contraction, Group]  # a pair, and an order of its result that would be welcome, or none


@dataclass(frozen=True, slots=True)
class Draft:
    """A way of what is lowered so far.

    Attributes:
        line: its steps.
        nodes: the value of every node of the tree.
        ahead: seconds that a pair will take longer for how a value lies, by the node of the value.
    """

    line: Line
    nodes: tuple[Value, ...]
    ahead: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """The ways of a pair: those that were looked at, and all that follow."""

    pair: Pair
    enough: float  # seconds that hardly any way will take less than
    found: list[Grown]
    others: Iterator[Grown]

    def __iter__(self) -> Iterator[Grown]:
        yield from self.found
        for made in self.others:
            self.found.append(made)
            yield made


Follower: TypeAlias = tuple[float, Draft, Line, Value, float]  # its seconds, what it follows, how, what it made, ahead


def followed(
    draft: Draft, steps: Sequence[Aim], types: Arithmetic, breadth: int, tried: dict[Hashable, Tried]
) -> list[Draft]:
    """All pairs lowered, in as many ways as are followed up. If only one is, no more are looked at than promise much.

    Args:
        draft: the operands.
        steps: the pairs.
        types: of what is computed.
        breadth: how many are followed up.
        tried: what is known of pairs, of this tree or of others with the same operands; it grows.
    """
    drafts = [draft]
    used: set[int] = set()
    readers = {node: step for step, _ in steps for node in (step.left, step.right)}
    for aim in steps:
        used |= {aim[0].left, aim[0].right}
        followers: list[Follower] = []
        for before in drafts:
            every = _tried(before, aim, types, tried)
            for follower in _followers(before, every, used, readers):
                followers.append(follower)
                if breadth == 1 < len(steps) and follower[2].own + follower[4] <= every.enough:
                    break
        followers.sort(key=itemgetter(0))
        drafts = _kept(followers, used, breadth)
    return drafts


def _tried(before: Draft, aim: Aim, types: Arithmetic, tried: dict[Hashable, Tried]) -> Tried:
    """The ways of a pair, which drafts may have in common."""
    step, wanted = aim
    x, y = before.nodes[step.left], before.nodes[step.right]
    both = id(x), id(y)
    if both not in tried:
        pair = Pair(x, y, step.kept, wanted, types.product, types.lent)
        enough = floor(before.line, pair)
        if enough and (pair.roles.left or pair.roles.right):
            enough = HARDLY * enough + VIEWS * before.line.view
        every = grown(before.line, len(before.nodes), ways(before.line, pair))
        tried[both] = Tried(pair, enough, [], every)
    return tried[both]


def _followers(before: Draft, every: Tried, used: set[int], readers: Mapping[int, Contraction]) -> Iterator[Follower]:
    """All that follow a draft."""
    node = len(before.nodes)
    start = before.line.seconds + sum(seconds for waits, seconds in before.ahead if waits not in used)
    reader = readers.get(node)
    at = node if reader is None else reader.left + reader.right - node
    other = before.nodes[at] if at < node else None
    known: dict[Group, float] = {}
    for line, value in every:
        lies = line.order(value)
        if lies not in known:
            known[lies] = 0.0 if reader is None else hindrance(line, value, reader, other)
        ahead = known[lies] if reader is not None or value.indices == every.pair.wanted else line.view
        yield start + line.own + ahead, before, line, value, ahead


def _kept(followers: Sequence[Follower], used: set[int], breadth: int) -> list[Draft]:
    """The best few that differ in how the values that are still to be used lie."""
    kept: dict[Hashable, Draft] = {}
    others: dict[int, Hashable] = {}
    for _, before, line, value, ahead in followers:
        if id(before) not in others:
            left = [value for node, value in enumerate(before.nodes) if node not in used]
            others[id(before)] = tuple([(value.layout, line.order(value)) for value in left])
        lie = others[id(before)], value.layout, line.order(value)
        if lie not in kept:
            waiting = [pair for pair in before.ahead if pair[0] not in used]
            if ahead:
                waiting.append((len(before.nodes), ahead))
            kept[lie] = Draft(line.after(before.line, len(before.nodes)), (*before.nodes, value), tuple(waiting))
            if len(kept) == breadth:
                break
    return [*kept.values()]
