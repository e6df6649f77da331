"""Layered stills in one file: a plain zip of TIFF layers and a JSON note, the same bytes for the same layers.

It does not know what any layer is for.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mvlocal.errors import CheckFailed

_EPOCH = (1980, 1, 1, 0, 0, 0)
_NOTES = "notes.json"
_COMPRESSION = "zstd"
"""As small as PNG here, and read three to four times as fast."""


@dataclass(frozen=True, slots=True)
class LayeredStill:
    """Named pictures, each (H, W), (H, W, 3) or (H, W, 4) uint8, in the order written, and plain notes."""

    layers: Mapping[str, NDArray[np.uint8]]
    notes: Mapping[str, Any]


def save_layers(path: Path, still: LayeredStill) -> None:
    """Writes the layers as TIFF in a zip; equal stills give equal bytes.

    Raises:
        OSError: the file cannot be written.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(_NOTES, _EPOCH), json.dumps(still.notes, sort_keys=True))
        for name, picture in still.layers.items():
            content = io.BytesIO()
            Image.fromarray(picture).save(content, "TIFF", compression=_COMPRESSION)
            archive.writestr(zipfile.ZipInfo(f"{name}.tif", _EPOCH), content.getvalue())


def read_layers(path: Path) -> LayeredStill:
    """Reads what `save_layers` wrote.

    Raises:
        CheckFailed: it is damaged or not such a file.
    """
    layers: dict[str, NDArray[np.uint8]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            notes = json.loads(archive.read(_NOTES))
            for name in archive.namelist():
                if name.endswith(".tif"):
                    with Image.open(io.BytesIO(archive.read(name)), formats=["TIFF"]) as picture:
                        layers[name.removesuffix(".tif")] = np.asarray(picture)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise CheckFailed(f"{path.name} is not a layered still: {error}", where=str(path)) from error
    return LayeredStill(layers, notes)
