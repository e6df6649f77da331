"""Small motion models for tests, stills to move, and the checks that every family goes through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from song_models import make_small_models

from mvlocal.backends.base import LinkRequest, MotionMaker
from mvlocal.backends.gpu_faults import guarded
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.registry import load_backend
from mvlocal.errors import OutOfVram
from mvlocal.weights.folders import LockedFolder, locked_folder

CPU = Hardware(threads=1)
Picture = NDArray[np.uint8]
OOM = (
    "CUDA out of memory. Tried to allocate 2.00 GiB",
    "CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
    "std::bad_alloc",
    "DefaultCPUAllocator: can't allocate memory: you tried to allocate 40 bytes",
)


@contextmanager
def small_models(tmp_path_factory: pytest.TempPathFactory, family: str) -> Iterator[Path]:
    """A models folder with the small models of one family, in force until the end."""
    folder = tmp_path_factory.mktemp(f"models-{family}")
    make_small_models(folder, (family,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MVLOCAL_MODELS", str(folder))
        yield folder
    worker_pool().clear()


def folder_of(name: str) -> LockedFolder:
    """A small model's folder."""
    return locked_folder("diffusers", name, where="clips.model", index="model_index.json")


def maker_of(family: str, name: str, hardware: Hardware = CPU, **options: Any) -> Any:
    """A maker of 128x64 frames from the registry."""
    given = {"width": 128, "height": 64, "steps": 2, **options}
    return load_backend("motion", family, model=folder_of(name), hardware=hardware, options=given)


def still(seed: int = 0, width: int = 128, height: int = 64) -> Picture:
    """Soft colours."""
    random = np.random.default_rng(seed)
    return cv2.resize(random.integers(0, 255, (4, 8, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)


def request(maker: MotionMaker, **more: Any) -> LinkRequest:
    """A request of a few frames."""
    given: dict[str, Any] = {"image": still(), "frames": 5, "rate": maker.rate, "strength": 0.5, "seed": 7}
    return LinkRequest(**{**given, **more})


def quiet(_done: float, _note: str) -> None:
    """Progress that nobody looks at."""


def link(maker: MotionMaker, **more: Any) -> Picture:
    """A link of such a request."""
    return maker.make_link(request(maker, **more), quiet)


def check_contract(make: Callable[[], Any]) -> None:
    """What every family promises: sizes, repetition, seeds, progress, previews, refusals."""
    maker = make()
    told: list[float] = []
    shown: list[tuple[Picture, int, int]] = []
    first = maker.make_link(
        request(maker), lambda done, _note: told.append(done), lambda p, step, of: shown.append((p(), step, of))
    )
    assert first.shape == (5, maker.height, maker.width, 3)
    assert first.dtype == np.uint8
    assert first.std() > 5
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert [step for _, step, _ in shown] == [1, 2]
    assert shown[-1][0].dtype == np.uint8
    assert shown[-1][0].ndim == 3
    loaded = [event.name for event in worker_pool().take_events()]
    assert len(loaded) >= 3
    assert np.array_equal(link(maker), first)
    assert worker_pool().take_events() == []
    worker_pool().clear()
    assert np.array_equal(link(make()), first)
    assert not np.array_equal(link(maker, seed=8), first)
    assert not np.array_equal(link(maker, image=still(1)), first)
    for wrong in ({"frames": 0}, {"frames": maker.frames + 1}, {"strength": 1.5}, {"image": still(0, 64, 64)}):
        with pytest.raises(ValueError, match=r"link of this family|strength"):
            link(maker, **wrong)


def check_memory(maker: Any, module: Any, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory that runs out inside the model comes out as `OutOfVram`, however a library spells it."""
    for said in OOM:

        def full(*_given: Any, said: str = said, **_named: Any) -> Any:
            raise RuntimeError(said)

        monkeypatch.setattr(module, method, full)
        with pytest.raises(OutOfVram) as raised:
            guarded(lambda: link(maker), task_id="animate/s01", what="animating s01")
        assert raised.value.where == "animate/s01"
        assert worker_pool().names == ()
