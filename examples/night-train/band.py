"""The arrangement: what the drums, bass, keys, guitars, strings and bells play, section by section.

Knows the score and the instruments; nothing of the voice, the mix or files.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import score
import synth
from score import BEATS_PER_BAR, Chord, Section, beat_to_s
from synth import SAMPLE_RATE_HZ, Audio

STRAIN = {"intro": 0.35, "verse": 0.5, "prechorus": 0.65, "chorus": 1.0, "bridge": 0.45, "outro": 0.5}


@dataclass(slots=True)
class Track:
    """One stereo channel of the desk, the whole song long."""

    audio: Audio
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(96))

    def put(self, sound: Audio, beat: float, level: float, pan: float = 0.0, loose_s: float = 0.0) -> None:
        """Lay a mono or stereo sound at a beat; loose_s lets a hand be early or late."""
        stereo = synth.pan(sound, pan) if sound.ndim == 1 else sound
        at_s = beat_to_s(beat) + (self.rng.normal(0, loose_s) if loose_s else 0.0)
        start = max(0, round(at_s * SAMPLE_RATE_HZ))
        stop = min(self.audio.shape[1], start + stereo.shape[1])
        self.audio[:, start:stop] += level * stereo[:, : stop - start]


def new_track(seed: int) -> Track:
    """An empty track with its own random hand."""
    length_s = beat_to_s(score.total_beats()) + score.RING_OUT_S
    return Track(np.zeros((2, int(length_s * SAMPLE_RATE_HZ))), np.random.default_rng(seed))


def play_drums(form: list[Section]) -> tuple[Track, list[float]]:
    """The kit, and the beats where the kick falls (the pads duck under it)."""
    kit, kicks = new_track(1), list[float]()
    for number, section in enumerate(form):
        for bar in range(section.bars):
            beat = float((section.start_bar + bar) * BEATS_PER_BAR)
            last = bar == section.bars - 1
            if section.label == "intro":
                _train_beat(kit, beat, 0.25 + 0.17 * bar, accents=bar > 1)
                kicks += _kick(kit, beat, (0.0, 2.0) if bar > 1 else ())
            elif section.label == "verse":
                _train_beat(kit, beat, 0.85, accents=True)
                kicks += _kick(kit, beat, (0.0, 1.75, 2.5) if number > 3 else (0.0, 2.5))
                if number > 3:
                    _hats(kit, beat, 0.5, opens=False)
            elif section.label == "prechorus":
                kicks += _kick(kit, beat, (0.0, 1.0, 2.0, 3.0) if bar == 0 else (0.0, 1.0, 2.0))
                _roll(kit, beat, 0.14 + 0.22 * bar, 0.36 + 0.34 * bar, 8 + 6 * bar)
            elif section.label == "chorus":
                kicks += _chorus_bar(kit, beat, first=bar == 0, last=last, grand=number == 7)
            elif section.label == "bridge":
                kicks += _bridge_bar(kit, beat, bar)
            elif bar == 0:
                kit.put(synth.crash(), beat, 0.34)
                _train_beat(kit, beat, 0.6, accents=True)
                kicks += _kick(kit, beat, (0.0, 2.0))
            else:
                kit.put(synth.crash(), beat, 0.22)
                kicks += _kick(kit, beat, (0.0,))
            if last and section.label in {"intro", "verse"}:
                _fill(kit, beat, number)
    return kit, kicks


def _kick(kit: Track, beat: float, places: tuple[float, ...]) -> list[float]:
    for place in places:
        kit.put(synth.kick(), beat + place, 0.95 if place == 0.0 else 0.8)
    return [beat + place for place in places]


def _train_beat(kit: Track, beat: float, level: float, *, accents: bool) -> None:
    """Brushes in sixteenths, leaning on two and four: wheels over rail joints."""
    weights = (0.50, 0.22, 0.34, 0.26, 1.0, 0.22, 0.38, 0.30) * 2
    for step, weight in enumerate(weights):
        lean = weight if accents or step % 4 else 0.6
        kit.put(synth.brush(step % 7), beat + step / 4, 0.5 * level * lean, 0.15 * (-1) ** step, 0.0025)
    if accents:
        for place in (1.0, 3.0):
            kit.put(synth.snare(), beat + place, 0.20 * level, loose_s=0.001)


def _hats(kit: Track, beat: float, level: float, *, opens: bool) -> None:
    for step in range(8):
        open_now = opens and step % 2 == 1
        sound = synth.hat(95 if open_now else 26, step % 5)
        kit.put(sound, beat + step / 2, level * (0.30 if open_now else 0.22), 0.32, 0.002)


def _roll(kit: Track, beat: float, soft: float, loud: float, steps: int) -> None:
    for step in range(steps):
        level = soft + (loud - soft) * step / steps
        kit.put(
            synth.snare(),
            beat + step * (4.0 / 8 if steps == 8 else 0.25),
            level * (1.0 if step % 2 == 0 else 0.75),
            0.05,
        )


def _chorus_bar(kit: Track, beat: float, *, first: bool, last: bool, grand: bool) -> list[float]:
    if first:
        kit.put(synth.crash(), beat, 0.62)
    kicks = _kick(kit, beat, (0.0, 0.75, 2.0, 2.5) if not last else (0.0, 0.75, 2.0))
    for place in (1.0, 3.0):
        kit.put(synth.snare(), beat + place, 0.78)
        kit.put(synth.clap(), beat + place, 0.34, -0.1)
    _hats(kit, beat, 1.0, opens=True)
    for step in range(16):
        kit.put(synth.hat(14, step % 5), beat + step / 4, 0.10 if step % 4 else 0.16, -0.45, 0.002)
    if grand:
        _train_beat(kit, beat, 0.5, accents=False)
    if last:
        _fill(kit, beat, 5)
    return kicks


def _bridge_bar(kit: Track, beat: float, bar: int) -> list[float]:
    if bar < 2:
        for step in range(0, 16, 2):
            kit.put(synth.brush(step % 7), beat + step / 4, 0.10 if step % 4 else 0.16, -0.3, 0.003)
        return []
    if bar == 2:
        _train_beat(kit, beat, 0.45, accents=False)
        return _kick(kit, beat, (0.0, 2.0))
    for step in range(14):
        level = 0.14 + 0.5 * (step / 14) ** 1.6
        kit.put(synth.tom((82.4, 110.0, 146.8)[min(2, step // 5)]), beat + step / 4, level, -0.4 + 0.06 * step)
    _roll(kit, beat, 0.06, 0.5, 14)
    return _kick(kit, beat, (0.0, 1.0, 2.0))


def _fill(kit: Track, beat: float, number: int) -> None:
    """The last beat and a half of a section, down the toms."""
    for place, hz in ((2.5, 164.8), (2.75, 164.8), (3.0, 130.8), (3.25, 130.8), (3.5, 98.0), (3.75, 82.4)):
        kit.put(synth.tom(hz), beat + place, 0.34 + 0.1 * (number > 2), 0.5 - 0.27 * (place - 2.5) * 2)
    kit.put(synth.snare(), beat + 3.5, 0.4)
    kit.put(synth.snare(), beat + 3.75, 0.5)


def play_bass(form: list[Section]) -> Track:
    """Roots in the verses, driving eighths with a walk into the next chord in the choruses."""
    track = new_track(2)
    for section in form:
        chords = score.chords(section)
        for number, chord in enumerate(chords):
            root = chord.bass if chord.bass >= 33 else chord.bass + 12
            following = chords[number + 1].bass if number + 1 < len(chords) else root
            if section.label in {"chorus", "prechorus"}:
                _drive(track, chord, root, following, 0.74 if section.label == "chorus" else 0.6)
            elif section.label == "verse" or (section.label == "intro" and number > 1):
                for place, length in ((0.0, 1.6), (1.75, 0.6), (2.5, 1.3)):
                    track.put(synth.bass(root, length * score.BEAT_S, 0.45), chord.beat + place, 0.62)
            elif section.label in {"bridge", "outro"}:
                low = root - 12 if root >= 40 else root
                track.put(synth.bass(low, chord.beats * score.BEAT_S * 0.96, 0.25), chord.beat, 0.6)
    return track


def _drive(track: Track, chord: Chord, root: int, following: int, level: float) -> None:
    steps = int(chord.beats * 2)
    for step in range(steps):
        midi = root
        if step == steps - 1 and following != root:
            midi = following + (2 if following < root else -1)
        elif step % 4 == 3:
            midi = root + 12
        accent = 1.0 if step % 2 == 0 else 0.8
        track.put(synth.bass(midi, 0.27, 0.85), chord.beat + step / 2, level * accent)


def play_keys(form: list[Section]) -> Track:
    """Electric piano: rolled chords in the quiet, offbeat stabs in the choruses."""
    track = new_track(3)
    for section in form:
        for chord in score.chords(section):
            busy = section.label in {"chorus", "prechorus"}
            hits = ((0.0, 0.9), (1.5, 0.9), (2.5, 1.2)) if busy else ((0.0, 2.4), (2.5, 1.3))
            for place, length in hits:
                if place >= chord.beats:
                    continue
                held = min(length, chord.beats - place) * score.BEAT_S
                held = held + 1.6 if section.label == "outro" else held
                velocity = 0.55 + 0.3 * STRAIN[section.label] - 0.1 * (place > 0)
                for voice, midi in enumerate(chord.upper):
                    tone = synth.electric_piano(midi, round(held, 3), round(velocity, 3))
                    track.put(tone, chord.beat + place + 0.02 * voice, 0.3, -0.5 + 0.33 * voice)
    beats = np.arange(track.audio.shape[1]) / SAMPLE_RATE_HZ / score.BEAT_S
    sway = 0.16 * np.sin(2 * np.pi * beats / 0.75)
    return Track(track.audio * np.stack([1 + sway, 1 - sway]))


def play_guitar(form: list[Section]) -> Track:
    """Two picked guitars, left and right, in running sixteenths and eighths."""
    track = new_track(4)
    patterns = {
        "intro": (0, 2, 3, 1, 2, 3, 1, 2),
        "verse": (0, 2, 3, 1, 2, 3, 1, 2),
        "prechorus": (0, 1, 2, 3, 2, 3, 1, 2),
        "chorus": (3, 1, 2, 3, 0, 2, 3, 1),
        "bridge": (0, 1, 2, 3),
        "outro": (0, 1, 2, 3, 2, 1, 2, 3),
    }
    for number, section in enumerate(form):
        pattern = patterns[section.label]
        for chord in score.chords(section):
            steps = int(min(chord.beats, 4.0) * len(pattern) / 4)
            for step in range(steps):
                midi = chord.upper[pattern[step % len(pattern)]]
                place = chord.beat + step * 4 / len(pattern)
                level = (0.5 + 0.22 * (step % 4 == 0)) * (0.75 if section.label == "bridge" else 1.0)
                track.put(synth.pluck(midi, 1.5, 100 + step), place, level, -0.62, 0.003)
                if section.label == "chorus" or number >= 4:
                    track.put(synth.pluck(midi + 12, 1.1, 200 + step), place + 0.25, 0.5 * level, 0.66, 0.003)
    return track


def play_strings(form: list[Section]) -> Track:
    """Pads that brighten with the song's strain."""
    track = new_track(5)
    for number, section in enumerate(form):
        strain = STRAIN[section.label] + 0.15 * (number == 7)
        for index, chord in enumerate(score.chords(section)):
            attack_s = 0.9 if strain < 0.6 else 0.12
            voices = (*chord.upper, chord.upper[-1] + 12) if section.label == "chorus" else chord.upper
            level = 0.22 + 0.42 * strain - (0.1 if section.label == "intro" and index < 2 else 0.0)
            for voice, midi in enumerate(voices):
                sound = synth.strings(
                    midi,
                    chord.beats * score.BEAT_S,
                    700.0 + 3300.0 * strain,
                    attack_s,
                    1000 * number + 10 * index + voice,
                )
                track.put(sound, chord.beat, 0.35 * level)
    return track


def play_hook(form: list[Section]) -> Track:
    """The chorus's first call on a far bell: it opens the song, rings over its end, and ends it."""
    track = new_track(6)
    call = ((0.0, 71), (0.75, 74), (2.0, 71), (2.5, 69), (2.75, 67), (3.0, 69))
    answer = ((4.0, 66), (4.5, 67), (5.0, 71), (6.0, 69))
    for number, bar, notes, level in (
        (0, 0, call, 0.30),
        (0, 2, call + answer, 0.42),
        (7, 0, call + answer, 0.30),
        (8, 0, call, 0.42),
    ):
        origin = (form[number].start_bar + bar) * BEATS_PER_BAR
        for place, midi in notes:
            track.put(synth.bell(midi + 12), origin + place, level, 0.25)
            if number in {0, 8}:
                track.put(synth.electric_piano(midi, 0.9, 0.5), origin + place, 0.3 * level, -0.2)
    for place, midi in ((4.0, 74), (5.0, 79), (6.0, 83)):
        track.put(synth.bell(midi), form[8].start_bar * BEATS_PER_BAR + place, 0.28, 0.25)
    return track


def play_places(form: list[Section]) -> Track:
    """What is not music: a horn far off, air rising into the choruses, the sea at the end."""
    track = new_track(7)
    for bar, level in ((1.75, 0.05), (2.0, 0.065)):
        track.put(synth.horn(0.5 if bar < 2 else 1.7), bar * BEATS_PER_BAR, level, -0.5)
    for number in (3, 5, 7):
        bars = 1 if number == 5 else 2
        start = (form[number].start_bar - bars) * BEATS_PER_BAR
        track.put(synth.riser(bars * BEATS_PER_BAR * score.BEAT_S, number), start, 0.16 if number < 7 else 0.22)
    outro = form[8].start_bar * BEATS_PER_BAR
    waves = synth.surf(2 * BEATS_PER_BAR * score.BEAT_S + score.RING_OUT_S, 11)
    ramp = np.clip(np.linspace(0, 2.2, waves.shape[1]), 0, 1)
    track.put(waves * ramp, outro, 0.10)
    return track
