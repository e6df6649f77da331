"""Abstract shots as walks: what makes a shot one, what it is made from, and how it is picked, redone and refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shots_fakes import CPU, STAGE, fake_crew, generated_studio, picture, story_of
from small_song import make_project, with_abstract

from mvlocal.backends import registry
from mvlocal.call_sheet import shooting_of
from mvlocal.crewing import _walks as walks_of  # pyright: ignore[reportPrivateUsage]
from mvlocal.engine.plan import plan_graph
from mvlocal.engine.task import Record
from mvlocal.errors import CheckFailed, NotFinite, SettingsError
from mvlocal.events import Event, TaskDone, Warned
from mvlocal.media.decode import count_frames, frame_hashes
from mvlocal.media.image import read_png
from mvlocal.media.raw_clip import raw_frames, read_raw_clip
from mvlocal.plan_files import write_plan_files
from mvlocal.project import Project
from mvlocal.schema.picks import ShotPick
from mvlocal.schema.story import Shot
from mvlocal.shooting import run_shots
from mvlocal.shot_graph import tasks_of
from mvlocal.shots.crew import Maker
from mvlocal.shots.ladder import Ladder, read_ladder
from mvlocal.shots.motion.stage import RAW_BYTES_A_PIXEL, raw_bytes
from mvlocal.shots.picks import change_picks, read_picks
from mvlocal.shots.previews import stop_file
from mvlocal.shots.stage import span_of
from mvlocal.shots.words.stage import turned
from mvlocal.story.documents import write_shots
from mvlocal.studio import Studio
from mvlocal.timing import FrameRate

heard: list[Event] = []


@pytest.fixture(scope="module")
def planned_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two shots, of which the second is abstract."""
    folder = tmp_path_factory.mktemp("planned")
    with pytest.MonkeyPatch.context() as patch, generated_studio(make_project(folder, 5.0), patch) as opened:
        story = story_of(opened)
        write_plan_files(opened, story)
        write_shots(opened.project.shots_file, with_abstract(story.shots, "s02"), story.song)
    return folder


@pytest.fixture
def project(planned_once: Path, tmp_path: Path) -> Project:
    heard.clear()
    shutil.copytree(planned_once, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path / "video")


@pytest.fixture
def studio(project: Project, monkeypatch: pytest.MonkeyPatch) -> Generator[Studio]:
    with generated_studio(project, monkeypatch, heard.append) as opened:
        yield opened


def make(studio: Studio, *wanted: str) -> dict[str, Record]:
    told = story_of(studio)
    assert told.plan is not None, told.problems
    return dict(run_shots(studio, told, told.plan, lambda _shooting, _tasks: list(wanted)).records)


def ran() -> set[str]:
    return {event.task_id for event in heard if isinstance(event, TaskDone) and not event.cached}


def failing(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def records(studio: Studio) -> dict[str, Record]:
    return {record.task_id: record for record in studio.store.records().values()}


def frames_of(studio: Studio, record: Record) -> list[Any]:
    return list(raw_frames(studio.store.path_of(record.outputs["main"])))


def test_an_abstract_shot_walks_from_its_still_in_steps_on_the_beats(studio: Studio) -> None:
    made = make(studio, "animate/s02", "keyframes/s02")
    assert STAGE.calls == ["prompts", "stills", "walks"]  # s01 was not asked for
    record, still = made["animate/s02"], read_png(studio.store.path_of(made["keyframes/s02"].outputs["image"])).rgb
    clip, frames = read_raw_clip(studio.store.path_of(record.outputs["main"])), frames_of(studio, record)
    assert np.array_equal(frames[0], still)
    assert record.notes["off_still"] == 0
    notes: Any = record.notes["walk"]
    assert np.array_equal(frames[-1], picture(notes["towards"]))
    assert np.array_equal(picture(notes["seed"]), still)
    story = story_of(studio)
    shot = story.shots.shots[1]
    span = span_of(shot, FrameRate(Fraction(24)))
    assert clip.frames == len(frames) == ceil(len(span) / 4) + 1  # six pictures a second, and one at the very end
    assert (len(frames) - 1) / clip.rate.value == Fraction(len(span), 24)
    assert np.array_equal(read_png(studio.store.path_of(record.outputs["last"])).rgb, frames[-1])
    speed = np.array([np.abs(a.astype(int) - b).mean() for a, b in pairwise(frames)])
    assert speed.min() > 0
    assert notes["beats"] == len([t for t in story.song.beats if shot.start_s <= t < shot.end_s])


def test_the_room_that_its_frames_need_is_known_before(studio: Studio) -> None:
    story = story_of(studio)
    assert story.plan is not None
    tasks = {task.id: task for task in tasks_of(studio, story, shooting_of(studio, story, story.plan))}
    seconds = len(span_of(story.shots.shots[1], FrameRate(Fraction(24)))) / 24
    assert raw_bytes(tasks["animate/s02"].params) == round(seconds * 6 * 64 * 64 * RAW_BYTES_A_PIXEL)


def test_it_steps_right_after_beats_and_hardly_elsewhere(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with generated_studio(project, monkeypatch, more=("clips.walk_fps=24",)) as studio:
        story = story_of(studio)
        assert story.plan is not None
        sparse = tuple(t for t in story.song.beats if story.shots.shots[1].start_s <= t)[::3]
        slow = replace(story, song=story.song.model_copy(update={"beats": sparse}))
        made = run_shots(studio, slow, story.plan, lambda *_: ["animate/s02"]).records["animate/s02"]
        shot, frames = story.shots.shots[1], frames_of(studio, made)
    speed = np.array([np.abs(a.astype(int) - b).mean() for a, b in pairwise(frames)])
    middles = shot.start_s + (np.arange(len(speed)) + 0.5) * shot.length_s / len(speed)
    after = np.array([any(0 <= t - beat < 0.4 for beat in sparse) for t in middles])
    assert 0.1 < after.mean() < 0.7
    assert speed[after].mean() > 3 * speed[~after].mean()


def test_its_words_lead_to_what_motion_says_as_a_dream(studio: Studio) -> None:
    make(studio, "animate/s02")
    first, last = STAGE.words
    assert "Smoke fills the window" in first
    assert "gold" not in first
    assert "the smoke turns to gold" in last
    assert "a dream" in last
    assert "drifts" not in last


def test_a_dream_turns_into_a_memory() -> None:
    shot = Shot.model_construct(visual="Smoke.", motion="", level="dream")
    assert (turned(shot).visual, turned(shot).level) == ("Smoke", "memory")


@pytest.mark.parametrize(
    ("change", "walks"),
    [
        ({}, True),
        ({"kind": "landscape"}, False),
        ({"continues": "s01"}, False),
        ({"photo": "me.jpg"}, False),
    ],
    ids=["abstract", "another kind", "continues", "a photo"],
)
def test_which_shots_walk(studio: Studio, change: dict[str, Any], walks: bool) -> None:
    story = story_of(studio)
    assert story.plan is not None
    shooting = shooting_of(studio, story, story.plan)
    shot = shooting.scene.plan.shots[1].model_copy(update=change)
    assert shooting.walks(shot) is walks
    assert not shooting.walks(shooting.scene.plan.shots[0])
    for pick in (ShotPick(still="me.png"), ShotPick(skip="animatic")):
        picked = replace(shooting, picks=shooting.picks.model_copy(update={"shots": {"s02": pick}}))
        assert not picked.walks(shot)


def test_without_walks_it_is_animated_as_others(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with generated_studio(project, monkeypatch, more=("clips.walks=none",)) as studio:
        make(studio, "animate/s02")
    assert STAGE.calls == ["prompts", "stills", "motion"]


def test_stills_that_cannot_walk_are_refused_only_where_a_shot_is_to(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, settings = story_of(studio), studio.settings
    assert story.plan is not None
    monkeypatch.setattr(registry, "BACKENDS", {**registry.BACKENDS, "walks": {}})
    with pytest.raises(SettingsError, match="cannot walk between two looks as s02") as caught:
        walks_of(settings, story.plan, Maker("sdxl"))
    assert "clips.walks: none" in caught.value.mend
    off = settings.model_copy(update={"clips": settings.clips.model_copy(update={"walks": "none"})})
    assert walks_of(off, story.plan, Maker("sdxl")) is None


def test_a_whole_song_with_a_walk_is_finished_and_a_pick_changes_only_the_walk(studio: Studio) -> None:
    first = make(studio, "finish/master")["finish/master"]
    video = studio.store.path_of(first.outputs["main"])
    assert count_frames(video) == 120
    chosen = records(studio)["keyframes/s02"].notes["chosen"]
    change_picks(studio.project.picks_file, {"s02": ShotPick(pick=1 if chosen == "c2" else 2)})
    heard.clear()
    second = make(studio, "finish/master")["finish/master"]
    assert {"keyframes/s02", "animate/s02", "finish/s02", "finish/master"} <= ran()
    assert ran() <= {"keyframes/s02", "animate/s02", "finish/s02", "join/s02", "finish/master"}
    now = frame_hashes(studio.store.path_of(second.outputs["main"]))
    cut = records(studio)["finish/s01"].notes["frames"]
    assert now[:cut] == frame_hashes(video)[:cut]  # type: ignore[misc]
    assert now != frame_hashes(video)
    heard.clear()
    change_picks(studio.project.picks_file, {"s02": ShotPick()})
    again = make(studio, "finish/master")["finish/master"]
    assert again.outputs == first.outputs
    assert ran() == set()


def test_a_roll_walks_from_the_new_still(studio: Studio) -> None:
    make(studio, "animate/s02")
    change_picks(studio.project.picks_file, {"s02": ShotPick(reroll=1)})
    heard.clear()
    made = make(studio, "animate/s02", "keyframes/s02")
    assert ran() == {"candidates/s02.r1", "scores/s02", "keyframes/s02", "animate/s02"}
    still = read_png(studio.store.path_of(made["keyframes/s02"].outputs["image"])).rgb
    assert np.array_equal(frames_of(studio, made["animate/s02"])[0], still)


def test_a_moved_beat_walks_again_and_makes_no_still(studio: Studio) -> None:
    make(studio, "animate/s02")
    story = story_of(studio)
    assert story.plan is not None
    moved = replace(story, song=story.song.model_copy(update={"beats": tuple(t + 0.01 for t in story.song.beats)}))
    heard.clear()
    run_shots(studio, moved, story.plan, lambda *_: ["animate/s02"])
    assert ran() == {"animate/s02"}


def test_walks_come_after_all_stills_and_before_all_motion(studio: Studio) -> None:
    STAGE.calls.clear()
    make(studio, "animate/s02", "animate/s01")
    assert STAGE.calls == ["prompts", "stills", "stills", "walks", "motion"]


def test_memory_that_runs_out_goes_one_rung_down_and_finished_stills_stay(studio: Studio) -> None:
    STAGE.faults["walks"] = [failing(RuntimeError("CUDA out of memory"))]
    make(studio, "animate/s02")
    ladder = read_ladder(studio.project.ladder_file).families["stills"]
    assert ladder.rung == 1
    assert ladder.done == {"candidates/s02": 0}
    assert STAGE.calls.count("stills") == 1
    assert STAGE.options[-1]["tiles"] is True


@pytest.mark.parametrize("fault", ["black", "flat"])
def test_a_walk_with_a_fault_is_made_again_to_other_noise(studio: Studio, fault: str) -> None:
    STAGE.faults["walks"] = [fault]
    make(studio, "animate/s02")
    record = records(studio)["animate/s02"]
    assert (record.notes["tries"], record.notes["faults"]) == (2, [])
    (first, towards), (again, other) = STAGE.seeds[-4:-2], STAGE.seeds[-2:]
    assert first == again
    assert towards != other


@pytest.mark.parametrize("fault", ["black", failing(NotFinite("the unet gave nan"))], ids=["black", "nan"])
def test_a_walk_without_a_picture_is_refused_with_a_remedy(studio: Studio, fault: Callable[[], None] | str) -> None:
    STAGE.faults["walks"] = [fault] * 9
    with pytest.raises(CheckFailed, match="no picture came out for s02") as caught:
        make(studio, "animate/s02")
    assert "clips.walks: none" in caught.value.mend
    assert STAGE.calls.count("walks") == 3


def test_a_walk_is_previewed_and_can_be_stopped(studio: Studio) -> None:
    previews = studio.project.previews

    def stop() -> None:
        previews.mkdir(parents=True, exist_ok=True)
        stop_file(previews, "s02").write_text("animatic", encoding="utf-8")

    STAGE.faults["walks"] = [stop]
    make(studio, "animate/s02")
    assert read_picks(studio.project.picks_file).of("s02").skip == "animatic"
    assert any(isinstance(event, Warned) and "s02 was stopped" in event.what for event in heard)
    assert records(studio)["animate/s02"].outputs["main"].suffix == ".mp4"
    change_picks(studio.project.picks_file, {"s02": ShotPick()})
    make(studio, "animate/s02")
    assert (previews / "s02.jpg").read_bytes()[:2] == b"\xff\xd8"


# --- memory that other programs hold ---------------------------------------------------------------------


def keys_of(studio: Studio, patch: pytest.MonkeyPatch, crew: Callable[[Ladder], Any]) -> dict[str, str | None]:
    """The keys of the shots' tasks, by id; None where an input is not there."""
    story = story_of(studio)
    assert story.plan is not None
    patch.setattr("mvlocal.call_sheet.crew_of", lambda _settings, _plan, _cast, ladder, _project: crew(ladder))
    tasks = tasks_of(studio, story, shooting_of(studio, story, story.plan))
    return {one.task.id: one.key for one in plan_graph(tasks, studio.store, wanted=["finish/master"])}


def test_no_key_depends_on_how_much_memory_there_is(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that is smaller, or weights that rest elsewhere, change no pixel: every finished task stays finished."""
    make(studio, "finish/master")
    hardware = (
        CPU,
        replace(CPU, vram_gib=6.0),
        replace(CPU, offload="model"),
        replace(CPU, vram_gib=4, offload="group"),
    )
    found = [keys_of(studio, monkeypatch, lambda ladder, on=on: fake_crew(ladder, "", on)) for on in hardware]
    assert all(found[0].values())
    assert {"prompts", "candidates/s01", "animate/s01", "animate/s02"} <= found[0].keys()
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize(("shot", "kind"), [("s01", "motion"), ("s02", "walks")])
def test_memory_that_another_program_takes_is_a_recorded_rung_and_another_key(
    studio: Studio, shot: str, kind: str
) -> None:
    """And once it is given back, what is made at ease has the key that it always had."""
    task = f"animate/{shot}"
    at_ease = make(studio, task)[task]
    change_picks(studio.project.picks_file, {shot: ShotPick(reroll=1)})
    STAGE.faults[kind] = [failing(RuntimeError("CUDA out of memory"))]
    pressed = make(studio, task)[task]
    (family,) = read_ladder(studio.project.ladder_file).families.values()
    assert (family.rung, STAGE.options[-1]["tiles"]) == (1, True)
    studio.project.ladder_file.unlink()
    freed = make(studio, task)[task]
    assert freed.key != pressed.key
    change_picks(studio.project.picks_file, {shot: ShotPick()})
    heard.clear()
    assert make(studio, task)[task] == at_ease
    assert ran() == set()
