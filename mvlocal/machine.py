"""What this machine has: its GPU, cores and disk, found without importing torch.

It does not know what any of it is needed for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Gpu:
    """An NVIDIA GPU as its driver reports it."""

    name: str
    vram_gib: float
    driver: str


def find_gpu() -> Gpu | None:
    """The NVIDIA GPU with the most memory, or None where the driver's `nvidia-smi` finds none."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    query = [program, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    found = [gpu for line in answer.splitlines() if (gpu := _read_line(line)) is not None]
    return max(found, key=lambda gpu: gpu.vram_gib, default=None)


def _read_line(line: str) -> Gpu | None:
    parts = [part.strip() for part in line.split(",")]
    if len(parts) != 3 or not parts[1].isdigit():
        return None
    return Gpu(parts[0], int(parts[1]) / 1024, parts[2])


def usable_cores() -> int:
    """CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def free_bytes(folder: Path) -> int:
    """Free disk space where `folder` is (or will be)."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    return shutil.disk_usage(existing).free
