"""The drawn way: a shot's still with its layers, and a moving, lettered, encoded clip of exactly its frames.

It does not know how stills are drawn or moved (backends do), nor how clips are joined.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mvlocal.backends.base import ClipRequest, FrameSpec, Keyframe, KeyframeRequest
from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.lettering.shot_words import fonts_of, lettering_of
from mvlocal.media.frame import Yuv420
from mvlocal.schema.edit import Handles
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Character, Location, Shot
from mvlocal.shots.stage import (
    ANIMATE,
    ENCODER_THREADS,
    KEYFRAMES,
    PHASES,
    ShotScene,
    music_of,
    plain,
    read_frame,
    read_music,
    seed_of,
    span_of,
    still_staging,
    still_view,
    words_of,
)
from mvlocal.timing import FrameSpan

DRAWN = "animatic"
KEYFRAMES_VERSION, ANIMATE_VERSION = 2, 3


def keyframe_task(scene: ShotScene, shot: Shot) -> Task:
    """The task that draws a shot's still: output `image` (PNG), and `layers` for its animator."""
    location = scene.location_of(shot)
    present = {presence.id for presence in shot.characters}
    subject = scene.settings.photos.subjects.get(shot.photo) if shot.photo is not None else None
    inputs: dict[str, Input] = {}
    if shot.photo is not None:
        inputs["photo"] = FileInput(scene.photos_folder / shot.photo)
    return Task(
        id=f"{KEYFRAMES}/{shot.id}",
        stage=KEYFRAMES,
        version=KEYFRAMES_VERSION,
        run="mvlocal.shots.drawn.stage:run_keyframe",
        params={
            "backend": DRAWN,
            "frame": [scene.frame.width, scene.frame.height, str(scene.frame.rate)],
            "shot": plain(still_view(shot)),
            "staging": plain(still_staging(scene.stagings[shot.id])),
            "location": plain(location),
            "subject": list(subject) if subject else None,
            "characters": [plain(one) for one in scene.plan.bible.characters if one.id in present],
        },
        inputs=inputs,
        identity=identity_of("keyframes", DRAWN),
        seed=seed_of(scene.settings.seed, location.seed, shot.id, KEYFRAMES),
        phase=PHASES[KEYFRAMES],
        expected_s=0.6,
    )


def clip_task(scene: ShotScene, shot: Shot) -> Task:
    """The task that makes a shot's clip: output `main`, an H.264 file of exactly the shot's frames.

    Outputs `head` and `tail` hold its part, without words, of the transitions that it comes in and goes out by.
    """
    settings = scene.settings
    handles = scene.handles_of(shot)
    span = span_of(shot, scene.frame.rate)
    location = scene.location_of(shot)
    music = music_of(scene, shot, span)
    words = words_of(scene, shot, location)
    lines = read_music(music).lyrics
    encode: dict[str, Json] = {"preset": settings.encode.preset, "crf": settings.encode.crf}
    return Task(
        id=f"{ANIMATE}/{shot.id}",
        stage=ANIMATE,
        version=ANIMATE_VERSION,
        run="mvlocal.shots.drawn.stage:run_clip",
        params={
            "backend": DRAWN,
            "frame": [scene.frame.width, scene.frame.height, str(scene.frame.rate)],
            "span": [span.start, span.end],
            "handles": handles.to_json(),
            "shot": plain(shot.model_copy(update={"why": "", "locked": False, "transition": "cut"})),
            "staging": plain(scene.stagings[shot.id].model_copy(update={"why": ()})),
            "location": plain(location),
            "music": music,
            "words": words,
            "options": {"on_twos": settings.animatic.on_twos},
            "encode": encode,
        },
        inputs={"layers": OutputOf(f"{KEYFRAMES}/{shot.id}", "layers")},
        identity={
            **identity_of("clips", DRAWN),
            "encoder_threads": ENCODER_THREADS,
            "fonts": fonts_of(lettering_of(words, lines)),
        },
        seed=seed_of(settings.seed, location.seed, shot.id, ANIMATE),
        phase=PHASES[ANIMATE],
        expected_s=0.02 * len(handles.around(span)),
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
            frame=read_frame(given["frame"]),
            shot=Shot.model_validate_json(json.dumps(given["shot"])),
            staging=Staging.model_validate_json(json.dumps(given["staging"])),
            location=Location.model_validate_json(json.dumps(given["location"])),
            characters=[Character.model_validate_json(json.dumps(one)) for one in given["characters"]],
            seed=context.seed or 0,
            photo=context.inputs.get("photo"),
            subject=tuple(given["subject"]) if given["subject"] else None,
        )
    )
    files = {"image": context.workdir / "image.png", "layers": context.workdir / "layers.zip"}
    save_png(files["image"], keyframe.image)
    save_layers(files["layers"], LayeredStill(keyframe.layers or {"image": keyframe.image}, keyframe.notes))
    return TaskOutputs(files, notes=keyframe.notes)


@dataclass(frozen=True, slots=True)
class ClipWork:
    """A clip about to be made: its finished frames as a stream, one for each of `around`, and how to encode them."""

    frame: FrameSpec
    span: FrameSpan
    around: FrameSpan
    pictures: Iterator[Yuv420]
    warnings: tuple[tuple[str, str, str], ...]


def keep_none(_number: int, _picture: Yuv420) -> None:
    """For a clip whose frames nobody wants without words."""


def start_clip(
    given: Any,
    layers: Path,
    seed: int,
    around: FrameSpan | None = None,
    keep: Callable[[int, Yuv420], None] = keep_none,
) -> ClipWork:
    """Readies the frames of a clip: animated and lettered, one for each of `around` (all that its handles need).

    `given` are the parameters of a clip task, `layers` the file that the still's task made. `keep` is shown every
    frame, by its number in the video, before the words are set on it.
    """
    from mvlocal.lettering.overlay import build_overlays

    span = FrameSpan(*given["span"])
    around = around or Handles.of_json(given["handles"]).around(span)
    request = replace(_clip_request(given, layers, seed), before=span.start - around.start, after=around.end - span.end)
    frame = request.frame
    words = build_overlays(frame.width, frame.height, lettering_of(given["words"], request.music.lyrics))

    def pictures() -> Iterator[Yuv420]:
        animator = load_backend("clips", given["backend"])
        for number, picture in enumerate(animator.animate(request), start=around.start):
            keep(number, picture)
            words.overlay.draw(picture, frame.rate.time_of(number))
            yield picture

    return ClipWork(frame, span, around, pictures(), tuple((w.what, "", w.mend) for w in words.warnings))


def run_clip(context: TaskContext) -> TaskOutputs:
    """Animates one still, sets the words on it and encodes exactly the shot's frames."""
    from mvlocal.media.decode import check_segment
    from mvlocal.media.encode import X264Settings
    from mvlocal.media.segments import ShotEncoder, ShotFrames

    given: Any = context.params
    frame, span, handles = read_frame(given["frame"]), FrameSpan(*given["span"]), Handles.of_json(given["handles"])
    shot = ShotFrames(frame.width, frame.height, frame.rate, span, handles)
    x264 = X264Settings(threads=ENCODER_THREADS, **given["encode"])
    with ShotEncoder(context.workdir, shot, x264) as encoder:
        work = start_clip(given, context.inputs["layers"], context.seed or 0, keep=encoder.keep)
        total = len(work.around)
        for done, picture in enumerate(work.pictures):
            encoder.write(work.around.start + done, picture)
            if done % 24 == 23:
                context.progress(done / total, f"frame {done + 1} of {total}")
    check_segment(encoder.files["main"], frames=len(span), width=frame.width, height=frame.height)
    return TaskOutputs(encoder.files, notes={"frames": len(span)}, warnings=work.warnings)


def _clip_request(given: Any, layers: Path, seed: int) -> ClipRequest:
    """What an animator is asked for, from the parameters of a clip task and the layers of its still."""
    from mvlocal.media.layers import read_layers

    still = read_layers(layers)
    return ClipRequest(
        frame=read_frame(given["frame"]),
        span=FrameSpan(*given["span"]),
        shot=Shot.model_validate_json(json.dumps(given["shot"])),
        staging=Staging.model_validate_json(json.dumps(given["staging"])),
        location=Location.model_validate_json(json.dumps(given["location"])),
        layers=still.layers,
        notes=still.notes,
        music=read_music(given["music"]),
        seed=seed,
        options=given["options"],
    )
