"""Sentence meanings by a small BERT-like model from a local folder; nothing is downloaded.

It does not know what is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.errors import MissingError

_LONGEST = 128
"""Tokens of one sentence that are looked at."""


class MiniLmSentences:
    """An `EmbedsText`: the mean of the last layer over the words of each text, at unit length, on the CPU.

    Source: Reimers and Gurevych, Sentence-BERT, arXiv 1908.10084, section 3 (mean pooling).
    """

    def __init__(self, tokenizer: Any, model: Any) -> None:
        self._tokenizer = tokenizer
        self._model = model

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of unit length a text, (n, d)."""
        import torch  # pyright: ignore[reportMissingImports]

        given = self._tokenizer(list(texts), padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt")
        with torch.inference_mode():
            states = self._model(**given).last_hidden_state
        mask = given["attention_mask"].unsqueeze(-1).to(states.dtype)
        means = (states * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1.0)
        return torch.nn.functional.normalize(means, dim=1).float().numpy()


def make(folder: str) -> MiniLmSentences:
    """Loads the model (safetensors only) and its tokenizer from `folder`.

    Raises:
        MissingError: they are not there, or do not load.
    """
    from transformers import AutoModel, AutoTokenizer  # pyright: ignore[reportMissingImports]

    if not (Path(folder) / "config.json").is_file():
        raise MissingError(
            "there is no sentence model here", where=folder, mend="correct planner.embedder or leave it empty"
        )
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    except (OSError, ValueError, KeyError) as error:
        raise MissingError(
            f"the sentence model does not load: {error}", where=folder, mend="put a whole one there, or leave it empty"
        ) from error
    return MiniLmSentences(tokenizer, model.eval())
