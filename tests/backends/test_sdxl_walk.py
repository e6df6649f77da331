"""Walks between two looks by the real networks with small random weights: they begin as the still, and are smooth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sdxl_support import CPU, HEIGHT, WIDTH, encode, make_sdxl, models, noise_picture, quiet

from mvlocal.backends.base import Guide, StillRequest, WalkRequest
from mvlocal.backends.pool import Pool, worker_pool
from mvlocal.backends.registry import load_backend
from mvlocal.backends.sdxl.looks import looks_between, read_embeddings
from mvlocal.backends.sdxl.models import Checkpoint
from mvlocal.backends.sdxl.networks import StillOptions
from mvlocal.backends.sdxl.prompts import WORDS
from mvlocal.backends.sdxl.stills import SdxlStills
from mvlocal.errors import UserError
from mvlocal.media.frame import Rgb
from mvlocal.weights.folders import locked_folder

FEW = StillOptions(schedule="base", steps=2)


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("walk")
    make_sdxl(folder / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MVLOCAL_MODELS", str(folder / "models"))
        yield encode(folder / "a.safetensors", "smoke"), encode(folder / "b.safetensors", "glass and fire")
    worker_pool().clear()


def walker(options: StillOptions = FEW, **more: Any) -> SdxlStills:
    return load_backend("walks", "sdxl", models=models(**more), hardware=CPU, options=options)


def request(looks: tuple[Path, Path], *shares: float, **more: Any) -> WalkRequest:
    return WalkRequest(StillRequest(WIDTH, HEIGHT, looks[0], (1,), **more), looks[1], 2, shares)


def apart(one: Rgb, other: Rgb) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def test_a_walk_is_smooth_repeats_and_a_picture_does_not_depend_on_the_others(looks: tuple[Path, Path]) -> None:
    shares = (0.0, 0.02, 0.5, 1.0)
    pictures = list(walker().walk(request(looks, *shares), quiet))
    assert [picture.shape for picture in pictures] == [(HEIGHT, WIDTH, 3)] * 4
    worker_pool().clear()
    assert np.array_equal(next(walker().walk(request(looks, 0.5), quiet)), pictures[2])
    near, far = (apart(pictures[0], pictures[n]) for n in (1, 3))
    assert 0 < near < far / 4


@pytest.mark.parametrize(
    ("options", "more"),
    [
        (FEW, {}),
        (replace(FEW, batch=2), {}),
        (StillOptions(schedule="lcm", steps=3, guidance=2.0), {}),  # its sampler adds noise on the way
        (FEW, {"guides": {"pose": Guide(noise_picture(3), 0.8)}, "style": noise_picture(4)}),
        (FEW, {"start": noise_picture(5), "start_strength": 0.7}),
    ],
    ids=["plain", "in pairs", "lcm", "guided and styled", "from a picture"],
)
def test_it_begins_as_the_still_and_ends_as_the_other(
    looks: tuple[Path, Path], options: StillOptions, more: dict[str, Any]
) -> None:
    ask = request(looks, 0.0, 0.4, 1.0, **more)
    first, _, last = walker(options).walk(ask, quiet)
    (still,) = walker(options).make_stills(ask.first, quiet)
    assert np.array_equal(first, still)
    if options.schedule == "base":  # else what is added on the way is the first still's
        (other,) = walker(options).make_stills(replace(ask.first, embeddings=looks[1], seeds=(2,)), quiet)
        assert apart(last, other) < 0.5
    assert apart(first, last) > 2


def test_a_refiner_walks_too(looks: tuple[Path, Path]) -> None:
    folder = locked_folder("checkpoints", "tiny-sdxl-refiner", where="keyframes.refiner", index="model_index.json")
    refined = walker(FEW, refiner=Checkpoint(folder))
    ask = request(looks, 0.0, 0.5)
    first, second = refined.walk(ask, quiet)
    assert np.array_equal(first, refined.make_stills(ask.first, quiet)[0])
    assert not np.array_equal(first, next(walker().walk(ask, quiet)))
    assert apart(first, second) > 1


def test_a_longer_prompt_is_met_half_way(looks: tuple[Path, Path], tmp_path: Path) -> None:
    """Prompts of other lengths are repeated to one: what attention sees of each stays what it was."""
    long = encode(tmp_path / "long.safetensors", "glass and fire " * 30)
    ends = read_embeddings(looks[0]), read_embeddings(long)
    lengths = [one.tensors[WORDS].shape[1] for one in ends]
    assert lengths[0] < lengths[1]
    (between,) = looks_between((ends[0], 1), (ends[1], 2), (0.5,))
    assert between.words()[WORDS].shape[1] % lengths[0] == between.words()[WORDS].shape[1] % lengths[1] == 0
    ask = request((looks[0], long), 0.0, 1.0)
    first, last = walker().walk(ask, quiet)
    assert apart(first, walker().make_stills(ask.first, quiet)[0]) < 0.5
    other = replace(ask.first, embeddings=long, seeds=(2,))
    assert apart(last, walker().make_stills(other, quiet)[0]) < 0.5


def test_progress_rises_and_previews_are_shown(looks: tuple[Path, Path]) -> None:
    told: list[float] = []
    shown: list[tuple[int, ...]] = []
    made = walker().walk(
        request(looks, 0.0, 0.5, 1.0), lambda done, _note: told.append(done), lambda rgb, *_: shown.append(rgb().shape)
    )
    assert len(list(made)) == 3
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    assert len(shown) == 6


def test_words_that_are_none_are_refused(looks: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = tmp_path / "x.safetensors"
    wrong.write_bytes(b"no words")
    with pytest.raises(UserError):
        next(walker().walk(request((looks[0], wrong), 0.5), quiet))


def test_the_pool_may_hold_little_and_pixels_stay(looks: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is room for one part only, since something else holds the rest, parts come and go; pixels stay."""
    ask = request(looks, 0.0, 0.3, 1.0)
    at_ease = list(walker().walk(ask, quiet))
    pool = worker_pool()
    pool.clear()
    pool.take_events()
    monkeypatch.setattr(pool, "budget_gib", 1.0)
    monkeypatch.setattr(pool, "use", lambda name, load, **_: Pool.use(pool, name, load, gib=1.0))
    pressed = [picture for _ in range(2) for picture in walker().walk(ask, quiet)]
    assert [event.action for event in pool.take_events()] == [*["load", "drop"] * 3, "load"]
    assert all(np.array_equal(one, other) for one, other in zip(pressed, [*at_ease, *at_ease], strict=True))
