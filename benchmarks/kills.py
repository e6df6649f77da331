"""Twenty renders killed at random moments (kill -9 of the whole process group), resumed, and killed again.

In the end the decoded frames must equal those of an uninterrupted render, and no task may run again after its record.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from facts import write_result
from render import fresh_example

from mvlocal.media.decode import frame_hashes

SETTINGS = ("video.width=640", "video.height=360")


def command(project: Path) -> list[str]:
    """A render as a process of its own; one JSON document on stdout."""
    settings = [part for one in SETTINGS for part in ("--set", one)]
    return [sys.executable, "-m", "mvlocal", "render", str(project), "--json", *settings]


def render(project: Path) -> tuple[dict[str, object], float]:
    """An uninterrupted render: its document and wall seconds."""
    began = time.perf_counter()
    done = subprocess.run(command(project), check=True, capture_output=True, text=True)
    return json.loads(done.stdout), time.perf_counter() - began


def killed(project: Path, after_s: float) -> bool:
    """Starts a render in a process group of its own and kills the group; False when it had ended before."""
    process = subprocess.Popen(
        command(project), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole, seconds = render(fresh_example(Path(folder) / "whole").root)
        again, _ = render(fresh_example(Path(folder) / "again").root)
        expected = frame_hashes(Path(str(whole["output"])))
        same_cold = expected == frame_hashes(Path(str(again["output"])))
        kills = rounds = tasks_rerun = 0
        identical = True
        while kills < options.kills:
            rounds += 1
            project = fresh_example(Path(folder) / "killed").root
            before = kills
            while kills < options.kills and killed(project, dice.uniform(0.3, 0.5 * seconds)):
                kills += 1
            done, _ = render(project)
            identical &= frame_hashes(Path(str(done["output"]))) == expected
            tasks_rerun += int(str(done["tasks_run"]))
            print(f"round {rounds}: {kills - before} kills, then identical: {identical}")
    figures = {
        "frame": "640x360 at 24",
        "uninterrupted_s": round(seconds, 1),
        "kills": kills,
        "rounds": rounds,
        "frames": len(expected),
        "frames_identical_after_kills": identical,
        "two_cold_runs_identical": same_cold,
    }
    print(write_result("kills", figures))
    raise SystemExit(not (identical and same_cold))


if __name__ == "__main__":
    main()
