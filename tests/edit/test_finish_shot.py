"""A whole shot finished: exact frames, the same pixels twice, what its key holds, windows, words, models."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from moving_pictures import Picture, moment, psnr, write_clip

from mvlocal.backends.base import FrameSpec
from mvlocal.backends.hardware import Hardware
from mvlocal.config import Settings
from mvlocal.edit.finishing.bands import stage as bands_stage
from mvlocal.edit.finishing.curves import Bands
from mvlocal.edit.finishing.stage import run_finish
from mvlocal.edit.finishing.task import FinishScene, ShotToFinish, finish_models, finish_task, wants_bands
from mvlocal.engine.key import key_of, part_digests
from mvlocal.engine.task import FileInput, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.errors import InputError, MissingError, SettingsError
from mvlocal.lettering.styles import CaptionStyle
from mvlocal.media.audio import Block
from mvlocal.media.decode import decode_frames, frame_hashes
from mvlocal.media.planes import yuv420_to_rgb
from mvlocal.media.wave import write_wav
from mvlocal.schema.edit import Handles
from mvlocal.schema.song import EnergyCurve, LyricLine, Section, SongMap
from mvlocal.schema.story import Camera, CameraMove, Shot
from mvlocal.timing import FrameRate, FrameSpan

WIDTH, HEIGHT = 192, 108
SONG = SongMap(
    duration_s=20, tempo_bpm=120, beats_per_bar=4, beats=tuple(n / 2 for n in range(40)),
    downbeats=tuple(2.0 * n for n in range(10)),
    sections=(
        Section(start_s=0, end_s=5, label="verse", energy=0.3),
        Section(start_s=5, end_s=20, label="chorus", energy=0.9),
    ),
    energy=EnergyCurve(step_s=1, values=tuple([0.2] * 5 + [0.9] * 16)),
)  # fmt: skip
SILENT = {
    "captions": False, "style": json.loads(json.dumps(asdict(CaptionStyle()))), "font": "", "language": None,
    "title": "", "artist": "", "credits": [], "head": None, "end": None, "note": None,
}  # fmt: skip


def shot(start_s: float = 4.0, end_s: float = 6.0, move: CameraMove = "static") -> Shot:
    return Shot(
        id="s02", section=1, kind="narrative", visual="a pier", location="pier", time_of_day="night",
        camera=Camera(size="medium", move=move), start_s=start_s, end_s=end_s,
    )  # fmt: skip


def scene(fps: str = "24", hardware: Hardware | None = None, **finish: Any) -> FinishScene:
    settings = Settings.model_validate(
        {
            "finish": finish,
            "encode": {"preset": "veryfast", "crf": 8},
        }
    )
    models = finish_models(settings.finish, hardware or Hardware())
    return FinishScene(settings, FrameSpec(WIDTH, HEIGHT, FrameRate.parse(fps)), SONG, models)


def work(fps: str = "24", move: CameraMove = "static", **more: Any) -> ShotToFinish:
    span = FrameSpan.of_seconds(4.0, 6.0, FrameRate.parse(fps))
    return ShotToFinish(shot(move=move), span, OutputOf("animate/s02"), SILENT, **more)


def run(task: Task, clip: Path, folder: Path, **inputs: Path) -> TaskOutputs:
    folder.mkdir(parents=True, exist_ok=True)
    told: list[float] = []
    context = TaskContext(
        task.id, task.params, {"clip": clip, **inputs}, task.seed, folder, lambda f, _n: told.append(f), task.placement
    )
    made = run_finish(context)
    assert told[-1] == 1.0
    return made


def pictures_of(path: Path) -> list[Picture]:
    return [yuv420_to_rgb(planes) for planes in decode_frames(path)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifteen pictures at 7 a second: a little longer than the shot's two seconds."""
    path = tmp_path_factory.mktemp("raw") / "clip.mkv"
    write_clip(path, [moment(n / 7) for n in range(15)], "7")
    return path


def key(task: Task) -> str:
    return key_of(part_digests(task, dict.fromkeys(task.inputs, "0" * 64)))


@pytest.mark.parametrize("fps", ["24", "25", "30000/1001", "60"])
def test_a_shot_has_exactly_its_frames_and_each_shows_its_moment(clip: Path, tmp_path: Path, fps: str) -> None:
    made = run(finish_task(scene(fps), work(fps)), clip, tmp_path / "out")
    frames = pictures_of(made.files["main"])
    assert len(frames) == len(FrameSpan.of_seconds(4.0, 6.0, FrameRate.parse(fps)))
    for n in range(0, len(frames), 7):
        assert psnr(frames[n], moment(float(n / FrameRate.parse(fps).value))) > 29
    assert made.notes["pictures"] == 15
    assert made.notes["warp"] is None
    assert made.notes["zoom"] == 1.0


def test_the_same_task_gives_the_same_pixels(clip: Path, tmp_path: Path) -> None:
    task = finish_task(scene(grain=0.5, glow=0.5, handheld=0.5, driven_by="beats", threshold=0), work())
    one, two = (run(task, clip, tmp_path / name).files["main"] for name in ("a", "b"))
    assert frame_hashes(one) == frame_hashes(two)
    assert {path.suffix for path in (tmp_path / "a").iterdir()} == {".mp4"}  # no picture is written to a file


def test_windows_reach_beyond_the_shot(clip: Path, tmp_path: Path) -> None:
    handles = Handles(FrameSpan(92, 100), FrameSpan(140, 150))
    made = run(finish_task(scene(), work(handles=handles)), clip, tmp_path / "out")
    assert set(made.files) == {"main", "head", "tail"}
    assert [len(pictures_of(made.files[name])) for name in ("main", "head", "tail")] == [48, 8, 10]
    tail = pictures_of(made.files["tail"])
    assert psnr(tail[-1], moment(2.0)) > 29  # the clip's last picture, held
    assert psnr(pictures_of(made.files["head"])[0], moment(0)) > 29


def test_a_jump_in_the_clip_stays_hard(tmp_path: Path) -> None:
    path = tmp_path / "jump.mkv"
    dark, light = np.full((108, 192, 3), 40, np.uint8), np.full((108, 192, 3), 200, np.uint8)
    write_clip(path, [dark] * 7 + [light] * 8, "7", jumps=[7])
    frames = pictures_of(run(finish_task(scene(), work()), path, tmp_path / "out").files["main"])
    means = [float(frame.mean()) for frame in frames]
    assert all(abs(mean - 40) < 2 or abs(mean - 200) < 2 for mean in means)
    assert means.index(next(m for m in means if m > 100)) == 24


def test_a_smaller_and_wider_clip_fills_the_frame(tmp_path: Path) -> None:
    path = tmp_path / "small.mkv"
    write_clip(path, [cv2.resize(moment(n / 7), (101, 53)).astype(np.uint8) for n in range(15)], "7")
    frames = pictures_of(run(finish_task(scene(), work(move="pan-left")), path, tmp_path / "out").files["main"])
    assert len(frames) == 48
    assert min(float(frame[:, [0, -1]].mean()) for frame in frames) > 40


def test_words_are_set_last_and_untouched_by_effects(clip: Path, tmp_path: Path) -> None:
    line = LyricLine(start_s=4.0, end_s=6.0, text="Hold the light", confidence=1.0)
    large = replace(
        scene(driven_by="energy", threshold=0.0, grain=1.0), frame=FrameSpec(640, 360, FrameRate.parse("6"))
    )
    span = FrameSpan(24, 30)
    plain = replace(work(), span=span)
    words = replace(plain, words={**SILENT, "captions": True}, lines=[line])
    lettered = pictures_of(run(finish_task(large, words), clip, tmp_path / "a").files["main"])
    bare = pictures_of(run(finish_task(large, plain), clip, tmp_path / "b").files["main"])
    ink = np.abs(lettered[3].astype(int) - bare[3]).max(axis=2) > 90
    assert ink.sum() > 150
    assert not ink[:180].any()
    assert lettered[3][ink].mean() > 200  # bright as it was set, without the grain


def test_a_lut_is_an_input_and_changes_the_picture(clip: Path, tmp_path: Path) -> None:
    lut = tmp_path / "invert.cube"
    lut.write_text("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n")
    task = finish_task(replace(scene(), lut=lut), work())
    assert task.inputs["lut"] == FileInput(lut)
    frames = pictures_of(run(task, clip, tmp_path / "out", lut=lut).files["main"])
    assert psnr(255 - frames[0], moment(0)) > 28
    lut.write_text("LUT_1D_SIZE 2\n1 1 1\n")
    with pytest.raises(InputError, match="1 colours, not 2"):
        run(task, clip, tmp_path / "again", lut=lut)


def test_a_peak_is_moved_onto_its_downbeat_and_that_is_noted(tmp_path: Path) -> None:
    # Still but for a jerk at 1.93 s of a shot of four seconds with a downbeat at 2.0 s.
    path = tmp_path / "jerk.mkv"
    positions = [n * 0.02 + (0.8 if n >= 14 else 0) for n in range(30)]
    write_clip(path, [moment(t) for t in positions], "7")
    chosen = scene(retime="downbeat")
    long = ShotToFinish(shot(4.0, 8.0), FrameSpan(96, 192), OutputOf("animate/s02"), SILENT)
    task = finish_task(chosen, long)
    assert task.params["retime"] == {"downbeats": [2.0]}
    made = run(task, path, tmp_path / "out")
    assert made.notes["warp"] == [[0.0, 2.0, 4.0], [0.0, pytest.approx(13.5 / 7), 4.0]]


@pytest.mark.parametrize(
    ("upscale", "interpolate"), [("lanczos", "none"), ("lanczos", "rife"), ("realesrgan", "rife"), ("ncnn", "motion")]
)
def test_every_pair_of_backends_finishes_a_shot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_models: Path, upscale: str, interpolate: str
) -> None:
    monkeypatch.setenv("MVLOCAL_MODELS", str(small_models))
    path = tmp_path / "short.mkv"
    write_clip(path, [cv2.resize(moment(n / 7), (96, 54)).astype(np.uint8) for n in range(3)], "7")
    chosen = scene(
        upscale=upscale, interpolate=interpolate, upscale_model="tiny-x2", rife_model="tiny", tile=64, tile_overlap=16,
        ncnn_model="animevideov3-x2",
    )  # fmt: skip
    short = ShotToFinish(shot(4.0, 4.4), FrameSpan(96, 105), OutputOf("animate/s02"), SILENT)
    made = run(finish_task(chosen, short), path, tmp_path / "out")
    frames = pictures_of(made.files["main"])
    assert len(frames) == 9
    assert made.notes["upscale"] == upscale
    assert psnr(frames[0], moment(0)) > 14


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import sys

    scripts = str(Path(__file__).parent.parent.parent / "scripts")
    if scripts not in sys.path:
        sys.path.insert(0, scripts)
    from make_tiny_models import make_tiny_models

    folder = tmp_path_factory.mktemp("models")
    make_tiny_models(folder, ("rife", "esrgan"))
    return folder


# --- keys --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"interpolate": "none"}, {"upscale": "ncnn"}, {"camera": 0.5}, {"handheld": 0.2}, {"lift": 0.05},
        {"saturation": 1.1}, {"palette": 0.3}, {"glow": 0.4}, {"retime": "downbeat"}, {"hold_s": 0.3},
    ],
    ids=str,
)  # fmt: skip
def test_what_changes_pixels_is_in_the_key(change: dict[str, Any]) -> None:
    colours = ("#101a30", "#304a70", "#557799", "#c08040", "#f0e0c0")
    moving = replace(work(move="push-in", palette=colours), heads=[(0.1, 0.1, 0.3, 0.4)])
    assert key(finish_task(scene(), moving)) != key(finish_task(scene(**change), moving))


@pytest.mark.parametrize(
    "change",
    [
        {"rife_model": "other"}, {"upscale_model": "other"}, {"tile": 256}, {"vulkan_device": 1}, {"threshold": 0.2},
        {"driven_by": "beats"}, {"camera": 0.3}, {"attack_s": 1.0}, {"sections": ["verse"]},
    ],
    ids=str,
)  # fmt: skip
def test_what_changes_no_pixel_of_this_shot_is_not(change: dict[str, Any]) -> None:
    assert key(finish_task(scene(), work())) == key(finish_task(scene(**change), work()))


def test_the_device_counts_only_where_a_model_runs() -> None:
    gpu = Hardware("cuda", "float16", 12)
    assert key(finish_task(scene(), work())) == key(finish_task(scene(hardware=gpu), work()))
    cpu_task, gpu_task = (finish_task(scene(hardware=h, upscale="ncnn"), work()) for h in (Hardware(), gpu))
    assert key(cpu_task) != key(gpu_task)
    assert gpu_task.resources.gpu
    assert not cpu_task.resources.gpu


def test_weights_that_are_not_here_are_named_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MVLOCAL_MODELS", str(tmp_path))
    for finish in ({"interpolate": "rife"}, {"upscale": "realesrgan"}):
        with pytest.raises(MissingError, match="not here") as error:
            scene(**finish)
        assert error.value.mend.startswith("mvlocal models fetch")


def test_tiles_that_would_not_get_on_are_refused_before_anything_runs() -> None:
    with pytest.raises(SettingsError, match="cannot share 40"):
        scene(upscale="realesrgan", tile=90, tile_overlap=40)


def test_bands_are_asked_for_only_when_something_follows_them() -> None:
    assert not wants_bands(scene(driven_by="bass").settings.finish)
    assert wants_bands(scene(driven_by="bass", glow=0.3).settings.finish)
    assert not wants_bands(scene(glow=0.3).settings.finish)
    bands = Bands(0.5, tuple(float(n % 2) for n in range(40)), (0.0,) * 40, (0.0,) * 40)
    task = finish_task(replace(scene(driven_by="bass", glow=0.5), bands=bands), work())
    curve: Any = task.params["curves"]
    assert len(curve["glow"]) == 48
    assert max(curve["glow"]) > 0.1


def test_the_bands_task_hears_a_song(tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    t = np.arange(22_050 * 2) / 22_050
    tone = (0.5 * np.sin(2 * np.pi * 80 * t)).astype(np.float32)[:, None]
    write_wav([Block(tone, 22_050)], song)
    task = bands_stage.bands_task(song)
    made = bands_stage.run_bands(TaskContext(task.id, {}, {"song": song}, None, tmp_path, lambda _f, _n: None))
    bands = bands_stage.read_bands(made.files["main"])
    assert len(bands.bass) == 100
    assert np.mean(bands.bass) > 0.9
    assert max(bands.high) <= 1
