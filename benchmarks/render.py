"""How fast the animatic renders: against the song's length, and against x264 alone on the same frames.

The whole render of the bundled example is timed cold, as a process, at two sizes. Then, shot by shot in one process
and with one encoder thread (as the workers do), the same frames are encoded twice: while they are drawn and lettered,
and from memory with nothing else going on. Both sides of the ratio come from one run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from facts import EXAMPLE, write_result

from mvlocal.engine.executor.process import WORKER_ENVIRONMENT

os.environ.update(WORKER_ENVIRONMENT)  # as in a worker: one thread a library, set before any of them loads

from mvlocal.media.encode import VideoEncoder, X264Settings
from mvlocal.media.frame import Yuv420
from mvlocal.pipeline import RenderRequest, approved, hear_song, open_studio, tell_story
from mvlocal.project import Project, find_project
from mvlocal.shot_graph import shot_tasks
from mvlocal.shots.drawn import stage

SIZES = {"720p24": (1280, 720, "24"), "1080p30": (1920, 1080, "30")}


def fresh_example(folder: Path) -> Project:
    """A copy of the example with an empty store."""
    target = folder / "night-train"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(EXAMPLE, target, ignore=shutil.ignore_patterns(".mvlocal", "out", "story"))
    return find_project(target)


def overrides(size: str) -> tuple[str, ...]:
    width, height, fps = SIZES[size]
    return (f"video.width={width}", f"video.height={height}", f"video.fps={fps}")


def time_cold_render(project: Project, size: str) -> dict[str, Any]:
    """One cold render as a process of its own."""
    settings = [part for one in overrides(size) for part in ("--set", one)]
    command = [sys.executable, "-m", "mvlocal", "render", str(project.root), "--json", *settings]
    began = time.perf_counter()
    done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    seconds = time.perf_counter() - began
    return {
        "seconds": round(seconds, 2),
        "song_s": done["duration_s"],
        "shots": done["shots"],
        "times_real_time": round(done["duration_s"] / seconds, 2),
    }


def time_shots(project: Project, size: str, every: int) -> dict[str, Any]:
    """Draw, letter and encode against encode alone, for every `every`th shot; wall and CPU seconds."""
    request = RenderRequest(overrides=overrides(size))
    with open_studio(project, request) as studio:
        song = hear_song(studio)
        story = tell_story(studio, song)
        plan = approved(story, project)
        tasks = {task.id: task for task in shot_tasks(studio, story, plan)}
        stills = {
            shot.id: studio.store.path_of(studio.run(list(tasks.values()), [f"keyframes/{shot.id}"])[
                f"keyframes/{shot.id}"].outputs["layers"])
            for shot in plan.shots[::every]
        }  # fmt: skip
        rows = [time_shot(tasks[f"animate/{name}"].params, still) for name, still in stills.items()]
    whole, alone = sum(row["whole_s"] for row in rows), sum(row["alone_s"] for row in rows)
    frames = sum(row["frames"] for row in rows)
    return {
        "shots": len(rows),
        "frames": frames,
        "draw_letter_encode_ms_a_frame": round(1000 * whole / frames, 2),
        "x264_alone_ms_a_frame": round(1000 * alone / frames, 2),
        "ratio": round(whole / alone, 3),
        "ratio_of_cpu": round(sum(r["whole_cpu_s"] for r in rows) / sum(r["alone_cpu_s"] for r in rows), 3),
        "worst_shot_ratio": round(max(row["whole_s"] / row["alone_s"] for row in rows), 3),
        "median_shot_ratio": round(statistics.median(row["whole_s"] / row["alone_s"] for row in rows), 3),
    }


def time_shot(given: Any, still: Path) -> dict[str, float]:
    """One shot, in both ways."""
    work = stage.start_clip(given, still, seed=0)
    frame, span = work.frame, work.span
    x264 = X264Settings(threads=stage.ENCODER_THREADS, **given["encode"])
    pictures: list[Yuv420] = []
    with tempfile.TemporaryDirectory() as folder:
        began, began_cpu = time.perf_counter(), time.process_time()
        with VideoEncoder(Path(folder) / "whole.mp4", frame.width, frame.height, frame.rate, x264) as encoder:
            for picture in work.pictures:
                encoder.write(picture)
        whole, whole_cpu = time.perf_counter() - began, time.process_time() - began_cpu
        pictures = [Yuv420(p.y.copy(), p.u.copy(), p.v.copy()) for p in stage.start_clip(given, still, seed=0).pictures]
        began, began_cpu = time.perf_counter(), time.process_time()
        with VideoEncoder(Path(folder) / "alone.mp4", frame.width, frame.height, frame.rate, x264) as encoder:
            for picture in pictures:
                encoder.write(picture)
        alone, alone_cpu = time.perf_counter() - began, time.process_time() - began_cpu
        same = (Path(folder) / "whole.mp4").read_bytes() == (Path(folder) / "alone.mp4").read_bytes()
    if not same:
        raise SystemExit("the two ways did not encode the same frames")
    return {
        "frames": len(span),
        "whole_s": whole,
        "alone_s": alone,
        "whole_cpu_s": whole_cpu,
        "alone_cpu_s": alone_cpu,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=2, help="time every nth shot against x264 alone")
    parser.add_argument("--runs", type=int, default=3, help="cold renders at each size; the median is given")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            runs = [time_cold_render(fresh_example(Path(folder)), size) for _ in range(options.runs)]
            runs.sort(key=lambda run: run["seconds"])
            figures[size] = {
                "cold_render": runs[len(runs) // 2],
                "cold_render_seconds": [run["seconds"] for run in runs],
                "against_x264_alone": time_shots(fresh_example(Path(folder)), size, options.every),
            }
            print(size, json.dumps(figures[size], indent=1))
    print(write_result("render", figures))


if __name__ == "__main__":
    main()
