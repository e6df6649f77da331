"""Sections corrected by headers, by stanzas that come back, and by where nobody sings."""

from __future__ import annotations

from mvlocal.schema.song import EnergyCurve, LyricLine, Section, SectionLabel
from mvlocal.song.form import label_lines, relabel_by_lyrics, split_at_stanzas
from mvlocal.song.lyrics import parse_lyrics
from mvlocal.song.stanzas import block_labels

DOWNBEATS = tuple(float(t) for t in range(0, 60, 2))
FLAT = EnergyCurve(step_s=1.0, values=(0.5,) * 60)


def section(label: SectionLabel, start_s: float, end_s: float, energy: float = 0.5) -> Section:
    return Section(label=label, start_s=start_s, end_s=end_s, energy=energy)


def line(start_s: float, text: str = "la") -> LyricLine:
    return LyricLine(text=text, start_s=start_s, end_s=start_s + 3, confidence=1.0)


def test_headers_split_a_section_on_the_downbeat_and_name_both_parts() -> None:
    lines = label_lines([line(8.5), line(12.5), line(20.3)], [0, 0, 1], ["verse", "chorus"], told=True)
    whole = (section("inst", 0, 8), section("bridge", 8, 60))
    parts = relabel_by_lyrics(split_at_stanzas(whole, lines, DOWNBEATS, FLAT), lines)
    assert [(s.label, s.start_s, s.end_s) for s in parts] == [
        ("inst", 0, 8),
        ("verse", 8, 20),
        ("chorus", 20, 60),
    ]


def test_sung_labels_without_a_line_in_them_give_way() -> None:
    lines = label_lines([line(21.0)], [0], ["verse"], told=True)
    heard = (section("verse", 0, 20), section("chorus", 20, 40), section("chorus", 40, 50), section("verse", 50, 60))
    assert [s.label for s in relabel_by_lyrics(heard, lines)] == ["intro", "verse", "inst", "outro"]


def test_stanzas_of_an_lrc_that_come_back_are_choruses_and_a_grand_last_one_too() -> None:
    text = "[00:01.00]one\n\n[00:11.00]never\n\n[00:21.00]two\n\n[00:31.00]never\n\n[00:46.00]always\n"
    lyrics = parse_lyrics(text, "a.lrc")
    assert block_labels(lyrics) == ["verse", "chorus", "verse", "chorus", "verse"]
    lines = label_lines([line(x.start_s or 0) for x in lyrics.lines], [x.block for x in lyrics.lines],
                        block_labels(lyrics), told=False)  # fmt: skip
    heard = tuple(
        section("bridge" if a == 45 else "verse", a, b, energy)
        for a, b, energy in ((0, 10, 0.4), (10, 20, 0.8), (20, 30, 0.4), (30, 45, 0.8), (45, 60, 0.9))
    )
    assert [s.label for s in relabel_by_lyrics(heard, lines)] == ["verse", "chorus", "verse", "chorus", "chorus"]


def test_timed_stanzas_outweigh_a_border_within_them_and_what_precedes_them_is_one_intro() -> None:
    """The band enters at 4 and again at 16; she sings from 9.7, a pickup to the bar at 10."""
    verse = [line(9.7), line(12.0), line(14.1), line(17.0)]
    chorus = [line(20.0), line(23.0)]
    lines = label_lines(verse + chorus, [0] * 4 + [1] * 2, ["verse", "chorus"], told=False)
    heard = (section("intro", 0, 4, 0.2), section("verse", 4, 16, 0.5), section("chorus", 16, 60, 0.6))
    parts = relabel_by_lyrics(split_at_stanzas(heard, lines, DOWNBEATS, FLAT), lines)
    assert [(s.label, s.start_s, s.end_s) for s in parts] == [("intro", 0, 10), ("verse", 10, 20), ("chorus", 20, 60)]
    assert parts[0].energy == 0.38  # 4 s as heard at 0.2, 6 s of the flat curve


def test_a_short_stanza_between_verse_and_chorus_is_a_prechorus_unless_headers_speak() -> None:
    rows = [line(float(t)) for t in (2, 5, 8, 11, 14, 18, 21)]
    blocks, labels = [0, 0, 0, 0, 1, 2, 2], ["verse", "verse", "chorus"]
    assert [row.label for row in label_lines(rows, blocks, labels, told=False)][4] == "prechorus"  # type: ignore[arg-type]
    assert [row.label for row in label_lines(rows, blocks, labels, told=True)][4] == "verse"  # type: ignore[arg-type]
