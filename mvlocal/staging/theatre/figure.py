"""Human silhouettes: a standing back view, a seated profile and a head-and-shoulders view, from smooth outlines.

It knows nothing of places; it draws nobody's face. Outlines are in body heights: feet at (0, 0), crown at y = -1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mvlocal.schema.story import Character, Presence
from mvlocal.staging.theatre.outlines import (
    BOB,
    BUN,
    BUST,
    BUST_BOB,
    BUST_BUN,
    BUST_COLLAR,
    BUST_HAT,
    BUST_LONG,
    BUST_SHORT,
    COAT,
    DRESS,
    HAT,
    HEAD,
    LAP,
    LEGS_L,
    LEGS_R,
    LONG_HAIR,
    PROFILE,
    PROFILE_BOB,
    PROFILE_BUN,
    PROFILE_COLLAR,
    PROFILE_HAT,
    PROFILE_LONG,
    PROFILE_SHORT,
    TORSO,
)

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Traits:
    """What a silhouette shows of somebody: hair `long`, `bob`, `short`, `bun` or `hat`; `coat`, `dress` or `jacket`."""

    hair: str = "short"
    clothes: str = "jacket"


_HAIR = (
    ("hat", ("hat", "cap ", "fedora", "beanie", "hood")),
    ("bun", ("bun", "ponytail", "tied back", "updo")),
    ("bob", ("bob", "chin-length", "short dark hair", "fringe")),
    ("long", ("long hair", "long dark", "long black", "long brown", "long blond", "long red", "loose hair", "waist")),
)
_CLOTHES = (
    ("dress", ("dress", "gown", "skirt", "robe")),
    ("coat", ("coat", "cloak", "cape", "parka", "raincoat")),
)


def traits_of(character: Character | None, presence: Presence | None) -> Traits:
    """Reads a few words of the character's description and wardrobe.

    Where they say nothing, whoever sings has chin-length hair and others short hair, and all wear jackets.
    """
    if character is None:
        return Traits()
    worn = [w.description for w in character.wardrobe if presence is None or w.id == presence.wardrobe]
    text = " ".join([character.appearance, *worn]).lower()
    return Traits(_first(text, _HAIR, "bob" if character.sings else "short"), _first(text, _CLOTHES, "jacket"))


def _first(text: str, table: tuple[tuple[str, tuple[str, ...]], ...], otherwise: str) -> str:
    return next((name for name, words in table if any(word in text for word in words)), otherwise)


def smooth(points: ArrayLike, steps: int = 10) -> Points:
    """A closed curve through `points` (n, 2).

    Source: Catmull and Rom, "A class of local interpolating splines" (1974); uniform, tension one half.
    """
    p = np.asarray(points, np.float64)
    before, after, beyond = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    t = (np.arange(steps) / steps)[:, None, None]
    curve = 0.5 * (
        2 * p
        + (after - before) * t
        + (2 * before - 5 * p + 4 * after - beyond) * t**2
        + (3 * p - before - 3 * after + beyond) * t**3
    )
    return curve.transpose(1, 0, 2).reshape(-1, 2)


def mirrored(half: ArrayLike) -> Points:
    """A closed outline from its right half, listed from the top down."""
    right = np.asarray(half, np.float64)
    left = right[right[:, 0] > 0][::-1] * (-1, 1)
    return np.concatenate([right, left])


def standing(traits: Traits, side: int = 1) -> list[Points]:
    """Outlines of somebody seen from behind, weight on one leg; `side` -1 mirrors the pose."""
    clothes = {"coat": COAT, "dress": DRESS}.get(traits.clothes, TORSO)
    shapes = [smooth(mirrored(HEAD)), smooth(mirrored(clothes)), smooth(LEGS_R), smooth(LEGS_L)]
    hair = {"long": LONG_HAIR, "bob": BOB, "bun": BUN, "hat": HAT}.get(traits.hair)
    if hair is not None:
        shapes.append(smooth(mirrored(hair)))
    return [_leaning(shape) * (side, 1) for shape in shapes]


def _leaning(shape: Points) -> Points:
    """The weight shift: hips a little to one side, shoulders back over them."""
    height = -shape[:, 1]
    sway = 0.012 * np.sin(np.pi * np.clip(height, 0, 1)) - 0.008 * np.clip(height - 0.75, 0, 1)
    return shape + np.stack([sway, np.zeros_like(sway)], axis=1)


def bust(traits: Traits, side: int = 1) -> list[Points]:
    """Head and shoulders from behind, the head turned a little; the chin at y = 0, crown at -0.36, in head units."""
    shapes = [smooth(mirrored(BUST))]
    if traits.clothes == "coat":
        shapes.append(smooth(mirrored(BUST_COLLAR)))
    hair = {"short": BUST_SHORT, "long": BUST_LONG, "bob": BUST_BOB, "bun": BUST_BUN, "hat": BUST_HAT}.get(traits.hair)
    if hair is not None:
        shapes.append(smooth(mirrored(hair)))
    return [_turned(shape) * (side, 1) for shape in shapes]


def _turned(shape: Points) -> Points:
    """The head drawn sideways over the shoulders, as when looking off to one side."""
    up = np.clip((0.10 - shape[:, 1]) / 0.3, 0, 1)
    up = up * up * (3 - 2 * up)
    return shape + np.stack([0.022 * up, np.zeros_like(up)], axis=1)


def profile(traits: Traits, side: int = 1) -> list[Points]:
    """Head and shoulders from the side, facing right (`side` 1) or left; same units as `bust`."""
    shapes = [smooth(PROFILE)]
    if traits.clothes == "coat":
        shapes.append(smooth(PROFILE_COLLAR))
    hair = {
        "short": PROFILE_SHORT,
        "long": PROFILE_LONG,
        "bob": PROFILE_BOB,
        "bun": PROFILE_BUN,
        "hat": PROFILE_HAT,
    }.get(traits.hair)
    if hair is not None:
        shapes.append(smooth(hair))
    return [shape * (side, 1) for shape in shapes]


def seated(traits: Traits, side: int = 1) -> list[Points]:
    """Somebody on a seat from the side, facing right (`side` 1) or left; same units as `bust`."""
    return [*profile(traits, side), smooth(LAP) * (side, 1)]


def placed(shapes: list[Points], x: float, y: float, size: float) -> list[Points]:
    """Outlines moved to scene point (x, y) and scaled by `size` scene units."""
    return [shape * size + (x, y) for shape in shapes]
