"""Settings of motion: who makes stills move, how far, and what the animatic draws.

It does not know what stages do with them.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from mvlocal.config.values import Group, Line
from mvlocal.schema.staging import Look

CLIP_MODELS = {"svd": "svd-xt", "wan": "wan2.2-ti2v-5b", "ltx": "ltx-video-0.9.5"}
"""The folder in models/diffusers that each family uses where none is named."""


class ClipSettings(Group):
    backend: Literal["animatic", "svd", "wan", "ltx"] = Field(default="animatic", description="who makes it move")
    model: Line = Field(default="", description="the folder in models/diffusers; empty: the family's usual one")
    width: int = Field(default=0, ge=0, le=2048, multiple_of=8, description="of generated frames; 0: the family's own")
    height: int = Field(default=0, ge=0, le=2048, multiple_of=8, description="the same for their height")
    frames: int = Field(default=0, ge=0, le=257, description="made in one go at the most; 0: as many as the family can")
    fps: int = Field(default=0, ge=0, le=60, description="what the model is told; 0: as it was trained")
    steps: int = Field(default=0, ge=0, le=100, description="of denoising; 0: the family's own")
    schedule: Literal["full", "few"] = Field(
        default="full", description="few: 4 steps by SVD's distilled unet, about 8 times as fast, a little coarser"
    )
    few_model: Line = Field(default="AnimateLCM-SVD-xt", description="that unet, in models/diffusion_models")
    motion_min: int = Field(default=40, ge=0, le=255, description="SVD's motion bucket in the calmest shot")
    motion_max: int = Field(default=200, ge=1, le=255, description="and in the liveliest one")
    noise_aug: float = Field(
        default=-1, ge=-1, le=1, description="noise on the still that SVD starts from: more moves more; -1: its own"
    )
    guidance_min: float = Field(default=0, ge=0, le=20, description="SVD's guidance in the first frame; 0: its own")
    guidance_max: float = Field(default=0, ge=0, le=20, description="guidance, in the last frame; 0: the family's own")
    decode_chunk: int = Field(default=0, ge=0, le=64, description="frames decoded at once: fewer need less memory")
    forward_chunk: int = Field(default=0, ge=0, le=64, description="feed-forward layers in parts this small; 0: whole")
    tiling: bool = Field(default=False, description="wan and ltx decode in tiles: less memory, faint seams")
    negative: str = Field(
        default="worst quality, blurry, jittery, distorted, text, watermark",
        max_length=500,
        description="what wan and ltx keep out of motion",
    )
    drift_budget: float = Field(
        default=1.0,
        gt=0,
        le=10,
        description="how far a long shot may drift from its still before it starts again from a fresh one",
    )
    walks: Literal["abstract", "none"] = Field(
        default="abstract",
        description="shots of kind abstract that show nobody walk from their generated still to another look, stepping "
        "on beats; none: they are animated as all others",
    )
    walk_fps: int = Field(default=6, ge=1, le=24, description="pictures a second of a walk, each a still's work")
    aim: bool = Field(default=True, description="a link before a fresh still arrives at it, where the family can")

    @property
    def model_name(self) -> str:
        """The folder in models/diffusers; empty for the animatic."""
        return self.model or CLIP_MODELS.get(self.backend, "")

    @property
    def options(self) -> dict[str, int | float | str | bool]:
        """What the motion backend is told, and what therefore belongs in a clip's key."""
        names = ("width", "height", "frames", "fps", "steps", "schedule", "motion_min", "motion_max", "noise_aug")
        more = ("guidance_min", "guidance_max", "decode_chunk", "forward_chunk", "tiling")
        return {name: getattr(self, name) for name in (*names, *more)}

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.motion_max < self.motion_min:
            raise ValueError(f"motion_max ({self.motion_max}) is below motion_min ({self.motion_min})")
        if self.schedule == "few" and self.backend in ("wan", "ltx"):
            raise ValueError(f"the few-step schedule is SVD's; {self.backend} takes fewer steps instead")
        return self


class AnimaticSettings(Group):
    look: Look = Field(
        default="mixed",
        description="shadow: silhouettes; paper: coloured paper; photo: your photos fill the frame, else silhouettes; "
        "mixed: photos and coloured paper",
    )
    on_twos: bool = Field(default=True, description="draw people 12 times a second, as paper puppets are filmed")
    notes: bool = Field(default=False, description="burn in shot number, location, action and camera")
