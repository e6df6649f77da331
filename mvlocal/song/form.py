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
    rows = [
        LabelledLine(line.start_s, line.end_s, block, labels[block], told)
        for line, block in zip(lines, blocks, strict=True)
    ]
    return sorted(rows, key=lambda row: row.start_s)


def split_at_stanzas(
    sections: Sequence[Section], lines: Sequence[LabelledLine], downbeats: Sequence[float], energy: EnergyCurve
) -> tuple[Section, ...]:
    """Adds a border on the downbeat before a stanza of another label that begins well inside a section."""
    borders = {section.start_s for section in sections}
    cuts: list[float] = []
    for before, line in pairwise(lines):
        if line.label is None or before.label in (None, line.label):
            continue
        index = bisect_right(downbeats, line.start_s + 0.25) - 1
        at = downbeats[index] if index >= 0 and line.start_s - downbeats[index] < 4.0 else line.start_s
        if at > before.start_s and all(abs(at - border) > _NEAREST_SPLIT_S for border in (*borders, *cuts)):
            cuts.append(at)
    out: list[Section] = []
    for section in sections:
        inner = sorted(cut for cut in cuts if section.start_s < cut < section.end_s - 1.0)
        edges = [section.start_s, *inner, section.end_s]
        for start_s, end_s in pairwise(edges):
            level = mean_energy(energy, start_s, end_s) if inner else section.energy
            out.append(Section(label=section.label, start_s=start_s, end_s=end_s, energy=level))
    return tuple(out)


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
    return tuple(out) if lines[0].told else _with_last_chorus(out)


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
