"""What the tasks of every shot share: the scene they are shot in, what sounds and is written over them, and seeds.

It does not know how stills are made or moved: the stages in `drawn`, `stills` and `motion` do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from pydantic import BaseModel

from mvlocal.backends.base import FrameSpec, ShotMusic
from mvlocal.config import Settings, WordSettings
from mvlocal.engine.hashing import digest_of
from mvlocal.engine.task import Json
from mvlocal.lettering.titles import end_span, head_span
from mvlocal.schema.edit import Handles, Timeline
from mvlocal.schema.song import LyricLine, SongMap
from mvlocal.schema.staging import Pulse, Staging
from mvlocal.schema.story import ApprovedPlan, Location, Shot
from mvlocal.timing import FrameRate, FrameSpan

KEYFRAMES, ANIMATE, FINISH = "keyframes", "animate", "finish"
"""Stages of which every shot has a task: its still, its motion, its finished segment."""
PHASES: Mapping[str, int] = {"prompts": 4, "candidates": 5, "scores": 6, KEYFRAMES: 6, ANIMATE: 7, FINISH: 8}
"""The order in which models take turns: each loads once a song."""
WALKS_PHASE = PHASES[KEYFRAMES]
"""Walks are made by the model of the stills: once all of these are judged, and before models of motion are loaded."""
BY_MODELS = frozenset({"prompts", "candidates", "scores", KEYFRAMES, ANIMATE})
"""Stages whose time is that of models, or of whoever draws in their place."""
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
    timeline: Timeline | None = None
    """Where each shot stands, and its transitions."""

    @property
    def frame(self) -> FrameSpec:
        video = self.settings.video
        return FrameSpec(video.width, video.height, video.rate)

    def handles_of(self, shot: Shot) -> Handles:
        """The frames of this shot's transitions; none where no timeline is at hand."""
        return self.timeline.handles_of(shot.id) if self.timeline is not None else Handles()

    def location_of(self, shot: Shot) -> Location:
        """The place where the shot is."""
        return next(place for place in self.plan.bible.locations if place.id == shot.location)


def span_of(shot: Shot, rate: FrameRate) -> FrameSpan:
    """The frames of a shot: each border is the frame boundary nearest to its cut."""
    return FrameSpan.of_seconds(shot.start_s, shot.end_s, rate)


def still_view(shot: Shot) -> Shot:
    """The shot as its still sees it: times, lyrics and reasons are no part of it, so moving a cut makes none new."""
    return shot.model_copy(
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


def still_staging(staging: Staging) -> Staging:
    """The staging as its still sees it."""
    return staging.model_copy(update={"length_s": 0.0, "pulse": Pulse(), "energy": 0.5, "why": ()})


def music_of(scene: ShotScene, shot: Shot, span: FrameSpan) -> dict[str, Json]:
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
        "lyrics": [plain(line) for line in lines],
    }


def read_music(given: Any) -> ShotMusic:
    """What `music_of` wrote."""
    return ShotMusic(
        section=given["section"],
        section_energy=given["section_energy"],
        beats=given["beats"],
        downbeats=given["downbeats"],
        energy=np.asarray(given["energy"], np.float32),
        lyrics=[LyricLine.model_validate_json(json.dumps(line)) for line in given["lyrics"]],
    )


def style_of(words: WordSettings) -> dict[str, Json]:
    """How captions look, as plain JSON."""
    colour = [int(words.colour[n : n + 2], 16) for n in (1, 3, 5)]
    return {
        "look": words.style, "mode": words.mode, "position": words.position, "scale": words.size,
        "colour": cast("Json", colour),
    }  # fmt: skip


def words_of(scene: ShotScene, shot: Shot, location: Location) -> dict[str, Json]:
    """What is set on this shot besides its lyric lines, as plain JSON."""
    settings, duration_s = scene.settings, scene.song.duration_s
    ends = {"head": head_span(duration_s), "end": end_span(duration_s, len(settings.master.credits))}
    cards = ends if settings.words.titles else {}
    standing = {name: list(span) for name, span in cards.items() if span[0] < shot.end_s and span[1] > shot.start_s}
    note = [shot.id, location.name, shot.visual, shot.camera.words] if settings.animatic.notes else None
    return {
        "captions": settings.words.captions,
        "style": style_of(settings.words),
        "font": settings.words.font,
        "language": scene.song.language,
        "title": settings.title if standing else "",
        "artist": settings.artist if standing else "",
        "credits": list(settings.master.credits) if "end" in standing else [],
        "head": cast("Json", standing.get("head")),
        "end": cast("Json", standing.get("end")),
        "note": cast("Json", [shot.start_s, shot.end_s, *note] if note else None),
    }


def read_frame(given: Any) -> FrameSpec:
    """A frame's size and rate from a task's parameters."""
    width, height, rate = given
    return FrameSpec(width, height, FrameRate.parse(rate))


def plain(document: BaseModel) -> dict[str, Json]:
    """A document as a task's parameter."""
    return cast("dict[str, Json]", document.model_dump(mode="json"))


def seed_of(*parts: Json) -> int:
    """A 31-bit seed from project seed, location seed, shot, purpose and what else tells two rolls apart."""
    return int(digest_of(list(parts))[:8], 16) >> 1
