"""Settings of the machine: how many work at once, and where models run.

It does not know what stages do with them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mvlocal.config.values import Group


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
