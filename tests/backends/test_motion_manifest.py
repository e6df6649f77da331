"""The manifest has every motion family's usual model, whole; settings that ask for one say what lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from mvlocal.backends import ltx, svd, wan
from mvlocal.config import CLIP_MODELS, ClipSettings
from mvlocal.errors import MissingError
from mvlocal.weights.inventory import state_of
from mvlocal.weights.manifest import read_manifest
from mvlocal.weights.needs import motion_needs
from mvlocal.weights.required import require_all

CONFIGS = {"tokenizer": "tokenizer_config", "scheduler": "scheduler_config", "feature_extractor": "preprocessor_config"}
PARTS = {
    "svd": {*svd.CLASSES, "scheduler"},
    "wan": {*wan.CLASSES, "scheduler"} - {"transformer_2", "image_encoder", "image_processor"},  # of other models
    "ltx": {*ltx.CLASSES},
}


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MVLOCAL_MODELS", str(tmp_path))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    return tmp_path


@pytest.mark.parametrize("family", CLIP_MODELS)
def test_a_family_says_all_that_lacks_and_how_to_fetch_it(family: str, empty: Path) -> None:
    name = CLIP_MODELS[family]
    model = read_manifest().model(name)
    with pytest.raises(MissingError) as caught:
        require_all(motion_needs(ClipSettings.model_validate({"backend": family})))
    assert caught.value.exit_code == 3
    for file in model.files:
        assert f"missing {empty / file.place}" in caught.value.what
    assert f"{model.size_text}, {model.licence}" in caught.value.what
    assert caught.value.mend.startswith(f"mvlocal models fetch {name}")
    assert ("--accept-licence" in caught.value.mend) == model.asks_first
    assert state_of(model, read_manifest(), {}) == "missing"
    assert model.needed_by == (f"clips.backend: {family}",)


@pytest.mark.parametrize("family", CLIP_MODELS)
def test_every_part_that_a_family_reads_is_in_its_row(family: str) -> None:
    place = f"diffusers/{CLIP_MODELS[family]}/"
    files = {file.place.removeprefix(place) for file in read_manifest().model(CLIP_MODELS[family]).files}
    assert all(not file.startswith("diffusers/") for file in files)
    assert "model_index.json" in files
    for part in PARTS[family]:
        inside = {file.removeprefix(f"{part}/") for file in files if file.startswith(f"{part}/")}
        assert f"{CONFIGS.get(part, 'config')}.json" in inside, part
        weights = sorted(file for file in inside if file.endswith(".safetensors"))
        assert bool(weights) == (part not in CONFIGS), part
        shards = [file for file in weights if "-of-" in file]
        if shards:
            assert len(shards) == int(shards[0].split("-of-")[1].removesuffix(".safetensors"))
            assert any(file.endswith(".safetensors.index.json") for file in inside), part
