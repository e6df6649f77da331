"""Markers in and out: every export reads back, and malformed files are refused with line and mend."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvlocal.errors import InputError, MvlocalError, UserError
from mvlocal.schema.song import EnergyCurve, LyricLine, LyricWord, Section, SongMap
from mvlocal.song.exports import export_song_map, song_map_to_lrc
from mvlocal.song.lyrics import read_lyrics
from mvlocal.song.markers import Markers, apply_markers, parse_markers, read_markers


@pytest.fixture
def song_map() -> SongMap:
    beats = tuple(round(0.25 + 0.5 * i, 4) for i in range(38))
    return SongMap(
        duration_s=20.0,
        tempo_bpm=120.0,
        beats_per_bar=4,
        beats=beats,
        downbeats=beats[::4],
        sections=(
            Section(label="verse", start_s=0.0, end_s=8.25, energy=0.3),
            Section(label="chorus", start_s=8.25, end_s=20.0, energy=0.9),
        ),
        energy=EnergyCurve(step_s=0.1, values=(0.5,) * 200),
        lyrics=(
            LyricLine(
                text='say "one, two"',
                start_s=1.25,
                end_s=3.0,
                confidence=1.0,
                words=(
                    LyricWord(text="say", start_s=1.25, end_s=1.5),
                    LyricWord(text='"one, two"', start_s=1.5, end_s=3.0),
                ),
            ),
            LyricLine(text="three", start_s=9.0, end_s=11.0, confidence=1.0),
        ),
    )


@pytest.mark.parametrize("name", ["labels.txt", "map.csv", "audition.csv"])
def test_exports_read_back(tmp_path: Path, song_map: SongMap, name: str) -> None:
    path = tmp_path / name
    export_song_map(song_map, path)
    markers = read_markers(path)
    assert markers.beats == pytest.approx(song_map.beats, abs=2e-6)
    assert markers.downbeats == pytest.approx(song_map.downbeats, abs=2e-6)
    assert [label for _, _, label in markers.sections] == ["verse", "chorus"]
    assert [text for _, _, text in markers.lyrics] == ['say "one, two"', "three"]
    assert apply_markers(song_map, markers) == song_map


@pytest.mark.parametrize("name", ["labels.txt", "map.csv", "audition.csv"])
def test_one_corrected_label_changes_that_one_thing(tmp_path: Path, song_map: SongMap, name: str) -> None:
    path = tmp_path / name
    export_song_map(song_map, path)
    path.write_text(path.read_text().replace("chorus", "bridge"))
    corrected = apply_markers(song_map, read_markers(path))
    assert [section.label for section in corrected.sections] == ["verse", "bridge"]
    assert corrected.backends == {"sections": "markers"}
    rest = {"sections", "backends"}
    assert corrected.model_dump(exclude=rest) == song_map.model_dump(exclude=rest)


def test_a_moved_line_keeps_its_words_and_its_register_and_leaves_the_others(song_map: SongMap) -> None:
    first, second = song_map.lyrics
    sung = song_map.model_copy(update={"lyrics": (first.model_copy(update={"sung_register": "low"}), second)})
    text = '2.25\t4.0\tlyric: say "one, two"\n9.0\t11.0\tlyric: three\n12.0\t13.0\tlyric: four\n'
    moved, kept, added = apply_markers(sung, parse_markers(text, "labels.txt")).lyrics
    assert (moved.start_s, moved.end_s, moved.sung_register) == (2.25, 4.0, "low")
    assert [(w.text, w.start_s, w.end_s) for w in moved.words] == [("say", 2.25, 2.5), ('"one, two"', 2.5, 4.0)]
    assert kept == second
    assert (added.text, added.confidence, added.words) == ("four", 1.0, ())


def test_lrc_reads_back_with_words_and_ends(tmp_path: Path, song_map: SongMap) -> None:
    path = tmp_path / "words.lrc"
    export_song_map(song_map, path)
    lines = read_lyrics(path).lines
    assert [(line.text, line.start_s, line.end_s) for line in lines] == [
        ('say "one, two"', 1.25, 3.0),
        ("three", 9.0, 11.0),
    ]
    assert [(w.text, w.start_s) for w in lines[0].words] == [("say", 1.25), ('"one, two"', 1.5)]


def test_exports_that_cannot_be_are_refused(tmp_path: Path, song_map: SongMap) -> None:
    with pytest.raises(InputError, match="no export"):
        export_song_map(song_map, tmp_path / "map.xyz")
    with pytest.raises(InputError, match="cannot be written"):
        export_song_map(song_map, tmp_path / "no" / "map.txt")
    with pytest.raises(UserError, match="no timed lyrics"):
        song_map_to_lrc(song_map.model_copy(update={"lyrics": ()}))


def test_audacity_spectral_lines_are_skipped_and_plain_numbers_count_beats() -> None:
    text = "0.5\t0.5\t1\n\\\t100.0\t200.0\n1.0\t1.0\t2\n1.5\t1.5\t1\n2.0\t2.0\t2\n"
    markers = parse_markers(text, "labels.txt")
    assert markers.beats == (0.5, 1.0, 1.5, 2.0)
    assert markers.downbeats == (0.5, 1.5)


def test_a_persons_markers_win_where_they_say_something(song_map: SongMap) -> None:
    marked = apply_markers(song_map, parse_markers("4.0\t9.0\tBridge\n", "labels.txt"))
    assert [(s.label, s.start_s, s.end_s) for s in marked.sections] == [
        ("verse", 0.0, 4.0),
        ("bridge", 4.0, 9.0),
        ("chorus", 9.0, 20.0),
    ]
    assert marked.beats == song_map.beats
    waltz = apply_markers(song_map, parse_markers("".join(f"{t}\t{t}\t{t % 3 + 1}\n" for t in range(12)), "labels.txt"))
    assert waltz.beats_per_bar == 3
    assert waltz.downbeats == (0.0, 3.0, 6.0, 9.0)
    assert waltz.tempo_bpm == 60.0
    bars = apply_markers(song_map, parse_markers("0.0\t0.0\tbar\n2.0\t2.0\tbar\n4.0\t4.0\tbar\n", "labels.txt"))
    assert bars.beats == (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
    assert bars.downbeats == (0.0, 2.0, 4.0)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("0.5\t0.5\tbeat\nx\t1\tbeat", 2, "not a time in seconds"),
        ("0.5\t0.5\tbeat\n2.0\t1.0\tbeat", 2, "ends before it starts"),
        ("0.5\t0.5\tbeat\n1.0\t1.0\tsomething odd", 2, "no beat, downbeat, section or lyric"),
        ("0.5\t0.5\tbeat\nbeat", 2, "not a label"),
        ("#,Name,Start,End,Length\nM1,beat,1.2.00,,", 2, "measures and beats"),
        ("#,Name,Start,End,Length\nM1,beat,0:75.000,,", 2, "up to 59"),
        ("#,Name,Start,End,Length\nQ1,beat,0:01.000,,", 2, "not a Reaper marker"),
        ('#,Name,Start,End,Length\nM1,"beat,0:01.000,,', 2, "malformed CSV"),
        ("Name\tStart\tDuration\nbeat\tsoon\t0:00.000", 2, "not a time"),
        ("Name\tStart\tDuration\nbeat", 2, "needs name, start and duration"),
        ("#,Name,Start,End,Length\n", 1, "no marker"),
        ("just some words", 1, "neither Audacity labels"),
    ],
)
def test_malformed_markers_are_refused(text: str, line: int, what: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_markers(text, "m.csv")
    assert what in caught.value.what
    assert caught.value.where == f"m.csv, line {line}"
    assert caught.value.mend


def test_markers_of_another_song_are_refused(song_map: SongMap) -> None:
    with pytest.raises(InputError, match="outside the song"):
        apply_markers(song_map, parse_markers("100.0\t100.0\tbeat\n", "labels.txt"))


def read_or_refuse(text: str) -> Markers | MvlocalError:
    try:
        return parse_markers(text, "m.txt")
    except MvlocalError as error:
        return error


_CELLS = st.sampled_from(
    ["0.5", "1:02.5", "beat", "1", "verse", "\t", ",", "\n", "M1", "#,Name,Start\n", "Name\tStart\n", '"', "\\", ""]
)


_NAMES = st.sampled_from(["beat", "downbeat", "verse", "Chorus 2", "lyric: la la", "3", "1.1", "Marker 07", ""])
_SPANS = st.tuples(st.integers(0, 900_000_000), st.integers(0, 9_000_000), _NAMES)


def _clock(micros: int) -> str:
    return f"{micros // 60_000_000}:{micros // 1_000_000 % 60:02d}.{micros % 1_000_000:06d}"


@given(rows=st.lists(_SPANS, min_size=1, max_size=12))
def test_the_three_formats_say_the_same(rows: list[tuple[int, int, str]]) -> None:
    audacity = "".join(f"{a / 1e6:.6f}\t{(a + n) / 1e6:.6f}\t{name}\n" for a, n, name in rows)
    reaper = "#,Name,Start,End,Length\n" + "".join(
        f"R{i},{name},{_clock(a)},{_clock(a + n)},{_clock(n)}\n" for i, (a, n, name) in enumerate(rows, start=1)
    )
    audition = "Name\tStart\tDuration\tTime Format\tType\tDescription\n" + "".join(
        f"{name}\t{_clock(a)}\t{_clock(n)}\tdecimal\tCue\t\n" for a, n, name in rows
    )
    one, two, three = (parse_markers(text, "same") for text in (audacity, reaper, audition))
    assert one == two
    assert two.beats == three.beats
    assert two.downbeats == three.downbeats
    assert [(a, label) for a, _, label in two.sections] == [(a, label) for a, _, label in three.sections]
    for mine, other in zip(two.lyrics, three.lyrics, strict=True):
        assert mine[0] == other[0]
        assert mine[1] == pytest.approx(other[1], abs=1e-6)


@given(cells=st.lists(_CELLS, max_size=20))
def test_any_marker_text_is_read_or_refused_in_our_words(cells: list[str]) -> None:
    result = read_or_refuse("".join(cells))
    if isinstance(result, MvlocalError):
        assert result.mend
    else:
        assert set(result.downbeats) <= set(result.beats) or not result.beats
