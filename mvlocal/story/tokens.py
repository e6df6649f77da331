"""Sung text taken apart: plain letters, words, and the segments between punctuation marks.

It does not know what a word means.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\bn't\b|[a-z]+(?:-[a-z]+)*|'(?:s|re|m|ve|ll|d)\b")
_SPLIT = re.compile(r"[,;:.!?()\[\]\"“”…]+|\s[-–—]+\s|—")
_FILLERS = re.compile(
    r"\b(?:all (?:night|day|summer|winter)(?: long)?|every (?:night|day)|(?:oh|ooh|yeah|hey|la|na|uh|well|please|now|"
    r"again|tonight|just|really|so|very|ever|even)\b)"
)


def normalise(text: str) -> str:
    """Lower case with plain apostrophes; `walkin'` becomes `walking`."""
    text = text.lower().replace("’", "'").replace("‘", "'").replace("`", "'")
    return re.sub(r"\b([a-z]{2,}in)'(?=\s|$|,)", r"\1g", text)


def tokens_of(text: str) -> list[str]:
    """Words of normalised text, with contractions taken apart (`i'm` is `i`, `'m`)."""
    text = text.replace("can't", "cannot").replace("won't", "will n't").replace("'cause", "because")
    text = re.sub(r"([a-z])n't\b", r"\1 n't", text)
    return _TOKEN.findall(text)


def segments_of(text: str) -> list[list[str]]:
    """Token lists between punctuation marks, empty ones left out."""
    return [tokens for part in _SPLIT.split(normalise(text)) if (tokens := tokens_of(_FILLERS.sub(" ", part)))]
