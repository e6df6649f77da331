"""A Beat This! network with few, random weights. What it hears means nothing."""

from __future__ import annotations

from pathlib import Path

import torch
from beat_this.model.beat_tracker import BeatThis

from mvlocal.weights.load import arguments_to_json, write_model_state

ARGUMENTS = {"transformer_dim": 32, "ff_mult": 2, "n_layers": 1, "head_dim": 16, "stem_dim": 16}
SEED = 1


def make(models: Path) -> list[Path]:
    """Writes `models`/beats/tiny.safetensors, the same bytes each time, and returns its path."""
    path = models / "beats" / "tiny.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    model = BeatThis(**ARGUMENTS)
    with torch.no_grad():  # such that some frames are beats, and some of these downbeats
        model.task_heads.beat_downbeat_lin.weight.mul_(20.0)
        model.task_heads.beat_downbeat_lin.bias.copy_(torch.tensor([-0.1, 1.0]))
    metadata = {"klass": "beat_this.model.beat_tracker.BeatThis", "kwargs": arguments_to_json(ARGUMENTS)}
    write_model_state(path, model.state_dict(), metadata)
    return [path]
