"""Which photos are held out of training, so that likeness is judged by photos it has not seen. It knows no training."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

ONE_IN = 5
LEAST = 2
"""Held out: one photo in so many, but no fewer than this."""


def held_out(hashes: Sequence[str]) -> frozenset[int]:
    """The numbers of the photos that are held out, from a hash of each photo's content.

    Those whose hashes come first when hashed again: a choice of chance that stays the same when photos are renamed, and
    that one photo more changes by one at most.

    Raises:
        ValueError: there are too few photos to train on what is left.
    """
    if len(hashes) <= LEAST:
        raise ValueError(f"{len(hashes)} photos cannot be split")
    count = max(LEAST, len(hashes) // ONE_IN)
    order = sorted(range(len(hashes)), key=lambda number: (_again(hashes[number]), number))
    return frozenset(order[:count])


def _again(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
