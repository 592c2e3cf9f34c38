"""`python -m einc EXPRESSION SHAPE...`: what einc makes of an expression, in the terminal."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from einc import explain
from einc.backends import BACKENDS
from einc.errors import EincError
from einc.expression import Shape


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tree and the generated source; on a mistake, the complaint, and return 2."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args([f" {text}" if text.startswith("->") else text for text in given])  # no option
    try:
        explanation = explain(options.expression, *options.shapes, library=options.library)
    except EincError as complaint:
        print(f"einc: {complaint}", file=sys.stderr)
        return 2
    print(explanation, explanation.source, sep="\n\n", end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m einc",
        description="Show how einc contracts operands: the steps with their costs, and the source it runs.",
        epilog='example: python -m einc "bik,bkj->bij" 8x64x32 8x32x16',
    )
    parser.add_argument("expression", help='such as "bik,bkj->bij"')
    parser.add_argument("shapes", nargs="*", type=_shape, metavar="SHAPE", help='such as 8x64x32; "" for a scalar')
    parser.add_argument("--library", choices=list(BACKENDS), default="numpy", help="the library to write for")
    return parser


def _shape(text: str) -> Shape:
    try:
        return tuple(int(size) for size in text.split("x")) if text else ()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no shape; write sizes with x between, such as 8x64x32") from None


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # letters that the terminal does not have
    sys.exit(main())
