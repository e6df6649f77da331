"""The cast that generated pictures show: for every member a LoRA, trained on photos and chosen, or brought along.

It knows which tasks there are; it does not know how any of them works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from mvlocal.backends.sdxl.models import Checkpoint
from mvlocal.cast import stage as cast_stage
from mvlocal.cast.choice import task as choice_task
from mvlocal.cast.choice.task import CastMember, Eyes, ReferencePhoto, Samples
from mvlocal.cast.choosing import no_such_step
from mvlocal.cast.curation import ENOUGH, require_enough
from mvlocal.cast.heads import head_of_face
from mvlocal.cast.members import Member
from mvlocal.cast.split import held_out
from mvlocal.cast.training import stage as training_stage
from mvlocal.cast.training.schedule import checkpoint_steps
from mvlocal.casting import Casting, cast_member, photos_of, tasks_before_training
from mvlocal.config import Settings
from mvlocal.engine.task import FileInput, OutputOf, Record, Task
from mvlocal.errors import InputError, UserError
from mvlocal.events import Warned
from mvlocal.machine import find_gpu
from mvlocal.media.photos import list_photos
from mvlocal.model_choice import hardware_of
from mvlocal.schema.cast import CuratedPhoto
from mvlocal.studio import Studio
from mvlocal.user_files import own_photos
from mvlocal.weights import LockedWeights
from mvlocal.weights.folders import LockedFolder
from mvlocal.weights.needs import cast_needs, photo_needs, stills_needs
from mvlocal.weights.required import locked_need

DRAWN = "animatic"


@dataclass(frozen=True, slots=True)
class CastInForce:
    """Everybody with a LoRA, and the tasks that make them. Not `complete` while photos are yet to be looked at."""

    members: tuple[CastMember, ...] = ()
    tasks: tuple[Task, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class CastMade:
    """The cast after its training: every member's records, by task id."""

    cast: CastInForce
    records: dict[str, Record]


def require_generated(studio: Studio) -> None:
    """Refuses to train for a profile that draws.

    Raises:
        UserError: it does.
    """
    if studio.settings.keyframes.backend == DRAWN:
        resolved = studio.resolved
        raise UserError(
            f"the profile {resolved.profile} draws its pictures, so there is nobody to train ({resolved.why})",
            where="keyframes.backend: animatic",
            mend="train for a profile that generates them, such as: mvlocal train --profile rtx-12gb",
        )


def make_cast(studio: Studio) -> CastMade:
    """Trains and chooses the LoRA of every member who needs one: what is done already is kept.

    Raises:
        InputError: too few photos, or a LoRA that cannot be used.
        MissingError: weights are not here.
        MvlocalError: a task failed; what was finished is kept.
    """
    in_force = cast_in_force(studio, tell=True)
    wanted = [task.id for task in in_force.tasks if task.stage == choice_task.STAGE]
    return CastMade(in_force, studio.run(in_force.tasks, wanted) if wanted else {})


def cast_in_force(studio: Studio, *, dry: bool = False, tell: bool = False) -> CastInForce:
    """The cast of the settings, with its tasks. Photos are looked at first, since they say what there is to train on.

    Where pictures are drawn nobody is cast. With `dry` nothing is run or written; where photos were never looked at,
    the tasks that do it are all that is known. With `tell`, a person is warned of few photos and strange captions.

    Raises:
        InputError: too few photos, or a LoRA that cannot be used.
        MissingError: weights are not here.
        SettingsError: a checkpoint is asked for that there will not be.
    """
    if studio.settings.keyframes.backend == DRAWN:
        return CastInForce()
    members: list[CastMember] = []
    tasks: list[Task] = []
    complete = True
    for member in cast_stage.members_of(studio.settings):
        found = _one_in_force(studio, member, dry=dry, tell=tell)
        members += found.members
        tasks += found.tasks
        complete = complete and found.complete
    return CastInForce(tuple(members), tuple(tasks), complete)


def _one_in_force(studio: Studio, member: Member, *, dry: bool, tell: bool) -> CastInForce:
    if member.lora:
        lora = _own_lora(studio, member)
    elif not studio.settings.cast.train:
        return CastInForce()
    elif _has_photos(studio, member):
        lora = None
    elif member.name in studio.settings.cast.others:
        raise _no_photos(studio, member)
    else:
        return CastInForce()
    photos = photos_of(studio, member) if _has_photos(studio, member) else None
    before = tasks_before_training(studio, photos) if photos is not None and dry else ()
    if before:
        return CastInForce(tasks=before, complete=False)
    casting = cast_member(studio, photos, dry=dry, tell=tell) if photos is not None else None
    if lora is not None:
        return _brought(studio, member, lora, casting)
    if casting is None:
        raise _no_photos(studio, member)
    return _trained(studio, member, casting, tell=tell)


def _own_lora(studio: Studio, member: Member) -> FileInput:
    """A LoRA of the person's own.

    Raises:
        InputError: it is not there.
    """
    path = studio.project.resolve(member.lora)
    if not path.is_file():
        what = f"there is no LoRA called {path.name!r}"
        raise InputError(what, where=str(path), mend=f"check {_key(studio, member)}")
    return FileInput(path)


def _brought(studio: Studio, member: Member, lora: FileInput, casting: Casting | None) -> CastInForce:
    """A LoRA of the person's own; where there are photos too, they say how like it is."""
    own = choice_task.own_task(member.name, lora.path)
    if casting is None or not casting.curated.used:
        return CastInForce((CastMember(member, lora, None),), (own,))
    photos = _reference_photos(casting, frozenset())
    task = choice_task.references_task(member.name, photos, eyes_of(studio.settings))
    return CastInForce((CastMember(member, lora, OutputOf(task.id)),), (own, task))


def _trained(studio: Studio, member: Member, casting: Casting, *, tell: bool) -> CastInForce:
    folder = str(studio.project.resolve(member.photos))
    require_enough(casting.curated, folder)
    if len(casting.curated.used) < ENOUGH and tell:
        studio.emit(Warned(casting.curated.advice, where=folder))
    settings = studio.settings
    steps = checkpoint_steps(settings.train.steps, settings.train.every)
    if member.checkpoint and member.checkpoint not in steps:
        raise no_such_step(member.checkpoint, steps, _key(studio, member, "checkpoint"))
    used = _in_order(casting)
    apart = held_out([photo.measures.phash for photo in used if photo.measures is not None])
    photos = _reference_photos(casting, apart)
    eyes = eyes_of(settings)
    training = training_stage.training_task(_request(studio, member, casting, photos))
    samples = Samples(
        task_id=training.id,
        prompts=[prompt.replace("{trigger}", member.trigger) for prompt in settings.train.sample_prompts],
        words=[prompt.replace("{trigger}", settings.train.class_words) for prompt in settings.train.sample_prompts],
        seeds=settings.train.sample_seeds,
        loras={step: training_stage.lora_output(step) for step in steps},
        sheets={step: training_stage.sample_output(step) for step in steps},
    )
    references = choice_task.references_task(member.name, photos, eyes)
    tasks = (
        training,
        references,
        choice_task.scores_task(member.name, samples, eyes),
        choice_task.choice_task(member, samples),
    )
    lora = OutputOf(choice_task.choice_id(member.name), choice_task.LORA)
    return CastInForce((CastMember(member, lora, OutputOf(references.id)),), tasks)


def _request(
    studio: Studio, member: Member, casting: Casting, photos: Sequence[ReferencePhoto]
) -> training_stage.TrainingRequest:
    captions = {casting.files[name]: caption.text for name, caption in casting.captions.items()}
    return training_stage.TrainingRequest(
        name=member.name,
        trigger=member.trigger,
        photos=[
            training_stage.TrainingPhoto(photo.path, photo.crop, captions[photo.path], photo.held_out)
            for photo in photos
        ],
        settings=studio.settings.train,
        base=_base_of(studio.settings),
        hardware=hardware_of(studio.settings, find_gpu()),
        folder=studio.project.state / "training",
        seed=studio.settings.seed,
        vae=_vae_of(studio.settings),
    )


def _base_of(settings: Settings) -> Checkpoint:
    """The model that stills are made with, which the LoRA is trained for."""
    needs = stills_needs(settings.keyframes)
    found = locked_need(needs["checkpoint"])
    if isinstance(found, LockedFolder):
        return Checkpoint(found)
    return Checkpoint(cast("LockedFolder", locked_need(needs["checkpoint-config"])), found)


def _vae_of(settings: Settings) -> LockedWeights | None:
    need = stills_needs(settings.keyframes).get("vae")
    return cast("LockedWeights", locked_need(need)) if need is not None else None


def _in_order(casting: Casting) -> list[CuratedPhoto]:
    """The photos that are used, in an order that their names have no part in."""
    return sorted(casting.curated.used, key=lambda photo: photo.measures.phash if photo.measures else "")


def _reference_photos(casting: Casting, apart: frozenset[int]) -> list[ReferencePhoto]:
    photos: list[ReferencePhoto] = []
    for number, photo in enumerate(_in_order(casting)):
        if photo.measures is None or photo.crop is None:
            continue
        faces = photo.measures.faces
        head = head_of_face(faces[0]) if faces else None
        photos.append(ReferencePhoto(casting.files[photo.name], photo.crop, head, number in apart))
    return photos


def eyes_of(settings: Settings) -> Eyes:
    """Who looks at generated pictures.

    Raises:
        MissingError: their weights are not here.
    """
    found = {kind: cast("LockedFolder", locked_need(need)) for kind, need in cast_needs(settings).items()}
    faces = [cast("LockedWeights", locked_need(need)) for need in photo_needs(settings.photos)]
    return Eyes(
        likeness=settings.cast.likeness,
        likeness_folder=found["likeness"],
        agreement=settings.cast.agreement,
        agreement_folder=found.get("agreement"),
        faces=settings.photos.faces,
        faces_weights=next(iter(faces), None),
        hardware=hardware_of(settings, find_gpu()),
    )


def _has_photos(studio: Studio, member: Member) -> bool:
    """Whether there is anything in the member's folder of photos."""
    folder = studio.project.resolve(member.photos)
    if not member.photos or (not folder.is_dir() and member.photos == Settings().photos.folder):
        return False
    listing = own_photos(studio.project, studio.settings, list_photos(folder))
    return bool(listing.photos or listing.skipped)


def _no_photos(studio: Studio, member: Member) -> InputError:
    return InputError(
        f"there are no photos of {member.name} to train on",
        where=str(studio.project.resolve(member.photos)),
        mend="put 15 to 20 varied photos there, or bring a LoRA with " + _key(studio, member),
    )


def _key(studio: Studio, member: Member, name: str = "lora") -> str:
    """The setting called `name` of a member."""
    return f"cast.others.{member.name}.{name}" if member.name in studio.settings.cast.others else f"cast.{name}"
