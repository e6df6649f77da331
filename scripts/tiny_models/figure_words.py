"""A CLIP tokenizer that knows the words of the figures' captions, one token each, and two text encoders for it.

The encoders' weights are random and stay so: each word has a vector of its own, which is all that is learned from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from tiny_models.clip_words import BEGIN, END, letters, write_tokenizer

WIDTHS, POOLED = (32, 48), 48


def write_words(folder: Path, words: Sequence[str], pad: str = END) -> None:
    """Writes a tokenizer in which each of `words` is one token; other text falls apart into bytes."""
    write_tokenizer(folder, pad)
    merges = merges_of(words)
    lines = ["#version: 0.2", *(f"{left} {right}" for left, right in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "vocab.json").write_text(json.dumps(vocabulary(merges)) + "\n", encoding="utf-8")


def vocabulary(merges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Bytes within and at the end of a word, what they merge to, and the begin and the end of a text."""
    tokens = [*letters(), *(f"{letter}</w>" for letter in letters()), *("".join(pair) for pair in merges), BEGIN, END]
    return {token: index for index, token in enumerate(tokens)}


def merges_of(words: Sequence[str]) -> list[tuple[str, str]]:
    """Merges in order of rank after which each word is one token."""
    merges: list[tuple[str, str]] = []
    for word in words:
        parts = _merged(word, merges)
        while len(parts) > 1:
            merges.append((parts[0], parts[1]))
            parts = _merged(word, merges)
    return merges


def _merged(word: str, merges: list[tuple[str, str]]) -> list[str]:
    """The word's parts under `merges`, the one of the lowest rank applied first."""
    parts = [*word[:-1], f"{word[-1]}</w>"]
    while True:
        pairs = [(merges.index(pair), n) for n, pair in enumerate(pairwise(parts)) if pair in merges]
        if not pairs:
            return parts
        place = min(pairs)[1]
        parts[place : place + 2] = ["".join(parts[place : place + 2])]


def encoder(kind: type[Any], words: int, width: int, seed: int) -> Any:
    """A text encoder with random weights whose words lie far apart."""
    torch.manual_seed(seed)
    model = kind(
        CLIPTextConfig(
            vocab_size=words,
            hidden_size=width,
            intermediate_size=2 * width,
            projection_dim=POOLED,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=77,
            hidden_act="quick_gelu",
            bos_token_id=words - 2,
            eos_token_id=words - 1,
            pad_token_id=words - 1,
        )
    )
    with torch.no_grad():
        embeddings = model.text_model.embeddings if hasattr(model, "text_model") else model.embeddings
        embeddings.token_embedding.weight.normal_(0.0, 1.0)
        embeddings.token_embedding.weight[words - 1] = 0.0  # what fills a text up says nothing
        embeddings.token_embedding.weight[0] = 0.0
        embeddings.position_embedding.weight.normal_(0.0, 0.3)
    return model.eval()


def encoders(words: int, seed: int) -> tuple[Any, Any]:
    """SDXL's two text encoders."""
    return (
        encoder(CLIPTextModel, words, WIDTHS[0], seed),
        encoder(CLIPTextModelWithProjection, words, WIDTHS[1], seed + 1),
    )
