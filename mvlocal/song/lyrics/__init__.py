"""Reading lyrics files of every accepted format into one shape. It does not know the song's sound."""

from mvlocal.song.lyrics.model import Block, Lyrics, LyricsFormat, SungLine, SungWord
from mvlocal.song.lyrics.reading import parse_lyrics, read_lyrics

__all__ = ["Block", "Lyrics", "LyricsFormat", "SungLine", "SungWord", "parse_lyrics", "read_lyrics"]
