"""What a shot list alone tells of its song: how long it is, how many sections it has, where something is sung.

It does not know beats, words or sound.
"""

from __future__ import annotations

from collections.abc import Sequence

from mvlocal.schema.song import EnergyCurve, Section, SongMap, Span
from mvlocal.schema.story import Shot, StoryBible


def song_from_shots(bible: StoryBible, shots: Sequence[Shot]) -> SongMap:
    """A song without beats or lyrics whose sections are those of the shots; the shots with lines are sung."""
    end = max((shot.end_s for shot in shots if shot.end_s > 0), default=1.0)
    starts: dict[int, float] = {}
    for shot in shots:
        starts.setdefault(shot.section, max(shot.start_s, 0.0))
    last = max([*starts, *(act.last_section for act in bible.acts), 0])
    last = min(last, len(shots) + 2)  # a number far out is a mistake, which the rule on references names
    return SongMap(
        duration_s=end,
        tempo_bpm=0.0,
        beats_per_bar=4,
        beats=(),
        downbeats=(),
        sections=_sections(starts, last + 1, end),
        energy=EnergyCurve(step_s=end, values=(0.5,)),
        vocals=tuple(Span(start_s=s.start_s, end_s=s.end_s) for s in shots if s.lyric_lines and s.length_s > 0),
    )


def _sections(starts: dict[int, float], count: int, end: float) -> tuple[Section, ...]:
    """Sections in order; one that no shot starts shares the time up to the next one that does."""
    borders = [0.0]
    for n in range(1, count):
        borders.append(min(max(starts.get(n, borders[-1]), borders[-1]), end))
    return tuple(
        Section(start_s=start, end_s=stop, label="inst", energy=0.5)
        for start, stop in zip(borders, [*borders[1:], end], strict=True)
    )
