"""Raw clips: every pixel, the exact rate and the jumps come back; half-written ones never stay."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mvlocal.errors import CheckFailed, TaskError
from mvlocal.media.encode import VideoEncoder
from mvlocal.media.frame import Yuv420
from mvlocal.media.raw_clip import RawClipWriter, raw_frames, read_raw_clip
from mvlocal.timing import FrameRate

SIZES = [(64, 96), (37, 51)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("rate", ["7", "6", "16", "24", "30000/1001"])
def test_a_raw_clip_gives_back_every_pixel_its_rate_and_its_jumps(
    tmp_path: Path, size: tuple[int, int], rate: str
) -> None:
    rng = np.random.default_rng(3)
    pictures = [rng.integers(0, 256, (*size, 3), dtype=np.uint8) for _ in range(5)]
    path = tmp_path / "clip.mkv"
    with RawClipWriter(path, size[1], size[0], FrameRate.parse(rate), jumps=[3]) as writer:
        for picture in pictures:
            writer.write(picture)
    clip = read_raw_clip(path)
    assert (clip.width, clip.height, clip.frames, clip.jumps) == (size[1], size[0], 5, (3,))
    assert clip.rate.value == FrameRate.parse(rate).value
    assert clip.length_s == pytest.approx(float(5 / FrameRate.parse(rate).value))
    assert all(np.array_equal(a, b) for a, b in zip(raw_frames(path), pictures, strict=True))


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    made: list[bytes] = []
    for name in ("a.mkv", "b.mkv"):
        with RawClipWriter(tmp_path / name, 32, 32, FrameRate(Fraction(7))) as writer:
            writer.write(np.zeros((32, 32, 3), np.uint8))
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]


def test_what_is_not_finished_does_not_stay(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    with pytest.raises(ValueError, match="is due"), RawClipWriter(path, 32, 32, FrameRate(Fraction(7))) as writer:
        writer.write(np.zeros((32, 30, 3), np.uint8))
    assert not path.exists()
    with pytest.raises(TaskError, match="no frames"), RawClipWriter(path, 32, 32, FrameRate(Fraction(7))):
        pass
    assert not path.exists()
    with pytest.raises(ValueError, match=r"an \.mkv file"):
        RawClipWriter(tmp_path / "clip.avi", 32, 32, FrameRate(Fraction(7)))


def test_other_videos_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with VideoEncoder(path, 32, 32, FrameRate(Fraction(24))) as encoder:
        encoder.write(Yuv420.empty(32, 32))
    with pytest.raises(CheckFailed, match="not a raw clip"):
        read_raw_clip(path)
