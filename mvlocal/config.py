"""The settings tree: every setting, its default, range and meaning, once.

YAML, environment, `--set` and help all derive from it. It does not know where values come from
(`mvlocal.settings` does) nor what stages do with them.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from mvlocal.schema.song import SectionLabel
from mvlocal.schema.staging import Look
from mvlocal.timing import FrameRate

Unit = Annotated[float, Field(ge=0, le=1)]
Line = Annotated[str, Field(max_length=200)]


def _even(value: int) -> int:
    if value % 2:
        raise ValueError(f"must be an even number of pixels, not {value}")
    return value


def _rate_text(value: object) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError("write a frame rate such as 24 or 30000/1001")  # noqa: TRY004 - pydantic reports it
    rate = FrameRate.parse(value)
    if not 1 <= rate.value <= 120:
        raise ValueError("must be from 1 to 120 frames a second")
    return str(rate)


def _upright(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    if left >= right or top >= bottom:
        raise ValueError("write left, top, right, bottom, as fractions of the picture from 0 to 1")
    return box


Box = Annotated[tuple[Unit, Unit, Unit, Unit], AfterValidator(_upright)]
"""Left, top, right, bottom in fractions of a picture."""
Pixels = Annotated[int, Field(ge=128, le=7680), AfterValidator(_even)]
Rate = Annotated[str, BeforeValidator(_rate_text)]
Loudness = Annotated[Literal["keep", "-14"], BeforeValidator(str)]
CastName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""A person's name in the settings: the folder in `cast/`."""
TriggerWord = Annotated[str, Field(pattern=r"^([A-Za-z][A-Za-z0-9_]{0,39})?$")]


def trigger_from(name: str) -> str:
    """A trigger word made from a person's name that is no word of any language."""
    return f"mvl{name.replace('-', '_')}"


X264Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"]


class Group(BaseModel):
    """A group of settings: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


class SongSettings(Group):
    file: str = Field(default="", description="the song: WAV, FLAC, MP3, M4A, OGG, Opus or AIFF")
    lyrics: str = Field(default="", description="text, LRC, SRT, WebVTT or ASS; empty: none")
    markers: str = Field(default="", description="your own beats and sections: they win")
    beats: Literal["librosa", "beat_this"] = Field(default="librosa", description="who finds the beats")
    beats_model: Line = Field(default="beat_this-final0", description="beat_this's weights in models/beats")
    stems: Literal["none", "demucs"] = Field(default="none", description="who takes the voice out of the mix")
    stems_model: Line = Field(default="htdemucs", description="demucs's weights in models/demucs")
    lyrics_by: Literal["rules", "whisper"] = Field(
        default="rules", description="who times plain lyrics; whisper also writes down a song that has none"
    )
    whisper_model: Line = Field(default="medium", description="whisper's weights in models/whisper")
    language: str = Field(
        default="", pattern=r"^([a-z]{2,3})?$", description="of the song, such as en; empty: it is heard"
    )


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


class BriefSettings(Group):
    text: str = Field(default="", max_length=1000, description="what the video should be, in your words")
    style: Line = Field(default="", description="a style line shared by every shot")
    literalness: Unit = Field(default=0.6, description="0 free, 1 depicts each line word for word")
    literalness_by_section: dict[SectionLabel, Unit] = Field(
        default_factory=dict[SectionLabel, float], description="the same by section, e.g. {chorus: 0.3}"
    )
    avoid: tuple[Line, ...] = Field(default=(), description="things to keep out of the picture")


class PlannerSettings(Group):
    backend: Literal["rules", "llama", "server"] = Field(
        default="rules", description="who writes the story: word lists, a model here, or a server on this machine"
    )
    model: Line = Field(
        default="Qwen3-4B-Instruct-2507-Q4_K_M", description="llama's weights: a GGUF file in models/llm, or its path"
    )
    template: Literal["plain", "chatml", "llama3", "mistral"] = Field(
        default="chatml", description="how llama's model wants to be asked (its own template is never run)"
    )
    context: int = Field(default=16384, ge=2048, le=262144, description="tokens that the model holds at once")
    max_tokens: int = Field(default=3072, ge=256, le=32768, description="tokens of one reply at the most")
    temperature: float = Field(default=0.7, ge=0, le=2, description="0: the likeliest words; higher: freer")
    embedder: str = Field(
        default="",
        max_length=1000,
        description="folder with a sentence model that compares meanings; empty: words only",
    )
    critic: bool = Field(default=True, description="let the model read its whole plan once and find fault with it")
    gpu_layers: int = Field(default=0, ge=-1, le=999, description="llama's layers on the GPU; -1: all of them")
    threads: int = Field(default=0, ge=0, le=256, description="llama's CPU threads; 0: one a core")
    address: str = Field(
        default="http://127.0.0.1:8080/v1", max_length=300, description="the server's address, on this machine"
    )
    server_model: Line = Field(default="", description="the model's name on the server; empty: the server's own choice")
    allow_host: Line = Field(
        default="", description="one other host that lyrics and brief may be sent to, by its exact name"
    )
    api_key_env: str = Field(
        default="", pattern=r"^([A-Za-z_][A-Za-z0-9_]{0,99})?$", description="environment variable that holds its key"
    )
    timeout_s: float = Field(default=600, ge=1, le=7200, description="how long the server may take for one reply")


class CutSettings(Group):
    min_s: float = Field(default=1.2, ge=0.2, le=30, description="no shot shorter than this, in seconds")
    max_s: float = Field(default=7.5, ge=0.5, le=60, description="no shot longer than this, in seconds")
    every_beats: int | None = Field(default=None, ge=1, le=64, description="cut every so many beats, not by the music")
    hold_on_drops: bool = Field(default=False, description="no cut in the bar after a drop")
    at: tuple[Annotated[float, Field(ge=0)], ...] = Field(default=(), description="cuts set by hand, in seconds")


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


class VideoSettings(Group):
    width: Pixels = Field(default=1280, description="frame width in pixels")
    height: Pixels = Field(default=720, description="frame height in pixels")
    fps: Rate = Field(default="24", description="frames a second: 24, 25, 30000/1001, 30, 60 ...")

    @property
    def rate(self) -> FrameRate:
        """The exact frame rate."""
        return FrameRate(Fraction(self.fps))


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


class WordSettings(Group):
    captions: bool = Field(default=True, description="set the lyrics on the picture")
    titles: bool = Field(default=True, description="a title at the head and credits at the end")
    font: str = Field(default="", description="font family or file for lyrics and titles; empty: by script")
    mode: Literal["captions", "lyrics"] = Field(
        default="captions", description="captions: below the picture's middle; lyrics: large, as in a lyric video"
    )
    style: Literal["plain", "outline", "box", "karaoke"] = Field(
        default="plain",
        description="plain: a soft dark edge; outline: a firm one; box: on a dark box; "
        "karaoke: sung words change colour",
    )
    position: Literal["low", "middle", "high"] = Field(default="low", description="where captions stand")
    size: float = Field(default=1.0, ge=0.5, le=2.0, description="type size, of the usual one")
    colour: str = Field(default="#ffc94d", pattern=r"^#[0-9a-f]{6}$", description="of sung words in karaoke")


class FinishSettings(Group):
    interpolate: Literal["none", "motion", "rife"] = Field(
        default="motion", description="who fills in frames; motion: optical flow on the CPU; none: frames are held"
    )
    rife_model: Line = Field(default="rife-v4.6", description="rife's folder in models/rife, of version 4")
    upscale: Literal["lanczos", "ncnn", "realesrgan"] = Field(
        default="lanczos", description="who enlarges frames; lanczos: no model"
    )
    upscale_model: Line = Field(
        default="RealESRGAN_x2plus", description="realesrgan's weights in models/upscale_models"
    )
    ncnn_model: Literal["animevideov3-x2", "animevideov3-x3", "animevideov3-x4", "x4plus", "x4plus-anime"] = Field(
        default="x4plus", description="which of the models that its package brings ncnn uses"
    )
    tile: int = Field(default=512, ge=0, le=4096, description="side of the tiles that upscalers see; 0: whole frames")
    tile_overlap: int = Field(default=48, ge=0, le=256, description="pixels that neighbouring tiles share")
    vulkan_device: int = Field(default=0, ge=0, le=15, description="which GPU rife and ncnn use, where there is one")
    retime: Literal["none", "downbeat"] = Field(
        default="none", description="downbeat: a shot runs a little faster and slower, so that its peak lies on one"
    )
    ramp: Unit = Field(default=0, description="how much shots slow down before a drop and catch up after it")
    hold_s: float = Field(default=0, ge=0, le=1, description="how long the picture stands still before a drop")
    camera: Unit = Field(default=1, description="how far camera moves go; 0: generated clips keep their own framing")
    handheld: Unit = Field(default=0, description="how unsteady the camera is held")
    lut: str = Field(default="", max_length=1000, description="a .cube file that grades every generated shot")
    lut_amount: Unit = Field(default=1, description="how much of the LUT")
    palette: Unit = Field(default=0, description="how far shadows and lights lean to the place's palette")
    lift: float = Field(default=0, ge=-0.2, le=0.2, description="raises or lowers blacks")
    gamma: float = Field(default=1, ge=0.5, le=2, description="above 1 lightens the middle tones")
    gain: float = Field(default=1, ge=0.5, le=1.5, description="raises or lowers whites")
    saturation: float = Field(default=1, ge=0, le=2, description="0: grey; 1: as it is")
    driven_by: Literal["energy", "beats", "downbeats", "vocals", "bass", "mid", "high"] = Field(
        default="energy", description="what in the music drives what follows"
    )
    threshold: float = Field(default=0.5, ge=0, lt=1, description="the music counts from here on, 0 to 1")
    attack_s: float = Field(default=0.03, ge=0, le=5, description="seconds in which it takes hold")
    decay_s: float = Field(default=0.35, ge=0, le=10, description="seconds in which it lets go")
    sections: tuple[SectionLabel, ...] = Field(default=(), description="only in these sections; empty: in all")
    push: Unit = Field(default=0, description="the music pushes the camera in")
    shake: Unit = Field(default=0, description="the music shakes it")
    sway: Unit = Field(default=0, description="the music sways it")
    light: Unit = Field(default=0, description="the music brightens the picture")
    vivid: Unit = Field(default=0, description="the music saturates colours")
    glow: Unit = Field(default=0, description="the music lets lights glow")
    chroma: Unit = Field(default=0, description="the music parts red and blue towards the edges")
    grain: Unit = Field(default=0, description="the music brings film grain")
    spare_faces: bool = Field(default=True, description="glow, grain and chroma stay off people's heads")


class EncodeSettings(Group):
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"] = Field(
        default="veryfast", description="x264's trade of time for size"
    )
    crf: int = Field(default=18, ge=0, le=40, description="x264's quality; lower is finer and larger")


def _isrc(value: str) -> str:
    plain = value.replace("-", "").upper()
    if plain and not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", plain):
        raise ValueError("write an ISRC such as QZ-AB1-26-00001 (two letters, three letters or digits, seven digits)")
    return plain


class MasterSettings(Group):
    audio: Literal["lossless", "aac", "copy"] = Field(
        default="lossless", description="lossless: sample for sample (FLAC); aac: 320 kb/s; copy: as it is"
    )
    isrc: Annotated[str, AfterValidator(_isrc)] = Field(
        default="", description="the recording's code, e.g. QZAB12600001"
    )
    credits: Annotated[tuple[Line, ...], Field(max_length=20)] = Field(
        default=(), description="for the end card and the file's tags, e.g. [Written by Ada, Mixed by Bo]"
    )


class ProvenanceSettings(Group):
    disclosure: bool = Field(default=True, description="say in the file's tags how a computer made the pictures")
    certificate: str = Field(default="", description="PEM file with your certificate chain: the video is signed (C2PA)")
    key: str = Field(default="", description="PEM file with its private key")
    algorithm: Literal["es256", "es384", "ps256", "ed25519"] = Field(default="es256", description="the key's kind")


class DeliverySettings(Group):
    codec: Literal["h264", "h265", "av1", "nvenc"] = Field(
        default="h264", description="of published videos: x264, x265, SVT-AV1, or H.264 by the NVIDIA card"
    )
    preset: X264Preset = Field(default="fast", description="x264's and x265's trade of time for quality")
    hook_s: float = Field(default=60, ge=15, le=180, description="the longest that shorts may be, in seconds")
    hook_from_s: float | None = Field(default=None, ge=0, description="where shorts begin; empty: the best hook")
    canvas_s: float = Field(default=8, ge=3, le=8, description="the longest that the canvas loop may be, in seconds")
    loudness: Loudness = Field(
        default="keep", description="keep: the song as it is; -14: LUFS, as most platforms play it"
    )
    handles: int = Field(default=12, ge=0, le=240, description="frames before and after every clip for the editor")


class RunSettings(Group):
    workers: int = Field(default=0, ge=0, le=64, description="CPU workers at once; 0: one a core")


class MachineSettings(Group):
    vram_gib: float = Field(default=0, ge=0, description="VRAM that a profile is made for; 0: no GPU needed")
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="where models that make pictures run; auto: on the GPU where vram_gib asks for one"
    )
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        default="auto", description="their precision; auto: half on a GPU, full on a CPU"
    )
    offload: Literal["none", "model", "group"] = Field(
        default="none",
        description="where weights rest: on the GPU; model: each model comes when it is used; group: its layers do",
    )
    compile: bool = Field(default=False, description="compile networks: faster after a slow start; for a GPU")
    channels_last: bool = Field(default=False, description="pixels' channels beside each other: faster on a GPU")


class Settings(Group):
    """All settings of a project."""

    profile: str = Field(default="auto", description="auto, a name from configs/, or a YAML file")
    title: Line = Field(default="", description="the song's title")
    artist: Line = Field(default="", description="who sings it")
    seed: int = Field(default=0, ge=0, lt=2**31, description="changes every drawing and dice roll")
    song: SongSettings = SongSettings()
    photos: PhotoSettings = PhotoSettings()
    cast: CastSettings = CastSettings()
    train: TrainSettings = TrainSettings()
    brief: BriefSettings = BriefSettings()
    planner: PlannerSettings = PlannerSettings()
    cuts: CutSettings = CutSettings()
    video: VideoSettings = VideoSettings()
    keyframes: KeyframeSettings = KeyframeSettings()
    clips: ClipSettings = ClipSettings()
    animatic: AnimaticSettings = AnimaticSettings()
    words: WordSettings = WordSettings()
    finish: FinishSettings = FinishSettings()
    encode: EncodeSettings = EncodeSettings()
    master: MasterSettings = MasterSettings()
    provenance: ProvenanceSettings = ProvenanceSettings()
    deliver: DeliverySettings = DeliverySettings()
    run: RunSettings = RunSettings()
    machine: MachineSettings = MachineSettings()

    @model_validator(mode="after")
    def _can_move(self) -> Self:
        if self.keyframes.backend != "animatic" and self.clips.backend == "animatic":
            raise ValueError(
                f"keyframes by {self.keyframes.backend} cannot be moved by the animatic, which moves what it drew "
                "itself: set clips.backend to svd, wan or ltx"
            )
        return self
