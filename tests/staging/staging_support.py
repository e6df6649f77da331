"""Requests and pictures for the animatic's tests."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.animatic import create
from mvlocal.backends.base import ClipRequest, FrameSpec, Keyframe, KeyframeRequest, ShotMusic
from mvlocal.media.frame import Yuv420
from mvlocal.schema.staging import (
    FigureStaging,
    HeldProp,
    Look,
    Mark,
    PhotoStaging,
    PropStaging,
    Pulse,
    Staging,
    Traits,
)
from mvlocal.schema.story import (
    Camera,
    CameraAngle,
    CameraMove,
    Character,
    Location,
    PlaceKind,
    Presence,
    Shot,
    ShotSize,
    TimeOfDay,
    Transition,
    Wardrobe,
    Weather,
)
from mvlocal.timing import FrameRate, FrameSpan

PALETTE = ("#0b1026", "#27335e", "#6f7fae", "#f2a65a", "#f7e9d7")
RATE = FrameRate(Fraction(24))
SINGER = Character(
    id="mara",
    name="Mara",
    appearance="a woman with a short black bob",
    wardrobe=(Wardrobe(id="coat", description="a long red coat"),),
)


def place(kind: PlaceKind = "skyline", seed: int = 7) -> Location:
    return Location(id="here", name="Here", kind=kind, description="a place", light="soft", palette=PALETTE, seed=seed)


def shot(
    *,
    time: TimeOfDay = "dusk",
    weather: Weather = "clear",
    size: ShotSize = "wide",
    angle: CameraAngle = "eye-level",
    move: CameraMove = "push-in",
    people: int = 1,
    transition: Transition = "cut",
) -> Shot:
    return Shot(
        id="s01",
        start_s=0,
        end_s=4,
        section=0,
        kind="narrative",
        visual="somebody stands there",
        characters=(Presence(id="mara", wardrobe="coat"),) * people,
        location="here",
        time_of_day=time,
        weather=weather,
        camera=Camera(size=size, angle=angle, move=move),
        transition=transition,
    )


BODIES: dict[ShotSize, float] = {
    "extreme-wide": 0.16,
    "wide": 0.3,
    "full": 0.75,
    "medium": 1.7,
    "close-up": 3.3,
    "extreme-close-up": 5.0,
}


def staged(
    of: Shot,
    location: Location | None = None,
    *,
    aspect: float = 16 / 9,
    action: str = "stand",
    facing_deg: float = 20.0,
    props: Sequence[PropStaging] = (),
    holds: Sequence[str] = (),
    length_s: float = 4.0,
    look: Look = "shadow",
    photo: str | None = None,
) -> Staging:
    """The shot with its people side by side, the first on the right."""
    where = location or place()
    marks = [Mark(x=0.4 - 0.4 * number, body=BODIES[of.camera.size]) for number in range(len(of.characters))]
    figures = tuple(
        FigureStaging(
            character=f"{presence.id}{number or ''}",
            traits=Traits(hair="bob", garment="coat", tone=3),
            action=action,
            start=mark,
            end=mark,
            facing_deg=facing_deg,
            phase=0.3 * number,
            holds=tuple(HeldProp(thing=thing) for thing in holds),
        )
        for number, (presence, mark) in enumerate(zip(of.characters, marks, strict=True))
    )
    return Staging(
        shot=of.id,
        aspect=aspect,
        location=where.id,
        place=where.kind,
        seed=where.seed,
        look=look,
        time_of_day=of.time_of_day,
        weather=of.weather,
        camera=of.camera,
        figures=figures,
        props=tuple(props),
        photo=PhotoStaging(name=photo) if photo else None,
        length_s=length_s,
        pulse=Pulse(beat_s=0.5),
    )


def still_request(
    of: Shot, location: Location | None = None, *, width: int = 320, height: int = 180, seed: int = 3
) -> KeyframeRequest:
    where = location or place()
    staging = staged(of, where, aspect=width / height)
    return KeyframeRequest(FrameSpec(width, height, RATE), of, staging, where, (SINGER,), seed)


def music(
    frames: int, *, energy: float = 0.6, beat_s: float = 0.5, downbeats: Sequence[float] | None = None
) -> ShotMusic:
    beats = np.arange(0, frames / 24 + 1, beat_s).tolist()
    hits = beats[::4] if downbeats is None else downbeats
    return ShotMusic("chorus", energy, beats, hits, np.full(frames, energy, np.float32), ())


def clip_request(
    request: KeyframeRequest, keyframe: Keyframe, frames: int, sound: ShotMusic | None = None
) -> ClipRequest:
    return ClipRequest(
        request.frame,
        FrameSpan(0, frames),
        request.shot,
        request.staging,
        request.location,
        keyframe.layers,
        keyframe.notes,
        sound or music(frames),
        seed=request.seed,
    )


def frames_of(request: KeyframeRequest, frames: int, sound: ShotMusic | None = None) -> list[Yuv420]:
    """Every frame of a shot, copied."""
    backend = create()
    clip = clip_request(request, backend.make_keyframe(request), frames, sound)
    return [Yuv420(f.y.copy(), f.u.copy(), f.v.copy()) for f in backend.animate(clip)]


def stand_in_photo(width: int, height: int, seed: int = 1) -> NDArray[np.uint8]:
    """A soft landscape with somebody's round light face on it, in the upper middle."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    ground = np.stack([60 + 60 * y / height, 80 + 40 * y / height, 120 - 50 * y / height], axis=-1)
    face = np.hypot((x - width / 2) / (0.12 * min(width, height)), (y - 0.4 * height) / (0.16 * min(width, height))) < 1
    ground[face] = (224, 172, 142)
    return np.clip(ground + rng.normal(0, 3, ground.shape), 0, 255).astype(np.uint8)


def shift_between(before: NDArray[np.floating], after: NDArray[np.floating]) -> NDArray[np.float64]:
    """How far (x, y) a picture has moved, in pixels: least squares over its gradients, good for small moves.

    Source: Lucas and Kanade, "An Iterative Image Registration Technique" (1981), one step.
    """
    middle = (before + after) / 2
    gy, gx = np.gradient(middle)
    change = (after - before)[2:-2, 2:-2].ravel()
    slopes = np.stack([gx[2:-2, 2:-2].ravel(), gy[2:-2, 2:-2].ravel()], axis=1)
    return -np.linalg.solve(slopes.T @ slopes, slopes.T @ change)
