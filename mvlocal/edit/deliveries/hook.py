"""Chooses the stretch of a song that stands for it: where it starts, how long it lasts, and why. Pure.

A stretch begins and ends on downbeats. It scores by its energy against the song's, by how much of it is chorus and
sung, by whether it opens with energy, begins a section or a phrase, ends with one, and cuts no line in two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mvlocal.schema.song import SongMap

OPENING_S = 3.0
"""Whoever scrolls past decides within this time."""
_NEAR_S = 0.25
_FARTHEST_S = 8.0
"""Marks that lie farther apart than this on average are no grid: who found them lost count."""
_MOST_STARTS = 400
_PICKUP_S = 0.6
"""A line that begins so shortly before a stretch ends is the next one's: the stretch ends before it."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Song seconds `start_s` to `end_s`, its score (higher is better) and the reasons in words."""

    start_s: float
    end_s: float
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HookWish:
    """Lengths allowed, in seconds, the length wished for (nearer is better), and where it must start, if anywhere."""

    shortest_s: float
    longest_s: float
    wished_s: float
    from_s: float | None = None


def choose_hook(song: SongMap, wish: HookWish) -> Hook:
    """The best stretch of a song. A song as short as that is its own hook.

    Where downbeats are missing or few it begins on a beat, without beats at a section; a song that has none of them in
    reach is cut where the wish says.
    """
    if song.duration_s <= wish.longest_s and wish.from_s is None:
        return Hook(0.0, song.duration_s, 0.0, ("the whole song is short enough",))
    grid, kind = _grid(song)
    starts = _starts(song, wish, grid)
    found = [
        hook
        for start in starts
        for end in _ends(grid, start, song.duration_s, wish)
        if (hook := _judged(song, wish, start, end, kind))
    ]
    return _before_pickup(song, max(found, key=lambda hook: (hook.score, -hook.start_s)))


def _before_pickup(song: SongMap, hook: Hook) -> Hook:
    """The stretch without the first words of a line that comes after it: they would be seen and not heard out."""
    early = [line.start_s for line in song.lyrics if hook.end_s - _PICKUP_S <= line.start_s < hook.end_s < line.end_s]
    if not early:
        return hook
    why = f"ends {hook.end_s - early[0]:.2f} s before its last mark, where the next line begins"
    return Hook(hook.start_s, early[0], hook.score, (*hook.why, why))


def _grid(song: SongMap) -> tuple[Sequence[float], str]:
    for marks, kind in ((song.downbeats, "a downbeat"), (song.beats, "a beat")):
        if len(marks) > 1 and len(marks) * _FARTHEST_S >= song.duration_s:
            return marks, kind
    return [section.start_s for section in song.sections], "a section's start"


def _starts(song: SongMap, wish: HookWish, grid: Sequence[float]) -> list[float]:
    """Where a stretch may start: on the grid, early enough to be long enough; thinned in very long songs."""
    if wish.from_s is not None:
        near = min(grid, key=lambda t: abs(t - (wish.from_s or 0.0)), default=wish.from_s)
        return [min(near, max(song.duration_s - wish.shortest_s, 0.0))]
    fitting = [t for t in grid if t + wish.shortest_s <= song.duration_s] or [0.0]
    return list(fitting[:: -(-len(fitting) // _MOST_STARTS)])


def _ends(grid: Sequence[float], start: float, duration_s: float, wish: HookWish) -> list[float]:
    limit = min(start + wish.longest_s, duration_s)
    ends = [t for t in (*grid, duration_s) if start + wish.shortest_s <= t <= limit]
    return ends or [min(start + wish.wished_s, limit)]


def _judged(song: SongMap, wish: HookWish, start: float, end: float, kind: str) -> Hook:
    energy, whole = _energy(song, start, end), _energy(song, 0.0, song.duration_s)
    opening = _energy(song, start, min(start + OPENING_S, end))
    chorus = _share(song, start, end, {"chorus"})
    sung = _sung(song, start, end)
    split = _lines_split(song, start, end)
    section = next((s for s in song.sections if abs(s.start_s - start) < _NEAR_S), None)
    ends_section = any(abs(s.end_s - end) < _NEAR_S for s in song.sections)
    length = 1 - abs(end - start - wish.wished_s) / max(wish.wished_s, 1e-9)
    score = (
        2.0 * (energy - whole)
        + 0.8 * (opening - whole)
        + 1.2 * chorus
        + 0.4 * sung
        + 0.35 * (section is not None)
        + 0.25 * ends_section
        + 0.3 * length
        - 0.3 * split
    )
    why = [f"starts on {kind} at {start:.2f} s", f"{end - start:.1f} s long"]
    if section is not None:
        why.append(f"opens with the {section.label} at {section.start_s:.1f} s")
    why.append(f"energy {energy:.2f} against the song's {whole:.2f}, {opening:.2f} in its first {OPENING_S:g} s")
    why.append(f"{chorus:.0%} chorus, {sung:.0%} sung")
    if ends_section:
        why.append("ends with a section")
    if split:
        why.append(f"cuts {split} sung line" + ("s" if split > 1 else ""))
    return Hook(start, end, round(score, 4), tuple(why))


def _energy(song: SongMap, start: float, end: float) -> float:
    """Mean energy of a stretch, 0 to 1."""
    curve = np.asarray(song.energy.values, np.float64)
    if not len(curve):
        return 0.0
    first = min(int(start / song.energy.step_s), len(curve) - 1)
    last = min(max(int(np.ceil(end / song.energy.step_s)), first + 1), len(curve))
    return float(curve[first:last].mean())


def _share(song: SongMap, start: float, end: float, labels: set[str]) -> float:
    """How much of a stretch lies in sections of these labels, 0 to 1."""
    inside = sum(max(min(s.end_s, end) - max(s.start_s, start), 0.0) for s in song.sections if s.label in labels)
    return inside / max(end - start, 1e-9)


def _sung(song: SongMap, start: float, end: float) -> float:
    spans = song.vocals or song.lyrics
    inside = sum(max(min(s.end_s, end) - max(s.start_s, start), 0.0) for s in spans)
    return min(inside / max(end - start, 1e-9), 1.0)


def _lines_split(song: SongMap, start: float, end: float) -> int:
    """Sung lines that begin before an end of the stretch and end after it; one that hardly began is left out of it."""
    return sum(
        line.start_s < t - early_s and line.end_s > t + _NEAR_S
        for line in song.lyrics
        for t, early_s in ((start, _NEAR_S), (end, _PICKUP_S))
    )
