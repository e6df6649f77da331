"""A RIFE "model" of version 4 in ncnn's text form that blends its two pictures by the moment it is asked for."""

from __future__ import annotations

from pathlib import Path

PARAM = """7767517
7 8
Input            in0    0 1 in0
Input            in1    0 1 in1
Input            in2    0 1 in2
Split            split0 1 2 in0 in0a in0b
BinaryOp         sub0   2 1 in1 in0a change 0=1
BinaryOp         mul0   2 1 change in2 part 0=2
BinaryOp         add0   2 1 part in0b out0 0=0
"""
"""out0 = in0 + in2 * (in1 - in0): exact at every moment, so that times can be checked."""


def make(models: Path) -> list[Path]:
    """Writes `models`/rife/tiny, the same bytes each time, and returns its files."""
    folder = models / "rife" / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    param, weights = folder / "flownet.param", folder / "flownet.bin"
    param.write_text(PARAM, encoding="utf-8")
    weights.write_bytes(b"")
    return [param, weights]
