"""The songs of both halves: specs in, sound with its exact truth out. Everything follows from the seeds."""

from __future__ import annotations

import numpy as np

from synth.band import Band, Bar, SongSpec, Style, SynthSong
from synth.held_out_styles import HELD_OUT_STYLES
from synth.sounds import RATE_HZ, note, sung
from synth.tuning_styles import TUNING_STYLES

TUNING_SONGS = (
    SongSpec("rock-120", "rock", 120, 1),
    SongSpec("rock-144-change", "rock", 144, 2, tempo_change=0.8, headers=False),
    SongSpec("house-126", "house", 126, 3, headers=False),
    SongSpec("house-118-drift", "house", 118, 4, drift=0.02),
    SongSpec("ballad-64", "ballad", 64, 5),
    SongSpec("ballad-72-drift", "ballad", 72, 6, drift=0.03, headers=False),
    SongSpec("waltz-150", "waltz", 150, 7),
    SongSpec("waltz-96-drift", "waltz", 96, 8, drift=0.03, headers=False),
    SongSpec("swing-160", "swing", 160, 9),
    SongSpec("swing-112-change", "swing", 112, 10, tempo_change=1.2, headers=False),
    SongSpec("folk-96", "folk", 96, 11),
    SongSpec("folk-82-drift", "folk", 82, 12, drift=0.05, headers=False),
    SongSpec("arp-104", "arp", 104, 13),
    SongSpec("arp-132", "arp", 132, 14, headers=False),
    SongSpec("dnb-174", "dnb", 174, 21),
    SongSpec("dnb-168-drift", "dnb", 168, 22, drift=0.015, headers=False),
    SongSpec("hiphop-89", "hiphop", 89, 23),
    SongSpec("hiphop-76", "hiphop", 76, 24, headers=False),
    SongSpec("bossa-130", "bossa", 130, 25),
    SongSpec("bossa-116-drift", "bossa", 116, 26, drift=0.03, headers=False),
    SongSpec("reggae-74", "reggae", 74, 27),
    SongSpec("reggae-82-change", "reggae", 82, 28, tempo_change=1.15, headers=False),
    SongSpec("orchestra-108-drift", "orchestra", 108, 29, drift=0.06),
    SongSpec("orchestra-138", "orchestra", 138, 30, drift=0.02, headers=False),
    SongSpec("metal-180", "metal", 180, 31),
    SongSpec("metal-140-change", "metal", 140, 32, tempo_change=1.25, headers=False),
    SongSpec("funk-104", "funk", 104, 33),
    SongSpec("funk-98-drift", "funk", 98, 34, drift=0.02, headers=False),
)

HELD_OUT_SONGS = (
    SongSpec("jungle-170", "jungle", 170, 41),
    SongSpec("jungle-160-drift", "jungle", 160, 42, drift=0.015, headers=False),
    SongSpec("ska-152", "ska", 152, 43, headers=False),
    SongSpec("train-112", "train", 112, 44),
    SongSpec("slow-twelve-62", "slow_twelve", 62, 45),
    SongSpec("six-eight-68-drift", "six_eight", 68, 46, drift=0.03, headers=False),
    SongSpec("trap-72", "trap", 72, 47),
    SongSpec("klezmer-124-change", "klezmer", 124, 48, drift=0.02, tempo_change=1.15),
    SongSpec("march-116", "march", 116, 49, drift=0.015),
    SongSpec("disco-122", "disco", 122, 50),
    SongSpec("shuffle-104-drift", "shuffle", 104, 51, drift=0.025, headers=False),
    SongSpec("punk-178", "punk", 178, 52, drift=0.01),
    SongSpec("punk-150-change", "punk", 150, 53, tempo_change=1.12, headers=False),
    SongSpec("solo-piano-80", "solo_piano", 80, 54),
    SongSpec("ambient-84", "ambient", 84, 55, headers=False),
    SongSpec("jazz-waltz-168", "jazz_waltz", 168, 56, drift=0.02),
    SongSpec("salsa-96", "salsa", 96, 57, headers=False),
    SongSpec("disco-110-change", "disco", 110, 58, tempo_change=1.1, headers=False),
)

_CHORDS = {  # scale steps (semitones, minor) a bar
    "verse": ((0, False), (9, True), (5, False), (7, False)),
    "chorus": ((5, False), (7, False), (0, False), (9, True)),
    "bridge": ((2, True), (4, True), (5, False), (7, False)),
    "break": ((9, True), (9, True), (5, False), (5, False)),
}
_WORDS = (
    *("river", "light", "under", "the", "morning", "window", "shadow", "burning", "hollow", "never", "running"),
    *("home", "silver", "letter", "over", "ocean", "slowly", "garden", "winter", "fire", "falling", "open"),
    *("train", "of", "paper", "summer", "rain"),
)
_SYLLABLES = {"the": 1, "light": 1, "home": 1, "of": 1, "train": 1, "rain": 1, "fire": 1}


def make_song(spec: SongSpec, style: Style | None = None) -> SynthSong:
    """Plays one song, in `style` where given; the same spec always gives the same samples."""
    style = style or (TUNING_STYLES | HELD_OUT_STYLES)[spec.style]
    harmony = style.chords or _CHORDS
    rng = np.random.default_rng(spec.seed)
    bars = sum(count for _, count in style.form)
    band = Band(
        spec, style.per_bar, bars * style.per_bar, rng, swing=style.swing, loose_s=style.loose_s, rubato=style.rubato
    )
    key = int(rng.integers(12))
    starts: list[tuple[int, str]] = []
    lines: list[tuple[float, float, str]] = []
    stanzas: list[tuple[str, list[str]]] = []
    chorus = _write_words(rng, 4)
    bar_no = 0
    for label, count in style.form:
        starts.append((bar_no, label))
        chords = harmony.get(label, harmony["verse"])
        for index in range(count):
            root, minor = chords[index // style.bars_per_chord % len(chords)]
            following = chords[(index + 1) // style.bars_per_chord % len(chords)][0]
            beat = (bar_no + index) * style.per_bar
            place = Bar(beat, key + root, minor, key + following, label, index, index == count - 1, index == 0)
            style.player(band, place)
        if style.sings and label in ("verse", "chorus", "bridge"):
            words = chorus if label == "chorus" else _write_words(rng, max(count // 2, 1))
            sung_lines = _sing(band, words, bar_no, count, key + (5 if label == "chorus" else 0), label == "chorus")
            lines += sung_lines
            stanzas.append((label, [text for _, _, text in sung_lines]))
        bar_no += count
    band.put(note("piano", 48 + key, 1500), band.at(band.total_beats), 0.4)
    beats = band.clock_s[: band.total_beats + 1]
    borders = [band.clock_s[bar * style.per_bar] for bar, _ in starts]
    end_s = len(band.tape) / RATE_HZ
    edges = [0.0, *borders[1:], end_s]
    band.tape = style.finish(band.tape)
    samples = band.tape / max(float(np.abs(band.tape).max()), 1e-6) * 0.9
    return SynthSong(
        spec=spec,
        samples=samples.astype(np.float32),
        beats=beats,
        downbeats=beats[:: style.per_bar],
        beats_per_bar=style.per_bar,
        sections=[(edges[i], edges[i + 1], label) for i, (_, label) in enumerate(starts)],
        lines=lines,
        lyrics_text=_write_lyrics(stanzas, headers=spec.headers),
        vocals=[(start, end) for start, end, _ in lines],
    )


def _write_words(rng: np.random.Generator, count: int) -> list[str]:
    return [" ".join(rng.choice(_WORDS, size=int(rng.integers(4, 7)))) for _ in range(count)]


def _sing(band: Band, words: list[str], bar: int, bars: int, key: int, high: bool) -> list[tuple[float, float, str]]:
    """Lines of two bars each (four of two beats), entering on, before or after the bar; returns (start, end, text)."""
    out: list[tuple[float, float, str]] = []
    scale = (0, 2, 4, 7, 9)
    entry = float(band.rng.choice([0.0, 0.5, 1.0, -0.5]))
    apart = 2 if band.per_bar > 2 else 4
    for number in range(bars // apart):
        text = words[number % len(words)]
        beat = (bar + apart * number) * band.per_bar + entry
        syllables = sum(_SYLLABLES.get(word, 2) for word in text.split())
        span = apart * band.per_bar - 1.5
        step = min(1.0, max(0.5, np.floor(span / syllables * 2) / 2))
        start_s = band.at(max(beat, 0))
        degree = int(band.rng.integers(3))
        for index in range(syllables):
            at = max(beat + index * step, 0)
            held = step * (1.8 if index == syllables - 1 else 0.9)
            length_s = band.at(at + held) - band.at(at)
            degree = int(np.clip(degree + band.rng.integers(-1, 2), 0, 4))
            midi = (64 if high else 57) + (key % 12) % 7 + scale[degree]
            band.put(sung(midi, length_s, int(band.rng.integers(5)), band.rng), band.at(at), 0.33)
        end_s = band.at(max(beat + (syllables - 1) * step, 0) + 1.8 * step)
        out.append((start_s, end_s, text))
    return out


def _write_lyrics(stanzas: list[tuple[str, list[str]]], *, headers: bool) -> str:
    parts = []
    for label, rows in stanzas:
        head = [f"[{label.title()}]"] if headers else []
        parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts) + "\n"
