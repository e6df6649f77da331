"""Upscalers: right sizes, no seams between tiles, odd sides, colours kept; torch and ncnn truly run."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moving_pictures import Picture, moment
from song_models import make_small_models

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.registry import load_backend
from mvlocal.backends.tiles import ALIGN, enlarge_by_tiles, spans
from mvlocal.errors import MissingError, UserError
from mvlocal.weights import LockedWeights, locked_weights
from mvlocal.weights.sound import measure

SCALES = {"tiny-x2": 2, "tiny-x4": 4}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    make_small_models(folder, ("esrgan",))
    return folder


@pytest.fixture(autouse=True)
def models_in_use(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVLOCAL_MODELS", str(models))


def torch_upscaler(name: str, tile: int = 0, overlap: int = 0) -> Any:
    weights = [locked_weights("upscale_models", name, where="finish.upscale_model")]
    return load_backend("upscale", "realesrgan", weights=weights, hardware=Hardware(), tile=tile, overlap=overlap)


def odd_picture() -> Picture:
    return np.ascontiguousarray(moment(0.4)[:67, :101])


@pytest.mark.parametrize(("name", "scale"), SCALES.items())
def test_torch_enlarges_odd_sizes_by_its_scale(name: str, scale: int) -> None:
    upscaler = torch_upscaler(name)
    large = upscaler.enlarge(odd_picture())
    assert upscaler.scale == scale
    assert large.shape == (67 * scale, 101 * scale, 3)
    assert large.dtype == np.uint8
    again = np.asarray(cv2.resize(large, (101, 67), interpolation=cv2.INTER_AREA), np.int16)
    assert np.abs(again - odd_picture()).mean() < 25  # the picture, not noise: noise against it differs by 70


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize(("tile", "overlap"), [(64, 24), (72, 32), (48, 20)])
def test_tiles_leave_no_seam(name: str, tile: int, overlap: int) -> None:
    whole = torch_upscaler(name).enlarge(odd_picture()).astype(np.int16)
    tiled = torch_upscaler(name, tile, overlap).enlarge(odd_picture())
    assert np.abs(tiled - whole).max() <= 1


def test_tiles_without_an_overlap_would_leave_seams() -> None:
    # The check above can fail: where tiles share nothing, their border shows.
    upscaler = torch_upscaler("tiny-x2")
    left, right = (np.ascontiguousarray(odd_picture()[:64, half]) for half in (slice(0, 48), slice(48, 96)))
    apart = np.concatenate([upscaler.enlarge(left), upscaler.enlarge(right)], axis=1).astype(np.int16)
    whole = upscaler.enlarge(np.concatenate([left, right], axis=1))
    assert np.abs(apart - whole)[:, 90:102].max() > 10


@given(st.integers(1, 3000), st.integers(16, 600).map(lambda n: 4 * n), st.integers(0, 300))
def test_every_pixel_counts_in_one_tile_well_inside_it(length: int, tile: int, overlap: int) -> None:
    if 2 * overlap >= tile:
        return
    tiles = spans(length, tile, overlap)
    assert [one.first for one in tiles] == [0, *(one.last for one in tiles[:-1])]
    assert tiles[-1].last == length
    for one in tiles:
        assert 0 <= one.start <= one.first < one.last <= one.end <= length
        assert one.start % ALIGN == 0
        assert one.end - one.start < max(tile, 1) + ALIGN
    for before, after in itertools.pairwise(tiles):
        assert before.end - after.start >= overlap


def test_tiles_that_would_not_get_on_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot share"):
        spans(1000, 64, 32)


def test_tiles_of_plain_pixels_give_the_picture_back() -> None:
    picture = odd_picture()
    made = enlarge_by_tiles(picture, 2, 40, 8, lambda tile: tile.repeat(2, axis=0).repeat(2, axis=1))
    assert np.array_equal(made, picture.repeat(2, axis=0).repeat(2, axis=1))


def test_weights_that_enlarge_nothing_are_refused(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    path = tmp_path / "odd.safetensors"
    save_file({"a": torch.zeros(2)}, path)
    entry = measure(path)
    weights = [LockedWeights(path, "odd", entry.size_bytes, entry.sha256)]
    with pytest.raises(UserError, match="cannot enlarge"):
        load_backend("upscale", "realesrgan", weights=weights, hardware=Hardware()).enlarge(odd_picture())
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(UserError, match="not what the lock says"):
        load_backend("upscale", "realesrgan", weights=weights, hardware=Hardware()).enlarge(odd_picture())


def test_weights_that_are_not_here_are_missing_with_their_mend() -> None:
    with pytest.raises(MissingError) as error:
        torch_upscaler("RealESRGAN_x2plus")
    assert "mvlocal models fetch realesrgan-x2plus" in error.value.mend


@pytest.mark.parametrize("device", ["cpu", "vulkan"])
def test_ncnn_enlarges_odd_sizes_and_keeps_colours(device: str) -> None:
    rows, columns = np.mgrid[0:33, 0:47]
    picture = np.stack([columns * 5, rows * 7, np.full_like(rows, 60)], axis=-1).astype(np.uint8)
    upscaler = load_backend("upscale", "ncnn", model="animevideov3-x2", tile=0, hardware=Hardware(device=device))
    large = upscaler.enlarge(picture)
    assert upscaler.scale == 2
    assert large.shape == (66, 94, 3)
    assert large.dtype == np.uint8
    again = np.asarray(cv2.resize(large, (47, 33), interpolation=cv2.INTER_AREA), np.int16)
    assert np.abs(again - picture)[4:-4, 4:-4].mean(axis=(0, 1)).max() < 20  # swapped channels would be off by 60
    assert any(name.startswith("realesrgan-ncnn/animevideov3-x2") for name in worker_pool().names)


def test_lanczos_leaves_scaling_to_the_finish() -> None:
    picture = odd_picture()
    upscaler = load_backend("upscale", "lanczos")
    assert upscaler.scale == 1
    assert upscaler.enlarge(picture) is picture
