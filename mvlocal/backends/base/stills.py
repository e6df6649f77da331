"""What a still is generated from, and the walk from one look to another. It knows no model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mvlocal.backends.base.drawn import Guide
from mvlocal.backends.base.lora import LoraUse
from mvlocal.backends.base.progress import Preview, Progress
from mvlocal.media.frame import Rgb


class PromptEncoder(Protocol):
    """Turns words into what a still maker is conditioned on."""

    name: str

    def encode_prompts(self, prompts: Sequence[tuple[str, str]], outs: Sequence[Path], progress: Progress) -> None:
        """Encodes each (prompt, negative prompt) into the safetensors file of the same place in `outs`.

        The text encoders are dropped from the pool afterwards only when others need their room.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has for the model."""
        ...


@dataclass(frozen=True, slots=True)
class StillRequest:
    """Stills of one shot to generate: one a seed, each with its own generator.

    `embeddings` is what a `PromptEncoder` wrote. `guides` hold pose, depth and lines at the still's size. `start` is
    an earlier still to begin from (img2img) and `start_strength` how far to leave it (0 to 1); `style` is a picture
    whose look or place is taken over (IP-Adapter), with `style_weight`.
    """

    width: int
    height: int
    embeddings: Path
    seeds: Sequence[int]
    guides: Mapping[str, Guide] = field(default_factory=dict[str, Guide])
    loras: Sequence[LoraUse] = ()
    start: Rgb | None = None
    start_strength: float = 0.6
    style: Rgb | None = None
    style_weight: float = 0.6


class StillMaker(Protocol):
    """Generates stills."""

    name: str

    def make_stills(self, request: StillRequest, progress: Progress, preview: Preview | None = None) -> Sequence[Rgb]:
        """One picture (height, width, 3) a seed. The same request gives the same pixels, however many seeds it has.

        Raises:
            OutOfVram: by way of `mvlocal.backends.gpu_faults.guarded`, around it.
        """
        ...


@dataclass(frozen=True, slots=True)
class WalkRequest:
    """Pictures on the way from one look to another. `first` is the still that it leaves, with its one seed;
    `embeddings` and `seed` are the look where it leads; `shares` (0 to 1) say how far along the way each picture is.
    """

    first: StillRequest
    embeddings: Path
    seed: int
    shares: Sequence[float]


class StillWalker(Protocol):
    """Generates the pictures between two looks: noise goes along the sphere (slerp), words along a line."""

    name: str

    def walk(self, request: WalkRequest, progress: Progress, preview: Preview | None = None) -> Iterator[Rgb]:
        """One picture (height, width, 3) a share, in order; the picture of share 0 is the still of `first`.

        Each depends on its own share alone: one picture is the same among others, and smaller steps change less.
        """
        ...
