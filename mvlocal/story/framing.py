"""Camera grammar: size, angle and move of each shot, so that no framing follows itself.

It does not know what is in front of the camera beyond a hint (close, wide, a performance).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from mvlocal.schema.song import SectionLabel
from mvlocal.schema.story import Camera, CameraAngle, CameraMove, ShotKind, ShotSize
from mvlocal.story.moves import EVERY_MOVE
from mvlocal.story.scenery import stable
from mvlocal.story.vocabulary import Hint

_SIZES: Mapping[str, tuple[ShotSize, ...]] = {
    "close": ("close-up", "extreme-close-up"),
    "wide": ("wide", "extreme-wide"),
    "perform": ("medium", "close-up", "full"),
    "": ("medium", "full", "wide"),
}
_MOVES: Mapping[ShotKind, tuple[CameraMove, ...]] = {
    "performance": ("push-in", "static", "drift", "pull-out"),
    "narrative": ("static", "drift", "push-in", "pan-right", "pan-left", "pull-out"),
    "detail": ("static", "push-in", "drift", "tilt-down"),
    "landscape": ("drift", "pan-right", "static", "pan-left", "tilt-up", "pull-out"),
    "abstract": ("drift", "push-in", "static"),
}
_SECTION_MOVES: Mapping[SectionLabel, tuple[CameraMove, ...]] = {
    "intro": ("drift", "push-in", "static"),
    "verse": ("static", "drift", "push-in"),
    "prechorus": ("push-in", "tilt-up"),
    "chorus": ("drift", "pan-right", "pan-left", "push-in", "pull-out"),
    "bridge": ("static", "drift"),
    "solo": ("pan-left", "pan-right", "drift"),
    "break": ("static", "drift"),
    "outro": ("pull-out", "static"),
    "inst": ("drift", "pan-left", "tilt-up"),
}
_SECTION_ANGLES: Mapping[SectionLabel, tuple[CameraAngle, ...]] = {
    "intro": ("eye-level", "high"), "verse": ("eye-level", "high"), "prechorus": ("eye-level", "low"),
    "chorus": ("low", "eye-level"), "bridge": ("high", "eye-level", "dutch"), "solo": ("low", "dutch"),
    "break": ("high", "overhead"), "outro": ("eye-level", "high"), "inst": ("eye-level", "high"),
}  # fmt: skip
_STILL: tuple[CameraMove, ...] = ("static",)
_LEAVING: tuple[CameraMove, ...] = ("pull-out", "static")
_ANGLES: tuple[CameraAngle, ...] = ("eye-level", "low", "high", "overhead")


@dataclass(frozen=True, slots=True)
class Want:
    """What the shot asks of the camera. `held`: somebody holds still, so the camera does too. `able`: its moves."""

    kind: ShotKind
    hint: Hint
    label: SectionLabel
    new_place: bool = False
    held: bool = False
    last: bool = False
    salt: int = 0
    able: frozenset[CameraMove] = EVERY_MOVE


def choose_camera(want: Want, history: Sequence[Camera]) -> Camera:
    """The framing that suits `want` best and repeats the shots before it (in order) least.

    Never the same size, angle and move as the shot before; never one size four times running.
    """
    sizes = _SIZES["wide"] if want.new_place else _SIZES[want.hint]
    if want.last and history:
        sizes = tuple(dict.fromkeys((history[0].size, *sizes)))  # the end is framed as the beginning was
    moves = _moves(want)
    angles = tuple(dict.fromkeys((*_SECTION_ANGLES[want.label], *_ANGLES)))
    best: tuple[float, Camera] | None = None
    for size, angle, move in product(sizes, angles, moves):
        camera = Camera(size=size, angle=angle, move=move)
        cost = (
            0.5 * sizes.index(size) + 0.7 * angles.index(angle) + 0.35 * moves.index(move)
            + _repeats(camera, history) + 0.5 * stable(want.salt, camera.words) / 2**32
        )  # fmt: skip
        cost += 3.0 if angle == "overhead" and want.kind not in {"detail", "landscape"} else 0.0
        if best is None or cost < best[0]:
            best = cost, camera
    assert best is not None  # noqa: S101 - every hint has sizes
    return best[1]


def _moves(want: Want) -> tuple[CameraMove, ...]:
    own = _MOVES[want.kind]
    ordered: list[CameraMove] = []
    ordered.extend(_LEAVING if want.last else ())
    ordered.extend(_STILL if want.held else ())
    ordered.extend(move for move in _SECTION_MOVES[want.label] if move in own)
    ordered.extend(own)
    return tuple(move for move in dict.fromkeys((*ordered, *_STILL)) if move in want.able)


def _repeats(camera: Camera, history: Sequence[Camera]) -> float:
    if not history:
        return 0.0
    last = history[-1]
    cost = 1.6 * (camera.size == last.size) + 0.4 * (camera.angle == last.angle) + 0.8 * (camera.move == last.move)
    cost += 1000.0 * (camera == last)
    if len(history) > 2 and all(before.size == camera.size for before in history[-3:]):
        cost += 500.0
    for before in history[-6:]:
        cost += 0.5 * (before == camera) + 0.12 * (before.angle == camera.angle)
    return cost


_CAMERA_WORDS: Mapping[CameraMove, tuple[str, ...]] = {
    "static": ("the camera holds still", "a locked frame"),
    "push-in": ("a slow push in", "the camera eases in"),
    "pull-out": ("a slow pull back", "the camera eases back"),
    "pan-left": ("a slow pan to the left",),
    "pan-right": ("a slow pan to the right",),
    "tilt-up": ("a slow tilt up",),
    "tilt-down": ("a slow tilt down",),
    "drift": ("the camera floats gently sideways", "a slow sideways drift"),
}
_SUBJECT_WORDS: Mapping[ShotKind, tuple[str, ...]] = {
    "performance": ("singing, with small movements of head and shoulders", "mouth and breath follow the line"),
    "narrative": ("one unhurried action, begun and finished", "small natural movement", "one clear action"),
    "detail": ("one small movement, then stillness", "barely any movement"),
    "landscape": ("only air and light move", "slow movement in the distance"),
    "abstract": ("haze and light move slowly",),
}


def motion_words(kind: ShotKind, move: CameraMove, salt: int) -> str:
    """A motion prompt: motion only, nobody's looks."""
    camera, subject = _CAMERA_WORDS[move], _SUBJECT_WORDS[kind]
    return f"{camera[salt % len(camera)]}; {subject[salt // 7 % len(subject)]}"
