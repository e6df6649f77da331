"""What a delivery is made of: which frames of which version of the video, cut how, and the tasks for it.

It runs nothing and does not know where files go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from mvlocal.edit.deliveries.hook import Hook, HookWish, choose_hook
from mvlocal.edit.deliveries.loop import LoopSpan, choose_loop
from mvlocal.edit.deliveries.table import Delivery
from mvlocal.edit.deliveries.task import Order, Reframing, deliver_task
from mvlocal.edit.deliveries.windows import Glide, plan_glide
from mvlocal.engine.task import Json, Task
from mvlocal.exporting.work import Work, master_of, timeline_of
from mvlocal.lettering.shot_words import fonts_of, lettering_of, require_room
from mvlocal.schema.edit import Timeline
from mvlocal.shots.stage import words_of
from mvlocal.timing import FrameRate, FrameSpan


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """A delivery, the task that makes it, and why it takes the frames that it takes."""

    delivery: Delivery
    task: Task
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """Deliveries that share their shots: the project at their frame, its tasks up to the master, and theirs."""

    at: Work
    shared: list[Task]
    deliveries: list[PlannedDelivery]

    @property
    def tasks(self) -> list[Task]:
        return [*self.shared, *(one.task for one in self.deliveries)]


def planned_groups(work: Work, asked: Sequence[Delivery], *, dry: bool = False) -> list[PlannedGroup]:
    """Deliveries with all their tasks, those of one frame and choice of words together; `dry` runs nothing."""
    groups: dict[tuple[tuple[int, int], bool], list[Delivery]] = {}
    for delivery in asked:
        groups.setdefault((delivery.size_for(*work.size), delivery.words), []).append(delivery)
    return [_group(work, size, deliveries, words=words, dry=dry) for (size, words), deliveries in groups.items()]


def _group(
    work: Work, size: tuple[int, int], deliveries: Sequence[Delivery], *, words: bool, dry: bool
) -> PlannedGroup:
    """Drawn shots are blocked anew for the frame; of generated ones, the finished pictures are cut without words."""
    native = work.drawn or (size == work.size and words)
    at = work.at(size if work.drawn else work.size, words=words and native)
    tasks = at.tasks(dry=dry)
    master = master_of(tasks)
    timeline = timeline_of(master)
    reframing = None if native else _reframing(at, work, size, words=words)
    planned: list[PlannedDelivery] = []
    for delivery in deliveries:
        part = _part(at, timeline, delivery)
        delivery.require_length(len(part.span) / float(FrameRate.parse(timeline.fps).value))
        order = _order(at, delivery, master, size, part, reframing)
        planned.append(PlannedDelivery(delivery, deliver_task(order), part.why))
    return PlannedGroup(at, tasks, planned)


@dataclass(frozen=True, slots=True)
class _Part:
    """The frames of the video that a delivery takes, those before them that its seam needs, and why."""

    span: FrameSpan
    fade: int = 0
    why: tuple[str, ...] = ()


def _part(work: Work, timeline: Timeline, delivery: Delivery) -> _Part:
    song, settings = work.story.song, work.studio.settings.deliver
    rate = FrameRate.parse(timeline.fps)
    if delivery.part == "loop":
        peopled = [staging.shot for staging in work.story.stagings.values() if staging.figures]
        loop: LoopSpan = choose_loop(song, timeline, peopled, min(settings.canvas_s, delivery.longest_s))
        return _Part(loop.span, loop.fade, loop.why)
    if delivery.part == "song":
        return _Part(FrameSpan(0, timeline.frames))
    longest = min(settings.hook_s, delivery.longest_s)
    wish = HookWish(min(15.0, longest), longest, min(30.0, longest), settings.hook_from_s)
    hook: Hook = choose_hook(song, wish)
    end = min(rate.frame_at(hook.end_s), timeline.frames)
    return _Part(FrameSpan(rate.frame_at(hook.start_s), end), 0, hook.why)


def _order(
    work: Work,
    delivery: Delivery,
    master: Task,
    size: tuple[int, int],
    part: _Part,
    reframing: Reframing | None,
) -> Order:
    settings = work.studio.settings
    return Order(
        delivery=delivery,
        master=master,
        size=size,
        span=part.span,
        codec=settings.deliver.codec,
        preset=settings.deliver.preset,
        loudness=settings.deliver.loudness,
        title=settings.title,
        artist=settings.artist,
        fade=part.fade,
        reframing=reframing,
    )


def _reframing(at: Work, work: Work, size: tuple[int, int], *, words: bool) -> Reframing:
    """How finished pictures of the master's frame are cut for another: about each shot's subject."""
    lettered = work.at(work.size, words=words)
    scene, song = lettered.scene(), work.story.song
    glides = {shot.id: _glide(at, shot.id, size) for shot in at.plan.shots}
    whole = work.plan.shots[0].model_copy(update={"start_s": 0.0, "end_s": song.duration_s})
    written = {**words_of(scene, whole, scene.location_of(whole)), "note": None}
    lyrics = cast("list[Json]", [line.model_dump(mode="json") for line in song.lyrics] if words else [])
    lettering = lettering_of(written, song.lyrics if words else ())
    require_room(size, lettering)
    fonts = fonts_of(lettering)
    return Reframing(at.size, glides, written, lyrics, fonts)


def _glide(work: Work, shot: str, size: tuple[int, int]) -> Glide:
    from mvlocal.staging.theatre.subject_track import subject_track

    staging = work.story.stagings[shot]
    location = next(place for place in work.plan.bible.locations if place.id == staging.location)
    return plan_glide(work.size, size, subject_track(staging, location), staging.length_s)
