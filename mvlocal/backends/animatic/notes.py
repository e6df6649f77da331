"""A drawn shot's facts as a keyframe's notes, and back again. It knows nothing of how shots are drawn or moved."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mvlocal.backends.animatic.drawn import DEPTHS, DrawnShot
from mvlocal.backends.base import ClipRequest
from mvlocal.engine.task import Json
from mvlocal.errors import PlanError

_Share = Annotated[float, Field(ge=0, le=1)]


class AnimaticNotes(BaseModel):
    """What an animator needs beside the layers; see DrawnShot."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    density: float = Field(gt=0)
    home: tuple[float, float]
    slide: int = Field(ge=0, default=0)
    subject: tuple[_Share, _Share, _Share, _Share] | None = None
    remarks: tuple[str, ...] = ()


def notes_of(drawn: DrawnShot) -> dict[str, Json]:
    """Plain JSON notes of a drawn shot; `subject` is there only where somebody is."""
    notes = AnimaticNotes(
        density=drawn.density, home=drawn.home, slide=drawn.slide, subject=drawn.subject, remarks=drawn.remarks
    )
    return notes.model_dump(mode="json", exclude_none=True)


def drawn_of(request: ClipRequest) -> DrawnShot:
    """The drawn shot that a clip's keyframe holds.

    Raises:
        PlanError: the keyframe is not the animatic's, or not for this frame size.
    """
    keyframe, where = request.keyframe, f"shot {request.shot.id}"
    layers = {name: layer for name, layer in keyframe.layers.items() if name in DEPTHS}
    try:
        notes = AnimaticNotes.model_validate(dict(keyframe.notes))
    except ValidationError:
        layers.clear()
        notes = AnimaticNotes(density=1, home=(0, 0))
    if not layers:
        what, mend = "this keyframe has no layers of the animatic", "make its keyframe with the animatic backend"
        raise PlanError(what, where=where, mend=mend)
    height, width = keyframe.image.shape[:2]
    if (width, height) != (request.frame.width, request.frame.height):
        what = f"this keyframe is {width}x{height}, the clip {request.frame.width}x{request.frame.height}"
        raise PlanError(what, where=where, mend="make its keyframe again for this frame size")
    return DrawnShot(layers, notes.home, notes.subject, notes.density, notes.slide, notes.remarks)
