"""What is seen in pictures: faces, words, likeness, agreement with a text. It knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mvlocal.media.frame import Rgb
from mvlocal.schema.cast import SubjectSeen


class FaceFinder(Protocol):
    """Finds faces, or else where the subject of a photo likely is."""

    name: str

    def find_faces(self, rgb: Rgb) -> SubjectSeen:
        """What is seen in an upright photo (H, W, 3); boxes are fractions of it. The same photo, the same answer."""
        ...


class PhotoDescriber(Protocol):
    """Says what a photo shows."""

    name: str

    def describe(self, picture: Rgb) -> str:
        """What a picture (H, W, 3) shows; the same picture, the same words. Nothing is promised of the text."""
        ...


class Embedder(Protocol):
    """Says how alike pictures are: nearer vectors, more alike."""

    name: str

    def embed_pictures(self, pictures: Sequence[Rgb]) -> NDArray[np.float32]:
        """One row of unit length a picture, (n, d); the cosine of two rows is their likeness."""
        ...


class TextMatcher(Protocol):
    """Says how well pictures show what texts say."""

    name: str

    def match(self, pictures: Sequence[Rgb], texts: Sequence[str]) -> NDArray[np.float32]:
        """(n pictures, m texts): cosine of picture and text, of which `fitted` is what is read."""
        ...

    def fitted(self, texts: Sequence[str]) -> Sequence[str]:
        """What is read of each text, where a model has no room for all of it: whole sentences from its start."""
        ...
