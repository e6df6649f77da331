from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from motion_support import CPU, check_contract, check_memory, folder_of, link, maker_of, quiet, small_models, still

from mvlocal.backends import svd
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.motion_options import MotionOptions, bucket_of
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.svd_schedule import few_schedule
from mvlocal.errors import MissingError, NotFinite, UserError
from mvlocal.shots.chaining import Chain, chain_links
from mvlocal.timing import FrameRate
from mvlocal.weights import locked_weights


@pytest.fixture(scope="module", autouse=True)
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with small_models(tmp_path_factory, "svd") as folder:
        yield folder


def small(**more: Any) -> Any:
    """A maker with a short window, so that tests are quick; 0 frames: the model's own 25."""
    return maker_of("svd", "tiny-svd", **{"frames": 6, "decode_chunk": 3, **more})


def test_the_contract_of_motion_makers() -> None:
    check_contract(small)


def test_a_short_link_is_the_beginning_of_a_long_one() -> None:
    maker = small(frames=0, decode_chunk=5)
    whole = link(maker, frames=25)
    assert whole.shape == (25, 64, 128, 3)
    for frames in (1, 5, 6, 24):
        assert np.array_equal(link(maker, frames=frames), whole[:frames])


def test_what_it_can_do_is_read_from_the_model() -> None:
    maker = small(frames=0)
    assert (maker.frames, maker.width, maker.height) == (25, 128, 64)
    assert [str(rate) for rate in maker.rates] == ["7", "6"]
    assert not maker.takes_words
    assert not maker.takes_last
    assert small(frames=14).frames == 14
    own = svd.make(folder_of("tiny-svd"), CPU, {})
    assert (own.width, own.height, own.frames) == (1024, 576, 25)


@pytest.mark.parametrize(
    ("options", "what"), [({"frames": 26}, "25 frames at once"), ({"width": 136}, "multiples of 64")]
)
def test_options_that_it_cannot_follow_are_refused(options: dict[str, int], what: str) -> None:
    with pytest.raises(UserError, match=what) as raised:
        small(**options)
    assert raised.value.mend


def test_the_bucket_rises_with_strength_and_reaches_the_unet(monkeypatch: pytest.MonkeyPatch) -> None:
    options = MotionOptions(motion_min=30, motion_max=180)
    buckets = [bucket_of(strength, options) for strength in np.linspace(0, 1, 50)]
    assert buckets == sorted(buckets)
    assert (buckets[0], buckets[-1]) == (30, 180)
    seen: list[list[float]] = []
    real = diffusers.UNetSpatioTemporalConditionModel.forward

    def watching(self: Any, *given: Any, **named: Any) -> Any:
        seen.append(named["added_time_ids"][-1].tolist())
        return real(self, *given, **named)

    monkeypatch.setattr(diffusers.UNetSpatioTemporalConditionModel, "forward", watching)
    maker = small(motion_min=30, motion_max=180, noise_aug=0.05)
    link(maker, strength=1.0, rate=FrameRate(Fraction(6)))
    assert seen[0] == pytest.approx([5.0, 180.0, 0.05])
    assert maker.notes["bucket"] == 180


def test_the_same_as_the_library_s_own_pipeline() -> None:
    from PIL import Image

    pipeline = diffusers.StableVideoDiffusionPipeline.from_pretrained(folder_of("tiny-svd").path)
    pipeline.set_progress_bar_config(disable=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stock = pipeline(
            Image.fromarray(still()),
            width=128,
            height=64,
            num_frames=25,
            num_inference_steps=2,
            motion_bucket_id=120,
            fps=7,
            decode_chunk_size=5,
            generator=torch.Generator("cpu").manual_seed(7),
            output_type="np",
        ).frames[0]
    ours = link(small(frames=0, decode_chunk=5), frames=25)
    assert np.abs(ours - stock * 255).max() <= 0.51


def test_four_steps_with_the_distilled_unet(models: Path) -> None:
    few = locked_weights("diffusion_models", "tiny-svd-lcm", where="clips.few_model")
    given = {"width": 128, "height": 64, "schedule": "few", "frames": 5, "decode_chunk": 5}
    maker = svd.make(folder_of("tiny-svd"), CPU, given, few)
    steps: list[int] = []
    first = maker.make_link(
        svd.LinkRequest(still(), 5, maker.rate, 0.5, 7), quiet, lambda _p, step, _of: steps.append(step)
    )
    assert steps == [1, 2, 3, 4]
    assert np.array_equal(link(maker), first)
    assert not np.array_equal(link(maker, seed=8), first)
    assert not np.array_equal(link(small(steps=4, frames=5, decode_chunk=5)), first)
    with pytest.raises(UserError, match="its own unet"):
        svd.make(folder_of("tiny-svd"), CPU, given)
    few.path.write_bytes(few.path.read_bytes()[:-4] + b"\x00\x00\x00\x01")
    worker_pool().clear()
    with pytest.raises(UserError, match="not what the lock says"):
        link(svd.make(folder_of("tiny-svd"), CPU, given, few))


def test_the_few_step_levels_are_those_of_its_authors() -> None:
    schedule: Any = few_schedule().from_pretrained(folder_of("tiny-svd").path / "scheduler")
    schedule.set_timesteps(4)
    ends = 700.0 ** (1 / 7), 0.002 ** (1 / 7)
    wanted = [(ends[0] + n / 39 * (ends[1] - ends[0])) ** 7 for n in (0, 10, 20, 30)]
    assert schedule.sigmas.tolist() == pytest.approx([*wanted, 0.0], rel=1e-5)
    for bad in (0, 41):
        with pytest.raises(ValueError, match="1 to 40 steps"):
            schedule.set_timesteps(bad)


def test_pixels_do_not_depend_on_what_else_is_held() -> None:
    maker = small()
    first = link(maker)
    worker_pool().use("something else", lambda: torch.zeros(1000), gib=1.0)
    torch.manual_seed(12345)
    assert np.array_equal(link(maker), first)


def test_a_decoder_that_gives_nan_works_again_in_full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    half = Hardware(dtype="bfloat16", threads=1)
    maker = small(hardware=half)
    plain = link(maker)
    assert maker.notes["decoded_in"] == "bfloat16"
    precise = link(maker, precise=True)
    assert maker.notes["decoded_in"] == "float32"
    assert np.abs(precise.astype(int) - plain).max() < 60
    real, tried = diffusers.AutoencoderKLTemporalDecoder.decode, []

    def sick(self: Any, z: Any, *given: Any, **named: Any) -> Any:
        done = real(self, z, *given, **named)
        tried.append(z.dtype)
        return type(done)(sample=done.sample * float("nan")) if z.dtype == torch.bfloat16 else done

    monkeypatch.setattr(diffusers.AutoencoderKLTemporalDecoder, "decode", sick)
    again = link(maker)
    assert np.array_equal(again, precise)
    assert tried == [torch.bfloat16, torch.float32, torch.float32]  # one chunk of the first try, both of the second
    assert maker.notes["decoded_again"] is True


def test_numbers_that_stay_sick_are_an_error_after_one_more_try(monkeypatch: pytest.MonkeyPatch) -> None:
    real, tried = diffusers.AutoencoderKLTemporalDecoder.decode, []

    def sick(self: Any, z: Any, *given: Any, **named: Any) -> Any:
        tried.append(z.dtype)
        done = real(self, z, *given, **named)
        return type(done)(sample=done.sample / 0)

    monkeypatch.setattr(diffusers.AutoencoderKLTemporalDecoder, "decode", sick)
    with pytest.raises(NotFinite):
        link(small())
    assert len(tried) == 1
    with pytest.raises(NotFinite):
        link(small(hardware=Hardware(dtype="bfloat16", threads=1)))
    assert len(tried) == 3


def test_a_sick_unet_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    real = diffusers.UNetSpatioTemporalConditionModel.forward
    monkeypatch.setattr(
        diffusers.UNetSpatioTemporalConditionModel,
        "forward",
        lambda self, *given, **named: tuple(one * float("nan") for one in real(self, *given, **named)),
    )
    with pytest.raises(NotFinite, match="unet"):
        link(small())


@pytest.mark.parametrize(
    ("klass", "method"),
    [("UNetSpatioTemporalConditionModel", "forward"), ("AutoencoderKLTemporalDecoder", "decode")],
)
def test_memory_that_runs_out(klass: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check_memory(small(), getattr(diffusers, klass), method, monkeypatch)


def test_forward_chunks_change_no_picture() -> None:
    plain = link(small())
    worker_pool().clear()
    chunked = link(small(forward_chunk=1))
    worker_pool().clear()
    assert np.abs(chunked.astype(int) - plain).max() <= 2


def test_changed_weights_are_not_loaded(models: Path) -> None:
    found = folder_of("tiny-svd")
    file = models / "diffusers/tiny-svd/vae/diffusion_pytorch_model.safetensors"
    whole = file.read_bytes()
    worker_pool().clear()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        with pytest.raises(UserError, match="not what the lock says"):
            link(svd.make(found, CPU, {"width": 128, "height": 64}))
    finally:
        file.write_bytes(whole)


def test_a_folder_of_another_kind_is_refused(models: Path) -> None:
    found = folder_of("tiny-svd")
    config = models / "diffusers/tiny-svd/unet/config.json"
    whole = config.read_text()
    other = json.dumps({**json.loads(whole), "_class_name": "UNet2DConditionModel"})
    config.write_text(other.ljust(len(whole))[: len(whole)] if len(other) <= len(whole) else other)
    try:
        with pytest.raises(UserError):
            svd.make(found, CPU, {})
    finally:
        config.write_text(whole)
    with pytest.raises(MissingError):
        folder_of("no-such-model")


def test_a_long_shot_is_chained() -> None:
    chain = Chain(still(), Fraction(3, 2), seed=3, strengths=(0.3, 0.9))
    result = chain_links(small(), chain, quiet)
    assert len(result.frames) == 11
    assert (len(result.frames) - 1) / result.rate.value == Fraction(3, 2)
    assert [link["frames"] for link in result.links] == [6, 5]
    assert np.array_equal(chain_links(small(), chain, quiet).frames, result.frames)
    json.dumps(result.links)
