"""The one-verb protocols that every backend fulfils, and the values that cross them.

It knows no model family.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, Self, cast, get_args

import numpy as np
from numpy.typing import NDArray

from mvlocal.engine.task import Json
from mvlocal.media.frame import Rgb, Yuv420
from mvlocal.schema.cast import SubjectSeen
from mvlocal.schema.song import LyricLine, SectionLabel, SongMap
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Brief, CameraMove, Character, Location, Problem, Shot, ShotList, StoryBible
from mvlocal.timing import FrameRate, FrameSpan

Progress = Callable[[float, str], None]
"""Called with the fraction done (0 to 1) and a short note."""


@dataclass(frozen=True, slots=True)
class BeatGrid:
    """Beats and downbeats in seconds, strictly increasing; every downbeat is a beat."""

    beats: NDArray[np.float64]
    downbeats: NDArray[np.float64]
    beats_per_bar: int


class BeatTracker(Protocol):
    """Finds beats and downbeats."""

    name: str

    def track_beats(self, samples: NDArray[np.float32], sample_rate_hz: int) -> BeatGrid:
        """Tracks mono `samples` (n,) in [-1, 1]; an unpulsed song gives an empty grid."""
        ...


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of the artist or her world: its file name, and its width over its height."""

    name: str
    aspect: float


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a planner works from. `spans` are the shots' borders in song seconds, already on the beat grid.

    `rate`, `max_shot_s` and `moves` are what the verifier will hold the plan to.
    """

    title: str
    artist: str
    brief: Brief
    song: SongMap
    spans: Sequence[tuple[float, float]]
    photos: Sequence[Photo]
    seed: int
    rate: FrameRate = field(default_factory=lambda: FrameRate(Fraction(24)))
    max_shot_s: float = 7.5
    moves: frozenset[CameraMove] = frozenset(get_args(CameraMove))


@dataclass(frozen=True, slots=True)
class PlannedStory:
    """A plan: what a critic says of it, and what went wrong on the way (what, where, mend)."""

    bible: StoryBible
    shots: ShotList
    remarks: tuple[Problem, ...] = ()
    warnings: tuple[tuple[str, str, str], ...] = ()


class Planner(Protocol):
    """Turns a song and a brief into a story."""

    name: str

    def plan_story(self, request: PlanRequest, progress: Progress) -> PlannedStory:
        """Plans the whole song: exactly one shot a span."""
        ...


class WritesJson(Protocol):
    """Writes JSON that follows a schema: what a planner asks of a language model."""

    def write_json(self, prompt: str, schema: Mapping[str, Any], seed: int, max_tokens: int) -> str:
        """The reply's text, of at most `max_tokens`; one that ran into that bound is returned as it is, unfinished.

        `seed` is from 0 to 2**31 - 1; the same prompt, schema and seed give the same text where the model allows it.
        Nothing is promised of the text: whoever asked validates it.
        """
        ...


@dataclass(frozen=True, slots=True)
class FrameSpec:
    """Size in pixels (both even) and rate of the finished video."""

    width: int
    height: int
    rate: FrameRate


@dataclass(frozen=True, slots=True)
class Guide:
    """A picture of the frame's size, (H, W, 3) or (H, W), that a generator is held to, and how strongly (0 to 1)."""

    picture: NDArray[np.uint8]
    weight: float


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """One shot to make a still of, as it was blocked. `seed` follows from project, place, shot and purpose.

    `guides` are the staging's `pose`, `depth` and `lines` with the profile's weights; those of no weight are left out.
    """

    frame: FrameSpec
    shot: Shot
    staging: Staging
    location: Location
    characters: Sequence[Character]
    seed: int
    photo: Path | None = None
    subject: tuple[float, float, float, float] | None = None
    guides: Mapping[str, Guide] = field(default_factory=dict[str, Guide])
    options: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A shot's still and what its animator needs beside it.

    `image` (H, W, 3) is what sheets show; `layers` are named RGBA or RGB pictures for the animator;
    `notes` are plain facts (`subject` box in fractions of the image, warnings).
    """

    image: Rgb
    layers: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict[str, NDArray[np.uint8]])
    notes: Mapping[str, Json] = field(default_factory=dict[str, Json])


class KeyframeMaker(Protocol):
    """Makes the still of a shot."""

    name: str

    def make_keyframe(self, request: KeyframeRequest) -> Keyframe:
        """Makes one still; the same request always gives the same pixels."""
        ...


@dataclass(frozen=True, slots=True)
class ShotMusic:
    """What sounds during a shot, in song seconds. `energy[i]` (0 to 1) belongs to the shot's frame i."""

    section: SectionLabel
    section_energy: float
    beats: Sequence[float]
    downbeats: Sequence[float]
    energy: NDArray[np.float32]
    lyrics: Sequence[LyricLine]


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """One shot to animate over exactly `span` frames of the song, and `before` and `after` more for its transitions.

    `layers` are those of the shot's keyframe, or its image as the only one (`image`) where it has none; `notes` are
    the keyframe's.
    """

    frame: FrameSpec
    span: FrameSpan
    shot: Shot
    staging: Staging
    location: Location
    layers: Mapping[str, NDArray[np.uint8]]
    notes: Mapping[str, Json]
    music: ShotMusic
    seed: int
    options: Mapping[str, Json] = field(default_factory=dict[str, Json])
    before: int = 0
    after: int = 0


class Animator(Protocol):
    """Makes a still move."""

    name: str

    def animate(self, request: ClipRequest) -> Iterator[Yuv420]:
        """Yields exactly `request.before + len(request.span) + request.after` frames of `request.frame`'s size.

        A yielded frame belongs to the caller, who may draw on it, until the next one is asked for.
        """
        ...


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One sung word and when; `confidence` is 0 to 1."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class HeardLine:
    """One sung line and when, in song seconds; `confidence` is 0 to 1, `words` may be empty."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    words: tuple[HeardWord, ...] = ()


class LyricAligner(Protocol):
    """Finds when given words are sung."""

    name: str

    def align_lyrics(
        self, samples: NDArray[np.float32], sample_rate_hz: int, lines: Sequence[str], language: str | None
    ) -> Sequence[HeardLine | None]:
        """Aligns `lines`, in song order, with mono `samples` (n,): one entry a line, None where no place was found."""
        ...


class Transcriber(Protocol):
    """Writes down what is sung."""

    name: str

    def transcribe(
        self, samples: NDArray[np.float32], sample_rate_hz: int, language: str | None
    ) -> tuple[str, Sequence[HeardLine]]:
        """The language (a code such as `en`) and the lines sung in mono `samples` (n,), in song order."""
        ...


class StemSeparator(Protocol):
    """Takes a mix apart."""

    name: str

    def separate(
        self, samples: NDArray[np.float32], sample_rate_hz: int, progress: Progress
    ) -> Iterator[Mapping[str, NDArray[np.float32]]]:
        """Separates `samples` (channels, n) and yields blocks of named stems (channels, m) that follow each other.

        Together the blocks are as long as `samples`; the voice is called `vocals`.
        """
        ...


class FaceFinder(Protocol):
    """Finds faces, or else where the subject of a photo likely is."""

    name: str

    def find_faces(self, rgb: Rgb) -> SubjectSeen:
        """What is seen in an upright photo (H, W, 3); boxes are fractions of it. The same photo, the same answer."""
        ...


class PhotoDescriber(Protocol):
    """Says what a photo shows."""

    name: str

    def describe(self, picture: Rgb) -> str:
        """What a picture (H, W, 3) shows; the same picture, the same words. Nothing is promised of the text."""
        ...


@dataclass(frozen=True, slots=True)
class LoraUse:
    """A LoRA in safetensors (any layout that diffusers reads) and how strongly it acts; 1 is as it was trained."""

    path: Path
    weight: float


@dataclass(frozen=True, slots=True)
class LoraRecipe:
    """How a LoRA is trained: the settings of `train`, with every choice made.

    `optimizer` is a name (`adamw`, `adamw8bit`, `prodigy`), `targets` are endings of the names of trained layers;
    `prior` counts pictures that the base makes of `class_words`.
    """

    steps: int
    every: int
    rank: int
    alpha: float
    targets: tuple[str, ...]
    resolution: int
    batch: int
    accumulate: int
    optimizer: str
    learning_rate: float
    schedule: str
    warmup: int
    min_snr_gamma: float
    checkpointing: bool
    prior: int
    prior_weight: float
    class_words: str
    sample_prompts: tuple[str, ...]
    sample_seeds: int
    sample_steps: int
    sample_guidance: float

    def to_json(self) -> dict[str, Json]:
        """As plain JSON, for a task's parameters."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        given: dict[str, Any] = {
            name: tuple(cast("list[str]", value)) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**given)


@dataclass(frozen=True, slots=True)
class LoraPicture:
    """A picture to learn from, or to measure by (`held_out`). `load` gives it (height, width, 3).

    `original` is the width and height in pixels of what it was made from, before it was brought to its size.
    """

    caption: str
    width: int
    height: int
    original: tuple[int, int]
    load: Callable[[], Rgb]
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class LoraTraining:
    """One training. `folder` is its own: what is found there is taken up again, and it stays after the training.

    `about` is metadata for the files: plain text by key, no path and no file name.
    """

    title: str
    trigger: str
    recipe: LoraRecipe
    pictures: Sequence[LoraPicture]
    folder: Path
    seed: int
    about: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class TrainedLora:
    """What a training left in its folder: LoRAs and sheets of samples by step, and the log. `notes` are plain facts."""

    loras: Mapping[int, Path]
    sheets: Mapping[int, Path]
    log: Path
    notes: Mapping[str, Json] = field(default_factory=dict[str, Json])
    warnings: tuple[tuple[str, str, str], ...] = ()


class LoraTrainer(Protocol):
    """Trains a LoRA."""

    name: str

    def train(self, training: LoraTraining, progress: Progress) -> TrainedLora:
        """Trains to the recipe's last step, from the last whole checkpoint in the training's folder.

        On a CPU, and with the same versions, it ends with the same weights however often it was interrupted.

        Raises:
            OutOfVram: by way of `mvlocal.backends.gpu_faults.guarded`, around it.
            NotFinite: the loss is no longer a number.
        """
        ...


class PromptEncoder(Protocol):
    """Turns words into what a still maker is conditioned on."""

    name: str

    def encode_prompts(self, prompts: Sequence[tuple[str, str]], outs: Sequence[Path], progress: Progress) -> None:
        """Encodes each (prompt, negative prompt) into the safetensors file of the same place in `outs`.

        The text encoders are dropped from the pool afterwards only when others need their room.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has for the model."""
        ...


@dataclass(frozen=True, slots=True)
class StillRequest:
    """Stills of one shot to generate: one a seed, each with its own generator.

    `embeddings` is what a `PromptEncoder` wrote. `guides` hold pose, depth and lines at the still's size. `start` is
    an earlier still to begin from (img2img) and `start_strength` how far to leave it (0 to 1); `style` is a picture
    whose look or place is taken over (IP-Adapter), with `style_weight`.
    """

    width: int
    height: int
    embeddings: Path
    seeds: Sequence[int]
    guides: Mapping[str, Guide] = field(default_factory=dict[str, Guide])
    loras: Sequence[LoraUse] = ()
    start: Rgb | None = None
    start_strength: float = 0.6
    style: Rgb | None = None
    style_weight: float = 0.6


Preview = Callable[[Callable[[], Rgb], int, int], None]
"""Called at every step with what makes a small picture (H, W, 3) of its state, the step, and how many there are. The
picture is made only if it is asked for, within the call: making it costs time, and waits for the device."""


class StillMaker(Protocol):
    """Generates stills."""

    name: str

    def make_stills(self, request: StillRequest, progress: Progress, preview: Preview | None = None) -> Sequence[Rgb]:
        """One picture (height, width, 3) a seed. The same request gives the same pixels, however many seeds it has.

        Raises:
            OutOfVram: by way of `mvlocal.backends.gpu_faults.guarded`, around it.
        """
        ...


@dataclass(frozen=True, slots=True)
class WalkRequest:
    """Pictures on the way from one look to another. `first` is the still that it leaves, with its one seed;
    `embeddings` and `seed` are the look where it leads; `shares` (0 to 1) say how far along the way each picture is.
    """

    first: StillRequest
    embeddings: Path
    seed: int
    shares: Sequence[float]


class StillWalker(Protocol):
    """Generates the pictures between two looks: noise goes along the sphere (slerp), words along a line."""

    name: str

    def walk(self, request: WalkRequest, progress: Progress, preview: Preview | None = None) -> Iterator[Rgb]:
        """One picture (height, width, 3) a share, in order; the picture of share 0 is the still of `first`.

        Each depends on its own share alone: one picture is the same among others, and smaller steps change less.
        """
        ...


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """One link of motion to generate from a still: what a family makes in one go, at its own size and rate.

    `image` (H, W, 3) has the family's size; `last` is where it should arrive, where the family can do that. `strength`
    is how much moves (0 to 1). `prompt` reaches families that follow words. `precise`: decode in full precision, after
    a fault.
    """

    image: Rgb
    frames: int
    rate: FrameRate
    strength: float
    seed: int
    prompt: str = ""
    negative: str = ""
    last: Rgb | None = None
    precise: bool = False


class MotionMaker(Protocol):
    """Animates a still, one link at a time.

    What it makes in one go: `frames` at the most (the first shows the request's `image`), of `width` x `height` pixels,
    at the `rate` it was trained at; `rates` are all those that it may be asked for, the fastest first. `takes_words`
    and `takes_last` say what of a request reaches it. `notes` are plain facts of the link that was made last, such as
    the precision it was decoded in.
    """

    name: str
    frames: int
    width: int
    height: int
    rate: FrameRate
    rates: Sequence[FrameRate]
    takes_words: bool
    takes_last: bool
    notes: Mapping[str, Json]

    def make_link(self, request: LinkRequest, progress: Progress, preview: Preview | None = None) -> NDArray[np.uint8]:
        """(request.frames, H, W, 3); the same request gives the same pixels."""
        ...


class Embedder(Protocol):
    """Says how alike pictures are: nearer vectors, more alike."""

    name: str

    def embed_pictures(self, pictures: Sequence[Rgb]) -> NDArray[np.float32]:
        """One row of unit length a picture, (n, d); the cosine of two rows is their likeness."""
        ...


class TextMatcher(Protocol):
    """Says how well pictures show what texts say."""

    name: str

    def match(self, pictures: Sequence[Rgb], texts: Sequence[str]) -> NDArray[np.float32]:
        """(n pictures, m texts): cosine of picture and text, of which `fitted` is what is read."""
        ...

    def fitted(self, texts: Sequence[str]) -> Sequence[str]:
        """What is read of each text, where a model has no room for all of it: whole sentences from its start."""
        ...


class Interpolator(Protocol):
    """Makes pictures between two that follow each other in one shot."""

    name: str

    def between(self, before: Rgb, after: Rgb, times: Sequence[float]) -> Sequence[Rgb]:
        """One picture a time; `times` are between 0 (`before`) and 1 (`after`), both excluded."""
        ...


class Upscaler(Protocol):
    """Makes pictures larger by `scale`."""

    name: str
    scale: int

    def enlarge(self, picture: Rgb) -> Rgb:
        """(H, W, 3) to (scale * H, scale * W, 3)."""
        ...
