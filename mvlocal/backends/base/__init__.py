"""The one-verb protocols that every backend fulfils, and the values that cross them. It knows no model family."""

from mvlocal.backends.base.drawn import (
    Animator,
    ClipRequest,
    FrameSpec,
    Guide,
    Keyframe,
    KeyframeMaker,
    KeyframeRequest,
    ShotMusic,
)
from mvlocal.backends.base.finish import Interpolator, Upscaler
from mvlocal.backends.base.looking import Embedder, FaceFinder, PhotoDescriber, TextMatcher
from mvlocal.backends.base.lora import LoraPicture, LoraRecipe, LoraTrainer, LoraTraining, LoraUse, TrainedLora
from mvlocal.backends.base.motion import LinkRequest, MotionMaker
from mvlocal.backends.base.progress import Preview, Progress
from mvlocal.backends.base.song import (
    BeatGrid,
    BeatTracker,
    HeardLine,
    HeardWord,
    LyricAligner,
    StemSeparator,
    Transcriber,
)
from mvlocal.backends.base.stills import PromptEncoder, StillMaker, StillRequest, StillWalker, WalkRequest
from mvlocal.backends.base.story import Photo, PlannedStory, Planner, PlanRequest, WritesJson

__all__ = [
    "Animator",
    "BeatGrid",
    "BeatTracker",
    "ClipRequest",
    "Embedder",
    "FaceFinder",
    "FrameSpec",
    "Guide",
    "HeardLine",
    "HeardWord",
    "Interpolator",
    "Keyframe",
    "KeyframeMaker",
    "KeyframeRequest",
    "LinkRequest",
    "LoraPicture",
    "LoraRecipe",
    "LoraTrainer",
    "LoraTraining",
    "LoraUse",
    "LyricAligner",
    "MotionMaker",
    "Photo",
    "PhotoDescriber",
    "PlanRequest",
    "PlannedStory",
    "Planner",
    "Preview",
    "Progress",
    "PromptEncoder",
    "ShotMusic",
    "StemSeparator",
    "StillMaker",
    "StillRequest",
    "StillWalker",
    "TextMatcher",
    "TrainedLora",
    "Transcriber",
    "Upscaler",
    "WalkRequest",
    "WritesJson",
]
