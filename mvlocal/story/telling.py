"""An image told as a finished sentence: names filled in, somebody put somewhere, and a clause that says where we are.

It does not choose images, and knows no cameras, photos or documents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from mvlocal.schema.story import Weather
from mvlocal.story import vocabulary
from mvlocal.story.fitting import unfit_wording
from mvlocal.story.hours import agrees, hours_told, weather_agrees, weather_told
from mvlocal.story.people import OTHER_NAME
from mvlocal.story.scenery import Scene
from mvlocal.story.vocabulary import ImageText, Place

_SEATS = frozenset(
    {"seat", "bench", "chair", "bed", "sill", "boat", "table", "seats", "sitting", "knee-deep", "ankle-deep"}
)
_MOVING = frozenset({
    "walks", "walking", "runs", "run", "strides", "paces", "dances", "turns", "spins", "jumps", "steps", "crosses",
    "arrives", "comes", "stands", "breaks", "plants", "kneels", "goes", "stops", "lies",
})  # fmt: skip
_COMMON = frozenset({
    "the", "a", "of", "in", "on", "and", "to", "its", "their", "with", "by", "at", "over", "into", "from", "one",
    "through",
})  # fmt: skip
_LONG = 95


@dataclass(slots=True)
class Teller:
    """Tells images of one plan; no tail is hung on twice, and the spots of a place are used in turn."""

    singer: str
    avoid: frozenset[str]
    tails_used: set[str] = field(default_factory=set[str])
    counts: Counter[str] = field(default_factory=Counter[str])

    def tell(self, image: ImageText, place: Place, scene: Scene, *, every: int) -> str:
        """One sentence with capital and full stop; every so many get a tail (0: never)."""
        text = image.text
        if "{spot}" in text:
            text = text.replace("{spot}", self._spot(text, place))
        text = self.named(text)
        tail = self._tail(text, image, place, scene, every)
        return f"{text[0].upper()}{text[1:]}{tail}."

    def named(self, text: str) -> str:
        """`text` with the names of who is in it."""
        text = text.replace("{S's}", possessive(self.singer)).replace("{S}", self.singer)
        return text.replace("{O's}", possessive(OTHER_NAME)).replace("{O}", OTHER_NAME)

    def _spot(self, text: str, place: Place) -> str:
        return self._next(f"spot:{place.id}:{_moves(text)}", spots_for(text, place))

    def _next(self, key: str, items: Sequence[str]) -> str:
        item = items[self.counts[key] % len(items)]
        self.counts[key] += 1
        return item

    def _tail(self, text: str, image: ImageText, place: Place, scene: Scene, every: int) -> str:
        """A clause that says where we are, hung on now and then, each only once."""
        self.counts["tail"] += 1
        passing = place.kind == "train" and image.hint == "wide"
        if not every or self.counts["tail"] % every or ", " in text or len(text) >= _LONG or passing:
            return ""
        weather = vocabulary.images().weather.get(scene.weather, ())
        pool = [*place.tails] if image.hint != "close" else []
        if place.setting != "indoors" and weather and self.counts["tail"] % 3 == 0:
            pool = [*weather, *pool]
        for tail in pool:
            if tail not in self.tails_used and self.tail_fits(tail, text, scene):
                self.tails_used.add(tail)
                return f", {tail}"
        return ""

    def tail_fits(self, tail: str, text: str, scene: Scene) -> bool:
        """Whether a clause says nothing that `text` says already, nothing to avoid, and nothing amiss in `scene`."""
        words = set(re.findall(r"[a-z]+", tail)) - _COMMON
        said = set(re.findall(r"[a-z]+", text.lower()))
        snowed: Weather = "snow"
        wet = "wet" in words and scene.weather == snowed
        if words & said or wet or words & self.avoid or unfit_wording(tail):
            return False
        return agrees(hours_told(tail), scene.time) and weather_agrees(weather_told(tail), scene.weather)


def spots_for(text: str, place: Place) -> list[str]:
    """The spots of `place` where what `text` tells can be done: whoever moves is not in a seat."""
    moving = _moves(text)
    return [s for s in place.spots if not (moving and set(s.split()) & _SEATS) and not unfit_wording(s)]


def _moves(text: str) -> bool:
    return not _MOVING.isdisjoint(re.findall(r"[a-z]+", text))


def possessive(name: str) -> str:
    """`Ada's`, `Ross'`."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"
