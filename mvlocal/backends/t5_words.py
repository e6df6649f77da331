"""Prompts through a T5 encoder, for the video families that follow words. It knows no family.

Source: Raffel et al., T5, arXiv 1910.10683; how Wan and LTX pad is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mvlocal.backends.diffusers_parts import Parts, at_work
from mvlocal.backends.hardware import Hardware


@dataclass(frozen=True, slots=True)
class Words:
    """Texts as an encoder understands them: `states` (n, length, d), `mask` (n, length), on the CPU.

    `cut` says for each whether it was longer than that and lost its end.
    """

    states: Any
    mask: Any
    cut: tuple[bool, ...]


def encode_words(parts: Parts, hardware: Hardware, texts: Sequence[str], length: int, *, blank: bool) -> Words:
    """Encodes `texts`, each filled up to `length` tokens; `blank` sets what is filled up to zero."""
    import torch

    tokenizer: Any = parts.plain("tokenizer")
    clean = [" ".join(text.split()) for text in texts]
    given = tokenizer(clean, padding="max_length", max_length=length, truncation=True, return_tensors="pt")
    whole = tokenizer(clean, padding=False, truncation=False).input_ids
    with torch.inference_mode(), at_work(parts.part("text_encoder"), hardware) as encoder:
        inputs = given.input_ids.to(hardware.device), given.attention_mask.to(hardware.device)
        states = encoder(inputs[0], attention_mask=inputs[1]).last_hidden_state.cpu()
    mask = given.attention_mask
    if blank:
        states = states * mask.unsqueeze(-1).to(states.dtype)
    return Words(states, mask, tuple(len(ids) > length for ids in whole))
