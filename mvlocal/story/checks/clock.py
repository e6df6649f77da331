"""The rule on hour and weather: the day runs one way unless a jump is stated."""

from __future__ import annotations

from typing import get_args

from mvlocal.schema.story import Shot, TimeOfDay
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import found, words_of

_HOURS: tuple[TimeOfDay, ...] = get_args(TimeOfDay)


def time_continuity(case: Case) -> Found:
    """The hour runs backwards, or weather and hour change within a scene, with no jump stated."""
    last: Shot | None = None
    for shot in case.shots:
        if shot.level == "present":
            if last is not None and not shot.jump:
                yield from _time_between(last, shot)
            last = shot
        yield from _time_in_words(shot)


def _time_between(before: Shot, shot: Shot) -> Found:
    steps = (_HOURS.index(shot.time_of_day) - _HOURS.index(before.time_of_day)) % len(_HOURS)
    if steps > 3:
        yield problem(
            "time-continuity", "error", [before, shot],
            f"it is {before.time_of_day} in {before.id} and {shot.time_of_day} in {shot.id}: the day runs backwards",
            "state the jump (`jump: the next day`), mark it level: memory, or keep the hour",
        )  # fmt: skip
    elif steps and before.section == shot.section and before.location == shot.location:
        yield problem(
            "time-continuity", "error", [before, shot],
            f"{before.time_of_day} becomes {shot.time_of_day} within one scene ({before.id}, {shot.id})",
            "keep the hour within a scene, or state the jump",
        )  # fmt: skip
    if before.weather != shot.weather and before.section == shot.section:
        yield problem(
            "time-continuity", "error", [before, shot],
            f"{before.weather} becomes {shot.weather} within one scene ({before.id}, {shot.id})",
            "keep the weather within a scene, or state the jump",
        )  # fmt: skip


def _time_in_words(shot: Shot) -> Found:
    words = words_of(shot.visual)
    said = {name for word, name in found("times", shot.visual).items() if not _names_a_thing(words, word)}
    said |= _hours_told(words)
    wrong = {name for name in said if not _near(name, shot.time_of_day)}
    if said and wrong == said:
        yield problem(
            "time-continuity", "error", [shot],
            f"the visual of {shot.id} says {sorted(wrong)[0]}, but it is {shot.time_of_day}",
            "tell it at the hour of the shot, or change time_of_day",
        )  # fmt: skip
    sky = set(found("weathers", shot.visual).values()) - {"wind"}
    if sky and shot.weather not in sky and not ({"fog"} == sky and shot.weather in {"rain", "cloudy", "snow", "clear"}):
        dry_only = sky == {"clear"} and shot.weather in {"wind", "cloudy"}
        if not dry_only:
            yield problem(
                "time-continuity", "warning", [shot],
                f"the visual of {shot.id} says {sorted(sky)[0]}, but the weather is {shot.weather}",
                "tell it in the weather of the shot, or change weather",
            )  # fmt: skip


def _names_a_thing(words: tuple[str, ...], word: str) -> bool:
    """`a breakfast table`, `the midnight train` are things, not hours."""
    n = words.index(word) if word in words else -1
    after = words[n + 1] if 0 <= n < len(words) - 1 else ""
    return after in _THINGS


def _hours_told(words: tuple[str, ...]) -> set[str]:
    """`at night`, `the night sky`, `under the sun`, `moon` tell the hour without naming it."""
    line = " " + " ".join(words) + " "
    told: set[str] = set()
    for phrase in (
        " at night ",
        " by night ",
        " night sky ",
        " in the night ",
        " dead of night ",
        " full moon ",
        " under the stars ",
    ):
        if phrase in line:
            told.add("night")
    for phrase in (
        " broad daylight ",
        " blazing sun ",
        " high sun ",
        " midday sun ",
        " noon sun ",
        " bright sunshine ",
        " harsh sun ",
    ):
        if phrase in line:
            told.add("noon")
    for phrase in (" setting sun ", " sun sets ", " sun goes down "):
        if phrase in line:
            told.add("dusk")
    for phrase in (" rising sun ", " sun rises ", " sun comes up ", " first light "):
        if phrase in line:
            told.add("dawn")
    return told


def _near(name: str, hour: TimeOfDay) -> bool:
    kin = {
        "dawn": {"dawn", "morning"}, "morning": {"morning", "dawn"}, "noon": {"noon", "afternoon", "morning"},
        "afternoon": {"afternoon", "noon"}, "dusk": {"dusk", "night"}, "night": {"night", "dusk"},
    }  # fmt: skip
    return hour in kin[name]


_THINGS = frozenset({
    "gown", "dress", "suit", "coat", "star", "glory", "paper", "table", "train", "bus", "blue", "express", "cup",
    "plate", "mass",
})  # fmt: skip
