"""The written song: tempo, form, chords, and each sung syllable with its place and its note.

Knows nothing of sound: `singer` and `synth` make it, `make_song` puts it together.
"""

from __future__ import annotations

from dataclasses import dataclass

TITLE = "Last Train, First Light"
ARTIST = "Ilse Marren"
BPM = 96.0
BEAT_S = 60.0 / BPM
BEATS_PER_BAR = 4
LEAD_IN_S = 0.4
RING_OUT_S = 2.6

_PITCH_CLASS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of whole bars, half-open: bars start_bar up to start_bar + bars."""

    label: str
    start_bar: int
    bars: int


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord held from `beat` (counted from the song's first beat) for `beats`."""

    beat: float
    beats: float
    bass: int
    upper: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Syllable:
    """Consonants, vowel, consonants; `notes` is one (beat, MIDI note), or several for a melisma."""

    onset: tuple[str, ...]
    vowel: str
    coda: tuple[str, ...]
    notes: tuple[tuple[float, float], ...]
    end_beat: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word as printed, and its sung syllables."""

    text: str
    syllables: tuple[Syllable, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A lyric line; beats are counted from the song's first beat."""

    section: str
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The line as printed."""
        return " ".join(word.text for word in self.words)

    @property
    def start_beat(self) -> float:
        """Where its first syllable is sung."""
        return self.words[0].syllables[0].notes[0][0]

    @property
    def end_beat(self) -> float:
        """Where its last syllable ends."""
        return self.words[-1].syllables[-1].end_beat


FORM = (
    ("intro", 4),
    ("verse", 4),
    ("prechorus", 2),
    ("chorus", 4),
    ("verse", 4),
    ("chorus", 4),
    ("bridge", 4),
    ("chorus", 4),
    ("outro", 2),
)

# Chords as (beats, bass, upper voices); the upper voices move by step or stay where they are.
_VERSE = (
    (4, 40, (55, 59, 62, 66)),  # Em9
    (4, 36, (55, 59, 62, 64)),  # Cmaj9
    (4, 35, (55, 59, 62, 67)),  # G/B
    (4, 38, (54, 57, 62, 66)),  # D
)
_PRECHORUS = ((4, 33, (55, 60, 64, 67)), (2, 38, (55, 57, 62, 67)), (2, 38, (54, 57, 62, 66)))  # Am7 Dsus4 D
_CHORUS = (
    (4, 43, (55, 59, 62, 69)),  # Gadd9
    (4, 42, (57, 62, 66, 69)),  # D/F#
    (2, 40, (55, 59, 62, 67)),  # Em7
    (2, 38, (54, 57, 62, 66)),  # D
    (2, 36, (55, 59, 64, 67)),  # Cmaj7
    (2, 38, (57, 62, 66, 69)),  # D
)
_BRIDGE = (
    (4, 45, (55, 59, 60, 64)),  # Am9
    (4, 47, (54, 57, 62, 66)),  # Bm7
    (4, 48, (55, 59, 62, 64)),  # Cmaj9
    (2, 48, (55, 60, 63, 69)),  # Cm6, the borrowed chord that turns toward home
    (2, 38, (55, 60, 62, 67)),  # D7sus4
)
_OUTRO = ((4, 36, (55, 59, 62, 64)), (8, 43, (55, 59, 62, 69)))  # Cmaj9 Gadd9
_CHORDS = {
    "intro": _VERSE,
    "verse": _VERSE,
    "prechorus": _PRECHORUS,
    "chorus": _CHORUS,
    "bridge": _BRIDGE,
    "outro": _OUTRO,
}

# Word by word: text, then syllables as onset-VOWEL-coda@beat=note, where `~` goes on to a second note.
# Beats count from the line's bar; a negative beat is a pickup. After `|`, the beat where the line ends.
_VERSE_1 = (
    "Rain r-EY-n@0=G4; on -AA-n@.5=F#4; the dh-AX@.75=E4; yellow y-EH@1=G4 l-OW@1.5=F#4;"
    "station s.t-EY@2=E4 sh-AX-n@2.5=D4; clock, k.l-AA-k@3=E4 | 3.45",
    "a -AX@-.5=D4; red r-EH-d@0=E4; coat, k-OW-t@1=G4; one w-AH-n@2=E4; small s.m-AO-l@2.5=D4;case, k-EY-s@3=B3 | 3.45",
    "I -AY@-.5=D4; dropped d.r-AA-p.t@0=G4; my m-AY@.5=F#4; keys k-IY-z@1=B4; in -IH-n@1.5=A4;"
    "the dh-AX@1.75=A4; letterbox l-EH@2=G4 t-ER@2.5=F#4 b-AA-k.s@3=D4 | 3.45",
    "and -AE-n.d@-.5=D4; kissed k-IH-s.t@0=F#4; the dh-AX@.75=E4; dog's d-AO-g.z@1=F#4;"
    "grey g.r-EY@2=G4; face. f-EY-s@2.5=A4 | 3.45",
)
_PRECHORUS_LINES = (
    "The dh-AX@-.5=A4; guard g-AA-r.d@0=C5; lifts l-IH-f.t.s@.75=B4; up -AH-p@1=A4; his h-IH-z@1.5=G4;"
    "lantern, l-AE-n@2=A4 t-ER-n@2.75=E4 | 3.4",
    "the dh-AX@-.5=G4; whistle w-IH@0=A4 s-AX-l@.5=G4; cuts k-AH-t.s@1=A4; the dh-AX@1.5=B4;dark. d-AA-r.k@2=A4 | 3.7",
)
_CHORUS_LINES = (
    "Night n-AY-t@0=B4; train, t.r-EY-n@.75=D5; take t-EY-k@2=B4; me m-IY@2.5=A4; to t-UW@2.75=G4;"
    "water, w-AO@3=A4 t-ER@3.5=G4 | 3.95",
    "run r-AH-n@0=A4; till t-IH-l@.5=G4; the dh-AX@.75=F#4; rails r-EY-l.z@1=A4; turn t-ER-n@2=B4;"
    "gold, g-OW-l.d@2.5=A4~3.25=F#4 | 3.7",
    "your y-AO-r@-.25=E4; letter's l-EH@0=G4 t-ER-z@.5=A4; warm w-AO-r.m@1=B4; in -IH-n@1.75=A4;"
    "my m-AY@2=G4; pocket p-AA@2.5=A4 k-IH-t@3.25=F#4 | 3.5",
    "and -AE-n.d@-.5=D4; my m-AY@-.25=E4; hands h-AE-n.d.z@0=G4; are -AA-r@.75=F#4; not n-AA-t@1=G4;"
    "so s-OW@1.5=A4; cold. k-OW-l.d@2=B4~2.5=A4 | 3.5",
)
_VERSE_2 = (
    "A -AX@-.5=D4; soldier s-OW-l@0=G4 jh-ER@.5=F#4; sleeps s.l-IY-p.s@1=G4; on -AA-n@1.5=F#4;"
    "his h-IH-z@1.75=E4; folded f-OW-l@2=F#4 d-IH-d@2.5=D4; arms, -AA-r.m.z@3=E4 | 3.45",
    "a -AX@-.5=D4; child ch-AY-l.d@0=E4; draws d.r-AO-z@1=G4; ships sh-IH-p.s@2=A4; on -AA-n@2.5=G4;"
    "glass, g.l-AE-s@3=E4 | 3.45",
    "the dh-AX@-.5=D4; moon m-UW-n@0=G4; jumps jh-AH-m.p.s@.75=A4; over -OW@1=B4 v-ER@1.5=A4;"
    "the dh-AX@1.75=A4; factory f-AE-k@2=G4 t.r-IY@2.5=A4; roofs r-UW-f.s@3=B4 | 3.4",
    "and -AE-n.d@-.5=A4; fields f-IY-l.d.z@0=A4; of -AX-v@.75=G4; horses h-AO-r@1=F#4 s-IH-z@1.5=G4;"
    "pass. p-AE-s@2=A4 | 3.5",
)
_BRIDGE_LINES = (
    "I -AY@-.5=E4; read r-EH-d@0=B4; your y-AO-r@1=A4; letter l-EH@1.5=G4 t-ER@2=A4; by b-AY@3=G4;"
    "matchlight: m-AE-ch@4=F#4 l-AY-t@5=E4~5.5=D4 | 7.2",
    "four f-AO-r@0=E4; words, w-ER-d.z@1=G4; the dh-AX@3=A4; lamp l-AE-m.p@4=C5; is -IH-z@5.25=A4;"
    "lit. l-IH-t@6=D5 | 7.6",
)
_LAST_CHORUS = (
    "Night n-AY-t@0=B4; train, t.r-EY-n@.75=D5; here h-IY-r@2=B4; is -IH-z@2.5=A4; the dh-AX@2.75=G4;"
    "water, w-AO@3=A4 t-ER@3.5=G4 | 3.95",
    "stop s.t-AA-p@0=A4; where w-EH-r@.5=G4; the dh-AX@.75=F#4; rails r-EY-l.z@1=A4; turn t-ER-n@2=B4;"
    "gold, g-OW-l.d@2.5=A4~3.25=F#4 | 3.7",
    "a -AX@-.25=E4; lighthouse l-AY-t@0=G4 h-AW-s@.5=A4; blinks b.l-IH-ng.k.s@1=B4; on -AA-n@1.5=A4;"
    "the dh-AX@1.75=A4; harbour h-AA-r@2=G4 b-ER@2.5=A4; wall, w-AO-l@3=F#4 | 3.4",
    "and -AE-n.d@-.5=D4; your y-AO-r@-.25=E4; hand h-AE-n.d@0=G4; is -IH-z@.75=F#4; all -AO-l@1=G4;"
    "I -AY@1.5=A4; hold. h-OW-l.d@2=B4~2.5=A4~4=G4 | 6.4",
)
# Each block: section index in FORM, bars a line, lines.
_BLOCKS = (
    (1, 1, _VERSE_1),
    (2, 1, _PRECHORUS_LINES),
    (3, 1, _CHORUS_LINES),
    (4, 1, _VERSE_2),
    (5, 1, _CHORUS_LINES),
    (6, 2, _BRIDGE_LINES),
    (7, 1, _LAST_CHORUS),
)


def midi_of(name: str) -> int:
    """The MIDI number of a note such as F#4 (C4 is 60)."""
    sharp = "#" in name
    return _PITCH_CLASS[name[0]] + int(sharp) + 12 * (int(name[-1]) + 1)


def beat_to_s(beat: float) -> float:
    """Seconds of the song for a beat counted from its first beat."""
    return LEAD_IN_S + beat * BEAT_S


def sections() -> list[Section]:
    """The form as whole bars, in order."""
    placed: list[Section] = []
    bar = 0
    for label, bars in FORM:
        placed.append(Section(label, bar, bars))
        bar += bars
    return placed


def total_beats() -> int:
    """Beats in the song, without its lead-in and its ringing out."""
    return BEATS_PER_BAR * sum(bars for _, bars in FORM)


def chords(section: Section) -> list[Chord]:
    """The chords of one section, in order."""
    placed: list[Chord] = []
    beat = float(section.start_bar * BEATS_PER_BAR)
    for beats, bass, upper in _CHORDS[section.label]:
        placed.append(Chord(beat, beats, bass, upper))
        beat += beats
    return placed


def lines() -> list[Line]:
    """Every lyric line, in order."""
    form = sections()
    placed: list[Line] = []
    for index, bars_a_line, texts in _BLOCKS:
        section = form[index]
        for number, text in enumerate(texts):
            bar = section.start_bar + number * bars_a_line
            placed.append(_parse_line(section.label, text, float(bar * BEATS_PER_BAR)))
    return placed


def _parse_line(section: str, text: str, origin: float) -> Line:
    body, end = text.split("|")
    words = [word.split() for word in body.split(";")]
    tokens = [token for word in words for token in word[1:]]
    starts = [float(token.split("@")[1].split("~")[0].split("=")[0]) for token in tokens]
    ends = [*starts[1:], float(end)]
    ends_iter = iter(ends)
    return Line(
        section,
        tuple(
            Word(word[0], tuple(_parse_syllable(token, next(ends_iter), origin) for token in word[1:]))
            for word in words
        ),
    )


def _parse_syllable(token: str, end: float, origin: float) -> Syllable:
    phones, notes = token.split("@")
    onset, vowel, coda = [*phones.split("-"), ""][:3]
    pairs = [note.split("=") for note in notes.split("~")]
    return Syllable(
        tuple(filter(None, onset.split("."))),
        vowel,
        tuple(filter(None, coda.split("."))),
        tuple((origin + float(beat), float(midi_of(name))) for beat, name in pairs),
        origin + end,
    )
