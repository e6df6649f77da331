"""Choices of stills by hand, a shot that is stopped, and what a run says it is making."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mvlocal.choosing_stills import choose_stills, require_candidates, shot_named, skip_shot
from mvlocal.config import Settings
from mvlocal.engine.lock import ProjectLock
from mvlocal.errors import BusyError, InputError, SettingsError, ShotStopped, UserError
from mvlocal.events import RunPlanned, StagePlan, TaskDone, TaskProgress, TaskStarted
from mvlocal.media.image import save_png
from mvlocal.project import Project
from mvlocal.schema.picks import ShotPick
from mvlocal.settings import Sources, resolve
from mvlocal.shots.picks import read_picks
from mvlocal.shots.previews import previewing, stop_file, stop_files, stopping
from mvlocal.watching import Watch, read_now


def test_choices_are_kept_by_shot(rendered: Project) -> None:
    picture = rendered.root / "mine.png"
    save_png(picture, np.zeros((8, 8, 3), np.uint8))
    choose_stills(rendered, picks={"s02": 3})
    choose_stills(rendered, stills={"s01": picture})
    choose_stills(rendered, reroll=["s02"])
    picks = read_picks(rendered.picks_file)
    assert picks.of("s01") == ShotPick(still="mine.png")
    assert picks.of("s02") == ShotPick(reroll=1)
    with pytest.raises(UserError, match="there is no shot s99"):
        choose_stills(rendered, picks={"s99": 1})
    with pytest.raises(InputError, match=r"no picture called 'gone\.png'"):
        choose_stills(rendered, stills={"s01": rendered.root / "gone.png"})
    assert [shot_named(rendered, text) for text in ("2", "s2", "s02", "02")] == ["s02"] * 4


def test_there_is_nothing_to_choose_among_drawings() -> None:
    with pytest.raises(UserError, match="nothing to choose among"):
        require_candidates(Settings())


def test_generated_stills_need_somebody_who_moves_them() -> None:
    with pytest.raises(SettingsError, match="cannot be moved by the animatic"):
        resolve(Sources(profile="animatic", overrides=("keyframes.backend=sdxl",), environment={}), None, {})


def test_a_shot_is_left_out_now_or_by_the_run_that_makes_it(rendered: Project) -> None:
    assert skip_shot(rendered, "s01", "leave") is False
    assert read_picks(rendered.picks_file).of("s01").skip == "leave"
    assert skip_shot(rendered, "s01", "no") is False
    assert read_picks(rendered.picks_file).of("s01") == ShotPick()
    with ProjectLock(rendered.state / "lock"):
        assert skip_shot(rendered, "s02", "animatic") is True
        with pytest.raises(BusyError):
            skip_shot(rendered, "s02", "no")
    assert stop_files(rendered.previews) == [("s02", stop_file(rendered.previews, "s02"))]
    told: list[str] = []
    tell = stopping(rendered.previews, "s02", lambda _share, note: told.append(note))
    with pytest.raises(ShotStopped, match="s02"):
        tell(0.5, "still 1")
    stopping(rendered.previews, "s01", lambda _share, note: told.append(note))(0.5, "still 1")
    assert told == ["still 1"]


def test_previews_are_small_and_whole(tmp_path: Path) -> None:
    show = previewing(tmp_path / "preview", "s03")
    assert show is not None
    asked: list[int] = []

    def large() -> NDArray[np.uint8]:
        asked.append(1)
        return np.zeros((900, 1600, 3), np.uint8)

    for step in range(1, 50):
        show(large, step, 50)
    assert asked == [1], "steps in quick succession are shown once"
    assert [path.name for path in (tmp_path / "preview").iterdir()] == ["s03.jpg"]
    assert (tmp_path / "preview" / "s03.jpg").stat().st_size < 20_000
    assert previewing(None, "s03") is None


def test_a_run_says_what_it_is_making(tmp_path: Path) -> None:
    path = tmp_path / "now.json"
    clock = iter(range(0, 100, 2))
    watch = Watch(path, lambda: float(next(clock)))
    assert read_now(path) is None
    with watch.of("rtx-12gb"):
        watch.hear(RunPlanned((StagePlan("animate", 4, 1),)))
        watch.hear(TaskStarted("animate/s02", "animate"))
        watch.hear(TaskProgress("animate/s02", "animate", 0.5, "step 3 of 6"))
        now = read_now(path)
        assert now is not None
        assert (now.profile, now.tasks, now.stages) == (
            "rtx-12gb",
            {"animate/s02": (0.5, "step 3 of 6")},
            {"animate": (1, 4)},
        )
        watch.hear(TaskDone("animate/s02", "animate", cached=False, seconds=1.0))
        now = read_now(path)
        assert now is not None
        assert (now.tasks, now.stages) == ({}, {"animate": (2, 4)})
    assert not path.exists()
    path.write_text("{")
    assert read_now(path) is None
