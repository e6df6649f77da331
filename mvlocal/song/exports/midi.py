"""A SongMap as a MIDI tempo map: tempo of every beat, metre, section markers, lyrics, one note. It reads nothing back.

Tick 0 is second 0 of the song. A stretch before the first beat counts as whole beats of its own tempo, so that beats
stand on beats and downbeats on bar lines.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from mido import MetaMessage, MidiFile, MidiTrack
from mido.messages import Message

from mvlocal.schema.song import SongMap

TICKS_PER_BEAT = 960

_SLOWEST_BEAT_S = 15.0
"""MIDI holds a beat's length in 24 bits of microseconds: 16.7 s."""
_DEFAULT_BEAT_S = 0.5
_NOTE, _VELOCITY = 60, 1
_Event = tuple[int, MetaMessage | Message]


@dataclass(frozen=True, slots=True)
class BeatClock:
    """Seconds of every MIDI beat from second 0 to at least the song's end; `lead` of them precede the first beat."""

    seconds: tuple[float, ...]
    lead: int

    def tick_at(self, t: float) -> int:
        """The tick nearest to second `t`."""
        index = min(max(bisect_right(self.seconds, t) - 1, 0), len(self.seconds) - 2)
        start, end = self.seconds[index], self.seconds[index + 1]
        return round((index + (t - start) / (end - start)) * TICKS_PER_BEAT)


def song_map_to_midi(song_map: SongMap) -> bytes:
    """A standard MIDI file of type 1: a conductor's track, then one soft note over the whole song.

    Beat times are kept to within a microsecond; sections and lyrics to the nearest tick (a 960th of a beat).
    """
    clock = make_beat_clock(song_map.beats, song_map.duration_s)
    end = clock.tick_at(song_map.duration_s)
    conductor = [
        *_tempos(clock),
        *_metres(clock, song_map),
        *((clock.tick_at(s.start_s), MetaMessage("marker", text=s.label)) for s in song_map.sections),
        *((clock.tick_at(t), MetaMessage("lyrics", text=text)) for t, text in _words(song_map)),
    ]
    note = [
        (0, Message("note_on", note=_NOTE, velocity=_VELOCITY)),
        (end, Message("note_off", note=_NOTE, velocity=0)),
    ]
    midi = MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    midi.tracks += [_track("tempo map", conductor, end), _track("length of the song", note, end)]
    out = io.BytesIO()
    midi.save(file=out)
    return out.getvalue()


def make_beat_clock(beats: Sequence[float], duration_s: float) -> BeatClock:
    """The beats, with what precedes them and what follows filled in; without beats, two a second."""
    if len(beats) < 2:
        lead_in: list[float] = []
        marks = [0.0]
    else:
        lead_in = _fill(0.0, beats[0], round(beats[0] / (beats[1] - beats[0])))
        marks = list(beats)
    step_s = min(marks[-1] - marks[-2], _SLOWEST_BEAT_S) if len(marks) > 1 else _DEFAULT_BEAT_S
    seconds = [*lead_in, *marks]
    while seconds[-1] < duration_s:
        seconds.append(seconds[-1] + step_s)
    return BeatClock(tuple(_within_reach(seconds)), len(lead_in))


def _fill(start_s: float, end_s: float, count: int) -> list[float]:
    """So many even marks, at least one, from start (included) to end (excluded); none in an empty stretch."""
    if end_s - start_s < 1e-6:
        return []
    count = max(count, 1)
    return [start_s + (end_s - start_s) * i / count for i in range(count)]


def _within_reach(seconds: Sequence[float]) -> Iterator[float]:
    """The marks, with more between two that lie farther apart than a MIDI beat can be long."""
    for start_s, end_s in pairwise(seconds):
        yield from _fill(start_s, end_s, ceil((end_s - start_s) / _SLOWEST_BEAT_S))
    yield seconds[-1]


def _tempos(clock: BeatClock) -> Iterator[_Event]:
    """Tempo events; each is rounded so that the sum, not the single beat, stays true."""
    told_us = past_us = 0
    for index, t in enumerate(clock.seconds[1:]):
        beat_us = max(round(t * 1e6) - told_us, 1)
        told_us += beat_us
        if beat_us != past_us:
            yield index * TICKS_PER_BEAT, MetaMessage("set_tempo", tempo=beat_us)
        past_us = beat_us


def _metres(clock: BeatClock, song_map: SongMap) -> Iterator[_Event]:
    """Time signatures: one for what precedes the first downbeat, then one wherever bars change their length."""
    bars = [round(clock.tick_at(t) / TICKS_PER_BEAT) for t in song_map.downbeats]
    past = 0
    for start, end in pairwise([0, *bars] if not bars or bars[0] > 0 else bars):
        if end - start != past:
            past = min(end - start, 255)
            yield start * TICKS_PER_BEAT, MetaMessage("time_signature", numerator=past, denominator=4)
    last = bars[-1] if bars else 0
    if past != song_map.beats_per_bar:
        yield last * TICKS_PER_BEAT, MetaMessage("time_signature", numerator=song_map.beats_per_bar, denominator=4)


def _words(song_map: SongMap) -> Iterator[tuple[float, str]]:
    """Words where they have times, else whole lines; a line ends in the mark for a new one."""
    for line in song_map.lyrics:
        pieces = [(word.start_s, word.text) for word in line.words] or [(line.start_s, " ".join(line.text.split()))]
        for index, (t, text) in enumerate(pieces):
            yield t, f"{text} " if index + 1 < len(pieces) else f"{text}\r"


def _track(name: str, events: Iterable[_Event], end: int) -> MidiTrack:
    track = MidiTrack([MetaMessage("track_name", name=name)])
    now = 0
    for tick, message in sorted(events, key=lambda event: event[0]):
        track.append(message.copy(time=max(tick, now) - now))
        now = max(tick, now)
    track.append(MetaMessage("end_of_track", time=max(end - now, 0)))
    return track
