"""What stills take over from other pictures: a style, and the first still of the same place."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shots_fakes
from numpy.typing import NDArray
from PIL import Image
from shots_fakes import FakeStills, generated_studio, story_of
from small_song import make_project

from mvlocal.backends import registry
from mvlocal.backends.base import Preview, Progress, StillRequest
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import Entry
from mvlocal.config import Settings
from mvlocal.crewing import _style as style_of  # pyright: ignore[reportPrivateUsage]
from mvlocal.engine.task import Record
from mvlocal.errors import InputError
from mvlocal.events import Event, TaskDone
from mvlocal.media.image import read_png
from mvlocal.plan_files import write_plan_files
from mvlocal.project import Project
from mvlocal.schema.story import ApprovedPlan
from mvlocal.shooting import run_shots
from mvlocal.shots.crew import Crew
from mvlocal.shots.ladder import Ladder
from mvlocal.story.documents import write_shots
from mvlocal.studio import Studio
from mvlocal.training import CastInForce

heard: list[Event] = []
asked: list[StillRequest] = []


class Recording(FakeStills):
    def make_stills(
        self, request: StillRequest, progress: Progress, preview: Preview | None = None
    ) -> list[NDArray[np.uint8]]:
        asked.append(request)
        return super().make_stills(request, progress, preview)


def make_recording(models: Any, hardware: Hardware, options: Mapping[str, Any]) -> Recording:
    return Recording()


def crew_with_style(
    settings: Settings, plan: ApprovedPlan, cast: CastInForce, ladder: Ladder, project: Project
) -> Crew:
    crew = shots_fakes._crew_of(settings, plan, cast, ladder, project)  # pyright: ignore[reportPrivateUsage]
    return replace(crew, style=style_of(settings, project))


@pytest.fixture(scope="module")
def planned_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two shots at one place, whose song is heard once for all tests here."""
    folder = tmp_path_factory.mktemp("planned")
    with pytest.MonkeyPatch.context() as patch, generated_studio(make_project(folder, 5.0), patch) as opened:
        story = story_of(opened)
        write_plan_files(opened, story)
        place = story.shots.shots[0].location
        there = tuple(one.model_copy(update={"location": place}) for one in story.shots.shots)
        write_shots(opened.project.shots_file, story.shots.model_copy(update={"shots": there}), story.song)
    return folder


@pytest.fixture
def project(planned_once: Path, tmp_path: Path) -> Project:
    heard.clear()
    asked.clear()
    shutil.copytree(planned_once, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path / "video")


@contextmanager
def studio_with(project: Project, *settings: str) -> Generator[Studio]:
    with pytest.MonkeyPatch.context() as patch, generated_studio(project, patch, heard.append, settings) as opened:
        recording = {"stills": {"sdxl": Entry("test_still_sources:make_recording")}}
        patch.setattr(registry, "BACKENDS", {**registry.BACKENDS, **recording})
        patch.setattr("mvlocal.call_sheet.crew_of", crew_with_style)
        yield opened


def stills(project: Project, *settings: str) -> tuple[dict[str, Record], set[str]]:
    """The stills of the settings, and which tasks ran for them."""
    heard.clear()
    with studio_with(project, *settings) as studio:
        story = story_of(studio)
        assert story.plan is not None
        wanted = [f"keyframes/{shot.id}" for shot in story.plan.shots]
        run = run_shots(studio, story, story.plan, lambda _shooting, _tasks: wanted)
        ran = {event.task_id for event in heard if isinstance(event, TaskDone) and not event.cached}
        return dict(run.records), {task for task in ran if task.startswith(("prompts", "candidates"))}


def draw(path: Path, colour: tuple[int, int, int]) -> Path:
    Image.new("RGB", (60, 40), colour).save(path)
    return path


def test_a_style_reaches_every_still_and_its_key(project: Project) -> None:
    look = draw(project.root / "look.png", (200, 30, 30))
    plain, first = stills(project)
    assert first >= {"prompts", "candidates/s01", "candidates/s02"}
    assert all(request.style is None for request in asked)
    asked.clear()
    both = {"candidates/s01", "candidates/s02"}
    assert stills(project, "keyframes.style_from=look.png")[1] == both
    for request in asked:
        assert request.style is not None
        assert tuple(request.style[0, 0]) == (200, 30, 30)
        assert request.style_weight == 0.5
    assert stills(project, "keyframes.style_from=look.png")[1] == set()
    asked.clear()
    assert stills(project, "keyframes.style_from=look.png", "keyframes.style_weight=0.9")[1] == both
    assert {request.style_weight for request in asked} == {0.9}
    asked.clear()
    draw(look, (30, 200, 30))  # the same name, another picture
    assert stills(project, "keyframes.style_from=look.png")[1] == both
    assert all(request.style is not None and tuple(request.style[0, 0]) == (30, 200, 30) for request in asked)
    assert stills(project)[1] == set()
    assert plain


def test_stills_of_one_place_begin_from_its_first(project: Project) -> None:
    stills(project)
    assert all(request.start is None and request.start_strength == 1.0 for request in asked)
    asked.clear()
    made, ran = stills(project, "keyframes.same_place_strength=0.6")
    assert ran == {"candidates/s02"}  # the first one there begins from noise, as before
    with studio_with(project) as studio:
        shown = read_png(studio.store.path_of(made["keyframes/s01"].outputs["image"])).rgb
    assert [request.start_strength for request in asked] == [0.6]
    assert asked[0].start is not None
    assert np.array_equal(asked[0].start, shown)
    asked.clear()
    assert stills(project, "keyframes.same_place_strength=0.3")[1] == {"candidates/s02"}
    assert [request.start_strength for request in asked] == [0.3]


@pytest.mark.parametrize("kind", ["missing", "folder", "words", "cut", "empty"])
def test_a_style_that_is_no_picture_is_refused_before_anything_is_made(project: Project, kind: str) -> None:
    look = project.root / "look.png"
    if kind == "folder":
        look.mkdir()
    elif kind == "words":
        look.write_text("not a picture")
    elif kind == "empty":
        look.touch()
    elif kind == "cut":
        noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(look)
        look.write_bytes(look.read_bytes()[:4000])
    with pytest.raises(InputError) as caught:
        stills(project, "keyframes.style_from=look.png")
    assert "look.png" in caught.value.where
    assert caught.value.mend
    assert asked == []
