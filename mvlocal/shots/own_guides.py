"""A person's own guides for shots: which file is for which, and how a picture becomes a guide.

It reads no files: whoever asks brings the pictures. Poses and depths are taken as they are, drawn as ControlNets expect
them; a plain picture or video frame gives its edges.

Source: Canny, "A Computational Approach to Edge Detection" (1986), as OpenCV has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.errors import InputError
from mvlocal.shots.fitting import fitted

Kind = Literal["pose", "depth", "lines"]
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
VIDEOS = (".mp4", ".mov", ".mkv")
_LOW, _HIGH = 0.66, 1.33
"""Canny's thresholds, in medians of the picture's grey."""


@dataclass(frozen=True, slots=True)
class OwnGuide:
    """A file that guides a shot. `drawn`: it is a guide already; else its edges are."""

    kind: Kind
    path: Path
    drawn: bool

    @property
    def is_video(self) -> bool:
        """Whether a moment of it is taken."""
        return self.path.suffix.lower() in VIDEOS


def own_guides(folder: Path, shot: str) -> Mapping[Kind, OwnGuide]:
    """The files in `folder` that are for the shot called `shot`, by kind: `s03-pose.png`, or `s03.jpg` for its edges.

    Raises:
        InputError: two files are for the same, or one for nothing that is known.
    """
    found: dict[Kind, OwnGuide] = {}
    for path in sorted(folder.glob(f"{shot}*")) if folder.is_dir() else ():
        name, _, said = path.stem.partition("-")
        if name != shot or path.suffix.lower() not in (*PICTURES, *VIDEOS):
            continue
        if said and said not in get_args(Kind):
            raise InputError(
                f"no guide is called {said!r}",
                where=str(path),
                mend=f"name it {shot}-pose, {shot}-depth or {shot}-lines, or {shot} for its edges",
            )
        kind: Kind = "pose" if said == "pose" else "depth" if said == "depth" else "lines"
        if kind in found:
            raise InputError(f"{found[kind].path.name} is for the same", where=str(path), mend="keep one of the two")
        found[kind] = OwnGuide(kind, path, drawn=bool(said))
    return found


def require_weight(guide: OwnGuide, weight: float) -> None:
    """Raises where a person's guide would do nothing.

    Raises:
        InputError: the setting of its kind is 0.
    """
    if weight <= 0:
        setting = f"keyframes.guide_{guide.kind}"
        raise InputError(
            f"{guide.path.name} guides by its {guide.kind}, and {setting} is 0",
            where=str(guide.path),
            mend=f"set it, such as --set {setting}=0.6, or remove the file",
        )


def picture_to_guide(rgb: NDArray[np.uint8], guide: OwnGuide, width: int, height: int) -> NDArray[np.uint8]:
    """A picture (H, W, 3) as a guide (height, width, 3) for a still of that size: as it is, or its edges."""
    picture = fitted(rgb, width, height)
    if guide.drawn:
        return picture
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    middle = max(float(np.median(grey)), 32.0)
    edges = cv2.Canny(grey, _LOW * middle, min(_HIGH * middle, 255.0))
    return np.repeat(np.asarray(edges, np.uint8)[..., None], 3, axis=2)
