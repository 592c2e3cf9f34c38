"""Networks for the planner's tests: strategies, and every order there is."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from einc.plan.network import Network, network_of


@st.composite
def networks(draw, least=2, most=5, indices=7):
    """Tensors over few indices, hyperedges, parts of their own, scalars and size 1 included."""
    labels = range(draw(st.integers(1, indices)))
    terms = draw(st.lists(st.lists(st.sampled_from(labels), max_size=4), min_size=least, max_size=most))
    used = sorted({label for term in terms for label in term})
    output = draw(st.lists(st.sampled_from(used), unique=True)) if used else []
    return network_of(terms, output, {label: draw(st.sampled_from([2, 3, 5, 1, 8])) for label in used})


def random_network(tensors: int, seed: int, degree: int = 3, open_ends: int = 1) -> Network:
    """A connected network: a tree, and some more edges of random sizes."""
    random = Random(seed)
    terms: list[set[int]] = [set() for _ in range(tensors)]
    ends = [(k, random.randrange(k)) for k in range(1, tensors)]
    ends += [tuple(random.sample(range(tensors), 2)) for _ in range(tensors * (degree - 2) // 2)]
    for label, (one, other) in enumerate(ends):
        terms[one].add(label)
        terms[other].add(label)
    for label in range(open_ends):
        terms[random.randrange(tensors)].add(len(ends) + label)
    sizes = {label: random.choice([2, 2, 3, 4]) for label in range(len(ends) + open_ends)}
    return network_of(terms, range(len(ends), len(ends) + open_ends), sizes)


def every_order(tensors: int):
    """Every order of pairs, by node numbers."""

    def orders(live, made):
        if len(live) == 1:
            yield []
        for at, right in enumerate(live):
            for left in live[:at]:
                rest = [node for node in live if node not in (left, right)]
                for others in orders([*rest, made], made + 1):
                    yield [(left, right), *others]

    return list(orders(list(range(tensors)), tensors))


def is_order(pairs, tensors: int) -> bool:
    """Whether every node but the last is used once, after it was made."""
    nodes = sorted(node for pair in pairs for node in pair)
    return nodes == list(range(2 * tensors - 2)) and all(
        max(pair) < tensors + number for number, pair in enumerate(pairs)
    )
