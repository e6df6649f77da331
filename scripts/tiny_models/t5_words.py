"""A T5 tokenizer whose words are single letters, and small T5 encoders with random weights, for video families.

The letters are in the script, so that nothing is downloaded.
"""

from __future__ import annotations

import string

from transformers import T5Config, T5EncoderModel, T5TokenizerFast, UMT5Config, UMT5EncoderModel

WIDTH = 32
_SPACE = "\u2581"
_VOCABULARY = ["<pad>", "</s>", "<unk>", _SPACE, *string.ascii_letters, *string.digits, *string.punctuation]
_SMALL = {
    "vocab_size": len(_VOCABULARY),
    "d_model": WIDTH,
    "d_kv": 8,
    "d_ff": 64,
    "num_layers": 2,
    "num_heads": 4,
    "feed_forward_proj": "gated-gelu",
}


def tokenizer() -> T5TokenizerFast:
    """A unigram tokenizer that knows each letter, digit and sign as a word."""
    return T5TokenizerFast(vocab=[(word, -1.0 - n / 100) for n, word in enumerate(_VOCABULARY)], extra_ids=0)


def t5_encoder() -> T5EncoderModel:
    """LTX's kind."""
    return T5EncoderModel(T5Config(**_SMALL))


def umt5_encoder() -> UMT5EncoderModel:
    """Wan's kind."""
    return UMT5EncoderModel(UMT5Config(**_SMALL))
