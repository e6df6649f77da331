"""The delivery stage: finished segments and the song in, one file for a platform or an editor out, checked.

It does not know how segments are made, nor where files end up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from mvlocal.edit.deliveries.table import Delivery
from mvlocal.edit.deliveries.windows import Glide, Window
from mvlocal.edit.stage import segments_of
from mvlocal.engine.task import Input, Json, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.media.frame import Yuv420
from mvlocal.schema.edit import Timeline
from mvlocal.schema.song import LyricLine
from mvlocal.timing import FrameRate, FrameSpan

STAGE, VERSION = "finish", 1
DELIVER = "deliver/"
PHASE = 10
THREADS = 2
"""Pinned: x264's pixels depend on its thread count."""
FADE_IN_S, FADE_OUT_S = 0.03, 1.2
"""Of a hook's sound: hardly any at its downbeat, a breath at its end."""
TARGET_LUFS, PEAK_DBTP = -14.0, -1.0


@dataclass(frozen=True, slots=True)
class Reframing:
    """How finished pictures of (width, height) `picture` become a delivery's: each shot's window, and the words that
    are set on it afterwards (as tasks carry them, with the song's lyric lines)."""

    picture: tuple[int, int]
    glides: Mapping[str, Glide]
    words: Mapping[str, Json]
    lyrics: list[Json]
    fonts: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Order:
    """One delivery to make.

    `master` is the task that would join the segments: its inputs and its timeline are used. `span` are the frames of
    the video to take; `fade` those before them that close a loop's seam. `reframing` is None where segments have the
    delivery's frame already.
    """

    delivery: Delivery
    master: Task
    size: tuple[int, int]
    span: FrameSpan
    codec: str
    preset: str
    loudness: str
    title: str
    artist: str
    fade: int = 0
    reframing: Reframing | None = None


def deliver_task(order: Order) -> Task:
    """The task that makes a delivery; its output `main` is the file, its notes what was found in it."""
    timeline = Timeline.model_validate_json(json.dumps(order.master.params["timeline"]))
    rate = FrameRate.parse(timeline.fps)
    needed = FrameSpan(order.span.start - order.fade, order.span.end)
    delivery = order.delivery
    reframing = order.reframing
    return Task(
        id=f"{DELIVER}{delivery.name}",
        stage=STAGE,
        version=VERSION,
        run="mvlocal.edit.deliveries.stage:run_delivery",
        params={
            "delivery": _row(delivery),
            "timeline": order.master.params["timeline"],
            "size": list(order.size),
            "span": [order.span.start, order.span.end],
            "fade": order.fade,
            "coding": {
                "codec": delivery.editor or order.codec,
                "kbps": delivery.kbps_for(order.size, rate),
                "preset": order.preset,
                "threads": THREADS,
            },
            "whole": order.span == FrameSpan(0, timeline.frames),
            "loudness": "keep" if delivery.editor else order.loudness,
            "tags": {"title": order.title, "artist": order.artist},
            "reframing": None if reframing is None else _reframing_json(reframing),
        },
        inputs=_inputs_for(order.master, timeline, needed),
        identity={} if reframing is None else {"fonts": dict(reframing.fonts)},
        phase=PHASE,
        expected_s=0.05 * len(needed),
        silence_s=600.0,
    )


def _inputs_for(master: Task, timeline: Timeline, needed: FrameSpan) -> dict[str, Input]:
    """The segments that hold the frames needed, and the song."""
    inputs: dict[str, Input] = {"song": master.inputs["song"]}
    for clip in timeline.clips:
        join = timeline.join_of(clip.shot)
        if clip.start < needed.end and clip.end > needed.start:
            inputs[f"clip.{clip.shot}"] = master.inputs[f"clip.{clip.shot}"]
        if join is not None and join.start < needed.end and join.end > needed.start:
            inputs[f"join.{clip.shot}"] = master.inputs[f"join.{clip.shot}"]
    return inputs


def _row(delivery: Delivery) -> Json:
    """A row of the table as plain JSON, so that a changed row makes its delivery anew."""
    return cast("Json", json.loads(json.dumps(asdict(delivery))))


def _delivery(row: Any) -> Delivery:
    pairs: dict[str, Any] = {name: tuple(tuple(pair) for pair in row[name]) for name in ("sizes", "kbps")}
    given: dict[str, Any] = {**row, **pairs, "rates": tuple(row["rates"]), "smallest": tuple(row["smallest"])}
    return Delivery(**given)


def _reframing_json(reframing: Reframing) -> dict[str, Json]:
    return {
        "picture": list(reframing.picture),
        "glides": {shot: cast("Json", asdict(glide)) for shot, glide in reframing.glides.items()},
        "words": dict(reframing.words),
        "lyrics": reframing.lyrics,
    }


def run_delivery(context: TaskContext) -> TaskOutputs:
    """Decodes the segments, recomposes and letters them where that is due, encodes them with the sound, and checks."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.edit.deliveries.check import Expected, failures_of
    from mvlocal.errors import CheckFailed
    from mvlocal.media.codecs import PictureCoding
    from mvlocal.media.inspect import inspect_video
    from mvlocal.media.publish import Publication, publish

    given: Any = context.params
    delivery = _delivery(given["delivery"])
    timeline = Timeline.model_validate_json(json.dumps(given["timeline"]))
    rate, span = FrameRate.parse(timeline.fps), FrameSpan(*given["span"])
    width, height = given["size"]
    out = context.workdir / f"delivery{delivery.suffix}"
    pictures, frames, why = _pictures(context, timeline, span)
    sound, heard = _sound(context, delivery, rate, span)
    coding = PictureCoding(**given["coding"])

    def tell(done: int) -> None:
        if done % 24 == 0:
            context.progress(0.9 * done / frames, f"frame {done} of {frames}")

    publish(Publication(out, width, height, rate, coding, given["tags"]), pictures, sound, tell)
    context.progress(0.92, "checking")
    found = inspect_video(out)
    wrong = failures_of(found, Expected(delivery, coding.codec, (width, height), rate, frames))
    if wrong:
        raise CheckFailed(f"the {delivery.name} delivery is not what it should be: {'; '.join(wrong)}", where=str(out))
    notes: dict[str, Json] = {"facts": cast("Json", json.loads(json.dumps(asdict(found)))), "loudness": heard}
    return TaskOutputs({"main": out}, notes=notes | ({"seam": why} if why else {}))


# --- pictures ----------------------------------------------------------------------------------------------


def _pictures(context: TaskContext, timeline: Timeline, span: FrameSpan) -> tuple[Iterator[Yuv420], int, str]:
    """The delivery's frames, how many, and how a loop's seam was closed."""
    given: Any = context.params
    if _delivery(given["delivery"]).part != "loop":
        return _frames(context, timeline, span), len(span), ""
    return _loop(context, timeline, span, int(given["fade"]))


def _frames(context: TaskContext, timeline: Timeline, span: FrameSpan) -> Iterator[Yuv420]:
    """Frames `span` of the video in the delivery's shape, with their words."""
    given: Any = context.params
    decoded = _decoded(context, timeline, span)
    return decoded if given["reframing"] is None else _reframed(given, timeline, span, decoded)


def _decoded(context: TaskContext, timeline: Timeline, span: FrameSpan) -> Iterator[Yuv420]:
    from mvlocal.media.decode import decode_frames

    files = {name: path for name, path in context.inputs.items() if name != "song"}
    for segment in segments_of(timeline, _Known(files)):
        first = max(segment.span.start, span.start)
        last = min(segment.span.end, span.end)
        if first >= last:
            continue
        skip = segment.skip + first - segment.span.start
        for number, planes in enumerate(decode_frames(segment.path)):
            if number >= skip + last - first:
                break
            if number >= skip:
                yield planes


class _Known(dict[str, Any]):
    """Files by name; those of shots outside the delivery are not there, and not asked for their content."""

    def __missing__(self, name: str) -> str:
        return f"missing/{name}"


def _reframed(given: Any, timeline: Timeline, span: FrameSpan, decoded: Iterator[Yuv420]) -> Iterator[Yuv420]:
    """Cuts each shot's window out of its frames and sets the words on it."""
    from mvlocal.edit.deliveries.recompose import recomposed
    from mvlocal.edit.deliveries.windows import window_at
    from mvlocal.lettering.overlay import build_overlays
    from mvlocal.lettering.shot_words import lettering_of

    size = (given["size"][0], given["size"][1])
    reframing = given["reframing"]
    glides = {shot: _glide(one) for shot, one in reframing["glides"].items()}
    lines = [LyricLine.model_validate_json(json.dumps(line)) for line in reframing["lyrics"]]
    words = build_overlays(*size, lettering_of(reframing["words"], lines)).overlay
    rate = FrameRate.parse(timeline.fps)
    for number, planes in enumerate(decoded, start=span.start):
        window = window_at(number, timeline, glides)
        frame = Yuv420(*recomposed((planes.y, planes.u, planes.v), window, size))
        words.draw(frame, rate.time_of(number))
        yield frame


def _glide(value: Any) -> Glide:
    return Glide(Window(**value["start"]), Window(**value["end"]))


def _loop(context: TaskContext, timeline: Timeline, span: FrameSpan, fade: int) -> tuple[Iterator[Yuv420], int, str]:
    """A loop's frames: looked at small first, to choose how its seam is closed."""
    from mvlocal.edit.deliveries.loop import choose_way, there_and_back
    from mvlocal.edit.deliveries.recompose import small_luma

    source = FrameSpan(span.start - fade, span.end)
    small = [small_luma((p.y, p.u, p.v)) for p in _frames(context, timeline, source)]
    way, why = choose_way(small, fade)
    if way == "crossfade":
        return _crossfaded(_frames(context, timeline, source), fade, len(span)), len(span), f"{way}: {why}"
    half = FrameSpan(span.start, span.start + max(len(span) // 2, 2))
    order = there_and_back(len(half))
    kept = [Yuv420(p.y.copy(), p.u.copy(), p.v.copy()) for p in _frames(context, timeline, half)]
    return (kept[number] for number in order), len(order), f"{way}: {why}"


def _crossfaded(frames: Iterator[Yuv420], fade: int, count: int) -> Iterator[Yuv420]:
    """The loop, its last `fade` frames blended into those before its first."""
    from mvlocal.edit.deliveries.loop import fade_weights
    from mvlocal.edit.deliveries.recompose import blended

    lead = [next(frames) for _ in range(fade)]
    weights = fade_weights(fade)
    for number, frame in enumerate(frames):
        into = number - (count - fade)
        if into < 0:
            yield frame
            continue
        other = lead[into]
        yield Yuv420(*blended((frame.y, frame.u, frame.v), (other.y, other.u, other.v), float(weights[into])))


# --- sound -------------------------------------------------------------------------------------------------


def _sound(context: TaskContext, delivery: Delivery, rate: FrameRate, span: FrameSpan) -> tuple[Any, Json]:
    """What `publish` takes as sound, and how loud it is."""
    from mvlocal.media.cut_sound import SoundCut, cut_sound
    from mvlocal.media.loudness import measure_loudness

    given: Any = context.params
    if delivery.silent:
        return None, None
    song = context.inputs["song"]
    whole = bool(given["whole"])
    cut = SoundCut() if whole else SoundCut(rate.time_of(span.start), rate.time_of(span.end), FADE_IN_S, FADE_OUT_S)
    context.progress(0.0, "measuring loudness")
    loud = measure_loudness(song, cut)
    gain = _gain(loud.integrated_lufs, loud.true_peak_dbtp) if given["loudness"] == "-14" else 0.0
    heard: dict[str, Json] = {
        "integrated_lufs": round(loud.integrated_lufs + gain, 2),
        "range_lu": loud.range_lu,
        "true_peak_dbtp": round(loud.true_peak_dbtp + gain, 2),
        "gain_db": round(gain, 2),
    }
    if delivery.editor:
        return song, heard
    shaped = SoundCut(cut.start_s, cut.end_s, cut.fade_in_s, cut.fade_out_s, gain)
    return cut_sound(song, shaped), heard


def _gain(integrated_lufs: float, true_peak_dbtp: float) -> float:
    """Decibels to the target; less where peaks would pass their ceiling, since nothing is squeezed."""
    wanted = TARGET_LUFS - integrated_lufs
    return min(wanted, max(PEAK_DBTP - true_peak_dbtp, 0.0)) if wanted > 0 else wanted


# --- thumbnails --------------------------------------------------------------------------------------------

THUMBNAILS = "thumbnails"
THUMBNAIL_SIZE = (1280, 720)
THUMBNAIL_COUNT = 3


def thumbnail_task(
    stills: Mapping[str, OutputOf], facts: Sequence[tuple[str, Sequence[float] | None, bool]], words: Mapping[str, Json]
) -> Task:
    """The task that chooses three stills and saves them as JPEG, bare and with the title.

    `stills` are PNGs by shot; `facts` their shot, subject's box in fractions (None: nobody) and whether it is of a
    chorus; `words`: title, artist, font, language.
    """
    return Task(
        id=THUMBNAILS,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.edit.deliveries.stage:run_thumbnails",
        params={
            "facts": [[shot, list(box) if box else None, chorus] for shot, box, chorus in facts],
            "words": dict(words),
        },
        inputs={f"still.{shot}": still for shot, still in stills.items()},
        phase=PHASE,
        expected_s=5.0,
    )


def run_thumbnails(context: TaskContext) -> TaskOutputs:
    """Reads every still, scores them small, and writes the chosen ones at full size."""
    from mvlocal.edit.deliveries.thumbs import StillFacts, choose_thumbnails, shrunk
    from mvlocal.edit.deliveries.windows import plan_glide
    from mvlocal.media.image import read_png
    from mvlocal.media.jpeg import save_jpeg
    from mvlocal.media.planes import rgb_to_yuv420, yuv420_to_rgb

    given: Any = context.params
    boxes = {shot: tuple(box) if box else None for shot, box, _ in given["facts"]}
    stills = [
        StillFacts(shot, shrunk(read_png(context.inputs[f"still.{shot}"]).rgb), boxes[shot], chorus)
        for shot, _, chorus in given["facts"]
    ]
    files = {}
    notes: dict[str, Json] = {}
    for number, one in enumerate(choose_thumbnails(stills, THUMBNAIL_COUNT), start=1):
        rgb = read_png(context.inputs[f"still.{one.shot}"]).rgb
        box = boxes[one.shot]
        glide = plan_glide((rgb.shape[1], rgb.shape[0]), THUMBNAIL_SIZE, [box] if box else [], 0.0)
        planes = _cut_to(rgb_to_yuv420(_evened(rgb)), glide.start)
        for name, frame in ((f"t{number}", planes), (f"t{number}-title", _titled(planes, given["words"]))):
            files[name] = context.workdir / f"{name}.jpg"
            save_jpeg(files[name], yuv420_to_rgb(frame))
        notes[f"t{number}"] = f"{one.shot}: {one.why}"
    return TaskOutputs(files, notes=notes)


def _evened(rgb: Any) -> Any:
    return rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2]


def _cut_to(planes: Yuv420, window: Window) -> Yuv420:
    from mvlocal.edit.deliveries.recompose import recomposed

    return Yuv420(*recomposed((planes.y, planes.u, planes.v), window, THUMBNAIL_SIZE))


def _titled(planes: Yuv420, words: Any) -> Yuv420:
    """A copy with the title card as it stands in the middle of its time."""
    from mvlocal.lettering.overlay import Lettering, build_overlays

    frame = Yuv420(planes.y.copy(), planes.u.copy(), planes.v.copy())
    card = Lettering(
        title=words["title"],
        artist=words["artist"],
        head=(0.0, 10.0),
        font=words["font"] or None,
        language=words["language"],
    )
    build_overlays(*THUMBNAIL_SIZE, card).overlay.draw(frame, 6.0)
    return frame
