"""The animatic's cost: seconds to draw a still, milliseconds of one thread to make a frame, for many kinds of shot."""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from facts import write_result
from PIL import Image

from mvlocal.backends.animatic import create
from mvlocal.backends.base import ClipRequest, FrameSpec, KeyframeRequest, ShotMusic
from mvlocal.schema.story import Camera, CameraMove, Location, PlaceKind, Presence, Shot, ShotSize, Weather
from mvlocal.timing import FrameRate, FrameSpan

PALETTE = ("#0b1026", "#27335e", "#6f7fae", "#f2a65a", "#f7e9d7")
SIZES = ((1280, 720, 24), (1920, 1080, 30))


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of shot."""

    kind: PlaceKind
    weather: Weather = "clear"
    move: CameraMove = "push-in"
    size: ShotSize = "wide"
    photo: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        photo = f" photo {self.photo[0]}x{self.photo[1]}" if self.photo else ""
        return f"{self.kind} {self.weather} {self.size} {self.move}{photo}"


CASES = (
    Case("skyline"),
    Case("street", "rain", "pan-left"),
    Case("street", "clear", "static", "medium"),
    Case("station", "clear", "pull-out"),
    Case("train", "clear", "drift"),
    Case("forest", "fog", "pan-right"),
    Case("sea", "snow", "tilt-up"),
    Case("field", "wind"),
    Case("room"),
    Case("stage", photo=(2000, 3000)),
    Case("sea", photo=(3000, 2000)),
)


def photo_of(size: tuple[int, int], folder: Path) -> Path:
    """A made-up photo."""
    noise = np.random.default_rng(1).integers(0, 255, (size[1] // 50, size[0] // 50, 3), dtype=np.uint8)
    path = folder / f"{size[0]}x{size[1]}.jpg"
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def request_of(case: Case, frame: FrameSpec, folder: Path) -> KeyframeRequest:
    """The still that the case asks for."""
    here = Location(
        id="here", name="Here", kind=case.kind, description="a place", light="soft", palette=PALETTE, seed=7
    )
    shot = Shot(
        id="s01",
        start_s=0,
        end_s=3,
        section=0,
        kind="narrative",
        visual="somebody stands there",
        characters=(Presence(id="mara", wardrobe="coat"),),
        location="here",
        time_of_day="dusk",
        weather=case.weather,
        camera=Camera(size=case.size, move=case.move),
    )
    photo = photo_of(case.photo, folder) if case.photo else None
    return KeyframeRequest(frame, shot, here, (), seed=3, photo=photo)


def measure(case: Case, frame: FrameSpec, frames: int, folder: Path) -> dict[str, float]:
    """Processor seconds of this thread for the still and for setting up the clip, and milliseconds a frame."""
    backend, request = create(), request_of(case, frame, folder)
    began = time.thread_time()
    keyframe = backend.make_keyframe(request)
    drawn = time.thread_time()
    beats = np.arange(0, 10, 0.5).tolist()
    music = ShotMusic("chorus", 0.7, beats, beats[::4], np.full(frames, 0.7, np.float32), ())
    clip = ClipRequest(
        frame, FrameSpan(0, frames), request.shot, request.location, keyframe.layers, keyframe.notes, music, seed=3
    )
    made = backend.animate(clip)
    next(made)
    ready = time.thread_time()
    count = sum(1 for _ in made)
    done = time.thread_time()
    return {
        "still_s": round(drawn - began, 3),
        "set_up_s": round(ready - drawn, 3),
        "frame_ms": round((done - ready) / count * 1000, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=72)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        for width, height, rate in SIZES:
            spec = FrameSpec(width, height, FrameRate(Fraction(rate)))
            rows = {case.name: measure(case, spec, options.frames, Path(folder)) for case in CASES}
            figures[f"{width}x{height}"] = rows
            figures[f"{width}x{height} slowest frame_ms"] = max(row["frame_ms"] for row in rows.values())
    write_result("animatic", figures)


if __name__ == "__main__":
    main()
