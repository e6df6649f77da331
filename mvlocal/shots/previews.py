"""What is being made, for whoever looks: a small JPEG that is replaced whole, and a shot that may be told to stop.

It does not know models or stages.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mvlocal.errors import ShotStopped

WIDTH_PX = 480
PAUSE_S = 0.5
"""A shot's preview is written again after this time at the earliest: nobody sees more, and small models are faster."""


def write_preview(folder: Path, rgb: NDArray[np.uint8], name: str) -> Path:
    """Writes (H, W, 3) as `<name>.jpg`, at most 480 pixels wide. Readers see the old picture or the new one, whole."""
    picture = Image.fromarray(np.ascontiguousarray(rgb))
    picture.thumbnail((WIDTH_PX, 4 * WIDTH_PX))
    target, partial = folder / f"{name}.jpg", folder / f".{name}.{os.getpid()}.jpg"
    folder.mkdir(parents=True, exist_ok=True)
    picture.save(partial, "JPEG", quality=80)
    partial.replace(target)
    return target


def preview_folder(placement: Mapping[str, object]) -> Path | None:
    """Where a task's placement wants previews and stop files; None: nowhere."""
    return Path(str(placement["preview"])) if placement.get("preview") else None


def previewing(folder: Path | None, shot: str) -> Callable[[Callable[[], NDArray[np.uint8]], int, int], None] | None:
    """A callback for a backend that keeps, now and then, what it shows of this shot; None where there is no folder."""
    if folder is None:
        return None

    next_s = -math.inf

    def show(picture: Callable[[], NDArray[np.uint8]], _step: int, _steps: int) -> None:
        nonlocal next_s
        if time.monotonic() >= next_s:
            write_preview(folder, picture(), shot)
            next_s = time.monotonic() + PAUSE_S

    return show


def stop_file(folder: Path, shot: str) -> Path:
    """The file whose presence asks for this shot to be stopped."""
    return folder / f"stop-{shot}"


def stop_files(folder: Path) -> list[tuple[str, Path]]:
    """The shots that are asked to stop, each with its file."""
    return [(path.name.removeprefix("stop-"), path) for path in sorted(folder.glob("stop-*"))]


def stopping(folder: Path | None, shot: str, progress: Callable[[float, str], None]) -> Callable[[float, str], None]:
    """A task's `progress` that also looks whether its shot was told to stop.

    Raises:
        ShotStopped: from the callback, when it was.
    """

    def tell(fraction: float, note: str = "") -> None:
        if folder is not None and stop_file(folder, shot).exists():
            raise ShotStopped(
                f"shot {shot} was stopped",
                where=shot,
                mend="make it after all: take `skip` out of its line in story/picks.yaml",
            )
        progress(fraction, note)

    return tell
