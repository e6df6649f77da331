"""The whole hearing of a song: samples and lyrics to a SongMap. It decodes nothing and picks no backend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mvlocal.errors import InputError
from mvlocal.schema.song import EnergyCurve, LyricLine, Section, SongMap
from mvlocal.song.energy import features_to_energy
from mvlocal.song.features import SongFeatures, measure_song
from mvlocal.song.form import label_lines, relabel_by_lyrics, split_at_stanzas
from mvlocal.song.lyric_times import PlacedLyrics, SongFrame, Stretch, block_labels, place_lyrics
from mvlocal.song.lyrics.model import Lyrics
from mvlocal.song.sections import Segment, find_segments, label_segments, segments_to_sections
from mvlocal.song.vocals import find_vocals, voice_activity

SHORTEST_SONG_S = 1.0

Progress = Callable[[float, str], None]

Note = tuple[str, str, str]
"""A warning: what, where, mend."""


class Grid(Protocol):
    """Beats and downbeats in seconds, as a tracker returns them."""

    @property
    def beats(self) -> NDArray[np.float64]: ...
    @property
    def downbeats(self) -> NDArray[np.float64]: ...
    @property
    def beats_per_bar(self) -> int: ...


class TracksBeats(Protocol):
    """Any beat backend."""

    @property
    def name(self) -> str: ...
    def track_beats(self, samples: NDArray[np.float32], sample_rate_hz: int) -> Grid: ...


@dataclass(frozen=True, slots=True)
class SongAnalysis:
    """The map, and what its reader should know: a silent song, no pulse, lines without a place."""

    song_map: SongMap
    warnings: tuple[Note, ...] = ()


def make_song_map(
    samples: NDArray[np.float32],
    sample_rate_hz: int,
    duration_s: float,
    tracker: TracksBeats,
    *,
    lyrics: Lyrics | None = None,
    progress: Progress | None = None,
) -> SongAnalysis:
    """Hears mono `samples` (n,) in [-1, 1] of a song of `duration_s` seconds.

    A silent song gives an empty grid, one `inst` section and a warning.

    Raises:
        InputError: shorter than a second, or samples that are not finite.
    """
    _check(samples, duration_s)
    tell: Progress = progress or (lambda _fraction, _note: None)
    tell(0.0, "listening")
    features = measure_song(samples, sample_rate_hz, lambda done: tell(0.4 * done, "listening"))
    if features.silent:
        return _silent_map(duration_s, tracker.name, lyrics)
    tell(0.4, "beats")
    grid = _clean_grid(tracker.track_beats(samples, sample_rate_hz), duration_s)
    tell(0.75, "sections")
    energy = features_to_energy(features)
    voice = voice_activity(features)
    segments = _cover(find_segments(features, grid.downbeats, energy, voice), duration_s)
    sections = segments_to_sections(segments, label_segments(segments))
    vocals = find_vocals(voice, duration_s)
    tell(0.9, "lyrics")
    stretches = [
        Stretch(section.start_s, section.end_s, section.label, segment.group)
        for section, segment in zip(sections, segments, strict=True)
    ]
    placed = _place(lyrics, stretches, grid, voice, duration_s)
    if lyrics is not None:
        sections = _correct_sections(sections, lyrics, placed, grid, energy)
    song_map = SongMap(
        duration_s=duration_s,
        tempo_bpm=grid.tempo_bpm,
        beats_per_bar=grid.beats_per_bar,
        beats=grid.beats,
        downbeats=grid.downbeats,
        sections=sections,
        energy=energy,
        vocals=vocals,
        lyrics=placed.lines,
        unplaced_lyrics=placed.unplaced,
        backends=_backends(tracker.name, lyrics),
    )
    tell(1.0, "heard")
    return SongAnalysis(song_map, _warnings(grid, features, placed, lyrics))


@dataclass(frozen=True, slots=True)
class _CleanGrid:
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    beats_per_bar: int

    @property
    def tempo_bpm(self) -> float:
        if len(self.beats) < 2:
            return 0.0
        return round(60.0 / float(np.median(np.diff(self.beats))), 2)


def _check(samples: NDArray[np.float32], duration_s: float) -> None:
    if duration_s < SHORTEST_SONG_S or len(samples) == 0:
        what = f"the song lasts {duration_s:.2f} s; at least {SHORTEST_SONG_S:g} s is needed"
        raise InputError(what, mend="give the whole song; check that the file is not cut off")
    if not np.isfinite(samples).all():
        raise InputError("the song holds samples that are not numbers", mend="export the song again as WAV or FLAC")


def _clean_grid(grid: Grid, duration_s: float) -> _CleanGrid:
    """Any tracker's grid inside the song, rounded to 0.1 ms, downbeats among the beats."""
    beats = np.unique(np.round(np.asarray(grid.beats, np.float64), 4))
    beats = beats[(beats >= 0) & (beats < duration_s)]
    downbeats = np.intersect1d(np.round(np.asarray(grid.downbeats, np.float64), 4), beats)
    return _CleanGrid(tuple(beats.tolist()), tuple(downbeats.tolist()), int(grid.beats_per_bar))


def _cover(segments: tuple[Segment, ...], duration_s: float) -> tuple[Segment, ...]:
    """Segments that end exactly where the song does, whatever the sample count rounds to."""
    last = segments[-1]
    end = Segment(last.start_s, duration_s, last.first, last.last, last.energy, last.sung, last.group)
    return (*segments[:-1], end)


def _place(
    lyrics: Lyrics | None,
    stretches: list[Stretch],
    grid: _CleanGrid,
    voice: NDArray[np.float64],
    duration_s: float,
) -> PlacedLyrics:
    if lyrics is None:
        return PlacedLyrics((), (), ())
    frame = SongFrame(
        duration_s=duration_s,
        voice=voice,
        beats=grid.beats,
        downbeats=grid.downbeats,
        stretches=stretches,
    )
    return place_lyrics(lyrics, frame)


def _correct_sections(
    sections: tuple[Section, ...], lyrics: Lyrics, placed: PlacedLyrics, grid: _CleanGrid, energy: EnergyCurve
) -> tuple[Section, ...]:
    told = any(block.label for block in lyrics.blocks)
    lines = label_lines(placed.lines, placed.blocks, block_labels(lyrics), told=told)
    if lyrics.timed:
        sections = split_at_stanzas(sections, lines, grid.downbeats, energy)
    return relabel_by_lyrics(sections, lines)


def _backends(tracker: str, lyrics: Lyrics | None) -> dict[str, str]:
    used = {"beats": tracker}
    if lyrics is not None:
        used["lyrics"] = lyrics.format if lyrics.timed else "aligned without models"
    return used


def _silent_map(duration_s: float, tracker: str, lyrics: Lyrics | None) -> SongAnalysis:
    count = max(int(np.ceil(duration_s / 0.1)), 1)
    frame = SongFrame(duration_s, np.zeros(count), (), (), ())
    timed = lyrics if lyrics is not None and lyrics.timed else None
    placed = place_lyrics(timed, frame) if timed else PlacedLyrics((), (), ())
    unplaced = placed.unplaced if timed or lyrics is None else tuple(line.text for line in lyrics.lines)
    lines: tuple[LyricLine, ...] = placed.lines
    song_map = SongMap(
        duration_s=duration_s,
        tempo_bpm=0.0,
        beats_per_bar=4,
        beats=(),
        downbeats=(),
        sections=(Section(label="inst", start_s=0.0, end_s=duration_s, energy=0.0),),
        energy=EnergyCurve(step_s=0.1, values=(0.0,) * count),
        lyrics=lines,
        unplaced_lyrics=unplaced,
        backends=_backends(tracker, lyrics),
    )
    silent = ("the song is silent: there are no beats or sections to cut on", "", "check that it is the right file")
    return SongAnalysis(song_map, (silent, *_unplaced_warning(unplaced)))


def _warnings(
    grid: _CleanGrid, features: SongFeatures, placed: PlacedLyrics, lyrics: Lyrics | None
) -> tuple[Note, ...]:
    found: list[Note] = []
    if not grid.beats:
        found.append(("no steady pulse was heard, so there are no beats to cut on", "", "mark beats by hand"))
    if lyrics is not None and not lyrics.timed and float(features.wobble.mean()) < 0.03:
        what = "hardly any singing was heard: the times of the lyrics are guesses"
        found.append((what, "", "give the lyrics as LRC"))
    return (*found, *_unplaced_warning(placed.unplaced))


def _unplaced_warning(unplaced: tuple[str, ...]) -> tuple[Note, ...]:
    if not unplaced:
        return ()
    count = "1 lyric line has" if len(unplaced) == 1 else f"{len(unplaced)} lyric lines have"
    what = f"{count} no place in the song; the first is {unplaced[0][:60]!r}"
    return ((what, "lyrics", "check that lyrics and song belong together"),)
