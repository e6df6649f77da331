"""Sung lines as caption files: SRT, WebVTT, and ASS karaoke by word. It knows nothing of fonts or frames.

Captions follow each other: a line ends where the next one begins at the latest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from mvlocal.errors import UserError
from mvlocal.schema.song import LyricLine, LyricWord, SongMap

SHORTEST_S = 0.3
"""No caption is shorter, however short its line is sung."""
_WIDE = str.maketrans({"{": "｛", "}": "｝", "\\": "＼"})
"""What would begin an override in ASS, as the full-width forms that no player takes for one."""
_NO_TAGS = str.maketrans({"{": "｛", "}": "｝", "<": "＜", ">": "＞"})
"""The same for SRT, where players obey tags of HTML and of ASS, though none is part of it."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A line from `start_ms` to `end_ms`, and its words with their own times where they are known."""

    start_ms: int
    end_ms: int
    text: str
    words: tuple[LyricWord, ...]


def captions_of(song: SongMap) -> list[Caption]:
    """The song's lines in order, none overlapping the next, empty ones left out.

    Raises:
        UserError: the song has no timed lyric lines.
    """
    lines = [line for line in sorted(song.lyrics, key=lambda line: line.start_s) if _one_line(line.text)]
    if not lines:
        raise UserError("the song has no timed lyrics to write as captions", mend="give lyrics: song.lyrics")
    starts = [round(line.start_s * 1000) for line in lines]
    last_ms = max(round(song.duration_s * 1000), starts[-1] + 1)
    following = [*(after for _, after in pairwise(starts)), last_ms]
    return [
        _caption(line, start, after)
        for line, start, after in zip(lines, starts, following, strict=True)
        if after > start  # of lines that begin together the last one stands
    ]


def _caption(line: LyricLine, start_ms: int, after_ms: int) -> Caption:
    end_ms = max(round(line.end_s * 1000), start_ms + round(SHORTEST_S * 1000))
    words = line.words if _same_words(line) else ()
    return Caption(start_ms, min(end_ms, after_ms), _one_line(line.text), words)


def _same_words(line: LyricLine) -> bool:
    """Whether the timed words are the line, so that either may be shown for the other."""
    return "".join(word.text for word in line.words).split() == line.text.split() or (
        [part for word in line.words for part in word.text.split()] == line.text.split()
    )


def song_map_to_srt(song: SongMap) -> str:
    """SubRip: numbered cues with times to the millisecond."""
    blocks = [
        f"{number}\n{_clock(one.start_ms, ',')} --> {_clock(one.end_ms, ',')}\n{_harmless(one.text)}\n"
        for number, one in enumerate(captions_of(song), start=1)
    ]
    return "\n".join(blocks)


def song_map_to_vtt(song: SongMap) -> str:
    """WebVTT: centred, at 84% of the height, within the middle 80% of the width; words carry their own times."""
    head = "WEBVTT" + (f"\nLanguage: {song.language}" if song.language else "") + "\n"
    blocks = [
        f"{number}\n{_clock(one.start_ms, '.')} --> {_clock(one.end_ms, '.')} line:84% position:50% size:80% "
        f"align:center\n{_vtt_text(one)}\n"
        for number, one in enumerate(captions_of(song), start=1)
    ]
    return "\n".join([head, *blocks])


def _vtt_text(one: Caption) -> str:
    pieces: list[str] = []
    past_ms = one.start_ms
    for word in one.words:
        start_ms = round(word.start_s * 1000)
        # Times inside a cue must rise and lie within it.
        stamp = f"<{_clock(start_ms, '.')}>" if past_ms < start_ms < one.end_ms else ""
        past_ms = max(past_ms, start_ms)
        pieces.append(stamp + escape(_one_line(word.text), quote=False))
    return " ".join(pieces) if pieces else escape(one.text, quote=False)


def song_map_to_ass(song: SongMap, width: int, height: int, title: str = "") -> str:
    """Advanced SubStation Alpha with karaoke fills (`\\kf`, centiseconds) where words have times."""
    size = round(min(0.044 * height, 0.056 * width) * 1.25)
    side, foot = round(0.1 * width), round((0.2 if width < 0.7 * height else 0.06) * height)
    head = [
        "[Script Info]", f"Title: {_one_line(title)}", "ScriptType: v4.00+", "WrapStyle: 0",
        "ScaledBorderAndShadow: yes", "YCbCr Matrix: TV.709", f"PlayResX: {width}", f"PlayResY: {height}", "",
        "[V4+ Styles]",
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
        "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
        "MarginR, MarginV, Encoding",
        f"Style: Lyrics,Source Serif 4,{size},&H00F0F6FA,&H60F0F6FA,&H80000000,&H80000000,0,0,0,0,100,100,0,0,1,"
        f"{max(1, round(size / 18))},0,2,{side},{side},{foot},1", "",
        "[Events]", "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ]  # fmt: skip
    lines = _ass_ends([(round(one.start_ms / 10), round(one.end_ms / 10)) for one in captions_of(song)])
    events = [
        f"Dialogue: 0,{_ass_clock(start)},{_ass_clock(end)},Lyrics,,0,0,0,,{_ass_text(one, start, end)}"
        for one, (start, end) in zip(captions_of(song), lines, strict=True)
    ]
    return "\n".join([*head, *events]) + "\n"


def _ass_ends(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(start, max(end, start + 1)) for start, end in spans]


def _ass_text(one: Caption, start: int, end: int) -> str:
    """The line with its fills; the sum of all fills is never longer than the line."""
    if not one.words:
        return one.text.translate(_WIDE)
    text, at = "", start
    for number, word in enumerate(one.words):
        begin = min(max(round(word.start_s * 100), at), end)
        until = min(max(round(word.end_s * 100), begin), end)
        gap = "" if begin == at else f"{{\\k{begin - at}}}"
        space = " " if number else ""
        text += f"{gap}{space if gap else ''}{{\\kf{until - begin}}}{'' if gap else space}"
        text += _one_line(word.text).translate(_WIDE)
        at = until
    return text


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _harmless(text: str) -> str:
    return text.replace("-->", "→").translate(_NO_TAGS)


def _clock(ms: int, point: str) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{point}{ms % 1000:03d}"


def _ass_clock(centiseconds: int) -> str:
    minutes = centiseconds // 6000
    return f"{minutes // 60}:{minutes % 60:02d}:{centiseconds // 100 % 60:02d}.{centiseconds % 100:02d}"
