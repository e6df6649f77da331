"""The benchmark for a GPU starts on a CPU, with small models of the same classes, and writes its figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("what", "rows"),
    [
        ("shots", ["sdxl stock diffusers", "sdxl ours (exact)", "svd stock diffusers", "svd ours (exact)"]),
        ("cast", ["lora rtx-8gb, 8 GiB", "lora rtx-24gb, 24 GiB"]),
    ],
)
def test_it_starts_with_small_models(tmp_path: Path, what: str, rows: list[str]) -> None:
    out = tmp_path / "figures.json"
    command = [
        sys.executable,
        str(ROOT / "benchmarks" / "gpu.py"),
        what,
        "--small",
        "--minutes",
        "0.3",
        "--out",
        str(out),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(out.read_text())
    assert set(rows) <= found.keys()
    assert found["sizes"]["small"]
    for name in rows:
        assert found[name].get("seconds", found[name].get("seconds_a_step")) > 0
        assert found[name].get("largest_difference", 0) <= 1  # the exact path is exact
