"""Rules on time: the song is tiled, shots are long enough and not too long, cuts lie on beats."""

from __future__ import annotations

from mvlocal.story.checks.case import Case, Found, problem


def coverage(case: Case) -> Found:
    """Gaps, overlaps, shots outside the song, shots out of order; the song's time not covered exactly."""
    half = 0.5 * case.limits.rate.frame_s
    end = case.song.duration_s
    if not case.shots:
        yield problem("coverage", "error", (), "the plan has no shots", "run `plan --rewrite`")
        return
    first, last = case.shots[0], case.shots[-1]
    if first.start_s > half:
        yield problem(
            "coverage", "error", [first], f"nothing is shown from 0 to {first.start_s:.3f} s",
            f"start {first.id} at 0",
        )  # fmt: skip
    if abs(last.end_s - end) > half:
        what = "runs past the end of" if last.end_s > end else "ends before"
        yield problem(
            "coverage", "error", [last], f"{last.id} ends at {last.end_s:.3f} s and {what} the song ({end:.3f} s)",
            f"end {last.id} at {end:.3f}",
        )  # fmt: skip
    for shot in case.shots:
        if shot.length_s <= 0 or (shot is not last and shot.end_s > end + half):
            yield problem(
                "coverage", "error", [shot],
                f"{shot.id} spans {shot.start_s:.3f} to {shot.end_s:.3f} s, in a song of {end:.3f} s",
                "give it a time within the song",
            )  # fmt: skip
    for before, after in case.pairs():
        gap = after.start_s - before.end_s
        if abs(gap) > half:
            what = "a gap" if gap > 0 else "an overlap"
            yield problem(
                "coverage", "error", [before, after], f"{what} of {abs(gap):.3f} s between {before.id} and {after.id}",
                f"end {before.id} where {after.id} starts ({after.start_s:.3f})",
            )  # fmt: skip
    for shot in case.shots:
        if shot.section < len(case.song.sections):
            section = case.song.sections[shot.section]
            inside = min(shot.end_s, section.end_s) - max(shot.start_s, section.start_s)
            if inside <= 0:
                yield problem(
                    "coverage", "error", [shot],
                    f"{shot.id} is filed under section {shot.section} ({section.label}), which it does not touch",
                    f"set its section to {case.song.section_at(0.5 * (shot.start_s + shot.end_s))}",
                )  # fmt: skip


def shot_length(case: Case) -> Found:
    """Shorter than a beat, or longer than the backend can hold."""
    half = 0.5 * case.limits.rate.frame_s
    for shot in case.shots:
        if shot.length_s > case.limits.max_shot_s + half:
            yield problem(
                "shot-length", "error", [shot],
                f"{shot.id} lasts {shot.length_s:.2f} s; the longest possible is {case.limits.max_shot_s:g} s",
                "split it at a beat, or raise cuts.max_s if the backend allows it",
            )  # fmt: skip
        beat = case.beat_s(shot.start_s)
        if 0 < shot.length_s < min(beat, 1.0) - 2 * half:
            yield problem(
                "shot-length", "warning" if shot.free_cut else "error", [shot],
                f"{shot.id} lasts {shot.length_s:.2f} s, less than a beat ({beat:.2f} s)",
                "join it to a neighbour",
            )  # fmt: skip


def cut_on_beat(case: Case) -> Found:
    """A cut further than half a frame from every beat, unless it is marked free."""
    half = 0.5 * case.limits.rate.frame_s
    for shot in case.shots[1:]:
        if shot.free_cut:
            continue
        near = case.beat_near(shot.start_s)
        if near is None:
            yield problem(
                "cut-on-beat", "error", [shot], f"{shot.id} is cut to a beat, but the song has none",
                "mark it free_cut: true",
            )  # fmt: skip
        elif abs(near - shot.start_s) > half:
            yield problem(
                "cut-on-beat", "error", [shot],
                f"{shot.id} starts at {shot.start_s:.3f} s; the nearest beat is at {near:.3f} s",
                f"start it at {near:.3f}, or mark it free_cut: true",
            )  # fmt: skip
