"""What the MIDI bands play, as patterns: one character a step of the bar. It knows nothing of files or sound.

Drums: X loud, x usual, o soft. Bass: 1 3 5 6 7 8 are degrees above the root. Chords: X rings on, x is short.
"""

from __future__ import annotations

from dataclasses import dataclass, field

KICK, SIDE, SNARE, CLAP, HAT, OPEN, RIDE, CRASH = 36, 37, 38, 39, 42, 46, 51, 49
TAMBOURINE, COWBELL, CONGA, CLAVES, MARACAS, WOOD = 54, 56, 63, 75, 70, 76
Bars = tuple[dict[int, str], ...]


@dataclass(frozen=True)
class MidiStyle:
    """One band: `steps` a beat, `per_bar` beats; programs (General MIDI) of bass, chords, lead and pad."""

    verse: Bars
    chorus: Bars
    bass: tuple[str, ...]
    chords: tuple[str, ...]
    programs: tuple[int, int, int, int]
    per_bar: int = 4
    steps: int = 4
    swing: float = 0.5
    loose_s: float = 0.006
    push: float = 0.0
    rubato: float = 0.0
    lead_density: float = 0.5
    harmony: tuple[tuple[int, str], ...] = ((0, ""), (9, "m"), (5, ""), (7, ""))
    lags_s: dict[str, float] = field(default_factory=dict)


STYLES = {
    "pop": MidiStyle(
        verse=(
            {KICK: "X.....x.X.......", SNARE: "....X.......X..o", HAT: "x.o.x.o.x.o.x.o."},
            {KICK: "X..x....X.x.....", SNARE: "....X..o....X...", HAT: "x.o.x.o.x.o.x.x."},
        ),
        chorus=({KICK: "X...x.x.X...x.x.", SNARE: "....X.......X...", OPEN: "X...x...X...x..."},),
        bass=("1.1.1.1.1.1.1.5.", "1.....1.5...1.1."),
        chords=("X.....X.....x...", "X...x..x..X....."),
        programs=(33, 27, 80, 89),
        push=0.3,
    ),
    "hard_rock": MidiStyle(
        verse=({KICK: "X.....x.X.x.....", SNARE: "....X.......X...", HAT: "x.x.x.x.x.x.x.x."},),
        chorus=({KICK: "X..x....X.x.....", SNARE: "....X.......X...", CRASH: "x...x...x...x..."},),
        bass=("1...1...1...1...", "1.......1.5...7."),
        chords=("X.......X..x....", "X.........X....."),
        programs=(34, 30, 29, 48),
        harmony=((0, "m"), (8, ""), (3, ""), (10, "")),
    ),
    "bebop": MidiStyle(
        verse=({RIDE: "X..x.xX..x.x", HAT: "...x.....x..", KICK: "o..o..o..o.."},
               {RIDE: "X..x.xX..x.x", HAT: "...x.....x..", SNARE: ".....o..o..."}),
        chorus=({RIDE: "X..x.xX..x.x", HAT: "...x.....x..", SNARE: "..o.....o..x", KICK: "o....x..o..."},),
        bass=("1..3..5..7..", "1..5..6..5..", "8..7..5..3.."),
        chords=("..x...x.....", "X.......x...", ".....x.....x"),
        programs=(32, 0, 66, 11),
        steps=3, loose_s=0.009, lead_density=0.75,
        harmony=((2, "m"), (7, "7"), (0, ""), (9, "m")),
    ),
    "gospel": MidiStyle(
        verse=({KICK: "X....x......", SNARE: "...X.....X..", HAT: "x.xx.xx.xx.x"},),
        chorus=({KICK: "X....xx....x", SNARE: "...X.....X.x", RIDE: "xxxxxxxxxxxx", TAMBOURINE: "...X.....X.."},),
        bass=("1....56..5..", "1.....5..671"),
        chords=("X..x.xX..x..", "xxxxxxxxxxxx"),
        programs=(33, 16, 53, 52),
        steps=3, loose_s=0.01, harmony=((0, ""), (5, ""), (0, "7"), (7, "")),
    ),
    "ballad": MidiStyle(
        verse=({SIDE: "....x.......x...", HAT: "o.o.o.o.o.o.o.o.", KICK: "x.........x....."},),
        chorus=({SNARE: "....X.......X...", HAT: "x.o.x.o.x.o.x.o.", KICK: "X......xX.......",
                CRASH: "o..............."},),
        bass=("1.......5.......", "1.....1.5.......", "1...........7..."),
        chords=("X...x...x...x...", "X.x.x.x.x.x.x.x."),
        programs=(35, 0, 73, 48),
        loose_s=0.009, lead_density=0.35,
    ),
    "samba": MidiStyle(
        verse=({KICK: "X..xX..xX..xX..x", HAT: "o.x.o.x.o.x.o.x.", SIDE: "x..x..x...x..x.."},),
        chorus=({KICK: "X..xX..xX..xX..x", MARACAS: "Xoxxxoxxxoxxxoxx", SNARE: "x.xx.x.x.xx.x.xx",
                WOOD: "x.x..x.x.x..xx.."},),
        bass=("1..15..51..15..5",),
        chords=("x..x..x.x..x..x.", ".x..x..x..x.x..."),
        programs=(32, 24, 73, 50),
        loose_s=0.007, push=0.5, harmony=((0, ""), (9, "m"), (2, "m"), (7, "7")),
    ),
    "folk_waltz": MidiStyle(
        verse=({SIDE: "....x...x...", KICK: "x..........."},),
        chorus=({SNARE: "....o...x...", KICK: "X.......o...", TAMBOURINE: "....x...x..."},),
        bass=("1...........", "5...........", "1.......3..."),
        chords=("....x...x...", "....x...x.x."),
        programs=(32, 25, 21, 48),
        per_bar=3, loose_s=0.01,
    ),
    "jazz_waltz": MidiStyle(
        verse=({RIDE: "x..x.xx..", HAT: "...o..o..", KICK: "o........"}, {RIDE: "x..x..x.x", HAT: "...o.....",
                KICK: "o....o..."}),
        chorus=({RIDE: "X..x.xx.x", SNARE: "..o....o.", KICK: "x....x...", HAT: "...x....."},),
        bass=("1..5..3..", "1.....5.."),
        chords=("X....x...", "..x...x..", "X...x...."),
        programs=(32, 26, 71, 11),
        per_bar=3, steps=3, loose_s=0.009, harmony=((2, "m"), (7, "7"), (0, ""), (5, "")),
    ),
    "funk": MidiStyle(
        verse=({KICK: "X..x......x..x..", SNARE: "....X..o.o..X..o", HAT: "xoxoxoxoxoxoxoxo"},
               {KICK: "X.x....x..x.....", SNARE: "....X..o.o..X.o.", HAT: "xoxoxoxxx.xoxoxo"}),
        chorus=({KICK: "X..x..x...x..x..", SNARE: "....X..o.o..X..o", HAT: "x.x.x.x.x.x.x.x.",
                COWBELL: "x...x...x...x..."},),
        bass=("1..1..7.8..5.71.", "1.....81..5.7..."),
        chords=("..x..x....x..x..", "x..x......xx...."),
        programs=(36, 28, 61, 62),
        loose_s=0.005, harmony=((0, "m"), (0, "m"), (5, "7"), (0, "m")),
    ),
    "hip_hop": MidiStyle(
        verse=({KICK: "X......x..X.....", SNARE: "....X.......X...", HAT: "x.x.x.xxx.x.x.x."},
               {KICK: "X..x...x..X....x", SNARE: "....X.......X...", HAT: "x.x.x.x.x.x.x.xx"}),
        chorus=({KICK: "X......x..X..x..", CLAP: "....X.......X...", HAT: "x.xxx.x.x.xxx.x.",
                OPEN: "..............x."},),
        bass=("1......1..1.....", "1..........5..7."),
        chords=("X...............", "X.......x......."),
        programs=(38, 4, 11, 89),
        swing=0.58, loose_s=0.008, lags_s={"snare": 0.012, "bass": 0.01}, harmony=((0, "m"), (8, ""), (5, "m"), (7,
        "m")),
    ),
    "strings": MidiStyle(
        verse=({},), chorus=({},),
        bass=("1...1...1...1...", "1.......5......."),
        chords=("x...x...x...x...", "..x...x...x...x.", "x.x.x.x.x.x.x.x."),
        programs=(42, 48, 40, 48),
        loose_s=0.012, lead_density=0.7,
    ),
    "piano": MidiStyle(
        verse=({},), chorus=({},),
        bass=("1.......5.......", "1...5...8...5..."),
        chords=("X...x...x...x...", "....x..x....x.x."),
        programs=(0, 0, 0, 0),
        loose_s=0.012, rubato=0.05, lead_density=0.5,
    ),
    "metal": MidiStyle(
        verse=({KICK: "x.xxx.xxx.xxx.xx", SNARE: "....X.......X...", RIDE: "X...x...x...x..."},),
        chorus=({KICK: "xxxxxxxxxxxxxxxx", SNARE: "....X.......X...", CRASH: "x...x...x...x..."},),
        bass=("1.111.111.111.11",),
        chords=("x.xxx.xxx.xxx.xx", "X.......x.x.x.xx"),
        programs=(34, 30, 30, 49),
        loose_s=0.004, harmony=((0, "m"), (8, ""), (1, ""), (0, "m")),
    ),
    "breakbeat": MidiStyle(
        verse=({KICK: "X.x.......xx....", SNARE: "....X..o.o..X..o", RIDE: "x.x.x.x.x.x.x.x."},
               {KICK: "X.x.......x.....", SNARE: "....X..o.o....X.", RIDE: "x.x.x.x.x.x.x.x."}),
        chorus=({KICK: "X.........X.....", SNARE: "....X.......X...", OPEN: "..x...x...x...x.",
                HAT: "xoxoxoxoxoxoxoxo"},),
        bass=("1.........5.....", "1.....1...7....."),
        chords=("X...............",),
        programs=(38, 90, 81, 95),
        loose_s=0.003, harmony=((0, "m"), (0, "m"), (8, ""), (10, "")),
    ),
    "one_drop": MidiStyle(
        verse=({KICK: "........X.......", SIDE: "........X.......", HAT: "x.o.x.o.x.o.x.oo"},),
        chorus=({KICK: "X...x...X...x...", SIDE: "........X.......", HAT: "x.o.x.o.x.o.x.o."},),
        bass=("1...1.3.5.......", "..1.1...5.3.1..."),
        chords=("....x.......x...",),
        programs=(33, 16, 56, 16),
        loose_s=0.007, harmony=((0, ""), (5, ""), (0, ""), (7, "")),
    ),
    "country": MidiStyle(
        verse=({KICK: "X.......X.......", SNARE: "ooXoooXoooXoooXo"},),
        chorus=({KICK: "X...x...X...x...", SNARE: "..X...X...X...X.", HAT: "x.x.x.x.x.x.x.x."},),
        bass=("1...5...1...5...", "1...5...1...567."),
        chords=("..x...x...x...x.", "..x.x.x...x.x.x."),
        programs=(32, 25, 105, 110),
        loose_s=0.006,
    ),
    "disco": MidiStyle(
        verse=({KICK: "X...X...X...X...", OPEN: "..x...x...x...x.", HAT: "xo.oxo.oxo.oxo.o",
                SNARE: "....x.......x..."},),
        chorus=({KICK: "X...X...X...X...", OPEN: "..X...X...X...X.", CLAP: "....X.......X...",
                TAMBOURINE: "xoxoxoxoxoxoxoxo"},),
        bass=("1.8.1.8.1.8.1.8.", "1..81.8.5..81.8."),
        chords=("..x...x..x..x...", "x..x..x.....x..."),
        programs=(33, 28, 48, 50),
        loose_s=0.004, push=0.2, harmony=((0, "m"), (10, ""), (8, ""), (7, "7")),
    ),
    "son": MidiStyle(
        verse=({CLAVES: "x.....x.....x...", CONGA: "o.o.X.o.o.o.x.x.", MARACAS: "x.o.x.o.x.o.x.o."},
               {CLAVES: "....x...x.......", CONGA: "o.o.X.o.o.o.x.x.", MARACAS: "x.o.x.o.x.o.x.o."}),
        chorus=({CLAVES: "x.....x.....x...", COWBELL: "X...x.x.X...x.x.", CONGA: "o.o.X.o.o.o.x.x."},
                {CLAVES: "....x...x.......", COWBELL: "X...x.x.X...x.x.", CONGA: "o.o.X.o.o.o.x.x."}),
        bass=("......5.....8...", "......1.....5..."),
        chords=("x.x..x.x.x.x..x.", "x...x.x...x.x.x."),
        programs=(32, 0, 56, 57),
        push=0.8, loose_s=0.008, harmony=((0, "m"), (5, "m"), (7, "7"), (7, "7")),
    ),
}  # fmt: skip
