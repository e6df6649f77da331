"""The settings tree: every setting, its default, range and meaning, once.

YAML, environment, `--set` and help all derive from it. It does not know where values come from
(`mvlocal.settings` does) nor what stages do with them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from mvlocal.schema.song import SectionLabel
from mvlocal.schema.staging import Look
from mvlocal.timing import FrameRate

Unit = Annotated[float, Field(ge=0, le=1)]
Line = Annotated[str, Field(max_length=200)]


def _even(value: int) -> int:
    if value % 2:
        raise ValueError(f"must be an even number of pixels, not {value}")
    return value


def _rate_text(value: object) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError("write a frame rate such as 24 or 30000/1001")  # noqa: TRY004 - pydantic reports it
    rate = FrameRate.parse(value)
    if not 1 <= rate.value <= 120:
        raise ValueError("must be from 1 to 120 frames a second")
    return str(rate)


def _upright(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    if left >= right or top >= bottom:
        raise ValueError("write left, top, right, bottom, as fractions of the picture from 0 to 1")
    return box


Box = Annotated[tuple[Unit, Unit, Unit, Unit], AfterValidator(_upright)]
"""Left, top, right, bottom in fractions of a picture."""
Pixels = Annotated[int, Field(ge=128, le=7680), AfterValidator(_even)]
Rate = Annotated[str, BeforeValidator(_rate_text)]


X264Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"]


class Group(BaseModel):
    """A group of settings: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


class SongSettings(Group):
    file: str = Field(default="", description="the song: WAV, FLAC, MP3, M4A, OGG, Opus or AIFF")
    lyrics: str = Field(default="", description="text, LRC, SRT, WebVTT or ASS; empty: none")
    markers: str = Field(default="", description="your own beats and sections: they win")
    beats: Literal["librosa", "beat_this"] = Field(default="librosa", description="who finds the beats")
    beats_model: Line = Field(default="beat_this-final0", description="beat_this's weights in models/beats")
    stems: Literal["none", "demucs"] = Field(default="none", description="who takes the voice out of the mix")
    stems_model: Line = Field(default="htdemucs", description="demucs's weights in models/demucs")
    lyrics_by: Literal["rules", "whisper"] = Field(
        default="rules", description="who times plain lyrics; whisper also writes down a song that has none"
    )
    whisper_model: Line = Field(default="medium", description="whisper's weights in models/whisper")
    language: str = Field(
        default="", pattern=r"^([a-z]{2,3})?$", description="of the song, such as en; empty: it is heard"
    )


class PhotoSettings(Group):
    folder: str = Field(default="photos", description="folder with JPEG, PNG or WebP photos of the artist")
    subjects: dict[str, Box] = Field(
        default_factory=dict[str, Box], description="who must stay in frame, e.g. {me.jpg: [0.2, 0.1, 0.7, 0.8]}"
    )
    faces: Literal["none", "yunet"] = Field(
        default="none", description="who finds faces in photos to train on; none: heads are guessed"
    )
    faces_model: Line = Field(
        default="face_detection_yunet_2023mar.onnx", description="yunet's weights in models/faces"
    )


class CastSettings(Group):
    name: str = Field(
        default="artist", pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="the character's folder in cast/"
    )
    trigger: str = Field(
        default="",
        pattern=r"^([A-Za-z][A-Za-z0-9_]{0,39})?$",
        description="the word that calls the person; empty: made from the name",
    )
    notes: str = Field(
        default="", max_length=500, description="for every caption: what photos show and should not be learned"
    )

    @property
    def trigger_word(self) -> str:
        """The trigger, or one made from the name that is no word of any language."""
        return self.trigger or f"mvl{self.name.replace('-', '_')}"


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


class VideoSettings(Group):
    width: Pixels = Field(default=1280, description="frame width in pixels")
    height: Pixels = Field(default=720, description="frame height in pixels")
    fps: Rate = Field(default="24", description="frames a second: 24, 25, 30000/1001, 30, 60 ...")

    @property
    def rate(self) -> FrameRate:
        """The exact frame rate."""
        return FrameRate(Fraction(self.fps))


class KeyframeSettings(Group):
    backend: Literal["animatic", "sdxl"] = Field(default="animatic", description="who makes each still")
    guide_pose: Unit = Field(default=0.8, description="how strongly a generated still keeps the blocked pose; 0: not")
    guide_depth: Unit = Field(default=0.5, description="the same for near and far")
    guide_lines: Unit = Field(default=0.0, description="the same for the drawn lines")


class ClipSettings(Group):
    backend: Literal["animatic", "svd", "wan", "ltx"] = Field(default="animatic", description="who makes it move")


class AnimaticSettings(Group):
    look: Look = Field(
        default="mixed",
        description="shadow: silhouettes; paper: coloured paper; photo: your photos fill the frame, else silhouettes; "
        "mixed: photos and coloured paper",
    )
    on_twos: bool = Field(default=True, description="draw people 12 times a second, as paper puppets are filmed")
    notes: bool = Field(default=False, description="burn in shot number, location, action and camera")


class WordSettings(Group):
    captions: bool = Field(default=True, description="set the lyrics on the picture")
    titles: bool = Field(default=True, description="a title at the head and credits at the end")
    font: str = Field(default="", description="font family or file for lyrics and titles; empty: by script")


class EncodeSettings(Group):
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"] = Field(
        default="veryfast", description="x264's trade of time for size"
    )
    crf: int = Field(default=18, ge=0, le=40, description="x264's quality; lower is finer and larger")


class MasterSettings(Group):
    audio: Literal["lossless", "aac", "copy"] = Field(
        default="lossless", description="lossless: sample for sample (FLAC); aac: 320 kb/s; copy: as it is"
    )


class RunSettings(Group):
    workers: int = Field(default=0, ge=0, le=64, description="CPU workers at once; 0: one a core")


class MachineSettings(Group):
    vram_gib: float = Field(default=0, ge=0, description="VRAM that a profile is made for; 0: no GPU needed")


class Settings(Group):
    """All settings of a project."""

    profile: str = Field(default="auto", description="auto, a name from configs/, or a YAML file")
    title: Line = Field(default="", description="the song's title")
    artist: Line = Field(default="", description="who sings it")
    seed: int = Field(default=0, ge=0, lt=2**31, description="changes every drawing and dice roll")
    song: SongSettings = SongSettings()
    photos: PhotoSettings = PhotoSettings()
    cast: CastSettings = CastSettings()
    brief: BriefSettings = BriefSettings()
    planner: PlannerSettings = PlannerSettings()
    cuts: CutSettings = CutSettings()
    video: VideoSettings = VideoSettings()
    keyframes: KeyframeSettings = KeyframeSettings()
    clips: ClipSettings = ClipSettings()
    animatic: AnimaticSettings = AnimaticSettings()
    words: WordSettings = WordSettings()
    encode: EncodeSettings = EncodeSettings()
    master: MasterSettings = MasterSettings()
    run: RunSettings = RunSettings()
    machine: MachineSettings = MachineSettings()
