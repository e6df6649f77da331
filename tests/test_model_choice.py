"""Which hardware and weights settings mean, and that all that is missing is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from weights_support import put, safetensors_bytes

from mvlocal.config import KeyframeSettings, MachineSettings, RunSettings, Settings
from mvlocal.errors import MissingError, SettingsError
from mvlocal.machine import Gpu
from mvlocal.model_choice import hardware_of, still_models, still_options, still_size_of
from mvlocal.settings import load_profile
from mvlocal.weights.lock import add_to_lock
from mvlocal.weights.manifest import read_manifest
from mvlocal.weights.needs import stills_needs, weights_needed
from mvlocal.weights.required import lacking, require_all
from mvlocal.weights.sound import measure

CARD = Gpu("NVIDIA GeForce RTX 4070", 11.99, "580")


def settings(**machine: object) -> Settings:
    return Settings(machine=MachineSettings.model_validate(machine), run=RunSettings(workers=3))


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("MVLOCAL_MODELS", str(folder))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    return folder


def put_text(models: Path, place: str) -> None:
    path = models / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    add_to_lock(models, {place: measure(path)})


def test_a_gpu_is_used_where_the_profile_is_made_for_one() -> None:
    plain = hardware_of(settings(), CARD)
    assert (plain.device, plain.dtype, plain.vram_gib, plain.threads) == ("cpu", "float32", 0.0, 3)
    card = hardware_of(settings(vram_gib=12, offload="model"), CARD)
    assert (card.device, card.dtype, card.vram_gib, card.offload) == ("cuda", "float16", 11.99, "model")
    assert hardware_of(settings(vram_gib=8), CARD).vram_gib == 8
    assert hardware_of(settings(device="cuda", dtype="bfloat16"), CARD).dtype == "bfloat16"
    assert hardware_of(settings(vram_gib=12, device="cpu"), None).device == "cpu"


def test_what_the_machine_lacks_is_told() -> None:
    with pytest.raises(MissingError, match="GPU") as caught:
        hardware_of(settings(vram_gib=12), None)
    assert "animatic" in caught.value.mend
    with pytest.raises(SettingsError, match="GPU"):
        hardware_of(settings(compile=True), CARD)


def test_guides_of_no_weight_and_the_plain_schedule_need_nothing_more() -> None:
    bare = KeyframeSettings(backend="sdxl", config="", guide_pose=0, guide_depth=0)
    assert list(stills_needs(bare)) == ["checkpoint"]
    assert stills_needs(KeyframeSettings()) == {}
    full = KeyframeSettings(
        backend="sdxl", vae="v", refiner="r", schedule="base", guide_lines=0.1, style_from="look.jpg"
    )
    assert set(stills_needs(full)) == {
        "checkpoint", "checkpoint-config", "refiner", "refiner-config", "vae", "control-pose", "control-depth",
        "control-lines", "style", "style-encoder",
    }  # fmt: skip
    assert stills_needs(KeyframeSettings(backend="sdxl", schedule="lightning", steps=8))["lora"].name == (
        "sdxl_lightning_8step_lora"
    )
    assert "lora" not in stills_needs(KeyframeSettings(backend="sdxl", schedule="dmd2", unet="dmd2"))


def test_settings_that_do_not_go_together_are_refused() -> None:
    for wrong in ({"width": 512}, {"refiner": "r", "schedule": "lcm"}, {"width": 500, "height": 500}):
        with pytest.raises(ValueError, match=r"both|refiner|multiple"):
            KeyframeSettings.model_validate(wrong)


def test_everything_that_is_missing_is_told_at_once(models: Path) -> None:
    with pytest.raises(MissingError) as caught:
        require_all(weights_needed(load_profile("rtx-12gb")))
    told = caught.value
    for place in ("checkpoints/sd_xl_base_1.0.safetensors", "checkpoints/sdxl-config/tokenizer/merges.txt"):
        assert f"missing {models / place}" in told.what
    for said in ("6.94 GB", "OpenRAIL++-M", "keyframes.depth_model", "MIT", "Apache-2.0"):
        assert said in told.what
    assert told.where == str(models)
    assert told.mend.startswith("mvlocal models fetch ")
    assert told.mend.count("controlnet-openpose-sdxl") == 1
    assert "--accept-licence" in told.mend
    names = told.mend.split(" --")[0].removeprefix("mvlocal models fetch ").split()
    assert [read_manifest().model(name).name for name in names] == names


def test_a_folder_that_lacks_a_file_is_not_ready(models: Path) -> None:
    chosen = load_profile("rtx-12gb")
    before = {lack.need.name for lack in lacking(weights_needed(chosen))}
    put_text(models, "controlnet/openpose-sdxl-1.0/config.json")
    lack = next(lack for lack in lacking(weights_needed(chosen)) if lack.need.name == "openpose-sdxl-1.0")
    assert [path.name for path in lack.files] == ["diffusion_pytorch_model.safetensors"]
    put(models, "controlnet/openpose-sdxl-1.0/diffusion_pytorch_model.safetensors", safetensors_bytes())
    assert {lack.need.name for lack in lacking(weights_needed(chosen))} == before - {"openpose-sdxl-1.0"}


def test_what_is_here_but_was_never_recorded_is_told_so(models: Path) -> None:
    chosen = load_profile("rtx-12gb")
    put(models, "checkpoints/sd_xl_base_1.0.safetensors", safetensors_bytes(), record=False)
    lack = next(lack for lack in lacking(weights_needed(chosen)) if lack.need.where == "keyframes.model")
    assert lack.files == ()
    assert "never recorded" in lack.why
    with pytest.raises(MissingError, match="never recorded") as caught:
        require_all(weights_needed(chosen))
    assert "verify --record" in caught.value.mend


def test_weights_of_stills_are_found_by_what_they_are_for(models: Path) -> None:
    put(models, "checkpoints/mine.safetensors", safetensors_bytes())
    put_text(models, "checkpoints/sdxl-config/model_index.json")
    put(models, "vae/fixed.safetensors", safetensors_bytes(b"\x05"))
    put_text(models, "controlnet/hands/config.json")
    chosen = KeyframeSettings(backend="sdxl", model="mine", vae="fixed", pose_model="hands", guide_depth=0)
    found = still_models(chosen)
    assert found.checkpoint.file is not None
    assert found.checkpoint.file.path.name == "mine.safetensors"
    assert found.checkpoint.folder.path.name == "sdxl-config"
    assert list(found.controls) == ["pose"]
    assert found.vae is not None
    assert set(found.digests) == {"checkpoint", "vae", "control-pose"}
    other = still_models(chosen.model_copy(update={"vae": ""}))
    assert other.digests["checkpoint"] == found.digests["checkpoint"]


def test_options_and_size_follow_the_settings() -> None:
    chosen = load_profile("rtx-8gb")
    options = still_options(chosen)
    assert (options.schedule, options.batch, options.channels_last, options.compile) == ("lightning", 1, True, False)
    assert still_size_of(chosen) == (1344, 768)
    assert still_size_of(load_profile("tiny")) == (256, 144)
