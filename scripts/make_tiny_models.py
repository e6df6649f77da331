#!/usr/bin/env python
"""Makes small models of the real classes with random weights, laid out like real ones and recorded in the lock.

They prove that the code runs, with the right shapes and seeds; what they hear, write or draw means nothing.
Usage: scripts/make_tiny_models.py [--to DIR]   (default: the models folder in use)
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from mvlocal.weights import models_folder
from mvlocal.weights.lock import LockedFile, add_to_lock
from mvlocal.weights.sound import measure

SCRIPTS = Path(__file__).parent
FAMILIES = (
    "beats", "whisper", "demucs", "llm", "sdxl", "svd", "wan", "ltx", "dinov2", "clip", "blip", "rife", "esrgan",
)  # fmt: skip
"""One module each in `tiny_models`, with `make(models) -> paths`."""


def make_tiny_models(models: Path, families: tuple[str, ...] = FAMILIES) -> list[Path]:
    """Makes every family's model under `models` and records them in its lock; returns their paths."""
    if str(SCRIPTS) not in sys.path:
        sys.path.insert(0, str(SCRIPTS))
    made = [path for family in families for path in import_module(f"tiny_models.{family}").make(models)]
    entries: dict[str, LockedFile] = {}
    for path in made:
        entries[path.relative_to(models).as_posix()] = measure(path, "made by scripts/make_tiny_models.py")
    add_to_lock(models, entries)
    return made


def main() -> None:
    """The script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=None, metavar="DIR", help="the models folder to fill")
    folder: Path = (parser.parse_args().to or models_folder()).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    for path in make_tiny_models(folder):
        print(f"{path}  {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
