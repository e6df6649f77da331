"""Charts as SVG that takes its colours from the page. It does not know what pages they stand in.

Every chart is as wide as its `viewBox` and scales with the page; texts are escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from mvlocal.timing import Seconds

WIDTH = 1000
_LEFT, _RIGHT = 76, 14


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the song with its name."""

    start_s: Seconds
    end_s: Seconds
    name: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A cut: when, how far from the nearest beat, and whether that beat begins a bar."""

    t: Seconds
    offset_s: Seconds
    downbeat: bool
    title: str


def cut_chart(dots: Sequence[Dot], sections: Sequence[Span], duration_s: Seconds, near_s: Seconds) -> str:
    """Every cut over the song by its distance from the nearest beat, with the band in which it counts as on it."""
    height, top, bottom = 250, 12, 46
    reach = max([2.5 * near_s, *(1.1 * abs(dot.offset_s) for dot in dots)])
    middle = (top + height - bottom) / 2

    def x(t: Seconds) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * t / duration_s

    def y(offset_s: Seconds) -> float:
        return middle - offset_s / reach * (height - bottom - top) / 2

    parts = [
        f'<rect class="band" x="{_LEFT}" y="{y(near_s):.1f}" width="{WIDTH - _LEFT - _RIGHT}" '
        f'height="{y(-near_s) - y(near_s):.1f}"/>',
        *(_grid(y(value), f"{1000 * value:+.0f} ms" if value else "beat") for value in (near_s, 0.0, -near_s)),
    ]
    for section in sections:
        parts.append(f'<path class="tick" d="M{x(section.start_s):.1f} {top}V{height - bottom + 6}"/>')
        if x(section.end_s) - x(section.start_s) > 7.5 * len(section.name):
            middle_x = (x(section.start_s) + x(section.end_s)) / 2
            parts.append(f'<text class="mid" x="{middle_x:.1f}" y="{height - 24}">{escape(section.name)}</text>')
    parts += [
        f'<circle class="{"down" if dot.downbeat else "cut"}" cx="{x(dot.t):.1f}" cy="{y(dot.offset_s):.1f}" '
        f'r="{5 if dot.downbeat else 4}"><title>{escape(dot.title)}</title></circle>'
        for dot in dots
    ]
    return _svg(parts, height, "Cuts by their distance from the nearest beat")


def bars_chart(rows: Sequence[tuple[str, float, float]]) -> str:
    """Shares from 0 to 1 as bars, each over a mark for what chance would give: (name, share, by chance)."""
    step, left = 44, 190
    parts: list[str] = []
    for number, (name, share, by_chance) in enumerate(rows):
        y, wide = number * step + 6, WIDTH - left - 90
        parts += [
            f'<text class="end" x="{left - 14}" y="{y + 19}">{escape(name)}</text>',
            f'<rect class="ground" x="{left}" y="{y}" width="{wide}" height="26"/>',
            f'<rect class="bar" x="{left}" y="{y}" width="{wide * share:.1f}" height="26"/>',
            f'<path class="chance" d="M{left + wide * by_chance:.1f} {y - 4}v34"/>',
            f'<text x="{WIDTH - 78}" y="{y + 19}">{100 * share:.0f}%</text>',
        ]
    return _svg(parts, len(rows) * step + 4, "Shares of cuts on the beat, and what chance would give")


def strip_chart(rows: Sequence[tuple[str, Sequence[float], float | None]], top: float, limit: float | None) -> str:
    """One column of marks a shot, from 0 to `top`: (name, values, the value taken), with a line at `limit`."""
    height, bottom, head = 240, 40, 12
    step = (WIDTH - _LEFT - _RIGHT) / max(len(rows), 1)

    def y(value: float) -> float:
        return height - bottom - (height - bottom - head) * min(value / top, 1.0)

    parts = [_grid(y(value), f"{value:g}") for value in (0.0, top / 2, top)]
    if limit is not None:
        parts.append(f'<path class="limit" d="M{_LEFT} {y(limit):.1f}H{WIDTH - _RIGHT}"/>')
    every = max(1, round(44 / step))
    for number, (name, values, taken) in enumerate(rows):
        middle = _LEFT + step * (number + 0.5)
        if number % every == 0:
            parts.append(f'<text class="mid" x="{middle:.1f}" y="{height - 16}">{escape(name)}</text>')
        parts += [f'<circle class="cut" cx="{middle:.1f}" cy="{y(value):.1f}" r="3"/>' for value in values]
        if taken is not None:
            parts.append(f'<circle class="down" cx="{middle:.1f}" cy="{y(taken):.1f}" r="5"/>')
    return _svg(parts, height, "A column of marks a shot")


def _grid(y: float, label: str) -> str:
    return (
        f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>'
        f'<text class="end" x="{_LEFT - 8}" y="{y + 4:.1f}">{escape(label)}</text>'
    )


def _svg(parts: Sequence[str], height: float, label: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}</svg>"
    )
