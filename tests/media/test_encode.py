"""Segments: exact frames, exact times, the same bytes each run, and damage that is noticed."""

from __future__ import annotations

import resource
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from media_files import frames_of_noise, mp4_boxes, picture

from mvlocal.errors import CheckFailed, ExhaustedError, TaskError
from mvlocal.media.decode import check_video, count_frames, decode_frames, frame_hashes
from mvlocal.media.encode import VideoEncoder, X264Settings
from mvlocal.media.frame import Yuv420
from mvlocal.timing import FrameRate

RATES = ["24", "25", "30000/1001", "30", "60", "24000/1001"]


def write(path: Path, frames: list[Yuv420], rate: str = "24", settings: X264Settings | None = None) -> Path:
    with VideoEncoder(path, frames[0].width, frames[0].height, FrameRate.parse(rate), settings) as encoder:
        for frame in frames:
            encoder.write(frame)
    return path


def test_lossless_settings_give_the_planes_back_exactly(tmp_path: Path) -> None:
    frames = frames_of_noise(20, 98, 54)  # rows that do not fill the encoder's lines
    back = list(decode_frames(write(tmp_path / "a.mp4", frames, settings=X264Settings(crf=0))))
    assert len(back) == 20
    for sent, got in zip(frames, back, strict=True):
        assert np.array_equal(sent.y, got.y)
        assert np.array_equal(sent.u, got.u)
        assert np.array_equal(sent.v, got.v)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("count", [1, 2, 49])
def test_times_are_exact(rate: str, count: int, tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", frames_of_noise(count), rate)
    exact = FrameRate.parse(rate).value
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == exact
        assert stream.duration * stream.time_base == Fraction(count) / exact
        times = sorted(p.pts * p.time_base for p in container.demux(stream) if p.pts is not None)
    assert times == [number / exact for number in range(count)]
    assert count_frames(path) == count


def test_tags_say_bt709_limited_and_no_edit_list(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", frames_of_noise(30))
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        context = container.streams.video[0].codec_context
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        assert (int(frame.colorspace), int(frame.color_range)) == (1, 1)
        assert frame.key_frame
    boxes = mp4_boxes(path.read_bytes())
    assert not [name for name in boxes if name.endswith("elst")]
    table = "moov.trak.mdia.minf.stbl."
    assert boxes[f"{table}stsd.avc1.colr"] == [b"nclx" + bytes([0, 1, 0, 1, 0, 1, 0])]
    assert int.from_bytes(boxes[f"{table}ctts"][0][12:16], "big", signed=True) == 0
    assert boxes["moov.mvhd"][0][4:12] == bytes(8)  # no clock time of writing


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    frames = frames_of_noise(60)
    settings = X264Settings(threads=2)
    first, second = (write(tmp_path / name, frames, settings=settings) for name in ("a.mp4", "b.mp4"))
    assert first.read_bytes() == second.read_bytes()


def test_key_frames_come_at_least_every_keyint(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", frames_of_noise(50), settings=X264Settings(keyint_s=0.5))
    with av.open(str(path)) as container:
        packets = container.demux(video=0)
        keys = [p.pts * p.time_base * 24 for p in packets if p.pts is not None and p.is_keyframe]
    assert keys[0] == 0
    assert len(keys) >= 5
    assert all(later - earlier <= 12 for earlier, later in pairwise(keys))


def test_planes_may_be_reused_after_write(tmp_path: Path) -> None:
    plain = frame_hashes(write(tmp_path / "a.mp4", frames_of_noise(12)))
    canvas = picture(0)
    with VideoEncoder(tmp_path / "b.mp4", 128, 72, FrameRate.parse(24)) as encoder:
        for frame in frames_of_noise(12):
            canvas.y[:], canvas.u[:], canvas.v[:] = frame.y, frame.u, frame.v
            encoder.write(canvas)
            canvas.y[:] = 0
        assert encoder.frames == 12
    assert frame_hashes(tmp_path / "b.mp4") == plain


def test_error_in_the_block_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with pytest.raises(ZeroDivisionError), VideoEncoder(path, 128, 72, FrameRate.parse(24)) as encoder:
        encoder.write(picture(1 // encoder.frames if path.exists() else 0))
    assert not path.exists()


def test_wrong_planes_sizes_and_endings_are_refused(tmp_path: Path) -> None:
    rate = FrameRate.parse(24)
    for width, height in ((127, 72), (128, 71), (0, 0)):
        with pytest.raises(ValueError, match="even"):
            VideoEncoder(tmp_path / "a.mp4", width, height, rate)
    with pytest.raises(ValueError, match=r"\.mp4"):
        VideoEncoder(tmp_path / "a.avi", 128, 72, rate)
    with pytest.raises(ValueError, match="due"), VideoEncoder(tmp_path / "a.mp4", 128, 72, rate) as encoder:
        encoder.write(picture(0, 64, 36))
    with pytest.raises(TaskError, match="no frames"), VideoEncoder(tmp_path / "a.mp4", 128, 72, rate):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("change", [{"preset": "best"}, {"crf": 52}, {"threads": 0}, {"bframes": 17}, {"keyint_s": 0}])
def test_impossible_settings_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"preset|crf|threads"):
        X264Settings(**change)  # pyright: ignore[reportArgumentType]


def test_unwritable_folder_is_a_task_error(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="failed"):
        VideoEncoder(tmp_path / "none" / "a.mp4", 128, 72, FrameRate.parse(24))


def test_full_disk_is_one_clear_error_and_leaves_no_file(tmp_path: Path) -> None:
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limit[1]))  # Python ignores the signal that goes with it
    try:
        with pytest.raises(ExhaustedError, match="no room left") as caught:
            write(tmp_path / "a.mp4", [picture(n, 320, 180, n) for n in range(40)], settings=X264Settings(crf=1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert "free disk space" in caught.value.mend
    assert not (tmp_path / "a.mp4").exists()


def test_check_video_wants_exactly_the_frames_and_the_size(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", frames_of_noise(25))
    check_video(path, frames=25, width=128, height=72)
    with pytest.raises(CheckFailed, match="25 frames, not 26"):
        check_video(path, frames=26, width=128, height=72)
    with pytest.raises(CheckFailed, match="128x72, not 128x70"):
        check_video(path, frames=25, width=128, height=70)


@pytest.mark.parametrize("percent", [0, 1, 30, 60, 90, 99])
def test_cut_video_fails_its_check(percent: int, tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", frames_of_noise(25))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * percent // 100])
    with pytest.raises(CheckFailed):
        check_video(path, frames=25, width=128, height=72)


def test_zeroed_frame_fails_its_check(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", frames_of_noise(25))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    with pytest.raises(CheckFailed):
        check_video(path, frames=25, width=128, height=72)
