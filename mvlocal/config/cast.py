"""Settings of people: photos, who is cast, and how a LoRA is trained.

It does not know what stages do with them.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mvlocal.config.values import Box, Group, Line

CastName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""A person's name in the settings: the folder in `cast/`."""
TriggerWord = Annotated[str, Field(pattern=r"^([A-Za-z][A-Za-z0-9_]{0,39})?$")]


def trigger_from(name: str) -> str:
    """A trigger word made from a person's name that is no word of any language."""
    return f"mvl{name.replace('-', '_')}"


class PhotoSettings(Group):
    folder: str = Field(default="photos", description="folder with JPEG, PNG or WebP photos of the artist")
    subjects: dict[str, Box] = Field(
        default_factory=dict[str, Box], description="who must stay in frame, e.g. {me.jpg: [0.2, 0.1, 0.7, 0.8]}"
    )
    faces: Literal["none", "yunet"] = Field(
        default="none", description="who finds faces in photos to train on; none: heads are guessed"
    )
    faces_model: Line = Field(
        default="face_detection_yunet_2023mar.onnx", description="yunet's weights in models/faces"
    )


class OtherMember(Group):
    """One more person: a folder of photos to train on, or a LoRA, and the word that calls her or him."""

    photos: str = Field(default="", max_length=1000, description="folder with photos of this person")
    trigger: TriggerWord = Field(default="", description="the word that calls the person; empty: made from the name")
    notes: str = Field(default="", max_length=500, description="for every caption, as cast.notes")
    lora: str = Field(default="", max_length=1000, description="a LoRA of your own: nothing is trained then")
    lora_weight: float = Field(default=1.0, gt=0, le=2, description="how strongly the LoRA acts")
    checkpoint: int = Field(default=0, ge=0, description="the step to take; 0: the best one is chosen")

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if not self.photos and not self.lora:
            raise ValueError("name a folder of photos, or a LoRA")
        return self


class CastSettings(Group):
    name: CastName = Field(default="artist", description="the character's folder in cast/")
    trigger: TriggerWord = Field(default="", description="the word that calls the person; empty: made from the name")
    notes: str = Field(
        default="", max_length=500, description="for every caption: what photos show and should not be learned"
    )
    train: bool = Field(
        default=True, description="train a LoRA on the photos where pictures are generated; false: nobody is cast"
    )
    lora: str = Field(
        default="", max_length=1000, description="a LoRA of your own (safetensors, for SDXL): nothing is trained then"
    )
    lora_weight: float = Field(default=1.0, gt=0, le=2, description="how strongly the LoRA acts; 1: as it was trained")
    checkpoint: int = Field(default=0, ge=0, description="the step to take, such as 600; 0: the best one is chosen")
    captions: Literal["auto", "template", "blip"] = Field(
        default="auto",
        description="who describes photos for their captions; template: nobody, they hold notes and what was measured; "
        "auto: blip where its weights are here, else template",
    )
    caption_model: Line = Field(
        default="blip-image-captioning-large", description="blip's weights: a folder in models/blip"
    )
    likeness: Literal["dinov2", "clip"] = Field(default="dinov2", description="who judges how like the photos it is")
    likeness_model: Line = Field(
        default="", description="its weights: a folder in models/clip_vision; empty: the usual one"
    )
    agreement: Literal["none", "clip"] = Field(
        default="clip", description="who judges whether pictures show what was asked for; none: nobody"
    )
    agreement_model: Line = Field(
        default="clip-vit-large-patch14", description="its weights: a folder in models/clip_vision"
    )
    others: dict[CastName, OtherMember] = Field(
        default_factory=dict[str, OtherMember],
        description="more people, by name, e.g. {ben: {photos: photos-ben}}; each may have trigger, notes, lora, "
        "lora_weight, checkpoint",
    )

    @property
    def likeness_folder(self) -> str:
        """The folder of the model that judges likeness."""
        return self.likeness_model or {"dinov2": "dinov2-base", "clip": "clip-vit-large-patch14"}[self.likeness]

    @property
    def trigger_word(self) -> str:
        """The trigger, or one made from the name that is no word of any language."""
        return self.trigger or trigger_from(self.name)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        words = [self.trigger_word, *(other.trigger or trigger_from(name) for name, other in self.others.items())]
        twice = next((word for word in words if [w.casefold() for w in words].count(word.casefold()) > 1), None)
        if self.name in self.others:
            raise ValueError(f"cast.name and cast.others both hold {self.name!r}: give each person one name")
        if twice is not None:
            raise ValueError(f"two people have the trigger word {twice!r}: give each one of their own")
        return self


class TrainSettings(Group):
    backend: Literal["sdxl"] = Field(default="sdxl", description="who trains a LoRA of a person")
    steps: int = Field(default=1200, ge=1, le=100_000, description="steps of training in all")
    every: int = Field(default=200, ge=1, le=100_000, description="a checkpoint and samples every so many steps")
    rank: int = Field(default=16, ge=1, le=256, description="the LoRA's rank: how much it can hold")
    alpha: float = Field(default=0, ge=0, le=512, description="its strength is alpha over rank; 0: as the rank")
    layers: Literal["attention", "transformer"] = Field(
        default="attention", description="what is trained; transformer: feed-forward layers and projections too"
    )
    resolution: int = Field(default=1024, ge=64, le=2048, description="crops have about this many pixels squared")
    batch: int = Field(default=1, ge=1, le=64, description="pictures at once")
    accumulate: int = Field(default=1, ge=1, le=64, description="batches that make one step: memory of one, like many")
    optimizer: Literal["auto", "adamw", "adamw8bit", "prodigy"] = Field(
        default="auto", description="auto: 8-bit AdamW on a GPU where bitsandbytes is installed, else AdamW"
    )
    learning_rate: float = Field(default=0, ge=0, le=10, description="0: 1e-4, or 1 for prodigy, which finds its own")
    schedule: Literal["constant", "cosine"] = Field(default="cosine", description="of the learning rate, after warm-up")
    warmup: int = Field(default=50, ge=0, le=10_000, description="steps in which the learning rate rises")
    min_snr_gamma: float = Field(default=5, ge=0, le=100, description="weighs noise levels alike (min-SNR); 0: off")
    checkpointing: bool = Field(default=True, description="compute parts twice and need far less memory")
    prior: int = Field(default=0, ge=0, le=1000, description="pictures of class_words that the base makes and keeps to")
    prior_weight: float = Field(default=1, ge=0, le=10, description="how much these pictures count")
    class_words: Line = Field(default="a person", description="what the person is one of")
    sample_prompts: tuple[Line, ...] = Field(
        default=(
            "{trigger}, portrait, looking at the camera, plain grey background, soft light",
            "{trigger}, half length, in a city street at night, neon lights",
        ),
        description="words of the sample pictures",
    )
    sample_seeds: int = Field(default=2, ge=1, le=16, description="sample pictures a prompt")
    sample_steps: int = Field(default=20, ge=1, le=100, description="sampling steps of a sample picture")
    sample_guidance: float = Field(default=5, ge=1, le=20, description="how strongly samples follow their words")
