from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sdxl_support import CPU, HEIGHT, WIDTH, encode, make_sdxl, models, quiet

from mvlocal.backends.pool import worker_pool
from mvlocal.backends.sdxl.parts import StillOptions
from mvlocal.backends.sdxl_walk import SdxlWalk, WalkRequest, make
from mvlocal.errors import UserError


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("walk")
    make_sdxl(folder / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MVLOCAL_MODELS", str(folder / "models"))
        short = encode(folder / "a.safetensors", "smoke")
        yield short, encode(folder / "b.safetensors", "glass " * 60)
    worker_pool().clear()


def walker() -> SdxlWalk:
    return make(models(), CPU, StillOptions(schedule="base", steps=2))


def request(looks: tuple[Path, Path], *shares: float, **more: Any) -> WalkRequest:
    return WalkRequest(WIDTH, HEIGHT, looks[0], looks[1], **{"seeds": (1, 2), "shares": shares, **more})


def test_a_walk_is_smooth_repeats_and_a_picture_does_not_depend_on_the_others(looks: tuple[Path, Path]) -> None:
    shares = (0.0, 0.02, 0.5, 1.0)
    pictures = list(walker().walk(request(looks, *shares), quiet))
    assert [picture.shape for picture in pictures] == [(HEIGHT, WIDTH, 3)] * 4
    worker_pool().clear()
    assert np.array_equal(next(walker().walk(request(looks, 0.5), quiet)), pictures[2])
    near, far = (np.abs(pictures[0].astype(int) - pictures[n]).mean() for n in (1, 3))
    assert 0 < near < far / 4
    back = WalkRequest(WIDTH, HEIGHT, looks[1], looks[0], (2, 1), (1.0,))
    assert np.abs(next(walker().walk(back, quiet)).astype(int) - pictures[0]).mean() < 1.0


def test_words_that_are_none_are_refused(looks: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = tmp_path / "x.safetensors"
    wrong.write_bytes(b"no words")
    with pytest.raises(UserError):
        next(walker().walk(request((wrong, looks[1]), 0.5), quiet))
