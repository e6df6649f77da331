"""Faults of those who judge and finish generated shots, in every spelling: each ends as promised, within its bound."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shots_fakes
from numpy.typing import NDArray
from shots_fakes import CPU, OUT_OF_MEMORY, STAGE, generated_studio, story_of
from small_song import make_project

from mvlocal.backends import registry
from mvlocal.backends.registry import Entry
from mvlocal.errors import CheckFailed, MvlocalError, NotFinite, OutOfVram
from mvlocal.pipeline import Story
from mvlocal.plan_files import write_plan_files
from mvlocal.project import Project
from mvlocal.shooting import run_shots
from mvlocal.shots.crew import Crew, Maker
from mvlocal.studio import Studio
from mvlocal.weights.folders import LockedFolder

Rgb = NDArray[np.uint8]
SPELLINGS = (
    *OUT_OF_MEMORY,
    RuntimeError("failed to allocate 3 GiB"),
    OSError("[Errno 12] Cannot allocate memory"),
    RuntimeError("std::bad_alloc"),
    ValueError("Unable to allocate 2.1 GiB for an array"),
    RuntimeError("insufficient memory"),
)


class FakeMatcher:
    name = "clip"

    def match(self, pictures: Sequence[Rgb], texts: Sequence[str]) -> NDArray[np.float32]:
        kind = STAGE.next_fault("agreement")
        return np.full((len(pictures), len(texts)), np.nan if kind == "nan" else 0.2, np.float32)


class FakeUpscaler:
    name, scale = "lanczos", 1

    def enlarge(self, picture: Rgb) -> Rgb:
        return spoilt(picture, STAGE.next_fault("upscale"))


class FakeInterpolator:
    name = "motion"

    def between(self, before: Rgb, after: Rgb, times: Sequence[float]) -> Sequence[Rgb]:
        kind = STAGE.next_fault("interpolate")
        return [spoilt((before * (1 - t) + after * t).astype(np.uint8), kind) for t in times]


def spoilt(picture: Rgb, kind: str) -> Rgb:
    """The picture, or one that is black or flat."""
    return np.full_like(picture, {"black": 0, "flat": 120}[kind]) if kind else picture


def make_matcher(folder: LockedFolder, hardware: object) -> FakeMatcher:
    return FakeMatcher()


def make_upscaler() -> FakeUpscaler:
    return FakeUpscaler()


def make_interpolator() -> FakeInterpolator:
    return FakeInterpolator()


@pytest.fixture(scope="module")
def planned_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one short shot whose song is heard, once for all tests here."""
    folder = tmp_path_factory.mktemp("planned")
    with pytest.MonkeyPatch.context() as patch, generated_studio(make_project(folder, 3.0), patch) as opened:
        write_plan_files(opened, story_of(opened))
    return folder


@pytest.fixture
def studio(planned_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Studio]:
    shutil.copytree(planned_once, tmp_path, dirs_exist_ok=True)
    matcher = Maker("clip", {"fake": 1}, models=LockedFolder(tmp_path, "x", ()).to_json(), hardware=CPU.to_json())

    def judged(*given: Any) -> Crew:
        return replace(shots_fakes._crew_of(*given), agreement=matcher)  # pyright: ignore[reportPrivateUsage]

    project = Project(tmp_path / "video")
    with generated_studio(project, monkeypatch, more=("finish.interpolate=motion",)) as opened:
        fakes = {
            "agreement": {"clip": Entry("test_late_faults:make_matcher")},
            "upscale": {"lanczos": Entry("test_late_faults:make_upscaler")},
            "interpolate": {"motion": Entry("test_late_faults:make_interpolator")},
        }
        monkeypatch.setattr(registry, "BACKENDS", {**registry.BACKENDS, **fakes})
        monkeypatch.setattr("mvlocal.call_sheet.crew_of", judged)
        yield opened


def make(studio: Studio, story: Story) -> None:
    assert story.plan is not None
    run_shots(studio, story, story.plan, lambda _shooting, _tasks: ["finish/master"])


def failing(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def caught(studio: Studio, story: Story, kind: str, fault: Callable[[], None] | str) -> MvlocalError:
    """What a run ends with when the next call of `kind` goes wrong."""
    STAGE.faults[kind] = [fault]
    before = STAGE.calls.count(kind)
    with pytest.raises(MvlocalError) as raised:
        make(studio, story)
    assert STAGE.calls.count(kind) - before <= 4  # the step that failed, and what a stream was ahead by
    assert raised.value.mend
    return raised.value


@pytest.mark.parametrize(
    ("kind", "stage", "what"),
    [
        ("agreement", "scores/s01", "judging"),
        ("upscale", "finish/s01", "enlarging"),
        ("interpolate", "finish/s01", "between two"),
    ],
)
def test_memory_that_runs_out_late_is_named_with_a_remedy_however_it_is_said(
    studio: Studio, kind: str, stage: str, what: str
) -> None:
    story = story_of(studio)
    for error in SPELLINGS:
        ended = caught(studio, story, kind, failing(error))
        assert type(ended) is OutOfVram, repr(error)
        assert ended.where == stage
        assert what in ended.what
        assert "smaller profile" in ended.mend
        assert ended.exit_code == 4
    stills = STAGE.calls.count("stills")
    make(studio, story)  # the same command again goes on from there
    assert STAGE.calls.count("stills") == stills or kind == "agreement"


def test_a_judge_who_gives_no_number_is_an_error_and_chooses_nothing(studio: Studio) -> None:
    ended = caught(studio, story_of(studio), "agreement", "nan")
    assert type(ended) is NotFinite
    assert ended.where == "scores/s01"
    assert "machine.dtype" in ended.mend


@pytest.mark.parametrize("kind", ["upscale", "interpolate"])
@pytest.mark.parametrize("fault", ["black", "flat"])
def test_a_picture_that_is_lost_in_finishing_never_ships(studio: Studio, kind: str, fault: str) -> None:
    story = story_of(studio)
    ended = caught(studio, story, kind, fault)
    assert type(ended) is CheckFailed
    assert ended.where == "finish/s01"
    assert "black or one flat colour" in ended.what
    make(studio, story)
