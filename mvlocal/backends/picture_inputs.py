"""Brings pictures to what a vision model was trained on, as the `preprocessor_config.json` in its folder says.

It knows no model and no tensor library.

Source: the image processors of transformers (resize, centre crop, rescale, normalise), whose settings these are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mvlocal.errors import UserError

NAME = "preprocessor_config.json"
Three = tuple[float, float, float]
_PLAIN: Three = (0.0, 0.0, 0.0)
_UNIT: Three = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class PictureInput:
    """What a model takes: the size a picture is brought to, the middle that is cut from it, and its scale.

    `shortest_px` is the length of the shorter side; 0: the picture is brought to `size` (height, width) whatever its
    shape. `crop` is (height, width); None: nothing is cut.
    """

    shortest_px: int
    size: tuple[int, int]
    crop: tuple[int, int] | None
    resample: int
    scale: float
    mean: Three
    std: Three

    @property
    def shape(self) -> tuple[int, int] | None:
        """Height and width of what the model sees; None: they follow from the picture's."""
        return self.crop or (self.size if not self.shortest_px else None)


def read_picture_input(folder: Path) -> PictureInput:
    """What the `preprocessor_config.json` of a model's folder asks for.

    Raises:
        UserError: it is not there, or asks for what is not known here.
    """
    path = folder / NAME
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _strange(path, f"it cannot be read ({error})") from error
    if not isinstance(said, dict):
        raise _strange(path, "it is no mapping")
    asked = cast("dict[str, Any]", said)
    try:
        return _of_config(asked)
    except (KeyError, TypeError, ValueError) as error:
        raise _strange(path, f"it asks for what is not known here ({type(error).__name__}: {error})") from error


def prepare(picture: NDArray[np.uint8], asked: PictureInput) -> NDArray[np.float32]:
    """A picture (H, W, 3) as the model takes it: (3, height, width), normalised."""
    image = Image.fromarray(np.ascontiguousarray(picture))
    height, width = asked.size
    if asked.shortest_px:
        shrink = asked.shortest_px / min(image.size)
        width, height = (
            asked.shortest_px if side == min(image.size) else int(side * shrink) for side in image.size
        )  # whole pixels, cut off as the processors do
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling(asked.resample))
    values = np.asarray(image, np.float32) * np.float32(asked.scale)
    values = (values - np.asarray(asked.mean, np.float32)) / np.asarray(asked.std, np.float32)
    return np.ascontiguousarray(_middle(values, asked.crop).transpose(2, 0, 1))


def _middle(values: NDArray[np.float32], crop: tuple[int, int] | None) -> NDArray[np.float32]:
    if crop is None:
        return values
    top, left = (values.shape[0] - crop[0]) // 2, (values.shape[1] - crop[1]) // 2
    return values[top : top + crop[0], left : left + crop[1]]


def _of_config(asked: Mapping[str, Any]) -> PictureInput:
    shortest, size = (0, (0, 0))
    if asked.get("do_resize", True):
        shortest, size = _size_of(asked["size"])
    crop = _crop_of(asked["crop_size"]) if asked.get("do_center_crop", False) else None
    if crop is not None and min(crop) > (shortest or min(size)):
        raise ValueError(f"a crop of {crop} is larger than the picture")
    if not shortest and not min(size):
        raise ValueError("no size is named")
    normalised = bool(asked.get("do_normalize", True))
    return PictureInput(
        shortest_px=shortest,
        size=size,
        crop=crop,
        resample=Image.Resampling(int(asked.get("resample", Image.Resampling.BICUBIC))).value,
        scale=float(asked.get("rescale_factor", 1 / 255)) if asked.get("do_rescale", True) else 1.0,
        mean=_three(asked["image_mean"]) if normalised else _PLAIN,
        std=_three(asked["image_std"]) if normalised else _UNIT,
    )


def _size_of(size: Any) -> tuple[int, tuple[int, int]]:
    """The shorter side (0: none is named) and height and width, from the ways in which a size is written."""
    if isinstance(size, int):
        return size, (0, 0)
    rows = cast("Mapping[str, int]", size)
    if "shortest_edge" in rows:
        return int(rows["shortest_edge"]), (0, 0)
    return 0, (int(rows["height"]), int(rows["width"]))


def _crop_of(size: Any) -> tuple[int, int]:
    if isinstance(size, int):
        return size, size
    rows = cast("Mapping[str, int]", size)
    return int(rows["height"]), int(rows["width"])


def _three(values: Any) -> Three:
    red, green, blue = (float(value) for value in values)
    return red, green, blue


def _strange(path: Path, why: str) -> UserError:
    return UserError(
        f"{path.name} does not say how pictures are prepared: {why}",
        where=str(path),
        mend="put the model's own file there, or fetch the model again: mvlocal models fetch",
    )
