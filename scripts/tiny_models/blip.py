"""A BLIP that writes captions, with few, random weights and a vocabulary of some words. What it says means nothing."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from transformers import BlipConfig, BlipForConditionalGeneration
from transformers.utils import logging as transformers_logging

SEED = 33
SIDE, PATCH = 64, 16
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = (
    *("a", "woman", "man", "in", "on", "with", "and", "of", "red", "blue", "dark", "coat", "hat", "street", "garden"),
    *("stage", "light", "smiling", "standing", "photo", "##s"),
)
BEGIN = "[DEC]"
_PICTURES = {
    "do_normalize": True,
    "do_resize": True,
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_processor_type": "BlipImageProcessor",
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "processor_class": "BlipProcessor",
    "resample": 3,
    "size": {"height": SIDE, "width": SIDE},
}


def make(models: Path) -> list[Path]:
    """Writes `models`/blip/tiny-blip, the same bytes each time, and returns its files."""
    folder = models / "blip" / "tiny-blip"
    tokens = [*MARKS, *WORDS, BEGIN]
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    text = {
        **sizes, "vocab_size": len(tokens), "encoder_hidden_size": 32, "max_position_embeddings": 64,
        "bos_token_id": tokens.index(BEGIN), "eos_token_id": tokens.index("[CLS]"),
        "sep_token_id": tokens.index("[SEP]"), "pad_token_id": tokens.index("[PAD]"),
    }  # fmt: skip
    vision = {**sizes, "image_size": SIDE, "patch_size": PATCH}
    torch.manual_seed(SEED)
    transformers_logging.disable_progress_bar()
    config = BlipConfig(text_config=text, vision_config=vision, projection_dim=16, image_text_hidden_size=16)
    model = BlipForConditionalGeneration(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Louder, and loudest where it looks at the picture: so what it says depends on that.
            looks = "crossattention" in name and name.endswith(("value.weight", "output.dense.weight"))
            parameter.mul_(160.0 if looks else 40.0 if "patch_embedding" in name else 4.0)
    model.save_pretrained(folder, safe_serialization=True)
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token in tokens), encoding="utf-8")
    words = {"do_lower_case": True, "tokenizer_class": "BertTokenizer", "model_max_length": 64}
    (folder / "tokenizer_config.json").write_text(json.dumps(words, indent=2) + "\n", encoding="utf-8")
    (folder / "preprocessor_config.json").write_text(json.dumps(_PICTURES, indent=2) + "\n", encoding="utf-8")
    return sorted(path for path in folder.iterdir() if path.is_file())
