"""What commands take, in the forms that people type."""

from __future__ import annotations

import argparse
import re
from decimal import Decimal

from einc.backends import BACKENDS
from einc.expression import Shape
from einc.operands import LARGEST_SIZE
from einc.parse import NOTATIONS
from einc.plan import PLANNERS

FEWEST_ROUNDS = 2
UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
BYTES = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?", re.IGNORECASE)


def add_expression(parser: argparse.ArgumentParser, shapes: bool = True) -> None:
    """The expression, its shapes, and what else it may need."""
    parser.add_argument("expression", metavar="EXPRESSION", help='such as "bik,bkj->bij"')
    if shapes:
        parser.add_argument("shapes", nargs="*", type=shape, metavar="SHAPE", help='such as 8x64x32; "" for a scalar')
    parser.add_argument("--size", action="append", default=[], type=size, metavar="INDEX=SIZE", help="such as h=8")
    parser.add_argument("--notation", choices=NOTATIONS, help="how to read the text, where it does not tell")


def add_optimize(parser: argparse.ArgumentParser) -> None:
    """How the order is found."""
    names = ", ".join(PLANNERS)
    parser.add_argument("--optimize", type=optimize, metavar="HOW", help=f"{names}, or a number of seconds")


def add_library(parser: argparse.ArgumentParser) -> None:
    """The library that is written for."""
    parser.add_argument("--library", choices=list(BACKENDS), default="numpy", help="the library to write for")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Figures for other programs."""
    parser.add_argument("--json", action="store_true", help="print JSON instead")


def shape(text: str) -> Shape:
    """`8x64x32`, or nothing for a scalar."""
    sizes = text.split("x") if text.strip() else []
    if not all(size.strip().isdecimal() and int(size) < LARGEST_SIZE for size in sizes):
        raise argparse.ArgumentTypeError(f"{text!r} is no shape; write sizes with x between, such as 8x64x32")
    return tuple(map(int, sizes))


def size(text: str) -> tuple[str, int]:
    """`h=8`."""
    index, _, number = text.partition("=")
    if not index or not number.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write an index and its size, such as h=8")
    return index, int(number)


def rounds(text: str) -> int:
    """Two or more, as quartiles need."""
    if not text.isdecimal() or int(text) < FEWEST_ROUNDS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rounds; write {FEWEST_ROUNDS} or more")
    return int(text)


def optimize(text: str) -> str | float:
    """A planner's name, or seconds."""
    try:
        return float(text)
    except ValueError:
        return text


def bytes_of(text: str) -> int:
    """`4GiB`, `500MB` or a number of bytes."""
    found = BYTES.fullmatch(text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes; write it such as 4GiB or 500MB")
    number, unit, binary = found.groups()
    return int(Decimal(number) * (1024 if binary else 1000) ** UNITS[unit.upper()])
