"""The whole hearing of a song: samples and lyrics to a SongMap. It decodes nothing and picks no backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mvlocal.errors import InputError
from mvlocal.schema.song import EnergyCurve, Section, SongMap
from mvlocal.song.energy import features_to_energy
from mvlocal.song.features import SongFeatures, measure_song
from mvlocal.song.form import label_lines, relabel_by_lyrics, split_at_stanzas
from mvlocal.song.heard_lines import AlignsLyrics, Transcribes, align_lines, write_down
from mvlocal.song.hearing_notes import HARDLY_SUNG, NO_PULSE, NO_WORDS, SILENT, Note, note_unplaced
from mvlocal.song.lyric_times import place_lyrics
from mvlocal.song.lyrics.model import Lyrics
from mvlocal.song.placing import PlacedLyrics, SongFrame, Stretch
from mvlocal.song.registers import add_registers
from mvlocal.song.sections import Segment, find_segments, label_segments, segments_to_sections
from mvlocal.song.stanzas import block_labels
from mvlocal.song.syllables import count_syllables
from mvlocal.song.vocals import Voice, find_vocals, hear_voice, is_hardly_sung

SHORTEST_SONG_S = 1.0
WITHOUT_MODELS = "aligned without models"

Progress = Callable[[float, str], None]


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


@runtime_checkable
class TracksFeatures(Protocol):
    """A beat backend content with the features that this room measures anyway."""

    def track_features(self, features: SongFeatures) -> Grid: ...


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
    voice_samples: NDArray[np.float32] | None = None,
    aligner: AlignsLyrics | None = None,
    transcriber: Transcribes | None = None,
    progress: Progress | None = None,
) -> SongAnalysis:
    """Hears mono `samples` (n,) in [-1, 1] of a song of `duration_s` seconds.

    `voice_samples` (n,) is the voice's own stem at the same rate: where it is given, singing, pitch and words are
    heard on it. `aligner` times plain lyrics, which else are placed without a model; `transcriber` writes down what
    is sung where no lyrics are given. A silent song gives an empty grid, one `inst` section and a warning.

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
    heard = tracker.track_features(features) if isinstance(tracker, TracksFeatures) else None
    grid = _clean_grid(heard or tracker.track_beats(samples, sample_rate_hz), duration_s)
    tell(0.75, "sections")
    energy = features_to_energy(features)
    voice = hear_voice(samples, sample_rate_hz, features, stem=voice_samples, syllables=_syllables(lyrics))
    segments = _cover(find_segments(features, grid.downbeats, energy, voice.activity), duration_s)
    sections = segments_to_sections(segments, label_segments(segments))
    tell(0.85, "lyrics")
    frame = SongFrame(duration_s, voice.activity, grid.beats, grid.downbeats, _stretches(sections, segments))
    clearest = samples if voice_samples is None else voice_samples
    words = _find_words(lyrics, frame, aligner, transcriber, (clearest, sample_rate_hz))
    if words.lyrics is not None:
        sections = _correct_sections(sections, words.lyrics, words.placed, grid, energy)
    song_map = SongMap(
        duration_s=duration_s,
        tempo_bpm=grid.tempo_bpm,
        beats_per_bar=grid.beats_per_bar,
        beats=grid.beats,
        downbeats=grid.downbeats,
        sections=sections,
        energy=energy,
        vocals=find_vocals(voice.activity, duration_s),
        lyrics=add_registers(words.placed.lines, voice.singing, voice.activity),
        unplaced_lyrics=words.placed.unplaced,
        language=words.language,
        backends={"beats": tracker.name, **words.backend},
    )
    tell(1.0, "heard")
    return SongAnalysis(song_map, _warnings(grid, voice, words))


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


def _syllables(lyrics: Lyrics | None) -> int:
    return sum(count_syllables(line.text) for line in lyrics.lines) if lyrics is not None else 0


def _stretches(sections: Sequence[Section], segments: Sequence[Segment]) -> list[Stretch]:
    pairs = zip(sections, segments, strict=True)
    return [Stretch(section.start_s, section.end_s, section.label, segment.group) for section, segment in pairs]


@dataclass(frozen=True, slots=True)
class _Words:
    """The song's words and places, and who found them (`backend`: the document's entry, or empty)."""

    lyrics: Lyrics | None
    placed: PlacedLyrics
    backend: dict[str, str]
    language: str | None = None


def _find_words(
    lyrics: Lyrics | None,
    frame: SongFrame,
    aligner: AlignsLyrics | None,
    transcriber: Transcribes | None,
    heard: tuple[NDArray[np.float32], int],
) -> _Words:
    """Timed lyrics as they are; plain ones aligned; none given: written down where someone can, on `heard`."""
    samples, sample_rate_hz = heard
    if lyrics is None and transcriber is not None:
        found = write_down(transcriber, samples, sample_rate_hz, frame.duration_s)
        told = {"lyrics": f"transcribed by {transcriber.name}"}
        return _Words(found.lyrics, found.placed, told, found.language)
    if lyrics is None:
        return _Words(None, PlacedLyrics((), (), ()), {})
    if aligner is not None and not lyrics.timed:
        placed = align_lines(lyrics, aligner, samples, sample_rate_hz, frame.duration_s)
        return _Words(lyrics, placed, {"lyrics": aligner.name})
    told = {"lyrics": lyrics.format if lyrics.timed else WITHOUT_MODELS}
    return _Words(lyrics, place_lyrics(lyrics, frame), told)


def _correct_sections(
    sections: tuple[Section, ...], lyrics: Lyrics, placed: PlacedLyrics, grid: _CleanGrid, energy: EnergyCurve
) -> tuple[Section, ...]:
    told = any(block.label for block in lyrics.blocks)
    lines = label_lines(placed.lines, placed.blocks, block_labels(lyrics), told=told)
    if lyrics.timed:
        sections = split_at_stanzas(sections, lines, grid.downbeats, energy)
    return relabel_by_lyrics(sections, lines)


def _silent_map(duration_s: float, tracker: str, lyrics: Lyrics | None) -> SongAnalysis:
    """One unsung section; lyrics with times of their own keep them, others have no place."""
    count = max(int(np.ceil(duration_s / 0.1)), 1)
    words = _Words(None, PlacedLyrics((), (), ()), {})
    if lyrics is not None and lyrics.timed:
        frame = SongFrame(duration_s, np.zeros(count), (), (), ())
        words = _find_words(lyrics, frame, None, None, (np.zeros(0, np.float32), 1))
    elif lyrics is not None:
        unplaced = tuple(line.text for line in lyrics.lines)
        words = _Words(lyrics, PlacedLyrics((), (), unplaced), {"lyrics": WITHOUT_MODELS})
    song_map = SongMap(
        duration_s=duration_s,
        tempo_bpm=0.0,
        beats_per_bar=4,
        beats=(),
        downbeats=(),
        sections=(Section(label="inst", start_s=0.0, end_s=duration_s, energy=0.0),),
        energy=EnergyCurve(step_s=0.1, values=(0.0,) * count),
        lyrics=words.placed.lines,
        unplaced_lyrics=words.placed.unplaced,
        backends={"beats": tracker, **words.backend},
    )
    return SongAnalysis(song_map, (SILENT, *note_unplaced(words.placed.unplaced)))


def _warnings(grid: _CleanGrid, voice: Voice, words: _Words) -> tuple[Note, ...]:
    found: list[Note] = []
    if not grid.beats:
        found.append(NO_PULSE)
    if words.lyrics is None:
        found.append(NO_WORDS)
    elif words.backend["lyrics"] == WITHOUT_MODELS and is_hardly_sung(voice):
        found.append(HARDLY_SUNG)
    return (*found, *note_unplaced(words.placed.unplaced))
