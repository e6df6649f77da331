"""Settings of the song: its file, its lyrics, and who listens to it.

It does not know what stages do with them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mvlocal.config.values import Group, Line


class SongSettings(Group):
    file: str = Field(default="", description="the song: WAV, FLAC, MP3, M4A, OGG, Opus or AIFF")
    lyrics: str = Field(default="", description="text, LRC, SRT, WebVTT or ASS; empty: none")
    markers: str = Field(default="", description="your own beats and sections: they win")
    beats: Literal["librosa", "beat_this"] = Field(default="librosa", description="who finds the beats")
    beats_model: Line = Field(default="beat_this-final0", description="beat_this's weights in models/beats")
    stems: Literal["none", "demucs"] = Field(default="none", description="who takes the voice out of the mix")
    stems_model: Line = Field(default="htdemucs", description="demucs's weights in models/demucs")
    lyrics_by: Literal["rules", "whisper"] = Field(
        default="rules", description="who times plain lyrics; whisper also writes down a song that has none"
    )
    whisper_model: Line = Field(default="medium", description="whisper's weights in models/whisper")
    language: str = Field(
        default="", pattern=r"^([a-z]{2,3})?$", description="of the song, such as en; empty: it is heard"
    )
