"""A person's choices of stills: another candidate, new ones, a picture of one's own, or a shot that is left out.

They are kept in `story/picks.yaml`, and make only what follows from them anew. It makes nothing itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from mvlocal.config import Settings
from mvlocal.engine.lock import ProjectLock
from mvlocal.errors import BusyError, InputError, UserError
from mvlocal.project import Project
from mvlocal.schema.picks import Picks, ShotPick, Skip
from mvlocal.schema.story import ShotList
from mvlocal.shots.picks import change_picks, read_picks
from mvlocal.shots.previews import stop_file
from mvlocal.story.documents import read_shots


def choose_stills(
    project: Project,
    *,
    picks: Mapping[str, int] | None = None,
    stills: Mapping[str, Path] | None = None,
    reroll: Sequence[str] = (),
) -> Picks:
    """Keeps choices: candidates by number, pictures of one's own, and shots of which new candidates are wanted.

    Raises:
        UserError: there is no such shot.
        InputError: there is no such picture.
    """
    picks, stills = picks or {}, stills or {}
    known = require_shots(project, [*picks, *stills, *reroll])
    before = read_picks(project.picks_file)
    changes = {shot: before.of(shot) for shot in known}
    for shot, number in picks.items():
        changes[shot] = changes[shot].model_copy(update={"pick": number, "still": ""})
    for shot, picture in stills.items():
        changes[shot] = changes[shot].model_copy(update={"still": _kept_path(project, picture), "pick": None})
    for shot in reroll:
        again = {"reroll": changes[shot].reroll + 1, "pick": None, "still": ""}
        changes[shot] = changes[shot].model_copy(update=again)
    checked = {shot: ShotPick.model_validate(pick.model_dump()) for shot, pick in changes.items()}
    return change_picks(project.picks_file, checked) if checked else before


def require_candidates(settings: Settings) -> None:
    """Refuses choices among stills where they are drawn: there is one of each.

    Raises:
        UserError: they are.
    """
    if settings.keyframes.backend == "animatic":
        raise UserError(
            "these settings draw the stills, so there is nothing to choose among",
            where="keyframes.backend: animatic",
            mend="use a profile that generates them, such as --profile rtx-12gb",
        )


def skip_shot(project: Project, shot: str, skip: Skip) -> bool:
    """Leaves a shot out, lets its drawing stand in, or (`no`) takes it back in; returns whether a run was told to.

    A run that holds the project is asked to stop the shot; it goes on with the others.

    Raises:
        UserError: there is no such shot, or a run is in the way of taking one back.
    """
    require_shots(project, [shot])
    try:
        with ProjectLock(project.state / "lock"):
            pick = read_picks(project.picks_file).of(shot).model_copy(update={"skip": skip})
            change_picks(project.picks_file, {shot: pick})
            stop_file(project.previews, shot).unlink(missing_ok=True)
    except BusyError:
        if skip == "no":
            raise
    else:
        return False
    project.previews.mkdir(parents=True, exist_ok=True)
    stop_file(project.previews, shot).write_text(skip, encoding="utf-8")
    return True


def require_shots(project: Project, shots: Sequence[str]) -> list[str]:
    """Each of the shots once.

    Raises:
        UserError: one is not in the plan, or there is no plan yet.
    """
    if not project.shots_file.is_file():
        raise UserError("there are no shots yet", where=str(project.shots_file), mend="run mvlocal plan first")
    plan: ShotList = read_shots(project.shots_file, None)
    known = {shot.id for shot in plan.shots}
    unknown = next((shot for shot in shots if shot not in known), None)
    if unknown is not None:
        raise UserError(
            f"there is no shot {unknown}", where=str(project.shots_file), mend=f"the last one is {plan.shots[-1].id}"
        )
    return list(dict.fromkeys(shots))


def shot_named(project: Project, text: str) -> str:
    """A shot's id from what a person writes: `s03`, `3`.

    Raises:
        UserError: it names none.
    """
    match = re.fullmatch(r"s?0*(\d{1,5})", text.strip())
    if match is None:
        return text.strip()
    shots = read_shots(project.shots_file, None).shots if project.shots_file.is_file() else ()
    numbers = {int(digits.group()): shot.id for shot in shots if (digits := re.search(r"\d+", shot.id))}
    return numbers.get(int(match[1]), text.strip())


def _kept_path(project: Project, picture: Path) -> str:
    """How a picture is written down: relative to the project where it lies in it."""
    path = picture.expanduser().absolute()
    if not path.is_file():
        raise InputError(f"there is no picture called {picture.name!r}", where=str(path), mend="check the path")
    return str(path.relative_to(project.root)) if path.is_relative_to(project.root) else str(path)
