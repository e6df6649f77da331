"""Interpolators: exact moments, any size, the true motion; RIFE on the CPU and on Vulkan (Mesa's is enough)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from moving_pictures import Picture, moment, psnr
from song_models import make_small_models

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.registry import load_backend
from mvlocal.errors import MissingError, UserError
from mvlocal.weights import LockedWeights, locked_weights

FILES = ("flownet.param", "flownet.bin")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    make_small_models(folder, ("rife",))
    return folder


@pytest.fixture
def weights(models: Path, monkeypatch: pytest.MonkeyPatch) -> list[LockedWeights]:
    monkeypatch.setenv("MVLOCAL_MODELS", str(models))
    worker_pool().clear()
    return [locked_weights("rife", f"tiny/{file}", where="finish.rife_model") for file in FILES]


def rife(weights: Sequence[LockedWeights], device: str) -> Any:
    return load_backend("interpolate", "rife", weights=weights, hardware=Hardware(device=device))


def pair(height: int, width: int) -> tuple[Picture, Picture]:
    rng = np.random.default_rng(height)
    return tuple(rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(2))  # type: ignore[return-value]


@pytest.mark.parametrize("device", ["cpu", "vulkan"])
@pytest.mark.parametrize("size", [(64, 96), (37, 51), (54, 130)])
def test_rife_gives_every_moment_exactly_at_any_size(
    weights: list[LockedWeights], device: str, size: tuple[int, int]
) -> None:
    # The small model's blend is linear in time, so each moment's picture is known.
    before, after = pair(*size)
    times = [1 / 7, 0.25, 0.5, 0.9]
    made = rife(weights, device).between(before, after, times)
    assert len(made) == 4
    for t, picture in zip(times, made, strict=True):
        assert picture.shape == before.shape
        assert picture.dtype == np.uint8
        assert np.abs(picture - (before * (1 - t) + after * t)).max() <= 0.7


def test_rife_keeps_each_picture_after_the_next(weights: list[LockedWeights]) -> None:
    before, after = pair(32, 32)
    backend = rife(weights, "cpu")
    first = backend.between(before, after, [0.25])[0]
    copy = first.copy()
    backend.between(after, before, [0.25])
    assert np.array_equal(first, copy)


def test_rife_loads_once_and_under_the_name_of_its_weights(weights: list[LockedWeights]) -> None:
    before, after = pair(32, 32)
    backend = rife(weights, "cpu")
    for _ in range(2):
        backend.between(before, after, [0.5])
    held = [name for name in worker_pool().names if name.startswith("rife/")]
    assert len(held) == 1
    assert weights[0].sha256[:16] in held[0]


def test_rife_refuses_a_changed_file_and_a_model_of_an_older_version(
    weights: list[LockedWeights], tmp_path: Path
) -> None:
    before, after = pair(32, 32)
    changed = tmp_path / FILES[0]
    text = weights[0].path.read_text().replace("add0", "add1")
    changed.write_text(text)
    wrong = [LockedWeights(changed, weights[0].place, len(text), weights[0].sha256), weights[1]]
    with pytest.raises(UserError, match="not what the lock says"):
        rife(wrong, "cpu").between(before, after, [0.5])
    from mvlocal.weights.sound import measure

    changed.write_text("7767517\n2 2\nInput in0 0 1 in0\nInput in1 0 1 in1\n")
    entry = measure(changed)
    old = [LockedWeights(changed, "x", entry.size_bytes, entry.sha256), weights[1]]
    with pytest.raises(UserError, match="version 4"):
        rife(old, "cpu").between(before, after, [0.5])


def test_rife_that_is_not_here_is_missing_with_its_mend(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVLOCAL_MODELS", str(models))
    with pytest.raises(MissingError) as error:
        locked_weights("rife", "rife-v4.6/flownet.param", where="finish.rife_model")
    assert "mvlocal models fetch rife-v4.6" in error.value.mend


def test_motion_follows_what_moves() -> None:
    made = load_backend("interpolate", "motion").between(moment(0), moment(1 / 6), [0.25, 0.5, 0.75])
    for t, picture in zip((0.25, 0.5, 0.75), made, strict=True):
        truth = moment(t / 6)
        blend = np.rint(moment(0) * (1 - t) + moment(1 / 6) * t).astype(np.uint8)
        assert psnr(picture, truth) > psnr(blend, truth) + 4
        assert psnr(picture, truth) > 33


def test_motion_measures_large_pictures_on_smaller_ones() -> None:
    before, after, truth = (cv2.resize(moment(t, 640, 360), (1600, 900)) for t in (0, 1 / 12, 1 / 24))
    made = load_backend("interpolate", "motion").between(before, after, [0.5])[0]
    assert psnr(np.asarray(made), np.asarray(truth, np.uint8)) > 33


@pytest.mark.parametrize("size", [(2, 2), (9, 11), (37, 51)])
def test_motion_takes_any_size_and_leaves_a_still_picture_still(size: tuple[int, int]) -> None:
    before, after = pair(*size)
    backend = load_backend("interpolate", "motion")
    assert backend.between(before, after, [0.3])[0].shape == before.shape
    smooth = np.asarray(cv2.GaussianBlur(before, (0, 0), 2), np.uint8)
    assert np.abs(backend.between(smooth, smooth, [0.3])[0].astype(int) - smooth).max() <= 1
