"""Makers of stills and motion without any model: small, exact, and told by a test what goes wrong at which call."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mvlocal.backends import registry
from mvlocal.backends.base import LinkRequest, Preview, Progress, StillRequest, WalkRequest
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import Entry
from mvlocal.config import Settings
from mvlocal.engine.executor.serial import SerialExecutor
from mvlocal.engine.store import Store
from mvlocal.events import Emit, ignore
from mvlocal.pipeline import Story, hear_song, tell_story
from mvlocal.project import Project
from mvlocal.schema.story import ApprovedPlan
from mvlocal.shots.crew import Crew, Maker
from mvlocal.shots.ladder import Ladder, Rung
from mvlocal.studio import RenderRequest, Studio, settings_for
from mvlocal.timing import FrameRate
from mvlocal.training import CastInForce

OUT_OF_MEMORY = (
    RuntimeError("CUDA out of memory. Tried to allocate 2.50 GiB"),
    MemoryError(),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
    RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    RuntimeError("vkAllocateMemory failed: ErrorOutOfDeviceMemory"),
)
"""How libraries say that there is no memory left, in the spellings met most."""

WIDTH, HEIGHT = 64, 64
CPU = Hardware(threads=1)
Fault = Callable[[], None]


@dataclass
class Stage:
    """What the fakes saw, and what they are told to do: `faults` by kind of backend, one for each call to come."""

    faults: dict[str, list[Fault | str]] = field(default_factory=dict[str, list[Fault | str]])
    calls: list[str] = field(default_factory=list[str])
    options: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    precise: list[bool] = field(default_factory=list[bool])
    seeds: list[int] = field(default_factory=list[int])
    words: list[str] = field(default_factory=list[str])

    def next_fault(self, kind: str) -> str:
        """Raises, or says what the next result is to be."""
        self.calls.append(kind)
        waiting = self.faults.get(kind, [])
        fault = waiting.pop(0) if waiting else ""
        if callable(fault):
            fault()
            return ""
        return fault


STAGE = Stage()


class FakePrompts:
    name = "sdxl"

    def encode_prompts(self, prompts: Sequence[tuple[str, str]], outs: Sequence[Path], progress: Progress) -> None:
        STAGE.next_fault("prompts")
        for (prompt, negative), out in zip(prompts, outs, strict=True):
            out.write_text(f"{prompt}\0{negative}", encoding="utf-8")
        progress(1.0, "encoded")

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def picture(seed: int, kind: str = "") -> NDArray[np.uint8]:
    """(64, 64, 3): coarse noise of a seed, or what is asked for instead."""
    if kind == "black":
        return np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    if kind == "flat":
        return np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    coarse = np.random.default_rng(seed).integers(30, 220, (8, 8, 3), np.uint8)
    return np.kron(coarse, np.ones((8, 8, 1), np.uint8))


class FakeStills:
    name = "sdxl"

    def make_stills(
        self, request: StillRequest, progress: Progress, preview: Preview | None = None
    ) -> list[NDArray[np.uint8]]:
        kind = STAGE.next_fault("stills")
        STAGE.seeds += request.seeds
        progress(0.5, "still 1, step 1 of 2")
        made = [picture(seed, kind) for seed in request.seeds]
        if preview is not None:
            preview(lambda: made[0], 1, 2)
        return made


class FakeWalks:
    name = "sdxl"

    def walk(
        self, request: WalkRequest, progress: Progress, preview: Preview | None = None
    ) -> Iterator[NDArray[np.uint8]]:
        kind = STAGE.next_fault("walks")
        STAGE.seeds += [*request.first.seeds, request.seed]
        STAGE.words += [request.first.embeddings.read_text("utf-8"), request.embeddings.read_text("utf-8")]
        first, last = (picture(seed).astype(float) for seed in (*request.first.seeds, request.seed))
        for number, share in enumerate(request.shares):
            progress(share, f"picture {number + 1}")
            made = picture(0, kind) if kind else (first + (last - first) * share).round().astype(np.uint8)
            if preview is not None:
                preview(partial(np.copy, made), 1, 1)
            yield made


class FakeMotion:
    name = "svd"
    frames, width, height = 33, WIDTH, HEIGHT
    rate = FrameRate(Fraction(4))
    rates = (FrameRate(Fraction(4)),)
    takes_words = takes_last = False
    notes: Mapping[str, Any] = {}

    def make_link(self, request: LinkRequest, progress: Progress, preview: Preview | None = None) -> NDArray[np.uint8]:
        STAGE.precise.append(request.precise)
        STAGE.seeds.append(request.seed)
        kind = STAGE.next_fault("motion")
        progress(0.5, "link 1")
        if kind in ("black", "flat"):
            return np.stack([picture(0, kind)] * request.frames)
        if kind == "stuck":
            return np.stack([request.image] * request.frames)
        moved = [np.roll(request.image, (2 + request.seed % 3) * n, axis=1) for n in range(request.frames)]
        if kind == "flicker":
            moved = [np.clip(one.astype(int) + 40 * (n % 2), 0, 255).astype(np.uint8) for n, one in enumerate(moved)]
        return np.stack(moved)


def make_prompts(models: Any, hardware: Hardware) -> FakePrompts:
    return FakePrompts()


def make_stills(models: Any, hardware: Hardware, options: Mapping[str, Any]) -> FakeStills:
    STAGE.options.append(options)
    return FakeStills()


def make_walks(models: Any, hardware: Hardware, options: Mapping[str, Any]) -> FakeWalks:
    STAGE.options.append(options)
    return FakeWalks()


def make_motion(hardware: Hardware, options: Mapping[str, Any]) -> FakeMotion:
    STAGE.options.append(options)
    return FakeMotion()


def fake_crew(ladder: Ladder, preview: str, hardware: Hardware = CPU, *, walks: bool = True) -> Crew:
    """A crew of fakes whose ladders have two rungs below the first."""
    shared: dict[str, Any] = {"hardware": hardware.to_json(), "hardware_identity": hardware.identity, "models": {}}
    size = {"width": WIDTH, "height": HEIGHT}
    rungs = [Rung("as the profile says"), Rung("decodes in tiles", {"tiles": True}), Rung("smaller", {"small": 1})]
    return Crew(
        ladder=ladder,
        prompts=Maker("sdxl", {"fake": 1}, **shared),
        stills=Maker("sdxl", {"fake": 1}, options=size, rungs=rungs, family="stills", **shared),
        walks=Maker("sdxl", {"fake": "walks"}, options=size, rungs=rungs, family="stills", **shared) if walks else None,
        motion=Maker("svd", {"fake": 1}, options={**size, "fps": 4}, rungs=rungs, family="motion", **shared),
        wording={"budget": 75, "called": {}, "negative": "blurry", "avoid": []},
        preview=preview,
    )


def _crew_of(settings: Settings, _plan: ApprovedPlan, _cast: CastInForce, ladder: Ladder, project: Project) -> Crew:
    return fake_crew(ladder, str(project.previews), walks=settings.clips.walks == "abstract")


def _no_backends(_settings: Settings) -> list[str]:
    return []


@contextmanager
def generated_studio(
    project: Project, patch: pytest.MonkeyPatch, emit: Emit = ignore, more: Sequence[str] = ()
) -> Generator[Studio]:
    """A project whose shots the fakes make, one task after another in this process; `more` are settings."""
    STAGE.__init__()
    makes = {"prompts": "make_prompts", "stills": "make_stills", "walks": "make_walks", "motion": "make_motion"}
    kinds = {kind: {"svd" if kind == "motion" else "sdxl": make} for kind, make in makes.items()}
    fakes = {kind: {name: Entry(f"shots_fakes:{make}") for name, make in one.items()} for kind, one in kinds.items()}
    patch.setattr(registry, "BACKENDS", {**registry.BACKENDS, **fakes})
    patch.setattr("mvlocal.call_sheet.crew_of", _crew_of)
    overrides = (
        "keyframes.backend=sdxl",
        "clips.backend=svd",
        "cast.agreement=none",
        "keyframes.candidates=2",
        "finish.interpolate=none",
        "words.captions=false",
        "words.titles=false",
        "keyframes.guide_pose=0",
        "keyframes.guide_depth=0",
        *more,
    )
    patch.setattr("mvlocal.studio.backends_of", _no_backends)
    resolved = settings_for(project, RenderRequest(overrides=overrides))
    with Store.open(project.state / "store", emit=emit) as store:
        yield Studio(project, resolved, store, SerialExecutor(), emit)  # type: ignore[arg-type]


def story_of(studio: Studio) -> Story:
    """The project's story."""
    return tell_story(studio, hear_song(studio))
