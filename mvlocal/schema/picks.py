"""What a person chose for the stills of a video: which candidate, how often to roll again, a still of one's own, or to
leave a shot out. It does not know shots.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mvlocal.schema.document import Document, Id, Part

Skip = Literal["no", "leave", "animatic"]
"""`leave`: the shot is not made, and neither is the master; `animatic`: the drawn shot stands in its place."""


class ShotPick(Part):
    """One shot's line. `pick` is a candidate's number; `still` a picture's path in the project; `reroll` counts."""

    pick: int | None = Field(default=None, ge=1, le=10_000)
    reroll: int = Field(default=0, ge=0, le=1000)
    still: Annotated[str, Field(max_length=1000)] = ""
    skip: Skip = "no"


class Picks(Document):
    """Every shot that a person chose something for, by its id."""

    kind: ClassVar[str] = "mvlocal.picks/1"

    shots: dict[Id, ShotPick] = Field(default_factory=dict[Id, ShotPick])

    def of(self, shot: str) -> ShotPick:
        """What was chosen for a shot; nothing, where it is not named."""
        return self.shots.get(shot, ShotPick())
