"""Prompts of any length turned into what SDXL is conditioned on, one safetensors file a prompt.

It does not know what prompts say, and cuts none: a long one is encoded in pieces that follow each other.

Source: Podell and others, SDXL, arXiv 2307.01952, section 2.1 (both encoders' last layer but one, and the second one's
pooled vector).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mvlocal.backends.base import Progress
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.latents import require_finite
from mvlocal.backends.loading import load_plain, on_device, place, pooled
from mvlocal.backends.sdxl.load import load_model, part_gib
from mvlocal.backends.sdxl.models import Checkpoint, StillModels
from mvlocal.backends.sdxl.tokens import Marks, cut_into_pieces, filled
from mvlocal.weights.folders import LockedFolder
from mvlocal.weights.load import write_model_state

if TYPE_CHECKING:
    from torch import Tensor

WORDS, POOLED, NEGATIVE_WORDS, NEGATIVE_POOLED = "words", "pooled", "negative_words", "negative_pooled"
"""Tensors of a file: (1, 77 n, width of both encoders), (1, width of the second), and those of the negative prompt."""
FIRST_WIDTH = "first_width"
"""Metadata: how wide the first encoder is; the rest of `words` is the second one's, which a refiner takes alone."""


@dataclass(frozen=True, slots=True)
class _Encoder:
    tokenizer: Any
    model: Any
    marks: Marks


class SdxlPrompts:
    """A `PromptEncoder`: the same prompt gives the same file on the same device and versions."""

    name = "sdxl"

    def __init__(self, checkpoint: Checkpoint, hardware: Hardware) -> None:
        self._checkpoint = checkpoint
        self._hardware = hardware
        self._count: Callable[[str], int] | None = None

    def encode_prompts(self, prompts: Sequence[tuple[str, str]], outs: Sequence[Path], progress: Progress) -> None:
        """Encodes each (prompt, negative prompt) into the file of the same place in `outs`.

        Raises:
            UserError: the text encoders' files are not what the lock says, or not SDXL's.
            NotFinite: they gave numbers that are not finite; nothing is written of that prompt.
        """
        import torch

        pair = [self._encoder(part) for part in ("text_encoder", "text_encoder_2")]
        with torch.inference_mode(), on_device(self._hardware, *(one.model for one in pair)):
            for index, ((prompt, negative), out) in enumerate(zip(prompts, outs, strict=True)):
                tensors = encode_prompt(pair, prompt, negative, self._zeroes_empty, self._hardware.device)
                for tensor in tensors.values():
                    require_finite(tensor, "a text encoder")
                metadata = {
                    "prompt_sha256": hashlib.sha256(f"{prompt}\0{negative}".encode()).hexdigest(),
                    FIRST_WIDTH: str(pair[0].model.config.hidden_size),
                }
                write_model_state(out, tensors, metadata)
                progress((index + 1) / len(outs), f"prompt {index + 1} of {len(outs)}")

    @property
    def _zeroes_empty(self) -> bool:
        """Whether an empty negative prompt is nothing at all, as SDXL's folder says, or the encoding of no words."""
        index = self._checkpoint.folder.path / "model_index.json"
        return bool(json.loads(index.read_text(encoding="utf-8")).get("force_zeros_for_empty_prompt", True))

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has, by the checkpoint's own tokenizer.

        Raises:
            UserError: the tokenizer's files are not what the lock says.
        """
        if self._count is None:
            self._count = token_counter(self._checkpoint.folder)
        return self._count(text)

    def _encoder(self, part: str) -> _Encoder:
        checkpoint, hardware = self._checkpoint, self._hardware

        def load() -> _Encoder:
            tokenizer = load_tokenizer(checkpoint.folder, part.replace("text_encoder", "tokenizer"))
            model = place(load_model(checkpoint, part, hardware.dtype), hardware)
            marks = Marks(tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id)
            return _Encoder(tokenizer, model, marks)

        gib = part_gib(checkpoint, part, hardware.dtype)
        return pooled(f"sdxl.{part}", checkpoint.digest, hardware, load, gib=gib)


def make(models: StillModels | Mapping[str, Any], hardware: Hardware) -> SdxlPrompts:
    """The backend, for a still maker's weights: values, or the plain JSON that they write."""
    known = models if isinstance(models, StillModels) else StillModels.from_json(models)
    return SdxlPrompts(known.checkpoint, hardware)


def token_counter(folder: LockedFolder) -> Callable[[str], int]:
    """Counts a text's tokens with the checkpoint's own tokenizer; takes no encoder.

    Raises:
        UserError: the tokenizer's files are not what the lock says.
    """
    tokenizer = load_tokenizer(folder, "tokenizer")
    return lambda text: len(_ids(tokenizer, text))


def load_tokenizer(folder: LockedFolder, part: str) -> Any:
    """A CLIP tokenizer from its four files.

    Raises:
        UserError: they are not what the lock says, or no tokenizer's.
    """
    from transformers import CLIPTokenizer

    return load_plain(folder, CLIPTokenizer, part)


def encode_prompt(
    pair: Sequence[_Encoder], prompt: str, negative: str, zeroes_empty: bool, device: str
) -> dict[str, Tensor]:
    """The tensors of one prompt and its negative, brought to the same length by empty pieces."""
    import torch

    wanted = [_pieces(one, prompt) for one in pair]
    unwanted = [_pieces(one, negative) for one in pair]
    length = max(len(pieces) for pieces in (*wanted, *unwanted))
    words, vector = _encoded(pair, wanted, length, device)
    if negative or not zeroes_empty:
        negative_words, negative_vector = _encoded(pair, unwanted, length, device)
    else:
        negative_words, negative_vector = torch.zeros_like(words), torch.zeros_like(vector)
    tensors = {WORDS: words, POOLED: vector, NEGATIVE_WORDS: negative_words, NEGATIVE_POOLED: negative_vector}
    return {name: tensor.cpu() for name, tensor in tensors.items()}


def _ids(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False, truncation=False, verbose=False).input_ids)


def _pieces(one: _Encoder, text: str) -> list[list[int]]:
    ids = _ids(one.tokenizer, text)
    return cut_into_pieces(ids, [token.endswith("</w>") for token in one.tokenizer.convert_ids_to_tokens(ids)])


def _encoded(
    pair: Sequence[_Encoder], pieces: Sequence[list[list[int]]], length: int, device: str
) -> tuple[Tensor, Tensor]:
    """Words (1, 77 length, width of both) and the pooled vector of the second encoder's first piece (1, width)."""
    import torch

    rows: list[Tensor] = []
    vector: Any = None
    for one, own in zip(pair, pieces, strict=True):
        full = [*own, *[[] for _ in range(length - len(own))]]
        ids = torch.tensor([filled(piece, one.marks) for piece in full], device=device)  # (n, 77)
        told = one.model(ids, output_hidden_states=True)
        states = told.hidden_states[-2]  # (n, 77, width)
        rows.append(states.reshape(1, -1, states.shape[-1]))
        vector = told[0][:1]
    return torch.cat(rows, dim=-1), vector
