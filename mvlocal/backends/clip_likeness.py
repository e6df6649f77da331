"""Likeness by CLIP's picture half: nearer for the same kind of scene than DINOv2, and less strict about who it is.

It does not know who or what is in the pictures, and knows no faces in particular.

Source: Radford and others, "Learning Transferable Visual Models From Natural Language Supervision" (2021).
"""

from __future__ import annotations

from typing import Any

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.vision_folders import PictureEmbedder
from mvlocal.weights.folders import LockedFolder


def make(folder: LockedFolder, hardware: Hardware) -> PictureEmbedder:
    """The registry's factory."""
    return PictureEmbedder("clip", "CLIPModel", _vector_of, folder, hardware)


def _vector_of(model: Any, pixels: Any) -> Any:
    return model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
