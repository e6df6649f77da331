"""How like a person pictures are: vectors of pictures against those of photos. It embeds nothing and finds no faces.

Heads are compared with heads where a finder saw a face in both; otherwise whole pictures are, which also compares
clothes, light and place: whoever shows a likeness says which it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from mvlocal.cast.heads import head_of_face
from mvlocal.errors import InputError
from mvlocal.schema.cast import FaceSeen, PartCompared, PictureBox

Rows = NDArray[np.float32]
NEAREST = 3
"""A picture is compared with so many of its nearest photos: one could be chance, and photos from other sides say
little."""
LEAST_HEAD_PX = 48
"""A head of fewer pixels on its shorter side is not compared by itself: there is too little of it to tell a face."""


@dataclass(frozen=True, slots=True)
class ReferenceSet:
    """A person's photos as vectors of unit length: `heads` (n, d) where faces were found, `wholes` (m, d) of all.

    `level` is the mean likeness of a photo to the other photos, of heads where there are some: about the most that a
    good picture of the same person reaches.
    """

    heads: Rows
    wholes: Rows
    level: float


@dataclass(frozen=True, slots=True)
class PicturePart:
    """The part of a picture that is embedded and compared."""

    rgb: NDArray[np.uint8]
    kind: PartCompared


def likeness_to(rows: Rows, references: Rows) -> NDArray[np.float64]:
    """For each of `rows` (k, d) the mean cosine to its `NEAREST` nearest references (n, d), or to all where fewer.

    Raises:
        ValueError: there are no references.
    """
    if not len(references):
        raise ValueError("there is nothing to compare with")
    cosines = np.sort(rows.astype(np.float64) @ references.astype(np.float64).T, axis=1)
    return cosines[:, -NEAREST:].mean(axis=1)


def level_of(references: Rows) -> float:
    """The mean likeness of each reference to the others; 1 where there is only one."""
    if len(references) < 2:
        return 1.0
    others = [likeness_to(references[n : n + 1], np.delete(references, n, axis=0))[0] for n in range(len(references))]
    return float(np.mean(others))


def part_to_compare(rgb: NDArray[np.uint8], faces: Sequence[FaceSeen] | None, *, heads_known: bool) -> PicturePart:
    """The head of the largest face where it is large enough and `heads_known` (of the photos); else the whole."""
    if heads_known and faces:
        head = cut_box(rgb, head_of_face(faces[0]))
        if min(head.shape[:2]) >= LEAST_HEAD_PX:
            return PicturePart(head, "head")
    return PicturePart(rgb, "whole")


def score_parts(kinds: Sequence[PartCompared], rows: Rows, references: ReferenceSet) -> NDArray[np.float64]:
    """The likeness of each embedded part, (k,), against the references of its own kind."""
    scores = np.zeros(len(kinds))
    for kind, known in (("head", references.heads), ("whole", references.wholes)):
        chosen = np.array([one == kind for one in kinds], np.bool_)
        if chosen.any():
            scores[chosen] = likeness_to(rows[chosen], known)
    return scores


def cut_box(rgb: NDArray[np.uint8], box: PictureBox) -> NDArray[np.uint8]:
    """The pixels of (H, W, 3) in `box`: at least one, as a view."""
    height, width = rgb.shape[:2]
    left, top = min(int(box[0] * width), width - 1), min(int(box[1] * height), height - 1)
    right, bottom = max(round(box[2] * width), left + 1), max(round(box[3] * height), top + 1)
    return rgb[top:bottom, left:right]


# --- the references as a file ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhotoVectors:
    """The vectors of every used photo, and what is known of it: `wholes` (n, d), its hash, and whether it is held out.

    `heads` (m, d) are those of the photos whose numbers are in `head_of` (m,).
    """

    wholes: Rows
    heads: Rows
    head_of: tuple[int, ...]
    hashes: tuple[str, ...]
    held_out: frozenset[int]

    def select(self, *, held_out: bool) -> ReferenceSet:
        """References of the photos that were held out of training, or of those trained on."""
        numbers = [number for number in range(len(self.hashes)) if (number in self.held_out) is held_out]
        heads = [row for row, number in enumerate(self.head_of) if number in set(numbers)]
        return _references(self.heads[heads], self.wholes[numbers])

    @property
    def everyone(self) -> ReferenceSet:
        """References of all the photos."""
        return _references(self.heads, self.wholes)


def _references(heads: Rows, wholes: Rows) -> ReferenceSet:
    return ReferenceSet(heads, wholes, level_of(heads if len(heads) else wholes))


def save_vectors(path: Path, vectors: PhotoVectors) -> None:
    """Writes the vectors as an NPZ file of plain arrays; the same ones give the same bytes."""
    with path.open("wb") as file:
        np.savez(
            file,
            wholes=vectors.wholes,
            heads=vectors.heads,
            head_of=np.array(vectors.head_of, np.int64),
            hashes=np.array(vectors.hashes, "U16"),
            held_out=np.array(sorted(vectors.held_out), np.int64),
        )


def read_vectors(path: Path) -> PhotoVectors:
    """What `save_vectors` wrote.

    Raises:
        InputError: it is not such a file.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return PhotoVectors(
                wholes=file["wholes"],
                heads=file["heads"],
                head_of=tuple(int(number) for number in file["head_of"]),
                hashes=tuple(str(text) for text in file["hashes"]),
                held_out=frozenset(int(number) for number in file["held_out"]),
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, AttributeError) as error:
        raise InputError(
            f"the likeness references cannot be read: {error}", where=str(path), mend="train again: mvlocal train"
        ) from error


def read_references(path: Path) -> ReferenceSet:
    """All photos of a person, as the task `train/<name>/references` left them.

    Raises:
        InputError: as `read_vectors`.
    """
    return read_vectors(path).everyone
