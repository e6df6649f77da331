"""Song time as a person reads it."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """`1:04` for 64.3 s; whole seconds, rounded down."""
    whole = int(max(seconds, 0.0))
    return f"{whole // 60}:{whole % 60:02d}"
