"""A whole render, end to end: what is made, what is kept, and what a change makes again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from small_song import make_project, write_song

from mvlocal.errors import CheckFailed, InputError, MissingError, PlanError, SettingsError, UserError
from mvlocal.events import Event, TaskDone, Warned
from mvlocal.media.audio import read_song
from mvlocal.media.decode import count_frames, decode_frames, frame_hashes
from mvlocal.media.image import save_png
from mvlocal.pipeline import RenderRequest, open_studio
from mvlocal.project import NewProject, Project, create_project
from mvlocal.render import Rendered, render_project, story_of
from mvlocal.survey import collect_garbage, stages_of, survey
from mvlocal.timing import FrameRate


def render(project: Project, *overrides: str, **wanted: object) -> Rendered:
    return render_project(project, RenderRequest(overrides=overrides, **wanted))  # type: ignore[arg-type]


def tasks_that_would_run(project: Project, *overrides: str) -> set[str]:
    request = RenderRequest(overrides=overrides)
    with open_studio(project, request) as studio:
        return {one.task.id for one in survey(studio, request).planned if not one.cached}


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_song_becomes_a_video_of_its_length_with_its_sound(project: Project) -> None:
    done = render(project)
    rate = FrameRate.parse(done.fps)
    assert done.output == project.out / "small-song-animatic.mp4"
    assert abs(count_frames(done.output) * rate.frame_s - 12.0) <= rate.frame_s
    before, after = read_song(project.root.parent / "song.wav", 22050), read_song_of(done.output)
    assert np.array_equal(before.samples, after)
    assert done.shots >= 2
    assert done.tasks_cached == 0


def read_song_of(video: Path) -> NDArray[np.float32]:
    with av.open(str(video)) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    whole = np.concatenate([block.reshape(-1) for block in blocks])
    return whole.astype(np.float32) / (2 ** (8 * whole.itemsize - 1))


def test_a_second_run_does_nothing(rendered: Project) -> None:
    first = render(rendered)
    stamp = first.output.stat().st_mtime_ns
    second = render(rendered)
    assert (second.tasks_run, second.shots) == (0, first.shots)
    assert second.tasks_cached >= first.tasks_run
    assert first.output.stat().st_mtime_ns == stamp


def test_two_cold_renders_are_the_same_file(tmp_path: Path) -> None:
    outputs: list[bytes] = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        outputs.append(render(make_project(tmp_path / name)).output.read_bytes())
    assert outputs[0] == outputs[1]


def test_one_shots_text_makes_that_shot_again_and_nothing_else(rendered: Project) -> None:
    render(rendered)
    shots = story_of(rendered, RenderRequest()).shots.shots
    replace_in(rendered.shots_file, shots[1].visual[:20], "A lantern " + shots[1].visual[:20])
    chosen = shots[1].id
    told = {"plan/storyboard", f"keyframes/{chosen}", f"animate/{chosen}", "finish/master"}
    touched = told | {f"plan/board-{chosen}"}  # the board only where the words stage something else
    assert told <= tasks_that_would_run(rendered) <= touched
    heard: list[Event] = []
    render_project(rendered, RenderRequest(), heard.append)
    ran = {event.task_id for event in heard if isinstance(event, TaskDone) and not event.cached}
    assert ran <= touched
    assert f"keyframes/{chosen}" in ran


@pytest.mark.parametrize(
    ("override", "stages"),
    [
        ("encode.crf=30", {"animate", "finish"}),
        ("words.captions=false", {"animate", "finish"}),
        ("master.audio=aac", {"finish"}),
        ("run.workers=1", set[str]()),
        ("seed=5", {"plan", "keyframes", "animate", "finish"}),
        ("video.width=256", {"plan", "keyframes", "animate", "finish"}),
    ],
)
def test_a_setting_makes_only_what_it_touches(rendered: Project, override: str, stages: set[str]) -> None:
    render(rendered)
    again = {task.split("/")[0] for task in tasks_that_would_run(rendered, override)}
    assert again == stages if "plan" not in stages else again <= stages | {"plan"}


def test_an_edited_plan_wins_and_rewrite_replaces_it(rendered: Project) -> None:
    story = story_of(rendered, RenderRequest())
    replace_in(rendered.bible_file, "title: Small Song", "title: Another Name  # mine")
    kept = story_of(rendered, RenderRequest())
    assert kept.bible.title == "Another Name"
    assert kept.edited == (rendered.bible_file,)
    assert "# mine" in rendered.bible_file.read_text()
    again = story_of(rendered, RenderRequest(rewrite=True))
    assert again.bible == story.bible
    assert again.edited == ()


def test_state_is_safe_to_delete(rendered: Project) -> None:
    first = frame_hashes(render(rendered).output)
    shutil.rmtree(rendered.state)
    done = render(rendered)
    assert frame_hashes(done.output) == first
    assert story_of(rendered, RenderRequest()).edited == ()


def test_a_contradiction_stops_the_render_before_any_frame(rendered: Project) -> None:
    story = story_of(rendered, RenderRequest())
    place = story.shots.shots[0].location
    replace_in(rendered.shots_file, f"location: {place}", "location: atlantis")
    shutil.rmtree(rendered.out)
    with pytest.raises((CheckFailed, PlanError), match="atlantis"):
        render(rendered)
    assert not rendered.out.exists() or {path.name for path in rendered.out.iterdir()} == {"story.html"}


def test_credits_that_do_not_fit_stop_the_render_before_any_frame(rendered: Project) -> None:
    long = ", ".join(f"{'MUSIC BY A MAN WHO HUMS ' * 8}{n}" for n in range(20))
    larger = ("video.width=640", "video.height=360")
    with pytest.raises(SettingsError, match="20 credits do not fit an end card of 640x360"):
        tasks_that_would_run(rendered, f"master.credits=[{long}]", *larger)
    assert tasks_that_would_run(rendered, f"master.credits=[{long}]", *larger, "words.titles=false")


def test_until_and_shots_stop_where_asked(rendered: Project) -> None:
    assert render(rendered, until="analyze").output == rendered.root / "../song.wav"
    assert render(rendered, until="plan").output == rendered.shots_file
    done = render(rendered, until="keyframes", shots=(1,))
    assert [path.name for path in done.output.iterdir()] == ["s01.png"]
    done = render(rendered, shots=(2,))
    assert [path.name for path in done.output.iterdir()] == ["s02.mp4"]
    with pytest.raises(UserError, match="no shot 99"):
        render(rendered, shots=(99,))
    with pytest.raises(UserError, match="no stage called"):
        render(rendered, until="keyframe")


def test_status_counts_stages(project: Project, rendered_once: Path) -> None:
    request = RenderRequest()
    with open_studio(project, request) as studio:
        before = {stage.name: stage for stage in stages_of(survey(studio, request))}
    assert (before["analyze"].done, before["analyze"].total) == (0, 1)
    assert not before["keyframes"].known
    rendered = Project(rendered_once / "video")
    done = render(rendered)
    with open_studio(rendered, request) as studio:
        after = {stage.name: stage for stage in stages_of(survey(studio, request))}
    assert (after["animate"].done, after["animate"].total) == (done.shots, done.shots)
    assert all(stage.seconds_left == 0 for stage in after.values())


def test_garbage_is_what_the_current_plan_does_not_need(rendered: Project) -> None:
    render(rendered)
    render(rendered, "encode.crf=35")
    request = RenderRequest(overrides=("encode.crf=35",))
    with open_studio(rendered, request) as studio:
        assert collect_garbage(studio, request).blobs > 0
        assert studio.store.verify() == []
    assert render(rendered, "encode.crf=35").tasks_run == 0


@pytest.mark.parametrize("fps", ["24", "25", "30000/1001", "30"])
@pytest.mark.parametrize("duration_s", [2.517, 4.9583])
def test_the_video_is_as_long_as_the_song(tmp_path: Path, fps: str, duration_s: float) -> None:
    song = write_song(tmp_path / "odd.wav", duration_s)
    project = create_project(NewProject(tmp_path / "video", song))
    done = render(project, f"video.fps={fps}")
    rate = FrameRate.parse(fps)
    assert abs(count_frames(done.output) * rate.frame_s - done.duration_s) <= rate.frame_s / 2 + 1e-9
    assert abs(done.duration_s - duration_s) < 1e-4


def test_photos_are_used_and_a_broken_one_is_named(project: Project) -> None:
    photos = project.root / "photos"
    save_png(photos / "good.png", np.full((90, 160, 3), 120, np.uint8))
    (photos / "broken.png").write_bytes((photos / "good.png").read_bytes()[:60])
    heard: list[Event] = []
    done = render_project(project, RenderRequest(), heard.append)
    assert any(isinstance(event, Warned) and "broken.png" in f"{event.what} {event.where}" for event in heard)
    shots = story_of(project, RenderRequest()).shots.shots
    assert {shot.photo for shot in shots} == {None, "good.png"}
    assert next(iter(decode_frames(done.output))).width == 128


def test_what_cannot_be_used_is_refused_before_work(project: Project, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"backend|not ready"):
        render(project, profile="rtx-12gb")
    with pytest.raises(InputError, match="no song called"):
        render(project, "song.file=gone.wav")
    with pytest.raises(InputError, match="photos folder is missing"):
        render(project, "photos.folder=gone")
    with pytest.raises(UserError, match=r"end it in \.mp4"):
        render(project, out=tmp_path / "video.avi")


def test_out_chooses_place_and_container(rendered: Project, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "film.mkv"
    done = render(rendered, out=target)
    assert done.output == target
    assert target.read_bytes()[:4] == b"\x1aE\xdf\xa3"


def test_records_are_plain_json(rendered: Project) -> None:
    render(rendered)
    with open_studio(rendered, RenderRequest()) as studio:
        for record in studio.store.records().values():
            json.dumps(dict(record.notes))
