"""The fresh set: styles that no fit and no choice has heard, run once when the tracker was done.

Half of the bands play what numpy makes, half play MIDI on a sampled bank. Whoever reads single results here and
then changes the tracker must write another set.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from synth.band import DANCE, LONG, SHORT, Band, Bar, SongSpec, Style, SynthSong, full
from synth.midi_songs import make_midi_song
from synth.midi_styles import CLAP, CRASH, HAT, KICK, OPEN, RIDE, SIDE, SNARE, TAMBOURINE, MidiStyle
from synth.other_sounds import bell, bowed, reed, room, saw, skin, string
from synth.songs import make_song
from synth.sounds import Sound

FRESH_SONGS = (
    SongSpec("bolero-92", "bolero", 92, 301, drift=0.015),
    SongSpec("synthwave-100", "synthwave", 100, 302, headers=False),
    SongSpec("tango-122-drift", "tango", 122, 303, drift=0.04),
    SongSpec("jig-112", "jig", 112, 304, drift=0.01),
    SongSpec("music-box-96-drift", "music_box", 96, 305, drift=0.03, headers=False),
    SongSpec("techno-134", "techno", 134, 306, headers=False),
    SongSpec("afrobeat-108", "afrobeat", 108, 307),
    SongSpec("rockabilly-184", "rockabilly", 184, 308, drift=0.01, headers=False),
    SongSpec("vals-168-change", "vals", 168, 309, tempo_change=0.9),
)
FRESH_MIDI_SONGS = (
    SongSpec("midi-reggaeton-94", "reggaeton", 94, 311),
    SongSpec("midi-bluegrass-126", "bluegrass", 126, 312, drift=0.02),
    SongSpec("midi-slow-blues-74", "slow_blues", 74, 313, drift=0.02),
    SongSpec("midi-six-eight-58", "soul_six_eight", 58, 314, drift=0.015),
    SongSpec("midi-motown-124", "motown", 124, 315),
    SongSpec("midi-pizzicato-waltz-132", "pizzicato_waltz", 132, 316, drift=0.04),
    SongSpec("midi-new-wave-152-change", "new_wave", 152, 317, tempo_change=0.9),
    SongSpec("midi-harp-88", "harp", 88, 318, drift=0.03),
)


def make_fresh_song(spec: SongSpec) -> SynthSong:
    """Plays one song of FRESH_SONGS."""
    return make_song(spec, _STYLES[spec.style])


def make_fresh_midi_song(spec: SongSpec) -> SynthSong:
    """Plays one song of FRESH_MIDI_SONGS; needs what `missing_for_midi` names."""
    return make_midi_song(spec, _MIDI_STYLES[spec.style])


def _skin(band: Band, bar: Bar, kind: str, places: tuple[float, ...], gain: float) -> None:
    for place in places:
        band.put(skin(kind), band.at(bar.beat + place), gain)


def _ms(band: Band, beat: float, beats: float) -> int:
    return max(round((band.at(beat + beats) - band.at(beat)) * 50) * 20, 60)


def _pick(
    band: Band, bar: Bar, step: int, place: float, beats: float, gain: float, bright: float = 0.4, low: int = 33
) -> None:
    midi = low + (bar.root - low) % 12 + step
    band.put(string(midi, _ms(band, bar.beat + place, beats), bright), band.at(bar.beat + place), gain)


def _triad(bar: Bar, low: int) -> list[int]:
    return [low + (bar.root + step - low) % 12 for step in (0, 3 if bar.minor else 4, 7)]


def _bolero(band: Band, bar: Bar) -> None:
    """Hand drum in eighths with a quick third on the first beat, nylon arpeggios, bass on one, three and four."""
    for place, step, gain in ((0, 0, 0.6), (2, 7, 0.5), (3, 7, 0.4)):
        _pick(band, bar, step, place, 0.9, gain, 0.12)
    tones = _triad(bar, 52)
    for i, tone in enumerate((0, 1, 2, 1, 0, 2, 1, 2)):
        band.put(string(tones[tone], _ms(band, bar.beat + i / 2, 0.8), 0.3), band.at(bar.beat + i / 2), 0.22)
    if bar.label != "intro":
        _skin(band, bar, "palm", (0, 1, 2, 3), 0.3)
        _skin(band, bar, "wood", (0, 1 / 3, 2 / 3, 1, 1.5, 2, 2.5, 3, 3.5), 0.1)
    if full(bar):
        for tone in tones:
            band.put(bowed(tone + 12, _ms(band, bar.beat, 3.8), 150), band.at(bar.beat), 0.09)


def _synthwave(band: Band, bar: Bar) -> None:
    """Sixteenth-note synth bass with the beat left to the kick, a wide snare, slow pads."""
    for i in range(16):
        if i % 4 or bar.label in ("intro", "break"):
            midi = 33 + (bar.root - 33) % 12 + (12 if i % 4 == 2 else 0)
            band.put(saw(midi, 110, 700.0, 4), band.at(bar.beat + i / 4), 0.35)
    for tone in _triad(bar, 57):
        band.put(saw(tone, _ms(band, bar.beat, 3.9), 1500.0, 250, 0.008), band.at(bar.beat), 0.07)
    if bar.label not in ("intro", "break"):
        _skin(band, bar, "boom", (0, 1, 2, 3) if full(bar) else (0, 2), 0.8)
        _skin(band, bar, "crack", (1, 3), 0.7)
        _skin(band, bar, "tip", tuple(i / 2 for i in range(8)), 0.1)
        if bar.last:
            _skin(band, bar, "timpani", (3, 3.25, 3.5, 3.75), 0.5)
    if full(bar):
        for i, step in enumerate((0, 7, 12, 7, 15 if bar.minor else 16, 12, 7, 12)):
            band.put(bell(69 + bar.root % 12 - 9 + step, 200, 2.0, 1.5, 0.3), band.at(bar.beat + i / 2), 0.12)


def _tango(band: Band, bar: Bar) -> None:
    """Marcato in four or three-three-two, no drums: bandoneon, piano octaves, a violin that drags."""
    syncopated = bar.index % 4 == 3
    for i, place in enumerate((0, 1.5, 3) if syncopated else (0, 1, 2, 3)):
        gain = 0.5 if i % 2 == 0 else 0.36
        _pick(band, bar, (0, 7, 0, 7)[i], place, 0.6, gain, 0.2)
        for tone in _triad(bar, 55):
            band.put(reed(tone, _ms(band, bar.beat + place, 0.35), 0.1, 0.02, 12), band.at(bar.beat + place), 0.12)
            band.put(bell(tone, 250, 1.0, 1.3, 0.4), band.at(bar.beat + place), 0.08)
    if bar.label != "intro":
        places = (0.5, 1.5, 2, 3.5) if bar.index % 2 else (0, 1, 1.5, 2.5)
        for place in places:
            tone = _triad(bar, 69)[int(band.rng.integers(3))]
            band.put(bowed(tone, _ms(band, bar.beat + place, 0.9), 50), band.at(bar.beat + place) + 0.015, 0.16)
    if bar.last:
        for i, step in enumerate((7, 5, 4, 2)):
            _pick(band, bar, step + 12, 3 + i / 4, 0.25, 0.3, 0.3)


def _jig(band: Band, bar: Bar) -> None:
    """Six quick quavers in two dotted beats; the frame drum says long-short."""
    scale = (0, 2, 4, 7, 9, 12)
    tune = band.rng.integers(0, 6, 6) if bar.index % 4 > 1 else (bar.index * 2 + band.rng.integers(0, 2, 6)) % 6
    for i in range(6):
        midi = 69 + (bar.root - 69) % 12 + scale[int(tune[i])] - 7
        band.put(reed(midi, _ms(band, bar.beat + i / 3, 0.3), 0.3, 0.03, 10), band.at(bar.beat + i / 3),
                 0.26 if i % 3 == 0 else 0.17)  # fmt: skip
    for place, gain in ((0, 0.3), (2 / 3, 0.16), (1, 0.24), (5 / 3, 0.16)):
        for tone in _triad(bar, 50):
            band.put(string(tone, _ms(band, bar.beat + place, 0.4), 0.6), band.at(bar.beat + place), gain)
    _pick(band, bar, 0, 0, 0.9, 0.4, 0.15)
    _pick(band, bar, 7, 1, 0.9, 0.3, 0.15)
    if bar.label != "intro":
        _skin(band, bar, "palm", (0, 1), 0.4)
        _skin(band, bar, "ghost", (1 / 3, 2 / 3, 4 / 3, 5 / 3), 0.12)
    if full(bar):
        for tone in _triad(bar, 62):
            band.put(bowed(tone, _ms(band, bar.beat, 1.9), 40), band.at(bar.beat), 0.08)


def _music_box(band: Band, bar: Bar) -> None:
    """Three in a bar, no drums and no bass but a low bell."""
    tones = _triad(bar, 72)
    band.put(bell(tones[0] - 24, 1400, 3.0, 0.8, 1.2), band.at(bar.beat), 0.4)
    for i in (1, 2):
        for tone in tones[1:]:
            band.put(bell(tone - 12, 500, 4.0, 0.7, 0.5), band.at(bar.beat + i), 0.14)
    places = ((0, 1, 2), (0, 1.5, 2), (0, 0.5, 1, 2), (0, 2))[bar.index % 4]
    for place in places:
        tone = tones[int(band.rng.integers(3))] + 12 * (bar.label == "chorus")
        band.put(bell(tone, 600, 4.0, 0.9, 0.6), band.at(bar.beat + place), 0.26)
    if full(bar):
        for i in range(6):
            band.put(bell(tones[i % 3], 250, 5.0, 0.5, 0.25), band.at(bar.beat + i / 2), 0.1)


def _techno(band: Band, bar: Bar) -> None:
    """Kick on every beat with a rumble between, one stab in three-sixteenths, claps only when full."""
    if bar.label != "break":
        _skin(band, bar, "eight", (0, 1, 2, 3), 0.9)
        _skin(band, bar, "wash", (0.5, 1.5, 2.5, 3.5), 0.22 if bar.label != "intro" else 0.0)
        _skin(band, bar, "tick", tuple(i / 4 for i in range(16)), 0.12)
    for i in range(16):
        if i % 4:
            band.put(saw(29 + (bar.root - 29) % 12, 100, 180.0, 6), band.at(bar.beat + i / 4), 0.3)
    stabs = (0.75, 1.5, 2.25, 3.75) if bar.index % 2 else (0, 0.75, 1.5, 2.25, 3)
    for place in stabs:
        for tone in _triad(bar, 60):
            band.put(saw(tone, 120, 2500.0, 3, 0.006), band.at(bar.beat + place), 0.07)
    if full(bar):
        _skin(band, bar, "snap", (1, 3), 0.5)
        if bar.first:
            _skin(band, bar, "wash", (0,), 0.7)


def _afrobeat(band: Band, bar: Bar) -> None:
    """Two guitars that interlock, a bell pattern, open kick, horns that answer across the bar."""
    for place, step in ((0, 0), (0.75, 0), (1.5, 7), (2.5, 5), (3, 7)):
        _pick(band, bar, step, place, 0.5, 0.5, 0.18)
    for i, tone in enumerate((0, 2, 1, 2, 0, 1, 2, 1)):
        band.put(string(_triad(bar, 64)[tone], 160, 0.7), band.at(bar.beat + i / 2 + 0.25 * (i % 2)), 0.16)
    if bar.label != "intro":
        _skin(band, bar, "boom", (0, 1.5, 2.75) if bar.index % 2 else (0, 1.5, 2), 0.6)
        _skin(band, bar, "crack", (1, 3), 0.3)
        _skin(band, bar, "ghost", (0.75, 2.25, 3.5), 0.3)
        _skin(band, bar, "tip", tuple(i / 2 for i in range(8)), 0.16)
    _skin(band, bar, "cow", (0, 1, 1.75, 2.5, 3.5), 0.16)
    if full(bar):
        for place, beats in ((0, 0.5), (1.5, 0.5), (2, 1.5)) if bar.index % 2 == 0 else ((0.5, 0.4), (1, 2.0)):
            for tone in _triad(bar, 62):
                ms = _ms(band, bar.beat + place, beats)
                band.put(reed(tone, ms, 0.1, 0.02, 18), band.at(bar.beat + place), 0.11)


def _rockabilly(band: Band, bar: Bar) -> None:
    """Slapped walking bass in swung time, the slap between its notes; snare on two and four."""
    for i, step in enumerate((0, 4, 7, 9) if bar.index % 2 == 0 else (12, 9, 7, 4)):
        _pick(band, bar, step - (bar.minor and step == 4), i, 0.8, 0.5, 0.3)
    _skin(band, bar, "ghost", (0.5, 1.5, 2.5, 3.5), 0.3)
    if bar.label != "intro":
        _skin(band, bar, "crack", (1, 3), 0.45)
        _skin(band, bar, "plate", (0, 1, 1.5, 2, 3, 3.5), 0.16)
        _skin(band, bar, "boom", (0, 2), 0.35)
    for place in (1, 3) if bar.index % 2 else (0.5, 2, 3.5):
        for tone in _triad(bar, 57):
            band.put(string(tone, _ms(band, bar.beat + place, 0.4), 0.85), band.at(bar.beat + place), 0.14)
    if full(bar):
        for place, step in ((0, 12), (0.5, 15), (1.5, 16), (2, 19), (3, 21)):
            _pick(band, bar, step, place, 0.5, 0.22, 0.9, 57)


def _vals(band: Band, bar: Bar) -> None:
    """Fast three: deep guitar on the one, small guitars on two and three, trumpets in thirds."""
    _pick(band, bar, 0 if bar.index % 2 == 0 else 7, 0, 0.9, 0.6, 0.25)
    for place in (1, 2) if bar.index % 4 != 3 else (1, 1.5, 2):
        for tone in _triad(bar, 60):
            band.put(string(tone, 180, 0.8), band.at(bar.beat + place), 0.2)
    if bar.label != "intro":
        places = ((0, 2), (0, 1, 2), (0,), (0, 1.5, 2))[bar.index % 4]
        for place in places:
            tone = _triad(bar, 67)[int(band.rng.integers(3))]
            for apart in (0, -4) if full(bar) else (0,):
                ms = _ms(band, bar.beat + place, 0.9)
                band.put(reed(tone + apart, ms, 0.05, 0.02, 20), band.at(bar.beat + place), 0.15)


def _ending(seed: int, tail_s: float, wet: float) -> Callable[[Sound], Sound]:
    return partial(room, seed=seed, tail_s=tail_s, wet=wet)


_SAD = {
    "verse": ((0, True), (0, True), (5, True), (7, False)),
    "chorus": ((5, True), (0, True), (7, False), (0, True)),
    "bridge": ((8, False), (3, False), (7, False), (7, False)),
}
_VAMP = dict.fromkeys(("verse", "chorus", "break", "bridge"), ((0, True), (5, False)))
_STYLES = {
    "bolero": Style(_bolero, loose_s=0.008, form=SHORT, chords=_SAD, finish=_ending(21, 0.2, 0.25)),
    "synthwave": Style(_synthwave, loose_s=0.001, form=DANCE, bars_per_chord=2, finish=_ending(22, 0.3, 0.3)),
    "tango": Style(_tango, loose_s=0.011, rubato=0.02, chords=_SAD, sings=False, finish=_ending(23, 0.15, 0.2)),
    "jig": Style(_jig, per_bar=2, loose_s=0.007, form=LONG, sings=False, finish=_ending(24, 0.1, 0.2)),
    "music_box": Style(_music_box, per_bar=3, loose_s=0.004, form=(*SHORT, ("verse", 8), ("outro", 4)), sings=False),
    "techno": Style(_techno, loose_s=0.001, form=DANCE, chords=_VAMP, bars_per_chord=4, sings=False),
    "afrobeat": Style(_afrobeat, loose_s=0.007, chords=_VAMP, bars_per_chord=2, finish=_ending(25, 0.1, 0.15)),
    "rockabilly": Style(_rockabilly, swing=0.62, loose_s=0.007, form=LONG, finish=_ending(26, 0.12, 0.25)),
    "vals": Style(_vals, per_bar=3, loose_s=0.008, form=LONG, finish=_ending(27, 0.2, 0.2)),
}
_MIDI_STYLES = {
    "reggaeton": MidiStyle(
        verse=({KICK: "X...X...X...X...", SNARE: "...x..x....x..x.", HAT: "o.o.o.o.o.o.o.o."},),
        chorus=({KICK: "X...X...X...X...", SNARE: "...X..X....X..X.", CLAP: "......x.......x.",
                HAT: "x.x.x.x.x.x.x.x."},),
        bass=("1..1..1.1..1..5.", "1..1..1.8..8..7."),
        chords=("x..x..x.x..x..x.", "X.......X......."),
        programs=(38, 11, 82, 90),
        loose_s=0.002, harmony=((9, "m"), (5, ""), (0, ""), (7, "")),
    ),
    "bluegrass": MidiStyle(
        verse=({},), chorus=({},),
        bass=("1...5...1...5...", "1...5...1.3.5.6."),
        chords=("..x...x...x...x.", "..x...x...x...xx"),
        programs=(32, 25, 105, 110),
        loose_s=0.007, lead_density=0.95, harmony=((0, ""), (0, ""), (5, ""), (7, "")),
    ),
    "slow_blues": MidiStyle(
        verse=({KICK: "X.....X.....", SNARE: "...X.....X..", RIDE: "x.xx.xx.xx.x"},),
        chorus=({KICK: "X....xX....x", SNARE: "...X.....X.o", HAT: "xxxxxxxxxxxx"},),
        bass=("1.13.35.56.6", "1.13.35.58.7"),
        chords=("...x.....x..", "..x..x..x..."),
        programs=(33, 18, 29, 66),
        steps=3, loose_s=0.01, harmony=((0, "7"), (5, "7"), (0, "7"), (7, "7")),
    ),
    "soul_six_eight": MidiStyle(
        verse=({KICK: "X....x", SNARE: "...X..", HAT: "xoxxox"},),
        chorus=({KICK: "X.x..x", SNARE: "...X..", RIDE: "xxxxxx", TAMBOURINE: "...x.."},),
        bass=("1....5", "1..5.6", "1..1.."),
        chords=("xxxxxx", "X..x..", "x.xx.x"),
        programs=(33, 0, 52, 61),
        per_bar=2, steps=3, loose_s=0.009, lead_density=0.5, harmony=((0, ""), (9, "m"), (5, ""), (7, "7")),
    ),
    "motown": MidiStyle(
        verse=({KICK: "X.....x.X.......", SNARE: "x...X...x...X...", TAMBOURINE: "x.o.X.o.x.o.X.o."},),
        chorus=({KICK: "X...X.x.X...X...", SNARE: "X...X...X...X...", TAMBOURINE: "xoxoXoxoxoxoXoxo"},),
        bass=("1..11.3.5..5.67.", "1...1.3..5..1.5."),
        chords=("....x.......x...", "x...x...x...x..."),
        programs=(33, 27, 56, 49),
        loose_s=0.008, push=0.2, harmony=((0, ""), (0, ""), (2, "m"), (7, "7")),
    ),
    "pizzicato_waltz": MidiStyle(
        verse=({},), chorus=({},),
        bass=("1...........", "5...........", "1.......5..."),
        chords=("....x...x...", "....x...x...", "....x...x.x."),
        programs=(45, 45, 73, 48),
        per_bar=3, loose_s=0.011, rubato=0.03, lead_density=0.55,
    ),
    "new_wave": MidiStyle(
        verse=({KICK: "X.......X.x.....", SNARE: "....X.......X...", HAT: "x.x.x.x.x.x.x.x."},),
        chorus=({KICK: "X.....X.X.......", SNARE: "....X.......X...", OPEN: "..x...x...x...x.",
                CRASH: "o..............."},),
        bass=("1.1.1.1.1.1.1.1.", "1.1.1.1.5.5.7.7."),
        chords=("X.......X.......", "..X...X...X...X."),
        programs=(39, 27, 81, 51),
        loose_s=0.005, harmony=((9, "m"), (5, ""), (0, ""), (7, "")),
    ),
    "harp": MidiStyle(
        verse=({},), chorus=({SIDE: "x.......x......."},),
        bass=("1.......5.......", "1...5...8...5...", "1..............."),
        chords=("x.x.x.x.x.x.x.x.", "X.....x.X.....x.", "x...x...x...x..."),
        programs=(43, 46, 75, 52),
        loose_s=0.013, rubato=0.03, lead_density=0.55, harmony=((9, "m"), (7, ""), (5, ""), (7, "")),
    ),
}  # fmt: skip
