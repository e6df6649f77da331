"""Drawn figures with hats and coats on coloured grounds, and captions that say what is drawn. It knows no model."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Colour = tuple[int, int, int]
COLOURS: dict[str, Colour] = {
    "red": (208, 40, 40),
    "orange": (232, 136, 32),
    "yellow": (236, 216, 56),
    "green": (48, 152, 64),
    "blue": (40, 72, 200),
    "purple": (128, 56, 168),
    "white": (240, 240, 236),
    "black": (24, 24, 28),
    "grey": (128, 128, 132),
}
SKINS: tuple[Colour, ...] = ((244, 208, 176), (200, 148, 108), (120, 80, 56))
HATS = ("no", "tall", "wide", "round")
PLACES = {"left": 0.3, "middle": 0.5, "right": 0.7}
THINGS = ("hat", "coat", "legs", "sky", "floor")
WORDS = (
    *(f"{colour}{thing}" for thing in THINGS for colour in COLOURS),
    *(hat for hat in HATS if hat != "no"),
    *PLACES,
    *("a", "figure", "with", "near", "far", ","),
)
"""What captions are made of. A colour and its thing are one word: `redhat`. Which belongs to which is not to learn."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure looks like wherever it stands. `coat_lower` other than `coat` makes a coat of two colours."""

    skin: Colour
    hat: str
    hat_colour: Colour
    coat: Colour
    coat_lower: Colour
    legs: Colour
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a figure stands: place and size, and the colours of the background and the ground, by name."""

    place: str
    near: bool
    background: str
    ground: str
    shift: tuple[float, float] = (0.0, 0.0)


NOVA = Figure((244, 208, 176), "wide", (20, 200, 190), (236, 40, 150), (150, 220, 40), (20, 200, 190), wide=True)
OTHER = Figure((120, 80, 56), "tall", (110, 60, 20), (90, 170, 230), (250, 190, 160), (110, 60, 20))
"""Two figures in colours that no other one wears: one to learn, and one to compare with."""


def draw_figure(figure: Figure, scene: Scene, side_px: int) -> Rgb:
    """The figure in its scene, (side, side, 3)."""
    high = 0.78 if scene.near else 0.58
    middle = PLACES[scene.place] + scene.shift[0]
    foot = 0.93 + scene.shift[1]
    picture = np.empty((side_px, side_px, 3), np.uint8)
    picture[:] = COLOURS[scene.background]
    picture[round(0.72 * side_px) :] = COLOURS[scene.ground]
    top = foot - high

    def box(left: float, up: float, right: float, down: float, colour: Colour) -> None:
        """A box in parts of the figure's height, from its middle and its top."""
        corners = (middle + left * high, top + up * high), (middle + right * high, top + down * high)
        (x0, y0), (x1, y1) = ((round(x * side_px), round(y * side_px)) for x, y in corners)
        cv2.rectangle(picture, (x0, y0), (x1 - 1, y1 - 1), colour, -1)

    coat = 0.24 if figure.wide else 0.18
    box(-0.14, 0.74, -0.03, 1.0, figure.legs)
    box(0.03, 0.74, 0.14, 1.0, figure.legs)
    box(-coat, 0.36, coat, 0.56, figure.coat)
    box(-coat, 0.56, coat, 0.76, figure.coat_lower)
    box(-0.11, 0.14, 0.11, 0.36, figure.skin)
    if figure.hat == "tall":
        box(-0.11, 0.0, 0.11, 0.18, figure.hat_colour)
    elif figure.hat == "wide":
        box(-0.22, 0.10, 0.22, 0.18, figure.hat_colour)
    elif figure.hat == "round":
        box(-0.14, 0.06, 0.14, 0.20, figure.hat_colour)
    return picture


def scene_words(scene: Scene) -> str:
    """The scene in words."""
    return f"{'near' if scene.near else 'far'}, {scene.place}, {scene.background}sky, {scene.ground}floor"


def some_scene(random: np.random.Generator) -> Scene:
    """A scene by chance; background and ground differ."""
    names = list(COLOURS)
    background, ground = random.choice(len(names), 2, replace=False)
    place = list(PLACES)[random.integers(3)]
    shift = float(random.uniform(-0.06, 0.06)), float(random.uniform(-0.03, 0.03))
    return Scene(place, bool(random.integers(2)), names[background], names[ground], shift)


def some_figure(random: np.random.Generator) -> tuple[Figure, str]:
    """A figure by chance in the known colours, and words for it; one time in three they say nothing of its clothes."""
    names = list(COLOURS)
    hat, coat, legs = (names[index] for index in random.integers(len(names), size=3))
    kind = HATS[random.integers(len(HATS))]
    skin = SKINS[random.integers(len(SKINS))]
    figure = Figure(skin, kind, COLOURS[hat], COLOURS[coat], COLOURS[coat], COLOURS[legs], bool(random.integers(2)))
    if random.random() < 1 / 3:
        return figure, "a figure"
    worn = f"{coat}coat, {legs}legs"
    return figure, f"a figure with {worn}" if kind == "no" else f"a figure with {kind} {hat}hat, {worn}"
