"""`export`: deliveries for platforms and the hand-over to editors. It asks for them and shows what was made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mvlocal.cli.options import AsJson, Overrides, Profile, ProjectDir
from mvlocal.cli.progress import showing_progress
from mvlocal.cli.terminal import shown, terminal
from mvlocal.exporting.names import NAMES, read_names
from mvlocal.project import find_project

if TYPE_CHECKING:
    from mvlocal.exporting.work import Exported


def register(app: typer.Typer, epilog: str) -> None:
    """Adds this module's command."""
    app.command("export", epilog=epilog)(export)


def export(
    where: ProjectDir = Path(),
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="NAME", help=f"{', '.join(NAMES)}, all; may be given several times."),
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="More names after --to.")] = None,
    profile: Profile = None,
    overrides: Overrides = None,
    as_json: AsJson = False,
) -> None:
    """Hand the video out: for platforms (out/deliveries/) and for editors (out/edit/)."""
    from mvlocal.exporting.exports import ExportRequest, export_project  # every stage comes with it

    screen = terminal()
    screen.json_only = as_json
    first, rest = [*(to or ())], [*(more or ())]
    if first and not where.exists():  # `export --to youtube shorts`: the folder was left out, not `youtube`
        where, rest = Path(), [str(where), *rest]
    names = read_names((*first, *rest))
    request = ExportRequest(names, profile, tuple(overrides or ()))
    with showing_progress(screen) as hear:
        made = export_project(find_project(where), request, hear)
    if as_json:
        screen.print_json({"exports": [to_json(one) for one in made]})
        return
    for one in made:
        for note in one.notes:
            screen.say(f"{one.name}: {note}")
        screen.result(shown(one.path))


def to_json(one: Exported) -> dict[str, object]:
    """One entry of `export --json`."""
    found: dict[str, object] = {"name": one.name, "path": str(one.path), "notes": list(one.notes)}
    return found | ({"facts": dict(one.facts)} if one.facts is not None else {})
