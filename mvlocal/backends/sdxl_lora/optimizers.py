"""The optimizers by name, and their state as tensors and plain JSON, with no pickle. It knows no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mvlocal.errors import MissingError

if TYPE_CHECKING:
    from torch import Tensor

WEIGHT_DECAY = 0.01


def make_optimizer(name: str, parameters: Sequence[Any], learning_rate: float) -> Any:
    """AdamW, its 8-bit form, or Prodigy.

    Raises:
        MissingError: its package is not installed here.

    Source: Loshchilov and Hutter, arXiv 1711.05101; Dettmers and others, arXiv 2110.02861; Mishchenko and Defazio,
    Prodigy, arXiv 2306.06101.
    """
    import torch

    if name == "adamw":
        return torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=WEIGHT_DECAY)
    try:
        if name == "adamw8bit":
            from bitsandbytes.optim import AdamW8bit  # pyright: ignore[reportMissingImports]

            return AdamW8bit(parameters, lr=learning_rate, weight_decay=WEIGHT_DECAY)
        from prodigyopt import Prodigy
    except ImportError as error:
        package = "bitsandbytes" if name == "adamw8bit" else "prodigyopt"
        raise MissingError(
            f"the optimizer {name} needs the package {package}: {error}",
            where="train.optimizer",
            mend=f"pip install {package}, or train.optimizer: adamw",
        ) from error
    # Its safeguard for a rising learning rate, as its authors advise for diffusion models.
    prodigy: Any = Prodigy
    return prodigy(
        parameters, lr=learning_rate, weight_decay=WEIGHT_DECAY, use_bias_correction=True, safeguard_warmup=True
    )


def optimizer_to_plain(optimizer: Any) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """An optimizer's state: tensors by `<parameter>.<name>`, and everything else as plain JSON.

    Raises:
        TypeError: it keeps something that is neither.
    """
    import torch

    held = optimizer.state_dict()
    tensors: dict[str, Tensor] = {}
    plain: dict[str, dict[str, Any]] = {}
    for number, values in held["state"].items():
        for name, value in values.items():
            if isinstance(value, torch.Tensor):
                tensors[f"{number}.{name}"] = value
            else:
                plain.setdefault(str(number), {})[name] = _plain(value, name)
    groups = [
        {name: _group_value(value, name, tensors, place) for name, value in group.items()}
        for place, group in enumerate(held["param_groups"])
    ]
    return tensors, {"state": plain, "groups": groups}


def plain_to_optimizer(optimizer: Any, tensors: Mapping[str, Tensor], plain: Mapping[str, Any]) -> None:
    """Gives an optimizer the state that `optimizer_to_plain` took from one like it."""
    state: dict[int, dict[str, Any]] = {int(number): dict(values) for number, values in plain["state"].items()}
    groups = [dict(group) for group in plain["groups"]]
    for key, value in tensors.items():
        number, _, name = key.partition(".")
        if number.startswith("group"):
            groups[int(number.removeprefix("group"))][name] = value
        else:
            state.setdefault(int(number), {})[name] = value
    for group in groups:
        for name, value in group.items():
            if isinstance(value, list) and name == "betas":
                group[name] = tuple(value)
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def _group_value(value: Any, name: str, tensors: dict[str, Tensor], place: int) -> Any:
    import torch

    if isinstance(value, torch.Tensor):
        tensors[f"group{place}.{name}"] = value
        return None
    return _plain(value, name)


def _plain(value: Any, name: str) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one, name) for one in value]
    raise TypeError(f"the optimizer keeps {name}, a {type(value).__name__}, which has no plain form")
