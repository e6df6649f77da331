"""A whole CLIP with few, random weights and a vocabulary of bytes. What it finds fitting means nothing."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from transformers import CLIPConfig, CLIPModel
from transformers.utils import logging as transformers_logging

from tiny_models.clip_words import BEGIN, END, vocabulary, write_tokenizer

SEED = 32
SIDE, PATCH, LONGEST = 64, 16, 77
_PICTURES = {
    "crop_size": SIDE,
    "do_center_crop": True,
    "do_normalize": True,
    "do_resize": True,
    "feature_extractor_type": "CLIPFeatureExtractor",
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "resample": 3,
    "size": SIDE,
}


def make(models: Path) -> list[Path]:
    """Writes `models`/clip_vision/tiny-clip, the same bytes each time, and returns its files."""
    folder = models / "clip_vision" / "tiny-clip"
    tokens = vocabulary()
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    text = {
        **sizes, "vocab_size": len(tokens), "max_position_embeddings": LONGEST, "projection_dim": 24,
        "bos_token_id": tokens[BEGIN], "eos_token_id": tokens[END], "pad_token_id": tokens[END],
    }  # fmt: skip
    vision = {**sizes, "image_size": SIDE, "patch_size": PATCH, "projection_dim": 24}
    torch.manual_seed(SEED)
    transformers_logging.disable_progress_bar()
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=24)).save_pretrained(
        folder, safe_serialization=True
    )
    write_tokenizer(folder, END, LONGEST)
    (folder / "preprocessor_config.json").write_text(json.dumps(_PICTURES, indent=2) + "\n", encoding="utf-8")
    return sorted(path for path in folder.iterdir() if path.is_file())
