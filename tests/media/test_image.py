"""PNG pictures keep their pixels and texts, and appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mvlocal.errors import InputError, TaskError
from mvlocal.media.image import read_png, save_png

RGB = np.random.default_rng(1).integers(0, 256, (30, 50, 3), dtype=np.uint8)
TEXTS = {"parameters": "a woman, 雨\nSteps: 4, Seed: 7", "mvlocal": '{"shot": "s01"}'}


def test_pixels_and_texts_come_back(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    save_png(path, RGB, TEXTS)
    png = read_png(path)
    assert np.array_equal(png.rgb, RGB)
    assert dict(png.texts) == TEXTS
    assert [one.name for one in tmp_path.iterdir()] == ["a.png"]
    save_png(tmp_path / "b.png", RGB[:, ::-1])
    assert np.array_equal(read_png(tmp_path / "b.png").rgb, RGB[:, ::-1])


def test_same_arguments_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        save_png(tmp_path / name, RGB, TEXTS)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    for texts in ({"": "x"}, {"k" * 80: "x"}, {"é": "x"}, {"key": "a\0b"}):
        with pytest.raises(ValueError, match=r"keyword|NUL"):
            save_png(tmp_path / "a.png", RGB, texts)
    with pytest.raises(ValueError, match="RGB"):
        save_png(tmp_path / "a.png", RGB[:, :, 0])
    with pytest.raises(TaskError, match="failed"):
        save_png(tmp_path / "none" / "a.png", RGB)
    assert not list(tmp_path.iterdir())


def test_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    save_png(path, RGB)
    monkeypatch.setattr("os.fsync", _fail)
    with pytest.raises(TaskError):
        save_png(path, RGB[::-1])
    assert np.array_equal(read_png(path).rgb, RGB)
    assert [one.name for one in tmp_path.iterdir()] == ["a.png"]


def _fail(_descriptor: int) -> None:
    raise OSError(5, "I/O error")


def test_cut_and_foreign_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    save_png(path, RGB, TEXTS)
    data = path.read_bytes()
    for percent in (1, 10, 50, 95):
        path.write_bytes(data[: len(data) * percent // 100])
        with pytest.raises(InputError, match="cannot be read"):
            read_png(path)
    Image.fromarray(RGB).save(path, "JPEG")
    with pytest.raises(InputError, match="JPEG"):
        read_png(path)
    Image.fromarray(RGB).convert("RGBA").save(path, "PNG")
    with pytest.raises(InputError, match="RGBA"):
        read_png(path)
    with pytest.raises(InputError, match="does not exist"):
        read_png(tmp_path / "none.png")
