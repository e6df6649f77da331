"""Settings of stills: who makes them, from which models, and what they are held to.

It does not know what stages do with them.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from mvlocal.config.values import Group, Line, Unit


class KeyframeSettings(Group):
    backend: Literal["animatic", "sdxl"] = Field(default="animatic", description="who makes each still")
    model: Line = Field(default="sd_xl_base_1.0", description="SDXL in models/checkpoints: a file, or a folder")
    config: Line = Field(
        default="sdxl-config", description="a file's small configuration, a folder beside it; empty: model is a folder"
    )
    vae: Line = Field(default="", description="another decoder in models/vae; empty: the model's own")
    unet: Line = Field(
        default="", description="a distilled network in models/diffusion_models, instead of a schedule's LoRA"
    )
    refiner: Line = Field(default="", description="a refiner in models/checkpoints, as model; empty: none")
    refiner_config: Line = Field(default="sdxl-refiner-config", description="its configuration, as config")
    refiner_strength: float = Field(default=0.25, gt=0, le=1, description="how far it leaves the still")
    schedule: Literal["base", "lightning", "lcm", "dmd2"] = Field(
        default="base",
        description="how stills are denoised; the others take about 4 steps, and look a little different",
    )
    schedule_lora: Line = Field(default="", description="its LoRA in models/loras; empty: the one it is published with")
    steps: int = Field(default=0, ge=0, le=100, description="of denoising; 0: the schedule's own (base: 30)")
    guidance: float = Field(
        default=0, ge=0, le=20, description="how strictly words are followed; 0: the schedule's own (base: 6)"
    )
    width: int = Field(
        default=0, ge=0, le=2048, multiple_of=8, description="of stills; 0: about a megapixel, by aspect"
    )
    height: int = Field(default=0, ge=0, le=2048, multiple_of=8, description="the same for their height")
    candidates: int = Field(default=4, ge=1, le=16, description="stills made of a shot, of which one is chosen")
    batch: int = Field(default=1, ge=1, le=8, description="stills made at once: more is faster and takes more memory")
    negative: str = Field(
        default="lowres, blurry, deformed, bad anatomy, extra fingers, extra limbs, text, watermark, logo, signature",
        max_length=500,
        description="what stills keep out, beside brief.avoid",
    )
    prompt_tokens: int = Field(
        default=150, ge=20, le=2000, description="the longest prompt; a model attends best to its first 75 tokens"
    )
    guide_pose: Unit = Field(default=0.8, description="how strongly a generated still keeps the blocked pose; 0: not")
    guide_depth: Unit = Field(default=0.5, description="the same for near and far")
    guide_lines: Unit = Field(default=0.0, description="the same for the drawn lines")
    guide_until: Unit = Field(default=0.8, description="the share of the steps that guides steer")
    pose_model: Line = Field(default="openpose-sdxl-1.0", description="a ControlNet's folder in models/controlnet")
    depth_model: Line = Field(default="depth-sdxl-1.0", description="the same for depth")
    lines_model: Line = Field(default="canny-sdxl-1.0", description="the same for lines")
    guides_folder: str = Field(
        default="guides",
        max_length=300,
        description="your own guides by shot: s03-pose.png, s03-depth.png, s03-lines.png, or s03.jpg and s03.mp4, "
        "whose edges are taken",
    )
    style_from: str = Field(default="", max_length=300, description="a picture whose look is taken over; empty: none")
    style_weight: Unit = Field(default=0.5, description="how strongly")
    style_model: Line = Field(
        default="ip-adapter-plus_sdxl_vit-h", description="an IP-Adapter in models/ipadapter, for style_from"
    )
    style_encoder: Line = Field(default="CLIP-ViT-H-14", description="its image encoder's folder in models/clip_vision")
    same_place_strength: Unit = Field(
        default=0, description="stills begin from the place's first one, and leave it so far; 0: from noise"
    )
    tiles: bool = Field(default=False, description="decode in tiles: less memory, faint seams")
    preview: Line = Field(
        default="taesdxl",
        description="a small decoder's folder in models/vae, for previews; without it they are rough colours",
    )

    @property
    def lora_of_schedule(self) -> str:
        """The LoRA in models/loras that the schedule's few steps need; empty: none."""
        published = {
            "lightning": f"sdxl_lightning_{self.steps or 4}step_lora",
            "lcm": "lcm-lora-sdxl",
            "dmd2": "dmd2_sdxl_4step_lora_fp16",
        }
        return "" if self.unet or self.schedule == "base" else self.schedule_lora or published[self.schedule]

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if bool(self.width) != bool(self.height):
            raise ValueError("set both width and height, or neither")
        if self.refiner and self.schedule != "base":
            raise ValueError(f"a refiner cannot follow the schedule {self.schedule}: use base, or no refiner")
        return self
