"""Which checkpoint of a training is taken: what is measured of its samples, and the formula. It reads no file.

The formula: 0.65 x likeness + 0.35 x prompts followed, times the share of samples that copy no training photo.

Likeness is that of the samples to photos held out of training, over what real photos reach (so that 1 is as good as a
photo). A prompt is followed to the probability that CLIP, asked which of the prompts a sample shows, names its own.
A sample is a copy when it is nearer to a training photo than any two training photos are to each other, and shows the
same picture by perceptual hash: either alone is no proof, since a likeness is meant to be near, and two pictures with
one bright half hash alike. Of checkpoints that score nearly the same, the one with the fewest steps is taken, since
what is trained longer bends less to prompts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.cast.likeness import Rows
from mvlocal.cast.phash import hamming
from mvlocal.errors import SettingsError
from mvlocal.schema.cast import CastChoice, CastScores, CheckpointScore, SampleScore

LIKENESS_SHARE = 0.65
LEAST_REACHED = 0.05
"""Photos that are less like each other than this tell nothing: likeness is then not compared with theirs."""
COPY_BITS = 12
"""Of 64. Two pictures that have nothing to do with each other differ in 32, give or take 4, so that as few as these
happen once in some millions; one picture saved at half its size differs from itself in up to 6."""
SAME_SCORE = 0.01
LOGIT_SCALE = 100.0
"""What CLIP multiplies cosines by before it compares texts (Radford and others, 2021, section 2.5)."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """The training photo that a sample is nearest to: its number, the cosine, and the bits in which hashes differ."""

    photo: int
    cosine: float
    bits: int

    def is_copy(self, copy_cosine: float) -> bool:
        """Whether it is nearer than `copy_cosine` and the same picture by hash."""
        return self.cosine > copy_cosine and self.bits <= COPY_BITS


@dataclass(frozen=True, slots=True)
class MeasuredSample:
    """A sample before it is judged: `vector` (d,) and hashes (as it is, mirrored) are those of the whole picture."""

    prompt: int
    seed: int
    likeness: float
    compared: str
    vector: NDArray[np.float32]
    hashes: tuple[str, str]


def following(cosines: NDArray[np.floating], own: Sequence[int]) -> NDArray[np.float64]:
    """The probability of each picture's own prompt, (n,), from cosines (n pictures, m prompts)."""
    logits = LOGIT_SCALE * np.asarray(cosines, np.float64)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (odds / odds.sum(axis=1, keepdims=True))[np.arange(len(own)), list(own)]


def nearest_photo(sample: MeasuredSample, photos: Rows, hashes: Sequence[str]) -> Nearness:
    """The training photo (rows (n, d) and their hashes) that a sample comes nearest to.

    One of the same hash, mirrored or not, counts before any other; else the one with the largest cosine.
    """
    cosines = photos.astype(np.float64) @ sample.vector.astype(np.float64)
    bits = [min(hamming(known, own) for own in sample.hashes) for known in hashes]
    best = max(range(len(hashes)), key=lambda n: (bits[n] <= COPY_BITS, cosines[n]))
    return Nearness(best, float(cosines[best]), bits[best])


def copy_cosine(photos: Rows) -> float:
    """The cosine of the two training photos (n, d) that are most alike; what is nearer to one of them is too near."""
    cosines = photos.astype(np.float64) @ photos.astype(np.float64).T
    return float(cosines[np.triu_indices(len(photos), 1)].max())


def judge_sample(
    sample: MeasuredSample, nearness: Nearness, limit: float, agreement: tuple[float, float | None] | None
) -> SampleScore:
    """One sample's score; `limit` is from `copy_cosine`, `agreement` the cosine with its prompt and `following`."""
    cosine, followed = agreement if agreement is not None else (None, None)
    return SampleScore.model_validate(
        {
            "prompt": sample.prompt,
            "seed": sample.seed,
            "likeness": round(sample.likeness, 4),
            "compared": sample.compared,
            "agreement": None if cosine is None else round(cosine, 4),
            "following": None if followed is None else round(followed, 4),
            "nearest": nearness.photo,
            "nearest_cosine": round(nearness.cosine, 4),
            "nearest_bits": nearness.bits,
            "copied": nearness.is_copy(limit),
        }
    )


def score_checkpoint(step: int, samples: Sequence[SampleScore], reached: float) -> CheckpointScore:
    """A checkpoint's means and its score; `reached` is the likeness of real photos to those held out."""
    likeness = float(np.mean([sample.likeness for sample in samples]))
    followed = [sample.following for sample in samples if sample.following is not None]
    mean_followed = float(np.mean(followed)) if followed else None
    copies = sum(sample.copied for sample in samples)
    relative = likeness / reached if reached >= LEAST_REACHED else likeness
    quality = relative
    if mean_followed is not None:
        quality = LIKENESS_SHARE * relative + (1 - LIKENESS_SHARE) * mean_followed
    return CheckpointScore(
        step=step,
        likeness=round(likeness, 4),
        following=None if mean_followed is None else round(mean_followed, 4),
        copies=copies,
        score=round(quality * (1 - copies / len(samples)), 4),
        samples=tuple(samples),
    )


def choose(scores: CastScores, wanted: int) -> CastChoice:
    """The best checkpoint, or the one of step `wanted` where that is not 0.

    Raises:
        SettingsError: there is no checkpoint at that step.
    """
    best = _best(scores.checkpoints)
    steps = [one.step for one in scores.checkpoints]
    if wanted and wanted not in steps:
        raise no_such_step(wanted, steps)
    if not wanted or wanted == best.step:
        by = "hand" if wanted else "score"
        return CastChoice(step=best.step, best=best.step, by=by, why=_why_best(best, scores))
    chosen = next(one for one in scores.checkpoints if one.step == wanted)
    why = (
        f"Step {wanted} was chosen by hand, with cast.checkpoint. By its figures step {best.step} would be: "
        f"it scores {best.score:.3f}, this one {chosen.score:.3f}."
    )
    return CastChoice(step=wanted, best=best.step, by="hand", why=why)


def no_such_step(wanted: int, steps: Sequence[int], where: str = "cast.checkpoint") -> SettingsError:
    """The refusal of a step that has no checkpoint; `where` is the setting that names it."""
    return SettingsError(
        f"there is no checkpoint at step {wanted}",
        where=where,
        mend=f"choose from {', '.join(map(str, steps))}, or 0 for the best one",
    )


def _best(checkpoints: Sequence[CheckpointScore]) -> CheckpointScore:
    top = max(one.score for one in checkpoints)
    return min((one for one in checkpoints if one.score >= top - SAME_SCORE), key=lambda one: one.step)


def _why_best(best: CheckpointScore, scores: CastScores) -> str:
    top = max(scores.checkpoints, key=lambda one: one.score)
    if top.score == best.score:
        head = f"Step {best.step} scores best, {best.score:.3f}"
    else:
        head = (
            f"Step {best.step} scores {best.score:.3f}, as good as step {top.step} ({top.score:.3f}) within "
            f"{SAME_SCORE:g}, and was trained for less long"
        )
    parts = [f"likeness {best.likeness:.3f}, where a real photo reaches {scores.reached:.3f}"]
    if best.following is not None:
        parts.append(f"prompts followed to {best.following:.0%}")
    copies = f"{best.copies} of {len(best.samples)} samples copy a photo" if best.copies else "no sample copies a photo"
    return f"{head}: {', '.join(parts)}, and {copies}."
