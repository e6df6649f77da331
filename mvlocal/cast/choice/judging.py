"""How a training's samples are judged: each compared with photos that were not trained on, and with its own prompt.

It does not know which models look, nor which checkpoint is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import Embedder, FaceFinder, TextMatcher
from mvlocal.cast.choosing import MeasuredSample, copy_cosine, following, judge_sample, nearest_photo
from mvlocal.cast.likeness import PhotoVectors, likeness_to, part_to_compare, score_parts
from mvlocal.cast.phash import picture_hashes
from mvlocal.errors import TaskError
from mvlocal.schema.cast import FaceSeen, SampleScore

Rgb = NDArray[np.uint8]
"""(H, W, 3)."""


def cut_sheet(sheet: Rgb, rows: int, columns: int) -> list[Rgb]:
    """The pictures of a sheet (H, W, 3), row by row; all of them have one size and there is nothing between them.

    Raises:
        TaskError: the sheet cannot be cut so.
    """
    height, width = sheet.shape[0] // rows, sheet.shape[1] // columns
    if (height * rows, width * columns) != sheet.shape[:2]:
        raise TaskError(f"a sheet of {sheet.shape[1]}x{sheet.shape[0]} does not hold {columns}x{rows} samples")
    return [
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width]
        for row in range(rows)
        for column in range(columns)
    ]


@dataclass(frozen=True, slots=True)
class Lookers:
    """Who looks at samples: for likeness, for faces (None: nobody), for agreement with words (None: nobody)."""

    embedder: Embedder
    finder: FaceFinder | None
    matcher: TextMatcher | None


class Judge:
    """Judges the samples of one training, sheet by sheet: a row for each of `words`, a column for each of `seeds`.

    `read` is what of the words is compared, `reached` the likeness of the photos held out of training to the others,
    `limit` the cosine that only a copy passes.
    """

    def __init__(self, lookers: Lookers, vectors: PhotoVectors, words: Sequence[str], seeds: int) -> None:
        held_out, trained = vectors.select(held_out=True), vectors.select(held_out=False)
        heads = bool(len(held_out.heads) and len(trained.heads))
        near = likeness_to(trained.heads, held_out.heads) if heads else likeness_to(trained.wholes, held_out.wholes)
        self.reached = float(near.mean())
        self.limit = copy_cosine(trained.wholes)
        self.read = list(lookers.matcher.fitted(words)) if lookers.matcher is not None else []
        self.held_out, self.trained = held_out, trained.wholes
        self._lookers = lookers
        self._prompts, self._seeds = len(words), seeds
        self._hashes = [text for number, text in enumerate(vectors.hashes) if number not in vectors.held_out]

    def judge_sheet(self, sheet: Rgb) -> list[SampleScore]:
        """Scores of every sample of a sheet, prompt by prompt and seed by seed.

        Raises:
            TaskError: the sheet does not hold so many.
        """
        pictures = cut_sheet(sheet, self._prompts, self._seeds)
        heads = bool(len(self.held_out.heads))
        parts = [part_to_compare(picture, self._faces(picture), heads_known=heads) for picture in pictures]
        wholes = self._lookers.embedder.embed_pictures(pictures)
        rows = np.stack(
            [
                wholes[n] if part.kind == "whole" else self._lookers.embedder.embed_pictures([part.rgb])[0]
                for n, part in enumerate(parts)
            ]
        )
        likeness = score_parts([part.kind for part in parts], rows, self.held_out)
        agreed = self._agreements(pictures)
        scores: list[SampleScore] = []
        for number, picture in enumerate(pictures):
            sample = MeasuredSample(
                *divmod(number, self._seeds), float(likeness[number]), parts[number].kind, wholes[number],
                picture_hashes(picture),
            )  # fmt: skip
            nearness = nearest_photo(sample, self.trained, self._hashes)
            scores.append(judge_sample(sample, nearness, self.limit, agreed[number]))
        return scores

    def _faces(self, picture: Rgb) -> tuple[FaceSeen, ...] | None:
        finder = self._lookers.finder
        return finder.find_faces(picture).faces if finder is not None else None

    def _agreements(self, pictures: Sequence[Rgb]) -> list[tuple[float, float | None] | None]:
        """The cosine of each picture with its prompt, and the probability of it among all; None: nobody judges."""
        matcher = self._lookers.matcher
        if matcher is None:
            return [None] * len(pictures)
        texts = list(dict.fromkeys(self.read))
        own = [texts.index(self.read[number // self._seeds]) for number in range(len(pictures))]
        cosines = matcher.match(pictures, texts)
        followed = following(cosines, own).tolist() if len(texts) > 1 else [None] * len(pictures)
        return [(float(cosines[n, text]), followed[n]) for n, text in enumerate(own)]
