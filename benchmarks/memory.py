"""Peak memory of a render, for a song of one minute and one of ten: it must not grow with the song.

The analysis is done first, in a run of its own, so that only drawing, encoding and joining are measured. Memory is the
sum of the proportional set sizes of all processes of the render, sampled ten times a second.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from facts import ROOT, write_result

sys.path.insert(0, str(ROOT / "tests"))
from small_song import write_song


def proportional_mib(pid: int) -> float:
    """Proportional set size of a process and all its descendants, in MiB."""
    total = 0
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            children = [p for t in Path(f"/proc/{one}/task").iterdir() for p in (t / "children").read_text().split()]
        except (OSError, ProcessLookupError):
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        waiting += map(int, children)
    return total / 1024


def render(folder: Path, minutes: int) -> dict[str, float]:
    """Peak memory and wall seconds of a render whose song is already analysed."""
    song = write_song(folder / f"song{minutes}.wav", minutes * 60.0)
    mvlocal = [sys.executable, "-m", "mvlocal"]
    project = str(folder / f"video{minutes}")
    subprocess.run([*mvlocal, "new", project, "--song", str(song), "-q"], check=True)
    subprocess.run([*mvlocal, "plan", project, "-q"], check=True, stdout=subprocess.DEVNULL)
    began = time.perf_counter()
    process = subprocess.Popen([*mvlocal, "render", project, "-q"], stdout=subprocess.DEVNULL)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, proportional_mib(process.pid))
        time.sleep(0.1)
    if process.returncode:
        raise SystemExit(f"the render of {minutes} minutes failed")
    return {"minutes": minutes, "peak_mib": round(peak, 1), "seconds": round(time.perf_counter() - began, 1)}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        short, long = (render(Path(folder), minutes) for minutes in (1, 10))
    figures = {"frame": "1280x720 at 24", "short": short, "long": long}
    figures["ratio"] = round(long["peak_mib"] / short["peak_mib"], 3)
    print(figures)
    print(write_result("memory", figures))


if __name__ == "__main__":
    main()
