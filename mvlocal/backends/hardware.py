"""What a model runs on: device, dtype, how much VRAM it may fill and where its parts rest. It knows no model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, cast

from mvlocal.engine.task import Json

Dtype = Literal["float32", "float16", "bfloat16"]
Offload = Literal["none", "model", "group"]
"""Where weights rest: all on the device; whole models move there in turn; groups of layers do."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """One device and how it is used. `vram_gib` 0 means no bound. `threads` are those of the CPU."""

    device: str = "cpu"
    dtype: Dtype = "float32"
    vram_gib: float = 0.0
    offload: Offload = "none"
    threads: int = 1

    def to_json(self) -> dict[str, Json]:
        """As plain JSON, for a task's placement."""
        return cast("dict[str, Json]", asdict(self))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        return cls(**data)

    @property
    def identity(self) -> dict[str, Json]:
        """What of it changes pixels, for a task's key: the kind of device, the dtype, and a CPU's threads."""
        kind = self.device.partition(":")[0]
        shared: dict[str, Json] = {"device": kind, "dtype": self.dtype}
        return {**shared, "threads": self.threads} if kind == "cpu" else shared
