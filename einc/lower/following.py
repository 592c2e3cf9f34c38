"""Many ways to lower all pairs at once: the best few so far are followed up."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from math import inf
from typing import NamedTuple, TypeAlias

from einc.arithmetic import Arithmetic
from einc.expression import Group
from einc.lower.ahead import hindrance
from einc.lower.floor import floor
from einc.lower.growing import Grown, grown
from einc.lower.line import Line
from einc.lower.pair import Pair, Way, ways
from einc.program import Value
from einc.tree import Contraction, readers

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
    """The ways of a pair, those that were looked at with what they make.

    Attributes:
        pair: what is contracted.
        enough: seconds that hardly any way will take less than.
        line: that they go on from.
        node: for which they do.
        known: all that came so far.
        others: all that follow.
    """

    pair: Pair
    enough: float
    line: Line
    node: int
    known: list[Way | Grown]
    others: Iterator[Way]

    def __iter__(self) -> Iterator[int]:
        """The numbers of all, as they come."""
        for number in count():
            if number == len(self.known):
                self.known.extend(islice(self.others, 1))
            if number == len(self.known):
                return
            yield number

    def least(self, number: int) -> float:
        """The seconds that one takes at least."""
        one = self.known[number]
        return one.least() if isinstance(one, Way) else one[0].own

    def made(self, number: int) -> Grown:
        """What one makes."""
        one = self.known[number]
        if isinstance(one, Way):
            one = self.known[number] = grown(self.line, self.node, one)
        return one


class Follower(NamedTuple):
    """A way to go on with a draft.

    Attributes:
        seconds: that everything is predicted to take.
        before: what it follows.
        line: how.
        value: what it makes.
        ahead: seconds that its reader will take longer for how it lies.
    """

    seconds: float
    before: Draft
    line: Line
    value: Value
    ahead: float


@dataclass(frozen=True, slots=True)
class Best:
    """The best few followers that differ in how the values lie that are still to be used.

    Attributes:
        few: how many are kept.
        limit: seconds from which on none is, whatever it costs its reader.
        kept: those, the best first, by how values lie.
    """

    few: int
    limit: float
    kept: dict[Hashable, Follower] = field(default_factory=dict)

    @property
    def below(self) -> float:
        """The seconds below which one more has to be."""
        return [*self.kept.values()][-1].seconds if len(self.kept) == self.few else inf

    def add(self, lie: Hashable, follower: Follower) -> None:
        """Keep a follower if it is one of them."""
        if follower.seconds >= self.below or (lie in self.kept and follower.seconds >= self.kept[lie].seconds):
            return
        self.kept.pop(lie, None)
        every = sorted([*self.kept.items(), (lie, follower)], key=lambda item: item[1].seconds)
        self.kept.clear()
        self.kept.update(every[: self.few])


def followed(
    draft: Draft,
    steps: Sequence[Aim],
    types: Arithmetic,
    breadth: int,
    tried: dict[Hashable, Tried],
    limits: Iterable[float],
) -> list[Draft]:
    """All pairs lowered, in as many ways as are followed up. If only one is, no more are looked at than promise much.

    Args:
        draft: the operands.
        steps: the pairs.
        types: of what is computed.
        breadth: how many are followed up.
        tried: what is known of pairs, of this tree or of others with the same operands; it grows.
        limits: the seconds for each pair, and all before it, from which on a way is not followed up.
    """
    drafts = [draft]
    used: set[int] = set()
    reading = readers(step for step, _ in steps)
    for aim, limit in zip(steps, limits):
        used |= {aim[0].left, aim[0].right}
        best = Best(breadth, limit)
        for before in drafts:
            left = [value for node, value in enumerate(before.nodes) if node not in used]
            others = tuple([(value.layout, before.line.order(value)) for value in left])
            every = _tried(before, aim, types, tried)
            for one in _followers(before, every, used, reading, best):
                best.add((others, one.value.layout, one.line.order(one.value)), one)
                if breadth == 1 < len(steps) and one.line.own + one.ahead <= every.enough:
                    break
        drafts = [_draft(one, used) for one in best.kept.values()]
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
        tried[both] = Tried(pair, enough, before.line, len(before.nodes), [], ways(before.line, pair))
    return tried[both]


def _followers(
    before: Draft, every: Tried, used: set[int], reading: Mapping[int, Contraction], best: Best
) -> Iterator[Follower]:
    """All that follow a draft and may be among the best."""
    node = len(before.nodes)
    start = before.line.seconds + sum(seconds for waits, seconds in before.ahead if waits not in used)
    reader = reading.get(node)
    at = node if reader is None else reader.left + reader.right - node
    other = before.nodes[at] if at < node else None
    known: dict[Group, float] = {}
    for number in every:
        least = every.least(number)
        if start + least >= best.below or before.line.seconds + least >= best.limit:
            continue
        line, value = every.made(number)
        if before.line.seconds + line.own >= best.limit:
            continue
        lies = line.order(value)
        if lies not in known:
            known[lies] = 0.0 if reader is None else hindrance(line, value, reader, other)
        ahead = known[lies] if reader is not None or value.indices == every.pair.wanted else line.view
        yield Follower(start + line.own + ahead, before, line, value, ahead)


def _draft(follower: Follower, used: set[int]) -> Draft:
    """What a follower makes of the draft before it."""
    before, node = follower.before, len(follower.before.nodes)
    waiting = [pair for pair in before.ahead if pair[0] not in used]
    if follower.ahead:
        waiting.append((node, follower.ahead))
    return Draft(follower.line.after(before.line, node), (*before.nodes, follower.value), tuple(waiting))
