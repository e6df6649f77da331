"""Whether an image fits where it is wanted: its hour, its weather, indoors or out, and words a model can use.

It does not know what has been shown before.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mvlocal.story.hours import agrees, hours_told, weather_agrees, weather_told
from mvlocal.story.scenery import Scene
from mvlocal.story.senses import among, phrases_in
from mvlocal.story.vocabulary import ImageText, Place

_DAY_WORDS = frozenset({"sun", "sunlight", "sunshine", "daylight", "noon", "morning", "swifts"})
_NIGHT_WORDS = frozenset({"moon", "moonlight", "stars", "star", "midnight", "starlight"})
_WEATHER_WORDS = {
    "rain": "rain", "umbrella": "rain", "puddle": "rain", "snow": "snow", "snowflake": "snow", "mist": "fog",
    "fog": "fog",
}  # fmt: skip
_HOUSE_WORDS = frozenset({
    "sill", "floor", "ceiling", "bed", "sink", "stairs", "hall", "drawer", "wallpaper", "lampshade", "curtain",
    "gutter", "pavement", "doorstep", "shelf", "receiver", "latch",
})  # fmt: skip
_OUTDOOR_WORDS = frozenset({"rain", "snow", "wind", "snowflake", "grass", "wave", "waves", "tide", "horizon"})


def fits(image: ImageText, scene: Scene, place: Place) -> bool:
    """Whether `image` can be seen in `place` at the hour and in the weather of `scene`."""
    words = set(re.findall(r"[a-z]+", image.text.lower()))
    if not agrees(hours_told(image.text), scene.time) or _wrong_light(words, scene):
        return False
    if not weather_agrees(weather_told(image.text), scene.weather):
        return False
    asked = {_WEATHER_WORDS[word] for word in words if word in _WEATHER_WORDS}
    if asked and scene.weather not in asked:
        return False
    if place.setting == "wild" and words & _HOUSE_WORDS:
        return False
    inside = place.setting == "indoors" and place.kind != "train"
    return not (inside and "{spot}" in image.text and words & _OUTDOOR_WORDS) and not unfit_wording(image.text)


def _wrong_light(words: set[str], scene: Scene) -> bool:
    if scene.time == "night":
        return bool(words & _DAY_WORDS)
    return scene.time in {"morning", "noon", "afternoon"} and bool(words & _NIGHT_WORDS)


@lru_cache(maxsize=16384)
def unfit_wording(text: str) -> bool:
    """Words that mean nothing to a model that sees one shot alone, or that ask it for what it draws badly."""
    return any(
        among(family, text) for family in ("relative", "writing", "risk_crowds", "risk_mirrors", "risk_text")
    ) or any(
        phrases_in(family, text) for family in ("relative_phrases", "writing_phrases", "camera_phrases", "risk_phrases")
    )
