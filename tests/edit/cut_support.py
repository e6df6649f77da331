"""A song map and a cut with known beats, sections, words and transitions, for the tests of the edit."""

from __future__ import annotations

from itertools import pairwise

from mvlocal.edit.handover.cut_list import CutList, Media, Show, cut_list_of
from mvlocal.schema.edit import Timeline, TimelineClip, TimelineJoin
from mvlocal.schema.song import EnergyCurve, LyricLine, LyricWord, Section, SongMap

BEAT_S = 0.5
SECTIONS = (
    ("verse", 0.0, 16.0, 0.3),
    ("chorus", 16.0, 32.0, 0.9),
    ("verse", 32.0, 48.0, 0.4),
    ("outro", 48.0, 60.0, 0.1),
)


def song_map(duration_s: float = 60.0, *, beats: bool = True, lyrics: bool = True) -> SongMap:
    """Four beats a bar at 120 a minute from 0 on, with a loud chorus from 16 to 32 s."""
    grid = tuple(n * BEAT_S for n in range(int(duration_s / BEAT_S))) if beats else ()
    sections = [
        Section(label=label, start_s=a, end_s=min(b, duration_s), energy=e)  # type: ignore[arg-type]
        for label, a, b, e in SECTIONS
        if a < duration_s
    ]
    sections[-1] = sections[-1].model_copy(update={"end_s": duration_s})
    energy = tuple(next(s.energy for s in sections if n < s.end_s) for n in range(int(duration_s)))
    words = (
        LyricWord(text="Hold", start_s=16.0, end_s=16.4),
        LyricWord(text="{on}", start_s=16.6, end_s=17.0),
        LyricWord(text="<me>", start_s=17.0, end_s=18.5),
    )
    lines = (
        LyricLine(text="Rain & wind --> home", start_s=2.0, end_s=4.0, confidence=1),
        LyricLine(text="Hold {on} <me>", start_s=16.0, end_s=18.5, confidence=1, words=words),
        LyricLine(text="Ünder\nthe | bridge", start_s=18.0, end_s=21.0, confidence=1),
    )
    return SongMap(
        duration_s=duration_s,
        tempo_bpm=120 if beats else 0,
        beats_per_bar=4,
        beats=grid,
        downbeats=grid[::4],
        sections=tuple(sections),
        energy=EnergyCurve(step_s=1.0, values=energy),
        lyrics=tuple(line for line in lines if line.start_s < duration_s) if lyrics else (),
        language="en",
    )


def timeline(fps: str = "24", *, joins: bool = True) -> Timeline:
    """Five clips over 200 frames; a dissolve into the third, a whip into the fifth."""
    borders = (0, 31, 75, 100, 163, 200)
    clips = tuple(TimelineClip(shot=f"s{n + 1:02d}", start=a, end=b) for n, (a, b) in enumerate(pairwise(borders)))
    made = (
        TimelineJoin(shot="s03", kind="dissolve", start=70, end=81),
        TimelineJoin(shot="s05", kind="whip", start=160, end=166),
    )
    return Timeline(fps=fps, clips=clips, joins=made if joins else ())


def cut_list(fps: str = "24", *, handles: int = 12, joins: bool = True) -> CutList:
    """The cut of that timeline with separate clips of `handles` frames more on both sides."""
    made = timeline(fps, joins=joins)
    media = {
        clip.shot: Media(f"clips/{clip.shot}.mp4", clip.end - clip.start + 2 * handles, handles) for clip in made.clips
    }
    show = Show("Cut & Paste", 1280, 720, (), song_map(), "../my%20song.wav", media, joined=False)
    return cut_list_of(made, show)
