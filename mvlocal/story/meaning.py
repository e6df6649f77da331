"""Meanings compared by a sentence-embedding model, where one is plugged in; none is needed and none is the default.

It does not know any model, rule or story.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class EmbedsText(Protocol):
    """Turns sentences into vectors whose cosine tells how near their meanings are."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text: (n, d), finite, no row all zero."""
        ...


def likeness(embedder: EmbedsText, one: str, other: str) -> float:
    """The cosine of two texts, -1 to 1."""
    a, b = embedder.embed([one, other]).astype(np.float64)
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
