"""`train`: one stage with what it needs, from photos to the LoRAs in force. It does not know how they are made."""

from __future__ import annotations

import time
from dataclasses import dataclass

from mvlocal.cast.stage import members_of
from mvlocal.cast_files import MemberFiles, write_cast
from mvlocal.errors import InputError
from mvlocal.events import Emit, Event, TaskDone, ignore
from mvlocal.project import Project
from mvlocal.studio import RenderRequest, Studio, open_studio
from mvlocal.training import make_cast, require_generated
from mvlocal.weights.needs import training_needs
from mvlocal.weights.required import require_all


@dataclass(frozen=True, slots=True)
class Trained:
    """The cast in force, and what was done for it. `captioner` described the photos (`template`: nobody did)."""

    profile: str
    why: str
    captioner: str
    members: tuple[MemberFiles, ...]
    tasks_run: int
    tasks_cached: int
    seconds_total: float


def train_project(project: Project, request: RenderRequest, emit: Emit = ignore) -> Trained:
    """Trains and chooses every LoRA that the cast needs, and writes `cast/<name>/`. What is done already is kept.

    Raises:
        UserError: the profile draws its pictures.
        MissingError: weights are not here; every one that is not is named.
        InputError: there are no photos, too few of them, or a LoRA cannot be used.
        MvlocalError: see `mvlocal.errors`; what was finished is kept.
    """
    started = time.monotonic()
    run: set[str] = set()
    cached: set[str] = set()

    def tell(event: Event) -> None:
        if isinstance(event, TaskDone):
            (cached if event.cached else run).add(event.task_id)
        emit(event)

    with open_studio(project, request, tell) as studio:
        require_generated(studio)
        _require_weights(studio)
        made = make_cast(studio)
        if not made.cast.members:
            none = "no photos and no LoRA" if studio.settings.cast.train else "cast.train is false"
            raise InputError(
                f"there is nobody to train: {none}",
                where=str(project.resolve(studio.settings.photos.folder)),
                mend="put 15 to 20 varied photos of the artist there, or bring a LoRA with cast.lora",
            )
        members = write_cast(studio, made)
        resolved = studio.resolved
    return Trained(
        profile=resolved.profile,
        why=resolved.why,
        captioner=resolved.settings.cast.captions,
        members=members,
        tasks_run=len(run),
        tasks_cached=len(cached - run),
        seconds_total=time.monotonic() - started,
    )


def _require_weights(studio: Studio) -> None:
    """Raises unless all weights are here that training needs, where somebody is trained."""
    settings = studio.settings
    if settings.cast.train and not all(member.lora for member in members_of(settings)):
        require_all(training_needs(settings))
