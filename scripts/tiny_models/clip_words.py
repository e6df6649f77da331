"""The tokenizer files of a CLIP text encoder with a vocabulary of bytes: every text has tokens, most words many.

It does not know any encoder.
"""

from __future__ import annotations

import json
from pathlib import Path

BEGIN, END = "<|startoftext|>", "<|endoftext|>"
_PLAIN = (*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAC + 1), *range(0xAE, 0xFF + 1))
"""Bytes that stand for themselves in a byte-level vocabulary; the others stand for characters from U+0100 on."""


def letters() -> list[str]:
    """One printable character a byte, in the order of the vocabularies that CLIP uses.

    Source: Radford and others, "Language Models are Unsupervised Multitask Learners" (2019), byte-level BPE.
    """
    others = len([byte for byte in range(256) if byte not in _PLAIN])
    return [*(chr(byte) for byte in _PLAIN), *(chr(256 + n) for n in range(others))]


def vocabulary() -> dict[str, int]:
    """Each byte within a word and at its end, then the begin and the end of a text: 514 tokens."""
    tokens = [*letters(), *(f"{letter}</w>" for letter in letters()), BEGIN, END]
    return {token: index for index, token in enumerate(tokens)}


def write_tokenizer(folder: Path, pad: str = END, longest: int = 77) -> list[Path]:
    """Writes the four files of a `CLIPTokenizer` into `folder` and returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {"bos_token": BEGIN, "eos_token": END, "pad_token": pad, "unk_token": END}
    config = {
        **named,
        "add_prefix_space": False,
        "do_lower_case": True,
        "errors": "replace",
        "model_max_length": longest,
        "tokenizer_class": "CLIPTokenizer",
    }
    texts = {
        "merges.txt": "#version: 0.2\n",
        "special_tokens_map.json": json.dumps(named, indent=2) + "\n",
        "tokenizer_config.json": json.dumps(config, indent=2) + "\n",
        "vocab.json": json.dumps(vocabulary()) + "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]
