"""A DINOv2 with few, random weights, laid out as its publisher lays it out. What it finds alike means nothing."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from transformers import Dinov2Config, Dinov2Model
from transformers.utils import logging as transformers_logging

SEED = 31
SIDE, PATCH = 56, 14
_PICTURES = {
    "crop_size": {"height": SIDE, "width": SIDE},
    "do_center_crop": True,
    "do_convert_rgb": True,
    "do_normalize": True,
    "do_rescale": True,
    "do_resize": True,
    "image_mean": [0.485, 0.456, 0.406],
    "image_processor_type": "BitImageProcessor",
    "image_std": [0.229, 0.224, 0.225],
    "resample": 3,
    "rescale_factor": 1 / 255,
    "size": {"shortest_edge": 64},
}


def make(models: Path) -> list[Path]:
    """Writes `models`/clip_vision/tiny-dinov2, the same bytes each time, and returns its files."""
    folder = models / "clip_vision" / "tiny-dinov2"
    torch.manual_seed(SEED)
    config = Dinov2Config(
        hidden_size=48, num_hidden_layers=2, num_attention_heads=4, mlp_ratio=2, image_size=SIDE, patch_size=PATCH
    )
    transformers_logging.disable_progress_bar()
    Dinov2Model(config).save_pretrained(folder, safe_serialization=True)
    (folder / "preprocessor_config.json").write_text(json.dumps(_PICTURES, indent=2) + "\n", encoding="utf-8")
    return sorted(path for path in folder.iterdir() if path.is_file())
