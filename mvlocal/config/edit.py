"""Settings of the edit: the frame, words, finishing, the master, its tags and its deliveries.

It does not know what stages do with them.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mvlocal.config.values import Group, Line, Loudness, Pixels, Rate, Unit, X264Preset
from mvlocal.schema.song import SectionLabel
from mvlocal.timing import FrameRate


class VideoSettings(Group):
    width: Pixels = Field(default=1280, description="frame width in pixels")
    height: Pixels = Field(default=720, description="frame height in pixels")
    fps: Rate = Field(default="24", description="frames a second: 24, 25, 30000/1001, 30, 60 ...")

    @property
    def rate(self) -> FrameRate:
        """The exact frame rate."""
        return FrameRate(Fraction(self.fps))


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
    preset: X264Preset = Field(default="veryfast", description="x264's trade of time for size")
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
