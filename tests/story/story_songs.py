"""Song maps with real lyrics for the story tests: no audio, exact times."""

from __future__ import annotations

from collections.abc import Sequence

from mvlocal.schema.song import EnergyCurve, LyricLine, Section, SectionLabel, SongMap, Span

Block = tuple[SectionLabel, int, float, Sequence[str]]
"""A section: label, bars, energy, its sung lines (spread evenly over the bars)."""

NIGHT_TRAIN: tuple[Block, ...] = (
    ("intro", 4, 0.15, ()),
    ("verse", 4, 0.4, (
        "Rain on the yellow station clock,", "a red coat, one small case,",
        "I dropped my keys in the letterbox", "and kissed the dog's grey face.",
    )),
    ("prechorus", 2, 0.55, ("The guard lifts up his lantern,", "the whistle cuts the dark.")),
    ("chorus", 4, 0.85, (
        "Night train, take me to water,", "run till the rails turn gold,",
        "your letter's warm in my pocket", "and my hands are not so cold.",
    )),
    ("verse", 4, 0.45, (
        "A soldier sleeps on his folded arms,", "a child draws ships on glass,",
        "the moon jumps over the factory roofs", "and fields of horses pass.",
    )),
    ("chorus", 4, 0.88, (
        "Night train, take me to water,", "run till the rails turn gold,",
        "your letter's warm in my pocket", "and my hands are not so cold.",
    )),
    ("bridge", 4, 0.35, ("I read your letter by matchlight:", "four words, the lamp is lit.")),
    ("chorus", 4, 1.0, (
        "Night train, here is the water,", "stop where the rails turn gold,",
        "a lighthouse blinks on the harbour wall,", "and your hand is all I hold.",
    )),
    ("outro", 2, 0.2, ()),
)  # fmt: skip


def song_of(
    blocks: Sequence[Block], *, bpm: float = 96.0, lead_s: float = 0.4, tail_s: float = 2.6, beats_per_bar: int = 4
) -> SongMap:
    """A steady song made of `blocks`, with a lead-in before the first beat and a tail after the last."""
    beat = 60.0 / bpm
    bars = sum(block[1] for block in blocks)
    beats = tuple(lead_s + n * beat for n in range(bars * beats_per_bar + 1))
    end = beats[-1] + tail_s
    sections: list[Section] = []
    lyrics: list[LyricLine] = []
    bar = 0
    for label, length, energy, lines in blocks:
        start = 0.0 if not sections else sections[-1].end_s
        stop = end if bar + length == bars else beats[(bar + length) * beats_per_bar]
        sections.append(Section(start_s=start, end_s=stop, label=label, energy=energy))
        step = length * beats_per_bar * beat / max(len(lines), 1)
        for n, text in enumerate(lines):
            at = beats[bar * beats_per_bar] + n * step
            lyrics.append(LyricLine(start_s=at, end_s=at + 0.85 * step, text=text, confidence=1.0))
        bar += length
    return SongMap(
        duration_s=end, tempo_bpm=bpm, beats_per_bar=beats_per_bar, beats=beats, downbeats=beats[::beats_per_bar],
        sections=tuple(sections), energy=_curve(sections, end),
        vocals=tuple(Span(start_s=line.start_s, end_s=line.end_s) for line in lyrics), lyrics=tuple(lyrics),
    )  # fmt: skip


def _curve(sections: Sequence[Section], end: float) -> EnergyCurve:
    step = 0.1
    values = [next((s.energy for s in sections if n * step < s.end_s), 0.0) for n in range(int(end / step) + 1)]
    return EnergyCurve(step_s=step, values=tuple(values))
