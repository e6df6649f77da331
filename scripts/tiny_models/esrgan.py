"""Real-ESRGAN networks with few weights: they enlarge plainly, with some random texture so that seams would show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from spandrel.architectures.Compact import Compact
from spandrel.architectures.ESRGAN import ESRGAN

SEED = 6
TEXTURE = 0.4
"""How strong what is random is, of how strong a new network's weights are."""


def make(models: Path) -> list[Path]:
    """Writes `models`/upscale_models/tiny-x2 and tiny-x4.safetensors, the same bytes each time; returns their paths."""
    folder = models / "upscale_models"
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    networks: dict[str, Any] = {"tiny-x2": _like_x2plus(), "tiny-x4": _like_general_x4v3()}
    made: list[Path] = []
    for name, network in networks.items():
        path = folder / f"{name}.safetensors"
        save_file({key: value.detach().contiguous() for key, value in network.state_dict().items()}, path)
        made.append(path)
    return made


def _like_general_x4v3() -> Compact:
    """It adds to the picture enlarged by repeating pixels."""
    network = Compact(num_in_ch=3, num_out_ch=3, num_feat=8, num_conv=2, upscale=4)
    last: Any = network.body[-1]
    with torch.no_grad():
        last.weight.mul_(20 * TEXTURE)
        last.bias.zero_()
    return network


def _like_x2plus() -> ESRGAN:
    """Squares of four pixels go in side by side; their mean is led to the output, beside little else."""
    network = ESRGAN(in_nc=12, out_nc=3, num_filters=16, num_blocks=1, scale=4, shuffle_factor=2)
    convolutions = [layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)]
    entrance, exits = convolutions[0], convolutions[-4:]
    with torch.no_grad():
        for layer in convolutions:
            layer.weight.mul_(TEXTURE)
            if layer.bias is not None:
                layer.bias.zero_()
        for colour in range(3):
            entrance.weight[colour] = 0
            entrance.weight[colour, 4 * colour : 4 * colour + 4, 1, 1] = 0.25
            for layer in exits:
                layer.weight[colour] *= TEXTURE
                layer.weight[colour, colour] = 0.05  # its neighbours count, so that a tile's border would show
                layer.weight[colour, colour, 1, 1] = 0.6
    return network
