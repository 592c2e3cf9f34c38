"""From what was typed to a command, and from what went wrong to one line."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence

from einc.command.commands import COMMANDS, COMPLETION, MISTAKE, Command
from einc.command.completion import SHELLS, script
from einc.errors import EincError, no_such_command

OWN_MISTAKE, INTERRUPTED = 70, 130


def console() -> int:
    """The command line, with streams that are open, and take any letter."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started this
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # letters that the terminal does not have
    return main(sys.argv[1:])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and tell the exit status; without the name of one, explain an expression, with its source.

    The status is 0 where all is well, 1 where something was found, and 2 for a mistake, whose complaint is printed.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    first = given[0] if given else "--help"
    if first in ("-h", "--help", "--version", COMPLETION):
        return _guarded(lambda: _about(given or ["--help"]))
    if first not in COMMANDS and _is_word(given):
        return _guarded(lambda: _unknown(first))
    name, rest = (first, given[1:]) if first in COMMANDS else ("explain", [*given, "--source"])
    return _guarded(lambda: _taken(COMMANDS[name], [_no_option(text) for text in rest]))


def _is_word(given: Sequence[str]) -> bool:
    """Whether this begins with a word that is hardly an expression, as neither a shape nor an option follows it."""
    return len(given[0]) > 1 and given[0].isidentifier() and not (len(given) > 1 and re.match(r"[-\d]|\s*$", given[1]))


def _unknown(name: str) -> int:
    raise no_such_command(name, [*COMMANDS, COMPLETION])


def _taken(command: Command, given: Sequence[str]) -> int:
    """A command, with what was given to it."""
    return command.run(parser(command).parse_intermixed_args(given))


def parser(command: Command) -> argparse.ArgumentParser:
    """The parser of one command."""
    made = argparse.ArgumentParser(
        prog=f"einc {command.name}",
        description=f"{command.verb} {command.summary}.",
        epilog="\n".join(["examples:", *(f"  {example}" for example in command.examples)]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add(made)
    return made


def _about(given: Sequence[str]) -> int:
    """What is no command: help, the version, completion."""
    if given[0] == COMPLETION:
        options = _completion().parse_args(given[1:])
        print(script(options.shell, _parsers()), end="")
        return 0
    print(f"einc {sys.modules['einc'].__version__}" if given[0] == "--version" else overview(COMMANDS))
    return 0


def overview(commands: Mapping[str, Command]) -> str:
    """The help of the whole."""
    rows = {**{name: command.summary for name, command in commands.items()}, COMPLETION: "a script for your shell"}
    return "\n".join(
        [
            "usage: einc COMMAND [...]",
            "       einc EXPRESSION SHAPE... [--library {numpy,torch}]",
            "",
            "See what an einsum expression does. With an expression alone, it is explained, with its source.",
            "",
            "commands:",
            *(f"  {name:10}  {summary}" for name, summary in rows.items()),
            "",
            '`einc COMMAND --help` tells what each takes. Shapes are written 8x64x32, and "" for a scalar.',
            "The exit status is 0 where all is well, 1 where something was found, and 2 for a mistake.",
            "",
            "examples:",
            *(f"  {command.examples[0]}" for command in commands.values()),
            "  einc completion bash >> ~/.bashrc",
        ]
    )


def _completion() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog=f"einc {COMPLETION}",
        description="Print a script that completes commands and options.",
        epilog="examples:\n  einc completion bash >> ~/.bashrc\n  einc completion fish > "
        "~/.config/fish/completions/einc.fish",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("shell", choices=SHELLS)
    return made


def _parsers() -> dict[str, tuple[str, argparse.ArgumentParser]]:
    return {name: (command.summary, parser(command)) for name, command in COMMANDS.items()}


def _no_option(text: str) -> str:
    """The same text, where it is an expression that begins like an option."""
    return f" {text}" if text.startswith("->") else text


def _guarded(run: Callable[[], int]) -> int:
    """The exit status, whatever happens; what went wrong is told in a line or two."""
    try:
        status = run()
        sys.stdout.flush()
        return status
    except EincError as complaint:
        print(f"einc: {complaint}", file=sys.stderr)
        return MISTAKE
    except BrokenPipeError:  # who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the end of Python is silent, too
        return 0
    except MemoryError as problem:
        print(f"einc: not enough memory: {problem}", file=sys.stderr)
        return MISTAKE
    except OSError as problem:
        place = f"{problem.filename}: " if problem.filename else ""
        print(f"einc: {place}{problem.strerror or problem}", file=sys.stderr)
        return MISTAKE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as problem:
        print(f"einc: a mistake of einc's own; please report it: {type(problem).__name__}: {problem}", file=sys.stderr)
        return OWN_MISTAKE
