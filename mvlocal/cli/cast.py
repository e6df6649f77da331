"""`photos` and `train`: which photos can be trained on and why not the others, and the LoRAs made of them. It shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mvlocal.cast.sheet_words import caption_words
from mvlocal.cli.options import AsJson, Overrides, Profile, ProjectDir
from mvlocal.cli.progress import showing_progress
from mvlocal.cli.terminal import Terminal, shown, terminal
from mvlocal.project import find_project
from mvlocal.studio import RenderRequest

if TYPE_CHECKING:
    from mvlocal.cast_files import MemberFiles
    from mvlocal.casting import Casting
    from mvlocal.train import Trained


def register(app: typer.Typer, epilog: str) -> None:
    """Adds this module's commands."""
    app.command("photos", epilog=epilog)(photos)
    app.command("train", epilog=epilog)(train)


def photos(
    where: ProjectDir = Path(),
    profile: Profile = None,
    overrides: Overrides = None,
    who: Annotated[
        str, typer.Option("--who", metavar="NAME", help="Someone of cast.others (default: the artist).")
    ] = "",
    rewrite: Annotated[bool, typer.Option("--rewrite", help="Replace your edited captions.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at the artist's photos: which can be trained on and why not the others; a contact sheet and captions."""
    from mvlocal.casting import cast_photos  # OpenCV comes with it, and no other command needs to wait for that

    screen = terminal()
    screen.json_only = as_json
    request = RenderRequest(profile=profile, overrides=tuple(overrides or ()), rewrite=rewrite)
    with showing_progress(screen) as hear:
        casting = cast_photos(find_project(where), request, hear, who)
    if as_json:
        screen.print_json(_to_json(casting))
        return
    _show(screen, casting)


def train(
    where: ProjectDir = Path(), profile: Profile = None, overrides: Overrides = None, as_json: AsJson = False
) -> None:
    """Train a LoRA of everybody in the cast and choose its best checkpoint (cast/<name>/). Goes on where it stopped."""
    from mvlocal.train import train_project  # OpenCV and Matplotlib come with it

    screen = terminal()
    screen.json_only = as_json
    request = RenderRequest(profile=profile, overrides=tuple(overrides or ()), until="train")
    with showing_progress(screen) as hear:
        done = train_project(find_project(where), request, hear)
    if as_json:
        screen.print_json(_trained_to_json(done))
        return
    screen.say(f"profile {done.profile}: {done.why}")
    screen.say(caption_words(done.captioner))
    for member in done.members:
        _show_member(screen, member)
    screen.say(f"{done.tasks_run} tasks run, {done.tasks_cached} kept from before, in {done.seconds_total:.1f} s")
    for member in done.members:
        screen.result(shown(member.page or member.lora))


def _show_member(screen: Terminal, files: MemberFiles) -> None:
    name = files.member.name
    if files.own is not None:
        ranks = ", ".join(map(str, files.own.ranks))
        screen.say(f"{name}: your own LoRA is used, and nothing was trained ({files.own.layout} layout, rank {ranks})")
    if files.choice is None or files.scores is None:
        return
    for one in files.scores.checkpoints:
        followed = "" if one.following is None else f", prompts followed to {one.following:.0%}"
        copies = f", {one.copies} of {len(one.samples)} samples copy a photo" if one.copies else ""
        mark = "  <- chosen" if one.step == files.choice.step else ""
        screen.say(
            f"{name}, step {one.step}: score {one.score:.3f} (likeness {one.likeness:.3f}{followed}{copies}){mark}"
        )
    screen.say(f"{name}: {files.choice.why}")
    screen.say(f"{name}: the LoRA is {shown(files.lora)}; to take another checkpoint, set cast.checkpoint")


def _trained_to_json(done: Trained) -> dict[str, object]:
    return {
        "profile": done.profile,
        "captioner": done.captioner,
        "cast": [_member_to_json(member) for member in done.members],
        "tasks_run": done.tasks_run,
        "tasks_cached": done.tasks_cached,
        "seconds": {"total": round(done.seconds_total, 3)},
    }


def _member_to_json(files: MemberFiles) -> dict[str, object]:
    known: dict[str, object] = {
        "name": files.member.name,
        "trigger": files.member.trigger,
        "lora": str(files.lora),
        "weight": files.member.lora_weight,
        "own": json.loads(files.own.to_json()) if files.own else None,
    }
    if files.choice is None or files.scores is None:
        return known
    choice, scores = json.loads(files.choice.to_json()), json.loads(files.scores.to_json())
    return {**known, "page": str(files.page), "choice": choice, "scores": scores}


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
    screen.say(caption_words(casting.captioner))
    if curated.advice:
        screen.warn(curated.advice)
    screen.result(shown(casting.page))
    screen.result(shown(casting.picture))


def _to_json(casting: Casting) -> dict[str, object]:
    document = json.loads(casting.curated.to_json())
    captions = {
        name: {"file": str(caption.path), "text": caption.text, "edited": caption.edited, "by": caption.by}
        for name, caption in casting.captions.items()
    }
    return {
        **document,
        "captions": captions,
        "captioner": casting.captioner,
        "page": str(casting.page),
        "picture": str(casting.picture),
    }
