"""The rule on hour and weather: the day runs one way unless a jump is stated."""

from __future__ import annotations

from typing import get_args

from mvlocal.schema.story import Shot, TimeOfDay
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.hours import agrees, hours_told, weather_agrees, weather_told

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
    told = hours_told(shot.visual)
    if not agrees(told, shot.time_of_day):
        yield problem(
            "time-continuity", "error", [shot],
            f"the visual of {shot.id} says {min(told)}, but it is {shot.time_of_day}",
            "tell it at the hour of the shot, or change time_of_day",
        )  # fmt: skip
    sky = weather_told(shot.visual)
    if not weather_agrees(sky, shot.weather):
        yield problem(
            "time-continuity", "warning", [shot],
            f"the visual of {shot.id} says {min(sky)}, but the weather is {shot.weather}",
            "tell it in the weather of the shot, or change weather",
        )  # fmt: skip
