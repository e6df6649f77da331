"""Saves JPEG pictures, whole or not at all. It knows nothing of what they show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from mvlocal.media.faults import writing
from mvlocal.media.frame import Rgb

QUALITY = 92


def save_jpeg(path: Path, rgb: Rgb) -> None:
    """Writes (H, W, 3) uint8 as sRGB JPEG with full colour resolution; the same picture gives the same bytes.

    Raises:
        ExhaustedError, TaskError: the file cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    with writing(partial):
        Image.fromarray(np.ascontiguousarray(rgb)).save(partial, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
        partial.replace(path)
