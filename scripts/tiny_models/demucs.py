"""An HTDemucs with few, random weights and short segments. What it separates means nothing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import torch
from demucs.htdemucs import HTDemucs

from mvlocal.weights.load import arguments_to_json, write_model_state

ARGUMENTS = {
    "sources": ["drums", "bass", "other", "vocals"],
    "channels": 8,
    "growth": 1,
    "dconv_comp": 2,
    "nfft": 2048,
    "t_layers": 1,
    "t_heads": 2,
    "segment": Fraction(39, 20),
}
SEED = 3


def make(models: Path) -> list[Path]:
    """Writes `models`/demucs/tiny.safetensors, the same bytes each time, and returns its path."""
    path = models / "demucs" / "tiny.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    model = HTDemucs(**ARGUMENTS)
    metadata = {"klass": "demucs.htdemucs.HTDemucs", "args": "[]", "kwargs": arguments_to_json(ARGUMENTS)}
    write_model_state(path, model.state_dict(), metadata)
    return [path]
