"""A training's state between steps as one safetensors file: the LoRA, the optimizer, the scaler of half precision.

Chance needs no state here: every draw follows from the seed and the step. It does not know what a step does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mvlocal.backends.sdxl_lora.optimizers import optimizer_to_plain, plain_to_optimizer

if TYPE_CHECKING:
    from torch import Tensor

_LORA, _OPTIMIZER = "lora.", "optimizer."
_KEY = "mvlocal"
KIND = "mvlocal.lora_state/1"


@dataclass(frozen=True, slots=True)
class State:
    """What was read: the step it follows, the LoRA's tensors by layer, the optimizer's and the scaler's state."""

    step: int
    lora: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]
    plain: Mapping[str, Any]
    scaler: Mapping[str, Any] | None

    def give_to(self, optimizer: Any, scaler: Any | None) -> None:
        """Sets an optimizer, and a scaler where there is one, to this state."""
        plain_to_optimizer(optimizer, self.optimizer, self.plain)
        if scaler is not None and self.scaler is not None:
            scaler.load_state_dict(dict(self.scaler))


def write_state(path: Path, step: int, lora: Mapping[str, Tensor], optimizer: Any, scaler: Any | None) -> None:
    """Writes the state after `step`."""
    from safetensors.torch import save

    tensors, plain = optimizer_to_plain(optimizer)
    said = {"kind": KIND, "step": step, "optimizer": plain, "scaler": scaler.state_dict() if scaler else None}
    every = {f"{_LORA}{name}": value for name, value in lora.items()}
    every |= {f"{_OPTIMIZER}{name}": value.detach().cpu().contiguous() for name, value in tensors.items()}
    path.write_bytes(save(every, {_KEY: json.dumps(said)}))


def read_state(path: Path) -> State:
    """What `write_state` wrote.

    Raises:
        ValueError: it is something else.
    """
    from safetensors import safe_open

    with safe_open(str(path), framework="pt") as file:
        said = json.loads((file.metadata() or {}).get(_KEY, "{}"))
        if said.get("kind") != KIND:
            raise ValueError(f"{path.name} is no state of a training")
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    lora = {name.removeprefix(_LORA): value for name, value in tensors.items() if name.startswith(_LORA)}
    optimizer = {name.removeprefix(_OPTIMIZER): value for name, value in tensors.items() if name.startswith(_OPTIMIZER)}
    return State(int(said["step"]), lora, optimizer, said["optimizer"], said["scaler"])
