"""A short song through the real model classes of stills, motion and finishing, with small random weights, on a CPU."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_song import make_project, with_abstract

from mvlocal.call_sheet import shooting_of
from mvlocal.events import TaskDone
from mvlocal.media.decode import count_frames, frame_hashes
from mvlocal.media.image import read_png
from mvlocal.media.raw_clip import raw_frames
from mvlocal.pipeline import RenderRequest, approved, hear_song, open_studio, tell_story
from mvlocal.project import Project
from mvlocal.render import render_project, story_of
from mvlocal.schema.picks import ShotPick
from mvlocal.shot_graph import tasks_of
from mvlocal.shots.picks import change_picks
from mvlocal.still_files import StillFiles
from mvlocal.story.documents import write_shots
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
    """A project of two shots, the second abstract, rendered by the small models, which `MVLOCAL_MODELS` names."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))
    models = tmp_path_factory.mktemp("models")
    script: Any = import_module("make_tiny_models")
    script.make_tiny_models(models, ("sdxl", "svd", "dinov2", "clip", "rife", "esrgan"))
    os.environ["MVLOCAL_MODELS"] = str(models)
    project = make_project(tmp_path_factory.mktemp("tiny"), 5.0)
    render_project(project, replace(REQUEST, until="plan"))
    story = story_of(project, REQUEST)
    write_shots(project.shots_file, with_abstract(story.shots, "s02"), story.song)
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


def test_an_abstract_shot_walks_from_its_still(tiny: Project) -> None:
    with open_studio(tiny, REQUEST) as studio:
        found = {one.task_id: one for one in studio.store.records().values()}
        still = read_png(studio.store.path_of(found["keyframes/s02"].outputs["image"])).rgb
        walk = list(raw_frames(studio.store.path_of(found["animate/s02"].outputs["main"])))
    assert found["animate/s02"].notes["off_still"] <= 1  # a rounding
    assert np.array_equal(walk[0], still)
    steps = [np.abs(one.astype(int) - other).mean() for one, other in pairwise(walk)]
    whole = np.abs(walk[0].astype(int) - walk[-1]).mean()
    assert 0 < min(steps) <= max(steps) < whole
    assert "links" in found["animate/s01"].notes  # the other one is animated


def test_a_second_cold_store_makes_the_same_frames_while_another_program_holds_memory(
    tiny: Project, tmp_path: Path
) -> None:
    again = Project(tmp_path / "video")
    shutil.copytree(tiny.root, again.root, ignore=shutil.ignore_patterns(".mvlocal", "out"))
    for name in ("song.wav", "song.lrc"):
        shutil.copy(tiny.root.parent / name, tmp_path)
    holding = "import sys; held = bytearray(2**29); held[::4096] = b'x' * 2**17; print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        made = render_project(again, REQUEST)
        other.communicate()
    assert made.tasks_cached == 0
    assert frame_hashes(again.out / "small-song.mp4") == frame_hashes(tiny.out / "small-song.mp4")


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


def test_sheets_of_stills_are_there_before_the_run_ends(tiny: Project) -> None:
    sheets = [tiny.out / "keyframes.html", tiny.out / "keyframes.png"]
    before = [path.read_bytes() for path in sheets]
    for path in sheets:
        path.unlink()
    with open_studio(tiny, REQUEST) as studio:
        story = tell_story(studio, hear_song(studio))
        shooting = shooting_of(studio, story, approved(story, tiny))
        with StillFiles(studio) as files:
            files.expect(shooting, tasks_of(studio, story, shooting))
            files.hear(TaskDone("keyframes/s01", "keyframes", cached=True, seconds=0.0))
            assert not files._writing
            files.hear(TaskDone("keyframes/s02", "keyframes", cached=False, seconds=0.1))
    assert [path.read_bytes() for path in sheets] == before


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
