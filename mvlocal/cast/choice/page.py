"""The page of a training: which checkpoint is taken and why, every figure, and the samples of every checkpoint.

It does not know files. Texts are escaped; the page holds no script and no address but that of the log beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from mvlocal.cast.choosing import COPY_BITS, LIKENESS_SHARE, SAME_SCORE
from mvlocal.pages.sheet import data_uri, whole_page
from mvlocal.schema.cast import CastChoice, CastScores, CheckpointScore, SampleScore

CSV = "training.csv"
_CLASS = ' class="copy"'


@dataclass(frozen=True, slots=True)
class TrainingShown:
    """What the page shows. `pictures` are whole JPEG files by step, in the order of the samples; `plot` is a PNG.

    `facts` say in words how training went. `warnings` are shown as they are.
    """

    title: str
    scores: CastScores
    choice: CastChoice
    pictures: Mapping[int, Sequence[bytes]]
    plot: bytes
    facts: str
    warnings: Sequence[str] = ()


def training_page(shown: TrainingShown) -> str:
    """The whole page as HTML."""
    scores = shown.scores
    prompts = "".join(f"<li>{escape(prompt)}</li>" for prompt in scores.prompts)
    return whole_page(
        "mvlocal.cast",
        "training",
        f"{shown.title}: training",
        title=escape(shown.title),
        why=escape(shown.choice.why),
        photos=escape(_photo_words(scores)),
        warnings="".join(f'<p class="warn">{escape(text)}</p>' for text in (*shown.warnings, *_copy_words(shown))),
        rows="".join(_row(one, shown) for one in scores.checkpoints),
        method="".join(f"<p>{part}</p>" for part in _method(shown)),
        training=escape(shown.facts),
        csv=CSV,
        plot=data_uri(shown.plot),
        prompts=prompts,
        steps="".join(_step(one, shown) for one in scores.checkpoints),
    )


def _photo_words(scores: CastScores) -> str:
    heads = sum(sample.compared == "head" for one in scores.checkpoints for sample in one.samples)
    samples = sum(len(one.samples) for one in scores.checkpoints)
    compared = (
        "Whole pictures were compared, since nobody looked for faces (photos.faces: yunet finds them)"
        if scores.faces_by == "none"
        else "Whole pictures were compared, since no head was found in both photos and samples"
        if heads == 0
        else "Heads were compared with heads"
        if heads == samples
        else f"Heads were compared in {heads} of {samples} samples, whole pictures where no face was found"
    )
    return (
        f"Trained on {scores.trained_on} photos; judged by {scores.held_out} others that were held out. {compared} "
        f"(likeness by {scores.likeness_by}"
        + (f", prompts by {scores.agreement_by})." if scores.agreement_by != "none" else "; prompts by nobody).")
    )


def _copy_words(shown: TrainingShown) -> list[str]:
    chosen = next(one for one in shown.scores.checkpoints if one.step == shown.choice.step)
    if not chosen.copies:
        return []
    return [
        f"{chosen.copies} of {len(chosen.samples)} samples of the chosen checkpoint copy a training photo. "
        "Take an earlier one, or add photos and train for fewer steps."
    ]


def _row(one: CheckpointScore, shown: TrainingShown) -> str:
    highest = max(max(other.likeness for other in shown.scores.checkpoints), shown.scores.reached, 1e-6)
    share = f"{max(one.likeness, 0.0) / highest:.1%}"
    followed = "" if one.following is None else f"{one.following:.0%}"
    copies = f'<td class="bad">{one.copies} of {len(one.samples)}</td>' if one.copies else "<td>none</td>"
    chosen = one.step == shown.choice.step
    mark = " · chosen" if chosen else " · best score" if one.step == shown.choice.best else ""
    row = '<tr class="chosen">' if chosen else "<tr>"
    return (
        f"{row}<td>{one.step}{mark}</td>"
        f'<td class="bar" style="--to:{share}">{one.likeness:.3f}</td><td>{followed}</td>{copies}'
        f"<td>{one.score:.3f}</td></tr>"
    )


def _method(shown: TrainingShown) -> list[str]:
    scores = shown.scores
    steps = ", ".join(str(one.step) for one in scores.checkpoints)
    judged = (
        f"Score: {LIKENESS_SHARE:g} x likeness / {scores.reached:.3f} + {1 - LIKENESS_SHARE:g} x prompts followed"
        if scores.agreement_by != "none" and len(scores.prompts) > 1
        else f"Score: likeness / {scores.reached:.3f}"
    )
    return [
        f"{judged}, times the share of samples that are no copies. {scores.reached:.3f} is what the photos trained on "
        f"reach against those held out. Within {SAME_SCORE:g} of the best, the fewest steps win.",
        f"A sample is a copy when it is nearer to a training photo than the two photos that are most alike "
        f"({scores.copy_cosine:.3f}), and shows the same picture: at most {COPY_BITS} of 64 bits of their perceptual "
        "hashes differ, mirrored or not.",
        f"To take another one, set <code>cast.checkpoint</code> to one of {steps}; 0 leaves the choice to the score.",
    ]


def _step(one: CheckpointScore, shown: TrainingShown) -> str:
    chosen = one.step == shown.choice.step
    mark = '<span class="mark">chosen</span>' if chosen else ""
    facts = f"likeness {one.likeness:.3f} · score {one.score:.3f}"
    pictures = "".join(
        _sample(sample, picture) for sample, picture in zip(one.samples, shown.pictures[one.step], strict=True)
    )
    return (
        f'<section class="step{" chosen" if chosen else ""}"><header><h3>Step {one.step}</h3>{mark}'
        f'<span class="facts">{facts}</span></header><div class="row">{pictures}</div></section>'
    )


def _sample(sample: SampleScore, picture: bytes) -> str:
    followed = "" if sample.following is None else f" · {sample.following:.0%}"
    words = f"{sample.prompt + 1} · {sample.likeness:.3f}{followed}"
    if sample.copied:
        words += f"<br>copies a photo (cosine {sample.nearest_cosine:.3f}, {sample.nearest_bits} bits)"
    return (
        f'<figure{_CLASS if sample.copied else ""}><img src="{data_uri(picture)}" '
        f'alt="sample of prompt {sample.prompt + 1}"><figcaption>{words}</figcaption></figure>'
    )
