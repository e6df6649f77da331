"""How well pictures show what texts say, by CLIP. It does not know where the texts come from.

Source: Radford and others, "Learning Transferable Visual Models From Natural Language Supervision" (2021): the cosine
of picture and text, of at most 77 tokens.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends import clip_likeness
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.loading import on_device
from mvlocal.backends.vision_folders import load_tokenizer, load_vision_model
from mvlocal.weights.folders import LockedFolder

_log = logging.getLogger(__name__)
_PARTS = re.compile(r"(?<=[.!?;,])\s+")
"""Where a text may be cut: after a sentence, or after a part of one (prompts are lists of such parts)."""


class ClipAgreement:
    """A `TextMatcher`. Pictures and texts are looked at one by one."""

    name = "clip"

    def __init__(self, folder: LockedFolder, hardware: Hardware) -> None:
        self._folder = folder
        self._hardware = hardware
        self._pictures = clip_likeness.make(folder, hardware)

    def match(self, pictures: Sequence[NDArray[np.uint8]], texts: Sequence[str]) -> NDArray[np.float32]:
        """(n pictures, m texts): cosine of picture (H, W, 3) and text, of which `fitted` is what is read.

        Raises:
            UserError: the folder is not what the lock says, or holds another model.
        """
        if not pictures or not texts:
            return np.zeros((len(pictures), len(texts)), np.float32)
        return self._pictures.embed_pictures(pictures) @ self._embed_texts(self.fitted(texts)).T

    def fitted(self, texts: Sequence[str]) -> tuple[str, ...]:
        """What is read of each text: all of it, or as many whole sentences (or parts of one, between commas) from its
        start as the model has room for. A first part that is too long alone is cut at a word, a word at a letter.
        """
        tokenizer, room = self._tokenizer()
        return tuple(_fitted(text, tokenizer, room) for text in texts)

    def _embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        model = load_vision_model(self._folder, self._hardware, "CLIPModel")
        tokenizer, _ = self._tokenizer()
        rows: list[Any] = []
        with torch.inference_mode(), on_device(self._hardware, model):
            for text in texts:
                given = tokenizer(text, return_tensors="pt").to(model.device)
                pooled = model.text_model(**given).pooler_output
                rows.append(torch.nn.functional.normalize(model.text_projection(pooled)[0].float(), dim=0))
        return torch.stack(rows).cpu().numpy()

    def _tokenizer(self) -> tuple[Any, int]:
        """The tokenizer, and the number of tokens that the model takes."""
        model = load_vision_model(self._folder, self._hardware, "CLIPModel")
        return load_tokenizer(self._folder), int(model.config.text_config.max_position_embeddings)


def _fitted(text: str, tokenizer: Any, room: int) -> str:
    """The start of `text` that has at most `room` tokens, begin and end of text included."""

    def fits(part: str) -> bool:
        return len(tokenizer(part, truncation=False, verbose=False).input_ids) <= room

    whole = " ".join(text.split())
    if fits(whole):
        return whole
    parts = _PARTS.split(whole)
    words = parts[0].split(" ")
    for pieces, glue in ((parts, " "), (words, " "), (list(words[0]), "")):
        kept = max((n for n in range(1, len(pieces) + 1) if fits(glue.join(pieces[:n]))), default=0)
        if kept:
            read = glue.join(pieces[:kept]).rstrip(",;")
            _log.info("a text of %d characters is read to its character %d: %r", len(whole), len(read), read)
            return read
    return ""


def make(folder: LockedFolder, hardware: Hardware) -> ClipAgreement:
    """The registry's factory."""
    return ClipAgreement(folder, hardware)
