"""Caption files, read back by mvlocal's own readers of lyrics: the same lines and times, and nothing a player obeys."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from cut_support import song_map
from hypothesis import given
from hypothesis import strategies as st

from mvlocal.edit.handover.captions import captions_of, song_map_to_ass, song_map_to_srt, song_map_to_vtt
from mvlocal.errors import UserError
from mvlocal.schema.song import EnergyCurve, LyricLine, LyricWord, Section, SongMap
from mvlocal.song.lyrics import read_lyrics
from mvlocal.song.lyrics.model import Lyrics


def read_back(folder: Path, name: str, text: str) -> Lyrics:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_lyrics(path)


def test_srt_comes_back(tmp_path: Path) -> None:
    lyrics = read_back(tmp_path, "a.srt", song_map_to_srt(song_map()))
    assert [(line.text, line.start_s, line.end_s) for line in lyrics.lines] == [
        ("Rain & wind → home", 2.0, 4.0),
        ("Hold ｛on｝ ＜me＞", 16.0, 18.0),  # cut short where the next line begins
        ("Ünder the | bridge", 18.0, 21.0),
    ]


def test_vtt_is_escaped_and_its_settings_are_plain(tmp_path: Path) -> None:
    text = song_map_to_vtt(song_map())
    assert text.startswith("WEBVTT\nLanguage: en\n\n1\n")
    assert "Rain &amp; wind --&gt; home" in text
    assert "Hold <00:00:16.600>{on} <00:00:17.000>&lt;me&gt;" in text
    settings = set(re.findall(r"--> \S+ (.*)", text))
    assert settings == {"line:84% position:50% size:80% align:center"}
    lyrics = read_back(tmp_path, "a.vtt", text)
    assert [(line.start_s, line.end_s) for line in lyrics.lines] == [(2.0, 4.0), (16.0, 18.0), (18.0, 21.0)]
    assert lyrics.lines[0].text == "Rain & wind --> home"


def test_ass_fills_words_in_centiseconds_and_obeys_no_text(tmp_path: Path) -> None:
    text = song_map_to_ass(song_map(), 1080, 1920, "My {song}")
    assert r"{\kf40}Hold{\k20} {\kf40}｛on｝{\kf100} <me>" in text  # the last word ends with its caption, at 18.0
    assert "PlayResX: 1080\nPlayResY: 1920" in text
    lyrics = read_back(tmp_path, "a.ass", text)
    line = lyrics.lines[1]
    assert [(word.text, word.start_s, word.end_s) for word in line.words] == [
        ("Hold", 16.0, 16.4), ("｛on｝", 16.6, 17.0), ("<me>", 17.0, 18.0),
    ]  # fmt: skip
    assert (lyrics.lines[0].text, lyrics.lines[0].words) == ("Rain & wind --> home", ())


def test_a_song_without_lines_is_refused() -> None:
    for write in (song_map_to_srt, song_map_to_vtt, lambda song: song_map_to_ass(song, 2, 2)):
        with pytest.raises(UserError, match="no timed lyrics"):
            write(song_map(lyrics=False))


TIMES = st.lists(st.floats(0, 200, allow_nan=False), min_size=2, max_size=24)
TEXTS = st.text(min_size=1, max_size=30)


@given(TIMES, TEXTS)
def test_captions_never_overlap_and_every_fill_fits_its_line(times: list[float], text: str) -> None:
    spans = [(min(a, b), max(a, b)) for a, b in zip(times[::2], times[1::2], strict=False)]
    parts = text.split() or ["la"]
    lines = [
        LyricLine(
            text=" ".join(parts),
            start_s=a,
            end_s=b,
            confidence=1,
            words=tuple(
                LyricWord(text=part, start_s=a + (b - a) * n / len(parts), end_s=a + (b - a) * (n + 1) / len(parts))
                for n, part in enumerate(parts)
            ),
        )
        for a, b in spans
    ]
    song = SongMap(
        duration_s=201.0, tempo_bpm=0, beats_per_bar=4, beats=(), downbeats=(), lyrics=tuple(lines),
        sections=(Section(label="verse", start_s=0, end_s=201.0, energy=0.5),),
        energy=EnergyCurve(step_s=1, values=(0.5,)),
    )  # fmt: skip
    if not any(part.isprintable() and part.strip() for part in parts):
        return
    try:
        found = captions_of(song)
    except UserError:
        return
    for before, after in pairwise(found):
        assert before.start_ms < before.end_ms <= after.start_ms
    for event in re.findall(r"^Dialogue: 0,(\S+?),(\S+?),Lyrics,,0,0,0,,(.*)$", song_map_to_ass(song, 100, 100), re.M):
        start, end = (_centiseconds(clock) for clock in event[:2])
        assert sum(int(length) for length in re.findall(r"\\kf?(\d+)", event[2])) <= end - start
        assert len(re.findall(r"\{", event[2])) == len(re.findall(r"\{\\kf?\d+\}", event[2]))


def _centiseconds(clock: str) -> int:
    hours, minutes, rest = clock.split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(rest)) * 100)
