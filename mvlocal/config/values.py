"""What settings are made of: numbers in a range, lines, boxes, rates, and the group that they stand in.

It knows no setting.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from mvlocal.timing import FrameRate

Unit = Annotated[float, Field(ge=0, le=1)]
Line = Annotated[str, Field(max_length=200)]


def _even(value: int) -> int:
    if value % 2:
        raise ValueError(f"must be an even number of pixels, not {value}")
    return value


def _rate_text(value: object) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError("write a frame rate such as 24 or 30000/1001")  # noqa: TRY004 - pydantic reports it
    rate = FrameRate.parse(value)
    if not 1 <= rate.value <= 120:
        raise ValueError("must be from 1 to 120 frames a second")
    return str(rate)


def _upright(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    if left >= right or top >= bottom:
        raise ValueError("write left, top, right, bottom, as fractions of the picture from 0 to 1")
    return box


Box = Annotated[tuple[Unit, Unit, Unit, Unit], AfterValidator(_upright)]
"""Left, top, right, bottom in fractions of a picture."""
Pixels = Annotated[int, Field(ge=128, le=7680), AfterValidator(_even)]
Rate = Annotated[str, BeforeValidator(_rate_text)]
Loudness = Annotated[Literal["keep", "-14"], BeforeValidator(str)]
X264Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"]


class Group(BaseModel):
    """A group of settings: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)
