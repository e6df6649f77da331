"""The finish: one stream against a PNG for every frame between steps, memory, bytes, and joining against MoviePy.

Models are small ones of the real classes (scripts/make_tiny_models.py), on the CPU, so that what is measured is the
way between them. MoviePy runs in an environment of its own (`uv run --with moviepy==2.2.1`), since it needs an older
Pillow. Usage: benchmarks/finish.py [--quick] [--without-moviepy]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from facts import ROOT, write_result

from mvlocal.backends.base import FrameSpec
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import load_backend
from mvlocal.config import Settings
from mvlocal.edit.finishing.camera import canvas_size, largest_zoom, onto_canvas, shown
from mvlocal.edit.finishing.retime import Warp
from mvlocal.edit.finishing.stage import (  # pyright: ignore[reportPrivateUsage]
    _frame_plan,
    _shot_frames,
    run_finish,
)
from mvlocal.edit.finishing.task import FinishScene, ShotToFinish, finish_models, finish_task
from mvlocal.engine.task import OutputOf, Task, TaskContext
from mvlocal.media.encode import VideoEncoder, X264Settings
from mvlocal.media.mux import Segment, assemble
from mvlocal.media.planes import rgb_to_yuv420
from mvlocal.media.raw_clip import RawClipWriter, raw_frames
from mvlocal.schema.song import EnergyCurve, Section, SongMap
from mvlocal.schema.story import Camera, Shot
from mvlocal.timing import FrameRate, FrameSpan

sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(ROOT / "tests"))
from make_tiny_models import make_tiny_models
from moving_pictures import moment
from small_song import write_song

RATE, CLIP_RATE = FrameRate(Fraction(24)), FrameRate(Fraction(7))
MOVIEPY = "moviepy==2.2.1"
JOIN_WITH_MOVIEPY = """
import sys, time
from moviepy import AudioFileClip, VideoFileClip, concatenate_videoclips
song, out, *clips = sys.argv[1:]
began = time.perf_counter()
video = concatenate_videoclips([VideoFileClip(clip) for clip in clips]).with_audio(AudioFileClip(song))
video.write_videofile(out, codec="libx264", audio_codec="aac", preset="veryfast", logger=None)
print(time.perf_counter() - began)
"""


def settings_for(size: tuple[int, int]) -> Settings:
    """The finish by small models, with a camera move."""
    finish = {"interpolate": "rife", "rife_model": "tiny", "upscale": "realesrgan", "upscale_model": "tiny-x2"}
    return Settings.model_validate({"video": {"width": size[0], "height": size[1]}, "finish": finish})


def task_of(size: tuple[int, int], length_s: float) -> Task:
    """The task that finishes one shot."""
    settings = settings_for(size)
    song = SongMap(
        duration_s=length_s, tempo_bpm=120, beats_per_bar=4, beats=(), downbeats=(),
        sections=(Section(start_s=0, end_s=length_s, label="verse", energy=0.5),),
        energy=EnergyCurve(step_s=1, values=(0.5,)),
    )  # fmt: skip
    shot = Shot(
        id="s01", section=0, kind="narrative", visual="a pier", location="pier", time_of_day="night",
        camera=Camera(size="medium", move="push-in"), start_s=0, end_s=length_s,
    )  # fmt: skip
    words: dict[str, Any] = json.loads(SILENT_WORDS)
    scene = FinishScene(settings, FrameSpec(*size, RATE), song, finish_models(settings.finish, Hardware(threads=1)))
    return finish_task(scene, ShotToFinish(shot, FrameSpan(0, round(length_s * 24)), OutputOf("animate/s01"), words))


def silent_words() -> str:
    """The words of a shot that has none, as plain JSON."""
    from dataclasses import asdict

    from mvlocal.lettering.styles import CaptionStyle

    return json.dumps(
        {
            "captions": False, "style": asdict(CaptionStyle()), "font": "", "language": None, "title": "",
            "artist": "", "credits": [], "head": None, "end": None, "note": None,
        }
    )  # fmt: skip


SILENT_WORDS = silent_words()


def write_raw(path: Path, size: tuple[int, int], length_s: float) -> Path:
    """A raw clip of moving pictures, long enough for the shot."""
    with RawClipWriter(path, *size, CLIP_RATE) as writer:
        for number in range(int(length_s * CLIP_RATE.value) + 2):
            picture = moment((number / 7) % 12, 256, 144)
            writer.write(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.uint8))
    return path


def finish(task: Task, clip: Path, folder: Path) -> Path:
    """Runs a finish task here."""
    folder.mkdir()
    context = TaskContext(task.id, task.params, {"clip": clip}, 0, folder, lambda _f, _n: None, task.placement)
    return run_finish(context).files["main"]


def backends_of(task: Task) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The same models, by themselves: what enlarges, and what makes pictures between."""
    from mvlocal.weights import LockedWeights

    placed: Any = task.placement["weights"]
    weights = {kind: [LockedWeights.from_json(one) for one in files] for kind, files in placed.items()}
    options: Any = {name: value for name, value in dict(task.params["upscale"]).items() if name != "backend"}  # type: ignore[arg-type]
    hardware = Hardware(threads=1)
    upscaler = load_backend("upscale", "realesrgan", weights=weights["upscale"], hardware=hardware, **options)
    rife = load_backend("interpolate", "rife", weights=weights["interpolate"], hardware=hardware)
    return upscaler.enlarge, rife.between


def by_files(task: Task, clip: Path, folder: Path) -> dict[str, float]:
    """The same work with a PNG for every frame between two steps; seconds, and those of models and encoder alone."""
    enlarge, between = backends_of(task)
    given: Any = task.params
    plan = _frame_plan(given, _shot_frames(given), CLIP_RATE, Warp(), 0)
    folder.mkdir()
    spent = {"models": 0.0, "encoder": 0.0}

    def timed(what: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        done = work()
        spent[what] += time.perf_counter() - began
        return done

    def step(name: str, pictures: Iterator[Any]) -> int:
        count = 0
        for count, picture in enumerate(pictures, start=1):
            cv2.imwrite(str(folder / f"{name}{count - 1:05d}.png"), picture[..., ::-1])
        return count

    def read(name: str, number: int) -> Any:
        return np.asarray(cv2.imread(str(folder / f"{name}{number:05d}.png"))[..., ::-1])

    began = time.perf_counter()
    raw = step("raw", raw_frames(clip))
    step("large", (timed("models", partial(enlarge, np.ascontiguousarray(read("raw", n)))) for n in range(raw)))
    large = read("large", 0)
    size = canvas_size((large.shape[1], large.shape[0]), plan.size, largest_zoom(plan.windows))
    step("canvas", (onto_canvas(np.ascontiguousarray(read("large", n)), size) for n in range(raw)))

    def smooth() -> Iterator[Any]:
        for place in plan.places:
            index, share = int(place), float(place - int(place))
            before = np.ascontiguousarray(read("canvas", index))
            if not share:
                yield before
                continue
            after = np.ascontiguousarray(read("canvas", index + 1))
            yield timed("models", partial(between, before, after, [share]))[0]

    frames = step("smooth", smooth())
    step(
        "out",
        (shown(np.ascontiguousarray(read("smooth", n)), plan.windows[n], plan.size) for n in range(frames)),
    )
    with VideoEncoder(folder / "out.mp4", *plan.size, RATE, X264Settings(threads=1)) as encoder:
        for number in range(frames):
            planes = rgb_to_yuv420(np.ascontiguousarray(read("out", number)))
            timed("encoder", partial(encoder.write, planes))
    seconds = time.perf_counter() - began
    written = sum(path.stat().st_size for path in folder.iterdir())
    return {"seconds": seconds, "bytes": written, **spent}


def alone(mode: str, size: str, clip: str, length_s: str, folder: str) -> None:
    """One measurement in a process of its own; prints JSON."""
    width, height = map(int, size.split("x"))
    task = task_of((width, height), float(length_s))
    if mode == "files":
        print(json.dumps(by_files(task, Path(clip), Path(folder))))
        return
    enlarge, between = backends_of(task)  # loaded and warm, as they are from a song's second shot on
    picture = next(iter(raw_frames(Path(clip))))
    between(picture, enlarge(picture)[: picture.shape[0], : picture.shape[1]], [0.5])
    before, began = _written(), time.perf_counter()
    out = finish(task, Path(clip), Path(folder))
    figures = {
        "seconds": time.perf_counter() - began,
        "bytes": _written() - before,
        "output": out.stat().st_size,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


def _written() -> int:
    """Bytes that this process has written so far."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("wchar:"))


def measured(mode: str, size: tuple[int, int], clip: Path, length_s: float, folder: Path) -> dict[str, float]:
    """`alone`, in a fresh process."""
    command = [sys.executable, __file__, "--alone", mode, f"{size[0]}x{size[1]}", str(clip), str(length_s), str(folder)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def against_files(folder: Path, length_s: float) -> dict[str, Any]:
    """One stream against files, at 1280x720 from a clip of 512x288 at 7 frames a second."""
    size = (1280, 720)
    clip = write_raw(folder / "clip.mkv", (512, 288), length_s)
    stream = measured("stream", size, clip, length_s, folder / "stream")
    files = measured("files", size, clip, length_s, folder / "files")
    needed = files["models"] + files["encoder"]
    return {
        "frame": "1280x720 at 24 from 512x288 at 7",
        "models": "small Real-ESRGAN x2 (torch) and small RIFE (ncnn) on the CPU, one thread each",
        "length_s": length_s,
        "stream_s": round(stream["seconds"], 2),
        "files_s": round(files["seconds"], 2),
        "times_faster": round(files["seconds"] / stream["seconds"], 2),
        "models_s": round(files["models"], 2),
        "encoder_s": round(files["encoder"], 2),
        "stream_over_models_and_encoder": round(stream["seconds"] / needed, 3),
        "stream_bytes_over_output": round(stream["bytes"] / stream["output"], 4),
        "files_bytes_over_output": round(files["bytes"] / stream["output"], 1),
    }


def flat_memory(folder: Path, length_s: float) -> dict[str, Any]:
    """Peak memory of a shot and of one ten times as long, at 640x360."""
    peaks: list[float] = []
    for times in (1, 10):
        clip = write_raw(folder / f"memory{times}.mkv", (320, 180), length_s * times)
        made = measured("stream", (640, 360), clip, length_s * times, folder / f"memory{times}")
        peaks.append(made["peak_mib"])
    return {
        "length_s": [length_s, 10 * length_s],
        "peak_mib": [round(peak, 1) for peak in peaks],
        "ratio": round(peaks[1] / peaks[0], 3),
    }


def joining(folder: Path, length_s: float, *, moviepy: bool) -> dict[str, Any]:
    """Joins shots of four seconds with their song: by stream copy, and by MoviePy."""
    segments: list[Segment] = []
    pictures = [rgb_to_yuv420(np.asarray(cv2.resize(moment(n / 24), (1280, 720)), np.uint8)) for n in range(24)]
    for start in range(0, round(length_s * 24), 96):
        path = folder / f"part{start:05d}.mp4"
        with VideoEncoder(path, 1280, 720, RATE, X264Settings(threads=1)) as encoder:
            for number in range(96):
                turned = number % 46
                encoder.write(pictures[min(turned, 46 - turned)])
        segments.append(Segment(path, FrameSpan(start, start + 96)))
    song = write_song(folder / "song.wav", length_s)
    began = time.perf_counter()
    assemble(segments, song, folder / "joined.mp4", rate=RATE, audio="aac")
    ours = time.perf_counter() - began
    figures: dict[str, Any] = {"length_s": length_s, "shots": len(segments), "mvlocal_s": round(ours, 2)}
    if moviepy:
        theirs = _join_with_moviepy(song, folder / "moviepy.mp4", [segment.path for segment in segments])
        figures |= {"moviepy_s": round(theirs, 2), "times_faster": round(theirs / ours, 1), "moviepy": MOVIEPY}
    return figures


def _join_with_moviepy(song: Path, out: Path, clips: list[Path]) -> float:
    script = out.with_name("join_clips.py")
    script.write_text(JOIN_WITH_MOVIEPY)
    command = ["uv", "run", "--no-project", "--with", MOVIEPY, "python", str(script), str(song), str(out)]
    done = subprocess.run([*command, *map(str, clips)], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="shorter videos, nothing kept")
    parser.add_argument("--without-moviepy", action="store_true", help="no comparison with MoviePy")
    parser.add_argument("--alone", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        alone(*given.alone)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["MVLOCAL_MODELS"] = str(folder / "models")
        (folder / "models").mkdir()
        make_tiny_models(folder / "models", ("rife", "esrgan"))
        parts: dict[str, Callable[[], dict[str, Any]]] = {
            "stream": lambda: against_files(folder, 1.0 if given.quick else 8.0),
            "memory": lambda: flat_memory(folder, 0.5 if given.quick else 4.0),
            "joining": lambda: joining(folder, 8.0 if given.quick else 240.0, moviepy=not given.without_moviepy),
        }
        figures: dict[str, Any] = {}
        for part, measure in parts.items():
            figures[part] = measure()
            print(json.dumps({part: figures[part]}, indent=1), flush=True)
    if not given.quick:
        print(write_result("finish", figures))


if __name__ == "__main__":
    main()
