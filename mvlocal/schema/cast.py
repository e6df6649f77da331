"""The artist's photos: as looked at once, as measured, and as chosen for training, each with its reason.

It does not know what they are used for.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from mvlocal.schema.document import Document, Line, NonNegative, Part, Text, Unit

FileName = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1024)]
"""A file's name as it is; bytes that are not UTF-8 stand as backslash escapes."""
PictureBox = tuple[Unit, Unit, Unit, Unit]
"""Left, top, right, bottom in fractions of an upright picture."""
SubjectSource = Literal["hand", "face", "estimate", "whole"]
"""Who says where the subject is: the person, the largest face, an estimate from contrast, or nobody."""


class PhotoFacts(Part):
    """A usable photo: its file name, and width over height, upright as a viewer sees it."""

    name: Line
    aspect: float = Field(gt=0)


class PhotoRefused(Part):
    """A file that was left out, and why."""

    name: Line
    reason: Text
    mend: Text = ""


class PhotoSet(Document):
    """All photos of a project, in order of name."""

    kind: ClassVar[str] = "mvlocal.photo_set/1"

    photos: tuple[PhotoFacts, ...]
    refused: tuple[PhotoRefused, ...] = ()


class FaceSeen(Part):
    """A face: its box, the finder's score, and how far it is turned (0: to the camera, positive: to the right)."""

    box: PictureBox
    score: Unit
    yaw_deg: float = Field(ge=-90, le=90)


class SubjectSeen(Part):
    """What a finder saw: its faces, largest first (None: it does not look for faces), and the subject's likely box."""

    faces: tuple[FaceSeen, ...] | None
    box: PictureBox | None


class Exposure(Part):
    """Light of the subject, as shares: its median luma; pixels at 4/255 or less and at 251/255 or more; and how far the
    5th and 95th percentile of luma lie apart."""

    median: Unit
    clipped_dark: Unit
    clipped_bright: Unit
    contrast: Unit


class PhotoMeasures(Part):
    """What was measured of one upright photo.

    `keep` is what must stay in its crop: the head where a face was found, else the whole subject. `sharpness` is the
    variance of the Laplacian of the subject's luma (0 to 255) at a longer side of 1024 pixels, `warmth` the mean of b*
    (above 0: yellow), `phash` 16 hexadecimal digits; colours are shares of the names in `mvlocal.cast.colours`, of the
    subject's box and of what is around it.
    """

    width_px: int = Field(ge=1)
    height_px: int = Field(ge=1)
    subject: PictureBox
    subject_by: SubjectSource
    keep: PictureBox
    faces: tuple[FaceSeen, ...] | None
    sharpness: NonNegative
    exposure: Exposure
    brightness: Unit
    warmth: float
    phash: str = Field(pattern=r"^[0-9a-f]{16}$")
    subject_colours: tuple[Unit, ...]
    surround_colours: tuple[Unit, ...]
    clothes_colour: Line = ""


class PhotoLook(Document):
    """One photo as looked at: measured, or why it could not be."""

    kind: ClassVar[str] = "mvlocal.photo_look/1"

    measures: PhotoMeasures | None = None
    reason: Text = ""
    mend: Text = ""


class CropPlan(Part):
    """The part of a photo that is trained on, in pixels of the upright photo, and the bucket it is brought to.

    `scale` is bucket over crop: above 1 the photo is enlarged.
    """

    left: int = Field(ge=0)
    top: int = Field(ge=0)
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    bucket_width: int = Field(ge=1)
    bucket_height: int = Field(ge=1)

    @property
    def scale(self) -> float:
        return max(self.bucket_width / self.width, self.bucket_height / self.height)


class CuratedPhoto(Part):
    """One photo, used or left out: why in plain words, and what would mend it. Every used photo has a crop."""

    name: FileName
    used: bool
    why: Text
    mend: Text = ""
    measures: PhotoMeasures | None = None
    crop: CropPlan | None = None


class CuratedSet(Document):
    """Every photo of a character in order of name, what the set lacks, and advice where it is small.

    `faces` names who looked: with `none` nobody looked for faces, and heads are estimated.
    """

    kind: ClassVar[str] = "mvlocal.curated_set/1"

    faces: Literal["none", "yunet"]
    photos: tuple[CuratedPhoto, ...]
    missing: tuple[Text, ...] = ()
    advice: Text = ""

    @property
    def used(self) -> tuple[CuratedPhoto, ...]:
        return tuple(photo for photo in self.photos if photo.used)


PartCompared = Literal["head", "whole"]
"""What of a picture was compared: its head with heads of photos, or all of it with photos as they are trained on."""


class SampleScore(Part):
    """One sample picture of a checkpoint: by which prompt and seed (their numbers), and what was measured of it.

    `likeness` is to photos that were held out of training. `agreement` is the cosine of picture and prompt, `following`
    the probability that its own prompt is the one it shows; None where nobody judged it. `nearest` is the number of the
    training photo that is nearest, with its cosine and the bits in which their hashes differ.
    """

    prompt: int = Field(ge=0)
    seed: int = Field(ge=0)
    likeness: float
    compared: PartCompared
    agreement: float | None = None
    following: Unit | None = None
    nearest: int = Field(ge=0)
    nearest_cosine: float
    nearest_bits: int = Field(ge=0, le=64)
    copied: bool = False


class CheckpointScore(Part):
    """One checkpoint: means over its samples, how many are copies, and the score that it is chosen by."""

    step: int = Field(ge=1)
    likeness: float
    following: Unit | None
    copies: int = Field(ge=0)
    score: float
    samples: tuple[SampleScore, ...]


class CastScores(Document):
    """Every checkpoint of one training, as scored.

    `reached` is the likeness that photos which were trained on have to those held out: what a real photo reaches.
    `copy_cosine` is the one between the two training photos that are most alike: a copy is nearer.
    `prompts_read` is what was read of each prompt.
    """

    kind: ClassVar[str] = "mvlocal.cast_scores/1"

    likeness_by: Line
    agreement_by: Line
    faces_by: Line
    held_out: int = Field(ge=1)
    trained_on: int = Field(ge=1)
    reached: float
    copy_cosine: float
    prompts: tuple[Text, ...]
    prompts_read: tuple[Text, ...] = ()
    checkpoints: tuple[CheckpointScore, ...]


class CastChoice(Document):
    """The checkpoint in force, which one scores best, who chose, and why."""

    kind: ClassVar[str] = "mvlocal.cast_choice/1"

    step: int = Field(ge=1)
    best: int = Field(ge=1)
    by: Literal["score", "hand"]
    why: Text


class OwnLora(Document):
    """A LoRA that a person brought: the layout it came in, the ranks that occur in it, and how many layers it has."""

    kind: ClassVar[str] = "mvlocal.own_lora/1"

    layout: Literal["kohya", "diffusers"]
    ranks: tuple[int, ...]
    layers: int = Field(ge=1)
