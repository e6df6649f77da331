"""scripts/demo from a fresh clone: how long it takes, how large the environment is, and how long a second run takes."""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

from facts import ROOT, write_result


def run_demo(clone: Path, environment: dict[str, str]) -> tuple[float, Path]:
    """Wall seconds, and the path on the last line."""
    began = time.perf_counter()
    done = subprocess.run(["scripts/demo"], cwd=clone, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return time.perf_counter() - began, clone / done.stdout.strip().splitlines()[-1]


def megabytes(folder: Path) -> float:
    """Disk space of a folder, as `du` counts it."""
    done = subprocess.run(["du", "-sm", str(folder)], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold-cache", action="store_true", help="download every package anew")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "mvlocal"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        if options.cold_cache:
            environment |= {"UV_CACHE_DIR": f"{folder}/uv-cache", "PIP_NO_CACHE_DIR": "1"}
        first, video = run_demo(clone, environment)
        second, _ = run_demo(clone, environment)
        figures = {
            "package_cache": "cold" if options.cold_cache else "warm",
            "first_run_s": round(first, 1),
            "second_run_s": round(second, 2),
            "environment_mb": megabytes(clone / ".venv"),
            "store_mb": megabytes(clone / "examples" / "night-train" / ".mvlocal"),
            "video_mb": round(video.stat().st_size / 1e6, 1),
        }
    print(figures)
    print(write_result("demo", figures))


if __name__ == "__main__":
    main()
