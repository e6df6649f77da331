"""`mvlocal models`, and doctor's view of missing weights: what they print and how they exit."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from small_song import make_project
from weights_support import ORIGIN, Files, manifest_of, put, safetensors_bytes, serving

from mvlocal.cli import models as models_cli
from mvlocal.cli.app import run
from mvlocal.cli.terminal import take_terminal_options
from mvlocal.doctor import examine
from mvlocal.pipeline import song_tasks
from mvlocal.project import Project
from mvlocal.settings import load_profile
from mvlocal.weights.fetch import fetch_model
from mvlocal.weights.inventory import FOLDERS
from mvlocal.weights.manifest import Manifest, ModelFile
from mvlocal.weights.needs import weights_needed


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MVLOCAL_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "models"


def mvlocal(*arguments: str) -> int:
    opened, rest = take_terminal_options([*arguments, "--no-color"])
    return run(rest, opened)


def serve(monkeypatch: pytest.MonkeyPatch, manifest: Manifest, files: Files) -> None:
    monkeypatch.setattr(models_cli, "read_manifest", lambda: manifest)
    monkeypatch.setattr(models_cli, "fetch_model", partial(fetch_model, transfer=files.transfer))


def test_list_is_honest_about_what_is_used(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mvlocal("models", "list", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["models"]}
    assert rows["whisper-medium"]["state"] == "missing"
    assert rows["whisper-medium"]["needed_by"] == ["song.lyrics_by: whisper"]
    assert rows["svd-xt"]["gated"]
    for row in rows.values():
        assert bool(row["needed_by"]) != bool(row["later"])
    assert mvlocal("models", "list") == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in rows)


def test_fetch_verify_and_exit_codes(
    models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = ModelFile(place="beats/one.safetensors", url=f"{ORIGIN}/one")
    with serving(Files({"/one": safetensors_bytes()})) as files:
        serve(monkeypatch, manifest_of(row, name="one"), files)
        assert mvlocal("models", "fetch", "one") == 0
    assert mvlocal("models", "verify") == 0
    path = models / "beats/one.safetensors"
    good = path.read_bytes()
    path.write_bytes(good[:-1] + b"\x00")
    capsys.readouterr()
    assert mvlocal("models", "verify", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert [problem["kind"] for problem in said["problems"]] == ["changed"]
    path.unlink()
    assert mvlocal("models", "verify") == 3
    path.write_bytes(good)
    put(models, "llm/new.gguf", b"GGUF", record=False)
    assert mvlocal("models", "verify") == 1
    assert mvlocal("models", "verify", "--record") == 0


def test_a_licence_with_limits_is_asked_for_first(
    models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = ModelFile(place="beats/one.safetensors", url=f"{ORIGIN}/one")
    manifest = manifest_of(row, name="one", limits="not on Sundays")
    with serving(Files({"/one": safetensors_bytes()})) as files:
        serve(monkeypatch, manifest, files)
        assert mvlocal("models", "fetch", "one") == 2
        assert files.asked == []
        assert "not on Sundays" in capsys.readouterr().err
        assert mvlocal("models", "fetch", "one", "--accept-licence") == 0


@pytest.mark.parametrize("arguments", [("fetch", "nope"), ("fetch",), ("verify", "--nope")])
def test_wrong_use_is_exit_2(models: Path, arguments: tuple[str, ...]) -> None:
    assert mvlocal("models", *arguments) == 2


def test_a_source_that_is_gone_is_one_clear_error(
    models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = ModelFile(place="beats/one.safetensors", url=f"{ORIGIN}/one")
    with serving(Files()) as files:
        serve(monkeypatch, manifest_of(row, name="one"), files)
        assert mvlocal("models", "fetch", "one") == 2
    said = capsys.readouterr().err
    assert "404" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["tiny", "rtx-8gb", "rtx-12gb", "rtx-16gb", "rtx-24gb"])
def test_profiles_name_weights_by_places_that_exist(name: str) -> None:
    needs = weights_needed(load_profile(name))
    assert needs
    assert all(need.folder in FOLDERS for need in needs)


@pytest.fixture
def heard_by_models(tmp_path: Path, models: Path) -> Project:
    project = make_project(tmp_path)
    (tmp_path / "words.txt").write_text("A train goes over the bridge\n")
    text = project.settings_file.read_text().replace("../song.lrc", "../words.txt")
    assert "words.txt" in text
    assert text.count("\nsong:\n") == 1
    asked = "\nsong:\n  beats: beat_this\n  stems: demucs\n  lyrics_by: whisper\n"
    project.settings_file.write_text(text.replace("\nsong:\n", asked))
    return project


def test_missing_weights_end_a_run_with_exit_3_before_it_starts(
    heard_by_models: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mvlocal("analyze", str(heard_by_models.root)) == 3
    said = capsys.readouterr().err
    assert "song.beats_model" in said
    assert "mvlocal models fetch beat_this-final0" in said


def test_doctor_names_every_missing_weight_and_its_mend(heard_by_models: Project) -> None:
    findings = {
        finding.name: finding for finding in examine(heard_by_models.root) if finding.name.startswith("weights")
    }
    mends = [finding.mend for finding in findings.values()]
    assert mends == [f"mvlocal models fetch {name}" for name in ("beat_this-final0", "htdemucs", "whisper-medium")]
    assert not any(finding.ok for finding in findings.values())


def test_timed_lyrics_need_nobody_to_time_them(heard_by_models: Project) -> None:
    text = heard_by_models.settings_file.read_text()
    heard_by_models.settings_file.write_text(text.replace("../words.txt", "../song.lrc"))
    mends = [finding.mend for finding in examine(heard_by_models.root) if finding.name.startswith("weights")]
    assert mends == ["mvlocal models fetch beat_this-final0", "mvlocal models fetch htdemucs"]


def test_plain_settings_need_no_weights(tmp_path: Path, models: Path) -> None:
    project = make_project(tmp_path)
    settings = load_profile("animatic")
    settings = settings.model_copy(
        update={"song": settings.song.model_copy(update={"file": str(tmp_path / "song.wav")})}
    )
    assert weights_needed(settings) == []
    assert [task.placement for task in song_tasks(project, settings)] == [{}]
