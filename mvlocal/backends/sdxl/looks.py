"""What single pictures are made of: an encoded prompt and the noise of a seed, or a mixture of two of each.

It knows no networks. A picture's noise, and what samplers add on the way, come from its own generator on the CPU.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mvlocal.backends.loading import reading
from mvlocal.backends.sdxl.denoise import noise_of
from mvlocal.backends.sdxl.prompts import FIRST_WIDTH, NEGATIVE_POOLED, NEGATIVE_WORDS, POOLED, WORDS
from mvlocal.shots.walk import slerp

if TYPE_CHECKING:
    from torch import Generator, Tensor

_NAMES = (WORDS, POOLED, NEGATIVE_WORDS, NEGATIVE_POOLED)


@dataclass(frozen=True, slots=True)
class Embeddings:
    """A prompt's file: tensors by name, and how wide the first encoder's words are."""

    tensors: dict[str, Tensor]
    first_width: int


@dataclass(frozen=True, slots=True)
class Look:
    """What one picture is made of: words and a seed; on a walk, those of where it leads, and the share of the way."""

    embeddings: Embeddings
    seed: int
    towards: tuple[Embeddings, int] | None = None
    share: float = 0.0

    def words(self) -> dict[str, Tensor]:
        """The tensors that it is conditioned on, by name."""
        own = self.embeddings.tensors
        if self.towards is None:
            return own
        import torch

        other = self.towards[0].tensors
        return {name: torch.lerp(own[name].float(), other[name].float(), self.share) for name in _NAMES}

    def noise(self, shape: tuple[int, int, int]) -> tuple[Tensor, Generator]:
        """Its noise (1, C, h, w), and the generator as that leaves it.

        On a walk it is the first look's all the way, so that what samplers add later is the same in each picture.
        """
        import torch

        dice = torch.Generator("cpu").manual_seed(self.seed)
        own = noise_of([dice], shape, "cpu")
        if self.towards is None:
            return own, dice
        other = noise_of([torch.Generator("cpu").manual_seed(self.towards[1])], shape, "cpu")
        return torch.from_numpy(slerp(own.numpy(), other.numpy(), self.share)), dice


def looks_between(first: tuple[Embeddings, int], second: tuple[Embeddings, int], shares: Sequence[float]) -> list[Look]:
    """A look a share; at 0 it is exactly the first where both prompts are equally long, else but for rounding."""
    own, other = _equally_long(first[0], second[0])
    return [Look(own, first[1], (other, second[1]), share) for share in shares]


def read_embeddings(path: Path) -> Embeddings:
    """What a `PromptEncoder` wrote.

    Raises:
        UserError: it is not that.
    """
    from safetensors import safe_open

    with reading(path, "no encoded prompt"), safe_open(str(path), framework="pt") as file:
        tensors: dict[str, Any] = {name: file.get_tensor(name) for name in _NAMES}
        return Embeddings(tensors, int((file.metadata() or {})[FIRST_WIDTH]))


def _equally_long(*every: Embeddings) -> list[Embeddings]:
    """The prompts, repeated to one length: attention sees in a prompt that is said twice what it sees in it once."""
    length = lcm(*(one.tensors[WORDS].shape[1] for one in every))
    return [
        Embeddings(
            {
                name: tensor.repeat(1, length // tensor.shape[1], 1) if tensor.ndim == 3 else tensor
                for name, tensor in one.tensors.items()
            },
            one.first_width,
        )
        for one in every
    ]
