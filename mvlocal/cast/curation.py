"""Which photos are used, and for each one why, in plain words. It reads no file and knows no training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mvlocal.cast.crops import MAX_ENLARGED, held, plan_crop
from mvlocal.cast.phash import hamming
from mvlocal.cast.variety import farthest_first, what_is_missing
from mvlocal.errors import InputError
from mvlocal.schema.cast import CropPlan, CuratedPhoto, CuratedSet, PhotoLook, PhotoMeasures

MOST, ENOUGH, LEAST = 30, 8, 4
"""Photos: no more than these are used; fewer than these is a warning; with fewer than these nothing is trained."""
BLURRED = 12.0
"""Sharpness below which a photo is blurred: a sharp one of 1024 pixels comes there by a blur of about 2 pixels."""
SOFT = 30.0
DARK, BRIGHT = 0.08, 0.94
"""Median luma of the subject below and above which it cannot be made out."""
FLAT = 0.04
CLIPPED_DARK, CLIPPED_BRIGHT = 0.6, 0.4
SAME_BITS = 8
"""Hashes that differ in no more bits are of one picture: saved again at half its size it differs in up to 6."""
RIVAL = 0.4
"""A second face of at least this share of the largest one's height may be the one that is meant."""
_WHOLE_KEPT = 0.97


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a photo is left out, and what would mend it."""

    why: str
    mend: str


def curate(looks: Mapping[str, PhotoLook], faces: Literal["none", "yunet"]) -> CuratedSet:
    """Judges every photo of `looks` (by name): used, with its crop, or left out, and why.

    `faces` names who looked for them. The answer is in order of name, and the same for the same looks.
    """
    verdicts: dict[str, Verdict] = {}
    crops: dict[str, CropPlan] = {}
    good: dict[str, PhotoMeasures] = {}
    for name, look in sorted(looks.items()):
        judged = _judge(look)
        if isinstance(judged, Verdict):
            verdicts[name] = judged
        elif look.measures is not None:
            crops[name], good[name] = judged, look.measures
    ranked = sorted(good, key=lambda name: (-_worth(good[name], crops[name]), name))
    verdicts |= _doubles(ranked, good)
    verdicts |= _surplus([name for name in ranked if name not in verdicts], good)
    photos = tuple(_curated(name, looks[name], verdicts.get(name), crops.get(name)) for name in sorted(looks))
    used = [(photo.measures, photo.crop) for photo in photos if photo.used and photo.measures and photo.crop]
    return CuratedSet(faces=faces, photos=photos, missing=what_is_missing(used), advice=_advice(len(used)))


def require_enough(curated: CuratedSet, where: str) -> None:
    """Raises where too few photos are used to train on. An animatic needs none.

    Raises:
        InputError: fewer than `LEAST` are used.
    """
    count = len(curated.used)
    if count < LEAST:
        raise InputError(
            f"{_so_many(count)} can be used, and at least {LEAST} are needed to train a likeness",
            where=where,
            mend=f"add photos ({ENOUGH} or more, best 15 to 20 varied ones); mvlocal photos says what each one lacks; "
            "without a likeness: cast.train: false",
        )


def _judge(look: PhotoLook) -> Verdict | CropPlan:
    photo = look.measures
    if photo is None:
        return Verdict(look.reason, look.mend)
    crop = plan_crop(photo)
    if crop is None:
        return Verdict(
            f"too small: {photo.width_px}x{photo.height_px} pixels would have to be enlarged "
            f"more than {MAX_ENLARGED:g} times",
            "take the original, not a reduced copy: 1024 pixels or more on each side",
        )
    return _unclear(photo) or _wrong_faces(photo) or crop


def _unclear(photo: PhotoMeasures) -> Verdict | None:
    light = photo.exposure
    another = "take one with more even light on the face"
    if light.median < DARK or light.clipped_dark > CLIPPED_DARK:
        return Verdict(f"too dark: half of the subject is at {light.median:.0%} of white or below", another)
    if light.median > BRIGHT or light.clipped_bright > CLIPPED_BRIGHT:
        return Verdict(f"too bright: {light.clipped_bright:.0%} of the subject is burnt out to white", another)
    if light.contrast < FLAT:
        return Verdict("nothing can be made out: the subject is almost all one grey", another)
    if photo.sharpness < BLURRED:
        return Verdict(
            f"blurred: sharpness {photo.sharpness:.0f}, where {BLURRED:.0f} is the least",
            "use a sharper one; if its subject is sharp and lies elsewhere, set photos.subjects",
        )
    return None


def _wrong_faces(photo: PhotoMeasures) -> Verdict | None:
    if photo.faces is None:
        return None
    if not photo.faces:
        if photo.subject_by == "hand":
            return None
        return Verdict("no face was found", "if it shows the artist, say where with photos.subjects")
    heights = [face.box[3] - face.box[1] for face in photo.faces]
    rivals = sum(height >= RIVAL * max(heights) for height in heights)
    if rivals > 1:
        return Verdict(
            f"{rivals} faces, and which one is meant is not known", "say who with photos.subjects, or crop it"
        )
    return None


def _worth(photo: PhotoMeasures, crop: CropPlan) -> float:
    """Which of two alike photos to keep: pixels first (as far as they are used), then sharpness."""
    return min(1 / crop.scale, 1.0) * 10 + min(photo.sharpness / 1000, 1.0)


def _doubles(ranked: Sequence[str], good: Mapping[str, PhotoMeasures]) -> dict[str, Verdict]:
    """Those that are nearly the same picture as a better one before them in `ranked`."""
    kept: list[str] = []
    doubles: dict[str, Verdict] = {}
    for name in ranked:
        same = next((other for other in kept if hamming(good[name].phash, good[other].phash) <= SAME_BITS), None)
        if same is None:
            kept.append(name)
        else:
            doubles[name] = Verdict(
                f"nearly the same picture as {same}, which is as good or better",
                "one of a series is enough: add others that differ",
            )
    return doubles


def _surplus(names: Sequence[str], good: Mapping[str, PhotoMeasures]) -> dict[str, Verdict]:
    """Those beyond `MOST` that add the least variety; the best photo stays."""
    if len(names) <= MOST:
        return {}
    order = farthest_first([good[name] for name in names], 0)
    why = Verdict(f"{MOST} photos are enough, and others are more varied", "to use it, take out one that is like it")
    return {names[index]: why for index in order[MOST:]}


def _curated(name: str, look: PhotoLook, verdict: Verdict | None, crop: CropPlan | None) -> CuratedPhoto:
    if verdict is not None or look.measures is None or crop is None:
        verdict = verdict or Verdict(look.reason, look.mend)
        return CuratedPhoto(name=name, used=False, why=verdict.why[:1000], mend=verdict.mend, measures=look.measures)
    why = _good_words(look.measures, crop)
    return CuratedPhoto(name=name, used=True, why=why, measures=look.measures, crop=crop)


def _good_words(photo: PhotoMeasures, crop: CropPlan) -> str:
    """What is good about a photo that is used, and what had to be done to it."""
    words = ["a little soft" if photo.sharpness < SOFT else "sharp"]
    words.append("rather dark" if photo.exposure.median < 2 * DARK else "clearly lit")
    words.append("one face" if photo.faces and len(photo.faces) == 1 else "")
    words.append("the largest of its faces" if photo.faces and len(photo.faces) > 1 else "")
    words.append(f"enlarged {crop.scale:.2g} times" if crop.scale > 1.005 else "")
    kept = "head" if photo.faces else "subject"
    words.append(f"the {kept} is cut by the edge of the crop" if held(crop, photo.keep, photo) < _WHOLE_KEPT else "")
    return ", ".join(filter(None, words))


def _advice(count: int) -> str:
    if count >= ENOUGH:
        return ""
    least = "A likeness cannot be trained from so few." if count < LEAST else "A likeness trained on so few is weak."
    return (
        f"{_so_many(count).capitalize()} can be used. {least} Add photos until there are {ENOUGH} or more, "
        "best 15 to 20: other days, other clothes, other light, near and far, from the front and from the side."
    )


def _so_many(count: int) -> str:
    return "no photo" if count == 0 else "only one photo" if count == 1 else f"only {count} photos"
