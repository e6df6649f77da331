"""A drawn shot's facts as a keyframe's notes, and back again. It knows nothing of how shots are drawn or moved."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mvlocal.backends.base import ClipRequest, FrameSpec
from mvlocal.engine.task import Json
from mvlocal.errors import PlanError
from mvlocal.staging.theatre.drawn import DEPTHS, DrawnShot

_Share = Annotated[float, Field(ge=0, le=1)]


class AnimaticNotes(BaseModel):
    """What an animator needs beside the layers; see DrawnShot."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    size: tuple[int, int] = (0, 0)
    """Width and height of the frame it was drawn for."""
    density: float = Field(gt=0)
    home: tuple[float, float]
    slide: int = Field(ge=0, default=0)
    subject: tuple[_Share, _Share, _Share, _Share] | None = None
    ground_y: float | None = None
    water: tuple[float, float] | None = None
    remarks: tuple[str, ...] = ()


def notes_of(drawn: DrawnShot, frame: FrameSpec) -> dict[str, Json]:
    """Plain JSON notes of a shot drawn for `frame`; `subject` is there only where somebody is."""
    notes = AnimaticNotes(
        size=(frame.width, frame.height),
        density=drawn.density,
        home=drawn.home,
        slide=drawn.slide,
        subject=drawn.subject,
        ground_y=drawn.ground_y,
        water=drawn.water,
        remarks=drawn.remarks,
    )
    return notes.model_dump(mode="json", exclude_none=True)


def drawn_of(request: ClipRequest) -> DrawnShot:
    """The drawn shot that a clip's keyframe holds.

    Raises:
        PlanError: the keyframe is not the animatic's, or not for this frame size.
    """
    where = f"shot {request.shot.id}"
    layers = {name: layer for name, layer in request.layers.items() if name in DEPTHS}
    try:
        notes = AnimaticNotes.model_validate(dict(request.notes))
    except ValidationError:
        layers.clear()
        notes = AnimaticNotes(density=1, home=(0, 0))
    if not layers:
        what, mend = "this keyframe has no layers of the animatic", "make its keyframe with the animatic backend"
        raise PlanError(what, where=where, mend=mend)
    if notes.size != (request.frame.width, request.frame.height):
        drawn_for = "x".join(map(str, notes.size))
        what = f"this keyframe is {drawn_for}, the clip {request.frame.width}x{request.frame.height}"
        raise PlanError(what, where=where, mend="make its keyframe again for this frame size")
    return DrawnShot(
        layers,
        notes.home,
        notes.subject,
        notes.density,
        notes.slide,
        notes.ground_y,
        notes.water,
        notes.remarks,
    )
