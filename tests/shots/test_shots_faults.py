"""Faults of the GPU and of pictures, injected at every stage of shots: each ends as promised, within its bound."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shots_fakes
from shots_fakes import OUT_OF_MEMORY, STAGE, generated_studio, story_of
from small_song import make_project

from mvlocal.engine.task import Record
from mvlocal.errors import CheckFailed, ExhaustedError, NotFinite, OutOfVram
from mvlocal.events import Event, TaskDone, Warned
from mvlocal.media.decode import count_frames, frame_hashes
from mvlocal.pipeline import Story
from mvlocal.plan_files import write_plan_files
from mvlocal.project import Project
from mvlocal.schema.picks import ShotPick
from mvlocal.shooting import run_shots
from mvlocal.shots.crew import Crew
from mvlocal.shots.ladder import read_ladder
from mvlocal.shots.picks import change_picks, read_picks
from mvlocal.shots.previews import stop_file
from mvlocal.studio import Studio

heard: list[Event] = []


@pytest.fixture(scope="module")
def planned_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two shots whose song is heard, once for all tests here."""
    folder = tmp_path_factory.mktemp("planned")
    with pytest.MonkeyPatch.context() as patch, generated_studio(make_project(folder, 5.0), patch) as opened:
        story = story_of(opened)
        assert len(story.shots.shots) == 2
        write_plan_files(opened, story)
    return folder


@pytest.fixture
def studio(planned_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Studio]:
    heard.clear()
    shutil.copytree(planned_once, tmp_path, dirs_exist_ok=True)
    with generated_studio(Project(tmp_path / "video"), monkeypatch, heard.append) as opened:
        yield opened


def make(studio: Studio, until: str = "finish", story: Story | None = None) -> dict[str, Record]:
    told = story or story_of(studio)
    assert told.plan is not None
    shots = [shot.id for shot in told.plan.shots]

    def wanted(shooting: object, _tasks: object) -> list[str]:
        return ["finish/master"] if until == "finish" else [f"{until}/{shot}" for shot in shots]

    return dict(run_shots(studio, told, told.plan, wanted).records)


def warnings() -> list[Warned]:
    return [event for event in heard if isinstance(event, Warned)]


def ran() -> set[str]:
    return {event.task_id for event in heard if isinstance(event, TaskDone) and not event.cached}


def failing(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_a_generated_song_is_whole_and_a_second_run_does_nothing(studio: Studio) -> None:
    made = make(studio)
    video = studio.store.path_of(made["finish/master"].outputs["main"])
    assert count_frames(video) == 120
    heard.clear()
    make(studio)
    assert ran() == set()


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: f"{type(error).__name__}: {error}"[:40])
@pytest.mark.parametrize("kind", ["stills", "motion"])
def test_memory_that_runs_out_goes_one_rung_down_and_on(studio: Studio, kind: str, error: BaseException) -> None:
    until = "keyframes" if kind == "stills" else "animate"
    story = story_of(studio)
    STAGE.faults[kind] = ["", failing(error)]
    make(studio, until, story)
    ladder = read_ladder(studio.project.ladder_file).families
    assert ladder[kind].rung == 1
    assert list(ladder[kind].done.values()) == [0]  # the shot that was finished stays on its rung
    told = [one for one in warnings() if "memory ran out" in one.what]
    assert len(told) == 1
    assert "decodes in tiles" in told[0].what
    assert STAGE.options[-1]["tiles"] is True
    heard.clear()
    make(studio, until, story)  # a new run begins where this one got to, and has nothing to make
    assert not {task for task in ran() if task.startswith(("candidates", "animate"))}


@pytest.mark.parametrize("kind", ["stills", "motion"])
def test_the_ladder_ends_with_a_named_remedy(studio: Studio, kind: str) -> None:
    STAGE.faults[kind] = [failing(OUT_OF_MEMORY[0])] * 9
    with pytest.raises(ExhaustedError, match="nothing more to give up") as caught:
        make(studio, "animate")
    assert caught.value.exit_code == 4
    assert "smaller" in caught.value.mend
    assert STAGE.calls.count(kind) == 3


def test_memory_for_prompts_has_no_ladder_and_says_so(studio: Studio) -> None:
    STAGE.faults["prompts"] = [failing(OUT_OF_MEMORY[0])]
    with pytest.raises(OutOfVram, match="encoding prompts"):
        make(studio, "keyframes")


@pytest.mark.parametrize("kind", ["black", "flat"])
def test_a_still_that_is_none_is_rolled_again(studio: Studio, kind: str) -> None:
    STAGE.faults["stills"] = [kind]
    story = story_of(studio)
    make(studio, "keyframes", story)
    records = studio.store.records().values()
    first = next(one for one in records if one.task_id == "candidates/s01")
    rows = first.notes["candidates"]
    assert [row["tries"] for row in rows] == [2, 2]  # type: ignore[index,union-attr]
    assert [row["faults"] for row in rows] == [[], []]  # type: ignore[index,union-attr]


@pytest.mark.parametrize(
    "fault", ["black", "flat", failing(NotFinite("the denoiser gave nan"))], ids=["black", "flat", "nan"]
)
def test_stills_that_never_come_out_end_with_a_remedy(studio: Studio, fault: Callable[[], None] | str) -> None:
    STAGE.faults["stills"] = [fault] * 30
    with pytest.raises(CheckFailed, match="no picture came out for s01") as caught:
        make(studio, "keyframes")
    assert "--still s01=FILE" in caught.value.mend
    assert STAGE.calls.count("stills") <= 9


def test_one_still_of_two_that_is_not_finite_is_made_alone_again(studio: Studio) -> None:
    nan = failing(NotFinite("the decoder gave nan"))
    STAGE.faults["stills"] = [nan, nan, ""]  # both together, the first alone, the second alone
    story = story_of(studio)
    make(studio, "keyframes", story)
    first = next(one for one in studio.store.records().values() if one.task_id == "candidates/s01")
    assert [row["tries"] for row in first.notes["candidates"]] == [2, 1]  # type: ignore[index,union-attr]


@pytest.mark.parametrize("kind", ["black", "flat", "stuck", "flicker"])
def test_a_clip_with_a_fault_is_made_again_precisely_then_with_other_dice(studio: Studio, kind: str) -> None:
    STAGE.faults["motion"] = [kind, kind]
    make(studio, "animate")
    record = next(one for one in studio.store.records().values() if one.task_id == "animate/s01")
    assert record.notes["tries"] == 3
    assert record.notes["faults"] == []
    assert STAGE.precise[:3] == [False, True, True]


@pytest.mark.parametrize("kind", ["stuck", "flicker"])
def test_a_clip_that_stays_wrong_is_flagged(studio: Studio, kind: str) -> None:
    STAGE.faults["motion"] = [kind] * 3
    make(studio, "animate")
    record = next(one for one in studio.store.records().values() if one.task_id == "animate/s01")
    assert [fault["kind"] for fault in record.notes["faults"]] == [kind]  # type: ignore[index,union-attr]
    assert any("the clip of s01" in one.what for one in warnings())


@pytest.mark.parametrize("fault", ["black", failing(NotFinite("the unet gave nan"))], ids=["black", "nan"])
def test_a_clip_without_a_picture_is_refused_with_a_remedy(studio: Studio, fault: Callable[[], None] | str) -> None:
    STAGE.faults["motion"] = [fault] * 3
    with pytest.raises(CheckFailed, match="no picture came out for s01") as caught:
        make(studio, "animate")
    assert "mvlocal skip" in caught.value.mend
    assert STAGE.calls.count("motion") == 3


def test_a_pick_makes_only_its_shot_again(studio: Studio) -> None:
    story = story_of(studio)
    first = make(studio, "finish", story)
    chosen = next(one for one in studio.store.records().values() if one.task_id == "keyframes/s02").notes["chosen"]
    other = 1 if chosen == "c2" else 2
    change_picks(studio.project.picks_file, {"s02": ShotPick(pick=other)})
    heard.clear()
    second = make(studio, "finish", story)
    assert ran() - {"finish/master"} <= {"keyframes/s02", "animate/s02", "finish/s02", "join/s02", "join/s03"}
    assert {"keyframes/s02", "animate/s02", "finish/s02", "finish/master"} <= ran()
    assert first["finish/master"].outputs["main"] != second["finish/master"].outputs["main"]


def test_a_reroll_makes_new_candidates_of_its_shot_and_old_ones_stay_pickable(studio: Studio) -> None:
    story = story_of(studio)
    make(studio, "keyframes", story)
    change_picks(studio.project.picks_file, {"s01": ShotPick(reroll=1)})
    heard.clear()
    made = make(studio, "keyframes", story)
    assert ran() == {"candidates/s01.r1", "scores/s01", "keyframes/s01"}
    assert set(made["keyframes/s01"].notes["scores"]) == {"c3", "c4"}  # type: ignore[arg-type]
    change_picks(studio.project.picks_file, {"s01": ShotPick(reroll=1, pick=1)})
    again = make(studio, "keyframes", story)["keyframes/s01"].notes
    assert (again["chosen"], again["picked"]) == ("c1", True)


def test_a_shot_that_is_stopped_is_left_out_and_the_others_go_on(studio: Studio) -> None:
    story = story_of(studio)
    previews = studio.project.previews

    def stop() -> None:
        previews.mkdir(parents=True, exist_ok=True)
        stop_file(previews, "s01").write_text("animatic", encoding="utf-8")

    STAGE.faults["motion"] = [stop]
    make(studio, "finish", story)
    assert read_picks(studio.project.picks_file).of("s01").skip == "animatic"
    assert any("s01 was stopped" in one.what for one in warnings())
    drawn = next(one for one in studio.store.records().values() if one.task_id == "animate/s01")
    assert drawn.outputs["main"].suffix == ".mp4"  # the theatre's own clip stands in
    assert not stop_file(previews, "s01").exists()


def test_two_cold_stores_give_the_same_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes: list[list[str]] = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with generated_studio(make_project(tmp_path / name, 3.0), monkeypatch) as opened:
            made = make(opened)
            hashes.append(frame_hashes(opened.store.path_of(made["finish/master"].outputs["main"])))
    assert hashes[0] == hashes[1]


def test_drawn_stills_can_be_moved_by_a_model(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn_stills(*given: Any) -> Crew:
        return replace(shots_fakes._crew_of(*given), prompts=None, stills=None)  # pyright: ignore[reportPrivateUsage]

    monkeypatch.setattr("mvlocal.call_sheet.crew_of", drawn_stills)
    make(studio, "animate")
    assert STAGE.calls == ["motion", "motion"]
    assert {task for task in ran() if task.startswith("keyframes")} == {"keyframes/s01", "keyframes/s02"}


def test_previews_are_kept_while_a_shot_is_made(studio: Studio) -> None:
    make(studio, "keyframes")
    assert (studio.project.previews / "s01.jpg").read_bytes()[:2] == b"\xff\xd8"
