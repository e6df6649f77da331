"""The shots stage: an approved plan in; a still and a moving, lettered, encoded clip a shot out.

It does not know how stills are made or moved (backends do), nor how clips are joined.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from pydantic import BaseModel

from mvlocal.backends.base import ClipRequest, FrameSpec, Guide, Keyframe, KeyframeRequest, ShotMusic
from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.config import Settings
from mvlocal.engine.hashing import digest_of
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.lettering.fonts import fonts_identity
from mvlocal.lettering.notes import Note
from mvlocal.lettering.overlay import Lettering
from mvlocal.lettering.titles import end_span, head_span
from mvlocal.media.frame import Yuv420
from mvlocal.schema.song import LyricLine, SongMap
from mvlocal.schema.staging import Pulse, Staging
from mvlocal.schema.story import ApprovedPlan, Character, Location, Shot
from mvlocal.timing import FrameRate, FrameSpan

KEYFRAMES, KEYFRAMES_VERSION = "keyframes", 2
ANIMATE, ANIMATE_VERSION = "animate", 2
ENCODER_THREADS = 1
"""One thread a clip: shots run side by side, and x264's pixels depend on its thread count."""
MUSIC_LEAD_S = 2.0
"""Beats this long before and after a shot reach its light, so that a pulse crosses the cut unbroken."""


@dataclass(frozen=True, slots=True)
class ShotScene:
    """All that the tasks of every shot share."""

    settings: Settings
    plan: ApprovedPlan
    song: SongMap
    photos_folder: Path
    stagings: Mapping[str, Staging]
    """How each shot is blocked, by its id."""

    @property
    def frame(self) -> FrameSpec:
        video = self.settings.video
        return FrameSpec(video.width, video.height, video.rate)


def span_of(shot: Shot, rate: FrameRate) -> FrameSpan:
    """The frames of a shot: each border is the frame boundary nearest to its cut."""
    return FrameSpan.of_seconds(shot.start_s, shot.end_s, rate)


def keyframe_task(scene: ShotScene, shot: Shot) -> Task:
    """The task that makes a shot's still: output `image` (PNG), and `layers` for its animator.

    Times, lyrics and the reasons behind the shot are not part of it: moving a cut makes no new still.
    """
    location = next(place for place in scene.plan.bible.locations if place.id == shot.location)
    present = {presence.id for presence in shot.characters}
    view = shot.model_copy(
        update={
            "start_s": 0.0,
            "end_s": 0.0,
            "section": 0,
            "lyric_lines": (),
            "why": "",
            "transition": "cut",
            "free_cut": False,
            "locked": False,
        }
    )
    staging = scene.stagings[shot.id].model_copy(update={"length_s": 0.0, "pulse": Pulse(), "energy": 0.5, "why": ()})
    backend = scene.settings.keyframes.backend
    subject = scene.settings.photos.subjects.get(shot.photo) if shot.photo is not None else None
    inputs: dict[str, Input] = {}
    if shot.photo is not None:
        inputs["photo"] = FileInput(scene.photos_folder / shot.photo)
    return Task(
        id=f"{KEYFRAMES}/{shot.id}",
        stage=KEYFRAMES,
        version=KEYFRAMES_VERSION,
        run="mvlocal.shots.stage:run_keyframe",
        params={
            "backend": backend,
            "frame": [scene.frame.width, scene.frame.height, str(scene.frame.rate)],
            "shot": _plain(view),
            "staging": _plain(staging),
            "location": _plain(location),
            "subject": list(subject) if subject else None,
            "guides": _guide_weights(scene.settings),
            "characters": [_plain(one) for one in scene.plan.bible.characters if one.id in present],
        },
        inputs=inputs,
        identity=identity_of("keyframes", backend),
        seed=_seed(scene.settings.seed, location.seed, shot.id, KEYFRAMES),
        phase=3,
        expected_s=0.6,
    )


def clip_task(scene: ShotScene, shot: Shot) -> Task:
    """The task that makes a shot's clip: output `main`, an H.264 file of exactly the shot's frames."""
    settings = scene.settings
    span = span_of(shot, scene.frame.rate)
    location = next(place for place in scene.plan.bible.locations if place.id == shot.location)
    music = _music(scene, shot, span)
    words = _words(scene, shot, location)
    lines = _read_music(music).lyrics
    encode: dict[str, Json] = {"preset": settings.encode.preset, "crf": settings.encode.crf}
    return Task(
        id=f"{ANIMATE}/{shot.id}",
        stage=ANIMATE,
        version=ANIMATE_VERSION,
        run="mvlocal.shots.stage:run_clip",
        params={
            "backend": settings.clips.backend,
            "frame": [scene.frame.width, scene.frame.height, str(scene.frame.rate)],
            "span": [span.start, span.end],
            "shot": _plain(shot.model_copy(update={"why": "", "locked": False})),
            "staging": _plain(scene.stagings[shot.id].model_copy(update={"why": ()})),
            "location": _plain(location),
            "music": music,
            "words": words,
            "options": {"on_twos": settings.animatic.on_twos} if settings.clips.backend == "animatic" else {},
            "encode": encode,
        },
        inputs={"layers": OutputOf(f"{KEYFRAMES}/{shot.id}", "layers")},
        identity={
            **identity_of("clips", settings.clips.backend),
            "encoder_threads": ENCODER_THREADS,
            "fonts": _fonts(_lettering(words, lines), settings),
        },
        seed=_seed(settings.seed, location.seed, shot.id, ANIMATE),
        phase=4,
        expected_s=0.02 * len(span),
    )


def run_keyframe(context: TaskContext) -> TaskOutputs:
    """Makes one still through the backend that the task names."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.media.image import save_png
    from mvlocal.media.layers import LayeredStill, save_layers

    given: Any = context.params
    maker = load_backend("keyframes", str(given["backend"]))
    keyframe: Keyframe = maker.make_keyframe(
        KeyframeRequest(
            frame=_frame_spec(given["frame"]),
            shot=Shot.model_validate_json(json.dumps(given["shot"])),
            staging=Staging.model_validate_json(json.dumps(given["staging"])),
            location=Location.model_validate_json(json.dumps(given["location"])),
            characters=[Character.model_validate_json(json.dumps(one)) for one in given["characters"]],
            seed=context.seed or 0,
            photo=context.inputs.get("photo"),
            subject=tuple(given["subject"]) if given["subject"] else None,
            guides=guides_of(given),
        )
    )
    files = {"image": context.workdir / "image.png", "layers": context.workdir / "layers.zip"}
    save_png(files["image"], keyframe.image)
    save_layers(files["layers"], LayeredStill(keyframe.layers or {"image": keyframe.image}, keyframe.notes))
    return TaskOutputs(files, notes=keyframe.notes)


def _guide_weights(settings: Settings) -> dict[str, Json]:
    """How strongly a generator is held to each guide; the animatic draws them itself."""
    chosen = settings.keyframes
    if chosen.backend == "animatic":
        return {}
    return {"pose": chosen.guide_pose, "depth": chosen.guide_depth, "lines": chosen.guide_lines}


def guides_of(given: Any) -> dict[str, Guide]:
    """The staging's own pictures for a generator, by name, where the keyframe task gives them a weight."""
    weights = {name: weight for name, weight in given["guides"].items() if weight > 0}
    if not weights:
        return {}
    from mvlocal.staging.guides import draw_guides
    from mvlocal.staging.theatre.show import show_of

    staging = Staging.model_validate_json(json.dumps(given["staging"]))
    location = Location.model_validate_json(json.dumps(given["location"]))
    drawn = draw_guides(show_of(staging, location, _frame_spec(given["frame"])), 0.0)
    pictures = {"pose": drawn.pose, "depth": drawn.depth, "lines": drawn.soft_lines}
    return {name: Guide(pictures[name], weight) for name, weight in weights.items()}


@dataclass(frozen=True, slots=True)
class ClipWork:
    """A clip about to be made: its finished frames as a stream, and how to encode them."""

    frame: FrameSpec
    span: FrameSpan
    pictures: Iterator[Yuv420]
    warnings: tuple[tuple[str, str, str], ...]


def start_clip(given: Any, layers: Path, seed: int) -> ClipWork:
    """Readies the frames of a clip: animated and lettered, exactly as many as its span.

    `given` are the parameters of a clip task, `layers` the file that the still's task made.
    """
    from mvlocal.lettering.overlay import build_overlays

    request = _clip_request(given, layers, seed)
    frame, span = request.frame, request.span
    words = build_overlays(frame.width, frame.height, _lettering(given["words"], request.music.lyrics))

    def pictures() -> Iterator[Yuv420]:
        animator = load_backend("clips", given["backend"])
        for index, picture in enumerate(animator.animate(request)):
            words.overlay.draw(picture, frame.rate.time_of(span.start + index))
            yield picture

    return ClipWork(frame, span, pictures(), tuple((w.what, "", w.mend) for w in words.warnings))


def run_clip(context: TaskContext) -> TaskOutputs:
    """Animates one still, sets the words on it and encodes exactly the shot's frames."""
    from mvlocal.media.decode import check_segment
    from mvlocal.media.encode import VideoEncoder, X264Settings

    given: Any = context.params
    work = start_clip(given, context.inputs["layers"], context.seed or 0)
    frame, total = work.frame, len(work.span)
    x264 = X264Settings(threads=ENCODER_THREADS, **given["encode"])
    out = context.workdir / "clip.mp4"
    with VideoEncoder(out, frame.width, frame.height, frame.rate, x264) as encoder:
        for picture in work.pictures:
            encoder.write(picture)
            if encoder.frames % 24 == 0:
                context.progress(encoder.frames / total, f"frame {encoder.frames} of {total}")
    check_segment(out, frames=total, width=frame.width, height=frame.height)
    return TaskOutputs({"main": out}, notes={"frames": total}, warnings=work.warnings)


def _clip_request(given: Any, layers: Path, seed: int) -> ClipRequest:
    """What an animator is asked for, from the parameters of a clip task and the layers of its still."""
    from mvlocal.media.layers import read_layers

    still = read_layers(layers)
    return ClipRequest(
        frame=_frame_spec(given["frame"]),
        span=FrameSpan(*given["span"]),
        shot=Shot.model_validate_json(json.dumps(given["shot"])),
        staging=Staging.model_validate_json(json.dumps(given["staging"])),
        location=Location.model_validate_json(json.dumps(given["location"])),
        layers=still.layers,
        notes=still.notes,
        music=_read_music(given["music"]),
        seed=seed,
        options=given["options"],
    )


def _music(scene: ShotScene, shot: Shot, span: FrameSpan) -> dict[str, Json]:
    """What sounds during the shot, as plain JSON; energy is sampled once a frame."""
    song, rate = scene.song, scene.frame.rate
    section = song.sections[song.section_at(shot.start_s + rate.frame_s / 2)]
    first, last = shot.start_s - MUSIC_LEAD_S, shot.end_s + MUSIC_LEAD_S
    lines = [line for line in song.lyrics if line.end_s + MUSIC_LEAD_S > shot.start_s and line.start_s < last]
    return {
        "section": section.label,
        "section_energy": section.energy,
        "beats": [t for t in song.beats if first <= t <= last],
        "downbeats": [t for t in song.downbeats if first <= t <= last],
        "energy": [round(song.energy.at(rate.time_of(n)), 4) for n in range(span.start, span.end)],
        "lyrics": [_plain(line) for line in lines],
    }


def _read_music(given: Any) -> ShotMusic:
    return ShotMusic(
        section=given["section"],
        section_energy=given["section_energy"],
        beats=given["beats"],
        downbeats=given["downbeats"],
        energy=np.asarray(given["energy"], np.float32),
        lyrics=[LyricLine.model_validate_json(json.dumps(line)) for line in given["lyrics"]],
    )


def _words(scene: ShotScene, shot: Shot, location: Location) -> dict[str, Json]:
    """What is set on this shot besides its lyric lines, as plain JSON."""
    settings, duration_s = scene.settings, scene.song.duration_s
    cards = {"head": head_span(duration_s), "end": end_span(duration_s)} if settings.words.titles else {}
    standing = {name: list(span) for name, span in cards.items() if span[0] < shot.end_s and span[1] > shot.start_s}
    note = [shot.id, location.name, shot.visual, shot.camera.words] if settings.animatic.notes else None
    return {
        "captions": settings.words.captions,
        "font": settings.words.font,
        "language": scene.song.language,
        "title": settings.title if standing else "",
        "artist": settings.artist if standing else "",
        "head": cast("Json", standing.get("head")),
        "end": cast("Json", standing.get("end")),
        "note": cast("Json", [shot.start_s, shot.end_s, *note] if note else None),
    }


def _lettering(words: Any, lines: Sequence[LyricLine]) -> Lettering:
    return Lettering(
        lines=lines if words["captions"] else (),
        title=words["title"],
        artist=words["artist"],
        head=tuple(words["head"]) if words["head"] else None,
        end=tuple(words["end"]) if words["end"] else None,
        notes=[Note(*words["note"])] if words["note"] else (),
        font=words["font"] or None,
        language=words["language"],
    )


def _fonts(lettering: Lettering, settings: Settings) -> dict[str, Json]:
    """The identity of every font that this shot's words use."""
    texts = lettering.texts()
    if not any(texts):
        return {}
    return {**fonts_identity(texts, user=settings.words.font or None, language=lettering.language)}


def _frame_spec(given: Any) -> FrameSpec:
    width, height, rate = given
    return FrameSpec(width, height, FrameRate.parse(rate))


def _plain(document: BaseModel) -> dict[str, Json]:
    return cast("dict[str, Json]", document.model_dump(mode="json"))


def _seed(*parts: Json) -> int:
    """A 31-bit seed from (project seed, location seed, shot, purpose)."""
    return int(digest_of(list(parts))[:8], 16) >> 1
