"""A blocked shot: who stands where and does what, what lies near and far, how the camera moves, what light there is.

It knows neither pixels nor models. With the place's plate it says everything that any drawing of the shot needs:
the same staging at the same moment is the same picture at every size of that aspect.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mvlocal.schema.document import Document, Id, Line, NonNegative, Part, Text, Unit
from mvlocal.schema.story import Camera, Colour, Level, PhotoName, PlaceKind, TimeOfDay, Weather

Across = Annotated[float, Field(ge=-2, le=2)]
"""Place across the frame: -1 its left edge, 0 the middle, 1 its right edge, before the camera moves."""
Body = Annotated[float, Field(gt=0, le=16)]
"""How large people are there: the height of a grown body in frame heights. Larger is nearer."""
Degrees = Annotated[float, Field(ge=-180, le=180)]
Build = Literal["slim", "medium", "broad"]
Hair = Literal["short", "bob", "long", "bun", "curly", "bald"]
Garment = Literal["jacket", "coat", "dress", "skirt", "shirt", "suit", "hoodie"]
Headwear = Literal["none", "hat", "cap", "hood", "crown"]
Tone = Annotated[int, Field(ge=0, le=4)]
"""Which of the place's five colours, darkest to lightest; 3 is the accent."""
Hand = Literal["left", "right", "both"]
Look = Literal["shadow", "paper", "photo", "mixed"]


class Traits(Part):
    """What tells one silhouette from another. `height`: 1 is a grown body; a child is about 0.6."""

    height: float = Field(default=1.0, ge=0.4, le=1.2)
    build: Build = "medium"
    hair: Hair = "short"
    garment: Garment = "jacket"
    headwear: Headwear = "none"
    scarf: bool = False
    glasses: bool = False
    beard: bool = False
    tone: Tone = 1
    """Colour of the garment where the look shows colours."""
    colour: Colour | None = None
    """The garment's own colour where the wardrobe names one (`a red coat`); it comes before `tone`."""


class Mark(Part):
    """A point on the ground, as the frame sees it. How far away it is follows from `body` and the place."""

    x: Across
    body: Body


class HeldProp(Part):
    """Something in somebody's hand."""

    thing: Id
    hand: Hand = "right"


class FigureStaging(Part):
    """One person: where, facing whom, doing what.

    `facing_deg`: 0 to the camera, 90 to the frame's right, -90 to its left, 180 away. `start` and `end` are where they
    are when the shot begins and ends. `phase` shifts the action's cycle, so that two people do not move as one.
    `partner` is whom an embrace, a dance or held hands are shared with. `why` says what the action was read from.
    """

    character: Id
    traits: Traits
    action: Id
    start: Mark
    end: Mark
    facing_deg: Degrees = 0.0
    phase: Unit = 0.0
    holds: tuple[HeldProp, ...] = ()
    partner: Id | None = None
    emotion: Line = ""
    why: Text = ""


class PropStaging(Part):
    """A thing that nobody holds. `above`: how high over the ground its foot is, in grown body heights."""

    thing: Id
    at: Mark
    above: float = Field(default=0.0, ge=-1, le=12)
    state: Line = ""
    why: Text = ""


class PhotoStaging(Part):
    """A photo of the artist: the whole picture, or something in the world that shows it."""

    name: PhotoName
    stands_as: Literal["picture", "frame", "screen", "poster"] = "picture"


class Pulse(Part):
    """The beat under the shot, for actions that keep time. `first_s` is a downbeat in seconds from the shot's start
    (it may lie before it); `beat_s` is 0 where there is no pulse."""

    first_s: float = 0.0
    beat_s: NonNegative = 0.0
    beats_per_bar: int = Field(default=4, ge=1, le=16)


class Staging(Document):
    """One shot, blocked. `state` is what the story did to the place (`flooded`, `dark`); `why` gives the reasons."""

    kind: ClassVar[str] = "mvlocal.staging/1"

    shot: Id
    aspect: float = Field(gt=0.2, lt=5)
    location: Id
    place: PlaceKind
    seed: int = Field(ge=0, lt=2**32)
    look: Look = "shadow"
    time_of_day: TimeOfDay
    weather: Weather = "clear"
    level: Level = "present"
    state: tuple[Line, ...] = ()
    camera: Camera
    figures: tuple[FigureStaging, ...] = ()
    props: tuple[PropStaging, ...] = ()
    photo: PhotoStaging | None = None
    length_s: NonNegative = 0.0
    pulse: Pulse = Pulse()
    energy: Unit = 0.5
    why: tuple[Text, ...] = ()
