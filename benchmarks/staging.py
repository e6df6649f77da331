"""The drawn theatre's cost: milliseconds a frame with people in motion, against x264 alone on the same frames.

For many kinds of shot, in one process with one thread (as the workers run): seconds to paint the place, milliseconds
to draw a frame, milliseconds that x264 takes for the same frame from memory, guides a moment, and the processor time
of blocking. Both sides of each ratio come from one run; memory is watched over a long shot.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from facts import write_result

from mvlocal.engine.executor.process import WORKER_ENVIRONMENT

os.environ.update(WORKER_ENVIRONMENT)  # as in a worker: one thread a library, set before any of them loads

import cv2
import numpy as np

from mvlocal.backends.base import FrameSpec, ShotMusic
from mvlocal.media.encode import VideoEncoder, X264Settings
from mvlocal.media.frame import Yuv420
from mvlocal.schema.staging import FigureStaging, HeldProp, Look, Mark, Pulse, Staging, Traits
from mvlocal.schema.story import Camera, CameraMove, Location, PlaceKind, ShotSize, Weather
from mvlocal.staging.guides import draw_guides
from mvlocal.staging.theatre.show import show_of
from mvlocal.timing import FrameRate, FrameSpan

PALETTE = ("#0b1026", "#27335e", "#6f7fae", "#f2a65a", "#f7e9d7")
SIZES = ((1280, 720, 24), (1920, 1080, 30))
BODIES: dict[ShotSize, float] = {"wide": 0.3, "full": 0.75, "medium": 1.7, "close-up": 3.3}


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of shot."""

    kind: PlaceKind
    size: ShotSize = "wide"
    action: str = "stand"
    people: int = 1
    weather: Weather = "clear"
    move: CameraMove = "push-in"
    look: Look = "mixed"
    holds: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.kind} {self.size} {self.people} {self.action} {self.weather} {self.move} {self.look}"


CASES = (
    Case("skyline", people=0),
    Case("street", action="walk", weather="rain", move="pan-left"),
    Case("street", "full", "walk", 2, look="shadow"),
    Case("station", "medium", "look-back"),
    Case("train", "wide", "sit", move="drift"),
    Case("forest", "full", "walk-away", weather="fog", move="pan-right"),
    Case("sea", action="wave", weather="snow", move="tilt-up"),
    Case("field", "full", "dance", 2, weather="wind"),
    Case("room", "close-up", "cry"),
    Case("stage", "medium", "sing", holds=("microphone",), move="static"),
    Case("stage", "full", "play-guitar", holds=("guitar",)),
    Case("bridge", "extreme-wide", "stand", 2),
)


def staging_of(case: Case, aspect: float, length_s: float) -> Staging:
    """The case, blocked by hand."""
    body = BODIES.get(case.size, 0.16)
    figures = tuple(
        FigureStaging(
            character=f"person-{number}",
            traits=Traits(hair=("bob", "short")[number % 2], garment=("coat", "jacket")[number % 2], tone=3 - number),
            action=case.action,
            start=Mark(x=0.35 - 0.5 * number, body=body),
            end=Mark(x=0.15 - 0.5 * number, body=body),
            facing_deg=(-40.0, 40.0)[number % 2],
            phase=0.4 * number,
            holds=tuple(HeldProp(thing=thing, hand="both" if thing == "guitar" else "right") for thing in case.holds),
        )
        for number in range(case.people)
    )
    return Staging(
        shot="s01",
        aspect=aspect,
        location="here",
        place=case.kind,
        seed=7,
        look=case.look,
        time_of_day="dusk",
        weather=case.weather,
        camera=Camera(size=case.size, move=case.move),
        figures=figures,
        length_s=length_s,
        pulse=Pulse(beat_s=0.5),
    )


def measure(case: Case, frame: FrameSpec, frames: int, folder: Path) -> dict[str, float]:
    """Processor time of one case: painting, a drawn frame, the same frame through x264 alone, a moment's guides."""
    here = Location(
        id="here", name="Here", kind=case.kind, description="a place", light="soft", palette=PALETTE, seed=7
    )
    rate = frame.rate
    staging = staging_of(case, frame.width / frame.height, frames * rate.frame_s)
    beats = np.arange(0, frames * rate.frame_s + 2, 0.5).tolist()
    music = ShotMusic("chorus", 0.7, beats, beats[::4], np.full(frames, 0.7, np.float32), ())
    began = time.process_time()
    show = show_of(staging, here, frame)
    painted = time.process_time()
    drawn = show.frames(music, FrameSpan(0, frames))
    kept = [_copied(next(drawn))]
    start, drawing = time.process_time(), 0.0
    for picture in drawn:
        drawing += time.process_time() - start
        kept.append(_copied(picture))
        start = time.process_time()
    alone = _encode_s(kept, frame, folder)
    began_guides = time.process_time()
    draw_guides(show, 1.0)
    guides = time.process_time() - began_guides
    frame_ms, alone_ms = drawing / (frames - 1) * 1000, alone / frames * 1000
    return {
        "painting_s": round(painted - began, 3),
        "frame_ms": round(frame_ms, 2),
        "x264_alone_ms": round(alone_ms, 2),
        "ratio": round((frame_ms + alone_ms) / alone_ms, 3),
        "guides_s": round(guides, 3),
    }


def _copied(picture: Yuv420) -> Yuv420:
    return Yuv420(picture.y.copy(), picture.u.copy(), picture.v.copy())


def _encode_s(pictures: list[Yuv420], frame: FrameSpec, folder: Path) -> float:
    """Processor seconds of x264 alone, with the settings of a clip."""
    x264 = X264Settings(threads=1, preset="veryfast", crf=18)
    began = time.process_time()
    with VideoEncoder(folder / "alone.mp4", frame.width, frame.height, frame.rate, x264) as encoder:
        for picture in pictures:
            encoder.write(picture)
    return time.process_time() - began


def memory_over_a_long_shot(frames: int) -> dict[str, float]:
    """Peak memory in MiB after a fiftieth of a long shot's frames, and after all of them."""
    frame = FrameSpec(1280, 720, FrameRate(Fraction(24)))
    case = Case("street", "full", "walk", 2)
    here = Location(id="here", name="Here", kind="street", description="a place", light="", palette=PALETTE, seed=7)
    show = show_of(staging_of(case, 16 / 9, frames / 24), here, frame)
    music = ShotMusic("verse", 0.5, (), (), np.full(frames, 0.5, np.float32), ())
    early = 0.0
    for number, _ in enumerate(show.frames(music, FrameSpan(0, frames))):
        if number == frames // 50:
            early = _peak_mib()
    return {"frames": frames, "after_a_fiftieth_mib": round(early, 1), "after_all_mib": round(_peak_mib(), 1)}


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--long", type=int, default=2400, help="frames of the long shot")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    figures: dict[str, Any] = {"memory": memory_over_a_long_shot(options.long)}
    with tempfile.TemporaryDirectory() as folder:
        for width, height, rate in SIZES:
            spec = FrameSpec(width, height, FrameRate(Fraction(rate)))
            rows = {case.name: measure(case, spec, options.frames, Path(folder)) for case in CASES}
            drawn, alone = (sum(row[key] for row in rows.values()) for key in ("frame_ms", "x264_alone_ms"))
            figures[f"{width}x{height}"] = {
                "cases": rows,
                "mean_frame_ms": round(drawn / len(rows), 2),
                "mean_x264_alone_ms": round(alone / len(rows), 2),
                "ratio": round((drawn + alone) / alone, 3),
            }
    print(write_result("staging", figures))


if __name__ == "__main__":
    main()
