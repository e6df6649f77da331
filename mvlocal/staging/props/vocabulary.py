"""The things that can be drawn, read once from data/props.yaml, and the words for them and their states.

It draws nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

import numpy as np
from ruamel.yaml import YAML

from mvlocal.errors import PlanError
from mvlocal.staging.props.outline import Stroke, read_stroke

Hold = Literal["", "raised", "hanging", "front", "ear", "shoulder", "play"]
"""How it is held: up over the head or before one, from a lowered arm, before the chest, at the ear, over a shoulder,
as an instrument; empty: nobody holds it."""
Rests = Literal["stands", "lies", "hangs", "flies"]


@dataclass(frozen=True, slots=True)
class PropFacts:
    """A thing. Lengths are grown body heights.

    `grip`: where it is held, from the foot, y down; `hands`: how many hold it; `upright`: it stays upright however the
    hand turns; `tilt_deg`: how far it is turned in the hand, clockwise; `rests` and `above`: how it is found when
    nobody holds it, and how high its foot is then; `width` and `height`: of the drawing over the ground; `usual`:
    states it is in unless told otherwise; `states`: those its drawing knows; `breaks`: with cracks, or in two; `seat`:
    somebody can sit, lie or ride in or on it, that high; `before`: it stands nearer than who uses it (a car, a boat);
    `worn`: people have it on, so that its name alone does not put it into a scene; `scenery`: places have it anyway,
    so that its name alone does not bring it where people are; `outdoors`: it does not come into a room unasked;
    `words`: dictionary forms that mean it.
    """

    thing: str
    words: tuple[str, ...]
    strokes: tuple[Stroke, ...]
    scale: float
    width: float
    height: float
    hold: Hold
    hands: int
    grip: tuple[float, float]
    upright: bool
    tilt_deg: float
    rests: Rests
    above: float
    usual: frozenset[str]
    states: frozenset[str]
    breaks: Literal["crack", "two"]
    glow: tuple[float, float, float] | None
    seat: float | None
    before: bool
    worn: bool
    scenery: bool
    outdoors: bool


def facts_of(thing: str) -> PropFacts:
    """The facts of `thing`.

    Raises:
        PlanError: no such thing; names the nearest.
    """
    if thing in PROPS:
        return PROPS[thing]
    near = difflib.get_close_matches(thing, PROPS, 1)
    mend = f"did you mean {near[0]}?" if near else "see mvlocal/staging/data/props.yaml for the things there are"
    raise PlanError(f"there is no thing called {thing!r}", where="props", mend=mend)


class _Props(Mapping[str, PropFacts]):
    """The things, read when first asked for, so that importing this module reads nothing."""

    def __getitem__(self, thing: str) -> PropFacts:
        return _load()[thing]

    def __iter__(self) -> Iterator[str]:
        return iter(_load())

    def __len__(self) -> int:
        return len(_load())


PROPS: Mapping[str, PropFacts] = _Props()


def _data() -> dict[str, Any]:
    text = resources.files("mvlocal.staging").joinpath("data", "props.yaml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", YAML(typ="safe", pure=True).load(text))


@cache
def _load() -> dict[str, PropFacts]:
    return {thing: _facts(thing, body) for thing, body in _data()["things"].items()}


def _facts(thing: str, body: Mapping[str, Any]) -> PropFacts:
    strokes = tuple(read_stroke(line) for line in body["draw"].splitlines() if line.strip())
    scale = body.get("scale", 1.0) / 100
    usual = frozenset(body.get("usual", "").split())
    seen = [s for s in strokes if (not s.when or s.when in usual) and s.unless not in usual]
    points = np.vstack([outline for stroke in seen for outline in stroke.outlines]) * scale
    width, height = np.ptp(points[:, 0]), -points[:, 1].min()
    grip = [float(value) for value in str(body.get("grip", "0,0")).split(",")]
    glow = [float(value) for value in str(body["glow"]).split()] if "glow" in body else None
    return PropFacts(
        thing=thing,
        words=tuple(word.strip() for word in body.get("words", thing).split(",")),
        strokes=strokes,
        scale=scale,
        width=float(width),
        height=float(height),
        hold=body.get("hold", ""),
        hands=body.get("hands", 1),
        grip=(grip[0] * scale, -grip[1] * scale),
        upright=body.get("upright", False),
        tilt_deg=body.get("tilt", 0),
        rests=body.get("rests", "stands"),
        above=body.get("above", 0) / 100,
        usual=usual,
        states=frozenset(word for stroke in strokes for word in (stroke.when, stroke.unless) if word),
        breaks=body.get("breaks", "two"),
        glow=(glow[0], -glow[1], glow[2]) if glow else None,
        seat=body["seat"] / 100 if "seat" in body else None,
        before=body.get("before", False),
        worn=body.get("worn", False),
        scenery=body.get("scenery", False),
        outdoors=body.get("outdoors", False),
    )


@cache
def _state_words() -> dict[str, str]:
    return {word: state for state, words in _data()["states"].items() for word in words.split()}


def states_in(text: str) -> frozenset[str]:
    """The states that free words name: `burnt out, half open` -> out, open."""
    words = text.lower().replace("-", " ").replace(",", " ").split()
    found = {_state_words()[word] for word in words if word in _state_words()}
    return frozenset(found - {"lit"} if "out" in found else found)
