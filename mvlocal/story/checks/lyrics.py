"""Rules on the sung lines: in order, at their own times, none lost."""

from __future__ import annotations

from mvlocal.schema.story import Shot
from mvlocal.story.checks.case import Case, Found, problem

_SLACK_S = 0.35


def lyric_order(case: Case) -> Found:
    """Lines out of order, unknown, or given to a shot at another time (the wrong occurrence of a chorus)."""
    count = len(case.song.lyrics)
    highest = -1
    for shot in case.shots:
        known = [n for n in shot.lyric_lines if 0 <= n < count]
        for n in shot.lyric_lines:
            if not 0 <= n < count:
                yield problem(
                    "lyric-order", "error", [shot], f"{shot.id} names line {n}; the song has lines 0 to {count - 1}",
                    "use the number of a line that exists",
                )  # fmt: skip
        if list(known) != sorted(set(known)) or (known and known[0] < highest):
            yield problem(
                "lyric-order", "error", [shot], f"the lines of {shot.id} are out of order ({list(shot.lyric_lines)})",
                "put the lines in the order in which they are sung",
            )  # fmt: skip
        highest = max([highest, *known])
        for n in known:
            yield from _at_its_time(case, shot, n)


def _at_its_time(case: Case, shot: Shot, n: int) -> Found:
    line = case.song.lyrics[n]
    if shot.start_s < line.end_s + _SLACK_S and line.start_s - _SLACK_S < shot.end_s:
        return
    text = line.text.casefold()
    here = [
        k
        for k, other in enumerate(case.song.lyrics)
        if other.text.casefold() == text and shot.start_s < other.end_s and other.start_s < shot.end_s
    ]
    told = f"line {n} (“{line.text[:60]}”) is sung at {line.start_s:.2f} s"
    if here:
        yield problem(
            "lyric-order", "error", [shot], f"{shot.id} has the wrong occurrence: {told}; sung here is line {here[0]}",
            f"use line {here[0]}",
        )  # fmt: skip
    else:
        yield problem(
            "lyric-order", "error", [shot], f"{shot.id} depicts a line that is not sung in it: {told}",
            "move the line to the shot in which it is sung",
        )  # fmt: skip


def lyric_coverage(case: Case) -> Found:
    """Lines that no shot depicts and nothing explains, under the literalness that is set."""
    covered = {n for shot in case.shots for n in shot.lyric_lines}
    explained = {skip.line for skip in case.skipped if skip.why}
    for n, line in enumerate(case.song.lyrics):
        if n in covered:
            continue
        section = case.song.sections[case.song.section_at(line.start_s)]
        literalness = case.limits.brief.literalness_by_section.get(section.label, case.limits.brief.literalness)
        if n in explained and literalness < 0.95:
            continue
        around = [shot for shot in case.shots if shot.start_s < line.end_s and line.start_s < shot.end_s]
        yield problem(
            "lyric-coverage", "error" if literalness >= 0.5 else "warning", around,
            f"line {n} (“{line.text[:60]}”) is sung from {line.start_s:.2f} s and no shot depicts it",
            f"add {n} to the lines of the shot there, or list it under `skipped` with the reason",
        )  # fmt: skip
