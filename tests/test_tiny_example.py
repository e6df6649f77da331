"""The example song through every real model class with small random weights, on a CPU: `configs/tiny.yaml` whole."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mvlocal.engine.task import Record
from mvlocal.media.decode import count_frames
from mvlocal.pipeline import RenderRequest, open_studio
from mvlocal.project import Project
from mvlocal.render import render_project
from mvlocal.schema.provenance import Account

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
REQUEST = RenderRequest(profile="tiny")
FRAMES = 1992  # 83 s at 24
MODEL_SETTINGS = {
    "cast.caption_model",
    "song.beats_model",
    "song.stems_model",
    "song.whisper_model",
    "planner.model",
    "cast.likeness_model",
    "cast.agreement_model",
    "keyframes.model",
    "keyframes.pose_model",
    "keyframes.depth_model",
    "clips.model",
    "finish.rife_model",
    "finish.upscale_model",
}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The example, rendered from nothing by the tiny profile."""
    sys.path.insert(0, str(ROOT / "scripts"))
    script: Any = import_module("make_tiny_models")
    models = tmp_path_factory.mktemp("models")
    script.make_tiny_models(models)
    root = tmp_path_factory.mktemp("film") / "night-train"
    shutil.copytree(ROOT / "examples" / "night-train", root, ignore=shutil.ignore_patterns(".mvlocal", "out"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MVLOCAL_MODELS", str(models))
        project = Project(root)
        render_project(project, REQUEST)
        yield project


def records_of(project: Project) -> list[Record]:
    with open_studio(project, REQUEST) as studio:
        return list(studio.store.records().values())


def test_the_film_is_as_long_as_its_song(film: Project) -> None:
    account = Account.from_json((film.out / "last-train-first-light.mp4.json").read_text())
    assert account.frames == FRAMES
    assert count_frames(film.out / "last-train-first-light.mp4") == FRAMES
    assert account.source_type == "compositeWithTrainedAlgorithmicMedia"


def test_every_stage_was_run_by_its_model(film: Project) -> None:
    """Heard by beat_this, demucs and Whisper, planned by a GGUF, trained, drawn by SDXL, moved by SVD, finished."""
    ran = Counter(record.stage for record in records_of(film))
    shots = ran["animate"]
    assert shots > 20
    assert ran["train"] == 4
    assert 0 < ran["candidates"] == ran["scores"] <= shots
    account = Account.from_json((film.out / "last-train-first-light.mp4.json").read_text())
    assert {model.used_for for model in account.models} >= MODEL_SETTINGS


def test_every_model_was_loaded_once(film: Project) -> None:
    """But for training, which lets go of encoders and decoder on purpose and takes them back for samples."""
    made = [record for record in records_of(film) if record.stage != "train"]
    events = [str(event) for record in made for event in record.notes.get("pool") or ()]
    loads = Counter(event.removeprefix("load ") for event in events if event.startswith("load "))
    for part in ("unet", "vae", "svd"):
        assert any(part in name for name in loads), loads
    assert set(loads.values()) == {1}, loads
