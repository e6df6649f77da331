"""When each line is sung: exactly as timed files say, else placed by singing, syllables, sections and bars.

It does not read files or hear sound; singing reaches it as a curve.
"""

from __future__ import annotations

from mvlocal.song.line_search import search_lines
from mvlocal.song.lyrics.model import Lyrics
from mvlocal.song.placing import PlacedLyrics, SongFrame
from mvlocal.song.timed_lines import timed_lines


def place_lyrics(lyrics: Lyrics, song: SongFrame) -> PlacedLyrics:
    """Every line of `lyrics` either at its time or among the unplaced, never dropped.

    Timed formats keep their starts and get confidence 1; placed plain lines get at most 0.85.
    """
    return timed_lines(lyrics, song.duration_s) if lyrics.timed else search_lines(lyrics, song)
