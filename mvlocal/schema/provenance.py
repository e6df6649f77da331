"""The account of a video: what it is, how it was made, by which models, and how a computer had part in its pictures.

It lies beside the video as a small JSON file. It names no path and no clock: the same video has the same account.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from mvlocal.schema.document import Document, Line, NonNegative, Part, Text

SourceType = Literal[
    "algorithmicMedia", "compositeSynthetic", "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
]
"""IPTC's digital source types, as far as they can be true of a video made here."""


class UsedModel(Part):
    """A model that the settings use: for what, and under which licence."""

    name: Line
    used_for: Line
    licence: Line
    limits: Text = ""


class SongLoudness(Part):
    """EBU R128: integrated loudness, its range, and the true peak."""

    integrated_lufs: float
    range_lu: NonNegative
    true_peak_dbtp: float


class Account(Document):
    """What lies beside a video. `video_sha256` is that of the file before it was signed."""

    kind: ClassVar[str] = "mvlocal.account/1"

    title: Line
    artist: Line = ""
    isrc: Line = ""
    credits: tuple[Line, ...] = ()
    mvlocal: Line
    profile: Line
    width: int = Field(ge=2)
    height: int = Field(ge=2)
    fps: Line
    frames: int = Field(ge=1)
    shots: int = Field(ge=1)
    source_type: SourceType
    disclosure: Text
    disclosed: bool = True
    """Whether the file's own tags say so too."""
    signed: bool = False
    video_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    plan_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    settings_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    settings: dict[str, Any]
    models: tuple[UsedModel, ...] = ()
    versions: dict[str, str] = Field(default_factory=dict[str, str])
    loudness: SongLoudness | None = None
