"""Scripts by which shells complete commands and options, written from the parsers."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from shlex import quote
from typing import NamedTuple, TypeAlias

Parsers: TypeAlias = Mapping[str, tuple[str, argparse.ArgumentParser]]

SHELLS = ("bash", "zsh", "fish")
FILES = frozenset({"FILE", "FOLDER"})  # what options call a value that is the name of one
OTHERS = {"completion": "a script for your shell"}


class Option(NamedTuple):
    """An option: its names, the values to choose from, whether it takes the name of a file, what it says of itself."""

    names: list[str]
    values: list[str]
    file: bool
    told: str


def script(shell: str, parsers: Parsers) -> str:
    """The script for a shell; `parsers` has each command's summary, and what it takes."""
    lines = {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](parsers)
    return "\n".join(lines) + "\n"


def _options(parser: argparse.ArgumentParser) -> Iterator[Option]:
    for action in parser._actions:
        if action.option_strings:
            values = [*map(str, action.choices or ())]
            yield Option([*action.option_strings], values, action.metavar in FILES, action.help or "")


def _bash(parsers: Parsers) -> Iterator[str]:
    yield "_einc() {"
    yield '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"'
    yield "  if [ $COMP_CWORD -eq 1 ]; then"
    yield f'    COMPREPLY=($(compgen -W "{" ".join([*parsers, *OTHERS])}" -- "$word")); return'
    yield "  fi"
    yield '  case "${COMP_WORDS[1]}:$before" in'
    for name, (_, parser) in parsers.items():
        for names, values, file, _ in _options(parser):
            if values or file:
                what = "-f" if file else f'-W "{" ".join(values)}"'
                yield f"    {'|'.join(f'{name}:{option}' for option in names)})"
                yield f'      COMPREPLY=($(compgen {what} -- "$word")); return ;;'
    yield "  esac"
    yield '  case "${COMP_WORDS[1]}" in'
    for name, (_, parser) in parsers.items():
        options = " ".join(option for names, *_ in _options(parser) for option in names)
        files = " -f" if name == "check" else ""
        yield f'    {name}) COMPREPLY=($(compgen{files} -W "{options}" -- "$word")) ;;'
    yield f'    completion) COMPREPLY=($(compgen -W "{" ".join(SHELLS)}" -- "$word")) ;;'
    yield "  esac"
    yield "}"
    yield "complete -o default -F _einc einc"


def _zsh(parsers: Parsers) -> Iterator[str]:
    yield "#compdef einc"
    yield "_einc() {"
    yield "  if (( CURRENT == 2 )); then"
    yield "    local -a commands"
    yield "    commands=("
    for name, summary in _commands(parsers).items():
        yield f"      {quote(f'{name}:{summary}')}"
    yield "    )"
    yield "    _describe command commands; return"
    yield "  fi"
    yield "  case $words[2] in"
    for name, (_, parser) in parsers.items():
        specs = " ".join(
            quote(f"{name}[{_plain(option.told)}]{_choice(option)}")
            for option in _options(parser)
            for name in option.names
        )
        yield f"    {name}) _arguments {specs} '*:file:_files' ;;"
    yield f"    completion) _values shell {' '.join(SHELLS)} ;;"
    yield "  esac"
    yield "}"
    yield "compdef _einc einc"


def _fish(parsers: Parsers) -> Iterator[str]:
    for name, summary in _commands(parsers).items():
        yield f"complete -c einc -n __fish_use_subcommand -f -a {name} -d {quote(summary)}"
    for name, (_, parser) in parsers.items():
        for names, values, file, told in _options(parser):
            flags = " ".join(map(_flag, names))
            choices = f" -x -a {quote(' '.join(values))}" if values else " -r -F" if file else ""
            yield f"complete -c einc -n '__fish_seen_subcommand_from {name}' {flags}{choices} -d {quote(told)}"
    yield f"complete -c einc -n '__fish_seen_subcommand_from completion' -f -a {quote(' '.join(SHELLS))}"


def _commands(parsers: Parsers) -> dict[str, str]:
    """What can stand first, and what it does."""
    return {**{name: summary for name, (summary, _) in parsers.items()}, **OTHERS}


def _flag(option: str) -> str:
    """An option as fish describes it: long, or of one letter."""
    return f"-l {option.removeprefix('--')}" if option.startswith("--") else f"-s {option.removeprefix('-')}"


def _choice(option: Option) -> str:
    """The values of an option as zsh describes them."""
    return f":value:({' '.join(option.values)})" if option.values else ":file:_files" if option.file else ""


def _plain(told: str) -> str:
    """Without what ends a description in zsh."""
    return told.replace("[", "(").replace("]", ")").replace(":", " ")
