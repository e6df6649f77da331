"""The settings tree: every setting, its default, range and meaning, once.

YAML, environment, `--set` and help all derive from it. It does not know where values come from
(`mvlocal.settings` does) nor what stages do with them.
"""

from mvlocal.config.cast import CastSettings, PhotoSettings, TrainSettings, trigger_from
from mvlocal.config.clips import CLIP_MODELS, AnimaticSettings, ClipSettings
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
from mvlocal.config.tree import Settings

__all__ = [
    "CLIP_MODELS",
    "AnimaticSettings",
    "BriefSettings",
    "CastSettings",
    "ClipSettings",
    "CutSettings",
    "DeliverySettings",
    "EncodeSettings",
    "FinishSettings",
    "KeyframeSettings",
    "MachineSettings",
    "MasterSettings",
    "PhotoSettings",
    "PlannerSettings",
    "ProvenanceSettings",
    "RunSettings",
    "Settings",
    "SongSettings",
    "TrainSettings",
    "VideoSettings",
    "WordSettings",
    "trigger_from",
]
