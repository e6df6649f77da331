"""Sections corrected by what the lyrics say of them: headers and repeated stanzas. It hears nothing itself."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mvlocal.schema.song import EnergyCurve, LyricLine, Section, SectionLabel
from mvlocal.song.energy import mean_energy

_NEAREST_SPLIT_S = 4.0
_PICKUP_BARS = 0.35
_LONGEST_INTRO_S = 30.0
_SUNG: tuple[SectionLabel, ...] = ("verse", "prechorus", "chorus", "bridge")


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """When a line begins and ends, which stanza it is of, and that stanza's label where known.

    `told` means that a header says so; else the label follows from which stanzas repeat.
    """

    start_s: float
    end_s: float
    block: int
    label: SectionLabel | None
    told: bool = True


def label_lines(
    lines: Sequence[LyricLine], blocks: Sequence[int], labels: Sequence[SectionLabel | None], *, told: bool
) -> list[LabelledLine]:
    """Placed lines with their stanzas' labels, in time order."""
    named = list(labels) if told else _with_prechoruses(labels, Counter(blocks))
    rows = [
        LabelledLine(line.start_s, line.end_s, block, named[block], told)
        for line, block in zip(lines, blocks, strict=True)
    ]
    return sorted(rows, key=lambda row: row.start_s)


def _with_prechoruses(labels: Sequence[SectionLabel | None], lines: Counter[int]) -> list[SectionLabel | None]:
    """A stanza at most half as long as the verse before it, that leads into a chorus, is a prechorus."""
    out = list(labels)
    for block in range(1, len(labels) - 1):
        between = labels[block - 1] == labels[block] == "verse" and labels[block + 1] == "chorus"
        if between and 0 < 2 * lines[block] <= lines[block - 1]:
            out[block] = "prechorus"
    return out


def split_at_stanzas(
    sections: Sequence[Section], lines: Sequence[LabelledLine], downbeats: Sequence[float], energy: EnergyCurve
) -> tuple[Section, ...]:
    """Borders on the downbeats where stanzas of another label and the first line begin; none within a stanza."""
    stanzas = _stanza_starts(lines, downbeats)
    kept = [s.start_s for s in sections if s.start_s == 0 or not _inside_stanza(s.start_s, lines)]
    cuts = [at for at in stanzas if all(abs(at - border) > _NEAREST_SPLIT_S for border in kept)]
    edges = [*sorted({*kept, *cuts}), sections[-1].end_s]
    out: list[Section] = []
    for start_s, end_s in pairwise(edges):
        whole = next((s for s in sections if (s.start_s, s.end_s) == (start_s, end_s)), None)
        middle_s = (start_s + end_s) / 2
        heard = whole or next(s for s in sections if s.start_s <= middle_s < s.end_s)
        level = heard.energy if whole else mean_energy(energy, start_s, end_s)
        out.append(Section(label=heard.label, start_s=start_s, end_s=end_s, energy=level))
    return tuple(out)


def _stanza_starts(lines: Sequence[LabelledLine], downbeats: Sequence[float]) -> list[float]:
    """Downbeats of the first line and of every stanza of another label than the one before it, well apart."""
    out = [_bar_of(lines[0].start_s, downbeats)] if lines else []
    for before, line in pairwise(lines):
        if line.label is None or before.label in (None, line.label):
            continue
        at = _bar_of(line.start_s, downbeats)
        if at > before.start_s and all(abs(at - other) > _NEAREST_SPLIT_S for other in out):
            out.append(at)
    return [at for at in out if at > _NEAREST_SPLIT_S]


def _bar_of(line_s: float, downbeats: Sequence[float]) -> float:
    """The downbeat that a line leads into by a pickup of up to a third of a bar, else the one before it."""
    index = bisect_right(downbeats, line_s)
    bar_s = downbeats[min(index, len(downbeats) - 1)] - downbeats[index - 1] if 0 < index < len(downbeats) else 2.0
    if index < len(downbeats) and downbeats[index] - line_s <= max(_PICKUP_BARS * bar_s, 0.25):
        return downbeats[index]
    return downbeats[index - 1] if index > 0 and line_s - downbeats[index - 1] < 4.0 else line_s


def _inside_stanza(border_s: float, lines: Sequence[LabelledLine]) -> bool:
    """Whether a border parts the lines of one stanza of usual length."""
    for before, after in pairwise(lines):
        if before.start_s < border_s - 0.5 and after.start_s > border_s - 0.5:
            rows = [line for line in lines if line.block == before.block]
            gap_s = after.start_s - before.end_s
            return after.block == before.block and rows[-1].end_s - rows[0].start_s < 40 and gap_s < _NEAREST_SPLIT_S
    return False


def relabel_by_lyrics(sections: Sequence[Section], lines: Sequence[LabelledLine]) -> tuple[Section, ...]:
    """Sections take the label of most lines sung in them; sung labels without a line in them become `inst`."""
    if not lines:
        return tuple(sections)
    out: list[Section] = []
    for section in sections:
        inside = [row for row in lines if section.start_s <= (row.start_s + row.end_s) / 2 < section.end_s]
        votes: Counter[SectionLabel] = Counter(row.label for row in inside if row.label is not None)
        label: SectionLabel = section.label
        if votes:
            voted = votes.most_common(1)[0][0]
            keeps = not inside[0].told and voted == "verse" and label in ("prechorus", "bridge")
            label = label if keeps else voted
        elif not inside and label in _SUNG:
            label = _unsung_label(section, sections)
        elif label not in _SUNG and 2 * sum(r.end_s - r.start_s for r in inside) > section.length_s:
            label = "verse"
        out.append(Section(label=label, start_s=section.start_s, end_s=section.end_s, energy=section.energy))
    out = _join_intro(out)
    return tuple(out) if lines[0].told else _with_last_chorus(out)


def _join_intro(sections: Sequence[Section]) -> list[Section]:
    """What plays before anyone sings is one intro, however it grows."""
    sung = next((i for i, section in enumerate(sections) if section.label in _SUNG), 0)
    if sung < 2 or sections[sung - 1].end_s > _LONGEST_INTRO_S:
        return list(sections)
    lead = sections[:sung]
    level = sum(s.energy * s.length_s for s in lead) / sum(s.length_s for s in lead)
    intro = Section(label="intro", start_s=0.0, end_s=lead[-1].end_s, energy=round(level, 4))
    return [intro, *sections[sung:]]


def _with_last_chorus(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Late sung sections as full as the choruses that the words gave away are choruses with new words."""
    full = [section.energy for section in sections if section.label == "chorus"]
    late_s = 0.6 * sections[-1].end_s
    out: list[Section] = []
    for section in sections:
        grand = bool(full) and section.start_s >= late_s and section.energy >= min(full)
        label = "chorus" if grand and section.label in _SUNG else section.label
        out.append(section.model_copy(update={"label": label}))
    return tuple(out)


def _unsung_label(section: Section, sections: Sequence[Section]) -> SectionLabel:
    if section.start_s == 0.0:
        return "intro"
    if section.end_s == sections[-1].end_s:
        return "outro"
    return "inst"
