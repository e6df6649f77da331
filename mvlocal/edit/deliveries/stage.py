"""The delivery stage: finished segments and the song in, one file for a platform or an editor out, checked.

It does not know how segments are made, nor where files end up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, cast

from mvlocal.edit.deliveries.table import Delivery
from mvlocal.edit.deliveries.task import DELIVER
from mvlocal.edit.deliveries.windows import Glide, Window
from mvlocal.edit.stage import segments_of
from mvlocal.engine.task import Json, TaskContext, TaskOutputs
from mvlocal.media.frame import Yuv420
from mvlocal.schema.edit import Timeline
from mvlocal.schema.song import LyricLine
from mvlocal.timing import FrameRate, FrameSpan

FADE_IN_S, FADE_OUT_S = 0.03, 1.2
"""Of a hook's sound: hardly any at its downbeat, a breath at its end."""
TARGET_LUFS, PEAK_DBTP = -14.0, -1.0


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
        name = context.task_id.removeprefix(DELIVER)
        raise CheckFailed(f"the {name} delivery is not what it should be: {'; '.join(wrong)}", where=str(out))
    notes: dict[str, Json] = {"facts": cast("Json", json.loads(json.dumps(asdict(found)))), "loudness": heard}
    return TaskOutputs({"main": out}, notes=notes | ({"seam": why} if why else {}))


def _delivery(row: Any) -> Delivery:
    pairs: dict[str, Any] = {name: tuple(tuple(pair) for pair in row[name]) for name in ("sizes", "kbps")}
    given: dict[str, Any] = {**row, **pairs, "rates": tuple(row["rates"]), "smallest": tuple(row["smallest"])}
    return Delivery(**given)


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
