"""Bands with random grooves for fitting weights: no style, only habits that most popular music shares.

Kicks like the one, snares the second and fourth, harmony changes with the bar; all of it with exceptions.
"""

from __future__ import annotations

import numpy as np

from synth.midi_styles import CLAP, CLAVES, HAT, KICK, OPEN, RIDE, SIDE, SNARE, TAMBOURINE, MidiStyle

_PROGRESSIONS = (
    ((0, ""), (9, "m"), (5, ""), (7, "")),
    ((0, ""), (7, ""), (9, "m"), (5, "")),
    ((0, "m"), (8, ""), (3, ""), (10, "")),
    ((0, "m"), (0, "m"), (5, "m"), (5, "m")),
    ((2, "m"), (7, "7"), (0, ""), (0, "")),
    ((0, ""), (0, ""), (5, ""), (0, "")),
    ((0, "m"), (10, ""), (8, ""), (7, "7")),
    ((0, "7"), (0, "7"), (0, "7"), (0, "7")),
)
_BASSES, _COMPS = (32, 33, 34, 35, 36, 38, 39), (0, 2, 4, 6, 11, 16, 19, 24, 25, 26, 27, 28, 29, 30, 46, 62)
_LEADS, _PADS = (40, 53, 56, 64, 65, 68, 71, 73, 75, 80, 81), (48, 50, 52, 89, 90, 91, 95)


def random_groove(seed: int) -> tuple[MidiStyle, float]:
    """A style and its beats a minute."""
    rng = np.random.default_rng(seed)
    per_bar = int(rng.choice([4, 4, 4, 3]))
    bpm = float(np.clip(112 * 2 ** rng.normal(0, 0.45), 56, 200))
    steps = 3 if rng.random() < (0.35 if bpm < 80 or bpm > 150 else 0.2) else 4
    if steps == 3 and per_bar == 4 and rng.random() < 0.5:  # six-eight: two dotted beats
        per_bar, bpm = 2, float(np.clip(bpm, 42, 64) if rng.random() < 0.6 else rng.uniform(64, 125))
    drums = rng.random() > 0.15
    style = MidiStyle(
        verse=tuple(_drum_bar(rng, per_bar, steps, bpm) for _ in range(2)) if drums else ({},),
        chorus=(_drum_bar(rng, per_bar, steps, bpm),) if drums else ({},),
        bass=tuple(_bass(rng, per_bar, steps, bpm) for _ in range(2)),
        chords=tuple(_comp(rng, per_bar, steps, bpm, drums) for _ in range(2)),
        programs=(_pick(rng, _BASSES), _pick(rng, _COMPS), _pick(rng, _LEADS), _pick(rng, _PADS)),
        per_bar=per_bar,
        steps=steps,
        swing=float(rng.choice([0.5, 0.5, 0.5, 0.58, 0.64])) if steps == 4 and bpm < 120 else 0.5,
        loose_s=float(rng.uniform(0.002, 0.011)),
        push=float(rng.choice([0.0, 0.0, 0.3, 0.7])),
        lead_density=float(rng.uniform(0.25, 0.8)),
        harmony=_PROGRESSIONS[int(rng.integers(len(_PROGRESSIONS)))],
    )
    return style, bpm


def _pick(rng: np.random.Generator, options: tuple[int, ...]) -> int:
    return int(options[int(rng.integers(len(options)))])


def _write(marks: dict[int, str], length: int) -> str:
    return "".join(marks.get(i, ".") for i in range(length))


def _drum_bar(rng: np.random.Generator, per_bar: int, steps: int, bpm: float) -> dict[int, str]:
    length, half = per_bar * steps, steps // 2 if steps == 4 else 2
    kick = {0: "X"} if rng.random() < 0.93 else {}
    strong = [2 * steps] if per_bar == 4 else []
    if rng.random() < 0.2:
        kick |= {beat * steps: "X" for beat in range(per_bar)}
    kick |= {at: "X" for at in strong if rng.random() < 0.55}
    fine = 0.1 if bpm < 130 else 0.02
    if steps == 4 and bpm < 125 and rng.random() < 0.12:  # a heart beat: the kick also leads into every beat
        kick |= dict.fromkeys(range(0, length, steps), "X") | dict.fromkeys(range(3, length, steps), "x")
    for i in range(length):
        chance = 0.14 if i % steps == 0 else 0.2 if i % steps == half else fine
        if i not in kick and i % (2 * steps) != steps and rng.random() < chance:
            kick[i] = "x"
    back = {4: [1, 3], 2: [1]}.get(per_bar) or ([1, 2] if rng.random() < 0.5 else [2])
    snare = {beat * steps: "X" for beat in back} if rng.random() < 0.85 else {}
    for i in range(length):
        if i not in snare and i % steps and rng.random() < 0.6 * fine:
            snare[i] = "o"
    return {
        KICK: _write(kick, length),
        int(rng.choice([SNARE, SNARE, SNARE, SIDE, CLAP])): _write(snare, length),
        **_cymbals(rng, per_bar, steps, bpm),
    }


def _cymbals(rng: np.random.Generator, per_bar: int, steps: int, bpm: float) -> dict[int, str]:
    half = steps // 2 if steps == 4 else 2
    ways = ["beats", "eighths", "eighths", "eighths", "offbeats", "all", "backbeats", "none"]
    way = str(rng.choice(ways if bpm < 135 else [w for w in ways if w != "all"]))
    one = {
        "beats": "x" + "." * (steps - 1),
        "eighths": "x" + "".join("o" if i == half else "." for i in range(1, steps)),
        "offbeats": "".join("X" if i == half else "." for i in range(steps)),
        "all": "x" + "o" * (steps - 1),
        "backbeats": "." * steps,
        "none": "." * steps,
    }[way]
    bar = one * per_bar
    if way == "backbeats":
        bar = (("." * steps) + "x" + "." * (steps - 1)) * 2
        bar = bar[: per_bar * steps]
    kind = OPEN if way == "offbeats" else int(rng.choice([HAT, HAT, RIDE, TAMBOURINE]))
    extra = {}
    if rng.random() < 0.12:
        places = {int(i): "x" for i in rng.choice(per_bar * steps, 5, replace=False)}
        extra = {CLAVES: _write(places, per_bar * steps)}
    return {kind: bar} | extra


def _bass(rng: np.random.Generator, per_bar: int, steps: int, bpm: float) -> str:
    length, half = per_bar * steps, steps // 2 if steps == 4 else 2
    way = str(rng.choice(["one", "halves", "beats", "eighths", "loose", "loose"]))
    places = {
        "one": [0],
        "halves": [0, 2 * steps],
        "beats": list(range(0, length, steps)),
        "eighths": sorted([*range(0, length, steps), *range(half, length, steps)]),
    }.get(way)
    if places is None:
        fine = 0.12 if bpm < 130 else 0.03
        chance = [0.45 if i % steps == 0 else 0.35 if i % steps == half else fine for i in range(length)]
        chance[0] = 0.85
        places = [i for i in range(length) if rng.random() < chance[i]] or [0]
    marks = {i: "1" if i == 0 or rng.random() < 0.5 else str(rng.choice(["5", "8", "3", "7"])) for i in places}
    return _write(marks, length)


def _comp(rng: np.random.Generator, per_bar: int, steps: int, bpm: float, drums: bool) -> str:
    length, half = per_bar * steps, steps // 2 if steps == 4 else 2
    ways = ["one", "halves", "beats", "eighths", "loose"] + (["offbeats", "backbeats", "loose"] if drums else [])
    way = str(rng.choice(ways))
    marks: dict[int, str] = {
        "one": {0: "X"},
        "halves": {0: "X", 2 * steps: "X"},
        "beats": dict.fromkeys(range(0, length, steps), "X"),
        "eighths": {i: "x" for i in range(length) if i % steps in (0, half)},
        "offbeats": dict.fromkeys(range(half, length, steps), "x"),
        "backbeats": dict.fromkeys(range(steps, length, 2 * steps), "x"),
    }.get(way, {})
    if way == "loose":
        fine = 0.12 if bpm < 130 else 0.03
        chance = [0.5 if i % steps == 0 else 0.35 if i % steps == half else fine for i in range(length)]
        marks = {i: str(rng.choice(["X", "x"])) for i in range(length) if rng.random() < chance[i]} or {0: "X"}
    return _write({i: mark for i, mark in marks.items() if i < length}, length)
