"""Projects around a small song, unrendered and rendered."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from small_song import make_project

from mvlocal.pipeline import RenderRequest
from mvlocal.project import Project
from mvlocal.render import render_project


def pytest_configure() -> None:
    """Tests send Ctrl-C to processes of their own: they must not inherit a shell's wish to ignore it (`cmd &`)."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, the slow modules begin first: nobody waits for one at the end."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a 12 s song, three lyric lines and small pictures to draw."""
    return make_project(tmp_path)


@pytest.fixture(scope="session")
def rendered_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project that is rendered to its end, once for all tests of a worker."""
    folder = tmp_path_factory.mktemp("rendered")
    render_project(make_project(folder), RenderRequest())
    return folder


@pytest.fixture
def rendered(rendered_once: Path, tmp_path: Path) -> Project:
    """A project of one's own that is already rendered: a store moves with its folder."""
    shutil.copytree(rendered_once, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path / "video")
