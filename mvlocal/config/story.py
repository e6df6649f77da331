"""Settings of the story: what is wished for, who writes it, and where it is cut.

It does not know what stages do with them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mvlocal.config.values import Group, Line, Unit
from mvlocal.schema.song import SectionLabel


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
