"""What a sentence says of the hour and the weather, and which agree.

It does not know shots or rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from mvlocal.schema.story import TimeOfDay, Weather
from mvlocal.story.senses import found, phrases_in, words_of

_NEAR: Mapping[TimeOfDay, frozenset[str]] = {
    "dawn": frozenset({"dawn", "morning"}), "morning": frozenset({"morning", "dawn"}),
    "noon": frozenset({"noon", "afternoon", "morning"}), "afternoon": frozenset({"afternoon", "noon"}),
    "dusk": frozenset({"dusk", "night"}), "night": frozenset({"night", "dusk"}),
}  # fmt: skip
_THINGS = frozenset({
    "gown", "dress", "suit", "coat", "star", "glory", "paper", "table", "train", "bus", "blue", "express", "cup",
    "plate", "mass",
})  # fmt: skip


@lru_cache(maxsize=16384)
def hours_told(text: str) -> frozenset[str]:
    """The hours that `text` names (`midnight`) or tells (`stars in the sky`); `a breakfast table` is a thing."""
    words = words_of(text)
    named = {name for word, name in found("times", text).items() if not _names_a_thing(words, word)}
    return frozenset(
        named | {hour for hour in ("night", "noon", "dusk", "dawn") if phrases_in(f"{hour}_phrases", text)}
    )


def _names_a_thing(words: tuple[str, ...], word: str) -> bool:
    n = words.index(word) if word in words else len(words)
    return n + 1 < len(words) and words[n + 1] in _THINGS


def agrees(told: frozenset[str], hour: TimeOfDay) -> bool:
    """Whether one of the hours told, if any is, may be `hour`."""
    return not told or not told.isdisjoint(_NEAR[hour])


@lru_cache(maxsize=16384)
def weather_told(text: str) -> frozenset[str]:
    """The weathers that `text` names or tells (`it is bucketing down`); wind goes with every other and is left out."""
    named = {name for word, name in found("weathers", text).items() if name != "wind" and word != "clear"}
    return frozenset(named | {w for w in ("rain", "snow", "fog", "clear") if phrases_in(f"{w}_weather_phrases", text)})


def weather_agrees(told: frozenset[str], weather: Weather) -> bool:
    """Whether the weather told, if any is, may be `weather`: mist lies in most, and a dry sky may be windy or grey."""
    if not told or weather in told:
        return True
    if told == frozenset({"fog"}):
        return weather in {"rain", "cloudy", "snow", "clear"}
    return told == frozenset({"clear"}) and weather in {"wind", "cloudy"}
