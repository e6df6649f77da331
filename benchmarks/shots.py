"""Sixty generated shots: ours against a script that starts and loads everything for each shot, and against a plain one.

Models are small ones of the real classes on the CPU, with as many steps as take about two seconds a shot, so that what
is measured is the way between models. The same prompts, seeds, sizes, steps and frames decoded at once each time; the
song is heard and the plan made and drawn before the clock starts. Ours decodes no chunk of frames that a shot does not
show. The script of (a) is run for every fifth shot and counted five times.

Usage: benchmarks/shots.py [--shots 60] [--model-seconds 2.0] [--each 5]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from facts import ROOT, write_result

from mvlocal.pipeline import RenderRequest, open_studio
from mvlocal.project import Project
from mvlocal.render import story_of
from mvlocal.shots.stills.stage import CANDIDATES, PROMPTS

sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(ROOT / "tests"))
from make_tiny_models import make_tiny_models
from small_song import write_song

SHOT_S = 2.0
STILL = CLIP = VIDEO = (128, 128)
FPS = 7
PLAIN = '''
"""What people write: stock pipelines, one after another. Every frame to a PNG (each), or straight to video (once)."""
import json, sys
from pathlib import Path
import av, numpy as np, torch
from diffusers import StableDiffusionXLPipeline, StableVideoDiffusionPipeline
given = json.loads(Path(sys.argv[1]).read_text())
shots = given["shots"] if sys.argv[2] == "once" else [given["shots"][int(sys.argv[2])]]
out = Path(given["out"]); out.mkdir(parents=True, exist_ok=True)

def load_still():
    return StableDiffusionXLPipeline.from_pretrained(given["sdxl"], local_files_only=True)

def load_clip():
    return StableVideoDiffusionPipeline.from_pretrained(given["svd"], local_files_only=True)

def still(pipe, shot):
    return pipe(shot["prompt"], negative_prompt=shot["negative"], width=given["still"][0], height=given["still"][1],
                num_inference_steps=given["still_steps"], guidance_scale=6.0,
                generator=torch.Generator("cpu").manual_seed(shot["seed"])).images[0]

def clip(pipe, shot, image):
    frames = pipe(image.resize(given["clip"]), width=given["clip"][0], height=given["clip"][1],
                  num_inference_steps=given["clip_steps"], fps=given["fps"], motion_bucket_id=127,
                  noise_aug_strength=0.02, decode_chunk_size=8,
                  generator=torch.Generator("cpu").manual_seed(shot["seed"])).frames[0]
    return frames[: given["frames"]]

def film(pictures, path):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"preset": "veryfast", "crf": "18"})
        stream.width, stream.height, stream.pix_fmt = *given["clip"], "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), "rgb24")))
        container.mux(stream.encode(None))

def at_24(frames):
    count = round(24 * given["shot_s"])
    return [frames[min(int(n * given["fps"] / 24), len(frames) - 1)] for n in range(count)]

from diffusers.utils import logging
logging.disable_progress_bar()
if sys.argv[2] == "once":
    pipe = load_still()
    stills = [still(pipe, shot) for shot in shots]
    del pipe
    pipe = load_clip()
    film((picture for shot, image in zip(shots, stills) for picture in at_24(clip(pipe, shot, image))), out / "all.mp4")
else:
    image = still(load_still(), shots[0])
    for number, picture in enumerate(at_24(clip(load_clip(), shots[0], image))):
        picture.save(out / f"{shots[0]['name']}-{number:04d}.png")
'''
JOIN = """
import json, sys
from pathlib import Path
import av, numpy as np
from PIL import Image
given = json.loads(Path(sys.argv[1]).read_text())
files = sorted(Path(given["out"]).glob("*.png"))
with av.open(str(Path(given["out"]) / "all.mp4"), "w") as container:
    stream = container.add_stream("libx264", rate=24, options={"preset": "veryfast", "crf": "18"})
    stream.width, stream.height, stream.pix_fmt = *given["clip"], "yuv420p"
    for file in files:
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(Image.open(file)), "rgb24")))
    container.mux(stream.encode(None))
"""


def main() -> None:
    """Makes the models and the plan, times all three ways, and writes the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shots", type=int, default=60)
    parser.add_argument("--model-seconds", type=float, default=2.0, help="of models, a shot")
    parser.add_argument("--each", type=int, default=5, help="(a) is run for every n-th shot")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ["MVLOCAL_MODELS"] = str(work / "models")
        os.environ["HF_HUB_OFFLINE"] = "1"
        make_tiny_models(work / "models", ("sdxl", "svd", "dinov2"))
        steps = steps_for(work, given.model_seconds)
        project = make_project(work, given.shots)
        ours = time_ours(project, steps)
        shots = shots_of(project, steps)
        plain = time_plain(work, shots, steps)
        each = time_each(work, shots, steps, given.each)
    figures = {
        "shots": len(shots),
        "shot_s": SHOT_S,
        "steps": {"still": steps[0], "clip": steps[1]},
        "ours": ours,
        "plain_loads_once": plain,
        "script_a_shot": each,
        "times_faster_than_script_a_shot": round(each["seconds"] / ours["seconds"], 2),
        "of_plain": round(ours["seconds"] / plain["seconds"], 3),
    }
    print(json.dumps(figures, indent=1))
    print(write_result("shots", figures) if given.shots >= 60 else "not written: too few shots")


def overrides(steps: tuple[int, int]) -> tuple[str, ...]:
    """Settings under which ours does the same work as the plain script."""
    return (
        "song.beats=librosa",
        "song.stems=none",
        "song.lyrics_by=rules",
        "planner.backend=rules",
        f"video.width={VIDEO[0]}",
        f"video.height={VIDEO[1]}",
        f"keyframes.steps={steps[0]}",
        f"keyframes.width={STILL[0]}",
        f"keyframes.height={STILL[1]}",
        "keyframes.candidates=1",
        f"clips.width={CLIP[0]}",
        f"clips.height={CLIP[1]}",
        "keyframes.guide_pose=0",
        "keyframes.guide_depth=0",
        "keyframes.guide_lines=0",
        "cast.agreement=none",
        f"clips.steps={steps[1]}",
        "clips.decode_chunk=8",
        f"clips.fps={FPS}",
        "finish.interpolate=none",
        "finish.upscale=lanczos",
        "finish.camera=0",
        "words.captions=false",
        "words.titles=false",
    )


def make_project(work: Path, shots: int) -> Project:
    """A project whose plan has exactly so many shots of two seconds."""
    from mvlocal.project import NewProject, create_project

    song = write_song(work / "song.wav", shots * SHOT_S)
    project = create_project(NewProject(work / "video", song, title="Sixty Shots"))
    cuts = ", ".join(f"{SHOT_S * n:g}" for n in range(1, shots))
    with project.settings_file.open("a", encoding="utf-8") as file:
        file.write(f"\ncuts: {{min_s: 1.9, max_s: 2.1, at: [{cuts}]}}\n")
    return project


def time_ours(project: Project, steps: tuple[int, int]) -> dict[str, Any]:
    """A render from the plan on, in a process of its own."""
    request = RenderRequest(profile="tiny", overrides=overrides(steps))
    story_of(project, request, sheets=True)
    options = [part for text in overrides(steps) for part in ("--set", text)]
    command = [sys.executable, "-m", "mvlocal", "render", str(project.root), "--profile", "tiny", "-q", *options]
    seconds, memory = run(command)
    with open_studio(project, request) as studio:
        records = list(studio.store.records().values())
        stored = studio.store.size().bytes
    loads = Counter(
        str(event).removeprefix("load ")
        for record in records
        for event in record.notes.get("pool") or ()  # type: ignore[union-attr]
        if str(event).startswith("load ")
    )
    return {
        "seconds": round(seconds, 1),
        "loads": dict(loads),
        "most_loads_of_a_model": max(loads.values()),
        "memory_gib": memory,
        "disk_mb": round(stored / 1e6, 1),
        "seconds_in_tasks": {
            stage: round(sum(one.seconds for one in records if one.stage == stage), 1)
            for stage in (PROMPTS, CANDIDATES, "scores", "keyframes", "animate", "finish")
        },
    }


def shots_of(project: Project, steps: tuple[int, int]) -> list[dict[str, Any]]:
    """What ours made: prompts and seeds, for the other two."""
    request = RenderRequest(profile="tiny", overrides=overrides(steps))
    with open_studio(project, request) as studio:
        records = {record.task_id: record for record in studio.store.records().values()}
        prompts = records[PROMPTS].outputs
        found: list[dict[str, Any]] = []
        for name in sorted(key for key in prompts if not key.endswith(".text")):
            words = json.loads(studio.store.path_of(prompts[f"{name}.text"]).read_text())
            notes: Any = records[f"{CANDIDATES}/{name}"].notes
            seed = notes["candidates"][0]["seed"]
            found.append({"name": name, "prompt": words["prompt"], "negative": words["negative"], "seed": seed})
    return found


def given_file(work: Path, name: str, shots: list[dict[str, Any]], steps: tuple[int, int]) -> Path:
    """What the plain script reads."""
    path = work / f"{name}.json"
    models = work / "models"
    path.write_text(
        json.dumps(
            {
                "shots": shots,
                "out": str(work / name),
                "sdxl": str(models / "checkpoints" / "tiny-sdxl"),
                "svd": str(models / "diffusers" / "tiny-svd"),
                "still": STILL,
                "clip": CLIP,
                "still_steps": steps[0],
                "clip_steps": steps[1],
                "fps": FPS,
                "frames": round(SHOT_S * FPS) + 1,
                "shot_s": SHOT_S,
            }
        )
    )
    return path


def time_plain(work: Path, shots: list[dict[str, Any]], steps: tuple[int, int]) -> dict[str, Any]:
    """(b): every pipeline loaded once, nothing written but the video."""
    seconds, memory = run([sys.executable, "-c", PLAIN, str(given_file(work, "once", shots, steps)), "once"])
    return {"seconds": round(seconds, 1), "memory_gib": memory, "disk_mb": disk_mb(work / "once")}


def time_each(work: Path, shots: list[dict[str, Any]], steps: tuple[int, int], every: int) -> dict[str, Any]:
    """(a): a process for each shot, every frame a PNG, joined at the end."""
    given = given_file(work, "each", shots, steps)
    numbers = range(0, len(shots), every)
    runs = [run([sys.executable, "-c", PLAIN, str(given), str(number)]) for number in numbers]
    made = sum(seconds for seconds, _ in runs)
    join, _ = run([sys.executable, "-c", JOIN, str(given)])
    share = len(shots) / len(numbers)
    return {
        "seconds": round((made + join) * share, 1),
        "shots_run": len(numbers),
        "seconds_a_shot": round(made / len(numbers), 2),
        "memory_gib": max(memory for _, memory in runs),
        "disk_mb": round(disk_mb(work / "each") * share, 1),
    }


def steps_for(work: Path, model_s: float) -> tuple[int, int]:
    """Steps of SDXL and SVD that take half of `model_s` each, on this machine."""
    import torch
    from diffusers import StableDiffusionXLPipeline, StableVideoDiffusionPipeline
    from PIL import Image

    def seconds_a_step(pipe: Any, **asked: Any) -> float:
        def seconds(steps: int) -> float:
            began = time.perf_counter()
            pipe(num_inference_steps=steps, generator=torch.Generator("cpu").manual_seed(1), **asked)
            return time.perf_counter() - began

        pipe.set_progress_bar_config(disable=True)
        few, many = (min(seconds(steps) for _ in range(3)) for steps in (2, 10))
        return (many - few) / 8

    models = work / "models"
    stills = StableDiffusionXLPipeline.from_pretrained(models / "checkpoints" / "tiny-sdxl", local_files_only=True)
    clips = StableVideoDiffusionPipeline.from_pretrained(models / "diffusers" / "tiny-svd", local_files_only=True)
    still_s = seconds_a_step(stills, prompt="a train", width=STILL[0], height=STILL[1])
    clip_s = seconds_a_step(clips, image=Image.new("RGB", CLIP), width=CLIP[0], height=CLIP[1], decode_chunk_size=8)
    return tuple(max(round(model_s / 2 / one), 2) for one in (still_s, clip_s))  # type: ignore[return-value]


def run(command: list[str]) -> tuple[float, float]:
    """Wall seconds of a command that must succeed, and the most memory (GiB) of it or of any process it waited for."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - began, round(used.ru_maxrss / 2**20, 2)


def disk_mb(folder: Path) -> float:
    """What lies in a folder."""
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1)


if __name__ == "__main__":
    main()
