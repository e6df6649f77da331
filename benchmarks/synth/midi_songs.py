"""Songs of MIDI bands with exact truth, played by fluidsynth on a sampled General MIDI bank: nearer to real music.

Every band plays in a human way: jitter, velocities, fills, anticipated chords, a pickup, breaks without drums.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from synth.band import SongSpec, SynthSong
from synth.midi_styles import CRASH, HAT, KICK, SNARE, STYLES, MidiStyle
from synth.sounds import RATE_HZ, Sound

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
_FORM = (("intro", 4), ("verse", 8), ("chorus", 8), ("verse", 8), ("break", 4), ("chorus", 8), ("outro", 2))
_TICKS_A_SECOND = 1920
_LEVELS = {"X": 112, "x": 88, "o": 48}
_DEGREES = {"1": 0, "3": 4, "5": 7, "6": 9, "7": 10, "8": 12}
_BASS, _CHORDS, _LEAD, _PAD, _DRUMS = 0, 1, 2, 3, 9
_TOMS = (50, 48, 47, 45)

MIDI_SONGS = (
    SongSpec("midi-pop-126", "pop", 126, 101),
    SongSpec("midi-hard-rock-138", "hard_rock", 138, 102),
    SongSpec("midi-bebop-176", "bebop", 176, 103, drift=0.02),
    SongSpec("midi-gospel-70", "gospel", 70, 104, drift=0.02),
    SongSpec("midi-ballad-66", "ballad", 66, 105, drift=0.02),
    SongSpec("midi-samba-104", "samba", 104, 106),
    SongSpec("midi-folk-waltz-138", "folk_waltz", 138, 107, drift=0.03),
    SongSpec("midi-jazz-waltz-150", "jazz_waltz", 150, 108, drift=0.02),
    SongSpec("midi-funk-104", "funk", 104, 109),
    SongSpec("midi-hip-hop-92", "hip_hop", 92, 110),
    SongSpec("midi-strings-92", "strings", 92, 111, drift=0.04),
    SongSpec("midi-piano-84", "piano", 84, 112, drift=0.03),
    SongSpec("midi-metal-172", "metal", 172, 113),
    SongSpec("midi-breakbeat-168", "breakbeat", 168, 114),
    SongSpec("midi-one-drop-76", "one_drop", 76, 115),
    SongSpec("midi-country-108", "country", 108, 116, tempo_change=1.1),
    SongSpec("midi-disco-118", "disco", 118, 117, tempo_change=0.94),
    SongSpec("midi-son-98", "son", 98, 118),
)


@dataclass(frozen=True)
class _Hit:
    at_s: float
    end_s: float
    channel: int
    note: int
    velocity: int


def missing_for_midi() -> str:
    """What this machine lacks to play the MIDI songs, with the mend; empty when nothing is missing."""
    if shutil.which("fluidsynth") is None:
        return "fluidsynth is not installed: apt install fluidsynth"
    if not SOUNDFONT.exists():
        return f"{SOUNDFONT} is missing: apt install fluid-soundfont-gm"
    if find_spec("mido") is None:
        return "mido is not installed: pip install mido"
    return ""


def make_midi_song(spec: SongSpec, style: MidiStyle | None = None) -> SynthSong:
    """Plays one MIDI song, in `style` where given; needs what `missing_for_midi` names."""
    rng = np.random.default_rng(spec.seed)
    style = style or STYLES[spec.style]
    pickup = int(rng.integers(0, 3))
    bars = sum(count for _, count in _FORM)
    clock = _clock(spec, style, pickup + bars * style.per_bar + 4, rng)
    player = _Player(style, clock, pickup, rng)
    player.play_form()
    samples = _render(player.hits, style)
    first = np.asarray(clock[pickup :: style.per_bar][: bars + 1])
    edges = np.cumsum([0, *(count for _, count in _FORM)])
    borders = [0.0, *(float(first[edge]) for edge in edges[1:-1]), len(samples) / RATE_HZ]
    return SynthSong(
        spec=spec,
        samples=samples,
        beats=clock[: pickup + bars * style.per_bar + 1],
        downbeats=first,
        beats_per_bar=style.per_bar,
        sections=[(borders[i], borders[i + 1], label) for i, (label, _) in enumerate(_FORM)],
        lines=[],
        lyrics_text="",
        vocals=[],
    )


def _clock(spec: SongSpec, style: MidiStyle, beats: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Seconds of every beat: wander, a change at six tenths, rubato by phrase."""
    position = np.linspace(0, 1, beats)
    bpm = spec.bpm * (1 + spec.drift * np.sin(2 * np.pi * (position * rng.uniform(1, 2) + rng.uniform())))
    bpm[int(0.6 * beats) // 12 * 12 :] *= spec.tempo_change
    if style.rubato:
        phrase = np.arange(beats) % (4 * style.per_bar) / (4 * style.per_bar)
        bpm *= 1 + style.rubato * (np.sin(np.pi * phrase) - 0.6)
    bpm *= 1 + rng.normal(0, 0.004, beats)
    return np.concatenate([[0.0], np.cumsum(60 / bpm)]) + rng.uniform(0.3, 1.0)


class _Player:
    """Plays the form bar by bar into a list of notes."""

    def __init__(self, style: MidiStyle, clock: NDArray[np.float64], pickup: int, rng: np.random.Generator) -> None:
        self.style, self.clock, self.pickup, self.rng = style, clock, pickup, rng
        self.hits: list[_Hit] = []
        self.key = int(rng.integers(12))
        self.degree = 7
        self.motif = [self._rhythm() for _ in range(2)]

    def at(self, beat: float) -> float:
        whole, part = int(np.floor(beat)), beat - np.floor(beat)
        swing = self.style.swing
        if swing != 0.5:  # sixteenths swing
            half, inner = divmod(part, 0.5)
            part = 0.5 * half + (
                inner / 0.25 * swing / 2 if inner < 0.25 else swing / 2 + (inner - 0.25) * 2 * (1 - swing)
            )
        return float(self.clock[whole] + part * (self.clock[whole + 1] - self.clock[whole]))

    def strike(self, channel: int, note: int, beat: float, beats: float, level: int, lag_s: float = 0.0) -> None:
        shift = self.rng.normal(lag_s, self.style.loose_s)
        start = max(self.at(beat) + shift, 0.0)
        end = max(self.at(min(beat + beats, len(self.clock) - 2)) + shift, start + 0.04)
        velocity = int(np.clip(level + self.rng.normal(0, 7), 12, 127))
        self.hits.append(_Hit(start, end, channel, note, velocity))

    def play_form(self) -> None:
        for i in range(self.pickup):
            self.strike(_DRUMS if self.style.chorus[0] else _LEAD, HAT if self.style.chorus[0] else 67, i, 0.5, 70)
        bar = 0
        for label, count in _FORM:
            for index in range(count):
                self._play_bar(label, index, count, self.pickup + bar * self.style.per_bar)
                bar += 1
        self._chord(self.pickup + bar * self.style.per_bar, 3.0, 0, 90)

    def _play_bar(self, label: str, index: int, count: int, beat: int) -> None:
        full = label == "chorus"
        harmony = self.style.harmony
        turn = index + (2 if full else 0)
        step, following = harmony[turn % 4], harmony[(turn + 1) % 4]
        if label not in ("break", "outro") and not (label == "intro" and index < 2):
            self._drums(beat, index, full, fill=index == count - 1)
        if full and index == 0 and self.style.chorus[0]:
            self.strike(_DRUMS, CRASH, beat, 1, 110)
        if label != "break" or index > 1:
            self._bass(beat, index, step, following)
        if label != "intro" or index > 1 or not self.style.verse[0]:
            self._comp(beat, step, following)
        if full or label in ("break", "intro"):
            for note in self._notes(step):
                self.strike(_PAD, note, beat, self.style.per_bar - 0.1, 62 if full else 70)
        if label in ("verse", "chorus"):
            self._lead(beat, index, 92 if full else 80)

    def _drums(self, beat: int, index: int, full: bool, fill: bool) -> None:
        bars = self.style.chorus if full else self.style.verse
        steps, length = self.style.steps, self.style.per_bar * self.style.steps
        kept = length - int(self.rng.integers(1, 3)) * steps if fill and bars[0] else length
        for note, pattern in bars[index % len(bars)].items():
            for i, mark in enumerate(pattern[:kept]):
                if mark != "." and self.rng.random() > 0.02:
                    lag = self.style.lags_s.get("snare", 0.0) if note in (SNARE, 39) else 0.0
                    self.strike(_DRUMS, note, beat + i / steps, 0.2, _LEVELS[mark], lag)
        if index % 4 == 2 and KICK in bars[0] and self.rng.random() < 0.4:
            self.strike(_DRUMS, KICK, beat + int(self.rng.integers(length)) / steps, 0.2, 80)
        for i in range(kept, length):
            if self.rng.random() < 0.8:
                tom = _TOMS[min((i - kept) * 4 // max(length - kept, 1), 3)]
                self.strike(_DRUMS, tom if self.rng.random() < 0.7 else SNARE, beat + i / steps, 0.2, 95)

    def _bass(self, beat: int, index: int, step: tuple[int, str], following: tuple[int, str]) -> None:
        pattern = self.style.bass[index % len(self.style.bass)]
        places = [i for i, mark in enumerate(pattern) if mark != "."]
        ends = [*places[1:], len(pattern)]
        lag = self.style.lags_s.get("bass", 0.0)
        for i, end in zip(places, ends, strict=True):
            root = step[0]
            if i == places[-1] and self.rng.random() < self.style.push:
                root = following[0]
            degree = _DEGREES[pattern[i]] - (pattern[i] == "3" and "m" in step[1])
            note = 33 + (self.key + root - 33) % 12 + degree % 12
            self.strike(_BASS, note, beat + i / self.style.steps, (end - i) / self.style.steps * 0.9, 95, lag)

    def _comp(self, beat: int, step: tuple[int, str], following: tuple[int, str]) -> None:
        pattern = self.style.chords[int(self.rng.integers(len(self.style.chords)))]
        pushed = self.rng.random() < self.style.push
        for i, mark in enumerate(pattern):
            if mark == ".":
                continue
            late = pushed and i >= len(pattern) - self.style.steps // 2
            where = following if late else step
            beats = 1.6 if mark == "X" else 0.3
            self._chord(beat + i / self.style.steps, beats, where[0], 84 if mark == "X" else 72, where[1])

    def _chord(self, beat: float, beats: float, root: int, level: int, kind: str = "") -> None:
        for note in self._notes((root, kind)):
            self.strike(_CHORDS, note, beat, beats, level)

    def _notes(self, step: tuple[int, str]) -> list[int]:
        root = self.key + step[0]
        tones = [0, 3 if "m" in step[1] else 4, 7, *([10] if "7" in step[1] else [])]
        return [55 + (root + tone - 55) % 12 for tone in tones]

    def _rhythm(self) -> list[int]:
        length = self.style.per_bar * self.style.steps
        chance = np.full(length, 0.25 * self.style.lead_density)
        chance[:: self.style.steps] = 0.9 * self.style.lead_density
        chance[self.style.steps // 2 :: self.style.steps] = 0.7 * self.style.lead_density
        return [i for i in range(length) if self.rng.random() < chance[i]]

    def _lead(self, beat: int, index: int, level: int) -> None:
        rhythm = self.motif[index % 2] if self.rng.random() < 0.7 else self._rhythm()
        scale = (0, 2, 4, 5, 7, 9, 11)
        for i, end in pairwise([*rhythm, self.style.per_bar * self.style.steps]):
            self.degree = int(np.clip(self.degree + self.rng.integers(-2, 3), 3, 13))
            note = 60 + self.key % 12 + scale[self.degree % 7] + 12 * (self.degree // 7 - 1)
            beats = min((end - i) / self.style.steps, 2.0) * 0.95
            self.strike(_LEAD, note, beat + i / self.style.steps, beats, level, 0.008)


def _render(hits: list[_Hit], style: MidiStyle) -> Sound:
    """The notes through fluidsynth with reverb, mixed to mono."""
    import mido

    file = mido.MidiFile(ticks_per_beat=_TICKS_A_SECOND // 2)
    track = mido.MidiTrack()
    file.tracks.append(track)
    for channel, program in zip((_BASS, _CHORDS, _LEAD, _PAD), style.programs, strict=True):
        track.append(mido.Message("program_change", channel=channel, program=program, time=0))
    events = [(h.at_s, 1, h) for h in hits] + [(h.end_s, 0, h) for h in hits]
    now = 0
    for at_s, on, hit in sorted(events, key=lambda event: event[:2]):
        tick = round(at_s * _TICKS_A_SECOND)
        kind = "note_on" if on else "note_off"
        track.append(mido.Message(kind, channel=hit.channel, note=hit.note, velocity=hit.velocity, time=tick - now))
        now = tick
    with tempfile.TemporaryDirectory() as folder:
        score, wav = Path(folder, "song.mid"), Path(folder, "song.wav")
        file.save(score)
        command = ["fluidsynth", "-ni", "-q", "-g", "0.5", "-r", str(RATE_HZ), "-R", "1", "-F", wav, SOUNDFONT, score]
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        _, stereo = wavfile.read(wav)
    sound = stereo.astype(np.float32).mean(axis=1) / 32768
    loud = np.flatnonzero(np.abs(sound) > 1e-3)
    sound = sound[: min(int(loud[-1]) + RATE_HZ // 2, len(sound))]
    return (sound / max(float(np.abs(sound).max()), 1e-6) * 0.9).astype(np.float32)
