"""A person's own guides: which file is for which shot, edges, and one frame of a video."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from mvlocal.errors import InputError
from mvlocal.media.moment import picture_at
from mvlocal.shots.own_guides import OwnGuide, own_guides, picture_to_guide, require_weight


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(b"x")


def test_files_are_for_shots_by_their_names(tmp_path: Path) -> None:
    put(tmp_path, "s03-pose.png", "s03-depth.JPG", "s03.mp4", "s030-pose.png", "s04.png", "s03.txt")
    found = own_guides(tmp_path, "s03")
    assert {kind: (guide.path.name, guide.drawn, guide.is_video) for kind, guide in found.items()} == {
        "pose": ("s03-pose.png", True, False),
        "depth": ("s03-depth.JPG", True, False),
        "lines": ("s03.mp4", False, True),
    }
    assert own_guides(tmp_path, "s05") == {}
    assert own_guides(tmp_path / "none", "s03") == {}


def test_names_that_say_nothing_or_the_same_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "s01-deep.png")
    with pytest.raises(InputError, match="deep") as caught:
        own_guides(tmp_path, "s01")
    assert "s01-depth" in caught.value.mend
    put(tmp_path, "s02.png", "s02-lines.png")
    with pytest.raises(InputError, match="same"):
        own_guides(tmp_path, "s02")


def test_a_guide_that_would_do_nothing_is_refused() -> None:
    guide = OwnGuide("lines", Path("s01.png"), drawn=False)
    require_weight(guide, 0.3)
    with pytest.raises(InputError, match=r"keyframes.guide_lines is 0"):
        require_weight(guide, 0.0)


def test_edges_are_found_where_they_are_and_guides_are_left_as_they_are() -> None:
    picture = np.full((90, 160, 3), 40, np.uint8)
    picture[:, 80:] = 220
    edges = picture_to_guide(picture, OwnGuide("lines", Path("s01.png"), drawn=False), 64, 36)
    assert edges.shape == (36, 64, 3)
    assert set(np.unique(edges)) == {0, 255}
    columns = np.flatnonzero(edges[18, :, 0])
    assert 30 <= columns.min() <= columns.max() <= 33
    same = picture_to_guide(picture, OwnGuide("pose", Path("s01-pose.png"), drawn=True), 160, 90)
    assert np.array_equal(same, picture)


def test_a_moment_of_a_video_is_its_frame(tmp_path: Path) -> None:
    path = tmp_path / "s01.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(10))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for level in range(0, 200, 20):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), level, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert [round(float(picture_at(path, t).mean()) / 20) for t in (0.0, 0.35, 0.9)] == [0, 3, 9]
    with pytest.raises(InputError, match="ends before"):
        picture_at(path, 3.0)
    (tmp_path / "s02.mp4").write_bytes(b"no video")
    with pytest.raises(InputError):
        picture_at(tmp_path / "s02.mp4", 0.0)
