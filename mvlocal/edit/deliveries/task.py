"""The task that makes a delivery: what it is made of and how, as plain values.

It does not know how segments are made, nor what happens when it runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import cast

from mvlocal.edit.deliveries.table import Delivery
from mvlocal.edit.deliveries.windows import Glide
from mvlocal.engine.task import Input, Json, Task
from mvlocal.schema.edit import Timeline
from mvlocal.timing import FrameRate, FrameSpan

STAGE, VERSION = "finish", 1
DELIVER = "deliver/"
PHASE = 10
THREADS = 2
"""Pinned: x264's pixels depend on its thread count."""


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
            "delivery": _row(delivery.making),
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


def _reframing_json(reframing: Reframing) -> dict[str, Json]:
    return {
        "picture": list(reframing.picture),
        "glides": {shot: cast("Json", asdict(glide)) for shot, glide in reframing.glides.items()},
        "words": dict(reframing.words),
        "lyrics": reframing.lyrics,
    }
