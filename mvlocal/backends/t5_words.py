"""Prompts through a T5 encoder, for the video families that follow words. It knows no family.

Source: Raffel et al., T5, arXiv 1910.10683; how Wan and LTX pad is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mvlocal.backends.diffusers_parts import Parts
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.latents import require_finite
from mvlocal.backends.loading import on_device


@dataclass(frozen=True, slots=True)
class Words:
    """Texts as an encoder understands them: `states` (n, length, d), `mask` (n, length), on the CPU.

    `cut` says for each whether it was longer than that and lost its end.
    """

    states: Any
    mask: Any
    cut: tuple[bool, ...]


class PairEncoder:
    """Encodes a prompt together with what to avoid; keeps the last pair, which the next link mostly has too.

    Texts are filled up to `length` tokens; `blank` sets what is filled up to zero.
    """

    def __init__(self, parts: Parts, hardware: Hardware, length: int, *, blank: bool) -> None:
        self._parts = parts
        self._hardware = hardware
        self._length = length
        self._blank = blank
        self._last: tuple[tuple[str, str], Words] | None = None

    def encode(self, prompt: str, negative: str) -> Words:
        """The words of both, the prompt first.

        Raises:
            NotFinite: the encoder's numbers are not finite.
        """
        asked = (prompt, negative)
        if self._last is None or self._last[0] != asked:
            self._last = (asked, self._encoded(asked))
        return self._last[1]

    def _encoded(self, texts: Sequence[str]) -> Words:
        import torch

        tokenizer: Any = self._parts.plain("tokenizer")
        clean = [" ".join(text.split()) for text in texts]
        whole = tokenizer(clean, padding=False, truncation=False).input_ids
        given = tokenizer(clean, padding="max_length", max_length=self._length, truncation=True, return_tensors="pt")
        encoder = self._parts.part("text_encoder")
        with torch.inference_mode(), on_device(self._hardware, encoder):
            ids, seen = (tensor.to(self._hardware.device) for tensor in (given.input_ids, given.attention_mask))
            states = encoder(ids, attention_mask=seen).last_hidden_state.cpu()
        require_finite(states, "the text encoder")
        mask = given.attention_mask
        if self._blank:
            states = states * mask.unsqueeze(-1).to(states.dtype)
        return Words(states, mask, tuple(len(ids) > self._length for ids in whole))
