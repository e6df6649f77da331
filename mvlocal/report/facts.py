"""All that a report tells, as plain values. It does not know where they come from or how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mvlocal.schema.provenance import Account
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Shot
from mvlocal.timing import Seconds


@dataclass(frozen=True, slots=True)
class ShotFacts:
    """One shot: the plan's, the second its first frame is shown, and a small picture of it (JPEG), if there is one."""

    shot: Shot
    cut_s: Seconds
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like somebody each of a shot's stills is, from 0 to 1, and which was taken."""

    shot: str
    person: str
    values: tuple[float, ...]
    chosen: float


@dataclass(frozen=True, slots=True)
class ChainDrift:
    """How far the picture had drifted at the end of each link of a shot's chain, as a score; 1 is the limit."""

    shot: str
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StageTime:
    """What a stage took: tasks, and the seconds of work on this machine."""

    name: str
    tasks: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Told:
    """A warning: what, where, and the mend."""

    what: str
    where: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting in force; `changed` where it is not the default."""

    name: str
    value: str
    changed: bool


@dataclass(frozen=True)
class ReportFacts:
    """A whole report. `video`, `story` and `sheets` (by title) are addresses relative to the report's own file."""

    account: Account
    video: str
    story: str
    song: SongMap
    shots: tuple[ShotFacts, ...]
    plot: bytes | None = None
    sheets: Mapping[str, str] = field(default_factory=dict[str, str])
    likeness: tuple[Likeness, ...] = ()
    drift: tuple[ChainDrift, ...] = ()
    settings: tuple[Setting, ...] = ()
    times: tuple[StageTime, ...] = ()
    warnings: tuple[Told, ...] = ()
    machine: Mapping[str, str] = field(default_factory=dict[str, str])
    why_profile: str = ""
