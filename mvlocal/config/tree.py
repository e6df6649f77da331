"""The settings tree: all groups, and what holds between them. It does not know where values come from."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from mvlocal.config.cast import CastSettings, PhotoSettings, TrainSettings
from mvlocal.config.clips import AnimaticSettings, ClipSettings
from mvlocal.config.edit import (
    DeliverySettings,
    EncodeSettings,
    FinishSettings,
    MasterSettings,
    ProvenanceSettings,
    VideoSettings,
    WordSettings,
)
from mvlocal.config.machine import MachineSettings, RunSettings
from mvlocal.config.song import SongSettings
from mvlocal.config.stills import KeyframeSettings
from mvlocal.config.story import BriefSettings, CutSettings, PlannerSettings
from mvlocal.config.values import Group, Line


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
