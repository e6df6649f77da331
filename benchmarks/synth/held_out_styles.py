"""Styles of the held-out half: other grooves, other instruments and other rooms than the tuning half's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from synth.band import DANCE, LONG, SHORT, Band, Bar, Style, full
from synth.other_sounds import bell, bowed, reed, room, saw, skin, string
from synth.sounds import Sound

Voice = Callable[[int, int], Sound]


def _hits(band: Band, bar: Bar, kind: str, places: tuple[float, ...], gain: float) -> None:
    for place in places:
        band.put(skin(kind), band.at(bar.beat + place), gain)


def _tone(band: Band, voice: Voice, midi: int, beat: float, beats: float, gain: float) -> None:
    length_ms = max(round((band.at(beat + beats) - band.at(beat)) * 50) * 20, 60)
    band.put(voice(midi, length_ms), band.at(beat), gain)


def _chord(band: Band, voice: Voice, bar: Bar, place: float, beats: float, gain: float, low: int = 55) -> None:
    for step in (0, 3 if bar.minor else 4, 7):
        _tone(band, voice, low + (bar.root + step - low) % 12, bar.beat + place, beats, gain)


def _bass(bar: Bar, step: int = 0, low: int = 33) -> int:
    return low + (bar.root + step - low) % 12


def _jungle(band: Band, bar: Bar) -> None:
    quiet = bar.label == "break" or (bar.label == "intro" and bar.index < 4)
    if not quiet:
        odd = bar.index % 2 == 1
        _hits(band, bar, "boom", (0, 0.5, 2.75) if odd else (0, 0.5, 2.5), 0.8)
        _hits(band, bar, "crack", (1, 3.5) if bar.index % 4 == 3 else (1, 3), 0.8)
        _hits(band, bar, "ghost", (1.75, 2.25, 3.75) if odd else (1.75, 2.25), 0.35)
        _hits(band, bar, "plate", (0, 1, 2, 3), 0.25)
    _hits(band, bar, "tip", (0.5, 1.5, 2.5, 3.5), 0.15)
    growl = partial(saw, cutoff_hz=400.0, spread=0.012)
    for place, step in ((0, 0), (1.5, 0), (3, 7)) if bar.index % 2 else ((0, 0), (2.5, -2)):
        _tone(band, growl, _bass(bar, step, 28), bar.beat + place, 1.3, 0.45)
    if bar.first or bar.index % 2 == 0:
        _chord(band, partial(bell, ratio=3.0, index=1.2, tau_s=2.5), bar, 0, 7.5, 0.14, 60)


def _ska(band: Band, bar: Bar) -> None:
    for i, step in enumerate((0, 4, 7, 9) if not bar.minor else (0, 3, 7, 10)):
        _tone(band, partial(string, bright=0.25), _bass(bar, step), bar.beat + i, 0.85, 0.6)
    for i in range(4):
        _chord(band, partial(string, bright=0.8), bar, i + 0.5, 0.18, 0.25, 62)
        _chord(band, partial(reed, odd=0.2, attack_ms=8), bar, i + 0.5, 0.15, 0.06, 60)
    _hits(band, bar, "tip", (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5), 0.16)
    if bar.label != "intro":
        _hits(band, bar, "boom", (0, 2), 0.5)
        _hits(band, bar, "crack", (1, 3), 0.45)
    if full(bar):
        for place in (0, 0.5, 1.5, 3):
            _chord(band, partial(reed, odd=0.1, breath=0.01), bar, place, 0.4, 0.13, 65)


def _train(band: Band, bar: Bar) -> None:
    """Brushed sixteenths with the back of the beat leaned on, boom-chick bass, twanging lead."""
    for i in range(16):
        if bar.label != "intro" or bar.index > 1:
            _hits(band, bar, "ghost", (i / 4,), 0.5 if i % 4 == 2 else 0.2 + 0.05 * (i % 4 == 0))
    for i in range(4):
        _tone(band, partial(string, bright=0.2), _bass(bar, 0 if i % 2 == 0 else 7), bar.beat + i, 0.7, 0.6)
        _chord(band, partial(string, bright=0.6), bar, i + 0.5, 0.4, 0.2, 57)
    if bar.label != "intro":
        _hits(band, bar, "boom", (0, 1, 2, 3), 0.4)
    if full(bar):
        for place, step in ((0, 12), (0.75, 16 - bar.minor), (1.5, 19), (2.25, 16 - bar.minor), (3, 14)):
            _tone(band, partial(string, bright=0.9), _bass(bar, step, 57), bar.beat + place, 0.7, 0.3)


def _slow_twelve(band: Band, bar: Bar) -> None:
    """Slow soul in twelve: triplets on the piano, backbeat on two and four."""
    keys = partial(bell, ratio=1.0, index=1.4, tau_s=0.5)
    for i in range(12):
        _chord(band, keys, bar, i / 3, 0.3, 0.16 if i % 3 == 0 else 0.1, 60)
    for place, step in ((0, 0), (5 / 3, 0), (2, 7), (3, 9), (11 / 3, 10)):
        _tone(band, partial(string, bright=0.15), _bass(bar, step, 30), bar.beat + place, 0.6, 0.6)
    if bar.label != "intro":
        _hits(band, bar, "boom", (0, 5 / 3, 2), 0.6)
        _hits(band, bar, "crack", (1, 3), 0.5)
        _hits(band, bar, "tip", tuple(i / 3 for i in range(12)), 0.1)
    if full(bar):
        _chord(band, partial(bowed, attack_ms=120), bar, 0, 3.9, 0.11, 67)


def _six_eight(band: Band, bar: Bar) -> None:
    """Two dotted beats a bar: a picked guitar rolls up and down, a drum answers on the second."""
    third = 3 if bar.minor else 4
    for i, step in enumerate((0, 7, 12, 12 + third, 12, 7)):
        _tone(
            band, partial(string, bright=0.5), _bass(bar, 0, 40) + step, bar.beat + i / 3, 0.9, 0.4 if i == 0 else 0.25
        )
    _tone(band, partial(string, bright=0.12), _bass(bar), bar.beat, 1.8, 0.5)
    if bar.label != "intro":
        _hits(band, bar, "palm", (0,), 0.6)
        _hits(band, bar, "crack", (1,), 0.35)
        _hits(band, bar, "ghost", (2 / 3, 5 / 3), 0.2)
    if full(bar):
        _chord(band, bowed, bar, 0, 1.9, 0.1, 64)


def _trap(band: Band, bar: Bar) -> None:
    """Sparse long kicks under rolling hats; the clap on two and four."""
    _hits(band, bar, "eight", (0, 1.75) if bar.index % 2 else (0, 2.25, 2.75), 0.8)
    if bar.label != "intro":
        _hits(band, bar, "snap", (1, 3), 0.6)
        steps = [i / 4 for i in range(16)]
        if bar.index % 2:
            steps = [s for s in steps if not 2.5 <= s < 3.5] + [2.5 + i / 6 for i in range(6)]
        if bar.index % 4 == 3:
            steps += [3.5 + i / 8 for i in range(4)]
        _hits(band, bar, "tick", tuple(sorted(set(steps))), 0.3)
    lead = partial(bell, ratio=3.5, index=1.0, tau_s=0.7)
    for place, step in ((0, 0), (0.5, 7), (1.25, 3), (2, 0), (3.25, 8)):
        _tone(band, lead, _bass(bar, step, 72), bar.beat + place, 0.6, 0.2)
    if full(bar):
        _chord(band, partial(saw, cutoff_hz=1200.0, attack_ms=60), bar, 0, 3.9, 0.09, 60)


def _klezmer(band: Band, bar: Bar) -> None:
    _tone(band, partial(reed, odd=0.0, breath=0.01, attack_ms=30), _bass(bar, 0 if bar.index % 2 == 0 else 7, 34),
          bar.beat, 0.7, 0.4)  # fmt: skip
    _tone(band, partial(reed, odd=0.0, breath=0.01, attack_ms=30), _bass(bar, 7, 34), bar.beat + 2, 0.7, 0.35)
    for place in (1, 3) if bar.index % 4 else (0.5, 1, 1.5, 3):
        _chord(band, partial(reed, odd=0.3, attack_ms=15), bar, place, 0.35, 0.13, 57)
    scale = (0, 1, 4, 5, 7, 8, 10, 12)
    if bar.label != "intro":
        runs = band.rng.integers(0, 8, 8)
        for i in range(8):
            if full(bar) or i % 2 == 0 or band.rng.random() < 0.4:
                _tone(band, partial(reed, odd=0.95, attack_ms=12), 67 + bar.root % 5 + scale[int(runs[i])],
                      bar.beat + i / 2, 0.42, 0.22)  # fmt: skip
        _hits(band, bar, "palm", (0, 1.5, 2), 0.35)
        _hits(band, bar, "wood", (1, 2.5, 3), 0.2)


def _march(band: Band, bar: Bar) -> None:
    tuba = partial(reed, odd=0.0, breath=0.0, attack_ms=30)
    for place, step in ((0, 0), (2, 7)):
        _tone(band, tuba, _bass(bar, step, 31), bar.beat + place, 0.8, 0.5)
    for place in (1, 3):
        _chord(band, partial(reed, odd=0.1, attack_ms=20), bar, place, 0.4, 0.16, 58)
    tune = ((0, 1, 12), (1, 0.5, 14), (1.5, 0.5, 16), (2, 1.5, 19), (3.5, 0.5, 17)) if bar.index % 2 == 0 else (
        (0, 1.5, 16), (1.5, 0.5, 14), (2, 2, 12))  # fmt: skip
    for place, beats, step in tune:
        _tone(band, partial(bowed, attack_ms=40), 60 + bar.root % 12 + step - 12, bar.beat + place, beats, 0.16)
    if full(bar):
        _hits(band, bar, "timpani", (0, 2), 0.5)
        _hits(band, bar, "wash", (0,) if bar.first else (), 0.5)
        _hits(band, bar, "ghost", (0, 1, 1.5, 2, 3, 3.25, 3.5, 3.75), 0.4)
    elif bar.last:
        _hits(band, bar, "drumroll", (2, 3), 0.25)


def _disco(band: Band, bar: Bar) -> None:
    if bar.label != "break":
        _hits(band, bar, "boom", (0, 1, 2, 3), 0.8)
        _hits(band, bar, "crack", (1, 3), 0.35)
        _hits(band, bar, "wash", (0.5, 1.5, 2.5, 3.5), 0.3)
        _hits(band, bar, "tip", tuple(i / 4 for i in range(16)), 0.12)
    pluck = partial(saw, cutoff_hz=900.0, spread=0.001)
    for i in range(8):
        _tone(band, pluck, _bass(bar, 12 * (i % 2), 31), bar.beat + i / 2, 0.35, 0.45)
    for place in (0.75, 1.5, 2.75, 3.5):
        _chord(band, partial(string, bright=0.7), bar, place, 0.12, 0.16, 60)
    if full(bar):
        for place, beats in ((0, 1.4), (1.5, 0.4), (2, 1.9)):
            _chord(band, partial(bowed, attack_ms=30), bar, place, beats, 0.1, 69)


def _shuffle(band: Band, bar: Bar) -> None:
    """Twelve-bar shuffle; the band's clock is swung."""
    for i, step in enumerate((0, 0, 4, 4, 7, 7, 9, 7)):
        _tone(band, partial(string, bright=0.3), _bass(bar, step, 33), bar.beat + i / 2, 0.45, 0.5)
        for fifth in (0, 7 if i % 4 < 2 else 9):
            _tone(
                band,
                partial(saw, cutoff_hz=1800.0, spread=0.002),
                _bass(bar, 0, 45) + fifth,
                bar.beat + i / 2,
                0.4,
                0.1,
            )
    _hits(band, bar, "plate", tuple(i / 2 for i in range(8)), 0.22)
    _hits(band, bar, "boom", (0, 1.5, 2) if bar.index % 2 else (0, 2, 3.5), 0.6)
    _hits(band, bar, "crack", (1, 3), 0.55)
    if full(bar):
        for place, step in ((0.5, 12), (1, 15), (2.5, 16), (3.5, 19)):
            _tone(band, partial(saw, cutoff_hz=3000.0, spread=0.001), _bass(bar, step, 57), bar.beat + place, 0.6, 0.15)


def _punk(band: Band, bar: Bar) -> None:
    """Fast eighths, kick and snare in turn, chords that change in the middle of the bar."""
    fuzz = partial(saw, cutoff_hz=6000.0, spread=0.003, attack_ms=4)
    if bar.first:
        _hits(band, bar, "wash", (0,), 0.8)
    for i in range(8):
        root = bar.root if i < 6 or bar.index % 2 == 0 else bar.following
        for fifth in (0, 7, 12):
            _tone(band, fuzz, 40 + (root - 40) % 12 + fifth, bar.beat + i / 2, 0.42, 0.13)
        _tone(band, partial(string, bright=0.8), 28 + (root - 28) % 12, bar.beat + i / 2, 0.42, 0.4)
    _hits(band, bar, "boom", (0, 0.5, 2, 2.5) if full(bar) else (0, 2, 2.5), 0.7)
    _hits(band, bar, "crack", (1, 3), 0.75)
    _hits(
        band, bar, "wash" if full(bar) else "tip", (0, 1, 2, 3) if full(bar) else tuple(i / 2 for i in range(8)), 0.25
    )
    if bar.last:
        _hits(band, bar, "crack", (2, 2.5, 3.25, 3.5, 3.75), 0.5)


def _solo_piano(band: Band, bar: Bar) -> None:
    """Left hand rolls, right hand sings, nobody keeps time but the pianist."""
    keys = partial(bell, ratio=1.0, index=0.9, tau_s=1.1)
    third = 3 if bar.minor else 4
    for i, step in enumerate((0, 7, 12, 12 + third)):
        _tone(band, keys, _bass(bar, 0, 36) + step, bar.beat + i, 1.6, 0.42 if i == 0 else 0.22)
    tune = ((0, 12), (1.5, 14), (2, 16), (3, 19)) if bar.index % 2 else ((0, 19), (2, 16), (3.5, 14))
    for place, step in tune:
        _tone(band, keys, 60 + bar.root % 12 + step - 12, bar.beat + place, 1.4, 0.3)
    if full(bar):
        for i in range(4):
            _tone(band, keys, _bass(bar, 0, 48) + (7, 12, 12 + third, 12)[i], bar.beat + i + 0.5, 0.9, 0.22)


def _ambient(band: Band, bar: Bar) -> None:
    """No drums: slow pads, and plucks that echo at dotted eighths."""
    if bar.index % 2 == 0:
        _chord(band, partial(bowed, attack_ms=900), bar, 0, 8, 0.12, 52)
        _tone(band, partial(saw, cutoff_hz=300.0, attack_ms=300), _bass(bar, 0, 28), bar.beat, 7.5, 0.35)
    drop = partial(bell, ratio=4.0, index=0.7, tau_s=0.6)
    third = 3 if bar.minor else 4
    for place, step in ((0, 0), (1, 7), (2, 12), (3, third)) if bar.index % 2 else ((0, 12), (2, 7), (3, 12 + third)):
        for echo in range(3):
            _tone(band, drop, 60 + bar.root % 12 + step, bar.beat + place + 0.75 * echo, 0.6, 0.3 * 0.45**echo)
    if full(bar):
        for i in range(8):
            _tone(band, drop, 72 + bar.root % 12 + (0, 7, third)[i % 3], bar.beat + i / 2, 0.4, 0.12)


def _jazz_waltz(band: Band, bar: Bar) -> None:
    walk = (0, 4 - bar.minor, 7) if bar.index % 2 else (0, 7, 4 - bar.minor)
    for i, step in enumerate(walk):
        _tone(band, partial(string, bright=0.15), _bass(bar, step, 33), bar.beat + i, 0.9, 0.55)
    _hits(band, bar, "plate", (0, 1, 1.5, 2) if bar.index % 2 else (0, 1, 2, 2.5), 0.3)
    _hits(band, bar, "tip", (1,), 0.2)
    keys = partial(bell, ratio=1.0, index=1.2, tau_s=0.5)
    for place in ((0, 1.5), (0.5, 2), (1.5,), (0, 2.5))[int(band.rng.integers(4))]:
        _chord(band, keys, bar, place, 0.7, 0.15, 57)
    if full(bar):
        _hits(band, bar, "boom", (0,), 0.3)
        for place, step in ((0, 16 - bar.minor), (1.5, 19), (2, 14)):
            _tone(band, partial(reed, odd=0.4), 60 + bar.root % 12 + step - 12, bar.beat + place, 0.8, 0.2)


def _salsa(band: Band, bar: Bar) -> None:
    """Two-three clave, a bass that anticipates, montuno on the piano."""
    odd = bar.index % 2 == 1
    for place, root in ((1.5, bar.root), (3, bar.following)):
        _tone(band, partial(string, bright=0.25), 33 + (root - 33) % 12, bar.beat + place, 1.2, 0.6)
    keys = partial(bell, ratio=1.0, index=1.6, tau_s=0.3)
    for place in (0, 0.5, 1.5, 2.5, 3.5) if odd else (0, 1, 1.5, 2.5, 3.5):
        _chord(band, keys, bar, place, 0.35, 0.15, 64)
    _hits(band, bar, "wood", (1, 2) if odd else (0, 1.5, 3), 0.35)
    _hits(band, bar, "cow", (0, 1, 2, 3) if full(bar) else (), 0.25)
    _hits(band, bar, "palm", (1, 3, 3.5), 0.4)
    _hits(band, bar, "tick", (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5), 0.12)
    if full(bar):
        for place in (0.5, 1.5, 2.5):
            _chord(band, partial(reed, odd=0.1, attack_ms=12), bar, place, 0.3, 0.11, 65)


def _hall(samples: Sound, seed: int, tail_s: float, wet: float) -> Sound:
    """A room, then a little tape."""
    wide = room(samples / max(float(np.abs(samples).max()), 1e-6), seed, tail_s, wet)
    return np.tanh(1.6 * wide).astype(np.float32)


def _ending(tail_s: float, wet: float, seed: int) -> Callable[[Sound], Sound]:
    return partial(_hall, seed=seed, tail_s=tail_s, wet=wet)


_MINOR = {
    "verse": ((0, True), (8, False), (3, False), (10, False)),
    "chorus": ((8, False), (10, False), (0, True), (0, True)),
    "bridge": ((5, True), (0, True), (5, True), (7, False)),
}
_BLUES = {
    label: tuple((step, False) for step in (0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7))
    for label in ("verse", "chorus", "bridge")
}
_JAZZ = {
    "verse": ((2, True), (7, False), (0, False), (9, True)),
    "chorus": ((5, True), (10, False), (3, False), (8, False)),
    "bridge": ((4, True), (9, True), (2, True), (7, False)),
}
_BLUES_FORM = (("intro", 4), ("verse", 12), ("chorus", 12), ("verse", 12), ("chorus", 12), ("outro", 4))

HELD_OUT_STYLES = {
    "jungle": Style(_jungle, loose_s=0.003, form=LONG, chords=_MINOR, bars_per_chord=2, finish=_ending(0.08, 0.15, 1)),
    "ska": Style(_ska, loose_s=0.006, finish=_ending(0.1, 0.2, 2)),
    "train": Style(_train, loose_s=0.007, finish=_ending(0.12, 0.2, 3)),
    "slow_twelve": Style(_slow_twelve, loose_s=0.008, form=SHORT, chords=_JAZZ, finish=_ending(0.25, 0.25, 4)),
    "six_eight": Style(_six_eight, per_bar=2, loose_s=0.008, form=LONG, finish=_ending(0.2, 0.25, 5)),
    "trap": Style(_trap, loose_s=0.002, form=SHORT, chords=_MINOR, finish=_ending(0.15, 0.15, 6)),
    "klezmer": Style(_klezmer, loose_s=0.009, form=LONG, chords=_MINOR, sings=False, finish=_ending(0.12, 0.2, 7)),
    "march": Style(_march, loose_s=0.01, sings=False, finish=_ending(0.4, 0.35, 8)),
    "disco": Style(_disco, loose_s=0.004, form=DANCE, chords=_MINOR, finish=_ending(0.1, 0.2, 9)),
    "shuffle": Style(
        _shuffle, swing=0.66, loose_s=0.007, form=_BLUES_FORM, chords=_BLUES, finish=_ending(0.1, 0.2, 10)
    ),
    "punk": Style(_punk, loose_s=0.006, form=LONG, finish=_ending(0.08, 0.2, 11)),
    "solo_piano": Style(_solo_piano, loose_s=0.008, rubato=0.06, sings=False, finish=_ending(0.3, 0.3, 12)),
    "ambient": Style(
        _ambient, loose_s=0.004, form=SHORT, chords=_MINOR, bars_per_chord=2, finish=_ending(0.5, 0.4, 13)
    ),
    "jazz_waltz": Style(
        _jazz_waltz, 3, swing=0.64, loose_s=0.008, form=LONG, chords=_JAZZ, finish=_ending(0.12, 0.2, 14)
    ),
    "salsa": Style(_salsa, loose_s=0.007, chords=_MINOR, finish=_ending(0.1, 0.2, 15)),
}
