"""A short song through the real model classes of stills, motion and finishing, with small random weights, on a CPU."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from small_song import make_project

from mvlocal.media.decode import count_frames, frame_hashes
from mvlocal.media.image import read_png
from mvlocal.pipeline import RenderRequest, open_studio
from mvlocal.project import Project
from mvlocal.render import render_project
from mvlocal.schema.picks import ShotPick
from mvlocal.shots.picks import change_picks
from mvlocal.survey import stages_of, survey

pytestmark = pytest.mark.slow
REQUEST = RenderRequest(
    profile="tiny",
    overrides=(
        "song.beats=librosa",
        "song.stems=none",
        "song.lyrics_by=rules",
        "planner.backend=rules",
        "keyframes.candidates=2",
        "run.workers=2",
    ),
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of two shots, rendered by the small models; they are found by `MVLOCAL_MODELS`."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))
    models = tmp_path_factory.mktemp("models")
    script: Any = import_module("make_tiny_models")
    script.make_tiny_models(models, ("sdxl", "svd", "dinov2", "clip", "rife", "esrgan"))
    os.environ["MVLOCAL_MODELS"] = str(models)
    project = make_project(tmp_path_factory.mktemp("tiny"), 5.0)
    render_project(project, REQUEST)
    return project


def records(project: Project) -> dict[str, Any]:
    """The notes of everything that is done, by task."""
    with open_studio(project, REQUEST) as studio:
        return {record.task_id: record.notes for record in studio.store.records().values()}


def test_the_video_is_whole_and_every_model_was_loaded_once(tiny: Project) -> None:
    assert count_frames(tiny.out / "small-song.mp4") == 120
    events = [event for notes in records(tiny).values() for event in notes.get("pool") or ()]
    loads = Counter(event for event in events if event.startswith("load "))
    assert loads
    assert set(loads.values()) == {1}


def test_stills_carry_their_settings_and_sheets_show_them(tiny: Project) -> None:
    with open_studio(tiny, REQUEST) as studio:
        found = next(one for one in studio.store.records().values() if one.task_id == "keyframes/s01")
        texts = read_png(studio.store.path_of(found.outputs["image"])).texts
        stages = {stage.name: stage for stage in stages_of(survey(studio, REQUEST))}
    assert "Seed: " in texts["parameters"]
    assert json.loads(texts["mvlocal"])["shot"] == "s01"
    assert (tiny.out / "keyframes.html").stat().st_size > 10_000
    assert (stages["keyframes"].done, stages["keyframes"].total) == (2, 2)
    assert all(stage.seconds_left == 0 for stage in stages.values())


def test_a_pick_makes_one_shot_again_and_back_again_nothing(tiny: Project) -> None:
    before = frame_hashes(tiny.out / "small-song.mp4")
    chosen = str(records(tiny)["keyframes/s02"]["chosen"])
    other, same = (1, 2) if chosen == "c2" else (2, 1)
    change_picks(tiny.picks_file, {"s02": ShotPick(pick=other)})
    picked = render_project(tiny, REQUEST)
    after = frame_hashes(tiny.out / "small-song.mp4")
    changed = [n for n, (one, two) in enumerate(zip(before, after, strict=True)) if one != two]
    assert changed
    assert picked.tasks_run <= 6
    change_picks(tiny.picks_file, {"s02": ShotPick()})
    render_project(tiny, REQUEST)
    assert frame_hashes(tiny.out / "small-song.mp4") == before
    assert same != other
