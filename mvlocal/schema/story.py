"""Brief, story bible, shots and the approved plan: what the story department writes and a person may edit.

Nothing here knows how a story is planned or judged; `ApprovedPlan` can only be made by the verifier.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mvlocal.schema.document import Document, Id, Line, Part, Text, Unit
from mvlocal.schema.song import SectionLabel, Span

TimeOfDay = Literal["dawn", "morning", "noon", "afternoon", "dusk", "night"]
Weather = Literal["clear", "cloudy", "rain", "snow", "fog", "wind"]
ShotKind = Literal["performance", "narrative", "detail", "landscape", "abstract"]
ShotSize = Literal["extreme-wide", "wide", "full", "medium", "close-up", "extreme-close-up"]
CameraAngle = Literal["eye-level", "low", "high", "overhead", "dutch"]
CameraMove = Literal["static", "push-in", "pull-out", "pan-left", "pan-right", "tilt-up", "tilt-down", "drift"]
Transition = Literal["cut", "dissolve", "dip", "whip", "match"]
PlaceKind = Literal[
    "skyline", "street", "road", "station", "train", "room", "window", "stage", "field", "forest",
    "sea", "mountain", "desert", "sky", "bridge", "void",
    "alley", "rooftop", "highway", "kitchen", "hall", "stairwell", "bar", "church",
    "lake", "harbour", "beach", "garden", "cemetery", "fairground", "airport", "car",
]  # fmt: skip
"""Kinds of place that can be drawn: one drawing function each in the staging department."""
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Colours = tuple[Colour, Colour, Colour, Colour, Colour]
"""Five colours of a place, darkest to lightest; the fourth is the accent."""
Level = Literal["present", "memory", "dream"]
PhotoName = Annotated[str, Field(max_length=200, pattern=r"^[^./\\:\x00-\x1f][^/\\:\x00-\x1f]*$")]
"""A bare file name in the photo folder: no folder, no drive, no address."""
Fact = Annotated[str, Field(max_length=160, pattern=r"^[a-z][a-z0-9_-]{0,39} (at|wears|carries|drops|knows|is) \S.*$")]
"""One typed fact of the world as a person writes it: `ilse carries letter`, `platform is flooded`.

The subject is an id. `at` takes a location id, `wears` a wardrobe id, `carries` and `drops` a prop id,
`knows` an id of something learnt, `is` a few words on the state of a place or a person.
"""


class Brief(Part):
    """What the artist wants. `literalness`: 0 is free, 1 depicts each line word for word."""

    text: Text = ""
    style: Line = ""
    literalness: Unit = 0.6
    literalness_by_section: dict[SectionLabel, Unit] = Field(default_factory=dict)
    avoid: tuple[Line, ...] = ()


class Wardrobe(Part):
    """One set of clothes."""

    id: Id
    description: Line


class Character(Part):
    """Someone in the story. `sings` says whether sung lines are theirs."""

    id: Id
    name: Line
    trigger: Line = ""
    appearance: Text
    age: Line = ""
    wardrobe: tuple[Wardrobe, ...]
    props: tuple[Id, ...] = ()
    sings: bool = True


class Location(Part):
    """A place: one fixed description, light, palette and seed, so that it looks the same when it returns."""

    id: Id
    name: Line
    kind: PlaceKind
    description: Text
    light: Line
    palette: Colours
    seed: int = Field(ge=0, lt=2**32)


class Act(Part):
    """One act of the spine, mapped to sections of the song by index (inclusive)."""

    name: Literal["setup", "confrontation", "resolution"]
    first_section: int = Field(ge=0)
    last_section: int = Field(ge=0)
    turn: Text


class Motif(Part):
    """What a repeated section returns to, and how it has changed each time."""

    id: Id
    description: Text
    changes: tuple[Text, ...]


class StoryBible(Document):
    """Who, where, what returns, and where the story goes."""

    kind: ClassVar[str] = "mvlocal.story_bible/1"

    title: Line
    artist: Line = ""
    logline: Text
    style: Text
    acts: tuple[Act, ...]
    characters: tuple[Character, ...]
    locations: tuple[Location, ...]
    props: tuple[Id, ...] = ()
    motifs: tuple[Motif, ...] = ()


class Presence(Part):
    """A character in a shot. `action` is one of the drawn theatre's (`walk`, `sing`); empty: read from the visual."""

    id: Id
    wardrobe: Id
    position: Line = ""
    emotion: Line = ""
    props: tuple[Id, ...] = ()
    action: Line = ""


class Camera(Part):
    """Framing and movement."""

    size: ShotSize
    angle: CameraAngle = "eye-level"
    move: CameraMove = "static"

    @property
    def words(self) -> str:
        """`medium, eye-level, push-in`."""
        return f"{self.size}, {self.angle}, {self.move}"


class Shot(Span):
    """One shot. `lyric_lines` index SongMap.lyrics; `why` says how the visual follows from the lyric."""

    id: Id
    section: int = Field(ge=0)
    kind: ShotKind
    lyric_lines: tuple[int, ...] = ()
    visual: Text
    why: Text = ""
    characters: tuple[Presence, ...] = ()
    props: tuple[Id, ...] = ()
    location: Id
    time_of_day: TimeOfDay
    weather: Weather = "clear"
    camera: Camera
    motion: Text = ""
    continues: Id | None = None
    transition: Transition = "cut"
    photo: PhotoName | None = None
    """File name in the project's photo folder that this shot shows; none means drawn or generated."""
    level: Level = "present"
    jump: Line = ""
    """A jump in time or weather since the shot before, in words: `the next morning`."""
    needs: tuple[Fact, ...] = ()
    """What must already be true in the world for this shot to make sense."""
    changes: tuple[Fact, ...] = ()
    """What is different in the world after this shot."""
    world_before: Text = ""
    world_after: Text = ""
    free_cut: bool = False
    locked: bool = False


class SkippedLine(Part):
    """A sung line that no shot depicts, and the reason."""

    line: int = Field(ge=0)
    why: Text


class ShotList(Document):
    """All shots in song order, and the lines left out on purpose."""

    kind: ClassVar[str] = "mvlocal.shots/1"

    shots: tuple[Shot, ...]
    skipped: tuple[SkippedLine, ...] = ()


class Problem(Part):
    """One finding of the verifier."""

    rule: Line
    severity: Literal["error", "warning"]
    shots: tuple[str, ...]
    message: Text
    mend: Text


class Remarks(Document):
    """What a critic says of a generated plan, as warnings."""

    kind: ClassVar[str] = "mvlocal.remarks/1"

    remarks: tuple[Problem, ...] = ()


_VERIFIED = object()


class ApprovedPlan:
    """A bible and shots that passed verification: the only thing keyframes accept.

    It has no public constructor: `mvlocal.story.verify` makes it through `approve`.
    """

    __slots__ = ("bible", "shots", "warnings")

    def __init__(
        self, token: object, bible: StoryBible, shots: tuple[Shot, ...], warnings: tuple[Problem, ...]
    ) -> None:
        if token is not _VERIFIED:
            raise TypeError("an ApprovedPlan is made by the verifier only")
        self.bible = bible
        self.shots = shots
        self.warnings = warnings


def approve(bible: StoryBible, shots: tuple[Shot, ...], problems: tuple[Problem, ...]) -> ApprovedPlan:
    """Wraps a plan whose `problems` hold no error.

    Raises:
        ValueError: there is an error among the problems (the caller should have reported it).
    """
    if any(problem.severity == "error" for problem in problems):
        raise ValueError("a plan with errors cannot be approved")
    return ApprovedPlan(_VERIFIED, bible, shots, problems)
