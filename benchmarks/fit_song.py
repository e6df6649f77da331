"""Fits the weights of mvlocal's readings of a pulse and writes mvlocal/song/evidence_weights.py.

It hears both halves, the tuning half also at other tempi, the odd MIDI songs and bands with random grooves; never an
even MIDI song or a fresh one. It prints how well each style is read by weights fitted without it. Needs fluidsynth
and mido.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import mir_eval
import numpy as np
from numpy.typing import NDArray
from scipy import optimize, signal
from synth.band import SongSpec, SynthSong
from synth.midi_songs import MIDI_SONGS, make_midi_song, missing_for_midi
from synth.random_grooves import random_groove
from synth.songs import HELD_OUT_SONGS, TUNING_SONGS, make_song
from synth.sounds import RATE_HZ

from mvlocal.song.beats import read_features
from mvlocal.song.features import FRAME_RATE_HZ, measure_song

Reals = NDArray[np.float64]
WEIGHTS_FILE = Path(__file__).parents[1] / "mvlocal" / "song" / "evidence_weights.py"
RANDOM_SONGS = 160
_GROOVE_SHARE = 0.4
"""What a random groove counts for beside a song: some of them nobody could read."""
_STRICTNESS = 1.0
"""Weight of the squared weights: chosen by leaving styles out."""
_AGAINST = ("tempo_off", "too_slow", "bar_off", "triple")
"""Evidence that can only speak against a reading, with harmony in mid bar; all else only for it."""
_SHARPNESS = 0.04
_CLOSE_CALLS = ("ballad", "swing", "folk", "arp", "reggae", "funk")
"""Styles whose best two readings are near each other: also heard one per cent faster and slower."""
_TEMPI = {
    "rock": (90, 165), "house": (112, 135), "ballad": (56, 90), "waltz": (80, 175), "swing": (100, 210),
    "folk": (76, 130), "arp": (84, 140), "dnb": (155, 180), "hiphop": (70, 105), "bossa": (100, 150),
    "reggae": (66, 92), "orchestra": (84, 150), "metal": (110, 185), "funk": (86, 120),
}  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """All readings (r) of one song: evidence (r, d), and beat and downbeat F of each (r,)."""

    name: str
    style: str
    evidence: Reals
    beat_f: Reals
    downbeat_f: Reals

    @property
    def weight(self) -> float:
        """What the song counts for in the fit."""
        return _GROOVE_SHARE if self.style.startswith("groove") else 1.0

    @property
    def target(self) -> Reals:
        """Probability that a reading is the one to choose."""
        worth = (self.beat_f + self.downbeat_f) / 2
        likely = np.exp((worth - worth.max()) / _SHARPNESS)
        return likely / likely.sum()


def songs() -> Iterator[SynthSong]:
    """Everything the fit may hear."""
    for spec in TUNING_SONGS:
        song = make_song(spec)
        yield song
        yield from (_at_speed(song, *ratio) for ratio in ((100, 101), (101, 100)) if spec.style in _CLOSE_CALLS)
    yield from (make_song(spec) for spec in (*other_tempi(), *HELD_OUT_SONGS))
    yield from (make_midi_song(spec) for spec in MIDI_SONGS[::2])
    for number in range(RANDOM_SONGS):
        style, bpm = random_groove(5000 + number)
        rng = np.random.default_rng(number)
        drift, change = float(rng.choice([0, 0.02, 0.04])), float(rng.choice([1, 1, 1, 1.15]))
        yield make_midi_song(
            SongSpec(f"groove-{number}", f"groove-{number % 8}", bpm, 7000 + number, drift, change), style
        )


def _at_speed(song: SynthSong, up: int, down: int) -> SynthSong:
    """The same song a little slower or faster: readings should not hang on a hair."""
    samples = np.asarray(signal.resample_poly(song.samples, up, down), np.float32)
    longer = up / down
    return replace(song, samples=samples, beats=song.beats * longer, downbeats=song.downbeats * longer)


def other_tempi() -> Iterator[SongSpec]:
    """Two more songs of each tuning style."""
    rng = np.random.default_rng(7)
    for style, (low, high) in _TEMPI.items():
        for number in range(2):
            bpm, seed = float(np.round(rng.uniform(low, high))), int(200 + rng.integers(1000))
            yield SongSpec(f"{style}-x{number}", style, bpm, seed, drift=float(rng.choice([0, 0.02, 0.04])))


def hear(song: SynthSong, names: list[str]) -> Heard | None:
    """The readings of one song; None where no reading comes near, for there is nothing to learn from it."""
    readings = read_features(measure_song(song.samples, RATE_HZ))
    if not readings:
        return None
    names[:] = dict.fromkeys([*names, *(name for reading in readings for name in reading.evidence)])
    rows = np.asarray([[reading.evidence.get(name, 0.0) for name in names] for reading in readings])
    scores: list[tuple[float, float]] = []
    for reading in readings:
        beats = np.asarray(reading.grid) / FRAME_RATE_HZ
        beat_f = float(mir_eval.beat.f_measure(song.beats, beats))
        scores.append((beat_f, float(mir_eval.beat.f_measure(song.downbeats, beats[reading.downbeats]))))
    beat_f, downbeat_f = np.asarray(scores).T
    heard = Heard(song.spec.name, song.spec.style, rows, beat_f, downbeat_f)
    return heard if beat_f.max() > 0.7 else None


def fit(heard: list[Heard], names: list[str], scale: Reals) -> Reals:
    """Weights (d,) of a conditional logit over each song's readings, held small and to the sign that sense gives."""
    against = [name in _AGAINST or "_middle" in name for name in names]
    bounds = [(None, 0) if bad else (0, None) for bad in against]

    def loss(weights: Reals) -> tuple[float, Reals]:
        total, slope = _STRICTNESS * float(weights @ weights), 2 * _STRICTNESS * weights
        for song in heard:
            rows = song.evidence / scale
            score = rows @ weights
            share = np.exp(score - score.max())
            share /= share.sum()
            total -= song.weight * float(song.target @ np.log(np.maximum(share, 1e-300)))
            slope = slope + song.weight * rows.T @ (share - song.target)
        return total, slope

    found = optimize.minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x) / scale


def report(heard: list[Heard], names: list[str], scale: Reals) -> None:
    """Beat and downbeat F of each style by weights that never heard it."""
    for style in sorted({song.style for song in heard}):
        weights = fit([song for song in heard if song.style != style], names, scale)
        chosen = [(song, int(np.argmax(song.evidence @ weights))) for song in heard if song.style == style]
        beat_f = np.mean([song.beat_f[best] for song, best in chosen])
        downbeat_f = np.mean([song.downbeat_f[best] for song, best in chosen])
        print(f"{style:16s} {len(chosen):3d} songs left out: beat F {beat_f:.3f}  downbeat F {downbeat_f:.3f}")


def write_weights(names: list[str], weights: Reals) -> None:
    """The fitted table as a module."""
    pairs = sorted(zip(names, weights.tolist(), strict=True))
    lines = [f'    "{name}": {weight:.3f},' for name, weight in pairs if abs(weight) >= 0.0005]
    head = (
        '"""Weights of the evidence for a reading of the pulse, fitted by benchmarks/fit_song.py. It holds no code."""'
    )
    table = ["WEIGHTS: dict[str, float] = {", *lines, "}", ""]
    WEIGHTS_FILE.write_text("\n".join([head, "", "from __future__ import annotations", "", *table]), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--report", action="store_true", help="also leave out each style in turn and print how it fares"
    )
    args = parser.parse_args()
    if missing := missing_for_midi():
        raise SystemExit(missing)
    names: list[str] = []
    ragged = [heard for song in songs() if (heard := hear(song, names)) is not None]
    heard = [
        Heard(
            h.name, h.style, np.pad(h.evidence, ((0, 0), (0, len(names) - h.evidence.shape[1]))), h.beat_f, h.downbeat_f
        )
        for h in ragged
    ]
    scale = np.concatenate([song.evidence for song in heard]).std(axis=0) + 1e-6
    if args.report:
        report(heard, names, scale)
    write_weights(names, fit(heard, names, scale))


if __name__ == "__main__":
    main()
