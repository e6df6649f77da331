"""Stills by the real networks with small random weights: they prove code, shapes and seeds, and nothing of beauty."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sdxl_support import (
    CPU,
    HEIGHT,
    NEGATIVE,
    TEXT,
    WIDTH,
    checkpoint,
    copy_configuration,
    encode,
    make_sdxl,
    models,
    noise_picture,
    quiet,
    write_lora,
    write_single_file,
)
from song_models import ROOT

from mvlocal.backends.base import Guide, LoraUse, StillRequest
from mvlocal.backends.hardware import Hardware, Offload
from mvlocal.backends.loading import pooled
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.registry import load_backend
from mvlocal.backends.sdxl.models import Checkpoint, StillModels
from mvlocal.backends.sdxl.networks import StillOptions
from mvlocal.backends.sdxl.previews import decoded_previews, rough_preview
from mvlocal.backends.sdxl.schedules import schedule_of, start_scheduler
from mvlocal.backends.sdxl.sizes import still_size
from mvlocal.backends.sdxl.stills import make
from mvlocal.errors import MissingError, NotFinite, SettingsError, UserError
from mvlocal.media.frame import Rgb
from mvlocal.weights import locked_weights
from mvlocal.weights.folders import locked_folder
from mvlocal.weights.lock import add_to_lock
from mvlocal.weights.sound import measure

FEW = StillOptions(steps=2)


@pytest.fixture(scope="module")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    make_sdxl(folder)
    return folder


@pytest.fixture(autouse=True)
def models_folder(small_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MVLOCAL_MODELS", str(small_models))
    return small_models


@pytest.fixture(scope="module")
def words(small_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MVLOCAL_MODELS", str(small_models))
        return encode(tmp_path_factory.mktemp("words") / "shot.safetensors")


def ask(words: Path, *seeds: int, **more: Any) -> StillRequest:
    return StillRequest(WIDTH, HEIGHT, words, seeds or (1,), **more)


def stills(words: Path, *seeds: int, options: StillOptions = FEW, hardware: Hardware = CPU, **more: Any) -> list[Rgb]:
    return list(make(models(), hardware, options).make_stills(ask(words, *seeds, **more), quiet))


def same(one: Rgb, other: Rgb) -> bool:
    return bool(np.array_equal(one, other))


# --- the loop is the library's ---------------------------------------------------------------------------


def stock(kind: str, **more: Any) -> Any:
    import diffusers

    pipeline: Any = getattr(diffusers, kind).from_pretrained(
        str(checkpoint().folder.path), local_files_only=True, use_safetensors=True, **more
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def stock_picture(pipeline: Any, seed: int = 1, **more: Any) -> Rgb:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="__array__ implementation")
        made = pipeline(
            TEXT,
            negative_prompt=NEGATIVE,
            generator=torch.Generator().manual_seed(seed),
            output_type="np",
            guidance_scale=6.0,
            **more,
        ).images[0]
    return (made * 255).round().astype(np.uint8)


@pytest.mark.parametrize("seed", [1, 77])
def test_a_plain_still_is_what_the_library_makes(words: Path, seed: int) -> None:
    theirs = stock_picture(stock("StableDiffusionXLPipeline"), seed, width=WIDTH, height=HEIGHT, num_inference_steps=4)
    assert same(stills(words, seed, options=StillOptions(steps=4))[0], theirs)


def test_guided_stills_are_what_the_library_makes(words: Path) -> None:
    from diffusers import ControlNetModel
    from PIL import Image

    root = checkpoint().folder.path.parent.parent / "controlnet"
    networks = [
        ControlNetModel.from_pretrained(str(root / f"tiny-{name}"), local_files_only=True, use_safetensors=True)
        for name in ("depth", "pose")
    ]
    pictures = [noise_picture(3), noise_picture(4)]
    pipeline = stock("StableDiffusionXLControlNetPipeline", controlnet=networks)
    theirs = stock_picture(
        pipeline,
        image=[Image.fromarray(picture) for picture in pictures],
        controlnet_conditioning_scale=[0.5, 0.8],
        control_guidance_end=0.5,
        num_inference_steps=4,
    )
    guides = {"pose": Guide(pictures[1], 0.8), "depth": Guide(pictures[0], 0.5)}
    mine = stills(words, 1, options=StillOptions(steps=4, guide_until=0.5), guides=guides)[0]
    assert np.abs(mine.astype(int) - theirs.astype(int)).max() <= 1  # sums in another order


def test_stills_from_a_picture_are_what_the_library_makes(words: Path) -> None:
    from mvlocal.backends.sdxl.pixels import picture_to_latents

    picture = noise_picture(5)
    pipeline = stock("StableDiffusionXLImg2ImgPipeline")
    with torch.inference_mode():
        latents = picture_to_latents(pipeline.vae, picture)
    theirs = stock_picture(pipeline, image=latents, strength=0.5, num_inference_steps=4)
    mine = stills(words, 1, options=StillOptions(steps=4), start=picture, start_strength=0.5)[0]
    assert same(mine, theirs)


# --- same request, same pixels ---------------------------------------------------------------------------


def test_a_seed_gives_the_same_picture_alone_or_among_others(words: Path) -> None:
    for batch in (1, 2):
        options = StillOptions(steps=2, batch=batch)
        alone = [stills(words, seed, options=options)[0] for seed in (1, 2, 3)]
        together = stills(words, 3, 1, 2, options=options)
        assert [same(a, b) for a, b in zip(alone, [together[1], together[2], together[0]], strict=True)] == [True] * 3
        assert not same(alone[0], alone[1])


def test_a_cold_process_makes_the_same_pixels(words: Path, small_models: Path, tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np\n"
        f"sys.path[:0] = [{str(ROOT / 'tests' / 'backends')!r}]\n"
        "from pathlib import Path\n"
        "from test_sdxl_stills import ask, stills\n"
        "from mvlocal.backends.base import Guide\n"
        "from sdxl_support import noise_picture\n"
        "words = Path(sys.argv[1])\n"
        "np.save(sys.argv[2], stills(words, 1, 5, guides={'pose': Guide(noise_picture(2), 0.7)}))\n"
    )
    out = tmp_path / "cold.npy"
    environment = {**os.environ, "MVLOCAL_MODELS": str(small_models)}
    subprocess.run([sys.executable, "-c", code, str(words), str(out)], check=True, env=environment, cwd=tmp_path)
    warm = stills(words, 1, 5, guides={"pose": Guide(noise_picture(2), 0.7)})
    assert np.array_equal(np.load(out), np.stack(warm))


@pytest.mark.parametrize("offload", ["model", "group"])
def test_where_weights_rest_changes_no_pixel(offload: Offload, words: Path, tmp_path: Path) -> None:
    hardware = replace(CPU, offload=offload)
    assert hardware.identity == CPU.identity
    more: dict[str, Any] = {
        "guides": {"depth": Guide(noise_picture(1), 0.5)},
        "loras": [LoraUse(write_lora(tmp_path / "a.safetensors", 1), 0.8)],
        "style": noise_picture(7, 40, 50),
    }
    resting, placed = stills(words, 4, hardware=hardware, **more), stills(words, 4, **more)
    assert same(resting[0], placed[0])
    assert same(stills(words, 4, hardware=hardware)[0], stills(words, 4)[0])


def test_networks_are_loaded_once(words: Path) -> None:
    worker_pool().clear()
    worker_pool().take_events()
    for seed in (1, 2):
        stills(words, seed, guides={"pose": Guide(noise_picture(1), 0.5)})
    loads = [event.name.split("/")[0] for event in worker_pool().take_events() if event.action == "load"]
    assert sorted(loads) == ["sdxl.control-pose", "sdxl.unet", "sdxl.vae"]


def test_on_a_gpu_the_longest_unused_make_room() -> None:
    pool = worker_pool()
    pool.clear()
    before = pool.budget_gib
    card = Hardware("cuda", "float16", vram_gib=12.0)
    try:
        for kind, gib in (("text_encoder", 1.6), ("unet", 5.0), ("control-pose", 2.5), ("vae", 1.0)):
            pooled(f"sdxl.{kind}", "digest", card, object, gib=gib)
        assert [name.split("/")[0] for name in pool.names] == ["sdxl.unet", "sdxl.control-pose", "sdxl.vae"]
        pooled("sdxl.refiner", "digest", replace(card, offload="model"), object, gib=9.0)  # rests on the CPU
        assert len(pool.names) == 4
    finally:
        pool.clear()
        pool.budget_gib = before


# --- what a request changes ------------------------------------------------------------------------------


@pytest.mark.parametrize("guide", ["pose", "depth", "lines"])
def test_each_guide_changes_the_picture_and_its_weight_counts(guide: str, words: Path) -> None:
    plain = stills(words)[0]
    made = [stills(words, guides={guide: Guide(noise_picture(1), weight)})[0] for weight in (0.0, 0.3, 0.9)]
    assert same(made[0], plain)
    assert not same(made[1], plain)
    assert not same(made[1], made[2])
    grey = noise_picture(1)[..., 0]
    flat = [stills(words, guides={guide: Guide(picture, 0.5)})[0] for picture in (grey, np.stack([grey] * 3, -1))]
    assert same(*flat)


def test_a_lora_changes_the_picture_and_leaves_nothing_behind(words: Path, tmp_path: Path) -> None:
    plain = stills(words)[0]
    files = [write_lora(tmp_path / f"{n}.safetensors", n) for n in range(6)]
    one = stills(words, loras=[LoraUse(files[0], 1.0)])[0]
    assert not same(one, plain)
    assert same(stills(words)[0], plain)
    half = stills(words, loras=[LoraUse(files[0], 0.5)])[0]
    assert not same(half, one)
    for file in files:  # more than stay loaded
        assert not same(stills(words, loras=[LoraUse(file, 1.0)])[0], plain)
    assert same(stills(words, loras=[LoraUse(files[0], 1.0)])[0], one)
    pair = [LoraUse(files[1], 0.7), LoraUse(files[2], 0.4)]
    both = stills(words, loras=pair)[0]
    assert same(stills(words, loras=pair[::-1])[0], both)
    assert same(stills(words)[0], plain)


def test_a_lora_is_read_whatever_its_layout_and_name(words: Path, tmp_path: Path) -> None:
    ours = write_lora(tmp_path / "a.safetensors", 1)
    theirs = write_lora(tmp_path / "b.safetensors", 1, layout="kohya")
    blob = tmp_path / "3f" / "9c0de"
    blob.parent.mkdir()
    shutil.copyfile(ours, blob)
    made = [stills(words, loras=[LoraUse(path, 1.0)])[0] for path in (ours, theirs, blob)]
    assert same(made[0], made[2])
    assert np.abs(made[0].astype(int) - made[1].astype(int)).max() <= 1


def test_a_style_changes_the_picture_and_leaves_nothing_behind(words: Path) -> None:
    plain = stills(words)[0]
    first = stills(words, style=noise_picture(1, 60, 90))[0]
    assert not same(first, plain)
    assert not same(stills(words, style=noise_picture(2, 60, 90))[0], first)
    assert not same(stills(words, style=noise_picture(1, 60, 90), style_weight=0.1)[0], first)
    assert same(stills(words)[0], plain)
    assert same(stills(words, style=noise_picture(1, 60, 90))[0], first)


def test_an_earlier_picture_is_left_as_far_as_asked(words: Path) -> None:
    start = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    options = StillOptions(steps=10)
    near, far = (stills(words, options=options, start=start, start_strength=s)[0] for s in (0.1, 0.9))
    assert not same(near, far)
    assert same(stills(words, options=options, start=start, start_strength=0.9)[0], far)


def test_words_and_guidance_change_the_picture(words: Path, tmp_path: Path) -> None:
    plain = stills(words)[0]
    assert not same(stills(encode(tmp_path / "a", "the sea at night"))[0], plain)
    assert not same(stills(encode(tmp_path / "b", TEXT, "rain"))[0], plain)
    assert not same(stills(words, options=StillOptions(steps=2, guidance=2.0))[0], plain)


# --- schedules, refiner, other weights -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["base", "lightning", "lcm", "dmd2"])
def test_every_schedule_runs_with_its_lora(name: str, words: Path, small_models: Path) -> None:
    place = f"loras/{name}.safetensors"
    (small_models / "loras").mkdir(exist_ok=True)
    add_to_lock(small_models, {place: measure(write_lora(small_models / place, 9))})
    lora = None if name == "base" else locked_weights("loras", name, where="keyframes.schedule_lora")
    made: list[list[Rgb]] = []
    steps: list[int] = []
    for _ in range(2):
        maker = make(models(lora=lora), CPU, StillOptions(schedule=name, steps=0 if name != "base" else 3))
        made.append(list(maker.make_stills(ask(words, 1, 2), quiet, lambda _p, _n, all_steps: steps.append(all_steps))))
    assert same(made[0][0], made[1][0])
    assert same(made[0][1], made[1][1])
    assert set(steps) == ({3} if name == "base" else {4})
    assert made[0][0].std() > 5
    if lora is not None:
        without = make(models(), CPU, StillOptions(schedule=name)).make_stills(ask(words), quiet)[0]
        assert not same(without, made[0][0])


def test_schedules_are_those_that_the_families_publish() -> None:
    config = {"num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}

    def walk(name: str, steps: int = 0) -> list[int]:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="__array__ implementation")
            return [round(float(t)) for t in start_scheduler(schedule_of(name, steps), config, "cpu")[1]]

    assert walk("dmd2") == [999, 749, 499, 249]
    assert walk("lightning") == [999, 749, 499, 249]
    assert walk("lightning", 2) == [999, 499]
    assert walk("lcm") == [999, 759, 499, 259]
    assert len(walk("base")) == 30
    assert {name: schedule_of(name).guidance > 1 for name in ("base", "lightning", "lcm", "dmd2")} == {
        "base": True, "lightning": False, "lcm": False, "dmd2": False,
    }  # fmt: skip


@pytest.mark.parametrize(("name", "steps"), [("lightning", 5), ("dmd2", 8), ("lcm", 40), ("turbo", 0)])
def test_a_schedule_that_nobody_made_is_refused(name: str, steps: int) -> None:
    with pytest.raises(SettingsError) as caught:
        schedule_of(name, steps)
    assert caught.value.where.startswith("keyframes.")
    assert caught.value.mend.startswith("use ")


def test_a_refiner_goes_over_the_picture(words: Path) -> None:
    refined = models(refiner=checkpoint("tiny-sdxl-refiner"))
    options = StillOptions(steps=4, refiner_strength=0.5)
    plain = make(models(), CPU, options).make_stills(ask(words), quiet)[0]
    made = [make(refined, CPU, options).make_stills(ask(words), quiet)[0] for _ in range(2)]
    assert same(*made)
    assert not same(made[0], plain)
    with pytest.raises(SettingsError, match="refiner"):
        make(refined, CPU, StillOptions(schedule="lcm"))


def test_one_file_with_everything_is_the_same_model(words: Path, small_models: Path, tmp_path: Path) -> None:
    folder = small_models / "checkpoints" / "tiny-sdxl"
    write_single_file(small_models / "checkpoints" / "one.safetensors", folder)
    entries = {"checkpoints/one.safetensors": measure(small_models / "checkpoints" / "one.safetensors")}
    for path in copy_configuration(folder, small_models / "checkpoints" / "one-config"):
        entries[path.relative_to(small_models).as_posix()] = measure(path)
    add_to_lock(small_models, entries)
    single = Checkpoint(
        locked_folder("checkpoints", "one-config", where="keyframes.config", index="model_index.json"),
        locked_weights("checkpoints", "one", where="keyframes.model"),
    )
    assert Checkpoint.from_json(json.loads(json.dumps(single.to_json()))) == single
    load_backend("prompts", "sdxl", models=StillModels(single), hardware=CPU).encode_prompts(
        [(TEXT, NEGATIVE)], [tmp_path / "words"], quiet
    )
    assert (tmp_path / "words").read_bytes() == words.read_bytes()
    made = make(StillModels(single), CPU, FEW).make_stills(ask(tmp_path / "words"), quiet)[0]
    assert same(made, stills(words)[0])


def test_another_decoder_and_network_stand_in(words: Path, small_models: Path) -> None:
    import sys as _sys

    _sys.path.insert(0, str(ROOT / "scripts"))
    from safetensors.torch import save_file
    from tiny_models.sdxl import small_unet, small_vae

    for folder, made in (("vae", small_vae(99)), ("diffusion_models", small_unet(98))):
        (small_models / folder).mkdir(exist_ok=True)
        path = small_models / folder / "other.safetensors"
        save_file(made.state_dict(), path)
        add_to_lock(small_models, {f"{folder}/other.safetensors": measure(path)})
    plain = stills(words)[0]
    for kind, folder in (("vae", "vae"), ("unet", "diffusion_models")):
        other = models(**{kind: locked_weights(folder, "other", where=f"keyframes.{kind}")})
        assert not same(make(other, CPU, FEW).make_stills(ask(words), quiet)[0], plain)
        assert other.digests[kind] != models().digests["checkpoint"]
        assert StillModels.from_json(json.loads(json.dumps(other.to_json()))) == other


# --- precision, faults, previews -------------------------------------------------------------------------


def test_half_precision_makes_nearly_the_same_picture(words: Path) -> None:
    full, half = (
        stills(words, hardware=replace(CPU, dtype=dtype), loras=())[0].astype(float)
        for dtype in ("float32", "bfloat16")
    )
    assert full.shape == half.shape == (HEIGHT, WIDTH, 3)
    assert 0 < np.abs(full - half).mean() < 40


def test_a_decoder_that_overflows_is_asked_again_in_full_precision(
    words: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffusers import AutoencoderKL

    half = replace(CPU, dtype="bfloat16")
    wanted = stills(words, hardware=half)[0]
    decode = AutoencoderKL.decode

    def overflowing(self: Any, z: Any, **more: Any) -> Any:
        made = decode(self, z, **more)
        return (made[0] * torch.inf,) if z.dtype != torch.float32 else made

    monkeypatch.setattr(AutoencoderKL, "decode", overflowing)
    maker = make(models(), half, FEW)
    made = maker.make_stills(ask(words, 1, 2), quiet)
    assert len(maker.take_notes()) == 2
    assert maker.take_notes() == []
    assert np.abs(made[0].astype(int) - wanted.astype(int)).mean() < 10


def test_numbers_that_are_not_finite_are_no_picture(words: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from diffusers import AutoencoderKL, UNet2DConditionModel

    decode, forward = AutoencoderKL.decode, UNet2DConditionModel.forward
    monkeypatch.setattr(AutoencoderKL, "decode", lambda self, z, **more: (decode(self, z, **more)[0] * torch.nan,))
    with pytest.raises(NotFinite, match="decoder"):
        stills(words)
    monkeypatch.setattr(
        UNet2DConditionModel, "forward", lambda self, *given, **more: (forward(self, *given, **more)[0] * torch.nan,)
    )
    with pytest.raises(NotFinite, match="denoiser"):
        stills(words)


def test_previews_and_progress_tell_what_is_made_and_change_nothing(words: Path) -> None:
    seen: list[tuple[tuple[int, ...], int, int]] = []
    said: list[float] = []
    maker = make(models(), CPU, StillOptions(steps=3))
    made = maker.make_stills(
        ask(words, 1, 2),
        lambda done, _note: said.append(done),
        lambda picture, step, steps: seen.append((picture().shape, step, steps)),
    )
    assert seen == [((HEIGHT // 8, WIDTH // 8, 3), step, 3) for step in (1, 2, 3)] * 2
    assert said == sorted(said)
    assert said[-1] == 1.0
    assert same(made[0], stills(words, options=StillOptions(steps=3))[0])


def test_a_preview_shows_light_and_dark() -> None:
    bright, dark = (
        rough_preview(torch.tensor([level, 0.0, 0.0, 0.0])[:, None, None].expand(4, 2, 3)) for level in (1, -2)
    )
    assert bright.shape == (2, 3, 3)
    assert bright.dtype == np.uint8
    assert bright.mean() > 150 > 60 > dark.mean()


def test_a_small_decoder_shows_more_and_changes_no_still(words: Path) -> None:
    small = locked_folder("vae", "tiny-preview", where="keyframes.preview")
    shown: list[Rgb] = []
    with_it = models(preview=small)
    assert StillModels.from_json(json.loads(json.dumps(with_it.to_json()))) == with_it
    assert with_it.digests == models().digests
    maker = make(with_it, CPU, FEW)
    made = maker.make_stills(ask(words, 1), quiet, lambda picture, _step, _steps: shown.append(picture()))
    assert [picture.shape for picture in shown] == [(HEIGHT, WIDTH, 3)] * 2
    assert not same(*shown)
    assert same(made[0], stills(words, 1)[0])


def test_a_small_decoder_is_given_no_more_than_it_needs_and_minds_no_numbers(words: Path) -> None:
    show = decoded_previews(locked_folder("vae", "tiny-preview", where="keyframes.preview"), CPU)
    assert show(torch.zeros(4, 96, 168)).shape == (36 * 8, 64 * 8, 3)
    assert show(torch.full((4, 8, 8), float("nan"))).shape == (64, 64, 3)


# --- refusals --------------------------------------------------------------------------------------------


def test_wrong_files_are_refused_by_name(words: Path, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    nothing = tmp_path / "nothing.safetensors"
    save_file({"a": torch.zeros(2)}, nothing)
    text = tmp_path / "notes.safetensors"
    text.write_text("no tensors here")
    for path in (nothing, text):
        with pytest.raises(UserError) as caught:
            stills(words, loras=[LoraUse(path, 1.0)])
        assert str(path) in caught.value.where
        assert caught.value.mend
        with pytest.raises(UserError) as caught:
            stills(path)
        assert str(path) in caught.value.where
    shape = write_lora(tmp_path / "shape.safetensors", 1)
    from safetensors.torch import load_file

    save_file({name: value[:, :3].contiguous() for name, value in load_file(shape).items()}, shape)
    with pytest.raises(UserError, match="LoRA"):
        stills(words, loras=[LoraUse(shape, 1.0)])
    worker_pool().clear()
    assert stills(words)[0].shape == (HEIGHT, WIDTH, 3)


def test_a_folder_with_another_models_weights_is_refused(words: Path, small_models: Path) -> None:
    other = small_models / "checkpoints" / "swapped"
    shutil.copytree(small_models / "checkpoints" / "tiny-sdxl", other)
    shutil.copyfile(
        other / "vae" / "diffusion_pytorch_model.safetensors", other / "unet" / "diffusion_pytorch_model.safetensors"
    )
    files = [path for path in other.rglob("*") if path.is_file()]
    add_to_lock(small_models, {path.relative_to(small_models).as_posix(): measure(path) for path in files})
    with pytest.raises(UserError) as caught:
        make(StillModels(checkpoint("swapped")), CPU, FEW).make_stills(ask(words), quiet)
    assert "unet" in caught.value.where
    assert "missing" in caught.value.what


def test_pictures_of_another_size_and_missing_models_are_refused(words: Path) -> None:
    with pytest.raises(UserError, match="pose is 10 x 20"):
        stills(words, guides={"pose": Guide(noise_picture(1, 10, 20), 0.5)})
    with pytest.raises(UserError, match="start is"):
        stills(words, start=noise_picture(1, 64, 64))
    bare = make(StillModels(checkpoint()), CPU, FEW)
    with pytest.raises(MissingError) as caught:
        bare.make_stills(ask(words, guides={"depth": Guide(noise_picture(1), 0.5)}), quiet)
    assert caught.value.where == "keyframes.depth_model"
    with pytest.raises(MissingError, match="IP-Adapter"):
        bare.make_stills(ask(words, style=noise_picture(1)), quiet)
    with pytest.raises(UserError, match="130 x 64"):
        bare.make_stills(replace(ask(words), width=130), quiet)
    with pytest.raises(SettingsError, match="GPU"):
        make(models(), CPU, StillOptions(compile=True))


# --- sizes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        (16 / 9, (1344, 768)),
        (9 / 16, (768, 1344)),
        (1.0, (1024, 1024)),
        (4 / 3, (1152, 896)),
        (2.39, (1536, 640)),
        (4 / 5, (896, 1152)),
    ],
)
def test_stills_have_the_size_that_sdxl_knows_nearest(aspect: float, size: tuple[int, int]) -> None:
    assert still_size(aspect) == size
    assert 0.9 < size[0] * size[1] / 2**20 < 1.05


def test_set_sizes_are_taken_as_they_are_or_refused() -> None:
    assert still_size(1.0, 256, 144) == (256, 144)
    for width, height in ((256, 0), (250, 144)):
        with pytest.raises(SettingsError, match="multiples of 8"):
            still_size(1.0, width, height)


def test_options_are_plain_json_and_come_back() -> None:
    options = StillOptions(schedule="lcm", batch=2, tiles=True)
    assert StillOptions.from_json(json.loads(json.dumps(options.to_json()))) == options
    assert options.to_json()["attention"] == "scaled_dot_product"
