"""Who makes generated shots: a backend, what identifies it in a key, where its models lie, and its ladder of memory.

It knows no model and loads none; the pipeline fills it in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mvlocal.shots.ladder import Ladder, Rung, offload_at, options_at


@dataclass(frozen=True, slots=True)
class Maker:
    """One backend at work.

    `identity` is what of it and its models is part of a key; `models` where they lie, as plain JSON; `hardware` a
    Hardware as plain JSON, `hardware_identity` what of it changes pixels. `options` change pixels; `rungs` are what is
    given up, one after another, when memory runs out: the first one gives up nothing.
    """

    backend: str
    identity: Mapping[str, Any] = field(default_factory=dict[str, Any])
    models: Any = None
    hardware: Mapping[str, Any] = field(default_factory=dict[str, Any])
    hardware_identity: Mapping[str, Any] = field(default_factory=dict[str, Any])
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    rungs: Sequence[Rung] = (Rung("as the profile says"),)
    family: str = ""
    vram_gib: float = 0.0

    @property
    def key(self) -> dict[str, Any]:
        """What of it is part of a task's key, besides its options."""
        return {**self.identity, "hardware": dict(self.hardware_identity)}

    def options_at(self, rung: int) -> dict[str, Any]:
        """Options of the backend on this rung."""
        return options_at(self.options, self.rungs, rung)

    def hardware_at(self, rung: int) -> dict[str, Any]:
        """The hardware on this rung: weights may rest elsewhere."""
        return {**self.hardware, "offload": offload_at(str(self.hardware.get("offload", "none")), self.rungs, rung)}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the cast in one shot: how strongly the LoRA acts, and which inputs of a task it and the likeness
    references are (None: there are no references)."""

    name: str
    weight: float
    lora: Any
    references: Any = None


@dataclass(frozen=True, slots=True)
class Crew:
    """Everyone who works on generated shots; None where the settings ask for nobody."""

    ladder: Ladder
    prompts: Maker | None = None
    stills: Maker | None = None
    motion: Maker | None = None
    walks: Maker | None = None
    """Who walks between two looks in abstract shots: the maker of stills, by its own rules."""
    likeness: Maker | None = None
    agreement: Maker | None = None
    faces: Maker | None = None
    people: Mapping[str, Sequence[Person]] = field(default_factory=dict[str, Sequence[Person]])
    """Who of the cast is in a shot, by its id."""
    wording: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """How prompts are written, as plain JSON."""
    motion_words: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """A shot's motion prompt and negative prompt, for families that follow words."""
    style: str | None = None
    """The picture whose look stills take over."""
    drift_budget: float = 1.0
    aim: bool = True
    preview: str = ""
    """The folder for previews and stop files."""
