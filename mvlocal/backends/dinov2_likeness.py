"""Likeness by DINOv2: the vector of a picture's whole, from a folder as transformers lays it out.

It does not know who or what is in the pictures, and knows no faces in particular.

Source: Oquab and others, "DINOv2: Learning Robust Visual Features without Supervision" (2023): the class token of the
last layer, whose cosine ranks pictures of the same thing nearest.
"""

from __future__ import annotations

from typing import Any

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.vision_folders import PictureEmbedder
from mvlocal.weights.folders import LockedFolder


def make(folder: LockedFolder, hardware: Hardware) -> PictureEmbedder:
    """The registry's factory."""
    return PictureEmbedder("dinov2", "Dinov2Model", _vector_of, folder, hardware)


def _vector_of(model: Any, pixels: Any) -> Any:
    return model(pixel_values=pixels).pooler_output
