"""The commands: what each takes, and what it prints."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from einc.backends import BACKENDS
from einc.bench import bench
from einc.command.arguments import add_expression, add_json, add_library, add_optimize, bytes_of
from einc.command.printing import coloured, print_json
from einc.compiler import Compiled, compile
from einc.doctor import diagnosis
from einc.plan import COSTS, Planner
from einc.report import Explanation, console_width, page, text
from einc.survey import KINDS, survey

Options = argparse.Namespace

OK, FOUND = 0, 1  # what a command answers


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        summary: what it does, in one line.
        add: puts what it takes on a parser.
        run: does it, and tells the exit status.
        examples: as they are typed.
    """

    summary: str
    add: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Options], int]
    examples: tuple[str, ...]


def _compiled(options: Options, optimize: Any = None) -> Compiled:
    sizes = dict(options.size)
    return compile(options.expression, optimize=optimize, notation=options.notation, sizes=sizes)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    add_expression(parser)
    add_library(parser)
    add_optimize(parser)
    parser.add_argument("--source", action="store_true", help="print the source, too")
    parser.add_argument("--html", action="store_true", help="print a page instead")
    add_json(parser)


def _explain(options: Options) -> int:
    explanation = _explanation(options, options.optimize)
    if options.json:
        print_json(explanation.as_dict())
    elif options.html:
        print(page(explanation))
    else:
        print(text(explanation, console_width(), coloured()))
        if options.source:
            print(f"\n{explanation.source}", end="")
    return OK


def _explanation(options: Options, optimize: Any) -> Explanation:
    compiled = _compiled(options, optimize)
    compiled.plan(*options.shapes, library=options.library)
    return compiled.explain()


def _add_path(parser: argparse.ArgumentParser) -> None:
    add_expression(parser)
    parser.add_argument("--budget", type=float, default=1.0, metavar="SECONDS", help="for the search (1)")
    costs = [name.replace(" ", "-") for name in COSTS]
    parser.add_argument("--minimize", choices=costs, default="flops", help="what is to be small (flops)")
    parser.add_argument("--memory-limit", type=bytes_of, metavar="BYTES", help="of all intermediates, such as 4GiB")
    parser.add_argument("--seed", type=int, default=0, help="of all chances (0)")
    parser.add_argument("--cache", metavar="FOLDER", help="where orders are kept for later")
    parser.add_argument("--progress", action=argparse.BooleanOptionalAction, help="whether to show a progress bar")
    add_json(parser)


def _path(options: Options) -> int:
    planner = Planner(
        budget=options.budget,
        minimize=options.minimize.replace("-", " "),
        memory_limit=options.memory_limit,
        seed=options.seed,
        cache=options.cache,
        progress=False if options.progress is None and options.json else options.progress,
    )
    options.library = "numpy"
    explanation = _explanation(options, planner)
    if options.json:
        kept = ("expression", "path", "macs", "naive_macs", "left_to_right_macs", "largest_intermediate", "peak")
        facts = explanation.as_dict()
        print_json({name: facts[name] for name in (*kept, "slices", "planner", "optimal")})
    else:
        head, *rest = text(explanation, console_width()).split("\n\n")[0].split("\n")
        print("\n".join([head.removesuffix("    numpy, float64"), *rest]), explanation.path, sep="\n")
    return OK


def _add_emit(parser: argparse.ArgumentParser) -> None:
    add_expression(parser)
    add_library(parser)
    add_optimize(parser)
    parser.add_argument("--typed", action="store_true", help="with type hints")
    parser.add_argument("--output", "-o", type=Path, metavar="FILE", help="instead of the terminal")
    add_json(parser)


def _emit(options: Options) -> int:
    compiled = _compiled(options, options.optimize)
    compiled.plan(*options.shapes, library=options.library)
    module = compiled.source(typed=options.typed)
    if options.output is not None:
        options.output.write_text(module, encoding="utf-8")
    elif options.json:
        print_json({"expression": str(compiled.expression), "library": options.library, "source": module})
    else:
        print(module, end="")
    return OK


def _add_draw(parser: argparse.ArgumentParser) -> None:
    add_expression(parser)
    add_library(parser)
    add_optimize(parser)
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="to write: .svg, .png or .pdf")
    parser.add_argument("--kind", default="tree", help="tree (the default), network or memory")
    parser.add_argument("--dark", action="store_true", help="on a dark ground")


def _draw(options: Options) -> int:
    compiled = _compiled(options, options.optimize)
    compiled.plan(*options.shapes, library=options.library)
    compiled.draw(options.output, options.kind, dark=options.dark)
    return OK


def _add_bench(parser: argparse.ArgumentParser) -> None:
    add_expression(parser)
    add_library(parser)
    add_optimize(parser)
    parser.add_argument("--rounds", type=int, default=30, help="how often each is timed (30)")
    add_json(parser)


def _bench(options: Options) -> int:
    compiled = _compiled(options, options.optimize)
    compiled.plan(*options.shapes, library=options.library)
    found = bench(compiled, options.expression, options.shapes, options.library, max(2, options.rounds))
    print_json(found.as_dict()) if options.json else print(found)
    return OK


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="Python files, and folders of them")
    parser.add_argument("--select", choices=KINDS, action="append", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--everywhere", action="store_true", help="texts, too, that are in no call")
    add_json(parser)


def _check(options: Options) -> int:
    found = survey(options.paths, options.select or KINDS, options.everywhere)
    print_json(found.as_dict()) if options.json else print(found)
    return FOUND if found.findings else OK


def _add_verify(parser: argparse.ArgumentParser) -> None:
    add_expression(parser, shapes=False)
    add_optimize(parser)
    parser.add_argument("-n", type=int, default=100, metavar="N", help="problems to draw (100)")
    parser.add_argument("--seed", type=int, default=0, help="of all chances (0)")
    add_json(parser)


def _verify(options: Options) -> int:
    found = _compiled(options, options.optimize).verify(options.n, seed=options.seed)
    print_json(asdict(found)) if options.json else print(found)
    return OK if found else FOUND


def _doctor(options: Options) -> int:
    found = diagnosis()
    print_json(found.as_dict()) if options.json else print(found)
    return OK


PRODUCT = '"bik,bkj->bij" 8x64x32 8x32x16'
COMMANDS: Mapping[str, Command] = {
    "explain": Command(
        "what is done with operands of these shapes, step by step, and what it costs",
        _add_explain,
        _explain,
        (f"einc explain {PRODUCT}", f"einc explain {PRODUCT} --library torch --source"),
    ),
    "path": Command(
        "an order of contraction, by a search as long as wanted",
        _add_path,
        _path,
        ('einc path "ij,jk,kl,lm->im" 8x512 512x4 4x256 256x8 --budget 10 --memory-limit 4GiB',),
    ),
    "emit": Command(
        "a module to keep, which runs without einc",
        _add_emit,
        _emit,
        (f"einc emit {PRODUCT} --library torch --typed -o product.py",),
    ),
    "draw": Command(
        "the order of contraction, the network or the memory as a picture",
        _add_draw,
        _draw,
        (f"einc draw {PRODUCT} -o tree.svg", f"einc draw {PRODUCT} --kind memory -o memory.png"),
    ),
    "bench": Command(
        "this expression timed beside the same in other libraries",
        _add_bench,
        _bench,
        (f"einc bench {PRODUCT} --library {next(iter(BACKENDS))}",),
    ),
    "check": Command(
        "what is wrong, or slow, with the einsum calls of a source tree",
        _add_check,
        _check,
        ("einc check src tests", "einc check src --select invalid --json"),
    ),
    "verify": Command(
        "whether results and gradients are what the definition says",
        _add_verify,
        _verify,
        ('einc verify "b (h d), h d out -> b out" -n 200',),
    ),
    "doctor": Command("what einc stands on here, and what could be better", add_json, _doctor, ("einc doctor",)),
}
