"""`photos`: which photos of the artist can be trained on, and why not the others. It asks and shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mvlocal.cli.options import AsJson, Overrides, Profile, ProjectDir
from mvlocal.cli.progress import showing_progress
from mvlocal.cli.terminal import Terminal, shown, terminal
from mvlocal.pipeline import RenderRequest
from mvlocal.project import find_project

if TYPE_CHECKING:
    from mvlocal.casting import Casting


def register(app: typer.Typer, epilog: str) -> None:
    """Adds this module's commands."""
    app.command("photos", epilog=epilog)(photos)


def photos(
    where: ProjectDir = Path(),
    profile: Profile = None,
    overrides: Overrides = None,
    rewrite: Annotated[bool, typer.Option("--rewrite", help="Replace your edited captions.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at the artist's photos: which can be trained on and why not the others; a contact sheet and captions."""
    from mvlocal.casting import cast_photos  # OpenCV comes with it, and no other command needs to wait for that

    screen = terminal()
    screen.json_only = as_json
    request = RenderRequest(profile=profile, overrides=tuple(overrides or ()), rewrite=rewrite)
    with showing_progress(screen) as hear:
        casting = cast_photos(find_project(where), request, hear)
    if as_json:
        screen.print_json(_to_json(casting))
        return
    _show(screen, casting)


def _show(screen: Terminal, casting: Casting) -> None:
    curated = casting.curated
    for photo in curated.photos:
        edited = " (your caption is kept)" if photo.used and casting.captions[photo.name].edited else ""
        name = photo.name.replace("\n", "\\n")
        screen.result(f"{'used    ' if photo.used else 'left out'} {name}: {photo.why}{edited}")
        if photo.mend:
            screen.say(f"         mend: {photo.mend}")
    screen.say(f"{len(curated.used)} used, {len(curated.photos) - len(curated.used)} left out")
    if curated.faces == "none":
        screen.say("nobody looked for faces: where the subject is was guessed (photos.faces: yunet finds them)")
    for lack in curated.missing:
        screen.say(f"what the set lacks: {lack}")
    screen.say("captions hold what was measured and cast.notes: edit them, and your words stay")
    if curated.advice:
        screen.warn(curated.advice)
    screen.result(shown(casting.page))
    screen.result(shown(casting.picture))


def _to_json(casting: Casting) -> dict[str, object]:
    document = json.loads(casting.curated.to_json())
    captions = {
        name: {"file": str(caption.path), "text": caption.text, "edited": caption.edited}
        for name, caption in casting.captions.items()
    }
    return {**document, "captions": captions, "page": str(casting.page), "picture": str(casting.picture)}
