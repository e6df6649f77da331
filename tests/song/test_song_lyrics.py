"""Lyrics files of every format: exact reading, and refusals that name line and mend."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvlocal.errors import InputError, MvlocalError
from mvlocal.song.lyrics import Lyrics, parse_lyrics, read_lyrics
from mvlocal.song.syllables import count_syllables

PLAIN = (
    "[Verse 1]\nUnder the river\nlights are burning (x2)\n\n[Chorus]\nNever again\n\n"
    "[Verse 2: Anna]\nMorning\n\n[Chorus]\n"
)
LRC = "[ti:A song]\n[ar:Someone]\n[offset:+250]\n\n[00:01.50][01:01.50]Hello there\n[00:03.00]\n[00:05.123]Good\tbye\n"
SRT = "1\n00:00:01,500 --> 00:00:03,000\n<i>Hello</i>\nthere\n\n2\n00:01:01,500 --> 00:01:02,000\nBye\n"
VTT = (
    "WEBVTT - words\n\nNOTE made by hand\n\nfirst\n00:01.500 --> 00:03.000 align:start\n<v Anna>Hello "
    "<00:00:02.000>there &amp; then\n"
)
ASS = (
    "[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, "
    "Text\nComment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not sung\n"
    "Dialogue: 0,0:00:01.50,0:00:03.00,Default,,0,0,0,,{\\k50}Hel{\\k25}lo {\\k75}there, you\n"
)


def read_or_refuse(text: str, name: str) -> Lyrics | MvlocalError:
    try:
        return parse_lyrics(text, name)
    except MvlocalError as error:
        return error


def rows(lyrics: Lyrics) -> list[tuple[str, float | None, float | None]]:
    return [(line.text, line.start_s, line.end_s) for line in lyrics.lines]


def test_plain_lyrics_keep_headers_and_sing_repeats() -> None:
    lyrics = parse_lyrics(PLAIN, "song.txt")
    assert [line.text for line in lyrics.lines] == [
        "Under the river", "lights are burning", "lights are burning", "Never again", "Morning", "Never again",
    ]  # fmt: skip
    assert [block.label for block in lyrics.blocks] == ["verse", "chorus", "verse", "chorus"]
    assert [line.block for line in lyrics.lines] == [0, 0, 0, 1, 2, 3]
    assert not lyrics.timed


def test_lrc_offset_repeats_and_ends() -> None:
    lyrics = parse_lyrics(LRC, "song.lrc")
    assert rows(lyrics) == [("Hello there", 1.25, 2.75), ("Good bye", 4.873, None), ("Hello there", 61.25, None)]
    assert lyrics.tags == {"ti": "A song", "ar": "Someone", "offset": "+250"}


def test_enhanced_lrc_words_and_joined_syllables() -> None:
    line = parse_lyrics("[00:10.00]<00:10.00>hel<00:10.50>lo <00:11.00>there <00:12.00>\n", "a.lrc").lines[0]
    assert line.text == "hello there"
    assert [(w.text, w.start_s, w.end_s) for w in line.words] == [("hello", 10.0, 11.0), ("there", 11.0, 12.0)]
    assert line.end_s == 12.0


def test_srt_vtt_and_ass() -> None:
    assert rows(parse_lyrics(SRT, "a.srt")) == [("Hello there", 1.5, 3.0), ("Bye", 61.5, 62.0)]
    vtt = parse_lyrics(VTT, "a.vtt")
    assert rows(vtt) == [("Hello there & then", 1.5, 3.0)]
    assert [(w.text, w.start_s, w.end_s) for w in vtt.lines[0].words] == [
        ("Hello", 1.5, 2.0),
        ("there & then", 2.0, 3.0),
    ]
    ass = parse_lyrics(ASS, "a.ass")
    assert rows(ass) == [("Hello there, you", 1.5, 3.0)]
    assert [(w.text, w.start_s, w.end_s) for w in ass.lines[0].words] == [
        ("Hello", 1.5, 2.25),
        ("there, you", 2.25, 3.0),
    ]


@pytest.mark.parametrize("text", [LRC, SRT, VTT, ASS])
def test_content_decides_whatever_the_name(text: str) -> None:
    assert parse_lyrics(text, "words.txt").timed


@pytest.mark.parametrize(
    ("name", "text", "line", "what"),
    [
        ("a.lrc", "[00:01.00]one\n[00:71.00]two", 2, "71 seconds"),
        ("a.lrc", "[00:01.00]one\n[0x:11.00]two", 2, "malformed time stamp"),
        ("a.lrc", "[00:01.00]one\ntwo", 2, "without a time stamp"),
        ("a.lrc", "[00:01.00]one\n[offset:soon]", 2, "whole number of milliseconds"),
        ("a.lrc", "[00:01.00]<00:02.00>one <00:01.50>two", 1, "go backwards"),
        ("a.lrc", "[00:01.00]<0:7>one <1:", 1, "malformed word stamp"),
        ("a.lrc", "[ti:only a title]", 1, "no sung line"),
        ("a.srt", "1\n00:00:01,000 -> 00:00:02,000\nhi", 2, "malformed times"),
        ("a.srt", "1\n00:00:05,000 --> 00:00:02,000\nhi", 2, "ends before it starts"),
        ("a.srt", "1\n00:61:05,000 --> 00:62:02,000\nhi", 2, "up to 59"),
        ("a.srt", SRT + "\n\nstray words\n", 11, "outside a cue"),
        ("a.vtt", "WEBVTT\n00:01.000 --> 00:02.000\nhi", 2, "under the WEBVTT"),
        ("a.ass", "[Events]\nDialogue: 0,0:00:01.50,hi", 2, "3 fields"),
        ("a.ass", "[Events]\nDialogue: 0,0:00:01.50,0:00:99.00,D,,0,0,0,,hi", 2, "malformed time"),
        ("a.txt", "one\n" + "x" * 1001, 2, "1001 characters"),
        ("a.txt", "one (x99)", 1, "repeated 99 times"),
        ("a.txt", "[Verse]\n\n[Chorus]\n", 1, "no sung line"),
    ],
)
def test_a_malformed_line_is_refused_with_its_number_and_a_mend(name: str, text: str, line: int, what: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_lyrics(text, name)
    assert what in caught.value.what
    assert caught.value.where == f"{name}, line {line}"
    assert caught.value.mend


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_that_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "words.txt"
    text = "Ein schöner Tag\nпоёт река\n歌う川\n"
    path.write_bytes(text.encode(encoding))
    assert [line.text for line in read_lyrics(path).lines] == text.splitlines()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("Ein schöner Tag für müde Füße".encode("cp1252"), "Windows-1252"),
        ("夜の川をわたる人はうたう".encode("shift_jis"), "Shift-JIS"),
        ("тихая река поёт ночью".encode("cp1251"), "Windows-1251"),
        ("밤의 강물은 노래한다".encode("euc_kr"), "EUC-KR"),
        ("one".encode("utf-32"), "UTF-32"),
        (b"one\ntwo\x00three", "NUL"),
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\x01\x02\x03", "empty"),
        (b"\xff\xfea\x00b", "breaks off"),
        (b"PK\x03\x04abc", "ZIP or office"),
        (b"{\\rtf1 words}", "RTF"),
        (b"RIFF0000WAVE", "media file"),
        (b"<!DOCTYPE html><p>words", "web page"),
    ],
)
def test_other_bytes_are_refused_by_name(tmp_path: Path, data: bytes, what: str) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_lyrics(path)
    assert what in caught.value.what
    assert str(path) in caught.value.where
    assert caught.value.mend


def test_missing_folder_and_huge_files(tmp_path: Path) -> None:
    for path, what in ((tmp_path / "no.txt", "missing"), (tmp_path, "not a file")):
        with pytest.raises(InputError, match=what):
            read_lyrics(path)
    huge = tmp_path / "huge.txt"
    huge.write_bytes(b"la la\n" * 1_500_000)
    with pytest.raises(InputError, match="too large"):
        read_lyrics(huge)


def test_control_characters_are_stripped() -> None:
    assert parse_lyrics("one\x07 two\x1b[0m\r\nthree\u2028four\ufeff", "a.txt").lines[0].text == "one two[0m"
    assert [line.text for line in parse_lyrics("a\x0bb\u2028c", "a.txt").lines] == ["ab", "c"]


def test_ten_thousand_lines_are_read_quickly() -> None:
    plain = "".join(f"line number {i} of the song\n{'' if i % 4 else chr(10)}" for i in range(10_000))
    lrc = "".join(f"[{i // 60:02d}:{i % 60:02d}.00]line {i}\n" for i in range(10_000))
    started = time.perf_counter()
    assert len(parse_lyrics(plain, "a.txt").lines) == 10_000
    assert len(parse_lyrics(lrc, "a.lrc").lines) == 10_000
    assert time.perf_counter() - started < 3


@given(
    text=st.text(alphabet=st.characters(codec="utf-8"), max_size=200),
    ending=st.sampled_from(["txt", "lrc", "srt", "vtt", "ass"]),
)
def test_any_text_is_read_or_refused_in_our_words(text: str, ending: str) -> None:
    result = read_or_refuse(text, f"words.{ending}")
    if isinstance(result, MvlocalError):
        assert result.where
        assert result.mend
    else:
        assert result.lines
        assert all(line.block < len(result.blocks) for line in result.lines)


_PIECES = re.findall(
    r"[^|]+",
    "[00:01.00]|[0:|]|<00:02.00>| --> |00:00:01,000|Dialogue:|0,|words|\n|\n\n|WEBVTT|[Events]|[Chorus]|(x2)|"
    "{\\k20}|[offset:|5|<v A>|\\N|1",
)


@given(
    pieces=st.lists(st.sampled_from(_PIECES), max_size=24), ending=st.sampled_from(["txt", "lrc", "srt", "vtt", "ass"])
)
def test_any_mix_of_marks_is_read_or_refused_in_our_words(pieces: list[str], ending: str) -> None:
    result = read_or_refuse("".join(pieces), f"words.{ending}")
    if isinstance(result, MvlocalError):
        assert result.mend
    else:
        timed = [line.start_s for line in result.lines if line.start_s is not None]
        assert timed == sorted(timed)
        assert result.timed == (len(timed) == len(result.lines))


_WORDS = st.text(alphabet="abcdefghij ", min_size=1, max_size=30).filter(lambda text: text.strip() != "")


@given(rows=st.lists(st.tuples(st.integers(0, 3_599_999), _WORDS), min_size=1, max_size=20))
def test_written_lrc_is_read_back_exactly(rows: list[tuple[int, str]]) -> None:
    text = "".join(f"[{ms // 60_000:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}]{words}\n" for ms, words in rows)
    expected = sorted(((ms / 1000, " ".join(words.split())) for ms, words in rows), key=lambda row: row[0])
    assert [(line.start_s, line.text) for line in parse_lyrics(text, "a.lrc").lines] == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [("never again", 4), ("fire of love", 3), ("歌う川", 3), ("поёт река", 4), ("노래한다", 4), ("", 1), ("rhythm", 1)],
)
def test_syllables(text: str, count: int) -> None:
    assert count_syllables(text) == count
