"""Options and arguments that several commands share. It knows nothing of what they do with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from mvlocal.errors import UserError

ProjectDir = Annotated[Path, typer.Argument(metavar="[DIR]", help="The project folder (default: here).")]
Profile = Annotated[
    str | None, typer.Option("--profile", metavar="NAME or FILE", help="auto, or a profile from configs/.")
]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="a.b=c", help="One setting; may be given several times.")
]
Shots = Annotated[str, typer.Option("--shots", metavar="3,7-9", help="Only these shots.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


def read_shot_numbers(text: str) -> tuple[int, ...]:
    """`3,7-9` as (3, 7, 8, 9); empty text is no choice.

    Raises:
        UserError: not such a list.
    """
    numbers: list[int] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"s?(\d{1,5})(?:-s?(\d{1,5}))?", part)
        if match is None:
            raise UserError(f"{part!r} is not a shot number", where="--shots", mend="write --shots 3,7-9")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise UserError(f"{part!r} runs backwards", where="--shots", mend=f"write --shots {last}-{first}")
        numbers += range(first, last + 1)
    return tuple(dict.fromkeys(numbers))
