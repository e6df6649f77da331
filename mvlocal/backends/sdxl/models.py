"""Which weights an SDXL is made of, each found and locked. It loads nothing and knows no tensor library."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, cast

from mvlocal.engine.task import Json
from mvlocal.weights import LockedWeights
from mvlocal.weights.folders import LockedFolder


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A diffusers folder; or one file with everything in it, and the folder of its configuration (no weights)."""

    folder: LockedFolder
    file: LockedWeights | None = None

    @property
    def digest(self) -> str:
        """Identity in a key and in the pool."""
        return _digest_of([self.folder.digest, self.file.sha256 if self.file else ""])

    def to_json(self) -> dict[str, Json]:
        """As plain JSON, for a task's placement."""
        return {"folder": self.folder.to_json(), "file": self.file.to_json() if self.file else None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        file = LockedWeights.from_json(data["file"]) if data["file"] else None
        return cls(LockedFolder.from_json(data["folder"]), file)


@dataclass(frozen=True, slots=True)
class Style:
    """An IP-Adapter: its weights, and the folder of the image encoder that it was trained with."""

    adapter: LockedWeights
    encoder: LockedFolder

    @property
    def digest(self) -> str:
        """Identity in a key and in the pool."""
        return _digest_of([self.adapter.sha256, self.encoder.digest])


@dataclass(frozen=True, slots=True)
class StillModels:
    """All weights of a still maker. `unet`, `vae` and `lora` (a schedule's) stand in for or act on the checkpoint's;
    `controls` are ControlNets by the guide that they follow (`pose`, `depth`, `lines`); `preview` is a small decoder
    for pictures on the way, which is no part of a key."""

    checkpoint: Checkpoint
    unet: LockedWeights | None = None
    vae: LockedWeights | None = None
    lora: LockedWeights | None = None
    refiner: Checkpoint | None = None
    controls: Mapping[str, LockedFolder] = field(default_factory=dict[str, LockedFolder])
    style: Style | None = None
    preview: LockedFolder | None = None

    @property
    def digests(self) -> dict[str, Json]:
        """What of them is part of a task's key: contents, never paths."""
        found: dict[str, Json] = {"checkpoint": self.checkpoint.digest}
        for name in ("unet", "vae", "lora"):
            weights = cast("LockedWeights | None", getattr(self, name))
            if weights is not None:
                found[name] = weights.sha256
        if self.refiner is not None:
            found["refiner"] = self.refiner.digest
        if self.style is not None:
            found["style"] = self.style.digest
        return {**found, **{f"control-{name}": folder.digest for name, folder in sorted(self.controls.items())}}

    def to_json(self) -> dict[str, Json]:
        """As plain JSON, for a task's placement."""
        files = {name: cast("LockedWeights | None", getattr(self, name)) for name in ("unet", "vae", "lora")}
        style = self.style
        return {
            "checkpoint": self.checkpoint.to_json(),
            **{name: weights.to_json() if weights else None for name, weights in files.items()},
            "refiner": self.refiner.to_json() if self.refiner else None,
            "controls": {name: folder.to_json() for name, folder in self.controls.items()},
            "style": {"adapter": style.adapter.to_json(), "encoder": style.encoder.to_json()} if style else None,
            "preview": self.preview.to_json() if self.preview else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        style = data["style"]
        return cls(
            checkpoint=Checkpoint.from_json(data["checkpoint"]),
            unet=_weights_of(data["unet"]),
            vae=_weights_of(data["vae"]),
            lora=_weights_of(data["lora"]),
            refiner=Checkpoint.from_json(data["refiner"]) if data["refiner"] else None,
            controls={name: LockedFolder.from_json(one) for name, one in data["controls"].items()},
            style=_style_of(style) if style else None,
            preview=LockedFolder.from_json(data["preview"]) if data["preview"] else None,
        )


def _weights_of(data: Any) -> LockedWeights | None:
    return LockedWeights.from_json(data) if data else None


def _style_of(data: Any) -> Style:
    return Style(LockedWeights.from_json(data["adapter"]), LockedFolder.from_json(data["encoder"]))


def _digest_of(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
