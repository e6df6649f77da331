"""Makes deliveries: which frames of which version of the video each takes, and where its file goes.

It does not know how a delivery is encoded or checked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from mvlocal.edit.deliveries import stage as delivery_stage
from mvlocal.edit.deliveries.hook import Hook, HookWish, choose_hook
from mvlocal.edit.deliveries.loop import LoopSpan, choose_loop
from mvlocal.edit.deliveries.table import Delivery
from mvlocal.edit.deliveries.windows import Glide, plan_glide
from mvlocal.engine.task import Json, Record, Task
from mvlocal.errors import ExhaustedError
from mvlocal.exporting.work import Exported, Work, master_of, slug, timeline_of
from mvlocal.files import write_atomically
from mvlocal.lettering.shot_words import fonts_of, lettering_of
from mvlocal.machine import free_bytes
from mvlocal.schema.edit import Timeline
from mvlocal.shots.stage import words_of
from mvlocal.studio import export
from mvlocal.timing import FrameRate, FrameSpan

EDITOR_BITS_A_PIXEL = 3.6
"""ProRes 422 HQ takes the most: 176 Mb/s at 1080p24."""


def delivered(work: Work, asked: Sequence[Delivery]) -> list[Exported]:
    """Makes deliveries, those of one frame and choice of words together, since they share their shots."""
    rate = work.studio.settings.video.rate
    for delivery in asked:
        delivery.require_fit(delivery.size_for(*work.size), rate)
        _require_room(work, delivery)
    groups: dict[tuple[tuple[int, int], bool], list[Delivery]] = {}
    for delivery in asked:
        groups.setdefault((delivery.size_for(*work.size), delivery.words), []).append(delivery)
    made: dict[str, Exported] = {}
    for (size, words), deliveries in groups.items():
        native = work.drawn or (size == work.size and words)
        at = work.at(size, words=words) if work.drawn else work.at(work.size, words=words and native)
        for one in _deliver(at, work, size, deliveries, native=native):
            made[one.name] = one
    return [made[delivery.name] for delivery in asked]


def _deliver(
    at: Work, work: Work, size: tuple[int, int], deliveries: Sequence[Delivery], *, native: bool
) -> list[Exported]:
    tasks = at.tasks()
    master = master_of(tasks)
    timeline = timeline_of(master)
    reframing = None if native else _reframing(at, work, size, words=deliveries[0].words)
    orders: list[delivery_stage.Order] = []
    reasons: dict[str, tuple[str, ...]] = {}
    for delivery in deliveries:
        part = _part(at, timeline, delivery)
        reasons[delivery.name] = part.why
        orders.append(_order(at, delivery, master, size, part, reframing))
    extra = [delivery_stage.deliver_task(order) for order in orders]
    records = at.run([*tasks, *extra], [task.id for task in extra])
    return [
        _deliver_out(work, delivery, records[f"{delivery_stage.DELIVER}{delivery.name}"], reasons[delivery.name])
        for delivery in deliveries
    ]


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
    reframing: delivery_stage.Reframing | None,
) -> delivery_stage.Order:
    settings = work.studio.settings
    return delivery_stage.Order(
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


def _reframing(at: Work, work: Work, size: tuple[int, int], *, words: bool) -> delivery_stage.Reframing:
    """How finished pictures of the master's frame are cut for another: about each shot's subject."""
    lettered = work.at(work.size, words=words)
    scene, song = lettered.scene(), work.story.song
    glides = {shot.id: _glide(at, shot.id, size) for shot in at.plan.shots}
    whole = work.plan.shots[0].model_copy(update={"start_s": 0.0, "end_s": song.duration_s})
    written = {**words_of(scene, whole, scene.location_of(whole)), "note": None}
    lyrics = cast("list[Json]", [line.model_dump(mode="json") for line in song.lyrics] if words else [])
    fonts = fonts_of(lettering_of(written, song.lyrics if words else ()))
    return delivery_stage.Reframing(at.size, glides, written, lyrics, fonts)


def _glide(work: Work, shot: str, size: tuple[int, int]) -> Glide:
    from mvlocal.staging.theatre.subject_track import subject_track

    staging = work.story.stagings[shot]
    location = next(place for place in work.plan.bible.locations if place.id == staging.location)
    return plan_glide(work.size, size, subject_track(staging, location), staging.length_s)


def _deliver_out(work: Work, delivery: Delivery, record: Record, why: tuple[str, ...]) -> Exported:
    """Puts a delivery and what is known of it into `out/deliveries/`."""
    target = work.studio.project.out / "deliveries" / f"{slug(work.studio)}-{delivery.name}{delivery.suffix}"
    export(work.studio, record, "main", target)
    notes = [*why, *([str(record.notes["seam"])] if "seam" in record.notes else [])]
    facts: dict[str, Json] = {
        "delivery": delivery.name,
        "title": work.studio.settings.title,
        "artist": work.studio.settings.artist,
        "bytes": target.stat().st_size,
        "why": cast("Json", notes),
        "loudness": record.notes.get("loudness"),
        "found": record.notes["facts"],
    }
    write_atomically(target.with_suffix(".json"), json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    return Exported(delivery.name, target, (delivery.what, *notes, *_loudness_words(record)), facts)


def _loudness_words(record: Record) -> tuple[str, ...]:
    """How loud a delivery is, in a line; nothing of a silent one."""
    heard: Any = record.notes.get("loudness")
    if heard is None:
        return ()
    words = f"{heard['integrated_lufs']:.1f} LUFS, true peak {heard['true_peak_dbtp']:.1f} dBTP, "
    changed = f"changed by {heard['gain_db']:+.1f} dB" if heard["gain_db"] else "as the song is"
    return (f"{words}range {heard['range_lu']:.1f} LU, {changed}",)


def _require_room(work: Work, delivery: Delivery) -> None:
    """Editors' codings are large: says so before they are made.

    Raises:
        ExhaustedError: they cannot fit.
    """
    if not delivery.editor:
        return
    video = work.studio.settings.video
    pixels = video.width * video.height * float(video.rate.value) * work.story.song.duration_s
    need, have = int(2 * pixels * EDITOR_BITS_A_PIXEL / 8), free_bytes(work.studio.project.root)
    if have < need:
        raise ExhaustedError(
            f"{delivery.name} needs about {need / 1e9:.1f} GB of disk and {have / 1e9:.1f} GB is free",
            where=str(work.studio.project.root),
            mend="free some space, or leave it out",
        )
