"""`new`, and the commands whose departments are still to come. Each says what it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mvlocal.cli.terminal import shown, terminal
from mvlocal.errors import MissingError
from mvlocal.project import NewProject, create_project, find_project

SongOption = Annotated[Path, typer.Option("--song", help="The song file.", show_default=False)]


def register(app: typer.Typer, epilog: str) -> None:
    """Adds this module's commands."""
    app.command("new", epilog=epilog)(new)
    app.command("export", epilog=epilog)(export)


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    song: SongOption,
    lyrics: Annotated[Path | None, typer.Option(help="Lyrics: text, LRC, SRT, WebVTT or ASS.")] = None,
    photos: Annotated[Path | None, typer.Option(help="A folder of photos of the artist.")] = None,
    title: Annotated[str, typer.Option(help="The song's title.")] = "",
    artist: Annotated[str, typer.Option(help="Who sings it.")] = "",
    brief: Annotated[str, typer.Option(help="What the video should be, in your words.")] = "",
    copy: Annotated[bool, typer.Option("--copy", help="Copy song, lyrics and photos into the folder.")] = False,
) -> None:
    """Make a project folder with a commented mvlocal.yaml."""
    given = NewProject(
        root=folder,
        song=song,
        lyrics=lyrics,
        photos=photos,
        title=title,
        artist=artist,
        brief=brief,
        copy=copy,
    )
    project = create_project(given)
    terminal().say(f"made {shown(project.settings_file)}")
    terminal().say(f"next: mvlocal render {shown(project.root)}")


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The project.")],
    to: Annotated[list[str], typer.Option("--to", help="youtube, shorts, reels, tiktok, square ...")],
) -> None:
    """Write deliveries of the finished video."""
    find_project(folder)
    raise MissingError(
        f"this version of mvlocal cannot write deliveries yet ({', '.join(to)})",
        where="export",
        mend="the master in out/ is ready for any editor: mvlocal render writes it",
    )
