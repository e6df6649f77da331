"""The one terminal: what is said, how loudly, and in which shape. It does not know what any command does."""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from mvlocal.errors import MvlocalError


@dataclass(slots=True)
class Terminal:
    """Where a command speaks: results on stdout, progress, warnings and errors on stderr."""

    out: Console
    err: Console
    verbosity: int = 0
    json_only: bool = False

    @classmethod
    def open(cls, *, verbosity: int = 0, no_color: bool = False) -> Terminal:
        """A terminal on this process's stdout and stderr; plain where they are not a terminal."""
        no = True if no_color else None  # None lets rich heed the NO_COLOR variable
        return cls(
            Console(soft_wrap=True, highlight=False, no_color=no),
            Console(stderr=True, soft_wrap=True, highlight=False, no_color=no),
            verbosity,
        )

    @property
    def live(self) -> bool:
        """Whether progress may be drawn in place."""
        return self.err.is_terminal and self.verbosity >= 0

    def say(self, text: str) -> None:
        """A result line, unless `-q` or `--json`. Text is shown as it is: no markup."""
        if self.verbosity >= 0 and not self.json_only:
            self.out.print(_printable(text))

    def result(self, text: str) -> None:
        """The result itself, said even with `-q`."""
        if not self.json_only:
            self.out.print(_printable(text))

    def note(self, text: str) -> None:
        """A line of progress on stderr, unless `-q`."""
        if self.verbosity >= 0:
            self.err.print(_printable(text), style="dim")

    def warn(self, what: str, where: str = "", mend: str = "") -> None:
        """A warning block on stderr."""
        self._block("warning", "yellow", what, where, mend)

    def fail(self, error: MvlocalError) -> None:
        """An error block on stderr: what, where, the mend."""
        self._block("error", "bold red", error.what, error.where, error.mend)
        if self.verbosity >= 2:
            self.err.print(escape("".join(traceback.format_exception(error))))

    def bug(self, error: BaseException) -> None:
        """An error block for a bug, with where the report lies."""
        report = "".join(traceback.format_exception(error))
        with tempfile.NamedTemporaryFile(
            "w", prefix="mvlocal-bug-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(report)
        what = f"a bug in mvlocal: {type(error).__name__}: {error}"
        self._block("error", "bold red", what, file.name, "please report it with that file")
        if self.verbosity >= 2:
            self.err.print(escape(report))

    def print_json(self, document: Any) -> None:
        """One JSON document on stdout, and nothing else there."""
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def _block(self, word: str, style: str, what: str, where: str, mend: str) -> None:
        self.err.print(f"[{style}]{word}:[/] {_printable(what)}")
        if where:
            self.err.print(f"  where: {_printable(where)}")
        if mend:
            self.err.print(f"  mend:  {_printable(mend)}")


def _printable(text: str) -> str:
    """Text without markup or control codes; file names that are not UTF-8 are shown by their bytes."""
    known = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return escape("".join(char if char.isprintable() or char == "\n" else repr(char)[1:-1] for char in known))


_open_terminal: list[Terminal] = []


def terminal() -> Terminal:
    """The terminal of the running command."""
    if not _open_terminal:
        _open_terminal.append(Terminal.open())
    return _open_terminal[-1]


def take_terminal_options(arguments: Sequence[str]) -> tuple[Terminal, list[str]]:
    """Opens the terminal that `-v`, `-q` and `--no-color` ask for, anywhere on the line; the rest is returned."""
    verbosity, no_color, rest = 0, False, list[str]()
    for index, argument in enumerate(arguments):
        if argument == "--":
            rest += arguments[index:]
            break
        if argument in ("-v", "-vv", "-vvv", "--verbose"):
            verbosity += 1 if argument == "--verbose" else len(argument) - 1
        elif argument in ("-q", "--quiet"):
            verbosity = -1
        elif argument == "--no-color":
            no_color = True
        else:
            rest.append(argument)
    opened = Terminal.open(verbosity=verbosity, no_color=no_color)
    _open_terminal[:] = [opened]
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    logging.getLogger("mvlocal").setLevel(logging.DEBUG if verbosity >= 2 else logging.WARNING)
    return opened, rest


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
