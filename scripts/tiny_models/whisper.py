"""A multilingual Whisper with few, random weights: real token tables, a short text context. It understands nothing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import torch
from whisper.model import ModelDimensions, Whisper

from mvlocal.weights.load import arguments_to_json, write_model_state

DIMENSIONS = ModelDimensions(
    n_mels=80,
    n_audio_ctx=1500,
    n_audio_state=16,
    n_audio_head=2,
    n_audio_layer=1,
    n_vocab=51865,
    n_text_ctx=64,
    n_text_state=16,
    n_text_head=2,
    n_text_layer=2,
)
SEED = 2


def make(models: Path) -> list[Path]:
    """Writes `models`/whisper/tiny-random.safetensors, the same bytes each time, and returns its path."""
    path = models / "whisper" / "tiny-random.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    model = Whisper(DIMENSIONS)
    with torch.no_grad():
        model.decoder.positional_embedding.normal_(0.0, 10.0)  # each place another word, or it would repeat one
        model.decoder.token_embedding.weight.mul_(3.0)  # sharp enough that it writes words, not time stamps alone
    metadata = {"klass": "whisper.model.Whisper", "kwargs": arguments_to_json(asdict(DIMENSIONS))}
    write_model_state(path, model.state_dict(), metadata)
    return [path]
